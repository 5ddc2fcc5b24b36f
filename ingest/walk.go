package ingest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"chiso/reform"
)

// LoadAll loads what args name: files, folders (walked in the order of their
// names) and addresses. Everything else of a document is as in like. One refused
// or unreadable document does not keep the others from being loaded. each, where it
// is not nil, is called after every document.
//
// The error is of what kept the work from being done at all, such as an ended ctx;
// the reports up to there are returned with it.
func (l *Loader) LoadAll(ctx context.Context, like Job, args []string, each func(Report)) ([]Report, error) {
	var jobs []Job
	for _, arg := range args {
		if IsURL(arg) {
			j := like
			j.Path, j.URL = "", arg
			jobs = append(jobs, j)
			continue
		}
		paths, err := l.expand(arg)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			j := like
			j.Path = p
			jobs = append(jobs, j)
		}
	}
	var reports []Report
	for i, j := range jobs {
		l.progress(Progress{Document: i + 1, Documents: len(jobs), Name: j.name()})
		l.at, l.of = i+1, len(jobs)
		r, err := l.Load(ctx, j)
		if err != nil {
			if ctx.Err() != nil || ofEngine(err) {
				return reports, err
			}
			// A file that can't be opened or an address that does not answer: the next may.
			r.State, r.Message = Refused, reform.Text{EN: err.Error(), VI: "Không đọc được tài liệu: " + err.Error()}
		}
		reports = append(reports, r)
		if each != nil {
			each(r)
		}
	}
	return reports, nil
}

// expand is the files under a path, sorted. Hidden files and the lock files that
// office programs leave beside an open workbook are no documents. What can't be read,
// such as a broken link, stays in the list, so that it is refused with a sentence.
// Links to folders are not followed, since they may lead in a circle; the log says so.
func (l *Loader) expand(path string) ([]string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, err, reform.ErrNotFound)
	}
	if !st.IsDir() {
		return []string{path}, nil
	}
	var out []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && p == path:
			return err
		case err != nil: // a folder that is not for us; the others may be
			out = append(out, p)
			return fs.SkipDir
		case p == path:
			return nil
		}
		name := d.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		if st, err := os.Stat(p); err == nil && st.IsDir() { // through a link
			l.log().Warn("a link to a folder is not followed: name the folder itself", "path", p)
			return nil
		}
		out = append(out, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", path, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("folder %s holds no document: %w", path, reform.ErrNotFound)
	}
	return out, nil
}

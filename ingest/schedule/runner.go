package schedule

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"chiso/ingest"
	"chiso/ingest/inbox"
	"chiso/reform"
)

// Fetcher finds the documents that a source has now. It may bring their bytes along, or
// only say where they are.
type Fetcher func(ctx context.Context, s Source) ([]ingest.Job, error)

// Taker is a source that loads by itself, since it must do something with each
// document afterwards, and that has mostly nothing to do.
type Taker interface {
	// Pending reports whether there is something to take. An attempt is noted only then.
	Pending(ctx context.Context, s Source) (bool, error)
	// Take loads what is there. Its error is of what kept it from that.
	Take(ctx context.Context, s Source) ([]ingest.Report, error)
}

// Runner reads a source of any kind: it fetches, and loads what it got.
type Runner struct {
	Fetchers  map[string]Fetcher // by kind
	Takers    map[string]Taker
	NewLoader func() *ingest.Loader

	mu    sync.Mutex
	seen  map[string]stamp         // of files, by source and path
	gates map[string]chan struct{} // by host
}

// stamp tells a file that was loaded from the one that it was changed into.
type stamp struct {
	size     int64
	modified time.Time
}

// stillWarm is how old a change of a file must be: a younger one may not be the last.
const stillWarm = 5 * time.Second

// DefaultFetchers are the kinds that need nothing else.
func DefaultFetchers() map[string]Fetcher {
	return map[string]Fetcher{KindURL: FetchURL, KindFolder: FetchFolder}
}

// Kinds are the names of all kinds that can be read.
func (r *Runner) Kinds() []string {
	var out []string
	for k := range r.Fetchers {
		out = append(out, k)
	}
	for k := range r.Takers {
		out = append(out, k)
	}
	return out
}

// Forget lets all files of a source be read again: a person has asked for it.
func (r *Runner) Forget(source string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.seen {
		if strings.HasPrefix(k, source+"\x00") {
			delete(r.seen, k)
		}
	}
}

// Run reads a source. One document that can't be loaded does not keep the others from it;
// the error is of all that could not be read, the reports are of the rest.
func (r *Runner) Run(ctx context.Context, s Source) ([]ingest.Report, error) {
	if t, ok := r.Takers[s.Kind]; ok {
		return t.Take(ctx, s)
	}
	fetch, ok := r.Fetchers[s.Kind]
	if !ok {
		return nil, fmt.Errorf("source %s: kind %q is not known: %w", s.Name, s.Kind, reform.ErrInvalid)
	}
	leave, err := r.enter(ctx, s)
	if err != nil {
		return nil, err
	}
	defer leave()
	jobs, fetchErr := fetch(ctx, s)
	var errs []error
	if fetchErr != nil {
		errs = append(errs, fetchErr) // what it got before is loaded all the same
	}
	var reports []ingest.Report
	l := r.NewLoader()
	for _, j := range jobs {
		if ctx.Err() != nil {
			return reports, errors.Join(append(errs, ctx.Err())...)
		}
		st, known := r.known(s, j)
		if known {
			continue
		}
		report, err := l.Load(ctx, j)
		if err != nil {
			errs = append(errs, err)
			if ctx.Err() != nil {
				break
			}
			continue
		}
		reports = append(reports, report)
		r.remember(s, j, st)
	}
	return reports, errors.Join(errs...)
}

// enter waits until no other source is read from the same host: a site is asked one
// thing at a time, however many sources lie there.
func (r *Runner) enter(ctx context.Context, s Source) (leave func(), err error) {
	u, err := url.Parse(s.Where)
	if err != nil || u.Hostname() == "" {
		return func() {}, nil // a folder
	}
	r.mu.Lock()
	if r.gates == nil {
		r.gates = map[string]chan struct{}{}
	}
	gate, ok := r.gates[u.Hostname()]
	if !ok {
		gate = make(chan struct{}, 1)
		r.gates[u.Hostname()] = gate
	}
	r.mu.Unlock()
	select {
	case gate <- struct{}{}:
		return func() { <-gate }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for another source at %s: %w", u.Hostname(), ctx.Err())
	}
}

// known reports whether a file is the one that was loaded last, or refused: so that a
// folder that is looked at every hour is not read anew every hour.
func (r *Runner) known(s Source, j ingest.Job) (stamp, bool) {
	if j.Path == "" {
		return stamp{}, false
	}
	info, err := os.Stat(j.Path)
	if err != nil {
		return stamp{}, false // Load says why
	}
	st := stamp{info.Size(), info.ModTime()}
	r.mu.Lock()
	defer r.mu.Unlock()
	old, ok := r.seen[s.Name+"\x00"+j.Path]
	return st, ok && old == st
}

func (r *Runner) remember(s Source, j ingest.Job, st stamp) {
	if j.Path == "" || time.Since(st.modified) < stillWarm {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[string]stamp{}
	}
	r.seen[s.Name+"\x00"+j.Path] = st
}

// FetchURL is the document at an address. Its series is the source's name, so that what the
// site says later is a revision of what it said before.
func FetchURL(_ context.Context, s Source) ([]ingest.Job, error) {
	j, err := s.job()
	if err != nil {
		return nil, fmt.Errorf("source %s: options: %w: %w", s.Name, err, reform.ErrInvalid)
	}
	j.URL = s.Where
	if j.Source == "" {
		j.Source = s.Name
	}
	return []ingest.Job{j}, nil
}

// FetchFolder is the files of a folder and its subfolders whose names match the option
// pattern. A file that was changed a moment ago is left for the next time.
func FetchFolder(ctx context.Context, s Source) ([]ingest.Job, error) {
	like, err := s.job()
	if err != nil {
		return nil, fmt.Errorf("source %s: options: %w: %w", s.Name, err, reform.ErrInvalid)
	}
	var jobs []ingest.Job
	err = filepath.WalkDir(s.Where, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p == s.Where {
			return nil
		}
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || inbox.Temporary(d.Name()) {
			return nil
		}
		if pattern := s.Options["pattern"]; pattern != "" {
			if ok, err := filepath.Match(pattern, d.Name()); err != nil || !ok {
				return err
			}
		}
		info, err := d.Info()
		if err != nil || time.Since(info.ModTime()) < stillWarm {
			return nil // gone meanwhile, or still being written
		}
		j := like
		j.Path = p
		jobs = append(jobs, j)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("folder %s can't be read: %w: %w", s.Where, err, reform.ErrUnavailable)
	}
	return jobs, nil
}

// InboxTaker is the kind "inbox": files that people drop into a folder.
type InboxTaker struct{ *inbox.Inbox }

// Pending reports whether a file is complete.
func (t InboxTaker) Pending(ctx context.Context, _ Source) (bool, error) { return t.Inbox.Pending(ctx) }

// Take takes the files that are complete.
func (t InboxTaker) Take(ctx context.Context, _ Source) ([]ingest.Report, error) {
	return t.Inbox.Take(ctx)
}

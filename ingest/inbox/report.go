package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"chiso/ingest"
	"chiso/reform"
	"chiso/store"
)

const (
	reportSuffix  = ".report.txt"
	pendingSuffix = ".report.tmp" // of a report whose file is about to be moved; hidden by a dot before it
	maxName       = 255           // bytes, on most file systems
	maxProblems   = 20_000        // in one report: a parser gives up long before
)

// move puts the file into done or problem with its report beside it. The report is
// written first under a hidden name and gets its own when the file has moved, so that a
// process that is killed in between leaves nothing that recover does not put right.
func (b *Inbox) move(ctx context.Context, name string, r ingest.Report) error {
	folder := DoneFolder
	if r.State != ingest.Loaded && r.State != ingest.Repeated {
		folder = ProblemFolder
	}
	dir := filepath.Join(b.Folder, folder)
	target, err := freeName(dir, name)
	if err != nil {
		return err
	}
	text, err := b.text(ctx, name, r)
	if err != nil {
		return err
	}
	pending := filepath.Join(dir, "."+target+pendingSuffix)
	if err := writeSynced(pending, text); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if err := os.Rename(filepath.Join(b.Folder, name), filepath.Join(dir, target)); err != nil {
		return errors.Join(err, os.Remove(pending))
	}
	if err := os.Rename(pending, filepath.Join(dir, target+reportSuffix)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	b.mu.Lock()
	delete(b.seen, name)
	b.mu.Unlock()
	b.log().InfoContext(ctx, "inbox", "file", name, "state", string(r.State), "moved_to", filepath.Join(folder, target), "facts", r.Facts, "problems", r.Problems)
	return nil
}

// freeName is a name that neither a file nor a report has in dir: "a.xlsx", "a (2).xlsx".
func freeName(dir, name string) (string, error) {
	ext := filepath.Ext(name)
	base := strings.TrimSuffix(name, ext)
	if len(ext) > 20 {
		base, ext = name, ""
	}
	for n := 1; n < 100_000; n++ {
		number := ""
		if n > 1 {
			number = fmt.Sprintf(" (%d)", n)
		}
		room := maxName - len(number) - len(ext) - len(pendingSuffix) - 1
		candidate := shorten(base, room) + number + ext
		free := true
		for _, taken := range []string{candidate, candidate + reportSuffix, "." + candidate + pendingSuffix} {
			switch _, err := os.Lstat(filepath.Join(dir, taken)); {
			case err == nil:
				free = false
			case !errors.Is(err, fs.ErrNotExist):
				return "", err
			}
		}
		if free {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("%s: too many files of this name: %w", name, reform.ErrConflict)
}

// shorten cuts s to at most n bytes, between characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// recover finishes moves that were interrupted: a report whose file has moved gets its
// name, one whose file has not is taken away.
func (b *Inbox) recover() error {
	for _, folder := range []string{DoneFolder, ProblemFolder} {
		dir := filepath.Join(b.Folder, folder)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("inbox: %w: %w", err, reform.ErrUnavailable)
		}
		for _, e := range entries {
			target, ours := strings.CutSuffix(strings.TrimPrefix(e.Name(), "."), pendingSuffix)
			if !ours || !strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
				continue
			}
			pending := filepath.Join(dir, e.Name())
			if _, err := os.Lstat(filepath.Join(dir, target)); err == nil {
				err = os.Rename(pending, filepath.Join(dir, target+reportSuffix))
				if err != nil {
					return fmt.Errorf("inbox: %w", err)
				}
			} else if err := os.Remove(pending); err != nil {
				return fmt.Errorf("inbox: %w", err)
			}
		}
	}
	return nil
}

var stateWords = map[ingest.State]reform.Text{
	ingest.Loaded:   {VI: "Đã nạp toàn bộ", EN: "All of it was loaded"},
	ingest.Partly:   {VI: "Đã nạp các dòng đúng, phần còn lại để riêng", EN: "The good rows were loaded, the others were set aside"},
	ingest.Repeated: {VI: "Tài liệu này đã được nạp trước đó; không có gì thay đổi", EN: "This document was loaded before; nothing has changed"},
	ingest.Refused:  {VI: "Không nạp gì từ tài liệu này", EN: "Nothing of this document was loaded"},
}

// text is the report for the person who dropped the file: first in Vietnamese, then in
// English, with all problems. The mark at its beginning and the line ends are for the
// editors of old Windows.
func (b *Inbox) text(ctx context.Context, name string, r ingest.Report) ([]byte, error) {
	problems := r.Listed
	if b.DB != nil && r.Run != "" && r.Problems+r.Warnings > len(r.Listed) {
		all, err := b.problemsOf(ctx, r.Run)
		if err != nil {
			return nil, err
		}
		if len(all) > len(problems) {
			problems = all
		}
	}
	var t strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&t, format+"\r\n", args...) }
	list := func(warning bool, reason func(reform.Problem) string) {
		for _, p := range problems {
			if p.Warning != warning {
				continue
			}
			where, found := "", ""
			if p.Locator != "" {
				where = "[" + p.Locator + "] "
			}
			if p.Text != "" {
				found = fmt.Sprintf(" (%q)", p.Text)
			}
			line("  - %s%s%s", where, reason(p), found)
		}
	}
	at := b.now().In(zone()).Format("15:04 02/01/2006")
	t.WriteString("\ufeff")
	line("Tệp: %s", name)
	line("Thời điểm: %s", at)
	line("Kết quả: %s.", stateWords[r.State].VI)
	if r.Message.VI != "" {
		line("%s", r.Message.VI)
	}
	line("Số liệu mới: %d; sửa đổi: %d; trùng: %d; mâu thuẫn với nguồn khác: %d; vấn đề: %d; cảnh báo: %d.", r.Facts, r.Revisions, r.Duplicates, r.Conflicts, r.Problems, r.Warnings)
	if r.Run != "" {
		line("Lần nạp: %s", r.Run)
	}
	if r.Problems > 0 {
		line("")
		line("Vấn đề:")
		list(false, func(p reform.Problem) string { return or(p.ReasonVI, p.Reason) })
	}
	if r.Warnings > 0 {
		line("")
		line("Cảnh báo:")
		list(true, func(p reform.Problem) string { return or(p.ReasonVI, p.Reason) })
	}
	line("")
	line("----------------------------------------")
	line("")
	line("File: %s", name)
	line("Time: %s (Viet Nam)", at)
	line("Result: %s.", stateWords[r.State].EN)
	if r.Message.EN != "" {
		line("%s", r.Message.EN)
	}
	line("New facts: %d; revisions: %d; duplicates: %d; in conflict with another source: %d; problems: %d; warnings: %d.", r.Facts, r.Revisions, r.Duplicates, r.Conflicts, r.Problems, r.Warnings)
	if r.Run != "" {
		line("Run: %s", r.Run)
	}
	if r.Problems > 0 {
		line("")
		line("Problems:")
		list(false, func(p reform.Problem) string { return p.Reason })
	}
	if r.Warnings > 0 {
		line("")
		line("Warnings:")
		list(true, func(p reform.Problem) string { return p.Reason })
	}
	return []byte(t.String()), nil
}

func (b *Inbox) problemsOf(ctx context.Context, run string) ([]reform.Problem, error) {
	return store.Collect(ctx, b.DB, "SELECT kind, field, place, value, text, text_vi, severity = 'warning' FROM problems WHERE run = {run:String} ORDER BY at LIMIT {limit:UInt64}",
		store.Params{"run": run, "limit": uint64(maxProblems)}, func(rows store.Rows) (p reform.Problem, err error) {
			return p, rows.Scan(&p.Code, &p.Field, &p.Locator, &p.Text, &p.Reason, &p.ReasonVI, &p.Warning)
		})
}

// zone is the time that the people have who read the report.
func zone() *time.Location {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return time.FixedZone("+07", 7*3600) // without zone data: Viet Nam has no summer time
	}
	return loc
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

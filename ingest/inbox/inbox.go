// Package inbox takes files that people drop into a folder: once, when they are complete,
// and moves each to done or problem with a report beside it.
//
// The folder is looked at by the schedule and not watched: network shares, where such
// folders lie, tell nobody of what others write. A file is complete when two looks, some seconds
// apart, find the same size and time, and, where the system can say, nobody has it open for
// writing. Subfolders and links are not followed.
//
// A process may be killed between the load and the move: then the next one loads the same
// bytes, which adds nothing, and moves the file.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"chiso/ingest"
	"chiso/reform"
	"chiso/store"
)

// The folders within the inbox.
const (
	DoneFolder    = "done"
	ProblemFolder = "problem"
)

// DefaultMaxBytes is the size of the largest file that is taken, where none is set.
const DefaultMaxBytes = 512 << 20

// Inbox is a folder to drop files into. Its methods are safe for use by several goroutines.
type Inbox struct {
	Folder    string
	Settle    time.Duration // between the two looks; 0: 10 s
	MaxBytes  int64         // 0: DefaultMaxBytes
	NewLoader func() *ingest.Loader
	DB        *store.DB        // for reports with more problems than a load lists; nil: those only
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger     // nil: discards

	mu   sync.Mutex
	seen map[string]look
}

// look is what a file looked like, and since when.
type look struct {
	size     int64
	modified time.Time
	since    time.Time
}

func (b *Inbox) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}

func (b *Inbox) log() *slog.Logger {
	if b.Logger != nil {
		return b.Logger
	}
	return slog.New(slog.DiscardHandler)
}

func (b *Inbox) settle() time.Duration {
	if b.Settle > 0 {
		return b.Settle
	}
	return 10 * time.Second
}

func (b *Inbox) maxBytes() int64 {
	if b.MaxBytes > 0 {
		return b.MaxBytes
	}
	return DefaultMaxBytes
}

// temporary are the endings of files that are on their way.
var temporary = []string{".part", ".partial", ".crdownload", ".tmp", ".temp", ".download", ".opdownload", ".filepart", ".swp"}

// Temporary reports whether a name is one of a file that is not finished, or no
// document: what browsers and office programs leave beside it, hidden files, our reports.
func Temporary(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || strings.HasPrefix(name, "~") || strings.HasSuffix(name, "~") ||
		strings.HasPrefix(lower, ".~lock.") || strings.HasSuffix(lower, reportSuffix) || lower == "thumbs.db" || lower == "desktop.ini" {
		return true
	}
	for _, t := range temporary {
		if strings.HasSuffix(lower, t) {
			return true
		}
	}
	return false
}

// prepare makes the folders.
func (b *Inbox) prepare() error {
	for _, dir := range []string{b.Folder, filepath.Join(b.Folder, DoneFolder), filepath.Join(b.Folder, ProblemFolder)} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return fmt.Errorf("inbox: %w: %w", err, reform.ErrUnavailable)
		}
	}
	return nil
}

// looks at the folder, and answers which files are complete and how many are not yet.
func (b *Inbox) look(ctx context.Context) (ready []string, waiting int, err error) {
	if err := b.prepare(); err != nil {
		return nil, 0, err
	}
	entries, err := os.ReadDir(b.Folder)
	if err != nil {
		return nil, 0, fmt.Errorf("inbox: %w: %w", err, reform.ErrUnavailable)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	seen := make(map[string]look, len(entries))
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		if !e.Type().IsRegular() || Temporary(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		l, known := b.seen[e.Name()]
		if !known || l.size != info.Size() || !l.modified.Equal(info.ModTime()) || l.since.After(now) {
			l = look{info.Size(), info.ModTime(), now}
		}
		seen[e.Name()] = l
		if now.Sub(l.since) < b.settle() || openForWriting(filepath.Join(b.Folder, e.Name())) {
			waiting++
			continue
		}
		ready = append(ready, e.Name())
	}
	b.seen = seen
	return ready, waiting, nil
}

// Pending reports whether a file is complete.
func (b *Inbox) Pending(ctx context.Context) (bool, error) {
	ready, _, err := b.look(ctx)
	return len(ready) > 0, err
}

// Take loads the files that are complete, in the order of their names, and moves
// them. Where none is and some may be soon, it waits for the second look.
//
// The error is of files that stay where they are, since the database or the disk failed: the next
// call takes them.
func (b *Inbox) Take(ctx context.Context) ([]ingest.Report, error) {
	ready, waiting, err := b.look(ctx)
	if err == nil && len(ready) == 0 && waiting > 0 {
		t := time.NewTimer(b.settle())
		defer t.Stop()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-t.C:
		}
		ready, _, err = b.look(ctx)
	}
	if err != nil {
		return nil, err
	}
	if err := b.recover(); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(b.Folder)
	if err != nil {
		return nil, fmt.Errorf("inbox: %w: %w", err, reform.ErrUnavailable)
	}
	defer func() { _ = root.Close() }()
	var reports []ingest.Report
	var errs []error
	for _, name := range ready {
		if ctx.Err() != nil {
			errs = append(errs, ctx.Err())
			break
		}
		r, taken, err := b.one(ctx, root, name)
		if err != nil {
			b.log().WarnContext(ctx, "a file stays in the inbox", "file", name, "error", err)
			errs = append(errs, fmt.Errorf("inbox: %s: %w", name, err))
			continue
		}
		if taken {
			reports = append(reports, r)
		}
	}
	return reports, errors.Join(errs...)
}

// one takes one file. Not taken is what changed or went away meanwhile.
func (b *Inbox) one(ctx context.Context, root *os.Root, name string) (r ingest.Report, taken bool, err error) {
	b.mu.Lock()
	want := b.seen[name]
	b.mu.Unlock()
	same := func(info fs.FileInfo) bool {
		return info.Mode().IsRegular() && info.Size() == want.size && info.ModTime().Equal(want.modified)
	}
	outside, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err != nil {
		return r, false, err
	}
	if !same(outside) {
		return r, false, nil
	}
	if want.size > b.maxBytes() {
		r = refused(name, "too-large", reform.Text{
			VI: fmt.Sprintf("Tệp có %d byte, quá giới hạn %d byte của hộp nhận tệp (inbox.max_mib).", want.size, b.maxBytes()),
			EN: fmt.Sprintf("The file has %d bytes, more than the inbox takes, %d (inbox.max_mib).", want.size, b.maxBytes()),
		})
		return r, true, b.move(ctx, name, r)
	}
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		r = refused(name, "unreadable", reform.Text{VI: "Chương trình không có quyền đọc tệp này.", EN: "The program may not read this file."})
		return r, true, b.move(ctx, name, r)
	}
	if err != nil {
		return r, false, err
	}
	defer func() { _ = f.Close() }()
	inside, err := f.Stat()
	if err != nil {
		return r, false, err
	}
	if !os.SameFile(outside, inside) {
		return r, false, nil // a link took its place
	}
	r, err = b.NewLoader().Load(ctx, ingest.Job{Reader: f, Name: name})
	switch {
	case err == nil:
	case ctx.Err() == nil && (errors.Is(err, reform.ErrTooLarge) || errors.Is(err, reform.ErrInvalid)):
		r = refused(name, "unreadable", reform.Text{VI: "Không đọc được tệp: " + err.Error(), EN: err.Error()})
	default:
		return r, false, err
	}
	if after, err := root.Lstat(name); err != nil || !same(after) || !os.SameFile(outside, after) {
		// It was written on after all: what it has become is taken when it is complete.
		return r, true, nil
	}
	// On some systems an open file can't be moved.
	_ = f.Close()
	return r, true, b.move(ctx, name, r)
}

// refused is the report of a file that was not even handed to the loader.
func refused(name, code string, why reform.Text) ingest.Report {
	return ingest.Report{
		Name: name, State: ingest.Refused, Problems: 1, Message: why,
		Listed: []reform.Problem{{Code: code, Reason: why.EN, ReasonVI: why.VI}},
	}
}

package ingest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"
)

const (
	lockPoll  = 50 * time.Millisecond
	lockNote  = 2 * time.Second // after so long a person is told what is waited for
	ownerSize = 200             // bytes of the owner's note that are shown
)

// takeLock waits until this load is the only one in the archive's folder. One
// load at a time is enough (a document is loaded in well under a second), and it is
// what makes "already loaded?" and "load it" one step, within a process and among
// several. Loads from several machines into one server need one folder for the
// raw archive anyway, and a file system whose locks hold among machines.
func takeLock(ctx context.Context, path string, log *slog.Logger) (release func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock of the loads: %w", err)
	}
	began, told := time.Now(), false
	for {
		ok, err := tryLock(f)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock of the loads %s: %w", path, err)
		}
		if ok {
			break
		}
		if !told && time.Since(began) > lockNote {
			told = true
			log.InfoContext(ctx, "another load is running; waiting for it", "owner", ownerOf(f))
		}
		select {
		case <-ctx.Done():
			owner := ownerOf(f)
			f.Close()
			return nil, fmt.Errorf("waiting for another load (%s): %w", owner, ctx.Err())
		case <-time.After(lockPoll):
		}
	}
	// Who holds the lock is a help for people only; a note that can't be written changes nothing.
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(fmt.Sprintf("process %d since %s\n", os.Getpid(), time.Now().Format(time.RFC3339))), 0)
	}
	return func() { f.Close() }, nil
}

func ownerOf(f *os.File) string {
	b := make([]byte, ownerSize)
	n, err := f.ReadAt(b, 0)
	if err != nil && err != io.EOF || n == 0 {
		return "unknown"
	}
	return strings.TrimSpace(string(b[:n]))
}

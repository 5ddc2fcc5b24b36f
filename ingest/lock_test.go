package ingest

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
)

func TestTakeLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	release, err := takeLock(t.Context(), path, log)
	if err != nil {
		t.Fatal(err)
	}
	// Whoever waits gives up with its context, and is told for whom it waited.
	ctx, cancel := context.WithTimeout(t.Context(), lockNote+200*time.Millisecond)
	defer cancel()
	if _, err := takeLock(ctx, path, log); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "process ") {
		t.Errorf("got %v, want a deadline and the owner", err)
	}
	if !strings.Contains(logged.String(), "another load is running") {
		t.Errorf("log: got %q, want a word about the wait", logged.String())
	}
	got := make(chan error)
	go func() {
		release2, err := takeLock(t.Context(), path, log)
		if err == nil {
			release2()
		}
		got <- err
	}()
	release()
	if err := <-got; err != nil {
		t.Errorf("after the release: %v", err)
	}
}

// A load that is stopped leaves nothing, and the documents behind it are not tried.
func TestStopped(t *testing.T) {
	l := newLoader(t)
	dir := t.TempDir()
	for _, name := range []string{"a.note", "b.note"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(note("u=vn63:80 p=2019 s=1")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stopped := *l
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	stopped.Progress = func(p Progress) {
		if p.Step == StepRead {
			cancel() // in the middle of a document
		}
		if p.Step == StepDone {
			n++
		}
	}
	reports, err := stopped.LoadAll(ctx, Job{}, []string{dir}, nil)
	if !errors.Is(err, context.Canceled) || len(reports) != 0 || n != 0 {
		t.Errorf("got %d reports, %d done, %v; want none and context.Canceled", len(reports), n, err)
	}
	if got := visible(t, l.DB, 0); got != 0 {
		t.Errorf("got %d visible observations, want none", got)
	}
	reports, err = l.LoadAll(t.Context(), Job{}, []string{dir}, nil)
	if err != nil || len(reports) != 2 || reports[0].State != Loaded || reports[1].State != Repeated {
		t.Errorf("afterwards: got %+v, %v; want loaded and duplicate", reports, err)
	}
}

// A document that the archive has lost comes back when its bytes come again.
func TestArchiveIsHealed(t *testing.T) {
	l := newLoader(t)
	text := note("u=vn63:80 p=2019 s=68.82")
	r := mustLoad(t, l, Job{}, text)
	path := filepath.Join(filepath.Dir(l.Archive.LockFile()), r.Document.ID[:2])
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Archive.Open(r.Document.ID); !errors.Is(err, reform.ErrNotFound) {
		t.Fatalf("got %v, want ErrNotFound", err)
	}
	if r := mustLoad(t, l, Job{}, text); r.State != Repeated {
		t.Fatalf("got %s, want duplicate", r.State)
	}
	if err := l.Archive.Verify(t.Context(), r.Document.ID); err != nil {
		t.Error(err)
	}
}

// Without a database a load fails as a whole, with the kind of error that a person can wait out.
func TestNoDatabase(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Embedded: &engine.Address{Addr: "127.0.0.1:1", User: "app", Password: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := loaderOn(t, db, filepath.Join(t.TempDir(), "archive"))
	file := filepath.Join(t.TempDir(), "a.note")
	if err := os.WriteFile(file, []byte(note("u=vn63:80 p=2019 s=1")), 0o600); err != nil {
		t.Fatal(err)
	}
	reports, err := l.LoadAll(t.Context(), Job{}, []string{file, file}, nil)
	if !errors.Is(err, reform.ErrUnavailable) || len(reports) != 0 {
		t.Errorf("got %d reports, %v; want none and ErrUnavailable", len(reports), err)
	}
}

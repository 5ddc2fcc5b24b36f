package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chiso/reform"
)

func mustKeep(t *testing.T, a *Archive, content []byte) string {
	t.Helper()
	s, err := a.Spool(context.Background(), bytes.NewReader(content), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Keep(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s.ID
}

func mustOpen(t *testing.T) *Archive {
	t.Helper()
	a, err := Open(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func noise(n int) []byte {
	r := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	r.Read(b)
	return b
}

func TestKeepAndOpen(t *testing.T) {
	cases := []struct {
		name    string
		content []byte
		packed  bool
	}{
		{"empty", nil, false},
		{"text", []byte(strings.Repeat("Long An,2019,5/63\n", 5000)), true},
		{"noise", noise(300 << 10), false},
		{"short", []byte("a"), false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := mustOpen(t)
			id := mustKeep(t, a, c.content)
			if again := mustKeep(t, a, c.content); again != id {
				t.Errorf("got id %s the second time, want %s", again, id)
			}
			r, err := a.Open(id)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, c.content) {
				t.Errorf("got %d bytes that differ from the %d put in", len(got), len(c.content))
			}
			var files int
			if err := a.Walk(func(string, int64) error { files++; return nil }); err != nil {
				t.Fatal(err)
			}
			if files != 1 {
				t.Errorf("got %d files, want 1", files)
			}
			name := filepath.Join(a.dir, id[:2], id[2:4], id)
			if c.packed {
				name += packed
			}
			st, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := st.Mode().Perm(), os.FileMode(0o600); got != want {
				t.Errorf("got mode %v, want %v", got, want)
			}
			if tmp, _ := os.ReadDir(filepath.Join(a.dir, tempDir)); len(tmp) != 0 {
				t.Errorf("got %d temporary files left, want none", len(tmp))
			}
		})
	}
}

// A disk that turns a bit must not turn a score.
func TestDamageIsNoticedAndRepaired(t *testing.T) {
	for _, content := range [][]byte{noise(100 << 10), []byte(strings.Repeat("Long An,2019,5/63\n", 50000))} {
		a := mustOpen(t)
		id := mustKeep(t, a, content)
		var name string
		for _, n := range []string{id, id + packed} {
			if p := filepath.Join(a.dir, id[:2], id[2:4], n); fileExists(p) {
				name = p
			}
		}
		for _, harm := range []func([]byte) []byte{
			func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
			func(b []byte) []byte { return b[:len(b)/2] },
			func([]byte) []byte { return nil },
		} {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, harm(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := a.Verify(context.Background(), id); !errors.Is(err, ErrDamaged) {
				t.Errorf("got %v, want ErrDamaged", err)
			}
			mustKeep(t, a, content)
			if err := a.Verify(context.Background(), id); err != nil {
				t.Errorf("after the document came again: %v", err)
			}
		}
	}
}

func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func TestRefusals(t *testing.T) {
	a := mustOpen(t)
	if _, err := a.Open("../../etc/passwd"); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("got %v, want ErrInvalid", err)
	}
	if _, err := a.Open(strings.Repeat("0", 64)); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	if _, err := a.Spool(context.Background(), strings.NewReader("12345"), 4); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := a.Spool(ctx, strings.NewReader("12345"), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if tmp, _ := os.ReadDir(filepath.Join(a.dir, tempDir)); len(tmp) != 0 {
		t.Errorf("got %d temporary files left, want none", len(tmp))
	}
}

func TestOpenRemovesWhatACrashLeft(t *testing.T) {
	a := mustOpen(t)
	old, fresh := filepath.Join(a.dir, tempDir, "spool-1"), filepath.Join(a.dir, tempDir, "spool-2")
	for _, p := range []string{old, fresh} {
		if err := os.WriteFile(p, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * tempAge)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(a.dir); err != nil {
		t.Fatal(err)
	}
	if fileExists(old) {
		t.Error("an old temporary file is still there")
	}
	if !fileExists(fresh) {
		t.Error("the temporary file of a running writer was removed")
	}
}

//go:build unix

package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
)

func TestAFolderHidesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.note"), []byte(note("u=vn63:80 p=2019 s=68.82")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "b.pipe"), 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	for link, to := range map[string]string{"c.note": "gone", "circle": "."} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	done := make(chan []Report, 1)
	go func() {
		reports, err := l.LoadAll(t.Context(), Job{DryRun: true}, []string{dir}, nil)
		if err != nil {
			t.Error(err)
		}
		done <- reports
	}()
	select {
	case reports := <-done:
		var got []string
		for _, r := range reports {
			got = append(got, filepath.Base(r.Name)+" "+string(r.State))
		}
		if want := []string{"a.note checked", "b.pipe refused", "c.note refused"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if code := ExitCode(reports...); code != 1 {
			t.Errorf("exit code: got %d, want 1", code)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a named pipe held up the folder")
	}
	if _, err := l.Load(t.Context(), Job{DryRun: true, Path: "/dev/zero"}); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("a device: got %v, want ErrInvalid", err)
	}
}

func TestALockedFolderKeepsNoOtherBack(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("not applicable: to root nothing is forbidden")
		return
	}
	dir := t.TempDir()
	locked := filepath.Join(dir, "locked")
	for name, mode := range map[string]os.FileMode{"a.note": 0o600, "b.note": 0} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(note("u=vn63:80 p=2019 s=68.82")), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(locked, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(locked, 0o700) }) // so that the folder can be removed
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	reports, err := l.LoadAll(t.Context(), Job{DryRun: true}, []string{dir}, nil)
	if err != nil || len(reports) != 3 || reports[0].State != Checked || reports[1].State != Refused || reports[2].State != Refused {
		t.Errorf("got %+v, %v; want one checked and two refused", reports, err)
	}
	if _, err := l.Load(t.Context(), Job{DryRun: true, Path: filepath.Join(dir, "b.note")}); !errors.Is(err, reform.ErrDenied) {
		t.Errorf("a file of another: got %v, want ErrDenied", err)
	}
}

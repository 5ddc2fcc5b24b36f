package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chiso/store/engine"
	"chiso/store/storetest"
)

func TestStartFails(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "libchdb.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		edit func(*engine.Options)
		want string
	}{
		{"no library", func(o *engine.Options) { o.LibPath = text }, "libchdb.so"},
		{"no command", func(o *engine.Options) { o.Executable = []string{filepath.Join(dir, "none")} }, "none"},
		{"bad configuration", func(o *engine.Options) { o.ExtraConfig = "<open>" }, "ended while starting"},
		{"file as directory", func(o *engine.Options) { o.DataDir = text }, "data directory"},
		{"nothing", func(o *engine.Options) { o.DataDir = "" }, "DataDir"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := storetest.EngineOptions(t, filepath.Join(t.TempDir(), "data"))
			tt.edit(&opts)
			_, err := engine.Start(t.Context(), opts)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q in it", err, tt.want)
			}
			if _, err := engine.Attach(opts.DataDir); opts.DataDir != "" && opts.DataDir != text && !errors.Is(err, engine.ErrNotRunning) {
				t.Errorf("attach afterwards: got %v, want ErrNotRunning", err)
			}
		})
	}
}

func TestMainWithoutArguments(t *testing.T) {
	if err := engine.Main(nil); err == nil || !strings.Contains(err.Error(), "chiso serve") {
		t.Errorf("got %v, want a sentence that names chiso serve", err)
	}
}

func TestAttachToDamagedState(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "engine.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Attach(dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v, want a sentence", err)
	}
}

func TestFindLibrary(t *testing.T) {
	storetest.Library(t) // Only where the platform has one.
	dir := t.TempDir()
	file := filepath.Join(dir, "chiso", "libchdb.so")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := engine.FindLibrary(file); err != nil || got != file {
		t.Errorf("explicit: got %s, %v", got, err)
	}
	if _, err := engine.FindLibrary(filepath.Join(dir, "none.so")); !errors.Is(err, engine.ErrNoLibrary) || !strings.Contains(err.Error(), "none.so") {
		t.Errorf("explicit but missing: got %v, want ErrNoLibrary that names it", err)
	}
	t.Chdir(dir)
	if got, err := engine.FindLibrary("", dir); err != nil || got != file {
		t.Errorf("data directory: got %s, %v", got, err)
	}
	if path, err := engine.FindLibrary("", t.TempDir()); err == nil {
		t.Skipf("SKIPPED the sentence for a missing library: this machine has %s", path)
	} else {
		for _, want := range []string{"make engine", "npm install --no-save @chdb/lib-", "@" + engine.LibraryVersion, "clickhouse.dsn", "CHISO_CLICKHOUSE_DSN"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("missing: got %q, want %q in it", err, want)
			}
		}
	}
}

// A library in the working directory is loaded only where nobody else could have put it.
func TestFindLibraryDoesNotTrustStrangers(t *testing.T) {
	real := storetest.Library(t)
	dir := t.TempDir()
	pkg := filepath.Join(dir, "node_modules", "@chdb", filepath.Base(filepath.Dir(real)))
	if err := os.MkdirAll(pkg, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(pkg, "libchdb.so")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if got, err := engine.FindLibrary(""); err != nil || got != file {
		t.Errorf("own file: got %s, %v, want %s", got, err, file)
	}
	if err := os.Chmod(file, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, _ := engine.FindLibrary(""); got == file {
		t.Error("a file that anybody may write was taken")
	}
}

package storetest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
	"chiso/store/storetest"
)

// roleEnv makes TestRole, run in a process of its own, do something.
const roleEnv = "CHISO_STORETEST_TEST_ROLE"

func TestRole(t *testing.T) {
	switch os.Getenv(roleEnv) {
	case "":
		return // nothing to test outside of a process of its own
	case "crash":
		fmt.Println("engine", storetest.Engine(t).Addr, os.Getpid())
		os.Exit(3) // No cleanup of any kind.
	case "use":
		storetest.New(t)
	}
}

// role runs this test binary as another process.
func role(t *testing.T, name string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRole$", "-test.v")
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "CI=") && !strings.HasPrefix(e, "CHISO_TEST_DSN=") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(append(cmd.Env, roleEnv+"="+name), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func TestDatabasesAreApart(t *testing.T) {
	a, b := storetest.New(t), storetest.New(t)
	if a.Database() == b.Database() {
		t.Fatalf("both are %s", a.Database())
	}
	if _, err := a.Begin(t.Context(), reform.Run{}); err != nil {
		t.Fatal(err)
	}
	n, err := store.Collect(t.Context(), b, "SELECT count() FROM runs", nil, func(r store.Rows) (n uint64, err error) { return n, r.Scan(&n) })
	if err != nil || n[0] != 0 {
		t.Errorf("the other database: got %v rows, %v, want 0", n, err)
	}
}

// The engine and its files go with the test process, whichever way it ends.
func TestEngineEndsWithTheTests(t *testing.T) {
	storetest.Library(t)
	tmp := t.TempDir()
	out, err := role(t, "crash", "TMPDIR="+tmp)
	if !strings.Contains(out, "engine 127.") {
		t.Fatalf("got %s, %v", out, err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := fs.Glob(os.DirFS(tmp), "chiso-storetest-*")
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left behind in %s: %v", tmp, left)
		}
	}
}

func TestNoLibrary(t *testing.T) {
	const missing = "CHISO_ENGINE_LIBRARY=/nonexistent/libchdb.so"
	out, err := role(t, "use", missing)
	if err != nil || !strings.Contains(out, "--- SKIP") || !strings.Contains(out, engine.ErrNoLibrary.Error()) {
		t.Errorf("without CI: got %v, want a loud skip:\n%s", err, out)
	}
	out, err = role(t, "use", missing, "CI=1")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(out, "--- FAIL") {
		t.Errorf("with CI: got %v, want a failure:\n%s", err, out)
	}
}

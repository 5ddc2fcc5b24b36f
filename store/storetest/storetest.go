// Package storetest gives tests a real ClickHouse: the embedded engine, started
// once for a test binary at the first use, and a database of its own for each test.
//
// The engine is this test binary itself, run again with an environment variable
// that the package's init sees: nothing has to be built, and no TestMain is needed.
// It ends when the test process does, in whichever way, because its standard input
// closes then; its data go with it.
//
// With CHISO_TEST_DSN set, tests use that server instead. Where neither a server
// nor the engine's library is there, tests are skipped with a loud line, and fail
// when CI is set: SQL that was not run on ClickHouse was not tested.
package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chiso/store"
	"chiso/store/engine"
)

// engineEnv marks the run of a test binary that is an engine, and names the
// directory that goes with it.
const engineEnv = "CHISO_STORETEST_ENGINE"

// serverEnv names a server to use instead of the embedded engine.
const serverEnv = "CHISO_TEST_DSN"

func init() {
	dir := os.Getenv(engineEnv)
	if dir == "" {
		return
	}
	if err := engine.Run(os.Args[1:], func() { _ = os.RemoveAll(dir) }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

var (
	startOnce sync.Once
	address   engine.Address
	startErr  error
	missing   error // why there is nothing to test on
	databases atomic.Int64
)

// New returns an open, migrated and empty database of this test alone. It is
// dropped, and the connection closed, when the test ends.
func New(tb testing.TB) *store.DB {
	tb.Helper()
	db, err := store.Open(tb.Context(), Options(tb))
	if err != nil {
		tb.Fatalf("storetest: open: %v", err)
	}
	tb.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := db.Drop(ctx); err != nil {
			tb.Errorf("storetest: drop: %v", err)
		}
		if err := db.Close(); err != nil {
			tb.Errorf("storetest: close: %v", err)
		}
	})
	if _, _, err := db.Migrate(tb.Context()); err != nil {
		tb.Fatalf("storetest: migrate: %v", err)
	}
	return db
}

// Options returns what store.Open needs for a database of a new name, which is not
// yet made: for tests of opening and migrating. The caller drops it.
func Options(tb testing.TB) store.Options {
	tb.Helper()
	opts := store.Options{
		Database: fmt.Sprintf("chiso_test_%d_%d", os.Getpid(), databases.Add(1)),
	}
	if dsn := os.Getenv(serverEnv); dsn != "" {
		opts.DSN = dsn
		return opts
	}
	a := Engine(tb)
	opts.Embedded = &a
	return opts
}

// Engine returns the address of this test binary's engine, starting it if it is
// the first to ask.
func Engine(tb testing.TB) engine.Address {
	tb.Helper()
	startOnce.Do(start)
	if missing != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("storetest: %v", missing)
		}
		tb.Skipf("SKIPPED, NOT TESTED: %v (or set %s)", missing, serverEnv)
	}
	if startErr != nil {
		tb.Fatalf("storetest: %v", startErr)
	}
	return address
}

// Library returns the path of the engine's library, for tests that start engines
// of their own, or skips the test as Engine does.
func Library(tb testing.TB) string {
	tb.Helper()
	path, err := findLibrary()
	if err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("storetest: %v", err)
		}
		tb.Skipf("SKIPPED, NOT TESTED: %v", err)
	}
	return path
}

// EngineOptions are for tests that start an engine of their own in dir with this
// test binary as its command.
func EngineOptions(tb testing.TB, dir string) engine.Options {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
	return engine.Options{
		DataDir: dir, LibPath: Library(tb), Executable: []string{self},
		Env: []string{engineEnv + "=" + filepath.Join(dir, "none")}, // The test removes its own directory.
	}
}

func start() {
	lib, err := findLibrary()
	if err != nil {
		missing = err
		return
	}
	self, err := os.Executable()
	if err != nil {
		startErr = err
		return
	}
	dir, err := os.MkdirTemp("", "chiso-storetest-")
	if err != nil {
		startErr = err
		return
	}
	sup, err := engine.Start(context.Background(), engine.Options{
		DataDir: dir, LibPath: lib, Executable: []string{self}, Env: []string{engineEnv + "=" + dir},
	})
	if err != nil {
		_ = os.RemoveAll(dir)
		startErr = err
		return
	}
	address = sup.Address()
}

// findLibrary looks in the module's root too: tests run in their package's
// directory, below the node_modules of the checkout.
func findLibrary() (string, error) {
	explicit := os.Getenv("CHISO_ENGINE_LIBRARY")
	if explicit == "" {
		if root, ok := moduleRoot(); ok {
			if path, err := engine.LibraryUnder(root); err == nil {
				return path, nil
			}
		}
	}
	return engine.FindLibrary(explicit)
}

func moduleRoot() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

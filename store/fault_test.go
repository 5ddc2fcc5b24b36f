//go:build unix

package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
	"chiso/store/storetest"
)

// ownEngine starts an engine that the test may ill-treat, with a migrated database.
func ownEngine(t *testing.T) (*engine.Supervisor, *store.DB) {
	t.Helper()
	sup, err := engine.Start(t.Context(), storetest.EngineOptions(t, t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sup.Stop)
	a := sup.Address()
	db := open(t, store.Options{Embedded: &a})
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return sup, db
}

func kill(t *testing.T, sup *engine.Supervisor) {
	t.Helper()
	if err := syscall.Kill(sup.Address().Engine, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// While pages are being asked for, the engine is killed: each question is answered, or
// honestly refused, within two seconds; then there is service, and all that was
// acknowledged.
func TestKilledUnderReads(t *testing.T) {
	sup, db := ownEngine(t)
	commit(t, db, load(t, db, longAn, placeOnly, zeroScore))
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	var (
		wg               sync.WaitGroup
		answered, denied atomic.Int64
		mu               sync.Mutex
		longest          time.Duration
		lastDenied       time.Time
	)
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				began := time.Now()
				rows, err := store.Collect(t.Context(), db, "SELECT unit FROM observations WHERE "+store.Committed, store.Params{"rev": 0},
					func(r store.Rows) (s string, err error) { return s, r.Scan(&s) })
				took := time.Since(began)
				mu.Lock()
				longest = max(longest, took)
				mu.Unlock()
				switch {
				case err == nil && len(rows) == 3:
					answered.Add(1)
				case errors.Is(err, reform.ErrUnavailable):
					denied.Add(1)
					mu.Lock()
					lastDenied = time.Now()
					mu.Unlock()
				default:
					t.Errorf("got %v, %v, want 3 rows or reform.ErrUnavailable", rows, err)
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	var killed time.Time
	for range 2 {
		killed = time.Now()
		kill(t, sup)
		time.Sleep(1800 * time.Millisecond)
	}
	wg.Wait()
	t.Logf("%d answered, %d refused, longest %v", answered.Load(), denied.Load(), longest.Round(time.Millisecond))
	if answered.Load() == 0 || sup.Restarts() != 2 {
		t.Errorf("got %d answers and %d restarts", answered.Load(), sup.Restarts())
	}
	if longest > 2*time.Second {
		t.Errorf("a question took %v, want less than 2 s", longest)
	}
	if lastDenied.Sub(killed) > 2*time.Second {
		t.Errorf("still refused %v after the kill", lastDenied.Sub(killed))
	}
}

// Rows that were acknowledged are there after a kill, once each, also where the kill
// came while they were on their way.
func TestKilledUnderInserts(t *testing.T) {
	sup, db := ownEngine(t)
	run, err := db.Begin(t.Context(), reform.Run{})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 3 {
			select {
			case <-stop:
				return
			case <-time.After(400 * time.Millisecond):
				_ = syscall.Kill(sup.Address().Engine, syscall.SIGKILL) // It may not be back yet.
			}
		}
	})
	w := db.NewWriter(t.Context(), run.ID)
	f, o := longAn, origin
	n := 0
	for began := time.Now(); time.Since(began) < 2*time.Second && n < 2_000_000; n++ {
		f.Locator = fmt.Sprint(n)
		if err := w.Add(&f, &o); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	close(stop)
	wg.Wait()
	commit(t, db, run)
	got := strings.Join(column(t, db, "SELECT toString(count()) || ' ' || toString(uniqExact(locator)) FROM observations", nil), "")
	if want := fmt.Sprintf("%d %[1]d", n); got != want {
		t.Errorf("rows and distinct rows: got %s, want %s", got, want)
	}
	if sup.Restarts() == 0 {
		t.Error("the engine was not restarted: nothing was tried")
	}
	t.Logf("%d rows over %d restarts", n, sup.Restarts())
}

// Another process uses the engine while it runs, by its state file.
func TestAttachedDB(t *testing.T) {
	sup, db := ownEngine(t)
	commit(t, db, load(t, db, longAn))
	a := sup.Address()
	attached := open(t, store.Options{Embedded: &a})
	if got := visible(t, attached, 0); got != "1" {
		t.Errorf("got %s facts, want 1", got)
	}
	kill(t, sup)
	if got := visible(t, attached, 0); got != "1" {
		t.Errorf("after a restart: got %s facts, want 1", got)
	}
}

func TestWrongPassword(t *testing.T) {
	a := storetest.Engine(t)
	a.Password = "geheim"
	db := open(t, store.Options{Embedded: &a})
	err := db.Ping(t.Context())
	if !errors.Is(err, reform.ErrDenied) {
		t.Errorf("got %v, want reform.ErrDenied", err)
	}
	if err != nil && strings.Contains(err.Error(), "geheim") {
		t.Errorf("the error tells the password: %v", err)
	}
}

// A question whose asker has gone must not keep ClickHouse busy, nor harm it.
func TestCancelledReads(t *testing.T) {
	sup, db := ownEngine(t)
	for i := range 40 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond)
		rows, err := db.Query(ctx, "SELECT number, randomPrintableASCII(100) FROM numbers(1000000000)", nil)
		if err == nil {
			for rows.Next() {
			}
			err = errors.Join(rows.Err(), rows.Close())
		}
		cancel()
		if err == nil {
			t.Error("a question of a billion rows was answered in no time")
		}
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		got := strings.Join(column(t, db, "SELECT toString(count()) FROM system.processes WHERE query LIKE '%randomPrintable%' AND query NOT LIKE '%processes%'", nil), "")
		if got == "0" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s questions of nobody still run", got)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if sup.Restarts() != 0 {
		t.Errorf("got %d restarts, want 0", sup.Restarts())
	}
}

// An insert that is given up half-way must not harm the engine.
func TestCancelledInserts(t *testing.T) {
	sup, db := ownEngine(t)
	for i := range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		w := db.NewWriter(ctx, fmt.Sprint("run", i))
		f, o := longAn, origin
		time.AfterFunc(time.Duration(60+10*i)*time.Millisecond, cancel)
		var err error
		for n := 0; err == nil && n < 1_000_000; n++ {
			err = w.Add(&f, &o)
		}
		if err = errors.Join(err, w.Close()); err == nil {
			t.Error("a million rows were stored in no time")
		}
		cancel()
	}
	if got := visible(t, db, 0); got != "0" {
		t.Errorf("got %s facts, want 0", got)
	}
	if sup.Restarts() != 0 {
		t.Errorf("got %d restarts, want 0", sup.Restarts())
	}
}

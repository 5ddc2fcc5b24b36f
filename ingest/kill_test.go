package ingest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
	"chiso/store/storetest"
)

// childEnv makes a run of the test binary the child that loads and is killed.
const childEnv = "CHISO_INGEST_TEST_CHILD"

type childOrder struct {
	DSN, Database string
	Embedded      *engine.Address
	Archive, Path string
}

// TestChildLoad is the body of the child of TestKilledInTheMiddle.
func TestChildLoad(t *testing.T) {
	raw := os.Getenv(childEnv)
	if raw == "" {
		return // nothing to test outside of a child
	}
	var o childOrder
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), store.Options{DSN: o.DSN, Embedded: o.Embedded, Database: o.Database})
	if err != nil {
		t.Fatal(err)
	}
	r, err := loaderOn(t, db, o.Archive).Load(context.Background(), Job{Path: o.Path})
	if err != nil || r.State != Loaded && r.State != Repeated {
		t.Fatalf("%+v, %v", r, err)
	}
}

// manyRows writes a document with 63 provinces and the total of n/63 months.
func manyRows(t testing.TB, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "many.note")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("#note\n")
	units := reform.Default().Units(reform.VN63, reform.Province)
	p := reform.MustPeriod("1990-01")
	components := []string{"", "CKMB", "TDGQ", "CLGQ"}
	for i := range n {
		if i > 0 && i%(len(units)*len(components)) == 0 {
			p = p.Next()
		}
		c := components[i/len(units)%len(components)]
		fmt.Fprintf(&b, "ix=s766 u=%s p=%s c=%s s=%d.%02d\n", units[i%len(units)].Key, p, c, i%12, i%100)
	}
	if _, err := f.WriteString(b.String()); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A load that is killed at any moment leaves nothing that anybody sees, or all of
// it; the next one completes it and doubles nothing.
func TestKilledInTheMiddle(t *testing.T) {
	const rows = 200_000
	db := storetest.New(t)
	opts := storetest.Options(t)
	dir := filepath.Join(t.TempDir(), "archive")
	path := manyRows(t, rows)
	order, err := json.Marshal(childOrder{DSN: opts.DSN, Embedded: opts.Embedded, Database: db.Database(), Archive: dir, Path: path})
	if err != nil {
		t.Fatal(err)
	}
	stored := func() int { return count1(t, db, "SELECT count() FROM observations", nil) }
	killed := 0
	for i, ripe := range []func(time.Duration) bool{
		func(d time.Duration) bool { return d > 300*time.Millisecond },
		func(time.Duration) bool { return stored() > 0 },
		func(time.Duration) bool { return stored() > rows/2 },
		func(time.Duration) bool { return stored() == rows }, // written, and perhaps not committed
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestChildLoad$")
		cmd.Env = append(os.Environ(), childEnv+"="+string(order))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		began := time.Now()
	wait:
		for !ripe(time.Since(began)) {
			select {
			case err := <-ended:
				ended <- err
				break wait
			case <-time.After(2 * time.Millisecond):
			}
		}
		_ = cmd.Process.Kill() // SIGKILL
		if err := <-ended; err != nil {
			killed++
		}
		got := visible(t, db, 0)
		t.Logf("kill %d: %d rows stored, %d visible", i, stored(), got)
		if got != 0 && got != rows {
			t.Fatalf("after kill %d: got %d visible observations, want none or all %d", i, got, rows)
		}
	}
	if killed < 3 {
		t.Fatalf("only %d loads were killed in time: the test shows nothing", killed)
	}
	r, err := loaderOn(t, db, dir).Load(t.Context(), Job{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if r.State != Loaded && r.State != Repeated {
		t.Fatalf("the next load: got %s, %s", r.State, codes(r))
	}
	if got := visible(t, db, 0); got != rows {
		t.Errorf("got %d visible observations, want %d", got, rows)
	}
	if got := count1(t, db, "SELECT uniqExact(fact) FROM observations", nil); got != rows {
		t.Errorf("got %d different facts, want %d", got, rows)
	}
	// A chunk that was on its way when its sender died may arrive late; the next sweep takes it.
	if _, err := db.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := stored(); got != rows {
		t.Errorf("got %d rows after a sweep, want %d", got, rows)
	}
}

// Two processes that load one document at the same time load it once.
func TestTwoProcesses(t *testing.T) {
	const rows = 20_000
	db := storetest.New(t)
	opts := storetest.Options(t)
	order, err := json.Marshal(childOrder{
		DSN: opts.DSN, Embedded: opts.Embedded, Database: db.Database(), Archive: filepath.Join(t.TempDir(), "archive"), Path: manyRows(t, rows),
	})
	if err != nil {
		t.Fatal(err)
	}
	var children []*exec.Cmd
	var said [3]strings.Builder
	for i := range said {
		cmd := exec.Command(os.Args[0], "-test.run=^TestChildLoad$")
		cmd.Env = append(os.Environ(), childEnv+"="+string(order))
		cmd.Stdout, cmd.Stderr = &said[i], &said[i]
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		children = append(children, cmd)
	}
	for i, cmd := range children {
		if err := cmd.Wait(); err != nil {
			t.Errorf("a child failed: %v: %s", err, said[i].String())
		}
	}
	if got := count1(t, db, "SELECT count() FROM observations", nil); got != rows {
		t.Errorf("got %d rows, want %d", got, rows)
	}
	if got := count1(t, db, "SELECT countIf(facts > 0) FROM runs WHERE event = 'committed'", nil); got != 1 {
		t.Errorf("got %d runs with facts, want 1", got)
	}
}

// What is refused after rows were sent is removed again.
func TestRefusedAfterRowsWereSent(t *testing.T) {
	l := newLoader(t)
	path := manyRows(t, 80_000)
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("u=vn63:99 p=2019 s=1\n"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	r, err := l.Load(t.Context(), Job{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if r.State != Refused || r.Problems != 1 || r.Facts != 0 {
		t.Errorf("got %s, %d problems, %d facts; want refused, 1, 0", r.State, r.Problems, r.Facts)
	}
	if got := count1(t, l.DB, "SELECT count() FROM observations", nil); got != 0 {
		t.Errorf("got %d rows left, want none", got)
	}
	if r, err = l.Load(t.Context(), Job{Path: path, SetAside: true}); err != nil {
		t.Fatal(err)
	}
	if r.State != Partly || r.Facts != 80_000 {
		t.Errorf("set aside: got %s with %d facts, want set-aside with 80000", r.State, r.Facts)
	}
	if r, err = l.Load(t.Context(), Job{Path: path, SetAside: true}); err != nil {
		t.Fatal(err)
	}
	if r.Duplicates != 80_000 || r.Facts != 0 {
		t.Errorf("again: got %d duplicates and %d facts, want 80000 and none", r.Duplicates, r.Facts)
	}
}

// The authority of a kind is known at the end of the document; rows sent before must have it too.
func TestAuthorityKnownAtTheEnd(t *testing.T) {
	l := newLoader(t)
	path := manyRows(t, 60_000)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := mustLoad(t, l, Job{}, "#note:authority=1\n"+string(b))
	if r.State != Loaded || r.Facts != 60_000 {
		t.Fatalf("got %s with %d facts, %s", r.State, r.Facts, codes(r))
	}
	if got := count1(t, l.DB, "SELECT count() FROM observations WHERE authority != 1", nil); got != 0 {
		t.Errorf("got %d rows without the authority of the document", got)
	}
	if got := count1(t, l.DB, "SELECT count() FROM observations", nil); got != 60_000 {
		t.Errorf("got %d rows, want 60000", got)
	}
}

package schedule

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest"
	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

// clock is a time that a test sets.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

// monday is a Monday at midnight in Viet Nam.
var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, Location())

// logged is a run that only notes when it was called.
type logged struct {
	mu    sync.Mutex
	clock *clock
	calls map[string][]string
	do    func(s Source) ([]ingest.Report, error)
}

func (l *logged) run(_ context.Context, s Source) ([]ingest.Report, error) {
	l.mu.Lock()
	l.calls[s.Name] = append(l.calls[s.Name], l.clock.now().In(Location()).Format("01-02 15:04"))
	l.mu.Unlock()
	if l.do != nil {
		return l.do(s)
	}
	return []ingest.Report{{State: ingest.Loaded, Facts: 2, Run: "r"}}, nil
}

func source(name, schedule string) Source {
	return Source{Name: name, Kind: KindURL, Schedule: schedule, Where: "https://example.org/", Enabled: true, CatchUp: true}
}

func newScheduler(t *testing.T, db *store.DB, c *clock, run func(context.Context, Source) ([]ingest.Report, error), sources ...Source) *Scheduler {
	t.Helper()
	s, err := New(Options{DB: db, Sources: sources, Runner: &Runner{Fetchers: DefaultFetchers()}, Run: run, Active: true,
		Now: c.now, Sleep: func(context.Context, time.Duration) {}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAWeek(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	l := &logged{clock: c, calls: map[string][]string{}}
	off := source("off", "@hourly")
	off.Enabled = false
	season := source("season", "@daily")
	season.Window = "03-04..03-05"
	s := newScheduler(t, db, c, l.run, source("nightly", "0 2 * * *"), source("workdays", "30 8,14 * * 1-5"), source("every", "@every 36h"), off, season)
	if err := s.Drive(t.Context(), monday.AddDate(0, 0, 7), c.set); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"nightly":  {"03-02 02:00", "03-03 02:00", "03-04 02:00", "03-05 02:00", "03-06 02:00", "03-07 02:00", "03-08 02:00"},
		"workdays": {"03-02 08:30", "03-02 14:30", "03-03 08:30", "03-03 14:30", "03-04 08:30", "03-04 14:30", "03-05 08:30", "03-05 14:30", "03-06 08:30", "03-06 14:30"},
		"every":    {"03-03 12:00", "03-05 00:00", "03-06 12:00", "03-08 00:00"},
		"season":   {"03-04 00:00", "03-05 00:00"},
	}
	if diff := cmp.Diff(want, l.calls); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// After a downtime a source is read once, however many of its times have passed; not
// outside of its window, and not where that is switched off.
func TestCatchUp(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	l := &logged{clock: c, calls: map[string][]string{}}
	season, proud, off := source("season", "@daily"), source("proud", "@daily"), source("off", "@daily")
	season.Window, proud.CatchUp, off.Enabled = "03-01..03-05", false, false
	sources := []Source{source("hourly", "@hourly"), source("weekly", "0 3 * * 1"), season, proud, off}
	start := func(at, until time.Time) map[string][]string {
		t.Helper()
		c.set(at)
		l.calls = map[string][]string{}
		if err := newScheduler(t, db, c, l.run, sources...).Drive(t.Context(), until, c.set); err != nil {
			t.Fatal(err)
		}
		return l.calls
	}
	at := func(day, hour, minute int) time.Time {
		return monday.AddDate(0, 0, day).Add(time.Duration(hour*60+minute) * time.Minute)
	}
	// The first start has missed nothing.
	if diff := cmp.Diff(map[string][]string{"hourly": {"03-02 01:00"}}, start(at(0, 0, 10), at(0, 1, 30))); diff != "" {
		t.Errorf("first start (-want +got):\n%s", diff)
	}
	// Two days later: one run each, at once.
	if diff := cmp.Diff(map[string][]string{"hourly": {"03-04 09:15"}, "weekly": {"03-04 09:15"}, "season": {"03-04 09:15"}}, start(at(2, 9, 15), at(2, 9, 20))); diff != "" {
		t.Errorf("after two days (-want +got):\n%s", diff)
	}
	// At once again: nothing was missed.
	if diff := cmp.Diff(map[string][]string{}, start(at(2, 9, 25), at(2, 9, 30))); diff != "" {
		t.Errorf("restart (-want +got):\n%s", diff)
	}
	// After the window the missed day is not made up for.
	if diff := cmp.Diff(map[string][]string{"hourly": {"03-07 09:15"}}, start(at(5, 9, 15), at(5, 9, 20))); diff != "" {
		t.Errorf("after the window (-want +got):\n%s", diff)
	}
}

func TestStates(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	for _, tt := range []struct {
		name string
		do   func(ctx context.Context) ([]ingest.Report, error)
		want string
	}{
		{"done", func(context.Context) ([]ingest.Report, error) {
			return []ingest.Report{{State: ingest.Loaded, Facts: 3}, {State: ingest.Repeated}}, nil
		}, reform.SourceDone},
		{"unchanged", func(context.Context) ([]ingest.Report, error) { return []ingest.Report{{State: ingest.Repeated}}, nil }, reform.SourceUnchanged},
		{"nothing", func(context.Context) ([]ingest.Report, error) { return nil, nil }, reform.SourceUnchanged},
		{"aside", func(context.Context) ([]ingest.Report, error) {
			return []ingest.Report{{State: ingest.Partly, Facts: 1, Problems: 2}}, nil
		}, reform.SourceSetAside},
		{"refused", func(context.Context) ([]ingest.Report, error) {
			return []ingest.Report{{State: ingest.Loaded, Facts: 1}, {State: ingest.Refused, Problems: 1, Listed: []reform.Problem{{Reason: "why", ReasonVI: "vì sao"}}}}, nil
		}, reform.SourceRefused},
		{"failed", func(context.Context) ([]ingest.Report, error) {
			return nil, fmt.Errorf("no answer: %w", reform.ErrUnavailable)
		}, reform.SourceFailed},
		{"panic", func(context.Context) ([]ingest.Report, error) { panic("a fault") }, reform.SourceFailed},
		{"timeout", func(ctx context.Context) ([]ingest.Report, error) { <-ctx.Done(); return nil, ctx.Err() }, reform.SourceTimeout},
	} {
		src := source(tt.name, "@daily")
		if tt.want == reform.SourceTimeout {
			src.Timeout = 300 * time.Millisecond // the others ask the engine within it, on a busy machine too
		}
		s := newScheduler(t, db, c, func(ctx context.Context, _ Source) ([]ingest.Report, error) { return tt.do(ctx) }, src)
		run, err := s.RunNow(t.Context(), tt.name)
		if err != nil || run.State != tt.want {
			t.Errorf("%s: got %q, %v; want %q", tt.name, run.State, err, tt.want)
		}
		if tt.want == reform.SourceRefused && !strings.Contains(run.Message.VI, "vì sao") {
			t.Errorf("%s: got message %q, want the first reason", tt.name, run.Message.VI)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := newScheduler(t, db, c, func(ctx context.Context, _ Source) ([]ingest.Report, error) { cancel(); return nil, ctx.Err() }, source("stopped", "@daily"))
	if run, err := s.RunNow(ctx, "stopped"); err != nil || run.State != reform.SourceInterrupted {
		t.Errorf("stopped: got %q, %v; want %q", run.State, err, reform.SourceInterrupted)
	}
	memories, err := db.SourceMemories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := memories["stopped"]; !got.LastDone.IsZero() {
		t.Errorf("an interrupted attempt counts as done at %s", got.LastDone)
	}
}

// One attempt at a time: of the schedule, of a person, of another process.
func TestNoOverlap(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	var inside, most, runs atomic.Int32
	release := make(chan struct{})
	run := func(context.Context, Source) ([]ingest.Report, error) {
		runs.Add(1)
		most.Store(max(most.Load(), inside.Add(1)))
		<-release
		inside.Add(-1)
		return nil, nil
	}
	a := newScheduler(t, db, c, run, source("x", "@hourly"))
	b := newScheduler(t, db, c, run, source("x", "@hourly")) // as another process would be
	first, err := a.StartNow(t.Context(), "x")
	if err != nil || first.ID == "" || first.State != "" {
		t.Fatalf("start: got %+v, %v", first, err)
	}
	for name, s := range map[string]*Scheduler{"same": a, "other": b} {
		if _, err := s.RunNow(t.Context(), "x"); !errors.Is(err, reform.ErrConflict) {
			t.Errorf("%s: got %v, want %v", name, err, reform.ErrConflict)
		}
	}
	done := make(chan error)
	go func() { done <- b.Drive(t.Context(), monday.Add(3*time.Hour), c.set) }() // its hours are skipped
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	close(release)
	a.Wait()
	if runs.Load() != 1 || most.Load() != 1 {
		t.Errorf("got %d runs, %d at once; want 1 and 1", runs.Load(), most.Load())
	}
	if _, err := b.RunNow(t.Context(), "x"); err != nil {
		t.Errorf("after the end: %v", err)
	}
	if _, err := a.RunNow(t.Context(), "y"); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("unknown source: got %v, want %v", err, reform.ErrNotFound)
	}
	off := source("x", "@hourly")
	off.Enabled = false
	if _, err := newScheduler(t, db, c, run, off).RunNow(t.Context(), "x"); !errors.Is(err, reform.ErrConflict) {
		t.Errorf("switched off: got %v, want %v", err, reform.ErrConflict)
	}
}

func TestJitterIsBounded(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	src := source("j", "@hourly")
	src.Jitter = 10 * time.Minute
	var slept []time.Duration
	random := []float64{0, 0.5, 0.999, 1.5}
	s, err := New(Options{DB: db, Sources: []Source{src}, Runner: &Runner{Fetchers: DefaultFetchers()}, Now: c.now,
		Run:    func(context.Context, Source) ([]ingest.Report, error) { return nil, nil },
		Sleep:  func(_ context.Context, d time.Duration) { slept = append(slept, d) },
		Random: func() float64 { return random[len(slept)%len(random)] }})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Drive(t.Context(), monday.Add(4*time.Hour), c.set); err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{0, 5 * time.Minute, 599400 * time.Millisecond, 10 * time.Minute}
	if diff := cmp.Diff(want, slept); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	if _, err := s.RunNow(t.Context(), "j"); err != nil || len(slept) != 4 {
		t.Errorf("a person waited: %v, %v", slept, err)
	}
}

// A source is late when the time after the next has come without a success.
func TestOverdue(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	ok := true
	s := newScheduler(t, db, c, func(context.Context, Source) ([]ingest.Report, error) {
		if ok {
			return nil, nil
		}
		return nil, reform.ErrUnavailable
	}, source("d", "0 2 * * *"))
	if err := s.Drive(t.Context(), monday.AddDate(0, 0, 1), c.set); err != nil {
		t.Fatal(err)
	}
	ok = false
	e := s.entries[0]
	memories, err := db.SourceMemories(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	success := memories["d"].LastSuccess
	if want := monday.Add(2 * time.Hour); !success.Equal(want) {
		t.Errorf("last success: got %s, want %s", success, want)
	}
	if got, want := e.overdueAt(success), monday.AddDate(0, 0, 2).Add(2*time.Hour); !got.Equal(want) {
		t.Errorf("late from: got %s, want %s", got, want)
	}
	if err := s.Drive(t.Context(), monday.AddDate(0, 0, 3), c.set); err != nil {
		t.Fatal(err)
	}
	if memories, err = db.SourceMemories(t.Context()); err != nil || !memories["d"].LastSuccess.Equal(success) {
		t.Errorf("after failures: got success at %s, %v; want %s", memories["d"].LastSuccess, err, success)
	}
}

// The real runner, by the machine's clock, and the second instance that refuses.
func TestRealRunnerAndSecondInstance(t *testing.T) {
	db := storetest.New(t)
	var first, second atomic.Int32
	instance := func(name string, n *atomic.Int32) (*Scheduler, context.CancelFunc, chan struct{}) {
		t.Helper()
		s, err := New(Options{DB: db, Sources: []Source{source("tick", "@every 1s")}, Runner: &Runner{Fetchers: DefaultFetchers()}, Active: true,
			Instance: name, Beat: 50 * time.Millisecond, Stale: 1500 * time.Millisecond,
			Run: func(context.Context, Source) ([]ingest.Report, error) { n.Add(1); return nil, nil }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { s.Run(ctx); close(done) }()
		return s, cancel, done
	}
	wait := func(what string, ok func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !ok(); {
			if time.Now().After(deadline) {
				t.Fatalf("waited too long for: %s", what)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	a, stopA, doneA := instance("a", &first)
	defer stopA()
	wait("the first runs", func() bool { return first.Load() >= 2 })
	b, stopB, doneB := instance("b", &second)
	defer stopB()
	wait("the second refuses", func() bool { r := b.Refusal(); return r != nil && r.Instance == "a" })
	before := first.Load()
	wait("the first goes on", func() bool { return first.Load() > before })
	if second.Load() != 0 || b.Leading() || !a.Leading() {
		t.Errorf("second: %d runs, leads %v; first leads %v", second.Load(), b.Leading(), a.Leading())
	}
	stopA()
	<-doneA
	after := first.Load()
	wait("the second takes over", func() bool { return second.Load() >= 1 && b.Leading() && b.Refusal() == nil })
	stopB()
	<-doneB
	if first.Load() != after {
		t.Errorf("the first ran %d times after it had stopped", first.Load()-after)
	}
	if left, err := db.Schedulers(t.Context(), time.Minute); err != nil || len(left) != 0 {
		t.Errorf("schedulers after the end: %v, %v; want none", left, err)
	}
}

// What is no longer configured leaves the list.
func TestRemovedSources(t *testing.T) {
	db := storetest.New(t)
	c := &clock{t: monday}
	l := &logged{clock: c, calls: map[string][]string{}}
	for _, sources := range [][]Source{{source("a", "@daily"), source("b", "@daily")}, {source("b", "@daily")}} {
		if err := newScheduler(t, db, c, l.run, sources...).Drive(t.Context(), c.now(), c.set); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // the list is ordered by the time of its rows
	}
	memories, err := db.SourceMemories(t.Context())
	if err != nil || memories["a"].Known || !memories["b"].Known {
		t.Errorf("got %+v, %v; want b only", memories, err)
	}
}

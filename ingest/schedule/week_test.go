package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/parse"
	"chiso/ingest/service766"
	"chiso/ingest/service766/portaltest"
	"chiso/internal/testshared"
	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
	"chiso/store/storetest"
)

// childEnv makes a run of the test binary the program that is killed.
const childEnv = "CHISO_SCHEDULE_TEST_CHILD"

type childOrder struct {
	DSN, Database   string
	Embedded        *engine.Address
	Archive, Server string
	Start, Until    time.Time
}

// The week is one of those of which the portal's answers were recorded.
var (
	weekBegins = time.Date(2025, 10, 13, 0, 0, 0, 0, Location())
	weekEnds   = weekBegins.AddDate(0, 0, 7)
)

const readEvery = 6 * time.Hour

// TestChildWeek is the body of the child of TestWeekWithKills.
func TestChildWeek(t *testing.T) {
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
	raws, err := archive.Open(o.Archive)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{t: o.Start}
	cfg := service766.Config{Portal: service766.Portal2022, BaseURL: o.Server, NoPause: true, Periods: service766.PeriodRule{Current: []reform.PeriodKind{reform.Month}}}
	poller, err := service766.New(cfg, service766.Env{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	runner := &Runner{
		Fetchers: map[string]Fetcher{"766": FetchPortals(map[string]Portal{"live": {poller, cfg}})},
		NewLoader: func() *ingest.Loader {
			return &ingest.Loader{DB: db, Archive: raws, Catalog: reform.Default(), Kinds: []parse.Kind{service766.Kind}, Now: c.now}
		},
	}
	s, err := New(Options{DB: db, Runner: runner, Active: true, Now: c.now, Sources: []Source{
		{Name: "live", Kind: "766", Schedule: "0 */6 * * *", Enabled: true, CatchUp: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Drive(context.Background(), o.Until, func(at time.Time) {
		c.set(at)
		resp, err := http.Get(o.Server + "/clock?t=" + strconv.FormatInt(at.Unix(), 10))
		if err != nil {
			t.Error(err)
			return
		}
		resp.Body.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// playback is the old portal whose numbers go on with the clock of the program, a
// hundredth of a point with each reading.
type playback struct {
	portal portaltest.Portal
	units  []portaltest.Unit
	mu     sync.Mutex
	at     time.Time
	told   chan time.Time
}

func (p *playback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/clock" {
		p.portal.ServeHTTP(w, r)
		return
	}
	unix, err := strconv.ParseInt(r.URL.Query().Get("t"), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	p.at = time.Unix(unix, 0)
	p.mu.Unlock()
	select {
	case p.told <- p.now():
	default:
	}
}

func (p *playback) now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *playback) list(root, _ string) []portaltest.Unit {
	if root != "" {
		return nil
	}
	n := float64(p.now().Sub(weekBegins)/readEvery) / 100
	out := slices.Clone(p.units)
	for i := range out {
		scores := map[string]string{}
		for k, v := range out[i].Scores {
			scores[k] = v
		}
		for _, k := range []string{"MDSH", "TONG"} {
			f, _ := strconv.ParseFloat(scores[k], 64)
			scores[k] = fmt.Sprintf("%.2f", f+n)
		}
		out[i].Scores = scores
	}
	return out
}

// An accelerated week against a portal on loopback, with the program killed again and
// again: every reading is there once, and no time of the schedule is left out.
func TestWeekWithKills(t *testing.T) {
	db := storetest.New(t)
	opts := storetest.Options(t)
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", "service766.csv"))
	if err != nil {
		t.Fatal(err)
	}
	units, err := portaltest.Recorded(f, "2025-10", "2025-10-11")
	f.Close()
	if err != nil || len(units) != 34 {
		t.Fatalf("recorded units: %d, %v; want 34", len(units), err)
	}
	p := &playback{units: units, at: weekBegins, told: make(chan time.Time, 1)}
	p.portal.Units = p.list
	server := httptest.NewServer(p)
	defer server.Close()

	order := childOrder{DSN: opts.DSN, Embedded: opts.Embedded, Database: db.Database(), Archive: filepath.Join(t.TempDir(), "archive"), Server: server.URL, Start: weekBegins, Until: weekEnds}
	run := func(ready func(at time.Time, since time.Duration) bool) (ended bool) {
		t.Helper()
		raw, err := json.Marshal(order)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestChildWeek$")
		cmd.Env = append(os.Environ(), childEnv+"="+string(raw))
		out, err := os.CreateTemp(t.TempDir(), "child")
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		var last time.Time
		var since time.Time
		for {
			select {
			case err := <-done:
				if err != nil {
					b, _ := os.ReadFile(out.Name())
					t.Fatalf("the program ended by itself: %v\n%s", err, b)
				}
				return true
			case <-time.After(time.Millisecond):
			}
			if now := p.now(); !now.Equal(last) {
				last, since = now, time.Now()
			}
			if ready(last, time.Since(since)) {
				_ = cmd.Process.Kill() // SIGKILL
				<-done
				return false
			}
		}
	}
	var killedAt []time.Time
	for i, after := range []time.Duration{0, 5, 12, 20, 30, 45, 60, 90, 15, 25} {
		// The next kill comes some moments into a reading two ticks on: before its poll,
		// within it, while it is loaded, after its commit and before its end is noted.
		aim := weekBegins.Add(time.Duration(2*i+2) * readEvery)
		if run(func(at time.Time, since time.Duration) bool {
			return !at.Before(aim) && since >= after*time.Millisecond
		}) {
			t.Fatalf("the program ended before kill %d", i)
		}
		at := p.now()
		killedAt = append(killedAt, at)
		order.Start = at.Add(7 * time.Minute)
		p.mu.Lock()
		p.at = order.Start
		p.mu.Unlock()
	}
	if !run(func(time.Time, time.Duration) bool { return false }) {
		t.Fatal("the last run was killed")
	}

	type reading struct {
		at   time.Time
		rows uint64
		same uint64
	}
	readings, err := store.Collect(t.Context(), db, "SELECT observed_at, count(), uniqExact(unit, component) FROM observations WHERE index = 's766' AND "+store.Committed+" GROUP BY observed_at ORDER BY observed_at",
		store.Params{"rev": uint64(0)}, func(r store.Rows) (v reading, err error) { return v, r.Scan(&v.at, &v.rows, &v.same) })
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int64]int{} // by the hour
	for _, r := range readings {
		if r.rows != 34*7 || r.same != r.rows {
			t.Errorf("reading of %s: got %d rows, %d different; want %d once each", r.at, r.rows, r.same, 34*7)
		}
		seen[r.at.Unix()/3600]++
	}
	for tick := weekBegins.Add(readEvery); !tick.After(weekEnds); tick = tick.Add(readEvery) {
		n := seen[tick.Unix()/3600]
		most := 1
		if slices.ContainsFunc(killedAt, func(at time.Time) bool { return at.Unix()/3600 == tick.Unix()/3600 }) {
			most = 2 // it had been committed, and was read again since nobody knew
		}
		if n < 1 || n > most {
			t.Errorf("tick %s: got %d readings, want 1 to %d", tick, n, most)
		}
		delete(seen, tick.Unix()/3600)
	}
	if len(seen) != 0 {
		t.Errorf("readings beside the schedule: %v", seen)
	}
	cut, err := store.Collect(t.Context(), db, "SELECT countIf(state = 'interrupted'), countIf(cause = 'catch-up') FROM source_runs WHERE event = 'ended'", nil,
		func(r store.Rows) (v [2]uint64, err error) { return v, r.Scan(&v[0], &v[1]) })
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d readings, %d kills, %d attempts cut short, %d caught up with", len(readings), len(killedAt), cut[0][0], cut[0][1])
	if cut[0][0] < 2 || cut[0][1] < 2 {
		t.Error("hardly a kill came within a reading: the test shows nothing")
	}
	if open, err := db.SweepSources(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("attempts left open: %v, %v", open, err)
	}
	memories, err := db.SourceMemories(t.Context())
	if err != nil || !memories["live"].LastSuccess.Equal(weekEnds) {
		t.Errorf("last success: got %s, %v; want %s", memories["live"].LastSuccess, err, weekEnds)
	}
}

package service766_test

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/parse"
	"chiso/ingest/service766"
	"chiso/ingest/service766/portaltest"
	"chiso/internal/testshared"
	"chiso/reform"
	"chiso/store/storetest"
)

// counter takes what a dry run would load.
type counter struct {
	facts    int
	problems []reform.Problem
}

func (c *counter) Fact(*reform.Fact) error  { c.facts++; return nil }
func (c *counter) Problem(p reform.Problem) { c.problems = append(c.problems, p) }

// TestThroughTheLoader: the checks that all documents go through have nothing against a good poll.
func TestThroughTheLoader(t *testing.T) {
	for _, tt := range []struct {
		portal           service766.Portal
		period, observed string
		now              time.Time
		facts            int
	}{
		{service766.Portal2022, "2025", "2025-10-16", time.Date(2025, 10, 16, 4, 56, 7, 0, time.UTC), 34 * 7},
		{service766.Portal2026, "2026", "2026-09-17", time.Date(2026, 9, 17, 3, 40, 19, 0, time.UTC), 34 * (7 + 15 + 2)},
	} {
		f, err := os.Open(filepath.Join(testshared.Dir(t), "data", "service766.csv"))
		if err != nil {
			t.Fatal(err)
		}
		units, err := portaltest.Recorded(f, tt.period, tt.observed)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for i := range units {
			units[i].ID = units[i].Code // the lists that have no codes are told by it
		}
		server := httptest.NewServer(&portaltest.Portal{Units: func(string, string) []portaltest.Unit { return units }})
		defer server.Close()
		cfg := service766.Config{Portal: tt.portal, BaseURL: server.URL, NoPause: true, Periods: service766.PeriodRule{Fixed: []string{tt.period}}}
		c, err := service766.Fetch(t.Context(), cfg, service766.Env{Now: func() time.Time { return tt.now }})
		if err != nil {
			t.Fatal(err)
		}
		l := &ingest.Loader{Catalog: reform.Default(), Kinds: []parse.Kind{service766.Kind}, Now: func() time.Time { return tt.now.Add(time.Minute) }}
		got := &counter{}
		r, err := l.Load(t.Context(), ingest.Job{Reader: bytes.NewReader(c.Bytes), Name: c.Name, Source: cfg.Source(), DryRun: true, Sink: got})
		if err != nil {
			t.Fatal(err)
		}
		if r.State != ingest.Checked || r.Kind != "s766" || got.facts != tt.facts {
			t.Errorf("%s: state %s, kind %q, %d facts, want %d: %+v", tt.portal, r.State, r.Kind, got.facts, tt.facts, r.Listed)
		}
		for _, p := range got.problems {
			if p.Code != "quality-flag" && p.Code != "sum-differs" {
				t.Errorf("%s: %+v", tt.portal, p)
			}
		}
		for _, cov := range r.Coverage {
			if cov.WithScore != 34 || cov.WithPlace != 34 || cov.Basis != string(tt.portal) {
				t.Errorf("%s: coverage %+v", tt.portal, cov)
			}
		}
		if r.Document.Authority != reform.AuthoritySite || r.Document.Issuer == "" || r.Document.Source != "s766:"+string(tt.portal) {
			t.Errorf("document %+v", r.Document)
		}
	}
}

// TestPollsIntoTheDatabase: each reading is there once, a later one is a revision of it, and a
// batch that was refused costs the others nothing.
func TestPollsIntoTheDatabase(t *testing.T) {
	read := func(period, observed string) []portaltest.Unit {
		f, err := os.Open(filepath.Join(testshared.Dir(t), "data", "service766.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		units, err := portaltest.Recorded(f, period, observed)
		if err != nil || len(units) != 34 {
			t.Fatalf("%d units, %v", len(units), err)
		}
		return units
	}
	days := []time.Time{time.Date(2025, 10, 11, 13, 51, 18, 0, time.UTC), time.Date(2025, 10, 16, 4, 56, 7, 0, time.UTC), time.Date(2025, 10, 16, 6, 0, 0, 0, time.UTC)}
	now, lost := days[0], 0
	portal := &portaltest.Portal{Units: func(_, period string) []portaltest.Unit {
		day := "2025-10-11"
		if now.Day() == 16 {
			day = "2025-10-16"
		}
		units := read(period, day)
		if period == "2025" {
			return units[lost:]
		}
		return units
	}}
	server := httptest.NewServer(portal)
	defer server.Close()
	cfg := service766.Config{Portal: service766.Portal2022, BaseURL: server.URL, NoPause: true, Periods: service766.PeriodRule{Fixed: []string{"2025-10", "2025"}}}
	poller, err := service766.New(cfg, service766.Env{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := archive.Open(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.New(t)
	l := &ingest.Loader{DB: db, Archive: raw, Catalog: reform.Default(), Kinds: []parse.Kind{service766.Kind}, Now: func() time.Time { return now.Add(time.Minute) }}
	for i, want := range []struct {
		lost, facts int
		revised     bool
		state       ingest.State
	}{{0, 476, false, ingest.Loaded}, {0, 476, true, ingest.Loaded}, {1, 238, false, ingest.Partly}} {
		now, lost = days[i], want.lost
		c, err := poller.Fetch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for again := range 2 {
			r, err := l.Load(t.Context(), ingest.Job{Reader: bytes.NewReader(c.Bytes), Name: c.Name, Kind: "s766", Source: cfg.Source(), URL: cfg.Address(), SetAside: true})
			if err != nil {
				t.Fatal(err)
			}
			if again == 1 {
				if r.Facts != 0 {
					t.Errorf("poll %d again: %d facts", i, r.Facts)
				}
				continue
			}
			if r.State != want.state || r.Facts != want.facts || (r.Revisions > 0) != want.revised || r.Conflicts != 0 {
				t.Errorf("poll %d: %s, %d facts, %d revisions, %d conflicts; want %+v: %+v", i, r.State, r.Facts, r.Revisions, r.Conflicts, want, r.Listed)
			}
		}
	}
	var rows []struct {
		N uint64 `ch:"n"`
	}
	if err := db.Select(t.Context(), &rows, "SELECT count() AS n FROM observations WHERE rank_kind = 'computed' AND quote != '' AND status = 'provisional'", nil); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].N != 476+476+238 {
		t.Errorf("rows %+v, want 1190", rows)
	}
}

// BenchmarkPollToDatabase polls all provinces and 3,321 communes with their 7 values on loopback without pauses, and stores them.
func BenchmarkPollToDatabase(b *testing.B) {
	cfg := service766.AllUnits(b, service766.Portal2022, "2025-10")
	raw, err := archive.Open(filepath.Join(b.TempDir(), "archive"))
	if err != nil {
		b.Fatal(err)
	}
	now := time.Date(2025, 10, 16, 5, 0, 0, 0, time.UTC)
	l := &ingest.Loader{DB: storetest.New(b), Archive: raw, Catalog: reform.Default(), Kinds: []parse.Kind{service766.Kind}, Now: func() time.Time { return now }}
	for b.Loop() {
		now = now.Add(time.Minute)
		c, err := service766.Fetch(b.Context(), cfg, service766.Env{Now: func() time.Time { return now }})
		if err != nil {
			b.Fatal(err)
		}
		r, err := l.Load(b.Context(), ingest.Job{Reader: bytes.NewReader(c.Bytes), Name: c.Name, Kind: "s766", Source: cfg.Source(), SetAside: true})
		if err != nil || r.Facts != (34+3321)*7 {
			b.Fatal(err, r.Facts, r.Listed)
		}
	}
}

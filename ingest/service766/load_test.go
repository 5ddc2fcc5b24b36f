package service766_test

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chiso/ingest"
	"chiso/ingest/parse"
	"chiso/ingest/service766"
	"chiso/ingest/service766/portaltest"
	"chiso/internal/testshared"
	"chiso/reform"
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

package service766

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"chiso/ingest/service766/portaltest"
	"chiso/reform"
)

// Null is not zero: no fact, no place for that criterion among provinces, and the rest stays.
func TestNullScores(t *testing.T) {
	for _, portal := range []Portal{Portal2022, Portal2026} {
		period, observed, now := "2025", "2025-10-16", october2025
		if portal == Portal2026 {
			period, observed, now = "2026", "2026-09-17", september2026
		}
		units := recorded(t, portal, period, observed)
		units[3].Scores["TTTT"] = ""
		cfg := config(portal, serve(t, &portaltest.Portal{Units: only(units)}), period)
		if portal == Portal2026 {
			cfg.Lists = []string{results}
		}
		s, _, err := poll(t, cfg, now)
		if err != nil || len(s.problems) > 0 {
			t.Fatalf("%v %s", err, firstProblem(s))
		}
		if len(s.facts) != 237 {
			t.Errorf("%d facts, want 237", len(s.facts))
		}
		for _, f := range s.facts {
			if f.Component == "TTTT" && f.Place != 0 {
				t.Fatalf("%s has a place by TTTT, of which one province's score is unknown", f.Unit)
			}
			if f.Component == "MDSH" && f.Place == 0 {
				t.Fatalf("%s lost its place by MDSH", f.Unit)
			}
		}
	}
}

// A portal that gives one answer whatever period is asked for is not believed.
func TestPeriodIgnored(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	s, _, err := poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(units)}), "2025-10", "2025"), october2025)
	if err != nil {
		t.Fatal(err)
	}
	if s.codes() != "period-ignored period-ignored" || len(s.facts) != 0 {
		t.Errorf("problems %q and %d facts", s.codes(), len(s.facts))
	}
	// In January the month, the quarter and the year are one.
	s, _, err = poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(units)}), "2026-01", "2026-Q1", "2026"), at("2026-01-20T08:00:00+07:00"))
	if err != nil || s.codes() != "" || len(s.facts) != 3*238 {
		t.Errorf("in January: %v, problems %q and %d facts", err, s.codes(), len(s.facts))
	}
}

func TestPeriodThatHasNotBegun(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	s, _, err := poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(units)}), "2025-11"), october2025)
	if err != nil || s.codes() != "period-not-begun" {
		t.Errorf("%v, problems %q", err, s.codes())
	}
}

// old63 are made-up readings of the 63 provinces: codes by the alphabet, as the portal has them.
func old63(tb testing.TB) ([]portaltest.Unit, Bindings) {
	tb.Helper()
	cat := reform.Default()
	listed := map[reform.UnitKey]string{}
	b := binder{cat: cat}
	for _, p := range provinces() {
		k, ok := b.bind(p.code, reform.VN63)
		if !ok {
			tb.Fatalf("%s is bound to nothing among the 63", p.code)
		}
		listed[k] = p.code
	}
	bound := Bindings{}
	var out []portaltest.Unit
	free := 1
	for _, u := range cat.Units(reform.VN63, reform.Province) {
		code := listed[u.Key]
		for code == "" {
			c := fmt.Sprintf("H%02d", free)
			if _, taken := provinceByCode(c); !taken {
				code = c
				bound[c] = Units{u.Key}
			}
			free++
		}
		out = append(out, portaltest.Unit{Code: code, Name: "UBND tỉnh " + u.Name, Type: "1", Scores: map[string]string{"CKMB": "15", "TDGQ": "18.5", "CLGQ": "8", "TTTT": "9", "MDHL": "17", "MDSH": "20", "TONG": "87.5"}})
	}
	return out, bound
}

func TestBeforeTheMerger(t *testing.T) {
	units, bound := old63(t)
	for i := range units {
		units[i].Scores = map[string]string{"CKMB": "15", "TDGQ": "18.5", "CLGQ": "8", "TTTT": strconv.Itoa(i % 10), "MDHL": "17", "MDSH": "20", "TONG": strconv.FormatFloat(78.5+float64(i%10), 'f', -1, 64)}
	}
	cfg := config(Portal2022, serve(t, &portaltest.Portal{Units: only(units)}), "2025-05")
	s, _, err := poll(t, cfg, october2025)
	if err != nil || len(s.facts) != 0 {
		t.Fatalf("%v, %d facts from unbound codes", err, len(s.facts))
	}
	if p := s.problems[0]; p.Code != "unknown-code" || !strings.Contains(p.Reason, "bindings: {H") || !strings.Contains(p.Reason, "vn63:") {
		t.Errorf("problem %+v, want one that says how to bind", p)
	}
	cfg.Bindings = bound
	s, _, err = poll(t, cfg, october2025)
	if err != nil || len(s.problems) != 0 || len(s.facts) != 63*7 {
		t.Fatalf("%v, %s, %d facts", err, firstProblem(s), len(s.facts))
	}
	// H53 was the old Tây Ninh before it was the new; Long An's code has to be bound.
	if f := s.find("vn63:72", "2025-05", ""); f == nil || f.Of != 63 {
		t.Errorf("Tây Ninh: %+v", f)
	}
	if f := s.find("vn63:80", "2025-05", ""); f == nil || f.Status != reform.Final || !strings.Contains(f.UnitName, "Long An") {
		t.Errorf("Long An: %+v", f)
	}
	// The 34 are no answer for a month before the merger, unless the catalogue knows the portal has recomputed it.
	now34 := recorded(t, Portal2022, "2025", "2025-10-16")
	s, _, _ = poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(now34)}), "2025-05"), october2025)
	if s.codes() != "units-missing recomputed" {
		t.Errorf("34 provinces for May 2025: problems %q", s.codes())
	}
	s, _, _ = poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(now34)}), "2025-Q1"), october2025)
	if s.codes() != "" || len(s.facts) != 238 {
		t.Errorf("the recomputed first quarter: problems %q, %d facts", s.codes(), len(s.facts))
	}
	// What was read in May itself had 63.
	s, _, _ = poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(now34)}), "2025"), at("2025-05-20T08:00:00+07:00"))
	if s.codes() != "units-missing recomputed" {
		t.Errorf("34 provinces in May 2025: problems %q", s.codes())
	}
}

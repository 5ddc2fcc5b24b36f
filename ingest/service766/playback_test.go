package service766

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chiso/ingest/parse"
	"chiso/ingest/service766/portaltest"
	"chiso/internal/testshared"
	"chiso/reform"
)

// sink keeps what a parser finds.
type sink struct {
	facts    []reform.Fact
	problems []reform.Problem
	warnings []reform.Problem
}

func (s *sink) Fact(f *reform.Fact) error {
	s.facts = append(s.facts, *f)
	return nil
}

func (s *sink) Problem(p reform.Problem) {
	if p.Warning {
		s.warnings = append(s.warnings, p)
	} else {
		s.problems = append(s.problems, p)
	}
}

func (s *sink) codes() string {
	var out []string
	for _, p := range s.problems {
		out = append(out, p.Code)
	}
	return strings.Join(out, " ")
}

func (s *sink) find(unit reform.UnitKey, period, component string) *reform.Fact {
	for i := range s.facts {
		f := &s.facts[i]
		if f.Unit == unit && f.Period.String() == period && f.Component == component {
			return f
		}
	}
	return nil
}

// clock is a time that moves by what is slept.
type clock struct {
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time { return c.now }

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

var (
	october2025   = at("2025-10-16T11:56:07+07:00")
	september2026 = at("2026-09-17T10:40:19+07:00")
)

// recorded are the 34 provinces as a portal had them, with the ids of that portal.
func recorded(tb testing.TB, portal Portal, period, observed string) []portaltest.Unit {
	tb.Helper()
	f, err := os.Open(filepath.Join(testshared.Dir(tb), "data", "service766.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	units, err := portaltest.Recorded(f, period, observed)
	if err != nil {
		tb.Fatal(err)
	}
	if len(units) != 34 {
		tb.Fatalf("%d provinces recorded for %s at %s, want 34", len(units), period, observed)
	}
	ad, err := adapterOf(portal)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range units {
		p, ok := provinceByCode(units[i].Code)
		if !ok {
			tb.Fatalf("code %s is not listed", units[i].Code)
		}
		units[i].ID = ad.rootID(p)
		if units[i].Code == "H37" && portal == Portal2022 {
			units[i].Code = "000.00.00.H37" // as the old portal writes it
		}
	}
	return units
}

// anGiang are the departments and communes of An Giang as recorded in October 2025.
func anGiang(tb testing.TB) []portaltest.Unit {
	tb.Helper()
	var out []portaltest.Unit
	for _, name := range []string{"new766_T10_7c5e62b__So_Ban.csv", "new766_T10_7c5e62b__Xa_Phuong.csv"} {
		b, err := os.ReadFile(filepath.Join(testshared.Dir(tb), "fixtures", "service766", name))
		if err != nil {
			tb.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))).ReadAll()
		if err != nil {
			tb.Fatal(err)
		}
		for _, r := range rows[1:] {
			u := portaltest.Unit{ID: r[0], Name: r[1], Code: r[3], Type: r[4], Scores: map[string]string{}}
			for i, h := range rows[0] {
				switch h {
				case "TONG_SCORE":
					u.Scores["TONG"] = r[i]
				case "CKMB", "TDGQ", "CLGQ", "TTTT", "MDHL", "MDSH":
					u.Scores[h] = r[i]
				}
			}
			out = append(out, u)
		}
	}
	return out
}

// only answers with the same units for every period of all provinces.
func only(units []portaltest.Unit) func(root, period string) []portaltest.Unit {
	return func(root, _ string) []portaltest.Unit {
		if root != "" {
			return nil
		}
		return units
	}
}

// config is one for tests on loopback.
func config(portal Portal, server *httptest.Server, periods ...string) Config {
	return Config{Portal: portal, BaseURL: server.URL, NoPause: true, Backoff: time.Millisecond, Timeout: 5 * time.Second, Periods: PeriodRule{Fixed: periods}}
}

func serve(tb testing.TB, p http.Handler) *httptest.Server {
	tb.Helper()
	s := httptest.NewServer(p)
	tb.Cleanup(s.Close)
	return s
}

func parseBytes(tb testing.TB, b []byte, options map[string]string) (*sink, parse.Result) {
	tb.Helper()
	s := &sink{}
	r, err := Parse(tb.Context(), parse.Input{Name: "poll", File: bytes.NewReader(b), Size: int64(len(b)), Options: options, Now: func() time.Time { return september2026 }}, reform.Default(), s)
	if err != nil {
		tb.Fatalf("parse: %v", err)
	}
	return s, r
}

// poll asks once and reads what came.
func poll(tb testing.TB, cfg Config, now time.Time) (*sink, Container, error) {
	tb.Helper()
	c := &clock{now: now}
	got, err := Fetch(tb.Context(), cfg, Env{Now: c.Now, Sleep: c.Sleep})
	if got.Bytes == nil {
		return &sink{}, got, err
	}
	s, _ := parseBytes(tb, got.Bytes, cfg.Options())
	return s, got, err
}

func TestOldPortalProvinces(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	month := recorded(t, Portal2022, "2025-10", "2025-10-16")
	portal := &portaltest.Portal{Units: func(root, period string) []portaltest.Unit {
		if period == "2025-10" {
			return month
		}
		return units
	}}
	cfg := config(Portal2022, serve(t, portal), "2025-10", "2025")
	cfg.PageSize = 20
	s, c, err := poll(t, cfg, october2025)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.problems) != 0 {
		t.Fatalf("problems %+v", s.problems)
	}
	if got, want := portal.Requests(), 4; got != want {
		t.Errorf("%d requests, want %d: two periods of two pages", got, want)
	}
	if got, want := len(s.facts), 2*34*7; got != want {
		t.Errorf("%d facts, want %d", got, want)
	}
	if c.Failed != 0 || c.Batches != 2 {
		t.Errorf("batches %d failed %d, want 2 and 0", c.Batches, c.Failed)
	}
	for _, u := range units {
		code, _, _ := splitCode(u.Code)
		p, _ := provinceByCode(code)
		for component, score := range u.Scores {
			if component == "TONG" {
				component = ""
			}
			f := s.find(p.unit, "2025", component)
			if f == nil || !f.Score.Equal(reform.Num(score)) {
				t.Errorf("%s %s: got %+v, want the score %s", u.Code, component, f, score)
			}
		}
	}
	f := s.find("vn34:24", "2025", "")
	if f == nil {
		t.Fatal("Bắc Ninh has no total")
	}
	if f.Place != 1 || f.Of != 34 || f.RankKind != reform.Computed || f.OfPrinted || f.Status != reform.Provisional || f.Basis != "portal-2022" || f.Scope != reform.ScopeNation || !f.Max.Equal(reform.Num("100")) {
		t.Errorf("Bắc Ninh: %+v", f)
	}
	if !f.ObservedAt.Equal(october2025) {
		t.Errorf("observed at %s, want %s", f.ObservedAt, october2025)
	}
	if want := "ROW_STT 1"; !strings.Contains(f.Locator, want) {
		t.Errorf("locator %q, want it to have %q", f.Locator, want)
	}
	if want := `"TONG_SCORE":"91.7","ROW_STT":"1"`; f.Quote != want {
		t.Errorf("quote %q, want %q", f.Quote, want)
	}
	if lang := s.find("vn34:20", "2025", ""); lang == nil || lang.Place == 0 {
		t.Errorf("Lạng Sơn, whose code is 000.00.00.H37: %+v", lang)
	}
}

func TestNewPortalProvinces(t *testing.T) {
	units := recorded(t, Portal2026, "2026", "2026-09-17")
	portal := &portaltest.Portal{Units: only(units), Pagination: true}
	cfg := config(Portal2026, serve(t, portal), "2026")
	cfg.PageSize = 12
	s, _, err := poll(t, cfg, september2026)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.problems) != 0 {
		t.Fatalf("problems %+v", s.problems)
	}
	if got, want := portal.Requests(), 7*3; got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
	// 7 totals and groups, 16 metrics of which one has counts only, TDGQ-on-time, TTTT-paid.
	criteria := 2
	for _, c := range portaltest.Criteria {
		criteria += len(c)
	}
	if got, want := len(s.facts), 34*(7+criteria); got != want {
		t.Errorf("%d facts, want %d", got, want)
	}
	for _, u := range units {
		p, _ := provinceByCode(u.Code)
		for component, score := range u.Scores {
			if component == "TONG" {
				component = ""
			}
			if f := s.find(p.unit, "2026", component); f == nil || !f.Score.Equal(reform.Num(score)) || f.Basis != "portal-2026" {
				t.Errorf("%s %s: got %+v, want the score %s", u.Code, component, f, score)
			}
		}
	}
	sync := s.find("vn34:82", "2026", "DOSSIER_SYNC")
	if sync == nil || !sync.Denominator.Equal(reform.Num("8000")) || !sync.Max.Equal(reform.Num("6")) || !strings.Contains(sync.Quote, `"dataQualityStatus":"TEMP_NATIONAL_REPORT_DENOMINATOR"`) || sync.Status != reform.Provisional {
		t.Errorf("DOSSIER_SYNC of Đồng Tháp: %+v", sync)
	}
	if c := s.find("vn34:82", "2026", "ELECTRONIC_CERTIFIED_COPY"); c == nil || c.Numerator.Valid || c.Denominator.Valid || !c.Score.Valid {
		t.Errorf("null counts became numbers: %+v", c)
	}
	if c := s.find("vn34:82", "2026", "PETITION_CLASSIFICATION_TTHC"); c == nil || c.Score.Valid || !c.Numerator.Valid || c.Place != 0 {
		t.Errorf("a null score became a number: %+v", c)
	}
	if f := s.find("vn34:82", "2026", ""); f.Place != 1 || f.Of != 34 {
		t.Errorf("Đồng Tháp has the place %d/%d, want 1/34", f.Place, f.Of)
	}
	if f := s.find("vn34:24", "2026", ""); f.Place != 29 {
		t.Errorf("Bắc Ninh has the place %d, want 29", f.Place)
	}
}

func TestDepartmentsAndCommunes(t *testing.T) {
	below := anGiang(t)
	month := recorded(t, Portal2022, "2025-10", "2025-10-16")
	portal := &portaltest.Portal{Units: func(root, period string) []portaltest.Unit {
		switch root {
		case "":
			return month
		case "398126":
			return below
		}
		return nil
	}}
	cfg := config(Portal2022, serve(t, portal), "2025-10")
	cfg.Below = []string{"vn34:91"}
	s, _, err := poll(t, cfg, october2025)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.problems) != 0 {
		t.Fatalf("problems %+v", s.problems)
	}
	if got, want := len(s.facts), 7*(34+len(below)); got != want {
		t.Errorf("%d facts, want %d", got, want)
	}
	counts := map[reform.UnitType]int{}
	type group struct {
		component string
		typ       reform.UnitType
	}
	byScore := map[group]map[string]map[int]int{} // score to place to number
	for _, f := range s.facts {
		if f.Unit.Parent() == "" {
			continue
		}
		if f.Component == "" {
			counts[f.UnitType]++
		}
		if f.Scope != "vn34:91" || f.Place == 0 {
			t.Fatalf("%+v: want a place in the province", f)
		}
		g := group{f.Component, f.UnitType}
		if byScore[g] == nil {
			byScore[g] = map[string]map[int]int{}
		}
		if byScore[g][f.Score.String()] == nil {
			byScore[g][f.Score.String()] = map[int]int{}
		}
		byScore[g][f.Score.String()][f.Place]++
	}
	if counts[reform.Department] != 15 || counts[reform.Commune] != 102 {
		t.Errorf("units %v, want 15 departments and 102 communes", counts)
	}
	for g, scores := range byScore {
		for score, places := range scores {
			if len(places) != 1 {
				t.Errorf("%v: the score %s has the places %v, want one", g, score, places)
			}
		}
	}
	for _, f := range s.facts {
		better := 0
		for _, g := range s.facts {
			if g.Component == f.Component && g.UnitType == f.UnitType && g.Score.Decimal.GreaterThan(f.Score.Decimal) {
				better++
			}
		}
		if f.Place != better+1 {
			t.Errorf("%s %s: place %d, and %d are better", f.Unit, f.Component, f.Place, better)
		}
	}
	f := s.find("vn34:91/H01.13", "2025-10", "")
	if f == nil || f.UnitType != reform.Department || f.Place != 1 || f.Of != 15 || f.UnitName != "Ban Quản lý Khu kinh tế - tỉnh An Giang" {
		t.Errorf("H01.13: %+v", f)
	}
	if f := s.find("vn34:91/H01.187", "2025-10", ""); f == nil || f.UnitType != reform.Commune || f.Of != 102 {
		t.Errorf("H01.187: %+v", f)
	}
}

func TestClosedPeriodIsFinal(t *testing.T) {
	month := recorded(t, Portal2022, "2025-10", "2025-10-16")
	for _, tt := range []struct {
		now  string
		want reform.Status
	}{
		{"2025-10-31T23:59:00+07:00", reform.Provisional},
		{"2025-10-31T17:30:00Z", reform.Final}, // the first of November in Vietnam
	} {
		s, _, err := poll(t, config(Portal2022, serve(t, &portaltest.Portal{Units: only(month)}), "2025-10"), at(tt.now))
		if err != nil || len(s.facts) == 0 {
			t.Fatalf("%s: %v, problems %+v", tt.now, err, s.problems)
		}
		if got := s.facts[0].Status; got != tt.want {
			t.Errorf("at %s the status is %s, want %s", tt.now, got, tt.want)
		}
	}
}

// The same poll gives the same bytes, and the same bytes the same facts.
func TestContainerIsDeterministic(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	server := serve(t, &portaltest.Portal{Units: only(units)})
	_, first, err := poll(t, config(Portal2022, server, "2025"), october2025)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := poll(t, config(Portal2022, server, "2025"), october2025)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes, second.Bytes) {
		t.Error("two polls that got the same are not the same document")
	}
	if first.Name != "s766-portal-2022-20251016T045607Z.poll.jsonl" {
		t.Errorf("name %q", first.Name)
	}
	if c := Detect(parse.Probe{Head: first.Bytes[:min(len(first.Bytes), parse.HeadSize)]}); c != 100 {
		t.Errorf("certainty %d, want 100", c)
	}
}

func TestCutContainer(t *testing.T) {
	units, month := recorded(t, Portal2022, "2025", "2025-10-16"), recorded(t, Portal2022, "2025-10", "2025-10-16")
	portal := &portaltest.Portal{Units: func(_, period string) []portaltest.Unit {
		if period == "2025" {
			return units
		}
		return month
	}}
	_, c, err := poll(t, config(Portal2022, serve(t, portal), "2025-10", "2025"), october2025)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{20, 100, len(c.Bytes) / 4, len(c.Bytes) / 2, len(c.Bytes) - 2, len(c.Bytes) - 40} {
		s := &sink{}
		b := c.Bytes[:cut]
		_, err := Parse(t.Context(), parse.Input{File: bytes.NewReader(b), Size: int64(len(b))}, reform.Default(), s)
		if err == nil && len(s.problems) == 0 {
			t.Errorf("cut at %d of %d: no error and no problem", cut, len(c.Bytes))
		}
		if n := len(s.facts); n != 0 && n != 238 {
			t.Errorf("cut at %d: %d facts, want none or a whole batch", cut, n)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func mustKind(t *testing.T, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("error %q, want one of the kind %q", errorText(err), kind)
	}
}

func firstProblem(s *sink) string {
	if len(s.problems) == 0 {
		return "no problem"
	}
	return fmt.Sprint(s.problems[0])
}

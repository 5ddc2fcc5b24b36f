package queries

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/internal/testshared"
	"chiso/reform"
	"chiso/store/storetest"
)

// realRows reads a file of real facts and keeps those that row accepts.
func realRows(t testing.TB, name string, row func(map[string]string) (caseRow, bool)) []caseRow {
	t.Helper()
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []caseRow
	for _, line := range lines {
		fields := make(map[string]string, len(head))
		for i, name := range head {
			fields[name] = line[i]
		}
		if got, ok := row(fields); ok {
			all = append(all, got)
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s: no rows", name)
	}
	return all
}

// realProvince is the key of a province's name in the scheme of the edition.
func realProvince(t testing.TB, index, year, name string) string {
	t.Helper()
	cat := reform.Default()
	p := reform.MustPeriod(year)
	key, ok := cat.FindUnit(name, cat.SchemeFor(index, p), reform.Province)
	if !ok {
		t.Fatalf("%s %s: no province %q", index, year, name)
	}
	return string(key)
}

func realPlace(s string) uint16 {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

func pciRows(t testing.TB) []caseRow {
	return realRows(t, "pci-overall.csv", func(f map[string]string) (caseRow, bool) {
		basis, _ := reform.Default().BasisFor("pci", reform.MustPeriod(f["year"]))
		return caseRow{
			Index: "pci", Basis: basis, Unit: realProvince(t, "pci", f["year"], f["province"]), Name: f["province"], Period: f["year"],
			Score: f["score"], Max: f["max"], Place: realPlace(f["rank"]), Of: realPlace(f["of"]), RankKind: f["rank_kind"], Doc: f["source"],
		}, true
	})
}

func parRows(t testing.TB) []caseRow {
	return realRows(t, "press-facts.csv", func(f map[string]string) (caseRow, bool) {
		if f["index"] != "PAR INDEX" || f["kind"] != "province" || f["scope"] != "national" || f["year"] == "" || f["component_name"] != "" || f["component_code"] != "" {
			return caseRow{}, false
		}
		authority := uint8(reform.AuthorityPress)
		if strings.HasPrefix(f["source_url"], "seed:") {
			authority = uint8(reform.AuthoritySite)
		}
		kind := ""
		if f["derived"] == "yes" && f["rank"] != "" {
			kind = string(reform.Derived)
		}
		basis, _ := reform.Default().BasisFor("par", reform.MustPeriod(f["year"]))
		return caseRow{
			Index: "par", Basis: basis, Unit: realProvince(t, "par", f["year"], f["province"]), Name: f["province"], Period: f["year"],
			Score: f["score"], Max: f["max"], Place: realPlace(f["rank"]), Of: realPlace(f["of"]), RankKind: kind,
			Doc: f["source_url"], Carrier: "press", Source: "press", Authority: authority,
		}, true
	})
}

// places writes a series as "2012 20/63".
func places(s reform.RankSeries) []string {
	var all []string
	for _, p := range s.Points {
		all = append(all, fmt.Sprintf("%s %d/%d", p.Period, p.Place, p.Of))
	}
	return all
}

func history(t testing.TB, q *Queries, index string, unit reform.UnitKey) reform.RankSeries {
	t.Helper()
	series, err := q.RankHistory(t.Context(), reform.RankHistoryQuestion{Index: index, Units: []reform.UnitKey{unit}})
	if err != nil {
		t.Fatal(err)
	}
	return series[0]
}

func TestRealPAR(t *testing.T) {
	db := storetest.New(t)
	load(t, db, testCase{Rows: parRows(t)})
	q := New(db, reform.Default())

	longAn := history(t, q, "par", "vn63:80")
	want := []string{"2012 20/63", "2013 50/63", "2014 48/63", "2015 23/63", "2016 30/63", "2017 12/63", "2018 7/63", "2019 5/63"}
	if d := cmp.Diff(want, places(longAn)[:len(want)]); d != "" {
		t.Errorf("Long An: -want +got:\n%s", d)
	}
	for _, p := range longAn.Points {
		if p.Place > 0 && p.PlaceFrom.Document == "" {
			t.Errorf("Long An %s: a place without a document", p.Period)
		}
	}
	if p := longAn.Points[7]; p.Score.String() != "84.33" || p.PlaceFrom.Document == p.ScoreFrom.Document {
		t.Errorf("Long An 2019: got score %s from %s and place from %s, want 84.33 of another document", p.Score, p.ScoreFrom.Document, p.PlaceFrom.Document)
	}
	if got := history(t, q, "par", "vn34:80").Points; len(got) != 0 {
		t.Errorf("the new Tây Ninh: got %d points of PAR INDEX, want none of Long An's", len(got))
	}

	l, err := q.Ranking(t.Context(), reform.LeagueQuestion{Index: "par", Period: reform.MustPeriod("2019")})
	if err != nil {
		t.Fatal(err)
	}
	if l.Coverage.Of != 63 || l.Coverage.Complete() || l.Scheme != reform.VN63 {
		t.Errorf("PAR 2019: got coverage %+v of %s, want an incomplete one of 63 in vn63", l.Coverage, l.Scheme)
	}
	for _, s := range l.Rows {
		if s.RankKind == reform.Computed {
			t.Errorf("PAR 2019: a computed place for %s in an incomplete edition", s.Unit)
		}
	}

	conflicts, err := q.Conflicts(t.Context(), reform.ConflictQuestion{Index: "par", Unit: "vn63:31", Period: reform.MustPeriod("2023")})
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, c := range conflicts {
		for _, v := range c.Values {
			if c.Measure == "score" {
				values = append(values, v.Value)
			}
		}
	}
	if got := strings.Join(values, " "); !strings.Contains(got, "91.87") || !strings.Contains(got, "91.81") {
		t.Errorf("Hải Phòng 2023: got conflict of %q, want 91.87 and 91.81", got)
	}
}

func TestRealPCI(t *testing.T) {
	rows := pciRows(t)
	db := storetest.New(t)
	load(t, db, testCase{Rows: rows})
	q := New(db, reform.Default())

	var want []string
	for _, r := range rows {
		if r.Name == "Long An" {
			want = append(want, fmt.Sprintf("%s %d/%d", r.Period, r.Place, r.Of))
		}
	}
	longAn := history(t, q, "pci", "vn63:80")
	if d := cmp.Diff(want, places(longAn)); d != "" {
		t.Errorf("PCI of Long An: -want +got:\n%s", d)
	}
	if len(want) < 18 || want[0] != "2005 22/42" || want[17] != "2022 10/63" {
		t.Errorf("PCI of Long An: got %v, want all of 2005 22/42 to 2022 10/63", want)
	}
	for _, p := range longAn.Points {
		scheme := reform.VN63
		if p.Period.Year() <= 2008 {
			scheme = reform.VN64
		}
		if p.Unit.Scheme() != scheme || !p.Score.Valid {
			t.Errorf("PCI %s of Long An: got key %s and score %q, want one of %s with a score", p.Period, p.Unit, p.Score, scheme)
		}
	}
	if got := history(t, q, "pci", "vn34:80").Points; len(got) != 0 {
		t.Errorf("the new Tây Ninh: got %d points of PCI, want none", len(got))
	}
	if got := len(history(t, q, "pci", "vn34:04").Points); got < 17 {
		t.Errorf("Cao Bằng, which runs on: got %d points of PCI, want those of all schemes", got)
	}
}

// TestRealPCICounted forgets the printed places and counts them again from the
// scores: what is counted must be what VCCI printed.
func TestRealPCICounted(t *testing.T) {
	rows := pciRows(t)
	printed := make(map[string]uint16)
	scores := make(map[string][]string)
	for i := range rows {
		r := &rows[i]
		if r.RankKind == string(reform.Published) {
			printed[r.Period+" "+r.Unit] = r.Place
		}
		scores[r.Period+" "+r.Score] = append(scores[r.Period+" "+r.Score], r.Unit)
		r.Place, r.Of, r.RankKind = 0, 0, ""
	}
	db := storetest.New(t)
	load(t, db, testCase{Rows: rows})
	q := New(db, reform.Default())
	checked := 0
	for year := 2005; year <= 2022; year++ {
		l, err := q.Ranking(t.Context(), reform.LeagueQuestion{Index: "pci", Period: reform.YearPeriod(year)})
		if err != nil {
			t.Fatal(err)
		}
		if !l.Coverage.Complete() {
			t.Errorf("PCI %d: got coverage %+v, want a complete edition", year, l.Coverage)
		}
		for _, s := range l.Rows {
			want := int(printed[l.Period.String()+" "+string(s.Unit)])
			if want == 0 || len(scores[l.Period.String()+" "+s.Score.String()]) > 1 {
				continue // not printed, or a tie at the stored precision
			}
			checked++
			if s.Place != want || s.RankKind != reform.Computed {
				t.Errorf("PCI %d %s at %s: got place %d %s, want %d computed", year, s.Unit, s.Score, s.Place, s.RankKind, want)
			}
		}
	}
	if checked < 500 {
		t.Errorf("only %d places were compared", checked)
	}
}

// TestReal766 loads what the two portals answered, without the portal's row numbers.
func TestReal766(t *testing.T) {
	cat := reform.Default()
	db := storetest.New(t)
	load(t, db, testCase{Rows: realRows(t, "service766.csv", func(f map[string]string) (caseRow, bool) {
		p, err := reform.ParsePeriod(f["period"])
		if f["index"] != "766" || err != nil || f["score"] == "" || f["observed_at"] == "" {
			return caseRow{}, false
		}
		unit, ok := cat.FindUnit(f["province"], cat.SchemeFor("s766", p), reform.Province)
		component, known := "", f["criterion_code"] == "TONG"
		if !known {
			component, known = cat.FindComponent("s766", "", f["criterion_code"])
		}
		if !ok || !known {
			return caseRow{}, false
		}
		basis, _, _ := strings.Cut(f["basis"], " ")
		observed := f["observed_at"]
		switch len(observed) {
		case len("2026-09-17"):
			observed += "T00:00:00+07:00"
		case len("2026-09-17T10:40:19"):
			observed += "+07:00"
		}
		return caseRow{
			Index: "s766", Basis: basis, Unit: string(unit), Period: f["period"], Component: component, Score: f["score"], Max: f["max"],
			Observed: observed, Doc: f["source_url"] + observed, Source: "portal", Authority: uint8(reform.AuthorityOfficial),
		}, true
	})})
	q := New(db, cat)

	var got []string
	for _, p := range history(t, q, "s766", "vn34:24").Points {
		got = append(got, fmt.Sprintf("%s %s %d/%d %s %s", p.Period, p.Basis, p.Place, p.Of, p.RankKind, p.Score))
	}
	want := []string{"2025 portal-2022 1/34 computed 91.7", "2026 portal-2026 29/34 computed 58.85"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("766 of Bắc Ninh: -want +got:\n%s", d)
	}

	then, err := q.RankHistory(t.Context(), reform.RankHistoryQuestion{
		Index: "s766", Units: []reform.UnitKey{"vn34:24"}, View: reform.View{AsOf: timeOr(t, "", "2025-10-12")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := then[0].Points; len(p) != 1 || p[0].Score.String() != "91.64" {
		t.Errorf("766 of Bắc Ninh as of 12 October 2025: got %+v, want 91.64 alone", p)
	}

	l, err := q.Ranking(t.Context(), reform.LeagueQuestion{Index: "s766", Period: reform.YearPeriod(2026)})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Coverage.Complete() || !l.Prev.IsZero() {
		t.Errorf("766 of 2026: got coverage %+v, before %s; want a complete edition without one before", l.Coverage, l.Prev)
	}
	s, err := q.Subscores(t.Context(), reform.SubscoresQuestion{Index: "s766", Unit: "vn34:24", Period: reform.YearPeriod(2026)})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Rows) < 6 || !s.Rows[0].Median.Valid || s.Rows[0].Known != 34 {
		t.Errorf("766 of Bắc Ninh 2026: got %+v, want six groups with medians of 34", s.Rows)
	}
	// What the portal revised overnight is no conflict.
	conflicts, err := q.Conflicts(t.Context(), reform.ConflictQuestion{Index: "s766", Period: reform.YearPeriod(2025)})
	if err != nil || len(conflicts) != 0 {
		t.Errorf("766 of 2025: got conflicts %v and error %v, want none", conflicts, err)
	}
}

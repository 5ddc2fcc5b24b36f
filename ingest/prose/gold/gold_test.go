package gold

import (
	"context"
	"path/filepath"
	"testing"

	"chiso/internal/testshared"
	"chiso/reform"
)

// TestArticles holds the parser to what it must reach on the given articles.
func TestArticles(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures", "articles")
	rep, err := Measure(context.Background(), dir, reform.Default())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rep.Files {
		for _, m := range f.Provinces.Misses {
			t.Logf("%s: missed %s", f.Name, m)
		}
		for _, m := range f.Provinces.Extras {
			t.Logf("%s: extra %s", f.Name, m)
		}
	}
	check := func(what string, got, want float64) {
		t.Helper()
		if got < want {
			t.Errorf("%s: got %.4f, want at least %.2f", what, got, want)
		}
	}
	check("precision", rep.Provinces.Precision(), 0.98)
	check("recall", rep.Provinces.Recall(), 0.92)
	check("precision of the table", rep.Table.Precision(), 0.98)
	check("recall of the table", rep.Table.Recall(), 0.92)
	check("recall of other kinds", rep.Others.Recall(), 0.90)
	if rep.Provinces.Gold < 90 || rep.Table.Gold < 50 {
		t.Errorf("got %d facts of articles and %d of the table to look for, want at least 90 and 50: gold.jsonl was not read whole", rep.Provinces.Gold, rep.Table.Gold)
	}
}

// TestPress holds the parser to what it reaches on clauses of some 140 other
// sources. Many of these were cut too short to say whose number they are, and some of
// what counts as extra is right but in no row: the bounds are lower.
func TestPress(t *testing.T) {
	path := filepath.Join(testshared.Dir(t), "data", "press-facts.csv")
	for _, half := range []int{0, 1} {
		rep, err := Press(context.Background(), path, func(source int) bool { return source%2 == half }, reform.Default())
		if err != nil {
			t.Fatal(err)
		}
		p := rep.Provinces
		t.Logf("half %d: %d sources, precision %.4f (%d of %d), recall %.4f (%d of %d)", half, len(rep.Files), p.Precision(), p.Extracted-p.Extra, p.Extracted, p.Recall(), p.Found, p.Gold)
		if p.Precision() < 0.965 || p.Recall() < 0.86 {
			t.Errorf("half %d: got precision %.4f and recall %.4f, want at least 0.965 and 0.86", half, p.Precision(), p.Recall())
		}
	}
}

// TestCompare shows what the measure counts: a wrong fact is extra, a missing one is
// missed, and what is derived or for review is neither.
func TestCompare(t *testing.T) {
	cat := reform.Default()
	score := func(s string) reform.Fact {
		return reform.Fact{Index: "par", Unit: "vn63:80", UnitType: reform.Province, Period: reform.YearPeriod(2023), Score: reform.Num(s), Scope: reform.ScopeNation, Status: reform.Final}
	}
	place := func(n int, kind reform.RankKind, status reform.Status) reform.Fact {
		return reform.Fact{Index: "par", Unit: "vn63:80", UnitType: reform.Province, Period: reform.YearPeriod(2023), Place: n, RankKind: kind, Scope: reform.ScopeNation, Status: status}
	}
	lines := []Line{
		{Province: "Long An", Index: "PAR INDEX", Year: 2023, Rank: 7, Kind: "province", Scope: "national"},
		{Province: "Long An", Index: "PAR INDEX", Year: 2022, Rank: 9, Kind: "province", Scope: "national", Derived: true},
	}
	for _, c := range []struct {
		name                          string
		facts                         []reform.Fact
		gold, found, extracted, extra int
	}{
		{"nothing", nil, 1, 0, 0, 0},
		{"right", []reform.Fact{place(7, reform.Published, reform.Final)}, 1, 1, 1, 0},
		{"right twice", []reform.Fact{place(7, reform.Published, reform.Final), place(7, reform.Published, reform.Final)}, 1, 1, 1, 0},
		{"wrong", []reform.Fact{place(8, reform.Published, reform.Final)}, 1, 0, 1, 1},
		{"a score that nobody printed", []reform.Fact{place(7, reform.Published, reform.Final), score("88.1")}, 1, 1, 2, 1},
		{"wrong but for review", []reform.Fact{place(8, reform.Published, reform.Review)}, 1, 0, 0, 0},
		{"right and for review", []reform.Fact{place(7, reform.Published, reform.Review)}, 1, 1, 0, 0},
		{"derived", []reform.Fact{place(8, reform.Derived, reform.Final)}, 1, 0, 0, 0},
	} {
		got, _ := compare(lines, c.facts, cat)
		if got.Gold != c.gold || got.Found != c.found || got.Extracted != c.extracted || got.Extra != c.extra {
			t.Errorf("%s: got gold %d found %d extracted %d extra %d, want %d %d %d %d", c.name, got.Gold, got.Found, got.Extracted, got.Extra, c.gold, c.found, c.extracted, c.extra)
		}
	}
}

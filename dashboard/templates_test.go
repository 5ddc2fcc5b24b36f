package dashboard

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jba/templatecheck"

	"chiso/reform"
	"chiso/reform/words"
)

// pageTypes says what each page is filled with.
var pageTypes = map[string]any{
	"board": boardView{}, "deck": deckView{},
	"compare": compareView{}, "data": dataView{}, "problems": problemsView{}, "revisions": revisionsView{}, "conflicts": conflictsView{}, "document": documentView{}, "error": errorPage{}, "figure": figurePageView{}, "index": indexView{}, "indices": rankingsListView{},
	"below": belowView{}, "live": liveView{}, "load": loadView{}, "login": loginView{}, "overview": overviewView{}, "ranking": rankingView{}, "refresh": refreshView{}, "rankings": rankingsListView{}, "run": runView{}, "runs": runsView{},
	"search": searchView{}, "sources": sourcesView{}, "source": sourceView{}, "review": reviewView{}, "candidate": candidateView{}, "number": numberView{}, "trail": trailView{}, "goals": goalsView{}, "owners": ownersView{}, "annotations": annotationsView{}, "own": ownHistoryView{}, "unit": unitView{}, "units": unitsView{},
}

// Every field and method that a template names is there, whether or not a test's data leads to it.
func TestTemplates(t *testing.T) {
	f := newFixture(t)
	for name, tmpl := range f.pages.byName {
		data, ok := pageTypes[name]
		if !ok {
			t.Errorf("page %s is not in this test", name)
			continue
		}
		if err := templatecheck.CheckHTML(tmpl.Lookup("frame.html"), data); err != nil {
			t.Errorf("page %s: %v", name, err)
		}
	}
	for name := range pageTypes {
		if f.pages.byName[name] == nil {
			t.Errorf("no page %s", name)
		}
	}
}

var (
	inTemplate = regexp.MustCompile(`\$?\.T "([^"]+)"`)
	inCode     = regexp.MustCompile(`(?:\.T\(|words\.T\([^"]*?, |[\s]add\()"([a-z0-9_.]+)"`)
)

func TestWords(t *testing.T) {
	used := map[string]bool{}
	for pattern, re := range map[string]*regexp.Regexp{"templates/*.html": inTemplate, "templates/*/*.html": inTemplate, "*.go": inCode} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range re.FindAllStringSubmatch(string(b), -1) {
				key := m[1]
				used[key] = true
				if strings.HasSuffix(key, ".") {
					continue // the rest is filled in: see below
				}
				if !words.Has(key) {
					t.Errorf("%s: no words for %q", file, key)
				}
			}
		}
	}
	if len(used) < 150 {
		t.Errorf("found %d keys: the test looked in the wrong place", len(used))
	}
	// Keys whose last part is filled in.
	var keys []string
	for _, s := range []string{"vn64", "vn63", "vn34", "none"} {
		keys = append(keys, "scheme."+s)
	}
	for _, s := range []reform.UnitType{reform.Province, reform.Department, reform.Commune, reform.Ministry, reform.Region} {
		keys = append(keys, "units."+string(s))
	}
	for _, k := range kinds {
		keys = append(keys, "error."+k.code, "error."+k.code+".advice")
	}
	keys = append(keys, "error.internal", "error.internal.advice", "error.too_many_requests.advice", "rank_kind.published", "rank_kind.computed", "rank_kind.derived", "ranking.computed", "ranking.derived",
		"status.final", "status.provisional", "measure.place", "measure.score", "measure.percentile", "period.half.1", "period.half.2", "period.quarter.1", "period.quarter.2", "period.quarter.3", "period.quarter.4",
		"authority.1", "authority.2", "authority.3", "authority.4", "authority.5", "run.started", "run.committed", "run.refused", "run.failed", "search.kind.unit", "search.kind.index")
	for _, n := range sections {
		keys = append(keys, n.key)
	}
	for _, k := range keys {
		if !words.Has(k) {
			t.Errorf("no words for %q", k)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{number(reform.Num("3.5"), "vi"), "3,5"},
		{number(reform.Num("3.5"), "en"), "3.5"},
		{number(reform.Num("1745.5"), "vi"), "1.745,5"},
		{number(reform.Num("-0.5"), "vi"), "−0,5"},
		{number(reform.Num("43.135127"), "vi"), "43,135127"},
		{number(reform.Number{}, "vi"), "–"},
		{scoreOf(reform.Num("3.5"), reform.Num("12"), "vi"), "3,5/12"},
		{placeOf(20, 63), "20/63"}, {placeOf(20, 0), "20"}, {placeOf(0, 63), "–"},
		{day(time.Date(2025, 10, 16, 0, 0, 0, 0, time.UTC), "vi"), "16/10/2025"},
		{count(1745, "vi"), "1.745"},
		{periodName(reform.MustPeriod("2025-Q3"), "vi"), "quý III/2025"},
		{periodName(reform.MustPeriod("2024-01/2024-11"), "vi"), "từ 01/2024 đến 11/2024"},
		{points(reform.Num("87.5"), reform.Num("86"), 2, "vi"), "+1,5"},
		{points(reform.Num("86"), reform.Num("87.5"), 2, "vi"), "−1,5"},
		{points(reform.Num("86"), reform.Number{}, 2, "vi"), ""},
		{move(5, 7, reform.YearPeriod(2018), false, "vi").Words, "tăng 2 bậc so với 2018"},
		{move(5, 7, reform.YearPeriod(2018), true, "vi").Arrow, "△"},
		{move(7, 5, reform.YearPeriod(2018), true, "vi").Arrow, "▽"},
		{move(7, 0, reform.YearPeriod(2018), false, "vi").Arrow, ""},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

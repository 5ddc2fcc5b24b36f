package dashboard

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/viet"
)

var unitCell = regexp.MustCompile(`<th scope="row" class="unit" data-key="([^"]*)"`)

// unitsOf are the units of a league table in the page's order, without the pinned ones.
func unitsOf(page string) []string {
	_, body, _ := strings.Cut(page, "<table class=\"league\"")
	if _, after, ok := strings.Cut(body, `<tbody class="pinned">`); ok {
		_, body, _ = strings.Cut(after, "</tbody>")
	}
	body, _, _ = strings.Cut(body, "</table>")
	var out []string
	for _, m := range unitCell.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestRankingSortsAndFilters(t *testing.T) {
	f := newFixture(t)
	_, page := f.get(t, "/rankings/papi?period=2016")
	all := unitsOf(page)
	if len(all) < 3 {
		t.Fatalf("the fixture has %d units: %v", len(all), all)
	}
	byName := slices.Clone(all)
	slices.SortFunc(byName, viet.Compare)
	_, page = f.get(t, "/rankings/papi?period=2016&sort=unit")
	if diff := cmp.Diff(byName, unitsOf(page)); diff != "" {
		t.Errorf("by name (-want +got):\n%s", diff)
	}
	slices.Reverse(byName)
	_, page = f.get(t, "/rankings/papi?period=2016&sort=-unit")
	if diff := cmp.Diff(byName, unitsOf(page)); diff != "" {
		t.Errorf("by name, the last first (-want +got):\n%s", diff)
	}
	for find, want := range map[string]string{"long an": "Long An", "LONG AN": "Long An", "Lo\u0302ng": ""} {
		_, page = f.get(t, "/rankings/papi?period=2016&find="+url.QueryEscape(find))
		got := strings.Join(unitsOf(page), ", ")
		if want != "" && got != want {
			t.Errorf("%q: got %q, want %q", find, got, want)
		}
		if !strings.Contains(page, "Hiện tất cả") {
			t.Errorf("%q: no way back to all rows", find)
		}
	}
	res, _ := f.get(t, "/rankings/papi?period=2016&find=zzz")
	if res.StatusCode != 200 {
		t.Errorf("nothing found: got %d, want 200", res.StatusCode)
	}
	// Links keep what the reader chose.
	_, page = f.get(t, "/rankings/papi?period=2016&layout=tiles&show=score&sort=-score")
	for _, want := range []string{"layout=tiles", "show=score"} {
		if !strings.Contains(page, want+"&amp;") {
			t.Errorf("the links of the table lose %s", want)
		}
	}
	for _, bad := range []string{"layout=globe", "show=colour", "sort=nosuch"} {
		if res, _ := f.get(t, "/rankings/papi?period=2016&"+bad); res.StatusCode != 400 {
			t.Errorf("%s: got %d, want 400", bad, res.StatusCode)
		}
	}
}

func TestShade(t *testing.T) {
	for _, tt := range []struct{ score, most, want string }{
		{"0", "10", "s0"}, {"10", "10", "s10"}, {"3.5", "12", "s3"}, {"7.49", "10", "s7"}, {"11", "10", "s10"}, {"-1", "10", "s0"}, {"5", "", ""}, {"", "10", ""}, {"5", "0", ""},
	} {
		number := func(s string) reform.Number {
			if s == "" {
				return reform.Number{}
			}
			return reform.Num(s)
		}
		if got := shade(number(tt.score), number(tt.most)); got != tt.want {
			t.Errorf("%s of %s: got %q, want %q", tt.score, tt.most, got, tt.want)
		}
	}
}

func TestMapsOfPages(t *testing.T) {
	f := newFixture(t)
	_, page := f.get(t, "/rankings/papi?period=2016")
	src := regexp.MustCompile(`data-map="([^"]+)"`).FindStringSubmatch(page)
	if src == nil {
		t.Fatal("the page names no map")
	}
	res, body := f.get(t, src[1], "Accept-Encoding", "identity")
	if res.StatusCode != 200 || !strings.HasPrefix(body, `echarts.registerMap("vn63",{geoJSON:{"type":"FeatureCollection"`) || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("the map: got %d, %q, %.80s", res.StatusCode, res.Header.Get("Cache-Control"), body)
	}
	_, small := f.get(t, src[1], "Accept-Encoding", "br")
	if len(small) > 30_000 {
		t.Errorf("the map is %d bytes packed, want at most 30,000", len(small))
	}
	for _, path := range []string{"/rankings/papi?period=2016&layout=tiles", "/rankings/papi?period=2016&layout=bars", "/units/vn63/long-an"} {
		if _, page := f.get(t, path); strings.Contains(page, "data-map=") {
			t.Errorf("%s loads a map that it does not show", path)
		}
	}
	for path, want := range map[string]int{
		"/figures/map.svg?index=papi&period=2016":                                   200,
		"/figures/map.json?index=papi&period=2016&layout=tiles&unit=vn63:80":        200,
		"/figures/map.svg?index=papi&period=2016&scope=vn63:r:DBSCL":                200,
		"/figures/map.svg?index=papi&period=2016&show=nosuch":                       400,
		"/figures/map.svg?index=papi&period=1999":                                   404,
		"/figures/map.svg?index=papi&period=2016&layout=" + string(charts.MapTiles): 200,
	} {
		if res, body := f.get(t, path); res.StatusCode != want {
			t.Errorf("%s: got %d, want %d: %s", path, res.StatusCode, want, clip(body, 120))
		}
	}
}

// In the browser rows are sorted and filtered in place, as the server would; the arrow keys walk over
// the map in order of place.
func TestInBrowserRanking(t *testing.T) {
	parent := browser(t)
	f := newFixture(t)
	base := f.listen(t)
	_, page := f.get(t, "/rankings/papi?period=2016&sort=unit")
	byName := unitsOf(page)
	_, page = f.get(t, "/rankings/papi?period=2016&sort=-D1")
	if len(byName) < 3 || len(unitsOf(page)) != len(byName) {
		t.Fatalf("the fixture has too few units: %v", byName)
	}
	const names = `[...document.querySelectorAll('#league tbody:not(.pinned) tr:not([hidden]) th')].map(e => e.textContent.trim())`
	b := newTab(t, parent, base, setting{script: true, lang: "vi"})
	if err := b.open(b.ctx, "/rankings/papi?period=2016", 1440, true); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		press := func(column string) []string {
			return evaluate[[]string](t, ctx, `[...document.querySelectorAll('#league thead a')].find(a => a.title === `+"`"+column+"`"+`).click(); `+names)
		}
		if diff := cmp.Diff(byName, press("Đơn vị")); diff != "" {
			t.Errorf("sorted by name in place (-server +script):\n%s", diff)
		}
		slices.Reverse(byName)
		if diff := cmp.Diff(byName, press("Đơn vị")); diff != "" {
			t.Errorf("and once more (-server +script):\n%s", diff)
		}
		if got := evaluate[string](t, ctx, `location.search`); !strings.Contains(got, "sort=-unit") {
			t.Errorf("the address %s does not say how the table is sorted", got)
		}
		got := evaluate[[]string](t, ctx, `(() => { const i = document.getElementById('find'); i.value = 'long AN'; i.dispatchEvent(new Event('input')); })(); `+names)
		if diff := cmp.Diff([]string{"Long An"}, got); diff != "" {
			t.Errorf("filtered in place (-want +got):\n%s", diff)
		}
		if got := evaluate[string](t, ctx, `document.getElementById('found').textContent`); !strings.Contains(got, "1/") {
			t.Errorf("the page says %q of the filter", got)
		}
		if got := evaluate[[]string](t, ctx, `(() => { const i = document.getElementById('find'); i.value = ''; i.dispatchEvent(new Event('input')); })(); `+names); len(got) != len(byName) {
			t.Errorf("an empty filter leaves %d rows, want %d", len(got), len(byName))
		}
		said := evaluate[[]string](t, ctx, `(() => { const c = document.querySelector('.canvas'); const out = []; c.focus();
			for (let i = 0; i < 2; i++) { c.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true})); out.push(c.querySelector('[aria-live]').textContent); } return out; })()`)
		if len(said) != 2 || !strings.Contains(said[0], "Hạng") || said[0] == said[1] {
			t.Errorf("the arrow keys say %q", said)
		}
		return nil
	}))
	if err != nil {
		t.Error(err)
	}
	for _, bad := range b.wrong() {
		t.Errorf("in the browser: %s", bad)
	}
}

// Columns of components of which hardly any unit's score is known are left out, unless they are asked for.
func TestSparseComponents(t *testing.T) {
	l := &reform.League{}
	for i := range 20 {
		r := reform.Standing{}
		if i < 4 {
			r.Components = append(r.Components, reform.ComponentScore{Component: "enough", Score: reform.Num("1")})
		}
		if i < 3 {
			r.Components = append(r.Components, reform.ComponentScore{Component: "few", Score: reform.Num("1")}, reform.ComponentScore{Component: "none"})
		}
		l.Rows = append(l.Rows, r)
	}
	for sortBy, want := range map[string]string{"": "enough", "few": "enough few", "-none": "enough none", "place": "enough"} {
		if got := strings.Join(wellKnown(l, []string{"enough", "few", "none"}, sortBy), " "); got != want {
			t.Errorf("sorted by %q: got %q, want %q", sortBy, got, want)
		}
	}
}

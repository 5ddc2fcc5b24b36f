package dashboard

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"chiso/reform"
)

// TestCompareClicks follows the links of a leader: Long An, Tiền Giang and Hậu Giang in
// PAPI 2016 by dimension and in PCI, in at most four clicks from the first page.
func TestCompareClicks(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/")
	click := func(text string) {
		t.Helper()
		var href string
		d.Find("a").EachWithBreak(func(_ int, a *goquery.Selection) bool {
			if strings.TrimSpace(a.Text()) == text {
				href, _ = a.Attr("href")
			}
			return href == ""
		})
		if href == "" {
			t.Fatalf("no link %q on the page %q", text, d.Find("h1").Text())
		}
		d = f.page(t, href)
	}
	click("So sánh")
	click("+ Hậu Giang")
	names := func() string {
		return strings.Join(d.Find(".chosen li b").Map(func(_ int, b *goquery.Selection) string { return b.Text() }), ", ")
	}
	if got := names(); got != "Long An, Tiền Giang, Hậu Giang" {
		t.Fatalf("compared are %s", got)
	}
	click("PAPI")
	click("2016")
	if got := names(); got != "Long An, Tiền Giang, Hậu Giang" {
		t.Errorf("in PAPI are compared %s", got)
	}
	if got := d.Find("#diff-h").Text(); !strings.Contains(got, "PAPI 2016") {
		t.Errorf("the table of differences is %q", got)
	}
}

// TestCompareDiff sees signs, numbers and words of a difference, and none where a number is missing.
func TestCompareDiff(t *testing.T) {
	for _, tc := range []struct{ score, ref, arrow, number, words string }{
		{"4.5", "3.5", "▲", "+1", "cao hơn mốc 1 điểm"},
		{"3.5", "4.25", "▼", "−0,75", "thấp hơn mốc 0,75 điểm"},
		{"3.50", "3.5", "=", "", "bằng mốc so sánh"},
		{"", "3.5", "", "", ""},
		{"3.5", "", "", "", ""},
	} {
		num := func(s string) reform.Number {
			if s == "" {
				return reform.Number{}
			}
			return reform.Num(s)
		}
		m := scoreDiff(num(tc.score), num(tc.ref), 2, "vi")
		if m.Arrow != tc.arrow || m.Number != tc.number || m.Words != tc.words {
			t.Errorf("%s against %s: got %+v", tc.score, tc.ref, m)
		}
	}
	f := newFixture(t)
	d := f.page(t, "/compare?index=papi&unit=vn63:80,vn63:82&period=2016")
	if got := d.Find("table.diff thead th").Length(); got != 4 {
		t.Errorf("the table has %d columns, want component, maximum and two units", got)
	}
	if d.Find("table.diff .move .hide").Length() == 0 {
		t.Error("no difference says in words what it is")
	}
	if d.Find("table.diff td.n a[href^='/facts']").Length() == 0 {
		t.Error("no score leads to where it comes from")
	}
	// Another scheme is said, one unit alone is no comparison, seven are too many.
	if got := f.page(t, "/compare?index=s766&unit=vn63:80,vn34:80").Find(".pick .hint").Text(); !strings.Contains(got, "34 tỉnh") {
		t.Errorf("schemes mixed without a word: %q", got)
	}
	if got := f.page(t, "/compare?unit=vn63:80").Find("main > .hint").Text(); !strings.Contains(got, "ít nhất một đơn vị") {
		t.Errorf("one unit alone: %q", got)
	}
	if res, _ := f.get(t, "/compare?unit=vn63:80,vn63:82,vn63:93,vn63:01,vn63:31,vn63:48,vn63:79"); res.StatusCode != 400 {
		t.Errorf("seven units: got %d, want 400", res.StatusCode)
	}
	if got := f.page(t, "/compare?unit=vn63:80,vn63:82,vn63:93,vn63:01,vn63:31,vn63:48").Find(".peers").Length(); got != 0 {
		t.Errorf("six units are full, and %d groups are proposed", got)
	}
}

// TestCompareRadarWords answers in a sentence where a radar can't be drawn.
func TestCompareRadarWords(t *testing.T) {
	f := newFixture(t)
	res, body := f.get(t, "/figures/compare-radar.svg?index=papi&unit=vn63:80,vn63:82&period=2016")
	if res.StatusCode != 400 || !strings.Contains(body, "ít nhất 3 thành phần") {
		t.Errorf("got %d %s", res.StatusCode, clip(body, 200))
	}
}

// TestBesideInRegion proposes the next province of the region, and never another scheme's.
func TestBesideInRegion(t *testing.T) {
	f := newFixture(t)
	for k, want := range map[reform.UnitKey]reform.UnitKey{"vn63:80": "vn63:82", "vn63:96": "vn63:95", "vn34:80": "vn34:79"} {
		got := f.besideInRegion(k)
		if len(got) != 2 || got[0] != k || got[1] != want {
			t.Errorf("neighbours of %s: got %v, want %s", k, got, want)
		}
	}
}

func TestIndexCorrelations(t *testing.T) {
	f := newFixture(t)
	rows := f.page(t, "/indices/papi").Find("section:has(#corr) tbody tr")
	if rows.Length() != 2 {
		t.Fatalf("%d correlations, want 2", rows.Length())
	}
	first := rows.First().Text()
	for _, want := range []string{"−0,312", "ngược chiều, yếu", "60", "2016"} {
		if !strings.Contains(first, want) {
			t.Errorf("the row %q lacks %q", first, want)
		}
	}
	if got := rows.First().Find("td a").Length(); got != 2 {
		t.Errorf("a correlation leads to %d rankings, want both", got)
	}
	if few := rows.Last().Text(); !strings.Contains(few, "quá ít đơn vị") || strings.Contains(few, "0,") {
		t.Errorf("four units: %q", few)
	}
}

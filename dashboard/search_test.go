package dashboard

import (
	"net/url"
	"strings"
	"testing"

	"chiso/reform"
)

// TestSearchLeadsOn opens what the first hit of a search leads to.
func TestSearchLeadsOn(t *testing.T) {
	f := newFixture(t)
	f.reader.data.units = []reform.UnitFacts{{Unit: "vn63:80/so-y-te", UnitName: "Sở Y tế", UnitType: reform.Department, Parent: "vn63:80", Indices: []string{"dept"}}}
	for _, tc := range []struct{ q, href string }{
		{"dong thap", "/units/vn34/dong-thap"},
		{"thanh toan truc tuyen", "/indices/s766?basis=portal-2026&component=TTTT#here"},
		{"kiểm soát tham nhũng", "/indices/papi?basis=2018&component=D4#here"},
		{"pci long an", "/units/vn63/long-an?index=pci"},
		{"par index 2019", "/rankings/par?period=2019"},
		{"sở y tế long an", "/rankings/dept?scope=vn63%3A80&type=department&unit=vn63%3A80%2Fso-y-te"},
	} {
		d := f.page(t, "/search?q="+url.QueryEscape(tc.q))
		got, _ := d.Find(".results li a").First().Attr("href")
		if got != tc.href {
			t.Errorf("%q: the first hit leads to %q, want %q", tc.q, got, tc.href)
			continue
		}
		path, _, _ := strings.Cut(got, "#")
		f.page(t, path)
	}
	d := f.page(t, "/indices/s766?basis=portal-2026&component=TTTT")
	if got := d.Find("details[open] li#here > p > a").Text(); got != "Thanh toán trực tuyến" {
		t.Errorf("the component that was found is marked as %q", got)
	}
	if href, _ := f.page(t, "/search?q=thanh+toan+truc+tuyen").Find(".results li").First().Find("a.small").Attr("href"); href != "/rankings/s766?component=TTTT" {
		t.Errorf("the ranking by the component is at %q", href)
	}
	// Without the engine the catalogue is searched, and the page says what was not.
	f = newFixture(t)
	f.reader.down.Store(true)
	d = f.page(t, "/search?q=dong+thap")
	if d.Find(".results li").Length() == 0 || !strings.Contains(d.Find(".hint").Text(), "sở, ngành") {
		t.Errorf("without the engine: %s", clip(d.Find("main").Text(), 300))
	}
}

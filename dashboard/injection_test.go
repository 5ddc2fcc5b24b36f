package dashboard

import (
	"net/url"
	"strings"
	"testing"
)

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'` + "\u202e{{.}}</title>"

// Text of documents and of addresses stays text, on every page and in every picture.
func TestInjection(t *testing.T) {
	f := newFixture(t)
	for id, d := range f.reader.docs {
		d.Title, d.Issuer, d.Source, d.FileName, d.URL = hostile, hostile, hostile, hostile, "javascript:alert(1)//"+hostile
		f.reader.docs[id] = d
	}
	for i := range f.reader.facts {
		x := &f.reader.facts[i].Fact
		x.UnitName, x.Locator, x.Quote = hostile, hostile, hostile
		if x.Index == "par" && x.Unit == "vn63:22" {
			x.Unit = "vn63:93/so-tu-phap" // its name comes from the document
		}
	}
	f.loader.report.Mapping = []ColumnMapping{{Place: hostile, Heading: hostile, Meaning: hostile, Note: hostile}}
	paths := append([]string{
		"/search?q=" + url.QueryEscape(hostile), "/rankings/par?period=2019&unit=vn63:93/so-tu-phap", "/units/vn63/" + url.PathEscape(hostile), "/" + url.PathEscape(hostile), "/rankings/" + url.PathEscape(hostile),
		"/rankings/par?sort=" + url.QueryEscape(hostile), "/documents/" + url.PathEscape(hostile), "/?unit=" + url.QueryEscape(hostile), "/load?period=" + url.QueryEscape(hostile), "/units?region=" + url.QueryEscape(hostile),
	}, readingPages...)
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			_, body := f.get(t, path)
			for _, bad := range []string{"<script>alert", "<img", "onerror=alert(2)>", `href="javascript:`} {
				if i := strings.Index(body, bad); i >= 0 {
					t.Errorf("%q gets through: %s", bad, body[max(0, i-80):min(len(body), i+80)])
				}
			}
		})
	}
	for _, path := range []string{"/figures/ranking.svg?index=par&period=2019", "/figures/rank-history.svg?index=par&unit=vn63:80", "/api/v1/nosuch%3Cscript%3Ealert(1)", "/figures/%3Cscript%3Ealert(1).svg"} {
		if _, body := f.get(t, path); strings.Contains(body, "<script") || strings.Contains(body, "<img") {
			t.Errorf("%s: %s", path, clip(body, 300))
		}
	}
	res, body := f.get(t, "/documents/"+docHeld+"/raw")
	if cd := res.Header.Get("Content-Disposition"); !strings.HasPrefix(cd, "attachment") || strings.ContainsAny(cd, "\r\n<") {
		t.Errorf("raw: Content-Disposition %q", cd)
	}
	if body != "bytes of the workbook" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("raw: %q, CSP %q", body, res.Header.Get("Content-Security-Policy"))
	}
	if res, _ := f.get(t, "/documents/"+docSeed+"/raw"); res.StatusCode != 404 {
		t.Errorf("raw of a cited document: got %d, want 404", res.StatusCode)
	}
}

// A redirect or a link to the other language never leads to another host.
func TestOwnLinks(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{"//evil.example/?x=1", "/\\evil.example"} {
		_, body := f.get(t, path)
		if strings.Contains(body, `href="//evil`) || strings.Contains(body, `href="/\evil`) || strings.Contains(body, `href="/%5Cevil`) {
			t.Errorf("%s: leads away", path)
		}
	}
	if got := webAddress("javascript:alert(1)"); got != "" {
		t.Errorf("got %q, want no link", got)
	}
}

func TestPages(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/")
	if got := strings.TrimSpace(d.Find("h1").Text()); got != "Long An" {
		t.Errorf("overview: got %q, want Long An first", got)
	}
	lineage := d.Find(".lineage").Text()
	for _, want := range []string{"01/07/2025", "Tây Ninh"} {
		if !strings.Contains(lineage, want) {
			t.Errorf("overview: %q lacks %q", lineage, want)
		}
	}
	strip := d.Find(".strip").First()
	if got := strip.Find(".place").Text(); got != "5/63" {
		t.Errorf("PAR strip: got %q, want 5/63", got)
	}
	if !strings.Contains(strip.Find(".move").Text(), "tăng 2 bậc so với 2018") {
		t.Errorf("PAR strip: movement %q", strip.Find(".move").Text())
	}
	// A chosen unit is remembered.
	res, _ := f.get(t, "/?unit=vn63:93")
	cookie := ""
	for _, c := range res.Cookies() {
		if c.Name == unitCookie {
			cookie = c.Name + "=" + c.Value
		}
	}
	if got := strings.TrimSpace(f.page(t, "/", "Cookie", cookie).Find("h1").Text()); got != "Hậu Giang" {
		t.Errorf("remembered: got %q with %q, want Hậu Giang", got, cookie)
	}

	d = f.page(t, "/units/vn63/long-an")
	if n := d.Find("#history .canvas svg[role=img]").Length(); n != 1 {
		t.Errorf("Long An: %d drawn histories, want 1", n)
	}
	text := d.Find("#history").Text()
	for _, want := range []string{"20/63", "50/63", "48/63", "23/63", "30/63", "12/63", "7/63", "5/63"} {
		if !strings.Contains(text, want) {
			t.Errorf("Long An: no %s", want)
		}
	}
	if d.Find(`#history .source a[href="/documents/`+docSeed+`"]`).Length() != 1 {
		t.Error("Long An: the source does not lead to its document")
	}
	for _, ext := range []string{"svg", "png", "csv", "json"} {
		href, _ := d.Find(`#history .take a[href^="/figures/rank-history.` + ext + `"]`).Attr("href")
		if res, _ := f.get(t, href); href == "" || res.StatusCode != 200 {
			t.Errorf("Long An: %s: %q", ext, href)
		}
	}
	// The page says that components are not known, and how to load them.
	if d.Find(`.quiet a[href^="/load?"]`).Length() != 1 {
		t.Error("Long An: no way to load the missing components")
	}

	d = f.page(t, "/units/vn34/tay-ninh")
	if d.Find("#history").Length() != 0 || d.Find("#made0, #made1").Length() != 2 {
		t.Error("Tây Ninh (34): its predecessors' lines stand in panels of their own, never as its line")
	}

	d = f.page(t, "/units/vn63/long-an?index=s766")
	for _, want := range []string{"3,5/12", "3,7/10", "5,3/22"} {
		if !strings.Contains(d.Find("#parts").Text(), want) {
			t.Errorf("766: no %s", want)
		}
	}

	d = f.page(t, "/rankings/par?period=2019")
	if !strings.Contains(d.Find("main").Text(), "6/63 tỉnh có số liệu") {
		t.Errorf("PAR 2019: coverage is not stated: %s", d.Find("main .small").Text())
	}
	if got := d.Find("tbody.pinned .unit").Text(); got != "Long An" {
		t.Errorf("PAR 2019: pinned %q, want Long An", got)
	}
	d = f.page(t, "/rankings/papi?period=2016&sort=-unit")
	if got := d.Find("tbody:not(.pinned) .unit").First().Text(); got != "Yên Bái" {
		t.Errorf("sorted by name, backwards: got %q first, want Yên Bái", got)
	}
	d = f.page(t, "/rankings/sipas")
	if d.Find(".nodata a[href^='/load']").Length() != 1 || d.Find("figure").Length() != 0 {
		t.Error("SIPAS without data: want words and a way to load, and no empty chart")
	}
}

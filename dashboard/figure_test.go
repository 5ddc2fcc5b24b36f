package dashboard

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chiso/charts"
	"chiso/reform"
)

// figureQueries are a question for every picture that the test's facts can answer.
var figureQueries = map[string]string{
	"rank-history": "index=par&unit=vn63:80",
	"ranking":      "index=papi&period=2016",
	"compare":      "index=papi&unit=vn63:80,vn63:82&period=2016",
	"distribution": "index=papi&unit=vn63:80",
	"subscores":    "index=s766&unit=vn63:80&period=2023",
	"radar":        "index=s766&unit=vn63:80&period=2023",
	"heatmap":      "index=papi",
	"map":          "index=papi&period=2016&layout=tiles",
	"histories":    "unit=vn63:80",
	"lost-points":  "index=s766&unit=vn63:80&period=2023",
	"derived":      "index=papi&unit=vn34:80",
	// Of the fake's facts only these have three components of two units.
	"compare-radar": "index=s766&unit=vn63:80,vn63:82&period=2023",
	"live":          "index=s766&unit=vn34:91",
}

// drawable is a server with the facts that every picture needs.
func drawable(t *testing.T, more ...func(*Options)) *fixture {
	t.Helper()
	f := newFixture(t, more...)
	for i, c := range [][3]string{{"DVCTT", "8.5", "12"}, {"TTTT", "6.75", "10"}, {"MDSH", "15", "22"}} {
		f.reader.add(reform.Fact{Index: "s766", Basis: "portal-2022", Unit: "vn63:82", UnitName: "Tiền Giang", Period: reform.YearPeriod(2023), Component: c[0], Score: reform.Num(c[1]), Max: reform.Num(c[2]), Locator: fmt.Sprint(i)}, doc766, time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC))
	}
	return f
}

func TestEveryPictureInEveryFormat(t *testing.T) {
	f := drawable(t)
	for _, kind := range pictures {
		q, ok := figureQueries[kind.Name]
		if !ok {
			t.Errorf("%s has no question in figureQueries", kind.Name)
			continue
		}
		for _, format := range figureFormats {
			path := "/figures/" + kind.Name + "." + format.Name + "?scale=1&" + q
			res, body := f.get(t, path)
			if res.StatusCode != 200 || len(body) == 0 || res.Header.Get("Content-Type") != format.ContentType {
				t.Errorf("%s: got %d, %d bytes of %s: %s", path, res.StatusCode, len(body), res.Header.Get("Content-Type"), clip(body, 200))
				continue
			}
			name := res.Header.Get("Content-Disposition")
			if !strings.HasPrefix(name, format.Disposition+`; filename="`) || !strings.HasSuffix(name, "."+format.Name) {
				t.Errorf("%s: is called %s", path, name)
			}
		}
	}
}

func TestFileNames(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]string{
		"/figures/rank-history.svg?index=par&unit=vn63:80":            "par-rank-long-an-2012-2019.svg",
		"/figures/rank-history.csv?index=par&unit=vn63:80,vn63:72":    "par-rank-long-an-tay-ninh-2012-2019.csv",
		"/figures/ranking.json?index=papi":                            "papi-ranking-2016.json",
		"/figures/subscores.json?index=s766&unit=vn63:80&period=2023": "s766-subscores-long-an-2023.json",
		"/figures/heatmap.json?index=papi":                            "papi-heatmap-2014-2016.json",
		"/figures/ranking.json?index=papi&scope=vn63:r:DBSCL&lang=en": "papi-ranking-",
	} {
		res, body := f.get(t, path)
		if got := res.Header.Get("Content-Disposition"); res.StatusCode != 200 || !strings.Contains(got, `filename="`+want) {
			t.Errorf("%s: got %d %s, want %s: %s", path, res.StatusCode, got, want, clip(body, 100))
		}
	}
}

// A picture leaves with its notes, its source and the way back, to be seen and in its data.
func TestFilesCarryTheirOrigin(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.BaseURL = "https://chiso.example.vn/" })
	_, svg := f.get(t, "/figures/rank-history.svg?index=par&unit=vn63:80")
	link := "https://chiso.example.vn/figures/rank-history?index=par&amp;rev=7&amp;unit=vn63:80"
	for _, want := range []string{"<title>Xếp hạng PAR INDEX của tỉnh Long An, 2012–2019</title>", "<dc:date>2020-05-20</dc:date>", "<dc:identifier>" + link, "xem lại: " + link, ">Nguồn: ", "Báo Long An"} {
		if !strings.Contains(svg, want) {
			t.Errorf("SVG: no %q", want)
		}
	}
	_, png := f.get(t, "/figures/rank-history.png?index=par&unit=vn63:80&scale=1")
	for _, want := range []string{"iTXtTitle\x00\x00\x00vi\x00\x00Xếp hạng", "iTXtURL\x00\x00\x00vi\x00\x00https://chiso.example.vn/figures/", "pHYs"} {
		if !strings.Contains(png, want) {
			t.Errorf("PNG: no %q", want)
		}
	}
	// The page's own picture has them as text beside it.
	if d := f.page(t, "/units/vn63/long-an"); strings.Contains(d.Find("#history svg").Text(), "xem lại") {
		t.Error("the picture in the page has a caption")
	}
	// What the link leads to shows the same.
	if d := f.page(t, "/figures/rank-history?index=par&rev=7&unit=vn63:80"); d.Find("figure .source a").Length() == 0 || d.Find("figure svg[role=img]").Length() != 1 {
		t.Error("the page of a picture lacks the picture or its source")
	}
}

// Only an address that means the same to others stands in a file.
func TestOriginOfLinks(t *testing.T) {
	f := newFixture(t)
	for host, want := range map[string]string{
		"127.0.0.1:8080": "xem lại: /figures/", "localhost:8080": "xem lại: /figures/", "thismachine": "xem lại: /figures/",
		"chiso.longan.gov.vn": "xem lại: http://chiso.longan.gov.vn/figures/", "10.1.2.3:8080": "xem lại: http://10.1.2.3:8080/figures/", `a"b.vn`: "xem lại: /figures/",
	} {
		r := httptest.NewRequest(http.MethodGet, "/figures/rank-history.svg?index=par&unit=vn63:80", nil)
		r.Host = host
		res, err := f.App().Test(r, -1)
		if err != nil {
			continue // Fiber itself refuses the host
		}
		b := new(strings.Builder)
		buf := make([]byte, 1<<20)
		for n, err := res.Body.Read(buf); n > 0 || err == nil; n, err = res.Body.Read(buf) {
			b.Write(buf[:n])
		}
		if !strings.Contains(b.String(), want) {
			t.Errorf("host %s: no %q", host, want)
		}
	}
}

func TestLooks(t *testing.T) {
	f := newFixture(t)
	const base = "/figures/subscores.svg?index=s766&unit=vn63:80&period=2023"
	ground := func(body string) bool {
		return strings.Contains(body, `fill="`+charts.Background(charts.Light)+`"`) && strings.Contains(body, `<rect width="960"`)
	}
	_, plain := f.get(t, base)
	_, clear := f.get(t, base+"&transparent=1")
	if !ground(plain) || ground(clear) {
		t.Errorf("transparent: ground %t, and %t without", ground(plain), ground(clear))
	}
	_, outlined := f.get(t, base+"&outline=1")
	if strings.Contains(outlined, "<text") || !strings.Contains(outlined, "<title>Điểm thành phần") || len(outlined) < len(plain) {
		t.Error("outline=1: text is left, or the title is gone")
	}
	for _, h := range []string{"400", "900"} {
		if _, body := f.get(t, base+"&w=800&h="+h); !strings.Contains(body, `width="800" height="`+h+`"`) {
			t.Errorf("h=%s: got %s", h, clip(body, 160))
		}
	}
	if _, body := f.get(t, base+"&title=0"); strings.Contains(body, `>Điểm thành phần Chỉ số 766 của tỉnh Long An, năm 2023</text>`) {
		t.Error("title=0: there is a title")
	}
	for _, bad := range []string{"transparent=2", "outline=x", "font=1", "font=99", "scale=5", "theme=pink", "w=10", "sep=x", "decimal=comma"} {
		if res, _ := f.get(t, base+"&"+bad); res.StatusCode != 400 {
			t.Errorf("%s: got %d, want 400", bad, res.StatusCode)
		}
	}
}

func TestCSVForExcel(t *testing.T) {
	f := newFixture(t)
	const base = "/figures/subscores.csv?index=s766&unit=vn63:80&period=2023"
	for query, want := range map[string]string{
		"":                             "component,score,max",
		"&excel=1":                     "\ufeffcomponent;score;max",
		"&excel=1&lang=en":             "\ufeffcomponent,score,max",
		"&sep=tab":                     "component\tscore\tmax",
		"&sep=semicolon&decimal=comma": "component;score;max",
	} {
		_, body := f.get(t, base+query)
		if !strings.HasPrefix(body, want) {
			t.Errorf("%s: got %q", query, clip(body, 80))
		}
		number := "3.5"
		if strings.Contains(query, "decimal=comma") || query == "&excel=1" {
			number = "3,5"
		}
		if !strings.Contains(body, number) {
			t.Errorf("%s: no %s in %q", query, number, body)
		}
	}
}

func TestEmbed(t *testing.T) {
	const path = "/embed/rank-history?index=par&unit=vn63:80"
	f := newFixture(t, func(o *Options) { o.EmbedOrigins = []string{"https://portal.longan.gov.vn"} })
	res, _ := f.get(t, path)
	if got := res.Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "frame-ancestors https://portal.longan.gov.vn") || strings.Contains(got, "script-src") {
		t.Errorf("policy: got %s", got)
	}
	for _, other := range []string{"/", "/figures/rank-history?index=par&unit=vn63:80", "/embed/nosuch"} {
		if res, _ := f.get(t, other); !strings.Contains(res.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s may stand in a frame", other)
		}
	}
	d := f.page(t, path+"&theme=dark&lang=en", "Cookie", "chiso_lang=vi")
	if d.Find("script, nav, form").Length() != 0 || d.Find("svg[role=img]").Length() != 1 || d.Find("html").AttrOr("lang", "") != "en" || d.Find("html").AttrOr("data-theme", "") != "dark" {
		t.Error("the page for frames is not the bare picture as asked for")
	}
	if href := d.Find(".source a").Last().AttrOr("href", ""); !strings.HasPrefix(href, "/figures/rank-history?index=par") || !strings.Contains(href, "rev=7") {
		t.Errorf("the way to chiso: %q", href)
	}
	if closed, _ := newFixture(t).get(t, path); !strings.HasSuffix(closed.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("without configuration the page may stand in a frame")
	}
}

func TestOEmbed(t *testing.T) {
	f := newFixture(t)
	a := f.json(t, "/oembed?format=json&maxwidth=600&maxheight=500&url=http://127.0.0.1:8080/figures/rank-history?index=par%26unit=vn63:80")
	if a["type"] != "rich" || a["width"] != 600.0 || !strings.Contains(a["html"].(string), `src="http://127.0.0.1:8080/embed/rank-history?`) {
		t.Errorf("got %v", a)
	}
	for _, bad := range []string{"", "https://evil.example/figures/rank-history?index=par", "/units/vn63/long-an", "http://127.0.0.1:8080@evil.example/figures/rank-history", "/figures/nosuch", "javascript:alert(1)"} {
		if res, body := f.get(t, "/oembed?url="+strings.ReplaceAll(bad, "?", "%3F")); res.StatusCode != 400 {
			t.Errorf("%q: got %d, want 400: %s", bad, res.StatusCode, clip(body, 100))
		}
	}
	if res, _ := f.get(t, "/oembed?url=/figures/rank-history%3Findex=par%26unit=vn63:80&maxwidth=100"); res.StatusCode != 400 {
		t.Errorf("too small: got %d, want 400", res.StatusCode)
	}
}

// A revision that is yet to come is no promise: its picture is drawn anew.
func TestRevisionToCome(t *testing.T) {
	f := newFixture(t)
	for rev, want := range map[string]string{"7": "public, max-age=86400", "8": "no-cache"} {
		path := "/figures/rank-history.csv?index=par&unit=vn63:80&rev=" + rev
		res, _ := f.get(t, path)
		if got := res.Header.Get("Cache-Control"); got != want {
			t.Errorf("rev %s: got %q, want %q", rev, got, want)
		}
		before := f.reader.asked.Load()
		f.get(t, path)
		if again := f.reader.asked.Load() > before; again != (rev == "8") {
			t.Errorf("rev %s: asked again %t", rev, again)
		}
	}
}

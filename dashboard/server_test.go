package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"chiso/charts/render"
	"chiso/reform"
)

var readFile = os.ReadFile

// The chart machine is made once for all tests: it takes 0.3 s.
var testRenderer = sync.OnceValues(func() (*render.Renderer, error) {
	return render.New(context.Background(), render.Options{Workers: 2})
})

var testNow = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

type fixture struct {
	*Server
	reader *fakeReader
	loader *fakeLoader
	health *fakeHealth
	timer  *fakeScheduler
	people *fakeReviewer
	log    *strings.Builder
	now    time.Time
}

func newFixture(t testing.TB, change ...func(*Options)) *fixture {
	t.Helper()
	r, err := testRenderer()
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{reader: newFake(), loader: &fakeLoader{report: LoadReport{Kind: "tidy", Document: docHeld, Facts: 3}}, health: &fakeHealth{}, timer: &fakeScheduler{}, people: &fakeReviewer{}, log: &strings.Builder{}, now: testNow}
	o := Options{
		Scheduler: f.timer, Reviewer: f.people, Notebook: f.reader.own, Configured: []reform.SourceState{{Name: "live-766", Enabled: true}, {Name: "new", Kind: "url", Schedule: "@daily", Enabled: true}, {Name: "off"}},
		Reader: f.reader, Loader: f.loader, Archive: fakeArchive{}, Excerpts: fakeExcerpts{}, Health: f.health, Catalog: reform.Default(), Renderer: r,
		Logger: slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: func() time.Time { return f.now },
		Listen: "127.0.0.1:8080", Version: "test", StageDir: t.TempDir(), UploadBytes: 1 << 20,
	}
	for _, c := range change {
		c(&o)
	}
	if f.Server, err = New(o); err != nil {
		t.Fatal(err)
	}
	return f
}

// do sends a request as a browser on this machine would.
func (f *fixture) do(t testing.TB, r *http.Request) *http.Response {
	t.Helper()
	if r.Host == "example.com" {
		r.Host = "127.0.0.1:8080"
	}
	res, err := f.App().Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

func (f *fixture) get(t testing.TB, path string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res := f.do(t, r)
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func (f *fixture) page(t testing.TB, path string, header ...string) *goquery.Document {
	t.Helper()
	res, body := f.get(t, path, header...)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: status %d, want 200\n%s\n%s", path, res.StatusCode, clip(body, 600), f.log)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (f *fixture) json(t testing.TB, path string) map[string]any {
	t.Helper()
	res, body := f.get(t, path)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: status %d, want 200: %s", path, res.StatusCode, clip(body, 400))
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, clip(body, 400))
	}
	return v
}

// readingPages are all pages that a reader can open, with data behind them.
var readingPages = []string{
	"/figures/rank-history?index=par&unit=vn63:80&finding=standing",
	"/units/vn63/long-an?index=papi&measure=place", "/units/vn34/tay-ninh?index=papi&derived=1", "/units/vn34/tay-ninh?index=papi&derived=1&rev=3", "/units/vn63/long-an?index=par&period=2013",
	"/", "/?unit=vn34:80", "/?unit=vn63:72", "/rankings", "/rankings/par?period=2019", "/rankings/papi", "/rankings/papi?scope=vn63:r:DBSCL&sort=-D1", "/rankings/sipas", "/rankings/dossiers",
	"/units", "/units?region=vn63:r:DBSCL", "/units/vn63/long-an", "/units/vn63/long-an?index=s766", "/units/vn63/long-an?index=papi", "/units/vn34/tay-ninh", "/units/vn63/long-an?index=sipas",
	"/compare", "/compare?index=papi&unit=vn63:80&unit=vn63:82&unit=", "/compare?index=papi&unit=vn63:80,vn63:82,vn63:93&period=2016&parts=all", "/compare?index=s766&unit=vn63:80,vn34:80", "/compare?unit=vn63:80", "/indices/papi?basis=2018&component=D4", "/indices", "/indices/par", "/indices/papi", "/indices/ddci", "/sources", "/documents/" + docSeed, "/documents/" + docHeld,
	"/facts?index=par&unit=vn63:80&period=2019", "/data", "/problems", "/problems?kind=sum-differs", "/revisions", "/revisions?index=papi", "/documents/" + docHeld + "?at=2011!B7", "/runs", "/runs/run-1", "/conflicts", "/conflicts?state=settled", "/conflicts/number?index=par&unit=vn63:80&period=2019&basis=2019&measure=place", "/search", "/search?q=dong+thap", "/search?q=zzzz", "/load", "/export/refresh",
	"/sources/live-766", "/sources/pci-site", "/sources/new", "/review", "/review?state=decided", "/review/c0ffee01", "/review/c0ffee02",
	"/units/vn63/hau-giang", "/units/vn63/long-an?index=pci", "/rankings/pci?period=2014&sort=-score", "/rankings/s766?period=2025", "/rankings/dept", "/indices/s766", "/units/vn63/long-an?index=pci&as_of=2024-10-15",
	"/figures/rank-history?index=par&unit=vn63:80", "/figures/subscores?index=s766&unit=vn63:80&period=2023&rev=3", "/figures/ranking?index=papi&period=2016", "/figures/heatmap?index=papi", "/figures/map?index=papi&period=2016&unit=vn63:80", "/rankings/papi?period=2016&layout=tiles&show=score&find=an", "/rankings/papi?period=2016&layout=bars",
	"/goals", "/goals?unit=vn34:80&index=par", "/goals?rev=3", "/owners/par", "/owners/papi?unit=vn63:80", "/owners/s766?unit=vn63:80", "/owners/par?unit=vn63:80&basis=2012&rev=3", "/own?entry=old", "/annotations", "/annotations?index=par&unit=vn63:80", "/annotations?rev=3",
	"/live", "/live?unit=vn34:24", "/live?unit=vn63:80", "/live?unit=vn34:91&kind=month", "/live?period=2025-08&kind=month", "/live?unit=vn34:91&period=2025-10&sort=-score&q=so+1&component=MDHL", "/live?type=commune&kind=month", "/live?kind=half", "/live?trend=vn34:24,vn34:91&q=an",
	"/live?period=2025&as_of=2025-10-15&sort=-CKMB", "/live?rev=3", "/live?unit=vn34:91/H01.12&kind=month", "/units/vn34/an-giang/H01.12", "/units/vn34/an-giang/H01.140?rev=3", "/units/vn63/hau-giang/so-tu-phap", "/units/vn34/an-giang/nobody",
	"/deck", "/deck?unit=vn34:80",
	"/?as_of=2024-10-15", "/rankings?rev=3", "/rankings/par?period=2019&as_of=2024-10-15", "/units/vn63/long-an?rev=3", "/units?as_of=2024-10-15", "/compare?rev=3", "/indices?rev=3", "/indices/s766?as_of=2024-10-15", "/conflicts?rev=3",
}

// missingWord is how a text shows that its key is not in the catalogue; a hostile name may hold braces, too.
var missingWord = regexp.MustCompile(`\{\{[a-z][a-z0-9_.]*\}\}`)

func TestPagesAnswer(t *testing.T) {
	f := newFixture(t)
	for _, path := range readingPages {
		for _, lang := range []string{"vi", "en"} {
			t.Run(lang+path, func(t *testing.T) {
				d := f.page(t, path, "Cookie", "chiso_lang="+lang)
				if got := d.Find("html").AttrOr("lang", ""); got != lang {
					t.Errorf("html lang: got %q, want %q", got, lang)
				}
				if n := d.Find("h1").Length(); n != 1 {
					t.Errorf("got %d h1, want 1", n)
				}
				html, _ := d.Html()
				if m := missingWord.FindString(html); m != "" {
					t.Errorf("a word is missing: %s", m)
				}
				checkStrict(t, d)
				checkIDs(t, d)
			})
		}
	}
}

// checkStrict finds what the Content-Security-Policy would refuse.
func checkStrict(t *testing.T, d *goquery.Document) {
	t.Helper()
	d.Find("script").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("type", "") == "application/json" {
			if !json.Valid([]byte(s.Text())) {
				t.Errorf("option %s is not JSON", s.AttrOr("id", ""))
			}
			return
		}
		if s.AttrOr("src", "") == "" || strings.TrimSpace(s.Text()) != "" {
			t.Errorf("inline script: %s", s.Text())
		}
	})
	if n := d.Find("style, [style], [onclick], [onload], iframe, object, base").Length(); n > 0 {
		t.Errorf("got %d elements with inline style, handlers or frames, want none", n)
	}
	d.Find("[src], link[href]").Each(func(_ int, s *goquery.Selection) {
		for _, a := range []string{"src", "href"} {
			if v := s.AttrOr(a, "/"); !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "data:image/svg+xml,") || strings.HasPrefix(v, "//") {
				t.Errorf("loads %q from elsewhere", v)
			}
		}
	})
}

func checkIDs(t *testing.T, d *goquery.Document) {
	t.Helper()
	seen := map[string]bool{}
	d.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if seen[id] {
			t.Errorf("id %q stands twice", id)
		}
		seen[id] = true
	})
	d.Find("label[for]").Each(func(_ int, s *goquery.Selection) {
		if !seen[s.AttrOr("for", "")] {
			t.Errorf("label for %q, which is not there", s.AttrOr("for", ""))
		}
	})
}

// Only the address of a page chooses: a picture in dark colours is no wish for dark pages.
func TestChoices(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]string{
		"/?lang=en": "chiso_lang=en", "/?theme=dark": "chiso_theme=dark", "/indices?theme=auto": "chiso_theme=auto", "/?lang=fr&theme=pink": "",
		"/figures/rank-history.json?index=par&unit=vn63:80&theme=dark&lang=en": "", "/api/v1/units?lang=en": "",
	} {
		res, _ := f.get(t, path)
		got := ""
		for _, c := range res.Cookies() {
			got += c.Name + "=" + c.Value
		}
		if res.StatusCode != 200 || got != want {
			t.Errorf("%s: got %d and cookies %q, want %q", path, res.StatusCode, got, want)
		}
	}
	if got := f.page(t, "/?theme=dark").Find("html").AttrOr("data-theme", ""); got != "dark" {
		t.Errorf("?theme=dark: got theme %q", got)
	}
}

func TestHeaders(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{"/", "/nosuch", "/api/v1/units", "/api/v1/nosuch", f.assets.byName["app.js"].url} {
		res, _ := f.get(t, path)
		for h, want := range map[string]string{
			"Content-Security-Policy": contentSecurityPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		} {
			if got := res.Header.Get(h); got != want {
				t.Errorf("%s: %s: got %q, want %q", path, h, got, want)
			}
		}
		if got := res.Header.Get(requestIDHeader); len(got) < 8 {
			t.Errorf("%s: request id %q", path, got)
		}
	}
	res, _ := f.get(t, "/", requestIDHeader, "given-by-proxy-1")
	if got := res.Header.Get(requestIDHeader); got != "given-by-proxy-1" {
		t.Errorf("request id: got %q, want the one given", got)
	}
	res, _ = f.get(t, "/", requestIDHeader, `x" level=ERROR`)
	if got := res.Header.Get(requestIDHeader); strings.Contains(got, "level") {
		t.Errorf("request id: got %q, want a new one", got)
	}
}

func TestCachingAndCompression(t *testing.T) {
	f := newFixture(t)
	res, body := f.get(t, "/rankings/papi")
	etag := res.Header.Get("ETag")
	if etag == "" || res.Header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("got ETag %q and Cache-Control %q", etag, res.Header.Get("Cache-Control"))
	}
	again, empty := f.get(t, "/rankings/papi", "If-None-Match", etag)
	if again.StatusCode != http.StatusNotModified || empty != "" {
		t.Errorf("got %d with %d bytes, want 304 without", again.StatusCode, len(empty))
	}
	if !strings.Contains(res.Header.Get("Vary"), "Cookie") {
		t.Errorf("Vary: got %q, want Cookie among it", res.Header.Get("Vary"))
	}
	small, packed := f.get(t, "/rankings/papi", "Accept-Encoding", "br")
	if small.Header.Get("Content-Encoding") != "br" || len(packed)*3 > len(body) {
		t.Errorf("br: got encoding %q and %d of %d bytes", small.Header.Get("Content-Encoding"), len(packed), len(body))
	}
	t.Logf("rank page: %d bytes, %d compressed", len(body), len(packed))
	for name, a := range f.assets.byName {
		for _, enc := range []string{"br", "gzip", ""} {
			res, b := f.get(t, a.url, "Accept-Encoding", enc)
			if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || len(b) == 0 {
				t.Errorf("%s (%s): status %d, %q", name, enc, res.StatusCode, res.Header.Get("Cache-Control"))
			}
		}
	}
	// The page with everything that is needed to read it stays within its budget.
	total := len(packed) + len(f.assets.byName["app.css"].packed().br) + len(f.assets.byName["inter-regular.woff2"].raw) + len(f.assets.byName["inter-bold.woff2"].raw)
	if total > 120_000 {
		t.Errorf("first paint: got %d bytes, want at most 120000", total)
	}
	all := total + len(f.assets.byName["app.js"].packed().br) + len(f.assets.byName["charts.js"].packed().br)
	if all > 400_000 {
		t.Errorf("everything: got %d bytes, want at most 400000", all)
	}
	t.Logf("first paint %d bytes, everything %d", total, all)
}

func TestErrors(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		path   string
		status int
		code   string
		says   string
	}{
		{"/api/v1/rank-history?index=par&unit=vn63:99", 404, "not_found", "vn63:99"},
		{"/api/v1/rank-history?index=nosuch&unit=vn63:80", 404, "not_found", "nosuch"},
		{"/api/v1/rank-history?unit=vn63:80", 400, "invalid", "index"},
		{"/api/v1/rank-history?index=par", 400, "invalid", "unit"},
		{"/api/v1/rank-history?index=par&unit=80", 400, "invalid", "unit"},
		{"/api/v1/rank-history?index=par&unit=vn63:80&perod=2019", 400, "invalid", "perod"},
		{"/api/v1/rank-history?index=par&unit=vn63:80&as_of=gestern", 400, "invalid", "as_of"},
		{"/api/v1/rank-history?index=par&unit=vn63:80&rev=-1", 400, "invalid", "rev"},
		{"/api/v1/rank-history?index=par&unit=vn63:80&scope=mars", 400, "invalid", "scope"},
		{"/api/v1/rank-history?index=par&unit=vn63:80&component=zzz", 400, "invalid", "component"},
		{"/api/v1/ranking?index=par&period=19", 400, "invalid", "period"},
		{"/api/v1/ranking?index=par&period=2019&period=2018", 400, "invalid", "period"},
		{"/api/v1/subscores?index=par&unit=vn63:80", 400, "invalid", "period"},
		{"/api/v1/documents/nosuch", 404, "not_found", "nosuch"},
		{"/api/v1/units/vn63:99", 404, "not_found", "vn63:99"},
		{"/api/v1/nosuch", 404, "not_found", ""},
		{"/figures/nosuch.svg", 404, "not_found", "nosuch"},
		{"/figures/rank-history.exe?index=par&unit=vn63:80", 404, "not_found", "exe"},
		{"/figures/rank-history.svg?index=par&unit=vn63:80&w=99999", 400, "invalid", "w"},
		{"/figures/rank-history.png?index=par&unit=vn63:80&scale=1e9", 400, "invalid", "scale"},
		{"/figures/rank-history.svg?index=sipas&unit=vn63:80", 404, "not_found", "no data"},
	} {
		res, body := f.get(t, tt.path)
		var e errorBody
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			t.Errorf("%s: %v in %s", tt.path, err, clip(body, 200))
			continue
		}
		if res.StatusCode != tt.status || e.Error.Code != tt.code || !strings.Contains(e.Error.Message, tt.says) || e.Error.RequestID == "" {
			t.Errorf("%s: got %d %+v, want %d %s with %q", tt.path, res.StatusCode, e.Error, tt.status, tt.code, tt.says)
		}
	}
	for _, path := range []string{"/nosuch", "/units/vn63/nosuch", "/units/vn99/long-an", "/rankings/nosuch", "/indices/nosuch", "/documents/nosuch", "/runs/nosuch", "/?unit=vn63:99"} {
		res, body := f.get(t, path)
		if res.StatusCode != 404 || !strings.Contains(body, "<h1>") {
			t.Errorf("%s: got %d, want a 404 page", path, res.StatusCode)
		}
	}
}

// What a room did not mean for readers must not reach them.
func TestInternalError(t *testing.T) {
	f := newFixture(t)
	f.reader.err = fmt.Errorf("SELECT secret FROM t at /home/x: password hunter2")
	for _, path := range []string{"/", "/api/v1/editions", "/figures/heatmap.svg?index=par"} {
		res, body := f.get(t, path)
		if res.StatusCode != 500 || strings.Contains(body, "hunter2") || strings.Contains(body, "SELECT") {
			t.Errorf("%s: got %d: %s", path, res.StatusCode, clip(body, 300))
		}
	}
	if !strings.Contains(f.log.String(), "hunter2") {
		t.Error("the log does not say what went wrong")
	}
}

type panicking struct{ *fakeReader }

func (panicking) Overview(context.Context, reform.UnitKey, int, reform.View) ([]reform.RankSeries, error) {
	panic("boom: hunter2")
}

func TestPanic(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Reader = panicking{newFake()} })
	// The second page asks in goroutines of its own.
	for _, path := range []string{"/", "/units/vn63/long-an"} {
		res, body := f.get(t, path)
		if res.StatusCode != 500 || strings.Contains(body, "hunter2") || strings.Contains(body, "goroutine") {
			t.Errorf("%s: got %d: %s", path, res.StatusCode, clip(body, 300))
		}
	}
	if !strings.Contains(f.log.String(), "boom") {
		t.Error("the log does not hold the panic")
	}
	if res, _ := f.get(t, "/indices"); res.StatusCode != 200 {
		t.Errorf("after a panic: got %d, want 200", res.StatusCode)
	}
}

func TestUnavailable(t *testing.T) {
	f := newFixture(t)
	f.reader.down.Store(true)
	for _, path := range []string{"/", "/api/v1/rank-history?index=par&unit=vn63:80"} {
		res, body := f.get(t, path)
		if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || strings.Contains(body, "41234") {
			t.Errorf("%s: got %d, Retry-After %q: %s", path, res.StatusCode, res.Header.Get("Retry-After"), clip(body, 200))
		}
	}
	f.reader.down.Store(false)
	_, before := f.get(t, "/units/vn63/long-an")
	apiRes, api := f.get(t, "/api/v1/rank-history?index=par&unit=vn63:80")
	f.reader.down.Store(true)
	f.now = f.now.Add(90 * time.Second)
	res, after := f.get(t, "/units/vn63/long-an")
	if res.StatusCode != 200 || res.Header.Get(staleHeader) != "2026-11-25T08:00:00Z" || res.Header.Get("ETag") != "" {
		t.Errorf("got %d, %s %q", res.StatusCode, staleHeader, res.Header.Get(staleHeader))
	}
	if !strings.Contains(after, "Số liệu lúc 25/11/2026 15:00") || strings.Contains(before, "Số liệu lúc") {
		t.Error("the last good page does not say how old it is")
	}
	staleAPI, same := f.get(t, "/api/v1/rank-history?index=par&unit=vn63:80")
	if same != api || staleAPI.Header.Get(staleHeader) == "" || apiRes.Header.Get(staleHeader) != "" {
		t.Error("the last good API answer is not given, or not marked")
	}
	f.reader.down.Store(false)
	if res, _ := f.get(t, "/units/vn63/long-an"); res.Header.Get(staleHeader) != "" {
		t.Error("the engine is back, and the answer is still an old one")
	}
}

// While nothing new is loaded an answer is given again without asking; a new revision shows at once.
func TestReuse(t *testing.T) {
	f := newFixture(t)
	for _, path := range []string{"/units/vn63/long-an", "/api/v1/rank-history.csv?index=par&unit=vn63:80"} {
		first, body := f.get(t, path)
		asked := f.reader.asked.Load()
		again, same := f.get(t, path)
		if same != body || again.Header.Get("Vary") != first.Header.Get("Vary") || again.Header.Get("Content-Disposition") != first.Header.Get("Content-Disposition") || again.Header.Get("ETag") != first.Header.Get("ETag") {
			t.Errorf("%s: the second answer differs: %v, %v", path, first.Header, again.Header)
		}
		if n := f.reader.asked.Load() - asked; n != 0 {
			t.Errorf("%s: asked %d times again, want none", path, n)
		}
		f.reader.rev++
		f.now = f.now.Add(revStay)
		if f.get(t, path); f.reader.asked.Load()-asked < 2 {
			t.Errorf("%s: a new revision was loaded and the old answer given", path)
		}
		if _, en := f.get(t, path, "Cookie", "chiso_lang=en"); strings.HasPrefix(path, "/units") && en == body {
			t.Errorf("%s: the English reader got the Vietnamese page", path)
		}
	}
}

// Many readers of one page cost the engine one answer.
func TestManyAtOnce(t *testing.T) {
	f := newFixture(t)
	f.get(t, "/indices") // the first question asks for the revision too
	one := f.reader.asked.Load()
	f.get(t, "/units/vn63/long-an")
	one = f.reader.asked.Load() - one
	before := f.reader.asked.Load()
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			res, err := f.App().Test(httptest.NewRequest(http.MethodGet, "/units/vn63/long-an?index=papi", nil), -1)
			if err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("got %v, %v", res, err)
			}
		})
	}
	wg.Wait()
	if n := f.reader.asked.Load() - before; n > 2*one {
		t.Errorf("12 readers at once: the engine was asked %d times, one reader asks %d times", n, one)
	}
}

func TestHealthAndReady(t *testing.T) {
	ready := false
	f := newFixture(t, func(o *Options) { o.Ready = func() bool { return ready } })
	if res, _ := f.get(t, "/api/v1/ready"); res.StatusCode != 503 {
		t.Errorf("not ready: got %d, want 503", res.StatusCode)
	}
	ready = true
	if res, _ := f.get(t, "/api/v1/ready"); res.StatusCode != 200 {
		t.Errorf("ready: got %d, want 200", res.StatusCode)
	}
	if res, _ := f.get(t, "/api/v1/health"); res.StatusCode != 200 {
		t.Errorf("health: got %d, want 200", res.StatusCode)
	}
	f.health.err = reform.ErrUnavailable
	if res, body := f.get(t, "/api/v1/health"); res.StatusCode != 503 || !strings.Contains(body, "degraded") {
		t.Errorf("ill: got %d %s, want 503", res.StatusCode, body)
	}
}

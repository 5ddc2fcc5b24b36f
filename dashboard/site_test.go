package dashboard

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"chiso/reform"
)

func siteOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	r, err := newFixture(t).Site(t.Context(), dir, SiteOptions{Units: []reform.UnitKey{"vn63:80", "vn34:80"}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Pages < 12 || r.Files <= r.Pages || r.Bytes == 0 || r.Rev != 7 {
		t.Errorf("report: %+v", r)
	}
	return dir
}

// Every link and file of a bundle is in it, and nothing is asked from elsewhere.
func TestSite(t *testing.T) {
	dir := siteOf(t)
	pages, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	pictures := 0
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		d, err := goquery.NewDocumentFromReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(page)
		if n := d.Find("script, form, button, iframe, [http-equiv]").Length(); n != 0 {
			t.Errorf("%s: %d elements that do nothing without a server", name, n)
		}
		if !strings.Contains(d.Find("footer").Text(), "bản số liệu 7") {
			t.Errorf("%s: does not say of when it is", name)
		}
		pictures += d.Find("svg[role=img]").Length()
		d.Find("[href], [src]").Each(func(_ int, s *goquery.Selection) {
			for _, at := range []string{"href", "src"} {
				v, ok := s.Attr(at)
				if !ok || strings.HasPrefix(v, "#") || strings.HasPrefix(v, "data:") {
					continue
				}
				u, err := url.Parse(v)
				if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") || u.RawQuery != "" {
					t.Errorf("%s: %q leads out of the bundle", name, v)
					continue
				}
				if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(u.Path))); err != nil {
					t.Errorf("%s: %q is not there", name, v)
				}
			}
		})
	}
	if pictures < 5 {
		t.Errorf("got %d pictures in the pages", pictures)
	}
	fonts, err := filepath.Glob(filepath.Join(dir, "static", "*.woff2"))
	if err != nil || len(fonts) != 2 {
		t.Errorf("fonts: %v, %v", fonts, err)
	}
	for _, ext := range bundledFormats {
		if files, err := filepath.Glob(filepath.Join(dir, "pictures", "*."+ext)); err != nil || len(files) == 0 {
			t.Errorf("no %s in the bundle, %v", ext, err)
		}
	}
	if _, err := newFixture(t).Site(t.Context(), t.TempDir(), SiteOptions{Units: []reform.UnitKey{"vn63:r:DBSCL"}}); err == nil {
		t.Error("a region: got no error")
	}
}

// The bundle works in a browser from a folder: no file is missing, nothing is asked over a network.
func TestInBrowserSite(t *testing.T) {
	dir := siteOf(t)
	ctx := browser(t)
	var mu sync.Mutex
	var asked, failed []string
	tab, cancel := chromedp.NewContext(ctx)
	defer cancel()
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Listen(tab, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			asked = append(asked, e.Request.URL)
		case *network.EventLoadingFailed:
			failed = append(failed, e.ErrorText)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	tab, stop := context.WithTimeout(tab, time.Minute)
	defer stop()
	if _, err := chromedp.Call(tab, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"index.html", "unit-vn63-long-an-par.html", "rankings.html", "ranking-papi.html"} {
		if err := chromedp.Do(tab, chromedp.Navigate("file://"+filepath.Join(dir, page))); err != nil {
			t.Fatalf("%s: %v", page, err)
		}
		got, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.fonts.ready.then(() => [
			getComputedStyle(document.body).fontFamily.includes('Inter'), [...document.fonts].some(f => f.status === 'loaded'),
			[...document.querySelectorAll('main svg')].some(s => s.getBoundingClientRect().width > 20) || /(index|rankings).html/.test(location.href)].join())`, chromedp.EvalAwaitPromise))
		if err != nil || got != "true,true,true" {
			t.Errorf("%s: styled, font loaded, picture to be seen: got %s, %v", page, got, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, u := range asked {
		if !strings.HasPrefix(u, "file://"+dir) && !strings.HasPrefix(u, "data:") {
			t.Errorf("asked elsewhere: %s", u)
		}
	}
	if len(failed) > 0 {
		t.Errorf("not loaded: %v", failed)
	}
}

func TestUnitWorkbook(t *testing.T) {
	f := newFixture(t)
	res, body := f.get(t, "/export/unit.xlsx?unit=vn63:80")
	if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Content-Disposition"), `filename="long-an.xlsx"`) {
		t.Fatalf("got %d %s: %s", res.StatusCode, res.Header.Get("Content-Disposition"), clip(body, 200))
	}
	book, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	sheets := strings.Join(book.GetSheetList(), "|")
	for _, want := range []string{"PAR INDEX", "PAPI", "766", "Nguồn và ghi chú"} {
		if !strings.Contains(sheets, want) {
			t.Errorf("no sheet of %s in %s", want, sheets)
		}
	}
	for path, want := range map[string]int{"/export/unit.xlsx": 400, "/export/unit.xlsx?unit=vn63:99": 404, "/export/unit.xlsx?unit=vn34:80": 404, "/export/unit.xlsx?unit=vn63:80&x=1": 400} {
		if res, body := f.get(t, path); res.StatusCode != want {
			t.Errorf("%s: got %d, want %d: %s", path, res.StatusCode, want, clip(body, 200))
		}
	}
}

func TestPictureFile(t *testing.T) {
	f := newFixture(t)
	got, err := f.PictureFile(t.Context(), "rank-history", "svg", url.Values{"index": {"par"}, "unit": {"vn63:80"}})
	if err != nil || got.Name != "par-rank-long-an-2012-2019.svg" || !bytes.HasPrefix(got.Bytes, []byte("<svg")) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range [][2]string{{"nosuch", "svg"}, {"rank-history", "exe"}, {"rank-history", "svg"}} {
		if _, err := f.PictureFile(t.Context(), bad[0], bad[1], url.Values{}); err == nil {
			t.Errorf("%v: got no error", bad)
		}
	}
}

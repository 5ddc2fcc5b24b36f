package tests

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"chiso/queries"
	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
)

// What docs/benchmarks.md shows of the program as a whole. Times are of a machine that
// does nothing else; the ratios hold on a busy one too.

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkStart is from the command to the first answer of the API, the facts loaded before.
// The first start of all, which loads them, stands beside it.
func BenchmarkStart(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "data")
	began := time.Now()
	serve(b, dir).stop(b)
	first := time.Since(began)
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		s := serve(b, dir)
		if code, body := s.get(b, "/api/v1/rank-history?index=par&unit=vn63:80"); code != http.StatusOK {
			b.Fatalf("status %d: %s", code, body)
		}
		took = append(took, time.Since(began))
		b.StopTimer()
		s.stop(b)
		b.StartTimer()
	}
	b.ReportMetric(ms(median(took)), "ms/start")
	b.ReportMetric(ms(first), "ms/first-start")
}

// BenchmarkHandler is the API's answer against the bare question on the same engine, in turns. Each
// asks as of another second, so that no earlier answer is given again; beside it stands the answer that is.
func BenchmarkHandler(b *testing.B) {
	s := serve(b, filepath.Join(b.TempDir(), "data"))
	addr, err := engine.Attach(s.DataDir)
	if err != nil {
		b.Fatal(err)
	}
	db, err := store.Open(b.Context(), store.Options{Embedded: &addr})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	q := queries.New(db, reform.Default())
	question := reform.RankHistoryQuestion{Index: "pci", Units: []reform.UnitKey{"vn63:80"}, Scope: reform.ScopeNation, Kind: reform.Year}
	client := &http.Client{}
	var bare, handler, again []time.Duration
	get := func(path string) time.Duration {
		began := time.Now()
		resp, err := client.Get(s.URL + path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: status %d", path, resp.StatusCode)
		}
		return time.Since(began)
	}
	asOf := time.Now().UTC().Truncate(time.Second)
	for b.Loop() {
		asOf = asOf.Add(time.Second)
		question.View.AsOf = asOf
		began := time.Now()
		if _, err := q.RankHistory(b.Context(), question); err != nil {
			b.Fatal(err)
		}
		bare = append(bare, time.Since(began))
		path := "/api/v1/rank-history?index=pci&unit=vn63:80&as_of=" + asOf.Format(time.RFC3339)
		handler = append(handler, get(path))
		again = append(again, get(path))
	}
	b.ReportMetric(ms(median(bare)), "ms/question")
	b.ReportMetric(ms(median(handler)), "ms/handler")
	b.ReportMetric(ms(median(again)), "ms/again")
	b.ReportMetric(float64(median(handler))/float64(median(bare)), "handler/question")
}

// coldLook opens a page in a profile that never saw the server: when its first content was painted, when all of it
// was parsed, and how many drawn charts are on it.
func coldLook(b *testing.B, browser context.Context, address string) (painted, parsed time.Duration, charts int) {
	b.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.Sleep(400*time.Millisecond)); err != nil {
		b.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`[(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: -1}).startTime,
		performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd, document.querySelectorAll('figure.fig .canvas svg').length]`))
	if err != nil {
		b.Fatal(err)
	}
	if got[0] < 0 {
		b.Fatalf("%s: the browser reports no paint", address)
	}
	return time.Duration(got[0] * float64(time.Millisecond)), time.Duration(got[1] * float64(time.Millisecond)), int(got[2])
}

// BenchmarkRankPageCold is the rank page in a browser that never saw the server: until its
// first content, the drawn chart among it, is painted. A page of plain text of the same
// server is the baseline: what browser and connection cost.
func BenchmarkRankPageCold(b *testing.B) {
	s := serve(b, filepath.Join(b.TempDir(), "data"))
	browser, cancel := chromedp.NewContext(chrome(b))
	defer cancel()
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		b.Fatal(err)
	}
	paint := func(path string) time.Duration {
		painted, _, _ := coldLook(b, browser, s.URL+path)
		return painted
	}
	paint("/api/v1/health") // the browser itself warms up
	var page, text []time.Duration
	for b.Loop() {
		text = append(text, paint("/api/v1/health"))
		page = append(page, paint("/units/vn63/long-an?index=pci"))
	}
	b.ReportMetric(ms(median(page)), "ms/page")
	b.ReportMetric(ms(median(text)), "ms/text")
	b.ReportMetric(float64(median(page))/float64(median(text)), "page/text")
}

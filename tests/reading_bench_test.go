package tests

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"chiso/reform"
)

// BenchmarkBoardCold is a page of twenty charts that nobody asked for before, in a browser that never saw
// the server: until the page is parsed and painted, all its charts in it. A page with one of them is the baseline.
func BenchmarkBoardCold(b *testing.B) {
	s := serve(b, filepath.Join(b.TempDir(), "data"))
	browser, cancel := chromedp.NewContext(chrome(b))
	defer cancel()
	if err := chromedp.Do(browser, chromedp.Navigate("about:blank")); err != nil {
		b.Fatal(err)
	}
	provinces := reform.Default().Units(reform.VN63, reform.Province)
	asOf := time.Now().UTC().Truncate(time.Second)
	board := func(n int) time.Duration {
		asOf = asOf.Add(time.Second) // another state of the data: no answer and no picture is kept
		var keys []string
		for _, u := range provinces[:n] {
			keys = append(keys, string(u.Key))
		}
		painted, parsed, charts := coldLook(b, browser, s.URL+"/analysis/board?index=pci&unit="+strings.Join(keys, ",")+"&as_of="+url.QueryEscape(asOf.Format(time.RFC3339)))
		if charts != n {
			b.Fatalf("%d charts, want %d", charts, n)
		}
		return max(painted, parsed)
	}
	board(2)
	var one, twenty []time.Duration
	for b.Loop() {
		one = append(one, board(1))
		twenty = append(twenty, board(20))
	}
	b.ReportMetric(ms(p95(twenty)), "ms/twenty-p95")
	b.ReportMetric(ms(median(twenty)), "ms/twenty")
	b.ReportMetric(ms(median(one)), "ms/one")
	b.ReportMetric(float64(median(twenty))/float64(median(one)), "twenty/one")
}

// BenchmarkResort sorts and filters the 63 rows of a league table in the page: script, style and layout
// until the next frame can be painted, which must not take longer than a frame of 60 a second lasts. Beside it the same on a
// processor of a quarter of the speed, as a phone has.
func BenchmarkResort(b *testing.B) {
	s := serve(b, filepath.Join(b.TempDir(), "data"))
	ctx, cancel := chromedp.NewContext(chrome(b))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	defer stop()
	const page = "/rankings/pci?period=2014"
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.URL+page), chromedp.Sleep(time.Second)); err != nil {
		b.Fatal(err)
	}
	took := func(script string) time.Duration {
		out, err := chromedp.Run(ctx, chromedp.Evaluate[float64](fmt.Sprintf(`(() => {
			const table = document.getElementById('league');
			if (table.querySelectorAll('tbody:not(.pinned) tr').length !== 63) throw new Error('not 63 rows');
			const began = performance.now();
			%s;
			table.getBoundingClientRect(); // style and layout now
			return performance.now() - began;
		})()`, script)))
		if err != nil {
			b.Fatal(err)
		}
		return time.Duration(out * float64(time.Millisecond))
	}
	speed := func(rate float64) {
		if err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: rate})
			return err
		})); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	sorted := func() time.Duration {
		n++
		return took(fmt.Sprintf(`{ const heads = table.querySelectorAll('th a.sort'); heads[%d %% heads.length].click(); }`, n))
	}
	filtered := func() time.Duration {
		n++
		return took(fmt.Sprintf(`{ const box = document.getElementById('find'); box.value = '%c'; box.dispatchEvent(new Event('input', {bubbles: true})); }`, 'a'+rune(n%8)))
	}
	var sort, filter, slowSort, slowFilter []time.Duration
	for b.Loop() {
		speed(1)
		sort, filter = append(sort, sorted()), append(filter, filtered())
		speed(4)
		slowSort, slowFilter = append(slowSort, sorted()), append(slowFilter, filtered())
	}
	const frame = time.Second / 60
	b.ReportMetric(ms(p95(sort)), "ms/sort-p95")
	b.ReportMetric(ms(p95(filter)), "ms/filter-p95")
	b.ReportMetric(ms(p95(slowSort)), "ms/slow-sort-p95")
	b.ReportMetric(ms(p95(slowFilter)), "ms/slow-filter-p95")
	b.ReportMetric(float64(p95(sort))/float64(frame), "sort/frame")
	b.ReportMetric(float64(p95(slowSort))/float64(frame), "slow-sort/frame")
}

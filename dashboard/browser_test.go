package dashboard

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chiso/internal/testshared"

	"github.com/chromedp/chromedp"
)

// browser starts Chromium, or skips loudly (fails in CI) where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	testshared.Need(t, "chromium", "chromium-browser", "google-chrome")
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	// The first context is the browser, those made from it are its tabs.
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// listen serves the fixture on a free port.
func (f *fixture) listen(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- f.Listen(ln) }()
	for !f.listening.Load() { // what Listen says of the address must stand before a test asks without it
		time.Sleep(time.Millisecond)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := f.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Errorf("%.60s: %v", script, err)
	}
	return v
}

// checkAxe runs axe-core in the page: WCAG 2.2 A and AA and good practice.
func checkAxe(t *testing.T, ctx context.Context, where string) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Log("SKIPPED: axe-core is not installed; npm ci brings it")
		return
	}
	evaluate[int](t, ctx, string(src)+";1")
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})
		.then(r => r.violations.map(v => v.id + ': ' + v.help + ' // ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.failureSummary || '').slice(0, 220)).join(' // ')))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Error(err)
	}
	for _, f := range found {
		t.Errorf("%s: axe: %s", where, f)
	}
}

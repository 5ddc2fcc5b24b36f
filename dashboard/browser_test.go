package dashboard

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devlog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts Chromium, or skips loudly (fails in CI) where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		const msg = "SKIPPED: no Chromium; `make test` installs it where it may, else: apt-get install chromium"
		if os.Getenv("CI") != "" {
			t.Fatal(msg)
		}
		t.Skip(msg)
	}
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

// look is one view of a page.
type look struct {
	path   string
	width  int64
	dark   bool
	script bool
}

func (l look) String() string {
	name := strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "-", ":", "-").Replace(l.path)
	return fmt.Sprintf("%s-%d-%s%s", name, l.width, map[bool]string{true: "dark", false: "light"}[l.dark], map[bool]string{true: "", false: "-noscript"}[l.script])
}

// open shows a page and returns what went wrong in the browser.
func (l look) open(t *testing.T, parent context.Context, base string, actions ...chromedp.Action[chromedp.Void]) (errors []string) {
	t.Helper()
	var mu sync.Mutex
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithListener(func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, base) && !strings.HasPrefix(e.Request.URL, "data:") {
				errors = append(errors, "request to "+e.Request.URL)
			}
		case *devlog.EventEntryAdded:
			errors = append(errors, e.Entry.Text+" "+e.Entry.URL)
		case *runtime.EventExceptionThrown:
			errors = append(errors, e.ExceptionDetails.Text)
		}
	}))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	scheme := map[bool]string{true: "dark", false: "light"}[l.dark]
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
				return err
			}
			if _, err := chromedp.Call(ctx, devlog.Enable, cdp.Empty{}); err != nil {
				return err
			}
			if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !l.script}); err != nil {
				return err
			}
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
			return err
		}),
		chromedp.EmulateViewport(l.width, 900),
		chromedp.Navigate(base + l.path),
		chromedp.Sleep(200 * time.Millisecond),
	}
	if l.script {
		// The charts come alive after the first paint.
		steps = append(steps, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[int](`new Promise(done => { const began = Date.now(); (function look() {
				if (!document.querySelector('.canvas:not(.live)') || Date.now() - began > 5000) done(1); else setTimeout(look, 20); })(); })`, chromedp.EvalAwaitPromise))
			return err
		}))
	}
	if err := chromedp.Do(ctx, append(steps, actions...)...); err != nil {
		t.Errorf("%s: %v", l, err)
	}
	mu.Lock()
	defer mu.Unlock()
	return errors
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
func checkAxe(t *testing.T, ctx context.Context) {
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
		t.Errorf("axe: %s", f)
	}
}

// CHISO_SHOTS names a folder in which pictures of the pages are left, to be looked at.
func TestInBrowser(t *testing.T) {
	parent := browser(t)
	f := newFixture(t)
	base := f.listen(t)
	if other := os.Getenv("CHISO_SHOTS_OF"); other != "" {
		base = other // a server with real data, to look at
	}
	shots := os.Getenv("CHISO_SHOTS")
	var looks []look
	for _, p := range []string{"/", "/rankings/papi", "/units/vn63/long-an", "/units/vn34/tay-ninh", "/units/vn63/long-an?index=s766", "/indices/papi", "/documents/" + docHeld, "/rankings/pci?period=2014&sort=-score", "/rankings/s766?period=2025", "/units/vn63/hau-giang", "/rankings/dept", "/rankings/dossiers", "/units/vn63/long-an?index=pci", "/indices/s766", "/compare?index=papi&unit=vn63:80&unit=vn63:82", "/load", "/rankings/par?period=2019", "/rankings/sipas", "/search?q=dong+thap", "/units", "/conflicts", "/sources", "/facts?index=par&unit=vn63:80&period=2019", "/indices", "/indices/par", "/runs/run-1", "/review", "/review/c0ffee01", "/sources/pci-site", "/conflicts/number?index=par&unit=vn63:80&period=2019&basis=2019&measure=place", "/units/vn63/long-an?as_of=2024-10-15"} {
		looks = append(looks, look{p, 1440, false, true}, look{p, 390, true, true})
		if os.Getenv("CHISO_SHOTS_ALL") != "" {
			looks = append(looks, look{p, 1440, true, true}, look{p, 390, false, false}, look{p, 2560, false, true})
		}
	}
	for _, l := range looks {
		t.Run(l.String(), func(t *testing.T) {
			check := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
				if n := evaluate[int](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); n > 0 {
					t.Errorf("the page is %d pixels too wide: %s", n, evaluate[string](t, ctx, `[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0,4).map(e => e.tagName + '.' + e.getAttribute('class')).join(', ')`))
				}
				if l.script {
					if n := evaluate[int](t, ctx, `document.querySelectorAll('.canvas:not(.live)').length`); n > 0 {
						t.Errorf("%d charts did not come alive", n)
					}
				}
				if l.script {
					checkAxe(t, ctx)
				}
				if shots == "" {
					return nil
				}
				b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					return err
				}
				return os.WriteFile(filepath.Join(shots, l.String()+".png"), b, 0o600)
			})
			for _, e := range l.open(t, parent, base, check) {
				t.Errorf("in the browser: %s", e)
			}
		})
	}
}

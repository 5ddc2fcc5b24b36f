package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"chiso/internal/testshared"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devlog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// pages are pages that a reader meets, with the shipped facts loaded. That every page holds up at
// every width is tested in the dashboard's room; here the program as a whole stands behind them.
var pages = []string{
	"/",
	"/rankings/pci?period=2014",
	"/rankings/s766?period=2025",
	"/live?period=2025",
	"/live?unit=vn34:24",
	"/units/vn63/long-an",
	"/units/vn63/long-an?index=s766&period=2023",
	"/units/vn34/tay-ninh",
	"/indices/papi",
	"/sources",
	"/review",
	"/deck",
	"/no-such-page",
}

// chrome starts one browser for a test, or skips loudly (fails in CI) where there is none.
func chrome(t testing.TB) context.Context {
	t.Helper()
	testshared.Need(t, "chromium", "chromium-browser", "google-chrome")
	opts := slices.Clone(chromedp.DefaultExecAllocatorOptions[:])
	opts = append(opts, chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	return ctx
}

// visit is what one look at a page brought.
type visit struct {
	requests []string
	bytes    float64 // encoded, on the wire
	errors   []string
}

// watched is a visit under way; the browser's events come while the page is looked at.
type watched struct {
	mu sync.Mutex
	visit
}

// look opens a page at a size and in a theme, waits until it is at rest, and runs the actions.
func look(t *testing.T, browser context.Context, address string, width int64, dark bool, script bool, actions ...chromedp.Action[chromedp.Void]) visit {
	t.Helper()
	v := &watched{}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithListener(func(ev any) {
		v.mu.Lock()
		defer v.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			v.requests = append(v.requests, e.Request.URL)
		case *network.EventLoadingFinished:
			v.bytes += e.EncodedDataLength
		case *devlog.EventEntryAdded:
			if e.Entry.Level == devlog.EntryLevelError {
				v.errors = append(v.errors, e.Entry.Text+" "+e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			v.errors = append(v.errors, e.ExceptionDetails.Text)
		}
	}))
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 60*time.Second)
	defer stop()
	theme := "light"
	if dark {
		theme = "dark"
	}
	steps := []chromedp.Action[chromedp.Void]{
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
				return err
			}
			if _, err := chromedp.Call(ctx, devlog.Enable, cdp.Empty{}); err != nil {
				return err
			}
			if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !script}); err != nil {
				return err
			}
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
			return err
		}),
		chromedp.EmulateViewport(width, 900),
		chromedp.Navigate(address),
		chromedp.Sleep(700 * time.Millisecond), // what comes after the first paint: scripts, the chart's take-over
	}
	if err := chromedp.Do(ctx, append(steps, actions...)...); err != nil {
		t.Errorf("%s at %d: %v", address, width, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return visit{requests: slices.Clone(v.requests), bytes: v.bytes, errors: slices.Clone(v.errors)}
}

// axe runs axe-core in the page and reports each violation of WCAG 2.2 A and AA.
func axe(t *testing.T, name string) chromedp.Action[chromedp.Void] {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatalf("axe-core is not installed: run `make test`: %v", err)
	}
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[*int](string(src)+";1")); err != nil {
			return err
		}
		out, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']})
			.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + ' // ' + (n.failureSummary || '').slice(0, 200))}))))`, chromedp.EvalAwaitPromise))
		if err != nil {
			return err
		}
		var found []struct {
			ID, Help string
			Nodes    []string
		}
		if err := json.Unmarshal([]byte(out), &found); err != nil {
			return err
		}
		for _, f := range found {
			t.Errorf("%s: %s: %s\n\t%s", name, f.ID, f.Help, strings.Join(f.Nodes, "\n\t"))
		}
		return nil
	})
}

// themes are light on the wide screen and dark on the phone; all where somebody looks at the pictures.
func themes(all bool, width int64) []bool {
	if all {
		return []bool{false, true}
	}
	return []bool{width < 500}
}

// TestPagesInBrowser opens pages of the real program at both widths.
func TestPagesInBrowser(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	browser := chrome(t)
	own, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	shots := os.Getenv("CHISO_SHOTS") // a folder: keep pictures to look at
	for _, page := range pages {
		for _, width := range []int64{1440, 390} {
			for _, dark := range themes(shots != "", width) {
				name := fmt.Sprintf("%s at %d, dark %v", page, width, dark)
				t.Run(name, func(t *testing.T) {
					check := chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
						over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
						if err != nil {
							return err
						}
						if over > 0 {
							wide, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + '.' + (e.getAttribute('class') || '')).join(', ')`))
							t.Errorf("the page is %d pixels wider than its window: %s", over, wide)
						}
						empty, err := chromedp.Run(ctx, chromedp.Evaluate[int](`[...document.querySelectorAll('figure')].filter(f => !f.querySelector('svg, canvas')).length`))
						if err != nil {
							return err
						}
						if empty > 0 {
							t.Errorf("%d figures without a picture", empty)
						}
						missing, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.body.innerText.includes('{{')`))
						if err != nil {
							return err
						}
						if missing {
							t.Error("the page shows the key of a text that is missing")
						}
						if shots != "" {
							b, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
							if err != nil {
								return err
							}
							file := strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "-").Replace(page)
							return os.WriteFile(filepath.Join(shots, fmt.Sprintf("%s-%d-%v.png", file, width, map[bool]string{false: "light", true: "dark"}[dark])), b, 0o600)
						}
						return nil
					})
					v := look(t, browser, s.URL+page, width, dark, true, check, axe(t, name))
					for _, r := range v.requests {
						u, err := url.Parse(r)
						if err != nil || (u.Host != own.Host && u.Scheme != "data" && u.Scheme != "blob") {
							t.Errorf("a request left the host: %s", r)
						}
					}
					for _, e := range v.errors {
						if page == "/no-such-page" && strings.Contains(e, "404") {
							continue
						}
						t.Errorf("in the browser: %s", e)
					}
				})
			}
		}
	}
}

// TestPagesWithoutScript: pictures and numbers are there when scripts are off.
func TestPagesWithoutScript(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	code, body := s.get(t, "/units/vn63/long-an")
	if code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	for _, want := range []string{"<svg", "<table", "5/63", "20/63"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of Long An lacks %q without scripts", want)
		}
	}
	if strings.Contains(body, " style=\"") || strings.Contains(body, "javascript:") || strings.Contains(body, " onclick=") {
		t.Error("the page needs inline style or script, which its own policy forbids")
	}
}

// TestRankPageBudget: what the rank page costs a slow office line.
func TestRankPageBudget(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	// A browser of its own for each visit: the second would find its files kept.
	v := look(t, chrome(t), s.URL+"/units/vn63/long-an", 1440, false, true)
	t.Logf("rank page: %d requests, %.0f kB on the wire, interactive", len(v.requests), v.bytes/1000)
	if len(v.requests) > 7 || v.bytes > 400_000 {
		t.Errorf("interactive: %d requests, %.0f kB; the budget is 7 and 400 kB: %v", len(v.requests), v.bytes/1000, v.requests)
	}
	v = look(t, chrome(t), s.URL+"/units/vn63/long-an", 1440, false, false)
	t.Logf("rank page: %d requests, %.0f kB on the wire, readable", len(v.requests), v.bytes/1000)
	if len(v.requests) > 4 || v.bytes > 120_000 {
		t.Errorf("readable: %d requests, %.0f kB; the budget is 4 and 120 kB: %v", len(v.requests), v.bytes/1000, v.requests)
	}
}

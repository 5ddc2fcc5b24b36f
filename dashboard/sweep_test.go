package dashboard

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
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

// notPages are addresses of GET routes that answer with no page of their own: files, parts of a
// page, redirections, and streams.
var notPages = regexp.MustCompile(`^/(static/|favicon|robots|api/|figures/:file|tables/:name|embed/|oembed|documents/:id/raw|load/(template|mapping)|log(in|out)|live/(stream|events)|goals\.csv$|owners$|export/[a-z-]+\.[a-z]+|deck/(file|recipe|slides\.yaml)$)`)

// TestEveryRouteIsSwept: a page that is added is in readingPages, which the checks of this room and
// the browser go through, or it is no page and stands in notPages.
func TestEveryRouteIsSwept(t *testing.T) {
	f := newFixture(t)
	for _, r := range f.App().GetRoutes(true) {
		if r.Method != "GET" || notPages.MatchString(r.Path) {
			continue
		}
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`:[a-z_]+`).ReplaceAllString(strings.ReplaceAll(regexp.QuoteMeta(r.Path), `\*`, ".*"), `[^/?]+`) + `$`)
		if !slices.ContainsFunc(readingPages, func(p string) bool {
			p, _, _ = strings.Cut(p, "?")
			return pattern.MatchString(p)
		}) {
			t.Errorf("the page %s is in no list of pages: add an address with data behind it to readingPages", r.Path)
		}
	}
}

// setting is how a reader looks at the pages.
type setting struct {
	script, dark, phone bool
	lang                string
}

func (s setting) String() string {
	pick := func(yes bool, a, b string) string {
		if yes {
			return a
		}
		return b
	}
	return pick(s.phone, "phone", "desk") + "-" + s.lang + "-" + pick(s.dark, "dark", "light") + "-" + pick(s.script, "script", "noscript")
}

// widths are the windows in which a page is looked at: it is opened in the first and then made wider or narrower.
// 320 pixels are a window of 1280 at 400 per cent.
func (s setting) widths() []int64 {
	if s.phone {
		return []int64{390, 320}
	}
	return []int64{1440, 2560}
}

// tab is a tab of a browser with cookies of its own.
type tab struct {
	ctx  context.Context
	base string
	mu   sync.Mutex
	bad  []string // what went wrong since the last look
}

const phoneAgent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"

// newTab opens a tab as a reader with the setting has it.
func newTab(t *testing.T, parent context.Context, base string, s setting) *tab {
	t.Helper()
	b := &tab{base: base}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext(), chromedp.WithListener(func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, base) && !strings.HasPrefix(e.Request.URL, "data:") && !strings.HasPrefix(e.Request.URL, "blob:") {
				b.bad = append(b.bad, "request to "+e.Request.URL)
			}
		case *devlog.EventEntryAdded:
			b.bad = append(b.bad, e.Entry.Text+" "+e.Entry.URL)
		case *runtime.EventExceptionThrown:
			b.bad = append(b.bad, e.ExceptionDetails.Text)
		}
	}))
	t.Cleanup(cancel)
	b.ctx = ctx
	scheme := map[bool]string{true: "dark", false: "light"}[s.dark]
	cookies := map[string]string{langCookie: s.lang}
	if s.dark && !s.script {
		cookies[themeCookie] = "dark" // the server draws for the choice of the page, the script for that of the system
	}
	set := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, devlog.Enable, cdp.Empty{}); err != nil {
			return err
		}
		if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !s.script}); err != nil {
			return err
		}
		if s.phone {
			if _, err := chromedp.Call(ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: phoneAgent}); err != nil {
				return err
			}
		}
		for name, value := range cookies {
			if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: base}); err != nil {
				return err
			}
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
	if err := chromedp.Do(ctx, set); err != nil {
		t.Fatal(err)
	}
	return b
}

// alive waits until the charts of the page are taken over by the script.
const alive = `new Promise(done => { const began = Date.now(); (function look() {
	if (!document.querySelector('.canvas:not(.live)') || Date.now() - began > 5000) done(1); else setTimeout(look, 15); })(); })`

// open shows a page in a window of the width.
func (b *tab) open(ctx context.Context, path string, width int64, script bool) error {
	b.mu.Lock()
	b.bad = nil
	b.mu.Unlock()
	steps := []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(width, 900), chromedp.Navigate(b.base + path)}
	if script {
		steps = append(steps, waitAlive())
	}
	return chromedp.Do(ctx, steps...)
}

func waitAlive() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[int](alive, chromedp.EvalAwaitPromise))
		return err
	})
}

// resize makes the window another width; the script redraws its charts after a moment.
func (b *tab) resize(ctx context.Context, width int64, script bool) error {
	steps := []chromedp.Action[chromedp.Void]{chromedp.EmulateViewport(width, 900)}
	if err := chromedp.Do(ctx, steps...); err != nil || !script {
		return err
	}
	charts, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll('.canvas').length`))
	if err != nil || charts == 0 {
		return err
	}
	return chromedp.Do(ctx, chromedp.Sleep(300*time.Millisecond), waitAlive())
}

func (b *tab) wrong() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.bad)
}

// layout finds what is wrong with a page as it stands: it scrolls sideways, a label of a chart lies over
// another or is cut, a text is missing, a chart is not there.
const layout = `(() => {
const bad = [];
const name = (e) => e.tagName.toLowerCase() + '.' + (e.getAttribute('class') || '');
const scrolls = (e) => { for (; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== 'visible') return true; return false; };
const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
if (over > 0) bad.push('the page is ' + over + ' px too wide: ' + [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement)).slice(-4).map(name).join(', '));
if (/\{\{[a-z][a-z0-9_.]*\}\}/.test(document.body.innerText)) bad.push('a text is missing');
for (const f of document.querySelectorAll('figure.fig')) if (!f.querySelector('svg') && !f.querySelector('.nodraw')) bad.push('a chart has no picture: ' + f.id);
for (const svg of document.querySelectorAll('svg')) {
	const frame = svg.getBoundingClientRect();
	if (frame.width === 0) continue;
	const labels = [];
	for (const t of svg.querySelectorAll('text')) {
		const text = t.textContent.trim();
		const style = getComputedStyle(t);
		if (!text || style.visibility === 'hidden' || style.display === 'none' || style.fill === 'none' || Number(style.opacity) === 0 || Number(style.fillOpacity) === 0) continue;
		const r = t.getBoundingClientRect();
		if (r.width === 0) continue;
		// A box is as high as the line, a letter is not.
		const inset = Math.min(r.width, r.height) * 0.2;
		labels.push({ text, l: r.left + (r.width < r.height ? inset : 1), r: r.right - (r.width < r.height ? inset : 1), t: r.top + (r.width < r.height ? 1 : inset), b: r.bottom - (r.width < r.height ? 1 : inset) });
		if (r.left < frame.left - 1.5 || r.right > frame.right + 1.5 || r.top < frame.top - r.height * 0.25 || r.bottom > frame.bottom + r.height * 0.25)
			bad.push('a label is cut: "' + text + '" in ' + (svg.closest('figure') || svg).id);
	}
	labels.sort((a, b) => a.t - b.t);
	let shown = 0;
	for (let i = 0; i < labels.length && shown < 3; i++) for (let j = i + 1; j < labels.length && labels[j].t < labels[i].b && shown < 3; j++) {
		const a = labels[i], b = labels[j];
		if (a.l < b.r && b.l < a.r) { shown++; bad.push('label over label: "' + a.text + '" and "' + b.text + '" in ' + (svg.closest('figure') || svg).id); }
	}
}
return bad;
})()`

// TestLayoutSees: the check of the layout finds what it is there to find.
func TestLayoutSees(t *testing.T) {
	parent := browser(t)
	f := newFixture(t)
	b := newTab(t, parent, f.listen(t), setting{lang: "vi", script: true})
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	if err := b.open(ctx, "/indices", 1440, true); err != nil {
		t.Fatal(err)
	}
	if found := evaluate[[]string](t, ctx, layout); len(found) > 0 {
		t.Fatalf("a good page is blamed: %q", found)
	}
	for what, markup := range map[string]string{
		"too wide":         `<div class="wide">x</div>`,
		"label over label": `<svg width="200" height="60"><text x="10" y="30">Long An</text><text x="40" y="33">Tây Ninh</text></svg>`,
		"a label is cut":   `<svg width="60" height="60"><text x="10" y="30">Thành phố Hồ Chí Minh</text></svg>`,
		"no picture":       `<figure class="fig"></figure>`,
		"text is missing":  `{{unit.title}}`,
	} {
		script := fmt.Sprintf(`(() => { const d = document.createElement('div'); d.innerHTML = %q; document.querySelector('main').append(d); for (const e of d.querySelectorAll('.wide')) e.style.width = '3000px'; const found = %s; d.remove(); return found; })()`, markup, layout)
		if found := evaluate[[]string](t, ctx, script); !strings.Contains(strings.Join(found, "; "), what) {
			t.Errorf("%s: found %q", what, found)
		}
	}
	for _, fine := range []string{`<svg width="200" height="60"><text x="10" y="20">Long An</text><text x="10" y="34">Tây Ninh</text></svg>`} {
		script := fmt.Sprintf(`(() => { const d = document.createElement('div'); d.innerHTML = %q; document.querySelector('main').append(d); const found = %s; d.remove(); return found; })()`, fine, layout)
		if found := evaluate[[]string](t, ctx, script); len(found) > 0 {
			t.Errorf("two lines below each other are blamed: %q", found)
		}
	}
}

// TestInBrowser opens every page in Chromium as every reader has it: on a desk and on a phone, light
// and dark, in both languages, with and without a script, and in a wider and a narrower window each.
// CHISO_SHOTS names a folder in which pictures are left, CHISO_SHOTS_OF the address of a server with real data to look at.
func TestInBrowser(t *testing.T) {
	parent := browser(t)
	f := newFixture(t)
	base := f.listen(t)
	if other := os.Getenv("CHISO_SHOTS_OF"); other != "" {
		base = other
	}
	// Half of the sixteen readers, chosen so that whatever three of the four choices are made together by
	// somebody are made together by one of the eight; CHISO_SETTINGS=. looks with the eyes of all.
	only := os.Getenv("CHISO_SETTINGS") // or desk-vi-light-script, while a page is worked on
	some, err := regexp.Compile(only)
	if err != nil {
		t.Fatal(err)
	}
	var settings []setting
	for _, script := range []bool{true, false} {
		for _, phone := range []bool{false, true} {
			for _, lang := range []string{"vi", "en"} {
				for _, dark := range []bool{false, true} {
					s := setting{script: script, dark: dark, phone: phone, lang: lang}
					half := (script == phone) != (dark == (lang == "en"))
					if (only != "" || half) && some.MatchString(s.String()) {
						settings = append(settings, s)
					}
				}
			}
		}
	}
	// One look alone before two are taken at once. The packages that the race detector does not watch (Makefile) bring
	// their own copies of the code of sync.Map, and the linker takes one for all: types that two goroutines meet for the first
	// time together, in encoding/json and in the browser's protocol, are then taken for a race.
	first := newTab(t, parent, base, setting{script: true, lang: "vi"})
	alone, stop := context.WithTimeout(first.ctx, time.Minute)
	if err := first.open(alone, "/units/vn63/long-an?index=papi", 390, true); err != nil {
		t.Error(err)
	}
	stop()
	began := time.Now()
	var looks sync.WaitGroup
	free := make(chan struct{}, 2)
	for _, s := range settings {
		looks.Add(1)
		free <- struct{}{}
		b := newTab(t, parent, base, s)
		go func() {
			defer func() { <-free; looks.Done() }()
			sweep(t, b, s)
		}()
	}
	looks.Wait()
	t.Logf("%d pages in %d settings: %s", len(readingPages), len(settings), time.Since(began).Round(time.Second))
}

// sweptPages are the pages to look at: all, or those that CHISO_PAGES names while one is worked on.
func sweptPages(t *testing.T) []string {
	some, err := regexp.Compile(os.Getenv("CHISO_PAGES"))
	if err != nil {
		t.Error(err)
		return nil
	}
	return slices.DeleteFunc(slices.Clone(readingPages), func(p string) bool { return !some.MatchString(p) })
}

func sweep(t *testing.T, b *tab, s setting) {
	shots := os.Getenv("CHISO_SHOTS")
	// Accessibility is looked at where most differs: each theme, each language, each layout.
	axe := s.script && (s == setting{script: true, lang: "vi"} || s == setting{script: true, lang: "en", dark: true} || s == setting{script: true, lang: "vi", dark: true, phone: true})
	for _, path := range sweptPages(t) {
		ctx, stop := context.WithTimeout(b.ctx, time.Minute)
		check := func(width int64) {
			for _, bad := range evaluate[[]string](t, ctx, layout) {
				t.Errorf("%s, %s at %d: %s", path, s, width, bad)
			}
		}
		first, then := s.widths()[0], s.widths()[1]
		if err := b.open(ctx, path, first, s.script); err != nil {
			t.Errorf("%s, %s: %v", path, s, err)
			stop()
			continue
		}
		check(first)
		if n := evaluate[int](t, ctx, `document.querySelectorAll('.canvas:not(.live)').length`); s.script && n > 0 {
			t.Errorf("%s, %s: %d charts did not come alive", path, s, n)
		}
		if axe {
			checkAxe(t, ctx, path+", "+s.String())
		}
		if shots != "" {
			name := regexp.MustCompile(`[/?&=:]+`).ReplaceAllString(strings.TrimPrefix(path, "/"), "_")
			if png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100)); err != nil {
				t.Errorf("%s, %s: %v", path, s, err)
			} else if err := os.WriteFile(filepath.Join(shots, fmt.Sprintf("%s-%s.png", name, s)), png, 0o600); err != nil {
				t.Error(err)
			}
		}
		if err := b.resize(ctx, then, s.script); err != nil {
			t.Errorf("%s, %s: %v", path, s, err)
		} else {
			check(then)
		}
		for _, bad := range b.wrong() {
			if u, err := url.Parse(path); err == nil && u.Path == bad {
				continue
			}
			t.Errorf("%s, %s: in the browser: %s", path, s, bad)
		}
		stop()
	}
}

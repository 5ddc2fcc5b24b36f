package dashboard

import (
	"context"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// focusable walks through everything that a keyboard reaches and finds what shows no focus, is not to
// be seen when it has it, has no name, or is too small to hit.
const focusable = `(() => {
const bad = [], what = (e) => e.outerHTML.slice(0, 120);
const all = [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex="0"]')].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && !e.closest('details:not([open]) > :not(summary)'));
for (const e of all) {
	e.focus();
	if (document.activeElement !== e) { bad.push('takes no focus: ' + what(e)); continue; }
	const lined = (x) => x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) >= 2;
	if (!lined(e) && !lined(e.closest('.strip'))) bad.push('shows no focus: ' + what(e));
	const r = e.getBoundingClientRect();
	if (r.width < 1 || r.height < 1 || r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) bad.push('is out of sight with the focus: ' + what(e));
	if (!['INPUT', 'SELECT', 'TEXTAREA'].includes(e.tagName) && !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim() || e.title)) bad.push('has no name: ' + what(e));
	if (['BUTTON', 'SELECT', 'SUMMARY'].includes(e.tagName) && (r.height < 24 || r.width < 24)) bad.push('is smaller than 24 px: ' + what(e));
}
return [String(all.length), ...bad];
})()`

// TestKeyboard: every control of a page can be reached and seen with the keyboard alone, a chart's points too,
// and what is copied is the words, the table and the link of the chart.
func TestKeyboard(t *testing.T) {
	parent := browser(t)
	f := newFixture(t)
	base := f.listen(t)
	s := setting{script: true, lang: "vi"}
	b := newTab(t, parent, base, s)
	ctx, stop := context.WithTimeout(b.ctx, 3*time.Minute)
	defer stop()
	for _, path := range []string{"/", "/units/vn63/long-an?index=papi", "/rankings/papi", "/compare?index=papi&unit=vn63:80&unit=vn63:82", "/load", "/indices/papi", "/review/c0ffee01"} {
		if err := b.open(ctx, path, 1440, true); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		// The first key leads to the link that skips the head of the page.
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		if got := evaluate[string](t, ctx, `document.activeElement.getAttribute('href') || ''`); got != "#main" {
			t.Errorf("%s: the first key leads to %q, want #main", path, got)
		}
		found := evaluate[[]string](t, ctx, focusable)
		if len(found) > 0 && len(found[0]) < 2 {
			t.Errorf("%s: only %s controls", path, found[0])
		}
		for i, bad := range found {
			if i > 0 {
				t.Errorf("%s: %s", path, bad)
			}
		}
	}
	if err := b.open(ctx, "/units/vn63/long-an", 1440, true); err != nil {
		t.Fatal(err)
	}
	// The points of a chart are read out one after the other.
	evaluate[int](t, ctx, `document.querySelector('#history .canvas').focus(), 1`)
	var said []string
	for range 2 {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.ArrowRight), chromedp.Sleep(150*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		said = append(said, evaluate[string](t, ctx, `document.querySelector('#history [aria-live]').textContent`))
	}
	if said[0] == "" || said[0] == said[1] || !strings.Contains(said[0]+said[1], "/63") {
		t.Errorf("the arrow keys say %q", said)
	}
	// On a map of squares the arrows lead to the neighbours.
	if err := b.open(ctx, "/rankings/papi?period=2016&layout=tiles", 1440, true); err != nil {
		t.Fatal(err)
	}
	evaluate[int](t, ctx, `document.querySelector('.canvas').focus(), 1`)
	var at [2]float64
	for i, key := range []string{kb.ArrowDown, kb.ArrowDown, kb.ArrowDown, kb.ArrowRight, kb.ArrowUp, kb.ArrowLeft} {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(key), chromedp.Sleep(150*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		got := evaluate[[]float64](t, ctx, `(() => {
			const said = document.querySelector('.canvas [aria-live]').textContent;
			const all = echarts.getInstanceByDom(document.querySelector('.canvas.live > div')).getOption().series.flatMap(s => s.data);
			const found = all.filter(d => said.startsWith(d.name) || said.includes(d.name + '\n'));
			return found.length === 1 ? found[0].value.slice(0, 2) : [-1, -1, found.length];
		})()`)
		if len(got) != 2 {
			t.Fatalf("key %d: what is read out is no one square: %v", i, got)
		}
		dx, dy := got[0]-at[0], got[1]-at[1]
		ok := map[string]bool{kb.ArrowDown: dy > 0 && math.Abs(dx) <= dy, kb.ArrowUp: dy < 0 && math.Abs(dx) <= -dy, kb.ArrowRight: dx > 0 && math.Abs(dy) <= dx, kb.ArrowLeft: dx < 0 && math.Abs(dy) <= -dx}[key]
		if i > 0 && !ok {
			t.Errorf("key %d leads from %v to %v", i, at, got)
		}
		at = [2]float64(got)
	}
	// Copying: what would go to the clipboard is caught, once with the clipboard of a safe page and once without.
	const catchNew = `navigator.clipboard.writeText = (t) => { window.copied = t; return Promise.resolve(); };
		navigator.clipboard.write = async (items) => { window.copied = await (await items[0].getType(items[0].types.includes('image/png') ? 'image/png' : 'text/plain')).text(); }; 1`
	const catchOld = `Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }); document.execCommand = () => { const e = document.activeElement; window.copied = e.tagName === 'TEXTAREA' ? e.value.slice(e.selectionStart, e.selectionEnd) : getSelection().toString(); return true; }; 1`
	for _, way := range []string{catchNew, catchOld} {
		if err := b.open(ctx, "/units/vn63/long-an", 1440, true); err != nil {
			t.Fatal(err)
		}
		evaluate[int](t, ctx, way)
		evaluate[int](t, ctx, `document.querySelector('#history .menu').open = true, 1`)
		for kind, want := range map[string]string{"link": "#history", "text": "Nguồn:", "table": "5/63"} {
			got := evaluateLater(t, ctx, `(async () => { window.copied = ''; document.querySelector('#history button[data-copy=`+kind+`]').click(); await new Promise(r => setTimeout(r, 100)); return window.copied; })()`)
			if !strings.Contains(got, want) {
				t.Errorf("copy %s: got %q, want it to hold %q", kind, clip(got, 200), want)
			}
			if kind == "table" && !strings.Contains(got, "\t") {
				t.Errorf("the copied table has no columns: %q", clip(got, 200))
			}
		}
		got := evaluateLater(t, ctx, `(async () => { document.querySelector('.brief button').click(); await new Promise(r => setTimeout(r, 100)); return window.copied; })()`)
		if !strings.Contains(got, "xếp hạng 5/63") || !strings.Contains(got, "rev=") {
			t.Errorf("the copied words are %q", clip(got, 300))
		}
	}
	// Where even the old way is refused, the text stands in a field, selected.
	got := evaluateLater(t, ctx, `(async () => { document.execCommand = () => false; document.querySelector('.brief button').click(); await new Promise(r => setTimeout(r, 100)); const e = document.activeElement; return e.value.slice(e.selectionStart, e.selectionEnd); })()`)
	if !strings.Contains(got, "xếp hạng 5/63") {
		t.Errorf("the field to copy by hand holds %q", clip(got, 200))
	}
}

func evaluateLater(t *testing.T, ctx context.Context, script string) string {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Errorf("%.80s: %v", script, err)
	}
	return v
}

// TestOnPaper: a dark page is printed light, without what only a screen has, and no chart is cut in two.
func TestOnPaper(t *testing.T) {
	parent := browser(t)
	f := newFixture(t)
	base := f.listen(t)
	b := newTab(t, parent, base, setting{script: true, lang: "vi", dark: true})
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	if err := b.open(ctx, "/units/vn63/long-an?index=papi", 1440, true); err != nil {
		t.Fatal(err)
	}
	paper := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	})
	if err := chromedp.Do(ctx, paper); err != nil {
		t.Fatal(err)
	}
	const look = `(() => {
		const bad = [], css = (q, p) => { const e = document.querySelector(q); return e ? getComputedStyle(e)[p] : 'none'; };
		for (const q of ['.top', '.foot', '.skip', '.menu', '.tabs', '.brief button', '.numbers:not([open])', '.filters']) if (document.querySelector(q) && document.querySelector(q).checkVisibility()) bad.push(q + ' is printed');
		if (css('body', 'color') !== 'rgb(0, 0, 0)') bad.push('the text is ' + css('body', 'color'));
		for (const q of ['.fig', '.card']) if (css(q, 'backgroundColor') !== 'rgb(255, 255, 255)') bad.push(q + ' has the ground ' + css(q, 'backgroundColor'));
		for (const f of document.querySelectorAll('.fig')) if (getComputedStyle(f).breakInside !== 'avoid') bad.push(f.id + ' may be cut in two');
		for (const c of document.querySelectorAll('.canvas')) if (c.dataset.drawn !== 'dark' || !getComputedStyle(c.querySelector('svg')).filter.includes('invert')) bad.push('a dark chart stays dark: ' + c.dataset.drawn);
		if (!document.querySelector('.source').checkVisibility()) bad.push('the sources are not printed');
		if (!document.querySelector('.onlyprint').checkVisibility()) bad.push('the day is not printed');
		return bad;
	})()`
	for _, bad := range evaluate[[]string](t, ctx, look) {
		t.Error(bad)
	}
	if file := os.Getenv("CHISO_PAPER"); file != "" { // a file to look at
		pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

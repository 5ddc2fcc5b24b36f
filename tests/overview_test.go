package tests

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOverviewFits: a leader sees everything on one screen of 1440 by 900 without scrolling, with the
// shipped facts: the choice of the unit, a strip for every index, what moved, and the live card.
func TestOverviewFits(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	browser := chrome(t)
	const script = `(() => {
const bad = [];
const high = document.documentElement.scrollHeight;
if (high > 900) bad.push('the page is ' + high + ' pixels high');
for (const part of ['#unit-picker', '.strips .strip', '.moved', '.livecard']) {
  const found = [...document.querySelectorAll(part)];
  if (found.length === 0) { bad.push('there is no ' + part); continue; }
  for (const e of found) {
    const r = e.getBoundingClientRect();
    if (r.height === 0 || r.top < 0 || r.bottom > 900 || r.left < 0 || r.right > 1440) bad.push(part + ' lies at ' + [r.left, r.top, r.right, r.bottom].map(Math.round));
  }
}
const blocks = [...document.querySelectorAll('.strip, .moved, .livecard, .board-foot, #unit-picker')].map(e => [e, e.getBoundingClientRect()]);
for (const [i, [a, p]] of blocks.entries()) for (const [b, q] of blocks.slice(i + 1)) {
  if (a.contains(b) || b.contains(a)) continue;
  if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1) bad.push(a.className + ' lies over ' + b.className);
}
return bad.join('; ');
})()`
	for _, unit := range []string{"vn63:80", "vn63:72", "vn63:01", "vn63:27", "vn63:93", "vn63:46"} {
		for _, lang := range []string{"vi", "en"} {
			name := fmt.Sprintf("%s %s", unit, lang)
			t.Run(strings.ReplaceAll(name, " ", "/"), func(t *testing.T) {
				look(t, browser, s.URL+"/?unit="+unit+"&lang="+lang, 1440, false, true, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
					bad, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
					if err == nil && bad != "" {
						t.Error(bad)
					}
					return err
				}))
			})
		}
	}
}

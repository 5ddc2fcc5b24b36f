package tests

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A step is one thing that a reader does: he goes to the control with the keyboard, and presses Enter
// or, in a list, types the beginning of his choice.
type step struct{ control, types string }

// TestWalks: what a new user comes for lies at most four steps from the first page, with the shipped
// facts, and the keyboard alone leads there.
func TestWalks(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	browser := chrome(t)
	press := func(controls ...string) (steps []step) {
		for _, c := range controls {
			steps = append(steps, step{control: c})
		}
		return steps
	}
	const (
		par  = `.strip .name a[href*="index=par"]`
		bar  = `.sections `
		peer = `.peers a[href*="vn63%3A93"]`
	)
	for name, walk := range map[string]struct {
		steps []step
		at    string   // a part of the address in the end
		says  []string // what is to be read there
	}{
		"rank of 2019 and its document": {press(par, `a[href*="/facts?"][href*="period=2019"]`, `main a[href^="/documents/"]`), "/documents/", []string{"Long An", "2019", "5/63"}},
		"the fall of 2013":              {append(press(par), step{`select[name="period"]`, "2013"}, step{control: `form:has(select[name="period"]) button`}), "period=2013", []string{"50/63", "Điểm thành phần PAR INDEX 2013: chưa có số liệu"}},
		"3,5 of 12":                     {press(`.strip .name a[href*="index=s766"]`), "index=s766", []string{"Dịch vụ công trực tuyến", "3,5/12"}},
		"three provinces in PAPI 2023":  {press(bar+`a[href="/compare"]`, `.tabs a[href*="index=papi"]`, peer, `.tabs a[href*="period=2023"]`), "period=2023", []string{"Long An", "Tiền Giang", "Hậu Giang", "Cung ứng dịch vụ công", "4,57", "3,69", "4,34"}},
		"three provinces in PCI":        {press(bar+`a[href="/compare"]`, `.tabs a[href*="index=pci"]`, peer, `figure:first-of-type details.numbers summary`), "index=pci", []string{"Hậu Giang", "2006", "2024", "mốc thay đổi cách tính"}},
		"Bắc Ninh across the portals":   {press(bar+`a[href="/units"]`, `a[href="/units/vn34/bac-ninh"]`), "/units/vn34/bac-ninh", []string{"91,7/100", "58,85/100", "1/34", "29/34", "Cổng cũ", "Cổng mới"}},
		"what Tây Ninh is made of":      {press(`.lineage a[href="/units/vn34/tay-ninh"]`), "/units/vn34/tay-ninh", []string{"Được hợp nhất từ Tây Ninh + Long An"}},
		"a slide":                       {press(par, `figure:has([data-json*="rank-history"]) .menu summary`), "index=par", []string{"PowerPoint"}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			if len(walk.steps) > 4 {
				t.Fatalf("%d steps, want at most 4", len(walk.steps))
			}
			walked := chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
				for i, st := range walk.steps {
					found, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`(() => {
						const e = [...document.querySelectorAll(%q)].find(e => e.checkVisibility() && e.tabIndex >= 0);
						if (!e) return 'not there';
						e.focus();
						window.walked = true;
						return document.activeElement === e ? '' : 'takes no focus';
					})()`, st.control)))
					if err != nil {
						return err
					}
					if found != "" {
						where, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href`))
						return fmt.Errorf("step %d, at %s: %s: %s", i+1, where, st.control, found)
					}
					keys := st.types
					if keys == "" {
						keys = kb.Enter
					}
					if err := chromedp.Do(ctx, chromedp.KeyEvent(keys)); err != nil {
						return err
					}
					if st.types != "" || strings.Contains(st.control, "summary") {
						continue // these stay on the page
					}
					deadline := time.Now().Add(20 * time.Second)
					for { // another page has no mark of this one
						there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`!window.walked && document.readyState === 'complete'`))
						if err == nil && there {
							break
						}
						if time.Now().After(deadline) {
							return fmt.Errorf("step %d: %s leads nowhere", i+1, st.control)
						}
						time.Sleep(30 * time.Millisecond)
					}
				}
				where, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href`))
				if err != nil {
					return err
				}
				text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('main').textContent.replace(/\s+/g, ' ')`))
				if err != nil {
					return err
				}
				if !strings.Contains(where, walk.at) {
					t.Errorf("ends at %s, want an address with %s", where, walk.at)
				}
				for _, want := range walk.says {
					if !strings.Contains(text, want) {
						t.Errorf("%s does not say %q", where, want)
					}
				}
				if name != "a slide" {
					return nil
				}
				href, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll('a[href*="rank-history.pptx"]')].find(e => e.checkVisibility() && e.tabIndex >= 0)?.href || ''`))
				if err != nil || href == "" {
					return fmt.Errorf("no link to a slide: %v", err)
				}
				resp, err := http.Get(href)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				file, err := io.ReadAll(resp.Body)
				if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(string(file), "PK") {
					t.Errorf("%s: status %d, %d bytes, %v; want a presentation", href, resp.StatusCode, len(file), err)
				}
				return nil
			})
			v := look(t, browser, s.URL+"/", 1440, false, true, walked)
			for _, e := range v.errors {
				t.Errorf("in the browser: %s", e)
			}
		})
	}
}

package tests

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"chiso/ingest/service766/portaltest"
	"chiso/internal/testshared"
)

// moving is the new portal, whose figures of one province can be raised.
type moving struct {
	mu    sync.Mutex
	units []portaltest.Unit
}

func (m *moving) list(root, _ string) []portaltest.Unit {
	m.mu.Lock()
	defer m.mu.Unlock()
	if root != "" {
		return nil
	}
	return slices.Clone(m.units)
}

// raise adds a point to a group, and to the total, of a province; it returns the new total as the page writes it.
func (m *moving) raise(t *testing.T, code string) string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.units {
		if m.units[i].Code != code {
			continue
		}
		scores := maps.Clone(m.units[i].Scores)
		for _, k := range []string{"CLGQ", "TONG"} {
			f, err := strconv.ParseFloat(scores[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			scores[k] = fmt.Sprintf("%.2f", f+1)
		}
		m.units[i].Scores = scores
		return strings.TrimSuffix(strings.ReplaceAll(scores["TONG"], ".", ","), "0")
	}
	t.Fatalf("the portal has no %s", code)
	return ""
}

// TestLivePageInBrowser reads the new portal again and again while somebody looks at the live page.
func TestLivePageInBrowser(t *testing.T) {
	browser := chrome(t)
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", "service766.csv"))
	if err != nil {
		t.Fatal(err)
	}
	units, err := portaltest.Recorded(f, "2026", "2026-09-17")
	_ = f.Close()
	if err != nil || len(units) != 34 {
		t.Fatalf("recorded units: %d, %v; want 34", len(units), err)
	}
	for i := range units {
		units[i].ID = "id-" + units[i].Code // by which some lists know a unit
	}
	m := &moving{units: units}
	portal := httptest.NewServer(&portaltest.Portal{Units: m.list})
	defer portal.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close() // nobody answers there

	dir := t.TempDir()
	config, data := filepath.Join(dir, "chiso.yaml"), filepath.Join(dir, "data")
	yaml := fmt.Sprintf(`sources:
  - name: live-766
    kind: 766-portal-2026
    schedule: "0 1 * * *"
    where: %s
    options: {pause: 10ms, jitter: 1ms, periods: {current: [year]}}
  - name: old-766
    kind: 766-portal-2022
    schedule: "@every 10s"
    where: %s
    options: {retries: -1}
`, portal.URL, gone.URL)
	if err := os.WriteFile(config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serve(t, data, "--config", config)
	read := func() {
		t.Helper()
		if code, out, errs := chiso(t, "sources", "run", "live-766", "--config", config, "--data-dir", data); code != 0 {
			t.Fatalf("sources run: exit %d: %s%s", code, out, errs)
		}
	}
	read()

	// What needs no browser: the closed months that the portal changed, and the two portals beside each other.
	if _, body := s.get(t, "/live?period=2025-08"); !strings.Contains(body, `class="revised"`) || !strings.Contains(body, "An Giang") {
		t.Error("August 2025: An Giang's revised months bear no mark")
	}
	_, body := s.get(t, "/live?unit=vn34:24")
	for _, want := range []string{"Bắc Ninh · năm 2025 · Cổng cũ", "Bắc Ninh · năm 2026 · Cổng mới", "hai Cổng là hai đường, không so sánh với nhau"} {
		if !strings.Contains(body, want) {
			t.Errorf("Bắc Ninh lacks %q", want)
		}
	}

	ctx, cancel := chromedp.NewContext(browser)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 5*time.Minute)
	defer stop()
	js := func(script string) string {
		t.Helper()
		v, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
		if err != nil {
			t.Fatalf("%.80s: %v", script, err)
		}
		return v
	}
	// until waits for a script to give a text that holds another.
	until := func(what, script, want string, within time.Duration) {
		t.Helper()
		got, end := "", time.Now().Add(within)
		for time.Now().Before(end) {
			if got = js(script); strings.Contains(got, want) {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("%s: got %q, want %q within %s", what, got, want, within)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1200, 500), chromedp.Navigate(s.URL+"/live")); err != nil {
		t.Fatal(err)
	}
	const (
		score  = `document.querySelector('tr[data-unit="vn34:24"] td[title]').textContent`
		status = `document.querySelector('#live [role=status]').textContent`
		// What a reader has done with the page, and where they are.
		place = `(() => {
			const row = document.querySelector('tr[data-unit="vn34:24"]'), box = row.closest('.league-scroll'), input = document.querySelector('input[data-filter]');
			return JSON.stringify({y: scrollY, top: Math.round(row.getBoundingClientRect().top), box: box.scrollLeft, typed: input.value, shown: [...row.parentNode.rows].filter(r => !r.hidden).length,
				open: row.querySelector('details').open, focus: document.activeElement.textContent});
		})()`
	)
	if got := js(`(() => {
		const input = document.querySelector('input[data-filter]');
		input.value = 'ninh'; input.dispatchEvent(new Event('input'));
		const row = document.querySelector('tr[data-unit="vn34:24"]');
		row.querySelector('details').open = true;
		row.closest('.league-scroll').scrollLeft = 40;
		row.querySelector('summary').focus();
		row.scrollIntoView();
		return [...row.parentNode.rows].filter(r => !r.hidden).map(r => r.dataset.unit).sort().join(' ');
	})()`); got != "vn34:22 vn34:24 vn34:37 vn34:80" {
		t.Errorf("units shown by the filter: got %s, want Quảng Ninh, Bắc Ninh, Ninh Bình, Tây Ninh", got)
	}
	was := js(place)
	now := m.raise(t, "H05")
	read()
	until("the new total", score, now, 20*time.Second)
	if got := js(place); got != was {
		t.Errorf("after a reading the page is another:\ngot  %s\nwant %s", got, was)
	}
	until("what is said", status, js(`document.getElementById('live').dataset.sayNew`), time.Second)

	// While it is paused nothing changes; then everything does.
	js(`document.querySelector('#live button').click(); ''`)
	old := now
	now = m.raise(t, "H05")
	read()
	until("that something waits", status, js(`document.getElementById('live').dataset.sayWaits`), 20*time.Second)
	if got := js(score); got != old && !strings.Contains(got, old) {
		t.Errorf("while paused: got total %s, want %s still", got, old)
	}
	js(`document.querySelector('#live button').click(); ''`)
	until("the total after the pause", score, now, 20*time.Second)

	// The old portal has not been read for more than twice its period.
	if _, body := s.get(t, "/live"); !strings.Contains(body, "old-766") {
		end := time.Now().Add(2 * time.Minute) // it is late after a minute at the earliest
		for !strings.Contains(body, "old-766") {
			if time.Now().After(end) {
				t.Fatal("the source that does not answer is not named")
			}
			time.Sleep(time.Second)
			_, body = s.get(t, "/live")
		}
	}

	s.stop(t)
	until("that the stream is lost", `document.getElementById('live').className + ' ' + `+status, "lost "+js(`document.getElementById('live').dataset.sayLost`), 40*time.Second)
}

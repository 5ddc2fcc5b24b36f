package dashboard

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Every chart of every page has a menu that works without a script: each format of the one list, a
// link that shows the same for good, and the chart in words.
func TestFigureMenus(t *testing.T) {
	f := newFixture(t)
	seen := 0
	for _, path := range readingPages {
		d := f.page(t, path)
		d.Find("figure.fig").Each(func(_ int, fig *goquery.Selection) {
			seen++
			id := fig.AttrOr("id", "")
			menu := fig.Find("details.menu")
			if menu.Length() != 1 {
				t.Errorf("%s: %s has %d menus, want 1", path, id, menu.Length())
				return
			}
			var got []string
			menu.Find(".take a").Each(func(_ int, a *goquery.Selection) { got = append(got, a.Text()) })
			if len(got) != len(figureFormats) {
				t.Errorf("%s: %s leaves as %v, want all %d formats", path, id, got, len(figureFormats))
			}
			link := menu.Find("a.pinned").AttrOr("href", "")
			u, err := url.Parse(link)
			if err != nil || u.Query().Get("rev") == "" || u.Fragment != id || u.Query().Get("theme") != "" {
				t.Errorf("%s: %s has the link %q, want one with rev and #%s", path, id, link, id)
				return
			}
			u.Fragment = ""
			if res, _ := f.get(t, u.String()); res.StatusCode != http.StatusOK {
				t.Errorf("%s: the link %s answers %d", path, link, res.StatusCode)
			}
			if words := strings.TrimSpace(menu.Find(".said").Text()); len(words) < 40 {
				t.Errorf("%s: %s says %q in words", path, id, words)
			}
			if fig.Find("table tbody tr").Length() == 0 {
				t.Errorf("%s: %s has no table of its numbers", path, id)
			}
			if fig.Find("figcaption h2").Text() == "" || fig.Find(".source").Text() == "" {
				t.Errorf("%s: %s lacks its title or its source", path, id)
			}
			if _, hidden := menu.Find(".copies").Attr("hidden"); !hidden {
				t.Errorf("%s: %s shows buttons that need a script", path, id)
			}
		})
	}
	if seen < 10 {
		t.Errorf("only %d charts were seen", seen)
	}
}

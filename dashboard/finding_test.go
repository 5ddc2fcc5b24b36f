package dashboard

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"chiso/reform"
)

// Every slide of a report leads back to a page that shows the same.
func TestReportLinksLead(t *testing.T) {
	const base = "https://chiso.example.vn"
	f := newFixture(t, func(o *Options) { o.BaseURL = base })
	target := regexp.MustCompile(`Target="` + base + `(/[^"]*)"`)
	recipes, err := Recipes()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range recipes {
		units := []reform.UnitKey{"vn63:80"}
		if one.Name == "compare" {
			units = append(units, "vn63:82")
		}
		r, err := f.Report(context.Background(), one.File, DeckOptions{Units: units})
		if err != nil {
			t.Errorf("%s: %v", one.Name, err)
			continue
		}
		b, err := r.PPTX(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		led := map[string]bool{}
		for name, body := range slideParts(t, string(b)) {
			if !strings.HasPrefix(name, "ppt/slides/_rels/") {
				continue
			}
			for _, m := range target.FindAllStringSubmatch(body, -1) {
				led[html.UnescapeString(m[1])] = true
			}
		}
		if len(led) < 3 {
			t.Errorf("%s: %d links", one.Name, len(led))
		}
		for path := range led {
			if res, body := f.get(t, path); res.StatusCode != http.StatusOK && res.StatusCode != http.StatusFound {
				t.Errorf("%s: %s answers %d: %s", one.Name, path, res.StatusCode, clip(body, 200))
			}
		}
	}
}

// A finding is a parameter like any other wherever a picture has an address.
func TestFindingEverywhere(t *testing.T) {
	f := newFixture(t)
	const q, says = "index=par&unit=vn63:80&finding=standing", "xếp hạng 5/63"
	for path, want := range map[string]string{
		"/figures/rank-history?" + q:                                                      says,
		"/embed/rank-history?" + q:                                                        says,
		"/figures/rank-history.svg?" + q:                                                  says,
		"/figures/rank-history.json?" + q:                                                 says,
		"/figures/rank-history?" + q + "&lang=en":                                         "ranks 5/63",
		"/figures/heatmap?index=par&about=vn63:80&finding=standing":                       says,
		"/oembed?url=" + url.QueryEscape("http://127.0.0.1:8080/figures/rank-history?"+q): says,
	} {
		if res, body := f.get(t, path); res.StatusCode != http.StatusOK || !strings.Contains(html.UnescapeString(body), want) {
			t.Errorf("%s: %d, or it does not say %q: %s", path, res.StatusCode, want, clip(body, 200))
		}
	}
	// Whatever the picture, its own title then stands below the finding.
	f = drawable(t)
	for name, q := range figureQueries {
		titles := func(more string) (title, subtitle string) {
			res, body := f.get(t, "/figures/"+name+".json?"+q+more)
			var a struct{ Title, Subtitle string }
			if err := json.Unmarshal([]byte(body), &a); res.StatusCode != http.StatusOK || err != nil {
				t.Errorf("%s%s: %d, %v: %s", name, more, res.StatusCode, err, clip(body, 200))
			}
			return a.Title, a.Subtitle
		}
		own, _ := titles("")
		more := "&about=vn63:80&finding=standing,score"
		if !strings.Contains(q, "index=") { // of all indices
			more += "&index=papi"
		}
		if title, subtitle := titles(more); !strings.Contains(title, "Long An") || subtitle != own {
			t.Errorf("%s: title %q above %q, want a finding above %q", name, title, subtitle, own)
		}
	}
}

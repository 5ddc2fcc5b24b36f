package dashboard

import (
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"chiso/reform"
)

// The page of a unit says in words what its numbers say, and every number in the words leads to its source.
func TestBriefing(t *testing.T) {
	f := newFixture(t)
	brief := f.page(t, "/units/vn63/long-an").Find(".brief")
	text := strings.Join(strings.Fields(brief.Text()), " ")
	for _, want := range []string{"năm 2019 tỉnh Long An xếp hạng 5/63", "Từ ngày 01/07/2025", "Nguồn: "} {
		if !strings.Contains(text, want) {
			t.Errorf("the words lack %q: %s", want, text)
		}
	}
	linked := false
	brief.Find("a").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		if a.Text() == "5/63" && strings.HasPrefix(href, "/facts?") {
			linked = true
			f.page(t, href)
		}
	})
	if !linked {
		t.Error("5/63 does not lead to its source")
	}
	if got := brief.Find("button").AttrOr("data-link", ""); !strings.Contains(got, "rev=") {
		t.Errorf("the copied link %q is not pinned", got)
	}
	// A reader without a script has the text to select and no button that does nothing.
	if _, hidden := brief.Find("button").Attr("hidden"); !hidden {
		t.Error("the button is shown to readers without a script")
	}
	a := f.json(t, "/api/v1/briefing?index=s766&unit=vn63:80&period=2023")
	if got, _ := a["text"].(string); !strings.Contains(got, "mất 16,7 điểm ở Số hóa hồ sơ (đạt 5,3/22)") {
		t.Errorf("the API says %q", got)
	}
	if got, _ := f.json(t, "/api/v1/briefing?index=s766&unit=vn63:80&period=2023&lang=en")["text"].(string); !strings.Contains(got, "lost 16.7 points in Digitisation of records (5.3/22)") {
		t.Errorf("the API says in English %q", got)
	}
	// An earlier state is told in its own links.
	old := f.page(t, "/units/vn63/long-an?rev=3").Find(".brief a[href^='/facts?']").First().AttrOr("href", "")
	if !strings.Contains(old, "rev=3") {
		t.Errorf("the link %q leaves the earlier state", old)
	}
}

// twoBases is a reader that knows the edition of 2019 by two sets of rules.
type twoBases struct{ *fakeReader }

func (r twoBases) Editions(ctx context.Context, index string, v reform.View) ([]reform.EditionInfo, error) {
	eds, err := r.fakeReader.Editions(ctx, index, v)
	for _, e := range eds {
		if e.Index == "par" && e.Period == reform.YearPeriod(2019) {
			e.Basis, e.Coverage = "876", reform.Coverage{Of: 63, WithPlace: 11, WithScore: 9}
			eds = append(eds, e)
			break
		}
	}
	return eds, err
}

// How whole an edition is, is told of the one whose place is shown, not of another of the same year.
func TestBriefingTellsTheCoverageOfItsEdition(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Reader = twoBases{o.Reader.(*fakeReader)} })
	for _, path := range []string{"/api/v1/briefing?index=par&unit=vn63:80", "/api/v1/briefing?index=par&unit=vn63:80&period=2019"} {
		text, _ := f.json(t, path)["text"].(string)
		if want := "mới có thứ hạng của 6/63 và điểm của 4/63 tỉnh"; !strings.Contains(text, want) {
			t.Errorf("%s: no %q in %s", path, want, text)
		}
	}
}

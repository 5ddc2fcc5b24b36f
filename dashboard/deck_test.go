package dashboard

import (
	"context"
	"errors"
	"strings"
	"testing"

	"chiso/reform"
)

// A deck is written from a list of slides: words, pictures pinned to what is loaded, and where
// nothing is known, a slide that says so.
func TestDeck(t *testing.T) {
	f := newFixture(t)
	file := DeckFile{Title: "Báo cáo {name}", Lang: "vi", Slides: []DeckSlide{
		{Cover: true, Title: "Cải cách hành chính {name}"},
		{Figure: "rank-history?index=par&unit={unit}", Notes: []string{"{name} xếp 5/63."}},
		{Figure: "/figures/subscores.svg?index=s766&unit={unit}&period=2023", Title: "Chỉ số 766"},
		{Figure: "rank-history?index=sipas&unit={unit}"},
	}}
	d, err := f.Deck(context.Background(), file, "vn63:80")
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ps := slideParts(t, string(b))
	for part, want := range map[string]string{
		"ppt/slides/slide1.xml":           "Cải cách hành chính Long An",
		"ppt/slides/slide2.xml":           "Xếp hạng PAR INDEX của tỉnh Long An",
		"ppt/slides/slide3.xml":           "Chỉ số 766",
		"ppt/slides/slide4.xml":           "Chưa có số liệu cho hình /figures/rank-history?index=sipas&amp;unit=vn63:80",
		"ppt/tags/chiso1.xml":             "/figures/rank-history?index=par&amp;rev=7&amp;unit=vn63:80",
		"ppt/notesSlides/notesSlide1.xml": "Long An xếp 5/63.",
		"docProps/core.xml":               "Báo cáo Long An",
	} {
		if !strings.Contains(ps[part], want) {
			t.Errorf("%s lacks %q", part, want)
		}
	}
	for figure, want := range map[string]error{
		"rank-history?index=par&unit=vn63:80&colour=red": reform.ErrInvalid,
		"pie?index=par":               reform.ErrNotFound,
		"rank-history?index=par&unit": reform.ErrInvalid,
	} {
		_, err := f.Deck(context.Background(), DeckFile{Slides: []DeckSlide{{Figure: figure}}}, "")
		if !errors.Is(err, want) || !strings.Contains(err.Error(), "slide 1") {
			t.Errorf("%s: got %v, want an error of slide 1 of kind %v", figure, err, want)
		}
	}
	if _, err := f.Deck(context.Background(), file, ""); !errors.Is(err, reform.ErrInvalid) || !strings.Contains(err.Error(), "needs a unit") {
		t.Errorf("without a unit: got %v", err)
	}
	if _, err := f.Deck(context.Background(), file, "vn63:xx"); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("an unknown unit: got %v", err)
	}
}

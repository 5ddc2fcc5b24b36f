package deck_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
)

const (
	historyAt = "https://chiso.example/figures/rank-history?index=par&rev=1&unit=vn63:80"
	partsAt   = "https://chiso.example/figures/subscores?index=s766&rev=1&unit=vn63:80"
	leagueAt  = "https://chiso.example/figures/ranking?index=par&period=2019&rev=1"
	mapAt     = "https://chiso.example/figures/map?index=par&rev=1"
	lostAt    = "https://chiso.example/figures/lost-points?index=par&rev=1"
	goneAt    = "https://chiso.example/figures/radar?index=par&rev=1&unit=vn63:99"
)

// state is what the server knows at a revision.
func state(t testing.TB, address string, rev int) *charts.Picture {
	st := charts.Style{Lang: "vi"}
	var p *charts.Picture
	switch address[strings.LastIndex(address, "/")+1 : strings.Index(address, "?")] {
	case "rank-history":
		p = history(t, st, false, "Long An")
		if rev > 1 {
			s := &p.Plot.Series[0]
			s.Values = slices.Clone(s.Values)
			s.Values[7], s.Labels[7] = num("7"), "7/63"
			p.Title, p.Alt = "Xếp hạng PAR INDEX của tỉnh Long An (sửa)", "Năm 2019 Long An xếp 7/63."
			p.Notes = append(p.Notes, "Số liệu năm 2019 được đính chính.")
		}
	case "subscores":
		p = picture("subscores", overlaid())
		if rev > 1 {
			p.Plot.Series[1].Values[0], p.Plot.Series[1].Labels[0] = num("4.25"), "4,25/12 (35%)"
		}
	case "ranking":
		n := 63
		if rev > 1 {
			n = 70
		}
		p = picture("ranking", league(n))
	case "lost-points":
		p = picture("lost-points", waterfall())
	case "map":
		p = picture("map", nil)
	}
	return p
}

func asked(t testing.TB, now int) func(context.Context, string, string, charts.Theme) (deck.Redrawn, error) {
	return func(_ context.Context, address, lang string, theme charts.Theme) (deck.Redrawn, error) {
		if address == goneAt {
			return deck.Redrawn{}, fmt.Errorf("unit vn63:99: %w", reform.ErrNotFound)
		}
		m := regexp.MustCompile(`rev=(\d)`).FindStringSubmatch(address)
		if m == nil {
			return deck.Redrawn{}, fmt.Errorf("no rev: %w", reform.ErrInvalid)
		}
		var old int
		fmt.Sscan(m[1], &old) //nolint:errcheck // one digit
		return deck.Redrawn{Old: state(t, address, old), New: state(t, address, now), Link: strings.Replace(address, m[0], fmt.Sprintf("rev=%d", now), 1)}, nil
	}
}

func refresh(t testing.TB, b []byte, now int) ([]byte, *deck.Report) {
	t.Helper()
	out, report, err := deck.Refresh{Ask: asked(t, now), PNG: func(ctx context.Context, p *charts.Picture, _ string) ([]byte, error) { return drawn(ctx, p) }}.File(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return out, report
}

// briefing is a deck at revision 1.
func briefing(t testing.TB) *deck.Deck {
	return &deck.Deck{
		Title: "Báo cáo", Lang: "vi", Date: time.Date(2025, 10, 16, 8, 0, 0, 0, time.UTC), PNG: drawn,
		Slides: []deck.Slide{
			{Cover: true, Title: "Cải cách hành chính"},
			{Picture: state(t, historyAt, 1), Link: historyAt, Notes: []string{"Lời của người soạn."}},
			{Picture: state(t, partsAt, 1), Link: partsAt, Title: "Tiêu đề của người soạn", Text: []string{"Câu của người soạn."}},
			{Picture: state(t, leagueAt, 1), Link: leagueAt},
			{Picture: state(t, mapAt, 1), Link: mapAt},
			{Picture: picture("radar", radar()), Link: goneAt},
			{Picture: picture("lost-points", waterfall()), Link: lostAt},
		},
	}
}

func kinds(r *deck.Report) map[deck.ChangeKind]int {
	out := map[deck.ChangeKind]int{}
	for _, c := range r.Changes {
		out[c.Kind]++
	}
	return out
}

func find(r *deck.Report, kind deck.ChangeKind) []deck.Change {
	var out []deck.Change
	for _, c := range r.Changes {
		if c.Kind == kind {
			out = append(out, c)
		}
	}
	return out
}

// A deck that was moved, renamed and added to shows the new numbers, and all that is its owner's stays.
func TestRefresh(t *testing.T) {
	old := write(t, briefing(t), "")
	theirBox := `<p:sp><p:nvSpPr><p:cNvPr id="90" name="Ý kiến"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="1" y="2"/><a:ext cx="3" cy="4"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:t>Lời của tôi: 5/63</a:t></a:r></a:p></p:txBody></p:sp>`
	edited := changed(t, old, map[string]func(string) string{
		"ppt/slides/slide2.xml": func(s string) string {
			s = regexp.MustCompile(`(name="Chart[^"]*".*?<p:xfrm>)<a:off[^>]*/><a:ext[^>]*/>`).ReplaceAllString(s, `$1<a:off x="1234567" y="2345678"/><a:ext cx="6000000" cy="3000000"/>`)
			s = regexp.MustCompile(`name="Chart[^"]*"`).ReplaceAllString(s, `name="Biểu đồ của tôi"`)
			return strings.Replace(s, `</p:spTree>`, theirBox+`</p:spTree>`, 1)
		},
		"ppt/slides/slide3.xml": replaced("Năm 2023", "Năm 2023, theo tôi"),
		"ppt/charts/chart2.xml": replaced("<c:v>3.7</c:v>", "<c:v>9.9</c:v>"),
	})
	b, report := refresh(t, edited, 2)
	ps := checkPackage(t, b)
	checkSchema(t, b)
	if again, _ := refresh(t, edited, 2); !bytes.Equal(b, again) {
		t.Error("equal input gives different bytes")
	}
	slide := string(ps["ppt/slides/slide2.xml"])
	for _, want := range []string{theirBox, `name="Biểu đồ của tôi"`, `<a:off x="1234567" y="2345678"/><a:ext cx="6000000" cy="3000000"/>`, "(sửa)", "dữ liệu phiên bản 2", "đính chính"} {
		if !strings.Contains(slide, want) {
			t.Errorf("slide 2 lacks %s", want)
		}
	}
	if strings.Contains(slide, "phiên bản 1<") {
		t.Error("slide 2 shows the old revision")
	}
	list := readCharts(t, b)
	if got := list[0].Series[0].Values[7]; got != "7" {
		t.Errorf("Long An 2019: got %s, want 7", got)
	}
	if got := list[1].Series[1].Values; got[0] != "4.25" || got[1] != "3.7" {
		t.Errorf("sub-scores: got %v, want 4.25 and 3.7", got)
	}
	third := string(ps["ppt/slides/slide3.xml"])
	for _, want := range []string{"Năm 2023, theo tôi", "Tiêu đề của người soạn", "Câu của người soạn."} {
		if !strings.Contains(third, want) {
			t.Errorf("slide 3 lacks %q", want)
		}
	}
	notes := string(ps["ppt/notesSlides/notesSlide1.xml"])
	for _, want := range []string{"Lời của người soạn.", "Năm 2019 Long An xếp 7/63.", "rev=2", "đính chính"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes lack %q", want)
		}
	}
	if strings.Contains(notes, "rev=1") {
		t.Error("the notes name the old revision")
	}
	rows := 0
	for name, body := range ps {
		if strings.HasPrefix(name, "ppt/slides/slide") {
			rows += len(regexp.MustCompile(`Tỉnh số \d+<`).FindAll(body, -1))
		}
		if (strings.HasPrefix(name, "ppt/tags/") || strings.HasPrefix(name, "docProps/") || strings.HasSuffix(name, ".rels")) && strings.Contains(string(body), "rev=1") && !strings.Contains(string(body), "vn63:99") {
			t.Errorf("%s still names the old revision:\n%s", name, body)
		}
	}
	if rows != 70 {
		t.Errorf("the ranking has %d rows on its slides, want 70", rows)
	}
	var said []string
	for _, c := range find(report, deck.Value) {
		if c.Slide == 2 || c.Slide == 3 {
			said = append(said, fmt.Sprintf("%d %s/%s: %s (%s)", c.Slide, c.Row, c.Column, c.New, c.Old))
		}
	}
	if diff := cmp.Diff([]string{"2 2019/Long An: 7/63 (5/63)", "3 Dịch vụ công trực tuyến/: 4,25/12 (35%) (3,5/12 (29%))"}, said); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if c := find(report, deck.KeptWords); len(c) != 1 || c[0].Slide != 3 || c[0].Part != "subtitle" {
		t.Errorf("kept words: %+v", c)
	}
	if c := find(report, deck.Edited); len(c) != 1 || c[0].Slide != 3 {
		t.Errorf("edited numbers: %+v", c)
	}
	if c := find(report, deck.Author); len(c) != 2 {
		t.Errorf("author's words: %+v", c)
	}
	if c := find(report, deck.Untouched); len(c) != 1 || !errors.Is(c[0].Err, reform.ErrNotFound) {
		t.Errorf("untouched: %+v", c)
	}
	if c := find(report, deck.Same); len(c) != 2 || c[0].Part != "picture" || c[1].Slide != 8 {
		t.Errorf("same: %+v", c)
	}
	// Back to the first revision: the old numbers are there again.
	back, _ := refresh(t, b, 1)
	checkPackage(t, back)
	list = readCharts(t, back)
	if a, b := list[0].Series[0].Values[7], list[1].Series[1].Values[0]; a != "5" || b != "3.5" {
		t.Errorf("back at revision 1: %s and %s, want 5 and 3.5", a, b)
	}
	if s := string(checkPackage(t, back)["ppt/slides/slide2.xml"]); strings.Contains(s, "(sửa)") || strings.Contains(s, "đính chính") {
		t.Error("back at revision 1 the words are still the new ones")
	}
}

// What came through LibreOffice has lost its tags, and is found by name and link.
func TestRefreshLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED by -short: starts LibreOffice")
	}
	b, report := refresh(t, officePPTX(t, write(t, briefing(t), "")), 2)
	checkLinks(t, b)
	if report.Redrawn < 5 {
		t.Errorf("%d parts redrawn, want at least 5: %+v", report.Redrawn, report.Changes)
	}
	if c := find(report, deck.Value); len(c) < 2 || c[0].New != "7/63" {
		t.Errorf("changes: %+v", c)
	}
	if c := find(report, deck.KeptWords); len(c) != 1 || c[0].Slide != 3 {
		t.Errorf("kept words: %+v", c)
	}
	chart := zipped(t, b, "ppt/charts/chart1.xml")
	if !strings.Contains(chart, `<c:pt idx="7"><c:v>7</c:v></c:pt>`) || !strings.Contains(chart, "<c:externalData") {
		t.Error("Long An 2019: the chart does not say 7, or has no workbook")
	}
	again, report := refresh(t, b, 1)
	if k := kinds(report); k[deck.Lost] != 0 || report.Redrawn < 5 {
		t.Errorf("a second time: %v", k)
	}
	checkLinks(t, again)
	office(t, b, "pdf")
}

func unzipped(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	ps := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if ps[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return ps
}

func zipped(t testing.TB, b []byte, name string) string {
	t.Helper()
	return string(unzipped(t, b)[name])
}

// checkLinks holds a package of another program to what a reader needs: every relation leads to a
// part, every use of one to a relation, every part has a type and is sound.
func checkLinks(t testing.TB, b []byte) {
	t.Helper()
	ps := unzipped(t, b)
	for name, body := range ps {
		ids := map[string]bool{}
		for _, r := range relations(t, ps, name) {
			ids[r.ID] = true
			if to := target(name, r); r.Mode != "External" && ps[to] == nil {
				t.Errorf("%s leads to %s, which is not there", name, to)
			}
		}
		if !strings.HasSuffix(name, ".xml") {
			continue
		}
		for _, m := range relUse.FindAllSubmatch(body, -1) {
			if !ids[string(m[1])] {
				t.Errorf("%s uses the relation %q, which is not there", name, m[1])
			}
		}
		var x struct{}
		if err := xml.Unmarshal(body, &x); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name != "[Content_Types].xml" && !bytes.Contains(ps["[Content_Types].xml"], []byte(`"/`+name+`"`)) {
			t.Errorf("%s has no content type", name)
		}
	}
}

// A deck that holds nothing of ours comes back as it was.
func TestRefreshNothing(t *testing.T) {
	b := write(t, &deck.Deck{Slides: []deck.Slide{{Title: "Trang", Text: []string{"chữ"}}, {Picture: picture("bars", bars(3))}}}, "")
	out, report := refresh(t, b, 2)
	if !bytes.Equal(out, b) || report.Redrawn != 0 || len(report.Changes) != 0 {
		t.Errorf("got %d parts redrawn, %+v", report.Redrawn, report.Changes)
	}
}

func BenchmarkRefreshOfTen(b *testing.B) {
	d := &deck.Deck{Lang: "vi"}
	for i := range 10 {
		at := historyAt
		if i%2 == 1 {
			at = partsAt
		}
		at += fmt.Sprintf("&n=%d", i)
		d.Slides = append(d.Slides, deck.Slide{Picture: state(b, at, 1), Link: at})
	}
	file := write(b, d, "")
	ask := asked(b, 2)
	b.ReportAllocs()
	for b.Loop() {
		if _, r, err := (deck.Refresh{Ask: ask}).File(context.Background(), file); err != nil || r.Redrawn != 10 {
			b.Fatal(err, r)
		}
	}
}

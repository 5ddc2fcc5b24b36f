package deck_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
)

// A deck that leads elsewhere, holds too much or is broken is refused in a sentence.
func TestRefreshRefused(t *testing.T) {
	good := write(t, briefing(t), "")
	edit := func(name string, f func(string) string) []byte {
		return changed(t, good, map[string]func(string) string{name: f})
	}
	const slide, rels = "ppt/slides/slide2.xml", "ppt/slides/_rels/slide2.xml.rels"
	var twice bytes.Buffer
	z := zip.NewWriter(&twice)
	for _, n := range []string{"ppt/presentation.xml", "PPT/Presentation.xml"} {
		if _, err := z.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		file []byte
		says string
	}{
		{"empty", nil, "no .pptx"},
		{"words", []byte("not a deck"), "no .pptx"},
		{"password", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), "password"},
		{"cut off", good[:len(good)/2], "no .pptx"},
		{"twice", twice.Bytes(), "twice"},
		{"path", edit("../../etc/x.xml", func(string) string { return "<x/>" }), "leads elsewhere"},
		{"bomb", edit(slide, func(s string) string { return s + strings.Repeat(" ", 9<<20) }), "more than is taken"},
		{"target outside", edit(rels, replaced(`Target="../tags/`, `Target="../../../../etc/`)), "leads out of the file"},
		{"doctype", edit(slide, replaced("<p:sld ", `<!DOCTYPE x [<!ENTITY a "b">]><p:sld `)), "declares entities"},
		{"broken", edit(slide, func(s string) string { return s[:len(s)-20] }), "broken"},
		{"deep", edit(slide, replaced("</p:spTree>", strings.Repeat("<a:x>", 300)+strings.Repeat("</a:x>", 300)+"</p:spTree>")), "too deeply"},
		{"no slide", edit("ppt/presentation.xml", replaced(`r:id="rId4"`, `r:id="rId77"`)), "not there"},
		{"no types", edit("[Content_Types].xml", func(string) string { return "<Types/>" }), "content types"},
		{"many shapes", edit(slide, replaced("</p:spTree>", strings.Repeat(`<p:sp/>`, 6000)+"</p:spTree>")), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, report, err := deck.Refresh{Ask: asked(t, 2), PNG: png2}.File(context.Background(), tt.file)
			if tt.says == "" { // the slide alone stays
				if err != nil || len(find(report, deck.Untouched)) != 2 {
					t.Fatalf("got %v, %+v", err, report)
				}
				return
			}
			if err == nil || out != nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want an error that says %q", err, tt.says)
			}
			if !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
				t.Errorf("the error is of no kind: %v", err)
			}
		})
	}
}

func png2(ctx context.Context, p *charts.Picture, _ string) ([]byte, error) { return drawn(ctx, p) }

// A tag that says that a line is one of several parts is not believed: a line has none.
func TestRefreshParts(t *testing.T) {
	old := write(t, briefing(t), "")
	edits := map[string]func(string) string{}
	for name, body := range unzipped(t, old) {
		if strings.HasPrefix(name, "ppt/tags/") && strings.Contains(string(body), `val="chart"`) {
			edits[name] = replaced(`val="chart"`, `val="chart 2/3"`)
		}
	}
	if len(edits) < 2 {
		t.Fatalf("%d charts are tagged", len(edits))
	}
	b, report := refresh(t, changed(t, old, edits), 2)
	checkPackage(t, b)
	untouched := 0
	for _, c := range find(report, deck.Untouched) {
		if errors.Is(c.Err, deck.ErrShape) {
			untouched++
		}
	}
	if untouched < 2 {
		t.Errorf("%d charts are left, want the line and the bars that fill one slide: %+v", untouched, report)
	}
}

// A part with too many relations is refused rather than compared for minutes.
func TestRefreshRelations(t *testing.T) {
	many := strings.Builder{}
	for i := range 5001 {
		fmt.Fprintf(&many, `<Relationship Id="x%d" Type="http://x/y" Target="http://x/" TargetMode="External"/>`, i)
	}
	file := changed(t, write(t, briefing(t), ""), map[string]func(string) string{"ppt/slides/_rels/slide2.xml.rels": replaced("</Relationships>", many.String()+"</Relationships>")})
	_, report, err := deck.Refresh{Ask: asked(t, 2), PNG: png2}.File(context.Background(), file)
	if err == nil && len(find(report, deck.Untouched)) < 2 || err != nil && !strings.Contains(err.Error(), "relations") {
		t.Errorf("got %v, %+v", err, report)
	}
}

// A slide that was copied, with its parts shared or copied, is drawn anew like the first; the
// colours of a theme that its owner changed are taken; what was drawn inside a chart stays.
func TestRefreshCopies(t *testing.T) {
	d := &deck.Deck{Lang: "vi", Slides: []deck.Slide{{Picture: state(t, historyAt, 1), Link: historyAt}, {Picture: state(t, partsAt, 1), Link: partsAt}}}
	old := write(t, d, "")
	ps, _ := parts(t, old)
	mine := `<cdr:relSizeAnchor><cdr:from><cdr:x>0.1</cdr:x><cdr:y>0.1</cdr:y></cdr:from><cdr:to><cdr:x>0.2</cdr:x><cdr:y>0.2</cdr:y></cdr:to><cdr:sp macro="" textlink=""><cdr:nvSpPr><cdr:cNvPr id="99" name="TextBox 1"/><cdr:cNvSpPr txBox="1"/></cdr:nvSpPr><cdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></cdr:spPr><cdr:txBody><a:bodyPr/><a:lstStyle/><a:p><a:r><a:t>Chữ của tôi</a:t></a:r></a:p></cdr:txBody></cdr:sp></cdr:relSizeAnchor>`
	same := func(name string) func(string) string { return func(string) string { return string(ps[name]) } }
	file := changed(t, old, map[string]func(string) string{
		"ppt/slides/slide3.xml": same("ppt/slides/slide1.xml"),
		"ppt/slides/_rels/slide3.xml.rels": func(string) string {
			return strings.Replace(string(ps["ppt/slides/_rels/slide1.xml.rels"]), "notesSlide1", "notesSlide3", 1)
		},
		"ppt/notesSlides/notesSlide3.xml": same("ppt/notesSlides/notesSlide1.xml"),
		"ppt/notesSlides/_rels/notesSlide3.xml.rels": func(string) string {
			return strings.Replace(string(ps["ppt/notesSlides/_rels/notesSlide1.xml.rels"]), "slide1.xml", "slide3.xml", 1)
		},
		"ppt/presentation.xml":            replaced(`</p:sldIdLst>`, `<p:sldId id="300" r:id="rId99"/></p:sldIdLst>`),
		"ppt/_rels/presentation.xml.rels": replaced(`</Relationships>`, `<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide" Target="slides/slide3.xml"/></Relationships>`),
		"[Content_Types].xml": replaced(`</Types>`, `<Override PartName="/ppt/slides/slide3.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.slide+xml"/>`+
			`<Override PartName="/ppt/notesSlides/notesSlide3.xml" ContentType="application/vnd.openxmlformats-officedocument.presentationml.notesSlide+xml"/></Types>`),
		"ppt/theme/theme1.xml":      replaced("0072B2", "9C1C1C"),
		"ppt/drawings/drawing1.xml": replaced("</c:userShapes>", mine+"</c:userShapes>"),
	})
	checkPackage(t, file)
	b, report := refresh(t, file, 2)
	ps = checkPackage(t, b)
	checkSchema(t, b)
	if report.Redrawn != 3 {
		t.Errorf("%d parts redrawn, want 3: %+v", report.Redrawn, report.Changes)
	}
	list := readCharts(t, b)
	if len(list) != 3 || list[0].Series[0].Values[7] != "7" || list[2].Series[0].Values[7] != "7" {
		t.Errorf("%d charts; the copies do not both say 7", len(list))
	}
	for _, name := range []string{"ppt/slides/slide1.xml", "ppt/slides/slide3.xml"} {
		if !strings.Contains(string(ps[name]), "(sửa)") {
			t.Errorf("%s has the old title", name)
		}
	}
	all := ""
	for name, body := range ps {
		if strings.HasPrefix(name, "ppt/drawings/") || strings.HasPrefix(name, "ppt/charts/") {
			all += string(body)
		}
	}
	if n := strings.Count(all, "Chữ của tôi"); n < 1 {
		t.Error("what was drawn inside the chart is gone")
	}
	if n := len(regexp.MustCompile(`name="Break 1"`).FindAllString(all, -1)); n != 2 {
		t.Errorf("%d marks of the break in two charts", n)
	}
	if !strings.Contains(all, `<a:schemeClr val="accent1"/>`) || strings.Contains(all, "0072B2") {
		t.Error("the charts do not take the colours of the changed theme")
	}
}

// Whatever a deck holds, it is refused or gives a sound one.
func FuzzRefresh(f *testing.F) {
	d := &deck.Deck{Lang: "vi", PNG: drawn, Slides: []deck.Slide{
		{Picture: state(f, historyAt, 1), Link: historyAt}, {Picture: state(f, mapAt, 1), Link: mapAt}, {Picture: picture("ranking", league(3)), Link: leagueAt},
	}}
	good := write(f, d, "")
	ps, _ := parts(f, good)
	for _, name := range []string{"ppt/slides/slide1.xml", "ppt/slides/_rels/slide2.xml.rels", "ppt/tags/chiso1.xml", "docProps/custom.xml", "[Content_Types].xml", "ppt/charts/_rels/chart1.xml.rels", "ppt/notesSlides/notesSlide1.xml", "ppt/presentation.xml"} {
		f.Add(name, string(ps[name]), 0)
	}
	f.Add("ppt/tags/chiso2.xml", `<p:tagLst xmlns:p="p"><p:tag name="CHISO_ADDRESS" val="x"/><p:tag name="CHISO_PART" val="table 2/1"/></p:tagLst>`, 9)
	f.Add("ppt/slides/slide1.xml", `<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:sp><p:nvSpPr><p:cNvPr id="1" name="Title"/><p:nvPr/></p:nvSpPr><p:txBody><a:p/></p:txBody></p:sp></p:sld>`, 0)
	f.Fuzz(func(t *testing.T, name, body string, cut int) {
		if name == "" || len(name) > 200 {
			return
		}
		b := changed(t, good, map[string]func(string) string{name: func(string) string { return body }})
		if cut > 0 && cut < len(b) {
			b = append(b[:len(b)-cut:len(b)-cut], b[len(b)-cut+1:]...)
		}
		out, report, err := deck.Refresh{Ask: asked(t, 2), PNG: png2}.File(context.Background(), b)
		if err != nil {
			if !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
				t.Errorf("the error is of no kind: %v", err)
			}
			return
		}
		if report == nil || len(out) == 0 {
			t.Fatal("neither an error nor a deck")
		}
		// What was made is read again, and what was sound stays so.
		if _, _, err := (deck.Refresh{Ask: asked(t, 1), PNG: png2}).File(context.Background(), out); err != nil {
			t.Errorf("the new deck is refused: %v", err)
		}
	})
}

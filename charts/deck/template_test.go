package deck_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
)

// changed is a package with some parts changed: nil takes one out.
func changed(t testing.TB, b []byte, change map[string]func(string) string) []byte {
	t.Helper()
	ps, order := parts(t, b)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name := range change {
		if _, ok := ps[name]; !ok {
			order = append(order, name)
		}
	}
	for _, name := range order {
		body := ps[name]
		if f, ok := change[name]; ok {
			if f == nil {
				continue
			}
			body = []byte(f(string(body)))
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func replaced(pairs ...string) func(string) string {
	return strings.NewReplacer(pairs...).Replace
}

// theirs is a presentation with a master that is not ours: red and green, another font, a logo,
// another place for the title, slides of its own that are to be left behind.
func theirs(t testing.TB) []byte {
	d := whole(t, charts.Light, "vi")
	logo, err := drawn(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Logo = logo
	return changed(t, write(t, d, ""), map[string]func(string) string{
		"ppt/theme/theme1.xml":              replaced(`typeface="Arial"`, `typeface="DejaVu Serif"`, "0072B2", "9C1C1C", "D55E00", "1C7C3C", `val="FFFFFF"`, `val="FFF8E7"`),
		"ppt/slideLayouts/slideLayout2.xml": replaced(`<a:off x="457200" y="274320"/>`, `<a:off x="914400" y="457200"/>`),
	})
}

func TestTemplate(t *testing.T) {
	tpl, err := deck.ReadTemplate(theirs(t))
	if err != nil {
		t.Fatal(err)
	}
	d := whole(t, charts.Light, "vi")
	d.Template = tpl
	b := write(t, d, "template")
	ps := checkPackage(t, b)
	checkSchema(t, b)
	if again := write(t, d, ""); !bytes.Equal(b, again) {
		t.Error("equal input gives different bytes")
	}
	if theme := string(ps["ppt/theme/theme1.xml"]); !strings.Contains(theme, "DejaVu Serif") || !strings.Contains(theme, "9C1C1C") {
		t.Error("the fonts and colours of the template did not come along")
	}
	if !strings.Contains(string(ps["ppt/charts/chart1.xml"]), `<a:schemeClr val="accent1"/>`) {
		t.Error("a chart does not take the colours of the template")
	}
	pictures := 0
	for name := range ps {
		if strings.HasPrefix(name, "ppt/media/theirs") {
			pictures++
		}
	}
	if pictures != 1 {
		t.Errorf("%d pictures of the master came along, want 1", pictures)
	}
	for i := range 17 {
		if !strings.Contains(string(ps[fmt.Sprintf("ppt/slides/slide%d.xml", i+1)]), "<p:sld ") {
			t.Errorf("slide %d is missing", i+1)
		}
	}
	if _, more := ps["ppt/slides/slide18.xml"]; more {
		t.Error("a slide of the template came along")
	}
}

func TestTemplateRefused(t *testing.T) {
	good := theirs(t)
	edit := func(name string, f func(string) string) []byte {
		return changed(t, good, map[string]func(string) string{name: f})
	}
	const masterRels, master = "ppt/slideMasters/_rels/slideMaster1.xml.rels", "ppt/slideMasters/slideMaster1.xml"
	addRel := func(kind, target, mode string) func(string) string {
		return replaced(`</Relationships>`, `<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`+kind+`" Target="`+target+`"`+mode+`/></Relationships>`)
	}
	bomb := edit("ppt/theme/theme1.xml", func(s string) string { return s + strings.Repeat(" ", 9<<20) })
	var twice bytes.Buffer
	z := zip.NewWriter(&twice)
	for _, n := range []string{"ppt/presentation.xml", "PPT/Presentation.xml"} {
		if w, err := z.Create(n); err == nil {
			io.WriteString(w, "<x/>") //nolint:errcheck // a buffer takes everything
		}
	}
	z.Close() //nolint:errcheck // as above
	tests := []struct {
		name string
		file []byte
		says string
	}{
		{"empty", nil, "no .pptx or .potx"},
		{"words", []byte("not a deck"), "no .pptx or .potx"},
		{"password", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"), "protected by a password"},
		{"cut off", good[:len(good)/2], "no .pptx or .potx"},
		{"bomb", bomb, "more than is taken"},
		{"twice", twice.Bytes(), "twice"},
		{"path", edit("../../etc/x.xml", func(string) string { return "<x/>" }), "leads elsewhere"},
		{"back slash", edit(`ppt\x.xml`, func(string) string { return "<x/>" }), "leads elsewhere"},
		{"target outside", edit(masterRels, addRel("image", "../../../../etc/passwd", "")), "leads out of the file"},
		{"no presentation", edit("_rels/.rels", func(string) string { return `<Relationships/>` }), "no presentation"},
		{"no master", edit("ppt/presentation.xml", replaced("sldMasterId ", "sldMasterX ")), "no slide master"},
		{"master missing", edit(master, nil), "is missing"},
		{"no theme", edit(masterRels, replaced("/theme\"", "/image\"")), "not known"},
		{"broken", edit(master, func(s string) string { return s[:len(s)-20] }), "broken"},
		{"doctype", edit(master, replaced("<p:sldMaster ", `<!DOCTYPE x [<!ENTITY a "b">]><p:sldMaster `)), "declares entities"},
		{"deep", edit(master, replaced("</p:spTree>", strings.Repeat("<a:x>", 300)+strings.Repeat("</a:x>", 300)+"</p:spTree>")), "too deeply"},
		{"far picture", edit(masterRels, addRel("image", "http://tracker.example/x.png", ` TargetMode="External"`)), "only links to web pages"},
		{"file link", edit(masterRels, addRel("hyperlink", "file:///c:/x", ` TargetMode="External"`)), "only links to web pages"},
		{"object", edit(masterRels, addRel("oleObject", "../embeddings/x.bin", "")), `"oleObject"`},
		{"unknown relation", edit(master, replaced(`r:embed="rId4"`, `r:embed="rId77"`)), `"rId77"`},
		{"no title", changed(t, good, map[string]func(string) string{
			"ppt/slideLayouts/slideLayout1.xml": replaced(`type="ctrTitle"`, `type="body"`), "ppt/slideLayouts/slideLayout2.xml": replaced(`type="title"`, `type="body"`),
		}), "no layout"},
		{"size", edit("ppt/presentation.xml", replaced(`cx="12192000"`, `cx="12"`)), "no size"},
		{"no room", edit("ppt/slideLayouts/slideLayout2.xml", func(s string) string { return strings.ReplaceAll(s, `y="457200"`, `y="6000000"`) }), "leaves"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tpl, err := deck.ReadTemplate(tt.file)
			if err == nil || tpl != nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v, want an error that says %q", err, tt.says)
			}
			if !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
				t.Errorf("the error is of no kind: %v", err)
			}
		})
	}
}

// Whatever a template holds, it is refused or gives a sound deck.
func FuzzReadTemplate(f *testing.F) {
	small := deck.Deck{Lang: "vi", Slides: []deck.Slide{{Cover: true, Title: "Bìa"}}}
	good := write(f, &small, "")
	f.Add("ppt/theme/theme1.xml", "<x/>", 0)
	f.Add("ppt/slideMasters/slideMaster1.xml", "<p:sldMaster/>", 7)
	f.Add("ppt/slideMasters/_rels/slideMaster1.xml.rels", `<Relationships><Relationship Id="rId1" Type="http://x/slideLayout" Target="../../ppt/presentation.xml"/></Relationships>`, 0)
	f.Add("ppt/presentation.xml", `<presentation xmlns:r="r"><sldMasterIdLst><sldMasterId r:id="rId1" id="5"/></sldMasterIdLst><sldSz cx="9144000" cy="6858000"/></presentation>`, 0)
	f.Add("_rels/.rels", `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="/ppt/presentation.xml"/></Relationships>`, 0)
	f.Fuzz(func(t *testing.T, name, body string, cut int) {
		if name == "" || len(name) > 200 {
			return
		}
		b := changed(t, good, map[string]func(string) string{name: func(string) string { return body }})
		if cut > 0 && cut < len(b) {
			b = append(b[:len(b)-cut:len(b)-cut], b[len(b)-cut+1:]...)
		}
		tpl, err := deck.ReadTemplate(b)
		if err != nil {
			return
		}
		d := &deck.Deck{Lang: "vi", Template: tpl, Slides: []deck.Slide{{Cover: true, Title: "Bìa"}, {Picture: picture("bars", bars(3)), Link: address}}}
		out, err := d.Bytes(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		checkPackage(t, out)
	})
}

package deck_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/internal/testshared"
)

// readChart is a chart as another program reads it.
type readChart struct {
	Kind     string
	Series   []readSeries
	Inverted bool
	Book     *excelize.File
}

type readSeries struct {
	Name       string
	Categories []string
	Values     map[int]string
}

type chartXML struct {
	Plot struct {
		Inner []struct {
			XMLName xml.Name
			Ser     []struct {
				Tx struct {
					F string   `xml:"strRef>f"`
					V []string `xml:"strRef>strCache>pt>v"`
				} `xml:"tx"`
				Cat struct {
					F  string `xml:"strRef>f"`
					Pt []pt   `xml:"strRef>strCache>pt"`
				} `xml:"cat"`
				Val struct {
					F  string `xml:"numRef>f"`
					Pt []pt   `xml:"numRef>numCache>pt"`
				} `xml:"val"`
			} `xml:"ser"`
			Orientation struct {
				Val string `xml:"val,attr"`
			} `xml:"scaling>orientation"`
		} `xml:",any"`
	} `xml:"chart>plotArea"`
}

type pt struct {
	Idx int    `xml:"idx,attr"`
	V   string `xml:"v"`
}

// readCharts reads every chart of a deck and holds its caches against the workbook inside.
func readCharts(t *testing.T, b []byte) []readChart {
	t.Helper()
	ps, order := parts(t, b)
	var out []readChart
	for _, name := range order {
		if ok, _ := filepath.Match("ppt/charts/ch*.xml", name); !ok {
			continue
		}
		var x chartXML
		if err := xml.Unmarshal(ps[name], &x); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var c readChart
		for _, r := range relations(t, ps, name) {
			if strings.HasSuffix(r.Type, "/package") {
				f, err := excelize.OpenReader(bytes.NewReader(ps[target(name, r)]))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				c.Book = f
			}
		}
		if c.Book == nil {
			t.Fatalf("%s has no workbook", name)
		}
		cell := func(ref string) string {
			sheet, at, _ := strings.Cut(strings.ReplaceAll(ref, "$", ""), "!")
			v, err := c.Book.GetCellValue(sheet, at)
			if err != nil {
				t.Fatalf("%s: %s: %v", name, ref, err)
			}
			if f, err := c.Book.GetCellFormula(sheet, at); err != nil || f != "" {
				t.Errorf("%s: %s is a formula: %q %v", name, ref, f, err)
			}
			return v
		}
		span := regexp.MustCompile(`^Sheet1!\$([A-Z]+)\$2:\$([A-Z]+)\$(\d+)$`)
		for _, in := range x.Plot.Inner {
			if in.XMLName.Local == "valAx" {
				c.Inverted = in.Orientation.Val == "maxMin"
			}
			if len(in.Ser) == 0 {
				continue
			}
			c.Kind = in.XMLName.Local
			for _, s := range in.Ser {
				one := readSeries{Values: map[int]string{}}
				if len(s.Tx.V) == 1 {
					one.Name = s.Tx.V[0]
				}
				if got := cell(s.Tx.F); got != one.Name {
					t.Errorf("%s: the workbook calls the series %q, the chart %q", name, got, one.Name)
				}
				cat, val := span.FindStringSubmatch(s.Cat.F), span.FindStringSubmatch(s.Val.F)
				if cat == nil || val == nil {
					t.Fatalf("%s: formulas %q, %q", name, s.Cat.F, s.Val.F)
				}
				for _, p := range s.Cat.Pt {
					one.Categories = append(one.Categories, p.V)
					if got := cell(fmt.Sprintf("Sheet1!%s%d", cat[1], p.Idx+2)); got != p.V {
						t.Errorf("%s: category %d is %q in the workbook and %q in the chart", name, p.Idx, got, p.V)
					}
				}
				for _, p := range s.Val.Pt {
					one.Values[p.Idx] = p.V
				}
				for k := range one.Categories {
					if got := cell(fmt.Sprintf("Sheet1!%s%d", val[1], k+2)); got != one.Values[k] {
						t.Errorf("%s: value %d of %s is %q in the workbook and %q in the chart", name, k, one.Name, got, one.Values[k])
					}
				}
				c.Series = append(c.Series, one)
			}
		}
		out = append(out, c)
	}
	return out
}

func TestReadBack(t *testing.T) {
	b := write(t, whole(t, charts.Light, "vi"), "")
	got := readCharts(t, b)
	var kinds []string
	for _, c := range got {
		kinds = append(kinds, c.Kind)
	}
	if diff := cmp.Diff([]string{"lineChart", "lineChart", "lineChart", "lineChart", "barChart", "barChart", "barChart", "radarChart", "barChart"}, kinds); diff != "" {
		t.Fatalf("kinds of charts (-want +got):\n%s", diff)
	}
	years := []string{"2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019"}
	want := []readSeries{{Name: "Long An", Categories: years, Values: map[int]string{0: "20", 1: "50", 2: "48", 3: "23", 4: "30", 5: "12", 6: "7", 7: "5"}}}
	if diff := cmp.Diff(want, got[0].Series); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if !got[0].Inverted || got[5].Inverted {
		t.Errorf("inverted: history %v, bars %v; want true, false", got[0].Inverted, got[5].Inverted)
	}
	// A break that severs leaves two series, and a missing year a gap.
	want = []readSeries{
		{Name: "Long An", Categories: years, Values: map[int]string{0: "20", 1: "50", 3: "23"}},
		{Name: "Long An (2016–2019)", Categories: years, Values: map[int]string{4: "30", 5: "12", 6: "7", 7: "5"}},
	}
	if diff := cmp.Diff(want, got[1].Series); diff != "" {
		t.Errorf("severed history (-want +got):\n%s", diff)
	}
	// The steps of a waterfall stand on what was left before.
	if diff := cmp.Diff(map[int]string{0: "0", 1: "98.5", 2: "94.25", 3: "92.25", 4: "92.25", 5: "0"}, got[8].Series[0].Values); diff != "" {
		t.Errorf("base of the waterfall (-want +got):\n%s", diff)
	}
	ps, _ := parts(t, b)
	chart := string(ps["ppt/charts/chart1.xml"])
	for _, want := range []string{`formatCode="0&quot;/63&quot;"`, `formatCode="0;;"`, `<c:crosses val="max"/>`} {
		if !strings.Contains(strings.ReplaceAll(chart, "&#34;", "&quot;"), want) {
			t.Errorf("the history lacks %s", want)
		}
	}
	for i := range 4 {
		if !strings.Contains(string(ps[fmt.Sprintf("ppt/drawings/drawing%d.xml", i+1)]), "Đổi cách tính (1)") {
			t.Errorf("chart %d does not mark its break", i+1)
		}
	}
}

// What a shape is of can be found whatever it is called and wherever it stands.
func TestOrigin(t *testing.T) {
	ps := checkPackage(t, write(t, whole(t, charts.Light, "vi"), ""))
	found := map[string]bool{}
	for _, r := range relations(t, ps, "ppt/slides/slide3.xml") {
		if !strings.HasSuffix(r.Type, "/tags") {
			continue
		}
		var x struct {
			Tag []struct {
				Name string `xml:"name,attr"`
				Val  string `xml:"val,attr"`
			} `xml:"tag"`
		}
		if err := xml.Unmarshal(ps[target("ppt/slides/slide3.xml", r)], &x); err != nil {
			t.Fatal(err)
		}
		tags := map[string]string{}
		for _, tag := range x.Tag {
			tags[tag.Name] = tag.Val
		}
		if tags["CHISO_ADDRESS"] != address {
			t.Errorf("address %q, want %q", tags["CHISO_ADDRESS"], address)
		}
		found[tags["CHISO_PART"]] = true
		if tags["CHISO_PART"] == "title" && tags["CHISO_TEXT"] != deck.Fingerprint("Xếp hạng PAR INDEX của tỉnh Long An, 2012–2019") {
			t.Error("the title does not remember its words")
		}
	}
	for _, want := range []string{"title", "subtitle", "chart", "notes", "source"} {
		if !found[want] {
			t.Errorf("no shape is tagged as %s", want)
		}
	}
	var links []string
	for _, r := range relations(t, ps, "ppt/slides/slide3.xml") {
		if r.Mode == "External" {
			links = append(links, r.Target)
		}
	}
	if diff := cmp.Diff([]string{address}, links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	notes := string(ps["ppt/notesSlides/notesSlide1.xml"])
	for _, want := range []string{"Năm 2019 Long An xếp 5/63, tăng 2 bậc.", "Quyết định số 1/QĐ-BNV", "rev=12"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the speaker notes lack %q", want)
		}
	}
	core := string(ps["docProps/core.xml"])
	for _, want := range []string{"<dc:title>Báo cáo cải cách hành chính<", "<dc:subject>Long An<", "PAR INDEX, vn63:80", "2025-10-16T08:30:00Z", "Quyết định số 876/QĐ-BNV"} {
		if !strings.Contains(core, want) {
			t.Errorf("the properties lack %q", want)
		}
	}
}

// Without speaker notes there is no master for them.
func TestNoNotesMaster(t *testing.T) {
	d := &deck.Deck{Lang: "vi", Slides: []deck.Slide{{Cover: true, Title: "Bìa"}}}
	ps := checkPackage(t, write(t, d, ""))
	for name := range ps {
		if strings.Contains(name, "notes") || strings.Contains(name, "themeNotes") {
			t.Errorf("%s is there without notes", name)
		}
	}
}

// Names come from documents. Whatever they hold, they stay legible words.
func TestHostileNames(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("Ủy ban nhân dân ", 20))
	hostile := []string{"</script><script>alert(1)</script>", "__f__alert(1)__f__", "A & B <c> \"d\" 'e'", `=HYPERLINK("http://x","y")`, "+1+1", "@SUM(A1)", long,
		"Thu\u031b\u0300a Thie\u0302n Hue\u0302\u0301", "a\x00b\x07c\x1b", "lone \xed\xa0\x80 surrogate \xff", "Long\u202eAn\u200b", "_x0041_", "\ufffe\uffff", strings.Repeat("Ư", 300), "]]>", "&#0;", "{0}", "\n\n", "%s%n"}
	n := len(hostile)
	p := &charts.Plot{Kind: charts.PlotBars, Head: hostile[0], Categories: hostile}
	s := charts.PlotSeries{Name: hostile[0], Labels: hostile}
	for i := range n {
		s.Values = append(s.Values, num(fmt.Sprint(i+1)))
	}
	p.Series = []charts.PlotSeries{s}
	kinds := []charts.PlotKind{charts.PlotBars, charts.PlotOverlaid, charts.PlotRadar, charts.PlotLine, charts.PlotTable, charts.PlotWaterfall}
	d := &deck.Deck{Title: hostile[0], Subject: long, Keywords: hostile, Author: hostile[8], Lang: "vi", PNG: drawn}
	for i, kind := range kinds {
		q := *p
		q.Kind = kind
		q.Unit, q.Format = hostile[2], `0"<&"`
		if kind == charts.PlotOverlaid {
			q.Series = []charts.PlotSeries{s, s}
		}
		if kind == charts.PlotLine {
			q.Breaks = []charts.PlotBreak{{Before: 2, Label: hostile[0]}, {Before: 3, Label: long}}
		}
		pic := picture("x", &q)
		pic.Title, pic.Subtitle, pic.Alt, pic.Notes = hostile[i], long, hostile[0]+long, hostile
		pic.Sources = []charts.Source{{Label: hostile[0], Date: "no date"}, {Label: long}, {Label: hostile[8]}}
		d.Slides = append(d.Slides, deck.Slide{Picture: pic, Link: "javascript:alert(1)\"><x>", Notes: hostile, Text: hostile[:4]})
	}
	d.Slides = append(d.Slides, deck.Slide{Cover: true, Title: long, Subtitle: hostile[0]}, deck.Slide{Title: hostile[8], Text: hostile})
	b := write(t, d, "hostile")
	ps := checkPackage(t, b)
	checkSchema(t, b)
	for _, c := range readCharts(t, b) {
		for _, s := range c.Series {
			for _, cat := range s.Categories {
				if len([]rune(cat)) > 130 {
					t.Errorf("a category of %d letters in a chart", len([]rune(cat)))
				}
			}
		}
	}
	all := ""
	for name, body := range ps {
		for _, bad := range []string{"<script", "\u202e", "\u031b", "\x07", "&#x0;"} {
			if bytes.Contains(body, []byte(bad)) && !strings.HasSuffix(name, ".xlsx") && !strings.HasSuffix(name, ".png") {
				t.Errorf("%s holds %q", name, bad)
			}
		}
		if strings.HasPrefix(name, "ppt/slides/_rels/") && bytes.Contains(body, []byte("javascript")) {
			t.Errorf("%s leads to a script", name)
		}
		all += string(body)
	}
	if !strings.Contains(all, "Thừa Thiên Huế") {
		t.Error("a decomposed name is not composed")
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name string
		d    deck.Deck
		says string
	}{
		{"no slides", deck.Deck{}, "no slides"},
		{"ratio", deck.Deck{Ratio: "5:4", Slides: []deck.Slide{{Cover: true}}}, "16:9 or 4:3"},
		{"no one to draw", deck.Deck{Slides: []deck.Slide{{Picture: picture("map", nil)}}}, "nothing draws it"},
		{"logo", deck.Deck{Logo: []byte("GIF89a"), Slides: []deck.Slide{{Cover: true}}}, "logo: no PNG"},
		{"too many rows", deck.Deck{Slides: []deck.Slide{{Picture: picture("ranking", league(1001))}}}, "smaller scope"},
	}
	for _, tt := range tests {
		if _, err := tt.d.Bytes(context.Background()); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want it to say %q", tt.name, err, tt.says)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := whole(t, charts.Light, "vi").Bytes(ctx); err == nil {
		t.Error("a cancelled deck was written")
	}
}

// officePPTX is what LibreOffice makes of a deck when it saves it.
func officePPTX(t *testing.T, b []byte) []byte { return office(t, b, "pptx") }

// office converts a deck with LibreOffice and returns the file of that kind.
func office(t *testing.T, b []byte, kind string) []byte {
	t.Helper()
	soffice := testshared.Need(t, "soffice")
	dir := t.TempDir()
	in := filepath.Join(dir, "deck.pptx")
	if err := os.WriteFile(in, b, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", kind, "--outdir", filepath.Join(dir, "out"), in).CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, "out", "deck."+kind))
	if err != nil {
		testshared.Missing(t, fmt.Sprintf("soffice converts no slides (libreoffice-impress is missing?): %s", out))
	}
	return got
}

// LibreOffice opens the deck and finds chart objects, tables and words, not pictures.
func TestLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED by -short: starts LibreOffice")
	}
	odp := office(t, write(t, whole(t, charts.Light, "vi"), ""), "odp")
	z, err := zip.NewReader(bytes.NewReader(odp), int64(len(odp)))
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]int{}
	class := regexp.MustCompile(`chart:class="(chart:[a-z-]+)"`)
	var content string
	var labels []string
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, "content.xml") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "content.xml" {
			content = string(body)
			continue
		}
		if m := class.FindSubmatch(body); m != nil {
			classes[string(m[1])]++
			labels = append(labels, string(body))
		}
	}
	if diff := cmp.Diff(map[string]int{"chart:line": 4, "chart:bar": 4, "chart:radar": 1}, classes); diff != "" {
		t.Errorf("chart objects (-want +got):\n%s", diff)
	}
	if n := len(regexp.MustCompile(`<table:table[ >]`).FindAllString(content, -1)); n < 6 {
		t.Errorf("%d tables, want at least 6", n)
	}
	if n := strings.Count(content, "<draw:page "); n != 17 {
		t.Errorf("%d slides, want 17", n)
	}
	if !slices.ContainsFunc(labels, func(s string) bool { return strings.Contains(s, "3,5/12 (29%)") }) {
		t.Error("no chart has the label 3,5/12 (29%)")
	}
}

func BenchmarkDeckOfTen(b *testing.B) {
	st := charts.Style{Lang: "vi"}
	one := history(b, st, false, "Long An")
	three := history(b, st, false, "Long An", "Hậu Giang", "An Giang")
	d := &deck.Deck{Title: "Mười trang", Lang: "vi"}
	for _, p := range []*charts.Picture{one, three, picture("subscores", overlaid()), picture("bars", bars(18)), picture("grouped", grouped()), picture("radar", radar()), picture("waterfall", waterfall()), one, three, picture("radar", radar())} {
		d.Slides = append(d.Slides, deck.Slide{Picture: p, Link: address, Notes: []string{"Năm 2019 Long An xếp 5/63."}})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Bytes(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

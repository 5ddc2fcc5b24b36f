package workbook

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"chiso/charts"
	"chiso/reform"
)

func picture() *charts.Picture {
	num := reform.Num
	return &charts.Picture{
		Name: "rank-history", Title: "Xếp hạng của =HYPERLINK(\"x\") </t>", Subtitle: "Năm 2019", Alt: "Tóm tắt",
		Notes: []string{"=1+1", "Chưa có số liệu: 2018."}, Sources: []charts.Source{{Document: "d1", Label: "@Báo Long An", Date: "2020-05-19"}},
		Table: charts.Table{
			Columns: []charts.Column{{Key: "unit", Label: "Đơn vị"}, {Key: "place", Label: "Hạng", Numeric: true}, {Key: "move", Label: "Tăng giảm", Numeric: true}, {Key: "score", Label: "Điểm", Numeric: true}, {Key: "document", Label: "Tài liệu"}},
			Rows: [][]charts.Cell{
				{{Text: "=HYPERLINK(\"http://evil\")", Value: "vn63:80"}, {Text: "5/63", Value: "5"}, {Text: "▲2", Value: "2"}, {Text: "3,5/12", Value: "3.5"}, {Text: "Báo", Value: "d1", Document: "d1"}},
				{{Text: "+1", Value: "vn63:82"}, {Text: "–"}, {Text: ""}, {Text: "–"}, {Text: "-"}},
				{{Text: "Thu\u031b\u0300a Thiên Huế", Value: "vn63:46"}, {Text: "7/63", Value: "7"}, {Text: "▽1", Value: "-1"}, {Text: "0", Value: "0.000001"}, {Text: strings.Repeat("dài ", 300)}},
			},
		},
		Plot: &charts.Plot{
			Kind: charts.PlotLine, Head: "Năm", Categories: []string{"2017", "2018", "2019"}, Inverted: true, Min: num("0"), Max: num("63"), Step: num("10"), Format: "0;;", Unit: "Hạng",
			Series: []charts.PlotSeries{{Name: "Long An", Values: []reform.Number{num("12"), {}, num("5")}, Colour: "#0072b2"}, {Name: "=1+1", Values: []reform.Number{num("1"), num("2"), num("3")}, Colour: "#d55e00", Cut: []int{1}}},
		},
	}
}

func write(t *testing.T, p *charts.Picture, link string) []byte {
	t.Helper()
	from := charts.ProvenanceOf(p, "vi", link+"/figures/rank-history?index=par&rev=7", 7, func(d string) string { return link + "/documents/" + d })
	b, err := Write(p.Title, []Sheet{{Picture: p, From: from}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t *testing.T, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestWrite(t *testing.T) {
	f := open(t, write(t, picture(), "https://chiso.example.vn"))
	if diff := cmp.Diff([]string{"Số liệu", "Số liệu biểu đồ", "Nguồn và ghi chú"}, f.GetSheetList()); diff != "" {
		t.Fatalf("sheets (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		cell, want string
		kind       excelize.CellType
	}{
		{"A1", "Xếp hạng của =HYPERLINK(\"x\") </t>", excelize.CellTypeSharedString},
		{"A4", "Đơn vị", excelize.CellTypeSharedString},
		{"A5", "=HYPERLINK(\"http://evil\")", excelize.CellTypeSharedString},
		{"A6", "+1", excelize.CellTypeSharedString},
		{"A7", "Thừa Thiên Huế", excelize.CellTypeSharedString},
		{"B5", "5", excelize.CellTypeUnset}, {"D5", "3.5", excelize.CellTypeUnset}, {"D7", "0.000001", excelize.CellTypeUnset},
		{"C5", "2", excelize.CellTypeUnset}, {"C7", "-1", excelize.CellTypeUnset},
		{"B6", "", excelize.CellTypeSharedString}, // missing is not zero
	} {
		got, err := f.GetCellValue("Số liệu", tt.cell, excelize.Options{RawCellValue: true})
		kind, kerr := f.GetCellType("Số liệu", tt.cell)
		if err != nil || kerr != nil || got != tt.want || kind != tt.kind {
			t.Errorf("%s: got %q of type %d, want %q of type %d (%v, %v)", tt.cell, got, kind, tt.want, tt.kind, err, kerr)
		}
		if formula, err := f.GetCellFormula("Số liệu", tt.cell); err != nil || formula != "" {
			t.Errorf("%s: a formula %q, %v", tt.cell, formula, err)
		}
	}
	if shown, err := f.GetCellValue("Số liệu", "C7"); err != nil || shown != "▽1" {
		t.Errorf("a movement across a break: got %q, %v, want it hollow", shown, err)
	}
	if ok, link, err := f.GetCellHyperLink("Số liệu", "E5"); !ok || err != nil || link != "https://chiso.example.vn/documents/d1" {
		t.Errorf("the document's link: %t %q %v", ok, link, err)
	}
	panes, err := f.GetPanes("Số liệu")
	if err != nil || !panes.Freeze || panes.YSplit != 4 || panes.XSplit != 1 {
		t.Errorf("panes: %+v, %v", panes, err)
	}
	layout, err := f.GetPageLayout("Số liệu")
	if err != nil || *layout.Orientation != "landscape" || *layout.FitToWidth != 1 {
		t.Errorf("page: %+v, %v", layout, err)
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].Name != "_xlnm.Print_Titles" || !strings.HasSuffix(names[0].RefersTo, "$4:$4") {
		t.Errorf("print titles: %+v", names)
	}
	about, err := f.GetRows("Nguồn và ghi chú")
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for _, row := range about {
		said += strings.Join(row, "|") + "\n"
	}
	for _, want := range []string{"index = par", "Bản số liệu|7", "Ngày của số liệu|19/05/2020", "=1+1\nChưa có số liệu: 2018.", "1|@Báo Long An|19/05/2020|d1", "https://chiso.example.vn/figures/rank-history?index=par&rev=7"} {
		if !strings.Contains(said, want) {
			t.Errorf("sources: no %q in\n%s", want, said)
		}
	}
	// The line is broken where it must not lead on, and stays missing where nothing is known.
	plot, err := f.GetRows("Số liệu biểu đồ")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Xếp hạng của =HYPERLINK(\"x\") </t>"}, {"Năm", "Long An", "=1+1", "=1+1 (2019)"}, {"2017", "12", "1"}, {"2018", "", "2"}, {"2019", "5", "", "3"}}
	if diff := cmp.Diff(want, plot); diff != "" {
		t.Errorf("numbers of the chart (-want +got):\n%s", diff)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title == "" || props.Created != "2020-05-19T00:00:00Z" || props.Creator != "chiso" {
		t.Errorf("properties: %+v, %v", props, err)
	}
}

func TestEqualBytes(t *testing.T) {
	if !bytes.Equal(write(t, picture(), ""), write(t, picture(), "")) {
		t.Error("the same picture gave two files")
	}
}

func TestKinds(t *testing.T) {
	for _, kind := range []charts.PlotKind{charts.PlotLine, charts.PlotBars, charts.PlotOverlaid, charts.PlotRadar, charts.PlotTable, charts.PlotWaterfall} {
		p := picture()
		p.Plot.Kind = kind
		b := write(t, p, "")
		if has := bytes.Contains(b, []byte("xl/charts/chart1.xml")); has != (kind != charts.PlotTable) {
			t.Errorf("%s: a chart %t", kind, has)
		}
	}
}

// A line has the colour that the page gives it, and what the steps of a waterfall stand on is not seen.
func TestColours(t *testing.T) {
	chart := func(p *charts.Picture) string {
		out, ok := open(t, write(t, p, "")).Pkg.Load("xl/charts/chart1.xml")
		if !ok {
			t.Fatal("there is no chart")
		}
		return string(out.([]byte))
	}
	stroke := func(colour string) string { return `<a:ln cap="rnd" w="28575"><a:solidFill><a:srgbClr val="` + colour }
	if got := chart(picture()); strings.Count(got, stroke("0072b2")) != 1 || strings.Count(got, stroke("d55e00")) != 2 {
		t.Errorf("want one stroke of #0072b2 and two, for the cut, of #d55e00:\n%s", got)
	}
	p := picture()
	p.Plot.Kind, p.Plot.Inverted, p.Plot.Min, p.Plot.Max = charts.PlotWaterfall, false, reform.Number{}, reform.Number{}
	p.Plot.Series = []charts.PlotSeries{{Name: "Điểm", Values: []reform.Number{reform.Num("12"), reform.Num("-8.5"), reform.Num("3.5")}, Colour: "#0072b2"}}
	got := chart(p)
	if base, step, ok := strings.Cut(got, `<order val="1">`); !ok || !strings.Contains(base, "<a:noFill") || !strings.Contains(step, `val="0072b2"`) {
		t.Errorf("the base must have no fill, the steps #0072b2:\n%s", got)
	}
	// A step that leads below zero can't stand on anything: bars from zero.
	p.Plot.Series[0].Values[1] = reform.Num("-15")
	if got := chart(p); strings.Contains(got, `<order val="1">`) || !strings.Contains(got, `<grouping val="clustered">`) {
		t.Errorf("want one series of bars that stand by themselves:\n%s", got)
	}
}

func TestTabs(t *testing.T) {
	b := &book{names: map[string]bool{}}
	for _, tt := range [][2]string{{"PAR", "PAR"}, {"par", "par (2)"}, {"a/b:c*[d]?'e\\", "a-b-c--d---e-"}, {strings.Repeat("dài", 20), strings.Repeat("dài", 10) + "d"}, {strings.Repeat("dài", 20), strings.Repeat("dài", 9) + " (2)"}, {"", "-"}} {
		if got := b.tab(tt[0]); got != tt[1] {
			t.Errorf("%q: got %q, want %q", tt[0], got, tt[1])
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	p := picture()
	from := charts.ProvenanceOf(p, "vi", "/figures/x", 7, func(d string) string { return d })
	for b.Loop() {
		if _, err := Write(p.Title, []Sheet{{Picture: p, From: from}}); err != nil {
			b.Fatal(err)
		}
	}
}

// Numbers of a column have as many decimals as the one with the most, whatever the language writes between.
func TestFormats(t *testing.T) {
	column := func(key string, texts ...string) charts.Table {
		tab := charts.Table{Columns: []charts.Column{{Key: key, Numeric: true}}}
		for _, s := range texts {
			value := "1"
			if s == "–" {
				value = ""
			}
			tab.Rows = append(tab.Rows, []charts.Cell{{Text: s, Value: value}})
		}
		return tab
	}
	for _, tc := range []struct {
		lang, want string
		table      charts.Table
	}{
		{"vi", "0.00", column("score", "66,7", "68,09", "–")}, {"en", "0.00", column("score", "66.7", "68.09")},
		{"vi", "0.0", column("score", "3,5/12,25")}, {"vi", "General", column("score", "15.613")}, {"en", "General", column("score", "15,613")},
		{"vi", "0.0", column("percent", "82%")}, {"vi", "0.0000", column("score", "0,7891", "0,5")}, {"vi", "General", column("place", "20/63")},
	} {
		if got := (&book{lang: tc.lang}).formats(tc.table)[0]; got != tc.want {
			t.Errorf("%s %v: got %s, want %s", tc.lang, tc.table.Rows, got, tc.want)
		}
	}
	for want, list := range map[string][]string{"0.00": {"66.7", "58.565516"}, "0.0000": {"0.7891", "1"}, "General": {"20", "5"}} {
		var values []reform.Number
		for _, s := range list {
			values = append(values, reform.Num(s))
		}
		if got := formatOf(append(values, reform.Number{})); got != want {
			t.Errorf("%v: got %s, want %s", list, got, want)
		}
	}
}

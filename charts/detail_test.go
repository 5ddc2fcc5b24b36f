package charts_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform"
)

type seriesJSON struct {
	Name   string
	Type   string
	Symbol string
	Data   []struct {
		Value     any
		Text      string
		Of        int
		Tip       string
		Label     struct{ Show bool }
		ItemStyle struct {
			BorderWidth float64
			Color       string
			Decal       any
		}
	}
	LineStyle struct {
		Type  string
		Width float64
	}
	ConnectNulls *bool
	MarkLine     struct {
		Data []struct {
			XAxis int
			Text  string
		}
	}
}

type optionJSON struct {
	Series []seriesJSON
	XAxis  []struct{ Data []any }
	YAxis  []struct {
		Inverse   bool
		Min, Max  float64
		Data      []any // texts, or objects with a value
		AxisLabel struct{ CustomValues []float64 }
	}
	Legend []struct{ Data []struct{ Name string } }
}

func read(t *testing.T, p *charts.Picture, err error) optionJSON {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var o optionJSON
	if err := json.Unmarshal(p.Option, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func values(s seriesJSON) []any {
	out := make([]any, len(s.Data))
	for i, d := range s.Data {
		out[i] = d.Value
	}
	return out
}

func categories(data []any) []string {
	var out []string
	for _, d := range data {
		if o, ok := d.(map[string]any); ok {
			d = o["value"]
		}
		s, _ := d.(string)
		out = append(out, s)
	}
	return out
}

func texts(s seriesJSON) []string {
	var out []string
	for _, d := range s.Data {
		if d.Text != "" {
			out = append(out, d.Text)
		}
	}
	return out
}

func TestHistoryAxis(t *testing.T) {
	p, err := charts.RankHistory(history(longAn()), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if !o.YAxis[0].Inverse {
		t.Error("the axis of places is not inverted")
	}
	if diff := cmp.Diff([]float64{1, 10, 20, 30, 40, 50, 63}, o.YAxis[0].AxisLabel.CustomValues); diff != "" {
		t.Errorf("ticks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"20/63", "50/63", "48/63", "23/63", "30/63", "12/63", "7/63", "5/63"}, texts(o.Series[0])); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	for _, d := range o.Series[0].Data {
		if !d.Label.Show {
			t.Errorf("the label %s is not shown, though there is room for it", d.Text)
		}
	}
	if got, want := p.Title, "Xếp hạng PAR INDEX của tỉnh Long An, 2012–2019"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if got, want := p.Subtitle, "Năm 2019: 5/63, tăng 2 bậc so với năm 2018"; got != want {
		t.Errorf("subtitle %q, want %q", got, want)
	}
	for _, want := range []string{"từ 20/63 (năm 2012) đến 5/63 (năm 2019)", "cao nhất 5/63 (năm 2019)", "thấp nhất 50/63 (năm 2013)"} {
		if !strings.Contains(p.Alt, want) {
			t.Errorf("alt %q lacks %q", p.Alt, want)
		}
	}
	if got := p.Sources[0]; got.Document != "doc-2012" || !strings.HasPrefix(got.Label, "Quyết định") || len(p.Sources) != 8 {
		t.Errorf("sources %+v", p.Sources)
	}
	if got := p.Table.Rows[0]; got[1].Text != "20/63" || got[1].Value != "20" || got[1].Document != "doc-2012" || got[2].Value != "63" {
		t.Errorf("first row %+v", got)
	}
}

func TestHistoryTicks(t *testing.T) {
	for _, tt := range []struct {
		of   int
		want []float64
	}{
		{1, []float64{1}}, {2, []float64{1, 2}}, {5, []float64{1, 2, 3, 4, 5}},
		{13, []float64{1, 4, 6, 8, 10, 13}}, {34, []float64{1, 5, 10, 15, 20, 25, 30, 34}}, {64, []float64{1, 10, 20, 30, 40, 50, 64}},
		{3321, []float64{1, 500, 1000, 1500, 2000, 2500, 3000, 3321}},
	} {
		l := longAn()
		l.Points = []reform.RankPoint{point(2019, 1, tt.of, "b")}
		p, err := charts.RankHistory(history(l), charts.Style{Lang: "vi"})
		if diff := cmp.Diff(tt.want, read(t, p, err).YAxis[0].AxisLabel.CustomValues); diff != "" {
			t.Errorf("ticks of %d (-want +got):\n%s", tt.of, diff)
		}
	}
}

// A missing year is a gap on the axis and in the line, and a row that says so.
func TestHistoryGap(t *testing.T) {
	l := longAn()
	l.Points = append(l.Points[:2:2], l.Points[4:]...)
	p, err := charts.RankHistory(history(l), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if got := len(o.XAxis[0].Data); got != 8 {
		t.Errorf("%d years on the axis, want 8", got)
	}
	want := []any{20.0, 50.0, nil, nil, 30.0, 12.0, 7.0, 5.0}
	if diff := cmp.Diff(want, values(o.Series[0])); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	if c := o.Series[0].ConnectNulls; c == nil || *c {
		t.Error("gaps are joined")
	}
	if !slices.Contains(p.Notes, "Chưa có số liệu: 2014–2015.") {
		t.Errorf("notes %q do not name the gap", p.Notes)
	}
	if got := p.Table.Rows[2]; got[0].Text != "2014" || got[1].Text != "–" || got[4].Text != "chưa có số liệu" {
		t.Errorf("row of 2014: %+v", got)
	}
}

func TestHistoryBreaks(t *testing.T) {
	marks := func(o optionJSON) (at []int) {
		for _, s := range o.Series {
			for _, m := range s.MarkLine.Data {
				at = append(at, m.XAxis)
			}
		}
		return at
	}
	undeclared, severed, outside, component := history(longAn()), history(longAn()), history(longAn()), history(longAn())
	undeclared.Index.Breaks = nil
	severed.Index.Breaks[0].Severs = true
	outside.Index.Breaks = []reform.Break{{After: "2005"}, {After: "2012"}, {After: "2030"}, {After: "nonsense"}}
	component.Index.Breaks[0].Components = []string{"3"}
	for i := range component.Lines[0].Points {
		component.Lines[0].Points[i].Basis = "b"
	}
	for _, tt := range []struct {
		name  string
		in    charts.RankHistoryInput
		at    []int
		lines int // series with a stroke
	}{
		{"declared", history(longAn()), []int{4}, 1},
		{"change of basis that nobody declared", undeclared, []int{4}, 1},
		{"severed", severed, []int{4}, 2},
		{"outside, and the change of basis", outside, []int{4}, 1},
		{"of another component", component, nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := charts.RankHistory(tt.in, charts.Style{Lang: "vi"})
			o := read(t, p, err)
			if diff := cmp.Diff(tt.at, marks(o)); diff != "" {
				t.Errorf("marks (-want +got):\n%s", diff)
			}
			lines := 0
			for _, s := range o.Series {
				if s.LineStyle.Width > 0 {
					lines++
				}
			}
			if lines != tt.lines {
				t.Errorf("%d strokes, want %d", lines, tt.lines)
			}
			if noted := strings.Contains(strings.Join(p.Notes, "\n"), "(1) Từ 2016: "); noted != (tt.at != nil) {
				t.Errorf("notes %q", p.Notes)
			}
		})
	}
}

// Scores of two bases are not points of one line; places are, with a mark.
func TestScoresAreCut(t *testing.T) {
	l := longAn()
	for i := range l.Points {
		l.Points[i].Score = num("70.125")
	}
	in := history(l)
	in.Measure = charts.Scores
	p, err := charts.RankHistory(in, charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if o.Series[0].LineStyle.Width != 0 {
		t.Error("one line runs through the break")
	}
	if diff := cmp.Diff([]any{70.125, 70.125, 70.125, 70.125, nil, nil, nil, nil}, values(o.Series[1])); diff != "" {
		t.Errorf("stroke before the break (-want +got):\n%s", diff)
	}
	if o.YAxis[0].Inverse {
		t.Error("the axis of scores is inverted")
	}
	if got := texts(o.Series[0])[0]; got != "70,13" {
		t.Errorf("label %q, want 70,13", got)
	}
	if got := p.Table.Rows[0][3].Value; got != "70.125" {
		t.Errorf("exact value %q, want 70.125", got)
	}
}

func TestPercentile(t *testing.T) {
	l := longAn()
	l.Points = []reform.RankPoint{point(2005, 1, 42, "a"), point(2006, 64, 64, "a"), point(2007, 32, 63, "a"), point(2008, 5, 0, "a"), point(2009, 1, 1, "a")}
	in := history(l)
	in.Index.Breaks = nil
	in.Measure = charts.Percentiles
	p, err := charts.RankHistory(in, charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if diff := cmp.Diff([]any{100.0, 0.0, 50.0, nil, 100.0}, values(o.Series[0])); diff != "" {
		t.Errorf("percentiles (-want +got):\n%s", diff)
	}
	if got := texts(o.Series[0])[0]; got != "1/42" {
		t.Errorf("label %q, want 1/42", got)
	}
	if want := "Số đơn vị được xếp hạng thay đổi: 42 (2005), 64 (2006), 63 (2007), 1 (2009)."; !slices.Contains(p.Notes, want) {
		t.Errorf("notes %q lack %q", p.Notes, want)
	}
}

func TestUnsettledValues(t *testing.T) {
	l := longAn()
	l.Points[1].RankKind = reform.Derived
	l.Points[2].RankKind = reform.Computed
	l.Points[7].Status = reform.Provisional
	p, err := charts.RankHistory(history(l), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	for k, d := range o.Series[0].Data {
		if hollow := d.ItemStyle.BorderWidth > 0; hollow != (k == 1 || k == 2) {
			t.Errorf("symbol %d: hollow is %v", k, hollow)
		}
	}
	var dashed []any
	for _, s := range o.Series {
		if s.LineStyle.Type == "dashed" {
			dashed = values(s)
		}
	}
	if diff := cmp.Diff([]any{nil, nil, nil, nil, nil, nil, 7.0, 5.0}, dashed); diff != "" {
		t.Errorf("dashed stroke (-want +got):\n%s", diff)
	}
	all := strings.Join(p.Notes, "\n")
	for _, want := range []string{"suy ra từ lời văn của nguồn, không phải thứ hạng công bố (2013)", "tính từ điểm số, không phải thứ hạng công bố (2014)", "tạm tính (2019)"} {
		if !strings.Contains(all, want) {
			t.Errorf("notes %q lack %q", all, want)
		}
	}
}

// A legend tells lines by name alone.
func TestLinesOfOneName(t *testing.T) {
	a, b, c := longAn(), longAn(), longAn()
	b.Unit, b.Points = "vn34:80", b.Points[:3]
	p, err := charts.RankHistory(history(a, b, c), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	seen := map[string]bool{}
	for _, l := range o.Legend {
		for _, d := range l.Data {
			seen[d.Name] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("legend %v, want three names", seen)
	}
}

func TestSubscoreBars(t *testing.T) {
	p, err := charts.SubscoresBars(subscores(), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if diff := cmp.Diff([]any{12.0, 10.0, 22.0, nil}, values(o.Series[0])); diff != "" {
		t.Errorf("tracks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{3.5, 3.7, 5.3, 3.5}, values(o.Series[1])); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3,5/12 (29%)", "3,7/10 (37%)", "5,3/22 (24%)"}, texts(o.Series[0])); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"3,5"}, texts(o.Series[1])); diff != "" {
		t.Errorf("label without a maximum (-want +got):\n%s", diff)
	}
	if !strings.Contains(strings.Join(p.Notes, "\n"), "Chưa rõ điểm tối đa: Mức độ hài lòng") {
		t.Errorf("notes %q do not name the unknown maximum", p.Notes)
	}
}

func TestSubscoresMissingIsNotZero(t *testing.T) {
	in := subscores()
	in.Subscores.Rows[1].Score = reform.Number{}
	p, err := charts.SubscoresBars(in, charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if got := o.Series[1].Data[1].Value; got != nil {
		t.Errorf("a missing score is drawn as %v", got)
	}
	if got := o.Series[0].Data[1].Text; got != "chưa có số liệu" {
		t.Errorf("label %q", got)
	}
	in.Subscores.Rows[1].Score = num("0")
	p, err = charts.SubscoresBars(in, charts.Style{Lang: "vi"})
	if got := read(t, p, err).Series[1].Data[1].Value; got != 0.0 {
		t.Errorf("a score of zero is drawn as %v", got)
	}
}

func TestLeague(t *testing.T) {
	p, err := charts.LeagueBars(table(), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	heads := categories(o.YAxis[0].Data)
	// Ties share a place.
	if diff := cmp.Diff([]string{"1. Đà Nẵng", "2. Long An", "2. Hà Nội", "4. An Giang", "–  Hậu Giang"}, heads); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"90,16  ▲2", "89  ▽1", "89  =", "chưa có điểm  △4", "70"}, texts(o.Series[0])); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(p.Subtitle, "5/63 tỉnh, thành phố có số liệu") {
		t.Errorf("subtitle %q", p.Subtitle)
	}
	if o.Series[0].Data[1].ItemStyle.Color == o.Series[0].Data[0].ItemStyle.Color {
		t.Error("the chosen unit does not stand out")
	}
	if got := p.Table.Rows[0][3].Value; got != "90.155" {
		t.Errorf("exact score %q", got)
	}
	if got := strings.Contains(o.Series[0].Data[1].Tip, "Giảm 1 bậc so với năm 2018"); !got {
		t.Errorf("tip %q", o.Series[0].Data[1].Tip)
	}
}

// The height follows the rows, so that none is squeezed.
func TestLeagueGrows(t *testing.T) {
	in := table()
	row := in.League.Rows[0]
	in.League.Rows = nil
	for i := range 63 {
		row.Place = i + 1
		in.League.Rows = append(in.League.Rows, row)
	}
	for _, st := range []charts.Style{{}, {Height: 300}, {Width: 360}} {
		p, err := charts.LeagueBars(in, st)
		if err != nil || p.Height < 63*18 {
			t.Errorf("%+v: height %d (%v), want at least %d", st, p.Height, err, 63*18)
		}
	}
}

func TestHeatmapClasses(t *testing.T) {
	p, err := charts.Heatmap(heat(), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	got := map[string]int{}
	for _, s := range o.Series {
		got[s.Name] = len(s.Data)
	}
	want := map[string]int{"20% dẫn đầu": 3, "20–40%": 1, "40–60%": 0, "60–80%": 0, "20% cuối": 1, "Không rõ số đơn vị": 1, "Chưa có số liệu": 6}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cells by class (-want +got):\n%s", diff)
	}
	rows := categories(o.YAxis[0].Data)
	if diff := cmp.Diff([]string{"An Giang", "Đà Nẵng", "Hà Nội", "Long An"}, rows); diff != "" {
		t.Errorf("rows by name (-want +got):\n%s", diff)
	}
	in := heat()
	in.Order = charts.ByLatest
	p, err = charts.Heatmap(in, charts.Style{Lang: "vi"})
	rows = categories(read(t, p, err).YAxis[0].Data)
	if diff := cmp.Diff([]string{"Đà Nẵng", "Long An", "Hà Nội", "An Giang"}, rows); diff != "" {
		t.Errorf("rows by latest place (-want +got):\n%s", diff)
	}
	if !slices.Contains(p.Notes, "6 ô chưa có số liệu (gạch chéo).") || !slices.Contains(p.Notes, "Mốc thay đổi cách tính: 2016.") {
		t.Errorf("notes %q", p.Notes)
	}
}

// Every kind of picture is drawn by the real chain, and its words are in the drawing.
func TestDrawn(t *testing.T) {
	r, err := render.New(context.Background(), render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	words := map[string][]string{
		"rank-history":            {">20/63<", ">5/63<", ">Long An<", ">Đổi cách tính (1)<", ">63<"},
		"rank-history-gaps":       {">3/34<", ">2014<"},
		"rank-history-two":        {">Hậu Giang<"},
		"rank-history-score":      {">70,5<"},
		"rank-history-percentile": {">100%<", ">3/34<"},
		"rank-history-own":        {">#1<", ">#2–3<", ">Mục tiêu: top 25 (2016), top 10 (2020–2021), top 5 (2023)<"},
		"rank-history-own-six":    {">Mục tiêu của Long An: top 25 (2016), top 10 (2020–2021), top 5 (2023)<", ">2023<"},
		"rank-history-own-score":  {">Mục tiêu: 80,125 điểm (2019), 90 điểm (2021)<"},
		"subscores":               {">3,5/12 (29%)<", ">Số hóa hồ sơ<", ">Điểm tối đa<"},
		"subscores-compared":      {">Trung vị<", ">Cao nhất<"},
		"radar":                   {">3,5/12 (29%)<"},
		"ranking":                 {">2. Long An<", ">89  ▽1<"},
		"ranking-places":          {">2/63  ▽1<"},
		"map-across":              {">Hà Nội<", ">△12 (10/34)<", ">Quần đảo Hoàng Sa<", ">Quần đảo Trường Sa<", ">Không so sánh được (3)<"},
		"map-tiles34":             {">Tuyên<", ">△12<", ">QĐ. Hoàng Sa<", ">(tỉnh Khánh Hòa)<", ">Chưa có số liệu (4)<"},
		"histories":               {">PAR INDEX 5/63<", ">PAPI 45/61 (2016)<", ">PCI 3/63<", ">100%<"},
		"lost-points":             {">−16,7 (5,3/22)<", ">Số hóa hồ sơ<"},
		"lost-points-whole":       {">−7,5 (4,5/12)<", ">Điểm mất của đơn vị ở giữa (trung vị)<"},
		"derived":                 {">Tây Ninh (suy ra)<"},
		"heatmap":                 {">Đà Nẵng<", ">15<", ">Chưa có số liệu<"},
		"compare":                 {">Long An: 3,5/12<", ">Hậu Giang: 12/12<"},
		"compare-radar":           {">Dịch vụ công trực tuyến<", ">Tiền Giang<"},
		"distribution":            {">n = 5<", ">n = 2/5<", ">Kỳ chưa đủ số liệu<"},
		"live":                    {">2025: 91,7<", ">2026: 58,85<", ">Đổi Cổng<", ">17/09/2026<"},
		"live-revised":            {">08/2025: 86,2<", ">09/2025: 80,8<", ">16/10<"},
		"live-six":                {">Tây Ninh<", ">15/10<"},
	}
	for name, draw := range pictures() {
		p, err := draw(charts.Style{Lang: "vi"})
		if err != nil {
			t.Fatal(err)
		}
		svg, err := r.SVG(context.Background(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: "vi"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		// Spaces of the SVG may be kept as no-break ones.
		got := strings.ReplaceAll(string(svg), "\u00a0", " ")
		for _, w := range words[name] {
			if !strings.Contains(got, w) {
				t.Errorf("%s: the drawing lacks %q", name, w)
			}
		}
		if len(words[name]) == 0 {
			t.Errorf("%s: nothing is looked for", name)
		}
	}
}

package charts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform"
)

func onDay(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// planned is Long An with goals: two years that follow each other, one far off, one reached long ago.
func planned() charts.Line {
	l := longAn()
	for _, g := range [][2]int{{2016, 25}, {2020, 10}, {2021, 10}, {2023, 5}} {
		l.Goals = append(l.Goals, charts.Goal{Period: reform.YearPeriod(g[0]), Place: g[1], Author: "Nguyễn Văn A", Entered: onDay("2026-11-25")})
	}
	return l
}

func plannedScores(l charts.Line) charts.Line {
	l.Goals = []charts.Goal{{Period: reform.YearPeriod(2019), Score: num("80.125")}, {Period: reform.YearPeriod(2021), Score: num("90"), Place: 3}}
	return l
}

func moved(name string, unit reform.UnitKey, by int) charts.Line {
	l := longAn()
	l.Name, l.FullName, l.Unit = name, "tỉnh "+name, unit
	for i := range l.Points {
		l.Points[i].Place = max(1, l.Points[i].Place+by)
	}
	return l
}

// ownNotes adds what is hard about notes: two on one day, one at a break, one beyond the axis, text of a stranger.
func ownNotes(in *charts.RankHistoryInput) {
	for i, n := range [][3]string{
		{"2013-05-02", "Ban hành Kế hoạch cải cách hành chính giai đoạn 2013–2015 của Ủy ban nhân dân tỉnh", "Long An"},
		{"2016-01-01", "Bộ tiêu chí mới có hiệu lực.", ""},
		{"2016-01-01", "</script><script>alert(1)</script>\u202e", "Long An"},
		{"2017-12-31", "Chiến dịch số hóa hồ sơ", "Long An"},
		{"2020-06-30", "Sơ kết", ""},
		{"2009-01-01", "Trước khi có số liệu", ""},
	} {
		in.Annotations = append(in.Annotations, charts.Annotation{Day: onDay(n[0]), Text: n[1], About: n[2], Author: fmt.Sprintf("Người %d", i), Entered: onDay("2026-11-25")})
	}
}

func TestGoals(t *testing.T) {
	in := history(planned())
	p, err := charts.RankHistory(in, charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if got := len(o.XAxis[0].Data); got != 12 {
		t.Errorf("axis: got %d years, want 2012 to 2023", got)
	}
	const name = "Mục tiêu: top 25 (2016), top 10 (2020–2021), top 5 (2023)"
	var drawn []string
	for _, s := range o.Series {
		if s.Name == name {
			for _, d := range s.Data {
				drawn = append(drawn, fmt.Sprint(d.Value))
			}
		}
	}
	want := []string{"[4 25]", "[4.5 25]", "[5 25]", "[8 <nil>]", "[8 10]", "[8.5 10]", "[9 10]", "[9 10]", "[9.5 10]", "[10 10]", "[11 <nil>]", "[11 5]", "[11.5 5]", "[12 5]"}
	if !slices.Equal(drawn, want) {
		t.Errorf("goal: got %v, want %v", drawn, want)
	}
	if len(o.Legend) == 0 || o.Legend[0].Data[0].Name != name {
		t.Errorf("legend: got %+v, want the goal named", o.Legend)
	}
	if !strings.Contains(p.Title, "2012–2019") {
		t.Errorf("title %q: a goal is no value of a year", p.Title)
	}
	notes := strings.Join(p.Notes, "\n")
	if !strings.Contains(notes, "năm 2023 top 5 (Nguyễn Văn A, 25/11/2026)") || strings.Contains(notes, "Chưa có số liệu: 20") {
		t.Errorf("notes: got %s", notes)
	}
	column := slices.IndexFunc(p.Table.Columns, func(c charts.Column) bool { return c.Key == "goal" })
	last := p.Table.Rows[len(p.Table.Rows)-1]
	if column < 0 || len(p.Table.Rows) != 11 || last[0].Value != "2023" || last[column].Text != "top 5" {
		t.Errorf("table: %d rows, last %+v, want 2012 to 2019 and the three years of goals", len(p.Table.Rows), last)
	}
	// A share of units behind has no goal, and an old goal makes no axis longer.
	in.Measure = charts.Percentiles
	in.Lines[0].Goals = append(in.Lines[0].Goals, charts.Goal{Period: reform.YearPeriod(2005), Place: 9})
	p, err = charts.RankHistory(in, charts.Style{Lang: "vi"})
	if o := read(t, p, err); len(o.XAxis[0].Data) != 8 || len(o.Legend) != 0 || !strings.Contains(strings.Join(p.Notes, "\n"), "năm 2005 top 9") {
		t.Errorf("percentiles: %d years, legend %v, notes %v", len(o.XAxis[0].Data), o.Legend, p.Notes)
	}
}

func TestAnnotations(t *testing.T) {
	in := history(longAn())
	ownNotes(&in)
	p, err := charts.RankHistory(in, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(p.Notes, "\n")
	for _, want := range []string{
		"Ghi chú #1: 02/05/2013 – Long An: Ban hành Kế hoạch", "(Người 0, 25/11/2026).", "Ghi chú #3: 01/01/2016 – Long An: </script><script>alert(1)</script> (Người 2, 25/11/2026).",
		"Ghi chú #5: 30/06/2020 – Sơ kết", "Ghi chú ngoài khoảng thời gian của hình: 01/01/2009 – Trước khi có số liệu (Người 5, 25/11/2026).",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in\n%s", want, notes)
		}
	}
	if strings.Contains(string(p.Option), "<script") || strings.Contains(string(p.Option), "\u202e") {
		t.Error("text of a person gets through as it was")
	}
	if !strings.Contains(p.Subtitle, "#1 02/05/2013: Ban hành Kế hoạch") {
		t.Errorf("subtitle %q: a picture alone must be readable", p.Subtitle)
	}
	var svg strings.Builder
	r, err := render.New(t.Context(), render.Options{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	b, err := r.SVG(t.Context(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	svg.Write(b)
	for _, want := range []string{">#1<", ">#2–3<", ">#4<", ">#5<"} {
		if !strings.Contains(svg.String(), want) {
			t.Errorf("no %s in the drawing", want)
		}
	}
}

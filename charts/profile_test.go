package charts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/reform"
)

// histories are one unit in several indices: lines that end in different years, a gap, a break of one
// index alone, one that severs, another N, and places so near that their names would meet.
func histories() charts.HistoriesInput {
	line := func(code, name string, from int, of int, places ...int) charts.IndexLine {
		l := charts.IndexLine{Index: reform.Index{Code: code, Short: reform.Text{VI: name, EN: name}}, Series: reform.RankSeries{Index: code, Unit: "vn63:80", Kind: reform.Year}}
		for i, p := range places {
			if p > 0 {
				l.Series.Points = append(l.Series.Points, point(from+i, p, of, "a"))
			}
		}
		return l
	}
	par := charts.IndexLine{Index: index(), Series: longAn().RankSeries}
	papi := line("papi", "PAPI", 2012, 61, 50, 48, 0, 47, 45)
	papi.Index.Breaks = []reform.Break{{Before: "2012", After: "2013", Reason: reform.Text{VI: "đổi cách đo"}}, {Before: "2015", After: "2016", Severs: true, Reason: reform.Text{VI: "cổng khác"}}}
	papi.Series.Points[3].RankKind = reform.Computed
	pci := line("pci", "PCI", 2012, 63, 9, 8, 7, 6, 5, 4, 3, 3)
	pci.Index.Breaks = []reform.Break{{Before: "2012", After: "2013", Components: []string{"D3"}, Reason: reform.Text{VI: "chỉ một thành phần"}}}
	return charts.HistoriesInput{Name: "Long An", FullName: "tỉnh Long An", Lines: []charts.IndexLine{par, papi, pci, line("dti", "DTI", 2019, 63, 4), line("sipas", "SIPAS", 2019, 63, 0)}}
}

// whole is an edition of which all components are known and add up to the total.
func whole() charts.SubscoresInput {
	in := subscores()
	in.Index.Bases = slices.Clone(in.Index.Bases)
	b := &in.Index.Bases[1]
	b.Components = slices.Clone(b.Components[:3])
	rows := in.Subscores.Rows[:3]
	for i, v := range [][2]string{{"4.5", "7"}, {"10", "9"}, {"12.25", "13"}} {
		rows[i].Score, rows[i].Median = num(v[0]), num(v[1])
	}
	in.Subscores.Rows = rows
	in.Subscores.Total = &reform.RankPoint{Score: num("26.75"), Max: num("44"), Place: 5, Of: 63}
	return in
}

// derivedLines adds a derived line of another unit beside a published one.
func derivedLines(like charts.Line) func(*charts.RankHistoryInput) {
	return func(in *charts.RankHistoryInput) {
		d := like
		d.Points = slices.Clone(like.Points[:6])
		d.Derived, d.Name, d.Unit = true, "Tây Ninh (suy ra)", "vn34:80"
		for i := range d.Points {
			d.Points[i].Place, d.Points[i].RankKind = 0, ""
		}
		in.Measure, in.Lines = charts.Scores, []charts.Line{d, like}
	}
}

// No name of a line covers another one, at any width, however near the lines end.
func TestHistoriesNames(t *testing.T) {
	in := histories()
	for i := range 6 { // six more that end at the first places
		l := in.Lines[2]
		l.Index.Code, l.Index.Short.VI = fmt.Sprint("x", i), fmt.Sprint("Chỉ số riêng ", i)
		l.Series.Points = slices.Clone(l.Series.Points)
		l.Series.Points[len(l.Series.Points)-1].Place = 1 + i%2
		in.Lines = append(in.Lines, l)
	}
	for _, width := range []int{0, 360, 1600} {
		p, err := charts.Histories(in, charts.Style{Lang: "vi", Width: width})
		o := read(t, p, err)
		var doc struct {
			Grid struct{ Top, Bottom float64 }
		}
		if err := json.Unmarshal(p.Option, &doc); err != nil {
			t.Fatal(err)
		}
		axis := o.YAxis[0]
		pixels := (float64(p.Height) - doc.Grid.Top - doc.Grid.Bottom) / (axis.Max - axis.Min)
		var at []float64
		for _, s := range o.Series {
			if s.LineStyle.Type == "dotted" { // the leader to the name
				at = append(at, s.Data[1].Value.([]any)[1].(float64))
			}
		}
		if len(at) != 10 {
			t.Fatalf("width %d: %d lines are named, want the 10 that have places", width, len(at))
		}
		slices.Sort(at)
		for i := 1; i < len(at); i++ {
			if d := (at[i] - at[i-1]) * pixels; d < 14 {
				t.Errorf("width %d: two names are %.1f pixels apart", width, d)
			}
		}
		if at[0] < axis.Min-0.1 || at[9] > axis.Max+0.1 {
			t.Errorf("width %d: names from %.1f to %.1f leave the axis from %.1f to %.1f", width, at[0], at[9], axis.Min, axis.Max)
		}
	}
}

func TestHistories(t *testing.T) {
	p, err := charts.Histories(histories(), charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PAR INDEX: cách tính thay đổi từ kỳ 2016", "PAPI: cách tính thay đổi từ kỳ 2013, 2016", "PAPI: Chưa có số liệu: 2014."} {
		if !slices.Contains(p.Notes, want) {
			t.Errorf("notes %q lack %q", p.Notes, want)
		}
	}
	if i := slices.IndexFunc(p.Notes, func(n string) bool { return strings.Contains(n, "PCI:") }); i >= 0 {
		t.Errorf("a break of one component is none of the total: %q", p.Notes[i])
	}
	if p.Plot.Kind != charts.PlotLine || len(p.Plot.Series) != 4 || len(p.Plot.Breaks) != 0 {
		t.Errorf("got %d native lines, %d upright lines, want 4 and none", len(p.Plot.Series), len(p.Plot.Breaks))
	}
	if d := cmp.Diff([]int{3}, p.Plot.Series[1].Cut); d != "" {
		t.Errorf("PAPI is cut where its measure became another one (-want +got):\n%s", d)
	}
	for _, r := range p.Table.Rows {
		if r[0].Text == "DTI" && r[1].Value != "2019" {
			t.Errorf("DTI has a row for %s, which it never had", r[1].Value)
		}
	}
	in := histories()
	in.Measure = charts.Scores
	if _, err := charts.Histories(in, charts.Style{}); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("scores of several indices: got %v, want invalid", err)
	}
	in.Measure, in.Lines = "", in.Lines[4:]
	if _, err := charts.Histories(in, charts.Style{}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("nothing to draw: got %v, want not found", err)
	}
}

func TestLosses(t *testing.T) {
	in := whole()
	all, weighted, adds := reform.Losses(&in.Index, &in.Subscores)
	said := ""
	for _, x := range all {
		said += x.Component + " " + x.Lost.String() + " median " + x.Median.String() + " at " + x.Share.String() + "; "
	}
	if want := "3 9.75 median 9 at 55.6818; 1 7.5 median 5 at 37.5; 2 0 median 1 at 100; "; said != want || weighted || !adds {
		t.Errorf("got %s weighted %v, adds up %v; want %s, which adds up", said, weighted, adds, want)
	}
	p, err := charts.LostPoints(in, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	if p.Plot.Kind != charts.PlotWaterfall {
		t.Fatalf("got the native chart %s, want a waterfall", p.Plot.Kind)
	}
	sum := num("0").Decimal
	values := p.Plot.Series[0].Values
	for _, v := range values[:len(values)-1] {
		sum = sum.Add(v.Decimal)
	}
	if got := values[len(values)-1]; !got.Decimal.Equal(sum) {
		t.Errorf("the steps lead to %s, the total is %s", sum, got)
	}
	in.Subscores.Total.Score = num("30")
	if _, _, adds := reform.Losses(&in.Index, &in.Subscores); adds {
		t.Error("components that do not give the total: they are said to add up")
	}
	in.Subscores.Rows = in.Subscores.Rows[:2]
	in.Subscores.Total.Score = num("14.5")
	if _, _, adds := reform.Losses(&in.Index, &in.Subscores); adds {
		t.Error("a component is missing: the others are said to add up")
	}
	// With known weights the losses are points of the total.
	for i := range in.Index.Bases[1].Components {
		in.Index.Bases[1].Components[i].Weight = num([]string{"20", "30", "50"}[i])
	}
	all, weighted, _ = reform.Losses(&in.Index, &in.Subscores)
	if !weighted || all[0].Component != "1" || !all[0].Lost.Decimal.Round(6).Equal(num("12.5").Decimal) {
		t.Errorf("weighted %v, got %s %s; want 1, 7.5 of 12 at weight 20: 12.5", weighted, all[0].Component, all[0].Lost)
	}
	if _, err := charts.LostPoints(charts.SubscoresInput{Index: index()}, charts.Style{}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("nothing to draw: got %v, want not found", err)
	}
}

package charts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform"
)

// compare is three units in one edition; one of them lacks a component.
func compare() charts.CompareInput {
	in := charts.CompareInput{Index: index()}
	for i, name := range []string{"Long An", "Tiền Giang", "Hậu Giang"} {
		sub := subscores().Subscores
		sub.Unit = reform.UnitKey(fmt.Sprintf("vn63:8%d", i))
		sub.Rows = slices.Clone(sub.Rows)
		for k := range sub.Rows {
			sub.Rows[k].Max = num([]string{"12", "10", "22", "10", "32"}[k])
		}
		sub.Rows[0].Score = num([]string{"3.5", "7", "12"}[i])
		if i == 2 {
			sub.Rows[3].Score = reform.Number{}
		}
		in.Units = append(in.Units, charts.Compared{Name: name, Subscores: sub})
	}
	return in
}

// many is the worst that a comparison has to hold: units and components with long names.
func many(units, components int) charts.CompareInput {
	ix := index()
	var rows []reform.Subscore
	for i := range components {
		code := fmt.Sprintf("c%d", i)
		ix.Bases[1].Components = append(ix.Bases[1].Components, reform.Component{Code: code, Name: reform.Text{VI: fmt.Sprintf("Tỷ lệ hồ sơ thủ tục hành chính được giải quyết đúng hạn và trước hạn ở nhóm %d", i+1)}, Max: num("10")})
		rows = append(rows, reform.Subscore{Component: code, Score: num("9.87"), Max: num("10"), Status: reform.Final})
	}
	in := charts.CompareInput{Index: ix}
	for i := range units {
		sub := reform.Subscores{Index: "par", Unit: reform.UnitKey(fmt.Sprintf("vn63:8%d", i)), Period: reform.YearPeriod(2023), Basis: "b", Rows: slices.Clone(rows)}
		in.Units = append(in.Units, charts.Compared{Name: "Bà Rịa - Vũng Tàu", Subscores: sub})
	}
	return in
}

func spread() charts.DistributionInput {
	in := charts.DistributionInput{Index: index(), Names: nameOf, Chosen: []reform.UnitKey{"vn63:80"}}
	for y, scores := range [][]string{{"60", "62", "70", "90", "75.5"}, {"55.25", "80"}, {"61", "63", "71", "91", "76.5"}} {
		one := charts.Spread{Period: reform.YearPeriod(2014 + y), Basis: "a", Of: 5, Complete: len(scores) == 5}
		if y == 2 {
			one.Basis = "b"
		}
		for i, s := range scores {
			one.Values = append(one.Values, charts.SpreadValue{Unit: []reform.UnitKey{"vn63:80", "vn63:48", "vn63:01", "vn63:89", "vn63:93"}[i], Score: num(s)})
		}
		in.Years = append(in.Years, one)
	}
	return in
}

func TestCompareRefuses(t *testing.T) {
	bases := compare()
	bases.Units[1].Subscores.Basis = "a"
	nothing := compare()
	for i := range nothing.Units {
		nothing.Units[i].Subscores.Rows = nil
	}
	for _, tc := range []struct {
		name string
		draw func() (*charts.Picture, error)
		want error
	}{
		{"one unit", func() (*charts.Picture, error) { return charts.CompareBars(many(1, 3), charts.Style{}) }, reform.ErrInvalid},
		{"seven units", func() (*charts.Picture, error) { return charts.CompareRadar(many(7, 3), charts.Style{}) }, reform.ErrInvalid},
		{"two bases", func() (*charts.Picture, error) { return charts.CompareBars(bases, charts.Style{}) }, reform.ErrInvalid},
		{"no score", func() (*charts.Picture, error) { return charts.CompareBars(nothing, charts.Style{}) }, reform.ErrNotFound},
		{"two spokes", func() (*charts.Picture, error) { return charts.CompareRadar(many(2, 2), charts.Style{}) }, reform.ErrInvalid},
		{"no total", func() (*charts.Picture, error) {
			return charts.Distribution(charts.DistributionInput{Index: index()}, charts.Style{})
		}, reform.ErrNotFound},
	} {
		if p, err := tc.draw(); !errors.Is(err, tc.want) || p != nil {
			t.Errorf("%s: got %v, %v; want an error of kind %v", tc.name, p, err, tc.want)
		}
	}
}

// TestCompareHolds draws the largest comparisons and sees that they are legible: the words of every bar are there.
func TestCompareHolds(t *testing.T) {
	for _, width := range []int{360, 960} {
		p, err := charts.CompareBars(many(6, 34), charts.Style{Lang: "vi", Width: width})
		if err != nil {
			t.Fatal(err)
		}
		o := read(t, p, nil)
		if len(o.Series) != 6 || len(o.Series[5].Data) != 34 || !strings.Contains(o.Series[5].Data[33].Text, "9,87/10") {
			t.Errorf("width %d: the bars of the last unit are %+v", width, o.Series[5].Data[33])
		}
		if p.Plot == nil || p.Plot.Kind != charts.PlotTable {
			t.Errorf("so many bars become a native table, got %+v", p.Plot)
		}
		if _, err := charts.CompareRadar(many(6, 34), charts.Style{Lang: "vi", Width: width}); err != nil {
			t.Errorf("radar of width %d: %v", width, err)
		}
	}
}

func TestCompareMissing(t *testing.T) {
	p, err := charts.CompareBars(compare(), charts.Style{Lang: "vi"})
	o := read(t, p, err)
	if got := o.Series[2].Data[3].Text; got != "Hậu Giang: chưa có số liệu" {
		t.Errorf("a missing score says %q", got)
	}
	if cell := p.Table.Rows[3][5]; cell.Value != "" || cell.Text != "–" {
		t.Errorf("a missing score in the table is %+v", cell)
	}
	if v := p.Plot.Series[2].Values[3]; v.Valid {
		t.Errorf("a missing score in the native chart is %s", v)
	}
	p, err = charts.CompareRadar(compare(), charts.Style{Lang: "vi"})
	if err != nil || len(p.Table.Rows) != 3 || !strings.Contains(strings.Join(p.Notes, " "), "Mức độ hài lòng") {
		t.Errorf("the radar leaves out what one unit lacks and says so: %v, %d rows, %q", err, len(p.Table.Rows), p.Notes)
	}
}

// TestDistribution counts quartiles as the usual rule does (numpy's default): of 60, 62, 70, 75.5, 90 they are the second and fourth.
func TestDistribution(t *testing.T) {
	p, err := charts.Distribution(spread(), charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range p.Table.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.Value)
		}
		got = append(got, strings.Join(cells, " "))
	}
	want := []string{"2014 5 5 60 62 70 75.5 90 60 a", "2015 2 5      55.25 a", "2016 5 5 61 63 71 76.5 91 61 b"}
	if !slices.Equal(got, want) {
		t.Errorf("table: got %q, want %q", got, want)
	}
	// Four values: the quartiles lie between them.
	in := spread()
	in.Years[0].Values = in.Years[0].Values[:4]
	p, err = charts.Distribution(in, charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	if row := p.Table.Rows[0]; row[4].Value != "61.5" || row[5].Value != "66" || row[6].Value != "75" {
		t.Errorf("quartiles of 60, 62, 70, 90: got %s, %s, %s; want 61.5, 66, 75", row[4].Value, row[5].Value, row[6].Value)
	}
}

// TestCompareDraws lets the chart machine draw the new kinds.
func TestCompareDraws(t *testing.T) {
	r, err := render.New(context.Background(), render.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	for name, words := range map[string]string{"compare": "Tiền Giang: 7/12", "compare-radar": "Số hóa hồ sơ", "distribution": "n = 2/5"} {
		p, err := pictures()[name](charts.Style{Lang: "vi"})
		if err != nil {
			t.Fatal(err)
		}
		svg, err := r.SVG(context.Background(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: "vi"})
		if err != nil || !strings.Contains(string(svg), words) {
			t.Errorf("%s: %v, the drawing lacks %q", name, err, words)
		}
	}
}

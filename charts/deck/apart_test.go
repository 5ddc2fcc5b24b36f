package deck

import (
	"fmt"
	"testing"

	"chiso/charts"
	"chiso/reform"
)

// Words of lines that run beside each other do not stand on each other, and the newest are kept.
func TestLabelsKeepApart(t *testing.T) {
	p := &charts.Plot{Kind: charts.PlotLine, Inverted: true, Min: reform.Num("0"), Max: reform.Num("63")}
	for i := range 6 {
		s := charts.PlotSeries{Name: fmt.Sprintf("Tỉnh %d", i)}
		for y := range 20 {
			place := fmt.Sprint(3 + i + y%2)
			s.Values, s.Labels = append(s.Values, reform.Num(place)), append(s.Labels, place+"/63")
		}
		p.Series = append(p.Series, s)
	}
	for y := range 20 {
		p.Categories = append(p.Categories, fmt.Sprint(2005+y))
	}
	n := newNative(p, paint{own: true}, "vi")
	d := &drawing{native: n, w: 12, h: 4.5, size: chartSize, axisMax: n.max}
	d.placeLine()
	d.keepApart()
	last, shown := 0, 0
	for i := range d.series {
		for k, l := range d.series[i].labels {
			if l.empty() {
				continue
			}
			shown++
			if k == 19 {
				last++
			}
			for j := range i {
				// A line of words is as high as about three places here.
				near := d.series[i].values[k].Decimal.Sub(d.series[j].values[k].Decimal).Abs().IntPart() < 3
				if o := d.series[j].labels[k]; !o.empty() && near && o.below == l.below {
					t.Errorf("%s and %s have words on the same side in %s, less than three places apart", d.series[j].name, d.series[i].name, d.cats[k])
				}
			}
		}
	}
	if last == 0 || shown > 40 {
		t.Errorf("got %d words, %d of them in the last year; want the last year first and no crowd", shown, last)
	}
}

// Bars that stand beside each other go on on the next slide, and a radar of several has no words on its points.
func TestCrowdedCharts(t *testing.T) {
	plot := func(kind charts.PlotKind, units, names int) *charts.Plot {
		p := &charts.Plot{Kind: kind}
		for i := range units {
			s := charts.PlotSeries{Name: fmt.Sprint(i)}
			for range names {
				s.Values, s.Labels = append(s.Values, reform.Num("5")), append(s.Labels, "5/10")
			}
			p.Series = append(p.Series, s)
		}
		for k := range names {
			p.Categories = append(p.Categories, fmt.Sprint(k))
		}
		return p
	}
	for _, tc := range []struct{ units, names, slides int }{{1, 20, 1}, {1, 21, 2}, {3, 8, 1}, {6, 6, 2}, {6, 34, 9}} {
		bars := plot(charts.PlotBars, tc.units, tc.names)
		if got := len(chunks(bars, slidesOf(bars))); got != tc.slides {
			t.Errorf("%d bars at each of %d names: got %d slides, want %d", tc.units, tc.names, got, tc.slides)
		}
	}
	for units, want := range map[int]bool{1: true, 2: false} {
		if got := !newNative(plot(charts.PlotRadar, units, 5), paint{own: true}, "vi").series[0].labels[0].empty(); got != want {
			t.Errorf("radar of %d: words on the points %t, want %t", units, got, want)
		}
	}
}

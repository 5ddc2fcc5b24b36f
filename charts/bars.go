package charts

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/shopspring/decimal"

	"chiso/charts/text"
)

// barLayout is where lying bars and their words go.
type barLayout struct {
	names                           []string
	nameWidth, valueWidth, bar, top float64
	tall                            float64 // of the tallest name
	above                           bool    // the names stand above the bars
}

// barNames measures the names and the words of single bars of a height. Beside the bars the names take a
// third of the width; a phone has them above the bars.
func (f *frame) barNames(names, values []string, bar float64) barLayout {
	at := barLayout{names: make([]string, len(names)), bar: px(bar), above: f.narrow()}
	width, most := 0.36*float64(f.width), 4
	if at.above {
		width, most = f.inner(), 3
	}
	lines := 1
	for i, n := range names {
		at.names[i] = fit(n, width, f.size, false, most)
		at.nameWidth = math.Max(at.nameWidth, text.Measure(at.names[i], f.size, false))
		at.valueWidth = math.Max(at.valueWidth, text.Measure(values[i], f.size, false))
		lines = max(lines, 1+strings.Count(at.names[i], "\n"))
	}
	at.tall = lineHeight(f.size) * float64(lines)
	return at
}

// barRows makes room for a row a bar, least lines of words high. It is called once the head and the legend stand.
func (f *frame) barRows(at *barLayout, least float64) error {
	row := math.Max(lineHeight(f.size)*least, at.tall+8)
	if at.above {
		row = at.tall + at.bar + 14
	}
	return f.barRoom(at, row, at.bar)
}

// barRoom is barRows for rows of a height in which bars together are group high.
func (f *frame) barRoom(at *barLayout, row, group float64) error {
	n := len(at.names)
	// A given height stretches the rows, but never squeezes them.
	row = math.Max(row, (float64(f.height)-f.top-f.pad)/float64(n))
	at.top = f.top
	if at.above {
		at.top = math.Max(f.top, f.top+at.tall+4+group/2-row/2)
	}
	f.top = at.top
	return f.rows("components", n, row)
}

// barChart is a chart of lying bars, the first on top.
func (f *frame) barChart(at barLayout) *charts.Bar {
	c := charts.NewBar()
	c.SetXAxis(at.names)
	c.SetGlobalOptions(append(f.global("item"),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false), Min: 0}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true)}))...)
	c.XYReversal()
	return c
}

// barAxes lays the axes of a chart of lying bars: its words begin gap behind the longest bar, which is most long, and
// the bars of a row together are group high.
func (f *frame) barAxes(over obj, at barLayout, gap, group float64, most decimal.Decimal) {
	left := f.pad + at.nameWidth + 10
	names := f.axisLabel(obj{"interval": 0, "lineHeight": lineHeight(f.size), "margin": 10})
	if at.above {
		left = f.pad
		names["inside"], names["margin"], names["align"] = true, 0, "left"
		names["verticalAlign"], names["padding"] = "bottom", []float64{0, 0, px(group/2 + 2), 0}
	}
	over["grid"] = obj{
		"left": px(left), "right": px(f.pad + at.valueWidth + gap), "top": px(at.top), "bottom": f.pad,
		"containLabel": false, "outerBoundsMode": "none",
	}
	over["xAxis"] = []obj{{"max": json.Number(most.String())}}
	over["yAxis"] = []obj{{
		"axisLabel": names,
		"axisTick":  obj{"show": false},
		"axisLine":  obj{"show": !at.above, "lineStyle": obj{"color": f.c.axis, "width": 1}},
		"splitLine": obj{"show": false},
	}}
}

package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/shopspring/decimal"

	"chiso/charts/text"
	"chiso/reform"
)

// DistributionInput is what the spread of an index's totals over the years is drawn from.
type DistributionInput struct {
	Index  reform.Index
	Years  []Spread // oldest first, each period once
	Chosen []reform.UnitKey
	Names  func(reform.UnitKey) string
	Notes  []string
}

// Spread is the totals of one edition.
type Spread struct {
	Period   reform.Period
	Basis    string
	Of       int  // units of the edition; 0 unknown
	Complete bool // every unit has a total: quartiles mean what they say
	Values   []SpreadValue
}

// SpreadValue is the total of one unit.
type SpreadValue struct {
	Unit  reform.UnitKey // the key on whose line it lies
	Score reform.Number
}

// quartiles are the five numbers of a box.
type quartiles [5]decimal.Decimal

type distribution struct {
	f     *frame
	in    DistributionInput
	boxes []*quartiles // nil where the edition is incomplete
	cuts  []int        // years before which the rules changed
}

// Distribution draws the totals of an index by year: a box from the first to the third
// quartile with the median and both ends where the edition is complete, every known
// total as a point where it is not. Chosen units are marked.
// Without a total it is an error of kind reform.ErrNotFound.
func Distribution(in DistributionInput, st Style) (*Picture, error) {
	f := board(st, 440)
	d := &distribution{f: f, in: in}
	d.in.Years = slices.DeleteFunc(slices.Clone(in.Years), func(y Spread) bool { return len(d.scores(y)) == 0 })
	if len(d.in.Years) == 0 {
		return nil, fmt.Errorf("distribution of %s: no data: %w", indexName(in.Index, "en"), reform.ErrNotFound)
	}
	if len(d.in.Years) > mostHeatColumns {
		return nil, fmt.Errorf("distribution of %d periods: at most %d: %w", len(d.in.Years), mostHeatColumns, reform.ErrTooLarge)
	}
	if len(in.Chosen) > mostCompared {
		return nil, fmt.Errorf("distribution with %d chosen units: at most %d: %w", len(in.Chosen), mostCompared, reform.ErrTooLarge)
	}
	for i, y := range d.in.Years {
		var box *quartiles
		if y.Complete {
			q := fiveNumbers(d.scores(y))
			box = &q
		}
		d.boxes = append(d.boxes, box)
		if i > 0 && d.in.Years[i-1].Basis != y.Basis {
			d.cuts = append(d.cuts, i)
		}
	}
	title, subtitle := d.title(), d.subtitle()
	alt := d.alt(title)
	f.head(title, subtitle)
	f.legend(d.keys())
	option, err := d.option(alt)
	if err != nil {
		return nil, err
	}
	p := f.picture("distribution", title, subtitle, alt)
	p.Option = option
	p.Notes = d.notes()
	p.Table = d.table()
	p.Plot = tablePlot(p.Table)
	p.Plot.Besides = true
	return p, nil
}

func (d *distribution) scores(y Spread) []decimal.Decimal {
	var out []decimal.Decimal
	for _, v := range y.Values {
		if v.Score.Valid {
			out = append(out, v.Score.Decimal)
		}
	}
	return out
}

// fiveNumbers are minimum, first quartile, median, third quartile and maximum, exact;
// a quartile between two values lies on the straight line between them.
func fiveNumbers(values []decimal.Decimal) quartiles {
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, decimal.Decimal.Cmp)
	var q quartiles
	for i := range q {
		at := i * (len(sorted) - 1) // in fourths of a step
		low, part := at/4, int64(at%4)
		q[i] = sorted[low]
		if part > 0 {
			step := sorted[low+1].Sub(sorted[low]).Mul(decimal.NewFromInt(part)).Div(decimal.NewFromInt(4))
			q[i] = q[i].Add(step)
		}
	}
	return q
}

func (d *distribution) decimals() int32 { return decimals(d.in.Index) }

func (d *distribution) name(k reform.UnitKey) string {
	if d.in.Names != nil {
		if n := plain(d.in.Names(k)); n != "" {
			return brief(n)
		}
	}
	return plain(string(k))
}

func (d *distribution) title() string {
	f, y := d.f, d.in.Years
	return f.say("spread.title", "index", indexName(d.in.Index, f.lang), "span", f.span(y[0].Period, y[len(y)-1].Period))
}

func (d *distribution) some(complete bool) bool {
	return slices.ContainsFunc(d.in.Years, func(y Spread) bool { return y.Complete == complete })
}

func (d *distribution) subtitle() string {
	var out []string
	if d.some(true) {
		out = append(out, d.f.say("spread.box"))
	}
	if d.some(false) {
		out = append(out, d.f.say("spread.points"))
	}
	return strings.Join(out, dot)
}

// count is "n = 63", "n = 36/63".
func (d *distribution) count(y Spread) string {
	n := len(d.scores(y))
	if y.Of > 0 && !y.Complete {
		return d.f.say("spread.of", "n", n, "of", y.Of)
	}
	return d.f.say("spread.n", "n", n)
}

func (d *distribution) write(v decimal.Decimal) string {
	return number(d.f.lang, reform.NumOf(v), d.decimals())
}

func (d *distribution) boxText(q *quartiles) string {
	return d.f.say("spread.five", "min", d.write(q[0]), "q1", d.write(q[1]), "median", d.write(q[2]), "q3", d.write(q[3]), "max", d.write(q[4]))
}

// chosen is the total of a unit in a year.
func (d *distribution) chosen(k reform.UnitKey, y Spread) reform.Number {
	for _, v := range y.Values {
		if v.Unit == k {
			return v.Score
		}
	}
	return reform.Number{}
}

func (d *distribution) alt(title string) string {
	f := d.f
	out := []string{title + "."}
	for i := len(d.in.Years) - 1; i >= 0 && i >= len(d.in.Years)-3; i-- {
		y := d.in.Years[i]
		text := upper(f.periodLong(y.Period)) + " (" + d.count(y) + ")"
		if d.boxes[i] != nil {
			text += ": " + d.boxText(d.boxes[i])
		}
		for _, k := range d.in.Chosen {
			if s := d.chosen(k, y); s.Valid {
				text += "; " + d.name(k) + " " + d.write(s.Decimal)
			}
		}
		out = append(out, text+".")
	}
	return strings.Join(out, " ")
}

func (d *distribution) notes() []string {
	f := d.f
	var out []string
	if len(d.cuts) > 0 {
		var list []string
		for _, i := range d.cuts {
			list = append(list, f.periodShort(d.in.Years[i].Period))
		}
		out = append(out, f.say("spread.breaks", "periods", strings.Join(list, ", ")))
	}
	if d.some(false) {
		out = append(out, f.say("spread.incomplete"))
	}
	return append(out, d.in.Notes...)
}

func (d *distribution) keys() []key {
	f := d.f
	var out []key
	if d.some(true) {
		out = append(out, key{f.say("spread.key.box"), "rect", obj{"color": f.c.track, "borderColor": f.c.axis, "borderWidth": 1}})
	}
	if d.some(false) {
		out = append(out, key{f.say("spread.key.point"), "circle", obj{"color": f.c.bar}})
	}
	for i, k := range d.in.Chosen {
		out = append(out, key{shorten(d.name(k), 200, f.size, false), symbols[(i+3)%len(symbols)], obj{"color": d.colour(i)}})
	}
	return out
}

func (d *distribution) colour(i int) string {
	if len(d.in.Chosen) == 1 {
		return d.f.c.chosen
	}
	return d.f.c.series[i%len(d.f.c.series)]
}

func (d *distribution) option(alt string) (json.RawMessage, error) {
	f, years := d.f, d.in.Years
	labels := make([]string, len(years))
	wide := 0.0
	for i, y := range years {
		labels[i] = f.periodShort(y.Period) + "\n" + d.count(y)
		for _, line := range strings.Split(labels[i], "\n") {
			wide = math.Max(wide, text.Measure(line, f.size-1, false))
		}
	}
	bottom := px(f.pad + 2*lineHeight(f.size) + 6)
	// A head of many lines takes room from nobody: the picture grows instead.
	if short := 160 - (float64(f.height) - f.top - bottom); short > 0 {
		f.height = min(f.height+int(math.Ceil(short)), tallest)
	}
	sc := d.scale(float64(f.height) - f.top - bottom)
	axis := 0.0
	for _, l := range sc.labels {
		axis = math.Max(axis, text.Measure(l, f.size, false))
	}
	left, right := px(f.pad+axis+12), f.pad
	column := (float64(f.width) - left - right) / float64(len(years))
	// The last year's words stand in the middle of its column and may be wider.
	if over := px(math.Ceil((wide-column)/2) + 1 - right); over > 0 {
		right += over
		column = (float64(f.width) - left - right) / float64(len(years))
	}
	boxes := make([]obj, len(years))
	points := []obj{}
	for i, y := range years {
		head := f.periodShort(y.Period) + ", " + d.count(y)
		boxes[i] = obj{"value": []any{"-", "-", "-", "-", "-"}, "name": head}
		if q := d.boxes[i]; q != nil {
			v := make([]any, len(q))
			for k := range q {
				v[k] = json.Number(q[k].Round(6).String())
			}
			boxes[i] = obj{"value": v, "name": head, "tip": head + "\n" + d.boxText(q)}
			continue
		}
		for k, v := range y.Values {
			if !v.Score.Valid || slices.Contains(d.in.Chosen, v.Unit) {
				continue
			}
			// Points of one year stand a little apart, by a fixed rule, so that equal ones are seen.
			aside := float64(k%5-2) * 0.09
			points = append(points, obj{
				"value": []any{json.Number(fmt.Sprintf("%.2f", float64(i)+0.5+aside)), json.Number(v.Score.String())},
				"tip":   d.name(v.Unit) + ", " + f.periodShort(y.Period) + ": " + d.write(v.Score.Decimal),
			})
		}
	}
	c := charts.NewBoxPlot()
	c.SetGlobalOptions(f.global("item")...)
	series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("spread.key.box"), Type: "boxplot", Data: boxes})
	extra := []obj{{
		"z": 2, "boxWidth": []any{3, px(math.Min(44, column*0.6))},
		"itemStyle": obj{"color": f.c.track, "borderColor": f.c.axis, "borderWidth": 1.5},
	}}
	var lines []obj
	for _, at := range d.cuts {
		lines = append(lines, obj{"xAxis": at})
	}
	series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("spread.key.point"), Type: "scatter", Symbol: "circle", SymbolSize: 6, Data: points})
	dots := obj{"z": 3, "xAxisIndex": 1, "itemStyle": obj{"color": f.c.bar, "opacity": 0.85}}
	if len(lines) > 0 {
		dots["markLine"] = obj{
			"silent": true, "symbol": "none", "label": obj{"show": false}, "animation": false,
			"lineStyle": obj{"color": f.c.axis, "type": "dashed", "width": 1}, "data": lines,
		}
	}
	extra = append(extra, dots)
	for i, k := range d.in.Chosen {
		data := []obj{}
		for at, y := range years {
			if s := d.chosen(k, y); s.Valid {
				data = append(data, obj{
					"value": []any{json.Number(fmt.Sprintf("%.1f", float64(at)+0.5)), json.Number(s.String())},
					"tip":   d.name(k) + ", " + f.periodShort(y.Period) + ": " + d.write(s.Decimal),
				})
			}
		}
		series(&c.BaseConfiguration, charts.SingleSeries{Name: shorten(d.name(k), 200, f.size, false), Type: "scatter", Symbol: symbols[(i+3)%len(symbols)], SymbolSize: 11, Data: data})
		extra = append(extra, obj{"z": 5, "xAxisIndex": 1, "itemStyle": obj{"color": d.colour(i), "borderColor": f.c.background, "borderWidth": 1.5, "opacity": 1}})
	}
	over := f.over(alt)
	over["grid"] = obj{
		"left": left, "right": right, "top": px(f.top), "bottom": bottom, "containLabel": false, "outerBoundsMode": "none",
	}
	over["xAxis"] = []obj{
		{
			"type": "category", "data": labels, "axisTick": obj{"show": false}, "splitLine": obj{"show": false},
			"axisLine": obj{"show": true, "lineStyle": obj{"color": f.c.axis, "width": 1}, "onZero": false},
			"axisLabel": f.axisLabel(obj{
				"fontSize": f.size - 1, "lineHeight": lineHeight(f.size - 1), "margin": 6, "hideOverlap": false, "customValues": thinned(len(labels), column, wide+6),
			}),
		},
		{"type": "value", "min": 0, "max": len(years), "show": false, "position": "bottom"},
	}
	over["yAxis"] = []obj{{
		"type": "value", "min": sc.min, "max": sc.max,
		"axisLabel": f.axisLabel(obj{"customValues": sc.ticks, "formatter": sc.formatter}), "axisLine": obj{"show": false}, "axisTick": obj{"show": false, "customValues": sc.ticks},
		"splitLine": obj{"show": true, "lineStyle": obj{"color": f.c.grid, "width": 1}},
	}}
	return compose(c, over, extra)
}

// scale is that of the totals, with round ends a little outside of them and as many words as room has.
func (d *distribution) scale(room float64) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, y := range d.in.Years {
		for _, v := range d.scores(y) {
			lo, hi = math.Min(lo, v.InexactFloat64()), math.Max(hi, v.InexactFloat64())
		}
	}
	return valueScale(d.f.lang, lo, hi, int(room/(d.f.size*2.2)))
}

func (d *distribution) table() Table {
	f := d.f
	t := Table{Columns: []Column{
		{Key: "period", Label: f.say("col.period")}, {Key: "n", Label: f.say("spread.col.n"), Numeric: true}, {Key: "of", Label: f.say("col.of"), Numeric: true},
	}}
	for _, k := range []string{"min", "q1", "median", "q3", "max"} {
		t.Columns = append(t.Columns, Column{Key: k, Label: f.say("spread.col." + k), Numeric: true})
	}
	for _, k := range d.in.Chosen {
		t.Columns = append(t.Columns, Column{Key: string(k), Label: d.name(k), Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Key: "basis", Label: f.say("col.basis")})
	for i, y := range d.in.Years {
		n := itoa(len(d.scores(y)))
		row := []Cell{{Text: f.periodShort(y.Period), Value: y.Period.String()}, {Text: n, Value: n}, {}}
		if y.Of > 0 {
			row[2] = Cell{Text: itoa(y.Of), Value: itoa(y.Of)}
		}
		for k := range 5 {
			cell := Cell{}
			if q := d.boxes[i]; q != nil {
				cell = Cell{Text: d.write(q[k]), Value: q[k].Round(6).String()}
			}
			row = append(row, cell)
		}
		for _, k := range d.in.Chosen {
			s := d.chosen(k, y)
			cell := Cell{}
			if s.Valid {
				cell = Cell{Text: d.write(s.Decimal), Value: s.String()}
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: basisName(d.in.Index, y.Basis, f.lang), Value: y.Basis}))
	}
	return t
}

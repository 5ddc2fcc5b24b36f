package charts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/shopspring/decimal"

	"chiso/reform"
)

// losses are the losses of one unit on the drawing board.
type losses struct {
	parts
	all             []reform.Loss
	weighted, whole bool
}

// LostPoints draws what each component loses against its maximum, the largest loss on top.
// Without a component of which score and maximum are known it is an error of kind reform.ErrNotFound.
func LostPoints(in SubscoresInput, st Style) (*Picture, error) {
	f := board(st, 0)
	l := &losses{parts: parts{f: f, in: in}}
	l.all, l.weighted, l.whole = reform.Losses(&in.Index, &in.Subscores)
	if len(l.all) == 0 {
		return nil, fmt.Errorf("lost points of %s: no component with a score and a maximum: %w", indexName(in.Index, "en"), reform.ErrNotFound)
	}
	for _, x := range l.all {
		l.rows = append(l.rows, part{Subscore: x.Subscore, name: componentName(in.Index, in.Subscores.Basis, x.Component, f.lang)})
	}
	worst := l.rows[0]
	title := f.say("lost.title", "index", indexName(in.Index, f.lang), "unit", l.who(), "period", f.periodLong(in.Subscores.Period), "component", worst.name)
	subtitle := l.subtitle()
	var said []string
	for i := range l.all {
		said = append(said, f.say("alt.component", "name", l.rows[i].name, "score", l.words(i)))
	}
	alt := title + ". " + strings.Join(said, "; ") + "."
	f.head(title, subtitle)

	names, values := make([]string, len(l.rows)), make([]string, len(l.rows))
	for i, p := range l.rows {
		names[i], values[i] = p.name, l.words(i)
	}
	at := f.barNames(names, values, f.size*1.4)
	if l.hasMedian() {
		f.legend([]key{{f.say("lost.own"), "rect", obj{"color": l.colour()}}, {f.say("lost.median"), "rect", obj{"color": f.c.mark}}})
	}
	if err := f.barRows(&at, 1.8); err != nil {
		return nil, err
	}
	p := f.picture("lost-points", title, subtitle, alt)
	var err error
	if p.Option, err = l.bars(alt, at); err != nil {
		return nil, err
	}
	p.Notes = append(l.notes(), in.Notes...)
	p.Table, p.Sources = l.table()
	p.Plot = l.plot()
	return p, nil
}

func (l *losses) hasMedian() bool {
	return slices.ContainsFunc(l.all, func(x reform.Loss) bool { return x.Median.Valid })
}

// words is the label of a bar: "−10,27 (11,73/22)".
func (l *losses) words(i int) string {
	x := l.all[i]
	return l.f.say("lost.value", "lost", minus(number(l.f.lang, x.Lost, l.decimals()), x.Lost), "score", overMax(l.f.lang, x.Score, x.Max, l.decimals()))
}

// minus writes a loss with its sign; nothing lost has none.
func minus(s string, n reform.Number) string {
	switch {
	case n.Decimal.IsPositive():
		return "−" + s
	case n.Decimal.IsNegative():
		return "+" + strings.TrimLeft(s, "-−")
	}
	return s
}

func (l *losses) subtitle() string {
	f := l.f
	var out []string
	if s := l.parts.subtitle(); s != "" {
		out = append(out, s)
	}
	if l.whole {
		t := l.in.Subscores.Total
		out = append(out, f.say("lost.sum", "n", number(f.lang, reform.NumOf(t.Max.Decimal.Sub(t.Score.Decimal)), l.decimals())))
	}
	if l.weighted {
		out = append(out, f.say("lost.weighted"))
	}
	return strings.Join(out, dot)
}

func (l *losses) bars(alt string, place barLayout) (json.RawMessage, error) {
	f := l.f
	data := make([]obj, len(l.all))
	most := decimal.Zero
	var medians []obj
	for i, x := range l.all {
		drawn := decimal.Max(x.Lost.Decimal, decimal.Zero)
		most = decimal.Max(most, drawn)
		data[i] = obj{"value": json.Number(drawn.String()), "text": l.words(i), "tip": l.tipOf(i), "label": obj{"show": true}}
		if x.Status == reform.Provisional {
			data[i]["itemStyle"] = obj{"color": l.colour(), "decal": f.hatching(f.c.background)}
		}
		if x.Median.Valid {
			most = decimal.Max(most, x.Median.Decimal)
			m := obj{"value": []any{json.Number(x.Median.String()), i}, "tip": number(f.lang, x.Median, l.decimals())}
			// The words stand behind whichever reaches further, and never under the mark.
			if x.Median.Decimal.GreaterThan(drawn) {
				m["text"], m["label"] = l.words(i), obj{"show": true}
				data[i]["label"] = obj{"show": false}
			}
			medians = append(medians, m)
		}
	}
	if most.IsZero() {
		most = decimal.NewFromInt(1)
	}
	c := f.barChart(place)
	series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("lost.own"), Type: "bar", Data: data})
	extra := []obj{{
		"barWidth": px(place.bar), "z": 3, "itemStyle": obj{"color": l.colour()},
		"label": f.label(obj{"show": false, "position": "right", "formatter": "@text", "distance": 8}),
	}}
	if len(medians) > 0 {
		series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("lost.median"), Type: "scatter", Symbol: "rect", SymbolSize: []float64{3, place.bar + 6}, Data: medians})
		extra = append(extra, obj{
			"z": 4, "itemStyle": obj{"color": f.c.mark, "opacity": 1, "borderColor": f.c.background, "borderWidth": 1},
			"label": f.label(obj{"show": false, "position": "right", "formatter": "@text", "distance": 8}),
		})
	}
	over := f.over(alt)
	f.barAxes(over, place, 14, place.bar, most)
	return compose(c, over, extra)
}

// colour is that of the bars. On paper it is a grey on which the mark of the median is seen.
func (l *losses) colour() string {
	if l.f.mono {
		return l.f.c.strong
	}
	return l.f.c.chosen
}

func (l *losses) tipOf(i int) string {
	out := []string{l.words(i)}
	if x := l.all[i]; x.Place > 0 {
		out = append(out, l.f.say("tip.place", "place", placeOf(x.Place, x.Of)))
	}
	if l.all[i].Status == reform.Provisional {
		out = append(out, l.f.common("status.provisional"))
	}
	return strings.Join(out, "\n")
}

func (l *losses) notes() []string {
	f := l.f
	var out []string
	known := map[string]bool{}
	for _, x := range l.all {
		known[x.Component] = true
	}
	var unknown []string
	for _, c := range l.in.Index.FirstLevel(l.in.Subscores.Basis) {
		if !known[c.Code] {
			unknown = append(unknown, componentName(l.in.Index, l.in.Subscores.Basis, c.Code, f.lang))
		}
	}
	if len(unknown) > 0 {
		out = append(out, f.say("lost.unknown", "list", strings.Join(unknown, "; ")))
	}
	if l.hasMedian() {
		out = append(out, f.say("subscores.among"))
	}
	return out
}

func (l *losses) table() (Table, []Source) {
	f := l.f
	docs := &cited{known: l.in.Documents}
	t := Table{Columns: []Column{
		{Key: "component", Label: f.say("col.component")},
		{Key: "lost", Label: f.say("col.lost"), Numeric: true},
		{Key: "score", Label: f.say("col.score"), Numeric: true},
		{Key: "max", Label: f.say("col.max"), Numeric: true},
		{Key: "percent", Label: f.say("col.percent"), Numeric: true},
	}}
	if l.hasMedian() {
		t.Columns = append(t.Columns, Column{Key: "median_lost", Label: f.say("lost.median"), Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Key: "status", Label: f.say("col.status")}, Column{Key: "document", Label: f.say("col.document")})
	cell := func(n reform.Number) Cell { return Cell{Text: number(f.lang, n, l.decimals()), Value: n.String()} }
	for i, x := range l.all {
		docs.add(x.From.Document)
		score := cell(x.Score)
		score.Document = x.From.Document
		row := []Cell{{Text: l.rows[i].name, Value: x.Component}, cell(x.Lost), score, cell(x.Max), {Text: write(f.lang, x.Share.Decimal.Round(1)) + "%", Value: x.Share.String()}}
		if l.hasMedian() {
			row = append(row, cell(x.Median))
		}
		t.Rows = append(t.Rows, append(row, f.statusCell(x.Status), docs.cell(x.From.Document)))
	}
	if p := l.in.Subscores.Total; p != nil {
		docs.add(p.ScoreFrom.Document)
	}
	return t, docs.sources()
}

// plot is a waterfall from the maximum down to the total where the losses add up to that, else bars.
func (l *losses) plot() *Plot {
	f := l.f
	p := &Plot{Kind: PlotBars, Head: f.say("col.component"), Format: "General", Min: whole(0), Unit: f.say("col.lost")}
	s := PlotSeries{Name: f.say("lost.own"), Colour: l.colour()}
	add := func(name string, v reform.Number, label string) {
		p.Categories = append(p.Categories, name)
		s.Values, s.Labels = append(s.Values, v), append(s.Labels, label)
	}
	if l.whole {
		p.Kind, p.Unit = PlotWaterfall, f.say("col.score")
		most := l.in.Subscores.Total.Max
		add(f.say("subscores.max"), most, number(f.lang, most, l.decimals()))
	}
	for i, x := range l.all {
		v := x.Lost
		if l.whole {
			v = reform.NumOf(v.Decimal.Neg())
		}
		if x.Status == reform.Provisional {
			s.Provisional = append(s.Provisional, len(p.Categories))
		}
		add(l.rows[i].name, v, l.words(i))
	}
	if l.whole {
		t := l.in.Subscores.Total
		add(f.say("total"), t.Score, number(f.lang, t.Score, l.decimals()))
	}
	p.Series = []PlotSeries{s}
	return p
}

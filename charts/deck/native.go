package deck

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// native is a chart as an office program has it. The chart's XML and the workbook inside are
// both written from it, so that what is drawn and what "Edit data" shows are the same.
type native struct {
	plot   *charts.Plot
	kind   charts.PlotKind
	cats   []string
	series []nativeSeries
	min    reform.Number
	max    reform.Number
}

// nativeSeries is one series of a chart.
type nativeSeries struct {
	name   string
	values []reform.Number
	labels []label        // one a category
	fill   string         // of bars and markers; "" none
	fills  map[int]string // of single bars
	edges  map[int]string // their outlines
	line   string         // fill of the stroke; "" none
	dashed bool           // the whole stroke
	dashes map[int]bool   // the stroke that leads to a point
	hollow map[int]bool   // markers
	symbol string         // of a line
	quiet  bool           // not in the legend
}

// label is what stands at a value: a number format, so that it follows an edited value, or words.
type label struct {
	format, words string
	below         bool
	bold          bool
}

func (l label) empty() bool { return l.format == "" && l.words == "" }

// longestCategory is how much of a name a chart shows; the notes of the slide have all of it.
const longestCategory = 110

// newNative lays a plot out for an office program.
func newNative(p *charts.Plot, c paint, lang string) *native {
	n := &native{plot: p, kind: p.Kind, min: p.Min, max: p.Max}
	for _, s := range p.Categories {
		lines := strings.Split(clean(s), "\n")
		switch p.Kind {
		case charts.PlotLine:
			lines[0] = brief(lines[0], 16)
		case charts.PlotRadar:
			// A name around a circle is broken here, for not every program does.
			first := wrapped(brief(lines[0], longestCategory), 2.3, chartSize, false)
			lines = append(first[:min(3, len(first))], lines[1:]...)
			for i := range lines {
				lines[i] = brief(lines[i], 48)
			}
		default:
			lines[0] = brief(lines[0], longestCategory)
		}
		n.cats = append(n.cats, strings.Join(lines, "\n"))
	}
	switch p.Kind {
	case charts.PlotLine:
		n.lines(c)
	case charts.PlotOverlaid:
		n.overlaid(c)
	case charts.PlotWaterfall:
		n.waterfall(c, lang)
	default:
		for i, s := range p.Series {
			one := n.take(s, i)
			fill := c.series(i, s.Colour)
			if p.Kind == charts.PlotBars && len(p.Series) == 1 {
				fill = c.bar()
			}
			one.fill, one.line = fill, fill
			if p.Kind == charts.PlotRadar && len(p.Series) > 1 {
				one.labels = make([]label, len(n.cats)) // they would all stand on each other
			}
			n.mark(&one, s, c)
			n.series = append(n.series, one)
		}
	}
	return n
}

// take copies what all kinds have in common.
func (n *native) take(s charts.PlotSeries, i int) nativeSeries {
	out := nativeSeries{
		name: brief(oneLine(s.Name), longestCategory), values: make([]reform.Number, len(n.cats)), labels: make([]label, len(n.cats)),
		dashed: s.Dashed, dashes: set(s.Provisional), hollow: set(s.Hollow), fills: map[int]string{}, edges: map[int]string{},
		symbol: []string{"circle", "square", "triangle", "diamond", "x", "plus", "star"}[i%7],
	}
	copy(out.values, s.Values)
	for k, t := range s.Labels {
		if k >= len(out.labels) || t == "" {
			continue
		}
		most := 110
		if n.kind == charts.PlotLine || n.kind == charts.PlotRadar || n.kind == charts.PlotWaterfall {
			most = 24
		}
		out.labels[k] = labelOf(brief(oneLine(t), most), out.values[k])
		// Not every program draws hollow points and dashed strokes: a star says the same.
		if n.kind == charts.PlotLine && (out.hollow[k] || out.dashes[k]) {
			out.labels[k] = out.labels[k].starred()
		}
	}
	for _, k := range s.Below {
		if k >= 0 && k < len(out.labels) {
			out.labels[k].below = true
		}
	}
	for _, k := range n.plot.Strong {
		if k >= 0 && k < len(out.labels) {
			out.labels[k].bold = true
		}
	}
	return out
}

// labelOf turns "20/63" at the value 20 into a number format, so that it follows the value.
func labelOf(s string, v reform.Number) label {
	if of, ok := strings.CutPrefix(s, v.String()+"/"); ok && v.Valid {
		if _, err := strconv.Atoi(of); err == nil {
			return label{format: `0"/` + of + `"`}
		}
	}
	return label{words: s}
}

func (l label) starred() label {
	if l.format != "" {
		l.format = strings.TrimSuffix(l.format, `"`) + `*"`
	} else {
		l.words += "*"
	}
	return l
}

func set(list []int) map[int]bool {
	out := map[int]bool{}
	for _, k := range list {
		out[k] = true
	}
	return out
}

// mark gives chosen and provisional bars their fills.
func (n *native) mark(one *nativeSeries, s charts.PlotSeries, c paint) {
	for k, f := range s.Fills {
		if f != "" && !c.own {
			one.fills[k] = hex(f)
		}
	}
	if len(n.plot.Series) == 1 {
		for _, k := range n.plot.Strong {
			one.fills[k] = c.chosen()
		}
	}
	for _, k := range s.Provisional {
		solid := one.fills[k]
		if solid == "" {
			solid = one.fill
		}
		one.fills[k] = c.hatched(solid)
		one.edges[k] = solid
	}
}

// lines cuts every line where none may lead on: each piece is a series of its own, since an
// office program joins whatever one series holds.
func (n *native) lines(c paint) {
	for i, s := range n.plot.Series {
		whole := n.take(s, i)
		if len(n.plot.Series) > 1 && len(n.plot.Series)*len(n.cats) > 36 {
			whole.sparse()
		}
		whole.line, whole.fill = c.series(i, s.Colour), c.series(i, s.Colour)
		stretches, loose := s.Stretches(len(n.cats))
		if loose || len(stretches) < 2 {
			if loose {
				whole.line = ""
			}
			n.series = append(n.series, whole)
			continue
		}
		for i, x := range stretches {
			piece := whole
			piece.values, piece.labels = make([]reform.Number, len(n.cats)), make([]label, len(n.cats))
			copy(piece.values[x.First:], whole.values[x.First:x.Last+1])
			copy(piece.labels[x.First:], whole.labels[x.First:x.Last+1])
			// The first piece bears the name of the line: the legend names it alone.
			if i > 0 {
				piece.name = charts.StretchName(whole.name, n.cats[x.First], n.cats[x.Last])
			}
			n.series = append(n.series, piece)
		}
	}
	// The pieces of a line share its colour: the legend names it once.
	seen := map[string]bool{}
	for i := range n.series {
		key := n.series[i].line + n.series[i].fill + n.series[i].symbol
		n.series[i].quiet = seen[key] && len(n.plot.Series) < 8
		seen[key] = true
	}
}

// sparse leaves the words of the ends and the extremes: more would cover each other.
func (s *nativeSeries) sparse() {
	first, last, least, most := -1, -1, -1, -1
	for k, v := range s.values {
		if !v.Valid {
			continue
		}
		if first < 0 {
			first, least, most = k, k, k
		}
		last = k
		if v.Decimal.LessThan(s.values[least].Decimal) {
			least = k
		}
		if v.Decimal.GreaterThan(s.values[most].Decimal) {
			most = k
		}
	}
	for k := range s.labels {
		if k != first && k != last && k != least && k != most {
			s.labels[k] = label{}
		}
	}
}

// overlaid puts the words of a bar at the end of the longer of the two.
func (n *native) overlaid(c paint) {
	if len(n.plot.Series) < 2 {
		n.kind = charts.PlotBars
	}
	for i, s := range n.plot.Series {
		one := n.take(s, i)
		one.fill = c.strong()
		if i == 0 && len(n.plot.Series) > 1 {
			one.fill = c.track()
		}
		n.mark(&one, s, c)
		n.series = append(n.series, one)
	}
	if len(n.series) < 2 {
		return
	}
	most, score := &n.series[0], &n.series[1]
	for k := range n.cats {
		switch m, v := most.values[k], score.values[k]; {
		case m.Valid && (!v.Valid || !v.Decimal.GreaterThan(m.Decimal)):
			most.labels[k], score.labels[k] = score.labels[k], label{}
		case !v.Valid:
			// Neither is known: nothing stands there that words could stand beside.
			n.cats[k] += " – " + score.labels[k].words
			score.labels[k] = label{}
		}
	}
}

// waterfall stacks the steps on an invisible base. Where a step leads below zero a stack
// can't show it: then the steps stand as bars.
func (n *native) waterfall(c paint, lang string) {
	if len(n.plot.Series) == 0 {
		return
	}
	src := n.take(n.plot.Series[0], 0)
	steps, ok := n.plot.Steps()
	if !ok {
		n.kind = charts.PlotBars
		src.fill = c.strong()
		n.series = []nativeSeries{src}
		return
	}
	kinds := []string{"deck.base", "deck.total", "deck.up", "deck.down", "deck.words"}
	fills := []string{"", c.strong(), c.series(2, ""), c.series(1, ""), ""}
	out := make([]nativeSeries, len(kinds))
	for i := range out {
		out[i] = nativeSeries{name: words.T(lang, kinds[i]), fill: fills[i], fills: map[int]string{}, values: make([]reform.Number, len(n.cats)), labels: make([]label, len(n.cats))}
	}
	for k, step := range steps {
		if !step.Size.Valid {
			continue
		}
		i := 2
		switch {
		case step.Total:
			i = 1
		case step.Down:
			i = 3
		}
		out[0].values[k], out[i].values[k] = step.Base, step.Size
		// A stack has no outer end: the words stand on an invisible piece behind it, whose
		// length is their room.
		if src.labels[k].words != "" {
			out[4].values[k], out[4].labels[k] = reform.NumOf(decimal.Zero), src.labels[k]
		}
	}
	n.series = out
}

// most is the largest value drawn.
func (n *native) most() decimal.Decimal {
	out := decimal.Zero
	for _, s := range n.series {
		for k, v := range s.values {
			if !v.Valid {
				continue
			}
			d := v.Decimal
			if n.kind == charts.PlotWaterfall && n.series[0].values[k].Valid && s.name != n.series[0].name {
				d = d.Add(n.series[0].values[k].Decimal)
			}
			if d.GreaterThan(out) {
				out = d
			}
		}
	}
	return out
}

package charts

import (
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// mostNativeBars is how many rows a native bar chart shows legibly on a slide; more become a table.
const mostNativeBars = 20

func whole(n int) reform.Number { return reform.NumOf(decimal.NewFromInt(int64(n))) }

// plot is the native chart of a history.
func (h *history) plot() *Plot {
	f := h.f
	p := &Plot{Kind: PlotLine, Head: f.say("col.period"), Format: "General"}
	for _, period := range h.periods {
		p.Categories = append(p.Categories, f.periodShort(period))
	}
	switch h.measure {
	case Places:
		// An axis from 0 has its grid at round places; the 0 itself, which is no place, is not written.
		s := h.area.scale
		n := int(s.ticks[len(s.ticks)-1])
		p.Inverted, p.Min, p.Max, p.Format, p.Unit = true, whole(0), whole(n), "0;;", f.say("col.place")
		p.Step = whole(placeStep(n))
	case Percentiles:
		p.Min, p.Max, p.Step, p.Format, p.Unit = whole(0), whole(100), whole(20), `0"%"`, "%"
	case Scores:
		s := h.area.scale
		p.Min, p.Max = exact(s.min), exact(s.max)
		p.Step, p.Unit = exact(s.ticks[1]-s.ticks[0]), f.say("col.score")
	}
	for i := range h.tracks {
		t := &h.tracks[i]
		s := PlotSeries{Name: t.name, Colour: f.c.series[i%len(f.c.series)], Values: make([]reform.Number, len(h.periods)), Labels: make([]string, len(h.periods)), Dashed: t.Derived}
		_, end := t.ends()
		for k := range h.periods {
			if !t.known(k) {
				continue
			}
			point := t.at[k]
			s.Values[k] = h.exact(point)
			if side, ok := h.shown[spot{i, k}]; ok {
				s.Labels[k] = h.words(point)
				if side == "bottom" {
					s.Below = append(s.Below, k)
				}
			}
			if h.many() && k == end {
				s.Labels[k] = placeOf(point.Place, point.Of)
			}
			if t.Derived || hollow(point, h.measure) {
				s.Hollow = append(s.Hollow, k)
			}
			if point.Status == reform.Provisional {
				s.Provisional = append(s.Provisional, k)
			}
			if k+1 < len(h.periods) && t.known(k+1) && (h.loose || h.severed(i, k+1) || h.measure == Scores && h.cut(i, k+1)) {
				s.Cut = append(s.Cut, k)
			}
		}
		p.Series = append(p.Series, s)
	}
	p.Series = append(p.Series, h.goalPlots()...)
	labels := h.markLabels()
	for i, m := range h.marks {
		if h.many() {
			break // an upright line would say that the rules of all of them changed
		}
		p.Breaks = append(p.Breaks, PlotBreak{Before: m.at, Label: labels[i]})
	}
	return p
}

// exact is the drawn value of a point.
func (h *history) exact(p *reform.RankPoint) reform.Number {
	switch h.measure {
	case Scores:
		return p.Score
	case Percentiles:
		v, _ := percentile(p.Place, p.Of)
		return exact(math.Round(v*100) / 100)
	}
	return whole(p.Place)
}

// exact is the number of an axis' end or tick.
func exact(v float64) reform.Number { return reform.NumOf(decimal.NewFromFloat(v).Round(6)) }

// placeStep is a round step that makes at most eight grid lines of n places.
func placeStep(n int) int {
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000} {
		if n/s <= 8 {
			return s
		}
	}
	return 5000
}

// plot is the native chart of the components against their maximum.
func (s *parts) plot() *Plot {
	f := s.f
	p := &Plot{Kind: PlotOverlaid, Head: f.say("col.component"), Format: "General", Min: whole(0), Unit: f.say("col.score")}
	n := len(s.rows)
	most := PlotSeries{Name: f.say("subscores.max"), Colour: f.c.track, Values: make([]reform.Number, n), Labels: make([]string, n)}
	score := PlotSeries{Name: f.say("subscores.score"), Colour: f.c.strong, Values: make([]reform.Number, n), Labels: make([]string, n)}
	for i, r := range s.rows {
		name := r.name
		if r.child {
			name = "– " + name
		}
		p.Categories = append(p.Categories, name)
		most.Values[i], score.Values[i] = r.Max, r.Score
		// A native bar chart has no marks of others: their values stand in the words.
		words := []string{s.value(r)}
		for _, m := range s.markers(0) {
			if v := m.get(r); v.Valid {
				words = append(words, lower(f.say(m.key))+"\u00a0"+number(f.lang, v, s.decimals()))
			}
		}
		score.Labels[i] = strings.Join(words, dot)
		if r.Status == reform.Provisional {
			score.Provisional = append(score.Provisional, i)
		}
	}
	p.Series = []PlotSeries{most, score}
	return p
}

// plot is the native radar, in per cent of the maximum.
func (r *radar) plot() *Plot {
	f := r.f
	p := &Plot{Kind: PlotRadar, Head: f.say("col.component"), Format: `0"%"`, Min: whole(0), Max: whole(100), Step: whole(20), Unit: "%"}
	mine := PlotSeries{Name: r.name(), Colour: f.c.strong}
	median := PlotSeries{Name: f.say("subscores.median"), Colour: f.c.mark, Dashed: true}
	for i, c := range r.spokes {
		p.Categories = append(p.Categories, c.name+"\n"+r.value(c))
		v, _ := ratio(c.Score, c.Max)
		mine.Values = append(mine.Values, reform.NumOf(v.Round(4)))
		if c.Status == reform.Provisional {
			mine.Provisional = append(mine.Provisional, i)
		}
		if r.median {
			m, _ := ratio(c.Median, c.Max)
			median.Values = append(median.Values, reform.NumOf(m.Round(4)))
		}
	}
	p.Series = []PlotSeries{mine}
	if r.median {
		p.Series = append(p.Series, median)
	}
	for i := range p.Series {
		p.Series[i].Labels = make([]string, len(r.spokes))
	}
	return p
}

// plot is bars for few rows with scores, else a table that a slide can carry on to the next.
func (l *league) plot(t Table) *Plot {
	f := l.f
	var strong []int
	for i, s := range l.rows {
		if s.chosen {
			strong = append(strong, i)
		}
	}
	if l.byPlace || len(l.rows) > mostNativeBars {
		without := []string{"of", "document"}
		if !slices.ContainsFunc(l.rows, func(s standing) bool { return s.Status == reform.Provisional }) {
			without = append(without, "status")
		}
		p := tablePlot(t, without...)
		p.Strong = strong
		return p
	}
	p := &Plot{Kind: PlotBars, Head: f.say("col.unit"), Format: "General", Unit: f.say("col.score"), Strong: strong}
	s := PlotSeries{Name: f.say("col.score"), Colour: f.c.bar}
	below := false
	for i, r := range l.rows {
		p.Categories = append(p.Categories, l.head(r, math.Inf(1)))
		s.Values = append(s.Values, r.Score)
		s.Labels = append(s.Labels, l.label(r))
		fill := ""
		if r.chosen {
			fill = f.c.chosen
		}
		s.Fills = append(s.Fills, fill)
		below = below || r.Score.Valid && r.Score.Decimal.IsNegative()
		if r.Status == reform.Provisional {
			s.Provisional = append(s.Provisional, i)
		}
	}
	if !below {
		p.Min = whole(0)
	}
	p.Series = []PlotSeries{s}
	return p
}

// tablePlot makes cells of a picture's table: its first column heads the rows; the columns
// with the keys that are left out, and those without a word, do not come along.
func tablePlot(t Table, without ...string) *Plot {
	p := &Plot{Kind: PlotTable, Head: t.Columns[0].Label}
	for _, row := range t.Rows {
		p.Categories = append(p.Categories, row[0].Text)
	}
	for c, column := range t.Columns {
		if c == 0 || slices.Contains(without, column.Key) {
			continue
		}
		s := PlotSeries{Name: column.Label, Values: make([]reform.Number, len(t.Rows)), Labels: make([]string, len(t.Rows))}
		said := false
		for i, row := range t.Rows {
			s.Labels[i] = row[c].Text
			said = said || row[c].Text != ""
			if column.Numeric && row[c].Value != "" {
				if d, err := decimal.NewFromString(row[c].Value); err == nil {
					s.Values[i] = reform.NumOf(d)
				}
			}
		}
		if said {
			p.Series = append(p.Series, s)
		}
	}
	return p
}

// plot is the heat map as a table with coloured cells.
func (h *heatmap) plot() *Plot {
	f := h.f
	p := &Plot{Kind: PlotTable, Head: f.say("col.unit")}
	for i, u := range h.units {
		p.Categories = append(p.Categories, h.names[u])
		if slices.Contains(h.in.Chosen, u) {
			p.Strong = append(p.Strong, i)
		}
	}
	for _, period := range h.periods {
		s := PlotSeries{Name: f.periodShort(period)}
		for _, u := range h.units {
			c, ok := h.cell[heatAt{u, period}]
			value, label, fill := reform.Number{}, "–", f.c.noData
			if ok {
				value, label = whole(c.Place), placeOf(c.Place, c.Of)
				if k := class(c.Place, c.Of); k >= 0 {
					fill = f.c.classes[k].fill
				} else {
					fill = ""
				}
			}
			s.Values, s.Labels, s.Fills = append(s.Values, value), append(s.Labels, label), append(s.Fills, fill)
		}
		p.Series = append(p.Series, s)
	}
	return p
}

func lower(s string) string {
	for i, r := range s {
		return strings.ToLower(string(r)) + s[i+len(string(r)):]
	}
	return s
}

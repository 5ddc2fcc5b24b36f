package charts

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"

	"chiso/charts/text"
	"chiso/reform"
)

// HistoriesInput is what the histories of one unit in several indices are drawn from.
type HistoriesInput struct {
	Lines     []IndexLine
	Name      string  // "Long An"
	FullName  string  // "tỉnh Long An"; "" takes Name
	Measure   Measure // Percentiles or Places; "" Percentiles, since indices rank different numbers of units
	Documents map[string]Source
	Notes     []string
}

// IndexLine is the history of the unit in one index.
type IndexLine struct {
	Index  reform.Index
	Series reform.RankSeries
	Breaks []reform.Break // of the unit itself: it was enlarged
}

// Histories draws the places of one unit in all its indices in one picture, each line named where it
// ends. A change of an index' rules is a short stroke on its own line, for it concerns no other.
// Without a single place it is an error of kind reform.ErrNotFound.
func Histories(in HistoriesInput, st Style) (*Picture, error) {
	switch in.Measure {
	case "":
		in.Measure = Percentiles
	case Percentiles, Places:
	default:
		return nil, fmt.Errorf("measure %q: scores of several indices have no common scale; want place or percentile: %w", in.Measure, reform.ErrInvalid)
	}
	if len(in.Lines) > mostLines {
		return nil, fmt.Errorf("histories of %d indices: at most %d can be told apart: %w", len(in.Lines), mostLines, reform.ErrTooLarge)
	}
	f := board(st, 440)
	if f.narrow() && st.Height == 0 {
		f.height = 400
	}
	all := RankHistoryInput{Measure: in.Measure, Documents: in.Documents, Notes: in.Notes}
	for i := range in.Lines {
		l := &in.Lines[i]
		line := Line{RankSeries: l.Series, Name: indexName(l.Index, f.lang), OfIndex: &l.Index, Breaks: slices.Clone(l.Breaks)}
		for _, b := range l.Index.Breaks {
			if len(b.Components) == 0 || slices.Contains(b.Components, "") {
				line.Breaks = append(line.Breaks, b)
			}
		}
		all.Lines = append(all.Lines, line)
	}
	who := plain(in.FullName)
	if who == "" {
		who = plain(in.Name)
	}
	h, err := newHistory(f, all)
	if err != nil {
		return nil, err
	}
	title := f.say("histories.title", "unit", brief(who), "span", f.span(h.periods[0], h.periods[h.end-1]))
	subtitle := h.manySubtitle()
	alt := h.alt(title)
	f.head(title, subtitle)
	option, err := h.option(alt)
	if err != nil {
		return nil, err
	}
	p := f.picture("histories", title, subtitle, alt)
	p.Option = option
	p.Notes = h.notes()
	p.Table, p.Sources = h.table()
	p.Plot = h.plot()
	return p, nil
}

// many says that the lines are of several indices, each with rules of its own.
func (h *history) many() bool { return h.tracks[0].OfIndex != nil }

// index is the index that a line is of.
func (h *history) index(t *track) reform.Index {
	if t.OfIndex != nil {
		return *t.OfIndex
	}
	return h.in.Index
}

func (h *history) manySubtitle() string {
	f := h.f
	parts := []string{f.say("histories." + string(h.measure))}
	if len(h.marks) > 0 {
		parts = append(parts, f.say("histories.stroke"))
	}
	if h.any(func(p *reform.RankPoint) bool { return hollow(p, h.measure) }) != "" {
		parts = append(parts, f.say("history.hollow"))
	}
	if h.any(func(p *reform.RankPoint) bool { return p.Status == reform.Provisional }) != "" {
		parts = append(parts, f.say("history.dashed"))
	}
	return strings.Join(parts, dot)
}

// manyNotes tell for each index when its rules changed and what is not known between its ends. The
// reasons stand on the page of the index.
func (h *history) manyNotes() []string {
	f := h.f
	var out []string
	for i := range h.tracks {
		t := &h.tracks[i]
		first, last := t.ends()
		changed := h.ranges(func(k int) bool { return k > first && k <= last && h.broken(i, k, false) })
		if changed != "" {
			out = append(out, f.say("histories.changed", "index", brief(t.name), "periods", changed))
		}
		if gaps := h.gaps(t); gaps != "" {
			out = append(out, brief(t.name)+": "+f.say("note.gaps", "periods", gaps))
		}
	}
	return out
}

// ends are the first and the last known period of a line.
func (t *track) ends() (first, last int) {
	first = slices.Index(t.has, true)
	last = len(t.has) - 1
	for last > first && !t.has[last] {
		last--
	}
	return first, last
}

// railName is what stands at the end of a line: the index with the newest place, and its period
// where the line ends before the others.
func (h *history) railName(t *track) string {
	_, last := t.ends()
	s := t.short + " " + placeOf(t.at[last].Place, t.at[last].Of)
	if last != h.end-1 {
		s += " (" + h.f.periodShort(h.periods[last]) + ")"
	}
	if h.f.narrow() {
		return t.short
	}
	return s
}

// railWidth is the room that the names at the ends take.
func (h *history) railWidth() float64 {
	w := 0.0
	for i := range h.tracks {
		w = math.Max(w, text.Measure(h.railName(&h.tracks[i]), h.f.size, true))
	}
	return w + 22
}

// drawRail names every line at the right edge, at the height of its end as far as the
// names leave room, with a dotted leader from the end.
func (h *history) drawRail(c *charts.BaseConfiguration) []obj {
	f := h.f
	want := make([]float64, len(h.tracks))
	for i := range h.tracks {
		_, last := h.tracks[i].ends()
		_, want[i] = h.pixel(i, last)
	}
	at := spread(want, lineHeight(f.size), h.area.top, h.area.height-h.area.bottom)
	var extra []obj
	for i := range h.tracks {
		t := &h.tracks[i]
		_, last := t.ends()
		series(c, charts.SingleSeries{
			Name: h.railName(t), Type: "line", XAxisIndex: 1, Symbol: "none",
			Data: []obj{
				{"value": []any{float64(last) + 0.5, h.json(t.at[last])}},
				// Beyond the edge ECharts would set the name where the line crosses it, at another height.
				{"value": []any{len(h.periods), math.Round(h.area.valueAt(at[i])*100) / 100}},
			},
		})
		extra = append(extra, obj{
			"z": 1, "silent": true, "clip": false, "tooltip": obj{"show": false},
			"lineStyle": obj{"color": f.c.axis, "width": 1, "type": "dotted"}, "itemStyle": obj{"color": f.c.axis},
			"endLabel": f.label(obj{"formatter": "@seriesName", "fontWeight": "bold", "distance": 8, "offset": []float64{0, 0}}),
		})
	}
	return extra
}

// drawStrokes marks the changes of rules on the lines that they concern.
func (h *history) drawStrokes(c *charts.BaseConfiguration) []obj {
	f := h.f
	var data []obj
	for i := range h.tracks {
		t := &h.tracks[i]
		for _, m := range h.marks {
			k := m.at
			if !m.all && !m.of[i] || m.severs || k < 1 || !t.known(k-1) || !t.known(k) {
				continue
			}
			_, a := h.pixel(i, k-1)
			_, b := h.pixel(i, k)
			data = append(data, obj{"value": []any{k, math.Round(h.area.valueAt((a+b)/2)*100) / 100}})
		}
	}
	if len(data) == 0 {
		return nil
	}
	series(c, charts.SingleSeries{Type: "scatter", XAxisIndex: 1, Symbol: "rect", SymbolSize: []float64{2.5, px(f.size)}, Data: data})
	return []obj{{"silent": true, "tooltip": obj{"show": false}, "z": 5, "itemStyle": obj{"color": f.c.text, "opacity": 1}}}
}

// valueAt is the value of the axis at a height.
func (a area) valueAt(y float64) float64 {
	s := (y - a.top) / a.h()
	if !a.scale.inverse {
		s = 1 - s
	}
	return a.scale.min + s*(a.scale.max-a.scale.min)
}

// spread moves heights apart until they are line pixels from each other, between top and bottom where
// they all have room, each as little as may be.
func spread(want []float64, line, top, bottom float64) []float64 {
	order := make([]int, len(want))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case want[a] < want[b]:
			return -1
		case want[a] > want[b]:
			return 1
		}
		return 0
	})
	at := slices.Clone(want)
	for range 200 {
		moved := false
		for j := 1; j < len(order); j++ {
			a, b := order[j-1], order[j]
			if d := line - (at[b] - at[a]); d > 0.5 {
				at[a] -= d / 2
				at[b] += d / 2
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	if n := len(order); n > 0 && float64(n-1)*line <= bottom-top {
		for j, i := range order {
			at[i] = math.Max(at[i], top+float64(j)*line)
		}
		for j := n - 1; j >= 0; j-- {
			at[order[j]] = math.Min(at[order[j]], bottom-float64(n-1-j)*line)
		}
	}
	return at
}

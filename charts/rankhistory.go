package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"chiso/charts/text"
	"chiso/reform"
)

// Measure is what the lines of a rank history stand for.
type Measure string

// The measures. A percentile is the share of units behind, the honest way to
// draw one line across editions of different size.
const (
	Places      Measure = "place"
	Scores      Measure = "score"
	Percentiles Measure = "percentile"
)

// mostLines is how many lines can still be told apart.
const mostLines = 12

// Line is the history of one unit with its names.
type Line struct {
	reform.RankSeries
	Name     string         // in labels: "Long An"
	FullName string         // in titles: "tỉnh Long An"; "" takes Name
	Breaks   []reform.Break // of this line alone: a unit enlarged, another index
	OfIndex  *reform.Index  // of this line where the lines are of several; nil the picture's
	// Derived says that every value is computed from those of other units: dashed and hollow.
	Derived bool
	Goals   []Goal // that users have set for it, by period
}

// RankHistoryInput is what a rank history is drawn from.
type RankHistoryInput struct {
	Index     reform.Index // its breaks are marked
	Component string       // "" the total
	ScopeName string       // of a rank within a region or province; "" the nation
	Lines     []Line
	Measure   Measure           // "" Places
	Title     string            // "" the picture's own
	Documents map[string]Source // by id
	Notes     []string          // shown after the picture's own
	// Annotations are what users noted about days. Those outside of the axis are told and not drawn.
	Annotations []Annotation
}

// RankHistory draws places (or scores, or percentiles) over time. Place 1 is on
// top; a missing period is a gap; changes of rules are marked.
// Without a single value it is an error of kind reform.ErrNotFound.
func RankHistory(in RankHistoryInput, st Style) (*Picture, error) {
	if len(in.Lines) > mostLines {
		return nil, fmt.Errorf("rank history of %d units: choose at most %d: %w", len(in.Lines), mostLines, reform.ErrTooLarge)
	}
	f := board(st, 420)
	if f.narrow() && st.Height == 0 {
		f.height = 340
	}
	h, err := newHistory(f, in)
	if err != nil {
		return nil, err
	}
	h.numbered = h.crowdedMarks()
	title, subtitle := h.title(), h.subtitle()
	alt := h.alt(title)
	f.head(title, subtitle)
	option, err := h.option(alt)
	if err != nil {
		return nil, err
	}
	p := f.picture("rank-history", title, subtitle, alt)
	p.Option = option
	p.Notes = h.notes()
	p.Table, p.Sources = h.table()
	p.Plot = h.plot()
	return p, nil
}

// option lays the drawing out in pixels, so that words can be kept apart here.
func (h *history) option(alt string) (json.RawMessage, error) {
	f := h.f
	ends := !h.many() && h.endLabels()
	h.legend(!ends && !h.many() && len(h.tracks) > 1)
	scale := h.scale()
	axisWidth := 0.0
	for _, t := range scale.labels {
		axisWidth = math.Max(axisWidth, text.Measure(t, f.size, false))
	}
	left := f.pad + axisWidth + 10
	right := f.pad + 6
	if ends {
		for _, t := range h.tracks {
			right = math.Max(right, f.pad+12+text.Measure(t.short, f.size, true))
		}
	}
	if h.many() {
		right = f.pad + h.railWidth()
	}
	top := f.top + f.size + 8
	if len(h.noted) > 0 && len(h.marks) > 0 {
		top += h.noteRow()
	}
	names, widest := make([]string, len(h.periods)), 0.0
	for i, p := range h.periods {
		names[i] = f.periodShort(p)
		widest = math.Max(widest, text.Measure(names[i], f.size, false))
	}
	// The last period's name stands in the middle of its step and may be wider.
	step := (float64(f.width) - left - right) / float64(len(names))
	right = math.Max(right, right+(widest-step)/2)
	bottom := f.pad + lineHeight(f.size) + 8
	h.area = area{left: px(left), top: px(top), right: px(right), bottom: px(bottom), width: float64(f.width), height: float64(f.height), n: len(h.periods), scale: scale}
	// A head of many lines takes room from nobody, and the names at the ends stand below each
	// other: the picture grows instead.
	least := 140.0
	if ends || h.many() {
		least = math.Max(least, lineHeight(f.size)*float64(len(h.tracks)-1)+1)
	}
	if short := least - h.area.h(); short > 0 {
		f.height = min(f.height+int(math.Ceil(short)), tallest)
		h.area.height = float64(f.height)
	}
	markLabels := h.markLabels()
	offsets := h.endOffsets(ends)
	shown := map[spot]string{}
	if !h.many() {
		shown = h.placeLabels(ends, offsets, markLabels)
	}
	h.shown = shown

	named := thinned(len(names), h.area.step(), widest+8)
	line := charts.NewLine()
	line.SetXAxis(names)
	line.SetGlobalOptions(append(f.global("axis"),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", BoundaryGap: opts.Bool(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Inverse: opts.Bool(h.measure == Places)}))...)
	// Breaks stand between two years, where a category axis has no place: a hidden
	// axis that counts them does.
	line.ExtendXAxis(opts.XAxis{Type: "value", Show: opts.Bool(false)})

	var extra []obj
	for i := range h.tracks {
		extra = append(extra, h.draw(&line.BaseConfiguration, i, ends, offsets[i], shown)...)
	}
	if h.many() {
		extra = append(extra, h.drawStrokes(&line.BaseConfiguration)...)
		extra = append(extra, h.drawRail(&line.BaseConfiguration)...)
	} else {
		extra = append(extra, h.drawMarks(&line.BaseConfiguration, markLabels)...)
	}
	extra = append(extra, h.drawGoals(&line.BaseConfiguration)...)
	extra = append(extra, h.drawNotes(&line.BaseConfiguration)...)

	over := f.over(alt)
	f.lineAxes(over, h.area, named)
	return compose(line, over, extra)
}

// draw adds the series of one line: the points with their words, and where the
// line is dashed in part or cut, its strokes.
func (h *history) draw(c *charts.BaseConfiguration, i int, ends bool, offset float64, shown map[spot]string) []obj {
	f, t := h.f, &h.tracks[i]
	colour := f.c.series[i%len(f.c.series)]
	symbol := symbols[(i+i/len(f.c.series))%len(symbols)]
	size := h.symbolSize()
	data := make([]obj, len(h.periods))
	for k := range h.periods {
		p := t.at[k]
		if p == nil || !t.known(k) {
			data[k] = obj{"value": nil}
			continue
		}
		o := obj{"value": h.json(p), "text": h.words(p), "tip": h.tip(t, p)}
		if p.Of > 0 && h.measure == Places {
			o["of"] = p.Of
		}
		if t.Derived || hollow(p, h.measure) {
			o["itemStyle"] = obj{"color": f.c.background, "borderColor": colour, "borderWidth": 2}
		}
		if pos, ok := shown[spot{i, k}]; ok {
			o["label"] = obj{"show": true, "position": pos}
		}
		data[k] = o
	}
	strokes, own := h.strokes(i)
	style := obj{"color": colour, "width": 2.5, "type": "solid"}
	if !own {
		style["width"] = 0
	}
	series(c, charts.SingleSeries{
		Name: t.short, Type: "line", Symbol: symbol, SymbolSize: size, Data: data,
		ShowSymbol: opts.Bool(true), ConnectNulls: opts.Bool(false),
	})
	one := obj{
		"showAllSymbol": true, "z": 4, "itemStyle": obj{"color": colour}, "lineStyle": style,
		"label": f.label(obj{"show": false, "formatter": "@text", "distance": px(h.labelGap() - size/2)}),
	}
	if ends {
		one["endLabel"] = f.label(obj{"formatter": "@seriesName", "fontWeight": "bold", "distance": 8, "offset": []float64{2, offset}})
	}
	extra := []obj{one}
	for _, s := range strokes {
		run := make([]obj, len(h.periods))
		for k := range run {
			run[k] = obj{"value": nil}
			if k >= s.from && k <= s.to {
				run[k] = obj{"value": h.json(t.at[k])}
			}
		}
		kind := "solid"
		if s.dashed {
			kind = "dashed"
		}
		series(c, charts.SingleSeries{Name: t.short, Type: "line", Symbol: "none", Data: run, ConnectNulls: opts.Bool(false)})
		extra = append(extra, obj{
			"z": 3, "silent": true, "tooltip": obj{"show": false}, "itemStyle": obj{"color": colour},
			"lineStyle": obj{"color": colour, "width": 2.5, "type": kind},
		})
	}
	return extra
}

// stroke is a run of the line from one period to another.
type stroke struct {
	from, to int
	dashed   bool
}

// strokes cuts the line of track i where it changes between final and
// provisional, and for scores where the rules change. own is true where the
// points' own line needs no help.
func (h *history) strokes(i int) (runs []stroke, own bool) {
	t := &h.tracks[i]
	own = true
	for k := 0; k+1 < len(h.periods); k++ {
		if !t.known(k) || !t.known(k+1) {
			continue
		}
		if h.loose || h.severed(i, k+1) || h.measure == Scores && h.cut(i, k+1) {
			own = false
			continue
		}
		dashed := t.at[k+1].Status == reform.Provisional || t.at[k].Status == reform.Provisional
		dashed = dashed || t.Derived
		own = own && !dashed
		if n := len(runs); n > 0 && runs[n-1].to == k && runs[n-1].dashed == dashed {
			runs[n-1].to = k + 1
			continue
		}
		runs = append(runs, stroke{k, k + 1, dashed})
	}
	if own {
		return nil, true
	}
	return runs, false
}

// cut says whether the values of track i left and right of boundary k are on different rules.
func (h *history) cut(i, k int) bool {
	return h.tracks[i].at[k-1].Basis != h.tracks[i].at[k].Basis || h.broken(i, k, false)
}

// severed says whether no line of any kind may cross boundary k.
func (h *history) severed(i, k int) bool { return h.broken(i, k, true) }

func (h *history) broken(i, k int, severs bool) bool {
	for _, m := range h.marks {
		if m.at == k && (m.all || m.of[i]) && (m.severs || !severs) {
			return true
		}
	}
	return false
}

// drawMarks adds the vertical lines of the breaks.
func (h *history) drawMarks(c *charts.BaseConfiguration, labels []string) []obj {
	if len(h.marks) == 0 {
		return nil
	}
	f := h.f
	// The line runs from the axis' smallest value: on an inverted axis that is its top.
	side := "end"
	if h.area.scale.inverse {
		side = "start"
	}
	data := make([]obj, len(h.marks))
	for i, m := range h.marks {
		data[i] = obj{"xAxis": m.at, "text": labels[i]}
	}
	series(c, charts.SingleSeries{Type: "scatter", XAxisIndex: 1, Data: []obj{}})
	return []obj{{
		"silent": true, "tooltip": obj{"show": false}, "z": 2,
		"markLine": obj{
			"silent": true, "symbol": "none", "animation": false, "data": data,
			"lineStyle": obj{"color": f.c.axis, "width": 1.5, "type": "dashed"},
			"label":     obj{"show": true, "formatter": "@text", "position": side, "distance": 5, "color": f.c.muted, "fontSize": f.size, "fontFamily": text.Family},
		},
	}}
}

// hollow says that the drawn value was not published as it stands.
func hollow(p *reform.RankPoint, m Measure) bool {
	return m != Scores && (p.RankKind == reform.Computed || p.RankKind == reform.Derived)
}

// json is the drawn value of a point.
func (h *history) json(p *reform.RankPoint) any {
	switch h.measure {
	case Scores:
		return json.Number(p.Score.String())
	case Percentiles:
		v, _ := percentile(p.Place, p.Of)
		return math.Round(v*100) / 100
	}
	return p.Place
}

// words is the label of a point: a place with its N whatever the line stands for, or the score.
func (h *history) words(p *reform.RankPoint) string {
	if h.measure == Scores {
		return number(h.f.lang, p.Score, decimals(h.in.Index))
	}
	return placeOf(p.Place, p.Of)
}

// tip is what a pointer reads: place, score, how they came about.
func (h *history) tip(t *track, p *reform.RankPoint) string {
	f := h.f
	var parts []string
	if p.Place > 0 {
		s := f.say("tip.place", "place", placeOf(p.Place, p.Of))
		if p.RankKind == reform.Computed || p.RankKind == reform.Derived {
			s += " (" + f.common("rank_kind."+string(p.RankKind)) + ")"
		}
		parts = append(parts, s)
	}
	if p.Score.Valid {
		parts = append(parts, f.say("tip.score", "score", overMax(f.lang, p.Score, p.Max, decimals(h.index(t)))))
	}
	if t.Derived && p.Place == 0 {
		parts = append(parts, f.common("rank_kind."+string(reform.Derived)))
	}
	if h.measure == Percentiles {
		if v, ok := percentile(p.Place, p.Of); ok {
			parts = append(parts, f.say("tip.percentile", "n", int(math.Round(v))))
		}
	}
	if p.Status == reform.Provisional {
		parts = append(parts, f.common("status.provisional"))
	}
	if b := basisName(h.index(t), p.Basis, f.lang); b != "" {
		parts = append(parts, b)
	}
	return strings.Join(parts, "\n")
}

// percentile is the share of the other units that stand behind, in per cent:
// 100 for the first, 0 for the last. Without N there is none.
func percentile(place, of int) (float64, bool) {
	switch {
	case place < 1 || of < place:
		return 0, false
	case of == 1:
		return 100, true
	}
	return 100 * (1 - float64(place-1)/float64(of-1)), true
}

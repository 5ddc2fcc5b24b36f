package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"chiso/charts/text"
	"chiso/reform"
)

const (
	mostLiveUnits = 6
	mostLiveLines = 80
	// longestHold is how many days without anything new the axis shows one by one; more are one gap.
	longestHold = 21
)

// LiveInput is what a trend by day is drawn from.
type LiveInput struct {
	Index     reform.Index
	Component string // "" the total
	Kind      reform.PeriodKind
	Lines     []reform.LiveLine
	Names     func(reform.UnitKey) string
	Documents map[string]Source // by id
}

// Live draws the values of a live index day by day. A value holds until the next one; what is of
// two periods or two portals is two lines; a change after the period was over is marked.
// Without a single value it is an error of kind reform.ErrNotFound.
func Live(in LiveInput, st Style) (*Picture, error) {
	f := board(st, 420)
	if f.narrow() && st.Height == 0 {
		f.height = 340
	}
	l, err := newLive(f, in)
	if err != nil {
		return nil, err
	}
	title, subtitle := l.title(), l.subtitle()
	alt := l.alt(title)
	f.head(title, subtitle)
	option, err := l.option(alt)
	if err != nil {
		return nil, err
	}
	p := f.picture("live", title, subtitle, alt)
	p.Option = option
	p.Notes = l.notes()
	p.Table, p.Sources = l.table()
	p.Plot = l.plot()
	return p, nil
}

// live is a trend by day on the drawing board.
type live struct {
	f     *frame
	in    LiveInput
	units []reform.UnitKey
	lines []liveLine
	slots []liveSlot
	marks []int // slots before which another portal begins
	area  area
	shown map[spot]string
}

// liveSlot is a day on the axis, or a long time without anything new.
type liveSlot struct {
	day       time.Time
	gap       bool
	from, end time.Time // of a gap: its first and last day
}

type liveLine struct {
	reform.LiveLine
	unit        int // of live.units
	first, last int // slots
	at          []*reform.LiveDay
	said        []bool // whether the source said something on that day, or the value only held
	revised     map[int]reform.LiveRevision
}

func newLive(f *frame, in LiveInput) (*live, error) {
	l := &live{f: f, in: in, shown: map[spot]string{}}
	var days []time.Time
	for _, line := range in.Lines {
		if len(line.Days) == 0 {
			continue
		}
		i := slices.Index(l.units, line.Unit)
		if i < 0 {
			i = len(l.units)
			l.units = append(l.units, line.Unit)
		}
		l.lines = append(l.lines, liveLine{LiveLine: line, unit: i, revised: map[int]reform.LiveRevision{}})
		for _, d := range line.Days {
			days = append(days, d.Day)
		}
	}
	switch {
	case len(l.lines) == 0:
		return nil, fmt.Errorf("a trend by day without a value: %w", reform.ErrNotFound)
	case len(l.units) > mostLiveUnits:
		return nil, fmt.Errorf("a trend of %d units: choose at most %d: %w", len(l.units), mostLiveUnits, reform.ErrTooLarge)
	case len(l.lines) > mostLiveLines:
		return nil, fmt.Errorf("a trend of %d lines: choose one period or fewer units: %w", len(l.lines), reform.ErrTooLarge)
	}
	slices.SortFunc(days, time.Time.Compare)
	days = slices.CompactFunc(days, time.Time.Equal)
	for i, d := range days {
		if i > 0 {
			l.between(days[i-1], d)
		}
		l.slots = append(l.slots, liveSlot{day: d})
	}
	if len(l.slots) > 1500 {
		return nil, fmt.Errorf("a trend over %d days: choose one period: %w", len(l.slots), reform.ErrTooLarge)
	}
	for i := range l.lines {
		l.place(&l.lines[i])
	}
	l.findMarks()
	return l, nil
}

// between adds the days between two on which something was said: each, or one gap for many.
func (l *live) between(a, b time.Time) {
	n := int(b.Sub(a)/(24*time.Hour)) - 1
	if n > longestHold {
		l.slots = append(l.slots, liveSlot{gap: true, from: a.AddDate(0, 0, 1), end: b.AddDate(0, 0, -1)})
		return
	}
	for k := range n {
		l.slots = append(l.slots, liveSlot{day: a.AddDate(0, 0, k+1)})
	}
}

// place puts the values of a line on the axis; each holds until the next.
func (l *live) place(line *liveLine) {
	line.at, line.said = make([]*reform.LiveDay, len(l.slots)), make([]bool, len(l.slots))
	next, first := 0, -1
	for k, s := range l.slots {
		if !s.gap && next < len(line.Days) && line.Days[next].Day.Equal(s.day) {
			line.said[k] = true
			next++
			if first < 0 {
				first = k
			}
		}
		if next > 0 {
			line.at[k] = &line.Days[next-1]
		}
		if line.said[k] {
			line.last = k
		}
	}
	line.first = first
	for k := line.last + 1; k < len(l.slots); k++ {
		line.at[k] = nil
	}
	for _, r := range line.Revisions {
		for k, s := range l.slots {
			if !s.gap && s.day.Equal(reform.LiveDayOf(r.At)) {
				line.revised[k] = r
			}
		}
	}
}

// findMarks finds where another portal begins.
func (l *live) findMarks() {
	begins := map[string]int{}
	for _, line := range l.lines {
		if k, ok := begins[line.Basis]; !ok || line.first < k {
			begins[line.Basis] = line.first
		}
	}
	first := len(l.slots)
	for _, k := range begins {
		first = min(first, k)
	}
	for _, k := range begins {
		if k > first && !slices.Contains(l.marks, k) {
			l.marks = append(l.marks, k)
		}
	}
	slices.Sort(l.marks)
}

func (l *live) name(u reform.UnitKey) string {
	if l.in.Names != nil {
		if n := plain(l.in.Names(u)); n != "" {
			return n
		}
	}
	return string(u)
}

// lineName tells a line from the others of its unit.
func (l *live) lineName(line *liveLine) string {
	n := l.name(line.Unit)
	periods, bases := 0, map[string]bool{}
	for i := range l.lines {
		if l.lines[i].unit == line.unit {
			periods++
			bases[l.lines[i].Basis] = true
		}
	}
	if periods > 1 {
		n += " · " + l.f.periodLong(line.Period)
	}
	if len(bases) > 1 {
		n += " · " + basisName(l.in.Index, line.Basis, l.f.lang)
	}
	return n
}

func (l *live) scale() scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range l.lines {
		for _, d := range l.lines[i].Days {
			v := d.Score.Decimal.InexactFloat64()
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	room := float64(l.f.height) - l.f.top - 3*lineHeight(l.f.size)
	return valueScale(l.f.lang, lo, hi, int(math.Max(2, room/(l.f.size*2.6))))
}

// option lays the drawing out in pixels, so that words can be kept apart here.
func (l *live) option(alt string) (json.RawMessage, error) {
	f := l.f
	if len(l.units) > 1 {
		var keys []key
		for i, u := range l.units {
			keys = append(keys, key{l.name(u), symbols[i], obj{"color": f.c.series[i%len(f.c.series)]}})
		}
		f.legend(keys)
	}
	sc := l.scale()
	axisWidth := 0.0
	for _, t := range sc.labels {
		axisWidth = math.Max(axisWidth, text.Measure(t, f.size, false))
	}
	names := make([]string, len(l.slots))
	widest := 0.0
	for i, s := range l.slots {
		names[i] = l.slotName(s)
		widest = math.Max(widest, text.Measure(names[i], f.size, false))
	}
	left, right := f.pad+axisWidth+10, f.pad+6
	step := (float64(f.width) - left - right) / float64(len(names))
	right = math.Max(right, right+(widest-step)/2)
	for i := range l.lines {
		if line := &l.lines[i]; line.last == len(l.slots)-1 {
			right = math.Max(right, text.Measure(l.label(line, line.last), f.size, false)/2+f.pad-step/2)
		}
	}
	left = math.Max(left, left+(widest-step)/2-axisWidth)
	l.area = area{
		left: px(left), top: px(f.top + f.size + 8), right: px(right), bottom: px(f.pad + lineHeight(f.size) + 8),
		width: float64(f.width), height: float64(f.height), n: len(names), scale: sc,
	}
	if short := 140 - l.area.h(); short > 0 {
		f.height = min(f.height+int(math.Ceil(short)), tallest)
		l.area.height = float64(f.height)
	}
	l.placeLabels()
	named := slices.DeleteFunc(thinned(len(names), l.area.step(), widest+8), func(k int) bool { return l.slots[k].gap })

	line := charts.NewLine()
	line.SetXAxis(names)
	line.SetGlobalOptions(append(f.global("axis"),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", BoundaryGap: opts.Bool(true)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value"}))...)
	line.ExtendXAxis(opts.XAxis{Type: "value", Show: opts.Bool(false)})
	var extra []obj
	for i := range l.lines {
		extra = append(extra, l.draw(&line.BaseConfiguration, i))
	}
	extra = append(extra, l.drawMarks(&line.BaseConfiguration)...)

	over := f.over(alt)
	f.lineAxes(over, l.area, named)
	return compose(line, over, extra)
}

// slotName is a day as the axis writes it, with its year where there are several.
func (l *live) slotName(s liveSlot) string {
	if s.gap {
		return "…"
	}
	if l.slots[0].day.Year() == l.slots[len(l.slots)-1].day.Year() {
		return s.day.Format("02/01")
	}
	return s.day.Format("02/01/2006")
}

// draw adds one line. A day on which the value only held has no symbol.
func (l *live) draw(c *charts.BaseConfiguration, i int) obj {
	f, line := l.f, &l.lines[i]
	colour := f.c.series[line.unit%len(f.c.series)]
	size := math.Min(9, math.Max(3, l.area.step()*0.7))
	data := make([]obj, len(l.slots))
	for k := range l.slots {
		d := line.at[k]
		if d == nil {
			data[k] = obj{"value": nil}
			continue
		}
		o := obj{"value": json.Number(d.Score.String()), "text": l.label(line, k), "tip": l.tip(line, k)}
		switch r, revised := line.revised[k]; {
		case revised && r.At.Equal(d.From.ObservedAt):
			o["symbol"], o["symbolSize"] = "diamond", math.Max(13, size+5)
			o["itemStyle"] = obj{"color": f.c.background, "borderColor": colour, "borderWidth": 3}
		case !line.said[k]:
			o["symbol"] = "none"
		case d.Status == reform.Provisional:
			o["itemStyle"] = obj{"color": f.c.background, "borderColor": colour, "borderWidth": 2}
		}
		if pos, ok := l.shown[spot{i, k}]; ok {
			o["label"] = obj{"show": true, "position": pos}
		}
		data[k] = o
	}
	// All lines of a unit bear its name, so that the legend switches them together.
	series(c, charts.SingleSeries{
		Name: l.name(line.Unit), Type: "line", Symbol: symbols[line.unit], SymbolSize: px(size), Data: data,
		ShowSymbol: opts.Bool(true), ConnectNulls: opts.Bool(false),
	})
	return obj{
		"showAllSymbol": true, "z": 4, "itemStyle": obj{"color": colour}, "lineStyle": obj{"color": colour, "width": 2.5, "type": "solid"},
		"label": f.label(obj{"show": false, "formatter": "@text", "distance": 6}),
	}
}

// label is what stands at a point: its value, and at the end of a line also of which period it is, where the unit has several.
func (l *live) label(line *liveLine, k int) string {
	s := number(l.f.lang, line.at[k].Score, decimals(l.in.Index))
	if k == line.last && slices.ContainsFunc(l.lines, func(o liveLine) bool { return o.unit == line.unit && o.Period != line.Period }) {
		s = l.f.periodShort(line.Period) + ": " + s
	}
	return s
}

// tip is what a pointer reads.
func (l *live) tip(line *liveLine, k int) string {
	f, d := l.f, line.at[k]
	parts := []string{overMax(f.lang, d.Score, d.Max, decimals(l.in.Index)), f.periodLong(line.Period)}
	if b := basisName(l.in.Index, line.Basis, f.lang); b != "" {
		parts[1] += ", " + b
	}
	if !line.said[k] {
		parts = append(parts, f.say("live.held", "day", d.Day.Format("02/01/2006")))
	}
	if d.Status == reform.Provisional {
		parts = append(parts, f.common("status.provisional"))
	}
	if r, ok := line.revised[k]; ok {
		parts = append(parts, l.revision(r))
	}
	return strings.Join(parts, "\n")
}

func (l *live) revision(r reform.LiveRevision) string {
	n := decimals(l.in.Index)
	return l.f.say("live.revised", "before", number(l.f.lang, r.Before, n), "after", number(l.f.lang, r.After, n))
}

// placeLabels chooses the points that carry their words: the ends of lines and what was revised, as far as they keep apart.
func (l *live) placeLabels() {
	var taken []box
	height := lineHeight(l.f.size)
	for i, words := range l.area.scale.labels {
		y := l.area.y(l.area.scale.ticks[i])
		taken = append(taken, box{l.area.left - 10 - text.Measure(words, l.f.size, false), y - height/2, l.area.left - 6, y + height/2})
	}
	for _, m := range l.marksAt() {
		w := text.Measure(m.words, l.f.size, false)/2 + 2
		x := l.area.left + m.at*l.area.step()
		taken = append(taken, box{x - w, l.area.top - 7 - height, x + w, l.area.top - 3})
	}
	try := func(i, k int) {
		line := &l.lines[i]
		if line.at[k] == nil {
			return
		}
		if _, ok := l.shown[spot{i, k}]; ok {
			return
		}
		w := text.Measure(l.label(line, k), l.f.size, false)
		x, y := l.area.x(k), l.area.y(line.at[k].Score.Decimal.InexactFloat64())
		for _, side := range []string{"top", "bottom"} {
			b := box{x - w/2 - 2, y - 8 - height, x + w/2 + 2, y - 6}
			if side == "bottom" {
				b.y0, b.y1 = y+6, y+8+height
			}
			if b.x0 < 0 || b.x1 > l.area.width || b.y0 < l.area.top-l.f.size || b.y1 > l.area.height-l.area.bottom ||
				slices.ContainsFunc(taken, b.hits) {
				continue
			}
			l.shown[spot{i, k}] = side
			taken = append(taken, b)
			return
		}
	}
	for i := range l.lines {
		try(i, l.lines[i].last)
	}
	for i := range l.lines {
		for k := range l.slots {
			if _, ok := l.lines[i].revised[k]; ok {
				try(i, k)
			}
		}
	}
	for i := range l.lines {
		try(i, l.lines[i].first)
	}
	if len(l.units) == 1 {
		for i := range l.lines {
			for k := range l.slots {
				if l.lines[i].said[k] {
					try(i, k)
				}
			}
		}
	}
}

// liveMark is an upright line at a place of the axis, with its words over it.
type liveMark struct {
	at     float64
	words  string
	dotted bool
}

// marksAt are where another portal begins, and where much time is left out.
func (l *live) marksAt() []liveMark {
	var out []liveMark
	for _, k := range l.marks {
		at := float64(k)
		if k > 0 && l.slots[k-1].gap {
			at -= 0.5
		}
		out = append(out, liveMark{at: at, words: l.f.say("live.portal")})
	}
	for k, s := range l.slots {
		if s.gap && !slices.Contains(l.marks, k+1) {
			out = append(out, liveMark{at: float64(k) + 0.5, words: "…", dotted: true})
		}
	}
	return out
}

// drawMarks adds the upright lines.
func (l *live) drawMarks(c *charts.BaseConfiguration) []obj {
	f := l.f
	var data []obj
	for _, m := range l.marksAt() {
		o := obj{"xAxis": m.at, "text": m.words}
		if m.dotted {
			o["lineStyle"] = obj{"type": "dotted"}
		}
		data = append(data, o)
	}
	if len(data) == 0 {
		return nil
	}
	series(c, charts.SingleSeries{Type: "scatter", XAxisIndex: 1, Data: []obj{}})
	return []obj{{
		"silent": true, "tooltip": obj{"show": false}, "z": 2,
		"markLine": obj{
			"silent": true, "symbol": "none", "animation": false, "data": data,
			"lineStyle": obj{"color": f.c.axis, "width": 1.5, "type": "dashed"},
			"label":     obj{"show": true, "formatter": "@text", "position": "end", "distance": 5, "color": f.c.muted, "fontSize": f.size, "fontFamily": text.Family},
		},
	}}
}

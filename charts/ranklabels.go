package charts

import (
	"math"
	"slices"

	"chiso/charts/text"
)

// area is the drawing inside its axes, in pixels.
type area struct {
	left, top, right, bottom float64
	width, height            float64
	n                        int
	scale                    scale
}

func (a area) w() float64         { return a.width - a.left - a.right }
func (a area) h() float64         { return a.height - a.top - a.bottom }
func (a area) step() float64      { return a.w() / float64(a.n) }
func (a area) x(k int) float64    { return a.left + (float64(k)+0.5)*a.step() }
func (a area) edge(k int) float64 { return a.left + float64(k)*a.step() }

func (a area) y(v float64) float64 {
	s := (v - a.scale.min) / (a.scale.max - a.scale.min)
	if !a.scale.inverse {
		s = 1 - s
	}
	return a.top + s*a.h()
}

// box is a rectangle that words or a symbol take up.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) hits(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

// crossed says whether the segment from (x0,y0) to (x1,y1) runs through the box.
func (b box) crossed(x0, y0, x1, y1 float64) bool {
	t0, t1 := 0.0, 1.0
	for _, e := range [4][2]float64{{x0 - x1, x0 - b.x0}, {x1 - x0, b.x1 - x0}, {y0 - y1, y0 - b.y0}, {y1 - y0, b.y1 - y0}} {
		p, q := e[0], e[1]
		if p == 0 {
			if q < 0 {
				return false
			}
			continue
		}
		if r := q / p; p < 0 {
			t0 = math.Max(t0, r)
		} else {
			t1 = math.Min(t1, r)
		}
	}
	return t0 < t1
}

// spot is the point of a line at a period.
type spot struct{ track, at int }

func (h *history) pixel(i, k int) (x, y float64) {
	p := h.tracks[i].at[k]
	v := float64(p.Place)
	switch h.measure {
	case Scores:
		v = p.Score.Decimal.InexactFloat64()
	case Percentiles:
		v, _ = percentile(p.Place, p.Of)
	}
	return h.area.x(k), h.area.y(v)
}

// crowdedMarks says whether the breaks stand too near to each other or to the
// edge for words, so that they get numbers that the subtitle and the notes explain.
func (h *history) crowdedMarks() bool {
	f := h.f
	left, right := f.pad+4*f.size, f.pad+6*f.size
	step := (float64(f.width) - left - right) / float64(len(h.periods))
	before := 0.0
	for i, m := range h.marks {
		w := text.Measure(f.say("break.short", "n", i+1), f.size, false)/2 + 4
		x := left + float64(m.at)*step
		// Without names at the ends the drawing reaches further to the right.
		if far := left + float64(m.at)*(float64(f.width)-left-f.pad-6)/float64(len(h.periods)); x-w < before || far+w > float64(f.width) {
			return true
		}
		before = x + w
	}
	return false
}

// markLabels are the words above the breaks.
func (h *history) markLabels() []string {
	key := "break.short"
	if h.numbered {
		key = "break.number"
	}
	out := make([]string, len(h.marks))
	for i := range h.marks {
		out[i] = h.f.say(key, "n", i+1)
	}
	return out
}

// endOffsets spreads the names at the ends of the lines so that they do not
// cover each other; each is how far its name is moved down.
func (h *history) endOffsets(ends bool) []float64 {
	out := make([]float64, len(h.tracks))
	if !ends {
		return out
	}
	last := len(h.periods) - 1
	want := make([]float64, len(h.tracks))
	for i := range want {
		_, want[i] = h.pixel(i, last)
	}
	at := spread(want, lineHeight(h.f.size), h.area.top, h.area.height-h.area.bottom)
	for i := range out {
		out[i] = px(at[i] - want[i])
	}
	return out
}

// labelGap is how far the words of a point stand from its middle.
func (h *history) labelGap() float64 { return math.Max(9, h.f.size/2) }

// symbolSize is the size of the points.
func (h *history) symbolSize() float64 {
	if h.f.narrow() || len(h.periods) > 24 {
		return math.Max(7, px(h.f.size*0.45))
	}
	return math.Max(9, px(h.f.size*0.6))
}

// placeLabels chooses which points carry their words and on which side. The
// ends, the best and the worst come first; a label that would cover another or
// a symbol is left out: the table and the pointer have it.
func (h *history) placeLabels(ends bool, offsets []float64, marks []string) map[spot]string {
	f := h.f
	var taken []box
	type segment struct{ x0, y0, x1, y1 float64 }
	var lines []segment
	half, gap := f.size*0.65, h.labelGap()
	for i, m := range h.marks {
		w := text.Measure(marks[i], f.size, false)/2 + 3
		x := h.area.edge(m.at)
		taken = append(taken, box{x - w, h.area.top - 5 - 2*half, x + w, h.area.top - 3})
	}
	for i, l := range h.area.scale.labels {
		y := h.area.y(h.area.scale.ticks[i])
		taken = append(taken, box{h.area.left - 12 - text.Measure(l, f.size, false), y - half, h.area.left - 4, y + half})
	}
	for _, l := range h.noteLabels() {
		taken = append(taken, l.box)
	}
	symbol, r := make(map[spot]box), h.symbolSize()/2
	for i := range h.tracks {
		for _, g := range h.tracks[i].goals {
			x, y := h.area.x(g.at), h.area.y(h.goalValue(g.Goal))
			taken = append(taken, box{x - r - 1, y - r - 1, x + r + 1, y + r + 1})
			lines = append(lines, segment{h.area.edge(g.at), y, h.area.edge(g.at + 1), y})
		}
	}
	for i := range h.tracks {
		t := &h.tracks[i]
		last := -1
		for k := range h.periods {
			if !t.known(k) {
				continue
			}
			x, y := h.pixel(i, k)
			symbol[spot{i, k}] = box{x - r, y - r, x + r, y + r}
			if last == k-1 && last >= 0 {
				px0, py0 := h.pixel(i, last)
				lines = append(lines, segment{px0, py0, x, y})
			}
			last = k
		}
		if ends {
			x, y := h.pixel(i, last)
			y += offsets[i]
			taken = append(taken, box{x + 8, y - f.size/2, x + 12 + text.Measure(t.short, f.size, true), y + f.size/2})
		}
	}
	type sameWords struct {
		x, y  float64
		words string
	}
	said := map[sameWords]bool{}
	out := map[spot]string{}
	first, then := h.priorities()
	widest := 0.0
	for _, s := range append(slices.Clone(first), then...) {
		widest = math.Max(widest, text.Measure(h.words(h.tracks[s.track].at[s.at]), f.size, false))
	}
	// Where labels are wider than the step between periods, of several lines only
	// the ends and the extremes are named, and of one line what stands free.
	patience := 2.0
	if h.area.step() < widest {
		patience = 0.9
		if len(h.tracks) > 1 {
			then = nil
		}
	}
	for n, s := range append(first, then...) {
		x, y := h.pixel(s.track, s.at)
		w := text.Measure(h.words(h.tracks[s.track].at[s.at]), f.size, false)/2 + 2
		// Lines that meet in a point say the same there: once is enough.
		same := sameWords{math.Round(x), math.Round(y), h.words(h.tracks[s.track].at[s.at])}
		if said[same] {
			continue
		}
		said[same] = true
		best, bestCost := "", math.Inf(1)
		var at box
		for _, side := range h.sides(s) {
			b := box{x - w, y - gap - f.size, x + w, y - gap}
			if side == "bottom" {
				b = box{x - w, y + gap, x + w, y + gap + f.size}
			}
			if b.y0 < h.area.top-f.size-10 || b.y1 > h.area.height-h.area.bottom+1 || b.x0 < 1 || b.x1 > float64(f.width)-1 {
				continue
			}
			cost := 0.0
			for _, o := range taken {
				if b.hits(o) {
					cost = math.Inf(1)
				}
			}
			for o, sb := range symbol {
				if o != s && b.hits(sb) {
					cost = math.Inf(1)
				}
			}
			for _, l := range lines {
				if b.crossed(l.x0, l.y0, l.x1, l.y1) {
					cost++
				}
			}
			for _, m := range h.marks {
				if x := h.area.edge(m.at); b.x0 < x && x < b.x1 {
					cost += 0.25
				}
			}
			for _, n := range h.noted {
				if x := h.area.left + n.at*h.area.step(); b.x0 < x && x < b.x1 {
					cost += 0.25
				}
			}
			if cost < bestCost {
				best, bestCost, at = side, cost, b
			}
		}
		if best == "" || n < len(first) && bestCost > 2 || n >= len(first) && bestCost > patience {
			continue
		}
		out[s] = best
		taken = append(taken, at)
	}
	return out
}

// sides puts the label of a low point below it and of the others above, as first choice.
func (h *history) sides(s spot) []string {
	t := &h.tracks[s.track]
	_, y := h.pixel(s.track, s.at)
	lower := 0
	for _, k := range []int{s.at - 1, s.at + 1} {
		if k >= 0 && k < len(h.periods) && t.known(k) {
			if _, o := h.pixel(s.track, k); o < y {
				lower++
			} else {
				lower--
			}
		}
	}
	if lower > 0 {
		return []string{"bottom", "top"}
	}
	return []string{"top", "bottom"}
}

// priorities is the order in which points ask for a label: first the ends and the extremes.
func (h *history) priorities() (first, then []spot) {
	for i := range h.tracks {
		t := &h.tracks[i]
		var known []int
		for k := range h.periods {
			if t.known(k) {
				known = append(known, k)
			}
		}
		best, worst := known[0], known[0]
		for _, k := range known {
			_, y := h.pixel(i, k)
			if _, b := h.pixel(i, best); y < b {
				best = k
			}
			if _, b := h.pixel(i, worst); y > b {
				worst = k
			}
		}
		for _, k := range []int{known[len(known)-1], known[0], best, worst} {
			if s := (spot{i, k}); !slices.Contains(first, s) {
				first = append(first, s)
			}
		}
		for n := len(known) - 1; n >= 0; n-- {
			if s := (spot{i, known[n]}); !slices.Contains(first, s) {
				then = append(then, s)
			}
		}
	}
	// Of many lines only the ends and the extremes are named: more would be noise.
	if len(h.tracks) > 4 {
		return first, nil
	}
	return first, then
}

// lineAxes lays the axes of lines over time: the steps whose number is in named are written. A second, hidden axis
// counts the steps, for what stands between two of them.
func (f *frame) lineAxes(over obj, a area, named []int) {
	over["grid"] = obj{"left": a.left, "right": a.right, "top": a.top, "bottom": a.bottom, "containLabel": false, "outerBoundsMode": "none"}
	over["xAxis"] = []obj{
		{
			"axisLabel": f.axisLabel(obj{"customValues": named, "hideOverlap": false}),
			"axisTick":  obj{"show": true, "customValues": named, "alignWithLabel": true, "lineStyle": obj{"color": f.c.axis}},
			"axisLine":  obj{"show": true, "onZero": false, "lineStyle": obj{"color": f.c.axis}},
		},
		{"min": 0, "max": a.n, "axisPointer": obj{"show": false}},
	}
	over["yAxis"] = []obj{{
		"min": a.scale.min, "max": a.scale.max,
		"axisLabel": f.axisLabel(obj{"customValues": a.scale.ticks, "formatter": a.scale.formatter}),
		"axisTick":  obj{"show": false, "customValues": a.scale.ticks},
		"axisLine":  obj{"show": false},
		"splitLine": obj{"show": true, "lineStyle": obj{"color": f.c.grid}},
	}}
}

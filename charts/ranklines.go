package charts

import (
	"fmt"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/charts/text"
	"chiso/reform"
)

// history is a rank history on the drawing board.
type history struct {
	f       *frame
	in      RankHistoryInput
	measure Measure
	periods []reform.Period // every one between the first and the last
	loose   bool            // the periods follow no rule: points are not joined
	tracks  []track
	empty   []string // names of the lines without a value
	doubled []reform.Period
	marks   []mark
	area    area
	end     int // periods up to the last value; goals and notes may lie beyond
	noted   []noteAt
	beyond  []Annotation // notes that lie outside of the axis, or are too many
	// numbered says that the marks bear numbers only, for want of room.
	numbered bool
	shown    map[spot]string // the points that carry their words, and on which side
}

// track is a line with its points by period.
type track struct {
	Line
	name, full, short string // whole, for titles, and as it fits the drawing
	at                []*reform.RankPoint
	goals             []goalAt
	has               []bool
}

func (t *track) known(k int) bool { return t.has[k] }

// mark is a break before the period at.
type mark struct {
	at      int
	all     bool         // it concerns every line
	of      map[int]bool // or these
	severs  bool         // what lies before and after is not the same thing measured
	reasons []string
}

func newHistory(f *frame, in RankHistoryInput) (*history, error) {
	h := &history{f: f, in: in, measure: in.Measure}
	switch h.measure {
	case "":
		h.measure = Places
	case Places, Scores, Percentiles:
	default:
		return nil, fmt.Errorf("measure %q: want place, score or percentile: %w", in.Measure, reform.ErrInvalid)
	}
	var all []reform.Period
	names := map[string]int{}
	for _, l := range in.Lines {
		t := track{Line: l, name: plain(l.Name), full: plain(l.FullName)}
		if t.name == "" {
			t.name = plain(string(l.Unit))
		}
		if t.full == "" {
			t.full = t.name
		}
		t.full = brief(t.full)
		found := false
		for _, p := range l.Points {
			if p.Period.IsZero() {
				continue
			}
			if h.value(&p) {
				all = append(all, p.Period)
				found = true
			}
		}
		if !found {
			h.empty = append(h.empty, brief(t.name))
			continue
		}
		h.tracks = append(h.tracks, t)
		names[t.name]++
	}
	if len(h.tracks) == 0 {
		return nil, fmt.Errorf("rank history of %s: no data: %w", indexName(in.Index, "en"), reform.ErrNotFound)
	}
	for _, p := range all {
		if p.Kind() != all[0].Kind() {
			return nil, fmt.Errorf("rank history: %s and %s are periods of different kinds and no points of one line: %w", all[0], p, reform.ErrInvalid)
		}
	}
	last := slices.MaxFunc(all, reform.Period.Compare)
	h.periods, h.loose = axis(h.reach(all))
	h.end = 1 + slices.Index(h.periods, last)
	h.nameApart(names)
	for i := range h.tracks {
		h.fill(&h.tracks[i])
	}
	h.findMarks()
	h.placeOwn()
	return h, nil
}

// nameApart gives lines of one name (Tây Ninh before and after the merger) names that differ,
// since a legend tells lines by name alone.
func (h *history) nameApart(names map[string]int) {
	width := h.f.inner() - 24
	if !h.f.narrow() {
		width = h.f.inner() / 3
	}
	taken := map[string]bool{}
	for i := range h.tracks {
		t := &h.tracks[i]
		if names[t.name] > 1 {
			switch s := t.Unit.Scheme(); s {
			case reform.VN64, reform.VN63, reform.VN34:
				t.name += " (" + h.f.say("scheme."+string(s)) + ")"
			}
		}
		t.short = shorten(t.name, width, h.f.size, true)
		for n := 2; taken[t.short]; n++ {
			t.short = shorten(t.name, width-40, h.f.size, true) + " (" + itoa(n) + ")"
		}
		taken[t.short] = true
	}
}

// value says whether the point has what is drawn.
func (h *history) value(p *reform.RankPoint) bool {
	switch h.measure {
	case Scores:
		return p.Score.Valid
	case Percentiles:
		_, ok := percentile(p.Place, p.Of)
		return ok
	}
	return p.Place > 0
}

// axis is every period between the first and the last of all, so that a missing
// one leaves a gap. Periods that follow no rule are taken as they are.
func axis(all []reform.Period) (out []reform.Period, loose bool) {
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, reform.Period.Compare)
	sorted = slices.Compact(sorted)
	const most = 600
	want := map[reform.Period]bool{}
	for _, p := range sorted {
		want[p] = true
	}
	last := sorted[len(sorted)-1]
	for p := sorted[0]; len(out) < most; p = following(p) {
		out = append(out, p)
		delete(want, p)
		if p.Compare(last) >= 0 {
			break
		}
	}
	if len(want) > 0 {
		return sorted, true
	}
	return out, false
}

// following is the next period of a series: the same months of the next year for a span such as
// the first eleven months, else the period just after.
func following(p reform.Period) reform.Period {
	if p.Kind() != reform.Span {
		return p.Next()
	}
	s, e := p.Start().AddDate(1, 0, 0), p.End()
	next, err := reform.ParsePeriod(s.Format("2006-01") + "/" + fmt.Sprintf("%04d-%02d", e.Year()+1, int(e.Month())))
	if err != nil {
		return p.Next()
	}
	return next
}

// fill puts the points of a line at their periods. Of two for one period (two
// sets of rules) the final one is drawn, else the last; the table has both.
func (h *history) fill(t *track) {
	t.at = make([]*reform.RankPoint, len(h.periods))
	t.has = make([]bool, len(h.periods))
	index := map[reform.Period]int{}
	for i, p := range h.periods {
		index[p] = i
	}
	for i := range t.Points {
		p := &t.Points[i]
		k, ok := index[p.Period]
		if !ok || !h.value(p) {
			continue
		}
		if old := t.at[k]; old != nil {
			h.doubled = append(h.doubled, p.Period)
			if old.Status != reform.Provisional && p.Status == reform.Provisional {
				continue
			}
		}
		t.at[k], t.has[k] = p, true
	}
}

// findMarks collects the declared breaks, and the changes of basis that nobody declared.
func (h *history) findMarks() {
	found := map[int]*mark{}
	add := func(at, track int, severs bool, reason string) {
		m := found[at]
		if m == nil {
			m = &mark{at: at, of: map[int]bool{}}
			found[at] = m
		}
		m.severs = m.severs || severs
		if track < 0 {
			m.all = true
		} else {
			m.of[track] = true
		}
		if reason != "" && !slices.Contains(m.reasons, reason) {
			m.reasons = append(m.reasons, reason)
		}
	}
	for _, b := range h.in.Index.Breaks {
		if len(b.Components) > 0 && !slices.Contains(b.Components, h.in.Component) {
			continue
		}
		if at := h.boundary(b); at > 0 {
			add(at, -1, b.Severs, plain(b.Reason.In(h.f.lang)))
		}
	}
	for i := range h.tracks {
		t := &h.tracks[i]
		for _, b := range t.Breaks {
			if at := h.boundary(b); at > 0 {
				reason := plain(b.Reason.In(h.f.lang))
				if len(h.tracks) > 1 {
					reason = brief(t.name) + ": " + reason
				}
				add(at, i, b.Severs, reason)
			}
		}
		last := -1
		for k := range h.periods {
			if !t.known(k) {
				continue
			}
			if last >= 0 && t.at[last].Basis != t.at[k].Basis && t.at[last].Basis != "" && t.at[k].Basis != "" {
				declared := false
				for at := range found {
					declared = declared || at > last && at <= k
				}
				if !declared {
					add(k, i, false, h.f.say("break.basis", "from", basisName(h.index(t), t.at[last].Basis, h.f.lang), "to", basisName(h.index(t), t.at[k].Basis, h.f.lang)))
				}
			}
			last = k
		}
	}
	for _, m := range found {
		h.marks = append(h.marks, *m)
	}
	slices.SortFunc(h.marks, func(a, b mark) int { return a.at - b.at })
}

// boundary is the first period under the new rules, or 0 where the break lies outside.
func (h *history) boundary(b reform.Break) int {
	if after, err := reform.ParsePeriod(b.After); err == nil {
		for i, p := range h.periods {
			if !p.Start().Before(after.Start()) {
				return i
			}
		}
		return 0
	}
	if before, err := reform.ParsePeriod(b.Before); err == nil {
		for i, p := range h.periods {
			if p.End().After(before.End()) {
				return i
			}
		}
	}
	return 0
}

// scale is the value axis with its ticks.
type scale struct {
	min, max  float64
	ticks     []float64
	labels    []string
	formatter string
	inverse   bool
}

func (h *history) scale() scale {
	f := h.f
	room := float64(f.height) - f.top - 3*lineHeight(f.size)
	most := int(math.Max(2, room/(f.size*2.6)))
	switch h.measure {
	case Percentiles:
		s := scale{min: -2, max: 102, formatter: "@percent:" + f.lang + ":0"}
		for _, v := range []float64{0, 20, 40, 60, 80, 100} {
			s.ticks = append(s.ticks, v)
			s.labels = append(s.labels, itoa(int(v))+"%")
		}
		return s
	case Scores:
		return h.scoreScale(most)
	}
	n := 1
	for i := range h.tracks {
		for k, p := range h.tracks[i].at {
			if h.tracks[i].known(k) {
				n = max(n, p.Of, p.Place)
			}
		}
		for _, g := range h.tracks[i].goals {
			n = max(n, g.Place)
		}
	}
	s := scale{inverse: true, formatter: "@axisPlace"}
	margin := math.Max(0.5, float64(n-1)*0.02)
	s.min, s.max = 1-margin, float64(n)+margin
	for _, v := range placeTicks(n, most) {
		s.ticks = append(s.ticks, float64(v))
		s.labels = append(s.labels, itoa(v))
	}
	return s
}

// placeTicks is 1, round places between, and N: 1, 10, 20, 30, 40, 50, 63.
func placeTicks(n, most int) []int {
	if n == 1 {
		return []int{1}
	}
	step := 1
	for _, s := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} {
		step = s
		if n/s+1 <= most {
			break
		}
	}
	out := []int{1}
	for v := step; v < n; v += step {
		// A tick too near to the ends would run into their labels.
		if 10*(v-1) >= 6*step && 10*(n-v) >= 6*step {
			out = append(out, v)
		}
	}
	return append(out, n)
}

func (h *history) scoreScale(most int) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range h.tracks {
		for k, p := range h.tracks[i].at {
			if h.tracks[i].known(k) {
				v := p.Score.Decimal.InexactFloat64()
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
		for _, g := range h.tracks[i].goals {
			v := h.goalValue(g.Goal)
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	return valueScale(h.f.lang, lo, hi, most)
}

// valueScale is the axis of scores between lo and hi, with about most ticks.
func valueScale(lang string, lo, hi float64, most int) scale {
	if hi-lo < 1e-9 {
		pad := math.Max(math.Abs(hi)*0.05, 0.5)
		lo, hi = lo-pad, hi+pad
	}
	step := niceStep((hi - lo) / float64(max(2, min(most, 6))))
	s := scale{formatter: "@score:" + lang + ":6"}
	first, last := math.Floor(lo/step), math.Ceil(hi/step)
	for k := first; k <= last; k++ {
		v := math.Round(k*step*1e6) / 1e6
		s.ticks = append(s.ticks, v)
		s.labels = append(s.labels, write(lang, decimal.NewFromFloat(v)))
	}
	s.min, s.max = s.ticks[0], s.ticks[len(s.ticks)-1]
	return s
}

func niceStep(raw float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10} {
		if raw <= m*p*1.0001 {
			return m * p
		}
	}
	return 10 * p
}

// thinned is the categories that are labelled, counted from the last one back, so that
// labels of width pixels stay apart.
func thinned(n int, step, width float64) []int {
	every := max(1, int(math.Ceil(width/step)))
	var out []int
	for i := n - 1; i >= 0; i -= every {
		out = append(out, i)
	}
	slices.Reverse(out)
	return out
}

// endLabels says whether every line can be named at its end: it has to reach the last
// period, and the name has to leave room for the drawing.
func (h *history) endLabels() bool {
	last := len(h.periods) - 1
	if len(h.tracks) > 8 {
		return false
	}
	share := 0.22
	if h.f.narrow() {
		share = 0.17
	}
	for i := range h.tracks {
		t := &h.tracks[i]
		if !t.known(last) || text.Measure(t.short, h.f.size, true) > share*float64(h.f.width) {
			return false
		}
	}
	return true
}

// legend names the lines, where their ends can't, and the goals.
func (h *history) legend(lines bool) {
	var keys []key
	for i := range h.tracks {
		if !lines {
			break
		}
		c := h.f.c.series[i%len(h.f.c.series)]
		keys = append(keys, key{h.tracks[i].short, symbols[(i+i/len(h.f.c.series))%len(symbols)], obj{"color": c}})
	}
	h.f.legend(append(keys, h.goalKeys()...))
}

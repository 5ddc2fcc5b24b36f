package charts

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"

	"chiso/charts/text"
	"chiso/reform"
	"chiso/reform/viet"
)

// Goal is what a user has set for a line to reach in a period.
type Goal struct {
	Period  reform.Period
	Place   int           // 0 none
	Score   reform.Number // missing: none
	Author  string
	Entered time.Time
}

// Annotation is what a user has noted about a day: a decision, a campaign.
type Annotation struct {
	Day     time.Time
	Text    string
	About   string // the unit that it concerns, "" all
	General bool   // it concerns everything: no axis is made longer for it
	Author  string
	Entered time.Time
}

const (
	goalsAhead  = 10 // years after the last value that a goal makes the axis longer by
	notesAhead  = 2  // and a note
	mostNotes   = 20 // notes that are drawn
	notesListed = 40 // notes that are told
)

// dashes is the sign of a goal in a legend.
const dashes = "path://M0,4L4,4L4,6L0,6ZM6,4L10,4L10,6L6,6ZM12,4L16,4L16,6L12,6Z"

// goalAt is a goal on the axis.
type goalAt struct {
	at int
	Goal
}

// noteAt is an annotation on the axis, counted in periods from its beginning.
type noteAt struct {
	at float64
	Annotation
}

// noteLabel is the words above one note, or above several that stand too near to each other.
type noteLabel struct {
	at    float64 // middle, counted in periods
	words string
	box   box
}

// reach adds to the periods with values those that goals and notes make the axis longer by.
func (h *history) reach(all []reform.Period) []reform.Period {
	last := slices.MaxFunc(all, reform.Period.Compare)
	if last.Kind() != reform.Year {
		return all
	}
	for _, t := range h.tracks {
		for _, g := range t.Goals {
			if n := g.Period.Year() - last.Year(); h.goalDrawn(g) && n > 0 && n <= goalsAhead {
				all = append(all, g.Period)
			}
		}
	}
	for _, a := range h.in.Annotations {
		if n := a.Day.Year() - last.Year(); !a.General && n > 0 && n <= notesAhead {
			all = append(all, reform.YearPeriod(a.Day.Year()))
		}
	}
	return all
}

// goalDrawn says whether the goal has what the lines stand for. A share of units behind is
// never a goal: how many units there will be is not known.
func (h *history) goalDrawn(g Goal) bool {
	switch h.measure {
	case Places:
		return g.Place > 0
	case Scores:
		return g.Score.Valid
	}
	return false
}

func (h *history) goalValue(g Goal) float64 {
	if h.measure == Scores {
		return g.Score.Decimal.InexactFloat64()
	}
	return float64(g.Place)
}

// placeOwn finds where on the axis the goals and the notes stand.
func (h *history) placeOwn() {
	for i := range h.tracks {
		t := &h.tracks[i]
		for k, p := range h.periods {
			for _, g := range t.Goals {
				if g.Period == p && h.goalDrawn(g) {
					t.goals = append(t.goals, goalAt{k, g})
				}
			}
		}
	}
	sorted := slices.Clone(h.in.Annotations)
	slices.SortStableFunc(sorted, func(a, b Annotation) int { return a.Day.Compare(b.Day) })
	for _, a := range sorted {
		at := -1.0
		for k, p := range h.periods {
			if days := p.End().Sub(p.Start()).Hours()/24 + 1; !a.Day.Before(p.Start()) && !a.Day.After(p.End()) {
				at = float64(k) + (a.Day.Sub(p.Start()).Hours()/24+0.5)/days
				break
			}
		}
		if at < 0 || len(h.noted) >= mostNotes {
			h.beyond = append(h.beyond, a)
			continue
		}
		h.noted = append(h.noted, noteAt{at, a})
	}
}

// goalText is a goal as a person says it: "top 10", "85,5 điểm".
func (h *history) goalText(g Goal) string {
	f := h.f
	var parts []string
	if g.Place > 0 && h.measure != Scores {
		parts = append(parts, f.say("goal.place", "n", g.Place))
	}
	if g.Score.Valid && (h.measure == Scores || g.Place == 0) {
		parts = append(parts, f.say("points", "n", number(f.lang, g.Score, 6)))
	}
	return strings.Join(parts, ", ")
}

// goalName is the goals of a track in the legend: "Mục tiêu: top 10 (2025–2026), top 5 (2027)".
func (h *history) goalName(t *track) string {
	var parts []string
	for n := 0; n < len(t.goals); n++ {
		from := n
		for n+1 < len(t.goals) && t.goals[n+1].at == t.goals[n].at+1 && h.goalText(t.goals[n+1].Goal) == h.goalText(t.goals[from].Goal) {
			n++
		}
		parts = append(parts, h.goalText(t.goals[from].Goal)+" ("+h.f.span(t.goals[from].Period, t.goals[n].Period)+")")
	}
	list := strings.Join(parts, ", ")
	if len(t.goals) == 1 {
		list = h.goalText(t.goals[0].Goal) // the axis tells the year
	}
	name := h.f.say("goal.one", "goal", list)
	if len(h.tracks) > 1 {
		name = h.f.say("goal.of", "unit", t.short, "goal", list)
	}
	return shorten(name, h.f.inner()-24, h.f.size, false)
}

// goalKeys are the entries of the legend for the goals.
func (h *history) goalKeys() []key {
	var keys []key
	for i := range h.tracks {
		if len(h.tracks[i].goals) > 0 {
			keys = append(keys, key{h.goalName(&h.tracks[i]), dashes, obj{"color": h.f.c.series[i%len(h.f.c.series)], "borderWidth": 0}})
		}
	}
	return keys
}

// drawGoals adds a dashed step over each period that has a goal, with a diamond in its middle.
func (h *history) drawGoals(c *charts.BaseConfiguration) []obj {
	f := h.f
	var extra []obj
	for i := range h.tracks {
		t := &h.tracks[i]
		if len(t.goals) == 0 {
			continue
		}
		colour := f.c.series[i%len(f.c.series)]
		var data []obj
		for n, g := range t.goals {
			if n > 0 && t.goals[n-1].at+1 < g.at {
				data = append(data, obj{"value": []any{g.at, nil}})
			}
			v := h.goalJSON(g.Goal)
			data = append(data, obj{"value": []any{g.at, v}, "symbol": "none"}, obj{"value": []any{float64(g.at) + 0.5, v}}, obj{"value": []any{g.at + 1, v}, "symbol": "none"})
		}
		series(c, charts.SingleSeries{Name: h.goalName(t), Type: "line", XAxisIndex: 1, Symbol: "diamond", SymbolSize: h.symbolSize() + 1, Data: data})
		extra = append(extra, obj{
			"z": 3, "silent": true, "tooltip": obj{"show": false}, "showSymbol": true, "showAllSymbol": true, "connectNulls": false,
			"itemStyle": obj{"color": f.c.background, "borderColor": colour, "borderWidth": 2},
			"lineStyle": obj{"color": colour, "width": 2, "type": "dashed"},
		})
	}
	return extra
}

// goalJSON is the exact value that is drawn.
func (h *history) goalJSON(g Goal) any {
	if h.measure == Scores {
		return h.json(&reform.RankPoint{Score: g.Score})
	}
	return g.Place
}

// noteLabels are the numbers above the notes. Those that would cover each other become one.
func (h *history) noteLabels() []noteLabel {
	var out []noteLabel
	var from []int // the first note of each label
	for n := range h.noted {
		first, l := n, h.noteLabel(n, n)
		for len(out) > 0 && out[len(out)-1].box.x1+3 > l.box.x0 {
			first = from[len(from)-1]
			out, from = out[:len(out)-1], from[:len(from)-1]
			l = h.noteLabel(first, n)
		}
		out, from = append(out, l), append(from, first)
	}
	return out
}

// noteLabel is the label over the notes from one to another, both included.
func (h *history) noteLabel(from, to int) noteLabel {
	f := h.f
	words := f.say("annotation.number", "n", from+1)
	if to > from {
		words = f.say("annotation.numbers", "from", from+1, "to", to+1)
	}
	half := text.Measure(words, f.size, true)/2 + 2
	x := h.area.left + (h.noted[from].at+h.noted[to].at)/2*h.area.step()
	x = math.Min(math.Max(x, half+1), float64(f.width)-half-1)
	y := h.area.top - h.noteDistance()
	return noteLabel{at: (x - h.area.left) / h.area.step(), words: words, box: box{x - half, y - f.size - 2, x + half, y + 2}}
}

// noteDistance is how far above the drawing the numbers of notes stand: over those of the breaks.
func (h *history) noteDistance() float64 {
	if len(h.marks) == 0 {
		return 5
	}
	return px(5 + h.noteRow())
}

// noteRow is the height that the numbers of notes need over those of the breaks.
func (h *history) noteRow() float64 { return h.f.size + 6 }

// drawNotes adds a thin upright line for each note, and the numbers above them.
func (h *history) drawNotes(c *charts.BaseConfiguration) []obj {
	if len(h.noted) == 0 {
		return nil
	}
	f := h.f
	lines := make([]obj, len(h.noted))
	for i, n := range h.noted {
		lines[i] = obj{"xAxis": math.Round(n.at*1000) / 1000}
	}
	edge := h.area.scale.max
	if h.area.scale.inverse {
		edge = h.area.scale.min
	}
	var data []obj
	for _, l := range h.noteLabels() {
		data = append(data, obj{"value": []any{math.Round(l.at*1000) / 1000, edge}, "text": l.words})
	}
	series(c, charts.SingleSeries{Type: "scatter", XAxisIndex: 1, SymbolSize: 0.1, Data: data})
	return []obj{{
		"silent": true, "tooltip": obj{"show": false}, "z": 5, "clip": false,
		"label": f.label(obj{"formatter": "@text", "position": "top", "distance": h.noteDistance(), "fontWeight": "bold"}),
		"markLine": obj{
			"silent": true, "symbol": "none", "animation": false, "data": lines, "z": 1,
			"lineStyle": obj{"color": f.c.muted, "width": 1, "type": "solid"},
			"label":     obj{"show": false},
		},
	}}
}

// ownNotes tell the goals and the annotations, with who entered them and when: what is
// exported must say so too.
func (h *history) ownNotes() []string {
	f := h.f
	var out []string
	for i := range h.tracks {
		t := &h.tracks[i]
		var parts []string
		for _, g := range t.Goals {
			s := h.goalText(g)
			if s == "" {
				continue
			}
			parts = append(parts, f.say("note.goal.item", "period", f.periodShort(g.Period), "goal", s, "by", h.by(g.Author, g.Entered)))
		}
		if len(parts) > 0 {
			out = append(out, f.say("note.goal", "unit", brief(t.name), "list", strings.Join(parts, "; ")))
		}
	}
	for i, n := range h.noted {
		out = append(out, f.say("note.annotation", "number", f.say("annotation.number", "n", i+1), "what", h.told(n.Annotation)))
	}
	for i, a := range h.beyond {
		if i+len(h.noted) >= notesListed {
			out = append(out, f.say("note.annotation.more", "n", len(h.beyond)-i))
			break
		}
		out = append(out, f.say("note.annotation.beyond", "what", h.told(a)))
	}
	return out
}

// told is an annotation in one sentence.
func (h *history) told(a Annotation) string {
	s := plain(a.Text)
	if about := plain(a.About); about != "" {
		s = about + ": " + s
	}
	return h.f.say("annotation.told", "day", h.day(a.Day), "text", strings.TrimRight(s, "."), "by", h.by(a.Author, a.Entered))
}

// by is who entered something, and when.
func (h *history) by(author string, at time.Time) string {
	s := brief(plain(author))
	if !at.IsZero() {
		s = strings.TrimPrefix(s+", "+h.day(at), ", ")
	}
	return s
}

// ownWords is what the subtitle says of goals and notes, so that a picture alone can be read.
func (h *history) ownWords() []string {
	var out []string
	for i, n := range h.noted {
		if i == 3 {
			out = append(out, "…")
			break
		}
		out = append(out, h.f.say("annotation.number", "n", i+1)+" "+h.day(n.Day)+": "+brief(plain(n.Text)))
	}
	return out
}

func (h *history) day(t time.Time) string { return viet.FormatDate(t, h.f.lang) }

// goalPlots are the goals as series of a native chart: values of their own, never joined with
// those that were measured.
func (h *history) goalPlots() []PlotSeries {
	var out []PlotSeries
	for i := range h.tracks {
		t := &h.tracks[i]
		if len(t.goals) == 0 {
			continue
		}
		s := PlotSeries{Name: h.goalName(t), Colour: h.f.c.series[i%len(h.f.c.series)], Dashed: true, Values: make([]reform.Number, len(h.periods)), Labels: make([]string, len(h.periods))}
		for _, g := range t.goals {
			s.Values[g.at] = g.Score
			if h.measure != Scores {
				s.Values[g.at] = whole(g.Place)
			}
			s.Hollow = append(s.Hollow, g.at)
		}
		out = append(out, s)
	}
	return out
}

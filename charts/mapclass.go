package charts

import (
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// A map and its tiles say values by classes, whose borders stand in the legend: of a
// continuous colour nobody can read a value back.

// mapClass is one colour of a map with what the legend says of it.
type mapClass struct {
	name  string
	fill  heat
	decal obj // nil: plain
	edge  string
	n     int // units
}

// placeRange is the places of one class.
type placeRange struct{ class, from, to int }

// placeClasses divides the places 1 to of into fifths, the first ones first. Each place lies in exactly one.
func placeClasses(of int) []placeRange {
	var out []placeRange
	for p := 1; p <= of; p++ {
		c := class(p, of)
		if n := len(out); n > 0 && out[n-1].class == c {
			out[n-1].to = p
			continue
		}
		out = append(out, placeRange{c, p, p})
	}
	return out
}

// scoreRange is the scores of one class: from is part of it, to is not, unless last is set.
type scoreRange struct {
	from, to decimal.Decimal
	last     bool // holds its upper border
}

func (r scoreRange) holds(v decimal.Decimal) bool {
	return v.GreaterThanOrEqual(r.from) && (v.LessThan(r.to) || r.last && v.Equal(r.to))
}

// steps are the round widths that a class may have, times a power of ten; each is at most half as
// much again as the one before, so that there are four or five classes.
var steps = []string{"1", "1.5", "2", "2.5", "3", "4", "5", "6", "8"}

// mostClasses is how many classes an eye can tell apart on a map.
const mostClasses = 5

// scoreClasses divides the span of the scores into classes of one round width, the highest first.
func scoreClasses(scores []decimal.Decimal) []scoreRange {
	if len(scores) == 0 {
		return nil
	}
	least, most := scores[0], scores[0]
	for _, s := range scores {
		if s.LessThan(least) {
			least = s
		}
		if s.GreaterThan(most) {
			most = s
		}
	}
	if least.Equal(most) {
		return []scoreRange{{least, most, true}}
	}
	width := most.Sub(least).Div(decimal.NewFromInt(mostClasses))
	power := int32(-12)
	for decimal.New(1, power+1).LessThanOrEqual(width) {
		power++
	}
	for ; ; power++ {
		for _, s := range steps {
			step := decimal.RequireFromString(s).Mul(decimal.New(1, power))
			start := least.Div(step).Floor().Mul(step)
			var out []scoreRange
			for from := start; from.LessThan(most) && len(out) <= mostClasses; from = from.Add(step) {
				out = append([]scoreRange{{from: from, to: from.Add(step)}}, out...)
			}
			if len(out) > mostClasses {
				continue
			}
			out[0].last = true
			return out
		}
	}
}

// farMove is from how many places on a movement is a large one: a tenth of the field.
func farMove(of int) int { return max(3, (of+5)/10) }

// changeClass is the class of a movement by n places: 0 far up, 1 up, 2 none, 3 down, 4 far down.
func changeClass(n, far int) int {
	switch {
	case n >= far:
		return 0
	case n > 0:
		return 1
	case n == 0:
		return 2
	case n > -far:
		return 3
	}
	return 4
}

// movementOf is by how many places a unit moved, up is positive; false where the two can't be compared.
func movementOf(s reform.Standing) (int, bool) {
	if s.Place <= 0 || s.PrevPlace <= 0 || s.PrevOf > 0 && s.Of > 0 && s.PrevOf != s.Of {
		return 0, false
	}
	return s.PrevPlace - s.Place, true
}

// classify gives every unit its class. A class that no unit has is kept where it is part of a scale,
// so that a colour can be read by its neighbours.
func (m *mapping) classify() {
	switch m.in.Show {
	case MapScore:
		m.byScore()
	case MapChange:
		m.byChange()
	default:
		m.byPlace()
	}
	f := m.f
	rest := map[string]int{}
	special := func(key string, c mapClass) int {
		if i, ok := rest[key]; ok {
			return i
		}
		m.classes = append(m.classes, c)
		rest[key] = len(m.classes) - 1
		return rest[key]
	}
	none := map[MapShow]string{MapPlace: "map.noplace", MapScore: "map.noscore", MapChange: "map.nochange"}[m.in.Show]
	blank := heat{f.c.noData, f.c.text}
	for i := range m.units {
		u := &m.units[i]
		switch {
		case u.class >= 0:
		case !u.within:
			u.class = special("outside", mapClass{name: f.say("map.outside"), fill: heat{f.c.background, f.c.muted}, edge: f.c.grid})
		case u.standing == nil:
			name := upper(f.common("nodata"))
			if m.complete() {
				name = f.say("map.notin")
			}
			u.class = special("missing", mapClass{name: name, fill: blank, decal: f.hatching(f.c.hatch)})
		default:
			// Something is known of it, but not what is shown.
			u.class = special("none", mapClass{name: f.say(none), fill: heat{f.c.background, f.c.text}, decal: f.dots(f.c.hatch)})
		}
		m.classes[u.class].n++
	}
}

// complete reports whether the edition knows all that it asked, so that who is missing was not asked.
func (m *mapping) complete() bool {
	c := m.in.League.Coverage
	return c.Of > 0 && max(c.WithPlace, c.WithScore) >= c.Of && c.Of < m.total
}

// dots and bars are patterns beside the diagonal lines of what is missing.
func (f *frame) dots(colour string) obj {
	return obj{"symbol": "circle", "color": colour, "symbolSize": 0.7, "dashArrayX": [][]int{{4, 4}, {0, 4, 4, 0}}, "dashArrayY": []int{4, 2}}
}

func (f *frame) bars(colour string, gap int, upright bool) obj {
	o := obj{"symbol": "rect", "color": colour, "dashArrayX": []int{1, 0}, "dashArrayY": []int{1, gap}}
	if upright {
		o["rotation"] = 1.5707963267948966
	}
	return o
}

func (m *mapping) byPlace() {
	f := m.f
	ranges := placeClasses(m.of)
	for _, r := range ranges {
		key := "map.places"
		if r.from == r.to {
			key = "map.oneplace"
		}
		m.classes = append(m.classes, mapClass{name: f.say(key, "from", r.from, "to", r.to), fill: f.c.classes[r.class]})
	}
	for i := range m.units {
		u := &m.units[i]
		if u.standing == nil || u.standing.Place <= 0 || u.standing.Of != m.of {
			continue
		}
		for c, r := range ranges {
			if u.standing.Place >= r.from && u.standing.Place <= r.to {
				u.class = c
			}
		}
	}
}

func (m *mapping) byScore() {
	f := m.f
	var scores []decimal.Decimal
	for _, u := range m.units {
		if u.within && u.standing != nil && u.standing.Score.Valid {
			scores = append(scores, u.standing.Score.Decimal)
		}
	}
	ranges := scoreClasses(scores)
	for i, r := range ranges {
		key := "map.scores"
		if r.last {
			key = "map.scores.last"
		}
		if r.from.Equal(r.to) {
			key = "map.onescore"
		}
		shade := 4
		if len(ranges) > 1 {
			shade = 4 * (len(ranges) - 1 - i) / (len(ranges) - 1)
		}
		m.classes = append(m.classes, mapClass{name: f.say(key, "from", write(f.lang, r.from), "to", write(f.lang, r.to)), fill: f.c.classes[shade]})
	}
	for i := range m.units {
		u := &m.units[i]
		if !u.within || u.standing == nil || !u.standing.Score.Valid {
			continue
		}
		for c, r := range ranges {
			if r.holds(u.standing.Score.Decimal) {
				u.class = c
			}
		}
	}
}

// byChange colours movements, those across a change of rules as lines of their colour on a bare ground.
func (m *mapping) byChange() {
	f := m.f
	far := farMove(m.of)
	names := []string{f.say("map.farup", "n", far), f.say("map.up", "n", far-1), f.say("map.same"), f.say("map.down", "n", far-1), f.say("map.fardown", "n", far)}
	plain, across := [5]int{}, [5]int{}
	known := false
	for _, u := range m.units {
		if n, ok := m.moved(u); ok {
			known = true
			c := changeClass(n, far)
			if u.standing.AcrossBreak {
				across[c]++
			} else {
				plain[c]++
			}
		}
	}
	if !known {
		return
	}
	at := map[bool][5]int{}
	both := plain != [5]int{}
	for _, hollow := range []bool{false, true} {
		counts := plain
		if hollow {
			counts = across
		}
		if counts == [5]int{} {
			continue
		}
		var index [5]int
		for c, name := range names {
			if hollow && both && counts[c] == 0 {
				continue // the scale stands there already
			}
			one := mapClass{name: name, fill: f.c.change[c]}
			if f.mono && c > 2 {
				one.decal = f.bars(f.c.text, 11-2*c, false)
			}
			if hollow {
				one.name = f.say("map.across", "name", strings.NewReplacer("▲", "△", "▼", "▽").Replace(name))
				colour := one.fill.fill
				if c == 2 {
					colour = f.c.axis
				}
				one.fill = heat{f.c.background, f.c.text}
				one.decal = f.bars(colour, 4, true)
				if f.mono {
					one.decal = f.bars(f.c.text, 3+2*abs(c-2), c > 2)
				}
			}
			m.classes = append(m.classes, one)
			index[c] = len(m.classes) - 1
		}
		at[hollow] = index
	}
	for i := range m.units {
		u := &m.units[i]
		if n, ok := m.moved(*u); ok {
			u.class = at[u.standing.AcrossBreak][changeClass(n, far)]
		}
	}
}

func (m *mapping) moved(u mapUnit) (int, bool) {
	if u.standing == nil || !u.within {
		return 0, false
	}
	return movementOf(*u.standing)
}

func abs(n int) int { return max(n, -n) }

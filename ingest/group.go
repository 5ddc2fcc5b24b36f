package ingest

import (
	"chiso/reform"
)

// groupKey is one edition as the document speaks of it. A province's ranking of its
// departments is an edition of that province.
type groupKey struct {
	index, basis string
	period       reform.Period
	stage        reform.Stage
	unitType     reform.UnitType
	parent       reform.UnitKey
}

// group is an edition with what was seen of it.
type group struct {
	groupKey
	periodText string
	info       *reform.Index
	rules      *basisRules
	edition    editionRules
	units      map[reform.UnitKey]*unitSeen
	places     map[placesKey]*[]placed
	facts      int      // that passed the checks
	components int      // values
	asked      groupKey // with the basis as the rows give it, for the shortcut
	warned     map[warnedKey]bool

	// Of the row at hand.
	seen      *unitSeen
	component *componentRules
	lastKey   placesKey
	lastList  *[]placed
}

// warnedKey is what a warning was made of: one line for an edition says it all,
// where every row would say the same.
type warnedKey struct {
	code, component string
	from            uint32
}

// first reports whether nobody was warned of this yet.
func (g *group) first(code, component string, from *series) bool {
	k := warnedKey{code, component, from.no}
	if g.warned[k] {
		return false
	}
	if g.warned == nil {
		g.warned = map[warnedKey]bool{}
	}
	g.warned[k] = true
	return true
}

// unitSeen is a unit of an edition.
type unitSeen struct {
	unit         *reform.Unit
	place, score bool
	components   int
	from         uint32 // series of its scores, by number + 1
	mixed        bool   // several series: its parts need not add up
	totalAt      string
	sums         map[string]*partsSum // by parent
}

// partsSum adds up the parts of a total or of a component.
type partsSum struct {
	sum      float64 // in millionths
	n        int
	decimals int8
	own      amount
	factor   float64 // the largest effect of one unit of a part's score on the sum
}

// placesKey is a list of places that must be in order.
type placesKey struct {
	component, scope string
	from             uint32
}

type placed struct {
	unit      reform.UnitKey
	name      string
	place, of int32
	score     amount
	kind      reform.RankKind
	locator   string
}

// group finds the edition of f; nil says that its index or unit is unknown, which is a problem.
func (e *examiner) group(f *reform.Fact, from *series) *group {
	unit := e.book.unit(f.Unit)
	if unit == nil {
		found := f.UnitName
		if found == "" {
			found = string(f.Unit)
		}
		e.problem(f, "unknown-unit", "unit", found, sentence("Không có đơn vị nào tên hoặc mã là %q.", "No unit has the name or key %q.", found))
		return nil
	}
	if f.UnitType == "" {
		f.UnitType = unit.Type
	}
	k := groupKey{index: f.Index, basis: f.Basis, period: f.Period, stage: f.Stage, unitType: f.UnitType}
	if f.UnitType == reform.Department || f.UnitType == reform.Commune {
		k.parent = unit.Parent
	}
	if g := e.lastGroup; g != nil && g.asked == k {
		return g
	}
	if g, ok := e.groups[k]; ok {
		e.lastGroup = g
		return g
	}
	asked := k
	ix := e.book.index(f.Index)
	if ix == nil {
		e.problem(f, "unknown-index", "index", f.Index, sentence("Không có chỉ số nào mã là %q.", "No index has the code %q.", f.Index))
		return nil
	}
	if k.basis == "" {
		k.basis, _ = e.book.cat.BasisFor(f.Index, f.Period) // "" where it is not known, and it stays unknown
	}
	rules := e.book.rules(ix, k.basis)
	if k.basis != "" && rules.basis == nil {
		e.problem(f, "unknown-basis", "basis", k.basis, sentence("Chỉ số %s không có bộ tiêu chí %q.", "The index %s has no basis %q.", f.Index, k.basis))
		return nil
	}
	g, ok := e.groups[k]
	if !ok {
		g = &group{
			groupKey: k, asked: asked, periodText: f.Period.String(), info: ix, rules: rules, edition: e.book.edition(f.Index, k.basis, f.Period),
			units: map[reform.UnitKey]*unitSeen{}, places: map[placesKey]*[]placed{},
		}
		e.groups[k] = g
		e.order = append(e.order, g)
	}
	e.groups[asked] = g
	if asked == k {
		g.asked = k
	}
	e.lastGroup = g
	return g
}

// unit makes f's unit the unit at hand.
func (g *group) unit(e *examiner, f *reform.Fact) {
	s, ok := g.units[f.Unit]
	if !ok {
		s = &unitSeen{unit: e.book.unit(f.Unit)}
		g.units[f.Unit] = s
	}
	g.seen = s
}

// setComponent makes a component the one at hand: nil for the total, or where it is unknown.
func (g *group) setComponent(code string) {
	switch {
	case code == "":
		g.component = nil
	case g.component == nil || g.component.Code != code:
		g.component = g.rules.component(code)
	}
}

// countsOf reports whether the edition's number of units is the denominator of f's place.
func (g *group) countsOf(f *reform.Fact) bool {
	return g.edition.of > 0 && f.Scope == reform.ScopeNation && f.UnitType == reform.Province
}

// count takes a fact that passed the checks into the edition's figures.
func (g *group) count(r *record) {
	g.facts++
	s := g.seen
	if r.Component == "" {
		s.score = s.score || r.scores.score.ok
		if r.Place > 0 && (r.Scope == reform.ScopeNation || reform.UnitKey(r.Scope) == g.parent) {
			s.place = true
		}
	} else {
		s.components++
		g.components++
	}
	if r.scores.score.ok {
		g.addPart(s, r)
	}
	if r.Place > 0 {
		k := placesKey{r.Component, r.Scope, r.from.no}
		if g.lastList == nil || g.lastKey != k {
			list, ok := g.places[k]
			if !ok {
				list = new([]placed)
				g.places[k] = list
			}
			g.lastKey, g.lastList = k, list
		}
		*g.lastList = append(*g.lastList, placed{r.Unit, r.UnitName, int32(r.Place), int32(r.Of), r.scores.score, r.RankKind, r.Locator})
	}
}

// addPart adds a score to the sum of its parent, and remembers what the sum must be.
func (g *group) addPart(s *unitSeen, r *record) {
	if len(g.rules.parts) == 0 || g.edition.weightsOff {
		return
	}
	if r.Component != "" && (g.component == nil || g.component.Breakdown != "") {
		return
	}
	if s.from == 0 {
		s.from = r.from.no + 1
	} else if s.from != r.from.no+1 {
		s.mixed = true // what several sources say need not add up
		return
	}
	score := r.scores.score
	if g.rules.parts[r.Component] > 0 {
		p := s.part(r.Component)
		p.own, p.decimals = score, max(p.decimals, score.decimals)
		if r.Component == "" {
			s.totalAt = r.Locator
		}
	}
	if r.Component != "" && g.rules.parts[g.component.Parent] > 0 {
		p := s.part(g.component.Parent)
		p.n++
		p.sum += g.rules.share(g.component, score)
		p.decimals = max(p.decimals, score.decimals)
		p.factor = max(p.factor, g.rules.share(g.component, amount{v: tens[storedDecimals]})/float64(tens[storedDecimals]))
	}
}

func (s *unitSeen) part(of string) *partsSum {
	if s.sums == nil {
		s.sums = make(map[string]*partsSum, 1)
	}
	p := s.sums[of]
	if p == nil {
		p = &partsSum{}
		s.sums[of] = p
	}
	return p
}

package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"chiso/reform"
)

// Ranking is the league table of one edition, with the movement against the
// edition before. Rows are the units of which anything is known; who is missing
// is the catalogue's to say, and how many is in the coverage.
//
// Where the question's scope is a region, the rows are its members: Place is
// still the national place and ScopePlace the one in the region. Where it is a
// province, the rows are its departments or communes and Place is the one there.
func (q *Queries) Ranking(ctx context.Context, question reform.LeagueQuestion) (reform.League, error) {
	l := reform.League{Index: question.Index, Period: question.Period, Scheme: question.Scheme, Basis: question.Basis}
	if err := q.cat.knownIndex(question.Index); err != nil {
		return l, err
	}
	if question.Period.IsZero() {
		return l, fmt.Errorf("ranking without a period; ask for one such as 2019: %w", reform.ErrInvalid)
	}
	l.Scope = scopeOr(question.Scope, reform.ScopeNation)
	if l.Scope != reform.ScopeNation {
		if err := q.cat.knownUnit(reform.UnitKey(l.Scope)); err != nil {
			return l, err
		}
		l.Scheme = cmp.Or(l.Scheme, reform.UnitKey(l.Scope).Scheme())
	}
	l.UnitType = q.leagueType(question)

	r := &league{League: &l, q: q, question: question, national: reform.ScopeNation}
	if isProvince(l.Scope) {
		r.national = l.Scope
	}
	rows, err := r.read(ctx)
	if err != nil {
		return l, err
	}
	if edition, ok := q.mainEdition(question.Index, question.Period, l.Scheme, question.Basis, rows, r.concerns); ok {
		l.Scheme, l.Basis = edition.scheme, edition.basis
		r.fill(rows)
		r.move(rows)
	} else {
		r.empty()
	}
	r.sort()
	return l, q.knownComponent(question.Index, question.Component, func() bool { return len(l.Rows) > 0 })
}

// leagueType is what a question without a unit type means: provinces, or what
// the index ranks within a province.
func (q *Queries) leagueType(question reform.LeagueQuestion) reform.UnitType {
	if question.UnitType != "" {
		return question.UnitType
	}
	if isProvince(scopeOr(question.Scope, reform.ScopeNation)) {
		return reform.Department
	}
	return reform.Province
}

// league fills a reform.League.
type league struct {
	*reform.League
	q        *Queries
	question reform.LeagueQuestion
	national string // the scope of Place
	now      map[chartKey]*chart
}

// read reads the measures of the edition and of the one before it, in one
// question: two of them would take twice the time. Which basis and scheme they
// are of is chosen from the answer.
func (r *league) read(ctx context.Context) ([]measured, error) {
	codes := []string{r.question.Component}
	if r.question.Component == "" {
		codes = append(codes, r.q.cat.firstLevels(r.Index)...)
	}
	f := editionFilter{
		index: r.Index, components: codes, kind: r.Period.Kind(), periods: []reform.Period{r.Period, r.Period.Prev()},
		scheme: r.Scheme, unitType: r.UnitType, stage: r.question.Stage, scopes: []string{r.national}, view: r.question.View,
	}
	if isRegion(r.Scope) {
		f.scopes = append(f.scopes, r.Scope)
	}
	if isProvince(r.Scope) {
		f.parent = reform.UnitKey(r.Scope)
	}
	return r.q.edition(ctx, f)
}

// concerns says whether a measure makes its edition one of the scope's: a
// department's place in another province does not.
func (r *league) concerns(m *measured) bool {
	return !isRegion(r.Scope) || slices.Contains(r.q.cat.region(r.Scope), m.unit)
}

// key is the chart of a component in the chosen edition.
func (r *league) key(component string) chartKey {
	return chartKey{r.Period, r.Basis, r.Scheme, component}
}

// chartOf is the chart of a component, an empty one where nothing is known.
func (r *league) chartOf(all map[chartKey]*chart, key chartKey) *chart {
	if c := all[key]; c != nil {
		return c
	}
	return &chart{
		index: r.Index, period: key.period, basis: key.basis, scheme: key.scheme, unitType: r.UnitType,
		units: make(map[reform.UnitKey]*unitMeasures),
	}
}

// empty completes an answer without facts.
func (r *league) empty() {
	if ed, ok := r.q.cat.edition(r.Index, r.Period, r.Basis, r.Scheme); ok && r.UnitType == reform.Province {
		r.Scheme = cmp.Or(r.Scheme, ed.Scheme)
		r.Basis = cmp.Or(r.Basis, ed.Basis)
		r.Coverage.Of = ed.Of
	}
	if r.Scheme == "" && r.UnitType != reform.Ministry {
		r.Scheme = r.q.cat.schemeOf(r.Index, r.Period)
	}
}

func (r *league) fill(rows []measured) {
	r.now = charts(r.Index, r.UnitType, rows)
	total := r.chartOf(r.now, r.key(r.question.Component))
	components := r.q.cat.firstLevel(r.Index, r.Basis)
	if r.question.Component != "" {
		components = nil
	}
	r.cover(total, components)

	places, of := r.q.counted(total, nil, r.national, r.national)
	var inRegion map[reform.UnitKey]int
	var regionOf int
	if isRegion(r.Scope) {
		inRegion, regionOf = r.q.counted(total, nil, r.Scope, r.national)
	}
	names := make(map[reform.UnitKey]string)
	units := make(map[reform.UnitKey]bool)
	for i := range rows {
		m := &rows[i]
		if m.period == r.Period && m.basis == r.Basis && m.scheme == r.Scheme && r.concerns(m) {
			units[m.unit], names[m.unit] = true, m.unitName
		}
	}
	for unit := range units {
		s := reform.Standing{Unit: unit, UnitName: names[unit], Basis: r.Basis}
		u := total.units[unit]
		if u == nil {
			u = &unitMeasures{}
		}
		if u.score != nil {
			s.Score, s.Max, s.ScoreFrom = u.score.score, u.score.max, u.score.from
		}
		place := placeIn(u, r.national, places[unit], of)
		s.Place, s.Of, s.OfPrinted, s.RankKind, s.PlaceFrom = place.place, place.of, place.ofPrinted, place.rankKind, place.from
		if s.Place > 0 && s.Of == 0 {
			s.Of = r.q.size(total, nil, r.national)
		}
		if isRegion(r.Scope) {
			in := placeIn(u, r.Scope, inRegion[unit], regionOf)
			s.ScopePlace, s.ScopeOf, s.ScopeOfPrinted, s.ScopeRankKind, s.ScopeFrom = in.place, in.of, in.ofPrinted, in.rankKind, in.from
			if s.ScopePlace > 0 && s.ScopeOf == 0 {
				s.ScopeOf = r.q.size(total, nil, r.Scope)
			}
		}
		s.Status = worst(s.PlaceFrom.Status, s.ScoreFrom.Status, s.ScopeFrom.Status)
		s.Components = r.components(unit, total, components)
		r.Rows = append(r.Rows, s)
	}
}

// placeIn is the place of a unit in scope: what documents say, else what was
// counted; a place that only follows from words gives way to a counted one.
func placeIn(u *unitMeasures, scope string, counted, of int) measured {
	said, ok := u.places[scope]
	if counted == 0 || u.score == nil || (ok && said.rankKind != reform.Derived) {
		return said
	}
	return measured{place: counted, of: of, rankKind: reform.Computed, from: u.score.from}
}

// components are the first-level scores of a unit, in the catalogue's order.
func (r *league) components(unit reform.UnitKey, total *chart, codes []*reform.Component) []reform.ComponentScore {
	var all []reform.ComponentScore
	for _, component := range codes {
		c := r.now[r.key(component.Code)]
		if c == nil || c.units[unit] == nil {
			continue
		}
		u := c.units[unit]
		score := reform.ComponentScore{Component: component.Code, Max: component.Max}
		if u.score != nil {
			score.Score, score.From = u.score.score, u.score.from
			if u.score.max.Valid {
				score.Max = u.score.max
			}
		}
		places, of := r.q.counted(c, total, r.national, r.national)
		place := placeIn(u, r.national, places[unit], of)
		score.Place, score.Of, score.RankKind = place.place, place.of, place.rankKind
		if score.Place > 0 && score.Of == 0 {
			score.Of = r.q.size(c, total, r.national)
		}
		if u.score == nil {
			score.From = place.from
		}
		all = append(all, score)
	}
	return all
}

// cover counts how much of the edition, or of the region, is known.
func (r *league) cover(total *chart, components []*reform.Component) {
	in := func(unit reform.UnitKey) bool {
		return !isRegion(r.Scope) || slices.Contains(r.q.cat.region(r.Scope), unit)
	}
	r.Coverage.Of = r.q.size(total, nil, r.Scope)
	for unit, u := range total.units {
		if !in(unit) {
			continue
		}
		if u.score != nil {
			r.Coverage.WithScore++
		}
		if _, ok := u.places[r.national]; ok {
			r.Coverage.WithPlace++
		}
	}
	with := make(map[reform.UnitKey]bool)
	for _, component := range components {
		c := r.now[r.key(component.Code)]
		if c == nil {
			continue
		}
		for unit := range c.units {
			if in(unit) {
				with[unit] = true
				r.Coverage.Components++
			}
		}
	}
	r.Coverage.WithComponents = len(with)
}

// move adds the places of the edition before, unless the two can't be compared:
// another scheme counts other units, and another family of rules other points.
func (r *league) move(rows []measured) {
	prev := r.Period.Prev()
	severed := r.q.cat.severed(r.Index, r.question.Component, prev, r.Period)
	comparable := slices.DeleteFunc(slices.Clone(rows), func(m measured) bool {
		return m.period != prev || (m.basis != r.Basis && severed)
	})
	basis := ""
	if slices.ContainsFunc(comparable, func(m measured) bool { return m.basis == r.Basis }) {
		basis = r.Basis
	}
	edition, ok := r.q.mainEdition(r.Index, prev, r.Scheme, basis, comparable, nil)
	if !ok {
		return
	}
	before := charts(r.Index, r.UnitType, comparable)[chartKey{prev, edition.basis, edition.scheme, r.question.Component}]
	if before == nil {
		return
	}
	r.Prev = prev
	places, of := r.q.counted(before, nil, r.national, r.national)
	size := r.q.size(before, nil, r.national)
	r.PrevComplete = size > 0 && before.withScore() >= size
	across := r.q.cat.breakBetween(r.Index, r.question.Component, prev, r.Period)
	for i := range r.Rows {
		s := &r.Rows[i]
		u := before.units[s.Unit]
		if u == nil {
			continue
		}
		s.PrevPeriod, s.AcrossBreak = prev, across
		if u.score != nil {
			s.PrevScore = u.score.score
		}
		place := placeIn(u, r.national, places[s.Unit], of)
		s.PrevPlace, s.PrevOf = place.place, place.of
		if s.PrevPlace > 0 && s.PrevOf == 0 {
			s.PrevOf = size
		}
	}
}

// sort orders rows by place (in a region by the place there first), then by
// score, then by name; a row without what is compared comes after those with it.
func (r *league) sort() {
	names := make(map[reform.UnitKey]string, len(r.Rows))
	for _, s := range r.Rows {
		names[s.Unit] = r.q.cat.name(s.Unit, s.UnitName, r.Period)
	}
	order := nameOrder(slices.Collect(maps.Values(names)))
	// Where the region's places are known of some only, they give no order for all.
	inRegion := !slices.ContainsFunc(r.Rows, func(s reform.Standing) bool { return s.ScopePlace == 0 })
	slices.SortFunc(r.Rows, func(a, b reform.Standing) int {
		return cmp.Or(
			byRegion(inRegion, a, b),
			comparePlaces(a.Place, b.Place),
			compareScores(a.Score, b.Score),
			cmp.Compare(order[names[a.Unit]], order[names[b.Unit]]),
			cmp.Compare(a.Unit, b.Unit),
		)
	})
}

func byRegion(on bool, a, b reform.Standing) int {
	if !on {
		return 0
	}
	return cmp.Compare(a.ScopePlace, b.ScopePlace)
}

func comparePlaces(a, b int) int {
	if (a == 0) != (b == 0) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

func compareScores(a, b reform.Number) int {
	switch {
	case a.Valid && b.Valid:
		return b.Decimal.Cmp(a.Decimal)
	case a.Valid:
		return -1
	case b.Valid:
		return 1
	}
	return 0
}

// nameOrder is the place of each name in Vietnamese order, in which Đ follows D.
func nameOrder(names []string) map[string]int {
	slices.Sort(names)
	names = slices.Compact(names)
	// A Collator is not safe for use by several goroutines, so each answer has its own.
	collate.New(language.Vietnamese).SortStrings(names)
	order := make(map[string]int, len(names))
	for i, name := range names {
		order[name] = i
	}
	return order
}

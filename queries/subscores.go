package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// Subscores are the components of one unit in one period, against their
// maxima and, where a component is known of every unit of the edition, against
// the others. Components that are not known of the unit have no row.
func (q *Queries) Subscores(ctx context.Context, question reform.SubscoresQuestion) (reform.Subscores, error) {
	answer := reform.Subscores{Index: question.Index, Unit: question.Unit, Period: question.Period, Basis: question.Basis}
	if err := q.cat.knownIndex(question.Index); err != nil {
		return answer, err
	}
	if err := q.cat.knownUnit(question.Unit); err != nil {
		return answer, err
	}
	if question.Period.IsZero() {
		return answer, fmt.Errorf("sub-scores without a period; ask for one such as 2019: %w", reform.ErrInvalid)
	}
	own, err := q.ownMeasures(ctx, question)
	if err != nil || len(own) == 0 {
		return answer, err
	}
	// A unit that runs on through two schemes is shown under the one of the edition.
	edition, _ := q.mainEdition(question.Index, question.Period, "", question.Basis, own, nil)
	s := &subscores{q: q, answer: &answer, scope: reform.ScopeNation}
	for _, m := range own {
		if m.scheme == edition.scheme && m.basis == edition.basis {
			s.unit, s.unitType = m.unit, m.unitType
			break
		}
	}
	answer.Basis = edition.basis
	if parent := s.unit.Parent(); parent != "" {
		s.scope = string(parent)
	}
	scopes := []string{s.scope}
	for _, region := range q.cat.RegionsOf(s.unit) {
		scopes = append(scopes, string(region))
	}
	rows, err := q.edition(ctx, editionFilter{
		index: question.Index, allComponents: true, kind: question.Period.Kind(), periods: []reform.Period{question.Period},
		scheme: edition.scheme, unitType: s.unitType, parent: s.unit.Parent(), basis: edition.basis, stage: question.Stage,
		scopes: scopes, view: question.View,
	})
	if err != nil {
		return answer, err
	}
	s.fill(rows, edition, scopes[1:])
	return answer, nil
}

// ownMeasures reads what is known of the unit itself, under every key of its line.
func (q *Queries) ownMeasures(ctx context.Context, question reform.SubscoresQuestion) ([]measured, error) {
	scopes := []string{reform.ScopeNation}
	units := make([]string, 0, 3)
	for _, key := range q.cat.line(question.Unit) {
		units = append(units, string(key))
		for _, region := range q.cat.RegionsOf(key) {
			scopes = append(scopes, string(region))
		}
		if parent := key.Parent(); parent != "" {
			scopes = append(scopes, string(parent))
		}
	}
	return q.measures(ctx, "subscores", maxHistoryRows, question.View, params{
		"index":  question.Index,
		"units":  units,
		"kind":   string(question.Period.Kind()),
		"period": question.Period.String(),
		"basis":  question.Basis,
		"stage":  string(question.Stage),
		"scopes": scopes,
	})
}

// subscores fills a reform.Subscores.
type subscores struct {
	q        *Queries
	answer   *reform.Subscores
	unit     reform.UnitKey // the key that it was measured under
	unitType reform.UnitType
	scope    string // of the places
}

func (s *subscores) fill(rows []measured, edition editionKey, regions []string) {
	all := charts(s.answer.Index, s.unitType, rows)
	total := all[chartKey{edition.period, edition.basis, edition.scheme, ""}]
	if total == nil {
		total = &chart{
			index: s.answer.Index, period: edition.period, basis: edition.basis, scheme: edition.scheme, unitType: s.unitType,
			units: make(map[reform.UnitKey]*unitMeasures),
		}
	}
	of := s.q.size(total, nil, s.scope)
	s.answer.Coverage = reform.Coverage{Of: of, WithPlace: total.withPlace(s.scope), WithScore: total.withScore()}
	s.total(total)

	position := make(map[string]int)
	catalogued := make(map[string]*reform.Component)
	for i, component := range s.q.cat.tree(s.answer.Index, edition.basis) {
		position[component.Code], catalogued[component.Code] = i+1, component
	}
	with := make(map[reform.UnitKey]bool)
	for key, c := range all {
		if key.component == "" {
			continue
		}
		for unit := range c.units {
			with[unit] = true
			s.answer.Coverage.Components++
		}
		if u := c.units[s.unit]; u != nil {
			s.answer.Rows = append(s.answer.Rows, s.row(key.component, c, total, catalogued[key.component], u, regions))
		}
	}
	s.answer.Coverage.WithComponents = len(with)
	slices.SortFunc(s.answer.Rows, func(a, b reform.Subscore) int {
		pa, pb := position[a.Component], position[b.Component]
		if (pa == 0) != (pb == 0) {
			return cmp.Compare(pb, pa)
		}
		return cmp.Or(cmp.Compare(pa, pb), cmp.Compare(a.Component, b.Component))
	})
}

// total is the unit's own total and place.
func (s *subscores) total(c *chart) {
	u := c.units[s.unit]
	if u == nil {
		return
	}
	places, of := s.q.counted(c, nil, s.scope, s.scope)
	p := reform.RankPoint{Unit: s.unit, Period: c.period, Basis: c.basis, Scope: s.scope}
	place := placeIn(u, s.scope, places[s.unit], of)
	p.Place, p.Of, p.OfPrinted, p.RankKind, p.PlaceFrom = place.place, place.of, place.ofPrinted, place.rankKind, place.from
	if p.Place > 0 && p.Of == 0 {
		p.Of = s.answer.Coverage.Of
	}
	if u.score != nil {
		p.Score, p.Max, p.ScoreFrom = u.score.score, u.score.max, u.score.from
	}
	p.Status = worst(p.PlaceFrom.Status, p.ScoreFrom.Status)
	if p.Place > 0 || p.Score.Valid {
		s.answer.Total = &p
	}
}

func (s *subscores) row(code string, c, total *chart, known *reform.Component, u *unitMeasures, regions []string) reform.Subscore {
	row := reform.Subscore{Component: code, Scope: s.scope}
	if known != nil {
		row.Parent, row.Max = known.Parent, known.Max
	}
	if u.score != nil {
		row.Score, row.From = u.score.score, u.score.from
		if u.score.max.Valid {
			row.Max = u.score.max
		}
	}
	places, of := s.q.counted(c, total, s.scope, s.scope)
	place := placeIn(u, s.scope, places[s.unit], of)
	row.Place, row.Of, row.RankKind, row.PlaceFrom = place.place, place.of, place.rankKind, place.from
	if row.Place > 0 && row.Of == 0 {
		row.Of = s.q.size(c, total, s.scope)
	}
	for _, region := range regions {
		if p, ok := u.places[region]; ok {
			row.Region, row.RegionPlace, row.RegionOf, row.RegionRankKind = reform.UnitKey(region), p.place, p.of, p.rankKind
			if row.RegionOf == 0 {
				row.RegionOf = s.q.size(c, total, region)
			}
			break
		}
	}
	row.Status = worst(row.From.Status, row.PlaceFrom.Status)
	entrants := c.entrants(nil, s.scope)
	row.Known = len(entrants)
	// The size of the edition holds for its components too: where one is missing of
	// some units, a median would be that of the others.
	if size := s.q.size(c, total, s.scope); size > 0 && row.Known == size {
		row.Best, row.BestUnits = best(entrants)
		row.Median = median(scores(entrants))
		if len(regions) > 0 {
			row.RegionMean = mean(scores(c.entrants(s.q.cat.region(regions[0]), s.scope)))
		}
	}
	return row
}

func scores(entrants []entrant) []decimal.Decimal {
	all := make([]decimal.Decimal, len(entrants))
	for i, e := range entrants {
		all[i] = e.score
	}
	return all
}

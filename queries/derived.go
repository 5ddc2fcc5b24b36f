package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// Derived answers with the history that a province of 34 would have had: in every
// edition of the 63 provinces the plain mean of those that it was made of, where all of
// them have a score, and its place among the 34 where all 34 have such a value. A province
// that runs on unchanged has a history of its own, so asking for it is reform.ErrInvalid.
func (q *Queries) Derived(ctx context.Context, question reform.DerivedQuestion) (reform.DerivedHistory, error) {
	answer := reform.DerivedHistory{Index: question.Index, Unit: question.Unit}
	if err := q.cat.knownIndex(question.Index); err != nil {
		return answer, err
	}
	if err := q.cat.knownUnit(question.Unit); err != nil {
		return answer, err
	}
	answer.Members = q.cat.Predecessors(question.Unit)
	if question.Unit.Scheme() != reform.VN34 || len(answer.Members) < 2 {
		return answer, fmt.Errorf("derived history of %s: only a province that was made of several on 1 July 2025 has one: %w", question.Unit, reform.ErrInvalid)
	}
	if q.cat.counts(question.Index) {
		return answer, fmt.Errorf("derived history of %s: counts of cases have no mean: %w", question.Index, reform.ErrInvalid)
	}
	keys := make([]string, len(answer.Members))
	for i, key := range answer.Members {
		keys[i] = string(key)
	}
	own, err := q.measures(ctx, "rank_history", maxHistoryRows, question.View, params{
		"index": question.Index, "component": "", "units": keys, "stage": string(reform.Official),
		"kind": string(reform.Year), "basis": "", "scope": reform.ScopeNation,
	})
	if err != nil {
		return answer, err
	}
	periods := make(map[reform.Period]bool)
	for _, m := range own {
		if m.isScore {
			periods[m.period] = true
		}
	}
	if len(periods) == 0 {
		return answer, nil
	}
	order := slices.SortedFunc(maps.Keys(periods), reform.Period.Compare)
	rows, err := q.edition(ctx, editionFilter{
		index: question.Index, components: []string{""}, kind: reform.Year, periods: order,
		scheme: reform.VN63, unitType: reform.Province, scopes: []string{reform.ScopeNation}, view: question.View,
	})
	if err != nil {
		return answer, err
	}
	all := charts(question.Index, reform.Province, rows)
	for _, period := range order {
		// Of an edition under two sets of rules one is taken, whole.
		edition, ok := q.mainEdition(question.Index, period, reform.VN63, "", rows, func(m *measured) bool { return m.isScore && slices.Contains(keys, string(m.unit)) })
		if !ok {
			continue
		}
		answer.Points = append(answer.Points, q.derivedPoint(question.Unit, answer.Members, all[chartKey{period, edition.basis, reform.VN63, ""}]))
	}
	return answer, nil
}

// derivedPoint is the unit's value in one edition of the 63 provinces.
func (q *Queries) derivedPoint(unit reform.UnitKey, members []reform.UnitKey, c *chart) reform.DerivedPoint {
	p := reform.DerivedPoint{Period: c.period, Basis: c.basis}
	var statuses []reform.Status
	sameMax := true
	for i, key := range members {
		m := reform.DerivedMember{Unit: key}
		if u := c.units[key]; u != nil && u.score != nil {
			m.Score, m.From = u.score.score, u.score.from
			statuses = append(statuses, u.score.status)
			if i == 0 {
				p.Max = u.score.max
			}
			sameMax = sameMax && u.score.max.Equal(p.Max)
		} else {
			sameMax = false
		}
		p.Members = append(p.Members, m)
	}
	if !sameMax {
		p.Max = reform.Number{}
	}
	p.Status = worst(statuses...)
	p.Score, _ = c.meanOf(members)
	var entrants []entrant
	units := q.cat.Units(reform.VN34, reform.Province)
	for _, other := range units {
		if value, ok := c.meanOf(q.cat.Predecessors(other.Key)); ok {
			entrants = append(entrants, entrant{unit: other.Key, score: value.Decimal})
		}
	}
	slices.SortFunc(entrants, func(a, b entrant) int { return cmp.Compare(a.unit, b.unit) })
	p.Known = len(entrants)
	if p.Score.Valid && p.Known == len(units) {
		p.Place, p.Of = countPlaces(entrants)[unit], len(units)
	}
	return p
}

// meanOf is the plain mean of the units' scores; false where one of them has none.
func (c *chart) meanOf(units []reform.UnitKey) (reform.Number, bool) {
	values := make([]decimal.Decimal, 0, len(units))
	for _, key := range units {
		u := c.units[key]
		if u == nil || u.score == nil {
			return reform.Number{}, false
		}
		values = append(values, u.score.score.Decimal)
	}
	return mean(values), len(values) > 0
}

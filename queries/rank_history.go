package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"chiso/reform"
)

// maxHistoryUnits bounds how many units one question may name.
const maxHistoryUnits = 200

// maxHistoryRows bounds one answer of rank_history.sql: a hundred units over
// twenty years take 4,000 rows.
const maxHistoryRows = 100_000

// RankHistory answers with one series for each unit that is asked for, in that
// order, oldest point first. The line of a unit runs through the schemes as the
// catalogue says: Long An's PCI of 2006 lies on the line of vn63:80, and nothing of
// Long An on the line of vn34:80.
func (q *Queries) RankHistory(ctx context.Context, question reform.RankHistoryQuestion) ([]reform.RankSeries, error) {
	if err := q.cat.knownIndex(question.Index); err != nil {
		return nil, err
	}
	if len(question.Units) == 0 || len(question.Units) > maxHistoryUnits {
		return nil, fmt.Errorf("rank history of %d units: ask for 1 to %d: %w", len(question.Units), maxHistoryUnits, reform.ErrInvalid)
	}
	question.Kind = cmp.Or(question.Kind, reform.Year)
	series := make([]reform.RankSeries, len(question.Units))
	lines := make([]map[reform.UnitKey]bool, len(question.Units))
	keys := make(map[reform.UnitKey]bool)
	byScope := make(map[string][]int)
	for i, unit := range question.Units {
		if err := q.cat.knownUnit(unit); err != nil {
			return nil, err
		}
		scope, err := q.scopeFor(unit, question.Scope)
		if err != nil {
			return nil, err
		}
		series[i] = reform.RankSeries{
			Index: question.Index, Unit: unit, Component: question.Component, Scope: scope, Kind: question.Kind,
		}
		lines[i] = make(map[reform.UnitKey]bool)
		for _, key := range q.cat.line(unit) {
			lines[i][key], keys[key] = true, true
		}
		byScope[scope] = append(byScope[scope], i)
	}
	// Scopes differ only where departments of several provinces are asked for at once.
	for _, scope := range slices.Sorted(maps.Keys(byScope)) {
		rows, err := q.rankHistoryRows(ctx, question, scope, lines, byScope[scope])
		if err != nil {
			return nil, err
		}
		for _, i := range byScope[scope] {
			series[i].Points = q.points(question.Index, rows, lines[i], scope)
		}
		if err := q.countMissing(ctx, question, scope, rows, series, byScope[scope]); err != nil {
			return nil, err
		}
	}
	return series, q.knownComponent(question.Index, question.Component, func() bool {
		return slices.ContainsFunc(series, func(s reform.RankSeries) bool { return len(s.Points) > 0 })
	})
}

func (q *Queries) rankHistoryRows(ctx context.Context, question reform.RankHistoryQuestion, scope string,
	lines []map[reform.UnitKey]bool, which []int,
) ([]measured, error) {
	keys := make(map[string]bool)
	for _, i := range which {
		for key := range lines[i] {
			keys[string(key)] = true
		}
	}
	return q.measures(ctx, "rank_history", maxHistoryRows, question.View, params{
		"index":     question.Index,
		"component": question.Component,
		"units":     slices.Sorted(maps.Keys(keys)),
		"stage":     string(question.Stage),
		"kind":      string(question.Kind),
		"basis":     question.Basis,
		"scope":     scope,
	})
}

// scopeFor is the scope of a place where the question leaves it open: departments and
// communes are ranked within their province, everything else in the nation.
func (q *Queries) scopeFor(unit reform.UnitKey, scope string) (string, error) {
	fallback := cmp.Or(string(unit.Parent()), reform.ScopeNation)
	if scope = scopeOr(scope, fallback); scope == fallback {
		return scope, nil
	}
	if scope == reform.ScopeNation {
		return scope, nil
	}
	return scope, q.cat.knownUnit(reform.UnitKey(scope))
}

// pointKey tells the points of one line apart: the same period under two
// bases makes two points.
type pointKey struct {
	period reform.Period
	basis  string
}

// points makes the points of one line out of the measures of its keys.
func (q *Queries) points(index string, rows []measured, line map[reform.UnitKey]bool, scope string) []reform.RankPoint {
	type pair struct{ place, score *measured }
	found := make(map[pointKey]map[reform.UnitKey]*pair)
	for i := range rows {
		m := &rows[i]
		if !line[m.unit] {
			continue
		}
		key := pointKey{m.period, m.basis}
		if found[key] == nil {
			found[key] = make(map[reform.UnitKey]*pair)
		}
		p := found[key][m.unit]
		if p == nil {
			p = &pair{}
			found[key][m.unit] = p
		}
		if m.isScore {
			p.score = m
		} else {
			p.place = m
		}
	}
	points := make([]reform.RankPoint, 0, len(found))
	for key, units := range found {
		// A unit that runs on through two schemes may be measured under both in one
		// period; the line shows one of them, whole.
		unit := slices.MinFunc(slices.Sorted(maps.Keys(units)), func(a, b reform.UnitKey) int {
			return cmp.Or(
				cmp.Compare(q.foreign(index, key, a), q.foreign(index, key, b)),
				cmp.Compare(placeKind(units[a].place), placeKind(units[b].place)),
				cmp.Compare(b.Scheme(), a.Scheme()),
			)
		})
		points = append(points, q.point(key, unit, units[unit].place, units[unit].score, scope))
	}
	sortPoints(points)
	return points
}

func sortPoints(points []reform.RankPoint) {
	slices.SortFunc(points, func(a, b reform.RankPoint) int {
		return cmp.Or(a.Period.Compare(b.Period), cmp.Compare(a.Basis, b.Basis))
	})
}

// foreign is 1 where the catalogue says that the edition was of another scheme than the unit's.
func (q *Queries) foreign(index string, key pointKey, unit reform.UnitKey) int {
	ed, ok := q.cat.edition(index, key.period, key.basis, "")
	if ok && ed.Scheme != "" && ed.Scheme != unit.Scheme() {
		return 1
	}
	return 0
}

// placeKind orders places by how they came about; no place comes last.
func placeKind(m *measured) int {
	if m == nil {
		return 3
	}
	return rankOrder(m.rankKind)
}

// point joins a place and a score, either of which may be nil.
func (q *Queries) point(key pointKey, unit reform.UnitKey, place, score *measured, scope string) reform.RankPoint {
	p := reform.RankPoint{Unit: unit, Period: key.period, Basis: key.basis, Scope: scope}
	if place != nil {
		p.Place, p.Of, p.OfPrinted = place.place, place.of, place.ofPrinted
		p.RankKind, p.PlaceFrom = place.rankKind, place.from
		if p.Of == 0 {
			p.Of = q.catalogueOf(place.index, place, scope)
		}
	}
	if score != nil {
		p.Score, p.Max, p.ScoreFrom = score.score, score.max, score.from
	}
	p.Status = worst(p.PlaceFrom.Status, p.ScoreFrom.Status)
	return p
}

// catalogueOf is the denominator of a place that was printed without one.
func (q *Queries) catalogueOf(index string, m *measured, scope string) int {
	c := &chart{index: index, period: m.period, basis: m.basis, scheme: m.scheme, unitType: m.unitType}
	return q.size(c, nil, scope)
}

// countMissing gives a computed place to points without a published or computed
// one, where every unit of their edition has a score.
func (q *Queries) countMissing(ctx context.Context, question reform.RankHistoryQuestion, scope string, rows []measured,
	series []reform.RankSeries, which []int,
) error {
	if q.cat.counts(question.Index) {
		return nil
	}
	type group struct {
		scheme   reform.Scheme
		unitType reform.UnitType
		parent   reform.UnitKey
	}
	types := make(map[reform.UnitKey]reform.UnitType)
	for _, m := range rows {
		types[m.unit] = m.unitType
	}
	missing := make(map[group][]*reform.RankPoint)
	for _, i := range which {
		for j := range series[i].Points {
			p := &series[i].Points[j]
			if !p.Score.Valid || (p.Place > 0 && p.RankKind != reform.Derived) {
				continue
			}
			g := group{p.Unit.Scheme(), types[p.Unit], p.Unit.Parent()}
			missing[g] = append(missing[g], p)
		}
	}
	for g, points := range missing {
		periods := make(map[reform.Period]bool)
		for _, p := range points {
			periods[p.Period] = true
		}
		scopes := []string{scope}
		if scope != reform.ScopeNation {
			scopes = append(scopes, reform.ScopeNation)
		}
		rows, err := q.edition(ctx, editionFilter{
			index: question.Index, components: []string{question.Component},
			kind: question.Kind, periods: slices.SortedFunc(maps.Keys(periods), reform.Period.Compare),
			scheme: g.scheme, unitType: g.unitType, parent: g.parent,
			basis: question.Basis, stage: question.Stage, scopes: scopes, view: question.View,
		})
		if err != nil {
			return fmt.Errorf("places from scores: %w", err)
		}
		all := charts(question.Index, g.unitType, rows)
		for _, p := range points {
			c := all[chartKey{p.Period, p.Basis, g.scheme, question.Component}]
			if c == nil {
				continue
			}
			places, of := q.counted(c, nil, scope, reform.ScopeNation)
			if place := places[p.Unit]; place > 0 {
				p.Place, p.Of, p.OfPrinted = place, of, false
				p.RankKind, p.PlaceFrom = reform.Computed, p.ScoreFrom
				p.Status = worst(p.ScoreFrom.Status)
			}
		}
	}
	return nil
}

package queries

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"chiso/reform"
	"chiso/store"
)

// Moved answers, for each index of which components of the unit are known, with the
// newest such edition against the nearest earlier one of the same basis and kind of
// period, in the order of the screens. A year counts before a shorter period that ends on the same day.
func (q *Queries) Moved(ctx context.Context, question reform.MovedQuestion) ([]reform.Moved, error) {
	if err := q.cat.knownUnit(question.Unit); err != nil {
		return nil, err
	}
	var keys, components []string
	for _, key := range q.cat.line(question.Unit) {
		keys = append(keys, string(key))
	}
	for _, ix := range q.cat.Indices() {
		if !ix.Counts {
			components = append(components, q.cat.firstLevels(ix.Code)...)
		}
	}
	slices.Sort(components)
	rows, err := ask(ctx, q, "moved", maxHistoryRows, withView(params{"units": keys, "components": slices.Compact(components)}, question.View),
		func(rows store.Rows) (measured, error) {
			var r measureRow
			var index string
			if err := rows.Scan(append(r.columns(), &index)...); err != nil {
				return measured{}, err
			}
			m, err := r.measured()
			m.index = index
			return m, err
		})
	if err != nil {
		return nil, err
	}
	byIndex := make(map[string][]measured)
	for _, m := range rows {
		byIndex[m.index] = append(byIndex[m.index], m)
	}
	var all []reform.Moved
	for _, ix := range q.cat.Indices() {
		if ix.Counts {
			continue // counts of cases have no maximum, and more of them is no gain
		}
		if moved, ok := q.moved(ix.Code, byIndex[ix.Code]); ok {
			all = append(all, moved)
		}
	}
	return all, nil
}

// sheet is what one edition says of the components of a unit.
type sheet struct {
	period reform.Period
	basis  string
	unit   reform.UnitKey
	scores map[string]measured
}

// moved compares the newest edition of an index with the one before it.
func (q *Queries) moved(index string, rows []measured) (reform.Moved, bool) {
	sheets := q.sheets(index, rows)
	if len(sheets) == 0 {
		return reform.Moved{}, false
	}
	newest := sheets[0]
	answer := reform.Moved{Index: index, Basis: newest.basis, Unit: newest.unit, Period: newest.period}
	// Of the newest edition's basis another kind of period may have the pair: the year that
	// has just begun has none before it, its months may.
	for i, now := range sheets {
		if now.basis != newest.basis {
			continue
		}
		before := slices.IndexFunc(sheets[i+1:], func(s sheet) bool {
			return s.basis == now.basis && s.period.Kind() == now.period.Kind() && s.period != now.period
		})
		if before < 0 {
			continue
		}
		prev := sheets[i+1+before]
		if moves := q.moves(index, now, prev); len(moves) > 0 {
			answer.Unit, answer.Period, answer.Prev, answer.Moves = now.unit, now.period, prev.period, moves
			break
		}
	}
	return answer, true
}

// sheets are the editions of a unit's line, newest first.
func (q *Queries) sheets(index string, rows []measured) []sheet {
	found := make(map[pointKey]map[reform.UnitKey]*sheet)
	for _, m := range rows {
		if !slices.ContainsFunc(q.cat.firstLevel(index, m.basis), func(c *reform.Component) bool { return c.Code == m.component }) {
			continue
		}
		key := pointKey{m.period, m.basis}
		if found[key] == nil {
			found[key] = make(map[reform.UnitKey]*sheet)
		}
		s := found[key][m.unit]
		if s == nil {
			s = &sheet{period: m.period, basis: m.basis, unit: m.unit, scores: make(map[string]measured)}
			found[key][m.unit] = s
		}
		s.scores[m.component] = m
	}
	all := make([]sheet, 0, len(found))
	for key, units := range found {
		// As on the line of places: of two keys in one edition, the one of the edition's scheme.
		unit := slices.MinFunc(slices.Sorted(maps.Keys(units)), func(a, b reform.UnitKey) int {
			return cmp.Or(cmp.Compare(q.foreign(index, key, a), q.foreign(index, key, b)), cmp.Compare(b.Scheme(), a.Scheme()))
		})
		all = append(all, *units[unit])
	}
	slices.SortFunc(all, func(a, b sheet) int {
		return cmp.Or(b.period.End().Compare(a.period.End()), a.period.Start().Compare(b.period.Start()), cmp.Compare(b.basis, a.basis))
	})
	return all
}

// moves are the components that both editions have, and that mean the same in both.
func (q *Queries) moves(index string, now, prev sheet) []reform.ComponentMove {
	var all []reform.ComponentMove
	for _, component := range q.cat.firstLevel(index, now.basis) {
		a, ok := now.scores[component.Code]
		b, before := prev.scores[component.Code]
		if !ok || !before || q.divided(index, component.Code, prev.period, now.period) {
			continue
		}
		most, prevMost := component.Max, component.Max
		if a.max.Valid {
			most = a.max
		}
		if b.max.Valid {
			prevMost = b.max
		}
		if !most.Equal(prevMost) {
			continue
		}
		all = append(all, reform.ComponentMove{
			Component: component.Code, Unit: now.unit, PrevUnit: prev.unit,
			Score: a.score, Previous: b.score, Change: reform.NumOf(a.score.Decimal.Sub(b.score.Decimal)), Max: most,
			From: a.from, PrevFrom: b.from, Status: worst(a.status, b.status),
			AcrossBreak: q.cat.breakBetween(index, component.Code, prev.period, now.period),
		})
	}
	return all
}

// divided reports whether a severing break lies between two editions of one basis. A break from
// one basis to another that is known no finer than to the year (the two portals of the 766 index) does
// not lie between two months of the same portal.
func (q *Queries) divided(index, component string, from, to reform.Period) bool {
	return slices.ContainsFunc(q.cat.Breaks(index, component, from, to), func(b reform.Break) bool {
		return b.Severs && !q.changesBasis(index, b)
	})
}

func (q *Queries) changesBasis(index string, b reform.Break) bool {
	before, err := reform.ParsePeriod(b.Before)
	if err != nil {
		return false
	}
	after, err := reform.ParsePeriod(b.After)
	if err != nil {
		return false
	}
	old, known := q.cat.BasisFor(index, before)
	now, alsoKnown := q.cat.BasisFor(index, after)
	return known && alsoKnown && old != now
}

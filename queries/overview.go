package queries

import (
	"cmp"
	"context"
	"slices"

	"chiso/reform"
	"chiso/store"
)

// Overview answers, for each index and kind of period, with the newest points of
// one unit's total, at most latest of them, oldest first. Series of yearly
// periods come first, in the order of the screens.
func (q *Queries) Overview(ctx context.Context, unit reform.UnitKey, latest int, view reform.View) ([]reform.RankSeries, error) {
	if err := q.cat.knownUnit(unit); err != nil {
		return nil, err
	}
	scope, err := q.scopeFor(unit, "")
	if err != nil {
		return nil, err
	}
	line := make(map[reform.UnitKey]bool)
	var keys []string
	for _, key := range q.cat.line(unit) {
		line[key] = true
		keys = append(keys, string(key))
	}
	rows, err := ask(ctx, q, "overview", maxHistoryRows, withView(params{"units": keys, "scope": scope}, view),
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
	type group struct {
		index string
		kind  reform.PeriodKind
	}
	groups := make(map[group][]measured)
	for _, m := range rows {
		key := group{m.index, m.period.Kind()}
		groups[key] = append(groups[key], m)
	}
	var all []reform.RankSeries
	for key, rows := range groups {
		points := q.points(key.index, rows, line, scope)
		points = points[max(0, len(points)-max(latest, 1)):]
		series := []reform.RankSeries{{Index: key.index, Unit: unit, Scope: scope, Kind: key.kind, Points: points}}
		question := reform.RankHistoryQuestion{Index: key.index, Kind: key.kind, View: view}
		if err := q.countMissing(ctx, question, scope, rows, series, []int{0}); err != nil {
			return nil, err
		}
		all = append(all, series[0])
	}
	order := make(map[string]int)
	for i, ix := range q.cat.Indices() {
		order[ix.Code] = i + 1
	}
	kinds := []reform.PeriodKind{reform.Year, reform.Half, reform.Quarter, reform.Month, reform.Span}
	slices.SortFunc(all, func(a, b reform.RankSeries) int {
		return cmp.Or(
			cmp.Compare(min(1, slices.Index(kinds, a.Kind)), min(1, slices.Index(kinds, b.Kind))),
			cmp.Compare(order[a.Index], order[b.Index]),
			cmp.Compare(a.Index, b.Index),
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
		)
	})
	return all, nil
}

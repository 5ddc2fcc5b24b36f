package queries

import (
	"cmp"
	"context"
	"slices"

	"chiso/reform"
)

// maxHeatmapRows bounds one heat map: 63 units over twenty years of months fit in.
const maxHeatmapRows = 200_000

// Heatmap answers with the places of all units of one scheme over all periods.
// Units that run on through schemes have their older periods too. Of periods
// without published places there are cells with a score only: a place is
// counted for a heat map where the edition is complete among the cells themselves.
func (q *Queries) Heatmap(ctx context.Context, question reform.HeatmapQuestion) (reform.Heatmap, error) {
	h := reform.Heatmap{Index: question.Index, Scheme: question.Scheme}
	if err := q.cat.knownIndex(question.Index); err != nil {
		return h, err
	}
	question.Kind = cmp.Or(question.Kind, reform.Year)
	question.UnitType = cmp.Or(question.UnitType, reform.Province)
	question.Scope = scopeOr(question.Scope, reform.ScopeNation)
	if question.Scope != reform.ScopeNation {
		if err := q.cat.knownUnit(reform.UnitKey(question.Scope)); err != nil {
			return h, err
		}
		h.Scheme = cmp.Or(h.Scheme, reform.UnitKey(question.Scope).Scheme())
	}
	if h.Scheme == "" {
		scheme, err := q.newestScheme(ctx, question)
		if err != nil || scheme == "" {
			return h, err
		}
		h.Scheme = scheme
	}
	units := q.cat.Units(h.Scheme, question.UnitType)
	rowOf := make(map[reform.UnitKey]reform.UnitKey)
	var keys []string
	for _, u := range units {
		if isRegion(question.Scope) && !slices.Contains(q.cat.region(question.Scope), u.Key) {
			continue
		}
		for _, key := range q.cat.line(u.Key) {
			rowOf[key] = u.Key
			keys = append(keys, string(key))
		}
	}
	rows, err := q.measures(ctx, "heatmap", maxHeatmapRows, question.View, params{
		"index": question.Index, "component": question.Component, "unit_type": string(question.UnitType), "units": keys,
		"stage": string(question.Stage), "kind": string(question.Kind), "basis": question.Basis, "scope": question.Scope,
	})
	if err != nil {
		return h, err
	}
	q.fillHeatmap(&h, question, rows, rowOf)
	for _, u := range units {
		if slices.ContainsFunc(h.Cells, func(c reform.HeatCell) bool { return c.Row == u.Key }) {
			h.Units = append(h.Units, u.Key)
		}
	}
	return h, nil
}

// newestScheme is the scheme of the newest loaded edition of the question's kind.
func (q *Queries) newestScheme(ctx context.Context, question reform.HeatmapQuestion) (reform.Scheme, error) {
	editions, err := q.Editions(ctx, question.Index, question.View)
	if err != nil {
		return "", err
	}
	var newest reform.EditionInfo
	for _, e := range editions {
		if e.Period.Kind() == question.Kind && e.UnitType == question.UnitType &&
			(newest.Period.IsZero() || e.Period.Compare(newest.Period) > 0) {
			newest = e
		}
	}
	return newest.Scheme, nil
}

func (q *Queries) fillHeatmap(h *reform.Heatmap, question reform.HeatmapQuestion, rows []measured, rowOf map[reform.UnitKey]reform.UnitKey) {
	type counted struct {
		places map[reform.UnitKey]int
		of     int
	}
	all := charts(question.Index, question.UnitType, rows)
	places := make(map[chartKey]counted, len(all))
	for key, c := range all {
		p, of := q.counted(c, nil, question.Scope, reform.ScopeNation)
		places[key] = counted{p, of}
	}
	lines := make(map[reform.UnitKey]map[reform.UnitKey]bool)
	for key, row := range rowOf {
		if lines[row] == nil {
			lines[row] = make(map[reform.UnitKey]bool)
		}
		lines[row][key] = true
	}
	byRow := make(map[reform.UnitKey][]measured)
	for _, m := range rows {
		byRow[rowOf[m.unit]] = append(byRow[rowOf[m.unit]], m)
	}
	periods := make(map[reform.Period]bool)
	for row, measures := range byRow {
		for _, p := range q.points(question.Index, measures, lines[row], question.Scope) {
			cell := reform.HeatCell{
				Row: row, Unit: p.Unit, Period: p.Period, Basis: p.Basis,
				Place: p.Place, Of: p.Of, RankKind: p.RankKind, Score: p.Score, Max: p.Max,
			}
			key := chartKey{p.Period, p.Basis, p.Unit.Scheme(), question.Component}
			if c := places[key]; c.places[p.Unit] > 0 && (p.Place == 0 || p.RankKind == reform.Derived) {
				cell.Place, cell.Of, cell.RankKind = c.places[p.Unit], c.of, reform.Computed
			}
			h.Cells = append(h.Cells, cell)
			if !periods[p.Period] {
				periods[p.Period] = true
				h.Periods = append(h.Periods, p.Period)
			}
		}
	}
	slices.SortFunc(h.Periods, reform.Period.Compare)
	slices.SortFunc(h.Cells, func(a, b reform.HeatCell) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), a.Period.Compare(b.Period), cmp.Compare(a.Basis, b.Basis))
	})
}

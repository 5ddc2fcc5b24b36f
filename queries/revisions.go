package queries

import (
	"context"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

// Revisions lists the first limit values of a run that replace another of the same series of
// documents, and how many there are in all.
func (q *Queries) Revisions(ctx context.Context, run string, limit int) ([]reform.Revision, uint64, error) {
	var total uint64
	found, err := page(ctx, q, "revisions", limit, 0, withView(params{"run": run}, reform.View{}), func(rows store.Rows) (reform.Revision, error) {
		var r reform.Revision
		var unit, period, stage string
		var score, oldScore *decimal.Decimal
		var place, of, oldPlace, oldOf *uint16
		n := &r.Number
		if err := rows.Scan(&n.Index, &n.Basis, &unit, &period, &n.Component, &stage, &n.Scope,
			&score, &place, &of, &oldScore, &oldPlace, &oldOf, &total); err != nil {
			return r, err
		}
		n.Unit, n.Stage = reform.UnitKey(unit), reform.Stage(stage)
		r.Score, r.Place, r.Of = number(score), small(place), small(of)
		r.OldScore, r.OldPlace, r.OldOf = number(oldScore), small(oldPlace), small(oldOf)
		var err error
		n.Period, err = storedPeriod(period)
		return r, err
	})
	return found, total, err
}

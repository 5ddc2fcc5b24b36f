package queries

import (
	"context"

	"chiso/reform"
	"chiso/store"
)

// maxUnits bounds the list of units: 34 provinces with their departments and communes are 3,900.
const maxUnits = 20_000

// Units lists the units of which facts are loaded, of one type ("" all) and under
// one province ("" all), by key.
func (q *Queries) Units(ctx context.Context, unitType reform.UnitType, parent reform.UnitKey, view reform.View) ([]reform.UnitFacts, error) {
	p := withView(params{"unit_type": string(unitType), "parent": string(parent)}, view)
	return ask(ctx, q, "units", maxUnits, p, func(rows store.Rows) (reform.UnitFacts, error) {
		var (
			u                              reform.UnitFacts
			key, name, unitType, parent, p string
		)
		if err := rows.Scan(&key, &name, &unitType, &parent, &u.Facts, &u.Indices, &p); err != nil {
			return u, err
		}
		u.Unit, u.UnitName = reform.UnitKey(key), name
		u.UnitType, u.Parent = reform.UnitType(unitType), reform.UnitKey(parent)
		var err error
		u.Latest, err = storedPeriod(p)
		return u, err
	})
}

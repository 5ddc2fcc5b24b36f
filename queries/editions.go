package queries

import (
	"context"
	"slices"
	"time"

	"chiso/reform"
	"chiso/store"
)

// maxEditions bounds the list of editions: twelve indices by months, with an
// edition for every province's ranking of its departments, fit in.
const maxEditions = 50_000

// Editions lists the editions of which facts are loaded, of one index or ("") of all:
// by index, the newest first.
func (q *Queries) Editions(ctx context.Context, index string, view reform.View) ([]reform.EditionInfo, error) {
	if index != "" {
		if err := q.cat.knownIndex(index); err != nil {
			return nil, err
		}
	}
	p := withView(params{"index": index, "stage": string(reform.Official)}, view)
	editions, err := ask(ctx, q, "editions", maxEditions, p, q.scanEdition)
	if err != nil {
		return nil, err
	}
	order := make(map[string]int)
	for i, ix := range q.cat.Indices() {
		order[ix.Code] = i + 1
	}
	// The database orders within an index; the indices are in the order of the screens.
	slices.SortStableFunc(editions, func(a, b reform.EditionInfo) int { return order[a.Index] - order[b.Index] })
	return editions, nil
}

func (q *Queries) scanEdition(rows store.Rows) (reform.EditionInfo, error) {
	var (
		e                                           reform.EditionInfo
		period, kind, scheme, unitType, stage       string
		starts                                      time.Time
		withPlace, withScore, withComponents, known uint64
		printed                                     map[uint16]uint64
		latest                                      *time.Time
	)
	if err := rows.Scan(&e.Index, &period, &kind, &e.Basis, &scheme, &unitType, &stage, &e.Scope, &starts,
		&withPlace, &withScore, &withComponents, &known, &printed, &latest, &e.Provisional); err != nil {
		return e, err
	}
	var err error
	if e.Period, err = storedPeriod(period); err != nil {
		return e, err
	}
	e.Scheme, e.UnitType = reform.Scheme(scheme), reform.UnitType(unitType)
	if latest != nil {
		e.Latest = latest.UTC()
	}
	counts := make(map[int]int, len(printed))
	for of, times := range printed {
		counts[int(of)] = int(times)
	}
	e.Coverage = reform.Coverage{
		Of:        q.editionSize(e.Index, e.Period, e.Basis, e.Scheme, e.UnitType, commonest(counts), int(withScore)),
		WithPlace: int(withPlace), WithScore: int(withScore), WithComponents: int(withComponents), Components: int(known),
	}
	return e, nil
}

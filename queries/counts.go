package queries

import (
	"context"

	"chiso/reform"
	"chiso/store"
)

// maxIndices bounds how many indices a database can hold facts of.
const maxIndices = 10_000

// Counts says how much is loaded, for doctor and health.
func (q *Queries) Counts(ctx context.Context) (reform.Counts, error) {
	all, err := ask(ctx, q, "counts", 1, nil, func(rows store.Rows) (reform.Counts, error) {
		var c reform.Counts
		err := rows.Scan(&c.Observations, &c.Documents, &c.Runs, &c.Problems, &c.Uncommitted, &c.Review, &c.Rev)
		return c, err
	})
	if err != nil || len(all) == 0 {
		return reform.Counts{}, err
	}
	counts := all[0]
	counts.Indices, err = ask(ctx, q, "counts_by_index", maxIndices, withView(nil, reform.View{}), func(rows store.Rows) (reform.IndexCount, error) {
		var (
			c           reform.IndexCount
			first, last string
		)
		if err := rows.Scan(&c.Index, &c.Facts, &c.Units, &first, &last, &c.Latest); err != nil {
			return c, err
		}
		c.Latest = c.Latest.UTC()
		var err error
		if c.First, err = storedPeriod(first); err != nil {
			return c, err
		}
		c.Last, err = storedPeriod(last)
		return c, err
	})
	return counts, err
}

package store

import "context"

// Known is what has been loaded before, for telling new facts from revisions and
// duplicates.
type Known struct{ content map[uint64]uint64 }

// KnownFilter says which facts are of interest: those of any of the sources or
// documents. Indices and Periods narrow that down where they are given.
type KnownFilter struct {
	Sources, Documents []string
	Indices, Periods   []string
}

// KnownFacts returns the newest content of each fact that a committed run loaded.
func (db *DB) KnownFacts(ctx context.Context, f KnownFilter) (*Known, error) {
	sql := `SELECT reinterpretAsUInt64(reverse(unhex(substring(fact, 1, 16)))) AS key,
			argMax(reinterpretAsUInt64(reverse(unhex(substring(fact, 17, 16)))), (loaded_at, observed_at))
		FROM observations
		WHERE (source IN {sources:Array(String)} OR document IN {documents:Array(String)}) AND ` + Committed
	params := Params{"sources": f.Sources, "documents": f.Documents, "rev": uint64(0)}
	if len(f.Indices) > 0 {
		sql += " AND `index` IN {indices:Array(String)}"
		params["indices"] = f.Indices
	}
	if len(f.Periods) > 0 {
		sql += " AND period IN {periods:Array(String)}"
		params["periods"] = f.Periods
	}
	rows, err := Collect(ctx, db, sql+" GROUP BY key", params, func(r Rows) (h FactHash, err error) { return h, r.Scan(&h.Key, &h.Content) })
	if err != nil {
		return nil, err
	}
	k := &Known{content: make(map[uint64]uint64, len(rows))}
	for _, h := range rows {
		k.content[h.Key] = h.Content
	}
	return k, nil
}

// Novelty says what a fact is to what is known.
type Novelty int

// The novelties.
const (
	New Novelty = iota
	Revision
	Duplicate
)

// Learn says what the fact is, and knows it from then on.
func (k *Known) Learn(h FactHash) Novelty {
	old, ok := k.content[h.Key]
	if ok && old == h.Content {
		return Duplicate
	}
	k.content[h.Key] = h.Content
	if ok {
		return Revision
	}
	return New
}

// Len is the number of facts known.
func (k *Known) Len() int { return len(k.content) }

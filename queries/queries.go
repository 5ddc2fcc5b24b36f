package queries

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"strings"
	"time"

	"chiso/reform"
	"chiso/store"
)

//go:embed *.sql
var files embed.FS

// Queries asks a database. It is safe for use by several goroutines.
type Queries struct {
	db  *store.DB
	cat catalogue
	sql map[string]string // by name of the question
}

// New answers from db, with what cat knows about indices, editions and units.
func New(db *store.DB, cat *reform.Catalog) *Queries {
	q := &Queries{db: db, cat: catalogue{cat}, sql: make(map[string]string)}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err) // The pattern is constant.
	}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			panic(err) // The file is embedded.
		}
		q.sql[strings.TrimSuffix(name, ".sql")] = string(b)
	}
	return q
}

// params are the server-side parameters of a question.
type params = store.Params

// endOfTime stands for "now and whatever a source has dated ahead": the last day of a DateTime64.
var endOfTime = time.Date(2299, 12, 31, 0, 0, 0, 0, time.UTC)

// withView adds what a View pins to the parameters.
func withView(p params, view reform.View) params {
	asOf, rev := endOfTime, uint64(math.MaxUint64)
	if !view.AsOf.IsZero() {
		asOf = view.AsOf.UTC()
	}
	if view.Rev != 0 {
		rev = view.Rev
	}
	all := clone(p)
	// As text: as a time, the driver would drop the milliseconds.
	all["as_of"] = asOf.Format("2006-01-02 15:04:05.000")
	all["rev"] = rev
	return all
}

// clone copies p, which may be nil, with room for more.
func clone(p params) params {
	all := make(params, len(p)+3)
	maps.Copy(all, p)
	return all
}

// ask puts the question of the given name and scans its rows. More rows than
// limit are reform.ErrTooLarge: a shorter answer would look like a whole one.
func ask[T any](ctx context.Context, q *Queries, name string, limit int, p params, scan func(store.Rows) (T, error)) ([]T, error) {
	sql, ok := q.sql[name]
	if !ok {
		return nil, fmt.Errorf("no question %s.sql is embedded", name)
	}
	all := clone(p)
	all["limit"] = uint64(limit) + 1
	rows, err := store.Collect(ctx, q.db, sql, all, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) > limit {
		return nil, fmt.Errorf("%s: more than %d rows; ask for fewer units, periods or components: %w", name, limit, reform.ErrTooLarge)
	}
	return rows, nil
}

package queries

import (
	"context"
	"fmt"
	"time"

	"chiso/reform"
	"chiso/store"
)

// maxProblems bounds the problems of one run: a parser gives up long before.
const maxProblems = 20_000

// maxPage bounds one page of runs, documents or facts.
const maxPage = 1000

// Rev is the newest committed revision, 0 where nothing was ever loaded.
func (q *Queries) Rev(ctx context.Context) (uint64, error) {
	revs, err := ask(ctx, q, "rev", 1, nil, func(rows store.Rows) (rev uint64, err error) {
		return rev, rows.Scan(&rev)
	})
	if err != nil || len(revs) == 0 {
		return 0, err
	}
	return revs[0], nil
}

// Runs lists runs, the newest first.
func (q *Queries) Runs(ctx context.Context, limit, offset int) ([]reform.Run, error) {
	return q.runs(ctx, "", "", limit, offset)
}

// RunsOfDocument lists the runs that loaded, or tried to load, a document.
func (q *Queries) RunsOfDocument(ctx context.Context, document string) ([]reform.Run, error) {
	return q.runs(ctx, "", document, maxPage, 0)
}

// Run is one run with its problems.
func (q *Queries) Run(ctx context.Context, id string) (reform.Run, []reform.Problem, error) {
	if id == "" {
		return reform.Run{}, nil, fmt.Errorf("run without an id: %w", reform.ErrNotFound)
	}
	runs, err := q.runs(ctx, id, "", 1, 0)
	if err != nil {
		return reform.Run{}, nil, err
	}
	if len(runs) == 0 {
		return reform.Run{}, nil, fmt.Errorf("no run has the id %.80q: %w", id, reform.ErrNotFound)
	}
	problems, err := ask(ctx, q, "problems", maxProblems, params{"run": id}, func(rows store.Rows) (reform.Problem, error) {
		var p reform.Problem
		err := rows.Scan(&p.Code, &p.Field, &p.Locator, &p.Text, &p.Reason, &p.ReasonVI, &p.Warning)
		return p, err
	})
	return runs[0], problems, err
}

func (q *Queries) runs(ctx context.Context, id, document string, limit, offset int) ([]reform.Run, error) {
	p := params{"run": id, "document": document}
	return page(ctx, q, "runs", limit, offset, p, func(rows store.Rows) (reform.Run, error) {
		var r reform.Run
		var ended time.Time
		err := rows.Scan(&r.ID, &r.Source, &r.Kind, &r.Document, &r.State, &r.StartedAt, &ended, &r.Rev,
			&r.Facts, &r.Revisions, &r.Duplicates, &r.Conflicts, &r.Problems, &r.Message)
		r.StartedAt = r.StartedAt.UTC()
		// A run under way has no end: the database answers the epoch.
		if ended.Unix() > 0 {
			r.EndedAt = ended.UTC()
		}
		return r, err
	})
}

// page asks for one page of a list, which may be shorter than the list.
func page[T any](ctx context.Context, q *Queries, name string, limit, offset int, p params, scan func(store.Rows) (T, error)) ([]T, error) {
	if limit < 1 || limit > maxPage || offset < 0 {
		return nil, fmt.Errorf("%s: %d rows from %d on; ask for 1 to %d rows: %w", name, limit, offset, maxPage, reform.ErrInvalid)
	}
	all := clone(p)
	all["limit"], all["offset"] = uint64(limit), uint64(offset)
	rows, err := store.Collect(ctx, q.db, q.sql[name], all, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows, nil
}

package queries

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

// OpenProblems is one page of the problems that the newest run of each document left.
func (q *Queries) OpenProblems(ctx context.Context, question reform.ProblemsQuestion) (reform.ProblemPage, error) {
	var out reform.ProblemPage
	p := withView(params{"document": question.Document, "kind": question.Kind}, question.View)
	list, err := page(ctx, q, "problems_open", question.Limit, question.Offset, p, func(rows store.Rows) (reform.OpenProblem, error) {
		var r reform.OpenProblem
		err := rows.Scan(&r.Run, &r.Document, &r.Problem.Code, &r.Problem.Field, &r.Problem.Locator, &r.Problem.Text, &r.Problem.Reason, &r.Problem.ReasonVI,
			&r.Problem.Warning, &r.Source, &r.State, &r.At, &out.Total)
		r.At = r.At.UTC()
		return r, err
	})
	out.Problems = list
	return out, err
}

// RecentRevisions is one page of the values that replaced others, of all runs, the newest first.
func (q *Queries) RecentRevisions(ctx context.Context, question reform.RevisionsQuestion) (reform.RevisionPage, error) {
	if question.Index != "" {
		if err := q.cat.knownIndex(question.Index); err != nil {
			return reform.RevisionPage{}, err
		}
	}
	var out reform.RevisionPage
	p := withView(params{"index": question.Index}, question.View)
	list, err := page(ctx, q, "recent_revisions", question.Limit, question.Offset, p, func(rows store.Rows) (reform.RevisionRecord, error) {
		var r reform.RevisionRecord
		var unit, period, stage string
		var score, oldScore *decimal.Decimal
		var place, of, oldPlace, oldOf *uint16
		var before time.Time
		n := &r.Number
		if err := rows.Scan(&n.Index, &n.Basis, &unit, &period, &n.Component, &stage, &n.Scope,
			&score, &place, &of, &oldScore, &oldPlace, &oldOf, &r.Run, &r.Document, &r.ObservedAt, &r.LoadedAt, &before, &out.Total); err != nil {
			return r, err
		}
		n.Unit, n.Stage = reform.UnitKey(unit), reform.Stage(stage)
		r.Score, r.Place, r.Of = number(score), small(place), small(of)
		r.OldScore, r.OldPlace, r.OldOf = number(oldScore), small(oldPlace), small(oldOf)
		r.ObservedAt, r.LoadedAt, r.OldObservedAt = r.ObservedAt.UTC(), r.LoadedAt.UTC(), before.UTC()
		var err error
		n.Period, err = storedPeriod(period)
		return r, err
	})
	out.Revisions = list
	return out, err
}

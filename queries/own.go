package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"chiso/reform"
	"chiso/store"
)

// maxOwn bounds how many entries of users count at once.
const maxOwn = 50_000

// Targets are the goals of users that count, by index, unit and year.
func (q *Queries) Targets(ctx context.Context, question reform.OwnQuestion) ([]reform.OwnEntry, error) {
	return q.ownEntries(ctx, reform.OwnTarget, question)
}

// Owners are the offices in charge of components, as users entered them.
func (q *Queries) Owners(ctx context.Context, question reform.OwnQuestion) ([]reform.OwnEntry, error) {
	return q.ownEntries(ctx, reform.OwnOwner, question)
}

// Annotations are the notes of users on days, oldest day first.
func (q *Queries) Annotations(ctx context.Context, question reform.OwnQuestion) ([]reform.OwnEntry, error) {
	return q.ownEntries(ctx, reform.OwnAnnotation, question)
}

// OwnHistory is everything that was entered under one key, the newest first. An
// unknown key is reform.ErrNotFound.
func (q *Queries) OwnHistory(ctx context.Context, entry string, view reform.View) ([]reform.OwnEntry, error) {
	unknown := fmt.Errorf("no entry is called %.120q: %w", entry, reform.ErrNotFound)
	if entry == "" {
		return nil, unknown
	}
	found, err := q.own(ctx, "", entry, view)
	if err == nil && len(found) == 0 {
		err = unknown
	}
	return found, err
}

// ownEntries selects here and not in the database: a filter there would bring back the
// row before a change.
func (q *Queries) ownEntries(ctx context.Context, kind reform.OwnKind, question reform.OwnQuestion) ([]reform.OwnEntry, error) {
	if question.Index != "" {
		if err := q.cat.knownIndex(question.Index); err != nil {
			return nil, err
		}
	}
	var line []reform.UnitKey
	for _, unit := range question.Units {
		if err := q.cat.knownUnit(unit); err != nil {
			return nil, err
		}
		line = append(append(line, unit), q.cat.line(unit)...)
	}
	all, err := q.own(ctx, kind, "", question.View)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(all, func(e reform.OwnEntry) bool {
		from, to := e.Span()
		return e.Withdrawn ||
			question.Index != "" && e.Index != "" && e.Index != question.Index ||
			len(question.Units) > 0 && !e.On(line) ||
			!question.From.IsZero() && to.Before(question.From) ||
			!question.To.IsZero() && from.After(question.To)
	})
	slices.SortFunc(found, func(a, b reform.OwnEntry) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Period.String(), b.Period.String()),
			cmp.Compare(a.Basis, b.Basis), cmp.Compare(a.Component, b.Component), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

func (q *Queries) own(ctx context.Context, kind reform.OwnKind, entry string, view reform.View) ([]reform.OwnEntry, error) {
	return ask(ctx, q, "own", maxOwn, withView(params{"kind": string(kind), "entry": entry}, view), func(rows store.Rows) (e reform.OwnEntry, err error) {
		var ownKind, unit, period string
		var place uint16
		err = rows.Scan(&e.ID, &e.Entry, &ownKind, &e.Index, &e.Basis, &unit, &e.Component, &period, &e.Date, &place, &e.GoalScore.NullDecimal,
			&e.Office, &e.Text, &e.Author, &e.Withdrawn, &e.At, &e.Rev)
		if err != nil {
			return e, err
		}
		e.Kind, e.Unit, e.GoalPlace, e.At = reform.OwnKind(ownKind), reform.UnitKey(unit), int(place), e.At.UTC()
		return e, e.Period.UnmarshalText([]byte(period))
	})
}

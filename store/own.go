package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"chiso/reform"
)

// PutOwn keeps what users entered: all entries or none. They get the ID, At and Rev with
// which they are returned, and are visible from that revision on. An error may leave
// rows behind that never count.
func (db *DB) PutOwn(ctx context.Context, entries []reform.OwnEntry) ([]reform.OwnEntry, error) {
	if len(entries) == 0 {
		return nil, fmt.Errorf("store: no entries to keep: %w", reform.ErrInvalid)
	}
	out := make([]reform.OwnEntry, len(entries))
	at := db.now().UTC().Truncate(time.Microsecond)
	for i, e := range entries {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, fmt.Errorf("store: keep entries: %w", err)
		}
		e.ID, e.At = id.String(), at
		if e.Entry == "" {
			return nil, fmt.Errorf("store: an entry that says nothing of what it is about: %w", reform.ErrInvalid)
		}
		out[i] = e
	}
	run, err := db.Begin(ctx, reform.Run{Source: reform.OwnSource, Kind: reform.OwnSource})
	if err != nil {
		return nil, err
	}
	if err := db.putOwnRows(ctx, run.ID, out); err != nil {
		run.Message = "the entries could not be kept"
		_, failed := db.Fail(context.WithoutCancel(ctx), run)
		return nil, errors.Join(err, failed)
	}
	// The commit is not given up half-way: whoever pressed the button must be told what became of it.
	if run, err = db.Commit(context.WithoutCancel(ctx), run); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Rev = run.Rev
	}
	return out, nil
}

func (db *DB) putOwnRows(ctx context.Context, run string, entries []reform.OwnEntry) error {
	batch, err := db.PrepareBatch(ctx, "INSERT INTO own_entries (id, entry, kind, index, basis, unit, component, period, date, goal_place, goal_score, office, text, author, withdrawn, at, run)")
	if err != nil {
		return err
	}
	for _, e := range entries {
		var score any
		if e.GoalScore.Valid {
			score = e.GoalScore.Decimal
		}
		err := batch.Append(e.ID, e.Entry, string(e.Kind), e.Index, e.Basis, string(e.Unit), e.Component, e.Period.String(), e.Date,
			uint16(e.GoalPlace), score, e.Office, e.Text, e.Author, e.Withdrawn, e.At, run)
		if err != nil {
			return errors.Join(wrap("keep entries", err), batch.Close())
		}
	}
	return batch.Send()
}

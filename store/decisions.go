package store

import (
	"context"
	"errors"

	"chiso/reform"
)

// PutDecision notes what a person decided. document is the hash of body, the decision's
// JSON: the decision counts once a run that loads this document is committed, and never
// if that is refused.
func (db *DB) PutDecision(ctx context.Context, d reform.Decision, document string, body []byte) error {
	batch, err := db.PrepareBatch(ctx, "INSERT INTO decisions (id, action, candidate, index, basis, unit, period, component, stage, scope, measure, author, document, body, at)")
	if err != nil {
		return err
	}
	n := d.Number
	err = batch.Append(d.ID, string(d.Action), d.Candidate, n.Index, n.Basis, string(n.Unit), n.Period.String(), n.Component, string(n.Stage), n.Scope, n.Measure,
		d.Author, document, string(body), d.At.UTC())
	if err != nil {
		return errors.Join(wrap("note the decision", err), batch.Close())
	}
	return batch.Send()
}

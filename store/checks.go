package store

import (
	"context"
	"errors"

	"chiso/reform"
)

// CheckedCode is the code of the row that says that a run was checked: its number is
// how many findings there are.
const CheckedCode = "checked"

// PutChecks notes what the checks of a run found, and last that it was checked.
func (db *DB) PutChecks(ctx context.Context, run string, rows []reform.CheckRow) error {
	batch, err := db.PrepareBatch(ctx, "INSERT INTO checks (run, code, severity, `index`, basis, period, unit, component, text_vi, text_en, numbers, document, position, at)")
	if err != nil {
		return err
	}
	at := db.now().UTC()
	put := func(position int, c reform.CheckRow) error {
		numbers := c.Numbers
		if numbers == nil {
			numbers = []string{}
		}
		return batch.Append(run, c.Code, c.Severity, c.Index, c.Basis, c.Period.String(), string(c.Unit), c.Component, c.Text.VI, c.Text.EN, numbers, c.Document, uint32(position), at)
	}
	for i, c := range rows {
		if err := put(i+1, c); err != nil {
			return errors.Join(wrap("note the checks", err), batch.Close())
		}
	}
	if err := put(0, reform.CheckRow{Code: CheckedCode, Severity: reform.CheckInfo}); err != nil {
		return errors.Join(wrap("note the checks", err), batch.Close())
	}
	return batch.Send()
}

// UncheckedRuns are the committed runs with facts that no check has looked at, oldest
// first: a process may end between a commit and its checks.
func (db *DB) UncheckedRuns(ctx context.Context, limit int) ([]string, error) {
	return Collect(ctx, db, `
		SELECT run FROM runs
		WHERE event = 'committed' AND facts > 0 AND run GLOBAL NOT IN (SELECT run FROM checks WHERE code = 'checked')
		ORDER BY rev LIMIT {limit:UInt64}`, Params{"limit": uint64(limit)},
		func(r Rows) (run string, err error) { return run, r.Scan(&run) })
}

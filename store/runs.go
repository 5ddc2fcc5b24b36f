package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"

	"chiso/reform"
)

// The events of a run.
const (
	RunStarted   = "started"
	RunCommitted = "committed"
	RunRefused   = "refused" // the document was not taken
	RunFailed    = "failed"  // something else went wrong, or the run was swept
)

// Committed is the condition under which a row of observations, documents or problems
// is visible. It wants the parameter rev: 0 sees all that is committed now, another
// value what had been loaded by that revision. Put it into a WHERE clause as it is.
const Committed = "run IN (SELECT run FROM runs WHERE event = 'committed' AND ({rev:UInt64} = 0 OR rev <= {rev:UInt64}))"

// Begin notes that a run starts, gives it an id, and makes this process its owner.
func (db *DB) Begin(ctx context.Context, run reform.Run) (reform.Run, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return run, fmt.Errorf("store: begin a run: %w", err)
	}
	run.ID = id.String()
	run.State = RunStarted
	run.StartedAt = db.now().UTC().Truncate(time.Microsecond)
	run.EndedAt, run.Rev = time.Time{}, 0
	return run, db.putEvent(ctx, run, run.StartedAt)
}

// Commit makes all rows of the run visible, at once and for good. Everything of the
// run must have been stored before. The result carries the revision.
func (db *DB) Commit(ctx context.Context, run reform.Run) (reform.Run, error) {
	run.State = RunCommitted
	run.EndedAt = db.now().UTC().Truncate(time.Microsecond)
	return db.commit(ctx, run)
}

func (db *DB) commit(ctx context.Context, run reform.Run) (reform.Run, error) {
	db.revMu.Lock()
	defer db.revMu.Unlock()
	// The revision is the time, but always more than any before, also when the clock was
	// set back. Saying it twice does no harm, so a commit of unknown fate is repeated.
	const insert = "INSERT INTO runs (run, event, source, kind, document, host, pid, process, rev, facts, revisions, duplicates, problems, conflicts, message, at)" +
		" SELECT {run:String}, {event:String}, {source:String}, {kind:String}, {document:String}, {host:String}, {pid:UInt32}, {process:String}," +
		" greatest({now:UInt64}, (SELECT max(rev) FROM runs) + 1)," +
		" {facts:UInt64}, {revisions:UInt64}, {duplicates:UInt64}, {problems:UInt64}, {conflicts:UInt64}, {message:String}, {at:DateTime64(6, 'UTC')}"
	params := Params{
		"run": run.ID, "event": RunCommitted, "source": run.Source, "kind": run.Kind, "document": run.Document,
		"host": db.host, "pid": os.Getpid(), "process": processStart(os.Getpid()), "now": uint64(max(0, run.EndedAt.UnixMicro())),
		"facts": run.Facts, "revisions": run.Revisions, "duplicates": run.Duplicates, "problems": run.Problems,
		"conflicts": run.Conflicts, "message": run.Message, "at": run.EndedAt,
	}.args()
	err := db.retry(ctx, lost, func() error {
		qctx, cancel := db.bound(ctx, db.write)
		defer cancel()
		return db.conn.Exec(qctx, insert, params...)
	})
	if err != nil {
		return run, wrap("commit the run", err)
	}
	revs, err := Collect(ctx, db, "SELECT min(rev) FROM runs WHERE run = {run:String} AND event = 'committed'", Params{"run": run.ID},
		func(r Rows) (v uint64, err error) { return v, r.Scan(&v) })
	if err != nil {
		return run, err
	}
	if len(revs) != 1 || revs[0] == 0 {
		return run, fmt.Errorf("store: run %s was committed but can't be read back: %w", run.ID, reform.ErrUnavailable)
	}
	run.Rev = revs[0]
	return run, nil
}

// Refuse notes that the run's document was not taken; why is in its problems.
func (db *DB) Refuse(ctx context.Context, run reform.Run) (reform.Run, error) {
	return db.end(ctx, run, RunRefused)
}

// Fail notes that the run ended by an error, which Message tells.
func (db *DB) Fail(ctx context.Context, run reform.Run) (reform.Run, error) {
	return db.end(ctx, run, RunFailed)
}

func (db *DB) end(ctx context.Context, run reform.Run, event string) (reform.Run, error) {
	run.State = event
	run.EndedAt = db.now().UTC().Truncate(time.Microsecond)
	return run, db.putEvent(ctx, run, run.EndedAt)
}

// LatestRev is the newest revision; 0 where nothing is committed yet.
func (db *DB) LatestRev(ctx context.Context) (uint64, error) {
	revs, err := Collect(ctx, db, "SELECT max(rev) FROM runs WHERE event = 'committed'", nil,
		func(r Rows) (v uint64, err error) { return v, r.Scan(&v) })
	if err != nil || len(revs) == 0 {
		return 0, err
	}
	return revs[0], nil
}

func (db *DB) putEvent(ctx context.Context, run reform.Run, at time.Time) error {
	batch, err := db.PrepareBatch(ctx, "INSERT INTO runs (run, event, source, kind, document, host, pid, process, rev,"+
		" facts, revisions, duplicates, problems, conflicts, message, at)")
	if err != nil {
		return err
	}
	pid := os.Getpid()
	err = batch.Append(run.ID, run.State, run.Source, run.Kind, run.Document, db.host, uint32(pid), processStart(pid), run.Rev,
		run.Facts, run.Revisions, run.Duplicates, run.Problems, run.Conflicts, run.Message, at)
	if err != nil {
		return errors.Join(wrap("note the run", err), batch.Close())
	}
	return batch.Send()
}

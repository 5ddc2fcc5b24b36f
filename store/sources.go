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

// The events of an attempt to read a source.
const (
	SourceStarted   = "started"
	SourceEnded     = "ended"
	SourceWithdrawn = "withdrawn" // another attempt was under way: nothing was done
)

// deadGrace is how long after its deadline an attempt that was never ended still counts
// as under way: its owner may be writing the end just now.
const deadGrace = time.Minute

// PutSources notes the sources as they are configured and planned now.
func (db *DB) PutSources(ctx context.Context, instance string, states []reform.SourceState, removed []string) error {
	if len(states)+len(removed) == 0 {
		return nil
	}
	batch, err := db.PrepareBatch(ctx, "INSERT INTO sources (source, kind, location, schedule, season, enabled, removed, since, next, overdue_at, instance, at)")
	if err != nil {
		return err
	}
	at := db.now().UTC()
	for _, s := range states {
		if err := batch.Append(s.Name, s.Kind, s.Where, s.Schedule, s.Window, s.Enabled, false, s.Since.UTC(), orNull(s.Next), orNull(s.OverdueAt), instance, at); err != nil {
			return errors.Join(wrap("note the sources", err), batch.Close())
		}
	}
	for _, name := range removed {
		if err := batch.Append(name, "", "", "", "", false, true, at, orNull(time.Time{}), orNull(time.Time{}), instance, at); err != nil {
			return errors.Join(wrap("note the sources", err), batch.Close())
		}
	}
	return batch.Send()
}

// BeginSource notes that an attempt to read a source starts, unless another one is under
// way, here or in another process: then the error is reform.ErrConflict.
//
// ClickHouse has no lock: whoever begins writes first and looks then, and withdraws where
// it sees another. Of two at least the later sees the earlier; where both see each
// other both withdraw, and the caller may try again.
func (db *DB) BeginSource(ctx context.Context, run reform.SourceRun) (reform.SourceRun, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return run, fmt.Errorf("store: begin a source: %w", err)
	}
	run.ID, run.EndedAt, run.State = id.String(), time.Time{}, ""
	run.StartedAt = run.StartedAt.UTC().Truncate(time.Microsecond)
	if err := db.putSourceEvent(ctx, run, SourceStarted, run.StartedAt); err != nil {
		return run, err
	}
	open, err := db.openSources(ctx, run.Source)
	if err != nil {
		return run, errors.Join(err, db.putSourceEvent(context.WithoutCancel(ctx), run, SourceWithdrawn, db.now()))
	}
	for _, o := range open {
		if o.run.ID == run.ID || db.sourceDead(o) {
			continue
		}
		err := fmt.Errorf("source %s is being read already, since %s by process %d on %s: %w", run.Source, o.run.StartedAt.Format(time.RFC3339), o.pid, o.host, reform.ErrConflict)
		return run, errors.Join(err, db.putSourceEvent(ctx, run, SourceWithdrawn, db.now()))
	}
	return run, nil
}

// EndSource notes how an attempt ended.
func (db *DB) EndSource(ctx context.Context, run reform.SourceRun) error {
	return db.putSourceEvent(ctx, run, SourceEnded, run.EndedAt)
}

// SweepSources ends the attempts whose process is gone, as interrupted, and returns them.
func (db *DB) SweepSources(ctx context.Context) ([]reform.SourceRun, error) {
	open, err := db.openSources(ctx, "")
	if err != nil {
		return nil, err
	}
	var swept []reform.SourceRun
	for _, o := range open {
		if !db.sourceDead(o) {
			continue
		}
		run := o.run
		run.State = reform.SourceInterrupted
		run.EndedAt = db.now().UTC().Truncate(time.Microsecond)
		run.Message = reform.Text{VI: "Chương trình dừng khi đang đọc nguồn này; lần sau sẽ đọc lại.", EN: "The program ended while it read this source; the next run reads it again."}
		if err := db.putSourceEvent(ctx, run, SourceEnded, run.EndedAt); err != nil {
			return swept, err
		}
		swept = append(swept, run)
	}
	return swept, nil
}

// openSource is an attempt that has begun and not ended.
type openSource struct {
	run           reform.SourceRun
	host, process string
	pid           uint32
}

// sourceDead reports whether the owner of an attempt will never end it.
func (db *DB) sourceDead(o openSource) bool {
	if o.host == db.host {
		return !ownerAlive(int(o.pid), o.process)
	}
	return db.now().After(o.run.Deadline.Add(deadGrace))
}

func (db *DB) openSources(ctx context.Context, source string) ([]openSource, error) {
	return Collect(ctx, db, `
		SELECT attempt, any(source), any(kind), any(cause), min(started_at) AS began, max(deadline), max(due), any(instance), any(host), any(process), any(pid)
		FROM source_runs
		WHERE {source:String} = '' OR source = {source:String}
		GROUP BY attempt
		HAVING countIf(event != 'started') = 0
		ORDER BY began`, Params{"source": source},
		func(r Rows) (o openSource, err error) {
			var due *time.Time
			err = r.Scan(&o.run.ID, &o.run.Source, &o.run.Kind, &o.run.Cause, &o.run.StartedAt, &o.run.Deadline, &due, &o.run.Instance, &o.host, &o.process, &o.pid)
			if due != nil {
				o.run.Due = due.UTC()
			}
			return o, err
		})
}

func (db *DB) putSourceEvent(ctx context.Context, r reform.SourceRun, event string, at time.Time) error {
	batch, err := db.PrepareBatch(ctx, "INSERT INTO source_runs (attempt, source, kind, event, cause, state, runs, documents, facts, revisions,"+
		" duplicates, conflicts, problems, message_vi, message_en, newest, due, next, overdue_at, started_at, deadline, instance, host, pid, process, at)")
	if err != nil {
		return err
	}
	pid := os.Getpid()
	runs := r.Runs
	if runs == nil {
		runs = []string{}
	}
	err = batch.Append(r.ID, r.Source, r.Kind, event, r.Cause, r.State, runs, r.Documents, r.Facts, r.Revisions,
		r.Duplicates, r.Conflicts, r.Problems, r.Message.VI, r.Message.EN, orNull(r.Newest), orNull(r.Due), orNull(r.Next), orNull(r.OverdueAt),
		r.StartedAt.UTC(), r.Deadline.UTC(), r.Instance, db.host, uint32(pid), processStart(pid), at.UTC())
	if err != nil {
		return errors.Join(wrap("note the source's run", err), batch.Close())
	}
	return batch.Send()
}

// NewestOf is the newest observed_at of the facts that these documents carry; zero
// where they carry none.
func (db *DB) NewestOf(ctx context.Context, documents []string) (time.Time, error) {
	var newest time.Time
	const most = 500 // documents in one statement: bounds its text
	for len(documents) > 0 {
		n := min(most, len(documents))
		got, err := Collect(ctx, db, "SELECT max(observed_at) FROM observations WHERE carrier IN {ids:Array(String)} AND status != 'review' AND "+Committed,
			Params{"ids": documents[:n], "rev": uint64(0)}, func(r Rows) (t time.Time, err error) { return t, r.Scan(&t) })
		if err != nil {
			return newest, err
		}
		for _, t := range got {
			if t.Unix() > 0 && t.After(newest) {
				newest = t.UTC()
			}
		}
		documents = documents[n:]
	}
	return newest, nil
}

// orNull is a value of a nullable column: nil for the zero time.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// SourceMemory is what earlier instances have left of a source.
type SourceMemory struct {
	Known       bool      // it is in the list, and was not removed from it
	Since       time.Time // when it was first seen
	LastDone    time.Time // start of the newest attempt that ended by itself, or its due moment where that is later; zero: none
	LastSuccess time.Time // start of the newest attempt that succeeded; zero: none
}

// SourceMemories are what is remembered of every source, by name.
func (db *DB) SourceMemories(ctx context.Context) (map[string]SourceMemory, error) {
	out := map[string]SourceMemory{}
	type row struct {
		name   string
		memory SourceMemory
	}
	known, err := Collect(ctx, db, "SELECT source, argMax(removed, at), argMax(since, at) FROM sources GROUP BY source", nil,
		func(r Rows) (v row, err error) {
			var removed bool
			err = r.Scan(&v.name, &removed, &v.memory.Since)
			v.memory.Known = !removed
			return v, err
		})
	if err != nil {
		return nil, err
	}
	for _, v := range known {
		v.memory.Since = v.memory.Since.UTC()
		out[v.name] = v.memory
	}
	done, err := Collect(ctx, db, `
		SELECT source, maxIf(greatest(started_at, ifNull(due, started_at)), state != 'interrupted'), maxIf(started_at, state IN ('done', 'unchanged', 'set-aside'))
		FROM source_runs WHERE event = 'ended' GROUP BY source`, nil,
		func(r Rows) (v row, err error) {
			return v, r.Scan(&v.name, &v.memory.LastDone, &v.memory.LastSuccess)
		})
	if err != nil {
		return nil, err
	}
	for _, v := range done {
		m := out[v.name]
		m.LastDone, m.LastSuccess = notEpoch(v.memory.LastDone), notEpoch(v.memory.LastSuccess)
		out[v.name] = m
	}
	return out, nil
}

// notEpoch is the zero time where the database answers the epoch for "none".
func notEpoch(t time.Time) time.Time {
	if t.Unix() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}

package store

import (
	"context"
	"errors"
	"os"
	"time"

	"chiso/reform"
)

// Beat notes that an instance schedules; stopped says that it has let go.
func (db *DB) Beat(ctx context.Context, instance string, stopped bool) error {
	batch, err := db.PrepareBatch(ctx, "INSERT INTO heartbeats (instance, event, host, pid, process, at)")
	if err != nil {
		return err
	}
	event, pid := "alive", os.Getpid()
	if stopped {
		event = "stopped"
	}
	if err := batch.Append(instance, event, db.host, uint32(pid), processStart(pid), db.now().UTC()); err != nil {
		return errors.Join(wrap("note the heartbeat", err), batch.Close())
	}
	return batch.Send()
}

// Schedulers are the instances whose heartbeat is younger than stale, the one that has
// been at it longest first. One of this machine whose process is gone is not among them:
// a restart need not wait for a heartbeat to go stale.
func (db *DB) Schedulers(ctx context.Context, stale time.Duration) ([]reform.SchedulerState, error) {
	type row struct {
		reform.SchedulerState
		process string
	}
	rows, err := Collect(ctx, db, `
		SELECT instance, argMax(host, at), argMax(pid, at), argMax(process, at), max(at)
		FROM heartbeats
		WHERE at > {since:DateTime64(6, 'UTC')}
		GROUP BY instance
		HAVING argMax(event, at) = 'alive'
		ORDER BY min(at), instance`, Params{"since": db.now().UTC().Add(-stale)},
		func(r Rows) (v row, err error) {
			var pid uint32
			err = r.Scan(&v.Instance, &v.Host, &pid, &v.process, &v.At)
			v.PID, v.At = int(pid), v.At.UTC()
			return v, err
		})
	if err != nil {
		return nil, err
	}
	var out []reform.SchedulerState
	for _, v := range rows {
		if v.Host == db.host && !ownerAlive(v.PID, v.process) {
			continue
		}
		out = append(out, v.SchedulerState)
	}
	return out, nil
}

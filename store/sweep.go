package store

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"chiso/reform"
)

// sweepAfter is when a run of another machine, whose process can't be looked at, counts
// as dead.
const sweepAfter = 24 * time.Hour

// Sweep removes the rows of runs that will never be committed: refused, failed, or of a
// process that is gone. The runs themselves and their problems stay. It returns how
// many unfinished runs it ended. It runs at start, and may run beside loading.
func (db *DB) Sweep(ctx context.Context) (int, error) {
	type candidate struct {
		run           reform.Run
		host, process string
		pid           uint32
		ended         bool
	}
	runs, err := Collect(ctx, db, `
		SELECT run, anyIf(source, event = 'started'), anyIf(kind, event = 'started'), anyIf(document, event = 'started'),
			anyIf(host, event = 'started'), anyIf(process, event = 'started'), anyIf(pid, event = 'started'),
			min(at), countIf(event IN ('refused', 'failed')) > 0
		FROM runs GROUP BY run HAVING countIf(event = 'committed') = 0`, nil,
		func(r Rows) (c candidate, err error) {
			return c, r.Scan(&c.run.ID, &c.run.Source, &c.run.Kind, &c.run.Document, &c.host, &c.process, &c.pid, &c.run.StartedAt, &c.ended)
		})
	if err != nil {
		return 0, err
	}
	var dead []string
	var orphans []reform.Run
	for _, c := range runs {
		if !c.ended {
			old := db.now().Sub(c.run.StartedAt) > sweepAfter
			if c.host == db.host && ownerAlive(int(c.pid), c.process) || c.host != db.host && !old {
				continue
			}
			orphans = append(orphans, c.run)
		}
		dead = append(dead, c.run.ID)
	}
	// The event first: should the removal fail, the next sweep does it.
	for _, run := range orphans {
		run.Message = "the process that loaded it ended before it was committed"
		if _, err := db.Fail(ctx, run); err != nil {
			return 0, err
		}
	}
	return len(orphans), db.remove(ctx, dead)
}

// remove deletes the rows of dead runs, where there are any: parts that hold some are written anew.
func (db *DB) remove(ctx context.Context, dead []string) error {
	const most = 1000 // Runs in one statement: bounds its text.
	for len(dead) > 0 {
		n := min(most, len(dead))
		params := Params{"runs": dead[:n]}
		dead = dead[n:]
		for _, table := range []string{"observations", "documents", "own_entries"} {
			left, err := Collect(ctx, db, "SELECT count() FROM "+table+" WHERE run IN {runs:Array(String)}", params,
				func(r Rows) (v uint64, err error) { return v, r.Scan(&v) })
			if err != nil {
				return err
			}
			if len(left) == 0 || left[0] == 0 {
				continue
			}
			topo, err := db.topology(ctx)
			if err != nil {
				return err
			}
			// Not DELETE FROM: that only masks rows, and a projection does not see the mask.
			sql := "ALTER TABLE " + quoteName(db.database) + "." + quoteName(topo.local(table)) + topo.onCluster() +
				" DELETE WHERE run IN {runs:Array(String)} SETTINGS mutations_sync = 2"
			err = topo.each(ctx, db, func(ctx context.Context, conn driver.Conn) error {
				return conn.Exec(ctx, sql, params.args()...)
			})
			if err != nil {
				return err
			}
			db.logger.Info("removed rows that were never committed", "table", table, "rows", left[0])
		}
	}
	return nil
}

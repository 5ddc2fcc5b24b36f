package queries

import (
	"context"
	"fmt"
	"time"

	"chiso/reform"
	"chiso/store"
)

// maxSources bounds the list of sources, maxChecks that of findings.
const (
	maxSources = 1000
	maxChecks  = 20_000
)

// heartbeatFresh is how old the heartbeat of the instance that schedules may be.
const heartbeatFresh = 45 * time.Second

// Sources lists the sources of the schedule, by name, each with what came last, what is
// next and whether it is late by now.
func (q *Queries) Sources(ctx context.Context) ([]reform.SourceState, error) {
	return ask(ctx, q, "sources", maxSources, nil, func(rows store.Rows) (reform.SourceState, error) {
		var (
			s                                     reform.SourceState
			last, open                            reform.SourceRun
			next, overdue, newest, successOverdue *time.Time
			due, lastNewest, lastNext             *time.Time
			listed, success                       time.Time
			attempts                              uint64
		)
		err := rows.Scan(&s.Name, &s.Kind, &s.Where, &s.Schedule, &s.Window, &s.Enabled, &s.Since, &next, &overdue, &listed,
			&attempts, &success, &newest, &successOverdue,
			&last.ID, &last.Cause, &last.State, &due, &last.StartedAt, &last.EndedAt, &last.Runs, &last.Documents, &last.Facts, &last.Revisions,
			&last.Duplicates, &last.Conflicts, &last.Problems, &last.Message.VI, &last.Message.EN, &lastNewest, &lastNext, &last.Instance,
			&open.ID, &open.Cause, &open.StartedAt, &open.Deadline, &open.Instance)
		if err != nil {
			return s, err
		}
		s.Since, s.Newest, s.LastSuccess = s.Since.UTC(), whenever(newest), known(success)
		s.Next, s.OverdueAt = whenever(next), whenever(overdue)
		if attempts > 0 {
			last.Source, last.Kind, last.Due, last.Newest, last.Next = s.Name, s.Kind, whenever(due), whenever(lastNewest), whenever(lastNext)
			last.StartedAt, last.EndedAt = last.StartedAt.UTC(), last.EndedAt.UTC()
			s.Last = &last
			// What was planned with the newer of the two: the list of a start, or an attempt.
			if last.EndedAt.After(listed) && s.Enabled {
				s.Next = last.Next
			}
			if s.LastSuccess.After(listed) && s.Enabled {
				s.OverdueAt = whenever(successOverdue)
			}
		}
		if open.ID != "" {
			open.Source, open.Kind = s.Name, s.Kind
			open.StartedAt, open.Deadline = open.StartedAt.UTC(), open.Deadline.UTC()
			s.Running = &open
		}
		s.Overdue = s.LateAt(time.Now())
		return s, nil
	})
}

// SourceRuns is one page of the attempts to read a source, the newest first; "" asks for
// those of all sources.
func (q *Queries) SourceRuns(ctx context.Context, source string, limit, offset int) ([]reform.SourceRun, error) {
	return page(ctx, q, "source_runs", limit, offset, params{"source": source}, func(rows store.Rows) (reform.SourceRun, error) {
		var r reform.SourceRun
		var due, newest, next, overdue *time.Time
		err := rows.Scan(&r.ID, &r.Source, &r.Kind, &r.Cause, &r.State, &due, &r.StartedAt, &r.EndedAt, &r.Runs, &r.Documents, &r.Facts, &r.Revisions,
			&r.Duplicates, &r.Conflicts, &r.Problems, &r.Message.VI, &r.Message.EN, &newest, &next, &overdue, &r.Deadline, &r.Instance)
		r.Due, r.Newest, r.Next, r.OverdueAt = whenever(due), whenever(newest), whenever(next), whenever(overdue)
		r.StartedAt, r.EndedAt, r.Deadline = r.StartedAt.UTC(), known(r.EndedAt), r.Deadline.UTC()
		return r, err
	})
}

// Checks lists what the checks found in a run; "" asks for all runs, where only the
// newest findings are given.
func (q *Queries) Checks(ctx context.Context, run string) ([]reform.CheckRow, error) {
	scan := func(rows store.Rows) (reform.CheckRow, error) {
		var c reform.CheckRow
		var period, unit string
		if err := rows.Scan(&c.Run, &c.Code, &c.Severity, &c.Index, &c.Basis, &period, &unit, &c.Component, &c.Text.VI, &c.Text.EN, &c.Numbers, &c.Document, &c.At); err != nil {
			return c, err
		}
		c.Unit, c.At = reform.UnitKey(unit), c.At.UTC()
		if period == "" {
			return c, nil
		}
		var err error
		c.Period, err = storedPeriod(period)
		return c, err
	}
	if run == "" {
		return page(ctx, q, "checks", maxPage, 0, params{"run": ""}, scan)
	}
	return ask(ctx, q, "checks", maxChecks, params{"run": run}, scan)
}

// Scheduler is the instance that runs the schedule; its Instance is empty where none has
// said so lately.
func (q *Queries) Scheduler(ctx context.Context) (reform.SchedulerState, error) {
	alive, err := ask(ctx, q, "scheduler", maxSources, params{"since": time.Now().UTC().Add(-heartbeatFresh)}, func(rows store.Rows) (reform.SchedulerState, error) {
		var s reform.SchedulerState
		var pid uint32
		err := rows.Scan(&s.Instance, &s.Host, &pid, &s.At)
		s.PID, s.At = int(pid), s.At.UTC()
		return s, err
	})
	if err != nil || len(alive) == 0 {
		return reform.SchedulerState{}, err
	}
	return alive[0], nil
}

// Source is one source of the list.
func (q *Queries) Source(ctx context.Context, name string) (reform.SourceState, error) {
	all, err := q.Sources(ctx)
	if err != nil {
		return reform.SourceState{}, err
	}
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	return reform.SourceState{}, fmt.Errorf("no source is named %.80q: %w", name, reform.ErrNotFound)
}

// whenever is the time of a nullable column; zero where there is none.
func whenever(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return known(*t)
}

// known is the zero time where the database answers the epoch for "none".
func known(t time.Time) time.Time {
	if t.Unix() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}

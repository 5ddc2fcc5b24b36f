package schedule

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/store"
)

// Run schedules until ctx ends, where this instance is to do that and no other one
// does; else it waits for its turn. When it returns nothing of it runs any more.
func (s *Scheduler) Run(ctx context.Context) {
	defer s.Wait()
	if len(s.entries) == 0 {
		return
	}
	if !s.opts.Active {
		s.log.InfoContext(ctx, "this instance does not schedule (scheduler: false)", "sources", len(s.entries))
		return
	}
	told := ""
	for ctx.Err() == nil {
		other, err := s.elect(ctx)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "whether another instance schedules could not be asked; trying again", "error", err)
			}
		case other != nil:
			s.setRefusal(other)
			if told != other.Instance {
				told = other.Instance
				s.log.WarnContext(ctx, "another instance runs the schedule: this one refuses to, and takes over when the other's heartbeat is stale",
					"instance", other.Instance, "host", other.Host, "pid", other.PID, "heartbeat", other.At, "stale_after", s.opts.Stale)
			}
		default:
			told = ""
			s.setRefusal(nil)
			s.lead(ctx)
			continue
		}
		sleep(ctx, s.opts.Beat)
	}
}

// Refusal is the other instance because of which this one does not schedule; nil: there is none.
func (s *Scheduler) Refusal() *reform.SchedulerState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusal
}

// Leading reports whether this instance runs the schedule now.
func (s *Scheduler) Leading() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leading
}

func (s *Scheduler) setRefusal(other *reform.SchedulerState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = other
}

// elect makes this instance the scheduler, or says which other one is. It says so first
// and looks then; two that begin at the same moment both withdraw and try again.
func (s *Scheduler) elect(ctx context.Context) (*reform.SchedulerState, error) {
	for try := 0; ; try++ {
		if other, err := s.other(ctx); err != nil || other != nil {
			return other, err
		}
		if err := s.beat(ctx); err != nil {
			return nil, err
		}
		other, err := s.other(ctx)
		if err == nil && other == nil {
			return nil, nil
		}
		if berr := s.opts.DB.Beat(context.WithoutCancel(ctx), s.opts.Instance, true); berr != nil || err != nil || try == 2 {
			return other, err
		}
		sleep(ctx, time.Duration(float64(s.opts.Beat)*rand.Float64()))
	}
}

func (s *Scheduler) other(ctx context.Context) (*reform.SchedulerState, error) {
	alive, err := s.opts.DB.Schedulers(ctx, s.opts.Stale)
	if err != nil {
		return nil, err
	}
	for _, a := range alive {
		if a.Instance != s.opts.Instance {
			return &a, nil
		}
	}
	return nil, nil
}

func (s *Scheduler) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Stale/2)
	defer cancel()
	began := time.Now()
	if err := s.opts.DB.Beat(ctx, s.opts.Instance, false); err != nil {
		return err
	}
	s.mu.Lock()
	s.lastBeat = began
	s.mu.Unlock()
	return nil
}

// lead runs the schedule by cron's runner until ctx ends or the lead is lost.
func (s *Scheduler) lead(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.leading = true
	s.mu.Unlock()
	var caught sync.WaitGroup
	runner := cron.New(cron.WithLocation(s.loc), cron.WithLogger(cronLog{s.log}))
	defer func() {
		cancel()
		<-runner.Stop().Done() // attempts end soon: their context has ended
		caught.Wait()
		s.mu.Lock()
		s.leading = false
		s.mu.Unlock()
		if err := s.opts.DB.Beat(context.WithoutCancel(ctx), s.opts.Instance, true); err != nil {
			// The embedded engine ends with the program, and with it all who could ask.
			s.log.Debug("that this instance schedules no more could not be noted; another takes over when its heartbeat is stale", "error", err)
		}
	}()
	missed, err := s.prepare(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "the schedule could not be prepared; trying again", "error", err)
		}
		sleep(ctx, min(s.opts.Beat, time.Second))
		return
	}
	enabled := 0
	for _, e := range s.entries {
		if e.Enabled {
			enabled++
			runner.Schedule(e.schedule, s.chained(ctx, e))
		}
	}
	s.log.InfoContext(ctx, "the schedule runs", "sources", enabled, "switched_off", len(s.entries)-enabled, "caught_up", len(missed))
	for _, m := range missed {
		caught.Go(m.run(ctx, s))
	}
	runner.Start()
	tick := time.NewTicker(s.opts.Beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.beat(ctx); err != nil && ctx.Err() == nil {
			s.mu.Lock()
			silent := time.Since(s.lastBeat)
			s.mu.Unlock()
			s.log.WarnContext(ctx, "the heartbeat could not be noted", "error", err)
			if silent > s.opts.Stale-s.opts.Beat {
				s.log.ErrorContext(ctx, "no heartbeat could be noted for so long that another instance may take over: this one stops scheduling", "silent", silent)
				return
			}
			continue
		}
		// Two lead only where one of them was cut off from the database for a while: the older stays.
		if alive, err := s.opts.DB.Schedulers(ctx, s.opts.Stale); err == nil && len(alive) > 0 && alive[0].Instance != s.opts.Instance {
			s.log.ErrorContext(ctx, "another instance has taken over the schedule: this one stops", "instance", alive[0].Instance, "host", alive[0].Host)
			return
		}
	}
}

// miss is a source whose time passed while nothing ran.
type miss struct {
	e   *entry
	due time.Time
}

func (m miss) run(ctx context.Context, s *Scheduler) func() {
	return cron.NewChain(cron.Recover(cronLog{s.log})).Then(cron.FuncJob(func() {
		s.scheduled(ctx, m.e, reform.CauseCatchUp, m.due)
	})).Run
}

// prepare ends what dead processes have left, plans every source from what is remembered
// of it, publishes the list, and finds what was missed.
func (s *Scheduler) prepare(ctx context.Context) ([]miss, error) {
	swept, err := s.opts.DB.SweepSources(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range swept {
		s.log.InfoContext(ctx, "an attempt that never ended is closed", "source", r.Source, "started", r.StartedAt)
	}
	memories, err := s.opts.DB.SourceMemories(ctx)
	if err != nil {
		return nil, err
	}
	now := s.opts.Now()
	var missed []miss
	var states []reform.SourceState
	for _, e := range s.entries {
		m := memories[e.Name]
		since := m.Since
		if !m.Known {
			since = now
		}
		if err := e.plan(now, since, m, s.loc); err != nil {
			return nil, err
		}
		if due, ok := e.missed(now.In(s.loc), since, m); ok {
			missed = append(missed, miss{e, due})
		}
		state := reform.SourceState{Name: e.Name, Kind: e.Kind, Where: e.shown(), Schedule: e.Schedule, Window: e.Window, Enabled: e.Enabled, Since: since}
		if e.Enabled && !e.event {
			state.Next, state.OverdueAt = e.planned, e.overdueAt(later(since, m.LastSuccess))
		}
		states = append(states, state)
	}
	var removed []string
	for name, m := range memories {
		if m.Known && !slices.ContainsFunc(s.entries, func(e *entry) bool { return e.Name == name }) {
			removed = append(removed, name)
		}
	}
	slices.Sort(removed)
	return missed, s.opts.DB.PutSources(ctx, s.opts.Instance, states, removed)
}

// plan finds the next moment of an entry. What is read "every 6 hours" goes on from when it
// was read last, and does not begin to count anew with each start.
func (e *entry) plan(now, since time.Time, m store.SourceMemory, loc *time.Location) error {
	inner, err := parseSchedule(e.Schedule)
	if err != nil {
		return err
	}
	w, err := ParseWindow(e.Window)
	if err != nil {
		return err
	}
	from := since
	if !m.LastDone.IsZero() {
		from = m.LastDone
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.schedule = seasonal{anchor(inner, from.Truncate(time.Second)), w, loc}
	e.planned = e.schedule.Next(now)
	return nil
}

// missed is the newest moment of the schedule that passed since the source was read, where
// it is to be caught up with and today is in its window.
func (e *entry) missed(now, since time.Time, m store.SourceMemory) (time.Time, bool) {
	e.mu.Lock()
	s := e.schedule
	e.mu.Unlock()
	if !e.Enabled || !e.CatchUp || e.event || !s.window.Contains(now) {
		return time.Time{}, false
	}
	t := since
	if !m.LastDone.IsZero() {
		t = m.LastDone
	}
	first := s.Next(t)
	if first.IsZero() || first.After(now) {
		return time.Time{}, false
	}
	// The newest one is found from ever nearer, so that a source of every minute and a
	// downtime of a year need no half a million steps.
	due := first
	for back := time.Minute; ; back *= 2 {
		from := now.Add(-back)
		if !from.After(first) {
			break
		}
		if next := s.Next(from); !next.IsZero() && !next.After(now) {
			for due = next; ; due = next {
				if next = s.Next(due); next.IsZero() || next.After(now) {
					break
				}
			}
			break
		}
	}
	return due, true
}

// Drive runs the schedule from now up to until by a clock of its caller: set is told each
// moment before what is due then is run, by the same entries and the same chain as in
// Run. It returns when ctx ends or all that was due is done.
func (s *Scheduler) Drive(ctx context.Context, until time.Time, set func(time.Time)) error {
	missed, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	for _, m := range missed {
		wg.Go(m.run(ctx, s))
	}
	wg.Wait()
	for ctx.Err() == nil {
		var at time.Time
		for _, e := range s.entries {
			if e.Enabled && !e.planned.IsZero() && (at.IsZero() || e.planned.Before(at)) {
				at = e.planned
			}
		}
		if at.IsZero() || at.After(until) {
			set(until)
			return nil
		}
		set(at)
		for _, e := range s.entries {
			if e.Enabled && e.planned.Equal(at) {
				wg.Go(s.chained(ctx, e).Run)
			}
		}
		wg.Wait()
	}
	return fmt.Errorf("the schedule was stopped: %w", ctx.Err())
}

func cut(s string) string { return parse.Shorten(s, 500) }

func stack() string { return string(debug.Stack()) }

package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/robfig/cron/v3"

	"chiso/ingest"
	"chiso/reform"
	"chiso/store"
)

// Options are what a Scheduler needs.
type Options struct {
	DB      *store.DB
	Sources []Source
	Runner  *Runner
	// Run reads a source; nil: Runner.Run.
	Run    func(ctx context.Context, s Source) ([]ingest.Report, error)
	Logger *slog.Logger // nil: discards

	// Active says that this instance schedules, unless another one does already. One that is
	// not active still reads a source when a person asks.
	Active bool
	// Instance names this process among all that share the database; "": made up.
	Instance string
	// Beat is how often an active instance says that it lives, Stale after how long without
	// a word another may take over. 0: 10 and 45 seconds.
	Beat, Stale time.Duration

	Now    func() time.Time                           // nil: time.Now
	Sleep  func(ctx context.Context, d time.Duration) // nil: by the clock; of the jitter
	Random func() float64                             // nil: rand.Float64; of the jitter
}

// Scheduler reads sources when their time has come. It is safe for use by several goroutines.
type Scheduler struct {
	opts     Options
	log      *slog.Logger
	loc      *time.Location
	entries  []*entry
	work     sync.WaitGroup // attempts under way that nobody waits for
	mu       sync.Mutex
	lastBeat time.Time
	refusal  *reform.SchedulerState
	leading  bool
}

// entry is one source with its schedule.
type entry struct {
	Source
	event bool       // of a kind that has mostly nothing to do: never late
	busy  sync.Mutex // one attempt at a time in this process

	mu       sync.Mutex
	schedule seasonal
	planned  time.Time         // the next moment of the schedule; zero: none
	unended  *reform.SourceRun // an attempt whose end could not be noted yet
}

// New checks all sources and makes a Scheduler of them. Its error names every mistake.
func New(o Options) (*Scheduler, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if o.Run == nil {
		o.Run = o.Runner.Run
	}
	if o.Beat == 0 {
		o.Beat = 10 * time.Second
	}
	if o.Stale == 0 {
		o.Stale = 45 * time.Second
	}
	if o.Stale < 2*o.Beat {
		return nil, fmt.Errorf("a heartbeat every %s is stale after %s: want twice as long at least: %w", o.Beat, o.Stale, reform.ErrInvalid)
	}
	if o.Instance == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("schedule: %w", err)
		}
		o.Instance = fmt.Sprintf("%s/%d/%s", host, os.Getpid(), uuid.NewString()[:8])
	}
	s := &Scheduler{opts: o, log: o.Logger, loc: Location()}
	if err := Check(o.Sources, o.Runner.Kinds()); err != nil {
		return nil, err
	}
	for _, src := range o.Sources {
		inner, err := parseSchedule(src.Schedule)
		if err != nil {
			return nil, err
		}
		w, err := ParseWindow(src.Window)
		if err != nil {
			return nil, err
		}
		_, event := o.Runner.Takers[src.Kind]
		event = event && src.Kind != KindExport // its time comes by the clock
		s.entries = append(s.entries, &entry{Source: src, event: event, schedule: seasonal{anchor(inner, time.Time{}), w, s.loc}})
	}
	return s, nil
}

// Check reports every mistake of a list of sources.
func Check(sources []Source, kinds []string) error {
	slices.Sort(kinds)
	var errs []error
	names := map[string]bool{}
	for _, src := range sources {
		if err := src.Validate(kinds); err != nil {
			errs = append(errs, err)
		}
		if names[src.Name] {
			errs = append(errs, fmt.Errorf("source %q: name: there are two of this name: %w", src.Name, reform.ErrInvalid))
		}
		names[src.Name] = true
	}
	return errors.Join(errs...)
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// RunNow reads a source at once, since a person asks for it, and waits for it. A source
// that is being read already is reform.ErrConflict, one that is switched off too.
func (s *Scheduler) RunNow(ctx context.Context, name string) (reform.SourceRun, error) {
	e, err := s.byName(name)
	if err != nil {
		return reform.SourceRun{}, err
	}
	return s.attempt(ctx, e, reform.CausePerson, time.Time{}, nil)
}

// StartNow begins what RunNow does and answers with the attempt; ctx is that of the
// program, not of the request. Wait waits for its end.
func (s *Scheduler) StartNow(ctx context.Context, name string) (reform.SourceRun, error) {
	e, err := s.byName(name)
	if err != nil {
		return reform.SourceRun{}, err
	}
	type begun struct {
		run reform.SourceRun
		err error
	}
	first := make(chan begun, 2)
	s.work.Go(func() {
		run, err := s.attempt(ctx, e, reform.CausePerson, time.Time{}, func(r reform.SourceRun) { first <- begun{r, nil} })
		first <- begun{run, err}
	})
	b := <-first
	return b.run, b.err
}

// Wait waits for the attempts that StartNow has begun.
func (s *Scheduler) Wait() { s.work.Wait() }

func (s *Scheduler) byName(name string) (*entry, error) {
	for _, e := range s.entries {
		if e.Name != name {
			continue
		}
		if !e.Enabled {
			return nil, fmt.Errorf("source %s is switched off: set enabled: true in the configuration: %w", name, reform.ErrConflict)
		}
		return e, nil
	}
	return nil, fmt.Errorf("no source is named %.80q: %w", name, reform.ErrNotFound)
}

// chained is the job of an entry as cron runs it: a panic ends the attempt and not the
// program, and an attempt that finds another one under way is skipped. The second
// is done by attempt itself, since a person who asks must be told.
func (s *Scheduler) chained(ctx context.Context, e *entry) cron.Job {
	return cron.NewChain(cron.Recover(cronLog{s.log})).Then(cron.FuncJob(func() {
		due := e.take(s.opts.Now())
		s.scheduled(ctx, e, reform.CauseSchedule, due)
	}))
}

// take is the moment of the schedule that is answered now, and plans the next.
func (e *entry) take(now time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	due := e.planned
	if due.IsZero() || due.After(now) {
		due = now // cron's timer may be a little early by our clock
	}
	e.planned = e.schedule.Next(later(now, due))
	return due
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// scheduled makes an attempt that no person waits for.
func (s *Scheduler) scheduled(ctx context.Context, e *entry, cause string, due time.Time) {
	if ctx.Err() != nil {
		return
	}
	_, err := s.attempt(ctx, e, cause, due, nil)
	switch {
	case errors.Is(err, reform.ErrConflict):
		s.log.InfoContext(ctx, "source skipped: it is being read already", "source", e.Name, "due", due)
	case err != nil && ctx.Err() == nil:
		s.log.WarnContext(ctx, "source could not be read", "source", e.Name, "error", err)
	}
}

// attempt reads a source once. begun, where it is not nil, is told when the attempt is noted.
// The error is of an attempt that was not made; what went wrong with one that was
// made stands in its state and message.
func (s *Scheduler) attempt(ctx context.Context, e *entry, cause string, due time.Time, begun func(reform.SourceRun)) (reform.SourceRun, error) {
	if !e.busy.TryLock() {
		return reform.SourceRun{}, fmt.Errorf("source %s is being read already: %w", e.Name, reform.ErrConflict)
	}
	defer e.busy.Unlock()
	if cause == reform.CausePerson {
		if s.opts.Runner != nil {
			s.opts.Runner.Forget(e.Name)
		}
	} else if e.Jitter > 0 {
		s.opts.Sleep(ctx, min(time.Duration(s.opts.Random()*float64(e.Jitter)), e.Jitter))
		if ctx.Err() != nil {
			return reform.SourceRun{}, ctx.Err()
		}
	}
	runCtx, cancel := context.WithTimeout(ctx, e.timeout())
	defer cancel()
	if e.event && cause != reform.CausePerson {
		pending, err := s.opts.Runner.Takers[e.Kind].Pending(runCtx, e.Source)
		if err != nil || !pending {
			return reform.SourceRun{}, err
		}
	}
	run, err := s.begin(runCtx, e, cause, due)
	if err != nil {
		return run, err
	}
	if begun != nil {
		begun(run)
	}
	reports, err := s.read(runCtx, e.Source)
	s.conclude(ctx, runCtx, e, &run, reports, err)
	attrs := []any{"source", e.Name, "cause", cause, "state", run.State, "documents", run.Documents, "facts", run.Facts,
		"revisions", run.Revisions, "problems", run.Problems, "duration", run.Duration(), "message", run.Message.EN}
	if !run.Next.IsZero() {
		attrs = append(attrs, "next", run.Next)
	}
	s.log.InfoContext(ctx, "source", attrs...)
	return run, s.end(ctx, e, run)
}

// begin notes that an attempt starts. Two that begin at the same moment both
// withdraw, so it is tried once more.
func (s *Scheduler) begin(ctx context.Context, e *entry, cause string, due time.Time) (reform.SourceRun, error) {
	e.mu.Lock()
	unended := e.unended
	e.mu.Unlock()
	if unended != nil {
		if err := s.end(ctx, e, *unended); err != nil {
			return reform.SourceRun{}, err
		}
	}
	for try := 0; ; try++ {
		now := s.opts.Now()
		run, err := s.opts.DB.BeginSource(ctx, reform.SourceRun{
			Source: e.Name, Kind: e.Kind, Cause: cause, Due: due, StartedAt: now, Deadline: now.Add(e.timeout()), Instance: s.opts.Instance,
		})
		if err == nil || try > 0 || !errors.Is(err, reform.ErrConflict) {
			return run, err
		}
		sleep(ctx, time.Duration(100+400*rand.Float64())*time.Millisecond)
	}
}

// read is the source's reading, of which a panic is a failure like any other.
func (s *Scheduler) read(ctx context.Context, src Source) (reports []ingest.Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.log.ErrorContext(ctx, "the reading of a source broke down", "source", src.Name, "panic", p, "stack", stack())
			err = errors.Join(err, fmt.Errorf("the program has a fault in reading this source: %v", p))
		}
	}()
	return s.opts.Run(ctx, src)
}

// conclude fills in how an attempt ended.
func (s *Scheduler) conclude(ctx, runCtx context.Context, e *entry, run *reform.SourceRun, reports []ingest.Report, err error) {
	var documents []string
	refused, aside := 0, 0
	var why reform.Text
	for _, r := range reports {
		run.Documents++
		run.Facts += uint64(r.Facts)
		run.Revisions += uint64(r.Revisions)
		run.Duplicates += uint64(r.Duplicates)
		run.Conflicts += uint64(r.Conflicts)
		run.Problems += uint64(r.Problems)
		if r.Run != "" {
			run.Runs = append(run.Runs, r.Run)
		}
		if r.Document.ID != "" {
			documents = append(documents, r.Document.ID)
		}
		switch r.State {
		case ingest.Refused:
			refused++
			if why.EN == "" {
				why = reasonOf(r)
			}
		case ingest.Partly:
			aside++
		}
	}
	run.EndedAt = s.opts.Now()
	switch {
	case ctx.Err() != nil && err != nil:
		run.State = reform.SourceInterrupted
		run.Message = reform.Text{VI: "Chương trình dừng khi đang đọc nguồn này; lần sau sẽ đọc lại.", EN: "The program was stopped while it read this source; the next run reads it again."}
	case errors.Is(runCtx.Err(), context.DeadlineExceeded) && err != nil:
		run.State = reform.SourceTimeout
		run.Message = reform.Text{VI: fmt.Sprintf("Quá %s mà chưa xong.", e.timeout()), EN: fmt.Sprintf("It was not done within %s.", e.timeout())}
	case err != nil:
		run.State = reform.SourceFailed
		run.Message = reform.Text{VI: "Không đọc được nguồn: " + cut(err.Error()), EN: cut(err.Error())}
		if e.Kind == KindExport {
			run.Message.VI, run.Documents = "Không gửi được báo cáo: "+cut(err.Error()), 0
		}
	case refused > 0:
		run.State, run.Message = reform.SourceRefused, why
	case aside > 0:
		run.State = reform.SourceSetAside
		run.Message = reform.Text{VI: fmt.Sprintf("%d vấn đề được để riêng.", run.Problems), EN: fmt.Sprintf("%d problems were set aside.", run.Problems)}
	case len(reports) > 0 && reports[0].Kind == KindExport:
		run.State, run.Message = reform.SourceDone, reports[0].Message
		run.Documents = 0 // what left is no document that came
	case run.Facts == 0:
		run.State = reform.SourceUnchanged
		run.Message = reform.Text{VI: "Nguồn không có gì mới.", EN: "The source says nothing new."}
	default:
		run.State = reform.SourceDone
	}
	// A deadline that is over must not keep what happened from being told.
	askCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	newest, err := s.opts.DB.NewestOf(askCtx, documents)
	if err != nil {
		s.log.WarnContext(ctx, "how fresh the source is could not be asked", "source", e.Name, "error", err)
	}
	run.Newest = newest
	if !e.event {
		run.Next = e.next(run.EndedAt)
		run.OverdueAt = e.overdueAt(run.StartedAt)
	}
}

// next is the first moment of the schedule after t.
func (e *entry) next(t time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.schedule.Next(t)
}

// overdueAt is when a source that was read at that moment is late: when the time after the
// next has come, so after twice its period, days outside of its window not counted.
func (e *entry) overdueAt(read time.Time) time.Time {
	next := e.next(read)
	if next.IsZero() {
		return next
	}
	if next = e.next(next); next.IsZero() {
		return next
	}
	return next.Add(e.Jitter)
}

// end notes the end of an attempt, also when ctx has ended. Where that fails the
// end is noted before the next attempt.
func (s *Scheduler) end(ctx context.Context, e *entry, run reform.SourceRun) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.opts.DB.EndSource(ctx, run)
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.unended = &run
		return fmt.Errorf("the end of source %s could not be noted: %w", e.Name, err)
	}
	e.unended = nil
	return nil
}

// reasonOf is the first sentence that says why a document was refused.
func reasonOf(r ingest.Report) reform.Text {
	for _, p := range r.Listed {
		if !p.Warning {
			place := ""
			if p.Locator != "" {
				place = " (" + p.Locator + ")"
			}
			return reform.Text{VI: cut(r.Name + place + ": " + p.ReasonVI), EN: cut(r.Name + place + ": " + p.Reason)}
		}
	}
	return r.Message
}

// cronLog hands cron's messages to ours; what it says of each wake is for debugging.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(msg string, keys ...any) { l.log.Debug("cron: "+msg, keys...) }

func (l cronLog) Error(err error, msg string, keys ...any) {
	l.log.Error("cron: "+msg, append([]any{"error", err}, keys...)...)
}

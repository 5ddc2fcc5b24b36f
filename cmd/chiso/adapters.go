package main

import (
	"context"
	"io"
	"net/url"
	"os"
	"sync"
	"time"

	"chiso/dashboard"
	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/htmltable"
	"chiso/ingest/parse"
	"chiso/ingest/review"
	"chiso/ingest/schedule"
	"chiso/ingest/table"
	"chiso/ingest/tidy"
	"chiso/reform"
	"chiso/store"
)

// The web room asks through interfaces of its own; here the other rooms are put behind them.

// rawArchive hands out the bytes of held documents.
type rawArchive struct{ *archive.Archive }

func (a rawArchive) Open(id string) (io.ReadCloser, error) { return a.Archive.Open(id) }

// engineHealth asks the engine whether it answers.
type engineHealth struct{ db *store.DB }

func (h engineHealth) Check(ctx context.Context) error { return h.db.Ping(ctx) }

// sampleFacts is how many facts of a file the page shows for the eye.
const sampleFacts = 20

// pageLoader loads what a person hands over in the page, through the same core as the command.
type pageLoader struct {
	newLoader func() *ingest.Loader
	cat       *reform.Catalog
	mu        sync.Mutex // one load through the page at a time: the second waits its turn
}

func (p *pageLoader) Template(_ context.Context, t dashboard.TemplateRequest) (*dashboard.File, error) {
	b, err := tidy.Template(p.cat, t.Index, t.Scheme, t.Period)
	if err != nil {
		return nil, err
	}
	return &dashboard.File{
		Name:        "chiso-" + t.Index + "-" + string(t.Scheme) + "-" + t.Period.String() + ".xlsx",
		ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		Bytes:       b,
	}, nil
}

func (p *pageLoader) DryRun(ctx context.Context, u dashboard.Upload) (*dashboard.LoadReport, error) {
	return p.run(ctx, u, ingest.Job{DryRun: true})
}

func (p *pageLoader) Load(ctx context.Context, u dashboard.Upload, setAside bool) (*dashboard.LoadReport, error) {
	return p.run(ctx, u, ingest.Job{SetAside: setAside})
}

func (p *pageLoader) run(ctx context.Context, u dashboard.Upload, job ingest.Job) (*dashboard.LoadReport, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f, err := os.Open(u.Path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	sample := &firstFacts{}
	job.Reader, job.Name, job.Source, job.Sink = f, u.Name, u.Source, sample
	job.Options = map[string]string{}
	if u.Index != "" {
		job.Options[parse.OptIndex] = u.Index
	}
	if u.Period != "" {
		job.Options[parse.OptPeriod] = u.Period
	}
	r, err := p.newLoader().Load(ctx, job)
	if err != nil {
		return nil, err
	}
	return pageReport(r, sample), nil
}

func pageReport(r ingest.Report, sample *firstFacts) *dashboard.LoadReport {
	out := &dashboard.LoadReport{
		Kind: r.Kind, Document: r.Document.ID, Run: r.Run,
		Known:    r.State == ingest.Repeated,
		Loaded:   r.State == ingest.Loaded || r.State == ingest.Partly,
		Problems: r.Listed, Facts: max(0, r.Facts-sample.review), Review: sample.review, Revisions: r.Revisions, Duplicates: r.Duplicates,
		Sample: sample.facts,
	}
	if r.State == ingest.Partly {
		out.SetAside = r.Problems
	}
	for _, s := range r.Result.Mapping.Sheets {
		if !s.Read && s.Reason != "" {
			out.Notes = append(out.Notes, s.Name+": "+s.Reason)
		}
		for _, c := range s.Columns {
			out.Mapping = append(out.Mapping, dashboard.ColumnMapping{Place: c.Column, Heading: c.Heading, Meaning: meaningOf(c), Note: c.Note})
		}
	}
	// Other kinds have columns of their own.
	if (r.Kind == table.Kind.Name || r.Kind == htmltable.Kind.Name) && len(out.Mapping) > 0 {
		out.MappingFile = table.WriteMapping(r.Result)
	}
	for _, c := range r.Coverage {
		out.Editions = append(out.Editions, dashboard.LoadEdition{Index: c.Index, Period: c.Period, Facts: c.Facts})
	}
	return out
}

// meaningOf is what a column fills, with its component.
func meaningOf(c parse.ColumnMapping) string {
	if c.Component == "" || c.Meaning == "" {
		return c.Meaning
	}
	return c.Meaning + " " + c.Component
}

// firstFacts keeps the first facts that it is given, and counts the candidates for review.
type firstFacts struct {
	facts  []reform.Fact
	review int
}

func (s *firstFacts) Fact(f *reform.Fact) error {
	if f.Status == reform.Review {
		s.review++
	}
	if len(s.facts) < sampleFacts {
		s.facts = append(s.facts, *f)
	}
	return nil
}

func (s *firstFacts) Problem(reform.Problem) {}

// pageScheduler reads sources that a person asks for in the page. What it begins goes on after
// the request and ends with the program.
type pageScheduler struct {
	*schedule.Scheduler
	program context.Context
}

func (s pageScheduler) StartNow(_ context.Context, name string) (reform.SourceRun, error) {
	return s.Scheduler.StartNow(s.program, name)
}

// configured are the sources that this program can read.
func (a *app) configured() []reform.SourceState {
	var out []reform.SourceState
	for _, c := range a.cfg.Sources {
		where := c.Where
		if u, err := url.Parse(where); err == nil && u.Host != "" {
			where = u.Redacted()
		}
		out = append(out, reform.SourceState{Name: c.Name, Kind: c.Kind, Where: where, Schedule: c.Schedule, Window: c.Window, Enabled: c.Enabled})
	}
	for _, e := range a.cfg.Exports {
		out = append(out, reform.SourceState{Name: e.Name, Kind: schedule.KindExport, Where: targets(e).Names(), Schedule: e.Schedule, Enabled: e.Enabled})
	}
	if a.cfg.Inbox.Folder != "" {
		out = append(out, reform.SourceState{Name: kindInbox, Kind: kindInbox, Where: a.cfg.Inbox.Folder, Schedule: "@every " + time.Duration(a.cfg.Inbox.Every).String(), Enabled: true})
	}
	return out
}

// pageReviewer takes decisions in the page; what was typed is read here.
type pageReviewer struct{ *review.Service }

func (r pageReviewer) Correct(ctx context.Context, id string, fields map[string]string, author, reason string) (reform.DecisionRecord, error) {
	correction, err := review.ParseCorrection(fields)
	if err != nil {
		return reform.DecisionRecord{}, err
	}
	return r.Service.Correct(ctx, id, correction, author, reason)
}

func (r pageReviewer) CorrectNumber(ctx context.Context, n reform.NumberKey, value, author, reason string) (reform.DecisionRecord, error) {
	v, err := review.ParseValue(n.Measure, value)
	if err != nil {
		return reform.DecisionRecord{}, err
	}
	return r.Service.CorrectNumber(ctx, n, v, author, reason)
}

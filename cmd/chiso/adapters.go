package main

import (
	"context"
	"io"
	"os"
	"sync"

	"chiso/dashboard"
	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/parse"
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
	return pageReport(r, sample.facts), nil
}

func pageReport(r ingest.Report, sample []reform.Fact) *dashboard.LoadReport {
	out := &dashboard.LoadReport{
		Kind: r.Kind, Document: r.Document.ID, Run: r.Run,
		Known:    r.State == ingest.Repeated,
		Loaded:   r.State == ingest.Loaded || r.State == ingest.Partly,
		Problems: r.Listed, Facts: r.Facts, Revisions: r.Revisions, Duplicates: r.Duplicates,
		Sample: sample,
	}
	if r.State == ingest.Partly {
		out.SetAside = r.Problems
	}
	for _, s := range r.Result.Mapping.Sheets {
		for _, c := range s.Columns {
			out.Mapping = append(out.Mapping, dashboard.ColumnMapping{Place: c.Column, Heading: c.Heading, Meaning: c.Meaning, Note: c.Note})
		}
	}
	for _, c := range r.Coverage {
		out.Editions = append(out.Editions, dashboard.LoadEdition{Index: c.Index, Period: c.Period, Facts: c.Facts})
	}
	return out
}

// firstFacts keeps the first facts that it is given.
type firstFacts struct{ facts []reform.Fact }

func (s *firstFacts) Fact(f *reform.Fact) error {
	if len(s.facts) < sampleFacts {
		s.facts = append(s.facts, *f)
	}
	return nil
}

func (s *firstFacts) Problem(reform.Problem) {}

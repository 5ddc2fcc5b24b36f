package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/htmltable"
	"chiso/ingest/parse"
	"chiso/ingest/table"
	"chiso/reform"
)

func (a *app) ingestCommand() *cobra.Command {
	var (
		job                   ingest.Job
		format                string
		mappingIn, mappingOut string
		options               = map[string]*string{}
		authority             uint8
	)
	cmd := &cobra.Command{
		Use:   "ingest [flags] FILE|FOLDER|URL...",
		Short: "Load documents: tidy tables, the official PCI and PAPI workbooks",
		Long: `Load documents into the data directory; a running "chiso serve" is used, not disturbed.

A document is loaded whole or not at all: a problem in any row refuses it, with
all problems listed. --set-aside loads the good rows knowingly; the others stay
listed as problems. The same document twice adds nothing; a corrected one
becomes a revision and the old values stay askable.

Exit code: 0 all was loaded, 3 rows were set aside, 1 a document was refused.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "table" && format != "jsonl" {
				return fmt.Errorf("--format %q: want table or jsonl", format)
			}
			job.Authority = reform.Authority(authority)
			job.Options = map[string]string{}
			for name, v := range options {
				if *v != "" {
					job.Options[name] = *v
				}
			}
			if mappingIn != "" {
				b, err := os.ReadFile(mappingIn)
				if err != nil {
					return err
				}
				job.Options[table.OptMapping] = string(b)
			}
			if mappingOut != "" && (!job.DryRun || len(args) != 1) {
				return errors.New("--write-mapping goes with --dry-run and one document")
			}
			return a.ingest(cmd.Context(), job, format, mappingOut, args)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&job.DryRun, "dry-run", false, "read and check, print the facts, load nothing; needs no engine")
	f.StringVar(&format, "format", "table", "of a dry run: table or jsonl (one fact a line)")
	f.StringVar(&mappingIn, "mapping", "", "mapping `file` that says how the table is to be read (docs/mapping.md)")
	f.StringVar(&mappingOut, "write-mapping", "", "of a dry run: write how the table was understood to a `file`, to be corrected and kept")
	f.BoolVar(&job.SetAside, "set-aside", false, "load the good rows of a document with problems")
	f.StringVar(&job.Kind, "kind", "", "kind of document ("+strings.Join(kindNames(), ", ")+"); default: by content")
	f.StringVar(&job.Source, "source", "", "`name` of the series in which a later document replaces an earlier one")
	f.StringVar(&job.Title, "title", "", "title of the document")
	f.StringVar(&job.Issuer, "issuer", "", "who issued it")
	f.StringVar(&job.Number, "number", "", "number of the decision, as 320/QĐ-BNV")
	f.StringVar(&job.Date, "date", "", "`day` of publication: 2020-05-19, 2020-05 or 2020")
	f.Uint8Var(&authority, "authority", 0, "1 official, 2 official site, 3 agency press, 4 other press, 5 third party; default: by kind")
	for name, usage := range map[string]string{
		parse.OptIndex:   "index of a document that does not name it",
		parse.OptBasis:   "basis of the index",
		parse.OptPeriod:  "period of a document that does not name it, as 2019 or 2025-10",
		parse.OptScheme:  "scheme of the units: vn34, vn63 or vn64",
		parse.OptScope:   "scope of the places: nation, or the key of a region or province",
		parse.OptStage:   "self: the scores are self-assessed",
		parse.OptUnit:    "key of the unit that the whole document speaks of",
		parse.OptSheet:   "the one sheet to read",
		parse.OptNumbers: "decimal sign, comma or point, where the document does not show it",
	} {
		options[name] = f.String(name, "", usage)
	}
	return cmd
}

func kindNames() []string {
	var out []string
	for _, k := range ingest.DefaultKinds() {
		out = append(out, k.Name)
	}
	return out
}

func (a *app) ingest(ctx context.Context, job ingest.Job, format, mappingOut string, args []string) error {
	// What became of each document is printed; the log of a server would say it twice.
	quiet := a.cfg.Log
	if quiet.Level == "info" {
		quiet.Level = "warn"
	}
	l := &ingest.Loader{Catalog: a.cat, Kinds: ingest.KindsWith(a.mappings), Logger: newLogger(a.stderr, quiet)}
	if !job.DryRun {
		db, stop, err := a.database(ctx)
		if err != nil {
			return err
		}
		defer stop()
		defer func() { _ = db.Close() }()
		l.DB, l.After = db, a.checker(db).After
	}
	var err error
	if l.Archive, err = a.archive(job.DryRun); err != nil {
		return err
	}
	closeSink := func() error { return nil }
	if job.DryRun {
		if format == "jsonl" {
			job.Sink = ingest.LineSink{W: a.stdout}
		} else {
			t := ingest.NewTableSink(a.stdout)
			job.Sink, closeSink = t, t.Close
		}
	}
	bar := newBar(a.stderr)
	l.Progress = bar.show
	// A dry run's facts own the standard output; what people read about it goes beside them.
	out := a.stdout
	if job.DryRun {
		out = a.stderr
	}
	reports, err := l.LoadAll(ctx, job, args, func(r ingest.Report) {
		bar.clear()
		printReport(out, r)
		if job.DryRun {
			printMapping(out, r)
		}
	})
	bar.clear()
	if cerr := closeSink(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if mappingOut != "" && len(reports) == 1 {
		if k := reports[0].Kind; k != table.Kind.Name && k != htmltable.Kind.Name {
			return fmt.Errorf("the document was read as %s: only a table has a mapping", k)
		}
		if err := os.WriteFile(mappingOut, table.WriteMapping(reports[0].Result), 0o600); err != nil {
			return err
		}
	}
	if len(reports) > 1 {
		t := ingest.Total(reports)
		fmt.Fprintf(out, "%d documents: %d facts, %d revisions, %d duplicates, %d conflicts, %d problems, %d warnings\n",
			len(reports), t.Facts, t.Revisions, t.Duplicates, t.Conflicts, t.Problems, t.Warnings)
	}
	if code := ingest.ExitCode(reports...); code != 0 {
		return exitError{code}
	}
	return nil
}

// archive opens the raw archive; a dry run takes a folder that goes away with it.
func (a *app) archive(dryRun bool) (*archive.Archive, error) {
	if dryRun {
		return nil, nil
	}
	return archive.Open(filepath.Join(a.cfg.DataDir, "archive"))
}

func printReport(w io.Writer, r ingest.Report) {
	fmt.Fprintf(w, "%s: %s", r.Name, r.State)
	if r.Kind != "" {
		fmt.Fprintf(w, " as %s", r.Kind)
	}
	fmt.Fprintf(w, ": %d facts, %d revisions, %d duplicates, %d conflicts, %d problems, %d warnings", r.Facts, r.Revisions, r.Duplicates, r.Conflicts, r.Problems, r.Warnings)
	if r.Rev != 0 {
		fmt.Fprintf(w, " (rev %d)", r.Rev)
	}
	fmt.Fprintln(w)
	if r.Message.EN != "" {
		fmt.Fprintf(w, "  %s\n", r.Message.EN)
	}
	for _, p := range r.Listed {
		kind := "problem"
		if p.Warning {
			kind = "warning"
		}
		fmt.Fprintf(w, "  %s %s", kind, p.Code)
		if p.Locator != "" {
			fmt.Fprintf(w, " at %s", p.Locator)
		}
		if p.Text != "" {
			fmt.Fprintf(w, " %q", p.Text)
		}
		fmt.Fprintf(w, ": %s\n", p.Reason)
	}
	if rest := r.Problems + r.Warnings - len(r.Listed); rest > 0 {
		fmt.Fprintf(w, "  and %d more, not listed\n", rest)
	}
}

// printMapping says what each sheet and column was taken for.
func printMapping(w io.Writer, r ingest.Report) {
	for _, s := range r.Result.Mapping.Sheets {
		if !s.Read {
			fmt.Fprintf(w, "  sheet %q left out: %s\n", s.Name, s.Reason)
			continue
		}
		fmt.Fprintf(w, "  sheet %q, heading %s, rows %s (%s)\n", s.Name, s.Header, s.Data, r.Result.Mapping.Layout)
		for _, c := range s.Columns {
			meaning := c.Meaning
			if meaning == "" {
				meaning = "left out"
			}
			fmt.Fprintf(w, "    %s %q: %s", c.Column, c.Heading, meaning)
			for _, extra := range []string{c.Component, c.Numbers, c.Note} {
				if extra != "" {
					fmt.Fprintf(w, ", %s", extra)
				}
			}
			fmt.Fprintln(w)
		}
	}
}

// bar shows the progress of a load on a terminal, and nothing in a file or a pipe.
type bar struct {
	w    io.Writer
	on   bool
	bar  *progressbar.ProgressBar
	name string
}

func newBar(w io.Writer) *bar {
	f, ok := w.(*os.File)
	if !ok {
		return &bar{w: w}
	}
	st, err := f.Stat()
	return &bar{w: w, on: err == nil && st.Mode()&os.ModeCharDevice != 0}
}

func (b *bar) show(p ingest.Progress) {
	if !b.on {
		return
	}
	key := p.Name + p.Step
	if b.bar == nil || b.name != key {
		b.clear()
		size := p.Size
		if size == 0 {
			size = -1 // unknown: a spinner
		}
		b.name = key
		b.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(b.w), progressbar.OptionShowBytes(p.Step == ingest.StepRead || p.Step == ingest.StepFetch),
			progressbar.OptionSetDescription(fmt.Sprintf("[%d/%d] %s %s", p.Document, p.Documents, p.Step, filepath.Base(p.Name))),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(24))
	}
	_ = b.bar.Set64(p.Bytes) // a bar that can't be drawn loses nothing
}

func (b *bar) clear() {
	if b.bar != nil {
		_ = b.bar.Clear()
		b.bar = nil
	}
}

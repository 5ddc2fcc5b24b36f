package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"chiso/ingest"
	"chiso/ingest/schedule"
	"chiso/queries"
	"chiso/reform"
)

func (a *app) sourcesCommand() *cobra.Command {
	var lang, format string
	list := func(cmd *cobra.Command, _ []string) error {
		if lang != "vi" && lang != "en" {
			return fmt.Errorf("--lang %q: want vi or en", lang)
		}
		if format != "table" && format != "json" {
			return fmt.Errorf("--format %q: want table or json", format)
		}
		return a.listSources(cmd.Context(), lang, format)
	}
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "List the sources of the schedule: what came last, what is next, how fresh it is",
		Long: `List the sources of the schedule: last and next run, duration, facts, revisions,
problems and freshness. Works while "chiso serve" runs. Sources are configured in
the file (docs/sources.md).`,
		Args: cobra.NoArgs,
		RunE: list,
	}
	cmd.PersistentFlags().StringVar(&lang, "lang", "vi", "language of the list: vi or en")
	cmd.PersistentFlags().StringVar(&format, "format", "table", "table or json")
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the sources", Args: cobra.NoArgs, RunE: list},
		&cobra.Command{
			Use:   "run NAME",
			Short: "Read a source now",
			Long: `Read a source now, whatever its schedule. A source that is being read already, by
"chiso serve" or another command, is not read twice.

Exit code: 0 it was read, 3 rows were set aside, 1 it failed or a document was refused.`,
			Args: cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error { return a.runSource(cmd.Context(), args[0], lang) },
		},
	)
	return cmd
}

func (a *app) listSources(ctx context.Context, lang, format string) error {
	db, stop, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer stop()
	defer func() { _ = db.Close() }()
	// What a killed program was reading is not "running".
	if _, err := db.SweepSources(ctx); err != nil {
		return err
	}
	q := queries.New(db, a.cat)
	states, err := q.Sources(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range states {
		known[s.Name] = true
	}
	// What is configured here and was not yet seen by a scheduler is shown too.
	for _, c := range a.cfg.Sources {
		if !known[c.Name] {
			states = append(states, reform.SourceState{Name: c.Name, Kind: c.Kind, Where: c.Where, Schedule: c.Schedule, Window: c.Window, Enabled: c.Enabled})
		}
	}
	if format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(states)
	}
	by, err := q.Scheduler(ctx)
	if err != nil {
		return err
	}
	return printSources(a.stdout, states, by, time.Now(), lang)
}

// in chooses between the two languages of the list.
func in(lang, vi, en string) string {
	if lang == "en" {
		return en
	}
	return vi
}

func printSources(w io.Writer, states []reform.SourceState, by reform.SchedulerState, now time.Time, lang string) error {
	if by.Instance == "" {
		fmt.Fprintln(w, in(lang, "Hiện không có chương trình nào chạy lịch.", "No instance runs the schedule now."))
	} else {
		fmt.Fprintf(w, in(lang, "Lịch do %s (tiến trình %d) chạy, nhịp cuối %s.\n", "The schedule is run by %s (process %d), last heartbeat %s.\n"), by.Host, by.PID, ago(now.Sub(by.At), lang))
	}
	if len(states) == 0 {
		fmt.Fprintln(w, in(lang, "Chưa cấu hình nguồn nào (docs/sources.md).", "No source is configured (docs/sources.md)."))
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, in(lang, "NGUỒN\tLOẠI\tLẦN CUỐI\tKẾT QUẢ\tTHỜI GIAN\tSỐ LIỆU\tSỬA ĐỔI\tVẤN ĐỀ\tLẦN TỚI\tĐỘ MỚI", "SOURCE\tKIND\tLAST\tRESULT\tTOOK\tFACTS\tREVISIONS\tPROBLEMS\tNEXT\tFRESHNESS"))
	for _, s := range states {
		last, result, took, facts, revisions, problems := "-", "-", "-", "-", "-", "-"
		if r := s.Last; r != nil {
			last, result, took = clock(r.StartedAt), r.State, r.Duration().Round(10*time.Millisecond).String()
			facts, revisions, problems = strconv.FormatUint(r.Facts, 10), strconv.FormatUint(r.Revisions, 10), strconv.FormatUint(r.Problems, 10)
		}
		next := "-"
		switch {
		case s.Running != nil:
			next = in(lang, "đang chạy", "running")
		case !s.Enabled:
			next = in(lang, "đã tắt", "switched off")
		case !s.Next.IsZero():
			next = clock(s.Next)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, s.Kind, last, result, took, facts, revisions, problems, next, freshness(s, now, lang))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, s := range states {
		if s.Last != nil && !reform.SourceSucceeded(s.Last.State) {
			fmt.Fprintf(w, "%s: %s: %s\n", s.Name, s.Last.State, s.Last.Message.In(lang))
		}
	}
	return nil
}

// freshness is "số liệu đến 16/10/2025, cập nhật 10 phút trước", and that the source is late where it is.
func freshness(s reform.SourceState, now time.Time, lang string) string {
	out := in(lang, "chưa có số liệu", "no data yet")
	switch {
	case !s.Newest.IsZero() && !s.LastSuccess.IsZero():
		out = fmt.Sprintf(in(lang, "số liệu đến %s, cập nhật %s", "data up to %s, updated %s"), day(s.Newest), ago(now.Sub(s.LastSuccess), lang))
	case !s.Newest.IsZero():
		out = fmt.Sprintf(in(lang, "số liệu đến %s", "data up to %s"), day(s.Newest))
	case !s.LastSuccess.IsZero():
		out = fmt.Sprintf(in(lang, "đọc %s", "read %s"), ago(now.Sub(s.LastSuccess), lang))
	}
	if s.LateAt(now) {
		out += in(lang, " (TRỄ)", " (LATE)")
	}
	return out
}

func day(t time.Time) string { return t.In(schedule.Location()).Format("02/01/2006") }

func clock(t time.Time) string { return t.In(schedule.Location()).Format("15:04 02/01/2006") }

// ago is how long something is past, in its largest unit.
func ago(d time.Duration, lang string) string {
	for _, u := range []struct {
		of     time.Duration
		vi, en string
	}{{24 * time.Hour, "ngày", "day"}, {time.Hour, "giờ", "hour"}, {time.Minute, "phút", "minute"}, {time.Second, "giây", "second"}} {
		if n := int(d / u.of); n > 0 {
			plural := ""
			if n > 1 {
				plural = "s"
			}
			return in(lang, fmt.Sprintf("%d %s trước", n, u.vi), fmt.Sprintf("%d %s%s ago", n, u.en, plural))
		}
	}
	return in(lang, "vừa xong", "just now")
}

func (a *app) runSource(ctx context.Context, name, lang string) error {
	db, stop, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer stop()
	defer func() { _ = db.Close() }()
	raw, err := a.archive(false)
	if err != nil {
		return err
	}
	check := a.checker(db)
	s, err := a.newScheduler(db, func() *ingest.Loader {
		return &ingest.Loader{DB: db, Archive: raw, Catalog: a.cat, Kinds: ingest.KindsWith(a.mappings), Logger: a.log, After: check.After}
	}, false)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	r, err := s.RunNow(ctx, name)
	if r.State != "" {
		fmt.Fprintf(a.stdout, "%s: %s: %d documents, %d facts, %d revisions, %d duplicates, %d conflicts, %d problems in %s\n",
			name, r.State, r.Documents, r.Facts, r.Revisions, r.Duplicates, r.Conflicts, r.Problems, r.Duration().Round(time.Millisecond))
		if m := r.Message.In(lang); m != "" {
			fmt.Fprintln(a.stdout, "  "+m)
		}
		for _, id := range r.Runs {
			fmt.Fprintln(a.stdout, "  run "+id)
		}
	}
	switch {
	case err != nil:
		return err
	case r.State == reform.SourceSetAside:
		return exitError{3}
	case !reform.SourceSucceeded(r.State):
		return exitError{1}
	}
	return nil
}

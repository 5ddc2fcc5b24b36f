package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"chiso/ingest"
	"chiso/ingest/review"
	"chiso/queries"
	"chiso/reform"
)

// reviewFlags are what all commands of review share.
type reviewFlags struct {
	author, format, lang, reason string
	number                       reform.NumberKey
	unit, period, stage          string
}

func (a *app) reviewCommand() *cobra.Command {
	f := &reviewFlags{}
	list := a.reviewList(f)
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Decide what a person must decide: candidates, conflicts between sources, wrong numbers",
		Long: `List the candidates that a reader of documents was unsure of, each with its sentence, and
accept, correct or reject them; settle conflicts between sources and correct
numbers. Works while "chiso serve" runs. Every decision is kept with its author, its reason
and the values before and after, as a document from which the number is loaded; nothing is
overwritten. A settled or corrected number prevails until a newer official document says otherwise.

Ids may be shortened to their beginning.`,
		Args: cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if err := cmd.Root().PersistentPreRunE(cmd, args); err != nil {
				return err
			}
			return f.check()
		},
		RunE: list.RunE,
	}
	p := cmd.PersistentFlags()
	p.StringVar(&f.author, "author", "", "`name` of who decides; default: the user of the operating system")
	p.StringVar(&f.format, "format", "table", "table or json")
	p.StringVar(&f.lang, "lang", "vi", "language of the lists: vi or en")
	cmd.Flags().AddFlagSet(list.Flags())
	cmd.AddCommand(list, a.reviewShow(f), a.reviewAccept(f), a.reviewCorrect(f), a.reviewReject(f),
		a.reviewConflicts(f), a.reviewSettle(f), a.reviewNumber(f), a.reviewReopen(f), a.reviewDecisions(f))
	return cmd
}

func (f *reviewFlags) check() error {
	if f.format != "table" && f.format != "json" {
		return fmt.Errorf("--format %q: want table or json", f.format)
	}
	if f.lang != "vi" && f.lang != "en" {
		return fmt.Errorf("--lang %q: want vi or en", f.lang)
	}
	if f.author == "" {
		// Without a name a decision is refused, with a sentence: so an unknown user is no error here.
		if u, err := user.Current(); err == nil {
			if f.author = u.Name; strings.TrimSpace(f.author) == "" {
				f.author = u.Username
			}
		}
	}
	return nil
}

// withReview opens the database for one command of review.
func (a *app) withReview(ctx context.Context, do func(*review.Service, *queries.Queries) error) error {
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
	q := queries.New(db, a.cat)
	check := a.checker(db)
	quiet := a.cfg.Log
	if quiet.Level == "info" {
		quiet.Level = "warn" // what was decided is printed
	}
	log := newLogger(a.stderr, quiet)
	return do(&review.Service{Reader: q, NewLoader: func() *ingest.Loader {
		return &ingest.Loader{DB: db, Archive: raw, Catalog: a.cat, Logger: log, After: check.After}
	}}, q)
}

// reviewShown is how long a list is where nothing is said.
const reviewShown = 50

func (a *app) reviewList(f *reviewFlags) *cobra.Command {
	var filter reform.CandidateFilter
	var unit string
	var limit, offset int
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the candidates that wait, with their sentences",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter.Unit = reform.UnitKey(unit)
			return a.withReview(cmd.Context(), func(_ *review.Service, q *queries.Queries) error {
				page, err := q.Candidates(cmd.Context(), filter, limit, offset)
				if err != nil {
					return err
				}
				if f.format == "json" {
					out := struct {
						Total      uint64          `json:"total"`
						Candidates []candidateJSON `json:"candidates"`
					}{page.Total, []candidateJSON{}}
					for _, c := range page.Candidates {
						out.Candidates = append(out.Candidates, jsonOf(c))
					}
					return a.writeJSON(out)
				}
				return printCandidates(a.stdout, page, f.lang)
			})
		},
	}
	cmd.Flags().StringVar(&filter.State, "state", "", "decided, or all; default: those that wait")
	cmd.Flags().StringVar(&filter.Index, "index", "", "of one index")
	cmd.Flags().StringVar(&unit, "unit", "", "of one unit, as vn63:80")
	cmd.Flags().StringVar(&filter.Document, "document", "", "of one document, by its id")
	cmd.Flags().IntVar(&limit, "limit", reviewShown, "how many, at most 1000")
	cmd.Flags().IntVar(&offset, "offset", 0, "after how many")
	return cmd
}

func (a *app) reviewShow(f *reviewFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one candidate whole: its sentence, its document, and what was decided",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withReview(cmd.Context(), func(_ *review.Service, q *queries.Queries) error {
				c, err := q.Candidate(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if f.format == "json" {
					return a.writeJSON(jsonOf(c))
				}
				doc, err := q.Document(cmd.Context(), c.Document)
				if err != nil {
					return err
				}
				return printCandidate(a.stdout, c, doc, f.lang)
			})
		},
	}
}

func (a *app) reviewAccept(f *reviewFlags) *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:   "accept ID...",
		Short: "Make candidates numbers as they were read",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), f, args, func(s *review.Service, id string) (reform.DecisionRecord, error) {
				return s.Accept(cmd.Context(), id, f.author, note)
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "a remark that is kept with the decision")
	return cmd
}

func (a *app) reviewReject(f *reviewFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reject ID...",
		Short: "Say that candidates are no numbers",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), f, args, func(s *review.Service, id string) (reform.DecisionRecord, error) {
				return s.Reject(cmd.Context(), id, f.author, f.reason)
			})
		},
	}
	f.reasonFlag(cmd)
	return cmd
}

func (a *app) reviewCorrect(f *reviewFlags) *cobra.Command {
	values := map[string]*string{}
	cmd := &cobra.Command{
		Use:   "correct ID",
		Short: "Make a candidate a number with what was read wrongly put right",
		Example: `  chiso review correct 3f2a --place 7 --of 63 --reason "câu nói về năm 2020" --period 2020
  chiso review correct 3f2a --score 84,5 --place "" --reason "không có thứ hạng"`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			fields := map[string]string{}
			for name, v := range values {
				if flag := strings.ReplaceAll(name, "_", "-"); cmd.Flags().Changed(flag) {
					fields[name] = *v
				}
			}
			correction, err := review.ParseCorrection(fields)
			if err != nil {
				return err
			}
			return a.decide(cmd.Context(), f, args, func(s *review.Service, id string) (reform.DecisionRecord, error) {
				return s.Correct(cmd.Context(), id, correction, f.author, f.reason)
			})
		},
	}
	for _, name := range review.Fields() {
		values[name] = cmd.Flags().String(strings.ReplaceAll(name, "_", "-"), "", "the right "+strings.ReplaceAll(name, "_", " "))
	}
	f.reasonFlag(cmd)
	return cmd
}

func (a *app) reviewSettle(f *reviewFlags) *cobra.Command {
	var choice reform.Choice
	cmd := &cobra.Command{
		Use:     "settle",
		Short:   "Say which of the values that sources give for a number counts",
		Example: `  chiso review settle --index par --unit vn63:31 --period 2023 --measure score --value 91.87 --reason "theo Quyết định"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.parseNumber(); err != nil {
				return err
			}
			return a.decide(cmd.Context(), f, []string{""}, func(s *review.Service, _ string) (reform.DecisionRecord, error) {
				return s.Settle(cmd.Context(), f.number, choice, f.author, f.reason)
			})
		},
	}
	f.numberFlags(cmd)
	cmd.Flags().StringVar(&choice.Document, "document", "", "the document that is right, by its `id`")
	cmd.Flags().StringVar(&choice.Value, "value", "", "the value that is right, as 91.87 or 5/63")
	f.reasonFlag(cmd)
	return cmd
}

func (a *app) reviewNumber(f *reviewFlags) *cobra.Command {
	var value, maximum string
	cmd := &cobra.Command{
		Use:     "correct-number",
		Short:   "Give a number the right value where every document is wrong",
		Example: `  chiso review correct-number --index par --unit vn63:31 --period 2020 --measure place --value 2/63 --reason "đính chính số ..."`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.parseNumber(); err != nil {
				return err
			}
			v, err := review.ParseValue(f.number.Measure, value)
			if err != nil {
				return fmt.Errorf("--value: %w", err)
			}
			if maximum != "" {
				m, err := review.ParseValue(reform.MeasureScore, maximum)
				if err != nil {
					return fmt.Errorf("--max: %w", err)
				}
				v.Max = m.Score
			}
			return a.decide(cmd.Context(), f, []string{""}, func(s *review.Service, _ string) (reform.DecisionRecord, error) {
				return s.CorrectNumber(cmd.Context(), f.number, v, f.author, f.reason)
			})
		},
	}
	f.numberFlags(cmd)
	cmd.Flags().StringVar(&value, "value", "", "the right value, as 91.87 or 5/63")
	cmd.Flags().StringVar(&maximum, "max", "", "the right maximum of a score")
	f.reasonFlag(cmd)
	return cmd
}

func (a *app) reviewReopen(f *reviewFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reopen DECISION",
		Short: "Take back a rejection, a settlement or a corrected number: it waits for a decision again",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd.Context(), f, args, func(s *review.Service, id string) (reform.DecisionRecord, error) {
				return s.Reopen(cmd.Context(), id, f.author, f.reason)
			})
		},
	}
	f.reasonFlag(cmd)
	return cmd
}

func (f *reviewFlags) reasonFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.reason, "reason", "", "why, so that others can follow the decision (needed)")
}

func (f *reviewFlags) numberFlags(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.number.Index, "index", "", "index of the number")
	fl.StringVar(&f.unit, "unit", "", "its unit, as vn63:80")
	fl.StringVar(&f.period, "period", "", "its period, as 2019 or 2025-10")
	fl.StringVar(&f.number.Measure, "measure", "", "score or place")
	fl.StringVar(&f.number.Component, "component", "", "its component; default: the total")
	fl.StringVar(&f.number.Basis, "basis", "", "its basis, where there are several")
	fl.StringVar(&f.stage, "stage", "", "self: of a self-assessed score")
	fl.StringVar(&f.number.Scope, "scope", "", "of a place: nation, or the key of a region or province")
	for _, name := range []string{"index", "unit", "period", "measure"} {
		_ = cmd.MarkFlagRequired(name) // the flag is there
	}
}

func (f *reviewFlags) parseNumber() (err error) {
	if f.number.Unit, err = reform.ParseUnitKey(f.unit); err != nil {
		return fmt.Errorf("--unit: %w", err)
	}
	if f.number.Period, err = reform.ParsePeriod(f.period); err != nil {
		return fmt.Errorf("--period: %w", err)
	}
	f.number.Stage = reform.Stage(f.stage)
	return nil
}

// decide takes one decision for each id. What can't be decided does not keep the others back;
// the exit code is 1 then.
func (a *app) decide(ctx context.Context, f *reviewFlags, ids []string, do func(*review.Service, string) (reform.DecisionRecord, error)) error {
	return a.withReview(ctx, func(s *review.Service, _ *queries.Queries) error {
		var last error
		for _, id := range ids {
			d, err := do(s, id)
			if err != nil {
				if len(ids) == 1 || ctx.Err() != nil {
					return inLanguage(err, f.lang)
				}
				fmt.Fprintf(a.stderr, "chiso: %s: %v\n", id, inLanguage(err, f.lang))
				last = exitError{1}
				continue
			}
			if f.format == "json" {
				err = a.writeJSON(d)
			} else {
				err = printDecisions(a.stdout, []reform.DecisionRecord{d}, f.lang, false)
			}
			if err != nil {
				return err
			}
		}
		return last
	})
}

// inLanguage is the reason of a refusal in the language of the lists.
func inLanguage(err error, lang string) error {
	var refused *reform.RefusedError
	if !errors.As(err, &refused) || lang != "vi" {
		return err
	}
	for _, p := range refused.Problems {
		if !p.Warning {
			return errors.New(p.ReasonVI)
		}
	}
	return err
}

func (a *app) reviewConflicts(f *reviewFlags) *cobra.Command {
	var index, unit, period string
	var all bool
	cmd := &cobra.Command{
		Use:   "conflicts",
		Short: "List the numbers that sources give differently and nobody has settled",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			question := reform.ConflictQuestion{Index: index, Unit: reform.UnitKey(unit)}
			if period != "" {
				var err error
				if question.Period, err = reform.ParsePeriod(period); err != nil {
					return err
				}
			}
			return a.withReview(cmd.Context(), func(_ *review.Service, q *queries.Queries) error {
				found, err := q.Conflicts(cmd.Context(), question)
				if err != nil {
					return err
				}
				shown := []reform.Conflict{}
				for _, c := range found {
					if all || c.Open() {
						shown = append(shown, c)
					}
				}
				if f.format == "json" {
					return a.writeJSON(conflictsJSON(shown))
				}
				return printConflicts(a.stdout, shown, f.lang)
			})
		},
	}
	cmd.Flags().StringVar(&index, "index", "", "of one index")
	cmd.Flags().StringVar(&unit, "unit", "", "of one unit")
	cmd.Flags().StringVar(&period, "period", "", "of one period")
	cmd.Flags().BoolVar(&all, "all", false, "the settled ones too")
	return cmd
}

func (a *app) reviewDecisions(f *reviewFlags) *cobra.Command {
	var filter reform.DecisionFilter
	var unit string
	var limit, offset int
	cmd := &cobra.Command{
		Use:   "decisions",
		Short: "List what people decided, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter.Unit = reform.UnitKey(unit)
			return a.withReview(cmd.Context(), func(_ *review.Service, q *queries.Queries) error {
				found, err := q.Decisions(cmd.Context(), filter, limit, offset)
				if err != nil {
					return err
				}
				if f.format == "json" {
					if found == nil {
						found = []reform.DecisionRecord{}
					}
					return a.writeJSON(found)
				}
				return printDecisions(a.stdout, found, f.lang, true)
			})
		},
	}
	cmd.Flags().StringVar(&filter.Index, "index", "", "of one index")
	cmd.Flags().StringVar(&unit, "unit", "", "of one unit")
	cmd.Flags().IntVar(&limit, "limit", reviewShown, "how many, at most 1000")
	cmd.Flags().IntVar(&offset, "offset", 0, "after how many")
	return cmd
}

func columns(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 4, 2, ' ', 0) }

package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"chiso/reform"
)

// line is a fact as one line of a dry run. Its fields and their order are kept
// stable: people's scripts read them. A missing value is null; the component of
// a total is "", because a total is not a missing component.
type line struct {
	Index       string        `json:"index"`
	Basis       *string       `json:"basis"`
	Unit        *string       `json:"unit"`
	UnitName    *string       `json:"unit_name"`
	UnitType    *string       `json:"unit_type"`
	Period      *string       `json:"period"`
	PeriodKind  *string       `json:"period_kind"`
	Component   string        `json:"component"`
	Score       reform.Number `json:"score"`
	Max         reform.Number `json:"max"`
	Numerator   reform.Number `json:"numerator"`
	Denominator reform.Number `json:"denominator"`
	Place       *int          `json:"place"`
	Of          *int          `json:"of"`
	Scope       *string       `json:"scope"`
	RankKind    *string       `json:"rank_kind"`
	Status      *string       `json:"status"`
	Locator     *string       `json:"locator"`
	Quote       *string       `json:"quote"`
	Stage       string        `json:"stage,omitempty"`
}

// JSONL is f as one line of JSON with its line end. Scores are decimal strings,
// never rounded.
func JSONL(f *reform.Fact) []byte {
	l := line{
		Index: f.Index, Basis: text(f.Basis), Unit: text(string(f.Unit)), UnitName: text(f.UnitName), UnitType: text(string(f.UnitType)),
		Period: text(f.Period.String()), PeriodKind: text(string(f.Period.Kind())), Component: f.Component,
		Score: f.Score, Max: f.Max, Numerator: f.Numerator, Denominator: f.Denominator,
		Place: count(f.Place), Of: count(f.Of), Scope: text(f.Scope), RankKind: text(string(f.RankKind)),
		Status: text(string(f.Status)), Locator: text(f.Locator), Quote: text(f.Quote), Stage: string(f.Stage),
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // for eyes and scripts, not for a page
	if err := e.Encode(l); err != nil {
		panic(err) // strings and numbers only: nothing in a line can fail to encode
	}
	return b.Bytes()
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func count(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// LineSink writes the facts of a dry run as JSON lines.
type LineSink struct{ W io.Writer }

// Fact writes one line.
func (s LineSink) Fact(f *reform.Fact) error {
	_, err := s.W.Write(JSONL(f))
	return err
}

// Problem writes nothing: problems are in the report.
func (LineSink) Problem(reform.Problem) {}

// TableSink writes the facts of a dry run as a table for eyes. Close ends it.
type TableSink struct {
	w    *tabwriter.Writer
	rows int
}

// NewTableSink is a TableSink that writes to w.
func NewTableSink(w io.Writer) *TableSink {
	return &TableSink{w: tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)}
}

// tableFlush is after how many rows the columns are set anew, so that a large
// document neither waits for its end nor fills the memory.
const tableFlush = 500

// Fact writes one row.
func (s *TableSink) Fact(f *reform.Fact) error {
	if s.rows%tableFlush == 0 {
		if s.rows > 0 {
			if err := s.w.Flush(); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(s.w, "INDEX\tBASIS\tUNIT\tNAME\tPERIOD\tCOMPONENT\tSCORE\tMAX\tPLACE\tSCOPE\tSTATUS\tWHERE"); err != nil {
			return err
		}
	}
	s.rows++
	place := ""
	if f.Place > 0 {
		place = strconv.Itoa(f.Place) + "/?"
		if f.Of > 0 {
			place = fmt.Sprintf("%d/%d", f.Place, f.Of)
		}
		if f.RankKind != reform.Published {
			place += " " + string(f.RankKind)
		}
	}
	score := f.Score.String()
	if !f.Score.Valid && f.Numerator.Valid {
		score = f.Numerator.String() + ":" + f.Denominator.String()
	}
	component := f.Component
	if f.Stage != reform.Official {
		component += " (" + string(f.Stage) + ")"
	}
	_, err := fmt.Fprintf(s.w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.Index, f.Basis, f.Unit, f.UnitName,
		f.Period, component, score, f.Max, place, f.Scope, f.Status, f.Locator)
	return err
}

// Problem writes nothing: problems are in the report.
func (*TableSink) Problem(reform.Problem) {}

// Close writes the rows that are left.
func (s *TableSink) Close() error { return s.w.Flush() }

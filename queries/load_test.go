package queries

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

// caseRun is one event of a run.
type caseRun struct {
	ID, State, Source, Kind, Document, Message, At string
	Rev, Facts, Problems, Revisions                uint64
}

// caseRow is one observation. What is left out is filled in as ingest would: a place is
// published in the nation, a denominator printed, a source is its document's.
type caseRow struct {
	Index, Basis, Unit, Period, Component, Stage string
	Name                                         string
	UnitType                                     string `yaml:"unit_type"`
	Score, Max, Numerator, Denominator           string
	Place, Of                                    uint16
	OfFrom                                       string `yaml:"of_from"`
	Scope                                        string
	RankKind                                     string `yaml:"rank_kind"`
	Status, Doc, Carrier, Source, Locator, Quote string
	Authority                                    uint8
	Observed, Loaded, Run, Fact                  string
	ObservedFrom                                 string `yaml:"observed_from"`
}

type caseDocument struct {
	ID, Kind, Source, Title, Issuer, Number, Date, URL, Run, Retrieved string
	Held                                                               bool
	Authority                                                          uint8
}

type caseProblem struct {
	Run, Document, Code, Field, Place, Text, Value string
	Warning                                        bool
}

func load(t testing.TB, db *store.DB, c testCase) {
	t.Helper()
	if len(c.Runs) == 0 {
		c.Runs = []caseRun{{ID: "r1", State: "committed", Rev: 1}}
	}
	insert(t, db, "INSERT INTO runs (run, event, source, kind, document, rev, facts, problems, revisions, message, at)", len(c.Runs), func(i int) []any {
		r := c.Runs[i]
		return []any{r.ID, r.State, r.Source, r.Kind, r.Document, r.Rev, r.Facts, r.Problems, r.Revisions, r.Message, timeOr(t, r.At, "2026-01-01")}
	})
	insert(t, db, "INSERT INTO documents (id, held, kind, source, title, issuer, number, date, url, authority, retrieved_at, run)", len(c.Docs), func(i int) []any {
		d := c.Docs[i]
		return []any{d.ID, d.Held, d.Kind, d.Source, d.Title, d.Issuer, d.Number, d.Date, d.URL, d.Authority, timeOr(t, d.Retrieved, "2026-01-01"), or(d.Run, "r1")}
	})
	insert(t, db, "INSERT INTO problems (run, document, kind, severity, field, place, text, value, at)", len(c.Problems), func(i int) []any {
		p := c.Problems[i]
		severity := "error"
		if p.Warning {
			severity = "warning"
		}
		return []any{p.Run, p.Document, p.Code, severity, p.Field, p.Place, p.Text, p.Value, timeOr(t, "", "2026-01-01").Add(time.Duration(i) * time.Second)}
	})
	insert(t, db, insertObservations, len(c.Rows), func(i int) []any { return observation(t, c.Rows[i]) })
}

const insertObservations = "INSERT INTO observations (`index`, basis, scheme, unit, unit_name, unit_type, parent, " +
	"period, period_kind, period_start, period_end, component, stage, score, max, numerator, denominator, " +
	"place, of, of_origin, scope, rank_kind, status, document, carrier, authority, source, locator, quote, fact, " +
	"observed_at, observed_origin, run, loaded_at)"

// observation is the values of one row, in the order of insertObservations.
func observation(t testing.TB, r caseRow) []any {
	t.Helper()
	unit := reform.UnitKey(r.Unit)
	period, err := reform.ParsePeriod(r.Period)
	if err != nil {
		t.Fatal(err)
	}
	unitType := string(reform.Province)
	if u, err := reform.Default().UnitOrForm(unit); err == nil {
		unitType = string(u.Type)
	}
	var of *uint16
	var ofOrigin string
	if r.Of > 0 {
		of, ofOrigin = &r.Of, or(r.OfFrom, "printed")
	}
	var placed *uint16
	var rankKind string
	if r.Place > 0 {
		placed, rankKind = &r.Place, or(r.RankKind, "published")
	}
	if r.Authority == 0 {
		r.Authority = 3
	}
	r.Doc = or(r.Doc, "d1")
	return []any{
		r.Index, r.Basis, string(unit.Scheme()), r.Unit, r.Name, or(r.UnitType, unitType), string(unit.Parent()),
		period.String(), string(period.Kind()), period.Start(), period.End(), r.Component, r.Stage,
		nullable(t, r.Score), nullable(t, r.Max), nullable(t, r.Numerator), nullable(t, r.Denominator),
		placed, of, ofOrigin, or(r.Scope, "nation"), rankKind, or(r.Status, "final"),
		r.Doc, or(r.Carrier, r.Doc), r.Authority, or(r.Source, or(r.Carrier, r.Doc)), r.Locator, r.Quote,
		or(r.Fact, factHash(r)),
		timeOr(t, r.Observed, period.End().Format(time.DateOnly)), or(r.ObservedFrom, "document"), or(r.Run, "r1"), timeOr(t, r.Loaded, "2026-01-01"),
	}
}

// factHash is what is measured and by whom, then what was said of it, as ingest hashes them.
func factHash(r caseRow) string {
	measured := sha256.Sum256(fmt.Append(nil, r.Index, r.Basis, r.Unit, r.Period, r.Component, r.Stage, r.Scope, or(r.Source, r.Doc), r.Score == "", r.Place == 0))
	content := sha256.Sum256(fmt.Append(nil, r.Score, r.Max, r.Place, r.Of))
	return fmt.Sprintf("%x%x", measured[:8], content[:8])
}

func insert(t testing.TB, db *store.DB, sql string, n int, row func(int) []any) {
	t.Helper()
	if n == 0 {
		return
	}
	batch, err := db.PrepareBatch(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := batch.Append(row(i)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
	if err := batch.Close(); err != nil {
		t.Fatal(err)
	}
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

func timeOr(t testing.TB, s, other string) time.Time {
	t.Helper()
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, or(s, other)); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("time %q: want 2024-05-01 or 2024-05-01T10:00:00Z", s)
	return time.Time{}
}

func nullable(t testing.TB, s string) *decimal.Decimal {
	t.Helper()
	if s == "" {
		return nil
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"chiso/ingest/archive"
	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

// noteKind is a kind of document for tests of the core: one fact a line, with
// fields by name, so that each test shows all that matters in it. It exists so that
// the core can be tried with facts that the real kinds would not hand over.
var noteKind = parse.Kind{
	Name: "note",
	Detect: func(p parse.Probe) parse.Certainty {
		if bytes.HasPrefix(p.Head, []byte("#note")) {
			return 100
		}
		return 0
	},
	Parse: parseNote,
}

func parseNote(ctx context.Context, in parse.Input, _ *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	res := parse.Result{Kind: "note"}
	r := csv.NewReader(in.Reader())
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	r.Comma = ' '
	for line := 1; ; line++ {
		fields, err := r.Read()
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		if ctx.Err() != nil {
			return res, ctx.Err()
		}
		if strings.HasPrefix(fields[0], "#") {
			if v, ok := strings.CutPrefix(fields[0], "#note:authority="); ok {
				n, _ := strconv.Atoi(v)
				res.Authority = reform.Authority(n)
			}
			continue
		}
		f := &reform.Fact{Index: "pci", Locator: "line " + strconv.Itoa(line)}
		var c reform.Citation
		for _, kv := range fields {
			k, v, _ := strings.Cut(kv, "=")
			switch k {
			case "ix":
				f.Index = v
			case "u":
				f.Unit = reform.UnitKey(v)
			case "p":
				if f.Period, err = reform.ParsePeriod(v); err != nil {
					return res, err
				}
			case "c":
				f.Component = v
			case "b":
				f.Basis = v
			case "s":
				f.Score = reform.NumOf(decimal.RequireFromString(v))
			case "ratio":
				above, below, _ := strings.Cut(v, "/")
				f.Numerator, f.Denominator = reform.NumOf(decimal.RequireFromString(above)), reform.NumOf(decimal.RequireFromString(below))
			case "max":
				f.Max = reform.NumOf(decimal.RequireFromString(v))
			case "r":
				place, of, printed := strings.Cut(v, "/")
				f.Place, _ = strconv.Atoi(place)
				f.Of, _ = strconv.Atoi(of)
				f.OfPrinted = printed
			case "status":
				f.Status = reform.Status(v)
			case "scope":
				f.Scope = v
			case "at":
				f.ObservedAt, _ = time.Parse(time.DateOnly, v)
			case "title":
				c.Title = v
			case "date":
				c.Date = v
			case "auth":
				n, _ := strconv.Atoi(v)
				c.Authority = reform.Authority(n)
			case "bad":
				sink.Problem(parse.Problem("bad-line", "line", f.Locator, v, "Dòng này hỏng: %s.", "This line is bad: %s.", v))
			case "panic":
				panic(v)
			case "stop":
				return res, fmt.Errorf("%s: %w", v, reform.ErrInvalid)
			}
		}
		res.Rows++
		if f.Unit == "" {
			continue
		}
		if c != (reform.Citation{}) {
			f.Source = &c
		}
		if err := sink.Fact(f); err != nil {
			return res, err
		}
	}
}

// day is the clock of tests: 10 o'clock on 1 November 2026, one second later at each look.
func testClock() func() time.Time {
	t := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	return func() time.Time {
		t = t.Add(time.Second)
		return t
	}
}

func newLoader(t testing.TB) *Loader {
	t.Helper()
	return loaderOn(t, storetest.New(t), filepath.Join(t.TempDir(), "archive"))
}

func loaderOn(t testing.TB, db *store.DB, dir string) *Loader {
	t.Helper()
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &Loader{DB: db, Archive: a, Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}, Logger: testLogger(t)}
}

func testLogger(t testing.TB) *slog.Logger {
	if testing.Verbose() {
		return slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return slog.New(slog.DiscardHandler)
}

// note makes the text of a note from its lines.
func note(lines ...string) string { return "#note\n" + strings.Join(lines, "\n") + "\n" }

func mustLoad(t testing.TB, l *Loader, job Job, text string) Report {
	t.Helper()
	job.Reader = strings.NewReader(text)
	if job.Name == "" {
		job.Name = "a.note"
	}
	r, err := l.Load(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// visible counts the committed observations.
func visible(t testing.TB, db *store.DB, rev uint64) int {
	t.Helper()
	return count1(t, db, "SELECT count() FROM observations WHERE "+store.Committed, store.Params{"rev": rev})
}

func count1(t testing.TB, db *store.DB, sql string, params store.Params) int {
	t.Helper()
	n, err := store.Collect(t.Context(), db, sql, params, func(r store.Rows) (v uint64, err error) { return v, r.Scan(&v) })
	if err != nil {
		t.Fatal(err)
	}
	return int(n[0])
}

// texts collects one text column of the committed observations, in order.
func texts(t testing.TB, db *store.DB, expr, where string) []string {
	t.Helper()
	sql := "SELECT toString(" + expr + ") FROM observations WHERE " + store.Committed
	if where != "" {
		sql += " AND " + where
	}
	out, err := store.Collect(t.Context(), db, sql+" ORDER BY index, unit, period, component, scope, observed_at, loaded_at", store.Params{"rev": uint64(0)},
		func(r store.Rows) (v string, err error) { return v, r.Scan(&v) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func codes(r Report) string {
	var out []string
	for _, p := range r.Listed {
		s := p.Code
		if p.Warning {
			s = "~" + s
		}
		if p.Locator != "" {
			s += "@" + p.Locator
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

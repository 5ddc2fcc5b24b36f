package ingest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

const million = 1_000_000

// millionFacts hands on a million facts as a parser would that costs nothing: a
// score of a unit in a month, with and without a place.
func millionFacts(n int, f func(*reform.Fact) error) error {
	units := reform.Default().Units(reform.VN63, reform.Province)
	components := []string{"", "CKMB", "TDGQ", "CLGQ", "TTTT", "MDHL", "MDSH"}
	p := reform.MustPeriod("1990-01")
	observed := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := 0; i < n; {
		for k := 0; k < 2 && i < n; k++ {
			for _, c := range components {
				for u, unit := range units {
					fact := reform.Fact{
						Index: "s766", Basis: "portal-2022", Unit: unit.Key, UnitName: unit.Name, UnitType: unit.Type, Period: p, Component: c,
						Score: reform.NumOf(decimal.New(int64(i%1000), -2)), Locator: "line " + strconv.Itoa(i+2), ObservedAt: observed.AddDate(0, k, 0),
					}
					if c == "" {
						fact.Place, fact.Of, fact.OfPrinted = u+1, 63, true
						fact.Score = reform.NumOf(decimal.New(int64(6300-u), -2))
					}
					if err := f(&fact); err != nil {
						return err
					}
					if i++; i == n {
						return nil
					}
				}
			}
		}
		p = p.Next()
	}
	return nil
}

// millionCSV is the same facts as a tidy file.
func millionCSV(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "million.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "index,basis,unit,unit_name,period,component,score,place,of,observed_at")
	err = millionFacts(million, func(f *reform.Fact) error {
		place, of := "", ""
		if f.Place > 0 {
			place, of = strconv.Itoa(f.Place), strconv.Itoa(f.Of)
		}
		_, err := fmt.Fprintf(w, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", f.Index, f.Basis, f.Unit, f.UnitName, f.Period, f.Component, f.Score, place, of, f.ObservedAt.Format(time.DateOnly))
		return err
	})
	if err := errors.Join(err, w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkLoadMillion loads a tidy file of a million rows with all that belongs to it,
// and sets the time beside that of the bare insert of the same rows, measured in the
// same run just before.
func BenchmarkLoadMillion(b *testing.B) {
	path := millionCSV(b)
	facts := manyFacts(b)
	var bare, load time.Duration
	for b.Loop() {
		b.StopTimer()
		db := storetest.New(b)
		began := time.Now()
		bareInsert(b, db, facts)
		bare += time.Since(began)
		l := loaderOn(b, storetest.New(b), filepath.Join(b.TempDir(), "archive"))
		l.Kinds = nil
		runtime.GC()
		b.StartTimer()
		began = time.Now()
		r, err := l.Load(context.Background(), Job{Path: path})
		load += time.Since(began)
		if err != nil || r.State != Loaded || r.Facts != million {
			b.Fatalf("%s, %d facts, %v, %s", r.State, r.Facts, err, codes(r))
		}
	}
	b.ReportMetric(float64(million)*float64(b.N)/load.Seconds(), "rows/s")
	b.ReportMetric(bare.Seconds()/load.Seconds(), "of-bare-rate")
}

// BenchmarkDryMillion is the same without a database: what reading and checking cost.
func BenchmarkDryMillion(b *testing.B) {
	path := millionCSV(b)
	for b.Loop() {
		l := &Loader{Catalog: reform.Default()}
		r, err := l.Load(context.Background(), Job{Path: path, DryRun: true})
		if err != nil || r.Facts != million {
			b.Fatalf("%s, %d facts, %v, %s", r.State, r.Facts, err, codes(r))
		}
	}
	b.ReportMetric(float64(million)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func manyFacts(b *testing.B) []reform.Fact {
	b.Helper()
	facts := make([]reform.Fact, 0, million)
	if err := millionFacts(million, func(f *reform.Fact) error { facts = append(facts, *f); return nil }); err != nil {
		b.Fatal(err)
	}
	return facts
}

// BenchmarkBarePrepareBatch is what a load is measured against: the same rows,
// ready in memory, appended and sent to the same table with nothing around it.
func BenchmarkBarePrepareBatch(b *testing.B) {
	facts := manyFacts(b)
	for b.Loop() {
		b.StopTimer()
		db := storetest.New(b)
		b.StartTimer()
		bareInsert(b, db, facts)
	}
	b.ReportMetric(float64(million)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func bareInsert(b *testing.B, db *store.DB, facts []reform.Fact) {
	b.Helper()
	const rows = 100_000
	document, run, loaded := strings.Repeat("ab", 32), "01900000-0000-7000-8000-000000000000", time.Now()
	fact := strings.Repeat("0", 32)
	nullable := func(n int) *uint16 {
		if n == 0 {
			return nil
		}
		v := uint16(n)
		return &v
	}
	number := func(n reform.Number) *decimal.Decimal {
		if !n.Valid {
			return nil
		}
		return &n.Decimal
	}
	for start := 0; start < len(facts); start += rows {
		batch, err := db.PrepareBatch(context.Background(), "INSERT INTO observations (index, basis, scheme, unit, unit_name, unit_type, parent,"+
			" period, period_kind, period_start, period_end, component, stage, score, max, numerator, denominator, place, of, of_origin, scope, rank_kind,"+
			" status, document, carrier, authority, source, locator, quote, fact, observed_at, observed_origin, run, loaded_at)")
		if err != nil {
			b.Fatal(err)
		}
		for i := start; i < min(start+rows, len(facts)); i++ {
			f := &facts[i]
			err := batch.Append(f.Index, f.Basis, string(f.Unit.Scheme()), string(f.Unit), f.UnitName, string(f.UnitType), "",
				f.Period.String(), string(f.Period.Kind()), f.Period.Start(), f.Period.End(), f.Component, string(f.Stage),
				number(f.Score), number(f.Max), number(f.Numerator), number(f.Denominator), nullable(f.Place), nullable(f.Of), "printed", "nation", "published",
				"final", document, document, uint8(5), "bench", f.Locator, f.Quote, fact, f.ObservedAt, "document", run, loaded)
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Send(); err != nil {
			b.Fatal(err)
		}
	}
}

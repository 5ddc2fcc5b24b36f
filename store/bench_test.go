package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

const benchRows = 1_000_000

// benchFact is the i-th of a million facts such as a national file of departments holds.
func benchFact(i int, units []reform.UnitKey, periods []reform.Period, f *reform.Fact) {
	f.Index, f.Basis, f.UnitType, f.Status = "s766", "portal-2026", reform.Department, reform.Final
	f.Unit = units[i%len(units)]
	f.UnitName = string(f.Unit)
	f.Period = periods[i/len(units)%len(periods)]
	f.Component = components[i%len(components)]
	f.Score = benchScores[i%len(benchScores)]
	f.Max = benchMax
	f.Place, f.Of, f.OfPrinted, f.RankKind = i%34+1, 34, true, reform.Published
	f.Locator = locators[i%len(locators)]
}

var (
	components  = []string{"", "1", "2", "3", "4", "5", "6"}
	benchMax    = reform.Num("22")
	benchScores = func() (out []reform.Number) {
		for i := range 2000 {
			out = append(out, reform.Num(fmt.Sprintf("%d.%d", i%22, i)))
		}
		return out
	}()
	locators = func() (out []string) {
		for i := range 100_000 {
			out = append(out, fmt.Sprintf("line %d", i))
		}
		return out
	}()
)

func benchUnits() (units []reform.UnitKey, periods []reform.Period) {
	for i := range 3400 {
		units = append(units, reform.UnitKey(fmt.Sprintf("vn34:%02d/H%02d.%03d", i%34+1, i%34+1, i/34)))
	}
	for y := 2000; y < 2025; y++ {
		for m := 1; m <= 12; m++ {
			periods = append(periods, reform.MustPeriod(fmt.Sprintf("%d-%02d", y, m)))
		}
	}
	return units, periods
}

// BenchmarkBarePrepareBatch is the measure for everything that loads: a million
// observation rows, already as columns of Go values, through PrepareBatch, row by row
// as the driver's documentation shows it. Whole ingests are wanted at half its rate.
func BenchmarkBarePrepareBatch(b *testing.B) {
	db := storetest.New(b)
	units, periods := benchUnits()
	document, run := strings.Repeat("d", 64), strings.Repeat("r", 36)
	for b.Loop() {
		batch, err := db.PrepareBatch(b.Context(), "INSERT INTO observations")
		if err != nil {
			b.Fatal(err)
		}
		var f reform.Fact
		var hash store.FactHash
		now := time.Now()
		for i := range benchRows {
			benchFact(i, units, periods, &f)
			hash.Key = uint64(i)
			place, of := uint16(f.Place), uint16(f.Of)
			err := batch.Append(f.Index, f.Basis, "vn34", string(f.Unit), f.UnitName, string(f.UnitType), "vn34:01",
				"2024-01", "month", now, now, f.Component, "", &f.Score.Decimal, &f.Max.Decimal, nil, nil, &place, &of,
				"printed", "nation", "published", "final", document, document, uint8(1), "source", f.Locator, "", hash.String(),
				now, "document", run, now)
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Send(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkWriter is the same million through a Writer.
func BenchmarkWriter(b *testing.B) {
	db := storetest.New(b)
	units, periods := benchUnits()
	o := origin
	for i := 0; b.Loop(); i++ {
		w := db.NewWriter(b.Context(), fmt.Sprintf("run-%d", i))
		var f reform.Fact
		for i := range benchRows {
			benchFact(i, units, periods, &f)
			o.Hash.Key = uint64(i)
			if err := w.Add(&f, &o); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSmallQuery is the floor under every page: one question of a few rows.
func BenchmarkSmallQuery(b *testing.B) {
	db := storetest.New(b)
	commit(b, db, load(b, db, longAn, placeOnly, zeroScore))
	for b.Loop() {
		if got := visible(b, db, 0); got != "3" {
			b.Fatalf("got %s", got)
		}
	}
}

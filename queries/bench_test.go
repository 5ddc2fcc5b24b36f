package queries

import (
	"testing"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

// The synthetic rows: 63 provinces, 20 years from 2005 on, the total and 15
// components, in twelve indices one after the other, then again with corrected scores.
const (
	benchRows = 20_160
	manyRows  = 1_000_000
)

const synthetic = "INSERT INTO observations (`index`, basis, scheme, unit, unit_name, unit_type, parent, " +
	"period, period_kind, period_start, period_end, component, stage, score, max, place, of, of_origin, scope, rank_kind, status, " +
	"document, carrier, authority, source, locator, fact, observed_at, run, loaded_at) " + `
SELECT
    ['par', 'sipas', 'pci', 'papi', 's766', 'dti', 'ddci', 'moj', 'dept', 'pgi', 'ict', 'dossiers'][1 + intDiv(number, 20160) % 12],
    'synthetic', 'vn63', 'vn63:' || {codes:Array(String)}[1 + number % 63], '', 'province', '',
    toString(2005 + intDiv(number, 63) % 20), 'year',
    makeDate(2005 + intDiv(number, 63) % 20, 1, 1), makeDate(2005 + intDiv(number, 63) % 20, 12, 31),
    if(intDiv(number, 1260) % 16 = 0, '', toString(intDiv(number, 1260) % 16)) AS c, '',
    toDecimal64(50 + cityHash64(number) % 5000 / 100, 6), 100,
    if(c = '', toUInt16(1 + number % 63), NULL), if(c = '', toUInt16(63), NULL), if(c = '', 'printed', ''), 'nation', if(c = '', 'published', ''), 'final',
    'document ' || toString(intDiv(number, 1260)), 'carrier', 2, 'source ' || toString(intDiv(number, 20160) % 12), 'Sheet1!A' || toString(number),
    lower(hex(cityHash64(number % 241920))) || lower(hex(cityHash64(number))),
    toDateTime64('2025-01-01 00:00:00', 3, 'UTC') + toIntervalHour(intDiv(number, 241920)), 'r1', now64(3)
FROM numbers({rows:UInt64})`

func benchmark(b *testing.B, rows int) *Queries {
	b.Helper()
	db := storetest.New(b)
	load(b, db, testCase{})
	var codes []string
	for _, u := range reform.Default().Units(reform.VN63, reform.Province) {
		codes = append(codes, u.Key.Code())
	}
	if err := db.Exec(b.Context(), synthetic, store.Params{"codes": codes, "rows": uint64(rows)}); err != nil {
		b.Fatal(err)
	}
	return New(db, reform.Default())
}

// measure runs one question until its time is known.
func measure[T any](b *testing.B, q *Queries, question func(*Queries) (T, error)) {
	b.Helper()
	for b.Loop() {
		if _, err := question(q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRankHistory(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.RankSeries, error) {
		return q.RankHistory(b.Context(), longAnPAR)
	})
}

var longAnPAR = reform.RankHistoryQuestion{Index: "par", Units: []reform.UnitKey{"vn63:80"}}

// BenchmarkRankHistoryBare is rank_history.sql alone: what its Go costs is the difference.
func BenchmarkRankHistoryBare(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]measured, error) {
		return q.measures(b.Context(), "rank_history", maxHistoryRows, reform.View{}, params{
			"index": "par", "component": "", "units": []string{"vn64:80", "vn63:80"}, "stage": "", "kind": "year", "basis": "", "scope": "nation",
		})
	})
}

// BenchmarkRankHistoryCounted asks for a component, of which all places are counted from scores.
func BenchmarkRankHistoryCounted(b *testing.B) {
	question := longAnPAR
	question.Component = "1"
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.RankSeries, error) {
		return q.RankHistory(b.Context(), question)
	})
}

func BenchmarkRankHistoryMillion(b *testing.B) {
	measure(b, benchmark(b, manyRows), func(q *Queries) ([]reform.RankSeries, error) {
		return q.RankHistory(b.Context(), longAnPAR)
	})
}

func BenchmarkRanking(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) (reform.League, error) {
		return q.Ranking(b.Context(), reform.LeagueQuestion{Index: "par", Period: reform.YearPeriod(2019)})
	})
}

func BenchmarkSubscores(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) (reform.Subscores, error) {
		return q.Subscores(b.Context(), reform.SubscoresQuestion{Index: "par", Unit: "vn63:80", Period: reform.YearPeriod(2019)})
	})
}

func BenchmarkEditions(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.EditionInfo, error) {
		return q.Editions(b.Context(), "", reform.View{})
	})
}

func BenchmarkHeatmap(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) (reform.Heatmap, error) {
		return q.Heatmap(b.Context(), reform.HeatmapQuestion{Index: "par"})
	})
}

func BenchmarkOverview(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.RankSeries, error) {
		return q.Overview(b.Context(), "vn63:80", 2, reform.View{})
	})
}

func BenchmarkFact(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.FactRecord, error) {
		return q.Fact(b.Context(), reform.FactQuestion{Index: "par", Unit: "vn63:80", Period: reform.YearPeriod(2019)})
	})
}

func BenchmarkFactsOfDocument(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) (reform.FactPage, error) {
		return q.FactsOfDocument(b.Context(), reform.FactsQuestion{Document: "document 3"})
	})
}

func BenchmarkConflicts(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.Conflict, error) {
		return q.Conflicts(b.Context(), reform.ConflictQuestion{})
	})
}

func BenchmarkUnits(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.UnitFacts, error) {
		return q.Units(b.Context(), "", "", reform.View{})
	})
}

func BenchmarkCounts(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) (reform.Counts, error) { return q.Counts(b.Context()) })
}

func BenchmarkRev(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) (uint64, error) { return q.Rev(b.Context()) })
}

func BenchmarkRuns(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.Run, error) { return q.Runs(b.Context(), 50, 0) })
}

func BenchmarkDocuments(b *testing.B) {
	measure(b, benchmark(b, benchRows), func(q *Queries) ([]reform.Document, error) {
		return q.Documents(b.Context(), "", 50, 0, reform.View{})
	})
}

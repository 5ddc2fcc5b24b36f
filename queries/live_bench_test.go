package queries

import (
	"maps"
	"testing"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

// liveSynthetic is what hourly polls of one month leave: 34 provinces, 500 departments and 3,321
// communes with a total and six groups, for as many hours as asked for, every value another one.
const liveSynthetic = "INSERT INTO observations (`index`, basis, scheme, unit, unit_name, unit_type, parent, " +
	"period, period_kind, period_start, period_end, component, stage, score, max, scope, rank_kind, status, " +
	"document, carrier, authority, source, locator, fact, observed_at, run, loaded_at) " + `
WITH {codes:Array(String)} AS codes, ['', 'CKMB', 'TDGQ', 'CLGQ', 'TTTT', 'MDHL', 'MDSH'] AS groups,
    number % 3855 AS u, intDiv(number, 3855) % 7 AS c, intDiv(number, 26985) AS hour
SELECT
    's766', 'portal-2026', 'vn34',
    'vn34:' || codes[1 + u % 34] || if(u < 34, '', '/H' || toString(u)), 'Đơn vị ' || toString(u), multiIf(u < 34, 'province', u < 534, 'department', 'commune'),
    if(u < 34, '', 'vn34:' || codes[1 + u % 34]),
    '2026-09', 'month', toDate('2026-09-01'), toDate('2026-09-30'), groups[c + 1], '',
    toDecimal64(5 + cityHash64(number) % 500 / 100, 6), 100, if(u < 34, 'nation', 'vn34:' || codes[1 + u % 34]), '', 'provisional',
    'poll ' || toString(hour), 'poll ' || toString(hour), 2, 'portal', 'line 1', lower(hex(cityHash64(u, c))) || lower(hex(cityHash64(number))),
    toDateTime64('2026-09-02 00:00:00', 3, 'UTC') + toIntervalHour(hour), 'r1', now64(3)
FROM numbers({rows:UInt64})`

// liveHours is three weeks; as many values as the whole country gives in that time are 13.6 million.
const liveHours = 21 * 24

func liveBenchmark(b *testing.B) *Queries {
	b.Helper()
	db := storetest.New(b)
	load(b, db, testCase{})
	loadLive(b, db, liveHours)
	return New(db, reform.Default())
}

// loadLive loads the values of some hours.
func loadLive(b testing.TB, db *store.DB, hours int) {
	b.Helper()
	var codes []string
	for _, u := range reform.Default().Units(reform.VN34, reform.Province) {
		codes = append(codes, u.Key.Code())
	}
	for from := 0; from < hours; from += 24 { // a day a time, as polls come
		sql := liveSynthetic
		if err := db.Exec(b.Context(), sql+" OFFSET {from:UInt64}", store.Params{"codes": codes, "rows": uint64((from + 24) * 3855 * 7), "from": uint64(from * 3855 * 7)}); err != nil {
			b.Fatal(err)
		}
	}
}

var liveMonth = reform.MustPeriod("2026-09")

// BenchmarkLive is the table of all provinces, of one province's communes, and of all communes.
func BenchmarkLive(b *testing.B) {
	q := liveBenchmark(b)
	for name, question := range map[string]reform.LiveQuestion{
		"provinces": {Period: liveMonth, Parts: true},
		"below":     {Period: liveMonth, UnitType: reform.Commune, Parent: "vn34:91", Parts: true},
		"communes":  {Period: liveMonth, UnitType: reform.Commune, Totals: true},
	} {
		b.Run(name, func(b *testing.B) {
			measure(b, q, func(q *Queries) (reform.LiveTable, error) { return q.Live(b.Context(), question) })
		})
	}
	// The baseline: the same question of the rows in the order of their table.
	plain := New(q.db, reform.Default())
	plain.sql = maps.Clone(q.sql)
	for _, name := range []string{"live", "live_periods"} {
		plain.sql[name] += ", optimize_use_projections = 0"
	}
	b.Run("provinces without projection", func(b *testing.B) {
		measure(b, plain, func(q *Queries) (reform.LiveTable, error) {
			return q.Live(b.Context(), reform.LiveQuestion{Period: liveMonth, Parts: true})
		})
	})
	b.Run("trend", func(b *testing.B) {
		measure(b, q, func(q *Queries) ([]reform.LiveLine, error) {
			return q.LiveTrend(b.Context(), reform.LiveTrendQuestion{Units: []reform.UnitKey{"vn34:24"}, Kind: reform.Month})
		})
	})
}

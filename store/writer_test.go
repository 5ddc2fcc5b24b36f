package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

var (
	longAn = reform.Fact{
		Index: "par", Basis: "2948", Unit: "vn63:80", UnitName: "Long An", UnitType: reform.Province,
		Period: reform.MustPeriod("2019"), Score: reform.Num("82.3456785"), Max: reform.Num("100"),
		Place: 5, Of: 63, OfPrinted: true, RankKind: reform.Published, Status: reform.Final,
		Locator: "Sheet1!B7", Quote: "xếp thứ 5/63",
	}
	placeOnly = reform.Fact{
		Index: "par", Unit: "vn34:91/H01.187", UnitType: reform.Department, Period: reform.MustPeriod("2024-01/2024-11"),
		Component: "1.1", Stage: reform.SelfAssessed, Place: 3, Scope: "vn63:r:DBSCL", RankKind: reform.Derived, Status: reform.Provisional,
	}
	zeroScore = reform.Fact{Index: "dossiers", Unit: "vn", UnitType: reform.Nation, Period: reform.MustPeriod("2025-Q3"),
		Score: reform.Num("0"), Numerator: reform.Num("-1"), Denominator: reform.Num("999999999999.999999"), Of: 34}
)

var origin = store.Origin{
	Document: strings.Repeat("d", 64), Carrier: strings.Repeat("c", 64), Source: "tidy-par", Authority: reform.AuthorityPress,
	ObservedAt: time.Date(2020, 5, 19, 0, 0, 0, 0, time.UTC), ObservedOrigin: store.ObservedDocument,
}

// load writes facts in a run of their own and leaves the run open.
func load(tb testing.TB, db *store.DB, facts ...reform.Fact) reform.Run {
	tb.Helper()
	run, err := db.Begin(tb.Context(), reform.Run{Source: "tidy-par", Kind: "tidy", Document: origin.Carrier})
	if err != nil {
		tb.Fatal(err)
	}
	w := db.NewWriter(tb.Context(), run.ID)
	for i, f := range facts {
		o := origin
		o.Hash = store.FactHash{Key: uint64(i), Content: uint64(f.Place)}
		if err := w.Add(&f, &o); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	run.Facts = w.Rows()
	return run
}

func commit(tb testing.TB, db *store.DB, run reform.Run) reform.Run {
	tb.Helper()
	run, err := db.Commit(tb.Context(), run)
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// visible counts the facts that a question sees at a revision.
func visible(tb testing.TB, db *store.DB, rev uint64) string {
	tb.Helper()
	return strings.Join(column(tb, db, "SELECT toString(count()) FROM observations WHERE "+store.Committed, store.Params{"rev": rev}), "")
}

func TestWriterKeepsEverything(t *testing.T) {
	db := storetest.New(t)
	commit(t, db, load(t, db, longAn, placeOnly, zeroScore))
	got := column(t, db, `
		SELECT arrayStringConcat([index, basis, scheme, unit, unit_name, unit_type, parent, period, period_kind,
			toString(period_start), toString(period_end), component, stage,
			toString(score), ifNull(toString(max), '-'), ifNull(toString(numerator), '-'), ifNull(toString(denominator), '-'),
			ifNull(toString(place), '-'), ifNull(toString(of), '-'), of_origin, scope, rank_kind, status,
			substring(document, 1, 2), substring(carrier, 1, 2), toString(authority), source, locator, quote,
			toString(observed_at), observed_origin], '|')
		FROM (SELECT * REPLACE (ifNull(toString(score), '-') AS score) FROM observations) ORDER BY index, unit`, nil)
	want := []string{
		"dossiers|||vn||nation||2025-Q3|quarter|2025-07-01|2025-09-30|||0|-|-1|999999999999.999999|-|34|edition|nation|||dd|cc|4|tidy-par|||2020-05-19 00:00:00.000|document",
		"par||vn34|vn34:91/H01.187||department|vn34:91|2024-01/2024-11|span|2024-01-01|2024-11-30|1.1|self|-|-|-|-|3|-||vn63:r:DBSCL|derived|provisional|dd|cc|4|tidy-par|||2020-05-19 00:00:00.000|document",
		"par|2948|vn63|vn63:80|Long An|province||2019|year|2019-01-01|2019-12-31|||82.345679|100|-|-|5|63|printed|nation|published|final|dd|cc|4|tidy-par|Sheet1!B7|xếp thứ 5/63|2020-05-19 00:00:00.000|document",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWriterRefuses(t *testing.T) {
	db := storetest.New(t)
	for _, tt := range []struct {
		name string
		edit func(*reform.Fact)
	}{
		{"score too large", func(f *reform.Fact) { f.Score = reform.Num("1000000000000") }},
		{"score far too large", func(f *reform.Fact) { f.Score = reform.Num("1e300") }},
		{"score too small", func(f *reform.Fact) { f.Score = reform.Num("-1e18") }},
		{"place", func(f *reform.Fact) { f.Place = 70000 }},
		{"no period", func(f *reform.Fact) { f.Period = reform.Period{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := db.NewWriter(t.Context(), "run")
			f := longAn
			tt.edit(&f)
			if err := w.Add(&f, &origin); !errors.Is(err, reform.ErrInvalid) {
				t.Errorf("got %v, want reform.ErrInvalid", err)
			}
			if err := w.Close(); !errors.Is(err, reform.ErrInvalid) {
				t.Errorf("close: got %v, want the error again", err)
			}
		})
	}
}

func TestWriterManyChunks(t *testing.T) {
	db := storetest.New(t)
	const n = 150_000
	run, err := db.Begin(t.Context(), reform.Run{})
	if err != nil {
		t.Fatal(err)
	}
	w := db.NewWriter(t.Context(), run.ID)
	f := longAn // The same variable is reused for every row.
	for i := range n {
		f.Place = i%63 + 1
		f.Score = reform.Num(fmt.Sprintf("%d.%06d", i%100, i))
		f.Locator = fmt.Sprint(i)
		if err := w.Add(&f, &origin); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	commit(t, db, run)
	got := column(t, db, "SELECT toString(count()) || ' ' || toString(uniqExact(locator)) || ' ' || toString(countIf(place = toUInt32(locator) % 63 + 1)) || ' ' ||"+
		" toString(countIf(score = toDecimal64(toString(toUInt32(locator) % 100) || '.' || leftPad(locator, 6, '0'), 6))) FROM observations", nil)
	if want := fmt.Sprintf("%d %[1]d %[1]d %[1]d", n); strings.Join(got, "") != want {
		t.Errorf("rows, locators, places, scores: got %s, want %s", got, want)
	}
}

func TestCommittedOnly(t *testing.T) {
	db := storetest.New(t)
	first := load(t, db, longAn)
	if got := visible(t, db, 0); got != "0" {
		t.Errorf("before the commit: got %s facts, want 0", got)
	}
	first = commit(t, db, first)
	second := commit(t, db, load(t, db, placeOnly, zeroScore))
	load(t, db, longAn) // Never committed.
	refused, err := db.Refuse(t.Context(), load(t, db, longAn))
	if err != nil || refused.State != store.RunRefused {
		t.Fatalf("refuse: got %v, %v", refused, err)
	}
	if first.Rev == 0 || second.Rev <= first.Rev {
		t.Errorf("revisions: got %d, then %d", first.Rev, second.Rev)
	}
	for rev, want := range map[uint64]string{0: "3", first.Rev - 1: "0", first.Rev: "1", second.Rev - 1: "1", second.Rev: "3"} {
		if got := visible(t, db, rev); got != want {
			t.Errorf("at revision %d: got %s facts, want %s", rev, got, want)
		}
	}
	if got, err := db.LatestRev(t.Context()); err != nil || got != second.Rev {
		t.Errorf("latest revision: got %d, %v, want %d", got, err, second.Rev)
	}
}

// A clock that was set back must not make a revision that is older than one that a
// link has pinned.
func TestRevisionsGrowWithoutTheClock(t *testing.T) {
	opts := storetest.Options(t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	opts.Now = func() time.Time { now = now.Add(-time.Hour); return now }
	db := open(t, opts)
	t.Cleanup(func() { drop(t, db) })
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var last uint64
	for range 3 {
		run := commit(t, db, load(t, db, longAn))
		if run.Rev <= last {
			t.Errorf("got revision %d after %d", run.Rev, last)
		}
		last = run.Rev
	}
}

func TestSweep(t *testing.T) {
	db := storetest.New(t)
	kept := commit(t, db, load(t, db, longAn))
	alive := load(t, db, longAn)
	// Three runs whose owners are gone: no such process, a process that began at another
	// time, and one of another machine long ago; and a fresh one of another machine.
	exec := func(run, host, pid, process, at string) {
		t.Helper()
		sql := "INSERT INTO runs (run, event, host, pid, process, at) VALUES ('" + run + "', 'started', " + host + ", " + pid + ", " + process + ", " + at + ")"
		if err := db.Exec(t.Context(), sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	const own = "(SELECT any(host) FROM runs WHERE pid > 0)"
	exec("gone", own, "4194303", "''", "now64(6)")
	exec("reused", own, "(SELECT any(pid) FROM runs WHERE pid > 0)", "'1'", "now64(6)")
	exec("far-old", "'elsewhere'", "1", "''", "now64(6) - INTERVAL 25 HOUR")
	exec("far-new", "'elsewhere'", "1", "''", "now64(6)")
	if _, err := db.Refuse(t.Context(), load(t, db, longAn)); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{"gone", "reused", "far-old", "far-new"} {
		w := db.NewWriter(t.Context(), run)
		if err := errors.Join(w.Add(&longAn, &origin), w.Close()); err != nil {
			t.Fatal(err)
		}
		if err := db.PutDocument(t.Context(), reform.Document{ID: "doc-" + run, Run: run, RetrievedAt: origin.ObservedAt}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := db.Sweep(t.Context())
	if err != nil || n != 3 {
		t.Fatalf("sweep: got %d, %v, want 3", n, err)
	}
	got := column(t, db, "SELECT DISTINCT run FROM observations ORDER BY run", nil)
	want := []string{kept.ID, alive.ID, "far-new"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs with rows (-want +got):\n%s", diff)
	}
	// The rows are gone from their second order too.
	got = column(t, db, "SELECT DISTINCT run FROM mergeTreeProjection(currentDatabase(), 'observations', 'live') ORDER BY run", nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs with rows in the projection (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"doc-far-new"}, column(t, db, "SELECT id FROM documents", nil)); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if n, err := db.Sweep(t.Context()); err != nil || n != 0 {
		t.Errorf("second sweep: got %d, %v, want 0", n, err)
	}
}

// The form in the database must not change between versions of the program.
func TestFactHash(t *testing.T) {
	if got, want := (store.FactHash{Key: 0x9c71d8516ff4eb8, Content: 1}).String(), "09c71d8516ff4eb80000000000000001"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDocumentsAndProblems(t *testing.T) {
	db := storetest.New(t)
	run := load(t, db, longAn)
	docs := []reform.Document{
		{ID: "a", Held: true, Kind: "tidy", Source: "s", Title: "Quyết định", Date: "2020-05-19", Size: 12, Authority: 1, RetrievedAt: origin.ObservedAt, Run: run.ID},
		{ID: "b", Kind: "citation", Date: "2020-05", RetrievedAt: origin.ObservedAt, Run: run.ID},
	}
	if err := db.PutDocuments(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	problems := []reform.Problem{
		{Code: "unknown-unit", Field: "unit", Locator: "B7", Text: "Hà Tây", Reason: "no such province", ReasonVI: "không có tỉnh này"},
		{Code: "sum", Warning: true},
	}
	if err := db.PutProblems(t.Context(), run, "x.csv", problems); err != nil {
		t.Fatal(err)
	}
	if loaded, err := db.DocumentLoaded(t.Context(), run.Document); err != nil || loaded {
		t.Errorf("before the commit: loaded is %v, %v, want false", loaded, err)
	}
	commit(t, db, run)
	if loaded, err := db.DocumentLoaded(t.Context(), run.Document); err != nil || !loaded {
		t.Errorf("after the commit: loaded is %v, %v, want true", loaded, err)
	}
	got := column(t, db, "SELECT id || ' ' || toString(held) || ' ' || ifNull(toString(published), '-') || ' ' || published_origin || ' ' || date FROM documents ORDER BY id", nil)
	if diff := cmp.Diff([]string{"a true 2020-05-19 document 2020-05-19", "b false -  2020-05"}, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	got = column(t, db, "SELECT kind || '|' || severity || '|' || field || '|' || place || '|' || value || '|' || text || '|' || text_vi || '|' || file FROM problems ORDER BY at", nil)
	if diff := cmp.Diff([]string{"unknown-unit|error|unit|B7|Hà Tây|no such province|không có tỉnh này|x.csv", "sum|warning||||||x.csv"}, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

package store_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

func TestMigrateFromNothing(t *testing.T) {
	opts := storetest.Options(t)
	db := open(t, opts)
	t.Cleanup(func() { drop(t, db) })
	if v, err := db.Version(t.Context()); err != nil || v != 0 {
		t.Fatalf("version of no database: got %d, %v, want 0", v, err)
	}
	latest := store.LatestVersion()
	for _, want := range []int64{0, latest} {
		from, to, err := db.Migrate(t.Context())
		if err != nil || from != want || to != latest {
			t.Fatalf("migrate: got %d to %d, %v, want %d to %d", from, to, err, want, latest)
		}
	}
	if v, err := db.Version(t.Context()); err != nil || v != latest {
		t.Errorf("version: got %d, %v, want %d", v, err, latest)
	}
	got := column(t, db, "SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name", nil)
	want := []string{"checks", "decisions", "documents", "heartbeats", "observations", "own_entries", "problems", "runs", "schema_versions", "source_runs", "sources"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

// Every migration must be harmless when it runs again: nothing rolls back the first
// half of one that failed.
func TestMigrationsCanRunAgain(t *testing.T) {
	db := storetest.New(t)
	if err := db.Exec(t.Context(), "DELETE FROM schema_versions WHERE version_id > 0", nil); err != nil {
		t.Fatal(err)
	}
	from, to, err := db.Migrate(t.Context())
	if err != nil || from != 0 || to != store.LatestVersion() {
		t.Errorf("migrate again: got %d to %d, %v", from, to, err)
	}
}

// A directory that was filled before the projection came gets it for the rows that are there.
func TestMigrateMakesProjectionOfOldRows(t *testing.T) {
	db := storetest.New(t)
	for _, sql := range []string{"ALTER TABLE observations DROP PROJECTION live SETTINGS mutations_sync = 2", "DELETE FROM schema_versions WHERE version_id >= 6"} {
		if err := db.Exec(t.Context(), sql, nil); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, db, load(t, db, longAn, placeOnly, zeroScore))
	if _, _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	// It is made in the background.
	const sql = "SELECT toString(count()) FROM mergeTreeProjection(currentDatabase(), 'observations', 'live')"
	var got []string
	for range 100 {
		if got = column(t, db, sql, nil); got[0] == "3" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("rows of the projection: got %s, want 3", got)
}

func TestMigrateAtOnce(t *testing.T) {
	opts := storetest.Options(t)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		db := open(t, opts)
		wg.Go(func() { _, _, errs[i] = db.Migrate(t.Context()) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	db := open(t, opts)
	t.Cleanup(func() { drop(t, db) })
	if from, to, err := db.Migrate(t.Context()); err != nil || from != to || to != store.LatestVersion() {
		t.Errorf("after four at once: got %d to %d, %v", from, to, err)
	}
}

func TestMigrateRefusesNewerSchema(t *testing.T) {
	db := storetest.New(t)
	if err := db.Exec(t.Context(), "INSERT INTO schema_versions (version_id, is_applied) VALUES (9999, true)", nil); err != nil {
		t.Fatal(err)
	}
	_, _, err := db.Migrate(t.Context())
	if !errors.Is(err, reform.ErrConflict) || !strings.Contains(err.Error(), "9999") {
		t.Errorf("got %v, want a reform.ErrConflict that names the version", err)
	}
}

func TestParams(t *testing.T) {
	db := storetest.New(t)
	when := time.Date(2024, 12, 31, 23, 59, 58, 123e6, time.FixedZone("", 7*3600))
	hostile := "a'b\\c\td\ne{x:String}\x00; DROP TABLE runs --"
	for _, tt := range []struct {
		name, sql string
		value     any
		want      string
	}{
		{"string", "SELECT hex({p:String})", hostile, strings.ToUpper(hexOf(hostile))},
		{"vietnamese", "SELECT {p:String}", "Thừa Thiên Huế", "Thừa Thiên Huế"},
		{"named string", "SELECT {p:String}", reform.UnitKey("vn63:80"), "vn63:80"},
		{"named strings", "SELECT arrayStringConcat({p:Array(String)}, '|')", []reform.UnitKey{"vn63:80", "vn'34"}, "vn63:80|vn'34"},
		{"hostile strings", "SELECT hex({p:Array(String)}[1])", []string{hostile}, strings.ToUpper(hexOf(hostile))},
		{"no strings", "SELECT toString(length({p:Array(String)}))", []string{}, "0"},
		{"time", "SELECT toString({p:DateTime64(3,'UTC')})", when, "2024-12-31 16:59:58.123"},
		{"date", "SELECT toString({p:Date})", store.Date(when), "2024-12-31"},
		{"period", "SELECT {p:String}", reform.MustPeriod("2025-Q3"), "2025-Q3"},
		{"number", "SELECT toString({p:Decimal(18,6)})", reform.Num("3.5"), "3.5"},
		{"uint", "SELECT toString({p:UInt64})", uint64(1) << 63, "9223372036854775808"},
		{"bool", "SELECT toString({p:Bool})", true, "true"},
		{"null", "SELECT toString(isNull({p:Nullable(String)}))", nil, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := column(t, db, tt.sql, store.Params{"p": tt.value})
			if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrorKinds(t *testing.T) {
	db := storetest.New(t)
	for _, tt := range []struct {
		name, sql string
		want      error
	}{
		{"timeout", "SELECT count() FROM numbers(1e13) WHERE NOT ignore(sipHash64(number)) SETTINGS max_execution_time = 0.1", reform.ErrTimeout},
		{"memory", "SELECT groupArray(number) FROM numbers(1e8) SETTINGS max_memory_usage = 1000000", reform.ErrTooLarge},
		{"rows", "SELECT * FROM numbers(100) SETTINGS max_result_rows = 10", reform.ErrTooLarge},
		{"syntax", "SELEKT 1", nil},
		{"column", "SELECT no_such_column FROM runs", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := store.Collect(t.Context(), db, tt.sql, nil, func(store.Rows) (int, error) { return 0, nil })
			if err == nil {
				t.Fatal("got no error")
			}
			for _, kind := range []error{reform.ErrTimeout, reform.ErrTooLarge, reform.ErrUnavailable, reform.ErrDenied} {
				if got := errors.Is(err, kind); got != (kind == tt.want) {
					t.Errorf("errors.Is(%v, %v): got %v", err, kind, got)
				}
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tt := range []struct {
		name string
		opts store.Options
		want string
	}{
		{"nothing", store.Options{}, "exactly one"},
		{"dsn", store.Options{DSN: "postgres://x"}, "clickhouse.dsn"},
		{"database", store.Options{DSN: "http://127.0.0.1:1", Database: "a`b"}, "database name"},
		{"cluster", store.Options{DSN: "http://127.0.0.1:1", Cluster: "a'b"}, "cluster name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := store.Open(t.Context(), tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

// A server that is not there is a passing state, said in time and without a password.
func TestNobodyListens(t *testing.T) {
	db := open(t, store.Options{DSN: "http://app:geheim@127.0.0.1:1"})
	began := time.Now()
	_, err := db.Query(t.Context(), "SELECT 1", nil)
	if !errors.Is(err, reform.ErrUnavailable) {
		t.Errorf("got %v, want reform.ErrUnavailable", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v, want less than 2 s", took)
	}
	if err != nil && strings.Contains(err.Error(), "geheim") {
		t.Errorf("the error tells the password: %v", err)
	}
}

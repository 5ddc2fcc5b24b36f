package inbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

const good = "index,unit,period,score,place,of\npar,vn63:80,2019,,5,63\npar,vn63:01,2019,,6,63\n"

// box is an inbox on a clock of the test's own.
func box(t *testing.T) (*Inbox, func(time.Duration)) {
	t.Helper()
	db := storetest.New(t)
	raw, err := archive.Open(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	b := &Inbox{Folder: filepath.Join(t.TempDir(), "in"), Settle: 10 * time.Second, DB: db, Now: func() time.Time { return now },
		NewLoader: func() *ingest.Loader { return &ingest.Loader{DB: db, Archive: raw, Catalog: reform.Default()} }}
	if err := b.prepare(); err != nil {
		t.Fatal(err)
	}
	return b, func(d time.Duration) { now = now.Add(d) }
}

func drop(t *testing.T, b *Inbox, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.Folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// list is the files of the inbox, sorted, without the folders themselves.
func list(t *testing.T, b *Inbox) (out []string) {
	t.Helper()
	err := filepath.WalkDir(b.Folder, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(b.Folder, p)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// take looks, lets the files settle, and takes them.
func take(t *testing.T, b *Inbox, pass func(time.Duration)) []ingest.Report {
	t.Helper()
	if _, err := b.Pending(t.Context()); err != nil {
		t.Fatal(err)
	}
	pass(11 * time.Second)
	reports, err := b.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

func facts(t *testing.T, db *store.DB) uint64 {
	t.Helper()
	n, err := store.Collect(t.Context(), db, "SELECT count() FROM observations WHERE "+store.Committed, store.Params{"rev": uint64(0)},
		func(r store.Rows) (n uint64, err error) { return n, r.Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n[0]
}

func TestTake(t *testing.T) {
	b, pass := box(t)
	drop(t, b, "Xếp hạng 2019.csv", good)
	drop(t, b, "sai.csv", "index,unit,period,score,place,of\npar,vn63:99,2019,,5,63\npar,vn63:80,2019,,70,63\n")
	for _, name := range []string{"~$a.xlsx", "b.csv.part", "c.crdownload", ".hidden.csv", "d.TMP", "e.report.txt", ".~lock.f.ods#"} {
		drop(t, b, name, good)
	}
	if err := os.Mkdir(filepath.Join(b.Folder, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	drop(t, b, "sub/inner.csv", good)
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(b.Folder, "link.csv")); err != nil {
		t.Fatal(err)
	}
	reports := take(t, b, pass)
	if len(reports) != 2 {
		t.Fatalf("got %d reports, want 2: %+v", len(reports), reports)
	}
	want := []string{
		".hidden.csv", ".~lock.f.ods#", "b.csv.part", "c.crdownload", "d.TMP", "done/Xếp hạng 2019.csv", "done/Xếp hạng 2019.csv.report.txt", "e.report.txt",
		"link.csv", "problem/sai.csv", "problem/sai.csv.report.txt", "sub/inner.csv", "~$a.xlsx",
	}
	if diff := cmp.Diff(want, list(t, b)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got := facts(t, b.DB); got != 2 {
		t.Errorf("got %d facts, want 2", got)
	}
	for name, parts := range map[string][]string{
		"done/Xếp hạng 2019.csv.report.txt": {"Đã nạp toàn bộ", "All of it was loaded", "New facts: 2", "16:00 02/03/2026"},
		"problem/sai.csv.report.txt":        {"Không nạp gì", "Nothing of this document", "vn63:99", "70", "Vấn đề:", "Problems:"},
	} {
		text, err := os.ReadFile(filepath.Join(b.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if !strings.Contains(string(text), part) {
				t.Errorf("%s: %q is missing in:\n%s", name, part, text)
			}
		}
	}
	if again := take(t, b, pass); len(again) != 0 {
		t.Errorf("again: got %+v, want nothing", again)
	}
}

// Two looks of the same file, far enough apart; each change begins anew.
func TestComplete(t *testing.T) {
	b, pass := box(t)
	pending := func() bool {
		t.Helper()
		ok, err := b.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	drop(t, b, "a.csv", good[:40])
	for i, want := range []bool{false, false} {
		if got := pending(); got != want {
			t.Errorf("look %d: got %v, want %v", i, got, want)
		}
		pass(6 * time.Second)
	}
	drop(t, b, "a.csv", good)
	if pending() {
		t.Error("a file that grew is taken at once")
	}
	pass(9 * time.Second)
	if pending() {
		t.Error("a file is taken before it has settled")
	}
	pass(2 * time.Second)
	if !pending() {
		t.Error("a file that has settled is not taken")
	}
	f, err := os.OpenFile(filepath.Join(b.Folder, "a.csv"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if openForWriting(f.Name()) && pending() {
		t.Error("a file that is open for writing is taken")
	}
	f.Close()
	if !pending() {
		t.Error("a file that was closed is not taken")
	}
}

func TestNameCollisions(t *testing.T) {
	b, pass := box(t)
	long := strings.Repeat("ă", 125) + ".csv" // 254 bytes
	for i, text := range []string{good, good, strings.Replace(good, ",5,", ",4,", 1)} {
		drop(t, b, "a.csv", text)
		drop(t, b, long, text)
		want := []ingest.State{ingest.Loaded, ingest.Repeated}
		if i == 1 {
			want[0] = ingest.Repeated
		}
		reports := take(t, b, pass)
		if len(reports) != 2 || reports[0].State != want[0] || reports[1].State != want[1] {
			t.Fatalf("round %d: got %+v, want %v", i, reports, want)
		}
	}
	got := list(t, b)
	for _, want := range []string{"done/a.csv", "done/a (2).csv", "done/a (3).csv", "done/a (3).csv.report.txt"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing among %v", want, got)
		}
	}
	if len(got) != 12 {
		t.Errorf("got %d files, want 6 and a report each: %v", len(got), got)
	}
}

// A process that was killed between the load and the move left the file there.
func TestKilledBeforeTheMove(t *testing.T) {
	b, pass := box(t)
	if r, err := b.NewLoader().Load(t.Context(), ingest.Job{Reader: strings.NewReader(good), Name: "a.csv"}); err != nil || r.State != ingest.Loaded {
		t.Fatalf("%+v, %v", r, err)
	}
	drop(t, b, "a.csv", good)
	// And one that was killed within the move: its report has no name yet.
	drop(t, b, "done/b.csv", good)
	drop(t, b, "done/.b.csv"+pendingSuffix, "report")
	drop(t, b, "done/.c.csv"+pendingSuffix, "report of a file that never moved")
	reports := take(t, b, pass)
	if len(reports) != 1 || reports[0].State != ingest.Repeated {
		t.Fatalf("got %+v, want a duplicate", reports)
	}
	want := []string{"done/a.csv", "done/a.csv.report.txt", "done/b.csv", "done/b.csv.report.txt"}
	if diff := cmp.Diff(want, list(t, b)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got := facts(t, b.DB); got != 2 {
		t.Errorf("got %d facts, want 2", got)
	}
}

func TestTooLargeAndEmpty(t *testing.T) {
	b, pass := box(t)
	b.MaxBytes = 1000
	drop(t, b, "big.csv", strings.Repeat("x", 1001))
	drop(t, b, "empty.csv", "")
	reports := take(t, b, pass)
	if len(reports) != 2 || reports[0].State != ingest.Refused || reports[1].State != ingest.Refused {
		t.Fatalf("got %+v, want two refused", reports)
	}
	want := []string{"problem/big.csv", "problem/big.csv.report.txt", "problem/empty.csv", "problem/empty.csv.report.txt"}
	if diff := cmp.Diff(want, list(t, b)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// Where the database does not answer, the file stays for the next time.
func TestStaysWhileTheDatabaseIsAway(t *testing.T) {
	b, pass := box(t)
	drop(t, b, "a.csv", good)
	if _, err := b.Pending(t.Context()); err != nil {
		t.Fatal(err)
	}
	pass(11 * time.Second)
	ctx, cancel := context.WithCancel(t.Context())
	whole := b.NewLoader
	b.NewLoader = func() *ingest.Loader { cancel(); return whole() }
	if _, err := b.Take(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	if diff := cmp.Diff([]string{"a.csv"}, list(t, b)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	b.NewLoader = whole
	if reports, err := b.Take(t.Context()); err != nil || len(reports) != 1 || reports[0].State != ingest.Loaded {
		t.Errorf("then: got %+v, %v; want it loaded", reports, err)
	}
}

// All problems stand in the report, also where a load lists only the first.
func TestAllProblemsAreReported(t *testing.T) {
	b, pass := box(t)
	var rows strings.Builder
	rows.WriteString("index,unit,period,score,place,of\n")
	for range ingest.ListedProblems + 50 {
		rows.WriteString("par,vn63:99,2019,,5,63\n")
	}
	drop(t, b, "many.csv", rows.String())
	reports := take(t, b, pass)
	if len(reports) != 1 || reports[0].Problems <= ingest.ListedProblems {
		t.Fatalf("got %+v, want more than %d problems", reports, ingest.ListedProblems)
	}
	text, err := os.ReadFile(filepath.Join(b.Folder, "problem", "many.csv.report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(string(text), "\r\n  - "), 2*(reports[0].Problems+reports[0].Warnings); got != want {
		t.Errorf("got %d lines of problems, want %d", got, want)
	}
}

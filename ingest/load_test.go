package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

func TestLoadFillsFromTheCatalogue(t *testing.T) {
	l := newLoader(t)
	r := mustLoad(t, l, Job{Date: "2020-05-05", Authority: reform.AuthorityOfficial, Source: "test"}, note(
		"u=vn63:80 p=2019 s=68.82 r=8/63",
		"u=vn63:01 p=2019 r=9",
		"u=vn63:80 p=2019 ix=moj r=4",
	))
	if r.State != Loaded || r.Facts != 3 || r.Problems != 0 {
		t.Fatalf("got %s with %d facts, problems %s; want 3 loaded", r.State, r.Facts, codes(r))
	}
	got := texts(t, l.DB, "(unit, unit_name, unit_type, basis != '', max, place, of, of_origin, scope, rank_kind, status, toDate(observed_at), observed_origin, authority, document = carrier)", "")
	want := []string{
		"('vn63:80','Long An','province',1,NULL,4,NULL,'','nation','published','final','2020-05-05','document',1,1)",
		"('vn63:01','Hà Nội','province',1,NULL,9,63,'edition','nation','published','final','2020-05-05','document',1,1)",
		"('vn63:80','Long An','province',1,100,8,63,'printed','nation','published','final','2020-05-05','document',1,1)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	if got, want := ExitCode(r), 0; got != want {
		t.Errorf("exit code: got %d, want %d", got, want)
	}
}

func TestTheSameBytesAreANoOp(t *testing.T) {
	l := newLoader(t)
	text := note("u=vn63:80 p=2019 s=68.82 r=8/63", "u=vn63:01 p=2019 s=68.80 r=9/63")
	first := mustLoad(t, l, Job{}, text)
	before := count1(t, l.DB, "SELECT count() FROM documents WHERE id = {d:String}", store.Params{"d": first.Document.ID})
	second := mustLoad(t, l, Job{Name: "other name.note"}, text)
	if second.State != Repeated || second.Facts != 0 || second.Duplicates != 2 {
		t.Errorf("got %s, %d facts, %d duplicates; want duplicate, 0, 2", second.State, second.Facts, second.Duplicates)
	}
	if got, want := ExitCode(second), 0; got != want {
		t.Errorf("exit code: got %d, want %d", got, want)
	}
	if got, want := visible(t, l.DB, 0), 2; got != want {
		t.Errorf("observations: got %d, want %d", got, want)
	}
	// The source is known to be fresh: the document was retrieved once more.
	if got, want := count1(t, l.DB, "SELECT count() FROM documents WHERE id = {d:String}", store.Params{"d": first.Document.ID}), before+1; got != want {
		t.Errorf("rows of the document: got %d, want %d", got, want)
	}
	// Read in another way it is another load, and what is the same is not doubled.
	third := mustLoad(t, l, Job{Kind: "note"}, text)
	if third.State != Loaded || third.Facts != 0 || third.Duplicates != 2 {
		t.Errorf("as another kind: got %s, %d facts, %d duplicates; want loaded, 0, 2", third.State, third.Facts, third.Duplicates)
	}
}

func TestRevisionsStayAskable(t *testing.T) {
	l := newLoader(t)
	first := mustLoad(t, l, Job{Source: "pci", Date: "2020-05-05"}, note("u=vn63:80 p=2019 s=68.82 r=8/63", "u=vn63:01 p=2019 s=68.80 r=9/63"))
	second := mustLoad(t, l, Job{Source: "pci", Date: "2020-06-01"}, note("u=vn63:80 p=2019 s=68.99 r=8/63", "u=vn63:01 p=2019 s=68.80 r=9/63"))
	if second.Facts != 2 || second.Revisions != 1 || second.Conflicts != 0 {
		t.Errorf("got %d facts, %d revisions, %d conflicts; want 2, 1, 0", second.Facts, second.Revisions, second.Conflicts)
	}
	if second.Rev <= first.Rev {
		t.Errorf("revisions do not grow: %d, then %d", first.Rev, second.Rev)
	}
	if got, want := visible(t, l.DB, first.Rev), 2; got != want {
		t.Errorf("at the first revision: got %d observations, want %d", got, want)
	}
	const current = "SELECT toString(score) FROM observations WHERE unit = 'vn63:80' AND observed_at <= {as_of:DateTime64(3, 'UTC')} AND " +
		store.Committed + " ORDER BY observed_at DESC, loaded_at DESC LIMIT 1"
	for _, c := range []struct {
		name string
		asOf time.Time
		rev  uint64
		want string
	}{
		{"now", time.Now(), 0, "68.99"},
		{"at the first revision", time.Now(), first.Rev, "68.82"},
		{"as of 20 May 2020", time.Date(2020, 5, 20, 0, 0, 0, 0, time.UTC), 0, "68.82"},
	} {
		got, err := store.Collect(t.Context(), l.DB, current, store.Params{"as_of": c.asOf, "rev": c.rev}, func(r store.Rows) (v string, err error) { return v, r.Scan(&v) })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	// Another source that says otherwise is a conflict and no revision; one that rounds is neither.
	third := mustLoad(t, l, Job{Source: "paper", Date: "2020-07-01"}, note("u=vn63:80 p=2019 s=68.9", "u=vn63:01 p=2019 s=68.8"))
	if third.Facts != 2 || third.Revisions != 0 || third.Conflicts != 1 {
		t.Errorf("another source: got %d facts, %d revisions, %d conflicts; want 2, 0, 1", third.Facts, third.Revisions, third.Conflicts)
	}
}

// Cited facts belong to their publication: a tidy file that is edited adds what is new in it only.
func TestCitedFacts(t *testing.T) {
	l := newLoader(t)
	lines := []string{
		`u=vn63:31 p=2023 s=91.87 "title=Báo A" date=2024-04-17 auth=4`,
		`u=vn63:31 p=2023 s=91.81 "title=Báo B" date=2024-04-18 auth=3`,
		`u=vn63:80 p=2023 r=10/63 "title=Báo B" date=2024-04-18 auth=3`,
	}
	for i := range lines {
		lines[i] += " ix=par"
	}
	first := mustLoad(t, l, Job{Source: "press"}, note(lines...))
	if first.State != Loaded || first.Facts != 3 || first.Conflicts != 1 {
		t.Fatalf("got %s, %d facts, %d conflicts, %s; want loaded, 3, 1", first.State, first.Facts, first.Conflicts, codes(first))
	}
	if got, want := count1(t, l.DB, "SELECT count() FROM documents WHERE NOT held AND "+store.Committed, store.Params{"rev": uint64(0)}), 2; got != want {
		t.Errorf("cited documents: got %d, want %d", got, want)
	}
	wantID := reform.Citation{Title: "Báo B", Date: "2024-04-18"}.ID()
	if got := texts(t, l.DB, "(document, authority, carrier, toDate(observed_at))", "unit = 'vn63:80'"); len(got) != 1 || got[0] != "('"+wantID+"',3,'"+first.Document.ID+"','2024-04-18')" {
		t.Errorf("got %v, want the document %s carried by %s", got, wantID, first.Document.ID)
	}
	lines[0] = strings.Replace(lines[0], "91.87", "91.85", 1)
	lines = append(lines, `u=vn63:79 p=2023 r=33/63 "title=Báo B" date=2024-04-18 auth=3 ix=par`)
	second := mustLoad(t, l, Job{Source: "press"}, note(lines...))
	if second.Facts != 2 || second.Duplicates != 2 || second.Revisions != 1 {
		t.Errorf("edited: got %d facts, %d duplicates, %d revisions; want 2, 2, 1", second.Facts, second.Duplicates, second.Revisions)
	}
	// And back again: the older value is said anew, it is not a duplicate of what was replaced.
	lines[0] = strings.Replace(lines[0], "91.85", "91.87", 1)
	third := mustLoad(t, l, Job{Source: "press"}, note(lines...))
	if third.Facts != 1 || third.Duplicates != 3 || third.Revisions != 1 {
		t.Errorf("put back: got %d facts, %d duplicates, %d revisions; want 1, 3, 1", third.Facts, third.Duplicates, third.Revisions)
	}
}

func TestRefusedWhole(t *testing.T) {
	l := newLoader(t)
	good := "u=vn63:01 p=2019 s=68.80 r=9/63"
	cases := []struct {
		name, text, want string
	}{
		{"empty", "", "empty-file"},
		{"picture", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "unknown-kind"},
		{"other text", "hello\nworld\n", "unknown-kind"},
		{"nothing in it", "#note\n", "no-facts"},
		{"unknown unit", note(good, "u=vn63:99 p=2019 s=50"), "unknown-unit@line 3"},
		{"unknown index", note(good, "u=vn63:80 ix=xyz p=2019 s=50"), "unknown-index@line 3"},
		{"unknown component", note(good, "u=vn63:80 c=xyz p=2019 s=5"), "unknown-component@line 3"},
		{"unknown basis", note(good, "u=vn63:80 b=xyz p=2019 s=5"), "unknown-basis@line 3"},
		{"over the maximum", note(good, "u=vn63:80 p=2019 s=100.01"), "over-maximum@line 3"},
		{"over its own maximum", note(good, "u=vn63:80 p=2019 s=13 max=12"), "over-maximum@line 3, ~other-maximum@line 3"},
		{"a ratio of nothing", note(good, "u=vn63:80 p=2019 ratio=5/0"), "bad-ratio@line 3"},
		{"a ratio below zero", note(good, "u=vn63:80 p=2019 ratio=-5/10"), "bad-ratio@line 3"},
		{"below zero", note(good, "u=vn63:80 p=2019 s=-1"), "negative-score@line 3"},
		{"place over denominator", note(good, "u=vn63:80 p=2019 r=64/63"), "place-over-denominator@line 3"},
		{"place over the units of the scheme", note(good, "u=vn34:80 p=2030 r=40"), "more-than-units@line 3"},
		{"place over the units of the region", note(good, "u=vn63:93 p=2019 r=14 scope=vn63:r:DBSCL"), "more-than-units@line 3"},
		{"denominator of another scheme", note(good, "u=vn34:15 p=2030 r=5/63"), "more-than-units@line 3"},
		{"place over the edition's number", note(good, "u=vn63:80 p=2019 r=64"), "place-over-denominator@line 3"},
		{"place out of bounds", note(good, "u=vn63:80 p=2019 r=70000"), "bad-place@line 3"},
		{"no value", note(good, "u=vn63:80 p=2019"), "no-value@line 3"},
		{"no period", note(good, "u=vn63:80 s=5"), "no-period@line 3"},
		{"too large", note(good, "u=vn63:80 p=2019 s=1e30"), "number-too-large@line 3"},
		{"count with decimals", note("ix=dossiers u=vn63:80 p=2024 c=received s=1.745"), "not-whole@line 2"},
		{"contradiction", note(good, "u=vn63:01 p=2019 s=68.20 r=9/63"), "contradiction@line 3"},
		{"contradicting place", note(good, "u=vn63:01 p=2019 s=68.80 r=8/63"), "contradiction@line 3"},
		{"contradiction over scopes", note(good, "u=vn63:01 p=2019 s=68.20 r=1/11 scope=vn63:r:DBSH"), "contradiction@line 3"},
		{"unknown scope", note(good, "u=vn63:80 p=2019 r=3/13 scope=vn63:r:XYZ"), "unknown-scope@line 3"},
		{"outside the scope", note(good, "u=vn63:01 p=2019 r=3/13 scope=vn63:r:DBSCL"), "outside-scope@line 3"},
		{"bad date of a source", note(good, `u=vn63:80 p=2019 s=5 title=A date=13/13`), "bad-date@line 3"},
		{"parser's problem", note(good, "bad=x"), "bad-line@line 3"},
		{"parser breaks off", note(good, "stop=broken"), "unreadable"},
		{"parser panics", note(good, "panic=boom"), "unreadable"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := mustLoad(t, l, Job{}, c.text)
			if r.State != Refused || ExitCode(r) != 1 {
				t.Errorf("got state %s, exit code %d; want refused, 1", r.State, ExitCode(r))
			}
			if got := codes(r); got != c.want {
				t.Errorf("problems: got %s, want %s", got, c.want)
			}
			for _, p := range r.Listed {
				if p.Reason == "" || p.ReasonVI == "" || p.Reason == p.ReasonVI || strings.Contains(p.Reason+p.ReasonVI, "%!") {
					t.Errorf("sentences: %q and %q", p.Reason, p.ReasonVI)
				}
			}
			if r.Run != "" {
				if got, want := count1(t, l.DB, "SELECT count() FROM problems WHERE run = {run:String}", store.Params{"run": r.Run}), len(r.Listed); got != want {
					t.Errorf("stored problems: got %d, want %d", got, want)
				}
			}
		})
	}
	if got := count1(t, l.DB, "SELECT count() FROM observations", nil); got != 0 {
		t.Errorf("got %d observations of refused documents, want none", got)
	}
	// The bytes are kept all the same: the good rows may be wanted later.
	n := 0
	if err := l.Archive.Walk(func(string, int64) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	if n != len(cases) {
		t.Errorf("archived documents: got %d, want %d", n, len(cases))
	}
}

func TestSetAside(t *testing.T) {
	l := newLoader(t)
	text := note(
		"u=vn63:80 p=2019 s=68.82 r=8/63",
		"u=vn63:01 p=2019 s=68.80 r=9/63", // contradicted below: neither is loaded
		"u=vn63:79 p=2019 s=67.16 r=14/63",
		"u=vn63:01 p=2019 s=61.80 r=9/63",
		"bad=x",
	)
	if r := mustLoad(t, l, Job{}, text); r.State != Refused {
		t.Fatalf("without set-aside: got %s, want refused", r.State)
	}
	r := mustLoad(t, l, Job{SetAside: true}, text)
	if r.State != Partly || r.Facts != 2 || r.Problems != 2 || ExitCode(r) != 3 {
		t.Errorf("got %s, %d facts, %d problems, exit code %d; want set-aside, 2, 2, 3", r.State, r.Facts, r.Problems, ExitCode(r))
	}
	if diff := cmp.Diff([]string{"vn63:79", "vn63:80"}, texts(t, l.DB, "unit", "")); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	// Again: nothing is doubled, and what was set aside is looked at anew.
	if r := mustLoad(t, l, Job{SetAside: true}, text); r.State != Partly || r.Facts != 0 || r.Duplicates != 2 {
		t.Errorf("again: got %s, %d facts, %d duplicates; want set-aside, 0, 2", r.State, r.Facts, r.Duplicates)
	}
	if got, want := ExitCode(r, Report{State: Loaded}), 3; got != want {
		t.Errorf("exit code of several: got %d, want %d", got, want)
	}
}

func TestWarningsLoad(t *testing.T) {
	l := newLoader(t)
	cases := []struct {
		name, text, want string
	}{
		{"place against score", note("u=vn63:80 p=2019 s=60 r=1/63", "u=vn63:01 p=2019 s=61 r=2/63"), "~place-against-score@line 3"},
		{"shared place", note("u=vn63:80 p=2018 s=60 r=1/63", "u=vn63:01 p=2018 s=61 r=1/63"), "~shared-place@line 3"},
		{"tie", note("u=vn63:80 p=2017 s=60 r=1/63", "u=vn63:01 p=2017 s=60.00 r=1/63"), ""},
		{"other denominator", note("u=vn63:80 p=2016 r=1/64"), "~other-denominator@line 2"},
		{"other scheme", note("u=vn34:80 p=2015 s=50"), "~other-scheme@line 2"},
		{"two precisions", note("u=vn63:80 p=2014 s=60.5", "u=vn63:80 p=2014 s=60.49"), "~two-precisions@line 3"},
		{"future", note("u=vn63:80 p=2013 s=60.5 at=2099-01-01"), "~future-date@line 2"},
		{"score and place apart", note("u=vn63:80 p=2012 s=60.5", "u=vn63:80 p=2012 r=3/63", "u=vn63:80 p=2012 s=60.5 r=3/63"), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := mustLoad(t, l, Job{}, c.text)
			if r.State != Loaded {
				t.Errorf("got %s, want loaded", r.State)
			}
			if got := codes(r); got != c.want {
				t.Errorf("warnings: got %s, want %s", got, c.want)
			}
		})
	}
}

// Candidates for review are kept apart: they refuse nothing and dispute nothing.
func TestCandidates(t *testing.T) {
	l := newLoader(t)
	r := mustLoad(t, l, Job{}, note(
		"u=vn63:80 p=2019 s=68.82 r=8/63",
		"u=vn63:80 p=2019 s=62.82 status=review", "u=vn63:80 p=2019 s=62.82 status=review", "u=vn63:80 p=2019 s=61 status=review",
		"u=vn63:80 p=2019 r=64/63 status=review",
	))
	if r.State != Loaded || r.Facts != 3 || r.Duplicates != 1 || codes(r) != "~place-over-denominator@line 6" {
		t.Errorf("got %s, %d facts, %d duplicates, %s; want loaded, 3, 1, a warning of line 6", r.State, r.Facts, r.Duplicates, codes(r))
	}
	if r.Coverage[0].WithScore != 1 || r.Coverage[0].WithPlace != 1 {
		t.Errorf("coverage: got %+v, want one score and one place", r.Coverage[0])
	}
	if r := mustLoad(t, l, Job{Source: "other"}, note("u=vn63:80 p=2019 s=68.82")); r.Conflicts != 0 || r.Revisions != 0 {
		t.Errorf("another source: got %d conflicts, %d revisions; want none", r.Conflicts, r.Revisions)
	}
}

func TestDryRunNeedsNoDatabase(t *testing.T) {
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}, Now: testClock()}
	var out strings.Builder
	r, err := l.Load(t.Context(), Job{Reader: strings.NewReader(note("u=vn63:80 p=2019 s=3.50 r=8", "u=vn63:80 p=2018 r=64/63")), Name: "x", DryRun: true, Sink: LineSink{&out}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"index":"pci","basis":"` + r.Coverage[0].Basis + `","unit":"vn63:80","unit_name":"Long An","unit_type":"province","period":"2019","period_kind":"year","component":"","score":"3.5","max":"100","numerator":null,"denominator":null,"place":8,"of":63,"scope":"nation","rank_kind":"published","status":"final","locator":"line 2","quote":null}` + "\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if r.State != Refused || r.Facts != 1 || r.Problems != 1 {
		t.Errorf("got %s, %d facts, %d problems; want refused, 1, 1", r.State, r.Facts, r.Problems)
	}
}

// Loads of one document at the same time, from several loaders as from several
// processes, add it once.
func TestLoadsInParallel(t *testing.T) {
	db := storetest.New(t)
	dir := filepath.Join(t.TempDir(), "archive")
	text := note("u=vn63:80 p=2019 s=68.82 r=8/63", "u=vn63:01 p=2019 s=68.80 r=9/63")
	var wg sync.WaitGroup
	reports := make([]Report, 6)
	for i := range reports {
		l := loaderOn(t, db, dir)
		wg.Add(1)
		go func() {
			defer wg.Done()
			r, err := l.Load(t.Context(), Job{Reader: strings.NewReader(text), Name: "a.note"})
			if err != nil {
				t.Error(err)
			}
			reports[i] = r
		}()
	}
	wg.Wait()
	states := map[State]int{}
	for _, r := range reports {
		states[r.State]++
	}
	if diff := cmp.Diff(map[State]int{Loaded: 1, Repeated: 5}, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if got, want := visible(t, db, 0), 2; got != want {
		t.Errorf("observations: got %d, want %d", got, want)
	}
}

func TestLoadAll(t *testing.T) {
	l := newLoader(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.note": note("u=vn63:80 p=2019 s=68.82"), "a.note": note("u=vn63:80 p=2018 s=68.09"), "sub/c.note": note("u=vn63:99 p=2018 s=68.09"),
		".hidden": "x", "~$b.xlsx": "x",
	} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var steps []string
	l.Progress = func(p Progress) {
		if p.Step == StepDone {
			steps = append(steps, filepath.Base(p.Name))
		}
	}
	reports, err := l.LoadAll(t.Context(), Job{}, []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.note", "b.note", "c.note"}, steps); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if got, want := ExitCode(reports...), 1; got != want {
		t.Errorf("exit code: got %d, want %d", got, want)
	}
	if got, want := visible(t, l.DB, 0), 2; got != want {
		t.Errorf("observations: got %d, want %d", got, want)
	}
	if _, err := l.LoadAll(t.Context(), Job{}, []string{filepath.Join(dir, "none")}, nil); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("missing path: got %v, want ErrNotFound", err)
	}
}

func TestLoadShipped(t *testing.T) {
	l := newLoader(t)
	fsys := fstest.MapFS{
		"facts/a.csv": {Data: []byte(note("u=vn63:80 p=2019 s=68.82"))},
		"facts/b.csv": {Data: []byte(note("u=vn63:80 p=2018 s=68.09"))},
		"README.md":   {Data: []byte("x")},
	}
	reports, err := l.LoadShipped(t.Context(), fsys, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) != 2 || Total(reports).Facts != 2 {
		t.Fatalf("got %d reports with %d facts, want 2 with 2", len(reports), Total(reports).Facts)
	}
	runs := count1(t, l.DB, "SELECT uniqExact(run) FROM runs", nil)
	began := time.Now()
	reports, err = l.LoadShipped(t.Context(), fsys, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) != 0 {
		t.Errorf("again: got %d reports, want none", len(reports))
	}
	if d := time.Since(began); d > 100*time.Millisecond {
		t.Errorf("again: took %s, want under 100 ms", d)
	}
	if got := count1(t, l.DB, "SELECT uniqExact(run) FROM runs", nil); got != runs {
		t.Errorf("runs: got %d, want %d as before", got, runs)
	}
	fsys["facts/a.csv"] = &fstest.MapFile{Data: []byte(note("u=vn63:80 p=2019 s=68.83"))}
	if reports, err = l.LoadShipped(t.Context(), fsys, nil); err != nil || len(reports) != 1 || reports[0].Revisions != 1 {
		t.Errorf("a corrected file: got %+v, %v; want one report with one revision", reports, err)
	}
}

func TestBadJobs(t *testing.T) {
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	for _, j := range []Job{
		{},
		{Path: "x", Date: "1.2.2020"},
		{Path: "x", Date: "2999-01-01"},
		{Path: "x", Authority: 9},
		{Path: "x", Options: map[string]string{"colour": "red"}},
		{Path: t.TempDir(), DryRun: true},
	} {
		if _, err := l.Load(t.Context(), j); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%+v: got %v, want ErrInvalid", j, err)
		}
	}
	if _, err := l.Load(t.Context(), Job{Path: filepath.Join(t.TempDir(), "none"), DryRun: true}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("no file: got %v, want ErrNotFound", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Load(ctx, Job{Reader: strings.NewReader(note("u=vn63:80 p=2019 s=1")), DryRun: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: got %v, want context.Canceled", err)
	}
}

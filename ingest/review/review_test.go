package review_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/parse"
	"chiso/ingest/review"
	"chiso/queries"
	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

// desk is a database with all that deciding needs.
type desk struct {
	*review.Service
	t   *testing.T
	db  *store.DB
	raw *archive.Archive
	q   *queries.Queries
	now func() time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	raw, err := archive.Open(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: storetest.New(t), raw: raw}
	d.q = queries.New(d.db, reform.Default())
	var mu sync.Mutex
	at := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	d.now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
	d.Service = &review.Service{Reader: d.q, NewLoader: d.loader, Now: d.now}
	return d
}

func (d *desk) loader() *ingest.Loader {
	return &ingest.Loader{DB: d.db, Archive: d.raw, Catalog: reform.Default(), Now: d.now}
}

// load loads facts as the document of a source, whose text makes its bytes.
func (d *desk) load(source, text string, authority reform.Authority, facts ...reform.Fact) ingest.Report {
	d.t.Helper()
	l := d.loader()
	l.Kinds = []parse.Kind{{
		Name: "given", Detect: func(parse.Probe) parse.Certainty { return 100 },
		Parse: func(_ context.Context, _ parse.Input, _ *reform.Catalog, sink reform.Sink) (parse.Result, error) {
			for i := range facts {
				f := facts[i]
				if err := sink.Fact(&f); err != nil {
					return parse.Result{}, err
				}
			}
			return parse.Result{Kind: "given", Facts: len(facts), Rows: len(facts)}, nil
		},
	}}
	r, err := l.Load(d.t.Context(), ingest.Job{Reader: strings.NewReader(text), Name: source + ".txt", Kind: "given", Source: source, Title: "Bài của " + source, Authority: authority})
	if err != nil || r.State != ingest.Loaded {
		d.t.Fatalf("loading %s: %v, %s %v", source, err, r.State, r.Listed)
	}
	return r
}

func (d *desk) waiting() []reform.Candidate {
	d.t.Helper()
	page, err := d.q.Candidates(d.t.Context(), reform.CandidateFilter{}, 100, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	counts, err := d.q.Counts(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	if int(page.Total) != len(page.Candidates) || counts.Review != page.Total {
		d.t.Errorf("candidates that wait: got %d of a total of %d, and %d counted", len(page.Candidates), page.Total, counts.Review)
	}
	return page.Candidates
}

// place is Hậu Giang's or another unit's place as the views show it, with the authority.
func (d *desk) place(unit reform.UnitKey, period string, v reform.View) string {
	d.t.Helper()
	series, err := d.q.RankHistory(d.t.Context(), reform.RankHistoryQuestion{Index: "par", Units: []reform.UnitKey{unit}, View: v})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, p := range series[0].Points {
		if p.Period.String() == period {
			f := reform.Fact{Place: p.Place, Of: p.Of, OfPrinted: p.OfPrinted}
			return reform.ValueOf(&f, reform.MeasurePlace)
		}
	}
	return ""
}

func (d *desk) conflict(unit reform.UnitKey, v reform.View) *reform.Conflict {
	d.t.Helper()
	found, err := d.q.Conflicts(d.t.Context(), reform.ConflictQuestion{Index: "par", Unit: unit, View: v})
	if err != nil {
		d.t.Fatal(err)
	}
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}

func ranked(unit reform.UnitKey, period string, place, of int) reform.Fact {
	return reform.Fact{Index: "par", Unit: unit, Period: reform.MustPeriod(period), Place: place, Of: of, OfPrinted: of > 0, Locator: "chars 10-40", Quote: "xếp thứ 27/63 tỉnh, thành phố"}
}

func unsure(f reform.Fact, note string) reform.Fact {
	f.Status, f.Note = reform.Review, note
	return f
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func at(f reform.Fact, s string) reform.Fact {
	f.ObservedAt = day(s)
	return f
}

func TestAccept(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	article := d.load("bao", "bài 1", reform.AuthorityPress, at(unsure(ranked("vn63:93", "2021", 27, 63), "chủ ngữ ở xa"), "2022-06-01"))
	list := d.waiting()
	if len(list) != 1 {
		t.Fatalf("got %d candidates, want 1", len(list))
	}
	c := list[0]
	if c.Fact.Note != "chủ ngữ ở xa" || c.Fact.Quote != "xếp thứ 27/63 tỉnh, thành phố" || c.Fact.Locator != "chars 10-40" || c.Document != article.Document.ID {
		t.Errorf("candidate: got %+v", c)
	}
	if got := d.place("vn63:93", "2021", reform.View{}); got != "" {
		t.Errorf("before: got place %q, want none", got)
	}
	if _, err := d.Accept(ctx, c.ID, " ", ""); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("nobody decides: got %v, want %v", err, reform.ErrInvalid)
	}
	got, err := d.Accept(ctx, c.ID[:6], "Nguyễn Văn A", "")
	if err != nil {
		t.Fatal(err)
	}
	if got.Action != reform.ActionAccept || got.Author != "Nguyễn Văn A" || got.Candidate != c.ID || got.Rev <= article.Rev || got.Original.Document != article.Document.ID {
		t.Errorf("decision: got %+v", got)
	}
	// Both ways of asking tell the same.
	again, err := d.q.Decision(ctx, got.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again, cmp.Comparer(func(a, b reform.Period) bool { return a == b }), cmp.Comparer(reform.Number.Equal)); diff != "" {
		t.Errorf("decision (-returned +asked):\n%s", diff)
	}
	if got := d.place("vn63:93", "2021", reform.View{}); got != "27/63" {
		t.Errorf("after: got place %q, want 27/63", got)
	}
	if got := d.place("vn63:93", "2021", reform.View{Rev: article.Rev}); got != "" {
		t.Errorf("of the revision before: got place %q, want none", got)
	}
	records, err := d.q.Fact(ctx, reform.FactQuestion{Index: "par", Unit: "vn63:93", Period: reform.MustPeriod("2021")})
	if err != nil || len(records) != 1 {
		t.Fatalf("got %d records, %v", len(records), err)
	}
	r := records[0]
	if r.Document != got.Document || r.Authority != reform.AuthorityPress || !r.Fact.ObservedAt.Equal(day("2022-06-01")) || r.Fact.Quote != c.Fact.Quote || r.Fact.Status != reform.Final {
		t.Errorf("the number's record: got %+v", r)
	}
	// The decision is a held document, which cites the original.
	f, err := d.raw.Open(got.Document)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var kept reform.Decision
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	if kept.Author != "Nguyễn Văn A" || kept.Original.Document != article.Document.ID || kept.Original.Quote != c.Fact.Quote || !strings.Contains(kept.Original.Cite, "Bài của bao") {
		t.Errorf("kept: got %+v", kept)
	}
	doc, err := d.q.Document(ctx, got.Document)
	if err != nil || doc.Kind != "decision" || doc.Issuer != "Nguyễn Văn A" || doc.Source != "bao" || !strings.Contains(doc.Title, "Bài của bao") {
		t.Errorf("document: got %+v, %v", doc, err)
	}
	// A second decision is told who was first.
	_, err = d.Reject(ctx, c.ID, "B", "không đúng")
	var decided *reform.DecidedError
	if !errors.As(err, &decided) || !errors.Is(err, reform.ErrConflict) || decided.By.Author != "Nguyễn Văn A" {
		t.Errorf("a second decision: got %v", err)
	}
	// The article with another advertisement around asks nothing again; another sentence does.
	d.load("bao", "bài 1, quảng cáo khác", reform.AuthorityPress, at(unsure(ranked("vn63:93", "2021", 27, 63), "chủ ngữ ở xa"), "2022-06-01"))
	if got := d.waiting(); len(got) != 0 {
		t.Errorf("fetched again: got %v, want nothing to decide", got)
	}
	d.load("bao khác", "bài 2", reform.AuthorityPress, at(unsure(ranked("vn63:93", "2021", 27, 63), "chủ ngữ ở xa"), "2022-06-01"))
	if got := d.waiting(); len(got) != 1 {
		t.Errorf("another paper: got %v, want one to decide", got)
	}
	if _, err := d.Reopen(ctx, got.ID, "A", "nhầm"); !errors.Is(err, reform.ErrConflict) {
		t.Errorf("reopening what is loaded: got %v, want %v", err, reform.ErrConflict)
	}
}

func TestCorrect(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.load("bao", "x", reform.AuthorityPress, at(unsure(ranked("vn63:93", "2021", 27, 63), "hai năm"), "2022-06-01"))
	c := d.waiting()[0]
	correct := func(fields map[string]string, reason string) error {
		t.Helper()
		correction, err := review.ParseCorrection(fields)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Correct(ctx, c.ID, correction, "A", reason)
		return err
	}
	for _, tt := range []struct {
		name   string
		fields map[string]string
		reason string
	}{
		{"no reason", map[string]string{"place": "7"}, ""},
		{"nothing", map[string]string{"place": "27", "unit": "vn63:93"}, "r"},
		{"over its denominator", map[string]string{"place": "70"}, "r"},
		{"unknown unit", map[string]string{"unit": "vn63:13"}, "r"},
		{"unknown component", map[string]string{"component": "nope"}, "r"},
		{"no value left", map[string]string{"place": ""}, "r"},
		{"of another scheme", map[string]string{"unit": "vn34:92", "of": "63"}, "r"},
	} {
		if err := correct(tt.fields, tt.reason); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", tt.name, err, reform.ErrInvalid)
		}
	}
	if got := d.waiting(); len(got) != 1 {
		t.Fatalf("after refused corrections: got %d that wait, want 1", len(got))
	}
	if all, err := d.q.Decisions(ctx, reform.DecisionFilter{}, 10, 0); err != nil || len(all) != 0 {
		t.Errorf("after refused corrections: got decisions %v, %v", all, err)
	}
	if err := correct(map[string]string{"place": "7", "period": "2020", "unit": "vn63:80"}, "câu nói về Long An năm 2020"); err != nil {
		t.Fatal(err)
	}
	if got := d.place("vn63:80", "2020", reform.View{}); got != "7/63" {
		t.Errorf("got place %q, want 7/63", got)
	}
	if got := d.place("vn63:93", "2021", reform.View{}); got != "" {
		t.Errorf("as it was read: got place %q, want none", got)
	}
	all, err := d.q.Decisions(ctx, reform.DecisionFilter{Unit: "vn63:80"}, 10, 0)
	if err != nil || len(all) != 1 {
		t.Fatalf("got %v, %v", all, err)
	}
	if x := all[0]; x.Before.Place != 27 || x.Before.Unit != "vn63:93" || x.After.Place != 7 || x.After.UnitName != "Long An" || x.After.Basis == "" || x.Reason == "" {
		t.Errorf("decision: got before %+v, after %+v", x.Before, x.After)
	}
}

func TestRejectAndReopen(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.load("bao", "x", reform.AuthorityPress, unsure(ranked("vn63:93", "2021", 27, 63), "?"))
	c := d.waiting()[0]
	rev, _ := d.q.Rev(ctx)
	rejected, err := d.Reject(ctx, c.ID, "A", "xếp hạng trong tỉnh")
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := d.q.Rev(ctx); after <= rev || rejected.Rev != after {
		t.Errorf("revision: got %d after %d, and %d of the decision", after, rev, rejected.Rev)
	}
	if got := d.waiting(); len(got) != 0 {
		t.Errorf("rejected: got %v", got)
	}
	page, err := d.q.Candidates(ctx, reform.CandidateFilter{State: reform.CandidatesDecided}, 10, 0)
	if err != nil || page.Total != 1 || page.Candidates[0].Decision.Reason != "xếp hạng trong tỉnh" {
		t.Fatalf("decided: got %+v, %v", page, err)
	}
	// As it was before.
	if page, err := d.q.Candidates(ctx, reform.CandidateFilter{View: reform.View{Rev: rev}}, 10, 0); err != nil || page.Total != 1 {
		t.Errorf("of the revision before: got %+v, %v", page, err)
	}
	if ok, err := d.db.DocumentLoaded(ctx, rejected.Document); err != nil || !ok || !d.raw.Has(rejected.Document) {
		t.Errorf("the decision's document is not held: %v, %v", ok, err)
	}
	reopened, err := d.Reopen(ctx, rejected.ID, "B", "đọc lại")
	if err != nil {
		t.Fatal(err)
	}
	if got := d.waiting(); len(got) != 1 || !got[0].Waits() || got[0].Decision.ID != reopened.ID {
		t.Fatalf("reopened: got %+v", got)
	}
	if _, err := d.Reopen(ctx, rejected.ID, "B", "lần nữa"); !errors.Is(err, reform.ErrConflict) {
		t.Errorf("reopened twice: got %v", err)
	}
	if _, err := d.Accept(ctx, c.ID, "B", ""); err != nil {
		t.Fatal(err)
	}
	if got := d.place("vn63:93", "2021", reform.View{}); got != "27/63" {
		t.Errorf("got place %q, want 27/63", got)
	}
}

// A process that dies between the note of a decision and its commit has decided nothing.
func TestUncommittedDecisionIsNone(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.load("bao", "x", reform.AuthorityPress, unsure(ranked("vn63:93", "2021", 27, 63), "?"))
	c := d.waiting()[0]
	lost := reform.Decision{ID: "0198c0de-0000-7000-8000-000000000000", Action: reform.ActionReject, Candidate: c.ID, Author: "A", Reason: "r", At: d.now()}
	body, err := lost.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.db.PutDecision(ctx, lost, strings.Repeat("a", 64), body); err != nil {
		t.Fatal(err)
	}
	if got := d.waiting(); len(got) != 1 || got[0].Decision != nil {
		t.Errorf("got %+v, want one that waits", got)
	}
	if _, err := d.q.Decision(ctx, lost.ID); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("got %v, want %v", err, reform.ErrNotFound)
	}
	if _, err := d.Accept(ctx, c.ID, "B", ""); err != nil {
		t.Error(err)
	}
}

func TestOneOfManyDecides(t *testing.T) {
	d := newDesk(t)
	d.load("bao", "x", reform.AuthorityPress, unsure(ranked("vn63:93", "2021", 27, 63), "?"))
	c := d.waiting()[0]
	const people = 8
	errs := make([]error, people)
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			// Each has a service of its own, as another process would.
			s := &review.Service{Reader: queries.New(d.db, reform.Default()), NewLoader: d.loader, Now: d.now}
			if i%2 == 0 {
				_, errs[i] = s.Accept(t.Context(), c.ID, "A", "")
			} else {
				_, errs[i] = s.Reject(t.Context(), c.ID, "B", "r")
			}
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, reform.ErrConflict):
			t.Errorf("got %v, want %v", err, reform.ErrConflict)
		}
	}
	if won != 1 {
		t.Errorf("%d decided, want 1", won)
	}
}

func TestTyped(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	typed := review.Typed{Service: d.Service}
	d.load("bao", "x", reform.AuthorityPress, unsure(ranked("vn63:93", "2021", 27, 63), "?"))
	c := d.waiting()[0]
	if _, err := typed.Correct(ctx, c.ID, map[string]string{"place": "bảy"}, "A", "r"); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("a word for a place: got %v, want %v", err, reform.ErrInvalid)
	}
	got, err := typed.Correct(ctx, c.ID, map[string]string{"place": "7", "score": "84,5"}, "A", "r")
	if err != nil {
		t.Fatal(err)
	}
	if got.After.Place != 7 || got.After.Score.String() != "84.5" {
		t.Errorf("corrected: got %+v", got.After)
	}
	n := reform.NumberKey{Index: "par", Unit: "vn63:93", Period: reform.MustPeriod("2021"), Measure: reform.MeasurePlace}
	if _, err := typed.CorrectNumber(ctx, n, "8/", "A", "r"); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("half a place: got %v, want %v", err, reform.ErrInvalid)
	}
	if _, err := typed.CorrectNumber(ctx, n, "8/63", "A", "r"); err != nil {
		t.Fatal(err)
	}
	if got := d.place("vn63:93", "2021", reform.View{}); got != "8/63" {
		t.Errorf("got place %q, want 8/63", got)
	}
}

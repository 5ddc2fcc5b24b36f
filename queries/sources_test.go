package queries

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"chiso/reform"
	"chiso/store/storetest"
)

func TestSources(t *testing.T) {
	db := storetest.New(t)
	q := New(db, reform.Default())
	ctx := t.Context()
	if got, err := q.Sources(ctx); err != nil || len(got) != 0 {
		t.Fatalf("no sources: got %v, %v", got, err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	since, past := now.Add(-72*time.Hour), now.Add(-time.Hour)
	list := []reform.SourceState{
		{Name: "late", Kind: "url", Where: "https://example.org/a", Schedule: "@daily", Enabled: true, Since: since, Next: now.Add(time.Hour), OverdueAt: past},
		{Name: "off", Kind: "url", Schedule: "@daily", Window: "04-01..06-30", Since: since, OverdueAt: past},
		{Name: "gone", Kind: "url", Schedule: "@daily", Enabled: true, Since: since},
		{Name: "fresh", Kind: "folder", Schedule: "@hourly", Enabled: true, Since: since, OverdueAt: past},
	}
	if err := db.PutSources(ctx, "me", list, nil); err != nil {
		t.Fatal(err)
	}
	if err := db.PutSources(ctx, "me", nil, []string{"gone"}); err != nil {
		t.Fatal(err)
	}
	attempt := func(source, state string, facts uint64, ended time.Time, newest time.Time) reform.SourceRun {
		t.Helper()
		r, err := db.BeginSource(ctx, reform.SourceRun{Source: source, Kind: "folder", Cause: reform.CauseSchedule, Due: ended.Add(-time.Minute), StartedAt: ended.Add(-time.Second), Deadline: ended.Add(time.Hour), Instance: "me"})
		if err != nil {
			t.Fatal(err)
		}
		r.State, r.Facts, r.EndedAt, r.Newest, r.Runs, r.Message = state, facts, ended, newest, []string{"run-1"}, reform.Text{VI: "vi", EN: "en"}
		r.Next, r.OverdueAt = ended.Add(time.Hour), ended.Add(2*time.Hour)
		if err := db.EndSource(ctx, r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	said := time.Date(2025, 10, 16, 4, 56, 7, 0, time.UTC)
	attempt("fresh", reform.SourceDone, 7, now.Add(10*time.Minute), said)
	failed := attempt("fresh", reform.SourceFailed, 0, now.Add(20*time.Minute), time.Time{})
	open, err := db.BeginSource(ctx, reform.SourceRun{Source: "fresh", Kind: "folder", Cause: reform.CausePerson, StartedAt: now.Add(30 * time.Minute), Deadline: now.Add(time.Hour), Instance: "me"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.BeginSource(ctx, reform.SourceRun{Source: "fresh", StartedAt: now, Deadline: now}); !errors.Is(err, reform.ErrConflict) {
		t.Fatalf("a second attempt: got %v, want %v", err, reform.ErrConflict)
	}
	got, err := q.Sources(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []reform.SourceState{
		{Name: "fresh", Kind: "folder", Schedule: "@hourly", Enabled: true, Since: since, Last: &failed, Running: &open, LastSuccess: now.Add(10 * time.Minute),
			Newest: said, Next: failed.Next, OverdueAt: now.Add(10*time.Minute + 2*time.Hour)},
		{Name: "late", Kind: "url", Where: "https://example.org/a", Schedule: "@daily", Enabled: true, Since: since, Next: now.Add(time.Hour), OverdueAt: past, Overdue: true},
		{Name: "off", Kind: "url", Schedule: "@daily", Window: "04-01..06-30", Since: since, OverdueAt: past},
	}
	// What the list does not tell of an attempt.
	failed.OverdueAt, failed.Deadline = time.Time{}, time.Time{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if _, err := q.Source(ctx, "nobody"); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("unknown source: got %v, want %v", err, reform.ErrNotFound)
	}
	runs, err := q.SourceRuns(ctx, "fresh", 10, 0)
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, r := range runs {
		states = append(states, r.State+" "+r.Duration().String())
	}
	if diff := cmp.Diff([]string{" 0s", "failed 1s", "done 1s"}, states); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
}

func TestChecksOfARun(t *testing.T) {
	db := storetest.New(t)
	load(t, db, testCase{Runs: []caseRun{{ID: "r1", State: "committed", Rev: 1}, {ID: "r2", State: "failed"}}})
	q := New(db, reform.Default())
	row := reform.CheckRow{Run: "r1", Code: "jump", Severity: reform.CheckWarning, Index: "s766", Basis: "portal-2022", Period: reform.MustPeriod("2025-10"),
		Unit: "vn34:91", Text: reform.Text{VI: "vi", EN: "en"}, Numbers: []string{"1", "2.5"}, Document: "d"}
	more := reform.CheckRow{Run: "r1", Code: "limited", Severity: reform.CheckInfo, Numbers: []string{"3"}}
	if err := db.PutChecks(t.Context(), "r1", []reform.CheckRow{row, more}); err != nil {
		t.Fatal(err)
	}
	if err := db.PutChecks(t.Context(), "r2", []reform.CheckRow{row}); err != nil {
		t.Fatal(err)
	}
	for _, run := range []string{"r1", ""} {
		got, err := q.Checks(t.Context(), run)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			got[i].At = time.Time{}
		}
		if diff := cmp.Diff([]reform.CheckRow{row, more}, got, cmpopts.EquateComparable(reform.Period{})); diff != "" {
			t.Errorf("checks of run %q (-want +got):\n%s", run, diff)
		}
	}
}

func TestScheduler(t *testing.T) {
	db := storetest.New(t)
	q := New(db, reform.Default())
	if got, err := q.Scheduler(t.Context()); err != nil || got.Instance != "" {
		t.Fatalf("nobody schedules: got %v, %v", got, err)
	}
	if err := db.Beat(t.Context(), "me", false); err != nil {
		t.Fatal(err)
	}
	if got, err := q.Scheduler(t.Context()); err != nil || got.Instance != "me" || got.PID == 0 {
		t.Errorf("got %v, %v; want me", got, err)
	}
}

package store_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

func TestOneAttemptAtATime(t *testing.T) {
	db := storetest.New(t)
	ctx := t.Context()
	now := time.Now()
	begin := func(source string) (reform.SourceRun, error) {
		return db.BeginSource(ctx, reform.SourceRun{Source: source, Kind: "url", Cause: reform.CauseSchedule, StartedAt: now, Deadline: now.Add(time.Minute)})
	}
	first, err := begin("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := begin("a"); !errors.Is(err, reform.ErrConflict) {
		t.Errorf("second attempt at once: got error %v, want %v", err, reform.ErrConflict)
	}
	if _, err := begin("b"); err != nil {
		t.Errorf("another source: got error %v, want none", err)
	}
	first.State, first.EndedAt = reform.SourceDone, now.Add(time.Second)
	if err := db.EndSource(ctx, first); err != nil {
		t.Fatal(err)
	}
	if _, err := begin("a"); err != nil {
		t.Errorf("after the end: got error %v, want none", err)
	}
	swept, err := db.SweepSources(ctx)
	if err != nil || len(swept) != 0 {
		t.Errorf("sweep while this process lives: got %v and error %v, want nothing swept", swept, err)
	}
}

// An attempt of a process that is gone holds up nobody, and is ended by the sweep.
func TestAttemptOfADeadProcess(t *testing.T) {
	db := storetest.New(t)
	ctx := t.Context()
	now := time.Now().UTC()
	orphan := "INSERT INTO source_runs (attempt, source, event, started_at, deadline, host, pid, process, at) VALUES" +
		" ('dead', 'a', 'started', now64(6) - 10, now64(6) + 600, {host:String}, 4000000, '1', now64(6) - 10)," +
		" ('far', 'far', 'started', now64(6) - 10, now64(6) + 600, 'elsewhere', 1, '1', now64(6) - 10)," +
		" ('late', 'late', 'started', now64(6) - 7200, now64(6) - 3600, 'elsewhere', 1, '1', now64(6) - 7200)"
	if err := db.Exec(ctx, orphan, store.Params{"host": hostname(t)}); err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]error{"a": nil, "far": reform.ErrConflict, "late": nil} {
		run, err := db.BeginSource(ctx, reform.SourceRun{Source: source, StartedAt: now, Deadline: now.Add(time.Minute)})
		if !errors.Is(err, want) {
			t.Errorf("source %s: got error %v, want %v", source, err, want)
		}
		if err == nil {
			run.EndedAt = now
			if err := db.EndSource(ctx, run); err != nil {
				t.Fatal(err)
			}
		}
	}
	swept, err := db.SweepSources(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range swept {
		got = append(got, r.Source+" "+r.State)
	}
	if diff := cmp.Diff([]string{"late interrupted", "a interrupted"}, got); diff != "" {
		t.Errorf("swept (-want +got):\n%s", diff)
	}
	if swept, err = db.SweepSources(ctx); err != nil || len(swept) != 0 {
		t.Errorf("second sweep: got %v, %v; want nothing", swept, err)
	}
}

func TestHeartbeats(t *testing.T) {
	db := storetest.New(t)
	ctx := t.Context()
	names := func() (out []string) {
		t.Helper()
		got, err := db.Schedulers(ctx, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got {
			out = append(out, s.Instance)
		}
		return out
	}
	err := db.Exec(ctx, "INSERT INTO heartbeats (instance, event, host, pid, process, at) VALUES"+
		" ('stale', 'alive', 'elsewhere', 1, '', now64(6) - 60), ('killed', 'alive', {host:String}, 4000000, '1', now64(6)), ('other', 'alive', 'elsewhere', 1, '', now64(6) - 5)",
		store.Params{"host": hostname(t)})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Beat(ctx, "me", false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"other", "me"}, names()); diff != "" {
		t.Errorf("alive (-want +got):\n%s", diff)
	}
	if err := db.Beat(ctx, "me", true); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"other"}, names()); diff != "" {
		t.Errorf("after stopping (-want +got):\n%s", diff)
	}
}

func hostname(t *testing.T) string {
	t.Helper()
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

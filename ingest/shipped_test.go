package ingest

import (
	"testing"
	"time"

	"chiso/data"
)

// The facts that ship with the product are loaded as any user's file is, without a
// problem, and the second start asks one question only.
func TestShippedFacts(t *testing.T) {
	l := newLoader(t)
	l.Kinds = nil
	began := time.Now()
	reports, err := l.LoadShipped(t.Context(), data.Files, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents in %s", len(reports), time.Since(began))
	if len(reports) == 0 {
		t.Fatal("no shipped facts")
	}
	for _, r := range reports {
		t.Logf("%s: %s, %s, %d facts, %d conflicts, %d duplicates, %d problems, %d warnings", r.Name, r.State, r.Kind, r.Facts, r.Conflicts, r.Duplicates, r.Problems, r.Warnings)
		for i, p := range r.Listed {
			if i < 15 {
				t.Logf("    %s %s %s: %s", p.Code, p.Locator, p.Text, p.Reason)
			}
		}
		if r.State != Loaded {
			t.Errorf("%s: got %s, want loaded", r.Name, r.State)
		}
	}
	began = time.Now()
	if again, err := l.LoadShipped(t.Context(), data.Files, nil); err != nil || len(again) != 0 {
		t.Errorf("again: got %d reports, %v; want none", len(again), err)
	}
	t.Logf("again in %s", time.Since(began))
}

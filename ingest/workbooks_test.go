package ingest

import (
	"path/filepath"
	"testing"

	"chiso/internal/testshared"
	"chiso/reform"
)

// The official workbooks go through the whole load: each province's total and
// components are there, and the checks accuse no good number.
func TestOfficialWorkbooks(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures")
	var paths []string
	for _, pattern := range []string{"pci/*.xls", "pci/*.xlsx", "papi/*.xlsx"} {
		m, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, m...)
	}
	if len(paths) < 4 {
		t.Fatalf("got %d workbooks, want 4 at least", len(paths))
	}
	l := newLoader(t)
	l.Kinds = nil
	for _, p := range paths {
		r, err := l.Load(t.Context(), Job{Path: p})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %s, %s, %d facts, %d warnings: %s", filepath.Base(p), r.State, r.Kind, r.Facts, r.Warnings, codes(r))
		for _, p := range r.Listed {
			t.Logf("    %s", p.Reason)
		}
		if r.State != Loaded {
			t.Errorf("%s: got %s", filepath.Base(p), r.State)
		}
		for _, c := range r.Coverage {
			t.Logf("    %s %s: %d places, %d scores, %d units with components, of %d", c.Index, c.Period, c.WithPlace, c.WithScore, c.WithComponents, c.Of)
			if c.Of > 0 && (c.WithScore > c.Of || c.WithPlace > c.Of) {
				t.Errorf("%s %s: more scores or places than the %d units", c.Index, c.Period, c.Of)
			}
		}
		if r.Document.Authority != reform.AuthorityOfficial {
			t.Errorf("%s: got authority %d, want official", filepath.Base(p), r.Document.Authority)
		}
	}
	if got := count1(t, l.DB, "SELECT count() FROM observations WHERE authority != 1", nil); got != 0 {
		t.Errorf("%d rows are not of the publisher's authority", got)
	}
}

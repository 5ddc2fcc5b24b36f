package ingest

import (
	"testing"
)

// A large index is read by period; the answers are the same.
func TestLedgerOfALargeIndex(t *testing.T) {
	old := wholeIndex
	wholeIndex = 2
	defer func() { wholeIndex = old }()
	l := newLoader(t)
	lines := []string{
		`u=vn63:80 p=2017 s=66.70 title=A date=2018-03-22`, `u=vn63:80 p=2018 s=68.09 title=A date=2018-03-22`, `u=vn63:80 p=2019 s=68.82 title=A date=2018-03-22`,
		`u=vn63:79 p=2019 s=67.16 title=A date=2018-03-22`,
	}
	mustLoad(t, l, Job{Source: "x"}, note(lines...))
	lines[0], lines[2] = `u=vn63:80 p=2017 s=66.71 title=A date=2018-03-22`, `u=vn63:80 p=2019 s=68.80 title=B date=2018-03-22`
	r := mustLoad(t, l, Job{Source: "x"}, note(append(lines, `u=vn63:01 p=2016 r=14/63`)...))
	if r.Facts != 3 || r.Duplicates != 2 || r.Revisions != 1 || r.Conflicts != 1 {
		t.Errorf("got %d facts, %d duplicates, %d revisions, %d conflicts; want 3, 2, 1, 1", r.Facts, r.Duplicates, r.Revisions, r.Conflicts)
	}
}

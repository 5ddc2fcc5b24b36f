package ingest

import (
	"fmt"
	"strings"
	"testing"

	"chiso/ingest/parse"
	"chiso/reform"
)

func TestSums(t *testing.T) {
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	parts := func(index, period, basis string, scores ...string) string {
		ix, err := reform.Default().Basis(index, basis)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		i := 0
		for _, c := range ix.Components {
			if c.Parent == "" && c.Breakdown == "" {
				lines = append(lines, fmt.Sprintf("ix=%s u=vn63:80 p=%s b=%s c=%s s=%s", index, period, basis, c.Code, scores[i%len(scores)]))
				i++
			}
		}
		return strings.Join(lines, "\n")
	}
	basis := func(period string) string {
		b, _ := reform.Default().BasisFor("pci", reform.MustPeriod(period))
		return b
	}
	b2010, b2011 := basis("2010"), basis("2011")
	cases := []struct{ name, text, want string }{
		{"sum", note(parts("par", "2017", "2948", "5.11"), "ix=par u=vn63:80 p=2017 b=2948 s=40.88"), ""},
		{"sum within the precision of print", note(parts("par", "2017", "2948", "5.11"), "ix=par u=vn63:80 p=2017 b=2948 s=40.9"), ""},
		{"other sum", note(parts("par", "2017", "2948", "5.11"), "ix=par u=vn63:80 p=2017 b=2948 s=41.88"), "~sum-differs@line 10"},
		{"parts missing", note("ix=par u=vn63:80 p=2017 b=2948 c=1 s=5", "ix=par u=vn63:80 p=2017 b=2948 s=41.88"), ""},
		{"parts and total of two papers", note(strings.ReplaceAll(parts("par", "2017", "2948", "5.11"), "s=", "title=A s="), "ix=par u=vn63:80 p=2017 b=2948 s=41.88 title=B"), ""},
		{"weights", note(parts("pci", "2010", b2010, "6"), "u=vn63:80 p=2010 s=60"), ""},
		{"weights do not give it", note(parts("pci", "2010", b2010, "6"), "u=vn63:80 p=2010 s=66.6"), "~sum-differs@line 11"},
		{"weights known to be off", note(parts("pci", "2011", b2011, "6"), "u=vn63:80 p=2011 s=60.5"), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := l.Load(t.Context(), Job{Reader: strings.NewReader(c.text), Name: "x", DryRun: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := codes(r); got != c.want || r.State != Checked {
				t.Errorf("got %s, %s; want checked, %s", r.State, got, c.want)
			}
		})
	}
}

func TestCoverage(t *testing.T) {
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	r, err := l.Load(t.Context(), Job{DryRun: true, Name: "x", Reader: strings.NewReader(note(
		"u=vn63:80 p=2019 s=68.82 r=8/63", "u=vn63:80 p=2019 s=6.2 c=CSTP1", "u=vn63:80 p=2019 r=3/13 scope=vn63:r:DBSCL",
		"u=vn63:01 p=2019 r=9/63", "u=vn63:79 p=2019 s=6.2 c=CSTP1", "u=vn63:79 p=2019 s=6.2 c=CSTP1",
		"u=vn63:80 p=2018 s=68.09",
	))})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Coverage) != 2 || r.Duplicates != 1 {
		t.Fatalf("got %d editions and %d duplicates, %s; want 2 and 1", len(r.Coverage), r.Duplicates, codes(r))
	}
	want := reform.Coverage{Of: 63, WithPlace: 2, WithScore: 1, WithComponents: 2, Components: 2}
	if got := r.Coverage[0].Coverage; got != want {
		t.Errorf("2019: got %+v, want %+v", got, want)
	}
}

// The listing is capped, the counts are not.
func TestManyProblems(t *testing.T) {
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	var b strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&b, "u=vn63:80 p=2019 s=%d\n", 200+i)
	}
	r, err := l.Load(t.Context(), Job{DryRun: true, Name: "x", Reader: strings.NewReader(note(b.String()))})
	if err != nil {
		t.Fatal(err)
	}
	if r.Problems != 12_000 || len(r.Listed) != ListedProblems || r.State != Refused {
		t.Errorf("got %s with %d problems, %d listed; want refused, 12000, %d", r.State, r.Problems, len(r.Listed), ListedProblems)
	}
}

package queries

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/store/storetest"
)

// update rewrites the expected answers. Look at every difference before you commit it:
// the answers were checked by hand once, the flag checks nothing.
var update = flag.Bool("update", false, "rewrite testdata/*/*.want")

// testCase is one file of testdata: rows go into an empty database, the question
// named by the folder is put, and the answer is compared with the .want file beside it.
type testCase struct {
	Purpose  string         `yaml:"purpose"`
	Runs     []caseRun      `yaml:"runs"`
	Rows     []caseRow      `yaml:"rows"`
	Docs     []caseDocument `yaml:"documents"`
	Problems []caseProblem  `yaml:"problems"`
	Ask      caseQuestion   `yaml:"ask"`
}

// caseQuestion holds the parameters of all questions; each case sets those of its own.
type caseQuestion struct {
	Index, Scheme, Scope, Component, Basis, Stage, Period, Kind, Document, Source, Run, Parent string
	Unit                                                                                       string
	UnitType                                                                                   string `yaml:"unit_type"`
	Units                                                                                      []string
	AsOf                                                                                       string `yaml:"as_of"`
	Rev                                                                                        uint64
	Limit, Offset, Latest                                                                      int
	Read                                                                                       string // when a source was last read
	Parts                                                                                      bool
}

func (c caseQuestion) view(t *testing.T) reform.View {
	t.Helper()
	v := reform.View{Rev: c.Rev}
	if c.AsOf != "" {
		v.AsOf = moment(t, c.AsOf)
	}
	return v
}

func (c caseQuestion) period(t *testing.T) reform.Period {
	t.Helper()
	var p reform.Period
	if err := p.UnmarshalText([]byte(c.Period)); err != nil {
		t.Fatal(err)
	}
	return p
}

// moment reads a day or a full time of a case.
func moment(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("time %q: want 2024-05-01 or 2024-05-01T10:00:00Z", s)
	return time.Time{}
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		question := filepath.Base(filepath.Dir(file))
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(question+"/"+name, func(t *testing.T) {
			runCase(t, question, file)
		})
	}
}

func runCase(t *testing.T, question, file string) {
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c testCase
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if c.Purpose == "" {
		t.Fatalf("%s: a case says its purpose", file)
	}
	answer, ok := answers[question]
	if !ok {
		t.Fatalf("%s: no answers for the question %q", file, question)
	}
	db := storetest.New(t)
	load(t, db, c)
	got, err := answer(t, New(db, reform.Default()), c.Ask)
	if err != nil {
		got = "error: " + err.Error() + "\n"
	}
	wantFile := strings.TrimSuffix(file, ".yaml") + ".want"
	if *update {
		if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(wantFile)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s\n%s: answer differs (-want +got):\n%s", c.Purpose, file, d)
	}
}

// TestCaseFiles fails for an expected answer without a case.
func TestCaseFiles(t *testing.T) {
	wants, err := filepath.Glob("testdata/*/*.want")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range wants {
		if _, err := os.Stat(strings.TrimSuffix(want, ".want") + ".yaml"); err != nil {
			t.Errorf("%s has no case: %v", want, err)
		}
	}
}

// Writers of answers: one line for each thing, and nothing where nothing is known.

func place(place, of int, printed bool, kind reform.RankKind) string {
	if place == 0 {
		return "-"
	}
	s := fmt.Sprintf("%d/%d", place, of)
	if of > 0 && !printed {
		s += "*" // the denominator is the edition's
	}
	return s + " " + string(kind)
}

func scored(score, max reform.Number) string {
	if !score.Valid {
		return "-"
	}
	return score.String() + " of " + orDash(max.String())
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

package queries

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store/storetest"
)

// notAsNumbers are the questions that read observations without taking them for numbers.
var notAsNumbers = map[string]bool{"counts": true, "candidates": true}

// TestEveryQuestionSeesTheSame fails for a question that reads observations without the
// conditions of visibility: forgetting one shows what was never committed, or never accepted.
func TestEveryQuestionSeesTheSame(t *testing.T) {
	q := New(nil, reform.Default())
	if len(q.sql) < 15 {
		t.Fatalf("got %d questions embedded, want all", len(q.sql))
	}
	from := regexp.MustCompile(`\bFROM observations\b`)
	for name, sql := range q.sql {
		if !notAsNumbers[name] && from.MatchString(sql) {
			for _, condition := range []string{
				"status != 'review'",
				"observed_at <= {as_of:DateTime64(3, 'UTC')}",
				"run GLOBAL IN (SELECT run FROM runs WHERE event = 'committed' AND rev <= {rev:UInt64})",
			} {
				if got, want := strings.Count(sql, condition), len(from.FindAllString(sql, -1)); got != want {
					t.Errorf("%s.sql: got the condition %q %d times, want %d", name, condition, got, want)
				}
			}
		}
		if !strings.Contains(sql, "LIMIT {limit:UInt64}") {
			t.Errorf("%s.sql has no LIMIT {limit:UInt64}", name)
		}
		if !strings.Contains(sql, "SETTINGS max_execution_time = ") {
			t.Errorf("%s.sql has no bound on its time", name)
		}
		if !strings.HasPrefix(sql, "-- ") {
			t.Errorf("%s.sql does not say what it asks", name)
		}
	}
}

// TestEveryQuestionIsAsked fails for an .sql file that no .go file names.
func TestEveryQuestionIsAsked(t *testing.T) {
	var code strings.Builder
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			code.Write(b)
		}
	}
	for name := range New(nil, reform.Default()).sql {
		if !strings.Contains(code.String(), `, "`+name+`", `) {
			t.Errorf("%s.sql is asked by no .go file", name)
		}
	}
}

// TestParametersAreValues puts texts that would be SQL, or end a string, where a caller's texts go.
func TestParametersAreValues(t *testing.T) {
	db := storetest.New(t)
	load(t, db, testCase{Rows: []caseRow{{Index: "par", Unit: "vn63:80", Period: "2019", Place: 5, Of: 63, Component: `1'; \`}}})
	q := New(db, reform.Default())
	for _, text := range []string{`'`, `\`, `' OR 1=1 --`, `{limit:UInt64}`, "\x00", "a\nb\tc", `\N`, `"`, "Đ\u0302"} {
		_, err := q.RankHistory(t.Context(), reform.RankHistoryQuestion{Index: "par", Units: []reform.UnitKey{"vn63:80"}, Component: text})
		if !errors.Is(err, reform.ErrNotFound) {
			t.Errorf("component %q: got error %v, want %v", text, err, reform.ErrNotFound)
		}
		series, err := q.RankHistory(t.Context(), reform.RankHistoryQuestion{Index: "par", Units: []reform.UnitKey{"vn63:80"}, Basis: text})
		if err != nil || len(series[0].Points) != 0 {
			t.Errorf("basis %q: got %v and error %v, want no points", text, series, err)
		}
		if _, err := q.Document(t.Context(), text); !errors.Is(err, reform.ErrNotFound) {
			t.Errorf("document %q: got error %v, want %v", text, err, reform.ErrNotFound)
		}
	}
	series, err := q.RankHistory(t.Context(), reform.RankHistoryQuestion{Index: "par", Units: []reform.UnitKey{"vn63:80"}, Component: `1'; \`})
	if err != nil || len(series[0].Points) != 1 {
		t.Errorf("component with a quote: got %v and error %v, want its point", series, err)
	}
}

// TestGuards checks that what asks too much, or nothing, is refused with a kind.
func TestGuards(t *testing.T) {
	db := storetest.New(t)
	load(t, db, testCase{Rows: []caseRow{
		{Index: "par", Unit: "vn63:80", Period: "2018", Place: 7},
		{Index: "par", Unit: "vn63:80", Period: "2019", Place: 5},
	}})
	q := New(db, reform.Default())
	ctx := t.Context()
	_, tooMany := q.RankHistory(ctx, reform.RankHistoryQuestion{Index: "par", Units: make([]reform.UnitKey, maxHistoryUnits+1)})
	_, noUnit := q.RankHistory(ctx, reform.RankHistoryQuestion{Index: "par"})
	_, noPeriod := q.Ranking(ctx, reform.LeagueQuestion{Index: "par"})
	_, noSubscores := q.Subscores(ctx, reform.SubscoresQuestion{Index: "par", Unit: "vn63:80"})
	_, longPage := q.Runs(ctx, maxPage+1, 0)
	_, noScope := q.Ranking(ctx, reform.LeagueQuestion{Index: "par", Period: reform.MustPeriod("2019"), Scope: "vn63:r:NOWHERE"})
	_, overLimit := q.measures(ctx, "rank_history", 1, reform.View{}, params{
		"index": "par", "component": "", "units": []string{"vn63:80"}, "stage": "", "kind": "year", "basis": "", "scope": "nation",
	})
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, canceled := q.Rev(ended)
	late, cancelLate := context.WithDeadline(ctx, time.Now().Add(-time.Second))
	defer cancelLate()
	_, timeout := q.Rev(late)
	for name, tt := range map[string]struct{ got, want error }{
		"too many units":    {tooMany, reform.ErrInvalid},
		"no unit":           {noUnit, reform.ErrInvalid},
		"no period":         {noPeriod, reform.ErrInvalid},
		"sub-scores":        {noSubscores, reform.ErrInvalid},
		"page too long":     {longPage, reform.ErrInvalid},
		"unknown scope":     {noScope, reform.ErrNotFound},
		"more than a limit": {overLimit, reform.ErrTooLarge},
		"canceled":          {canceled, context.Canceled},
		"deadline":          {timeout, reform.ErrTimeout},
	} {
		if !errors.Is(tt.got, tt.want) {
			t.Errorf("%s: got error %v, want %v", name, tt.got, tt.want)
		}
	}
}

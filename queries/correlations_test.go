package queries

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

func init() { answers["correlations"] = answerCorrelations }

func answerCorrelations(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	list, err := q.Correlations(t.Context(), reform.CorrelationQuestion{Index: c.Index, View: c.view(t)})
	var b strings.Builder
	for _, r := range list {
		fmt.Fprintf(&b, "%s with %s, %s %s: n %d, rho %s by %s and %s, bases %s and %s, coverage %s; %s, provisional %t\n", r.Index, r.Other, r.Period, r.Scheme,
			r.N, orDash(r.Rho.String()), r.Measure, r.OtherMeasure, orDash(r.Basis), orDash(r.OtherBasis), coverage(r.Coverage), coverage(r.OtherCoverage), r.Provisional)
	}
	return b.String(), err
}

// TestSpearman compares with values that others give: the worked example of the
// textbooks (-29/165), the one in scipy's documentation of spearmanr, and sums done by hand.
func TestSpearman(t *testing.T) {
	for _, tc := range []struct{ name, x, y, want string }{
		{"textbook: IQ and hours of television", "106 100 86 101 99 103 97 113 112 110", "7 27 2 50 28 29 20 12 6 17", "-0.176"},
		{"scipy: ties on one side", "1 2 3 4 5", "5 6 7 8 7", "0.821"},
		// Ranks 1, 2.5, 2.5, 4 and 1, 2, 3.5, 3.5: sum of xy 28.75, of squares 29.5 each, (115-100)/(118-100).
		{"by hand: ties on both sides", "1 2 2 3", "5 6 7 7", "0.833"},
		{"the same order", "1 2 3 4", "10 20 30 41.5", "1"},
		{"the other way round", "1 2 3 4", "4 3 2 1", "-1"},
		{"no order at all", "1 1 1", "1 2 3", ""},
		{"nothing", "", "", ""},
	} {
		got := spearman(decimals(t, tc.x), decimals(t, tc.y))
		if got.String() != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func decimals(t *testing.T, s string) []decimal.Decimal {
	t.Helper()
	var out []decimal.Decimal
	for _, f := range strings.Fields(s) {
		d, err := decimal.NewFromString(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

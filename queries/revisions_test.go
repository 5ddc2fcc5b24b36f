package queries

import (
	"fmt"
	"strings"
	"testing"
)

func answerRevisions(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	found, total, err := q.Revisions(t.Context(), c.Run, c.Limit)
	var b strings.Builder
	for _, r := range found {
		n := r.Number
		fmt.Fprintf(&b, "%s %s %s %q %q: %s/%d/%d, before %s/%d/%d\n", n.Index, n.Unit, n.Period, n.Component, n.Scope,
			r.Score, r.Place, r.Of, r.OldScore, r.OldPlace, r.OldOf)
	}
	fmt.Fprintf(&b, "%d in all\n", total)
	return b.String(), err
}

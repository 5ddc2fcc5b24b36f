package queries

import (
	"fmt"
	"strings"
	"testing"

	"chiso/reform"
)

func init() {
	answers["problems_open"] = answerOpenProblems
	answers["recent_revisions"] = answerRecentRevisions
}

func answerOpenProblems(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	p, err := q.OpenProblems(t.Context(), reform.ProblemsQuestion{Document: c.Document, Kind: c.Kind, Limit: max(c.Limit, 1), Offset: c.Offset, View: c.view(t)})
	var b strings.Builder
	fmt.Fprintf(&b, "%d in all\n", p.Total)
	for _, r := range p.Problems {
		fmt.Fprintf(&b, "  %s %s (%s %s): %s at %s %q: %s, warning %t\n", r.Document, r.Run, r.State, r.Source, r.Problem.Code, r.Problem.Locator, r.Problem.Text, r.Problem.Reason, r.Problem.Warning)
	}
	return b.String(), err
}

func answerRecentRevisions(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	p, err := q.RecentRevisions(t.Context(), reform.RevisionsQuestion{Index: c.Index, Limit: max(c.Limit, 1), Offset: c.Offset, View: c.view(t)})
	var b strings.Builder
	fmt.Fprintf(&b, "%d in all\n", p.Total)
	for _, r := range p.Revisions {
		fmt.Fprintf(&b, "  %s %s %s %q: %s %d/%d (said %s) became %s %d/%d (said %s, loaded %s) by %s of %s\n", r.Number.Index, r.Number.Unit, r.Number.Period, r.Number.Component,
			orDash(r.OldScore.String()), r.OldPlace, r.OldOf, r.OldObservedAt.Format("2006-01-02"), orDash(r.Score.String()), r.Place, r.Of, r.ObservedAt.Format("2006-01-02"), r.LoadedAt.Format("2006-01-02"), r.Run, r.Document)
	}
	return b.String(), err
}

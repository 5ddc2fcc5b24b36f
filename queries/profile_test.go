package queries

import (
	"fmt"
	"strings"
	"testing"

	"chiso/reform"
)

func init() {
	answers["moved"], answers["derived"] = answerMoved, answerDerived
}

func answerMoved(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	all, err := q.Moved(t.Context(), reform.MovedQuestion{Unit: reform.UnitKey(c.Unit), View: c.view(t)})
	var b strings.Builder
	for _, m := range all {
		fmt.Fprintf(&b, "%s basis %s of %s: %s against %s\n", m.Index, m.Basis, m.Unit, m.Period, orDash(m.Prev.String()))
		for _, x := range m.Moves {
			fmt.Fprintf(&b, "  %s: %s (%s from %s) was %s (%s from %s), change %s, %s", x.Component,
				scored(x.Score, x.Max), x.Unit, x.From.Document, x.Previous, x.PrevUnit, x.PrevFrom.Document, x.Change, x.Status)
			if x.AcrossBreak {
				b.WriteString(" across a break")
			}
			b.WriteString("\n")
		}
	}
	return b.String(), err
}

func answerDerived(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	h, err := q.Derived(t.Context(), reform.DerivedQuestion{Index: c.Index, Unit: reform.UnitKey(c.Unit), View: c.view(t)})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s of %v\n", h.Index, h.Unit, h.Members)
	for _, p := range h.Points {
		fmt.Fprintf(&b, "  %s basis %s: %s, %s, known %d, %s; of", p.Period, orDash(p.Basis), scored(p.Score, p.Max), place(p.Place, p.Of, true, reform.Derived), p.Known, p.Status)
		for _, m := range p.Members {
			fmt.Fprintf(&b, " %s %s from %s", m.Unit, orDash(m.Score.String()), orDash(m.From.Document))
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

package queries

import (
	"fmt"
	"strings"
	"testing"

	"chiso/reform"
)

// answers put a question and write its answer as text, by the folder of the cases.
var answers = map[string]func(*testing.T, *Queries, caseQuestion) (string, error){
	"rank_history":      answerRankHistory,
	"ranking":           answerRanking,
	"subscores":         answerSubscores,
	"editions":          answerEditions,
	"heatmap":           answerHeatmap,
	"overview":          answerOverview,
	"fact":              answerFact,
	"facts_of_document": answerFactsOfDocument,
	"conflicts":         answerConflicts,
	"documents":         answerDocuments,
	"document":          answerDocument,
	"runs":              answerRuns,
	"run":               answerRun,
	"revisions":         answerRevisions,
	"counts":            answerCounts,
	"rev":               answerRev,
	"units":             answerUnits,
	"live":              answerLive,
	"live_trend":        answerLiveTrend,
}

func answerRankHistory(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	question := reform.RankHistoryQuestion{
		Index: c.Index, Component: c.Component, Scope: c.Scope, Kind: reform.PeriodKind(c.Kind),
		Basis: c.Basis, Stage: reform.Stage(c.Stage), View: c.view(t),
	}
	for _, u := range c.Units {
		question.Units = append(question.Units, reform.UnitKey(u))
	}
	series, err := q.RankHistory(t.Context(), question)
	return writeSeries(series), err
}

func writeSeries(series []reform.RankSeries) string {
	var b strings.Builder
	for _, s := range series {
		fmt.Fprintf(&b, "%s %s %s in %s\n", s.Index, s.Unit, s.Kind, s.Scope)
		for _, p := range s.Points {
			fmt.Fprintf(&b, "  %s %s basis %s: %s from %s, score %s from %s, %s\n", p.Unit, p.Period, orDash(p.Basis),
				place(p.Place, p.Of, p.OfPrinted, p.RankKind), orDash(p.PlaceFrom.Document),
				scored(p.Score, p.Max), orDash(p.ScoreFrom.Document), p.Status)
		}
	}
	return b.String()
}

func answerRanking(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	l, err := q.Ranking(t.Context(), reform.LeagueQuestion{
		Index: c.Index, Period: c.period(t), Scheme: reform.Scheme(c.Scheme), UnitType: reform.UnitType(c.UnitType),
		Scope: c.Scope, Component: c.Component, Basis: c.Basis, Stage: reform.Stage(c.Stage), View: c.view(t),
	})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s basis %s scheme %s %s in %s, %s\n", l.Index, l.Period, orDash(l.Basis), orDash(string(l.Scheme)), l.UnitType, l.Scope, coverage(l.Coverage))
	if !l.Prev.IsZero() {
		fmt.Fprintf(&b, "before: %s complete %t\n", l.Prev, l.PrevComplete)
	}
	for _, s := range l.Rows {
		fmt.Fprintf(&b, "  %s: %s from %s, score %s from %s", s.Unit, place(s.Place, s.Of, s.OfPrinted, s.RankKind),
			orDash(s.PlaceFrom.Document), scored(s.Score, s.Max), orDash(s.ScoreFrom.Document))
		if s.ScopePlace > 0 {
			fmt.Fprintf(&b, ", there %s from %s", place(s.ScopePlace, s.ScopeOf, s.ScopeOfPrinted, s.ScopeRankKind), s.ScopeFrom.Document)
		}
		if !s.PrevPeriod.IsZero() {
			fmt.Fprintf(&b, ", before %d/%d %s", s.PrevPlace, s.PrevOf, orDash(s.PrevScore.String()))
		}
		if s.AcrossBreak {
			b.WriteString(" across a break")
		}
		b.WriteString("\n")
		for _, p := range s.Components {
			fmt.Fprintf(&b, "    %s %s, %s from %s\n", p.Component, scored(p.Score, p.Max), place(p.Place, p.Of, true, p.RankKind), orDash(p.From.Document))
		}
	}
	return b.String(), nil
}

func coverage(c reform.Coverage) string {
	return fmt.Sprintf("places %d scores %d components %d of %d units, of %d", c.WithPlace, c.WithScore, c.Components, c.WithComponents, c.Of)
}

func answerSubscores(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	s, err := q.Subscores(t.Context(), reform.SubscoresQuestion{
		Index: c.Index, Unit: reform.UnitKey(c.Unit), Period: c.period(t), Basis: c.Basis, Stage: reform.Stage(c.Stage), View: c.view(t),
	})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s basis %s, %s\n", s.Index, s.Unit, s.Period, orDash(s.Basis), coverage(s.Coverage))
	if p := s.Total; p != nil {
		fmt.Fprintf(&b, "total %s: %s from %s, %s from %s\n", p.Unit, place(p.Place, p.Of, p.OfPrinted, p.RankKind), orDash(p.PlaceFrom.Document), scored(p.Score, p.Max), orDash(p.ScoreFrom.Document))
	}
	for _, r := range s.Rows {
		fmt.Fprintf(&b, "  %s: %s from %s, %s in %s", r.Component, scored(r.Score, r.Max), orDash(r.From.Document), place(r.Place, r.Of, true, r.RankKind), r.Scope)
		if r.RegionPlace > 0 {
			fmt.Fprintf(&b, ", %s in %s", place(r.RegionPlace, r.RegionOf, true, r.RegionRankKind), r.Region)
		}
		fmt.Fprintf(&b, "; known %d", r.Known)
		if r.Median.Valid {
			fmt.Fprintf(&b, ", median %s, best %s of %v, region %s", r.Median, r.Best, r.BestUnits, orDash(r.RegionMean.String()))
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

func answerEditions(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	editions, err := q.Editions(t.Context(), c.Index, c.view(t))
	var b strings.Builder
	for _, e := range editions {
		fmt.Fprintf(&b, "%s %s basis %s %s %s in %s, %s, latest %s", e.Index, e.Period, orDash(e.Basis), orDash(string(e.Scheme)), e.UnitType, e.Scope, coverage(e.Coverage), e.Latest.Format("2006-01-02"))
		if e.Provisional {
			b.WriteString(", provisional")
		}
		b.WriteString("\n")
	}
	return b.String(), err
}

func answerHeatmap(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	h, err := q.Heatmap(t.Context(), reform.HeatmapQuestion{
		Index: c.Index, Scheme: reform.Scheme(c.Scheme), UnitType: reform.UnitType(c.UnitType), Component: c.Component,
		Scope: c.Scope, Kind: reform.PeriodKind(c.Kind), Basis: c.Basis, Stage: reform.Stage(c.Stage), View: c.view(t),
	})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s units %v periods %v\n", h.Index, h.Scheme, h.Units, h.Periods)
	for _, x := range h.Cells {
		fmt.Fprintf(&b, "  %s (%s) %s basis %s: %s, %s\n", x.Row, x.Unit, x.Period, orDash(x.Basis), place(x.Place, x.Of, true, x.RankKind), scored(x.Score, x.Max))
	}
	return b.String(), nil
}

func answerOverview(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	series, err := q.Overview(t.Context(), reform.UnitKey(c.Unit), c.Latest, c.view(t))
	return writeSeries(series), err
}

func answerFact(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	records, err := q.Fact(t.Context(), reform.FactQuestion{
		Index: c.Index, Unit: reform.UnitKey(c.Unit), Period: c.period(t), Component: c.Component,
		Stage: reform.Stage(c.Stage), Basis: c.Basis, Scope: c.Scope, View: c.view(t),
	})
	return writeRecords(records), err
}

func writeRecords(records []reform.FactRecord) string {
	var b strings.Builder
	for _, r := range records {
		f := r.Fact
		fmt.Fprintf(&b, "%s %s %s %s: %s in %s, %s, %s; document %s carrier %s authority %d said %s run %s",
			f.Index, f.Unit, f.Period, orDash(f.Component), place(f.Place, f.Of, f.OfPrinted, f.RankKind), orDash(f.Scope),
			scored(f.Score, f.Max), f.Status, r.Document, r.Carrier, r.Authority, f.ObservedAt.Format("2006-01-02"), r.Run)
		if r.PreferredPlace {
			b.WriteString(" PLACE")
		}
		if r.PreferredScore {
			b.WriteString(" SCORE")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func answerFactsOfDocument(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	p, err := q.FactsOfDocument(t.Context(), reform.FactsQuestion{Document: c.Document, Limit: c.Limit, Offset: c.Offset, View: c.view(t)})
	return fmt.Sprintf("total %d\n%s", p.Total, writeRecords(p.Facts)), err
}

func answerConflicts(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	question := reform.ConflictQuestion{Index: c.Index, Unit: reform.UnitKey(c.Unit), View: c.view(t)}
	if c.Period != "" {
		question.Period = c.period(t)
	}
	conflicts, err := q.Conflicts(t.Context(), question)
	var b strings.Builder
	for _, x := range conflicts {
		fmt.Fprintf(&b, "%s %s %s %s of %s in %s:", x.Index, x.Unit, x.Period, x.Measure, orDash(x.Component), orDash(x.Scope))
		for _, v := range x.Values {
			fmt.Fprintf(&b, " %s (%s, %d)", v.Value, v.Document, v.Authority)
		}
		b.WriteString("\n")
	}
	return b.String(), err
}

func answerDocuments(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	documents, err := q.Documents(t.Context(), c.Source, c.Limit, c.Offset, c.view(t))
	var b strings.Builder
	for _, d := range documents {
		b.WriteString(writeDocument(d))
	}
	return b.String(), err
}

func writeDocument(d reform.Document) string {
	return fmt.Sprintf("%s held %t %s of %s: %s, %s, %s %s authority %d, retrieved %s by %s\n",
		d.ID, d.Held, orDash(d.Kind), orDash(d.Source), d.Title, d.Issuer, d.Number, d.Date, d.Authority, d.RetrievedAt.Format("2006-01-02"), d.Run)
}

func answerDocument(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	d, err := q.Document(t.Context(), c.Document)
	if err != nil {
		return "", err
	}
	return writeDocument(d), nil
}

func answerRuns(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	list := func() ([]reform.Run, error) { return q.Runs(t.Context(), c.Limit, c.Offset) }
	if c.Document != "" {
		list = func() ([]reform.Run, error) { return q.RunsOfDocument(t.Context(), c.Document) }
	}
	runs, err := list()
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(writeRun(r))
	}
	return b.String(), err
}

func writeRun(r reform.Run) string {
	ended := "-"
	if !r.EndedAt.IsZero() {
		ended = r.EndedAt.Format("2006-01-02")
	}
	return fmt.Sprintf("%s %s rev %d from %s to %s, facts %d problems %d: %s\n", r.ID, r.State, r.Rev, r.StartedAt.Format("2006-01-02"), ended, r.Facts, r.Problems, r.Message)
}

func answerRun(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	r, problems, err := q.Run(t.Context(), c.Run)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(writeRun(r))
	for _, p := range problems {
		fmt.Fprintf(&b, "  %s %s at %s: %q, %s, warning %t\n", p.Code, p.Field, p.Locator, p.Text, p.Reason, p.Warning)
	}
	return b.String(), nil
}

func answerCounts(t *testing.T, q *Queries, _ caseQuestion) (string, error) {
	c, err := q.Counts(t.Context())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "observations %d documents %d runs %d problems %d uncommitted %d review %d rev %d\n",
		c.Observations, c.Documents, c.Runs, c.Problems, c.Uncommitted, c.Review, c.Rev)
	for _, x := range c.Indices {
		fmt.Fprintf(&b, "  %s facts %d units %d, %s to %s, latest %s\n", x.Index, x.Facts, x.Units, x.First, x.Last, x.Latest.Format("2006-01-02"))
	}
	return b.String(), nil
}

func answerRev(t *testing.T, q *Queries, _ caseQuestion) (string, error) {
	rev, err := q.Rev(t.Context())
	return fmt.Sprintf("rev %d\n", rev), err
}

func answerUnits(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	units, err := q.Units(t.Context(), reform.UnitType(c.UnitType), reform.UnitKey(c.Parent), c.view(t))
	var b strings.Builder
	for _, u := range units {
		fmt.Fprintf(&b, "%s %s %s, facts %d of %v, latest %s\n", u.Unit, u.UnitType, orDash(u.UnitName), u.Facts, u.Indices, u.Latest)
	}
	return b.String(), err
}

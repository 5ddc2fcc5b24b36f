package dashboard

import (
	"cmp"
	"context"
	"slices"

	"chiso/reform"
)

// storyRow is a change of a number: what a source had said before, and what it says now.
type storyRow struct {
	Loaded, Before, After, Dates string
	Source                       Link
}

// story is what changed of a number, and when: within each series of documents, the
// papers that a file cites each for itself, a value that replaced another, oldest first.
func (s *Server) story(ctx context.Context, records []reform.FactRecord, b Base) []storyRow {
	type series struct {
		source, basis, scope string
		stage                reform.Stage
		place, score         bool
	}
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(x, y reform.FactRecord) int {
		return cmp.Or(x.LoadedAt.Compare(y.LoadedAt), x.Fact.ObservedAt.Compare(y.Fact.ObservedAt))
	})
	last := map[series]reform.FactRecord{}
	var out []storyRow
	for _, r := range sorted {
		d, err := s.documentOf(ctx, r.Document)
		source := r.Document
		if err == nil && d.Source != "" && (r.Carrier == "" || r.Carrier == r.Document) {
			source = d.Source
		}
		f := r.Fact
		key := series{source, f.Basis, f.Scope, f.Stage, f.Place > 0, f.Score.Valid}
		before, ok := last[key]
		last[key] = r
		if !ok || before.Fact.Place == f.Place && before.Fact.Of == f.Of && before.Fact.Score.Equal(f.Score) {
			continue
		}
		row := storyRow{
			Loaded: b.Moment(r.LoadedAt), Before: changeText(before.Fact.Score, before.Fact.Place, before.Fact.Of, b.Lang), After: changeText(f.Score, f.Place, f.Of, b.Lang),
			Dates: b.T("trail.dates", "before", b.Day(local(before.Fact.ObservedAt)), "now", b.Day(local(f.ObservedAt))),
		}
		if err == nil {
			row.Source = Link{Href: documentHref(d.ID), Text: reform.Cite(d, b.Lang)}
		}
		out = append(out, row)
	}
	return out
}

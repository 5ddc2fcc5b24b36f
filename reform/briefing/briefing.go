// Package briefing says in a few sentences what the numbers of a unit in an
// index say, as a civil servant would write them in a report. It is
// deterministic: the same answers give the same words. Nothing is said that the
// answers do not carry, and every number knows where it can be looked up.
package briefing

import (
	"slices"
	"strings"

	"chiso/reform"
)

// Topic says what a sentence is about, so that a page or a slide can choose.
type Topic string

// The topics, in the order in which they are written.
const (
	Standing  Topic = "standing"  // place and movement
	Score     Topic = "score"     // total and its change
	Breaks    Topic = "break"     // why a comparison is none, or only half of one
	Record    Topic = "record"    // best and worst places
	InRegion  Topic = "region"    // places within regions
	Strengths Topic = "strengths" // components nearest to their maximum
	Losses    Topic = "losses"    // components that lose most points
	Median    Topic = "median"    // components below the median of a complete edition
	Places    Topic = "places"    // places of components
	Gaps      Topic = "gaps"      // periods of which nothing is known
	Coverage  Topic = "coverage"  // an edition that is not whole
	Dispute   Topic = "dispute"   // sources that differ
	Merger    Topic = "merger"    // what the unit became or was made of
	Notes     Topic = "notes"     // until when the figures go, what was added to them
	Sources   Topic = "sources"
)

// Part is a piece of a sentence. A number has a Fact, under which everything that was
// ever said of it is found; a source has a Document.
type Part struct {
	Text     string
	Fact     *reform.FactQuestion
	Document string
}

// Sentence is one sentence with its full stop.
type Sentence struct {
	Topic Topic
	Parts []Part
}

// String is the sentence as plain text.
func (s Sentence) String() string {
	var b strings.Builder
	for _, p := range s.Parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Text is all sentences as one plain paragraph, sources on a line of their own.
func Text(all []Sentence) string {
	var b strings.Builder
	for _, s := range all {
		switch {
		case b.Len() == 0:
		case s.Topic == Sources:
			b.WriteByte('\n')
		default:
			b.WriteByte(' ')
		}
		b.WriteString(s.String())
	}
	return b.String()
}

// Input is what is known. Only Catalog, Index and Unit must be there.
type Input struct {
	Lang    string // "vi" or "en"
	Catalog *reform.Catalog
	Index   *reform.Index
	Unit    reform.UnitKey
	Period  reform.Period // zero: the newest of History
	// History is the unit's totals with their places in the nation (or, of a department, in its province).
	History reform.RankSeries
	// Regions are the same totals with the places within the unit's regions.
	Regions []reform.RankSeries
	// Parts are the components of a period; nil: nobody asked. Empty ones are said to be missing.
	Parts *reform.Subscores
	// Coverage of the edition; nil: that of Parts.
	Coverage *reform.Coverage
	// Conflicts of the unit; others than those of the total of the period are passed over.
	Conflicts []reform.Conflict
	// Documents are those of the measures, by id; the sources are named from them.
	Documents map[string]reform.Document
	View      reform.View // the state that the answers are of; it is pinned in every Fact
}

// writer collects the sentences and the documents that their numbers come from.
type writer struct {
	Input
	out  []Sentence
	docs []string
}

// Write is the briefing of in, in a fixed order.
func Write(in Input) []Sentence {
	if in.Lang != "en" {
		in.Lang = "vi"
	}
	w := &writer{Input: in}
	pts := slices.Clone(in.History.Points)
	slices.SortStableFunc(pts, func(a, b reform.RankPoint) int { return a.Period.Compare(b.Period) })
	if len(pts) == 0 && !hasRows(in.Parts) {
		key := "nothing"
		if in.Period.IsZero() {
			key = "nothing.ever"
		}
		w.add(Standing, key, w.subject(in.Period))
		w.merger()
		return w.out
	}
	period := in.Period
	if period.IsZero() && len(pts) > 0 {
		period = pts[len(pts)-1].Period
	}
	if period.IsZero() {
		period = in.Parts.Period
	}
	at := pointOf(pts, period)
	switch {
	case at == nil && in.Index.Counts:
		// Counts have no total: the components are all there is.
	case at == nil:
		w.add(Standing, "nothing", w.subject(period))
		w.newest(pts, period)
	default:
		w.standing(pts, at)
		w.score(pts, at)
		w.breaks(pts, at)
		w.record(pts, at)
		w.regions(at.Period)
	}
	if in.Index.Counts {
		w.counts()
	} else {
		w.parts(period)
	}
	w.gaps(pts)
	if !in.Index.Counts {
		w.coverage(period)
	}
	w.disputes(period)
	w.merger()
	w.notes(at)
	w.sources()
	return w.out
}

// pointOf is the point of a period: of several bases the newest one with a place, else the newest.
func pointOf(pts []reform.RankPoint, p reform.Period) *reform.RankPoint {
	var at *reform.RankPoint
	for i := range pts {
		if pts[i].Period != p || (at != nil && at.Place > 0 && pts[i].Place == 0) {
			continue
		}
		at = &pts[i]
	}
	return at
}

func hasRows(s *reform.Subscores) bool {
	return s != nil && slices.ContainsFunc(s.Rows, func(r reform.Subscore) bool {
		return r.Component != "" && (r.Score.Valid || r.Place > 0 || r.RegionPlace > 0)
	})
}

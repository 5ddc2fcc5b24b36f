package dashboard

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// Moved compares the two newest years of a unit's PAPI dimensions, the one index of which the fake has components in several years.
func (f *fakeReader) Moved(_ context.Context, q reform.MovedQuestion) ([]reform.Moved, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	m := reform.Moved{Index: "papi", Basis: "2011", Unit: q.Unit}
	scores := map[reform.Period]map[string]reform.FactRecord{}
	for _, r := range f.facts {
		if x := r.Fact; x.Index == "papi" && x.Unit == q.Unit && x.Component != "" {
			if scores[x.Period] == nil {
				scores[x.Period] = map[string]reform.FactRecord{}
			}
			scores[x.Period][x.Component] = r
			if m.Period.IsZero() || x.Period.Compare(m.Period) > 0 {
				m.Period = x.Period
			}
		}
	}
	if m.Period.IsZero() {
		return nil, nil
	}
	before := scores[m.Period.Prev()]
	for _, c := range []string{"D1", "D2"} {
		a, b := scores[m.Period][c], before[c]
		if !a.Fact.Score.Valid || !b.Fact.Score.Valid {
			continue
		}
		m.Prev = m.Period.Prev()
		m.Moves = append(m.Moves, reform.ComponentMove{
			Component: c, Unit: q.Unit, PrevUnit: q.Unit, Score: a.Fact.Score, Previous: b.Fact.Score, Max: a.Fact.Max, Status: reform.Final,
			Change: reform.NumOf(a.Fact.Score.Decimal.Sub(b.Fact.Score.Decimal)), From: reform.Measure{Document: a.Document}, PrevFrom: reform.Measure{Document: b.Document},
		})
	}
	return []reform.Moved{m}, nil
}

// Derived is the mean of two former provinces in the years of the fake's PAPI.
func (f *fakeReader) Derived(_ context.Context, q reform.DerivedQuestion) (reform.DerivedHistory, error) {
	h := reform.DerivedHistory{Index: q.Index, Unit: q.Unit, Members: reform.Default().Predecessors(q.Unit)}
	if err := f.check(); err != nil {
		return h, err
	}
	if len(h.Members) < 2 {
		return h, reform.ErrInvalid
	}
	byPeriod := map[reform.Period]*reform.DerivedPoint{}
	for _, r := range f.facts {
		x := r.Fact
		if x.Index != q.Index || x.Component != "" || !x.Score.Valid || !slices.Contains(h.Members, x.Unit) {
			continue
		}
		p := byPeriod[x.Period]
		if p == nil {
			p = &reform.DerivedPoint{Period: x.Period, Basis: x.Basis, Max: x.Max, Status: reform.Final, Known: 1}
			byPeriod[x.Period] = p
		}
		p.Members = append(p.Members, reform.DerivedMember{Unit: x.Unit, Score: x.Score, From: reform.Measure{Document: r.Document}})
	}
	for _, p := range byPeriod {
		sum := decimal.Zero
		for _, m := range p.Members {
			sum = sum.Add(m.Score.Decimal)
		}
		if len(p.Members) == len(h.Members) {
			p.Score = reform.NumOf(sum.DivRound(decimal.NewFromInt(int64(len(h.Members))), 6))
		}
		h.Points = append(h.Points, *p)
	}
	slices.SortFunc(h.Points, func(a, b reform.DerivedPoint) int { return a.Period.Compare(b.Period) })
	return h, nil
}

package queries

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// Correlations compares an index's order of provinces with that of every other index
// that ranks them: in the newest year of which both are known in one scheme, of at least
// reform.FewestCorrelated units each if there is such a year. Indices without a common
// year are left out; the order is the catalogue's.
func (q *Queries) Correlations(ctx context.Context, question reform.CorrelationQuestion) ([]reform.Correlation, error) {
	if err := q.cat.knownIndex(question.Index); err != nil {
		return nil, err
	}
	all, err := q.Editions(ctx, "", question.View)
	if err != nil {
		return nil, err
	}
	byIndex := map[string][]reform.EditionInfo{}
	for _, e := range all {
		if e.Period.Kind() == reform.Year && e.UnitType == reform.Province && e.Scope == reform.ScopeNation && !q.cat.counts(e.Index) && knownUnits(e) > 0 {
			byIndex[e.Index] = append(byIndex[e.Index], e)
		}
	}
	leagues := map[editionKey]reform.League{} // of the index asked about
	var out []reform.Correlation
	for _, other := range q.cat.Indices() {
		if other.Code == question.Index {
			continue
		}
		mine, its, ok := newestCommon(byIndex[question.Index], byIndex[other.Code])
		if !ok {
			continue
		}
		key := editionKey{mine.Period, mine.Basis, mine.Scheme}
		a, ok := leagues[key]
		if !ok {
			if a, err = q.leagueOf(ctx, mine, question.View); err != nil {
				return nil, err
			}
			leagues[key] = a
		}
		b, err := q.leagueOf(ctx, its, question.View)
		if err != nil {
			return nil, err
		}
		c := correlate(a, b)
		c.Provisional = mine.Provisional || its.Provisional
		out = append(out, c)
	}
	return out, nil
}

// knownUnits is of how many units an edition tells a place or a total.
func knownUnits(e reform.EditionInfo) int { return max(e.Coverage.WithPlace, e.Coverage.WithScore) }

// newestCommon is the newest year of which editions of two indices are known in one
// scheme, preferably one of which both tell enough units.
func newestCommon(a, b []reform.EditionInfo) (x, y reform.EditionInfo, ok bool) {
	enough := false
	for _, e := range a {
		for _, o := range b {
			if e.Period != o.Period || e.Scheme != o.Scheme {
				continue
			}
			many := min(knownUnits(e), knownUnits(o)) >= reform.FewestCorrelated
			switch {
			case !ok, many && !enough,
				many == enough && cmp.Or(e.Period.Compare(x.Period), cmp.Compare(e.Scheme, x.Scheme), cmp.Compare(knownUnits(e)+knownUnits(o), knownUnits(x)+knownUnits(y))) > 0:
				x, y, ok, enough = e, o, true, many
			}
		}
	}
	return x, y, ok
}

func (q *Queries) leagueOf(ctx context.Context, e reform.EditionInfo, view reform.View) (reform.League, error) {
	return q.Ranking(ctx, reform.LeagueQuestion{Index: e.Index, Period: e.Period, Scheme: e.Scheme, Basis: e.Basis, UnitType: reform.Province, Scope: reform.ScopeNation, View: view})
}

// correlate compares two league tables of one period and scheme.
func correlate(a, b reform.League) reform.Correlation {
	c := reform.Correlation{
		Index: a.Index, Other: b.Index, Period: a.Period, Scheme: a.Scheme, Basis: a.Basis, OtherBasis: b.Basis, Coverage: a.Coverage, OtherCoverage: b.Coverage,
	}
	var x, y map[reform.UnitKey]decimal.Decimal
	x, c.Measure = orderOf(a)
	y, c.OtherMeasure = orderOf(b)
	var xs, ys []decimal.Decimal
	for unit, v := range x {
		if w, ok := y[unit]; ok {
			xs, ys = append(xs, v), append(ys, w)
		}
	}
	c.N = len(xs)
	if c.N >= reform.FewestCorrelated {
		c.Rho = spearman(xs, ys)
	}
	return c
}

// orderOf gives every unit a value that is larger the better it stands, and says what it
// was taken from: places where they are known of as many units as totals, for they tell
// equal totals apart. The two are never mixed.
func orderOf(l reform.League) (map[reform.UnitKey]decimal.Decimal, string) {
	places, scores := map[reform.UnitKey]decimal.Decimal{}, map[reform.UnitKey]decimal.Decimal{}
	for _, r := range l.Rows {
		if r.Place > 0 {
			places[r.Unit] = decimal.NewFromInt(int64(-r.Place))
		}
		if r.Score.Valid {
			scores[r.Unit] = r.Score.Decimal
		}
	}
	if len(scores) > len(places) {
		return scores, reform.MeasureScore
	}
	return places, reform.MeasurePlace
}

// spearman is the rank correlation of pairs, with mean ranks for ties, to three
// decimals; it is missing where one side does not vary. Ranks are counted in whole
// halves, so that the sums are exact whatever the order of the pairs.
func spearman(xs, ys []decimal.Decimal) reform.Number {
	rx, ry := twiceRanks(xs), twiceRanks(ys)
	n := int64(len(rx))
	var sx, sy, sxx, syy, sxy int64
	for i := range rx {
		sx, sy = sx+rx[i], sy+ry[i]
		sxx, syy, sxy = sxx+rx[i]*rx[i], syy+ry[i]*ry[i], sxy+rx[i]*ry[i]
	}
	vx, vy := n*sxx-sx*sx, n*syy-sy*sy
	if vx == 0 || vy == 0 {
		return reform.Number{}
	}
	rho := float64(n*sxy-sx*sy) / (math.Sqrt(float64(vx)) * math.Sqrt(float64(vy)))
	return reform.NumOf(decimal.NewFromFloat(rho).Round(3))
}

// twiceRanks is the rank of each value from below, doubled; equal values share the mean of theirs.
func twiceRanks(values []decimal.Decimal) []int64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return values[a].Cmp(values[b]) })
	ranks := make([]int64, len(values))
	for i := 0; i < len(order); {
		end := i + 1
		for end < len(order) && values[order[end]].Equal(values[order[i]]) {
			end++
		}
		for _, at := range order[i:end] {
			ranks[at] = int64(i + 1 + end) // twice the mean of i+1 to end
		}
		i = end
	}
	return ranks
}

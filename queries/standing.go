package queries

import (
	"cmp"
	"slices"

	"chiso/reform"

	"github.com/shopspring/decimal"
)

// entrant is one unit that takes part when places are counted.
type entrant struct {
	unit  reform.UnitKey
	score decimal.Decimal
	// published is the place that a document prints in a wider or the same scope; 0 none.
	published int
}

// countPlaces gives every entrant its place, best score first. Equal scores
// share a place (1, 2, 2, 4), except where documents print a place for each of
// them: two units at 84.33 that were announced as 5th and 6th were told apart by
// digits that were not printed.
func countPlaces(entrants []entrant) map[reform.UnitKey]int {
	sorted := slices.Clone(entrants)
	slices.SortFunc(sorted, func(a, b entrant) int {
		return cmp.Or(b.score.Cmp(a.score), cmp.Compare(a.published, b.published), cmp.Compare(a.unit, b.unit))
	})
	places := make(map[reform.UnitKey]int, len(sorted))
	for i := 0; i < len(sorted); {
		end := i + 1
		for end < len(sorted) && sorted[end].score.Equal(sorted[i].score) {
			end++
		}
		placeGroup(sorted[i:end], i+1, places)
		i = end
	}
	return places
}

// placeGroup places entrants of one score, the first of them at first.
func placeGroup(group []entrant, first int, places map[reform.UnitKey]int) {
	printed := !slices.ContainsFunc(group, func(e entrant) bool { return e.published == 0 })
	place := first
	for i, e := range group {
		if printed && i > 0 && e.published != group[i-1].published {
			place = first + i
		}
		places[e.unit] = place
	}
}

// median is the middle of the values, the mean of the middle two where their
// number is even; it is exact. No values have no median.
func median(values []decimal.Decimal) reform.Number {
	if len(values) == 0 {
		return reform.Number{}
	}
	sorted := slices.Clone(values)
	slices.SortFunc(sorted, decimal.Decimal.Cmp)
	mid := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return reform.NumOf(sorted[mid])
	}
	half := decimal.New(5, -1)
	return reform.NumOf(sorted[mid-1].Add(sorted[mid]).Mul(half))
}

// meanDigits is how many decimals a mean keeps: as many as a stored score.
const meanDigits = 6

// mean is the arithmetic mean, rounded to six decimals. No values have no mean.
func mean(values []decimal.Decimal) reform.Number {
	if len(values) == 0 {
		return reform.Number{}
	}
	sum := decimal.Sum(values[0], values[1:]...)
	return reform.NumOf(sum.DivRound(decimal.NewFromInt(int64(len(values))), meanDigits))
}

// best is the largest score and the units that reached it, by key.
func best(entrants []entrant) (reform.Number, []reform.UnitKey) {
	if len(entrants) == 0 {
		return reform.Number{}, nil
	}
	top := slices.MaxFunc(entrants, func(a, b entrant) int { return a.score.Cmp(b.score) }).score
	var units []reform.UnitKey
	for _, e := range entrants {
		if e.score.Equal(top) {
			units = append(units, e.unit)
		}
	}
	slices.Sort(units)
	return reform.NumOf(top), units
}

// commonest is the value that occurs most often, the larger one of two that
// occur equally often, so that a misprinted denominator does not make an
// edition look complete. Zeros, which stand for "not printed", do not count.
func commonest(counts map[int]int) int {
	value, times := 0, 0
	for v, n := range counts {
		if v == 0 || n < times || (n == times && v < value) {
			continue
		}
		value, times = v, n
	}
	return value
}

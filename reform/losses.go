package reform

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Loss is how many points a component leaves lying.
type Loss struct {
	Subscore        // its Max is that of the catalogue where the source gives none
	Lost     Number // maximum less score, in points of the total where the component is weighted
	Median   Number // what the middle unit loses; missing unless the component is known of all
	Share    Number // of the maximum, in per cent
}

// Losses are what the first-level components of the main breakdown lose, the largest first. weighted
// says that they are turned into points of the total by known weights; whole says that the components are
// all there and that the losses add up to what the total lacks. Components of which score or maximum is unknown are left out.
func Losses(ix *Index, sub *Subscores) (all []Loss, weighted, whole bool) {
	first := ix.FirstLevel(sub.Basis)
	weighted = len(first) > 0 && !slices.ContainsFunc(first, func(c Component) bool { return !c.Weight.Valid })
	lost, most := decimal.Zero, decimal.Zero
	for _, r := range sub.Rows {
		i := slices.IndexFunc(first, func(c Component) bool { return c.Code == r.Component })
		if i < 0 || !r.Score.Valid {
			continue
		}
		if !r.Max.Valid {
			r.Max = first[i].Max
		}
		if !r.Max.Valid || !r.Max.Decimal.IsPositive() {
			continue
		}
		points := func(d decimal.Decimal) decimal.Decimal {
			if !weighted {
				return d
			}
			return d.Mul(first[i].Weight.Decimal).DivRound(r.Max.Decimal, 9) // rounded once, after the product
		}
		l := Loss{Subscore: r, Lost: NumOf(points(r.Max.Decimal.Sub(r.Score.Decimal)))}
		l.Share = NumOf(r.Score.Decimal.Shift(2).DivRound(r.Max.Decimal, 4))
		if r.Median.Valid {
			l.Median = NumOf(points(r.Max.Decimal.Sub(r.Median.Decimal)))
		}
		lost, most = lost.Add(l.Lost.Decimal), most.Add(points(r.Max.Decimal))
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(a, b Loss) int { return b.Lost.Decimal.Cmp(a.Lost.Decimal) })
	if t := sub.Total; t != nil && t.Score.Valid && t.Max.Valid && len(first) > 0 && len(all) == len(first) {
		// Scores are printed with two decimals: each component may be off by half of the last digit.
		slack := decimal.New(int64(5*(len(all)+1)), -3)
		near := func(a, b decimal.Decimal) bool { return a.Sub(b).Abs().LessThanOrEqual(slack) }
		whole = near(most, t.Max.Decimal) && near(lost, t.Max.Decimal.Sub(t.Score.Decimal))
	}
	return all, weighted, whole
}

// FirstLevel lists the first-level components of the main breakdown of a basis; "" is the only basis of an index that has one.
func (ix *Index) FirstLevel(basis string) []Component {
	var out []Component
	for _, b := range ix.Bases {
		if b.Code != basis && (basis != "" || len(ix.Bases) != 1) {
			continue
		}
		for _, c := range b.Components {
			if c.Breakdown == "" && c.Parent == "" {
				out = append(out, c)
			}
		}
	}
	return out
}

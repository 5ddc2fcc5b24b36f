package deck

import (
	"chiso/charts"
	"chiso/reform"
)

// slidesOf is how many slides the bars of a plot take.
func slidesOf(p *charts.Plot) int {
	n, most := len(p.Categories), mostBars
	if p.Kind == charts.PlotBars && len(p.Series) > 1 {
		most = max(1, mostBeside/len(p.Series)) // they stand beside each other
	}
	if n <= most || !inParts(p.Kind) {
		return 1
	}
	return (n + most - 1) / most
}

// chunks cuts lying bars that are too many for a slide into several charts on one scale.
func chunks(p *charts.Plot, slides int) []*charts.Plot {
	n := len(p.Categories)
	if slides < 2 || n < 2 {
		return []*charts.Plot{p}
	}
	per := (n + slides - 1) / slides
	whole := *p
	if !whole.Max.Valid {
		for _, s := range p.Series {
			for _, v := range s.Values {
				if v.Valid && (!whole.Max.Valid || v.Decimal.GreaterThan(whole.Max.Decimal)) {
					whole.Max = v
				}
			}
		}
		if whole.Max.Valid { // room for the words behind the longest bar
			whole.Max = reform.NumOf(whole.Max.Decimal.Mul(reform.Num("1.3").Decimal).RoundUp(2))
		}
	}
	var out []*charts.Plot
	for from := 0; from < n; from += per {
		to := min(from+per, n)
		inside := func(list []int) (out []int) {
			for _, k := range list {
				if k >= from && k < to {
					out = append(out, k-from)
				}
			}
			return out
		}
		one := whole
		one.Categories, one.Strong = p.Categories[from:to], inside(p.Strong)
		one.Series = nil
		for _, s := range p.Series {
			s.Values, s.Labels = s.Values[from:min(to, len(s.Values))], s.Labels[from:min(to, len(s.Labels))]
			if len(s.Fills) > 0 {
				s.Fills = s.Fills[from:min(to, len(s.Fills))]
			}
			s.Provisional, s.Hollow = inside(s.Provisional), inside(s.Hollow)
			one.Series = append(one.Series, s)
		}
		out = append(out, &one)
	}
	return out
}

// inParts reports whether charts of a kind go on from slide to slide: bars do, of which each stands for itself.
func inParts(k charts.PlotKind) bool { return k == charts.PlotBars || k == charts.PlotOverlaid }

package charts

import (
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// Stretch is a part of a line from one category with a value to the last before a cut.
type Stretch struct{ First, Last int }

// Stretches are the parts of a line over n categories between its cuts, those without a value
// left out. An office program joins whatever one series holds, so each is a series there. Where the cuts leave
// no two values side by side, the line is points alone: loose.
func (s *PlotSeries) Stretches(n int) (out []Stretch, loose bool) {
	loose = len(s.Cut) > 0
	open := false
	for k := range min(n, len(s.Values)) {
		if s.Values[k].Valid {
			if !open {
				out, open = append(out, Stretch{First: k}), true
			}
			last := &out[len(out)-1]
			loose = loose && !(k > last.First && s.Values[k-1].Valid)
			last.Last = k
		}
		if slices.Contains(s.Cut, k) {
			open = false
		}
	}
	return out, loose
}

// StretchName names a part of a line after the categories that it leads from and to: "Long An (2017–2019)".
func StretchName(line, first, last string) string {
	if first != last {
		first += "–" + last
	}
	return line + " (" + first + ")"
}

// Step is a column of a waterfall. It stands on Base and is Size long; both are missing where nothing is known.
type Step struct {
	Base, Size reform.Number
	Total      bool // the first and the last stand for themselves
	Down       bool
}

// Steps are the columns of a PlotWaterfall. ok is false where one leads below zero: columns
// that are stacked on an invisible one can't show it.
func (p *Plot) Steps() (steps []Step, ok bool) {
	if len(p.Series) == 0 {
		return nil, false
	}
	run, values := decimal.Zero, p.Series[0].Values
	for k := range p.Categories {
		if k >= len(values) || !values[k].Valid {
			steps = append(steps, Step{})
			continue
		}
		v := values[k].Decimal
		one := Step{Total: k == 0 || k == len(p.Categories)-1, Down: v.IsNegative()}
		base := run
		switch {
		case one.Total:
			one.Down, base, run = false, decimal.Zero, v
		case one.Down:
			run = run.Add(v)
			base = run
		default:
			run = run.Add(v)
		}
		if run.IsNegative() || base.IsNegative() {
			return nil, false
		}
		one.Base, one.Size = reform.NumOf(base), reform.NumOf(v.Abs())
		steps = append(steps, one)
	}
	return steps, true
}

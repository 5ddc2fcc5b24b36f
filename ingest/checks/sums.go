package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
)

var (
	one     = decimal.NewFromInt(1)
	hundred = decimal.NewFromInt(100)
	slack   = decimal.New(1, -6) // the last stored digit
)

// sum says which parts make a whole, and by which factor each.
type sum struct {
	whole   string // "" the total
	parts   []string
	factors []decimal.Decimal
}

// sums are what must add up in a basis, as far as the catalogue knows the weights: the parts
// of a total whose maxima, or weights, make it, and those of a component.
func (c *Checker) sums(index, basis string) []sum {
	b, err := c.Catalog.Basis(index, basis)
	if err != nil {
		return nil
	}
	type group struct{ breakdown, parent string }
	groups := map[group][]reform.Component{}
	var order []group
	max := map[string]reform.Number{"": b.Max}
	for _, comp := range b.Components {
		g := group{comp.Breakdown, comp.Parent}
		if _, ok := groups[g]; !ok {
			order = append(order, g)
		}
		groups[g] = append(groups[g], comp)
		max[comp.Code] = comp.Max
	}
	var out []sum
	for _, g := range order {
		whole := max[g.parent]
		if !whole.Valid || len(groups[g]) < 2 {
			continue
		}
		s := sum{whole: g.parent}
		total := decimal.Zero
		known := true
		for _, comp := range groups[g] {
			factor := one
			switch {
			case !comp.Max.Valid:
				known = false
			case comp.Weight.Valid && g.parent == "" && comp.Max.Decimal.IsPositive():
				factor = comp.Weight.Decimal.Div(hundred).Mul(whole.Decimal).Div(comp.Max.Decimal)
				total = total.Add(comp.Weight.Decimal.Div(hundred).Mul(whole.Decimal))
			default:
				total = total.Add(comp.Max.Decimal)
			}
			if comp.Max.Valid && comp.Max.Decimal.IsZero() {
				continue // watched only
			}
			s.parts, s.factors = append(s.parts, comp.Code), append(s.factors, factor)
		}
		if known && total.Equal(whole.Decimal) {
			out = append(out, s)
		}
	}
	return out
}

// checkSums looks whether known parts make their whole, within the precision of print.
func (c *Checker) checkSums(s *statement, f *findings) {
	if ed, ok := c.Catalog.Edition(s.index, s.period); ok && ed.WeightsOff {
		return
	}
	sums := c.sums(s.index, s.basis)
	if len(sums) == 0 {
		return
	}
	digits := int32(0) // of print: trailing zeros are not stored, so the most that any number has
	for _, scores := range s.scores {
		for _, v := range scores {
			digits = max(digits, decimals(v))
		}
	}
	half := decimal.New(5, -digits-1)
	var found []reform.CheckRow
	for _, unit := range s.units {
		scores := s.scores[unit]
		for _, sum := range sums {
			whole, ok := scores[sum.whole]
			if !ok {
				continue
			}
			total, off := decimal.Zero, one
			for i, part := range sum.parts {
				v, known := scores[part]
				if ok = known; !ok {
					break // not all parts are known: nothing can be said
				}
				total = total.Add(v.Mul(sum.factors[i]))
				off = off.Add(decimal.Max(sum.factors[i], one))
			}
			if !ok || total.Sub(whole).Abs().LessThanOrEqual(half.Mul(off).Add(slack)) {
				continue
			}
			total = total.Round(6)
			what := c.what(s, sum.whole)
			found = append(found, s.row(SumDiffers, unit, sum.whole,
				fmt.Sprintf("%s, %s: các thành phần cộng lại là %s, tài liệu ghi %s (lệch %s).", what.VI, c.name(s, unit), s.vi(total), s.vi(whole), s.vi(whole.Sub(total))),
				fmt.Sprintf("%s, %s: the parts add up to %s, the document has %s (off by %s).", what.EN, c.name(s, unit), s.en(total), s.en(whole), s.en(whole.Sub(total))),
				total.String(), whole.String()))
		}
	}
	f.some(found, maxPerList)
}

// balances are sums that the field knows and that are no tree of components: what came in is
// what was done and what is left.
var balances = map[string][]sum{
	"dossiers": {{whole: "received", parts: []string{"resolved", "in-progress"}}},
}

// checkCounts looks whether the counts of a report add up to the last one.
func (c *Checker) checkCounts(s *statement, f *findings) {
	sums := slices.Clone(balances[s.index])
	if b, err := c.Catalog.Basis(s.index, s.basis); err == nil {
		at := map[string]int{}
		for _, comp := range b.Components {
			if comp.Parent == "" {
				continue
			}
			i, ok := at[comp.Parent]
			if !ok {
				i = len(sums)
				at[comp.Parent] = i
				sums = append(sums, sum{whole: comp.Parent})
			}
			sums[i].parts = append(sums[i].parts, comp.Code)
		}
	}
	var found []reform.CheckRow
	for _, unit := range s.units {
		scores := s.scores[unit]
		for _, sum := range sums {
			whole, ok := scores[sum.whole]
			if !ok || len(sum.parts) < 2 {
				continue
			}
			total := decimal.Zero
			var inVI, inEN, numbers []string
			for _, part := range sum.parts {
				v, known := scores[part]
				if ok = known; !ok {
					break
				}
				total = total.Add(v)
				name := c.component(s, part)
				inVI, inEN, numbers = append(inVI, name.VI+" "+s.vi(v)), append(inEN, name.EN+" "+s.en(v)), append(numbers, v.String())
			}
			if !ok || total.Equal(whole) {
				continue
			}
			what, name := c.what(s, ""), c.component(s, sum.whole)
			found = append(found, s.row(ReportDiffers, unit, sum.whole,
				fmt.Sprintf("%s, %s: %s = %s, không phải %s như mục %q (lệch %s).", what.VI, c.name(s, unit), strings.Join(inVI, " + "), s.vi(total), s.vi(whole), name.VI, s.vi(whole.Sub(total))),
				fmt.Sprintf("%s, %s: %s = %s, and not %s as under %q (off by %s).", what.EN, c.name(s, unit), strings.Join(inEN, " + "), s.en(total), s.en(whole), name.EN, s.en(whole.Sub(total))),
				append(numbers, whole.String())...))
		}
	}
	f.some(found, maxPerList)
}

// what names the index, period and component of a finding.
func (c *Checker) what(s *statement, component string) reform.Text {
	t := reform.Text{VI: s.index, EN: s.index}
	if ix, err := c.Catalog.Index(s.index); err == nil {
		t = reform.Text{VI: ix.Short.In("vi"), EN: ix.Short.In("en")}
	}
	t.VI, t.EN = t.VI+" "+s.period.String(), t.EN+" "+s.period.String()
	if component != "" {
		name := c.component(s, component)
		t.VI, t.EN = t.VI+", "+name.VI, t.EN+", "+name.EN
	}
	return t
}

func (c *Checker) component(s *statement, code string) reform.Text {
	comp, err := c.Catalog.Component(s.index, s.basis, code)
	if err != nil {
		return reform.Text{VI: code, EN: code}
	}
	return reform.Text{VI: comp.Name.In("vi"), EN: comp.Name.In("en")}
}

// name is the catalogue's name of a unit, with its province where it lies in one; else the document's.
func (c *Checker) name(s *statement, unit reform.UnitKey) string {
	name := s.names[unit]
	if n := c.Catalog.NameIn(unit, s.period); n != "" && n != string(unit) {
		name = n
	}
	if name == "" {
		name = string(unit)
	}
	if p := unit.Parent(); p != "" {
		if province := c.Catalog.NameIn(p, s.period); province != "" && !strings.Contains(name, province) {
			name += " (" + province + ")"
		}
	}
	return name
}

// decimals is how many decimals a stored number needs.
func decimals(d decimal.Decimal) int32 {
	for n := range int32(6) {
		if d.Equal(d.Truncate(n)) {
			return n
		}
	}
	return 6
}

// vi and en write a number as the index usually prints it, and never less exactly than it is.
func (s *statement) vi(d decimal.Decimal) string { return viet.FormatNumber(d, "vi", s.digits, 6) }

func (s *statement) en(d decimal.Decimal) string { return viet.FormatNumber(d, "en", s.digits, 6) }

// digits is how many decimals an index has in print.
func (c *Checker) digits(index string) int {
	ix, err := c.Catalog.Index(index)
	if err != nil {
		return 0
	}
	return ix.Decimals
}

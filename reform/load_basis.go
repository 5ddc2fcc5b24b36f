package reform

import (
	"slices"
	"strconv"

	"chiso/reform/viet"

	"github.com/shopspring/decimal"
)

// addBasis adds a basis to an index, or fills in what a known basis leaves open.
func addBasis(path string, ix *Index, b Basis) error {
	if !basisPattern.MatchString(b.Code) {
		return mistake(path+".code", "the code %q must be up to 32 letters, digits, dots and hyphens", b.Code)
	}
	if err := checkPeriods(path, map[string]string{"from": b.From, "to": b.To}); err != nil {
		return err
	}
	if b.Max.Valid && !b.Max.Decimal.IsPositive() {
		return mistake(path+".max", "a maximum must be above zero")
	}
	i := slices.IndexFunc(ix.Bases, func(k Basis) bool { return k.Code == b.Code })
	if i < 0 {
		if b.Name.VI == "" {
			return mistake(path+".name", "a basis needs a name (vi)")
		}
		ix.Bases = append(ix.Bases, Basis{
			Code: b.Code, Name: b.Name, Decision: b.Decision, From: b.From, To: b.To, Note: b.Note, Source: b.Source, Max: b.Max, Complete: b.Complete,
		})
		i = len(ix.Bases) - 1
	} else {
		if err := fillBasis(path, &ix.Bases[i], b); err != nil {
			return err
		}
	}
	known := &ix.Bases[i]
	for j, comp := range b.Components {
		if err := addComponent(path+".components["+strconv.Itoa(j)+"]", known, comp); err != nil {
			return err
		}
	}
	if known.Complete {
		return checkSums(path, known)
	}
	return nil
}

// fillBasis takes what the catalogue left open from a user's file.
func fillBasis(path string, known *Basis, b Basis) error {
	if b.Name.VI != "" && b.Name.VI != known.Name.VI {
		return mistake(path+".name", "basis %s is known as %q", known.Code, known.Name.VI)
	}
	if b.Max.Valid {
		if known.Max.Valid && !known.Max.Equal(b.Max) {
			return mistake(path+".max", "basis %s has the maximum %s", known.Code, known.Max)
		}
		known.Max = b.Max
	}
	for _, f := range []struct {
		name      string
		known, to *string
	}{{"decision", &known.Decision, &b.Decision}, {"from", &known.From, &b.From}, {"to", &known.To, &b.To}} {
		if *f.to == "" {
			continue
		}
		if *f.known != "" && *f.known != *f.to {
			return mistake(path+"."+f.name, "basis %s has %q there", known.Code, *f.known)
		}
		*f.known = *f.to
	}
	known.Complete = known.Complete || b.Complete
	return nil
}

func addComponent(path string, b *Basis, comp Component) error {
	if !componentPattern.MatchString(comp.Code) {
		return mistake(path+".code", "the code %q must be letters, digits, dots, colons and hyphens", comp.Code)
	}
	if comp.Max.Valid && comp.Max.Decimal.IsNegative() {
		return mistake(path+".max", "a maximum can't be negative")
	}
	if comp.Weight.Valid && (!comp.Weight.Decimal.IsPositive() || comp.Weight.Decimal.GreaterThan(decimal.NewFromInt(100))) {
		return mistake(path+".weight", "a weight lies above 0 and up to 100 per cent")
	}
	for j, a := range comp.Aliases {
		if other := aliasOf(b, a); other != "" && other != comp.Code {
			return mistake(path+".aliases["+strconv.Itoa(j)+"]", "the alias %q names the component %s already and can't name %s too", a, other, comp.Code)
		}
	}
	i := slices.IndexFunc(b.Components, func(k Component) bool { return k.Code == comp.Code })
	if i < 0 {
		if comp.Name.VI == "" {
			return mistake(path+".name", "a component needs a name (vi)")
		}
		if comp.Parent != "" && !slices.ContainsFunc(b.Components, func(k Component) bool { return k.Code == comp.Parent && k.Breakdown == comp.Breakdown }) {
			return mistake(path+".parent", "no component %q stands before it in the same breakdown", comp.Parent)
		}
		b.Components = append(b.Components, comp)
		return nil
	}
	known := &b.Components[i]
	if comp.Parent != "" && comp.Parent != known.Parent {
		return mistake(path+".parent", "component %s has the parent %q", comp.Code, known.Parent)
	}
	for _, f := range []struct {
		name      string
		known, to *Number
	}{{"max", &known.Max, &comp.Max}, {"weight", &known.Weight, &comp.Weight}} {
		if !f.to.Valid {
			continue
		}
		if f.known.Valid && !f.known.Equal(*f.to) {
			return mistake(path+"."+f.name, "component %s has %s there", comp.Code, f.known)
		}
		*f.known = *f.to
	}
	known.Aliases = append(known.Aliases, comp.Aliases...)
	known.Search = append(known.Search, comp.Search...)
	return nil
}

// aliasOf is the component of a basis that bears an alias already.
func aliasOf(b *Basis, alias string) string {
	f := viet.Fold(alias)
	for _, comp := range b.Components {
		if slices.ContainsFunc(comp.Aliases, func(a string) bool { return viet.Fold(a) == f }) {
			return comp.Code
		}
	}
	return ""
}

// checkSums checks a basis that says it is complete: in every breakdown, and
// under every component that has parts, maxima add up; where there are weights, they add up to 100.
func checkSums(path string, b *Basis) error {
	type group struct{ breakdown, parent string }
	sums, weights := map[group]decimal.Decimal{}, map[string]decimal.Decimal{}
	weighted := map[string]bool{}
	var order []group
	unknown := map[group]string{}
	maxOf := map[string]Number{}
	for _, comp := range b.Components {
		g := group{comp.Breakdown, comp.Parent}
		if _, ok := sums[g]; !ok {
			sums[g] = decimal.Zero
			order = append(order, g)
		}
		maxOf[comp.Code] = comp.Max
		if !comp.Max.Valid {
			unknown[g] = comp.Code
		}
		sums[g] = sums[g].Add(comp.Max.Decimal)
		if comp.Parent == "" && comp.Weight.Valid {
			weighted[comp.Breakdown] = true
			weights[comp.Breakdown] = weights[comp.Breakdown].Add(comp.Weight.Decimal)
		}
	}
	for _, g := range order {
		if g.parent == "" && weighted[g.breakdown] {
			if w := weights[g.breakdown]; !w.Equal(decimal.NewFromInt(100)) {
				return mistake(path+".complete", "the weights of basis %s add up to %s, not 100", b.Code, w)
			}
			continue
		}
		want := b.Max
		if g.parent != "" {
			want = maxOf[g.parent]
		}
		if code, ok := unknown[g]; ok {
			return mistake(path+".complete", "basis %s can't be complete: the maximum of %s is unknown", b.Code, code)
		}
		if !want.Valid || !sums[g].Equal(want.Decimal) {
			return mistake(path+".complete", "the maxima under %q of basis %s add up to %s, not %s", g.parent, b.Code, sums[g], want)
		}
	}
	return nil
}

// checkGroup wants a group to be of something and to say who said so.
func checkGroup(path string, g Group) error {
	switch {
	case g.Name.VI == "":
		return mistake(path+".name", "a group needs a name (vi)")
	case g.Source == "":
		return mistake(path+".source", "a group needs the source that tells it")
	case len(g.Units) == 0 && !g.From.Valid && !g.Below.Valid:
		return mistake(path+".from", "a group needs bounds or units")
	case len(g.Units) > 0 && (g.From.Valid || g.Below.Valid):
		return mistake(path+".units", "a group has bounds or units, not both")
	case g.From.Valid && g.Below.Valid && !g.From.Decimal.LessThan(g.Below.Decimal):
		return mistake(path+".below", "the bounds hold no score")
	}
	for i, k := range g.Units {
		if _, err := ParseUnitKey(string(k)); err != nil {
			return mistake(path+".units["+strconv.Itoa(i)+"]", "%q is no unit's key", k)
		}
	}
	return nil
}

package queries

import (
	"cmp"
	"fmt"
	"slices"

	"chiso/reform"
)

// catalogue is the catalogue with the few ways of asking it that several questions share.
type catalogue struct{ *reform.Catalog }

// knownIndex is nil, or an error of reform.ErrNotFound.
func (c catalogue) knownIndex(code string) error {
	_, err := c.Index(code)
	return err
}

// knownUnit is nil, or an error of reform.ErrNotFound. A department or commune is
// known by its province, since the catalogue does not list them all.
func (c catalogue) knownUnit(key reform.UnitKey) error {
	if _, err := c.UnitOrForm(key); err != nil {
		return fmt.Errorf("unit: %w", err)
	}
	return nil
}

// knownComponent is an error of reform.ErrNotFound for a component that neither
// the catalogue nor any fact knows.
func (q *Queries) knownComponent(index, code string, hasFacts func() bool) error {
	if code == "" || hasFacts() {
		return nil
	}
	_, err := q.cat.Component(index, "", code)
	return err
}

// line lists the keys whose histories are one line with that of key.
func (c catalogue) line(key reform.UnitKey) []reform.UnitKey { return c.Lineage(key) }

// counts reports whether the index is counts of cases, of which no place follows.
func (c catalogue) counts(index string) bool {
	ix, err := c.Index(index)
	return err == nil && ix.Counts
}

// edition is what the catalogue knows of the edition of a period, if that is the
// edition of the basis and scheme; "" is any.
func (c catalogue) edition(index string, period reform.Period, basis string, scheme reform.Scheme) (reform.Edition, bool) {
	ed, ok := c.Edition(index, period)
	if !ok || (ed.Basis != "" && basis != "" && ed.Basis != basis) || (ed.Scheme != "" && scheme != "" && ed.Scheme != scheme) {
		return reform.Edition{}, false
	}
	return ed, true
}

// schemeOf is the scheme that an index measured in a period.
func (c catalogue) schemeOf(index string, period reform.Period) reform.Scheme {
	return c.SchemeFor(index, period)
}

// provinces is how many provinces a scheme has.
func (c catalogue) provinces(scheme reform.Scheme) int { return len(c.Units(scheme, reform.Province)) }

// region lists the members of the region that a scope names.
func (c catalogue) region(scope string) []reform.UnitKey { return c.Members(reform.UnitKey(scope)) }

// firstLevel lists the first-level components of the main tree of a basis.
func (c catalogue) firstLevel(index, basis string) []*reform.Component {
	if basis == "" {
		ix, err := c.Index(index)
		if err != nil || len(ix.Bases) != 1 {
			return nil
		}
		basis = ix.Bases[0].Code
	}
	return c.Components(index, basis, "", "")
}

// firstLevels lists the codes of the first-level components of all bases of an index.
func (c catalogue) firstLevels(index string) []string {
	ix, err := c.Index(index)
	if err != nil {
		return nil
	}
	var codes []string
	for _, b := range ix.Bases {
		for _, component := range c.Components(index, b.Code, "", "") {
			codes = append(codes, component.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// tree lists all components of a basis in the order in which they are read: each
// before its parts, the main tree before other breakdowns.
func (c catalogue) tree(index, basis string) []*reform.Component {
	ix, err := c.Index(index)
	if err != nil {
		return nil
	}
	if basis == "" && len(ix.Bases) == 1 {
		basis = ix.Bases[0].Code
	}
	b, err := c.Basis(index, basis)
	if err != nil {
		return nil
	}
	var breakdowns []string
	for _, component := range b.Components {
		if !slices.Contains(breakdowns, component.Breakdown) {
			breakdowns = append(breakdowns, component.Breakdown)
		}
	}
	slices.SortStableFunc(breakdowns, func(a, b string) int { return cmp.Compare(min(len(a), 1), min(len(b), 1)) })
	var all []*reform.Component
	var walk func(breakdown, parent string)
	walk = func(breakdown, parent string) {
		for _, component := range c.Components(index, b.Code, breakdown, parent) {
			all = append(all, component)
			if component.Code != parent {
				walk(breakdown, component.Code)
			}
		}
	}
	for _, breakdown := range breakdowns {
		walk(breakdown, "")
	}
	return all
}

// breakBetween reports whether the rules of a component changed between two periods
// of one line. A break that severs has no line across it: what lies on one line
// lies on one side of it.
func (c catalogue) breakBetween(index, component string, from, to reform.Period) bool {
	return slices.ContainsFunc(c.Breaks(index, component, from, to), func(b reform.Break) bool { return !b.Severs })
}

// severed reports whether what lies in two periods is not the same thing measured.
func (c catalogue) severed(index, component string, from, to reform.Period) bool {
	return slices.ContainsFunc(c.Breaks(index, component, from, to), func(b reform.Break) bool { return b.Severs })
}

// name is a unit's name in a period: the catalogue's, or that of the document
// for a unit that the catalogue does not list.
func (c catalogue) name(key reform.UnitKey, written string, period reform.Period) string {
	if _, err := c.Unit(key); err != nil && written != "" {
		return written
	}
	return c.NameIn(key, period)
}

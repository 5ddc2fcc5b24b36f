package ingest

import (
	"time"

	"chiso/reform"
)

// rulebook answers, for every row of a document, what the catalogue says of its
// index, basis and edition; it remembers, since a million rows ask the same few things.
type rulebook struct {
	cat      *reform.Catalog
	indices  map[string]*reform.Index // nil: unknown
	bases    map[basisKey]*basisRules
	editions map[editionKey]editionRules
	units    map[reform.UnitKey]*reform.Unit // nil: unknown
	members  map[reform.UnitKey]map[reform.UnitKey]bool

	provinces map[reform.Scheme]int
}

type basisKey struct{ index, basis string }

type editionKey struct {
	index, basis string
	period       reform.Period
}

// basisRules is a basis made ready to be asked by component.
type basisRules struct {
	book       *rulebook
	index      string
	basis      *reform.Basis // nil: the index has no such basis
	max        amount
	components map[string]*componentRules
	parts      map[string]int // number of parts of "" or of a component that must add up; absent: nothing is known
}

type componentRules struct {
	reform.Component
	max, weight amount
}

// editionRules is what the catalogue says of one edition.
type editionRules struct {
	known      bool
	of         int
	scheme     reform.Scheme
	announced  time.Time // zero: unknown
	weightsOff bool
}

func newRulebook(cat *reform.Catalog) *rulebook {
	return &rulebook{
		cat: cat, indices: map[string]*reform.Index{}, bases: map[basisKey]*basisRules{},
		editions: map[editionKey]editionRules{}, units: map[reform.UnitKey]*reform.Unit{},
		members: map[reform.UnitKey]map[reform.UnitKey]bool{}, provinces: map[reform.Scheme]int{},
	}
}

func (b *rulebook) index(code string) *reform.Index {
	ix, ok := b.indices[code]
	if !ok {
		ix, _ = b.cat.Index(code) // nil where unknown
		b.indices[code] = ix
	}
	return ix
}

func (b *rulebook) unit(key reform.UnitKey) *reform.Unit {
	u, ok := b.units[key]
	if !ok {
		u, _ = b.cat.UnitOrForm(key) // nil where unknown
		b.units[key] = u
	}
	return u
}

// within reports whether unit lies in region.
func (b *rulebook) within(unit, region reform.UnitKey) bool { return b.membersOf(region)[unit] }

func (b *rulebook) membersOf(region reform.UnitKey) map[reform.UnitKey]bool {
	m, ok := b.members[region]
	if !ok {
		m = map[reform.UnitKey]bool{}
		for _, k := range b.cat.Members(region) {
			m[k] = true
		}
		b.members[region] = m
	}
	return m
}

// ranked is how many units there are to be ranked beside that of f: the provinces of
// its scheme, or of the region; 0 where it is not known.
func (b *rulebook) ranked(f *reform.Fact) int {
	if f.UnitType != reform.Province {
		return 0
	}
	if f.Scope != reform.ScopeNation {
		return len(b.membersOf(reform.UnitKey(f.Scope)))
	}
	scheme := f.Unit.Scheme()
	n, ok := b.provinces[scheme]
	if !ok {
		n = len(b.cat.Units(scheme, reform.Province))
		b.provinces[scheme] = n
	}
	return n
}

// scopeName is what a person calls the units that f was ranked among.
func (b *rulebook) scopeName(f *reform.Fact) string {
	if u := b.unit(reform.UnitKey(f.Scope)); f.Scope != reform.ScopeNation && u != nil {
		return u.Name
	}
	return string(f.Unit.Scheme())
}

func (b *rulebook) rules(ix *reform.Index, code string) *basisRules {
	k := basisKey{ix.Code, code}
	if r, ok := b.bases[k]; ok {
		return r
	}
	r := &basisRules{book: b, index: ix.Code, components: map[string]*componentRules{}, parts: map[string]int{}}
	if r.basis, _ = b.cat.Basis(ix.Code, code); r.basis != nil {
		r.max, _ = amountOf(r.basis.Max)
		for _, c := range r.basis.Components {
			cr := &componentRules{Component: c}
			cr.max, _ = amountOf(c.Max)
			cr.weight, _ = amountOf(c.Weight)
			r.components[c.Code] = cr
		}
		r.findSums()
	}
	b.bases[k] = r
	return r
}

// component is the component of that code, nil where there is none. Where the
// basis is not known it is what all bases agree on.
func (r *basisRules) component(code string) *componentRules {
	if c, ok := r.components[code]; ok {
		return c
	}
	var c *componentRules
	if r.basis == nil {
		if comp, err := r.book.cat.Component(r.index, "", code); err == nil {
			c = &componentRules{Component: *comp}
			c.max, _ = amountOf(comp.Max)
			c.weight, _ = amountOf(comp.Weight)
		}
	}
	r.components[code] = c
	return c
}

// findSums finds which parts must add up: those of the main tree of a whole
// basis, and those of a component whose parts' maxima make its own.
func (r *basisRules) findSums() {
	sums, counts := map[string]int64{}, map[string]int{}
	for _, c := range r.components {
		if c.Breakdown != "" {
			continue
		}
		if !c.max.ok {
			sums[c.Parent] = -1 << 62 // one unknown maximum, and nothing is known of the sum
		}
		sums[c.Parent] += c.max.v
		counts[c.Parent]++
	}
	for parent, n := range counts {
		if parent == "" {
			if r.basis.Complete && sums[""] > 0 {
				r.parts[""] = n
			}
			continue
		}
		if p := r.components[parent]; p != nil && p.max.ok && p.max.v == sums[parent] && n > 1 {
			r.parts[parent] = n
		}
	}
}

// share is what a part with this score gives to its whole: the score itself, or
// by its weight, in per cent of the total, where the basis weighs its components.
func (r *basisRules) share(c *componentRules, score amount) float64 {
	v := float64(score.v)
	if c.Parent == "" && c.weight.ok && c.max.ok && c.max.v > 0 && r.max.ok {
		return v / float64(c.max.v) * float64(c.weight.v) / 100e6 * float64(r.max.v)
	}
	return v
}

func (b *rulebook) edition(index, basis string, p reform.Period) editionRules {
	k := editionKey{index, basis, p}
	if e, ok := b.editions[k]; ok {
		return e
	}
	var e editionRules
	if ed, ok := b.cat.Edition(index, p); ok && (ed.Basis == "" || basis == "" || ed.Basis == basis) {
		e = editionRules{known: true, of: ed.Of, scheme: ed.Scheme, weightsOff: ed.WeightsOff}
		e.announced = lastMoment(ed.Announced)
	}
	b.editions[k] = e
	return e
}

// lastMoment is the end of a date that may be known by its month or year only:
// what was said "in 2019" was surely known at the end of 2019, and not before.
// A day counts from its beginning.
func lastMoment(date string) time.Time {
	t, precision, err := reform.ParsePartialDate(date)
	if err != nil {
		return time.Time{}
	}
	switch precision {
	case "month":
		return t.AddDate(0, 1, -1)
	case "year":
		return t.AddDate(1, 0, -1)
	}
	return t
}

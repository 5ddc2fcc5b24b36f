package reform

import (
	"fmt"
	"slices"
	"strings"

	"chiso/reform/viet"
)

// rules is what an index' lists say, ready to be looked up.
type rules struct {
	ix       *Index
	bases    map[string]*Basis
	comps    map[string]map[string]*Component // by basis, by code
	names    map[string]map[string]string     // by basis: folded name to code; "" where two components share it
	editions map[string]*Edition              // by period
	spans    []basisSpan
	breaks   []span
}

type basisSpan struct {
	code string
	span
}

// span is a stretch between two periods, either of which may be open.
type span struct {
	from, to Period
	ref      *Break
}

func buildRules(ix *Index) (*rules, error) {
	r := &rules{
		ix: ix, bases: map[string]*Basis{}, comps: map[string]map[string]*Component{},
		names: map[string]map[string]string{}, editions: map[string]*Edition{},
	}
	for i := range ix.Bases {
		b := &ix.Bases[i]
		r.bases[b.Code] = b
		comps, names := map[string]*Component{}, map[string]string{}
		for j := range b.Components {
			c := &b.Components[j]
			comps[c.Code] = c
		}
		explicit := map[string]string{}
		// The main tree names first: a part of another breakdown that bears the
		// same name is meant only where its code or an alias says so.
		for _, c := range mainTreeFirst(b.Components) {
			for _, a := range c.Aliases {
				f := viet.Fold(a)
				if other, ok := explicit[f]; ok && other != c.Code {
					return nil, fmt.Errorf("index %s, basis %s: the alias %q names the components %s and %s: %w", ix.Code, b.Code, a, other, c.Code, ErrInvalid)
				}
				explicit[f] = c.Code
			}
			for _, s := range []string{c.Name.VI, c.Name.EN} {
				f := viet.Fold(s)
				other, taken := names[f]
				switch {
				case !taken:
					names[f] = c.Code
				case other != c.Code && c.Breakdown == "":
					names[f] = "" // a name that two components bear names neither
				}
			}
		}
		for f, code := range explicit {
			if other, ok := names[f]; ok && other != "" && other != code {
				return nil, fmt.Errorf("index %s, basis %s: an alias of %s is the name of %s: %w", ix.Code, b.Code, code, other, ErrInvalid)
			}
			names[f] = code
		}
		for code := range comps {
			names[viet.Fold(code)] = code
		}
		delete(names, "")
		r.comps[b.Code], r.names[b.Code] = comps, names
		if b.From != "" || b.To != "" || len(ix.Bases) == 1 {
			s, err := spanOf(b.From, b.To)
			if err != nil {
				return nil, fmt.Errorf("index %s, basis %s: %w", ix.Code, b.Code, err)
			}
			r.spans = append(r.spans, basisSpan{b.Code, s})
		}
	}
	for i := range ix.Editions {
		r.editions[ix.Editions[i].Period] = &ix.Editions[i]
	}
	for i := range ix.Breaks {
		b := &ix.Breaks[i]
		s, err := spanOf(b.Before, b.After)
		if err != nil {
			return nil, fmt.Errorf("index %s, break %s to %s: %w", ix.Code, b.Before, b.After, err)
		}
		s.ref = b
		r.breaks = append(r.breaks, s)
	}
	return r, nil
}

func mainTreeFirst(all []Component) []*Component {
	var main, other []*Component
	for i := range all {
		if c := &all[i]; c.Breakdown == "" {
			main = append(main, c)
		} else {
			other = append(other, c)
		}
	}
	return append(main, other...)
}

// totalWords are what tables head the column of the total with.
var totalWords = map[string]bool{
	"tong": true, "tongdiem": true, "tongso": true, "tongcong": true, "tongsodiem": true, "diemtong": true,
	"diemtonghop": true, "chisotonghop": true, "total": true, "totalscore": true, "overall": true,
}

func spanOf(from, to string) (s span, err error) {
	if from != "" {
		if s.from, err = ParsePeriod(from); err != nil {
			return s, err
		}
	}
	if to != "" {
		s.to, err = ParsePeriod(to)
	}
	return s, err
}

// Edition is what is known of an index' publication for a period.
func (c *Catalog) Edition(index string, p Period) (Edition, bool) {
	r, ok := c.rules[index]
	if !ok {
		return Edition{}, false
	}
	e, ok := r.editions[p.String()]
	if !ok {
		return Edition{}, false
	}
	return *e, true
}

// GroupOf is the publisher's group of a unit in an edition: the one that a source names it in,
// else that of its score; false where no source tells.
func (c *Catalog) GroupOf(index string, p Period, unit UnitKey, score Number) (Group, bool) {
	e, ok := c.Edition(index, p)
	if !ok {
		return Group{}, false
	}
	for _, g := range e.Groups {
		if slices.Contains(g.Units, unit) {
			return g, true
		}
	}
	for _, g := range e.Groups {
		if score.Valid && len(g.Units) == 0 &&
			(!g.From.Valid || score.Decimal.GreaterThanOrEqual(g.From.Decimal)) && (!g.Below.Valid || score.Decimal.LessThan(g.Below.Decimal)) {
			return g, true
		}
	}
	return Group{}, false
}

// SchemeFor is the scheme that an index measured in a period: the edition's
// where it is known (PCI 2008 still had 64 provinces), else by the period's last day.
func (c *Catalog) SchemeFor(index string, p Period) Scheme {
	if e, ok := c.Edition(index, p); ok && e.Scheme != NoScheme {
		return e.Scheme
	}
	if p.IsZero() {
		return VN34
	}
	return SchemeAt(p.End())
}

// BasisFor is the basis under which an index was measured in a period: the
// edition's, else the only one in force over the whole period; false where that is not known.
func (c *Catalog) BasisFor(index string, p Period) (code string, ok bool) {
	r, found := c.rules[index]
	if !found || p.IsZero() {
		return "", false
	}
	if e := r.editions[p.String()]; e != nil && e.Basis != "" {
		return e.Basis, true
	}
	for _, s := range r.spans {
		if !s.from.IsZero() && p.Start().Before(s.from.Start()) || !s.to.IsZero() && p.End().After(s.to.End()) {
			continue
		}
		if ok {
			return "", false
		}
		code, ok = s.code, true
	}
	return code, ok
}

// Basis is a basis of an index by its code.
func (c *Catalog) Basis(index, code string) (*Basis, error) {
	r, ok := c.rules[index]
	if !ok {
		_, err := c.Index(index)
		return nil, err
	}
	if b, ok := r.bases[code]; ok {
		return b, nil
	}
	codes := make([]string, len(r.ix.Bases))
	for i := range r.ix.Bases {
		codes[i] = r.ix.Bases[i].Code
	}
	return nil, fmt.Errorf("index %s has no basis %q; known are %s: %w", index, clip(code), strings.Join(codes, ", "), ErrNotFound)
}

// Component is a component of a basis. With basis "" it is what all bases that
// have the code agree on: a maximum that differs between them is unknown.
func (c *Catalog) Component(index, basis, code string) (*Component, error) {
	r, ok := c.rules[index]
	if !ok {
		_, err := c.Index(index)
		return nil, err
	}
	if basis != "" {
		if _, err := c.Basis(index, basis); err != nil {
			return nil, err
		}
		if comp, ok := r.comps[basis][code]; ok {
			return comp, nil
		}
		return nil, fmt.Errorf("index %s has no component %q on the basis %s: %w", index, clip(code), basis, ErrNotFound)
	}
	var out *Component
	for i := range r.ix.Bases {
		comp, ok := r.comps[r.ix.Bases[i].Code][code]
		if !ok {
			continue
		}
		merged := *comp // the newest basis that has it gives the name
		if out != nil {
			if !merged.Max.Equal(out.Max) {
				merged.Max = Number{}
			}
			if !merged.Weight.Equal(out.Weight) {
				merged.Weight = Number{}
			}
		}
		out = &merged
	}
	if out == nil {
		return nil, fmt.Errorf("index %s has no component %q: %w", index, clip(code), ErrNotFound)
	}
	return out, nil
}

// Components lists a basis' components of a breakdown ("" the main tree) whose
// parent is parent ("" the first level), in the catalogue's order.
func (c *Catalog) Components(index, basis, breakdown, parent string) []*Component {
	b, err := c.Basis(index, basis)
	if err != nil {
		return nil
	}
	var out []*Component
	for i := range b.Components {
		if comp := &b.Components[i]; comp.Breakdown == breakdown && comp.Parent == parent {
			out = append(out, comp)
		}
	}
	return out
}

// FindComponent is the component that text names exactly, by code, name or alias,
// with or without its code before it; "Tổng điểm" is the total, "". With basis ""
// all bases must agree.
func (c *Catalog) FindComponent(index, basis, text string) (code string, ok bool) {
	r, found := c.rules[index]
	if !found {
		return "", false
	}
	f := viet.Fold(text)
	if f == "" {
		return "", false
	}
	if totalWords[f] || f == viet.Fold(r.ix.Short.VI) || f == viet.Fold(r.ix.Code) {
		return "", true
	}
	if basis != "" {
		code = r.named(basis, f)
		return code, code != ""
	}
	for i := range r.ix.Bases {
		got := r.named(r.ix.Bases[i].Code, f)
		if _, shared := r.names[r.ix.Bases[i].Code][f]; got == "" && !shared {
			continue
		}
		if got == "" || code != "" && got != code {
			return "", false
		}
		code = got
	}
	return code, code != ""
}

// named is the code of a basis' component by its folded name, which its code may
// precede: "CSTP 1: Gia nhập thị trường".
func (r *rules) named(basis, f string) string {
	names := r.names[basis]
	if code, ok := names[f]; ok {
		return code
	}
	for code := range r.comps[basis] {
		if rest, ok := strings.CutPrefix(f, viet.Fold(code)); ok && rest != "" && names[rest] == code {
			return code
		}
	}
	return ""
}

// Breaks lists the changes of rules that lie between two periods and concern a
// component ("" the total). Where the year of a change is not known exactly, every
// step that it may lie in has it.
func (c *Catalog) Breaks(index, component string, from, to Period) []Break {
	r, ok := c.rules[index]
	if !ok || from.IsZero() || to.IsZero() {
		return nil
	}
	var out []Break
	for _, s := range r.breaks {
		if s.between(from, to) && s.ref.concerns(component) {
			out = append(out, *s.ref)
		}
	}
	return out
}

// concerns reports whether the break touches a component; one that names
// components touches their sub-components too.
func (b *Break) concerns(component string) bool {
	if len(b.Components) == 0 {
		return true
	}
	for _, c := range b.Components {
		if c == component {
			return true
		}
	}
	return false
}

// between reports whether a step from one period to another may cross s, the
// stretch from the last period of the old rules to the first of the new ones.
func (s span) between(from, to Period) bool {
	if from.Compare(to) > 0 {
		from, to = to, from
	}
	before, after := s.from, s.to
	if before.IsZero() && !after.IsZero() {
		before = after.Prev()
	}
	if after.IsZero() && !before.IsZero() {
		after = before.Next()
	}
	if before.IsZero() {
		return false
	}
	return from.End().Before(after.End()) && to.End().After(before.End())
}

// lies reports whether a break lies between two periods.
func lies(b Break, from, to Period) bool {
	s, err := spanOf(b.Before, b.After)
	if err != nil || from.IsZero() || to.IsZero() {
		return false
	}
	return s.between(from, to)
}

package reform

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"chiso/reform/viet"
)

const relationUnchanged = "unchanged"

// Unit is the unit of that key.
func (c *Catalog) Unit(key UnitKey) (*Unit, error) {
	if u, ok := c.units[key]; ok {
		return u, nil
	}
	if _, err := ParseUnitKey(string(key)); err != nil {
		return nil, fmt.Errorf("unit %q: want a key such as vn63:80 or vn63:r:DBSCL: %w", clip(string(key)), ErrInvalid)
	}
	return nil, fmt.Errorf("no unit has the key %s; /api/v1/units lists the known ones: %w", key, ErrNotFound)
}

// UnitOrForm is the unit of that key, or, for a department, commune or ministry that
// the catalogue does not list, a unit made from the key alone: its name is
// then the last part of the key, and the documents' own name is the better one.
func (c *Catalog) UnitOrForm(key UnitKey) (*Unit, error) {
	u, err := c.Unit(key)
	if err == nil {
		return u, nil
	}
	if _, formErr := ParseUnitKey(string(key)); formErr != nil {
		return nil, err
	}
	if parent := key.Parent(); parent != "" {
		p, ok := c.units[parent]
		if !ok {
			return nil, fmt.Errorf("unit %s: its province %s is unknown: %w", key, parent, ErrNotFound)
		}
		_, code, _ := strings.Cut(string(key), "/")
		return &Unit{
			Key: key, Scheme: p.Scheme, Type: typeOfCode(code), Name: code, NameEN: code,
			Slug: p.Slug + "-" + viet.Slug(code), Parent: parent, Names: []DatedText{{Text: code}},
		}, nil
	}
	if code, ok := strings.CutPrefix(string(key), "min:"); ok {
		return &Unit{Key: key, Type: Ministry, Name: code, NameEN: code, Slug: code, Parent: TheNation, Names: []DatedText{{Text: code}}}, nil
	}
	return nil, err
}

// typeOfCode tells departments from communes by the words that a slug begins
// with; a national id tells nothing, and most of those met are departments.
func typeOfCode(code string) UnitType {
	for _, p := range []string{"xa-", "phuong-", "thi-tran-", "dac-khu-", "huyen-", "quan-", "thi-xa-", "thanh-pho-", "tp-"} {
		if strings.HasPrefix(code, p) {
			return Commune
		}
	}
	return Department
}

// FormUnder is the key that a department or commune without an entry in the catalogue
// has under its province: "Sở Y tế" under vn63:80 is vn63:80/so-y-te.
func (c *Catalog) FormUnder(text string, parent UnitKey) (UnitKey, bool) {
	if k, ok := c.FindUnder(text, parent); ok {
		return k, true
	}
	p, ok := c.units[parent]
	slug := viet.Slug(text)
	if !ok || p.Type != Province || len(slug) < 3 || len(slug) > 80 {
		return "", false
	}
	key, err := ParseUnitKey(string(parent) + "/" + slug)
	return key, err == nil
}

// UnitBySlug is the unit that a page's address names.
func (c *Catalog) UnitBySlug(scheme Scheme, slug string) (*Unit, error) {
	if key, ok := c.slugs[slugKey{scheme, slug}]; ok {
		return c.units[key], nil
	}
	return nil, fmt.Errorf("no unit of the scheme %q has the address %q: %w", clip(string(scheme)), clip(slug), ErrNotFound)
}

// Units lists the units of a scheme and type: provinces in Vietnamese order, regions north to south.
func (c *Catalog) Units(scheme Scheme, typ UnitType) []*Unit {
	return slices.Clone(c.lists[listKey{scheme, typ}])
}

// Members lists the provinces of a region in Vietnamese order; other units
// have none.
func (c *Catalog) Members(region UnitKey) []UnitKey { return slices.Clone(c.members[region]) }

// RegionsOf lists the regions that a province lies in: that of the 6-region scheme first.
func (c *Catalog) RegionsOf(key UnitKey) []UnitKey {
	if u, ok := c.units[key]; ok {
		return slices.Clone(u.Regions)
	}
	return nil
}

// NameAt is the name that a unit bore on a day: Thừa Thiên Huế until 31 December 2024. An unknown key is its own name.
func (c *Catalog) NameAt(key UnitKey, day time.Time) string {
	u, err := c.UnitOrForm(key)
	if err != nil {
		return string(key)
	}
	if len(u.Names) == 0 {
		return u.Name
	}
	return textAt(u.Names, day)
}

// NameIn is the name that a unit bore at the end of a period.
func (c *Catalog) NameIn(key UnitKey, p Period) string { return c.NameAt(key, dayOf(p)) }

// KindAt is what a province was on a day: "tỉnh" or "thành phố"; "" for other units.
func (c *Catalog) KindAt(key UnitKey, day time.Time) string {
	u, ok := c.units[key]
	if !ok || len(u.Kinds) == 0 {
		return ""
	}
	return textAt(u.Kinds, day)
}

// KindIn is what a province was at the end of a period.
func (c *Catalog) KindIn(key UnitKey, p Period) string { return c.KindAt(key, dayOf(p)) }

// dayOf is the last day of p; without a period the last name counts.
func dayOf(p Period) time.Time {
	if p.IsZero() {
		return time.Date(LastYear, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return p.End()
}

func textAt(ts []DatedText, day time.Time) string {
	iso := day.Format("2006-01-02")
	for _, t := range ts {
		if t.Until == "" || iso <= t.Until {
			return t.Text
		}
	}
	return ts[len(ts)-1].Text
}

// SchemeAt is the scheme in force on a day.
func SchemeAt(day time.Time) Scheme {
	iso := day.Format("2006-01-02")
	for _, s := range Schemes() {
		if until := schemeDates[s][1]; until == "" || iso <= until {
			return s
		}
	}
	return VN34
}

// Lineage lists the keys whose histories are one line with that of key, oldest
// first, key among them. A merged province's line ends; the nation and what has no
// scheme stand alone, and so do regions, which were redrawn.
func (c *Catalog) Lineage(key UnitKey) []UnitKey {
	line := []UnitKey{key}
	if u, ok := c.units[key]; !ok || u.Type != Province {
		return line
	}
	for k := key; ; {
		prev, ok := c.runsFrom(k)
		if !ok {
			break
		}
		line = append([]UnitKey{prev}, line...)
		k = prev
	}
	for k := key; ; {
		next, ok := c.runsOnAs(k)
		if !ok {
			break
		}
		line = append(line, next)
		k = next
	}
	return line
}

func (c *Catalog) runsOnAs(key UnitKey) (UnitKey, bool) {
	m, ok := c.successor[key]
	if !ok || m.Relation != relationUnchanged {
		return "", false
	}
	return m.New, true
}

func (c *Catalog) runsFrom(key UnitKey) (UnitKey, bool) {
	for _, m := range c.predecessors[key] {
		if m.Relation == relationUnchanged {
			return m.Old, true
		}
	}
	return "", false
}

// Successor is the unit that key's land belongs to in the next scheme.
func (c *Catalog) Successor(key UnitKey) (UnitKey, bool) {
	m, ok := c.successor[key]
	return m.New, ok
}

// Predecessors lists the units of the scheme before that key was made of, by their codes.
func (c *Catalog) Predecessors(key UnitKey) []UnitKey {
	var out []UnitKey
	for _, m := range c.predecessors[key] {
		out = append(out, m.Old)
	}
	slices.Sort(out)
	return out
}

// Mergers lists what became of the units at the end of their scheme.
func (c *Catalog) Mergers() []Merger { return slices.Clone(c.mergers) }

// MergerOf says what became of key; false where it runs on in the newest scheme.
func (c *Catalog) MergerOf(key UnitKey) (Merger, bool) {
	m, ok := c.successor[key]
	return m, ok
}

// UnitBreaks lists the changes of a unit itself between two periods that a
// chart must mark though its line runs on: Hà Nội was enlarged in 2008. Any key
// of the lineage may be asked for.
func (c *Catalog) UnitBreaks(key UnitKey, from, to Period) []Break {
	var out []Break
	for _, k := range c.Lineage(key) {
		for _, b := range c.unitBreaks[k] {
			if lies(b, from, to) {
				out = append(out, b)
			}
		}
	}
	return out
}

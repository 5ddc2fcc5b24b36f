package reform

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"chiso/reform/viet"
)

// table is a small CSV file of the embedded catalogue, read whole.
type table struct {
	name string
	cols map[string]int
	rows [][]string
}

func readTable(files fs.FS, name string) (*table, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s is empty: %w", name, ErrInvalid)
	}
	t := &table{name: name, cols: map[string]int{}, rows: rows[1:]}
	for i, h := range rows[0] {
		t.cols[h] = i
	}
	return t, nil
}

func (t *table) get(row []string, col string) string {
	i, ok := t.cols[col]
	if !ok {
		panic(t.name + " has no column " + col)
	}
	return row[i]
}

// schemeDates are the first and last day of each scheme; "" is open.
var schemeDates = map[Scheme][2]string{
	VN64: {"", "2008-07-31"},
	VN63: {"2008-08-01", "2025-06-30"},
	VN34: {"2025-07-01", ""},
}

// Schemes lists the schemes of provinces, oldest first.
func Schemes() []Scheme { return []Scheme{VN64, VN63, VN34} }

func (c *Catalog) loadGeography(files fs.FS) error {
	nation := &Unit{
		Key: TheNation, Type: Nation, Name: "Cả nước", NameEN: "Viet Nam", Slug: "ca-nuoc",
		Aliases: []string{"Toàn quốc", "Việt Nam", "Vietnam", "Quốc gia", "Cả nước Việt Nam", "Trung bình cả nước", "Bình quân cả nước", "Nationwide", "National", "Whole country"},
	}
	nation.Names = []DatedText{{Text: nation.Name}}
	if err := c.addUnit(nation); err != nil {
		return err
	}
	if err := c.loadRegions(files); err != nil {
		return err
	}
	if err := c.loadProvinces(files); err != nil {
		return err
	}
	if err := c.loadMergers(files); err != nil {
		return err
	}
	return c.loadEvents(files)
}

func (c *Catalog) loadRegions(files fs.FS) error {
	t, err := readTable(files, "catalog/regions.csv")
	if err != nil {
		return err
	}
	for _, row := range t.rows {
		scheme := Scheme(t.get(row, "scheme"))
		u := &Unit{
			Key: UnitKey(string(scheme) + ":r:" + t.get(row, "code")), Scheme: scheme, Type: Region,
			Name: t.get(row, "name"), NameEN: t.get(row, "name_en"), Slug: t.get(row, "slug"),
			Aliases: list(t.get(row, "aliases")), Parent: TheNation,
		}
		u.Names = []DatedText{{Text: u.Name}}
		if err := c.addUnit(u); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) loadProvinces(files fs.FS) error {
	t, err := readTable(files, "catalog/units.csv")
	if err != nil {
		return err
	}
	for _, row := range t.rows {
		scheme := Scheme(t.get(row, "scheme"))
		u := &Unit{
			Key: UnitKey(string(scheme) + ":" + t.get(row, "code")), Scheme: scheme, Type: Province,
			Name: t.get(row, "name"), NameEN: t.get(row, "name_en"), Slug: t.get(row, "slug"), ISO: t.get(row, "iso"),
			Names: dated(t.get(row, "names")), Kinds: dated(t.get(row, "kinds")),
			Aliases: list(t.get(row, "aliases")), Parent: TheNation,
		}
		for _, col := range []string{"region6", "region8"} {
			code := t.get(row, col)
			if code == "" {
				continue
			}
			region := UnitKey(string(scheme) + ":r:" + code)
			if _, ok := c.units[region]; !ok {
				return fmt.Errorf("%s: %s lies in the unknown region %s: %w", t.name, u.Key, region, ErrInvalid)
			}
			if !slices.Contains(u.Regions, region) {
				u.Regions = append(u.Regions, region)
				c.members[region] = append(c.members[region], u.Key)
			}
		}
		if err := c.addUnit(u); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) loadMergers(files fs.FS) error {
	t, err := readTable(files, "catalog/mergers.csv")
	if err != nil {
		return err
	}
	for _, row := range t.rows {
		m := Merger{
			Date: t.get(row, "date"), Old: UnitKey(t.get(row, "old")), New: UnitKey(t.get(row, "new")),
			Relation: t.get(row, "relation"), Basis: t.get(row, "basis"), Source: t.get(row, "source"),
		}
		if err := c.addMerger(t.name, m); err != nil {
			return err
		}
		c.mergers = append(c.mergers, m)
	}
	// The table of 2008 holds Hà Tây's row only: all others ran on under the same code.
	for _, key := range c.order {
		if key.Scheme() != VN64 || c.units[key].Type != Province || c.successor[key].New != "" {
			continue
		}
		m := Merger{Date: schemeDates[VN63][0], Old: key, New: UnitKey(string(VN63) + ":" + key.Code()), Relation: relationUnchanged}
		if err := c.addMerger(t.name, m); err != nil {
			return err
		}
	}
	return nil
}

func (c *Catalog) addMerger(file string, m Merger) error {
	for _, k := range []UnitKey{m.Old, m.New} {
		if _, ok := c.units[k]; !ok {
			return fmt.Errorf("%s: unknown unit %q: %w", file, k, ErrInvalid)
		}
	}
	if _, ok := c.successor[m.Old]; ok {
		return fmt.Errorf("%s: %s has two successors: %w", file, m.Old, ErrInvalid)
	}
	c.successor[m.Old] = m
	c.predecessors[m.New] = append(c.predecessors[m.New], m)
	return nil
}

// loadEvents reads changes that left a unit the same unit: a marked break where
// its area grew much, else a note.
func (c *Catalog) loadEvents(files fs.FS) error {
	t, err := readTable(files, "catalog/events.csv")
	if err != nil {
		return err
	}
	for _, row := range t.rows {
		text := Text{VI: t.get(row, "text_vi"), EN: t.get(row, "text_en")}
		for _, k := range list(t.get(row, "units")) {
			u, ok := c.units[UnitKey(k)]
			if !ok {
				return fmt.Errorf("%s: unknown unit %q: %w", t.name, k, ErrInvalid)
			}
			if u.Note.VI != "" {
				return fmt.Errorf("%s: %s has two notes: %w", t.name, k, ErrInvalid)
			}
			u.Note = text
			if t.get(row, "kind") == "break" {
				c.unitBreaks[u.Key] = append(c.unitBreaks[u.Key], Break{
					Before: t.get(row, "before"), After: t.get(row, "after"), Reason: text, Source: t.get(row, "source"),
				})
			}
		}
	}
	return nil
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

// dated reads "Thừa Thiên Huế<2024-12-31|Huế".
func dated(s string) []DatedText {
	var out []DatedText
	for _, p := range list(s) {
		text, until, _ := strings.Cut(p, "<")
		out = append(out, DatedText{Text: text, Until: until})
	}
	return out
}

// addUnit adds u with all its spellings; a spelling that two units of one
// scheme and type share is refused, as it would be guessed.
func (c *Catalog) addUnit(u *Unit) error {
	if _, err := ParseUnitKey(string(u.Key)); err != nil {
		return err
	}
	if _, ok := c.units[u.Key]; ok {
		return fmt.Errorf("unit %s is defined twice: %w", u.Key, ErrInvalid)
	}
	sk := slugKey{u.Scheme, u.Slug}
	if u.Slug == "" || u.Slug != viet.Slug(u.Slug) {
		return fmt.Errorf("unit %s: the slug %q must be small ASCII letters, digits and hyphens: %w", u.Key, u.Slug, ErrInvalid)
	}
	if other, ok := c.slugs[sk]; ok {
		return fmt.Errorf("units %s and %s share the slug %q: %w", other, u.Key, u.Slug, ErrInvalid)
	}
	spellings := append([]string{u.Name, u.NameEN}, u.Aliases...)
	for _, n := range u.Names {
		spellings = append(spellings, n.Text)
	}
	for _, s := range spellings {
		if err := c.addSpelling(u, s); err != nil {
			return err
		}
	}
	c.units[u.Key] = u
	c.slugs[sk] = u.Key
	c.order = append(c.order, u.Key)
	return nil
}

func (c *Catalog) addSpelling(u *Unit, spelling string) error {
	f := viet.Fold(spelling)
	if f == "" {
		return nil
	}
	if parent := u.Key.Parent(); parent != "" {
		if c.under[parent] == nil {
			c.under[parent] = map[string]UnitKey{}
		}
		if other, ok := c.under[parent][f]; ok && other != u.Key {
			return fmt.Errorf("the name %q belongs to %s already and can't name %s too: %w", spelling, other, u.Key, ErrInvalid)
		}
		c.under[parent][f] = u.Key
		// "Sở Tư pháp Hậu Giang" names it without the parent being told.
		p := c.units[parent]
		for _, full := range []string{f + viet.Fold(p.Name), f + "tinh" + viet.Fold(p.Name), f + "thanhpho" + viet.Fold(p.Name), f + "tp" + viet.Fold(p.Name)} {
			k := nameKey{u.Scheme, u.Type, full}
			if other, ok := c.names[k]; ok && other != u.Key {
				return fmt.Errorf("the name %q of %s is taken by %s: %w", spelling, u.Key, other, ErrInvalid)
			}
			c.names[k] = u.Key
		}
		return nil
	}
	k := nameKey{u.Scheme, u.Type, f}
	if other, ok := c.names[k]; ok && other != u.Key {
		return fmt.Errorf("the name %q belongs to %s already and can't name %s too: %w", spelling, other, u.Key, ErrInvalid)
	}
	c.names[k] = u.Key
	return nil
}

func (c *Catalog) sortUnits() {
	for _, key := range c.order {
		u := c.units[key]
		lk := listKey{u.Scheme, u.Type}
		c.lists[lk] = append(c.lists[lk], u)
	}
	for lk, us := range c.lists {
		if lk.typ == Region {
			continue // north to south, as in the file: the 6-region scheme, then the 8-region one
		}
		slices.SortStableFunc(us, func(a, b *Unit) int { return viet.Compare(a.Name, b.Name) })
	}
	for r, ms := range c.members {
		slices.SortStableFunc(ms, func(a, b UnitKey) int { return viet.Compare(c.units[a].Name, c.units[b].Name) })
		c.members[r] = ms
	}
}

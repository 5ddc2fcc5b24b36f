package reform

import (
	"strings"

	"chiso/reform/viet"
)

// FindIndex is the index that text names: "PAR INDEX", "Chỉ số CCHC", "766".
func (c *Catalog) FindIndex(text string) (*Index, bool) {
	code, ok := c.indexAlias[viet.Fold(text)]
	if !ok {
		return nil, false
	}
	return c.byCode[code], true
}

// FindUnit is the unit of a scheme and type that text names exactly, whatever its
// marks, case and blanks, with or without "UBND tỉnh". Nothing is guessed: a text that is not among
// the known spellings finds nothing. Type "" looks for a province, a region, the
// nation and a ministry, in this order; the nation and ministries are found under any scheme.
func (c *Catalog) FindUnit(text string, scheme Scheme, typ UnitType) (UnitKey, bool) {
	if len(text) > 400 {
		return "", false
	}
	if typ == "" {
		for _, t := range []UnitType{Province, Region, Nation, Ministry} {
			if k, ok := c.FindUnit(text, scheme, t); ok {
				return k, true
			}
		}
		return "", false
	}
	if typ == Nation || typ == Ministry {
		scheme = NoScheme
	}
	f := viet.Fold(text)
	if f == "" {
		return "", false
	}
	if k, ok := c.names[nameKey{scheme, typ, f}]; ok {
		return k, true
	}
	switch typ {
	case Province:
		return c.findProvince(f, scheme)
	case Region:
		for _, p := range []string{"khuvuc", "vung", "region"} {
			for _, rest := range []string{strings.TrimPrefix(f, p), strings.TrimSuffix(f, p), strings.TrimPrefix(strings.TrimPrefix(f, "cactinh"), p)} {
				if rest == f {
					continue
				}
				if k, ok := c.names[nameKey{scheme, Region, rest}]; ok {
					return k, true
				}
			}
		}
	}
	return "", false
}

// findProvince takes words of office off a folded name. "Thành phố" is taken
// off only where the province has been a city: "thành phố Tây Ninh" is a town of a province, not the province.
func (c *Catalog) findProvince(f string, scheme Scheme) (UnitKey, bool) {
	for _, p := range []string{"uybannhandan", "ubnd"} {
		if rest, ok := strings.CutPrefix(f, p); ok {
			f = rest
			break
		}
	}
	if k, ok := c.names[nameKey{scheme, Province, f}]; ok {
		return k, true
	}
	for _, p := range []struct{ prefix, suffix, kind string }{
		{"tinh", "", "tỉnh"}, {"", "province", "tỉnh"},
		{"thanhpho", "", "thành phố"}, {"tp", "", "thành phố"}, {"thudo", "", "thành phố"}, {"", "city", "thành phố"},
	} {
		rest, ok := strings.CutPrefix(f, p.prefix)
		if !ok {
			continue
		}
		if rest, ok = strings.CutSuffix(rest, p.suffix); !ok {
			continue
		}
		k, ok := c.names[nameKey{scheme, Province, rest}]
		if !ok {
			continue
		}
		for _, kind := range c.units[k].Kinds {
			if kind.Text == p.kind {
				return k, true
			}
		}
	}
	return "", false
}

// FindUnder is the department or commune of a province that text names:
// "Sở Tư pháp" under vn63:93. The province's name may stand behind.
func (c *Catalog) FindUnder(text string, parent UnitKey) (UnitKey, bool) {
	f := viet.Fold(text)
	names := c.under[parent]
	if k, ok := names[f]; ok {
		return k, true
	}
	p, ok := c.units[parent]
	if !ok {
		return "", false
	}
	rest, ok := strings.CutSuffix(f, viet.Fold(p.Name))
	if !ok {
		return "", false
	}
	for _, s := range []string{"", "tinh", "thanhpho", "tp"} {
		if r, ok := strings.CutSuffix(rest, s); ok {
			if k, ok := names[r]; ok {
				return k, true
			}
		}
	}
	return "", false
}

// FindRegion is the region that text names, where the denominator of a place
// decides between the two region schemes of the 63 provinces: Đồng bằng sông Hồng is
// x/11 in one and x/10 in the other. With of 0 the 6-region scheme is meant.
func (c *Catalog) FindRegion(text string, scheme Scheme, of int) (UnitKey, bool) {
	k, ok := c.FindUnit(text, scheme, Region)
	if !ok || of == 0 || len(c.members[k]) == of {
		return k, ok
	}
	base := regionBase(c.units[k].Name)
	for _, u := range c.lists[listKey{scheme, Region}] {
		if u.Key != k && regionBase(u.Name) == base && len(c.members[u.Key]) == of {
			return u.Key, true
		}
	}
	return "", false
}

// regionBase is a region's folded name without what tells two schemes apart.
func regionBase(name string) string {
	name, _, _ = strings.Cut(name, "(")
	return viet.Fold(name)
}

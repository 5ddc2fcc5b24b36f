package tidy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// groupKey is the texts by which a row names its edition.
type groupKey struct{ index, basis, period, year string }

// group is what they mean, found once.
type group struct {
	index    string
	basis    string
	period   reform.Period
	scheme   reform.Scheme
	totalMax decimal.NullDecimal
	parts    map[string]part
	units    map[unitKey]unitAnswer
	ok       bool
	met      bool

	// What is wrong with the texts, where ok is false.
	code  string
	field field
	text  string
	why   reform.Text
}

type part struct {
	code string
	max  decimal.NullDecimal
	ok   bool
}

// rememberedGroups bounds the memory of a parse: a hostile file names another year in every row.
const rememberedGroups = 20_000

// groupOf is the group of the present row.
func (p *parser) groupOf() *group {
	k := groupKey{p.get(fIndex), p.get(fBasis), p.get(fPeriod), p.get(fYear)}
	if p.lastGroupOf != nil && k == p.lastGroup {
		return p.lastGroupOf
	}
	g, ok := p.groups[k]
	if !ok {
		k = groupKey{strings.Clone(k.index), strings.Clone(k.basis), strings.Clone(k.period), strings.Clone(k.year)}
		g = p.newGroup(k)
		if len(p.groups) < rememberedGroups {
			p.groups[k] = g
		}
	}
	p.lastGroup, p.lastGroupOf = k, g
	return g
}

func (p *parser) newGroup(k groupKey) *group {
	g := &group{parts: map[string]part{}, units: map[unitKey]unitAnswer{}}
	fail := func(code string, f field, text, vi, en string, args ...any) *group {
		g.code, g.field, g.text = code, f, text
		g.why = reform.Text{VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)}
		return g
	}
	name := k.index
	if name == "" {
		name = p.in.Option(parse.OptIndex)
	}
	ix, ok := p.cat.FindIndex(name)
	if !ok {
		return fail("unknown-index", fIndex, name, "Không có chỉ số nào tên %q trong danh mục.", "No index of the catalogue is called %q.", parse.Shorten(name, 60))
	}
	g.index = ix.Code
	switch {
	case k.period != "":
		period, err := readPeriod(k.period)
		if err != nil {
			return fail("bad-period", fPeriod, k.period, "%q không phải là kỳ: cần 2019, 2025-10, 2025-Q3, 2025-H1.", "%q is no period: want 2019, 2025-10, 2025-Q3, 2025-H1.", parse.Shorten(k.period, 60))
		}
		if k.year != "" {
			if year, ok := readYear(k.year); !ok || year != period.Year() {
				return fail("contradiction", fYear, k.year, "Cột kỳ ghi %s, cột năm ghi %q.", "The period is %s, the year is %q.", period, parse.Shorten(k.year, 20))
			}
		}
		g.period = period
	case k.year != "":
		year, ok := readYear(k.year)
		if !ok {
			return fail("bad-period", fYear, k.year, "%q không phải là năm.", "%q is no year.", parse.Shorten(k.year, 20))
		}
		g.period = reform.YearPeriod(year)
	default:
		o := p.in.Option(parse.OptPeriod)
		period, err := reform.ParsePeriod(o)
		if err != nil {
			return fail("bad-period", fPeriod, "", "Dòng này không ghi kỳ hay năm.", "This row has neither a period nor a year.")
		}
		g.period = period
	}
	basis := k.basis
	if basis == "" {
		basis = p.in.Option(parse.OptBasis)
	}
	if basis == "" {
		g.basis, _ = p.cat.BasisFor(g.index, g.period)
	} else if b, err := p.cat.Basis(g.index, basis); err != nil {
		var codes []string
		for _, b := range ix.Bases {
			codes = append(codes, b.Code)
		}
		return fail("unknown-basis", fBasis, basis, "Chỉ số %s không có bộ %q; có: %s.", "The index %s has no basis %q; known are %s.", g.index, parse.Shorten(basis, 40), strings.Join(codes, ", "))
	} else {
		g.basis = b.Code
	}
	if b, err := p.cat.Basis(g.index, g.basis); err == nil {
		g.totalMax = b.Max.NullDecimal
	}
	g.scheme = p.cat.SchemeFor(g.index, g.period)
	if s := reform.Scheme(p.in.Option(parse.OptScheme)); s != "" {
		g.scheme = s
	}
	g.ok = true
	return g
}

// totals are texts that name the total where a component is asked for.
var totals = map[string]bool{"tong": true, "tongdiem": true, "tongcong": true, "total": true, "diemtonghop": true, "tonghop": true, "chung": true}

// component is what a text in the column of components means.
func (g *group) component(p *parser, text string) part {
	if c, ok := g.parts[text]; ok {
		return c
	}
	var c part
	if _, err := p.cat.Component(g.index, g.basis, text); err == nil {
		c.code, c.ok = strings.Clone(text), true
	} else if c.code, c.ok = p.cat.FindComponent(g.index, g.basis, text); !c.ok && totals[viet.Fold(text)] {
		c.ok = true
	}
	if c.ok && c.code != "" {
		if comp, err := p.cat.Component(g.index, g.basis, c.code); err == nil {
			c.max = comp.Max.NullDecimal
		}
	} else if c.ok {
		c.max = g.totalMax
	}
	if len(g.parts) < rememberedGroups {
		g.parts[strings.Clone(text)] = c
	}
	return c
}

// maxOf is the maximum of a component in the catalogue, or of the total.
func (g *group) maxOf(p *parser, component string) decimal.NullDecimal {
	if component == "" {
		return g.totalMax
	}
	return g.component(p, component).max
}

// unitKey is the texts by which a row names its unit.
type unitKey struct{ unit, name, typ, parent string }

type unitAnswer struct {
	key  reform.UnitKey
	name string
	typ  reform.UnitType
	ok   bool
	// What is wrong, where ok is false.
	code  string
	field field
	text  string
	why   reform.Text
}

// rememberedUnits bounds the units remembered of one group.
const rememberedUnits = 20_000

func (p *parser) unit() bool {
	g := p.now.group
	k := unitKey{p.get(fUnit), p.get(fUnitName), p.get(fUnitType), p.get(fParent)}
	a, ok := g.units[k]
	if !ok {
		k = unitKey{strings.Clone(k.unit), strings.Clone(k.name), strings.Clone(k.typ), strings.Clone(k.parent)}
		a = p.findUnit(g, k)
		if len(g.units) < rememberedUnits {
			g.units[k] = a
		}
	}
	if !a.ok {
		return p.said(a.code, a.field, a.text, a.why)
	}
	p.fact.Unit, p.fact.UnitName, p.fact.UnitType = a.key, a.name, a.typ
	return true
}

var unitTypes = map[string]reform.UnitType{
	"nation": reform.Nation, "quocgia": reform.Nation, "toanquoc": reform.Nation, "region": reform.Region, "vung": reform.Region,
	"province": reform.Province, "tinh": reform.Province, "captinh": reform.Province, "tinhthanhpho": reform.Province,
	"department": reform.Department, "so": reform.Department, "songanh": reform.Department, "commune": reform.Commune, "xa": reform.Commune,
	"capxa": reform.Commune, "xaphuong": reform.Commune, "ministry": reform.Ministry, "bo": reform.Ministry, "bonganh": reform.Ministry,
}

func (p *parser) findUnit(g *group, k unitKey) unitAnswer {
	a := unitAnswer{}
	fail := func(code string, f field, text, vi, en string, args ...any) unitAnswer {
		a.code, a.field, a.text = code, f, text
		a.why = reform.Text{VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)}
		return a
	}
	unknown := func(f field, text string, typ reform.UnitType) unitAnswer {
		x := p.units.UnknownUnit("", text, g.scheme, typ)
		a.code, a.field, a.text = x.Code, f, text
		a.why = reform.Text{VI: x.ReasonVI, EN: x.Reason}
		return a
	}
	var typ reform.UnitType
	if k.typ != "" {
		if typ = unitTypes[viet.Fold(k.typ)]; typ == "" {
			return fail("unknown-word", fUnitType, k.typ, "%q không phải là loại đơn vị.", "%q is no type of unit.", parse.Shorten(k.typ, 40))
		}
	}
	parent := reform.UnitKey("")
	if k.parent != "" {
		key, ok := p.unitByKey(k.parent, g.scheme)
		if !ok {
			if key, _, ok = p.units.Find(k.parent, g.scheme, reform.Province); !ok {
				return unknown(fParent, k.parent, reform.Province)
			}
		}
		parent = key
	}
	unitText := k.unit
	if unitText == "" && k.name == "" {
		unitText = p.in.Option(parse.OptUnit)
	}
	if unitText == "" && k.name == "" {
		return fail("unknown-unit", fUnitName, "", "Dòng này không ghi đơn vị.", "This row names no unit.")
	}
	if unitText != "" {
		if key, ok := p.unitByKey(unitText, g.scheme); ok {
			u, err := p.cat.UnitOrForm(key)
			if err != nil {
				return fail("unknown-unit", fUnit, unitText, "Không có đơn vị nào mang mã %q.", "No unit has the key %q.", parse.Shorten(unitText, 60))
			}
			a.key, a.typ, a.name = key, u.Type, viet.Clean(k.name)
			if typ != "" && u.Parent != "" && (typ == reform.Department || typ == reform.Commune) {
				a.typ = typ // a national id does not tell a department from a commune
			}
			if a.name == "" {
				a.name = p.cat.NameIn(key, g.period)
				if a.name == string(key) {
					a.name = u.Name
				}
			}
			if k.name != "" && u.Type == reform.Province {
				named, _, known := p.units.Find(k.name, u.Scheme, reform.Province)
				if !known {
					return unknown(fUnitName, k.name, reform.Province)
				}
				if named != key {
					return fail("unit-mismatch", fUnitName, k.name, "Mã %s là %s, nhưng tên ghi là %q.", "The key %s is %s, but the name given is %q.", key, u.Name, parse.Shorten(k.name, 60))
				}
			}
			a.ok = true
			return a
		}
		if k.name != "" || strings.Contains(unitText, ":") {
			return fail("unknown-unit", fUnit, unitText, "Không có đơn vị nào mang mã %q.", "No unit has the key %q.", parse.Shorten(unitText, 60))
		}
	}
	f, text := fUnitName, k.name
	if text == "" {
		f, text = fUnit, unitText // a name in the column of keys
	}
	if parent != "" && typ != reform.Province && typ != reform.Region {
		key, ok := p.cat.FormUnder(text, parent)
		if !ok {
			return fail("unknown-unit", f, text, "%q không phải là tên một sở, ngành hay xã của %s.", "%q is no name of a department or commune of %s.", parse.Shorten(text, 60), parent)
		}
		u, err := p.cat.UnitOrForm(key)
		if err != nil {
			return fail("unknown-unit", f, text, "Không có đơn vị %q.", "There is no unit %q.", parse.Shorten(text, 60))
		}
		a.key, a.name, a.typ, a.ok = key, viet.Clean(text), u.Type, true
		if typ != "" {
			a.typ = typ
		}
		return a
	}
	key, name, ok := p.units.Find(text, g.scheme, typ)
	if !ok {
		return unknown(f, text, typ)
	}
	u, err := p.cat.Unit(key)
	if err != nil {
		return unknown(f, text, typ)
	}
	a.key, a.name, a.typ, a.ok = key, name, u.Type, true
	return a
}

// unitByKey is the key that a text spells: whole, or the bare official code of a
// province ("80"), which only its scheme makes a key.
func (p *parser) unitByKey(text string, scheme reform.Scheme) (reform.UnitKey, bool) {
	if n, err := strconv.Atoi(text); err == nil && len(text) <= 2 && n > 0 {
		text = fmt.Sprintf("%s:%02d", scheme, n)
	}
	key, err := reform.ParseUnitKey(text)
	return key, err == nil
}

type scopeKey struct {
	text   string
	scheme reform.Scheme
	of     int
}

type scopeAnswer struct {
	scope string
	ok    bool
}

// scope reads within what a place was counted: the nation, a region, a province.
func (p *parser) scope() bool {
	text := p.get(fScope)
	if text == "" {
		text = p.in.Option(parse.OptScope)
	}
	if text == "" || text == reform.ScopeNation {
		p.fact.Scope = reform.ScopeNation
		return true
	}
	k := scopeKey{text, p.now.group.scheme, p.fact.Of}
	a, ok := p.scopes[k]
	if !ok {
		a = p.findScope(k)
		if len(p.scopes) < rememberedGroups {
			k.text = strings.Clone(k.text)
			p.scopes[k] = a
		}
	}
	if !a.ok {
		return p.bad("unknown-scope", fScope, text, "Không có vùng hay tỉnh nào tên %q.", "No region or province is called %q.", parse.Shorten(text, 60))
	}
	p.fact.Scope = a.scope
	return true
}

func (p *parser) findScope(k scopeKey) scopeAnswer {
	switch viet.Fold(k.text) {
	case "nation", "toanquoc", "canuoc", "quocgia", "vn":
		return scopeAnswer{reform.ScopeNation, true}
	}
	if key, err := reform.ParseUnitKey(k.text); err == nil {
		if u, err := p.cat.Unit(key); err == nil && (u.Type == reform.Region || u.Type == reform.Province) {
			return scopeAnswer{string(key), true}
		}
		return scopeAnswer{}
	}
	if key, ok := p.cat.FindRegion(k.text, k.scheme, k.of); ok {
		return scopeAnswer{string(key), true}
	}
	if key, _, ok := p.units.Find(k.text, k.scheme, reform.Province); ok {
		return scopeAnswer{string(key), true}
	}
	return scopeAnswer{}
}

var authorities = map[string]reform.Authority{
	"1": reform.AuthorityOfficial, "2": reform.AuthoritySite, "3": reform.AuthorityAgencyPress, "4": reform.AuthorityPress, "5": reform.AuthorityThirdParty,
	"official": reform.AuthorityOfficial, "site": reform.AuthoritySite, "agencypress": reform.AuthorityAgencyPress, "press": reform.AuthorityPress, "thirdparty": reform.AuthorityThirdParty,
	"quyetdinh": reform.AuthorityOfficial, "trangchinhthuc": reform.AuthoritySite, "bao": reform.AuthorityPress,
}

// cite reads the publication that a row cites. Rows of one publication share one Citation.
func (p *parser) cite() bool {
	h := &p.header
	if !h.has(fSourceTitle, fSourceURL, fSourceNumber, fSourceIssuer) {
		return true
	}
	var k [7]string
	for i := range 6 {
		k[i] = p.get(fSourceTitle + field(i))
	}
	if k == p.lastSource && p.lastCited != nil {
		p.fact.Source = p.lastCited
		return true
	}
	c, ok := p.sources[k]
	if !ok {
		var fine bool
		if c, fine = p.newCitation(k); !fine {
			return false
		}
		if len(p.sources) < rememberedGroups {
			for i := range k {
				k[i] = strings.Clone(k[i])
			}
			p.sources[k] = c
		}
	}
	if c != nil {
		p.lastSource, p.lastCited = k, c
		p.fact.Source = c
	}
	return true
}

// newCitation is nil where a row cites nothing.
func (p *parser) newCitation(k [7]string) (*reform.Citation, bool) {
	title, issuer, number, date, url, authority := viet.Clean(k[0]), viet.Clean(k[1]), viet.Clean(k[2]), k[3], strings.Clone(k[4]), k[5]
	if title == "" && number == "" && url == "" {
		return nil, true
	}
	c := &reform.Citation{Title: title, Issuer: issuer, Number: number, URL: url, Authority: reform.AuthorityThirdParty}
	if date != "" {
		iso, err := readDay(date)
		if err != nil {
			return nil, p.bad("bad-date", fSourceDate, date, "%q không phải là ngày: cần 2019-04-18 hoặc 18/4/2019.", "%q is no date: want 2019-04-18 or 18/4/2019.", parse.Shorten(date, 40))
		}
		c.Date = strings.Clone(iso)
	}
	if authority != "" {
		a, known := authorities[viet.Fold(authority)]
		if !known {
			return nil, p.bad("unknown-word", fSourceAuthority, authority, "%q không phải là mức nguồn: cần số từ 1 đến 5.", "%q is no authority: want 1 to 5.", parse.Shorten(authority, 40))
		}
		c.Authority = a
	}
	return c, true
}

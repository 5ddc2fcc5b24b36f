package table

import (
	"slices"
	"strings"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// unit finds what a row is about under the scheme of its period.
func (p *parser) unit(l *layout, b *block, row int, u rowUnit, scheme reform.Scheme, index string) (reform.UnitKey, string, reform.UnitType, bool) {
	if u.fixed != "" {
		return u.fixed, u.text, reform.Nation, true
	}
	if b.unit < 0 {
		return p.wholeUnit(l, scheme)
	}
	at := l.g.locator(row, b.unit)
	if l.inside {
		return p.insideUnit(l, u, at, scheme)
	}
	text := unitText(u.text)
	if strings.Contains(u.text, ":") {
		if key, err := reform.ParseUnitKey(u.text); err == nil {
			if x, err := p.cat.UnitOrForm(key); err == nil {
				return key, x.Name, x.Type, true
			}
		}
	}
	types := []reform.UnitType{reform.Province, reform.Region, reform.Nation, reform.Ministry}
	if l.fixed.UnitType != "" {
		types = []reform.UnitType{reform.UnitType(l.fixed.UnitType)}
	}
	for _, typ := range types {
		key, name, ok := p.units.Find(text, scheme, typ)
		if !ok {
			continue
		}
		if typ == reform.Region {
			key = p.regionKey(l, b, key, scheme)
		}
		return key, name, typ, true
	}
	q := p.units.UnknownUnit(at, u.text, scheme, reform.Province)
	for _, s := range reform.Schemes() {
		if s == scheme {
			continue
		}
		if _, _, ok := p.units.Find(text, s, reform.Province); ok {
			q.Reason += " The scheme " + string(s) + " has it: is the period right?"
			q.ReasonVI += " Hệ " + string(s) + " có tên này: kỳ đã đúng chưa?"
		}
	}
	p.problemOnce("unit "+at, q)
	return "", "", "", false
}

// regionKey is the region in the scheme of eight, where its neighbours in the
// table belong to that one: Đồng bằng sông Hồng is in both.
func (p *parser) regionKey(l *layout, b *block, key reform.UnitKey, scheme reform.Scheme) reform.UnitKey {
	twin := reform.UnitKey(string(key) + "8")
	if _, err := p.cat.Unit(twin); err != nil {
		return key
	}
	if b.eight == nil {
		eight := false
		for r := l.dataFrom; r <= l.dataTo && !eight; r++ {
			if other, _, ok := p.units.Find(unitText(l.g.at(r, b.unit).text), scheme, reform.Region); ok {
				eight = slices.Contains([]string{"r:DBB", "r:TBB", "r:BTB8", "r:DHNTB"}, other.Code())
			}
		}
		b.eight = &eight
	}
	if *b.eight {
		return twin
	}
	return key
}

// wholeUnit is the unit that a whole table speaks of.
func (p *parser) wholeUnit(l *layout, scheme reform.Scheme) (reform.UnitKey, string, reform.UnitType, bool) {
	for _, k := range []string{l.fixed.Unit, p.in.Option(parse.OptUnit)} {
		if k == "" {
			continue
		}
		if u, err := p.cat.UnitOrForm(reform.UnitKey(k)); err == nil {
			return u.Key, u.Name, u.Type, true
		}
	}
	if p.mapping == nil || p.mapping.Titles != "ignore" {
		if key, ok := p.titleProvince(l, scheme); ok {
			if u, err := p.cat.Unit(key); err == nil {
				return key, u.Name, u.Type, true
			}
		}
	}
	p.problemOnce("unit", parse.Problem("missing-unit", "unit", l.g.locator(max0(l.headFrom), 0), "",
		"Bảng không có cột đơn vị và tiêu đề không nói một tỉnh: hãy chọn đơn vị khi nạp hoặc trong tệp ánh xạ.",
		"The table has no column of units, and its title names no one province: give the unit when loading, or in a mapping."))
	return "", "", "", false
}

// cutProvince takes the province off the name of a department: "Sở Y tế - tỉnh An Giang".
func cutProvince(text string) (name, province string, ok bool) {
	i := strings.LastIndex(text, " - ")
	if i < 0 {
		return "", "", false
	}
	name, province = strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+3:])
	f := viet.FoldWords(province)
	return name, province, strings.HasPrefix(f, "tinh ") || strings.HasPrefix(f, "thanh pho ") || strings.HasPrefix(f, "tp ")
}

// insideUnit is a department or commune of a province.
func (p *parser) insideUnit(l *layout, u rowUnit, at string, scheme reform.Scheme) (reform.UnitKey, string, reform.UnitType, bool) {
	parent, ok := reform.UnitKey(""), false
	text := unitText(u.text)
	if name, province, found := cutProvince(text); found {
		// "Sở Y tế - tỉnh An Giang" says itself whose it is.
		if parent, _, ok = p.units.Find(province, scheme, reform.Province); ok {
			text = name
		}
	}
	if ok {
		if said, known := p.saidParent(l); known && said != parent {
			p.problem(parse.Problem("contradiction", "unit", at, u.text, "Dòng này thuộc %s, nhưng được yêu cầu nạp cho %s.", "This row is of %s, but it was asked to be read for %s.", parent, said))
			return "", "", "", false
		}
	} else if u.parent != "" {
		parent, _, ok = p.units.Find(u.parent, scheme, reform.Province)
	} else {
		parent, ok = p.parent(l, scheme)
	}
	if !ok {
		p.problemOnce("parent", parse.Problem("missing-province", "unit", at, u.text,
			"Các dòng là sở, ngành, huyện hay xã, nhưng không rõ của tỉnh nào: hãy ghi province trong tệp ánh xạ, hoặc chọn đơn vị khi nạp.",
			"The rows are departments or communes, but it is not clear of which province: say province in a mapping, or give the unit when loading."))
		return "", "", "", false
	}
	key, ok := p.cat.FormUnder(text, parent)
	if !ok {
		p.problem(parse.Problem("unknown-unit", "unit", at, u.text, "%q không phải là tên một sở, ngành hay xã.", "%q is no name of a department or commune.", parse.Shorten(u.text, 60)))
		return "", "", "", false
	}
	typ := reform.Department
	if known, err := p.cat.Unit(key); err == nil {
		typ = known.Type
	} else if l.fixed.UnitType != "" {
		typ = reform.UnitType(l.fixed.UnitType)
	} else if t, told := insideProvince(text); told {
		typ = t
	}
	return key, viet.Clean(text), typ, true
}

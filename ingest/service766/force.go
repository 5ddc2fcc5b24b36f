package service766

import (
	"strings"

	"chiso/ingest/parse"
	"chiso/reform"
)

// schemesOf are the divisions of the country that the list may follow: that of the period's last day,
// and the one that the catalogue's edition names, for periods that the portal has recomputed.
func (b *batch) schemesOf() []reform.Scheme {
	if s := reform.Scheme(b.p.in.Option(parse.OptScheme)); s != reform.NoScheme {
		return []reform.Scheme{s}
	}
	byDay, byEdition := reform.SchemeAt(b.ask.Period.End()), b.p.cat.SchemeFor(index, b.ask.Period)
	if byDay == reform.VN34 && reform.SchemeAt(b.day) != reform.VN34 {
		byDay = reform.SchemeAt(b.day) // a year that was read before the merger
	}
	out := []reform.Scheme{byDay}
	if byEdition != byDay && reform.SchemeAt(b.day) == byEdition {
		out = append(out, byEdition)
	}
	return out
}

// complete checks that the provinces in force are all there.
func (b *batch) complete() {
	schemes := b.schemesOf()
	b.scheme = schemes[0]
	for _, s := range schemes {
		if len(b.p.cat.Units(s, reform.Province)) == len(b.units) {
			b.scheme = s
			break
		}
	}
	want := b.p.cat.Units(b.scheme, reform.Province)
	there := map[reform.UnitKey]string{}
	for i := range b.units {
		u := &b.units[i]
		key, ok := b.p.binder.bind(u.code, b.scheme)
		if !ok {
			example := string(b.scheme) + ":.."
			if k, ok := b.p.cat.FindUnit(u.name, b.scheme, reform.Province); ok {
				example = string(k)
			}
			b.fault("unknown-code", "unit", u.locator, u.code,
				"mã %s (%s) chưa gắn với đơn vị nào của hệ %s; hãy thêm vào danh mục của mình: aliases: {\"%s\": [%s]}, hoặc vào nguồn: bindings: {%s: \"%s\"}",
				"the code %s (%s) is bound to no unit of %s; add to your catalogue: aliases: {\"%s\": [%s]}, or to the source: bindings: {%s: \"%s\"}",
				u.code, u.name, b.scheme, example, u.code, u.code, example)
			continue
		}
		if before, twice := there[key]; twice {
			b.fault("unit-twice", "unit", u.locator, u.code, "mã %s và %s cùng chỉ %s", "the codes %s and %s both stand for %s", before, u.code, key)
			continue
		}
		// Units are known by code; a name that says another province means that the code stands for something else.
		if k, ok := b.p.cat.FindUnit(u.name, b.scheme, reform.Province); ok && k != key {
			b.fault("code-against-name", "unit", u.locator, u.name, "mã %s là %s nhưng tên là %q", "the code %s stands for %s, but the name is %q", u.code, b.p.cat.NameIn(key, b.ask.Period), u.name)
			continue
		}
		u.key = key
		there[key] = u.code
	}
	if b.faults > 0 {
		return
	}
	var missing []string
	for _, w := range want {
		if there[w.Key] == "" {
			missing = append(missing, w.Name)
		}
	}
	if len(missing) > 0 {
		names := strings.Join(missing[:min(len(missing), 8)], ", ")
		if len(missing) > 8 {
			names += " ..."
		}
		b.fault("units-missing", "unit", "", names, "có %d đơn vị, kỳ này phải có đủ %d (%s); thiếu %d: %s", "%d units came, and %d (%s) were in force; missing are %d: %s",
			len(b.units), len(want), b.scheme, len(missing), names)
		if b.scheme == reform.VN63 && len(b.units) == len(b.p.cat.Units(reform.VN34, reform.Province)) {
			b.fault("recomputed", "period", "", b.ask.Period.String(),
				"cổng trả 34 đơn vị cho kỳ trước sáp nhập; nếu cổng đã tính lại, thêm vào danh mục: editions: [{period: \"%s\", basis: %s, scheme: vn34, of: 34}]",
				"the portal gave 34 units for a period before the merger; if it has recomputed it, add to the catalogue: editions: [{period: \"%s\", basis: %s, scheme: vn34, of: 34}]",
				b.ask.Period, b.p.portal)
		}
		return
	}
	b.p.schemes[b.ask.Period] = b.scheme
}

// below finds the province that departments and communes stand under.
func (b *batch) below() {
	schemes := b.schemesOf()
	b.scheme = schemes[0]
	switch s, ok := b.p.schemes[b.ask.Period]; {
	case ok:
		b.scheme = s // as the provinces of the same period came
	case len(schemes) == 1 && b.scheme != reform.SchemeAt(b.day) && b.p.in.Option(parse.OptScheme) == "":
		b.fault("unknown-scheme", "period", "", b.ask.Period.String(),
			"không rõ các đơn vị của kỳ %s theo địa giới trước hay sau sáp nhập: hãy hỏi cả danh sách tỉnh của kỳ này", "whether the units of %s are those before or after the merger is not known: ask for the provinces of that period too", b.ask.Period)
		return
	case len(schemes) > 1:
		b.scheme = schemes[1] // an edition that the portal has recomputed
	}
	parent, ok := b.p.binder.bind(b.ask.Province, b.scheme)
	if !ok {
		b.fault("unknown-code", "unit", "", b.ask.Province, "mã %s chưa gắn với đơn vị nào của hệ %s; hãy thêm bindings: {%s: \"%s:..\"}", "the code %s is bound to no unit of %s; add bindings: {%s: \"%s:..\"}", b.ask.Province, b.scheme, b.ask.Province, b.scheme)
		return
	}
	b.parent = parent
	if len(b.units) == 0 {
		b.fault("units-missing", "unit", "", "", "danh sách không có đơn vị nào", "the list has no unit")
	}
	for i := range b.units {
		u := &b.units[i]
		key, err := reform.ParseUnitKey(string(parent) + "/" + u.code)
		if err != nil {
			b.fault("unknown-code", "unit", u.locator, u.code, "mã %s không dùng được", "the code %s can't be used", u.code)
			continue
		}
		u.key = key
	}
}

package table

import (
	"slices"
	"strings"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// brokenColumns refuses delimited text whose rows run past their headings: a
// decimal comma that is the delimiter too cuts a score in two, and its second half would
// be read as a place.
func (p *parser) brokenColumns(l *layout) bool {
	if p.doc.Format != "csv" || l.g.turned || len(l.headers) == 0 || l.rule != nil && len(l.rule.Columns) > 0 {
		return false
	}
	last := -1
	for _, r := range l.headers {
		if cols := l.g.filled(r); len(cols) > 0 {
			last = max(last, cols[len(cols)-1])
		}
	}
	for _, b := range l.blocks {
		for _, c := range b.columns {
			if c.col > last && c.numeric > 0 && !l.hasDecimals(b) {
				p.problem(parse.Problem("broken-columns", "row", l.g.locator(l.dataFrom, c.col), "",
					"Các dòng có nhiều ô hơn tiêu đề: dấu phẩy thập phân có thể đã bị đọc là dấu tách cột. Hãy lưu lại bằng dấu chấm phẩy, hoặc đặt số trong ngoặc kép.",
					"The rows have more cells than headings: a decimal comma may have been read as the delimiter. Save it again with semicolons, or with numbers in quotes."))
				return true
			}
		}
	}
	return false
}

// hasDecimals reports whether some cell of a block holds a number with a decimal sign.
func (l *layout) hasDecimals(b *block) bool {
	for r := l.dataFrom; r <= l.dataTo; r++ {
		for col := b.from; col < b.to; col++ {
			if x := l.g.at(r, col); isNumber(x) && strings.ContainsAny(x.text, ".,") {
				return true
			}
		}
	}
	return false
}

// settlePlaces gives a bare "Hạng" to the score that it stands beside, where it may
// be of another one than the total.
func (p *parser) settlePlaces(l *layout, b *block) {
	bare := func(c *column) bool {
		return c.measure == place && c.rule == nil && c.unknown == "" && len(c.path) == 1 && c.component == "" && c.heading.index == "" && !c.total && c.scope == ""
	}
	same := map[when]int{}
	components := map[string]bool{}
	for _, c := range b.values {
		if bare(c) {
			same[c.when]++
		}
		if c.component != "" {
			components[c.component] = true
		}
	}
	for i, c := range b.values {
		if !bare(c) || i == 0 || b.values[i-1].col != c.col-1 {
			continue
		}
		left := b.values[i-1]
		switch {
		case left.unknown != "" && left.rule == nil:
			c.unknown = c.text
			c.note = "the column on its left is not understood, and the place may be of that one"
		case same[c.when] > 1 && left.measure != place:
			c.component, c.heading.index, c.total, c.stage = left.component, left.heading.index, left.total, left.stage
			if c.when.zero() {
				c.when = left.when
			}
			c.note = "the place of the column on its left"
		case left.component != "" && len(components) < 3:
			p.problem(parse.Problem("ambiguous-column", "place", l.g.locator(max0(l.headFrom), c.col), c.text,
				"Không rõ cột %s là hạng của tổng điểm hay của cột bên trái: hãy ghi rõ trong tệp ánh xạ.", "It is not clear whether column %s is the place of the total or of the column on its left: say it in a mapping.", l.g.columnName(c.col)))
			c.unknown = c.text
			c.note = "of the total or of the part on its left: not clear"
		}
	}
}

// regionalPlaces refuses places that look counted within a region and do not say so:
// all units lie in one region, and the places run from 1 to their number.
func (p *parser) regionalPlaces(l *layout, b *block, c *column, index string, period reform.Period) bool {
	if c.scope != "" || l.inside || b.unit < 0 || l.fixed.Scope != "" || p.in.Option(parse.OptScope) != "" || period.IsZero() {
		return true
	}
	scheme := p.scheme(l, index, period)
	var common []reform.UnitKey
	n, highest, printed := 0, 0, false
	seen := map[int]bool{}
	for r := l.dataFrom; r <= l.dataTo; r++ {
		key, _, ok := p.units.Find(unitText(l.g.spread(r, b.unit).text), scheme, reform.Province)
		if !ok {
			continue
		}
		place, of, ok, _ := p.placeCell(l, r, c)
		if !ok {
			continue
		}
		printed = printed || of > 0
		if regions := p.cat.RegionsOf(key); n == 0 {
			common = regions
		} else {
			common = slices.DeleteFunc(common, func(k reform.UnitKey) bool { return !slices.Contains(regions, k) })
		}
		n++
		highest = max(highest, place)
		seen[place] = true
	}
	region := false
	for _, s := range l.titles.texts {
		w := viet.FoldWords(s.text)
		region = region || hasAny(w, []string{"vung", "khu vuc", "dbscl", "dong bang song cuu long", "dong bang song hong", "dbsh", "tay nguyen", "dong nam bo", "region"})
	}
	if printed || len(common) == 0 || n < 3 || highest > n && !(region && highest <= len(p.cat.Members(common[0]))) || len(seen)*10 < n*8 && !region {
		return true
	}
	p.problem(parse.Problem("unknown-scope", "scope", l.g.locator(max0(l.headFrom), c.col), c.text,
		"Mọi đơn vị đều thuộc một vùng và hạng đi từ 1 đến %d: có thể là hạng trong vùng. Hãy ghi scope (nation hoặc mã vùng) khi nạp hoặc trong tệp ánh xạ.",
		"All units lie in one region, and the places run from 1 to %d: they may be counted within it. Give the scope (nation, or the region's key) when loading, or in a mapping.", highest))
	c.note = "within the region or the nation: not clear"
	return false
}

// scopeByDenominator is the region that a printed N means, where it is not the
// nation's: 3/13 is within Đồng bằng sông Cửu Long.
func (p *parser) scopeByDenominator(unit reform.UnitKey, of, expected int) (scope string, ok bool) {
	if of == 0 || expected == 0 || of == expected || of > expected*8/10 {
		return reform.ScopeNation, true // PAPI ranked 60, 61, 62 of 63
	}
	var fits []reform.UnitKey
	for _, r := range p.cat.RegionsOf(unit) {
		if len(p.cat.Members(r)) == of {
			fits = append(fits, r)
		}
	}
	if len(fits) == 1 || len(fits) > 1 && sameMembers(p.cat.Members(fits[0]), p.cat.Members(fits[1])) {
		return string(fits[0]), true
	}
	return "", false
}

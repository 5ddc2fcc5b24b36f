package table

import (
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

// put reads a cell into the fact that it belongs to.
func (p *parser) put(l *layout, d *draft, q *prepared, row int, m measure, at string, x cell, ix *reform.Index, max decimal.NullDecimal, scheme reform.Scheme) {
	note := func() {
		d.locators = append(d.locators, at)
		d.quotes = append(d.quotes, x.text)
	}
	twice := func(field string) {
		d.bad = true
		p.problem(parse.Problem("ambiguous-column", field, at, x.text, "Hai cột cùng là một số của %s; ô kia ở %s.", "Two columns hold the same number of %s; the other cell is %s.", d.fact.UnitName, strings.Join(d.locators, "; ")))
	}
	switch m {
	case place, placesOf:
		n, of, ok, wrong := p.placeCell(l, row, q.column)
		if wrong != nil {
			d.bad = true
			p.problem(*wrong)
			return
		}
		if !ok {
			return
		}
		if m == placesOf {
			d.fact.Of, d.fact.OfPrinted = n, true
			return
		}
		if d.fact.Place != 0 {
			twice("place")
			return
		}
		scope, fine := p.scopeOf(l, d, q, of, scheme, at, x)
		if !fine {
			d.bad = true
			return
		}
		d.fact.Place, d.fact.RankKind, d.fact.Scope = n, reform.Published, scope
		switch {
		case of > 0:
			d.fact.Of, d.fact.OfPrinted = of, true
		case q.of > 0:
			d.fact.Of, d.fact.OfPrinted = q.of, true
		}
		note()
	case score, maximum, numerator, denominator:
		rd := q.rd
		v, over, ok, wrong := p.number(l, rd, row, q.column, max)
		if wrong != nil {
			d.bad = true
			p.problem(*wrong)
			return
		}
		if !ok {
			return
		}
		switch m {
		case maximum:
			d.fact.Max = reform.NumOf(v.Decimal)
			return
		case numerator:
			d.fact.Numerator = reform.NumOf(v.Decimal)
			note()
			return
		case denominator:
			d.fact.Denominator = reform.NumOf(v.Decimal)
			note()
			return
		}
		if d.fact.Score.Valid {
			twice("score")
			return
		}
		d.fact.Score = reform.NumOf(v.Decimal)
		switch {
		case over.Valid:
			if max.Valid && q.column.max.Valid && !over.Decimal.Equal(q.column.max.Decimal) {
				d.bad = true
				p.problem(parse.Problem("contradiction", "max", at, x.text, "Ô ghi điểm tối đa %s, tiêu đề ghi %s.", "The cell has the maximum %s, the heading %s.", over.Decimal, q.column.max.Decimal))
				return
			}
			d.fact.Max = reform.NumOf(over.Decimal)
		case max.Valid && !d.fact.Max.Valid:
			d.fact.Max = reform.NumOf(max.Decimal)
		}
		if ix.Counts {
			d.fact.Max = reform.Number{}
		}
		note()
	}
}

// scopeOf is within what a place was counted.
func (p *parser) scopeOf(l *layout, d *draft, q *prepared, of int, scheme reform.Scheme, at string, x cell) (string, bool) {
	scope := q.scope
	switch {
	case scope == "" && l.fixed.Scope != "":
		return l.fixed.Scope, true
	case scope == "" && l.inside:
		return string(d.fact.Unit.Parent()), true
	case scope == "":
		if o := p.in.Option(parse.OptScope); o != "" && checkScope(p.cat, o) == nil {
			return o, true
		}
		if found, ok := p.scopeByDenominator(d.fact.Unit, of, p.expected(l, d.fact.Index, d.fact.Period, "")); ok {
			return found, true
		}
		p.problem(parse.Problem("unknown-scope", "scope", at, x.text, "Mẫu số %d không phải của cả nước, cũng không phải của vùng: hãy ghi scope trong tệp ánh xạ.",
			"The denominator %d is neither the nation's nor the region's: give the scope in a mapping.", of))
		return "", false
	case scope == reform.ScopeNation:
		return scope, true
	case scope == ownRegion:
		regions := p.cat.RegionsOf(d.fact.Unit)
		var fits []reform.UnitKey
		for _, r := range regions {
			if of == 0 || len(p.cat.Members(r)) == of {
				fits = append(fits, r)
			}
		}
		if len(fits) == 1 {
			return string(fits[0]), true
		}
		if len(fits) > 1 && of > 0 && sameMembers(p.cat.Members(fits[0]), p.cat.Members(fits[1])) {
			return string(fits[0]), true
		}
		p.problem(parse.Problem("unknown-scope", "scope", at, x.text, "Không rõ hạng này trong vùng nào (6 vùng hay 8 vùng): hãy ghi x/N hoặc dùng tệp ánh xạ.",
			"It is not clear in which region this place was counted (of six or of eight): write x/N, or use a mapping."))
		return "", false
	}
	if u, err := p.cat.Unit(reform.UnitKey(scope)); err == nil {
		return string(u.Key), true
	}
	if key, ok := p.cat.FindRegion(scope, scheme, of); ok {
		return string(key), true
	}
	p.problem(parse.Problem("unknown-scope", "scope", at, x.text, "Không có vùng nào tên %q.", "No region is called %q.", scope))
	return "", false
}

func sameMembers(a, b []reform.UnitKey) bool {
	if len(a) != len(b) {
		return false
	}
	for _, k := range a {
		found := false
		for _, o := range b {
			found = found || o == k
		}
		if !found {
			return false
		}
	}
	return true
}

// finish checks a fact and hands it over.
func (p *parser) finish(l *layout, d *draft) error {
	f := &d.fact
	if d.bad || !f.Score.Valid && !f.Numerator.Valid && f.Place == 0 {
		return nil
	}
	f.Locator = strings.Join(d.locators, "; ")
	f.Quote = p.quote(d.quotes...)
	if f.Period.End().After(p.in.Today()) {
		f.Status = reform.Provisional // the period is still open
	}
	if l.inside && f.Place == 0 {
		f.Scope = string(f.Unit.Parent())
	}
	ix, err := p.cat.Index(f.Index)
	if err != nil {
		return nil
	}
	if f.Score.Valid {
		switch {
		case f.Score.Decimal.IsNegative():
			p.problem(parse.Problem("negative-score", "score", f.Locator, f.Score.String(), "Điểm %s nhỏ hơn 0.", "The score %s is below 0.", f.Score))
			return nil
		case f.Max.Valid && f.Score.Decimal.GreaterThan(f.Max.Decimal):
			p.problem(parse.Problem("over-maximum", "score", f.Locator, f.Score.String(), "Điểm %s lớn hơn điểm tối đa %s.", "The score %s is over its maximum %s.", f.Score, f.Max))
			return nil
		case ix.Counts && !f.Score.Decimal.IsInteger():
			p.problem(parse.Problem("not-whole", "score", f.Locator, f.Score.String(), "Số lượng %s không phải là số nguyên.", "The count %s is not a whole number.", f.Score))
			return nil
		case f.Score.Decimal.IsZero() && f.Component == "" && !ix.Counts && f.UnitType == reform.Province:
			p.problem(parse.Warning("zero-total", "score", f.Locator, "0", "Tổng điểm 0 của %s được coi là không có số liệu.", "The total 0 of %s is taken for a missing one.", f.UnitName))
			f.Score = reform.Number{}
			if f.Place == 0 {
				return nil
			}
		}
	}
	if f.Place > 0 {
		if f.Of == 0 {
			f.Of = p.expected(l, f.Index, f.Period, f.Scope)
		}
		if f.Of > 0 && f.Place > f.Of {
			p.problem(parse.Problem("place-over-denominator", "place", f.Locator, placeText(f.Place, f.Of), "Hạng %d lớn hơn số đơn vị được xếp hạng là %d.", "Place %d is over the %d units that were ranked.", f.Place, f.Of))
			return nil
		}
	} else {
		f.Of, f.OfPrinted = 0, false
	}
	if !p.once2(d) {
		return nil
	}
	p.result.AddPeriod(f.Period)
	p.noteFact(f)
	p.result.Facts++
	return p.sink.Fact(f)
}

// once2 finds numbers that the document prints twice: the same value is one fact, two
// values are a problem. What is new of the fact is left in it.
func (p *parser) once2(d *draft) bool {
	f := &d.fact
	k := d.key
	if len(p.seen) > rememberedFacts {
		return true
	}
	check := func(k factKey, value string) (fresh, fine bool) {
		old, known := p.seen[k]
		if !known {
			p.seen[k] = seenValue{value, f.Locator}
			return true, true
		}
		if old.value != value {
			p.problem(parse.Problem("contradiction", "score", f.Locator, value, "%s đã có số %s ở %s.", "%s has %s at %s already.", f.UnitName, old.value, old.at))
			return false, false
		}
		return false, true
	}
	fresh := false
	if f.Score.Valid {
		isNew, fine := check(k, f.Score.String())
		if !fine {
			return false
		}
		fresh = fresh || isNew
	}
	if f.Numerator.Valid && !f.Score.Valid {
		fresh = true
	}
	if f.Place > 0 {
		k.place, k.scope = true, f.Scope
		isNew, fine := check(k, placeText(f.Place, 0))
		if !fine {
			return false
		}
		fresh = fresh || isNew
	}
	return fresh
}

// noteFact keeps for the result what all facts have in common.
func (p *parser) noteFact(f *reform.Fact) {
	if p.result.Facts == 0 {
		p.result.Index, p.result.Basis, p.result.Scheme = f.Index, f.Basis, f.Unit.Scheme()
		return
	}
	if p.result.Index != f.Index {
		p.result.Index = ""
	}
	if p.result.Basis != f.Basis {
		p.result.Basis = ""
	}
	if s := f.Unit.Scheme(); p.result.Scheme != s && s != reform.NoScheme {
		if p.result.Scheme == reform.NoScheme {
			p.result.Scheme = s
		}
	}
}

package ingest

import (
	"math"

	"chiso/ingest/parse"
	"chiso/reform"
)

// check tells whether a single fact is possible. What it can't be is a problem;
// what is odd but may be so is a warning.
func (e *examiner) check(r *record, g *group) bool {
	f := &r.Fact
	ok := true
	fail := func(code, field, found string, why reform.Text) {
		e.problem(f, code, field, found, why)
		ok = false
	}
	if f.Component != "" && g.component == nil {
		fail("unknown-component", "component", f.Component, sentence("Chỉ số %s không có thành phần %q.", "The index %s has no component %q.", f.Index, f.Component))
		return false
	}
	for _, n := range [...]struct {
		field string
		from  reform.Number
		to    *amount
	}{{"score", f.Score, &r.scores.score}, {"max", f.Max, &r.scores.max}, {"numerator", f.Numerator, &r.scores.numerator}, {"denominator", f.Denominator, &r.scores.denominator}} {
		var fits bool
		if *n.to, fits = amountOf(n.from); !fits {
			fail("number-too-large", n.field, parse.Shorten(n.from.String(), 40), sentence("Số quá lớn để có nghĩa.", "The number is too large to mean anything."))
			return false
		}
	}
	if r.has() == 0 {
		fail("no-value", "score", "", sentence("Dòng này không có điểm, thứ hạng hay số lượng.", "This row has neither a score nor a place nor a count."))
		return false
	}
	s := &r.scores
	if s.score.ok && s.score.v < 0 {
		fail("negative-score", "score", f.Score.String(), sentence("Điểm %s nhỏ hơn 0.", "The score %s is below 0.", f.Score))
	}
	if s.score.ok && s.max.ok && s.score.v > s.max.v {
		fail("over-maximum", "score", f.Score.String(), sentence("Điểm %s lớn hơn điểm tối đa %s.", "The score %s is over its maximum %s.", f.Score, f.Max))
	}
	if g.info.Counts && s.score.ok && !s.max.ok && s.score.v%tens[storedDecimals] != 0 {
		fail("not-whole", "score", f.Score.String(), sentence("Số lượng %s không phải là số nguyên.", "The count %s is not a whole number.", f.Score))
	}
	if d := s.denominator; s.numerator.ok && s.numerator.v < 0 || d.ok && d.v < 0 || d.ok && d.v == 0 && s.numerator.v > 0 {
		fail("bad-ratio", "numerator", f.Numerator.String()+"/"+f.Denominator.String(), sentence("Tỷ số %s/%s không thể có.", "The ratio %s/%s is not possible.", f.Numerator, f.Denominator))
	} else if d.ok && s.numerator.v > d.v && g.first("over-denominator", f.Component, r.from) {
		e.problems.add(warningOf(f, "over-denominator", "numerator", f.Numerator.String()+"/"+f.Denominator.String(), sentence(
			"Tử số %s lớn hơn mẫu số %s.", "The numerator %s is over the denominator %s.", f.Numerator, f.Denominator)))
	}
	e.checkMax(r, g)
	if !e.checkPlace(r, g, fail) {
		return false
	}
	if g.edition.known && g.edition.scheme != reform.NoScheme && f.UnitType == reform.Province && f.Unit.Scheme() != g.edition.scheme && g.first("other-scheme", "", r.from) {
		e.problems.add(warningOf(f, "other-scheme", "unit", string(f.Unit), sentence(
			"%s thuộc hệ %s, còn kỳ %s được đánh giá theo hệ %s.", "%s is of the scheme %s, but the edition %s was of %s.", f.UnitName, f.Unit.Scheme(), g.periodText, g.edition.scheme)))
	}
	return ok
}

// checkMax warns, once for a component, where the document's own maximum is not the catalogue's: one of the two is wrong.
func (e *examiner) checkMax(r *record, g *group) {
	if !r.scores.max.ok || !r.scores.score.ok {
		return
	}
	want := g.rules.max
	if r.Component != "" {
		want = g.component.max
	}
	if want.ok && want.v != r.scores.max.v && g.first("other-maximum", r.Component, r.from) {
		e.problems.add(warningOf(&r.Fact, "other-maximum", "max", r.Max.String(), sentence(
			"Tài liệu ghi điểm tối đa %s, danh mục ghi %s; giữ theo tài liệu.", "The document has the maximum %s, the catalogue %s; the document's is kept.", r.Max, want)))
	}
}

func (e *examiner) checkPlace(r *record, g *group, fail func(code, field, found string, why reform.Text)) bool {
	f := &r.Fact
	if f.Place < 0 || f.Of < 0 || f.Place > math.MaxUint16 || f.Of > math.MaxUint16 {
		fail("bad-place", "place", placeText(f.Place, f.Of), sentence("Thứ hạng %s không hợp lệ.", "The place %s is not possible.", placeText(f.Place, f.Of)))
		return false
	}
	if f.Scope != reform.ScopeNation && !e.checkScope(f, fail) {
		return false
	}
	if f.Place == 0 {
		return true
	}
	if f.Of > 0 && f.Place > f.Of {
		fail("place-over-denominator", "place", placeText(f.Place, f.Of), sentence(
			"Hạng %d lớn hơn số đơn vị được xếp hạng là %d.", "Place %d is over the %d units that were ranked.", f.Place, f.Of))
		return false
	}
	// A denominator may be a little off; one of twice the units is of another scheme,
	// and so is the unit that was taken for the name: "Lào Cai, 5/63" is not of the 34.
	if n := e.book.ranked(f); n > 0 && (f.Place > n || f.Of > n+n/10+1) {
		fail("more-than-units", "place", placeText(f.Place, f.Of), sentence(
			"Thứ hạng %s không thể có: chỉ có %d đơn vị trong phạm vi %s; có thể kỳ hoặc hệ đơn vị bị ghi sai.",
			"The place %s is not possible: the scope %[3]s has %[2]d units; the period or the scheme of units may be wrong.", placeText(f.Place, f.Of), n, e.book.scopeName(f)))
		return false
	}
	if f.OfPrinted && g.countsOf(f) && f.Of != g.edition.of && g.first("other-denominator", "", r.from) {
		e.problems.add(warningOf(f, "other-denominator", "of", placeText(f.Place, f.Of), sentence(
			"Tài liệu ghi %d đơn vị được xếp hạng (%s, %s), danh mục ghi %d; giữ theo tài liệu.", "The document has %d units ranked (%s, %s), the catalogue %d; the document's is kept.", f.Of, g.index, g.periodText, g.edition.of)))
	}
	return true
}

// checkScope knows the regions and provinces within which places are counted.
func (e *examiner) checkScope(f *reform.Fact, fail func(code, field, found string, why reform.Text)) bool {
	u := e.book.unit(reform.UnitKey(f.Scope))
	if u == nil || u.Type != reform.Region && u.Type != reform.Province {
		fail("unknown-scope", "scope", f.Scope, sentence("Không có vùng hay tỉnh nào là %q.", "No region or province is %q.", f.Scope))
		return false
	}
	inside := f.Unit.Parent() == u.Key || u.Type == reform.Region && e.book.within(f.Unit, u.Key)
	if !inside && (u.Type == reform.Province || f.UnitType == reform.Province) {
		fail("outside-scope", "scope", f.Scope, sentence("%s không thuộc %s.", "%s does not lie in %s.", f.UnitName, u.Name))
		return false
	}
	return true
}

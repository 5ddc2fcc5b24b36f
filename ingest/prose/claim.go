package prose

import (
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

// Why a candidate goes to a person: the words that the review page shows.
const (
	noteManyUnits   = "trước con số có nhiều đơn vị được nêu"
	noteTwoUnits    = "câu không nêu đơn vị: lấy theo tiêu đề, câu trước nói về đơn vị khác"
	noteTitleUnit   = "câu không nêu đơn vị: lấy theo tiêu đề, văn bản nói về nhiều tỉnh"
	noteManyIndices = "trước con số có nhiều chỉ số được nêu"
	noteCarried     = "câu không nêu chỉ số: lấy theo câu trước"
	noteForeign     = "các từ theo sau có thể cho biết số này là của nội dung khác"
	noteFar         = "chỉ số được nêu cách xa con số"
	notePart        = "có thể là của một thành phần không có trong danh mục"
	noteDerived     = "suy ra từ mức tăng, giảm được nêu"
	noteYear        = "không nêu rõ năm: suy ra từ ngày hoặc ngữ cảnh của văn bản"
	noteRange       = "điểm nằm xa khoảng thường gặp của chỉ số"
	noteFuture      = "năm chưa kết thúc khi văn bản được viết"
	noteGoal        = "câu nói về mục tiêu"
	noteEdition     = "không rõ có kết quả của năm này"
	noteScope       = "không rõ thứ hạng được tính trong số đơn vị nào"
	noteScheme      = "đơn vị không thuộc hệ tỉnh, thành phố của năm đó"
	notePercent     = "tỷ lệ phần trăm, không phải điểm"
	noteTwoValues   = "văn bản có hai giá trị khác nhau"
	noteOf          = "số đơn vị được xếp hạng khác với danh mục"
	noteOtherYear   = "tiêu đề nói về năm khác"
	noteMaximum     = "điểm tối đa khác với danh mục"
)

// claim is one value with all that was understood of it.
type claim struct {
	idx     string
	unit    subject
	year    int
	sure    bool // the year was said
	period  string
	comp    string
	e       entity
	k       int
	derived bool
	doubt   []string
}

// usual are the ranges in which totals of an index lie; what lies outside was misread or misprinted.
var usual = map[string][2]int64{"par": {45, 100}, "sipas": {50, 100}, "pci": {30, 85}, "papi": {25, 60}, "s766": {5, 100}, "pgi": {5, 60}, "moj": {0, 1000}}

// claim checks a value against the catalogue and keeps it: as a fact, as a candidate
// for a person, or, where it is impossible, as a warning.
func (r *reading) claim(c claim) {
	s := &r.sentence
	e := c.e
	if len(r.out) >= maxCandidates {
		r.dropped++
		return
	}
	from, to := s.toks[e.a].start, s.toks[e.b-1].end
	if s.goal {
		c.doubt = append(c.doubt, noteGoal)
	}
	year := c.year
	if year == 0 {
		if year = r.date.indexYear(r.cat, c.idx); year == 0 {
			r.warn("no-year", from, to, "Không rõ năm của số liệu này.", "It is not said which year this number is of.")
			return
		}
		c.doubt = append(c.doubt, noteYear)
	} else if !c.sure {
		c.doubt = append(c.doubt, noteYear)
	}
	if r.titleYear != 0 && year != r.titleYear && c.unit.kind == entProvince && r.subject != "" && c.unit.name != r.subject && !c.derived && !e.before && c.k >= 0 && !r.sentence.title && r.sentence.single {
		c.doubt = append(c.doubt, noteOtherYear)
	}
	if c.period == "" || !strings.HasPrefix(c.period, itoa(year)) || c.idx != "s766" && c.idx != "dossiers" {
		c.period = itoa(year)
	}
	period, err := reform.ParsePeriod(c.period)
	if err != nil {
		return
	}
	if c.idx == "sipas" && c.comp == "" && e.kind == entScore && !e.percent && e.value.LessThanOrEqual(decimal.NewFromInt(15)) {
		// SIPAS enters PAR INDEX as one criterion of ten points.
		c.idx, c.comp = "par", "src:sipas"
		if !e.hasMax {
			c.doubt = append(c.doubt, notePart)
		}
	}
	ix, err := r.cat.Index(c.idx)
	if err != nil {
		return
	}
	if r.date.year > 0 && period.Year() > r.date.year || r.date.year > 0 && period.Year() == r.date.year && c.idx != "s766" && c.idx != "dossiers" && c.idx != "dept" && c.idx != "ddci" {
		c.doubt = append(c.doubt, noteFuture)
	}
	f := reform.Fact{Index: c.idx, Period: period, Status: reform.Final, Scope: reform.ScopeNation}
	f.Basis, _ = r.cat.BasisFor(c.idx, period)
	ed, known := r.cat.Edition(c.idx, period)
	if !known && len(ix.Editions) > 3 {
		c.doubt = append(c.doubt, noteEdition)
	}
	if ix.Since > 0 && year < ix.Since {
		r.warn("no-edition", from, to, "Năm %[2]d chưa có %[1]s.", "There was no %s in %d.", ix.Short.VI, year)
		return
	}
	scheme := r.cat.SchemeFor(c.idx, period)
	if !r.unitOf(&f, &c, scheme, from, to) {
		return
	}
	if c.comp != "" && !r.component(&f, &c) {
		r.warn("unknown-component", from, to, "%s năm %d không có thành phần %q.", "%s has in %d no component %q.", ix.Short.VI, year, c.comp)
		return
	}
	switch e.kind {
	case entPlace:
		if !r.place(&f, &c, ed, scheme, from, to) {
			return
		}
	case entScore:
		if !r.score(&f, &c, from, to) {
			return
		}
	}
	r.keep(f, c)
}

// unitOf finds the unit in the scheme of the year.
func (r *reading) unitOf(f *reform.Fact, c *claim, scheme reform.Scheme, from, to int) bool {
	f.UnitName = c.unit.name
	switch c.unit.kind {
	case entNation:
		f.Unit, f.UnitType, f.UnitName = reform.TheNation, reform.Nation, "Cả nước"
		if c.e.kind == entPlace {
			return false
		}
		return true
	case entMinistry:
		f.Unit, f.UnitType = reform.UnitKey(c.unit.code), reform.Ministry
		return true
	case entRegion:
		key, ok := r.cat.FindUnit(c.unit.name, scheme, reform.Region)
		f.Unit, f.UnitType = key, reform.Region
		return ok
	case entInner:
		parent, ok := r.cat.FindUnit(c.unit.parent, scheme, reform.Province)
		if !ok {
			r.warn("no-unit", from, to, "Không rõ %q thuộc tỉnh nào.", "It is not said to which province %q belongs.", c.unit.name)
			return false
		}
		key, ok := r.cat.FormUnder(c.unit.name, parent)
		if !ok {
			r.warn("no-unit", from, to, "Không rõ %q là đơn vị nào.", "It is not clear which unit %q is.", c.unit.name)
			return false
		}
		f.Unit, f.Scope, f.UnitType = key, string(parent), reform.Department
		if u, err := r.cat.UnitOrForm(key); err == nil {
			f.UnitType = u.Type
		}
		return true
	}
	f.UnitType = reform.Province
	for i, s := range []reform.Scheme{scheme, reform.VN63, reform.VN34} {
		if key, ok := r.cat.FindUnit(c.unit.name, s, reform.Province); ok {
			if i > 0 && s != scheme {
				c.doubt = append(c.doubt, noteScheme)
			}
			f.Unit = key
			f.UnitName = r.cat.NameIn(key, f.Period)
			return true
		}
	}
	r.warn("unknown-unit", from, to, "Không tìm thấy %q trong danh mục.", "%q was not found in the catalogue.", c.unit.name)
	return false
}

// component finds the part in the basis of the year; where the basis is not known, all that have it must agree.
func (r *reading) component(f *reform.Fact, c *claim) bool {
	code, ok := r.cat.FindComponent(c.idx, f.Basis, c.comp)
	if !ok || code == "" {
		return false
	}
	f.Component = code
	return true
}

// place fills in the place and its denominator.
func (r *reading) place(f *reform.Fact, c *claim, ed reform.Edition, scheme reform.Scheme, from, to int) bool {
	e := c.e
	f.RankKind = reform.Published
	if e.counted || c.derived {
		f.RankKind = reform.Derived
	}
	of := ed.Of
	if c.unit.kind == entMinistry || c.unit.kind == entRegion || c.unit.kind == entInner {
		of = 0
	}
	switch e.scope {
	case scopeRegion:
		if c.unit.kind == entRegion {
			break
		}
		key, ok := r.cat.FindRegion(e.region, scheme, e.of)
		if !ok {
			// No region of that name and size: the year, the number or the name is another.
			if key, ok = r.cat.FindRegion(e.region, scheme, 0); !ok {
				return r.noScope(from, to)
			}
		}
		f.Scope = string(key)
		of = len(r.cat.Members(key))
		if e.of == 0 {
			of = 0 // which of two region schemes is meant is not said
		} else if e.of != of {
			c.doubt = append(c.doubt, noteOf)
		}
	case scopeUnknownRegion:
		c.doubt = append(c.doubt, noteScope)
		regions := r.cat.RegionsOf(f.Unit)
		if len(regions) == 0 {
			return r.noScope(from, to)
		}
		f.Scope, of = string(regions[0]), 0
		if e.of > 0 {
			for _, k := range regions {
				if len(r.cat.Members(k)) == e.of {
					f.Scope = string(k)
				}
			}
		}
	case scopeMinistry:
		if c.unit.kind != entMinistry {
			return r.noScope(from, to)
		}
	default:
		if e.of > 0 && e.of < 30 && c.unit.kind == entProvince {
			return r.noScope(from, to)
		}
	}
	if e.of > 0 {
		f.Of, f.OfPrinted = e.of, true
	} else if f.Scope == reform.ScopeNation && of > 0 && c.unit.kind == entProvince {
		f.Of = of
	}
	f.Place = e.place
	if e.last > 0 {
		if f.Of == 0 {
			return false
		}
		f.Place = f.Of - e.last + 1
	}
	limit := f.Of
	if limit == 0 {
		limit = 64
	}
	if f.Place < 1 || f.Place > limit {
		if c.derived {
			return false
		}
		r.warn("place-over-denominator", from, to, "Hạng %d lớn hơn số đơn vị được xếp hạng là %d.", "Place %d is over the %d units that were ranked.", f.Place, limit)
		return false
	}
	return true
}

// noScope warns of a place that was counted among units that nobody names.
func (r *reading) noScope(from, to int) bool {
	r.warn("no-scope", from, to, "Không rõ thứ hạng này được tính trong số đơn vị nào.", "It is not said among which units this place was counted.")
	return false
}

// score fills in the score and its maximum.
func (r *reading) score(f *reform.Fact, c *claim, from, to int) bool {
	e := c.e
	f.Score = reform.NumOf(e.value)
	hundred := decimal.NewFromInt(100)
	var max reform.Number
	if f.Component != "" {
		if comp, err := r.cat.Component(c.idx, f.Basis, f.Component); err == nil {
			max = comp.Max
		}
	} else if b, err := r.cat.Basis(c.idx, f.Basis); err == nil {
		max = b.Max
	}
	if e.hasMax {
		if max.Valid && !max.Decimal.Equal(e.max) {
			c.doubt = append(c.doubt, noteMaximum)
		}
		max = reform.NumOf(e.max)
	}
	if f.Component != "" && !e.hasMax && c.idx == "par" && (e.percent || e.value.GreaterThan(decimal.NewFromInt(20)) && !strings.HasPrefix(f.Component, "src:")) {
		// Reports print parts as a share of their maximum too.
		c.doubt = append(c.doubt, notePercent)
		max = reform.NumOf(hundred)
	}
	if e.percent && !e.points && f.Component == "" && (c.idx == "pci" || c.idx == "papi" || c.idx == "pgi") {
		c.doubt = append(c.doubt, notePercent) // these are told in points
	}
	if f.Component != "" && len(f.Component) == 1 && e.hasMax && c.idx == "par" && e.max.GreaterThan(decimal.NewFromInt(20)) {
		c.doubt = append(c.doubt, noteMaximum)
	}
	if max.Valid && e.value.GreaterThan(max.Decimal) {
		if !c.derived {
			r.warn("over-maximum", from, to, "Điểm %s lớn hơn điểm tối đa %s.", "The score %s is over its maximum %s.", f.Score, max)
		}
		return false
	}
	if e.value.IsNegative() {
		return false
	}
	f.Max = max
	if f.Component == "" {
		if u, ok := usual[c.idx]; ok && (e.value.LessThan(decimal.NewFromInt(u[0])) || e.value.GreaterThan(decimal.NewFromInt(u[1]))) {
			if e.percent || e.value.LessThan(decimal.NewFromInt(u[0]/2)) {
				if c.derived {
					return false
				}
				r.warn("unusual-score", from, to, "Số %s nằm ngoài khoảng thường gặp của chỉ số.", "%s lies outside the usual range of the index.", f.Score)
				return false
			}
			c.doubt = append(c.doubt, noteRange)
		}
	}
	if c.derived {
		f.RankKind = reform.Derived
	}
	return true
}

// keep makes the candidate, with its words and where they stand.
func (r *reading) keep(f reform.Fact, c claim) {
	qFrom, qTo := r.quote(c.e.a, c.e.b)
	if f.RankKind == reform.Derived && f.Place > 0 {
		c.doubt = without(c.doubt, noteDerived)
	}
	if len(c.doubt) > 0 {
		f.Status, f.Note = reform.Review, strings.Join(unique(c.doubt), "; ")
	}
	start := r.runes.at(r.doc.Text, qFrom)
	end := start + runeLen(r.doc.Text[qFrom:qTo])
	f.Quote = r.doc.Text[qFrom:qTo]
	f.Locator = r.doc.locate(start, end)
	if f.Locator == "" {
		f.Locator = "chars " + itoa(start) + "-" + itoa(end)
	}
	r.out = append(r.out, Candidate{Fact: f, Note: f.Note, Start: start, End: end})
}

// quote is the clause around the tokens [a, b): back to a semicolon or the
// sentence's beginning, not longer than a person wants to read.
func (r *reading) quote(a, b int) (from, to int) {
	toks := r.sentence.toks
	first := a
	for first > 0 && toks[first-1].text != ";" && toks[a].start-toks[first-1].start < 260 {
		first--
	}
	last := b - 1
	for last+1 < len(toks) && toks[last+1].text != ";" && toks[last+1].text != "," && toks[last+1].text != "." && toks[last+1].end-toks[b-1].end < 90 {
		last++
	}
	return toks[first].start, toks[last].end
}

func unique(list []string) []string {
	out := list[:0:0]
	for _, s := range list {
		if len(without(out, s)) == len(out) {
			out = append(out, s)
		}
	}
	return out
}

func without(list []string, s string) []string {
	out := list[:0:0]
	for _, x := range list {
		if x != s {
			out = append(out, x)
		}
	}
	return out
}

func (r *reading) warn(code string, from, to int, vi, en string, args ...any) {
	if len(r.problems) >= maxWarnings {
		r.dropped++
		return
	}
	start := r.runes.at(r.doc.Text, from)
	end := start + runeLen(r.doc.Text[from:to])
	loc := r.doc.locate(start, end)
	if loc == "" {
		loc = "chars " + itoa(start) + "-" + itoa(end)
	}
	r.problems = append(r.problems, parse.Warning(code, "score", loc, r.doc.Text[from:to], vi, en, args...))
}

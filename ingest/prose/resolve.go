package prose

import (
	"github.com/shopspring/decimal"

	"chiso/reform"
)

// yearNow is the year that a value at token i is of, and how surely.
func (r *reading) yearNow(f *frame, i int) (year int, sure bool) {
	if f.yearHere {
		return f.year, true
	}
	ref, aside := f.ref, 0
	inBracket := 0
	for _, e := range r.sentence.ents {
		if e.kind == entBreak && e.a > i {
			break
		}
		switch e.kind {
		case entOpen:
			inBracket++
		case entClose:
			inBracket--
		}
		if e.a < i {
			inBracket = 0 // only brackets that open behind the value are asides
			continue
		}
		if e.kind == entYear && e.ref && e.year != 0 && inBracket > 0 && aside == 0 && e.a-i < 20 {
			aside = e.year
		}
		if e.kind == entYear && inBracket <= 0 {
			if e.ref && e.year != 0 && ref == 0 {
				ref = e.year
			}
			if !e.ref && e.a-i < 40 && e.year <= r.latestYear() {
				return e.year, e.a-i < 25
			}
		}
	}
	if ref == 0 && aside != 0 && f.year != 0 && f.year <= aside {
		ref = aside // "64 điểm (giảm 0,9 điểm so với năm 2021)": not of a year before that
	}
	if r.sentence.title && r.titleYear == 0 && r.bodyYear != 0 && ref == 0 {
		return r.bodyYear, r.date.year == r.bodyYear+1
	}
	if r.sentence.title && r.titleYear != 0 {
		return r.titleYear, true
	}
	if ref != 0 {
		if c := f.year; c > ref && c <= ref+1 {
			return c, true
		}
		if r.titleYear > ref && r.titleYear <= ref+1 {
			return r.titleYear, true
		}
		if r.titleYear > ref+1 {
			return r.titleYear, false // compared over several years, or the title's is the year of a plan
		}
		return ref + 1, true
	}
	if aside != 0 && r.titleYear > aside+1 && (f.year == 0 || f.year == r.titleYear) {
		return r.titleYear, false
	}
	if f.year != 0 {
		return f.year, !f.strayed && (r.titleYear == 0 || r.titleYear == f.year || r.plan)
	}
	if r.titleYear != 0 {
		return r.titleYear, !r.plan
	}
	if r.bodyYear != 0 {
		return r.bodyYear, r.date.year == r.bodyYear+1
	}
	return 0, false
}

// unitFor is whom a value is about, and what makes that doubtful.
func (r *reading) unitFor(f *frame, e entity) (subject, []string) {
	if f.inner != nil {
		return *f.inner, nil
	}
	if u, ok := r.unitBehind(f, e); ok {
		return u, nil
	}
	if len(f.units) > 1 && f.unitHere {
		if f.list {
			u := f.units[min(f.zip, len(f.units)-1)]
			f.zip++
			return u, nil
		}
		return f.units[len(f.units)-1], []string{noteManyUnits}
	}
	if f.unitHere && len(f.units) == 1 {
		return f.units[0], nil
	}
	if r.leads && r.subject != "" && !r.sentence.title {
		return subject{kind: entProvince, name: r.subject}, []string{noteTitleUnit}
	}
	carried := subject{}
	if len(f.units) == 1 {
		carried = f.units[0]
	}
	switch {
	case carried.name == "" && r.subject == "":
		return subject{}, nil
	case carried.name == "":
		return subject{kind: entProvince, name: r.subject}, nil
	case r.subject == "" || r.subject == carried.name:
		return carried, nil
	}
	return subject{kind: entProvince, name: r.subject}, []string{noteTwoUnits}
}

// unitBehind is the unit of a score that goes before it: "Với 39,67 điểm, Gia Lai xếp thứ 58",
// "cao nhất là 72,95 (Quảng Ninh)".
func (r *reading) unitBehind(f *frame, e entity) (subject, bool) {
	if e.kind != entScore {
		return subject{}, false
	}
	ents := r.sentence.ents
	for k := range ents {
		if ents[k].a != e.a {
			continue
		}
		if k+3 < len(ents) && ents[k+1].kind == entOpen && ents[k+1].a == e.b && ents[k+2].kind == entProvince && ents[k+3].kind == entClose && r.joined(ents[k+1].b, ents[k+2].a) && ents[k+3].a == ents[k+2].b {
			return subject{kind: entProvince, name: ents[k+2].name}, true // "cao nhất là 72,95 (Quảng Ninh)"
		}
		if f.named {
			break
		}
		if k+2 < len(ents) && ents[k+1].kind == entComma && ents[k+2].kind == entProvince && ents[k+2].a-ents[k+1].b <= 3 && ents[k+1].a == e.b {
			return subject{kind: entProvince, name: ents[k+2].name}, true
		}
		break
	}
	return subject{}, false
}

// indexFor is which indices a value is of. said says that this sentence names them.
func (r *reading) indexFor(f *frame, k int, look ahead) (idx []string, said bool, doubt []string) {
	s := &r.sentence
	switch {
	case len(look.idx) > 0:
		return look.idx, true, nil
	case f.other != "":
		return nil, false, nil
	case f.idxHere:
		if len(f.before) == 2 && len(f.idx) == 1 && s.ents[k].kind == entPlace && (r.tag.prevIs(s.ents[k].a, 2, wordSet("đều")) || r.tag.low(s.ents[k].a-2) == "cùng" && r.tag.low(s.ents[k].a-3) != "cuối") {
			return f.before, true, nil // "SIPAS đạt 76,05% và PAPI đạt 39,9 điểm, đều đứng thứ 56"
		}
		if len(f.idx) > 1 && !f.all {
			if f.list || r.tag.prevIs(s.ents[k].a, 12, wordSet("lượt")) {
				n := 0
				for j := k - 1; j >= 0 && s.ents[j].kind != entIndex; j-- {
					if s.ents[j].kind == s.ents[k].kind {
						n++
					}
				}
				if n < len(f.idx) {
					return f.idx[n : n+1], true, nil
				}
			}
			if s.ents[k].superlative {
				return f.idx, true, nil
			}
			return f.idx[len(f.idx)-1:], true, []string{noteManyIndices}
		}
		return f.idx, true, nil
	}
	// "đứng thứ 9/63 và dẫn đầu khu vực về chỉ số PAPI": the index is said with the second.
	for j := k + 1; j < len(s.ents) && s.ents[j].a-s.ents[k].b < 30; j++ {
		if s.ents[j].kind == entIndex && !s.ents[j].head && (r.tag.low(s.ents[j].a-1) == "về" || r.tag.low(s.ents[j].a-1) == "của") {
			return []string{s.ents[j].code}, true, nil
		}
		if c := s.ents[j].kind; c != entPlace && c != entRegion && c != entNation && c != entScore {
			break
		}
	}
	// An evaluation by a ministry that names no index is a ranking of its own.
	for i := 0; i < s.ents[k].a; i++ {
		if r.tag.is(i, "bộ", "tư", "pháp") && s.toks[i].cap && r.assessed(i+3, s.ents[k].a) {
			return []string{"moj"}, true, nil
		}
	}
	if len(f.idx) == 1 && len(f.prior) > 1 && len(r.titleIdx) == 1 {
		// The sentence before named several: what follows is about the title's again, as it seems.
		return r.titleIdx, false, []string{noteManyIndices}
	}
	if len(f.idx) == 1 {
		return f.idx, false, nil
	}
	if len(f.idx) == 0 && len(r.titleIdx) == 1 {
		return r.titleIdx, false, nil
	}
	if len(f.idx) == 0 && len(r.titleIdx) > 1 || len(f.idx) > 1 {
		return firstOf(f.idx, r.titleIdx), false, []string{noteManyIndices}
	}
	return nil, false, nil
}

// ofSatisfaction reports whether SIPAS is what the words are about.
func ofSatisfaction(f *frame, title []string) bool {
	if len(f.idx) > 0 {
		return f.idx[len(f.idx)-1] == "sipas"
	}
	return len(title) == 1 && title[0] == "sipas"
}

func firstOf(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l[:1]
		}
	}
	return nil
}

// assessed reports whether a word of assessing stands between two tokens.
func (r *reading) assessed(a, b int) bool {
	for i := a; i < b && i < a+25; i++ {
		switch {
		case r.tag.is(i, "đánh", "giá"), r.tag.is(i, "xếp", "loại"), r.tag.is(i, "xếp", "hạng"), r.tag.is(i, "chấm", "điểm"), r.tag.is(i, "công", "nhận"):
			return true
		}
	}
	return false
}

// loose counts the words between the last understood thing and token a that
// belong to no phrase of ranking: many of them mean that the value is of something else.
func (r *reading) loose(k int) (n int, rate bool) {
	ents := r.sentence.ents
	from := 0
	for j := k - 1; j >= 0; j-- {
		if ents[j].kind == entComma || ents[j].kind == entOpen || ents[j].kind == entClose {
			continue
		}
		from = ents[j].b
		break
	}
	for i := from; i < ents[k].a; i++ {
		t := r.sentence.toks[i]
		if t.kind != word {
			continue
		}
		if (t.low == "tỷ" || t.low == "tỉ") && (r.tag.low(i+1) == "lệ" || r.tag.low(i+1) == "trọng") {
			rate = true
		}
		if !connectors[t.low] {
			n++
		}
	}
	return n, rate
}

var connectors = wordSet(`đạt là với được điểm số tổng kết quả giá trị và của tỉnh thành phố tp tăng giảm lên xuống xếp hạng đứng thứ vị trí
 cả nước toàn quốc trong trên so cùng kỳ vẫn tiếp tục nhưng còn đã vươn nằm nhóm giữ ở chỉ mức chung về năm tuy nhiên theo đó cụ thể riêng
 có này công bố bảng địa phương tương ứng ứng cao thấp khá tốt trung bình hơn nhất đơn vị lần đầu tiên liên qua bậc tiến bộ ngoạn mục vượt
 cũng đều mới nâng vượt bậc đáng kể mạnh nhẹ lại bị do bộ nội vụ đánh khi từ đến tới ngoài ra bên cạnh nay hiện thì mà a b c d cải thiện rõ rệt`)

// yearBefore is the year of the first of "từ A lên B".
func (r *reading) yearBefore(f *frame, k, year int, look ahead) int {
	if look.year != 0 {
		return look.year
	}
	if f.refHere && f.ref != 0 {
		return f.ref
	}
	for _, e := range r.sentence.ents[k+1:] {
		if e.kind == entBreak {
			break
		}
		if e.kind == entYear && e.ref && e.year != 0 {
			return e.year
		}
	}
	if year == 0 {
		return 0
	}
	return year - 1
}

// ofAPart reports whether a score can't be a total: its maximum is another, or it is far too small.
func (r *reading) ofAPart(index string, e entity) bool {
	if index == "sipas" {
		return false
	}
	if e.hasMax {
		if ix, err := r.cat.Index(index); err == nil {
			for i := range ix.Bases {
				if m := ix.Bases[i].Max; !m.Valid || m.Decimal.Equal(e.max) {
					return false
				}
			}
			return true
		}
	}
	u, ok := usual[index]
	return ok && !e.before && e.points && e.value.LessThan(decimal.NewFromInt(u[0]/2))
}

// people reports whether "người dân, tổ chức hài lòng" follows: the nation's or a province's own share.
func (r *reading) people(i int) bool {
	for j := i; j < i+12 && j < len(r.sentence.toks); j++ {
		if r.tag.is(j, "hài", "lòng") {
			return true
		}
	}
	return false
}

// pointsBefore reports whether the score before entity k is SIPAS in points of PAR INDEX.
func (s *sentence) pointsBefore(k int) bool {
	for j := k - 1; j >= 0 && j >= k-4; j-- {
		if s.ents[j].kind == entScore {
			return s.ents[j].hasMax && s.ents[j].max.LessThanOrEqual(decimal.NewFromInt(15))
		}
	}
	return false
}

// repeats reports whether a percentage at entity k only says again what stands
// before it: "40,62/80 điểm, đạt tỷ lệ 50,77%", "8,23/10 điểm (đạt 82,3%)".
func (s *sentence) repeats(k int) bool {
	e := s.ents[k]
	if !e.percent {
		return false
	}
	for j := k - 1; j >= 0 && j >= k-4; j-- {
		p := s.ents[j]
		if p.kind != entScore {
			continue
		}
		if p.hasMax && p.max.IsPositive() {
			share := p.value.Mul(decimal.NewFromInt(100)).DivRound(p.max, 4)
			if k > 0 && s.ents[k-1].kind == entOpen && j == k-2 && share.Sub(e.value).Abs().LessThan(decimal.NewFromInt(2)) {
				return true // in a bracket right behind, and coarsely rounded
			}
			return p.max.IsPositive() && share.Sub(e.value).Abs().LessThan(decimal.RequireFromString("0.6"))
		}
		return false
	}
	return false
}

// meanOf is whose mean a score is: the nation's, a region's, or, where the text calls
// a province's own score so, the province's.
func (r *reading) meanOf(f *frame, k int, u subject) (subject, bool) {
	s := &r.sentence
	if f.nation {
		return subject{kind: entNation}, false
	}
	if u.kind == entRegion {
		return u, false
	}
	if f.inner != nil || r.tag.is(0, "trung", "bình", "qua") {
		return u, true
	}
	for i := max(0, s.ents[k].a-18); i < s.ents[k].a; i++ {
		switch {
		case r.tag.is(i, "qua") && i+1 < len(s.toks) && s.toks[i+1].kind == number, r.tag.is(i, "cấp", "huyện"), r.tag.is(i, "3", "cấp"), r.tag.is(i, "cả", "3", "cấp"), r.tag.is(i, "bộ", ","), r.tag.is(i, "giai", "đoạn"):
			return u, true
		}
	}
	if f.named {
		return u, false
	}
	for i := range s.toks {
		if i > s.ents[k].b {
			break
		}
		if r.tag.is(i, "cả", "nước") || r.tag.is(i, "toàn", "quốc") || r.tag.is(i, "các", "tỉnh") || r.tag.is(i, "63", "tỉnh") || r.tag.is(i, "34", "tỉnh") || r.tag.is(i, "các", "địa", "phương") {
			return subject{kind: entNation}, false
		}
	}
	if f.unitHere {
		return u, true
	}
	for i := range s.toks[:s.ents[k].a] {
		if w := r.tag.low(i); w == "vùng" || w == "khu" && r.tag.low(i+1) == "vực" {
			return u, true // the mean of some region
		}
	}
	return subject{kind: entNation}, false
}

// regionSize is the number of provinces of a region, the larger where two schemes differ.
func (r *reading) regionSize(name string) int {
	n := 0
	for _, s := range []reform.Scheme{reform.VN63, reform.VN34} {
		if key, ok := r.cat.FindUnit(name, s, reform.Region); ok {
			n = max(n, len(r.cat.Members(key)))
		}
	}
	return n
}

// indexOfPart is the index that has the part: the one named last, else one named before.
func (r *reading) indexOfPart(f *frame, idx []string, comp string, year int) []string {
	if year == 0 {
		return idx
	}
	has := func(ix string) bool {
		basis, _ := r.cat.BasisFor(ix, reform.YearPeriod(year))
		code, ok := r.cat.FindComponent(ix, basis, comp)
		return ok && code != ""
	}
	if has(idx[0]) {
		return idx
	}
	for _, list := range [][]string{f.before, r.carried.idx, r.titleIdx} {
		for _, ix := range list {
			if has(ix) {
				return []string{ix}
			}
		}
	}
	return idx
}

// behindScore are words that go on after a score; another word behind a percentage is what it is a share of.
var behindScore = wordSet(`và xếp tăng cao thấp so đứng năm thuộc nằm trong nhưng giảm lên vươn điểm của cả đạt còn với là tương đối thì theo đã
 vượt hơn ở do tụt song tiếp dẫn giữ cho thứ nên để chỉ như tuy mà vào khi không trên kém cùng được đều từ nhờ`)

func (r *reading) nounBehind(i int) bool {
	return i < len(r.sentence.toks) && r.sentence.toks[i].kind == word && !behindScore[r.tag.low(i)]
}

// scoreNear reports whether a score stands right behind value k or the unit after it.
func (r *reading) scoreNear(k int) bool {
	ents := r.sentence.ents
	for j := k + 1; j < len(ents) && j < k+6; j++ {
		if ents[j].a-ents[k].b > 14 || ents[j].kind == entBreak {
			return false
		}
		if ents[j].kind == entScore {
			return true
		}
	}
	return false
}

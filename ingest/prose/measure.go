package prose

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// ahead is what the words after a value say about it.
type ahead struct {
	idx     []string
	comp    string
	units   []subject
	year    int
	foreign bool // of something else: "thứ 3 về thu hút đầu tư"
	end     int  // token after what was understood
}

var (
	toIndex = wordSet("về ở cả trong của theo đối với bảng xếp hạng chung kết quả điểm các cho vào trên tại lĩnh vực công tác thực hiện mặt")
	toUnit  = wordSet("là vẫn cũng tiếp tục thuộc về gồm lần lượt đơn vị địa phương tên nay vùng khu vực : . tỉnh thành phố tp ở cho các và đã cho")
)

// lookAhead reads what follows value k: the year, the index ("về Chỉ số PAPI"), the unit ("là Hải Phòng").
func (r *reading) lookAhead(f *frame, k int) ahead {
	ents := r.sentence.ents
	e := ents[k]
	out := ahead{end: e.b}
	pos := e.b
	isPlace := e.kind == entPlace
	for j := k + 1; j < len(ents); j++ {
		n := ents[j]
		gap := n.a - pos
		switch n.kind {
		case entYear:
			if n.ref || gap > 2 || gap > 0 && !r.gapIs(pos, n.a, wordSet("trong của ở vào (")) {
				return r.foreignAhead(out, e, pos, j)
			}
			if out.year == 0 {
				out.year = n.year
			}
		case entOpen:
			// "hạng 5/63 (năm 2021)", "90,30% (2021)"
			if gap == 0 && j+2 < len(ents) && ents[j+1].kind == entYear && !ents[j+1].ref && ents[j+2].kind == entClose && out.year == 0 {
				out.year = ents[j+1].year
				pos, j = ents[j+2].b, j+2
				out.end = pos
				continue
			}
			return r.foreignAhead(out, e, pos, j)
		case entList:
			if !isPlace || gap > 3 {
				return r.foreignAhead(out, e, pos, j)
			}
		case entIndex:
			if !r.gapIs(pos, n.a, toIndex) || gap > 5 || n.head && !isPlace {
				return r.foreignAhead(out, e, pos, j)
			}
			if !isPlace && r.tag.low(pos) != "về" && r.tag.low(pos) != "ở" {
				return out
			}
			out.idx = []string{n.code}
			for j+1 < len(ents) {
				m := j + 1
				if ents[m].kind == entComma || ents[m].kind == entYear && ents[m].a == ents[j].b {
					m++
				}
				if m < len(ents) && ents[m].kind == entIndex && r.gapIs(ents[j].b, ents[m].a, indexJoin) && !r.ownsValue(m) {
					out.idx = append(out.idx, ents[m].code)
					j = m
					continue
				}
				break
			}
			n = ents[j]
		case entComponent:
			if n.name == "" {
				// "về lĩnh vực X": a part that is not known.
				if gap <= 2 && r.tag.low(pos) == "về" {
					out.foreign = true
				}
				return out
			}
			if gap > 4 || !r.gapIs(pos, n.a, toIndex) || gap == 0 {
				return r.foreignAhead(out, e, pos, j)
			}
			out.comp = n.name
		case entProvince, entMinistry, entRegion:
			if !isPlace || gap > 6 || !r.gapIs(pos, n.a, toUnit) {
				return r.foreignAhead(out, e, pos, j)
			}
			said := false
			for i := pos; i < n.a; i++ {
				w := r.tag.low(i)
				said = said || w == "là" || w == ":" || w == "gồm" || w == "thuộc"
			}
			if !said && (f.clauseUnit || pos != e.b && len(out.idx) == 0) && !(n.kind == entMinistry) {
				return r.foreignAhead(out, e, pos, j)
			}
			out.units, out.end = r.chain(j)
			return out
		case entNation:
			// "thứ 3 cả nước" was read with the place.
		default:
			return r.foreignAhead(out, e, pos, j)
		}
		pos = n.b
		out.end = pos
	}
	return r.foreignAhead(out, e, pos, len(ents))
}

// ownsValue reports whether index m is followed by a value of its own.
func (r *reading) ownsValue(m int) bool {
	ents := r.sentence.ents
	for j := m + 1; j < len(ents) && j < m+4; j++ {
		switch ents[j].kind {
		case entPlace, entScore:
			return ents[j].a-ents[m].b < 12
		case entComma, entBreak, entClose, entIndex:
			return false
		}
	}
	return false
}

// foreignAhead sees whether the words after a value say that it is of something
// else: "thứ 3 về thu hút đầu tư".
func (r *reading) foreignAhead(out ahead, e entity, pos, j int) ahead {
	if e.kind != entPlace || len(out.idx) > 0 || out.comp != "" {
		return out
	}
	if r.tag.low(pos) == "về" || r.tag.is(pos, "trong", "việc") {
		switch r.tag.low(pos + 1) {
		case "điểm", "thứ", "tổng", "mặt", "kết", "chỉ", "xếp", "bảng", "":
		default:
			out.foreign = true
		}
	}
	return out
}

// chain lists the units of an enumeration from entity j on; one that has a place
// of its own ends it.
func (r *reading) chain(j int) (units []subject, end int) {
	ents := r.sentence.ents
	for {
		n := ents[j]
		u := subject{kind: n.kind, name: n.name, code: n.code}
		own := false
		// A bracket behind the unit belongs to it.
		m := j + 1
		if m < len(ents) && ents[m].kind == entOpen && ents[m].a == n.b {
			for m < len(ents) && ents[m].kind != entClose {
				own = own || ents[m].kind == entPlace
				m++
			}
			m++
		}
		stop := n.b
		if m-1 > j && m-1 < len(ents) {
			stop = ents[m-1].b
		}
		if len(units) > 0 && m < len(ents) && (ents[m].kind == entPlace || ents[m].kind == entScore) && ents[m].a-stop < 6 {
			return units, end
		}
		units, end = append(units, u), stop
		for m < len(ents) && ents[m].kind == entComma {
			m++
		}
		if own || m >= len(ents) || ents[m].kind != n.kind || !r.gapIs(stop, ents[m].a, unitJoin) || len(units) >= 70 {
			return units, end
		}
		if r.tag.low(stop) == "cùng" {
			return units, end
		}
		j = m
	}
}

// orderList reads "Sau đó là Hải Phòng, Đồng Nai": the places that follow the last one.
func (r *reading) orderList(f *frame, k int) {
	s := &r.sentence
	if r.tag.is(s.ents[k].a, "lần", "lượt") || s.lastPlace == 0 || k+1 >= len(s.ents) {
		return
	}
	n := s.ents[k+1]
	if n.kind != entProvince && n.kind != entMinistry && n.kind != entRegion || n.a-s.ents[k].b > 7 {
		return
	}
	said := false
	for i := s.ents[k].b; i < n.a; i++ {
		w := r.tag.low(i)
		said = said || w == "là" || w == ":" || w == "gồm"
		if w != "là" && w != ":" && w != "gồm" && w != "các" && w != "tỉnh" && w != "thành" && w != "phố" && w != "tp" && w != "." && w != "," && w != "địa" && w != "phương" && w != "lần" && w != "lượt" && w != "vùng" && w != "khu" && w != "vực" {
			return
		}
	}
	units, end := r.chain(k + 1)
	if !said && len(units) < 1 {
		return
	}
	for i, u := range units {
		e := s.lastScope
		e.place, e.superlative, e.counted, e.last, e.a, e.b = s.lastPlace+1, false, true, 0, n.a, end
		if i == 0 && len(units) == 1 {
			e.b = s.ents[k+1].b
		}
		s.lastPlace++
		r.placeOf(f, k, e, u, ahead{}, nil)
	}
}

// yearNow is the year that a value at token i is of, and how surely.
func (r *reading) yearNow(f *frame, i int) (year int, sure bool) {
	if f.yearHere {
		return f.year, true
	}
	ref := f.ref
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
		if e.kind == entYear && inBracket <= 0 {
			if e.ref && e.year != 0 && ref == 0 {
				ref = e.year
			}
			if !e.ref && e.a-i < 40 && e.year <= r.latestYear() {
				return e.year, e.a-i < 25
			}
		}
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
		return ref + 1, true
	}
	if f.year != 0 {
		return f.year, r.titleYear == 0 || r.titleYear == f.year
	}
	if r.titleYear != 0 {
		return r.titleYear, true
	}
	if r.bodyYear != 0 {
		return r.bodyYear, r.date.year == r.bodyYear+1
	}
	return 0, false
}

// value reads a place or a score: of which index, unit, year and part.
func (r *reading) value(f *frame, k int) {
	s := &r.sentence
	e := s.ents[k]
	look := r.lookAhead(f, k)
	if e.kind == entPlace {
		units := f.units
		if len(look.units) > 0 {
			units = look.units
			for i, u := range units {
				p := e
				if i > 0 {
					if e.listed {
						break
					}
					p.place, p.counted, p.superlative = e.place+i, true, false
				}
				r.placeOf(f, k, p, u, look, nil)
			}
			if e.listed {
				r.zipAhead(f, k, look)
			}
			if !e.counted {
				f.units, f.unitHere, f.named, f.inner = units[:1], true, true, nil
			}
			return
		}
		if e.listed && k > 0 && s.ents[k-1].kind == entPlace && s.ents[k-1].listed && !f.list {
			return // read with the first of the phrase
		}
		u, doubt := r.unitFor(f, e)
		r.placeOf(f, k, e, u, look, doubt)
		return
	}
	r.scoreOf(f, k, e, look)
}

// zipAhead gives "thứ 5 và thứ 6 lần lượt là A và B" each its own.
func (r *reading) zipAhead(f *frame, k int, look ahead) {
	s := &r.sentence
	for i := 1; i < len(look.units) && k+i < len(s.ents) && s.ents[k+i].kind == entPlace && s.ents[k+i].listed; i++ {
		r.placeOf(f, k, s.ents[k+i], look.units[i], look, nil)
	}
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

// unitBehind is the unit of a score that goes before it: "Với 39,67 điểm, Gia Lai xếp thứ 58".
func (r *reading) unitBehind(f *frame, e entity) (subject, bool) {
	if e.kind != entScore || f.named {
		return subject{}, false
	}
	ents := r.sentence.ents
	for k := range ents {
		if ents[k].a != e.a {
			continue
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

func (r *reading) note(k int, code, vi, en string, args ...any) {
	e := r.sentence.ents[k]
	r.warn(code, r.sentence.toks[e.a].start, r.sentence.toks[e.b-1].end, vi, en, args...)
}

// placeOf reads one place of one subject.
func (r *reading) placeOf(f *frame, k int, e entity, u subject, look ahead, doubt []string) {
	s := &r.sentence
	idx, said, d := r.indexFor(f, k, look)
	doubt = slices.Concat(doubt, d)
	if e.scope == scopeUnsaid && f.region != "" && (e.of == 0 || e.of < 20) {
		e.scope, e.region = scopeRegion, f.region
	}
	national := e.scope == scopeNation || e.scope == scopeRegion || e.of >= 30
	inner := e.scope == scopeInner || u.kind == entInner && !national
	if len(idx) == 0 && !inner {
		if f.other != "" {
			r.note(k, "unknown-index", "Thứ hạng thuộc %q, chỉ số không có trong danh mục.", "This place is of %q, an index that the catalogue does not have.", f.other)
		} else if national && !e.superlative {
			r.note(k, "no-index", "Không rõ thứ hạng này thuộc chỉ số nào.", "It is not said which index this place is of.")
		}
		return
	}
	loose, _ := r.loose(k)
	if !said && !inner {
		// Only a sentence that says little else speaks of an index named before.
		switch {
		case e.superlative || e.counted && e.place != s.lastPlace:
			if loose > 2 {
				return
			}
			if e.scope == scopeUnsaid && !r.scoreNear(k) {
				doubt = append(doubt, noteCarried)
			}
		case loose > 6:
			doubt = append(doubt, noteCarried)
		}
	}
	if look.foreign {
		doubt = append(doubt, noteForeign)
		if e.superlative || !said {
			return
		}
	}
	if !e.superlative && said && len(look.idx) == 0 && loose > 5 && look.comp == "" {
		doubt = append(doubt, noteFar)
	}
	if e.superlative && said && loose > 10 {
		doubt = append(doubt, noteFar)
	}
	if u.kind == entInner && national {
		// 63 departments are not ranked: the province is meant.
		u = subject{kind: entProvince, name: r.subject}
		inner = false
	}
	if inner {
		r.innerPlace(f, k, e, u, look, idx)
		return
	}
	if u.name == "" && u.code == "" {
		if !e.superlative {
			r.note(k, "no-unit", "Không rõ thứ hạng này của đơn vị nào.", "It is not said whose place this is.")
		}
		return
	}
	year, sure := r.yearNow(f, e.a)
	if look.year != 0 && !(f.yearHere && look.year > r.latestYear()) {
		year, sure = look.year, true
	}
	if e.before {
		year = r.yearBefore(f, k, year, look)
	}
	if !e.before && !e.counted && e.place > 0 || e.superlative {
		s.lastPlace, s.lastScope = e.place, e
	}
	comp, unknown := f.comp, f.unknown
	if look.comp != "" {
		comp, unknown = look.comp, false
	}
	if unknown {
		doubt = append(doubt, notePart)
	}
	if comp != "" && len(idx) > 0 {
		idx = r.indexOfPart(f, idx[:1], comp, year)
	}
	for _, ix := range idx {
		c := claim{idx: ix, unit: u, year: year, sure: sure, period: f.period, comp: comp, e: e, k: k, doubt: doubt}
		if look.year != 0 {
			c.period = ""
		}
		r.claim(c)
		if !e.before && e.place > 0 {
			s.recent = append(s.recent, measured{at: k, idx: ix, unit: u, year: year, comp: comp, place: e.place, of: e.of, scope: e.scope, region: e.region})
		}
	}
	r.derive(f)
}

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

// scoreOf reads one score.
func (r *reading) scoreOf(f *frame, k int, e entity, look ahead) {
	s := &r.sentence
	idx, said, doubt := r.indexFor(f, k, look)
	comp := f.comp
	if look.comp != "" {
		comp = look.comp
	}
	loose, rate := r.loose(k)
	if !f.idxHere && e.percent && r.people(e.b) {
		for j := k + 1; j < len(s.ents) && s.ents[j].a-e.b < 16; j++ {
			if s.ents[j].kind == entIndex && s.ents[j].code == "sipas" {
				idx, said, doubt = []string{"sipas"}, true, nil
			}
		}
	}
	if len(idx) == 0 {
		return
	}
	if comp == "" && r.ofAPart(idx[0], e) {
		f.unknown = true
	}
	if s.repeats(k) && idx[0] == "sipas" && comp == "" && s.ents[k].percent && s.pointsBefore(k) {
		rate = false // "9,12/10 điểm, tỷ lệ 91,17%": the share is the index itself
	} else if rate && idx[0] != "sipas" || s.repeats(k) {
		return // the share of a value just printed, or of something else
	}
	if !said && (loose > 3 || e.percent && loose > 1 && !(f.mean && f.nation)) {
		return
	}
	if !said && comp == "" && e.bare {
		return
	}
	if said && loose > 8 {
		doubt = append(doubt, noteFar)
	}
	u, d := r.unitFor(f, e)
	doubt = slices.Concat(doubt, d)
	if f.mean {
		var skip bool
		if u, skip = r.meanOf(f, k, u); skip {
			return
		}
	} else if f.nation && e.kind == entScore && !f.unitHere && idx[0] == "sipas" {
		u = subject{kind: entNation}
	}
	if u.kind == entInner {
		r.note(k, "inner-score", "Điểm của sở, ngành hoặc cấp dưới tỉnh: không phải điểm của tỉnh.", "A score of a department or district: not the province's.")
		return
	}
	if u.name == "" && u.code == "" && u.kind != entNation {
		if idx[0] == "sipas" && said && e.percent && r.people(e.b) {
			u = subject{kind: entNation}
		} else {
			r.note(k, "no-unit", "Không rõ điểm này của đơn vị nào.", "It is not said whose score this is.")
			return
		}
	}
	if u.kind == entProvince && !f.unitHere && idx[0] == "sipas" && e.percent && r.people(e.b) && r.subject == "" {
		u = subject{kind: entNation}
	}
	year, sure := r.yearNow(f, e.a)
	if look.year != 0 {
		year, sure = look.year, true
	}
	if e.before {
		year = r.yearBefore(f, k, year, look)
	}
	if f.unknown && look.comp == "" {
		if e.hasMax || idx[0] == "par" && e.percent {
			r.note(k, "unknown-part", "Điểm này có thể là của một thành phần không rõ.", "This score may be of a part that is not named.")
			return
		}
		doubt = append(doubt, notePart)
	}
	if f.other != "" {
		return
	}
	if comp != "" {
		idx = r.indexOfPart(f, idx[:1], comp, year)
	}
	for _, ix := range idx {
		c := claim{idx: ix, unit: u, year: year, sure: sure, period: f.period, comp: comp, e: e, k: k, doubt: doubt}
		if look.year != 0 {
			c.period = ""
		}
		r.claim(c)
		if !e.before {
			s.recent = append(s.recent, measured{at: k, idx: ix, unit: u, year: year, comp: comp, score: e.value, isScore: true})
		}
	}
	r.derive(f)
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
	return subject{kind: entNation}, false
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

// derive finds the earlier place or score that a change implies: "xếp thứ 15, tăng
// 1 bậc so với năm 2022". It is called whenever a value, a change or a reference was read.
func (r *reading) derive(f *frame) {
	s := &r.sentence
	for mi := range s.moves {
		m := &s.moves[mi]
		if m.kind == 0 || !m.up && !m.down {
			continue
		}
		for i := len(s.recent) - 1; i >= 0; i-- {
			v := s.recent[i]
			if v.isScore == m.rank || v.year == 0 || v.unit.kind != entProvince || v.scope == scopeRegion {
				continue
			}
			if m.rank && s.ents[v.at].a < m.a && v.idx != s.recent[len(s.recent)-1].idx {
				break
			}
			year := v.year - 1
			if f.refHere && f.ref != 0 {
				if f.ref >= v.year {
					break
				}
				year = f.ref
			} else if r.refAhead(m.b) {
				break // the year that it is compared with is still to come
			}
			e := entity{kind: entPlace, counted: true, of: 0, a: min(s.ents[v.at].a, m.a), b: max(s.ents[v.at].b, m.b), scope: v.scope}
			doubt := []string{noteDerived}
			if m.rank {
				e.place = v.place + m.place
				if m.down {
					e.place = v.place - m.place
				}
				if e.place < 1 || e.place > 64 {
					break
				}
			} else {
				e.kind, e.value = entScore, v.score.Sub(m.value)
				if m.down {
					e.value = v.score.Add(m.value)
				}
			}
			r.claim(claim{idx: v.idx, unit: v.unit, year: year, sure: true, comp: v.comp, e: e, k: v.at, derived: true, doubt: doubt})
			m.kind = 0
			break
		}
	}
}

func (r *reading) refAhead(i int) bool {
	for j := i; j < len(r.sentence.toks) && j < i+14; j++ {
		if r.tag.low(j) == ";" {
			return false
		}
		if r.tag.is(j, "so", "với") || r.tag.is(j, "so", "năm") {
			return true
		}
	}
	return false
}

// innerPlace reads a place among departments or districts of one province, which
// is never the province's own.
func (r *reading) innerPlace(f *frame, k int, e entity, u subject, look ahead, idx []string) {
	if u.kind != entInner || u.name == "" || strings.HasPrefix(u.name, "cấp") {
		if !e.superlative {
			r.note(k, "inner-place", "Thứ hạng trong nội bộ tỉnh, không rõ của đơn vị nào.", "A place inside a province, and it is not said whose.")
		}
		return
	}
	code := "dept"
	if slices.Contains(idx, "ddci") {
		code = "ddci"
	} else if len(idx) == 0 && !r.speaksOfReform() || slices.Contains(idx, "dti") {
		return
	}
	year, sure := r.yearNow(f, e.a)
	if look.year != 0 {
		year, sure = look.year, true
	}
	if u.parent == "" {
		u.parent = r.subject
	}
	r.claim(claim{idx: code, unit: u, year: year, sure: sure, e: e, k: k})
}

func (r *reading) speaksOfReform() bool {
	for i := range r.sentence.toks {
		if r.tag.is(i, "cải", "cách", "hành", "chính") || r.tag.is(i, "cchc") || r.tag.is(i, "par", "index") {
			return true
		}
	}
	return false
}

var _ = reform.Final

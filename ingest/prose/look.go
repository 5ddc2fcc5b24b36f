package prose

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
	toPart  = wordSet("về ở cả trong của theo đối với bảng xếp hạng chung kết quả điểm các cho vào trên tại lĩnh vực công tác thực hiện mặt tiêu chí chỉ số thành phần nội dung trục nhóm")
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
			if gap == 0 && j+2 < len(ents) && ents[j+1].kind == entYear && !ents[j+1].ref && ents[j+2].kind == entClose && ents[j+2].a == ents[j+1].b && out.year == 0 {
				out.year = ents[j+1].year
				pos, j = ents[j+2].b, j+2
				out.end = pos
				continue
			}
			return r.foreignAhead(out, e, pos, j)
		case entComma:
			if u, ok := r.placeFirst(f, k, j); ok && gap == 0 {
				out.units, out.end = []subject{u}, ents[j+1].b
				return out
			}
			return r.foreignAhead(out, e, pos, j)
		case entList:
			if !isPlace || gap > 3 {
				return r.foreignAhead(out, e, pos, j)
			}
		case entIndex:
			if (!r.gapIs(pos, n.a, toIndex) || gap > 5) && !(isPlace && r.allTables(pos, n.a)) || n.head && !isPlace {
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
			if gap > 6 || !r.gapIs(pos, n.a, toPart) || gap == 0 {
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

// placeFirst is the unit of a place that a clause begins with: "Ở vị trí thứ 4, Long An
// (66,7 điểm) ...". j is the comma behind place k.
func (r *reading) placeFirst(f *frame, k, j int) (subject, bool) {
	ents := r.sentence.ents
	if ents[k].kind != entPlace || f.unitHere || j+1 >= len(ents) || ents[j+1].kind != entProvince || !r.joined(ents[j].b, ents[j+1].a) {
		return subject{}, false
	}
	for i := ents[k].a - 1; i >= 0 && r.tag.low(i) != ","; i-- {
		if !beforePlaceFirst[r.tag.low(i)] {
			return subject{}, false
		}
	}
	return subject{kind: entProvince, name: ents[j+1].name}, true
}

var beforePlaceFirst = wordSet("ở với đứng xếp tại giữ và còn hiện")

// allTables reports whether the tokens [a, b) say that a place is of all the
// indices that follow: "trên cả 4 bảng xếp hạng chỉ số quan trọng:".
func (r *reading) allTables(a, b int) bool {
	if b-a > 16 {
		return false
	}
	all := false
	for i := a; i < b; i++ {
		w := r.tag.low(i)
		all = all || w == "cả"
		if !toIndex[w] && !tableWords[w] && r.sentence.toks[i].kind != number {
			return false
		}
	}
	return all
}

var tableWords = wordSet("hai ba bốn chỉ số quan trọng : sau đây gồm là bộ")

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

// otherBefore reports whether place k stands in a bracket behind words that name something
// else than an index or a unit: "tính tiên phong của bộ máy (xếp thứ 4/63)".
func (r *reading) otherBefore(k int) bool {
	ents := r.sentence.ents
	if k == 0 || ents[k-1].kind != entOpen {
		return false
	}
	from, open := 0, ents[k-1].a
	if k > 1 {
		from = ents[k-2].b
	}
	n := 0
	for i := from; i < open; i++ {
		if t := r.sentence.toks[i]; t.kind == word && !connectors[t.low] {
			n++
		}
	}
	return n > 1
}

// behindBetter reports whether place k is told to be behind a unit whose own place is
// the greater number: "xếp thứ 2 sau Đắk Lắk (28/63)" is a place in a region.
func (r *reading) behindBetter(k int) bool {
	ents := r.sentence.ents
	e := ents[k]
	if e.of != 0 || r.tag.low(e.b) != "sau" || k+3 >= len(ents) {
		return false
	}
	return ents[k+1].kind == entProvince && ents[k+2].kind == entOpen && ents[k+3].kind == entPlace && ents[k+3].place > e.place
}

// someExtreme reports whether score k is of no province that is named: "tỉnh thấp nhất đạt
// 75,55%", "điểm trung vị là 67,67 điểm".
func (r *reading) someExtreme(k int) bool {
	e := r.sentence.ents[k]
	if _, named := r.unitBehind(&frame{named: true}, e); named {
		return false
	}
	for j := e.a - 1; j > 0 && j >= e.a-8 && r.sentence.toks[j].kind != sign; j-- {
		if r.tag.is(j-1, "trung", "vị") {
			return true // the median is nobody's
		}
	}
	for j := e.a - 1; j > 2 && j >= e.a-4; j-- {
		if r.tag.low(j) != "nhất" || r.tag.low(j-1) != "thấp" && r.tag.low(j-1) != "cao" {
			continue
		}
		switch r.tag.low(j - 2) {
		case "tỉnh", "phương", "vị", "phố":
			return true
		}
	}
	return false
}

// amongFew reports whether the words before place k may count it among some provinces only:
// "Trong số 11 tỉnh của vùng, Nam Định xếp thứ 10".
func (r *reading) amongFew(k int) bool {
	for i := r.sentence.ents[k].a - 1; i > 0 && r.tag.low(i) != ";"; i-- {
		n, ok := r.tag.whole(i)
		if !ok || n > 29 || n < 2 {
			continue
		}
		switch r.tag.low(i + 1) {
		case "tỉnh", "địa", "thành", "đơn":
			if r.tag.low(i-1) == "trong" || r.tag.is(i-2, "trong", "số") {
				return true
			}
		}
	}
	return false
}

// zipAhead gives "thứ 5 và thứ 6 lần lượt là A và B" each its own.
func (r *reading) zipAhead(f *frame, k int, look ahead) {
	s := &r.sentence
	for i := 1; i < len(look.units) && k+i < len(s.ents) && s.ents[k+i].kind == entPlace && s.ents[k+i].listed; i++ {
		r.placeOf(f, k, s.ents[k+i], look.units[i], look, nil)
	}
}

// fromToIn reports whether the bracket that opens at entity k tells a change: "(từ vị trí 55
// lên vị trí 49)" is of two years, not of the one that it is compared with.
func (r *reading) fromToIn(k int) bool {
	for _, e := range r.sentence.ents[k+1:] {
		if e.kind == entClose {
			return false
		}
		if e.before || e.after {
			return true
		}
	}
	return false
}

// lastUnit is the unit named before entity k, or -1.
func (r *reading) lastUnit(k int) int {
	for k--; k >= 0; k-- {
		if c := r.sentence.ents[k].kind; c == entProvince || c == entMinistry {
			return k
		}
	}
	return -1
}

// regionIsSubject reports whether a value of the region itself follows.
func (r *reading) regionIsSubject(k int) bool {
	e := r.sentence.ents[k]
	i := e.b
	if r.tag.low(i) == "," {
		i++
	}
	switch r.tag.low(i) {
	case "đạt", "có", "là":
		return true
	case "với":
		return true
	case "(":
		return k+2 < len(r.sentence.ents) && r.sentence.ents[k+2].kind == entScore
	case "đứng", "xếp", "dẫn", "tiếp":
		return e.a == 0 || r.tag.low(e.a-1) == "vùng" && e.a <= 2
	}
	return r.tag.low(e.a-1) == "là" || r.tag.is(e.a-2, "là", "vùng") || r.tag.is(e.a-3, "là", "khu", "vực")
}

package prose

import "strings"

// notSubjectBefore are words before a province's name that make it something
// else: a paper, a person, the one that is compared with.
var notSubjectBefore = wordSet("báo đài sông đảo vịnh biển cầu chủ-tịch")

var comparedBefore = phrases("chỉ sau", "đứng sau", "xếp sau", "đứng trên", "xếp trên", "đứng dưới", "xếp dưới", "so với", "cùng với", "vượt qua", "vượt", "thay", "sau", "trên", "hơn", "như")

// named tags names of the catalogue.
func (t *tagger) named(i int) int {
	found, end := t.lex.match(t.toks, i)
	if len(found) == 0 {
		return i
	}
	e := found[0]
	switch e.kind {
	case nameProvince:
		if !t.isProvince(i, e) {
			return t.inner(i)
		}
		return t.add(entity{kind: entProvince, name: e.name}, i, end)
	case nameRegion:
		return t.add(entity{kind: entRegion, name: e.name}, i, end)
	case nameMinistry:
		return t.add(entity{kind: entMinistry, code: e.code, name: t.printed(i, end)}, i, end)
	case nameIndex:
		if e.weak && !t.spokenAsIndex(i, end) {
			// A topic; the words of a component may still begin inside.
			if t.seen[e.code] && end-i >= 5 {
				return t.indexEnd(entity{kind: entIndex, code: e.code}, i, end) // its long name, once it was named
			}
			if e.code == "moj" {
				return t.add(entity{kind: entIndex, code: e.code, head: true}, i, end)
			}
			return i
		}
		if t.seen == nil {
			t.seen = map[string]bool{}
		}
		t.seen[e.code] = true
		return t.indexEnd(entity{kind: entIndex, code: e.code}, i, end)
	}
	head := false
	if k := len(t.ents) - 1; k >= 0 && i-t.ents[k].b <= 2 && (t.ents[k].kind == entOtherIndex || t.ents[k].kind == entComponent && t.ents[k].head && t.ents[k].name == "") {
		t.ents = t.ents[:k]
		head = true
	}
	head = head || t.is(i-2, "chỉ", "số") || t.is(i-3, "chỉ", "số", "về")
	return t.add(entity{kind: entComponent, name: e.name, head: head}, i, end)
}

// indexEnd joins what only repeats the index: "chỉ số cải cách hành chính (PAR INDEX)".
func (t *tagger) indexEnd(e entity, i, end int) int {
	for {
		j := end
		open := false
		for j < len(t.toks) && j < end+3 && t.toks[j].kind == sign && strings.Contains("(-–\"“”‘’*", t.toks[j].text) {
			open = open || t.toks[j].text == "("
			j++
		}
		found, stop := t.lex.match(t.toks, j)
		same := len(found) > 0 && found[0].kind == nameIndex && found[0].code == e.code
		if !same {
			return t.add(e, i, end)
		}
		if open {
			if t.low(stop) != ")" {
				return t.add(e, i, end)
			}
			stop++
		}
		end = stop
	}
}

// spokenAsIndex reports whether a topic at i is spoken of as a ranking: "xếp hạng cải cách hành chính".
func (t *tagger) spokenAsIndex(i, end int) bool {
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		switch t.low(j) {
		case "hạng":
			return t.is(j-1, "xếp") || t.is(j-1, "thứ")
		case "số":
			return t.is(j-1, "chỉ")
		case "định":
			return t.is(j-1, "quyết")
		case "về", "công", "tác", "kết", "quả", "chung", "chỉ", "mức", "các", "đánh", "giá", "qđ", "trung", "bình", ":":
			continue
		}
		break
	}
	return false
}

func (t *tagger) printed(i, end int) string {
	var b strings.Builder
	for j := i; j < end; j++ {
		if j > i && t.toks[j].start > t.toks[j-1].end {
			b.WriteByte(' ')
		}
		b.WriteString(t.toks[j].text)
	}
	return b.String()
}

// isProvince tells a province from what bears its name: the town "thành phố
// Bắc Ninh", the paper "Báo Đà Nẵng", the person Hồ Chí Minh.
func (t *tagger) isProvince(i int, e entry) bool {
	p := t.low(i - 1)
	if notSubjectBefore[p] {
		return false
	}
	city := p == "phố" && t.is(i-2, "thành") || p == "tp" || p == "." && t.is(i-2, "tp")
	if city {
		_, is := t.lex.cat.FindUnit("thành phố "+e.name, "vn63", "province")
		_, was := t.lex.cat.FindUnit("thành phố "+e.name, "vn34", "province")
		return is || was
	}
	switch p {
	case "huyện", "quận", "xã", "phường", "trấn":
		return false
	}
	if e.low == "hồ chí minh" {
		switch p {
		case "tịch", "tưởng", "cách", "sản", "đức", "bác", "quốc", "thời", "tế", "viện", "đường", "học":
			return false
		}
	}
	return true
}

// innerHeads begin names of units below a province.
var innerHeads = phrases("sở", "huyện", "thị xã", "thị trấn", "phường", "ubnd huyện", "ubnd xã", "ubnd phường", "cấp huyện", "cấp xã", "phòng tư pháp", "ban quản lý", "quận", "xã", "thành phố", "tp", "tp .", "công an tỉnh", "chi cục", "cục thuế", "3 cấp", "ba cấp")

var speakers = wordSet("theo giám đốc lãnh đạo phó đại diện nguồn ảnh bởi do tại tham mưu ông bà phối hợp giao")

// inner tags departments, districts and communes, which provinces rank among themselves.
func (t *tagger) inner(i int) int {
	n := t.anyOf(i, innerHeads)
	if n == 0 {
		return i
	}
	head := t.low(i)
	switch p := t.low(i - 1); {
	case head == "sở" && (p == "cơ" || p == "trụ" || p == "công"), head == "xã" && t.low(i+1) == "hội":
		return i
	}
	j := i + n
	if head == "thành" || head == "tp" {
		found, end := t.lex.match(t.toks, j)
		if len(found) == 0 {
			return t.town(i, j)
		}
		if found[0].kind != nameProvince || t.isProvince(j, found[0]) {
			return i
		}
		return t.add(entity{kind: entInner, name: t.printed(i, end), strong: true}, i, end)
	}
	// The name: capitalised words, and small ones between them ("Sở Nông nghiệp và Phát triển nông thôn").
	end := j
	if t.toks[i].cap || t.low(i) == "huyện" || t.low(i) == "sở" {
		for k := j; k < len(t.toks) && k < j+9; k++ {
			if found, _ := t.lex.match(t.toks, k); len(found) > 0 && found[0].kind == nameProvince && (k > j || t.low(i) != "sở") {
				break
			}
			tok := t.toks[k]
			if tok.kind != word {
				break
			}
			if tok.cap {
				end = k + 1
				continue
			}
			if !innerWords[tok.low] {
				break
			}
			if innerTail[tok.low] {
				end = k + 1
			}
		}
	}
	named := end > j
	strong := !t.prevIs(i, 2, speakers) || t.is(i-3, "theo", "đó")
	e := entity{kind: entInner, name: t.printed(i, end), strong: strong}
	if !named {
		e.name = ""
	}
	return t.add(e, i, end)
}

// town tags "TP Hạ Long": a town inside a province, whose name begins at token j.
func (t *tagger) town(i, j int) int {
	end := j
	for end < len(t.toks) && end < j+3 && t.toks[end].kind == word && t.toks[end].cap {
		end++
	}
	if end == j {
		return i
	}
	strong := !t.prevIs(i, 2, speakers) && !t.prevIs(i, 2, wordSet("tịch thư ủy"))
	return t.add(entity{kind: entInner, name: t.printed(i, end), strong: strong}, i, end)
}

// innerWords may stand small inside a department's name, innerTail at its end.
var innerWords = wordSet("và nghiệp triển nông thôn tạo trường hóa thao lịch tế hội phòng vụ thông truyền tư pháp chính kế hoạch đầu công thương nghệ vận tải động học thanh tra dân tộc ngoại nội xây dựng giao")

var innerTail = wordSet("nghiệp triển thôn tạo trường hóa thao lịch tế hội vụ thông pháp chính hoạch thương nghệ tải tộc dựng tra công tư")

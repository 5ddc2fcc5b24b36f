package prose

import "strconv"

var placeHeads = phrases("vị trí xếp hạng thứ", "vị trí thứ hạng", "vị trí thứ", "vị trí số", "vị trí hạng", "vị thứ", "thứ hạng", "hạng thứ", "thứ bậc", "hạng mức", "thứ", "hạng", "vị trí", "xếp", "đứng", "top", "số")

// weekHeads must stand before a number written as a word: "thứ năm" alone is a day or a fifth time.
var weekHeads = wordSet("xếp đứng trí hạng ở là giữ nhất nhì và , vị lên xuống về")

// notPlaceBefore are words before "thứ 3" that make it no place.
var notPlaceBefore = wordSet("lần năm kỳ bài ngày điều khoản quý tháng tuần nhóm khóa đợt phiên cuộc hội nghị ý đại lớp số tập phần người loại")

// placeAt tags a place with its denominator and scope.
func (t *tagger) placeAt(i int) int {
	if n := t.superlative(i); n > i {
		return n
	}
	if n, ok := t.whole(i); ok && n > 0 && n < 65 && t.low(i-1) == ":" && t.listItem(i) {
		return t.add(entity{kind: entPlace, place: n}, i, i+1)
	}
	if n, ok := t.whole(i); ok && n > 0 && n < 65 && t.low(i-1) == "là" && t.low(i+1) == ")" && t.earlierPlace() {
		return t.add(entity{kind: entPlace, place: n}, i, i+1)
	}
	if e, end := t.bareFraction(i); end > i {
		return t.add(e, i, end)
	}
	n := t.anyOf(i, placeHeads)
	if n == 0 {
		return i
	}
	head := t.low(i)
	j := i + n
	if notPlaceBefore[t.low(i-1)] && !(head == "vị" || t.low(i-1) == "năm" && head != "thứ") {
		return i
	}
	if head == "hạng" && t.low(j) == "thứ" || head == "đứng" && t.low(j) == "hạng" {
		j++
	}
	if head == "số" && t.low(i-1) != "trí" && t.low(i-1) != "hạng" {
		return i
	}
	if (t.low(j) == ":" || t.low(j) == "là" || t.low(j) == "ở" || t.low(j) == "được") && (head == "hạng" || head == "vị" || head == "thứ" && n == 2 || head == "xếp") {
		j++
	}
	place, ok := t.whole(j)
	if !ok {
		if place, ok = t.ordinalWord(i, j); !ok {
			return i
		}
	}
	if place < 1 || place > 5000 || len(t.toks[j].text) == 4 && place > 1900 {
		return i
	}
	e := entity{kind: entPlace, place: place}
	end := j + 1
	if head == "top" {
		return end // "top 10" is a group
	}
	if (head == "xếp" || head == "đứng") && t.toks[j].kind == number {
		if d := t.low(end); d != "/" && d != "trên" && d != "trong" {
			return i
		}
	}
	if t.rangeFrom(end) {
		if m, ok := t.whole(end + 1); ok && t.low(end) != "/" {
			// "vị trí thứ 20 đến 28/63": a range, no place of anybody.
			_ = m
			end += 2
			if t.low(end) == "/" {
				end += 2
			}
			return end
		}
		if t.is(end, "đến", "thứ") || t.is(end, "đến", "vị") {
			if k := t.anyOf(end+1, placeHeads); k > 0 {
				if _, ok := t.whole(end + 1 + k); ok && !t.prevIs(i, 2, wordSet("từ")) {
					return end + 2 + k
				}
			}
		}
	}
	if t.low(end) == "/" {
		if of, ok := t.whole(end + 1); ok && of >= place {
			e.of, end = of, end+2
		}
	}
	if u := t.low(end); e.of == 0 && (u == "%" || u == "điểm" || u == "bậc" || u == "lần" || u == "phiếu") {
		return i
	}
	end = t.tail(&e, end)
	if e.before = t.is(i-2, "so", "với"); e.before {
		return t.add(e, i, end)
	}
	end = t.add(e, i, end)
	return t.more(e, end)
}

// more tags the further places of one phrase: "thứ 5 và thứ 6 lần lượt là", "thứ 2, 3 và 4".
func (t *tagger) more(first entity, end int) int {
	for {
		j := end
		if s := t.low(j); s != "," && s != "và" {
			return end
		}
		j++
		if t.low(j) == "và" {
			j++
		}
		if n := t.anyOf(j, placeHeads); n > 0 {
			j += n
		}
		n, ok := t.whole(j)
		inTurn := t.prevIs(end, 12, wordSet("lượt"))
		if !ok || n != first.place+1 && !(inTurn && n <= 64) || inTurn && n != first.place+1 && !t.closedAfter(j+1) && t.low(j+1) != "/" || t.low(j+1) == "%" || t.low(j+1) == "điểm" || t.low(j+1) == "bậc" {
			return end
		}
		// A second clause ("xếp thứ 5 và thứ 6 về SIPAS") is no list: the list says so by
		// "lần lượt" or by what follows.
		listed := false
		for k := j + 1; k < j+14 && k < len(t.toks); k++ {
			if t.is(k, "lần", "lượt") || t.low(k) == "là" {
				listed = true
			}
		}
		for k := end - 1; k > end-20 && k >= 0; k-- {
			listed = listed || t.is(k, "lần", "lượt")
		}
		if !listed {
			return end
		}
		t.ents[len(t.ents)-1].listed = true
		e := entity{kind: entPlace, place: n, of: first.of, scope: first.scope, region: first.region, listed: true}
		stop := j + 1
		if t.low(stop) == "/" {
			if of, ok := t.whole(stop + 1); ok {
				e.of, stop = of, stop+2
			}
		}
		stop = t.tail(&e, stop)
		end = t.add(e, j, stop)
		first = e
	}
}

// ordinalWord reads "nhất", "hai" after a head; days of the week and counted times are not meant.
func (t *tagger) ordinalWord(i, j int) (int, bool) {
	if j >= len(t.toks) || t.toks[j].kind != word {
		return 0, false
	}
	n, ok := numberWords[t.toks[j].low]
	if !ok {
		return 0, false
	}
	head := t.low(i)
	if head == "xếp" || head == "đứng" || head == "số" || head == "top" {
		return n, (head == "xếp" || head == "đứng") && (t.toks[j].low == "nhất" || t.toks[j].low == "nhì")
	}
	if t.toks[j].low == "năm" {
		if _, ok := t.fullYear(j + 1); ok {
			return 0, false // "thứ hạng năm 2021"
		}
	}
	if head == "hạng" || head == "vị" || t.is(i, "thứ", "hạng") {
		return n, t.toks[j].low != "năm" || head == "vị" && t.low(i+2) == "thứ"
	}
	if k := len(t.ents) - 1; k >= 0 && t.ents[k].kind == entProvince && t.ents[k].b == i && (t.low(j+1) == "với" || t.low(j+1) == "(") {
		return n, true // "Đồng Nai thứ nhì với 86,3 điểm"
	}
	return n, i == 0 || weekHeads[t.low(i-1)] || t.toks[i-1].text == ","
}

// bareFraction reads "52/63" where its denominator is the number of provinces
// and a unit or a bracket stands before: "(25/63)", "xếp 52/63" has a head.
func (t *tagger) bareFraction(i int) (entity, int) {
	place, ok := t.whole(i)
	if !ok || t.low(i+1) != "/" || i == 0 {
		return entity{}, i
	}
	of, ok := t.whole(i + 2)
	if !ok || place < 1 || place > of || !t.lex.of[of] || of < 30 {
		return entity{}, i
	}
	switch t.low(i - 1) {
	case "(", "từ", "xuống", "lên", "hạng", ":", "còn", "là", "giữ":
	default:
		return entity{}, i
	}
	end := i + 3
	if d := t.low(end); (d == "địa" || d == "tỉnh" || d == "đơn") && t.low(i-1) != "(" && t.low(i-1) != "hạng" {
		// "32/63 địa phương có kết quả cao hơn": how many, not which.
		if t.low(i-1) != "lên" && t.low(i-1) != "xuống" && t.low(i-1) != "từ" {
			return entity{}, i
		}
	}
	e := entity{kind: entPlace, place: place, of: of}
	return e, t.tail(&e, end)
}

var tailWords = wordSet("trong của trên tổng số tỉnh thành phố tp địa phương trực thuộc trung ương cả nước toàn quốc khu vực vùng các ở tại đơn vị bảng xếp hạng chung toàn miền")

// tail reads what follows a place: its denominator and among what it was counted.
func (t *tagger) tail(e *entity, end int) int {
	j := end
	for j < len(t.toks) && j < end+24 {
		w := t.low(j)
		switch {
		case w == "cả" && t.low(j+1) == "nước", w == "toàn" && t.low(j+1) == "quốc":
			e.scope = scopeNation
			j += 2
			end = j
			continue
		case w == "khu" && t.low(j+1) == "vực", w == "vùng", w == "miền":
			if e.scope == scopeUnsaid {
				e.scope = scopeUnknownRegion
			}
		case w == "sở", w == "huyện", w == "ngành", w == "khối", w == "ban" && t.low(j+1) == "ngành":
			if w == "khối" && (t.low(j+1) == "tỉnh" || t.low(j+1) == "địa" || t.low(j+1) == "các" && t.low(j+2) == "tỉnh") {
				return end
			}
			e.scope = scopeInner
			return t.passInner(j)
		case w == "bộ" && (t.low(j+1) == "," || t.low(j+1) == "và" || t.plural(j)) || w == "nhóm" && t.low(j+1) == "bộ" || w == "khối" && t.low(j+1) == "bộ":
			e.scope = scopeMinistry
			return j + 1
		}
		if found, stop := t.lex.match(t.toks, j); len(found) > 0 {
			if found[0].kind == nameRegion && t.low(j-1) != "là" {
				e.scope, e.region = scopeRegion, found[0].name
				j, end = stop, stop
				continue
			}
			return end
		}
		if n, ok := t.whole(j); ok {
			nx := t.low(j + 1)
			if e.of == 0 && n >= e.place && n <= 70 && (nx == "tỉnh" || nx == "địa" || nx == "thành" || nx == "đơn" || nx == "tp") {
				e.of = n
				j++
				continue
			}
			if nx == "bộ" || nx == "sở" || nx == "huyện" {
				e.of = n
				j++
				continue
			}
			return end
		}
		if w == "," || w == "-" || w == "/" || w == "và" {
			if nx := t.low(j + 1); (nx == "thành" || nx == "tp" || w == "/" && nx == "tp") && (t.low(j-1) == "tỉnh" || t.low(j-1) == "thành") {
				j++
				continue
			}
			return end
		}
		if !tailWords[w] {
			return end
		}
		if w == "của" && t.low(j+1) == "tỉnh" || w == "bảng" && t.low(j+1) != "xếp" {
			return end
		}
		j++
		switch w {
		case "trong", "của", "trên", "các", "ở", "tại", "tổng", "bảng", "toàn", "cả", "chung":
		default:
			end = j
		}
	}
	return end
}

func (t *tagger) passInner(j int) int {
	for k := 0; k < 8 && j < len(t.toks); k++ {
		w := t.low(j)
		if w == "sở" || w == "ban" || w == "ngành" || w == "khối" || w == "các" || w == "tỉnh" || w == "huyện" || w == "thành" || w == "phố" || w == "thị" || w == "xã" || w == "," && (t.low(j+1) == "ngành" || t.low(j+1) == "ban" || t.low(j+1) == "thị" || t.low(j+1) == "thành") {
			j++
			continue
		}
		break
	}
	return j
}

var (
	firstPhrases = phrases("đứng đầu tiên", "xếp đầu tiên", "đứng đầu bảng", "dẫn đầu bảng", "đứng ở vị trí đầu", "vị trí quán quân", "vị trí đầu tiên", "vị trí dẫn đầu", "vị trí đầu bảng", "ngôi vị quán quân", "ngôi quán quân", "ngôi đầu bảng", "ngôi đầu", "ngôi vị số một", "quán quân", "đứng đầu", "dẫn đầu", "đầu bảng", "xếp đầu")
	lastPhrases  = phrases("vị trí cuối cùng", "vị trí cuối bảng", "vị trí cuối", "đứng cuối bảng", "xếp cuối bảng", "đứng ở cuối bảng", "đứng chót bảng", "cuối bảng", "đứng cuối cùng", "xếp cuối cùng", "đứng cuối", "xếp cuối", "đội sổ", "bét bảng", "chót bảng", "đứng chót", "thấp nhất")
	groupBefore  = wordSet("người nhóm top tốp các những số nhiều sự tục-các")
)

// superlative tags "đứng đầu", "quán quân", "cuối bảng", "áp chót".
func (t *tagger) superlative(i int) int {
	e := entity{kind: entPlace, superlative: true, place: 1}
	n := t.anyOf(i, firstPhrases)
	switch {
	case n > 0:
	case t.is(i, "á", "quân"):
		n, e.place, e.counted = 2, 2, true
	case t.is(i, "áp", "chót"):
		n, e.place, e.last, e.counted = 2, 0, 2, true
	case t.is(i, "cao", "nhất"):
		n, e.counted = 2, true
	default:
		if n = t.anyOf(i, lastPhrases); n == 0 {
			return i
		}
		e.place, e.last, e.counted = 0, 1, true
	}
	if e.counted && (t.low(i+1) == "nhất") && (t.prevIs(i, 2, wordSet("tăng giảm nhóm mức loại điểm điều nỗ quyết kỷ đạt-mức")) || t.low(i+n) == "là" && !t.unitNext(i+n+1) || t.low(i+n) == ")" || t.low(i+n) == "từ") {
		return i + n // "tăng cao nhất 9,39%", "nhóm đạt điểm thấp nhất"
	}
	if groupBefore[t.low(i-1)] || t.is(i-2, "địa", "phương") && t.plural(i-2) || (t.low(i-1) == "tỉnh" || t.low(i-1) == "đơn") && t.plural(i-1) || t.is(i-2, "đơn", "vị") && t.plural(i-2) || t.is(i-2, "thành", "phố") && t.prevIs(i, 6, wordSet("các những số 10 5 3")) {
		return i + n
	}
	if w := t.low(i - 1); (w == "lần" || w == "năm") && i > 1 && t.toks[i-2].kind == number {
		return i + n // "6 lần đứng đầu": how often, not when
	}
	if t.is(i-1, "nhóm") || t.prevIs(i, 2, wordSet("nhóm top tốp")) {
		return i + n
	}
	end := i + n
	if t.pluralBefore(i) || t.is(end, "trong", "nhóm") && e.counted {
		return end
	}
	if t.is(end, "nhóm") && !t.is(end, "nhóm", "bộ") && !t.is(end, "nhóm", "các", "bộ") {
		return end
	}
	if t.is(end, "về") || t.is(end, "bảng") {
		end = t.tail(&e, end)
	} else {
		end = t.tail(&e, end)
	}
	// "áp chót với vị trí 62" prints the number itself: that one is taken.
	return t.add(e, i, end)
}

// listItem reports whether the number at i goes on a list of places: "Kon Tum: xếp thứ 43; Lâm Đồng: 46".
func (t *tagger) listItem(i int) bool {
	if c := t.low(i + 1); c != ";" && c != ")" && c != "." && c != "," {
		return false
	}
	k := len(t.ents) - 1
	if k < 1 || t.ents[k].kind != entProvince || t.ents[k].b != i-1 {
		return false
	}
	for j := k - 1; j >= 0 && j >= k-3; j-- {
		if t.ents[j].kind == entPlace {
			return true
		}
	}
	return false
}

// earlierPlace reports whether a bracket that began with a year stands open behind a
// place: "vươn lên vị trí thứ 7 (năm 2023 là 18)".
func (t *tagger) earlierPlace() bool {
	k := len(t.ents) - 1
	return k > 1 && t.ents[k].kind == entYear && t.ents[k-1].kind == entOpen && t.ents[k-1].b == t.ents[k].a && t.ents[k-2].kind == entPlace
}

// unitNext reports whether a region or province is named at i: "cao nhất là vùng Đồng bằng sông Hồng".
func (t *tagger) unitNext(i int) bool {
	for t.low(i) == "vùng" || t.low(i) == "tỉnh" || t.low(i) == "thành" || t.low(i) == "phố" || t.low(i) == "tp" || t.low(i) == "khu" || t.low(i) == "vực" {
		i++
	}
	found, _ := t.lex.match(t.toks, i)
	return len(found) > 0 && (found[0].kind == nameRegion || found[0].kind == nameProvince)
}

// pluralBefore reports whether "các tỉnh, thành" stands right before i: a group is meant.
func (t *tagger) pluralBefore(i int) bool {
	j := i - 1
	nouns := wordSet("tỉnh thành phố địa phương đơn vị , tp")
	for j >= 0 && nouns[t.low(j)] {
		j--
	}
	if j < 0 || j == i-1 {
		return false
	}
	switch t.low(j) {
	case "các", "những", "nhiều", "số", "nhóm":
		return true
	}
	return t.toks[j].kind == number && t.low(j-1) != "/" && !(j+1 < len(t.toks) && t.toks[j+1].kind == sign)
}

func placeText(place, of int) string {
	if of == 0 {
		return strconv.Itoa(place)
	}
	return strconv.Itoa(place) + "/" + strconv.Itoa(of)
}

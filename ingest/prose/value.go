package prose

import "github.com/shopspring/decimal"

var (
	upWords   = wordSet("tăng lên vượt nhảy thăng vươn cải tiến tặng +")
	downWords = wordSet("giảm xuống tụt hạ sụt lùi rớt thấp kém mất -")
	// gapWords make a number a distance between two others.
	gapWords = wordSet("hơn chênh cách kém khoảng biên")
)

// move tags "tăng 8 bậc", "giảm 1,59 điểm", "cao hơn 2,19%": how far, not where.
func (t *tagger) move(i int) int {
	if t.toks[i].kind == sign {
		return i
	}
	d, isNumber := t.decimalAt(i)
	n, isWord := numberWords[t.low(i)]
	if isWord && t.low(i) != "một" && t.low(i) != "hai" && t.low(i) != "ba" && t.low(i) != "bốn" && t.low(i) != "năm" && t.low(i) != "sáu" && t.low(i) != "bảy" && t.low(i) != "tám" && t.low(i) != "chín" && t.low(i) != "mười" {
		isWord = false
	}
	if !isNumber && !isWord {
		return i
	}
	places := t.low(i+1) == "bậc" || t.low(i+1) == "hạng" || t.is(i+1, "vị", "trí") || t.is(i+1, "thứ", "hạng") || t.is(i+1, "thứ", "bậc")
	if isWord && !places {
		return i
	}
	up, down, near, gap := t.direction(i)
	if places {
		e := entity{kind: entMove, rank: true, up: up, down: down, place: n}
		if isNumber {
			if !d.IsInteger() || d.GreaterThan(decimal.NewFromInt(100)) {
				return i + 2
			}
			e.place = int(d.IntPart())
		}
		if gap && !near {
			e.up, e.down = false, false
		}
		return t.add(e, i, i+2)
	}
	if !near {
		return i
	}
	end := i + 1
	if t.low(end) == "/" && end+1 < len(t.toks) && t.toks[end+1].kind == number {
		end += 2 // "mất 4,5/10 điểm"
	}
	if t.low(end) == "%" || t.low(end) == "điểm" {
		end++
	}
	if t.low(end) == "%" || t.low(end) == "điểm" || t.is(end, "phần", "trăm") {
		end++
	}
	e := entity{kind: entMove, value: d, up: up, down: down}
	if gap {
		e.up, e.down = false, false
	}
	return t.add(e, i, end)
}

// direction looks back from a number for the verb that makes it a change. near
// says that the number is a change at all; gap that it is a distance to another's value.
func (t *tagger) direction(i int) (up, down, near, gap bool) {
	superlative := false
	for j := i - 1; j >= 0 && j >= i-9; j-- {
		w := t.low(j)
		if t.toks[j].kind == number && j < i-1 && !(t.low(i-1) == "và") {
			break
		}
		switch w {
		case "đạt", "(", ";", ":", "thứ", "hạng", "là":
			if w == "(" && j == i-2 || w == "là" && superlativeBefore(t, j) {
				if w == "là" {
					superlative = true
				}
				continue
			}
			return
		case ",":
			return
		case "với":
			if t.low(j-1) != "nhất" {
				return
			}
			superlative = true
			continue
		case "từ":
			return // "tăng từ 81,82%": where it was
		case "lên", "xuống", "còn", "thành":
			// "tăng lên 87%": the number is where it went, but "lên một bậc" is how far.
			if j == i-1 && w != "xuống" {
				return w == "lên", false, false, false
			}
			if j == i-1 {
				return false, true, false, false
			}
		}
		if gapWords[w] && !(w == "cách" && t.low(j-1) == "cải") {
			gap, near = true, true
			if w == "hơn" && (t.low(j-1) == "cao" || t.low(j-1) == "thấp" || t.low(j-1) == "nhiều" || t.low(j-1) == "tăng" || t.low(j-1) == "kém") {
				return t.low(j-1) != "thấp" && t.low(j-1) != "kém", t.low(j-1) == "thấp" || t.low(j-1) == "kém", true, gap && !t.is(i+1, "%") && false || t.gapTo(i)
			}
			if w == "hơn" {
				// "hơn mức 84,45%" compares with a value, and "hơn 80%" is a bound.
				return false, false, false, true
			}
			return false, false, true, true
		}
		if w == "mức" && j == i-1 && t.low(j+1) != "tăng" && t.low(j+1) != "giảm" && !superlative {
			if t.low(j-1) == "hơn" || t.low(j-1) == "với" || t.low(j-1) == "so" {
				return false, false, false, false
			}
		}
		if w == "nhất" && (t.low(j-1) == "ít" || t.low(j-1) == "thấp" || t.low(j-1) == "nhiều" || t.low(j-1) == "cao" || t.low(j-1) == "mạnh") {
			superlative = true
		}
		if upWords[w] && !(w == "cao" && (t.low(j+1) == "nhất" || t.low(j+1) == "hơn" || t.low(j+1) == "với")) && !(w == "thấp") && w != "lên" {
			if w == "cải" && t.low(j+1) != "thiện" || w == "tiến" {
				continue
			}
			return true, false, true, gap
		}
		if downWords[w] && !(w == "thấp" && t.low(j+1) == "nhất") {
			if w == "thấp" || w == "-" && t.toks[j].end != t.toks[j+1].start || w == "-" && j+1 < len(t.toks) && t.toks[j+1].kind != number {
				continue
			}
			return false, true, true, gap
		}
	}
	if superlative {
		// "thấp nhất là 0,03%" after "tăng": still how far.
		for j := i - 1; j >= 0 && j >= i-30; j-- {
			if w := t.low(j); w == "tăng" || w == "giảm" {
				return w == "tăng", w == "giảm", true, true
			}
		}
	}
	return false, false, false, gap
}

func superlativeBefore(t *tagger, j int) bool { return t.low(j-1) == "nhất" }

// gapTo reports whether the distance at i is one to somebody else's value: "cao hơn
// 0,66% so với đơn vị xếp thứ 2", and not one in time: "cao hơn 1,71% so với năm 2022".
func (t *tagger) gapTo(i int) bool {
	for j := i + 1; j < len(t.toks) && j < i+8; j++ {
		if t.low(j) == "năm" {
			return false
		}
		if t.low(j) == "," || t.low(j) == ";" {
			break
		}
	}
	return true
}

var (
	valueVerbs = wordSet("đạt là với được điểm : ( = còn lên xuống có số giá trị quả mức tổng hợp chung quân bình")
)

// scoreAt tags a score: a number with "điểm", "%", a maximum, or a verb before it that says it is one.
func (t *tagger) scoreAt(i int) int {
	d, ok := t.decimalAt(i)
	if !ok || d.IsNegative() {
		return i
	}
	if y, isYear := t.fullYear(i); isYear && y < 2060 && t.low(i+1) != "điểm" {
		return i
	}
	text := t.toks[i].text
	e := entity{kind: entScore, value: d}
	end := i + 1
	if t.low(end) == "/" {
		m, ok := t.decimalAt(end + 1)
		if !ok {
			return i
		}
		e.max, e.hasMax = m, true
		end += 2
		if t.low(end) == "%" {
			end++
		}
		// "57/63 tỉnh", "33/33 nhiệm vụ", "10/17 bộ" are counts.
		points := t.low(end) == "điểm" || hasSign(text) || hasSign(t.toks[end-1].text)
		if !points && (m.LessThan(decimal.NewFromInt(5)) || !t.closedAfter(end)) {
			return i
		}
		if !points && t.lex.of[int(m.IntPart())] && m.IsInteger() {
			return i
		}
		if d.GreaterThan(m) {
			return end
		}
	}
	switch {
	case t.low(end) == "%", t.is(end, "phần", "trăm"):
		e.percent = true
		end++
		if t.low(end) == "điểm" || t.low(end) == "trăm" {
			end++
		}
	case t.low(end) == "điểm":
		e.points = true
		end++
		if t.low(end) == "%" {
			e.percent = true
			end++
		}
		if t.low(end) == "tối" && t.low(end+1) == "đa" {
			end += 2
		}
	case e.hasMax:
	case !hasSign(text):
		return i
	default:
		if !valueVerbs[t.low(i-1)] && !t.nextOfList(i) {
			return i
		}
		// "tổng điểm là 41,5581" says what it is.
		e.points = t.prevIs(i, 3, wordSet("điểm"))
		e.bare = !e.points
	}
	if t.bound(i, end) {
		return end
	}
	e.before = t.is(i-2, "so", "với") // "88,68 điểm so với 87,54 điểm": the earlier one
	return t.add(e, i, end)
}

// nextOfList reports whether the number at i goes on a list of scores: "lần lượt là 43,96 và 41,77".
func (t *tagger) nextOfList(i int) bool {
	if w := t.low(i - 1); w != "và" && w != "," {
		return false
	}
	k := len(t.ents) - 1
	if k >= 0 && t.ents[k].kind == entComma {
		k--
	}
	return k >= 0 && t.ents[k].kind == entScore && t.ents[k].b == i-1 && t.prevIs(t.ents[k].a, 14, wordSet("lượt"))
}

func (t *tagger) closedAfter(i int) bool {
	switch t.low(i) {
	case "", ",", ";", ".", ")", "(", "-", "và":
		return true
	}
	return false
}

func hasSign(s string) bool {
	for i := range len(s) {
		if s[i] == '.' || s[i] == ',' {
			return true
		}
	}
	return false
}

// bound reports whether the number is the edge of a group, not anybody's score:
// "từ 90% trở lên", "80% - dưới 90%", "trên 90%".
func (t *tagger) bound(i, end int) bool {
	p := t.low(i - 1)
	if p == "điểm" && t.low(i-2) == "từ" {
		return true
	}
	if t.is(end, "trở", "lên") || t.is(end, "trở", "xuống") || p == "dưới" || p == "trên" || p == "gần" || p == "khoảng" || p == "đa" || p == "thiểu" {
		return true
	}
	if p == "hơn" && t.low(i-2) != "cao" && t.low(i-2) != "thấp" {
		return true
	}
	if (p == "đến" || p == "-" || p == "–" || p == "tới") && i >= 2 && (t.toks[i-2].text == "%" || t.toks[i-2].kind == number || t.low(i-2) == "điểm") {
		return true
	}
	if t.low(end) == "-" || t.low(end) == "–" || t.low(end) == "đến" {
		if t.low(end+1) == "dưới" || end+1 < len(t.toks) && t.toks[end+1].kind == number && t.low(end) != "đến" || p == "từ" && t.low(end) == "đến" && (t.low(end+1) == "dưới" || t.low(end+1) == "cận") {
			return end+2 >= len(t.toks) || t.low(end+1) == "dưới" || t.low(end+2) == "%" || t.low(end+2) == "điểm"
		}
	}
	return false
}

var fromToVerbs = wordSet("lên xuống còn thành")

// fromTo finds "từ 51/63 xuống 56/63", "từ 81,82% lên 84,4%", "từ vị trí 15 lên 13":
// the first is of the earlier year. Numbers that no other rule took are read here
// by their partner.
func (t *tagger) fromTo() {
	for i := 0; i < len(t.toks); i++ {
		if t.low(i) != "từ" {
			continue
		}
		a := i + 1
		for a < i+5 && a < len(t.toks) && t.toks[a].kind != number {
			a++
		}
		if a >= len(t.toks) || t.toks[a].kind != number {
			continue
		}
		if _, year := t.fullYear(a); year {
			continue
		}
		verb := 0
		for j := a + 1; j < len(t.toks) && j < a+16; j++ {
			if fromToVerbs[t.low(j)] {
				verb = j
				break
			}
			if t.low(j) == ";" || t.low(j) == "từ" {
				break
			}
		}
		if verb == 0 {
			continue
		}
		b := verb + 1
		for b < verb+7 && b < len(t.toks) && t.toks[b].kind != number {
			b++
		}
		if b >= len(t.toks) || t.toks[b].kind != number {
			continue
		}
		if _, year := t.fullYear(b); year {
			if b+1 < len(t.toks) && b+2 < len(t.toks) && t.toks[b+1].kind == number {
				b++
			} else {
				continue
			}
		}
		ranks := false
		for j := max(0, i-6); j < b; j++ {
			switch t.low(j) {
			case "hạng", "thứ", "bậc":
				ranks = true
			case "trí":
				ranks = ranks || t.is(j-1, "vị")
			}
		}
		t.pair(a, b, ranks)
	}
}

// pair marks the entities at tokens a and b as before and after, and makes them
// where none are.
func (t *tagger) pair(a, b int, ranks bool) {
	ea := t.covering(a)
	if ea < 0 {
		ea = t.makeValue(a, ranks)
	}
	if ea < 0 {
		return
	}
	eb := t.covering(b)
	if eb < 0 {
		eb = t.makeValue(b, t.ents[ea].kind == entPlace)
		ea = t.covering(a)
	}
	if eb < 0 || t.ents[ea].kind != t.ents[eb].kind || t.ents[ea].kind != entPlace && t.ents[ea].kind != entScore {
		return
	}
	t.ents[ea].before, t.ents[eb].after = true, true
}

func (t *tagger) covering(i int) int {
	for k := range t.ents {
		if t.ents[k].a <= i && i < t.ents[k].b {
			return k
		}
	}
	return -1
}

// makeValue tags the number at i as a place or a score, in its place among the entities.
func (t *tagger) makeValue(i int, ranks bool) int {
	e := entity{kind: entScore, a: i, b: i + 1}
	if n, ok := t.whole(i); ok && ranks {
		if n < 1 || n > 70 {
			return -1
		}
		e.kind, e.place = entPlace, n
		if t.low(i+1) == "/" {
			if of, ok := t.whole(i + 2); ok && of >= n {
				e.of, e.b = of, i+3
			}
		}
		e.b = t.tail(&e, e.b)
	} else {
		d, ok := t.decimalAt(i)
		if !ok || !hasSign(t.toks[i].text) {
			return -1
		}
		e.value, e.bare = d, true
	}
	k := 0
	for k < len(t.ents) && t.ents[k].a < i {
		k++
	}
	t.ents = append(t.ents, entity{})
	copy(t.ents[k+1:], t.ents[k:])
	t.ents[k] = e
	return k
}

package prose

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform/viet"
)

// whole reads a whole number of at most five digits, written without signs: "07".
func (t *tagger) whole(i int) (int, bool) {
	if i < 0 || i >= len(t.toks) || t.toks[i].kind != number {
		return 0, false
	}
	s := t.toks[i].text
	if len(s) > 5 || strings.ContainsAny(s, ".,") {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

var numberWords = map[string]int{
	"nhất": 1, "một": 1, "nhì": 2, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}

// decimalAt reads a number of prose. The comma and the point are both met as
// decimal sign, in one text too: a sign with other than three digits behind it
// is one, and so is one whose reading as thousands would pass the maximum.
func (t *tagger) decimalAt(i int) (decimal.Decimal, bool) {
	if i < 0 || i >= len(t.toks) || t.toks[i].kind != number || len(t.toks[i].text) > 16 {
		return decimal.Decimal{}, false
	}
	s := t.toks[i].text
	format := viet.DecimalPoint
	if strings.Contains(s, ",") {
		format = viet.DecimalComma
	}
	d, err := viet.ParseNumber(s, format)
	return d, err == nil
}

// countAt reads a count of cases, where a point groups thousands: "15.613".
func (t *tagger) countAt(i int) (int64, bool) {
	if i < 0 || i >= len(t.toks) || t.toks[i].kind != number || len(t.toks[i].text) > 12 {
		return 0, false
	}
	s := t.toks[i].text
	for _, format := range []viet.Format{viet.DecimalComma, viet.DecimalPoint} {
		if d, err := viet.ParseNumber(s, format); err == nil && d.IsInteger() {
			return d.IntPart(), true
		}
	}
	return 0, false
}

func (t *tagger) fullYear(i int) (int, bool) {
	y, ok := t.whole(i)
	return y, ok && len(t.toks[i].text) == 4 && y >= 1995 && y <= 2060
}

// date passes over dates and numbers of documents: "ngày 25/5/2022", "số 302/UBND".
func (t *tagger) date(i int) int {
	switch t.low(i) {
	case "ngày", "hôm", "sáng", "chiều":
		if _, ok := t.whole(i + 1); ok {
			return t.slashes(i + 1)
		}
	case "tháng":
		if _, ok := t.whole(i + 1); ok {
			j := t.slashes(i + 1)
			if t.low(j) == "năm" {
				if _, ok := t.fullYear(j + 1); ok {
					return j + 2
				}
			}
			return j
		}
	case "số":
		// "Quyết định số 766/QĐ-TTg" names an index: only other numbers are passed over.
		if _, ok := t.whole(i + 1); ok && t.low(i+2) == "/" && t.low(i-1) != "chỉ" && t.low(i-1) != "vị" && t.low(i-1) != "trí" {
			if found, _ := t.lex.match(t.toks, i+1); len(found) > 0 {
				return i
			}
			if _, digits := t.whole(i + 3); !digits || t.low(i+4) == "/" {
				return t.slashes(i + 1)
			}
		}
	case "khóa", "khoá", "nhiệm", "giai":
		if t.is(i, "giai", "đoạn") || t.is(i, "nhiệm", "kỳ") {
			j := i + 2
			for j < len(t.toks) && j < i+6 && (t.toks[j].kind == number || t.toks[j].text == "-" || t.toks[j].text == "–" || t.low(j) == "đến" || t.low(j) == "từ" || t.low(j) == "năm") {
				j++
			}
			return j
		}
	}
	if t.toks[i].kind == number {
		if _, ok := t.whole(i); ok && (t.low(i+1) == "/" || t.low(i+1) == "-" || t.low(i+1) == "–") {
			if _, ok := t.whole(i + 2); ok && (t.low(i+3) == "/" || t.low(i+3) == "-") {
				if _, ok := t.fullYear(i + 4); ok {
					return i + 5 // 23-06-2022
				}
			}
			if _, ok := t.fullYear(i + 2); ok && t.low(i+1) == "/" {
				return i + 3 // 8/2024
			}
			if _, ok := t.fullYear(i); ok {
				if _, ok := t.fullYear(i + 2); ok {
					return i + 3 // 2021-2025
				}
			}
		}
	}
	return i
}

// slashes passes over "25/5/2022", "18-4", "71/TCTCCTTHC".
func (t *tagger) slashes(i int) int {
	j := i + 1
	for j+1 < len(t.toks) && (t.toks[j].text == "/" || t.toks[j].text == "-" || t.toks[j].text == "." || t.toks[j].text == "&") && t.toks[j].start == t.toks[j-1].end && t.toks[j+1].start == t.toks[j].end {
		j += 2
	}
	if t.low(j) == "tháng" && j < i+3 {
		if _, ok := t.whole(j + 1); ok {
			j = t.slashes(j + 1)
		}
	}
	if t.low(j) == "năm" {
		if _, ok := t.fullYear(j + 1); ok {
			j += 2
		}
	}
	return j
}

var (
	refBefore = phrases("so với", "so với cùng kỳ", "so cùng kỳ", "so", "hơn so với", "hơn", "bằng", "như", "kết quả")
	lastYear  = phrases("năm trước đó", "năm trước", "năm ngoái", "cùng kỳ")
)

// yearAt tags "năm 2021", "so với 2020", "năm trước".
func (t *tagger) yearAt(i int) int {
	if n := t.anyOf(i, lastYear); n > 0 {
		return t.add(entity{kind: entYear, year: 0, ref: true}, i, i+n)
	}
	j, named := i, false
	switch {
	case t.is(i, "năm"):
		j, named = i+1, true
	case t.is(i, "của", "năm"):
		j, named = i+2, true
	}
	y, ok := t.fullYear(j)
	if !ok {
		return i
	}
	if !named && !t.yearWithoutWord(i) {
		return i
	}
	if t.prevIs(i, 1, wordSet("từ")) && t.rangeFrom(j+1) {
		// "từ năm 2018 đến năm 2021" dates no single number.
		k := j + 1
		if t.is(k, "đến", "năm") || t.is(k, "-", "năm") {
			k++
		}
		if _, ok := t.fullYear(k + 1); ok {
			k += 2
		}
		return max(k, j+1)
	}
	if named && t.low(i-1) == "từ" {
		return j + 1 // "trong top 10 từ năm 2021": since when
	}
	// "năm 2012 và 2013": the second is of the same kind.
	e := entity{kind: entYear, year: y}
	for _, p := range refBefore {
		k := i - len(p)
		if t.is(k, p...) && p[0] != "kết" && !t.is(k-1, "nếu", "như") {
			e.ref = true
		}
	}
	// "với kết quả năm 2021 đạt 89,28%" is the year of the value that follows.
	if states := t.low(j+1) == "đạt" || t.low(j+1) == "là" || t.low(j+1) == ":"; !states &&
		(t.is(i-2, "với", "của") || t.is(i-3, "với", "kết", "quả")) || t.is(i-4, "so", "với", "kết", "quả") {
		e.ref = true
	}
	// "so với chỉ số PCI năm 2019", "so với kết quả của năm 2019"
	for k := i - 1; k > 0 && k > i-9 && t.toks[k].kind != sign; k-- {
		if w := t.low(k); w == "đạt" || w == "là" || w == "xếp" {
			break
		}
		if t.is(k-1, "so", "với") {
			e.ref = true
			break
		}
	}
	return t.add(e, i, j+1)
}

func (t *tagger) rangeFrom(i int) bool {
	return t.low(i) == "đến" || t.low(i) == "-" || t.low(i) == "–" || t.low(i) == "tới"
}

// yearWithoutWord reports whether four digits at i are a year by what is around them.
func (t *tagger) yearWithoutWord(i int) bool {
	if t.low(i+1) == "%" || t.low(i+1) == "điểm" || t.low(i+1) == "/" || t.low(i-1) == "/" || t.low(i+1) == "hồ" {
		return false
	}
	if t.low(i+1) == ":" && (i == 0 || t.toks[i-1].kind == sign) {
		return true // "SIPAS: 2021: 89,42% (hạng 11); 2022: 86,45%"
	}
	if t.is(i-2, "so", "với") || t.is(i-1, "so") || t.low(i-1) == "(" && (t.low(i+1) == ")" || t.low(i+1) == ",") {
		return true
	}
	if k := len(t.ents) - 1; k >= 0 && t.ents[k].b == i && (t.ents[k].kind == entIndex || t.ents[k].kind == entYear || t.ents[k].kind == entOtherIndex) {
		return true
	}
	if k := len(t.ents) - 1; k >= 0 && t.ents[k].kind == entYear && i-t.ents[k].b <= 1 {
		return true
	}
	return false
}

// periodAt tags periods that are no years.
func (t *tagger) periodAt(i int) int {
	year := func(j int) (int, int, bool) {
		if t.low(j) == "/" || t.low(j) == "năm" || t.low(j) == "-" {
			j++
		}
		y, ok := t.fullYear(j)
		return y, j + 1, ok
	}
	switch t.low(i) {
	case "quý":
		q := map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}[t.low(i+1)]
		if y, end, ok := year(i + 2); ok && q > 0 {
			return t.add(entity{kind: entPeriod, year: y, period: strconv.Itoa(y) + "-Q" + strconv.Itoa(q)}, i, end)
		}
	}
	if n, ok := t.whole(i); ok && n >= 1 && n <= 12 && t.low(i+1) == "tháng" {
		j := i + 2
		first := true
		switch t.low(j) {
		case "đầu":
			j++
		case "cuối":
			first = false
			j++
		}
		y, end, ok := year(j)
		if !ok {
			return i
		}
		p := ""
		switch {
		case n == 12:
			p = strconv.Itoa(y)
		case n == 6 && first:
			p = strconv.Itoa(y) + "-H1"
		case n == 6:
			p = strconv.Itoa(y) + "-H2"
		case first && n == 3:
			p = strconv.Itoa(y) + "-Q1"
		case first && n == 1:
			p = strconv.Itoa(y) + "-01"
		case first:
			p = strconv.Itoa(y) + "-01/" + strconv.Itoa(y) + "-" + strconv.Itoa(100 + n)[1:]
		default:
			return i
		}
		return t.add(entity{kind: entPeriod, year: y, period: p}, i, end)
	}
	return i
}

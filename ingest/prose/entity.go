package prose

import (
	"strings"

	"github.com/shopspring/decimal"
)

// entityKind is what a piece of a sentence is.
type entityKind uint8

const (
	entProvince entityKind = iota + 1
	entRegion
	entMinistry
	entInner  // a department, district or commune, or a group of them
	entNation // "cả nước" as the subject of a mean
	entTheUnit
	entIndex
	entOtherIndex // an index that the catalogue does not know
	entComponent
	entYear
	entPeriod // a half, quarter or span of months
	entPlace
	entScore
	entMove
	entMean  // "trung bình", "bình quân"
	entOpen  // (
	entClose // )
	entBreak // ;
	entComma
	entBoth // "hai chỉ số này"
	entList // "lần lượt", "tiếp theo là": what follows is an order
)

// scopeKind is among what a place was counted, as its own words say.
type scopeKind uint8

const (
	scopeUnsaid scopeKind = iota
	scopeNation
	scopeRegion
	scopeUnknownRegion // "khu vực", without saying which
	scopeInner         // departments or districts of a province
	scopeMinistry
)

// entity is a piece of a sentence that means something here.
type entity struct {
	kind entityKind
	a, b int // tokens [a, b)

	name string // province, region, component: what the catalogue finds it by; inner: as printed
	code string // index, ministry key

	year int
	ref  bool // a year that is compared with: "so với năm 2020"

	place, of   int
	last        int // 1: the last place, 2: the one before; the number comes from the edition
	scope       scopeKind
	region      string
	superlative bool // "đứng đầu": no number was printed
	counted     bool // the place follows from words, it is not printed
	listed      bool // one of several places of one phrase: "thứ 5 và thứ 6"

	value, max decimal.Decimal
	hasMax     bool
	percent    bool
	points     bool
	bare       bool // a number without a unit

	before bool // the first of "từ 51 lên 31"
	after  bool // the second

	rank     bool // of a move: in places, else in points
	up, down bool
	period   string
	strong   bool // of an inner unit: it is the subject, not a speaker
	near     bool // "tỉnh này": the unit named last
	head     bool // of a component: announced by "chỉ số thành phần", "lĩnh vực"
}

// tagger finds the entities of one sentence.
type tagger struct {
	lex  *lexicon
	toks []token
	ents []entity
	seen map[string]bool // indices that were named by their own name
}

func (t *tagger) low(i int) string {
	if i < 0 || i >= len(t.toks) {
		return ""
	}
	return t.toks[i].low
}

// is reports whether the words of phrase stand at token i.
func (t *tagger) is(i int, phrase ...string) bool {
	if i < 0 || i+len(phrase) > len(t.toks) {
		return false
	}
	for k, w := range phrase {
		if t.toks[i+k].low != w {
			return false
		}
	}
	return true
}

// anyOf is the length in tokens of the first of phrases (words joined by
// blanks) that stands at i, or 0.
func (t *tagger) anyOf(i int, phrases [][]string) int {
	for _, p := range phrases {
		if t.is(i, p...) {
			return len(p)
		}
	}
	return 0
}

func phrases(list ...string) [][]string {
	out := make([][]string, len(list))
	for i, s := range list {
		out[i] = strings.Fields(s)
	}
	return out
}

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// prevIs reports whether one of the words stands among the n tokens before i.
func (t *tagger) prevIs(i, n int, words map[string]bool) bool {
	for j := i - 1; j >= 0 && j >= i-n; j-- {
		if words[t.low(j)] {
			return true
		}
	}
	return false
}

// tag reads the sentence from left to right; every token belongs to one entity at most.
func (t *tagger) tag(toks []token) []entity {
	t.toks, t.ents = toks, t.ents[:0]
	for i := 0; i < len(toks); {
		if n := t.one(i); n > i {
			i = n
			continue
		}
		i++
	}
	t.fromTo()
	return t.ents
}

func (t *tagger) add(e entity, a, b int) int {
	e.a, e.b = a, b
	t.ents = append(t.ents, e)
	return b
}

// one tags what begins at token i and answers the token after it, or i.
func (t *tagger) one(i int) int {
	tok := t.toks[i]
	if tok.kind == sign {
		switch tok.text {
		case "(", "[":
			return t.add(entity{kind: entOpen}, i, i+1)
		case ")", "]":
			return t.add(entity{kind: entClose}, i, i+1)
		case ";":
			return t.add(entity{kind: entBreak}, i, i+1)
		case ",":
			return t.add(entity{kind: entComma}, i, i+1)
		}
		return i
	}
	for _, f := range [...]func(int) int{t.date, t.yearAt, t.periodAt, t.placeAt, t.named, t.inner, t.move, t.scoreAt, t.words} {
		if n := f(i); n > i {
			return n
		}
	}
	return i
}

var listPhrases = phrases("lần lượt", "tiếp theo", "tiếp đó", "tiếp đến", "sau đó", "kế đó", "kế tiếp", "kế đến", "theo sau")

var meanPhrases = phrases("giá trị trung bình", "giá trị bình quân", "điểm trung bình", "điểm bình quân", "trung bình", "bình quân")

// words tags the small words that steer the reading.
func (t *tagger) words(i int) int {
	if n := t.anyOf(i, listPhrases); n > 0 {
		return t.add(entity{kind: entList}, i, i+n)
	}
	if n := t.anyOf(i, meanPhrases); n > 0 && !t.group(i, i+n) {
		return t.add(entity{kind: entMean}, i, i+n)
	}
	if t.is(i, "giữ", "nguyên") || t.is(i, "giữ", "vững") {
		for j := i + 2; j < i+6; j++ {
			if t.low(j) == "trí" || t.low(j) == "hạng" || t.low(j) == "thứ" {
				return t.add(entity{kind: entMove, rank: true, up: true}, i, i+2)
			}
		}
	}
	for _, p := range nationPhrases {
		if t.is(i, p...) {
			return t.add(entity{kind: entNation}, i, i+len(p))
		}
	}
	if t.theUnit(i) {
		return t.add(entity{kind: entTheUnit, near: t.near(i)}, i, i+1)
	}
	if t.is(i, "hai", "chỉ", "số") && (t.low(i+3) == "này" || t.low(i+3) == "trên" || t.low(i+3) == "nói") {
		return t.add(entity{kind: entBoth}, i, i+4)
	}
	if n := t.otherIndex(i); n > 0 {
		return n
	}
	if n := t.anyOf(i, componentHeads); n > 0 {
		// The name of the part follows; where it is not known, the number is not the total's.
		return t.add(entity{kind: entComponent, head: true}, i, i+n)
	}
	return i
}

var componentHeads = phrases("chỉ số thành phần", "tiêu chí thành phần", "tiêu chí", "lĩnh vực", "chỉ số nội dung", "nội dung", "nhóm chỉ số", "nhóm tiêu chí", "trục nội dung")

var nationPhrases = phrases("cả nước", "toàn quốc", "toàn nước", "trung bình chung")

// group reports whether "trung bình" names a group ("nhóm trung bình khá") and no mean.
func (t *tagger) group(i, end int) bool {
	if t.prevIs(i, 3, wordSet("nhóm mức loại hạng khá")) && !t.prevIs(i, 1, wordSet("trị điểm")) && !t.is(i-1, "mức") {
		return true
	}
	switch t.low(end) {
	case "khá", "cao", "thấp", "yếu":
		return true
	}
	return false
}

// theUnit reports whether "tỉnh" or "thành phố" at i stands for the province that the text is about.
func (t *tagger) theUnit(i int) bool {
	next := i + 1
	if t.low(i) == "thành" {
		next++
	}
	if next < len(t.toks) && t.toks[next].cap {
		if found, _ := t.lex.match(t.toks, next); len(found) > 0 && found[0].kind == nameProvince {
			return false // "tỉnh Quảng Ninh" names it
		}
	}
	switch t.low(i) {
	case "tỉnh":
		switch t.low(i + 1) {
		case ",", "ủy", "uỷ", "thành", "và", "đoàn", "trong", "khác", "nào":
			if t.low(i+1) != "," || t.is(i+2, "thành") || t.is(i+2, "tp") {
				return false
			}
		}
	case "thành":
		if t.low(i+1) != "phố" {
			return false
		}
		if c := t.low(i + 2); c == "trực" || c == "thuộc" || c == "trong" || c == "," && false {
			return false
		}
		if t.low(i-1) != "của" && t.low(i-1) != "toàn" && t.low(i-1) != "," && i > 0 || t.is(i-2, "tỉnh", ",") {
			return false
		}
	case "địa":
		return t.is(i, "địa", "phương") && (t.low(i-1) == "của" || t.near(i)) && !t.plural(i)
	default:
		return false
	}
	if t.low(i) == "tỉnh" && i > 0 && !beforeTheUnit[t.low(i-1)] && t.toks[i-1].kind != sign {
		return false
	}
	return !t.plural(i)
}

// near reports whether the noun at i points back to the unit named last: "tỉnh này",
// "địa phương này", and "địa phương" alone where a clause begins with it.
func (t *tagger) near(i int) bool {
	next := i + 1
	if t.low(i) != "tỉnh" {
		next++
	}
	if t.low(next) == "này" {
		return true
	}
	return t.is(i, "địa", "phương") && (i == 0 || t.toks[i-1].kind == sign) && afterNear[t.low(next)]
}

var afterNear = wordSet("giành đạt xếp đứng đã tiếp giữ vươn dẫn")

// beforeTheUnit are words after which "tỉnh" is the one that the text is about.
var beforeTheUnit = wordSet("của toàn nhưng và giúp đưa mà thì khi cho nên song để nay qua là do")

// plural reports whether the noun at i is counted or plural: "63 tỉnh", "các tỉnh".
func (t *tagger) plural(i int) bool {
	if i == 0 {
		return false
	}
	if t.toks[i-1].kind == number {
		return true
	}
	switch t.low(i - 1) {
	case "các", "những", "nhiều", "mỗi", "từng", "số", "khối", "một":
		return true
	}
	return false
}

// otherIndex knows by its form an index that the catalogue does not: "Chỉ số PII",
// "Chỉ số sản xuất công nghiệp". Its numbers must not become another's.
func (t *tagger) otherIndex(i int) int {
	if !t.is(i, "chỉ", "số") && !t.is(i, "bộ", "chỉ", "số") {
		return 0
	}
	j := i + 2
	if t.low(i) == "bộ" {
		if found, _ := t.lex.match(t.toks, i+1); len(found) > 0 && found[0].kind == nameIndex {
			return 0 // a set that the catalogue knows by its name without "bộ"
		}
		j++
	}
	if j >= len(t.toks) || t.toks[j].kind != word {
		return 0
	}
	w := t.toks[j]
	if upper(w.text) && len(w.text) >= 2 && w.text == strings.ToUpper(w.text) && w.fold == w.low {
		return t.add(entity{kind: entOtherIndex, name: "Chỉ số " + w.text}, i, j+1)
	}
	if plainAfterIndex[w.low] {
		return 0
	}
	return t.add(entity{kind: entOtherIndex, name: "chỉ số " + w.text}, i, j)
}

func upper(s string) bool {
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

// plainAfterIndex are words that may follow "chỉ số" without naming another index.
var plainAfterIndex = wordSet(`này trên đó của năm đạt là có thành nội từ trung cao thấp xếp được tăng giảm nêu vẫn cũng đều đã
 và chung tổng liên quan quan quan-trọng trong ở cấp theo với do khác nói còn tiếp cụ thể đứng tại bị trụ phát không
 tốt nhất vừa mà để tới sẽ cần vào đang luôn chưa lại như ấy kia riêng toàn nằm thuộc giá cơ bộ thứ tỉnh`)

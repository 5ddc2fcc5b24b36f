package prose

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
)

// subject is whom a statement is about.
type subject struct {
	kind   entityKind // entProvince, entRegion, entMinistry, entInner, entNation
	name   string
	code   string
	parent string // of an inner unit: the province named beside it
}

// frame is what the words so far have said.
type frame struct {
	idx        []string
	idxHere    bool     // said in this sentence
	before     []string // indices named in this sentence
	stated     bool     // values were read under this year
	strayed    bool     // the paragraph before was of another year than the title
	own        bool     // the document's own subject was named in this sentence
	clauseUnit bool     // a unit was named since the last comma
	all        bool     // "ở cả": the value is of every index of the list
	other      string
	units      []subject
	unitHere   bool // said in this sentence
	named      bool // by name
	year       int
	also       int      // "năm 2019 và 2020 xếp hạng 59": the first of two years
	prior      []string // indices named in the sentence before
	yearHere   bool
	ref        int // the year that is compared with
	refHere    bool
	period     string
	comp       string
	compHead   bool
	compComma  bool // a comma followed the part: a unit named now is about the whole again
	unknown    bool // a part is spoken of that the catalogue does not know
	inner      *subject
	mean       bool
	nation     bool
	region     string
	list       bool
	zip        int // how many values a list has got
	compared   int // the unit, if any, that was last compared with
}

// reading goes through a document and keeps what later sentences refer to.
type reading struct {
	cat *reform.Catalog
	lex *lexicon
	doc *Doc
	tag tagger

	subject   string // the province that the document is about
	leads     bool   // the title names the subject only as the first of those that the text is about
	titleYear int
	plan      bool           // the title is of a plan: its year need not be that of the results
	titled    map[string]int // the place that the title says of an index
	bodyYear  int            // the year that the text mostly gives indices of; for titles that say none
	titleIdx  []string
	date      docDate

	carried  frame
	sentence sentence
	out      []Candidate
	problems []reform.Problem
	dropped  int

	counts dossierReading
	runes  runeCounter
}

// sentence is the one being read.
type sentence struct {
	ents []entity
	toks []token
	goal bool
	// single says that one year only is named: no comparison with another.
	single bool
	title  bool
	// lastPlace is what an order list goes on from.
	lastPlace int
	lastScope entity
	recent    []measured
	moves     []entity
}

// measured is a value just read, from which an earlier one may be derived.
type measured struct {
	at      int // entity
	idx     string
	unit    subject
	year    int
	comp    string
	place   int
	of      int
	scope   scopeKind
	region  string
	score   decimal.Decimal
	isScore bool
}

var goalPhrases = phrases("phấn đấu", "mục tiêu", "chỉ tiêu", "đặt ra", "kỳ vọng", "dự kiến", "quyết tâm", "hướng tới")

// attach reads one sentence.
func (r *reading) attach(toks []token, paragraph, title bool) {
	ents := r.tag.tag(toks)
	s := &r.sentence
	*s = sentence{ents: ents, toks: toks, title: title, recent: s.recent[:0], moves: s.moves[:0], lastPlace: s.lastPlace, lastScope: s.lastScope}
	f := r.carried
	f.idxHere, f.unitHere, f.named, f.yearHere, f.refHere = false, false, false, false, false
	f.before, f.clauseUnit, f.own, f.compared, f.also = nil, false, false, 0, 0
	f.ref, f.comp, f.compHead, f.unknown, f.inner, f.mean, f.nation, f.region, f.list, f.all, f.other, f.period = 0, "", false, false, nil, false, false, "", false, false, "", r.carried.period
	if paragraph {
		// A new paragraph is about the document's own subject again, and after a statement
		// about another year about its own year; a heading's year holds on.
		if r.subject != "" {
			f.units = []subject{{kind: entProvince, name: r.subject}}
		}
		if r.titleYear != 0 && !r.plan && f.year != r.titleYear && f.stated {
			f.year, f.strayed = r.titleYear, true
			r.carried.year, r.carried.strayed = r.titleYear, true
		}
	}
	f.stated = f.stated && !paragraph
	years := map[int]bool{}
	for k := range ents {
		if ents[k].kind == entYear {
			years[ents[k].year] = true
		}
	}
	s.single = len(years) <= 1
	var stack []frame
	next := 0
	for k := range ents {
		e := &ents[k]
		for ; next < e.a; next++ {
			if n := r.tag.anyOf(next, goalPhrases); n > 0 {
				s.goal = true
			}
		}
		switch e.kind {
		case entOpen:
			if len(stack) < 20 {
				stack = append(stack, f)
			}
			if k > 0 && ents[k-1].b == e.a {
				switch p := ents[k-1]; {
				case p.kind == entYear && p.ref && !r.fromToIn(k):
					f.year, f.yearHere = r.refYear(&f, p), true
				case p.kind == entProvince:
					f.units, f.unitHere, f.named = []subject{{kind: entProvince, name: p.name}}, true, true
				}
			}
		case entClose:
			if n := len(stack); n > 0 {
				inside := f
				f, stack = stack[n-1], stack[:n-1]
				if f.ref == 0 {
					f.ref = inside.ref
				}
				if r.namesOnly(k) {
					// "(SIPAS) xếp hạng", "(PAR Index 2024)": the name in the bracket holds on.
					f.idx, f.idxHere, f.comp, f.compHead, f.unknown, f.other = inside.idx, true, "", false, false, ""
					if inside.yearHere && !f.yearHere {
						f.year, f.yearHere = inside.year, true
					}
				}
			}
		case entBreak:
			f.clauseUnit = false
			// Inside a bracket a semicolon separates values of the same thing.
			mean, nation := f.mean && len(stack) > 0, f.nation && len(stack) > 0
			f.comp, f.compHead, f.unknown, f.mean, f.nation, f.inner, f.region, f.list, f.ref, f.all, f.other = "", false, false, mean, nation, nil, "", false, 0, false, ""
			s.recent, s.moves, s.goal = s.recent[:0], s.moves[:0], false
		case entComma:
			f.clauseUnit = false
			f.compComma = f.comp != ""
			if f.region != "" && k > 0 && ents[k-1].kind != entRegion {
				f.region = ""
			}
		case entIndex:
			r.index(&f, k)
		case entOtherIndex:
			f.other, f.comp, f.unknown = e.name, "", false
		case entComponent:
			if e.name == "" {
				f.unknown, f.comp = true, ""
			} else if ofSatisfaction(&f, r.titleIdx) && strings.Contains(viet.Fold(e.name), "hailong") {
				// "chỉ số SIPAS xếp thứ 15 với tỷ lệ hài lòng đạt 85,27%": the index itself, and
				// with "về" one of its parts.
				f.idx, f.idxHere, f.unknown = []string{"sipas"}, true, r.tag.low(e.b) == "về" || r.tag.low(e.b) == "trong"
			} else if !(e.head || r.adjacent(k)) {
				break // a topic of the text
			} else {
				f.comp, f.compHead, f.compComma, f.unknown, f.other = e.name, e.head, false, false, ""
			}
		case entProvince, entMinistry:
			if f.compComma {
				f.comp, f.compComma = "", false
			}
			r.unit(&f, k)
		case entRegion:
			if r.regionIsSubject(k) {
				f.units, f.unitHere, f.named = []subject{{kind: entRegion, name: e.name}}, true, true
				break
			}
			f.region = e.name
		case entInner:
			if e.strong {
				in := subject{kind: entInner, name: e.name}
				if k+1 < len(ents) && ents[k+1].kind == entProvince && r.joined(e.b, ents[k+1].a) {
					in.parent = ents[k+1].name
				}
				f.inner = &in
			}
		case entTheUnit:
			f.inner = nil
			if f.compComma {
				f.comp, f.compComma = "", false
			}
			if !f.unitHere || !f.named {
				if r.subject != "" && !(e.near && len(f.units) == 1 && f.units[0].kind == entProvince) {
					f.units = []subject{{kind: entProvince, name: r.subject}}
				}
				f.unitHere = true
				f.mean, f.nation = f.mean && f.nation, f.nation && f.mean
			}
		case entYear:
			if e.ref {
				f.ref, f.refHere = r.refYear(&f, *e), true
				r.derive(&f)
				break
			}
			if k > 0 && ents[k-1].before && e.a-ents[k-1].b <= 2 {
				break // "từ 60,98 năm 2018 lên 63,85": the year of the first only
			}
			f.also = 0
			if k > 0 && ents[k-1].kind == entYear && !ents[k-1].ref && r.gapIs(ents[k-1].b, e.a, wordSet("và năm")) && e.year != ents[k-1].year {
				f.also = ents[k-1].year
			}
			f.year, f.yearHere, f.period = e.year, true, ""
		case entBoth:
			// "hai chỉ số này": those of the sentence before.
			f.idx, f.idxHere, f.comp, f.compHead, f.unknown, f.other = nil, false, "", false, false, ""
			if len(f.prior) == 2 {
				f.idx, f.idxHere = f.prior, true
			}
		case entPeriod:
			f.year, f.yearHere, f.period = e.year, true, e.period
		case entMean:
			f.mean = true
		case entNation:
			f.nation = true
		case entList:
			f.list, f.zip = true, 0
			r.orderList(&f, k)
		case entMove:
			s.moves = append(s.moves, *e)
			r.derive(&f)
		case entPlace, entScore:
			r.value(&f, k)
		}
	}
	for len(stack) > 0 {
		f, stack = stack[0], nil
	}
	r.carry(f)
}

// carry keeps what the next sentences may refer to.
func (r *reading) carry(f frame) {
	c := &r.carried
	if f.idxHere {
		c.idx, c.prior = f.idx, unique(f.before)
	}
	switch {
	case f.own:
		// "Kon Tum xếp thứ 3 sau Đắk Lắk (hạng 30)": the sentence is about its own.
		c.units = []subject{{kind: entProvince, name: r.subject}}
	case f.unitHere && len(f.units) == 1 && f.units[0].kind == entProvince:
		c.units = f.units
	}
	c.stated = c.stated && !f.yearHere || len(r.sentence.recent) > 0
	if c.year == 0 && f.refHere && f.ref != 0 && !f.yearHere && f.ref < r.latestYear() {
		// "tăng 9 bậc so với năm 2022": the sentences that follow are of 2023 too, as it seems.
		c.year, c.strayed = f.ref+1, true
	}
	if f.yearHere && f.year <= r.latestYear() {
		c.year, c.period, c.strayed = f.year, f.period, false
		if f.period == "" {
			for _, e := range r.sentence.ents {
				if e.kind == entYear && !e.ref && e.year > c.year && e.year <= r.latestYear() {
					c.year, c.strayed = e.year, true // "đạt 73,26%, trong khi năm 2021 xếp thứ 60": it went back
				}
			}
		}
	}
}

// latestYear is the last year that results can be of: the document's own.
func (r *reading) latestYear() int {
	if r.date.year > 0 {
		return r.date.year
	}
	return reform.LastYear
}

// refYear is the year that a reference means: "năm trước" is the one before the current.
func (r *reading) refYear(f *frame, e entity) int {
	if e.year != 0 {
		return e.year
	}
	if y, _ := r.yearNow(f, len(r.sentence.toks)); y > 0 {
		return y - 1
	}
	return 0
}

// index takes an index into the frame; with "và" or a comma it joins the one before.
func (r *reading) index(f *frame, k int) {
	ents := r.sentence.ents
	e := ents[k]
	if e.head { // the work of justice: a topic, and the ranking of the Ministry of Justice
		if !f.idxHere {
			f.idx, f.idxHere = []string{e.code}, true
		}
		return
	}
	joins := false
	for j := k - 1; j >= 0; j-- {
		if ents[j].kind == entComma || ents[j].kind == entYear && ents[j].b == ents[j+1].a {
			continue
		}
		joins = ents[j].kind == entIndex && f.idxHere && r.gapIs(ents[j].b, e.a, indexJoin)
		break
	}
	if joins {
		if !slices.Contains(f.idx, e.code) {
			f.idx = append(slices.Clone(f.idx), e.code)
		}
	} else {
		f.idx = []string{e.code}
		f.all = r.tag.low(e.a-1) == "cả" || r.tag.is(e.a-2, "cả", "hai") || r.tag.is(e.a-2, "ở", "cả")
		f.mean = f.mean && !r.since(k, entMean, entScore)
	}
	if len(f.before) == 0 || f.before[len(f.before)-1] != e.code {
		f.before = append(f.before[:len(f.before):len(f.before)], e.code)
	}
	f.idxHere, f.comp, f.compHead, f.unknown, f.other = true, "", false, false, ""
}

// namesOnly reports whether the bracket that closes at entity k holds an index and no value.
func (r *reading) namesOnly(k int) bool {
	index := false
	for j := k - 1; j >= 0; j-- {
		switch r.sentence.ents[j].kind {
		case entOpen:
			return index
		case entIndex:
			index = !r.sentence.ents[j].head
		case entYear, entComma:
		default:
			return false
		}
	}
	return false
}

// since reports whether a value stands between the last entity of kind what and entity k.
func (r *reading) since(k int, what, value entityKind) bool {
	for j := k - 1; j >= 0; j-- {
		switch r.sentence.ents[j].kind {
		case what:
			return false
		case value:
			return true
		}
	}
	return false
}

var (
	indexJoin = wordSet("và , cả chỉ số của 2021 lẫn cùng năm với / hai")
	unitJoin  = wordSet("và , tỉnh thành phố tp . cùng với các thủ đô")
)

// gapIs reports whether only these words stand between two tokens.
func (r *reading) gapIs(a, b int, words map[string]bool) bool {
	if b-a > 6 {
		return false
	}
	for i := a; i < b; i++ {
		if !words[r.tag.low(i)] && r.sentence.toks[i].kind != number {
			return false
		}
	}
	return true
}

func (r *reading) joined(a, b int) bool {
	return r.gapIs(a, b, wordSet("tỉnh thành phố tp . của"))
}

// unit takes a province or ministry into the frame, unless it is only compared with.
func (r *reading) unit(f *frame, k int) {
	ents := r.sentence.ents
	e := ents[k]
	if k > 0 && ents[k-1].kind == entInner && r.joined(ents[k-1].b, e.a) {
		return
	}
	a := e.a
	for a > 0 && (r.tag.low(a-1) == "tỉnh" || r.tag.low(a-1) == "phố" || r.tag.low(a-1) == "thành" || r.tag.low(a-1) == "tp" || r.tag.low(a-1) == "." && r.tag.low(a-2) == "tp") {
		a--
	}
	next := r.tag.low(e.b)
	for _, p := range comparedBefore {
		if next == "đứng" || next == "xếp" || next == "đạt" || next == "thứ" {
			break // "cao hơn TP Hồ Chí Minh đứng thứ 33": it has a value of its own
		}
		if r.tag.is(a-len(p), p...) && !(len(p) == 1 && p[0] == "như" && a == 1) {
			f.compared = k
			return
		}
	}
	if f.compared > 0 && r.chained(k) && r.lastUnit(k) == f.compared && !(next == "đứng" || next == "xếp" || next == "đạt" || next == "thứ" || next == "(") {
		f.compared = k
		return // "vượt qua Quảng Ninh, Đồng Tháp": the second of those compared with
	}
	u := subject{kind: e.kind, name: e.name, code: e.code}
	f.own = f.own || e.kind == entProvince && e.name == r.subject
	if e.kind == entMinistry {
		if r.tag.prevIs(e.a, 3, wordSet("trưởng được do bởi theo tại")) {
			return // the one that ranks
		}
		switch r.tag.low(e.b) {
		case "đứng", "dẫn", "xếp", "đạt", "vươn", "tiếp", "(", "với", "giữ":
		default:
			if p := r.tag.low(e.a - 1); p != "là" && p != "nhì" && p != "ba" {
				return
			}
		}
	}
	if len(f.units) > 0 && f.named && f.units[len(f.units)-1].kind == e.kind && r.chained(k) {
		f.units = append(slices.Clone(f.units), u)
	} else {
		f.units = []subject{u}
		f.zip = 0
	}
	f.unitHere, f.named, f.clauseUnit, f.inner, f.mean, f.nation = true, true, true, nil, false, false
}

// chained reports whether unit k follows another with only a comma or "và" between, brackets passed over.
func (r *reading) chained(k int) bool {
	ents := r.sentence.ents
	j := k - 1
	for j >= 0 && ents[j].kind == entComma {
		j--
	}
	if j < 0 || ents[j].kind != ents[k].kind {
		return false
	}
	return r.gapIs(ents[j].b, ents[k].a, unitJoin)
}

// adjacent reports whether a value follows or precedes component k with next to
// nothing between: only then are they said of each other.
func (r *reading) adjacent(k int) bool {
	ents := r.sentence.ents
	e := ents[k]
	for j := k + 1; j < len(ents) && j < k+4; j++ {
		if ents[j].kind == entComma && j == k+1 && (e.a == 0 || r.sentence.toks[e.a-1].kind == sign) && j+1 < len(ents) && ents[j+1].kind == entPlace && ents[j+1].a-ents[j].b <= 1 {
			return true // an item of a list: "cải cách tài chính công, xếp thứ 51/63"
		}
		switch ents[j].kind {
		case entOpen, entYear, entTheUnit, entProvince:
			continue
		case entPlace, entScore, entMove:
			return ents[j].a-e.b <= 8
		}
		break
	}
	p := r.tag.low(e.a - 1)
	return k > 0 && (ents[k-1].kind == entPlace || ents[k-1].kind == entScore) && (p == "về" || p == "ở") && e.a-ents[k-1].b <= 2
}

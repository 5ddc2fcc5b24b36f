package prose

import (
	"strings"
	"sync/atomic"
	"unicode"

	"chiso/reform"
	"chiso/reform/viet"
)

// nameKind is what a name of the lexicon names.
type nameKind uint8

const (
	nameProvince nameKind = iota
	nameRegion
	nameMinistry
	nameIndex // also where "chỉ số" stands before it
	nameComponent
)

// entry is one spelling of a name.
type entry struct {
	kind nameKind
	code string // an index' code, a ministry's key, else ""
	name string // what the catalogue finds it by
	low  string // the spelling, small, words joined by one blank
	weak bool   // of an index: a topic too ("cải cách hành chính"), an index only beside words such as "chỉ số"
}

// node is a step of the lexicon: the next folded word.
type node struct {
	next    map[string]*node
	entries []entry
}

// lexicon finds names of the catalogue in a text, the longest first.
type lexicon struct {
	cat  *reform.Catalog
	root node
	of   map[int]bool // denominators of editions: 63, 64, 61, 34 ...
}

// lastLexicon keeps the one that was built last: a program has one catalogue.
var lastLexicon atomic.Pointer[lexicon]

func lexiconOf(cat *reform.Catalog) *lexicon {
	if l := lastLexicon.Load(); l != nil && l.cat == cat {
		return l
	}
	l := buildLexicon(cat)
	lastLexicon.Store(l)
	return l
}

// spokenIndices are names by which articles speak of an index and which no table has.
// Only names whose index the catalogue knows are taken.
var spokenIndices = []struct {
	code string
	weak bool
	name string
}{
	{"s766", false, "chất lượng phục vụ người dân, doanh nghiệp"},
	{"s766", false, "đánh giá chất lượng phục vụ người dân và doanh nghiệp"},
	{"s766", false, "bộ chỉ số chỉ đạo, điều hành và đánh giá chất lượng phục vụ người dân, doanh nghiệp"},
	{"s766", false, "chỉ số chỉ đạo, điều hành và đánh giá chất lượng phục vụ"},
	{"s766", false, "chỉ số phục vụ người dân và doanh nghiệp"},
	{"sipas", false, "chỉ số hài lòng về sự phục vụ hành chính"},
	{"sipas", false, "chỉ số hài lòng của người dân về sự phục vụ của cơ quan hành chính"},
	{"sipas", false, "chỉ số mức độ hài lòng"},
	{"sipas", false, "chỉ số đo lường sự hài lòng"},
	{"sipas", false, "chỉ số đánh giá sự hài lòng"},
	{"sipas", false, "chỉ số về sự hài lòng"},
	{"sipas", false, "chỉ số về hài lòng"},
	{"sipas", false, "chỉ số sự hài lòng"},
	{"sipas", false, "hài lòng về sự phục vụ hành chính"},
	{"sipas", false, "hài lòng về sự phục vụ của cơ quan hành chính"},
	{"sipas", false, "hài lòng đối với sự phục vụ của cơ quan hành chính"},
	{"sipas", true, "mức độ hài lòng của người dân"},
	{"sipas", true, "sự hài lòng của người dân"},
	{"par", false, "chỉ số về cải cách hành chính"},
	{"par", false, "chỉ số chung về cải cách hành chính"},
	{"par", false, "chỉ số tổng hợp cải cách hành chính"},
	{"par", false, "chỉ số về cchc"},
	{"papi", false, "chỉ số hiệu quả quản trị hành chính công"},
	{"papi", false, "chỉ số quản trị và hành chính công"},
	{"papi", false, "chỉ số hiệu quả quản trị"},
	{"pci", false, "chỉ số cạnh tranh cấp tỉnh"},
	{"pci", false, "chỉ số năng lực cạnh tranh"},
	{"dti", false, "chỉ số về chuyển đổi số"},
	{"dti", false, "chỉ số đánh giá chuyển đổi số"},
	{"pgi", false, "chỉ số xanh cấp tỉnh"},
	{"ict", false, "chỉ số sẵn sàng ứng dụng công nghệ thông tin"},
}

// spokenParts are names by which articles speak of a part, and the name that the
// catalogue has for it. Where no basis of the index has that name, it is not taken.
var spokenParts = []struct{ index, name, part string }{
	{"par", "văn bản quy phạm pháp luật", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "tổ chức thực hiện văn bản quy phạm pháp luật", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "xây dựng văn bản quy phạm pháp luật", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "xây dựng, tổ chức thực hiện văn bản quy phạm pháp luật", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "công tác xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "thực hiện VBQPPL", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "xây dựng VBQPPL", "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật"},
	{"par", "cải cách thể chế hành chính", "Cải cách thể chế"},
	{"par", "cải cách tổ chức bộ máy nhà nước", "Cải cách tổ chức bộ máy"},
	{"par", "cải cách tổ chức bộ máy của cơ quan hành chính", "Cải cách tổ chức bộ máy"},
	{"par", "nâng cao chất lượng đội ngũ cán bộ, công chức, viên chức", "Cải cách chế độ công vụ"},
	{"par", "nâng cao chất lượng đội ngũ cán bộ, công chức", "Cải cách chế độ công vụ"},
	{"par", "xây dựng và nâng cao chất lượng đội ngũ cán bộ, công chức", "Cải cách chế độ công vụ"},
	{"par", "xây dựng và nâng cao chất lượng đội ngũ CBCCVC", "Cải cách chế độ công vụ"},
	{"par", "nâng cao chất lượng đội ngũ CBCCVC", "Cải cách chế độ công vụ"},
	{"par", "nâng cao chất lượng CB,CC,VC", "Cải cách chế độ công vụ"},
	{"par", "cải cách công vụ", "Cải cách chế độ công vụ"},
	{"par", "cải cách công vụ, công chức", "Cải cách chế độ công vụ"},
	{"par", "hiện đại hóa nền hành chính nhà nước", "Hiện đại hóa nền hành chính"},
	{"par", "xây dựng chính quyền điện tử, chính quyền số", "Chính quyền điện tử, chính quyền số"},
	{"par", "phát triển chính quyền điện tử, chính quyền số", "Chính quyền điện tử, chính quyền số"},
	{"par", "xây dựng, phát triển chính quyền điện tử, chính quyền số", "Chính quyền điện tử, chính quyền số"},
	{"par", "xây dựng và phát triển chính quyền số", "Chính quyền điện tử, chính quyền số"},
	{"par", "tác động của cải cách hành chính", "Tác động của CCHC"},
	{"par", "tác động cải cách hành chính", "Tác động của CCHC"},
	{"par", "đánh giá tác động của cải cách hành chính", "Tác động của CCHC"},
	{"par", "tác động của cải cách hành chính đến sự hài lòng của người dân, tổ chức và phát triển kinh tế - xã hội", "Tác động của CCHC"},
	{"par", "tác động của cải cách hành chính đến sự hài lòng của người dân, tổ chức và phát triển kinh tế - xã hội của địa phương", "Tác động của CCHC"},
	{"par", "tác động của cải cách hành chính đến người dân, tổ chức", "Tác động của CCHC"},
	{"par", "tác động của cải cách hành chính đến người dân, tổ chức và các chỉ tiêu phát triển kinh tế - xã hội", "Tác động của CCHC"},
	{"pci", "tính năng động tiên phong của chính quyền", "Tính năng động"},
	{"pci", "tính năng động tiên phong", "Tính năng động"},
	{"pci", "tính năng động, tiên phong của chính quyền tỉnh", "Tính năng động"},
	{"pci", "tính năng động và tiên phong", "Tính năng động"},
	{"pci", "tính cạnh tranh bình đẳng", "Cạnh tranh bình đẳng"},
	{"pci", "môi trường cạnh tranh bình đẳng", "Cạnh tranh bình đẳng"},
	{"pci", "tiếp cận đất đai và sử dụng đất ổn định", "Tiếp cận đất đai"},
	{"pci", "khả năng tiếp cận đất đai", "Tiếp cận đất đai"},
	{"pci", "chi phí gia nhập thị trường thấp", "Gia nhập thị trường"},
	{"pci", "môi trường kinh doanh công khai, minh bạch", "Tính minh bạch"},
	{"pci", "thiết chế pháp lý và an ninh, trật tự", "Thiết chế pháp lý"},
	{"papi", "sự tham gia của người dân ở cấp cơ sở", "Tham gia của người dân ở cấp cơ sở"},
	{"papi", "sự tham gia của người dân ở cơ sở", "Tham gia của người dân ở cấp cơ sở"},
	{"papi", "tham gia của người dân ở cơ sở", "Tham gia của người dân ở cấp cơ sở"},
	{"papi", "công khai, minh bạch trong việc ra quyết định ở địa phương", "Công khai, minh bạch"},
	{"papi", "công khai, minh bạch trong ra quyết định", "Công khai, minh bạch"},
	{"papi", "kiểm soát tham nhũng khu vực công", "Kiểm soát tham nhũng"},
	{"papi", "trách nhiệm giải trình của chính quyền với người dân", "Trách nhiệm giải trình"},
}

// shortened is how many words of a part's name tell it without the rest.
const shortened = 6

func buildLexicon(cat *reform.Catalog) *lexicon {
	l := &lexicon{cat: cat, of: map[int]bool{}}
	for _, scheme := range reform.Schemes() {
		for _, u := range cat.Units(scheme, reform.Province) {
			l.unit(nameProvince, u)
		}
		for _, u := range cat.Units(scheme, reform.Region) {
			l.unit(nameRegion, u)
		}
		l.of[len(cat.Units(scheme, reform.Province))] = true
	}
	for _, u := range cat.Units(reform.NoScheme, reform.Ministry) {
		l.unit(nameMinistry, u)
	}
	short, full := map[string]string{}, map[string]string{}
	for _, ix := range cat.Indices() {
		for _, n := range append([]string{ix.Name.VI, ix.Short.VI, ix.Short.EN, ix.Name.EN}, ix.Aliases...) {
			l.index(ix, n)
		}
		for _, e := range ix.Editions {
			if e.Of > 20 {
				l.of[e.Of] = true
			}
		}
		for i := range ix.Bases {
			for j := range ix.Bases[i].Components {
				c := &ix.Bases[i].Components[j]
				for _, n := range append([]string{c.Name.VI, c.Name.EN}, c.Aliases...) {
					words := splitWords(n)
					if len(words) > 1 {
						l.add(n, entry{kind: nameComponent, name: n})
					}
					// Articles cut long names short: "xây dựng và nâng cao chất lượng đội ngũ".
					for k := shortened; k < len(words) && !strings.Contains(viet.Fold(n), "hailong"); k++ {
						s := strings.Join(words[:k], " ")
						if old, ok := short[s]; ok && old != c.Code {
							short[s] = ""
						} else if !ok {
							short[s], full[s] = c.Code, n
						}
					}
				}
			}
		}
	}
	for s, code := range short {
		if code != "" {
			l.add(s, entry{kind: nameComponent, name: full[s]})
		}
	}
	for _, s := range spokenParts {
		if ix, err := cat.Index(s.index); err == nil && l.hasPart(ix, s.part) {
			l.add(s.name, entry{kind: nameComponent, name: s.part})
		}
	}
	for _, s := range spokenIndices {
		if _, err := cat.Index(s.code); err == nil {
			l.add(s.name, entry{kind: nameIndex, code: s.code, name: s.name, weak: s.weak})
		}
	}
	return l
}

// hasPart reports whether a basis of the index has a part of that name.
func (l *lexicon) hasPart(ix *reform.Index, part string) bool {
	for i := range ix.Bases {
		if code, ok := l.cat.FindComponent(ix.Code, ix.Bases[i].Code, part); ok && code != "" {
			return true
		}
	}
	return false
}

func (l *lexicon) unit(kind nameKind, u *reform.Unit) {
	names := append([]string{u.Name}, u.Aliases...)
	for _, n := range u.Names {
		names = append(names, n.Text)
	}
	e := entry{kind: kind}
	if kind == nameMinistry {
		e.code = string(u.Key)
	}
	for _, n := range names {
		n, _, _ = strings.Cut(n, " (") // "TP. HCM (cũ)", "Bắc Trung Bộ (không gồm ...)"
		e.name = n
		l.add(n, e)
	}
}

// index adds a name of an index. One that says neither "chỉ số" nor the
// index' own letters is a topic as well.
func (l *lexicon) index(ix *reform.Index, name string) {
	f := viet.Fold(name)
	if f == "" {
		return
	}
	short := viet.Fold(ix.Short.EN)
	own := strings.HasPrefix(f, "chiso") || strings.HasPrefix(f, "bochiso") || strings.Contains(f, "index") ||
		isASCIILetters(name) && (strings.Contains(short, f) || strings.Contains(f, ix.Code) || f == ix.Code)
	l.add(name, entry{kind: nameIndex, code: ix.Code, name: name, weak: !own})
	if !own {
		l.add("chỉ số "+name, entry{kind: nameIndex, code: ix.Code, name: name})
	}
}

func isASCIILetters(s string) bool {
	for _, r := range s {
		if r > unicode.MaxASCII || unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

func (l *lexicon) add(name string, e entry) {
	n := &l.root
	words := splitWords(name)
	if len(words) == 0 || len(words) > 24 {
		return
	}
	var low []string
	for _, w := range words {
		low = append(low, strings.ToLower(viet.PlaceTones(w)))
		f := viet.Fold(w)
		if n.next == nil {
			n.next = map[string]*node{}
		}
		m := n.next[f]
		if m == nil {
			m = &node{}
			n.next[f] = m
		}
		n = m
	}
	e.low = strings.Join(low, " ")
	for _, old := range n.entries {
		if old.kind == e.kind && old.code == e.code && old.low == e.low && old.weak == e.weak {
			return
		}
	}
	n.entries = append(n.entries, e)
}

// splitWords cuts a name as the reader cuts a text.
func splitWords(s string) []string {
	var out []string
	r := newReader(viet.Clean(s))
	for r.pos < len(r.text) {
		start := r.pos
		kind := r.scan()
		if r.pos == start {
			r.pos++
			continue
		}
		if kind != sign {
			out = append(out, r.text[start:r.pos])
		}
	}
	return out
}

// match is the longest name that begins at token i; end is the token after it.
// Signs inside a name are passed over, but not the ends of sentences or clauses.
func (l *lexicon) match(toks []token, i int) (found []entry, end int) {
	n := &l.root
	words := make([]string, 0, 8)
	caps, marked := true, false
	for j := i; j < len(toks); j++ {
		t := toks[j]
		if t.kind == sign {
			if j == i || len(words) == 0 {
				return found, end
			}
			switch t.text {
			case "-", "–", ".", ",", "*", "/", "&", "“", "”", "\"":
				continue
			}
			return found, end
		}
		if n = n.next[t.fold]; n == nil {
			return found, end
		}
		words = append(words, t.low)
		caps = caps && (t.cap || t.kind == number)
		marked = marked || t.low != t.fold
		if len(n.entries) == 0 {
			continue
		}
		low := strings.Join(words, " ")
		var fits []entry
		for _, e := range n.entries {
			if e.fits(low, len(words), caps, toks[i].cap, marked) {
				fits = append(fits, e)
			}
		}
		if len(fits) > 0 {
			found, end = fits, j+1
		}
	}
	return found, end
}

// fits reports whether the words of a text are this name. Marks may differ
// where nothing else can be meant: in a long name, or in capitalised words.
func (e entry) fits(low string, words int, caps, firstCap, marked bool) bool {
	switch e.kind {
	case nameProvince:
		return caps && (e.low == low || words > 1)
	case nameRegion, nameMinistry:
		return firstCap && (e.low == low || words > 2) || e.kind == nameRegion && e.low == low && words > 3
	}
	return e.low == low || words > 2 || !marked && caps && words > 1
}

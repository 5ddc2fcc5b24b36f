package table

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// constants are what holds for a whole table: from a mapping file, an option, or the titles.
type constants struct {
	index string
	basis string
	when  when
	stage reform.Stage
}

// understand reads the texts over a column, from the top down, or the texts of a
// row's label. Every word must be accounted for: a heading with a word that is not
// known is not understood, since that word may be the one that matters.
func (p *parser) understand(path []string, c constants) heading {
	h := heading{text: strings.Join(path, " | ")}
	for _, text := range path {
		p.understandOne(&h, text, c)
	}
	if h.stage == "" {
		h.stage = c.stage
	}
	return h
}

func (p *parser) understandOne(h *heading, text string, c constants) {
	if len(text) > 600 {
		h.unknown = parse.Shorten(text, 60)
		return
	}
	f := viet.Fold(text)
	if f == "" {
		switch {
		case strings.Contains(text, "%"):
			p.percent(h, c)
		case strings.Contains(text, "#"):
			h.ignore = "a row number, never a place"
		case strings.Contains(text, "+") || strings.Contains(text, "Δ"):
			h.ignore = "a change, not a value"
		}
		return
	}
	if why, ok := ignored(f); ok {
		h.ignore = why
		return
	}
	if role := roleOf(f); role != "" && h.role == "" {
		h.role = role
		return
	}
	if percentHeadings[f] {
		p.percent(h, c)
		return
	}
	bound := ""
	if m := headingMax.FindStringSubmatch(text); m != nil {
		if bound = m[1]; bound == "" {
			bound = m[2]
		}
		if f := viet.Fold(m[0]); strings.HasSuffix(f, "tinh") || strings.HasSuffix(f, "thanh") || strings.HasSuffix(f, "pho") || strings.HasSuffix(f, "donvi") {
			h.of, _ = strconv.Atoi(bound)
			bound = ""
		}
		text = headingMax.ReplaceAllString(text, " ")
	}
	text = numbering.ReplaceAllString(strings.TrimSpace(text), "")
	percent := strings.Contains(text, "(%)") || strings.HasSuffix(text, "%")
	w := viet.FoldWords(text)
	for _, x := range changeWords {
		if strings.Contains(" "+w+" ", " "+x+" ") {
			h.ignore = "a change, not a value"
			return
		}
	}
	if hasAny(w, unweighted) && !p.resolves(h, w, c) {
		h.ignore = "a total without weights, which is not the index"
		return
	}
	for _, x := range weighted {
		if hasAny(w, []string{x}) {
			w = squeeze(strings.Replace(" "+w+" ", " "+x+" ", " ", 1))
			break
		}
	}
	if on, rest := pullPeriod(w); !on.zero() && !p.resolves(h, w, c) {
		if !h.when.zero() && h.when.with(on) != on.with(h.when) {
			h.unknown = "two periods"
		}
		h.when = on.with(h.when)
		w = rest
	}
	if w = p.pullStage(h, w); w != "" && !p.name(h, w, c) && !p.bracketed(h, text, c) {
		h.unknown = parse.Shorten(viet.Clean(text), 60)
	}
	if percent {
		p.percent(h, c)
	}
	p.bound(h, bound)
}

var brackets = regexp.MustCompile(`^([^()]+)\(([^()]+)\)$`)

// bracketed reads "Chuyển đổi số cấp tỉnh (PDTI)": what stands in brackets must be understood too.
func (p *parser) bracketed(h *heading, text string, c constants) bool {
	m := brackets.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return false
	}
	try := *h
	for _, part := range m[1:] {
		w := viet.FoldWords(part)
		if on, rest := pullPeriod(w); !on.zero() {
			try.when, w = on.with(try.when), rest
		}
		if w != "" && !p.name(&try, w, c) && w != "diem" {
			return false
		}
	}
	*h = try
	return true
}

// resolves reports whether a text with a year in it is a name as a whole.
func (p *parser) resolves(h *heading, w string, c constants) bool {
	try := *h
	_, ok := p.named(&try, w, c)
	return ok
}

// bound is the number in brackets behind a heading: the maximum of a score, or
// how many units were ranked.
func (p *parser) bound(h *heading, text string) {
	if text == "" {
		return
	}
	d, err := viet.ParseNumber(text, viet.DecimalComma)
	if err != nil {
		if d, err = viet.ParseNumber(text, viet.DecimalPoint); err != nil {
			return
		}
	}
	if _, year := validYear(text); year {
		return
	}
	if h.measure == place {
		if d.IsInteger() && d.IsPositive() {
			h.of = int(d.IntPart())
		}
		return
	}
	if d.IsInteger() && !h.explicit {
		switch d.IntPart() {
		case 34, 63, 64:
			return // how many provinces there are, more likely than a maximum
		}
	}
	h.max = decimal.NullDecimal{Decimal: d, Valid: d.IsPositive()}
}

// percent reads a heading "%": of an index that is measured in per cent it is the
// score; of a part with points of its own it is something else.
func (p *parser) percent(h *heading, c constants) {
	if h.measure == place || h.ignore != "" {
		return
	}
	index := h.index
	if index == "" {
		index = c.index
	}
	if ix, err := p.cat.Index(index); err == nil && strings.Contains(ix.Unit.VI, "%") {
		h.measure, h.explicit = score, true
		return
	}
	h.measure, h.explicit = percentOfMax, true
}

func (p *parser) pullStage(h *heading, w string) string {
	take := func(list []string, s reform.Stage) bool {
		for _, x := range list {
			if hasAny(w, []string{x}) {
				h.stage, h.staged = s, true
				w = squeeze(strings.Replace(" "+w+" ", " "+x+" ", " ", 1))
				return true
			}
		}
		return false
	}
	if take(stageSelf, reform.SelfAssessed) {
		w = strings.TrimSuffix(strings.TrimSuffix(w, " cua tinh"), " cua dia phuong")
		return w
	}
	take(stageOfficial, reform.Official)
	return w
}

// name accounts for all words of a heading whose period and stage are taken off.
func (p *parser) name(h *heading, w string, c constants) bool {
	if x, ok := p.named(h, w, c); ok {
		*h = x
		return true
	}
	m, rest, ok := stripMeasure(w)
	if !ok {
		return noiseHeadings[strings.ReplaceAll(w, " ", "")]
	}
	if h.explicit && h.measure != m && h.measure != percentOfMax {
		// "Xếp hạng" over "Điểm" and "Hạng": the lower one says it more exactly.
		h.explicit = false
	}
	h.measure, h.explicit = m, true
	if rest == "" {
		return true
	}
	if m == place {
		if scope, ok := p.regionScope(rest); ok {
			h.scope = scope
			return true
		}
		for _, x := range []string{"toan quoc", "ca nuoc", "quoc gia", "trong toan quoc", "trong ca nuoc", "tinh", "trong tinh"} {
			if rest == x {
				return true
			}
			rest = strings.TrimSuffix(rest, " "+x)
		}
	}
	if x, ok := p.named(h, rest, c); ok {
		*h = x
		return true
	}
	if _, again, ok := stripMeasure(rest); ok && again == "" {
		return true // "Điểm số đạt", "Kết quả xếp hạng"
	}
	return noiseHeadings[strings.ReplaceAll(rest, " ", "")] || rest == "tong hop" || rest == "tong" || rest == "dat" || rest == "chung"
}

// regionScope is the scope of "hạng trong vùng" and "hạng ĐBSCL".
func (p *parser) regionScope(rest string) (string, bool) {
	for _, x := range []string{"trong ", "theo ", "cua ", "cap "} {
		rest = strings.TrimPrefix(rest, x)
	}
	switch rest {
	case "vung", "khu vuc", "mien", "vung kinh te", "trong vung", "region", "regional":
		return ownRegion, true
	}
	for _, s := range []reform.Scheme{reform.VN63, reform.VN34, reform.VN64} {
		if _, ok := p.cat.FindRegion(rest, s, 0); ok {
			return rest, true
		}
	}
	return "", false
}

// ownRegion is the scope of a heading that speaks of each unit's own region.
const ownRegion = "own"

// prefixes may stand before the name of an index or a component.
var prefixes = []string{"", "chi so thanh phan ", "chi so ", "bo chi so ", "linh vuc ", "tieu chi ", "noi dung ", "nhom ", "truc ", "ket qua ", "diem ", "tong diem ", "chi so ve ", "ve "}

// named finds the index or the component that words name.
func (p *parser) named(h *heading, w string, c constants) (heading, bool) {
	x := *h
	if w == "" {
		return x, true
	}
	index := x.index
	if index == "" {
		index = c.index
	}
	for _, prefix := range prefixes {
		rest, ok := strings.CutPrefix(w, prefix)
		if !ok || rest == "" {
			continue
		}
		if index != "" {
			if code, ok := p.component(index, c.basis, x.when.with(c.when), rest); ok {
				if code == "" {
					x.total = true
				} else if x.component != "" && x.component != code {
					if parent, err := p.cat.Component(index, p.basisOf(index, c.basis, x.when.with(c.when)), code); err != nil || parent.Parent != x.component {
						return x, false
					}
				}
				if code != "" {
					x.component = code
				}
				return x, true
			}
		}
		if ix, ok := p.cat.FindIndex(rest); ok {
			if x.index != "" && x.index != ix.Code {
				return x, false
			}
			x.index, x.total = ix.Code, true
			return x, true
		}
	}
	return x, false
}

// component is the component of an index that a folded text names; "" the total.
func (p *parser) component(index, basis string, on when, text string) (string, bool) {
	b := p.basisOf(index, basis, on)
	if code, ok := p.cat.FindComponent(index, b, text); ok {
		return code, true
	}
	for _, code := range englishComponents[index][strings.ReplaceAll(text, " ", "")] {
		if _, err := p.cat.Component(index, b, code); err == nil {
			return code, true
		}
	}
	return "", false
}

// basisOf is the basis that a person named, else that of the period; "" unknown.
func (p *parser) basisOf(index, basis string, on when) string {
	if basis != "" {
		if _, err := p.cat.Basis(index, basis); err == nil {
			return basis
		}
	}
	if period, ok := on.period(); ok {
		if b, ok := p.cat.BasisFor(index, period); ok {
			return b
		}
		return ""
	}
	if ix, err := p.cat.Index(index); err == nil && len(ix.Bases) == 1 {
		return ix.Bases[0].Code
	}
	return ""
}

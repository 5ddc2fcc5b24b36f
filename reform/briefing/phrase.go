package briefing

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

// parts name what goes into the placeholders of a text.
type parts map[string][]Part

func text(s string) []Part { return []Part{{Text: s}} }

var placeholder = regexp.MustCompile(`\{([a-z_0-9]+)\}`)

// fill is the text of a key with its placeholders replaced by parts that keep their links.
func (w *writer) fill(key string, with parts) []Part {
	s := words.T(w.Lang, "briefing."+key)
	var out []Part
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		if m[0] > at {
			out = append(out, Part{Text: s[at:m[0]]})
		}
		p, ok := with[s[m[2]:m[3]]]
		if !ok {
			p = text(s[m[0]:m[1]]) // shown as it is, so that a person sees it and a test fails
		}
		out = append(out, p...)
		at = m[1]
	}
	if at < len(s) {
		out = append(out, Part{Text: s[at:]})
	}
	return out
}

// plural is key, or key.one for one of something: English tells them apart.
func plural(key string, n int) string {
	if n == 1 {
		return key + ".one"
	}
	return key
}

// add writes a sentence, with a capital letter at its beginning.
func (w *writer) add(topic Topic, key string, with parts) {
	var out []Part
	for _, p := range w.fill(key, with) {
		if p.Text == "" {
			continue
		}
		// Plain neighbours are one piece of text.
		if n := len(out) - 1; n >= 0 && p.Fact == nil && p.Document == "" && out[n].Fact == nil && out[n].Document == "" {
			out[n].Text += p.Text
			continue
		}
		out = append(out, p)
	}
	if len(out) > 0 {
		out[0].Text = upper(out[0].Text)
	}
	w.out = append(w.out, Sentence{Topic: topic, Parts: out})
}

func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// fact is where a number of the unit can be looked up, in the state that is shown.
func (w *writer) fact(unit reform.UnitKey, p reform.Period, basis, component, scope string) *reform.FactQuestion {
	return &reform.FactQuestion{Index: w.Index.Code, Unit: cmp.Or(unit, w.Unit), Period: p, Component: component, Basis: basis, Scope: scope, View: w.View}
}

// cite remembers the document behind a number that is written.
func (w *writer) cite(id string) {
	if id != "" && !slices.Contains(w.docs, id) {
		w.docs = append(w.docs, id)
	}
}

// place is "5/63" with its link, and behind it what kind of place it is where it was not
// simply published.
func (w *writer) place(pt *reform.RankPoint) []Part {
	return w.pointPlace(pt, " (", ")")
}

// placeInside is a place that stands in brackets itself: "5/63, suy ra".
func (w *writer) placeInside(pt *reform.RankPoint) []Part {
	return w.pointPlace(pt, ", ", "")
}

func (w *writer) pointPlace(pt *reform.RankPoint, open, end string) []Part {
	w.cite(cmp.Or(pt.PlaceFrom.Document, pt.ScoreFrom.Document))
	out := []Part{{Text: placeOf(pt.Place, pt.Of), Fact: w.fact(pt.Unit, pt.Period, pt.Basis, w.History.Component, pt.Scope)}}
	if m := w.marks(pt.Of, pt.RankKind, pt.PlaceFrom.Status); m != "" {
		out = append(out, Part{Text: open + m + end})
	}
	return out
}

func placeOf(place, of int) string {
	if of > 0 {
		return strconv.Itoa(place) + "/" + strconv.Itoa(of)
	}
	return strconv.Itoa(place)
}

// marks say what a reader must know of a place that is no plain published one: "tính từ điểm, tạm tính".
func (w *writer) marks(of int, kind reform.RankKind, status reform.Status) string {
	var marks []string
	if kind != "" && kind != reform.Published {
		marks = append(marks, words.T(w.Lang, "rank_kind."+string(kind)))
	}
	if status == reform.Provisional {
		marks = append(marks, words.T(w.Lang, "status.provisional"))
	}
	if of == 0 {
		marks = append(marks, words.T(w.Lang, "briefing.of.unknown"))
	}
	return strings.Join(marks, ", ")
}

// total is a total with what it is out of and its unit: "87,32/100 điểm", "85,4 %".
func (w *writer) total(pt *reform.RankPoint) []Part {
	w.cite(pt.ScoreFrom.Document)
	s := w.short(pt.Score)
	unit := w.Index.Unit.In(w.Lang)
	switch {
	case unit == "%":
		s += " %"
	default:
		if pt.Max.Valid {
			s += "/" + w.exact(pt.Max)
		}
		s = strings.TrimSpace(s + " " + unit)
	}
	out := []Part{{Text: s, Fact: w.fact(pt.Unit, pt.Period, pt.Basis, w.History.Component, "")}}
	if pt.ScoreFrom.Status == reform.Provisional {
		out = append(out, Part{Text: " (" + words.T(w.Lang, "status.provisional") + ")"})
	}
	return out
}

// decimals is how many decimals a score is said with; the exact one is behind its link.
func (w *writer) decimals() int32 { return int32(min(max(w.Index.Decimals, 2), 6)) }

// short is a score as it is said; what had to be rounded keeps its zeros.
func (w *writer) short(n reform.Number) string { return w.rounded(n.Decimal) }

func (w *writer) rounded(d decimal.Decimal) string {
	places := w.decimals()
	r := d.Round(places)
	if r.Equal(d) {
		return w.written(r, 0, 9)
	}
	return w.written(r, int(places), int(places))
}

func (w *writer) exact(n reform.Number) string { return w.written(n.Decimal, 0, 9) }

func (w *writer) written(d decimal.Decimal, least, most int) string {
	return strings.Replace(viet.FormatNumber(d, w.Lang, least, most), "-", "−", 1)
}

// unitName is "tỉnh Long An" as it was called in a period; the bare name in English. A
// department is named with its province.
func (w *writer) unitName(p reform.Period) string {
	if parent := w.Unit.Parent(); parent != "" {
		own, of := w.nameOf(w.Unit, p), w.nameOf(parent, p)
		if w.Lang == "en" {
			return own + ", " + of
		}
		return strings.TrimSpace(own + " " + strings.TrimSpace(w.Catalog.KindIn(parent, p)+" "+of))
	}
	name := w.Catalog.NameIn(w.Unit, p)
	if w.Lang == "en" {
		if u, err := w.Catalog.UnitOrForm(w.Unit); err == nil && name == u.Name {
			return cmp.Or(u.NameEN, name)
		}
		return name
	}
	if kind := w.Catalog.KindIn(w.Unit, p); kind != "" {
		return kind + " " + name
	}
	return name
}

// nameOf is the bare name of another unit.
func (w *writer) nameOf(k reform.UnitKey, p reform.Period) string {
	if u, err := w.Catalog.Unit(k); err == nil && w.Lang == "en" && u.NameEN != "" {
		return u.NameEN
	}
	return w.Catalog.NameIn(k, p)
}

// indexName is "Chỉ số cải cách hành chính (PAR INDEX)".
func (w *writer) indexName() string {
	name, short := w.Index.Name.In(w.Lang), w.Index.Short.In(w.Lang)
	if short == "" || strings.Contains(strings.ToLower(name), strings.ToLower(short)) {
		return name
	}
	return name + " (" + short + ")"
}

// subject are the placeholders that most sentences have.
func (w *writer) subject(p reform.Period) parts {
	return parts{"index": text(w.indexName()), "unit": text(w.unitName(p)), "period": text(w.period(p))}
}

// component is a component's name on a basis, else its code.
func (w *writer) component(basis, code string) string {
	for _, b := range []string{basis, ""} {
		if c, err := w.Catalog.Component(w.Index.Code, b, code); err == nil {
			return c.Name.In(w.Lang)
		}
	}
	return code
}

var roman = []string{"", "I", "II", "III", "IV"}

// period is a period in a sentence: "năm 2019", "tháng 10/2025".
func (w *writer) period(p reform.Period) string {
	y, m, end := p.Year(), int(p.Start().Month()), p.End()
	say := func(key string, pairs ...any) string {
		return words.T(w.Lang, "briefing.period."+key, append(pairs, "y", y)...)
	}
	switch p.Kind() {
	case reform.Year:
		return say("year")
	case reform.Half:
		return say(fmt.Sprintf("half%d", int(end.Month())/6))
	case reform.Quarter:
		return say("quarter", "q", int(end.Month())/3, "roman", roman[int(end.Month())/3])
	case reform.Month:
		return say("month", "m", m, "name", p.Start().Month())
	case reform.Span:
		if m == 1 && end.Year() == y {
			return say("months", "n", int(end.Month()))
		}
		return say("span", "from", p.Start().Format("01/2006"), "to", end.Format("01/2006"))
	}
	return ""
}

func (w *writer) day(t time.Time) string { return viet.FormatDate(t.In(reform.Hanoi), w.Lang) }

// list joins pieces as a sentence does: "A, B và C".
func (w *writer) list(items [][]Part) []Part {
	var out []Part
	for i, it := range items {
		switch {
		case i == 0:
		case i == len(items)-1:
			out = append(out, Part{Text: words.T(w.Lang, "briefing.and")})
		default:
			out = append(out, Part{Text: words.T(w.Lang, "briefing.comma")})
		}
		out = append(out, it...)
	}
	return out
}

// Package prose reads articles and reports: Vietnamese text in which places and
// scores stand in sentences. It finds who is spoken of, which index, which year, and
// what it is unsure of it leaves to a person.
package prose

import (
	"context"
	"strconv"
	"unicode/utf8"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// Doc is a text with what is known of its publication.
type Doc struct {
	Title   string
	Site    string // host or publisher: "baokhanhhoa.vn"
	Address string
	Date    string // of publication, ISO, as far as it is known
	Text    string
	// Unit is the key of the unit that the whole text is about, where a person says so.
	Unit reform.UnitKey
	// Index is the index that the whole text is about, where a person says so.
	Index string
	// Period is the year that the whole text is about, where a person says so.
	Period reform.Period
	// Locate gives the place of the characters [from, to) of Text, such as a page; nil or "": by characters.
	Locate func(from, to int) string
}

func (d *Doc) locate(from, to int) string {
	if d.Locate == nil {
		return ""
	}
	return d.Locate(from, to)
}

// Candidate is a fact that a text gives: final, or for review with a note.
type Candidate struct {
	Fact       reform.Fact
	Note       string // why it is for review; "" where it is sure
	Start, End int    // characters of the text as read
}

// The bounds of what one document may give.
const (
	maxCandidates = 20_000
	maxWarnings   = 500
)

// Extract finds the facts of a text. The problems are warnings: numbers beside
// an index that could not be understood, and contradictions of the text itself. The
// offsets are characters of Normal(doc.Text).
func Extract(ctx context.Context, doc Doc, cat *reform.Catalog) ([]Candidate, []reform.Problem, error) {
	doc.Text = Normal(doc.Text)
	r := &reading{cat: cat, lex: lexiconOf(cat), doc: &doc}
	r.tag.lex = r.lex
	if doc.Date == "" {
		doc.Date = firstDate(doc.Title)
	}
	if doc.Date == "" {
		doc.Date = addressDate(doc.Address)
	}
	r.date = parseDocDate(doc.Date)
	r.orient()
	rd := newReader(doc.Text)
	for n := 0; ; n++ {
		if n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
		}
		if rows, end, ok := tableAt(doc.Text, rd.pos); ok {
			r.table(rows)
			rd.pos = end
			continue
		}
		toks, paragraph, ok := rd.next()
		if !ok {
			break
		}
		if len(toks) == 0 || r.isMeta(toks) {
			continue
		}
		r.attach(toks, paragraph, r.isTitle(toks))
		r.count(toks)
	}
	r.sumUp()
	r.settle()
	if r.dropped > 0 {
		r.problems = append(r.problems, parse.Warning("too-many", "document", "", "",
			"Văn bản có nhiều số liệu hơn mức đọc được; %d số bị bỏ qua.", "The text has more numbers than are read; %d were left out.", r.dropped))
	}
	return r.out, r.problems, nil
}

// settle makes the document speak with one voice: what it repeats is one fact,
// and where it gives two values of one thing neither is sure.
func (r *reading) settle() {
	type key struct {
		index, basis, comp, scope string
		unit                      reform.UnitKey
		period                    reform.Period
		score                     bool
	}
	at, disputed := map[key]int{}, map[key]bool{}
	var out []Candidate
	for _, c := range r.out {
		f := &c.Fact
		k := key{f.Index, f.Basis, f.Component, f.Scope, f.Unit, f.Period, f.Score.Valid}
		i, ok := at[k]
		if !ok {
			at[k] = len(out)
			out = append(out, c)
			continue
		}
		p := &out[i] // valid until out grows
		if sameValue(&p.Fact, f) {
			if disputed[k] {
				continue // said again, it is no surer
			}
			if better(f, &p.Fact) {
				if f.Of == 0 {
					f.Of, f.OfPrinted = p.Fact.Of, p.Fact.OfPrinted
				}
				*p = c
			} else if f.OfPrinted && !p.Fact.OfPrinted && p.Fact.Place > 0 {
				p.Fact.Of, p.Fact.OfPrinted = f.Of, true
			}
			continue
		}
		// A value that was counted or is doubtful gives way to a printed one.
		loser := c
		switch {
		case disputed[k]:
		case better(f, &p.Fact):
			loser, *p = *p, c
		case better(&p.Fact, f):
		default:
			disputed[k] = true
			p.Fact.Status, p.Fact.Note = reform.Review, noteTwoValues+": "+valueText(f)
			p.Note = p.Fact.Note
		}
		// The other value goes to a person too, unless it was only computed.
		if loser.Fact.RankKind == reform.Derived {
			continue
		}
		loser.Fact.Status, loser.Fact.Note = reform.Review, noteTwoValues+": "+valueText(&p.Fact)
		loser.Note = loser.Fact.Note
		out = append(out, loser)
		r.problems = append(r.problems, parse.Warning("two-values", "score", loser.Fact.Locator, loser.Fact.Quote,
			"%s, %s %s: văn bản còn có giá trị %s, khác với %s.", "%s, %s %s: the text also has %s, which differs from %s.",
			loser.Fact.UnitName, loser.Fact.Index, loser.Fact.Period, valueText(&loser.Fact), valueText(&out[i].Fact)))
	}
	r.out = out
}

func sameValue(a, b *reform.Fact) bool {
	if a.Place > 0 {
		return a.Place == b.Place && (a.Of == 0 || b.Of == 0 || a.Of == b.Of || !a.OfPrinted || !b.OfPrinted)
	}
	if !a.Score.Valid || !b.Score.Valid {
		return a.Score.Valid == b.Score.Valid
	}
	// Equal at the coarser printed precision: 91.8 and 91.80, 43.14 and 43.135.
	e := max(a.Score.Decimal.Exponent(), b.Score.Decimal.Exponent())
	return a.Score.Decimal.Round(-e).Equal(b.Score.Decimal.Round(-e)) || a.Score.Decimal.Truncate(-e).Equal(b.Score.Decimal.Truncate(-e))
}

// better reports whether a is surer than b.
func better(a, b *reform.Fact) bool {
	weight := func(f *reform.Fact) int {
		n := 0
		if f.Status == reform.Final {
			n += 4
		}
		if f.RankKind != reform.Derived {
			n += 2
		}
		return n
	}
	return weight(a) > weight(b)
}

func valueText(f *reform.Fact) string {
	if f.Place > 0 {
		return placeText(f.Place, f.Of)
	}
	return f.Score.String()
}

// Normal is the text as it is read and located: NFC, with Ư for the Ƣ that font
// maps of old PDF files give, and without carriage returns.
func Normal(s string) string {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	s = viet.NFC(s)
	return replacer.Replace(s)
}

// runeCounter turns byte offsets into character offsets; it goes forward and so
// costs one pass over the text, however many facts are located.
type runeCounter struct{ byteAt, runeAt int }

func (c *runeCounter) at(s string, offset int) int {
	if offset < c.byteAt {
		// A clause may begin before the last one located: count back.
		return c.runeAt - utf8.RuneCountInString(s[offset:c.byteAt])
	}
	c.runeAt += utf8.RuneCountInString(s[c.byteAt:offset])
	c.byteAt = offset
	return c.runeAt
}

func runeLen(s string) int { return utf8.RuneCountInString(s) }

func itoa(n int) string { return strconv.Itoa(n) }

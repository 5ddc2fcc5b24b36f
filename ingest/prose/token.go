package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"chiso/reform/viet"
)

// tokenKind tells words, numbers and signs apart.
type tokenKind uint8

const (
	word tokenKind = iota
	number
	sign
)

// token is a word, a number or a sign of a sentence.
type token struct {
	kind       tokenKind
	start, end int // bytes of the text as read
	*form
}

// form is what a token's text is compared by; equal texts share one.
type form struct {
	text string
	low  string // small letters, tones placed as official files do: "hòa"
	fold string // without marks: "hoa"
	cap  bool   // begins with a capital
}

// reader cuts the text as read into sentences, one after the other, so that a
// text of any length costs the memory of its longest sentence.
type reader struct {
	text  string
	pos   int
	forms map[string]*form
	toks  []token
}

// The bounds of what is looked at together. Longer sentences are cut: no
// statement about one unit has a thousand words.
const (
	maxTokens    = 1200
	rememberWord = 20_000
	maxWordBytes = 120
)

func newReader(text string) *reader { return &reader{text: text, forms: map[string]*form{}} }

// next is the next sentence; its tokens are valid until the following call.
// paragraph says that the sentence begins a line.
func (r *reader) next() (toks []token, paragraph, ok bool) {
	for r.pos < len(r.text) && (isBlank(r.text[r.pos]) || r.text[r.pos] == '\n') {
		paragraph = paragraph || r.text[r.pos] == '\n'
		r.pos++
	}
	if r.pos >= len(r.text) {
		return nil, false, false
	}
	paragraph = paragraph || r.pos == 0
	r.toks = r.toks[:0]
	for r.pos < len(r.text) && len(r.toks) < maxTokens {
		c := r.text[r.pos]
		if c == '\n' {
			if !r.continues() {
				break
			}
			r.pos++
			continue
		}
		if isBlank(c) {
			r.pos++
			continue
		}
		start := r.pos
		kind := r.scan()
		if r.pos == start { // nothing was understood: pass one character over
			_, n := utf8.DecodeRuneInString(r.text[start:])
			r.pos += n
			continue
		}
		t := token{kind: kind, start: start, end: r.pos, form: r.form(r.text[start:r.pos])}
		if t.kind == word && t.low == "" {
			continue
		}
		r.toks = append(r.toks, t)
		if kind == sign && r.ends(t) {
			break
		}
	}
	return r.toks, paragraph, true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' }

// continues reports whether the line break at pos is only one of layout: lines of a
// PDF break inside a sentence, and the next one goes on with a small letter.
func (r *reader) continues() bool {
	if len(r.toks) == 0 {
		return false
	}
	i := r.pos + 1
	for i < len(r.text) && isBlank(r.text[i]) {
		i++
	}
	if i >= len(r.text) || r.text[i] == '\n' {
		return false
	}
	// A heading is no beginning of the line under it: only a long line is broken by layout.
	if r.pos-r.toks[0].start < 60 {
		return false
	}
	last := r.toks[len(r.toks)-1]
	c, _ := utf8.DecodeRuneInString(r.text[i:])
	return unicode.IsLower(c) && (last.kind != sign || last.text == "," || last.text == ")")
}

// scan passes over one token and says what it is.
func (r *reader) scan() tokenKind {
	s := r.text
	c := s[r.pos]
	if '0' <= c && c <= '9' {
		for r.pos < len(s) {
			c := s[r.pos]
			if '0' <= c && c <= '9' {
				r.pos++
				continue
			}
			if (c == '.' || c == ',') && r.pos+1 < len(s) && '0' <= s[r.pos+1] && s[r.pos+1] <= '9' {
				r.pos++
				continue
			}
			break
		}
		return number
	}
	first, n := utf8.DecodeRuneInString(s[r.pos:])
	if !isLetter(first) {
		if !unicode.IsSpace(first) && !unicode.Is(unicode.Cf, first) && first != utf8.RuneError {
			r.pos += n
		}
		return sign
	}
	from := r.pos
	for r.pos < len(s) && r.pos-from < maxWordBytes {
		c, n := utf8.DecodeRuneInString(s[r.pos:])
		if !isLetter(c) && !unicode.Is(unicode.Cf, c) {
			break
		}
		r.pos += n
	}
	return word
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) }

func (r *reader) form(s string) *form {
	if f, ok := r.forms[s]; ok {
		return f
	}
	if len(r.forms) >= rememberWord {
		clear(r.forms)
	}
	f := &form{text: s, low: s, fold: s}
	c, _ := utf8.DecodeRuneInString(s)
	if isLetter(c) {
		clean := viet.Clean(s)
		f.low = strings.ToLower(viet.PlaceTones(clean))
		f.fold = viet.Fold(clean)
		f.cap = unicode.IsUpper(c)
	}
	r.forms[s] = f
	return f
}

// abbreviations end with a point that ends no sentence.
var abbreviations = map[string]bool{"tp": true, "ts": true, "ths": true, "ub": true, "p": true, "q": true, "tx": true, "gs": true, "pgs": true, "ông": true, "t": true, "tt": true, "st": true, "ths.": true, "no": true, "bs": true}

// ends reports whether a sign that was just read ends its sentence.
func (r *reader) ends(t token) bool {
	switch t.text {
	case "!", "?", "…":
		return true
	case ".":
		if len(r.toks) >= 2 {
			p := r.toks[len(r.toks)-2]
			if p.kind == word && (abbreviations[p.low] || p.cap && utf8.RuneCountInString(p.text) == 1) && p.end == t.start {
				return false
			}
		}
		// A sentence is followed by a blank or a quotation mark, an address is not.
		if r.pos < len(r.text) {
			c, _ := utf8.DecodeRuneInString(r.text[r.pos:])
			if c < utf8.RuneSelf && !isBlank(byte(c)) && c != '\n' && c != '"' && c != ')' && c != '/' && !unicode.IsUpper(c) {
				return false
			}
		}
		return true
	}
	return false
}

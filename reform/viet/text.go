// Package viet reads and writes Vietnamese text: one spelling of a name for
// comparing, numbers with the comma as decimal sign, the order of the
// Vietnamese alphabet, and the encodings that old files still carry.
package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC is s with composed letters. macOS and Windows-1258 give decomposed text,
// which fonts draw with the accents beside the letter.
func NFC(s string) string { return norm.NFC.String(s) }

// foldTable maps every rune below its length to what Fold writes: 0 drops it.
// It is built once, so that folding a name needs neither normalising nor a cache.
var foldTable = buildFoldTable()

func buildFoldTable() [0x2000]rune {
	var t [0x2000]rune
	for r := range rune(len(t)) {
		switch r {
		case 'đ', 'Đ', 'ð', 'Ð':
			// The stroke is no combining mark, and eth is met in place of đ.
			t[r] = 'd'
			continue
		case 'Ƣ', 'ƣ':
			// Font maps of old PDF files turn ư into ƣ.
			t[r] = 'u'
			continue
		}
		base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		if unicode.IsLetter(base) || unicode.IsDigit(base) {
			t[r] = unicode.ToLower(base)
		}
	}
	return t
}

// Fold is the key by which two spellings are compared: lower-case letters and
// digits only, without marks, đ as d. "TP. Hồ Chí Minh" is "tphochiminh".
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			continue
		}
		return foldSlow(s)
	}
	return s
}

func foldSlow(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r < rune(len(foldTable)) {
			if f := foldTable[r]; f != 0 {
				b = utf8.AppendRune(b, f)
			}
			continue
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	return string(b)
}

// FoldWords folds s but keeps one blank between words, for searching by the
// beginning of a word.
func FoldWords(s string) string {
	words := strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
	out := words[:0]
	for _, w := range words {
		if f := Fold(w); f != "" {
			out = append(out, f)
		}
	}
	return strings.Join(out, " ")
}

// Slug is s as part of an address: folded words joined by hyphens.
func Slug(s string) string { return strings.ReplaceAll(FoldWords(s), " ", "-") }

// Clean is s as it is stored: NFC, Ƣ as Ư, every kind of blank as one space,
// invisible characters and control characters gone, nothing at the ends.
// Legacy text must be decoded before: TCVN3 spells ư with the soft hyphen.
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range norm.NFC.String(s) {
		switch {
		case unicode.IsSpace(r):
			blank = true
			continue
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || r == utf8.RuneError:
			continue
		case r == 'Ƣ':
			r = 'Ư'
		case r == 'ƣ':
			r = 'ư'
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	// Dropping an invisible character may have brought a letter and its mark together.
	return norm.NFC.String(b.String())
}

// isClean reports whether s is plain ASCII that Clean would not change.
func isClean(s string) bool {
	prev := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && prev == ' ' {
			return false
		}
		prev = c
	}
	return len(s) == 0 || prev != ' '
}

// toneMoves moves a tone mark from the second vowel of a final oa, oe, uy to
// the first one: the spelling of official files ("Hòa", "khỏe", "Thủy").
var toneMoves = func() map[string]string {
	m := map[string]string{}
	for _, pair := range []string{"oa", "oe", "uy"} {
		for _, tone := range []string{"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"} {
			for _, p := range []string{pair, strings.ToUpper(pair), strings.ToUpper(pair[:1]) + pair[1:]} {
				m[norm.NFC.String(p+tone)] = norm.NFC.String(p[:1] + tone + p[1:])
			}
		}
	}
	return m
}()

// PlaceTones writes final oa, oe and uy with the tone on the first vowel,
// "Hoà Bình" as "Hòa Bình", for display; quý, Hoàng and the like stay.
func PlaceTones(s string) string {
	s = NFC(s)
	rs := []rune(s)
	changed := false
	for i := 0; i+1 < len(rs); i++ {
		if i+2 < len(rs) && unicode.IsLetter(rs[i+2]) {
			continue
		}
		if i > 0 && (rs[i-1] == 'q' || rs[i-1] == 'Q') {
			continue
		}
		if to, ok := toneMoves[string(rs[i:i+2])]; ok {
			copy(rs[i:i+2], []rune(to))
			changed = true
		}
	}
	if !changed {
		return s
	}
	return string(rs)
}

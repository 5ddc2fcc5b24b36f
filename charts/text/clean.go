package text

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Substitute stands for a character that the font cannot draw. A white square
// says that something is there; a renderer would leave a blank and say nothing.
const Substitute = '□'

// Clean makes a text drawable: NFC, spaces of all kinds that the font lacks as
// plain spaces, invisible format characters left out, and every other character
// without a glyph in either weight replaced by Substitute. It returns the
// characters that it replaced, each once and in order, so that the caller can
// say so. Line breaks stay.
func Clean(s string) (string, []rune) {
	s = norm.NFC.String(s)
	if clean(s) {
		return s, nil
	}
	var b strings.Builder
	var missing []rune
	for _, r := range s {
		switch {
		case r == '\n' || drawable(r):
			b.WriteRune(r)
		case r == '\t' || unicode.Is(unicode.Zs, r) || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case r == '\r' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		default:
			b.WriteRune(Substitute)
			missing = append(missing, r)
		}
	}
	slices.Sort(missing)
	// A character that was left out may have kept a letter and its mark apart.
	return norm.NFC.String(b.String()), slices.Compact(missing)
}

func clean(s string) bool {
	for _, r := range s {
		if r != '\n' && !drawable(r) {
			return false
		}
	}
	return true
}

// drawable leaves out control and format characters even where the font maps
// them: XML forbids the former, and the latter are invisible.
func drawable(r rune) bool {
	return !unicode.Is(unicode.C, r) && faces()[0].has(r) && faces()[1].has(r)
}

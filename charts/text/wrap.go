package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Wrap breaks a text into lines ("\n") of at most width pixels at a font size
// in pixels, at spaces; only a word that is longer than a line is broken
// inside, after a hyphen or slash where it has one. Line breaks that the text
// already has are kept. A width that is not positive leaves the text alone.
//
// Wrapping belongs here because ECharts 6 takes every letter beyond ASCII for
// one em wide and breaks Vietnamese too early.
func Wrap(s string, width, size float64, bold bool) string {
	s = norm.NFC.String(s)
	if !(width > 0) || !(size > 0) {
		return s
	}
	limit := width * float64(weight(bold).unitsPerEm) / size
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		lines = append(lines, wrapParagraph(paragraph, limit, weight(bold))...)
	}
	return strings.Join(lines, "\n")
}

func wrapParagraph(s string, limit float64, f *face) []string {
	var lines []string
	line, used := "", 0
	space := f.units(' ')
	// Only plain spaces break: a no-break space holds "5 tỉnh" together.
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' }) {
		for _, piece := range breakWord(word, limit, f) {
			width := wordUnits(piece.text, f)
			switch {
			case line == "":
				line, used = piece.text, width
			case !piece.continues && float64(used+space+width) <= limit:
				line, used = line+" "+piece.text, used+space+width
			default:
				lines = append(lines, line)
				line, used = piece.text, width
			}
		}
	}
	return append(lines, line)
}

type piece struct {
	text      string
	continues bool // follows the piece before it without a space
}

func breakWord(word string, limit float64, f *face) []piece {
	var out []piece
	for left := wordUnits(word, f); float64(left) > limit && word != ""; {
		cut := breakAt(word, limit, f)
		out = append(out, piece{word[:cut], len(out) > 0})
		left -= wordUnits(word[:cut], f)
		word = word[cut:]
	}
	if word != "" {
		out = append(out, piece{word, len(out) > 0})
	}
	return out
}

// breakAt gives the byte offset after which a too long word is broken: the last
// hyphen or slash that fits, or else the last letter with its marks that fits,
// and at least one letter.
func breakAt(word string, limit float64, f *face) int {
	used, letter, soft := 0, 0, 0
	for i, r := range word {
		if i > 0 && !unicode.Is(unicode.M, r) {
			letter = i
		}
		used += f.units(r)
		if float64(used) > limit && letter > 0 {
			break
		}
		if strings.ContainsRune("-–—/", r) {
			soft = i + len(string(r))
		}
	}
	switch {
	case soft > 0:
		return soft
	case letter > 0:
		return letter
	}
	return len(word)
}

func wordUnits(s string, f *face) int {
	n := 0
	for _, r := range s {
		n += f.units(r)
	}
	return n
}

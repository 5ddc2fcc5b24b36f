package viet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Names of the encodings that DecodeLegacy tells.
const (
	EncodingTCVN3    = "tcvn3"
	EncodingVNI      = "vni"
	EncodingCP1258   = "windows-1258"
	EncodingMojibake = "utf-8 read as windows-1252"
)

// maxLegacy bounds the text that is tried: names, headings and paragraphs are shorter.
const maxLegacy = 64 << 10

// DecodeLegacy turns text that was written for old fonts (TCVN3, VNI), in
// Windows-1258, or in UTF-8 that was read as Windows-1252, into plain Vietnamese.
// It changes text only where every word with a foreign letter is a Vietnamese
// syllable afterwards and some word was none before; else it gives s back and false.
// Text of raw bytes that are no UTF-8 is taken for Latin-1. Decode before Clean:
// TCVN3 spells ư with the soft hyphen.
func DecodeLegacy(s string) (text, encoding string, ok bool) {
	if len(s) == 0 || len(s) > maxLegacy {
		return s, "", false
	}
	latin := s
	if !utf8.ValidString(s) {
		latin = latin1(s)
	}
	if isASCII(latin) {
		return s, "", false
	}
	if t, done := repairMojibake(latin); done {
		return t, EncodingMojibake, true
	}
	words := foreignWords(latin)
	broken := false
	for _, w := range words {
		if !isSyllable(w) {
			broken = true
			break
		}
	}
	if len(words) == 0 || !broken {
		return s, "", false
	}
	for _, d := range []struct {
		name   string
		decode func(string) (string, bool)
	}{{EncodingTCVN3, decodeTCVN3}, {EncodingVNI, decodeVNI}, {EncodingCP1258, decode1258}} {
		t, fits := d.decode(latin)
		if !fits || t == latin {
			continue
		}
		if allSyllables(t) {
			return t, d.name, true
		}
	}
	return s, "", false
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func latin1(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// foreignWords lists the words that hold a character outside ASCII. Signs of
// Latin-1 count as letters, since the fonts put letters there: "Th¸i B×nh".
func foreignWords(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && (r < 0xA1 || r > 0xFF)
	}) {
		if !isASCII(w) {
			out = append(out, w)
		}
	}
	return out
}

func allSyllables(s string) bool {
	words := foreignWords(s)
	for _, w := range words {
		if !isSyllable(w) {
			return false
		}
	}
	return len(words) > 0
}

// repairMojibake undoes the reading of UTF-8 as Windows-1252 ("Ná»™i"), where
// byte A0 may have become a plain space ("HÃ  Nam").
func repairMojibake(s string) (string, bool) {
	if !strings.ContainsAny(s, "ÃÄÆáÂÅ") {
		return s, false
	}
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			if r < 0x80 || r > 0x9F {
				return s, false // a letter that no byte gives: it was read right
			}
			b = byte(r) // the five bytes without a letter stay as they are
		}
		raw = append(raw, b)
	}
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] == 0xC3 && raw[i+1] == ' ' {
			raw[i+1] = 0xA0
		}
	}
	if !utf8.Valid(raw) {
		return s, false
	}
	t := norm.NFC.String(string(raw))
	return t, t != s && allSyllables(t)
}

func decodeTCVN3(s string) (string, bool) {
	var b strings.Builder
	changed := false
	for _, r := range s {
		if r > 0xFF {
			return s, false // the fonts had no such character: the text is another encoding
		}
		if t, ok := tcvn3[r]; ok {
			r, changed = t, true
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String()), changed
}

func decodeVNI(s string) (string, bool) {
	rs := []rune(s)
	var b strings.Builder
	changed := false
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		if r > 0xFF {
			return s, false
		}
		upper := unicode.IsUpper(r)
		base := string(r)
		if l, ok := vniLetters[unicode.ToLower(r)]; ok {
			base, changed = l, true
			if upper {
				base = strings.ToUpper(l)
			}
		}
		b.WriteString(base)
		if i+1 >= len(rs) {
			continue
		}
		mark, ok := vniMark(base, unicode.ToLower(rs[i+1]))
		if ok {
			b.WriteString(mark)
			changed = true
			i++
		}
	}
	return norm.NFC.String(b.String()), changed
}

// vniMark is the mark that next means behind base, if any.
func vniMark(base string, next rune) (string, bool) {
	switch strings.ToLower(base) {
	case "a":
		if m, ok := vniBreves[next]; ok {
			return m, true
		}
		fallthrough
	case "e", "o":
		if m, ok := vniHats[next]; ok {
			return m, true
		}
		fallthrough
	case "i", "u", "y", "ơ", "ư":
		m, ok := vniTones[next]
		return m, ok
	}
	return "", false
}

func decode1258(s string) (string, bool) {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return s, false
		}
		raw = append(raw, b)
	}
	t, err := charmap.Windows1258.NewDecoder().Bytes(raw)
	if err != nil {
		return s, false
	}
	out := norm.NFC.String(string(t))
	return out, out != s
}

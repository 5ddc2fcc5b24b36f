package table

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"chiso/internal/testshared"
)

// toTCVN3 writes a text as an old .xls with a .VnTime font holds it: one byte a
// letter, met as Latin-1.
func toTCVN3(t testing.TB, s string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(testshared.Dir(t), "geo", "tcvn3.json"))
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]string
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	back := map[rune]rune{}
	for code, letter := range table {
		r := []rune(letter)
		if len(r) != 1 {
			continue
		}
		back[r[0]] = codePoint(t, code)
	}
	out := []rune{}
	for _, r := range norm.NFC.String(s) {
		if x, ok := back[r]; ok {
			r = x
		}
		out = append(out, r)
	}
	return string(out)
}

func codePoint(t testing.TB, s string) rune {
	t.Helper()
	if r := []rune(s); len(r) == 1 {
		return r[0]
	}
	var n rune
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			n = n*16 + c - '0'
		case c >= 'a' && c <= 'f':
			n = n*16 + c - 'a' + 10
		case c >= 'A' && c <= 'F':
			n = n*16 + c - 'A' + 10
		}
	}
	return n
}

// toMojibake is UTF-8 that was read as Windows-1252.
func toMojibake(s string) string {
	var out []rune
	for _, b := range []byte(s) {
		r := charmap.Windows1252.DecodeByte(b)
		if r == '\ufffd' {
			r = rune(b)
		}
		out = append(out, r)
	}
	return string(out)
}

// toWindows1258 keeps the five tones apart from their letters, as that code page does.
func toWindows1258(g grid0) grid0 {
	tones := map[rune]bool{0x300: true, 0x301: true, 0x303: true, 0x309: true, 0x323: true}
	out := make(grid0, len(g))
	for i, row := range g {
		for _, v := range row {
			if s, ok := v.(string); ok {
				var b []rune
				for _, r := range norm.NFD.String(s) {
					b = append(b, r)
				}
				// Compose everything but the tones: ê stays one letter, its tone another.
				var letters []rune
				for j := 0; j < len(b); j++ {
					letters = append(letters, b[j])
				}
				v = composeAllButTones(letters, tones)
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}

func composeAllButTones(rs []rune, tones map[rune]bool) string {
	var out []rune
	for i := 0; i < len(rs); i++ {
		if i+1 < len(rs) && norm.NFD.PropertiesString(string(rs[i+1])).CCC() != 0 {
			base, tone := []rune{rs[i]}, []rune{}
			for i+1 < len(rs) && norm.NFD.PropertiesString(string(rs[i+1])).CCC() != 0 {
				i++
				if tones[rs[i]] {
					tone = append(tone, rs[i])
				} else {
					base = append(base, rs[i])
				}
			}
			out = append(out, []rune(norm.NFC.String(string(base)))...)
			out = append(out, tone...)
			continue
		}
		out = append(out, rs[i])
	}
	return string(out)
}

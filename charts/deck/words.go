package deck

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"chiso/charts/text"
)

// clean makes any text one that XML and an office program take: composed, valid, without
// control, direction and other invisible characters. Line breaks stay.
func clean(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.C, r) || r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, s)
}

// oneLine is a clean text without line breaks.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// esc is a clean text as the content of an element or attribute.
func esc(s string) string {
	s = clean(s)
	if !strings.ContainsAny(s, "<>&\"'\n") {
		return s
	}
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder takes everything
	}
	return b.String()
}

// brief cuts a text that is a flood; the speaker notes and the source have the whole of it.
func brief(s string, most int) string {
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	return strings.TrimRight(string(letters[:most-1]), " ") + "…"
}

// emu is the unit of lengths in a slide; all layout is in inches.
func emu(inches float64) int { return int(math.Round(inches * 914400)) }

// box is a rectangle on a slide, in inches.
type box struct{ x, y, w, h float64 }

func (b box) xml(prefix string) string {
	return fmt.Sprintf(`<%[1]s:xfrm><a:off x="%[2]d" y="%[3]d"/><a:ext cx="%[4]d" cy="%[5]d"/></%[1]s:xfrm>`, prefix, emu(b.x), emu(b.y), emu(b.w), emu(b.h))
}

// Points to an inch, and the height of a line of Vietnamese in parts of its size.
const (
	points = 72.0
	leads  = 1.22
)

// wrapped is the lines of s in a column of width inches at size points. The metrics are
// Inter's, which runs a little wider than the office fonts: what fits here fits there.
func wrapped(s string, width, size float64, bold bool) []string {
	return strings.Split(text.Wrap(s, width*points, size, bold), "\n")
}

// height is that of n lines of size points, in inches.
func height(n int, size float64) float64 { return float64(n) * size * leads / points }

// width is that of a text, in inches.
func width(s string, size float64, bold bool) float64 {
	return text.Measure(s, size, bold) / points
}

// fit chooses the largest of the sizes at which s fits the box, and shortens it where none does.
func fit(s string, w, h float64, bold bool, sizes ...float64) (string, float64) {
	for _, size := range sizes {
		if height(len(wrapped(s, w, size, bold)), size) <= h+0.01 {
			return s, size
		}
	}
	size := sizes[len(sizes)-1]
	return cut(s, w, size, bold, max(1, int(h/height(1, size)))), size
}

// cut shortens s to most lines.
func cut(s string, w, size float64, bold bool, most int) string {
	lines := wrapped(s, w, size, bold)
	if len(lines) <= most {
		return s
	}
	last := []rune(lines[most-1])
	for len(last) > 0 && width(string(last)+" …", size, bold) > w {
		last = last[:len(last)-1]
	}
	return strings.Join(append(lines[:most-1:most-1], strings.TrimRight(string(last), " ")+" …"), " ")
}

// letters is how a run of text looks; the zero value takes everything from the layout.
type letters struct {
	size    float64 // points
	bold    bool
	italic  bool
	colour  string // XML of a fill
	inherit bool   // the font comes from the place on the layout
	link    string // relation of a hyperlink
}

// props is the attributes and children of run properties.
func (o letters) props(tag, lang string) string {
	var b strings.Builder
	b.WriteString("<a:" + tag)
	if lang != "" {
		b.WriteString(` lang="` + lang + `"`)
	}
	if o.size > 0 {
		fmt.Fprintf(&b, ` sz="%d"`, int(math.Round(o.size*100)))
	}
	if o.bold {
		b.WriteString(` b="1"`)
	}
	if o.italic {
		b.WriteString(` i="1"`)
	}
	if tag == "rPr" {
		b.WriteString(` dirty="0"`)
	}
	b.WriteString(">" + o.colour)
	if o.size > 0 && !o.inherit {
		b.WriteString(themeFont) // not every program hands the theme's font down to boxes and cells
	}
	if o.link != "" {
		b.WriteString(`<a:hlinkClick r:id="` + o.link + `"/>`)
	}
	b.WriteString("</a:" + tag + ">")
	return b.String()
}

// runs is the text as runs of a paragraph, with breaks where it has line breaks.
func runs(s, lang string, o letters) string {
	var b strings.Builder
	for i, line := range strings.Split(clean(s), "\n") {
		if i > 0 {
			b.WriteString(`<a:br>` + o.props("rPr", lang) + `</a:br>`)
		}
		b.WriteString(`<a:r>` + o.props("rPr", lang) + `<a:t>` + esc(line) + `</a:t></a:r>`)
	}
	return b.String()
}

// paragraph is one paragraph; align is "", "ctr" or "r".
func paragraph(s, lang, align string, o letters) string {
	if align != "" {
		align = `<a:pPr algn="` + align + `"/>`
	}
	return `<a:p>` + align + runs(s, lang, o) + `</a:p>`
}

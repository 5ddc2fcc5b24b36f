// Package text measures, wraps and cleans the words of a picture with the
// metrics of the font that it is drawn in. ECharts' own estimate counts every
// Vietnamese letter as one em and is off by up to a third.
package text

import (
	"fmt"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"chiso/charts/assets"
)

// Family is the CSS font-family of every picture: Inter where it is at hand, as
// it is in the pages and in the PNGs, and an office machine's sans serif elsewhere.
const Family = "Inter, 'Segoe UI', Arial, sans-serif"

// absent marks a rune without a glyph in a table of advances.
const absent = 0xffff

// face holds the metrics of one weight, in font units.
type face struct {
	unitsPerEm      int
	ascent, descent int
	advance         [1 << 16]uint16 // by BMP rune
}

var faces = sync.OnceValue(func() [2]*face {
	return [2]*face{mustParse("regular", assets.RegularTTF()), mustParse("bold", assets.BoldTTF())}
})

// mustParse panics on an error: the fonts are part of the binary, and a test reads them.
func mustParse(name string, ttf []byte) *face {
	f, err := parse(ttf)
	if err != nil {
		panic(fmt.Sprintf("text: embedded font %s: %v", name, err))
	}
	return f
}

func parse(ttf []byte) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	var buf sfnt.Buffer
	f := &face{unitsPerEm: int(parsed.UnitsPerEm())}
	// At one pixel per font unit every advance is a whole number.
	ppem := fixed.I(f.unitsPerEm)
	metrics, err := parsed.Metrics(&buf, ppem, font.HintingNone)
	if err != nil {
		return nil, err
	}
	f.ascent, f.descent = metrics.Ascent.Round(), metrics.Descent.Round()
	for r := range f.advance {
		f.advance[r] = absent
		glyph, err := parsed.GlyphIndex(&buf, rune(r))
		if err != nil {
			return nil, err
		}
		if glyph == 0 {
			continue
		}
		if unicode.Is(unicode.Mn, rune(r)) {
			f.advance[r] = 0 // A shaper sets a combining mark over its letter.
			continue
		}
		width, err := parsed.GlyphAdvance(&buf, glyph, ppem, font.HintingNone)
		if err != nil {
			return nil, err
		}
		f.advance[r] = uint16(width.Round())
	}
	return f, nil
}

func weight(bold bool) *face {
	if bold {
		return faces()[1]
	}
	return faces()[0]
}

// has says whether the rune has a glyph.
func (f *face) has(r rune) bool {
	return r >= 0 && int(r) < len(f.advance) && f.advance[r] != absent
}

// units gives the advance of a rune. A rune without a glyph counts one em:
// ECharts takes the width of '国' for the height of a line.
func (f *face) units(r rune) int {
	if !f.has(r) {
		return f.unitsPerEm
	}
	return int(f.advance[r])
}

// Measure gives the width of a text's widest line in pixels at a font size in
// pixels, without kerning, exactly as ECharts is told on the server and in the page.
func Measure(s string, size float64, bold bool) float64 {
	f := weight(bold)
	widest, line := 0, 0
	for _, r := range norm.NFC.String(s) {
		if r == '\n' {
			line = 0
			continue
		}
		line += f.units(r)
		widest = max(widest, line)
	}
	return float64(widest) * size / float64(f.unitsPerEm)
}

// CentralShift gives the distance from the middle of a line of text down to its
// baseline, in pixels. It replaces dominant-baseline="central", which many
// programs ignore.
func CentralShift(size float64, bold bool) float64 {
	f := weight(bold)
	return float64(f.ascent-f.descent) / 2 / float64(f.unitsPerEm) * size
}

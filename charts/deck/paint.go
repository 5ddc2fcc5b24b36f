package deck

import (
	"math"
	"strconv"
	"strings"

	"chiso/charts"
)

// paint is the colours of a deck: those of one of the pictures' themes, or, on a master of
// the user's own, the colours of that master.
type paint struct {
	own   bool // a master of the user's
	theme charts.Palette
}

// hex is the fill of a colour "#rrggbb".
func hex(c string) string {
	return `<a:solidFill><a:srgbClr val="` + strings.ToUpper(strings.TrimPrefix(c, "#")) + `"/></a:solidFill>`
}

// scheme is the fill of a colour of the master, changed by the given elements.
func scheme(name, change string) string {
	if change == "" {
		return `<a:solidFill><a:schemeClr val="` + name + `"/></a:solidFill>`
	}
	return `<a:solidFill><a:schemeClr val="` + name + `">` + change + `</a:schemeClr></a:solidFill>`
}

func (p paint) pick(ours, name, change string) string {
	if p.own {
		return scheme(name, change)
	}
	return hex(ours)
}

func (p paint) text() string { return p.pick(p.theme.Text, "tx1", "") }
func (p paint) muted() string {
	return p.pick(p.theme.Muted, "tx1", `<a:lumMod val="75000"/><a:lumOff val="25000"/>`)
}
func (p paint) axis() string {
	return p.pick(p.theme.Axis, "tx1", `<a:lumMod val="50000"/><a:lumOff val="50000"/>`)
}
func (p paint) grid() string       { return p.pick(p.theme.Grid, "bg1", `<a:lumMod val="85000"/>`) }
func (p paint) background() string { return p.pick(p.theme.Background, "bg1", "") }
func (p paint) track() string      { return p.pick(p.theme.Track, "tx1", `<a:alpha val="18000"/>`) }
func (p paint) strong() string     { return p.pick(p.theme.Strong, "accent1", "") }
func (p paint) chosen() string     { return p.pick(p.theme.Chosen, "accent2", "") }
func (p paint) bar() string {
	return p.pick(p.theme.Bar, "accent1", `<a:lumMod val="60000"/><a:lumOff val="40000"/>`)
}

// series is the colour of the i-th series, which a picture may have chosen.
func (p paint) series(i int, chosen string) string {
	if p.own {
		return scheme("accent"+strconv.Itoa(i%6+1), "")
	}
	if chosen != "" {
		return hex(chosen)
	}
	return hex(p.theme.Series[i%len(p.theme.Series)])
}

// hatched is a fill that is to be read with care, from a solid one.
func (p paint) hatched(solid string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(solid, "<a:solidFill>"), "</a:solidFill>")
	ground := strings.TrimSuffix(strings.TrimPrefix(p.background(), "<a:solidFill>"), "</a:solidFill>")
	return `<a:pattFill prst="dkUpDiag"><a:fgClr>` + inner + `</a:fgClr><a:bgClr>` + ground + `</a:bgClr></a:pattFill>`
}

// ink is black or white, whichever is legible on the colour "#rrggbb".
func ink(ground string) string {
	v, err := strconv.ParseUint(strings.TrimPrefix(ground, "#"), 16, 32)
	if err != nil {
		return "#000000"
	}
	linear := func(c uint64) float64 {
		s := float64(c&0xff) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	l := 0.2126*linear(v>>16) + 0.7152*linear(v>>8) + 0.0722*linear(v)
	if (l+0.05)/(0.0074+0.05) >= 1.05/(l+0.05) {
		return "#10181f"
	}
	return "#ffffff"
}

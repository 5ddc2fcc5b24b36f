package charts

import "slices"

// colours are those of one theme. Lines and fills of data are the palette of
// Okabe and Ito, which stays apart for colour-blind eyes, in an order in which
// each stands out from the background; text is never in a palette colour,
// because those are too pale to read.
type colours struct {
	background string
	text       string
	muted      string   // secondary text
	axis       string   // axis lines, breaks
	grid       string   // split lines
	series     []string // lines and symbols, by turn
	bar        string   // a bar among many
	strong     string   // a bar against its maximum
	chosen     string   // the bar of a chosen unit
	track      string   // the maximum behind a bar
	mark       string   // median and best
	noData     string   // a cell without a number
	hatch      string   // its hatching
	classes    []heat   // from the last fifth to the first
	change     []heat   // of a change: far up, up, none, down, far down; blue against orange
}

// heat is the fill of one class and the text that is legible on it.
type heat struct{ fill, text string }

var themes = map[Theme]colours{
	Light: {
		background: "#ffffff", text: "#1f2933", muted: "#52606d", axis: "#7b8794", grid: "#e4e7eb",
		series: []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9"},
		bar:    "#7fa8c9", strong: "#0072b2", chosen: "#d55e00", track: "#d3e0ea", mark: "#1f2933",
		noData: "#f0f0f0", hatch: "#a3a3a3",
		classes: []heat{{"#eff3ff", "#1f2933"}, {"#bdd7e7", "#1f2933"}, {"#6baed6", "#10202c"}, {"#2b7bba", "#ffffff"}, {"#084a8c", "#ffffff"}},
		change:  []heat{{"#1f5fa8", "#ffffff"}, {"#8fc1e3", "#10202c"}, {"#f4f4f2", "#1f2933"}, {"#fdbf6f", "#2c1d08"}, {"#b35806", "#ffffff"}},
	},
	Dark: {
		background: "#12181f", text: "#e6edf3", muted: "#b4bfca", axis: "#7d8996", grid: "#2a333d",
		series: []string{"#56b4e9", "#e69f00", "#00b889", "#e39bc3", "#f0e442", "#ff7f2a", "#ffffff"},
		bar:    "#4f7899", strong: "#56b4e9", chosen: "#e69f00", track: "#2c3946", mark: "#e6edf3",
		noData: "#20262d", hatch: "#59636e",
		classes: []heat{{"#16324a", "#e6edf3"}, {"#1f5480", "#ffffff"}, {"#2f7fbe", "#ffffff"}, {"#76b4e0", "#0b141c"}, {"#cfe6f7", "#0b141c"}},
		change:  []heat{{"#86c4f0", "#0b141c"}, {"#2a628f", "#ffffff"}, {"#3a444e", "#e6edf3"}, {"#8a5210", "#ffffff"}, {"#f5a94d", "#140c02"}},
	},
	Mono: {
		background: "#ffffff", text: "#000000", muted: "#333333", axis: "#555555", grid: "#dddddd",
		series: []string{"#000000", "#767676", "#3d3d3d", "#999999", "#1a1a1a", "#595959", "#858585"},
		bar:    "#a6a6a6", strong: "#6e6e6e", chosen: "#000000", track: "#dcdcdc", mark: "#000000",
		noData: "#ffffff", hatch: "#8c8c8c",
		classes: []heat{{"#f2f2f2", "#000000"}, {"#cccccc", "#000000"}, {"#9e9e9e", "#000000"}, {"#636363", "#ffffff"}, {"#1c1c1c", "#ffffff"}},
		change:  []heat{{"#1c1c1c", "#ffffff"}, {"#8f8f8f", "#000000"}, {"#f7f7f7", "#000000"}, {"#ffffff", "#000000"}, {"#ffffff", "#000000"}},
	},
}

// Background is the ground that a picture of the theme is drawn on, so that a page can
// put the same behind it.
func Background(t Theme) string { return theme(t).background }

// Palette is what a slide needs of a theme, "#rrggbb" each, so that its native charts and
// tables look like the pictures.
type Palette struct {
	Background, Text, Muted, Axis, Grid, Bar, Strong, Chosen, Track string
	Series                                                          []string
}

// PaletteOf is the palette of a theme.
func PaletteOf(t Theme) Palette {
	c := theme(t)
	return Palette{c.background, c.text, c.muted, c.axis, c.grid, c.bar, c.strong, c.chosen, c.track, slices.Clone(c.series)}
}

func theme(t Theme) colours {
	if c, ok := themes[t]; ok {
		return c
	}
	return themes[Light]
}

// symbols tell series apart without colour. All of them can be drawn hollow.
var symbols = []string{
	"circle", "rect", "triangle", "diamond",
	"path://M0,0L10,0L5,9Z",
	"path://M3,0L7,0L7,3L10,3L10,7L7,7L7,10L3,10L3,7L0,7L0,3L3,3Z",
	"path://M5,0L10,4L8,10L2,10L0,4Z",
}

package charts

import "chiso/reform"

// Plot is what a native chart of an office program is made of: exact values that a
// person can edit, with the labels that the picture shows. The table of a Picture is for
// reading and does not say what is a series and what a category.
type Plot struct {
	Kind       PlotKind
	Categories []string // periods, components or units, as shown
	Series     []PlotSeries
	// Inverted has the smallest value on top, as places want it; categories stay at the bottom.
	Inverted bool
	Min, Max reform.Number // of the value axis; missing: the program's choice
	Step     reform.Number // between grid lines; missing: the program's choice
	Format   string        // number format of the value axis, such as "0" or "0.00"; "0;;" leaves a 0 out
	Unit     string        // of the value axis: "Hạng", "điểm", "%"
	Head     string        // what the categories are, over the first column of a table: "Đơn vị"
	Besides  bool          // a table that goes with the picture and does not take its place: a map's, a box plot's
	Strong   []int         // categories that stand out: the chosen units
	Breaks   []PlotBreak   // of a PlotLine
}

// PlotBreak is an upright line before a category, where the rules changed; the notes of
// the picture say what it stands for by its label.
type PlotBreak struct {
	Before int
	Label  string // "Đổi cách tính (1)"
}

// PlotKind is a kind of native chart.
type PlotKind string

// The kinds. A PlotTable is drawn as cells: it has a series for each column.
const (
	PlotLine      PlotKind = "line"
	PlotBars      PlotKind = "bars"     // lying, one category a row; several series stand side by side
	PlotOverlaid  PlotKind = "overlaid" // lying bars of the first series, the maximum, behind those of the second
	PlotRadar     PlotKind = "radar"
	PlotTable     PlotKind = "table"
	PlotWaterfall PlotKind = "waterfall" // the first and last category are totals, the others steps
)

// PlotSeries is one line, one set of bars or one column. In a PlotOverlaid the words of a bar
// are the labels of the second series, also where its value is missing.
type PlotSeries struct {
	Name   string
	Values []reform.Number // one a category; a missing one is a gap
	Labels []string        // what the picture writes at a value: "5/63"; "" nothing
	Colour string          // "#rrggbb"; "" the theme's next
	Dashed bool
	// Fills are the grounds of single cells or bars: "#rrggbb"; "" the usual one. Empty where there are none.
	Fills []string
	// Below says at which categories of a PlotLine the label stands under the point, for want of room above it.
	Below []int
	// Hollow are the categories whose value nobody published as it stands, Provisional those that may still change.
	Hollow, Provisional []int
	// Cut says after which categories no line leads on, because something changed there that makes both sides different measures.
	Cut []int
}

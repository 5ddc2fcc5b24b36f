// Package charts draws the pictures of chiso as ECharts options: one option
// document a picture, from which the page, the SVG, the PNG and later the slide come.
// It draws what it is given; it asks no database.
package charts

import (
	"encoding/json"

	"chiso/reform"
)

// Theme is the set of colours of a picture.
type Theme string

// The themes. Mono is for black-and-white print.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
	Mono  Theme = "mono"
)

// Style is how a picture is to look: it never depends on a window.
type Style struct {
	Lang          string // "vi" or "en"
	Theme         Theme
	Width, Height int     // CSS pixels; 0 takes the picture's own
	FontSize      float64 // of labels, CSS pixels; 0 takes 13
	NoTitle       bool    // the page has its own heading
	Finding       string  // a sentence that takes the place of the title, which then is the subtitle; "" none
}

// Picture is a drawn view with all that must travel with it.
type Picture struct {
	Name     string // "rank-history"
	Option   json.RawMessage
	Width    int
	Height   int
	Maps     []string      // names of maps that the option uses
	Title    string        // the fact: "Thứ hạng PAR INDEX của Long An, 2012–2019"
	Subtitle string        // period and filters
	Alt      string        // a text summary for those who can't see it
	Spoken   []string      // sentences for a speaker
	Notes    []string      // breaks, gaps, provisional and derived values, coverage
	Sources  []Source      // where the numbers come from
	Table    Table         // the same numbers
	Period   reform.Period // of a picture of one period; zero for others, whose table tells
	Plot     *Plot         // the same as a native chart of an office program; nil where none fits
}

// Source is a document that a picture draws from.
type Source struct {
	Document string // id
	Label    string // citation as an office writes it
	Date     string // ISO
}

// Table is the numbers of a picture as rows. Cells hold display text and, where they
// are numbers, the exact value.
type Table struct {
	Columns []Column
	Rows    [][]Cell
}

// Column is a heading of a Table.
type Column struct {
	Key     string // machine name, as in the CSV: "period", "place"
	Label   string
	Numeric bool
}

// Cell is one value of a Table.
type Cell struct {
	Text     string // as shown: "5/63", "3,5/12"
	Value    string // exact: "5", "3.5"; "" for text or a missing value
	Document string // id of the document behind the number, if any
	Href     string // a page about it, if any
}

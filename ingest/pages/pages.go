// Package pages rebuilds what a printed page shows from the boxes of its words:
// tables with and without ruled lines, tables that run on over pages, and paragraphs.
//
// A page has no cells: it has words at places. Where the places leave two readings of
// a table open, its numbers are not read and a problem says why.
package pages

import (
	"fmt"
	"strings"

	"chiso/ingest/sheet"
	"chiso/reform"
)

// Box is a rectangle of a page in points, y downwards.
type Box struct{ X0, Y0, X1, Y1 float64 }

func (b Box) width() float64  { return b.X1 - b.X0 }
func (b Box) height() float64 { return b.Y1 - b.Y0 }
func (b Box) midX() float64   { return (b.X0 + b.X1) / 2 }
func (b Box) midY() float64   { return (b.Y0 + b.Y1) / 2 }

func (b Box) join(c Box) Box {
	return Box{min(b.X0, c.X0), min(b.Y0, c.Y0), max(b.X1, c.X1), max(b.Y1, c.Y1)}
}

// Word is one word of a page.
type Word struct {
	Box
	Text string
	// Block and Line tell which words make a paragraph and a line of it, in reading order.
	Block, Line int
}

// Page is one page: its words in reading order, and its ruled lines as thin boxes.
type Page struct {
	Number        int
	Width, Height float64
	Words         []Word
	Rules         []Box
}

// Table is one table of a document.
type Table struct {
	Sheet   *sheet.Sheet
	Context []string // captions and headings, the nearest first
	rows    []rowAt
	bounds  []float64 // between the columns, outer edges included
	box     Box       // on its last page
	firstOn int       // page
	lastOn  int
	ruled   bool
	header  int // rows of headings, where they are known
}

// rowAt is where a row stands.
type rowAt struct{ page, table, row int }

// At is the address of a cell: "page 12, table 2, row 5, column 3".
func (t *Table) At(row, col int) string {
	if row < 0 || row >= len(t.rows) {
		return fmt.Sprintf("page %d", t.firstOn)
	}
	r := t.rows[row]
	return fmt.Sprintf("page %d, table %d, row %d, column %d", r.page, r.table, r.row, col+1)
}

// Locator is the address of the table: "page 12, table 2".
func (t *Table) Locator() string {
	if len(t.rows) == 0 {
		return fmt.Sprintf("page %d", t.firstOn)
	}
	return fmt.Sprintf("page %d, table %d", t.rows[0].page, t.rows[0].table)
}

// Document is what the pages hold.
type Document struct {
	Title    string
	Tables   []*Table
	Text     string // the paragraphs, without the tables
	Problems []reform.Problem
	marks    []mark
}

// mark says where in the text a page begins, in characters.
type mark struct{ at, page int }

// Locate is the page of characters of the text.
func (d *Document) Locate(from, to int) string {
	first, last := d.pageAt(from), d.pageAt(max(from, to-1))
	switch {
	case first == 0:
		return ""
	case first == last:
		return fmt.Sprintf("page %d, chars %d-%d", first, from, to)
	}
	return fmt.Sprintf("pages %d-%d, chars %d-%d", first, last, from, to)
}

func (d *Document) pageAt(at int) int {
	page := 0
	for _, m := range d.marks {
		if m.at > at {
			break
		}
		page = m.page
	}
	return page
}

// paragraph is running text, or a caption.
type paragraph struct {
	page int
	box  Box
	text string
}

// item is a paragraph or a table, in the order of the document.
type item struct {
	para  *paragraph
	table *Table
}

// The bounds of what one page may cost. A page beyond them is read as text.
const (
	maxWords = 40_000
	maxRules = 20_000
	maxLines = 1_000 // of one direction, after pieces are put together
	maxCells = 20_000
)

// Read rebuilds the tables and paragraphs of a document's pages.
func Read(list []Page) *Document {
	d := &Document{}
	furniture := findFurniture(list)
	var items []item
	var previous *Table // the last thing on the page before, where that is a table
	for i := range list {
		on := readPage(d, &list[i], furniture[i], previous)
		previous = nil
		if n := len(on); n > 0 {
			previous = on[n-1].table
		}
		items = append(items, on...)
	}
	items = joinTables(items)
	for _, it := range items {
		if it.table != nil {
			d.Tables = append(d.Tables, it.table)
		}
	}
	d.setText(items)
	d.Title = titleOf(items)
	setContexts(items, d.Title)
	return d
}

// readPage finds the items of one page.
func readPage(d *Document, p *Page, drop []bool, previous *Table) []item {
	used := make([]bool, len(p.Words))
	if len(p.Words) > maxWords {
		return paragraphs(p, drop)
	}
	var tables []*Table
	if len(p.Rules) <= maxRules {
		tables = ruledTables(d, p, used)
	}
	for i := range used {
		used[i] = used[i] || drop[i]
	}
	tables = append(tables, alignedTables(d, p, used, tables, previous)...)
	sortTables(tables)
	for n, t := range tables {
		for r := range t.rows {
			t.rows[r] = rowAt{p.Number, n + 1, r + 1}
		}
	}
	list := paragraphs(p, used)
	for _, t := range tables {
		at := len(list)
		for i, it := range list {
			if it.table == nil && it.para.box.Y0 > t.box.Y0 && overlaps(it.para.box.X0, it.para.box.X1, t.box.X0, t.box.X1) {
				at = i
				break
			}
		}
		// After the tables that are above it.
		for at < len(list) && list[at].table != nil {
			at++
		}
		list = append(list[:at], append([]item{{table: t}}, list[at:]...)...)
	}
	return list
}

func overlaps(a0, a1, b0, b1 float64) bool { return a0 < b1 && b0 < a1 }

func sortTables(list []*Table) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].box.Y0 < list[j-1].box.Y0; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

// textCell is the cell of a text.
func textCell(s string) sheet.Cell {
	if s = strings.TrimSpace(s); s == "" {
		return sheet.Cell{}
	}
	return sheet.Cell{Kind: sheet.Text, Text: s}
}

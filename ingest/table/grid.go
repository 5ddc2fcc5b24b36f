package table

import (
	"fmt"
	"strconv"
	"strings"

	"chiso/ingest/sheet"
	"chiso/reform/viet"
)

// Source is one table to be guessed at: a sheet, and what stands around it.
type Source struct {
	Sheet *sheet.Sheet
	// Context is what names the table from outside, the nearest first: a caption, the headings
	// above it, the title of the page.
	Context []string
	// At is the address of a cell in the document; nil: the sheet's own, "Sheet1!C5".
	At func(row, col int) string
}

// grid is a source with its texts decoded, seen so that units lie in rows: a
// transposed sheet is turned around here, and only its addresses remember it.
type grid struct {
	src      Source
	turned   bool
	skipped  int // rows of the sheet above a turned grid
	rows     [][]cell
	width    int
	anchors  map[[2]int][2]int // cells of merged blocks, to the cell that holds the text
	encoding map[string]int    // what texts were decoded from
}

// cell is one cell: its text is decoded and clean.
type cell struct {
	kind  sheet.Kind
	text  string
	float float64 // of numbers and dates
}

// number is the cell as the sheet had it, for its number.
func (c cell) number() sheet.Cell { return sheet.Cell{Kind: c.kind, Text: c.text, Float: c.float} }

func (c cell) empty() bool { return c.kind == sheet.Empty }

// mergedCells bounds the cells of merged blocks that are kept: hostile files merge everything.
const mergedCells = 200_000

func newGrid(src Source) *grid {
	g := &grid{src: src, anchors: map[[2]int][2]int{}, encoding: map[string]int{}}
	decoded := map[string]string{}
	g.rows = make([][]cell, len(src.Sheet.Rows))
	for i, row := range src.Sheet.Rows {
		out := make([]cell, len(row))
		for j, c := range row {
			out[j] = cell{kind: c.Kind, text: c.Text, float: c.Float}
			if c.Kind != sheet.Text {
				continue
			}
			text, known := decoded[c.Text]
			if !known {
				d, encoding, changed := viet.DecodeLegacy(c.Text)
				if changed {
					g.encoding[encoding]++
				}
				text = viet.Clean(d)
				if len(decoded) < 50_000 {
					decoded[c.Text] = text
				}
			}
			if out[j].text = text; text == "" {
				out[j] = cell{}
			}
		}
		g.rows[i] = out
		g.width = max(g.width, len(out))
	}
	for _, m := range src.Sheet.Merged {
		lastRow, lastCol := min(m.LastRow, len(g.rows)-1), min(m.LastCol, g.width-1)
		if m.Row < 0 || m.Col < 0 || (lastRow-m.Row+1)*(lastCol-m.Col+1)+len(g.anchors) > mergedCells {
			continue
		}
		for r := m.Row; r <= lastRow; r++ {
			for c := m.Col; c <= lastCol; c++ {
				if r != m.Row || c != m.Col {
					g.anchors[[2]int{r, c}] = [2]int{m.Row, m.Col}
				}
			}
		}
	}
	return g
}

// turn is the grid from a row on, with rows and columns exchanged.
func (g *grid) turn(from int) *grid {
	t := &grid{src: g.src, turned: true, skipped: from, width: len(g.rows) - from, encoding: g.encoding, anchors: map[[2]int][2]int{}}
	t.rows = make([][]cell, g.width)
	for r := range t.rows {
		t.rows[r] = make([]cell, t.width)
		for c := range t.rows[r] {
			t.rows[r][c] = g.at(from+c, r)
		}
	}
	for k, v := range g.anchors {
		if k[0] >= from && v[0] >= from {
			t.anchors[[2]int{k[1], k[0] - from}] = [2]int{v[1], v[0] - from}
		}
	}
	return t
}

func (g *grid) at(row, col int) cell {
	if row < 0 || col < 0 || row >= len(g.rows) || col >= len(g.rows[row]) {
		return cell{}
	}
	return g.rows[row][col]
}

// spread is at with the text of a merged block in all of its cells.
func (g *grid) spread(row, col int) cell {
	c := g.at(row, col)
	if !c.empty() {
		return c
	}
	if a, ok := g.anchors[[2]int{row, col}]; ok {
		return g.at(a[0], a[1])
	}
	return c
}

// merged reports whether the cell belongs to a merged block.
func (g *grid) merged(row, col int) bool {
	_, ok := g.anchors[[2]int{row, col}]
	return ok
}

// locator is the address of a cell in the document.
func (g *grid) locator(row, col int) string {
	if g.turned {
		row, col = col+g.skipped, row
	}
	if g.src.At != nil {
		return g.src.At(row, col)
	}
	return g.src.Sheet.Locator(row, col)
}

// columnName is what a person calls a column of the grid: "C", or "row 5" where
// the sheet was turned.
func (g *grid) columnName(col int) string {
	if g.turned {
		return strconv.Itoa(col + g.skipped + 1)
	}
	return sheet.Column(col)
}

func (g *grid) rowName(row int) string {
	if g.turned {
		return sheet.Column(row)
	}
	return strconv.Itoa(row + 1)
}

// span is rows from to to as a person names them: "3-7".
func (g *grid) span(from, to int) string {
	switch {
	case to < from:
		return ""
	case from == to:
		return g.rowName(from)
	}
	return g.rowName(from) + "-" + g.rowName(to)
}

// lineIndex reads one end of a span of a mapping file: "12", or "AB" where the sheet was turned.
func lineIndex(s string, letters bool) (int, error) {
	s = strings.TrimSpace(s)
	if !letters {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 1<<24 {
			return 0, fmt.Errorf("%q is no row number", s)
		}
		return n - 1, nil
	}
	n := 0
	for _, r := range strings.ToUpper(s) {
		if r < 'A' || r > 'Z' || n > 1<<20 {
			return 0, fmt.Errorf("%q is no column letter", s)
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		return 0, fmt.Errorf("a column letter is missing")
	}
	return n - 1, nil
}

// lineSpan reads "3", "3-7" or "3-" (to the end, last -1).
func lineSpan(s string, letters bool) (first, last int, err error) {
	a, b, isRange := strings.Cut(s, "-")
	if first, err = lineIndex(a, letters); err != nil {
		return 0, 0, err
	}
	switch {
	case !isRange:
		return first, first, nil
	case strings.TrimSpace(b) == "":
		return first, -1, nil
	}
	if last, err = lineIndex(b, letters); err != nil {
		return 0, 0, err
	}
	if last < first {
		return 0, 0, fmt.Errorf("%q ends before it begins", s)
	}
	return first, last, nil
}

// filled lists the columns of a row that hold something of their own.
func (g *grid) filled(row int) []int {
	if row < 0 || row >= len(g.rows) {
		return nil
	}
	var cols []int
	for c := range g.rows[row] {
		if !g.rows[row][c].empty() {
			cols = append(cols, c)
		}
	}
	return cols
}

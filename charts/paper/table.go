package paper

import (
	"math"
	"slices"

	"chiso/charts"
	"chiso/charts/text"
)

// Sizes of a table in points.
const (
	cellPad   = 5.0
	cellLine  = tableSize * 1.3
	panelGap  = 24.0
	mostSides = 3
)

// grid is a table with the widths of its columns.
type grid struct {
	t      *charts.Table
	strong []int
	widths []float64
	cells  [][][]string // lines of each cell, the heading first
	high   []float64
}

// newGrid breaks the words of a table so that it is no wider than room.
func newGrid(t *charts.Table, strong []int, room float64) *grid {
	g := &grid{t: t, strong: strong}
	least := make([]float64, len(t.Columns))
	for c, col := range t.Columns {
		w := text.Measure(plain(col.Label), tableSize, true)
		for _, row := range t.Rows {
			if c < len(row) {
				w = math.Max(w, text.Measure(plain(row[c].Text), tableSize, true))
			}
		}
		g.widths = append(g.widths, w+2*cellPad)
		least[c] = math.Min(w, 46) + 2*cellPad
	}
	if sum := total(g.widths); sum > room {
		// The widest give way first.
		for over := sum - room; over > 0.5; {
			k, wide := -1, 0.0
			for c, w := range g.widths {
				if w > least[c]+0.5 && w > wide {
					k, wide = c, w
				}
			}
			if k < 0 {
				for c := range g.widths {
					g.widths[c] *= room / total(g.widths)
				}
				break
			}
			cut := math.Min(math.Min(over, 4), g.widths[k]-least[k])
			g.widths[k] -= cut
			over -= cut
		}
	}
	head := make([]charts.Cell, len(t.Columns))
	for c, col := range t.Columns {
		head[c] = charts.Cell{Text: col.Label}
	}
	for _, row := range append([][]charts.Cell{head}, t.Rows...) {
		var cells [][]string
		most := 1
		for c := range t.Columns {
			var list []string
			if c < len(row) {
				list = lines(row[c].Text, g.widths[c]-2*cellPad+0.1, tableSize, true)
			}
			most = max(most, len(list))
			cells = append(cells, list)
		}
		g.cells, g.high = append(g.cells, cells), append(g.high, float64(most)*cellLine+5)
	}
	return g
}

func total(list []float64) (sum float64) {
	for _, v := range list {
		sum += v
	}
	return sum
}

// table writes the table over as many pages as it takes, a narrow one in panels side by side.
func (r *report) table(l *Leaf, top, bottom float64) error {
	g := newGrid(l.Table, l.Strong, r.wide-2*margin)
	wide := total(g.widths)
	tall := total(g.high)
	sides := 1
	if tall > bottom-top {
		sides = min(mostSides, max(1, int((r.wide-2*margin+panelGap)/(wide+panelGap))))
	}
	at, side := 1, 0
	for first := true; at < len(g.cells) || first; first = false {
		if side == sides {
			side = 0
			if err := r.page(); err != nil {
				return err
			}
			top, bottom = r.head(l, "…"), r.high-margin
		}
		at = r.panel(g, at, margin+float64(side)*(wide+panelGap), top+2, bottom)
		side++
	}
	return r.pdf.Error()
}

// panel writes rows from at on as far as they fit, at least one, and gives the next.
func (r *report) panel(g *grid, at int, x, top, bottom float64) int {
	y := r.row(g, 0, x, top)
	for n := 0; at < len(g.cells) && (n == 0 || y+g.high[at] <= bottom); n++ {
		y = r.row(g, at, x, y)
		at++
	}
	return at
}

// row writes row k, the heading being 0, and gives where the next begins.
func (r *report) row(g *grid, k int, x, y float64) float64 {
	style := ""
	if k == 0 || slices.Contains(g.strong, k-1) {
		style = "B"
	}
	left := x
	for c, list := range g.cells[k] {
		for i, s := range list {
			base := y + tableSize + 2 + float64(i)*cellLine
			if g.t.Columns[c].Numeric {
				r.write(left+g.widths[c]-cellPad, base, s, tableSize, style, r.ink, "R")
			} else {
				r.write(left+cellPad, base, s, tableSize, style, r.ink, "")
			}
		}
		left += g.widths[c]
	}
	y += g.high[k]
	if c, ok, err := colour(r.rule); err == nil && ok {
		r.pdf.SetDrawColor(c.bytes())
	}
	r.pdf.SetLineWidth(0.4)
	if k == 0 {
		r.pdf.SetLineWidth(1)
	}
	r.pdf.Line(x, y, left, y)
	return y
}

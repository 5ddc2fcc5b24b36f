package deck

import (
	"fmt"
	"math"
	"strings"

	"chiso/charts"
	"chiso/reform/words"
)

// Sizes of a table, in inches and points.
const (
	tableSize     = 11.0
	smallestTable = 8.0
	cellSide      = 0.09
	cellTop       = 0.028
	// mostColumns is how many columns of numbers a slide shows; more flow on, with the names repeated.
	mostColumns = 20
	between     = 0.5 // two tables on a slide
)

// sheet is a table that is laid out: some rows and columns of a plot for one slide.
type sheet struct {
	plot    *charts.Plot
	columns []int // of the plot's series
	from    int   // rows
	to      int
	widths  []float64 // of the names and the columns
	size    float64
	side    float64   // margin beside the words of a cell
	heights []float64 // of the heading and the rows
}

// sheets cuts a plot into tables that fit a slide of w by h inches.
// A narrow table stands twice on a slide, so that 63 rows take two slides and not four:
// across says how many stand side by side.
func sheets(p *charts.Plot, w, h float64) (out []sheet, across int) {
	across = 1
	first := sheet{plot: p}
	for i := range p.Series {
		first.columns = append(first.columns, i)
	}
	if half := (w - between) / 2; len(p.Series) <= mostColumns && first.natural(tableSize) <= half {
		across, w = 2, half
	}
	for at := 0; at == 0 || at < len(p.Series); at += mostColumns {
		s := sheet{plot: p}
		for i := at; i < min(at+mostColumns, len(p.Series)); i++ {
			s.columns = append(s.columns, i)
		}
		s.measure(w)
		head := s.height(-1)
		for s.from = 0; s.from < len(p.Categories); s.from = s.to {
			used := head
			s.heights = []float64{head}
			for s.to = s.from; s.to < len(p.Categories); s.to++ {
				one := s.height(s.to)
				if used+one > h && s.to > s.from {
					break
				}
				used += one
				s.heights = append(s.heights, one)
			}
			out = append(out, s)
		}
	}
	out = evened(out)
	if len(out) < 2 {
		return out, 1
	}
	// What is free below goes to the rows.
	for i := range out {
		grow := math.Min(1.3, h/out[i].tall())
		if i > 0 && out[i].to-out[i].from < out[i-1].to-out[i-1].from {
			grow = math.Min(grow, out[i-1].heights[0]/out[i].heights[0])
		}
		for k := range out[i].heights {
			out[i].heights[k] *= grow
		}
	}
	return out, across
}

// evened spreads the rows of one set of columns over its slides, so that the last has more than a rest.
func evened(all []sheet) []sheet {
	for first := 0; first < len(all); {
		last := first
		for last+1 < len(all) && all[last+1].from == all[last].to {
			last++
		}
		rows := all[last].to
		per := int(math.Ceil(float64(rows) / float64(last-first+1)))
		fits := true
		for i := first; i <= last; i++ {
			fits = fits && per <= all[first].to-all[first].from
		}
		if fits && last > first {
			at := 0
			for i := first; i <= last; i++ {
				s := &all[i]
				s.from, s.to = at, min(at+per, rows)
				s.heights = []float64{s.height(-1)}
				for r := s.from; r < s.to; r++ {
					s.heights = append(s.heights, s.height(r))
				}
				at = s.to
			}
		}
		first = last + 1
	}
	return all
}

func (s *sheet) text(row, column int) string {
	switch {
	case row < 0 && column < 0:
		return oneLine(s.plot.Head)
	case row < 0:
		return oneLine(s.plot.Series[column].Name)
	case column < 0:
		return brief(strings.ReplaceAll(clean(s.plot.Categories[row]), "\n", ": "), 200)
	}
	c := s.plot.Series[column]
	if row < len(c.Labels) && c.Labels[row] != "" {
		return brief(oneLine(c.Labels[row]), 200)
	}
	if row < len(c.Values) && c.Values[row].Valid {
		return c.Values[row].String()
	}
	return ""
}

// measure finds a size of words and widths of columns for a slide of w inches.
func (s *sheet) measure(w float64) {
	for s.size = tableSize; ; s.size -= 0.5 {
		sum := s.natural(s.size)
		if sum <= w || s.size <= smallestTable {
			// A narrow table is stretched to a comfortable width, a wide one squeezed: its words then break.
			want := math.Min(w, math.Max(sum, math.Min(w, sum*2)))
			for i := range s.widths {
				s.widths[i] *= want / sum
			}
			return
		}
	}
}

// natural sets the columns as wide as their words at a size, and returns their sum.
func (s *sheet) natural(size float64) float64 {
	s.widths = nil
	s.side = cellSide
	if len(s.columns) > 8 {
		s.side = cellSide / 2
	}
	sum := 0.0
	for _, c := range append([]int{-1}, s.columns...) {
		widest := width(s.text(-1, c), size, true)
		if c >= 0 && widest > 1.1 {
			// A long heading may break between words.
			widest = 0
			for _, word := range strings.Fields(s.text(-1, c)) {
				widest = math.Max(widest, width(word, size, true))
			}
		}
		for r := range s.plot.Categories {
			widest = math.Max(widest, width(s.text(r, c), size, true))
		}
		most := 3.2
		if c < 0 {
			most = 4.5
		}
		widest = math.Min(widest, most) + 2*s.side + 0.06
		s.widths = append(s.widths, widest)
		sum += widest
	}
	return sum
}

// height is that of a row, by the lines of its words; -1 is the heading.
func (s *sheet) height(row int) float64 {
	lines := 1
	for i, c := range append([]int{-1}, s.columns...) {
		lines = max(lines, len(wrapped(s.text(row, c), s.widths[i]-2*s.side, s.size, row < 0 || s.strong(row))))
	}
	return height(lines, s.size) + 2*cellTop
}

func (s *sheet) strong(row int) bool {
	for _, k := range s.plot.Strong {
		if k == row {
			return true
		}
	}
	return false
}

// wide is the width of the whole table.
func (s *sheet) wide() float64 {
	sum := 0.0
	for _, w := range s.widths {
		sum += w
	}
	return sum
}

// tall is the height of the whole table.
func (s *sheet) tall() float64 {
	sum := 0.0
	for _, h := range s.heights {
		sum += h
	}
	return sum
}

// xml is the table as the content of a graphic frame.
func (s *sheet) xml(c paint, lang string) string {
	var b strings.Builder
	b.WriteString(`<a:tbl><a:tblPr firstRow="1"/><a:tblGrid>`)
	for _, w := range s.widths {
		fmt.Fprintf(&b, `<a:gridCol w="%d"/>`, emu(w))
	}
	b.WriteString(`</a:tblGrid>`)
	edge := func(tag string) string {
		return `<a:` + tag + ` w="6350">` + c.grid() + `</a:` + tag + `>`
	}
	none := func(tag string) string { return `<a:` + tag + ` w="0"><a:noFill/></a:` + tag + `>` }
	cell := func(t, align, fill, colour string, bold bool, lines bool) {
		borders := none("lnL") + none("lnR") + edge("lnT") + edge("lnB")
		if lines {
			borders = edge("lnL") + edge("lnR") + edge("lnT") + edge("lnB")
		}
		fmt.Fprintf(&b, `<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>%s</a:txBody><a:tcPr marL="%[2]d" marR="%[2]d" marT="%[3]d" marB="%[3]d" anchor="ctr">%s%s</a:tcPr></a:tc>`,
			paragraph(t, bcp(lang), align, letters{size: s.size, bold: bold, colour: colour}), emu(s.side), emu(cellTop), borders, fill)
	}
	const bare = `<a:noFill/>`
	for i, h := range s.heights {
		row := s.from + i - 1
		if i == 0 {
			row = -1
		}
		fmt.Fprintf(&b, `<a:tr h="%d">`, emu(h))
		for _, col := range append([]int{-1}, s.columns...) {
			text, align, fill, colour, bold, lines := s.text(row, col), "r", bare, c.text(), row >= 0 && s.strong(row), false
			if col < 0 || !s.numeric(col) {
				align = ""
			}
			if row < 0 {
				fill, colour, bold = c.strong(), c.background(), true
			} else if col >= 0 {
				if f := s.plot.Series[col].Fills; len(f) > 0 {
					align, lines = "ctr", true
					if row < len(f) && f[row] != "" {
						fill, colour = hex(f[row]), hex(ink(f[row]))
					}
				}
			}
			if row >= 0 && s.strong(row) && fill == bare {
				fill = c.track()
			}
			if col >= 0 && len(s.plot.Series[col].Fills) > 0 {
				align = "ctr"
			}
			cell(text, align, fill, colour, bold, lines)
		}
		b.WriteString(`</a:tr>`)
	}
	b.WriteString(`</a:tbl>`)
	return b.String()
}

// numeric says whether a column holds numbers.
func (s *sheet) numeric(column int) bool {
	for _, v := range s.plot.Series[column].Values {
		if v.Valid {
			return true
		}
	}
	return false
}

// partWords says which of several slides this is.
func partWords(lang string, i, n int) string {
	if n < 2 {
		return ""
	}
	return words.T(lang, "deck.part", "n", i+1, "of", n)
}

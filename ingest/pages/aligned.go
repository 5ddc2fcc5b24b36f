package pages

import (
	"cmp"
	"slices"

	"chiso/ingest/sheet"
)

// fewestRows is how many lines of numbers make a table; fewer are one only where
// a table of the page before goes on.
const fewestRows = 3

// alignedTables reads the tables that have no drawn cells: lines of words and
// numbers that keep their columns.
func alignedTables(d *Document, p *Page, used []bool, others []*Table, previous *Table) []*Table {
	lines := linesOf(p, used)
	if len(lines) > maxLines {
		return nil
	}
	segments := make([][]segment, len(lines))
	data := make([]bool, len(lines))
	for k, l := range lines {
		segments[k] = segmentsOf(p, l)
		data[k] = dataLine(segments[k])
	}
	var list []*Table
	top := true // nothing stands above but what is left out
	for k := 0; k < len(lines); k++ {
		if !data[k] {
			continue
		}
		last := runFrom(lines, data, k, others)
		n := 0
		for i := k; i <= last; i++ {
			if data[i] {
				n++
			}
		}
		goesOn := top && len(list) == 0 && len(others) == 0 && k <= maxHeader && previous != nil && !previous.ruled && previous.lastOn == p.Number-1
		top = false
		if n < fewestRows && !goesOn {
			k = last
			continue
		}
		t := alignedTable(d, p, lines, segments, k, last, others, goesOn, previous)
		if t == nil {
			k = last
			continue
		}
		for _, i := range t.words {
			used[i] = true
		}
		list = append(list, t.Table)
		k = last
	}
	return list
}

// dataLine reports whether a line is a table's: several columns, one of them a number.
func dataLine(list []segment) bool {
	if len(list) < 2 {
		return false
	}
	for _, s := range list {
		if numeric(s.text) {
			return true
		}
	}
	return false
}

// runFrom is the last line of the table that begins at line k: names may go on over
// a line or two between its rows.
func runFrom(lines []line, data []bool, k int, others []*Table) int {
	last := k
	pitch := 0.0
	for i := k + 1; i < len(lines); i++ {
		if !data[i] {
			if i-last > 3 {
				break
			}
			continue
		}
		gap := lines[i].box.midY() - lines[last].box.midY()
		if limit := max(5*lines[i].box.height(), 2.5*pitch); gap > limit || between(others, lines[last].box.Y1, lines[i].box.Y0) {
			break
		}
		if pitch == 0 || gap < pitch {
			pitch = gap
		}
		last = i
	}
	return last
}

func between(others []*Table, y0, y1 float64) bool {
	for _, t := range others {
		if t.box.Y0 >= y0-near && t.box.Y1 <= y1+near {
			return true
		}
	}
	return false
}

// found is a table with the words that it took.
type found struct {
	*Table
	words []int
}

func alignedTable(d *Document, p *Page, lines []line, segments [][]segment, first, last int, others []*Table, goesOn bool, previous *Table) *found {
	var bounds []float64
	var rows []int // lines of numbers
	for i := first; i <= last; i++ {
		if dataLine(segments[i]) {
			rows = append(rows, i)
		}
	}
	if len(rows) >= fewestRows {
		bounds = columnsOf(p, lines, rows)
	}
	if goesOn && (len(bounds) != len(previous.bounds) || len(rows) < fewestRows) && fits(p, lines[first:last+1], previous.bounds) {
		bounds = slices.Clone(previous.bounds)
	}
	if len(bounds) < 3 {
		return nil
	}
	end := last
	// The last name may go on below its numbers.
	if k := last + 1; k < len(lines) && len(segments[k]) == 1 {
		a, b := cutLine(p, lines[last], bounds), cutLine(p, lines[k], bounds)
		if lines[k].box.midY()-lines[last].box.midY() < 1.8*lines[k].box.height() && continues(a, b) {
			end = k
		}
	}
	h := readHeader(p, lines, segments, first, bounds, rows)
	// A name that is centred beside its numbers may begin above the first of them.
	start := first
	if h.startsRow {
		start = first - 1
	}
	t := &found{Table: &Table{Sheet: &sheet.Sheet{}, bounds: bounds, firstOn: p.Number, lastOn: p.Number}}
	t.Sheet.Rows, t.Sheet.Merged = h.rows, h.merged
	t.header = len(h.rows)
	body := rowsOf(p, lines[start:end+1], bounds)
	if len(body) == 0 {
		return nil
	}
	t.Sheet.Rows = append(t.Sheet.Rows, body...)
	t.rows = make([]rowAt, len(t.Sheet.Rows))
	t.box = Box{bounds[0], lines[start].box.Y0, bounds[len(bounds)-1], lines[end].box.Y1}
	for i := start; i <= end; i++ {
		t.words = append(t.words, lines[i].words...)
	}
	for _, i := range h.lines {
		t.words = append(t.words, lines[i].words...)
		t.box.Y0 = min(t.box.Y0, lines[i].box.Y0)
	}
	if h.unclear != "" {
		d.unclearHeading(t.Table, p.Number, h.unclear)
	}
	return t
}

// fits reports whether no word of the lines lies across a bound.
func fits(p *Page, lines []line, bounds []float64) bool {
	for _, l := range lines {
		for _, i := range l.words {
			w := &p.Words[i]
			if w.midX() < bounds[0]-20 || w.midX() > bounds[len(bounds)-1]+20 {
				return false
			}
			for _, x := range bounds[1 : len(bounds)-1] {
				if w.X0 < x-1 && w.X1 > x+1 {
					return false
				}
			}
		}
	}
	return true
}

// columnsOf finds the columns: between two of them there is room on every line of numbers.
func columnsOf(p *Page, lines []line, rows []int) []float64 {
	type span struct{ from, to float64 }
	var spans []span
	h := 0.0
	for _, k := range rows {
		h += lines[k].box.height()
		for _, i := range lines[k].words {
			spans = append(spans, span{p.Words[i].X0, p.Words[i].X1})
		}
	}
	h /= float64(len(rows))
	// The fewer lines, the easier blanks between words fall in line by chance.
	room := 0.5 * h
	if len(rows) < 8 {
		room = 0.7 * h
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var columns []span
	for _, s := range spans {
		if n := len(columns); n > 0 && s.from < columns[n-1].to+room {
			columns[n-1].to = max(columns[n-1].to, s.to)
			continue
		}
		columns = append(columns, s)
	}
	if len(columns) < 2 {
		return nil
	}
	bounds := []float64{columns[0].from - 2}
	for i := 1; i < len(columns); i++ {
		bounds = append(bounds, (columns[i-1].to+columns[i].from)/2)
	}
	return append(bounds, columns[len(columns)-1].to+2)
}

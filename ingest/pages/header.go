package pages

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform/viet"
)

// maxHeader is how many lines headings may have.
const maxHeader = 9

// header is the headings over columns without drawn cells.
type header struct {
	rows      [][]sheet.Cell
	merged    []sheet.Range
	lines     []int
	last      int    // the lowest line of headings
	startsRow bool   // the line above the numbers is the beginning of the first name
	unclear   string // a heading of which it can't be told which columns it is over
}

func (h *header) inUse(k int) bool { return slices.Contains(h.lines, k) }

// label is a piece of heading over columns first to last.
type label struct {
	first, last int
	text        string
	mid         float64 // of the piece that is read
}

// readHeader reads the lines above the first line of numbers. Lines over one column
// are one heading that was wrapped; a piece over several columns is the heading of them all.
func readHeader(p *Page, lines []line, segments [][]segment, first int, bounds []float64, rows []int) *header {
	h := &header{last: -1}
	n := len(bounds) - 1
	cores := coresOf(p, lines, rows, bounds)
	stacks := make([][]label, n) // by column, from the bottom up
	prev := lines[first].box
	for k := first - 1; k >= 0 && first-k <= maxHeader; k-- {
		l := lines[k]
		if prev.Y0-l.box.Y1 > 1.6*l.box.height() || l.box.X1 < bounds[0] || l.box.X0 > bounds[n] {
			break
		}
		if k == first-1 && firstNameAbove(p, lines, first, bounds) {
			h.startsRow = true
			prev = l.box
			continue
		}
		labels := labelsOf(p, l, segments[k], bounds, cores, stacks)
		if isTitle(l, segments[k], labels, bounds, len(h.lines) > 0) {
			break
		}
		// The numbers of the columns, "(1) (2) (3)", and headings alike take part.
		for _, lb := range labels {
			for c := lb.first; c <= lb.last; c++ {
				s := stacks[c]
				if m := len(s); m > 0 && s[m-1].first == lb.first && s[m-1].last == lb.last {
					s[m-1].text = lb.text + " " + s[m-1].text
				} else {
					stacks[c] = append(s, lb)
				}
			}
		}
		h.lines = append(h.lines, k)
		h.last = max(h.last, k)
		prev = l.box
	}
	h.build(stacks)
	h.check(stacks, cores)
	return h
}

// firstNameAbove reports whether the line above the first numbers is the beginning of
// their name: the numbers' own line has none, and the line stands as near as one below does.
func firstNameAbove(p *Page, lines []line, first int, bounds []float64) bool {
	if first+1 >= len(lines) {
		return false
	}
	own, above, below := cutLine(p, lines[first], bounds), cutLine(p, lines[first-1], bounds), cutLine(p, lines[first+1], bounds)
	if above.anchor || below.anchor {
		return false
	}
	only := -1
	for c, t := range above.texts {
		if t != "" {
			if only >= 0 {
				return false
			}
			only = c
		}
	}
	height := own.box.height()
	return only >= 0 && own.texts[only] == "" && below.texts[only] != "" &&
		own.box.midY()-above.box.midY() < 1.1*height && below.box.midY()-own.box.midY() < 1.1*height
}

// coresOf is where the text of each column really stands.
func coresOf(p *Page, lines []line, rows []int, bounds []float64) []Box {
	cores := make([]Box, len(bounds)-1)
	for _, k := range rows {
		for _, i := range lines[k].words {
			c := slotOf(bounds, p.Words[i].midX())
			if c < 0 {
				continue
			}
			if cores[c] == (Box{}) {
				cores[c] = p.Words[i].Box
			}
			cores[c] = cores[c].join(p.Words[i].Box)
		}
	}
	return cores
}

// labelsOf gives the pieces of a line of headings to the columns below them.
func labelsOf(p *Page, l line, list []segment, bounds []float64, cores []Box, below [][]label) []label {
	var labels []label
	n := len(cores)
	for _, s := range list {
		over := []int{}
		for c := range n {
			from, to := cores[c].X0, cores[c].X1
			if shared := min(s.box.X1, to) - max(s.box.X0, from); shared > 0.15*min(s.box.width(), to-from) {
				over = append(over, c)
			}
		}
		switch {
		case len(over) == 1:
			labels = append(labels, label{over[0], over[0], s.text, s.box.midX()})
		case len(over) == 0:
			c := slotOf(bounds, s.box.midX())
			if c < 0 {
				if c = 0; s.box.midX() > bounds[n] {
					c = n - 1
				}
			}
			a, b := c, c
			// Between two columns, at equal distances: over both.
			if c+1 < n && near2(s.box.midX(), (cores[c].X0+cores[c+1].X1)/2, cores[c+1].X1-cores[c].X0) {
				b = c + 1
			} else if c > 0 && near2(s.box.midX(), (cores[c-1].X0+cores[c].X1)/2, cores[c].X1-cores[c-1].X0) {
				a = c - 1
			}
			labels = append(labels, label{a, b, s.text, s.box.midX()})
		default:
			labels = append(labels, splitSegment(p, s, over, bounds, cores, len(below[over[0]]) > 0)...)
		}
	}
	return widen(labels, below, cores)
}

func near2(x, y, width float64) bool { return x-y < 0.12*width && y-x < 0.12*width }

// splitSegment decides whether words over several columns are one heading of them all
// or headings of their own that stand close together. Over headings that are there already it is
// one; as the lowest line, each column must have its own.
func splitSegment(p *Page, s segment, over []int, bounds []float64, cores []Box, hasBelow bool) []label {
	if hasBelow {
		return []label{{over[0], over[len(over)-1], s.text, s.box.midX()}}
	}
	var labels []label
	for _, i := range s.words {
		c := slotOf(bounds, p.Words[i].midX())
		c = max(over[0], min(c, over[len(over)-1]))
		if n := len(labels); n > 0 && labels[n-1].first == c {
			labels[n-1].text += " " + p.Words[i].Text
			labels[n-1].mid = (p.Words[s.words[0]].X0 + p.Words[i].X1) / 2
			continue
		}
		labels = append(labels, label{c, c, p.Words[i].Text, p.Words[i].midX()})
	}
	return labels
}

// widen extends a heading to neighbours without one on its line, where it then stands
// better in their middle: a short heading over two columns may touch one of them only. It asks for
// headings below that are there twice, which need one above to tell them apart.
func widen(labels []label, below [][]label, cores []Box) []label {
	taken := make([]bool, len(cores))
	for _, l := range labels {
		for c := l.first; c <= l.last; c++ {
			taken[c] = true
		}
	}
	repeated := map[string]int{}
	for _, s := range below {
		if len(s) > 0 {
			repeated[viet.Fold(s[0].text)]++
		}
	}
	needs := func(c int) bool {
		return c >= 0 && c < len(cores) && !taken[c] && len(below[c]) > 0 && repeated[viet.Fold(below[c][0].text)] > 1
	}
	for i := range labels {
		l := &labels[i]
		if len(below[l.first]) == 0 || len(below[l.last]) == 0 || repeated[viet.Fold(below[l.first][0].text)] < 2 {
			continue
		}
		// How far the piece is from the middle of the headings of columns a to b.
		off := func(a, b int) float64 {
			return math.Abs((below[a][0].mid+below[b][0].mid)/2 - l.mid)
		}
		a, b := l.first, l.last
		for from := l.first; from == l.first || needs(from); from-- {
			for to := l.last; to == l.last || needs(to); to++ {
				if off(from, to) < 0.6*off(a, b)-0.5 {
					a, b = from, to
				}
			}
		}
		for c := a; c <= b; c++ {
			taken[c] = true
		}
		l.first, l.last = a, b
	}
	return labels
}

// isTitle tells the title above a table, or the text before it, from its headings.
func isTitle(l line, list []segment, labels []label, bounds []float64, hasHeadings bool) bool {
	n := len(bounds) - 1
	if len(list) != 1 {
		return false
	}
	text := list[0].text
	width := bounds[n] - bounds[0]
	switch {
	case captionStart.MatchString(text) && (l.box.width() > 0.4*width || strings.HasPrefix(viet.Fold(text), "bang") || strings.HasPrefix(viet.Fold(text), "bieu") || strings.HasPrefix(viet.Fold(text), "phuluc")):
		return true
	case l.box.width() > 0.7*width:
		return true
	case len(labels) > 0 && labels[0].first == 0 && labels[len(labels)-1].last == n-1:
		return true
	case !hasHeadings:
		// The lowest line of headings names several columns.
		return true
	}
	// One piece in the middle of the whole table is its title, a piece over the columns of values is not.
	mid := (bounds[0] + bounds[n]) / 2
	return labels[0].last > labels[0].first && l.box.midX()-mid < 0.02*width && mid-l.box.midX() < 0.02*width
}

// build writes the stacks of headings as rows, the lowest heading of each column on the last row.
func (h *header) build(stacks [][]label) {
	depth := 0
	for _, s := range stacks {
		depth = max(depth, len(s))
	}
	h.rows = make([][]sheet.Cell, depth)
	for r := range h.rows {
		h.rows[r] = make([]sheet.Cell, len(stacks))
	}
	for c, s := range stacks {
		for k, lb := range s {
			r := depth - 1 - k
			if lb.first == c {
				h.rows[r][c] = textCell(clean(lb.text))
				if lb.last > lb.first {
					h.merged = append(h.merged, sheet.Range{Row: r, Col: lb.first, LastRow: r, LastCol: lb.last})
				}
			} else if k >= len(stacks[lb.first]) || stacks[lb.first][k] != lb {
				// The stacks below it differ in height: the text is repeated where the merge can't say it.
				h.rows[r][c] = textCell(clean(lb.text))
			}
		}
	}
	// A merge over cells that stand on different rows would say too much.
	h.merged = slices.DeleteFunc(h.merged, func(m sheet.Range) bool {
		for c := m.Col + 1; c <= m.LastCol; c++ {
			if h.rows[m.Row][c].Kind != sheet.Empty {
				return true
			}
		}
		return false
	})
}

var yearIn = regexp.MustCompile(`\b(?:19|20)\d\d\b`)

// check finds headings that leave it open which column they speak of: of columns with one
// name some have a heading above it and others have none.
func (h *header) check(stacks [][]label, cores []Box) {
	type seen struct {
		alone  bool
		parent map[string]int
		n      int
	}
	names := map[string]*seen{}
	years, none := 0, 0
	for _, s := range stacks {
		if len(s) == 0 {
			continue
		}
		var above []string
		year := false
		for k, lb := range s {
			if k > 0 {
				above = append(above, viet.Fold(lb.text))
			}
			year = year || yearIn.MatchString(lb.text)
		}
		key := viet.Fold(s[0].text)
		x := names[key]
		if x == nil {
			x = &seen{parent: map[string]int{}}
			names[key] = x
		}
		x.n++
		x.parent[strings.Join(above, "|")]++
		if len(above) == 0 {
			x.alone = true
		}
		if year {
			years++
		} else if len(s) == 1 {
			none++
		}
	}
	for _, s := range stacks {
		if len(s) == 0 {
			continue
		}
		x := names[viet.Fold(s[0].text)]
		if x == nil || x.n < 2 {
			continue
		}
		if x.alone && len(x.parent) > 1 {
			h.unclear = s[0].text
		}
		for _, times := range x.parent {
			if times > 1 {
				h.unclear = s[0].text
			}
		}
	}
}

// unclearHeading makes a table's headings unreadable on purpose and says why.
func (d *Document) unclearHeading(t *Table, page int, text string) {
	t.Sheet.Rows, t.Sheet.Merged, t.rows = nil, nil, nil
	d.Problems = append(d.Problems, parse.Problem("unclear-heading", "heading", fmt.Sprintf("page %d", page), text,
		"Trang %d: bảng không kẻ ô, không rõ tiêu đề phía trên cột %q thuộc những cột nào; bảng này không được đọc. Hãy nạp bảng từ bảng tính.",
		"Page %d: the table has no drawn cells, and it can't be told which columns the headings above %q are over; the table is not read. Load it from a spreadsheet.", page, text))
}

package pages

import (
	"cmp"
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

// maxHeadingWords bounds what is put together as headings.
const maxHeadingWords = 600

// header is the headings over columns without drawn cells.
type header struct {
	rows      [][]sheet.Cell
	merged    []sheet.Range
	lines     []int
	startsRow bool   // the line above the numbers is the beginning of the first name
	unclear   string // a heading of which it can't be told which columns it is over
}

// label is a heading over columns first to last.
type label struct {
	first, last int
	text        string
	mid         float64 // of its words
	box         Box
}

// readHeader reads the lines above the first line of numbers. Lines that stand close
// below each other over one column are one heading that was wrapped; a piece over several headings is
// the heading of them all.
func readHeader(p *Page, lines []line, segments [][]segment, first int, bounds []float64, rows []int) *header {
	h := &header{}
	n := len(bounds) - 1
	cores := coresOf(p, lines, rows, bounds)
	stacks := make([][]label, n) // by column, from the bottom up
	prev := lines[first].box
	var words []int
	var numbers []sheet.Cell
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
		if isTitle(p, l, segments[k], bounds, len(words) > 0) {
			break
		}
		if len(words) == 0 && numbers == nil && isNumbering(segments[k]) {
			numbers = make([]sheet.Cell, n)
			for c, text := range cutLine(p, l, bounds).texts {
				numbers[c] = textCell(text)
			}
		} else {
			words = append(words, l.words...)
		}
		h.lines = append(h.lines, k)
		prev = l.box
	}
	if len(words) > maxHeadingWords {
		words = nil // nine lines of that many words are no headings
		h.lines = nil
	}
	leaves, spans := headingCells(p, words)
	for _, lb := range overColumns(leaves, cores, bounds) {
		for c := lb.first; c <= lb.last; c++ {
			stacks[c] = append(stacks[c], lb)
		}
	}
	value := valueColumns(p, lines, rows, bounds)
	for c, s := range stacks {
		if len(s) > 0 && (viet.Fold(s[0].text) == "stt" || viet.Fold(s[0].text) == "tt") {
			value[c] = false
		}
	}
	slices.SortStableFunc(spans, func(a, b label) int { return cmp.Compare(b.box.Y0, a.box.Y0) })
	for len(spans) > 0 {
		// Spans of one height are looked at together: where one is, another can't be.
		k := 1
		for k < len(spans) && spans[0].box.Y0-spans[k].box.Y0 < 0.5*spans[0].box.height() {
			k++
		}
		for _, lb := range h.overHeadings(spans[:k], stacks, cores, value) {
			for c := lb.first; c <= lb.last; c++ {
				stacks[c] = append(stacks[c], lb)
			}
		}
		spans = spans[k:]
	}
	h.build(stacks)
	h.check(stacks, value)
	if numbers != nil {
		h.rows = append(h.rows, numbers)
	}
	return h
}

var numbering = regexp.MustCompile(`^\(?(?:\d{1,2}|[A-Za-z])\)?(?:\s?=.*)?$`)

// valueColumns tells the columns of numbers from those of names.
func valueColumns(p *Page, lines []line, rows []int, bounds []float64) []bool {
	count := make([]int, len(bounds)-1)
	for _, k := range rows {
		for c, text := range cutLine(p, lines[k], bounds).texts {
			if numeric(text) || blankMark(text) {
				count[c]++
			}
		}
	}
	value := make([]bool, len(count))
	for c := range count {
		value[c] = 2*count[c] > len(rows)
	}
	return value
}

// isNumbering tells the line "(1) (2) (3)" under the headings.
func isNumbering(list []segment) bool {
	brackets := 0
	for _, s := range list {
		if !numbering.MatchString(s.text) {
			return false
		}
		if strings.HasPrefix(s.text, "(") {
			brackets++
		}
	}
	return len(list) > 2 && brackets > 0
}

// overColumns gives the lowest headings to the columns. As many as there are columns
// belong to them in their order; others by the place of the numbers.
func overColumns(leaves []label, cores []Box, bounds []float64) []label {
	slices.SortStableFunc(leaves, func(a, b label) int { return cmp.Compare(a.mid, b.mid) })
	n := len(cores)
	if len(leaves) == n {
		inOrder := true
		for c := range leaves {
			if c > 0 && leaves[c].mid < cores[c-1].X0 || c+1 < n && leaves[c].mid > cores[c+1].X1 {
				inOrder = false
			}
		}
		if inOrder {
			for c := range leaves {
				leaves[c].first, leaves[c].last = c, c
			}
			return leaves
		}
	}
	for i := range leaves {
		lb := &leaves[i]
		lb.first, lb.last = -1, -1
		for c := range n {
			from, to := cores[c].X0, cores[c].X1
			if shared := min(lb.box.X1, to) - max(lb.box.X0, from); shared > 0.15*min(lb.box.width(), to-from) {
				if lb.first < 0 {
					lb.first = c
				}
				lb.last = c
			}
		}
		if lb.first < 0 {
			c := slotOf(bounds, lb.mid)
			if c < 0 {
				if c = 0; lb.mid > bounds[n] {
					c = n - 1
				}
			}
			lb.first, lb.last = c, c
		}
	}
	return leaves
}

// overHeadings gives headings of one height to the columns whose headings they stand over.
func (h *header) overHeadings(spans []label, below [][]label, cores []Box, value []bool) []label {
	var labels []label
	for _, s := range spans {
		s.first, s.last = -1, -1
		for c := range below {
			from, to := cores[c].X0, cores[c].X1
			if len(below[c]) > 0 {
				from, to = below[c][0].box.X0, below[c][0].box.X1
			}
			if min(s.box.X1, to)-max(s.box.X0, from) > 0.1*min(s.box.width(), to-from) {
				if s.first < 0 {
					s.first = c
				}
				s.last = c
			}
		}
		if s.first < 0 {
			// Over the gap between two columns: the one on its left, which is then widened.
			for c := range below {
				if len(below[c]) > 0 && below[c][0].mid < s.mid {
					s.first, s.last = c, c
				}
			}
		}
		if s.first >= 0 {
			labels = append(labels, s)
		}
	}
	return h.widen(labels, below, value)
}

// blank is the widest gap between two words of one heading, as a share of the
// height of the line.
const blank = 0.4

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

// widen extends headings to neighbours without one at their height, in whose middle they
// then stand: a short heading over three columns touches the middle one only. Columns whose own heading is
// there twice need one above to tell them apart, and are taken. Of others it can't be told; where
// the heading says a year or an index, that is unclear.
func (h *header) widen(labels []label, below [][]label, value []bool) []label {
	taken := make([]bool, len(below))
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
	free := func(c int) bool { return c >= 0 && c < len(below) && !taken[c] && value[c] && len(below[c]) > 0 }
	needs := func(c int) bool { return free(c) && repeated[viet.Fold(below[c][0].text)] > 1 }
	for i := range labels {
		l := &labels[i]
		if len(below[l.first]) == 0 || len(below[l.last]) == 0 {
			continue
		}
		// How far the piece is from the middle of the headings of columns a to b.
		off := func(a, b int) float64 {
			return math.Abs((below[a][0].mid+below[b][0].mid)/2 - l.mid)
		}
		// The extents in whose middle the heading stands, the smallest first.
		extents := func(may func(int) bool) (list [][2]int) {
			for from := l.first; from == l.first || may(from); from-- {
				for to := l.last; to == l.last || may(to); to++ {
					if off(from, to) < 0.5*l.box.height() {
						list = append(list, [2]int{from, to})
					}
				}
			}
			slices.SortStableFunc(list, func(a, b [2]int) int { return cmp.Compare(a[1]-a[0], b[1]-b[0]) })
			return list
		}
		fit := extents(free)
		if own := extents(needs); repeated[viet.Fold(below[l.first][0].text)] > 1 && len(own) > 0 {
			best := own[len(own)-1]
			l.first, l.last = best[0], best[1]
			fit = extents(free)
		} else if len(fit) > 0 {
			l.first, l.last = fit[0][0], fit[0][1]
		}
		for c := l.first; c <= l.last; c++ {
			taken[c] = true
		}
		if len(fit) != 1 && tells(l.text) {
			h.unclear = l.text
		}
	}
	return labels
}

var capitalName = regexp.MustCompile(`\b[A-ZĐ]{3,}\b`)

// tells reports whether a heading says of which period or index its columns are.
func tells(text string) bool {
	return strings.ContainsAny(text, "0123456789") || capitalName.MatchString(text)
}

// isTitle tells the title above a table, or the text before it, from its headings.
func isTitle(p *Page, l line, list []segment, bounds []float64, hasHeadings bool) bool {
	if len(list) != 1 || pieces(p, l) > 1 {
		return false
	}
	n := len(bounds) - 1
	text, width := list[0].text, bounds[n]-bounds[0]
	f := viet.Fold(text)
	mid := (bounds[0] + bounds[n]) / 2
	switch {
	case strings.HasPrefix(f, "bang"), strings.HasPrefix(f, "bieu"), strings.HasPrefix(f, "phuluc"), strings.HasPrefix(text, "("):
		return true
	case captionStart.MatchString(text) && l.box.width() > 0.4*width, l.box.width() > 0.7*width:
		return true
	case !hasHeadings:
		return true // the lowest line of headings names several columns
	}
	// One piece in the middle of the whole table is its title.
	return l.box.width() > 0.3*width && math.Abs(l.box.midX()-mid) < 0.02*width
}

// pieces counts the pieces of a line that stand further apart than words do.
func pieces(p *Page, l line) int {
	n := 1
	for k := 1; k < len(l.words); k++ {
		if p.Words[l.words[k]].X0-p.Words[l.words[k-1]].X1 >= blank*l.box.height() {
			n++
		}
	}
	return n
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

var (
	yearIn = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	change = regexp.MustCompile(`\b(?:tang|giam|chenh lech|so voi|thay doi|bien dong)\b`)
)

// check finds headings that leave it open which column they speak of: of columns with one
// name some have a heading above it and others have none, or some columns of numbers are of a
// year and others are of none.
func (h *header) check(stacks [][]label, value []bool) {
	type seen struct {
		alone  bool
		parent map[string]int
		n      int
	}
	names := map[string]*seen{}
	dated, undated := "", ""
	for c, s := range stacks {
		text := ""
		for _, lb := range s {
			text += lb.text + " "
		}
		switch {
		case len(s) == 0 || !value[c] || change.MatchString(viet.FoldWords(text)):
		case yearIn.MatchString(text):
			dated = text
		default:
			undated = text
		}
	}
	if dated != "" && undated != "" {
		h.unclear = strings.TrimSpace(undated)
	}
	for _, s := range stacks {
		if len(s) == 0 {
			continue
		}
		var above []string
		for k, lb := range s {
			if k > 0 {
				above = append(above, viet.Fold(lb.text))
			}
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

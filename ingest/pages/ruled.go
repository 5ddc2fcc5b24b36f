package pages

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
)

// near is how far apart two drawn lines may be that a reader sees as one.
const near = 3.0

// rule is a drawn line: at is its height (or, upright, its place from the left), from and to its ends.
type rule struct{ at, from, to float64 }

// ruledTables reads the tables whose cells are drawn.
func ruledTables(d *Document, p *Page, used []bool) []*Table {
	var flat, upr []rule
	for _, b := range p.Rules {
		switch {
		case b.width() >= 8 && b.height() <= near:
			flat = append(flat, rule{b.midY(), b.X0, b.X1})
		case b.height() >= 5 && b.width() <= near:
			upr = append(upr, rule{b.midX(), b.Y0, b.Y1})
		}
	}
	flat, upr = joinRules(flat), joinRules(upr)
	if len(flat) < 2 || len(upr) < 2 || len(flat) > maxLines || len(upr) > maxLines {
		return nil
	}
	var list []*Table
	for _, g := range connected(flat, upr) {
		if t := ruledTable(d, p, g[0], g[1], used); t != nil {
			list = append(list, t)
		}
	}
	return list
}

// joinRules makes one line of pieces that touch: programs draw each cell by itself.
func joinRules(list []rule) []rule {
	slices.SortFunc(list, func(a, b rule) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.from, b.from))
	})
	var out []rule
	for i := 0; i < len(list); {
		k := i
		for k < len(list) && list[k].at-list[i].at <= near/2 {
			k++
		}
		same := slices.Clone(list[i:k])
		slices.SortFunc(same, func(a, b rule) int { return cmp.Compare(a.from, b.from) })
		n := len(out)
		for _, r := range same {
			if len(out) > n && r.from <= out[len(out)-1].to+near {
				out[len(out)-1].to = max(out[len(out)-1].to, r.to)
				continue
			}
			out = append(out, r)
		}
		i = k
	}
	return out
}

// connected splits lines into groups that touch: one group, one table.
func connected(flat, upr []rule) [][2][]rule {
	parent := make([]int, len(flat)+len(upr))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, h := range flat {
		for j, v := range upr {
			if v.at >= h.from-near && v.at <= h.to+near && h.at >= v.from-near && h.at <= v.to+near {
				parent[find(i)] = find(len(flat) + j)
			}
		}
	}
	groups := map[int]int{}
	var list [][2][]rule
	for i := range parent {
		r := find(i)
		n, ok := groups[r]
		if !ok {
			n = len(list)
			groups[r] = n
			list = append(list, [2][]rule{})
		}
		if i < len(flat) {
			list[n][0] = append(list[n][0], flat[i])
		} else {
			list[n][1] = append(list[n][1], upr[i-len(flat)])
		}
	}
	return list
}

// places are the distinct heights of lines.
func places(list []rule, ends ...float64) []float64 {
	var all []float64
	for _, r := range list {
		all = append(all, r.at)
	}
	slices.Sort(all)
	var out []float64
	for _, x := range all {
		if len(out) == 0 || x-out[len(out)-1] > near {
			out = append(out, x)
		}
	}
	// Where the outer border is not drawn, the ends of the crossing lines are the border.
	if len(out) > 0 && out[0]-ends[0] > 8 {
		out = append([]float64{ends[0]}, out...)
	}
	if len(out) > 0 && ends[1]-out[len(out)-1] > 8 {
		out = append(out, ends[1])
	}
	return out
}

func ends(list []rule) (from, to float64) {
	from, to = list[0].from, list[0].to
	for _, r := range list {
		from, to = min(from, r.from), max(to, r.to)
	}
	return from, to
}

// covered reports whether a line at x runs along [from, to].
func covered(list []rule, x, from, to float64) bool {
	in := (to - from) * 0.25
	for _, r := range list {
		if r.at-x <= near && x-r.at <= near && r.from <= from+in && r.to >= to-in {
			return true
		}
	}
	return false
}

// withEnds adds the heights at which an upright line ends between two level ones: a line
// that begins below a heading parts what is under it from the heading.
func withEnds(ys []float64, upr []rule) []float64 {
	out := slices.Clone(ys)
	for _, v := range upr {
		for _, y := range []float64{v.from, v.to} {
			if y > ys[0] && y < ys[len(ys)-1] && !slices.ContainsFunc(out, func(x float64) bool { return x-y < 5 && y-x < 5 }) {
				out = append(out, y)
			}
		}
	}
	slices.Sort(out)
	return out
}

// endsAt reports whether one of two upright lines has its end at a height.
func endsAt(upr []rule, y float64, xs ...float64) bool {
	for _, v := range upr {
		for _, x := range xs {
			if math.Abs(v.at-x) <= near && (math.Abs(v.from-y) < 5 || math.Abs(v.to-y) < 5) {
				return true
			}
		}
	}
	return false
}

// lattice is a drawn table: its lines, and which block of merged cells each cell belongs to.
type lattice struct {
	xs, ys []float64
	block  []int // by row*columns+column
	boxes  map[int]sheet.Range
}

func (g *lattice) columns() int { return len(g.xs) - 1 }
func (g *lattice) rows() int    { return len(g.ys) - 1 }

func latticeOf(flat, upr []rule) *lattice {
	if len(flat) < 2 || len(upr) < 1 {
		return nil
	}
	x0, x1 := ends(flat)
	y0, y1 := ends(upr)
	g := &lattice{xs: places(upr, x0, x1), boxes: map[int]sheet.Range{}}
	g.ys = withEnds(places(flat, y0, y1), upr)
	nc, nr := g.columns(), g.rows()
	if nc < 2 || nr < 1 || nc*nr > maxCells {
		return nil
	}
	g.block = make([]int, nc*nr)
	for i := range g.block {
		g.block[i] = i
	}
	find := func(i int) int {
		for g.block[i] != i {
			g.block[i] = g.block[g.block[i]]
			i = g.block[i]
		}
		return i
	}
	union := func(a, b int) {
		a, b = find(a), find(b)
		g.block[max(a, b)] = min(a, b)
	}
	for r := range nr {
		for c := range nc {
			if c+1 < nc && !covered(upr, g.xs[c+1], g.ys[r], g.ys[r+1]) {
				union(r*nc+c, r*nc+c+1)
			}
			if r+1 < nr && !covered(flat, g.ys[r+1], g.xs[c], g.xs[c+1]) && !endsAt(upr, g.ys[r+1], g.xs[c], g.xs[c+1]) {
				union(r*nc+c, (r+1)*nc+c)
			}
		}
	}
	for i := range g.block {
		b := find(i)
		g.block[i] = b
		r, c := i/nc, i%nc
		box, ok := g.boxes[b]
		if !ok {
			g.boxes[b] = sheet.Range{Row: r, Col: c, LastRow: r, LastCol: c}
			continue
		}
		box.Row, box.Col, box.LastRow, box.LastCol = min(box.Row, r), min(box.Col, c), max(box.LastRow, r), max(box.LastCol, c)
		g.boxes[b] = box
	}
	return g
}

// ruledTable reads one drawn table; nil where the lines make none.
func ruledTable(d *Document, p *Page, flat, upr []rule, used []bool) *Table {
	g := latticeOf(flat, upr)
	if g == nil || len(g.boxes) < 4 {
		return nil
	}
	nc := g.columns()
	box := Box{g.xs[0], g.ys[0], g.xs[nc], g.ys[g.rows()]}
	words := map[int][]int{}
	var inside []int
	crossing := map[int]string{}
	for i := range p.Words {
		w := &p.Words[i]
		c, r := slotOf(g.xs, w.midX()), slotOf(g.ys, w.midY())
		if used[i] || c < 0 || r < 0 {
			continue
		}
		b := g.block[r*nc+c]
		words[b] = append(words[b], i)
		inside = append(inside, i)
		area := g.boxes[b]
		slack := 0.3 * w.height()
		if upright(w) && (w.X0 < g.xs[area.Col]-slack || w.X1 > g.xs[area.LastCol+1]+slack) && strings.ContainsAny(w.Text, "0123456789") {
			crossing[b] = w.Text
		}
	}
	// A frame around running text is no table.
	filled := 0
	for _, list := range words {
		if len(list) > 0 {
			filled++
		}
	}
	if filled < 4 {
		return nil
	}
	for _, i := range inside {
		used[i] = true
	}
	t := &Table{Sheet: &sheet.Sheet{}, bounds: g.xs, box: box, firstOn: p.Number, lastOn: p.Number, ruled: true}
	for r := range g.rows() {
		row := make([]sheet.Cell, nc)
		tall := false
		for c := range nc {
			area := g.boxes[g.block[r*nc+c]]
			tall = tall || area.Row != area.LastRow
			if area.Row != r || area.Col != c {
				continue
			}
			row[c] = textCell(cellText(p, words[g.block[r*nc+c]]))
			if text, bad := crossing[g.block[r*nc+c]]; bad {
				row[c] = sheet.Cell{Kind: sheet.Error, Text: row[c].Text}
				d.Problems = append(d.Problems, parse.Problem("text-over-line", "cell", fmt.Sprintf("page %d", p.Number), text,
					"Chữ số %q nằm vắt qua đường kẻ giữa hai ô, không rõ thuộc ô nào.", "The digits %q lie across the line between two cells: it can't be told which they belong to.", text))
			}
		}
		if !tall {
			if rows, ok := splitBand(p, g, r, words); ok {
				t.Sheet.Rows = append(t.Sheet.Rows, rows...)
				continue
			}
		}
		// Rows above may have been split: merged blocks move down with them.
		shift := len(t.Sheet.Rows) - r
		for c := range nc {
			area := g.boxes[g.block[r*nc+c]]
			if area.Row == r && area.Col == c && (area.LastRow > r || area.LastCol > c) {
				t.Sheet.Merged = append(t.Sheet.Merged, sheet.Range{Row: r + shift, Col: c, LastRow: area.LastRow + shift, LastCol: area.LastCol})
			}
		}
		t.Sheet.Rows = append(t.Sheet.Rows, row)
	}
	t.rows = make([]rowAt, len(t.Sheet.Rows))
	return t
}

// slotOf is the interval of bounds that x lies in, -1 outside.
func slotOf(bounds []float64, x float64) int {
	if x < bounds[0] || x > bounds[len(bounds)-1] {
		return -1
	}
	n, exact := slices.BinarySearch(bounds, x)
	if exact && n < len(bounds)-1 {
		return n
	}
	return max(0, min(n-1, len(bounds)-2))
}

// cellText is the text of a cell; where all of it is rotated, it is read from the bottom up.
func cellText(p *Page, words []int) string {
	rotated := len(words) > 0
	for _, i := range words {
		if w := &p.Words[i]; upright(w) && len(w.Text) > 2 {
			rotated = false
		}
	}
	if !rotated || allShort(p, words) {
		return clean(textOf(p, words))
	}
	list := slices.Clone(words)
	slices.SortStableFunc(list, func(a, b int) int {
		wa, wb := &p.Words[a], &p.Words[b]
		if d := wa.midX() - wb.midX(); d > wa.width()/2 || d < -wa.width()/2 {
			return cmp.Compare(wa.X0, wb.X0)
		}
		return cmp.Compare(wb.Y1, wa.Y1)
	})
	var parts []string
	for _, i := range list {
		parts = append(parts, p.Words[i].Text)
	}
	return clean(strings.Join(parts, " "))
}

func allShort(p *Page, words []int) bool {
	for _, i := range words {
		if !upright(&p.Words[i]) {
			return false
		}
	}
	return true
}

// splitBand splits a drawn row that holds several rows of numbers: many tables have lines
// between their columns and none between their rows.
func splitBand(p *Page, g *lattice, r int, words map[int][]int) ([][]sheet.Cell, bool) {
	nc := g.columns()
	var all []int
	several := false
	for c := range nc {
		b := g.block[r*nc+c]
		if area := g.boxes[b]; area.Col != c {
			continue
		}
		lines := groupLines(p, slices.Clone(words[b]))
		numbers := 0
		for _, l := range lines {
			if numeric(textOf(p, l.words)) {
				numbers++
			}
		}
		several = several || numbers > 1 && 2*numbers > len(lines)
		all = append(all, words[b]...)
	}
	if !several {
		return nil, false
	}
	rows := rowsOf(p, groupLines(p, all), g.xs)
	return rows, len(rows) > 1
}

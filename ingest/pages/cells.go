package pages

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// headingCells puts the words of headings together: pieces of one line, and lines that
// stand one below the other and over nothing else. What has several of them below is a span.
func headingCells(p *Page, words []int) (leaves, spans []label) {
	type run struct {
		box         Box
		words       []int
		above, down []int
	}
	order := slices.Clone(words)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.Words[a].midY(), p.Words[b].midY()), cmp.Compare(p.Words[a].X0, p.Words[b].X0))
	})
	var runs []run
	for len(order) > 0 {
		// The words of one baseline, from left to right.
		base := &p.Words[order[0]]
		var same, rest []int
		for _, i := range order {
			if p.Words[i].midY()-base.midY() < 0.25*base.height() {
				same = append(same, i)
			} else {
				rest = append(rest, i)
			}
		}
		slices.SortStableFunc(same, func(a, b int) int { return cmp.Compare(p.Words[a].X0, p.Words[b].X0) })
		for k, i := range same {
			w := &p.Words[i]
			if k > 0 && w.X0-p.Words[same[k-1]].X1 < blank*w.height() {
				r := &runs[len(runs)-1]
				r.box, r.words = r.box.join(w.Box), append(r.words, i)
				continue
			}
			runs = append(runs, run{box: w.Box, words: []int{i}})
		}
		order = rest
	}
	for i := range runs {
		for j := range runs {
			a, b := runs[i].box, runs[j].box
			if b.midY() <= a.midY()+0.5*a.height() || !overlaps(a.X0, a.X1, b.X0, b.X1) {
				continue
			}
			// Below, and no other run is between.
			between := false
			for k := range runs {
				c := runs[k].box
				if k != i && k != j && c.midY() > a.midY()+0.5*a.height() && c.midY() < b.midY()-0.5*b.height() && overlaps(a.X0, a.X1, c.X0, c.X1) && overlaps(b.X0, b.X1, c.X0, c.X1) {
					between = true
					break
				}
			}
			if !between {
				runs[i].down = append(runs[i].down, j)
				runs[j].above = append(runs[j].above, i)
			}
		}
	}
	// One above one is one heading, where the distance is that of lines.
	next := make([]int, len(runs))
	head := make([]bool, len(runs))
	for i := range runs {
		next[i], head[i] = -1, true
	}
	for i := range runs {
		if len(runs[i].down) != 1 {
			continue
		}
		j := runs[i].down[0]
		if len(runs[j].above) == 1 && runs[j].box.Y0-runs[i].box.Y1 < 0.7*runs[i].box.height() && alignedWith(runs[i].box, runs[j].box) {
			next[i], head[j] = j, false
		}
	}
	for i := range runs {
		if !head[i] {
			continue
		}
		lb := label{box: runs[i].box}
		last := i
		var parts []string
		for k := i; k >= 0; k = next[k] {
			lb.box = lb.box.join(runs[k].box)
			parts = append(parts, textOf(p, runs[k].words))
			last = k
		}
		lb.text, lb.mid = strings.Join(parts, " "), lb.box.midX()
		if len(runs[last].down) == 0 {
			leaves = append(leaves, lb)
		} else {
			spans = append(spans, lb)
		}
	}
	// A short heading over two columns may stand over the gap between their own: nothing is right
	// below it, but two headings are at equal distances.
	low := leaves[:0:0]
	for i, lb := range leaves {
		left, right := -1, -1
		for k, x := range leaves {
			switch {
			case k == i || x.box.midY() <= lb.box.midY()+0.5*lb.box.height():
			case x.mid < lb.mid && (left < 0 || x.mid > leaves[left].mid):
				left = k
			case x.mid > lb.mid && (right < 0 || x.mid < leaves[right].mid):
				right = k
			}
		}
		if left >= 0 && right >= 0 && math.Abs((leaves[left].mid+leaves[right].mid)/2-lb.mid) < 0.5*lb.box.height() && !nearer(leaves, i, left, right) {
			spans = append(spans, lb)
			continue
		}
		low = append(low, lb)
	}
	return low, spans
}

// nearer reports whether a heading of the same height as leaf i stands between the two
// lower ones: then these belong to other columns.
func nearer(leaves []label, i, left, right int) bool {
	for k, x := range leaves {
		if k != i && k != left && k != right && x.mid > leaves[left].mid && x.mid < leaves[right].mid {
			return true
		}
	}
	return false
}

// alignedWith reports whether two lines are set as lines of one cell are: centred, or
// with one edge in common.
func alignedWith(a, b Box) bool {
	return math.Abs(a.midX()-b.midX()) < 0.5*a.height() || math.Abs(a.X0-b.X0) < 0.6 || math.Abs(a.X1-b.X1) < 0.6
}

package pages

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chiso/ingest/sheet"
)

// rowLine is a line cut at the bounds of the columns.
type rowLine struct {
	box    Box
	words  [][]int // by column
	texts  []string
	anchor bool // it has a number: it begins a row, or is one
}

func cutLine(p *Page, l line, bounds []float64) rowLine {
	n := len(bounds) - 1
	out := rowLine{box: l.box, words: make([][]int, n), texts: make([]string, n)}
	for _, i := range l.words {
		c := slotOf(bounds, p.Words[i].midX())
		if c < 0 {
			if c = 0; p.Words[i].midX() > bounds[n] {
				c = n - 1
			}
		}
		out.words[c] = append(out.words[c], i)
	}
	filled := 0
	for c := range n {
		out.texts[c] = clean(textOf(p, out.words[c]))
		if out.texts[c] != "" {
			filled++
		}
	}
	for c := range n {
		if filled > 1 && numeric(out.texts[c]) {
			out.anchor = true
		}
	}
	return out
}

// rowsOf makes rows of lines. A name that needs two lines stands around its numbers or
// goes on below them; which of the two is told by the distances.
func rowsOf(p *Page, lines []line, bounds []float64) [][]sheet.Cell {
	cut := make([]rowLine, len(lines))
	var anchors []int
	for k, l := range lines {
		cut[k] = cutLine(p, l, bounds)
		if cut[k].anchor {
			anchors = append(anchors, k)
		}
	}
	if len(anchors) == 0 {
		return nil
	}
	owner := ownersOf(cut, anchors)
	var rows [][]sheet.Cell
	n := len(bounds) - 1
	for from := 0; from < len(cut); {
		to := from + 1
		for to < len(cut) && owner[to] == owner[from] {
			to++
		}
		row := make([]sheet.Cell, n)
		for c := range n {
			var words []int
			for k := from; k < to; k++ {
				words = append(words, cut[k].words[c]...)
			}
			row[c] = textCell(clean(textOf(p, words)))
		}
		rows = append(rows, row)
		from = to
	}
	return rows
}

// ownersOf says for every line which line's row it belongs to.
func ownersOf(cut []rowLine, anchors []int) []int {
	owner := make([]int, len(cut))
	for k := range owner {
		owner[k] = k
	}
	label := labelColumn(cut, anchors)
	pitch := pitchOf(cut, anchors)
	// Names around their numbers: the line of numbers has no name of its own.
	for _, a := range anchors {
		if label < 0 || cut[a].texts[label] != "" {
			continue
		}
		h := cut[a].box.height()
		if k := a - 1; k >= 0 && !cut[k].anchor && owner[k] == k && cut[a].box.midY()-cut[k].box.midY() < 1.1*h {
			owner[k] = a
		}
		if k := a + 1; k < len(cut) && !cut[k].anchor && cut[k].box.midY()-cut[a].box.midY() < 1.1*h {
			owner[k] = a
		}
	}
	for k := range cut {
		if cut[k].anchor || owner[k] != k {
			continue
		}
		above, below := -1.0, -1.0
		if k > 0 {
			above = cut[k].box.midY() - cut[k-1].box.midY()
		}
		if k+1 < len(cut) {
			below = cut[k+1].box.midY() - cut[k].box.midY()
		}
		h := cut[k].box.height()
		goesOn := k > 0 && continues(cut[k-1], cut[k])
		switch {
		case k > 0 && goesOn && above < 1.8*h:
			owner[k] = owner[k-1]
		case k > 0 && above < 0.85*pitch && (below < 0 || above <= below*1.05):
			owner[k] = owner[k-1]
		case k+1 < len(cut) && below >= 0 && below < 0.85*pitch && (above < 0 || below < above*0.95):
			owner[k] = k + 1
			if !cut[k+1].anchor {
				owner[k] = k
			}
		}
	}
	// Lines that point to a row whose line points on.
	for k := range owner {
		for owner[owner[k]] != owner[k] {
			owner[k] = owner[owner[k]]
		}
	}
	return owner
}

// continues reports whether the text of a line goes on with the words of the one above.
func continues(above, below rowLine) bool {
	for c := range below.texts {
		if below.texts[c] == "" {
			continue
		}
		if above.texts[c] == "" {
			return false
		}
		r, _ := utf8.DecodeRuneInString(below.texts[c])
		if !unicode.IsLower(r) && !strings.HasSuffix(above.texts[c], "-") && !strings.HasSuffix(above.texts[c], "–") && !strings.HasSuffix(above.texts[c], ",") {
			return false
		}
	}
	return true
}

// labelColumn is the first column that is mostly text beside the numbers; -1 none.
func labelColumn(cut []rowLine, anchors []int) int {
	if len(anchors) == 0 {
		return -1
	}
	for c := range cut[0].texts {
		words := 0
		for k := range cut {
			if t := cut[k].texts[c]; t != "" && !numeric(t) && !blankMark(t) {
				words++
			}
		}
		if 2*words > len(anchors) {
			return c
		}
	}
	return -1
}

// pitchOf is the usual distance of two rows.
func pitchOf(cut []rowLine, anchors []int) float64 {
	var gaps []float64
	for i := 1; i < len(anchors); i++ {
		gaps = append(gaps, cut[anchors[i]].box.midY()-cut[anchors[i-1]].box.midY())
	}
	if len(gaps) == 0 {
		return 2 * cut[anchors[0]].box.height()
	}
	slices.SortFunc(gaps, cmp.Compare)
	return gaps[len(gaps)/2]
}

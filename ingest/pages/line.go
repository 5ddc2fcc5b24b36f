package pages

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chiso/reform/viet"
)

// line is the words that stand on one height, from left to right.
type line struct {
	box   Box
	words []int // of the page
}

// segment is words of a line without a wide gap between.
type segment struct {
	box   Box
	words []int
	text  string
}

// upright tells words that are written from left to right from rotated ones.
func upright(w *Word) bool {
	return utf8.RuneCountInString(w.Text) < 3 || w.height() < 2*w.width()
}

// linesOf groups words by height. Words that are skipped, and rotated ones, are left out.
func linesOf(p *Page, skip []bool) []line {
	order := make([]int, 0, len(p.Words))
	for i := range p.Words {
		if !skip[i] && upright(&p.Words[i]) {
			order = append(order, i)
		}
	}
	return groupLines(p, order)
}

func groupLines(p *Page, order []int) []line {
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(p.Words[a].midY(), p.Words[b].midY())
	})
	var lines []line
	for _, i := range order {
		w := &p.Words[i]
		joined := false
		for k := len(lines) - 1; k >= 0 && k >= len(lines)-6; k-- {
			l := &lines[k]
			shared := min(l.box.Y1, w.Y1) - max(l.box.Y0, w.Y0)
			if shared >= 0.55*min(l.box.height(), w.height()) && shared > 0 {
				l.words = append(l.words, i)
				// A tall bracket or a raised mark must not stretch the line.
				if w.height() <= 1.3*l.box.height() {
					l.box.Y0, l.box.Y1 = min(l.box.Y0, w.Y0), max(l.box.Y1, w.Y1)
				}
				l.box.X0, l.box.X1 = min(l.box.X0, w.X0), max(l.box.X1, w.X1)
				joined = true
				break
			}
		}
		if !joined {
			lines = append(lines, line{w.Box, []int{i}})
		}
	}
	for k := range lines {
		slices.SortStableFunc(lines[k].words, func(a, b int) int { return cmp.Compare(p.Words[a].X0, p.Words[b].X0) })
	}
	slices.SortStableFunc(lines, func(a, b line) int { return cmp.Compare(a.box.midY(), b.box.midY()) })
	return lines
}

// wideGap is the gap between columns, as a share of the height of the line.
const wideGap = 0.75

func segmentsOf(p *Page, l line) []segment {
	var list []segment
	h := l.box.height()
	for _, i := range l.words {
		w := &p.Words[i]
		if n := len(list); n > 0 && w.X0-list[n-1].box.X1 < wideGap*h {
			list[n-1].box = list[n-1].box.join(w.Box)
			list[n-1].words = append(list[n-1].words, i)
			continue
		}
		list = append(list, segment{box: w.Box, words: []int{i}})
	}
	for k := range list {
		list[k].text = textOf(p, list[k].words)
	}
	return list
}

// textOf is the text of words that are on lines one below the other.
func textOf(p *Page, words []int) string {
	if len(words) == 0 {
		return ""
	}
	var b strings.Builder
	for n, l := range groupLines(p, slices.Clone(words)) {
		if n > 0 {
			b.WriteByte(' ')
		}
		lineText(p, l, &b)
	}
	return b.String()
}

// lineText writes the words of a line. A small raised digit is a footnote's mark: it is
// written as one, so that 87,61 with the mark 1 is never read as 87,611.
func lineText(p *Page, l line, b *strings.Builder) {
	tall := 0.0
	for _, i := range l.words {
		tall = max(tall, p.Words[i].height())
	}
	for k, i := range l.words {
		w := &p.Words[i]
		if k > 0 && len(l.words) > 1 {
			prev := &p.Words[l.words[k-1]]
			raised := w.height() < 0.8*prev.height() && w.midY() < prev.midY()-0.05*prev.height()
			if s, ok := superscript(w.Text); raised && ok && w.X0-prev.X1 < 0.3*tall {
				b.WriteString(s)
				continue
			}
			b.WriteByte(' ')
		}
		b.WriteString(w.Text)
	}
}

func superscript(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0'])
		case r == '*' || r == '(' || r == ')':
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// clean is a text as it is stored, decoded from the old fonts in which many reports are set.
func clean(s string) string {
	if t, _, changed := viet.DecodeLegacy(s); changed {
		s = t
	}
	return viet.Clean(s)
}

// numeric reports whether a text is a number, a place or a sign for none.
func numeric(s string) bool {
	s = strings.TrimSuffix(strings.TrimSpace(s), "%")
	if s == "" {
		return false
	}
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune(".,/-–+ ⁰¹²³⁴⁵⁶⁷⁸⁹*%", r) || unicode.IsSpace(r):
		default:
			return false
		}
	}
	return digits > 0
}

// blankMark is what stands in a cell without a value.
func blankMark(s string) bool {
	return s == "-" || s == "–" || s == "—" || s == "x" || s == "…" || s == "..."
}

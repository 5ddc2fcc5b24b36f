package table

import (
	"strings"

	"chiso/reform/viet"
)

// segments cuts a sheet where another heading begins: two tables may stand one
// under the other. Headings that are repeated on every page cut nothing.
func (p *parser) segments(g *grid) [][2]int {
	var heads []int
	signature := map[int]string{}
	for r := range g.rows {
		cols := g.filled(r)
		if len(cols) < 2 || len(cols) > searchColumns || g.dataRow(r) {
			continue
		}
		var sig strings.Builder
		unit := false
		for _, c := range cols {
			f := viet.Fold(g.at(r, c).text)
			unit = unit || unitHeadings[f]
			sig.WriteString(f)
			sig.WriteByte('|')
		}
		if unit {
			heads = append(heads, r)
			signature[r] = sig.String()
		}
	}
	starts := []int{0}
	last := -1
	for _, r := range heads {
		if last < 0 {
			last = r
			continue
		}
		lastData := -1
		for x := r - 1; x > last; x-- {
			if g.dataRow(x) {
				lastData = x
				break
			}
		}
		if lastData < 0 {
			continue // still the same heading
		}
		same := signature[r] == signature[last]
		if same {
			for x := lastData + 1; x < r; x++ {
				for _, c := range g.filled(x) {
					text := g.at(x, c).text
					if len(periodsIn(viet.FoldWords(text))) > 0 || len(p.indicesIn(text)) > 0 {
						same = false
					}
				}
			}
		}
		last = r
		if !same {
			starts = append(starts, lastData+1)
		}
	}
	var list [][2]int
	for i, s := range starts {
		end := len(g.rows)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		list = append(list, [2]int{s, end})
	}
	return list
}

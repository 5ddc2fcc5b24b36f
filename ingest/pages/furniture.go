package pages

import (
	"regexp"
	"strconv"
	"strings"
)

// edge is the share of a page's height at its top and bottom in which headers,
// footers and page numbers stand.
const edge = 0.085

var (
	pageNumber = regexp.MustCompile(`^(?:trang|page)?\s*[-–(\[]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*(?:/\s*\d{1,4}|of \d{1,4})?\s*[-–)\]]?$`)
	endNumber  = regexp.MustCompile(`^(\d{1,4})\b[\s|.–-]*|[\s|.–-]*(?:trang )?\b(\d{1,4})$`)
)

// findFurniture marks for every page the words of its running header and
// footer: page numbers alone on a line at the edge, and lines at the edge that other pages
// have too. Lines of several columns stay: they may be a table's repeated heading or its last row.
func findFurniture(list []Page) [][]bool {
	type found struct {
		page  int
		words []int
		key   string
	}
	var edges []found
	count := map[string]int{}
	drop := make([][]bool, len(list))
	for n := range list {
		p := &list[n]
		drop[n] = make([]bool, len(p.Words))
		if len(p.Words) > maxWords {
			continue
		}
		seen := map[string]bool{}
		for _, l := range linesOf(p, drop[n]) {
			top := l.box.Y1 < edge*p.Height
			if !top && l.box.Y0 < (1-edge)*p.Height {
				continue
			}
			segments := segmentsOf(p, l)
			text := textOf(p, l.words)
			low := strings.ToLower(strings.TrimSpace(clean(text)))
			if pageNumber.MatchString(low) && len(segments) <= 2 {
				for _, i := range l.words {
					drop[n][i] = true
				}
				continue
			}
			if len(segments) > 2 {
				continue
			}
			key := withoutPage(low, p.Number)
			if top {
				key = "top " + key
			}
			edges = append(edges, found{n, l.words, key})
			if !seen[key] {
				seen[key] = true
				count[key]++
			}
		}
	}
	for _, e := range edges {
		if count[e.key] >= 2 && 3*count[e.key] >= min(len(list), 9) {
			for _, i := range e.words {
				drop[e.page][i] = true
			}
		}
	}
	return drop
}

// withoutPage is a line without the number of its page. Other numbers stay: captions that
// differ in the year only are no running header.
func withoutPage(line string, page int) string {
	return endNumber.ReplaceAllStringFunc(line, func(s string) string {
		if n, err := strconv.Atoi(strings.Trim(s, " |.–-trang")); err == nil && (n == page || n == page-1) {
			return ""
		}
		return s
	})
}

package parse

import (
	"strconv"
	"strings"
)

// Place reads a place as documents print it: "20", "07", "20/63". The denominator
// is 0 where it is not printed.
func Place(text string) (place, of int, ok bool) {
	a, b, fraction := strings.Cut(strings.TrimSpace(text), "/")
	place, ok = whole(a)
	if ok && fraction {
		of, ok = whole(b)
	}
	return place, of, ok
}

// whole reads a whole number without a sign. "7.0" is how a spreadsheet exports a 7.
func whole(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, ".,"); i > 0 && strings.Trim(s[i+1:], "0") == "" && len(s)-i <= 3 {
		s = s[:i]
	}
	if len(s) == 0 || len(s) > 7 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

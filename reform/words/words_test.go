package words

import (
	"regexp"
	"slices"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z_0-9]+\}`)

// Both languages must take the same placeholders, or a number is lost in one of them.
func TestPlaceholders(t *testing.T) {
	for k, e := range texts {
		vi, en := placeholder.FindAllString(e.VI, -1), placeholder.FindAllString(e.EN, -1)
		slices.Sort(vi)
		slices.Sort(en)
		if !slices.Equal(slices.Compact(vi), slices.Compact(en)) {
			t.Errorf("%s: placeholders differ: %v and %v", k, vi, en)
		}
	}
}

func TestT(t *testing.T) {
	if got, want := T("vi", "coverage", "n", 36, "of", 63, "units", "tỉnh"), "36/63 tỉnh có số liệu"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := T("vi", "no.such"), "{{no.such}}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

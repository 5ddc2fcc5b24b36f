package text

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

func TestMeasure(t *testing.T) {
	tests := []struct {
		text string
		size float64
		bold bool
		want float64
	}{
		{"", 12, false, 0},
		{"国", 12, false, 12}, // ECharts takes it for the height of a line.
		{"国", 20, true, 20},
		{"🎉", 12, false, 12},
		{"a\nb", 12, false, Measure("b", 12, false)},
		{"ab", 12, false, Measure("a", 12, false) + Measure("b", 12, false)},
		{"Đắk Lắk", 24, false, 2 * Measure("Đắk Lắk", 12, false)},
		{"a\u0301\u0323", 12, false, Measure("a", 12, false)}, // Marks stand over their letter.
	}
	for _, tt := range tests {
		if got := Measure(tt.text, tt.size, tt.bold); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("Measure(%q, %v, %v): got %v, want %v", tt.text, tt.size, tt.bold, got, tt.want)
		}
	}
	if nfd := norm.NFD.String("Đắk Lắk"); Measure(nfd, 12, false) != Measure("Đắk Lắk", 12, false) {
		t.Error("decomposed text has another width")
	}
	if Measure("Long An", 12, true) <= Measure("Long An", 12, false) {
		t.Error("bold is not wider than regular")
	}
	// Half of an em is a plausible letter; the estimate of ECharts is a whole one.
	if w := Measure("ệ", 100, false); w < 45 || w > 70 {
		t.Errorf("ệ at 100 px is %v px wide, want 45 to 70", w)
	}
}

func TestCentralShift(t *testing.T) {
	// (1984 - 494) / 2 / 2048 of Inter.
	if got, want := CentralShift(20, false), 7.275390625; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width float64
		want  string
	}{
		{"", 100, ""},
		{"Long An", 100, "Long An"},
		{"Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật", 120, "Xây dựng và tổ chức\nthực hiện văn bản\nquy phạm pháp luật"},
		{"a\nb c", 100, "a\nb c"},
		{"a\n\nb", 100, "a\n\nb"},
		{"  a   b  ", 100, "a b"},
		{"ữữữữữữ", 20, "ữữ\nữữ\nữữ"},
		{"kinh tế-xã-hội", 45, "kinh\ntế-xã-\nhội"},
		{"5\u00a0tỉnh miền núi", 45, "5\u00a0tỉnh\nmiền\nnúi"},
		{"ab", 0.5, "a\nb"},
		{"ab cd", 0, "ab cd"},
		{"ab cd", math.NaN(), "ab cd"},
		{norm.NFD.String("Đắk Lắk"), 1000, "Đắk Lắk"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, Wrap(tt.text, tt.width, 12, false)); diff != "" {
			t.Errorf("Wrap(%q, %v) (-want +got):\n%s", tt.text, tt.width, diff)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("Xây dựng và tổ chức thực hiện", 80.0)
	f.Add("kinh tế-xã-hội a\u0301\u0323", 10.0)
	f.Add("\u0301-/ \n", 1.0)
	f.Fuzz(func(t *testing.T, s string, width float64) {
		got := Wrap(s, width, 12, false)
		bare := func(s string) string {
			return strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(norm.NFC.String(s))
		}
		if bare(got) != bare(s) {
			t.Errorf("Wrap(%q, %v) = %q lost or added letters", s, width, got)
		}
		// No letter of the font is wider than 60 px at 12 px, so every line can fit.
		if !(width >= 60) {
			return
		}
		for line := range strings.SplitSeq(got, "\n") {
			if w := Measure(line, 12, false); w > width+1e-6 {
				t.Errorf("Wrap(%q, %v): line %q is %v wide", s, width, line, w)
			}
		}
	})
}

func TestClean(t *testing.T) {
	tests := []struct {
		in, want string
		missing  string
	}{
		{"Long An", "Long An", ""},
		{norm.NFD.String("Đắk Lắk"), "Đắk Lắk", ""},
		{"a\nb", "a\nb", ""},
		{"a\tb\r\nc", "a b\nc", ""},
		{"Long\u200b\u202eAn\ufeff\u00ad", "LongAn", ""},
		{"a\u3000b\u2028c", "a b c", ""},
		{"国\u0000🎉国", "□□□□", "\u0000国🎉"},
		{"▲▼→↑↓≥≤−–—…•·○●◆△▽₫", "▲▼→↑↓≥≤−–—…•·○●◆△▽₫", ""},
		{"☀\ufe0f", "☀", ""},
		{"a\u200b\u0301", "á", ""},
		{"\xff", "□", "\ufffd"},
	}
	for _, tt := range tests {
		got, missing := Clean(tt.in)
		if got != tt.want || string(missing) != tt.missing {
			t.Errorf("Clean(%q): got %q, missing %q; want %q, %q", tt.in, got, missing, tt.want, tt.missing)
		}
	}
}

// TestVietnamese holds that the fonts have every letter of the language, and
// the sign that stands for what they lack.
func TestVietnamese(t *testing.T) {
	letters := "aăâeêioôơuưy"
	marks := []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
	n := 0
	for _, letter := range letters + strings.ToUpper(letters) {
		for _, mark := range marks {
			s := norm.NFC.String(string(letter) + mark)
			if len([]rune(s)) != 1 {
				t.Fatalf("%q has no precomposed form", s)
			}
			if got, missing := Clean(s); got != s || len(missing) > 0 {
				t.Errorf("the fonts lack %q", s)
			}
			n++
		}
	}
	if n != 144 {
		t.Errorf("looked at %d letters, want 144", n)
	}
	if _, missing := Clean("đĐ" + string(Substitute)); len(missing) > 0 {
		t.Errorf("the fonts lack %q", missing)
	}
}

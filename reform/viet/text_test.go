package viet

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Đắk Lắk", "daklak"},
		{"Ðồng Nai", "dongnai"},
		{"đường ð", "duongd"},
		{norm.NFD.String("Đắk Lắk"), "daklak"},
		{"TP.HCM", "tphcm"},
		{"Bà Rịa – Vũng Tàu", "bariavungtau"},
		{"Hoà Bình", "hoabinh"},
		{"Hòa\u00a0Bình", "hoabinh"},
		{"NGƢỜI DÂN", "nguoidan"},
		{"766/QĐ-TTg", "766qdttg"},
		{"", ""},
		{"—", ""},
		{"abc9", "abc9"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestFoldWordsAndSlug(t *testing.T) {
	if got, want := FoldWords("  Sở Tư pháp - TP. Huế "), "so tu phap tp hue"; got != want {
		t.Errorf("FoldWords = %q, want %q", got, want)
	}
	if got, want := Slug(norm.NFD.String("Bà Rịa - Vũng Tàu")), "ba-ria-vung-tau"; got != want {
		t.Errorf("Slug = %q, want %q", got, want)
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain text", "plain text"},
		{"  hai\u00a0\u00a0chữ \t\n", "hai chữ"},
		{"Long\u200bAn", "LongAn"},
		{"\ufeffLong An", "Long An"},
		{"NGƢỜI và ngƣời", "NGƯỜI và người"},
		{norm.NFD.String("Đắk Lắk"), "Đắk Lắk"},
		{"a\x00b", "ab"},
		{"o\u200b\u0301", "ó"},
		{"a  b", "a b"},
		{" ", ""},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPlaceTones(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Hoà Bình", "Hòa Bình"},
		{"Thanh Hoá", "Thanh Hóa"},
		{"THANH HOÁ", "THANH HÓA"},
		{"Thuỷ", "Thủy"},
		{"khoẻ", "khỏe"},
		{"Uỷ ban", "Ủy ban"},
		{"quý, quả, Hoàng, khuỷu, thuở", "quý, quả, Hoàng, khuỷu, thuở"},
		{"Hòa Bình", "Hòa Bình"},
		{"QUÝ", "QUÝ"},
		{norm.NFD.String("Khánh Hoà"), "Khánh Hòa"},
	} {
		if got := PlaceTones(c.in); got != c.want {
			t.Errorf("PlaceTones(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestOrder(t *testing.T) {
	want := []string{"An Giang", "Bình Dương", "Bình Định", "Bình Phước", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Gia Lai", "Hà Nam", "Hà Nội", "Yên Bái"}
	got := slices.Clone(want)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, Compare)
	if !slices.Equal(got, want) {
		t.Errorf("sorted %q, want %q", got, want)
	}
	// The keys sort by bytes as the names do.
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(Key(a), Key(b)) })
	if !slices.Equal(got, want) {
		t.Errorf("sorted by key %q, want %q", got, want)
	}
	if !Less("Đà Nẵng", "Gia Lai") || Less("Gia Lai", "Đà Nẵng") || Less("Huế", "Huế") {
		t.Error("Less does not order Đà Nẵng before Gia Lai")
	}
}

func TestOrderConcurrently(t *testing.T) {
	want := Key("Đắk Lắk")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if Key("Đắk Lắk") != want || !Less("Cần Thơ", "Đà Nẵng") {
					t.Error("the order changed between goroutines")
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestFormatDate(t *testing.T) {
	d := time.Date(2025, 10, 6, 0, 0, 0, 0, time.UTC)
	if got := FormatDate(d, "vi"); got != "06/10/2025" {
		t.Errorf("got %q, want 06/10/2025", got)
	}
	if got := FormatDate(d, "en"); got != "6 Oct 2025" {
		t.Errorf("got %q, want 6 Oct 2025", got)
	}
	if got := FormatDate(time.Time{}, "vi"); got != "" {
		t.Errorf("got %q for no day, want nothing", got)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"Đắk Lắk", "NGƢỜI", norm.NFD.String("Hoà"), "a\xffb", "\u200b", "𝔄ｂ", "Hµ Néi"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := Fold(Fold(s)); got != Fold(s) {
			t.Errorf("folding %q twice gives %q, once %q", s, got, Fold(s))
		}
		c := Clean(s)
		if !utf8.ValidString(c) || Clean(c) != c {
			t.Errorf("Clean(%q) = %q is not clean", s, c)
		}
		if p := PlaceTones(s); PlaceTones(p) != p {
			t.Errorf("PlaceTones(%q) does not settle", s)
		}
		DecodeLegacy(s)
	})
}

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		Fold("Bà Rịa - Vũng Tàu")
	}
}

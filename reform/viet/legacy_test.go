package viet

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"chiso/internal/testshared"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

func TestDecodeLegacy(t *testing.T) {
	for _, c := range []struct{ in, want, encoding string }{
		{"Hµ Néi", "Hà Nội", EncodingTCVN3},
		{"§µ N½ng", "Đà Nẵng", EncodingTCVN3},
		{"H\u00adng Yªn", "Hưng Yên", EncodingTCVN3},
		{"BÕn Tre", "Bến Tre", EncodingTCVN3},
		{"§ång b»ng s«ng Cöu Long", "Đồng bằng sông Cửu Long", EncodingTCVN3},
		{"Tr\xb5 Vinh", "Trà Vinh", EncodingTCVN3}, // raw bytes of a compressed string
		{"Haø Noäi", "Hà Nội", EncodingVNI},
		{"Ñaø Naüng", "Đà Nẵng", EncodingVNI},
		{"Thöøa Thieân Hueá", "Thừa Thiên Huế", EncodingVNI},
		{"ÑOÀNG NAI", "ĐỒNG NAI", EncodingVNI},
		{"Ná»™i", "Nội", EncodingMojibake},
		{"HÃ  Nam", "Hà", EncodingMojibake},
		{"Ðãìk Lãìk", "Đắk Lắk", EncodingCP1258},
	} {
		got, enc, ok := DecodeLegacy(c.in)
		if !ok || !strings.HasPrefix(got, c.want) || enc != c.encoding {
			t.Errorf("DecodeLegacy(%q) = %q, %q, %v; want %q, %q", c.in, got, enc, ok, c.want, c.encoding)
		}
	}
	for _, s := range []string{
		"", "Long An", "Hà Nội", "Hà Nam", "Thừa Thiên Huế", "Đắk Lắk", norm.NFD.String("Đắk Lắk"), "São Paulo", "Café", "20 °C", "3½", "§ 5",
		"Sở Tư pháp tỉnh Hậu Giang", "Công khai, minh bạch", "naïve", "Zürich",
	} {
		if got, enc, ok := DecodeLegacy(s); ok || got != s {
			t.Errorf("DecodeLegacy(%q) = %q, %q, %v; want it untouched", s, got, enc, ok)
		}
	}
}

// TestDecodeEveryProvince writes every name of the real lists in each encoding
// and reads it back.
func TestDecodeEveryProvince(t *testing.T) {
	dir := testshared.Dir(t)
	back := map[rune]rune{}
	for b, r := range tcvn3 {
		if _, ok := back[r]; !ok {
			back[r] = b
		}
	}
	f, err := os.Open(filepath.Join(dir, "geo", "provinces.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range rows[1:] {
		name := row[2]
		if isASCII(name) {
			continue
		}
		n++
		// TCVN3 has no capitals with tones; names have none.
		enc := strings.Map(func(r rune) rune {
			if b, ok := back[r]; ok {
				return b
			}
			return r
		}, name)
		if got, _, ok := DecodeLegacy(enc); !ok || Fold(got) != Fold(name) || got != name {
			// A few spellings are Vietnamese as they stand: they must stay, not turn into something else.
			if ok || !allSyllables(enc) {
				t.Errorf("TCVN3 %q decodes to %q (%v), want %q", enc, got, ok, name)
			}
		}
		raw := string([]byte(name))
		moji, err := charmap.Windows1252.NewDecoder().String(raw)
		if err != nil {
			t.Fatal(err)
		}
		moji = strings.ReplaceAll(moji, "\ufffd", "")
		if got, _, ok := DecodeLegacy(moji); ok && got != name {
			t.Errorf("mojibake %q decodes to %q, want %q or nothing", moji, got, name)
		}
	}
	if n < 50 {
		t.Fatalf("only %d names tried, want more than 50", n)
	}
}

func TestTCVN3Table(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(testshared.Dir(t), "geo", "tcvn3.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(tcvn3) != len(want) {
		t.Errorf("the table has %d letters, want %d", len(tcvn3), len(want))
	}
	for k, v := range want {
		n, err := strconv.ParseUint(k, 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(tcvn3[rune(n)]); got != v {
			t.Errorf("byte %s is %q, want %q", k, got, v)
		}
	}
}

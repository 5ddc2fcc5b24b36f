package viet

import (
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func upTo(s string) decimal.NullDecimal {
	return decimal.NullDecimal{Decimal: dec(s), Valid: true}
}

func TestDetectFormat(t *testing.T) {
	none := decimal.NullDecimal{}
	for _, c := range []struct {
		name    string
		samples []string
		max     decimal.NullDecimal
		integer bool
		want    Format
		err     error
	}{
		{"comma", []string{"3,5", "12"}, none, false, DecimalComma, nil},
		{"point", []string{"3.5"}, none, false, DecimalPoint, nil},
		{"both signs", []string{"1.745,5"}, none, false, DecimalComma, nil},
		{"both signs, English", []string{"1,745.5"}, none, false, DecimalPoint, nil},
		{"alone", []string{"1.745"}, none, false, FormatUnknown, ErrAmbiguous},
		{"alone, comma", []string{"1,745"}, none, false, FormatUnknown, ErrAmbiguous},
		{"score of three decimals", []string{"85.125"}, upTo("100"), false, DecimalPoint, nil},
		{"score of three decimals, comma", []string{"85,125"}, upTo("100"), false, DecimalComma, nil},
		{"maximum above both readings", []string{"1.745"}, upTo("5000"), false, FormatUnknown, ErrAmbiguous},
		{"the column decides", []string{"1.745", "3,5"}, none, false, DecimalComma, nil},
		{"counts", []string{"15.613", "8.252", "301"}, none, true, DecimalComma, nil},
		{"counts, English", []string{"15,613", "555"}, none, true, DecimalPoint, nil},
		{"leading zero", []string{"0.585"}, none, false, DecimalPoint, nil},
		{"leading zero, comma", []string{"0,585"}, none, false, DecimalComma, nil},
		{"more than three before", []string{"1234.567"}, none, false, DecimalPoint, nil},
		{"two groups", []string{"1.745.000"}, none, false, DecimalComma, nil},
		{"mixed", []string{"87,61", "90.17"}, upTo("100"), false, FormatUnknown, ErrMixed},
		{"plain", []string{"12", "", "-"}, none, false, DecimalPoint, nil},
		{"nothing", nil, none, false, DecimalPoint, nil},
		{"words are passed over", []string{"xem ghi chú", "3,5"}, none, false, DecimalComma, nil},
		{"per cent", []string{"87,97%"}, none, false, DecimalComma, nil},
		{"zero of thousands", []string{"1.000", "85.125"}, upTo("100"), false, DecimalPoint, nil},
	} {
		got, err := DetectFormat(c.samples, c.max, c.integer)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: DetectFormat(%q) = %v, %v; want %v, %v", c.name, c.samples, got, err, c.want, c.err)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		in   string
		f    Format
		want string // "" an error
	}{
		{"3,5", DecimalComma, "3.5"},
		{"3.5", DecimalPoint, "3.5"},
		{"1.745", DecimalComma, "1745"},
		{"1.745", DecimalPoint, "1.745"},
		{"1.745,5", DecimalComma, "1745.5"},
		{"1,745.5", DecimalPoint, "1745.5"},
		{"87,97%", DecimalComma, "87.97"},
		{"87.97 %", DecimalPoint, "87.97"},
		{"1\u00a0745,5", DecimalComma, "1745.5"},
		{"1\u202f745,5", DecimalComma, "1745.5"},
		{"\u22120,5", DecimalComma, "-0.5"},
		{"–4,30", DecimalComma, "-4.30"},
		{"+4.30", DecimalPoint, "4.30"},
		{" 8.06 ", DecimalPoint, "8.06"},
		{"8,06", DecimalComma, "8.06"},
		{"8.00", DecimalPoint, "8"},
		{"9.4999999999999996E-2", DecimalPoint, "0.094999999999999996"},
		{"40.351921", DecimalPoint, "40.351921"},
		{"123456789012345678901234567890", DecimalPoint, "123456789012345678901234567890"},
		{"1.745", FormatUnknown, ""},
		{"3,5", FormatUnknown, "3.5"},
		{"12", FormatUnknown, "12"},
		{"85.12", DecimalComma, ""},
		{"1,74,500", DecimalPoint, ""},
		{"1.2.3", DecimalPoint, ""},
		{"1E999999999", DecimalPoint, ""},
		{"0x10", DecimalPoint, ""},
		{"1_000", DecimalPoint, ""},
		{"NaN", DecimalPoint, ""},
		{"", DecimalPoint, ""},
		{"-", DecimalPoint, ""},
		{"--5", DecimalPoint, ""},
		{"-+5", DecimalPoint, ""},
		{"5-", DecimalPoint, ""},
		{"12 điểm", DecimalPoint, ""},
		{"12.", DecimalPoint, ""},
		{"%", DecimalPoint, ""},
		{"1 2", DecimalPoint, ""},
		{strings.Repeat("9", 65), DecimalPoint, ""},
	} {
		got, err := ParseNumber(c.in, c.f)
		if c.want == "" {
			if err == nil {
				t.Errorf("ParseNumber(%q, %v) = %s, want an error", c.in, c.f, got)
			}
			continue
		}
		if err != nil || !got.Equal(dec(c.want)) {
			t.Errorf("ParseNumber(%q, %v) = %s, %v; want %s", c.in, c.f, got, err, c.want)
		}
	}
}

func TestParseFraction(t *testing.T) {
	for _, c := range []struct {
		in       string
		f        Format
		num, den string // "" an error
	}{
		{"20/63", FormatUnknown, "20", "63"},
		{"3,5/12", FormatUnknown, "3.5", "12"},
		{"9,428/9.5", FormatUnknown, "9.428", "9.5"},
		{"11.24/13", FormatUnknown, "11.24", "13"},
		{"04/63", FormatUnknown, "4", "63"},
		{" 83,00 / 100 ", FormatUnknown, "83", "100"},
		{"8.252/15.613", DecimalComma, "8252", "15613"},
		{"8.252/15.613", FormatUnknown, "", ""},
		{"20", FormatUnknown, "", ""},
		{"20/", FormatUnknown, "", ""},
		{"12/10/2025", FormatUnknown, "", ""},
	} {
		num, den, err := ParseFraction(c.in, c.f)
		if c.num == "" {
			if err == nil {
				t.Errorf("ParseFraction(%q) = %s, %s; want an error", c.in, num, den)
			}
			continue
		}
		if err != nil || !num.Equal(dec(c.num)) || !den.Equal(dec(c.den)) {
			t.Errorf("ParseFraction(%q) = %s, %s, %v; want %s, %s", c.in, num, den, err, c.num, c.den)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	for _, c := range []struct {
		in, lang string
		min, max int
		want     string
	}{
		{"1745.5", "vi", 0, 2, "1.745,5"},
		{"1745.5", "en", 0, 2, "1,745.5"},
		{"1745", "vi", 0, 2, "1.745"},
		{"3.5", "vi", 2, 2, "3,50"},
		{"8.06", "vi", 0, 6, "8,06"},
		{"0.585", "vi", 0, 4, "0,585"},
		{"85.125", "vi", 0, 2, "85,13"},
		{"-0.5", "vi", 0, 2, "-0,5"},
		{"-0.001", "vi", 0, 2, "0"},
		{"1234567", "vi", 0, 0, "1.234.567"},
		{"100", "vi", 0, 2, "100"},
		{"999.999", "vi", 0, 2, "1.000"},
		{"12", "vi", 1, 0, "12,0"},
	} {
		if got := FormatNumber(dec(c.in), c.lang, c.min, c.max); got != c.want {
			t.Errorf("FormatNumber(%s, %s, %d, %d) = %q, want %q", c.in, c.lang, c.min, c.max, got, c.want)
		}
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"3,5", "1.745,5", "87,97%", "\u22120,5", "1E5", "1 000", "-0", "1.745", "٣"} {
		f.Add(s, uint8(1))
		f.Add(s, uint8(2))
	}
	f.Fuzz(func(t *testing.T, s string, format uint8) {
		fm := Format(format % 3)
		d, err := ParseNumber(s, fm)
		if err != nil {
			if !errors.Is(err, ErrNotNumber) && !errors.Is(err, ErrAmbiguous) && !errors.Is(err, ErrMixed) {
				t.Errorf("ParseNumber(%q) fails without a kind: %v", s, err)
			}
			return
		}
		lang, back := "en", DecimalPoint
		if fm == DecimalComma {
			lang, back = "vi", DecimalComma
		}
		text := FormatNumber(d, lang, 0, 100)
		if len(text) > maxNumberLen {
			return
		}
		again, err := ParseNumber(text, back)
		if err != nil || !again.Equal(d) {
			t.Errorf("%q reads as %s, is written %q and reads again as %s, %v", s, d, text, again, err)
		}
	})
}

func FuzzParseFraction(f *testing.F) {
	f.Add("3,5/12")
	f.Add("9,428/9.5")
	f.Add("/")
	f.Fuzz(func(t *testing.T, s string) {
		if _, _, err := ParseFraction(s, FormatUnknown); err != nil && !errors.Is(err, ErrNotNumber) && !errors.Is(err, ErrAmbiguous) && !errors.Is(err, ErrMixed) {
			t.Errorf("ParseFraction(%q) fails without a kind: %v", s, err)
		}
	})
}

func BenchmarkParseNumber(b *testing.B) {
	for b.Loop() {
		if _, err := ParseNumber("85.125", DecimalPoint); err != nil {
			b.Fatal(err)
		}
	}
}

// TestFastWeighAgrees sets the short way beside the long one.
func TestFastWeighAgrees(t *testing.T) {
	for _, s := range []string{"12", "3.5", "3,5", "0.585", "0,585", "1234.567", "1.7455", "100", "007", "1,0", "00.125", "12345,678"} {
		fast, ok := fastWeigh(s)
		if !ok {
			t.Errorf("%q is not weighed the short way", s)
			continue
		}
		// A blank in front keeps the short way out and changes nothing else.
		if slow := weigh(" "+s, decimal.NullDecimal{}, false); slow != fast {
			t.Errorf("%q weighs %d the short way, %d the long one", s, fast, slow)
		}
	}
	for _, s := range []string{"", "1.745", "1.745,5", "-3.5", ".5", "5.", "1.2.3", "abc"} {
		if _, ok := fastWeigh(s); ok {
			t.Errorf("%q is weighed the short way", s)
		}
	}
}

func BenchmarkDetectFormat(b *testing.B) {
	samples := make([]string, 1000)
	for i := range samples {
		samples[i] = "85.12"
	}
	for b.Loop() {
		if _, err := DetectFormat(samples, decimal.NullDecimal{}, false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseNumberComma(b *testing.B) {
	for b.Loop() {
		if _, err := ParseNumber("85,125", DecimalComma); err != nil {
			b.Fatal(err)
		}
	}
}

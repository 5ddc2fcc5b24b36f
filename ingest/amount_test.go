package ingest

import (
	"testing"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

func TestAmountOf(t *testing.T) {
	cases := []struct {
		in       string
		want     int64
		decimals int8
		fits     bool
	}{
		{"0", 0, 0, true},
		{"0.00", 0, 2, true},
		{"3.5", 3_500_000, 1, true},
		{"-3.50", -3_500_000, 2, true},
		{"43.135127", 43_135_127, 6, true},
		{"43.1351275", 43_135_128, 6, true},
		{"-43.1351275", -43_135_128, 6, true},
		{"76.818965434999998", 76_818_965, 6, true},
		{"56.123456789012345678901", 56_123_457, 6, true},
		{"1e3", 1_000_000_000, 0, true},
		{"999999999999", 999_999_999_999_000_000, 0, true},
		{"1000000000000", 0, 0, false},
		{"1e17", 0, 0, false},
		{"1e40", 0, 0, false},
		{"1e-40", 0, 6, true},
		{"123456789012345678901234567890", 0, 0, false},
	}
	for _, c := range cases {
		got, fits := amountOf(reform.NumOf(decimal.RequireFromString(c.in)))
		if fits != c.fits || fits && (got.v != c.want || got.decimals != c.decimals || !got.ok) {
			t.Errorf("%s: got %+v fits %v, want %d with %d decimals, fits %v", c.in, got, fits, c.want, c.decimals, c.fits)
		}
	}
	if got, fits := amountOf(reform.Number{}); got.ok || !fits {
		t.Errorf("missing: got %+v, %v", got, fits)
	}
}

func TestAgrees(t *testing.T) {
	cases := []struct {
		a, b string
		want bool
	}{
		{"91.8", "91.80", true},
		{"43.14", "43.135127", true},
		{"91.87", "91.81", false},
		{"91.87", "91.88", false},
		{"8", "8.6", false},
		{"8.060000", "8.06", true},
	}
	for _, c := range cases {
		a, _ := amountOf(reform.Num(c.a))
		b, _ := amountOf(reform.Num(c.b))
		if got := a.agrees(b); got != c.want {
			t.Errorf("%s and %s: got %v, want %v", c.a, c.b, got, c.want)
		}
		if got := b.agrees(a); got != c.want {
			t.Errorf("%s and %s: got %v, want %v", c.b, c.a, got, c.want)
		}
	}
}

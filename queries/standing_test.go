package queries

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"chiso/reform"
)

func TestCountPlaces(t *testing.T) {
	e := func(unit, score string, published int) entrant {
		return entrant{reform.UnitKey(unit), decimal.RequireFromString(score), published}
	}
	for _, tt := range []struct {
		name string
		in   []entrant
		want map[reform.UnitKey]int
	}{
		{"none", nil, map[reform.UnitKey]int{}},
		{"by score", []entrant{e("a", "1", 0), e("b", "10", 0), e("c", "9.9", 0)}, map[reform.UnitKey]int{"b": 1, "c": 2, "a": 3}},
		{"ties share", []entrant{e("a", "90", 0), e("b", "89", 0), e("c", "89.00", 0), e("d", "88", 0)}, map[reform.UnitKey]int{"a": 1, "b": 2, "c": 2, "d": 4}},
		{"all tie", []entrant{e("a", "1", 0), e("b", "1", 0)}, map[reform.UnitKey]int{"a": 1, "b": 1}},
		{"printed places tell a tie apart", []entrant{e("a", "84.33", 6), e("b", "84.33", 5), e("c", "90", 1)}, map[reform.UnitKey]int{"c": 1, "b": 2, "a": 3}},
		{"printed ties stay", []entrant{e("a", "84.33", 5), e("b", "84.33", 5), e("c", "84.33", 7)}, map[reform.UnitKey]int{"a": 1, "b": 1, "c": 3}},
		{"a tie of which one place is printed", []entrant{e("a", "84.33", 6), e("b", "84.33", 0)}, map[reform.UnitKey]int{"a": 1, "b": 1}},
		{"printed places do not beat scores", []entrant{e("a", "84.33", 9), e("b", "84.32", 1)}, map[reform.UnitKey]int{"a": 1, "b": 2}},
		// As floats these two are equal.
		{"exact", []entrant{e("a", "0.1000000000000000055", 0), e("b", "0.1000000000000000056", 0)}, map[reform.UnitKey]int{"b": 1, "a": 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, countPlaces(tt.in)); d != "" {
				t.Errorf("countPlaces: -want +got:\n%s", d)
			}
		})
	}
}

func TestMedianAndMean(t *testing.T) {
	for _, tt := range []struct {
		in           []string
		median, mean string
	}{
		{nil, "", ""},
		{[]string{"3.5"}, "3.5", "3.5"},
		{[]string{"1", "10", "2"}, "2", "4.333333"},
		{[]string{"0.000001", "0.000002"}, "0.0000015", "0.000002"},
		{[]string{"8.06", "8.07"}, "8.065", "8.065"},
		{[]string{"-1", "0", "1", "2"}, "0.5", "0.5"},
	} {
		var values []decimal.Decimal
		for _, s := range tt.in {
			values = append(values, decimal.RequireFromString(s))
		}
		if got := median(values).String(); got != tt.median {
			t.Errorf("median(%v): got %q, want %q", tt.in, got, tt.median)
		}
		if got := mean(values).String(); got != tt.mean {
			t.Errorf("mean(%v): got %q, want %q", tt.in, got, tt.mean)
		}
	}
}

func TestBest(t *testing.T) {
	e := func(unit, score string) entrant {
		return entrant{unit: reform.UnitKey(unit), score: decimal.RequireFromString(score)}
	}
	score, units := best([]entrant{e("c", "9"), e("a", "9.0"), e("b", "8")})
	if d := cmp.Diff([]reform.UnitKey{"a", "c"}, units); d != "" || score.String() != "9" {
		t.Errorf("best: got %s of %v, want 9 of [a c]", score, units)
	}
	if score, units := best(nil); score.Valid || units != nil {
		t.Errorf("best of none: got %s of %v, want nothing", score, units)
	}
}

func TestCommonest(t *testing.T) {
	for _, tt := range []struct {
		in   map[int]int
		want int
	}{
		{nil, 0},
		{map[int]int{0: 50, 63: 1}, 63},
		{map[int]int{63: 9, 64: 1}, 63},
		{map[int]int{34: 2, 63: 2}, 63},
	} {
		if got := commonest(tt.in); got != tt.want {
			t.Errorf("commonest(%v): got %d, want %d", tt.in, got, tt.want)
		}
	}
}

func TestAgreeAsPrinted(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"91.8", "91.80", true},
		{"91.87", "91.81", false},
		{"43.14", "43.135127", true},
		{"43.13", "43.135127", false}, // cut off, not rounded
		{"43.15", "43.135127", false},
		{"8.125", "8.13", true},
		{"8.125", "8.12", true},
		{"8.126", "8.12", false},
		{"88.02", "88.2", false},
		{"8", "7.5", true},
		{"8", "7.4", false},
		{"78.7", "78.66", true},
		{"0", "0.4", true},
		{"-1.25", "-1.3", true},
		{"86.77", "88.77", false},
	} {
		a, b := decimal.RequireFromString(tt.a), decimal.RequireFromString(tt.b)
		if got := agreeAsPrinted(a, b); got != tt.want {
			t.Errorf("agreeAsPrinted(%s, %s): got %t, want %t", tt.a, tt.b, got, tt.want)
		}
		if got := agreeAsPrinted(b, a); got != tt.want {
			t.Errorf("agreeAsPrinted(%s, %s): got %t, want %t", tt.b, tt.a, got, tt.want)
		}
	}
}

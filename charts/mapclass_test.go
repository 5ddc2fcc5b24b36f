package charts

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"
)

// Every place lies in exactly one class, and the borders that the legend states meet.
func TestPlaceClasses(t *testing.T) {
	for of := 1; of <= 64; of++ {
		next := 1
		for _, r := range placeClasses(of) {
			if r.from != next || r.to < r.from {
				t.Fatalf("of %d: a class is %d-%d, want one from %d on", of, r.from, r.to, next)
			}
			for p := r.from; p <= r.to; p++ {
				if got := class(p, of); got != r.class {
					t.Errorf("place %d/%d: colour %d, want %d", p, of, got, r.class)
				}
			}
			next = r.to + 1
		}
		if next != of+1 {
			t.Errorf("of %d: the classes end at %d", of, next-1)
		}
		if n := len(placeClasses(of)); of >= 10 && n != 5 {
			t.Errorf("of %d: %d classes, want 5", of, n)
		}
	}
}

func TestScoreClasses(t *testing.T) {
	for _, tt := range []struct {
		scores []string
		want   string
	}{
		{[]string{"80"}, "[80,80]"},
		{[]string{"80", "80.00"}, "[80,80]"},
		{[]string{"0"}, "[0,0]"},
		{[]string{"50", "100"}, "[90,100] [80,90) [70,80) [60,70) [50,60)"},
		{[]string{"59.31", "95.43", "80"}, "[88,96] [80,88) [72,80) [64,72) [56,64)"},
		{[]string{"0.1966", "0.8033"}, "[0.75,0.9] [0.6,0.75) [0.45,0.6) [0.3,0.45) [0.15,0.3)"},
		{[]string{"-1.5", "2"}, "[1.6,2.4] [0.8,1.6) [0,0.8) [-0.8,0) [-1.6,-0.8)"},
		{[]string{"58.850000", "58.850001"}, ""},
		{[]string{"15265", "3"}, ""},
	} {
		var scores []decimal.Decimal
		for _, s := range tt.scores {
			scores = append(scores, decimal.RequireFromString(s))
		}
		ranges := scoreClasses(scores)
		got := ""
		for i, r := range ranges {
			end := ")"
			if r.last {
				end = "]"
			}
			got += fmt.Sprintf(" [%s,%s%s", r.from, r.to, end)
			if i > 0 && !r.to.Equal(ranges[i-1].from) {
				t.Errorf("%v: a gap between classes in %s", tt.scores, got)
			}
		}
		if tt.want != "" && got != " "+tt.want {
			t.Errorf("%v: got%s, want %s", tt.scores, got, tt.want)
		}
		for _, s := range scores {
			n := 0
			for _, r := range ranges {
				if r.holds(s) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%v: %s lies in %d classes, want 1 of%s", tt.scores, s, n, got)
			}
		}
		if n := len(ranges); n > mostClasses || tt.want == "" && n < 3 {
			t.Errorf("%v: %d classes", tt.scores, n)
		}
	}
	if got := scoreClasses(nil); got != nil {
		t.Errorf("got %v without scores", got)
	}
}

func FuzzScoreClasses(f *testing.F) {
	f.Add(int64(5931), int64(9543), int32(-2))
	f.Add(int64(0), int64(1), int32(-6))
	f.Fuzz(func(t *testing.T, a, b int64, exp int32) {
		if exp < -6 || exp > 3 {
			return // no score has so many digits
		}
		scores := []decimal.Decimal{decimal.New(a%1_000_000, exp), decimal.New(b%1_000_000, exp)}
		ranges := scoreClasses(scores)
		for _, s := range scores {
			n := 0
			for _, r := range ranges {
				if r.holds(s) {
					n++
				}
			}
			if n != 1 || len(ranges) > mostClasses {
				t.Errorf("%v: %s lies in %d of %d classes", scores, s, n, len(ranges))
			}
		}
	})
}

func TestChangeClasses(t *testing.T) {
	far := farMove(63)
	for n, want := range map[int]int{40: 0, far: 0, far - 1: 1, 1: 1, 0: 2, -1: 3, 1 - far: 3, -far: 4, -62: 4} {
		if got := changeClass(n, far); got != want {
			t.Errorf("moved by %d: class %d, want %d", n, got, want)
		}
	}
	for of, want := range map[int]int{34: 3, 63: 6, 42: 4, 5: 3, 0: 3} {
		if got := farMove(of); got != want {
			t.Errorf("of %d: far is %d, want %d", of, got, want)
		}
	}
}

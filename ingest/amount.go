package ingest

import (
	"github.com/shopspring/decimal"

	"chiso/reform"
)

// amount is a number in millionths, which is how finely scores are stored; it
// compares without the allocations of big decimals, a million times a document.
type amount struct {
	v        int64
	decimals int8 // digits after the point as written, at most storedDecimals
	ok       bool // false: missing
}

const (
	storedDecimals = 6
	amountDigits   = 18 // a stored Decimal(18, 6) holds no more
)

var tens = [amountDigits + 1]int64{1}

func init() {
	for i := 1; i < len(tens); i++ {
		tens[i] = tens[i-1] * 10
	}
}

// amountOf is n rounded to six decimals; fits is false where n is too large to be stored.
func amountOf(n reform.Number) (a amount, fits bool) {
	if !n.Valid {
		return amount{}, true
	}
	d := n.Decimal
	exp := int(d.Exponent())
	if d.NumDigits() > amountDigits || exp < -amountDigits || exp > amountDigits {
		d = d.Round(storedDecimals) // a workbook's float may have more digits than mean anything
		exp = int(d.Exponent())
		if d.NumDigits() > amountDigits || exp > amountDigits {
			return amount{}, d.IsZero()
		}
	}
	v := d.CoefficientInt64()
	a.ok = true
	switch {
	case exp < -storedDecimals:
		unit := tens[-exp-storedDecimals]
		half := unit / 2
		if v < 0 {
			half = -half
		}
		a.v, a.decimals = (v+half)/unit, storedDecimals
	default:
		if exp < 0 {
			a.decimals = int8(-exp)
		}
		scale := tens[min(exp+storedDecimals, amountDigits)]
		a.v = v * scale
		if v != 0 && (a.v/scale != v || exp+storedDecimals > amountDigits) {
			return amount{}, false
		}
	}
	if a.v >= tens[amountDigits] || a.v <= -tens[amountDigits] {
		return amount{}, false
	}
	return a, true
}

// agrees reports whether a and b are the same number as far as the coarser of
// them was printed: 43.14 and 43.135127 agree, 91.87 and 91.81 do not.
func (a amount) agrees(b amount) bool {
	d := a.v - b.v
	if d < 0 {
		d = -d
	}
	return d*2 <= tens[storedDecimals-min(a.decimals, b.decimals)] || d == 0
}

// String is the decimal text of a, or "" when missing.
func (a amount) String() string {
	if !a.ok {
		return ""
	}
	return decimal.New(a.v, -storedDecimals).String()
}

package store

import (
	"fmt"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// FactHash names a fact for idempotence. Key is what is measured, Content is the
// measures themselves; the writer's caller says what goes into both. Equal keys with
// another content are a revision.
//
// The hashes guard against loading a fact twice, not against an adversary: a chance
// meeting of two keys makes a new fact count as a revision, and loses nothing.
type FactHash struct{ Key, Content uint64 }

// String is the form in the column fact: key, then content, in hex.
func (h FactHash) String() string {
	var b [32]byte
	putHex(b[:16], h.Key)
	putHex(b[16:], h.Content)
	return string(b[:])
}

func putHex(dst []byte, v uint64) {
	const digits = "0123456789abcdef"
	for i := 15; i >= 0; i-- {
		dst[i] = digits[v&15]
		v >>= 4
	}
}

// scale6 is d in millionths, rounded: the precision of the columns.
func scale6(d decimal.Decimal) (int64, error) {
	exp := d.Exponent()
	if exp < -6 {
		d = d.Round(6)
		exp = d.Exponent()
	}
	if c := d.Coefficient(); c.IsInt64() {
		v := c.Int64()
		for ; exp > -6 && v > -maxScaled && v < maxScaled; exp-- {
			v *= 10
		}
		if exp <= -6 && v > -maxScaled && v < maxScaled || v == 0 {
			return v, nil
		}
	}
	return 0, fmt.Errorf("store: number %s is too large to be kept (at most 12 digits before the point): %w", d.String(), reform.ErrInvalid)
}

// maxScaled is the first number that Decimal(18, 6) can't hold.
const maxScaled = 1_000_000_000_000_000_000

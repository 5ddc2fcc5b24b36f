package store

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"
	"github.com/shopspring/decimal"

	"chiso/reform"
)

// FactHash names a fact for idempotence. Key is what is measured and by whom: series,
// index, basis, unit, period, component, stage, scope, and which measures are given.
// Content is the measures themselves. Equal keys with another content are a revision.
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

// Hasher makes FactHashes, reusing its memory. It is not safe for concurrent use.
type Hasher struct {
	buf    []byte
	period reform.Period // the last one, whose text is kept, since a table has few
	text   string
}

// Hash names f. The series is what speaks: the id of the cited document, where the fact
// cites one, else the name of the source whose documents replace each other. So a
// new edition of a file renews its own facts only.
func (h *Hasher) Hash(series string, f *reform.Fact) (FactHash, error) {
	var scaled [4]int64
	var given uint8
	for i, n := range [...]*reform.Number{&f.Score, &f.Max, &f.Numerator, &f.Denominator} {
		if !n.Valid {
			continue
		}
		v, err := scale6(n.Decimal)
		if err != nil {
			return FactHash{}, err
		}
		scaled[i] = v
		given |= 1 << i
	}
	if f.Place != 0 {
		given |= 1 << 4
	}
	scope := f.Scope
	if scope == "" {
		scope = reform.ScopeNation
	}
	if h.text == "" || h.period != f.Period {
		h.period, h.text = f.Period, f.Period.String()
	}
	b := h.buf[:0]
	for _, s := range [...]string{series, f.Index, f.Basis, string(f.Unit), h.text, f.Component, string(f.Stage), scope, string(f.RankKind)} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	// A maximum alone does not make another measure.
	b = append(b, given&^(1<<1))
	var out FactHash
	out.Key = xxhash.Sum64(b)

	b = append(b[:0], given)
	for _, v := range scaled {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	b = binary.AppendVarint(b, int64(f.Place))
	b = binary.AppendVarint(b, int64(f.Of))
	if f.OfPrinted {
		b = append(b, 1)
	}
	b = append(b, 0)
	b = append(b, f.Status...)
	out.Content = xxhash.Sum64(b)
	h.buf = b
	return out, nil
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

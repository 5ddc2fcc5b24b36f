package sheet

import (
	"encoding/binary"
	"math"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// number is a number as the cell's format shows it.
func (x *xlsBook) number(xf uint16, f float64) Cell {
	if int(xf) >= len(x.xfs) {
		return numberCell(f)
	}
	id := x.xfs[xf]
	how, own := x.formats[id]
	if !own {
		how = builtIn(int(id))
	}
	return how.cell(f, x.from1904)
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

// rk unpacks the short form of numbers: 30 bits of a float64 or of an integer,
// perhaps to be divided by 100.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

func boolErr(v byte, isError bool) Cell {
	if !isError {
		return Cell{Kind: Bool, Text: map[bool]string{true: "TRUE", false: "FALSE"}[v != 0]}
	}
	names := map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
	if n, ok := names[v]; ok {
		return Cell{Kind: Error, Text: n}
	}
	return Cell{Kind: Error, Text: "#ERR"}
}

// chars decodes characters of a Unicode string: two bytes each, or one where all
// high bytes are zero. One byte is then a code point, not a code page: this is how
// "Vùng" comes as Latin-1.
func chars(b []byte, wide bool) string {
	if wide {
		u := make([]uint16, len(b)/2)
		for i := range u {
			u[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
		return string(utf16.Decode(u))
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// bytes decodes the text of workbooks before Excel 97 by their code page.
func (x *xlsBook) bytes(b []byte) string {
	cm := charmap.Windows1252
	if x.codePage == 1258 {
		cm = charmap.Windows1258
	}
	s, err := cm.NewDecoder().Bytes(b)
	if err != nil {
		return chars(b, false)
	}
	return string(s)
}

// unicode reads a string with a 16-bit length.
func (x *xlsBook) unicode(data []byte) (string, bool) {
	if len(data) < 3 {
		return "", false
	}
	n, wide := int(binary.LittleEndian.Uint16(data)), data[2]&1 == 1
	if wide {
		n *= 2
	}
	if len(data) < 3+n {
		return "", false
	}
	return chars(data[3:3+n], wide), true
}

// label reads the text of a cell that does not use the shared table. A text longer
// than a record goes on in CONTINUE records, which begin at next.
func (x *xlsBook) label(data []byte, next int) (string, error) {
	if len(data) < 2 {
		return "", errDamaged("a text is too short")
	}
	if x.version != biff8 {
		n := int(binary.LittleEndian.Uint16(data))
		if len(data) < 2+n {
			return "", errDamaged("a text is cut off")
		}
		return x.budget.text(x.bytes(data[2 : 2+n]))
	}
	r := segmentReader{segments: [][]byte{data}}
	for {
		k, more, n, err := x.record(next)
		if err != nil || k != recContinue {
			break
		}
		r.segments, next = append(r.segments, more), n
	}
	n, err := r.u16()
	if err != nil {
		return "", err
	}
	flags, err := r.u8()
	if err != nil {
		return "", err
	}
	s, err := r.chars(int(n), flags&1 == 1, x.budget.lim.CellBytes)
	if err != nil {
		return "", err
	}
	return x.budget.text(s)
}

// sharedStrings reads the table of texts that cells point to.
func (x *xlsBook) sharedStrings(segments [][]byte) error {
	r := segmentReader{segments: segments}
	if _, err := r.u32(); err != nil {
		return damaged("its table of texts")
	}
	unique, err := r.u32()
	if err != nil {
		return damaged("its table of texts")
	}
	for i := uint32(0); i < unique; i++ {
		s, err := r.richString(x.budget.lim.CellBytes)
		if err != nil {
			// Some writers count more texts than they write; a cell that points past the end is found then.
			break
		}
		if s, err = x.budget.text(s); err != nil {
			return err
		}
		x.strings = append(x.strings, s)
	}
	return nil
}

// segmentReader reads over the borders of a record and its continuations.
type segmentReader struct {
	segments [][]byte
	i        int // current segment
	p        int // position within it
}

func (r *segmentReader) u8() (byte, error) {
	for r.i < len(r.segments) && r.p >= len(r.segments[r.i]) {
		r.i, r.p = r.i+1, 0
	}
	if r.i >= len(r.segments) {
		return 0, errDamaged("a text is cut off")
	}
	b := r.segments[r.i][r.p]
	r.p++
	return b, nil
}

func (r *segmentReader) u16() (uint16, error) {
	lo, err := r.u8()
	if err != nil {
		return 0, err
	}
	hi, err := r.u8()
	return uint16(lo) | uint16(hi)<<8, err
}

func (r *segmentReader) u32() (uint32, error) {
	lo, err := r.u16()
	if err != nil {
		return 0, err
	}
	hi, err := r.u16()
	return uint32(lo) | uint32(hi)<<16, err
}

func (r *segmentReader) skip(n int) error {
	for n > 0 {
		if _, err := r.u8(); err != nil {
			return err
		}
		step := min(n-1, len(r.segments[r.i])-r.p)
		r.p += step
		n -= 1 + step
	}
	return nil
}

// chars reads n characters. Where they run over a border, the next segment begins
// with a byte that says anew whether characters have one byte or two.
func (r *segmentReader) chars(n int, wide bool, limit int) (string, error) {
	if n > limit {
		return "", errDamaged("a text is longer than a cell can be")
	}
	out := make([]uint16, 0, n)
	for len(out) < n {
		if r.i >= len(r.segments) {
			return "", errDamaged("a text is cut off")
		}
		seg := r.segments[r.i]
		if r.p >= len(seg) {
			r.i, r.p = r.i+1, 0
			if r.i >= len(r.segments) || len(r.segments[r.i]) == 0 {
				return "", errDamaged("a text is cut off")
			}
			wide = r.segments[r.i][0]&1 == 1
			r.p = 1
			continue
		}
		if !wide {
			out = append(out, uint16(seg[r.p]))
			r.p++
			continue
		}
		if r.p+2 > len(seg) {
			return "", errDamaged("a character is cut in two")
		}
		out = append(out, binary.LittleEndian.Uint16(seg[r.p:]))
		r.p += 2
	}
	return string(utf16.Decode(out)), nil
}

// richString reads a text of the shared table, leaving its fonts and phonetic guides behind.
func (r *segmentReader) richString(limit int) (string, error) {
	n, err := r.u16()
	if err != nil {
		return "", err
	}
	flags, err := r.u8()
	if err != nil {
		return "", err
	}
	var runs uint16
	var ext uint32
	if flags&8 != 0 {
		if runs, err = r.u16(); err != nil {
			return "", err
		}
	}
	if flags&4 != 0 {
		if ext, err = r.u32(); err != nil {
			return "", err
		}
	}
	s, err := r.chars(int(n), flags&1 == 1, limit)
	if err != nil {
		return "", err
	}
	if err := r.skip(4 * int(runs)); err != nil {
		return "", err
	}
	return s, r.skip(int(ext))
}

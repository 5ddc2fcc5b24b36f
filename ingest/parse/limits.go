package parse

import (
	"fmt"

	"chiso/reform"
)

// Limits bound what one document may cost. A document over a limit is refused
// with reform.ErrTooLarge, never cut off silently.
type Limits struct {
	Bytes     int64 // of the file as received, where it must be held in memory (workbooks)
	Stream    int64 // of the file as received, where it is streamed (delimited text)
	Unzipped  int64 // of all parts of a workbook together
	Part      int64 // of one part of a workbook
	Ratio     int64 // unzipped to zipped, per part over 1 MiB
	Sheets    int
	Rows      int // of one sheet of a workbook
	Columns   int // with text in them
	Cells     int // with text in them, of a whole workbook
	CellBytes int // of one cell's text
	Problems  int // after so many problems a parser gives up: the file is another kind of file
}

// DefaultLimits are generous for real publications (the largest known has
// 3,384 rows) and small for a machine with little memory.
var DefaultLimits = Limits{
	Bytes:     64 << 20,
	Stream:    4 << 30,
	Unzipped:  512 << 20,
	Part:      256 << 20,
	Ratio:     200,
	Sheets:    300,
	Rows:      200_000,
	Columns:   2_000,
	Cells:     4_000_000,
	CellBytes: 32 << 10,
	Problems:  1_000,
}

// OrDefault is l with its zero fields taken from DefaultLimits.
func (l Limits) OrDefault() Limits {
	d := DefaultLimits
	pick64 := func(p *int64, v int64) {
		if v > 0 {
			*p = v
		}
	}
	pick := func(p *int, v int) {
		if v > 0 {
			*p = v
		}
	}
	pick64(&d.Bytes, l.Bytes)
	pick64(&d.Stream, l.Stream)
	pick64(&d.Unzipped, l.Unzipped)
	pick64(&d.Part, l.Part)
	pick64(&d.Ratio, l.Ratio)
	pick(&d.Sheets, l.Sheets)
	pick(&d.Rows, l.Rows)
	pick(&d.Columns, l.Columns)
	pick(&d.Cells, l.Cells)
	pick(&d.CellBytes, l.CellBytes)
	pick(&d.Problems, l.Problems)
	return d
}

// TooLarge is the error for a document over a limit.
func TooLarge(what string, got, limit int64, unit string) error {
	return fmt.Errorf("%s has %d %s, over the limit of %d: split it, or raise the limit in the configuration: %w",
		what, got, unit, limit, reform.ErrTooLarge)
}

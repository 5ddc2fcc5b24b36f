// Package sheet reads spreadsheets and delimited text into one uniform grid of
// typed cells, whatever the file's name says: Excel workbooks of today (.xlsx)
// and of before 2007 (.xls), OpenDocument spreadsheets (.ods), and CSV or TSV in the encodings met in Vietnam.
//
// Content decides, not the extension; and every refusal says what the file is
// instead, since the person who chose it can only act on that.
package sheet

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/unicode/norm"

	"chiso/ingest/parse"
	"chiso/reform"
)

// Kind says what a cell holds. A number typed as text ("3,5" in a text cell)
// is Text: only its column can say what it means.
type Kind uint8

// The kinds of cell.
const (
	Empty Kind = iota
	Text
	Number
	Date
	Bool
	Error // "#N/A": neither a number nor missing
)

// Cell is one cell. Text is the text of the cell, or the canonical spelling of
// its number or date. A number that its format shows as per cent is the per cent:
// the reader of the sheet saw 87.97%, and that 0.8797 is stored is Excel's affair.
type Cell struct {
	Kind  Kind
	Text  string
	Float float64 // of Number and Date cells, as stored (dates: Excel's serial day)
}

// Decimal is the number of a Number cell, rounded to six decimals: a float64
// carries 15 digits, and 5.9000000000000004 is how a workbook stores 5.9.
func (c Cell) Decimal() (decimal.Decimal, bool) {
	if c.Kind != Number {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(shortest(c.Float))
	return d, err == nil
}

// Int is the whole number of a Number cell.
func (c Cell) Int() (int, bool) {
	if c.Kind != Number || c.Float != math.Trunc(c.Float) || math.Abs(c.Float) > 1e9 {
		return 0, false
	}
	return int(c.Float), true
}

// shortest is the shortest decimal text of f rounded to six decimals.
func shortest(f float64) string {
	if math.Abs(f) >= 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', 6, 64)
	s = strings.TrimRight(s, "0")
	s = strings.TrimSuffix(s, ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// Range is a block of merged cells, bounds included, counted from 0.
type Range struct{ Row, Col, LastRow, LastCol int }

// Sheet is one sheet. Rows and columns count from 0; rows end at their last
// cell that holds something.
type Sheet struct {
	Name   string
	Hidden bool
	Rows   [][]Cell
	Merged []Range
}

// At is the cell at row and column, empty outside the sheet.
func (s *Sheet) At(row, col int) Cell {
	if row < 0 || row >= len(s.Rows) || col < 0 || col >= len(s.Rows[row]) {
		return Cell{}
	}
	return s.Rows[row][col]
}

// Spread is At with the text of a merged block in all of its cells: what a
// reader sees over a heading that spans columns.
func (s *Sheet) Spread(row, col int) Cell {
	c := s.At(row, col)
	if c.Kind != Empty {
		return c
	}
	for _, m := range s.Merged {
		if row >= m.Row && row <= m.LastRow && col >= m.Col && col <= m.LastCol {
			return s.At(m.Row, m.Col)
		}
	}
	return c
}

// Width is the number of columns up to the last cell that holds something.
func (s *Sheet) Width() int {
	w := 0
	for _, r := range s.Rows {
		w = max(w, len(r))
	}
	return w
}

// Workbook is a document as sheets.
type Workbook struct {
	Format string // xlsx, xls, ods, csv
	Sheets []*Sheet
	// Note says how text was decoded where that was a finding ("windows-1258"), "" otherwise.
	Note string
}

// Column is the letters of a column counted from 0: "A", "Z", "AA".
func Column(col int) string {
	var b [8]byte
	i := len(b)
	for col++; col > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}

// Ref is a cell's address within its sheet, "B7", from counts from 0.
func Ref(row, col int) string { return Column(col) + strconv.Itoa(row+1) }

// Locator is the address of a cell of the sheet as problems and facts carry it: "Tong hop!C7".
func (s *Sheet) Locator(row, col int) string { return s.Name + "!" + Ref(row, col) }

// Open reads a whole document into memory, within the input's limits.
func Open(ctx context.Context, in parse.Input) (*Workbook, error) {
	return open(ctx, in, 0)
}

// open reads at most rows rows of every sheet where rows is not 0.
func open(ctx context.Context, in parse.Input, rows int) (*Workbook, error) {
	head, err := readHead(in)
	if err != nil {
		return nil, err
	}
	b := &budget{lim: in.Limits.OrDefault(), ctx: ctx, preview: rows}
	format, err := Sniff(head)
	if err != nil {
		return nil, err
	}
	switch format {
	case "xlsx", "xls":
		if in.Size > b.lim.Bytes {
			return nil, parse.TooLarge("the workbook", in.Size, b.lim.Bytes, "bytes")
		}
		switch {
		case format == "xlsx" && isODS(in):
			return openODS(in, b)
		case format == "xlsx":
			return openXLSX(in, b)
		}
		return openXLS(in, b)
	}
	return openText(in, b)
}

func readHead(in parse.Input) ([]byte, error) {
	if in.Size == 0 {
		return nil, fmt.Errorf("the file is empty (0 bytes): download or save it again: %w", reform.ErrInvalid)
	}
	head := make([]byte, min(in.Size, parse.HeadSize))
	n, err := in.File.ReadAt(head, 0)
	if n < len(head) {
		return nil, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	return head, nil
}

// budget counts what a document has cost so far.
type budget struct {
	ctx     context.Context
	lim     parse.Limits
	preview int // rows wanted of each sheet; 0 all
	cells   int // that hold something
	slots   int // allocated, with the empty ones between
	ticks   int
}

// row accounts for one row of a sheet.
func (b *budget) row(sheet string, row, width, filled int) error {
	if b.ticks++; b.ticks%1024 == 0 && b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	b.cells += filled
	b.slots += width
	switch {
	case row >= b.lim.Rows:
		return parse.TooLarge("sheet "+strconv.Quote(sheet), int64(row+1), int64(b.lim.Rows), "rows")
	case width > b.lim.Columns:
		return parse.TooLarge("sheet "+strconv.Quote(sheet), int64(width), int64(b.lim.Columns), "columns")
	case b.cells > b.lim.Cells:
		return parse.TooLarge("the workbook", int64(b.cells), int64(b.lim.Cells), "cells")
	case b.slots > 4*b.lim.Cells:
		// A few cells far to the right in many rows cost memory for all the empty ones between.
		return parse.TooLarge("the workbook", int64(b.slots), int64(4*b.lim.Cells), "cells, empty ones included")
	}
	return nil
}

// text checks and normalises the text of a cell. NFC, because files from a Mac
// and Windows-1258 decoders hand over letters and accents apart.
func (b *budget) text(s string) (string, error) {
	if len(s) > b.lim.CellBytes {
		return "", parse.TooLarge("a cell", int64(len(s)), int64(b.lim.CellBytes), "bytes of text")
	}
	return norm.NFC.String(s), nil
}

// trim cuts empty cells at the end of a row.
func trim(row []Cell) []Cell {
	n := len(row)
	for n > 0 && row[n-1].Kind == Empty {
		n--
	}
	return row[:n]
}

// textCell is a Text cell, or an empty one where only white space is left.
func textCell(s string) Cell {
	if strings.TrimSpace(s) == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}

// numberCell is a Number cell; what is no number (NaN, infinity) is an Error cell.
func numberCell(f float64) Cell {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Cell{Kind: Error, Text: "#NUM!"}
	}
	return Cell{Kind: Number, Text: shortest(f), Float: f}
}

// dateCell is a Date cell from Excel's serial day; the system of 1904 is four years off.
func dateCell(serial float64, from1904 bool) Cell {
	if serial < 0 || serial > 2958465 {
		return numberCell(serial)
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	t := epoch.Add(time.Duration(math.Round(serial*86400)) * time.Second)
	layout := "2006-01-02"
	if t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 {
		layout = "2006-01-02T15:04:05"
	}
	return Cell{Kind: Date, Text: t.Format(layout), Float: serial}
}

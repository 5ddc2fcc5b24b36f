package sheet

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"

	"chiso/ingest/parse"
	"chiso/reform"
)

// The .xls reader is our own on top of a kept reader of OLE compound files:
// the Go libraries that were tried skip FORMULA records, and in the official
// workbooks every third figure is the result of a formula. Losing them in
// silence is what this product must never do.

// BIFF record types, as the file format names them.
const (
	recFormula     = 0x0006
	recEOF         = 0x000A
	rec1904        = 0x0022
	recFilePass    = 0x002F
	recContinue    = 0x003C
	recCodePage    = 0x0042
	recBoundSheet  = 0x0085
	recMulRK       = 0x00BD
	recRString     = 0x00D6
	recXF          = 0x00E0
	recMergeCells  = 0x00E5
	recSST         = 0x00FC
	recLabelSST    = 0x00FD
	recNumber      = 0x0203
	recLabel       = 0x0204
	recBoolErr     = 0x0205
	recString      = 0x0207
	recRK          = 0x027E
	recFormat      = 0x041E
	recBOF         = 0x0809
	biff8          = 0x0600
	biff5          = 0x0500
	sheetWorksheet = 0
)

// errDamaged is the end of what can be read of a damaged workbook.
type errDamaged string

func (e errDamaged) Error() string { return string(e) }

func openXLS(in parse.Input, b *budget) (wb *Workbook, err error) {
	// The compound-file reader follows sector numbers of the file; a damaged file must not end the process.
	defer func() {
		if p := recover(); p != nil {
			wb, err = nil, damaged(fmt.Sprint(p))
		}
	}()
	doc, err := mscfb.New(in.File)
	if err != nil {
		return nil, damaged(err.Error())
	}
	var stream []byte
	for _, e := range doc.File {
		switch e.Name {
		case "EncryptedPackage":
			return nil, encrypted()
		case "WordDocument":
			return nil, notA("a Word document")
		case "PowerPoint Document":
			return nil, notA("a PowerPoint file")
		case "Workbook", "Book":
			if stream != nil && e.Name == "Book" {
				continue // a file for two versions of Excel: Workbook is the richer one
			}
			// No stream can be longer than the file that holds it, whatever its directory says.
			if stream, err = io.ReadAll(io.LimitReader(e, in.Size)); err != nil && len(stream) == 0 {
				return nil, damaged(err.Error())
			}
		}
	}
	if stream == nil {
		return nil, notA("an Office file of another kind than Excel's")
	}
	x := &xlsBook{stream: stream, budget: b, formats: map[uint16]showing{}}
	return x.read()
}

func damaged(why string) error {
	return fmt.Errorf("the workbook is cut off or damaged (%s): download or save it again: %w", why, reform.ErrInvalid)
}

func encrypted() error {
	return fmt.Errorf("the workbook is protected by a password: save it without one: %w", reform.ErrInvalid)
}

type xlsBook struct {
	stream   []byte
	budget   *budget
	version  uint16
	codePage uint16
	from1904 bool
	strings  []string
	formats  map[uint16]showing // by number format
	xfs      []uint16           // cell format -> number format
	bounds   []xlsBound
}

type xlsBound struct {
	pos    int
	name   string
	hidden bool
	kind   byte
}

// record is the record at p and the position of the next one.
func (x *xlsBook) record(p int) (kind uint16, data []byte, next int, err error) {
	if p < 0 || p+4 > len(x.stream) {
		return 0, nil, 0, errDamaged("it ends within a sheet")
	}
	kind = binary.LittleEndian.Uint16(x.stream[p:])
	n := int(binary.LittleEndian.Uint16(x.stream[p+2:]))
	if p+4+n > len(x.stream) {
		return 0, nil, 0, errDamaged("it ends within a record")
	}
	return kind, x.stream[p+4 : p+4+n], p + 4 + n, nil
}

func (x *xlsBook) read() (*Workbook, error) {
	if err := x.globals(); err != nil {
		return nil, err
	}
	wb := &Workbook{Format: "xls"}
	if len(x.bounds) > x.budget.lim.Sheets {
		return nil, parse.TooLarge("the workbook", int64(len(x.bounds)), int64(x.budget.lim.Sheets), "sheets")
	}
	for _, bound := range x.bounds {
		if bound.kind != sheetWorksheet {
			continue // charts and macros hold no cells
		}
		s := &Sheet{Name: bound.name, Hidden: bound.hidden}
		if err := x.sheet(s, bound.pos); err != nil {
			if d, ok := err.(errDamaged); ok {
				return nil, damaged(fmt.Sprintf("sheet %q: %s", bound.name, string(d)))
			}
			return nil, err
		}
		wb.Sheets = append(wb.Sheets, s)
	}
	if len(wb.Sheets) == 0 {
		return nil, damaged("it has no sheet")
	}
	return wb, nil
}

func (x *xlsBook) globals() error {
	for p := 0; ; {
		kind, data, next, err := x.record(p)
		if err != nil {
			return damaged(err.Error())
		}
		if p == 0 {
			if kind != recBOF || len(data) < 4 {
				return notA("a workbook of Excel 4 or older: save it as .xlsx")
			}
			x.version = binary.LittleEndian.Uint16(data)
			if x.version != biff8 && x.version != biff5 {
				return notA("a workbook of an unknown version of Excel: save it as .xlsx")
			}
		}
		switch kind {
		case recFilePass:
			return encrypted()
		case recCodePage:
			if len(data) >= 2 {
				x.codePage = binary.LittleEndian.Uint16(data)
			}
		case rec1904:
			x.from1904 = len(data) >= 2 && data[0] == 1
		case recFormat:
			x.format(data)
		case recXF:
			if len(data) >= 4 {
				x.xfs = append(x.xfs, binary.LittleEndian.Uint16(data[2:]))
			}
		case recBoundSheet:
			if err := x.boundSheet(data); err != nil {
				return err
			}
		case recSST:
			segments := [][]byte{data}
			for {
				k, more, n, err := x.record(next)
				if err != nil || k != recContinue {
					break
				}
				segments, next = append(segments, more), n
			}
			if err := x.sharedStrings(segments); err != nil {
				return err
			}
		case recEOF:
			return nil
		}
		p = next
	}
}

func (x *xlsBook) format(data []byte) {
	if len(data) < 5 {
		return
	}
	code := ""
	if x.version == biff8 {
		code, _ = x.unicode(data[2:])
	} else if n := int(data[2]); len(data) >= 3+n {
		code = string(data[3 : 3+n])
	}
	x.formats[binary.LittleEndian.Uint16(data)] = formatCode(code)
}

func (x *xlsBook) boundSheet(data []byte) error {
	if len(data) < 8 {
		return damaged("its list of sheets")
	}
	b := xlsBound{pos: int(binary.LittleEndian.Uint32(data)), hidden: data[4]&3 != 0, kind: data[5]}
	n := int(data[6])
	if x.version == biff8 {
		wide := data[7]&1 == 1
		if wide {
			n *= 2
		}
		if len(data) < 8+n {
			return damaged("its list of sheets")
		}
		b.name = chars(data[8:8+n], wide)
	} else {
		if len(data) < 7+n {
			return damaged("its list of sheets")
		}
		b.name = x.bytes(data[7 : 7+n])
	}
	name, err := x.budget.text(b.name)
	b.name = strings.ToValidUTF8(name, "?")
	x.bounds = append(x.bounds, b)
	return err
}

// sheet reads the cells of the sheet that begins at p.
func (x *xlsBook) sheet(s *Sheet, p int) error {
	g := &xlsGrid{book: x, sheet: s}
	if kind, _, _, err := x.record(p); err != nil || kind != recBOF {
		return errDamaged("its beginning is not where the list of sheets says")
	}
	depth := 0
	for {
		kind, data, next, err := x.record(p)
		if err != nil {
			return err
		}
		switch kind {
		case recBOF:
			depth++
		case recEOF:
			if depth--; depth <= 0 {
				return g.finish()
			}
		default:
			if depth == 1 { // deeper lies a chart that is drawn on the sheet
				if err := g.record(kind, data, next); err != nil {
					return err
				}
			}
		}
		p = next
	}
}

// xlsGrid collects the cells of one sheet.
type xlsGrid struct {
	book    *xlsBook
	sheet   *Sheet
	waiting bool // a formula's text comes in a later record
	row     int  // of that formula
	col     int
}

func (g *xlsGrid) record(kind uint16, data []byte, next int) error {
	x := g.book
	if kind == recMergeCells {
		for i := 2; i+8 <= len(data) && len(g.sheet.Merged) < 10_000; i += 8 {
			u := func(o int) int { return int(binary.LittleEndian.Uint16(data[i+o:])) }
			g.sheet.Merged = append(g.sheet.Merged, Range{Row: u(0), LastRow: u(2), Col: u(4), LastCol: u(6)})
		}
		return nil
	}
	if kind == recString {
		if !g.waiting {
			return nil
		}
		g.waiting = false
		text, err := x.label(data, next)
		if err != nil {
			return err
		}
		return g.put(g.row, g.col, textCell(text))
	}
	switch kind {
	case recLabelSST, recLabel, recRString, recNumber, recRK, recMulRK, recFormula, recBoolErr:
	default:
		return nil
	}
	if len(data) < 6 {
		return errDamaged("a cell is too short")
	}
	row, col := int(binary.LittleEndian.Uint16(data)), int(binary.LittleEndian.Uint16(data[2:]))
	if g.book.budget.preview > 0 && row >= g.book.budget.preview {
		g.waiting = false
		return nil
	}
	xf, rest := binary.LittleEndian.Uint16(data[4:]), data[6:]
	need := func(n int) error {
		if len(rest) < n {
			return errDamaged("cell " + Ref(row, col) + " is too short")
		}
		return nil
	}
	switch kind {
	case recLabelSST:
		if err := need(4); err != nil {
			return err
		}
		i := int(binary.LittleEndian.Uint32(rest))
		if i >= len(x.strings) {
			return errDamaged("cell " + Ref(row, col) + " points past the table of texts")
		}
		return g.put(row, col, textCell(x.strings[i]))
	case recLabel, recRString:
		text, err := x.label(rest, next)
		if err != nil {
			return err
		}
		return g.put(row, col, textCell(text))
	case recNumber:
		if err := need(8); err != nil {
			return err
		}
		return g.put(row, col, x.number(xf, float(rest)))
	case recRK:
		if err := need(4); err != nil {
			return err
		}
		return g.put(row, col, x.number(xf, rk(binary.LittleEndian.Uint32(rest))))
	case recMulRK:
		for i, c := 4, col; i+6 <= len(data)-2; i, c = i+6, c+1 {
			f := rk(binary.LittleEndian.Uint32(data[i+2:]))
			if err := g.put(row, c, x.number(binary.LittleEndian.Uint16(data[i:]), f)); err != nil {
				return err
			}
		}
	case recBoolErr:
		if err := need(2); err != nil {
			return err
		}
		return g.put(row, col, boolErr(rest[0], rest[1] == 1))
	case recFormula:
		if err := need(8); err != nil {
			return err
		}
		g.waiting = false
		if rest[6] != 0xFF || rest[7] != 0xFF {
			return g.put(row, col, x.number(xf, float(rest)))
		}
		switch rest[0] {
		case 0:
			g.waiting, g.row, g.col = true, row, col
		case 1:
			return g.put(row, col, boolErr(rest[2], false))
		case 2:
			return g.put(row, col, boolErr(rest[2], true))
		}
	}
	return nil
}

func (g *xlsGrid) put(row, col int, c Cell) error {
	if c.Kind == Empty {
		return nil
	}
	s := g.sheet
	for len(s.Rows) <= row {
		s.Rows = append(s.Rows, nil)
	}
	if col >= g.book.budget.lim.Columns {
		return parse.TooLarge(fmt.Sprintf("sheet %q", s.Name), int64(col+1), int64(g.book.budget.lim.Columns), "columns")
	}
	for len(s.Rows[row]) <= col {
		s.Rows[row] = append(s.Rows[row], Cell{})
	}
	s.Rows[row][col] = c
	return nil
}

func (g *xlsGrid) finish() error {
	for i, r := range g.sheet.Rows {
		filled := 0
		for _, c := range r {
			if c.Kind != Empty {
				filled++
			}
		}
		if err := g.book.budget.row(g.sheet.Name, i, len(r), filled); err != nil {
			return err
		}
	}
	return nil
}

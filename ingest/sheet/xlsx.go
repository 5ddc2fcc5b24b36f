package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"chiso/ingest/parse"
	"chiso/reform"
)

func openXLSX(in parse.Input, b *budget) (wb *Workbook, err error) {
	// The reader of the library has been seen to index past its tables on
	// damaged parts; a damaged file is the sender's fault and never ours to die of.
	defer func() {
		if p := recover(); p != nil {
			wb, err = nil, fmt.Errorf("the workbook is damaged (%v): open it in a spreadsheet program and save it again: %w", p, reform.ErrInvalid)
		}
	}()
	if err := checkZip(in, b.lim); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(in.Reader(), excelize.Options{
		RawCellValue:      true,
		UnzipSizeLimit:    b.lim.Unzipped,
		UnzipXMLSizeLimit: b.lim.Part,
	})
	if err != nil {
		return nil, fmt.Errorf("the workbook can't be opened (%v): open it in a spreadsheet program and save it again: %w", err, reform.ErrInvalid)
	}
	defer f.Close()
	wb = &Workbook{Format: "xlsx"}
	from1904 := false
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		from1904 = *props.Date1904
	}
	names := f.GetSheetList()
	if len(names) > b.lim.Sheets {
		return nil, parse.TooLarge("the workbook", int64(len(names)), int64(b.lim.Sheets), "sheets")
	}
	for _, name := range names {
		x := xlsxSheet{f: f, name: name, budget: b, from1904: from1904, shown: map[int]showing{}}
		s, err := x.read()
		if err != nil {
			return nil, err
		}
		if s != nil {
			wb.Sheets = append(wb.Sheets, s)
		}
	}
	return wb, nil
}

// checkZip unpacks every part once, counting: the sizes that a zip file
// declares can lie, and the library believes them.
func checkZip(in parse.Input, lim parse.Limits) error {
	z, err := zip.NewReader(in.File, in.Size)
	if err != nil {
		return fmt.Errorf("the workbook is cut off or damaged (%v): download or save it again: %w", err, reform.ErrInvalid)
	}
	var total int64
	kind := ""
	if len(z.File) > 20_000 {
		return parse.TooLarge("the workbook", int64(len(z.File)), 20_000, "parts")
	}
	for _, p := range z.File {
		switch name := strings.ToLower(strings.ReplaceAll(p.Name, "\\", "/")); {
		case name == "xl/workbook.xml":
			kind = "xlsx"
		case name == "xl/workbook.bin":
			return notA("a binary workbook (.xlsb): save it as .xlsx")
		case strings.HasPrefix(name, "word/"):
			return notA("a Word document")
		case strings.HasPrefix(name, "ppt/"):
			return notA("a PowerPoint file")
		case name == "content.xml" && kind == "":
			kind = "ods"
		case strings.HasSuffix(name, "workbook.xml") && kind == "":
			kind = "xlsx"
		}
		rc, err := p.Open()
		if err != nil {
			return fmt.Errorf("part %s of the workbook can't be unpacked (%v): download or save it again: %w", p.Name, err, reform.ErrInvalid)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(rc, lim.Part+1))
		_ = rc.Close()
		if n > lim.Part {
			return parse.TooLarge("part "+p.Name+" of the workbook", n, lim.Part, "bytes unpacked")
		}
		if err != nil {
			return fmt.Errorf("part %s of the workbook is damaged (%v): download or save it again: %w", p.Name, err, reform.ErrInvalid)
		}
		if total += n; total > lim.Unzipped {
			return parse.TooLarge("the workbook", total, lim.Unzipped, "bytes unpacked")
		}
		if c := int64(p.CompressedSize64); n > 1<<20 && n > lim.Ratio*max(c, 1) {
			return fmt.Errorf("part %s of the workbook unpacks to %d times its size, over the limit of %d, as only a trap does: %w", p.Name, n/max(c, 1), lim.Ratio, reform.ErrTooLarge)
		}
	}
	switch kind {
	case "ods":
		return notA("an OpenDocument file: save it as .xlsx")
	case "":
		return notA("a zip archive without a workbook: unpack it first")
	}
	return nil
}

type xlsxSheet struct {
	f        *excelize.File
	name     string
	budget   *budget
	from1904 bool
	shown    map[int]showing // by style id
}

func (x *xlsxSheet) read() (*Sheet, error) {
	rows, err := x.f.Rows(x.name)
	if err != nil {
		var notFound excelize.ErrSheetNotExist
		if errors.As(err, &notFound) || strings.Contains(err.Error(), "not a worksheet") {
			return nil, nil // a chart sheet holds no cells
		}
		return nil, fmt.Errorf("sheet %q can't be read (%v): open the workbook in a spreadsheet program and save it again: %w", x.name, err, reform.ErrInvalid)
	}
	defer rows.Close()
	s := &Sheet{Name: x.name}
	if visible, err := x.f.GetSheetVisible(x.name); err == nil {
		s.Hidden = !visible
	}
	var raw [][]string
	last := 0
	for rows.Next() {
		cols, err := rows.Columns()
		if err != nil {
			return nil, fmt.Errorf("sheet %q, row %d (%v): %w", x.name, len(raw)+1, err, reform.ErrInvalid)
		}
		filled := 0
		width := 0
		for j, c := range cols {
			if c != "" {
				filled++
				width = j + 1
			}
		}
		// Empty rows to the bottom of the grid are formatting, not data.
		if filled > 0 {
			if err := x.budget.row(x.name, len(raw), width, filled); err != nil {
				return nil, err
			}
			last = len(raw) + 1
		} else if len(raw) > 1<<20 {
			break
		}
		raw = append(raw, cols[:width])
		if x.budget.preview > 0 && len(raw) >= x.budget.preview {
			break
		}
	}
	if err := rows.Error(); err != nil {
		return nil, fmt.Errorf("sheet %q can't be read (%v): %w", x.name, err, reform.ErrInvalid)
	}
	raw = raw[:last]
	s.Rows = make([][]Cell, len(raw))
	for i, cols := range raw {
		row := make([]Cell, len(cols))
		for j, text := range cols {
			if text == "" {
				continue
			}
			if row[j], err = x.cell(i, j, text); err != nil {
				return nil, err
			}
		}
		s.Rows[i] = trim(row)
	}
	merged, err := x.f.GetMergeCells(x.name, true)
	if err != nil {
		// This call decodes the whole sheet, so it also finds XML that the row reader stopped at in silence.
		return nil, fmt.Errorf("sheet %q is damaged (%v): open the workbook in a spreadsheet program and save it again: %w", x.name, err, reform.ErrInvalid)
	}
	for _, m := range merged {
		c1, r1, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		c2, r2, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 == nil && err2 == nil && len(s.Merged) < 10_000 {
			s.Merged = append(s.Merged, Range{r1 - 1, c1 - 1, r2 - 1, c2 - 1})
		}
	}
	return s, nil
}

// cell types the raw text of a cell. The row reader hands over text only, and
// whether "1.745" was typed as text or is a number decides what it means.
func (x *xlsxSheet) cell(row, col int, raw string) (Cell, error) {
	ref := Ref(row, col)
	kind, err := x.f.GetCellType(x.name, ref)
	if err != nil {
		return Cell{}, fmt.Errorf("sheet %q is damaged (%v): open the workbook in a spreadsheet program and save it again: %w", x.name, err, reform.ErrInvalid)
	}
	switch kind {
	case excelize.CellTypeUnset, excelize.CellTypeNumber:
		f, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
		if err != nil {
			break // the reader resolved a text after all
		}
		how, err := x.showing(ref)
		if err != nil {
			return Cell{}, err
		}
		return how.cell(f, x.from1904), nil
	case excelize.CellTypeBool:
		return Cell{Kind: Bool, Text: raw}, nil
	case excelize.CellTypeError:
		return Cell{Kind: Error, Text: raw}, nil
	case excelize.CellTypeDate:
		return Cell{Kind: Date, Text: raw}, nil
	case excelize.CellTypeFormula: // a formula whose result is text
		if strings.HasPrefix(raw, "#") && strings.HasSuffix(raw, "!") || raw == "#N/A" || raw == "#NAME?" {
			return Cell{Kind: Error, Text: raw}, nil
		}
	}
	text, err := x.budget.text(raw)
	return textCell(text), err
}

func (x *xlsxSheet) showing(ref string) (showing, error) {
	id, err := x.f.GetCellStyle(x.name, ref)
	if err != nil {
		return plain, fmt.Errorf("sheet %q, cell %s: style (%v): %w", x.name, ref, err, reform.ErrInvalid)
	}
	if id == 0 {
		return plain, nil
	}
	how, known := x.shown[id]
	if !known {
		if st, err := x.f.GetStyle(id); err == nil && st != nil {
			how = builtIn(st.NumFmt)
			if st.CustomNumFmt != nil {
				how = formatCode(*st.CustomNumFmt)
			}
		}
		x.shown[id] = how
	}
	return how, nil
}

// showing is how a number format shows a number.
type showing uint8

const (
	plain showing = iota
	asDate
	asPercent
)

// cell is a number as its format shows it.
func (how showing) cell(f float64, from1904 bool) Cell {
	switch how {
	case asDate:
		return dateCell(f, from1904)
	case asPercent:
		return numberCell(f * 100)
	}
	return numberCell(f)
}

// builtIn is how one of Excel's built-in number formats shows a number.
func builtIn(id int) showing {
	switch {
	case id == 9 || id == 10:
		return asPercent
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id >= 50 && id <= 54, id == 57, id == 58:
		return asDate
	}
	return plain
}

// formatCode is how a custom number format shows a number: as a date where it has a
// year or a day outside of quotes, brackets and escapes, as per cent where it has that sign.
func formatCode(code string) showing {
	inQuote, inBracket := false, false
	how := plain
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			inQuote = !inQuote
		case inQuote:
		case c == '[':
			inBracket = true
		case c == ']':
			inBracket = false
		case inBracket:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == 'y' || c == 'Y' || c == 'd' || c == 'D':
			return asDate
		case c == '%':
			how = asPercent
		}
	}
	return how
}

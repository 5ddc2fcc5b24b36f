package sheet

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"chiso/ingest/parse"
)

// sharedStrings reads the table of texts that cells point to.
func (x *xlsxBook) sharedStrings(part string) error {
	return x.walk(part, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local != "si" {
			return false, nil
		}
		s, err := x.richText(d)
		if err != nil {
			return true, err
		}
		if s, err = x.budget.text(s); err != nil {
			return true, err
		}
		x.strings = append(x.strings, s)
		if len(x.strings) > x.budget.lim.Cells {
			return true, parse.TooLarge("the workbook", int64(len(x.strings)), int64(x.budget.lim.Cells), "texts")
		}
		return true, nil
	})
}

// richText reads the text within an element to its end: all runs, without phonetic guides.
func (x *xlsxBook) richText(d *xml.Decoder) (string, error) {
	var text string
	var more *strings.Builder
	depth, inText, guide := 1, 0, 0
	for {
		token, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch t.Name.Local {
			case "t":
				inText++
			case "rPh":
				guide++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText--
			case "rPh":
				guide--
			}
			if depth--; depth == 0 {
				if more != nil {
					text = more.String()
				}
				return unescape(text), nil
			}
		case xml.CharData:
			if inText <= 0 || guide > 0 {
				continue
			}
			switch {
			case more != nil:
				more.Write(t)
			case text == "":
				text = string(t)
			default:
				more = &strings.Builder{}
				more.WriteString(text)
				more.Write(t)
			}
			if len(text) > x.budget.lim.CellBytes || more != nil && more.Len() > x.budget.lim.CellBytes {
				return "", parse.TooLarge("a cell", int64(len(text)), int64(x.budget.lim.CellBytes), "bytes of text")
			}
		}
	}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape reads characters that XML can't hold as workbooks write them: "_x000D_".
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:6], 16, 16)
		if err != nil {
			return e
		}
		return string(rune(n))
	})
}

// styles reads how cell formats show numbers.
func (x *xlsxBook) styles(part string) error {
	own := map[int]showing{}
	inCells := false
	return x.walk(part, func(_ *xml.Decoder, e xml.StartElement) (bool, error) {
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attrOf(e, "numFmtId")); err == nil {
				own[id] = formatCode(attrOf(e, "formatCode"))
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inCells = false
		case "xf":
			if !inCells {
				return false, nil
			}
			id, _ := strconv.Atoi(attrOf(e, "numFmtId")) // none is the general format
			how, ok := own[id]
			if !ok {
				how = builtIn(id)
			}
			x.shown = append(x.shown, how)
		}
		return false, nil
	})
}

// lastRow and lastColumn are the bounds of the grid of Excel.
const (
	lastRow    = 1 << 20
	lastColumn = 1 << 14
)

// sheet reads the cells of one sheet.
func (x *xlsxBook) sheet(s *Sheet, part string) error {
	row := -1
	var cells []Cell
	flush := func() error {
		if row < 0 {
			return nil
		}
		filled := 0
		for _, c := range cells {
			if c.Kind != Empty {
				filled++
			}
		}
		if filled == 0 {
			return nil
		}
		trimmed := trim(cells)
		if err := x.budget.row(s.Name, row, len(trimmed), filled); err != nil {
			return err
		}
		for len(s.Rows) <= row {
			s.Rows = append(s.Rows, nil)
		}
		if s.Rows[row] != nil { // to keep the last would lose the first in silence
			return damagedXLSX(fmt.Sprintf("sheet %q has row %d twice", s.Name, row+1))
		}
		s.Rows[row] = append([]Cell(nil), trimmed...)
		return nil
	}
	next := 0 // column of a cell without an address
	err := x.walk(part, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		switch e.Name.Local {
		case "row":
			if err := flush(); err != nil {
				return false, err
			}
			cells = cells[:0]
			next = 0
			row++
			if r := attrOf(e, "r"); r != "" {
				n, err := strconv.Atoi(r)
				if err != nil || n < 1 || n > lastRow {
					return false, damagedXLSX(fmt.Sprintf("sheet %q has a row %q", s.Name, parse.Shorten(r, 20)))
				}
				row = n - 1
			}
			if x.budget.preview > 0 && row >= x.budget.preview {
				row = -1
				return false, errEnough
			}
		case "c":
			if row < 0 {
				return false, nil
			}
			col := next
			if ref := attrOf(e, "r"); ref != "" {
				c, ok := columnOf(ref)
				if !ok {
					return false, damagedXLSX(fmt.Sprintf("sheet %q has a cell %q", s.Name, parse.Shorten(ref, 20)))
				}
				col = c
			}
			next = col + 1
			cell, err := x.cell(d, attrOf(e, "t"), attrOf(e, "s"))
			if err != nil || cell.Kind == Empty {
				return true, err
			}
			for len(cells) <= col {
				cells = append(cells, Cell{})
			}
			if cells[col].Kind != Empty {
				return false, damagedXLSX(fmt.Sprintf("sheet %q has the cell %s twice", s.Name, Ref(row, col)))
			}
			cells[col] = cell
			return true, nil
		case "mergeCell":
			from, to, _ := strings.Cut(attrOf(e, "ref"), ":")
			c1, ok1 := columnOf(from)
			c2, ok2 := columnOf(to)
			r1, r2 := rowOf(from), rowOf(to)
			if ok1 && ok2 && r1 >= 0 && r2 >= 0 && len(s.Merged) < 10_000 {
				s.Merged = append(s.Merged, Range{r1, c1, r2, c2})
			}
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// columnOf is the column of an address, "AB7", counted from 0.
func columnOf(ref string) (int, bool) {
	n, i := 0, 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1, n > 0 && n <= lastColumn
}

// rowOf is the row of an address counted from 0, or -1.
func rowOf(ref string) int {
	i := strings.IndexAny(ref, "0123456789")
	if i < 0 {
		return -1
	}
	n, err := strconv.Atoi(ref[i:])
	if err != nil || n < 1 || n > lastRow {
		return -1
	}
	return n - 1
}

// cell reads a cell to its end.
func (x *xlsxBook) cell(d *xml.Decoder, kind, style string) (Cell, error) {
	var value []byte
	var inline string
	hasValue, formula := false, false
	for depth, in := 1, ""; depth > 0; {
		token, err := d.RawToken()
		if err != nil {
			return Cell{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "is" {
				if inline, err = x.richText(d); err != nil {
					return Cell{}, err
				}
				continue
			}
			depth++
			in = t.Name.Local
			formula = formula || in == "f"
		case xml.EndElement:
			depth--
			in = ""
		case xml.CharData:
			if in == "v" {
				hasValue = true
				value = append(value, t...)
				if len(value) > x.budget.lim.CellBytes {
					return Cell{}, parse.TooLarge("a cell", int64(len(value)), int64(x.budget.lim.CellBytes), "bytes of text")
				}
			}
		}
	}
	if kind == "inlineStr" {
		text, err := x.budget.text(inline)
		return textCell(text), err
	}
	raw := strings.TrimSpace(string(value))
	if !hasValue || raw == "" && kind != "str" {
		if formula && !hasValue && kind != "str" {
			// A program wrote the formula and nothing computed it: that is no empty cell.
			return Cell{Kind: Error, Text: "#FORMULA"}, nil
		}
		return Cell{}, nil
	}
	switch kind {
	case "s":
		i, err := strconv.Atoi(raw)
		if err != nil || i < 0 || i >= len(x.strings) {
			return Cell{}, fmt.Errorf("a cell points to text %q of %d", parse.Shorten(raw, 20), len(x.strings))
		}
		return textCell(x.strings[i]), nil
	case "str":
		text, err := x.budget.text(unescape(string(value)))
		if err != nil {
			return Cell{}, err
		}
		if strings.HasPrefix(text, "#") && strings.HasSuffix(text, "!") || text == "#N/A" || text == "#NAME?" {
			return Cell{Kind: Error, Text: text}, nil
		}
		return textCell(text), nil
	case "b":
		return Cell{Kind: Bool, Text: map[bool]string{true: "TRUE", false: "FALSE"}[isTrue(raw)]}, nil
	case "e":
		return Cell{Kind: Error, Text: parse.Shorten(raw, 20)}, nil
	case "d":
		return Cell{Kind: Date, Text: strings.TrimSuffix(raw, "T00:00:00")}, nil
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return Cell{}, fmt.Errorf("a cell of numbers holds %q", parse.Shorten(raw, 20))
	}
	how := plain
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(x.shown) {
		how = x.shown[i]
	}
	return how.cell(f, x.from1904), nil
}

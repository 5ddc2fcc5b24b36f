package word

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
)

// table reads one table; tables within its cells follow it as tables of their own.
func (w *docReader) table(out *[]block, nest int) error {
	if nest >= maxNest {
		return fmt.Errorf("the Word document has tables more than %d deep: %w", maxNest, reform.ErrTooLarge)
	}
	t := &docTable{sheet: &sheet.Sheet{}}
	var inner []block
	open := map[int]int{} // column to the index of its merged block that may go on
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return cut(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "tr":
			if err := w.row(t, open, &inner, nest); err != nil {
				return err
			}
		case "tblPr", "tblGrid", "Fallback":
			if err := w.skip(); err != nil {
				return err
			}
		}
	}
	t.sheet.Merged = slices.DeleteFunc(t.sheet.Merged, func(m sheet.Range) bool { return m.Row == m.LastRow && m.Col == m.LastCol })
	*out = append(*out, block{table: t})
	*out = append(*out, inner...)
	return nil
}

func (w *docReader) row(t *docTable, open map[int]int, inner *[]block, nest int) error {
	at := len(t.sheet.Rows)
	if at >= w.lim.Rows {
		return parse.TooLarge("a table of the Word document", int64(at+1), int64(w.lim.Rows), "rows")
	}
	var row []sheet.Cell
	var merges []sheet.Range
	going := map[int]int{}
	dropped := false
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return cut(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "gridBefore":
			row = append(row, make([]sheet.Cell, span(value(el), 0))...)
		case "del":
			dropped = true // a row that a tracked change deleted
		case "trPrChange", "Fallback", "tblPrEx":
			if err := w.skip(); err != nil {
				return err
			}
		case "tc":
			c, err := w.cell(inner, nest)
			if err != nil {
				return err
			}
			col := len(row)
			if w.cells += c.span; w.cells > w.lim.Cells {
				return parse.TooLarge("the Word document", int64(w.cells), int64(w.lim.Cells), "cells")
			}
			if col+c.span > w.lim.Columns {
				return parse.TooLarge("a table of the Word document", int64(col+c.span), int64(w.lim.Columns), "columns")
			}
			row = append(row, make([]sheet.Cell, c.span)...)
			switch {
			case c.merge == "continue":
				if i, ok := open[col]; ok {
					going[col] = i
					break
				}
				row[col] = c.cell
			default:
				row[col] = c.cell
				if c.span > 1 || c.merge == "restart" {
					merges = append(merges, sheet.Range{Row: at, Col: col, LastRow: at, LastCol: col + c.span - 1})
					if c.merge == "restart" {
						going[col] = len(t.sheet.Merged) + len(merges) - 1
					}
				}
			}
		}
	}
	if dropped {
		w.doc.deleted++
		return nil
	}
	t.sheet.Merged = append(t.sheet.Merged, merges...)
	clear(open)
	for c, i := range going {
		open[c] = i
		t.sheet.Merged[i].LastRow = at
	}
	t.sheet.Rows = append(t.sheet.Rows, row)
	return nil
}

// docCell is one cell with what it is merged with.
type docCell struct {
	cell  sheet.Cell
	span  int
	merge string // "", "restart", "continue"
}

func (w *docReader) cell(inner *[]block, nest int) (docCell, error) {
	c := docCell{span: 1}
	var blocks []block
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return c, cut(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "gridSpan":
			c.span = max(1, span(value(el), 1))
		case "vMerge":
			if c.merge = "continue"; value(el) == "restart" {
				c.merge = "restart"
			}
		case "p":
			if err := w.paragraph(&blocks, nest); err != nil {
				return c, err
			}
		case "tbl":
			if err := w.table(&blocks, nest+1); err != nil {
				return c, err
			}
		case "tcPrChange", "Fallback", "del", "moveFrom":
			if err := w.skip(); err != nil {
				return c, err
			}
		}
	}
	var texts []string
	n := 0
	for _, b := range blocks {
		if b.table != nil {
			*inner = append(*inner, b)
			continue
		}
		texts = append(texts, b.text)
		n += len(b.text)
	}
	if n > w.lim.CellBytes {
		// A table that lays out a page: its text is prose.
		for _, text := range texts {
			*inner = append(*inner, block{text: text})
		}
		return c, nil
	}
	if text := strings.Join(texts, " "); text != "" {
		c.cell = sheet.Cell{Kind: sheet.Text, Text: text}
	}
	return c, nil
}

func span(s string, missing int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return missing
	}
	return min(n, maxSpan)
}

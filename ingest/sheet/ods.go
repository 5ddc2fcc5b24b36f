package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
)

// An OpenDocument spreadsheet is a zip file whose part content.xml holds all
// sheets. Rows and cells that repeat are written once with a count, and the counts
// of formatted but empty cells reach to the edge of the grid (1,048,576 rows): only
// what holds something is ever laid out.

// odsMIME is what the first part of an OpenDocument spreadsheet says.
const odsMIME = "application/vnd.oasis.opendocument.spreadsheet"

// isODS reports whether a zip file is an OpenDocument spreadsheet.
func isODS(in parse.Input) bool {
	z, err := zip.NewReader(in.File, in.Size)
	if err != nil || len(z.File) > odsParts {
		return false
	}
	for _, p := range z.File {
		if p.Name != "mimetype" {
			continue
		}
		rc, err := p.Open()
		if err != nil {
			return false
		}
		defer rc.Close()
		b, err := io.ReadAll(io.LimitReader(rc, 200))
		return err == nil && strings.HasPrefix(strings.TrimSpace(string(b)), odsMIME)
	}
	return false
}

const odsParts = 20_000

func openODS(in parse.Input, b *budget) (*Workbook, error) {
	z, err := zip.NewReader(in.File, in.Size)
	if err != nil {
		return nil, fmt.Errorf("the workbook is cut off or damaged (%v): download or save it again: %w", err, reform.ErrInvalid)
	}
	for _, p := range z.File {
		switch p.Name {
		case "META-INF/manifest.xml":
			if locked, err := odsLocked(p, b.lim); err != nil {
				return nil, err
			} else if locked {
				return nil, fmt.Errorf("the workbook is locked with a password: save it without one: %w", reform.ErrInvalid)
			}
		case "content.xml":
			rc, err := p.Open()
			if err != nil {
				return nil, odsDamaged(err)
			}
			defer rc.Close()
			limit := min(b.lim.Part, b.lim.Unzipped)
			c := &counted{r: rc, left: limit, ratio: b.lim.Ratio, packed: int64(p.CompressedSize64)}
			r := &odsReader{budget: b, dec: xml.NewDecoder(c), wb: &Workbook{Format: "ods"}}
			if err := r.read(); err != nil {
				if c.err != nil {
					return nil, c.err
				}
				return nil, err
			}
			return r.wb, nil
		}
	}
	return nil, notA("an OpenDocument file without content: save it again")
}

func odsDamaged(err error) error {
	if errors.Is(err, reform.ErrInvalid) || errors.Is(err, reform.ErrTooLarge) {
		return err
	}
	return fmt.Errorf("the OpenDocument workbook is damaged (%v): open it in a spreadsheet program and save it again: %w", err, reform.ErrInvalid)
}

func odsLocked(p *zip.File, lim parse.Limits) (bool, error) {
	rc, err := p.Open()
	if err != nil {
		return false, odsDamaged(err)
	}
	defer rc.Close()
	text, err := io.ReadAll(io.LimitReader(rc, min(lim.Part, 1<<20)))
	if err != nil {
		return false, odsDamaged(err)
	}
	return strings.Contains(string(text), "encryption-data"), nil
}

// counted stops a part that unpacks to more than a document can be.
type counted struct {
	r             io.Reader
	n, left       int64
	ratio, packed int64
	err           error
}

func (c *counted) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.left {
		c.err = parse.TooLarge("part content.xml of the workbook", c.n, c.left, "bytes unpacked")
		return 0, c.err
	}
	if c.n > 1<<20 && c.n > c.ratio*max(c.packed, 1) {
		c.err = fmt.Errorf("part content.xml of the workbook unpacks to %d times its size, over the limit of %d, as only a trap does: %w", c.n/max(c.packed, 1), c.ratio, reform.ErrTooLarge)
		return 0, c.err
	}
	return n, err
}

type odsReader struct {
	budget *budget
	dec    *xml.Decoder
	wb     *Workbook
	hidden map[string]bool // table styles that hide their sheet
}

func (r *odsReader) read() error {
	r.hidden = map[string]bool{}
	style, spreadsheet := "", false
	for {
		tok, err := r.dec.Token()
		if err == io.EOF {
			if !spreadsheet {
				return notA("an OpenDocument file without a spreadsheet")
			}
			return nil
		}
		if err != nil {
			return odsDamaged(err)
		}
		t, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch t.Name.Local {
		case "style":
			style = odsAttr(t, "name")
		case "table-properties":
			if odsAttr(t, "display") == "false" {
				r.hidden[style] = true
			}
		case "spreadsheet":
			spreadsheet = true
		case "tracked-changes", "forms", "shapes":
			if err := r.dec.Skip(); err != nil {
				return odsDamaged(err)
			}
		case "table":
			if len(r.wb.Sheets) >= r.budget.lim.Sheets {
				return parse.TooLarge("the workbook", int64(len(r.wb.Sheets)+1), int64(r.budget.lim.Sheets), "sheets")
			}
			s := &Sheet{Name: odsAttr(t, "name"), Hidden: r.hidden[odsAttr(t, "style-name")]}
			r.wb.Sheets = append(r.wb.Sheets, s)
			if err := r.table(s); err != nil {
				return err
			}
		}
	}
}

func odsAttr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// repeat is a count of an attribute, at least 1.
func repeat(t xml.StartElement, name string) int {
	n, err := strconv.Atoi(odsAttr(t, name))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1<<24)
}

// table reads one sheet up to its end element. Row groups and header rows are only wrappers.
func (r *odsReader) table(s *Sheet) error {
	next := 0 // the row that comes
	for depth := 0; ; {
		tok, err := r.dec.Token()
		if err != nil {
			return odsDamaged(err)
		}
		switch t := tok.(type) {
		case xml.EndElement:
			if depth--; depth < 0 {
				return nil
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "table-row":
				row, filled, err := r.row(s, next)
				if err != nil {
					return err
				}
				times := repeat(t, "number-rows-repeated")
				if filled > 0 && (r.budget.preview == 0 || next < r.budget.preview) {
					for range times {
						if err := r.budget.row(s.Name, next, len(row), filled); err != nil {
							return err
						}
						for len(s.Rows) < next {
							s.Rows = append(s.Rows, nil)
						}
						s.Rows = append(s.Rows, row)
						next++
					}
				} else {
					next += times
				}
				if next > 1<<26 {
					return parse.TooLarge("sheet "+strconv.Quote(s.Name), int64(next), int64(r.budget.lim.Rows), "rows")
				}
			case "table-row-group", "table-header-rows", "table-rows":
				depth++
			default:
				if err := r.dec.Skip(); err != nil {
					return odsDamaged(err)
				}
			}
		}
	}
}

// row reads the cells of a row up to its end element.
func (r *odsReader) row(s *Sheet, at int) (row []Cell, filled int, err error) {
	next := 0
	for {
		tok, err := r.dec.Token()
		if err != nil {
			return nil, 0, odsDamaged(err)
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return row, filled, nil
		case xml.StartElement:
			covered := t.Name.Local == "covered-table-cell"
			if t.Name.Local != "table-cell" && !covered {
				if err := r.dec.Skip(); err != nil {
					return nil, 0, odsDamaged(err)
				}
				continue
			}
			times := repeat(t, "number-columns-repeated")
			c, err := r.cell(t)
			if err != nil {
				return nil, 0, err
			}
			spanRows, spanCols := repeat(t, "number-rows-spanned"), repeat(t, "number-columns-spanned")
			if (spanRows > 1 || spanCols > 1) && len(s.Merged) < 10_000 {
				s.Merged = append(s.Merged, Range{at, next, at + spanRows - 1, next + spanCols - 1})
			}
			if c.Kind == Empty || covered {
				next += times
				continue
			}
			if next+times > r.budget.lim.Columns {
				return nil, 0, parse.TooLarge("sheet "+strconv.Quote(s.Name), int64(next+times), int64(r.budget.lim.Columns), "columns")
			}
			for len(row) < next {
				row = append(row, Cell{})
			}
			for range times {
				row = append(row, c)
				filled++
				next++
			}
		}
	}
}

// cell reads one cell up to its end element.
func (r *odsReader) cell(t xml.StartElement) (Cell, error) {
	text, err := r.text()
	if err != nil {
		return Cell{}, err
	}
	value := odsAttr(t, "value")
	switch odsAttr(t, "value-type") {
	case "float", "currency":
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			return numberCell(f), nil
		}
	case "percentage":
		if f, err := strconv.ParseFloat(value, 64); err == nil {
			return numberCell(f * 100), nil
		}
	case "boolean":
		return Cell{Kind: Bool, Text: strings.ToUpper(odsAttr(t, "boolean-value"))}, nil
	case "date":
		return odsDate(odsAttr(t, "date-value"), text), nil
	case "string":
		// The shown text is what a person saw; the attribute stands in where it is missing.
		if v := odsAttr(t, "string-value"); v != "" && text == "" {
			text = v
		}
	}
	if strings.HasPrefix(text, "#") && (strings.HasSuffix(text, "!") || text == "#N/A" || text == "#NAME?") || strings.HasPrefix(text, "Err:") {
		return Cell{Kind: Error, Text: text}, nil
	}
	if text, err = r.budget.text(text); err != nil {
		return Cell{}, err
	}
	return textCell(text), nil
}

func odsDate(value, shown string) Cell {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05"} {
		if d, err := time.Parse(layout, value); err == nil {
			return Cell{Kind: Date, Text: value, Float: d.Sub(epoch).Hours() / 24}
		}
	}
	return textCell(shown)
}

// text is the text of the paragraphs of a cell, up to its end element. Notes are left behind.
func (r *odsReader) text() (string, error) {
	var b strings.Builder
	paragraphs := 0
	for depth := 0; ; {
		tok, err := r.dec.Token()
		if err != nil {
			return "", odsDamaged(err)
		}
		switch t := tok.(type) {
		case xml.CharData:
			if depth > 0 {
				b.Write(t)
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return b.String(), nil
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "annotation", "frame", "detective", "table":
				if err := r.dec.Skip(); err != nil {
					return "", odsDamaged(err)
				}
				continue
			case "p":
				if paragraphs++; paragraphs > 1 {
					b.WriteByte('\n')
				}
			case "s":
				b.WriteString(strings.Repeat(" ", min(repeat(t, "c"), 100)))
			case "tab":
				b.WriteByte('\t')
			case "line-break":
				b.WriteByte('\n')
			}
			depth++
		}
		if b.Len() > r.budget.lim.CellBytes {
			return "", parse.TooLarge("a cell", int64(b.Len()), int64(r.budget.lim.CellBytes), "bytes of text")
		}
	}
}

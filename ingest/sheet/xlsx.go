package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"chiso/ingest/parse"
	"chiso/reform"
)

// The sheets of an .xlsx are read straight from its parts. excelize, which writes
// our workbooks, was tried for reading: its stream of rows does not say whether
// "1.745" is a number or was typed as text, and ends in silence at broken XML; asking it
// for types took 23 s and 850 MB for 1.2 million cells, where this takes under 3 s.

func openXLSX(in parse.Input, b *budget) (*Workbook, error) {
	z, err := checkZip(in, b)
	if err != nil {
		return nil, err
	}
	x := &xlsxBook{budget: b, parts: map[string]*zip.File{}}
	for _, p := range z.File {
		x.parts[partName(p.Name)] = p
	}
	return x.read()
}

func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(s, "\\", "/")), "/"))
}

// checkZip unpacks every part once, counting: the sizes that a zip file declares can lie.
func checkZip(in parse.Input, b *budget) (*zip.Reader, error) {
	lim := b.lim
	z, err := zip.NewReader(in.File, in.Size)
	if err != nil {
		return nil, fmt.Errorf("the workbook is cut off or damaged (%v): download or save it again: %w", err, reform.ErrInvalid)
	}
	var total int64
	kind := ""
	if len(z.File) > maxParts {
		return nil, parse.TooLarge("the workbook", int64(len(z.File)), maxParts, "parts")
	}
	for _, p := range z.File {
		switch name := partName(p.Name); {
		case strings.HasSuffix(name, "workbook.xml"):
			kind = "xlsx"
		case name == "xl/workbook.bin":
			return nil, notA("a binary workbook (.xlsb): save it as .xlsx")
		case strings.HasPrefix(name, "word/"):
			return nil, notA("a Word document")
		case strings.HasPrefix(name, "ppt/"):
			return nil, notA("a PowerPoint file")
		case name == "content.xml" && kind == "":
			kind = "ods"
		}
		if err := b.ctx.Err(); err != nil {
			return nil, err
		}
		rc, err := p.Open()
		if err != nil {
			return nil, fmt.Errorf("part %s of the workbook can't be unpacked (%v): download or save it again: %w", p.Name, err, reform.ErrInvalid)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(rc, lim.Part+1))
		_ = rc.Close()
		if n > lim.Part {
			return nil, parse.TooLarge("part "+p.Name+" of the workbook", n, lim.Part, "bytes unpacked")
		}
		if err != nil {
			return nil, fmt.Errorf("part %s of the workbook is damaged (%v): download or save it again: %w", p.Name, err, reform.ErrInvalid)
		}
		if total += n; total > lim.Unzipped {
			return nil, parse.TooLarge("the workbook", total, lim.Unzipped, "bytes unpacked")
		}
		if c := int64(p.CompressedSize64); n > 1<<20 && n > lim.Ratio*max(c, 1) {
			return nil, fmt.Errorf("part %s of the workbook unpacks to %d times its size, over the limit of %d, as only a trap does: %w", p.Name, n/max(c, 1), lim.Ratio, reform.ErrTooLarge)
		}
	}
	switch kind {
	case "ods":
		return nil, notA("an OpenDocument file: save it as .xlsx")
	case "":
		return nil, notA("a zip archive without a workbook: unpack it first")
	}
	return z, nil
}

// maxParts is far over what a workbook with 300 sheets and their drawings has.
const maxParts = 20_000

type xlsxBook struct {
	budget   *budget
	parts    map[string]*zip.File
	from1904 bool
	strings  []string
	shown    []showing // by cell format
}

func (x *xlsxBook) read() (*Workbook, error) {
	main := "xl/workbook.xml"
	rels, err := x.relations("_rels/.rels", "")
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			main = r.target
		}
	}
	sheets, err := x.sheets(main)
	if err != nil {
		return nil, err
	}
	if len(sheets) > x.budget.lim.Sheets {
		return nil, parse.TooLarge("the workbook", int64(len(sheets)), int64(x.budget.lim.Sheets), "sheets")
	}
	dir, base := path.Split(main)
	rels, err = x.relations(dir+"_rels/"+base+".rels", dir)
	if err != nil {
		return nil, err
	}
	byID := map[string]relation{}
	for _, r := range rels {
		byID[r.id] = r
		switch {
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			err = x.sharedStrings(r.target)
		case strings.HasSuffix(r.kind, "/styles"):
			err = x.styles(r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	wb := &Workbook{Format: "xlsx"}
	for _, entry := range sheets {
		r, ok := byID[entry.rel]
		if ok && !strings.HasSuffix(r.kind, "/worksheet") {
			continue // a chart sheet holds no cells
		}
		if !ok || x.parts[r.target] == nil {
			return nil, damagedXLSX(fmt.Sprintf("sheet %q is missing", entry.name))
		}
		s := &Sheet{Name: entry.name, Hidden: entry.hidden}
		if err := x.sheet(s, r.target); err != nil {
			return nil, err
		}
		wb.Sheets = append(wb.Sheets, s)
	}
	return wb, nil
}

func damagedXLSX(why string) error {
	return fmt.Errorf("the workbook is damaged (%s): open it in a spreadsheet program and save it again: %w", why, reform.ErrInvalid)
}

// element is called at the beginning of every element. It says whether it read the
// element to its end; what it does not read is passed over.
type element func(d *xml.Decoder, e xml.StartElement) (consumed bool, err error)

// errEnough ends the reading of a part before its end.
var errEnough = errors.New("enough")

// walk reads a part. Names are compared without their prefixes: writers choose them
// freely. A part that ends within an element is damaged, never just shorter.
func (x *xlsxBook) walk(part string, visit element) error {
	p := x.parts[part]
	if p == nil {
		return nil
	}
	rc, err := p.Open()
	if err != nil {
		return damagedXLSX(fmt.Sprintf("%s: %v", part, err))
	}
	defer rc.Close()
	d := xml.NewDecoder(rc)
	depth := 0
	for {
		token, err := d.RawToken()
		if err == io.EOF && depth == 0 {
			return nil
		}
		if err != nil {
			return damagedXLSX(fmt.Sprintf("%s: %v", part, eof(err)))
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			consumed, err := visit(d, t)
			if errors.Is(err, errEnough) {
				return nil
			}
			if err != nil {
				if errors.Is(err, reform.ErrInvalid) || errors.Is(err, reform.ErrTooLarge) || x.budget.ctx.Err() != nil {
					return err
				}
				return damagedXLSX(fmt.Sprintf("%s: %v", part, eof(err)))
			}
			if consumed {
				depth--
			}
		case xml.EndElement:
			depth--
		}
	}
}

func eof(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func attrOf(e xml.StartElement, local string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == local {
			return e.Attr[i].Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

type relation struct{ id, kind, target string }

func (x *xlsxBook) relations(part, dir string) ([]relation, error) {
	var out []relation
	err := x.walk(strings.ToLower(part), func(_ *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local == "Relationship" && len(out) < maxParts {
			target := strings.ReplaceAll(attrOf(e, "Target"), "\\", "/")
			if !strings.HasPrefix(target, "/") {
				target = dir + target
			}
			out = append(out, relation{attrOf(e, "Id"), attrOf(e, "Type"), partName(target)})
		}
		return false, nil
	})
	return out, err
}

type sheetEntry struct {
	name, rel string
	hidden    bool
}

func (x *xlsxBook) sheets(part string) ([]sheetEntry, error) {
	if x.parts[part] == nil {
		return nil, damagedXLSX("the list of sheets is missing")
	}
	var out []sheetEntry
	err := x.walk(part, func(_ *xml.Decoder, e xml.StartElement) (bool, error) {
		switch e.Name.Local {
		case "workbookPr":
			x.from1904 = isTrue(attrOf(e, "date1904"))
		case "sheet":
			name, err := x.budget.text(attrOf(e, "name"))
			if err != nil {
				return false, err
			}
			entry := sheetEntry{name: name, hidden: attrOf(e, "state") == "hidden" || attrOf(e, "state") == "veryHidden"}
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" { // r:id, whatever the prefix; sheetId has another name
					entry.rel = a.Value
				}
			}
			out = append(out, entry)
		}
		return false, nil
	})
	return out, err
}

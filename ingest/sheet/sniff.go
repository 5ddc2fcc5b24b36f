package sheet

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"

	"chiso/ingest/parse"
	"chiso/reform"
)

// magic are beginnings of files that people hand over by mistake, often under
// the name of a workbook.
var magic = []struct{ prefix, what string }{
	{"\x89PNG\r\n\x1a\n", "a PNG picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"GIF8", "a GIF picture"},
	{"%PDF-", "a PDF document"},
	{"\x1f\x8b", "a gzip archive: unpack it first"},
	{"Rar!", "a RAR archive: unpack it first"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it first"},
	{"{\\rtf", "an RTF text"},
	{"RIFF", "a sound or video file"},
	{"\x7fELF", "a program"},
	{"MZ\x90", "a program"},
}

// Sniff tells by the first bytes whether a file is "xlsx" (any zip), "xls" (any
// OLE compound file) or "csv" (any text); anything else is refused by name.
func Sniff(head []byte) (string, error) {
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return "", notA(m.what)
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "xlsx", nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "xls", nil
	}
	enc := detectUTF16(head)
	text := head
	if enc == nil && bytes.IndexByte(head, 0) >= 0 {
		return "", notA("a binary file of an unknown kind")
	}
	if enc != nil {
		if dec, err := enc.NewDecoder().Bytes(head[:len(head)&^1]); err == nil {
			text = dec
		}
	}
	start := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(text[:min(len(text), 2048)]), "\ufeff"), " \t\r\n"))
	switch {
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<table"):
		return "", notA("an HTML page (some portals call it .xls): open it in a spreadsheet program and save it as .xlsx")
	case strings.HasPrefix(start, "<?xml") && strings.Contains(start, "urn:schemas-microsoft-com:office:spreadsheet"):
		return "", notA("an XML spreadsheet of Excel 2003: open it in a spreadsheet program and save it as .xlsx")
	case strings.HasPrefix(start, "<?xml"):
		return "", notA("an XML document")
	case strings.HasPrefix(start, "{"), strings.HasPrefix(start, "[{"):
		return "", notA("a JSON document")
	}
	return "csv", nil
}

func notA(what string) error {
	return fmt.Errorf("the file is not a workbook or a table in text, it is %s: %w", what, reform.ErrInvalid)
}

// PreviewRows is how many rows of each sheet a preview holds.
const PreviewRows = 40

// previewColumns is how many columns a preview holds.
const previewColumns = 80

// NewProbe is the probe of a document for kind detection. Its preview is read
// once, at the first call.
func NewProbe(ctx context.Context, in parse.Input) (parse.Probe, error) {
	p := parse.Probe{Name: in.Name, Size: in.Size}
	head, err := readHead(in)
	if err != nil {
		return p, err
	}
	p.Head = head
	p.Preview = sync.OnceValues(func() (parse.Preview, error) {
		wb, err := open(ctx, in, PreviewRows)
		if err != nil {
			return parse.Preview{}, err
		}
		return wb.preview(), nil
	})
	return p, nil
}

func (wb *Workbook) preview() parse.Preview {
	v := parse.Preview{Format: wb.Format}
	for _, s := range wb.Sheets {
		sp := parse.SheetPreview{Name: s.Name}
		for i, r := range s.Rows {
			if i == PreviewRows {
				break
			}
			row := make([]string, min(len(r), previewColumns))
			for j := range row {
				row[j] = r[j].Text
			}
			sp.Rows = append(sp.Rows, row)
		}
		v.Sheets = append(v.Sheets, sp)
	}
	return v
}

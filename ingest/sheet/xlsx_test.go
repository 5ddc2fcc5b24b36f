package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest/parse"
	"chiso/reform"
)

// parts makes a workbook of hand-written parts: what other writers than excelize make.
func parts(t testing.TB, sheet, strings string) []byte {
	t.Helper()
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range [][2]string{
		{"_rels/.rels", head + `<Relationships><Relationship Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/xl/book/workbook.xml"/></Relationships>`},
		{`xl\book\workbook.xml`, head + `<x:workbook xmlns:x="a" xmlns:q="b"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="Một" sheetId="7" q:id="s1"/><x:sheet name="Ẩn" state="hidden" sheetId="8" q:id="s1"/><x:sheet name="Hình" sheetId="9" q:id="c1"/></x:sheets></x:workbook>`},
		{"xl/book/_rels/workbook.xml.rels", head + `<Relationships><Relationship Id="s1" Type="x/worksheet" Target="..\sheets/1.xml"/><Relationship Id="c1" Type="x/chartsheet" Target="../c.xml"/><Relationship Id="t" Type="x/sharedStrings" Target="../s.xml"/><Relationship Id="y" Type="x/styles" Target="../y.xml"/></Relationships>`},
		{"xl/y.xml", head + `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0&quot; năm&quot;"/><numFmt numFmtId="165" formatCode="[$-42A]dd\-mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="9"/></cellXfs></styleSheet>`},
		{"xl/s.xml", head + strings},
		{"xl/sheets/1.xml", head + sheet},
	} {
		f, err := w.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(p[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOtherWriters(t *testing.T) {
	b := parts(t, `<x:worksheet xmlns:x="a"><x:sheetData>
		<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c/><x:c><x:v>3.5</x:v></x:c></x:row>
		<x:row r="4"><x:c r="B4" s="1"><x:v>12.5</x:v></x:c><x:c r="C4" s="2"><x:v>0</x:v></x:c><x:c r="D4" s="3"><x:v>0.5</x:v></x:c><x:c r="A4"><x:f>SUM(B4)</x:f></x:c></x:row>
		<x:row r="5"><x:c r="A5" t="inlineStr"><x:is><x:t>a</x:t><x:rPh><x:t>no</x:t></x:rPh></x:is></x:c><x:c r="B5" t="b"><x:v>1</x:v></x:c><x:c r="C5" t="str"><x:f>x</x:f><x:v></x:v></x:c><x:c r="D5" t="d"><x:v>2019-04-18T00:00:00</x:v></x:c><x:c r="E5"><x:v>1E-2</x:v></x:c></x:row>
	</x:sheetData><x:mergeCells><x:mergeCell ref="A1:B2"/></x:mergeCells></x:worksheet>`,
		`<sst><si><r><t>Hà </t></r><r><t xml:space="preserve">Nội</t></r><rPh><t>x</t></rPh></si><si><t>a_x000D_b</t></si><si/></sst>`)
	wb, err := Open(context.Background(), input("w.xlsx", b))
	if err != nil {
		t.Fatal(err)
	}
	if len(wb.Sheets) != 2 || wb.Sheets[0].Name != "Một" || wb.Sheets[0].Hidden || !wb.Sheets[1].Hidden {
		t.Fatalf("got sheets %+v", wb.Sheets)
	}
	s := wb.Sheets[0]
	want := map[string]Cell{
		"A1": {Kind: Text, Text: "Hà Nội"}, "B1": {Kind: Text, Text: "a\rb"}, "C1": {}, "D1": {Kind: Number, Text: "3.5", Float: 3.5},
		"A4": {Kind: Error, Text: "#FORMULA"}, "B4": {Kind: Number, Text: "12.5", Float: 12.5}, "C4": {Kind: Date, Text: "1904-01-01"}, "D4": {Kind: Number, Text: "50", Float: 50},
		"A5": {Kind: Text, Text: "a"}, "B5": {Kind: Bool, Text: "TRUE"}, "C5": {}, "D5": {Kind: Date, Text: "2019-04-18"}, "E5": {Kind: Number, Text: "0.01", Float: 0.01},
	}
	got := map[string]Cell{}
	for ref := range want {
		c, _ := columnOf(ref)
		got[ref] = s.At(rowOf(ref), c)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]Range{{0, 0, 1, 1}}, s.Merged); d != "" {
		t.Errorf("merged (-want +got):\n%s", d)
	}
}

func TestDamagedParts(t *testing.T) {
	sst := `<sst><si><t>a</t></si></sst>`
	for name, b := range map[string][]byte{
		"a text that is not there":   parts(t, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>5</v></c></row></sheetData></worksheet>`, sst),
		"a number that is none":      parts(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>five</v></c></row></sheetData></worksheet>`, sst),
		"a row out of the grid":      parts(t, `<worksheet><sheetData><row r="99999999"/></sheetData></worksheet>`, sst),
		"a column out of the grid":   parts(t, `<worksheet><sheetData><row r="1"><c r="ZZZZ1"><v>1</v></c></row></sheetData></worksheet>`, sst),
		"cut off within a row":       parts(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c>`, sst),
		"cut off within a cell":      parts(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>1`, sst),
		"cut off within the strings": parts(t, `<worksheet/>`, `<sst><si><t>a`),
		"a row twice":                parts(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row></sheetData></worksheet>`, sst),
		"a cell twice":               parts(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row></sheetData></worksheet>`, sst),
		"no XML":                     parts(t, `{"a":1}<`, sst),
	} {
		if _, err := Open(context.Background(), input("w.xlsx", b)); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// FuzzSheetPart feeds damaged parts past the zip container.
func FuzzSheetPart(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`, `<sst><si><t>a</t></si></sst>`)
	f.Add(`<worksheet><sheetData><row><c t="inlineStr"><is><t>x</t></is></c><c><f>1</f></c></row></sheetData></worksheet>`, `<sst><si><r><t>a</t></r></si></sst>`)
	f.Fuzz(func(t *testing.T, sheet, strings string) {
		in := input("f.xlsx", parts(t, sheet, strings))
		in.Limits = parse.Limits{Cells: 10_000, Rows: 2000}
		_, err := Open(context.Background(), in)
		if err != nil && !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
			t.Errorf("error without a kind: %v", err)
		}
	})
}

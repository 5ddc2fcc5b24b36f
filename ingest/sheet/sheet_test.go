package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

func input(name string, b []byte) parse.Input {
	return parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}
}

// workbook is an .xlsx made by fill.
func workbook(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func mustSet(t testing.TB, f *excelize.File, cell string, v any) {
	t.Helper()
	if err := f.SetCellValue("Sheet1", cell, v); err != nil {
		t.Fatal(err)
	}
}

func TestXLSXCells(t *testing.T) {
	b := workbook(t, func(f *excelize.File) {
		mustSet(t, f, "A1", "Ha\u0300 No\u0323\u0302i") // decomposed
		mustSet(t, f, "B1", 5.9000000000000004)
		mustSet(t, f, "C1", "1.745")
		mustSet(t, f, "D1", 1.745)
		mustSet(t, f, "E1", time.Date(2019, 4, 18, 0, 0, 0, 0, time.UTC))
		mustSet(t, f, "F1", true)
		mustSet(t, f, "G1", "   ")
		mustSet(t, f, "A3", 0.0000001)
		mustSet(t, f, "B3", 43.14)
		percent, err := f.NewStyle(&excelize.Style{NumFmt: 10})
		if err != nil {
			t.Fatal(err)
		}
		mustSet(t, f, "C3", 0.8797)
		if err := f.SetCellStyle("Sheet1", "C3", "C3", percent); err != nil {
			t.Fatal(err)
		}
		if err := f.MergeCell("Sheet1", "A4", "C4"); err != nil {
			t.Fatal(err)
		}
		mustSet(t, f, "A4", "over three")
	})
	wb, err := Open(context.Background(), input("x.xlsx", b))
	if err != nil {
		t.Fatal(err)
	}
	s := wb.Sheets[0]
	for _, c := range []struct {
		row, col int
		kind     Kind
		text     string
	}{
		{0, 0, Text, "Hà Nội"},
		{0, 1, Number, "5.9"},
		{0, 2, Text, "1.745"},
		{0, 3, Number, "1.745"},
		{0, 4, Date, "2019-04-18"},
		{0, 5, Bool, "TRUE"},
		{0, 6, Empty, ""},
		{1, 0, Empty, ""},
		{2, 0, Number, "0"},
		{2, 1, Number, "43.14"},
		{2, 2, Number, "87.97"},
		{9, 9, Empty, ""},
	} {
		got := s.At(c.row, c.col)
		if got.Kind != c.kind || !strings.EqualFold(got.Text, c.text) && !(c.kind == Bool && got.Text == "1") {
			t.Errorf("%s: got kind %d text %q, want %d %q", Ref(c.row, c.col), got.Kind, got.Text, c.kind, c.text)
		}
	}
	if got := s.Spread(3, 2).Text; got != "over three" {
		t.Errorf("Spread of a merged cell: got %q", got)
	}
	if got := s.Locator(2, 1); got != "Sheet1!B3" {
		t.Errorf("Locator: got %q", got)
	}
}

func TestErrorCellsAreNoNumbers(t *testing.T) {
	b := workbook(t, func(f *excelize.File) { mustSet(t, f, "A1", 1) })
	b = rewrite(t, b, "xl/worksheets/sheet1.xml", func(xml string) string {
		return strings.Replace(xml, "</sheetData>", `<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="str"><f>1/0</f><v>#DIV/0!</v></c><c r="C2"><f>1+1</f><v>2</v></c><c r="D2" t="str"><f>"a"</f><v>txt</v></c><c r="E2" t="inlineStr"><is><r><t>Đồng </t></r><r><t>Nai</t></r></is></c></row></sheetData>`, 1)
	})
	wb, err := Open(context.Background(), input("x.xlsx", b))
	if err != nil {
		t.Fatal(err)
	}
	var got []Cell
	got = append(got, wb.Sheets[0].Rows[1]...)
	want := []Cell{{Kind: Error, Text: "#N/A"}, {Kind: Error, Text: "#DIV/0!"}, {Kind: Number, Text: "2", Float: 2}, {Kind: Text, Text: "txt"}, {Kind: Text, Text: "Đồng Nai"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("cells (-want +got):\n%s", d)
	}
}

// rewrite replaces one part of a workbook.
func rewrite(t testing.TB, b []byte, part string, edit func(string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	found := false
	for _, p := range z.File {
		rc, err := p.Open()
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(rc); err != nil {
			t.Fatal(err)
		}
		text := body.String()
		if p.Name == part {
			text, found = edit(text), true
		}
		pw, err := w.Create(p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Fatalf("no part %s", part)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRefusals(t *testing.T) {
	good := workbook(t, func(f *excelize.File) { mustSet(t, f, "A1", "x") })
	zipped := func(name, text string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		p, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	encryptedBook, err := excelize.Encrypt(good, &excelize.Options{Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	bomb := rewrite(t, good, "xl/worksheets/sheet1.xml", func(x string) string { return x + strings.Repeat(" ", 64<<20) })
	brokenXML := rewrite(t, good, "xl/worksheets/sheet1.xml", func(x string) string {
		return x[:strings.Index(x, "</sheetData>")]
	})
	tests := []struct {
		name   string
		data   []byte
		kind   error
		phrase string
	}{
		{"empty.xlsx", nil, reform.ErrInvalid, "empty"},
		{"picture.xlsx", []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("\x00x", 99)), reform.ErrInvalid, "PNG"},
		{"photo.csv", []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), reform.ErrInvalid, "JPEG"},
		{"report.xls", []byte("%PDF-1.7\n"), reform.ErrInvalid, "PDF"},
		{"export.xls", []byte("\n <html><body><table>"), reform.ErrInvalid, "HTML"},
		{"facts.csv", []byte(`{"a": 1}`), reform.ErrInvalid, "JSON"},
		{"binary.csv", []byte("abc\x00\x01\x02,def\n\x00"), reform.ErrInvalid, "binary"},
		{"late.csv", append(bytes.Repeat([]byte("a,b\n"), 40_000), 0), reform.ErrInvalid, "binary"},
		{"cut.xlsx", good[:len(good)/2], reform.ErrInvalid, "cut off"},
		{"locked.xlsx", encryptedBook, reform.ErrInvalid, "password"},
		{"letter.xlsx", zipped("word/document.xml", "<x/>"), reform.ErrInvalid, "Word"},
		{"table.xlsx", zipped("content.xml", "<x/>"), reform.ErrInvalid, "OpenDocument"},
		{"archive.xlsx", zipped("a.txt", "x"), reform.ErrInvalid, "zip archive"},
		{"bomb.xlsx", bomb, reform.ErrTooLarge, "times its size"},
		{"broken.xlsx", brokenXML, reform.ErrInvalid, "damaged"},
		{"cut.xls", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), reform.ErrInvalid, "damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wb, err := Open(context.Background(), input(tt.name, tt.data))
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.phrase) {
				t.Errorf("got workbook %v, error %v; want %v with %q", wb, err, tt.kind, tt.phrase)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	wide := workbook(t, func(f *excelize.File) {
		for row := 1; row < 40; row++ {
			mustSet(t, f, Ref(row, 400), 1)
		}
	})
	tests := []struct {
		name string
		data []byte
		lim  parse.Limits
	}{
		{"bytes", wide, parse.Limits{Bytes: 10}},
		{"rows", wide, parse.Limits{Rows: 10}},
		{"columns", wide, parse.Limits{Columns: 100}},
		{"cells", wide, parse.Limits{Cells: 10}},
		{"empty cells between", wide, parse.Limits{Cells: 1000}},
		{"unzipped", wide, parse.Limits{Unzipped: 1000}},
		{"part", wide, parse.Limits{Part: 1000}},
		{"text rows", []byte("a,b\n1,2\n3,4\n"), parse.Limits{Rows: 2}},
		{"text bytes", []byte("a,b\n1,2\n3,4\n"), parse.Limits{Stream: 5}},
		{"cell", []byte("a," + strings.Repeat("b", 100) + "\n"), parse.Limits{CellBytes: 50}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input("x", tt.data)
			in.Limits = tt.lim
			if _, err := Open(context.Background(), in); !errors.Is(err, reform.ErrTooLarge) {
				t.Errorf("got error %v, want ErrTooLarge", err)
			}
		})
	}
}

func TestDelimited(t *testing.T) {
	vn := func(s string) []byte {
		// Windows-1258 holds letters and tone marks apart.
		b, err := charmap.Windows1258.NewEncoder().Bytes([]byte(decomposeTones(s)))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	u16 := func(e unicode.Endianness, bom unicode.BOMPolicy, s string) []byte {
		b, err := unicode.UTF16(e, bom).NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	want := [][]string{{"Tỉnh", "Điểm"}, {"Bà Rịa - Vũng Tàu", "3,5"}, {"Đắk Lắk", "4"}}
	text := "Tỉnh;Điểm\nBà Rịa - Vũng Tàu;3,5\nĐắk Lắk;4\n"
	tests := []struct {
		name, encoding string
		data           []byte
		comma          rune
	}{
		{"utf-8", "utf-8", []byte(text), ';'},
		{"utf-8 bom", "utf-8", []byte("\ufeff" + text), ';'},
		{"crlf", "utf-8", []byte(strings.ReplaceAll(text, "\n", "\r\n")), ';'},
		{"sep line", "utf-8", []byte("sep=;\r\n" + text), ';'},
		{"tabs", "utf-8", []byte(strings.ReplaceAll(text, ";", "\t")), '\t'},
		{"commas", "utf-8", []byte("Tỉnh,Điểm\nBà Rịa - Vũng Tàu,\"3,5\"\nĐắk Lắk,4\n"), ','},
		{"decomposed", "utf-8", []byte(norm.NFD.String(text)), ';'},
		{"utf-16le bom", "utf-16le", u16(unicode.LittleEndian, unicode.UseBOM, text), ';'},
		{"utf-16be bom", "utf-16be", u16(unicode.BigEndian, unicode.UseBOM, text), ';'},
		{"utf-16 without bom", "utf-16", u16(unicode.LittleEndian, unicode.IgnoreBOM, text), ';'},
		{"windows-1258", "windows-1258", vn(text), ';'},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := OpenDelimited(input("a.csv", tt.data))
			if err != nil {
				t.Fatal(err)
			}
			if d.Encoding != tt.encoding || d.Comma != tt.comma {
				t.Errorf("got encoding %q comma %q, want %q %q", d.Encoding, d.Comma, tt.encoding, tt.comma)
			}
			wb, err := Open(context.Background(), input("a.csv", tt.data))
			if err != nil {
				t.Fatal(err)
			}
			var got [][]string
			for _, r := range wb.Sheets[0].Rows {
				if r == nil {
					continue
				}
				var row []string
				for _, c := range r {
					row = append(row, c.Text)
				}
				got = append(got, row)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
		})
	}
}

// decomposeTones takes tone marks off letters but leaves â, ê, ô, ă, ơ, ư whole, as Windows-1258 has them.
func decomposeTones(s string) string {
	var b strings.Builder
	for _, r := range s {
		d := []rune(norm.NFD.String(string(r)))
		last := d[len(d)-1]
		if len(d) > 1 && strings.ContainsRune("\u0300\u0301\u0303\u0309\u0323", last) {
			// Canonical order puts the dot below first: compose the rest again.
			b.WriteString(norm.NFC.String(string(d[:len(d)-1])))
			b.WriteRune(last)
		} else if len(d) == 3 && d[1] == '\u0323' {
			b.WriteString(norm.NFC.String(string([]rune{d[0], d[2]})))
			b.WriteRune('\u0323')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestCommaIsFoundInData(t *testing.T) {
	tests := []struct {
		name, text string
		want       rune
	}{
		{"decimal commas in a semicolon file", "a;b;c\n1,5;2,5;x\n1,5;2,5;y\n", ';'},
		{"decimal commas in a tab file", "a\tb\n1,5\t2,5\n", '\t'},
		{"semicolons within quotes", "a,b\n\"x;y;z\",1\n\"p;q\",2\n", ','},
		{"one column", "province\nHà Nội\nLong An\n", ','},
		{"pipe", "a|b|c\n1|2|3\n", '|'},
		{"title above", "Bảng xếp hạng\n\na;b;c\n1;2;3\n4;5;6\n", ';'},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := findComma([]byte(tt.text)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOfficialXLS(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures", "pci")
	b, err := os.ReadFile(filepath.Join(dir, "PCI_2010.xls"))
	if err != nil {
		t.Fatal(err)
	}
	// The name says nothing: content decides.
	wb, err := Open(context.Background(), input("PCI.xlsx", b))
	if err != nil {
		t.Fatal(err)
	}
	if wb.Format != "xls" || len(wb.Sheets) != 11 {
		t.Fatalf("got format %q with %d sheets, want xls with 11", wb.Format, len(wb.Sheets))
	}
	s := wb.Sheets[0]
	for ref, want := range map[[2]int]string{{0, 24}: "Xếp hạng", {1, 22}: "69.765929", {66, 2}: "6.079872", {67, 4}: "63"} {
		if got := s.At(ref[0], ref[1]).Text; got != want {
			t.Errorf("%s: got %q, want %q", s.Locator(ref[0], ref[1]), got, want)
		}
	}
	// A third of the file is formulas; their results must be there.
	if got := s.At(66, 22); got.Kind != Number {
		t.Errorf("result of a formula: got %+v, want a number", got)
	}
	for _, cut := range []int{600, 5000, len(b) / 3, len(b) - 700} {
		if _, err := Open(context.Background(), input("PCI.xls", b[:cut])); err != nil && !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("cut at %d: got error %v, want ErrInvalid", cut, err)
		}
	}
}

func TestColumn(t *testing.T) {
	for col, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := Column(col); got != want {
			t.Errorf("Column(%d): got %q, want %q", col, got, want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("a;b\n1,5;2\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Add(workbook(f, func(x *excelize.File) { mustSet(f, x, "B2", "x") }))
	f.Fuzz(func(t *testing.T, b []byte) {
		in := input("f", b)
		in.Limits = parse.Limits{Bytes: 1 << 20, Unzipped: 4 << 20, Part: 2 << 20, Cells: 10_000, Rows: 1000}
		wb, err := Open(context.Background(), in)
		if err != nil && !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
			t.Errorf("error without a kind: %v", err)
		}
		if err == nil && wb == nil {
			t.Error("neither a workbook nor an error")
		}
	})
}

// FuzzXLS feeds damaged streams to the record reader itself, past the container.
func FuzzXLS(f *testing.F) {
	f.Add([]byte{0x09, 0x08, 4, 0, 0, 6, 5, 0, 0x0a, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		x := &xlsBook{stream: b, budget: &budget{ctx: context.Background(), lim: parse.DefaultLimits}, formats: map[uint16]showing{}}
		if _, err := x.read(); err != nil && !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
			t.Errorf("error without a kind: %v", err)
		}
	})
}

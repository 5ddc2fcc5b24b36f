package table

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"chiso/ingest/papi"
	"chiso/ingest/parse"
	"chiso/ingest/pci"
	"chiso/ingest/sheet"
	"chiso/ingest/tidy"
	"chiso/internal/testshared"
	"chiso/reform"
)

// endless is a file of a line repeated to a size, without the memory for it.
type endless struct {
	line []byte
	size int64
	at   int64
}

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	if off >= e.size {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.size-off)
	for i := int64(0); i < n; {
		i += int64(copy(p[i:n], e.line[(off+i)%int64(len(e.line)):]))
	}
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return int(n), nil
}

func (e *endless) Read(p []byte) (int, error) {
	n, err := e.ReadAt(p, e.at)
	e.at += int64(n)
	return n, err
}

func (e *endless) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += e.at
	case io.SeekEnd:
		off += e.size
	}
	e.at = off
	return off, nil
}

func TestTraps(t *testing.T) {
	var bomb bytes.Buffer
	w := zip.NewWriter(&bomb)
	for _, part := range []struct{ name, text string }{
		{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
		{"content.xml", `<office:spreadsheet xmlns:office="o"><table:table xmlns:table="t" table:name="` + strings.Repeat("a", 64<<20) + `"/></office:spreadsheet>`},
	} {
		p, err := w.Create(part.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, part.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	defer f.Close()
	for _, c := range []struct {
		cell string
		v    any
	}{{"A1", "PAR INDEX năm 2019"}, {"A2", "Tỉnh"}, {"B2", "Điểm"}, {"A3", "Long An"}, {"B3", 84.24}, {"A4", "Hà Nội"}, {"B4", 83.05}, {"A1048576", "x"}} {
		if err := f.SetCellValue("Sheet1", c.cell, c.v); err != nil {
			t.Fatal(err)
		}
	}
	deep, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	line := bytes.Repeat([]byte("PAR INDEX;Long An;84,24;5\n"), 40_000)
	gigabyte := int64(1 << 30)
	for name, in := range map[string]parse.Input{
		"a zip bomb in .ods":             input("x.ods", bomb.Bytes()),
		"a cell at the end of the sheet": input("x.xlsx", deep.Bytes()),
		"a .csv of a gigabyte":           {Name: "x.csv", File: &endless{line: line, size: gigabyte}, Size: gigabyte},
	} {
		c := &collector{}
		_, err := Kind.Parse(context.Background(), in, reform.Default(), c)
		if !errors.Is(err, reform.ErrTooLarge) && !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v with %d facts", name, err, len(c.facts))
		}
		if err != nil && len(err.Error()) < 30 {
			t.Errorf("%s: %q is no sentence", name, err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.Sys > 2<<30 {
		t.Errorf("the traps took %d MiB", m.Sys>>20)
	}
}

func TestAMillionEmptyRows(t *testing.T) {
	// Formatted rows without text to the bottom of the sheet are no data.
	b := ods(t, page{name: "S", rows: grid0{{"PAR INDEX năm 2019"}, {"Tỉnh", "Điểm"}, {"Long An", 84.24}, {"Hà Nội", 83.05}}})
	c, _ := read(t, input("x.ods", b))
	if len(c.facts) != 2 || c.refused() {
		t.Errorf("got %q\n%s", lines(c), c.said())
	}
}

func TestManyProblemsEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString("PAR INDEX năm 2019\nTỉnh;Điểm\nLong An;84,24\n")
	for i := range 5_000 {
		fmt.Fprintf(&b, "Tỉnh số %d;%d,5\n", i, i%90)
	}
	c := &collector{}
	_, err := Kind.Parse(context.Background(), input("x.csv", []byte(b.String())), reform.Default(), c)
	if !errors.Is(err, reform.ErrInvalid) || len(c.problems) > parse.DefaultLimits.Problems+10 {
		t.Errorf("got %v and %d problems", err, len(c.problems))
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Kind.Parse(ctx, input("x.csv", []byte("PAR INDEX năm 2019\nTỉnh;Điểm\nLong An;84,24\n")), reform.Default(), &collector{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOptionsThatCantBe(t *testing.T) {
	for _, o := range [][]string{{"index", "xyz"}, {"period", "soon"}, {"numbers", "dot"}, {"scheme", "vn99"}, {"unit", "Long An"}, {OptMapping, "nmae: x"}} {
		if _, err := Kind.Parse(context.Background(), input("f.csv", []byte("Tỉnh;Điểm\n"), o...), reform.Default(), &collector{}); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("option %v: got %v, want ErrInvalid", o, err)
		}
	}
}

// TestOthersKeepTheirDocuments: the official workbooks and tidy tables are surer of
// their own documents than the guesser, and it is surer of tables with titles.
func TestOthersKeepTheirDocuments(t *testing.T) {
	dir := testshared.Dir(t)
	official := map[string]func(parse.Probe) parse.Certainty{
		"fixtures/pci/PCI_2005.xls": pci.Detect, "fixtures/pci/PCI_2010.xls": pci.Detect, "fixtures/pci/PCI_2014.xlsx": pci.Detect, "fixtures/papi/PAPI_2011-2016.xlsx": papi.Detect,
		"data/papi.csv": tidy.Detect, "data/pci-overall.csv": tidy.Detect, "data/press-facts.csv": tidy.Detect, "data/service766.csv": tidy.Detect,
	}
	for name, detect := range official {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		probe, err := sheet.NewProbe(context.Background(), input(filepath.Base(name), b))
		if err != nil {
			t.Fatal(err)
		}
		if own, ours := detect(probe), Detect(probe); ours >= own {
			t.Errorf("%s: its own kind is %d%% sure, the guesser %d%%", name, own, ours)
		}
	}
	titled := input("x.csv", []byte("BẢNG XẾP HẠNG PAR INDEX NĂM 2019\nTT;Tỉnh, thành phố;Điểm;Xếp hạng\n1;Quảng Ninh;90,09;1\n2;Hà Nội;84,64;2\n"))
	probe, err := sheet.NewProbe(context.Background(), titled)
	if err != nil {
		t.Fatal(err)
	}
	if own, ours := tidy.Detect(probe), Detect(probe); ours <= own {
		t.Errorf("a table with a title: tidy is %d%% sure, the guesser %d%%", own, ours)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("PAR INDEX năm 2019\nTT;Tỉnh;Điểm;Hạng\n1;Long An;84,24;5/63\n2;Hà Nội;83.05;6\n"), "")
	f.Add([]byte("UBND tỉnh Long An\nDDCI 2023\nSở;Điểm\nSở Y tế;1.745\n"), "constants: {index: ddci}\nsheets: [{columns: {A: unit, B: score}}]")
	f.Add([]byte("Năm;2017;2018\nPCI;63,5;64\nHạng;12/63;7/63\n"), "sheets: [{transposed: true, header_rows: A-B, data_rows: C-, skip_rows: [D]}]")
	f.Add([]byte("a,b\nTỉnh,Tỉnh\nLong An,Hà Nội\n1,2\n"), "numbers: comma\ntitles: ignore")
	f.Fuzz(func(t *testing.T, b []byte, mapping string) {
		fuzzOne(t, "x.csv", b, mapping)
	})
}

// FuzzContainers damages workbooks of every kind that can hold a table.
func FuzzContainers(f *testing.F) {
	g := grid0{{"PAR INDEX năm 2019"}, {"Tỉnh", "Điểm"}, {"Long An", 84.24}, {"Hà Nội", 83.05}}
	f.Add(ods(f, page{name: "S", rows: g}))
	f.Add(xlsx(f, page{name: "S", rows: g}))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzOne(t, "x.ods", b, "") })
}

// FuzzODS damages the one part of an OpenDocument file that is read.
func FuzzODS(f *testing.F) {
	f.Add(`<office:spreadsheet xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="S"><table:table-row table:number-rows-repeated="3"><table:table-cell office:value-type="float" office:value="1.5" table:number-columns-spanned="2"><text:p>1<text:s text:c="3"/>5</text:p></table:table-cell><table:covered-table-cell/></table:table-row></table:table></office:spreadsheet>`)
	f.Fuzz(func(t *testing.T, content string) {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, part := range []struct{ name, text string }{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", content}} {
			p, err := w.Create(part.name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(p, part.text); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		fuzzOne(t, "x.ods", b.Bytes(), "")
	})
}

func fuzzOne(t *testing.T, name string, b []byte, mapping string) {
	c := &collector{}
	in := input(name, b)
	if mapping != "" {
		in = input(name, b, OptMapping, mapping)
	}
	in.Limits = parse.Limits{Cells: 20_000, Columns: 200, Rows: 2_000, Problems: 50}
	r, err := Kind.Parse(t.Context(), in, reform.Default(), c)
	if err != nil && !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("error without a kind: %v", err)
	}
	for _, x := range c.facts {
		if x.Index == "" || x.Unit == "" || x.Period.IsZero() || x.Locator == "" || x.Place < 0 || !x.Score.Valid && !x.Numerator.Valid && x.Place == 0 {
			t.Errorf("fact without its parts: %+v", x)
		}
	}
	for _, p := range c.problems {
		if strings.Contains(p.Reason, "%!") || strings.Contains(p.ReasonVI, "%!") {
			t.Errorf("a problem that can't be read: %+v", p)
		}
	}
	if _, err := ParseMapping("written", WriteMapping(r), reform.Default()); err != nil {
		t.Errorf("the written mapping can't be read: %v\n%s", err, WriteMapping(r))
	}
}

func BenchmarkCSV(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("Chỉ số PCI\nNăm;Tỉnh;Điểm;Hạng\n")
	units := reform.Default().Units(reform.VN63, reform.Province)
	for y := 2006; y < 2024; y++ {
		for i, u := range units {
			fmt.Fprintf(&text, "%d;%s;%d,%02d;%d\n", y, u.Name, 50+i%40, i, i+1)
		}
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := Kind.Parse(context.Background(), input("x.csv", text.Bytes()), reform.Default(), silence{}); err != nil {
			b.Fatal(err)
		}
	}
}

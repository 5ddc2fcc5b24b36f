package word

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"chiso/data"
	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

type collector struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (c *collector) Fact(f *reform.Fact) error { c.facts = append(c.facts, *f); return nil }
func (c *collector) Problem(p reform.Problem)  { c.problems = append(c.problems, p) }

func (c *collector) serious() string {
	var b strings.Builder
	for _, p := range c.problems {
		if !p.Warning {
			fmt.Fprintf(&b, "%s at %q: %s (%s)\n", p.Code, p.Locator, p.Reason, p.Text)
		}
	}
	return b.String()
}

func input(name string, b []byte) parse.Input {
	return parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}
}

const (
	contentTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	rels         = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	open         = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>`
	closing      = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`
)

// docx packs the body of a document.
func docx(tb testing.TB, body string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range [][2]string{{"[Content_Types].xml", contentTypes}, {"_rels/.rels", rels}, {"word/document.xml", open + body + closing}} {
		w, err := z.Create(p[0])
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func para(text string) string {
	return `<w:p><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

// tc is a cell; props go into its properties.
func tc(props, inner string) string {
	if !strings.HasPrefix(inner, "<") {
		inner = para(inner)
	}
	return `<w:tc><w:tcPr>` + props + `</w:tcPr>` + inner + `</w:tc>`
}

func tr(cells ...string) string { return `<w:tr>` + strings.Join(cells, "") + `</w:tr>` }

func tbl(rows ...string) string {
	return `<w:tbl><w:tblPr/><w:tblGrid/>` + strings.Join(rows, "") + `</w:tbl>`
}

func read1(tb testing.TB, b []byte) *collector {
	tb.Helper()
	c := &collector{}
	if _, err := Kind.Parse(context.Background(), input("bao-cao.docx", b), reform.Default(), c); err != nil {
		tb.Fatal(err)
	}
	return c
}

type shipped struct{ unit, name, score, place string }

// totals lists the shipped totals of PCI in a year: real numbers for the test documents.
func totals(tb testing.TB, period string) []shipped {
	tb.Helper()
	f, err := data.Files.Open("pci.csv")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	col := map[string]int{}
	for i, h := range all[0] {
		col[h] = i
	}
	seen := map[string]bool{}
	var list []shipped
	for _, r := range all[1:] {
		unit := r[col["unit"]]
		if r[col["period"]] != period || r[col["component"]] != "" || r[col["score"]] == "" || r[col["place"]] == "" || seen[unit] || r[col["scope"]] != "nation" || strings.Contains(unit, ":r:") {
			continue
		}
		seen[unit] = true
		list = append(list, shipped{unit, r[col["unit_name"]], r[col["score"]], r[col["place"]]})
	}
	if len(list) < 60 {
		tb.Fatalf("only %d totals of %s", len(list), period)
	}
	return list
}

func comma(s string) string { return strings.ReplaceAll(s, ".", ",") }

// check holds what was read against what the document prints.
func check(tb testing.TB, c *collector, want map[string][2]string) {
	tb.Helper()
	if s := c.serious(); s != "" {
		tb.Errorf("problems:\n%s", s)
	}
	got := map[string][2]string{}
	for _, f := range c.facts {
		k := f.Index + " " + string(f.Unit) + " " + f.Period.String()
		v := got[k]
		if f.Score.Valid {
			v[0] = f.Score.Decimal.String()
		}
		if f.Place > 0 {
			v[1] = strconv.Itoa(f.Place)
		}
		got[k] = v
	}
	for k, v := range want {
		if v[0] != "" {
			v[0] = decimal.RequireFromString(v[0]).String()
		}
		if got[k] != v {
			tb.Errorf("%s: got %v, want %v", k, got[k], v)
		}
		delete(got, k)
	}
	if len(got) > 0 {
		tb.Errorf("got facts that are not printed: %v", got)
	}
}

const story = "Năm 2019, Chỉ số cải cách hành chính (PAR INDEX) của tỉnh Long An đạt 84,18 điểm, xếp hạng 5/63 tỉnh, thành phố trong cả nước."

// Merged headings, paragraphs before and after, a letterhead laid out as a table.
func TestDocument(t *testing.T) {
	a, b := totals(t, "2014"), totals(t, "2015")
	second := map[string]shipped{}
	want := map[string][2]string{"par vn63:80 2019": {"84.18", "5"}}
	for _, x := range b {
		second[x.unit] = x
		want["pci "+x.unit+" 2015"] = [2]string{x.score, x.place}
	}
	rows := []string{
		tr(tc(`<w:vMerge w:val="restart"/>`, "STT"), tc(`<w:vMerge w:val="restart"/>`, "Tỉnh, thành phố"), tc(`<w:gridSpan w:val="2"/>`, "Năm 2014"), tc(`<w:gridSpan w:val="2"/>`, "Năm 2015")),
		tr(tc(`<w:vMerge/>`, ""), tc(`<w:vMerge/>`, ""), tc("", "Điểm"), tc("", "Hạng"), tc("", "Điểm"), tc("", "Hạng")),
	}
	for i, x := range a {
		want["pci "+x.unit+" 2014"] = [2]string{x.score, x.place}
		y := second[x.unit]
		rows = append(rows, tr(tc("", fmt.Sprint(i+1)), tc("", x.name), tc("", comma(x.score)), tc("", x.place), tc("", comma(y.score)), tc("", y.place)))
	}
	body := tbl(tr(tc("", "ỦY BAN NHÂN DÂN TỈNH LONG AN"), tc("", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"))) +
		para("BÁO CÁO KẾT QUẢ CẢI CÁCH HÀNH CHÍNH") + para(story) +
		para("Bảng 1. Chỉ số năng lực cạnh tranh cấp tỉnh (PCI)") + tbl(rows...) + para("Trên đây là báo cáo.")
	c := read1(t, docx(t, body))
	check(t, c, want)
	for _, f := range c.facts {
		if f.Index == "par" && !strings.HasPrefix(f.Locator, "paragraph ") || f.Index == "pci" && !strings.HasPrefix(f.Locator, "table 1, row ") {
			t.Errorf("got locator %q", f.Locator)
		}
	}
}

// Deleted text is gone, inserted text counts, a raised mark is no digit, a hidden run is not there.
func TestTrackedChanges(t *testing.T) {
	run := func(props, s string) string {
		return `<w:r><w:rPr>` + props + `</w:rPr><w:t xml:space="preserve">` + s + `</w:t></w:r>`
	}
	row := func(n, name, score string) string {
		return tr(tc("", n), tc("", name), tc("", score))
	}
	score := `<w:p><w:pPr><w:rPr><w:del w:id="9"/></w:rPr></w:pPr><w:del w:id="1"><w:r><w:delText>99,</w:delText></w:r></w:del><w:ins w:id="2">` + run("", "60,21024") + `</w:ins>` + run(`<w:vanish/>`, "7") + `</w:p>`
	moved := `<w:p><w:moveFrom w:id="3">` + run("", "1") + `</w:moveFrom>` + run("", "63,") + run("<w:b/>", "79096") + `</w:p>`
	body := para("KẾT QUẢ CHỈ SỐ PCI NĂM 2012") + tbl(
		row("STT", "Tỉnh, thành phố", "Điểm"),
		row("1", "Đồng Tháp", moved),
		row("2", "Long An", score),
		`<w:tr><w:trPr><w:del w:id="4"/></w:trPr>`+tc("", "3")+tc("", "An Giang")+tc("", "11,11")+`</w:tr>`,
		row("3", "Cần Thơ", "60,32254"))
	c := read1(t, docx(t, body))
	check(t, c, map[string][2]string{"pci vn63:87 2012": {"63.79096", ""}, "pci vn63:80 2012": {"60.21024", ""}, "pci vn63:92 2012": {"60.32254", ""}})
	// 60,2 with the footnote 1 is not 60,21.
	body = para("KẾT QUẢ CHỈ SỐ PCI NĂM 2012") + tbl(row("STT", "Tỉnh, thành phố", "Điểm"), row("1", "Đồng Tháp", "63,8"), row("2", "Cần Thơ", "60,3"),
		row("3", "Long An", `<w:p>`+run("", "60,2")+run(`<w:vertAlign w:val="superscript"/>`, "1")+`</w:p>`))
	for _, f := range read1(t, docx(t, body)).facts {
		if f.Unit == "vn63:80" && f.Score.Valid && f.Score.Decimal.String() != "60.2" {
			t.Errorf("got %s from 60,2 with a footnote's mark", f.Score)
		}
	}
}

// Text boxes are read once, tables in cells are tables of their own.
func TestBoxesAndNestedTables(t *testing.T) {
	box := `<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent>` + para(story) + `</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>` + para(strings.ReplaceAll(story, "84,18", "99,99")) + `</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>`
	inner := tbl(tr(tc("", "STT"), tc("", "Tỉnh"), tc("", "Điểm PCI năm 2012")), tr(tc("", "1"), tc("", "Đồng Tháp"), tc("", "63,79096")), tr(tc("", "2"), tc("", "Long An"), tc("", "60,21024")))
	c := read1(t, docx(t, box+tbl(tr(tc("", para("Kết quả")+inner+para(""))))))
	check(t, c, map[string][2]string{"par vn63:80 2019": {"84.18", "5"}, "pci vn63:87 2012": {"63.79096", ""}, "pci vn63:80 2012": {"60.21024", ""}})
}

func TestDocumentsThatCanNotBeRead(t *testing.T) {
	good := docx(t, para(story))
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(open)); err != nil {
		t.Fatal(err)
	}
	blanks := bytes.Repeat([]byte("<w:p></w:p>"), 100_000)
	for range 30 {
		if _, err := w.Write(blanks); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	deep := docx(t, strings.Repeat("<w:tbl><w:tr><w:tc>", 200))
	for _, tt := range []struct {
		name string
		b    []byte
		want error
	}{
		{"cut off", good[:len(good)/2], reform.ErrInvalid},
		{"bomb", bomb.Bytes(), reform.ErrTooLarge},
		{"deep", deep, reform.ErrTooLarge},
		{"open elements", docx(t, "<w:p><w:r><w:t>"), reform.ErrInvalid},
		{"compound file of another kind", append([]byte(oleMagic), make([]byte, 4096)...), reform.ErrInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &collector{}
			if _, err := Kind.Parse(context.Background(), input("x.docx", tt.b), reform.Default(), c); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	t.Run("empty", func(t *testing.T) {
		if c := read1(t, docx(t, "")); !strings.Contains(c.serious(), "no-text") {
			t.Errorf("got %s", c.serious())
		}
	})
	t.Run("no LibreOffice", func(t *testing.T) {
		c := &collector{}
		old := append([]byte(oleMagic), append(make([]byte, 1000), oleStream...)...)
		if _, err := KindWith(Options{Soffice: "/nonexistent/soffice"}).Parse(context.Background(), input("x.doc", old), reform.Default(), c); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.serious(), "LibreOffice") || len(c.facts) > 0 {
			t.Errorf("got %s", c.serious())
		}
	})
}

func TestDetect(t *testing.T) {
	good := docx(t, para(story))
	ole := append([]byte(oleMagic), append(make([]byte, 1000), oleStream...)...)
	for _, tt := range []struct {
		name string
		head []byte
		want int
	}{
		{"a.docx", good, 99}, {"a.zip", good, 99}, {"a.doc", ole, 97}, {"a.rtf", []byte(`{\rtf1\ansi`), 95},
		{"a.xlsx", []byte("PK\x03\x04\x14\x00xl/workbook.xml"), 0}, {"a.txt", []byte("Báo cáo"), 0},
	} {
		if got := Detect(parse.Probe{Name: tt.name, Head: tt.head}); got != tt.want {
			t.Errorf("Detect(%s): got %d, want %d", tt.name, got, tt.want)
		}
	}
}

// TestOldWord converts with the real LibreOffice; the sentence without it is tested above.
func TestOldWord(t *testing.T) {
	testshared.Need(t, "soffice")
	rtf := `{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Times New Roman;}}` + rtfText("KẾT QUẢ CHỈ SỐ PCI NĂM 2012") + `\par ` +
		rtfRow("STT", "Tỉnh, thành phố", "Điểm") + rtfRow("1", "Đồng Tháp", "63,79096") + rtfRow("2", "Long An", "60,21024") + rtfRow("3", "Cần Thơ", "60,32254") + `\pard ` + rtfText(story) + `\par}`
	want := map[string][2]string{"par vn63:80 2019": {"84.18", "5"}, "pci vn63:87 2012": {"63.79096", ""}, "pci vn63:80 2012": {"60.21024", ""}, "pci vn63:92 2012": {"60.32254", ""}}
	check(t, read1(t, []byte(rtf)), want)
	// The same as a .doc, which LibreOffice itself writes.
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/a.rtf", []byte(rtf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("soffice", "--headless", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to", "doc", "--outdir", dir, dir+"/a.rtf")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	old, err := os.ReadFile(dir + "/a.doc")
	if err != nil {
		t.Fatal(err)
	}
	if got := Detect(parse.Probe{Name: "a.bin", Head: old[:min(len(old), parse.HeadSize)]}); got < 90 {
		t.Errorf("Detect: got %d", got)
	}
	check(t, read1(t, old), want)
}

func rtfText(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 128 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%d?`, r)
		}
	}
	return b.String()
}

func rtfRow(cells ...string) string {
	s := `\trowd`
	for i := range cells {
		s += fmt.Sprintf(`\cellx%d`, (i+1)*2500)
	}
	for _, c := range cells {
		s += `\pard\intbl ` + rtfText(c) + `\cell `
	}
	return s + `\row `
}

// FuzzDocument reads any main part; what it finds is handed on as a document would be.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(open + para(story) + closing))
	f.Add([]byte(open + tbl(tr(tc(`<w:gridSpan w:val="3"/><w:vMerge w:val="restart"/>`, "PCI 2012")), tr(tc(`<w:vMerge/>`, ""), tc("", "Long An"), tc("", "60,21"))) + closing))
	f.Add([]byte(open + `<w:p><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:p><w:tbl><w:tr><w:trPr><w:gridBefore w:val="9999999"/></w:trPr></w:tr></w:tbl>`))
	lim := parse.Limits{Rows: 200, Columns: 60, Cells: 2000, CellBytes: 2000, Problems: 50}.OrDefault()
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := parseDocument(context.Background(), bytes.NewReader(b), lim)
		if err != nil {
			return
		}
		cells := 0
		for _, p := range d.parts() {
			for r, row := range p.Sheet.Rows {
				cells += len(row)
				if !strings.HasPrefix(p.At(r, 0), p.Locator) {
					t.Errorf("got address %q in %q", p.At(r, 0), p.Locator)
				}
			}
			for _, m := range p.Sheet.Merged {
				if m.Row > m.LastRow || m.Col > m.LastCol || m.LastRow >= len(p.Sheet.Rows) {
					t.Errorf("got merged block %+v of %d rows", m, len(p.Sheet.Rows))
				}
			}
		}
		if cells > lim.Cells+len(d.tables)*maxSpan*lim.Rows {
			t.Errorf("got %d cells", cells)
		}
	})
}

// FuzzPackage opens any container.
func FuzzPackage(f *testing.F) {
	f.Add(docx(f, para("Năm 2019, PAR INDEX của Long An xếp hạng 5/63.")))
	f.Add([]byte(zipMagic))
	lim := parse.Limits{Unzipped: 1 << 20, Part: 1 << 19}.OrDefault()
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = openDocx(context.Background(), b, lim)
	})
}

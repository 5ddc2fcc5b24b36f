package table

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

// collector keeps what a parse hands over.
type collector struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (c *collector) Fact(f *reform.Fact) error { c.facts = append(c.facts, *f); return nil }

func (c *collector) Problem(p reform.Problem) { c.problems = append(c.problems, p) }

func (c *collector) said() string {
	var b strings.Builder
	for _, p := range c.problems {
		fmt.Fprintf(&b, "  %s (%s, warning %v) %q: %s\n", p.Code, p.Locator, p.Warning, p.Text, p.Reason)
	}
	return b.String()
}

func (c *collector) refused() bool {
	for _, p := range c.problems {
		if !p.Warning {
			return true
		}
	}
	return false
}

func input(name string, b []byte, options ...string) parse.Input {
	o := map[string]string{}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b)), Options: o}
}

func read(t testing.TB, in parse.Input) (*collector, parse.Result) {
	t.Helper()
	c := &collector{}
	r, err := Kind.Parse(context.Background(), in, reform.Default(), c)
	if err != nil {
		t.Fatalf("%s: %v\n%s", in.Name, err, c.said())
	}
	return c, r
}

// line is a fact in short: "par vn63:80 2019 3 score 12.5/14.5 place 5/63".
func line(f reform.Fact) string {
	parts := []string{f.Index, string(f.Unit), f.Period.String()}
	if f.Component != "" {
		parts = append(parts, "c="+f.Component)
	}
	if f.Stage != "" {
		parts = append(parts, string(f.Stage))
	}
	if f.Score.Valid {
		parts = append(parts, "s="+f.Score.String())
	}
	if f.Place > 0 {
		parts = append(parts, fmt.Sprintf("#%d/%d", f.Place, f.Of))
	}
	if f.Scope != reform.ScopeNation {
		parts = append(parts, "in "+f.Scope)
	}
	return strings.Join(parts, " ")
}

func lines(c *collector) []string {
	var list []string
	for _, f := range c.facts {
		list = append(list, line(f))
	}
	return list
}

// grid0 is a table of a test: rows of texts and numbers.
type grid0 [][]any

// page is one sheet of a test.
type page struct {
	name   string
	rows   grid0
	merged []string
}

func xlsx(t testing.TB, pages ...page) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, p := range pages {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", p.name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(p.name); err != nil {
			t.Fatal(err)
		}
		for r, row := range p.rows {
			for c, v := range row {
				if v == nil {
					continue
				}
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if err := f.SetCellValue(p.name, name, v); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, m := range p.merged {
			a, b, _ := strings.Cut(m, ":")
			if err := f.MergeCell(p.name, a, b); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts writes a table as delimited text with a decimal sign.
func texts(t testing.TB, comma rune, decimal string, rows grid0) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = comma
	for _, row := range rows {
		rec := make([]string, len(row))
		for i, v := range row {
			switch v := v.(type) {
			case nil:
			case float64:
				rec[i] = strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", decimal, 1)
			default:
				rec[i] = fmt.Sprint(v)
			}
		}
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	w.Flush()
	return b.Bytes()
}

// ods writes a table as an OpenDocument spreadsheet.
func ods(t testing.TB, pages ...page) []byte {
	t.Helper()
	var x strings.Builder
	x.WriteString(`<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>`)
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;")
	for _, p := range pages {
		fmt.Fprintf(&x, `<table:table table:name="%s">`, escape.Replace(p.name))
		for _, row := range p.rows {
			x.WriteString("<table:table-row>")
			for _, v := range row {
				switch v := v.(type) {
				case nil:
					x.WriteString("<table:table-cell/>")
				case float64:
					fmt.Fprintf(&x, `<table:table-cell office:value-type="float" office:value="%v"><text:p>%v</text:p></table:table-cell>`, v, v)
				case int:
					fmt.Fprintf(&x, `<table:table-cell office:value-type="float" office:value="%d"><text:p>%d</text:p></table:table-cell>`, v, v)
				default:
					fmt.Fprintf(&x, `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`, escape.Replace(fmt.Sprint(v)))
				}
			}
			x.WriteString(`<table:table-cell table:number-columns-repeated="16000"/></table:table-row>`)
		}
		x.WriteString(`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`)
	}
	x.WriteString("</office:spreadsheet></office:body></office:document-content>")
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range []struct{ name, text string }{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", x.String()}} {
		pw, err := w.Create(part.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pw.Write([]byte(part.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// figure is one row of the real figures.
type figure struct {
	province, score string
	rank, of        int
}

// figures are the real totals of an index and year, in the order of the file.
func figures(t testing.TB, file, year, component string) []figure {
	t.Helper()
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, h := range rows[0] {
		col[h] = i
	}
	var list []figure
	for _, r := range rows[1:] {
		if r[col["year"]] != year || r[col["component_code"]] != component {
			continue
		}
		rank, _ := strconv.Atoi(r[col["rank"]])
		of, _ := strconv.Atoi(r[col["of"]])
		list = append(list, figure{r[col["province"]], r[col["score"]], rank, of})
	}
	if len(list) == 0 {
		t.Fatalf("no figures of %s %s", file, year)
	}
	return list
}

func float(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

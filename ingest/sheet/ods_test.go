package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest/parse"
	"chiso/reform"
)

func odsFile(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		p, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const odsHead = `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s">`

func odsContent(t testing.TB, tables string) []byte {
	t.Helper()
	return odsFile(t, "mimetype", odsMIME, "content.xml", odsHead+`<office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>`+tables+`</office:spreadsheet></office:body></office:document-content>`)
}

func TestODSCells(t *testing.T) {
	b := odsContent(t, `<table:table table:name="Bảng 1"><table:table-column table:number-columns-repeated="9"/>
<table:table-header-rows><table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="2"><text:p>Ha`+"\u0300"+` No`+"\u0323\u0302"+`i</text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="float" office:value="5.9000000000000004"><text:p>5,9</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="percentage" office:value="0.8797" table:number-columns-repeated="2"><text:p>87,97%</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
<table:table-row><table:table-cell office:value-type="date" office:date-value="2019-04-18"><text:p>18/04/19</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>one<text:s text:c="2"/>two</text:p><text:p>three</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>1.745</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1047000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>
<table:table table:name="Ẩn" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row></table:table>`)
	wb, err := Open(context.Background(), input("x.ods", b))
	if err != nil {
		t.Fatal(err)
	}
	if wb.Format != "ods" || len(wb.Sheets) != 2 || wb.Sheets[0].Hidden || !wb.Sheets[1].Hidden {
		t.Fatalf("got %+v", wb)
	}
	s := wb.Sheets[0]
	if len(s.Rows) != 1004 {
		t.Errorf("got %d rows, want 1004", len(s.Rows))
	}
	for _, c := range []struct {
		row, col int
		kind     Kind
		text     string
	}{
		{0, 0, Text, "Hà Nội"}, {0, 1, Empty, ""}, {0, 2, Number, "5.9"},
		{1, 2, Number, "87.97"}, {2, 3, Number, "87.97"}, {3, 0, Empty, ""},
		{1003, 0, Date, "2019-04-18"}, {1003, 1, Bool, "TRUE"}, {1003, 2, Text, "one  two\nthree"}, {1003, 3, Error, "#DIV/0!"}, {1003, 4, Text, "1.745"},
	} {
		if got := s.At(c.row, c.col); got.Kind != c.kind || got.Text != c.text {
			t.Errorf("%s: got kind %d text %q, want %d %q", Ref(c.row, c.col), got.Kind, got.Text, c.kind, c.text)
		}
	}
	if d := cmp.Diff([]Range{{0, 0, 1, 1}}, s.Merged); d != "" {
		t.Errorf("merged (-want +got):\n%s", d)
	}
	if got := s.Spread(1, 1).Text; got != "Hà Nội" {
		t.Errorf("Spread: got %q", got)
	}
}

func TestODSRefusals(t *testing.T) {
	row := `<table:table table:name="S"><table:table-row table:number-rows-repeated="%d"><table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="%d"/></table:table-row></table:table>`
	for name, tt := range map[string]struct {
		data   []byte
		kind   error
		phrase string
	}{
		"locked":          {odsFile(t, "mimetype", odsMIME, "META-INF/manifest.xml", "<m:encryption-data/>", "content.xml", "x"), reform.ErrInvalid, "password"},
		"damaged":         {odsFile(t, "mimetype", odsMIME, "content.xml", odsHead+"<office:spreadsheet><table:table><table:table-row>"), reform.ErrInvalid, "damaged"},
		"no spreadsheet":  {odsFile(t, "mimetype", odsMIME, "content.xml", odsHead+"</office:document-content>"), reform.ErrInvalid, "without a spreadsheet"},
		"no content":      {odsFile(t, "mimetype", odsMIME), reform.ErrInvalid, "without content"},
		"a million rows":  {odsContent(t, fmt.Sprintf(row, 1<<20, 1)), reform.ErrTooLarge, "rows"},
		"many columns":    {odsContent(t, fmt.Sprintf(row, 1, 16384)), reform.ErrTooLarge, "columns"},
		"many cells":      {odsContent(t, fmt.Sprintf(row, 100_000, 100)), reform.ErrTooLarge, "cells"},
		"a bomb":          {odsContent(t, strings.Repeat(" ", 64<<20)), reform.ErrTooLarge, "times its size"},
		"one long cell":   {odsContent(t, `<table:table><table:table-row><table:table-cell><text:p>`+strings.Repeat("xyz ", 1<<14)+`</text:p></table:table-cell></table:table-row></table:table>`), reform.ErrTooLarge, "text"},
		"nested entities": {odsFile(t, "mimetype", odsMIME, "content.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]>`+odsHead+`<office:spreadsheet>&a;</office:spreadsheet></office:document-content>`), reform.ErrInvalid, "damaged"},
	} {
		_, err := Open(context.Background(), input("x.ods", tt.data))
		if !errors.Is(err, tt.kind) || !strings.Contains(fmt.Sprint(err), tt.phrase) {
			t.Errorf("%s: got %v, want %v with %q", name, err, tt.kind, tt.phrase)
		}
	}
	probe, err := NewProbe(context.Background(), parse.Input{Name: "x.ods", File: bytes.NewReader(odsContent(t, fmt.Sprintf(row, 1000, 3))), Size: int64(len(odsContent(t, fmt.Sprintf(row, 1000, 3))))})
	if err != nil {
		t.Fatal(err)
	}
	v, err := probe.Preview()
	if err != nil || len(v.Sheets) != 1 || len(v.Sheets[0].Rows) != PreviewRows {
		t.Errorf("preview: got %v, %d sheets", err, len(v.Sheets))
	}
}

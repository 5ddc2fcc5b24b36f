package excerpt

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

func input(name, text string) parse.Input {
	return parse.Input{Name: name, File: bytes.NewReader([]byte(text)), Size: int64(len(text))}
}

// TestWorkbook shows a cell of an official PAPI workbook with its row.
func TestWorkbook(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testshared.Dir(t), "fixtures", "papi", "*.xlsx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no PAPI workbook among the shared inputs: %v", err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	in := parse.Input{Name: filepath.Base(files[0]), File: bytes.NewReader(b), Size: int64(len(b))}
	e, err := Of(context.Background(), in, "2011_PAPI!C10", "")
	if err != nil {
		t.Fatal(err)
	}
	here := 0
	for _, r := range e.Rows {
		if r.Here {
			here++
			if r.Number != "10" || r.Cell != 2 || r.Cells[2] == "" {
				t.Errorf("the row of C10 is %+v", r)
			}
		}
	}
	if here != 1 || e.Columns[0] != "A" || e.Place != "2011_PAPI" {
		t.Errorf("excerpt: %d rows marked, columns %v, place %q", here, e.Columns, e.Place)
	}
	for _, bad := range []string{"Nowhere!A1", "line 3x", "", "2011_PAPI"} {
		if _, err := Of(context.Background(), in, bad, ""); !errors.Is(err, reform.ErrNotFound) {
			t.Errorf("%q: got %v, want not found", bad, err)
		}
	}
}

func TestText(t *testing.T) {
	const article = "<html><body><article><h1>Long An tăng hạng</h1><p>Năm 2019, Long An xếp hạng 5/63, tăng 2 bậc so với năm 2018 theo công bố của Bộ Nội vụ trong hội nghị trực tuyến.</p><script>alert(1)</script></article></body></html>"
	e, err := Of(context.Background(), input("a.html", article), "chars 9999-10000", "Long An xếp  hạng 5/63,\ntăng 2 bậc")
	if err != nil || e.Hit != "Long An xếp hạng 5/63, tăng 2 bậc" || !strings.Contains(e.After, "so với năm 2018") {
		t.Errorf("got %+v, %v", e, err)
	}
	if strings.Contains(e.Before+e.After, "alert") {
		t.Error("the script of the page is shown as its text")
	}
	// A quotation with what means something in a pattern, shortened as it is stored.
	e, err = Of(context.Background(), input("a.txt", "Điểm (tổng) là 85,125 [điểm] hôm nay"), "", "(tổng) là 85,125 [điểm]…")
	if err != nil || e.Hit != "(tổng) là 85,125 [điểm]" {
		t.Errorf("got %+v, %v", e, err)
	}
	e, err = Of(context.Background(), input("a.txt", "Một hai ba bốn"), "paragraph 1, chars 4-7", "")
	if err != nil || e.Hit != "hai" {
		t.Errorf("by characters: got %+v, %v", e, err)
	}
	if _, err = Of(context.Background(), input("a.txt", "Một hai ba bốn"), "chars 400-500", "năm sáu"); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("words that are not there: got %v", err)
	}
}

func TestLines(t *testing.T) {
	table := "Tỉnh,Điểm\n" + strings.Repeat("Hà Nội,80\n", 20) + "Long An,85.5\nHậu Giang,70\n"
	e, err := Of(context.Background(), input("a.csv", table), "line 22", "")
	if err != nil {
		t.Fatal(err)
	}
	if e.Rows[0].Cells[0] != "Tỉnh" {
		t.Errorf("the heading is %v", e.Rows[0])
	}
	for _, r := range e.Rows {
		if r.Here != (r.Number == "22") || r.Here && r.Cells[0] != "Long An" {
			t.Errorf("row %+v", r)
		}
	}
	if _, err := Of(context.Background(), input("a.csv", table), "line 99", ""); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("line 99: got %v", err)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("a,b\n1,2\n", "line 2", "")
	f.Add("Long An 5/63", "chars 0-7", "Long")
	f.Add("%PDF-1.4", "page 1", "x")
	f.Fuzz(func(t *testing.T, text, locator, quote string) {
		e, err := Of(context.Background(), input("x", text), locator, quote)
		if err == nil && e.Hit == "" && e.Before == "" && len(e.Rows) == 0 {
			t.Errorf("nothing shown, and no error")
		}
	})
}

package ingest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func workbook(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What people hand over by mistake is named with its place and the reason, in
// both languages, and nothing of the document is loaded.
func TestBadDocuments(t *testing.T) {
	l := newLoader(t)
	l.Kinds = nil
	head := []any{"Chỉ số", "Tỉnh/Thành phố", "Năm", "Hạng", "Điểm", "Điểm tối đa"}
	good := []any{"PAR INDEX", "Long An", 2019, 5, 84.4, 100}
	cases := []struct {
		name, file, content string
		code                string
		locator, text       string   // parts of what the problem must point at
		words               []string // of the reason
	}{
		{"empty file", "a.csv", "", "empty-file", "", "", []string{"empty"}},
		{"picture named xlsx", "a.xlsx", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "unknown-kind", "", "image/png", []string{"PNG", "tidy"}},
		{"province that does not exist", "a.xlsx", workbook(t, head, good, []any{"PAR INDEX", "Long Ann", 2019, 6, 80, 100}), "unknown-unit", "B3", "Long Ann", []string{"Long An"}},
		{"score over its maximum", "a.xlsx", workbook(t, head, good, []any{"PAR INDEX", "Hà Nội", 2019, 6, 112.5, 100}), "over-maximum", "E3", "112.5", []string{"100"}},
		{"score over the catalogue's maximum", "a.csv", "index,unit_name,year,score\npar,Long An,2019,84.4\npar,Hà Nội,2019,100.5\n", "over-maximum", "line 3", "100.5", []string{"100"}},
		{"rank 64/63", "a.csv", "index,unit_name,year,place\npar,Long An,2019,5/63\npar,Hà Nội,2019,64/63\n", "", "line 3", "64", []string{"63"}},
		{"rank over the edition", "a.csv", "index,unit_name,year,place\npar,Long An,2019,5\npar,Hà Nội,2019,64\n", "", "line 3", "64", []string{"63"}},
		{"1.745 among counts", "a.csv", "index,unit_name,year,component,score\ndossiers,Long An,2024,received,1.745\n", "ambiguous-number", "line 2", "1.745", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := mustLoad(t, l, Job{Name: c.file}, c.content)
			if r.State != Refused || r.Problems == 0 || ExitCode(r) != 1 {
				t.Fatalf("got %s with %d problems; want refused with some", r.State, r.Problems)
			}
			p := r.Listed[0]
			t.Logf("%s | %s | %q | %s | %s", p.Code, p.Locator, p.Text, p.Reason, p.ReasonVI)
			if c.code != "" && p.Code != c.code {
				t.Errorf("code: got %s, want %s", p.Code, c.code)
			}
			if !strings.Contains(p.Locator, c.locator) || !strings.Contains(p.Text, c.text) {
				t.Errorf("got %q at %q, want %q at %q", p.Text, p.Locator, c.text, c.locator)
			}
			for _, w := range c.words {
				if !strings.Contains(p.Reason, w) {
					t.Errorf("reason %q does not speak of %s", p.Reason, w)
				}
			}
			if p.ReasonVI == "" || p.ReasonVI == p.Reason {
				t.Errorf("no Vietnamese reason: %q", p.ReasonVI)
			}
		})
	}
	if got := count1(t, l.DB, "SELECT count() FROM observations", nil); got != 0 {
		t.Errorf("got %d observations, want none", got)
	}
}

package htmltable

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

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
	return slices.ContainsFunc(c.problems, func(p reform.Problem) bool { return !p.Warning })
}

func input(name, text string) parse.Input {
	return parse.Input{Name: name, File: strings.NewReader(text), Size: int64(len(text))}
}

func read(t *testing.T, name, text string) (*collector, parse.Result) {
	t.Helper()
	c := &collector{}
	r, err := Kind.Parse(context.Background(), input(name, text), reform.Default(), c)
	if err != nil {
		t.Fatalf("%v\n%s", err, c.said())
	}
	if c.refused() {
		t.Fatalf("refused:\n%s%+v", c.said(), r.Mapping)
	}
	return c, r
}

func line(f reform.Fact) string {
	s := fmt.Sprintf("%s %s %s %s", f.Index, f.Unit, f.Period, f.Component)
	if f.Score.Valid {
		s += " " + f.Score.String()
	}
	if f.Place > 0 {
		s += fmt.Sprintf(" #%d/%d", f.Place, f.Of)
	}
	return s
}

func lines(c *collector) []string {
	var list []string
	for _, f := range c.facts {
		list = append(list, line(f))
	}
	slices.Sort(list)
	return list
}

func data(t *testing.T, name string) (rows [][]string, col map[string]int) {
	t.Helper()
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col = map[string]int{}
	for i, h := range all[0] {
		col[h] = i
	}
	return all[1:], col
}

func unit(t *testing.T, name string) reform.UnitKey {
	t.Helper()
	k, ok := reform.Default().FindUnit(name, reform.VN63, reform.Province)
	if !ok {
		t.Fatalf("no province %q", name)
	}
	return k
}

// TestPCIRanking is the ranking page of PCI 2020, in its described shape: Tỉnh,
// Điểm số PCI, Xếp hạng with "01".
func TestPCIRanking(t *testing.T) {
	rows, col := data(t, "pci-overall.csv")
	var b strings.Builder
	var want []string
	b.WriteString(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>Bảng xếp hạng PCI</title><script>var x = "<table><tr><td>Hà Nội</td><td>1</td></tr></table>";</script></head><body>
<div class="menu"><table><tr><td><a href="/">Trang chủ</a></td><td>Giới thiệu</td></tr></table></div>
<h1>Bảng xếp hạng</h1><form><select name="year"><option>2019</option><option>2020</option></select></form>
<h2>Chỉ số PCI năm 2020</h2><table class="rank"><thead><tr><th>Tỉnh</th><th>Điểm số PCI</th><th>Xếp hạng</th></tr></thead><tbody>`)
	for _, r := range rows {
		if r[col["year"]] != "2020" || r[col["component_code"]] != "" {
			continue
		}
		rank, _ := strconv.Atoi(r[col["rank"]])
		fmt.Fprintf(&b, "<tr><td><a href=#>%s</a></td>\n<td> %s </td><td>%02d</td></tr>", r[col["province"]], r[col["score"]], rank)
		want = append(want, fmt.Sprintf("pci %s 2020  %s #%d/63", unit(t, r[col["province"]]), reform.Num(r[col["score"]]), rank))
	}
	b.WriteString("</tbody></table><p>© VCCI 2024</p></body></html>")
	slices.Sort(want)
	c, r := read(t, "https://pcivietnam.vn/bang-xep-hang?cpi_cat_id=PCI_Score&region_id=0&year=2020", b.String())
	if d := cmp.Diff(want, lines(c)); d != "" || len(want) != 63 {
		t.Errorf("facts (-want +got):\n%s%s%+v", d, c.said(), r.Mapping)
	}
	if got := c.facts[0].Locator; got != "table 2, row 2, column 2; table 2, row 2, column 3" {
		t.Errorf("got locator %q", got)
	}
}

// TestPCIProvince is a page of one province: a row of years, a row for each component, N/A for what is missing.
func TestPCIProvince(t *testing.T) {
	text := `<html><head><title>Quang Ninh - PCI Vietnam</title></head><body><h1>Quảng Ninh</h1><h3>PCI sub-indices</h3>
<table><tr><td>Year</td><td>2019</td><td>2020</td><td>2021</td></tr>
<tr><td>Entry Costs</td><td>7.87</td><td>8.21</td><td>N/A</td></tr>
<tr><td>Access to land</td><td>6.91</td><td>7.08</td><td>7.41</td></tr>
<tr><td>Policy Bias</td><td>6.5</td><td>N/A</td><td>6.18</td></tr>
<tr><td>Labor Policy</td><td>7.41</td><td>7.5</td><td>7</td></tr>
<tr><td>Law &amp; Order</td><td>7.05</td><td>7.8</td><td>8.25</td></tr></table></body></html>`
	c := &collector{}
	r, err := Kind.Parse(context.Background(), input("quang-ninh", text), reform.Default(), c)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"pci vn63:22 2019 CSTP1 7.87", "pci vn63:22 2019 CSTP10 7.05", "pci vn63:22 2019 CSTP2 6.91", "pci vn63:22 2019 CSTP6 6.5", "pci vn63:22 2019 CSTP9 7.41",
		"pci vn63:22 2020 CSTP1 8.21", "pci vn63:22 2020 CSTP10 7.8", "pci vn63:22 2020 CSTP2 7.08", "pci vn63:22 2020 CSTP9 7.5",
		"pci vn63:22 2021 CSTP10 8.25", "pci vn63:22 2021 CSTP2 7.41", "pci vn63:22 2021 CSTP6 6.18", "pci vn63:22 2021 CSTP9 7",
	}
	if d := cmp.Diff(want, lines(c)); d != "" {
		t.Errorf("facts (-want +got):\n%s%s%+v", d, c.said(), r.Mapping)
	}
}

// TestDTI is the ranking page of DTI 2022: a place, a province, eight parts and the total in 0..1; only
// the first five rows have scores.
func TestDTI(t *testing.T) {
	rows, col := data(t, "service766.csv")
	parts := []string{"Nhận thức số", "Thể chế số", "Hạ tầng số", "Nhân lực số", "An toàn thông tin mạng", "Hoạt động chính quyền số", "Hoạt động kinh tế số", "Hoạt động xã hội số"}
	codes := []string{"nhan-thuc-so", "the-che-so", "ha-tang-so", "nhan-luc-so", "an-toan-thong-tin", "chinh-quyen-so", "kinh-te-so", "xa-hoi-so"}
	type row struct {
		rank   string
		scores map[string]string
	}
	table := map[string]*row{}
	var order []string
	for _, r := range rows {
		if r[col["index"]] != "DTI" || r[col["period"]] != "2022" || r[col["basis"]] != "dti.gov.vn" {
			continue
		}
		name := r[col["province"]]
		if table[name] == nil {
			table[name] = &row{scores: map[string]string{}}
			order = append(order, name)
		}
		if r[col["rank"]] != "" {
			table[name].rank = r[col["rank"]]
		}
		table[name].scores[r[col["criterion_code"]]] = r[col["score"]]
	}
	var b strings.Builder
	var want []string
	b.WriteString("<!doctype html><title>Xếp hạng DTI cấp tỉnh năm 2022</title><table><tr><th>Hạng</th><th>Tỉnh/Thành phố</th>")
	for _, p := range parts {
		fmt.Fprintf(&b, "<th>Chỉ số %s</th>", p)
	}
	b.WriteString("<th>Chuyển đổi số cấp tỉnh (PDTI)</th></tr>")
	for _, name := range order {
		r, k := table[name], unit(t, name)
		fmt.Fprintf(&b, "<tr><td>%s<td>%s", r.rank, name)
		for i, p := range parts {
			fmt.Fprintf(&b, "<td>%s", r.scores[p])
			if s := r.scores[p]; s != "" {
				want = append(want, fmt.Sprintf("dti %s 2022 %s %s", k, codes[i], reform.Num(s)))
			}
		}
		fmt.Fprintf(&b, "<td>%s</tr>", r.scores["PDTI"])
		s := fmt.Sprintf("dti %s 2022 ", k)
		if v := r.scores["PDTI"]; v != "" {
			s += " " + reform.Num(v).String()
		}
		want = append(want, s+fmt.Sprintf(" #%s/63", r.rank))
	}
	b.WriteString("</table>")
	slices.Sort(want)
	c, r := read(t, "https://dti.gov.vn/xep-hang-2022", b.String())
	if d := cmp.Diff(want, lines(c)); d != "" || len(order) != 63 {
		t.Errorf("facts (-want +got):\n%s%s%+v", d, c.said(), r.Mapping)
	}
}

func TestShapes(t *testing.T) {
	want := []string{"par vn63:01 2019  83.05 #6/63", "par vn63:80 2019  84.24 #5/63"}
	rows := `<tr><td>Long An<td>84,24<td>5</tr><tr><td>Hà Nội<td>83,05<td>6</tr>`
	legacy, err := charmap.Windows1252.NewEncoder().String("x")
	if err != nil || legacy != "x" {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"caption":            `<table><caption>PAR INDEX năm 2019</caption><tr><th>Tỉnh<th>Điểm<th>Hạng</tr>` + rows + `</table>`,
		"colspan, rowspan":   `<title>PAR INDEX</title><table><tr><th rowspan=2>Tỉnh</th><th colspan=2>Năm 2019</th></tr><tr><th>Điểm</th><th>Hạng</th></tr>` + rows + `</table>`,
		"nested in a layout": `<h2>Kết quả PAR INDEX năm 2019</h2><table><tr><td>menu</td><td><table><tr><th>Tỉnh<th>Điểm<th>Hạng</tr>` + rows + `</table></td></tr></table>`,
		"rowspan in rows":    `<title>PAR INDEX</title><table><tr><th>Tỉnh<th>Năm<th>Điểm<th>Hạng</tr><tr><td rowspan=1>Long An<td>2019<td>84,24<td>5</tr><tr><td>Hà Nội<td>2019<td>83,05<td>6</tr></table>`,
		"entities, breaks":   `<h1>PAR&nbsp;INDEX n&#259;m 2019</h1><table><tr><th>T&#7881;nh<br>th&agrave;nh ph&#7889;<th>&#272;i&#7875;m<th>H&#7841;ng</tr><tr><td>Long&nbsp;An<td>84,24<td>5</tr><tr><td>H&agrave; N&#7897;i<td>83,05<td>6</tr></table>`,
		"title in the table": `<table><tr><td colspan=3>PAR INDEX năm 2019</tr><tr><td>Tỉnh<td>Điểm<td>Hạng</tr>` + rows + `</table>`,
		"hidden text":        `<h1>PAR INDEX năm 2019</h1><table><tr><th>Tỉnh<th>Điểm<th>Hạng</tr><tr><td><span style="display: none">Tây Ninh</span>Long An<td>84,24<script>99</script><td>5</tr><tr><td>Hà Nội<td>83,05<td>6</tr></table>`,
	} {
		t.Run(name, func(t *testing.T) {
			c, r := read(t, "trang.html", "<!doctype html><meta charset=utf-8>"+text)
			if d := cmp.Diff(want, lines(c)); d != "" {
				t.Errorf("facts (-want +got):\n%s%s%+v", d, c.said(), r.Mapping)
			}
		})
	}
}

func TestTheEncodingOfThePage(t *testing.T) {
	// Windows-1258 writes the tones apart from their letters.
	text := "<html><head><meta charset=windows-1258><title>PAR INDEX na\u0306m 2019</title></head><body><table><tr><th>Ti\u0309nh</th><th>Đi\u00ea\u0309m</th></tr><tr><td>Long An</td><td>84,24</td></tr><tr><td>Ha\u0300 N\u00f4\u0323i</td><td>83,05</td></tr></table>"
	text = strings.ReplaceAll(text, "a\u0306", "\u0103")
	b, err := charmap.Windows1258.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := read(t, "x.html", b)
	if d := cmp.Diff([]string{"par vn63:01 2019  83.05", "par vn63:80 2019  84.24"}, lines(c)); d != "" {
		t.Errorf("facts (-want +got):\n%s%s", d, c.said())
	}
}

func TestDetect(t *testing.T) {
	for text, want := range map[string]int{
		"<!doctype html><table><tr><td>Tỉnh": sureTable,
		"<html><body><table>":                surePage,
		"<!doctype html><p>no table</p>":     0,
		"Tỉnh;Điểm\nLong An;5":               0,
		"{\"a\": \"<table>\"}":               0,
	} {
		if got := Detect(parse.Probe{Head: []byte(text), Size: int64(len(text))}); got != want {
			t.Errorf("Detect(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestTraps(t *testing.T) {
	for name, text := range map[string]string{
		"nested without end":   strings.Repeat("<div>", 200_000) + "<table><tr><td>x",
		"tables within tables": strings.Repeat("<table><tr><td>", 50_000),
		"a colspan of a lot":   "<table><tr>" + strings.Repeat("<td colspan=1000>x", 50) + "</table>",
		"many rows":            "<table>" + strings.Repeat("<tr><td>1", 250_000) + "</table>",
		"one long cell":        "<table><tr><td>" + strings.Repeat("x", 1<<20) + "</table>",
	} {
		c := &collector{}
		_, err := Kind.Parse(context.Background(), input("x.html", text), reform.Default(), c)
		if !errors.Is(err, reform.ErrTooLarge) {
			t.Errorf("%s: got %v, %s, want ErrTooLarge", name, err, c.said())
		}
	}
	c := &collector{}
	if _, err := Kind.Parse(context.Background(), input("x.html", "<p>none</p>"), reform.Default(), c); err != nil || !c.refused() {
		t.Errorf("no table: got %v, %s", err, c.said())
	}
	// A rowspan to the end of the world covers the rows that are there.
	if _, err := Kind.Parse(context.Background(), input("x.html", "<table><tr><td rowspan=99999999>x<td>y</tr><tr><td>1</tr></table>"), reform.Default(), &collector{}); err != nil {
		t.Errorf("rowspan: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("<title>PAR INDEX năm 2019</title><table><tr><th rowspan=2>Tỉnh<th colspan=2>x<tr><td>Điểm<td>Hạng<tr><td>Long An<td>84,24<td>5</table>"))
	f.Add([]byte("<table><tr><td>Year<td>2019<tr><td>Entry Costs<td>7.8</table>"))
	f.Add([]byte("<meta charset=utf-16><table><table><tr><td rowspan=0 colspan=-1>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &collector{}
		in := parse.Input{Name: "x.html", File: bytes.NewReader(b), Size: int64(len(b)), Limits: parse.Limits{Cells: 20_000, Columns: 200, Rows: 2_000, Problems: 50}}
		_, err := Kind.Parse(t.Context(), in, reform.Default(), c)
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
	})
}

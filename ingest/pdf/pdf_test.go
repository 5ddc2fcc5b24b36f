package pdf

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

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

func (c *collector) has(code string) bool {
	for _, p := range c.problems {
		if p.Code == code {
			return true
		}
	}
	return false
}

// needs skips a test where one of the programs is missing, and fails it there in CI.
func needs(tb testing.TB, programs ...string) {
	tb.Helper()
	for _, p := range programs {
		testshared.Need(tb, p)
	}
}

func input(name string, b []byte, options map[string]string) parse.Input {
	return parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b)), Options: options}
}

func readPDF(tb testing.TB, b []byte, options map[string]string) (*collector, parse.Result, error) {
	tb.Helper()
	if d := os.Getenv("CHISO_KEEP_PDF"); d != "" {
		_ = os.WriteFile(d+"/"+strings.ReplaceAll(tb.Name(), "/", "_")+".pdf", b, 0o600)
	}
	c := &collector{}
	r, err := Kind.Parse(context.Background(), input("bao-cao.pdf", b, options), reform.Default(), c)
	return c, r, err
}

func mustRead(tb testing.TB, b []byte) *collector {
	tb.Helper()
	c, _, err := readPDF(tb, b, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// want is what a document prints, by unit, period and component.
type want map[string][2]string // score, place

func key(unit, period, component string) string { return unit + " " + period + " " + component }

// check holds the extracted facts against what was printed: all of it, exactly, and nothing else.
func check(tb testing.TB, c *collector, index string, w want) {
	tb.Helper()
	if s := c.serious(); s != "" {
		tb.Errorf("problems:\n%s", s)
	}
	got := map[string][2]string{}
	for _, f := range c.facts {
		k := key(string(f.Unit), f.Period.String(), f.Component)
		if f.Index != index {
			tb.Errorf("%s: got index %s, want %s", k, f.Index, index)
		}
		if !strings.HasPrefix(f.Locator, "page ") {
			tb.Errorf("%s: got locator %q, want a page", k, f.Locator)
		}
		v := got[k]
		if f.Score.Valid {
			v[0] = f.Score.Decimal.String()
		}
		if f.Place > 0 {
			v[1] = strconv.Itoa(f.Place)
		}
		got[k] = v
	}
	bad := 0
	for k, v := range w {
		if v[0] != "" {
			v[0] = decimal.RequireFromString(v[0]).String()
		}
		if got[k] != v {
			if bad++; bad < 10 {
				tb.Errorf("%s: got %v, want %v", k, got[k], v)
			}
		}
	}
	for k, v := range got {
		if _, ok := w[k]; !ok {
			if bad++; bad < 10 {
				tb.Errorf("%s: got %v, which is not printed", k, v)
			}
		}
	}
}

func totals(list []shipped, period string) want {
	w := want{}
	for _, f := range list {
		if f.component == "" && f.score != "" && f.place != "" {
			w[key(f.unit, period, "")] = [2]string{f.score, f.place}
		}
	}
	return w
}

var totalHead = []string{"STT", "Tỉnh, thành phố", "Điểm", "Xếp hạng"}
var totalWidths = []float64{40, 190, 110, 90}

// A ruled table on two pages, its headings repeated, between running header and page numbers.
func TestRuledTableOverPages(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "pci.csv", "pci", "2012")
	m := newPDF(t)
	m.title("KẾT QUẢ CHỈ SỐ NĂNG LỰC CẠNH TRANH", "CẤP TỈNH (PCI) NĂM 2012")
	m.table(look{border: "1", wrap: true}, totalWidths, totalHead, numbered(list))
	c := mustRead(t, m.bytes())
	check(t, c, "pci", totals(list, "2012"))
	last := ""
	for _, f := range c.facts {
		last = max(last, f.Locator[:6])
	}
	if last != "page 2" {
		t.Errorf("got last page %q, want page 2", last)
	}
}

// Columns without any line, names wrapped around or above their numbers, on several pages.
func TestAlignedTables(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "pci.csv", "pci", "2015")
	for name, s := range map[string]look{
		"plain": {}, "close": {height: 14}, "names around": {wrap: true, height: 22}, "names below": {top: true, height: 22},
	} {
		t.Run(name, func(t *testing.T) {
			m := newPDF(t)
			m.title("KẾT QUẢ CHỈ SỐ PCI NĂM 2015")
			m.table(s, totalWidths, totalHead, numbered(list))
			check(t, mustRead(t, m.bytes()), "pci", totals(list, "2015"))
		})
	}
}

// Lines between the columns only.
func TestBarsOnly(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "pci.csv", "pci", "2016")
	for name, s := range map[string]look{"plain": {bars: true}, "names around": {bars: true, wrap: true, height: 22}} {
		t.Run(name, func(t *testing.T) {
			m := newPDF(t)
			m.title("XẾP HẠNG PCI NĂM 2016")
			m.table(s, totalWidths, totalHead, numbered(list))
			check(t, mustRead(t, m.bytes()), "pci", totals(list, "2016"))
		})
	}
}

// Headings of several lines over many columns, with and without lines.
func TestWrappedHeadings(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "papi.csv", "papi", "2015")
	heads := map[string]string{"D1": "Tham gia của\nngười dân ở\ncấp cơ sở", "D2": "Công khai,\nminh bạch", "D3": "Trách nhiệm\ngiải trình với\nngười dân", "D4": "Kiểm soát\ntham nhũng", "D5": "Thủ tục\nhành chính\ncông", "D6": "Cung ứng\ndịch vụ\ncông"}
	w := want{}
	byUnit := map[string][]string{}
	var order []string
	for _, f := range list {
		if heads[f.component] == "" {
			continue
		}
		if byUnit[f.unit] == nil {
			order = append(order, f.unit)
			byUnit[f.unit] = []string{fmt.Sprint(len(order)), f.name, "", "", "", "", "", ""}
		}
		byUnit[f.unit][1+int(f.component[1]-'0')] = comma(f.score)
		w[key(f.unit, "2015", f.component)] = [2]string{f.score, ""}
	}
	var rows [][]string
	for _, u := range order {
		rows = append(rows, byUnit[u])
	}
	head := []string{"STT", "Tỉnh, thành phố", heads["D1"], heads["D2"], heads["D3"], heads["D4"], heads["D5"], heads["D6"]}
	widths := []float64{28, 107, 62, 56, 68, 58, 58, 58}
	for name, s := range map[string]look{"ruled": {border: "1"}, "aligned": {}, "ruled, wrapped": {border: "1", wrap: true}, "bars": {bars: true}} {
		t.Run(name, func(t *testing.T) {
			m := newPDF(t)
			m.title("KẾT QUẢ CHỈ SỐ PAPI NĂM 2015")
			m.table(s, widths, head, rows)
			check(t, mustRead(t, m.bytes()), "papi", w)
		})
	}
}

// Two years side by side, each over its score and its place.
func TestHeadingsOverColumns(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	a, b := rowsOf(t, "pci.csv", "pci", "2014"), rowsOf(t, "pci.csv", "pci", "2015")
	w := totals(a, "2014")
	for k, v := range totals(b, "2015") {
		w[k] = v
	}
	byUnit := map[string]shipped{}
	for _, f := range b {
		if f.component == "" {
			byUnit[f.unit] = f
		}
	}
	for _, ruled := range []bool{true, false} {
		t.Run(fmt.Sprint("ruled ", ruled), func(t *testing.T) {
			m := newPDF(t)
			m.title("CHỈ SỐ PCI QUA CÁC NĂM")
			y := m.GetY()
			x := []float64{50, 90, 240, 310, 380, 450, 520}
			cell := func(c0, c1 int, y0, y1 float64, text, align string) {
				if ruled {
					m.Rect(x[c0], y0, x[c1]-x[c0], y1-y0, "D")
				}
				m.SetXY(x[c0], y0)
				m.CellFormat(x[c1]-x[c0], y1-y0, text, "", 0, align, false, 0, "")
			}
			cell(0, 1, y, y+36, "STT", "C")
			cell(1, 2, y, y+36, "Tỉnh, thành phố", "C")
			cell(2, 4, y, y+18, "Năm 2014", "C")
			cell(4, 6, y, y+18, "Năm 2015", "C")
			for i, h := range []string{"Điểm", "Hạng", "Điểm", "Hạng"} {
				cell(2+i, 3+i, y+18, y+36, h, "C")
			}
			y += 36
			n := 0
			for _, f := range a {
				if f.component != "" {
					continue
				}
				if y > 770 {
					m.AddPage()
					m.SetFont("inter", "", 10)
					y = 75
				}
				n++
				g := byUnit[f.unit]
				for i, text := range []string{fmt.Sprint(n), f.name, comma(f.score), f.place, comma(g.score), g.place} {
					align := "R"
					if i == 1 {
						align = "L"
					}
					cell(i, i+1, y, y+18, text, align)
				}
				y += 18
			}
			check(t, mustRead(t, m.bytes()), "pci", w)
		})
	}
}

const story = "Năm 2019, Chỉ số cải cách hành chính (PAR INDEX) của tỉnh Long An đạt 84,18 điểm, xếp hạng 5/63 tỉnh, thành phố trong cả nước."

func TestProse(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	m := newPDF(t)
	m.title("BÁO CÁO KẾT QUẢ CẢI CÁCH HÀNH CHÍNH")
	m.prose("Trong những năm qua, công tác cải cách hành chính luôn được quan tâm chỉ đạo và đạt được nhiều kết quả quan trọng trên các lĩnh vực.")
	m.AddPage()
	m.SetXY(50, 80)
	m.prose(story)
	c := mustRead(t, m.bytes())
	check(t, c, "par", want{key("vn63:80", "2019", ""): {"84.18", "5"}})
	for _, f := range c.facts {
		if !strings.HasPrefix(f.Locator, "page 2, chars ") || !strings.Contains(f.Quote, "Long An") {
			t.Errorf("got locator %q, quote %q", f.Locator, f.Quote)
		}
	}
}

func TestProseAndTable(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "pci.csv", "pci", "2012")
	rows := numbered(list)
	m := newPDF(t)
	m.title("BÁO CÁO")
	m.prose(story)
	m.prose("Bảng 1. Kết quả Chỉ số năng lực cạnh tranh cấp tỉnh (PCI) năm 2012")
	m.table(look{}, totalWidths, totalHead, rows[:20])
	m.prose("Bảng 2. Kết quả Chỉ số năng lực cạnh tranh cấp tỉnh (PCI) năm 2012 (tiếp)")
	m.table(look{border: "1"}, totalWidths, totalHead, rows[20:30])
	c := mustRead(t, m.bytes())
	w := totals(list, "2012")
	printed := map[string]bool{}
	for _, r := range rows[:30] {
		printed[r[1]] = true
	}
	for _, f := range list {
		if !printed[f.name] {
			delete(w, key(f.unit, "2012", ""))
		}
	}
	if s := c.serious(); s != "" {
		t.Errorf("problems:\n%s", s)
	}
	n := 0
	for _, f := range c.facts {
		k := key(string(f.Unit), f.Period.String(), f.Component)
		switch {
		case f.Index == "par" && k == "vn63:80 2019 ":
			n++
		case f.Index == "pci" && w[k] != [2]string{}:
			if f.Score.Valid && f.Score.Decimal.String() != decimal.RequireFromString(w[k][0]).String() || f.Place > 0 && strconv.Itoa(f.Place) != w[k][1] {
				t.Errorf("%s: got %s %d, want %v", k, f.Score, f.Place, w[k])
			}
			if f.Score.Valid {
				delete(w, k)
			}
		default:
			t.Errorf("%s %s: got a fact that is not printed", f.Index, k)
		}
	}
	if len(w) > 0 || n == 0 {
		t.Errorf("missing: %v; facts in prose: %d", w, n)
	}
}

// The old font maps of PDF files turn Ư into Ƣ.
func TestOldFontMaps(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	m := newPDF(t)
	m.title("KẾT QUẢ CHỈ SỐ PCI NĂM 2012")
	m.table(style1, totalWidths, []string{"STT", "Tỉnh, thành phố", "Điểm", "Xếp hạng"}, [][]string{{"1", "Bình Dƣơng", "59,63644", "19"}, {"2", "Hải Dƣơng", "56,28757", "33"}, {"3", "Bình Phƣớc", "55,81814", "37"}})
	c := mustRead(t, m.bytes())
	check(t, c, "pci", want{key("vn63:74", "2012", ""): {"59.63644", "19"}, key("vn63:30", "2012", ""): {"56.28757", "33"}, key("vn63:70", "2012", ""): {"55.81814", "37"}})
	for _, f := range c.facts {
		if strings.ContainsAny(f.UnitName, "Ƣƣ") {
			t.Errorf("got name %q", f.UnitName)
		}
	}
}

var style1 = look{border: "1"}

// Tables with the same headings and captions that differ in the year are two tables, also
// where each begins a page and its caption stands where headers do.
func TestCaptionsAtTheTop(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	w := want{}
	m := newPDF(t)
	for i, year := range []string{"2014", "2015"} {
		list := rowsOf(t, "pci.csv", "pci", year)
		if i > 0 {
			m.AddPage()
		}
		m.SetXY(50, 48)
		m.SetFont("inter", "", 10)
		m.CellFormat(495, 14, "Bảng "+fmt.Sprint(i+1)+". Kết quả PCI năm "+year, "", 2, "L", false, 0, "")
		m.SetXY(50, 66)
		rows := numbered(list)[:25]
		m.table(look{}, totalWidths, totalHead, rows)
		for _, r := range rows {
			for _, f := range list {
				if f.name == r[1] && f.component == "" {
					w[key(f.unit, year, "")] = [2]string{f.score, f.place}
				}
			}
		}
	}
	check(t, mustRead(t, m.bytes()), "pci", w)
}

// A heading that may be over two columns or over four, and says the year of them: a problem.
func TestHeadingOverUnknownColumns(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "papi.csv", "papi", "2015")
	names := map[string]string{"D1": "Tham gia", "D2": "Công khai", "D3": "Trách nhiệm", "D4": "Kiểm soát"}
	m := newPDF(t)
	m.title("CHỈ SỐ PAPI NĂM 2016")
	x := []float64{50, 90, 230, 300, 370, 440, 510}
	put := func(c0, c1 int, y float64, s string) {
		m.SetXY(x[c0], y)
		m.CellFormat(x[c1]-x[c0], 14, s, "", 0, "C", false, 0, "")
	}
	y := m.GetY()
	put(2, 6, y, "Kết quả của năm 2015")
	put(0, 1, y+16, "STT")
	put(1, 2, y+16, "Tỉnh, thành phố")
	for i, c := range []string{"D1", "D2", "D3", "D4"} {
		put(2+i, 3+i, y+16, names[c])
	}
	scores := map[string]string{}
	var units []shipped
	for _, f := range list {
		scores[f.unit+f.component] = f.score
		if f.component == "D1" {
			units = append(units, f)
		}
	}
	for n, u := range units[:20] {
		y := y + 34 + float64(n)*18
		put(0, 1, y, fmt.Sprint(n+1))
		put(1, 2, y, u.name)
		for i, c := range []string{"D1", "D2", "D3", "D4"} {
			put(2+i, 3+i, y, comma(scores[u.unit+c]))
		}
	}
	c := mustRead(t, m.bytes())
	for _, f := range c.facts {
		if f.Period.String() != "2015" {
			t.Errorf("got %s %s of %s, want 2015 or a problem", f.UnitName, f.Component, f.Period)
		}
	}
	if len(c.facts) == 0 && c.serious() == "" {
		t.Error("the table is missing without a problem")
	}
}

// A raised mark of a footnote beside a number makes it another number for a careless reader.
func TestFootnoteMarks(t *testing.T) {
	needs(t, "pdftotext", "pdftocairo")
	list := rowsOf(t, "pci.csv", "pci", "2012")
	rows := numbered(list)[:10]
	for _, s := range []look{{border: "1"}, {}} {
		m := newPDF(t)
		m.title("KẾT QUẢ CHỈ SỐ PCI NĂM 2012")
		y := m.GetY()
		m.table(s, totalWidths, totalHead, rows)
		m.SetFont("inter", "", 6)
		m.Text(50+40+190+110-2, y+19+18*3+7, "1") // beside the score of the fourth row
		c := mustRead(t, m.bytes())
		for _, f := range c.facts {
			if !f.Score.Valid {
				continue
			}
			ok := false
			for _, r := range rows {
				ok = ok || f.UnitName == r[1] && strings.TrimRight(r[2], "0") == comma(strings.TrimRight(f.Score.Decimal.String(), "0"))
			}
			if !ok {
				t.Errorf("got %s %s, which is not printed", f.UnitName, f.Score)
			}
		}
		if len(c.facts) < 9 {
			t.Errorf("got %d facts, want at least 9; problems:\n%s", len(c.facts), c.serious())
		}
	}
}

package tidy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"chiso/data"
	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
)

type collector struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (c *collector) Fact(f *reform.Fact) error {
	c.facts = append(c.facts, *f)
	return nil
}
func (c *collector) Problem(p reform.Problem) { c.problems = append(c.problems, p) }

func (c *collector) said() string {
	var b strings.Builder
	for _, p := range c.problems {
		fmt.Fprintf(&b, "%s %s %q warning=%v: %s / %s\n", p.Code, p.Locator, p.Text, p.Warning, p.Reason, p.ReasonVI)
	}
	return b.String()
}

func input(name, text string, options ...string) parse.Input {
	in := parse.Input{Name: name, File: strings.NewReader(text), Size: int64(len(text)), Options: map[string]string{}}
	for i := 0; i+1 < len(options); i += 2 {
		in.Options[options[i]] = options[i+1]
	}
	return in
}

func read(t testing.TB, in parse.Input) (*collector, parse.Result) {
	t.Helper()
	c := &collector{}
	r, err := Parse(context.Background(), in, reform.Default(), c)
	if err != nil {
		t.Fatalf("%s: %v", in.Name, err)
	}
	for _, p := range c.problems {
		if strings.Contains(p.Reason+p.ReasonVI, "%!") || p.Reason == "" || p.ReasonVI == "" || p.Code == "" {
			t.Errorf("a problem that can't be read: %+v", p)
		}
	}
	return c, r
}

// line is a fact in short.
func line(f reform.Fact) string {
	s := fmt.Sprintf("%s %s %s", f.Index, f.Unit, f.Period)
	if f.Component != "" {
		s += " " + f.Component
	}
	if f.Score.Valid {
		s += " " + f.Score.String()
	}
	if f.Max.Valid {
		s += "/" + f.Max.String()
	}
	if f.Place > 0 {
		s += fmt.Sprintf(" #%d", f.Place)
		if f.OfPrinted {
			s += fmt.Sprintf("/%d", f.Of)
		}
		if f.Scope != reform.ScopeNation {
			s += " in " + f.Scope
		}
	}
	return s
}

func lines(c *collector) []string {
	var out []string
	for _, f := range c.facts {
		out = append(out, line(f))
	}
	return out
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, text string
		options    []string
		want       []string
	}{
		{"the smallest file", "index,unit_name,year,place\npar,Long An,2012,20\n", nil, []string{"par vn63:80 2012 #20"}},
		{"Vietnamese headings", "Chỉ số;Năm;Tỉnh/Thành phố;Điểm;Xếp hạng\nPAR INDEX;2019;Long An;84,35;5/63\nPAR INDEX;2019;Hậu Giang;79,5;30/63\n", nil,
			[]string{"par vn63:80 2019 84.35 #5/63", "par vn63:93 2019 79.5 #30/63"}},
		{"index and period by option", "Tỉnh\tHạng\nTP.HCM\t3\nĐăk Lăk\t4\n", []string{"index", "pci", "period", "2014"}, []string{"pci vn63:79 2014 #3", "pci vn63:66 2014 #4"}},
		{"a title above the heading", "BẢNG XẾP HẠNG PCI 2014,,\n,,\nSTT,Tỉnh,Điểm số\n1,Đà Nẵng,66.86679\n", []string{"index", "pci", "period", "2014"}, []string{"pci vn63:48 2014 66.86679"}},
		{"a fraction is score and maximum", "index,unit,period,component,score\ns766,vn63:80,2023,Dịch vụ công trực tuyến,\"3,5/12\"\ns766,vn63:80,2023,Thanh toán trực tuyến,\"3,7/10\"\n", nil,
			[]string{"s766 vn63:80 2023 CLGQ 3.5/12", "s766 vn63:80 2023 TTTT 3.7/10"}},
		{"three digits are decimals under a maximum", "index,unit,period,score,max\npar,vn63:80,2016,85.125,100\npar,vn63:93,2016,9.500,100\n", nil,
			[]string{"par vn63:80 2016 85.125/100", "par vn63:93 2016 9.5/100"}},
		{"the catalogue's maximum decides too", "index,unit,period,score\npci,vn63:80,2016,58.125\n", nil, []string{"pci vn63:80 2016 58.125"}},
		{"thousands, once another cell decides", "index,unit,period,score,numbers?\ndossiers,vn63:80,2016,1.745,\ndossiers,vn63:93,2016,1.745.123,\n", nil,
			[]string{"dossiers vn63:80 2016 1745", "dossiers vn63:93 2016 1745123"}},
		{"the sign by option", "index,unit,period,score\ndossiers,vn63:80,2016,1.745\n", []string{"numbers", "comma"}, []string{"dossiers vn63:80 2016 1745"}},
		{"a region's scope", "index,unit,period,place,of,scope\npar,vn63:93,2021,3,13,Đồng bằng sông Cửu Long\n", nil, []string{"par vn63:93 2021 #3/13 in vn63:r:DBSCL"}},
		{"periods as reports write them", "index,unit,period,score\ns766,vn34:91,Tháng 10/2025,80\ns766,vn34:91,Quý III năm 2025,81\ns766,vn34:91,6 tháng đầu năm 2025,82\ns766,vn34:91,2025,83\n", nil,
			[]string{"s766 vn34:91 2025-10 80", "s766 vn34:91 2025-Q3 81", "s766 vn34:91 2025-H1 82", "s766 vn34:91 2025 83"}},
		{"the scheme follows the period", "index,unit_name,period,score\npci,Hà Tây,2007,50\ns766,Tây Ninh,2026,80\npar,Tây Ninh,2019,80\n", nil,
			[]string{"pci vn64:28 2007 50", "s766 vn34:80 2026 80", "par vn63:72 2019 80"}},
		{"official codes", "index,Mã tỉnh,Tỉnh,period,score\npar,80,Long An,2019,80\npar,01,Hà Nội,2019,81\n", nil, []string{"par vn63:80 2019 80", "par vn63:01 2019 81"}},
		{"missing is not zero", "index,unit,period,score,place\npar,vn63:80,2019,,5\npar,vn63:93,2019,-,7\npar,vn63:01,2019,0,\n", nil,
			[]string{"par vn63:80 2019 #5", "par vn63:93 2019 #7", "par vn63:01 2019 0"}},
		{"departments under a province", "index,Thuộc tỉnh,Đơn vị,Năm,Hạng\ndept,Hậu Giang,Sở Tư pháp,2021,1\n", nil, []string{"dept vn63:93/so-tu-phap 2021 #1"}},
		{"decomposed names", "index,unit_name,period,score\npar,Ha\u0300 No\u0323\u0302i,2019,80\n", nil, []string{"par vn63:01 2019 80"}},
		{"self-assessed", "index,unit,period,stage,score\npar,vn63:80,2019,Tự đánh giá,90\n", nil, []string{"par vn63:80 2019 90"}},
		{"words before a place", "index,unit,period,place\npar,vn63:80,2019,xếp thứ 7\npar,vn63:01,2019,Hạng: 8/63\n", nil, []string{"par vn63:80 2019 #7", "par vn63:01 2019 #8/63"}},
		{"the heading again, as where files were joined", "index,unit,period,score\npar,vn63:80,2019,80\nindex,unit,period,score\npar,vn63:01,2019,81\n", nil, []string{"par vn63:80 2019 80", "par vn63:01 2019 81"}},
		{"blank lines and rows without values", "index,unit,period,score\n\n,,,\npar,vn63:80,2019,80\npar,vn63:93,2019,\n", nil, []string{"par vn63:80 2019 80"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := read(t, input("facts.csv", tt.text, tt.options...))
			if d := cmp.Diff(tt.want, lines(c)); d != "" {
				t.Errorf("facts (-want +got):\n%s%s", d, c.said())
			}
			for _, p := range c.problems {
				if !p.Warning {
					t.Errorf("problem: %+v", p)
				}
			}
		})
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	tests := []struct {
		name, text         string
		code, at, contains string
		facts              int
	}{
		{"a count with three digits behind a point", "index,unit,period,component,score\ndossiers,vn63:89/so-tu-phap,2024-01/2024-11,,1.745\ndossiers,vn63:80,2024,,300\n", "ambiguous-number", "line 2, column 5", "1.745", 1},
		{"an unknown province", "index,unit_name,period,score\npar,Long Ann,2019,80\npar,Hà Nội,2019,80\n", "unknown-unit", "line 2, column 2", "Long An", 1},
		{"an unknown key", "index,unit,period,score\npar,vn63:03,2019,80\n", "unknown-unit", "line 2, column 2", "vn63:03", 0},
		{"a name of another key", "index,unit,unit_name,period,score\npar,vn63:80,Tây Ninh,2019,80\n", "unit-mismatch", "line 2, column 3", "Tây Ninh", 0},
		{"an unknown index", "index,unit,period,score\nxyz,vn63:80,2019,80\n", "unknown-index", "line 2, column 1", "xyz", 0},
		{"an unknown component", "index,unit,period,component,score\npci,vn63:80,2019,Hạnh phúc,8\n", "unknown-component", "line 2, column 4", "Hạnh phúc", 0},
		{"an unknown basis", "index,basis,unit,period,score\npci,1066,vn63:80,2019,8\n", "unknown-basis", "line 2, column 2", "2013", 0},
		{"no period", "index,unit,period,score\npar,vn63:80,hôm qua,8\n", "bad-period", "line 2, column 3", "hôm qua", 0},
		{"a year out of range", "index,unit,year,score\npar,vn63:80,20190,8\n", "bad-period", "line 2, column 3", "20190", 0},
		{"place 0", "index,unit,period,place\npar,vn63:80,2019,0\n", "bad-place", "line 2, column 4", "0", 0},
		{"a place in words", "index,unit,period,place\npar,vn63:80,2019,nhóm đầu\n", "bad-place", "line 2, column 4", "nhóm đầu", 0},
		{"a group is no place", "index,unit,period,place\npar,vn63:80,2019,Top 5\n", "bad-place", "line 2, column 4", "Top 5", 0},
		{"a change is no place", "index,unit,period,place\npar,vn63:80,2019,tăng 3\n", "bad-place", "line 2, column 4", "tăng 3", 0},
		{"a negative place", "index,unit,period,place\npar,vn63:80,2019,-5\n", "bad-place", "line 2, column 4", "-5", 0},
		{"two denominators", "index,unit,period,place,of\npar,vn63:80,2019,5/63,64\n", "contradiction", "line 2, column 5", "64", 0},
		{"two maxima", "index,unit,period,score,max\npar,vn63:80,2019,\"3,5/12\",10\n", "contradiction", "line 2, column 5", "12", 0},
		{"words for a score", "index,unit,period,score\npar,vn63:80,2019,tốt\n", "not-a-number", "line 2, column 4", "tốt", 0},
		{"comma and point in one column", "index,unit,period,score\npar,vn63:80,2019,\"80,25\"\npar,vn63:93,2019,81.5\n", "mixed-numbers", "line 3, column 4", "81.5", 1},
		{"a scope that is none", "index,unit,period,place,scope\npar,vn63:80,2019,5,Miền xa\n", "unknown-scope", "line 2, column 5", "Miền xa", 0},
		{"a status that is none", "index,unit,period,score,status\npar,vn63:80,2019,5,maybe\n", "unknown-word", "line 2, column 5", "maybe", 0},
		{"a date that is none", "index,unit,period,score,source_title,source_date\npar,vn63:80,2019,5,QĐ,31/31/2020\n", "bad-date", "line 2, column 6", "31/31/2020", 0},
		{"a column that is not understood", "index,unit,period,score,Màu sắc\npar,vn63:80,2019,5,xanh\n", "unknown-column", "line 1, column 5", "Màu sắc", 1},
		{"two columns of one meaning", "index,unit,period,score,Điểm\npar,vn63:80,2019,5,6\n", "ambiguous-column", "line 1, column 5", "", 0},
		{"no column of the index", "unit,period,score\nvn63:80,2019,5\n", "missing-column", "line 1", "index", 0},
		{"no column of the period", "index,unit,score\npar,vn63:80,5\n", "missing-column", "line 1", "period", 0},
		{"no headings at all", "a,b,c\n1,2,3\n", "missing-column", "", "unit", 0},
		{"period and year that differ", "index,unit,period,year,score\npar,vn63:80,2019,2018,5\n", "contradiction", "line 2, column 4", "2018", 0},
		{"a decimal comma without quotes", "index,unit,period,score\npar,vn63:80,2019,84,35\n", "extra-cell", "line 2, column 5", "35", 0},
		{"values under no heading", ",index,unit,period,score\n0,par,vn63:80,2019,84\n1,par,vn63:93,2019,85\n", "unknown-column", "line 2, column 1", "heading", 2},
		{"rows without values", "index,unit,period,score\npar,vn63:80,2019,\n", "no-value", "line 2", "1 row", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := read(t, input("facts.csv", tt.text))
			if len(c.facts) != tt.facts {
				t.Errorf("got facts %q, want %d", lines(c), tt.facts)
			}
			for _, p := range c.problems {
				if p.Code == tt.code && p.Locator == tt.at && strings.Contains(p.Reason+p.Text, tt.contains) {
					return
				}
			}
			t.Errorf("no problem %s at %q with %q; got\n%s", tt.code, tt.at, tt.contains, c.said())
		})
	}
}

func TestEncodings(t *testing.T) {
	text := "Chỉ số;Năm;Tỉnh;Điểm\npar;2019;Đắk Lắk;84,5\n"
	for name, in := range map[string]string{
		"bom":  "\ufeff" + text,
		"crlf": strings.ReplaceAll(text, "\n", "\r\n"),
		"sep":  "sep=;\n" + text,
	} {
		c, _ := read(t, input("f.csv", in))
		if d := cmp.Diff([]string{"par vn63:66 2019 84.5"}, lines(c)); d != "" {
			t.Errorf("%s (-want +got):\n%s%s", name, d, c.said())
		}
		want := "line 2"
		if name == "sep" {
			want = "line 3"
		}
		if len(c.facts) == 1 && c.facts[0].Locator != want {
			t.Errorf("%s: got locator %q, want %q", name, c.facts[0].Locator, want)
		}
	}
}

func TestLateDecision(t *testing.T) {
	// The cell that decides stands at the end of a long column.
	var b strings.Builder
	b.WriteString("index,unit,period,score\n")
	for i := range 500 {
		fmt.Fprintf(&b, "dossiers,vn63:80,%d-%02d,1.%03d\n", 2000+i/12%20, i%12+1, i)
	}
	b.WriteString("dossiers,vn63:93,2019,\"2.500,5\"\n")
	c, r := read(t, input("f.csv", b.String()))
	if len(c.problems) > 0 || len(c.facts) != 501 {
		t.Fatalf("got %d facts and problems\n%s", len(c.facts), c.said())
	}
	if got := c.facts[7].Score.String(); got != "1007" {
		t.Errorf("got %s, want 1007", got)
	}
	if got := r.Mapping.Sheets[0].Columns[3].Numbers; got != "comma" {
		t.Errorf("mapping: got numbers %q, want comma", got)
	}
}

func TestCitations(t *testing.T) {
	c, _ := read(t, input("f.csv", "index,unit,period,place,source_title,source_issuer,source_number,source_date,source_url,source_authority,locator,observed_at\n"+
		"par,vn63:80,2019,5,Quyết định phê duyệt,Bộ Nội vụ,317/QĐ-BNV,18/4/2020,https://moha.gov.vn/1,1,trang 7,\n"+
		"par,vn63:93,2019,6,Quyết định phê duyệt,Bộ Nội vụ,317/QĐ-BNV,18/4/2020,https://moha.gov.vn/1,1,,2025-10-11T20:51:18+07:00\n"+
		"par,vn63:01,2019,7,,,,,,,,\n"))
	if len(c.facts) != 3 {
		t.Fatalf("got %d facts\n%s", len(c.facts), c.said())
	}
	want := &reform.Citation{Title: "Quyết định phê duyệt", Issuer: "Bộ Nội vụ", Number: "317/QĐ-BNV", Date: "2020-04-18", URL: "https://moha.gov.vn/1", Authority: reform.AuthorityOfficial}
	if d := cmp.Diff(want, c.facts[0].Source); d != "" {
		t.Errorf("citation (-want +got):\n%s", d)
	}
	if c.facts[0].Source != c.facts[1].Source {
		t.Error("two rows of one publication have two citations")
	}
	if c.facts[2].Source != nil {
		t.Errorf("a row without a source cites %+v", c.facts[2].Source)
	}
	if got := c.facts[0].Locator + "|" + c.facts[1].Locator; got != "trang 7|line 3" {
		t.Errorf("got locators %q", got)
	}
	if c.facts[1].ObservedAt.IsZero() || !c.facts[0].ObservedAt.IsZero() {
		t.Errorf("got times %v and %v", c.facts[0].ObservedAt, c.facts[1].ObservedAt)
	}
}

// TestShippedFacts reads every file that ships with the product: each row is a fact.
func TestShippedFacts(t *testing.T) {
	for _, name := range data.Order {
		b, err := data.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		c, r := read(t, input(name, string(b)))
		if len(c.problems) > 0 {
			t.Errorf("%s: problems\n%s", name, parse.Shorten(c.said(), 2000))
		}
		if len(c.facts) == 0 || len(c.facts) != r.Rows {
			t.Errorf("%s: got %d facts of %d rows", name, len(c.facts), r.Rows)
		}
		for _, f := range c.facts {
			if f.Source == nil {
				t.Errorf("%s %s: no source", name, f.Locator)
				break
			}
		}
		probe, err := sheet.NewProbe(context.Background(), input(name, string(b)))
		if err != nil {
			t.Fatal(err)
		}
		if got := Detect(probe); got < 80 {
			t.Errorf("%s: Detect got %d, want 80 or more", name, got)
		}
	}
}

func TestTemplate(t *testing.T) {
	cat := reform.Default()
	for _, tt := range []struct {
		index  string
		period string
		rows   int
		first  string
	}{{"par", "2019", 63, "vn63"}, {"s766", "2025-10", 34, "vn34"}, {"pci", "2007", 64, "vn64"}} {
		t.Run(tt.index+" "+tt.period, func(t *testing.T) {
			b, err := Template(cat, tt.index, "", reform.MustPeriod(tt.period))
			if err != nil {
				t.Fatal(err)
			}
			// Empty, it is read without a fact and without a problem that refuses it.
			c, _ := read(t, input("mau.xlsx", string(b)))
			if len(c.facts) != 0 || len(c.problems) != 1 || !c.problems[0].Warning {
				t.Fatalf("empty template: got %d facts and\n%s", len(c.facts), c.said())
			}
			f, err := excelize.OpenReader(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for i := range tt.rows {
				for col, v := range map[int]any{5: 50.25 + float64(i)/4, 7: fmt.Sprintf("%d/%d", i+1, tt.rows), 9: "Quyết định phê duyệt", 11: "317/QĐ-BNV"} {
					if err := f.SetCellValue(templateSheet, sheet.Ref(1+i, col), v); err != nil {
						t.Fatal(err)
					}
				}
			}
			filled, err := f.WriteToBuffer()
			if err != nil {
				t.Fatal(err)
			}
			c, r := read(t, input("mau.xlsx", filled.String()))
			if len(c.problems) > 0 || len(c.facts) != tt.rows {
				t.Fatalf("filled template: got %d facts and\n%s", len(c.facts), c.said())
			}
			for i, x := range c.facts {
				if x.Place != i+1 || x.Of != tt.rows || !x.OfPrinted || string(x.Unit.Scheme()) != tt.first || x.Period.String() != tt.period || x.Source == nil {
					t.Fatalf("got %+v", x)
				}
			}
			if c.facts[0].Locator != templateSheet+"!F2" {
				t.Errorf("got locator %q", c.facts[0].Locator)
			}
			if len(r.Mapping.Sheets) < 2 || !r.Mapping.Sheets[0].Read || r.Mapping.Sheets[1].Read {
				t.Errorf("got mapping %+v", r.Mapping.Sheets)
			}
		})
	}
	if _, err := Template(cat, "xyz", "", reform.MustPeriod("2019")); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("unknown index: got %v, want ErrNotFound", err)
	}
}

func TestTypedCellsNeedNoDecision(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{
		{"Chỉ số", "Năm", "Tỉnh", "Điểm", "Hạng"},
		{"dossiers", 2019, "Long An", 1.745, 1},
		{"dossiers", 2019, "Hà Nội", 1745, "2/63", nil, "a note beside the table"},
	} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := read(t, input("f.xlsx", b.String()))
	if len(c.problems) != 1 || !c.problems[0].Warning || c.problems[0].Locator != "Sheet1!G3" {
		t.Errorf("got\n%swant a warning at Sheet1!G3", c.said())
	}
	if d := cmp.Diff([]string{"dossiers vn63:80 2019 1.745 #1", "dossiers vn63:01 2019 1745 #2/63"}, lines(c)); d != "" {
		t.Errorf("facts (-want +got):\n%s%s", d, c.said())
	}
}

func TestRefusals(t *testing.T) {
	var many strings.Builder
	many.WriteString("index,unit,period,score\n")
	for range 3000 {
		many.WriteString("par,vn63:80,2019,x\n")
	}
	for name, text := range map[string]string{"empty.csv": "", "picture.csv": "\x89PNG\r\n\x1a\nxx", "many.csv": many.String()} {
		c := &collector{}
		if _, err := Parse(context.Background(), input(name, text), reform.Default(), c); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
		if len(c.problems) > parse.DefaultLimits.Problems+1 {
			t.Errorf("%s: got %d problems", name, len(c.problems))
		}
	}
	// A stray quote must not swallow the rows after it.
	stray := "index,unit,unit_name,period,score\npar,vn63:80,\"Long An,2019,80\npar,vn63:93,Hậu Giang,2019,81\n"
	if _, err := Parse(context.Background(), input("stray.csv", stray), reform.Default(), &collector{}); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("stray quote: got %v, want ErrInvalid", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var long strings.Builder
	long.WriteString("index,unit,period,score\n")
	for range 10_000 {
		long.WriteString("par,vn63:80,2019,5\n")
	}
	if _, err := Parse(ctx, input("long.csv", long.String()), reform.Default(), &collector{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	for _, o := range [][]string{{"index", "xyz"}, {"period", "soon"}, {"numbers", "dot"}} {
		if _, err := Parse(context.Background(), input("f.csv", "unit,score\n", o...), reform.Default(), &collector{}); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("option %v: got %v, want ErrInvalid", o, err)
		}
	}
}

// counter is a sink that keeps nothing.
type counter struct{ facts, problems int }

func (c *counter) Fact(*reform.Fact) error { c.facts++; return nil }
func (c *counter) Problem(reform.Problem)  { c.problems++ }

// million is a file of rows rows: years, provinces and components.
func million(tb testing.TB, rows int) string {
	tb.Helper()
	cat := reform.Default()
	units := cat.Units(reform.VN63, reform.Province)
	var b bytes.Buffer
	b.WriteString("index,basis,unit,unit_name,period,component,score,max,place,of\n")
	codes := []string{"", "CSTP1", "CSTP2", "CSTP3", "CSTP4", "CSTP5", "CSTP6", "CSTP7", "CSTP8", "CSTP9", "CSTP10"}
	for i := range rows {
		u := units[i%len(units)]
		c := codes[i/len(units)%len(codes)]
		max := 10
		if c == "" {
			max = 100
		}
		fmt.Fprintf(&b, "pci,2013,%s,%s,%d,%s,%d.%02d,%d,%d,63\n", u.Key, u.Name, 2013+i/(len(units)*len(codes))%8, c, i%max, i%97, max, i%63+1)
	}
	return b.String()
}

func BenchmarkCSV(b *testing.B) {
	const rows = 200_000
	text := million(b, rows)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c := &counter{}
		if _, err := Parse(context.Background(), input("f.csv", text), reform.Default(), c); err != nil || c.facts != rows || c.problems != 0 {
			b.Fatalf("got %d facts, %d problems, %v", c.facts, c.problems, err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// A unit whose cells say that nothing is known gives no fact, and is counted as a row without a value.
func TestRowWithoutValue(t *testing.T) {
	for _, text := range []string{
		"index,unit_name,period,place\npar,Long An,2012,-\npar,Bến Tre,2012,5\n",
		"index,unit_name,period,score,place\npar,Long An,2012,…,\x1a\npar,Bến Tre,2012,85.5,5\n",
	} {
		c := &collector{}
		if _, err := Parse(t.Context(), input("f.csv", text), reform.Default(), c); err != nil {
			t.Fatal(err)
		}
		if len(c.facts) != 1 || c.facts[0].Place != 5 {
			t.Errorf("%q: got %+v, want Bến Tre's fact only", text, c.facts)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("index,unit,period,score\npar,vn63:80,2019,\"3,5/12\"\n")
	f.Add("Chỉ số;Năm;Tỉnh;Điểm;Hạng\npar;2019;Long An;1.745;5/63\n")
	f.Add("sep=;\nindex;unit;year;place;of;scope\npar;80;2021;3;13;DBSCL\n")
	f.Fuzz(func(t *testing.T, text string) {
		c := &collector{}
		in := input("f.csv", text)
		in.Limits = parse.Limits{Cells: 10_000, Problems: 50}
		_, err := Parse(t.Context(), in, reform.Default(), c)
		if err != nil && !errors.Is(err, reform.ErrInvalid) && !errors.Is(err, reform.ErrTooLarge) {
			t.Errorf("error without a kind: %v", err)
		}
		for _, x := range c.facts {
			if x.Index == "" || x.Unit == "" || x.Period.IsZero() || x.Locator == "" || x.Place < 0 || !x.Score.Valid && !x.Numerator.Valid && x.Place == 0 {
				t.Errorf("fact without its parts: %+v", x)
			}
		}
	})
}

package pci

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/internal/testshared"
	"chiso/reform"
)

// collector keeps what a parser hands over.
type collector struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (c *collector) Fact(f *reform.Fact) error { c.facts = append(c.facts, *f); return nil }
func (c *collector) Problem(p reform.Problem)  { c.problems = append(c.problems, p) }
func (c *collector) serious() []reform.Problem {
	var out []reform.Problem
	for _, p := range c.problems {
		if !p.Warning {
			out = append(out, p)
		}
	}
	return out
}

func (c *collector) has(code string) bool {
	for _, p := range c.problems {
		if p.Code == code {
			return true
		}
	}
	return false
}

func input(name string, b []byte) parse.Input {
	return parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}
}

func parseBytes(t testing.TB, name string, b []byte) (*collector, parse.Result) {
	t.Helper()
	c := &collector{}
	r, err := Parse(context.Background(), input(name, b), reform.Default(), c)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c, r
}

// expected is a published value: score and place of a province and component.
type expected struct {
	score string
	place int
	of    int
}

type cell struct {
	unit      reform.UnitKey
	component string
}

// expectations reads the expected cells of one year.
func expectations(t testing.TB, file, year string, scheme reform.Scheme) map[cell]expected {
	t.Helper()
	f, err := os.Open(file)
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
	out := map[cell]expected{}
	for _, r := range rows[1:] {
		if r[col["year"]] != year {
			continue
		}
		k, ok := reform.Default().FindUnit(r[col["province"]], scheme, reform.Province)
		if !ok {
			t.Fatalf("%s: no unit %q", file, r[col["province"]])
		}
		e := expected{score: r[col["score"]]}
		e.place, _ = strconv.Atoi(r[col["rank"]])
		e.of, _ = strconv.Atoi(r[col["of"]])
		out[cell{k, r[col["component_code"]]}] = e
	}
	return out
}

// compare checks every cell: each expected one is there within 1e-6, and nothing else is.
func compare(t *testing.T, want map[cell]expected, c *collector, places bool) {
	t.Helper()
	seen := map[cell]bool{}
	for _, f := range c.facts {
		k := cell{f.Unit, f.Component}
		w, ok := want[k]
		if !ok {
			t.Errorf("%s: fact of %s %q that is not expected", f.Locator, f.Unit, f.Component)
			continue
		}
		if seen[k] {
			t.Errorf("%s: second fact of %s %q", f.Locator, f.Unit, f.Component)
		}
		seen[k] = true
		if d := f.Score.Decimal.Sub(decimal.RequireFromString(w.score)).Abs(); !f.Score.Valid || d.GreaterThan(decimal.New(1, -6)) {
			t.Errorf("%s: %s %q: got score %s, want %s", f.Locator, f.Unit, f.Component, f.Score, w.score)
		}
		if places && f.Component == "" && (f.Place != w.place || f.Of != w.of || f.RankKind != reform.Published) {
			t.Errorf("%s: %s: got place %d/%d %s, want %d/%d published", f.Locator, f.Unit, f.Place, f.Of, f.RankKind, w.place, w.of)
		}
		if f.Locator == "" || f.UnitName == "" {
			t.Errorf("fact without place in the document: %+v", f)
		}
	}
	for k := range want {
		if !seen[k] {
			t.Errorf("no fact of %s %q", k.unit, k.component)
		}
	}
}

func TestOfficialWorkbooks(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures", "pci")
	tests := []struct {
		file, year, layout, basis string
		scheme                    reform.Scheme
		locators                  map[cell]string
	}{
		{"PCI_2005.xls", "2005", "flat", "2005", reform.VN64, map[cell]string{
			{"vn64:80", ""}: "Bảng tóm tắt chỉ số!O34; Xếp hạng theo chỉ số PCI!C23",
		}},
		{"PCI_2010.xls", "2010", "pairs", "2009", reform.VN63, map[cell]string{
			{"vn63:45", "CSTP1"}: "Tong hop!C2", {"vn63:48", ""}: "Tong hop!W2; Tong hop!Y2",
		}},
		{"PCI_2014.xlsx", "2014", "pairs", "2013", reform.VN63, map[cell]string{
			{"vn63:87", "CSTP1"}: "Summary_VN!C2", {"vn63:48", ""}: "Summary_VN!W2; Summary_VN!X2",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			c, r := parseBytes(t, tt.file, b)
			for _, p := range c.serious() {
				t.Errorf("problem: %+v", p)
			}
			compare(t, expectations(t, filepath.Join(dir, "expected.csv"), tt.year, tt.scheme), c, true)
			if r.Mapping.Layout != tt.layout || r.Basis != tt.basis || len(r.Periods) != 1 || r.Periods[0].String() != tt.year {
				t.Errorf("got layout %q basis %q periods %v", r.Mapping.Layout, r.Basis, r.Periods)
			}
			at := map[cell]string{}
			for _, f := range c.facts {
				at[cell{f.Unit, f.Component}] = f.Locator
			}
			for k, want := range tt.locators {
				if at[k] != want {
					t.Errorf("%v: got locator %q, want %q", k, at[k], want)
				}
			}
			probe, err := sheet.NewProbe(context.Background(), input(tt.file, b))
			if err != nil {
				t.Fatal(err)
			}
			if got := Detect(probe); got < 80 {
				t.Errorf("Detect: got %d, want 80 or more", got)
			}
		})
	}
}

func TestYearOfRenamedFiles(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures", "pci")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := []struct {
		name, file, option string
		want               string // "" a problem
	}{
		{"file1.xls", "PCI_2010.xls", "", "2010"},
		{"PCI_2009.xls", "PCI_2010.xls", "", "2010"},
		{"PCI_2011.xls", "PCI_2010.xls", "", ""},
		{"tong hop.xls", "PCI_2005.xls", "", ""},
		{"tong hop.xls", "PCI_2005.xls", "2005", "2005"},
		{"2014.xlsx", "PCI_2014.xlsx", "2014", "2014"},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.option, func(t *testing.T) {
			in := input(tt.name, read(tt.file))
			if tt.option != "" {
				in.Options = map[string]string{parse.OptPeriod: tt.option}
			}
			c := &collector{}
			r, err := Parse(context.Background(), in, reform.Default(), c)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" {
				if len(c.facts) > 0 || len(c.serious()) == 0 {
					t.Errorf("got %d facts and problems %v, want a problem and no fact", len(c.facts), c.problems)
				}
				return
			}
			if len(c.serious()) > 0 || len(r.Periods) != 1 || r.Periods[0].String() != tt.want {
				t.Errorf("got periods %v and problems %v, want %s", r.Periods, c.serious(), tt.want)
			}
		})
	}
}

func TestNotAWorkbook(t *testing.T) {
	for name, data := range map[string]string{"empty.xlsx": "", "picture.xlsx": "\x89PNG\r\n\x1a\nxxxx"} {
		_, err := Parse(context.Background(), input(name, []byte(data)), reform.Default(), &collector{})
		if !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

func TestUnderstand(t *testing.T) {
	tests := []struct {
		heading string
		role    role
		code    string
	}{
		{"Gia nhập\n thị trường", roleComponent, "CSTP1"},
		{"Land Access and Security of Tenure", roleComponent, "CSTP2"},
		{"Tính minh bạch và tiếp cận thông tin", roleComponent, "CSTP3"},
		{"Chi phí thời gian để thực hiện các quy định của Nhà nước", roleComponent, "CSTP4"},
		{"Time Costs and Regulatory Compliance", roleComponent, "CSTP4"},
		{"Chi phí không\n chính thức", roleComponent, "CSTP5"},
		{"Ưu đãi đối với doanh nghiệp nhà nước (Môi trường cạnh tranh)", roleComponent, bias},
		{"SOE Bias", roleComponent, bias},
		{"Cạnh tranh bình đẳng", roleComponent, "CSTP6"},
		{"Chính sách phát triển khu vực kinh tế tư nhân", roleComponent, "CSTP8"},
		{"CSTP 10: Thiết chế pháp lý & An ninh trật tự", roleComponent, "CSTP10"},
		{"Thực hiện chính sách của Trung ương", roleComponent, "IMPL"},
		{"Chưa có\n trọng số", roleUnweighted, ""},
		{"Un-weighted PCI", roleUnweighted, ""},
		{"PCI 2007 (chưa nhân trọng số)", roleUnweighted, ""},
		{"Điểm có trọng số", roleTotal, ""},
		{"TiÕp cËn ®Êt ®ai", roleComponent, "CSTP2"}, // TCVN3
		{"PCI 2010 ", roleTotal, ""},
		{"Chỉ số PCI có trọng số (Điểm tối đa=100)", roleTotal, ""},
		{"Chỉ số năng lực cạnh tranh cấp tỉnh", roleTotal, ""},
		{"PCI 2013 ranking", rolePlace, ""},
		{"Thứ hạng", rolePlace, ""},
		{"Nhóm\n xếp hạng", roleTier, ""},
		{"PCI tier", roleTier, ""},
		{"Mã PCI ", roleCode, ""},
		{"Tỉnh", roleProvince, ""},
		{"Chất lượng cơ sở hạ tầng", roleNone, ""},
	}
	for _, tt := range tests {
		m := understand(tt.heading)
		if m.role != tt.role || m.component != tt.code {
			t.Errorf("%q: got role %d component %q, want %d %q", tt.heading, m.role, m.component, tt.role, tt.code)
		}
	}
}

func TestStatisticRows(t *testing.T) {
	for text, want := range map[string]bool{
		"Trung vị": true, "Median": true, "Min": true, "Điểm thấp nhất mẫu": true, "Thứ tự": true, "Tỉnh": true, "Cao nhất": true,
		"Cao Bằng": false, "Minh Hải": false, "Tỉnh Xyz": false, "Trung Du": false, "Maxville": false,
	} {
		if got := isStatistic(text); got != want {
			t.Errorf("isStatistic(%q): got %v, want %v", text, got, want)
		}
	}
}

func problems(c *collector) string {
	var b strings.Builder
	for _, p := range c.problems {
		b.WriteString(p.Code + " " + p.Locator + ": " + p.Reason + "\n")
	}
	return b.String()
}

package papi

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/internal/testshared"
	"chiso/reform"
)

type collector struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (c *collector) Fact(f *reform.Fact) error { c.facts = append(c.facts, *f); return nil }
func (c *collector) Problem(p reform.Problem)  { c.problems = append(c.problems, p) }

func (c *collector) codes() string {
	var b strings.Builder
	for _, p := range c.problems {
		fmt.Fprintf(&b, "%s %s warning=%v: %s\n", p.Code, p.Locator, p.Warning, p.Reason)
	}
	return b.String()
}

func (c *collector) fact(unit reform.UnitKey, period, component string) *reform.Fact {
	for i := range c.facts {
		if f := &c.facts[i]; f.Unit == unit && f.Period.String() == period && f.Component == component {
			return f
		}
	}
	return nil
}

func input(name string, b []byte) parse.Input {
	return parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}
}

func TestOfficialWorkbook(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "fixtures", "papi")
	b, err := os.ReadFile(filepath.Join(dir, "PAPI_2011-2016.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	in := input("PAPI.xlsx", b)
	probe, err := sheet.NewProbe(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	if got := Detect(probe); got < 90 {
		t.Errorf("Detect: got %d, want 90 or more", got)
	}
	c := &collector{}
	r, err := Parse(context.Background(), in, reform.Default(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.problems) > 0 {
		t.Errorf("problems:\n%s", c.codes())
	}
	if len(r.Periods) != 6 {
		t.Errorf("got periods %v, want 2011 to 2016", r.Periods)
	}
	type cell struct {
		unit              reform.UnitKey
		period, component string
	}
	got := map[cell]reform.Fact{}
	subs := map[string]int{}
	for _, f := range c.facts {
		k := cell{f.Unit, f.Period.String(), f.Component}
		if _, twice := got[k]; twice {
			t.Errorf("%s: second fact of %v", f.Locator, k)
		}
		got[k] = f
		if strings.HasPrefix(f.Component, "S") {
			subs[k.period]++
			delete(got, k)
		}
	}
	file, err := os.Open(filepath.Join(dir, "expected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range rows[1:] {
		u, ok := reform.Default().FindUnit(x[1], reform.VN63, reform.Province)
		if !ok {
			t.Fatalf("no unit %q", x[1])
		}
		k := cell{u, x[0], x[2]}
		f, ok := got[k]
		if !ok {
			t.Errorf("no fact of %v", k)
			continue
		}
		delete(got, k)
		place, _ := strconv.Atoi(x[6])
		of, _ := strconv.Atoi(x[7])
		if f.Score.Decimal.Sub(decimal.RequireFromString(x[4])).Abs().GreaterThan(decimal.New(1, -6)) || f.Max.String() != x[5] {
			t.Errorf("%s %v: got %s/%s, want %s/%s", f.Locator, k, f.Score, f.Max, x[4], x[5])
		}
		if f.Place != place || f.Of != of || f.RankKind != reform.Computed || f.OfPrinted {
			t.Errorf("%s %v: got place %d/%d %s, want %d/%d computed", f.Locator, k, f.Place, f.Of, f.RankKind, place, of)
		}
	}
	for k, f := range got {
		t.Errorf("%s: fact of %v that is not expected", f.Locator, k)
	}
	for year, n := range map[string]int{"2011": 63 * 22, "2014": 61 * 22, "2016": 63 * 22} {
		if subs[year] != n {
			t.Errorf("%s: got %d facts of sub-dimensions, want %d", year, subs[year], n)
		}
	}
	if f := c.fact("vn63:80", "2014", ""); f == nil || f.Locator != "2014_PAPI!AF53" {
		t.Errorf("Long An 2014: got %+v", f)
	}
	if f := c.fact("vn63:87", "2014", ""); f != nil {
		t.Errorf("Đồng Tháp 2014 has no data, got %+v", f)
	}
}

// made is a workbook in the form of the official one.
func made(t testing.TB, name string, dims int, change func(set func(ref string, v any))) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		t.Fatal(err)
	}
	set := func(ref string, v any) {
		if err := f.SetCellValue(name, ref, v); err != nil {
			t.Fatal(err)
		}
	}
	heads := []string{"Participation at Local Levels", "Transparency", "Vertical Accountability", "Control of Corruption", "Public Administrative Procedures", "Public Service Delivery", "Environmental Governance", "E-Governance"}[:dims]
	for i, h := range append([]string{"tinhid", "tentinh_eng", "tentinh_vie"}, heads...) {
		set(sheet.Ref(0, i), h)
	}
	set(sheet.Ref(0, 3+dims), "Un-weighted2015PAPI")
	set(sheet.Ref(1, 3+dims), "Chỉ số PAPI (không có trọng số)")
	for i, h := range []string{"tinhid", "tentinh_eng", "tentinh_vie"} {
		set(sheet.Ref(1, i), h)
	}
	for i, u := range reform.Default().Units(reform.VN63, reform.Province) {
		code, err := strconv.Atoi(u.Key.Code())
		if err != nil {
			t.Fatal(err)
		}
		set(sheet.Ref(2+i, 0), code)
		set(sheet.Ref(2+i, 2), u.Name)
		sum := 0.0
		for d := range dims {
			v := 4 + float64((i*7+d*3)%50)/10
			sum += v
			set(sheet.Ref(2+i, 3+d), v)
		}
		set(sheet.Ref(2+i, 3+dims), sum)
	}
	set("A66", 999)
	set("B66", "Highest")
	for d := range dims + 1 {
		set(sheet.Ref(65, 3+d), 9.9)
	}
	change(set)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOtherYearsAndMistakes(t *testing.T) {
	tests := []struct {
		name, file, sheet string
		dims              int
		change            func(set func(string, any))
		facts             int
		code, at          string // of the one problem expected, "" none
		max               string
	}{
		{"2017", "PAPI_2017.xlsx", "2017_PAPI", 6, func(func(string, any)) {}, 63 * 7, "", "", "60"},
		{"2018 with eight dimensions", "PAPI_2018.xlsx", "2018_PAPI", 8, func(func(string, any)) {}, 63 * 9, "", "", "80"},
		{"year in the file's name only", "PAPI 2019.xlsx", "Data", 8, func(func(string, any)) {}, 63 * 9, "", "", "80"},
		{"no year", "PAPI.xlsx", "Data", 8, func(func(string, any)) {}, 0, "unknown-period", "Data", ""},
		{"a province without data", "PAPI_2021.xlsx", "2021_PAPI", 8, func(set func(string, any)) {
			for _, c := range "DEFGHIJK" {
				set(string(c)+"3", nil)
			}
			set("L3", 0)
		}, 62 * 9, "", "", "80"},
		{"a sum of what there is", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("E3", nil) }, 63*9 - 2, "incomplete-total", "2018_PAPI!L3", "80"},
		{"a code that does not exist", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("A5", 3) }, 62 * 9, "unknown-unit", "2018_PAPI!A5", "80"},
		{"a code of another province", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("A3", 80) }, 62 * 9, "unit-mismatch", "2018_PAPI!A3", "80"},
		{"a total that is not the sum", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("L3", 44) }, 63 * 9, "sum-differs", "2018_PAPI!L3", "80"},
		{"an error cell", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("D3", "#N/A") }, 63*9 - 2, "not-a-number", "2018_PAPI!D3", "80"},
		{"comma decimals as text", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("D3", "4,0") }, 63 * 9, "", "", "80"},
		{"an unknown column", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("N1", "Gender balance"); set("N3", 3) }, 63 * 9, "unknown-column", "2018_PAPI", "80"},
		{"dimensions by number, shortened", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) {
			for i, h := range []string{"D1. Participation", "D2. Openness", "Chỉ số nội dung 3: Giải trình", "Dimension 4", "Chỉ số nội dung 5", "D6. Public services", "Nội dung số 7", "D8. E-gov"} {
				set(sheet.Ref(0, 3+i), h)
			}
		}, 63 * 9, "", "", "80"},
		{"a dimension whose heading is not understood", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("E1", "Một tên mới") }, 63 * 7, "missing-component", "2018_PAPI", "80"},
		{"a row without code and name", "PAPI_2018.xlsx", "2018_PAPI", 8, func(set func(string, any)) { set("A9", nil); set("C9", nil) }, 62 * 9, "no-unit", "2018_PAPI!A9", "80"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &collector{}
			if _, err := Parse(context.Background(), input(tt.file, made(t, tt.sheet, tt.dims, tt.change)), reform.Default(), c); err != nil {
				t.Fatal(err)
			}
			if len(c.facts) != tt.facts {
				t.Errorf("got %d facts, want %d", len(c.facts), tt.facts)
			}
			found := tt.code == ""
			for _, p := range c.problems {
				if p.Code == tt.code && p.Locator == tt.at {
					found = true
				}
			}
			if !found || tt.code == "" && len(c.problems) > 0 {
				t.Errorf("got problems\n%swant %q at %q", c.codes(), tt.code, tt.at)
			}
			for _, f := range c.facts {
				if f.Component == "" && f.Max.String() != tt.max {
					t.Fatalf("%s: got max %s, want %s", f.Locator, f.Max, tt.max)
				}
			}
		})
	}
}

func TestTiesShareAPlace(t *testing.T) {
	c := &collector{}
	b := made(t, "2019_PAPI", 8, func(set func(string, any)) {
		for _, row := range []string{"3", "4", "5"} {
			set("D"+row, 9.5)
		}
		set("D5", 9.4)
	})
	if _, err := Parse(context.Background(), input("x.xlsx", b), reform.Default(), c); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"2019_PAPI!D3": 1, "2019_PAPI!D4": 1, "2019_PAPI!D5": 3}
	for _, f := range c.facts {
		if w, ok := want[f.Locator]; ok {
			delete(want, f.Locator)
			if f.Place != w || f.Of != 63 {
				t.Errorf("%s: got place %d/%d, want %d/63", f.Locator, f.Place, f.Of, w)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("no facts at %v", want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("tinhid,tentinh_vie,Participation at Local Levels,Transparency,Vertical Accountability,Control of Corruption,PAPI\n80,Long An,5,5,5,5,20\n999,Highest,9,9,9,9,9\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &collector{}
		_, _ = Parse(t.Context(), input("PAPI_2016.csv", b), reform.Default(), c)
		for _, x := range c.facts {
			if x.Locator == "" || x.Unit == "" || x.Period.IsZero() || !x.Score.Valid {
				t.Errorf("fact without its parts: %+v", x)
			}
		}
	})
}

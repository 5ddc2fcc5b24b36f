package reform

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"chiso/internal/testshared"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestIndices(t *testing.T) {
	c := Default()
	var codes []string
	for _, ix := range c.Indices() {
		codes = append(codes, ix.Code)
		for _, text := range []Text{ix.Name, ix.Short} {
			if text.VI == "" || text.EN == "" {
				t.Errorf("index %s lacks a name in one language: %+v", ix.Code, text)
			}
		}
		if len(ix.Bases) == 0 || len(ix.UnitTypes) == 0 {
			t.Errorf("index %s has %d bases and %d unit types, want some", ix.Code, len(ix.Bases), len(ix.UnitTypes))
		}
	}
	want := []string{"par", "sipas", "pci", "papi", "s766", "dti", "ddci", "moj", "dept", "pgi", "ict", "dossiers"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("indices (-want +got):\n%s", diff)
	}
	if _, err := c.Index("xyz"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "sipas") {
		t.Errorf("an unknown index: got %v, want not found and the known ones", err)
	}
}

func TestFindIndex(t *testing.T) {
	c := Default()
	for _, tc := range []struct{ text, want string }{
		{"PAR INDEX", "par"}, {"PARINDEX", "par"}, {"Par-Index", "par"}, {"Chỉ số CCHC", "par"},
		{"chỉ số cải cách hành chính", "par"}, {"SIPAS", "sipas"}, {"Chỉ số hài lòng", "sipas"},
		{"PCI", "pci"}, {"PAPI", "papi"}, {"766", "s766"}, {"Bộ chỉ số 766", "s766"}, {"766/QĐ-TTg", "s766"},
		{"DTI", "dti"}, {"DDCI", "ddci"}, {"PGI", "pgi"}, {"Công tác tư pháp", "moj"}, {"", ""}, {"GRDP", ""},
	} {
		got := ""
		if ix, ok := c.FindIndex(tc.text); ok {
			got = ix.Code
		}
		if got != tc.want {
			t.Errorf("FindIndex(%q) = %q, want %q", tc.text, got, tc.want)
		}
	}
}

// sum adds up the maxima (or weights) of a level; known says whether all are known.
func sum(c *Catalog, index, basis, breakdown, parent string, of func(*Component) Number) (total decimal.Decimal, n int, known bool) {
	known = true
	for _, comp := range c.Components(index, basis, breakdown, parent) {
		v := of(comp)
		if !v.Valid {
			known = false
		}
		total = total.Add(v.Decimal)
		n++
	}
	return total, n, known
}

func TestMaximaAddUp(t *testing.T) {
	c := Default()
	maxOf := func(comp *Component) Number { return comp.Max }
	for _, tc := range []struct {
		index, basis, breakdown, parent string
		n                               int
		want                            string
	}{
		{"par", "2948", "", "", 8, "100"},
		{"par", "876", "source", "", 4, "100"},
		{"s766", "portal-2022", "", "", 6, "100"},
		{"s766", "portal-2026", "", "", 6, "100"},
		{"s766", "portal-2026", "page", "", 5, "100"},
		{"s766", "portal-2026", "", "CKMB", 4, "18"},
		{"s766", "portal-2026", "", "TDGQ", 1, "20"},
		{"s766", "portal-2026", "", "CLGQ", 3, "12"},
		{"s766", "portal-2026", "", "TTTT", 3, "10"},
		{"s766", "portal-2026", "", "MDHL", 5, "18"},
		{"s766", "portal-2026", "", "MDSH", 7, "22"},
		{"papi", "2011", "", "", 6, "60"},
		{"papi", "2018", "", "", 8, "80"},
	} {
		got, n, known := sum(c, tc.index, tc.basis, tc.breakdown, tc.parent, maxOf)
		if !known || n != tc.n || got.String() != tc.want {
			t.Errorf("%s %s %s%s: %d maxima add up to %s (all known: %v), want %d and %s", tc.index, tc.basis, tc.breakdown, tc.parent, n, got, known, tc.n, tc.want)
		}
	}
	// The areas of 2948, each as the decision's page lists it.
	var areas []string
	for _, comp := range c.Components("par", "2948", "", "") {
		areas = append(areas, comp.Max.String())
	}
	if diff := cmp.Diff([]string{"10", "10", "14.5", "11", "16", "7", "16", "15.5"}, areas); diff != "" {
		t.Errorf("areas of 2948 (-want +got):\n%s", diff)
	}
	// A tree with unknown parts never exceeds its total.
	for _, ix := range c.Indices() {
		for _, b := range ix.Bases {
			if !b.Max.Valid {
				continue
			}
			for _, breakdown := range []string{"", "source", "page"} {
				if w, n, _ := sum(c, ix.Code, b.Code, breakdown, "", func(comp *Component) Number { return comp.Weight }); n > 0 && w.IsPositive() {
					continue
				}
				if ix.Code == "sipas" || ix.Code == "dti" || ix.Code == "pci" {
					continue // each part has the scale of the whole
				}
				if got, _, _ := sum(c, ix.Code, b.Code, breakdown, "", maxOf); got.GreaterThan(b.Max.Decimal) {
					t.Errorf("%s %s %s: known maxima add up to %s, over %s", ix.Code, b.Code, breakdown, got, b.Max)
				}
			}
		}
	}
}

func TestUnknownMaximaStayUnknown(t *testing.T) {
	c := Default()
	for _, tc := range []struct{ basis, code, want string }{
		{"2024", "1", "9.5"}, {"2024", "3", "13"}, {"2024", "8.3", "6.5"}, {"2024", "8.1", "10"},
		{"2024", "2", ""}, {"2024", "6", ""}, {"2024", "7", ""}, {"2024", "src:managers", ""},
		{"2012", "1", ""}, {"2016", "8", ""}, {"1149", "1", ""}, {"1187", "3", ""},
	} {
		comp, err := c.Component("par", tc.basis, tc.code)
		if err != nil || comp.Max.String() != tc.want {
			t.Errorf("maximum of %s on %s is %v, %v; want %q", tc.code, tc.basis, comp, err, tc.want)
		}
	}
	// What the bases do not agree on is unknown without a basis.
	if comp, err := c.Component("par", "", "3"); err != nil || comp.Max.Valid {
		t.Errorf("area 3 without a basis has the maximum %v, %v; want none", comp, err)
	}
	if comp, err := c.Component("pci", "", "CSTP1"); err != nil || comp.Max.String() != "10" {
		t.Errorf("CSTP1 without a basis has the maximum %v, %v; want 10", comp, err)
	}
}

func TestWeightsOfPCI(t *testing.T) {
	c := Default()
	weight := func(comp *Component) Number { return comp.Weight }
	for _, tc := range []struct {
		basis string
		want  []string
	}{
		{"2006", []string{"5", "5", "15", "10", "5", "5", "15", "15", "15", "10"}},
		{"2009", []string{"10", "5", "20", "15", "10", "10", "5", "20", "5"}},
		{"2013", []string{"5", "5", "20", "5", "10", "5", "5", "20", "20", "5"}},
		{"2021", []string{"5", "5", "20", "5", "10", "5", "5", "20", "20", "5"}},
	} {
		var got []string
		for _, comp := range c.Components("pci", tc.basis, "", "") {
			got = append(got, comp.Weight.String())
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("weights of %s (-want +got):\n%s", tc.basis, diff)
		}
		if total, _, known := sum(c, "pci", tc.basis, "", "", weight); !known || total.String() != "100" {
			t.Errorf("weights of %s add up to %s, want 100", tc.basis, total)
		}
	}
	for _, basis := range []string{"2005", "2022", "2025"} {
		if total, n, _ := sum(c, "pci", basis, "", "", weight); !total.IsZero() || n == 0 {
			t.Errorf("weights of %s are %s, want unknown", basis, total)
		}
	}
}

// TestPCIComponentsOfTheWorkbooks compares the trees with the workbooks' cells,
// and the weights with their totals.
func TestPCIComponentsOfTheWorkbooks(t *testing.T) {
	f, err := os.Open(filepath.Join(testshared.Dir(t), "fixtures", "pci", "expected.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	sums, totals := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, row := range rows[1:] {
		year, province, code, name := row[0], row[1], row[2], row[3]
		basis, ok := c.BasisFor("pci", MustPeriod(year))
		if !ok {
			t.Fatalf("no basis for %s", year)
		}
		score := decimal.RequireFromString(row[4])
		if code == "" {
			totals[year+province] = score
			continue
		}
		comp, err := c.Component("pci", basis, code)
		if err != nil {
			t.Fatal(err)
		}
		if comp.Name.VI != name {
			t.Errorf("%s of %s is called %q, want %q", code, year, comp.Name.VI, name)
		}
		if got, ok := c.FindComponent("pci", basis, name); !ok || got != code {
			t.Errorf("%q of %s finds %q, want %s", name, year, got, code)
		}
		if comp.Weight.Valid {
			sums[year+province] = sums[year+province].Add(score.Mul(comp.Weight.Decimal).Div(decimal.NewFromInt(10)))
		}
	}
	for k, got := range sums {
		if diff := got.Sub(totals[k]).Abs(); diff.GreaterThan(decimal.RequireFromString("0.001")) {
			t.Errorf("%s: the weighted parts give %s, the workbook has %s", k, got, totals[k])
		}
	}
	if len(sums) != 126 {
		t.Errorf("%d totals were recomputed, want 126 (2010 and 2014)", len(sums))
	}
}

func TestComponentsOf766EqualTheSharedTable(t *testing.T) {
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", "service766-criteria.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	for _, row := range rows[1:] {
		code, name, ceiling := row[3], row[4], row[5]
		if code == "(none)" {
			found, ok := c.FindComponent("s766", "portal-2026", name)
			if !ok {
				t.Errorf("the criterion %q is not in the catalogue", name)
				continue
			}
			code = found
		}
		comp, err := c.Component("s766", "portal-2026", code)
		if err != nil || comp.Parent != row[0] || comp.Max.String() != ceiling {
			t.Errorf("%s is %+v, %v; want a part of %s with the maximum %s", code, comp, err, row[0], ceiling)
		}
	}
}

func TestSchemeFor(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		index, period string
		want          Scheme
	}{
		{"pci", "2005", VN64}, {"pci", "2008", VN64}, {"pci", "2009", VN63}, {"pci", "2024", VN63}, {"pci", "2025", VN34},
		{"par", "2012", VN63}, {"par", "2024", VN63}, {"par", "2025", VN34}, {"par", "2008", VN63}, {"par", "2007", VN64},
		{"s766", "2023", VN63}, {"s766", "2025", VN34}, {"s766", "2025-06", VN63}, {"s766", "2025-07", VN34}, {"s766", "2025-Q2", VN34}, {"s766", "2026-09", VN34},
		{"dti", "2024", VN34}, {"dti", "2023", VN63}, {"dossiers", "2024-01/2024-11", VN63}, {"unknown", "2025-H1", VN63},
	} {
		if got := c.SchemeFor(tc.index, MustPeriod(tc.period)); got != tc.want {
			t.Errorf("SchemeFor(%s, %s) = %s, want %s", tc.index, tc.period, got, tc.want)
		}
	}
}

func TestBasisFor(t *testing.T) {
	c := Default()
	for _, tc := range []struct{ index, period, want string }{
		{"par", "2012", "2012"}, {"par", "2015", "2012"}, {"par", "2016", "2016"}, {"par", "2017", "2948"}, {"par", "2018", "2018"},
		{"par", "2021", "1149"}, {"par", "2023", "876"}, {"par", "2024", "2024"}, {"par", "2025", "1187"}, {"par", "2011", ""},
		{"sipas", "2021", "2017"}, {"sipas", "2022", "2022"}, {"sipas", "2024", "1001"},
		{"pci", "2005", "2005"}, {"pci", "2008", "2006"}, {"pci", "2012", "2009"}, {"pci", "2020", "2013"}, {"pci", "2021", "2021"}, {"pci", "2025", "2025"},
		{"papi", "2017", "2011"}, {"papi", "2018", "2018"}, {"papi", "2030", "2018"},
		{"s766", "2023", "portal-2022"}, {"s766", "2025-10", "portal-2022"}, {"s766", "2026", "portal-2026"}, {"s766", "2026-09", "portal-2026"},
		{"dti", "2022", "dti"}, {"dossiers", "2024-01/2024-11", "dossiers"}, {"nothing", "2024", ""},
	} {
		got, ok := c.BasisFor(tc.index, MustPeriod(tc.period))
		if got != tc.want || ok != (tc.want != "") {
			t.Errorf("BasisFor(%s, %s) = %q, %v; want %q", tc.index, tc.period, got, ok, tc.want)
		}
	}
}

func TestEditions(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		index, period string
		of            int
		announced     string
	}{
		{"par", "2012", 63, "2014-01-25"}, {"par", "2013", 63, "2014-09-05"}, {"par", "2016", 63, "2017-05-30"}, {"par", "2019", 63, "2020-05-19"},
		{"par", "2021", 63, "2022-05-25"}, {"par", "2022", 63, "2023-04-19"}, {"par", "2023", 63, "2024-04-17"}, {"par", "2024", 63, "2025-04-06"},
		{"par", "2014", 63, ""}, {"sipas", "2024", 63, "2025-04-06"},
		{"pci", "2005", 42, ""}, {"pci", "2007", 64, ""}, {"pci", "2009", 63, ""}, {"pci", "2025", 34, ""},
		{"papi", "2014", 61, ""}, {"papi", "2021", 60, ""}, {"papi", "2022", 61, ""}, {"papi", "2020", 63, ""},
	} {
		e, ok := c.Edition(tc.index, MustPeriod(tc.period))
		if !ok || e.Of != tc.of || e.Announced != tc.announced {
			t.Errorf("edition %s %s: got %d of %q, %v; want %d of %q", tc.index, tc.period, e.Of, e.Announced, ok, tc.of, tc.announced)
		}
	}
	if e, ok := c.Edition("par", MustPeriod("2025")); ok {
		t.Errorf("PAR INDEX 2025 was not announced, but the catalogue has %+v", e)
	}
	if e, _ := c.Edition("pci", MustPeriod("2011")); !e.WeightsOff {
		t.Error("the weights do not give the totals of PCI 2011, but the edition does not say so")
	}
	// Every edition's own basis covers it, and its unit count is its scheme's or less.
	for _, ix := range c.Indices() {
		for _, e := range ix.Editions {
			if _, err := c.Basis(ix.Code, e.Basis); err != nil {
				t.Error(err)
			}
			if n := len(c.Units(e.Scheme, Province)); e.Of > n {
				t.Errorf("%s %s ranks %d units of %d", ix.Code, e.Period, e.Of, n)
			}
		}
	}
}

func TestBreaks(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		index, component, from, to string
		want                       int
	}{
		{"par", "", "2014", "2015", 0},
		{"par", "", "2015", "2016", 1},
		{"par", "", "2016", "2015", 1},
		{"par", "3", "2015", "2016", 1},
		{"par", "", "2019", "2020", 1}, // the year of 1149 is not known: either step may cross it
		{"par", "", "2020", "2021", 1},
		{"par", "", "2022", "2023", 0},
		{"par", "", "2023", "2024", 1},
		{"par", "", "2012", "2024", 7},
		{"sipas", "", "2021", "2022", 1},
		{"sipas", "", "2019", "2020", 0},
		{"pci", "", "2008", "2009", 1},
		{"pci", "", "2013", "2020", 0},
		{"papi", "", "2017", "2018", 1},
		{"papi", "D7", "2018", "2019", 1},
		{"papi", "D1", "2018", "2019", 0},
		{"papi", "D3", "2015", "2016", 1},
		{"papi", "", "2015", "2016", 0},
		{"papi", "D5", "2020", "2021", 1},
		{"s766", "", "2025", "2026", 1},
		{"s766", "MDHL", "2025-10", "2026-09", 1},
		{"s766", "", "2025-09", "2025-10", 0},
		{"dti", "", "2023", "2024", 1},
		{"nothing", "", "2023", "2024", 0},
	} {
		got := c.Breaks(tc.index, tc.component, MustPeriod(tc.from), MustPeriod(tc.to))
		if len(got) != tc.want {
			t.Errorf("Breaks(%s, %q, %s, %s): got %d, want %d", tc.index, tc.component, tc.from, tc.to, len(got), tc.want)
		}
		for _, b := range got {
			if b.Reason.VI == "" || b.Reason.EN == "" || b.Source == "" {
				t.Errorf("a break of %s lacks its reason or source: %+v", tc.index, b)
			}
			if b.Severs != (tc.index == "s766") {
				t.Errorf("a break of %s severs: %v", tc.index, b.Severs)
			}
		}
	}
}

func TestFindComponent(t *testing.T) {
	c := Default()
	for _, tc := range []struct{ index, basis, text, want string }{
		{"par", "2948", "Cải cách TTHC", "3"},
		{"par", "876", "Cải cách thể chế", "2"},
		{"par", "876", "Xây dựng và tổ chức thực hiện VBQPPL", "2"},
		{"par", "876", "Khảo sát lãnh đạo, quản lý", "src:managers"},
		{"par", "2948", "3. Cải cách thủ tục hành chính", "3"},
		{"par", "", "Cải cách tài chính công", "6"},
		{"pci", "2022", "CSTP 1: Gia nhập thị trường", "CSTP1"},
		{"pci", "2022", "CSTP 10: Thiết chế pháp lý & An ninh trật tự", "CSTP10"},
		{"pci", "2013", "Dịch vụ hỗ trợ doanh nghiệp", "CSTP8"},
		{"pci", "2013", "cstp6", "CSTP6"},
		{"papi", "2018", "Quản trị điện tử", "D8"},
		{"papi", "2011", "Hiệu quả của Ban Thanh tra Nhân dân", "S3.2"},
		{"s766", "portal-2022", "Số hoá hồ sơ", "MDSH"},
		{"s766", "portal-2022", "Công khai, minh bạch", "CKMB"},
		{"s766", "portal-2022", "Dịch vụ trực tuyến", "page:DVTT"},
		{"dti", "dti", "Chỉ số Nhận thức số", "nhan-thuc-so"},
		{"dossiers", "dossiers", "Trễ hạn", "resolved-late"},
	} {
		if got, ok := c.FindComponent(tc.index, tc.basis, tc.text); !ok || got != tc.want {
			t.Errorf("FindComponent(%s, %s, %q) = %q, %v; want %q", tc.index, tc.basis, tc.text, got, ok, tc.want)
		}
	}
	for _, text := range []string{"Tổng điểm", "Điểm tổng hợp", "Total", "PAR INDEX"} {
		if got, ok := c.FindComponent("par", "876", text); !ok || got != "" {
			t.Errorf("FindComponent(%q) = %q, %v; want the total", text, got, ok)
		}
	}
	for _, text := range []string{"", "Cải cách", "Ghi chú", "99"} {
		if got, ok := c.FindComponent("par", "876", text); ok {
			t.Errorf("FindComponent(%q) = %q, want nothing", text, got)
		}
	}
}

// TestNoNameMeansTwo asks that no component of a main tree is unreachable by
// its own name within its basis.
func TestNoNameMeansTwo(t *testing.T) {
	c := Default()
	for _, ix := range c.Indices() {
		for _, b := range ix.Bases {
			var codes []string
			for _, comp := range b.Components {
				if slices.Contains(codes, comp.Code) {
					t.Errorf("%s %s has the code %s twice", ix.Code, b.Code, comp.Code)
				}
				codes = append(codes, comp.Code)
				if got, ok := c.FindComponent(ix.Code, b.Code, comp.Code); !ok || got != comp.Code {
					t.Errorf("%s %s: the code %s finds %q", ix.Code, b.Code, comp.Code, got)
				}
				if comp.Breakdown != "" {
					continue
				}
				for _, name := range append([]string{comp.Name.VI, comp.Name.EN}, comp.Aliases...) {
					if got, ok := c.FindComponent(ix.Code, b.Code, name); name != "" && (!ok || got != comp.Code) {
						t.Errorf("%s %s: %q finds %q, want %s", ix.Code, b.Code, name, got, comp.Code)
					}
				}
			}
		}
	}
}

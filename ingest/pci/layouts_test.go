package pci

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"chiso/ingest/sheet"
	"chiso/reform"
)

// The workbooks of the other years can't be shipped with the tests, so sheets are
// built as they are laid out, on the real totals and places of the year. Components
// are made so that the weights of the year give the totals.

func TestOtherYears(t *testing.T) {
	tests := []struct {
		year   int
		name   string
		file   string
		places bool
		totals bool
		build  func(g *grid, list []province, codes []string)
	}{
		{2006, "English and Vietnamese heading, a ranking sheet of two years", "PCI_2006.xls", true, true, func(g *grid, list []province, codes []string) {
			g.add("Xep hang")
			for i, h := range []string{"Tỉnh", "PCI 2005", "Xếp hạng 2005", "PCI 2006", "Xếp hạng 2006"} {
				g.set(1, i+1, h)
			}
			for i, p := range list {
				g.set(2+i, 1, spell(p.name, i))
				g.set(2+i, 2, 50+float64(i)/7)
				g.set(2+i, 3, 64-i)
				g.set(2+i, 4, p.scores[""])
				g.set(2+i, 5, p.place)
			}
			g.add("Tong hop chi so")
			g.set(1, 1, "No")
			g.set(1, 2, "Province")
			g.set(2, 2, "Tỉnh/Thành phố")
			for j, c := range codes {
				g.set(1, 3+j, english[c])
				g.set(2, 3+j, vietnamese[c])
			}
			g.set(1, 3+len(codes), "Weighted PCI")
			g.set(2, 3+len(codes), "PCI có trọng số")
			g.flat(list, append(slices.Clone(codes), ""), 3, 2, 3)
			g.footer(3+len(list)+1, 2, 3, 13)
		}},
		{2007, "codes, regions and both totals", "PCI_2007.xls", false, true, func(g *grid, list []province, codes []string) {
			g.add("Bia")
			g.set(1, 1, "Báo cáo")
			g.add("Tong hop")
			for i, h := range []string{"Tỉnh", "Mã PCI", "Vùng", "Chất lượng cơ sở hạ tầng"} {
				g.set(1, i+1, h)
			}
			for j, c := range codes {
				g.set(1, 5+j, vietnamese[c])
			}
			g.set(1, 15, "PCI chưa có trọng số")
			g.set(1, 16, "PCI có trọng số")
			for i, p := range list {
				sum := 0.0
				for _, c := range codes {
					sum += p.scores[c]
				}
				g.set(2+i, 2, i+1)
				g.set(2+i, 3, "ĐBSCL")
				g.set(2+i, 4, 4.5)
				g.set(2+i, 15, sum)
				g.set(2+i, 16, p.scores[""])
			}
			g.flat(list, codes, 2, 1, 5)
			g.footer(2+len(list)+1, 1, 5, 16)
		}},
		{2008, "pairs under merged headings", "PCI_2008.xls", true, true, func(g *grid, list []province, codes []string) {
			g.add("Tổng hợp")
			g.set(1, 1, "Thứ tự")
			columns := append(slices.Clone(codes), "")
			for j, c := range columns {
				col := 2 + 2*j
				h := vietnamese[c]
				if c == "" {
					h = "PCI 2008"
				}
				g.set(1, col, h)
				if err := g.f.MergeCell(g.sheet, sheet.Ref(0, col-1), sheet.Ref(0, col)); err != nil {
					g.t.Fatal(err)
				}
				g.set(2, col, "Tỉnh")
				g.set(2, col+1, "Điểm")
				if c == "" {
					g.set(2, col+1, "Điểm PCI")
				}
				g.pair(list, c, 3, col)
			}
			col := 2 + 2*len(columns)
			g.set(1, col, "Xếp hạng")
			sorted := slices.Clone(list)
			slices.SortStableFunc(sorted, func(a, b province) int { return a.place - b.place })
			for i, p := range sorted {
				g.set(3+i, 1, i+1)
				g.set(3+i, col, p.place)
			}
			g.footer(3+len(list)+1, 2, 3, 3)
		}},
		{2009, "three heading rows and Mã PCI", "PCI 2009.xls", false, true, func(g *grid, list []province, codes []string) {
			g.add("Tong Hop")
			g.set(1, 1, "Bảng tổng hợp chỉ số năng lực cạnh tranh cấp tỉnh và các chỉ số thành phần")
			g.set(2, 1, "Mã PCI")
			g.set(2, 2, "Vùng")
			g.set(2, 3, "Tỉnh")
			for j, c := range codes {
				g.set(2, 4+j, vietnamese[c])
				g.set(3, 4+j, fmt.Sprintf("(%d)", j+1))
			}
			g.set(2, 4+len(codes), "Điểm số PCI có trọng số")
			for i := range list {
				g.set(4+i, 1, i+1)
				g.set(4+i, 2, "Miền núi phía Bắc")
			}
			g.flat(list, append(slices.Clone(codes), ""), 4, 3, 4)
			g.footer(4+len(list)+1, 3, 4, 13)
		}},
		{2011, "pairs whose weights do not give the totals", "PCI_2011.xls", true, true, pairs("Tong hop", 0.4)},
		{2012, "pairs", "PCI_2012.xlsx", true, true, pairs("Tong hop", 0)},
		{2013, "pairs, sheet Summary only", "PCI_2013.xlsx", true, true, pairs("Summary", 0)},
		{2015, "pairs beside a hidden sheet of the year before", "PCI_2015.xlsx", true, true, func(g *grid, list []province, codes []string) {
			pairs("Summary_VN", 0)(g, list, codes)
			pairsOf("Summary", 2014, 0)(g, shift(list), codes)
			if err := g.f.SetSheetVisible("Summary", false); err != nil {
				g.t.Fatal(err)
			}
		}},
		{2016, "pairs beside a visible English sheet", "PCI_2016.xlsx", true, true, func(g *grid, list []province, codes []string) {
			pairs("Summary_VN", 0)(g, list, codes)
			pairs("Summary", 0)(g, list, codes)
			g.set(3, 60, "Excellent") // a stray cell far to the right
		}},
		{2016, "a stale translation stands first and says no year", "PCI_2016.xlsx", true, true, func(g *grid, list []province, codes []string) {
			pairsOf("Summary", 0, 0)(g, shift(list), codes)
			pairs("Summary_VN", 0)(g, list, codes)
			for _, c := range codes[:3] {
				g.add(c)
				for i, h := range []string{"PCI ID", "Tỉnh", "Sub-Index", "Một chỉ tiêu (% đồng ý)"} {
					g.set(1, 1+i, h)
				}
				for i, p := range list {
					g.set(4+i, 1, i+1)
					g.set(4+i, 2, p.name)
					g.set(4+i, 3, p.scores[c])
					g.set(4+i, 4, 0.5)
				}
			}
		}},
		{2023, "components only", "PCI_2023.xlsx", false, false, func(g *grid, list []province, codes []string) {
			g.add("CSTP")
			g.set(1, 1, "Tỉnh/Thành phố")
			names := map[string]string{"CSTP1": "CSTP 1: Gia nhập thị trường", "CSTP2": "CSTP 2: Tiếp cận đất đai", "CSTP3": "CSTP 3: Tính Minh bạch", "CSTP4": "CSTP 4: Chi phí thời gian",
				"CSTP5": "CSTP 5: Chi phí không chính thức", "CSTP6": "CSTP 6: Cạnh tranh bình đẳng", "CSTP7": "CSTP 7: Tính năng động và tiên phong của chính quyền",
				"CSTP8": "CSTP 8: Chính sách hỗ trợ doanh nghiệp", "CSTP9": "CSTP 9: Đào tạo lao động", "CSTP10": "CSTP 10: Thiết chế pháp lý & An ninh trật tự"}
			for j, c := range codes {
				g.set(1, 2+j, names[c])
			}
			g.flat(list, codes, 2, 1, 2)
			g.add("CSTP 1")
			for i, h := range []string{"Tỉnh/Thành phố", "Vùng", "Thời gian đăng ký doanh nghiệp - số ngày", "Chi phí không chính thức khi đăng ký (Biến mới năm 2021)"} {
				g.set(1, 1+i, h)
			}
			for i, p := range list {
				g.set(2+i, 1, p.name)
				g.set(2+i, 3, 7)
				g.set(2+i, 4, 0.5)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.year)+" "+tt.name, func(t *testing.T) {
			list, basis := made(t, tt.year)
			if tt.totals && len(list) == 0 {
				t.Fatal("no provinces")
			}
			g := newGrid(t)
			tt.build(g, list, codesOf(basis))
			c, r := parseBytes(t, tt.file, g.bytes())
			if s := c.serious(); len(s) > 0 {
				t.Errorf("problems:\n%s", problems(c))
			}
			want := map[cell]expected{}
			of := len(list)
			for _, p := range list {
				for code, v := range p.scores {
					if code == "" && !tt.totals {
						continue
					}
					want[cell{p.key, code}] = expected{score: decimal.NewFromFloat(v).Round(6).String(), place: p.place, of: of}
				}
			}
			compare(t, want, c, tt.places)
			if len(r.Periods) != 1 || r.Periods[0].Year() != tt.year || r.Basis != basis.Code {
				t.Errorf("got periods %v basis %q, want %d %q", r.Periods, r.Basis, tt.year, basis.Code)
			}
			if off := c.has("sum-differs"); off != (tt.year == 2011) {
				t.Errorf("warned of totals: %v\n%s", off, problems(c))
			}
			if !tt.places && tt.totals {
				for _, f := range c.facts {
					if f.Place != 0 {
						t.Fatalf("%s: a place where none is printed: %d", f.Locator, f.Place)
					}
				}
			}
		})
	}
}

// shift gives every province the scores of another one, as the year before would.
func shift(list []province) []province {
	shifted := slices.Clone(list)
	for i := range shifted {
		shifted[i].scores = map[string]float64{}
		for k, v := range list[(i+5)%len(list)].scores {
			shifted[i].scores[k] = v
		}
	}
	return shifted
}

func pairs(name string, off float64) func(*grid, []province, []string) {
	return pairsOf(name, 0, off)
}

// pairsOf writes a sheet of pairs; year 0 is that of the workbook.
func pairsOf(name string, year int, off float64) func(*grid, []province, []string) {
	return func(g *grid, list []province, codes []string) {
		g.add(name)
		heads := vietnamese
		total, place, tier, no, prov := "PCI", "Xếp hạng", "Nhóm\n xếp hạng", "Thứ tự", "Tỉnh"
		if name == "Summary" {
			heads, place, tier, no, prov = english, "Ranking", "PCI tier", "No", "Province"
		}
		if year != 0 {
			total = fmt.Sprintf("PCI %d", year)
		}
		if off != 0 {
			// The components were shifted, so that the weights give other totals.
			for i := range list {
				for _, c := range codes {
					list[i].scores[c] = math.Round(math.Min(10, list[i].scores[c]+off/10)*1e6) / 1e6
				}
			}
		}
		g.set(1, 1, no)
		g.set(1, 2, prov)
		for j, c := range codes {
			g.set(1, 3+2*j, heads[c])
			g.pair(list, c, 2, 2+2*j)
		}
		col := 2 + 2*len(codes)
		g.set(1, col+1, total)
		g.set(1, col+2, place)
		g.set(1, col+3, tier)
		sorted := slices.Clone(list)
		slices.SortStableFunc(sorted, func(a, b province) int { return a.place - b.place })
		for i, p := range sorted {
			g.set(2+i, 1, i+1)
			g.set(2+i, col, spell(p.name, i))
			g.set(2+i, col+1, p.scores[""])
			g.set(2+i, col+2, p.place)
			g.set(2+i, col+3, []string{"Rất tốt", "Tốt", "Khá", "Thấp"}[i*4/len(sorted)])
		}
		row := 2 + len(list) + 1
		g.set(row, 2, prov)
		for j, c := range codes {
			g.set(row, 3+2*j, heads[c])
		}
		g.footer(row+1, 2, 3, 3)
	}
}

// broken changes a good workbook of 2012.
func broken(t *testing.T, change func(g *grid)) *collector {
	t.Helper()
	list, basis := made(t, 2012)
	g := newGrid(t)
	pairs("Tong hop", 0)(g, list, codesOf(basis))
	change(g)
	c, _ := parseBytes(t, "PCI_2012.xlsx", g.bytes())
	return c
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	find := func(g *grid, col int, name string) int {
		for row := 2; row < 66; row++ {
			v, err := g.f.GetCellValue(g.sheet, sheet.Ref(row-1, col-1))
			if err != nil {
				t.Fatal(err)
			}
			if v == name {
				return row
			}
		}
		t.Fatalf("no %s in column %d", name, col)
		return 0
	}
	tests := []struct {
		name, code, at, reason string
		change                 func(g *grid)
	}{
		{"a province that does not exist", "unknown-unit", "Tong hop!B10", "Nearest", func(g *grid) { g.set(10, 2, "Hà Giangg") }},
		{"a province that does not exist, last row", "unknown-unit", "Tong hop!B64", "", func(g *grid) { g.set(64, 2, "Xứ Xyz") }},
		{"one province twice", "duplicate-unit", "", "stands at", func(g *grid) {
			row := find(g, 2, "Long An")
			g.set(row, 2, "An Giang")
		}},
		{"an error in a score", "not-a-number", "Tong hop!E5", "", func(g *grid) { g.set(5, 5, "#REF!") }},
		{"scores of two provinces swapped", "sum-differs", "", "weighted", func(g *grid) {
			row := find(g, 2, "Long An")
			g.set(row, 3, 0.5)
		}},
		{"a place that is none", "bad-place", "", "", func(g *grid) { g.set(7, 22, "hạng nhất") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := broken(t, tt.change)
			for _, p := range c.serious() {
				if p.Code == tt.code && (tt.at == "" || p.Locator == tt.at) && strings.Contains(p.Reason, tt.reason) {
					return
				}
			}
			t.Errorf("no problem %s at %q; got\n%s", tt.code, tt.at, problems(c))
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("Tỉnh,Gia nhập thị trường,Tiếp cận đất đai,Tính minh bạch,Chi phí thời gian,Chi phí không chính thức,Đào tạo lao động,PCI 2012,Xếp hạng\nLong An,7,7,7,7,7,7,70,1\n"))
	f.Add([]byte("Tỉnh;PCI 2010\nHà Nội;5,5\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &collector{}
		_, _ = Parse(t.Context(), input("PCI_2012.csv", b), reform.Default(), c)
		for _, x := range c.facts {
			if x.Locator == "" || x.Unit == "" || x.Period.IsZero() || !x.Score.Valid && x.Place == 0 {
				t.Errorf("fact without its parts: %+v", x)
			}
		}
	})
}

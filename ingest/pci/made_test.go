package pci

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"chiso/ingest/sheet"
	"chiso/internal/testshared"
	"chiso/reform"
)

// province is one row of a made edition.
type province struct {
	key    reform.UnitKey
	name   string
	scores map[string]float64 // by component, "" the total
	place  int
}

// made is an edition with the real totals of a year.
func made(t *testing.T, year int) (list []province, basis *reform.Basis) {
	t.Helper()
	cat := reform.Default()
	period := reform.YearPeriod(year)
	scheme := cat.SchemeFor(index, period)
	code, ok := cat.BasisFor(index, period)
	if !ok {
		t.Fatalf("no basis for %d", year)
	}
	basis, err := cat.Basis(index, code)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(testshared.Dir(t), "data", "pci-overall.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	totals := map[reform.UnitKey][2]string{}
	for _, r := range rows[1:] {
		if r[0] == strconv.Itoa(year) {
			k, ok := cat.FindUnit(r[1], scheme, reform.Province)
			if !ok {
				t.Fatalf("no unit %q", r[1])
			}
			totals[k] = [2]string{r[4], r[6]}
		}
	}
	for i, u := range cat.Units(scheme, reform.Province) {
		p := province{key: u.Key, name: cat.NameIn(u.Key, period), scores: map[string]float64{}}
		total := 60 + float64(i)/10
		if v, ok := totals[u.Key]; ok && year != 2023 {
			total, _ = strconv.ParseFloat(v[0], 64)
			p.place, _ = strconv.Atoi(v[1])
		}
		p.scores[""] = total
		// Every component lies around the mean; the last takes up what is left.
		var sum, lastWeight float64
		for j, c := range basis.Components {
			w := 10.0
			if c.Weight.Valid {
				w, _ = c.Weight.Decimal.Float64()
			}
			lastWeight = w
			v := total/10 + 1.5*math.Sin(float64(i*7+j*3))
			v = math.Round(v*1e6) / 1e6
			if j < len(basis.Components)-1 {
				p.scores[c.Code] = v
				sum += v * w / 10
			}
		}
		last := basis.Components[len(basis.Components)-1].Code
		p.scores[last] = math.Round((total-sum)*10/lastWeight*1e6) / 1e6
		list = append(list, p)
	}
	// A made score outside of the scale would be refused, rightly.
	for _, p := range list {
		for code, v := range p.scores {
			if code != "" && (v < 0 || v > 10) {
				for _, c := range basis.Components {
					p.scores[c.Code] = math.Round(p.scores[""]/10*1e6) / 1e6
				}
				break
			}
		}
	}
	return list, basis
}

// spellings are names as official sheets write them, by place in the sheet.
func spell(name string, n int) string {
	variants := map[string][]string{
		"Bắc Kạn": {"Bắc Cạn", "Bac Can", "Bắc Kạn"}, "Đắk Lắk": {"Đăk Lăk", "Dak Lak", "Đắk Lắk"}, "Đắk Nông": {"Đak Nông", "Đăk Nông", "Dak Nong"},
		"Bà Rịa - Vũng Tàu": {"BRVT", "BR-VT", "Bà Rịa-Vũng Tàu"}, "Thừa Thiên Huế": {"TT-Huế", "TT.Huế", "Thua Thien Hue"},
		"Hồ Chí Minh": {"Tp.HCM", "TP.HCM", "TP.Hồ Chí Minh"}, "TP. Hồ Chí Minh": {"HCMC", "TP.HCM", "Tp.HCM"}, "Hòa Bình": {"Hoà Bình", "Hoa Binh"},
	}
	if v, ok := variants[name]; ok {
		return v[n%len(v)]
	}
	return name
}

// grid builds a workbook cell by cell.
type grid struct {
	t     *testing.T
	f     *excelize.File
	sheet string
	n     int
}

func newGrid(t *testing.T) *grid {
	return &grid{t: t, f: excelize.NewFile()}
}

func (g *grid) add(name string) {
	g.t.Helper()
	if g.sheet == "" {
		if err := g.f.SetSheetName("Sheet1", name); err != nil {
			g.t.Fatal(err)
		}
	} else if _, err := g.f.NewSheet(name); err != nil {
		g.t.Fatal(err)
	}
	g.sheet = name
}

// set writes at row and column counted from 1, as in the notes.
func (g *grid) set(row, col int, v any) {
	g.t.Helper()
	if err := g.f.SetCellValue(g.sheet, sheet.Ref(row-1, col-1), v); err != nil {
		g.t.Fatal(err)
	}
}

func (g *grid) bytes() []byte {
	g.t.Helper()
	b, err := g.f.WriteToBuffer()
	if err != nil {
		g.t.Fatal(err)
	}
	if err := g.f.Close(); err != nil {
		g.t.Fatal(err)
	}
	return b.Bytes()
}

var vietnamese = map[string]string{
	"CSTP1": "Chi phí gia nhập\n thị trường", "CSTP2": "Tiếp cận đất đai và sự ổn định trong sử dụng đất", "CSTP3": "Tính minh bạch và tiếp cận thông tin",
	"CSTP4": "Chi phí thời gian để thực hiện các quy định của Nhà nước", "CSTP5": "Chi phí không\n chính thức", "CSTP6": "Cạnh tranh bình đẳng",
	"CSTP7": "Tính năng động và tiên phong của lãnh đạo tỉnh", "CSTP8": "Hỗ trợ\n doanh nghiệp", "CSTP9": "Đào tạo \nlao động", "CSTP10": "Thiết chế\n pháp lý",
	"SOE": "Ưu đãi đối với DNNN",
}

var english = map[string]string{
	"CSTP1": "Entry Costs", "CSTP2": "Land Access and Security of Tenure", "CSTP3": "Transparency and Access to Information",
	"CSTP4": "Time Costs of Regulatory Compliance", "CSTP5": "Informal Charges", "CSTP6": "Bias", "CSTP7": "Proactivity of Provincial Leadership",
	"CSTP8": "Private Sector Development Services", "CSTP9": "Labor Training", "CSTP10": "Legal Institutions", "SOE": "SOE Bias",
}

func codesOf(b *reform.Basis) []string {
	var codes []string
	for _, c := range b.Components {
		codes = append(codes, c.Code)
	}
	return codes
}

// flat writes one row a province from row first, scores from column col on.
func (g *grid) flat(list []province, codes []string, first, nameCol, col int) {
	for i, p := range list {
		g.set(first+i, nameCol, spell(p.name, i))
		for j, code := range codes {
			if v, ok := p.scores[code]; ok {
				g.set(first+i, col+j, v)
			}
		}
	}
}

// pair writes a province column and a score column sorted by the score.
func (g *grid) pair(list []province, code string, first, col int) {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b province) int {
		if a.scores[code] > b.scores[code] {
			return -1
		}
		return 1
	})
	for i, p := range sorted {
		g.n++
		g.set(first+i, col, spell(p.name, g.n))
		g.set(first+i, col+1, p.scores[code])
	}
}

// footer writes what stands under a table after a blank row.
func (g *grid) footer(row, nameCol, from, to int) {
	for i, label := range []string{"Hà Nội", "Trung vị", "Min", "Cao nhất", "Thứ tự"} {
		g.set(row+i, nameCol, label)
		for c := from; c <= to; c++ {
			g.set(row+i, c, 5.5+float64(i))
		}
	}
}

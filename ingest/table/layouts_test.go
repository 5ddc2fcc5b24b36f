package table

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
)

// A layout of the real figures, and the facts that must come out of it: exactly
// these, or, where refused, a problem and never another number.
type layoutCase struct {
	name    string
	file    string
	data    []byte
	options []string
	want    []string
	problem string // code of the problem that refuses it
	warning string // code of a warning that must be there
}

// key is the unit of a province in 2019 to 2024.
func key(t testing.TB, province string) string {
	t.Helper()
	k, ok := reform.Default().FindUnit(province, reform.VN63, reform.Province)
	if !ok {
		t.Fatalf("no province %q", province)
	}
	return string(k)
}

func scoreLine(t testing.TB, index, period, component, province, score string, rank, of int) string {
	f := reform.Fact{Index: index, Unit: reform.UnitKey(key(t, province)), Period: reform.MustPeriod(period), Component: component, Scope: reform.ScopeNation, Place: rank, Of: of}
	if score != "" {
		f.Score = reform.Num(score)
	}
	return line(f)
}

// total, places and both are the facts of a column of scores, of places, of the two.
func total(t testing.TB, index, period string, fs []figure) (list []string) {
	for _, f := range fs {
		list = append(list, scoreLine(t, index, period, "", f.province, f.score, 0, 0))
	}
	return list
}

func places(t testing.TB, index, period string, fs []figure) (list []string) {
	for _, f := range fs {
		list = append(list, scoreLine(t, index, period, "", f.province, "", f.rank, f.of))
	}
	return list
}

func both(t testing.TB, index, period string, fs []figure) (list []string) {
	for _, f := range fs {
		list = append(list, scoreLine(t, index, period, "", f.province, f.score, f.rank, f.of))
	}
	return list
}

// byProvince is a look-up of figures.
func byProvince(fs []figure) map[string]figure {
	m := map[string]figure{}
	for _, f := range fs {
		m[f.province] = f
	}
	return m
}

func layoutCases(t testing.TB) []layoutCase {
	pci19, pci20 := figures(t, "pci-overall.csv", "2019", ""), figures(t, "pci-overall.csv", "2020", "")
	at20 := byProvince(pci20)
	num := func(s string) float64 { return float(t, s) }
	rows := func(head grid0, fs []figure, row func(i int, f figure) []any) grid0 {
		g := slices.Clone(head)
		for i, f := range fs {
			g = append(g, row(i, f))
		}
		return g
	}
	full := rows(grid0{{"TT", "Tỉnh, thành phố", "Điểm", "Xếp hạng"}}, pci19, func(i int, f figure) []any { return []any{i + 1, f.province, num(f.score), f.rank} })
	titled := append(grid0{{"BẢNG XẾP HẠNG CHỈ SỐ NĂNG LỰC CẠNH TRANH CẤP TỈNH (PCI) NĂM 2019"}, {nil, nil, nil, "Đơn vị tính: điểm"}, {}}, full...)
	footed := append(slices.Clone(titled), []any{nil, "Trung bình cả nước", 65.66, nil}, []any{nil, "Cao nhất", 73.4, nil}, []any{}, []any{"Ghi chú: số liệu của VCCI công bố ngày 5/5/2020"}, []any{nil, "Nguồn: pcivietnam.vn"})
	two := rows(grid0{{"PCI các năm"}, {"STT", "Tỉnh", "2019", nil, "2020", nil, "Ghi chú"}, {nil, nil, "Điểm", "Hạng", "Điểm", "Hạng"}}, pci19, func(i int, f figure) []any {
		g := at20[f.province]
		return []any{i + 1, f.province, num(f.score), f.rank, num(g.score), g.rank}
	})
	var bothYears []string
	for _, f := range pci19 {
		g := at20[f.province]
		bothYears = append(bothYears, scoreLine(t, "pci", "2019", "", f.province, f.score, f.rank, f.of), scoreLine(t, "pci", "2020", "", f.province, g.score, g.rank, g.of))
	}
	turned := grid0{{"Chỉ số PCI năm 2019"}, {"Chỉ tiêu"}, {"Điểm"}, {"Hạng"}}
	for _, f := range pci19 {
		turned[1] = append(turned[1], f.province)
		turned[2] = append(turned[2], num(f.score))
		turned[3] = append(turned[3], f.rank)
	}
	long := rows(grid0{{"Chỉ số PCI"}, {"Năm", "Tỉnh", "Điểm", "Hạng"}}, nil, nil)
	for _, f := range pci19 {
		g := at20[f.province]
		long = append(long, []any{2019, f.province, num(f.score), f.rank}, []any{2020, nil, num(g.score), g.rank})
	}
	fractions := rows(grid0{{"Chỉ số PCI năm 2019"}, {"Địa phương", "Thứ hạng"}}, pci19, func(_ int, f figure) []any { return []any{f.province, fmt.Sprintf("%d/63", f.rank)} })
	half := (len(pci19) + 1) / 2
	beside := grid0{{"Kết quả PCI năm 2019"}, {"Hạng", "Tỉnh", "Điểm", "Hạng", "Tỉnh", "Điểm"}}
	for i := range half {
		row := []any{pci19[i].rank, pci19[i].province, num(pci19[i].score)}
		if j := i + half; j < len(pci19) {
			row = append(row, pci19[j].rank, pci19[j].province, num(pci19[j].score))
		}
		beside = append(beside, row)
	}
	repeated := slices.Clone(titled[:23])
	for i, r := range titled[23:] {
		if i%20 == 0 {
			repeated = append(repeated, titled[3])
		}
		repeated = append(repeated, r)
	}
	grouped := grid0{{"PCI 2019"}, {"TT", "Tỉnh", "Điểm PCI", "Hạng"}}
	var groupedWant []string
	cat := reform.Default()
	for _, region := range cat.Units(reform.VN63, reform.Region)[:6] {
		grouped = append(grouped, []any{"Vùng " + region.Name})
		for _, f := range pci19 {
			if slices.Contains(cat.Members(region.Key), reform.UnitKey(key(t, f.province))) {
				grouped = append(grouped, []any{nil, f.province, num(f.score), f.rank})
				groupedWant = append(groupedWant, scoreLine(t, "pci", "2019", "", f.province, f.score, f.rank, f.of))
			}
		}
	}
	shuffled := slices.Clone(pci19)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	shuffledRows := rows(grid0{{"Province", "PCI score 2019", "PCI rank 2019", "Change of rank"}}, shuffled, func(i int, f figure) []any { return []any{f.province, num(f.score), f.rank, i - 3} })
	papi, papiWant := papiTable(t)
	cut := func(f figure, digits int) string {
		return strconv.FormatFloat(num(f.score), 'f', digits, 64)
	}
	rounded := slices.Clone(pci19)
	for i := range rounded {
		rounded[i].score = cut(rounded[i], 2)
	}
	comma := rows(grid0{{"Tỉnh", "Điểm PCI năm 2019", "Hạng PCI năm 2019"}}, rounded, func(_ int, f figure) []any {
		return []any{f.province, strings.Replace(cut(f, 2), ".", ",", 1), f.rank}
	})
	fraction := rows(grid0{{"Tỉnh", "PCI 2019"}}, rounded, func(_ int, f figure) []any {
		return []any{f.province, strings.Replace(cut(f, 2), ".", ",", 1) + "/100"}
	})
	decomposed := make(grid0, len(titled))
	for i, r := range titled {
		decomposed[i] = slices.Clone(r)
		for j, v := range r {
			if s, ok := v.(string); ok {
				decomposed[i][j] = norm.NFD.String(s)
			}
		}
	}
	stacked := append(append(slices.Clone(titled), []any{}, []any{"BẢNG XẾP HẠNG PCI NĂM 2020"}), rows(grid0{{"TT", "Tỉnh, thành phố", "Điểm", "Xếp hạng"}}, pci20, func(i int, f figure) []any { return []any{i + 1, f.province, num(f.score), f.rank} })...)
	unnamed := rows(grid0{{"PCI 2019"}, {"Tỉnh", "PCI"}}, pci19, func(_ int, f figure) []any { return []any{f.province, f.rank} })
	asPoints := rows(grid0{{"PCI 2019"}, {"Tỉnh", "Điểm"}}, pci19, func(_ int, f figure) []any { return []any{f.province, f.rank} })
	misspelt := slices.Clone(titled)
	misspelt[10] = []any{7, "Tỉnh Bến Trem", 66.0, 7}
	wrongYear := []page{{name: "2020", rows: titled}}
	mixed := rows(grid0{{"PCI 2019"}, {"Tỉnh", "Điểm"}}, rounded, func(i int, f figure) []any {
		s := cut(f, 2)
		if i%2 == 0 {
			s = strings.Replace(s, ".", ",", 1)
		}
		return []any{f.province, s}
	})
	over := slices.Clone(titled)
	over[5] = []any{2, pci19[1].province, 731.0, pci19[1].rank}
	tooFar := slices.Clone(titled)
	tooFar[5] = []any{2, pci19[1].province, num(pci19[1].score), 64}
	fractionOne := rows(grid0{{"SIPAS năm 2019"}, {"Tỉnh", "Chỉ số"}}, pci19, func(_ int, f figure) []any { return []any{f.province, num(f.score) / 100} })
	merged34 := grid0{{"PAR INDEX năm 2023"}, {"Tỉnh", "Điểm"}}
	for i, u := range cat.Units(reform.VN34, reform.Province) {
		merged34 = append(merged34, []any{u.Name, 80 + float64(i)/7})
	}
	noYear := append(grid0{{"BẢNG XẾP HẠNG PCI"}}, full...)
	noIndex := append(grid0{{"BẢNG XẾP HẠNG NĂM 2019"}}, full...)
	tcvn := make(grid0, len(titled))
	for i, r := range titled {
		tcvn[i] = slices.Clone(r)
		for j, v := range r {
			if s, ok := v.(string); ok {
				tcvn[i][j] = toTCVN3(t, s)
			}
		}
	}
	w1258, err := charmap.Windows1258.NewEncoder().Bytes(texts(t, ';', ",", toWindows1258(comma)))
	if err != nil {
		t.Fatal(err)
	}
	mojibake := make(grid0, len(comma))
	for i, r := range comma {
		mojibake[i] = slices.Clone(r)
		for j, v := range r {
			if s, ok := v.(string); ok {
				mojibake[i][j] = toMojibake(s)
			}
		}
	}
	noisy := rows(grid0{{"PCI 2019"}, {"TT", "Tỉnh", "Mã tỉnh", "Vùng", "Điểm", "Hạng", "Xếp loại", "Tăng/giảm", "Màu"}}, pci19, func(i int, f figure) []any {
		return []any{i + 1, f.province, i * 3, "Đồng bằng sông Hồng", num(f.score), f.rank, "Tốt", i - 5, i * 2}
	})
	noisy = append(noisy, []any{nil, "Tổng", nil, nil, 4136.5, nil, nil, nil, 12})
	numbered := append(append(slices.Clone(titled[:4]), []any{"(1)", "(2)", "(3)", "(4)"}), titled[4:]...)
	maxRow := append(append(slices.Clone(titled[:4]), []any{nil, "Điểm tối đa", 100, nil}), titled[4:]...)
	nation := append(append(slices.Clone(titled[:4]), []any{nil, "Cả nước", 65.66, nil}), titled[4:]...)
	want := both(t, "pci", "2019", pci19)
	return []layoutCase{
		{name: "title, unit line, row numbers", file: "bang.xlsx", data: xlsx(t, page{name: "Sheet1", rows: titled, merged: []string{"A1:D1"}}), want: want},
		{name: "the same as .csv with commas", file: "x.csv", data: texts(t, ',', ".", titled), want: want},
		{name: "the same as .csv with semicolons and decimal commas", file: "x.csv", data: texts(t, ';', ",", titled), want: want},
		{name: "the same as .ods", file: "x.ods", data: ods(t, page{name: "Sheet1", rows: titled}), want: want},
		{name: "footers, notes, means", file: "f.xlsx", data: xlsx(t, page{name: "S", rows: footed}), want: append(slices.Clone(want), "pci vn 2019 s=65.66")},
		{name: "footers as .ods", file: "f.ods", data: ods(t, page{name: "S", rows: footed}), want: append(slices.Clone(want), "pci vn 2019 s=65.66")},
		{name: "two years under a merged heading", file: "t.xlsx", data: xlsx(t, page{name: "S", rows: two, merged: []string{"C2:D2", "E2:F2", "A2:A3", "B2:B3", "G2:G3"}}), want: bothYears},
		{name: "two years, heading not merged", file: "t.csv", data: texts(t, ',', ".", two), want: bothYears},
		{name: "transposed", file: "q.xlsx", data: xlsx(t, page{name: "S", rows: turned, merged: []string{"A1:F1"}}), want: want},
		{name: "transposed .ods", file: "q.ods", data: ods(t, page{name: "S", rows: turned}), want: want},
		{name: "long, the name written once for two years", file: "l.xlsx", data: xlsx(t, page{name: "S", rows: long}), want: bothYears},
		{name: "one sheet a year", file: "y.xlsx", data: xlsx(t, page{name: "2019", rows: append(grid0{{"Chỉ số PCI"}}, full...)}, page{name: "2020", rows: rows(grid0{{"Chỉ số PCI"}, {"TT", "Tỉnh", "Điểm", "Hạng"}}, pci20, func(i int, f figure) []any { return []any{i, f.province, num(f.score), f.rank} })}),
			want: append(slices.Clone(want), both(t, "pci", "2020", pci20)...)},
		{name: "places over 63", file: "p.xlsx", data: xlsx(t, page{name: "S", rows: fractions}), want: places(t, "pci", "2019", pci19)},
		{name: "two tables side by side", file: "b.xlsx", data: xlsx(t, page{name: "S", rows: beside}), want: want},
		{name: "headings repeated on every page", file: "r.xlsx", data: xlsx(t, page{name: "S", rows: repeated}), want: want},
		{name: "regions as rows between", file: "g.xlsx", data: xlsx(t, page{name: "S", rows: grouped}), want: groupedWant},
		{name: "English, shuffled, a column of changes", file: "e.csv", data: texts(t, ',', ".", shuffledRows), want: both(t, "pci", "2019", shuffled)},
		{name: "components in columns, PAPI", file: "papi.xlsx", data: xlsx(t, page{name: "S", rows: papi, merged: []string{"A1:K1", "C2:C3"}}), want: papiWant},
		{name: "components in columns, .csv", file: "papi.csv", data: texts(t, ';', ",", papi), want: papiWant},
		{name: "decimal commas typed as text", file: "k.xlsx", data: xlsx(t, page{name: "S", rows: comma}), want: both(t, "pci", "2019", rounded)},
		{name: "scores over 100", file: "o.xlsx", data: xlsx(t, page{name: "S", rows: fraction}), want: total(t, "pci", "2019", rounded)},
		{name: "decomposed letters", file: "n.xlsx", data: xlsx(t, page{name: "S", rows: decomposed}), want: want},
		{name: "two tables one under the other", file: "s.xlsx", data: xlsx(t, page{name: "S", rows: stacked}), want: append(slices.Clone(want), both(t, "pci", "2020", pci20)...)},
		{name: "numbers of columns under the headings", file: "m.xlsx", data: xlsx(t, page{name: "S", rows: numbered}), want: want},
		{name: "a row of maxima", file: "m.xlsx", data: xlsx(t, page{name: "S", rows: maxRow}), want: want},
		{name: "the nation in the first row", file: "m.xlsx", data: xlsx(t, page{name: "S", rows: nation}), want: append([]string{"pci vn 2019 s=65.66"}, want...)},
		{name: "codes, regions, grades, changes, an unknown column, a sum", file: "z.xlsx", data: xlsx(t, page{name: "S", rows: noisy}), want: want, warning: "unknown-column"},
		{name: "TCVN3", file: "v.xlsx", data: xlsx(t, page{name: "S", rows: tcvn}), want: want, warning: "decoded-text"},
		{name: "Windows-1258", file: "w.csv", data: w1258, want: both(t, "pci", "2019", rounded)},
		{name: "mojibake", file: "j.xlsx", data: xlsx(t, page{name: "S", rows: mojibake}), want: both(t, "pci", "2019", rounded), warning: "decoded-text"},
		{name: "the year from the file's name", file: "PCI_2019.xlsx", data: xlsx(t, page{name: "S", rows: noYear}), want: want},
		{name: "index and period by option", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: full}), options: []string{"index", "pci", "period", "2019"}, want: want},

		{name: "scores or places: not said", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: unnamed}), problem: "ambiguous-column"},
		{name: "places printed as points", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: asPoints}), problem: "places-as-scores"},
		{name: "a misspelt province", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: misspelt}), problem: "unknown-unit"},
		{name: "a sheet's name of another year", file: "x.xlsx", data: xlsx(t, wrongYear...), problem: "other-period"},
		{name: "comma and point in one column", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: mixed}), problem: "mixed-numbers"},
		{name: "a score over its maximum", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: over}), problem: "over-maximum"},
		{name: "a place over N", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: tooFar}), problem: "place-over-denominator"},
		{name: "per cent as fractions of one", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: fractionOne}), problem: "other-scale"},
		{name: "34 provinces in a year of 63", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: merged34}), problem: "other-scheme"},
		{name: "no year", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: noYear}), problem: "missing-period"},
		{name: "no index", file: "x.xlsx", data: xlsx(t, page{name: "S", rows: noIndex}), problem: "missing-index"},
	}
}

// papiTable is PAPI 2019 with its eight dimensions.
func papiTable(t testing.TB) (grid0, []string) {
	all := figures(t, "papi.csv", "2019", "")
	names := []string{"Tham gia của người dân ở cấp cơ sở", "Công khai, minh bạch", "Trách nhiệm giải trình với người dân", "Kiểm soát tham nhũng trong khu vực công", "Thủ tục hành chính công", "Cung ứng dịch vụ công", "Quản trị môi trường", "Quản trị điện tử"}
	head := []any{nil, nil, nil}
	dims := make([]map[string]figure, 8)
	for i, n := range names {
		dims[i] = byProvince(figures(t, "papi.csv", "2019", fmt.Sprintf("D%d", i+1)))
		head = append(head, fmt.Sprintf("%d. %s", i+1, n))
	}
	g := grid0{{"Chỉ số PAPI năm 2019"}, {"STT", "Tỉnh", "Điểm tổng hợp", "Nội dung"}, head}
	var want []string
	for i, f := range all {
		row := []any{i + 1, f.province, float(t, f.score)}
		want = append(want, scoreLine(t, "papi", "2019", "", f.province, f.score, 0, 0))
		for k := range dims {
			d := dims[k][f.province]
			row = append(row, float(t, d.score))
			want = append(want, scoreLine(t, "papi", "2019", fmt.Sprintf("D%d", k+1), f.province, d.score, 0, 0))
		}
		g = append(g, row)
	}
	return g, want
}

func TestLayouts(t *testing.T) {
	for _, tt := range layoutCases(t) {
		t.Run(tt.name, func(t *testing.T) {
			c, r := read(t, input(tt.file, tt.data, tt.options...))
			if tt.problem != "" {
				for _, p := range c.problems {
					if p.Code == tt.problem && !p.Warning {
						return
					}
				}
				t.Fatalf("no problem %s; got %d facts, mapping %+v and\n%s", tt.problem, len(c.facts), r.Mapping, c.said())
			}
			if d := cmp.Diff(sorted(tt.want), sorted(lines(c))); d != "" {
				t.Errorf("facts (-want +got):\n%s\n%s\n%+v", parse.Shorten(d, 1500), c.said(), r.Mapping)
			}
			if c.refused() {
				t.Errorf("refused:\n%s", c.said())
			}
			if tt.warning != "" && !strings.Contains(c.said(), tt.warning) {
				t.Errorf("no warning %s in\n%s", tt.warning, c.said())
			}
			for _, f := range c.facts {
				if f.Locator == "" || f.Quote == "" || f.UnitName == "" {
					t.Fatalf("a fact without its place: %+v", f)
				}
			}
			probe, err := sheet.NewProbe(context.Background(), input(tt.file, tt.data))
			if err != nil {
				t.Fatal(err)
			}
			if got := Detect(probe); got < sureTable {
				t.Errorf("Detect: got %d, want at least %d", got, sureTable)
			}
		})
	}
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

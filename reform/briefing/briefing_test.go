package briefing

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/reform/words"
)

var (
	decided = time.Date(2020, 5, 19, 0, 0, 0, 0, time.UTC)
	polled  = time.Date(2025, 10, 15, 18, 5, 0, 0, time.UTC) // the 16th in Hà Nội
	docs    = map[string]reform.Document{"d1": {ID: "d1", Number: "285/QĐ-BNV", Date: "2020-05-19", Issuer: "Bộ Nội vụ"}}
)

// pt is a point: "2019 5/63 85.5 basis".
func pt(period string, place, of int, score, basis string) reform.RankPoint {
	p := reform.RankPoint{Unit: "vn63:80", Period: reform.MustPeriod(period), Basis: basis, Scope: reform.ScopeNation, Status: reform.Final}
	if place > 0 {
		p.Place, p.Of, p.OfPrinted, p.RankKind = place, of, true, reform.Published
		p.PlaceFrom = reform.Measure{Document: "d1", ObservedAt: decided, Status: reform.Final}
	}
	if score != "" {
		p.Score = reform.Num(score)
		p.ScoreFrom = reform.Measure{Document: "d1", ObservedAt: decided, Status: reform.Final}
	}
	return p
}

func with(p reform.RankPoint, change func(*reform.RankPoint)) reform.RankPoint {
	change(&p)
	return p
}

func input(t *testing.T, index, lang string, pts ...reform.RankPoint) Input {
	t.Helper()
	cat := reform.Default()
	ix, err := cat.Index(index)
	if err != nil {
		t.Fatal(err)
	}
	return Input{Lang: lang, Catalog: cat, Index: ix, Unit: "vn63:80", History: reform.RankSeries{Index: index, Unit: "vn63:80", Scope: reform.ScopeNation, Kind: reform.Year, Points: pts}}
}

// about joins the sentences of one topic.
func about(all []Sentence, topic Topic) string {
	var out []string
	for _, s := range all {
		if s.Topic == topic {
			out = append(out, s.String())
		}
	}
	return strings.Join(out, " ")
}

func TestSentences(t *testing.T) {
	lastEvening := time.Date(2025, 12, 31, 13, 0, 0, 0, time.UTC) // 20:00 in Hà Nội
	derived := func(p *reform.RankPoint) { p.RankKind = reform.Derived }
	computed := func(p *reform.RankPoint) { p.RankKind = reform.Computed }
	noN := func(p *reform.RankPoint) { p.Of = 0 }
	added := func(p *reform.RankPoint) { p.OfPrinted = false }
	open := func(p *reform.RankPoint) {
		p.Status, p.PlaceFrom.Status, p.PlaceFrom.ObservedAt = reform.Provisional, reform.Provisional, polled
	}
	longAn := []reform.RankPoint{pt("2012", 20, 63, "", "2012"), pt("2013", 50, 63, "", "2012"), pt("2014", 48, 63, "", "2012"), pt("2015", 23, 63, "", "2012"),
		pt("2016", 30, 63, "", "2016"), pt("2017", 12, 63, "", "2948"), pt("2018", 7, 63, "", "1150"), pt("2019", 5, 63, "", "1150")}
	for _, tc := range []struct {
		name, index, period string
		pts                 []reform.RankPoint
		topic               Topic
		vi, en              string
	}{
		{"up", "moj", "", []reform.RankPoint{pt("2018", 7, 63, "", ""), pt("2019", 5, 63, "", "")}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63, tăng 2 bậc so với năm 2018 (7/63).", "Ranking of justice work, 2019: Long An ranks 5/63, up 2 places from 2018 (7/63)."},
		{"down by one", "moj", "", []reform.RankPoint{pt("2018", 4, 63, "", ""), pt("2019", 5, 63, "", "")}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63, giảm 1 bậc so với năm 2018 (4/63).", "Ranking of justice work, 2019: Long An ranks 5/63, down 1 place from 2018 (4/63)."},
		{"unchanged", "moj", "", []reform.RankPoint{pt("2018", 5, 63, "", ""), pt("2019", 5, 63, "", "")}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63, giữ nguyên thứ hạng so với năm 2018 (5/63).", "Ranking of justice work, 2019: Long An ranks 5/63, the same as in 2018 (5/63)."},
		{"one period alone", "moj", "", []reform.RankPoint{pt("2019", 5, 63, "", "")}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63.", "Ranking of justice work, 2019: Long An ranks 5/63."},
		{"another N is no movement", "moj", "", []reform.RankPoint{pt("2018", 7, 60, "", ""), pt("2019", 5, 63, "", "")}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63; năm 2018 xếp 7/60, hai kỳ khác nhau về số đơn vị được xếp hạng nên không tính tăng, giảm.",
			"Ranking of justice work, 2019: Long An ranks 5/63; in 2018 it was 7/60, out of another number of units, so no movement is counted."},
		{"an unknown N is no movement", "moj", "", []reform.RankPoint{with(pt("2018", 7, 63, "", ""), noN), with(pt("2019", 5, 63, "", ""), noN)}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5 (chưa rõ trên tổng số bao nhiêu đơn vị); năm 2018 xếp 7 (chưa rõ trên tổng số bao nhiêu đơn vị), hai kỳ khác nhau về số đơn vị được xếp hạng nên không tính tăng, giảm.", ""},
		{"across a gap the year is said", "moj", "", []reform.RankPoint{pt("2016", 7, 63, "", ""), pt("2019", 5, 63, "", "")}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63, tăng 2 bậc so với năm 2016 (7/63).", ""},
		{"a computed place says so", "moj", "", []reform.RankPoint{with(pt("2018", 7, 63, "", ""), derived), with(pt("2019", 5, 63, "", ""), computed)}, Standing,
			"Về Xếp hạng công tác tư pháp, năm 2019 tỉnh Long An xếp hạng 5/63 (tính từ điểm), tăng 2 bậc so với năm 2018 (7/63, suy ra).", ""},
		{"a break", "par", "2016", longAn, Standing,
			"Về Chỉ số cải cách hành chính (PAR INDEX), năm 2016 tỉnh Long An xếp hạng 30/63, giảm 7 bậc so với năm 2015 (23/63) (cách tính đã thay đổi giữa hai kỳ, chỉ để tham khảo).", ""},
		{"no place", "par", "", []reform.RankPoint{pt("2019", 0, 0, "85.5", "1150")}, Standing, "Chưa có thứ hạng Chỉ số cải cách hành chính (PAR INDEX) năm 2019 của tỉnh Long An.", ""},
		{"a period without anything", "moj", "2017", []reform.RankPoint{pt("2016", 7, 63, "", ""), pt("2019", 5, 63, "", "")}, Standing,
			"Chưa có số liệu Xếp hạng công tác tư pháp năm 2017 của tỉnh Long An. Kỳ gần nhất có thứ hạng là năm 2019: 5/63.", ""},
		{"nothing at all", "moj", "", nil, Standing, "Chưa có số liệu Xếp hạng công tác tư pháp của tỉnh Long An.", ""},

		{"no score", "moj", "", []reform.RankPoint{pt("2019", 5, 63, "", "")}, Score, "Các nguồn hiện có chưa nêu tổng điểm năm 2019.", "The sources at hand give no total for 2019."},
		{"a score up", "papi", "2013", []reform.RankPoint{pt("2012", 0, 0, "36.5", "2011"), pt("2013", 5, 63, "38.25", "2011")}, Score, "Tổng điểm đạt 38,25 điểm, tăng 1,75 điểm so với năm 2012 (36,5 điểm).", "The total is 38.25 points, up 1.75 points from 2012 (36.5 points)."},
		{"a score unchanged to the eye", "papi", "2013", []reform.RankPoint{pt("2012", 0, 0, "38.2501", "2011"), pt("2013", 5, 63, "38.25", "2011")}, Score, "Tổng điểm đạt 38,25 điểm, không đổi so với năm 2012 (38,25 điểm).", ""},
		{"per cent are points of per cent", "sipas", "2019", []reform.RankPoint{pt("2018", 0, 0, "85.5", "factors-5"), pt("2019", 5, 63, "84", "factors-5")}, Score, "Tổng điểm đạt 84 %, giảm 1,5 điểm phần trăm so với năm 2018 (85,5 %).", ""},
		{"scores of two bases are not compared", "par", "2017", []reform.RankPoint{pt("2016", 30, 63, "70.1", "2016"), pt("2017", 12, 63, "80", "2948")}, Score, "Tổng điểm đạt 80 điểm; năm 2016 đạt 70,1 điểm nhưng theo cách tính khác nên không so sánh điểm.", ""},

		{"the record", "par", "2019", longAn, Record, "Trong 8 kỳ có thứ hạng trên tổng số 63 đơn vị (từ năm 2012 đến năm 2019), cao nhất là 5/63 năm 2019, thấp nhất là 50/63 năm 2013; cách tính có thay đổi trong thời gian này.", ""},
		{"two years with the best place", "moj", "", []reform.RankPoint{pt("2017", 5, 63, "", ""), pt("2018", 7, 63, "", ""), pt("2019", 5, 63, "", "")}, Record,
			"Trong 3 kỳ có thứ hạng trên tổng số 63 đơn vị (từ năm 2017 đến năm 2019), cao nhất là 5/63 năm 2017 và năm 2019, thấp nhất là 7/63 năm 2018.", ""},
		{"always the same place", "moj", "", []reform.RankPoint{pt("2017", 5, 63, "", ""), pt("2018", 5, 63, "", ""), pt("2019", 5, 63, "", "")}, Record, "Thứ hạng 5/63 giữ nguyên trong cả 3 kỳ có số liệu (từ năm 2017 đến năm 2019).", ""},
		{"places of another N make no record", "moj", "", []reform.RankPoint{pt("2016", 1, 60, "", ""), pt("2017", 5, 63, "", ""), pt("2018", 6, 63, "", ""), pt("2019", 7, 63, "", "")}, Record,
			"Trong 3 kỳ có thứ hạng trên tổng số 63 đơn vị (từ năm 2017 đến năm 2019), cao nhất là 5/63 năm 2017, thấp nhất là 7/63 năm 2019.", ""},
		{"two places are no record", "moj", "", []reform.RankPoint{pt("2018", 6, 63, "", ""), pt("2019", 7, 63, "", "")}, Record, "", ""},

		{"gaps", "moj", "", []reform.RankPoint{pt("2010", 5, 63, "", ""), pt("2014", 6, 63, "", ""), pt("2016", 0, 0, "50", ""), pt("2017", 7, 63, "", "")}, Gaps,
			"Chưa có số liệu từ năm 2011 đến năm 2013 và năm 2015. Chưa có thứ hạng năm 2016.", "No data for 2011 to 2013 and 2015. No place is known for 2016."},
		{"no gaps", "par", "2019", longAn, Gaps, "", ""},
		{"N from the edition", "moj", "", []reform.RankPoint{with(pt("2019", 5, 63, "", ""), added)}, Notes, "Nguồn chỉ nêu thứ hạng; tổng số 63 lấy theo số đơn vị của kỳ công bố.", ""},
		{"a provisional place", "s766", "", []reform.RankPoint{with(pt("2025", 12, 34, "", "portal-2022"), open)}, Notes, "Số liệu tạm tính, tính đến 16/10/2025.", "The figures are provisional, as of 16 Oct 2025."},
		{"a final value of a period that is over needs no day", "s766", "", []reform.RankPoint{with(pt("2023", 55, 63, "", "portal-2022"), func(p *reform.RankPoint) { p.PlaceFrom.ObservedAt = polled })}, Notes, "", ""},
		{"a value that was read before its period was over", "s766", "", []reform.RankPoint{with(pt("2025", 5, 34, "", "portal-2022"), func(p *reform.RankPoint) { p.PlaceFrom.ObservedAt = polled })}, Notes, "Số liệu tính đến 16/10/2025.", ""},
		{"a value that was read on the last day, before it was over", "s766", "", []reform.RankPoint{with(pt("2025", 5, 34, "", "portal-2022"), func(p *reform.RankPoint) { p.PlaceFrom.ObservedAt = lastEvening })}, Notes, "Số liệu tính đến 31/12/2025.", ""},
		{"Long An ended", "moj", "", []reform.RankPoint{pt("2019", 5, 63, "", "")}, Merger, "Từ ngày 01/07/2025, Tây Ninh và Long An hợp nhất thành Tây Ninh (mới); chuỗi số liệu của Long An dừng ở đó và không nối tiếp sang đơn vị mới.", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for lang, want := range map[string]string{"vi": tc.vi, "en": tc.en} {
				if lang == "en" && want == "" && tc.vi != "" {
					continue
				}
				in := input(t, tc.index, lang, tc.pts...)
				if tc.period != "" {
					in.Period = reform.MustPeriod(tc.period)
				}
				if got := about(Write(in), tc.topic); got != want {
					t.Errorf("%s: got\n%s\nwant\n%s", lang, got, want)
				}
			}
		})
	}
}

// Across the change of portals no place and no score is laid beside the other.
func TestSevered(t *testing.T) {
	in := input(t, "s766", "vi", pt("2025", 1, 34, "91.7", "portal-2022"), pt("2026", 29, 34, "58.85", "portal-2026"))
	in.Unit, in.History.Unit = "vn34:24", "vn34:24"
	got := Text(Write(in))
	for _, bad := range []string{"tăng", "giảm", "cao nhất là"} {
		if strings.Contains(strings.ReplaceAll(got, "không tính tăng, giảm", ""), bad) {
			t.Errorf("the briefing compares across the portals (%q): %s", bad, got)
		}
	}
	if want := "Không so sánh năm 2026 với năm 2025 (1/34)."; !strings.Contains(got, want) {
		t.Errorf("got %s\nwant it to hold %q", got, want)
	}
}

func TestRegions(t *testing.T) {
	in := input(t, "par", "vi", with(pt("2021", 27, 63, "", "1149"), func(p *reform.RankPoint) { p.Unit = "vn63:93" }))
	in.Unit = "vn63:93"
	third := with(pt("2021", 3, 13, "", "1149"), func(p *reform.RankPoint) { p.Scope = "vn63:r:DBSCL" })
	nation := pt("2021", 27, 63, "", "1149") // the nation's place where the region's is not known
	in.Regions = []reform.RankSeries{{Scope: "vn63:r:DBSCL", Points: []reform.RankPoint{third}}, {Scope: "vn63:r:TNB", Points: []reform.RankPoint{nation}}}
	if got, want := about(Write(in), InRegion), "Trong vùng Đồng bằng sông Cửu Long, tỉnh Hậu Giang xếp thứ 3/13."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func row(code, score, max string) reform.Subscore {
	return reform.Subscore{Component: code, Score: num(score), Max: num(max), Scope: reform.ScopeNation, From: reform.Measure{Document: "d1"}}
}

func num(s string) reform.Number {
	if s == "" {
		return reform.Number{}
	}
	return reform.Num(s)
}

func TestParts(t *testing.T) {
	some := &reform.Subscores{Index: "s766", Unit: "vn63:80", Period: reform.MustPeriod("2023"), Basis: "portal-2022", Coverage: reform.Coverage{Of: 63, WithPlace: 2, WithScore: 1},
		Rows: []reform.Subscore{row("CLGQ", "3.5", "12"), row("TTTT", "3.7", "10"), row("MDSH", "5.3", "22"), row("page:DVTT", "7.2", "22")}}
	whole := &reform.Subscores{Index: "s766", Unit: "vn63:80", Period: reform.MustPeriod("2023"), Basis: "portal-2022", Coverage: reform.Coverage{Of: 63, WithPlace: 63, WithScore: 63},
		Rows: []reform.Subscore{row("CKMB", "18", "18"), row("TDGQ", "19.5", "20"), row("CLGQ", "3.5", "12"), row("TTTT", "3.7", "10"), row("MDHL", "16", "18"), row("MDSH", "5.3", "22")}}
	for i := range whole.Rows {
		whole.Rows[i].Median = reform.Num("8")
	}
	full := &reform.Subscores{Index: "s766", Unit: "vn63:80", Period: reform.MustPeriod("2023"), Basis: "portal-2022", Rows: []reform.Subscore{row("CKMB", "18", "18"), row("TDGQ", "20", "20")}}
	pci := &reform.Subscores{Index: "pci", Unit: "vn63:80", Period: reform.MustPeriod("2013"), Basis: basisOf(t, "pci", "2013"), Rows: []reform.Subscore{}}
	for i, c := range reform.Default().Components("pci", pci.Basis, "", "") {
		pci.Rows = append(pci.Rows, row(c.Code, []string{"9", "5"}[min(i, 1)], "10"))
	}
	bad := &reform.Subscores{Index: "s766", Unit: "vn63:80", Period: reform.MustPeriod("2023"), Basis: "portal-2022", Rows: []reform.Subscore{row("CKMB", "19", "18"), row("TDGQ", "", "20")}}
	hauGiang := &reform.Subscores{Index: "par", Unit: "vn63:93", Period: reform.MustPeriod("2021"), Basis: "1149", Rows: []reform.Subscore{{Component: "2", Place: 4, Of: 63, RankKind: reform.Published, Scope: reform.ScopeNation, Region: "vn63:r:DBSCL", RegionPlace: 1, RegionOf: 13, RegionRankKind: reform.Published}}}
	for _, tc := range []struct {
		name  string
		parts *reform.Subscores
		topic Topic
		want  string
	}{
		{"the seed", some, Losses, "Năm 2023, so với mức tối đa, tỉnh Long An mất 16,7 điểm ở Số hóa hồ sơ (đạt 5,3/22), mất 8,5 điểm ở Dịch vụ công trực tuyến (đạt 3,5/12) và mất 6,3 điểm ở Thanh toán trực tuyến (đạt 3,7/10)."},
		{"three parts leave none to praise", some, Strengths, ""},
		{"what is missing is said", some, Coverage, "Mới có điểm của 3/6 thành phần năm 2023. Số liệu năm 2023 chưa đủ: mới có thứ hạng của 2/63 và điểm của 1/63 tỉnh, thành phố, nên không tính trung vị, mức cao nhất hay bình quân."},
		{"no median of an incomplete edition", some, Median, ""},
		{"strengths are no losses", whole, Strengths, "Năm 2023, các thành phần gần mức tối đa nhất: Công khai, minh bạch (18/18, đạt 100 %), Tiến độ giải quyết (19,5/20, đạt 97,5 %) và Mức độ hài lòng (16/18, đạt 88,9 %)."},
		{"below the median", whole, Median, "Thấp hơn trung vị ở 3/6 thành phần: Dịch vụ công trực tuyến (3,5 so với 8), Thanh toán trực tuyến (3,7 so với 8) và Số hóa hồ sơ (5,3 so với 8)."},
		{"a complete edition needs no word on coverage", whole, Coverage, ""},
		{"nothing lost", full, Losses, "Năm 2023, tỉnh Long An đạt mức tối đa ở mọi thành phần đã có số liệu."},
		{"weights make points of the total", pci, Losses, ""},
		{"a score over its maximum and a missing one are passed over", bad, Losses, ""},
		{"no parts", &reform.Subscores{Period: reform.MustPeriod("2023")}, Losses, "Chưa có số liệu thành phần năm 2023 nên chưa xác định được phần mất điểm."},
		{"nobody asked", nil, Losses, ""},
		{"places of components", hauGiang, Places, "Thứ hạng thành phần năm 2021: Cải cách thể chế xếp 4/63 cả nước và 1/13 trong vùng Đồng bằng sông Cửu Long."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := input(t, "s766", "vi", pt("2023", 55, 63, "", "portal-2022"))
			if tc.parts != nil && tc.parts.Index != "" {
				in = input(t, tc.parts.Index, "vi", pt(tc.parts.Period.String(), 55, 63, "", tc.parts.Basis))
				in.Unit = tc.parts.Unit
			}
			in.Parts = tc.parts
			got := about(Write(in), tc.topic)
			if tc.parts == pci {
				// Nine components of weight 5 or 20 lost half: those of weight 20 lost ten points of the total.
				if n := strings.Count(got, "mất 10 điểm ở"); n != 3 {
					t.Errorf("got %q, want three losses of 10 points of the total", got)
				}
				return
			}
			if got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}

func basisOf(t *testing.T, index, period string) string {
	t.Helper()
	b, ok := reform.Default().BasisFor(index, reform.MustPeriod(period))
	if !ok {
		t.Fatalf("no basis of %s in %s", index, period)
	}
	return b
}

// Every number of a score, a place or a loss can be looked up, in the state that is shown; sources lead to their documents.
func TestLinks(t *testing.T) {
	in := input(t, "par", "vi", pt("2018", 7, 63, "84.94", "1150"), pt("2019", 5, 63, "84.71", "1150"))
	in.Documents, in.View = docs, reform.View{Rev: 7}
	in.Conflicts = []reform.Conflict{
		{Index: "par", Unit: "vn63:80", Period: reform.MustPeriod("2019"), Measure: reform.MeasureScore, Values: []reform.ConflictValue{{Value: "84.71", Document: "d1"}, {Value: "84.7", Document: "d2"}}},
		{Index: "par", Unit: "vn63:80", Period: reform.MustPeriod("2018"), Measure: reform.MeasureScore, Values: []reform.ConflictValue{{Value: "1", Document: "d1"}, {Value: "2", Document: "d2"}}},
	}
	all := Write(in)
	linked := map[string]*reform.FactQuestion{}
	for _, s := range all {
		for _, p := range s.Parts {
			if p.Fact != nil {
				linked[p.Text] = p.Fact
			}
		}
	}
	for _, want := range []string{"5/63", "7/63", "84,71 điểm", "84,94 điểm"} {
		if linked[want] == nil {
			t.Errorf("%q has no link; linked are %v", want, linked)
		}
	}
	want := &reform.FactQuestion{Index: "par", Unit: "vn63:80", Period: reform.MustPeriod("2019"), Basis: "1150", Scope: reform.ScopeNation, View: reform.View{Rev: 7}}
	if d := cmp.Diff(want, linked["5/63"], cmp.AllowUnexported(reform.Period{})); d != "" {
		t.Errorf("the fact of 5/63 (-want +got):\n%s", d)
	}
	last := all[len(all)-1]
	if got, want := last.String(), "Nguồn: Quyết định số 285/QĐ-BNV ngày 19/5/2020 của Bộ Nội vụ."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !slices.ContainsFunc(last.Parts, func(p Part) bool { return p.Document == "d1" }) {
		t.Error("the source has no document behind it")
	}
	if got, want := about(all, Dispute), "Các nguồn nêu khác nhau về tổng điểm năm 2019: 84,71 và 84,7; ở đây dùng 84,71."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if strings.Count(Text(all), "\n") != 1 {
		t.Errorf("the sources stand on a line of their own: %q", Text(all))
	}
}

// Hà Nội runs on through 2008: it was not made of others. The new Tây Ninh was.
func TestMergers(t *testing.T) {
	for unit, want := range map[reform.UnitKey]string{
		"vn63:01": "", "vn63:89": "Từ ngày 01/07/2025, ", "vn34:80": "Tây Ninh được hợp nhất từ Tây Ninh và Long An từ ngày 01/07/2025", "vn34:01": "",
	} {
		in := input(t, "pci", "vi", pt("2010", 5, 63, "", ""))
		in.Unit = unit
		got := about(Write(in), Merger)
		if (want == "") != (got == "") || !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", unit, got, want)
		}
	}
}

// Counts have no place and no maximum: they are listed.
func TestCounts(t *testing.T) {
	in := input(t, "dossiers", "vi")
	p := reform.MustPeriod("2024-01/2024-11")
	in.Unit = "vn63:89/so-tu-phap"
	in.Parts = &reform.Subscores{Index: "dossiers", Unit: in.Unit, Period: p, Basis: "dossiers"}
	for _, c := range reform.Default().Components("dossiers", "dossiers", "", "")[:1] {
		in.Parts.Rows = append(in.Parts.Rows, row(c.Code, "15613", ""))
	}
	got := Text(Write(in))
	if !strings.Contains(got, "15.613") || !strings.Contains(got, "11 tháng đầu năm 2024") || strings.Contains(got, "mất") {
		t.Errorf("got %q", got)
	}
}

// No sentence of any unit shows a key or a placeholder, in either language, and equal answers give equal words.
func TestNoKeys(t *testing.T) {
	odd := regexp.MustCompile(`[{}]|  `)
	for _, k := range words.Keys() {
		if !strings.HasPrefix(k, "briefing.") {
			continue
		}
		for _, lang := range words.Langs {
			if words.T(lang, k) == "" {
				t.Errorf("%s is empty in %s", k, lang)
			}
		}
	}
	for _, period := range []string{"2019", "2025-H1", "2025-Q3", "2025-10", "2024-01/2024-11", "2024-03/2025-02"} {
		for _, lang := range words.Langs {
			in := input(t, "par", lang, pt(period, 5, 63, "84.71", "1150"), pt("2010", 9, 63, "80", ""))
			in.Parts = &reform.Subscores{Period: reform.MustPeriod(period)}
			a, b := Text(Write(in)), Text(Write(in))
			if odd.MatchString(a) {
				t.Errorf("%s, %s: %s", period, lang, a)
			}
			if a != b {
				t.Errorf("%s, %s: two texts of one answer:\n%s\n%s", period, lang, a, b)
			}
		}
	}
}

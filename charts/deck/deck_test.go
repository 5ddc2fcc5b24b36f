package deck_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
)

var keep = flag.String("keep", "", "a folder in which the decks of the tests are left, to be looked at")

func num(s string) reform.Number { return reform.Num(s) }

func nums(list ...string) []reform.Number {
	out := make([]reform.Number, len(list))
	for i, s := range list {
		if s != "" {
			out[i] = num(s)
		}
	}
	return out
}

// history is a real picture: Long An's places, with a gap, a break, a derived and a provisional one.
func history(t testing.TB, st charts.Style, severs bool, units ...string) *charts.Picture {
	t.Helper()
	ix := reform.Index{
		Code: "par", Short: reform.Text{VI: "PAR INDEX", EN: "PAR INDEX"}, Decimals: 2,
		Bases:  []reform.Basis{{Code: "a", Name: reform.Text{VI: "Bộ tiêu chí cũ", EN: "Old rules"}}, {Code: "b", Name: reform.Text{VI: "Bộ tiêu chí mới", EN: "New rules"}}},
		Breaks: []reform.Break{{Before: "2015", After: "2016", Severs: severs, Reason: reform.Text{VI: "bộ tiêu chí mới", EN: "new rules"}}},
	}
	in := charts.RankHistoryInput{Index: ix, Documents: map[string]charts.Source{"doc": {Label: "Quyết định số 1/QĐ-BNV ngày 25/01/2014 của Bộ Nội vụ", Date: "2014-01-25"}}}
	for i, name := range units {
		l := charts.Line{Name: name, FullName: "tỉnh " + name, RankSeries: reform.RankSeries{Index: "par", Unit: reform.UnitKey(fmt.Sprintf("vn63:%02d", 80+i)), Kind: reform.Year}}
		for k, p := range []int{20, 50, 48, 23, 30, 12, 7, 5} {
			if k == 2 && i == 0 && severs {
				continue
			}
			basis := "a"
			if k >= 4 {
				basis = "b"
			}
			one := reform.RankPoint{Unit: l.Unit, Period: reform.YearPeriod(2012 + k), Place: (p+i*9-1)%63 + 1, Of: 63, OfPrinted: true, Basis: basis, Scope: reform.ScopeNation, RankKind: reform.Published, Status: reform.Final, PlaceFrom: reform.Measure{Document: "doc"}}
			if k == 5 && i == 0 && severs {
				one.RankKind = reform.Derived
			}
			if k == 7 && severs {
				one.Status = reform.Provisional
			}
			l.Points = append(l.Points, one)
		}
		in.Lines = append(in.Lines, l)
	}
	p, err := charts.RankHistory(in, st)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// picture is one with a plot of its own, for what no picture of the charts has yet.
func picture(name string, plot *charts.Plot) *charts.Picture {
	return &charts.Picture{
		Name: name, Title: "Hình thử " + name, Subtitle: "Năm 2023", Alt: "Mô tả hình " + name, Width: 960, Height: 420, Plot: plot,
		Notes: []string{"Ghi chú về kỳ đánh giá."}, Sources: []charts.Source{{Document: "d", Label: "Quyết định số 876/QĐ-BNV ngày 10/11/2022 của Bộ Nội vụ", Date: "2022-11-10"}},
	}
}

func overlaid() *charts.Plot {
	return &charts.Plot{Kind: charts.PlotOverlaid, Head: "Thành phần", Min: num("0"), Categories: []string{"Dịch vụ công trực tuyến", "Thanh toán trực tuyến", "Số hóa hồ sơ", "Mức độ hài lòng của người dân, doanh nghiệp khi giải quyết thủ tục hành chính"}, Series: []charts.PlotSeries{
		{Name: "Điểm tối đa", Values: nums("12", "10", "22", ""), Labels: make([]string, 4), Colour: "#d3e0ea"},
		{Name: "Điểm đạt được", Values: nums("3.5", "3.7", "", "3.25"), Labels: []string{"3,5/12 (29%)", "3,7/10 (37%)", "chưa có số liệu", "3,25"}, Colour: "#0072b2", Provisional: []int{1}},
	}}
}

func league(n int) *charts.Plot {
	p := &charts.Plot{Kind: charts.PlotTable, Head: "Đơn vị", Strong: []int{4}}
	place, score, move := charts.PlotSeries{Name: "Thứ hạng"}, charts.PlotSeries{Name: "Điểm"}, charts.PlotSeries{Name: "Tăng, giảm"}
	for i := range n {
		p.Categories = append(p.Categories, fmt.Sprintf("Tỉnh số %d", i+1))
		place.Values, place.Labels = append(place.Values, num(fmt.Sprint(i+1))), append(place.Labels, fmt.Sprintf("%d/%d", i+1, n))
		score.Values, score.Labels = append(score.Values, num(fmt.Sprintf("%d.25", 90-i))), append(score.Labels, fmt.Sprintf("%d,25/100", 90-i))
		move.Values, move.Labels = append(move.Values, num("2")), append(move.Labels, "▲2")
	}
	p.Series = []charts.PlotSeries{place, score, move}
	return p
}

func bars(n int) *charts.Plot {
	p := &charts.Plot{Kind: charts.PlotBars, Head: "Đơn vị", Min: num("0"), Strong: []int{1}}
	s := charts.PlotSeries{Name: "Điểm", Provisional: []int{2}}
	for i := range n {
		p.Categories = append(p.Categories, fmt.Sprintf("%d. Tỉnh Bà Rịa – Vũng Tàu", i+1))
		s.Values, s.Labels = append(s.Values, num(fmt.Sprintf("%d.5", 90-i))), append(s.Labels, fmt.Sprintf("%d,5  ▲%d", 90-i, i))
	}
	p.Series = []charts.PlotSeries{s}
	return p
}

func radar() *charts.Plot {
	return &charts.Plot{Kind: charts.PlotRadar, Head: "Thành phần", Min: num("0"), Max: num("100"), Step: num("20"), Format: `0"%"`, Unit: "%",
		Categories: []string{"Dịch vụ công trực tuyến\n3,5/12 (29%)", "Thanh toán trực tuyến\n3,7/10 (37%)", "Số hóa hồ sơ\n5,3/22 (24%)", "Mức độ hài lòng\n17/18 (94%)", "Công khai, minh bạch\n9/18 (50%)"},
		Series: []charts.PlotSeries{
			{Name: "Long An", Values: nums("29.1667", "37", "24.0909", "94.4444", "50"), Labels: make([]string, 5)},
			{Name: "Trung vị", Values: nums("40", "45", "50", "80", "61.5"), Labels: make([]string, 5), Dashed: true},
		}}
}

func waterfall() *charts.Plot {
	return &charts.Plot{Kind: charts.PlotWaterfall, Head: "Lĩnh vực", Format: "General", Categories: []string{"Điểm tối đa", "Chỉ đạo, điều hành", "Thể chế", "Thủ tục hành chính", "Bổ sung", "Điểm đạt được"},
		Series: []charts.PlotSeries{{Name: "Điểm", Values: nums("100", "-1.5", "-4.25", "-2", "0.5", "92.75"), Labels: []string{"100", "−1,5", "−4,25", "−2", "+0,5", "92,75"}}}}
}

func grouped() *charts.Plot {
	return &charts.Plot{Kind: charts.PlotBars, Head: "Thành phần", Min: num("0"), Categories: []string{"Thể chế", "Thủ tục hành chính", "Tài chính công"}, Series: []charts.PlotSeries{
		{Name: "Long An", Values: nums("8", "", "7.5"), Labels: []string{"8", "", "7,5"}}, {Name: "Tây Ninh", Values: nums("7", "9", "6"), Labels: []string{"7", "9", "6"}},
	}}
}

func besides() *charts.Plot {
	p := league(2)
	p.Besides = true
	return p
}

func heat() *charts.Plot {
	p := &charts.Plot{Kind: charts.PlotTable, Head: "Đơn vị", Strong: []int{1}}
	for i := range 30 {
		p.Categories = append(p.Categories, fmt.Sprintf("Tỉnh thứ %d", i+1))
	}
	fills := []string{"#eff3ff", "#bdd7e7", "#6baed6", "#2b7bba", "#084a8c"}
	for y := 2012; y < 2026; y++ {
		s := charts.PlotSeries{Name: fmt.Sprint(y)}
		for i := range 30 {
			v := (i*7+y)%63 + 1
			s.Values, s.Labels, s.Fills = append(s.Values, num(fmt.Sprint(v))), append(s.Labels, fmt.Sprintf("%d/63", v)), append(s.Fills, fills[4-v/13])
		}
		p.Series = append(p.Series, s)
	}
	return p
}

// drawn is a PNG such as the renderer makes.
func drawn(context.Context, *charts.Picture) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	for x := range 640 {
		m.Set(x, x*360/640, color.RGBA{0, 0x72, 0xb2, 0xff})
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

const address = "https://chiso.example/figures/rank-history.pptx?index=par&unit=vn63%3A80&rev=12"

// whole is a deck with one slide of each kind.
func whole(t testing.TB, theme charts.Theme, lang string) *deck.Deck {
	st := charts.Style{Lang: lang, Theme: theme}
	d := &deck.Deck{
		Title: "Báo cáo cải cách hành chính", Subject: "Long An", Keywords: []string{"PAR INDEX", "vn63:80"}, Lang: lang, Theme: theme,
		Date: time.Date(2025, 10, 16, 8, 30, 0, 0, time.UTC), PNG: drawn,
		Slides: []deck.Slide{
			{Cover: true, Title: "Báo cáo cải cách hành chính tỉnh Long An", Subtitle: "Tháng 10/2025"},
			{Title: "Tóm tắt", Text: []string{"Long An xếp 5/63 về PAR INDEX năm 2019.", "Chỉ số 766 năm 2023: 55/63, nhóm trung bình."}},
			{Picture: history(t, st, false, "Long An"), Link: address, Notes: []string{"Năm 2019 Long An xếp 5/63, tăng 2 bậc."}},
			{Picture: history(t, st, true, "Long An"), Link: address},
			{Picture: history(t, st, false, "Long An", "Hậu Giang", "An Giang"), Link: address},
			{Picture: history(t, st, true, "Long An", "Hậu Giang"), Link: address, Text: []string{"Hai tỉnh cùng tăng bậc sau năm 2016."}},
			{Picture: picture("subscores", overlaid()), Link: address},
			{Picture: picture("bars", bars(18)), Link: address},
			{Picture: picture("grouped", grouped()), Link: address},
			{Picture: picture("radar", radar()), Link: address},
			{Picture: picture("waterfall", waterfall()), Link: address},
			{Picture: picture("ranking", league(63)), Link: address},
			{Picture: picture("heatmap", heat()), Link: address},
			{Picture: picture("map", besides()), Link: address},
		},
	}
	return d
}

func write(t testing.TB, d *deck.Deck, name string) []byte {
	t.Helper()
	b, err := d.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if *keep != "" && name != "" {
		if err := os.WriteFile(filepath.Join(*keep, name+".pptx"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestWhole(t *testing.T) {
	for _, theme := range []charts.Theme{charts.Light, charts.Dark, charts.Mono} {
		for _, ratio := range []deck.Ratio{deck.Wide, deck.Standard} {
			for _, lang := range []string{"vi", "en"} {
				if lang == "en" && theme != charts.Dark {
					continue
				}
				name := fmt.Sprintf("whole-%s-%s-%.2s", theme, lang, ratio)
				t.Run(name, func(t *testing.T) {
					d := whole(t, theme, lang)
					d.Ratio = ratio
					b := write(t, d, name)
					checkPackage(t, b)
					checkSchema(t, b)
					if again := write(t, whole2(t, theme, lang, ratio), ""); !bytes.Equal(b, again) {
						t.Error("equal input gives different bytes")
					}
				})
			}
		}
	}
}

func whole2(t testing.TB, theme charts.Theme, lang string, ratio deck.Ratio) *deck.Deck {
	d := whole(t, theme, lang)
	d.Ratio = ratio
	return d
}

package dashboard

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

// The overview names what moved most, with every number leading to what is known of it, the group
// where a source tells one, and where each place comes from.
func TestOverviewBoard(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/")
	moved := d.Find(".moved li")
	if moved.Length() == 0 {
		t.Fatal("nothing moved")
	}
	first := strings.Join(strings.Fields(moved.First().Text()), " ")
	for _, want := range []string{"PAPI", "2016 so với 2015", "/10"} {
		if !strings.Contains(first, want) {
			t.Errorf("moved: %q lacks %q", first, want)
		}
	}
	if n := moved.First().Find(`a[href^="/facts?"]`).Length(); n != 2 {
		t.Errorf("moved: %d numbers lead to what is known of them, want 2", n)
	}
	strip := d.Find(".strip").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.Contains(s.Find(".name").Text(), "Chỉ số 766")
	})
	if got := strip.Find(".tag").First().Text(); got != "nhóm trung bình" {
		t.Errorf("766 of 2023: got the group %q, want nhóm trung bình", got)
	}
	if href, _ := strip.Find(".place a").Attr("href"); !strings.HasPrefix(href, "/facts?index=s766") {
		t.Errorf("766: the place leads to %q", href)
	}
	if got := d.Find(".strip").First().Find(".tag").Length(); got != 0 {
		t.Errorf("PAR INDEX 2019: a group that no source tells is shown: %q", d.Find(".strip .tag").First().Text())
	}
}

func TestMovedView(t *testing.T) {
	f := newFixture(t)
	num := reform.Num
	move := func(component, was, is, most string) reform.ComponentMove {
		m := reform.ComponentMove{Component: component, Unit: "vn63:80", PrevUnit: "vn63:80", Score: num(is), Previous: num(was), Change: reform.NumOf(num(is).Decimal.Sub(num(was).Decimal)), Status: reform.Final}
		if most != "" {
			m.Max = num(most)
		}
		return m
	}
	all := []reform.Moved{
		{Index: "par", Basis: "2948", Unit: "vn63:80", Period: reform.YearPeriod(2023), Prev: reform.YearPeriod(2022), Moves: []reform.ComponentMove{
			move("1", "8", "9", ""), move("2", "5", "5", "10"), move("3", "10", "9.9999", "14.5"), move("4", "5", "8", "11")}},
		{Index: "papi", Basis: "2018", Unit: "vn63:80", Period: reform.YearPeriod(2024), Prev: reform.YearPeriod(2023), Moves: []reform.ComponentMove{
			move("D1", "4", "7", "10"), move("D2", "5", "5.1", "10"), move("D3", "5", "4", "10")}},
		{Index: "pci", Basis: "2013", Unit: "vn63:80", Period: reform.YearPeriod(2014), Prev: reform.YearPeriod(2013), Moves: []reform.ComponentMove{move("CSTP1", "1", "9", "10")}},
		{Index: "s766", Basis: "portal-2026", Unit: "vn34:80", Period: reform.YearPeriod(2026)},
	}
	v := f.movedView(all, "vi")
	said := func(rows []movedRow) (out []string) {
		for _, r := range rows {
			out = append(out, r.Index+" "+r.Change.Arrow+r.Change.Number+" "+r.From.Text+"→"+r.To.Text+r.Max)
		}
		return out
	}
	// By the share of the maximum; what has no known maximum comes after, what did not move is none,
	// and a comparison of ten years ago is no news.
	want := []string{"PAPI ▲+3 4→7/10", "PAR INDEX ▲+3 5→8/11", "PAPI ▲+0,1 5→5,1/10"}
	if d := cmp.Diff(want, said(v.Gains)); d != "" {
		t.Errorf("gains (-want +got):\n%s", d)
	}
	want = []string{"PAPI ▼−1 5→4/10", "PAR INDEX ▼−0,0001 10→10,00/14,5"}
	if d := cmp.Diff(want, said(v.Losses)); d != "" {
		t.Errorf("losses (-want +got):\n%s", d)
	}
	if f.movedView(nil, "vi") != nil || f.movedView(all[3:], "vi") != nil {
		t.Error("nothing moved: got a view, want none")
	}
	all[1].Moves[2].AcrossBreak = true
	if got := f.movedView(all, "en").Losses[0].Change; got.Arrow != "▽" || !strings.Contains(got.Class, "hollow") {
		t.Errorf("across a break: got %+v, want it hollow", got)
	}
}

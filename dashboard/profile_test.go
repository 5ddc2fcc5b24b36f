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
			move("D1", "4", "7", "10"), move("D2", "6.705", "6.803", "10"), move("D3", "5", "4", "10")}},
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
	want := []string{"PAPI ▲+3 4→7/10", "PAR INDEX ▲+3 5→8/11", "PAPI ▲+0,098 6,705→6,803/10"}
	if d := cmp.Diff(want, said(v.Gains)); d != "" {
		t.Errorf("gains (-want +got):\n%s", d)
	}
	want = []string{"PAPI ▼−1 5→4/10", "PAR INDEX ▼−0,0001 10→9,9999/14,5"}
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

func standing(unit reform.UnitKey, place int, score string) reform.Standing {
	return reform.Standing{Unit: unit, Place: place, Of: 5, RankKind: reform.Published, Score: reform.Num(score), Basis: "2018"}
}

func TestNeighbours(t *testing.T) {
	f := newFixture(t)
	ix, err := reform.Default().Index("papi")
	if err != nil {
		t.Fatal(err)
	}
	l := &reform.League{Index: "papi", Period: reform.YearPeriod(2024), Basis: "2018", Coverage: reform.Coverage{Of: 5, WithScore: 5, WithPlace: 5}, Rows: []reform.Standing{
		standing("vn63:01", 1, "47.5"), standing("vn63:31", 2, "45.126"), standing("vn63:48", 2, "45.126"), standing("vn63:80", 4, "42.3941"), standing("vn63:82", 5, "42.3939"),
	}}
	said := func(v *neighboursView) (rows, steps []string) {
		for _, r := range v.Rows {
			rows = append(rows, strings.TrimSpace(r.Name+" "+r.Place+" "+r.Score+" "+r.Gap))
		}
		for _, s := range v.Steps {
			steps = append(steps, s.Text+": "+s.Sum)
		}
		return rows, steps
	}
	v, why := f.neighbours(ix, l, "vn63:80", "vi")
	if v == nil {
		t.Fatalf("no neighbours: %s", why)
	}
	rows, steps := said(v)
	if d := cmp.Diff([]string{"Hải Phòng 2/5 45,13 +2,73", "Đà Nẵng 2/5 45,13 +2,73", "Long An 4/5 42,39", "Tiền Giang 5/5 42,39 −0,0002"}, rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	// Of two units that share a place one is named, and a sum adds up as it stands.
	want := []string{"Thêm 2,732 điểm thì bằng Đà Nẵng (2/5): 45,126 − 42,394 = 2,732", "Thêm 5,11 điểm thì bằng Hà Nội (1/5): 47,5 − 42,39 = 5,11"}
	if d := cmp.Diff(want, steps); d != "" {
		t.Errorf("steps (-want +got):\n%s", d)
	}
	if v, _ := f.neighbours(ix, l, "vn63:82", "vi"); v.Steps[0].Sum != "42,3941 − 42,3939 = 0,0002" {
		t.Errorf("a hair's breadth: got %q", v.Steps[0].Sum)
	}
	// Among a few, the next one known is not the next one.
	l.Coverage.WithScore = 4
	if v, why := f.neighbours(ix, l, "vn63:80", "vi"); v != nil || !strings.Contains(why, "4/5") {
		t.Errorf("incomplete: got %+v, %q; want none and why", v, why)
	}
	l.Coverage = reform.Coverage{}
	if v, why := f.neighbours(ix, l, "vn63:80", "vi"); v != nil || why == "" {
		t.Errorf("unknown size: got %+v, %q; want none and why", v, why)
	}
}

// The profile shows all indices together, the region, what is lost, and of a merged province
// the derived history only when asked for.
func TestProfile(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/units/vn63/long-an?index=papi")
	for _, want := range []string{"#histories .canvas svg[role=img]", "#lost .canvas svg[role=img]", ".around .pinrow", `.lost a[href^="/facts?"]`, `.switch a[href*="measure=place"]`} {
		if d.Find(want).Length() == 0 {
			t.Errorf("Long An: no %s", want)
		}
	}
	if got := d.Find(".around h2").First().Text(); !strings.Contains(got, "Đồng bằng sông Cửu Long, 2016") {
		t.Errorf("region: got %q", got)
	}
	d.Find(".around a, .lost a").Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		if !strings.HasPrefix(href, "/facts?") && !strings.HasPrefix(href, "/units/") {
			t.Errorf("%q leads to %q", a.Text(), href)
		}
	})
	if d.Find("#derived-h").Length() != 0 {
		t.Error("Long An was not made of others, and has a derived history")
	}
	// An edition without components says so, and names no losses.
	d = f.page(t, "/units/vn63/long-an?index=par&period=2013")
	if d.Find("#lost, .lost").Length() != 0 || d.Find(`.quiet a[href^="/load?"]`).Length() != 1 {
		t.Error("PAR INDEX 2013: no components are known; the page does not say so alone")
	}
	if got := d.Find("main").Text(); !strings.Contains(got, "không tính đơn vị liền kề") {
		t.Error("PAR INDEX 2013: the page does not say why there are no neighbours")
	}
	d = f.page(t, "/units/vn34/tay-ninh?index=papi")
	if d.Find("#derived-h").Length() != 1 || d.Find("#derived").Length() != 0 {
		t.Error("Tây Ninh: the derived history stands behind a switch")
	}
	href, _ := d.Find("#derived-h ~ p a.button").Attr("href")
	d = f.page(t, href)
	if d.Find("#derived .canvas svg[role=img]").Length() != 1 || !strings.Contains(d.Find("#derived").Text(), "suy ra") {
		t.Errorf("%s: no derived history that says what it is", href)
	}
	if n := d.Find(`.derived td a[href^="/facts?"]`).Length(); n != 6 {
		t.Errorf("derived: %d values of the former provinces lead to their trail, want 6", n)
	}
	if n := d.Find("#made0, #made1").Length(); n != 2 {
		t.Errorf("the former provinces' panels: got %d, want 2 beside the derived line", n)
	}
	for _, path := range []string{"/units/vn34/ha-noi", "/units/vn34/tay-ninh", "/units/vn63/hau-giang?index=dossiers", "/units/vn63/long-an?index=papi&measure=place&rev=3"} {
		f.page(t, path)
	}
	if res, _ := f.get(t, "/units/vn63/long-an?measure=score"); res.StatusCode != 400 {
		t.Errorf("scores of several indices: got %d, want 400", res.StatusCode)
	}
	if res, _ := f.get(t, "/figures/derived.svg?index=papi&unit=vn63:80"); res.StatusCode != 400 {
		t.Errorf("derived history of a former province: got %d, want 400", res.StatusCode)
	}
}

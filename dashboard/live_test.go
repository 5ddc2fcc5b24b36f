package dashboard

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"chiso/reform"
)

func TestLiveCard(t *testing.T) {
	f := newFixture(t)
	b := Base{Lang: "vi"}
	for _, tt := range []struct {
		unit                   reform.UnitKey
		name, place, of, score string
		note                   bool
	}{
		{"vn34:24", "Bắc Ninh", "2", "/34", "90,7", false},
		{"vn63:80", "Tây Ninh", "27", "/34", "65,7", true}, // Long An's land is Tây Ninh's now
		{"vn63:01", "Hà Nội", "11", "/34", "81,7", false},
	} {
		v, err := f.liveCard(t.Context(), b, tt.unit, reform.View{})
		if err != nil || v == nil {
			t.Fatalf("%s: got %v and error %v, want a card", tt.unit, v, err)
		}
		if v.Unit != tt.name || v.Of != tt.of || v.Max != "100" || len(v.Groups) != 6 || v.Provisional == "" {
			t.Errorf("%s: got %+v, want %s, %s, six groups", tt.unit, v, tt.name, tt.of)
		}
		if got := v.Note != ""; got != tt.note {
			t.Errorf("%s: got note %q, want one: %t", tt.unit, v.Note, tt.note)
		}
		if v.Change.Arrow != "" || !strings.Contains(v.ChangeNone, "16/09/2026") {
			t.Errorf("%s: got change %+v and %q, want none since nothing is known of the day before", tt.unit, v.Change, v.ChangeNone)
		}
	}
	if v, err := f.liveCard(t.Context(), b, "vn34:91/H01.12", reform.View{}); err != nil || v != nil {
		t.Errorf("department without a year: got %v and error %v, want no card", v, err)
	}
	if v, err := f.liveCard(t.Context(), b, "vn63:r:DBSCL", reform.View{}); err != nil || v != nil {
		t.Errorf("region: got %v and error %v, want no card", v, err)
	}
}

func TestLiveChange(t *testing.T) {
	day := reform.LiveDayOf(time.Date(2025, 10, 15, 3, 0, 0, 0, time.UTC))
	past := func(score string, at time.Time) reform.LivePast {
		return reform.LivePast{Score: reform.Num(score), ObservedAt: at}
	}
	for _, tt := range []struct {
		now         string
		past        reform.LivePast
		arrow, text string
	}{
		{"66.08", past("60", day.Add(9*time.Hour)), "▲", "tăng 6,08 điểm so với 15/10/2025"},
		{"60", past("61.69", day.Add(9*time.Hour)), "▼", "giảm 1,69 điểm so với 15/10/2025"},
		{"60", past("60.00", day.AddDate(0, 0, -4)), "=", "không đổi so với 15/10/2025 (số Cổng công bố 11/10/2025)"},
		{"60", reform.LivePast{}, "", ""},
	} {
		if got := liveChange(reform.Num(tt.now), tt.past, day, "vi"); got.Arrow != tt.arrow || got.Words != tt.text {
			t.Errorf("%s after %s: got %q %q, want %q %q", tt.now, tt.past.Score, got.Arrow, got.Words, tt.arrow, tt.text)
		}
	}
	if got := livePlaceMove(3, 34, reform.LivePast{Place: 5, Of: 33}, day, "vi"); got.Arrow != "" {
		t.Errorf("among another number of units: got %+v, want no movement", got)
	}
}

// The same table is asked for once, until something new is loaded.
func TestLiveTablesAreRemembered(t *testing.T) {
	f := newFixture(t)
	q := reform.LiveQuestion{Read: map[string]time.Time{"portal-2026": liveAt2026, "portal-2022": liveAt2025}}
	for range 3 {
		if l, err := f.liveTableOf(t.Context(), q); err != nil || len(l.Rows) != 34 {
			t.Fatalf("got %d rows and error %v, want 34", len(l.Rows), err)
		}
	}
	if n := len(f.reader.liveAsked); n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
	f.reader.rev++
	f.forgetRev()
	if _, err := f.liveTableOf(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if n := len(f.reader.liveAsked); n != 2 {
		t.Errorf("after a load: asked %d times in all, want twice", n)
	}
}

// The page and its card need the same table of provinces, at the same time: one asks for it.
func TestLiveTablesAreAskedForOnce(t *testing.T) {
	for _, path := range []string{"/live?unit=vn34:24", "/live?unit=vn34:91&kind=month", "/live?unit=vn34:91&period=2025-10&basis=portal-2022", "/live?unit=vn34:24&rev=3"} {
		f := newFixture(t, labelled(labelledReader{live: func(*reform.LiveTable) { time.Sleep(20 * time.Millisecond) }}))
		f.page(t, path)
		asked := map[string]int{}
		for _, q := range f.reader.liveAsked {
			if q.Parent == "" {
				asked["provinces"]++
			} else {
				asked[string(q.UnitType)]++
			}
		}
		if want := map[string]int{"provinces": 1, "department": 1, "commune": 1}; !maps.Equal(asked, want) {
			t.Errorf("%s: asked %v, want %v", path, asked, want)
		}
	}
}

// The page of a department shows its card from the table that it has found the department in.
func TestDepartmentAsksForItsTableOnce(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/units/vn34/an-giang/H01.12")
	if got := d.Find(".livecard .livebars li").Length(); got != 6 {
		t.Errorf("the card has %d groups, want 6", got)
	}
	seen := map[string]bool{}
	for _, q := range f.reader.liveAsked {
		key := fmt.Sprint(q.UnitType, cmp.Or(q.Kind, q.Period.Kind()))
		if seen[key] {
			t.Errorf("asked twice for %s: %+v", key, f.reader.liveAsked)
		}
		seen[key] = true
	}
}

// Up to six units are drawn together; the box knows which.
func TestLiveTrendBox(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		query   string
		checked int
		figure  string
		many    bool
	}{
		{"/live?unit=vn34:24", 1, "unit=vn34%3A24", false},
		{"/live?trend=vn34:01,vn34:24", 2, "unit=vn34%3A01%2Cvn34%3A24", false},
		{"/live?trend=vn63:80&trend=vn34:80", 1, "unit=vn34%3A80", false}, // Long An's land is Tây Ninh's now
		{"/live?unit=vn34:91&kind=month&trend=vn34:91/H01.12&trend=vn34:91", 2, "unit=vn34%3A91%2FH01.12%2Cvn34%3A91", false},
		{"/live?trend=vn34:01,vn34:04,vn34:08,vn34:11,vn34:12,vn34:14,vn34:15", 6, "vn34%3A14", true},
	} {
		_, body := f.get(t, tt.query)
		if n := strings.Count(body, " checked>"); n != tt.checked {
			t.Errorf("%s: %d units chosen, want %d", tt.query, n, tt.checked)
		}
		if !strings.Contains(body, tt.figure) {
			t.Errorf("%s: no figure with %s", tt.query, tt.figure)
		}
		if got := strings.Contains(body, "Chỉ vẽ 6 đơn vị đầu tiên"); got != tt.many {
			t.Errorf("%s: says that some are left out: got %t, want %t", tt.query, got, tt.many)
		}
	}
	if res, _ := f.get(t, "/live?trend=vn34:99"); res.StatusCode != 404 {
		t.Errorf("unknown unit: got status %d, want 404", res.StatusCode)
	}
}

// The filter works without a script too: the server leaves out the other rows.
func TestLiveFindsUnits(t *testing.T) {
	f := newFixture(t)
	_, body := f.get(t, "/live?q=NINH")
	if n := strings.Count(body, "<tr data-unit="); n != 4 || !strings.Contains(body, "4/34 đơn vị có “NINH” trong tên") {
		t.Errorf("got %d rows, want Quảng Ninh, Bắc Ninh, Ninh Bình and Tây Ninh, and how many", n)
	}
}

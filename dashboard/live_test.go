package dashboard

import (
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

package charts_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"chiso/charts"
	"chiso/reform"
)

// readings are a line of scores said at moments, provisional while the period is open.
func readings(unit reform.UnitKey, basis, period string, said ...string) reform.LiveLine {
	l := reform.LiveLine{Unit: unit, Basis: basis, Period: reform.MustPeriod(period)}
	for i := 0; i+1 < len(said); i += 2 {
		at, err := time.Parse("2006-01-02", said[i])
		if err != nil {
			panic(err)
		}
		d := reform.LiveDay{Day: reform.LiveDayOf(at), Score: num(said[i+1]), Max: num("100"), Status: reform.Provisional, From: reform.Measure{Document: "poll-" + said[i], ObservedAt: at}}
		if !at.Before(reform.ClosedAt(l.Period)) {
			d.Status = reform.Final
			if n := len(l.Days); n > 0 && !l.Days[n-1].Score.Decimal.Equal(d.Score.Decimal) {
				l.Revisions = append(l.Revisions, reform.LiveRevision{Before: l.Days[n-1].Score, After: d.Score, Since: l.Days[n-1].From.ObservedAt, At: at})
			}
		}
		l.Days = append(l.Days, d)
	}
	return l
}

func liveInput(lines ...reform.LiveLine) charts.LiveInput {
	ix, err := reform.Default().Index("s766")
	if err != nil {
		panic(err)
	}
	return charts.LiveInput{Index: *ix, Lines: lines, Names: func(k reform.UnitKey) string {
		return reform.Default().NameIn(k, reform.Period{})
	}}
}

// bacNinh is what the portals said of Bắc Ninh: 91.70 for 2025, 58.85 for 2026.
func bacNinh() charts.LiveInput {
	return liveInput(
		readings("vn34:24", "portal-2022", "2025", "2025-10-11", "91.64", "2025-10-15", "91.64", "2025-10-16", "91.70"),
		readings("vn34:24", "portal-2026", "2026", "2026-09-17", "58.85"))
}

// anGiang is two closed months that the portal changed, and the open one.
func anGiang() charts.LiveInput {
	return liveInput(
		readings("vn34:91", "portal-2022", "2025-08", "2025-10-11", "80.20", "2025-10-15", "80.20", "2025-10-16", "86.20"),
		readings("vn34:91", "portal-2022", "2025-09", "2025-10-11", "74.50", "2025-10-15", "74.70", "2025-10-16", "80.80"),
		readings("vn34:91", "portal-2022", "2025-10", "2025-10-11", "69.90", "2025-10-15", "70.10", "2025-10-16", "76.15"))
}

func sixProvinces() charts.LiveInput {
	var lines []reform.LiveLine
	for i, k := range []reform.UnitKey{"vn34:01", "vn34:24", "vn34:31", "vn34:75", "vn34:80", "vn34:91"} {
		score := func(n int) string { return num(string(rune('9'-i/2)) + "0." + string(rune('0'+n)) + "5").String() }
		lines = append(lines, readings(k, "portal-2022", "2025", "2025-10-11", score(i), "2025-10-15", score(i+1), "2025-10-16", score(i+3)))
	}
	return liveInput(lines...)
}

// What two portals say is two lines: no series holds both, and a mark stands between.
func TestLiveIsCutBetweenPortals(t *testing.T) {
	p, err := charts.Live(bacNinh(), charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Plot.Series) != 2 {
		t.Fatalf("got %d series, want 2", len(p.Plot.Series))
	}
	for _, s := range p.Plot.Series {
		old, now := false, false
		for _, v := range s.Values {
			old = old || v.Valid && v.Decimal.IntPart() == 91
			now = now || v.Valid && v.Decimal.IntPart() == 58
		}
		if old == now {
			t.Errorf("%s: holds both portals or none", s.Name)
		}
	}
	if len(p.Plot.Breaks) != 1 || p.Plot.Breaks[0].Label != "Đổi Cổng" {
		t.Errorf("breaks: got %+v, want one", p.Plot.Breaks)
	}
	for _, want := range []string{"Bắc Ninh", "91,7/100", "58,85/100", "16/10/2025", "17/09/2026"} {
		if !strings.Contains(p.Title, want) {
			t.Errorf("title %q has no %q", p.Title, want)
		}
	}
	notes := strings.Join(p.Notes, "\n")
	for _, want := range []string{"hai Cổng là hai đường", "17/10/2025 – 16/09/2026"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q have no %q", notes, want)
		}
	}
}

// A value holds until the next, but no longer than the source spoke; the days between have no symbol.
func TestLiveHolds(t *testing.T) {
	p, err := charts.Live(liveInput(readings("vn34:24", "portal-2022", "2025", "2025-10-11", "91.64", "2025-10-15", "91.60"),
		readings("vn34:01", "portal-2022", "2025", "2025-10-11", "80", "2025-10-16", "81")), charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range p.Plot.Series[0].Values {
		got = append(got, v.String())
	}
	if want := []string{"91.64", "91.64", "91.64", "91.64", "91.6", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := strings.Count(string(p.Option), `"symbol":"none"`); n < 7 {
		t.Errorf("got %d points without a symbol, want the days on which nothing was said", n)
	}
}

func TestLiveSaysWhatWasRevised(t *testing.T) {
	p, err := charts.Live(anGiang(), charts.Style{Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(p.Notes, "\n")
	for _, want := range []string{"80,2 thành 86,2", "74,7 thành 80,8", "16/10/2025"} {
		if !strings.Contains(notes, want) {
			t.Errorf("notes %q have no %q", notes, want)
		}
	}
	if strings.Contains(notes, "70,1 thành") {
		t.Error("an open month that moves is no revision")
	}
	if n := strings.Count(string(p.Option), `"symbol":"diamond"`); n != 3 {
		t.Errorf("got %d diamonds, want one for each of three changes", n)
	}
}

func TestLiveRefuses(t *testing.T) {
	if _, err := charts.Live(liveInput(), charts.Style{}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("no value: got %v, want %v", err, reform.ErrNotFound)
	}
	var lines []reform.LiveLine
	for _, k := range []reform.UnitKey{"vn34:01", "vn34:04", "vn34:08", "vn34:11", "vn34:12", "vn34:14", "vn34:15"} {
		lines = append(lines, readings(k, "portal-2022", "2025", "2025-10-11", "80"))
	}
	if _, err := charts.Live(liveInput(lines...), charts.Style{}); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("seven units: got %v, want %v", err, reform.ErrTooLarge)
	}
}

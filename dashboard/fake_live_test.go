package dashboard

import (
	"context"
	"fmt"
	"time"

	"chiso/reform"
)

// The live figures of the fake: the 34 provinces at both portals, An Giang's closed month alone,
// and An Giang's departments and communes.
var (
	liveAt2025 = time.Date(2025, 10, 16, 4, 56, 0, 0, time.UTC)
	liveAt2026 = time.Date(2026, 9, 17, 3, 40, 0, 0, time.UTC)
)

func livePeriods(parent reform.UnitKey) []reform.LivePeriod {
	month := reform.MustPeriod("2025-10")
	if parent != "" {
		return []reform.LivePeriod{{Period: month, Basis: "portal-2022", Scheme: reform.VN34, Units: 102, Newest: liveAt2025}}
	}
	return []reform.LivePeriod{
		{Period: reform.YearPeriod(2026), Basis: "portal-2026", Scheme: reform.VN34, Units: 34, Newest: liveAt2026},
		{Period: reform.YearPeriod(2025), Basis: "portal-2022", Scheme: reform.VN34, Units: 34, Newest: liveAt2025},
		{Period: month, Basis: "portal-2022", Scheme: reform.VN34, Units: 34, Newest: liveAt2025},
		{Period: reform.MustPeriod("2025-08"), Basis: "portal-2022", Scheme: reform.VN34, Units: 1, Newest: liveAt2025},
	}
}

func (f *fakeReader) Live(_ context.Context, q reform.LiveQuestion) (reform.LiveTable, error) {
	if err := f.check(); err != nil {
		return reform.LiveTable{}, err
	}
	f.liveMu.Lock() // a page asks for several tables at once
	f.liveAsked = append(f.liveAsked, q)
	f.liveMu.Unlock()
	t := reform.LiveTable{Index: "s766", UnitType: q.UnitType, Parent: q.Parent, Scheme: reform.VN34, Provisional: true, Complete: true}
	if t.UnitType == "" {
		t.UnitType = reform.Province
	}
	if q.Parent != "" && q.Parent != "vn34:91" {
		return t, nil
	}
	t.Periods = livePeriods(q.Parent)
	kind := q.Kind
	if kind == "" {
		kind = reform.Year
	}
	var chosen *reform.LivePeriod
	for i, p := range t.Periods {
		if (q.Period.IsZero() && p.Period.Kind() == kind || p.Period == q.Period) && (q.Basis == "" || q.Basis == p.Basis) {
			chosen = &t.Periods[i]
			break
		}
	}
	if chosen == nil {
		return t, nil
	}
	t.Period, t.Basis, t.ObservedAt = chosen.Period, chosen.Basis, chosen.Newest
	t.Day = reform.LiveDayOf(t.ObservedAt)
	t.Yesterday, t.Week, t.MonthEnd = t.Day.AddDate(0, 0, -1), t.Day.AddDate(0, 0, -7), t.Day.AddDate(0, 0, -t.Day.Day())
	t.Open = t.Period != reform.MustPeriod("2025-08")
	switch {
	case q.Parent == "":
		for i, u := range reform.Default().Units(reform.VN34, reform.Province) {
			if i < chosen.Units {
				t.Rows = append(t.Rows, f.liveRow(&t, u.Key, "UBND tỉnh "+u.Name, i))
			}
		}
		t.Coverage = reform.Coverage{Of: 34, WithScore: len(t.Rows)}
		t.Complete = t.Coverage.Complete()
	case t.UnitType == reform.Department:
		t.Rows = append(t.Rows, f.liveRow(&t, "vn34:91/H01.12", "Sở Tư pháp <b>", 0), f.liveRow(&t, "vn34:91/H01.14", "Sở Y tế", 1))
	default:
		for i := range 102 {
			t.Rows = append(t.Rows, f.liveRow(&t, reform.UnitKey(fmt.Sprintf("vn34:91/H01.%d", 100+i)), fmt.Sprintf("UBND xã Số %d", i), i))
		}
	}
	if q.Parent != "" {
		t.Coverage = reform.Coverage{Of: len(t.Rows), WithScore: len(t.Rows)}
	}
	return t, nil
}

func (f *fakeReader) liveRow(t *reform.LiveTable, unit reform.UnitKey, name string, i int) reform.LiveRow {
	value := func(score, max string) reform.LiveValue {
		v := reform.LiveValue{Score: reform.Num(score), Max: reform.Num(max), Status: reform.Provisional, From: reform.Measure{Document: doc766, Status: reform.Provisional, ObservedAt: t.ObservedAt}}
		if t.Complete {
			v.Place, v.Of = i+1, 34
		}
		if t.Basis == "portal-2022" {
			v.Yesterday = reform.LivePast{Score: reform.NumOf(v.Score.Decimal.Sub(reform.Num("1.25").Decimal)), ObservedAt: t.ObservedAt.AddDate(0, 0, -5), Place: i%34 + 1, Of: 34}
		}
		if !t.Open {
			v.Revised = &reform.LiveRevision{Before: reform.Num("80.2"), After: v.Score, Since: t.ObservedAt.AddDate(0, 0, -5), At: t.ObservedAt}
		}
		return v
	}
	r := reform.LiveRow{Unit: unit, UnitName: name, Total: value(fmt.Sprintf("%d.70", 91-i%60), "100")}
	if i == 0 {
		r.Published, r.PublishedOf, r.PublishedFrom = 2, 34, reform.Measure{Document: docSeed}
	}
	for _, g := range reform.Default().Components("s766", t.Basis, "", "") {
		p := reform.LivePart{Component: g.Code, LiveValue: value("7.25", g.Max.String())}
		for _, c := range reform.Default().Components("s766", t.Basis, "", g.Code) {
			p.Parts = append(p.Parts, reform.LivePart{Component: c.Code, LiveValue: value("1.5", c.Max.String())})
		}
		r.Groups = append(r.Groups, p)
	}
	return r
}

func (f *fakeReader) LiveTrend(_ context.Context, q reform.LiveTrendQuestion) ([]reform.LiveLine, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	var out []reform.LiveLine
	for i, u := range q.Units {
		old := reform.LiveLine{Unit: u, Component: q.Component, Basis: "portal-2022", Period: reform.YearPeriod(2025)}
		for n, score := range []string{"91.64", "91.60", "91.70"} {
			at := liveAt2025.AddDate(0, 0, []int{-5, -1, 0}[n])
			old.Days = append(old.Days, reform.LiveDay{Day: reform.LiveDayOf(at), Score: reform.NumOf(reform.Num(score).Decimal.Sub(reform.Num(fmt.Sprint(i)).Decimal)), Max: reform.Num("100"), Status: reform.Provisional, From: reform.Measure{Document: doc766, ObservedAt: at}})
		}
		now := reform.LiveLine{Unit: u, Component: q.Component, Basis: "portal-2026", Period: reform.YearPeriod(2026), Days: []reform.LiveDay{{Day: reform.LiveDayOf(liveAt2026), Score: reform.Num("58.85"), Max: reform.Num("100"), Status: reform.Provisional, From: reform.Measure{Document: doc766, ObservedAt: liveAt2026}}}}
		for _, l := range []reform.LiveLine{old, now} {
			if q.Basis == "" || l.Basis == q.Basis {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

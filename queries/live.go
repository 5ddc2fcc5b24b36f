package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

const (
	maxLivePeriods = 2000
	maxLiveRows    = 150_000 // every commune of the country with its groups and their criteria
)

// Live is the table of now: what the source says of a period, for every unit of one type, beside
// what it said of the same period before. Places are counted here, ties sharing one: among
// provinces only where all of them have a score; below, where nobody lists the offices but the
// source, among those that have one. All values are of one basis, so a difference never spans two portals.
func (q *Queries) Live(ctx context.Context, question reform.LiveQuestion) (reform.LiveTable, error) {
	t := reform.LiveTable{
		Index: cmp.Or(question.Index, reform.LiveIndex), UnitType: cmp.Or(question.UnitType, reform.Province),
		Parent: question.Parent, Period: question.Period, Basis: question.Basis,
	}
	if err := q.cat.knownIndex(t.Index); err != nil {
		return t, err
	}
	switch t.UnitType {
	case reform.Province:
		if t.Parent != "" {
			return t, fmt.Errorf("live provinces of %s: provinces have no parent to choose by: %w", t.Parent, reform.ErrInvalid)
		}
	case reform.Department, reform.Commune:
	default:
		return t, fmt.Errorf("live figures of %s: want province, department or commune: %w", t.UnitType, reform.ErrInvalid)
	}
	if t.Parent != "" {
		if err := q.cat.knownUnit(t.Parent); err != nil {
			return t, err
		}
	}
	which := q.liveUnits(&t)
	var err error
	if t.Periods, err = q.livePeriods(ctx, &t, which, question.View); err != nil {
		return t, err
	}
	chosen, ok := chooseLive(t.Periods, question)
	if !ok {
		return t, nil
	}
	t.Period, t.Basis, t.Scheme, t.ObservedAt = chosen.Period, chosen.Basis, chosen.Scheme, chosen.Newest
	setLiveDays(&t, question)
	rows, err := q.liveRows(ctx, &t, which, question)
	if err != nil {
		return t, err
	}
	q.fillLive(&t, rows)
	return t, nil
}

// liveUnits are the conditions that choose the units. The keys of provinces are given, so that a
// province of a scheme that nobody knows is none.
func (q *Queries) liveUnits(t *reform.LiveTable) params {
	p := params{"index": t.Index, "unit_type": string(t.UnitType), "units": []string{}, "parent": string(t.Parent)}
	if t.UnitType == reform.Province {
		var keys []string
		for _, scheme := range reform.Schemes() {
			for _, u := range q.cat.Units(scheme, reform.Province) {
				keys = append(keys, string(u.Key))
			}
		}
		p["units"] = keys
	}
	return p
}

func (q *Queries) livePeriods(ctx context.Context, t *reform.LiveTable, which params, view reform.View) ([]reform.LivePeriod, error) {
	return ask(ctx, q, "live_periods", maxLivePeriods, withView(which, view), func(rows store.Rows) (reform.LivePeriod, error) {
		var p reform.LivePeriod
		var period, scheme string
		var units uint64
		if err := rows.Scan(&period, &p.Basis, &scheme, &units, &p.Newest); err != nil {
			return p, err
		}
		p.Scheme, p.Units, p.Newest = reform.Scheme(scheme), int(units), p.Newest.UTC()
		var err error
		p.Period, err = storedPeriod(period)
		return p, err
	})
}

// chooseLive is the period that a question means: the newest of its kind, and of several bases
// or schemes of it that of which the most units are known.
func chooseLive(periods []reform.LivePeriod, question reform.LiveQuestion) (reform.LivePeriod, bool) {
	kind := question.Kind
	if !question.Period.IsZero() {
		kind = question.Period.Kind()
	}
	kind = cmp.Or(kind, reform.Year)
	var best reform.LivePeriod
	found := false
	for _, p := range periods {
		switch {
		case p.Period.Kind() != kind || !question.Period.IsZero() && p.Period != question.Period:
		case question.Basis != "" && p.Basis != question.Basis:
		case !found || p.Period == best.Period && p.Units > best.Units:
			best, found = p, true
		}
	}
	return best, found
}

// setLiveDays sets the day of now and those that it is compared with: the day of the newest reading, or
// that of the last visit to the source. An earlier state is counted from its own newest reading.
func setLiveDays(t *reform.LiveTable, question reform.LiveQuestion) {
	now := t.ObservedAt
	read := question.Read[t.Basis]
	if as := question.View.AsOf; !as.IsZero() && read.After(as) {
		read = as
	}
	if read.After(now) && question.View.Rev == 0 && t.UnitType == reform.Province && read.Before(reform.ClosedAt(t.Period)) {
		now = read
	}
	t.Day = reform.LiveDayOf(now)
	t.Yesterday, t.Week = t.Day.AddDate(0, 0, -1), t.Day.AddDate(0, 0, -7)
	t.MonthEnd = t.Day.AddDate(0, 0, -t.Day.Day())
	t.Open = t.Day.Before(reform.ClosedAt(t.Period))
}

// liveRow is one component of one unit as the database gives it.
type liveRow struct {
	unit, name, component string
	value                 reform.LiveValue
	published, of         int
	publishedFrom         reform.Measure
}

// liveParams are the parameters of live.sql.
func (q *Queries) liveParams(t *reform.LiveTable, which params, question reform.LiveQuestion) params {
	components := []string{""}
	for _, c := range q.cat.Components(t.Index, t.Basis, "", "") {
		if question.Totals {
			break
		}
		components = append(components, c.Code)
		if question.Parts {
			for _, part := range q.cat.Components(t.Index, t.Basis, "", c.Code) {
				components = append(components, part.Code)
			}
		}
	}
	p := withView(which, question.View)
	end := func(day time.Time) string { return day.AddDate(0, 0, 1).UTC().Format("2006-01-02 15:04:05.000") }
	maps.Copy(p, params{
		"components": components, "start": store.Date(t.Period.Start()), "kind": string(t.Period.Kind()), "period": t.Period.String(),
		"basis": t.Basis, "scheme": string(t.Scheme), "scope": cmp.Or(string(t.Parent), reform.ScopeNation),
		"day": end(t.Yesterday), "week": end(t.Week), "month": end(t.MonthEnd),
		"closed": reform.ClosedAt(t.Period).UTC().Format("2006-01-02 15:04:05.000"),
	})
	return p
}

func (q *Queries) liveRows(ctx context.Context, t *reform.LiveTable, which params, question reform.LiveQuestion) ([]liveRow, error) {
	return ask(ctx, q, "live", maxLiveRows, q.liveParams(t, which, question), func(rows store.Rows) (liveRow, error) {
		r := liveRow{}
		v := &r.value
		var score, maximum, day, week, month, before, first *decimal.Decimal
		var status, document, run, placeDocument, placeStatus, placeRun string
		var authority, beforeAuthority, placeAuthority uint8
		var place, of *uint16
		var at, beforeAt, firstAt, placeAt time.Time
		if err := rows.Scan(&r.unit, &r.name, &r.component,
			&score, &maximum, &status, &document, &authority, &run, &at,
			&day, &v.Yesterday.ObservedAt, &week, &v.Week.ObservedAt, &month, &v.MonthEnd.ObservedAt,
			&before, &beforeAt, &beforeAuthority, &first, &firstAt,
			&place, &of, &placeDocument, &placeAuthority, &placeStatus, &placeRun, &placeAt); err != nil {
			return r, err
		}
		v.Score, v.Max, v.Status = number(score), number(maximum), reform.Status(status)
		if v.Score.Valid {
			v.From = reform.Measure{Document: document, Authority: reform.Authority(authority), Status: v.Status, ObservedAt: at.UTC(), Run: run}
		}
		for past, score := range map[*reform.LivePast]*decimal.Decimal{&v.Yesterday: day, &v.Week: week, &v.MonthEnd: month} {
			past.Score = number(score)
			past.ObservedAt = past.ObservedAt.UTC()
			if !past.Score.Valid {
				past.ObservedAt = time.Time{}
			}
		}
		// What counted when the period was over; where nobody had read it by then, what was read first. A better
		// source that speaks up later changes nothing that it said itself.
		was, since := number(before), beforeAt
		if !was.Valid {
			was, since, beforeAuthority = number(first), firstAt, authority
		}
		if v.Score.Valid && was.Valid && beforeAuthority == authority && v.From.ObservedAt.After(since) && !at.Before(reform.ClosedAt(t.Period)) && !was.Decimal.Equal(v.Score.Decimal) {
			v.Revised = &reform.LiveRevision{Before: was, After: v.Score, Since: since.UTC(), At: at.UTC()}
		}
		if r.published, r.of = small(place), small(of); r.published > 0 {
			r.publishedFrom = reform.Measure{Document: placeDocument, Authority: reform.Authority(placeAuthority), Status: reform.Status(placeStatus), ObservedAt: placeAt.UTC(), Run: placeRun}
		}
		return r, nil
	})
}

// fillLive makes the rows of the table out of values.
func (q *Queries) fillLive(t *reform.LiveTable, values []liveRow) {
	byUnit := make(map[string]map[string]*liveRow)
	for i := range values {
		v := &values[i]
		if byUnit[v.unit] == nil {
			byUnit[v.unit] = make(map[string]*liveRow)
		}
		byUnit[v.unit][v.component] = v
		if v.component == "" && v.value.Score.Valid {
			t.Coverage.WithScore++
			t.Provisional = t.Provisional || v.value.Status == reform.Provisional
		}
		if v.component == "" && v.published > 0 {
			t.Coverage.WithPlace++
		}
	}
	t.Coverage.Of = q.liveSize(t)
	t.Complete = t.Coverage.Complete()
	q.placeLive(t, byUnit)
	groups := q.cat.Components(t.Index, t.Basis, "", "")
	for unit, of := range byUnit {
		row := reform.LiveRow{Unit: reform.UnitKey(unit)}
		if total := of[""]; total != nil {
			row.UnitName, row.Total = total.name, total.value
			row.Published, row.PublishedOf, row.PublishedFrom = total.published, total.of, total.publishedFrom
		}
		for _, g := range groups {
			part, known := livePart(of, g.Code)
			for _, c := range q.cat.Components(t.Index, t.Basis, "", g.Code) {
				if p, ok := livePart(of, c.Code); ok {
					part.Parts = append(part.Parts, p)
				}
			}
			if !known && len(part.Parts) == 0 {
				continue
			}
			row.Groups = append(row.Groups, part)
			t.Coverage.Components++
		}
		if len(row.Groups) > 0 {
			t.Coverage.WithComponents++
		}
		for _, v := range of {
			row.UnitName = cmp.Or(row.UnitName, v.name)
		}
		t.Rows = append(t.Rows, row)
	}
	q.sortLive(t)
}

func livePart(of map[string]*liveRow, code string) (reform.LivePart, bool) {
	v := of[code]
	if v == nil || !v.value.Score.Valid {
		return reform.LivePart{Component: code}, false
	}
	return reform.LivePart{Component: code, LiveValue: v.value}, true
}

// liveSize is of how many units the table is. Which departments and communes there are, only the source lists.
func (q *Queries) liveSize(t *reform.LiveTable) int {
	if t.UnitType == reform.Province {
		if of := q.editionSize(t.Index, t.Period, t.Basis, t.Scheme, t.UnitType, 0, t.Coverage.WithScore); of > 0 {
			return of
		}
		return q.cat.provinces(t.Scheme) // the portal lists all of them
	}
	return t.Coverage.WithScore
}

// placeLive counts the places of now and of the earlier days, by each component.
func (q *Queries) placeLive(t *reform.LiveTable, byUnit map[string]map[string]*liveRow) {
	type value struct {
		score reform.Number
		place *int
		of    *int
	}
	lists := make(map[string][4][]value)
	for _, of := range byUnit {
		for code, r := range of {
			v := &r.value
			l := lists[code]
			l[0] = append(l[0], value{v.Score, &v.Place, &v.Of})
			for i, past := range []*reform.LivePast{&v.Yesterday, &v.Week, &v.MonthEnd} {
				l[i+1] = append(l[i+1], value{past.Score, &past.Place, &past.Of})
			}
			lists[code] = l
		}
	}
	for _, four := range lists {
		for _, list := range four {
			list = slices.DeleteFunc(list, func(v value) bool { return !v.score.Valid })
			if t.UnitType == reform.Province && (t.Coverage.Of == 0 || len(list) != t.Coverage.Of) {
				continue // a place among some provinces is none
			}
			slices.SortFunc(list, func(a, b value) int { return b.score.Decimal.Cmp(a.score.Decimal) })
			place := 1
			for i, v := range list {
				if i > 0 && !v.score.Decimal.Equal(list[i-1].score.Decimal) {
					place = i + 1
				}
				*v.place, *v.of = place, len(list)
			}
		}
	}
}

func (q *Queries) sortLive(t *reform.LiveTable) {
	names := make(map[reform.UnitKey]string, len(t.Rows))
	for _, r := range t.Rows {
		names[r.Unit] = q.cat.name(r.Unit, r.UnitName, t.Period)
	}
	order := nameOrder(slices.Collect(maps.Values(names)))
	slices.SortFunc(t.Rows, func(a, b reform.LiveRow) int {
		return cmp.Or(
			comparePlaces(a.Total.Place, b.Total.Place),
			compareScores(a.Total.Score, b.Total.Score),
			cmp.Compare(order[names[a.Unit]], order[names[b.Unit]]),
			cmp.Compare(a.Unit, b.Unit),
		)
	})
}

package queries

import (
	"cmp"
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

const (
	maxTrendUnits = 12
	maxTrendRows  = 50_000
)

// LiveTrend is one component of units day by day, one line for each unit, period and basis: what
// two portals say, or what is said of two months, is never one line. The last value of a day
// counts; of sources, the better one, whatever a lesser one said later. Two changes within one
// day are one.
func (q *Queries) LiveTrend(ctx context.Context, question reform.LiveTrendQuestion) ([]reform.LiveLine, error) {
	if n := len(question.Units); n == 0 || n > maxTrendUnits {
		return nil, fmt.Errorf("live trend of %d units: ask for 1 to %d: %w", n, maxTrendUnits, reform.ErrInvalid)
	}
	index := cmp.Or(question.Index, reform.LiveIndex)
	if err := q.cat.knownIndex(index); err != nil {
		return nil, err
	}
	var units []string
	for _, u := range question.Units {
		if err := q.cat.knownUnit(u); err != nil {
			return nil, err
		}
		units = append(units, string(u))
	}
	kind := question.Kind
	if !question.Period.IsZero() {
		kind = question.Period.Kind()
	}
	rows, err := ask(ctx, q, "live_trend", maxTrendRows, withView(params{
		"index": index, "component": question.Component, "kind": string(cmp.Or(kind, reform.Year)),
		"period": question.Period.String(), "basis": question.Basis, "units": units,
	}, question.View), scanTrendRow)
	if err != nil {
		return nil, err
	}
	byUnit := make(map[reform.UnitKey][]reform.LiveLine)
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].unit == rows[0].unit && rows[n].period == rows[0].period && rows[n].basis == rows[0].basis {
			n++
		}
		line := lineOf(rows[:n])
		line.Component = question.Component
		byUnit[line.Unit] = append(byUnit[line.Unit], line)
		rows = rows[n:]
	}
	var lines []reform.LiveLine
	for _, u := range question.Units { // in the order of the question
		lines = append(lines, byUnit[u]...)
		delete(byUnit, u)
	}
	return lines, q.knownComponent(index, question.Component, func() bool { return len(lines) > 0 })
}

// trendRow is the last value of a day that sources of one authority gave.
type trendRow struct {
	unit   reform.UnitKey
	name   string
	basis  string
	period reform.Period
	day    reform.LiveDay
}

func scanTrendRow(rows store.Rows) (trendRow, error) {
	var r trendRow
	var unit, period, status string
	var authority uint8
	var score, maximum *decimal.Decimal
	d := &r.day
	if err := rows.Scan(&unit, &r.name, &r.basis, &period, &authority, &d.Day,
		&score, &maximum, &status, &d.From.Document, &d.From.Run, &d.From.ObservedAt); err != nil {
		return r, err
	}
	r.unit, d.Score, d.Max, d.Status = reform.UnitKey(unit), number(score), number(maximum), reform.Status(status)
	d.From.Authority, d.From.Status, d.From.ObservedAt = reform.Authority(authority), d.Status, d.From.ObservedAt.UTC()
	d.Day = reform.LiveDayOf(d.From.ObservedAt)
	var err error
	r.period, err = storedPeriod(period)
	return r, err
}

// lineOf makes one line of the rows of one unit, period and basis, oldest first and of one day
// the best source last.
func lineOf(rows []trendRow) reform.LiveLine {
	line := reform.LiveLine{Unit: rows[0].unit, Basis: rows[0].basis, Period: rows[0].period}
	closed := reform.ClosedAt(line.Period)
	for _, r := range rows {
		line.UnitName = cmp.Or(line.UnitName, r.name)
		n := len(line.Days)
		if n == 0 {
			line.Days = append(line.Days, r.day)
			continue
		}
		last := line.Days[n-1]
		if r.day.From.Authority > last.From.Authority {
			continue // a lesser source does not take the place of a better one
		}
		// Only what a source of the same standing says otherwise later is a change; a better source that speaks up is none.
		changed := !r.day.Score.Decimal.Equal(last.Score.Decimal)
		if changed && r.day.From.Authority == last.From.Authority && !r.day.From.ObservedAt.Before(closed) {
			line.Revisions = append(line.Revisions, reform.LiveRevision{
				Before: last.Score, After: r.day.Score, Since: last.From.ObservedAt, At: r.day.From.ObservedAt,
			})
		}
		if r.day.Day.Equal(last.Day) {
			line.Days[n-1] = r.day
			continue
		}
		line.Days = append(line.Days, r.day)
	}
	return line
}

package queries

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store"
	"chiso/store/storetest"
)

func answerLive(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	question := reform.LiveQuestion{
		UnitType: reform.UnitType(c.UnitType), Parent: reform.UnitKey(c.Parent), Kind: reform.PeriodKind(c.Kind), Basis: c.Basis, Parts: c.Parts, View: c.view(t),
	}
	if c.Period != "" {
		question.Period = c.period(t)
	}
	if c.Read != "" {
		question.Read = map[string]time.Time{"portal-2022": moment(t, c.Read)}
	}
	l, err := q.Live(t.Context(), question)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, p := range l.Periods {
		fmt.Fprintf(&b, "period %s basis %s %s: %d units\n", p.Period, p.Basis, p.Scheme, p.Units)
	}
	day := func(t time.Time) string { return t.Format("2/1/2006") }
	fmt.Fprintf(&b, "%s %s basis %s of %s on %s, against %s, %s, %s; open %t, provisional %t, complete %t, %s\n", l.UnitType, l.Period, orDash(l.Basis), orDash(string(l.Parent)),
		day(l.Day), day(l.Yesterday), day(l.Week), day(l.MonthEnd), l.Open, l.Provisional, l.Complete, coverage(l.Coverage))
	for _, r := range l.Rows {
		fmt.Fprintf(&b, "  %s %s: %s", r.Unit, orDash(r.UnitName), liveValue(r.Total))
		if r.Published > 0 {
			fmt.Fprintf(&b, ", published %d/%d from %s", r.Published, r.PublishedOf, r.PublishedFrom.Document)
		}
		b.WriteString("\n")
		writeParts(&b, "    ", r.Groups)
	}
	return b.String(), nil
}

func writeParts(b *strings.Builder, indent string, parts []reform.LivePart) {
	for _, p := range parts {
		fmt.Fprintf(b, "%s%s %s\n", indent, p.Component, liveValue(p.LiveValue))
		writeParts(b, indent+"  ", p.Parts)
	}
}

func liveValue(v reform.LiveValue) string {
	s := fmt.Sprintf("%s %d/%d %s from %s", scored(v.Score, v.Max), v.Place, v.Of, orDash(string(v.Status)), orDash(v.From.Document))
	for _, p := range []struct {
		name string
		past reform.LivePast
	}{{"yesterday", v.Yesterday}, {"week", v.Week}, {"month end", v.MonthEnd}} {
		if p.past.Score.Valid {
			s += fmt.Sprintf(", %s %s %d/%d", p.name, p.past.Score, p.past.Place, p.past.Of)
		}
	}
	if r := v.Revised; r != nil {
		s += fmt.Sprintf(", revised from %s to %s at %s", r.Before, r.After, r.At.Format(time.RFC3339))
	}
	return s
}

func answerLiveTrend(t *testing.T, q *Queries, c caseQuestion) (string, error) {
	question := reform.LiveTrendQuestion{Component: c.Component, Kind: reform.PeriodKind(c.Kind), Basis: c.Basis, View: c.view(t)}
	if c.Period != "" {
		question.Period = c.period(t)
	}
	for _, u := range c.Units {
		question.Units = append(question.Units, reform.UnitKey(u))
	}
	lines, err := q.LiveTrend(t.Context(), question)
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s %s %s basis %s\n", l.Unit, orDash(l.Component), l.Period, orDash(l.Basis))
		for _, d := range l.Days {
			fmt.Fprintf(&b, "  %s %s %s from %s\n", d.Day.Format("2/1/2006"), scored(d.Score, d.Max), d.Status, d.From.Document)
		}
		for _, r := range l.Revisions {
			fmt.Fprintf(&b, "  revised from %s to %s at %s\n", r.Before, r.After, r.At.Format(time.RFC3339))
		}
	}
	return b.String(), err
}

// The tables of the live index are read in the order that is made for them: of a day of the whole
// country, few rows are looked at.
func TestLiveReadsTheProjection(t *testing.T) {
	db := storetest.New(t)
	load(t, db, testCase{})
	loadLive(t, db, 24)
	q := New(db, reform.Default())
	for _, question := range []reform.LiveQuestion{
		{Period: liveMonth},
		{Period: liveMonth, UnitType: reform.Commune, Parent: "vn34:91"},
	} {
		table := reform.LiveTable{Index: reform.LiveIndex, UnitType: cmp.Or(question.UnitType, reform.Province), Parent: question.Parent, Period: liveMonth, Basis: "portal-2026", Scheme: reform.VN34}
		setLiveDays(&table, question)
		p := withView(q.liveParams(&table, q.liveUnits(&table), question), question.View)
		p["limit"] = uint64(maxLiveRows)
		for _, name := range []string{"live", "live_periods"} {
			plan, err := store.Collect(t.Context(), db, "EXPLAIN projections = 1 "+q.sql[name], store.Params(p), func(r store.Rows) (s string, err error) { return s, r.Scan(&s) })
			if err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(plan, "\n"); !strings.Contains(text, "ReadFromMergeTree (live)") {
				t.Errorf("%s of %s: the projection is not read:\n%s", name, table.UnitType, text)
			}
		}
	}
}

package charts

import (
	"cmp"
	"slices"
	"strings"

	"chiso/reform"
)

func (l *live) dayText(d reform.LiveDay) string { return d.Day.Format("02/01/2006") }

// title says where the newest value of each portal stands, or of how many units the picture is.
func (l *live) title() string {
	f := l.f
	subject := f.subject(l.in.Index, "", l.in.Component)
	if len(l.units) > 1 {
		var names []string
		for _, u := range l.units {
			names = append(names, l.name(u))
		}
		return upper(f.say("live.title.many", "subject", subject, "units", f.list(names)))
	}
	var said []string
	for _, line := range l.newest() {
		d := line.Days[len(line.Days)-1]
		said = append(said, f.say("live.title.value", "score", overMax(f.lang, d.Score, d.Max, decimals(l.in.Index)), "period", f.periodLong(line.Period), "day", l.dayText(d)))
	}
	return upper(f.say("live.title.one", "subject", subject, "unit", l.name(l.units[0]), "values", strings.Join(said, "; ")))
}

// newest are, of a picture of one unit, the newest lines of each portal, oldest portal first.
func (l *live) newest() []*liveLine {
	byBasis := map[string]*liveLine{}
	var order []string
	for i := range l.lines {
		line := &l.lines[i]
		at := byBasis[line.Basis]
		if at == nil {
			order = append(order, line.Basis)
		}
		if at == nil || line.Period.Compare(at.Period) > 0 {
			byBasis[line.Basis] = line
		}
	}
	out := make([]*liveLine, 0, len(order))
	for _, b := range order {
		out = append(out, byBasis[b])
	}
	slices.SortStableFunc(out, func(a, b *liveLine) int { return cmp.Compare(a.first, b.first) })
	return out
}

func (l *live) subtitle() string {
	f := l.f
	parts := []string{f.say("live.subtitle", "from", l.slots[0].day.Format("02/01/2006"), "to", l.slots[len(l.slots)-1].day.Format("02/01/2006"))}
	if l.any(func(line *liveLine) bool {
		return slices.ContainsFunc(line.Days, func(d reform.LiveDay) bool { return d.Status == reform.Provisional })
	}) {
		parts = append(parts, f.say("live.hollow"))
	}
	if l.any(func(line *liveLine) bool { return len(line.Revisions) > 0 }) {
		parts = append(parts, f.say("live.diamond"))
	}
	return upper(strings.Join(parts, " · "))
}

func (l *live) any(is func(*liveLine) bool) bool {
	for i := range l.lines {
		if is(&l.lines[i]) {
			return true
		}
	}
	return false
}

// alt tells the first and the last value of every line.
func (l *live) alt(title string) string {
	f := l.f
	parts := []string{title + "."}
	for i := range l.lines {
		line := &l.lines[i]
		if i == 8 {
			parts = append(parts, f.say("live.alt.more", "n", len(l.lines)-i))
			break
		}
		first, last := line.Days[0], line.Days[len(line.Days)-1]
		n := decimals(l.in.Index)
		if len(line.Days) == 1 {
			parts = append(parts, f.say("live.alt.one", "line", l.lineName(line), "score", number(f.lang, last.Score, n), "day", l.dayText(last)))
			continue
		}
		parts = append(parts, f.say("live.alt.line", "line", l.lineName(line), "first", number(f.lang, first.Score, n), "from", l.dayText(first), "last", number(f.lang, last.Score, n), "to", l.dayText(last)))
	}
	return strings.Join(parts, " ")
}

func (l *live) notes() []string {
	f := l.f
	var out []string
	if len(l.marks) > 0 {
		for _, b := range l.in.Index.Breaks {
			if b.Severs {
				out = append(out, upper(f.say("live.note.portal", "reason", plain(b.Reason.In(f.lang)))))
			}
		}
		if len(out) == 0 {
			out = append(out, upper(f.say("live.note.bases")))
		}
	}
	for _, s := range l.slots {
		if s.gap {
			out = append(out, f.say("live.note.gap", "from", s.from.Format("02/01/2006"), "to", s.end.Format("02/01/2006")))
		}
	}
	if len(l.slots) > 1 {
		out = append(out, f.say("live.note.holds"))
	}
	revisions := 0
	for i := range l.lines {
		line := &l.lines[i]
		for _, r := range line.Revisions {
			if revisions++; revisions <= 6 {
				out = append(out, upper(l.lineName(line))+": "+l.revision(r)+" ("+reform.LiveDayOf(r.At).Format("02/01/2006")+").")
			}
		}
	}
	if revisions > 6 {
		out = append(out, f.say("live.note.more", "n", revisions-6))
	}
	return out
}

func (l *live) table() (Table, []Source) {
	f := l.f
	docs := &cited{known: l.in.Documents}
	t := Table{Columns: []Column{
		{Key: "unit", Label: f.say("col.unit")}, {Key: "day", Label: f.say("live.col.day")}, {Key: "period", Label: f.say("col.period")},
		{Key: "score", Label: f.say("col.score"), Numeric: true}, {Key: "before", Label: f.say("live.col.before"), Numeric: true},
		{Key: "basis", Label: f.say("col.basis")}, {Key: "status", Label: f.say("col.status")}, {Key: "document", Label: f.say("col.document")},
	}}
	for i := range l.lines {
		line := &l.lines[i]
		for _, d := range line.Days {
			docs.add(d.From.Document)
			before := Cell{}
			for _, r := range line.Revisions {
				if r.At.Equal(d.From.ObservedAt) {
					before = Cell{Text: number(f.lang, r.Before, decimals(l.in.Index)), Value: r.Before.String()}
				}
			}
			t.Rows = append(t.Rows, []Cell{
				{Text: l.name(line.Unit), Value: string(line.Unit)},
				{Text: l.dayText(d), Value: d.Day.Format("2006-01-02")},
				{Text: f.periodShort(line.Period), Value: line.Period.String()},
				{Text: overMax(f.lang, d.Score, d.Max, decimals(l.in.Index)), Value: d.Score.String(), Document: d.From.Document},
				before,
				{Text: basisName(l.in.Index, line.Basis, f.lang), Value: line.Basis},
				f.statusCell(d.Status), docs.cell(d.From.Document),
			})
		}
	}
	return t, docs.sources()
}

// plot is the native chart of the trend: a series for each line, so that none runs on into another.
func (l *live) plot() *Plot {
	f, s := l.f, l.area.scale
	p := &Plot{Kind: PlotLine, Head: f.say("live.col.day"), Format: "General", Min: exact(s.min), Max: exact(s.max), Step: exact(s.ticks[1] - s.ticks[0]), Unit: f.say("col.score")}
	for _, slot := range l.slots {
		p.Categories = append(p.Categories, l.slotName(slot))
	}
	for i := range l.lines {
		line := &l.lines[i]
		out := PlotSeries{Name: l.lineName(line), Colour: f.c.series[line.unit%len(f.c.series)], Values: make([]reform.Number, len(l.slots)), Labels: make([]string, len(l.slots))}
		for k := range l.slots {
			d := line.at[k]
			if d == nil {
				continue
			}
			out.Values[k] = d.Score
			if side, ok := l.shown[spot{i, k}]; ok {
				out.Labels[k] = l.label(line, k)
				if side == "bottom" {
					out.Below = append(out.Below, k)
				}
			}
			if d.Status == reform.Provisional {
				out.Provisional = append(out.Provisional, k)
			}
		}
		p.Series = append(p.Series, out)
	}
	for _, k := range l.marks {
		p.Breaks = append(p.Breaks, PlotBreak{Before: k, Label: f.say("live.portal")})
	}
	return p
}

package charts

import (
	"regexp"
	"slices"
	"strings"

	"chiso/reform"
)

// provinceKey is the form of a province's key in any scheme.
var provinceKey = regexp.MustCompile(`^vn\d\d:\d\d$`)

func (h *history) title() string {
	f := h.f
	if t := plain(h.in.Title); t != "" {
		return t
	}
	who := h.tracks[0].full
	if n := len(h.tracks); n > 1 {
		names := make([]string, n)
		provinces := true
		for i := range h.tracks {
			names[i] = h.tracks[i].name
			provinces = provinces && provinceKey.MatchString(string(h.tracks[i].Unit))
		}
		who = f.list(names)
		if n > 3 || len([]rune(who)) > 80 {
			who = f.say("units.many", "n", n)
			if provinces {
				who = itoa(n) + " " + f.say("units.province")
			}
		}
	}
	basis := ""
	for _, p := range h.tracks[0].at {
		if p != nil {
			basis = p.Basis
		}
	}
	return f.say("history.title."+string(h.measure),
		"subject", f.subject(h.in.Index, basis, h.in.Component), "unit", who,
		"span", f.span(h.periods[0], h.periods[h.end-1]))
}

func (h *history) subtitle() string {
	f := h.f
	var parts []string
	if s := plain(h.in.ScopeName); s != "" {
		parts = append(parts, f.say("scope.within", "scope", s))
	}
	if len(h.tracks) == 1 {
		if s := h.latest(); s != "" {
			parts = append(parts, upper(s))
		}
	}
	if h.measure == Percentiles {
		parts = append(parts, f.say("history.percentile"))
	}
	if len(h.tracks) > 1 && h.measure == Places {
		parts = append(parts, f.say("history.first"))
	}
	if h.any(func(p *reform.RankPoint) bool { return hollow(p, h.measure) }) != "" {
		parts = append(parts, f.say("history.hollow"))
	}
	if h.any(func(p *reform.RankPoint) bool { return p.Status == reform.Provisional }) != "" {
		parts = append(parts, f.say("history.dashed"))
	}
	if n := len(h.marks); h.numbered && n > 0 {
		numbers := f.say("break.number", "n", 1)
		if n > 1 {
			numbers += "–" + f.say("break.number", "n", n)
		}
		parts = append(parts, f.say("history.marks", "numbers", numbers))
	}
	return strings.Join(append(parts, h.ownWords()...), dot)
}

// latest says where the line ends and how that compares with the period before:
// only where the two stand on the same rules and the same number of units.
func (h *history) latest() string {
	f, t := h.f, &h.tracks[0]
	k := h.end - 1
	p := t.at[k]
	now := f.say("history.at", "period", f.periodLong(p.Period), "value", h.spoken(p))
	if p.Status == reform.Provisional {
		now += " (" + f.common("status.provisional") + ")"
	}
	if k == 0 || !t.known(k-1) || h.loose || h.cut(0, k) {
		return now
	}
	before := t.at[k-1]
	since := f.periodLong(before.Period)
	if h.measure == Scores {
		d := p.Score.Decimal.Sub(before.Score.Decimal)
		switch {
		case d.IsZero():
			return now + ", " + f.say("move.score.same", "since", since)
		case d.IsPositive():
			return now + ", " + f.say("move.score.up", "n", number(f.lang, reform.NumOf(d), decimals(h.in.Index)), "since", since)
		}
		return now + ", " + f.say("move.score.down", "n", number(f.lang, reform.NumOf(d.Neg()), decimals(h.in.Index)), "since", since)
	}
	if p.Of != before.Of {
		return now
	}
	switch n := before.Place - p.Place; {
	case n > 0:
		return now + ", " + f.say("move.place.up", "n", n, "since", since)
	case n < 0:
		return now + ", " + f.say("move.place.down", "n", -n, "since", since)
	}
	return now + ", " + f.say("move.place.same", "since", since)
}

func (h *history) spoken(p *reform.RankPoint) string {
	if h.measure == Scores {
		return h.f.say("points", "n", overMax(h.f.lang, p.Score, p.Max, decimals(h.in.Index)))
	}
	return placeOf(p.Place, p.Of)
}

// alt says in words what the lines do: first, last, best, worst, and what is missing.
func (h *history) alt(title string) string {
	f := h.f
	out := []string{title + "."}
	for i := range h.tracks {
		t := &h.tracks[i]
		var first, last, best, worst *reform.RankPoint
		for k, p := range t.at {
			if !t.known(k) {
				continue
			}
			if first == nil {
				first, best, worst = p, p, p
			}
			last = p
			if h.better(p, best) {
				best = p
			}
			if h.better(worst, p) {
				worst = p
			}
		}
		say := func(p *reform.RankPoint) string {
			return f.say("alt.at", "value", h.spoken(p), "period", f.periodLong(p.Period))
		}
		s := f.say("alt.one", "unit", brief(t.name), "last", say(last))
		if first != last {
			s = f.say("alt.line", "unit", brief(t.name), "first", say(first), "last", say(last), "best", say(best), "worst", say(worst))
		}
		out = append(out, s)
		if gaps := h.gaps(t); gaps != "" {
			out = append(out, f.say("note.gaps", "periods", gaps))
		}
		if len(t.goals) > 0 {
			out = append(out, h.goalName(t)+".")
		}
	}
	if len(h.marks) > 0 && !h.many() {
		out = append(out, f.say("alt.breaks", "periods", h.markPeriods()))
	}
	for i, n := range h.noted {
		out = append(out, f.say("note.annotation", "number", f.say("annotation.number", "n", i+1), "what", h.told(n.Annotation)))
	}
	return strings.Join(out, " ")
}

// better compares by what is drawn.
func (h *history) better(a, b *reform.RankPoint) bool {
	switch h.measure {
	case Scores:
		return a.Score.Decimal.GreaterThan(b.Score.Decimal)
	case Percentiles:
		x, _ := percentile(a.Place, a.Of)
		y, _ := percentile(b.Place, b.Of)
		return x > y
	}
	return a.Place < b.Place
}

func (h *history) markPeriods() string {
	names := make([]string, len(h.marks))
	for i, m := range h.marks {
		names[i] = h.f.periodShort(h.periods[m.at])
	}
	return strings.Join(names, ", ")
}

// ranges writes periods of the axis as "2014, 2016–2017".
func (h *history) ranges(is func(k int) bool) string {
	var parts []string
	for k := 0; k < len(h.periods); k++ {
		if !is(k) {
			continue
		}
		from := k
		for k+1 < len(h.periods) && is(k+1) {
			k++
		}
		parts = append(parts, h.f.span(h.periods[from], h.periods[k]))
	}
	return strings.Join(parts, ", ")
}

// any lists the periods in which a point of any line is so.
func (h *history) any(is func(p *reform.RankPoint) bool) string {
	return h.ranges(func(k int) bool {
		for i := range h.tracks {
			if h.tracks[i].known(k) && is(h.tracks[i].at[k]) {
				return true
			}
		}
		return false
	})
}

func (h *history) gaps(t *track) string {
	first, last := 0, h.end-1
	if h.many() {
		first, last = t.ends()
	}
	return h.ranges(func(k int) bool { return k >= first && k <= last && !t.known(k) })
}

func (h *history) notes() []string {
	f := h.f
	var out []string
	for i, m := range h.marks {
		if h.many() {
			break // told by index below
		}
		reason := strings.Join(m.reasons, "; ")
		if reason == "" {
			reason = f.say("break.unnamed")
		}
		out = append(out, f.say("note.break", "n", i+1, "period", f.periodShort(h.periods[m.at]), "reason", strings.TrimRight(reason, ".")))
	}
	if len(h.marks) > 0 {
		out = append(out, f.say("note.compare"))
	}
	if h.many() {
		out = append(out, h.manyNotes()...)
	} else if s := h.denominators(); s != "" {
		out = append(out, f.say("note.denominators", "list", s))
	}
	if h.measure != Scores {
		if s := h.any(func(p *reform.RankPoint) bool { return p.Of > 0 && !p.OfPrinted }); s != "" {
			out = append(out, f.say("note.of_edition", "periods", s))
		}
		if s := h.any(func(p *reform.RankPoint) bool { return p.RankKind == reform.Computed }); s != "" {
			out = append(out, f.say("note.computed", "periods", s))
		}
		if s := h.any(func(p *reform.RankPoint) bool { return p.RankKind == reform.Derived }); s != "" {
			out = append(out, f.say("note.derived", "periods", s))
		}
	}
	if s := h.any(func(p *reform.RankPoint) bool { return p.Status == reform.Provisional }); s != "" {
		out = append(out, f.say("note.provisional", "periods", s))
	}
	for i := range h.tracks {
		if s := h.gaps(&h.tracks[i]); s != "" && !h.many() {
			if len(h.tracks) > 1 {
				s = brief(h.tracks[i].name) + ": " + s
			}
			out = append(out, f.say("note.gaps", "periods", s))
		}
	}
	if len(h.doubled) > 0 {
		slices.SortFunc(h.doubled, reform.Period.Compare)
		var names []string
		for _, p := range slices.Compact(h.doubled) {
			names = append(names, f.periodShort(p))
		}
		out = append(out, f.say("note.doubled", "periods", strings.Join(names, ", ")))
	}
	if len(h.empty) > 0 {
		out = append(out, f.say("note.empty", "units", f.list(h.empty)))
	}
	if h.measure == Scores && len(h.marks) > 0 {
		out = append(out, f.say("note.cut"))
	}
	return append(append(out, h.ownNotes()...), h.in.Notes...)
}

// denominators lists how many units were ranked, where that number changes.
func (h *history) denominators() string {
	if h.measure == Scores {
		return ""
	}
	of := make([]int, len(h.periods))
	distinct := map[int]bool{}
	for k := range h.periods {
		for i := range h.tracks {
			if h.tracks[i].known(k) && h.tracks[i].at[k].Of > 0 {
				of[k] = max(of[k], h.tracks[i].at[k].Of)
			}
		}
		if of[k] > 0 {
			distinct[of[k]] = true
		}
	}
	if len(distinct) < 2 {
		return ""
	}
	var parts []string
	for k := 0; k < len(of); k++ {
		if of[k] == 0 {
			continue
		}
		from, last := k, k
		for j := k + 1; j < len(of) && (of[j] == of[from] || of[j] == 0); j++ {
			if of[j] != 0 {
				last = j
			}
		}
		parts = append(parts, itoa(of[from])+" ("+h.f.span(h.periods[from], h.periods[last])+")")
		k = last
	}
	return strings.Join(parts, ", ")
}

// table has every point, also those that are not drawn, and the gaps.
func (h *history) table() (Table, []Source) {
	f := h.f
	docs := &cited{known: h.in.Documents}
	many := len(h.tracks) > 1
	t := Table{}
	switch {
	case h.many():
		t.Columns = append(t.Columns, Column{Key: "index", Label: f.common("col.index")})
	case many:
		t.Columns = append(t.Columns, Column{Key: "unit", Label: f.say("col.unit")})
	}
	t.Columns = append(t.Columns,
		Column{Key: "period", Label: f.say("col.period")},
		Column{Key: "place", Label: f.say("col.place"), Numeric: true},
		Column{Key: "of", Label: f.say("col.of"), Numeric: true},
		Column{Key: "score", Label: f.say("col.score"), Numeric: true},
		Column{Key: "rank_kind", Label: f.say("col.rank_kind")},
		Column{Key: "basis", Label: f.say("col.basis")},
		Column{Key: "status", Label: f.say("col.status")},
		Column{Key: "document", Label: f.say("col.document")})
	withGoals := slices.ContainsFunc(h.tracks, func(t track) bool { return len(t.Goals) > 0 })
	if withGoals {
		t.Columns = append(t.Columns, Column{Key: "goal", Label: f.say("col.goal")})
	}
	for i := range h.tracks {
		tr := &h.tracks[i]
		points := slices.Clone(tr.Points)
		first, last := tr.ends()
		for k, p := range h.periods {
			if h.many() && (k < first || k > last) {
				continue // each index has years of its own
			}
			if k >= h.end && !slices.ContainsFunc(tr.goals, func(g goalAt) bool { return g.at == k }) {
				continue // the axis is longer for other goals and notes
			}
			if !slices.ContainsFunc(points, func(q reform.RankPoint) bool { return q.Period == p }) && !tr.known(k) {
				points = append(points, reform.RankPoint{Period: p})
			}
		}
		slices.SortStableFunc(points, func(a, b reform.RankPoint) int { return a.Period.Compare(b.Period) })
		for _, p := range points {
			if p.Period.IsZero() {
				continue
			}
			docs.add(p.PlaceFrom.Document, p.ScoreFrom.Document)
			var row []Cell
			switch {
			case h.many():
				row = append(row, Cell{Text: tr.name, Value: tr.OfIndex.Code})
			case many:
				row = append(row, Cell{Text: tr.name, Value: string(tr.Unit)})
			}
			row = append(row, Cell{Text: f.periodShort(p.Period), Value: p.Period.String()})
			row = append(row, f.placeCells(p.Place, p.Of, p.PlaceFrom.Document)...)
			row = append(row, Cell{Text: overMax(f.lang, p.Score, p.Max, decimals(h.index(tr))), Value: p.Score.String(), Document: p.ScoreFrom.Document})
			if p.Place == 0 && !p.Score.Valid {
				row = append(row, Cell{Text: f.common("nodata")}, Cell{}, Cell{}, Cell{})
			} else {
				row = append(row,
					h.kindOf(tr, p),
					Cell{Text: basisName(h.index(tr), p.Basis, f.lang), Value: p.Basis},
					f.statusCell(p.Status),
					docs.cell(p.PlaceFrom.Document, p.ScoreFrom.Document))
			}
			if withGoals {
				row = append(row, h.goalCell(tr, p.Period))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t, docs.sources()
}

// goalCell is what users have set for a line to reach in a period.
func (h *history) goalCell(t *track, p reform.Period) Cell {
	for _, g := range t.Goals {
		if g.Period == p {
			if s := h.goalText(g); s != "" {
				return Cell{Text: s}
			}
		}
	}
	return Cell{}
}

// kindOf says how a place came about; of a derived line every value is derived.
func (h *history) kindOf(t *track, p reform.RankPoint) Cell {
	if t.Derived {
		return h.f.kindCell(1, reform.Derived)
	}
	return h.f.kindCell(p.Place, p.RankKind)
}

// placeCells are the cells "place" and "of".
func (f *frame) placeCells(place, of int, document string) []Cell {
	p, o := Cell{Text: placeOf(place, of), Document: document}, Cell{Text: "–"}
	if place > 0 {
		p.Value = itoa(place)
		if of > 0 {
			o = Cell{Text: itoa(of), Value: itoa(of)}
		}
	}
	return []Cell{p, o}
}

func (f *frame) kindCell(place int, k reform.RankKind) Cell {
	if place <= 0 || k == "" {
		return Cell{}
	}
	return Cell{Text: f.common("rank_kind." + string(k)), Value: string(k)}
}

func (f *frame) statusCell(s reform.Status) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Text: f.common("status." + string(s)), Value: string(s)}
}

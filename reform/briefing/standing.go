package briefing

import (
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// standing says the place and how it moved since the last known one.
func (w *writer) standing(pts []reform.RankPoint, at *reform.RankPoint) {
	with := w.subject(at.Period)
	if at.Place == 0 {
		w.add(Standing, "noplace", with)
		return
	}
	with["place"], with["move"] = w.place(at), nil
	if prev := before(pts, at, func(p *reform.RankPoint) bool { return p.Place > 0 }); prev != nil {
		with["move"] = w.move(prev, at)
	}
	w.add(Standing, "standing", with)
}

// before is the last point of an earlier period that ok takes.
func before(pts []reform.RankPoint, at *reform.RankPoint, ok func(*reform.RankPoint) bool) *reform.RankPoint {
	for i := len(pts) - 1; i >= 0; i-- {
		if p := &pts[i]; p.Period.Compare(at.Period) < 0 && ok(p) {
			return p
		}
	}
	return nil
}

// between are the changes of rules, or of the unit itself, from one point to another.
func (w *writer) between(a, b *reform.RankPoint) (all []reform.Break, severed, broken bool) {
	all = append(w.Catalog.Breaks(w.Index.Code, w.History.Component, a.Period, b.Period), w.Catalog.UnitBreaks(b.Unit, a.Period, b.Period)...)
	for _, br := range all {
		severed = severed || br.Severs
	}
	return all, severed, len(all) > 0 || a.Basis != b.Basis
}

func (w *writer) move(prev, at *reform.RankPoint) []Part {
	_, severed, broken := w.between(prev, at)
	if severed {
		return nil // what is said of it is said by breaks
	}
	with := parts{"prev": text(w.period(prev.Period)), "place": w.placeInside(prev), "break": nil}
	if prev.Of != at.Of || at.Of == 0 {
		with["place"] = w.place(prev)
		return w.fill("move.othern", with)
	}
	if broken {
		with["break"] = w.fill("move.break", nil)
	}
	n := prev.Place - at.Place
	with["n"] = text(strconv.Itoa(max(n, -n)))
	switch {
	case n > 0:
		return w.fill(plural("move.up", n), with)
	case n < 0:
		return w.fill(plural("move.down", -n), with)
	}
	return w.fill("move.same", with)
}

// score says the total and how it changed, on the same basis only.
func (w *writer) score(pts []reform.RankPoint, at *reform.RankPoint) {
	if !at.Score.Valid {
		if at.Place > 0 {
			w.add(Score, "noscore", w.subject(at.Period))
		}
		return
	}
	with := w.subject(at.Period)
	with["score"], with["change"] = w.total(at), nil
	if prev := before(pts, at, func(p *reform.RankPoint) bool { return p.Score.Valid }); prev != nil {
		with["change"] = w.change(prev, at)
	}
	w.add(Score, "score", with)
}

func (w *writer) change(prev, at *reform.RankPoint) []Part {
	_, severed, broken := w.between(prev, at)
	if severed {
		return nil
	}
	with := parts{"prev": text(w.period(prev.Period)), "score": w.total(prev)}
	if broken || !sameMax(prev.Max, at.Max) {
		return w.fill("change.basis", with)
	}
	d := at.Score.Decimal.Sub(prev.Score.Decimal).Round(w.decimals())
	with["d"] = text(w.rounded(at.Score.Decimal.Sub(prev.Score.Decimal).Abs()))
	with["unit"] = w.fill("unit.points", nil)
	switch w.Index.Unit.VI {
	case "%":
		with["unit"] = w.fill("unit.percent", nil)
	case "":
		with["unit"] = nil
	}
	switch {
	case d.IsPositive():
		return w.fill("change.up", with)
	case d.IsNegative():
		return w.fill("change.down", with)
	}
	return w.fill("change.same", with)
}

func sameMax(a, b reform.Number) bool { return !a.Valid || !b.Valid || a.Equal(b) }

// breaks says why the comparison with the period before is none, or is one with care.
func (w *writer) breaks(pts []reform.RankPoint, at *reform.RankPoint) {
	prev := before(pts, at, func(p *reform.RankPoint) bool { return p.Place > 0 || p.Score.Valid })
	if prev == nil {
		return
	}
	all, severed, broken := w.between(prev, at)
	if !broken {
		return
	}
	with := parts{"prev": text(w.period(prev.Period)), "period": text(w.period(at.Period))}
	if severed {
		var was []Part
		if prev.Place > 0 {
			was = append(text(" ("), append(w.placeInside(prev), Part{Text: ")"})...)
		}
		with["was"] = was
		w.add(Breaks, "severed", with)
	}
	var said []string
	for _, b := range all {
		if r := strings.TrimRight(strings.TrimSpace(b.Reason.In(w.Lang)), "."); r != "" && !slices.Contains(said, r) {
			said = append(said, r)
		}
	}
	if len(said) > 0 {
		w.add(Breaks, "break", parts{"reason": text(strings.Join(said, "; "))})
	}
}

// newest says what is known instead where nothing is known of the period.
func (w *writer) newest(pts []reform.RankPoint, p reform.Period) {
	for i := len(pts) - 1; i >= 0; i-- {
		pt := &pts[i]
		if pt.Place == 0 {
			continue
		}
		with := w.subject(pt.Period)
		with["place"] = w.place(pt)
		w.add(Standing, "newest", with)
		return
	}
}

// record says the best and the worst place among those that can be laid beside the
// present one: out of the same number, and not beyond a severing break.
func (w *writer) record(pts []reform.RankPoint, at *reform.RankPoint) {
	if at.Place == 0 || at.Of == 0 {
		return
	}
	var alike []*reform.RankPoint
	crossed := false
	for i := range pts {
		p := &pts[i]
		if p.Place == 0 || p.Of != at.Of || (p.Period == at.Period && p != at) {
			continue
		}
		from, to := p, at
		if p.Period.Compare(at.Period) > 0 {
			from, to = at, p
		}
		_, severed, broken := w.between(from, to)
		if severed {
			continue
		}
		crossed = crossed || broken
		alike = append(alike, p)
	}
	if len(alike) < 3 {
		return // the movement has said it
	}
	best := slices.MinFunc(alike, func(a, b *reform.RankPoint) int { return a.Place - b.Place })
	worst := slices.MaxFunc(alike, func(a, b *reform.RankPoint) int { return a.Place - b.Place })
	with := parts{
		"n": text(strconv.Itoa(len(alike))), "of": text(strconv.Itoa(at.Of)), "from": text(w.period(alike[0].Period)), "to": text(w.period(alike[len(alike)-1].Period)),
		"best": w.place(best), "worst": w.place(worst), "bestwhen": w.when(alike, best.Place), "worstwhen": w.when(alike, worst.Place), "break": nil,
	}
	if crossed {
		with["break"] = w.fill("record.break", nil)
	}
	if best.Place == worst.Place {
		w.add(Record, "record.same", with)
		return
	}
	w.add(Record, "record", with)
}

// when lists the periods of a place, each linked.
func (w *writer) when(pts []*reform.RankPoint, place int) []Part {
	var items [][]Part
	for _, p := range pts {
		if p.Place == place {
			items = append(items, []Part{{Text: w.period(p.Period), Fact: w.fact(p.Unit, p.Period, p.Basis, w.History.Component, p.Scope)}})
		}
	}
	return w.list(items)
}

// regions says the place within each of the unit's regions.
func (w *writer) regions(period reform.Period) {
	for i := range w.Regions {
		s := &w.Regions[i]
		pts := slices.Clone(s.Points)
		pt := pointOf(pts, period)
		// Where nothing is known within the region, the answer may carry the nation's place.
		if pt == nil || pt.Place == 0 || pt.Scope != s.Scope || s.Scope == reform.ScopeNation {
			continue
		}
		// A place among more units than the region has is none within it.
		if n := len(w.Catalog.Members(reform.UnitKey(s.Scope))); n > 0 && pt.Of > n {
			continue
		}
		with := w.subject(period)
		with["region"], with["place"] = text(w.nameOf(reform.UnitKey(s.Scope), period)), w.place(pt)
		w.add(InRegion, "region", with)
	}
}

// gaps says of which periods between the first and the last nothing is known, and of which no place.
func (w *writer) gaps(pts []reform.RankPoint) {
	if len(pts) < 2 || w.Index.Counts {
		return
	}
	last := pts[len(pts)-1].Period
	var none, noplace []reform.Period
	anyPlace := slices.ContainsFunc(pts, func(p reform.RankPoint) bool { return p.Place > 0 })
	for p, steps := pts[0].Period, 0; p.Compare(last) < 0 && steps < 600; p, steps = p.Next(), steps+1 {
		pt := pointOf(pts, p)
		switch {
		case pt == nil:
			none = append(none, p)
		case pt.Place == 0 && anyPlace:
			noplace = append(noplace, p)
		}
	}
	if len(none) > 0 {
		w.add(Gaps, "gaps", parts{"periods": w.runs(none)})
	}
	if len(noplace) > 0 {
		w.add(Gaps, "gaps.place", parts{"periods": w.runs(noplace)})
	}
}

// runs lists periods, three or more that follow each other as "từ … đến …".
func (w *writer) runs(all []reform.Period) []Part {
	var items [][]Part
	for i := 0; i < len(all); {
		j := i
		for j+1 < len(all) && all[j].Next() == all[j+1] {
			j++
		}
		if j-i >= 2 {
			items = append(items, w.fill("run", parts{"from": text(w.period(all[i])), "to": text(w.period(all[j]))}))
		} else {
			for k := i; k <= j; k++ {
				items = append(items, text(w.period(all[k])))
			}
		}
		i = j + 1
	}
	return w.list(items)
}

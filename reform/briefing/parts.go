package briefing

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// most is how many components one sentence names.
const most = 3

// parts says where points were won and lost.
func (w *writer) parts(period reform.Period) {
	s := w.Parts
	if s == nil {
		return
	}
	if !hasRows(s) {
		w.add(Losses, "noparts", w.subject(period))
		return
	}
	first, ofTotal := w.firstLevel(s)
	w.losses(s, first, ofTotal)
	w.median(s)
	w.places(s)
	listed := w.Catalog.Components(w.Index.Code, s.Basis, "", "")
	known := 0
	for _, c := range listed {
		if slices.ContainsFunc(s.Rows, func(r reform.Subscore) bool { return r.Component == c.Code && r.Score.Valid }) {
			known++
		}
	}
	if known > 0 && known < len(listed) {
		with := w.subject(s.Period)
		with["n"], with["of"] = text(strconv.Itoa(known)), text(strconv.Itoa(len(listed)))
		w.add(Coverage, "someparts", with)
	}
}

// firstLevel are the components of the first level with a score and a maximum that it keeps to. ofTotal reports
// whether what they lost are points of the total: their maxima add up to it, or all have weights.
func (w *writer) firstLevel(s *reform.Subscores) (out []reform.Loss, ofTotal bool) {
	out, ofTotal, _ = reform.Losses(w.Index, s)
	out = slices.DeleteFunc(out, func(l reform.Loss) bool { return l.Lost.Decimal.IsNegative() })
	if ofTotal {
		return out, true
	}
	sum := decimal.Zero
	for _, c := range w.Index.FirstLevel(s.Basis) {
		if c.Max.Valid {
			sum = sum.Add(c.Max.Decimal)
		}
	}
	basis, err := w.Catalog.Basis(w.Index.Code, s.Basis)
	return out, err == nil && basis.Max.Valid && sum.Equal(basis.Max.Decimal)
}

func (w *writer) losses(s *reform.Subscores, all []reform.Loss, ofTotal bool) {
	if len(all) == 0 {
		return
	}
	byLoss := slices.DeleteFunc(slices.Clone(all), func(p reform.Loss) bool { return !p.Lost.Decimal.IsPositive() })
	worst := byLoss[:min(most, len(byLoss))]
	// Strengths are none of the greatest losses, and there is something to choose from.
	strong := slices.Clone(all)
	slices.SortStableFunc(strong, func(a, b reform.Loss) int { return b.Share.Decimal.Cmp(a.Share.Decimal) })
	strong = slices.DeleteFunc(strong, func(p reform.Loss) bool {
		return slices.ContainsFunc(worst, func(x reform.Loss) bool { return x.Component == p.Component })
	})
	with := w.subject(s.Period)
	if len(all) > most && len(strong) > 0 {
		var items [][]Part
		for _, p := range strong[:min(most, len(strong))] {
			items = append(items, w.fill("strength", parts{"name": text(w.component(s.Basis, p.Component)), "score": w.partScore(s, p),
				"share": text(w.written(p.Share.Decimal.Round(1), 0, 1))}))
		}
		with["list"] = w.list(items)
		w.add(Strengths, "strengths", with)
	}
	if len(worst) == 0 {
		w.add(Losses, "lossless", with)
		return
	}
	key := "loss"
	if !ofTotal {
		key = "loss.own"
	}
	var items [][]Part
	for _, p := range worst {
		items = append(items, w.fill(key, parts{"lost": {{Text: w.rounded(p.Lost.Decimal), Fact: w.partFact(s, p.Subscore)}}, "name": text(w.component(s.Basis, p.Component)), "score": w.partScore(s, p)}))
	}
	with["list"] = w.list(items)
	w.add(Losses, "losses", with)
}

func (w *writer) partFact(s *reform.Subscores, r reform.Subscore) *reform.FactQuestion {
	return w.fact(s.Unit, s.Period, s.Basis, r.Component, "")
}

func (w *writer) partScore(s *reform.Subscores, p reform.Loss) []Part {
	w.cite(p.From.Document)
	out := []Part{{Text: w.rounded(p.Score.Decimal) + "/" + w.exact(p.Max), Fact: w.partFact(s, p.Subscore)}}
	return out
}

// median says which components lie below the median; it is known of complete editions only.
func (w *writer) median(s *reform.Subscores) {
	var below []reform.Subscore
	n := 0
	for _, r := range s.Rows {
		if r.Component == "" || r.Parent != "" || !r.Score.Valid || !r.Median.Valid || w.breakdown(s.Basis, r.Component) != "" {
			continue
		}
		n++
		if r.Score.Decimal.LessThan(r.Median.Decimal) {
			below = append(below, r)
		}
	}
	if n == 0 {
		return
	}
	gap := func(r reform.Subscore) decimal.Decimal { return r.Median.Decimal.Sub(r.Score.Decimal) }
	slices.SortStableFunc(below, func(a, b reform.Subscore) int { return gap(b).Cmp(gap(a)) })
	with := w.subject(s.Period)
	with["n"], with["of"] = text(strconv.Itoa(len(below))), text(strconv.Itoa(n))
	if len(below) == 0 {
		w.add(Median, "median.none", with)
		return
	}
	var items [][]Part
	for _, r := range below[:min(most, len(below))] {
		w.cite(r.From.Document)
		items = append(items, w.fill("median.item", parts{"name": text(w.component(s.Basis, r.Component)),
			"score": {{Text: w.short(r.Score), Fact: w.partFact(s, r)}}, "median": text(w.short(r.Median))}))
	}
	with["list"] = w.list(items)
	key := "median"
	if len(below) > most {
		key = "median.more"
	}
	w.add(Median, key, with)
}

func (w *writer) breakdown(basis, code string) string {
	c, err := w.Catalog.Component(w.Index.Code, basis, code)
	if err != nil {
		return ""
	}
	return c.Breakdown
}

// places says the places of components, the best first, as far as sources print them or a
// complete edition gives them.
func (w *writer) places(s *reform.Subscores) {
	type ranked struct {
		row   reform.Subscore
		share float64 // of the units ahead; only to order by
	}
	var all []ranked
	for _, r := range s.Rows {
		if r.Component == "" || r.Parent != "" || w.breakdown(s.Basis, r.Component) != "" || (r.Place == 0 && r.RegionPlace == 0) {
			continue
		}
		x := ranked{row: r, share: 1}
		switch {
		case r.Place > 0 && r.Of > 1:
			x.share = float64(r.Place-1) / float64(r.Of-1)
		case r.RegionPlace > 0 && r.RegionOf > 1:
			x.share = float64(r.RegionPlace-1) / float64(r.RegionOf-1)
		}
		all = append(all, x)
	}
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.share, b.share) })
	named := all[:min(most, len(all))]
	// What is so of all of them is said once, at the end.
	mark := func(r reform.Subscore) string { return w.marks(r.Of, r.RankKind, r.PlaceFrom.Status) }
	shared := mark(named[0].row)
	for _, x := range named {
		if mark(x.row) != shared || x.row.Place == 0 || x.row.RegionPlace > 0 {
			shared = ""
		}
	}
	bracket := func(m string) []Part {
		if m == "" {
			return nil
		}
		return text(" (" + m + ")")
	}
	var items [][]Part
	for _, x := range named {
		r := x.row
		w.cite(cmp.Or(r.PlaceFrom.Document, r.From.Document))
		var where [][]Part
		if r.Place > 0 {
			key := "place.nation"
			if scope := cmp.Or(r.Scope, reform.ScopeNation); scope != reform.ScopeNation {
				key = "place.scope"
			}
			place := []Part{{Text: placeOf(r.Place, r.Of), Fact: w.partFact(s, r)}}
			if shared == "" {
				place = append(place, bracket(mark(r))...)
			}
			where = append(where, w.fill(key, parts{"place": place, "scope": text(w.nameOf(reform.UnitKey(r.Scope), s.Period))}))
		}
		if r.RegionPlace > 0 {
			place := append([]Part{{Text: placeOf(r.RegionPlace, r.RegionOf), Fact: w.fact(s.Unit, s.Period, s.Basis, r.Component, string(r.Region))}}, bracket(w.marks(r.RegionOf, r.RegionRankKind, ""))...)
			where = append(where, w.fill("place.region", parts{"place": place, "region": text(w.nameOf(r.Region, s.Period))}))
		}
		items = append(items, w.fill("place.item", parts{"name": text(w.component(s.Basis, r.Component)), "places": w.list(where)}))
	}
	with := w.subject(s.Period)
	with["list"] = append(w.list(items), bracket(shared)...)
	if len(all) > most {
		w.add(Places, "places.best", with)
		return
	}
	w.add(Places, "places", with)
}

// counts lists what an index of counts counts.
func (w *writer) counts() {
	if !hasRows(w.Parts) {
		return
	}
	s := w.Parts
	var items [][]Part
	for _, r := range s.Rows {
		if r.Component == "" || !r.Score.Valid || r.Parent != "" {
			continue
		}
		w.cite(r.From.Document)
		items = append(items, w.fill("count", parts{"name": text(w.component(s.Basis, r.Component)), "n": {{Text: w.exact(r.Score), Fact: w.partFact(s, r)}}}))
	}
	if len(items) == 0 {
		return
	}
	with := w.subject(s.Period)
	with["list"] = w.list(items)
	w.add(Standing, "counts", with)
}

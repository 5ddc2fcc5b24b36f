package dashboard

import (
	"context"
	"errors"
	"slices"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// compareParts are the components of one period side by side.
type compareParts struct {
	Heading   string
	Sub       string
	Bars      *figureView
	Radar     *figureView
	NoRadar   string
	Columns   []string // the other units
	Reference string
	Rows      []diffRow
	Missing   []string // units without a figure in this period, with the reason
	AllHref   string
	AllText   string
}

// diffRow is a component, or the total, with the differences from the reference.
type diffRow struct {
	Name, Max string
	Child     bool
	Total     bool
	Mine      diffCell
	Others    []diffCell
}

// diffCell is a number with its difference from the reference.
type diffCell struct {
	Text, Href string
	Tag        string // provisional, computed
	Diff       movement
	Mark       *mark
}

// partsOf reads the components of all units in one period, by the basis of the first: a
// unit that was measured by another basis then is left out and named.
func (s *Server) partsOf(ctx context.Context, st compareState, period reform.Period, basis string) ([]reform.Subscores, error) {
	out := make([]reform.Subscores, len(st.units))
	ask := func(i int, basis string) error {
		sub, err := s.opt.Reader.Subscores(ctx, reform.SubscoresQuestion{Index: st.ix.Code, Unit: st.units[i], Period: period, Basis: basis, View: st.view})
		if errors.Is(err, reform.ErrNotFound) {
			return nil
		}
		out[i] = sub
		return err
	}
	if err := ask(0, basis); err != nil {
		return nil, err
	}
	for i := 1; i < len(st.units); i++ {
		if err := ask(i, out[0].Basis); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func hasScores(sub reform.Subscores) bool {
	return slices.ContainsFunc(sub.Rows, func(r reform.Subscore) bool { return r.Component != "" && r.Score.Valid })
}

// partPeriods are the periods of which components of provinces are known, newest first,
// years before parts of years.
func (s *Server) partPeriods(ctx context.Context, st compareState) ([]reform.Period, error) {
	eds, err := s.editionsFor(ctx, st.ix.Code, st.view)
	if err != nil {
		return nil, err
	}
	var years, others []reform.Period
	for _, e := range eds {
		if e.UnitType != reform.Province || e.Coverage.WithComponents == 0 || slices.Contains(years, e.Period) || slices.Contains(others, e.Period) {
			continue
		}
		if e.Period.Kind() == reform.Year {
			years = append(years, e.Period)
		} else {
			others = append(others, e.Period)
		}
	}
	return append(years, others...), nil
}

// triedPeriods is in how many periods the newest common components are looked for.
const triedPeriods = 4

// mostPeriods is how many periods are offered as links.
const mostPeriods = 24

// compareParts fills in the components: of the period asked for, else of the newest in which two of the units have some.
func (s *Server) compareParts(ctx context.Context, v *compareView, p prefs, st compareState) error {
	periods, err := s.partPeriods(ctx, st)
	if err != nil {
		return err
	}
	chosen := st.period
	var subs []reform.Subscores
	if !chosen.IsZero() {
		if subs, err = s.partsOf(ctx, st, chosen, ""); err != nil {
			return err
		}
	} else {
		for _, one := range periods[:min(triedPeriods, len(periods))] {
			got, err := s.partsOf(ctx, st, one, "")
			if err != nil {
				return err
			}
			known := 0
			for _, sub := range got {
				if hasScores(sub) {
					known++
				}
			}
			if known >= 2 && hasScores(got[0]) || known >= 1 && subs == nil {
				chosen, subs = one, got
				if known >= 2 {
					break
				}
			}
		}
	}
	for _, one := range periods[:min(mostPeriods, len(periods))] {
		v.Periods = append(v.Periods, Link{Href: st.href(st.units, "period", one.String()), Text: periodName(one, p.Lang), Current: one == chosen})
	}
	if !slices.ContainsFunc(subs, hasScores) {
		v.NoParts = v.T("compare.noparts", "index", st.ix.Short.In(p.Lang))
		if !chosen.IsZero() {
			v.NoParts = v.T("compare.noparts.period", "index", st.ix.Short.In(p.Lang), "period", periodName(chosen, p.Lang))
		}
		return nil
	}
	return s.fillCompared(ctx, v, p, st, chosen, subs)
}

func (s *Server) fillCompared(ctx context.Context, v *compareView, p prefs, st compareState, period reform.Period, subs []reform.Subscores) error {
	basis := subs[0].Basis
	parts := &compareParts{
		Heading:   v.T("compare.parts", "index", st.ix.Short.In(p.Lang), "period", periodName(period, p.Lang)),
		Reference: s.unitNameIn(st.units[0], period, p.Lang),
	}
	if b := basisOf(st.ix, basis); b != nil && b.Name.In(p.Lang) != "" {
		parts.Sub = b.Name.In(p.Lang)
	}
	for i, sub := range subs {
		if i > 0 {
			parts.Columns = append(parts.Columns, s.unitNameIn(st.units[i], period, p.Lang))
		}
		if !hasScores(sub) {
			parts.Missing = append(parts.Missing, v.T("compare.missing", "unit", s.unitNameIn(st.units[i], period, p.Lang), "period", periodName(period, p.Lang)))
		}
	}
	signs, err := s.marks(ctx, reform.ConflictQuestion{Index: st.ix.Code, Period: period, View: st.view}, p.Lang)
	if err != nil {
		return err
	}
	parts.Rows = s.diffRows(st, period, subs, signs, p.Lang)
	if slices.ContainsFunc(parts.Rows, func(r diffRow) bool { return r.Child }) || st.all {
		parts.AllHref, parts.AllText = st.href(st.units, "parts", "all"), v.T("compare.all")
		if st.all {
			parts.AllHref, parts.AllText = st.href(st.units, "parts", ""), v.T("compare.main")
		}
	}
	v.Parts = parts
	in, err := s.compareInput(ctx, st, subs, p.Lang)
	if err != nil {
		return err
	}
	q := viewValues(values("index", st.ix.Code, "unit", joinKeys(st.units), "period", period.String(), "basis", basis, "parts", map[bool]string{true: "all"}[st.all]), st.view)
	pic, err := charts.CompareBars(in, p.style())
	switch {
	case errors.Is(err, reform.ErrInvalid), errors.Is(err, reform.ErrTooLarge), errors.Is(err, reform.ErrNotFound):
	case err != nil:
		return err
	default:
		if parts.Bars, err = s.figure(ctx, p, "bars", pic, q); err != nil {
			return err
		}
		v.Charts = true
	}
	pic, err = charts.CompareRadar(in, p.style())
	switch {
	case errors.Is(err, reform.ErrInvalid), errors.Is(err, reform.ErrNotFound):
		parts.NoRadar = v.T("compare.noradar")
		return nil
	case err != nil:
		return err
	}
	parts.Radar, err = s.figure(ctx, p, "radar", pic, q)
	v.Charts = true
	return err
}

// compareInput is what bars and radar are drawn from.
func (s *Server) compareInput(ctx context.Context, st compareState, subs []reform.Subscores, lang string) (charts.CompareInput, error) {
	in := charts.CompareInput{Index: *st.ix, All: st.all}
	var ids []string
	for i, sub := range subs {
		if sub.Unit == "" {
			sub = reform.Subscores{Index: st.ix.Code, Unit: st.units[i], Period: subs[0].Period, Basis: subs[0].Basis}
		}
		in.Units = append(in.Units, charts.Compared{Name: s.unitNameIn(st.units[i], subs[0].Period, lang), Subscores: sub})
		for _, r := range sub.Rows {
			ids = append(ids, r.From.Document)
		}
	}
	sources, err := s.cite(ctx, lang, ids)
	in.Documents = citedBy(sources)
	return in, err
}

// diffRows are the total and the components, in the catalogue's order, with what every
// unit has more or less than the reference. Numbers of two bases never meet here.
func (s *Server) diffRows(st compareState, period reform.Period, subs []reform.Subscores, signs marks, lang string) []diffRow {
	basis := subs[0].Basis
	var out []diffRow
	total := diffRow{Name: componentName(st.ix, basis, "", lang), Total: true}
	known := false
	for i, sub := range subs {
		cell := diffCell{Text: missing}
		if t := sub.Total; t != nil && sub.Basis == basis {
			known = known || t.Score.Valid || t.Place > 0
			cell = s.totalCell(st, period, t, lang)
			cell.Mark = signs.either(st.ix.Code, *t)
			if ref := subs[0].Total; i > 0 && ref != nil {
				cell.Diff = scoreDiff(t.Score, ref.Score, st.ix.Decimals, lang)
			}
			if t.Max.Valid {
				total.Max = number(t.Max, lang)
			}
		}
		total.put(i, cell)
	}
	if known {
		out = append(out, total)
	}
	rows := map[string][]reform.Subscore{}
	var order []string
	for i, sub := range subs {
		if sub.Basis != basis {
			continue
		}
		for _, r := range sub.Rows {
			if r.Component == "" {
				continue
			}
			if rows[r.Component] == nil {
				rows[r.Component] = make([]reform.Subscore, len(subs))
				order = append(order, r.Component)
			}
			rows[r.Component][i] = r
		}
	}
	if b := basisOf(st.ix, basis); b != nil {
		slices.SortStableFunc(order, func(x, y string) int {
			at := func(code string) int {
				return slices.IndexFunc(b.Components, func(c reform.Component) bool { return c.Code == code })
			}
			return at(x) - at(y)
		})
	}
	for _, code := range order {
		cells := rows[code]
		comp, _ := componentOf(st.ix, basis, code)
		if comp.Breakdown != "" || !slices.ContainsFunc(cells, func(r reform.Subscore) bool { return r.Score.Valid }) {
			continue
		}
		row := diffRow{Name: componentName(st.ix, basis, code, lang), Child: comp.Parent != "", Max: missing}
		for i, r := range cells {
			cell := diffCell{Text: missing}
			if r.Score.Valid {
				cell = diffCell{Text: short(r.Score, decimalsOf(st.ix), lang), Href: trailHref(st.ix.Code, st.units[i], period, code), Mark: signs.score(st.ix.Code, st.units[i], period, basis, code)}
				if r.Status == reform.Provisional {
					cell.Tag = words.T(lang, "status.provisional")
				}
				if i > 0 {
					cell.Diff = scoreDiff(r.Score, cells[0].Score, st.ix.Decimals, lang)
				}
			}
			if r.Max.Valid {
				row.Max = number(r.Max, lang)
			}
			row.put(i, cell)
		}
		out = append(out, row)
	}
	return out
}

func (r *diffRow) put(i int, c diffCell) {
	if i == 0 {
		r.Mine = c
		return
	}
	r.Others = append(r.Others, c)
}

// totalCell is a unit's total with its place.
func (s *Server) totalCell(st compareState, period reform.Period, t *reform.RankPoint, lang string) diffCell {
	c := diffCell{Text: missing, Href: trailHref(st.ix.Code, t.Unit, period, "")}
	if t.Score.Valid {
		c.Text = short(t.Score, decimalsOf(st.ix), lang)
	}
	if t.Place > 0 {
		place := words.T(lang, "compare.place", "place", placeOf(t.Place, t.Of))
		if !t.Score.Valid {
			c.Text = place
		} else {
			c.Text += " · " + place
		}
		if t.RankKind == reform.Computed || t.RankKind == reform.Derived {
			c.Tag = words.T(lang, "rank_kind."+string(t.RankKind))
		}
	}
	if t.Status == reform.Provisional {
		c.Tag = words.T(lang, "status.provisional")
	}
	return c
}

// decimalsOf is how many decimals a score of the index is shown with.
func decimalsOf(ix *reform.Index) int { return max(ix.Decimals, 2) }

// scoreDiff is what score has more or less than the reference: a sign, a number and words, never a colour alone.
func scoreDiff(score, ref reform.Number, decimals int, lang string) movement {
	if !score.Valid || !ref.Valid {
		return movement{}
	}
	d := score.Decimal.Sub(ref.Decimal)
	m := movement{Number: points(score, ref, max(decimals, 2), lang), Arrow: "=", Class: "same", Words: words.T(lang, "compare.same")}
	size := roundedText(d.Abs(), max(decimals, 2), lang)
	switch {
	case d.IsPositive():
		m.Arrow, m.Class, m.Words = "▲", "up", words.T(lang, "compare.more", "n", size)
	case d.IsNegative():
		m.Arrow, m.Class, m.Words = "▼", "down", words.T(lang, "compare.less", "n", size)
	default:
		m.Number = ""
	}
	return m
}

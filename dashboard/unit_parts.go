package dashboard

import (
	"context"
	"errors"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

type subColumns struct{ Place, InRegion, Median, Best, Region bool }

type subscoreRow struct {
	Name, Score, Max, Place string
	Share                   string
	Median, Best, BestUnits string
	Region, InRegion        string
	Href                    string
	Child                   bool
	HasScore, HasPlace      bool
	ScoreMark, PlaceMark    *mark
}

// unitParts draws the sub-scores of one period: the chosen one, else the newest that has some.
func (s *Server) unitParts(ctx context.Context, v *unitView, p prefs, u *reform.Unit, ix *reform.Index, period reform.Period, points []reform.RankPoint, eds []reform.EditionInfo, view reform.View, signs marks) error {
	tried := []reform.Period{period}
	if period.IsZero() {
		tried = periodsWithParts(points, eds)
	}
	for i := len(points) - 1; i >= 0; i-- {
		pt := points[i].Period
		v.Periods = append(v.Periods, option{Value: pt.String(), Text: periodName(pt, p.Lang)})
	}
	answers := make([]reform.Subscores, len(tried))
	g, gctx := newSideBySide(ctx)
	for i, pd := range tried {
		g.Go(func() (err error) {
			answers[i], err = s.opt.Reader.Subscores(gctx, reform.SubscoresQuestion{Index: ix.Code, Unit: s.keyIn(u.Key, pd, points), Period: pd, View: view})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, pd := range tried {
		sub := answers[i]
		if !hasParts(&sub) {
			continue
		}
		for i := range v.Periods {
			v.Periods[i].Chosen = v.Periods[i].Value == pd.String()
		}
		return s.drawParts(ctx, v, p, ix, &sub, view, signs)
	}
	what := ix.Short.In(p.Lang)
	if !period.IsZero() {
		what += " " + periodName(period, p.Lang)
	}
	v.NoParts = nothing(p.Lang, words.T(p.Lang, "unit.parts.of", "what", what), loadHref(ix.Code, period, u.Scheme))
	return nil
}

// periodsWithParts are the newest periods of a history of whose editions components are known at all.
func periodsWithParts(points []reform.RankPoint, eds []reform.EditionInfo) []reform.Period {
	const most = 3
	known := map[reform.Period]bool{}
	for _, e := range eds {
		known[e.Period] = known[e.Period] || e.Coverage.WithComponents > 0
	}
	var out []reform.Period
	for i := len(points) - 1; i >= 0 && len(out) < most; i-- {
		if known[points[i].Period] {
			out = append(out, points[i].Period)
		}
	}
	return out
}

// keyIn is the key under which the unit's line was measured in a period.
func (s *Server) keyIn(k reform.UnitKey, p reform.Period, points []reform.RankPoint) reform.UnitKey {
	for _, pt := range points {
		if pt.Period == p && pt.Unit != "" {
			return pt.Unit
		}
	}
	return k
}

func hasParts(sub *reform.Subscores) bool {
	for _, r := range sub.Rows {
		if r.Component != "" && (r.Score.Valid || r.Place > 0) {
			return true
		}
	}
	return false
}

func (s *Server) drawParts(ctx context.Context, v *unitView, p prefs, ix *reform.Index, sub *reform.Subscores, view reform.View, signs marks) error {
	v.SubTitle = words.T(p.Lang, "unit.parts", "index", ix.Short.In(p.Lang), "period", periodName(sub.Period, p.Lang))
	for _, r := range sub.Rows {
		if r.Component == "" {
			continue
		}
		row := s.subscoreRow(ix, sub, r, p.Lang)
		row.ScoreMark = signs.score(sub.Index, sub.Unit, sub.Period, sub.Basis, r.Component)
		row.PlaceMark = signs.place(sub.Index, sub.Unit, sub.Period, sub.Basis, r.Component, r.Scope)
		v.SubColumns.Place = v.SubColumns.Place || r.Place > 0
		v.SubColumns.InRegion = v.SubColumns.InRegion || r.RegionPlace > 0
		v.SubColumns.Median = v.SubColumns.Median || r.Median.Valid
		v.SubColumns.Best = v.SubColumns.Best || r.Best.Valid
		v.SubColumns.Region = v.SubColumns.Region || r.RegionMean.Valid
		v.Subscores = append(v.Subscores, row)
	}
	in, err := s.subscoresInput(ctx, ix, sub, "", p.Lang)
	if err != nil {
		return err
	}
	fq := viewValues(values("index", ix.Code, "unit", string(sub.Unit), "period", sub.Period.String(), "basis", sub.Basis), view)
	if v.Lost, err = s.lostView(ctx, p, ix, sub, in, view); err != nil {
		return err
	}
	pic, err := charts.SubscoresBars(in, p.style())
	switch {
	case errors.Is(err, reform.ErrNotFound):
		return nil // places of components alone: the table has them
	case err != nil:
		return err
	}
	if v.Bars, err = s.figure(ctx, p, "parts", pic, fq); err != nil {
		return err
	}
	v.Charts = true
	st := p.style()
	if !p.Narrow {
		st.Width = radarWidth
	}
	pic, err = charts.SubscoresRadar(in, st)
	switch {
	case errors.Is(err, reform.ErrNotFound), errors.Is(err, reform.ErrInvalid):
		return nil // too few components with a known maximum
	case err != nil:
		return err
	}
	v.Radar, err = s.figure(ctx, p, "radar", pic, fq)
	return err
}

// radarWidth fits the narrow column beside the bars, panelWidth half of the page.
const (
	radarWidth = 368
	panelWidth = 560
)

func (s *Server) subscoreRow(ix *reform.Index, sub *reform.Subscores, r reform.Subscore, lang string) subscoreRow {
	row := subscoreRow{
		Name: componentName(ix, sub.Basis, r.Component, lang), Score: number(r.Score, lang), Max: number(r.Max, lang), Place: placeOf(r.Place, r.Of),
		Median: number(r.Median, lang), Best: number(r.Best, lang), Region: short(r.RegionMean, 2, lang), Child: r.Parent != "", HasScore: r.Score.Valid, HasPlace: r.Place > 0,
		Href: trailHref(sub.Index, sub.Unit, sub.Period, r.Component), Share: missing, InRegion: placeOf(r.RegionPlace, r.RegionOf),
	}
	if r.Score.Valid && r.Max.Valid && r.Max.Decimal.IsPositive() {
		row.Share = decimalText(r.Score.Decimal.Shift(2).DivRound(r.Max.Decimal, 1), lang) + " %"
	}
	var best []string
	for _, k := range r.BestUnits {
		best = append(best, s.unitNameIn(k, sub.Period, lang))
	}
	row.BestUnits = strings.Join(best, ", ")
	return row
}

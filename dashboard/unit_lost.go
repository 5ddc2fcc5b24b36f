package dashboard

import (
	"context"
	"errors"
	"slices"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// lostView is where a unit loses points, and where it is strong.
type lostView struct {
	Figure             *figureView
	Title, Note        string
	Strong             []Link // the components nearest to their maximum
	Rows               []lostRow
	HasPlace, HasOwner bool
	W                  lostWords
}

// lostWords are the headings of its table.
type lostWords struct{ Strong, Component, Lost, Score, Place, Owner string }

type lostRow struct {
	Name, Href         string
	Lost, Score, Place string
	Owner              string // the office in charge, as users have entered it
}

// strongest is how many components are named as strong.
const strongest = 3

// lostView is nil where no component has both a score and a maximum.
func (s *Server) lostView(ctx context.Context, p prefs, ix *reform.Index, sub *reform.Subscores, in charts.SubscoresInput, view reform.View) (*lostView, error) {
	all, weighted, whole := reform.Losses(ix, sub)
	if len(all) == 0 || ix.Counts {
		return nil, nil
	}
	owners, err := s.ownersOf(ctx, ix.Code, sub.Basis, sub.Unit, view)
	if err != nil {
		return nil, err
	}
	digits := max(ix.Decimals, 2)
	v := &lostView{Title: words.T(p.Lang, "lost.heading", "index", ix.Short.In(p.Lang), "period", periodName(sub.Period, p.Lang)), W: lostWords{
		Strong: words.T(p.Lang, "lost.strong"), Component: words.T(p.Lang, "col.component"), Lost: words.T(p.Lang, "chart.col.lost"), Score: words.T(p.Lang, "col.score"),
		Place: words.T(p.Lang, "col.place"), Owner: words.T(p.Lang, "lost.owner"),
	}}
	switch {
	case weighted:
		v.Note = words.T(p.Lang, "lost.weighted")
	case whole:
		t := sub.Total
		v.Note = words.T(p.Lang, "lost.whole", "most", number(t.Max, p.Lang), "n", short(reform.NumOf(t.Max.Decimal.Sub(t.Score.Decimal)), digits, p.Lang), "score", short(t.Score, digits, p.Lang))
	}
	for _, x := range all {
		row := lostRow{
			Name: componentName(ix, sub.Basis, x.Component, p.Lang), Href: trailHref(sub.Index, sub.Unit, sub.Period, x.Component),
			Lost: short(x.Lost, digits, p.Lang), Score: short(x.Score, digits, p.Lang) + "/" + number(x.Max, p.Lang),
			Place: placeOf(x.Place, x.Of), Owner: owners[x.Component],
		}
		v.HasPlace = v.HasPlace || x.Place > 0
		v.HasOwner = v.HasOwner || row.Owner != ""
		v.Rows = append(v.Rows, row)
	}
	if len(all) > strongest {
		strong := slices.Clone(all)
		slices.SortStableFunc(strong, func(a, b reform.Loss) int { return b.Share.Decimal.Cmp(a.Share.Decimal) })
		for _, x := range strong[:strongest] {
			v.Strong = append(v.Strong, Link{Href: trailHref(sub.Index, sub.Unit, sub.Period, x.Component), Text: componentName(ix, sub.Basis, x.Component, p.Lang) + " (" + decimalText(x.Share.Decimal.Round(0), p.Lang) + " %)"})
		}
	}
	st := p.style()
	pic, err := charts.LostPoints(in, st)
	switch {
	case errors.Is(err, reform.ErrNotFound):
		return v, nil
	case err != nil:
		return nil, err
	}
	v.Figure, err = s.figure(ctx, p, "lost", pic, viewValues(values("index", ix.Code, "unit", string(sub.Unit), "period", sub.Period.String(), "basis", sub.Basis), view))
	return v, err
}

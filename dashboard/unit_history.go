package dashboard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// unitHistory draws the places of the chosen index over the years. An index that has no
// whole years yet is drawn by the months it has.
func (s *Server) unitHistory(ctx context.Context, v *unitView, p prefs, u *reform.Unit, ix *reform.Index, view reform.View) ([]reform.RankPoint, error) {
	q := reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{u.Key}, Scope: reform.ScopeNation, Kind: reform.Year, View: view}
	var points []reform.RankPoint
	for _, kind := range []reform.PeriodKind{reform.Year, reform.Month} {
		q.Kind = kind
		series, err := s.opt.Reader.RankHistory(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(series) == 0 || len(series[0].Points) == 0 {
			continue
		}
		points = series[0].Points
		measure := charts.Places
		if !anyPlace(points) {
			measure = charts.Scores
		}
		pic, err := s.historyPicture(ctx, ix, q, series, measure, p.style())
		if errors.Is(err, reform.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		fq := viewValues(values("index", ix.Code, "unit", string(u.Key), "period_kind", kindValue(kind), "measure", measureValue(measure)), view)
		if v.History, err = s.figure(ctx, p, "history", pic, fq); err != nil {
			return nil, err
		}
		v.Charts = true
		return points, nil
	}
	v.NoHistory = nothing(p.Lang, ix.Short.In(p.Lang)+" · "+v.Heading, loadHref(ix.Code, reform.Period{}, u.Scheme))
	return points, nil
}

func anyPlace(pts []reform.RankPoint) bool {
	for _, pt := range pts {
		if pt.Place > 0 {
			return true
		}
	}
	return false
}

func measureValue(m charts.Measure) string {
	if m == charts.Places {
		return ""
	}
	return string(m)
}

// regionPeriods is how many places within a region are listed.
const regionPeriods = 8

// unitInRegion lists the newest places of the unit within its regions, published ones and those
// that follow from a complete edition.
func (s *Server) unitInRegion(ctx context.Context, p prefs, u *reform.Unit, ix *reform.Index, view reform.View) ([]regionLine, error) {
	var out []regionLine
	for _, region := range s.opt.Catalog.RegionsOf(u.Key) {
		series, err := s.opt.Reader.RankHistory(ctx, reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{u.Key}, Scope: string(region), Kind: reform.Year, View: view})
		if err != nil {
			return nil, err
		}
		line := regionLine{Name: s.unitName(region, p.Lang)}
		for _, one := range series {
			for _, pt := range slices.Backward(one.Points) {
				if pt.Place == 0 || pt.Scope != string(region) || len(line.Places) == regionPeriods {
					continue
				}
				text := periodName(pt.Period, p.Lang) + ": " + placeOf(pt.Place, pt.Of)
				if pt.RankKind != reform.Published {
					text += "*"
				}
				line.Places = append(line.Places, Link{Href: trailHref(ix.Code, pt.Unit, pt.Period, ""), Text: text})
			}
		}
		if len(line.Places) > 0 {
			out = append(out, line)
		}
	}
	return out, nil
}

// predecessorView is a former unit's history beside the one it became part of, never as its line.
type predecessorView struct {
	Name, Href string
	Figure     *figureView
	None       string
}

// unitHistories draws the places of the unit in all indices; nil where it has fewer than two places in all.
func (s *Server) unitHistories(ctx context.Context, p prefs, u *reform.Unit, all []reform.RankSeries, measure charts.Measure, view reform.View) (*figureView, error) {
	placed := 0
	for _, one := range all {
		for _, pt := range one.Points {
			if one.Kind == reform.Year && pt.Place > 0 && pt.Of > 0 {
				placed++
			}
		}
	}
	if placed < 2 {
		return nil, nil
	}
	pic, err := s.historiesPicture(ctx, u, all, measure, p.style())
	if errors.Is(err, reform.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	q := values("unit", string(u.Key))
	if measure != charts.Percentiles {
		q.Set("measure", string(measure))
	}
	return s.figure(ctx, p, "histories", pic, viewValues(q, view))
}

// measureLinks choose what the lines of all indices stand for.
func (s *Server) measureLinks(u *reform.Unit, ix *reform.Index, now charts.Measure, lang string) []Link {
	var out []Link
	for _, m := range []charts.Measure{charts.Percentiles, charts.Places} {
		q := values("index", ix.Code)
		if m != charts.Percentiles {
			q.Set("measure", string(m))
		}
		out = append(out, Link{Href: s.unitHref(u.Key) + "?" + q.Encode() + "#histories", Text: words.T(lang, "histories.measure."+string(m)), Current: m == now})
	}
	return out
}

// derivedView is the history that a merged province would have had, behind a switch.
type derivedView struct {
	Shown  bool
	Title  string
	Switch Link
	Figure *figureView
	None   string
	Units  []string // headings of the members
	Rows   []derivedRow
}

type derivedRow struct {
	Period, Score, Place string
	Members              []Link
}

// unitDerived is nil for a unit that was not made of several.
func (s *Server) unitDerived(ctx context.Context, p prefs, u *reform.Unit, ix *reform.Index, shown bool, view reform.View) (*derivedView, error) {
	if u.Scheme != reform.VN34 || len(s.opt.Catalog.Predecessors(u.Key)) < 2 || ix.Counts {
		return nil, nil
	}
	v := &derivedView{Shown: shown, Title: words.T(p.Lang, "derived.heading", "index", ix.Short.In(p.Lang), "unit", s.unitName(u.Key, p.Lang))}
	q := values("index", ix.Code)
	v.Switch = Link{Text: words.T(p.Lang, "derived.show")}
	if shown {
		v.Switch.Text = words.T(p.Lang, "derived.hide")
	} else {
		q.Set("derived", "1")
	}
	v.Switch.Href = s.unitHref(u.Key) + "?" + q.Encode() + "#derived-h"
	if !shown {
		return v, nil
	}
	h, own, err := s.derivedHistory(ctx, ix, u.Key, view)
	if err != nil {
		return nil, err
	}
	for _, k := range h.Members {
		v.Units = append(v.Units, s.unitName(k, p.Lang))
	}
	digits := max(ix.Decimals, 2)
	for _, pt := range slices.Backward(h.Points) {
		row := derivedRow{Period: periodName(pt.Period, p.Lang), Score: short(pt.Score, digits, p.Lang), Place: placeOf(pt.Place, pt.Of)}
		for _, m := range pt.Members {
			l := Link{Text: short(m.Score, digits, p.Lang)}
			if m.Score.Valid {
				l.Href = trailHref(ix.Code, m.Unit, pt.Period, "")
			}
			row.Members = append(row.Members, l)
		}
		v.Rows = append(v.Rows, row)
	}
	pic, err := s.derivedPicture(ctx, ix, h, own, charts.Scores, p.style())
	switch {
	case errors.Is(err, reform.ErrNotFound):
		v.None = words.T(p.Lang, "derived.none", "index", ix.Short.In(p.Lang))
		return v, nil
	case err != nil:
		return nil, err
	}
	v.Figure, err = s.figure(ctx, p, "derived", pic, viewValues(values("index", ix.Code, "unit", string(u.Key)), view))
	return v, err
}

// unitMade shows the histories of the units that a merged one was made of, each in a panel of its own.
func (s *Server) unitMade(ctx context.Context, v *unitView, p prefs, u *reform.Unit, ix *reform.Index, view reform.View) error {
	made := s.opt.Catalog.Predecessors(u.Key)
	if len(made) < 2 {
		return nil
	}
	v.MadeTitle = v.T("unit.made", "index", ix.Short.In(p.Lang), "unit", v.Heading)
	st := p.style()
	if !p.Narrow {
		st.Width = panelWidth
	}
	for i, k := range made {
		q := reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{k}, Scope: reform.ScopeNation, Kind: reform.Year, View: view}
		series, err := s.opt.Reader.RankHistory(ctx, q)
		if err != nil {
			return err
		}
		one := predecessorView{Name: s.unitName(k, p.Lang), Href: s.unitHref(k) + "?index=" + ix.Code}
		pic, err := s.historyPicture(ctx, ix, q, series, charts.Places, st)
		switch {
		case errors.Is(err, reform.ErrNotFound):
			one.None = words.T(p.Lang, "nodata")
		case err != nil:
			return err
		default:
			fq := viewValues(values("index", ix.Code, "unit", string(k)), view)
			if one.Figure, err = s.figure(ctx, p, fmt.Sprintf("made%d", i), pic, fq); err != nil {
				return err
			}
			v.Charts = true
		}
		v.Made = append(v.Made, one)
	}
	return nil
}

package dashboard

import (
	"context"
	"errors"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
)

// Bounds of a board of small charts.
const (
	mostOnBoard   = 24
	boardPeriods  = 40
	smallFontSize = 12
)

type boardView struct {
	Base
	Heading, Sub string
	Tabs         []Link
	Charts       []*figureView // one for each index, or each unit
	Missing      []Link        // what nothing is known of
	NoData       *noData
	Back         Link
}

// board shows many small rank histories on one page, from one question: all indices of a unit, or all
// provinces of a region in one index.
func (s *Server) board(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.prefs(c)
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	keys := ps.units(0, mostOnBoard)
	region := reform.UnitKey(ps.text("region"))
	if region != "" {
		if u, err := s.opt.Catalog.Unit(region); err != nil {
			ps.fail(err)
		} else if u.Type != reform.Region {
			ps.fail(invalid("region", "%q is no region: want a key such as vn63:r:DBSCL", clip(string(region), 40)))
		}
	}
	if (region != "" || len(keys) > 1) && raw.Get("index") == "" {
		raw.Set("index", "par")
	}
	var ix *reform.Index
	if raw.Get("index") != "" {
		ix = ps.index()
	}
	view := ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	if region != "" {
		keys = s.opt.Catalog.Members(region)
	}
	if len(keys) == 0 {
		keys = []reform.UnitKey{p.Unit}
	}
	v := boardView{Base: s.base(c, "units")}
	s.past(c, &v.Base, view)
	ctx := c.UserContext()
	if ix == nil {
		err = s.boardOfUnit(ctx, &v, p, keys[0], view)
	} else {
		err = s.boardOfIndex(ctx, &v, p, ix, region, keys, view)
	}
	if err != nil {
		return err
	}
	v.Title = v.Heading
	v.Base.Charts = len(v.Charts) > 0
	if len(v.Charts) == 0 {
		v.NoData = nothing(v.Lang, v.Heading, loadHref("", reform.Period{}, keys[0].Scheme()))
	}
	return s.render(c, "board", v)
}

// boardOfUnit draws every index of a unit.
func (s *Server) boardOfUnit(ctx context.Context, v *boardView, p prefs, unit reform.UnitKey, view reform.View) error {
	v.Heading, v.Sub = v.T("board.unit", "unit", s.unitName(unit, v.Lang)), v.T("board.sub")
	v.Back = Link{Href: s.unitHref(unit), Text: s.unitName(unit, v.Lang)}
	series, err := s.opt.Reader.Overview(ctx, unit, boardPeriods, view)
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, one := range series {
		have[one.Index] = have[one.Index] || len(one.Points) > 0
	}
	for _, ix := range s.opt.Catalog.Indices() {
		if ranksProvinces(ix) && !ix.Counts && !have[ix.Code] {
			v.Missing = append(v.Missing, Link{Href: "/indices/" + ix.Code, Text: ix.Short.In(v.Lang)})
		}
	}
	v.Charts, err = s.smallCharts(ctx, p, series, view)
	return err
}

// boardOfIndex draws one index of many units.
func (s *Server) boardOfIndex(ctx context.Context, v *boardView, p prefs, ix *reform.Index, region reform.UnitKey, keys []reform.UnitKey, view reform.View) error {
	v.Heading, v.Sub = v.T("board.index", "index", ix.Short.In(v.Lang)), v.T("board.sub")
	v.Back = Link{Href: "/indices/" + ix.Code, Text: ix.Name.In(v.Lang)}
	if region != "" {
		v.Heading = v.T("board.region", "index", ix.Short.In(v.Lang), "region", s.unitName(region, v.Lang))
		v.Tabs = s.indexTabs(v.Lang, ix.Code, func(code string) string {
			return "/analysis/board?" + values("region", string(region), "index", code).Encode()
		})
	}
	series, err := s.opt.Reader.RankHistory(ctx, reform.RankHistoryQuestion{Index: ix.Code, Units: keys, Scope: reform.ScopeNation, Kind: reform.Year, View: view})
	if err != nil {
		return err
	}
	for _, one := range series {
		if len(one.Points) == 0 {
			v.Missing = append(v.Missing, Link{Href: s.unitHref(one.Unit), Text: s.unitName(one.Unit, v.Lang)})
		}
	}
	v.Charts, err = s.smallCharts(ctx, p, series, view)
	return err
}

// smallCharts draws a chart for each series that has points, side by side, in the order of the series.
func (s *Server) smallCharts(ctx context.Context, p prefs, series []reform.RankSeries, view reform.View) ([]*figureView, error) {
	st := p.style()
	st.Width, st.FontSize = narrowWidth, smallFontSize
	figures := make([]*figureView, len(series))
	g, gctx := newSideBySide(ctx)
	for i, one := range series {
		ix, err := s.indexOf(one.Index)
		if err != nil || len(one.Points) == 0 {
			continue
		}
		g.Go(func() error {
			measure := charts.Places
			if !anyPlace(one.Points) {
				measure = charts.Scores
			}
			q := reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{one.Unit}, Scope: reform.ScopeNation, Kind: one.Kind, View: view}
			pic, err := s.historyPicture(gctx, ix, q, []reform.RankSeries{one}, measure, st)
			if errors.Is(err, reform.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			fq := viewValues(values("index", ix.Code, "unit", string(one.Unit), "period_kind", kindValue(one.Kind), "measure", measureValue(measure)), view)
			figures[i], err = s.figure(gctx, p, fmt.Sprintf("small%d", i), pic, fq)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out []*figureView
	for _, f := range figures {
		if f != nil {
			out = append(out, f)
		}
	}
	return out, nil
}

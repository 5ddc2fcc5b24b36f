package dashboard

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/viet"
)

// maxTrendUnits is how many units are drawn in one trend: more lines are told apart by nobody.
const maxTrendUnits = 6

// trendBox lets the reader choose the units of the trend.
type trendBox struct {
	Open   bool
	Hidden []hiddenField
	Groups []trendGroup
	Reset  string // to the page's own unit; "" it is shown
}

type trendGroup struct {
	Label string
	Units []unitOption
}

// trendUnits are the units whose trend is drawn, and whether more were asked for.
func (s *Server) trendUnits(q liveQuery, own reform.UnitKey) (units []reform.UnitKey, many bool) {
	for _, u := range q.trend {
		if u = s.liveUnit(u); slices.Contains(units, u) {
			continue
		}
		if len(units) == maxTrendUnits {
			return units, true
		}
		units = append(units, u)
	}
	if len(units) == 0 {
		units = append(units, own)
	}
	return units, false
}

// trendBox offers the provinces, and what the page lists below one.
func (s *Server) trendBox(b Base, q liveQuery, chosen []reform.UnitKey, tables []reform.LiveTable) trendBox {
	box := trendBox{Open: len(q.trend) > 0}
	if box.Open {
		box.Reset = q.href(func(o *liveQuery) { o.trend = nil }) + "#trend"
	}
	for name, vs := range q.values() {
		if name != "trend" {
			box.Hidden = append(box.Hidden, hiddenField{name, vs[0]})
		}
	}
	slices.SortFunc(box.Hidden, func(a, b hiddenField) int { return cmp.Compare(a.Name, b.Name) })
	provinces := trendGroup{Label: b.T("live.type." + string(reform.Province))}
	for _, u := range s.opt.Catalog.Units(reform.VN34, reform.Province) {
		provinces.Units = append(provinces.Units, unitOption{string(u.Key), s.unitName(u.Key, b.Lang), slices.Contains(chosen, u.Key)})
	}
	groups := []trendGroup{provinces}
	if q.unit != "" {
		for i := range tables {
			below := trendGroup{Label: b.T("live.type." + string(tables[i].UnitType))}
			for _, r := range tables[i].Rows {
				below.Units = append(below.Units, unitOption{string(r.Unit), s.liveName(r, tables[i].Period, b.Lang), slices.Contains(chosen, r.Unit)})
			}
			groups = append(groups, below)
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g.Units, func(a, b unitOption) int { return viet.Compare(a.Name, b.Name) })
	}
	box.Groups = groups
	return box
}

func liveTrendQuestion(q liveQuery, units []reform.UnitKey) reform.LiveTrendQuestion {
	t := reform.LiveTrendQuestion{Units: units, Component: q.component, Kind: q.kind, View: q.view}
	if q.kind != reform.Year {
		t.Period = q.period // of years, both portals are shown beside each other
	}
	return t
}

// liveTrendFigure draws the trend of the page's unit, or of the reader's own.
func (s *Server) liveTrendFigure(ctx context.Context, v *liveView, p prefs, ix *reform.Index, q liveQuery, units []reform.UnitKey, lines []reform.LiveLine) error {
	v.Components = append(v.Components, Link{Text: v.T("total"), Current: q.component == "", Href: q.href(func(o *liveQuery) { o.component = "" }) + "#trend"})
	basis := ""
	if n := len(lines); n > 0 {
		basis = lines[n-1].Basis
	} else if n := len(ix.Bases); n > 0 {
		basis = ix.Bases[n-1].Code
	}
	for _, comp := range s.opt.Catalog.Components(ix.Code, basis, "", "") {
		v.Components = append(v.Components, Link{Text: comp.Name.In(v.Lang), Current: q.component == comp.Code, Href: q.href(func(o *liveQuery) { o.component = comp.Code }) + "#trend"})
	}
	pic, err := s.livePicture(ctx, ix, q.component, q.kind, lines, p.style())
	switch {
	case isNoPicture(err) && !errors.Is(err, reform.ErrTooLarge):
		var names []string
		for _, u := range units {
			names = append(names, s.unitName(u, v.Lang))
		}
		v.TrendNone = v.T("live.trend.none", "unit", strings.Join(names, ", "))
		return nil
	case errors.Is(err, reform.ErrTooLarge):
		v.TrendNone = v.T("live.trend.many")
		return nil
	case err != nil:
		return err
	}
	period := ""
	if q.kind != reform.Year {
		period = q.period.String()
	}
	fq := viewValues(values("unit", joinKeys(units), "component", q.component, "period_kind", kindValue(q.kind), "period", period), q.view)
	if v.Trend, err = s.figure(ctx, p, "trend", pic, fq); err != nil {
		return err
	}
	v.Charts = true
	return nil
}

// livePicture draws a trend by day, for the page and for /figures/ alike.
func (s *Server) livePicture(ctx context.Context, ix *reform.Index, component string, kind reform.PeriodKind, lines []reform.LiveLine, st charts.Style) (*charts.Picture, error) {
	names := map[reform.UnitKey]string{}
	var ids []string
	for _, l := range lines {
		names[l.Unit] = s.liveName(reform.LiveRow{Unit: l.Unit, UnitName: l.UnitName}, reform.Period{}, st.Lang)
		for _, d := range l.Days {
			ids = append(ids, d.From.Document)
		}
	}
	sources, err := s.cite(ctx, st.Lang, ids)
	if err != nil {
		return nil, err
	}
	return charts.Live(charts.LiveInput{
		Index: *ix, Component: component, Kind: kind, Lines: lines, Documents: citedBy(sources),
		Names: func(k reform.UnitKey) string { return names[k] },
	}, st)
}

// isNoPicture reports whether there is nothing, or too much, to draw.
func isNoPicture(err error) bool {
	return errors.Is(err, reform.ErrNotFound) || errors.Is(err, reform.ErrTooLarge)
}

func (s *Server) askLive(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	index := p.oneOf("index", liveIndex)
	units := p.units(1, maxTrendUnits)
	q := reform.LiveTrendQuestion{Index: index, Component: p.text("component"), Kind: p.kind(), Period: p.period(false), Basis: p.text("basis"), View: p.view()}
	ix, err := s.indexOf(index)
	if err != nil {
		return nil, err
	}
	p.checkComponent(ix, q.Component)
	p.checkBasis(ix, q.Basis)
	if err := p.done(); err != nil {
		return nil, err
	}
	for _, u := range units {
		if u = s.liveUnit(u); !slices.Contains(q.Units, u) {
			q.Units = append(q.Units, u)
		}
	}
	lines, err := s.opt.Reader.LiveTrend(ctx, q)
	if err != nil {
		return nil, err
	}
	pic, err := s.livePicture(ctx, ix, q.Component, q.Kind, lines, st)
	return pic, noFacts(err)
}

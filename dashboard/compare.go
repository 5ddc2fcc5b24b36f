package dashboard

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
)

// mostCompared is how many units one page compares.
const mostCompared = 6

type compareView struct {
	Base
	Indices  []option
	Units    [][]unitGroup // one list of choices for each place in the form
	Chosen   []Link
	Measures []option
	Figure   *figureView
	NoData   *noData
}

// compare shows two to six units in one index: their places over time, with the numbers.
func (s *Server) compare(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.prefs(c)
	if raw.Get("index") == "" {
		raw.Set("index", "par")
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	ix := ps.index()
	keys := ps.units(0, mostCompared)
	measure := charts.Measure(ps.oneOf("measure", string(charts.Places), string(charts.Percentiles), string(charts.Scores)))
	view := ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	if len(keys) == 0 {
		keys = s.peers(p.Unit)
	}
	v := compareView{Base: s.base(c, "compare")}
	s.past(c, &v.Base, view)
	v.Title = v.T("compare.title")
	for _, one := range s.opt.Catalog.Indices() {
		if ranksProvinces(one) && !one.Counts {
			v.Indices = append(v.Indices, option{one.Code, one.Short.In(p.Lang), one.Code == ix.Code})
		}
	}
	for _, m := range []charts.Measure{charts.Places, charts.Percentiles, charts.Scores} {
		v.Measures = append(v.Measures, option{string(m), v.T("measure." + string(m)), m == measure})
	}
	for i := range min(len(keys)+1, mostCompared) {
		chosen := reform.UnitKey("")
		if i < len(keys) {
			chosen = keys[i]
		}
		v.Units = append(v.Units, s.picker(p.Lang, "/compare", chosen).Groups)
	}
	for _, k := range keys {
		v.Chosen = append(v.Chosen, Link{Href: s.unitHref(k), Text: s.unitName(k, p.Lang)})
	}
	if err := s.compareFigure(c.UserContext(), &v, p, ix, keys, measure, view); err != nil {
		return err
	}
	return s.render(c, "compare", v)
}

// peers proposes whom to compare a unit with: itself and the first others of its region.
func (s *Server) peers(k reform.UnitKey) []reform.UnitKey {
	out := []reform.UnitKey{k}
	for _, r := range s.opt.Catalog.RegionsOf(k) {
		for _, m := range s.opt.Catalog.Members(r) {
			if len(out) < 3 && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	return out
}

func (s *Server) compareFigure(ctx context.Context, v *compareView, p prefs, ix *reform.Index, keys []reform.UnitKey, measure charts.Measure, view reform.View) error {
	q := reform.RankHistoryQuestion{Index: ix.Code, Units: keys, Scope: reform.ScopeNation, Kind: reform.Year, View: view}
	series, err := s.opt.Reader.RankHistory(ctx, q)
	if err != nil {
		return err
	}
	var newest time.Time
	for _, one := range series {
		if at := newestOf(one.Points); at.After(newest) {
			newest = at
		}
	}
	if err := s.fresh(ctx, &v.Base, ix, newest); err != nil {
		return err
	}
	pic, err := s.historyPicture(ctx, ix, q, series, measure, p.style())
	if errors.Is(err, reform.ErrNotFound) {
		v.NoData = nothing(p.Lang, ix.Short.In(p.Lang), loadHref(ix.Code, reform.Period{}, ""))
		return nil
	}
	if err != nil {
		return err
	}
	v.Charts = true
	v.Figure, err = s.figure(ctx, p, "compare", pic, viewValues(values("index", ix.Code, "unit", joinKeys(keys), "measure", measureValue(measure)), view))
	if v.Figure != nil {
		v.Figure.TableOpen = true
	}
	return err
}

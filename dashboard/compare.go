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
	Tabs     []Link         // the same comparison in another index
	Units    [][]unitGroup  // one list of choices for each place in the form
	Chosen   []comparedUnit // the first is the reference
	Peers    []peerGroup    // whom to add
	PeerNote string         // why there are none by rank
	Measures []option       // of the history
	Hidden   []hiddenField  // what the form keeps
	Mixed    string         // that units of two schemes are compared
	Few      string         // that one unit alone is no comparison
	Figure   *figureView    // places over time
	NoData   *noData        // no places at all
	Parts    *compareParts  // components of one period
	NoParts  string         // why there are none
	Periods  []Link         // editions of which components are known
}

// comparedUnit is a chosen unit with the ways to take it out or make it the reference.
type comparedUnit struct {
	Href, Text, Note string
	Remove, First    string
	Reference        bool
}

// compareState is what the address of a comparison holds.
type compareState struct {
	ix      *reform.Index
	units   []reform.UnitKey
	measure charts.Measure
	period  reform.Period
	all     bool // parts of components too
	view    reform.View
}

// href is the comparison with something changed.
func (st compareState) href(units []reform.UnitKey, pairs ...string) string {
	q := values("index", st.ix.Code, "measure", measureValue(st.measure))
	if !st.period.IsZero() {
		q.Set("period", st.period.String())
	}
	if st.all {
		q.Set("parts", "all")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Del(pairs[i])
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	q.Set("unit", joinKeys(units))
	return "/compare?" + viewValues(q, st.view).Encode()
}

// compare shows two to six units in one index: their places over time and the components
// of one period side by side, with the differences.
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
	st := compareState{ix: ps.index()}
	st.units = ps.units(0, mostCompared)
	st.measure = charts.Measure(ps.oneOf("measure", string(charts.Places), string(charts.Percentiles), string(charts.Scores)))
	st.period = ps.period(false)
	st.all = ps.oneOf("parts", "main", "all") == "all"
	st.view = ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	if len(st.units) == 0 {
		st.units = s.besideInRegion(p.Unit)
	}
	v := compareView{Base: s.base(c, "compare")}
	s.past(c, &v.Base, st.view)
	v.Title = v.T("compare.title")
	for _, one := range s.opt.Catalog.Indices() {
		if ranksProvinces(one) && !one.Counts {
			other := st
			other.ix, other.period = one, reform.Period{}
			v.Tabs = append(v.Tabs, Link{Href: other.href(st.units), Text: one.Short.In(p.Lang), Current: one.Code == st.ix.Code})
		}
	}
	for _, m := range []charts.Measure{charts.Places, charts.Percentiles, charts.Scores} {
		v.Measures = append(v.Measures, option{string(m), v.T("measure." + string(m)), m == st.measure})
	}
	v.Hidden = []hiddenField{{"index", st.ix.Code}}
	if !st.period.IsZero() {
		v.Hidden = append(v.Hidden, hiddenField{"period", st.period.String()})
	}
	s.compareUnits(&v, st)
	ctx := remembering(c.UserContext()) // the peers, the lines and the parts ask for the same
	if err := s.comparePeers(ctx, &v, st); err != nil {
		return err
	}
	if err := s.compareFigure(ctx, &v, p, st); err != nil {
		return err
	}
	if len(st.units) < 2 {
		v.Few = v.T("compare.few")
		return s.render(c, "compare", v)
	}
	if err := s.compareParts(ctx, &v, p, st); err != nil {
		return err
	}
	return s.render(c, "compare", v)
}

// compareUnits lists the chosen units and the form that changes them.
func (s *Server) compareUnits(v *compareView, st compareState) {
	for i := range min(len(st.units)+1, mostCompared) {
		chosen := reform.UnitKey("")
		if i < len(st.units) {
			chosen = st.units[i]
		}
		v.Units = append(v.Units, s.picker(v.Lang, "/compare", chosen).Groups)
	}
	schemes := map[reform.Scheme]bool{}
	for i, k := range st.units {
		schemes[k.Scheme()] = true
		rest := slices.Delete(slices.Clone(st.units), i, i+1)
		u := comparedUnit{Href: s.unitHref(k), Text: s.unitName(k, v.Lang), Note: schemeName(k.Scheme(), v.Lang), Reference: i == 0}
		if len(rest) > 0 {
			u.Remove = st.href(rest)
		}
		if i > 0 {
			u.First = st.href(append([]reform.UnitKey{k}, rest...))
		}
		v.Chosen = append(v.Chosen, u)
	}
	if len(schemes) > 1 {
		v.Mixed = v.T("compare.mixed")
	}
}

func (s *Server) compareFigure(ctx context.Context, v *compareView, p prefs, st compareState) error {
	q := reform.RankHistoryQuestion{Index: st.ix.Code, Units: st.units, Scope: reform.ScopeNation, Kind: reform.Year, View: st.view}
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
	if err := s.fresh(ctx, &v.Base, st.ix, newest); err != nil {
		return err
	}
	pic, err := s.historyPicture(ctx, st.ix, q, series, st.measure, p.style())
	if errors.Is(err, reform.ErrNotFound) {
		v.NoData = nothing(p.Lang, st.ix.Short.In(p.Lang), loadHref(st.ix.Code, reform.Period{}, ""))
		return nil
	}
	if err != nil {
		return err
	}
	v.Charts = true
	v.Figure, err = s.figure(ctx, p, "compare", pic, viewValues(values("index", st.ix.Code, "unit", joinKeys(st.units), "measure", measureValue(st.measure)), st.view))
	if v.Figure != nil {
		v.Figure.TableOpen = len(st.units) < 2
	}
	return err
}

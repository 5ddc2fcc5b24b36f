package dashboard

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
)

type unitView struct {
	Base
	Heading, Kind string
	Scheme        string
	Regions       []string
	Lineage       *lineageView
	NoteText      string
	Tabs          []Link
	IndexName     string
	IndexHref     string
	History       *figureView
	NoHistory     *noData
	InRegion      []regionLine
	Periods       []option
	Action        string
	Index         string
	Bars, Radar   *figureView
	NoParts       *noData
	SubTitle      string
	Subscores     []subscoreRow
	SubColumns    subColumns
	Totals        []totalRow
	Made          []predecessorView
	MadeTitle     string
	Disputed      []disputedLink // totals of the chosen index on which sources differ
	Compare       string
	Workbook      string // everything about the unit
	Briefing      *briefingView
	Histories     *figureView // places in all indices
	Measures      []Link      // what the lines of Histories stand for
	Around        *aroundView
	Lost          *lostView
	Derived       *derivedView
	Goals         goalsPart
	Board         string // small charts of all indices
}

// regionLine is the places of a unit within one of its regions.
type regionLine struct {
	Name   string
	Places []Link
}

// unit is the profile of a province.
func (s *Server) unit(c *fiber.Ctx) error {
	p := s.prefs(c)
	u, err := s.opt.Catalog.UnitBySlug(reform.Scheme(c.Params("scheme")), c.Params("slug"))
	if err != nil {
		return err
	}
	if u.Type != reform.Province {
		return fmt.Errorf("unit %s has no page of its own: %w", u.Key, reform.ErrNotFound)
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	period, view := ps.period(false), ps.view()
	measure := charts.Measure(ps.oneOf("measure", string(charts.Percentiles), string(charts.Places)))
	derived := ps.oneOf("derived", "0", "1") == "1"
	chosen := raw.Get("index") != ""
	if !chosen {
		raw.Set("index", firstIndex)
	}
	ix := ps.index()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := remembering(c.UserContext()) // the history, the sentences and the parts ask for the same
	all, err := s.opt.Reader.Overview(ctx, u.Key, maxHistory, view)
	if err != nil {
		return err
	}
	if !chosen {
		ix = s.indexWithData(ix, all)
	}
	v := unitView{Base: s.base(c, "units"), Heading: s.unitName(u.Key, p.Lang), Scheme: schemeName(u.Scheme, p.Lang), Lineage: s.lineage(u, p.Lang), NoteText: u.Note.In(p.Lang)}
	s.past(c, &v.Base, view)
	v.Title = s.unitName(u.Key, p.Lang) + " · " + ix.Short.In(p.Lang)
	v.Description = v.T("unit.description", "unit", v.Heading)
	if len(u.Kinds) > 0 && p.Lang == "vi" {
		v.Kind = u.Kinds[len(u.Kinds)-1].Text
	}
	for i, r := range s.opt.Catalog.RegionsOf(u.Key) {
		if i == 0 {
			v.Regions = append(v.Regions, s.unitName(r, p.Lang))
		}
	}
	v.Action, v.Index = s.unitHref(u.Key), ix.Code
	v.Tabs = s.indexTabs(p.Lang, ix.Code, func(code string) string { return s.unitHref(u.Key) + "?index=" + code })
	v.IndexName, v.IndexHref = ix.Name.In(p.Lang), "/indices/"+ix.Code
	v.Board = "/analysis/board?unit=" + string(u.Key)
	v.Compare = "/compare?" + values("unit", string(u.Key), "index", ix.Code).Encode()
	v.Workbook = "/export/unit.xlsx?" + viewValues(values("unit", string(u.Key)), view).Encode()
	if p.Lang != "vi" {
		v.Workbook += "&lang=" + p.Lang
	}
	// The parts of the page ask different questions, so they ask side by side; each fills fields of its own.
	g, gctx := newSideBySide(ctx)
	var totals []totalRow
	var signs marks
	g.Go(func() (err error) {
		if signs, err = s.marks(gctx, reform.ConflictQuestion{Unit: u.Key, View: view}, p.Lang); err != nil {
			return err
		}
		totals, err = s.unitTotals(gctx, p, u, all, signs)
		return err
	})
	var histories *figureView
	g.Go(func() (err error) {
		histories, err = s.unitHistories(gctx, p, u, all, measure, view)
		return err
	})
	var computed *derivedView
	g.Go(func() (err error) {
		computed, err = s.unitDerived(gctx, p, u, ix, derived, view)
		return err
	})
	made := unitView{Base: v.Base, Heading: v.Heading} // a copy before the others write to v
	g.Go(func() error {
		return s.unitMade(gctx, &made, p, u, ix, view)
	})
	var inRegion []regionLine
	g.Go(func() (err error) {
		inRegion, err = s.unitInRegion(gctx, p, u, ix, view)
		return err
	})
	var told *briefingView
	g.Go(func() (err error) {
		told, err = s.unitBriefing(gctx, ix, u, period, view, p.Lang)
		return err
	})
	var goals goalsPart
	b := v.Base // a copy, as above
	g.Go(func() (err error) {
		goals, err = s.goalsOf(gctx, ix, u.Key, view, b)
		return err
	})
	var eds []reform.EditionInfo
	g.Go(func() (err error) {
		eds, err = s.editionsFor(gctx, ix.Code, view)
		return err
	})
	var points []reform.RankPoint
	g.Go(func() (err error) {
		points, err = s.unitHistory(gctx, &v, p, u, ix, view)
		return err
	})
	if err := g.Wait(); err != nil {
		return err
	}
	v.InRegion, v.Briefing, v.Histories, v.Derived, v.Goals = inRegion, told, histories, computed, goals
	if histories != nil {
		v.Charts = true
		v.Measures = s.measureLinks(u, ix, measure, p.Lang)
	}
	v.Charts = v.Charts || computed != nil && computed.Figure != nil
	v.Totals, v.Made, v.MadeTitle, v.Charts = totals, made.Made, made.MadeTitle, v.Charts || made.Charts
	v.Disputed = disputedTotals(signs, ix, p.Lang)
	if err := s.fresh(ctx, &v.Base, ix, newestOf(points)); err != nil {
		return err
	}
	if err := s.unitParts(ctx, &v, p, u, ix, period, points, eds, view, signs); err != nil {
		return err
	}
	if at, ok := pointOfPeriod(points, period); ok {
		if v.Around, err = s.unitAround(ctx, p, ix, at, view); err != nil {
			return err
		}
	}
	return s.render(c, "unit", v)
}

// firstIndex is the index that a profile opens with, where the unit has it.
const firstIndex = "par"

// indexWithData is ix where the unit has figures of it, else the first index of which it has some.
func (s *Server) indexWithData(ix *reform.Index, all []reform.RankSeries) *reform.Index {
	found := ix
	for i := len(all) - 1; i >= 0; i-- {
		if len(all[i].Points) == 0 {
			continue
		}
		if all[i].Index == ix.Code {
			return ix
		}
		if other, err := s.indexOf(all[i].Index); err == nil {
			found = other
		}
	}
	return found
}

// pointOfPeriod is the point of a period, or the newest one where none is asked for.
func pointOfPeriod(points []reform.RankPoint, period reform.Period) (reform.RankPoint, bool) {
	for _, pt := range slices.Backward(points) {
		if period.IsZero() || pt.Period == period {
			return pt, true
		}
	}
	return reform.RankPoint{}, false
}

func viewValues(q url.Values, v reform.View) url.Values {
	if v.Rev != 0 {
		q.Set("rev", fmt.Sprint(v.Rev))
	}
	if !v.AsOf.IsZero() {
		q.Set("as_of", v.AsOf.Format("2006-01-02T15:04:05Z07:00"))
	}
	return q
}

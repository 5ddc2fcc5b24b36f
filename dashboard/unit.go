package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
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
	Briefing      *briefingView
}

// regionLine is the places of a unit within one of its regions.
type regionLine struct {
	Name   string
	Places []Link
}

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

// totalRow is one index of a unit in the table of all.
type totalRow struct {
	Index, Href            string
	Period, Place, PlaceOf string
	PlaceHref              string
	Score                  string
	Move                   movement
	Source                 Link
	First                  string
	Mark                   *mark
}

// predecessorView is a former unit's history beside the one it became part of, never as its line.
type predecessorView struct {
	Name, Href string
	Figure     *figureView
	None       string
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
	if raw.Get("index") == "" {
		raw.Set("index", "par")
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	ix, period, view := ps.index(), ps.period(false), ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
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
	v.Compare = "/compare?" + values("unit", string(u.Key), "index", ix.Code).Encode()
	// The parts of the page ask different questions, so they ask side by side; each fills fields of its own.
	g, gctx := newSideBySide(ctx)
	var totals []totalRow
	var signs marks
	g.Go(func() (err error) {
		if signs, err = s.marks(gctx, reform.ConflictQuestion{Unit: u.Key, View: view}, p.Lang); err != nil {
			return err
		}
		totals, err = s.unitTotals(gctx, p, u, view, signs)
		return err
	})
	made := unitView{Base: v.Base} // a copy before the others write to v
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
	v.InRegion, v.Briefing = inRegion, told
	v.Totals, v.Made, v.MadeTitle, v.Charts = totals, made.Made, made.MadeTitle, v.Charts || made.Charts
	v.Disputed = disputedTotals(signs, ix, p.Lang)
	if err := s.fresh(ctx, &v.Base, ix, newestOf(points)); err != nil {
		return err
	}
	if err := s.unitParts(ctx, &v, p, u, ix, period, points, eds, view, signs); err != nil {
		return err
	}
	return s.render(c, "unit", v)
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
		Median: number(r.Median, lang), Best: number(r.Best, lang), Region: number(r.RegionMean, lang), Child: r.Parent != "", HasScore: r.Score.Valid, HasPlace: r.Place > 0,
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

// unitTotals lists the newest point of every index and where it came from.
func (s *Server) unitTotals(ctx context.Context, p prefs, u *reform.Unit, view reform.View, signs marks) ([]totalRow, error) {
	series, err := s.opt.Reader.Overview(ctx, u.Key, sparkPoints, view)
	if err != nil {
		return nil, err
	}
	var rows []totalRow
	for _, one := range series {
		ix, err := s.indexOf(one.Index)
		if err != nil || len(one.Points) == 0 {
			continue
		}
		last := one.Points[len(one.Points)-1]
		st := s.strip(u, ix, one, p.Lang)
		row := totalRow{
			Index: st.Name, Href: st.Href, Period: st.Period, Place: placeOf(last.Place, last.Of), Score: st.Score, Move: st.Move,
			PlaceHref: trailHref(one.Index, last.Unit, last.Period, ""), First: periodName(one.Points[0].Period, p.Lang), Mark: signs.either(one.Index, last),
		}
		from := cmp.Or(last.PlaceFrom.Document, last.ScoreFrom.Document)
		sources, err := s.cite(ctx, p.Lang, []string{from})
		if err != nil {
			return nil, err
		}
		for _, src := range sources {
			row.Source = Link{Href: documentHref(src.Document), Text: src.Label}
		}
		rows = append(rows, row)
	}
	return rows, nil
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

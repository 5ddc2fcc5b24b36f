package dashboard

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

type liveView struct {
	Base
	Heading, Sub string
	Units        []unitGroup
	Nation       bool // the whole country is shown
	Types        []Link
	Kinds        []Link
	Periods      []option
	Bases        []option
	Hidden       []hiddenField
	Sentences    []string // what a reader must know: provisional, incomplete, the other portal
	Silent       []string // that nothing new comes
	Unwatched    string   // that nobody reads the portal by a schedule
	Tables       []liveTableView
	Card         *liveCardView
	Trend        *figureView
	TrendNone    string
	TrendMany    string // that more units were chosen than are drawn
	TrendBox     trendBox
	Components   []Link
	NoData       *noData
	Rev          uint64
	Events       string // where the page hears of new figures; "" it shows an earlier state
}

// liveQuery is what the address of the live page asks for.
type liveQuery struct {
	unit      reform.UnitKey // a province, or a department or commune; "" the whole country
	typ       reform.UnitType
	kind      reform.PeriodKind
	period    reform.Period
	basis     string
	component string
	trend     []reform.UnitKey // whose values by day are drawn; none: the page's or the reader's own
	sort      string
	text      string
	page      int
	view      reform.View
}

func (p *params) liveQuery() liveQuery {
	var q liveQuery
	if u := p.units(0, 1); len(u) > 0 {
		q.unit = u[0]
	}
	q.typ = reform.UnitType(p.oneOf("type", string(reform.Province), string(reform.Department), string(reform.Commune)))
	q.kind = reform.PeriodKind(p.oneOf("kind", "", string(reform.Year), string(reform.Half), string(reform.Quarter), string(reform.Month)))
	q.period, q.basis, q.component = p.period(false), p.text("basis"), p.text("component")
	q.trend = p.unitsIn("trend", 0, 200)
	q.sort, q.text, q.page, q.view = p.text("sort"), p.text("q"), max(1, p.number("page", 1, 1000)), p.view()
	if !q.period.IsZero() {
		q.kind = q.period.Kind()
	}
	q.kind = cmp.Or(q.kind, reform.Year)
	if q.kind == reform.Span {
		p.fail(invalid("period", "want a year, a half-year, a quarter or a month"))
	}
	if ix, err := p.s.indexOf(liveIndex); err != nil {
		p.fail(err)
	} else {
		p.checkBasis(ix, q.basis)
		p.checkComponent(ix, q.component)
	}
	return q
}

// values are the parameters that lead to the same page, in the state that it shows.
func (q liveQuery) values() url.Values {
	typ := ""
	if q.typ != reform.Province {
		typ = string(q.typ)
	}
	kind := string(q.kind)
	if !q.period.IsZero() || q.kind == reform.Year {
		kind = ""
	}
	at := values("unit", string(q.unit), "type", typ, "kind", kind, "period", q.period.String(), "basis", q.basis, "component", q.component, "trend", joinKeys(q.trend), "sort", q.sort, "q", q.text)
	return viewValues(at, q.view)
}

func (q liveQuery) href(change func(*liveQuery)) string {
	change(&q)
	return withQueryOf("/live", q.values())
}

// live is the page of the live index: the country's provinces, or one province with its departments and communes.
func (s *Server) live(c *fiber.Ctx) error {
	p := s.prefs(c)
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	q := ps.liveQuery()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	ix, err := s.indexOf(liveIndex)
	if err != nil {
		return err
	}
	v := liveView{Base: s.base(c, "live"), Heading: ix.Short.In(p.Lang), Nation: q.unit == ""}
	s.past(c, &v.Base, q.view)
	if v.Past == "" {
		v.Events, v.LiveScript = "/live/events", true
	}
	if v.Rev, err = s.currentRev(ctx); err != nil {
		return err
	}
	asked := q.unit
	q.unit = s.liveUnit(q.unit)
	v.Units = s.liveUnitOptions(p.Lang, q.unit)
	own := q.unit
	if own == "" {
		own = s.liveUnit(p.Unit)
	}
	trendUnits, many := s.trendUnits(q, own)
	if many {
		v.TrendMany = v.T("live.trend.most", "n", maxTrendUnits)
	}
	ask := reform.LiveQuestion{UnitType: reform.Province, Kind: q.kind, Period: q.period, Basis: q.basis, Parts: true, View: q.view}
	if ask.Read, err = s.liveReads(ctx); err != nil {
		return err
	}
	var main reform.LiveTable
	var tables []reform.LiveTable
	var trend []reform.LiveLine
	g, gctx := newSideBySide(ctx)
	g.Go(func() (err error) {
		main, tables, err = s.liveTables(gctx, q, ask)
		return err
	})
	g.Go(func() (err error) {
		trend, err = s.opt.Reader.LiveTrend(gctx, liveTrendQuestion(q, trendUnits))
		return err
	})
	if q.unit != "" {
		g.Go(func() (err error) {
			v.Card, err = s.liveCardOf(gctx, v.Base, asked, ask)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := s.fillLive(ctx, &v, ix, q, &main, tables); err != nil {
		return err
	}
	v.TrendBox = s.trendBox(v.Base, q, trendUnits, tables)
	if err := s.liveTrendFigure(ctx, &v, p, ix, q, trendUnits, trend); err != nil {
		return err
	}
	return s.render(c, "live", v)
}

// liveTables are the tables of the page: of the country one, of a province its departments and its
// communes. main is the one whose periods can be chosen: that of the provinces, since all have it.
func (s *Server) liveTables(ctx context.Context, q liveQuery, ask reform.LiveQuestion) (main reform.LiveTable, tables []reform.LiveTable, err error) {
	if q.unit == "" {
		ask.UnitType, ask.Parts, ask.Totals = q.typ, q.typ == reform.Province, q.typ != reform.Province
		main, err = s.liveTableOf(ctx, ask)
		return main, []reform.LiveTable{main}, err
	}
	province := q.unit
	if parent := q.unit.Parent(); strings.Contains(string(q.unit), "/") {
		province = parent
	}
	var below [2]reform.LiveTable
	g, gctx := newSideBySide(ctx)
	for i, typ := range []reform.UnitType{reform.Department, reform.Commune} {
		one := ask
		one.UnitType, one.Parent = typ, province
		g.Go(func() (err error) {
			below[i], err = s.liveTableOf(gctx, one)
			return err
		})
	}
	g.Go(func() (err error) {
		main, err = s.liveTableOf(gctx, ask)
		return err
	})
	if err := g.Wait(); err != nil {
		return main, nil, err
	}
	for _, t := range below {
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	return main, tables, nil
}

// liveUnitOptions are the country and the provinces in force.
func (s *Server) liveUnitOptions(lang string, chosen reform.UnitKey) []unitGroup {
	nation := unitGroup{Label: words.T(lang, "scope.nation"), Units: []unitOption{{"", words.T(lang, "live.nation"), chosen == ""}}}
	of := chosen
	if parent := chosen.Parent(); parent != "" {
		of = parent
	}
	provinces := unitGroup{Label: schemeName(reform.VN34, lang)}
	for _, u := range s.opt.Catalog.Units(reform.VN34, reform.Province) {
		provinces.Units = append(provinces.Units, unitOption{string(u.Key), s.unitName(u.Key, lang), u.Key == of})
	}
	return []unitGroup{nation, provinces}
}

func (s *Server) fillLive(ctx context.Context, v *liveView, ix *reform.Index, q liveQuery, main *reform.LiveTable, tables []reform.LiveTable) error {
	lang := v.Lang
	s.liveChoices(v, ix, q, main, tables)
	shown := main
	if len(tables) > 0 {
		shown = &tables[0]
	}
	v.Title = ix.Short.In(lang)
	if q.unit != "" {
		v.Title += " · " + s.liveTitleUnit(q.unit, main, tables, lang)
	}
	v.Heading = v.Title
	v.Description = v.T("live.description")
	newest := main.ObservedAt
	for _, t := range tables {
		if t.ObservedAt.After(newest) {
			newest = t.ObservedAt
		}
	}
	if err := s.fresh(ctx, &v.Base, ix, newest); err != nil {
		return err
	}
	if v.Past == "" {
		if err := s.liveSilent(ctx, v, shown.Basis); err != nil {
			return err
		}
	}
	if len(main.Rows) == 0 && len(tables) == 0 && v.Card == nil {
		v.NoData = nothing(lang, v.Title, loadHref(ix.Code, q.period, reform.VN34))
		return nil
	}
	if !shown.Period.IsZero() {
		v.Sub = periodName(shown.Period, lang) + " · " + liveBasisName(ix, shown.Basis, lang)
	}
	if shown.Provisional {
		v.Sentences = append(v.Sentences, s.liveProvisional(shown, q.view, lang))
	}
	if b := liveBreak(ix, main, lang); b != "" {
		v.Sentences = append(v.Sentences, b)
	}
	signs, err := s.marks(ctx, reform.ConflictQuestion{Index: ix.Code, Period: shown.Period, View: q.view}, lang)
	if err != nil {
		return err
	}
	for i := range tables {
		if len(tables[i].Rows) > 0 {
			v.Tables = append(v.Tables, s.liveTable(v.Base, ix, q, &tables[i], signs))
		}
	}
	if q.unit != "" && len(tables) == 0 {
		v.Sentences = append(v.Sentences, v.T("live.nobelow", "unit", s.unitName(q.unit, lang)))
	}
	return nil
}

// liveProvisional says that the figures of a table may change, and that its places are counted by us.
func (s *Server) liveProvisional(t *reform.LiveTable, asked reform.View, lang string) string {
	of := []any{"period", periodName(t.Period, lang), "day", day(t.Day, lang)}
	if asked.AsOf.IsZero() && asked.Rev == 0 && !s.opt.Now().Before(reform.ClosedAt(t.Period)) {
		return words.T(lang, "live.provisional.old", of...) // the period is over by now, its last reading was before that
	}
	return words.T(lang, "live.provisional", of...)
}

// liveTitleUnit is the name of the page's unit: of a department, as the source wrote it.
func (s *Server) liveTitleUnit(k reform.UnitKey, main *reform.LiveTable, tables []reform.LiveTable, lang string) string {
	for _, t := range tables {
		for _, r := range t.Rows {
			if r.Unit == k {
				return s.liveName(r, t.Period, lang)
			}
		}
	}
	return s.unitNameIn(k, main.Period, lang)
}

// liveChoices are the kinds, periods and bases that can be chosen.
func (s *Server) liveChoices(v *liveView, ix *reform.Index, q liveQuery, main *reform.LiveTable, tables []reform.LiveTable) {
	lang := v.Lang
	period, basis := main.Period, main.Basis
	periods := main.Periods
	for _, t := range tables {
		for _, p := range t.Periods { // a month of which only the departments are known
			if !slices.ContainsFunc(periods, func(o reform.LivePeriod) bool { return o.Period == p.Period && o.Basis == p.Basis }) {
				periods = append(periods, p)
			}
		}
		if period.IsZero() {
			period, basis = t.Period, t.Basis
		}
	}
	kinds := map[reform.PeriodKind]bool{}
	seen := map[reform.Period]bool{}
	for _, p := range periods {
		kinds[p.Period.Kind()] = true
		if p.Period == period && !slices.ContainsFunc(v.Bases, func(o option) bool { return o.Value == p.Basis }) {
			v.Bases = append(v.Bases, option{Value: p.Basis, Text: liveBasisName(ix, p.Basis, lang), Chosen: p.Basis == basis})
		}
		if p.Period.Kind() != q.kind || seen[p.Period] {
			continue
		}
		seen[p.Period] = true
		v.Periods = append(v.Periods, option{Value: p.Period.String(), Text: periodName(p.Period, lang), Chosen: p.Period == period})
	}
	if len(v.Bases) < 2 {
		v.Bases = nil
	}
	for _, k := range []reform.PeriodKind{reform.Year, reform.Half, reform.Quarter, reform.Month} {
		if kinds[k] || k == q.kind {
			v.Kinds = append(v.Kinds, Link{Text: v.T("live.kind." + string(k)), Current: k == q.kind, Href: q.href(func(o *liveQuery) {
				o.kind, o.period, o.basis, o.sort, o.text = k, reform.Period{}, "", "", ""
			})})
		}
	}
	if q.unit == "" {
		for _, t := range []reform.UnitType{reform.Province, reform.Department, reform.Commune} {
			v.Types = append(v.Types, Link{Text: v.T("live.type." + string(t)), Current: t == q.typ, Href: q.href(func(o *liveQuery) { o.typ, o.sort, o.text, o.page = t, "", "", 1 })})
		}
		if q.typ != reform.Province {
			v.Hidden = append(v.Hidden, hiddenField{"type", string(q.typ)})
		}
	}
	v.Hidden = append(v.Hidden, hiddenField{"kind", string(q.kind)})
	if q.component != "" {
		v.Hidden = append(v.Hidden, hiddenField{"component", q.component})
	}
	if len(q.trend) > 0 {
		v.Hidden = append(v.Hidden, hiddenField{"trend", joinKeys(q.trend)})
	}
}

// liveBreak says in a sentence that two portals are not compared, where both are there.
func liveBreak(ix *reform.Index, t *reform.LiveTable, lang string) string {
	bases := map[string]bool{}
	for _, p := range t.Periods {
		bases[p.Basis] = true
	}
	if len(bases) < 2 {
		return ""
	}
	for _, b := range ix.Breaks {
		if b.Severs {
			return words.T(lang, "live.break", "reason", b.Reason.In(lang))
		}
	}
	return ""
}

// liveSilent says that nothing new comes, and since when: the schedule knows.
func (s *Server) liveSilent(ctx context.Context, v *liveView, basis string) error {
	states, err := s.sourceStates(ctx)
	if err != nil {
		return err
	}
	now := s.opt.Now()
	watched := false
	for _, st := range states {
		if !strings.HasPrefix(st.Kind, livePortal) || !st.Enabled {
			continue
		}
		watched = watched || basis == "" || strings.HasSuffix(st.Kind, basis)
		if !st.LateAt(now) {
			continue
		}
		if st.LastSuccess.IsZero() {
			v.Silent = append(v.Silent, v.T("live.silent.never", "source", st.Name, "due", clockTime(st.OverdueAt)))
			continue
		}
		v.Silent = append(v.Silent, v.T("live.silent", "source", st.Name, "last", clockTime(st.LastSuccess), "ago", ago(now.Sub(st.LastSuccess), v.Lang)))
	}
	if !watched {
		v.Unwatched = v.T("live.unwatched")
	}
	return nil
}

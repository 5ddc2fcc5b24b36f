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
	"chiso/reform/viet"
	"chiso/reform/words"
)

type rankingsListView struct {
	Base
	Rows []indexCard
}

// indexCard is an index in a list, with what is loaded of it.
type indexCard struct {
	Name, Long, Publisher string
	Href, RankingHref     string
	Editions              int
	Newest, Coverage      string
	Own                   bool
}

// rankingsList leads to the newest table of each index.
func (s *Server) rankingsList(c *fiber.Ctx) error {
	v := rankingsListView{Base: s.base(c, "rankings")}
	v.Title = v.T("rankings.title")
	view, err := s.viewOf(c)
	if err != nil {
		return err
	}
	s.past(c, &v.Base, view)
	cards, err := s.indexCards(c, v.Lang, view)
	if err != nil {
		return err
	}
	v.Rows = cards
	return s.render(c, "rankings", v)
}

func (s *Server) indexCards(c *fiber.Ctx, lang string, view reform.View) ([]indexCard, error) {
	eds, err := s.editionsFor(c.UserContext(), "", view)
	if err != nil {
		return nil, err
	}
	byIndex := map[string][]reform.EditionInfo{}
	for _, e := range ranked(eds) {
		byIndex[e.Index] = append(byIndex[e.Index], e)
	}
	var out []indexCard
	for _, ix := range s.opt.Catalog.Indices() {
		card := indexCard{Name: ix.Short.In(lang), Long: ix.Name.In(lang), Publisher: ix.Publisher.In(lang), Href: "/indices/" + ix.Code, RankingHref: "/rankings/" + ix.Code, Own: ix.Own}
		card.Editions = len(byIndex[ix.Code])
		if e := newestEdition(byIndex[ix.Code], reform.LeagueQuestion{}); e != nil {
			card.Newest, card.Coverage = periodName(e.Period, lang), coverageText(e.Coverage, e.UnitType, lang)
		}
		out = append(out, card)
	}
	slices.SortStableFunc(out, func(a, b indexCard) int { return cmp.Compare(min(b.Editions, 1), min(a.Editions, 1)) })
	return out, nil
}

type rankingView struct {
	Base
	Goals           []goalRow // of the chosen units, for the period that is shown
	Heading, Long   string
	IndexHref       string
	Tabs            []Link // indices
	Periods         []option
	Kinds           []option
	Scopes          []option
	Schemes         []option
	Layouts, Shown  []Link // which picture stands beside the table, and what its colours say
	PictureOpen     bool
	Heatmap         Link
	Found           string // how many rows the words of the filter leave
	Hidden          []option
	Form            rankingForm
	Coverage        string
	Incomplete      string
	Against         string
	Provisional     string
	Columns         []leagueColumn
	Pinned, Rows    []leagueRow
	HasMoves        bool
	HasScope        bool
	ScopeName       string
	Figure          *figureView
	NoData          *noData
	Caption         string
	TableLinks      []Link
	ComponentsKnown string
	Star            string // what the mark beside some places means
	Kind            string // said once where all places came about in one way
}

type rankingForm struct{ Action, Unit, Sort, Find, Reset string }

type option struct {
	Value, Text string
	Chosen      bool
}

type leagueColumn struct {
	Label, Title string
	Href         string // sorts by this column without script
	Sort         string // aria-sort
	First        string // how the column is sorted first: "ascending"; "" descending
	Class        string
}

type leagueRow struct {
	Unit, Href           string
	Key                  string
	Place, PlaceKey      string
	PlaceHref            string
	ScopePlace, ScopeKey string
	RankKind             string
	Move                 movement
	MoveKey              string
	Score, Exact         string
	ScoreKey             string
	Points               string
	Cells                []leagueCell
	Mine                 bool
	PlaceMark, ScoreMark *mark
}

type leagueCell struct {
	Text, Key string
	Shade     string // class of its ground
	Title     string
	Href      string
	Place     string // within the column, shown where the table is sorted by it
	Sorted    bool
	Mark      *mark
}

// ranking is the league table of one edition.
func (s *Server) ranking(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.prefs(c)
	raw.Set("index", c.Params("index"))
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	ix, q := ps.leagueQuestion()
	chosen := ps.units(0, 6)
	sortBy, find := ps.text("sort"), strings.TrimSpace(clip(ps.text("find"), maxFind))
	choice := ps.pictureChoice()
	if err := ps.done(); err != nil {
		return err
	}
	if len(chosen) == 0 {
		chosen = []reform.UnitKey{p.Unit}
	}
	ctx := c.UserContext()
	// With a period in the address the table need not wait for the list of editions.
	var eds []reform.EditionInfo
	l := &reform.League{}
	g, gctx := newSideBySide(ctx)
	g.Go(func() (err error) {
		eds, err = s.editionsFor(gctx, ix.Code, q.View)
		return err
	})
	asked := !q.Period.IsZero() && !unsettled(ix, q)
	if asked {
		q.Scope = cmp.Or(q.Scope, reform.ScopeNation)
		g.Go(func() (err error) {
			*l, err = s.opt.Reader.Ranking(gctx, q)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	v := rankingView{Base: s.base(c, "rankings"), Heading: ix.Short.In(p.Lang), Long: ix.Name.In(p.Lang), IndexHref: "/indices/" + ix.Code}
	s.past(c, &v.Base, q.View)
	v.Tabs = s.indexTabs(p.Lang, ix.Code, func(code string) string { return "/rankings/" + code })
	if !asked {
		q = settle(ix, q, eds)
	}
	v.Title = strings.TrimSpace(ix.Short.In(p.Lang) + " " + periodName(q.Period, p.Lang))
	v.Description = v.T("ranking.description", "index", ix.Name.In(p.Lang))
	v.Form = rankingForm{Action: "/rankings/" + ix.Code, Sort: sortBy, Find: find}
	if raw.Get("unit") != "" {
		v.Form.Unit = joinKeys(chosen) // else the remembered one, which a link does not repeat
	}
	v.Periods = periodOptions(eds, q, p.Lang)
	if !asked && !q.Period.IsZero() {
		if *l, err = s.opt.Reader.Ranking(ctx, q); err != nil {
			return err
		}
	}
	v.Scopes = s.scopeOptions(cmp.Or(l.Scheme, q.Scheme), q.Scope, p.Lang)
	if len(l.Rows) == 0 {
		v.NoData = nothing(p.Lang, v.Title, loadHref(ix.Code, q.Period, q.Scheme))
		return s.render(c, "ranking", v)
	}
	// A reader's unit is looked for under the key that it had in this edition.
	chosen = s.inScheme(chosen, l)
	signs, err := s.marks(ctx, reform.ConflictQuestion{Index: ix.Code, Period: l.Period, View: q.View}, p.Lang)
	if err != nil {
		return err
	}
	page := rankingState(l, q, raw, v.Form.Unit)
	if err := s.fillLeague(&v, ix, l, page, q, chosen, eds, signs); err != nil {
		return err
	}
	if err := s.fresh(ctx, &v.Base, ix, newestStanding(l)); err != nil {
		return err
	}
	fq := values("index", ix.Code, "period", l.Period.String(), "scheme", string(q.Scheme), "scope", scopeValue(q.Scope), "component", q.Component, "basis", q.Basis,
		"type", string(q.UnitType), "stage", string(q.Stage), "unit", joinKeys(chosen), "as_of", raw.Get("as_of"), "rev", raw.Get("rev"))
	// The picture stands in a narrow column beside the table, also on a wide screen; on a phone it is closed, below.
	v.PictureOpen = !p.Narrow || raw.Has("layout") || raw.Has("show")
	p.Narrow = true
	choice = s.besidePicture(&v, l, choice, page)
	pic, err := s.picturedRanking(ctx, ix, l, chosen, q.Component, choice, p.style())
	if choice.Layout != showBars {
		fq.Set("layout", choice.Layout)
		fq.Set("show", string(choice.Show))
	}
	switch {
	case errors.Is(err, reform.ErrNotFound): // neither places nor totals, components alone: the table has them
	case err != nil:
		return err
	default:
		if v.Figure, err = s.figure(ctx, p, "bars", pic, fq); err != nil {
			return err
		}
		v.Charts = true
	}
	api := cloneValues(fq)
	api.Del("unit")
	v.TableLinks = []Link{
		{Href: "/api/v1/ranking.csv?bom=1&" + api.Encode(), Text: "CSV"},
		{Href: "/api/v1/ranking?" + api.Encode(), Text: "JSON"},
	}
	if q.Component == "" {
		if v.Goals, err = s.goalsIn(ctx, ix, chosen, l.Period, q.View, v.Base); err != nil {
			return err
		}
	}
	return s.render(c, "ranking", v)
}

// picturedRanking draws the picture that a reader chose.
func (s *Server) picturedRanking(ctx context.Context, ix *reform.Index, l *reform.League, chosen []reform.UnitKey, component string, choice pictureChoice, st charts.Style) (*charts.Picture, error) {
	if choice.Layout == showBars {
		return s.rankingPicture(ctx, ix, l, chosen, component, st)
	}
	return s.mapPicture(ctx, ix, l, chosen, component, choice.Show, charts.MapLayout(choice.Layout), st)
}

// inScheme turns keys into those of the league's scheme where the unit's line runs on into it.
func (s *Server) inScheme(keys []reform.UnitKey, l *reform.League) []reform.UnitKey {
	var out []reform.UnitKey
	for _, k := range keys {
		for _, row := range l.Rows {
			if row.Unit == k || slices.Contains(s.opt.Catalog.Lineage(k), row.Unit) {
				out = append(out, row.Unit)
				break
			}
		}
	}
	return out
}

// indexTabs are the indices that rank provinces, as links.
func (s *Server) indexTabs(lang, current string, href func(string) string) []Link {
	var out []Link
	for _, ix := range s.opt.Catalog.Indices() {
		if (ranksProvinces(ix) && !ix.Counts) || ix.Code == current {
			out = append(out, Link{Href: href(ix.Code), Text: ix.Short.In(lang), Current: ix.Code == current})
		}
	}
	return out
}

// periodOptions are the editions of the index that can be chosen.
func periodOptions(eds []reform.EditionInfo, q reform.LeagueQuestion, lang string) []option {
	var out []option
	seen := map[reform.Period]bool{}
	for _, e := range ranked(eds) {
		if seen[e.Period] || q.UnitType != "" && e.UnitType != q.UnitType {
			continue
		}
		seen[e.Period] = true
		out = append(out, option{Value: e.Period.String(), Text: periodName(e.Period, lang), Chosen: e.Period == q.Period})
	}
	if !q.Period.IsZero() && !seen[q.Period] {
		out = append(out, option{Value: q.Period.String(), Text: periodName(q.Period, lang), Chosen: true})
	}
	return out
}

func (s *Server) scopeOptions(scheme reform.Scheme, chosen, lang string) []option {
	out := []option{{Value: reform.ScopeNation, Text: words.T(lang, "scope.nation"), Chosen: chosen == reform.ScopeNation}}
	for _, u := range s.opt.Catalog.Units(scheme, reform.Region) {
		out = append(out, option{Value: string(u.Key), Text: s.unitName(u.Key, lang), Chosen: chosen == string(u.Key)})
	}
	if !slices.ContainsFunc(out, func(o option) bool { return o.Chosen }) {
		out = append(out, option{Value: chosen, Text: s.scopeName(chosen, lang), Chosen: true}) // a ranking inside a province
	}
	return out
}

func (s *Server) fillLeague(v *rankingView, ix *reform.Index, l *reform.League, page url.Values, q reform.LeagueQuestion, chosen []reform.UnitKey, eds []reform.EditionInfo, signs marks) error {
	lang := v.Lang
	v.Schemes = schemeOptions(eds, l, lang)
	v.Heatmap = heatmapLink(lang, q, l)
	for _, name := range []string{"component", "type", "basis", "stage", "sort", "layout", "show", "unit"} {
		if at := page.Get(name); at != "" {
			v.Hidden = append(v.Hidden, option{Value: at, Text: name})
		}
	}
	v.Coverage = coverageText(l.Coverage, l.UnitType, lang)
	if !l.Coverage.Complete() {
		v.Incomplete = v.T("ranking.incomplete")
	}
	for _, e := range eds {
		if e.Period == l.Period && e.Basis == l.Basis && e.UnitType == l.UnitType && e.Provisional {
			at := newestStanding(l)
			if at.IsZero() {
				at = e.Latest // totals are missing or final, only components are not
			}
			v.Provisional = v.T("ranking.provisional", "day", day(local(at), lang))
		}
	}
	if kind := commonKind(l); kind == "" {
		v.Star = v.T("ranking.star")
	}
	v.HasScope = l.Scope != "" && l.Scope != reform.ScopeNation
	v.ScopeName = s.scopeName(l.Scope, lang)
	v.Caption = v.T("ranking.caption", "index", ix.Short.In(lang), "period", periodName(l.Period, lang), "scope", v.ScopeName)
	codes := mainComponents(ix, l)
	known := 0
	kind := commonKind(l)
	if kind == reform.Computed || kind == reform.Derived {
		v.Kind = v.T("ranking." + string(kind))
	}
	for _, r := range l.Rows {
		row := s.leagueRow(ix, l, r, codes, lang)
		if kind != "" {
			row.RankKind = ""
		}
		row.Mine = slices.Contains(chosen, r.Unit)
		if q.Component != "" {
			row.PlaceHref = trailHref(l.Index, r.Unit, l.Period, q.Component)
		}
		markLeagueRow(&row, signs, l, r, q, codes)
		v.HasMoves = v.HasMoves || row.Move.Arrow != ""
		if len(r.Components) > 0 {
			known++
		}
		v.Rows = append(v.Rows, row)
	}
	if !l.Prev.IsZero() && v.HasMoves {
		v.Against = v.T("ranking.against", "period", periodName(l.Prev, lang))
	}
	if len(codes) > 0 && known < len(l.Rows) {
		v.ComponentsKnown = v.T("ranking.components", "n", known, "of", len(l.Rows))
	}
	for _, row := range v.Rows {
		if row.Mine {
			v.Pinned = append(v.Pinned, row)
		}
	}
	if v.Form.Find != "" {
		all := len(v.Rows)
		v.Rows = found(v.Rows, v.Form.Find)
		v.Found = v.T("ranking.found", "n", len(v.Rows), "of", all)
		reset := cloneValues(page)
		reset.Del("find")
		v.Form.Reset = v.Form.Action + "?" + reset.Encode()
	}
	return s.leagueColumns(v, ix, l, codes, page)
}

// commonKind is the way in which all places of a table came about; "" where they differ.
func commonKind(l *reform.League) reform.RankKind {
	var kind reform.RankKind
	for _, r := range l.Rows {
		if r.Place == 0 {
			continue
		}
		if kind != "" && r.RankKind != kind {
			return ""
		}
		kind = r.RankKind
	}
	return kind
}

// mainComponents are the first-level components of the main breakdown that any row has.
func mainComponents(ix *reform.Index, l *reform.League) []string {
	var out []string
	for _, code := range componentCodes(l) {
		if c, ok := componentOf(ix, l.Basis, code); ok && (c.Breakdown != "" || c.Parent != "") {
			continue
		}
		out = append(out, code)
	}
	return out
}

func (s *Server) leagueRow(ix *reform.Index, l *reform.League, r reform.Standing, codes []string, lang string) leagueRow {
	decimals := max(ix.Decimals, 2)
	row := leagueRow{
		Unit: s.standingName(l, r, lang), Key: string(r.Unit), Href: s.unitHref(r.Unit), Place: placeOf(r.Place, r.Of), PlaceKey: orEmpty(r.Place),
		PlaceHref: trailHref(l.Index, r.Unit, l.Period, ""), Score: short(r.Score, decimals, lang), Exact: number(r.Score, lang), ScoreKey: r.Score.String(),
		ScopePlace: placeOf(r.ScopePlace, r.ScopeOf), ScopeKey: orEmpty(r.ScopePlace),
	}
	if r.Place > 0 && r.RankKind != reform.Published && r.RankKind != "" {
		row.RankKind = words.T(lang, "rank_kind."+string(r.RankKind))
	}
	if row.Href != "" {
		row.Href += "?index=" + url.QueryEscape(ix.Code)
	}
	if r.PrevOf == r.Of || r.PrevOf == 0 {
		row.Move = move(r.Place, r.PrevPlace, r.PrevPeriod, r.AcrossBreak, lang)
	}
	if row.Move.Arrow != "" {
		row.MoveKey = fmt.Sprint(r.PrevPlace - r.Place)
	}
	if !r.AcrossBreak {
		row.Points = points(r.Score, r.PrevScore, decimals, lang)
	}
	for _, code := range codes {
		cell := leagueCell{Text: missing}
		for _, cs := range r.Components {
			if cs.Component != code || !cs.Score.Valid {
				continue
			}
			cell = leagueCell{Text: short(cs.Score, 2, lang), Key: cs.Score.String(), Title: scoreOf(cs.Score, cs.Max, lang), Shade: shade(cs.Score, cs.Max),
				Href: trailHref(l.Index, r.Unit, l.Period, code)}
			if cs.Place > 0 {
				cell.Place = placeOf(cs.Place, cs.Of)
				if cs.RankKind == reform.Computed || cs.RankKind == reform.Derived {
					cell.Place += "*"
				}
			}
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// leagueColumns names the columns and sorts the rows by the one that is asked for.
func (s *Server) leagueColumns(v *rankingView, ix *reform.Index, l *reform.League, codes []string, page url.Values) error {
	lang, sortBy := v.Lang, v.Form.Sort
	type column struct {
		key, label, class string
		value             func(leagueRow) string
		ascending, text   bool
	}
	cols := []column{{key: "place", label: v.T("col.place"), class: "n", ascending: true, value: func(r leagueRow) string { return r.PlaceKey }}}
	if v.HasMoves {
		cols = append(cols, column{key: "move", label: v.T("col.move"), class: "n", value: func(r leagueRow) string { return r.MoveKey }})
	}
	if v.HasScope {
		cols = append(cols, column{key: "scope", label: v.T("col.inscope"), class: "n", ascending: true, value: func(r leagueRow) string { return r.ScopeKey }})
	}
	cols = append(cols,
		column{key: "unit", label: v.T("col.unit"), class: "unit", ascending: true, text: true, value: func(r leagueRow) string { return viet.Key(r.Unit) }},
		column{key: "score", label: v.T("col.total"), class: "n", value: func(r leagueRow) string { return r.ScoreKey }})
	for i, code := range codes {
		cols = append(cols, column{key: code, label: componentName(ix, l.Basis, code, lang), class: "n comp", value: func(r leagueRow) string { return r.Cells[i].Key }})
	}
	key, reverse := strings.CutPrefix(sortBy, "-")
	found := sortBy == ""
	for _, col := range cols {
		lc := leagueColumn{Label: col.label, Title: col.label, Class: col.class}
		if col.ascending {
			lc.First = "ascending"
		}
		next := col.key
		if col.key == key && !reverse {
			next = "-" + col.key
		}
		to := cloneValues(page)
		to.Set("sort", next)
		lc.Href = v.Form.Action + "?" + to.Encode()
		if col.key == key {
			found = true
			up := col.ascending != reverse
			lc.Sort = map[bool]string{true: "ascending", false: "descending"}[up]
			sortRows(v.Rows, col.value, up, col.text)
			if i := slices.Index(codes, key); i >= 0 {
				for _, rows := range [][]leagueRow{v.Rows, v.Pinned} {
					for _, r := range rows {
						r.Cells[i].Sorted = true
					}
				}
			}
		} else if sortBy == "" && col.key == "place" {
			lc.Sort = "ascending"
		}
		v.Columns = append(v.Columns, lc)
	}
	if !found {
		return invalid("sort", "%q is no column of this table", clip(key, 40))
	}
	return nil
}

// sortRows sorts by a column's key; rows without a value stay last either way.
func sortRows(rows []leagueRow, key func(leagueRow) string, up, text bool) {
	slices.SortStableFunc(rows, func(a, b leagueRow) int {
		x, y := key(a), key(b)
		if x == "" || y == "" {
			return cmp.Compare(min(len(y), 1), min(len(x), 1))
		}
		n := 0
		if text {
			n = strings.Compare(x, y)
		} else {
			n = reform.Num(x).Decimal.Cmp(reform.Num(y).Decimal)
		}
		if !up {
			n = -n
		}
		return n
	})
}

package dashboard

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
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
	AllParts        Link   // shows columns that are known for a few units only
	Star            string // what the mark beside some places means; "" no place bears it
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
	ps.oneOf("parts", "", "all")
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

package dashboard

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// indices lists all indices of the catalogue with what is loaded of them.
func (s *Server) indices(c *fiber.Ctx) error {
	v := rankingsListView{Base: s.base(c, "indices")}
	v.Title = v.T("indices.title")
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
	return s.render(c, "indices", v)
}

type indexView struct {
	Base
	Long, About string
	Facts       []factLine
	Bases       []basisView
	Breaks      []breakView
	Editions    []editionRow
	NoData      *noData
	Heat        *figureView
	Spread      *figureView
	RankingHref string
	// Correlations with the other indices; empty where no year is common.
	Correlations []correlationRow
}

type factLine struct{ Term, Text string }

type basisView struct {
	Name, Decision, Span, Note, Source string
	Max                                string
	Complete                           bool
	Unknown                            string
	Trees                              []treeView
	Open                               bool
}

// treeView is one breakdown of a total.
type treeView struct {
	Name  string
	Nodes []*treeNode
}

// treeNode is a component with its parts.
type treeNode struct {
	Name, Max, Weight, Note string
	Href                    string // the league table by this component
	Here                    bool   // the one that the address asks for
	Parts                   []*treeNode
}

type breakView struct{ When, Reason, Source string }

type editionRow struct {
	Period, Href, Basis, Scheme string
	Coverage, Parts             string
	Latest, Status              string
	Load                        string
}

// index is the page of one index: what it measures, by which rules, and what is loaded.
func (s *Server) index(c *fiber.Ctx) error {
	ix, err := s.indexOf(c.Params("index"))
	if err != nil {
		return err
	}
	p := s.prefs(c)
	view, err := s.viewOf(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	v := indexView{Base: s.base(c, "indices"), Long: ix.Name.In(p.Lang), About: ix.About.In(p.Lang), RankingHref: "/rankings/" + ix.Code}
	s.past(c, &v.Base, view)
	v.Title = ix.Short.In(p.Lang)
	v.Description = v.Long
	v.Facts = s.indexFacts(ix, p.Lang)
	asked := indexPlace{c.Query("basis"), c.Query("component")}
	for i, b := range slices.Backward(ix.Bases) {
		one := s.basisView(ix, b, asked, p.Lang)
		one.Open = asked.basis == b.Code || asked.basis == "" && i == len(ix.Bases)-1
		v.Bases = append(v.Bases, one)
	}
	for _, b := range ix.Breaks {
		v.Breaks = append(v.Breaks, breakView{When: strings.Trim(b.Before+" → "+b.After, " →"), Reason: b.Reason.In(p.Lang), Source: b.Source})
	}
	for i := range v.Breaks {
		if b := ix.Breaks[i]; b.Before != "" && b.After != "" {
			v.Breaks[i].When = b.Before + " → " + b.After
		}
	}
	eds, err := s.editionsFor(ctx, ix.Code, view)
	if err != nil {
		return err
	}
	var newest time.Time
	for _, e := range eds {
		if e.Provisional && e.Latest.After(newest) {
			newest = e.Latest
		}
	}
	if err := s.fresh(ctx, &v.Base, ix, newest); err != nil {
		return err
	}
	for _, e := range ranked(eds) {
		v.Editions = append(v.Editions, s.editionRow(ix, e, p.Lang))
	}
	if len(eds) == 0 {
		v.NoData = nothing(p.Lang, v.Title, loadHref(ix.Code, reform.Period{}, ""))
		return s.render(c, "index", v)
	}
	if ranksProvinces(ix) {
		g, gctx := newSideBySide(ctx)
		g.Go(func() error { return s.indexHeat(gctx, &v, p, ix, view) })
		if !ix.Counts {
			g.Go(func() error { return s.indexSpread(gctx, &v, p, ix, eds, view) })
			g.Go(func() error { return s.indexCorrelations(gctx, &v, ix, view) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		v.Charts = v.Heat != nil || v.Spread != nil
	}
	return s.render(c, "index", v)
}

// ranked leaves out what ranks nobody: the nation's own figures and the regions' means.
func ranked(eds []reform.EditionInfo) []reform.EditionInfo {
	return slices.DeleteFunc(slices.Clone(eds), func(e reform.EditionInfo) bool {
		return e.UnitType == reform.Nation || e.UnitType == reform.Region
	})
}

func (s *Server) indexFacts(ix *reform.Index, lang string) []factLine {
	lines := []factLine{{words.T(lang, "col.publisher"), ix.Publisher.In(lang)}}
	if ix.Since > 0 {
		lines = append(lines, factLine{words.T(lang, "index.since"), orEmpty(ix.Since)})
	}
	var types []string
	for _, t := range ix.UnitTypes {
		types = append(types, words.T(lang, "units."+string(unitTypeOr(t))))
	}
	if len(types) > 0 {
		lines = append(lines, factLine{words.T(lang, "index.ranks"), strings.Join(types, ", ")})
	}
	if u := ix.Unit.In(lang); u != "" {
		lines = append(lines, factLine{words.T(lang, "index.unit"), u})
	}
	return append(lines, factLine{words.T(lang, "index.code"), ix.Code})
}

// indexPlace is a basis and a component that the address of an index page points at.
type indexPlace struct{ basis, component string }

func (s *Server) basisView(ix *reform.Index, b reform.Basis, asked indexPlace, lang string) basisView {
	v := basisView{Name: b.Name.In(lang), Decision: b.Decision, Note: b.Note.In(lang), Source: b.Source, Max: number(b.Max, lang), Complete: b.Complete}
	if v.Name == "" {
		v.Name = b.Code
	}
	if !b.Max.Valid {
		v.Max = words.T(lang, "index.max.unknown")
	}
	if b.From != "" || b.To != "" {
		v.Span = words.T(lang, "index.span", "from", orDots(b.From), "to", orDots(b.To))
	}
	unknown := 0
	nodes := map[string]*treeNode{} // by component
	trees := map[string]int{}       // by breakdown
	for _, comp := range b.Components {
		at, ok := trees[comp.Breakdown]
		if !ok {
			name := words.T(lang, "breakdown.main")
			if comp.Breakdown != "" {
				name = words.T(lang, "breakdown.other")
			}
			at = len(v.Trees)
			trees[comp.Breakdown] = at
			v.Trees = append(v.Trees, treeView{Name: name})
		}
		node := &treeNode{
			Name: comp.Name.In(lang), Note: comp.Note.In(lang), Here: asked.basis == b.Code && asked.component == comp.Code,
			Href: "/rankings/" + ix.Code + "?" + values("component", comp.Code).Encode(),
		}
		switch {
		case comp.Max.Valid:
			node.Max = words.T(lang, "index.max", "max", number(comp.Max, lang))
		case !ix.Counts:
			unknown++
			node.Max = words.T(lang, "index.max.unknown")
		}
		if comp.Weight.Valid {
			node.Weight = words.T(lang, "index.weight", "weight", number(comp.Weight, lang))
		}
		nodes[comp.Code] = node
		if parent := nodes[comp.Parent]; parent != nil {
			parent.Parts = append(parent.Parts, node)
		} else {
			v.Trees[at].Nodes = append(v.Trees[at].Nodes, node)
		}
	}
	if unknown > 0 {
		v.Unknown = words.T(lang, "index.unknown", "n", unknown)
	}
	if len(b.Components) == 0 && !ix.Counts {
		v.Unknown = words.T(lang, "index.notree")
	}
	return v
}

func orDots(s string) string {
	if s == "" {
		return "…"
	}
	return s
}

func (s *Server) editionRow(ix *reform.Index, e reform.EditionInfo, lang string) editionRow {
	row := editionRow{
		Period: periodName(e.Period, lang), Basis: e.Basis, Scheme: schemeName(e.Scheme, lang),
		Coverage: coverageText(e.Coverage, e.UnitType, lang), Latest: day(local(e.Latest), lang),
		Href: "/rankings/" + ix.Code + "?" + values("period", e.Period.String(), "scheme", string(e.Scheme), "type", typeValue(e.UnitType), "scope", scopeValue(e.Scope), "basis", e.Basis).Encode(),
	}
	if b := basisOf(ix, e.Basis); b != nil && b.Name.In(lang) != "" {
		row.Basis = b.Name.In(lang)
	}
	if e.Coverage.WithComponents > 0 {
		row.Parts = words.T(lang, "index.parts", "n", e.Coverage.WithComponents)
	}
	if e.Provisional {
		row.Status = words.T(lang, "status.provisional")
	}
	if !e.Coverage.Complete() {
		row.Load = loadHref(ix.Code, e.Period, e.Scheme)
	}
	return row
}

func typeValue(t reform.UnitType) string {
	if t == reform.Province {
		return ""
	}
	return string(t)
}

// indexHeat draws units by periods: by years, or by months where there are no years yet.
func (s *Server) indexHeat(ctx context.Context, v *indexView, p prefs, ix *reform.Index, view reform.View) error {
	for _, kind := range []reform.PeriodKind{reform.Year, reform.Month} {
		h, err := s.opt.Reader.Heatmap(ctx, reform.HeatmapQuestion{Index: ix.Code, Kind: kind, Scope: reform.ScopeNation, View: view})
		if err != nil {
			return err
		}
		if len(h.Cells) == 0 {
			continue
		}
		pic, err := s.heatmapPicture(ctx, ix, &h, p.style())
		if errors.Is(err, reform.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		v.Heat, err = s.figure(ctx, p, "heat", pic, viewValues(values("index", ix.Code, "scheme", string(h.Scheme), "period_kind", kindValue(kind)), view))
		return err
	}
	return nil
}

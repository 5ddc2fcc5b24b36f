package dashboard

import (
	"context"
	"net/url"
	"sync"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

type searchView struct {
	Base
	Hits []searchHit
	None string
	Gap  string // that departments and communes could not be searched
}

type searchHit struct {
	Href, Name, Note, Kind string
	More                   []Link
}

// searcher finds the catalogue's names and the departments and communes of which facts
// are loaded; it is made anew when something was loaded.
type searcher struct {
	mu    sync.Mutex
	rev   uint64
	find  *reform.Searcher
	facts map[reform.UnitKey]reform.UnitFacts
}

// search finds units, indices and components as people type them.
func (s *Server) search(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	query := ps.text("q")
	if err := ps.done(); err != nil {
		return err
	}
	v := searchView{Base: s.base(c, "")}
	v.Query, v.Title = query, v.T("search.title")
	hits, whole := s.found(c.UserContext(), query, 40)
	for _, h := range hits {
		v.Hits = append(v.Hits, searchHit{h.Href, h.Name.In(v.Lang), h.Note.In(v.Lang), v.T("search.kind." + h.Kind), h.more(v.Lang)})
	}
	if !whole && query != "" {
		v.Gap = v.T("search.gap")
	}
	if len(v.Hits) == 0 {
		v.None = v.T("search.empty")
		if query != "" {
			v.None = v.T("search.nothing", "q", clip(query, 80))
		}
	}
	return s.render(c, "search", v)
}

type hitAnswer struct {
	Kind string      `json:"kind"` // unit, index, component
	Key  string      `json:"key"`  // of the unit, code of the index or of the component
	Name reform.Text `json:"name"`
	Note reform.Text `json:"note"`
	Href string      `json:"href"`
	// Index is the code of the component's index, or of the one named beside a unit.
	Index   string `json:"index"`
	Ranking string `json:"ranking"` // the league table about it; "" where there is none
}

// more are the further ways to a hit.
func (h hitAnswer) more(lang string) []Link {
	if h.Ranking == "" || h.Ranking == h.Href {
		return nil
	}
	return []Link{{Href: h.Ranking, Text: words.T(lang, "search.ranking")}}
}

// hits is what is found, whether or not the departments could be searched.
func (s *Server) hits(ctx context.Context, query string, limit int) []hitAnswer {
	out, _ := s.found(ctx, query, limit)
	return out
}

// found searches; the second value is false where only the catalogue could be searched, because the engine is away.
func (s *Server) found(ctx context.Context, query string, limit int) ([]hitAnswer, bool) {
	find, facts, err := s.searchable(ctx)
	var list []reform.Hit
	if err != nil {
		s.log.WarnContext(ctx, "departments and communes not searched", "error", err)
		list = s.opt.Catalog.Search(query, 2*limit)
	} else {
		list = find.Search(query, 2*limit)
	}
	out := []hitAnswer{}
	for _, h := range list {
		if a := s.hitAnswer(h, facts); a.Href != "" && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, err == nil
}

// searchable is the searcher of what is loaded now.
func (s *Server) searchable(ctx context.Context) (*reform.Searcher, map[reform.UnitKey]reform.UnitFacts, error) {
	rev, err := s.currentRev(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.searching.mu.Lock()
	defer s.searching.mu.Unlock()
	if s.searching.find != nil && s.searching.rev == rev {
		return s.searching.find, s.searching.facts, nil
	}
	facts := map[reform.UnitKey]reform.UnitFacts{}
	var units []*reform.Unit
	for _, typ := range []reform.UnitType{reform.Department, reform.Commune, reform.Ministry} {
		list, err := s.opt.Reader.Units(ctx, typ, "", reform.View{Rev: rev})
		if err != nil {
			return nil, nil, err
		}
		for _, u := range list {
			facts[u.Unit] = u
			units = append(units, &reform.Unit{Key: u.Unit, Type: u.UnitType, Name: u.UnitName, Parent: u.Parent, Scheme: u.Unit.Scheme()})
		}
	}
	s.searching.rev, s.searching.facts, s.searching.find = rev, facts, s.opt.Catalog.NewSearcher(units)
	return s.searching.find, facts, nil
}

func (s *Server) hitAnswer(h reform.Hit, facts map[reform.UnitKey]reform.UnitFacts) hitAnswer {
	a := hitAnswer{Kind: h.Kind, Name: h.Name, Note: h.Note}
	if h.Index != nil {
		a.Index = h.Index.Code
		component := ""
		if h.Component != nil {
			component = h.Component.Code
		}
		unit := ""
		if h.Unit != nil {
			unit = string(h.Unit.Key)
		}
		a.Ranking = withQueryOf("/rankings/"+h.Index.Code, values("period", h.Period, "component", component, "unit", unit))
	}
	switch {
	case h.Unit != nil:
		a.Key = string(h.Unit.Key)
		switch {
		case h.Unit.Type == reform.Region:
			a.Href = "/units?" + url.Values{"region": {a.Key}}.Encode()
		case s.unitHref(h.Unit.Key) != "":
			a.Href = withQueryOf(s.unitHref(h.Unit.Key), values("index", a.Index))
		default:
			a.Href = rowHref(facts[h.Unit.Key])
		}
	case h.Component != nil:
		a.Key = h.Component.Code
		a.Href = componentHref(h.Index.Code, h.Basis, h.Component.Code)
	case h.Index != nil:
		a.Key, a.Href = h.Index.Code, "/indices/"+h.Index.Code
		if h.Period != "" {
			a.Href = a.Ranking
		}
	}
	return a
}

// rowHref is the league table in which a department, commune or ministry stands; "" where nothing of it is loaded.
func rowHref(u reform.UnitFacts) string {
	if len(u.Indices) == 0 {
		return ""
	}
	return withQueryOf("/rankings/"+u.Indices[0], values("type", string(u.UnitType), "scope", provinceScope(u), "unit", string(u.Unit)))
}

// provinceScope is the province within which a department or commune is ranked.
func provinceScope(u reform.UnitFacts) string {
	if u.UnitType == reform.Ministry {
		return ""
	}
	return string(u.Unit.Parent())
}

// componentHref is the place of a component on the page of its index.
func componentHref(index, basis, component string) string {
	return withQueryOf("/indices/"+index, values("basis", basis, "component", component)) + "#here"
}

// withQueryOf is an address with its parameters, if there are any.
func withQueryOf(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

package dashboard

import (
	"github.com/gofiber/fiber/v2"
)

type searchView struct {
	Base
	Hits []searchHit
	None string
}

type searchHit struct{ Href, Name, Note, Kind string }

// search finds units and indices as people type them.
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
	for _, h := range s.hits(query, 40) {
		v.Hits = append(v.Hits, searchHit{h.Href, h.Name.In(v.Lang), h.Note.In(v.Lang), v.T("search.kind." + h.Kind)})
	}
	if len(v.Hits) == 0 {
		v.None = v.T("search.empty")
		if query != "" {
			v.None = v.T("search.nothing", "q", clip(query, 80))
		}
	}
	return s.render(c, "search", v)
}

package dashboard

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type unitAnswer struct {
	Key          reform.UnitKey   `json:"key"`
	Scheme       reform.Scheme    `json:"scheme"`
	Type         reform.UnitType  `json:"type"`
	Name         string           `json:"name"`
	NameEN       string           `json:"name_en"`
	Slug         string           `json:"slug"`
	Parent       reform.UnitKey   `json:"parent"`
	Regions      []reform.UnitKey `json:"regions"`
	Lineage      []reform.UnitKey `json:"lineage"`
	Successor    *reform.UnitKey  `json:"successor"`
	Predecessors []reform.UnitKey `json:"predecessors"`
	ISO          string           `json:"iso"`
}

func (s *Server) unitAnswer(u *reform.Unit) unitAnswer {
	a := unitAnswer{
		Key: u.Key, Scheme: u.Scheme, Type: u.Type, Name: u.Name, NameEN: u.NameEN, Slug: u.Slug, Parent: u.Parent, ISO: u.ISO,
		Regions: unitKeys(s.opt.Catalog.RegionsOf(u.Key)), Lineage: unitKeys(s.opt.Catalog.Lineage(u.Key)), Predecessors: unitKeys(s.opt.Catalog.Predecessors(u.Key)),
	}
	if k, ok := s.opt.Catalog.Successor(u.Key); ok {
		a.Successor = &k
	}
	return a
}

func (s *Server) apiUnits(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	scheme, typ := p.scheme(), p.unitType()
	if err := p.done(); err != nil {
		return err
	}
	schemes := []reform.Scheme{reform.VN34, reform.VN63, reform.VN64}
	if scheme != "" {
		schemes = []reform.Scheme{scheme}
	}
	types := []reform.UnitType{reform.Region, reform.Province}
	if typ != "" {
		types = []reform.UnitType{typ}
	}
	if typ == reform.Nation || typ == reform.Ministry {
		schemes = []reform.Scheme{reform.NoScheme}
	}
	rows := []unitAnswer{}
	t := &csvTable{name: "units", columns: []string{"key", "scheme", "type", "name", "name_en", "slug", "parent", "regions", "lineage", "successor", "predecessors", "iso"}}
	for _, sc := range schemes {
		for _, ty := range types {
			for _, u := range s.opt.Catalog.Units(sc, ty) {
				a := s.unitAnswer(u)
				rows = append(rows, a)
				next := ""
				if a.Successor != nil {
					next = string(*a.Successor)
				}
				t.add(string(a.Key), string(a.Scheme), string(a.Type), a.Name, a.NameEN, a.Slug, string(a.Parent), spaced(a.Regions), spaced(a.Lineage), next, spaced(a.Predecessors), a.ISO)
			}
		}
	}
	return s.answer(c, struct {
		Rows []unitAnswer `json:"rows"`
	}{rows}, t)
}

func spaced(ks []reform.UnitKey) string { return strings.ReplaceAll(joinKeys(ks), ",", " ") }

// apiUnit answers one unit. A key holds a colon and may hold a slash, so the rest of
// the path is the key, percent-encoded or not.
func (s *Server) apiUnit(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	if err := p.done(); err != nil {
		return err
	}
	text, err := url.PathUnescape(c.Params("*"))
	if err != nil {
		return invalid("key", "can't be read")
	}
	k, err := reform.ParseUnitKey(text)
	if err != nil {
		return err
	}
	u, err := s.opt.Catalog.UnitOrForm(k)
	if err != nil {
		return err
	}
	return s.answer(c, s.unitAnswer(u), nil)
}

type indexRow struct {
	Code      string            `json:"code"`
	Name      reform.Text       `json:"name"`
	Short     reform.Text       `json:"short"`
	Publisher reform.Text       `json:"publisher"`
	Unit      reform.Text       `json:"unit"`
	UnitTypes []reform.UnitType `json:"unit_types"`
	Scope     string            `json:"scope"`
	Since     int               `json:"since"`
	Decimals  int               `json:"decimals"`
	Counts    bool              `json:"counts"`
	Own       bool              `json:"own"`
	Bases     []string          `json:"bases"`
}

func (s *Server) apiIndices(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	if err := p.done(); err != nil {
		return err
	}
	rows := []indexRow{}
	t := &csvTable{name: "indices", columns: []string{"code", "name", "name_en", "short", "publisher", "scope", "since"}}
	for _, ix := range s.opt.Catalog.Indices() {
		r := indexRow{ix.Code, ix.Name, ix.Short, ix.Publisher, ix.Unit, ix.UnitTypes, ix.Scope, ix.Since, ix.Decimals, ix.Counts, ix.Own, []string{}}
		if r.UnitTypes == nil {
			r.UnitTypes = []reform.UnitType{}
		}
		for _, b := range ix.Bases {
			r.Bases = append(r.Bases, b.Code)
		}
		rows = append(rows, r)
		t.add(ix.Code, ix.Name.VI, ix.Name.EN, ix.Short.VI, ix.Publisher.VI, ix.Scope, orEmpty(ix.Since))
	}
	return s.answer(c, struct {
		Rows []indexRow `json:"rows"`
	}{rows}, t)
}

// apiIndex answers one index whole: bases, component trees, breaks, editions.
func (s *Server) apiIndex(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	if err := p.done(); err != nil {
		return err
	}
	ix, err := s.indexOf(c.Params("code"))
	if err != nil {
		return err
	}
	return s.answer(c, ix, nil)
}

func (s *Server) apiSearch(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	query, limit := p.text("q"), p.number("limit", 1, 50)
	if query == "" {
		p.fail(invalid("q", "is missing"))
	}
	if err := p.done(); err != nil {
		return err
	}
	if limit == 0 {
		limit = 10
	}
	rows := s.hits(c.UserContext(), query, limit)
	t := &csvTable{name: "search", columns: []string{"kind", "key", "name", "name_en", "note", "href"}}
	for _, h := range rows {
		t.add(h.Kind, h.Key, h.Name.VI, h.Name.EN, h.Note.VI, h.Href)
	}
	return s.answer(c, struct {
		Query string      `json:"query"`
		Rows  []hitAnswer `json:"rows"`
	}{query, rows}, t)
}

type healthAnswer struct {
	Status  string `json:"status"` // ok, degraded
	Version string `json:"version"`
	Engine  string `json:"engine"` // ok, unavailable, unknown
	Ready   bool   `json:"ready"`
}

// apiHealth says how the server is: 200 while the engine answers, else 503, so
// that a supervisor needs to read nothing.
func (s *Server) apiHealth(c *fiber.Ctx) error {
	a := healthAnswer{Status: "ok", Version: s.opt.Version, Engine: "unknown", Ready: s.ready()}
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.opt.Health != nil {
		a.Engine = "ok"
		if err := s.opt.Health.Check(c.UserContext()); err != nil {
			s.log.WarnContext(c.UserContext(), "engine is not well", "error", err)
			a.Status, a.Engine = "degraded", "unavailable"
			c.Status(http.StatusServiceUnavailable)
			c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(retryAfter.Seconds())))
		}
	}
	return c.JSON(a)
}

func (s *Server) ready() bool { return s.opt.Ready == nil || s.opt.Ready() }

// apiReady answers 200 only once the shipped facts are loaded.
func (s *Server) apiReady(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if !s.ready() {
		c.Set(fiber.HeaderRetryAfter, "1")
		c.Status(http.StatusServiceUnavailable)
		return c.JSON(errorBody{errorDetail{"starting", "the shipped facts are still being loaded", requestID(c)}})
	}
	return c.JSON(struct {
		Ready bool `json:"ready"`
	}{true})
}

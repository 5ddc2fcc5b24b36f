package dashboard

import (
	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type unitsView struct {
	Base
	Groups []unitsGroup
}

type unitsGroup struct {
	Heading, Sub string
	Regions      []unitsRegion
}

type unitsRegion struct {
	Name  string
	Board string // small charts of its provinces
	Units []Link
}

// units lists the provinces of every scheme by region.
func (s *Server) units(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	view := ps.view() // the list itself is the catalogue's; its links lead on in the same state
	only := reform.UnitKey(ps.text("region"))
	if only != "" {
		if _, err := s.opt.Catalog.Unit(only); err != nil {
			ps.fail(err)
		}
	}
	if err := ps.done(); err != nil {
		return err
	}
	v := unitsView{Base: s.base(c, "units")}
	s.past(c, &v.Base, view)
	v.Title = v.T("units.title")
	for _, sc := range []reform.Scheme{reform.VN34, reform.VN63, reform.VN64} {
		g := unitsGroup{Heading: schemeName(sc, v.Lang), Sub: v.T("units.count", "n", len(s.opt.Catalog.Units(sc, reform.Province)))}
		listed := map[reform.UnitKey]bool{}
		for _, r := range s.opt.Catalog.Units(sc, reform.Region) {
			if only != "" && r.Key != only {
				continue
			}
			region := unitsRegion{Name: s.unitName(r.Key, v.Lang), Board: "/analysis/board?region=" + string(r.Key)}
			for _, k := range s.opt.Catalog.Members(r.Key) {
				// A province lies in a region of each of the two division schemes: the first is listed.
				if listed[k] && only == "" {
					continue
				}
				listed[k] = true
				region.Units = append(region.Units, Link{Href: s.unitHref(k), Text: s.unitName(k, v.Lang)})
			}
			if len(region.Units) > 0 {
				g.Regions = append(g.Regions, region)
			}
		}
		var rest unitsRegion
		for _, u := range s.opt.Catalog.Units(sc, reform.Province) {
			if !listed[u.Key] && only == "" {
				rest.Units = append(rest.Units, Link{Href: s.unitHref(u.Key), Text: s.unitName(u.Key, v.Lang)})
			}
		}
		if len(rest.Units) > 0 {
			g.Regions = append(g.Regions, rest)
		}
		if len(g.Regions) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return s.render(c, "units", v)
}

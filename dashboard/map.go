package dashboard

import (
	"context"
	"net/url"
	"slices"

	"chiso/charts"
	"chiso/charts/geo"
	"chiso/reform"
	"chiso/reform/words"
)

// mapScript is the name of the static file that makes a map known to the chart library of a page.
func mapScript(name string) string { return "map-" + name + ".js" }

// addMaps makes a script of each map. The user's own take the place of those that ship with the program.
func (set *assetSet) addMaps(own map[reform.Scheme]*geo.Map) {
	for _, scheme := range []reform.Scheme{reform.VN63, reform.VN34} {
		m := own[scheme]
		if m == nil {
			var ok bool
			if m, ok = geo.Shipped(scheme); !ok {
				continue
			}
		}
		// The name is a scheme and the document was written by json.Marshal, which leaves no way out of a script.
		set.add(mapScript(m.Name), []byte(`echarts.registerMap("`+m.Name+`",{geoJSON:`+string(m.GeoJSON)+"});\n"))
	}
}

// mapURL is where a page's script finds the map of a picture; "" of a picture without one.
func (s *Server) mapURL(pic *charts.Picture) (string, error) {
	if len(pic.Maps) == 0 {
		return "", nil
	}
	return s.assets.url(mapScript(pic.Maps[0]))
}

// askMap answers /figures/map.
func (s *Server) askMap(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	show := charts.MapShow(p.oneOf("show", string(charts.MapPlace), string(charts.MapScore), string(charts.MapChange)))
	layout := charts.MapLayout(p.oneOf("layout", string(charts.MapShapes), string(charts.MapTiles)))
	a, err := s.askLeague(ctx, p)
	if err != nil {
		return nil, err
	}
	pic, err := s.mapPicture(ctx, a.index, a.league, s.inScheme(a.chosen, a.league), a.component, show, layout, st)
	return pic, noFacts(err)
}

// mapPicture draws a league table as a map.
func (s *Server) mapPicture(ctx context.Context, ix *reform.Index, l *reform.League, chosen []reform.UnitKey, component string, show charts.MapShow, layout charts.MapLayout, st charts.Style) (*charts.Picture, error) {
	in := charts.MapInput{
		Index: *ix, League: *l, Component: component, Show: show, Layout: layout, Shape: s.opt.Maps[l.Scheme], Chosen: chosen,
		Names: func(k reform.UnitKey) string { return s.unitNameIn(k, l.Period, st.Lang) },
	}
	if l.Scope != "" && l.Scope != reform.ScopeNation {
		in.ScopeName = s.scopeName(l.Scope, st.Lang)
		members := s.opt.Catalog.Members(reform.UnitKey(l.Scope))
		in.Within = func(k reform.UnitKey) bool { return slices.Contains(members, k) }
	}
	var err error
	if in.Documents, err = s.citeLeague(ctx, l, st.Lang); err != nil {
		return nil, err
	}
	return charts.Map(in, st)
}

// showBars is the third way to show a league table beside the two maps.
const showBars = "bars"

// pictureChoice is which picture stands beside a league table.
type pictureChoice struct {
	Layout string // "map", "tiles", "bars"
	Show   charts.MapShow
}

// pictureChoice reads it. A table that no map can show has bars.
func (p *params) pictureChoice() pictureChoice {
	return pictureChoice{
		Layout: p.oneOf("layout", string(charts.MapShapes), string(charts.MapTiles), showBars),
		Show:   charts.MapShow(p.oneOf("show", string(charts.MapPlace), string(charts.MapScore), string(charts.MapChange))),
	}
}

// mappable reports whether a map can be drawn of the table.
func mappable(l *reform.League) bool {
	return len(geo.Tiles(l.Scheme)) > 0 && (l.UnitType == "" || l.UnitType == reform.Province)
}

// shows says whether the table has anything to colour a map by.
func shows(l *reform.League, show charts.MapShow) bool {
	return slices.ContainsFunc(l.Rows, func(r reform.Standing) bool {
		switch show {
		case charts.MapScore:
			return r.Score.Valid
		case charts.MapChange:
			return r.Place > 0 && r.PrevPlace > 0
		}
		return r.Place > 0
	})
}

// pictureLinks are the choices beside the picture, each the page's own address with one thing changed.
func pictureLinks(lang string, page url.Values, action string, l *reform.League, c pictureChoice) (layouts, shown []Link) {
	link := func(name, value, first, text string, current bool) Link {
		q := cloneValues(page)
		q.Del(name)
		if value != first {
			q.Set(name, value)
		}
		return Link{Href: action + "?" + q.Encode() + "#picture", Text: text, Current: current}
	}
	for _, v := range []string{string(charts.MapShapes), string(charts.MapTiles), showBars} {
		layouts = append(layouts, link("layout", v, string(charts.MapShapes), words.T(lang, "ranking.layout."+v), c.Layout == v))
	}
	if c.Layout == showBars {
		return layouts, nil
	}
	for _, v := range []charts.MapShow{charts.MapPlace, charts.MapScore, charts.MapChange} {
		if shows(l, v) {
			shown = append(shown, link("show", string(v), string(charts.MapPlace), words.T(lang, "ranking.show."+string(v)), c.Show == v))
		}
	}
	return layouts, shown
}

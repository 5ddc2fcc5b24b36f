package dashboard

import (
	"cmp"
	"slices"

	"chiso/reform"
	"chiso/reform/viet"
)

// maxTrendUnits is how many units are drawn in one trend: more lines are told apart by nobody.
const maxTrendUnits = 6

// trendBox lets the reader choose the units of the trend.
type trendBox struct {
	Open   bool
	Hidden []hiddenField
	Groups []trendGroup
	Reset  string // to the page's own unit; "" it is shown
}

type trendGroup struct {
	Label string
	Units []unitOption
}

// trendUnits are the units whose trend is drawn, and whether more were asked for.
func (s *Server) trendUnits(q liveQuery, own reform.UnitKey) (units []reform.UnitKey, many bool) {
	for _, u := range q.trend {
		if u = s.liveUnit(u); slices.Contains(units, u) {
			continue
		}
		if len(units) == maxTrendUnits {
			return units, true
		}
		units = append(units, u)
	}
	if len(units) == 0 {
		units = append(units, own)
	}
	return units, false
}

// trendBox offers the provinces, and what the page lists below one.
func (s *Server) trendBox(b Base, q liveQuery, chosen []reform.UnitKey, tables []reform.LiveTable) trendBox {
	box := trendBox{Open: len(q.trend) > 0}
	if box.Open {
		box.Reset = q.href(func(o *liveQuery) { o.trend = nil }) + "#trend"
	}
	for name, vs := range q.values() {
		if name != "trend" {
			box.Hidden = append(box.Hidden, hiddenField{name, vs[0]})
		}
	}
	slices.SortFunc(box.Hidden, func(a, b hiddenField) int { return cmp.Compare(a.Name, b.Name) })
	provinces := trendGroup{Label: b.T("live.type." + string(reform.Province))}
	for _, u := range s.opt.Catalog.Units(reform.VN34, reform.Province) {
		provinces.Units = append(provinces.Units, unitOption{string(u.Key), s.unitName(u.Key, b.Lang), slices.Contains(chosen, u.Key)})
	}
	groups := []trendGroup{provinces}
	if q.unit != "" {
		for i := range tables {
			below := trendGroup{Label: b.T("live.type." + string(tables[i].UnitType))}
			for _, r := range tables[i].Rows {
				below.Units = append(below.Units, unitOption{string(r.Unit), s.liveName(r, tables[i].Period, b.Lang), slices.Contains(chosen, r.Unit)})
			}
			groups = append(groups, below)
		}
	}
	for _, g := range groups {
		slices.SortStableFunc(g.Units, func(a, b unitOption) int { return viet.Compare(a.Name, b.Name) })
	}
	box.Groups = groups
	return box
}

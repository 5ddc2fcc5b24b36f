package charts_test

import (
	"fmt"

	"chiso/charts"
	"chiso/charts/geo"
	"chiso/reform"
)

// provinces is an edition of a scheme: places by code, scores that fall with them, movements around none.
func provinces(scheme reform.Scheme, known int) charts.MapInput {
	in := charts.MapInput{Index: index(), Chosen: []reform.UnitKey{reform.UnitKey(string(scheme) + ":80"), reform.UnitKey(string(scheme) + ":01")}}
	all := map[reform.Scheme]int{reform.VN63: 63, reform.VN34: 34, reform.VN64: 64}[scheme]
	in.League = reform.League{Index: "par", Period: reform.YearPeriod(2019), Basis: "b", Scheme: scheme, UnitType: reform.Province,
		Prev: reform.YearPeriod(2018), PrevComplete: true, Coverage: reform.Coverage{Of: all, WithPlace: known, WithScore: known}}
	place := 0
	for _, t := range geo.Tiles(scheme) {
		if len(t.Code) > 2 || place >= known {
			continue
		}
		place++
		in.League.Rows = append(in.League.Rows, reform.Standing{
			Unit: reform.UnitKey(string(scheme) + ":" + t.Code), Place: place, Of: all, RankKind: reform.Published, Score: num(fmt.Sprintf("%d.%02d", 90-place/3, place)), Max: num("100"), Status: reform.Final,
			PrevPlace: (place+11)%all + 1, PrevOf: all, PlaceFrom: reform.Measure{Document: "doc-2019"},
		})
	}
	cat := catalogue()
	in.Names = func(k reform.UnitKey) string {
		if u, err := cat.Unit(k); err == nil {
			return u.Name
		}
		return ""
	}
	return in
}

func catalogue() *reform.Catalog {
	c, err := reform.LoadCatalog()
	if err != nil {
		panic(err)
	}
	return c
}

// maps are one of each kind.
func maps() map[string]func(charts.Style) (*charts.Picture, error) {
	kind := func(scheme reform.Scheme, known int, show charts.MapShow, layout charts.MapLayout, across int) func(charts.Style) (*charts.Picture, error) {
		return func(st charts.Style) (*charts.Picture, error) {
			in := provinces(scheme, known)
			in.Show, in.Layout = show, layout
			for i := range in.League.Rows {
				in.League.Rows[i].AcrossBreak = i < across
				if i%9 == 8 {
					in.League.Rows[i].PrevPlace = 0
				}
			}
			return charts.Map(in, st)
		}
	}
	return map[string]func(charts.Style) (*charts.Picture, error){
		"map-place":      kind(reform.VN63, 63, charts.MapPlace, charts.MapShapes, 0),
		"map-incomplete": kind(reform.VN63, 36, charts.MapPlace, charts.MapShapes, 0),
		"map-score":      kind(reform.VN34, 34, charts.MapScore, charts.MapShapes, 0),
		"map-change":     kind(reform.VN63, 63, charts.MapChange, charts.MapShapes, 0),
		"map-across":     kind(reform.VN34, 34, charts.MapChange, charts.MapShapes, 20),
		"map-tiles":      kind(reform.VN63, 63, charts.MapPlace, charts.MapTiles, 0),
		"map-tiles34":    kind(reform.VN34, 30, charts.MapChange, charts.MapTiles, 34),
		"map-64":         kind(reform.VN64, 64, charts.MapScore, charts.MapShapes, 0),
	}
}

package dashboard

import (
	"context"

	"chiso/charts"
	"chiso/reform"
)

// askComparison reads what bars and radar of several units are drawn from.
func (s *Server) askComparison(ctx context.Context, p *params, lang string) (charts.CompareInput, error) {
	st := compareState{ix: p.index(), units: p.units(2, mostCompared), period: p.period(true), all: p.oneOf("parts", "main", "all") == "all", view: p.view()}
	basis := p.text("basis")
	if st.ix != nil {
		p.checkBasis(st.ix, basis)
	}
	if err := p.done(); err != nil {
		return charts.CompareInput{}, err
	}
	subs, err := s.partsOf(ctx, st, st.period, basis)
	if err != nil {
		return charts.CompareInput{}, err
	}
	return s.compareInput(ctx, st, subs, lang)
}

func (s *Server) askCompareBars(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	in, err := s.askComparison(ctx, p, st.Lang)
	if err != nil {
		return nil, err
	}
	pic, err := charts.CompareBars(in, st)
	return pic, noFacts(err)
}

func (s *Server) askCompareRadar(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	in, err := s.askComparison(ctx, p, st.Lang)
	if err != nil {
		return nil, err
	}
	pic, err := charts.CompareRadar(in, st)
	return pic, noFacts(err)
}

func (s *Server) askDistribution(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	ix, chosen, view := p.index(), p.units(0, mostCompared), p.view()
	if err := p.done(); err != nil {
		return nil, err
	}
	eds, err := s.editionsFor(ctx, ix.Code, view)
	if err != nil {
		return nil, err
	}
	in, err := s.totalsSpread(ctx, ix, eds, chosen, view, st.Lang)
	if err != nil {
		return nil, err
	}
	pic, err := charts.Distribution(in, st)
	return pic, noFacts(err)
}

// totalsSpread is the totals of provinces by year: of every year the edition of which the most
// units have a total. A unit that runs on through schemes is the same one.
func (s *Server) totalsSpread(ctx context.Context, ix *reform.Index, eds []reform.EditionInfo, chosen []reform.UnitKey, view reform.View, lang string) (charts.DistributionInput, error) {
	in := charts.DistributionInput{Index: *ix, Chosen: chosen, Names: func(k reform.UnitKey) string { return s.unitName(k, lang) }}
	best := map[reform.Period]reform.EditionInfo{}
	schemes := map[reform.Scheme]bool{}
	var periods []reform.Period
	for _, e := range eds { // newest first
		if e.Period.Kind() != reform.Year || e.UnitType != reform.Province || e.Scope != reform.ScopeNation || e.Coverage.WithScore == 0 {
			continue
		}
		known, ok := best[e.Period]
		if !ok {
			periods = append([]reform.Period{e.Period}, periods...)
		}
		if !ok || e.Coverage.WithScore > known.Coverage.WithScore {
			best[e.Period] = e
		}
		schemes[e.Scheme] = true
	}
	values := map[reform.Period]map[reform.UnitKey]reform.HeatCell{}
	for scheme := range schemes {
		h, err := s.opt.Reader.Heatmap(ctx, reform.HeatmapQuestion{Index: ix.Code, Scheme: scheme, Kind: reform.Year, Scope: reform.ScopeNation, View: view})
		if err != nil {
			return in, err
		}
		for _, cell := range h.Cells {
			e, ok := best[cell.Period]
			if !ok || !cell.Score.Valid || cell.Basis != e.Basis || cell.Unit.Scheme() != e.Scheme {
				continue
			}
			if values[cell.Period] == nil {
				values[cell.Period] = map[reform.UnitKey]reform.HeatCell{}
			}
			values[cell.Period][cell.Unit] = cell
		}
	}
	for _, period := range periods {
		e := best[period]
		one := charts.Spread{Period: period, Basis: e.Basis, Of: e.Coverage.Of, Complete: e.Coverage.Complete() && len(values[period]) >= e.Coverage.Of}
		for _, u := range s.opt.Catalog.Units(e.Scheme, reform.Province) {
			cell, ok := values[period][u.Key]
			if !ok {
				continue
			}
			key := u.Key
			for _, k := range chosen {
				for _, line := range s.opt.Catalog.Lineage(k) {
					if line == u.Key {
						key = k
					}
				}
			}
			one.Values = append(one.Values, charts.SpreadValue{Unit: key, Score: cell.Score})
		}
		in.Years = append(in.Years, one)
	}
	return in, nil
}

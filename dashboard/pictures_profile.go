package dashboard

import (
	"context"
	"fmt"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// maxHistory is how many periods of an index a profile looks back: all of them for a long time.
const maxHistory = 60

// historiesPicture draws the yearly places of one unit in all indices.
func (s *Server) historiesPicture(ctx context.Context, u *reform.Unit, series []reform.RankSeries, measure charts.Measure, st charts.Style) (*charts.Picture, error) {
	in := charts.HistoriesInput{Name: s.unitName(u.Key, st.Lang), FullName: s.fullName(u, st.Lang), Measure: measure}
	var ids []string
	for _, one := range series {
		ix, err := s.indexOf(one.Index)
		if err != nil || one.Kind != reform.Year || !anyPlace(one.Points) {
			continue // finer periods are no points of a line of years
		}
		in.Lines = append(in.Lines, charts.IndexLine{
			Index: *ix, Series: one, Breaks: s.opt.Catalog.UnitBreaks(u.Key, one.Points[0].Period, one.Points[len(one.Points)-1].Period),
		})
		for _, pt := range one.Points {
			ids = append(ids, pt.PlaceFrom.Document, pt.ScoreFrom.Document)
		}
	}
	sources, err := s.cite(ctx, st.Lang, ids)
	if err != nil {
		return nil, err
	}
	in.Documents = citedBy(sources)
	return charts.Histories(in, st)
}

// derivedPicture draws the derived history of a merged province beside its own, never joined to it.
func (s *Server) derivedPicture(ctx context.Context, ix *reform.Index, h *reform.DerivedHistory, own []reform.RankSeries, measure charts.Measure, st charts.Style) (*charts.Picture, error) {
	u, ok := s.unitOf(h.Unit)
	if !ok {
		return nil, fmt.Errorf("unit %s: %w", h.Unit, reform.ErrNotFound)
	}
	name := s.unitName(u.Key, st.Lang)
	say := func(key string, pairs ...any) string { return words.T(st.Lang, key, pairs...) }
	in := charts.RankHistoryInput{Index: *ix, Measure: measure}
	var ids []string
	derived := reform.RankSeries{Index: ix.Code, Unit: h.Unit, Scope: reform.ScopeNation, Kind: reform.Year}
	var first, last reform.Period
	for _, p := range h.Points {
		if !p.Score.Valid {
			continue // a gap: one of the former provinces has no score
		}
		if first.IsZero() {
			first = p.Period
		}
		last = p.Period
		pt := reform.RankPoint{Unit: h.Unit, Period: p.Period, Basis: p.Basis, Scope: reform.ScopeNation, Score: p.Score, Max: p.Max, Status: p.Status, Place: p.Place, Of: p.Of, OfPrinted: true}
		if p.Place > 0 {
			pt.RankKind = reform.Derived
		}
		for i, m := range p.Members {
			ids = append(ids, m.From.Document)
			if i == 0 {
				pt.ScoreFrom = m.From
			}
		}
		derived.Points = append(derived.Points, pt)
	}
	if first.IsZero() {
		return nil, fmt.Errorf("derived history of %s in %s: in no edition all former provinces have a score: %w", h.Unit, ix.Code, reform.ErrNotFound)
	}
	in.Lines = append(in.Lines, charts.Line{RankSeries: derived, Name: say("derived.line", "unit", name), FullName: say("derived.line", "unit", name), Derived: true})
	for _, one := range own {
		if len(one.Points) == 0 {
			continue
		}
		for _, pt := range one.Points {
			ids = append(ids, pt.PlaceFrom.Document, pt.ScoreFrom.Document)
		}
		if end := one.Points[len(one.Points)-1].Period; end.Compare(last) > 0 {
			last = end
		}
		in.Lines = append(in.Lines, charts.Line{RankSeries: one, Name: say("derived.published", "unit", name), FullName: s.fullName(u, st.Lang)})
	}
	var members []string
	for _, k := range h.Members {
		members = append(members, s.unitName(k, st.Lang))
	}
	in.Title = say("derived.title", "index", ix.Short.In(st.Lang), "unit", name, "from", periodName(first, st.Lang), "to", periodName(last, st.Lang))
	in.Notes = append(in.Notes, say("derived.note", "unit", name, "parts", joined(members, st.Lang)), say("derived.place"))
	sources, err := s.cite(ctx, st.Lang, ids)
	if err != nil {
		return nil, err
	}
	in.Documents = citedBy(sources)
	pic, err := charts.RankHistory(in, st)
	if err != nil {
		return nil, err
	}
	// All former provinces' documents stand under the picture, not only those of the first.
	pic.Name, pic.Sources = "derived", sources
	return pic, nil
}

// joined is "A, B và C".
func joined(names []string, lang string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	out := names[0]
	for _, n := range names[1 : len(names)-1] {
		out += ", " + n
	}
	return out + words.T(lang, "chart.and") + names[len(names)-1]
}

func (s *Server) askHistories(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	unit, view := p.oneUnit(), p.view()
	measure := charts.Measure(p.oneOf("measure", string(charts.Percentiles), string(charts.Places)))
	if err := p.done(); err != nil {
		return nil, err
	}
	u, err := s.opt.Catalog.UnitOrForm(unit)
	if err != nil {
		return nil, err
	}
	series, err := s.opt.Reader.Overview(ctx, unit, maxHistory, view)
	if err != nil {
		return nil, err
	}
	pic, err := s.historiesPicture(ctx, u, series, measure, st)
	return pic, noFacts(err)
}

func (s *Server) askLostPoints(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	in, err := s.askSubscores(ctx, p, st.Lang)
	if err != nil {
		return nil, err
	}
	pic, err := charts.LostPoints(in, st)
	return pic, noFacts(err)
}

func (s *Server) askDerived(ctx context.Context, p *params, st charts.Style) (*charts.Picture, error) {
	ix, unit, view := p.index(), p.oneUnit(), p.view()
	measure := charts.Measure(p.oneOf("measure", string(charts.Scores), string(charts.Places), string(charts.Percentiles)))
	if err := p.done(); err != nil {
		return nil, err
	}
	h, own, err := s.derivedHistory(ctx, ix, unit, view)
	if err != nil {
		return nil, err
	}
	pic, err := s.derivedPicture(ctx, ix, h, own, measure, st)
	return pic, noFacts(err)
}

// derivedHistory asks for a merged province's derived history and for its own.
func (s *Server) derivedHistory(ctx context.Context, ix *reform.Index, unit reform.UnitKey, view reform.View) (*reform.DerivedHistory, []reform.RankSeries, error) {
	h, err := s.opt.Reader.Derived(ctx, reform.DerivedQuestion{Index: ix.Code, Unit: unit, View: view})
	if err != nil {
		return nil, nil, err
	}
	own, err := s.opt.Reader.RankHistory(ctx, reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{unit}, Scope: reform.ScopeNation, Kind: reform.Year, View: view})
	return &h, own, err
}

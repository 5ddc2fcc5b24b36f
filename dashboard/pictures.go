package dashboard

import (
	"context"
	"net/url"

	"chiso/charts"
	"chiso/reform"
)

// What a picture draws is asked for here, in one way for the page and for
// /figures/, so that both show the same.

func citedBy(sources []charts.Source) map[string]charts.Source {
	m := make(map[string]charts.Source, len(sources))
	for _, s := range sources {
		m[s.Document] = s
	}
	return m
}

// historyPicture draws rank histories.
func (s *Server) historyPicture(ctx context.Context, ix *reform.Index, q reform.RankHistoryQuestion, series []reform.RankSeries, measure charts.Measure, st charts.Style) (*charts.Picture, error) {
	in := charts.RankHistoryInput{Index: *ix, Component: q.Component, Measure: measure}
	if q.Scope != "" && q.Scope != reform.ScopeNation {
		in.ScopeName = s.scopeName(q.Scope, st.Lang)
	}
	var ids []string
	for _, one := range series {
		line := charts.Line{RankSeries: one, Name: s.unitName(one.Unit, st.Lang)}
		if u, ok := s.unitOf(one.Unit); ok {
			line.FullName = s.fullName(u, st.Lang)
		}
		if n := len(one.Points); n > 0 {
			line.Breaks = s.opt.Catalog.UnitBreaks(one.Unit, one.Points[0].Period, one.Points[n-1].Period)
		}
		for _, pt := range one.Points {
			ids = append(ids, pt.PlaceFrom.Document, pt.ScoreFrom.Document)
		}
		in.Lines = append(in.Lines, line)
	}
	if err := s.addOwn(ctx, &in, ix, q, st.Lang); err != nil {
		return nil, err
	}
	sources, err := s.cite(ctx, st.Lang, ids)
	if err != nil {
		return nil, err
	}
	in.Documents = citedBy(sources)
	return charts.RankHistory(in, st)
}

// subscoresInput is what bars and radar of one unit are drawn from.
func (s *Server) subscoresInput(ctx context.Context, ix *reform.Index, sub *reform.Subscores, breakdown, lang string) (charts.SubscoresInput, error) {
	in := charts.SubscoresInput{Index: *ix, Subscores: *sub, Name: s.unitNameIn(sub.Unit, sub.Period, lang), Breakdown: breakdown}
	if u, ok := s.unitOf(sub.Unit); ok && lang == "vi" {
		if kind := s.opt.Catalog.KindIn(u.Key, sub.Period); kind != "" {
			in.FullName = kind + " " + in.Name
		}
	}
	var ids []string
	for _, r := range sub.Rows {
		ids = append(ids, r.From.Document, r.PlaceFrom.Document)
	}
	if sub.Total != nil {
		ids = append(ids, sub.Total.PlaceFrom.Document, sub.Total.ScoreFrom.Document)
	}
	sources, err := s.cite(ctx, lang, ids)
	if err != nil {
		return in, err
	}
	in.Documents = citedBy(sources)
	return in, nil
}

// values builds the parameters of a picture's address; empty ones are left out.
func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func scopeValue(scope string) string {
	if scope == reform.ScopeNation {
		return ""
	}
	return scope
}

func kindValue(k reform.PeriodKind) string {
	if k == reform.Year {
		return ""
	}
	return string(k)
}

// rankingPicture draws a league table as bars.
func (s *Server) rankingPicture(ctx context.Context, ix *reform.Index, l *reform.League, chosen []reform.UnitKey, component string, st charts.Style) (*charts.Picture, error) {
	in := charts.LeagueInput{Index: *ix, League: *l, Component: component, Chosen: chosen, Names: func(k reform.UnitKey) string {
		if _, ok := s.unitOf(k); !ok {
			return "" // the document's own name is better
		}
		return s.unitNameIn(k, l.Period, st.Lang)
	}}
	if l.Scope != "" && l.Scope != reform.ScopeNation {
		in.ScopeName = s.scopeName(l.Scope, st.Lang)
	}
	var err error
	if in.Documents, err = s.citeLeague(ctx, l, st.Lang); err != nil {
		return nil, err
	}
	return charts.LeagueBars(in, st)
}

// citeLeague are the documents behind a league table.
func (s *Server) citeLeague(ctx context.Context, l *reform.League, lang string) (map[string]charts.Source, error) {
	var ids []string
	for _, r := range l.Rows {
		ids = append(ids, r.PlaceFrom.Document, r.ScoreFrom.Document)
	}
	sources, err := s.cite(ctx, lang, ids)
	if err != nil {
		return nil, err
	}
	return citedBy(sources), nil
}

// heatmapPicture draws places of units over periods. A cell stands in the row of the unit on whose line it lies.
func (s *Server) heatmapPicture(_ context.Context, ix *reform.Index, h *reform.Heatmap, st charts.Style) (*charts.Picture, error) {
	in := charts.HeatmapInput{Index: *ix, Names: func(k reform.UnitKey) string { return s.unitName(k, st.Lang) }}
	for _, cell := range h.Cells {
		cell.Unit = cell.Row
		in.Cells = append(in.Cells, cell)
	}
	return charts.Heatmap(in, st)
}

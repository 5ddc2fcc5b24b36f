package dashboard

import (
	"cmp"
	"context"

	"chiso/reform"
)

// totalRow is one index of a unit in the table of all.
type totalRow struct {
	Index, Href   string
	Period, Place string
	PlaceHref     string
	RankKind      string // that the place is none of the source's own, or the figures are provisional
	Score         string
	Move          movement
	Source        Link
	First         string
	Mark          *mark
}

// unitTotals lists the newest point of every index and where it came from.
func (s *Server) unitTotals(ctx context.Context, p prefs, u *reform.Unit, series []reform.RankSeries, signs marks) ([]totalRow, error) {
	var rows []totalRow
	for _, one := range series {
		ix, err := s.indexOf(one.Index)
		if err != nil || len(one.Points) == 0 {
			continue
		}
		last := one.Points[len(one.Points)-1]
		st := s.strip(u, ix, one, p.Lang)
		row := totalRow{
			Index: st.Name, Href: st.Href, Period: st.Period, Place: placeOf(last.Place, last.Of), RankKind: st.RankKind, Score: st.Score, Move: st.Move,
			PlaceHref: trailHref(one.Index, last.Unit, last.Period, ""), First: periodName(one.Points[0].Period, p.Lang), Mark: signs.either(one.Index, last),
		}
		from := cmp.Or(last.PlaceFrom.Document, last.ScoreFrom.Document)
		sources, err := s.cite(ctx, p.Lang, []string{from})
		if err != nil {
			return nil, err
		}
		for _, src := range sources {
			row.Source = Link{Href: documentHref(src.Document), Text: src.Label}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

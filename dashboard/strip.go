package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"chiso/reform"
	"chiso/reform/words"
)

// strip is one index of the overview.
type strip struct {
	Name, Long, Href string
	Period           string
	Place, Of        string
	PlaceHref        string // where the place, or else the score, comes from
	Group            string // the publisher's word for where it stands
	GroupFrom        string // which source tells it
	RankKind         string
	Score, ScoreHref string
	Move             movement
	Points           string // change of the score, with sign
	PointsClass      string
	Spark            *spark
	Fresh            string // how old the figures are: when they were read, or when they were announced
	FreshLate        bool
	Mark             *mark
}

// overviewStrip is a strip that also says how old live figures are, and whether sources differ on the newest one.
func (s *Server) overviewStrip(ctx context.Context, b Base, u *reform.Unit, ix *reform.Index, one reform.RankSeries, view reform.View) (strip, error) {
	st := s.strip(u, ix, one, b.Lang)
	last := one.Points[len(one.Points)-1]
	if err := s.fresh(ctx, &b, ix, observed(last)); err != nil {
		return st, err
	}
	st.Fresh, st.FreshLate = b.Fresh, b.FreshLate
	if e, ok := s.opt.Catalog.Edition(ix.Code, last.Period); ok && st.Fresh == "" && e.Announced != "" {
		st.Fresh = words.T(b.Lang, "strip.announced", "day", isoDay(e.Announced, b.Lang))
	}
	m, err := s.marks(ctx, reform.ConflictQuestion{Unit: u.Key, View: view}, b.Lang)
	if err != nil {
		return st, err
	}
	st.Mark = m.either(ix.Code, last)
	return st, nil
}

// observed is when the source of a point's newest value said it; zero where the value is no
// provisional one: of a period that is over, only what it is matters, not when it was read.
func observed(pt reform.RankPoint) time.Time {
	if pt.Status != reform.Provisional {
		return time.Time{}
	}
	if pt.ScoreFrom.ObservedAt.After(pt.PlaceFrom.ObservedAt) {
		return pt.ScoreFrom.ObservedAt
	}
	return pt.PlaceFrom.ObservedAt
}

// strip tells an index' newest point and how it came there.
func (s *Server) strip(u *reform.Unit, ix *reform.Index, one reform.RankSeries, lang string) strip {
	pts := one.Points
	last := pts[len(pts)-1]
	st := strip{
		Name: ix.Short.In(lang), Long: ix.Name.In(lang), Href: s.unitHref(u.Key) + "?index=" + ix.Code,
		Period: periodName(last.Period, lang), Score: s.totalText(ix, last, lang),
	}
	trail := trailHref(ix.Code, last.Unit, last.Period, "")
	if last.Score.Valid {
		st.ScoreHref = trail
	}
	if g, ok := s.opt.Catalog.GroupOf(ix.Code, last.Period, last.Unit, last.Score); ok {
		st.Group, st.GroupFrom = g.Name.In(lang), words.T(lang, "group.from", "source", g.Source)
	}
	if last.Place > 0 {
		st.PlaceHref = trail
		st.Place = placeOf(last.Place, 0)
		if last.Of > 0 {
			st.Of = "/" + fmt.Sprint(last.Of)
		}
		if last.RankKind != reform.Published && last.RankKind != "" {
			st.RankKind = words.T(lang, "rank_kind."+string(last.RankKind))
		}
	}
	if last.Status == reform.Provisional {
		st.RankKind = strings.TrimPrefix(st.RankKind+", "+words.T(lang, "status.provisional"), ", ")
	}
	if len(pts) > 1 {
		prev := pts[len(pts)-2]
		broken := prev.Basis != last.Basis || len(s.opt.Catalog.Breaks(ix.Code, "", prev.Period, last.Period)) > 0
		// Places among different numbers of units, or of a measure that is another one now, are not compared.
		if prev.Of == last.Of && !s.severed(ix, prev.Period, last.Period) {
			st.Move = move(last.Place, prev.Place, prev.Period, broken, lang)
		}
		if !broken {
			st.Points = points(last.Score, prev.Score, max(ix.Decimals, 2), lang)
			switch {
			case strings.HasPrefix(st.Points, "+"):
				st.PointsClass = "up"
			case strings.HasPrefix(st.Points, "−"):
				st.PointsClass = "down"
			}
		}
	}
	st.Spark = s.spark(ix, pts, lang)
	return st
}

// severed reports whether something between two periods makes them no points of one line.
func (s *Server) severed(ix *reform.Index, from, to reform.Period) bool {
	return slices.ContainsFunc(s.opt.Catalog.Breaks(ix.Code, "", from, to), func(b reform.Break) bool { return b.Severs })
}

// totalText is a total with what it is out of: "87,32/100 điểm", "85,4 %".
func (s *Server) totalText(ix *reform.Index, pt reform.RankPoint, lang string) string {
	if !pt.Score.Valid {
		return ""
	}
	t := short(pt.Score, max(ix.Decimals, 2), lang)
	if pt.Max.Valid {
		t += "/" + number(pt.Max, lang)
	}
	unit := ix.Unit.In(lang)
	if unit == "%" {
		return short(pt.Score, max(ix.Decimals, 2), lang) + " %"
	}
	return strings.TrimSpace(t + " " + unit)
}

// spark is a line of places as an SVG path, place 1 on top. A gap is a gap.
type spark struct {
	Path   string
	Breaks []string // x of a change of rules
	X, Y   string   // of the last point
	Label  string
	Dots   []sparkDot
}

type sparkDot struct{ X, Y string }

const (
	sparkWidth, sparkHeight = 200.0, 48.0
	sparkPad                = 6.0
)

func (s *Server) spark(ix *reform.Index, pts []reform.RankPoint, lang string) *spark {
	first, last := pts[0].Period, pts[len(pts)-1].Period
	months := func(p reform.Period) float64 { return float64(p.End().Year()*12 + int(p.End().Month())) }
	placed := 0
	for _, pt := range pts {
		if pt.Place > 0 && pt.Of > 1 {
			placed++
		}
	}
	span := months(last) - months(first)
	if placed < 2 || span <= 0 {
		return nil
	}
	x := func(p reform.Period) float64 {
		return sparkPad + (months(p)-months(first))/span*(sparkWidth-2*sparkPad)
	}
	sp := &spark{Label: words.T(lang, "spark", "from", periodName(first, lang), "to", periodName(last, lang))}
	var b strings.Builder
	var prev *reform.RankPoint
	for i := range pts {
		pt := &pts[i]
		if pt.Place == 0 || pt.Of < 2 {
			prev = nil
			continue
		}
		// The share of units ahead: the honest height where N changes.
		y := sparkPad + float64(pt.Place-1)/float64(pt.Of-1)*(sparkHeight-2*sparkPad)
		cmd := "M"
		if prev != nil && prev.Period.Next() == pt.Period {
			if !s.severed(ix, prev.Period, pt.Period) {
				cmd = "L"
			}
			if len(s.opt.Catalog.Breaks(ix.Code, "", prev.Period, pt.Period)) > 0 {
				sp.Breaks = append(sp.Breaks, fmt.Sprintf("%.1f", (x(prev.Period)+x(pt.Period))/2))
			}
		}
		sx, sy := fmt.Sprintf("%.1f", x(pt.Period)), fmt.Sprintf("%.1f", y)
		b.WriteString(cmd + sx + " " + sy)
		sp.Dots = append(sp.Dots, sparkDot{sx, sy})
		sp.X, sp.Y = sx, sy
		prev = pt
	}
	sp.Path = b.String()
	return sp
}

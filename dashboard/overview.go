package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// sparkPoints is how many periods a strip looks back.
const sparkPoints = 12

type overviewView struct {
	Base
	Unit     string
	UnitHref string
	Lineage  *lineageView
	Picker   unitPicker
	Strips   []strip
	Missing  []Link // indices without a fact of this unit
	LoadHref string
	NowTitle string
	Now      []strip // of the unit that this one belongs to now
	NoData   *noData
	Compare  string
	Feeds    []feedLine // sources of the schedule, the late ones first
}

// strip is one index of the overview.
type strip struct {
	Name, Long, Href string
	Period           string
	Place, Of        string
	RankKind         string
	Score            string
	Move             movement
	Points           string // change of the score, with sign
	PointsClass      string
	Spark            *spark
	Fresh            string // how old the figures are, where they are live
	FreshLate        bool
	Mark             *mark
}

// unitPicker is the form that chooses a unit.
type unitPicker struct {
	Label, Button string
	Action        string
	Hidden        []hiddenField
	Groups        []unitGroup
}

type hiddenField struct{ Name, Value string }

type unitGroup struct {
	Label string
	Units []unitOption
}

type unitOption struct {
	Key, Name string
	Chosen    bool
}

// picker lists the provinces of both schemes, those in force first.
func (s *Server) picker(lang, action string, chosen reform.UnitKey, hidden ...hiddenField) unitPicker {
	p := unitPicker{Label: words.T(lang, "unit.choose"), Button: words.T(lang, "unit.show"), Action: action, Hidden: hidden}
	for _, sc := range []reform.Scheme{reform.VN34, reform.VN63} {
		g := unitGroup{Label: schemeName(sc, lang)}
		for _, u := range s.opt.Catalog.Units(sc, reform.Province) {
			g.Units = append(g.Units, unitOption{string(u.Key), s.unitName(u.Key, lang), u.Key == chosen})
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}

// overview is the first page: all indices of the chosen unit, each in one strip.
func (s *Server) overview(c *fiber.Ctx) error {
	p := s.prefs(c)
	if text := c.Query("unit"); text != "" {
		k, ok := s.provinceOrNot(text)
		if !ok {
			return fmt.Errorf("no province has the key %q: %w", clip(text, 40), reform.ErrNotFound)
		}
		s.setCookie(c, unitCookie, string(k))
		p.Unit = k
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme", "unit")
	view := ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	u, err := s.opt.Catalog.Unit(p.Unit)
	if err != nil {
		return err
	}
	series, err := s.opt.Reader.Overview(ctx, u.Key, sparkPoints, view)
	if err != nil {
		return err
	}
	v := overviewView{Base: s.base(c, "overview"), Unit: s.unitName(u.Key, p.Lang), UnitHref: s.unitHref(u.Key), Picker: s.picker(p.Lang, "/", u.Key)}
	s.past(c, &v.Base, view)
	v.Title = v.T("overview.title", "unit", v.Unit)
	v.Description = v.T("overview.description", "unit", v.Unit)
	v.Lineage = s.lineage(u, p.Lang)
	v.LoadHref = loadHref("", reform.Period{}, u.Scheme)
	v.Compare = "/compare?unit=" + string(u.Key)
	shown := map[string]bool{}
	for _, one := range series {
		ix, err := s.indexOf(one.Index)
		if err != nil || len(one.Points) == 0 || shown[one.Index] {
			continue // an index that left the catalogue, or a finer period of one that is shown
		}
		shown[one.Index] = true
		st, err := s.overviewStrip(ctx, v.Base, u, ix, one, view)
		if err != nil {
			return err
		}
		v.Strips = append(v.Strips, st)
	}
	if len(v.Strips) == 0 {
		v.NoData = nothing(p.Lang, v.Unit, loadHref("", reform.Period{}, u.Scheme))
	}
	for _, ix := range s.opt.Catalog.Indices() {
		if !shown[ix.Code] && ranksProvinces(ix) && !ix.Counts && len(v.Strips) > 0 {
			v.Missing = append(v.Missing, Link{Href: "/indices/" + ix.Code, Text: ix.Short.In(p.Lang)})
		}
	}
	if err := s.overviewNow(ctx, &v, u, view); err != nil {
		return err
	}
	if v.Past == "" {
		if v.Feeds, err = s.feedLines(ctx, v.Lang); err != nil {
			return err
		}
	}
	return s.render(c, "overview", v)
}

// overviewStrip is a strip that also says how old live figures are, and whether sources differ on the newest one.
func (s *Server) overviewStrip(ctx context.Context, b Base, u *reform.Unit, ix *reform.Index, one reform.RankSeries, view reform.View) (strip, error) {
	st := s.strip(u, ix, one, b.Lang)
	last := one.Points[len(one.Points)-1]
	if err := s.fresh(ctx, &b, ix, observed(last)); err != nil {
		return st, err
	}
	st.Fresh, st.FreshLate = b.Fresh, b.FreshLate
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

// overviewNow shows what is known of the unit that a former one belongs to now, apart from the former one's own lines.
func (s *Server) overviewNow(ctx context.Context, v *overviewView, u *reform.Unit, view reform.View) error {
	m, ok := s.opt.Catalog.MergerOf(u.Key)
	if !ok || m.Relation == "unchanged" {
		return nil
	}
	next, ok := s.unitOf(m.New)
	if !ok {
		return nil
	}
	series, err := s.opt.Reader.Overview(ctx, next.Key, sparkPoints, view)
	if err != nil {
		return err
	}
	v.NowTitle = v.T("overview.now", "unit", s.unitName(next.Key, v.Lang), "day", isoDay(m.Date, v.Lang))
	for _, one := range series {
		ix, err := s.indexOf(one.Index)
		if err != nil || len(one.Points) == 0 {
			continue
		}
		st, err := s.overviewStrip(ctx, v.Base, next, ix, one, view)
		if err != nil {
			return err
		}
		v.Now = append(v.Now, st)
	}
	return nil
}

// strip tells an index' newest point and how it came there.
func (s *Server) strip(u *reform.Unit, ix *reform.Index, one reform.RankSeries, lang string) strip {
	pts := one.Points
	last := pts[len(pts)-1]
	st := strip{
		Name: ix.Short.In(lang), Long: ix.Name.In(lang), Href: s.unitHref(u.Key) + "?index=" + ix.Code,
		Period: periodName(last.Period, lang), Score: s.totalText(ix, last, lang),
	}
	if last.Place > 0 {
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

// lineageView says what a unit became or was made of.
type lineageView struct {
	Text  string
	Units []Link
	After string
}

// lineage is what became of a unit of an older scheme, or what a merged one was made of; nil where it runs on unchanged.
func (s *Server) lineage(u *reform.Unit, lang string) *lineageView {
	if m, ok := s.opt.Catalog.MergerOf(u.Key); ok && m.Relation != "unchanged" {
		next, ok := s.unitOf(m.New)
		if !ok {
			return nil
		}
		v := &lineageView{Text: words.T(lang, "lineage.became", "day", isoDay(m.Date, lang), "unit", s.unitName(u.Key, lang))}
		v.Units = append(v.Units, Link{Href: s.unitHref(next.Key), Text: s.fullNameOr(next, lang)})
		var parts []string
		for _, k := range s.opt.Catalog.Predecessors(next.Key) {
			parts = append(parts, s.unitName(k, lang))
		}
		if len(parts) > 1 {
			v.After = words.T(lang, "lineage.with", "parts", strings.Join(parts, " + "))
		}
		return v
	}
	made := s.opt.Catalog.Predecessors(u.Key)
	if len(made) < 2 {
		return nil
	}
	v := &lineageView{Text: words.T(lang, "lineage.made")}
	for _, k := range made {
		v.Units = append(v.Units, Link{Href: s.unitHref(k), Text: s.unitName(k, lang)})
	}
	return v
}

func (s *Server) fullNameOr(u *reform.Unit, lang string) string {
	return cmp.Or(s.fullName(u, lang), string(u.Key))
}

// isoDay is a catalogue's day ("2025-07-01") as the language writes it.
func isoDay(iso, lang string) string {
	t, precision, err := reform.ParsePartialDate(iso)
	if err != nil {
		return iso
	}
	switch precision {
	case "day":
		return day(t, lang)
	case "month":
		return t.Format("01/2006")
	}
	return t.Format("2006")
}

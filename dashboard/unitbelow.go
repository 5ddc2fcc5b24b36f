package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// belowView is the page of a department or commune: what the live index and others say of it.
type belowView struct {
	Base
	Heading, Kind string
	Province      Link
	Live          Link
	Sub           string
	Rank          string // its place within its province and type, in words
	Card          *liveCardView
	Parts         []livePartView
	Trend         *figureView
	Totals        []totalRow
	NoData        *noData
}

// belowHref is the page of a department or commune; "" where its province has none.
func (s *Server) belowHref(k reform.UnitKey) string {
	parent := s.unitHref(k.Parent())
	if parent == "" {
		return ""
	}
	return parent + "/" + url.PathEscape(string(k)[len(k.Parent())+1:])
}

// unitBelow is the page of a department or commune.
func (s *Server) unitBelow(c *fiber.Ctx) error {
	p := s.prefs(c)
	province, err := s.opt.Catalog.UnitBySlug(reform.Scheme(c.Params("scheme")), c.Params("slug"))
	if err != nil {
		return err
	}
	code, err := url.PathUnescape(c.Params("code"))
	if err != nil {
		return fmt.Errorf("the code of a unit can't be read: %w", reform.ErrNotFound)
	}
	key, err := reform.ParseUnitKey(string(province.Key) + "/" + code)
	if err != nil || province.Type != reform.Province {
		return fmt.Errorf("no unit of %s has the code %q: %w", province.Key, clip(code, 40), reform.ErrNotFound)
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme", "index")
	period, view := ps.period(false), ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	u, err := s.opt.Catalog.UnitOrForm(key)
	if err != nil {
		return err
	}
	ix, err := s.indexOf(liveIndex)
	if err != nil {
		return err
	}
	v := belowView{Base: s.base(c, "units"), Heading: s.unitName(key, p.Lang), Kind: ""}
	s.past(c, &v.Base, view)
	v.Province = Link{Href: s.unitHref(province.Key), Text: s.unitName(province.Key, p.Lang)}
	t, row, err := s.liveNewest(ctx, key, period, view)
	if err != nil {
		return err
	}
	v.Live = Link{Href: liveHref(province.Key, t.Period, t.Basis, ""), Text: v.T("below.live", "unit", v.Province.Text)}
	if row != nil {
		if err := s.belowLive(ctx, &v, p, ix, t, row, view); err != nil {
			return err
		}
	}
	signs, err := s.marks(ctx, reform.ConflictQuestion{Unit: key, View: view}, p.Lang)
	if err != nil {
		return err
	}
	series, err := s.opt.Reader.Overview(ctx, key, sparkPoints, view)
	if err != nil {
		return err
	}
	if v.Card != nil {
		series = slices.DeleteFunc(series, func(one reform.RankSeries) bool { return one.Index == ix.Code })
	}
	if v.Totals, err = s.unitTotals(ctx, p, u, series, signs); err != nil {
		return err
	}
	for i := range v.Totals {
		v.Totals[i].Href = "" // an index has no page of this unit
	}
	if row == nil && len(v.Totals) == 0 {
		v.NoData = nothing(p.Lang, v.Heading, loadHref("", period, u.Scheme))
	}
	v.Title = v.Heading + " · " + v.Province.Text
	v.Description = v.T("unit.description", "unit", v.Heading)
	return s.render(c, "below", v)
}

// liveNewest is the newest live table that has the unit: of the period asked for, else of a year, else of what there is.
func (s *Server) liveNewest(ctx context.Context, key reform.UnitKey, period reform.Period, view reform.View) (reform.LiveTable, *reform.LiveRow, error) {
	q := reform.LiveQuestion{Parent: key.Parent(), Period: period, Parts: true, View: view}
	t, row, err := s.liveRowOf(ctx, q, key)
	if err != nil || row != nil || !period.IsZero() {
		return t, row, err
	}
	for _, typ := range []reform.UnitType{reform.Department, reform.Commune} {
		one := q
		one.UnitType = typ
		for _, kind := range []reform.PeriodKind{reform.Quarter, reform.Month, reform.Half} {
			one.Kind = kind
			if t, err = s.liveTableOf(ctx, one); err != nil {
				return t, nil, err
			}
			for i := range t.Rows {
				if t.Rows[i].Unit == key {
					return t, &t.Rows[i], nil
				}
			}
		}
	}
	return t, nil, nil
}

// belowLive fills what the live index says of the unit.
func (s *Server) belowLive(ctx context.Context, v *belowView, p prefs, ix *reform.Index, t reform.LiveTable, row *reform.LiveRow, view reform.View) error {
	v.Heading = s.liveName(*row, t.Period, p.Lang)
	v.Kind = v.T("live.type." + string(t.UnitType))
	v.Sub = periodName(t.Period, p.Lang) + " · " + liveBasisName(ix, t.Basis, p.Lang)
	if row.Total.Place > 0 {
		v.Rank = v.T("below.rank", "place", placeOf(row.Total.Place, row.Total.Of), "units", v.T("units."+string(t.UnitType)), "province", v.Province.Text)
	}
	var err error
	if v.Card, err = s.liveCardFrom(ctx, v.Base, ix, row.Unit, &t, row, view); err != nil {
		return err
	}
	v.Parts = s.liveParts(ix, &t, row.Unit, row.Groups, p.Lang)
	lines, err := s.opt.Reader.LiveTrend(ctx, reform.LiveTrendQuestion{Units: []reform.UnitKey{row.Unit}, Kind: t.Period.Kind(), View: view})
	if err != nil {
		return err
	}
	kind := cmp.Or(t.Period.Kind(), reform.Year)
	pic, err := s.livePicture(ctx, ix, "", kind, lines, p.style())
	if err != nil {
		if isNoPicture(err) {
			return nil // the card has the number; a trend needs readings of its own
		}
		return err
	}
	fq := viewValues(values("unit", string(row.Unit), "period_kind", kindValue(kind)), view)
	if v.Trend, err = s.figure(ctx, p, "trend", pic, fq); err != nil {
		return err
	}
	v.Charts = true
	return nil
}

package dashboard

import (
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
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
	Moved    *movedView
	Live     *liveCardView // of the unit, or of the one that it belongs to now
	NoData   *noData
	Compare  string
	Feeds    []feedLine // sources of the schedule, the late ones first
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
	var series []reform.RankSeries
	var moved []reform.Moved
	g, gctx := newSideBySide(ctx)
	g.Go(func() (err error) {
		series, err = s.opt.Reader.Overview(gctx, u.Key, sparkPoints, view)
		return err
	})
	g.Go(func() (err error) {
		moved, err = s.opt.Reader.Moved(gctx, reform.MovedQuestion{Unit: u.Key, View: view})
		return err
	})
	if err := g.Wait(); err != nil {
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
	v.Moved = s.movedView(moved, p.Lang)
	if len(v.Strips) == 0 {
		v.NoData = nothing(p.Lang, v.Unit, loadHref("", reform.Period{}, u.Scheme))
	}
	for _, ix := range s.opt.Catalog.Indices() {
		if !shown[ix.Code] && ranksProvinces(ix) && !ix.Counts && len(v.Strips) > 0 {
			v.Missing = append(v.Missing, Link{Href: "/indices/" + ix.Code, Text: ix.Short.In(p.Lang)})
		}
	}
	if v.Live, err = s.liveCard(ctx, v.Base, u.Key, view); err != nil {
		return err
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
		if err != nil || len(one.Points) == 0 || one.Kind != reform.Year || v.Live != nil && one.Index == liveIndex {
			continue // the live card has more to say of the live index
		}
		st, err := s.overviewStrip(ctx, v.Base, next, ix, one, view)
		if err != nil {
			return err
		}
		v.Now = append(v.Now, st)
	}
	return nil
}

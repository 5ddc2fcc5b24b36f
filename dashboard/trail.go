package dashboard

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type trailView struct {
	Base
	Heading, Sub string
	UnitHref     string
	Rows         []trailRow
	API          string
	Story        []storyRow // what changed, and when
}

type trailRow struct {
	factRowView
	Shown   string // "place, score" where the views show it
	Day     string
	Loaded  string
	Source  Link
	RunHref string
	Basis   string
	Numbers []Link // the pages on which this number is decided or corrected
}

// numbersOf leads to the pages of the place and the score that a record gives.
func numbersOf(r reform.FactRecord, signs marks, b Base) []Link {
	f := r.Fact
	k := reform.NumberKey{Index: f.Index, Basis: f.Basis, Unit: f.Unit, Period: f.Period, Component: f.Component, Stage: f.Stage}
	var out []Link
	add := func(k reform.NumberKey, what string) {
		key := "trail.correct"
		if signs.number(k) != nil {
			key = "trail.decide"
		}
		out = append(out, Link{Href: numberHref(k), Text: b.T(key, "what", strings.ToLower(b.T("measure."+what)))})
	}
	if r.PreferredPlace {
		place := k
		place.Measure, place.Scope = reform.MeasurePlace, f.Scope
		add(place, reform.MeasurePlace)
	}
	if r.PreferredScore && f.Score.Valid {
		k.Measure = reform.MeasureScore
		add(k, reform.MeasureScore)
	}
	return out
}

// trail shows everything that was ever said of one number, and which of it is shown.
func (s *Server) trail(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	ix, q := ps.factQuestion()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	records, err := s.opt.Reader.Fact(ctx, q)
	if err != nil {
		return err
	}
	v := trailView{Base: s.base(c, "sources"), UnitHref: s.unitHref(q.Unit)}
	s.past(c, &v.Base, q.View)
	signs, err := s.marks(ctx, reform.ConflictQuestion{Index: ix.Code, Unit: q.Unit, Period: q.Period, View: q.View}, v.Lang)
	if err != nil {
		return err
	}
	unit := s.unitNameIn(q.Unit, q.Period, v.Lang)
	v.Heading = v.T("trail.title", "unit", unit, "index", ix.Short.In(v.Lang), "period", periodName(q.Period, v.Lang))
	v.Title, v.Sub = v.Heading, componentName(ix, q.Basis, q.Component, v.Lang)
	for _, r := range records {
		row := trailRow{factRowView: s.factRowView(r, v.Lang), Day: v.Day(local(r.Fact.ObservedAt)), Loaded: v.Moment(r.LoadedAt), Basis: r.Fact.Basis}
		row.AtHref = s.factPlace(ctx, r)
		switch {
		case r.PreferredPlace && r.PreferredScore:
			row.Shown = v.T("trail.both")
		case r.PreferredPlace:
			row.Shown = v.T("measure.place")
		case r.PreferredScore:
			row.Shown = v.T("measure.score")
		}
		sources, err := s.cite(ctx, v.Lang, []string{r.Document})
		if err != nil {
			return err
		}
		for _, src := range sources {
			row.Source = Link{Href: documentHref(src.Document), Text: src.Label}
		}
		if b := basisOf(ix, r.Fact.Basis); b != nil && b.Name.In(v.Lang) != "" {
			row.Basis = b.Name.In(v.Lang)
		}
		if row.Shown != "" {
			row.Numbers = numbersOf(r, signs, v.Base)
		}
		v.Rows = append(v.Rows, row)
	}
	v.Story = s.story(ctx, records, v.Base)
	v.API = "/api/v1/facts?" + raw.Encode()
	return s.render(c, "trail", v)
}

package dashboard

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// conflictsShown bounds the page; the API has all.
const conflictsShown = 500

type conflictsView struct {
	Base
	Rows []conflictRow
	More string
	CSV  string
}

type conflictRow struct {
	Index, Unit, UnitHref, Period, Component, Measure, TrailHref string
	Values                                                       []conflictValueRow
}

type conflictValueRow struct {
	Value, Authority, Day string
	Source                Link
	Preferred             bool
}

// conflicts lists the numbers that documents give differently, the shown one first.
func (s *Server) conflicts(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	q := ps.conflictQuestion()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	found, err := s.opt.Reader.Conflicts(ctx, q)
	if err != nil {
		return err
	}
	v := conflictsView{Base: s.base(c, "sources"), CSV: "/api/v1/conflicts.csv?bom=1"}
	v.Title = v.T("nav.conflicts")
	if len(found) > conflictsShown {
		v.More = v.T("conflicts.more", "n", conflictsShown, "total", len(found))
		found = found[:conflictsShown]
	}
	for _, f := range found {
		row, err := s.conflictRow(ctx, f, v.Lang)
		if err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	return s.render(c, "conflicts", v)
}

func (s *Server) conflictRow(ctx context.Context, f reform.Conflict, lang string) (conflictRow, error) {
	row := conflictRow{
		Index: f.Index, Unit: s.unitNameIn(f.Unit, f.Period, lang), UnitHref: s.unitHref(f.Unit), Period: periodName(f.Period, lang), Component: words.T(lang, "total"),
		Measure: words.T(lang, "measure."+measureOr(f.Measure)), TrailHref: trailHref(f.Index, f.Unit, f.Period, f.Component),
	}
	if ix, err := s.indexOf(f.Index); err == nil {
		row.Index, row.Component = ix.Short.In(lang), componentName(ix, "", f.Component, lang)
	}
	for i, val := range f.Values {
		sources, err := s.cite(ctx, lang, []string{val.Document})
		if err != nil {
			return row, err
		}
		r := conflictValueRow{Value: val.Value, Day: day(local(val.ObservedAt), lang), Preferred: i == 0}
		var n reform.Number
		if err := n.UnmarshalJSON([]byte(val.Value)); err == nil && n.Valid {
			r.Value = number(n, lang)
		}
		for _, src := range sources {
			r.Source = Link{Href: documentHref(src.Document), Text: src.Label}
		}
		row.Values = append(row.Values, r)
	}
	return row, nil
}

func measureOr(m string) string {
	if m == "place" {
		return m
	}
	return "score"
}

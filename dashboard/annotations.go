package dashboard

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/viet"
)

type annotationsView struct {
	Base
	Rows             []annotationRow
	Indices          []option
	Units            []unitGroup
	Filter           string // what the list is limited to
	AllHref          string
	Date, Text       string
	Author           string
	Trouble, Done    string
	None             string
	ChosenIndex, Day string
}

type annotationRow struct {
	ownRow
	Day              string
	Index, IndexHref string
	Unit, UnitHref   string
	PictureHref      string
}

// annotations lists the notes on days, newest day first, and takes new ones.
func (s *Server) annotations(c *fiber.Ctx) error { return s.showAnnotations(c, typedOwn{}, "") }

func (s *Server) showAnnotations(c *fiber.Ctx, typed typedOwn, wrong string) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	view, index, units := ps.view(), ps.text("index"), ps.units(0, 1)
	if index != "" {
		if _, err := s.indexOf(index); err != nil {
			ps.fail(err)
		}
	}
	v := annotationsView{Base: s.ownBase(c, "annotations.title", view), Trouble: wrong, Author: author(c)}
	v.Done = ps.doneText(v.Base)
	if err := ps.done(); err != nil {
		return err
	}
	var unit reform.UnitKey
	if len(units) > 0 {
		unit = units[0]
	}
	found, err := s.ownOf(c.UserContext(), reform.OwnAnnotation, index, unit, view)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(found) {
		row := annotationRow{ownRow: ownRowOf(e, v.Base), Index: v.T("annotations.all.indices"), Unit: v.T("annotations.all.units"), UnitHref: s.unitHref(e.Unit)}
		if day, _ := e.Span(); !day.IsZero() {
			row.Day = viet.FormatDate(day, v.Lang)
		}
		if ix, err := s.indexOf(e.Index); err == nil {
			row.Index, row.IndexHref = ix.Short.In(v.Lang), "/indices/"+ix.Code
		}
		if e.Unit != "" {
			row.Unit = s.unitName(e.Unit, v.Lang)
			row.PictureHref = row.UnitHref
			if e.Index != "" {
				row.PictureHref += "?index=" + e.Index
			}
		}
		v.Rows = append(v.Rows, row)
	}
	if index != "" || unit != "" {
		what := ""
		if ix, err := s.indexOf(index); err == nil {
			what = ix.Short.In(v.Lang)
		}
		if unit != "" {
			what = joinWords(what, s.unitName(unit, v.Lang))
		}
		v.Filter, v.AllHref = v.T("annotations.filter", "what", what), "/annotations?"+viewValues(values(), view).Encode()
	}
	v.Date = local(s.opt.Now()).Format("2006-01-02")
	if typed.form != nil {
		v.Date, v.Text, v.Author = typed.text("date"), typed.text("text"), typed.Author
		index, unit = typed.text("index"), reform.UnitKey(typed.text("unit"))
	}
	v.Indices = []option{{"", v.T("annotations.all.indices"), index == ""}}
	for _, ix := range s.opt.Catalog.Indices() {
		if !ix.Counts {
			v.Indices = append(v.Indices, option{ix.Code, ix.Short.In(v.Lang), ix.Code == index})
		}
	}
	v.Units = s.picker(v.Lang, "", unit).Groups
	return s.render(c, "annotations", v)
}

// addAnnotation takes a note on a day.
func (s *Server) addAnnotation(c *fiber.Ctx) error {
	t, err := s.readOwn(c)
	if err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	e, err := s.typedAnnotation(t, lang)
	if err == nil {
		err = s.keepOwn(c.UserContext(), c, []reform.OwnEntry{e})
	}
	if err != nil {
		text, status, ok := ownTrouble(err, lang)
		if !ok {
			return err
		}
		c.Status(status)
		return s.showAnnotations(c, t, text)
	}
	return c.Redirect("/annotations?done=saved", http.StatusSeeOther)
}

func (s *Server) typedAnnotation(t typedOwn, lang string) (reform.OwnEntry, error) {
	e := reform.OwnEntry{Kind: reform.OwnAnnotation, Index: t.text("index"), Text: t.text("text"), Author: t.Author}
	day, ok := typedDay(t.form.Get("date"))
	if !ok {
		return e, mistaken(lang, "own.noday", "text", clip(t.text("date"), 20))
	}
	e.Date = day.Format("2006-01-02")
	if e.Index != "" {
		if _, err := s.indexOf(e.Index); err != nil {
			return e, mistaken(lang, "own.noindex", "text", clip(e.Index, 40))
		}
	}
	var err error
	if e.Unit, err = s.ownUnit(lang, t.text("unit"), false); err != nil {
		return e, err
	}
	if e.Text == "" {
		return e, mistaken(lang, "own.notext")
	}
	return e, checkLengths(lang, e.Author, "", e.Text)
}

type ownHistoryView struct {
	Base
	Subject string
	Rows    []ownHistoryRow
	Back    Link
}

type ownHistoryRow struct{ At, Author, What, Text string }

// ownHistory shows everything that was entered under one key.
func (s *Server) ownHistory(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	entry, view := ps.text("entry"), ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	rows, err := s.opt.Reader.OwnHistory(c.UserContext(), entry, view)
	if err != nil {
		return err
	}
	v := ownHistoryView{Base: s.ownBase(c, "own.history", view)}
	first := rows[0]
	v.Subject = s.ownSubject(first, v.Lang)
	v.Back = Link{Href: "/goals?" + viewValues(values("unit", string(first.Unit)), view).Encode(), Text: v.T("goals.title")}
	switch first.Kind {
	case reform.OwnOwner:
		v.Back = Link{Href: "/owners/" + first.Index + "?" + viewValues(values("unit", string(first.Unit), "basis", first.Basis), view).Encode(), Text: v.T("owners.title")}
	case reform.OwnAnnotation:
		v.Back = Link{Href: "/annotations?" + viewValues(values(), view).Encode(), Text: v.T("annotations.title")}
	}
	for _, e := range rows {
		row := ownHistoryRow{At: v.Moment(e.At), Author: e.Author, Text: e.Text, What: v.T("own.withdrawn")}
		if !e.Withdrawn {
			row.What = e.Office
			if e.GoalPlace > 0 {
				row.What = v.T("goals.place", "n", e.GoalPlace)
			}
			if e.GoalScore.Valid {
				row.What = joinWords(row.What, v.T("goals.score", "n", number(e.GoalScore, v.Lang)))
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return s.render(c, "own", v)
}

// ownSubject says what an entry is about.
func (s *Server) ownSubject(e reform.OwnEntry, lang string) string {
	index, component := "", ""
	if ix, err := s.indexOf(e.Index); err == nil {
		index = ix.Short.In(lang)
		if e.Component != "" {
			component = componentName(ix, e.Basis, e.Component, lang)
		}
	}
	unit := ""
	if e.Unit != "" {
		unit = s.unitName(e.Unit, lang)
	}
	when := periodName(e.Period, lang)
	if e.Kind == reform.OwnAnnotation {
		when = isoDay(e.Date, lang)
	}
	out := ""
	for _, part := range []string{index, unit, component, when} {
		if part != "" {
			if out != "" {
				out += " · "
			}
			out += part
		}
	}
	return out
}

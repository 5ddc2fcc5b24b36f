package dashboard

import (
	"context"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

const runsPerPage = 100

type runRow struct {
	Href, Started, State, Source, DocumentHref string
	Facts, Revisions, Duplicates, Problems     string
}

func (s *Server) runRow(r reform.Run, b Base) runRow {
	row := runRow{
		Href: "/runs/" + url.PathEscape(r.ID), Started: b.Moment(r.StartedAt), State: runState(r.State, b.Lang), Source: r.Source, DocumentHref: documentHref(r.Document),
		Facts: count(int(r.Facts), b.Lang), Revisions: count(int(r.Revisions), b.Lang), Duplicates: count(int(r.Duplicates), b.Lang), Problems: count(int(r.Problems), b.Lang),
	}
	if row.Source == "" {
		row.Source = clip(r.Document, 12)
	}
	return row
}

func runState(state, lang string) string {
	if words.Has("run." + state) {
		return words.T(lang, "run."+state)
	}
	return state
}

type runsView struct {
	Base
	Runs       []runRow
	Prev, Next string
}

// runs lists loadings, newest first.
func (s *Server) runs(c *fiber.Ctx) error {
	offset, err := s.offset(c)
	if err != nil {
		return err
	}
	list, err := s.opt.Reader.Runs(c.UserContext(), runsPerPage, offset)
	if err != nil {
		return err
	}
	v := runsView{Base: s.base(c, "sources")}
	v.Title = v.T("nav.runs")
	for _, r := range list {
		v.Runs = append(v.Runs, s.runRow(r, v.Base))
	}
	v.Prev, v.Next = plainPager("/runs", offset, len(list), runsPerPage)
	return s.render(c, "runs", v)
}

// offset reads the only parameter of a plain list.
func (s *Server) offset(c *fiber.Ctx) (int, error) {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return 0, err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	n := ps.number("offset", 0, 10_000_000)
	return n, ps.done()
}

// plainPager leads on where a full page says that there may be more.
func plainPager(href string, offset, n, size int) (prev, next string) {
	if offset > 0 {
		prev = href + "?offset=" + orZero(max(0, offset-size))
	}
	if n == size {
		next = href + "?offset=" + orZero(offset+size)
	}
	return prev, next
}

func orZero(n int) string {
	if n == 0 {
		return "0"
	}
	return orEmpty(n)
}

type runView struct {
	Base
	State    string
	Message  string
	Facts    []factLine
	Document Link
	Problems []problemRow
	Checks   []checkRow
	Changed  []changeRow
	MoreText string // that there are more changes than the page lists
}

// checkRow is a finding of the checks after the run.
type checkRow struct {
	Text, Subject, Href string
	Warning             bool
}

// changeRow is a value of the run that replaces another of the same source.
type changeRow struct {
	Index, Unit, Period, Component, Href string
	Before, After                        string
}

type problemRow struct {
	Locator, Field, Text, Reason string
	Warning                      bool
}

func problemRows(ps []reform.Problem, lang string) []problemRow {
	var out []problemRow
	for _, p := range ps {
		row := problemRow{Locator: p.Locator, Field: p.Field, Text: p.Text, Reason: p.Reason, Warning: p.Warning}
		if lang == "vi" && p.ReasonVI != "" {
			row.Reason = p.ReasonVI
		}
		out = append(out, row)
	}
	return out
}

// run shows one loading with all its problems.
func (s *Server) run(c *fiber.Ctx) error {
	ctx := c.UserContext()
	r, problems, err := s.opt.Reader.Run(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	v := runView{Base: s.base(c, "sources"), State: runState(r.State, s.prefs(c).Lang), Message: r.Message, Problems: problemRows(problems, s.prefs(c).Lang)}
	v.Title = v.T("run.title", "time", v.Moment(r.StartedAt))
	if r.Document != "" {
		sources, err := s.cite(ctx, v.Lang, []string{r.Document})
		if err != nil {
			return err
		}
		v.Document = Link{Href: documentHref(r.Document), Text: sources[0].Label}
	}
	if err := s.runFindings(ctx, &v, r.ID); err != nil {
		return err
	}
	if r.Revisions > 0 {
		if err := s.runChanges(ctx, &v, r.ID); err != nil {
			return err
		}
	}
	took := missing
	if !r.EndedAt.IsZero() {
		took = tookText(r.EndedAt.Sub(r.StartedAt), v.Lang)
	}
	v.Facts = []factLine{
		{v.T("col.source"), r.Source}, {v.T("doc.kind"), r.Kind}, {v.T("col.started"), v.Moment(r.StartedAt)}, {v.T("run.took"), took},
		{v.T("col.facts"), count(int(r.Facts), v.Lang)}, {v.T("col.revisions"), count(int(r.Revisions), v.Lang)}, {v.T("col.duplicates"), count(int(r.Duplicates), v.Lang)},
		{v.T("nav.conflicts"), count(int(r.Conflicts), v.Lang)}, {v.T("run.rev"), count(int(r.Rev), v.Lang)}, {v.T("run.id"), r.ID},
	}
	return s.render(c, "run", v)
}

// runFindings adds what the checks found in the run.
func (s *Server) runFindings(ctx context.Context, v *runView, id string) error {
	checks, err := s.opt.Reader.Checks(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range checks {
		row := checkRow{Text: f.Text.In(v.Lang), Warning: f.Severity == reform.CheckWarning, Subject: f.Index}
		ix, err := s.indexOf(f.Index)
		if err == nil {
			row.Subject = ix.Short.In(v.Lang)
		}
		if !f.Period.IsZero() {
			row.Subject += " " + periodName(f.Period, v.Lang)
			row.Href = "/rankings/" + url.PathEscape(f.Index) + "?" + values("period", f.Period.String(), "basis", f.Basis).Encode()
		}
		if f.Unit != "" {
			row.Subject += ", " + s.unitNameIn(f.Unit, f.Period, v.Lang)
			row.Href = trailHref(f.Index, f.Unit, f.Period, f.Component)
		}
		if err != nil {
			row.Href = ""
		}
		v.Checks = append(v.Checks, row)
	}
	return nil
}

// changesShown is how many changes of a run its page lists.
const changesShown = 300

// runChanges adds what the run's source had said before.
func (s *Server) runChanges(ctx context.Context, v *runView, id string) error {
	changes, total, err := s.opt.Reader.Revisions(ctx, id, changesShown)
	if err != nil {
		return err
	}
	if int(total) > len(changes) {
		v.MoreText = v.T("run.changed.more", "n", len(changes), "total", count(int(total), v.Lang))
	}
	for _, ch := range changes {
		v.Changed = append(v.Changed, s.changeRow(ch, v.Lang))
	}
	return nil
}

func changeText(score reform.Number, place, of int, lang string) string {
	st := reform.Statement{Score: score, Place: place, Of: of}
	if text := statementText(&st, "", lang); text != "" {
		return text
	}
	return missing
}

// changeRow is a value that replaces another, in words.
func (s *Server) changeRow(ch reform.Revision, lang string) changeRow {
	k := ch.Number
	row := changeRow{Index: k.Index, Unit: s.unitNameIn(k.Unit, k.Period, lang), Period: periodName(k.Period, lang), Component: words.T(lang, "total"), Href: trailHref(k.Index, k.Unit, k.Period, k.Component)}
	if ix, err := s.indexOf(k.Index); err == nil {
		row.Index, row.Component = ix.Short.In(lang), componentName(ix, k.Basis, k.Component, lang)
	}
	row.Before = changeText(ch.OldScore, ch.OldPlace, ch.OldOf, lang)
	row.After = changeText(ch.Score, ch.Place, ch.Of, lang)
	return row
}

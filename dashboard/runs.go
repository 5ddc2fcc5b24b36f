package dashboard

import (
	"net/url"
	"time"

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
	took := missing
	if !r.EndedAt.IsZero() {
		took = r.EndedAt.Sub(r.StartedAt).Round(time.Millisecond).String()
	}
	v.Facts = []factLine{
		{v.T("col.source"), r.Source}, {v.T("doc.kind"), r.Kind}, {v.T("col.started"), v.Moment(r.StartedAt)}, {v.T("run.took"), took},
		{v.T("col.facts"), count(int(r.Facts), v.Lang)}, {v.T("col.revisions"), count(int(r.Revisions), v.Lang)}, {v.T("col.duplicates"), count(int(r.Duplicates), v.Lang)},
		{v.T("nav.conflicts"), count(int(r.Conflicts), v.Lang)}, {v.T("run.rev"), count(int(r.Rev), v.Lang)}, {v.T("run.id"), r.ID},
	}
	return s.render(c, "run", v)
}

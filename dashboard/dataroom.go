package dashboard

import (
	"context"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type dataView struct {
	Base
	Rooms []dataRoom
}

// dataRoom is one door of the data room.
type dataRoom struct{ Href, Name, Text, Count string }

// data is the way into everything about where numbers come from.
func (s *Server) data(c *fiber.Ctx) error {
	view, err := s.viewOf(c)
	if err != nil {
		return err
	}
	v := dataView{Base: s.base(c, "sources")}
	s.past(c, &v.Base, view)
	v.Title = v.T("data.title")
	ctx := c.UserContext()
	problems, err := s.opt.Reader.OpenProblems(ctx, reform.ProblemsQuestion{Limit: 1, View: view})
	if err != nil {
		return err
	}
	revisions, err := s.opt.Reader.RecentRevisions(ctx, reform.RevisionsQuestion{Limit: 1, View: view})
	if err != nil {
		return err
	}
	waiting, err := s.opt.Reader.Candidates(ctx, reform.CandidateFilter{View: view}, 1, 0)
	if err != nil {
		return err
	}
	conflicts, err := s.disputed(ctx, reform.ConflictQuestion{View: view})
	if err != nil {
		return err
	}
	open := len(slices.DeleteFunc(slices.Clone(conflicts), func(c reform.Conflict) bool { return !c.Open() }))
	for _, r := range []struct {
		href, key string
		n         int
	}{
		{"/sources", "sources", -1}, {"/runs", "runs", -1}, {"/revisions", "revisions", int(revisions.Total)}, {"/problems", "problems", int(problems.Total)},
		{"/conflicts", "conflicts", open}, {"/review", "review", int(waiting.Total)}, {"/indices", "indices", -1}, {"/load", "load", -1},
	} {
		room := dataRoom{Href: r.href, Name: v.T("data." + r.key), Text: v.T("data." + r.key + ".text")}
		if r.n >= 0 {
			room.Count = count(r.n, v.Lang)
		}
		v.Rooms = append(v.Rooms, room)
	}
	return s.render(c, "data", v)
}

const problemsPerPage = 100

type problemsView struct {
	Base
	Rows       []openProblemRow
	Range      string
	Prev, Next string
	Kind       string // the kind that is listed alone
	Document   Link   // the document that is listed alone
	All        string
}

type openProblemRow struct {
	problemRow
	Kind, KindHref string
	Document       Link
	OnlyHref       string // the problems of this document alone
	Run, RunHref   string
	State          string
	AtHref         string // the place in the document
}

// problems lists what could not be read and still waits to be mended.
func (s *Server) problems(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	q := reform.ProblemsQuestion{Document: ps.text("document"), Kind: ps.text("kind"), Limit: problemsPerPage, Offset: ps.number("offset", 0, 10_000_000), View: ps.view()}
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	page, err := s.opt.Reader.OpenProblems(ctx, q)
	if err != nil {
		return err
	}
	v := problemsView{Base: s.base(c, "sources"), Kind: q.Kind}
	s.past(c, &v.Base, q.View)
	v.Title = v.T("data.problems")
	here := func(document, kind string) string {
		return withQueryOf("/problems", viewValues(values("document", document, "kind", kind), q.View))
	}
	if q.Document != "" || q.Kind != "" {
		v.All = here("", "")
	}
	for _, p := range page.Problems {
		row := openProblemRow{
			problemRow: problemRows([]reform.Problem{p.Problem}, v.Lang)[0], Kind: p.Problem.Code, KindHref: here(q.Document, p.Problem.Code),
			Run: v.Moment(p.At), RunHref: "/runs/" + url.PathEscape(p.Run), State: runState(p.State, v.Lang), OnlyHref: here(p.Document, q.Kind),
		}
		if row.Document, row.AtHref, err = s.documentPlace(ctx, p.Document, p.Problem.Locator, p.Problem.Text, v.Lang); err != nil {
			return err
		}
		if p.Document == "" {
			row.Document = Link{Text: p.Source}
		}
		v.Rows = append(v.Rows, row)
	}
	if q.Document != "" {
		if v.Document, _, err = s.documentPlace(ctx, q.Document, "", "", v.Lang); err != nil {
			return err
		}
	}
	v.Range, v.Prev, v.Next = pager(v.Base, here(q.Document, q.Kind), q.Offset, len(page.Problems), int(page.Total), problemsPerPage)
	return s.render(c, "problems", v)
}

// documentPlace is the link to a document and to a place in it; the place is "" where only the citation is held.
func (s *Server) documentPlace(ctx context.Context, id, locator, quote, lang string) (Link, string, error) {
	if id == "" {
		return Link{}, "", nil
	}
	sources, err := s.cite(ctx, lang, []string{id})
	if err != nil || len(sources) == 0 {
		return Link{}, "", err
	}
	link := Link{Href: documentHref(id), Text: sources[0].Label}
	d, err := s.documentOf(ctx, id)
	if err != nil {
		return link, "", nil //nolint:nilerr // a run may name a document that was refused and is not held
	}
	return link, s.placeHref(d, locator, quote), nil
}

const revisionsPerPage = 100

type revisionsView struct {
	Base
	Indices    []option
	Rows       []revisionRow
	Range      string
	Prev, Next string
}

type revisionRow struct {
	changeRow
	Said, SaidBefore, Loaded string
	Document                 Link
	RunHref                  string
}

// revisions lists values that replaced others, over all runs.
func (s *Server) revisions(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	q := reform.RevisionsQuestion{Index: ps.text("index"), Limit: revisionsPerPage, Offset: ps.number("offset", 0, 10_000_000), View: ps.view()}
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	page, err := s.opt.Reader.RecentRevisions(ctx, q)
	if err != nil {
		return err
	}
	v := revisionsView{Base: s.base(c, "sources")}
	s.past(c, &v.Base, q.View)
	v.Title = v.T("data.revisions")
	v.Indices = []option{{"", v.T("data.all"), q.Index == ""}}
	for _, ix := range s.opt.Catalog.Indices() {
		v.Indices = append(v.Indices, option{ix.Code, ix.Short.In(v.Lang), ix.Code == q.Index})
	}
	for _, r := range page.Revisions {
		row := revisionRow{
			changeRow: s.changeRow(r.Revision, v.Lang), Said: v.Day(local(r.ObservedAt)), SaidBefore: v.Day(local(r.OldObservedAt)), Loaded: v.Moment(r.LoadedAt),
			RunHref: "/runs/" + url.PathEscape(r.Run),
		}
		if row.Document, _, err = s.documentPlace(ctx, r.Document, "", "", v.Lang); err != nil {
			return err
		}
		v.Rows = append(v.Rows, row)
	}
	v.Range, v.Prev, v.Next = pager(v.Base, withQueryOf("/revisions", viewValues(values("index", q.Index), q.View)), q.Offset, len(page.Revisions), int(page.Total), revisionsPerPage)
	return s.render(c, "revisions", v)
}

package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

const (
	documentsPerPage = 100
	attemptsPerPage  = 50
	runsOfAttempt    = 8 // links to the loads of one attempt
)

func sourceHref(name string) string { return "/sources/" + url.PathEscape(name) }

type sourcesView struct {
	Base
	Lead       string // who runs the schedule
	Refused    string // why this program does not
	Sources    []sourceRow
	Documents  []documentRow
	Prev, Next string
}

// sourceRow is a source with what came last and what is next.
type sourceRow struct {
	Name, Href, Kind, Where, Schedule string
	Fresh                             string
	Late                              string // since when it is late; "" in time
	Last, LastState, Took             string
	Failed                            bool // the last attempt brought nothing
	Message                           string
	Facts, Revisions, Problems        string
	Next, Running                     string
	Off                               bool
	CanRun                            bool
	Action                            string
}

type documentRow struct {
	Href, Citation, Source, Kind, Date, Retrieved string
	Held                                          bool
}

// sources shows the sources of the schedule, and below them the documents that numbers come
// from, newest first.
func (s *Server) sources(c *fiber.Ctx) error {
	offset, err := s.offset(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	states, err := s.sourceStates(ctx)
	if err != nil {
		return err
	}
	docs, err := s.opt.Reader.Documents(ctx, "", documentsPerPage, offset, reform.View{})
	if err != nil {
		return err
	}
	v := sourcesView{Base: s.base(c, "sources")}
	v.Title = v.T("nav.sources")
	s.forms(c, &v.Base, "/sources")
	if v.Lead, v.Refused, err = s.leadText(ctx, v.Lang); err != nil {
		return err
	}
	for _, st := range states {
		v.Sources = append(v.Sources, s.sourceRow(st, v.Base))
	}
	for _, d := range docs {
		row := documentRow{Href: documentHref(d.ID), Citation: reform.Cite(d, v.Lang), Source: d.Source, Kind: d.Kind, Held: d.Held, Retrieved: v.Day(local(d.RetrievedAt))}
		if d.Date != "" {
			row.Date = isoDay(d.Date, v.Lang)
		}
		v.Documents = append(v.Documents, row)
	}
	v.Prev, v.Next = plainPager("/sources", offset, len(docs), documentsPerPage)
	return s.render(c, "sources", v)
}

// leadText says who runs the schedule, and why this program does not where it would.
func (s *Server) leadText(ctx context.Context, lang string) (lead, refused string, err error) {
	by, err := s.opt.Reader.Scheduler(ctx)
	if err != nil {
		return "", "", err
	}
	switch {
	case s.opt.Scheduler != nil && s.opt.Scheduler.Leading():
		lead = words.T(lang, "schedule.ours")
	case by.Instance == "":
		lead = words.T(lang, "schedule.nobody")
	default:
		lead = words.T(lang, "schedule.by", "host", by.Host, "pid", by.PID, "ago", ago(s.opt.Now().Sub(by.At), lang))
	}
	if s.opt.Scheduler != nil {
		if other := s.opt.Scheduler.Refusal(); other != nil {
			refused = words.T(lang, "schedule.refused", "host", other.Host, "pid", other.PID)
		}
	}
	return lead, refused, nil
}

// sourceRow tells one source; b says whether the reader may start it.
func (s *Server) sourceRow(st reform.SourceState, b Base) sourceRow {
	now := s.opt.Now()
	row := sourceRow{
		Name: st.Name, Href: sourceHref(st.Name), Kind: sourceKind(st.Kind, b.Lang), Where: st.Where, Schedule: st.Schedule, Fresh: feedFreshness(st, now, b.Lang),
		Last: missing, Facts: missing, Revisions: missing, Problems: missing, Next: b.Moment(st.Next), Off: !st.Enabled, Action: sourceHref(st.Name) + "/run",
	}
	if st.Window != "" {
		row.Schedule += " · " + st.Window
	}
	if st.LateAt(now) {
		row.Late = b.T("source.late.since", "time", clockTime(st.OverdueAt))
	}
	if r := st.Last; r != nil {
		row.Last, row.LastState, row.Took = b.Moment(r.StartedAt), sourceState(r.State, b.Lang), tookText(r.Duration(), b.Lang)
		row.Failed = !reform.SourceSucceeded(r.State)
		row.Facts, row.Revisions, row.Problems = count(int(r.Facts), b.Lang), count(int(r.Revisions), b.Lang), count(int(r.Problems), b.Lang)
		if row.Failed {
			row.Message = r.Message.In(b.Lang)
		}
	}
	if st.Running != nil {
		row.Running = b.T("source.running", "time", b.Moment(st.Running.StartedAt))
	}
	row.CanRun = b.MayWrite && s.canStart(st.Name) && st.Enabled && st.Running == nil
	return row
}

// canStart reports whether this program knows the source and can read it.
func (s *Server) canStart(name string) bool {
	return s.opt.Scheduler != nil && slices.ContainsFunc(s.opt.Configured, func(c reform.SourceState) bool { return c.Name == name })
}

func sourceKind(kind, lang string) string {
	if words.Has("source.kind." + kind) {
		return words.T(lang, "source.kind."+kind)
	}
	return kind
}

func sourceState(state, lang string) string {
	if words.Has("source.state." + state) {
		return words.T(lang, "source.state."+state)
	}
	return state
}

type sourceView struct {
	Base
	Source     sourceRow
	Facts      []factLine
	Trouble    string // why it could not be started
	Attempts   []attemptRow
	Prev, Next string
}

// attemptRow is one attempt to read a source.
type attemptRow struct {
	Started, Cause, State, Took                 string
	Documents, Facts, Revisions, Problems, Text string
	Failed                                      bool
	Runs                                        []Link
	MoreRuns                                    string
}

// source shows a source and the history of its attempts.
func (s *Server) source(c *fiber.Ctx) error {
	offset, err := s.offset(c)
	if err != nil {
		return err
	}
	return s.showSource(c, offset, "")
}

func (s *Server) sourceNamed(ctx context.Context, name string) (reform.SourceState, error) {
	states, err := s.sourceStates(ctx)
	if err != nil {
		return reform.SourceState{}, err
	}
	for _, st := range states {
		if st.Name == name {
			return st, nil
		}
	}
	return reform.SourceState{}, fmt.Errorf("no source is named %q; /sources lists them: %w", clip(name, 80), reform.ErrNotFound)
}

func (s *Server) showSource(c *fiber.Ctx, offset int, trouble string) error {
	ctx := c.UserContext()
	name, err := url.PathUnescape(c.Params("name"))
	if err != nil {
		return invalid("name", "can't be read")
	}
	st, err := s.sourceNamed(ctx, name)
	if err != nil {
		return err
	}
	attempts, err := s.opt.Reader.SourceRuns(ctx, st.Name, attemptsPerPage, offset)
	if err != nil {
		return err
	}
	v := sourceView{Base: s.base(c, "sources"), Trouble: trouble}
	s.forms(c, &v.Base, "/sources")
	v.Title, v.Source = st.Name, s.sourceRow(st, v.Base)
	v.Facts = []factLine{
		{v.T("doc.kind"), v.Source.Kind}, {v.T("source.where"), st.Where}, {v.T("source.schedule"), v.Source.Schedule}, {v.T("source.next"), v.Source.Next},
		{v.T("source.success"), v.Moment(st.LastSuccess)},
	}
	for _, r := range attempts {
		v.Attempts = append(v.Attempts, attempt(r, v.Base))
	}
	v.Prev, v.Next = plainPager(v.Source.Href, offset, len(attempts), attemptsPerPage)
	return s.render(c, "source", v)
}

func attempt(r reform.SourceRun, b Base) attemptRow {
	row := attemptRow{
		Started: b.Moment(r.StartedAt), Cause: r.Cause, State: b.T("source.state.running"), Took: missing, Documents: count(int(r.Documents), b.Lang), Facts: count(int(r.Facts), b.Lang),
		Revisions: count(int(r.Revisions), b.Lang), Problems: count(int(r.Problems), b.Lang), Text: r.Message.In(b.Lang),
	}
	if words.Has("source.cause." + r.Cause) {
		row.Cause = b.T("source.cause." + r.Cause)
	}
	if r.State != "" {
		row.State, row.Took, row.Failed = sourceState(r.State, b.Lang), tookText(r.Duration(), b.Lang), !reform.SourceSucceeded(r.State)
	}
	for i, id := range r.Runs {
		if i == runsOfAttempt {
			row.MoreRuns = b.T("source.moreruns", "n", len(r.Runs)-i)
			break
		}
		row.Runs = append(row.Runs, Link{Href: "/runs/" + url.PathEscape(id), Text: b.T("source.run", "n", i+1)})
	}
	return row
}

// startSource reads a source now, since a person asks for it. That it is being read already is
// no error of the program: the page says so.
func (s *Server) startSource(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.checkForm(c, form.Get(csrfField)); err != nil {
		return err
	}
	name, err := url.PathUnescape(c.Params("name"))
	if err != nil {
		return invalid("name", "can't be read")
	}
	if s.opt.Scheduler == nil {
		return fmt.Errorf("no source can be read through this server: %w", reform.ErrNotFound)
	}
	st, err := s.sourceNamed(c.UserContext(), name)
	if err != nil {
		return err
	}
	run, err := s.opt.Scheduler.StartNow(c.UserContext(), name)
	s.forgetSources()
	switch {
	case errors.Is(err, reform.ErrConflict):
		lang := s.prefs(c).Lang
		trouble := words.T(lang, "source.busy", "name", name)
		if !st.Enabled {
			trouble = words.T(lang, "source.off", "name", name)
		}
		c.Status(http.StatusConflict)
		return s.showSource(c, 0, trouble)
	case err != nil:
		return err
	}
	s.log.InfoContext(c.UserContext(), "source started through the page", "request_id", requestID(c), "source", name, "attempt", run.ID)
	if wantsAnswer(c) {
		return c.Status(http.StatusAccepted).JSON(run)
	}
	return c.Redirect(sourceHref(name), http.StatusSeeOther)
}

// wantsAnswer reports whether a program has sent the form and wants no page.
func wantsAnswer(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON)
}

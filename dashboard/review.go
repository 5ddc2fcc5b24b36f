package dashboard

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

const candidatesPerPage = 50

func candidateHref(id string) string { return "/review/" + url.PathEscape(id) }

type reviewView struct {
	Base
	State      string
	Tabs       []Link
	Total      string
	Author     string
	CanDecide  bool
	Rows       []candidateRow
	Range      string
	Prev, Next string
}

// candidateRow is a candidate with its sentence and why the program was unsure.
type candidateRow struct {
	ID, Href                  string
	Index, Unit, UnitHref     string
	Period, Component, Value  string
	Scope, RankKind           string
	Quote, Why, Locator       string
	Source                    Link
	Decision                  *decisionRow
	Waits                     bool
	CSRF, Author, ReasonField string
	CanDecide                 bool
}

// candidateFilter reads which candidates are asked for.
func (p *params) candidateFilter() reform.CandidateFilter {
	f := reform.CandidateFilter{State: p.oneOf("state", reform.CandidatesWaiting, reform.CandidatesDecided, reform.CandidatesAll), Index: p.text("index"), Document: p.text("document"), View: p.view()}
	if f.Index != "" {
		if _, err := p.s.indexOf(f.Index); err != nil {
			p.fail(err)
		}
	}
	if u := p.units(0, 1); len(u) == 1 {
		f.Unit = u[0]
	}
	return f
}

// review lists what the program read in prose and is not sure of, with its sentence.
func (s *Server) review(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	filter, offset := ps.candidateFilter(), ps.number("offset", 0, 10_000_000)
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	page, err := s.opt.Reader.Candidates(ctx, filter, candidatesPerPage, offset)
	if err != nil {
		return err
	}
	v := reviewView{Base: s.base(c, "sources"), State: filter.State, Author: author(c)}
	s.past(c, &v.Base, filter.View)
	s.forms(c, &v.Base, "/review")
	v.CanDecide = v.MayWrite && s.opt.Reviewer != nil && v.Past == ""
	v.Title = v.T("nav.review")
	href := func(state string) string {
		q := cloneValues(raw)
		q.Del("offset")
		q.Del("state")
		if state != "" {
			q.Set("state", state)
		}
		return strings.TrimSuffix("/review?"+q.Encode(), "?")
	}
	for _, state := range []string{reform.CandidatesWaiting, reform.CandidatesDecided} {
		key := "review.waiting"
		if state != "" {
			key = "review.decided"
		}
		v.Tabs = append(v.Tabs, Link{Href: href(state), Text: v.T(key), Current: state == filter.State})
	}
	v.Total = v.Count(int(page.Total))
	for _, one := range page.Candidates {
		row, err := s.candidateRow(ctx, one, v.Base)
		if err != nil {
			return err
		}
		row.CanDecide, row.CSRF, row.Author = v.CanDecide && row.Waits, v.CSRF, v.Author
		v.Rows = append(v.Rows, row)
	}
	v.Range, v.Prev, v.Next = pager(v.Base, href(filter.State), offset, len(page.Candidates), int(page.Total), candidatesPerPage)
	return s.render(c, "review", v)
}

func (s *Server) candidateRow(ctx context.Context, one reform.Candidate, b Base) (candidateRow, error) {
	f := one.Fact
	st := reform.StatementOf(f)
	fv := s.factRowView(reform.FactRecord{Fact: f}, b.Lang)
	row := candidateRow{
		ID: one.ID, Href: candidateHref(one.ID), Index: fv.Index, Unit: fv.Unit, UnitHref: fv.UnitHref, Period: fv.Period, Component: fv.Component,
		Value: statementText(&st, "", b.Lang), Scope: fv.Scope, RankKind: fv.RankKind, Quote: f.Quote, Why: f.Note, Locator: f.Locator, Waits: one.Waits(),
	}
	sources, err := s.cite(ctx, b.Lang, []string{one.Document})
	if err != nil {
		return row, err
	}
	for _, src := range sources {
		row.Source = Link{Href: documentHref(src.Document), Text: src.Label}
	}
	if one.Decision != nil {
		d := s.decisionRow(*one.Decision, b)
		row.Decision = &d
	}
	return row, nil
}

type candidateView struct {
	Base
	Row       candidateRow
	Trouble   string
	Author    string
	Reason    string
	CanDecide bool
	CanReopen bool
	Fields    []correctionField
	Decision  string // id of the one that stands
}

// correctionField is a field of the form by which a candidate is corrected.
type correctionField struct {
	Name, Label, Value string
	Options            []option // a list to choose from; none: text
	Hint               string
}

// candidate shows one candidate with the forms that decide about it.
func (s *Server) candidate(c *fiber.Ctx) error {
	return s.showCandidate(c, verdict{}, "")
}

func (s *Server) showCandidate(c *fiber.Ctx, typed verdict, trouble string) error {
	ctx := c.UserContext()
	one, err := s.opt.Reader.Candidate(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	v := candidateView{Base: s.base(c, "sources"), Trouble: trouble, Author: typed.Author, Reason: typed.Reason}
	if v.Author == "" {
		v.Author = author(c)
	}
	s.forms(c, &v.Base, "/review")
	may := v.MayWrite && s.opt.Reviewer != nil
	v.CanDecide = may && one.Waits()
	if v.Row, err = s.candidateRow(ctx, one, v.Base); err != nil {
		return err
	}
	if may && one.Decision != nil && one.Decision.Action == reform.ActionReject {
		v.CanReopen, v.Decision = true, one.Decision.ID
	}
	v.Title = v.T("review.title", "unit", v.Row.Unit, "index", v.Row.Index, "period", v.Row.Period)
	v.Fields = s.correctionFields(one, v.Base)
	for i := range v.Fields {
		f := &v.Fields[i]
		if typed.form == nil || !typed.form.Has(f.Name) {
			continue
		}
		f.Value = typed.form.Get(f.Name)
		for j := range f.Options {
			f.Options[j].Chosen = f.Options[j].Value == f.Value
		}
	}
	return s.render(c, "candidate", v)
}

// correctionFields are what a person may correct of a candidate, filled in as it was read.
func (s *Server) correctionFields(one reform.Candidate, b Base) []correctionField {
	f := one.Fact
	text := func(n reform.Number) string {
		if !n.Valid {
			return ""
		}
		if b.Lang == "vi" { // without signs between thousands: what is typed back must have one meaning
			return strings.Replace(n.String(), ".", ",", 1)
		}
		return n.String()
	}
	var indices, scopes []option
	for _, ix := range s.opt.Catalog.Indices() {
		indices = append(indices, option{ix.Code, ix.Short.In(b.Lang), ix.Code == f.Index})
	}
	indexField := correctionField{Name: "index", Label: b.T("col.index"), Value: f.Index, Options: indices}
	if _, err := s.indexOf(f.Index); err != nil {
		indexField.Options = nil // an index that left the catalogue: typed as it is
	}
	fields := []correctionField{
		indexField,
		{Name: "unit", Label: b.T("col.unit"), Value: string(f.Unit), Options: s.unitChoices(f.Unit, b.Lang)},
		{Name: "period", Label: b.T("col.period"), Value: f.Period.String(), Hint: "2019, 2025-H1, 2025-Q3, 2025-10"},
		{Name: "component", Label: b.T("col.component"), Value: f.Component, Options: s.componentChoices(f, b.Lang)},
		{Name: "place", Label: b.T("col.place"), Value: orEmpty(f.Place)},
		{Name: "of", Label: b.T("review.of"), Value: orEmpty(f.Of)},
	}
	if f.Place > 0 {
		scopes = s.scopeOptions(f.Unit.Scheme(), f.Scope, b.Lang)
		fields = append(fields, correctionField{Name: "scope", Label: b.T("ranking.scope"), Value: f.Scope, Options: scopes})
	}
	fields = append(fields,
		correctionField{Name: "score", Label: b.T("col.score"), Value: text(f.Score)},
		correctionField{Name: "max", Label: b.T("col.max"), Value: text(f.Max)})
	return fields
}

// unitChoices are the provinces, and the unit itself where it is none.
func (s *Server) unitChoices(chosen reform.UnitKey, lang string) []option {
	var out []option
	found := false
	for _, sc := range []reform.Scheme{reform.VN34, reform.VN63} {
		for _, u := range s.opt.Catalog.Units(sc, reform.Province) {
			found = found || u.Key == chosen
			out = append(out, option{string(u.Key), s.unitName(u.Key, lang) + " (" + strings.TrimPrefix(string(sc), "vn") + ")", u.Key == chosen})
		}
	}
	if !found {
		out = append([]option{{string(chosen), s.unitName(chosen, lang), true}}, out...)
	}
	return out
}

func (s *Server) componentChoices(f reform.Fact, lang string) []option {
	ix, err := s.indexOf(f.Index)
	if err != nil {
		return nil
	}
	out := []option{{"", componentName(ix, f.Basis, "", lang), f.Component == ""}}
	seen := map[string]bool{"": true}
	for _, b := range ix.Bases {
		for _, comp := range b.Components {
			if seen[comp.Code] || f.Basis != "" && b.Code != f.Basis && comp.Code != f.Component {
				continue
			}
			seen[comp.Code] = true
			out = append(out, option{comp.Code, comp.Name.In(lang), comp.Code == f.Component})
		}
	}
	if !seen[f.Component] {
		out = append(out, option{f.Component, f.Component, true})
	}
	return out
}

// decideCandidate takes a person's decision about a candidate.
func (s *Server) decideCandidate(c *fiber.Ctx) error {
	d, err := s.readVerdict(c)
	if err != nil {
		return err
	}
	ctx, lang, id := c.UserContext(), s.prefs(c).Lang, c.Params("id")
	if text := d.lacks(lang); text != "" {
		c.Status(http.StatusBadRequest)
		return s.showCandidate(c, d, text)
	}
	var rec reform.DecisionRecord
	switch reform.DecisionAction(d.Action) {
	case reform.ActionAccept:
		rec, err = s.opt.Reviewer.Accept(ctx, id, d.Author, d.Reason)
	case reform.ActionReject:
		rec, err = s.opt.Reviewer.Reject(ctx, id, d.Author, d.Reason)
	case reform.ActionReopen:
		rec, err = s.opt.Reviewer.Reopen(ctx, d.form.Get("decision"), d.Author, d.Reason)
	case reform.ActionCorrect:
		var changed map[string]string
		if changed, err = s.changedFields(ctx, c, id, d.form); err == nil {
			rec, err = s.opt.Reviewer.Correct(ctx, id, changed, d.Author, d.Reason)
		}
	default:
		return invalid("action", "want accept, correct, reject or reopen")
	}
	s.forgetRev()
	if err != nil {
		text, status, ok := troubleOf(err, lang)
		if !ok {
			return err
		}
		c.Status(status)
		return s.showCandidate(c, d, text)
	}
	s.rememberAuthor(c, d.Author)
	s.log.InfoContext(ctx, "candidate decided through the page", "request_id", requestID(c), "candidate", id, "action", d.Action, "decision", rec.ID)
	if wantsAnswer(c) {
		return c.JSON(rec)
	}
	return c.Redirect(candidateHref(id), http.StatusSeeOther)
}

// changedFields are the fields of the form that differ from what was read: the others stay as
// the catalogue and the document have them.
func (s *Server) changedFields(ctx context.Context, c *fiber.Ctx, id string, form url.Values) (map[string]string, error) {
	one, err := s.opt.Reader.Candidate(ctx, id)
	if err != nil {
		return nil, err
	}
	changed := map[string]string{}
	for _, f := range s.correctionFields(one, s.base(c, "sources")) {
		if typed := strings.TrimSpace(form.Get(f.Name)); form.Has(f.Name) && typed != f.Value {
			changed[f.Name] = typed
		}
	}
	return changed, nil
}

type candidateAnswer struct {
	ID        string         `json:"id"`
	Fact      factAnswer     `json:"fact"`
	Why       string         `json:"why"`
	Waits     bool           `json:"waits"`
	Decision  *decisionShort `json:"decision"`
	Candidate string         `json:"href"`
}

type decisionShort struct {
	ID       string `json:"id"`
	Action   string `json:"action"`
	Author   string `json:"author"`
	Reason   string `json:"reason"`
	At       string `json:"at"`
	Document string `json:"document"`
}

// apiReview lists candidates; decisions are taken on the page and by the command alone.
func (s *Server) apiReview(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	filter, offset, limit := p.candidateFilter(), p.number("offset", 0, 10_000_000), p.number("limit", 1, 1000)
	if err := p.done(); err != nil {
		return err
	}
	if limit == 0 {
		limit = 200
	}
	page, err := s.opt.Reader.Candidates(c.UserContext(), filter, limit, offset)
	if err != nil {
		return err
	}
	rows := []candidateAnswer{}
	t := &csvTable{name: "review", columns: append([]string{"id", "waits", "why", "action", "author", "reason", "decided_at"}, factColumns...)}
	for _, one := range page.Candidates {
		r := reform.FactRecord{Fact: one.Fact, Document: one.Document, Authority: one.Authority, Run: one.Run, LoadedAt: one.LoadedAt}
		a := candidateAnswer{ID: one.ID, Fact: factOf(r), Why: one.Fact.Note, Waits: one.Waits(), Candidate: candidateHref(one.ID)}
		cells := []string{one.ID, strconv.FormatBool(a.Waits), a.Why, "", "", "", ""}
		if d := one.Decision; d != nil {
			a.Decision = &decisionShort{d.ID, string(d.Action), d.Author, d.Reason, timeOrEmpty(d.At), d.Document}
			cells = append(cells[:3], string(d.Action), d.Author, d.Reason, timeOrEmpty(d.At))
		}
		rows = append(rows, a)
		t.add(append(cells, factRow(r)...)...)
	}
	return s.answer(c, struct {
		Total uint64            `json:"total"`
		Rows  []candidateAnswer `json:"rows"`
	}{page.Total, rows}, t)
}

package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// conflictsShown bounds the page; the API has all.
const conflictsShown = 500

// Which conflicts a page lists.
const (
	conflictsOpen    = "open"
	conflictsSettled = "settled"
	conflictsAll     = "all"
)

type conflictsView struct {
	Base
	Tabs []Link
	Rows []conflictRow
	More string
	None string
	CSV  string
}

type conflictRow struct {
	Index, Unit, UnitHref, Period, Component, Measure, TrailHref string
	Values                                                       []conflictValueRow
	NumberHref                                                   string
	Settled                                                      string // who chose what, when
	Reason                                                       string
	Reopened                                                     bool // something came that the person had not seen
}

type conflictValueRow struct {
	Value, Authority, Day string
	Raw                   string // as the form sends it
	Source                Link
	Locator, Quote        string
	Preferred             bool
}

// conflicts lists the numbers that documents give differently, the shown one first: those that wait
// for a person, and those that one has settled.
func (s *Server) conflicts(c *fiber.Ctx) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	q, state := ps.conflictQuestion(), ps.oneOf("state", conflictsOpen, conflictsSettled, conflictsAll)
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	all, err := s.opt.Reader.Conflicts(ctx, q)
	if err != nil {
		return err
	}
	v := conflictsView{Base: s.base(c, "sources"), CSV: "/api/v1/conflicts.csv?" + viewValues(values("bom", "1", "index", q.Index, "unit", string(q.Unit), "period", q.Period.String()), q.View).Encode()}
	s.past(c, &v.Base, q.View)
	v.Title = v.T("nav.conflicts")
	open := 0
	found := make([]reform.Conflict, 0, len(all))
	for _, f := range all {
		if f.Open() {
			open++
		}
		if state == conflictsAll || f.Open() == (state == conflictsOpen) {
			found = append(found, f)
		}
	}
	for _, one := range []struct {
		state string
		n     int
	}{{conflictsOpen, open}, {conflictsSettled, len(all) - open}, {conflictsAll, len(all)}} {
		to := cloneValues(raw)
		to.Set("state", one.state)
		v.Tabs = append(v.Tabs, Link{Href: "/conflicts?" + to.Encode(), Text: v.T("conflicts."+one.state, "n", v.Count(one.n)), Current: one.state == state})
	}
	v.None = v.T("conflicts.none")
	if len(all) > 0 {
		v.None = v.T("conflicts.none." + state)
	}
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
		Measure: s.measureName(f.Number(), lang), TrailHref: trailHref(f.Index, f.Unit, f.Period, f.Component), NumberHref: numberHref(f.Number()),
	}
	if ix, err := s.indexOf(f.Index); err == nil {
		row.Index, row.Component = ix.Short.In(lang), componentName(ix, f.Basis, f.Component, lang)
	}
	if st := f.Settled; st != nil {
		row.Settled, row.Reason, row.Reopened = settledText(st, lang), st.Reason, st.Outdated
	}
	for i, val := range f.Values {
		r, err := s.conflictValue(ctx, val, lang)
		if err != nil {
			return row, err
		}
		r.Preferred = i == 0
		row.Values = append(row.Values, r)
	}
	return row, nil
}

// settledText says who chose what, and when.
func settledText(st *reform.Settlement, lang string) string {
	return words.T(lang, "conflicts.settled.by", "value", valueText(st.Value, lang), "author", st.Author, "time", clockTime(st.At))
}

// measureName is "Thứ hạng, cả nước" or "Điểm".
func (s *Server) measureName(k reform.NumberKey, lang string) string {
	name := words.T(lang, "measure."+measureOr(k.Measure))
	if k.Measure == reform.MeasurePlace && k.Scope != "" && k.Scope != reform.ScopeNation {
		name += ", " + s.scopeName(k.Scope, lang)
	}
	if k.Stage == reform.SelfAssessed {
		name += ", " + words.T(lang, "stage.self")
	}
	return name
}

func (s *Server) conflictValue(ctx context.Context, val reform.ConflictValue, lang string) (conflictValueRow, error) {
	r := conflictValueRow{Value: valueText(val.Value, lang), Raw: val.Document + " " + val.Value, Day: day(local(val.ObservedAt), lang)}
	if val.Authority > 0 && val.Authority <= reform.AuthorityThirdParty {
		r.Authority = words.T(lang, fmt.Sprintf("authority.%d", val.Authority))
	}
	sources, err := s.cite(ctx, lang, []string{val.Document})
	if err != nil {
		return r, err
	}
	for _, src := range sources {
		r.Source = Link{Href: documentHref(src.Document), Text: src.Label}
	}
	return r, nil
}

func measureOr(m string) string {
	if m == "place" {
		return m
	}
	return "score"
}

type numberView struct {
	Base
	Heading, Sub string
	Open         bool // sources differ, and nobody has decided
	State        string
	Reason       string
	Trouble      string
	Values       []conflictValueRow
	Decisions    []decisionRow
	Reopen       string // id of the decision that can be taken back
	CanDecide    bool
	CanSettle    bool
	Author       string
	Typed        string
	TypedReason  string
	Chosen       string
	Action       string
	TrailHref    string
	ValueHint    string
}

// numberKey reads which number is meant.
func (p *params) numberKey() reform.NumberKey {
	ix := p.index()
	k := reform.NumberKey{Unit: p.oneUnit(), Period: p.period(true), Component: p.text("component"), Basis: p.text("basis"), Stage: p.stage(), Scope: p.text("scope")}
	k.Measure = p.oneOf("measure", reform.MeasurePlace, reform.MeasureScore)
	if k.Scope != "" && k.Scope != reform.ScopeNation {
		k.Scope = p.scope()
	}
	if ix != nil {
		k.Index = ix.Code
		p.checkComponent(ix, k.Component)
	}
	if k.Measure == reform.MeasureScore {
		k.Scope = ""
	} else if k.Scope == "" {
		k.Scope = reform.ScopeNation
	}
	return k
}

// number compares what sources say of one number, with the forms that settle or correct it.
func (s *Server) number(c *fiber.Ctx) error { return s.showNumber(c, verdict{}, "") }

func (s *Server) showNumber(c *fiber.Ctx, typed verdict, trouble string) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	k, view := ps.numberKey(), ps.view()
	if err := ps.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	v := numberView{Base: s.base(c, "sources"), Trouble: trouble, Author: typed.Author, TypedReason: typed.Reason, TrailHref: trailHref(k.Index, k.Unit, k.Period, k.Component)}
	if v.Author == "" {
		v.Author = author(c)
	}
	if typed.form != nil {
		v.Typed, v.Chosen = typed.form.Get("value"), typed.form.Get("choice")
	}
	s.past(c, &v.Base, view)
	s.forms(c, &v.Base, "/conflicts")
	v.CanDecide = v.MayWrite && s.opt.Reviewer != nil && v.Past == ""
	ix, err := s.indexOf(k.Index)
	if err != nil {
		return err
	}
	v.Heading = v.T("trail.title", "unit", s.unitNameIn(k.Unit, k.Period, v.Lang), "index", ix.Short.In(v.Lang), "period", periodName(k.Period, v.Lang))
	v.Title = v.Heading
	v.Sub = componentName(ix, k.Basis, k.Component, v.Lang) + " · " + s.measureName(k, v.Lang)
	v.Action = numberHref(k)
	v.ValueHint = v.T("number.hint." + k.Measure)
	if err := s.numberValues(ctx, &v, k, view); err != nil {
		return err
	}
	decisions, err := s.opt.Reader.Decisions(ctx, reform.DecisionFilter{Numbers: true, Index: k.Index, Unit: k.Unit, Period: k.Period, View: view}, decisionsOf, 0)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if d.Number != k {
			continue
		}
		if len(v.Decisions) == 0 && d.Action != reform.ActionReopen && v.CanDecide && !v.Open {
			v.Reopen = d.ID
		}
		v.Decisions = append(v.Decisions, s.decisionRow(d, v.Base))
	}
	// What a person has decided stands until it is taken back.
	v.CanDecide = v.CanDecide && v.Reopen == ""
	v.CanSettle = v.CanDecide && len(v.Values) > 1
	return s.render(c, "number", v)
}

// numberValues fills in what is said of the number now, and whether that is a conflict.
func (s *Server) numberValues(ctx context.Context, v *numberView, k reform.NumberKey, view reform.View) error {
	records, err := s.opt.Reader.Fact(ctx, reform.FactQuestion{Index: k.Index, Unit: k.Unit, Period: k.Period, Component: k.Component, Stage: k.Stage, View: view})
	if err != nil {
		return err
	}
	said := slices.DeleteFunc(records, func(r reform.FactRecord) bool {
		f := r.Fact
		return f.Unit != k.Unit || f.Basis != k.Basis || reform.ValueOf(&f, k.Measure) == "" || k.Measure == reform.MeasurePlace && f.Scope != k.Scope
	})
	conflicts, err := s.opt.Reader.Conflicts(ctx, reform.ConflictQuestion{Index: k.Index, Unit: k.Unit, Period: k.Period, View: view})
	if err != nil {
		return err
	}
	v.State = v.T("number.agreed")
	var sides []reform.ConflictValue
	for _, f := range conflicts {
		if f.Number() != k {
			continue
		}
		v.Open, sides, v.State = f.Open(), f.Values, v.T("number.open")
		if st := f.Settled; st != nil {
			v.State, v.Reason = settledText(st, v.Lang), st.Reason
			if st.Outdated {
				v.State += " " + v.T("conflicts.reopened")
			}
		}
	}
	if sides == nil {
		for _, r := range said {
			one := reform.ConflictValue{Value: reform.ValueOf(&r.Fact, k.Measure), Document: r.Document, Authority: r.Authority, ObservedAt: r.Fact.ObservedAt}
			if !slices.ContainsFunc(sides, func(w reform.ConflictValue) bool { return w.Value == one.Value && w.Document == one.Document }) {
				sides = append(sides, one)
			}
		}
	}
	for i, side := range sides {
		row, err := s.conflictValue(ctx, side, v.Lang)
		if err != nil {
			return err
		}
		row.Preferred = i == 0 && shownIn(said, k.Measure, side)
		for _, r := range said {
			if r.Document == side.Document && reform.ValueOf(&r.Fact, k.Measure) == side.Value {
				row.Locator, row.Quote = r.Fact.Locator, r.Fact.Quote
				break
			}
		}
		v.Values = append(v.Values, row)
	}
	if len(v.Values) == 0 {
		return fmt.Errorf("nothing is loaded of this number: %w", reform.ErrNotFound)
	}
	return nil
}

// shownIn reports whether the views show this side's value.
func shownIn(said []reform.FactRecord, measure string, side reform.ConflictValue) bool {
	for _, r := range said {
		preferred := r.PreferredScore
		if measure == reform.MeasurePlace {
			preferred = r.PreferredPlace
		}
		if preferred {
			return r.Document == side.Document && reform.ValueOf(&r.Fact, measure) == side.Value
		}
	}
	return true
}

// decideNumber takes a person's decision about a number: one of its values, or another one.
func (s *Server) decideNumber(c *fiber.Ctx) error {
	d, err := s.readVerdict(c)
	if err != nil {
		return err
	}
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	k := ps.numberKey()
	if err := ps.done(); err != nil {
		return err
	}
	ctx, lang := c.UserContext(), s.prefs(c).Lang
	again := func(status int, text string) error {
		c.Status(status)
		return s.showNumber(c, d, text)
	}
	if text := d.lacks(lang); text != "" {
		return again(http.StatusBadRequest, text)
	}
	var rec reform.DecisionRecord
	switch reform.DecisionAction(d.Action) {
	case reform.ActionSettle:
		document, value, ok := strings.Cut(d.form.Get("choice"), " ")
		if !ok {
			return again(http.StatusBadRequest, words.T(lang, "decide.nochoice"))
		}
		rec, err = s.opt.Reviewer.Settle(ctx, k, reform.Choice{Document: document, Value: value}, d.Author, d.Reason)
	case reform.ActionCorrect:
		value := strings.TrimSpace(d.form.Get("value"))
		if value == "" {
			return again(http.StatusBadRequest, words.T(lang, "decide.novalue"))
		}
		rec, err = s.opt.Reviewer.CorrectNumber(ctx, k, value, d.Author, d.Reason)
	case reform.ActionReopen:
		rec, err = s.opt.Reviewer.Reopen(ctx, d.form.Get("decision"), d.Author, d.Reason)
	default:
		return invalid("action", "want settle, correct or reopen")
	}
	s.forgetRev()
	if err != nil {
		text, status, ok := troubleOf(err, lang)
		if !ok {
			return err
		}
		return again(status, text)
	}
	s.rememberAuthor(c, d.Author)
	s.log.InfoContext(ctx, "number decided through the page", "request_id", requestID(c), "action", d.Action, "decision", rec.ID, "unit", k.Unit, "index", k.Index)
	if wantsAnswer(c) {
		return c.JSON(rec)
	}
	return c.Redirect((&url.URL{Path: "/conflicts/number", RawQuery: string(c.Request().URI().QueryString())}).String(), http.StatusSeeOther)
}

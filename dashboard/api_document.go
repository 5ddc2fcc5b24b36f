package dashboard

import (
	_ "embed"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

//go:embed openapi.json
var openAPI []byte

// apiOpenAPI serves the description of the API; a test holds the handlers to it.
func (s *Server) apiOpenAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(openAPI)
}

type factAnswer struct {
	Index       string            `json:"index"`
	Basis       string            `json:"basis"`
	Unit        reform.UnitKey    `json:"unit"`
	UnitName    string            `json:"unit_name"`
	UnitType    reform.UnitType   `json:"unit_type"`
	Period      reform.Period     `json:"period"`
	PeriodKind  reform.PeriodKind `json:"period_kind"`
	Component   string            `json:"component"`
	Stage       reform.Stage      `json:"stage"`
	Score       reform.Number     `json:"score"`
	Max         reform.Number     `json:"max"`
	Numerator   reform.Number     `json:"numerator"`
	Denominator reform.Number     `json:"denominator"`
	Place       *int              `json:"place"`
	Of          *int              `json:"of"`
	OfPrinted   bool              `json:"of_printed"`
	Scope       string            `json:"scope"`
	RankKind    reform.RankKind   `json:"rank_kind"`
	Status      reform.Status     `json:"status"`
	Locator     string            `json:"locator"`
	Quote       string            `json:"quote"`
	Document    string            `json:"document"`
	Authority   reform.Authority  `json:"authority"`
	ObservedAt  *time.Time        `json:"observed_at"`
	LoadedAt    *time.Time        `json:"loaded_at"`
	Run         string            `json:"run"`
	ShownPlace  bool              `json:"preferred_place"`
	ShownScore  bool              `json:"preferred_score"`
}

func factOf(r reform.FactRecord) factAnswer {
	f := r.Fact
	return factAnswer{
		Index: f.Index, Basis: f.Basis, Unit: f.Unit, UnitName: f.UnitName, UnitType: f.UnitType, Period: f.Period, PeriodKind: f.Period.Kind(),
		Component: f.Component, Stage: f.Stage, Score: f.Score, Max: f.Max, Numerator: f.Numerator, Denominator: f.Denominator,
		Place: orNull(f.Place), Of: orNull(f.Of), OfPrinted: f.OfPrinted, Scope: f.Scope, RankKind: f.RankKind, Status: f.Status,
		Locator: f.Locator, Quote: f.Quote, Document: r.Document, Authority: r.Authority,
		ObservedAt: timeOrNull(f.ObservedAt), LoadedAt: timeOrNull(r.LoadedAt), Run: r.Run, ShownPlace: r.PreferredPlace, ShownScore: r.PreferredScore,
	}
}

var factColumns = []string{"index", "basis", "unit", "unit_name", "unit_type", "period", "period_kind", "component", "score", "max", "numerator", "denominator",
	"place", "of", "scope", "rank_kind", "status", "locator", "quote", "document", "authority", "observed_at", "loaded_at", "run"}

func factRow(r reform.FactRecord) []string {
	f := r.Fact
	return []string{f.Index, f.Basis, string(f.Unit), f.UnitName, string(f.UnitType), f.Period.String(), string(f.Period.Kind()), f.Component, f.Score.String(), f.Max.String(),
		f.Numerator.String(), f.Denominator.String(), orEmpty(f.Place), orEmpty(f.Of), f.Scope, string(f.RankKind), string(f.Status), f.Locator, f.Quote, r.Document,
		strconv.Itoa(int(r.Authority)), timeOrEmpty(f.ObservedAt), timeOrEmpty(r.LoadedAt), r.Run}
}

type documentAnswer struct {
	reform.Document
	Citation string       `json:"citation"`
	Raw      string       `json:"raw"` // address of the bytes; "" where only the citation is held
	Total    uint64       `json:"total"`
	Facts    []factAnswer `json:"facts"`
}

// apiDocument answers a document with a page of the facts that were read from it.
func (s *Server) apiDocument(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	q := reform.FactsQuestion{Document: c.Params("id"), Offset: p.number("offset", 0, 10_000_000), Limit: p.number("limit", 1, 1000), View: p.view()}
	if err := p.done(); err != nil {
		return err
	}
	ctx, lang := c.UserContext(), s.prefs(c).Lang
	d, err := s.opt.Reader.Document(ctx, q.Document)
	if err != nil {
		return err
	}
	page, err := s.opt.Reader.FactsOfDocument(ctx, q)
	if err != nil {
		return err
	}
	a := documentAnswer{Document: d, Citation: reform.Cite(d, lang), Total: page.Total, Facts: []factAnswer{}}
	if d.Held && s.opt.Archive != nil {
		a.Raw = documentHref(d.ID) + "/raw"
	}
	t := &csvTable{name: "document-" + clip(d.ID, 12), columns: factColumns}
	for _, r := range page.Facts {
		a.Facts = append(a.Facts, factOf(r))
		t.add(factRow(r)...)
	}
	return s.answer(c, a, t)
}

// factQuestion reads what one number is asked by.
func (p *params) factQuestion() (*reform.Index, reform.FactQuestion) {
	ix := p.index()
	q := reform.FactQuestion{Unit: p.oneUnit(), Period: p.period(true), Component: p.text("component"), Stage: p.stage(), Basis: p.text("basis"), View: p.view()}
	if t := p.text("scope"); t != "" {
		q.Scope = t
	}
	if ix != nil {
		q.Index = ix.Code
		p.checkComponent(ix, q.Component)
	}
	return ix, q
}

// apiFacts answers everything that was ever said of one number.
func (s *Server) apiFacts(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	_, q := p.factQuestion()
	if err := p.done(); err != nil {
		return err
	}
	records, err := s.opt.Reader.Fact(c.UserContext(), q)
	if err != nil {
		return err
	}
	facts := []factAnswer{}
	t := &csvTable{name: "facts", columns: factColumns}
	for _, r := range records {
		facts = append(facts, factOf(r))
		t.add(factRow(r)...)
	}
	return s.answer(c, struct {
		Index string         `json:"index"`
		Unit  reform.UnitKey `json:"unit"`
		Facts []factAnswer   `json:"facts"`
	}{q.Index, q.Unit, facts}, t)
}

type conflictAnswer struct {
	Index     string           `json:"index"`
	Unit      reform.UnitKey   `json:"unit"`
	Period    reform.Period    `json:"period"`
	Basis     string           `json:"basis"`
	Component string           `json:"component"`
	Stage     reform.Stage     `json:"stage"`
	Scope     string           `json:"scope"`
	Measure   string           `json:"measure"`
	Values    []conflictAValue `json:"values"`
	Settled   *settledAnswer   `json:"settled"`
}

// settledAnswer is what a person has decided about a conflict.
type settledAnswer struct {
	Decision string                `json:"decision"`
	Action   reform.DecisionAction `json:"action"`
	Value    string                `json:"value"`
	Author   string                `json:"author"`
	Reason   string                `json:"reason"`
	At       string                `json:"at"`
	Document string                `json:"document"`
	Outdated bool                  `json:"outdated"`
}

type conflictAValue struct {
	Value      string           `json:"value"`
	Document   string           `json:"document"`
	Authority  reform.Authority `json:"authority"`
	ObservedAt *time.Time       `json:"observed_at"`
	Preferred  bool             `json:"preferred"`
}

// conflictQuestion reads which conflicts are asked for; all where nothing is named.
func (p *params) conflictQuestion() reform.ConflictQuestion {
	q := reform.ConflictQuestion{Index: p.text("index"), Period: p.period(false), View: p.view()}
	if q.Index != "" {
		if _, err := p.s.indexOf(q.Index); err != nil {
			p.fail(err)
		}
	}
	if u := p.units(0, 1); len(u) == 1 {
		q.Unit = u[0]
	}
	return q
}

func (s *Server) apiConflicts(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	q := p.conflictQuestion()
	if err := p.done(); err != nil {
		return err
	}
	found, err := s.opt.Reader.Conflicts(c.UserContext(), q)
	if err != nil {
		return err
	}
	rows := []conflictAnswer{}
	t := &csvTable{name: "conflicts", columns: []string{"index", "unit", "period", "component", "scope", "measure", "value", "preferred", "document", "authority", "observed_at"}}
	for _, f := range found {
		a := conflictAnswer{Index: f.Index, Unit: f.Unit, Period: f.Period, Basis: f.Basis, Component: f.Component, Stage: f.Stage, Scope: f.Scope, Measure: f.Measure, Values: []conflictAValue{}}
		if st := f.Settled; st != nil {
			a.Settled = &settledAnswer{st.Decision, st.Action, st.Value, st.Author, st.Reason, timeOrEmpty(st.At), st.Document, st.Outdated}
		}
		for i, v := range f.Values {
			a.Values = append(a.Values, conflictAValue{v.Value, v.Document, v.Authority, timeOrNull(v.ObservedAt), i == 0})
			t.add(f.Index, string(f.Unit), f.Period.String(), f.Component, f.Scope, f.Measure, v.Value, strconv.FormatBool(i == 0), v.Document, strconv.Itoa(int(v.Authority)), timeOrEmpty(v.ObservedAt))
		}
		rows = append(rows, a)
	}
	return s.answer(c, struct {
		Rows []conflictAnswer `json:"rows"`
	}{rows}, t)
}

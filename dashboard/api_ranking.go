package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type coverageAnswer struct {
	Of             *int `json:"of"`
	WithPlace      int  `json:"with_place"`
	WithScore      int  `json:"with_score"`
	WithComponents int  `json:"with_components"`
	Complete       bool `json:"complete"`
}

func coverageOf(c reform.Coverage) coverageAnswer {
	return coverageAnswer{orNull(c.Of), c.WithPlace, c.WithScore, c.WithComponents, c.Complete()}
}

type standingAnswer struct {
	Unit          reform.UnitKey    `json:"unit"`
	Name          string            `json:"name"`
	Place         *int              `json:"place"`
	Of            *int              `json:"of"`
	OfPrinted     bool              `json:"of_printed"`
	RankKind      reform.RankKind   `json:"rank_kind"`
	ScopePlace    *int              `json:"scope_place"`
	ScopeOf       *int              `json:"scope_of"`
	ScopeRankKind reform.RankKind   `json:"scope_rank_kind"`
	Score         reform.Number     `json:"score"`
	Max           reform.Number     `json:"max"`
	Status        reform.Status     `json:"status"`
	Basis         string            `json:"basis"`
	PrevPlace     *int              `json:"prev_place"`
	PrevOf        *int              `json:"prev_of"`
	PrevScore     reform.Number     `json:"prev_score"`
	AcrossBreak   bool              `json:"across_break"`
	Document      string            `json:"document"`
	ScoreDocument string            `json:"score_document"`
	Components    []componentAnswer `json:"components"`
}

type componentAnswer struct {
	Component string          `json:"component"`
	Name      string          `json:"name"`
	Score     reform.Number   `json:"score"`
	Max       reform.Number   `json:"max"`
	Place     *int            `json:"place"`
	Of        *int            `json:"of"`
	RankKind  reform.RankKind `json:"rank_kind"`
	Document  string          `json:"document"`
}

type rankingAnswer struct {
	Rev        uint64           `json:"rev"` // 0: nothing is loaded
	Index      string           `json:"index"`
	Period     reform.Period    `json:"period"`
	Basis      string           `json:"basis"`
	Scheme     reform.Scheme    `json:"scheme"`
	UnitType   reform.UnitType  `json:"unit_type"`
	Scope      string           `json:"scope"`
	Coverage   coverageAnswer   `json:"coverage"`
	PrevPeriod *reform.Period   `json:"prev_period"`
	Rows       []standingAnswer `json:"rows"`
}

// leagueQuestion reads what league tables of the API and of figures are asked by.
func (p *params) leagueQuestion() (*reform.Index, reform.LeagueQuestion) {
	ix := p.index()
	q := reform.LeagueQuestion{
		Period: p.period(false), Scheme: p.scheme(), UnitType: p.unitType(), Scope: p.scope(), Component: p.text("component"),
		Basis: p.text("basis"), Stage: p.stage(), View: p.view(),
	}
	if p.q.Get("scope") == "" {
		q.Scope = "" // left open: see settle
	}
	if ix != nil {
		q.Index = ix.Code
		p.checkComponent(ix, q.Component)
		p.checkBasis(ix, q.Basis)
	}
	return ix, q
}

// league asks for a table. Without a period it is that of the newest edition; ok is
// false where nothing of the index is loaded.
func (s *Server) league(ctx context.Context, ix *reform.Index, q reform.LeagueQuestion) (l *reform.League, ok bool, err error) {
	if q.Period.IsZero() || unsettled(ix, q) {
		eds, err := s.editionsFor(ctx, q.Index, q.View)
		if err != nil {
			return nil, false, err
		}
		if q = settle(ix, q, eds); q.Period.IsZero() {
			return nil, false, nil
		}
	}
	q.Scope = cmp.Or(q.Scope, reform.ScopeNation)
	answer, err := s.opt.Reader.Ranking(ctx, q)
	if err != nil {
		return nil, false, err
	}
	return &answer, true, nil
}

// unsettled reports whether the editions must say within which province an index ranks.
func unsettled(ix *reform.Index, q reform.LeagueQuestion) bool {
	return ix.Scope == "province" && q.Scope == ""
}

// settle fills what the question leaves open from the newest edition that fits
// it: the period, and for a ranking inside a province that province and what it ranks.
func settle(ix *reform.Index, q reform.LeagueQuestion, eds []reform.EditionInfo) reform.LeagueQuestion {
	var fit []reform.EditionInfo
	for _, e := range eds {
		if q.Period.IsZero() || e.Period == q.Period {
			fit = append(fit, e)
		}
	}
	if e := newestEdition(fit, q); e != nil {
		q.Period, q.UnitType = e.Period, cmp.Or(q.UnitType, e.UnitType)
		if unsettled(ix, q) {
			q.Scope = e.Scope
		}
	}
	q.Scope = cmp.Or(q.Scope, reform.ScopeNation)
	return q
}

// newestEdition is the newest edition that fits the question: a whole year before parts of one.
func newestEdition(eds []reform.EditionInfo, q reform.LeagueQuestion) *reform.EditionInfo {
	var best *reform.EditionInfo
	for i := range eds {
		e := &eds[i]
		switch {
		case q.Scheme != "" && e.Scheme != q.Scheme, q.UnitType != "" && e.UnitType != q.UnitType, q.Basis != "" && e.Basis != q.Basis:
			continue
		}
		if best == nil || editionBetter(e, best) {
			best = e
		}
	}
	return best
}

func editionBetter(a, b *reform.EditionInfo) bool {
	yearly := func(e *reform.EditionInfo) int {
		if e.Period.Kind() == reform.Year {
			return 1
		}
		return 0
	}
	province := func(e *reform.EditionInfo) int {
		if e.UnitType == reform.Province {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(province(a), province(b)), cmp.Compare(yearly(a), yearly(b)), a.Period.Compare(b.Period),
		cmp.Compare(a.Coverage.WithPlace+a.Coverage.WithScore, b.Coverage.WithPlace+b.Coverage.WithScore)) > 0
}

// editionsFor lists what is loaded of an index, newest first.
func (s *Server) editionsFor(ctx context.Context, index string, v reform.View) ([]reform.EditionInfo, error) {
	eds, err := s.opt.Reader.Editions(ctx, index, v)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(eds, func(a, b reform.EditionInfo) int { return b.Period.Compare(a.Period) })
	return eds, nil
}

func (s *Server) apiRanking(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	ix, q := p.leagueQuestion()
	if err := p.done(); err != nil {
		return err
	}
	if err := s.pin(c.UserContext(), &q.View); err != nil {
		return err
	}
	l, ok, err := s.league(c.UserContext(), ix, q)
	if err != nil {
		return err
	}
	if !ok {
		l = &reform.League{Index: q.Index, Scope: cmp.Or(q.Scope, reform.ScopeNation), UnitType: cmp.Or(q.UnitType, reform.Province), Scheme: q.Scheme}
	}
	lang := s.prefs(c).Lang
	a := rankingAnswer{
		Rev: q.View.Rev, Index: l.Index, Period: l.Period, Basis: l.Basis, Scheme: l.Scheme, UnitType: l.UnitType, Scope: l.Scope,
		Coverage: coverageOf(l.Coverage), Rows: []standingAnswer{},
	}
	if !l.Prev.IsZero() {
		a.PrevPeriod = &l.Prev
	}
	columns := []string{"index", "period", "unit", "unit_name", "place", "of", "of_printed", "rank_kind", "scope_place", "scope_of", "score", "max", "status", "basis", "prev_period", "prev_place", "prev_of", "prev_score", "across_break", "document", "score_document"}
	codes := componentCodes(l)
	for _, code := range codes {
		columns = append(columns, "score_"+code)
	}
	t := &csvTable{name: fmt.Sprintf("ranking-%s-%s", l.Index, fileName(l.Period)), columns: columns}
	for _, r := range l.Rows {
		sa := s.standing(ix, l, r, lang)
		a.Rows = append(a.Rows, sa)
		row := []string{l.Index, l.Period.String(), string(r.Unit), sa.Name, orEmpty(r.Place), orEmpty(r.Of), strconv.FormatBool(r.OfPrinted), string(r.RankKind), orEmpty(r.ScopePlace), orEmpty(r.ScopeOf),
			r.Score.String(), r.Max.String(), string(r.Status), r.Basis, l.Prev.String(), orEmpty(r.PrevPlace), orEmpty(r.PrevOf), r.PrevScore.String(), strconv.FormatBool(r.AcrossBreak), sa.Document, sa.ScoreDocument}
		for _, code := range codes {
			v := ""
			for _, cs := range r.Components {
				if cs.Component == code {
					v = cs.Score.String()
				}
			}
			row = append(row, v)
		}
		t.add(row...)
	}
	return s.answer(c, a, t)
}

// fileName is a period without the slash of a span.
func fileName(p reform.Period) string {
	if p.Kind() == reform.Span {
		return p.Start().Format("2006-01") + "_" + p.End().Format("2006-01")
	}
	return p.String()
}

// componentCodes lists the components that any row has, in the order of the first row that has them.
func componentCodes(l *reform.League) []string {
	var codes []string
	for _, r := range l.Rows {
		for _, cs := range r.Components {
			if !slices.Contains(codes, cs.Component) {
				codes = append(codes, cs.Component)
			}
		}
	}
	return codes
}

func (s *Server) standing(ix *reform.Index, l *reform.League, r reform.Standing, lang string) standingAnswer {
	from := r.PlaceFrom.Document
	if from == "" {
		from = r.ScoreFrom.Document
	}
	sa := standingAnswer{
		Unit: r.Unit, Name: s.standingName(l, r, lang), Place: orNull(r.Place), Of: orNull(r.Of), OfPrinted: r.OfPrinted, RankKind: r.RankKind,
		ScopePlace: orNull(r.ScopePlace), ScopeOf: orNull(r.ScopeOf), ScopeRankKind: r.ScopeRankKind,
		Score: r.Score, Max: r.Max, Status: r.Status, Basis: r.Basis, PrevPlace: orNull(r.PrevPlace), PrevOf: orNull(r.PrevOf), PrevScore: r.PrevScore,
		AcrossBreak: r.AcrossBreak, Document: from, ScoreDocument: r.ScoreFrom.Document, Components: []componentAnswer{},
	}
	for _, cs := range r.Components {
		sa.Components = append(sa.Components, componentAnswer{cs.Component, componentName(ix, l.Basis, cs.Component, lang), cs.Score, cs.Max,
			orNull(cs.Place), orNull(cs.Of), cs.RankKind, cs.From.Document})
	}
	return sa
}

// standingName is the name of a row: the catalogue's for that period, else the document's.
func (s *Server) standingName(l *reform.League, r reform.Standing, lang string) string {
	if _, ok := s.unitOf(r.Unit); !ok && r.UnitName != "" {
		return r.UnitName
	}
	return s.unitNameIn(r.Unit, l.Period, lang)
}

type editionAnswer struct {
	Index       string          `json:"index"`
	Period      reform.Period   `json:"period"`
	Basis       string          `json:"basis"`
	Scheme      reform.Scheme   `json:"scheme"`
	UnitType    reform.UnitType `json:"unit_type"`
	Scope       string          `json:"scope"`
	Coverage    coverageAnswer  `json:"coverage"`
	Latest      *time.Time      `json:"latest"`
	Provisional bool            `json:"provisional"`
}

func (s *Server) apiEditions(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	code := p.text("index")
	if code != "" {
		if _, err := s.indexOf(code); err != nil {
			p.fail(err)
		}
	}
	v := p.view()
	if err := p.done(); err != nil {
		return err
	}
	eds, err := s.editionsFor(c.UserContext(), code, v)
	if err != nil {
		return err
	}
	rows := []editionAnswer{}
	t := &csvTable{name: "editions", columns: []string{"index", "period", "basis", "scheme", "unit_type", "scope", "of", "with_place", "with_score", "with_components", "latest", "provisional"}}
	for _, e := range eds {
		rows = append(rows, editionAnswer{e.Index, e.Period, e.Basis, e.Scheme, e.UnitType, e.Scope, coverageOf(e.Coverage), timeOrNull(e.Latest), e.Provisional})
		t.add(e.Index, e.Period.String(), e.Basis, string(e.Scheme), string(e.UnitType), e.Scope, orEmpty(e.Coverage.Of), strconv.Itoa(e.Coverage.WithPlace), strconv.Itoa(e.Coverage.WithScore),
			strconv.Itoa(e.Coverage.WithComponents), timeOrEmpty(e.Latest), strconv.FormatBool(e.Provisional))
	}
	return s.answer(c, struct {
		Index string          `json:"index"`
		Rows  []editionAnswer `json:"rows"`
	}{code, rows}, t)
}

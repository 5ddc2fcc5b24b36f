package dashboard

import (
	"cmp"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type historyPoint struct {
	Period        reform.Period   `json:"period"`
	Place         *int            `json:"place"`
	Of            *int            `json:"of"`
	OfPrinted     bool            `json:"of_printed"`
	Scope         string          `json:"scope"`
	Score         reform.Number   `json:"score"`
	Max           reform.Number   `json:"max"`
	RankKind      reform.RankKind `json:"rank_kind"`
	Status        reform.Status   `json:"status"`
	Basis         string          `json:"basis"`
	Unit          reform.UnitKey  `json:"unit"`
	Document      string          `json:"document"`
	Locator       string          `json:"locator"`
	ObservedAt    *time.Time      `json:"observed_at"`
	ScoreDocument string          `json:"score_document"`
	ScoreLocator  string          `json:"score_locator"`
}

type historySeries struct {
	Unit   reform.UnitKey `json:"unit"`
	Name   string         `json:"name"`
	Points []historyPoint `json:"points"`
}

type historyAnswer struct {
	Rev        uint64            `json:"rev"` // 0: nothing is loaded
	Index      string            `json:"index"`
	Unit       reform.UnitKey    `json:"unit"`
	Component  string            `json:"component"`
	Scope      string            `json:"scope"`
	PeriodKind reform.PeriodKind `json:"period_kind"`
	Points     []historyPoint    `json:"points"`
	Series     []historySeries   `json:"series"`
}

// historyQuestion reads what rank histories of the API and of figures are asked by.
func (p *params) historyQuestion(maxLines int) (*reform.Index, reform.RankHistoryQuestion) {
	ix := p.index()
	q := reform.RankHistoryQuestion{
		Units: p.units(1, maxLines), Component: p.text("component"), Scope: p.scope(), Kind: p.kind(),
		Basis: p.text("basis"), Stage: p.stage(), View: p.view(),
	}
	if ix != nil {
		q.Index = ix.Code
		p.checkComponent(ix, q.Component)
		p.checkBasis(ix, q.Basis)
	}
	return ix, q
}

// checkComponent refuses a component that no basis of the index has.
func (p *params) checkComponent(ix *reform.Index, code string) {
	if code == "" {
		return
	}
	if _, ok := componentOf(ix, "", code); !ok {
		p.fail(invalid("component", "%q is no component of %s", clip(code, 40), ix.Code))
	}
}

func (p *params) checkBasis(ix *reform.Index, code string) {
	if code != "" && basisOf(ix, code) == nil {
		p.fail(invalid("basis", "%q is no basis of %s", clip(code, 40), ix.Code))
	}
}

func (s *Server) apiRankHistory(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	_, q := p.historyQuestion(maxUnits)
	if err := p.done(); err != nil {
		return err
	}
	if err := s.pin(c.UserContext(), &q.View); err != nil {
		return err
	}
	series, err := s.opt.Reader.RankHistory(c.UserContext(), q)
	if err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	a := historyAnswer{
		Rev: q.View.Rev, Index: q.Index, Unit: q.Units[0], Component: q.Component, Scope: q.Scope, PeriodKind: q.Kind,
		Points: []historyPoint{}, Series: []historySeries{},
	}
	t := &csvTable{name: "rank-history-" + q.Index, columns: []string{"index", "unit", "unit_name", "period", "component", "scope", "place", "of", "of_printed", "score", "max", "rank_kind", "status", "basis", "measured_unit", "document", "locator", "score_document", "observed_at"}}
	for i, one := range series {
		hs := historySeries{Unit: one.Unit, Name: s.unitName(one.Unit, lang), Points: []historyPoint{}}
		for _, pt := range one.Points {
			h := pointOf(pt)
			hs.Points = append(hs.Points, h)
			t.add(q.Index, string(one.Unit), hs.Name, h.Period.String(), q.Component, h.Scope, orEmpty(pt.Place), orEmpty(pt.Of), strconv.FormatBool(h.OfPrinted),
				h.Score.String(), h.Max.String(), string(h.RankKind), string(h.Status), h.Basis, string(h.Unit), h.Document, h.Locator, h.ScoreDocument, timeOrEmpty(cmp.Or(pt.PlaceFrom.ObservedAt, pt.ScoreFrom.ObservedAt)))
		}
		a.Series = append(a.Series, hs)
		if i == 0 {
			a.Points = hs.Points
		}
	}
	return s.answer(c, a, t)
}

// pointOf is a point as the API shows it. A place that was computed from scores
// has no document of its own: the score's stands for it.
func pointOf(pt reform.RankPoint) historyPoint {
	from := pt.PlaceFrom
	if from.Document == "" {
		from = pt.ScoreFrom
	}
	return historyPoint{
		Period: pt.Period, Place: orNull(pt.Place), Of: orNull(pt.Of), OfPrinted: pt.OfPrinted, Scope: pt.Scope,
		Score: pt.Score, Max: pt.Max, RankKind: pt.RankKind, Status: pt.Status, Basis: pt.Basis, Unit: pt.Unit,
		Document: from.Document, Locator: from.Locator, ObservedAt: timeOrNull(from.ObservedAt),
		ScoreDocument: pt.ScoreFrom.Document, ScoreLocator: pt.ScoreFrom.Locator,
	}
}

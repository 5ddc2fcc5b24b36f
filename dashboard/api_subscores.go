package dashboard

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type subscoreAnswer struct {
	Component   string           `json:"component"`
	Name        string           `json:"name"`
	Parent      string           `json:"parent"`
	Score       reform.Number    `json:"score"`
	Max         reform.Number    `json:"max"`
	Place       *int             `json:"place"`
	Of          *int             `json:"of"`
	RankKind    reform.RankKind  `json:"rank_kind"`
	Scope       string           `json:"scope"`
	Region      reform.UnitKey   `json:"region"`
	RegionPlace *int             `json:"region_place"`
	RegionOf    *int             `json:"region_of"`
	Status      reform.Status    `json:"status"`
	Known       int              `json:"known"`
	Median      reform.Number    `json:"median"`
	Best        reform.Number    `json:"best"`
	BestUnits   []reform.UnitKey `json:"best_units"`
	RegionMean  reform.Number    `json:"region_mean"`
	Document    string           `json:"document"`
	Locator     string           `json:"locator"`
}

type subscoresAnswer struct {
	Rev      uint64           `json:"rev"` // 0: nothing is loaded
	Index    string           `json:"index"`
	Unit     reform.UnitKey   `json:"unit"`
	Name     string           `json:"name"`
	Period   *reform.Period   `json:"period"`
	Basis    string           `json:"basis"`
	Total    *historyPoint    `json:"total"`
	Coverage coverageAnswer   `json:"coverage"`
	Rows     []subscoreAnswer `json:"rows"`
}

// subscoresQuestion reads what sub-scores of the API and of figures are asked by.
func (p *params) subscoresQuestion() (*reform.Index, reform.SubscoresQuestion) {
	ix := p.index()
	q := reform.SubscoresQuestion{Unit: p.oneUnit(), Period: p.period(true), Basis: p.text("basis"), Stage: p.stage(), View: p.view()}
	if ix != nil {
		q.Index = ix.Code
		p.checkBasis(ix, q.Basis)
	}
	return ix, q
}

func (s *Server) apiSubscores(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	ix, q := p.subscoresQuestion()
	if err := p.done(); err != nil {
		return err
	}
	if err := s.pin(c.UserContext(), &q.View); err != nil {
		return err
	}
	sub, err := s.opt.Reader.Subscores(c.UserContext(), q)
	if err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	a := subscoresAnswer{Rev: q.View.Rev, Index: q.Index, Unit: q.Unit, Name: s.unitNameIn(q.Unit, q.Period, lang), Period: &q.Period, Basis: sub.Basis, Coverage: coverageOf(sub.Coverage), Rows: []subscoreAnswer{}}
	if sub.Total != nil {
		t := pointOf(*sub.Total)
		a.Total = &t
	}
	t := &csvTable{name: "subscores-" + q.Index + "-" + fileName(q.Period), columns: []string{"index", "unit", "period", "basis", "component", "name", "parent", "score", "max", "place", "of", "rank_kind", "status", "known", "median", "best", "best_units", "region_mean", "document", "locator"}}
	for _, r := range sub.Rows {
		from := r.From
		if from.Document == "" {
			from = r.PlaceFrom
		}
		sa := subscoreAnswer{
			Component: r.Component, Name: componentName(ix, sub.Basis, r.Component, lang), Parent: r.Parent, Score: r.Score, Max: r.Max,
			Place: orNull(r.Place), Of: orNull(r.Of), RankKind: r.RankKind, Scope: r.Scope, Region: r.Region, RegionPlace: orNull(r.RegionPlace), RegionOf: orNull(r.RegionOf), Status: r.Status, Known: r.Known,
			Median: r.Median, Best: r.Best, BestUnits: unitKeys(r.BestUnits), RegionMean: r.RegionMean, Document: from.Document, Locator: from.Locator,
		}
		a.Rows = append(a.Rows, sa)
		t.add(q.Index, string(q.Unit), q.Period.String(), sub.Basis, sa.Component, sa.Name, sa.Parent, sa.Score.String(), sa.Max.String(), orEmpty(r.Place), orEmpty(r.Of), string(sa.RankKind),
			string(sa.Status), orEmpty(r.Known), sa.Median.String(), sa.Best.String(), strings.ReplaceAll(joinKeys(r.BestUnits), ",", " "), sa.RegionMean.String(), sa.Document, sa.Locator)
	}
	return s.answer(c, a, t)
}

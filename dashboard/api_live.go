package dashboard

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type livePastAnswer struct {
	Score      reform.Number `json:"score"`
	Place      *int          `json:"place"`
	Of         *int          `json:"of"`
	ObservedAt *time.Time    `json:"observed_at"`
}

type liveRevisionAnswer struct {
	Before reform.Number `json:"before"`
	After  reform.Number `json:"after"`
	Since  time.Time     `json:"since"`
	At     time.Time     `json:"at"`
}

// liveValueAnswer is a value of now beside the earlier ones. Places are counted by us.
type liveValueAnswer struct {
	Score      reform.Number       `json:"score"`
	Max        reform.Number       `json:"max"`
	Place      *int                `json:"place"`
	Of         *int                `json:"of"`
	RankKind   reform.RankKind     `json:"rank_kind"`
	Status     reform.Status       `json:"status"`
	Document   string              `json:"document"`
	ObservedAt *time.Time          `json:"observed_at"`
	Yesterday  livePastAnswer      `json:"yesterday"`
	Week       livePastAnswer      `json:"week"`
	MonthEnd   livePastAnswer      `json:"month_end"`
	Revised    *liveRevisionAnswer `json:"revised"`
}

type livePartAnswer struct {
	Component string `json:"component"`
	Name      string `json:"name"`
	liveValueAnswer
	Parts []livePartAnswer `json:"parts"`
}

// livePlaceAnswer is a place that a document prints.
type livePlaceAnswer struct {
	Place    int    `json:"place"`
	Of       *int   `json:"of"`
	Document string `json:"document"`
}

type liveRowAnswer struct {
	Unit reform.UnitKey `json:"unit"`
	Name string         `json:"name"`
	liveValueAnswer
	Published *livePlaceAnswer `json:"published"`
	Groups    []livePartAnswer `json:"groups"`
}

type liveAnswer struct {
	Rev         uint64          `json:"rev"` // 0: nothing is loaded
	Index       string          `json:"index"`
	Unit        reform.UnitKey  `json:"unit"` // the province of departments and communes; "" the whole country
	UnitType    reform.UnitType `json:"unit_type"`
	Scheme      reform.Scheme   `json:"scheme"`
	Period      *reform.Period  `json:"period"` // null: nothing is known
	Basis       string          `json:"basis"`
	Day         string          `json:"day"`
	Yesterday   string          `json:"yesterday"`
	Week        string          `json:"week"`
	MonthEnd    string          `json:"month_end"`
	ObservedAt  *time.Time      `json:"observed_at"`
	Open        bool            `json:"open"`
	Provisional bool            `json:"provisional"`
	Coverage    coverageAnswer  `json:"coverage"`
	Rows        []liveRowAnswer `json:"rows"`
}

// apiLive is the table of the live page. Departments and communes of the whole country come with their totals only.
func (s *Server) apiLive(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	ix, err := s.indexOf(p.oneOf("index", liveIndex))
	if err != nil {
		return err
	}
	q := reform.LiveQuestion{
		Index:    ix.Code,
		UnitType: reform.UnitType(p.oneOf("type", string(reform.Province), string(reform.Department), string(reform.Commune))),
		Period:   p.period(false), Basis: p.text("basis"), View: p.view(), Parts: true,
	}
	q.Kind = p.kind()
	p.checkBasis(ix, q.Basis)
	if u := p.units(0, 1); len(u) > 0 {
		q.Parent = u[0]
	}
	if q.Parent != "" && q.UnitType == reform.Province {
		p.fail(invalid("unit", "a province is asked for with type=department or type=commune, which lie below it"))
	}
	if err := p.done(); err != nil {
		return err
	}
	if q.Parent == "" && q.UnitType != reform.Province {
		q.Parts, q.Totals = false, true
	}
	ctx := c.UserContext()
	rev := q.View.Rev
	if rev == 0 {
		if rev, err = s.currentRev(ctx); err != nil {
			return err
		}
		if q.Read, err = s.liveReads(ctx); err != nil {
			return err
		}
	}
	l, err := s.liveTableOf(ctx, q)
	if err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	a := liveAnswer{
		Rev: rev, Index: ix.Code, Unit: q.Parent, UnitType: q.UnitType, Scheme: l.Scheme, Basis: l.Basis,
		ObservedAt: timeOrNull(l.ObservedAt), Open: l.Open, Provisional: l.Provisional, Coverage: coverageOf(l.Coverage), Rows: []liveRowAnswer{},
	}
	if !l.Period.IsZero() {
		a.Period = &l.Period
		a.Day, a.Yesterday, a.Week, a.MonthEnd = l.Day.Format(time.DateOnly), l.Yesterday.Format(time.DateOnly), l.Week.Format(time.DateOnly), l.MonthEnd.Format(time.DateOnly)
	}
	t := &csvTable{name: "live-" + ix.Code, columns: []string{"index", "unit", "unit_name", "period", "basis", "component", "name", "score", "max", "place", "of", "status",
		"yesterday", "week", "month_end", "revised_from", "document", "observed_at"}}
	for _, r := range l.Rows {
		row := liveRowAnswer{Unit: r.Unit, Name: s.liveName(r, l.Period, lang), liveValueAnswer: liveValueOf(&r.Total), Groups: []livePartAnswer{}}
		if r.Published > 0 {
			row.Published = &livePlaceAnswer{r.Published, orNull(r.PublishedOf), r.PublishedFrom.Document}
		}
		add := func(component, name string, v *reform.LiveValue) {
			was := ""
			if v.Revised != nil {
				was = v.Revised.Before.String()
			}
			t.add(ix.Code, string(r.Unit), row.Name, l.Period.String(), l.Basis, component, name, v.Score.String(), v.Max.String(), orEmpty(v.Place), orEmpty(v.Of), string(v.Status),
				v.Yesterday.Score.String(), v.Week.Score.String(), v.MonthEnd.Score.String(), was, v.From.Document, timeOrEmpty(v.From.ObservedAt))
		}
		add("", "", &r.Total)
		var parts func([]reform.LivePart) []livePartAnswer
		parts = func(of []reform.LivePart) []livePartAnswer {
			out := []livePartAnswer{}
			for i := range of {
				one := &of[i]
				name := componentName(ix, l.Basis, one.Component, lang)
				add(one.Component, name, &one.LiveValue)
				out = append(out, livePartAnswer{one.Component, name, liveValueOf(&one.LiveValue), parts(one.Parts)})
			}
			return out
		}
		row.Groups = parts(r.Groups)
		a.Rows = append(a.Rows, row)
	}
	if q.Parent != "" {
		t.name += "-" + strings.ReplaceAll(string(q.Parent), ":", "-")
	}
	return s.answer(c, a, t)
}

func liveValueOf(v *reform.LiveValue) liveValueAnswer {
	past := func(p reform.LivePast) livePastAnswer {
		return livePastAnswer{p.Score, orNull(p.Place), orNull(p.Of), timeOrNull(p.ObservedAt)}
	}
	a := liveValueAnswer{
		Score: v.Score, Max: v.Max, Place: orNull(v.Place), Of: orNull(v.Of), Status: v.Status, Document: v.From.Document, ObservedAt: timeOrNull(v.From.ObservedAt),
		Yesterday: past(v.Yesterday), Week: past(v.Week), MonthEnd: past(v.MonthEnd),
	}
	if v.Place > 0 {
		a.RankKind = reform.Computed
	}
	if r := v.Revised; r != nil {
		a.Revised = &liveRevisionAnswer{r.Before, r.After, r.Since, r.At}
	}
	return a
}

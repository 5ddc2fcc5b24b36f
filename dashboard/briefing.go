package dashboard

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/briefing"
	"chiso/reform/words"
)

// briefingView is the block of sentences of a page; every number of it leads to its source.
type briefingView struct {
	Heading, Copy  string
	Copied, Failed string
	Paragraphs     [][][]briefingPart
	Sources        [][]briefingPart // on a line of their own
	Href           string           // the page in the state that is shown, pinned, for the copied text
	API            string
}

type briefingPart struct{ Text, Href string }

// briefingSentences asks for all that the sentences about a unit in an index need, and writes them.
// A zero period is the newest one. Within one request they are written once: several slides of a report are titled by them.
func (s *Server) briefingSentences(ctx context.Context, ix *reform.Index, unit reform.UnitKey, period reform.Period, view reform.View, lang string) ([]briefing.Sentence, error) {
	question := struct {
		index, lang string
		unit        reform.UnitKey
		period      reform.Period
		view        reform.View
	}{ix.Code, lang, unit, period, view}
	return answerOnce(ctx, nil, "sentences", view, question, func(ctx context.Context) ([]briefing.Sentence, error) {
		return s.writeSentences(ctx, ix, unit, period, view, lang)
	})
}

func (s *Server) writeSentences(ctx context.Context, ix *reform.Index, unit reform.UnitKey, period reform.Period, view reform.View, lang string) ([]briefing.Sentence, error) {
	in := briefing.Input{Lang: lang, Catalog: s.opt.Catalog, Index: ix, Unit: unit, Period: period, View: view}
	kinds := []reform.PeriodKind{reform.Year, reform.Month}
	if !period.IsZero() {
		kinds = []reform.PeriodKind{period.Kind()}
	} else if ix.Counts {
		kinds = append(kinds, reform.Span)
	}
	q := reform.RankHistoryQuestion{Index: ix.Code, Units: []reform.UnitKey{unit}, Scope: scopeOfUnit(unit), View: view}
	for _, q.Kind = range kinds {
		series, err := s.opt.Reader.RankHistory(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(series) > 0 && len(series[0].Points) > 0 {
			in.History = series[0]
			break
		}
	}
	pts := in.History.Points
	g, gctx := newSideBySide(ctx)
	regions := s.opt.Catalog.RegionsOf(unit)
	in.Regions = make([]reform.RankSeries, len(regions))
	for i, region := range regions {
		if len(pts) == 0 {
			break
		}
		rq := q
		rq.Scope = string(region)
		g.Go(func() error {
			series, err := s.opt.Reader.RankHistory(gctx, rq)
			if err == nil && len(series) > 0 {
				in.Regions[i] = series[0]
			}
			return err
		})
	}
	g.Go(func() error { return s.briefingParts(gctx, &in) })
	g.Go(func() (err error) {
		in.Conflicts, err = s.disputed(gctx, reform.ConflictQuestion{Unit: unit, View: view})
		if errors.Is(err, reform.ErrTooLarge) || errors.Is(err, reform.ErrNotFound) {
			return nil // the sentences are sentences without them, too
		}
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	docs, err := s.briefingDocuments(ctx, &in)
	if err != nil {
		return nil, err
	}
	in.Documents = docs
	return briefing.Write(in), nil
}

// briefingParts finds the components of the period, else of the newest period that has some, and how whole the edition is.
func (s *Server) briefingParts(ctx context.Context, in *briefing.Input) error {
	eds, err := s.editionsFor(ctx, in.Index.Code, in.View)
	if err != nil {
		return err
	}
	pts := in.History.Points
	tried := []reform.Period{in.Period}
	if in.Period.IsZero() {
		if tried = periodsWithParts(pts, eds); len(tried) == 0 && in.Index.Counts && len(eds) > 0 {
			tried = []reform.Period{eds[0].Period}
		}
	}
	shown := in.Period
	if shown.IsZero() && len(pts) > 0 {
		shown = pts[len(pts)-1].Period
	}
	basis := "" // of the total that is shown: a year may be known by two sets of rules
	if at, ok := pointOfPeriod(pts, shown); ok {
		basis = at.Basis
	}
	for i := range eds {
		if e := &eds[i]; e.Period == shown && (basis == "" || e.Basis == basis) && e.Scheme == s.keyIn(in.Unit, shown, pts).Scheme() && e.UnitType == reform.Province && e.Scope == reform.ScopeNation {
			in.Coverage = &e.Coverage
		}
	}
	in.Parts = &reform.Subscores{Index: in.Index.Code, Unit: in.Unit, Period: shown}
	for _, p := range tried {
		if p.IsZero() {
			continue
		}
		sub, err := s.opt.Reader.Subscores(ctx, reform.SubscoresQuestion{Index: in.Index.Code, Unit: s.keyIn(in.Unit, p, pts), Period: p, View: in.View})
		if err != nil {
			return err
		}
		if hasParts(&sub) {
			in.Parts = &sub
			return nil
		}
	}
	return nil
}

// scopeOfUnit is the scope in which a unit's own place is counted.
func scopeOfUnit(unit reform.UnitKey) string {
	if parent := unit.Parent(); parent != "" {
		return string(parent)
	}
	return reform.ScopeNation
}

// briefingDocuments are the documents behind the measures of in.
func (s *Server) briefingDocuments(ctx context.Context, in *briefing.Input) (map[string]reform.Document, error) {
	var ids []string
	for _, one := range append([]reform.RankSeries{in.History}, in.Regions...) {
		for _, pt := range one.Points {
			ids = append(ids, pt.PlaceFrom.Document, pt.ScoreFrom.Document)
		}
	}
	for _, r := range in.Parts.Rows {
		ids = append(ids, r.From.Document, r.PlaceFrom.Document)
	}
	slices.Sort(ids)
	out := map[string]reform.Document{}
	for _, id := range slices.Compact(ids) {
		if id == "" {
			continue
		}
		d, err := s.documentOf(ctx, id)
		switch {
		case errors.Is(err, reform.ErrNotFound):
			d = reform.Document{ID: id} // a fault of the store: the link still says which
		case err != nil:
			return nil, err
		}
		out[id] = d
	}
	return out, nil
}

// briefingPartHref is where a piece of a sentence leads.
func briefingPartHref(p briefing.Part) string {
	if p.Fact == nil {
		return documentHref(p.Document)
	}
	q := viewValues(values("index", p.Fact.Index, "unit", string(p.Fact.Unit), "period", p.Fact.Period.String(), "component", p.Fact.Component, "basis", p.Fact.Basis), p.Fact.View)
	return "/facts?" + q.Encode()
}

// unitBriefing is the block of sentences on the page of a unit.
func (s *Server) unitBriefing(ctx context.Context, ix *reform.Index, u *reform.Unit, period reform.Period, view reform.View, lang string) (*briefingView, error) {
	all, err := s.briefingSentences(ctx, ix, u.Key, period, view, lang)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	pinned := view
	if err := s.pin(ctx, &pinned); err != nil {
		return nil, err
	}
	q := values("index", ix.Code, "period", period.String())
	v := &briefingView{
		Heading: words.T(lang, "words.title"), Copy: words.T(lang, "copy.text"), Copied: words.T(lang, "copy.done"), Failed: words.T(lang, "copy.failed"),
		Href: s.unitHref(u.Key) + "?" + viewValues(q, pinned).Encode(),
		API:  "/api/v1/briefing?" + viewValues(values("unit", string(u.Key), "index", ix.Code, "period", period.String(), "lang", otherThanVI(lang)), view).Encode(),
	}
	last := -1
	for _, one := range all {
		var parts []briefingPart
		for _, p := range one.Parts {
			parts = append(parts, briefingPart{Text: p.Text, Href: briefingPartHref(p)})
		}
		if one.Topic == briefing.Sources {
			v.Sources = append(v.Sources, parts)
			continue
		}
		if para := paragraphOf(one.Topic); len(v.Paragraphs) == 0 || para != last {
			v.Paragraphs, last = append(v.Paragraphs, nil), para
		}
		n := len(v.Paragraphs) - 1
		v.Paragraphs[n] = append(v.Paragraphs[n], parts)
	}
	return v, nil
}

// paragraphOf parts the sentences: where the unit stands, where points were won and lost, and what to know of the figures.
func paragraphOf(t briefing.Topic) int {
	switch t {
	case briefing.Strengths, briefing.Losses, briefing.Median, briefing.Places:
		return 1
	case briefing.Gaps, briefing.Coverage, briefing.Dispute, briefing.Merger, briefing.Notes:
		return 2
	}
	return 0
}

func otherThanVI(lang string) string {
	if lang == "vi" {
		return ""
	}
	return lang
}

type briefingAnswer struct {
	Rev       uint64           `json:"rev"` // 0: nothing is loaded
	Index     string           `json:"index"`
	Unit      reform.UnitKey   `json:"unit"`
	Name      string           `json:"name"`
	Period    string           `json:"period"` // as asked; "" the newest
	Lang      string           `json:"lang"`
	Text      string           `json:"text"`
	Sentences []sentenceAnswer `json:"sentences"`
}

type sentenceAnswer struct {
	Topic briefing.Topic       `json:"topic"`
	Text  string               `json:"text"`
	Parts []sentencePartAnswer `json:"parts"`
}

type sentencePartAnswer struct {
	Text     string `json:"text"`
	Href     string `json:"href,omitempty"`
	Document string `json:"document,omitempty"`
}

// apiBriefing answers with the sentences about a unit in an index, as a row for each in CSV.
func (s *Server) apiBriefing(c *fiber.Ctx) error {
	p, err := s.apiParams(c)
	if err != nil {
		return err
	}
	ix, unit, period, view := p.index(), p.oneUnit(), p.period(false), p.view()
	if err := p.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	if err := s.pin(ctx, &view); err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	all, err := s.briefingSentences(ctx, ix, unit, period, view, lang)
	if err != nil {
		return err
	}
	a := briefingAnswer{Rev: view.Rev, Index: ix.Code, Unit: unit, Name: s.unitName(unit, lang), Period: period.String(), Lang: lang, Text: briefing.Text(all), Sentences: []sentenceAnswer{}}
	t := &csvTable{name: strings.TrimSuffix("briefing-"+ix.Code+"-"+fileName(period), "-"), columns: []string{"topic", "text"}}
	for _, one := range all {
		sa := sentenceAnswer{Topic: one.Topic, Text: one.String(), Parts: []sentencePartAnswer{}}
		for _, part := range one.Parts {
			sa.Parts = append(sa.Parts, sentencePartAnswer{Text: part.Text, Href: briefingPartHref(part), Document: part.Document})
		}
		a.Sentences = append(a.Sentences, sa)
		t.add(string(sa.Topic), sa.Text)
	}
	return s.answer(c, a, t)
}

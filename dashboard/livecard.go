package dashboard

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"chiso/reform"
	"chiso/reform/words"
)

// liveCardView is the live index of one unit in a nutshell: part "livecard" shows it.
type liveCardView struct {
	Title, Href   string // of the live page
	Unit          string // whose figures these are: a former province's are those of the one it belongs to now
	UnitHref      string
	Note          string // says so
	Period, Basis string
	Score, Max    string
	ScoreHref     string
	ScoreMark     *mark
	Place, Of     string
	PlaceKind     string // "tính từ điểm"
	NoPlace       string // why there is none
	Change, Moved movement
	ChangeNone    string // why there is no change
	Provisional   string
	Groups        []liveBar
	Fresh         string
	FreshLate     bool
	GroupsWord    string
	More          string
}

// liveBar is one group against its maximum.
type liveBar struct {
	Name, Text string // "3,5/12"
	Href       string
	Value, Max string // of the meter; "" none
	Change     movement
	Mark       *mark
}

// liveReads are when the sources of the portals were read last, by basis.
func (s *Server) liveReads(ctx context.Context) (map[string]time.Time, error) {
	states, err := s.sourceStates(ctx)
	if err != nil {
		return nil, err
	}
	reads := map[string]time.Time{}
	for _, st := range states {
		// The kind of such a source is named by the basis of what it reads.
		if basis, ok := strings.CutPrefix(st.Kind, "766-"); ok && st.LastSuccess.After(reads[basis]) {
			reads[basis] = st.LastSuccess
		}
	}
	return reads, nil
}

// liveUnit is the unit whose live figures a unit's page shows: a former province's are those of
// the one it belongs to now, for the portal knows no other.
func (s *Server) liveUnit(k reform.UnitKey) reform.UnitKey {
	for range 3 {
		next, ok := s.opt.Catalog.Successor(k)
		if !ok {
			break
		}
		k = next
	}
	return k
}

// liveCard is the card of a unit; nil where no live figure of it is known.
func (s *Server) liveCard(ctx context.Context, b Base, unit reform.UnitKey, view reform.View) (*liveCardView, error) {
	reads, err := s.liveReads(ctx)
	if err != nil {
		return nil, err
	}
	return s.liveCardOf(ctx, b, unit, reform.LiveQuestion{Read: reads, View: view})
}

// liveCardOf is the card of a unit for the period and basis that q asks for.
func (s *Server) liveCardOf(ctx context.Context, b Base, unit reform.UnitKey, q reform.LiveQuestion) (*liveCardView, error) {
	ix, err := s.indexOf(liveIndex)
	if err != nil {
		return nil, nil // an installation whose catalogue has no live index has no card
	}
	key := s.liveUnit(unit)
	q.Parent, q.UnitType = "", reform.Province
	if parent := key.Parent(); strings.Contains(string(key), "/") {
		q.Parent = parent
	}
	t, row, err := s.liveRowOf(ctx, q, key)
	if err != nil || row == nil {
		return nil, err
	}
	return s.liveCardFrom(ctx, b, ix, unit, &t, row, q.View)
}

// liveCardFrom is the card of a unit from the table and the row in it that show its figures.
func (s *Server) liveCardFrom(ctx context.Context, b Base, ix *reform.Index, unit reform.UnitKey, t *reform.LiveTable, row *reform.LiveRow, view reform.View) (*liveCardView, error) {
	key := row.Unit
	signs, err := s.marks(ctx, reform.ConflictQuestion{Index: ix.Code, Unit: key, View: view}, b.Lang)
	if err != nil {
		return nil, err
	}
	v := &liveCardView{
		Title: b.T("live.card"), Href: liveHref(key, t.Period, t.Basis, ""), Unit: s.liveName(*row, t.Period, b.Lang), UnitHref: cmp.Or(s.unitHref(key), s.belowHref(key)),
		Period: periodName(t.Period, b.Lang), Basis: liveBasisName(ix, t.Basis, b.Lang), GroupsWord: b.T("live.groups"), More: b.T("live.card.more"),
		Score: short(row.Total.Score, 2, b.Lang), Max: number(row.Total.Max, b.Lang), ScoreHref: trailHref(ix.Code, key, t.Period, ""),
		ScoreMark: signs.score(ix.Code, key, t.Period, t.Basis, ""),
	}
	if !slices.Contains(s.opt.Catalog.Lineage(key), unit) {
		v.Note = b.T("live.card.now", "unit", s.unitName(unit, b.Lang), "now", v.Unit)
	}
	if row.Total.Place > 0 {
		v.Place, v.Of, v.PlaceKind = placeOf(row.Total.Place, 0), "/"+count(row.Total.Of, b.Lang), b.T("rank_kind.computed")
		v.Moved = livePlaceMove(row.Total.Place, row.Total.Of, row.Total.Yesterday, t.Yesterday, b.Lang)
	} else {
		v.NoPlace = b.T("live.noplace", "n", t.Coverage.WithScore, "of", t.Coverage.Of)
	}
	if row.Total.Status == reform.Provisional {
		v.Provisional = b.T("status.provisional")
	}
	v.Change = liveChange(row.Total.Score, row.Total.Yesterday, t.Yesterday, b.Lang)
	if v.Change.Arrow == "" {
		v.ChangeNone = b.T("live.nobefore", "day", day(t.Yesterday, b.Lang))
	}
	for _, g := range row.Groups {
		v.Groups = append(v.Groups, s.liveBar(ix, t, key, g, signs, b.Lang))
	}
	if err := s.fresh(ctx, &b, ix, row.Total.From.ObservedAt); err != nil {
		return nil, err
	}
	v.Fresh, v.FreshLate = b.Fresh, b.FreshLate
	return v, nil
}

// liveRowOf is the row of one unit with its table. Whether a key below a province is of a
// department or a commune, only the source knows, so both are asked for.
func (s *Server) liveRowOf(ctx context.Context, q reform.LiveQuestion, key reform.UnitKey) (reform.LiveTable, *reform.LiveRow, error) {
	types := []reform.UnitType{q.UnitType}
	if q.Parent != "" {
		types = []reform.UnitType{reform.Department, reform.Commune}
	}
	var t reform.LiveTable
	for _, typ := range types {
		q.UnitType = typ
		var err error
		if t, err = s.liveTableOf(ctx, q); err != nil {
			return t, nil, err
		}
		for i := range t.Rows {
			if t.Rows[i].Unit == key {
				return t, &t.Rows[i], nil
			}
		}
	}
	return t, nil, nil
}

// liveBar is a group as a bar of a card.
func (s *Server) liveBar(ix *reform.Index, t *reform.LiveTable, unit reform.UnitKey, g reform.LivePart, signs marks, lang string) liveBar {
	bar := liveBar{
		Name: componentName(ix, t.Basis, g.Component, lang), Text: missing, Href: trailHref(ix.Code, unit, t.Period, g.Component),
		Change: liveChange(g.Score, g.Yesterday, t.Yesterday, lang), Mark: signs.score(ix.Code, unit, t.Period, t.Basis, g.Component),
	}
	if !g.Score.Valid {
		return bar
	}
	bar.Text = short(g.Score, 2, lang)
	if g.Max.Valid {
		bar.Text += "/" + number(g.Max, lang)
		if g.Max.Decimal.IsPositive() {
			bar.Value, bar.Max = g.Score.String(), g.Max.String()
		}
	}
	return bar
}

// liveChange is the change of a score since the end of an earlier day, as sign, number and words;
// empty where the score of that day is not known.
func liveChange(now reform.Number, past reform.LivePast, since time.Time, lang string) movement {
	if !now.Valid || !past.Score.Valid {
		return movement{}
	}
	d := now.Decimal.Sub(past.Score.Decimal)
	n := roundedText(d.Abs(), 2, lang)
	when := day(since, lang)
	m := movement{Arrow: "=", Class: "same", Words: words.T(lang, "live.same", "day", when)}
	switch {
	case d.IsPositive():
		m = movement{Arrow: "▲", Number: n, Class: "up", Words: words.T(lang, "live.up", "n", n, "day", when)}
	case d.IsNegative():
		m = movement{Arrow: "▼", Number: n, Class: "down", Words: words.T(lang, "live.down", "n", n, "day", when)}
	}
	if said := reform.LiveDayOf(past.ObservedAt); said.Before(since) {
		m.Words += " " + words.T(lang, "live.held", "day", day(said, lang))
	}
	return m
}

// livePlaceMove is the change of a place since an earlier day; none among another number of units.
func livePlaceMove(place, of int, past reform.LivePast, since time.Time, lang string) movement {
	if place == 0 || past.Place == 0 || past.Of != of {
		return movement{}
	}
	n := past.Place - place
	when := words.T(lang, "since", "period", day(since, lang))
	switch {
	case n > 0:
		return movement{Arrow: "▲", Number: count(n, lang), Class: "up", Words: words.T(lang, "movement.up", "n", n) + " " + when}
	case n < 0:
		return movement{Arrow: "▼", Number: count(-n, lang), Class: "down", Words: words.T(lang, "movement.down", "n", -n) + " " + when}
	}
	return movement{Arrow: "=", Class: "same", Words: words.T(lang, "movement.same") + " " + when}
}

// liveName is a unit's name in the table: the catalogue's, else the source's own.
func (s *Server) liveName(r reform.LiveRow, p reform.Period, lang string) string {
	if _, ok := s.unitOf(r.Unit); ok {
		return s.unitNameIn(r.Unit, p, lang)
	}
	if r.UnitName != "" {
		return r.UnitName
	}
	return s.unitName(r.Unit, lang)
}

func liveBasisName(ix *reform.Index, basis, lang string) string {
	if b := basisOf(ix, basis); b != nil && b.Name.In(lang) != "" {
		return b.Name.In(lang)
	}
	return basis
}

// liveHref is the address of the live page of a province, or of the province that a unit belongs to.
func liveHref(unit reform.UnitKey, p reform.Period, basis, component string) string {
	return withQueryOf("/live", values("unit", string(unit), "period", p.String(), "basis", basis, "component", component))
}

package dashboard

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/words"
)

const (
	// mostMoved is how many gains, and how many losses, the overview names.
	mostMoved = 3
	// staleYears is how much older than the newest comparison another may be: what moved ten years ago
	// in an index that nobody loads any more is no news beside it.
	staleYears = 2
	// mostDigits is how many decimals a stored score has.
	mostDigits = 6
)

// movedView is what moved most among the components of a unit.
type movedView struct {
	Gains, Losses []movedRow
}

// movedRow is one component in two editions.
type movedRow struct {
	Change      movement // its Number is in points: "+0,39"
	Name        string
	Index, Href string // of the unit's page
	Period      string // "2024 so với 2023"
	From, To    Link   // to what is known of each number
	Max         string
	Provisional string // says so
}

// movedView chooses the largest gains and losses. Points of different indices are no one
// scale, so they are ordered by their share of the component's maximum; a component of which the maximum is
// unknown can't be compared so, and comes after the others.
func (s *Server) movedView(all []reform.Moved, lang string) *movedView {
	type candidate struct {
		m     *reform.Moved
		x     *reform.ComponentMove
		share decimal.Decimal
		known bool
	}
	newest := 0
	for _, m := range all {
		if len(m.Moves) > 0 {
			newest = max(newest, m.Period.End().Year())
		}
	}
	var list []candidate
	for i := range all {
		m := &all[i]
		if m.Period.End().Year() < newest-staleYears {
			continue
		}
		for j := range m.Moves {
			c := candidate{m: m, x: &m.Moves[j]}
			if x := c.x; x.Max.Valid && x.Max.Decimal.IsPositive() {
				c.share, c.known = x.Change.Decimal.DivRound(x.Max.Decimal, 9), true
			}
			if !c.x.Change.Decimal.IsZero() {
				list = append(list, c)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int {
		if a.known != b.known {
			if a.known {
				return -1
			}
			return 1
		}
		if a.known {
			return b.share.Abs().Cmp(a.share.Abs())
		}
		return cmp.Or(b.x.Change.Decimal.Abs().Cmp(a.x.Change.Decimal.Abs()), cmp.Compare(a.x.Component, b.x.Component))
	})
	v := &movedView{}
	for _, c := range list {
		to := &v.Gains
		if c.x.Change.Decimal.IsNegative() {
			to = &v.Losses
		}
		if len(*to) < mostMoved {
			if row, ok := s.movedRow(c.m, c.x, lang); ok {
				*to = append(*to, row)
			}
		}
	}
	if len(v.Gains)+len(v.Losses) == 0 {
		return nil
	}
	return v
}

func (s *Server) movedRow(m *reform.Moved, x *reform.ComponentMove, lang string) (movedRow, bool) {
	ix, err := s.indexOf(m.Index)
	if err != nil {
		return movedRow{}, false
	}
	places := agreeing(x.Previous.Decimal, x.Score.Decimal, digitsFor(x.Change.Decimal, max(ix.Decimals, 2)))
	row := movedRow{
		Name: componentName(ix, m.Basis, x.Component, lang), Index: ix.Short.In(lang),
		Href:   s.unitHref(x.Unit) + "?" + values("index", m.Index, "period", m.Period.String()).Encode(),
		Period: words.T(lang, "moved.period", "now", periodName(m.Period, lang), "before", periodName(m.Prev, lang)),
		From:   Link{Href: trailHref(m.Index, x.PrevUnit, m.Prev, x.Component), Text: short(x.Previous, places, lang)},
		To:     Link{Href: trailHref(m.Index, x.Unit, m.Period, x.Component), Text: short(x.Score, places, lang)},
	}
	if x.Status == reform.Provisional {
		row.Provisional = words.T(lang, "status.provisional")
	}
	if x.Max.Valid {
		row.Max = "/" + number(x.Max, lang)
	}
	row.Change = pointsMove(x.Change, places, m.Prev, x.AcrossBreak, lang)
	return row, true
}

// agreeing is how many decimals two scores need so that their difference is the one a reader works out
// from them: 6,705 and 7,043 are 0,34 apart, but 6,71 and 7,04 are not.
func agreeing(from, to decimal.Decimal, places int) int {
	for places < mostDigits && !to.Round(int32(places)).Sub(from.Round(int32(places))).Equal(to.Sub(from).Round(int32(places))) {
		places++
	}
	return places
}

// pointsMove is a change of a score as sign, number and words.
func pointsMove(change reform.Number, places int, since reform.Period, acrossBreak bool, lang string) movement {
	// A change too small for two decimals is no zero: it gets the digits that it needs.
	places = digitsFor(change.Decimal, places)
	n := roundedText(change.Decimal.Abs(), places, lang)
	m := movement{Class: "up", Arrow: "▲", Number: "+" + n, Words: words.T(lang, "moved.up", "n", n)}
	if change.Decimal.IsNegative() {
		m = movement{Class: "down", Arrow: "▼", Number: "−" + n, Words: words.T(lang, "moved.down", "n", n)}
	}
	if !since.IsZero() {
		m.Words += " " + words.T(lang, "since", "period", periodName(since, lang))
	}
	if acrossBreak {
		m.Class += " hollow"
		m.Arrow = map[string]string{"▲": "△", "▼": "▽"}[m.Arrow]
		m.Words += " " + words.T(lang, "movement.break")
	}
	return m
}

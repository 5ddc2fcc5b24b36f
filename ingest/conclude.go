package ingest

import (
	"cmp"
	"math"
	"slices"

	"chiso/reform"
)

// maxWarningsPerList bounds what one list of places may say: a list that is
// sorted the other way round would warn of every unit.
const maxWarningsPerList = 20

// conclude makes the checks that need the whole document.
func (e *examiner) conclude() {
	for _, g := range e.order {
		keys := make([]placesKey, 0, len(g.places))
		for k := range g.places {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b placesKey) int {
			return cmp.Or(cmp.Compare(a.component, b.component), cmp.Compare(a.scope, b.scope), cmp.Compare(a.from, b.from))
		})
		for _, k := range keys {
			e.checkOrder(g, k, *g.places[k])
		}
		e.checkSums(g)
	}
}

// checkOrder warns where a better place has a lower score, and where units on
// one place have different scores.
func (e *examiner) checkOrder(g *group, k placesKey, list []placed) {
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.place, b.place) })
	warned := 0
	warn := func(at placed, code string, why reform.Text) {
		if warned++; warned <= maxWarningsPerList {
			e.problems.add(reform.Problem{Code: code, Field: "place", Locator: at.locator, Text: placeText(int(at.place), int(at.of)), Reason: why.EN, ReasonVI: why.VI, Warning: true})
		}
	}
	what := g.index
	if k.component != "" {
		what += " " + k.component
	}
	var worst *placed // the lowest score among all better places
	for i := 0; i < len(list); {
		end := i + 1
		for end < len(list) && list[end].place == list[i].place {
			end++
		}
		var low, first *placed
		for j := i; j < end; j++ {
			p := &list[j]
			if !p.score.ok {
				continue
			}
			if first == nil {
				first = p
			} else if !p.score.agrees(first.score) {
				warn(*p, "shared-place", sentence("%s và %s cùng hạng %d (%s, %s) nhưng điểm khác nhau: %s và %s.",
					"%s and %s share place %d (%s, %s) with different scores: %s and %s.", first.name, p.name, p.place, what, g.periodText, first.score, p.score))
			}
			if worst != nil && p.score.v > worst.score.v && !p.score.agrees(worst.score) {
				warn(*p, "place-against-score", sentence("%s (hạng %d, %s điểm) đứng sau %s (hạng %d, %s điểm) dù điểm cao hơn (%s, %s).",
					"%s (place %d, score %s) stands behind %s (place %d, score %s) with a higher score (%s, %s).", p.name, p.place, p.score, worst.name, worst.place, worst.score, what, g.periodText))
			}
			if low == nil || p.score.v < low.score.v {
				low = p
			}
		}
		if low != nil && (worst == nil || low.score.v < worst.score.v) {
			worst = low
		}
		i = end
	}
	if more := warned - maxWarningsPerList; more > 0 {
		why := sentence("Còn %d cảnh báo nữa về thứ tự xếp hạng (%s, %s).", "%d more warnings about the order of places (%s, %s).", more, what, g.periodText)
		e.problems.add(reform.Problem{Code: "place-against-score", Field: "place", Reason: why.EN, ReasonVI: why.VI, Warning: true})
	}
}

// checkSums warns where parts do not make their whole. Documents are wrong here
// in earnest (a report that loses 47 dossiers), so the numbers stay as they are.
func (e *examiner) checkSums(g *group) {
	if len(g.rules.parts) == 0 || g.edition.weightsOff {
		return
	}
	keys := make([]reform.UnitKey, 0, len(g.units))
	for k := range g.units {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	warned := 0
	for _, k := range keys {
		s := g.units[k]
		if s.mixed {
			continue
		}
		parents := make([]string, 0, len(s.sums))
		for p := range s.sums {
			parents = append(parents, p)
		}
		slices.Sort(parents)
		for _, parent := range parents {
			p := s.sums[parent]
			if !p.own.ok || p.n != g.rules.parts[parent] {
				continue // not all parts are known: nothing can be said
			}
			// Every number is off by up to half its last printed digit.
			half := float64(tens[storedDecimals-p.decimals]) / 2
			if math.Abs(p.sum-float64(p.own.v)) <= half*(float64(p.n)*max(p.factor, 1)+1)+1 {
				continue
			}
			if warned++; warned > maxWarningsPerList {
				continue
			}
			sum := amount{v: int64(math.Round(p.sum)), ok: true}
			name, what := e.book.cat.NameIn(k, g.period), g.index
			if parent != "" {
				what += " " + parent
			}
			why := sentence("%s (%s, %s): các thành phần cộng lại là %s, tài liệu ghi %s.", "%s (%s, %s): the parts add up to %s, the document has %s.", name, what, g.periodText, sum, p.own)
			e.problems.add(reform.Problem{Code: "sum-differs", Field: "score", Locator: s.totalAt, Text: p.own.String(), Reason: why.EN, ReasonVI: why.VI, Warning: true})
		}
	}
	if more := warned - maxWarningsPerList; more > 0 {
		why := sentence("Còn %d tổng điểm nữa không khớp (%s, %s).", "%d more totals do not add up (%s, %s).", more, g.index, g.periodText)
		e.problems.add(reform.Problem{Code: "sum-differs", Field: "score", Reason: why.EN, ReasonVI: why.VI, Warning: true})
	}
}

// EditionCoverage is how much of an edition a document gives.
type EditionCoverage struct {
	Index    string          `json:"index"`
	Period   reform.Period   `json:"period"`
	Basis    string          `json:"basis"`
	Stage    reform.Stage    `json:"stage,omitempty"`
	UnitType reform.UnitType `json:"unit_type"`
	Parent   reform.UnitKey  `json:"parent,omitempty"`
	Facts    int             `json:"facts"`
	reform.Coverage
}

// coverage is how much of each edition the document gives, in its order.
func (e *examiner) coverage() []EditionCoverage {
	out := make([]EditionCoverage, 0, len(e.order))
	for _, g := range e.order {
		c := EditionCoverage{Index: g.index, Period: g.period, Basis: g.basis, Stage: g.stage, UnitType: g.unitType, Parent: g.parent, Facts: g.facts}
		if g.unitType == reform.Province {
			c.Of = g.edition.of
		}
		c.Components = g.components
		for _, s := range g.units {
			if s.place {
				c.WithPlace++
			}
			if s.score {
				c.WithScore++
			}
			if s.components > 0 {
				c.WithComponents++
			}
		}
		out = append(out, c)
	}
	return out
}

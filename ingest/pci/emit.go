package pci

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

// checkUnits says which provinces a sheet or a column lacks: a name that was
// misspelt into another province's shows here.
func (p *parser) checkUnits(t *table, e *edition) {
	if ed, ok := p.cat.Edition(index, p.period); ok && ed.Of > 0 && len(e.order) != ed.Of {
		var names []string
		if units := p.cat.Units(p.scheme, reform.Province); len(units) == ed.Of {
			for _, u := range units {
				if !slices.Contains(e.order, u.Key) {
					names = append(names, u.Name)
				}
			}
		}
		p.problem(parse.Warning("missing-units", "unit", t.sheet.Name, strings.Join(names, ", "),
			"Bảng có %d tỉnh, kỳ %s có %d. Thiếu: %s.", "The table has %d provinces, the edition %s has %d. Missing: %s.",
			len(e.order), p.period, ed.Of, strings.Join(names, ", ")))
	}
	p.checkComponents(t, e)
	for _, code := range p.codes(e) {
		var lacking []string
		for _, k := range e.order {
			if _, ok := e.scores[code][k]; !ok {
				lacking = append(lacking, e.names[k])
			}
		}
		if len(lacking) > 0 {
			p.problem(parse.Warning("missing-values", "score", t.sheet.Name, strings.Join(lacking, ", "),
				"Cột %s không có điểm của: %s.", "The column of %s has no score of: %s.", name(code), strings.Join(lacking, ", ")))
		}
	}
}

// checkComponents says which components of the edition the table lacks. Where a
// column of scores was not understood beside them, it may be the one, and to load the
// rest would lose it.
func (p *parser) checkComponents(t *table, e *edition) {
	b, err := p.cat.Basis(index, p.basis)
	if err != nil {
		return
	}
	var lacking []string
	for i := range b.Components {
		if c := &b.Components[i]; c.Parent == "" && c.Breakdown == "" && e.scores[c.Code] == nil {
			lacking = append(lacking, c.Code)
		}
	}
	if len(lacking) == 0 {
		return
	}
	report, where := parse.Warning, t.sheet.Name
	for i := range t.columns {
		if c := &t.columns[i]; c.role == roleNone && c.filled*2 > len(c.block.units) && p.scores(t, c) {
			report, where = parse.Problem, t.sheet.Locator(max(0, c.block.first-1), c.col)
			break
		}
	}
	list := strings.Join(lacking, ", ")
	p.problem(report("missing-component", "component", where, list,
		"Bảng không có cột của %s, hoặc tiêu đề cột không đọc được.", "The table has no column of %s, or its heading was not understood.", list))
}

// scores reports whether a column may hold scores of a component.
func (p *parser) scores(t *table, c *column) bool {
	if !numeric(t, c) {
		return false
	}
	whole, n := true, 0
	for _, v := range p.quietly(func() map[reform.UnitKey]value { return p.readScores(t, *c, p.maxOf("CSTP1")).values }) {
		if v.num.IsNegative() || v.num.GreaterThan(decimal.NewFromInt(10)) {
			return false
		}
		whole = whole && v.num.IsInteger()
		n++
	}
	return n > 0 && !whole
}

func name(code string) string {
	if code == "" {
		return "PCI"
	}
	return code
}

// codes lists what was read: the total, then the components in the catalogue's order.
func (p *parser) codes(e *edition) []string {
	var codes []string
	if e.scores[""] != nil || e.places[""] != nil {
		codes = append(codes, "")
	}
	if b, err := p.cat.Basis(index, p.basis); err == nil {
		for i := range b.Components {
			if c := b.Components[i].Code; e.scores[c] != nil || e.places[c] != nil {
				codes = append(codes, c)
			}
		}
	}
	return codes
}

// tolerance is how far a weighted sum may lie from the printed total.
var tolerance = decimal.New(1, -2)

// shownDifferences is how many totals that do not add up are named one by one.
const shownDifferences = 5

// checkWeights proves the reading: where the weights of the edition are known,
// the components must give the total of every province. A heading taken for another
// one, or a row for another province, cannot pass it.
func (p *parser) checkWeights(e *edition) {
	b, err := p.cat.Basis(index, p.basis)
	if err != nil || e.scores[""] == nil {
		return
	}
	for i := range b.Components {
		c := &b.Components[i]
		if c.Parent == "" && c.Breakdown == "" && (!c.Weight.Valid || e.scores[c.Code] == nil) {
			return
		}
	}
	off := 0
	var worst decimal.Decimal
	report := parse.Problem
	if ed, ok := p.cat.Edition(index, p.period); ok && ed.WeightsOff {
		report = parse.Warning
	}
	var first string
	for _, k := range e.order {
		total, ok := e.scores[""][k]
		if !ok {
			continue
		}
		sum, whole := decimal.Zero, true
		for i := range b.Components {
			c := &b.Components[i]
			if c.Parent != "" || c.Breakdown != "" {
				continue
			}
			v, ok := e.scores[c.Code][k]
			if !ok {
				whole = false
				break
			}
			sum = sum.Add(v.num.Mul(c.Weight.Decimal).Shift(-1))
		}
		if !whole {
			continue
		}
		d := sum.Sub(total.num).Abs()
		if d.LessThanOrEqual(tolerance) {
			continue
		}
		if off++; first == "" {
			first = total.at
		}
		worst = decimal.Max(worst, d)
		if off <= shownDifferences {
			p.problem(report("sum-differs", "score", total.at, total.text,
				"%s: các thành phần theo trọng số cho %s, bảng ghi %s.", "%s: the weighted components give %s, the sheet has %s.", e.names[k], sum.Round(4), total.num))
		}
	}
	if off > shownDifferences {
		p.problem(report("sum-differs", "score", first, "",
			"Tất cả %d tỉnh có điểm tổng không khớp với trọng số, lệch tới %s: có thể cột bị hiểu sai hoặc năm bị ghi sai.",
			"In all, %d provinces have a total that does not fit the weights, by up to %s: a column may have been misunderstood, or the year is wrong.", off, worst.Round(2)))
	}
}

// emit hands over the facts, province by province. The sink must copy what it
// keeps: one Fact is used again.
func (p *parser) emit(e *edition) error {
	codes := p.codes(e)
	ed, _ := p.cat.Edition(index, p.period)
	var f reform.Fact
	for _, k := range e.order {
		for _, code := range codes {
			score, hasScore := e.scores[code][k]
			place, hasPlace := e.places[code][k]
			if !hasScore && !hasPlace {
				continue
			}
			f = reform.Fact{
				Index: index, Basis: p.basis, Unit: k, UnitName: e.names[k], UnitType: reform.Province,
				Period: p.period, Component: code, Scope: reform.ScopeNation, Status: reform.Final,
			}
			var words []string
			if hasScore {
				f.Score, f.Locator = reform.NumOf(score.num), score.at
				words = append(words, score.text)
				if m := p.maxOf(code); m.Valid {
					f.Max = reform.NumOf(m.Decimal)
				}
			}
			if hasPlace {
				f.Place = int(place.num.IntPart())
				f.RankKind = reform.Published
				f.Of = ed.Of
				if of := e.of[code][k]; of > 0 {
					f.Of, f.OfPrinted = of, true
				}
				words = append(words, place.text)
				switch {
				case f.Locator == "":
					f.Locator = place.at
				case f.Locator != place.at:
					f.Locator += "; " + place.at
				}
			}
			if tier := e.tiers[k]; code == "" && tier != "" {
				words = append(words, tier)
			}
			f.Quote = strings.Join(words, " | ")
			p.result.Facts++
			if err := p.sink.Fact(&f); err != nil {
				return err
			}
		}
	}
	return nil
}

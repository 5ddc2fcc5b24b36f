package pci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// chooseSummary takes the sheet with the most components whose headings do not
// say another year. Where two are left (the Vietnamese original and a translation that may
// be of the year before), the sheets of single components say which one is of this workbook;
// else the one that stands first.
func (p *parser) chooseSummary(tables []*table) *table {
	var candidates []*table
	most := 0
	for _, t := range tables {
		n := t.components()
		if n < fewestComponents {
			continue
		}
		m := &p.result.Mapping.Sheets[t.order]
		if years := t.years(); len(years) > 0 && !slices.Contains(years, p.year) && p.otherSummary(tables, t) {
			m.Reason = fmt.Sprintf("its headings speak of %d", years[len(years)-1])
			continue
		}
		candidates = append(candidates, t)
		most = max(most, n)
	}
	var best *table
	bestConfirmed := -1
	for _, t := range candidates {
		m := &p.result.Mapping.Sheets[t.order]
		if t.components() < most {
			m.Reason = "another sheet has more components"
			continue
		}
		confirmed := 0
		if len(candidates) > 1 {
			confirmed = p.confirmed(t, tables)
		}
		if confirmed <= bestConfirmed {
			m.Reason = "a second summary of the same year; the first was read"
			continue
		}
		if best != nil {
			p.result.Mapping.Sheets[best.order].Reason = "the sheets of single components have the numbers of another summary"
		}
		best, bestConfirmed = t, confirmed
	}
	if best != nil {
		p.compareSummaries(best, candidates)
	}
	return best
}

// compareSummaries warns where a second summary has other numbers than the one that is read.
func (p *parser) compareSummaries(best *table, candidates []*table) {
	for _, t := range candidates {
		if t == best {
			continue
		}
		for _, c := range t.columns {
			i := slices.IndexFunc(best.columns, func(b column) bool { return b.role == roleComponent && b.code == c.code })
			if c.role != roleComponent || c.code == "" || i < 0 {
				continue
			}
			a := p.quietly(func() map[reform.UnitKey]value { return p.readScores(best, best.columns[i], p.maxOf(c.code)).values })
			b := p.quietly(func() map[reform.UnitKey]value { return p.readScores(t, c, p.maxOf(c.code)).values })
			if !sameValues(a, b) {
				p.problem(parse.Warning("other-summary", "sheet", t.sheet.Name, c.heading,
					"Trang %q cũng là bảng tổng hợp nhưng số liệu khác trang %q (%s); đã đọc trang %[2]q.",
					"Sheet %q is a summary too, with other numbers than sheet %q (%s); %[2]q was read.", t.sheet.Name, best.sheet.Name, c.code))
				break
			}
		}
	}
}

// confirmed counts the components of a summary whose numbers stand in another
// sheet of the workbook: that of the component itself.
func (p *parser) confirmed(t *table, tables []*table) int {
	n := 0
	for _, c := range t.columns {
		if c.role != roleComponent || c.code == "" {
			continue
		}
		values := p.quietly(func() map[reform.UnitKey]value { return p.readScores(t, c, p.maxOf(c.code)).values })
		if slices.ContainsFunc(tables, func(o *table) bool {
			return o.components() < fewestComponents && slices.ContainsFunc(o.columns, func(oc column) bool { return o.holds(oc, values) })
		}) {
			n++
		}
	}
	return n
}

// holds reports whether a column has nearly all of the values.
func (t *table) holds(c column, values map[reform.UnitKey]value) bool {
	same := 0
	for _, u := range c.block.units {
		v, ok := values[u.key]
		if !ok {
			continue
		}
		if d, isNumber := t.sheet.At(u.row, c.col).Decimal(); isNumber && d.Sub(v.num).Abs().LessThan(decimal.New(1, -4)) {
			same++
		}
	}
	return len(values) > 0 && same*10 >= len(values)*9
}

// otherSummary reports whether some other sheet is a summary that does not speak
// of another year: then a sheet that does is a leftover.
func (p *parser) otherSummary(tables []*table, t *table) bool {
	for _, o := range tables {
		if o == t || o.components() < fewestComponents {
			continue
		}
		if years := o.years(); len(years) == 0 || slices.Contains(years, p.year) {
			return true
		}
	}
	return false
}

// chooseTotal is the column of the weighted total of the year, or nil.
func (p *parser) chooseTotal(t *table) *column {
	best, bestScore, tie := -1, -1, -1
	for i, c := range t.columns {
		if c.role != roleTotal || !numeric(t, &t.columns[i]) || stray(t, &t.columns[i]) {
			continue
		}
		f, score := viet.Fold(c.heading), 0
		switch {
		case slices.Contains(c.years, p.year):
			score += 8
		case len(c.years) > 0:
			score -= 16
		}
		if strings.Contains(f, "cotrongso") || strings.Contains(f, "weighted") {
			score += 4
		}
		if strings.Contains(f, "pci") || strings.Contains(f, "nangluccanhtranh") {
			score += 2
		}
		switch {
		case score > bestScore:
			best, bestScore, tie = i, score, -1
		case score == bestScore:
			tie = i
		}
	}
	if best < 0 {
		return nil
	}
	if tie >= 0 {
		a, b := p.readScores(t, t.columns[best], p.maxOf("")), p.readScores(t, t.columns[tie], p.maxOf(""))
		if !sameValues(a.values, b.values) {
			c := t.columns[tie]
			p.problem(parse.Problem("ambiguous-column", "score", t.sheet.Locator(c.block.first-1, c.col), c.heading,
				"Cột %s và cột %s đều có thể là điểm tổng.", "Either of the columns %s and %s may be the total.", sheet.Column(t.columns[best].col), sheet.Column(c.col)))
		}
	}
	return &t.columns[best]
}

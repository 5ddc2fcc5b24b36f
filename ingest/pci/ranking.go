package pci

import (
	"slices"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

// readRanking reads the places from a sheet that has them beside the total, where
// the total is the one of the summary: that is how it is known to be of the same year.
func (p *parser) readRanking(t *table, e *edition) {
	if t.components() >= 3 {
		return
	}
	m := &p.result.Mapping.Sheets[t.order]
	var total *column
	for i := range t.columns {
		c := &t.columns[i]
		if c.role != roleTotal || !numeric(t, c) || len(c.years) > 0 && !slices.Contains(c.years, p.year) {
			continue
		}
		if total != nil && !slices.Contains(c.years, p.year) {
			continue
		}
		total = c
	}
	if total == nil {
		return
	}
	totals := p.quietly(func() map[reform.UnitKey]value { return p.readScores(t, *total, p.maxOf("")).values })
	known := e.scores[""]
	if known == nil || len(totals) == 0 {
		return
	}
	differ := 0
	for k, v := range totals {
		if w, ok := known[k]; !ok || v.num.Sub(w.num).Abs().GreaterThan(decimal.New(6, -3)) {
			differ++
		}
	}
	if differ > 0 {
		if differ*4 < len(totals) {
			p.problem(parse.Warning("other-total", "score", t.sheet.Name, "",
				"Trang %q ghi điểm tổng khác trang tổng hợp ở %d tỉnh nên không nạp.", "Sheet %q has another total than the summary for %d provinces and was left out.", t.sheet.Name, differ))
		}
		m.Reason = "its totals are not those of the summary"
		return
	}
	for i := range t.columns {
		c := &t.columns[i]
		switch {
		case c.role == rolePlace && e.places[""] == nil && (len(c.years) == 0 || slices.Contains(c.years, p.year)):
			e.places[""], e.of[""] = p.readPlaces(t, *c)
			m.Read = true
		case c.role == rolePlace:
			c.note = "the places are known from another column"
		}
		m.Columns = append(m.Columns, mappingOf(t, c))
	}
	if m.Read {
		m.Header, m.Data = span(0, total.block.first-1), span(total.block.first, total.block.last)
		for _, x := range p.blockProblems[blockKey{t.sheet, total.block.col}] {
			p.problem(x)
		}
	} else {
		m.Reason = "it repeats the totals of the summary"
	}
}

// quietly reads without reporting: the sheet may yet turn out to be another one.
func (p *parser) quietly(read func() map[reform.UnitKey]value) map[reform.UnitKey]value {
	sink, serious := p.sink, p.serious
	p.sink = silence{}
	defer func() { p.sink, p.serious = sink, serious }()
	return read()
}

type silence struct{}

func (silence) Fact(*reform.Fact) error { return nil }
func (silence) Problem(reform.Problem)  {}

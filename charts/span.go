package charts

import "chiso/reform"

// Periods gives the first and the last period that a picture shows, zero where it does not
// tell: what it says itself, else what its table says.
func (p *Picture) Periods() (first, last reform.Period) {
	take := func(text string) {
		at, err := reform.ParsePeriod(text)
		if err != nil {
			return
		}
		if first.IsZero() || at.Compare(first) < 0 {
			first = at
		}
		if last.IsZero() || at.Compare(last) > 0 {
			last = at
		}
	}
	if !p.Period.IsZero() {
		return p.Period, p.Period
	}
	for i, c := range p.Table.Columns {
		take(c.Key) // a heat map has a column a period
		if c.Key != "period" {
			continue
		}
		for _, row := range p.Table.Rows {
			if i < len(row) {
				take(row[i].Value)
			}
		}
	}
	return first, last
}

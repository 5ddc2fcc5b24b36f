package table

import (
	"strconv"
	"strings"

	"chiso/ingest/sheet"
	"chiso/reform/viet"
)

// makeBlocks gives every column to the column of units that it belongs to: the
// nearest on its left. Columns to the left of the first column of units (a row number, a
// place) belong to it, and where tables stand side by side, so do those of the next.
func (p *parser) makeBlocks(l *layout) {
	g := l.g
	if len(l.unitCols) == 0 {
		b := &block{unit: -1, from: 0, to: g.width}
		l.blocks = []*block{b}
	}
	lead := 0
	if len(l.unitCols) > 1 {
		for lead = l.unitCols[0]; lead > 0; lead-- {
			same := true
			for _, u := range l.unitCols[1:] {
				for k := 1; k <= lead && same; k++ {
					a := strings.Join(l.pathOf(l.unitCols[0]-k, 0), "|")
					b := strings.Join(l.pathOf(u-k, 0), "|")
					same = u-k > l.unitCols[0] && viet.Fold(a) == viet.Fold(b)
				}
			}
			if same {
				break
			}
		}
	}
	for i, u := range l.unitCols {
		b := &block{unit: u, from: u - lead, to: g.width}
		if i == 0 {
			b.from = 0
		}
		if i+1 < len(l.unitCols) {
			b.to = l.unitCols[i+1] - lead
		}
		l.blocks = append(l.blocks, b)
	}
	for _, b := range l.blocks {
		for col := b.from; col < b.to; col++ {
			if c := p.column(l, b, col); c != nil {
				b.columns = append(b.columns, c)
			}
		}
		p.assignLabels(l, b)
	}
}

// column understands one column; nil where nothing stands in it.
func (p *parser) column(l *layout, b *block, col int) *column {
	c := &column{col: col, path: l.pathOf(col, b.from)}
	for r := l.dataFrom; r <= l.dataTo; r++ {
		x := l.g.at(r, col)
		switch {
		case x.empty():
		case x.kind == sheet.Number, x.kind == sheet.Text && looksNumeric(x.text):
			c.numeric++
		case x.kind == sheet.Text && missing(x.text):
		default:
			c.texts++
		}
	}
	if l.rule != nil {
		if rule, ok := l.rule.Columns[l.g.columnName(col)]; ok {
			c.rule = &rule
		}
	}
	if c.numeric+c.texts == 0 && c.rule == nil {
		return nil
	}
	c.heading = p.understand(c.path, l.constants)
	if l.maxRow >= 0 {
		p.bound(&c.heading, l.g.spread(l.maxRow, col).text)
	}
	if col == b.unit {
		c.label, c.unknown, c.ignore = "unit", "", ""
	}
	return c
}

// assignLabels decides which columns name what their rows are about, and which hold values.
func (p *parser) assignLabels(l *layout, b *block) {
	for _, c := range b.columns {
		switch {
		case c.rule != nil:
			p.applyRule(l, b, c)
		case c.label != "":
		case c.role == "period" && p.mostly(l, c, func(s string) bool { _, ok := c.period(s); return ok }):
			c.label = "period"
		case (c.role == "period" || c.role == "parent") && !c.explicit && c.texts == 0:
			c.unknown = c.text // numbers under "Tháng" that are no months are no scores either
		case c.texts == 0:
		case c.role == "index" && p.mostly(l, c, func(s string) bool { return len(p.indicesIn(s)) == 1 }):
			c.label = "index"
		case c.role == "parent":
			c.label = "parent"
		case c.texts > c.numeric && c.ignore == "" && (c.role == "component" || c.role == "index" || b.unit < 0) && p.mostly(l, c, func(s string) bool { return p.isIndicator(s, l.constants) }):
			c.label = "component"
		}
		if c.role == "unit" && c.col != b.unit && c.label == "" && c.texts > 0 {
			c.ignore = "another column names the units"
		}
	}
	if b.unit < 0 && !hasLabel(b) {
		// A table about one unit: its rows are years or parts.
		for _, c := range b.columns {
			if c.label != "" || c.rule != nil || c.ignore != "" {
				continue
			}
			if p.mostly(l, c, func(s string) bool { _, ok := c.period(s); return ok }) {
				c.label = "period"
				break
			}
			if c.texts > c.numeric && p.mostly(l, c, func(s string) bool { return p.isIndicator(s, l.constants) }) {
				c.label = "component"
				break
			}
		}
	}
	for _, c := range b.columns {
		switch {
		case c.label != "":
			b.labels = append(b.labels, c)
		case c.rule != nil && c.rule.Meaning == "ignore":
		case c.ignore == "" && (c.numeric > 0 || c.rule != nil):
			b.values = append(b.values, c)
		}
	}
}

// period is the period that a cell of a column of periods names: "2019", "Quý III/2025",
// or 8 under the heading "Tháng".
func (c *column) period(s string) (when, bool) {
	w := viet.FoldWords(s)
	if on, ok := periodOf(w); ok {
		return on, true
	}
	if len(c.path) == 0 {
		return when{}, false
	}
	n, err := strconv.Atoi(w)
	switch viet.Fold(c.path[len(c.path)-1]) {
	case "thang", "month":
		return when{part: twoDigits(w)}, err == nil && n >= 1 && n <= 12
	case "quy", "quarter":
		w = roman(w)
		return when{part: "Q" + w}, len(w) == 1 && w[0] >= '1' && w[0] <= '4'
	}
	return when{}, false
}

func hasLabel(b *block) bool {
	for _, c := range b.columns {
		if c.label != "" {
			return true
		}
	}
	return false
}

// isIndicator reports whether a row's label is understood as an index, a component, a measure or a period.
func (p *parser) isIndicator(s string, c constants) bool {
	h := p.understand([]string{s}, c)
	return h.unknown == "" && (h.component != "" || h.total || h.index != "" || h.explicit || !h.when.zero())
}

// mostly reports whether most cells of a column pass a test.
func (p *parser) mostly(l *layout, c *column, test func(string) bool) bool {
	yes, all := 0, 0
	for r := l.dataFrom; r <= min(l.dataTo, l.dataFrom+searchRows); r++ {
		x := l.g.at(r, c.col)
		if x.empty() {
			continue
		}
		all++
		if test(x.text) {
			yes++
		}
	}
	return yes > 0 && yes*2 > all
}

// applyRule lets a mapping file say what a column is. What the file leaves out is
// read from the heading.
func (p *parser) applyRule(l *layout, b *block, c *column) {
	r := c.rule
	c.unknown, c.ignore, c.role, c.label = "", "", "", ""
	switch r.Meaning {
	case "ignore":
		c.note = "left out by the mapping"
	case "unit", "period", "index", "component", "parent":
		c.label = r.Meaning
		if r.Meaning == "unit" {
			b.unit = c.col
		}
	default:
		if m, ok := measureNamed(r.Meaning); ok {
			c.measure, c.explicit = m, true
		}
	}
	if r.Index != "" {
		c.heading.index = r.Index
	}
	if r.Component != "" {
		c.component, c.total = r.Component, false
		if r.Component == "total" {
			c.component, c.total = "", true
		}
	}
	if r.Period != "" {
		c.when = whenOf(r.period)
	}
	if r.Stage != "" {
		c.stage, c.staged = r.stage, true
	}
	if r.Scope != "" {
		c.scope = r.Scope
	}
	if r.Max.Valid {
		c.max = r.Max.NullDecimal
	}
	if r.Of > 0 {
		c.of = r.Of
	}
}

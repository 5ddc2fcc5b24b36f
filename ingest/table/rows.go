package table

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// rowUnit is what a row is about.
type rowUnit struct {
	text string
	// Fixed is the key where no scheme is needed to find it; else the scheme of the period decides.
	fixed  reform.UnitKey
	parent string // text of a column of provinces
	skip   bool
}

// draft is a fact that is being put together from the cells of a row.
type draft struct {
	key      factKey
	fact     reform.Fact
	locators []string
	quotes   []string
	bad      bool
}

func (l *layout) skipped(row int) bool {
	for _, s := range l.skip {
		if row >= s[0] && row <= s[1] {
			return true
		}
	}
	return slices.Contains(l.headers, row) || slices.Contains(l.numbers, row) || row == l.maxRow
}

// rows reads the data of a block, row by row.
func (p *parser) rows(l *layout, b *block, ready []*prepared) error {
	last := ""
	blank := false
	for r := l.dataFrom; r <= l.dataTo; r++ {
		if p.result.Rows++; p.result.Rows%512 == 0 && p.ctx.Err() != nil {
			return p.ctx.Err()
		}
		p.result.Rows--
		if l.skipped(r) {
			continue
		}
		if len(l.g.filled(r)) == 0 {
			blank = true
			continue
		}
		has := false
		for _, q := range ready {
			x := l.g.at(r, q.col)
			has = has || !x.empty() && !missing(x.text)
		}
		u := p.rowUnit(l, b, r, has, last, blank)
		if !u.skip && u.text != "" {
			last = u.text
		}
		blank = false
		if u.skip || !has {
			continue
		}
		p.result.Rows++
		l.readRows++
		if err := p.row(l, b, ready, r, u); err != nil {
			return err
		}
		if p.stop != nil {
			return p.stop
		}
	}
	return nil
}

// rowUnit tells what a row is about, and whether it is to be read at all.
func (p *parser) rowUnit(l *layout, b *block, row int, has bool, last string, blank bool) rowUnit {
	u := rowUnit{}
	for _, c := range b.labels {
		if c.label == "parent" {
			u.parent = l.g.spread(row, c.col).text
		}
	}
	if b.unit < 0 {
		return u
	}
	c := l.g.spread(row, b.unit)
	u.text = c.text
	f := viet.Fold(c.text)
	switch {
	case c.empty() || looksNumeric(c.text):
		// A name may be written once for the rows of its years or parts.
		if has && last != "" && !blank && b.labelled("period", "component", "index") && c.empty() {
			u.text = last
			return u
		}
		if has && !l.g.numberingRow(row) && len(l.g.filled(row)) > 1 {
			if stat := p.rowWord(l, row); stat {
				u.skip = true
				return u
			}
			p.problem(parse.Problem("missing-unit", "unit", l.g.locator(row, b.unit), c.text, "Dòng này có số nhưng không ghi đơn vị.", "This row has numbers, but names no unit."))
		}
		u.skip = true
	case isNation(f):
		u.fixed = reform.TheNation
	case unitHeadings[f] || maxRowWords[f] || isStatistic(f):
		u.skip = true
	case !has:
		u.skip = true
	case p.footer(l, b, row, f):
		u.skip = true
	}
	return u
}

// rowWord reports whether some cell of a row without a unit says that it is a sum or a mean.
func (p *parser) rowWord(l *layout, row int) bool {
	for _, c := range l.g.filled(row) {
		f := viet.Fold(l.g.at(row, c).text)
		if isStatistic(f) || isNation(f) || maxRowWords[f] {
			return true
		}
	}
	return false
}

// footer reports whether a row under the table is a note with a number in it.
func (p *parser) footer(l *layout, b *block, row int, f string) bool {
	if p.placeType(l.g.at(row, b.unit).text) != "" {
		return false
	}
	if len(l.g.filled(row)) > 2 {
		return false
	}
	for _, x := range footerPhrases {
		if x = viet.Fold(x); x != "" && strings.HasPrefix(f, x) {
			return true
		}
	}
	return false
}

// row reads the cells of one row into facts.
func (p *parser) row(l *layout, b *block, ready []*prepared, row int, u rowUnit) error {
	var drafts []*draft
	label := heading{}
	index := ""
	var on when
	for _, c := range b.labels {
		x := l.g.spread(row, c.col)
		switch c.label {
		case "period":
			if x.empty() {
				continue
			}
			w, ok := c.period(x.text)
			if ok && (on.year != 0 && w.year != 0 && on.year != w.year || on.part != "" && w.part != "" && on.part != w.part) {
				p.problem(parse.Problem("contradiction", "period", l.g.locator(row, c.col), x.text, "Dòng này ghi hai kỳ khác nhau.", "This row names two periods."))
				return nil
			}
			if !ok {
				p.problem(parse.Problem("bad-period", "period", l.g.locator(row, c.col), x.text, "%q không phải là kỳ hay năm.", "%q is no period.", parse.Shorten(x.text, 40)))
				return nil
			}
			on.year = max(on.year, w.year)
			if w.part != "" {
				on.part = w.part
			}
		case "index":
			found := p.indicesIn(x.text)
			if len(found) != 1 {
				p.problem(parse.Problem("unknown-index", "index", l.g.locator(row, c.col), x.text, "Không có chỉ số nào tên %q.", "No index is called %q.", parse.Shorten(x.text, 60)))
				return nil
			}
			index = found[0]
		}
	}
	for _, c := range b.labels {
		if c.label != "component" {
			continue
		}
		x := l.g.spread(row, c.col)
		if x.empty() {
			continue
		}
		k := l.constants
		if index != "" {
			k.index = index
		}
		k.when = on.with(k.when)
		f := viet.Fold(x.text)
		label = p.label(x.text, k)
		if label.unknown != "" || label.ignore != "" {
			if isStatistic(f) && !label.total || label.ignore != "" {
				return nil
			}
			p.problem(parse.Problem("unknown-component", "component", l.g.locator(row, c.col), x.text, "Không hiểu dòng %q là thành phần hay chỉ số nào.", "It is not understood which component or index the row %q is.", parse.Shorten(x.text, 80)))
			return nil
		}
	}
	// A row of one quantity over the years: one number with decimals says that all are scores.
	decimals := false
	for _, q := range ready {
		t := trimUnit(l.g.at(row, q.col).text)
		decimals = decimals || q.measure == noMeasure && looksNumeric(t) && strings.ContainsAny(t, ".,%")
	}
	if decimals && !label.explicit {
		label.measure, label.explicit = score, true
	}
	for _, q := range ready {
		p.cell(l, b, q, row, u, index, on, label, &drafts)
	}
	for _, d := range drafts {
		if err := p.finish(l, d); err != nil {
			return err
		}
	}
	return nil
}

// labelKey is a row's label with what it was understood under.
type labelKey struct {
	text string
	constants
}

// label is understand, with the answers remembered: a long table repeats its labels.
func (p *parser) label(text string, k constants) heading {
	key := labelKey{text, k}
	h, known := p.labels[key]
	if !known {
		h = p.understand([]string{text}, k)
		if len(p.labels) < 10_000 {
			p.labels[key] = h
		}
	}
	return h
}

// cell reads one number and joins it to the fact that it belongs to.
func (p *parser) cell(l *layout, b *block, q *prepared, row int, u rowUnit, index string, on when, label heading, drafts *[]*draft) {
	x := l.g.at(row, q.col)
	if x.empty() || missing(x.text) {
		return
	}
	at := l.g.locator(row, q.col)
	if index == "" {
		if index = label.index; index == "" {
			index = q.index
		}
	}
	if q.heading.index != "" && index != q.heading.index {
		p.problem(parse.Problem("contradiction", "index", at, x.text, "Dòng nói chỉ số %s, cột nói %s.", "The row says the index %s, the column %s.", index, q.heading.index))
		return
	}
	if index == "" {
		p.problemOnce("index", parse.Problem("missing-index", "index", at, x.text, "Không rõ bảng này là chỉ số nào: hãy chọn chỉ số khi nạp hoặc trong tệp ánh xạ.", "It is not clear which index this table is of: give it when loading, or in a mapping."))
		return
	}
	rowWhen := on.with(label.when)
	if !rowWhen.zero() && !q.when.zero() && rowWhen.with(q.when) != q.when.with(rowWhen) {
		p.problem(parse.Problem("contradiction", "period", at, x.text, "Dòng và cột nói hai kỳ khác nhau.", "The row and the column name two periods."))
		return
	}
	period, ok := q.when.with(rowWhen).with(l.constants.when).period()
	if !ok {
		p.problemOnce("period", parse.Problem("missing-period", "period", at, x.text, "Không rõ số liệu của kỳ nào: hãy chọn kỳ khi nạp hoặc trong tệp ánh xạ.", "It is not clear which period these numbers are of: give it when loading, or in a mapping."))
		return
	}
	component := q.component
	if label.component != "" {
		if component != "" && component != label.component {
			p.problem(parse.Problem("contradiction", "component", at, x.text, "Dòng nói thành phần %s, cột nói %s.", "The row says the component %s, the column %s.", label.component, component))
			return
		}
		component = label.component
	}
	basis := p.basisOf(index, l.constants.basis, whenOf(period))
	if basis == "" {
		basis, _ = p.cat.BasisFor(index, period)
	}
	if component != "" {
		if _, err := p.cat.Component(index, basis, component); err != nil {
			p.problemOnce("component "+index+basis+component, parse.Problem("unknown-component", "component", at, x.text,
				"Bộ %s của chỉ số %s không có thành phần %q.", "The basis %s of the index %s has no component %q.", basis, index, component))
			return
		}
	}
	m := q.measure
	if label.explicit && m == noMeasure {
		m = label.measure
	}
	if m == percentOfMax {
		return
	}
	ix, err := p.cat.Index(index)
	if err != nil {
		return
	}
	maximumOf := q.max
	if label.max.Valid {
		maximumOf = label.max
	}
	if !maximumOf.Valid {
		maximumOf = p.maxOf(index, basis, component)
	}
	if m == noMeasure {
		m = p.measureOfCell(l, x, ix, period, maximumOf)
		if m == noMeasure {
			p.problem(parse.Problem("ambiguous-number", "score", at, x.text, "Không rõ số này là điểm hay thứ hạng: hãy ghi rõ trong tệp ánh xạ.", "It is not clear whether this number is a score or a place: say it in a mapping."))
			return
		}
	}
	scheme := p.scheme(l, index, period)
	key, name, typ, ok := p.unit(l, b, row, u, scheme, index)
	if !ok {
		return
	}
	if key == reform.TheNation && (m == place || m == placesOf) {
		return
	}
	stage := q.stage
	if label.staged {
		stage = label.stage
	}
	k := factKey{index: index, basis: basis, component: component, unit: key, period: period, stage: stage}
	if m == place && q.scope != "" {
		k.scope = q.scope // a second place of the same unit, within its region
	}
	var d *draft
	for _, o := range *drafts {
		if o.key == k {
			d = o
		}
	}
	if d == nil {
		d = &draft{key: k}
		d.fact = reform.Fact{Index: index, Basis: basis, Unit: key, UnitName: name, UnitType: typ, Period: period, Component: component, Stage: stage, Status: reform.Final, Scope: reform.ScopeNation}
		d.quotes = append(d.quotes, u.text)
		*drafts = append(*drafts, d)
	}
	p.put(l, d, q, row, m, at, x, ix, maximumOf, scheme)
}

// measureOfCell is what a single number is, where rows are parts of different scales.
func (p *parser) measureOfCell(l *layout, x cell, ix *reform.Index, period reform.Period, max decimal.NullDecimal) measure {
	t := trimUnit(x.text)
	if ix.Counts {
		return score
	}
	if a, b, ok := strings.Cut(t, "/"); ok {
		if strings.ContainsAny(a+b, ".,") {
			return score
		}
		if _, n, ok := parse.Place("1/" + b); ok && n == p.expected(l, ix.Code, period, "") {
			return place
		}
		return noMeasure
	}
	if strings.ContainsAny(t, ".,%") {
		return score
	}
	if n, _, ok := parse.Place(t); ok {
		if of := p.expected(l, ix.Code, period, ""); of > 0 && n > of {
			return score
		}
		if l.titleMeasure() == place {
			return place
		}
		if l.titleMeasure() == score && max.Valid && decimal.NewFromInt(int64(n)).LessThanOrEqual(max.Decimal) {
			return score
		}
	}
	return noMeasure
}

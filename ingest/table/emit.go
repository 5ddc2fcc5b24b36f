package table

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
)

// factKey is what one number is about; the same key twice in a document is one
// number printed twice, or a contradiction.
type factKey struct {
	index, basis, component, scope string
	unit                           reform.UnitKey
	period                         reform.Period
	stage                          reform.Stage
	place                          bool
}

type seenValue struct{ value, at string }

// rememberedFacts bounds the memory of a parse.
const rememberedFacts = 500_000

// prepared is a column of values ready to be read.
type prepared struct {
	*column
	index string // "" the row says
	rd    reading
	max   decimal.NullDecimal
}

func (p *parser) emitAll(sheets []*looked) error {
	read := false
	for _, k := range sheets {
		for _, l := range k.layouts {
			if err := p.ctx.Err(); err != nil {
				return err
			}
			read = true
			if err := p.emit(l); err != nil {
				return err
			}
			if p.stop != nil {
				return p.stop
			}
		}
		if k.grid != nil {
			for encoding, n := range k.grid.encoding {
				p.problem(parse.Warning("decoded-text", "text", k.src.Sheet.Name, encoding,
					"Chữ trong bảng dùng bảng mã cũ (%s) ở %d ô và đã được đổi sang Unicode.", "Text of the table is in an old encoding (%s) in %d cells and was decoded.", encoding, n))
			}
		}
		if len(k.layouts) == 0 && k.grid != nil && k.reason != "" {
			rows := 0
			for r := range k.grid.rows {
				if k.grid.dataRow(r) {
					rows++
				}
			}
			if rows >= 3 {
				p.problem(parse.Warning("sheet-left-out", "sheet", k.src.Sheet.Name, "", "Trang %[1]q có số liệu nhưng không đọc được: không thấy cột đơn vị và cột số.", "Sheet %q has numbers but was left out: %s.", k.src.Sheet.Name, k.reason))
			}
		}
	}
	if !read && p.ctx.Err() == nil {
		p.problem(parse.Problem("no-table", "document", "", "", "Không tìm thấy bảng nào có đơn vị và số liệu.", "No table of units and numbers was found."))
	} else if p.result.Facts == 0 && p.problems == 0 {
		p.problem(parse.Problem("no-value", "document", "", "", "Bảng được nhận ra nhưng không có số nào đọc được; hãy xem cách hiểu các cột và dùng tệp ánh xạ.", "The table was recognised, but not one number could be read: look at how its columns were understood, and use a mapping."))
	}
	return p.ctx.Err()
}

func (p *parser) emit(l *layout) error {
	for _, x := range l.problems {
		p.problem(x)
	}
	if p.brokenColumns(l) {
		return nil
	}
	p.settleStages(l)
	for _, b := range l.blocks {
		p.settlePlaces(l, b)
	}
	for _, b := range l.blocks {
		p.warnUnknown(l, b)
		ready := p.prepare(l, b)
		if len(ready) == 0 {
			continue
		}
		if !p.checkSet(l, b, ready) {
			continue
		}
		if err := p.rows(l, b, ready); err != nil {
			return err
		}
	}
	return nil
}

// settleStages decides what "Điểm thẩm định" is: the appraised total beside a
// self-assessed one, or a part of the total by its source.
func (p *parser) settleStages(l *layout) {
	self, parts := false, false
	for _, b := range l.blocks {
		for _, c := range b.values {
			self = self || c.stage == reform.SelfAssessed
			parts = parts || strings.HasPrefix(c.component, "src:")
		}
	}
	for _, b := range l.blocks {
		for _, c := range b.values {
			if !c.staged || c.stage != reform.Official || c.rule != nil || c.component != "" || self {
				continue
			}
			if _, err := p.cat.Component(l.constants.index, p.basisOf(l.constants.index, l.constants.basis, c.when.with(l.constants.when)), "src:appraisal"); err != nil {
				continue
			}
			if parts {
				c.component, c.total = "src:appraisal", false
				continue
			}
			c.unknown = c.text
			c.note = "the appraised total, or a part of it: not clear"
		}
	}
}

// warnUnknown names the columns that were left out because their heading is not understood.
func (p *parser) warnUnknown(l *layout, b *block) {
	kept := b.values[:0]
	plain := 0
	for _, c := range b.values {
		if len(c.path) == 0 {
			plain++
		}
	}
	for _, c := range b.values {
		switch {
		case c.unknown != "" && c.rule == nil:
			p.problem(parse.Warning("unknown-column", "heading", l.g.locator(max0(l.headFrom), c.col), c.text,
				"Không hiểu tiêu đề cột %s (%q) nên không nạp cột này.", "The heading of column %s (%q) is not understood: the column was left out.", l.g.columnName(c.col), parse.Shorten(c.text, 80)))
			c.measure = noMeasure
			if c.note == "" {
				c.note = "not understood: " + c.unknown
			}
		case len(c.path) == 0 && (plain > 1 || len(b.values) > 1) && c.rule == nil:
			p.problem(parse.Problem("missing-heading", "heading", l.g.locator(l.dataFrom, c.col), "",
				"Cột %s không có tiêu đề: hãy ghi ý nghĩa trong tệp ánh xạ.", "Column %s has no heading: say in a mapping what it holds.", l.g.columnName(c.col)))
			c.note = "no heading"
		case c.measure == percentOfMax && !(p.totalOf100(l, c)):
			c.note = "per cent of a maximum: no score"
		default:
			if c.measure == percentOfMax {
				c.measure = score
			}
			kept = append(kept, c)
		}
	}
	b.values = kept
}

// totalOf100 reports whether per cent and points of a column are the same.
func (p *parser) totalOf100(l *layout, c *column) bool {
	index := c.heading.index
	if index == "" {
		index = l.constants.index
	}
	max := p.maxOf(index, p.basisOf(index, l.constants.basis, c.when.with(l.constants.when)), c.component)
	return max.Valid && max.Decimal.Equal(decimal.NewFromInt(100)) && !p.hasScore(l, c)
}

// hasScore reports whether another column has the score that a column of per cent repeats.
func (p *parser) hasScore(l *layout, c *column) bool {
	for _, b := range l.blocks {
		for _, o := range b.values {
			if o != c && o.unknown == "" && o.measure != place && o.measure != percentOfMax && o.measure != maximum && o.measure != placesOf && o.component == c.component && o.heading.index == c.heading.index && o.when == c.when && o.stage == c.stage {
				return true
			}
		}
	}
	return false
}

func (p *parser) maxOf(index, basis, component string) decimal.NullDecimal {
	if component != "" {
		if c, err := p.cat.Component(index, basis, component); err == nil {
			return c.Max.NullDecimal
		}
		return decimal.NullDecimal{}
	}
	if b, err := p.cat.Basis(index, basis); err == nil {
		return b.Max.NullDecimal
	}
	return decimal.NullDecimal{}
}

// expected is how many units are ranked; 0 where that is not known.
func (p *parser) expected(l *layout, index string, period reform.Period, scope string) int {
	if l.inside {
		return 0
	}
	if scope != "" && scope != reform.ScopeNation {
		return len(p.cat.Members(reform.UnitKey(scope)))
	}
	if e, ok := p.cat.Edition(index, period); ok && e.Of > 0 {
		return e.Of
	}
	return 0
}

// prepare settles what each column of values holds.
func (p *parser) prepare(l *layout, b *block) []*prepared {
	var list []*prepared
	for _, c := range b.values {
		q := &prepared{column: c, index: c.heading.index}
		if q.index == "" {
			q.index = l.constants.index
		}
		if q.index == "" && !b.labelled("index", "component") {
			p.problemOnce("index", parse.Problem("missing-index", "index", l.g.locator(max0(l.headFrom), c.col), c.text,
				"Không rõ bảng này là chỉ số nào: hãy chọn chỉ số khi nạp hoặc trong tệp ánh xạ.", "It is not clear which index this table is of: give it when loading, or in a mapping."))
			continue
		}
		on := c.when.with(l.constants.when)
		if !c.when.zero() && c.rule == nil && !p.mayTake(l, c) {
			continue
		}
		if c.rule == nil && l.constants.when.part != "" && c.when.year != 0 && c.when.part == "" {
			p.problem(parse.Problem("ambiguous-period", "period", l.g.locator(max0(l.headFrom), c.col), c.text,
				"Tiêu đề nói một phần của năm, cột nói cả năm %d: hãy ghi kỳ của cột trong tệp ánh xạ.", "The title speaks of a part of a year, the column of the year %d: say the column's period in a mapping.", c.when.year))
			c.note = "the period is not clear"
			continue
		}
		period, dated := on.period()
		if !dated && !b.labelled("period", "component") {
			p.problemOnce("period", parse.Problem("missing-period", "period", l.g.locator(max0(l.headFrom), c.col), c.text,
				"Không rõ số liệu của kỳ nào: hãy chọn kỳ khi nạp hoặc trong tệp ánh xạ.", "It is not clear which period these numbers are of: give it when loading, or in a mapping."))
			continue
		}
		ix, err := p.cat.Index(q.index)
		if q.index != "" && err != nil {
			continue
		}
		if err == nil && !p.ranks(l, ix) {
			p.problemOnce("ranks "+q.index, parse.Problem("other-index", "index", l.g.locator(max0(l.headFrom), c.col), c.text,
				"Chỉ số %s không đánh giá sở, ngành hay xã; các dòng ở đây là đơn vị trong tỉnh: hãy chọn chỉ số khác (như dept, ddci) khi nạp hoặc trong tệp ánh xạ.",
				"The index %s does not rank departments or communes, and the rows here are units inside a province: give another index (such as dept, ddci) when loading, or in a mapping.", q.index))
			continue
		}
		basis := p.basisOf(q.index, l.constants.basis, on)
		q.max = c.max
		if !q.max.Valid && q.index != "" && !b.labelled("component") {
			q.max = p.maxOf(q.index, basis, c.component)
		}
		if c.measure == noMeasure && !b.labelled("component") {
			s := p.shapeOf(l, b, c)
			of := p.expected(l, q.index, period, "")
			if of == 0 {
				of = max(s.n, 64)
			}
			if !p.decide(l, c, s, ix, of, q.max) {
				continue
			}
		}
		if c.measure == score && err == nil && !ix.Counts {
			if !p.plausible(l, b, q, ix) {
				continue
			}
		}
		if c.measure == place && !p.regionalPlaces(l, b, c, q.index, period) {
			continue
		}
		whole := err == nil && ix.Counts
		if c.measure != place && c.measure != placesOf {
			q.rd = p.read(l, b, c, q.max, whole)
		} else {
			c.format = "integer"
		}
		list = append(list, q)
	}
	return list
}

// mayTake reports whether a heading's own period may stand beside one that a person gave.
func (p *parser) mayTake(l *layout, c *column) bool {
	o, err := p.optionWhen()
	if err != nil || o.zero() || c.when.year == 0 {
		return true
	}
	if c.when.year == o.year {
		return true
	}
	if p.severalYears(l) {
		c.note = "another period was asked for"
		return false
	}
	p.problem(parse.Problem("other-period", "period", l.g.locator(max0(l.headFrom), c.col), c.text,
		"Tiêu đề cột ghi năm %d, nhưng được yêu cầu nạp cho kỳ %s.", "The heading says %d, but it was asked to be read for %s.", c.when.year, p.in.Option(parse.OptPeriod)))
	c.note = "another period was asked for"
	return false
}

func (p *parser) severalYears(l *layout) bool {
	years := map[int]bool{}
	for _, b := range l.blocks {
		for _, c := range b.values {
			years[c.when.year] = true
		}
	}
	return len(years) > 1
}

// ranks reports whether an index is about the kind of units in the rows.
func (p *parser) ranks(l *layout, ix *reform.Index) bool {
	if !l.inside {
		return true
	}
	return slices.Contains(ix.UnitTypes, reform.Department) || slices.Contains(ix.UnitTypes, reform.Commune)
}

func (b *block) labelled(names ...string) bool {
	return slices.ContainsFunc(b.labels, func(c *column) bool { return slices.Contains(names, c.label) })
}

// plausible refuses a column whose scores can't be scores as a whole: places printed
// as points, per cent as fractions of one.
func (p *parser) plausible(l *layout, b *block, q *prepared, ix *reform.Index) bool {
	s := p.shapeOf(l, b, q.column)
	at := l.g.locator(max0(l.headFrom), q.col)
	if s.permutation() && b.unit >= 0 {
		p.problem(parse.Problem("places-as-scores", "score", at, q.text,
			"Cột %s ghi là điểm, nhưng các số đi từ 1 đến %d như thứ hạng.", "Column %s is headed as scores, but its numbers run from 1 to %d, as places do.", l.g.columnName(q.col), s.maxWhole))
		return false
	}
	if of := p.expected(l, q.index, p.periodOf(l, q.column), ""); s.fractions > 0 && len(s.overs) == 1 && of > 0 && s.overs[of] && !(q.max.Valid && q.max.Decimal.Equal(decimal.NewFromInt(int64(of)))) {
		p.problem(parse.Problem("places-as-scores", "score", at, q.text,
			"Cột %s ghi là điểm, nhưng các ô là hạng trên %d.", "Column %s is headed as scores, but its cells are places over %d.", l.g.columnName(q.col), of))
		return false
	}
	if of := p.expected(l, q.index, p.periodOf(l, q.column), ""); s.allWhole && s.n >= 4 && of > 0 && s.maxWhole <= of && len(s.distinct)*10 >= s.n*8 && q.component == "" && b.unit >= 0 && q.max.Valid && q.max.Decimal.GreaterThan(decimal.NewFromInt(60)) {
		p.problem(parse.Problem("places-as-scores", "score", at, q.text,
			"Cột %s ghi là điểm, nhưng mọi số đều nguyên, khác nhau và không quá %d, như thứ hạng.", "Column %s is headed as scores, but all numbers are whole, different and at most %d, as places are.", l.g.columnName(q.col), of))
		return false
	}
	if q.component != "" || b.labelled("component") || !q.max.Valid || q.max.Decimal.LessThan(decimal.NewFromInt(20)) {
		return true
	}
	least := 3
	if ix.Code == "s766" {
		least = 10
	}
	rd := p.read(l, b, q.column, q.max, false)
	n, top := 0, decimal.Zero
	for r := l.dataFrom; r <= l.dataTo; r++ {
		v, of, ok, _ := p.number(l, rd, r, q.column, q.max)
		if !ok || of.Valid {
			continue
		}
		n++
		top = decimal.Max(top, v.Decimal)
	}
	if n >= least && top.IsPositive() && top.Mul(decimal.NewFromInt(10)).LessThanOrEqual(q.max.Decimal) {
		p.problem(parse.Problem("other-scale", "score", at, q.text,
			"Mọi số trong cột %s không quá %s, trong khi thang điểm là %s: có thể bảng dùng thang khác.", "No number in column %s is over %s, while the scale goes to %s: the table may use another scale.", l.g.columnName(q.col), top, q.max.Decimal))
		return false
	}
	return true
}

func (p *parser) periodOf(l *layout, c *column) reform.Period {
	period, _ := c.when.with(l.constants.when).period()
	return period
}

// checkSet refuses a list of exactly the 34 provinces for a period before the
// merger, where names like Tây Ninh mean another area than they say.
func (p *parser) checkSet(l *layout, b *block, ready []*prepared) bool {
	if l.inside || b.unit < 0 || len(l.blocks) > 1 || l.fixed.Scheme != "" || p.in.Option(parse.OptScheme) != "" {
		return true
	}
	period := p.periodOf(l, ready[0].column)
	if period.IsZero() || p.scheme(l, ready[0].index, period) == reform.VN34 {
		return true
	}
	set := map[reform.UnitKey]bool{}
	for r := l.dataFrom; r <= l.dataTo; r++ {
		text := l.g.at(r, b.unit).text
		if key, _, ok := p.units.Find(unitText(text), reform.VN34, reform.Province); ok {
			set[key] = true
		} else if p.placeType(text) == reform.Province {
			return true
		}
	}
	if len(set) < len(p.cat.Units(reform.VN34, reform.Province)) {
		return true
	}
	p.problem(parse.Problem("other-scheme", "unit", l.g.locator(l.dataFrom, b.unit), "",
		"Bảng liệt kê đúng 34 tỉnh sau sắp xếp, nhưng kỳ %s là trước đó: hãy ghi hệ đơn vị (scheme: vn34 hoặc vn63).",
		"The table lists exactly the 34 provinces of after the merger, but the period %s lies before it: give the scheme (vn34 or vn63).", period))
	return false
}

func (p *parser) quote(parts ...string) string {
	var list []string
	for _, s := range parts {
		if s != "" {
			list = append(list, s)
		}
	}
	return parse.Shorten(strings.Join(list, " | "), 400)
}

func placeText(n, of int) string {
	if of > 0 {
		return fmt.Sprintf("%d/%d", n, of)
	}
	return fmt.Sprint(n)
}

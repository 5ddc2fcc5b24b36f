package pci

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// value is one number of one province.
type value struct {
	num  decimal.Decimal
	at   string // locator
	text string // of the cell
}

// reading is one column read: provinces to values.
type reading struct {
	column column
	table  *table
	values map[reform.UnitKey]value
}

// edition is all that the workbook says, put together by province.
type edition struct {
	scores map[string]map[reform.UnitKey]value // by component code, "" the total
	places map[string]map[reform.UnitKey]value
	of     map[string]map[reform.UnitKey]int // printed denominators
	tiers  map[reform.UnitKey]string
	names  map[reform.UnitKey]string
	order  []reform.UnitKey
}

func (p *parser) read(ctx context.Context) error {
	var tables []*table
	shown := false
	for _, s := range p.wb.Sheets {
		shown = shown || !s.Hidden
	}
	only := p.in.Option(parse.OptSheet)
	p.result.Mapping.Sheets = make([]parse.SheetMapping, len(p.wb.Sheets))
	for i, s := range p.wb.Sheets {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := &p.result.Mapping.Sheets[i]
		m.Name = s.Name
		switch {
		case only != "" && s.Name != only:
			m.Reason = "another sheet was asked for"
			continue
		case s.Hidden && shown && only == "":
			m.Reason = "it is hidden: official workbooks keep the year before there"
			continue
		}
		t := p.scan(s, i)
		if t == nil {
			m.Reason = "no column of provinces was found"
			continue
		}
		for j := range t.columns {
			c := &t.columns[j]
			if c.role == roleComponent || c.role == roleNone {
				c.code = componentOf(p.cat, p.basis, c.heading, c.meaning)
				if c.code != "" {
					c.role = roleComponent
				} else if c.role == roleComponent {
					c.note = "the index of this year has no such component"
				}
			}
		}
		tables = append(tables, t)
	}
	main := p.chooseSummary(tables)
	if main == nil {
		hidden := slices.ContainsFunc(p.wb.Sheets, func(s *sheet.Sheet) bool { return s.Hidden }) && shown && only == ""
		vi, en := "", ""
		if hidden {
			vi, en = " Trang ẩn không được đọc: hãy cho hiện trang, hoặc chọn trang khi nạp (sheet).", " Hidden sheets were not read: show the sheet, or name it when loading (sheet)."
		}
		p.problem(parse.Problem("no-summary", "sheet", p.in.Name, "",
			"Không tìm thấy trang tổng hợp có các chỉ số thành phần PCI đứng cạnh nhau.%[1]s",
			"No summary sheet with the components of PCI side by side was found.%[2]s", vi, en))
		return nil
	}
	e := &edition{
		scores: map[string]map[reform.UnitKey]value{}, places: map[string]map[reform.UnitKey]value{}, of: map[string]map[reform.UnitKey]int{},
		tiers: map[reform.UnitKey]string{}, names: map[reform.UnitKey]string{},
	}
	p.readSummary(main, e)
	for _, t := range tables {
		if t != main && p.result.Mapping.Sheets[t.order].Reason == "" {
			p.readRanking(t, e)
		}
	}
	for _, t := range tables {
		if m := &p.result.Mapping.Sheets[t.order]; !m.Read && m.Reason == "" {
			m.Reason = "the indicators of one component; the summary has the component itself"
		}
	}
	p.checkUnits(main, e)
	p.checkWeights(e)
	return p.emit(e)
}

// readSummary reads components, total, places and tiers of the main sheet.
func (p *parser) readSummary(t *table, e *edition) {
	m := &p.result.Mapping.Sheets[t.order]
	m.Read = true
	p.result.Mapping.Layout = t.layout()
	first, last := t.blocks[0].first, t.blocks[0].last
	for _, b := range t.blocks {
		first, last = min(first, b.first), max(last, b.last)
		for _, x := range p.blockProblems[blockKey{t.sheet, b.col}] {
			p.problem(x)
		}
	}
	m.Header, m.Data = span(0, first-1), span(first, last)
	p.result.Rows = last - first + 1

	total := p.chooseTotal(t)
	var leftOut []string
	byCode := map[string]*reading{}
	placeColumns := 0
	for _, c := range t.columns {
		if c.role == rolePlace {
			placeColumns++
		}
	}
	for i := range t.columns {
		c := &t.columns[i]
		switch {
		case c.role != roleNone && stray(t, c):
			c.code = ""
			c.note = "a few cells beside a table: the same stands in a whole column"
		case c.role == roleComponent && c.code != "":
			r := p.readScores(t, *c, p.maxOf(c.code))
			if old, twice := byCode[c.code]; twice {
				if !sameValues(old.values, r.values) {
					p.problem(parse.Problem("ambiguous-column", "component", t.sheet.Locator(c.block.first-1, c.col), c.heading,
						"Cột %s và cột %s đều là %s nhưng số liệu khác nhau.", "The columns %s and %s are both of %s with different numbers.",
						sheet.Column(old.column.col), sheet.Column(c.col), c.code))
				}
				c.note = "the same as column " + sheet.Column(old.column.col)
				break
			}
			byCode[c.code] = r
			e.scores[c.code] = r.values
		case c.role == roleTotal && total != nil && c.col == total.col:
			e.scores[""] = p.readScores(t, *c, p.maxOf("")).values
		case c.role == roleTotal:
			c.note = "another column is the total of this year"
		case c.role == rolePlace:
			if len(c.years) > 0 && !slices.Contains(c.years, p.year) {
				c.note = "it speaks of another year"
				break
			}
			of := ""
			if placeColumns > 1 {
				of = owner(t, c)
			}
			if _, twice := e.places[of]; twice {
				c.note = "a second column of places"
				break
			}
			c.code = of
			e.places[of], e.of[of] = p.readPlaces(t, *c)
		case c.role == roleTier:
			for _, u := range c.block.units {
				if cell := t.sheet.At(u.row, c.col); cell.Kind == sheet.Text {
					e.tiers[u.key] = viet.Clean(cell.Text)
				}
			}
		case c.role == roleUnweighted:
			c.note = "the sum without weights is not the index"
		case c.role == roleNone || c.role == roleComponent:
			if numeric(t, c) {
				leftOut = append(leftOut, fmt.Sprintf("%s (%s)", sheet.Column(c.col), parse.Shorten(oneLine(c.heading), 60)))
			}
		}
		m.Columns = append(m.Columns, mappingOf(t, c))
	}
	for _, b := range t.blocks {
		h, _ := heading(t.sheet, b.col, b.first)
		m.Columns = append(m.Columns, parse.ColumnMapping{Column: sheet.Column(b.col), Heading: oneLine(h), Meaning: "unit"})
	}
	slices.SortStableFunc(m.Columns, func(a, b parse.ColumnMapping) int {
		return cmp.Or(cmp.Compare(len(a.Column), len(b.Column)), strings.Compare(a.Column, b.Column))
	})
	if len(leftOut) > 0 {
		p.problem(parse.Warning("unknown-column", "column", t.sheet.Name, strings.Join(leftOut, ", "),
			"Các cột sau không phải chỉ số thành phần của năm %d nên không nạp: %s.", "These columns are no components of %d and were left out: %s.", p.year, strings.Join(leftOut, ", ")))
	}
	// The order of the document is that of the column of the total, else of the first one.
	orderBy := t.blocks[0]
	if total != nil {
		orderBy = total.block
	}
	for _, b := range append([]*block{orderBy}, t.blocks...) {
		for _, u := range b.units {
			if _, known := e.names[u.key]; !known {
				e.names[u.key] = u.name
				e.order = append(e.order, u.key)
			}
		}
	}
}

// owner is the component that a column of places belongs to: that of the nearest score on its left.
func owner(t *table, place *column) string {
	if strings.Contains(viet.Fold(place.heading), "pci") {
		return ""
	}
	of := ""
	for _, c := range t.columns {
		if c.block == place.block && c.col < place.col {
			switch {
			case c.role == roleTotal:
				of = ""
			case c.role == roleComponent && c.code != "":
				of = c.code
			}
		}
	}
	return of
}

func (p *parser) maxOf(code string) decimal.NullDecimal {
	if code == "" {
		if b, err := p.cat.Basis(index, p.basis); err == nil {
			return b.Max.NullDecimal
		}
		return decimal.NullDecimal{}
	}
	if c, err := p.cat.Component(index, p.basis, code); err == nil {
		return c.Max.NullDecimal
	}
	return decimal.NullDecimal{}
}

// stray reports whether a column holds a few cells only, where another column of
// the table says the same of the whole table: a block beside it that shows one province.
func stray(t *table, c *column) bool {
	if c.filled >= fewestProvinces {
		return false
	}
	return slices.ContainsFunc(t.columns, func(o column) bool {
		return o.role == c.role && o.code == c.code && o.filled >= fewestProvinces
	})
}

// numeric reports whether most filled cells of a column are numbers.
func numeric(t *table, c *column) bool {
	numbers, filled := 0, 0
	for _, u := range c.block.units {
		switch cell := t.sheet.At(u.row, c.col); cell.Kind {
		case sheet.Number:
			numbers++
			filled++
		case sheet.Text:
			if _, err := viet.ParseNumber(cell.Text, viet.DecimalComma); err == nil {
				numbers++
			} else if _, err := viet.ParseNumber(cell.Text, viet.DecimalPoint); err == nil {
				numbers++
			}
			filled++
		case sheet.Empty:
		default:
			filled++
		}
	}
	return numbers > 0 && numbers*2 >= filled
}

// readScores reads a column of scores. Numbers typed as text are read in the format of their column.
func (p *parser) readScores(t *table, c column, max decimal.NullDecimal) *reading {
	r := &reading{column: c, table: t, values: map[reform.UnitKey]value{}}
	var texts []string
	for _, u := range c.block.units {
		if cell := t.sheet.At(u.row, c.col); cell.Kind == sheet.Text {
			texts = append(texts, cell.Text)
		}
	}
	format, formatErr := viet.DetectFormat(texts, max, false)
	for _, u := range c.block.units {
		cell := t.sheet.At(u.row, c.col)
		at := t.sheet.Locator(u.row, c.col)
		switch cell.Kind {
		case sheet.Number:
			if d, ok := cell.Decimal(); ok {
				r.values[u.key] = value{d, at, cell.Text}
			}
		case sheet.Text:
			if missing(cell.Text) {
				continue
			}
			d, err := viet.ParseNumber(cell.Text, format)
			switch {
			case formatErr != nil && errors.Is(err, viet.ErrAmbiguous), err == nil && errors.Is(formatErr, viet.ErrMixed):
				p.problem(parse.Problem("ambiguous-number", "score", at, cell.Text,
					"Không rõ dấu phẩy hay dấu chấm là dấu thập phân trong cột này.", "It is not clear whether comma or point is the decimal sign of this column."))
			case err != nil:
				p.problem(parse.Problem("not-a-number", "score", at, cell.Text, "Ô này phải là điểm số.", "This cell should be a score."))
			default:
				r.values[u.key] = value{d.Round(6), at, cell.Text}
			}
		case sheet.Empty:
		default:
			p.problem(parse.Problem("not-a-number", "score", at, cell.Text, "Ô này báo lỗi hoặc không phải số.", "This cell holds an error or no number."))
		}
	}
	return r
}

// missing reports whether a text says that there is no value.
func missing(text string) bool {
	switch strings.ToLower(viet.Clean(text)) {
	case "", "-", "–", "—", ".", "..", "...", "n/a", "na", "n.a", "n.a.", "x", "không có", "không có số liệu", "không có dữ liệu":
		return true
	}
	return false
}

// readPlaces reads a column of places: 1, "01" or "1/63".
func (p *parser) readPlaces(t *table, c column) (map[reform.UnitKey]value, map[reform.UnitKey]int) {
	places, ofs := map[reform.UnitKey]value{}, map[reform.UnitKey]int{}
	for _, u := range c.block.units {
		cell := t.sheet.At(u.row, c.col)
		at := t.sheet.Locator(u.row, c.col)
		n, of, ok := 0, 0, false
		switch cell.Kind {
		case sheet.Empty:
			continue
		case sheet.Number:
			n, ok = cell.Int()
		case sheet.Text:
			if missing(cell.Text) {
				continue
			}
			n, of, ok = parse.Place(cell.Text)
		}
		if !ok || n <= 0 {
			p.problem(parse.Problem("bad-place", "place", at, cell.Text, "Ô này phải là thứ hạng.", "This cell should be a place."))
			continue
		}
		places[u.key] = value{decimal.NewFromInt(int64(n)), at, cell.Text}
		if of > 0 {
			ofs[u.key] = of
		}
	}
	return places, ofs
}

func sameValues(a, b map[reform.UnitKey]value) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || v.num.Sub(w.num).Abs().GreaterThan(decimal.New(1, -6)) {
			return false
		}
	}
	return true
}

func span(from, to int) string {
	switch {
	case to < from:
		return ""
	case from == to:
		return strconv.Itoa(from + 1)
	}
	return strconv.Itoa(from+1) + "-" + strconv.Itoa(to+1)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func mappingOf(t *table, c *column) parse.ColumnMapping {
	m := parse.ColumnMapping{Column: sheet.Column(c.col), Heading: oneLine(c.heading), Component: c.code, Note: c.note}
	switch c.role {
	case roleComponent:
		if c.code != "" {
			m.Meaning = "score"
		}
	case roleTotal:
		if c.note == "" {
			m.Meaning = "score"
		}
	case rolePlace:
		if c.note == "" {
			m.Meaning = "place"
		}
	case roleTier:
		m.Meaning = "tier"
	}
	if m.Meaning == "score" || m.Meaning == "place" {
		m.Numbers = "number"
		for _, u := range c.block.units {
			if t.sheet.At(u.row, c.col).Kind == sheet.Text {
				m.Numbers = "text"
				break
			}
		}
	}
	return m
}

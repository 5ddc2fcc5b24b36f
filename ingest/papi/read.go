package papi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// read reads one sheet of one year.
func (p *parser) read(t *table, period reform.Period) error {
	scheme := p.cat.SchemeFor(index, period)
	if s := p.in.Option(parse.OptScheme); s != "" {
		scheme = reform.Scheme(s)
	}
	basis, _ := p.cat.BasisFor(index, period)
	p.result.AddPeriod(period)
	if p.result.Scheme == "" {
		p.result.Scheme, p.result.Basis = scheme, basis
	}
	columns := p.columns(t, basis, period)
	rows := p.rows(t, columns, scheme)
	p.result.Rows += len(rows)
	p.checkTotals(t, rows, columns, basis)
	of := rank(rows, columns)

	var f reform.Fact
	for i := range rows {
		r := &rows[i]
		for _, c := range columns {
			score, ok := r.scores[c.code]
			if !ok {
				continue
			}
			f = reform.Fact{
				Index: index, Basis: basis, Unit: r.unit, UnitName: r.name, UnitType: reform.Province, Period: period,
				Component: c.code, Score: reform.NumOf(score), Scope: reform.ScopeNation, Status: reform.Final,
				Locator: t.sheet.Locator(r.at, c.col), Quote: r.cells[c.code],
			}
			if m := p.maxOf(basis, c.code); m.Valid {
				f.Max = reform.NumOf(m.Decimal)
			}
			if place := r.places[c.code]; place > 0 {
				f.Place, f.Of, f.RankKind = place, of[c.code], reform.Computed
			}
			p.result.Facts++
			if err := p.sink.Fact(&f); err != nil {
				return err
			}
		}
	}
	return nil
}

// columns finds the component of every column: the total first.
func (p *parser) columns(t *table, basis string, period reform.Period) []scoreColumn {
	m := &p.result.Mapping.Sheets[t.mapping]
	m.Header = fmt.Sprintf("%d-%d", t.header[0]+1, t.first)
	m.Data = fmt.Sprintf("%d-%d", t.first+1, len(t.sheet.Rows))
	var columns []scoreColumn
	at := map[string]int{}
	var leftOut []string
	for col := range t.sheet.Width() {
		var headings []string
		for _, r := range t.header {
			if text := t.sheet.At(r, col).Text; text != "" {
				headings = append(headings, text)
			}
		}
		if len(headings) == 0 {
			continue
		}
		shown := strings.Join(strings.Fields(strings.Join(headings, " / ")), " ")
		cm := parse.ColumnMapping{Column: sheet.Column(col), Heading: parse.Shorten(shown, 120)}
		code, found := p.component(headings, basis)
		switch {
		case col == t.id:
			cm.Meaning = "unit code"
		case slices.Contains(t.names, col):
			cm.Meaning = "unit"
		case !found:
			cm.Note = "no component of this year"
			if t.numeric(col) {
				leftOut = append(leftOut, fmt.Sprintf("%s (%s)", cm.Column, parse.Shorten(headings[0], 60)))
			}
		default:
			if first, twice := at[code]; twice {
				p.sink.Problem(parse.Problem("ambiguous-column", "component", t.sheet.Locator(t.header[0], col), headings[0],
					"Cột %s và cột %s cùng có tên này.", "The columns %s and %s both have this name.", sheet.Column(first), sheet.Column(col)))
				continue
			}
			at[code] = col
			cm.Meaning, cm.Component, cm.Numbers = "score", code, "number"
			columns = append(columns, scoreColumn{col, code})
		}
		m.Columns = append(m.Columns, cm)
	}
	if len(leftOut) > 0 {
		list := strings.Join(leftOut, ", ")
		p.sink.Problem(parse.Warning("unknown-column", "column", t.sheet.Name, list,
			"Các cột sau không có trong danh mục thành phần PAPI năm %d nên không nạp: %s.", "These columns are no components of PAPI %d in the catalogue and were left out: %s.", period.Year(), list))
	}
	p.checkDimensions(t, at, basis, leftOut)
	slices.SortStableFunc(columns, func(a, b scoreColumn) int {
		switch {
		case a.code == "" && b.code != "":
			return -1
		case b.code == "" && a.code != "":
			return 1
		}
		return a.col - b.col
	})
	return columns
}

// checkDimensions says which dimensions the sheet lacks. Where a column of numbers
// was not understood beside them, it may be the one, and to load the rest would lose
// it and every total.
func (p *parser) checkDimensions(t *table, at map[string]int, basis string, leftOut []string) {
	var lacking []string
	for _, c := range p.cat.Components(index, basis, "", "") {
		if _, ok := at[c.Code]; !ok {
			lacking = append(lacking, c.Code)
		}
	}
	if len(lacking) == 0 {
		return
	}
	report := parse.Warning
	if len(leftOut) > 0 {
		report = parse.Problem
	}
	list := strings.Join(lacking, ", ")
	p.sink.Problem(report("missing-component", "component", t.sheet.Name, list,
		"Bảng không có cột của %s, hoặc tiêu đề cột không đọc được.", "The table has no column of %s, or its heading was not understood.", list))
}

// component is the component that the headings of a column name in either
// language; "" is the total.
func (p *parser) component(headings []string, basis string) (string, bool) {
	for _, h := range headings {
		if isTotal(h) {
			return "", true
		}
	}
	for _, h := range headings {
		if code, ok := p.cat.FindComponent(index, basis, h); ok {
			return code, true
		}
	}
	for _, h := range headings {
		if code := dimension(h); code != "" {
			if _, err := p.cat.Component(index, basis, code); err == nil {
				return code, true
			}
		}
	}
	return "", false
}

func (p *parser) maxOf(basis, code string) decimal.NullDecimal {
	if code == "" {
		if b, err := p.cat.Basis(index, basis); err == nil {
			return b.Max.NullDecimal
		}
		return decimal.NullDecimal{}
	}
	if c, err := p.cat.Component(index, basis, code); err == nil {
		return c.Max.NullDecimal
	}
	return decimal.NullDecimal{}
}

func (t *table) numeric(col int) bool {
	for r := t.first; r < len(t.sheet.Rows); r++ {
		if t.sheet.At(r, col).Kind == sheet.Number {
			return true
		}
	}
	return false
}

// extremes are the names of rows that are no province; their code is 999.
var extremes = []string{"highest", "lowest", "diemcaonhat", "diemthapnhat", "caonhat", "thapnhat", "mean", "median", "trungbinh", "trungvi", "min", "max", "average", "canuoc", "toanquoc", "national", "nationalmean", "diemtrungbinh", "diemtrungvi"}

// rows reads the provinces of a sheet.
func (p *parser) rows(t *table, columns []scoreColumn, scheme reform.Scheme) []row {
	formats := p.formats(t, columns)
	var rows []row
	var nameless []int
	seen := map[reform.UnitKey]int{}
	for i := t.first; i < len(t.sheet.Rows); i++ {
		unit, name, ok := p.unit(t, i, scheme)
		if !ok {
			if t.nameless(i) && p.hasScores(t, i) {
				nameless = append(nameless, i)
			}
			continue
		}
		// Between two provinces stands a province; under the last one it may be a sum of the sheet's maker.
		for _, n := range nameless {
			p.sink.Problem(parse.Problem("no-unit", "unit", t.sheet.Locator(n, max(t.id, 0)), "",
				"Dòng này có số liệu nhưng không có mã và tên tỉnh.", "This row has numbers but neither the code nor the name of a province."))
		}
		nameless = nil
		if first, twice := seen[unit]; twice {
			p.sink.Problem(parse.Problem("duplicate-unit", "unit", t.sheet.Locator(i, max(t.id, 0)), name,
				"%s đã có ở dòng %d.", "%s stands in row %d already.", name, first+1))
			continue
		}
		seen[unit] = i
		r := row{at: i, unit: unit, name: name, scores: map[string]decimal.Decimal{}, cells: map[string]string{}, places: map[string]int{}}
		for _, c := range columns {
			cell := t.sheet.At(i, c.col)
			at := t.sheet.Locator(i, c.col)
			switch cell.Kind {
			case sheet.Number:
				if d, ok := cell.Decimal(); ok {
					r.scores[c.code], r.cells[c.code] = d, cell.Text
				}
			case sheet.Text:
				if missing(cell.Text) {
					continue
				}
				d, err := viet.ParseNumber(cell.Text, formats[c.col])
				switch {
				case errors.Is(err, viet.ErrAmbiguous):
					p.sink.Problem(parse.Problem("ambiguous-number", "score", at, cell.Text,
						"Không rõ dấu phẩy hay dấu chấm là dấu thập phân trong cột này.", "It is not clear whether comma or point is the decimal sign of this column."))
				case err != nil:
					p.sink.Problem(parse.Problem("not-a-number", "score", at, cell.Text, "Ô này phải là điểm số.", "This cell should be a score."))
				default:
					r.scores[c.code], r.cells[c.code] = d.Round(6), cell.Text
				}
			case sheet.Empty:
			default:
				p.sink.Problem(parse.Problem("not-a-number", "score", at, cell.Text, "Ô này báo lỗi hoặc không phải số.", "This cell holds an error or no number."))
			}
		}
		rows = append(rows, r)
	}
	return rows
}

func (p *parser) formats(t *table, columns []scoreColumn) map[int]viet.Format {
	formats := map[int]viet.Format{}
	for _, c := range columns {
		var texts []string
		for i := t.first; i < len(t.sheet.Rows); i++ {
			if cell := t.sheet.At(i, c.col); cell.Kind == sheet.Text && !missing(cell.Text) {
				texts = append(texts, cell.Text)
			}
		}
		// Where nothing decides the format stays unknown, and every doubtful number is a problem of its own.
		top := decimal.NullDecimal{Decimal: decimal.NewFromInt(80), Valid: true}
		if c.code != "" {
			top.Decimal = decimal.NewFromInt(10)
		}
		formats[c.col], _ = viet.DetectFormat(texts, top, false)
	}
	return formats
}

func missing(text string) bool {
	switch strings.ToLower(viet.Clean(text)) {
	case "", "-", "–", "—", ".", "n/a", "na", "n.a", "n.a.", "không có số liệu", "không có dữ liệu":
		return true
	}
	return false
}

// unit is the province of a row: by its official code, which must agree with its
// name, or by its name where there is no code. Rows of extremes are none.
func (p *parser) unit(t *table, i int, scheme reform.Scheme) (reform.UnitKey, string, bool) {
	nameAt, name := -1, ""
	for _, c := range t.names {
		if cell := t.sheet.At(i, c); cell.Kind == sheet.Text {
			nameAt, name = c, viet.Clean(cell.Text)
			break
		}
	}
	var id sheet.Cell
	if t.id >= 0 {
		id = t.sheet.At(i, t.id)
	}
	if id.Kind == sheet.Empty && name == "" {
		return "", "", false
	}
	if slices.Contains(extremes, viet.Fold(name)) {
		return "", "", false
	}
	var named reform.UnitKey
	known := false
	if name != "" {
		named, name, known = p.units.Find(name, scheme, reform.Province)
	}
	if id.Kind == sheet.Empty {
		if !known && !p.hasScores(t, i) {
			return "", "", false // a note under the table
		}
		if !known {
			p.sink.Problem(p.units.UnknownUnit(t.sheet.Locator(i, nameAt), name, scheme, reform.Province))
		}
		return named, name, known
	}
	at := t.sheet.Locator(i, t.id)
	code, isNumber := id.Int()
	if !isNumber {
		var place, of int
		if place, of, isNumber = parse.Place(id.Text); of != 0 {
			isNumber = false
		}
		code = place
	}
	if !isNumber && !p.hasScores(t, i) {
		return "", "", false // a note under the table
	}
	if code == 999 && !known {
		return "", "", false
	}
	key := reform.UnitKey(fmt.Sprintf("%s:%02d", scheme, code))
	u, err := p.cat.Unit(key)
	if !isNumber || err != nil || u.Type != reform.Province {
		p.sink.Problem(parse.Problem("unknown-unit", "unit", at, id.Text+" "+name,
			"Không có tỉnh nào mang mã %s trong hệ %s.", "No province of the scheme %[2]s has the code %[1]s.", parse.Shorten(id.Text, 20), scheme))
		return "", "", false
	}
	if name != "" && (!known || named != key) {
		p.sink.Problem(parse.Problem("unit-mismatch", "unit", at, id.Text+" "+name,
			"Mã %s là %s, nhưng tên ghi ở cùng dòng là %q.", "The code %s is %s, but the name in the same row is %q.", id.Text, u.Name, name))
		return "", "", false
	}
	if name == "" {
		name = u.Name
	}
	return key, name, true
}

// nameless reports whether a row has neither a code nor a name.
func (t *table) nameless(i int) bool {
	for _, c := range append([]int{t.id}, t.names...) {
		if c >= 0 && t.sheet.At(i, c).Kind != sheet.Empty {
			return false
		}
	}
	return true
}

func (p *parser) hasScores(t *table, i int) bool {
	for c, cell := range t.sheet.Rows[i] {
		if c != t.id && cell.Kind == sheet.Number {
			return true
		}
	}
	return false
}

// checkTotals takes away totals that are none. The workbooks print 0 for a
// province without data, and a sum of what there is where a dimension is missing.
func (p *parser) checkTotals(t *table, rows []row, columns []scoreColumn, basis string) {
	i := slices.IndexFunc(columns, func(c scoreColumn) bool { return c.code == "" })
	if i < 0 {
		return
	}
	totalCol := columns[i].col
	var dims []string
	for _, c := range p.cat.Components(index, basis, "", "") {
		dims = append(dims, c.Code)
	}
	for j := range rows {
		r := &rows[j]
		total, ok := r.scores[""]
		if !ok {
			continue
		}
		sum, n := decimal.Zero, 0
		var lacking []string
		for _, d := range dims {
			if v, ok := r.scores[d]; ok {
				sum = sum.Add(v)
				n++
			} else {
				lacking = append(lacking, d)
			}
		}
		at := t.sheet.Locator(r.at, totalCol)
		switch {
		case n == 0 && total.IsZero():
			delete(r.scores, "") // missing is not zero
		case n == 0:
			// A total without its parts is a total.
		case len(lacking) > 0:
			delete(r.scores, "")
			p.sink.Problem(parse.Warning("incomplete-total", "score", at, r.cells[""],
				"%s thiếu %s nên điểm tổng %s không phải là chỉ số và không nạp.", "%s lacks %s, so the total %s is not the index and was left out.", r.name, strings.Join(lacking, ", "), total))
		case sum.Sub(total).Abs().GreaterThan(decimal.New(1, -2)):
			p.sink.Problem(parse.Problem("sum-differs", "score", at, r.cells[""],
				"%s: các nội dung cộng lại là %s, bảng ghi %s.", "%s: the dimensions add up to %s, the sheet has %s.", r.name, sum, total))
		}
	}
}

// rank counts the places of the total and the dimensions among the provinces that
// have them; equal scores share a place. PAPI prints no places. It returns how many were counted.
func rank(rows []row, columns []scoreColumn) map[string]int {
	of := map[string]int{}
	for _, c := range columns {
		if c.code != "" && !strings.HasPrefix(c.code, "D") {
			continue
		}
		var scores []decimal.Decimal
		for i := range rows {
			if s, ok := rows[i].scores[c.code]; ok {
				scores = append(scores, s)
			}
		}
		of[c.code] = len(scores)
		slices.SortFunc(scores, func(a, b decimal.Decimal) int { return b.Cmp(a) })
		for i := range rows {
			if s, ok := rows[i].scores[c.code]; ok {
				rows[i].places[c.code] = 1 + slices.IndexFunc(scores, func(x decimal.Decimal) bool { return x.Equal(s) })
			}
		}
	}
	return of
}

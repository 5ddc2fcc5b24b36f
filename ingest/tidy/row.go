package tidy

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// parser reads one document.
type parser struct {
	ctx    context.Context
	in     parse.Input
	cat    *reform.Catalog
	sink   reform.Sink
	units  *parse.Units
	result parse.Result
	layout string
	limit  int // problems

	source  source
	header  header
	numbers [fieldCount]numberColumn
	groups  map[groupKey]*group
	scopes  map[scopeKey]scopeAnswer
	sources map[[7]string]*reform.Citation

	now         rowState
	fact        reform.Fact
	lastGroup   groupKey
	lastGroupOf *group
	lastSource  [7]string
	lastCited   *reform.Citation
	lastTime    string
	lastTimeIs  time.Time
	locatorBuf  []byte

	ticks     int
	problems  int // that refuse the document
	headBad   bool
	failed    error
	empty     int // rows with a unit and no value
	firstLine int
	unheaded  []int // columns without a heading in which nothing was met yet
	beside    bool  // a cell beside the table was met
}

// rowState is the row being read.
type rowState struct {
	cells []string
	typed []bool
	line  int
	group *group
}

func newParser(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) *parser {
	p := &parser{
		ctx: ctx, in: in, cat: cat, sink: sink, units: parse.NewUnits(cat), limit: in.Limits.OrDefault().Problems,
		groups: map[groupKey]*group{}, scopes: map[scopeKey]scopeAnswer{}, sources: map[[7]string]*reform.Citation{},
	}
	p.result = parse.Result{Kind: kindName}
	return p
}

func (p *parser) begin(src source, h header) {
	p.source, p.header = src, h
	p.empty, p.firstLine, p.beside = 0, 0, false
	p.unheaded = p.unheaded[:0]
	for c, heading := range h.headings {
		if strings.TrimSpace(heading) == "" {
			p.unheaded = append(p.unheaded, c)
		}
	}
	for _, f := range numberFields {
		p.numbers[f] = numberColumn{field: f}
		switch p.in.Option(parse.OptNumbers) {
		case "comma":
			p.numbers[f].format, p.numbers[f].decided = viet.DecimalComma, true
		case "point":
			p.numbers[f].format, p.numbers[f].decided = viet.DecimalPoint, true
		}
	}
}

// end says what was left out of a table.
func (p *parser) end(src source) {
	if p.empty > 0 {
		p.problem(parse.Warning("no-value", "score", p.at(src.name, p.firstLine, -1), "",
			"%d dòng chưa có điểm và hạng nên không nạp; dòng đầu tiên là dòng %d.", "%d rows have neither a score nor a place and were left out; the first is row %d.", p.empty, p.firstLine))
	}
}

func (p *parser) problem(x reform.Problem) {
	if !x.Warning {
		p.problems++
		if x.Field == "header" {
			p.headBad = true
		}
	}
	p.sink.Problem(x)
}

// missing reports whether the heading has a problem that leaves nothing to read.
func (p *parser) missing() bool { return p.headBad }

// at is an address within the document: "line 7" in text, "Sheet1!C7" in a workbook.
func (p *parser) at(sheetName string, line, col int) string {
	if sheetName == "" {
		s := "line " + strconv.Itoa(line)
		if col >= 0 {
			s += ", column " + strconv.Itoa(col+1)
		}
		return s
	}
	if col < 0 {
		return sheetName + "!" + strconv.Itoa(line) + ":" + strconv.Itoa(line)
	}
	return sheetName + "!" + sheet.Ref(line-1, col)
}

// bad says a problem of a field of the present row; it is always false.
func (p *parser) bad(code string, f field, text, vi, en string, args ...any) bool {
	p.problem(parse.Problem(code, names[f], p.at(p.source.name, p.now.line, p.header.columns[f]), text, vi, en, args...))
	return false
}

// said is bad for a sentence that is ready.
func (p *parser) said(code string, f field, text string, why reform.Text) bool {
	p.problem(parse.Said(code, names[f], p.at(p.source.name, p.now.line, p.header.columns[f]), text, why))
	return false
}

// cell is the text of a field in the present row, trimmed.
func (p *parser) cell(f field) (text string, isTyped bool) {
	c := p.header.columns[f]
	if c < 0 || c >= len(p.now.cells) {
		return "", false
	}
	s := p.now.cells[c]
	if n := len(s); n > 0 && (s[0] <= ' ' || s[n-1] <= ' ' || s[0] >= 0x80 || s[n-1] >= 0x80) {
		s = strings.TrimSpace(s)
	}
	return s, p.now.typed != nil && p.now.typed[c]
}

func (p *parser) get(f field) string {
	s, _ := p.cell(f)
	return s
}

// row reads one row into a fact.
func (p *parser) row(cells []string, typed []bool, line int) error {
	p.now = rowState{cells: cells, typed: typed, line: line}
	if blank(cells) {
		return nil
	}
	if p.problems > p.limit {
		return parse.Refused(p.limit)
	}
	if cells[0] == p.header.headings[0] && slices.Equal(cells, p.header.headings) {
		return nil // the heading again, as on every page of a print or where files were joined
	}
	p.result.Rows++
	if !p.inColumns() {
		return nil
	}
	f := &p.fact
	*f = reform.Fact{}
	if !p.values() {
		return p.failed
	}
	f.Index, f.Basis, f.Period = p.now.group.index, p.now.group.basis, p.now.group.period
	ok := p.place()
	ok = p.scope() && ok
	ok = p.unit() && ok
	ok = p.component() && ok
	ok = p.words() && ok
	ok = p.cite() && ok
	if !ok || p.failed != nil {
		return p.failed
	}
	if !f.Score.Valid && !f.Numerator.Valid && f.Place == 0 {
		p.noValue() // "-" and the like in every cell of a value
		return nil
	}
	if f.Locator = p.get(fLocator); f.Locator == "" || f.Source == nil {
		f.Locator = p.locator()
	}
	p.result.Facts++
	if p.result.Index == "" && p.result.Facts == 1 {
		p.result.Index, p.result.Basis, p.result.Scheme = f.Index, f.Basis, f.Unit.Scheme()
	} else if p.result.Index != f.Index {
		p.result.Index, p.result.Basis = "", ""
	}
	return p.sink.Fact(f)
}

// inColumns checks that all cells of the row stand under a heading. In text, a cell
// too many is how "84,35" without quotes looks in a file with commas: the score would be 84.
func (p *parser) inColumns() bool {
	for i := len(p.unheaded) - 1; i >= 0; i-- {
		c := p.unheaded[i]
		if c < len(p.now.cells) && strings.TrimSpace(p.now.cells[c]) != "" {
			p.problem(parse.Warning("unknown-column", "header", p.at(p.source.name, p.now.line, c), p.now.cells[c],
				"Cột %s không có tiêu đề nên không nạp.", "Column %s has no heading and was left out.", sheet.Column(c)))
			p.unheaded = append(p.unheaded[:i], p.unheaded[i+1:]...)
		}
	}
	for c := len(p.header.headings); c < len(p.now.cells); c++ {
		text := strings.TrimSpace(p.now.cells[c])
		switch {
		case text == "":
		case p.source.name != "": // in a workbook nothing can slip to the right: it is a note beside the table
			if !p.beside {
				p.beside = true
				p.problem(parse.Warning("unknown-column", "header", p.at(p.source.name, p.now.line, c), text,
					"Ô này nằm ngoài các cột có tiêu đề nên không nạp.", "This cell stands beside the columns with headings and was left out."))
			}
		default:
			p.problem(parse.Problem("extra-cell", "row", p.at(p.source.name, p.now.line, c), text,
				"Dòng này có %d ô, tiêu đề chỉ có %d: có thể số thập phân dùng dấu phẩy mà không có dấu ngoặc kép.",
				"This row has %d cells, the heading %d: a decimal comma may stand in it without quotes.", len(p.now.cells), len(p.header.headings)))
			return false
		}
	}
	return true
}

// locator is the address of the value in the document itself.
func (p *parser) locator() string {
	col := p.header.columns[fScore]
	if p.get(fScore) == "" {
		if col = p.header.columns[fPlace]; p.get(fPlace) == "" {
			col = p.header.columns[fNumerator]
		}
	}
	if p.source.name != "" {
		return p.at(p.source.name, p.now.line, col)
	}
	p.locatorBuf = strconv.AppendInt(append(p.locatorBuf[:0], "line "...), int64(p.now.line), 10)
	return string(p.locatorBuf)
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" && strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// noValue counts a row without a value: missing is not zero, and a unit without data is no fact.
func (p *parser) noValue() {
	if p.empty++; p.firstLine == 0 {
		p.firstLine = p.now.line
	}
}

// values reads the group and the numbers of the row; false where there is nothing more to read.
func (p *parser) values() bool {
	score, place, numerator := p.get(fScore), p.get(fPlace), p.get(fNumerator)
	if score == "" && place == "" && numerator == "" {
		p.noValue()
		return false
	}
	g := p.groupOf()
	p.now.group = g
	if !g.ok {
		return p.said(g.code, g.field, g.text, g.why)
	}
	if !g.met {
		g.met = true
		p.result.AddPeriod(g.period)
	}
	f := &p.fact
	ok := true
	if score != "" {
		ok = p.score(score)
	}
	for _, n := range [...]struct {
		field field
		to    *reform.Number
	}{{fMax, &f.Max}, {fNumerator, &f.Numerator}, {fDenominator, &f.Denominator}} {
		text, isTyped := p.cell(n.field)
		if text == "" {
			continue
		}
		v, fine := p.number(n.field, text, isTyped)
		if !fine {
			ok = false
			continue
		}
		if n.to.Valid && !n.to.Equal(v) {
			ok = p.bad("contradiction", n.field, text, "Ô điểm ghi tối đa là %s, cột này ghi %s.", "The score is printed with the maximum %s, this column has %s.", n.to, v)
			continue
		}
		*n.to = v
	}
	if !ok || p.failed != nil {
		return false
	}
	if !f.Score.Valid && !f.Numerator.Valid && place == "" {
		// "-" is how a table says that there is no value.
		if p.empty++; p.firstLine == 0 {
			p.firstLine = p.now.line
		}
		return false
	}
	return true
}

// score reads a score, or a score and its maximum as "3,5/12".
func (p *parser) score(text string) bool {
	_, isTyped := p.cell(fScore)
	above, below, fraction := strings.Cut(text, "/")
	var ok bool
	if !fraction || isTyped {
		p.fact.Score, ok = p.number(fScore, text, isTyped)
		return ok
	}
	if _, den, err := viet.ParseFraction(text, viet.FormatUnknown); err == nil {
		// The maximum beside it decides what the score is, and so the column's format.
		if format, says := weigh(strings.TrimSpace(above), decimal.NullDecimal{Decimal: den, Valid: true}); says == decides && !p.numbers[fScore].decided {
			p.numbers[fScore].format, p.numbers[fScore].decided = format, true
		}
	}
	if p.fact.Score, ok = p.number(fScore, strings.TrimSpace(above), false); !ok {
		return false
	}
	p.fact.Max, ok = p.number(fScore, strings.TrimSpace(below), false)
	return ok
}

// place reads "20", "20/63" and the denominator beside it.
func (p *parser) place() bool {
	f := &p.fact
	text, ofText := p.get(fPlace), p.get(fOf)
	if text != "" && !missing(text) {
		n, of, ok := parse.Place(text)
		if !ok {
			n, of, ok = parse.Place(trimPlace(text))
		}
		if !ok || n == 0 {
			return p.bad("bad-place", fPlace, text, "%q không phải là thứ hạng: cần số từ 1, như 20 hoặc 20/63.", "%q is no place: want a number from 1, such as 20 or 20/63.", parse.Shorten(text, 40))
		}
		f.Place, f.Of, f.OfPrinted = n, of, of > 0
	}
	if ofText != "" && !missing(ofText) {
		of, slash, ok := parse.Place(ofText)
		if !ok || slash != 0 || of == 0 {
			return p.bad("bad-place", fOf, ofText, "%q phải là số đơn vị được xếp hạng.", "%q should be the number of units ranked.", parse.Shorten(ofText, 40))
		}
		if f.Of != 0 && f.Of != of {
			return p.bad("contradiction", fOf, ofText, "Cột hạng ghi trên %d, cột này ghi %d.", "The place is printed out of %d, this column has %d.", f.Of, of)
		}
		f.Of, f.OfPrinted = of, f.Place > 0
	}
	return true
}

// placeWords are what may stand before a place. Other words make another number of
// it: "tăng 3 bậc" and "Top 5" are no places.
var placeWords = map[string]bool{
	"hang": true, "thu": true, "xephang": true, "xepthu": true, "xephangthu": true, "dungthu": true, "hangthu": true, "vitri": true, "vithu": true,
	"vitrithu": true, "thuhang": true, "dung": true, "rank": true, "ranked": true, "place": true, "no": true, "so": true,
}

// trimPlace takes words off a place: "hạng 20/63", "thứ 5".
func trimPlace(text string) string {
	i := strings.IndexAny(text, "0123456789")
	if i < 0 || i > 40 || strings.ContainsAny(text[:i], "-–−") || !placeWords[viet.Fold(text[:i])] {
		return ""
	}
	return text[i:]
}

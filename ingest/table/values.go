package table

import (
	"errors"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// reading is how the numbers of one column are read.
type reading struct {
	format viet.Format
	err    error // the column's format can't be told
	forced bool  // a person said the format
}

// trimUnit takes words of a unit off a number: "87,61 điểm", "hạng 5".
func trimUnit(s string) string {
	s = strings.TrimSpace(s)
	for _, suffix := range []string{" điểm", "điểm", " đ", " points"} {
		if t, ok := strings.CutSuffix(s, suffix); ok {
			return strings.TrimSpace(t)
		}
	}
	return s
}

func trimPlace(s string) string {
	s = strings.TrimSpace(s)
	low := strings.ToLower(s)
	for _, prefix := range []string{"hạng ", "thứ ", "xếp thứ ", "hạng thứ "} {
		if strings.HasPrefix(low, prefix) {
			return strings.TrimSpace(s[len(prefix):])
		}
	}
	return s
}

// samples are the texts of numbers of a column, fractions by their upper part.
func (p *parser) samples(l *layout, b *block, c *column) (texts []string, typed bool) {
	for r := l.dataFrom; r <= l.dataTo; r++ {
		x := l.g.at(r, c.col)
		if !l.unitRow(b, r) {
			continue
		}
		switch {
		case x.kind == sheet.Number:
			typed = true
		case x.kind == sheet.Text && !missing(x.text):
			t := trimUnit(x.text)
			if a, _, ok := strings.Cut(t, "/"); ok {
				t = a
			}
			texts = append(texts, t)
		}
	}
	return texts, typed
}

// read decides the format of a column of scores.
func (p *parser) read(l *layout, b *block, c *column, max decimal.NullDecimal, whole bool) reading {
	texts, typed := p.samples(l, b, c)
	var rd reading
	rd.format, rd.err = viet.DetectFormat(texts, max, whole)
	if rd.err != nil && errors.Is(rd.err, viet.ErrAmbiguous) {
		if f := p.saidFormat(); f != viet.FormatUnknown {
			rd = reading{format: f, forced: true}
		}
	}
	switch {
	case len(texts) == 0 && typed:
		c.format = "number"
	case rd.err != nil:
		c.format = "ambiguous"
	case rd.format == viet.DecimalComma:
		c.format = "comma"
	case !slices.ContainsFunc(texts, func(s string) bool { return strings.ContainsAny(s, ".,") }):
		c.format = "integer"
	default:
		c.format = "point"
	}
	return rd
}

func (p *parser) saidFormat() viet.Format {
	says := p.in.Option(parse.OptNumbers)
	if p.mapping != nil && p.mapping.Numbers != "" {
		says = p.mapping.Numbers
	}
	switch says {
	case "comma":
		return viet.DecimalComma
	case "point":
		return viet.DecimalPoint
	}
	return viet.FormatUnknown
}

// number reads one cell of a column of scores; a fraction gives its maximum too.
// The problem is nil where the cell holds a value, and ok is false where it holds none.
func (p *parser) number(l *layout, rd reading, row int, c *column, max decimal.NullDecimal) (value, of decimal.NullDecimal, ok bool, wrong *reform.Problem) {
	x := l.g.at(row, c.col)
	at := l.g.locator(row, c.col)
	fail := func(code, vi, en string) *reform.Problem {
		q := parse.Said(code, "score", at, x.text, reform.Text{VI: vi, EN: en})
		return &q
	}
	switch x.kind {
	case sheet.Empty:
		return value, of, false, nil
	case sheet.Number:
		d, fine := x.number().Decimal()
		if !fine {
			return value, of, false, fail("not-a-number", "Ô này phải là số.", "This cell should be a number.")
		}
		return decimal.NullDecimal{Decimal: d, Valid: true}, of, true, nil
	case sheet.Text:
	default:
		return value, of, false, fail("not-a-number", "Ô này báo lỗi hoặc không phải số.", "This cell holds an error or no number.")
	}
	if missing(x.text) {
		return value, of, false, nil
	}
	text := trimUnit(x.text)
	format := rd.format
	if rd.err != nil {
		if errors.Is(rd.err, viet.ErrMixed) && strings.ContainsAny(text, ".,") {
			return value, of, false, fail("mixed-numbers", "Cột này dùng cả dấu phẩy và dấu chấm làm dấu thập phân.", "This column uses both comma and point as its decimal sign.")
		}
		// The row's own maximum may decide what the column could not.
		above, _, _ := strings.Cut(text, "/")
		if f, err := viet.DetectFormat([]string{above}, max, false); err == nil {
			format = f
		} else {
			return value, of, false, fail("ambiguous-number", "Không rõ dấu phẩy hay dấu chấm là dấu thập phân; hãy ghi numbers: comma hoặc point trong tệp ánh xạ.",
				"It is not clear whether comma or point is the decimal sign; say numbers: comma or point in a mapping.")
		}
	}
	if strings.Contains(text, "/") {
		num, den, err := viet.ParseFraction(text, format)
		if err != nil {
			if num, den, err = viet.ParseFraction(text, viet.FormatUnknown); err != nil {
				return value, of, false, fail("not-a-number", "Ô này phải là điểm trên điểm tối đa.", "This cell should be a score over its maximum.")
			}
		}
		return decimal.NullDecimal{Decimal: num.Round(6), Valid: true}, decimal.NullDecimal{Decimal: den.Round(6), Valid: true}, true, nil
	}
	d, err := viet.ParseNumber(text, format)
	if err != nil {
		return value, of, false, fail("not-a-number", "Ô này phải là số.", "This cell should be a number.")
	}
	return decimal.NullDecimal{Decimal: d.Round(6), Valid: true}, of, true, nil
}

// placeCell reads one cell of a column of places.
func (p *parser) placeCell(l *layout, row int, c *column) (n, of int, ok bool, wrong *reform.Problem) {
	x := l.g.at(row, c.col)
	fine := false
	switch x.kind {
	case sheet.Empty:
		return 0, 0, false, nil
	case sheet.Number:
		n, fine = x.number().Int()
	case sheet.Text:
		if missing(x.text) {
			return 0, 0, false, nil
		}
		n, of, fine = parse.Place(trimPlace(x.text))
	}
	if !fine || n <= 0 || of < 0 {
		q := parse.Problem("bad-place", "place", l.g.locator(row, c.col), x.text, "Ô này phải là thứ hạng, như 5 hoặc 5/63.", "This cell should be a place, such as 5 or 5/63.")
		return 0, 0, false, &q
	}
	return n, of, true, nil
}

// shape is what the cells of a column look like as a whole.
type shape struct {
	n         int
	decimals  bool // some cell is no whole number
	fractions int  // "20/63"
	overs     map[int]bool
	distinct  map[int]bool
	maxWhole  int
	minWhole  int
	allWhole  bool
}

func (p *parser) shapeOf(l *layout, b *block, c *column) shape {
	s := shape{overs: map[int]bool{}, distinct: map[int]bool{}, allWhole: true, minWhole: 1 << 30}
	for r := l.dataFrom; r <= l.dataTo; r++ {
		x := l.g.at(r, c.col)
		if !l.unitRow(b, r) || b.unit >= 0 && isNation(viet.Fold(l.g.spread(r, b.unit).text)) {
			continue
		}
		switch {
		case x.kind == sheet.Number:
			n, whole := x.number().Int()
			s.add(n, whole)
		case x.kind == sheet.Text && !missing(x.text) && looksNumeric(trimPlace(trimUnit(x.text))):
			t := trimPlace(trimUnit(x.text))
			a, over, fraction := strings.Cut(t, "/")
			if fraction {
				s.fractions++
				if _, n, ok := parse.Place("1/" + over); ok {
					s.overs[n] = true
				} else {
					s.decimals = true
				}
			}
			n, _, ok := parse.Place(a)
			// "80.0" among "85.125" is a score; a place is never printed so.
			s.add(n, ok && !strings.ContainsAny(a, ".,%"))
		}
	}
	return s
}

// unitRow reports whether a row may be a unit's: means, sums and notes below a
// table often are written in another way.
func (l *layout) unitRow(b *block, row int) bool {
	if b.unit < 0 {
		return true
	}
	f := viet.Fold(l.g.spread(row, b.unit).text)
	return f == "" && b.labelled("period", "component", "index") || f != "" && !isStatistic(f) && !maxRowWords[f] && !unitHeadings[f]
}

func (s *shape) add(n int, whole bool) {
	s.n++
	if !whole {
		s.decimals, s.allWhole = true, false
		return
	}
	s.distinct[n] = true
	s.maxWhole, s.minWhole = max(s.maxWhole, n), min(s.minWhole, n)
}

// permutation reports whether the cells are 1 to n, each once but for ties: what
// places are and scores never.
func (s shape) permutation() bool {
	return s.allWhole && s.n >= 5 && len(s.distinct)*10 >= s.n*8 && s.minWhole == 1 && s.maxWhole <= s.n
}

// decide finds what the numbers of a column are where its heading does not say
// it: by their form alone, and a problem where the form fits both.
func (p *parser) decide(l *layout, c *column, s shape, ix *reform.Index, of int, max decimal.NullDecimal) bool {
	title := l.titleMeasure()
	if p.mapping != nil && p.mapping.Titles == "ignore" {
		title = noMeasure
	}
	switch {
	case ix.Counts:
		c.measure = score
	case s.n == 0:
		c.measure = score
	case c.max.Valid && c.of == 0 && s.fractions == 0 && !s.permutation():
		c.measure = score // the heading gives a maximum, which places do not have
	case s.fractions > 0 && !s.decimals && len(s.overs) == 1 && s.overs[of]:
		c.measure = place
	case s.fractions > 0 && s.decimals:
		c.measure = score
	case s.fractions > 0 && title == place:
		c.measure = place
	case s.fractions > 0 && len(s.overs) == 1 && max.Valid && s.overs[int(max.Decimal.IntPart())] && max.Decimal.IsInteger():
		c.measure = score
	case s.fractions > 0:
	case s.decimals:
		c.measure = score
	case of > 0 && s.maxWhole > of:
		c.measure = score
	case title == place:
		c.measure = place
	case title == score && !s.permutation():
		c.measure = score
	}
	if c.measure == noMeasure {
		p.problem(parse.Problem("ambiguous-column", "score", l.g.locator(max0(l.headFrom), c.col), c.text,
			"Không rõ cột %s (%q) là điểm hay thứ hạng: hãy ghi rõ trong tệp ánh xạ.", "It is not clear whether column %s (%q) holds scores or places: say it in a mapping.", l.g.columnName(c.col), parse.Shorten(c.text, 60)))
		c.note = "scores or places: not clear"
		return false
	}
	if c.note == "" {
		c.note = "told by its numbers"
	}
	return true
}

func max0(n int) int { return max(n, 0) }

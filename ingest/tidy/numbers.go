package tidy

import (
	"errors"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// numberColumn is what is known of the numbers of one column.
//
// Whether "1.745" is 1745 is decided by the column: the first cell that can be
// read one way only, by itself or by its maximum, decides for all. Cells without a
// sign need no decision; at the first one that does, the rest of the table is looked
// through, so that a table is read in one pass in nearly all cases and never by
// luck of its first rows.
type numberColumn struct {
	field    field
	format   viet.Format
	decided  bool
	searched bool // the whole column was looked through, and nothing decides
	typed    bool // some cells are numbers of a workbook
	signs    bool // some cells have a sign
	known    map[string]reform.Number
}

// rememberedNumbers bounds the memory of a column. Scores of two decimals repeat; free ones do not.
const rememberedNumbers = 1 << 16

// evidence is what one cell says about the format of its column.
type evidence uint8

const (
	saysNothing evidence = iota
	decides
	isAmbiguous
	isNoNumber
)

// weigh is what a cell says, with its maximum where it has one.
func weigh(text string, max decimal.NullDecimal) (viet.Format, evidence) {
	if strings.IndexByte(text, '.') < 0 && strings.IndexByte(text, ',') < 0 {
		return viet.FormatUnknown, saysNothing
	}
	p, errP := viet.ParseNumber(text, viet.DecimalPoint)
	c, errC := viet.ParseNumber(text, viet.DecimalComma)
	switch {
	case errP != nil && errC != nil:
		return viet.FormatUnknown, isNoNumber
	case errP != nil:
		return viet.DecimalComma, decides
	case errC != nil:
		return viet.DecimalPoint, decides
	case p.Equal(c):
		return viet.FormatUnknown, saysNothing
	}
	f, err := viet.DetectFormat([]string{text}, max, false)
	if err != nil {
		return viet.FormatUnknown, isAmbiguous
	}
	return f, decides
}

// number reads one number of a column; ok is false where a problem was said.
func (p *parser) number(f field, text string, isTyped bool) (n reform.Number, ok bool) {
	c := &p.numbers[f]
	if isTyped {
		c.typed = true
		d, err := decimal.NewFromString(text)
		if err != nil {
			return n, p.bad("not-a-number", f, text, "Ô này phải là số.", "This cell should be a number.")
		}
		return reform.NumOf(d), true
	}
	if n, ok := c.known[text]; ok {
		return n, true
	}
	if !c.decided && (strings.IndexByte(text, '.') >= 0 || strings.IndexByte(text, ',') >= 0) {
		c.signs = true
		format, says := weigh(text, p.bound(f))
		if says == isAmbiguous && !c.searched {
			p.search(f)
			if c.decided {
				says = saysNothing
			}
		}
		switch says {
		case decides:
			c.format, c.decided = format, true
		case isAmbiguous:
			return n, p.bad("ambiguous-number", f, text,
				"%q có thể là %s hoặc %s: không ô nào trong cột và không điểm tối đa nào cho biết dấu nào là dấu thập phân. Hãy sửa tệp, hoặc chọn dấu thập phân khi nạp.",
				"%q can be read as %s or as %s: no cell of the column and no maximum tells which sign is for decimals. Correct the file, or name the sign when loading (numbers=comma or numbers=point).",
				text, reading(text, viet.DecimalComma), reading(text, viet.DecimalPoint))
		}
	}
	format := c.format
	if !c.decided {
		format = viet.DecimalPoint // the same in both formats
	}
	d, err := viet.ParseNumber(text, format)
	if err != nil {
		if missing(text) {
			return reform.Number{}, true
		}
		if c.decided && errors.Is(err, viet.ErrNotNumber) {
			if _, other := weigh(text, decimal.NullDecimal{}); other != isNoNumber {
				return n, p.bad("mixed-numbers", f, text,
					"%[1]q không hợp với các số khác trong cột, vốn dùng %[2]s.", "%[1]q does not fit the other numbers of its column, which have a %[3]s.", text, signVI(format), format)
			}
		}
		return n, p.bad("not-a-number", f, text, "%q phải là số.", "%q should be a number.", parse.Shorten(text, 60))
	}
	n = reform.NumOf(d)
	if len(c.known) < rememberedNumbers {
		if c.known == nil {
			c.known = map[string]reform.Number{}
		}
		c.known[strings.Clone(text)] = n
	}
	return n, true
}

func signVI(f viet.Format) string {
	if f == viet.DecimalComma {
		return "dấu phẩy thập phân"
	}
	return "dấu chấm thập phân"
}

func reading(text string, f viet.Format) string {
	d, err := viet.ParseNumber(text, f)
	if err != nil {
		return "?"
	}
	return d.String()
}

// missing reports whether a text says that there is no value. A zero is a value.
func missing(text string) bool {
	switch strings.ToLower(viet.Clean(text)) {
	case "", "-", "–", "—", "n/a", "na", "n.a.", "null", "không có", "không có số liệu", "không có dữ liệu", "chưa có số liệu":
		return true
	}
	return false
}

// bound is the maximum that a number of the present row can have, where it is known.
func (p *parser) bound(f field) decimal.NullDecimal {
	var known decimal.NullDecimal
	if p.now.group != nil && p.now.group.ok {
		known = p.now.group.maxOf(p, p.get(fComponent))
	}
	if f != fScore {
		if f == fMax {
			return known
		}
		return decimal.NullDecimal{}
	}
	// The document's own maximum comes first, where it can be read without knowing its format.
	if text := p.get(fMax); text != "" {
		if _, says := weigh(text, known); says == saysNothing {
			if d, err := viet.ParseNumber(text, viet.DecimalPoint); err == nil {
				return decimal.NullDecimal{Decimal: d, Valid: true}
			}
		} else if m := &p.numbers[fMax]; m.decided {
			if d, err := viet.ParseNumber(text, m.format); err == nil {
				return decimal.NullDecimal{Decimal: d, Valid: true}
			}
		}
	}
	return known
}

// errFound ends a search.
var errFound = errors.New("found")

// search looks through the whole table for a cell that decides the format of a column.
func (p *parser) search(f field) {
	c := &p.numbers[f]
	c.searched = true
	saved := p.now
	defer func() { p.now = saved }()
	err := p.source.each(func(cells []string, typed []bool, line int) error {
		if p.ticks++; p.ticks&4095 == 0 && p.ctx.Err() != nil {
			return p.ctx.Err()
		}
		p.now = rowState{cells: cells, typed: typed, line: line}
		text, isTyped := p.cell(f)
		if text == "" || isTyped {
			return nil
		}
		if above, _, fraction := strings.Cut(text, "/"); fraction {
			text = above
		}
		if strings.IndexByte(text, '.') < 0 && strings.IndexByte(text, ',') < 0 {
			return nil
		}
		p.now.group = p.groupOf()
		if format, says := weigh(text, p.bound(f)); says == decides {
			c.format, c.decided = format, true
			return errFound
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFound) {
		p.failed = err
	}
}

// mapNumbers writes into the mapping what was found of each column of numbers.
func (p *parser) mapNumbers() {
	p.result.Mapping.Layout = p.layout
	for i := range p.result.Mapping.Sheets {
		for j := range p.result.Mapping.Sheets[i].Columns {
			col := &p.result.Mapping.Sheets[i].Columns[j]
			for _, f := range numberFields {
				if names[f] != col.Meaning {
					continue
				}
				c := &p.numbers[f]
				switch {
				case c.decided && c.format == viet.DecimalComma:
					col.Numbers = "comma"
				case c.decided:
					col.Numbers = "point"
				case c.typed:
					col.Numbers = "number"
				case c.signs:
					col.Numbers = "ambiguous"
				case len(c.known) > 0:
					col.Numbers = "integer"
				}
			}
		}
	}
}

var numberFields = [...]field{fScore, fMax, fNumerator, fDenominator}

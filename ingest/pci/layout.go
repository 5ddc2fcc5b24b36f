package pci

import (
	"slices"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// The official sheets come in layouts that change with the year: one row a
// province, or a province column beside every score, each pair sorted by
// itself. No coordinate is assumed. A province column is a column full of
// provinces; a score belongs to the nearest province column on its left; a
// heading is the nearest understood cell above the data.

// fewestProvinces is how many provinces make a province column: fewer may be an example in a note.
const fewestProvinces = 10

// headerRows is how far down the first province of a sheet may stand.
const headerRows = 25

// placedUnit is a province at a row.
type placedUnit struct {
	key  reform.UnitKey
	name string
	row  int
}

// block is one province column with its rows, as far as the data go.
type block struct {
	col   int
	first int // first data row
	last  int
	units []placedUnit
}

// column is a column of a sheet as it was understood.
type column struct {
	col     int
	heading string
	meaning
	block *block // the provinces that its rows belong to
	code  string // component code of the basis, for component columns
	years []int  // that the heading names
	note  string

	filled int // cells of provinces that hold something
}

// table is a sheet as it was understood.
type table struct {
	sheet   *sheet.Sheet
	blocks  []*block
	columns []column
	order   int // of the sheet in the workbook
}

// components counts the different components of the table.
func (t *table) components() int {
	seen := map[string]bool{}
	for _, c := range t.columns {
		if c.role == roleComponent && c.code != "" {
			seen[c.code] = true
		}
	}
	return len(seen)
}

// years lists the years that the headings of the total and its place name.
func (t *table) years() []int {
	var years []int
	for _, c := range t.columns {
		if c.role == roleTotal || c.role == rolePlace {
			years = append(years, c.years...)
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// layout is "pairs" where scores have province columns of their own, else "flat".
func (t *table) layout() string {
	if len(t.blocks) > 1 {
		return "pairs"
	}
	return "flat"
}

// scan understands a sheet; it is nil where the sheet has no province column.
func (p *parser) scan(s *sheet.Sheet, order int) *table {
	t := &table{sheet: s, order: order}
	width := s.Width()
	for col := range width {
		if b := p.block(s, col); b != nil {
			t.blocks = append(t.blocks, b)
		}
	}
	if len(t.blocks) == 0 {
		return nil
	}
	if len(t.blocks) == 1 {
		// A place or a total may stand on the left of the names. Beside pairs such a
		// column only counts the rows.
		for col := range t.blocks[0].col {
			if c, ok := p.column(t, t.blocks[0], col); ok {
				t.columns = append(t.columns, c)
			}
		}
	}
	for i := range t.blocks {
		end := width
		if i+1 < len(t.blocks) {
			end = t.blocks[i+1].col
		}
		for col := t.blocks[i].col + 1; col < end; col++ {
			if c, ok := p.column(t, t.blocks[i], col); ok {
				t.columns = append(t.columns, c)
			}
		}
	}
	return t
}

// block finds the provinces of a column; nil where it is no province column.
func (p *parser) block(s *sheet.Sheet, col int) *block {
	first := -1
	for r := range min(len(s.Rows), headerRows) {
		if c := s.At(r, col); c.Kind == sheet.Text {
			if _, _, ok := p.units.Find(c.Text, p.scheme, reform.Province); ok {
				first = r
				break
			}
		}
	}
	if first < 0 {
		return nil
	}
	b := &block{col: col, first: first, last: first}
	seen := map[reform.UnitKey]int{}
	type unknown struct {
		row  int
		text string
	}
	var pending []unknown
	var unnamed []int
	var regions []string
	var problems []reform.Problem
	gap := false
	for r := first; r < len(s.Rows); r++ {
		c := s.At(r, col)
		if c.Kind != sheet.Text {
			switch {
			case blankRow(s, r):
				gap = true
			case c.Kind != sheet.Empty || hasNumber(s, r, col):
				unnamed = append(unnamed, r)
			}
			continue
		}
		key, name, ok := p.units.Find(c.Text, p.scheme, reform.Province)
		switch {
		case ok:
			if at, again := seen[key]; again {
				if gap {
					// Under the table stands a look-up block that shows one province again.
					r = len(s.Rows)
					break
				}
				problems = append(problems, parse.Problem("duplicate-unit", "unit", s.Locator(r, col), c.Text,
					"%s đã có ở %s: một trong hai ô ghi sai tên tỉnh.", "%s stands at %s already: one of the two cells has the wrong province.", name, s.Locator(at, col)))
				continue
			}
			seen[key] = r
			// A name that could not be read is a row of the table where the table goes on after it.
			for _, u := range pending {
				problems = append(problems, p.units.UnknownUnit(s.Locator(u.row, col), u.text, p.scheme, reform.Province))
			}
			pending = nil
			for _, row := range unnamed {
				problems = append(problems, parse.Problem("no-unit", "unit", s.Locator(row, col), s.At(row, col).Text,
					"Dòng này có số liệu nhưng không có tên tỉnh.", "This row has numbers but names no province."))
			}
			unnamed = nil
			b.units = append(b.units, placedUnit{key, name, r})
			b.last = r
		case isStatistic(c.Text):
			gap = true
		case p.isRegion(c.Text):
			regions = append(regions, sheet.Ref(r, col))
		case hasNumber(s, r, col):
			// After a gap it may be a footer; directly under the last province it is a row of the table.
			if gap {
				pending = append(pending, unknown{r, c.Text})
			} else {
				problems = append(problems, p.units.UnknownUnit(s.Locator(r, col), c.Text, p.scheme, reform.Province))
			}
		}
	}
	if len(b.units) < fewestProvinces {
		return nil
	}
	b.last = b.units[len(b.units)-1].row
	if len(regions) > 0 {
		problems = append(problems, parse.Warning("region-rows", "unit", s.Locator(b.first, col), strings.Join(regions, ", "),
			"Các dòng của vùng không phải của tỉnh nên không nạp.", "Rows of regions are of no province and were left out."))
	}
	p.blockProblems[blockKey{s, col}] = problems
	return b
}

// isRegion reports whether a text names a region of the scheme.
func (p *parser) isRegion(text string) bool {
	_, _, ok := p.units.Find(text, p.scheme, reform.Region)
	return ok
}

type blockKey struct {
	sheet *sheet.Sheet
	col   int
}

func blankRow(s *sheet.Sheet, row int) bool {
	for _, c := range s.Rows[row] {
		if c.Kind != sheet.Empty {
			return false
		}
	}
	return true
}

// hasNumber reports whether the row has a number to the right of col, before the next text.
func hasNumber(s *sheet.Sheet, row, col int) bool {
	for c := col + 1; c < len(s.Rows[row]); c++ {
		switch s.At(row, c).Kind {
		case sheet.Number:
			return true
		case sheet.Text:
			if strings.ContainsAny(s.At(row, c).Text, "0123456789") {
				return true
			}
			return false
		}
	}
	return false
}

// column understands one column beside a province column; false where nothing stands in it.
func (p *parser) column(t *table, b *block, col int) (column, bool) {
	s := t.sheet
	filled := 0
	for _, u := range b.units {
		if s.At(u.row, col).Kind != sheet.Empty {
			filled++
		}
	}
	if filled == 0 {
		return column{}, false
	}
	c := column{col: col, block: b, filled: filled}
	c.heading, c.meaning = heading(s, col, b.first)
	if (c.role == roleNone || c.role == roleTotal && totalHeadings[viet.Fold(c.heading)]) && col == b.col+1 {
		// In pairs the heading may stand over the province column.
		if h, m := heading(s, b.col, b.first); m.role != roleNone && m.role != roleProvince {
			c.heading, c.meaning = h, m
		}
	}
	c.years = yearsIn(c.heading)
	return c, true
}

// heading is the nearest cell above the data that is understood, else the nearest
// that holds anything. Cells merged over more than two columns are titles of groups.
func heading(s *sheet.Sheet, col, first int) (string, meaning) {
	text, weak := "", meaning{}
	for r := first - 1; r >= 0; r-- {
		c := s.At(r, col)
		if c.Kind == sheet.Empty {
			for _, m := range s.Merged {
				if m.LastCol-m.Col < 2 && r >= m.Row && r <= m.LastRow && col >= m.Col && col <= m.LastCol {
					c = s.At(m.Row, m.Col)
				}
			}
		}
		if c.Kind != sheet.Text {
			continue
		}
		m := understand(c.Text)
		switch {
		case m.role == roleTotal && totalHeadings[viet.Fold(c.Text)]:
			// A bare "Điểm" may stand under the name of a component.
			if weak.role == roleNone {
				text, weak = c.Text, m
			}
		case m.role != roleNone:
			return c.Text, m
		case text == "":
			text = c.Text
		}
	}
	return text, weak
}

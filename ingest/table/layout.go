package table

import (
	"slices"
	"strings"

	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// A table is understood in this order: where the units stand decides which way
// round it is; the first unit (or, under a heading, the first row with numbers) is the
// first row of data; what lies directly above are headings, and above them titles.
// No coordinate is assumed.

// searchRows and searchTurned bound the search for units in columns and in rows.
const (
	searchRows    = 2_000
	searchTurned  = 60
	headerHeight  = 12
	searchColumns = 400
	widestTurned  = 2_000 // rows of a sheet that may be turned into columns
)

// layout is one table of a sheet as it was understood.
type layout struct {
	g         *grid
	titles    *titles
	inside    bool // rows are departments or communes of one province
	unitCols  []int
	headers   []int // rows that are read as headings, from the top
	headFrom  int   // span of headings, numbering rows included
	dataFrom  int
	dataTo    int // included
	maxRow    int // row of maxima, -1 none
	numbers   []int
	blocks    []*block
	skip      [][2]int // rows that a mapping leaves out
	rule      *SheetRule
	fixed     Constants // of a mapping
	constants constants
	problems  []reform.Problem // of the titles
	readRows  int
	said      *measure // what the titles say of the numbers, once it was asked
	provinces map[reform.Scheme]titled
}

// titled is the province that the titles name.
type titled struct {
	key reform.UnitKey
	ok  bool
}

// titleMeasure is place or score where the titles speak of one only.
func (l *layout) titleMeasure() measure {
	if l.said == nil {
		m := titleMeasure(l.titles)
		l.said = &m
	}
	return *l.said
}

// block is the columns that belong to one column of units.
type block struct {
	unit    int // -1: the whole table speaks of one unit
	from    int
	to      int // excluded
	labels  []*column
	values  []*column
	columns []*column
	eight   *bool // its regions are those of the scheme of eight
}

// column is one column as it was understood.
type column struct {
	col  int
	path []string
	heading
	rule    *ColumnRule
	label   string // "unit", "period", "index", "component", "parent": what its cells name
	numeric int    // cells that look like numbers
	texts   int    // cells of words
	note    string
	format  string // for the mapping: comma, point, number, integer
}

// placeType is what a text names in any scheme: a province, a region, the nation.
func (p *parser) placeType(text string) reform.UnitType {
	if len(text) > 120 {
		return ""
	}
	if t, ok := p.places[text]; ok {
		return t
	}
	t := p.findPlaceType(text)
	if len(p.places) < 50_000 {
		p.places[text] = t
	}
	return t
}

func (p *parser) findPlaceType(text string) reform.UnitType {
	if isNation(viet.Fold(text)) {
		return reform.Nation
	}
	name := unitText(text)
	for _, typ := range []reform.UnitType{reform.Province, reform.Region, reform.Ministry} {
		for _, s := range []reform.Scheme{reform.VN63, reform.VN34, reform.VN64} {
			if _, _, ok := p.units.Find(name, s, typ); ok {
				return typ
			}
		}
	}
	if k, err := reform.ParseUnitKey(text); err == nil {
		if u, err := p.cat.UnitOrForm(k); err == nil {
			return u.Type
		}
	}
	return ""
}

// unitText is the name of a unit without the number before it.
func unitText(text string) string {
	if rest := unitNumber.ReplaceAllString(text, ""); rest != "" {
		return rest
	}
	return text
}

// isNumber reports whether a cell holds a number, a place or a fraction, and is no year.
func isNumber(c cell) bool {
	switch c.kind {
	case sheet.Number:
		_, year := validYear(c.text)
		return !year
	case sheet.Text:
		return looksNumeric(c.text) && !bareYear.MatchString(strings.NewReplacer(".", " ", ",", " ").Replace(c.text))
	}
	return false
}

// looksNumeric reports whether a text is made of digits and the signs around them.
func looksNumeric(s string) bool {
	if len(s) > 40 {
		return false
	}
	digits := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits = true
		case strings.ContainsRune(".,/%-−+ \u00a0", r):
		default:
			return false
		}
	}
	return digits
}

// numberingRow reports whether a row only numbers the columns: "A B (1) (2)", "1 2 3".
func (g *grid) numberingRow(row int) bool {
	n, last := 0, 0
	counts := true
	for _, c := range g.filled(row) {
		text := g.at(row, c).text
		if !numberCols.MatchString(text) {
			return false
		}
		n++
		d := 0
		for _, r := range text {
			if r >= '0' && r <= '9' {
				d = d*10 + int(r-'0')
			} else if r == '=' {
				break
			}
		}
		if d > 0 {
			if last > 0 && d != last+1 {
				counts = false
			}
			last = d
		}
	}
	return n >= 2 && counts && last > 0
}

// dataRow reports whether a row holds numbers that are no years and no numbering.
func (g *grid) dataRow(row int) bool {
	if g.numberingRow(row) {
		return false
	}
	for _, c := range g.filled(row) {
		if isNumber(g.at(row, c)) {
			return true
		}
	}
	return false
}

// counts is how many cells of a line name units.
type counts struct{ provinces, others, inside, words int }

func (p *parser) count(c cell, n *counts) {
	if c.kind != sheet.Text || looksNumeric(c.text) {
		return
	}
	n.words++
	switch p.placeType(c.text) {
	case reform.Province:
		n.provinces++
	case reform.Region, reform.Nation, reform.Ministry, reform.Department, reform.Commune:
		n.others++
	case "":
		if _, ok := insideProvince(unitText(c.text)); ok {
			n.inside++
		}
	}
}

// turnedFrom is the first row of a sheet that has its units side by side, or -1.
func (p *parser) turnedFrom(g *grid) int {
	if len(g.rows) > widestTurned {
		return -1
	}
	best, at := 0, -1
	for r := range min(len(g.rows), searchTurned) {
		var n counts
		for c := range min(len(g.rows[r]), searchColumns) {
			p.count(g.at(r, c), &n)
		}
		if k := max(n.provinces, n.inside, n.others); k > best {
			best, at = k, r
		}
	}
	if best < 2 {
		return -1
	}
	for c := range min(g.width, searchColumns) {
		var n counts
		for r := range min(len(g.rows), searchRows) {
			p.count(g.at(r, c), &n)
		}
		if max(n.provinces, n.inside, n.others) >= best {
			return -1
		}
	}
	from := at
	for from > 0 && len(g.filled(from-1)) > 1 {
		from--
	}
	return from
}

// unitColumns finds the columns whose cells name units.
func (p *parser) unitColumns(g *grid, from, to int) (cols []int, inside bool) {
	width := min(g.width, searchColumns)
	all := make([]counts, width)
	headed := make([]bool, width)
	for c := range width {
		for r := from; r < min(to, from+searchRows); r++ {
			x := g.at(r, c)
			p.count(x, &all[c])
			if x.kind == sheet.Text && unitHeadings[viet.Fold(x.text)] && r < from+searchTurned {
				headed[c] = true
			}
		}
	}
	pick := func(n func(counts) int, least int) []int {
		best := 0
		for c := range all {
			best = max(best, n(all[c]))
		}
		var list []int
		for c := range all {
			k := n(all[c])
			if k == 0 || k < least && !headed[c] || k*2 < all[c].words && !headed[c] || k*4 < best {
				continue
			}
			list = append(list, c)
		}
		return list
	}
	provinces := pick(func(n counts) int { return n.provinces }, 2)
	insiders := pick(func(n counts) int { return n.inside }, 2)
	total := func(list []int, n func(counts) int) (k int) {
		for _, c := range list {
			k += n(all[c])
		}
		return k
	}
	switch np, ni := total(provinces, func(n counts) int { return n.provinces }), total(insiders, func(n counts) int { return n.inside }); {
	case ni > np:
		return insiders, true
	case np > 0:
		return provinces, false
	}
	if others := pick(func(n counts) int { return n.others }, 1); len(others) > 0 {
		return others[:1], false
	}
	for c := range all {
		if headed[c] && all[c].words > 1 {
			return []int{c}, true // a heading "Đơn vị" over names that nobody has listed
		}
	}
	return nil, false
}

// isUnitRow reports whether the cell names a unit, or stands where one should.
func (p *parser) isUnitRow(l *layout, row, col int) bool {
	c := l.g.spread(row, col)
	if c.kind != sheet.Text || looksNumeric(c.text) || unitHeadings[viet.Fold(c.text)] {
		return false
	}
	if p.placeType(c.text) != "" && !l.inside {
		return true
	}
	if l.inside {
		return l.g.dataRow(row)
	}
	return false
}

// head finds the headings above the data.
func (p *parser) head(l *layout, from, to int) bool {
	g := l.g
	l.maxRow = -1
	first := -1
	anchor := 0
	if len(l.unitCols) > 0 {
		anchor = l.unitCols[0]
		for r := from; r < to && first < 0; r++ {
			for _, u := range l.unitCols {
				if p.isUnitRow(l, r, u) && (g.dataRow(r) || p.placeType(g.spread(r, u).text) == reform.Province) {
					first = r
					break
				}
			}
		}
	} else {
		for r := from; r < to; r++ {
			if g.dataRow(r) && len(g.filled(r)) > 1 {
				first = r
				break
			}
		}
	}
	if first < 0 {
		return false
	}
	// A row of numbers with an unknown name directly above is data too.
	for r := first - 1; r >= from && g.dataRow(r); r-- {
		text := viet.Fold(g.at(r, anchor).text)
		if maxRowWords[text] || text == "" && len(l.unitCols) > 0 {
			break
		}
		first = r
	}
	l.dataFrom, l.headFrom = first, first
	seen := false
	for r := first - 1; r >= max(from, first-headerHeight); r-- {
		cols := g.filled(r)
		switch {
		case len(cols) == 0:
			if seen {
				return true
			}
			continue
		case maxRowWords[viet.Fold(g.spread(r, anchor).text)] && g.dataRow(r):
			l.maxRow, l.headFrom = r, r
			continue
		case g.numberingRow(r):
			l.numbers = append(l.numbers, r)
			l.headFrom = r
			continue
		case !seen && p.sectionRow(l, from, r, cols):
			continue
		case p.titleRow(l, r, cols, anchor, seen):
			return true
		}
		l.headers = append([]int{r}, l.headers...)
		l.headFrom, seen = r, true
	}
	return true
}

// sectionRow reports whether a row between the headings and the first unit names a
// group of units: "I. Trung du và miền núi phía Bắc".
func (p *parser) sectionRow(l *layout, from, row int, cols []int) bool {
	if len(cols) != 1 {
		return false
	}
	for r := row - 1; r >= max(from, row-3); r-- {
		above := l.g.filled(r)
		if len(above) < 2 || l.g.dataRow(r) {
			continue
		}
		for _, c := range above {
			if unitHeadings[viet.Fold(l.g.at(r, c).text)] {
				return !l.g.merged(row, cols[0]) || !l.g.merged(r, cols[0])
			}
		}
	}
	return false
}

// titleRow reports whether a row above the data is a title and no heading: one
// text that does not stand over the columns of values alone.
func (p *parser) titleRow(l *layout, row int, cols []int, anchor int, seen bool) bool {
	if len(cols) > 2 {
		return false
	}
	if len(cols) == 2 {
		// A signature block: two long texts side by side above the table.
		for _, c := range cols {
			if f := viet.Fold(l.g.at(row, c).text); !strings.HasPrefix(f, "ubnd") && !strings.HasPrefix(f, "uybannhandan") && !strings.HasPrefix(f, "conghoa") && !strings.HasPrefix(f, "doclap") && !strings.HasPrefix(f, "donvitinh") && !strings.HasPrefix(f, "bieu") && !strings.HasPrefix(f, "phuluc") && !strings.HasPrefix(f, "mauso") && !strings.HasPrefix(f, "bonoivu") {
				return false
			}
		}
		return true
	}
	text := l.g.at(row, cols[0]).text
	if strings.HasPrefix(viet.Fold(text), "donvitinh") || strings.HasPrefix(viet.Fold(text), "dvt") {
		return true
	}
	if cols[0] > anchor {
		last := cols[0]
		for l.g.merged(row, last+1) {
			last++
		}
		h := p.understand([]string{text}, l.constants)
		return h.unknown != "" || !seen && last == cols[0] && h.measure == noMeasure && h.when.zero() && h.index == "" && h.component == ""
	}
	if !seen && cols[0] == anchor && unitHeadings[viet.Fold(text)] {
		return false
	}
	return true
}

// pathOf is the texts over a column, from the top down. A text that spans columns
// without being merged counts for the columns on its right that have texts of their
// own below.
func (l *layout) pathOf(col, from int) []string {
	var path []string
	for i, r := range l.headers {
		c := l.g.spread(r, col)
		if c.empty() && i+1 < len(l.headers) && !l.g.merged(r, col) && l.below(i, col) {
			for left := col - 1; left >= from; left-- {
				x := l.g.spread(r, left)
				if x.empty() {
					continue
				}
				if !slices.Contains(l.unitCols, left) && l.below(i, left) && !l.g.merged(r, left) {
					c = x
				}
				break
			}
		}
		if c.empty() {
			continue
		}
		if len(path) == 0 || path[len(path)-1] != c.text {
			path = append(path, c.text)
		}
	}
	return path
}

// below reports whether a column has a heading of its own under the i-th row of headings.
func (l *layout) below(i, col int) bool {
	for _, r := range l.headers[i+1:] {
		if !l.g.at(r, col).empty() {
			return true
		}
	}
	return false
}

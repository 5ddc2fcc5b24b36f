package prose

import (
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
)

// row is a line of a table that a text holds, cut at its bars.
type row struct {
	cells      []string
	start, end int // bytes
}

// fewestRows and fewestCells make lines with bars a table; a heading with a bar is none.
const (
	fewestRows  = 3
	fewestCells = 3
	mostRows    = 5_000
)

// tableAt reads the table whose first line begins at pos: lines of equally many cells with bars between.
func tableAt(text string, pos int) (rows []row, end int, ok bool) {
	for pos < len(text) && (text[pos] == '\n' || isBlank(text[pos])) {
		pos++
	}
	if pos > 0 && text[pos-1] != '\n' {
		return nil, 0, false
	}
	cells := 0
	end = pos
	for end < len(text) && len(rows) < mostRows {
		stop := strings.IndexByte(text[end:], '\n')
		if stop < 0 {
			stop = len(text)
		} else {
			stop += end
		}
		line := text[end:stop]
		if len(line) > 4000 || strings.HasPrefix(line, "http") {
			break
		}
		parts := strings.Split(strings.Trim(line, "| \t"), "|")
		if len(parts) < fewestCells || cells != 0 && len(parts) != cells {
			break
		}
		cells = len(parts)
		for i := range parts {
			parts[i] = viet.Clean(parts[i])
		}
		rows = append(rows, row{parts, end, stop})
		end = min(stop+1, len(text))
	}
	return rows, end, len(rows) >= fewestRows
}

// table reads rows by their heading: a column of provinces, one of places,
// and columns that name the total or a part.
func (r *reading) table(rows []row) {
	head := rows[0].cells
	year := r.titleYear
	if r.carried.year != 0 {
		year = r.carried.year
	}
	idx := firstOf(r.carried.idx, r.titleIdx)
	if year == 0 || len(idx) == 0 {
		r.warn("table", rows[0].start, rows[0].end, "Bảng không rõ chỉ số hoặc năm.", "It is not said which index or year this table is of.")
		return
	}
	period := reform.YearPeriod(year)
	basis, _ := r.cat.BasisFor(idx[0], period)
	scheme := r.cat.SchemeFor(idx[0], period)
	unitAt, placeAt := -1, -1
	comps := map[int]string{}
	for i, h := range head {
		f := viet.Fold(h)
		switch {
		case unitAt < 0 && (strings.HasPrefix(f, "tinh") || strings.HasPrefix(f, "diaphuong") || strings.HasPrefix(f, "donvi")):
			unitAt = i
		case placeAt < 0 && (f == "hang" || f == "xephang" || f == "thuhang" || f == "vithu" || f == "vitri"):
			placeAt = i
		default:
			if code, ok := r.cat.FindComponent(idx[0], basis, h); ok {
				comps[i] = code
			} else if found := r.partOf(idx[0], basis, h); found != "" {
				comps[i] = found
			}
		}
	}
	if unitAt < 0 || placeAt < 0 && len(comps) == 0 {
		return
	}
	for _, row := range rows[1:] {
		key, ok := r.cat.FindUnit(row.cells[unitAt], scheme, reform.Province)
		if !ok {
			continue
		}
		base := reform.Fact{Index: idx[0], Basis: basis, Unit: key, UnitName: row.cells[unitAt], UnitType: reform.Province, Period: period, Scope: reform.ScopeNation, Status: reform.Final}
		r.rowFacts(base, row, placeAt, comps)
	}
}

// partOf knows headings that only begin or end with a part's name.
func (r *reading) partOf(index, basis, heading string) string {
	f := viet.Fold(heading)
	best, code := 0, ""
	b, err := r.cat.Basis(index, basis)
	if err != nil {
		return ""
	}
	for i := range b.Components {
		c := &b.Components[i]
		for _, n := range append([]string{c.Name.VI}, c.Aliases...) {
			g := viet.Fold(n)
			if len(g) > 8 && len(g) > best && (strings.Contains(f, g) || strings.Contains(g, f) && len(f) > 12) {
				best, code = len(g), c.Code
			}
		}
		if strings.Contains(f, "sipas") && c.Code == "src:sipas" {
			return c.Code
		}
	}
	return code
}

func (r *reading) rowFacts(base reform.Fact, row row, placeAt int, comps map[int]string) {
	start := r.runes.at(r.doc.Text, row.start)
	end := start + runeLen(r.doc.Text[row.start:row.end])
	base.Quote = r.doc.Text[row.start:row.end]
	if base.Locator = r.doc.locate(start, end); base.Locator == "" {
		base.Locator = "chars " + itoa(start) + "-" + itoa(end)
	}
	add := func(f reform.Fact) { r.out = append(r.out, Candidate{Fact: f, Note: f.Note, Start: start, End: end}) }
	if len(r.out)+len(comps)+1 > maxCandidates {
		r.dropped++
		return
	}
	if placeAt >= 0 {
		var t tagger
		rd := newReader(row.cells[placeAt])
		if toks, _, ok := rd.next(); ok && len(toks) > 0 {
			t.toks = toks
			if n, ok := t.whole(0); ok && n > 0 && n <= 64 {
				f := base
				f.Place, f.RankKind = n, reform.Published
				add(f)
			}
		}
	}
	for i := range row.cells {
		code, ok := comps[i]
		if !ok {
			continue
		}
		format := viet.DecimalPoint
		if strings.Contains(row.cells[i], ",") {
			format = viet.DecimalComma
		}
		d, err := viet.ParseNumber(row.cells[i], format)
		if err != nil || d.IsNegative() {
			continue
		}
		f := base
		f.Component, f.Score = code, reform.NumOf(d)
		var max reform.Number
		if code == "" {
			if b, err := r.cat.Basis(f.Index, f.Basis); err == nil {
				max = b.Max
			}
		} else if c, err := r.cat.Component(f.Index, f.Basis, code); err == nil {
			max = c.Max
		}
		if max.Valid && d.GreaterThan(max.Decimal) {
			r.warn("over-maximum", row.start, row.end, "Điểm %s lớn hơn điểm tối đa %s.", "The score %s is over its maximum %s.", f.Score, max)
			continue
		}
		f.Max = max
		add(f)
	}
}

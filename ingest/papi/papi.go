// Package papi reads the official workbooks of the Provincial Governance and
// Public Administration Performance Index: one sheet a year, one row a province, each
// dimension followed by its sub-dimensions.
package papi

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

const (
	index    = "papi"
	kindName = "papi"
)

// Kind is the kind of document that this package reads.
var Kind = parse.Kind{
	Name:   kindName,
	Title:  reform.Text{VI: "Bảng tính PAPI chính thức", EN: "Official PAPI workbook"},
	Detect: Detect,
	Parse:  Parse,
}

// dimensionWords tell a dimension by a piece of its folded heading. Headings of
// sub-dimensions have none of them: "Limits on public sector corruption" is no control of it.
var dimensionWords = []struct {
	code  string
	words []string
}{
	{"D1", []string{"participationatlocal", "thamgiacuanguoidan"}},
	{"D2", []string{"transparency", "congkhaiminhbach"}},
	{"D3", []string{"verticalaccountability", "trachnhiemgiaitrinh"}},
	{"D4", []string{"controlofcorruption", "kiemsoatthamnhungtrongkhuvuccong"}},
	{"D5", []string{"publicadministrativeprocedure", "thutuchanhchinhcong"}},
	{"D6", []string{"publicservicedelivery", "cungungdichvucong"}},
	{"D7", []string{"environmentalgovernance", "quantrimoitruong"}},
	{"D8", []string{"egovernance", "quantridientu"}},
}

// numbered is a heading that begins with the number of its dimension. Two digits are
// those of a sub-dimension ("D1.1").
var numbered = regexp.MustCompile(`^(?:chiso)?(?:dimension|noidung|dim|truc|trucnoidung|linhvuc|d)(?:so|index)?([1-8])(?:[^0-9]|$)`)

// dimension is the code of a dimension that a heading names, or "".
func dimension(heading string) string {
	f := viet.Fold(heading)
	if m := numbered.FindStringSubmatch(f); m != nil {
		return "D" + m[1]
	}
	for _, d := range dimensionWords {
		for _, w := range d.words {
			// "Kiểm soát tham nhũng trong cung ứng dịch vụ công" is a part of D4.
			if strings.HasPrefix(f, w) || strings.HasPrefix(f, strings.ToLower(d.code)+w) {
				return d.code
			}
		}
	}
	return ""
}

var (
	idHeadings   = []string{"tinhid", "matinh", "provinceid", "provid", "matinhthanh"}
	nameHeadings = []string{"tentinhvie", "tentinhviet", "tentinhvn", "tentinh", "tinh", "tinhthanhpho", "tinhthanh", "province", "tentinheng", "provincename"}
)

func isTotal(heading string) bool {
	f := viet.Fold(heading)
	return strings.Contains(f, "papi") && !strings.Contains(f, "rank") && !strings.Contains(f, "xephang") && !strings.Contains(f, "nhom")
}

// Detect is how sure it is that a document is an official PAPI workbook.
func Detect(p parse.Probe) parse.Certainty {
	v, err := p.Preview()
	if err != nil {
		return 0
	}
	best := 0
	for _, s := range v.Sheets {
		dimensions, id, total := map[string]bool{}, false, strings.Contains(strings.ToLower(s.Name), "papi")
		for i, row := range s.Rows {
			if i > 7 {
				break
			}
			for _, text := range row {
				if d := dimension(text); d != "" {
					dimensions[d] = true
				}
				id = id || slices.Contains(idHeadings, viet.Fold(text))
				total = total || isTotal(text)
			}
		}
		if len(dimensions) < fewestDimensions {
			continue
		}
		certainty := 60
		if id {
			certainty += 20
		}
		if total {
			certainty += 15
		}
		best = max(best, certainty)
	}
	return best
}

// fewestDimensions is how many dimensions make a sheet of PAPI.
const fewestDimensions = 4

type parser struct {
	in     parse.Input
	cat    *reform.Catalog
	sink   reform.Sink
	units  *parse.Units
	result parse.Result
}

// Parse reads an official PAPI workbook.
func Parse(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	p := &parser{in: in, cat: cat, sink: sink, units: parse.NewUnits(cat)}
	p.result = parse.Result{Kind: kindName, Index: index, Authority: reform.AuthorityOfficial, Mapping: parse.Mapping{Layout: "years"}}
	if ix, err := cat.Index(index); err == nil {
		p.result.Issuer = ix.Publisher.VI
	}
	wb, err := sheet.Open(ctx, in)
	if err != nil {
		return p.result, err
	}
	var tables []*table
	shown := slices.ContainsFunc(wb.Sheets, func(s *sheet.Sheet) bool { return !s.Hidden })
	for _, s := range wb.Sheets {
		m := parse.SheetMapping{Name: s.Name}
		t := understand(s)
		switch only := in.Option(parse.OptSheet); {
		case only != "" && only != s.Name:
			m.Reason = "another sheet was asked for"
		case s.Hidden && shown && only == "":
			m.Reason = "it is hidden"
		case t == nil:
			m.Reason = "no dimensions of PAPI side by side were found"
		default:
			m.Read = true
			t.mapping = len(p.result.Mapping.Sheets)
			tables = append(tables, t)
		}
		p.result.Mapping.Sheets = append(p.result.Mapping.Sheets, m)
	}
	if len(tables) == 0 {
		sink.Problem(parse.Problem("no-summary", "sheet", in.Name, "",
			"Không tìm thấy trang nào có các nội dung PAPI đứng cạnh nhau.", "No sheet with the dimensions of PAPI side by side was found."))
		return p.result, nil
	}
	seen := map[int]string{}
	for _, t := range tables {
		if err := ctx.Err(); err != nil {
			return p.result, err
		}
		year, err := p.year(t, len(tables) == 1)
		if err != nil {
			return p.result, err
		}
		if year == 0 {
			sink.Problem(parse.Problem("unknown-period", "period", t.sheet.Name, "",
				"Không biết trang %q là của năm nào: hãy ghi năm vào tên trang, như 2016_PAPI.", "It is not known which year sheet %q is of: put the year into its name, as in 2016_PAPI.", t.sheet.Name))
			continue
		}
		if other, twice := seen[year]; twice {
			sink.Problem(parse.Problem("contradiction", "period", t.sheet.Name, "",
				"Trang %q và trang %q đều là năm %d.", "The sheets %q and %q are both of %d.", other, t.sheet.Name, year))
			continue
		}
		seen[year] = t.sheet.Name
		if err := p.read(t, reform.YearPeriod(year)); err != nil {
			return p.result, err
		}
	}
	return p.result, nil
}

var yearPattern = regexp.MustCompile(`(?:^|[^0-9])(20[0-4][0-9])(?:[^0-9]|$)`)

// year is the year of a sheet: that of its name. Headings can't be asked: the
// total is headed "Un-weighted2015PAPI" in every year.
func (p *parser) year(t *table, only bool) (int, error) {
	if o := p.in.Option(parse.OptPeriod); o != "" && only {
		period, err := reform.ParsePeriod(o)
		if err == nil && period.Kind() != reform.Year {
			err = fmt.Errorf("period %q: PAPI is yearly, want a year such as 2016: %w", o, reform.ErrInvalid)
		}
		return period.Year(), err
	}
	if m := yearPattern.FindStringSubmatch(strings.ReplaceAll(t.sheet.Name, "_", " ")); m != nil {
		return strconv.Atoi(m[1])
	}
	if only {
		base := path.Base(strings.ReplaceAll(p.in.Name, "\\", "/"))
		if all := yearPattern.FindAllStringSubmatch(strings.NewReplacer("_", " ", "-", " ").Replace(base), -1); len(all) == 1 {
			return strconv.Atoi(all[0][1])
		}
	}
	return 0, nil
}

// table is a sheet as it was understood.
type table struct {
	sheet   *sheet.Sheet
	header  []int // rows of headings
	first   int   // first row under the headings
	id      int   // column of the official code, -1 none
	names   []int // columns of names, Vietnamese first
	mapping int
}

// understand finds the headings of a sheet; nil where it is no sheet of PAPI.
func understand(s *sheet.Sheet) *table {
	t := &table{sheet: s, id: -1}
	for r := range min(len(s.Rows), 12) {
		dimensions := map[string]bool{}
		for c := range s.Rows[r] {
			if d := dimension(s.At(r, c).Text); d != "" {
				dimensions[d] = true
			}
		}
		if len(dimensions) >= fewestDimensions {
			t.header = append(t.header, r)
			t.first = r + 1
		}
	}
	if len(t.header) == 0 {
		return nil
	}
	for _, r := range t.header {
		for c := range s.Rows[r] {
			f := viet.Fold(s.At(r, c).Text)
			if slices.Contains(idHeadings, f) && t.id < 0 {
				t.id = c
			}
			if i := slices.Index(nameHeadings, f); i >= 0 && !slices.Contains(t.names, c) {
				t.names = append(t.names, c)
			}
		}
	}
	slices.SortStableFunc(t.names, func(a, b int) int { return cmp.Compare(t.nameRank(a), t.nameRank(b)) })
	return t
}

func (t *table) nameRank(col int) int {
	best := len(nameHeadings)
	for _, r := range t.header {
		if i := slices.Index(nameHeadings, viet.Fold(t.sheet.At(r, col).Text)); i >= 0 {
			best = min(best, i)
		}
	}
	return best
}

// scoreColumn is a column of scores.
type scoreColumn struct {
	col  int
	code string // component, "" the total
}

// row is one province of a sheet.
type row struct {
	at     int
	unit   reform.UnitKey
	name   string
	scores map[string]decimal.Decimal
	cells  map[string]string // text of the cells
	places map[string]int
}

// Package pci reads the official workbooks of the Provincial Competitiveness
// Index, from 2005 on, in all of their layouts.
package pci

import (
	"context"
	"fmt"
	"path"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
)

const (
	index    = "pci"
	kindName = "pci"
)

// Kind is the kind of document that this package reads.
var Kind = parse.Kind{
	Name:   kindName,
	Title:  reform.Text{VI: "Bảng tính PCI chính thức", EN: "Official PCI workbook"},
	Detect: Detect,
	Parse:  Parse,
}

// fewestComponents is how many components make a summary sheet: sheets of a
// single component have headings of indicators, some of which sound alike.
const fewestComponents = 6

// Detect is how sure it is that a document is an official PCI workbook: it has a
// sheet with most components of the index side by side.
func Detect(p parse.Probe) parse.Certainty {
	v, err := p.Preview()
	if err != nil {
		return 0
	}
	best := 0
	for _, s := range v.Sheets {
		components, province, total := map[string]bool{}, false, false
		for i, row := range s.Rows {
			if i >= headerRows {
				break
			}
			for _, cell := range row {
				switch m := understand(cell); m.role {
				case roleComponent:
					components[m.component] = true
				case roleProvince:
					province = true
				case roleTotal:
					total = true
				}
			}
		}
		if len(components) < fewestComponents {
			continue
		}
		certainty := 70
		if province {
			certainty += 10
		}
		if total {
			certainty += 10
		}
		best = max(best, certainty)
	}
	return best
}

// parser reads one workbook.
type parser struct {
	in     parse.Input
	cat    *reform.Catalog
	sink   reform.Sink
	units  *parse.Units
	wb     *sheet.Workbook
	year   int
	period reform.Period
	scheme reform.Scheme
	basis  string
	result parse.Result

	blockProblems map[blockKey][]reform.Problem
	serious       int // problems that refuse the document
}

// Parse reads an official PCI workbook.
func Parse(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	p := &parser{in: in, cat: cat, sink: sink, units: parse.NewUnits(cat), blockProblems: map[blockKey][]reform.Problem{}}
	p.result = parse.Result{Kind: kindName, Index: index, Authority: reform.AuthorityOfficial}
	if ix, err := cat.Index(index); err == nil {
		p.result.Issuer = ix.Publisher.VI
	}
	var err error
	if p.wb, err = sheet.Open(ctx, in); err != nil {
		return p.result, err
	}
	if err := p.findYear(); err != nil {
		return p.result, err
	}
	if p.year == 0 {
		return p.result, nil
	}
	p.period = reform.YearPeriod(p.year)
	p.scheme = cat.SchemeFor(index, p.period)
	if s := reform.Scheme(in.Option(parse.OptScheme)); s != "" {
		p.scheme = s
	}
	p.basis, _ = cat.BasisFor(index, p.period)
	if b := in.Option(parse.OptBasis); b != "" {
		if _, err := cat.Basis(index, b); err != nil {
			return p.result, err
		}
		p.basis = b
	}
	p.result.Basis, p.result.Scheme = p.basis, p.scheme
	p.result.AddPeriod(p.period)
	return p.result, p.read(ctx)
}

func (p *parser) problem(x reform.Problem) {
	if !x.Warning {
		p.serious++
	}
	p.sink.Problem(x)
}

// findYear decides which edition the workbook is of: by the option of a person,
// else by the headings of the visible summary sheets and the file's name. Where these two
// disagree, one of them was forgotten when the file was made, and the year that
// the other sheets speak of decides; else it is a problem, never a guess.
func (p *parser) findYear() error {
	if o := p.in.Option(parse.OptPeriod); o != "" {
		period, err := reform.ParsePeriod(o)
		if err != nil {
			return err
		}
		if period.Kind() != reform.Year {
			return fmt.Errorf("period %q: PCI is yearly, want a year such as 2014: %w", o, reform.ErrInvalid)
		}
		p.year = period.Year()
	}
	base := path.Base(strings.ReplaceAll(p.in.Name, "\\", "/"))
	named := 0
	if years := yearsIn(strings.NewReplacer("_", " ", "-", " ").Replace(base)); len(years) > 0 {
		named = years[len(years)-1]
	}
	headed, where := p.headingYear()
	mentioned := p.mentionedYear()
	if p.year != 0 {
		if headed != 0 && headed != p.year {
			p.problem(parse.Warning("other-period", "period", where, fmt.Sprint(headed),
				"Bảng tính tự ghi năm %d, nhưng được yêu cầu nạp cho năm %d.", "The workbook itself says %d, but it was asked to be read for %d.", headed, p.year))
		}
		return nil
	}
	switch {
	case headed == 0 && named == 0:
		p.problem(parse.Problem("unknown-period", "period", base, "",
			"Không tìm thấy năm trong tên tệp, tên trang hay tiêu đề: hãy chọn kỳ khi nạp (period).",
			"Neither the file's name nor a sheet or heading says which year this is: give the period when loading."))
	case headed == 0 || named == 0 || headed == named:
		p.year = max(headed, named)
	case named > headed && mentioned == named:
		p.year = named
		p.problem(parse.Warning("other-period", "period", where, fmt.Sprint(headed),
			"Tiêu đề còn ghi năm %d, nhưng tên tệp và các trang khác nói năm %d: đọc là năm %[2]d.",
			"A heading still says %d, but the file's name and its other sheets say %d: read as %[2]d.", headed, named))
	case headed > named && mentioned == headed:
		p.year = headed
		p.problem(parse.Warning("other-period", "period", where, fmt.Sprint(named),
			"Tên tệp ghi năm %d, nhưng bảng tính nói năm %d: đọc là năm %[2]d.",
			"The file's name says %d, but the workbook says %d: read as %[2]d.", named, headed))
	default:
		p.problem(parse.Problem("other-period", "period", where, fmt.Sprint(headed),
			"Bảng tính ghi năm %d, tên tệp ghi năm %d: hãy chọn kỳ khi nạp (period).",
			"The workbook says %d, the file's name %d: give the period when loading.", headed, named))
	}
	return nil
}

// headingYear is the newest year that a heading of the total names on a visible
// summary sheet ("PCI 2010"), else the year in the name or title of such a sheet.
func (p *parser) headingYear() (year int, where string) {
	type found struct {
		year  int
		where string
	}
	var fromTotal, fromTitle found
	anyVisible := false
	for _, s := range p.wb.Sheets {
		anyVisible = anyVisible || !s.Hidden
	}
	for _, s := range p.wb.Sheets {
		if s.Hidden && anyVisible {
			continue // last year's sheet, kept out of sight, still says last year
		}
		components := map[string]bool{}
		var total, title found
		for _, y := range yearsIn(strings.NewReplacer("_", " ").Replace(s.Name)) {
			title = found{y, s.Name}
		}
		for r := range min(len(s.Rows), headerRows) {
			for c := range s.Rows[r] {
				text := s.At(r, c).Text
				m := understand(text)
				if m.role == roleComponent {
					components[m.component] = true
				}
				for _, y := range yearsIn(text) {
					switch {
					case m.role == roleTotal || m.role == rolePlace:
						if y > total.year {
							total = found{y, s.Locator(r, c)}
						}
					case m.role == roleNone && title.year == 0 && len(s.Rows[r]) > 0 && isTitle(s, r):
						title = found{y, s.Locator(r, c)}
					}
				}
			}
		}
		if len(components) < fewestComponents {
			continue
		}
		if total.year > fromTotal.year {
			fromTotal = total
		}
		if title.year > fromTitle.year {
			fromTitle = title
		}
	}
	if fromTotal.year != 0 {
		return fromTotal.year, fromTotal.where
	}
	return fromTitle.year, fromTitle.where
}

// isTitle reports whether a row holds one text only.
func isTitle(s *sheet.Sheet, row int) bool {
	n := 0
	for _, c := range s.Rows[row] {
		if c.Kind != sheet.Empty {
			n++
		}
	}
	return n == 1
}

// mentionedYear is the newest year that any heading of a visible sheet names.
func (p *parser) mentionedYear() int {
	year := 0
	for _, s := range p.wb.Sheets {
		if s.Hidden {
			continue
		}
		for r := range min(len(s.Rows), 4) {
			for c := range s.Rows[r] {
				if s.At(r, c).Kind != sheet.Text {
					continue
				}
				for _, y := range yearsIn(strings.NewReplacer("_", " ").Replace(s.At(r, c).Text)) {
					year = max(year, y)
				}
			}
		}
	}
	return year
}

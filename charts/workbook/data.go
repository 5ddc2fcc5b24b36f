package workbook

import (
	"cmp"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"chiso/charts"
)

// headRow is the row of the headings on a sheet of numbers.
const headRow = 4

// picture writes the numbers of a picture, and its chart below them.
func (b *book) picture(s *Sheet) error {
	want := cmp.Or(s.Name, b.say("data"))
	sheet := b.tab(want)
	if _, err := b.f.NewSheet(sheet); err != nil {
		return err
	}
	if err := b.text(sheet, 1, 1, s.From.Title, b.title); err != nil {
		return err
	}
	if err := b.text(sheet, 1, 2, s.From.Subtitle, b.plain); err != nil {
		return err
	}
	links := map[string]string{}
	for _, r := range s.From.Sources {
		links[r.Document] = r.Link
	}
	t := s.Picture.Table
	widths, formats := make([]int, len(t.Columns)), b.formats(t)
	for i, c := range t.Columns {
		if err := b.text(sheet, i+1, headRow, c.Label, func() (int, error) { return b.heading(c.Numeric) }); err != nil {
			return err
		}
		widths[i] = utf8.RuneCountInString(c.Label) + 2
	}
	for r, row := range t.Rows {
		for i, cell := range row {
			if i >= len(t.Columns) {
				break
			}
			if err := b.value(sheet, i+1, headRow+1+r, t.Columns[i], formats[i], cell, links); err != nil {
				return err
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell.Text)+2)
		}
	}
	for r, row := range t.Rows {
		lines := 1
		for i, cell := range row {
			if i < len(widths) && !t.Columns[i].Numeric {
				lines = max(lines, linesOf(cell.Text, min(max(widths[i], leastWidth), mostWidth)))
			}
		}
		if err := b.height(sheet, headRow+1+r, lines); err != nil {
			return err
		}
	}
	for i, w := range widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.SetColWidth(sheet, name, name, float64(min(max(w, leastWidth), mostWidth))); err != nil {
			return err
		}
	}
	if err := b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: headRow, TopLeftCell: at(2, headRow+1), ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := b.page(sheet, "$4:$4"); err != nil {
		return err
	}
	if s.Picture.Plot == nil {
		return nil
	}
	row := headRow + len(t.Rows) + 2
	// On paper a chart stands below a short table, and after a long one on a page of its own.
	if _, drawn := kinds[s.Picture.Plot.Kind]; drawn && len(t.Rows) <= 20 {
		one := 1
		if err := b.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{FitToHeight: &one}); err != nil {
			return err
		}
	} else if drawn {
		if err := b.f.InsertPageBreak(sheet, at(1, row)); err != nil {
			return err
		}
	}
	return b.chart(sheet, row, s.Picture.Plot, s.From.Title)
}

// linesOf is how many lines a text takes in a column of width characters.
func linesOf(s string, width int) int {
	n := 0
	for l := range strings.SplitSeq(s, "\n") {
		n += 1 + utf8.RuneCountInString(l)*10/(9*max(width, 1)) // words do not fill a line
	}
	return n
}

// height makes a row high enough; programs differ in whether they do that by themselves.
func (b *book) height(sheet string, row, lines int) error {
	if lines < 2 {
		return nil
	}
	return b.f.SetRowHeight(sheet, row, math.Min(float64(lines)*14.5, 409))
}

// moves are the formats of a movement: the number with its arrow, hollow across a change of rules.
var moves = map[rune]string{'▲': `"▲"0`, '▼': `0;"▼"0`, '△': `"△"0`, '▽': `0;"▽"0`, '=': `0;-0;"="`}

// formats are the number formats of the columns: as many decimals as the picture shows at most, in
// every row, so that the signs stand below each other. The cells hold all decimals.
func (b *book) formats(t charts.Table) []string {
	sign := ","
	if b.lang == "en" {
		sign = "."
	}
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		if c.Key == "percent" {
			out[i] = "0.0"
			continue
		}
		most := 0
		for _, row := range t.Rows {
			if i >= len(row) || !c.Numeric || row[i].Value == "" {
				continue
			}
			shown, _, _ := strings.Cut(row[i].Text, "/")
			if _, part, ok := strings.Cut(shown, sign); ok {
				digits := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
				if digits < 0 {
					digits = len(part)
				}
				most = max(most, digits)
			}
		}
		out[i] = decimals(most)
	}
	return out
}

// decimals is the number format with so many of them.
func decimals(n int) string {
	if n == 0 {
		return "General"
	}
	return "0." + strings.Repeat("0", min(n, 6))
}

// value writes a cell: a number where the picture knows one, else the text as it was shown.
func (b *book) value(sheet string, col, row int, c charts.Column, format string, cell charts.Cell, links map[string]string) error {
	ref := at(col, row)
	if c.Numeric && cell.Value != "" {
		if d, err := decimal.NewFromString(cell.Value); err == nil {
			if first, _ := utf8.DecodeRuneInString(cell.Text); moves[first] != "" {
				format = moves[first]
			}
			id, err := b.cell(format)
			if err != nil {
				return err
			}
			if err := b.f.SetCellValue(sheet, ref, d.InexactFloat64()); err != nil {
				return err
			}
			return b.f.SetCellStyle(sheet, ref, ref, id)
		}
	}
	shown := cell.Text
	if c.Numeric && strings.Trim(shown, "–- ") == "" {
		shown = "" // missing is an empty cell, over which Excel's own sums go
	}
	link := links[cell.Document]
	if !strings.HasPrefix(link, "http") || c.Numeric {
		return b.text(sheet, col, row, shown, func() (int, error) { return b.cell("") })
	}
	if err := b.text(sheet, col, row, shown, b.link); err != nil {
		return err
	}
	return b.f.SetCellHyperLink(sheet, ref, link, "External")
}

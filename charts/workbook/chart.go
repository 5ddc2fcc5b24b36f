package workbook

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"chiso/charts"
	"chiso/reform"
)

// kinds are the charts of Excel for the kinds of plot. A plot of cells is the sheet itself.
var kinds = map[charts.PlotKind]excelize.ChartType{
	charts.PlotLine: excelize.Line, charts.PlotBars: excelize.Bar, charts.PlotOverlaid: excelize.Bar, charts.PlotRadar: excelize.Radar, charts.PlotWaterfall: excelize.ColStacked,
}

// block is the numbers of a chart on the sheet that charts draw from.
type block struct {
	sheet       string
	first, last int // rows of the categories
}

// chart draws a plot below the row of a sheet. Its numbers stand on a sheet of their own, for
// what is drawn (per cent of a maximum, say) need not be a column of the table.
func (b *book) chart(sheet string, row int, p *charts.Plot, title string) error {
	kind, ok := kinds[p.Kind]
	if !ok || len(p.Series) == 0 || len(p.Categories) == 0 {
		return nil
	}
	var (
		loose map[int]bool // series that are points alone
		base  bool         // the first series is what the others stand on
	)
	switch p.Kind {
	case charts.PlotLine:
		p, loose = pieced(p)
	case charts.PlotWaterfall:
		if steps, ok := p.Steps(); ok {
			p, base = stacked(p, steps), true
		} else {
			kind = excelize.Col
		}
	}
	at0, err := b.numbers(p, title)
	if err != nil {
		return err
	}
	c := &excelize.Chart{
		Type: kind, ShowBlanksAs: "gap", VaryColors: ptr(false), Legend: excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 900, Height: chartHeight(p)},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: clean(title), Font: &excelize.Font{Bold: true, Size: 12, Family: fontName, Color: "1F2933"}}}},
		Format:    excelize.GraphicOptions{AltText: clean(title)},
	}
	font := excelize.Font{Size: 10, Family: fontName, Color: "1F2933"}
	c.XAxis.Font, c.YAxis.Font = font, font
	c.YAxis.MajorGridLines = true
	c.YAxis.NumFmt = excelize.ChartNumFmt{CustomNumFmt: cmp.Or(p.Format, "General")}
	c.YAxis.Minimum, c.YAxis.Maximum = float(p.Min), float(p.Max)
	if p.Step.Valid {
		c.YAxis.MajorUnit = p.Step.Decimal.InexactFloat64()
	}
	if p.Unit != "" {
		c.YAxis.Title = excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: clean(p.Unit), Font: &font}}}
	}
	if p.Inverted {
		// The first place stands on top, and the periods stay at the bottom.
		c.YAxis.ReverseOrder, c.XAxis.TickLabelPosition = true, excelize.ChartTickLabelHigh
	}
	switch p.Kind {
	case charts.PlotBars, charts.PlotOverlaid:
		c.XAxis.ReverseOrder, c.YAxis.TickLabelPosition = true, excelize.ChartTickLabelHigh
		if p.Kind == charts.PlotOverlaid {
			c.Overlap = ptr(100)
			c.GapWidth = ptr(uint(60))
		}
	case charts.PlotRadar:
		c.YAxis.Title = excelize.ChartTitle{}
	}
	for i, s := range p.Series {
		col, err := excelize.ColumnNumberToName(i + 2)
		if err != nil {
			return err
		}
		one := at0.series(col, p.Kind, s)
		if loose[i] {
			one.Line.Type = excelize.LineNone
		}
		if base && i == 0 {
			one.Fill = excelize.Fill{Type: "pattern"} // none: the steps stand on it
		}
		c.Series = append(c.Series, one)
	}
	if base || len(p.Series) == 1 && p.Kind != charts.PlotLine {
		c.Legend.Position = "none"
	}
	return b.f.AddChart(sheet, at(1, row), c)
}

func chartHeight(p *charts.Plot) uint {
	switch p.Kind {
	case charts.PlotBars, charts.PlotOverlaid:
		return uint(min(140+26*len(p.Categories)*len(p.Series), 1600))
	case charts.PlotRadar:
		return 560
	}
	return 420
}

func (k block) series(col string, kind charts.PlotKind, s charts.PlotSeries) excelize.ChartSeries {
	ref := func(col string, from, to int) string {
		out := quote(k.sheet) + "!$" + col + "$" + itoa(from)
		if to != from {
			out += ":$" + col + "$" + itoa(to)
		}
		return out
	}
	out := excelize.ChartSeries{
		Name: ref(col, k.first-1, k.first-1), Categories: quote(k.sheet) + "!$A$" + itoa(k.first) + ":$A$" + itoa(k.last), Values: quote(k.sheet) + "!$" + col + "$" + itoa(k.first) + ":$" + col + "$" + itoa(k.last),
	}
	colour := strings.TrimPrefix(s.Colour, "#")
	if colour != "" {
		out.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}} // of a line its stroke
	}
	if kind == charts.PlotLine || kind == charts.PlotRadar {
		out.Line.Width = 2.25
		if s.Dashed {
			out.Line.Dash = excelize.LineDashDash
		}
		out.Marker = excelize.ChartMarker{Symbol: "circle", Size: 7, Fill: out.Fill}
	}
	return out
}

// numbers writes what a chart draws, with its words beside it, and says where.
func (b *book) numbers(p *charts.Plot, title string) (block, error) {
	sheet := b.say("plot")
	if b.plots == 0 {
		b.names[strings.ToLower(sheet)] = true
		if _, err := b.f.NewSheet(sheet); err != nil {
			return block{}, err
		}
		if err := b.f.SetColWidth(sheet, "A", "A", 40); err != nil {
			return block{}, err
		}
		if err := b.page(sheet, ""); err != nil {
			return block{}, err
		}
	}
	row := b.plots + 1
	if err := b.text(sheet, 1, row, title, b.title); err != nil {
		return block{}, err
	}
	row++
	if err := b.text(sheet, 1, row, p.Head, func() (int, error) { return b.heading(false) }); err != nil {
		return block{}, err
	}
	for i, s := range p.Series {
		if err := b.text(sheet, i+2, row, s.Name, func() (int, error) { return b.heading(true) }); err != nil {
			return block{}, err
		}
		// Headings of several charts share the columns.
		name, err := excelize.ColumnNumberToName(i + 2)
		if err != nil {
			return block{}, err
		}
		if w := min(utf8.RuneCountInString(s.Name)+3, 40); w > b.plotWidths[name] {
			if b.plotWidths == nil {
				b.plotWidths = map[string]int{}
			}
			b.plotWidths[name] = w
			if err := b.f.SetColWidth(sheet, name, name, float64(max(w, leastWidth))); err != nil {
				return block{}, err
			}
		}
	}
	formats := make([]string, len(p.Series))
	for i, s := range p.Series {
		formats[i] = formatOf(s.Values)
	}
	for k, c := range p.Categories {
		if err := b.text(sheet, 1, row+1+k, strings.ReplaceAll(c, "\n", " "), func() (int, error) { return b.cell("") }); err != nil {
			return block{}, err
		}
		for i, s := range p.Series {
			if k >= len(s.Values) || !s.Values[k].Valid {
				continue
			}
			ref := at(i+2, row+1+k)
			if err := b.f.SetCellValue(sheet, ref, s.Values[k].Decimal.InexactFloat64()); err != nil {
				return block{}, err
			}
			id, err := b.cell(formats[i])
			if err != nil {
				return block{}, err
			}
			if err := b.f.SetCellStyle(sheet, ref, ref, id); err != nil {
				return block{}, err
			}
		}
	}
	b.plots = row + len(p.Categories) + 1
	return block{sheet: sheet, first: row + 1, last: row + len(p.Categories)}, nil
}

// formatOf shows two decimals where there are some, and four of an index from 0 to 1.
func formatOf(values []reform.Number) string {
	most, small := int32(0), true
	for _, v := range values {
		if v.Valid {
			most = max(most, -v.Decimal.Exponent())
			small = small && v.Decimal.Abs().LessThanOrEqual(one)
		}
	}
	switch {
	case most <= 0:
		return "General"
	case small:
		return decimals(4)
	}
	return decimals(2)
}

var one = decimal.NewFromInt(1)

// pieced makes a series of each stretch of a line that a cut divides: Excel draws a line
// through whatever one series holds. loose says which series are points alone.
func pieced(p *charts.Plot) (out *charts.Plot, loose map[int]bool) {
	one := *p
	one.Series, loose = nil, map[int]bool{}
	for _, s := range p.Series {
		stretches, points := s.Stretches(len(p.Categories))
		if points || len(stretches) < 2 {
			loose[len(one.Series)] = points
			one.Series = append(one.Series, s)
			continue
		}
		for i, x := range stretches {
			piece := s
			piece.Values = make([]reform.Number, len(p.Categories))
			copy(piece.Values[x.First:], s.Values[x.First:x.Last+1])
			if i > 0 {
				piece.Name = charts.StretchName(s.Name, p.Categories[x.First], p.Categories[x.Last])
			}
			one.Series = append(one.Series, piece)
		}
	}
	return &one, loose
}

// stacked makes a waterfall of columns on invisible ones: Excel's own kind is not in the
// file format that every version reads.
func stacked(p *charts.Plot, steps []charts.Step) *charts.Plot {
	out := *p
	base, size := charts.PlotSeries{Name: " "}, p.Series[0]
	size.Values = nil
	for _, x := range steps {
		base.Values, size.Values = append(base.Values, x.Base), append(size.Values, x.Size)
	}
	out.Series = []charts.PlotSeries{base, size}
	return &out
}

func float(n reform.Number) *float64 {
	if !n.Valid {
		return nil
	}
	v := n.Decimal.InexactFloat64()
	return &v
}

func ptr[T any](v T) *T { return &v }

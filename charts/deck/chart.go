package deck

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/charts"
	"chiso/reform"
)

// chartNS declares the namespaces of a chart part.
const chartNS = ` xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`

// drawing is a native chart on its way to XML.
type drawing struct {
	*native
	c    paint
	lang string
	w, h float64 // of the frame, inches
	size float64 // of words, points
	// The plot inside its axes, as parts of the frame.
	left, top, right, bottom float64
	axisMax                  reform.Number
	wrapAt                   float64 // width of the categories' column of lying bars, inches
}

// Sizes of words in a chart, in points.
const (
	chartSize     = 12.0
	smallestChart = 9.0
)

// chartXML draws the chart for a frame of w by h inches; shapes are the upright lines of its
// breaks, "" where there are none.
func chartXML(n *native, c paint, lang string, w, h float64) (xml, shapes string) {
	d := &drawing{native: n, c: c, lang: lang, w: w, h: h, size: chartSize, axisMax: n.max}
	if w < 7 {
		d.size = 11
	}
	layout := `<c:layout/>`
	var plot, axes string
	switch n.kind {
	case charts.PlotRadar:
		plot, axes = d.radar()
	case charts.PlotLine:
		d.placeLine()
		d.keepApart()
		layout = d.manual()
		plot, axes = d.lineChart()
		shapes = d.breaks()
	default:
		d.placeBars()
		layout = d.manual()
		plot, axes = d.bars()
	}
	var b strings.Builder
	b.WriteString(xmlHead + `<c:chartSpace` + chartNS + `><c:date1904 val="0"/><c:lang val="` + d.bcp() + `"/><c:roundedCorners val="0"/>`)
	b.WriteString(`<c:chart><c:autoTitleDeleted val="1"/><c:plotArea>` + layout + plot + axes + `<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>`)
	b.WriteString(d.legend())
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>`)
	b.WriteString(`<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>` + d.words(d.size, false, c.text()))
	b.WriteString(`<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData>`)
	if shapes != "" {
		b.WriteString(`<c:userShapes r:id="rId2"/>`)
	}
	b.WriteString(`</c:chartSpace>`)
	return b.String(), shapes
}

func (d *drawing) bcp() string { return bcp(d.lang) }

func bcp(lang string) string {
	if lang == "en" {
		return "en-GB"
	}
	return "vi-VN"
}

// words is the look of text in the chart.
func (d *drawing) words(size float64, bold bool, colour string) string {
	return `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr>` + d.defRPr(size, bold, colour) + `</a:pPr><a:endParaRPr lang="` + d.bcp() + `"/></a:p></c:txPr>`
}

const themeFont = `<a:latin typeface="+mn-lt"/><a:cs typeface="+mn-cs"/>`

func (d *drawing) defRPr(size float64, bold bool, colour string) string {
	on := "0"
	if bold {
		on = "1"
	}
	return fmt.Sprintf(`<a:defRPr sz="%d" b="%s">%s%s</a:defRPr>`, int(size*100), on, colour, themeFont)
}

func (d *drawing) manual() string {
	return fmt.Sprintf(`<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="%.4f"/><c:y val="%.4f"/><c:w val="%.4f"/><c:h val="%.4f"/></c:manualLayout></c:layout>`,
		d.left, d.top, 1-d.left-d.right, 1-d.top-d.bottom)
}

// legended says whether the chart needs a legend to tell its series apart.
func (d *drawing) legended() bool { return len(d.plot.Series) > 1 }

func (d *drawing) legend() string {
	if !d.legended() {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<c:legend><c:legendPos val="b"/>`)
	for i, s := range d.series {
		if s.quiet {
			fmt.Fprintf(&b, `<c:legendEntry><c:idx val="%d"/><c:delete val="1"/></c:legendEntry>`, i)
		}
	}
	b.WriteString(`<c:overlay val="0"/>` + d.words(d.size, false, d.c.text()) + `</c:legend>`)
	return b.String()
}

// placeLine leaves room for the words along the axes, above the points and for the legend.
func (d *drawing) placeLine() {
	axis := width(d.axisText(d.max), d.size, false) + 0.15
	if d.plot.Unit != "" && d.plot.Unit != "%" {
		axis += 0.3
	}
	d.left, d.right = math.Max(axis, 0.45)/d.w, 0.25/d.w
	d.top = 0.3 / d.h
	if len(d.plot.Breaks) > 0 {
		d.top = 0.5 / d.h
	}
	below := 0.35
	if d.legended() {
		below += 0.1 + 0.26*float64(d.legendRows())
	}
	d.bottom = below / d.h
	if !d.plot.Inverted || !d.max.Valid {
		return
	}
	// The axis of places ends a little lower where the words of a last place need the room.
	for extra := int64(0); extra < 12; extra++ {
		d.axisMax = reform.NumOf(d.max.Decimal.Add(decimal.NewFromInt(extra)))
		fits := true
		for _, s := range d.series {
			for k, l := range s.labels {
				fits = fits && (!l.below || !s.values[k].Valid || d.roomBelow(s.values[k], d.axisMax))
			}
		}
		if fits {
			return
		}
	}
	d.axisMax = d.max
}

// keepApart turns words of several lines to the other side of their point where they would cover
// others, and leaves them away where neither side is free: the newest come first.
func (d *drawing) keepApart() {
	least, most := d.min, d.axisMax
	if len(d.plot.Series) < 2 || !least.Valid || !most.Valid || !most.Decimal.GreaterThan(least.Decimal) {
		return
	}
	size := d.labelSize()
	step := d.w * (1 - d.left - d.right) / float64(len(d.cats))
	tall := d.h * (1 - d.top - d.bottom)
	var taken []box
	for k := len(d.cats) - 1; k >= 0; k-- {
		for i := range d.series {
			l, v := &d.series[i].labels[k], d.series[i].values[k]
			if l.empty() || !v.Valid {
				continue
			}
			share := most.Decimal.Sub(v.Decimal).Div(most.Decimal.Sub(least.Decimal)).InexactFloat64()
			if d.plot.Inverted {
				share = 1 - share
			}
			w, h := width(l.text(), size, l.bold)+0.04, height(1, size)
			x, y := d.w*d.left+(float64(k)+0.5)*step-w/2, d.h*d.top+share*tall
			free := func(below bool) bool {
				at := box{x, y - 0.06 - h, w, h}
				if below {
					at.y = y + 0.06
					if !d.roomBelow(v, most) {
						return false
					}
				}
				for _, o := range taken {
					if at.x < o.x+o.w && o.x < at.x+at.w && at.y < o.y+o.h && o.y < at.y+at.h {
						return false
					}
				}
				taken = append(taken, at)
				return true
			}
			switch {
			case free(l.below):
			case free(!l.below):
				l.below = !l.below
			default:
				*l = label{}
			}
		}
	}
}

// labelSize is that of the words at points.
func (d *drawing) labelSize() float64 {
	if d.kind == charts.PlotLine && len(d.plot.Series) > 3 {
		return d.size - 1
	}
	return d.size
}

// legendRows is how many rows the legend takes.
func (d *drawing) legendRows() int {
	used, rows := 0.0, 1
	for _, s := range d.series {
		if s.quiet {
			continue
		}
		w := width(s.name, d.size, false) + 0.55
		if used > 0 && used+w > d.w*0.95 {
			rows, used = rows+1, 0
		}
		used += w
	}
	return rows
}

// axisText is the widest label of the value axis.
func (d *drawing) axisText(v reform.Number) string {
	if strings.Contains(d.plot.Format, "%") {
		return "100%"
	}
	if !v.Valid {
		return "0000"
	}
	return v.String() + "0"
}

// placeBars gives the names of lying bars a column of their own, and the longest bar room for the words behind it.
func (d *drawing) placeBars() {
	n := float64(max(1, len(d.cats)))
	below := 0.1
	if d.legended() {
		below = 0.42
	}
	row := (d.h - 0.1 - below) / n
	d.size = math.Max(smallestChart, math.Min(d.size, math.Floor(row*points*0.6)))
	if s := len(d.series); d.kind == charts.PlotBars && s > 1 {
		// Bars that stand beside each other have words each; the gap takes less than half a bar.
		d.size = math.Max(smallestChart, math.Min(d.size, math.Floor(row/(float64(s)+0.45)*points*0.85)))
	}
	widest := 0.0
	for _, s := range d.cats {
		for _, line := range strings.Split(s, "\n") {
			widest = math.Max(widest, width(line, d.size, false))
		}
	}
	if d.c.own {
		widest *= 1.15 // the fonts of others may run wider
	}
	d.wrapAt = math.Min(widest+0.2, 0.4*d.w)
	// Two lines a row are legible; where more are needed the column becomes wider.
	for d.wrapAt < 0.55*d.w {
		most := 1
		for _, s := range d.cats {
			most = max(most, len(wrapped(s, d.wrapAt-0.15, d.size, false)))
		}
		if height(most, d.size) <= row*1.02 {
			break
		}
		d.wrapAt += 0.05 * d.w
	}
	for i, s := range d.cats {
		d.cats[i] = cut(s, d.wrapAt-0.15, d.size, false, max(1, int(row*1.05/height(1, d.size))))
	}
	d.left, d.right, d.top, d.bottom = d.wrapAt/d.w, 0.15/d.w, 0.1/d.h, below/d.h
	label := 0.0
	for _, s := range d.series {
		for _, l := range s.labels {
			label = math.Max(label, width(l.text(), d.size, l.bold)+0.12)
		}
	}
	if inner := d.w * (1 - d.left - d.right); !d.axisMax.Valid && label > 0 && label < 0.8*inner {
		if most := d.most(); most.IsPositive() {
			d.axisMax = reform.NumOf(most.Mul(decimal.NewFromFloat(inner / (inner - label))).RoundUp(2))
			d.roomForWords(most.InexactFloat64() / (inner - label))
		}
	}
}

// roomForWords makes the invisible pieces of a waterfall as long as their words; an inch is so many units.
func (d *drawing) roomForWords(inch float64) {
	if d.kind != charts.PlotWaterfall {
		return
	}
	s := &d.series[len(d.series)-1]
	for k, l := range s.labels {
		if s.values[k].Valid {
			s.values[k] = reform.NumOf(decimal.NewFromFloat((width(l.text(), d.size, l.bold) + 0.12) * inch).Round(3))
		}
	}
}

// text is the label as it is read.
func (l label) text() string {
	if l.format != "" {
		return "00" + strings.Trim(l.format, `0"`)
	}
	return l.words
}

// axis ids: a chart has exactly two.
const (
	catID = "111111111"
	valID = "222222222"
	axIDs = `<c:axId val="` + catID + `"/><c:axId val="` + valID + `"/>`
)

func (d *drawing) lineChart() (plot, axes string) {
	var b strings.Builder
	b.WriteString(`<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>`)
	for i := range d.series {
		d.writeSeries(&b, i)
	}
	b.WriteString(`<c:marker val="1"/>` + axIDs + `</c:lineChart>`)
	catCross := "autoZero"
	if d.plot.Inverted {
		catCross = "max" // keeps the periods at the bottom
	} else if d.min.Valid {
		catCross = "min"
	}
	widest := 0.0
	for _, s := range d.cats {
		widest = math.Max(widest, width(s, d.size, false)+0.1)
	}
	every := max(1, int(math.Ceil(widest*float64(len(d.cats))/(d.w*(1-d.left-d.right)))))
	return b.String(), d.catAx("minMax", "b", "", catCross, every) + d.valAx("l", "autoZero", false)
}

func (d *drawing) bars() (plot, axes string) {
	grouping, overlap := "clustered", ""
	switch d.kind {
	case charts.PlotOverlaid:
		overlap = `<c:overlap val="100"/>`
	case charts.PlotWaterfall:
		grouping, overlap = "stacked", `<c:overlap val="100"/>`
	}
	var b strings.Builder
	b.WriteString(`<c:barChart><c:barDir val="bar"/><c:grouping val="` + grouping + `"/><c:varyColors val="0"/>`)
	for i := range d.series {
		d.writeSeries(&b, i)
	}
	b.WriteString(`<c:gapWidth val="45"/>` + overlap + axIDs + `</c:barChart>`)
	return b.String(), d.catAx("maxMin", "l", "", "autoZero", 1) + d.valAx("b", "max", true)
}

func (d *drawing) radar() (plot, axes string) {
	var b strings.Builder
	b.WriteString(`<c:radarChart><c:radarStyle val="marker"/><c:varyColors val="0"/>`)
	for i := range d.series {
		d.writeSeries(&b, i)
	}
	b.WriteString(axIDs + `</c:radarChart>`)
	grid := `<c:majorGridlines>` + d.stroke(d.c.axis(), 0.5, "") + `</c:majorGridlines>`
	return b.String(), d.catAx("minMax", "b", grid, "autoZero", 1) + d.valAx("l", "autoZero", false)
}

// stroke is shape properties of a line of the width in points.
func (d *drawing) stroke(fill string, w float64, dash string) string {
	return `<c:spPr>` + ln(fill, w, dash) + `</c:spPr>`
}

func ln(fill string, w float64, dash string) string {
	if fill == "" {
		return `<a:ln><a:noFill/></a:ln>`
	}
	if dash != "" {
		dash = `<a:prstDash val="` + dash + `"/>`
	}
	return fmt.Sprintf(`<a:ln w="%d" cap="rnd">%s%s<a:round/></a:ln>`, int(w*12700), fill, dash)
}

func (d *drawing) catAx(orientation, pos, grid, crosses string, every int) string {
	skip := ""
	if every > 1 || d.kind != charts.PlotLine && d.kind != charts.PlotRadar {
		skip = fmt.Sprintf(`<c:tickLblSkip val="%[1]d"/><c:tickMarkSkip val="%[1]d"/>`, every)
	}
	line := d.stroke(d.c.axis(), 0.75, "")
	return `<c:catAx><c:axId val="` + catID + `"/><c:scaling><c:orientation val="` + orientation + `"/></c:scaling><c:delete val="0"/><c:axPos val="` + pos + `"/>` + grid +
		`<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="` + d.tickLabels() + `"/>` + line + d.words(d.size, false, d.c.text()) +
		`<c:crossAx val="` + valID + `"/><c:crosses val="` + crosses + `"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>` + skip + `<c:noMultiLvlLbl val="1"/></c:catAx>`
}

// tickLabels keeps the names beside the axis also where bars run to its left.
func (d *drawing) tickLabels() string {
	if d.kind == charts.PlotLine || d.kind == charts.PlotRadar {
		return "nextTo"
	}
	return "low"
}

func (d *drawing) valAx(pos, crosses string, hidden bool) string {
	var b strings.Builder
	b.WriteString(`<c:valAx><c:axId val="` + valID + `"/><c:scaling><c:orientation val="`)
	if d.plot.Inverted {
		b.WriteString("maxMin")
	} else {
		b.WriteString("minMax")
	}
	b.WriteString(`"/>`)
	if d.axisMax.Valid {
		b.WriteString(`<c:max val="` + d.axisMax.String() + `"/>`)
	}
	if d.min.Valid {
		b.WriteString(`<c:min val="` + d.min.String() + `"/>`)
	}
	del := "0"
	if hidden {
		del = "1"
	}
	b.WriteString(`</c:scaling><c:delete val="` + del + `"/><c:axPos val="` + pos + `"/>`)
	if !hidden {
		fill := d.c.grid()
		if d.kind == charts.PlotRadar {
			fill = d.c.axis()
		}
		b.WriteString(`<c:majorGridlines>` + d.stroke(fill, 0.5, "") + `</c:majorGridlines>`)
	}
	if d.kind == charts.PlotLine && d.plot.Unit != "" && d.plot.Unit != "%" {
		b.WriteString(`<c:title><c:tx><c:rich><a:bodyPr rot="-5400000" vert="horz"/><a:lstStyle/><a:p><a:pPr>` + d.defRPr(d.size-1, false, d.c.muted()) + `</a:pPr>` +
			runs(oneLine(d.plot.Unit), d.bcp(), letters{size: d.size - 1, colour: d.c.muted()}) + `</a:p></c:rich></c:tx><c:overlay val="0"/></c:title>`)
	}
	format := d.plot.Format
	if format == "" {
		format = "General"
	}
	b.WriteString(`<c:numFmt formatCode="` + esc(format) + `" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>`)
	size := d.size - 1
	if d.kind == charts.PlotRadar {
		size = smallestChart
	}
	b.WriteString(d.words(size, false, d.c.muted()))
	b.WriteString(`<c:crossAx val="` + catID + `"/><c:crosses val="` + crosses + `"/><c:crossBetween val="between"/>`)
	if d.plot.Step.Valid {
		b.WriteString(`<c:majorUnit val="` + d.plot.Step.String() + `"/>`)
	}
	b.WriteString(`</c:valAx>`)
	return b.String()
}

package deck

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"chiso/charts"
	"chiso/reform"
)

// writeSeries writes the i-th series with the caches of its cells.
func (d *drawing) writeSeries(b *strings.Builder, i int) {
	s := &d.series[i]
	col := column(i)
	fmt.Fprintf(b, `<c:ser><c:idx val="%d"/><c:order val="%d"/><c:tx><c:strRef><c:f>%s!$%s$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:tx>`, i, i, dataSheet, col, esc(s.name))
	points := d.kind == charts.PlotLine || d.kind == charts.PlotRadar
	if points {
		dash := ""
		if s.dashed {
			dash = "dash"
		}
		b.WriteString(d.stroke(s.line, 2.5, dash))
		b.WriteString(d.marker(s, false))
	} else {
		fill := s.fill
		if fill == "" {
			fill = `<a:noFill/>`
		}
		b.WriteString(`<c:spPr>` + fill + `<a:ln><a:noFill/></a:ln></c:spPr><c:invertIfNegative val="0"/>`)
	}
	d.writePoints(b, s, points)
	d.writeLabels(b, s)
	n := len(d.cats)
	fmt.Fprintf(b, `<c:cat><c:strRef><c:f>%s!$A$2:$A$%d</c:f><c:strCache><c:ptCount val="%d"/>`, dataSheet, n+1, n)
	for k, t := range d.cats {
		fmt.Fprintf(b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, k, esc(t))
	}
	b.WriteString(`</c:strCache></c:strRef></c:cat>`)
	fmt.Fprintf(b, `<c:val><c:numRef><c:f>%[1]s!$%[2]s$2:$%[2]s$%[3]d</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="%[4]d"/>`, dataSheet, col, n+1, n)
	for k, v := range s.values {
		if v.Valid {
			fmt.Fprintf(b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, k, v.String())
		}
	}
	b.WriteString(`</c:numCache></c:numRef></c:val>`)
	if d.kind == charts.PlotLine {
		b.WriteString(`<c:smooth val="0"/>`)
	}
	b.WriteString(`</c:ser>`)
}

// marker is the symbol of points; a hollow one stands for a value that nobody published.
func (d *drawing) marker(s *nativeSeries, hollow bool) string {
	if s.symbol == "" {
		return `<c:marker><c:symbol val="none"/></c:marker>`
	}
	fill, edge := s.fill, ln(s.fill, 1.5, "")
	if hollow {
		fill = d.c.background()
	}
	return `<c:marker><c:symbol val="` + s.symbol + `"/><c:size val="8"/><c:spPr>` + fill + edge + `</c:spPr></c:marker>`
}

// writePoints writes what is special about single points.
func (d *drawing) writePoints(b *strings.Builder, s *nativeSeries, points bool) {
	if !points {
		for _, k := range slices.Sorted(maps.Keys(s.fills)) {
			if k < len(s.values) && s.values[k].Valid {
				edge := `<a:ln><a:noFill/></a:ln>`
				if solid, ok := s.edges[k]; ok {
					edge = ln(solid, 1, "")
				}
				fmt.Fprintf(b, `<c:dPt><c:idx val="%d"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>%s%s</c:spPr></c:dPt>`, k, s.fills[k], edge)
			}
		}
		return
	}
	for k, v := range s.values {
		// The stroke that leads to a point bears the point's properties.
		dashed := s.dashes[k] || k > 0 && s.dashes[k-1]
		if !v.Valid || !dashed && !s.hollow[k] {
			continue
		}
		dash := ""
		if dashed || s.dashed {
			dash = "sysDash"
		}
		fmt.Fprintf(b, `<c:dPt><c:idx val="%d"/>%s<c:bubble3D val="0"/>%s</c:dPt>`, k, d.marker(s, s.hollow[k]), d.stroke(s.line, 2.5, dash))
	}
}

// roomBelow says whether a label under the point stays above the names of the axis.
func (d *drawing) roomBelow(v, most reform.Number) bool {
	if !d.min.Valid || !most.Valid || !most.Decimal.GreaterThan(d.min.Decimal) {
		return true
	}
	free := v.Decimal.Sub(d.min.Decimal)
	if d.plot.Inverted {
		free = most.Decimal.Sub(v.Decimal)
	}
	share := free.Div(most.Decimal.Sub(d.min.Decimal)).InexactFloat64()
	return share*d.h*(1-d.top-d.bottom) > height(1, d.size)+0.08
}

const nothingShown = `<c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>`

// writeLabels writes the words at single points. A place is a number format, so that its
// label follows when a person edits the number.
func (d *drawing) writeLabels(b *strings.Builder, s *nativeSeries) {
	var out strings.Builder
	for k, l := range s.labels {
		if l.empty() || !s.values[k].Valid {
			continue
		}
		fmt.Fprintf(&out, `<c:dLbl><c:idx val="%d"/>`, k)
		size := d.labelSize()
		if l.format == "" {
			out.WriteString(`<c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr>` + d.defRPr(size, l.bold, d.c.text()) + `</a:pPr>` +
				runs(l.words, d.bcp(), letters{size: size, bold: l.bold, colour: d.c.text()}) + `</a:p></c:rich></c:tx>`)
		} else {
			out.WriteString(`<c:numFmt formatCode="` + esc(l.format) + `" sourceLinked="0"/>`)
		}
		out.WriteString(`<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>`)
		if l.format != "" {
			out.WriteString(d.words(size, l.bold, d.c.text()))
		}
		pos := "outEnd"
		switch d.kind {
		case charts.PlotLine:
			pos = "t"
			if l.below && d.roomBelow(s.values[k], d.axisMax) {
				pos = "b"
			}
		case charts.PlotWaterfall:
			pos = "ctr" // in the room that is kept for it
		case charts.PlotRadar:
			pos = ""
		}
		if pos != "" {
			out.WriteString(`<c:dLblPos val="` + pos + `"/>`)
		}
		out.WriteString(strings.Replace(nothingShown, `showVal val="0"`, `showVal val="1"`, 1) + `</c:dLbl>`)
	}
	if out.Len() == 0 {
		return
	}
	b.WriteString(`<c:dLbls>` + out.String() + `<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>` + d.words(d.size, false, d.c.text()) + nothingShown + `</c:dLbls>`)
}

// breaks are upright lines between two categories, where a chart itself can draw nothing.
// They are shapes inside the chart, so that they move and grow with it.
func (d *drawing) breaks() string {
	if len(d.plot.Breaks) == 0 || len(d.cats) == 0 {
		return ""
	}
	step := (1 - d.left - d.right) / float64(len(d.cats))
	var b strings.Builder
	b.WriteString(xmlHead + `<c:userShapes` + chartNS + ` xmlns:cdr="http://schemas.openxmlformats.org/drawingml/2006/chartDrawing">`)
	anchor := func(x0, y0, x1, y1 float64) {
		fmt.Fprintf(&b, `<cdr:relSizeAnchor><cdr:from><cdr:x>%.5f</cdr:x><cdr:y>%.5f</cdr:y></cdr:from><cdr:to><cdr:x>%.5f</cdr:x><cdr:y>%.5f</cdr:y></cdr:to>`, x0, y0, x1, y1)
	}
	xfrm := func(x0, y0, x1, y1 float64) string {
		return box{x0 * d.w, y0 * d.h, (x1 - x0) * d.w, (y1 - y0) * d.h}.xml("a")
	}
	id := 2
	free := 0.0
	for _, br := range d.plot.Breaks {
		if br.Before <= 0 || br.Before >= len(d.cats) {
			continue
		}
		x, top, bottom := d.left+float64(br.Before)*step, d.top-0.16/d.h, 1-d.bottom
		anchor(x, top, x, bottom)
		fmt.Fprintf(&b, `<cdr:cxnSp macro=""><cdr:nvCxnSpPr><cdr:cNvPr id="%d" name="Break %d"/><cdr:cNvCxnSpPr/></cdr:nvCxnSpPr><cdr:spPr>%s<a:prstGeom prst="line"><a:avLst/></a:prstGeom>%s</cdr:spPr></cdr:cxnSp></cdr:relSizeAnchor>`,
			id, id-1, xfrm(x, top, x, bottom), ln(d.c.axis(), 1.25, "dash"))
		id++
		// The words stand in the middle over the line, moved inwards at the edges and off each other.
		w := (width(br.Label, d.size-1, false)*1.25 + 0.16) / d.w
		x0 := max(min(x-w/2, 1-w), 0, free)
		free = x0 + w
		if br.Label == "" || free > 1 {
			continue
		}
		y0, y1 := max(top-0.27/d.h, 0), max(top-0.01/d.h, 0.26/d.h)
		anchor(x0, y0, x0+w, y1)
		fmt.Fprintf(&b, `<cdr:sp macro="" textlink=""><cdr:nvSpPr><cdr:cNvPr id="%d" name="Break %d"/><cdr:cNvSpPr txBox="1"/></cdr:nvSpPr><cdr:spPr>%s<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></cdr:spPr><cdr:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle/>%s</cdr:txBody></cdr:sp></cdr:relSizeAnchor>`,
			id, id-1, xfrm(x0, y0, x0+w, y1), paragraph(br.Label, d.bcp(), "ctr", letters{size: d.size - 1, colour: d.c.muted()}))
		id++
	}
	if id == 2 {
		return ""
	}
	b.WriteString(`</c:userShapes>`)
	return b.String()
}

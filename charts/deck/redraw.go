package deck

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/png"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// sizeOf is the size of a frame in inches; it is bounded, since a hostile one would cost time.
func (s *shape) sizeOf() (w, h float64) {
	const inch = 914400
	w, h = float64(s.w)/inch, float64(s.h)/inch
	if w <= 0 || h <= 0 {
		w, h = 11, 5
	}
	return min(max(w, 0.5), 56), min(max(h, 0.5), 56)
}

// redraw draws a chart, a table or a picture anew in its place.
func (w *slideWork) redraw(s *shape, o *origin, a *answer) error {
	kind, i, n, ok := numbered(o.part)
	var rows span // of the plot that this part shows
	err := ErrShape
	switch {
	case !ok:
	case kind == "chart":
		rows, err = w.chart(s, o, a, i, n)
	case kind == "table":
		rows, err = w.table(s, o, a, i, n)
	case kind == "picture":
		rows, err = w.picture(s, o, a)
	}
	if err != nil {
		if passing(err) {
			return err
		}
		w.add(Change{Kind: Untouched, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title), Err: err})
		return nil
	}
	w.report.Redrawn++
	alt := s.alt
	if old := a.Old; alt == "" || old != nil && oneLine(alt) == oneLine(old.Alt) {
		alt = oneLine(a.New.Alt)
	}
	if err := w.retag(s, o, a, "", alt); err != nil {
		return err
	}
	say := Change{Part: o.part, Address: o.address, Picture: oneLine(a.New.Title)}
	if a.Old == nil {
		say.Kind = Unknown
		w.add(say)
		return nil
	}
	list := differences(a.Old, a.New, rows, o.lang)
	if len(list) == 0 {
		say.Kind = Same
		if !slices.ContainsFunc(w.report.Changes, func(c Change) bool {
			return c.Kind == Same && c.Slide == w.n && c.Address == o.address
		}) {
			w.add(say)
		}
		return nil
	}
	w.changed[o.address] = true
	for k, d := range list {
		one := say
		one.Kind, one.Row, one.Column, one.Old, one.New = Value, d.row, d.column, d.old, d.now
		if k == mostChanges-1 && len(list) > mostChanges {
			one.More = len(list) - mostChanges
			w.add(one)
			break
		}
		w.add(one)
	}
	return nil
}

// drawing tells the colours of a part and what its files are written from.
func (w *slideWork) builder(o *origin, a *answer) (*builder, *Slide, error) {
	c, err := w.colours(w.name, o.theme)
	if err != nil {
		return nil, nil, err
	}
	p := w.reader(o, a.New, a.Link, 0)
	p.b.c = c
	return p.b, p.s, nil
}

// chart draws the i-th of n charts of a picture. The frame stays; what is inside, the workbook behind it
// and the copies of its numbers are written together.
func (w *slideWork) chart(s *shape, o *origin, a *answer, i, n int) (rows span, err error) {
	at := w.target(s.chart, "/chart")
	plot := a.New.Plot
	if s.kind != "graphicFrame" || at == "" || plot == nil || plot.Kind == charts.PlotTable || len(plot.Series) == 0 {
		return rows, ErrShape
	}
	if n > 1 && !inParts(plot.Kind) {
		return rows, ErrShape // one of several parts, of a chart that has none
	}
	parts := chunks(plot, n)
	if n > 1 && i >= len(parts) {
		return rows, fmt.Errorf("there are only %d parts of it now: %w", len(parts), ErrShape)
	}
	one := parts[min(i, len(parts)-1)]
	for _, p := range parts[:min(i, len(parts)-1)] {
		rows.from += len(p.Categories)
	}
	rows.to = rows.from + len(one.Categories)
	b, sl, err := w.builder(o, a)
	if err != nil {
		return rows, err
	}
	wide, high := s.sizeOf()
	made, err := chartFiles(b, sl, one, wide, high)
	if err != nil {
		return rows, err
	}
	if lying := one.Kind == charts.PlotBars || one.Kind == charts.PlotOverlaid; lying && len(one.Categories) > mostBars+mostBars/2 {
		w.add(Change{Kind: Crowded, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title)})
	}
	edited, err := w.typed(at, o, a, i, n)
	if err != nil {
		return rows, err
	}
	if edited {
		w.add(Change{Kind: Edited, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title)})
	}
	out := w.out
	var links []rel
	oldBook, oldShapes := "", ""
	for _, r := range out.links[at] {
		switch {
		case strings.HasSuffix(r.kind, "/package") && !r.external:
			oldBook = r.target
		case strings.HasSuffix(r.kind, "/chartUserShapes") && !r.external:
			oldShapes = r.target
		case !r.external && (strings.HasSuffix(r.kind, "/chartStyle") || strings.HasSuffix(r.kind, "/chartColorStyle")):
			links = append(links, r) // styles that PowerPoint put beside it
		}
	}
	theirs, err := w.theirShapes(oldShapes)
	if err != nil {
		return rows, err
	}
	shapes := made.shapes
	if theirs != "" {
		if shapes == "" {
			shapes = xmlHead + `<c:userShapes` + chartNS + ` xmlns:cdr="http://schemas.openxmlformats.org/drawingml/2006/chartDrawing"></c:userShapes>`
			made.xml = strings.Replace(made.xml, `</c:chartSpace>`, `<c:userShapes r:id="rId2"/></c:chartSpace>`, 1)
		}
		shapes = strings.Replace(shapes, `</c:userShapes>`, theirs+`</c:userShapes>`, 1)
	}
	name := out.replaced(at, ".xml", "ppt/charts/chiso%d.xml", typeOff+"drawingml.chart+xml", []byte(made.xml))
	if name != at {
		oldBook, oldShapes = "", ""
	}
	own := []rel{{id: "rId1", kind: relOff + "package", target: out.replaced(oldBook, ".xlsx", "ppt/embeddings/chiso%d.xlsx", typeOff+"spreadsheetml.sheet", made.book)}}
	if shapes != "" {
		own = append(own, rel{id: "rId2", kind: relOff + "chartUserShapes", target: out.replaced(oldShapes, ".xml", "ppt/drawings/chiso%d.xml", typeOff+"drawingml.chartshapes+xml", []byte(shapes))})
	}
	for k, r := range links {
		r.id = fmt.Sprintf("rId%d", k+3)
		own = append(own, r)
	}
	out.setRels(name, own)
	if name != at {
		w.relink(s.chart, s.chartTag, "r:id", "chart", name)
	}
	return rows, nil
}

// relink leads an element of the slide to another part.
func (w *slideWork) relink(old string, tag span, attribute, kind, to string) {
	w.old = append(w.old, old)
	id := w.link(kind, to, false)
	w.edits = append(w.edits, edit{tag, withAttr(string(w.body[tag.from:tag.to]), attribute, id)})
}

var ourShape = regexp.MustCompile(`^Break \d+$`)

// theirShapes is what a person has drawn inside a chart, as XML.
func (w *slideWork) theirShapes(name string) (string, error) {
	if name == "" || !w.out.has(name) || len(w.out.links[name]) > 0 {
		return "", nil // shapes with pictures or links of their own can't come along
	}
	body, err := w.in.read(name)
	if err != nil {
		return "", err
	}
	if err := w.in.sound(name, body); err != nil {
		return "", err
	}
	if !bytes.Contains(body, []byte(`xmlns:cdr="http://schemas.openxmlformats.org/drawingml/2006/chartDrawing"`)) || !bytes.Contains(body, []byte(`xmlns:a="`+nsDrawing+`"`)) {
		return "", nil
	}
	dec := xml.NewDecoder(bytes.NewReader(body))
	var out strings.Builder
	depth, from, ours, plain := 0, 0, false, true
	for {
		start := int(dec.InputOffset())
		tok, err := dec.Token()
		if tok == nil && err != nil {
			return out.String(), nil
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if depth++; depth == 2 {
				from, ours, plain = start, false, true
			}
			if t.Name.Local == "cNvPr" {
				ours = ours || ourShape.MatchString(attr(t, "name"))
			}
			for _, one := range t.Attr {
				// Names that are declared elsewhere would mean nothing here.
				plain = plain && one.Name.Space != nsRelations && !strings.Contains(one.Name.Space, "markup-compatibility")
			}
			plain = plain && (t.Name.Space == nsDrawing || strings.HasSuffix(t.Name.Space, "/chartDrawing"))
		case xml.EndElement:
			if depth == 2 && !ours && plain {
				out.Write(body[from:dec.InputOffset()])
			}
			depth--
		}
	}
}

// typed says whether a person has typed other numbers into the chart.
func (w *slideWork) typed(at string, o *origin, a *answer, i, n int) (bool, error) {
	if a.Old == nil || a.Old.Plot == nil || a.Old.Plot.Kind == charts.PlotTable || w.out.changed[strings.ToLower(at)] != nil {
		return false, nil
	}
	if n > 1 && !inParts(a.Old.Plot.Kind) {
		return false, nil
	}
	parts := chunks(a.Old.Plot, n)
	if i >= len(parts) {
		return false, nil
	}
	var x struct {
		Plot struct {
			Inner []struct {
				Series []struct {
					Name   string   `xml:"tx>strRef>strCache>pt>v"`
					Points []string `xml:"val>numRef>numCache>pt>v"`
				} `xml:"ser"`
			} `xml:",any"`
		} `xml:"chart>plotArea"`
	}
	if err := w.in.parse(at, &x); err != nil {
		return false, err
	}
	var have, want []float64 // in no order: a chart cut at a break has several series
	for _, in := range x.Plot.Inner {
		for _, s := range in.Series {
			if s.Name == words.T(o.lang, "deck.words") {
				continue // the room for words is no number
			}
			for _, p := range s.Points {
				v, err := strconv.ParseFloat(p, 64)
				if err != nil {
					return true, nil
				}
				have = append(have, v)
			}
		}
	}
	was := newNative(parts[i], paint{theme: charts.PaletteOf(charts.Light)}, o.lang)
	for _, s := range was.series {
		for _, v := range s.values {
			if v.Valid && s.name != words.T(o.lang, "deck.words") {
				want = append(want, v.Decimal.InexactFloat64())
			}
		}
	}
	if len(have) != len(want) {
		return true, nil
	}
	slices.Sort(have)
	slices.Sort(want)
	for k := range have {
		if math.Abs(have[k]-want[k]) > 1e-6 {
			return true, nil
		}
	}
	return false, nil
}

// table draws the i-th of n tables of a picture. The rows are spread evenly over the tables that
// there are: no slide comes or goes. Columns and rows share the frame; where even small letters don't
// fit, the table grows below it.
func (w *slideWork) table(s *shape, o *origin, a *answer, i, n int) (rows span, err error) {
	plot := a.New.Plot
	if s.kind != "graphicFrame" || s.table.empty() || plot == nil || plot.Kind != charts.PlotTable && len(plot.Series) > 0 {
		return rows, ErrShape
	}
	groups := max(1, (len(plot.Series)+mostColumns-1)/mostColumns)
	if n%groups != 0 {
		return rows, fmt.Errorf("its columns take %d tables now, and there are %d: %w", groups, n, ErrShape)
	}
	slides := n / groups
	per := (len(plot.Categories) + slides - 1) / slides
	group, k := i/slides, i%slides
	rows = span{min(k*per, len(plot.Categories)), min((k+1)*per, len(plot.Categories))}
	one := sheet{plot: plot, from: rows.from, to: rows.to}
	for c := group * mostColumns; c < min((group+1)*mostColumns, len(plot.Series)); c++ {
		one.columns = append(one.columns, c)
	}
	wide, high := s.sizeOf()
	fits := one.squeeze(wide, high)
	if !fits {
		w.add(Change{Kind: Crowded, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title)})
		if s.h > 0 && !s.size.empty() {
			w.edits = append(w.edits, edit{s.size, withAttr(string(w.body[s.size.from:s.size.to]), "cy", strconv.Itoa(emu(one.tall())))})
		}
	}
	b, _, err := w.builder(o, a)
	if err != nil {
		return rows, err
	}
	w.edits = append(w.edits, edit{s.table, one.xml(b.c, b.lang)})
	return rows, nil
}

// squeeze lays a table out for a frame, and says whether it fits.
func (s *sheet) squeeze(w, h float64) bool {
	for s.size = tableSize; ; s.size -= 0.5 {
		sum := s.natural(s.size)
		for i := range s.widths {
			s.widths[i] *= w / sum
		}
		s.heights = []float64{s.height(-1)}
		for r := s.from; r < s.to; r++ {
			s.heights = append(s.heights, s.height(r))
		}
		tall := s.tall()
		if tall <= h+0.01 {
			// What is free goes to the rows, as far as it looks like a table still.
			grow := math.Min(h/tall, 2)
			for i := range s.heights {
				s.heights[i] *= grow
			}
			return true
		}
		if s.size <= smallestTable {
			return false
		}
	}
}

// picture draws the pixels anew, in the same frame.
func (w *slideWork) picture(s *shape, o *origin, a *answer) (rows span, err error) {
	at := w.target(s.image, "/image")
	if s.kind != "pic" || at == "" {
		return rows, ErrShape
	}
	if w.PNG == nil {
		return rows, fmt.Errorf("nothing draws it: %w", reform.ErrInvalid)
	}
	if a.png == nil { // a picture that stands twice is drawn once
		if a.png, err = w.PNG(w.ctx, a.New, o.lang); err != nil {
			return rows, err
		}
	}
	drawn := a.png
	b := &builder{pack: newPack(), drawn: map[string]*picturePart{}}
	if _, err := b.image(drawn); err != nil {
		return rows, err
	}
	was, err := w.in.read(at)
	if err != nil {
		return rows, err
	}
	if bytes.Equal(was, drawn) {
		return span{0, mostRows}, nil
	}
	w.keepShape(s, was, drawn)
	name := w.out.replaced(at, ".png", "ppt/media/chiso%d.png", "image/png", drawn)
	if path.Clean(name) != path.Clean(at) {
		w.relink(s.image, s.imageTag, "r:embed", "image", name)
	}
	return span{0, mostRows}, nil
}

// keepShape makes the frame smaller where the picture has another shape than before: it would be drawn out else.
func (w *slideWork) keepShape(s *shape, was, now []byte) {
	a, err := pngDecode(was)
	if err != nil || s.size.empty() || s.w <= 0 || s.h <= 0 {
		return
	}
	b, err := pngDecode(now)
	if err != nil {
		return
	}
	old, ratio := float64(a.Width)/float64(a.Height), float64(b.Width)/float64(b.Height)
	if math.Abs(old/ratio-1) < 0.01 {
		return
	}
	wide, high := float64(s.w), float64(s.w)/ratio*(old*float64(s.h)/float64(s.w))
	if high > float64(s.h) {
		wide, high = wide*float64(s.h)/high, float64(s.h)
	}
	tag := withAttr(string(w.body[s.size.from:s.size.to]), "cx", strconv.Itoa(int(wide)))
	w.edits = append(w.edits, edit{s.size, withAttr(tag, "cy", strconv.Itoa(int(high)))})
}

func pngDecode(b []byte) (image.Config, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err == nil && (c.Width <= 0 || c.Height <= 0) {
		err = ErrShape
	}
	return c, err
}

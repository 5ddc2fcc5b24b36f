package deck

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image/png"
	"path"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// picturePart is a PNG in the package.
type picturePart struct {
	name string
	w, h int
}

func (i *picturePart) base() string { return path.Base(i.name) }

// mostPixels keeps a hostile picture from filling the memory of whoever opens the deck.
const (
	mostPixels     = 64 << 20
	mostImageBytes = 16 << 20
)

// image adds a PNG once, however often it is shown.
func (b *builder) image(body []byte) (*picturePart, error) {
	key := string(sha256Of(body))
	if have, ok := b.drawn[key]; ok {
		return have, nil
	}
	if len(body) > mostImageBytes {
		return nil, fmt.Errorf("a PNG of %d bytes, at most %d: %w", len(body), mostImageBytes, reform.ErrTooLarge)
	}
	cfg, err := png.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("no PNG: %v: %w", err, reform.ErrInvalid)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width*cfg.Height > mostPixels {
		return nil, fmt.Errorf("a PNG of %d by %d pixels: %w", cfg.Width, cfg.Height, reform.ErrTooLarge)
	}
	b.images++
	p := &picturePart{fmt.Sprintf("ppt/media/chiso%d.png", b.images), cfg.Width, cfg.Height}
	b.pack.extension("png", "image/png")
	b.pack.addBytes(p.name, "", body)
	b.drawn[key] = p
	return p, nil
}

func sha256Of(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// inside is the largest rectangle of the picture's shape in a box, in its middle.
func (i *picturePart) inside(at box) box {
	w, h := at.w, at.w*float64(i.h)/float64(i.w)
	if h > at.h {
		w, h = at.h*float64(i.w)/float64(i.h), at.h
	}
	return box{at.x + (at.w-w)/2, at.y + (at.h-h)/2, w, h}
}

// shape is the picture as a shape without an origin.
func (i *picturePart) shape(id int, name, alt string, at box, rel string) string {
	return i.xml(id, name, alt, at, rel, `<p:nvPr userDrawn="1"/>`)
}

func (i *picturePart) xml(id int, name, alt string, at box, rel, nv string) string {
	return fmt.Sprintf(`<p:pic><p:nvPicPr><p:cNvPr id="%d" name="%s" descr="%s"/><p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr>%s</p:nvPicPr><p:blipFill><a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>%s<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>`,
		id, name, esc(oneLine(alt)), nv, rel, i.inside(at).xml("a"))
}

func (p *page) alt() string {
	if p.s.Alt != "" || p.s.Picture == nil {
		return p.s.Alt
	}
	return p.s.Picture.Alt
}

func (p *page) picture(img *picturePart, area box) {
	p.shapes.WriteString(img.xml(p.id(), p.name("Picture"), p.alt(), area, p.rels.link("image", "../media/"+img.base()), p.tag("picture", "")))
}

// partName numbers the parts of a picture that takes several slides.
func partName(kind string, i, n int) string {
	if n < 2 {
		return kind
	}
	return fmt.Sprintf("%s %d/%d", kind, i+1, n)
}

func (p *page) frame(name, part string, at box, uri, content string) {
	fmt.Fprintf(&p.shapes, `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="%d" name="%s" descr="%s"/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr>%s</p:nvGraphicFramePr>%s<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/%s">%s</a:graphicData></a:graphic></p:graphicFrame>`,
		p.id(), p.name(name), esc(oneLine(p.alt())), p.tag(part, ""), at.xml("p"), uri, content)
}

func (p *page) table(s *sheet, area box, i, n int) {
	at := box{area.x, area.y, s.wide(), s.tall()}
	p.frame(partName("Table", i, n), partName("table", i, n), at, "table", s.xml(p.b.c, p.b.lang))
}

// chartFile is a chart with the shapes in it and the workbook behind it.
type chartFile struct {
	xml, shapes string
	book        []byte
}

func chartFiles(b *builder, s *Slide, plot *charts.Plot, w, h float64) (chartFile, error) {
	nat := newNative(plot, b.c, b.lang)
	var out chartFile
	out.xml, out.shapes = chartXML(nat, b.c, b.lang, w, h)
	about := [][2]string{
		{words.T(b.lang, "deck.sheet.title"), b.titleOf(s)},
		{words.T(b.lang, "deck.sheet.subtitle"), b.subtitleOf(s)},
		{words.T(b.lang, "deck.sheet.address"), s.Link},
	}
	for _, src := range b.sourcesOf(s) {
		about = append(about, [2]string{words.T(b.lang, "deck.sheet.source"), strings.TrimSuffix(src.Label+" ("+src.Date+")", " ()")})
	}
	for _, t := range s.Picture.Notes {
		about = append(about, [2]string{words.T(b.lang, "deck.sheet.note"), t})
	}
	var err error
	out.book, err = nat.workbook(about)
	return out, err
}

func (p *page) chart(plot *charts.Plot, area box, i, n int) error {
	b := p.b
	b.charts++
	// A few bars in a high frame would be planks.
	if rows := float64(len(plot.Categories)); plot.Kind != charts.PlotLine && plot.Kind != charts.PlotRadar {
		if plot.Kind == charts.PlotBars {
			rows *= max(1, float64(len(plot.Series))/2) // they stand beside each other
		}
		area.h = min(area.h, 0.62+0.95*rows)
	}
	made, err := chartFiles(b, p.s, plot, area.w, area.h)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("ppt/charts/chart%d.xml", b.charts)
	var r rels
	r.link("package", fmt.Sprintf("../embeddings/Microsoft_Excel_Sheet%d.xlsx", b.charts))
	if made.shapes != "" {
		drawing := fmt.Sprintf("ppt/drawings/drawing%d.xml", b.charts)
		r.link("chartUserShapes", "../drawings/"+path.Base(drawing))
		b.pack.add(drawing, typeOff+"drawingml.chartshapes+xml", made.shapes)
	}
	b.pack.extension("xlsx", typeOff+"spreadsheetml.sheet")
	b.pack.add(name, typeOff+"drawingml.chart+xml", made.xml)
	b.pack.addRels(name, &r)
	b.pack.addBytes(fmt.Sprintf("ppt/embeddings/Microsoft_Excel_Sheet%d.xlsx", b.charts), "", made.book)
	rel := p.rels.link("chart", fmt.Sprintf("../charts/chart%d.xml", b.charts))
	p.frame(partName("Chart", i, n), partName("chart", i, n), area, "chart", `<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="`+rel+`"/>`)
	return nil
}

// Package paper puts pictures on paper: PDF with lines and fills as such and text as text,
// in the font of the picture, which is inside the file. What a picture carries stands below it.
package paper

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"chiso/charts"
	"chiso/charts/assets"
	"chiso/charts/text"
	"chiso/reform"
)

// Options say how the paper is to be.
type Options struct {
	Theme charts.Theme
	// OwnSize makes the page as large as the picture with what stands below it; else it is A4,
	// lying or standing as the picture is.
	OwnSize bool
	// Pixels are the picture as PNG, for a picture with something in it that has no lines.
	Pixels func() ([]byte, error)
}

// Sizes in points.
const (
	long, broad = 841.89, 595.28 // A4
	margin      = 36.0
	small       = 8.5 // of what stands below the picture
	leading     = 12.0
	gap         = 12.0
	// points is how many a CSS pixel has on a page of the picture's own size.
	points = 0.75
)

const family = "Inter"

// Page is a picture for the paper.
type Page struct {
	SVG  []byte // of charts/render, without caption
	From charts.Provenance
}

// Write makes the document: a page for each picture, or more where its notes need them.
func Write(title string, pages []Page, o Options) ([]byte, error) {
	if len(pages) == 0 {
		return nil, fmt.Errorf("a document without a page: %w", reform.ErrInvalid)
	}
	newest := time.Time{}
	for i := range pages {
		if d := pages[i].From.FileDate(); d.After(newest) {
			newest = d
		}
	}
	first := pages[0].From
	pdf := document(title, first.Subtitle, first.Link, first.Lang, newest)
	for i := range pages {
		if err := addPage(pdf, &pages[i], o, i); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return out.Bytes(), nil
}

// document is an empty one with our fonts and what it says of itself.
func document(title, subject, keywords, lang string, date time.Time) *fpdf.Fpdf {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: long, Ht: broad}})
	pdf.SetCatalogSort(true) // equal input, equal bytes
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCompression(true)
	pdf.AddUTF8FontFromBytes(family, "", assets.RegularTTF())
	pdf.AddUTF8FontFromBytes(family, "B", assets.BoldTTF())
	pdf.SetTitle(plain(title), true)
	pdf.SetSubject(plain(subject), true)
	pdf.SetKeywords(keywords, true)
	pdf.SetAuthor("chiso", true)
	pdf.SetCreator("chiso", true)
	pdf.SetProducer("chiso", true)
	pdf.SetLang(map[string]string{"en": "en", "vi": "vi-VN"}[lang])
	pdf.SetCreationDate(date.UTC())
	pdf.SetModificationDate(date.UTC())
	return pdf
}

func plain(s string) string {
	s, _ = text.Clean(s)
	return strings.ReplaceAll(s, "\n", " ")
}

// remark is a line below the picture.
type remark struct {
	text, link string
}

func remarks(from *charts.Provenance, width float64) []remark {
	var out []remark
	add := func(s, link string) {
		if !strings.HasPrefix(link, "http") {
			link = "" // a link without a host leads nowhere from a file
		}
		for l := range strings.SplitSeq(text.Wrap(plain(s), width, small, false), "\n") {
			out = append(out, remark{l, link})
		}
	}
	for _, n := range from.Notes {
		add(n, "")
	}
	if len(from.Sources) <= 1 {
		link := ""
		if len(from.Sources) == 1 {
			link = from.Sources[0].Link
		}
		add(from.SourceLine(), link)
	} else {
		for i, s := range from.Sources {
			add(from.SourceNumber(i)+" "+s.Label, s.Link)
		}
	}
	if from.Link != "" {
		add(from.LinkLine(), from.Link)
	}
	return out
}

func addPage(pdf *fpdf.Fpdf, p *Page, o Options, index int) error {
	root, ids, err := parse(p.SVG)
	if err != nil {
		return fmt.Errorf("read the picture: %w: %w", err, reform.ErrInvalid)
	}
	size, err := root.many("width", "height")
	if err != nil || size[0] <= 0 || size[1] <= 0 {
		return fmt.Errorf("read the picture: no size: %w", reform.ErrInvalid)
	}
	w, h := size[0], size[1]
	wide, high, scale := long, broad, 0.0
	orientation := "L"
	if h > w {
		wide, high, orientation = broad, long, "P"
	}
	var lines []remark
	if o.OwnSize {
		scale, orientation = points, "P"
		lines = remarks(&p.From, w*points-2*gap)
		wide, high = w*points, h*points+float64(len(lines))*leading+2*gap
		if wide > high {
			orientation = "L"
		}
	} else {
		lines = remarks(&p.From, wide-2*margin)
		room := math.Max(high-2*margin-float64(len(lines))*leading-gap, 0.55*(high-2*margin))
		scale = math.Min((wide-2*margin)/w, room/h)
	}
	// fpdf takes the shorter side for the width of a page that stands.
	pageSize := fpdf.SizeType{Wd: math.Min(wide, high), Ht: math.Max(wide, high)}
	ground, _, err := colour(charts.Background(o.Theme))
	if err != nil {
		return err
	}
	newPage := func() {
		pdf.AddPageFormat(orientation, pageSize)
		if o.Theme == charts.Dark {
			r, g, b := ground.bytes()
			pdf.SetFillColor(r, g, b)
			pdf.Rect(0, 0, wide, high, "F")
		}
	}
	newPage()
	left, top := (wide-w*scale)/2, margin
	if o.OwnSize {
		left, top = 0, 0
	}
	m := matrix{scale, 0, 0, scale, left, top}
	d := &drawer{pdf: pdf, ids: ids, height: high, ground: charts.Background(o.Theme)}
	if reason := d.try(root); reason != nil {
		if err := d.pixels(p, o, m, w, h, index); err != nil {
			return fmt.Errorf("%w (as lines: %w)", err, reason)
		}
	} else if err := d.children(root, m); err != nil {
		return fmt.Errorf("draw on paper: %w", err)
	}
	ink, _, rule := charts.Ink(o.Theme)
	y := top + h*scale + gap/2
	x, end := margin, wide-margin
	if o.OwnSize {
		x, end = gap, wide-gap
	}
	setColours(pdf, ink, rule)
	pdf.SetLineWidth(0.5)
	pdf.Line(x, y, end, y)
	pdf.SetFont(family, "", small)
	y += leading
	for _, l := range lines {
		if y > high-margin+leading && !o.OwnSize {
			newPage()
			setColours(pdf, ink, rule)
			pdf.SetFont(family, "", small)
			y = margin + leading
		}
		pdf.Text(x, y, l.text)
		if l.link != "" {
			pdf.LinkString(x, y-small, pdf.GetStringWidth(l.text), leading, l.link)
		}
		y += leading
	}
	if err := pdf.Error(); err != nil {
		return fmt.Errorf("draw on paper: %w", err)
	}
	return nil
}

func setColours(pdf *fpdf.Fpdf, ink, rule string) {
	if c, ok, err := colour(ink); err == nil && ok {
		pdf.SetTextColor(c.bytes())
	}
	if c, ok, err := colour(rule); err == nil && ok {
		pdf.SetDrawColor(c.bytes())
	}
}

// try draws the picture on a document that is thrown away, so that a picture that can't be
// drawn as lines leaves no half of itself.
func (d *drawer) try(root *node) error {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: long, Ht: broad}})
	pdf.SetFont("Helvetica", "", 10)
	pdf.AddPage()
	return (&drawer{pdf: pdf, ids: d.ids, height: d.height, ground: d.ground}).dry(root)
}

// dry goes through a picture without its text, whose font the trial lacks.
func (d *drawer) dry(n *node) error {
	for _, c := range n.children {
		if c.name == "text" {
			continue
		}
		if c.name == "g" {
			if err := d.dry(c); err != nil {
				return err
			}
			continue
		}
		if err := d.draw(c, identity); err != nil {
			return err
		}
	}
	return nil
}

// pixels puts the picture on the page as pixels, and its words over it, invisible, to be found and copied.
func (d *drawer) pixels(p *Page, o Options, m matrix, w, h float64, index int) error {
	if o.Pixels == nil {
		return fmt.Errorf("the picture has something in it that has no lines: %w", reform.ErrInvalid)
	}
	png, err := o.Pixels()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("picture%d", index)
	d.pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(png))
	d.pdf.ImageOptions(name, m.e, m.f, w*m.a, h*m.d, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	d.pdf.SetTextRenderingMode(3)
	defer d.pdf.SetTextRenderingMode(0)
	root, _, err := parse(p.SVG)
	if err != nil {
		return err
	}
	return d.words(root, m)
}

func (d *drawer) words(n *node, m matrix) error {
	own, err := transform(n.attrs["transform"])
	if err != nil {
		return err
	}
	if n.name == "text" {
		return d.write(n, m.then(own), false)
	}
	for _, c := range n.children {
		if err := d.words(c, m.then(own)); err != nil {
			return err
		}
	}
	return nil
}

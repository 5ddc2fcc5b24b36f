package paper

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"chiso/charts"
	"chiso/charts/text"
	"chiso/reform"
)

// Leaf is a page of a report: a heading, sentences, and a picture or a table below them.
type Leaf struct {
	Cover           bool // a title page: Title, Subtitle and Text alone
	Title, Subtitle string
	Text            []string
	SVG             []byte        // of charts/render, without title and caption; nil none
	Table           *charts.Table // drawn where there is no SVG, or where it would become too small to be read
	Strong          []int         // rows of the table that stand out
	Sources         bool          // the table is the list of all sources
	From            charts.Provenance
	Pixels          func() ([]byte, error) // as in Options
}

// Report says how a report is to be written on paper.
type Report struct {
	Title, Subject, Lang string
	Date                 time.Time // of the data
	Theme                charts.Theme
	Shape                string // "16:9" and "4:3" are pages for a screen, everything else is A4, lying
}

// Sizes of a report in points.
const (
	headSize, leastHead = 19.0, 13.0
	subSize             = 11.0
	wordSize            = 12.0
	tableSize           = 9.0
	leastPicture        = 6.0 // letters of a picture below this size are not read by anybody
	pictureLetters      = 13.0
	footLine            = 10.5
	footSize            = 7.5
)

// report is one being written.
type report struct {
	pdf              *fpdf.Fpdf
	o                Report
	wide, high       float64
	ink, muted, rule string
	pages, images    int
}

// WriteReport writes leaves one after the other; what does not fit on a page goes on on the next.
func WriteReport(o Report, leaves []Leaf) ([]byte, error) {
	if len(leaves) == 0 {
		return nil, fmt.Errorf("a report without a page: %w", reform.ErrInvalid)
	}
	r := &report{pdf: document(o.Title, o.Subject, "chiso", o.Lang, o.Date), o: o, wide: long, high: broad}
	switch o.Shape {
	case "16:9":
		r.wide, r.high = 960, 540
	case "4:3":
		r.wide, r.high = 720, 540
	}
	r.ink, r.muted, r.rule = charts.Ink(o.Theme)
	for i := range leaves {
		if err := r.leaf(&leaves[i]); err != nil {
			return nil, fmt.Errorf("page %d: %w", i+1, err)
		}
	}
	var out bytes.Buffer
	if err := r.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return out.Bytes(), nil
}

// page begins a new one, with its number.
func (r *report) page() error {
	r.pdf.AddPageFormat("L", fpdf.SizeType{Wd: r.high, Ht: r.wide})
	r.pages++
	if r.o.Theme == charts.Dark {
		ground, _, err := colour(charts.Background(r.o.Theme))
		if err != nil {
			return err
		}
		r.pdf.SetFillColor(ground.bytes())
		r.pdf.Rect(0, 0, r.wide, r.high, "F")
	}
	r.write(r.wide-margin, r.high-margin/2, strconv.Itoa(r.pages), footSize, "", r.muted, "R")
	return nil
}

// write sets a line of words.
func (r *report) write(x, y float64, s string, size float64, style, ink, align string) {
	if s == "" {
		return
	}
	r.pdf.SetFont(family, style, size)
	if c, ok, err := colour(ink); err == nil && ok {
		r.pdf.SetTextColor(c.bytes())
	}
	if align == "R" {
		x -= text.Measure(s, size, style == "B")
	}
	r.pdf.Text(x, y, s)
}

// lines breaks words to a width.
func lines(s string, width, size float64, bold bool) []string {
	s, _ = text.Clean(s)
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return strings.Split(text.Wrap(s, width, size, bold), "\n")
}

func (r *report) leaf(l *Leaf) error {
	if err := r.page(); err != nil {
		return err
	}
	if l.Cover {
		r.cover(l)
		return r.pdf.Error()
	}
	top, bottom := r.head(l, ""), r.high-margin
	rest := r.foot(l, &bottom)
	switch {
	case len(l.SVG) > 0:
		drawn, err := r.picture(l, top, bottom)
		if err != nil {
			return err
		}
		if drawn {
			break
		}
		fallthrough
	case l.Table != nil:
		if err := r.table(l, top, bottom); err != nil {
			return err
		}
	default:
		if err := r.sentences(l, top, bottom); err != nil {
			return err
		}
	}
	return r.remarks(l, rest)
}

func (r *report) cover(l *Leaf) {
	accent := "#123f6b"
	if r.o.Theme != charts.Light && r.o.Theme != "" {
		accent = r.ink
	}
	if c, ok, err := colour(accent); err == nil && ok {
		r.pdf.SetFillColor(c.bytes())
	}
	r.pdf.Rect(0, 0, 14, r.high, "F")
	width := r.wide - 4*margin
	size := 36.0
	title := lines(l.Title, width, size, true)
	for ; len(title) > 3 && size > 18; size -= 2 {
		title = lines(l.Title, width, size, true)
	}
	y := r.high*0.36 - float64(len(title)-1)*size*0.6
	for _, t := range title {
		r.write(2*margin, y, t, size, "B", r.ink, "")
		y += size * 1.25
	}
	y += 4
	for _, t := range lines(l.Subtitle, width, 17, false) {
		r.write(2*margin, y, t, 17, "", r.muted, "")
		y += 23
	}
	y = math.Max(y+18, r.high*0.62)
	for _, t := range l.Text {
		for _, s := range lines(t, width, wordSize, false) {
			if y > r.high-margin {
				return
			}
			r.write(2*margin, y, s, wordSize, "", r.ink, "")
			y += wordSize * 1.4
		}
	}
}

// head writes the heading and says where the room below it begins.
func (r *report) head(l *Leaf, more string) float64 {
	width, size := r.wide-2*margin, headSize
	title := strings.TrimSpace(l.Title + " " + more)
	list := lines(title, width, size, true)
	for ; len(list) > 2 && size > leastHead; size-- {
		list = lines(title, width, size, true)
	}
	y := margin + size*0.8
	for _, t := range list {
		r.write(margin, y, t, size, "B", r.ink, "")
		y += size * 1.25
	}
	y -= size * 0.2
	for _, t := range lines(l.Subtitle, width, subSize, false) {
		r.write(margin, y, t, subSize, "", r.muted, "")
		y += subSize * 1.35
	}
	if more == "" && (len(l.SVG) > 0 || l.Table != nil) {
		y += 2
		for _, t := range l.Text {
			for _, s := range lines(t, width, wordSize, false) {
				r.write(margin, y, s, wordSize, "", r.ink, "")
				y += wordSize * 1.35
			}
		}
	}
	return y
}

// foot writes what belongs to a picture at the bottom, as far as a third of the page reaches, lifts
// bottom above it, and gives what is left.
func (r *report) foot(l *Leaf, bottom *float64) []remark {
	if len(l.SVG) == 0 && l.Table == nil || len(l.From.Sources) == 0 && len(l.From.Notes) == 0 {
		return nil
	}
	var list, rest []remark
	add := func(s, link string) []remark {
		var out []remark
		if !strings.HasPrefix(link, "http") {
			link = "" // a link without a host leads nowhere from a file
		}
		for _, one := range lines(s, r.wide-2*margin, footSize, false) {
			out = append(out, remark{one, link})
		}
		return out
	}
	for _, n := range l.From.Notes {
		list = append(list, add(n, "")...)
	}
	// A report has a page with all sources; below a picture the first few stand for them. On that
	// page they are not said twice.
	var end []remark
	if !l.Sources {
		end = add(l.From.SourceLine(), "")
	}
	if l.From.Link != "" {
		end = append(end, add(l.From.LinkLine(), l.From.Link)...)
	}
	if most := max(2, int((r.high/4)/footLine)-len(end)); len(list) > most {
		list, rest = list[:most], list[most:]
	}
	list = append(list, end...)
	y := r.high - margin - float64(len(list))*footLine
	*bottom = y - 8
	if c, ok, err := colour(r.rule); err == nil && ok {
		r.pdf.SetDrawColor(c.bytes())
	}
	r.pdf.SetLineWidth(0.5)
	if len(list) > 0 {
		r.pdf.Line(margin, y-3, r.wide-margin, y-3)
	}
	r.put(list, y+footSize)
	return rest
}

func (r *report) put(list []remark, y float64) {
	for _, one := range list {
		r.write(margin, y, one.text, footSize, "", r.ink, "")
		if one.link != "" {
			r.pdf.LinkString(margin, y-footSize, r.pdf.GetStringWidth(one.text), footLine, one.link)
		}
		y += footLine
	}
}

// remarks are those for which there was no room below the picture.
func (r *report) remarks(l *Leaf, list []remark) error {
	for len(list) > 0 {
		if err := r.page(); err != nil {
			return err
		}
		y := r.head(l, "…") + footLine
		n := min(len(list), max(1, int((r.high-margin-y)/footLine)))
		r.put(list[:n], y)
		list = list[n:]
	}
	return r.pdf.Error()
}

// picture draws the picture as large as it fits. drawn is false where its letters would be too small
// and there is a table to be read instead.
func (r *report) picture(l *Leaf, top, bottom float64) (drawn bool, err error) {
	root, ids, err := parse(l.SVG)
	if err != nil {
		return false, fmt.Errorf("read the picture: %w: %w", err, reform.ErrInvalid)
	}
	size, err := root.many("width", "height")
	if err != nil || size[0] <= 0 || size[1] <= 0 {
		return false, fmt.Errorf("read the picture: no size: %w", reform.ErrInvalid)
	}
	w, h := size[0], size[1]
	scale := math.Min((r.wide-2*margin)/w, (bottom-top-4)/h)
	scale = math.Min(scale, 1)
	if pictureLetters*scale < leastPicture && l.Table != nil && len(l.Table.Rows) > 0 {
		return false, nil
	}
	m := matrix{scale, 0, 0, scale, (r.wide - w*scale) / 2, top + 2 + (bottom-top-4-h*scale)/2}
	d := &drawer{pdf: r.pdf, ids: ids, height: r.high, ground: charts.Background(r.o.Theme)}
	if reason := d.try(root); reason != nil {
		r.images++
		if err := d.pixels(&Page{SVG: l.SVG, From: l.From}, Options{Theme: r.o.Theme, Pixels: l.Pixels}, m, w, h, r.images); err != nil {
			return false, fmt.Errorf("%w (as lines: %w)", err, reason)
		}
	} else if err := d.children(root, m); err != nil {
		return false, fmt.Errorf("draw on paper: %w", err)
	}
	return true, r.pdf.Error()
}

// sentences fills pages with words alone.
func (r *report) sentences(l *Leaf, top, bottom float64) error {
	const size = 14.0
	y := top + size
	for _, t := range l.Text {
		for i, s := range lines(t, r.wide-2*margin-16, size, false) {
			if y > bottom {
				if err := r.page(); err != nil {
					return err
				}
				y = r.head(l, "…") + size
			}
			if i == 0 {
				r.write(margin, y, "•", size, "", r.ink, "")
			}
			r.write(margin+16, y, s, size, "", r.ink, "")
			y += size * 1.4
		}
		y += size * 0.5
	}
	return r.pdf.Error()
}

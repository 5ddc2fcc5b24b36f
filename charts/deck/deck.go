// Package deck writes PowerPoint decks: native charts with their workbook inside, tables that
// flow over slides, pictures where no native chart fits, speaker notes, and on every slide
// what a picture must carry: notes on breaks, sources with the date of the data, and the
// address under which it can be drawn again. No office program is needed, and equal input
// gives equal bytes.
package deck

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// Ratio is the shape of the slides.
type Ratio string

// The ratios.
const (
	Wide     Ratio = "16:9"
	Standard Ratio = "4:3"
)

// Deck is a presentation to be written.
type Deck struct {
	Title, Subject string
	Keywords       []string
	Author         string // "" chiso
	Lang           string // "vi" or "en"
	// Date is that of the data, and becomes the day on which the file was made: what was
	// shown, not when somebody pressed a button.
	Date     time.Time
	Theme    charts.Theme
	Ratio    Ratio     // "" Wide; a template has its own
	Template *Template // the user's master, colours and fonts; nil ours
	Logo     []byte    // PNG
	Slides   []Slide
	// PNG draws a picture that has no native chart, at twice the size of the screen. It is
	// asked only where it is needed.
	PNG func(context.Context, *charts.Picture) ([]byte, error)
}

// Slide is one view with all that must travel with it. A table with many rows becomes several
// slides.
type Slide struct {
	Cover    bool   // a title page: Title, Subtitle and Text alone
	Title    string // "" the picture's
	Subtitle string // "" the picture's
	Text     []string
	Picture  *charts.Picture // nil: a page of words
	Alt      string          // "" the picture's
	Notes    []string        // for the speaker; the picture's own notes and sources are added
	Sources  []charts.Source // nil: the picture's
	// Link is the address of the picture with its rev. An absolute one (https://...) can be
	// clicked; each part of the slide carries it, so that it can be found and drawn again.
	Link string
}

// most slides and rows of a deck: beyond it a file is no presentation any more.
const (
	mostSlides = 200
	mostRows   = 1000
)

// Bytes is the deck as a file.
func (d *Deck) Bytes(ctx context.Context) ([]byte, error) {
	var b bytes.Buffer
	if err := d.Write(ctx, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Write writes the deck as a .pptx file.
func (d *Deck) Write(ctx context.Context, w io.Writer) error {
	if len(d.Slides) == 0 {
		return fmt.Errorf("deck: no slides: %w", reform.ErrInvalid)
	}
	b, err := newBuilder(d)
	if err != nil {
		return err
	}
	for i := range d.Slides {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.slide(ctx, &d.Slides[i]); err != nil {
			return fmt.Errorf("slide %d: %w", i+1, err)
		}
		if b.slides > mostSlides {
			return fmt.Errorf("deck: more than %d slides: %w", mostSlides, reform.ErrTooLarge)
		}
	}
	b.finish()
	return b.pack.write(w, b.at)
}

// builder holds a deck on its way to a package.
type builder struct {
	d       *Deck
	c       paint
	m       *base
	pack    *pack
	at      time.Time
	rels    rels // of the presentation
	ids     strings.Builder
	slides  int
	charts  int
	tags    int
	notes   int
	images  int
	drawn   map[string]*picturePart // by content
	logo    *picturePart
	lang    string
	firstAt string // the address of the first picture
	// addresses are those of all shapes, by which they are found where their tags are lost.
	addresses addressBook
	sources   []string
}

func newBuilder(d *Deck) (*builder, error) {
	b := &builder{d: d, pack: newPack(), at: d.Date.UTC().Truncate(time.Second), drawn: map[string]*picturePart{}, lang: words.Lang(d.Lang)}
	// A zip knows no day before 1980.
	if b.at.Year() < 1980 {
		b.at = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	switch d.Ratio {
	case "", Wide, Standard:
	default:
		return nil, fmt.Errorf("deck: ratio %q: want 16:9 or 4:3: %w", d.Ratio, reform.ErrInvalid)
	}
	b.c = paint{own: d.Template != nil, theme: charts.PaletteOf(d.Theme)}
	var err error
	if len(d.Logo) > 0 {
		if b.logo, err = b.image(d.Logo); err != nil {
			return nil, fmt.Errorf("deck: logo: %w", err)
		}
	}
	if d.Template != nil {
		b.m = d.Template.base
		d.Template.addTo(b.pack)
	} else {
		b.m = ownBase(d.Ratio)
		b.m.addOwn(b.pack, &Deck{Theme: d.Theme, Lang: b.lang}, b.c, b.logo)
	}
	b.rels.link("slideMaster", strings.TrimPrefix(b.m.master, "ppt/"))
	b.rels.link("theme", strings.TrimPrefix(b.m.theme, "ppt/"))
	return b, nil
}

// finish writes what stands for the whole: the presentation, its properties.
func (b *builder) finish() {
	notes := ""
	if b.notes > 0 {
		b.notesMaster()
		notes = `<p:notesMasterIdLst><p:notesMasterId r:id="` + b.rels.link("notesMaster", "notesMasters/notesMaster1.xml") + `"/></p:notesMasterIdLst>`
	}
	const presentation = "ppt/presentation.xml"
	b.pack.add(presentation, typeSlide+"presentation.main+xml", xmlHead+`<p:presentation`+nsAll+` saveSubsetFonts="1"><p:sldMasterIdLst><p:sldMasterId id="`+b.m.masterID+`" r:id="rId1"/></p:sldMasterIdLst>`+notes+
		`<p:sldIdLst>`+b.ids.String()+`</p:sldIdLst>`+b.m.sizeXML+`<p:notesSz cx="6858000" cy="9144000"/></p:presentation>`)
	b.pack.addRels(presentation, &b.rels)

	stamp := b.at.Format(time.RFC3339)
	title := oneLine(b.d.Title)
	if title == "" {
		title = oneLine(b.titleOf(&b.d.Slides[0]))
	}
	author := oneLine(b.d.Author)
	if author == "" {
		author = "chiso"
	}
	element := func(tag, v string) string {
		if v == "" {
			return ""
		}
		return "<" + tag + ">" + esc(v) + "</" + tag + ">"
	}
	b.pack.add("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", xmlHead+`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
		element("dc:title", title)+element("dc:subject", oneLine(b.d.Subject))+element("dc:creator", author)+element("cp:keywords", oneLine(strings.Join(b.d.Keywords, ", ")))+
		element("dc:description", brief(b.sourceWords(b.sources, 12), 2000))+element("dc:identifier", b.firstAt)+element("dc:language", bcp(b.lang))+
		`<dcterms:created xsi:type="dcterms:W3CDTF">`+stamp+`</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">`+stamp+`</dcterms:modified></cp:coreProperties>`)
	b.pack.add("docProps/app.xml", typeOff+"extended-properties+xml", xmlHead+`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>chiso</Application></Properties>`)
	var root rels
	root.link("officeDocument", presentation)
	root.link(relPkg+"metadata/core-properties", "docProps/core.xml")
	root.link("extended-properties", "docProps/app.xml")
	if b.firstAt != "" {
		// A program that is to draw the deck again knows by this that it is one of ours.
		b.pack.add("docProps/custom.xml", typeOff+"custom-properties+xml", xmlHead+`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">`+b.addresses.xml(b.firstAt, b.themeName(), 2)+`</Properties>`)
		root.link("custom-properties", "docProps/custom.xml")
	}
	b.pack.addRels("", &root)
}

// themeName is how tags name the colours of the deck.
func (b *builder) themeName() string {
	if b.m.own {
		return ownTheme
	}
	return string(b.d.Theme)
}

// titleOf and the next are a slide's own words, or its picture's.
func (b *builder) titleOf(s *Slide) string {
	if s.Title == "" && s.Picture != nil {
		return s.Picture.Title
	}
	return s.Title
}

func (b *builder) subtitleOf(s *Slide) string {
	if s.Subtitle == "" && s.Picture != nil {
		return s.Picture.Subtitle
	}
	return s.Subtitle
}

func (b *builder) sourcesOf(s *Slide) []charts.Source {
	if s.Sources == nil && s.Picture != nil {
		return s.Picture.Sources
	}
	return s.Sources
}

// sourceWords names the first sources, and says how many more there are.
func (b *builder) sourceWords(list []string, most int) string {
	if len(list) == 0 {
		return ""
	}
	more := ""
	if len(list) > most {
		more = " " + words.T(b.lang, "deck.source.more", "n", len(list)-most)
		list = list[:most]
	}
	return words.T(b.lang, "deck.source", "list", strings.Join(list, "; ")+more)
}

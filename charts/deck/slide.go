package deck

import (
	"context"
	"crypto/sha256"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

// page is one slide on its way to XML.
type page struct {
	b      *builder
	s      *Slide
	rels   rels
	shapes strings.Builder
	next   int
}

// slide writes a slide, or the several that a long table or many bars take.
func (b *builder) slide(ctx context.Context, s *Slide) error {
	if s.Link != "" && b.firstAt == "" {
		b.firstAt = s.Link
	}
	for _, src := range b.sourcesOf(s) {
		if t := oneLine(src.Label); t != "" && !slices.Contains(b.sources, t) {
			b.sources = append(b.sources, t)
		}
	}
	if s.Cover {
		return b.cover(s)
	}
	head := b.newPage(s, b.m.plain)
	area := head.measure("")
	if s.Picture == nil {
		head.head("")
		head.sentences(area)
		head.foot()
		return head.close()
	}
	plot := s.Picture.Plot
	if plot != nil && len(plot.Categories) > mostRows {
		return fmt.Errorf("%s: a table of %d rows; a deck takes %d: choose a smaller scope: %w", s.Picture.Name, len(plot.Categories), mostRows, reform.ErrTooLarge)
	}
	if plot == nil || plot.Besides {
		if b.d.PNG == nil {
			return fmt.Errorf("%s has no native chart, and nothing draws it: %w", s.Picture.Name, reform.ErrInvalid)
		}
		png, err := b.d.PNG(ctx, s.Picture)
		if err != nil {
			return err
		}
		img, err := b.image(png)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Picture.Name, err)
		}
		head.head("")
		head.picture(img, area)
		head.foot()
		if err := head.close(); err != nil || plot == nil {
			return err
		}
	}
	if plot.Kind == charts.PlotTable || len(plot.Series) == 0 {
		parts, across := sheets(plot, area.w, area.h)
		if len(parts) > across { // which part it is takes a line of its own where there is no subtitle
			area = head.measure(partWords(b.lang, 0, len(parts)))
			parts, across = sheets(plot, area.w, area.h)
		}
		slides := (len(parts) + across - 1) / across
		for i := range slides {
			part := partWords(b.lang, i, slides)
			p := b.newPage(s, b.m.plain)
			area := p.measure(part)
			p.head(part)
			for k := i * across; k < min((i+1)*across, len(parts)); k++ {
				p.table(&parts[k], area, k, len(parts))
				area.x += parts[k].wide() + between
			}
			p.foot()
			if err := p.close(); err != nil {
				return err
			}
		}
		return nil
	}
	parts := chunks(plot, slidesOf(plot))
	for i, one := range parts {
		part := partWords(b.lang, i, len(parts))
		p := b.newPage(s, b.m.plain)
		area := p.measure(part)
		p.head(part)
		if err := p.chart(one, area, i, len(parts)); err != nil {
			return err
		}
		p.foot()
		if err := p.close(); err != nil {
			return err
		}
	}
	return nil
}

// mostBars is how many lying bars a slide shows legibly.
const mostBars = 20

// mostBeside is how many they are where several stand beside each other at one name.
const mostBeside = 24

func (b *builder) newPage(s *Slide, layout string) *page {
	p := &page{b: b, s: s, next: 1}
	p.rels.link("slideLayout", "../"+strings.TrimPrefix(layout, "ppt/"))
	return p
}

func (p *page) id() int { p.next++; return p.next }

// tag gives a shape its origin. Tags stay with a shape that is moved, renamed or copied to
// another deck, so that it can be found and drawn again; the hash tells whether a person has
// changed the words since.
func (p *page) tag(part, words string) string {
	if p.s.Link == "" {
		return `<p:nvPr/>`
	}
	b := p.b
	b.tags++
	name := fmt.Sprintf("ppt/tags/chiso%d.xml", b.tags)
	o := origin{address: p.s.Link, part: part, theme: b.themeName(), lang: b.lang}
	if words != "" {
		o.text = Fingerprint(words)
	}
	o.author = part == partTitle && p.s.Title != "" || part == partSubtitle && p.s.Subtitle != "" || part == partSentence
	b.pack.add(name, typeSlide+"tags+xml", o.xml())
	b.addresses.add(p.s.Link)
	return `<p:nvPr><p:custDataLst><p:tags r:id="` + p.rels.link("tags", "../tags/"+name[len("ppt/tags/"):]) + `"/></p:custDataLst></p:nvPr>`
}

// name is what a shape is called. Its end leads to the address in programs that drop tags.
func (p *page) name(kind string) string { return shapeName(kind, p.s.Link) }

// Fingerprint is how a slide remembers the words that it was written with.
func Fingerprint(words string) string {
	sum := sha256.Sum256([]byte(oneLine(words)))
	return fmt.Sprintf("%x", sum[:8])
}

// holder fills a place of the layout.
func (p *page) holder(kind, name, words string, bold bool, w, h, usual float64) {
	usual = max(usual, 14)
	text, size := fit(oneLine(words), w, h, bold, usual, usual*0.85, usual*0.72, max(usual*0.6, 14), 14)
	o := letters{inherit: true}
	if size != usual {
		o.size = size
	}
	nv := p.tag(strings.Replace(kind, "ctrTitle", "title", 1), text)
	ph := `<p:ph type="` + kind + `"/>`
	if kind == "subTitle" {
		ph = `<p:ph type="subTitle" idx="` + p.b.subtitleIdx() + `"/>`
	}
	if nv == `<p:nvPr/>` {
		nv = `<p:nvPr>` + ph + `</p:nvPr>`
	} else {
		nv = strings.Replace(nv, `<p:nvPr>`, `<p:nvPr>`+ph, 1)
	}
	fmt.Fprintf(&p.shapes, `<p:sp><p:nvSpPr><p:cNvPr id="%d" name="%s"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>%s</p:nvSpPr><p:spPr/><p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/>%s</p:txBody></p:sp>`,
		p.id(), p.name(name), nv, paragraph(text, bcp(p.b.lang), "", o))
}

// words writes a text box.
func (p *page) words(part, name string, at box, anchor string, paragraphs ...string) {
	text := strings.Join(paragraphs, "")
	fmt.Fprintf(&p.shapes, `<p:sp><p:nvSpPr><p:cNvPr id="%d" name="%s"/><p:cNvSpPr txBox="1"/>%s</p:nvSpPr><p:spPr>%s<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="%s"><a:noAutofit/></a:bodyPr><a:lstStyle/>%s</p:txBody></p:sp>`,
		p.id(), p.name(name), p.tag(part, textOf(text)), at.xml("a"), anchor, text)
}

// textOf is the words of paragraphs, without their XML.
func textOf(xml string) string {
	var b strings.Builder
	for _, piece := range strings.Split(xml, "<a:t>")[1:] {
		t, _, _ := strings.Cut(piece, "</a:t>")
		b.WriteString(html.UnescapeString(t) + " ")
	}
	return b.String()
}

// Sizes of the words around a picture, in points.
const (
	subtitleSize = 14.0
	noteSize     = 10.0
	sourceSize   = 9.0
	textSize     = 14.0
	gap          = 0.08
)

// layout of the words around the picture.
func (p *page) subtitle(part string) (string, float64) {
	s := oneLine(p.b.subtitleOf(p.s))
	if part != "" {
		s = strings.TrimPrefix(s+" "+part, " ")
	}
	if s == "" {
		return "", 0
	}
	w := p.b.m.content.w
	s, size := fit(s, w, height(2, subtitleSize), false, subtitleSize, 12, 11)
	return s, size
}

func (p *page) subtitleHeight(part string) float64 {
	s, size := p.subtitle(part)
	if s == "" {
		return 0
	}
	return height(len(wrapped(s, p.b.m.content.w, size, false)), size) + gap
}

// notes is the notes of the picture as far as there is room for them on the slide.
func (p *page) notes() []string {
	if p.s.Picture == nil {
		return nil
	}
	const most = 6
	var out []string
	used := 0
	if starred(p.s.Picture.Plot) {
		out, used = append(out, words.T(p.b.lang, "deck.star")), 1
	}
	for _, n := range p.s.Picture.Notes {
		n = oneLine(n)
		lines := len(wrapped(n, p.b.m.content.w, noteSize, false))
		if used+lines > most || len(out) == most {
			return append(out, words.T(p.b.lang, "deck.morenotes"))
		}
		used += lines
		out = append(out, n)
	}
	return out
}

// starred says whether labels of the chart bear a star.
func starred(p *charts.Plot) bool {
	return p != nil && p.Kind == charts.PlotLine && slices.ContainsFunc(p.Series, func(s charts.PlotSeries) bool { return len(s.Hollow) > 0 || len(s.Provisional) > 0 })
}

func (p *page) notesHeight() float64 {
	lines := 0
	for _, n := range p.notes() {
		lines += len(wrapped(n, p.b.m.content.w, noteSize, false))
	}
	if lines == 0 {
		return 0
	}
	return height(lines, noteSize) + gap
}

// source is the lines that say where the numbers come from, and of when they are.
func (p *page) source() string {
	list := p.b.sourcesOf(p.s)
	var labels []string
	newest := ""
	for _, s := range list {
		if t := brief(oneLine(s.Label), 160); t != "" {
			labels = append(labels, t)
		}
		newest = max(newest, s.Date)
	}
	t := p.b.sourceWords(labels, 2)
	if day, err := time.Parse(time.DateOnly, newest); err == nil {
		t = strings.TrimSpace(t + " " + words.T(p.b.lang, "deck.date", "date", viet.FormatDate(day, p.b.lang)))
	}
	return cut(t, p.b.m.content.w-0.7, sourceSize, false, 2)
}

func (p *page) sourceHeight() float64 {
	lines := 0
	if s := p.source(); s != "" {
		lines = len(wrapped(s, p.b.m.content.w-0.7, sourceSize, false))
	}
	if p.s.Link != "" {
		lines++
	}
	return height(lines, sourceSize)
}

// measure is what the words leave for the picture.
func (p *page) measure(part string) box {
	at := p.b.m.content
	top := at.y + p.subtitleHeight(part)
	if len(p.s.Text) > 0 && p.s.Picture != nil {
		top += p.textHeight() + gap
	}
	bottom := at.y + at.h - p.sourceHeight() - p.notesHeight() - gap
	return box{at.x, top, at.w, max(bottom-top, 1)}
}

func (p *page) textHeight() float64 {
	lines := 0
	for _, t := range p.s.Text {
		lines += len(wrapped(oneLine(t), p.b.m.content.w, textSize, false))
	}
	return height(lines, textSize)
}

// head writes the title, the subtitle and the sentences above the picture.
func (p *page) head(part string) {
	b := p.b
	p.holder(b.m.plainKind, "Title", b.titleOf(p.s), true, b.m.title.w, b.m.title.h, b.m.titleSize)
	at := b.m.content
	if s, size := p.subtitle(part); s != "" {
		h := p.subtitleHeight(part)
		p.words("subtitle", "Subtitle", box{at.x, at.y, at.w, h - gap}, "t", paragraph(s, bcp(b.lang), "", letters{size: size, colour: b.c.muted()}))
		at.y += h
	}
	if len(p.s.Text) > 0 && p.s.Picture != nil {
		var list []string
		for _, t := range p.s.Text {
			list = append(list, paragraph(oneLine(t), bcp(b.lang), "", letters{size: textSize, colour: b.c.text()}))
		}
		p.words("sentence", "Sentences", box{at.x, at.y, at.w, p.textHeight()}, "t", list...)
	}
	if b.logo != nil && b.m.own {
		p.shapes.WriteString(b.logo.shape(p.id(), "Logo", "Logo", b.m.logo, p.rels.link("image", "../media/"+b.logo.base())))
	}
}

// sentences fills a page of words.
func (p *page) sentences(area box) {
	if len(p.s.Text) == 0 {
		return
	}
	size := 20.0
	for ; size > 12; size-- {
		h := 0.0
		for _, t := range p.s.Text {
			h += height(len(wrapped(oneLine(t), area.w-0.3, size, false)), size) + 0.1
		}
		if h <= area.h {
			break
		}
	}
	var list []string
	for _, t := range p.s.Text {
		list = append(list, `<a:p><a:pPr marL="228600" indent="-228600"><a:spcAft><a:spcPts val="600"/></a:spcAft><a:buFont typeface="Arial"/><a:buChar char="•"/></a:pPr>`+runs(oneLine(t), bcp(p.b.lang), letters{size: size, colour: p.b.c.text()})+`</a:p>`)
	}
	p.words("sentence", "Sentences", area, "t", list...)
}

// foot writes the notes on breaks and such, and where the numbers come from.
func (p *page) foot() {
	b, at := p.b, p.b.m.content
	y := at.y + at.h - p.sourceHeight()
	if list := p.notes(); len(list) > 0 {
		var out []string
		for _, n := range list {
			out = append(out, paragraph(n, bcp(b.lang), "", letters{size: noteSize, colour: b.c.muted()}))
		}
		h := p.notesHeight()
		p.words("notes", "Notes", box{at.x, y - h, at.w, h - gap}, "b", out...)
	}
	var out []string
	if s := p.source(); s != "" {
		out = append(out, paragraph(s, bcp(b.lang), "", letters{size: sourceSize, colour: b.c.muted()}))
	}
	if p.s.Link != "" {
		o := letters{size: sourceSize, colour: b.c.muted()}
		if clickable(p.s.Link) {
			o = letters{size: sourceSize, link: p.rels.out("hyperlink", p.s.Link)}
		}
		out = append(out, paragraph(linkWords(p.s.Link, b.lang), bcp(b.lang), "", o))
	}
	if len(out) > 0 {
		p.words("source", "Source", box{at.x, y, at.w - 0.7, p.sourceHeight()}, "t", out...)
	}
	if b.m.number {
		fmt.Fprintf(&p.shapes, `<p:sp><p:nvSpPr><p:cNvPr id="%d" name="Slide Number"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldNum"%s/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="%s"/><a:t>%d</a:t></a:fld></a:p></p:txBody></p:sp>`,
			p.id(), b.numberIdx(), bcp(b.lang), b.slides+1)
	}
}

// subtitleIdx points at the cover's place for the subtitle.
func (b *builder) subtitleIdx() string {
	if b.m.own && b.d.Template.subIdx != "" {
		return esc(b.d.Template.subIdx)
	}
	return "1"
}

// numberIdx points at the layout's place for the number.
func (b *builder) numberIdx() string {
	if b.m.own {
		return b.d.Template.numberIdx
	}
	return ` idx="12"`
}

// clickable says whether an address is one that a slide may lead to.
func clickable(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// linkWords say what the link is, with the load that the data is of.
func linkWords(link, lang string) string {
	t := words.T(lang, "deck.open")
	if u, err := url.Parse(link); err == nil {
		if rev := u.Query().Get("rev"); rev != "" {
			t += " · " + words.T(lang, "deck.rev", "rev", rev)
		}
		if u.Host != "" {
			t = u.Host + " · " + t
		}
	}
	return t
}

// close writes the slide and what the speaker says.
func (p *page) close() error {
	b := p.b
	b.slides++
	name := fmt.Sprintf("ppt/slides/slide%d.xml", b.slides)
	b.speaker(p, name)
	b.pack.add(name, typeSlide+"slide+xml", xmlHead+`<p:sld`+nsAll+`><p:cSld><p:spTree>`+emptyTree+p.shapes.String()+`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`)
	b.pack.addRels(name, &p.rels)
	fmt.Fprintf(&b.ids, `<p:sldId id="%d" r:id="%s"/>`, 255+b.slides, b.rels.link("slide", fmt.Sprintf("slides/slide%d.xml", b.slides)))
	return nil
}

func (b *builder) cover(s *Slide) error {
	p := b.newPage(s, b.m.cover)
	p.holder(b.m.coverKind, "Title", s.Title, true, b.m.coverTitle.w, b.m.coverTitle.h, b.m.coverTitleSize)
	if sub := strings.Join(append([]string{s.Subtitle}, s.Text...), " · "); strings.Trim(sub, " ·") != "" && b.m.hasSubtitle {
		p.holder("subTitle", "Subtitle", strings.Trim(sub, " ·"), false, b.m.coverSub.w, b.m.coverSub.h, 20)
	}
	return p.close()
}

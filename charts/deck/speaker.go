package deck

import (
	"fmt"
	"strings"

	"chiso/charts"
	"chiso/reform/words"
)

// speaker writes what stands in the notes of a slide: the sentences for the speaker, what the
// picture shows in words, all its notes, and its sources.
func (b *builder) speaker(p *page, slide string) {
	var list []string
	for _, t := range p.s.Notes {
		if t = oneLine(t); t != "" {
			list = append(list, t)
		}
	}
	list = append(list, p.spoken(len(list) > 0)...)
	if len(list) == 0 {
		return
	}
	b.notes++
	name := fmt.Sprintf("ppt/notesSlides/notesSlide%d.xml", b.notes)
	var body strings.Builder
	for _, t := range list {
		body.WriteString(paragraph(t, bcp(b.lang), "", letters{}))
	}
	b.pack.add(name, typeSlide+"notesSlide+xml", xmlHead+`<p:notes`+nsAll+`><p:cSld><p:spTree>`+emptyTree+
		`<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>`+
		`<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>`+body.String()+`</p:txBody></p:sp>`+
		`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:notes>`)
	var r rels
	r.link("notesMaster", "../notesMasters/notesMaster1.xml")
	r.link("slide", "../slides/"+strings.TrimPrefix(slide, "ppt/slides/"))
	b.pack.addRels(name, &r)
	p.rels.link("notesSlide", "../notesSlides/"+strings.TrimPrefix(name, "ppt/notesSlides/"))
}

// spoken is what the notes of a slide say by themselves; more says that something stands before it.
func (p *page) spoken(more bool) []string {
	b, s := p.b, p.s
	var list []string
	add := func(t string) {
		if t = oneLine(t); t != "" {
			list = append(list, t)
		}
	}
	if s.Picture != nil {
		for _, t := range s.Picture.Spoken {
			add(t)
		}
		add(p.alt())
		for _, t := range s.Picture.Notes {
			add(t)
		}
	}
	var sources []string
	for _, src := range b.sourcesOf(s) {
		if t := oneLine(src.Label); t != "" {
			sources = append(sources, t)
		}
	}
	add(b.sourceWords(sources, 40))
	if (more || len(list) > 0) && s.Link != "" {
		add(words.T(b.lang, "deck.address", "address", s.Link))
	}
	return list
}

// notesMaster writes the master of the notes. It is there only where a slide has notes.
func (b *builder) notesMaster() {
	const name, theme = "ppt/notesMasters/notesMaster1.xml", "ppt/theme/themeNotes.xml"
	w, h := 5.0, 5.0*b.m.h/b.m.w
	b.pack.add(name, typeSlide+"notesMaster+xml", xmlHead+`<p:notesMaster`+nsAll+`><p:cSld><p:bg><p:bgPr>`+scheme("bg1", "")+`<a:effectLst/></p:bgPr></p:bg><p:spTree>`+emptyTree+
		`<p:sp><p:nvSpPr><p:cNvPr id="2" name="Slide Image"/><p:cNvSpPr><a:spLocks noGrp="1" noRot="1" noChangeAspect="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldImg" idx="2"/></p:nvPr></p:nvSpPr><p:spPr>`+box{(7.5 - w) / 2, 0.75, w, h}.xml("a")+`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln w="12700"><a:solidFill><a:prstClr val="black"/></a:solidFill></a:ln></p:spPr></p:sp>`+
		`<p:sp><p:nvSpPr><p:cNvPr id="3" name="Notes"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="body" sz="quarter" idx="3"/></p:nvPr></p:nvSpPr><p:spPr>`+box{0.75, 4.8, 6, 4.5}.xml("a")+`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>`+paragraph(words.T(b.lang, "deck.prompt.body"), bcp(b.lang), "", letters{})+`</p:txBody></p:sp>`+
		`</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>`+
		`<p:notesStyle><a:lvl1pPr marL="0" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1"><a:defRPr sz="1200" kern="1200">`+scheme("tx1", "")+`<a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl1pPr></p:notesStyle></p:notesMaster>`)
	var r rels
	r.link("theme", "../theme/themeNotes.xml")
	b.pack.addRels(name, &r)
	// Notes are printed: their paper is white whatever the slides are.
	b.pack.add(theme, typeOff+"theme+xml", themeXML("chiso notes", charts.Light, charts.PaletteOf(charts.Light)))
}

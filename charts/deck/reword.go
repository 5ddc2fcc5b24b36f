package deck

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"chiso/charts"
	"chiso/reform/words"
)

// partWord is the "(page 1/2)" behind the subtitle of a picture that takes several slides.
var partWord = regexp.MustCompile(`\(\p{L}+ \d{1,3}/\d{1,3}\)$`)

// said is what a part of a slide says of a picture, by paragraphs; current is what it says now.
func (w *slideWork) said(o *origin, pic *charts.Picture, link string, wide float64, current string) []string {
	if pic == nil {
		return nil
	}
	p := w.reader(o, pic, link, wide)
	switch o.part {
	case partTitle:
		return []string{brief(oneLine(pic.Title), 300)}
	case partSubtitle:
		return []string{strings.TrimSpace(oneLine(pic.Subtitle) + " " + partWord.FindString(current))}
	case partNotes:
		return p.notes()
	case partSource:
		p.b.m.content.w += 0.7 // the number of the slide stands beside it
		var out []string
		if s := p.source(); s != "" {
			out = append(out, s)
		}
		return append(out, linkWords(link, p.b.lang))
	}
	return nil
}

// reword replaces words that are still those that were written here. What a person has changed stays.
func (w *slideWork) reword(s *shape, o *origin, a *answer) error {
	if s.kind != "sp" {
		return nil
	}
	current := s.words()
	if o.author || o.part == partSentence || o.part == partCover {
		if w.changed[o.address] && current != "" {
			w.add(Change{Kind: Author, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title), Old: brief(current, 200)})
		}
		return w.retag(s, o, a, o.text, s.alt)
	}
	wide, _ := s.sizeOf()
	now := w.said(o, a.New, a.Link, wide, current)
	if len(now) == 0 && o.part != partNotes {
		return nil
	}
	was := oneLine(strings.Join(w.said(o, a.Old, o.address, wide, current), " "))
	text := oneLine(strings.Join(now, " "))
	ours := o.text == Fingerprint(current)
	if o.text == "" {
		ours = a.Old != nil && current == was
	}
	if !ours {
		if current != text && (o.tagged || a.Old != nil) {
			w.add(Change{Kind: KeptWords, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title), Old: brief(current, 200), New: brief(text, 200)})
		}
		return w.retag(s, o, a, o.text, s.alt)
	}
	if len(s.body) == 0 {
		return nil
	}
	if a.Old != nil && was == text && o.part != partSource {
		// The picture says what it said; what stands there may be shortened to its place.
		return w.retag(s, o, a, Fingerprint(current), s.alt)
	}
	if len(now) == 0 {
		now = []string{""} // a body has a paragraph at least
	}
	if text != current || o.part == partSource {
		w.write(s, o, a, now)
	}
	if text != current && (o.part == partTitle || o.part == partSubtitle) {
		w.add(Change{Kind: Words, Part: o.part, Address: o.address, Picture: oneLine(a.New.Title), Old: brief(current, 200), New: brief(text, 200)})
	}
	return w.retag(s, o, a, Fingerprint(text), s.alt)
}

var (
	linkXML   = regexp.MustCompile(`(?s)<a:hlinkClick\b[^>]*?/>|<a:hlinkClick\b[^>]*?>.*?</a:hlinkClick>`)
	linkRelID = regexp.MustCompile(`(<a:hlinkClick\b[^>]*?\br:id\s*=\s*)("[^"]*"|'[^']*')`)
)

// write puts other words into a shape. Each paragraph keeps the looks of the one in its place.
func (w *slideWork) write(s *shape, o *origin, a *answer, now []string) {
	var out strings.Builder
	for i, text := range now {
		k := min(i, len(s.body)-1)
		if o.part == partSource {
			k = max(0, min(len(s.body)-len(now)+i, len(s.body)-1)) // the link stands last
		}
		p := s.body[k]
		get := func(at span) string { return string(w.body[at.from:at.to]) }
		run := get(p.run)
		if p.link != "" {
			w.old = append(w.old, p.link)
			if o.part == partSource && i == len(now)-1 && clickable(a.Link) {
				id := w.link("hyperlink", a.Link, true)
				run = linkRelID.ReplaceAllString(run, `${1}"`+id+`"`)
			} else {
				run = linkXML.ReplaceAllString(run, "")
			}
		}
		fmt.Fprintf(&out, `<a:p>%s<a:r>%s<a:t>%s</a:t></a:r>%s</a:p>`, get(p.props), run, esc(text), get(p.end))
	}
	w.edits = append(w.edits, edit{span{s.body[0].all.from, s.body[len(s.body)-1].all.to}, out.String()})
}

var tagsRelID = regexp.MustCompile(`(<p:tags\b[^>]*?\br:id\s*=\s*)("[^"]*"|'[^']*')`)

// retag writes into a shape where it came from now: its tags, the end of its name, its description.
func (w *slideWork) retag(s *shape, o *origin, a *answer, text, alt string) error {
	now := origin{address: a.Link, part: o.part, theme: o.theme, lang: o.lang, text: text, author: o.author}
	body := now.xml()
	old := w.target(s.tags, "/tags")
	if old != "" {
		have, err := readTags(w.in, old)
		if err != nil {
			return err
		}
		var others strings.Builder
		for _, t := range have {
			if !strings.HasPrefix(strings.ToUpper(t.Name), "CHISO_") {
				others.WriteString(`<p:tag name="` + esc(t.Name) + `" val="` + esc(t.Val) + `"/>`)
			}
		}
		body = strings.Replace(body, `<p:tag `, others.String()+`<p:tag `, 1)
	}
	name := w.out.replaced(old, ".xml", "ppt/tags/chiso%d.xml", typeSlide+"tags+xml", []byte(body))
	if name != old && !s.app.empty() {
		app := string(w.body[s.app.from:s.app.to])
		if s.tags != "" {
			w.old = append(w.old, s.tags)
		}
		id := w.link("tags", name, false)
		list := `<p:tags r:id="` + id + `"/>`
		whole := `<p:custDataLst>` + list + `</p:custDataLst>`
		switch {
		case tagsRelID.MatchString(app):
			app = tagsRelID.ReplaceAllString(app, `${1}"`+id+`"`)
		case strings.Contains(app, `</p:custDataLst>`):
			app = strings.Replace(app, `</p:custDataLst>`, list+`</p:custDataLst>`, 1)
		case strings.Contains(app, `<p:extLst`):
			app = strings.Replace(app, `<p:extLst`, whole+`<p:extLst`, 1)
		case strings.HasSuffix(app, `/>`) && !strings.Contains(app, `</`) && strings.Count(app, "<") == 1:
			app = strings.TrimSuffix(app, `/>`) + `>` + whole + `</p:nvPr>`
		default:
			app = strings.TrimSuffix(app, `</p:nvPr>`) + whole + `</p:nvPr>`
		}
		w.edits = append(w.edits, edit{s.app, app})
	}
	tag := string(w.body[s.props.from:s.props.to])
	was := tag
	if m := ourName.FindStringSubmatch(s.name); m != nil && m[2] != "" {
		tag = withAttr(tag, "name", shapeName(m[1], a.Link))
	}
	if alt != s.alt {
		tag = withAttr(tag, "descr", alt)
	}
	if tag != was && !s.props.empty() {
		w.edits = append(w.edits, edit{s.props, tag})
	}
	return nil
}

// speaker replaces what the notes of the slide say of a picture, where they still say it.
func (w *slideWork) speaker(address string) error {
	var o *origin
	for _, one := range w.from {
		if one.address == address && (o == nil || one.part < o.part) {
			o = one
		}
	}
	a := w.ask(o)
	i := slices.IndexFunc(w.rels, func(r rel) bool { return strings.HasSuffix(r.kind, "/notesSlide") && !r.external })
	if i < 0 || a.err != nil || !w.out.has(w.rels[i].target) {
		return nil
	}
	name := w.rels[i].target
	body, err := w.out.read(name)
	if err != nil {
		return err
	}
	if err := w.in.sound(name, body); err != nil {
		return err
	}
	shapes, err := readShapes(body)
	if err != nil {
		return nil // notes of another program; the slide's own words tell the same
	}
	now := w.reader(o, a.New, a.Link, 0).spoken(true)
	var was []string
	if a.Old != nil {
		was = w.reader(o, a.Old, address, 0).spoken(true)
	}
	mark := oneLine(words.T(o.lang, "deck.address", "address", address))
	for _, s := range shapes {
		if s.kind != "sp" || s.holder == "sldImg" || len(s.body) == 0 {
			continue
		}
		at, marked := -1, false
		for k := range s.body {
			marked = marked || oneLine(s.body[k].text) == mark
			same := len(was) > 0 && k+len(was) <= len(s.body)
			for j := 0; same && j < len(was); j++ {
				same = oneLine(s.body[k+j].text) == was[j]
			}
			if same {
				at = k
				break
			}
		}
		if at < 0 {
			if marked && !slices.Equal(was, now) {
				w.add(Change{Kind: KeptNotes, Address: address, Picture: oneLine(a.New.Title)})
			}
			continue
		}
		var out strings.Builder
		for j, text := range now {
			p := s.body[at+min(j, len(was)-1)]
			fmt.Fprintf(&out, `<a:p>%s<a:r>%s<a:t>%s</a:t></a:r></a:p>`, body[p.props.from:p.props.to], linkXML.ReplaceAll(body[p.run.from:p.run.to], nil), esc(text))
		}
		next, err := splice(body, []edit{{span{s.body[at].all.from, s.body[at+len(was)-1].all.to}, out.String()}})
		if err != nil {
			return err
		}
		w.out.set(name, next)
		return nil
	}
	return nil
}

package deck

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// ask gets the pictures of an origin, each once for a deck.
func (r *refresher) ask(o *origin) *answer {
	key := o.address + "\x00" + o.lang + "\x00" + o.theme
	if a, ok := r.answers[key]; ok {
		return a
	}
	a := &answer{}
	r.answers[key] = a
	theme := charts.Theme(o.theme)
	if theme != charts.Dark && theme != charts.Mono {
		theme = charts.Light
	}
	a.Redrawn, a.err = r.Ask(r.ctx, o.address, o.lang, theme)
	if a.err == nil && a.New == nil {
		a.err = fmt.Errorf("nothing was drawn: %w", reform.ErrNotFound)
	}
	if a.err == nil {
		if p := a.New.Plot; p != nil && len(p.Categories) > mostRows {
			a.err = fmt.Errorf("%d rows; a deck takes %d: %w", len(p.Categories), mostRows, reform.ErrTooLarge)
		}
	}
	if a.err == nil {
		r.fresh.add(a.Link)
		r.moved[o.address] = a.Link
	}
	return a
}

var figurePath = regexp.MustCompile(`(?:^|/)(?:figures|tables)/[a-z0-9-]{1,60}(?:\.[a-z]{1,8})?$`)

// isAddress says whether a link may be the address of a picture. Of whose server it is plays no
// part: an address is read for its parameters, and never fetched.
func isAddress(link string) bool {
	u, err := url.Parse(link)
	if err != nil || len(link) > 8<<10 || u.Opaque != "" {
		return false
	}
	return (u.Scheme == "" || u.Scheme == "http" || u.Scheme == "https") && figurePath.MatchString(u.Path)
}

// linked are the addresses of pictures to which the slide itself leads.
func (w *slideWork) linked() []string {
	var out []string
	for _, r := range w.rels {
		if r.external && strings.HasSuffix(r.kind, "/hyperlink") && isAddress(r.target) && !slices.Contains(out, r.target) {
			out = append(out, r.target)
		}
	}
	return out
}

// origins finds out where the shapes came from.
func (w *slideWork) origins(linked []string) error {
	w.from = map[*shape]*origin{}
	var met []string
	take := func(s *shape, o *origin) {
		w.from[s] = o
		if !slices.Contains(met, o.address) {
			met = append(met, o.address)
		}
	}
	var open []*shape
	for _, s := range w.shapes {
		o, err := w.tagged(s)
		if err != nil {
			return err
		}
		if o != nil {
			take(s, o)
			continue
		}
		m := ourName.FindStringSubmatch(s.name)
		if m != nil && m[2] != "" {
			if address := w.book.keys[m[2]]; address != "" {
				take(s, w.guess(address, partOfName(m[1])))
				continue
			}
		}
		if m != nil || s.holder == "title" || s.holder == "ctrTitle" {
			open = append(open, s)
		}
	}
	// What neither tag nor name tells is concluded only where the slide is of one picture alone.
	if len(met) == 0 {
		met = linked
	}
	if len(met) != 1 {
		return nil
	}
	have := map[string]bool{}
	for _, o := range w.from {
		have[o.part] = true
	}
	for _, s := range open {
		part := partTitle
		if m := ourName.FindStringSubmatch(s.name); m != nil && s.holder == "" {
			part = partOfName(m[1])
		}
		if !have[part] {
			take(s, w.guess(met[0], part))
			have[part] = true
		}
	}
	// A title alone is no picture: its link is the author's.
	if len(linked) > 0 && !slices.ContainsFunc(w.shapes, func(s *shape) bool { o := w.from[s]; return o != nil && (o.tagged || !isWords(o.part)) }) {
		clear(w.from)
	}
	return nil
}

// guess is the origin of a shape whose tags are lost.
func (w *slideWork) guess(address, part string) *origin {
	o := &origin{address: address, part: part, theme: w.book.theme, lang: "vi"}
	if u, err := url.Parse(address); err == nil && u.Query().Get("lang") == "en" {
		o.lang = "en"
	}
	return o
}

// tagged reads the tags of a shape; nil where they say nothing.
func (w *slideWork) tagged(s *shape) (*origin, error) {
	to := w.target(s.tags, "/tags")
	if to == "" {
		return nil, nil
	}
	tags, err := readTags(w.in, to)
	if err != nil {
		return nil, err
	}
	o := &origin{tagged: true}
	for _, t := range tags {
		switch strings.ToUpper(t.Name) {
		case tagAddress:
			o.address = t.Val
		case tagPart:
			o.part = t.Val
		case tagTheme:
			o.theme = t.Val
		case tagLang:
			o.lang = t.Val
		case tagText:
			o.text = t.Val
		case tagAuthor:
			o.author = t.Val == "1"
		}
	}
	if o.address == "" || o.part == "" {
		return nil, nil
	}
	o.lang = words.Lang(o.lang)
	return o, nil
}

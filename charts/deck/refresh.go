package deck

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// Refresh draws the parts of an old deck anew that came from here, and leaves all others alone.
type Refresh struct {
	// Ask gives the pictures of an address. It is asked once for each address, language and theme.
	Ask func(ctx context.Context, address, lang string, theme charts.Theme) (Redrawn, error)
	// PNG draws a picture that stands in the deck as pixels.
	PNG func(ctx context.Context, pic *charts.Picture, lang string) ([]byte, error)
}

// Redrawn is a picture as it was and as it is.
type Redrawn struct {
	Old  *charts.Picture // as the address shows it; nil where that can't be told any more
	New  *charts.Picture
	Link string // the new address
}

// What a Change is.
type ChangeKind string

// The kinds of changes.
const (
	Value     ChangeKind = "value"     // a number or its words are others
	Words     ChangeKind = "words"     // a title or a sentence is another
	Same      ChangeKind = "same"      // drawn anew, and shows what it showed
	Unknown   ChangeKind = "unknown"   // drawn anew; what it showed before can't be told
	KeptWords ChangeKind = "kept"      // words that a person has changed stay
	Author    ChangeKind = "author"    // words of whoever made the deck stay, and the data beside them changed
	KeptNotes ChangeKind = "notes"     // speaker notes that a person has changed stay
	Edited    ChangeKind = "edited"    // numbers that a person had typed into a chart are gone
	Crowded   ChangeKind = "crowded"   // there is more to show than the place that it has
	Untouched ChangeKind = "untouched" // could not be drawn; Err says why
	Lost      ChangeKind = "lost"      // an address of ours is on the slide, and no shape can be told to be its
)

// Change is one line of the report.
type Change struct {
	Kind    ChangeKind
	Slide   int // from 1
	Part    string
	Address string
	Picture string // its title
	Row     string // of a Value: what stands in the row and the column
	Column  string
	Old     string // "" there was none
	New     string // "" there is none
	More    int    // so many changes more of this part
	Err     error
}

// Report says what became of a deck.
type Report struct {
	Slides  int
	Redrawn int // charts, tables and pictures
	Changes []Change
}

// mostChanges of one part are listed one by one.
const mostChanges = 100

// mostOldSlides is how many slides a deck of others may have.
const mostOldSlides = 1000

// refresher is a deck that is being refreshed.
type refresher struct {
	*Refresh
	ctx      context.Context
	in       *templateFile
	out      *rewriter
	book     properties
	answers  map[string]*answer
	palettes map[string]palette // by master
	report   Report
	fresh    addressBook
	moved    map[string]string // new address by old
}

type answer struct {
	Redrawn
	err error
	png []byte // once drawn
}

// File refreshes a deck. The file is not changed where it holds nothing of ours.
func (r Refresh) File(ctx context.Context, file []byte) (_ []byte, _ *Report, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("deck: %w", err)
		}
	}()
	in, err := openTemplate(file)
	if err != nil {
		return nil, nil, err
	}
	do := &refresher{Refresh: &r, ctx: ctx, in: in, answers: map[string]*answer{}, palettes: map[string]palette{}, moved: map[string]string{}}
	if do.out, err = newRewriter(in); err != nil {
		return nil, nil, err
	}
	slides, err := do.slides()
	if err != nil {
		return nil, nil, err
	}
	if do.book, err = readProperties(in); err != nil {
		return nil, nil, err
	}
	do.report.Slides = len(slides)
	for i, name := range slides {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if err := do.slide(i+1, name); err != nil {
			return nil, nil, fmt.Errorf("slide %d: %w", i+1, err)
		}
	}
	if len(do.moved) == 0 {
		return file, &do.report, nil
	}
	if err := do.properties(); err != nil {
		return nil, nil, err
	}
	b, err := do.out.bytes()
	return b, &do.report, err
}

// slides are the parts of the slides in the order in which they are shown.
func (r *refresher) slides() ([]string, error) {
	root, err := r.in.rels("")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(root, func(r rel) bool { return strings.HasSuffix(r.kind, "/officeDocument") && !r.external })
	if i < 0 {
		return nil, refused("the file holds no presentation")
	}
	var pres struct {
		Slides []struct {
			Attrs attrs `xml:",any,attr"`
		} `xml:"sldIdLst>sldId"`
	}
	if err := r.in.parse(root[i].target, &pres); err != nil {
		return nil, err
	}
	if len(pres.Slides) > mostOldSlides {
		return nil, fmt.Errorf("%d slides, at most %d: %w", len(pres.Slides), mostOldSlides, reform.ErrTooLarge)
	}
	list, err := r.in.rels(root[i].target)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, s := range pres.Slides {
		k := slices.IndexFunc(list, func(r rel) bool { return r.id == s.Attrs.rel() && strings.HasSuffix(r.kind, "/slide") && !r.external })
		if k < 0 {
			return nil, refused("the presentation names a slide that is not there")
		}
		if slices.Contains(out, list[k].target) {
			return nil, refused("the presentation shows one slide twice")
		}
		out = append(out, list[k].target)
	}
	return out, nil
}

// slideWork is a slide on its way.
type slideWork struct {
	*refresher
	n      int
	name   string
	body   []byte
	rels   []rel
	shapes []*shape
	from   map[*shape]*origin
	edits  []edit
	old    []string // relations that may not be needed any more
	// changed are the addresses of which a number on this slide changed.
	changed map[string]bool
}

func (r *refresher) slide(n int, name string) error {
	body, err := r.in.read(name)
	if err != nil {
		return err
	}
	if err := r.in.sound(name, body); err != nil {
		return err
	}
	list, err := r.in.rels(name)
	if err != nil {
		return err
	}
	w := &slideWork{refresher: r, n: n, name: name, body: body, rels: slices.Clone(list), changed: map[string]bool{}}
	linked := w.linked()
	if w.shapes, err = readShapes(body); err != nil {
		// A slide that can't be read stays as it is; that it was one of ours is worth a word.
		for _, a := range linked {
			w.add(Change{Kind: Untouched, Address: a, Err: err})
		}
		return nil
	}
	if err := w.origins(linked); err != nil {
		return err
	}
	if len(w.from) == 0 {
		for _, a := range linked {
			w.add(Change{Kind: Lost, Address: a})
		}
		return nil
	}
	refusedHere := map[string]bool{}
	var told []string
	work := func(words bool) error {
		for _, s := range w.shapes {
			o := w.from[s]
			if o == nil || isWords(o.part) != words {
				continue
			}
			if err := w.ctx.Err(); err != nil {
				return err
			}
			if w.report.Redrawn > mostRows {
				return refused("more than %d charts, tables and pictures of chiso", mostRows)
			}
			a := w.ask(o)
			if passing(a.err) {
				return a.err // half a deck helps nobody: the next try gets it whole
			}
			if a.err != nil {
				if !refusedHere[o.address] {
					refusedHere[o.address] = true
					w.add(Change{Kind: Untouched, Part: o.part, Address: o.address, Err: a.err})
				}
				continue
			}
			if !slices.Contains(told, o.address) {
				told = append(told, o.address)
			}
			var err error
			if words {
				err = w.reword(s, o, a)
			} else {
				err = w.redraw(s, o, a)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := work(false); err != nil {
		return err
	}
	if err := work(true); err != nil {
		return err
	}
	for _, address := range told {
		if err := w.speaker(address); err != nil {
			return err
		}
	}
	return w.close()
}

// passing says whether an error is of the moment and not of the deck.
func passing(err error) bool {
	return errors.Is(err, reform.ErrUnavailable) || errors.Is(err, reform.ErrTimeout) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func isWords(part string) bool {
	switch kind, _, _ := strings.Cut(part, " "); kind {
	case "chart", "table", "picture":
		return false
	}
	return true
}

func (w *slideWork) add(c Change) {
	c.Slide = w.n
	w.report.Changes = append(w.report.Changes, c)
}

// target is the part to which a relation of the slide leads; "" none of the kind.
func (w *slideWork) target(id, kind string) string {
	for _, r := range w.rels {
		if id != "" && r.id == id && !r.external && strings.HasSuffix(r.kind, kind) && w.out.has(r.target) {
			return r.target
		}
	}
	return ""
}

// link adds a relation to the slide and returns its id.
func (w *slideWork) link(kind, target string, external bool) string {
	kind = relOff + kind
	for _, r := range w.rels {
		if r.kind == kind && r.target == target && r.external == external {
			return r.id
		}
	}
	id := freeRel(w.rels)
	w.rels = append(w.rels, rel{id, kind, target, external})
	return id
}

func freeRel(list []rel) string {
	for n := len(list) + 1; ; n++ {
		id := fmt.Sprintf("rId%d", n)
		if !slices.ContainsFunc(list, func(r rel) bool { return r.id == id }) {
			return id
		}
	}
}

// reader is a builder that knows as much as the words of a slide need.
func (w *slideWork) reader(o *origin, pic *charts.Picture, link string, wide float64) *page {
	b := &builder{d: &Deck{Lang: o.lang}, lang: words.Lang(o.lang), m: &base{content: box{w: wide}}}
	return &page{b: b, s: &Slide{Picture: pic, Link: link}}
}

// close writes the slide with what has been changed.
func (w *slideWork) close() error {
	if len(w.edits) > 0 {
		body, err := splice(w.body, w.edits)
		if err != nil {
			return err
		}
		w.body = body
		w.out.set(w.name, body)
	}
	used := map[string]bool{}
	for _, m := range usedRel.FindAllSubmatch(w.body, -1) {
		used[string(m[1])] = true
	}
	w.rels = slices.DeleteFunc(w.rels, func(r rel) bool { return slices.Contains(w.old, r.id) && !used[r.id] })
	w.out.setRels(w.name, w.rels)
	return nil
}

// base of a part's name, for messages.
func shortName(name string) string { return brief(clean(path.Base(name)), 60) }

// ErrShape marks a part whose picture can't be drawn in its place any more: a chart that is a table now, say.
var ErrShape = errors.New("what is on the slide is of another kind")

package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
	"chiso/reform/words"
)

// RefreshAt says of which state an old deck is to show; the zero value is what is loaded now.
type RefreshAt struct {
	AsOf string // a day: what was known then
	Rev  string // what was loaded then
}

// errForeign marks an address in a deck that is none of a picture.
var errForeign = errors.New("no address of a picture of ours")

// mostRedrawn is how many pictures a deck may ask for.
const mostRedrawn = 200

// RefreshDeck draws an old deck anew. Addresses in it are read for the picture and its
// parameters; nothing is ever fetched from them.
func (s *Server) RefreshDeck(ctx context.Context, file []byte, at RefreshAt) ([]byte, *deck.Report, error) {
	wanted := url.Values{}
	for name, v := range map[string]string{"as_of": at.AsOf, "rev": at.Rev} {
		if v = strings.TrimSpace(v); v != "" {
			wanted.Set(name, v)
		}
	}
	if len(wanted) > 1 {
		return nil, nil, fmt.Errorf("choose a day (as_of) or a revision (rev), not both: %w", reform.ErrInvalid)
	}
	p := s.params(wanted)
	p.view()
	if err := p.done(); err != nil {
		return nil, nil, err
	}
	if wanted.Has("rev") && !s.settled(ctx, wanted) {
		return nil, nil, invalid("rev", "%s has not been loaded yet", clip(wanted.Get("rev"), 20))
	}
	asked := 0
	r := deck.Refresh{
		Ask: func(ctx context.Context, address, lang string, theme charts.Theme) (deck.Redrawn, error) {
			if asked++; asked > mostRedrawn {
				return deck.Redrawn{}, fmt.Errorf("more than %d pictures: %w", mostRedrawn, reform.ErrTooLarge)
			}
			return s.redrawn(ctx, address, lang, theme, wanted)
		},
		PNG: func(ctx context.Context, pic *charts.Picture, lang string) ([]byte, error) {
			return s.patient(s.slidePNG(lang, 2))(ctx, pic) // else the deck would be refused because others are drawing
		},
	}
	return r.File(ctx, file)
}

// redrawn draws the picture of an address as it was and as it is at the state wanted.
func (s *Server) redrawn(ctx context.Context, address, lang string, theme charts.Theme, wanted url.Values) (deck.Redrawn, error) {
	var out deck.Redrawn
	at, err := drawnAddress(address)
	if err != nil {
		return out, err
	}
	if s.opt.BaseURL != "" {
		at.origin = s.opt.BaseURL
	}
	q := at.q
	for _, k := range lookWords { // an address in a deck may not bring them: they cost time by their size
		q.Del(k)
	}
	draw, err := s.drawAgain(at, lang, theme)
	if err != nil {
		return out, err
	}
	if q.Get("rev") != "" && s.settled(ctx, q) {
		if was, _, err := draw(ctx, q, false); err == nil {
			out.Old = was
		} else if ctx.Err() != nil {
			return out, ctx.Err()
		}
	}
	q = cloneValues(q)
	q.Del("rev")
	q.Del("as_of")
	for k, v := range wanted {
		q[k] = v
	}
	if q, err = s.pinned(ctx, q); err != nil {
		return out, err
	}
	out.New, out.Link, err = draw(ctx, q, true)
	return out, err
}

// drawAgain is how a picture, or a table of a report as one, is made of the parameters of its address; onSlide asks for
// it in the shape of a slide.
func (s *Server) drawAgain(at drawn, lang string, theme charts.Theme) (func(ctx context.Context, q url.Values, onSlide bool) (*charts.Picture, string, error), error) {
	if at.table {
		if at.name == sourcesSheet {
			return nil, errSourcesSheet
		}
		return func(ctx context.Context, q url.Values, _ bool) (*charts.Picture, string, error) {
			q = cloneValues(q)
			q.Set("lang", lang)
			pic, err := s.tablePicture(ctx, at.name, q, nil)
			return pic, tableAddress(at.origin, at.name, q), err
		}, nil
	}
	kind, ok := pictureNamed(at.name)
	if !ok {
		return nil, noPicture(at.name)
	}
	return func(ctx context.Context, q url.Values, onSlide bool) (*charts.Picture, string, error) {
		q = cloneValues(q)
		q.Set("lang", lang)
		q.Set("theme", string(theme))
		q.Set("title", "0")
		r, err := s.figureRequest(ctx, kind, q, at.origin)
		if err != nil {
			return nil, "", err
		}
		pic := r.picture
		if onSlide {
			pic, err = r.onSlide(deck.Wide)
		}
		return pic, r.from.Link, err
	}, nil
}

// errSourcesSheet says that a report's list of sources is of the day when the report was made.
var errSourcesSheet = errors.New("the list of sources is made with a whole report")

// drawn is where a part of a deck came from.
type drawn struct {
	name   string // of the picture or the table
	table  bool
	q      url.Values
	origin string // what stands before the path
}

// drawnAddress takes an address apart. Whose server it names plays no part.
func drawnAddress(address string) (drawn, error) {
	foreign := func(why string) (drawn, error) {
		return drawn{}, fmt.Errorf("%q (%s): %w: %w", clip(address, 120), why, errForeign, reform.ErrInvalid)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return foreign("it can't be read")
	case u.Opaque != "" || u.User != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" || (u.Scheme == "") != (u.Host == ""):
		return foreign("it is no address of a page")
	}
	var at drawn
	before, file, ok := strings.Cut(u.Path, "/figures/")
	if !ok {
		before, file, ok = strings.Cut(u.Path, "/tables/")
		at.table = ok
	}
	if !ok || strings.Contains(file, "/") || strings.Contains(before, "..") {
		return foreign("it leads to no picture")
	}
	at.name, _, _ = strings.Cut(file, ".")
	if at.q, err = queryOf([]byte(u.RawQuery)); err != nil {
		return foreign("its parameters can't be read")
	}
	if u.Host != "" && hostName.MatchString(u.Host) {
		at.origin = u.Scheme + "://" + u.Host + plainPath.FindString(before)
	}
	return at, nil
}

var plainPath = regexp.MustCompile(`^[A-Za-z0-9._~/-]{0,200}$`)

// refreshLine is a change in words of the field.
func (s *Server) refreshLine(c deck.Change, lang string) string {
	say := func(key string, pairs ...any) string {
		return words.T(lang, key, append([]any{"slide", c.Slide, "what", s.refreshSubject(c, lang)}, pairs...)...)
	}
	orNone := func(t string) string {
		if t == "" {
			return words.T(lang, "refresh.none")
		}
		return t
	}
	switch c.Kind {
	case deck.Value:
		t := say("refresh.value", "new", orNone(c.New), "old", orNone(c.Old))
		if c.Old == "" {
			t = say("refresh.added", "new", c.New)
		}
		if c.More > 0 {
			t += " " + words.T(lang, "refresh.more", "n", c.More)
		}
		return t
	case deck.Words:
		return say("refresh.words", "new", c.New, "old", c.Old)
	case deck.KeptWords:
		return say("refresh.kept", "part", words.T(lang, "refresh.part."+c.Part), "old", clip(c.Old, 80))
	case deck.Author:
		return say("refresh.author", "old", clip(c.Old, 80))
	case deck.Untouched:
		return say("refresh.untouched", "why", refreshWhy(c.Err, lang))
	case deck.Lost:
		return say("refresh.lost", "address", clip(c.Address, 200))
	}
	return say("refresh." + string(c.Kind))
}

// refreshWhy says why a part could not be drawn.
func refreshWhy(err error, lang string) string {
	for _, one := range []struct {
		kind error
		key  string
	}{{errForeign, "foreign"}, {errSourcesSheet, "sources"}, {deck.ErrShape, "shape"}, {reform.ErrNotFound, "notfound"}, {reform.ErrTooLarge, "large"}, {reform.ErrUnavailable, "busy"}} {
		if errors.Is(err, one.kind) {
			return words.T(lang, "refresh.why."+one.key, "error", clip(err.Error(), 200))
		}
	}
	return words.T(lang, "refresh.why.other", "error", clip(fmt.Sprint(err), 200))
}

// refreshSubject is what a change is about: "PAR INDEX 2019, Long An". It is read from the address
// and from the row and column of the number; where the address tells too little, it is the
// title of the picture.
func (s *Server) refreshSubject(c deck.Change, lang string) string {
	title := c.Picture
	if title == "" {
		title = clip(c.Address, 200)
		if errors.Is(c.Err, errSourcesSheet) {
			title = words.T(lang, "deck.table.sources")
		}
	}
	if c.Kind != deck.Value {
		return title
	}
	at, err := drawnAddress(c.Address)
	if err != nil {
		return title
	}
	q := at.q
	ix, err := s.indexOf(q.Get("index"))
	if err != nil {
		return strings.Join(nonEmpty(title, c.Row, c.Column), ", ")
	}
	head, row, column := ix.Short.In(lang), c.Row, c.Column
	period := q.Get("period")
	if _, err := reform.ParsePeriod(row); err == nil {
		period, row = row, ""
	} else if _, err := reform.ParsePeriod(column); err == nil {
		period, column = column, ""
	}
	if p, err := reform.ParsePeriod(period); err == nil {
		head += " " + periodName(p, lang)
	}
	unit := ""
	if k, err := reform.ParseUnitKey(q.Get("unit")); err == nil && len(q["unit"]) == 1 {
		if unit = s.unitName(k, lang); row == "" || strings.Contains(row, unit) || strings.Contains(column, unit) {
			unit = "" // the row or the column names it
		}
	}
	return strings.Join(nonEmpty(head, unit, row, column), ", ")
}

func nonEmpty(list ...string) (out []string) {
	for _, t := range list {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// refreshHeading says in one sentence what became of the deck.
func refreshHeading(r *deck.Report, lang string) string {
	n := map[deck.ChangeKind]int{}
	for _, c := range r.Changes {
		n[c.Kind] += 1 + c.More
	}
	return words.T(lang, "refresh.heading", "slides", r.Slides, "n", r.Redrawn, "changed", n[deck.Value], "untouched", n[deck.Untouched]+n[deck.Lost])
}

// RefreshText is the report as text, in Vietnamese and then in English.
func (s *Server) RefreshText(r *deck.Report) string {
	var b strings.Builder
	for i, lang := range []string{"vi", "en"} {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(refreshHeading(r, lang) + "\n")
		for _, c := range r.Changes {
			b.WriteString("- " + s.refreshLine(c, lang) + "\n")
		}
	}
	return b.String()
}

// refreshAnswer is the report as data.
type refreshAnswer struct {
	Slides  int            `json:"slides"`
	Redrawn int            `json:"redrawn"`
	Changes []changeAnswer `json:"changes"`
}

type changeAnswer struct {
	Kind    string            `json:"kind"`
	Slide   int               `json:"slide"`
	Part    string            `json:"part,omitempty"`
	Address string            `json:"address"`
	Row     string            `json:"row,omitempty"`
	Column  string            `json:"column,omitempty"`
	Old     string            `json:"old"`
	New     string            `json:"new"`
	More    int               `json:"more,omitempty"`
	Error   string            `json:"error,omitempty"`
	Text    map[string]string `json:"text"`
}

// RefreshJSON is the report as data, with each line in both languages.
func (s *Server) RefreshJSON(r *deck.Report) ([]byte, error) {
	a := refreshAnswer{Slides: r.Slides, Redrawn: r.Redrawn, Changes: []changeAnswer{}}
	for _, c := range r.Changes {
		one := changeAnswer{Kind: string(c.Kind), Slide: c.Slide, Part: c.Part, Address: c.Address, Row: c.Row, Column: c.Column, Old: c.Old, New: c.New, More: c.More,
			Text: map[string]string{"vi": s.refreshLine(c, "vi"), "en": s.refreshLine(c, "en")}}
		if c.Err != nil {
			one.Error = c.Err.Error()
		}
		a.Changes = append(a.Changes, one)
	}
	return json.MarshalIndent(a, "", "  ")
}

// refreshedName is the name of the new file: that of the old one with the revision it shows.
func refreshedName(name, rev string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".pptx"), ".PPTX")
	if i := strings.LastIndex(name, "-rev"); i > 0 {
		if _, err := strconv.ParseUint(name[i+4:], 10, 64); err == nil {
			name = name[:i]
		}
	}
	if rev != "" && rev != "0" {
		name += "-rev" + rev
	}
	return name + ".pptx"
}

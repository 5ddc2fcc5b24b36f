package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
	"chiso/reform/words"
)

type deckView struct {
	Base
	Unit             string
	UnitKey          string
	Picker           unitPicker
	Recipes          []recipeView
	Heading          string
	Rows             []deckRow
	Trouble, Done    string
	Formats          []option
	Ratios, Themes   []option
	Langs            []option
	Indices, Against []option
	For              string // the units that the list is made for
}

type recipeView struct{ Name, Title, About string }

// deckRow is a slide of the reader's list.
type deckRow struct {
	N           int // from 0
	Number      int
	Kind, What  string
	Title       string
	Href        string // of its picture
	First, Last bool
}

// deckPage shows the reader's list of slides and the reports that can be had at once.
func (s *Server) deckPage(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store") // the list is the reader's own
	p := s.prefs(c)
	unit := p.Unit
	if text := c.Query("unit"); text != "" {
		k, ok := s.provinceOrNot(text)
		if !ok {
			return fmt.Errorf("no province has the key %q: %w", clip(text, 40), reform.ErrNotFound)
		}
		s.setCookie(c, unitCookie, string(k))
		unit = k
	}
	v := deckView{Base: s.base(c, "deck"), Unit: s.unitName(unit, p.Lang), UnitKey: string(unit), Picker: s.picker(p.Lang, "/deck", unit)}
	v.Title, v.Description = v.T("deck.title"), v.T("deck.description")
	switch {
	case c.Query("full") != "":
		v.Trouble = v.T("deck.full")
	case c.Query("added") != "":
		v.Done = v.T("deck.added")
	case c.Query("saved") != "":
		v.Done = v.T("deck.saved")
	}
	recipes, err := Recipes()
	if err != nil {
		return err
	}
	for _, r := range recipes {
		v.Recipes = append(v.Recipes, recipeView{r.Name, r.Title.In(p.Lang), v.T("deck.recipe." + r.Name + ".about")})
	}
	for _, ix := range s.opt.Catalog.Indices() {
		if ranksProvinces(ix) && !ix.Counts {
			v.Indices = append(v.Indices, option{Value: ix.Code, Text: ix.Short.In(p.Lang)})
		}
	}
	u, _ := s.unitOf(unit)
	for _, o := range s.opt.Catalog.Units(u.Scheme, reform.Province) {
		if o.Key != unit {
			v.Against = append(v.Against, option{Value: string(o.Key), Text: s.unitName(o.Key, p.Lang)})
		}
	}
	s.deckChoices(&v)
	f := s.basket(c)
	s.deckRows(c.UserContext(), &v, f)
	return s.render(c, "deck", v)
}

func (s *Server) deckChoices(v *deckView) {
	for _, f := range deckFormats {
		v.Formats = append(v.Formats, option{Value: f.Name, Text: f.Label})
	}
	for _, r := range []string{string(deck.Wide), string(deck.Standard), a4} {
		v.Ratios = append(v.Ratios, option{Value: r, Text: strings.ToUpper(r)})
	}
	for _, t := range []charts.Theme{charts.Light, charts.Dark, charts.Mono} {
		v.Themes = append(v.Themes, option{Value: string(t), Text: v.T("deck.theme." + string(t))})
	}
	v.Langs = []option{{Value: "vi", Text: "Tiếng Việt", Chosen: v.Lang == "vi"}, {Value: "en", Text: "English", Chosen: v.Lang == "en"}}
}

// deckRows tells what is on the list. Titles that the program finds itself are asked for where that costs
// a picture alone; of what is repeated it says what it repeats.
func (s *Server) deckRows(ctx context.Context, v *deckView, f DeckFile) {
	g := &gatherer{s: s, file: f, r: &Report{Lang: v.Lang, server: s}, places: map[string]string{}}
	if err := g.fillPlaces(ctx); err != nil {
		s.log.DebugContext(ctx, "a list of slides is only half understood", "error", err)
	}
	if len(g.units) > 0 {
		v.For = g.places["names"]
	}
	if err := g.title(); err == nil {
		v.Heading = g.r.Title
	}
	for i, one := range f.Slides {
		row := deckRow{N: i, Number: i + 1, First: i == 0, Last: i == len(f.Slides)-1}
		if t, err := g.fill(one.Title); err == nil {
			row.Title = t
		}
		switch {
		case one.Cover:
			row.Kind = v.T("deck.layout.cover")
		case one.Table != "":
			row.Kind = v.T("deck.table." + strings.ReplaceAll(one.Table, ":", "."))
		case one.Figure != "":
			row.Kind, row.What, row.Href = s.deckFigure(ctx, v.Lang, one, g)
		default:
			row.Kind = v.T("deck.words.only")
		}
		if one.Each != "" {
			row.What = v.T("deck.each.index")
		}
		v.Rows = append(v.Rows, row)
	}
}

// deckFigure says what a picture of the list is of.
func (s *Server) deckFigure(ctx context.Context, lang string, one DeckSlide, g *gatherer) (kind, what, href string) {
	name, _, _ := strings.Cut(one.Figure, "?")
	if k, _, err := slideAddress(one.Figure); err == nil {
		kind = words.T(lang, "deck.kind."+k.Name)
	} else {
		kind = name
	}
	if strings.Contains(one.Figure, "scope={region}") {
		kind = words.T(lang, "deck.kind.region")
	}
	if one.Each != "" {
		return kind, "", ""
	}
	address, err := g.fill(one.Figure)
	if err != nil {
		return kind, "", ""
	}
	k, q, err := slideAddress(address)
	if err != nil {
		return kind, "", ""
	}
	var parts []string
	if ix, err := s.indexOf(q.Get("index")); err == nil {
		parts = append(parts, ix.Short.In(lang))
	}
	for _, v := range q["unit"] {
		for key := range strings.SplitSeq(v, ",") {
			if uk, err := reform.ParseUnitKey(key); err == nil {
				parts = append(parts, s.unitName(uk, lang))
			}
		}
	}
	if pd, err := reform.ParsePeriod(q.Get("period")); err == nil {
		parts = append(parts, periodName(pd, lang))
	}
	if day := q.Get("as_of"); day != "" {
		parts = append(parts, words.T(lang, "deck.asof", "day", isoDay(day[:min(10, len(day))], lang)))
	}
	return kind, strings.Join(parts, " · "), figurePageHref(k.Name, q)
}

// deckYAML is the reader's list as a file to keep, to change and to load again.
func (s *Server) deckYAML(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	f := s.basket(c)
	if len(f.Slides) == 0 {
		return fmt.Errorf("the list of slides is empty: %w", reform.ErrNotFound)
	}
	b, err := f.YAML()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", words.T(s.prefs(c).Lang, "deck.file")+".yaml"))
	return c.Send(b)
}

// deckWish reads how a report is wanted.
func (s *Server) deckWish(p *params) (DeckOptions, deckFormat) {
	format, ok := deckFormatNamed(p.oneOf("format", "pptx", "pdf", "xlsx"))
	if !ok {
		p.fail(invalid("format", "want pptx, pdf or xlsx"))
	}
	o := DeckOptions{Ratio: p.oneOf("ratio", string(deck.Wide), string(deck.Standard), a4), Theme: p.oneOf("theme", string(charts.Light), string(charts.Dark), string(charts.Mono)), Lang: p.oneOf("lang", "vi", "en"), View: p.view()}
	return o, format
}

// deckFile writes the reader's list as a file.
func (s *Server) deckFile(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	f := s.basket(c)
	if len(f.Slides) == 0 {
		return fmt.Errorf("the list of slides is empty; add charts by their menu, or a report at /deck: %w", reform.ErrNotFound)
	}
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.params(q)
	o, format := s.deckWish(p)
	if err := p.done(); err != nil {
		return err
	}
	return s.sendDeck(c, f, o, format)
}

// deckRecipe writes a report that ships with the program: /deck/recipe?name=province&unit=vn63:80&format=pdf.
func (s *Server) deckRecipe(c *fiber.Ctx) error {
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.params(q)
	p.alsoKnown("name", "unit", "index", "period")
	o, format := s.deckWish(p)
	if err := p.done(); err != nil {
		return err
	}
	f, err := s.recipeFor(q)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return s.sendDeck(c, f, o, format)
}

// sendDeck writes a report, or finds it written for the same state of the data.
func (s *Server) sendDeck(c *fiber.Ctx, f DeckFile, o DeckOptions, format deckFormat) error {
	ctx := c.UserContext()
	if err := s.pin(ctx, &o.View); err != nil {
		return err
	}
	o.Origin = s.origin(c)
	list, err := f.YAML()
	if err != nil {
		return err
	}
	key := sha256.Sum256([]byte(fmt.Sprintf("deck\x00%s\x00%+v\x00%s", format.Name, o, list)))
	d, ok := s.drawings.find(key)
	if !ok {
		select {
		case s.reports <- struct{}{}:
			defer func() { <-s.reports }()
		case <-ctx.Done():
			return fmt.Errorf("too many reports are being written: %w", reform.ErrUnavailable)
		}
		r, err := s.Report(ctx, f, o)
		if err != nil {
			return err
		}
		body, err := format.write(r, ctx)
		if err != nil {
			return errors.Join(err, ctx.Err())
		}
		d = &drawing{key: key, body: body, name: r.Name}
		if o.View.Rev != 0 {
			s.drawings.keep(d)
		}
	}
	sum := sha256.Sum256(d.body)
	c.Set(fiber.HeaderETag, `"`+hex.EncodeToString(sum[:12])+`"`)
	c.Set(fiber.HeaderContentType, format.ContentType)
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", d.name+"."+format.Name))
	return c.Send(d.body)
}

// basketAddress is a picture's address as the list of slides keeps it.
func basketAddress(picture string, q url.Values) string {
	q = cloneValues(q)
	for _, name := range lookWords {
		q.Del(name)
	}
	return picture + "?" + legible.Replace(q.Encode())
}

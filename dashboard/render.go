package dashboard

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

//go:embed templates/frame.html templates/parts/*.html templates/pages/*.html templates/alone/*.html
var templateFiles embed.FS

// pageSet holds the parsed pages by name. They are parsed once, at start.
type pageSet struct {
	byName map[string]*template.Template
	// alone are the pages that stand in somebody else's frame and have none of ours.
	alone *template.Template
}

// newPages parses every page together with the frame and the parts it may use.
func newPages(a *assetSet) (*pageSet, error) {
	frame, err := template.New("frame.html").Funcs(template.FuncMap{
		"asset": a.url,
		"withdrawal": func(b Base, author, entry, action string) withdrawal {
			return withdrawal{Words: b, Author: author, Entry: entry, Action: action}
		},
		"place":     func(v documentView) placeOfView { return placeOfView{v.Place, v.Base} },
		"candidate": func(r candidateRow, b Base) candidateOf { return candidateOf{r, b} },
		"row":       func(v rankingView, r leagueRow) rowOf { return rowOf{r, v.HasMoves, v.HasScope} },
	}).Option("missingkey=error").ParseFS(templateFiles, "templates/frame.html", "templates/parts/*.html")
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	set := &pageSet{byName: map[string]*template.Template{}}
	if set.alone, err = frame.Clone(); err != nil {
		return nil, err
	}
	if set.alone, err = set.alone.ParseFS(templateFiles, "templates/alone/*.html"); err != nil {
		return nil, err
	}
	for _, file := range files {
		t, err := frame.Clone()
		if err != nil {
			return nil, err
		}
		if t, err = t.ParseFS(templateFiles, file); err != nil {
			return nil, err
		}
		set.byName[strings.TrimSuffix(path.Base(file), ".html")] = t
	}
	return set, nil
}

// render fills a page into a buffer first, so that a mistake half-way is an
// error and never half a page with status 200.
func (s *Server) render(c *fiber.Ctx, name string, page any) error {
	t, ok := s.pages.byName[name]
	if !ok {
		return fmt.Errorf("no page %q", name)
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "frame.html", page); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	body := b.Bytes()
	if past, ok := page.(interface{ pastView() url.Values }); ok && len(past.pastView()) > 0 {
		body = carryView(body, past.pastView())
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		// The page depends on remembered choices, so it is kept by this reader alone and asked for anew each time.
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
	}
	c.Vary(fiber.HeaderCookie)
	return c.Send(body)
}

// rowOf is a row of a league table with what its table shows.
type rowOf struct {
	Row                leagueRow
	HasMoves, HasScope bool
}

// candidateOf is a candidate with the words of its page.
type candidateOf struct {
	Row   candidateRow
	Words Base
}

// Link is a link of a page.
type Link struct {
	Href, Text string
	Current    bool
}

// Base is what every page has. The templates ask it for words.
type Base struct {
	Lang, Theme string
	Title       string // of the page; the frame adds the name of the product
	Description string
	Section     string // of the navigation
	Nav         []Link
	Other       string // address of this page in the other language
	ThemeHref   string // address that turns the colours, for readers without script
	Charts      bool   // the page has charts: the script loads the library
	LoadScript  bool
	LiveScript  bool
	Refresh     int // seconds until the page asks again by itself; 0 never
	Version     string
	Query       string // what stands in the search box
	Canonical   string
	Printed     string // the day, for paper

	MayWrite  bool   // the reader may use the writing forms
	CSRF      string // of the writing forms
	LoginHref string // where a reader who may not write can log in; "" nowhere
	Fresh     string // how old the page's live figures are; "" where they are not live
	FreshLate bool   // their source is late
	Past      string // says that the page shows an earlier state; "" it shows now
	NowHref   string // the same page as it is now
	carried   url.Values
}

// T is a text of the catalogue of words in the page's language.
func (b Base) T(key string, pairs ...any) string { return words.T(b.Lang, key, pairs...) }

// Num is a score as the language writes it, exact; a missing one is a dash.
func (b Base) Num(n reform.Number) string { return number(n, b.Lang) }

// Count is a whole number with its thousands grouped.
func (b Base) Count(n int) string { return count(n, b.Lang) }

// Day is a day; an unknown one is a dash.
func (b Base) Day(t time.Time) string { return day(t, b.Lang) }

// Moment is a day with the time of day.
func (b Base) Moment(t time.Time) string {
	if t.IsZero() {
		return missing
	}
	return viet.FormatDate(local(t), b.Lang) + " " + local(t).Format("15:04")
}

// sections are the entries of the navigation.
var sections = []struct{ section, href, key string }{
	{"overview", "/", "nav.overview"},
	{"rankings", "/rankings", "nav.rankings"},
	{"live", "/live", "nav.live"},
	{"units", "/units", "nav.units"},
	{"compare", "/compare", "nav.compare"},
	{"indices", "/indices", "nav.indices"},
	{"deck", "/deck", "nav.deck"},
	{"goals", "/goals", "nav.goals"},
	{"sources", "/sources", "nav.sources"},
	{"load", "/load", "nav.load"},
}

// base fills what every page has.
func (s *Server) base(c *fiber.Ctx, section string) Base {
	p := s.prefs(c)
	b := Base{Lang: p.Lang, Theme: p.Theme, Section: section, Version: s.opt.Version, Printed: day(local(s.opt.Now()), p.Lang)}
	for _, n := range sections {
		b.Nav = append(b.Nav, Link{Href: n.href, Text: words.T(p.Lang, n.key), Current: n.section == section})
	}
	other := "en"
	if p.Lang == "en" {
		other = "vi"
	}
	b.Other = s.withQuery(c, "lang", other)
	theme := "dark"
	if p.Theme == "dark" {
		theme = "light"
	}
	b.ThemeHref = s.withQuery(c, "theme", theme)
	return b
}

// formPage is the page whose form is sent to the address p.
func formPage(p string) string {
	switch {
	case strings.HasPrefix(p, "/sources/"):
		return strings.TrimSuffix(p, "/run")
	case strings.HasPrefix(p, "/export/"):
		return "/export/refresh"
	case strings.HasPrefix(p, "/deck"):
		return "/deck"
	case strings.HasPrefix(p, "/goals"):
		return "/goals"
	case strings.HasPrefix(p, "/annotations"):
		return "/annotations"
	case strings.HasPrefix(p, "/review"), strings.HasPrefix(p, "/conflicts"), strings.HasPrefix(p, "/owners/"):
		return p
	}
	return "/load"
}

// withQuery is the page's own address with one parameter set. An address that only takes forms
// leads back to the page of the form.
func (s *Server) withQuery(c *fiber.Ctx, name, value string) string {
	q, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		q = url.Values{}
	}
	q.Set(name, value)
	p := c.Path()
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.HasPrefix(p, "/\\") {
		p = "/"
	}
	if c.Method() != fiber.MethodGet {
		p, q = formPage(p), url.Values{name: {value}}
	}
	return (&url.URL{Path: p, RawQuery: q.Encode()}).String()
}

package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
)

// figurePageView is the page of one picture: where links in files lead.
type figurePageView struct {
	Base
	Figure *figureView
}

// figurePage shows one picture with its numbers, its sources and the ways to take it along.
func (s *Server) figurePage(c *fiber.Ctx, kind pictureKind) error {
	v, _, err := s.figureAlone(c, kind, s.prefs(c).style())
	if err != nil {
		return err
	}
	return s.render(c, "figure", v)
}

// figureAlone asks for the picture that an address of a page names.
func (s *Server) figureAlone(c *fiber.Ctx, kind pictureKind, st charts.Style) (*figurePageView, *charts.Picture, error) {
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return nil, nil, err
	}
	ps := s.params(q)
	ps.alsoKnown(lookWords...)
	view := ps.view()
	ctx := c.UserContext()
	pic, err := s.picture(ctx, kind, ps, st)
	if err != nil {
		return nil, nil, err
	}
	shown := cloneValues(q)
	for _, name := range lookWords {
		shown.Del(name)
	}
	v := &figurePageView{Base: s.base(c, "")}
	s.past(c, &v.Base, view)
	v.Title, v.Description, v.Charts = pic.Title, pic.Alt, true
	v.Figure, err = s.figure(ctx, s.prefs(c), kind.Name, pic, shown)
	return v, pic, err
}

// embedView is a page for a frame of somebody else's page: the picture and where it is from.
type embedView struct {
	Base
	Figure *figureView
	Page   string // the picture in chiso, opened beside the frame
}

// embedPicture answers /embed/{picture}: a page without menu or script, for a frame.
func (s *Server) embedPicture(c *fiber.Ctx) error {
	kind, ok := pictureNamed(c.Params("picture"))
	if !ok {
		return noPicture(c.Params("picture"))
	}
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	// What a frame shows depends on its address alone, and not on whose browser it is in.
	ps := s.params(q)
	st := charts.Style{
		Lang: ps.oneOf("lang", "vi", "en"), Theme: charts.Theme(ps.oneOf("theme", string(charts.Light), string(charts.Dark), string(charts.Mono))),
		Width: ps.number("w", 320, 4000), Height: ps.number("h", 200, 4000), NoTitle: true,
	}
	if ps.err != nil {
		return ps.err
	}
	if st.Width == 0 {
		st.Width = wideWidth
	}
	p := prefs{Lang: st.Lang, Theme: "light", Unit: s.opt.HomeUnit}
	if st.Theme == charts.Dark {
		p.Theme = "dark"
	}
	c.Locals(prefsKey, p)
	page, _, err := s.figureAlone(c, kind, st)
	if err != nil {
		return err
	}
	if q, err = s.pinned(c.UserContext(), q); err != nil {
		return err
	}
	v := embedView{Base: page.Base, Figure: page.Figure, Page: s.origin(c) + figurePageHref(kind.Name, q)}
	c.Set(fiber.HeaderContentSecurityPolicy, s.embedPolicy())
	if len(s.opt.EmbedOrigins) > 0 {
		c.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	var b bytes.Buffer
	if err := s.pages.alone.ExecuteTemplate(&b, "embed.html", v); err != nil {
		return fmt.Errorf("page embed: %w", err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(b.Bytes())
}

// embedPolicy is the policy of a page for frames: no script at all, and only the pages of the
// configured origins around it.
func (s *Server) embedPolicy() string {
	around := "'none'"
	if len(s.opt.EmbedOrigins) > 0 {
		around = strings.Join(s.opt.EmbedOrigins, " ")
	}
	return "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors " + around
}

type oembedAnswer struct {
	Version      string `json:"version"`
	Type         string `json:"type"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url"`
	HTML         string `json:"html"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	CacheAge     int    `json:"cache_age"`
}

// embedChrome is what title, notes and source of an embedded picture need below and above it.
const embedChrome = 150

// oembed answers /oembed: what a page writes to show a picture of an address of this server.
func (s *Server) oembed(c *fiber.Ctx) error {
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	ps := s.params(q)
	address := ps.text("url")
	width, height := ps.number("maxwidth", 1, 1<<20), ps.number("maxheight", 1, 1<<20)
	ps.oneOf("format", "json")
	if err := ps.done(); err != nil {
		return err
	}
	kind, of, err := s.ownPicture(c, address)
	if err != nil {
		return err
	}
	for _, name := range looks {
		of.Del(name)
	}
	w, h := 860, 640
	if width > 0 {
		w = min(w, width)
	}
	if height > 0 {
		h = min(h, height)
	}
	if w < 320 || h < 200+embedChrome {
		return invalid("maxwidth", "a picture needs at least 320 x %d pixels", 200+embedChrome)
	}
	of.Set("w", strconv.Itoa(w))
	of.Set("h", strconv.Itoa(h-embedChrome))
	p := s.params(cloneValues(of))
	st, _ := p.style()
	pic, err := s.picture(c.UserContext(), kind, p, st)
	if err != nil {
		return err
	}
	// A frame stands in somebody else's page, so its address must be whole.
	origin := s.origin(c)
	if origin == "" {
		origin = c.Protocol() + "://" + c.Hostname()
	}
	src := origin + "/embed/" + kind.Name + "?" + of.Encode()
	a := oembedAnswer{
		Version: "1.0", Type: "rich", Title: pic.Title, ProviderName: "chiso", ProviderURL: origin + "/", Width: w, Height: max(h, pic.Height+embedChrome), CacheAge: 3600,
		HTML: `<iframe src="` + html.EscapeString(src) + `" width="` + strconv.Itoa(w) + `" height="` + strconv.Itoa(max(h, pic.Height+embedChrome)) + `" title="` + html.EscapeString(pic.Title) + `" loading="lazy"></iframe>`,
	}
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.Send(b)
}

// ownPicture reads an address of a picture of this server: of its page, its frame or a file.
func (s *Server) ownPicture(c *fiber.Ctx, address string) (pictureKind, url.Values, error) {
	no := func() (pictureKind, url.Values, error) {
		return pictureKind{}, nil, invalid("url", "is no address of a picture of this server")
	}
	u, err := url.Parse(address)
	if err != nil || address == "" || u.User != nil {
		return no()
	}
	if u.Host != "" || u.Scheme != "" {
		own := []string{c.Protocol() + "://" + c.Hostname(), s.origin(c)}
		if !slices.Contains(own, u.Scheme+"://"+u.Host) {
			return no()
		}
	}
	name, ok := strings.CutPrefix(u.Path, "/figures/")
	if !ok {
		if name, ok = strings.CutPrefix(u.Path, "/embed/"); !ok {
			return no()
		}
	}
	name, _, _ = strings.Cut(name, ".")
	kind, ok := pictureNamed(name)
	if !ok {
		return no()
	}
	q, err := queryOf([]byte(u.RawQuery))
	if err != nil {
		return no()
	}
	return kind, q, nil
}

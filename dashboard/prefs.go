package dashboard

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// Names of the cookies in which a reader's choices are remembered. None of them
// identifies anybody.
const (
	langCookie   = "chiso_lang"
	themeCookie  = "chiso_theme"
	unitCookie   = "chiso_unit"
	narrowCookie = "chiso_narrow"
)

const prefsKey = "prefs"

// prefs are a reader's choices: from the address, else from a cookie, else the default.
type prefs struct {
	Lang   string
	Theme  string // "light", "dark", or "" for the system's
	Unit   reform.UnitKey
	Narrow bool // a phone: pictures are drawn for its width
	// Page is the address of the page that is asked for, from which the links of its charts are made; "" of a form's answer.
	Page string
}

func (s *Server) prefs(c *fiber.Ctx) prefs {
	if p, ok := c.Locals(prefsKey).(prefs); ok {
		return p
	}
	p := prefs{Lang: words.Lang(c.Cookies(langCookie)), Unit: s.opt.HomeUnit}
	if lang := c.Query("lang"); lang == "vi" || lang == "en" {
		p.Lang = lang
	}
	theme := c.Cookies(themeCookie)
	if t := c.Query("theme"); t != "" {
		theme = t
	}
	if theme == "light" || theme == "dark" {
		p.Theme = theme
	}
	if k, ok := s.provinceOrNot(c.Cookies(unitCookie)); ok {
		p.Unit = k
	}
	switch c.Cookies(narrowCookie) {
	case "1":
		p.Narrow = true
	case "0":
	default:
		p.Narrow = c.Get("Sec-CH-UA-Mobile") == "?1" || strings.Contains(c.Get(fiber.HeaderUserAgent), "Mobi")
	}
	if c.Method() == fiber.MethodGet {
		p.Page = (&url.URL{Path: c.Path(), RawQuery: string(c.Request().URI().QueryString())}).String()
	}
	c.Locals(prefsKey, p)
	return p
}

// provinceOrNot reads the key of a province that the catalogue knows.
func (s *Server) provinceOrNot(text string) (reform.UnitKey, bool) {
	if text == "" {
		return "", false
	}
	// A cookie's value is quoted by some browsers and escaped by others.
	if un, err := url.QueryUnescape(text); err == nil {
		text = un
	}
	k, err := reform.ParseUnitKey(text)
	if err != nil {
		return "", false
	}
	u, ok := s.unitOf(k)
	if !ok || u.Type != reform.Province {
		return "", false
	}
	return k, true
}

// remember keeps choices that stand in the address of a page in cookies for a
// year. The address of a picture or of the API says how one answer is to look and chooses nothing.
func (s *Server) remember(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet || wantsJSON(c) || strings.HasPrefix(c.Path(), "/static/") || strings.HasPrefix(c.Path(), "/embed/") || strings.HasPrefix(c.Path(), "/deck/") {
		return c.Next()
	}
	if lang := c.Query("lang"); lang == "vi" || lang == "en" {
		s.setCookie(c, langCookie, lang)
	}
	if t := c.Query("theme"); t == "light" || t == "dark" || t == "auto" {
		s.setCookie(c, themeCookie, t)
	}
	return c.Next()
}

func (s *Server) setCookie(c *fiber.Ctx, name, value string) {
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", Expires: s.opt.Now().Add(365 * 24 * time.Hour), SameSite: fiber.CookieSameSiteLaxMode})
}

// widths of pictures in the page, in CSS pixels.
const (
	wideWidth   = 860
	narrowWidth = 358
)

// style is how a page's pictures are drawn. A reader who leaves the colours to the
// system gets light ones from the server; the script redraws them where the
// system is dark, and the style sheet gives them a light ground until then.
func (p prefs) style() charts.Style {
	st := charts.Style{Lang: p.Lang, Theme: charts.Light, Width: wideWidth, NoTitle: true}
	if p.Theme == "dark" {
		st.Theme = charts.Dark
	}
	if p.Narrow {
		st.Width, st.FontSize = narrowWidth, 12
	}
	return st
}

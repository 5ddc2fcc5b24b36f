package dashboard

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

type loginView struct {
	Base
	Next  string
	Wrong bool
}

// loginPage asks for the operator's token. Where none is configured there is no such page.
func (s *Server) loginPage(c *fiber.Ctx) error {
	if s.guard.token == nil {
		return fmt.Errorf("no operator token is configured, so nobody logs in here: %w", reform.ErrNotFound)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return s.render(c, "login", s.loginView(c, c.Query("next"), false))
}

func (s *Server) loginView(c *fiber.Ctx, next string, wrong bool) loginView {
	v := loginView{Base: s.base(c, "load"), Next: ownPath(next), Wrong: wrong}
	v.Title, v.CSRF = v.T("login.title"), s.guard.csrf(c)
	return v
}

// ownersPath is a page of offices in charge.
var ownersPath = regexp.MustCompile(`^/owners/[a-z0-9-]+$`)

// ownPath keeps a redirect on this server: a path of ours and nothing that a browser reads as another host.
func ownPath(p string) string {
	switch p {
	case "/load", "/load/template", "/export/refresh", "/sources", "/review", "/conflicts", "/goals", "/annotations":
		return p
	}
	if ownersPath.MatchString(p) {
		return p
	}
	return "/load"
}

func (s *Server) login(c *fiber.Ctx) error {
	if s.guard.token == nil {
		return fmt.Errorf("no operator token is configured: %w", reform.ErrNotFound)
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.guard.originIsOurs(c); err != nil {
		return err
	}
	if !s.guard.csrfIs(c, form.Get(csrfField)) {
		return errCSRF
	}
	if !s.guard.tokenIs(strings.TrimSpace(form.Get("token"))) {
		s.log.WarnContext(c.UserContext(), "wrong operator token", "request_id", requestID(c), "peer", c.IP())
		c.Status(http.StatusForbidden)
		return s.render(c, "login", s.loginView(c, form.Get("next"), true))
	}
	value, until := s.guard.session()
	c.Cookie(&fiber.Cookie{Name: operatorCookie, Value: value, Path: "/", Expires: until, HTTPOnly: true, Secure: c.Protocol() == "https", SameSite: fiber.CookieSameSiteStrictMode})
	return c.Redirect(ownPath(form.Get("next")), http.StatusSeeOther)
}

func (s *Server) logout(c *fiber.Ctx) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.guard.originIsOurs(c); err != nil {
		return err
	}
	if !s.guard.csrfIs(c, form.Get(csrfField)) {
		return errCSRF
	}
	c.Cookie(&fiber.Cookie{Name: operatorCookie, Path: "/", Expires: s.opt.Now().Add(-24 * time.Hour), HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode})
	return c.Redirect("/", http.StatusSeeOther)
}

package dashboard

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// forwarding headers say that a proxy stands between: the peer's address
// then says nothing about where the reader sits.
var forwarding = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip", "Via"}

const (
	csrfCookie     = "chiso_csrf"
	csrfField      = "csrf"
	csrfHeader     = "X-Csrf-Token"
	operatorCookie = "chiso_operator"
	operatorStay   = 8 * time.Hour
)

// guard decides who may write through the pages.
type guard struct {
	local bool   // the server listens on loopback alone
	host  string // where it listens
	port  string
	token []byte // SHA-256 of the operator's token; nil: there is none
	key   []byte // of this process; signs cookies and forms
	now   Clock
}

func newGuard(listen, operatorToken string, now Clock) (*guard, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("listen address %q: %w", listen, err)
	}
	g := &guard{local: loopback(host), host: host, port: port, key: make([]byte, 32), now: now}
	if _, err := rand.Read(g.key); err != nil {
		return nil, err
	}
	if operatorToken != "" {
		if len(operatorToken) < 16 {
			return nil, fmt.Errorf("the operator token has %d characters, want at least 16", len(operatorToken))
		}
		sum := sha256.Sum256([]byte(operatorToken))
		g.token = sum[:]
	}
	return g, nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// allow reports whether the request may see the writing pages; read says that it changes nothing.
// Two ways lead in: from this very machine, or with the operator's token.
func (g *guard) allow(c *fiber.Ctx) error {
	if g.operator(c) {
		return nil
	}
	for _, h := range forwarding {
		if c.Get(h) != "" {
			return denied("requests through a proxy (%s) need the operator's token", h)
		}
	}
	if !g.local {
		return denied("the server listens beyond this machine, so loading needs the operator's token (operator_token_file in the configuration)")
	}
	if ip := c.Context().RemoteIP(); !ip.IsLoopback() && !ip.IsUnspecified() {
		return denied("loading is open from this machine only")
	}
	return g.hostIsOurs(c)
}

func denied(format string, a ...any) error {
	return fmt.Errorf(format+": %w", append(a, reform.ErrDenied)...)
}

// hostIsOurs refuses a name that a stranger's DNS points at this machine.
func (g *guard) hostIsOurs(c *fiber.Ctx) error {
	host, port := splitHost(string(c.Request().Host()))
	if !loopback(host) && host != g.host {
		return denied("host %q is not this machine's: use http://%s", clip(host, 60), net.JoinHostPort("127.0.0.1", g.port))
	}
	if g.port != "0" && port != g.port {
		return denied("host %q names another port than %s", clip(host, 60), g.port)
	}
	return nil
}

func splitHost(hostport string) (host, port string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return strings.Trim(hostport, "[]"), "80"
	}
	return host, port
}

// originIsOurs wants a browser to say that the form came from our own page.
func (g *guard) originIsOurs(c *fiber.Ctx) error {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return denied("the request comes from another site")
	}
	from := c.Get(fiber.HeaderOrigin)
	if from == "" {
		from = c.Get(fiber.HeaderReferer)
	}
	if from == "" {
		return denied("the request says neither Origin nor Referer")
	}
	u, err := url.Parse(from)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, string(c.Request().Host())) {
		return denied("the request comes from another origin")
	}
	return nil
}

// operator reports whether the request carries the operator's token or the cookie that a login with it left.
func (g *guard) operator(c *fiber.Ctx) bool {
	if g.token == nil {
		return false
	}
	return g.bearer(c) || g.validSession(c.Cookies(operatorCookie))
}

func (g *guard) bearer(c *fiber.Ctx) bool {
	token, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	return ok && g.tokenIs(token)
}

func (g *guard) tokenIs(token string) bool {
	if g.token == nil {
		return false
	}
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], g.token) == 1
}

// session is a cookie's value that says until when it holds, signed.
func (g *guard) session() (string, time.Time) {
	until := g.now().Add(operatorStay)
	text := strconv.FormatInt(until.Unix(), 10)
	return text + "." + g.sign("operator", text), until
}

func (g *guard) validSession(value string) bool {
	text, sig, ok := strings.Cut(value, ".")
	if !ok || !hmac.Equal([]byte(sig), []byte(g.sign("operator", text))) {
		return false
	}
	unix, err := strconv.ParseInt(text, 10, 64)
	return err == nil && g.now().Unix() < unix
}

func (g *guard) sign(purpose, text string) string {
	m := hmac.New(sha256.New, g.key)
	m.Write([]byte(purpose + "\x00" + text)) //nolint:errcheck // a hash takes all
	return hex.EncodeToString(m.Sum(nil))
}

// csrf gives the token for a form and leaves the cookie it is bound to.
func (g *guard) csrf(c *fiber.Ctx) string {
	id := c.Cookies(csrfCookie)
	if len(id) != 43 {
		b := make([]byte, 32)
		rand.Read(b) //nolint:errcheck // crypto/rand never fails since Go 1.24
		id = base64.RawURLEncoding.EncodeToString(b)
		c.Cookie(&fiber.Cookie{Name: csrfCookie, Value: id, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteStrictMode, Secure: c.Protocol() == "https"})
	}
	return g.sign("csrf", id)
}

// csrfIs compares a form's token with the cookie's.
func (g *guard) csrfIs(c *fiber.Ctx, token string) bool {
	id := c.Cookies(csrfCookie)
	return id != "" && hmac.Equal([]byte(token), []byte(g.sign("csrf", id)))
}

// writing stands before every handler that shows or takes a writing form.
func (s *Server) writing(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if err := s.guard.allow(c); err != nil {
		if !s.guard.operator(c) && s.guard.token != nil && c.Method() == http.MethodGet {
			return c.Redirect("/login?next="+url.QueryEscape(c.Path()), http.StatusSeeOther)
		}
		return err
	}
	if c.Method() == http.MethodGet || c.Method() == http.MethodHead {
		return c.Next()
	}
	// A program with the token itself can't be made to send it by a stranger's page.
	if s.guard.bearer(c) {
		return c.Next()
	}
	if err := s.guard.originIsOurs(c); err != nil {
		return err
	}
	if t := c.Get(csrfHeader); t != "" {
		if !s.guard.csrfIs(c, t) {
			return errCSRF
		}
		c.Locals(csrfField, true)
	}
	return c.Next()
}

// mayWrite reports whether this reader may change something through the pages.
func (s *Server) mayWrite(c *fiber.Ctx) bool { return s.guard.allow(c) == nil }

// forms gives a page what its writing forms need, or the way to be let in; next is the page
// to come back to after a login.
func (s *Server) forms(c *fiber.Ctx, b *Base, next string) {
	switch {
	case s.mayWrite(c):
		b.MayWrite, b.CSRF = true, s.guard.csrf(c)
	case s.guard.token != nil:
		b.LoginHref = "/login?" + values("next", next).Encode()
	}
}

var errCSRF = denied("the form is too old or not ours: load the page again and repeat")

// checkForm checks the token of a form whose fields have been read. Every writing handler calls
// it before it does anything.
func (s *Server) checkForm(c *fiber.Ctx, token string) error {
	if ok, _ := c.Locals(csrfField).(bool); ok || s.guard.bearer(c) {
		return nil
	}
	if !s.guard.csrfIs(c, token) {
		return errCSRF
	}
	return nil
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

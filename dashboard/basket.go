package dashboard

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// deckCookie holds the reader's own list of slides: it is nobody else's business, so the server keeps none.
const deckCookie = "chiso_deck"

// Bounds of the basket. Browsers keep 4 kB a cookie.
const (
	mostCookie   = 3700
	mostBasket   = 40
	longestTyped = 200 // letters of a title that is typed
)

// packBasket writes a list of slides small enough for a cookie.
func packBasket(f DeckFile) (string, error) {
	if len(f.Slides) == 0 {
		return "", nil
	}
	b, err := f.YAML()
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(b); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	s := base64.RawURLEncoding.EncodeToString(out.Bytes())
	if len(s) > mostCookie || len(f.Slides) > mostBasket {
		return "", errBasketFull
	}
	return s, nil
}

var errBasketFull = fmt.Errorf("the list of slides is full: %w", reform.ErrTooLarge)

// unpackBasket reads what a browser sent: nobody knows who wrote it.
func unpackBasket(s string) (DeckFile, error) {
	if s == "" {
		return DeckFile{}, nil
	}
	if len(s) > 2*mostCookie {
		return DeckFile{}, errBasketFull
	}
	packed, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return DeckFile{}, fmt.Errorf("the list of slides of the browser can't be read: %w", reform.ErrInvalid)
	}
	b, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), smallBody+1))
	if err != nil || len(b) > smallBody {
		return DeckFile{}, fmt.Errorf("the list of slides of the browser can't be read: %w", reform.ErrInvalid)
	}
	return ParseDeck(b)
}

// basket is the reader's list. One that can't be read any more is an empty one.
func (s *Server) basket(c *fiber.Ctx) DeckFile {
	f, err := unpackBasket(c.Cookies(deckCookie))
	if err != nil {
		s.log.DebugContext(c.UserContext(), "a list of slides was left", "error", err)
		return DeckFile{}
	}
	return f
}

func (s *Server) keepBasket(c *fiber.Ctx, f DeckFile) error {
	v, err := packBasket(f)
	if err != nil {
		return err
	}
	cookie := &fiber.Cookie{Name: deckCookie, Value: v, Path: "/", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, Secure: c.Protocol() == "https", Expires: s.opt.Now().Add(90 * 24 * time.Hour)}
	if v == "" {
		cookie.Expires = s.opt.Now().Add(-time.Hour)
	}
	c.Cookie(cookie)
	return nil
}

// fromOurPage refuses a form that another site sends in the reader's name.
func fromOurPage(c *fiber.Ctx) error {
	if site := c.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return denied("the request comes from another site")
	}
	if from := c.Get(fiber.HeaderOrigin); from != "" && c.Get("Sec-Fetch-Site") == "" {
		if u, err := url.Parse(from); err != nil || !strings.EqualFold(u.Host, string(c.Request().Host())) {
			return denied("the request comes from another origin")
		}
	}
	return nil
}

// changeDeck takes the forms of /deck and of the charts.
func (s *Server) changeDeck(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if err := fromOurPage(c); err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	f := s.basket(c)
	do, at, _ := strings.Cut(form.Get("do"), "-")
	i, _ := strconv.Atoi(at)
	if do != "add" && do != "recipe" && do != "clear" {
		s.typed(&f, form, words.Lang(s.prefs(c).Lang))
		if i < 0 || i >= len(f.Slides) && do != "save" {
			return fmt.Errorf("the list has no slide %d any more: load the page again: %w", i+1, reform.ErrConflict)
		}
	}
	mark := ""
	switch do {
	case "add":
		address := form.Get("figure")
		if _, _, err := slideAddress(address); err != nil {
			return err
		}
		if utf8.RuneCountInString(address) > maxParameter {
			return invalid("figure", "is too long")
		}
		f.Slides = append(f.Slides, DeckSlide{Figure: strings.TrimPrefix(address, "/figures/")})
		mark = fmt.Sprintf("?added=1#s%d", len(f.Slides)-1)
	case "recipe":
		if f, err = s.recipeFor(form); err != nil {
			return err
		}
		mark = "#list"
	case "up", "down":
		to := i - 1
		if do == "down" {
			to = i + 1
		}
		if to >= 0 && to < len(f.Slides) {
			f.Slides[i], f.Slides[to] = f.Slides[to], f.Slides[i]
			i = to
		}
		mark = fmt.Sprintf("#s%d", i)
	case "remove":
		f.Slides = append(f.Slides[:i:i], f.Slides[i+1:]...)
		mark = "#list"
	case "save":
		mark = "?saved=1#list"
	case "clear":
		f = DeckFile{}
	default:
		return invalid("do", "%q is nothing that can be done", clip(do, 20))
	}
	return s.keptDeck(c, f, mark)
}

// keptDeck keeps the list and leads back to the page.
func (s *Server) keptDeck(c *fiber.Ctx, f DeckFile, mark string) error {
	err := s.keepBasket(c, f)
	if err == errBasketFull {
		return c.Redirect("/deck?full=1#list", http.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/deck"+mark, http.StatusSeeOther)
}

// typed takes the titles that stand in the form. One that is still what the program shows is left
// to the program.
func (s *Server) typed(f *DeckFile, form url.Values, lang string) {
	clean := func(t string) string { return clip(strings.Join(strings.Fields(t), " "), longestTyped) }
	if v, ok := form["heading"]; ok && v[0] != form.Get("was-heading") {
		f.Title = clean(v[0])
	}
	for i := range f.Slides {
		n := strconv.Itoa(i)
		if v, ok := form["title-"+n]; ok && v[0] != form.Get("was-"+n) {
			f.Slides[i].Title = clean(v[0])
		}
	}
}

// recipeFor is a recipe with the units, the index and the period of a form or an address.
func (s *Server) recipeFor(q url.Values) (DeckFile, error) {
	r, err := RecipeNamed(q.Get("name"))
	if err != nil {
		return DeckFile{}, err
	}
	p := s.params(url.Values{"unit": q["unit"], "index": q["index"], "period": q["period"]})
	units := p.units(1, mostCompared)
	if p.err != nil {
		return DeckFile{}, p.err
	}
	var keys []string
	for _, k := range units {
		keys = append(keys, string(k))
	}
	f := r.File
	f.Unit = strings.Join(keys, ",")
	if code := strings.TrimSpace(q.Get("index")); code != "" {
		ix, err := s.indexOf(code)
		if err != nil {
			return f, err
		}
		f.Index = ix.Code
	}
	if period := strings.TrimSpace(q.Get("period")); period != "" {
		pd, err := reform.ParsePeriod(period)
		if err != nil {
			return f, invalid("period", "%q is none: want one as 2019 or 2025-10", clip(period, 20))
		}
		f.Period = pd.String()
	}
	return f, nil
}

// uploadDeck takes a list of slides as a file.
func (s *Server) uploadDeck(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if err := fromOurPage(c); err != nil {
		return err
	}
	kind, params, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if kind != fiber.MIMEMultipartForm {
		return fmt.Errorf("want a form with a file (multipart/form-data): %w", reform.ErrInvalid)
	}
	r := multipart.NewReader(io.LimitReader(bodyReader(c), smallBody), params["boundary"])
	for parts := 0; parts < 10; parts++ {
		p, err := r.NextPart()
		if err != nil {
			break
		}
		if p.FileName() == "" {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(p, smallBody))
		if err != nil {
			return fmt.Errorf("the upload broke off or is larger than %d kB: %w", smallBody>>10, reform.ErrTooLarge)
		}
		f, err := ParseDeck(b)
		if err != nil {
			return fmt.Errorf("%s: %w", clip(p.FileName(), 60), err)
		}
		return s.keptDeck(c, f, "#list")
	}
	return fmt.Errorf("the form has no file: %w", reform.ErrInvalid)
}

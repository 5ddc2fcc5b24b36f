package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/words"
)

// typedOwn is what a person typed about entries of theirs.
type typedOwn struct {
	form   url.Values
	Author string
}

// readOwn reads a form about users' entries that this server takes.
func (s *Server) readOwn(c *fiber.Ctx) (typedOwn, error) {
	form, err := readForm(c)
	if err != nil {
		return typedOwn{}, err
	}
	if err := s.checkForm(c, form.Get(csrfField)); err != nil {
		return typedOwn{}, err
	}
	if s.opt.Notebook == nil {
		return typedOwn{}, fiber.ErrNotFound
	}
	return typedOwn{form: form, Author: reform.CleanText(form.Get("author"))}, nil
}

// text is a field as it is kept.
func (t typedOwn) text(name string) string { return reform.CleanText(t.form.Get(name)) }

// trouble is a mistake of a form, in the reader's language.
type trouble struct{ text string }

func (t trouble) Error() string { return t.text }

// Is makes a mistake of a form reform.ErrInvalid.
func (t trouble) Is(err error) bool { return err == reform.ErrInvalid }

func mistaken(lang, key string, pairs ...any) error {
	return trouble{words.T(lang, key, pairs...)}
}

// lengths checks what is bounded by its length, and that there is an author.
func checkLengths(lang, author, office, text string) error {
	switch {
	case author == "":
		return mistaken(lang, "own.noauthor")
	case utf8.RuneCountInString(author) > reform.OwnAuthorLength:
		return mistaken(lang, "own.long", "field", words.T(lang, "own.author"), "most", reform.OwnAuthorLength)
	case utf8.RuneCountInString(office) > reform.OwnOfficeLength:
		return mistaken(lang, "own.long", "field", words.T(lang, "own.office"), "most", reform.OwnOfficeLength)
	case utf8.RuneCountInString(text) > reform.OwnTextLength:
		return mistaken(lang, "own.long", "field", words.T(lang, "own.text"), "most", reform.OwnTextLength)
	}
	return nil
}

// keepOwn checks the entries and keeps them, all or none; the next page shows them.
func (s *Server) keepOwn(ctx context.Context, c *fiber.Ctx, entries []reform.OwnEntry) error {
	for i := range entries {
		if entries[i].Kind == reform.OwnAnnotation && entries[i].Entry == "" {
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			entries[i].Entry = "annotation " + id.String()
		}
		entries[i].Entry = s.opt.Catalog.OwnKey(entries[i])
		if err := s.opt.Catalog.CheckOwn(entries[i]); err != nil {
			return err
		}
	}
	kept, err := s.opt.Notebook.PutOwn(ctx, entries)
	s.forgetRev()
	if err != nil {
		return err
	}
	s.rememberAuthor(c, entries[0].Author)
	s.log.InfoContext(ctx, "own entries kept through the page", "request_id", requestID(c), "kind", entries[0].Kind, "entries", len(kept), "rev", kept[0].Rev)
	return nil
}

// ownTrouble is what the page says of entries that were not kept; ok is false where the error is none of the reader's.
func ownTrouble(err error, lang string) (text string, status int, ok bool) {
	var t trouble
	switch {
	case errors.As(err, &t):
		return t.text, http.StatusBadRequest, true
	case errors.Is(err, reform.ErrConflict):
		return words.T(lang, "own.changed") + " " + sentence(err, reform.ErrConflict), http.StatusConflict, true
	case errors.Is(err, reform.ErrInvalid):
		return words.T(lang, "own.wrong") + " " + sentence(err, reform.ErrInvalid), http.StatusBadRequest, true
	}
	return "", 0, false
}

// typedScore reads a score that a person typed: "85,5" or "85.5". One sign is the decimal one,
// whichever it is: the bound of the index catches what was meant as thousands.
func typedScore(text string) (reform.Number, bool) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 12 || strings.Count(text, ",")+strings.Count(text, ".") > 1 || strings.Trim(text, "0123456789,.") != "" {
		return reform.Number{}, false
	}
	d, err := decimal.NewFromString(strings.Replace(text, ",", ".", 1))
	if err != nil || d.Exponent() < -6 {
		return reform.Number{}, false
	}
	return reform.NumOf(d), true
}

// typedDay reads a day as a browser's field sends it, or as a person writes it: 16/10/2025.
func typedDay(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.DateOnly, "2/1/2006"} {
		if d, err := time.Parse(layout, text); err == nil && d.Year() >= reform.FirstYear && d.Year() <= reform.LastYear {
			return d, true
		}
	}
	return time.Time{}, false
}

// yearsAhead is how far ahead a goal may be set.
const yearsAhead = 15

// goalOf reads the fields of a goal, the same on the page and in a file.
func (s *Server) goalOf(lang, index, unit, year, place, score string) (reform.OwnEntry, error) {
	e := reform.OwnEntry{Kind: reform.OwnTarget, Index: index}
	ix, err := s.indexOf(index)
	if err != nil || !ranksProvinces(ix) || ix.Counts {
		return e, mistaken(lang, "own.noindex", "text", clip(index, 40))
	}
	if e.Unit, err = s.ownUnit(lang, unit, true); err != nil {
		return e, err
	}
	n, err := strconv.Atoi(year)
	if last := local(s.opt.Now()).Year() + yearsAhead; err != nil || n < reform.FirstYear || n > last {
		return e, mistaken(lang, "own.noyear", "text", clip(year, 20), "first", reform.FirstYear, "last", last)
	}
	e.Period = reform.YearPeriod(n)
	if place != "" {
		most := s.unitsRanked(ix, e.Period)
		p, err := strconv.Atoi(place)
		if err != nil || p < 1 || p > most {
			return e, mistaken(lang, "own.noplace", "text", clip(place, 20), "most", most)
		}
		e.GoalPlace = p
	}
	if score != "" {
		most := mostPoints(ix, s.opt.Catalog, e.Period)
		n, ok := typedScore(score)
		if !ok || n.Decimal.GreaterThan(most) {
			return e, mistaken(lang, "own.noscore", "text", clip(score, 20), "most", decimalText(most, lang))
		}
		e.GoalScore = n
	}
	if e.GoalPlace == 0 && !e.GoalScore.Valid {
		return e, mistaken(lang, "own.nogoal")
	}
	return e, nil
}

// ownUnit reads a province; "" is every unit where that is allowed.
func (s *Server) ownUnit(lang, text string, must bool) (reform.UnitKey, error) {
	if text == "" && !must {
		return "", nil
	}
	k, ok := s.provinceOrNot(text)
	if !ok {
		return "", mistaken(lang, "own.nounit", "text", clip(text, 40))
	}
	return k, nil
}

// unitsRanked is how many units an edition ranks, as far as it is known: the edition's own
// number, else that of the provinces that there are then.
func (s *Server) unitsRanked(ix *reform.Index, p reform.Period) int {
	if e, ok := s.opt.Catalog.Edition(ix.Code, p); ok && e.Of > 0 {
		return e.Of
	}
	return len(s.opt.Catalog.Units(s.opt.Catalog.SchemeFor(ix.Code, p), reform.Province))
}

// mostPoints is the largest total that the index can have in a period, as far as it is known.
func mostPoints(ix *reform.Index, cat *reform.Catalog, p reform.Period) decimal.Decimal {
	if code, ok := cat.BasisFor(ix.Code, p); ok {
		if b := basisOf(ix, code); b != nil && b.Max.Valid {
			return b.Max.Decimal
		}
	}
	most := decimal.Zero
	for _, b := range ix.Bases {
		if b.Max.Valid && b.Max.Decimal.GreaterThan(most) {
			most = b.Max.Decimal
		}
	}
	if most.IsZero() {
		return decimal.NewFromInt(100)
	}
	return most
}

// ownUnitParam reads the unit of a page of users' entries: the one of the address, which is
// remembered, else the chosen one.
func (s *Server) ownUnitParam(c *fiber.Ctx, ps *params) reform.UnitKey {
	text := ps.text("unit")
	if text == "" {
		return s.prefs(c).Unit
	}
	k, ok := s.provinceOrNot(text)
	if !ok {
		ps.fail(invalid("unit", "%q is no province; want a key such as vn63:80", clip(text, 40)))
		return s.prefs(c).Unit
	}
	if k != s.prefs(c).Unit {
		s.setCookie(c, unitCookie, string(k))
	}
	return k
}

// ownRow is who entered something, when, and where its earlier states stand.
type ownRow struct {
	Entry, Author, At, Text string
	HistoryHref             string
}

func ownRowOf(e reform.OwnEntry, b Base) ownRow {
	return ownRow{Entry: e.Entry, Author: e.Author, At: b.Moment(e.At), Text: e.Text, HistoryHref: "/own?" + values("entry", e.Entry).Encode()}
}

// withdrawal is what the form is filled with that takes an entry back.
type withdrawal struct {
	Words                 Base
	Author, Entry, Action string
}

// ownBase fills what the pages of users' entries have in common.
func (s *Server) ownBase(c *fiber.Ctx, title string, view reform.View) Base {
	b := s.base(c, "goals")
	if c.Method() == fiber.MethodGet {
		s.past(c, &b, view)
	}
	s.forms(c, &b, formPage(c.Path()))
	b.MayWrite = b.MayWrite && s.opt.Notebook != nil && b.Past == ""
	b.Title = b.T(title)
	return b
}

// withdraw takes an entry back: a row more, nothing is removed.
func (s *Server) withdraw(c *fiber.Ctx, kind reform.OwnKind) error {
	t, err := s.readOwn(c)
	if err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	if err := checkLengths(lang, t.Author, "", ""); err != nil {
		return err
	}
	ctx := c.UserContext()
	rows, err := s.opt.Reader.OwnHistory(ctx, t.form.Get("entry"), reform.View{})
	if err != nil {
		return err
	}
	e := rows[0]
	if e.Kind != kind {
		return invalid("entry", "is of another kind")
	}
	if !e.Withdrawn { // a second press of the button changes nothing
		e.Withdrawn, e.Author = true, t.Author
		if err := s.keepOwn(ctx, c, []reform.OwnEntry{e}); err != nil {
			return err
		}
	}
	back := "/goals?" + values("unit", string(e.Unit), "done", "withdrawn").Encode()
	if kind == reform.OwnAnnotation {
		back = "/annotations?done=withdrawn"
	}
	return c.Redirect(back, http.StatusSeeOther)
}

func (s *Server) withdrawTarget(c *fiber.Ctx) error { return s.withdraw(c, reform.OwnTarget) }
func (s *Server) withdrawNote(c *fiber.Ctx) error   { return s.withdraw(c, reform.OwnAnnotation) }

// done says what a form has just done.
func (p *params) doneText(b Base) string {
	if d := p.oneOf("done", "", "saved", "withdrawn", "same"); d != "" {
		return b.T("own.done." + d)
	}
	return ""
}

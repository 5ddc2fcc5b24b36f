package dashboard

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

const (
	authorCookie = "chiso_author"
	longestName  = 100
	decisionsOf  = 200 // decisions of one number that its page looks through
)

// Reviewer takes the decisions of people. cmd puts the room behind it that keeps them. A second
// decision about the same thing is reform.ErrConflict.
type Reviewer interface {
	// Accept makes a candidate a number as it was read; the reason may be empty.
	Accept(ctx context.Context, id, author, reason string) (reform.DecisionRecord, error)
	// Correct makes a number of a candidate that was read wrongly. fields are the changed ones as
	// they were typed; an empty text takes a value away.
	Correct(ctx context.Context, id string, fields map[string]string, author, reason string) (reform.DecisionRecord, error)
	// Reject says that a candidate is no number.
	Reject(ctx context.Context, id, author, reason string) (reform.DecisionRecord, error)
	// Reopen takes a decision back.
	Reopen(ctx context.Context, decision, author, reason string) (reform.DecisionRecord, error)
	// Settle says which of the values of a number counts.
	Settle(ctx context.Context, n reform.NumberKey, choice reform.Choice, author, reason string) (reform.DecisionRecord, error)
	// CorrectNumber gives a number another value than any document does, as it was typed: "84,5", "7/63".
	CorrectNumber(ctx context.Context, n reform.NumberKey, value, author, reason string) (reform.DecisionRecord, error)
}

// author is the name under which this reader decided last.
func author(c *fiber.Ctx) string {
	name, err := url.QueryUnescape(c.Cookies(authorCookie))
	if err != nil {
		return ""
	}
	return cutName(name)
}

func cutName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if r := []rune(name); len(r) > longestName {
		name = string(r[:longestName])
	}
	return name
}

// rememberAuthor keeps the name for the next decision.
func (s *Server) rememberAuthor(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{Name: authorCookie, Value: url.QueryEscape(cutName(name)), Path: "/", Expires: s.opt.Now().Add(365 * 24 * time.Hour), HTTPOnly: true,
		Secure: c.Protocol() == "https", SameSite: fiber.CookieSameSiteStrictMode})
}

// verdict is what a person typed about a candidate or a number.
type verdict struct {
	form           url.Values
	Action         string
	Author, Reason string
}

// readVerdict reads the form of a decision that this server takes.
func (s *Server) readVerdict(c *fiber.Ctx) (verdict, error) {
	form, err := readForm(c)
	if err != nil {
		return verdict{}, err
	}
	if err := s.checkForm(c, form.Get(csrfField)); err != nil {
		return verdict{}, err
	}
	if s.opt.Reviewer == nil {
		return verdict{}, fiber.ErrNotFound
	}
	v := verdict{form: form, Action: form.Get("action"), Author: strings.Join(strings.Fields(form.Get("author")), " "), Reason: strings.TrimSpace(form.Get("reason"))}
	return v, nil
}

// missing is what the form still lacks, in words; "" nothing.
func (v verdict) lacks(lang string) string {
	switch {
	case v.Author == "":
		return words.T(lang, "decide.noauthor")
	case v.Reason == "" && v.Action != string(reform.ActionAccept):
		return words.T(lang, "decide.noreason")
	}
	return ""
}

// troubleOf is what a reader is told of a decision that was not taken, with its status; ok is
// false where the error is none of the reader's.
func troubleOf(err error, lang string) (text string, status int, ok bool) {
	var decided *reform.DecidedError
	var refused *reform.RefusedError
	switch {
	case errors.As(err, &refused):
		text := words.T(lang, "decide.impossible")
		for _, p := range problemRows(refused.Problems, lang) {
			if !p.Warning {
				text += " " + p.Reason
			}
		}
		return text, http.StatusBadRequest, true
	case errors.As(err, &decided):
		return words.T(lang, "decide.already", "author", decided.By.Author, "time", clockTime(decided.By.At)), http.StatusConflict, true
	case errors.Is(err, reform.ErrConflict):
		return words.T(lang, "decide.twice") + " (" + sentence(err, reform.ErrConflict) + ")", http.StatusConflict, true
	case errors.Is(err, reform.ErrInvalid):
		return words.T(lang, "decide.wrong") + " " + sentence(err, reform.ErrInvalid), http.StatusBadRequest, true
	}
	return "", 0, false
}

// decisionRow is a decision as a list tells it.
type decisionRow struct {
	ID, Action, Value, Before  string
	Author, Reason, At         string
	DocumentHref, RunHref      string
	Unit, UnitHref, Index      string
	Period, Component, Subject string
	SubjectHref                string
	CanReopen                  bool
}

func (s *Server) decisionRow(d reform.DecisionRecord, b Base) decisionRow {
	row := decisionRow{
		ID: d.ID, Action: string(d.Action), Author: d.Author, Reason: d.Reason, At: b.Moment(d.At), DocumentHref: documentHref(d.Document),
		Unit: s.unitNameIn(d.Number.Unit, d.Number.Period, b.Lang), UnitHref: s.unitHref(d.Number.Unit), Index: d.Number.Index,
		Period: periodName(d.Number.Period, b.Lang), Component: words.T(b.Lang, "total"),
	}
	if words.Has("decide.did." + row.Action) {
		row.Action = b.T("decide.did." + string(d.Action))
	}
	if d.Run != "" {
		row.RunHref = "/runs/" + url.PathEscape(d.Run)
	}
	if ix, err := s.indexOf(d.Number.Index); err == nil {
		row.Index, row.Component = ix.Short.In(b.Lang), componentName(ix, d.Number.Basis, d.Number.Component, b.Lang)
	}
	row.Before, row.Value = statementText(d.Before, d.Number.Measure, b.Lang), statementText(d.After, d.Number.Measure, b.Lang)
	if d.Candidate != "" {
		row.SubjectHref = candidateHref(d.Candidate)
	} else {
		row.SubjectHref = numberHref(d.Number)
	}
	return row
}

// statementText is a place and a score, or the one that is meant, as a page writes them.
func statementText(st *reform.Statement, measure, lang string) string {
	if st == nil {
		return ""
	}
	var parts []string
	if st.Place > 0 && measure != reform.MeasureScore {
		parts = append(parts, words.T(lang, "value.place", "place", placeOf(st.Place, st.Of)))
	}
	if st.Score.Valid && measure != reform.MeasurePlace {
		parts = append(parts, words.T(lang, "value.score", "score", scoreOf(st.Score, st.Max, lang)))
	}
	if st.Numerator.Valid && st.Denominator.Valid && !st.Score.Valid {
		parts = append(parts, number(st.Numerator, lang)+"/"+number(st.Denominator, lang))
	}
	return strings.Join(parts, ", ")
}

// valueText is a value of a conflict as the language writes it: "91,87", "5/63".
func valueText(value, lang string) string {
	var n reform.Number
	if err := n.UnmarshalJSON([]byte(value)); err == nil && n.Valid {
		return number(n, lang)
	}
	return value
}

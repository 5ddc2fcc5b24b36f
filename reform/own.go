package reform

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// OwnKind is what a user's own entry is.
type OwnKind string

// The kinds of entry.
const (
	OwnTarget     OwnKind = "target"     // a place or score to reach in a year
	OwnOwner      OwnKind = "owner"      // the office in charge of a component
	OwnAnnotation OwnKind = "annotation" // what happened on a day
)

// OwnSource is the source, and the kind, of the runs that keep users' own entries.
const OwnSource = "own-entries"

// Bounds of what a user may enter, in characters.
const (
	OwnTextLength   = 300
	OwnOfficeLength = 120
	OwnAuthorLength = 100
)

// OwnEntry is one row of what users entered: the newest row of an entry counts, and a
// withdrawn one says that nothing does.
type OwnEntry struct {
	ID        string // of the row
	Entry     string // what it is about; see OwnKey
	Kind      OwnKind
	Index     string  // "" all, of an annotation
	Basis     string  // of an owner
	Unit      UnitKey // "" all, of an annotation
	Component string  // of an owner
	Period    Period  // of a target
	Date      string  // of an annotation, an ISO day
	GoalPlace int     // 0 none
	GoalScore Number
	Office    string
	Text      string
	Author    string
	Withdrawn bool
	At        time.Time
	Rev       uint64 // from which on it is visible
}

// OwnQuestion asks for the entries of one kind that count; empty fields: all.
type OwnQuestion struct {
	Index string    // those of the index, and those of all indices
	Units []UnitKey // those of the lines of these units, and those of all units
	From  time.Time // of the period or the day, both included
	To    time.Time
	View  View // as_of: what had been entered by then
}

// OwnKey names what an entry is about. Two rows of one key are two states of one
// entry. An annotation has no such name of its own: its key is the id that it got first.
func (c *Catalog) OwnKey(e OwnEntry) string {
	unit := string(e.Unit)
	if line := c.Lineage(e.Unit); len(line) > 0 {
		unit = string(slices.Min(line)) // a unit that runs on through schemes is one unit
	}
	switch e.Kind {
	case OwnTarget:
		return strings.Join([]string{string(e.Kind), e.Index, unit, e.Period.String()}, " ")
	case OwnOwner:
		return strings.Join([]string{string(e.Kind), e.Index, e.Basis, unit, e.Component}, " ")
	}
	return e.Entry
}

// On reports whether the entry concerns a line: one of the keys of that line, or all units.
func (e OwnEntry) On(line []UnitKey) bool { return e.Unit == "" || slices.Contains(line, e.Unit) }

// Span is the first and last day that the entry is about; zero for an owner, who has no term.
func (e OwnEntry) Span() (from, to time.Time) {
	if !e.Period.IsZero() {
		return e.Period.Start(), e.Period.End()
	}
	day, err := time.Parse(time.DateOnly, e.Date)
	if err != nil {
		return time.Time{}, time.Time{}
	}
	return day, day
}

// CleanText is what a person typed as it is kept: in NFC, on one line, without signs
// that can't be seen or that turn the direction of writing.
func CleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		}
		return r
	}, norm.NFC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

// Check reports what is wrong with an entry, whoever made it; a form says it in its own words first.
func (c *Catalog) CheckOwn(e OwnEntry) error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%s: "+format+": %w", append(append([]any{e.Kind}, a...), ErrInvalid)...)
	}
	for _, f := range []struct {
		name, text string
		most       int
	}{{"text", e.Text, OwnTextLength}, {"office", e.Office, OwnOfficeLength}, {"author", e.Author, OwnAuthorLength}} {
		if n := utf8.RuneCountInString(f.text); n > f.most {
			return bad("%s has %d characters, at most %d", f.name, n, f.most)
		}
		if f.text != CleanText(f.text) {
			return bad("%s holds signs that can't be kept", f.name)
		}
	}
	if e.Author == "" {
		return bad("no author")
	}
	if e.Index != "" {
		if _, err := c.Index(e.Index); err != nil {
			return err
		}
	}
	if e.Unit != "" {
		if _, err := c.UnitOrForm(e.Unit); err != nil {
			return err
		}
	}
	switch e.Kind {
	case OwnTarget:
		switch {
		case e.Index == "" || e.Unit == "" || e.Period.Kind() != Year:
			return bad("want an index, a unit and a year")
		case e.GoalPlace < 0 || e.GoalPlace > 9999:
			return bad("place %d is none", e.GoalPlace)
		case !e.Withdrawn && e.GoalPlace == 0 && !e.GoalScore.Valid:
			return bad("want a place or a score")
		case e.GoalScore.Valid && (e.GoalScore.Decimal.IsNegative() || e.GoalScore.Decimal.Exponent() < -6 || len(e.GoalScore.String()) > 12):
			return bad("score %.20s is none", e.GoalScore)
		}
	case OwnOwner:
		if e.Index == "" || e.Unit == "" || e.Component == "" {
			return bad("want an index, a unit and a component")
		}
		if _, err := c.Component(e.Index, e.Basis, e.Component); err != nil {
			return err
		}
		if !e.Withdrawn && e.Office == "" {
			return bad("no office")
		}
	case OwnAnnotation:
		if _, err := time.Parse(time.DateOnly, e.Date); err != nil {
			return bad("date %.20q is no day such as 2025-10-16", e.Date)
		}
		if !e.Withdrawn && e.Text == "" {
			return bad("no text")
		}
	default:
		return bad("no such kind")
	}
	return nil
}

package service766

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"chiso/reform"
)

// Portal is one generation of the portal's interface. Its text is the code of the
// basis in the catalogue.
type Portal string

// The two portals.
const (
	Portal2022 Portal = "portal-2022"
	Portal2026 Portal = "portal-2026"
)

const (
	index    = "s766"
	kindName = "s766"
)

// groups are the six groups of the index, in the order of the decision.
var groups = [6]string{"CKMB", "TDGQ", "CLGQ", "TTTT", "MDHL", "MDSH"}

// request is what to send.
type request struct {
	path, contentType, body string
	header                  map[string]string
}

// adapter speaks the language of one portal.
type adapter interface {
	// lists are the lists that make a whole reading of a period, the totals first.
	lists() []string
	kinds() []reform.PeriodKind
	size(list string) int // of a page, where the configuration gives none
	path(list string) string
	request(cfg *Config, list string, ask Ask, page, size int) (request, error)
	// decode reads one answer's body. An error says that it is no answer of this list.
	decode(list string, ask Ask, body []byte) (*answer, error)
	// asksFor reports whether a request that was kept is one for this page of this batch.
	asksFor(list string, ask Ask, page int, request string) bool
	// rootID is by what the portal is asked for the units of a province.
	rootID(p province) string
}

func adapterOf(p Portal) (adapter, error) {
	switch p {
	case Portal2022:
		return portal2022{}, nil
	case Portal2026:
		return portal2026{}, nil
	}
	return nil, fmt.Errorf("portal %q: want %s or %s: %w", p, Portal2022, Portal2026, reform.ErrInvalid)
}

// answer is one page of a list.
type answer struct {
	rows  []row
	root  *row // what the answer says of the asked province itself
	total int  // units on all pages, where the answer says so; 0 unknown
	pages int  // number of pages, where it says so
	page  int  // number of this page, where it says so
	saysP periodEcho
	notes []note // of the whole answer
}

// maxRowsPerPage bounds a page: the whole country has some 4,000 units.
const maxRowsPerPage = 20_000

// rowsOf reads a list row by row, so that a list without an end costs no memory.
func rowsOf[T any](body []byte) ([]T, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	switch t, err := dec.Token(); {
	case err != nil:
		return nil, err
	case t == nil:
		return nil, nil // null
	case t != json.Delim('['):
		return nil, errors.New("a list of units was expected")
	}
	var rows []T
	for dec.More() {
		if len(rows) == maxRowsPerPage {
			return nil, fmt.Errorf("it has over %d units: %w", maxRowsPerPage, reform.ErrTooLarge)
		}
		rows = append(rows, *new(T))
		if err := dec.Decode(&rows[len(rows)-1]); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something stands behind the list")
	}
	return rows, nil
}

// more reports whether a further page is to be asked for.
func (a *answer) more(page, size, soFar int) bool {
	switch {
	case len(a.rows) == 0:
		return false
	case a.pages > 0:
		return page < a.pages
	case a.total > 0:
		return soFar < a.total
	}
	return len(a.rows) == size
}

// sameUnits reports whether two pages list the same units in one order.
func (a *answer) sameUnits(b *answer) bool {
	return len(a.rows) > 0 && slices.EqualFunc(a.rows, b.rows, func(x, y row) bool { return x.code == y.code && x.id == y.id })
}

// row is a unit of a list.
type row struct {
	code, id, name string
	typ            reform.UnitType // "" where the row does not say
	rowNo          string          // the portal's own number
	readings       []reading
	notes          []note // faults of its numbers
}

// reading is one measure of a unit.
type reading struct {
	component      string
	score, max     reform.Number
	num, den       reform.Number
	quote, quality string
}

// note is something odd in an answer, for the problem list.
type note struct {
	code, field, text string
	vi, en            string
	warning           bool
}

// periodEcho is what an answer says of the period that it is about. Most say nothing.
type periodEcho struct {
	year, half, quarter, month int // 0: not said
	from, to                   string
	kind                       string
}

// contradicts says in what the echo is not the asked period; "" where it is, or is silent.
func (e periodEcho) contradicts(p reform.Period) string {
	if e.year != 0 && e.year != p.Year() {
		return fmt.Sprint(e.year)
	}
	if e.kind != "" && (e.kind == "year" || e.kind == "quarter" || e.kind == "month") && e.kind != string(p.Kind()) {
		return e.kind
	}
	if n := ordinal(p); e.month != 0 && p.Kind() == reform.Month && e.month != n || e.quarter != 0 && p.Kind() == reform.Quarter && e.quarter != n || e.half != 0 && p.Kind() == reform.Half && e.half != n {
		return fmt.Sprint(e.year, "/", e.half, "/", e.quarter, "/", e.month)
	}
	if d, ok := echoedDay(e.from); ok && !d.Equal(p.Start()) {
		return e.from
	}
	if d, ok := echoedDay(e.to); ok && !d.Equal(p.End()) {
		return e.to
	}
	return ""
}

// echoedDay reads a day as answers write it: as such, or as a moment in any zone.
func echoedDay(s string) (time.Time, bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t, true
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return dayIn(t), true
	}
	return time.Time{}, false
}

// ordinal is the number of a month, quarter or half in its year; 0 for others.
func ordinal(p reform.Period) int {
	m := int(p.End().Month())
	switch p.Kind() {
	case reform.Month:
		return m
	case reform.Quarter:
		return m / 3
	case reform.Half:
		return m / 6
	}
	return 0
}

// vietnam is Asia/Ho_Chi_Minh, which has had no other offset since 1975; so no zone data is needed.
var vietnam = time.FixedZone("+07", 7*60*60)

// dayIn is the day in Vietnam on which t lies, as the periods' days are written.
func dayIn(t time.Time) time.Time {
	y, m, d := t.In(vietnam).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

package reform

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// PeriodKind says how long a period is. Periods of different kinds are never
// points of one line, even where they were polled at one instant.
type PeriodKind string

// The kinds of period that sources publish.
const (
	Year    PeriodKind = "year"
	Half    PeriodKind = "half"
	Quarter PeriodKind = "quarter"
	Month   PeriodKind = "month"
	Span    PeriodKind = "span" // several whole months, such as 11 months of a year
)

// Period is a span of whole months: "2019", "2025-H1", "2025-Q3", "2025-10",
// "2024-01/2024-11". The zero Period is no period.
type Period struct {
	kind       PeriodKind
	year       int
	from, upto int // months of year and endYear, 1 to 12, both included
	endYear    int
}

var periodPattern = regexp.MustCompile(`^(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?$`)
var spanPattern = regexp.MustCompile(`^(\d{4})-(0[1-9]|1[0-2])/(\d{4})-(0[1-9]|1[0-2])$`)

// FirstYear and LastYear bound the years that a period may have: earlier or
// later ones in a document are misprints, not data.
const (
	FirstYear = 1990
	LastYear  = 2100
)

// YearPeriod is the whole of one year.
func YearPeriod(year int) Period {
	return Period{kind: Year, year: year, from: 1, upto: 12, endYear: year}
}

// ParsePeriod reads the canonical form of a period; other spellings are
// ErrInvalid, so that an address names a picture in one way only.
func ParsePeriod(s string) (Period, error) {
	bad := fmt.Errorf("period %q: want 2019, 2025-H1, 2025-Q3, 2025-10 or 2024-01/2024-11: %w", s, ErrInvalid)
	var p Period
	if m := periodPattern.FindStringSubmatch(s); m != nil {
		y, _ := strconv.Atoi(m[1])
		switch {
		case m[2] != "":
			h, _ := strconv.Atoi(m[2])
			p = Period{kind: Half, year: y, from: 6*h - 5, upto: 6 * h, endYear: y}
		case m[3] != "":
			q, _ := strconv.Atoi(m[3])
			p = Period{kind: Quarter, year: y, from: 3*q - 2, upto: 3 * q, endYear: y}
		case m[4] != "":
			n, _ := strconv.Atoi(m[4])
			p = Period{kind: Month, year: y, from: n, upto: n, endYear: y}
		default:
			p = YearPeriod(y)
		}
	} else if m := spanPattern.FindStringSubmatch(s); m != nil {
		y1, _ := strconv.Atoi(m[1])
		m1, _ := strconv.Atoi(m[2])
		y2, _ := strconv.Atoi(m[3])
		m2, _ := strconv.Atoi(m[4])
		if y1*12+m1 >= y2*12+m2 {
			return Period{}, bad
		}
		p = Period{kind: Span, year: y1, from: m1, endYear: y2, upto: m2}
	} else {
		return Period{}, bad
	}
	if p.year < FirstYear || p.endYear > LastYear {
		return Period{}, bad
	}
	return p, nil
}

// MustPeriod is ParsePeriod for constants in code and tests.
func MustPeriod(s string) Period {
	p, err := ParsePeriod(s)
	if err != nil {
		panic(err)
	}
	return p
}

// IsZero reports whether p is no period.
func (p Period) IsZero() bool { return p.kind == "" }

// Kind is the kind of p, or "" for the zero Period.
func (p Period) Kind() PeriodKind { return p.kind }

// Year is the year in which p begins.
func (p Period) Year() int { return p.year }

// String is the canonical form that ParsePeriod reads.
func (p Period) String() string {
	switch p.kind {
	case Year:
		return fmt.Sprintf("%04d", p.year)
	case Half:
		return fmt.Sprintf("%04d-H%d", p.year, p.upto/6)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", p.year, p.upto/3)
	case Month:
		return fmt.Sprintf("%04d-%02d", p.year, p.from)
	case Span:
		return fmt.Sprintf("%04d-%02d/%04d-%02d", p.year, p.from, p.endYear, p.upto)
	}
	return ""
}

// Start is the first day of p.
func (p Period) Start() time.Time {
	return time.Date(p.year, time.Month(p.from), 1, 0, 0, 0, 0, time.UTC)
}

// End is the last day of p.
func (p Period) End() time.Time {
	return time.Date(p.endYear, time.Month(p.upto)+1, 0, 0, 0, 0, 0, time.UTC)
}

// Prev is the period of the same kind and length just before p: the one that
// a movement is counted from. It is computed, so it may lie outside the years that
// a document may name.
func (p Period) Prev() Period { return p.shift(-1) }

// Next is the period of the same kind and length just after p.
func (p Period) Next() Period { return p.shift(1) }

func (p Period) shift(n int) Period {
	if p.IsZero() {
		return p
	}
	start := p.year*12 + p.from - 1
	end := p.endYear*12 + p.upto - 1
	d := n * (end - start + 1)
	start, end = start+d, end+d
	p.year, p.from, p.endYear, p.upto = start/12, start%12+1, end/12, end%12+1
	return p
}

// Compare orders periods by their end, then by their start: -1, 0 or 1.
func (p Period) Compare(q Period) int {
	if c := p.End().Compare(q.End()); c != 0 {
		return c
	}
	return p.Start().Compare(q.Start())
}

// MarshalText writes the canonical form.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the canonical form; empty text is no period.
func (p *Period) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = Period{}
		return nil
	}
	q, err := ParsePeriod(string(b))
	if err == nil {
		*p = q
	}
	return err
}

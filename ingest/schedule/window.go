package schedule

import (
	"fmt"
	"strings"
	"time"

	"chiso/reform"
)

// Window is days of the year in which a source is read, such as "04-01..06-30"; several
// are separated by commas, and one may go over the end of the year. The zero Window is all days.
type Window struct {
	spans []span
	text  string
}

// span is days as month*100+day, both included.
type span struct{ from, to int }

// ParseWindow reads a window.
func ParseWindow(text string) (Window, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Window{}, nil
	}
	w := Window{text: text}
	for _, part := range strings.Split(text, ",") {
		a, b, ok := strings.Cut(strings.TrimSpace(part), "..")
		from, err1 := dayOfYear(a)
		to, err2 := dayOfYear(b)
		if !ok || err1 != nil || err2 != nil {
			return Window{}, fmt.Errorf("window %q: want two days as 04-01..06-30: %w", part, reform.ErrInvalid)
		}
		w.spans = append(w.spans, span{from, to})
	}
	return w, nil
}

func dayOfYear(s string) (int, error) {
	// A leap year, so that 02-29 may be written.
	t, err := time.Parse(time.DateOnly, "2024-"+strings.TrimSpace(s))
	if err != nil {
		return 0, err
	}
	return int(t.Month())*100 + t.Day(), nil
}

// String is the window as it was written.
func (w Window) String() string { return w.text }

// Contains reports whether the day of t, in t's own zone, lies in the window.
func (w Window) Contains(t time.Time) bool {
	if len(w.spans) == 0 {
		return true
	}
	day := int(t.Month())*100 + t.Day()
	for _, s := range w.spans {
		if s.from <= s.to && s.from <= day && day <= s.to || s.from > s.to && (day >= s.from || day <= s.to) {
			return true
		}
	}
	return false
}

// opens is the next midnight after t at which a day of the window begins.
func (w Window) opens(t time.Time) time.Time {
	for i := 1; i <= 366; i++ {
		day := time.Date(t.Year(), t.Month(), t.Day()+i, 0, 0, 0, 0, t.Location())
		if w.Contains(day) {
			return day
		}
	}
	return time.Time{} // only the 29th of February, more than a year away
}

package viet

import (
	"sync"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// collators are pooled because a Collator keeps state and must not be shared
// between goroutines, and making one costs more than a comparison.
var collators = sync.Pool{New: func() any {
	return &collator{c: collate.New(language.Vietnamese)}
}}

type collator struct {
	c   *collate.Collator
	buf collate.Buffer
}

// Less reports whether a stands before b in a Vietnamese list: a ă â … d đ, tones last.
func Less(a, b string) bool { return Compare(a, b) < 0 }

// Compare orders a and b as a Vietnamese list does: -1, 0 or 1.
func Compare(a, b string) int {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	return c.c.CompareString(a, b)
}

// Key is a string that sorts by bytes as s sorts in a Vietnamese list.
func Key(s string) string {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buf.Reset()
	return string(c.c.KeyFromString(&c.buf, s))
}

// FormatDate writes a day for a screen: 16/10/2025 in Vietnamese, 16 Oct 2025 in English.
func FormatDate(t time.Time, lang string) string {
	if t.IsZero() {
		return ""
	}
	if lang == "en" {
		return t.Format("2 Jan 2006")
	}
	return t.Format("02/01/2006")
}

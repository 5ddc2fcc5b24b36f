package parse

import (
	"fmt"

	"chiso/reform"
)

// Problem is a problem with its sentence in both languages. The arguments are
// those of both formats, in one order.
func Problem(code, field, locator, text, vi, en string, args ...any) reform.Problem {
	return reform.Problem{
		Code: code, Field: field, Locator: locator, Text: Shorten(text, 200),
		ReasonVI: fmt.Sprintf(vi, args...), Reason: fmt.Sprintf(en, args...),
	}
}

// Said is a problem whose sentence is ready.
func Said(code, field, locator, text string, why reform.Text) reform.Problem {
	return reform.Problem{Code: code, Field: field, Locator: locator, Text: Shorten(text, 200), ReasonVI: why.VI, Reason: why.EN}
}

// Warning is Problem for what does not refuse the document.
func Warning(code, field, locator, text, vi, en string, args ...any) reform.Problem {
	p := Problem(code, field, locator, text, vi, en, args...)
	p.Warning = true
	return p
}

// Shorten cuts a text of a document for a message.
func Shorten(s string, runes int) string {
	n := 0
	for i := range s {
		if n == runes {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// Refused ends a parse that found too many problems to go on: the document is of
// another kind, and ten thousand lines of complaint help nobody.
func Refused(problems int) error {
	return fmt.Errorf("the document has more than %d problems: it is probably of another kind; correct the first ones and try again: %w", problems, reform.ErrInvalid)
}

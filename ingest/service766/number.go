package service766

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/reform"
)

// token is a JSON value as it stands in the answer; "" where the field is missing,
// which is another thing than null. The old portal sends every number as a
// string, the new one as a number; either may change overnight.
type token string

// UnmarshalJSON keeps the value's text.
func (t *token) UnmarshalJSON(b []byte) error {
	*t = token(b)
	return nil
}

// str is the text of a string or number; other values have none.
func (t token) str() string {
	if t == "" || t == "null" {
		return ""
	}
	if t[0] == '"' {
		// Codes and numbers have no escapes.
		if inner := string(t[1 : len(t)-1]); !strings.Contains(inner, `\`) {
			return inner
		}
		var s string
		if json.Unmarshal([]byte(t), &s) != nil {
			return ""
		}
		return s
	}
	if t[0] == '{' || t[0] == '[' {
		return ""
	}
	return string(t)
}

func (t token) isString() bool { return t != "" && t[0] == '"' }

func (t token) isNumber() bool { return t != "" && (t[0] == '-' || t[0] >= '0' && t[0] <= '9') }

var (
	plainNumber    = regexp.MustCompile(`^-?[0-9]{1,15}(?:\.[0-9]{1,20})?$`)
	exponentNumber = regexp.MustCompile(`^-?[0-9](?:\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}$`)
)

// number reads a score. In a string either sign is the decimal sign: scores lie below 1,000, so
// none has a separator of thousands. ok is false for what is no number; missing and null are no number either, but no fault.
func (t token) number() (n reform.Number, ok bool) {
	if t == "" || t == "null" {
		return n, true
	}
	s := string(t)
	if t.isString() {
		s = strings.Trim(t.str(), " \u00a0\t\r\n")
		if s == "" || s == "-" || strings.EqualFold(s, "null") {
			return n, true
		}
		if strings.Count(s, ",")+strings.Count(s, ".") > 1 {
			return n, false
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	if !plainNumber.MatchString(s) && !exponentNumber.MatchString(s) {
		return n, false
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return n, false
	}
	return reform.NumOf(d), true
}

// count reads a number of cases. In a string "433.356" may be 433356 or 433 and a
// bit: that is for a person to say.
func (t token) count() (n reform.Number, ok bool) {
	if t.isString() {
		s := strings.Trim(t.str(), " \u00a0\t\r\n")
		if i := strings.IndexAny(s, ".,"); i >= 0 && len(s)-i == 4 {
			return n, false
		}
	}
	return t.number()
}

// whole reads a small whole number, such as a page or a year.
func (t token) whole() (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(t.str()))
	return n, err == nil
}

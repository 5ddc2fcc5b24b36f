package viet

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// Format says which sign a column of numbers uses for decimals.
type Format uint8

// The formats. FormatUnknown reads only what means the same in both others.
const (
	FormatUnknown Format = iota
	DecimalPoint         // 1,745.5
	DecimalComma         // 1.745,5
)

// String is the name of f for messages.
func (f Format) String() string {
	switch f {
	case DecimalPoint:
		return "decimal point"
	case DecimalComma:
		return "decimal comma"
	}
	return "unknown format"
}

var (
	// ErrAmbiguous marks a number or a column that can be read in two ways: "1.745" without a maximum.
	ErrAmbiguous = errors.New("ambiguous number")
	// ErrMixed marks a column in which some numbers use the comma and some the point for decimals.
	ErrMixed = errors.New("comma and point both used as decimal sign")
	// ErrNotNumber marks text that is no number in the column's format.
	ErrNotNumber = errors.New("not a number")
)

// maxNumberLen bounds the text of one number; longer text is prose or an attack.
const maxNumberLen = 64

// evidence is what one sample says about its column.
type evidence uint8

const (
	neutral   evidence = iota // no sign, or the same in both formats
	sayPoint                  // only readable with a decimal point
	sayComma                  // only readable with a decimal comma
	ambiguous                 // "1.745"
	noNumber                  // not readable at all
)

// DetectFormat decides a column's format from all its samples, its maximum
// where it has one, and whether it holds whole numbers. Samples that are no
// numbers are passed over: the parse names them. Where every sample reads the same
// in both formats, the answer is DecimalPoint.
func DetectFormat(samples []string, max decimal.NullDecimal, integer bool) (Format, error) {
	var point, comma, unsure string
	for _, s := range samples {
		switch weigh(s, max, integer) {
		case sayPoint:
			if point == "" {
				point = s
			}
		case sayComma:
			if comma == "" {
				comma = s
			}
		case ambiguous:
			if unsure == "" {
				unsure = s
			}
		}
	}
	switch {
	case point != "" && comma != "":
		return FormatUnknown, fmt.Errorf("%q and %q stand in one column: %w", short(comma), short(point), ErrMixed)
	case point != "":
		return DecimalPoint, nil
	case comma != "":
		return DecimalComma, nil
	case unsure != "":
		return FormatUnknown, fmt.Errorf("%q can be read as thousands or as decimals, and neither its column nor a maximum decides: %w", short(unsure), ErrAmbiguous)
	}
	return DecimalPoint, nil
}

// weigh is what s alone, its maximum and its kind say about the format.
func weigh(s string, max decimal.NullDecimal, integer bool) evidence {
	if e, ok := fastWeigh(s); ok {
		return e
	}
	t, ok := trimNumber(s)
	if !ok {
		return noNumber
	}
	dots, commas := strings.Count(t, "."), strings.Count(t, ",")
	if dots == 0 && commas == 0 {
		if _, err := scan(t, DecimalPoint); err != nil {
			return noNumber
		}
		return neutral
	}
	p, errP := scan(t, DecimalPoint)
	c, errC := scan(t, DecimalComma)
	switch {
	case errP != nil && errC != nil:
		return noNumber
	case errP != nil:
		return sayComma
	case errC != nil:
		return sayPoint
	}
	// Both readings are numbers: one sign with three digits behind it.
	if integer {
		// A count has no decimals, so the sign groups thousands.
		switch pWhole, cWhole := p.IsInteger(), c.IsInteger(); {
		case pWhole && !cWhole:
			return sayPoint
		case cWhole && !pWhole:
			return sayComma
		}
	}
	if max.Valid {
		switch pFits, cFits := p.Abs().LessThanOrEqual(max.Decimal), c.Abs().LessThanOrEqual(max.Decimal); {
		case pFits && !cFits:
			return sayPoint
		case cFits && !pFits:
			return sayComma
		}
	}
	if p.Equal(c) {
		return neutral
	}
	return ambiguous
}

// fastWeigh weighs plain digits with at most one sign, where the digits alone
// decide: nearly all numbers of a long file.
func fastWeigh(s string) (evidence, bool) {
	if len(s) == 0 || len(s) > 20 {
		return neutral, false
	}
	sign := -1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
		case (c == '.' || c == ',') && sign < 0 && i > 0 && i < len(s)-1:
			sign = i
		default:
			return neutral, false
		}
	}
	switch {
	case sign < 0:
		return neutral, true
	case len(s)-1-sign == 3 && sign <= 3 && s[0] != '0':
		return neutral, false // thousands or decimals: maximum and column decide
	case s[sign] == '.':
		return sayPoint, true
	}
	return sayComma, true
}

// ParseNumber reads one number of a column whose format is known: "1.745,5",
// "87,97%", "−0,5", with any kind of blank. The percent sign is dropped, so
// "87,97%" is 87.97. With FormatUnknown only what is no matter of format is read.
func ParseNumber(s string, f Format) (decimal.Decimal, error) {
	if f == DecimalPoint {
		if d, ok := fastNumber(s); ok {
			return d, nil
		}
	}
	t, ok := trimNumber(s)
	if !ok {
		return decimal.Decimal{}, notNumber(s, f)
	}
	if f == FormatUnknown {
		var err error
		if f, err = DetectFormat([]string{s}, decimal.NullDecimal{}, false); err != nil {
			return decimal.Decimal{}, err
		}
	}
	d, err := scan(t, f)
	if err != nil {
		return decimal.Decimal{}, notNumber(s, f)
	}
	return d, nil
}

func notNumber(s string, f Format) error {
	return fmt.Errorf("%q is no number written with %s: %w", short(s), f, ErrNotNumber)
}

// fastNumber reads [-]digits[.digits] of at most 18 digits: nearly all numbers of a long file.
func fastNumber(s string) (decimal.Decimal, bool) {
	if len(s) == 0 || len(s) > 20 {
		return decimal.Decimal{}, false
	}
	i, neg := 0, false
	if s[0] == '-' {
		i, neg = 1, true
	}
	var n int64
	digits, point := 0, -1
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			n = n*10 + int64(c-'0')
			digits++
		case c == '.' && point < 0 && digits > 0:
			point = digits
		default:
			return decimal.Decimal{}, false
		}
	}
	if digits == 0 || digits > 18 || point == digits {
		return decimal.Decimal{}, false
	}
	if neg {
		n = -n
	}
	exp := 0
	if point >= 0 {
		exp = point - digits
	}
	return decimal.New(n, int32(exp)), true
}

// trimNumber is s without blanks at the ends, percent sign and odd minus
// signs; inner blanks become one plain space. It reports false for text that can't be a number.
func trimNumber(s string) (string, bool) {
	if len(s) > 4*maxNumberLen {
		return "", false
	}
	s = strings.TrimSpace(Clean(s))
	if strings.HasSuffix(s, "%") {
		s = strings.TrimSpace(strings.TrimSuffix(s, "%"))
	}
	if s == "" || len(s) > maxNumberLen {
		return "", false
	}
	for _, minus := range []string{"−", "–"} {
		if rest, ok := strings.CutPrefix(s, minus); ok {
			s = "-" + strings.TrimSpace(rest)
		}
	}
	return s, true
}

// scan reads t strictly in format f: groups of thousands have three digits
// each and use one sign, "1.745.000,5"; blanks may group thousands too.
func scan(t string, f Format) (decimal.Decimal, error) {
	dec, group := byte('.'), byte(',')
	if f == DecimalComma {
		dec, group = ',', '.'
	}
	body, neg := t, false
	if strings.HasPrefix(body, "-") || strings.HasPrefix(body, "+") {
		neg = body[0] == '-'
		body = body[1:]
	}
	body, exp, ok := cutExponent(body, f)
	if !ok {
		return decimal.Decimal{}, ErrNotNumber
	}
	whole, frac, hasFrac := strings.Cut(body, string(dec))
	if hasFrac && (frac == "" || !allDigits(frac)) {
		return decimal.Decimal{}, ErrNotNumber
	}
	whole, ok = ungroup(whole, group)
	if !ok {
		return decimal.Decimal{}, ErrNotNumber
	}
	if whole == "" {
		if !hasFrac {
			return decimal.Decimal{}, ErrNotNumber
		}
		whole = "0"
	}
	d, err := decimal.NewFromString(whole + frac)
	if err != nil {
		return decimal.Decimal{}, ErrNotNumber
	}
	d = decimal.NewFromBigInt(d.Coefficient(), int32(exp-len(frac)))
	if neg {
		d = d.Neg()
	}
	return d, nil
}

// cutExponent takes off the exponent that spreadsheets write for small
// numbers ("9.4E-2"). Large exponents are refused: they'd make numbers of a billion digits.
func cutExponent(s string, f Format) (string, int, bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	if f != DecimalPoint || i == 0 {
		return "", 0, false
	}
	e, neg := s[i+1:], false
	if strings.HasPrefix(e, "-") || strings.HasPrefix(e, "+") {
		neg = e[0] == '-'
		e = e[1:]
	}
	if len(e) == 0 || len(e) > 2 || !allDigits(e) {
		return "", 0, false
	}
	n := 0
	for _, c := range e {
		n = n*10 + int(c-'0')
	}
	if n > 30 {
		return "", 0, false
	}
	if neg {
		n = -n
	}
	return s[:i], n, true
}

// ungroup takes the signs between thousands out of s.
func ungroup(s string, group byte) (string, bool) {
	if allDigits(s) {
		return s, true
	}
	sep := string(group)
	if !strings.Contains(s, sep) {
		sep = " "
	}
	parts := strings.Split(s, sep)
	for i, p := range parts {
		if !allDigits(p) || i > 0 && len(p) != 3 || i == 0 && (len(p) < 1 || len(p) > 3) {
			return "", false
		}
	}
	if parts[0][0] == '0' {
		return "", false // "0.585" groups nothing
	}
	return strings.Join(parts, ""), true
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// ParseFraction reads "20/63" or "3,5/12". With FormatUnknown the part above
// the line is read with the part below as its maximum, so "9,428/9.5" is no riddle.
func ParseFraction(s string, f Format) (num, den decimal.Decimal, err error) {
	a, b, ok := strings.Cut(s, "/")
	if !ok {
		return num, den, fmt.Errorf("%q has no slash: %w", short(s), ErrNotNumber)
	}
	if den, err = ParseNumber(b, f); err != nil {
		return num, den, err
	}
	if f == FormatUnknown {
		if f, err = DetectFormat([]string{a}, decimal.NullDecimal{Decimal: den, Valid: true}, false); err != nil {
			return num, den, err
		}
	}
	num, err = ParseNumber(a, f)
	return num, den, err
}

// FormatNumber writes d for a screen: "1.745,5" in Vietnamese, "1,745.5" in
// English, with at least minDecimals and at most maxDecimals places, rounded half away from zero.
func FormatNumber(d decimal.Decimal, lang string, minDecimals, maxDecimals int) string {
	dec, group := ",", "."
	if lang == "en" {
		dec, group = ".", ","
	}
	maxDecimals = max(maxDecimals, minDecimals, 0)
	s := d.StringFixed(int32(maxDecimals))
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, frac, _ := strings.Cut(s, ".")
	for len(frac) > minDecimals && strings.HasSuffix(frac, "0") {
		frac = frac[:len(frac)-1]
	}
	if neg && strings.Trim(whole+frac, "0") == "" {
		neg = false // no "-0"
	}
	var b strings.Builder
	if neg {
		b.WriteByte('-')
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteByte(whole[i])
	}
	if frac != "" {
		b.WriteString(dec)
		b.WriteString(frac)
	}
	return b.String()
}

// short is s cut for a message.
func short(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	rs := []rune(s)
	if len(rs) > 40 {
		return string(rs[:40]) + "…"
	}
	return s
}

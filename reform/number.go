package reform

import (
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/shopspring/decimal"
)

// Number is a decimal that may be missing. Missing is not zero: a null of a
// source stays null to the screen. In JSON it is null or a string such as
// "3.5", never rounded and never a float.
type Number struct{ decimal.NullDecimal }

// Num is the Number that the canonical text s spells ("3.5"); it is for code and tests and
// panics on anything else. Text of documents goes through ParseNumber.
func Num(s string) Number {
	return NumOf(decimal.RequireFromString(s))
}

// NumOf is the Number d.
func NumOf(d decimal.Decimal) Number {
	return Number{decimal.NullDecimal{Decimal: d, Valid: true}}
}

// String is the shortest exact decimal text, or "" when missing.
func (n Number) String() string {
	if !n.Valid {
		return ""
	}
	return n.Decimal.String()
}

// MarshalJSON writes null or the exact decimal as a string.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return []byte(`"` + n.Decimal.String() + `"`), nil
}

// UnmarshalJSON reads null, a JSON number or a string that holds one.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" || string(b) == `""` {
		*n = Number{}
		return nil
	}
	var d decimal.Decimal
	if err := d.UnmarshalJSON(b); err != nil {
		return err
	}
	*n = NumOf(d)
	return nil
}

// Equal reports whether two Numbers are both missing or the same decimal (8 equals 8.00).
func (n Number) Equal(m Number) bool {
	if n.Valid != m.Valid {
		return false
	}
	return !n.Valid || n.Decimal.Equal(m.Decimal)
}

// UnmarshalYAML reads a plain number of a catalogue file, written with a
// decimal point; "1,5" is refused, with its place, rather than guessed.
func (n *Number) UnmarshalYAML(node ast.Node) error {
	if node.Type() == ast.NullType {
		*n = Number{}
		return nil
	}
	text := node.GetToken().Value
	d, err := decimal.NewFromString(text)
	if err != nil || len(text) > 32 {
		return &yaml.SyntaxError{Message: fmt.Sprintf("%q is no number such as 14.5", text), Token: node.GetToken()}
	}
	*n = NumOf(d)
	return nil
}

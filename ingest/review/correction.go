package review

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// Fields are the names of what a person may correct, as forms and flags write them.
func Fields() []string { return slices.Sorted(maps.Keys(setters)) }

// ParseCorrection reads a correction as it was typed, by the names of Fields. A field that is not
// among them stays as it was read; an empty text takes an optional value away.
func ParseCorrection(fields map[string]string) (reform.Correction, error) {
	var c reform.Correction
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		set, ok := setters[name]
		if !ok {
			return c, fmt.Errorf("correction of %.40q: known are %s: %w", name, strings.Join(Fields(), ", "), reform.ErrInvalid)
		}
		if err := set(&c, strings.TrimSpace(fields[name])); err != nil {
			return c, fmt.Errorf("%s: %w", name, err)
		}
	}
	return c, nil
}

var setters = map[string]func(*reform.Correction, string) error{
	"index":     func(c *reform.Correction, s string) error { c.Index = &s; return given(s) },
	"basis":     func(c *reform.Correction, s string) error { c.Basis = &s; return nil },
	"component": func(c *reform.Correction, s string) error { c.Component = &s; return nil },
	"scope":     func(c *reform.Correction, s string) error { c.Scope = &s; return given(s) },
	"unit": func(c *reform.Correction, s string) error {
		key, err := reform.ParseUnitKey(s)
		c.Unit = &key
		return err
	},
	"period": func(c *reform.Correction, s string) error {
		p, err := reform.ParsePeriod(s)
		c.Period = &p
		return err
	},
	"stage": func(c *reform.Correction, s string) error {
		stage := reform.Stage(s)
		c.Stage = &stage
		if stage != reform.Official && stage != reform.SelfAssessed {
			return fmt.Errorf("%.40q: want %s, or nothing for the official one: %w", s, reform.SelfAssessed, reform.ErrInvalid)
		}
		return nil
	},
	"rank_kind": func(c *reform.Correction, s string) error {
		kind := reform.RankKind(s)
		c.RankKind = &kind
		if kind != reform.Published && kind != reform.Computed && kind != reform.Derived {
			return fmt.Errorf("%.40q: want %s, %s or %s: %w", s, reform.Published, reform.Computed, reform.Derived, reform.ErrInvalid)
		}
		return nil
	},
	"score":       func(c *reform.Correction, s string) error { return setNumber(&c.Score, s) },
	"max":         func(c *reform.Correction, s string) error { return setNumber(&c.Max, s) },
	"numerator":   func(c *reform.Correction, s string) error { return setNumber(&c.Numerator, s) },
	"denominator": func(c *reform.Correction, s string) error { return setNumber(&c.Denominator, s) },
	"place":       func(c *reform.Correction, s string) error { return setCount(&c.Place, s) },
	"of":          func(c *reform.Correction, s string) error { return setCount(&c.Of, s) },
}

func given(s string) error {
	if s == "" {
		return fmt.Errorf("it can't be empty: %w", reform.ErrInvalid)
	}
	return nil
}

func setNumber(to **reform.Number, s string) error {
	n := reform.Number{}
	if s != "" {
		var err error
		if n, err = number(s); err != nil {
			return err
		}
	}
	*to = &n
	return nil
}

func setCount(to **int, s string) error {
	n := 0
	if s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%.40q: want a whole number from 1 on: %w", s, reform.ErrInvalid)
		}
	}
	*to = &n
	return nil
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,12}(?:[.,][0-9]{1,6})?$`)

// number reads a number that a person types: one decimal sign, comma or point, and no groups
// of thousands, so that "1.745" has one meaning.
func number(s string) (reform.Number, error) {
	if !plainNumber.MatchString(s) {
		return reform.Number{}, fmt.Errorf("%.40q: want a number such as 84.5 or 84,5, at most six decimals, without signs between thousands: %w", s, reform.ErrInvalid)
	}
	return reform.Num(strings.Replace(s, ",", ".", 1)), nil
}

// ParseValue reads the right value of a number: "84.5" or "84,5" for a score, "7/63" or
// "7" for a place.
func ParseValue(measure, s string) (reform.NumberValue, error) {
	var v reform.NumberValue
	var err error
	switch s = strings.TrimSpace(s); measure {
	case reform.MeasureScore:
		v.Score, err = number(s)
		return v, err
	case reform.MeasurePlace:
		var place, of *int
		first, second, both := strings.Cut(s, "/")
		if err := setCount(&place, strings.TrimSpace(first)); err != nil {
			return v, err
		}
		if v.Place = *place; v.Place == 0 {
			return v, fmt.Errorf("a place such as 7/63 is missing: %w", reform.ErrInvalid)
		}
		if both {
			if err := setCount(&of, strings.TrimSpace(second)); err != nil {
				return v, err
			}
			if v.Of = *of; v.Of == 0 {
				return v, fmt.Errorf("%.40q: the denominator is missing: %w", s, reform.ErrInvalid)
			}
		}
		return v, nil
	}
	return v, fmt.Errorf("measure %.40q: want %s or %s: %w", measure, reform.MeasureScore, reform.MeasurePlace, reform.ErrInvalid)
}

// apply is f as a person corrects it. What followed from a corrected field, and is
// not corrected itself, is left to the catalogue again.
func apply(f reform.Fact, c reform.Correction) (reform.Fact, error) {
	was := reform.StatementOf(f)
	if set(&f.Unit, c.Unit) {
		f.UnitName, f.UnitType = "", ""
	}
	elsewhere := set(&f.Index, c.Index)
	elsewhere = set(&f.Period, c.Period) || elsewhere
	component := set(&f.Component, c.Component)
	if elsewhere && c.Basis == nil {
		f.Basis = ""
	}
	basis := set(&f.Basis, c.Basis)
	scope := set(&f.Scope, c.Scope)
	set(&f.Stage, c.Stage)
	if elsewhere || component || basis {
		f.Max = reform.Number{}
	}
	if !f.OfPrinted && (elsewhere || scope || c.Unit != nil) {
		f.Of = 0
	}
	for _, n := range []struct{ to, from *reform.Number }{{&f.Score, c.Score}, {&f.Max, c.Max}, {&f.Numerator, c.Numerator}, {&f.Denominator, c.Denominator}} {
		if n.from != nil {
			*n.to = *n.from
		}
	}
	if c.Score != nil && !c.Score.Valid && c.Max == nil {
		f.Max = reform.Number{}
	}
	set(&f.Place, c.Place)
	if c.Of != nil {
		f.Of, f.OfPrinted = *c.Of, *c.Of > 0
	}
	set(&f.RankKind, c.RankKind)
	if f.Place == 0 {
		f.Of, f.OfPrinted, f.RankKind = 0, false, ""
	}
	if same(was, reform.StatementOf(f)) {
		return f, fmt.Errorf("nothing is corrected: accept the candidate if it is right: %w", reform.ErrInvalid)
	}
	return f, nil
}

// set sets a field that is given, and reports whether that changed it.
func set[T comparable](to *T, from *T) bool {
	if from == nil || *to == *from {
		return false
	}
	*to = *from
	return true
}

func same(a, b reform.Statement) bool {
	if !a.Score.Equal(b.Score) || !a.Max.Equal(b.Max) || !a.Numerator.Equal(b.Numerator) || !a.Denominator.Equal(b.Denominator) || !a.ObservedAt.Equal(b.ObservedAt) {
		return false
	}
	a.Score, a.Max, a.Numerator, a.Denominator, a.ObservedAt = b.Score, b.Max, b.Numerator, b.Denominator, b.ObservedAt
	return a == b
}

package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chiso/reform"
)

// maxSides bounds how many of the values said of a number a decision tells.
const maxSides = 200

// Settle says which of the values of a number counts.
func (s *Service) Settle(ctx context.Context, n reform.NumberKey, choice reform.Choice, author, reason string) (none reform.DecisionRecord, err error) {
	d, release, err := s.begin(ctx, reform.ActionSettle, author, reason)
	if err != nil {
		return none, err
	}
	defer release()
	said, err := s.number(ctx, &n)
	if err != nil {
		return none, err
	}
	chosen, err := choose(said, n.Measure, choice)
	if err != nil {
		return none, err
	}
	if d.Original, err = s.original(ctx, chosen.Document, chosen.Fact); err != nil {
		return none, err
	}
	return s.decideNumber(ctx, d, n, said, only(chosen.Fact, n.Measure))
}

// CorrectNumber gives a number another value than any document does.
func (s *Service) CorrectNumber(ctx context.Context, n reform.NumberKey, v reform.NumberValue, author, reason string) (none reform.DecisionRecord, err error) {
	d, release, err := s.begin(ctx, reform.ActionCorrect, author, reason)
	if err != nil {
		return none, err
	}
	defer release()
	said, err := s.number(ctx, &n)
	if err != nil {
		return none, err
	}
	f := only(shown(said, n.Measure).Fact, n.Measure)
	before := f
	switch {
	case n.Measure == reform.MeasureScore && v.Score.Valid && v.Place == 0 && v.Of == 0:
		f.Score, f.Numerator, f.Denominator = v.Score, reform.Number{}, reform.Number{}
		if v.Max.Valid {
			f.Max = v.Max
		}
	case n.Measure == reform.MeasurePlace && v.Place > 0 && v.Of >= 0 && !v.Score.Valid && !v.Max.Valid:
		f.Place = v.Place
		if v.Of > 0 {
			f.Of, f.OfPrinted = v.Of, true
		}
	default:
		return none, fmt.Errorf("the right value of a %s is missing, or there is more than that: %w", n.Measure, reform.ErrInvalid)
	}
	if reform.ValueOf(&f, n.Measure) == reform.ValueOf(&before, n.Measure) && f.Max.Equal(before.Max) {
		return none, fmt.Errorf("the number has the value %s already: %w", reform.ValueOf(&f, n.Measure), reform.ErrInvalid)
	}
	return s.decideNumber(ctx, d, n, said, f)
}

// decideNumber records what a person says of a number.
func (s *Service) decideNumber(ctx context.Context, d reform.Decision, n reform.NumberKey, said []reform.FactRecord, f reform.Fact) (none reform.DecisionRecord, err error) {
	if err := s.undecided(ctx, n); err != nil {
		return none, err
	}
	d.Number, d.Sides = n, sides(said, n.Measure)
	before := reform.StatementOf(only(shown(said, n.Measure).Fact, n.Measure))
	d.Before = &before
	f.ObservedAt = d.At
	if n.Measure == reform.MeasurePlace {
		f.RankKind = reform.Published // by the decision: a computed one would stand behind those of others
	}
	after := reform.StatementOf(f)
	d.After = &after
	return s.record(ctx, d)
}

// undecided is nil unless a decision about the number stands: neither reopened nor outdated.
func (s *Service) undecided(ctx context.Context, n reform.NumberKey) error {
	newest, err := s.newest(ctx, "", n)
	if err != nil || newest == nil || newest.Action == reform.ActionReopen {
		return err
	}
	conflicts, err := s.Reader.Conflicts(ctx, reform.ConflictQuestion{Index: n.Index, Unit: n.Unit, Period: n.Period})
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		if c.Number() == n && c.Open() {
			return nil
		}
	}
	return &reform.DecidedError{By: *newest}
}

// number finds all that was said of a number, the preferred first, and completes n
// where only one basis or scope is meant.
func (s *Service) number(ctx context.Context, n *reform.NumberKey) ([]reform.FactRecord, error) {
	if n.Measure != reform.MeasureScore && n.Measure != reform.MeasurePlace {
		return nil, fmt.Errorf("measure %q: want %s or %s: %w", n.Measure, reform.MeasureScore, reform.MeasurePlace, reform.ErrInvalid)
	}
	all, err := s.Reader.Fact(ctx, reform.FactQuestion{Index: n.Index, Unit: n.Unit, Period: n.Period, Component: n.Component, Stage: n.Stage})
	if err != nil {
		return nil, err
	}
	said := slices.DeleteFunc(all, func(r reform.FactRecord) bool {
		return r.Fact.Unit != n.Unit || reform.ValueOf(&r.Fact, n.Measure) == ""
	})
	if n.Basis, err = oneOf(said, "basis", n.Basis, "", func(r reform.FactRecord) string { return r.Fact.Basis }); err != nil {
		return nil, err
	}
	said = slices.DeleteFunc(said, func(r reform.FactRecord) bool { return r.Fact.Basis != n.Basis })
	if n.Measure == reform.MeasureScore {
		n.Scope = ""
	} else {
		if n.Scope, err = oneOf(said, "scope", n.Scope, reform.ScopeNation, func(r reform.FactRecord) string { return r.Fact.Scope }); err != nil {
			return nil, err
		}
		said = slices.DeleteFunc(said, func(r reform.FactRecord) bool { return r.Fact.Scope != n.Scope })
	}
	if len(said) == 0 {
		return nil, fmt.Errorf("no %s of %s, %s %s is loaded that could be settled or corrected; load a document that says it: %w", n.Measure, n.Unit, n.Index, n.Period, reform.ErrNotFound)
	}
	return said, nil
}

// oneOf is the wanted value of a field, or, where none is named, fallback if it is among
// them, else the only one.
func oneOf(said []reform.FactRecord, name, want, fallback string, field func(reform.FactRecord) string) (string, error) {
	var values []string
	for _, r := range said {
		if v := field(r); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	switch {
	case want != "" || len(values) == 0:
		return want, nil
	case slices.Contains(values, fallback):
		return fallback, nil
	case len(values) == 1:
		return values[0], nil
	}
	return "", fmt.Errorf("the number has several values of %s: name one of %s: %w", name, strings.Join(values, ", "), reform.ErrInvalid)
}

// shown is the record that the views show: said is not empty.
func shown(said []reform.FactRecord, measure string) reform.FactRecord {
	for _, r := range said {
		if measure == reform.MeasureScore && r.PreferredScore || measure == reform.MeasurePlace && r.PreferredPlace {
			return r
		}
	}
	return said[0]
}

// only is f with one measure.
func only(f reform.Fact, measure string) reform.Fact {
	if measure == reform.MeasureScore {
		f.Place, f.Of, f.OfPrinted, f.RankKind = 0, 0, false, ""
	} else {
		f.Score, f.Max, f.Numerator, f.Denominator = reform.Number{}, reform.Number{}, reform.Number{}, reform.Number{}
	}
	return f
}

func sides(said []reform.FactRecord, measure string) []reform.ConflictValue {
	var out []reform.ConflictValue
	for _, r := range said {
		v := reform.ConflictValue{Value: reform.ValueOf(&r.Fact, measure), Document: r.Document, Authority: r.Authority, ObservedAt: r.Fact.ObservedAt}
		if len(out) < maxSides && !slices.ContainsFunc(out, func(w reform.ConflictValue) bool { return w.Value == v.Value && w.Document == v.Document }) {
			out = append(out, v)
		}
	}
	return out
}

// choose finds the value that a person means.
func choose(said []reform.FactRecord, measure string, c reform.Choice) (reform.FactRecord, error) {
	if c.Document == "" && c.Value == "" {
		return reform.FactRecord{}, fmt.Errorf("say which value counts: its document, or the value itself: %w", reform.ErrInvalid)
	}
	var found []reform.FactRecord
	for _, r := range said {
		if strings.HasPrefix(r.Document, c.Document) && means(&r.Fact, measure, c.Value) {
			found = append(found, r)
		}
	}
	var values []string
	for _, r := range said {
		if v := reform.ValueOf(&r.Fact, measure); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	if len(found) == 0 {
		return reform.FactRecord{}, fmt.Errorf("no document says this of the number; the values are %s: %w", strings.Join(values, ", "), reform.ErrInvalid)
	}
	for _, r := range found[1:] {
		if a, b := reform.ValueOf(&found[0].Fact, measure), reform.ValueOf(&r.Fact, measure); a != b {
			return reform.FactRecord{}, fmt.Errorf("both %s and %s are meant by this choice: name the document and the value: %w", a, b, reform.ErrInvalid)
		}
	}
	return found[0], nil
}

// means reports whether text is f's value: "91.87", "91,87", "5/63", or "5" for it.
func means(f *reform.Fact, measure, text string) bool {
	text = strings.Join(strings.Fields(text), "")
	value := reform.ValueOf(f, measure)
	if text == "" || text == value {
		return true
	}
	if measure == reform.MeasurePlace {
		place, _, _ := strings.Cut(value, "/")
		return text == place
	}
	n, err := number(text)
	return err == nil && n.Equal(f.Score)
}

package review

import (
	"context"

	"chiso/reform"
)

// Typed is a Service that takes values as people type them into a form.
type Typed struct{ *Service }

// Correct is Service.Correct, with the fields of ParseCorrection.
func (t Typed) Correct(ctx context.Context, id string, fields map[string]string, author, reason string) (reform.DecisionRecord, error) {
	c, err := ParseCorrection(fields)
	if err != nil {
		return reform.DecisionRecord{}, err
	}
	return t.Service.Correct(ctx, id, c, author, reason)
}

// CorrectNumber is Service.CorrectNumber, with a value of ParseValue: "84,5", "7/63".
func (t Typed) CorrectNumber(ctx context.Context, n reform.NumberKey, value, author, reason string) (reform.DecisionRecord, error) {
	v, err := ParseValue(n.Measure, value)
	if err != nil {
		return reform.DecisionRecord{}, err
	}
	return t.Service.CorrectNumber(ctx, n, v, author, reason)
}

package queries

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

// maxConflictRows bounds how many differing values one answer looks through.
const maxConflictRows = 100_000

// Conflicts lists the numbers that documents give differently, as they stand now:
// of each source only what it said last, and no values that agree at the coarser of
// their printed precisions (43.14 and 43.135127). The preferred value comes first. A
// conflict that a person has settled says who, when and why, and is open again once a
// value comes that the person had not seen.
func (q *Queries) Conflicts(ctx context.Context, question reform.ConflictQuestion) ([]reform.Conflict, error) {
	if question.Index != "" {
		if err := q.cat.knownIndex(question.Index); err != nil {
			return nil, err
		}
	}
	units, err := q.lineOf(question.Unit)
	if err != nil {
		return nil, err
	}
	rows, err := ask(ctx, q, "conflicts", maxConflictRows, withView(params{
		"index": question.Index, "units": units, "period": question.Period.String(),
	}, question.View), scanClaim)
	if err != nil {
		return nil, err
	}
	decided, err := q.settled(ctx, question, units)
	if err != nil {
		return nil, err
	}
	var all []reform.Conflict
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].number == rows[0].number {
			n++
		}
		if c, ok := conflictOf(rows[:n]); ok {
			if d := decided[c.Number()]; d != nil {
				c.Settled = settlement(d, rows[:n])
			}
			all = append(all, c)
		}
		rows = rows[n:]
	}
	return all, nil
}

// claimed names the number that a claim is about.
type claimed struct {
	measure, index string
	unit           reform.UnitKey
	period         reform.Period
	basis          string
	component      string
	stage          reform.Stage
	scope          string
}

// claim is what one source says a number is.
type claim struct {
	number      claimed
	score       reform.Number
	place       int
	printedOf   int
	provisional bool
	document    string
	authority   reform.Authority
	observed    time.Time
}

func scanClaim(rows store.Rows) (claim, error) {
	var (
		c                             claim
		unit, period, stage, rankKind string
		score                         *decimal.Decimal
		place, of                     *uint16
		authority                     uint8
	)
	n := &c.number
	if err := rows.Scan(&n.measure, &n.index, &unit, &period, &n.basis, &n.component, &stage, &n.scope,
		&score, &place, &of, &rankKind, &c.provisional, &c.document, &authority, &c.observed); err != nil {
		return c, err
	}
	n.unit, n.stage = reform.UnitKey(unit), reform.Stage(stage)
	c.score, c.place, c.printedOf = number(score), small(place), small(of)
	c.authority, c.observed = reform.Authority(authority), c.observed.UTC()
	var err error
	n.period, err = storedPeriod(period)
	return c, err
}

// value is how the claim is written.
func (c claim) value() string {
	if c.number.measure == "score" {
		return c.score.String()
	}
	if c.printedOf > 0 {
		return fmt.Sprintf("%d/%d", c.place, c.printedOf)
	}
	return strconv.Itoa(c.place)
}

// agrees reports whether two claims about one number say the same, as far as
// they are precise. A provisional value and one of another moment do not dispute each
// other: the count had gone on. The loader's report follows the same rule.
func (c claim) agrees(d claim) bool {
	if (c.provisional || d.provisional) && !c.observed.Equal(d.observed) {
		return true
	}
	if c.number.measure == "score" {
		return agreeAsPrinted(c.score.Decimal, d.score.Decimal)
	}
	return c.place == d.place && (c.printedOf == 0 || d.printedOf == 0 || c.printedOf == d.printedOf)
}

// conflictOf joins the claims about one number, the preferred one first, unless
// they all agree. Of one document that says the same twice, one claim is kept.
func conflictOf(claims []claim) (reform.Conflict, bool) {
	// A provisional value that disputes nothing is no side of the conflict of others.
	disputed := func(c claim) bool { return slices.ContainsFunc(claims, func(d claim) bool { return !c.agrees(d) }) }
	if !slices.ContainsFunc(claims, disputed) {
		return reform.Conflict{}, false
	}
	claims = slices.DeleteFunc(slices.Clone(claims), func(c claim) bool { return c.provisional && !disputed(c) })
	n := claims[0].number
	conflict := reform.Conflict{
		Index: n.index, Unit: n.unit, Period: n.period, Basis: n.basis, Component: n.component, Stage: n.stage,
		Scope: n.scope, Measure: n.measure,
	}
	for _, c := range claims {
		v := reform.ConflictValue{Value: c.value(), Document: c.document, Authority: c.authority, ObservedAt: c.observed}
		if !slices.ContainsFunc(conflict.Values, func(w reform.ConflictValue) bool { return w.Value == v.Value && w.Document == v.Document }) {
			conflict.Values = append(conflict.Values, v)
		}
	}
	return conflict, true
}

// agreeAsPrinted reports whether two numbers could be one number printed with
// different precision: they lie no further apart than half a unit of the last digit of
// the coarser one. Zeros at the end are not stored, so 91.80 counts as 91.8.
func agreeAsPrinted(a, b decimal.Decimal) bool {
	half := decimal.New(5, -min(digits(a), digits(b))-1)
	return a.Equal(b) || (digits(a) != digits(b) && a.Sub(b).Abs().LessThanOrEqual(half))
}

// digits is how many decimals a number needs.
func digits(d decimal.Decimal) int32 {
	for n := int32(0); ; n++ {
		if d.Truncate(n).Equal(d) {
			return n
		}
	}
}

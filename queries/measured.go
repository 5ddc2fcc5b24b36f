package queries

import (
	"context"
	"fmt"
	"strings"
	"time"

	"chiso/reform"
	"chiso/store"

	"github.com/shopspring/decimal"
)

// measured is one preferred place or one preferred score: a row of the
// questions that read measures.
type measured struct {
	isScore   bool
	index     string // where the question reads several
	unit      reform.UnitKey
	unitName  string
	unitType  reform.UnitType
	scheme    reform.Scheme
	period    reform.Period
	basis     string
	component string
	scope     string
	place, of int
	ofPrinted bool
	rankKind  reform.RankKind
	score     reform.Number
	max       reform.Number
	status    reform.Status
	from      reform.Measure
}

// measures asks the question of the given name, of which the columns are those of a
// measured, and answers reform.ErrTooLarge where there are more rows than limit.
func (q *Queries) measures(ctx context.Context, name string, limit int, view reform.View, p params) ([]measured, error) {
	index, _ := p["index"].(string)
	return ask(ctx, q, name, limit, withView(p, view), func(rows store.Rows) (measured, error) {
		var r measureRow
		if err := rows.Scan(r.columns()...); err != nil {
			return measured{}, err
		}
		m, err := r.measured()
		m.index = index
		return m, err
	})
}

// measureRow is what the driver fills.
type measureRow struct {
	measure, unit, unitName, unitType, scheme, period, basis, component, scope string
	place, of                                                                  *uint16
	ofOrigin, rankKind                                                         string
	score, max                                                                 *decimal.Decimal
	status, document                                                           string
	authority                                                                  uint8
	locator                                                                    string
	observedAt                                                                 time.Time
	run                                                                        string
}

func (r *measureRow) columns() []any {
	return []any{
		&r.measure, &r.unit, &r.unitName, &r.unitType, &r.scheme, &r.period, &r.basis, &r.component, &r.scope,
		&r.place, &r.of, &r.ofOrigin, &r.rankKind, &r.score, &r.max,
		&r.status, &r.document, &r.authority, &r.locator, &r.observedAt, &r.run,
	}
}

func (r *measureRow) measured() (measured, error) {
	period, err := storedPeriod(r.period)
	if err != nil {
		return measured{}, err
	}
	return measured{
		isScore:   r.measure == "score",
		unit:      reform.UnitKey(r.unit),
		unitName:  r.unitName,
		unitType:  reform.UnitType(r.unitType),
		scheme:    reform.Scheme(r.scheme),
		period:    period,
		basis:     r.basis,
		component: r.component,
		scope:     r.scope,
		place:     small(r.place),
		of:        small(r.of),
		ofPrinted: r.of != nil && r.ofOrigin == "printed",
		rankKind:  reform.RankKind(r.rankKind),
		score:     number(r.score),
		max:       number(r.max),
		status:    reform.Status(r.status),
		from: reform.Measure{
			Document:   r.document,
			Authority:  reform.Authority(r.authority),
			Status:     reform.Status(r.status),
			Locator:    r.locator,
			ObservedAt: r.observedAt.UTC(),
			Run:        r.run,
		},
	}, nil
}

// storedPeriod reads a period of the database; one that can't be read means
// that a row was written by something else than our ingest.
func storedPeriod(s string) (reform.Period, error) {
	p, err := reform.ParsePeriod(s)
	if err != nil {
		return p, fmt.Errorf("stored %w", err)
	}
	return p, nil
}

func small(n *uint16) int {
	if n == nil {
		return 0
	}
	return int(*n)
}

func number(d *decimal.Decimal) reform.Number {
	if d == nil {
		return reform.Number{}
	}
	return reform.NumOf(*d)
}

// worst is provisional where one of the statuses is.
func worst(statuses ...reform.Status) reform.Status {
	answer := reform.Status("")
	for _, s := range statuses {
		if s == reform.Provisional {
			return s
		}
		if s != "" {
			answer = s
		}
	}
	return answer
}

// scopeOr is a scope, or fallback where it is left open. The nation may be named by its key.
func scopeOr(scope, fallback string) string {
	switch scope {
	case "":
		return fallback
	case string(reform.TheNation):
		return reform.ScopeNation
	}
	return scope
}

// isRegion reports whether a scope is a region's key.
func isRegion(scope string) bool {
	return strings.HasPrefix(reform.UnitKey(scope).Code(), "r:")
}

// isProvince reports whether a scope is a province's key.
func isProvince(scope string) bool {
	return scope != reform.ScopeNation && scope != "" && !isRegion(scope)
}

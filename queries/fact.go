package queries

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/store"
)

// maxVersions bounds what was said of one number: a live index polled every
// quarter of an hour over a month fits in.
const maxVersions = 10_000

// Fact answers where a number comes from and what it was before: everything
// that was said of it, in all documents and revisions, with the preferred place
// and the preferred score marked for each key, basis and scope.
func (q *Queries) Fact(ctx context.Context, question reform.FactQuestion) ([]reform.FactRecord, error) {
	if err := q.cat.knownIndex(question.Index); err != nil {
		return nil, err
	}
	if err := q.cat.knownUnit(question.Unit); err != nil {
		return nil, err
	}
	if question.Period.IsZero() {
		return nil, fmt.Errorf("fact without a period; ask for one such as 2019: %w", reform.ErrInvalid)
	}
	var keys []string
	for _, key := range q.cat.line(question.Unit) {
		keys = append(keys, string(key))
	}
	records, err := ask(ctx, q, "fact", maxVersions, withView(params{
		"index": question.Index, "component": question.Component, "period": question.Period.String(),
		"kind": string(question.Period.Kind()), "units": keys, "stage": string(question.Stage),
		"basis": question.Basis, "scope": question.Scope,
	}, question.View), func(rows store.Rows) (reform.FactRecord, error) {
		var r factRow
		if err := rows.Scan(r.columns()...); err != nil {
			return reform.FactRecord{}, err
		}
		return r.record()
	})
	markPreferred(records)
	return records, err
}

// markPreferred marks, among records in the order of fact.sql (authority, then what
// was said last, then what was loaded last), those that the views show.
func markPreferred(records []reform.FactRecord) {
	type key struct {
		unit         reform.UnitKey
		basis, scope string
	}
	places := make(map[key]*reform.FactRecord)
	scored := make(map[key]bool)
	for i := range records {
		r := &records[i]
		k := key{unit: r.Fact.Unit, basis: r.Fact.Basis}
		if r.Fact.Score.Valid && !scored[k] {
			scored[k], r.PreferredScore = true, true
		}
		if r.Fact.Place == 0 {
			continue
		}
		k.scope = r.Fact.Scope
		if best := places[k]; best == nil || rankOrder(r.Fact.RankKind) < rankOrder(best.Fact.RankKind) {
			places[k] = r
		}
	}
	for _, r := range places {
		r.PreferredPlace = true
	}
}

// rankOrder is the order in which kinds of rank are preferred.
func rankOrder(kind reform.RankKind) int {
	switch kind {
	case reform.Computed:
		return 1
	case reform.Derived:
		return 2
	}
	return 0
}

// factRow is what the driver fills of a whole observation.
type factRow struct {
	index, basis, unit, unitName, unitType, period, component, stage string
	score, max, numerator, denominator                               *decimal.Decimal
	place, of                                                        *uint16
	ofOrigin, scope, rankKind, status                                string
	observedAt                                                       time.Time
	locator, quote, document, carrier                                string
	authority                                                        uint8
	run                                                              string
	loadedAt                                                         time.Time
	fact                                                             string
}

func (r *factRow) columns() []any {
	return []any{
		&r.index, &r.basis, &r.unit, &r.unitName, &r.unitType, &r.period, &r.component, &r.stage,
		&r.score, &r.max, &r.numerator, &r.denominator, &r.place, &r.of, &r.ofOrigin, &r.scope, &r.rankKind,
		&r.status, &r.observedAt, &r.locator, &r.quote,
		&r.document, &r.carrier, &r.authority, &r.run, &r.loadedAt, &r.fact,
	}
}

func (r *factRow) record() (reform.FactRecord, error) {
	period, err := storedPeriod(r.period)
	if err != nil {
		return reform.FactRecord{}, err
	}
	return reform.FactRecord{
		Fact: reform.Fact{
			Index: r.index, Basis: r.basis, Unit: reform.UnitKey(r.unit), UnitName: r.unitName, UnitType: reform.UnitType(r.unitType),
			Period: period, Component: r.component, Stage: reform.Stage(r.stage),
			Score: number(r.score), Max: number(r.max), Numerator: number(r.numerator), Denominator: number(r.denominator),
			Place: small(r.place), Of: small(r.of), OfPrinted: r.of != nil && r.ofOrigin == "printed",
			Scope: r.scope, RankKind: reform.RankKind(r.rankKind),
			Status: reform.Status(r.status), ObservedAt: r.observedAt.UTC(), Locator: r.locator, Quote: r.quote,
		},
		Document: r.document, Carrier: r.carrier, Authority: reform.Authority(r.authority),
		Run: r.run, LoadedAt: r.loadedAt.UTC(), ID: r.fact,
	}, nil
}

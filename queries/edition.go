package queries

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"chiso/reform"
)

// maxEditionRows bounds one answer of edition.sql: an edition of all communes
// with all criteria fits in, several of them do not.
const maxEditionRows = 200_000

// editionFilter says which editions edition.sql reads.
type editionFilter struct {
	index         string
	components    []string
	allComponents bool
	kind          reform.PeriodKind
	periods       []reform.Period
	scheme        reform.Scheme // "" any
	unitType      reform.UnitType
	parent        reform.UnitKey // "" any
	basis         string         // "" any
	stage         reform.Stage
	scopes        []string
	view          reform.View
}

// edition reads the preferred places and scores of all units of the filter's editions.
func (q *Queries) edition(ctx context.Context, f editionFilter) ([]measured, error) {
	periods := make([]string, len(f.periods))
	for i, p := range f.periods {
		periods[i] = p.String()
	}
	return q.measures(ctx, "edition", maxEditionRows, f.view, params{
		"index":          f.index,
		"components":     f.components,
		"all_components": f.allComponents,
		"kind":           string(f.kind),
		"periods":        periods,
		"scheme":         string(f.scheme),
		"unit_type":      string(f.unitType),
		"parent":         string(f.parent),
		"basis":          f.basis,
		"stage":          string(f.stage),
		"scopes":         f.scopes,
	})
}

// unitMeasures are the current values of one unit in one edition and component.
type unitMeasures struct {
	places map[string]measured // by scope
	score  *measured
}

// chart is one component of one edition: the values of every unit of it.
type chart struct {
	index    string
	period   reform.Period
	basis    string
	scheme   reform.Scheme
	unitType reform.UnitType
	units    map[reform.UnitKey]*unitMeasures
}

// chartKey tells the charts of an answer of edition.sql apart.
type chartKey struct {
	period    reform.Period
	basis     string
	scheme    reform.Scheme
	component string
}

// charts sorts measures into charts.
func charts(index string, unitType reform.UnitType, rows []measured) map[chartKey]*chart {
	all := make(map[chartKey]*chart)
	for i := range rows {
		m := &rows[i]
		key := chartKey{m.period, m.basis, m.scheme, m.component}
		c := all[key]
		if c == nil {
			c = &chart{
				index: index, period: m.period, basis: m.basis, scheme: m.scheme, unitType: unitType,
				units: make(map[reform.UnitKey]*unitMeasures),
			}
			all[key] = c
		}
		u := c.units[m.unit]
		if u == nil {
			u = &unitMeasures{places: make(map[string]measured)}
			c.units[m.unit] = u
		}
		if m.isScore {
			u.score = m
		} else {
			u.places[m.scope] = *m
		}
	}
	return all
}

// withScore counts the units that have a score.
func (c *chart) withScore() int {
	n := 0
	for _, u := range c.units {
		if u.score != nil {
			n++
		}
	}
	return n
}

// withPlace counts the units that have a place in scope.
func (c *chart) withPlace(scope string) int {
	n := 0
	for _, u := range c.units {
		if _, ok := u.places[scope]; ok {
			n++
		}
	}
	return n
}

// entrants are the units with a score, those of members only unless members is
// nil. A published place in scope tells equal scores apart.
func (c *chart) entrants(members []reform.UnitKey, scope string) []entrant {
	var all []entrant
	for _, key := range slices.Sorted(maps.Keys(c.units)) {
		u := c.units[key]
		if u.score == nil || (members != nil && !slices.Contains(members, key)) {
			continue
		}
		e := entrant{unit: key, score: u.score.score.Decimal}
		if p, ok := u.places[scope]; ok && p.rankKind == reform.Published {
			e.published = p.place
		}
		all = append(all, e)
	}
	return all
}

// printedOf is the denominator that documents print most often for scope; 0 none.
func (c *chart) printedOf(scope string) int {
	counts := make(map[int]int)
	for _, u := range c.units {
		if p, ok := u.places[scope]; ok && p.ofPrinted {
			counts[p.of]++
		}
	}
	return commonest(counts)
}

// size is the number of units in the edition, counted in scope; 0 unknown.
// total is the chart of the edition's total: where the catalogue is silent, the
// documents' denominators of the total count for the components too.
func (q *Queries) size(c, total *chart, scope string) int {
	if total == nil {
		total = c
	}
	if isRegion(scope) {
		return q.regionSize(c, total, scope)
	}
	return q.editionSize(c.index, c.period, c.basis, c.scheme, c.unitType, total.printedOf(scope), max(c.withScore(), total.withScore()))
}

// editionSize is the number of units of an edition as the catalogue says it,
// else as documents print it most often, else, where every unit of the scheme has a score, their
// number. It is never less than the units that have a score: a catalogue or
// a document that says so is wrong, and more units than that were ranked.
func (q *Queries) editionSize(index string, period reform.Period, basis string, scheme reform.Scheme,
	unitType reform.UnitType, printed, scored int,
) int {
	size := printed
	members := 0
	if unitType == reform.Province {
		members = q.cat.provinces(scheme)
		if ed, ok := q.cat.edition(index, period, basis, scheme); ok && ed.Of > 0 {
			size = ed.Of
		}
	}
	if size == 0 && members > 0 && scored >= members {
		size = members
	}
	if size == 0 {
		return 0
	}
	return max(size, scored)
}

// regionSize is the number of a region's units, unless the edition left some of
// the scheme's units out: then it is only known from what documents print.
func (q *Queries) regionSize(c, total *chart, scope string) int {
	if printed := total.printedOf(scope); printed > 0 {
		return printed
	}
	if c.unitType != reform.Province {
		return 0
	}
	if ed, ok := q.cat.edition(c.index, c.period, c.basis, c.scheme); ok && ed.Of > 0 && ed.Of < q.cat.provinces(c.scheme) {
		return 0
	}
	return len(q.cat.region(scope))
}

// counted are the places that we count from scores within scope: none unless
// every unit of the edition, or of the region, has a score. national is the
// scope of which published places tell equal scores apart.
func (q *Queries) counted(c, total *chart, scope, national string) (places map[reform.UnitKey]int, of int) {
	if q.cat.counts(c.index) {
		return nil, 0
	}
	var members []reform.UnitKey
	if isRegion(scope) {
		members = q.cat.region(scope)
		if len(members) == 0 {
			return nil, 0
		}
	}
	of = q.size(c, total, scope)
	entrants := c.entrants(members, national)
	if of == 0 || len(entrants) != of {
		return nil, 0
	}
	return countPlaces(entrants), of
}

// editionKey tells the editions of one answer of edition.sql apart.
type editionKey struct {
	period reform.Period
	basis  string
	scheme reform.Scheme
}

// mainEdition chooses the basis and scheme of a period that is asked for
// without them: what the catalogue says of the edition if facts of it are
// there, else that of which the most units are known, else what was said last.
// Only measures that keep accepts are looked at; nil accepts all.
func (q *Queries) mainEdition(index string, period reform.Period, scheme reform.Scheme, basis string,
	rows []measured, keep func(*measured) bool,
) (editionKey, bool) {
	type content struct {
		units  map[reform.UnitKey]bool
		newest time.Time
	}
	found := make(map[editionKey]*content)
	for i := range rows {
		m := &rows[i]
		if m.period != period || (scheme != "" && m.scheme != scheme) || (basis != "" && m.basis != basis) || (keep != nil && !keep(m)) {
			continue
		}
		key := editionKey{m.period, m.basis, m.scheme}
		c := found[key]
		if c == nil {
			c = &content{units: make(map[reform.UnitKey]bool)}
			found[key] = c
		}
		c.units[m.unit] = true
		if m.from.ObservedAt.After(c.newest) {
			c.newest = m.from.ObservedAt
		}
	}
	if len(found) == 0 {
		return editionKey{}, false
	}
	edition, _ := q.cat.edition(index, period, basis, scheme)
	agrees := func(key editionKey) int {
		n := 0
		if edition.Scheme != "" && key.scheme == edition.Scheme {
			n += 2
		}
		if edition.Basis != "" && key.basis == edition.Basis {
			n++
		}
		return n
	}
	return slices.MinFunc(slices.Collect(maps.Keys(found)), func(a, b editionKey) int {
		return cmp.Or(
			cmp.Compare(agrees(b), agrees(a)),
			cmp.Compare(len(found[b].units), len(found[a].units)),
			found[b].newest.Compare(found[a].newest),
			cmp.Compare(b.scheme, a.scheme),
			cmp.Compare(b.basis, a.basis),
		)
	}), true
}

// Package checks looks at what a run has loaded, after it was committed, and keeps what
// it finds as rows: a list of places with a hole, parts that do not make their whole, a score
// that jumped overnight. It informs and never refuses: sources are wrong in earnest, and their
// numbers stay as they are.
package checks

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"

	"chiso/ingest"
	"chiso/reform"
	"chiso/store"
)

// The codes of findings.
const (
	RankHoles      = "rank-holes"    // places 1 to N that nobody has, or that do not follow from ties
	RankCount      = "rank-count"    // another number of units than the denominator says
	UnitsMissing   = "units-missing" // scores of nearly all units of an edition
	SumDiffers     = "sum-differs"   // weighted components and their total
	ReportDiffers  = "report-sum"    // counts inside a report
	PlaceVsScore   = "place-against-score"
	Jump           = "jump"  // of a live score, overnight
	CountryShift   = "shift" // of one group, in nearly all units alike
	ChecksLimited  = "limited"
	maxPerList     = 10   // findings of one kind in one list
	maxPerRun      = 2000 // findings of a run
	nearlyAll      = 0.8  // of the units: then a list is meant to be whole
	afterTimeout   = 2 * time.Minute
	uncheckedAtOne = 200
)

// Checker checks runs.
type Checker struct {
	DB      *store.DB
	Catalog *reform.Catalog
	Logger  *slog.Logger // nil: discards
}

func (c *Checker) log() *slog.Logger {
	if c.Logger != nil {
		return c.Logger
	}
	return slog.New(slog.DiscardHandler)
}

// After checks the run of a report; it is made for Loader.After. A check that fails fails
// no load: the run is checked by Missing, at the next start.
func (c *Checker) After(ctx context.Context, r ingest.Report) {
	if r.Run == "" || r.Facts == 0 || r.State != ingest.Loaded && r.State != ingest.Partly {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, afterTimeout)
	defer cancel()
	rows, err := c.Run(ctx, r.Run)
	if err != nil {
		c.log().WarnContext(ctx, "a run could not be checked; the next start tries again", "run", r.Run, "error", err)
		return
	}
	if len(rows) > 0 {
		c.log().InfoContext(ctx, "checks", "run", r.Run, "findings", len(rows), "first", rows[0].Text.EN)
	}
}

// Missing checks the committed runs that no check has looked at, and returns how many
// those were: a process may have ended between a commit and its checks.
func (c *Checker) Missing(ctx context.Context) (int, error) {
	done := map[string]bool{} // also where a row is not yet seen by all nodes of a cluster
	for {
		runs, err := c.DB.UncheckedRuns(ctx, uncheckedAtOne)
		if err != nil {
			return len(done), err
		}
		before := len(done)
		for _, run := range runs {
			if done[run] {
				continue
			}
			if _, err := c.Run(ctx, run); err != nil {
				return len(done), fmt.Errorf("checking run %s: %w", run, err)
			}
			done[run] = true
		}
		if len(done) == before {
			return before, nil
		}
	}
}

// Run checks one run, keeps the findings and returns them.
func (c *Checker) Run(ctx context.Context, run string) ([]reform.CheckRow, error) {
	f := &findings{run: run}
	indices, err := c.statements(ctx, run, f)
	if err != nil {
		return nil, err
	}
	for _, index := range indices {
		if live[index] {
			if err := c.movements(ctx, run, index, f); err != nil {
				return nil, err
			}
		}
	}
	if f.over > 0 {
		f.rows = append(f.rows, reform.CheckRow{
			Run: run, Code: ChecksLimited, Severity: reform.CheckInfo, Numbers: []string{fmt.Sprint(f.over)},
			Text: reform.Text{VI: fmt.Sprintf("Còn %d nhận xét nữa không được lưu.", f.over), EN: fmt.Sprintf("%d more findings are not kept.", f.over)},
		})
	}
	return f.rows, c.DB.PutChecks(ctx, run, f.rows)
}

// findings are what the checks of one run found.
type findings struct {
	run  string
	rows []reform.CheckRow
	over int
}

func (f *findings) add(row reform.CheckRow) {
	if len(f.rows) >= maxPerRun {
		f.over++
		return
	}
	row.Run = f.run
	if row.Severity == "" {
		row.Severity = reform.CheckWarning
	}
	f.rows = append(f.rows, row)
}

// some adds the first of rows, and says how many more there are.
func (f *findings) some(rows []reform.CheckRow, most int) {
	for i, row := range rows {
		if i == most {
			more := len(rows) - most
			row.Unit, row.Numbers = "", []string{fmt.Sprint(more)}
			row.Text = reform.Text{VI: fmt.Sprintf("Còn %d nhận xét cùng loại.", more), EN: fmt.Sprintf("%d more findings of this kind.", more)}
			f.add(row)
			return
		}
		f.add(row)
	}
}

// statement is what one document says of one edition: the facts that are checked together.
type statement struct {
	index, basis, stage string
	period              reform.Period
	unitType            reform.UnitType
	parent              reform.UnitKey
	document            string
	digits              int              // of a score in print
	units               []reform.UnitKey // in the order of the document's rows
	names               map[reform.UnitKey]string
	scores              map[reform.UnitKey]map[string]decimal.Decimal // by component
	lists               map[listKey][]placed
	listOrder           []listKey
}

type listKey struct{ component, scope string }

// placed is one unit of a list of places.
type placed struct {
	unit      reform.UnitKey
	place, of int
	printed   bool
}

const readStatements = `
SELECT index, basis, stage, period, unit_type, parent, document, component, scope, unit, unit_name,
    score, ifNull(place, 0), ifNull(of, 0), of_origin = 'printed'
FROM observations
WHERE run = {run:String} AND status != 'review' AND ` + store.Committed + `
ORDER BY index, basis, stage, period_start, period, unit_type, parent, document, observed_at, component, scope, unit, loaded_at
SETTINGS max_execution_time = 100`

// statements checks the run statement by statement, and answers of which indices it has facts.
func (c *Checker) statements(ctx context.Context, run string, f *findings) (indices []string, err error) {
	rows, err := c.DB.Query(ctx, readStatements, store.Params{"run": run, "rev": uint64(0)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var cur *statement
	for rows.Next() {
		var s statement
		var period, unitType, parent, component, scope, unit, name string
		var score *decimal.Decimal
		var place, of uint16
		var printed bool
		if err := rows.Scan(&s.index, &s.basis, &s.stage, &period, &unitType, &parent, &s.document, &component, &scope, &unit, &name, &score, &place, &of, &printed); err != nil {
			return nil, err
		}
		if s.period, err = reform.ParsePeriod(period); err != nil {
			return nil, fmt.Errorf("stored %w", err)
		}
		s.unitType, s.parent = reform.UnitType(unitType), reform.UnitKey(parent)
		if cur == nil || !cur.same(&s) {
			c.check(cur, f)
			if len(indices) == 0 || indices[len(indices)-1] != s.index {
				indices = append(indices, s.index)
			}
			cur = &s
			cur.names, cur.scores, cur.lists = map[reform.UnitKey]string{}, map[reform.UnitKey]map[string]decimal.Decimal{}, map[listKey][]placed{}
		}
		cur.put(reform.UnitKey(unit), name, component, scope, score, int(place), int(of), printed)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	c.check(cur, f)
	return indices, nil
}

func (s *statement) same(o *statement) bool {
	return s.index == o.index && s.basis == o.basis && s.stage == o.stage && s.period == o.period && s.unitType == o.unitType && s.parent == o.parent && s.document == o.document
}

func (s *statement) put(unit reform.UnitKey, name, component, scope string, score *decimal.Decimal, place, of int, printed bool) {
	if _, ok := s.names[unit]; !ok {
		s.names[unit] = name
		s.units = append(s.units, unit)
		s.scores[unit] = map[string]decimal.Decimal{}
	}
	if score != nil {
		s.scores[unit][component] = *score // a later reading of the same document goes over an earlier one
	}
	if place == 0 {
		return
	}
	k := listKey{component, scope}
	list, ok := s.lists[k]
	if !ok {
		s.listOrder = append(s.listOrder, k)
	}
	for i := range list {
		if list[i].unit == unit {
			list[i].place, list[i].of, list[i].printed = place, of, printed
			return
		}
	}
	s.lists[k] = append(list, placed{unit, place, of, printed})
}

func (c *Checker) check(s *statement, f *findings) {
	if s == nil {
		return
	}
	ix, err := c.Catalog.Index(s.index)
	if err != nil {
		return // an index that the catalogue has lost: nothing is known of it
	}
	s.digits = ix.Decimals
	if ix.Counts {
		c.checkCounts(s, f)
		return
	}
	for _, k := range s.listOrder {
		c.checkPlaces(s, k, f)
		c.checkOrder(s, k, f)
	}
	c.checkUnits(s, f)
	c.checkSums(s, f)
}

// row is a finding about s.
func (s *statement) row(code string, unit reform.UnitKey, component string, vi, en string, numbers ...string) reform.CheckRow {
	return reform.CheckRow{
		Code: code, Index: s.index, Basis: s.basis, Period: s.period, Unit: unit, Component: component,
		Text: reform.Text{VI: vi, EN: en}, Numbers: numbers, Document: s.document,
	}
}

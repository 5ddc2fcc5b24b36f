package checks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/store"
)

// live are the indices that are read again and again within one period.
var live = map[string]bool{"s766": true}

const (
	overnight = 36 * time.Hour     // two readings of a daily poll are not exactly a day apart
	lookBack  = 8 * 24 * time.Hour // a reading before that is not compared
	maxJumps  = 100                // of one run and kind of unit
)

var (
	jumpPoints  = decimal.NewFromInt(3)
	shiftPoints = decimal.NewFromFloat(0.5) // the least that a whole-country shift is worth saying
	shiftSpread = decimal.NewFromFloat(0.2) // the units' movements differ by so much of their median at most
)

// move is a score of the run beside the one before it.
type move struct {
	basis         string
	unit          reform.UnitKey
	unitType      reform.UnitType
	parent        reform.UnitKey
	name          string
	period        reform.Period
	component     string
	document      string
	at, beforeAt  time.Time
	value, before decimal.Decimal
	delta         decimal.Decimal
	reading       int // of the unit's readings in this run, which one
}

const readMoves = `
SELECT basis, unit, unit_type, parent, unit_name, period, component, document, observed_at, before_at, value, before
FROM
(
    SELECT *,
        any(toNullable(observed_at)) OVER w AS before_at,
        any(value) OVER w AS before
    FROM
    (
        SELECT basis, unit, period, component, observed_at,
            any(unit_type) AS unit_type, any(parent) AS parent, any(unit_name) AS unit_name,
            argMax(document, loaded_at) AS document, argMax(score, loaded_at) AS value, max(run = {run:String}) AS ours
        FROM observations
        WHERE index = {index:String} AND stage = '' AND score IS NOT NULL AND status != 'review'
          AND period IN (SELECT DISTINCT period FROM observations WHERE index = {index:String} AND run = {run:String})
          AND observed_at >= (SELECT min(observed_at) FROM observations WHERE index = {index:String} AND run = {run:String}) - INTERVAL 8 DAY
          AND ` + store.Committed + `
        GROUP BY basis, unit, period, component, observed_at
    )
    WINDOW w AS (PARTITION BY basis, unit, period, component ORDER BY observed_at ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING)
)
WHERE ours AND isNotNull(before) AND isNotNull(before_at)
ORDER BY basis, period, unit_type, parent, unit, observed_at, component
SETTINGS max_execution_time = 100`

// movements looks at what a live index did since the reading before: a jump of a total
// overnight, and a shift of one group in the whole country at once.
func (c *Checker) movements(ctx context.Context, run, index string, f *findings) error {
	moves, err := store.Collect(ctx, c.DB, readMoves, store.Params{"run": run, "index": index, "rev": uint64(0)}, func(rows store.Rows) (m move, err error) {
		var unit, unitType, parent, period string
		if err = rows.Scan(&m.basis, &unit, &unitType, &parent, &m.name, &period, &m.component, &m.document, &m.at, &m.beforeAt, &m.value, &m.before); err != nil {
			return m, err
		}
		m.unit, m.unitType, m.parent = reform.UnitKey(unit), reform.UnitType(unitType), reform.UnitKey(parent)
		m.delta = m.value.Sub(m.before)
		m.period, err = reform.ParsePeriod(period)
		return m, err
	})
	if err != nil {
		return err
	}
	moves = slices.DeleteFunc(moves, func(m move) bool { return m.at.Sub(m.beforeAt) > lookBack })
	number(moves)
	c.shifts(index, moves, f)
	c.jumps(index, moves, f)
	return nil
}

// number counts the readings of each series in the run, so that the first readings of all
// units are one reading of the country, and the second ones the next.
func number(moves []move) {
	type series struct {
		basis, unit, component string
		period                 reform.Period
	}
	seen := map[series]int{}
	for i := range moves {
		m := &moves[i]
		k := series{m.basis, string(m.unit), m.component, m.period}
		m.reading = seen[k]
		seen[k]++
	}
}

// shifts finds groups that moved in nearly all units of a list alike: not the units have
// changed then but how they are measured.
func (c *Checker) shifts(index string, moves []move, f *findings) {
	type key struct {
		basis, component string
		period           reform.Period
		unitType         reform.UnitType
		parent           reform.UnitKey
		reading          int
	}
	groups := map[key][]move{}
	var order []key
	for _, m := range moves {
		k := key{m.basis, m.component, m.period, m.unitType, m.parent, m.reading}
		if m.unitType == reform.Nation || m.component == "" || !c.firstLevel(index, m.basis, m.component) {
			continue
		}
		if _, ok := groups[k]; !ok {
			order = append(order, k)
		}
		groups[k] = append(groups[k], m)
	}
	for _, k := range order {
		list := groups[k]
		of := len(list)
		if k.unitType == reform.Province {
			of = len(c.Catalog.Units(list[0].unit.Scheme(), reform.Province))
		}
		if len(list) < 10 || float64(len(list)) < nearlyAll*float64(of) {
			continue
		}
		slices.SortFunc(list, func(a, b move) int { return a.delta.Cmp(b.delta) })
		low, median, high := list[0].delta, list[len(list)/2].delta, list[len(list)-1].delta
		if median.Abs().LessThan(shiftPoints) || low.Sign() != high.Sign() || high.Sub(low).GreaterThan(median.Abs().Mul(shiftSpread)) {
			continue
		}
		from, to := span(list)
		s := &statement{index: index, basis: k.basis, period: k.period, document: list[0].document}
		what := c.what(s, k.component)
		row := s.row(CountryShift, k.parent, k.component,
			fmt.Sprintf("%s: cả %d trên %d đơn vị cùng đổi từ %s đến %s điểm giữa %s và %s. Có thể cách tính đã đổi, không phải kết quả của từng đơn vị.", what.VI, len(list), of, plus(low, "vi"), plus(high, "vi"), moment(from), moment(to)),
			fmt.Sprintf("%s: all %d of %d units moved by %s to %s points between %s and %s. How it is measured may have changed, and not what the units do.", what.EN, len(list), of, plus(low, "en"), plus(high, "en"), moment(from), moment(to)),
			low.String(), high.String(), strconv.Itoa(len(list)), strconv.Itoa(of))
		f.add(row)
	}
}

// firstLevel reports whether a component is a group of the main tree.
func (c *Checker) firstLevel(index, basis, component string) bool {
	comp, err := c.Catalog.Component(index, basis, component)
	return err == nil && comp.Parent == "" && comp.Breakdown == ""
}

// jumps finds totals that moved by more than three points overnight.
func (c *Checker) jumps(index string, moves []move, f *findings) {
	type key struct {
		basis   string
		unit    reform.UnitKey
		period  reform.Period
		reading int
	}
	most := map[key]move{} // the group that moved most
	for _, m := range moves {
		if m.component == "" || !c.firstLevel(index, m.basis, m.component) {
			continue
		}
		k := key{m.basis, m.unit, m.period, m.reading}
		if o, ok := most[k]; !ok || m.delta.Abs().GreaterThan(o.delta.Abs()) {
			most[k] = m
		}
	}
	found := map[reform.UnitType][]reform.CheckRow{}
	var types []reform.UnitType
	for _, m := range moves {
		if m.component != "" || m.delta.Abs().LessThanOrEqual(jumpPoints) || m.at.Sub(m.beforeAt) > overnight {
			continue
		}
		s := &statement{index: index, basis: m.basis, period: m.period, document: m.document, digits: c.digits(index), names: map[reform.UnitKey]string{m.unit: m.name}}
		why := reform.Text{}
		if g, ok := most[key{m.basis, m.unit, m.period, m.reading}]; ok && g.at.Equal(m.at) {
			name := c.component(s, g.component)
			why = reform.Text{VI: fmt.Sprintf("; đổi nhiều nhất là %s, %s", name.VI, plus(g.delta, "vi")), EN: fmt.Sprintf("; most of it %s, %s", name.EN, plus(g.delta, "en"))}
		}
		what := c.what(s, "")
		if _, ok := found[m.unitType]; !ok {
			types = append(types, m.unitType)
		}
		found[m.unitType] = append(found[m.unitType], s.row(Jump, m.unit, "",
			fmt.Sprintf("%s, %s: từ %s thành %s (%s điểm) giữa %s và %s%s.", what.VI, c.name(s, m.unit), s.vi(m.before), s.vi(m.value), plus(m.delta, "vi"), moment(m.beforeAt), moment(m.at), why.VI),
			fmt.Sprintf("%s, %s: from %s to %s (%s points) between %s and %s%s.", what.EN, c.name(s, m.unit), s.en(m.before), s.en(m.value), plus(m.delta, "en"), moment(m.beforeAt), moment(m.at), why.EN),
			m.before.String(), m.value.String(), m.delta.String()))
	}
	for _, t := range types {
		slices.SortStableFunc(found[t], func(a, b reform.CheckRow) int {
			return cmp.Or(a.Period.Compare(b.Period), cmp.Compare(a.Unit, b.Unit))
		})
		f.some(found[t], maxJumps)
	}
}

func span(list []move) (from, to time.Time) {
	for _, m := range list {
		if from.IsZero() || m.beforeAt.Before(from) {
			from = m.beforeAt
		}
		if m.at.After(to) {
			to = m.at
		}
	}
	return from, to
}

// plus is a movement with its sign.
func plus(d decimal.Decimal, lang string) string {
	s := viet.FormatNumber(d, lang, 2, 6)
	if d.IsPositive() {
		return "+" + s
	}
	return s
}

func moment(t time.Time) string {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		loc = time.FixedZone("+07", 7*3600) // without zone data: Viet Nam has no summer time
	}
	return t.In(loc).Format("15:04 02/01/2006")
}

package store

import (
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"chiso/reform"
)

// factTypes are the columns of observations in the order of factColumns.values, with
// the types in which they are sent over HTTP, and which ClickHouse turns into the
// table's: names as plain strings, since it fills its dictionaries faster than the
// driver would, and decimals as text, since the driver makes two allocations of each.
// Over the native protocol the server says the types, and the driver converts.
var factTypes = func() []clickhouse.ColumnNameAndType {
	var out []clickhouse.ColumnNameAndType
	add := func(typ string, names ...string) {
		for _, n := range names {
			out = append(out, clickhouse.ColumnNameAndType{Name: n, Type: typ})
		}
	}
	add("String", "index", "basis", "unit", "scheme", "parent", "unit_name", "unit_type", "component", "stage",
		"of_origin", "scope", "rank_kind", "status", "document", "carrier", "source", "observed_origin",
		"period", "period_kind", "locator", "quote", "note", "fact", "run")
	add("Date", "period_start", "period_end")
	add("Nullable(String)", "score", "max", "numerator", "denominator")
	add("Nullable(UInt16)", "place", "of")
	add("UInt8", "authority")
	add("DateTime64(3, 'UTC')", "observed_at", "loaded_at")
	return out
}()

var factInsert = func() string {
	s := "INSERT INTO observations ("
	for i, c := range factTypes {
		if i > 0 {
			s += ", "
		}
		s += quoteName(c.Name)
	}
	return s + ")"
}()

// factColumns are the values of one chunk. They hold hardly any pointers: a million
// rows of strings would keep the garbage collector busier than everything else.
type factColumns struct {
	index, basis, unit, unitName, unitType, component, stage, ofOrigin, scope, rankKind, status names
	document, carrier, source, observedOrigin                                                   names

	period     codes[reform.Period]
	locator    texts
	quote      texts
	note       names // hardly ever more than the empty one
	hash       []FactHash
	numbers    [4][]int64 // millionths of score, max, numerator, denominator
	given      []uint8    // bit i: number i is there
	place, of  []uint16   // 0: none
	authority  []uint8
	observedAt []int64 // milliseconds

	scratch scratch // reused by values
}

// scratch is memory for one column in the form that the driver takes.
type scratch struct {
	strings  []string
	pointers []*string
	smalls   []*uint16
	dates    []time.Time
	millis   []int64
	text     []byte
}

func (c *factColumns) rows() int { return len(c.hash) }

func (c *factColumns) names() []*names {
	return []*names{&c.index, &c.basis, &c.unit, &c.unitName, &c.unitType, &c.component, &c.stage, &c.ofOrigin, &c.scope,
		&c.rankKind, &c.status, &c.document, &c.carrier, &c.source, &c.observedOrigin, &c.note}
}

func (c *factColumns) reset() {
	for _, n := range c.names() {
		n.reset()
	}
	c.period.reset()
	c.locator.reset()
	c.quote.reset()
	for i := range c.numbers {
		c.numbers[i] = c.numbers[i][:0]
	}
	c.hash, c.given = c.hash[:0], c.given[:0]
	c.place, c.of, c.authority, c.observedAt = c.place[:0], c.of[:0], c.authority[:0], c.observedAt[:0]
}

func (c *factColumns) add(f *reform.Fact, o *Origin) error {
	// What can fail comes first, so that the columns stay equally long.
	if f.Period.IsZero() {
		return fmt.Errorf("store: a fact of index %q without a period: %w", f.Index, reform.ErrInvalid)
	}
	if f.Place < 0 || f.Place > 65535 || f.Of < 0 || f.Of > 65535 {
		return fmt.Errorf("store: place %d of %d is out of range: %w", f.Place, f.Of, reform.ErrInvalid)
	}
	var scaled [4]int64
	var given uint8
	for i, n := range [...]*reform.Number{&f.Score, &f.Max, &f.Numerator, &f.Denominator} {
		if !n.Valid {
			continue
		}
		v, err := scale6(n.Decimal)
		if err != nil {
			return err
		}
		scaled[i] = v
		given |= 1 << i
	}
	for i, v := range scaled {
		c.numbers[i] = append(c.numbers[i], v)
	}
	c.given = append(c.given, given)
	c.place = append(c.place, uint16(f.Place))
	c.of = append(c.of, uint16(f.Of))

	c.index.add(f.Index)
	c.basis.add(f.Basis)
	c.unit.add(string(f.Unit))
	c.unitName.add(f.UnitName)
	c.unitType.add(string(f.UnitType))
	c.period.add(f.Period)
	c.component.add(f.Component)
	c.stage.add(string(f.Stage))
	switch {
	case f.Of == 0:
		c.ofOrigin.add("")
	case f.OfPrinted:
		c.ofOrigin.add("printed")
	default:
		c.ofOrigin.add("edition")
	}
	scope := f.Scope
	if scope == "" {
		scope = reform.ScopeNation
	}
	c.scope.add(scope)
	c.rankKind.add(string(f.RankKind))
	c.status.add(string(f.Status))
	c.document.add(o.Document)
	c.carrier.add(o.Carrier)
	c.source.add(o.Source)
	c.authority = append(c.authority, uint8(o.Authority))
	c.locator.add(f.Locator)
	c.quote.add(f.Quote)
	c.note.add(f.Note)
	c.hash = append(c.hash, o.Hash)
	c.observedAt = append(c.observedAt, o.ObservedAt.UnixMilli())
	c.observedOrigin.add(o.ObservedOrigin)
	return nil
}

// values yields the columns in the order of factTypes. Each is valid until the next.
func (c *factColumns) values(run string, loadedAt time.Time) iter.Seq[any] {
	return func(yield func(any) bool) {
		s := &c.scratch
		same := func(v string) string { return v }
		strings := func(n *names, f func(string) string) bool {
			s.strings = n.strings(s.strings[:0], f)
			return yield(s.strings)
		}
		periods := func(f func(reform.Period) string) bool {
			s.strings = spread(&c.period, s.strings[:0], f)
			return yield(s.strings)
		}
		ok := strings(&c.index, same) && strings(&c.basis, same) &&
			strings(&c.unit, same) &&
			strings(&c.unit, func(u string) string { return string(reform.UnitKey(u).Scheme()) }) &&
			strings(&c.unit, func(u string) string { return string(reform.UnitKey(u).Parent()) }) &&
			strings(&c.unitName, same) && strings(&c.unitType, same) && strings(&c.component, same) && strings(&c.stage, same) &&
			strings(&c.ofOrigin, same) && strings(&c.scope, same) && strings(&c.rankKind, same) && strings(&c.status, same) &&
			strings(&c.document, same) && strings(&c.carrier, same) && strings(&c.source, same) && strings(&c.observedOrigin, same) &&
			periods(reform.Period.String) && periods(func(p reform.Period) string { return string(p.Kind()) })
		if !ok {
			return
		}
		for _, t := range []*texts{&c.locator, &c.quote} {
			s.strings = t.strings(s.strings[:0])
			if !yield(s.strings) {
				return
			}
		}
		if !strings(&c.note, same) {
			return
		}
		if s.strings = c.hashes(); !yield(s.strings) {
			return
		}
		s.strings = s.strings[:0]
		for range c.rows() {
			s.strings = append(s.strings, run)
		}
		if !yield(s.strings) {
			return
		}
		for _, f := range []func(reform.Period) time.Time{reform.Period.Start, reform.Period.End} {
			if s.dates = spread(&c.period, s.dates[:0], f); !yield(s.dates) {
				return
			}
		}
		for i := range c.numbers {
			if !yield(c.decimals(i)) {
				return
			}
		}
		for _, small := range [][]uint16{c.place, c.of} {
			s.smalls = s.smalls[:0]
			for i := range small {
				if small[i] == 0 {
					s.smalls = append(s.smalls, nil)
				} else {
					s.smalls = append(s.smalls, &small[i])
				}
			}
			if !yield(s.smalls) {
				return
			}
		}
		if !yield(c.authority) || !yield(c.observedAt) {
			return
		}
		s.millis = s.millis[:0]
		for range c.rows() {
			s.millis = append(s.millis, loadedAt.UnixMilli())
		}
		yield(s.millis)
	}
}

// hashes are the texts of the column fact.
func (c *factColumns) hashes() []string {
	s := &c.scratch
	s.text = s.text[:0]
	for _, h := range c.hash {
		s.text = append(s.text, h.String()...)
	}
	all := string(s.text)
	out := s.strings[:0]
	for i := range c.hash {
		out = append(out, all[32*i:32*i+32])
	}
	return out
}

// decimals are the texts of a column of numbers, nil where there is none.
func (c *factColumns) decimals(i int) []*string {
	s := &c.scratch
	s.text, s.strings, s.pointers = s.text[:0], s.strings[:0], s.pointers[:0]
	ends := s.millis[:0]
	for row, v := range c.numbers[i] {
		if c.given[row]&(1<<i) != 0 {
			s.text = appendMillionths(s.text, v)
		}
		ends = append(ends, int64(len(s.text)))
	}
	all := string(s.text)
	begin := int64(0)
	for _, end := range ends {
		s.strings = append(s.strings, all[begin:end])
		begin = end
	}
	for row := range s.strings {
		if c.given[row]&(1<<i) != 0 {
			s.pointers = append(s.pointers, &s.strings[row])
		} else {
			s.pointers = append(s.pointers, nil)
		}
	}
	s.millis = ends
	return s.pointers
}

// appendMillionths writes v/1000000 with six decimals.
func appendMillionths(b []byte, v int64) []byte {
	u := uint64(v)
	if v < 0 {
		b = append(b, '-')
		u = -u
	}
	b = strconv.AppendUint(b, u/1_000_000, 10)
	frac := u % 1_000_000
	b = append(b, '.', '0', '0', '0', '0', '0', '0')
	for i := len(b) - 1; frac > 0; i-- {
		b[i] = byte('0' + frac%10)
		frac /= 10
	}
	return b
}

// codes is a column whose values repeat: each value is kept once.
type codes[T comparable] struct {
	values []T
	known  map[T]uint32
	last   T
	code   uint32
	rows   []uint32
}

func (c *codes[T]) add(v T) {
	if len(c.values) > 0 && v == c.last { // Most often, and cheaper than asking the map.
		c.rows = append(c.rows, c.code)
		return
	}
	code, ok := c.known[v]
	if !ok {
		if c.known == nil {
			c.known = make(map[T]uint32)
		}
		code = uint32(len(c.values))
		c.known[v] = code
		c.values = append(c.values, v)
	}
	c.last, c.code = v, code
	c.rows = append(c.rows, code)
}

// reset empties the column. What it knows is worth keeping for the next chunk, unless it
// did not repeat.
func (c *codes[T]) reset() {
	if len(c.values) > len(c.rows)/4 {
		*c = codes[T]{rows: c.rows}
	}
	c.rows = c.rows[:0]
}

// spread appends f of each row's value to out.
func spread[T comparable, V any](c *codes[T], out []V, f func(T) V) []V {
	values := make([]V, len(c.values))
	for i, v := range c.values {
		values[i] = f(v)
	}
	for _, code := range c.rows {
		out = append(out, values[code])
	}
	return out
}

type names struct{ codes[string] }

func (n *names) strings(out []string, f func(string) string) []string {
	return spread(&n.codes, out, f)
}

// texts is a column of strings that do not repeat.
type texts struct {
	text []byte
	ends []int
}

func (t *texts) add(s string) {
	t.text = append(t.text, s...)
	t.ends = append(t.ends, len(t.text))
}

func (t *texts) reset() { t.text, t.ends = t.text[:0], t.ends[:0] }

func (t *texts) strings(out []string) []string {
	all := string(t.text)
	begin := 0
	for _, end := range t.ends {
		out = append(out, all[begin:end])
		begin = end
	}
	return out
}

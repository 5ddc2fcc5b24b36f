package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/shopspring/decimal"

	"chiso/reform"
)

// Where an observed_at comes from.
const (
	ObservedDocument  = "document"  // the document gives its date
	ObservedEdition   = "edition"   // the day on which the edition was announced
	ObservedRetrieved = "retrieved" // when we fetched it
)

// Origin is where a fact comes from.
type Origin struct {
	Document       string // id of what is cited
	Carrier        string // id of the file it was loaded from
	Source         string // name of the series of documents
	Authority      reform.Authority
	ObservedAt     time.Time
	ObservedOrigin string // one of the Observed constants
	Hash           FactHash
}

// chunkRows is how many rows are sent at once: each becomes one part of the table.
const chunkRows = 1 << 16

// chunkWithin is how long a chunk is tried again, while the engine restarts.
const chunkWithin = 15 * time.Second

// Writer inserts the facts of one run. Rows are sent in chunks while the next chunk is
// being filled. They are invisible until the run is committed, which may be done only
// after Close returned nil. A Writer is not safe for concurrent use.
type Writer struct {
	ctx      context.Context
	db       *DB
	run      string
	loadedAt time.Time
	fill     *factColumns
	spare    chan *factColumns // the set of columns that is not being filled
	sent     chan error        // result of the chunk under way
	busy     bool
	chunks   int
	rows     uint64
	err      error
	lastP    reform.Period
	period   periodText
}

type periodText struct {
	text, kind string
	start, end time.Time
}

// NewWriter begins to write the facts of a run.
func (db *DB) NewWriter(ctx context.Context, run string) *Writer {
	w := &Writer{
		ctx: ctx, db: db, run: run, loadedAt: db.now().UTC(),
		fill: newFactColumns(), spare: make(chan *factColumns, 1), sent: make(chan error, 1),
	}
	w.spare <- newFactColumns()
	return w
}

// Add takes one fact. The values are copied; f and o may be reused.
func (w *Writer) Add(f *reform.Fact, o *Origin) error {
	if w.err != nil {
		return w.err
	}
	if f.Period != w.lastP || w.period.text == "" {
		if f.Period.IsZero() {
			return w.fail(fmt.Errorf("store: a fact of %s without a period: %w", f.Index, reform.ErrInvalid))
		}
		w.lastP = f.Period
		w.period = periodText{text: f.Period.String(), kind: string(f.Period.Kind()), start: f.Period.Start(), end: f.Period.End()}
	}
	if err := w.fill.add(f, o, &w.period); err != nil {
		return w.fail(err)
	}
	w.rows++
	if w.fill.rows() >= chunkRows {
		return w.flush()
	}
	return nil
}

// Rows is the number of facts taken.
func (w *Writer) Rows() uint64 { return w.rows }

// Close sends what is left and waits until all is stored.
func (w *Writer) Close() error {
	if w.err == nil && w.fill.rows() > 0 {
		_ = w.flush() // Remembered in w.err.
	}
	w.wait()
	return w.err
}

func (w *Writer) fail(err error) error {
	if w.err == nil {
		w.err = err
	}
	return w.err
}

// flush hands the filled columns to a goroutine and takes the other set.
func (w *Writer) flush() error {
	w.wait()
	if w.err != nil {
		return w.err
	}
	full := w.fill
	w.fill = <-w.spare
	w.chunks++
	token := w.run + "/" + strconv.Itoa(w.chunks)
	w.busy = true
	go func() {
		err := w.db.insertFacts(w.ctx, full, w.run, w.loadedAt, token)
		full.reset()
		w.spare <- full
		w.sent <- err
	}()
	return nil
}

func (w *Writer) wait() {
	if w.busy {
		w.busy = false
		if err := <-w.sent; err != nil {
			_ = w.fail(err)
		}
	}
}

// insertFacts sends one chunk. A chunk of unknown fate is sent again: the token lets
// ClickHouse see that it has it already.
func (db *DB) insertFacts(ctx context.Context, c *factColumns, run string, loadedAt time.Time, token string) error {
	deadline := time.Now().Add(chunkWithin)
	for {
		err := db.sendFacts(ctx, c, run, loadedAt, token)
		if err == nil || ctx.Err() != nil || isException(err) || !lost(err) || time.Now().After(deadline) {
			return wrap("insert facts", err)
		}
		db.logger.Warn("ClickHouse did not acknowledge rows; sending them again", "run", run, "err", err)
		select {
		case <-ctx.Done():
			return wrap("insert facts", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (db *DB) sendFacts(ctx context.Context, c *factColumns, run string, loadedAt time.Time, token string) (err error) {
	ctx, cancel := db.bound(ctx, db.write)
	defer cancel()
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"insert_deduplication_token": token}),
		clickhouse.WithColumnNamesAndTypes(factTypes))
	batch, err := db.conn.PrepareBatch(ctx, factInsert)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	for i, values := range c.values(run, loadedAt) {
		if err := batch.Column(i).Append(values); err != nil {
			return fmt.Errorf("column %s: %w", factTypes[i].Name, err)
		}
	}
	return batch.Send()
}

// factTypes are the columns of observations in the order of factColumns.values, with
// the types in which they are sent. Over HTTP, short names travel as plain strings,
// which ClickHouse puts into its dictionaries faster than the driver would; the long
// ones that hardly change are worth a dictionary here. (Over the native protocol the
// server says the types.)
var factTypes = func() []clickhouse.ColumnNameAndType {
	var out []clickhouse.ColumnNameAndType
	add := func(typ string, names ...string) {
		for _, n := range names {
			out = append(out, clickhouse.ColumnNameAndType{Name: n, Type: typ})
		}
	}
	add("LowCardinality(String)", "document", "carrier", "run")
	add("String", "index", "basis", "scheme", "unit", "unit_name", "unit_type", "parent", "period", "period_kind",
		"component", "stage", "of_origin", "scope", "rank_kind", "status", "source", "locator", "quote", "fact", "observed_origin")
	add("Date", "period_start", "period_end")
	add("Nullable(Decimal(18, 6))", "score", "max", "numerator", "denominator")
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

// factColumns are the values of one chunk.
type factColumns struct {
	index, basis, scheme, unit, unitName, unitType, parent, period, periodKind []string
	component, stage, ofOrigin, scope, rankKind, status                        []string
	document, carrier, source, locator, quote, fact, observedOrigin, run       []string
	start, end                                                                 []time.Time
	score, max, numerator, denominator                                         []*decimal.Decimal
	place, of                                                                  []*uint16
	authority                                                                  []uint8
	observedAt, loadedAt                                                       []time.Time

	decimals []decimal.Decimal // what the pointers of this chunk point to
	smalls   []uint16
}

func newFactColumns() *factColumns {
	return &factColumns{
		decimals: make([]decimal.Decimal, 0, 4*chunkRows),
		smalls:   make([]uint16, 0, 2*chunkRows),
	}
}

func (c *factColumns) rows() int { return len(c.index) }

func (c *factColumns) reset() {
	for _, s := range []*[]string{&c.index, &c.basis, &c.scheme, &c.unit, &c.unitName, &c.unitType, &c.parent, &c.period, &c.periodKind,
		&c.component, &c.stage, &c.ofOrigin, &c.scope, &c.rankKind, &c.status,
		&c.document, &c.carrier, &c.source, &c.locator, &c.quote, &c.fact, &c.observedOrigin} {
		*s = (*s)[:0]
	}
	for _, s := range []*[]*decimal.Decimal{&c.score, &c.max, &c.numerator, &c.denominator} {
		*s = (*s)[:0]
	}
	c.start, c.end, c.observedAt = c.start[:0], c.end[:0], c.observedAt[:0]
	c.place, c.of, c.authority = c.place[:0], c.of[:0], c.authority[:0]
	c.decimals, c.smalls = c.decimals[:0], c.smalls[:0]
}

func (c *factColumns) add(f *reform.Fact, o *Origin, p *periodText) error {
	// What can fail comes first, so that the columns stay equally long.
	if f.Place < 0 || f.Place > 65535 || f.Of < 0 || f.Of > 65535 {
		return fmt.Errorf("store: place %d of %d is out of range: %w", f.Place, f.Of, reform.ErrInvalid)
	}
	var numbers [4]*decimal.Decimal
	for i, n := range [...]*reform.Number{&f.Score, &f.Max, &f.Numerator, &f.Denominator} {
		if !n.Valid {
			continue
		}
		v, err := scale6(n.Decimal)
		if err != nil {
			return err
		}
		c.decimals = append(c.decimals, decimal.New(v, -6))
		numbers[i] = &c.decimals[len(c.decimals)-1]
	}
	c.score = append(c.score, numbers[0])
	c.max = append(c.max, numbers[1])
	c.numerator = append(c.numerator, numbers[2])
	c.denominator = append(c.denominator, numbers[3])
	c.place = append(c.place, c.small(f.Place))
	c.of = append(c.of, c.small(f.Of))

	c.index = append(c.index, f.Index)
	c.basis = append(c.basis, f.Basis)
	c.scheme = append(c.scheme, string(f.Unit.Scheme()))
	c.unit = append(c.unit, string(f.Unit))
	c.unitName = append(c.unitName, f.UnitName)
	c.unitType = append(c.unitType, string(f.UnitType))
	c.parent = append(c.parent, string(f.Unit.Parent()))
	c.period = append(c.period, p.text)
	c.periodKind = append(c.periodKind, p.kind)
	c.start = append(c.start, p.start)
	c.end = append(c.end, p.end)
	c.component = append(c.component, f.Component)
	c.stage = append(c.stage, string(f.Stage))
	ofOrigin := ""
	switch {
	case f.Of == 0:
	case f.OfPrinted:
		ofOrigin = "printed"
	default:
		ofOrigin = "edition"
	}
	c.ofOrigin = append(c.ofOrigin, ofOrigin)
	scope := f.Scope
	if scope == "" {
		scope = reform.ScopeNation
	}
	c.scope = append(c.scope, scope)
	c.rankKind = append(c.rankKind, string(f.RankKind))
	c.status = append(c.status, string(f.Status))
	c.document = append(c.document, o.Document)
	c.carrier = append(c.carrier, o.Carrier)
	c.source = append(c.source, o.Source)
	c.authority = append(c.authority, uint8(o.Authority))
	c.locator = append(c.locator, f.Locator)
	c.quote = append(c.quote, f.Quote)
	c.fact = append(c.fact, o.Hash.String())
	c.observedAt = append(c.observedAt, o.ObservedAt)
	c.observedOrigin = append(c.observedOrigin, o.ObservedOrigin)
	return nil
}

// small is v as a nullable column wants it; 0 is "none".
func (c *factColumns) small(v int) *uint16 {
	if v == 0 {
		return nil
	}
	c.smalls = append(c.smalls, uint16(v))
	return &c.smalls[len(c.smalls)-1]
}

// values are the columns in the order of factTypes.
func (c *factColumns) values(run string, loadedAt time.Time) []any {
	c.run, c.loadedAt = c.run[:0], c.loadedAt[:0]
	for range c.index {
		c.run = append(c.run, run)
		c.loadedAt = append(c.loadedAt, loadedAt)
	}
	return []any{c.document, c.carrier, c.run, c.index, c.basis, c.scheme, c.unit, c.unitName, c.unitType, c.parent, c.period, c.periodKind,
		c.component, c.stage, c.ofOrigin, c.scope, c.rankKind, c.status, c.source, c.locator, c.quote, c.fact, c.observedOrigin,
		c.start, c.end, c.score, c.max, c.numerator, c.denominator, c.place, c.of, c.authority, c.observedAt, c.loadedAt}
}

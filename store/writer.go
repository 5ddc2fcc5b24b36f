package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

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
const chunkRows = 1 << 17

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
}

// NewWriter begins to write the facts of a run.
func (db *DB) NewWriter(ctx context.Context, run string) *Writer {
	w := &Writer{
		ctx: ctx, db: db, run: run, loadedAt: db.now().UTC(),
		fill: new(factColumns), spare: make(chan *factColumns, 1), sent: make(chan error, 1),
	}
	w.spare <- new(factColumns)
	return w
}

// Add takes one fact. The values are copied; f and o may be reused.
func (w *Writer) Add(f *reform.Fact, o *Origin) error {
	if w.err != nil {
		return w.err
	}
	if err := w.fill.add(f, o); err != nil {
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
	i := 0
	for values := range c.values(run, loadedAt) {
		if err := batch.Column(i).Append(values); err != nil {
			return fmt.Errorf("column %s: %w", factTypes[i].Name, err)
		}
		i++
	}
	return batch.Send()
}

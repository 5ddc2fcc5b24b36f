package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Params are values of the {name:Type} parameters of a statement. They travel beside
// it, so no text of a caller becomes SQL. Strings, named string types, numbers, bools,
// times (for DateTime types), Date, fmt.Stringers, slices of these, and nil (NULL) are
// taken.
type Params map[string]any

// Date is a parameter of type Date, of which only the day counts.
type Date time.Time

// String is the ISO day.
func (d Date) String() string { return time.Time(d).Format(time.DateOnly) }

// Rows is an open answer. Close it and ask Err, or use Collect, which does.
type Rows = driver.Rows

// Query asks. The answer must be closed. What fails before the first block is retried
// for RetryWithin; what fails later is seen in Rows.Err, with its kind.
func (db *DB) Query(ctx context.Context, sql string, params Params) (Rows, error) {
	args := params.args()
	var out *boundedRows
	err := db.retry(ctx, lost, func() error {
		qctx, cancel := db.bound(ctx, db.read)
		rows, err := db.conn.Query(qctx, sql, args...)
		if err != nil {
			cancel()
			return err
		}
		out = &boundedRows{Rows: rows, cancel: cancel}
		return nil
	})
	if err != nil {
		return nil, wrap("query", err)
	}
	return out, nil
}

// Select asks and scans all rows into dest, a pointer to a slice of structs whose
// fields have `ch:"column"` tags. It is retried as a whole while the engine restarts.
func (db *DB) Select(ctx context.Context, dest any, sql string, params Params) error {
	args := params.args()
	slice := reflect.ValueOf(dest)
	if slice.Kind() != reflect.Pointer || slice.Elem().Kind() != reflect.Slice {
		return fmt.Errorf("store: select into %T, want a pointer to a slice", dest)
	}
	return wrap("query", db.retry(ctx, lost, func() error {
		slice.Elem().SetLen(0) // Of an answer that broke off.
		qctx, cancel := db.bound(ctx, db.read)
		defer cancel()
		return db.conn.Select(qctx, dest, sql, args...)
	}))
}

// Collect asks, scans each row with scan, and returns all. It is retried as a whole
// while the engine restarts.
func Collect[T any](ctx context.Context, db *DB, sql string, params Params, scan func(Rows) (T, error)) ([]T, error) {
	args := params.args()
	var out []T
	err := db.retry(ctx, lost, func() error {
		out = out[:0]
		qctx, cancel := db.bound(ctx, db.read)
		defer cancel()
		rows, err := db.conn.Query(qctx, sql, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			out = append(out, v)
		}
		return errors.Join(rows.Err(), rows.Close())
	})
	if err != nil {
		return nil, wrap("query", err)
	}
	return out, nil
}

// Exec runs a statement that has no answer.
func (db *DB) Exec(ctx context.Context, sql string, params Params) error {
	args := params.args()
	return wrap("exec", db.retry(ctx, unsent, func() error {
		qctx, cancel := db.bound(ctx, db.write)
		defer cancel()
		return db.conn.Exec(qctx, sql, args...)
	}))
}

// Batch is rows to be inserted; Send stores them, Close gives them up if they were
// not sent.
type Batch struct {
	driver.Batch
	cancel context.CancelFunc
}

// PrepareBatch begins an insert, whose time begins to run.
func (db *DB) PrepareBatch(ctx context.Context, sql string) (*Batch, error) {
	qctx, cancel := db.bound(ctx, db.write)
	var b driver.Batch
	// Over HTTP the preparation only asks for the columns, so it can be repeated.
	err := db.retry(ctx, lost, func() (err error) {
		b, err = db.conn.PrepareBatch(qctx, sql)
		return err
	})
	if err != nil {
		cancel()
		return nil, wrap("insert", err)
	}
	return &Batch{Batch: b, cancel: cancel}, nil
}

// Send stores the rows.
func (b *Batch) Send() error {
	defer b.cancel()
	return wrap("insert", b.Batch.Send())
}

// Close releases the connection. It may follow Send.
func (b *Batch) Close() error {
	defer b.cancel()
	return wrap("insert", b.Batch.Close())
}

// retry repeats f while it fails in a way that again says is passing, until
// RetryWithin is over or ctx ends.
func (db *DB) retry(ctx context.Context, again func(error) bool, f func() error) error {
	deadline := time.Now().Add(RetryWithin)
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 150*time.Millisecond) {
		err := f()
		if err == nil || ctx.Err() != nil || isException(err) || !again(err) || time.Now().Add(wait).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// isException reports an answer of ClickHouse itself, which another try won't change.
func isException(err error) bool {
	var ex *clickhouse.Exception
	return errors.As(err, &ex)
}

// bound gives a call a deadline, if it has none, and tells ClickHouse about it, so
// that it does not go on working for nobody.
func (db *DB) bound(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	cancel := context.CancelFunc(func() {})
	if !ok {
		ctx, cancel = context.WithTimeout(ctx, limit)
		deadline = time.Now().Add(limit)
	}
	seconds := max(1, int(math.Ceil(time.Until(deadline).Seconds())))
	return clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_execution_time": seconds})), cancel
}

// boundedRows end the call's deadline with the answer, and give its errors a kind.
type boundedRows struct {
	driver.Rows
	cancel context.CancelFunc
}

func (r *boundedRows) Close() error {
	defer r.cancel()
	return wrap("query", r.Rows.Close())
}

func (r *boundedRows) Err() error { return wrap("query", r.Rows.Err()) }

// args turns Params into the driver's form.
func (p Params) args() []any {
	args := make([]any, 0, len(p))
	for name, v := range p {
		args = append(args, clickhouse.Named(name, plain(v)))
	}
	return args
}

// plain takes named types off strings and slices of them: the driver would quote a
// value that it does not see to be a string.
func plain(v any) any {
	switch x := v.(type) {
	case nil, string, time.Time:
		return v
	case fmt.Stringer:
		return x.String()
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.String:
		return rv.String()
	case reflect.Slice:
		if rv.Type().Elem().Kind() == reflect.String {
			out := make([]string, rv.Len())
			for i := range out {
				out[i] = rv.Index(i).String()
			}
			return out
		}
	}
	return v
}

package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"chiso/reform"
	"chiso/store/engine"
)

// DefaultDatabase is the database that is used when none is named.
const DefaultDatabase = "chiso"

// Options say which ClickHouse to open.
type Options struct {
	// DSN is a server's or a cluster's: clickhouse://user:password@host:9000,host2:9000
	// for the native protocol, http:// or https:// for HTTP. Exactly one of DSN and
	// Embedded is given.
	DSN      string
	Embedded *engine.Address

	Database string           // "" is the DSN's, else DefaultDatabase
	Cluster  string           // name of a cluster of the server's configuration; "" is one node
	Logger   *slog.Logger     // nil discards
	Now      func() time.Time // nil is time.Now

	// ReadTimeout bounds a question whose context has no deadline; 0 means 20 s.
	ReadTimeout time.Duration
	// WriteTimeout does so for one batch or statement; 0 means 2 min.
	WriteTimeout time.Duration
}

// RetryWithin is how long a call waits for an engine that does not answer, before it
// fails with reform.ErrUnavailable. A restart of the engine takes about half a second.
const RetryWithin = 1500 * time.Millisecond

// DB is an open ClickHouse. It is safe for use by several goroutines.
type DB struct {
	conn     driver.Conn
	client   *clickhouse.Options // what conn was opened with
	database string
	cluster  string
	logger   *slog.Logger
	now      func() time.Time
	read     time.Duration
	write    time.Duration
	host     string

	nodesMu sync.Mutex
	nodes   *topology // nil until asked for

	revMu sync.Mutex // one commit of this process at a time, so that revisions grow
}

var databaseName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// Open prepares the connections; it makes no use of the network, so that a server
// which is not up yet is a passing state and no failure to start.
func Open(_ context.Context, opts Options) (*DB, error) {
	if (opts.DSN == "") == (opts.Embedded == nil) {
		return nil, errors.New("store: exactly one of a DSN and an embedded engine is needed")
	}
	db := &DB{logger: opts.Logger, now: opts.Now, read: opts.ReadTimeout, write: opts.WriteTimeout, cluster: opts.Cluster}
	if db.logger == nil {
		db.logger = slog.New(slog.DiscardHandler)
	}
	if db.now == nil {
		db.now = time.Now
	}
	if db.read == 0 {
		db.read = 20 * time.Second
	}
	if db.write == 0 {
		db.write = 2 * time.Minute
	}
	var err error
	if db.client, err = clientOptions(opts); err != nil {
		return nil, err
	}
	db.database = firstOf(opts.Database, db.client.Auth.Database, DefaultDatabase)
	if !databaseName.MatchString(db.database) {
		return nil, fmt.Errorf("store: database name %q: use letters, digits and _ only: %w", db.database, reform.ErrInvalid)
	}
	if db.cluster != "" && !databaseName.MatchString(db.cluster) {
		return nil, fmt.Errorf("store: cluster name %q: use letters, digits and _ only: %w", db.cluster, reform.ErrInvalid)
	}
	if db.host, err = os.Hostname(); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	db.client.Auth.Database = db.database
	if db.conn, err = clickhouse.Open(db.client); err != nil {
		return nil, wrap("open", err)
	}
	return db, nil
}

// clientOptions translate ours into the driver's.
func clientOptions(opts Options) (*clickhouse.Options, error) {
	var o *clickhouse.Options
	if opts.Embedded != nil {
		o = &clickhouse.Options{
			Protocol: clickhouse.HTTP,
			Addr:     []string{opts.Embedded.Addr},
			Auth:     clickhouse.Auth{Username: opts.Embedded.User, Password: opts.Embedded.Password},
			// On loopback the copy is cheaper than compressing it.
			Compression: &clickhouse.Compression{Method: clickhouse.CompressionNone},
		}
	} else {
		const want = "store: clickhouse.dsn: want clickhouse://user:password@host:9000 or http://user:password@host:8123: %w"
		scheme, _, _ := strings.Cut(opts.DSN, "://")
		if !slices.Contains([]string{"clickhouse", "tcp", "native", "http", "https"}, scheme) {
			return nil, fmt.Errorf(want, reform.ErrInvalid)
		}
		var err error
		if o, err = clickhouse.ParseDSN(opts.DSN); err != nil {
			return nil, fmt.Errorf(want+": %w", reform.ErrInvalid, err)
		}
		if o.Compression == nil {
			o.Compression = &clickhouse.Compression{Method: clickhouse.CompressionLZ4}
		}
	}
	if o.DialTimeout == 0 {
		o.DialTimeout = 3 * time.Second // Also the wait for a free connection.
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 5 * time.Minute // Calls are bounded by their context; this is the last resort.
	}
	if o.MaxOpenConns == 0 {
		o.MaxOpenConns, o.MaxIdleConns = 24, 24
	}
	if o.ConnMaxLifetime == 0 {
		o.ConnMaxLifetime = 10 * time.Minute // Less than the embedded engine keeps idle ones.
	}
	if o.Settings == nil {
		o.Settings = clickhouse.Settings{}
	}
	for name, value := range map[string]any{
		// A page that is gone needs no answer.
		"cancel_http_readonly_queries_on_client_close": 1,
		// An acknowledged row is on its shard, not in a queue to it.
		"distributed_foreground_insert": 1,
		// A row is stored when it is acknowledged.
		"async_insert": 0,
		// IN and JOIN between Distributed tables see all shards.
		"distributed_product_mode": "global",
	} {
		if _, set := o.Settings[name]; !set {
			o.Settings[name] = value
		}
	}
	return o, nil
}

// Close closes the connections.
func (db *DB) Close() error { return wrap("close", db.conn.Close()) }

// Database is the name of the database.
func (db *DB) Database() string { return db.database }

// Ping asks whether ClickHouse answers now; it does not wait for one that restarts.
func (db *DB) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var one uint8
	return wrap("ping", db.conn.QueryRow(ctx, "SELECT 1").Scan(&one))
}

// ServerVersion is ClickHouse's own version, as a text for people.
func (db *DB) ServerVersion(ctx context.Context) (string, error) {
	rows, err := Collect(ctx, db, "SELECT version()", nil, func(r Rows) (v string, err error) { return v, r.Scan(&v) })
	if err != nil {
		return "", err
	}
	return strings.Join(rows, ""), nil
}

// Drop removes the whole database with everything in it. It is for tests.
func (db *DB) Drop(ctx context.Context) error {
	topo, err := db.topology(ctx)
	if err != nil {
		return err
	}
	return topo.each(ctx, db, func(ctx context.Context, conn driver.Conn) error {
		return conn.Exec(ctx, "DROP DATABASE IF EXISTS "+quoteName(db.database)+topo.onCluster()+" SYNC")
	})
}

// outside opens a connection to one address (all, if empty) that is not inside our
// database, which may not exist yet.
func (db *DB) outside(addr string) (driver.Conn, error) {
	o := *db.client
	o.Auth.Database = "default"
	o.Addr = slices.Clone(o.Addr)
	if addr != "" {
		o.Addr = []string{addr}
	}
	o.MaxOpenConns, o.MaxIdleConns = 2, 2
	conn, err := clickhouse.Open(&o)
	return conn, wrap("open", err)
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func quoteName(name string) string { return "`" + name + "`" } // Names are checked by Open.

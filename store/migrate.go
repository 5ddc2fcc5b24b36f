package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"chiso/reform"
	"chiso/store/migrations"
)

// versionTable records which migrations were applied.
const versionTable = "schema_versions"

// Migrate makes the database if it is absent and brings its tables to the version
// that this program knows. It returns the versions before and after. Several
// processes may do it at once.
func (db *DB) Migrate(ctx context.Context) (from, to int64, err error) {
	topo, err := db.topology(ctx)
	if err != nil {
		return 0, 0, err
	}
	if err := db.create(ctx, topo); err != nil {
		return 0, 0, err
	}
	for i, addr := range topo.addrs {
		before, after, err := db.migrateNode(ctx, topo, addr)
		if err != nil {
			return 0, 0, err
		}
		if i == 0 || before < from {
			from = before
		}
		to = after
	}
	if from != to {
		db.logger.Info("database migrated", "database", db.database, "from", from, "to", to)
	}
	return from, to, nil
}

// Version returns the version of the database's tables; 0 where there are none yet.
func (db *DB) Version(ctx context.Context) (version int64, err error) {
	topo := &topology{addrs: []string{""}}
	err = topo.each(ctx, db, func(ctx context.Context, conn driver.Conn) error {
		var n uint64
		row := conn.QueryRow(ctx, "SELECT count() FROM system.tables WHERE database = {database:String} AND name = {table:String}",
			Params{"database": db.database, "table": versionTable}.args()...)
		if err := row.Scan(&n); err != nil || n == 0 {
			return err
		}
		return conn.QueryRow(ctx, "SELECT max(version_id) FROM "+quoteName(db.database)+"."+versionTable+" WHERE is_applied").Scan(&version)
	})
	return version, err
}

// LatestVersion is the version that this program brings a database to.
func LatestVersion() int64 {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(names) == 0 {
		panic("store: no migrations are embedded") // The pattern is constant and the files are ours.
	}
	v, err := goose.NumericComponent(slices.Max(names))
	if err != nil {
		panic(err)
	}
	return v
}

// create makes the database. It asks first, since a user who may not create one can
// well use one that exists.
func (db *DB) create(ctx context.Context, topo *topology) error {
	return topo.each(ctx, db, func(ctx context.Context, conn driver.Conn) error {
		var n uint64
		row := conn.QueryRow(ctx, "SELECT count() FROM system.databases WHERE name = {name:String}", Params{"name": db.database}.args()...)
		if err := row.Scan(&n); err != nil || n > 0 {
			return err
		}
		return conn.Exec(ctx, "CREATE DATABASE IF NOT EXISTS "+quoteName(db.database)+topo.onCluster()+" ENGINE = Atomic")
	})
}

// migrateNode runs the migrations through one address, or any of the DSN's if empty.
func (db *DB) migrateNode(ctx context.Context, topo *topology, addr string) (from, to int64, err error) {
	o := *db.client
	if addr != "" {
		o.Addr = []string{addr}
	}
	// database/sql manages the pool itself and wants these unset.
	o.MaxOpenConns, o.MaxIdleConns, o.ConnMaxLifetime = 0, 0, 0
	conn := clickhouse.OpenDB(&o)
	defer func() { err = errors.Join(err, wrap("migrate", conn.Close())) }()
	ctx, cancel := db.bound(ctx, db.write)
	defer cancel()
	provider, err := db.provider(conn, topo)
	if err != nil {
		return 0, 0, err
	}
	if from, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, wrap("read the schema's version", err)
	}
	if latest := LatestVersion(); from > latest {
		return 0, 0, fmt.Errorf("store: database %s has schema version %d, this program knows versions up to %d: install the newer chiso, or use another database: %w",
			db.database, from, latest, reform.ErrConflict)
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return 0, 0, wrap("migrate", err)
	}
	for _, r := range results {
		db.logger.Debug("migration applied", "version", r.Source.Version, "took", r.Duration)
	}
	if to, err = provider.GetDBVersion(ctx); err != nil {
		return 0, 0, wrap("read the schema's version", err)
	}
	return from, to, nil
}

func (db *DB) provider(conn *sql.DB, topo *topology) (*goose.Provider, error) {
	versions, err := database.NewStoreFromQuerier(versionTable, versionSQL{topo, db.database})
	if err != nil {
		return nil, fmt.Errorf("store: migrate: %w", err)
	}
	provider, err := goose.NewProvider("", conn, renderedFS{migrations.FS, topo, db.database},
		goose.WithStore(versions), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("store: migrate: %w", err)
	}
	return provider, nil
}

// versionSQL are goose's statements, for a table that every node can see, and in which
// two processes may have noted the same version.
type versionSQL struct {
	topo     *topology
	database string
}

func (v versionSQL) CreateTable(table string) string {
	engine := "MergeTree"
	if v.topo.keeper {
		// One set of rows on all nodes, whatever their shard.
		engine = fmt.Sprintf("ReplicatedMergeTree('/clickhouse/tables/all/%s/%s', '{shard}-{replica}')", v.database, table)
	}
	return "CREATE TABLE IF NOT EXISTS " + table + v.topo.onCluster() +
		" (version_id Int64, is_applied Bool, tstamp DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = " + engine + " ORDER BY version_id"
}

func (versionSQL) InsertVersion(table string) string {
	return "INSERT INTO " + table + " (version_id, is_applied) VALUES ($1, $2)"
}

func (versionSQL) DeleteVersion(table string) string {
	return "ALTER TABLE " + table + " DELETE WHERE version_id = $1 SETTINGS mutations_sync = 2"
}

func (versionSQL) GetMigrationByVersion(table string) string {
	return "SELECT tstamp, is_applied FROM " + table + " WHERE version_id = $1 ORDER BY tstamp DESC LIMIT 1"
}

func (versionSQL) ListMigrations(table string) string {
	return "SELECT version_id, argMax(is_applied, tstamp) AS applied FROM " + table + " GROUP BY version_id ORDER BY version_id DESC"
}

func (versionSQL) GetLatestVersion(table string) string {
	return "SELECT max(version_id) FROM " + table
}

// renderedFS is the migrations with their templates filled in for a topology.
type renderedFS struct {
	fs.FS
	topo     *topology
	database string
}

func (r renderedFS) Open(name string) (fs.File, error) {
	f, err := r.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	text, err := r.ReadFile(name)
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(r.FS, name)
	if err != nil {
		return nil, err
	}
	return &renderedFile{bytes.NewReader(text), info}, nil
}

// ReadFile renders one file.
func (r renderedFS) ReadFile(name string) ([]byte, error) {
	raw, err := fs.ReadFile(r.FS, name)
	if err != nil {
		return nil, err
	}
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{
		"local":       func(table string) string { return quoteName(r.topo.local(table)) },
		"onCluster":   r.topo.onCluster,
		"engine":      func(table string) string { return r.topo.engine(r.database, table) },
		"distributed": func(table, key string) string { return r.topo.distributed(r.database, table, key) },
	}).Parse(string(raw))
	if err != nil {
		return nil, fmt.Errorf("migration: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, nil); err != nil {
		return nil, fmt.Errorf("migration: %w", err)
	}
	return out.Bytes(), nil
}

type renderedFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *renderedFile) Stat() (fs.FileInfo, error) { return f.info, nil }

func (f *renderedFile) Close() error { return nil }

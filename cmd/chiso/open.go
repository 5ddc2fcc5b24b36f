package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"chiso/store"
	"chiso/store/engine"
)

// database opens the engine that the configuration names: a server by DSN, else the
// embedded one. Where `chiso serve` runs on the folder, its engine is used; only where none
// runs does a command start one, for its own time. stop ends what was started.
func (a *app) database(ctx context.Context) (db *store.DB, stop func(), err error) {
	if a.cfg.ClickHouse.DSN != "" {
		return a.serverDatabase(ctx)
	}
	opts, err := a.engineOptions()
	if err != nil {
		// Without the library a running engine can still be used.
		addr, attachErr := engine.Attach(a.cfg.DataDir)
		if attachErr != nil {
			return nil, nil, err
		}
		db, err := a.open(ctx, store.Options{Embedded: &addr})
		return db, func() {}, err
	}
	addr, stop, err := engine.Use(ctx, opts)
	if err != nil {
		return nil, nil, err
	}
	db, err = a.open(ctx, store.Options{Embedded: &addr})
	if err != nil {
		stop()
		return nil, nil, err
	}
	return db, stop, nil
}

// serverDatabase opens the server of the DSN, with the password of its own file.
func (a *app) serverDatabase(ctx context.Context) (*store.DB, func(), error) {
	dsn, err := a.dsn()
	if err != nil {
		return nil, nil, err
	}
	db, err := a.open(ctx, store.Options{DSN: dsn, Cluster: a.cfg.ClickHouse.Cluster})
	return db, func() {}, err
}

func (a *app) dsn() (string, error) {
	password, err := secret(a.cfg.ClickHouse.PasswordFile, "clickhouse.password_file")
	if err != nil || password == "" {
		return a.cfg.ClickHouse.DSN, err
	}
	u, err := url.Parse(a.cfg.ClickHouse.DSN)
	if err != nil {
		return "", errors.New("clickhouse.dsn can't be read as an address") // the error itself would print a password
	}
	name := "default"
	if u.User != nil && u.User.Username() != "" {
		name = u.User.Username()
	}
	u.User = url.UserPassword(name, password)
	return u.String(), nil
}

func (a *app) open(ctx context.Context, opts store.Options) (*store.DB, error) {
	opts.Logger = a.log
	db, err := store.Open(ctx, opts)
	if err != nil {
		return nil, err
	}
	from, to, err := db.Migrate(ctx)
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	if from != to {
		a.log.InfoContext(ctx, "schema migrated", "from", from, "to", to)
	}
	return db, nil
}

// engineOptions say how the embedded engine is started on the data directory.
func (a *app) engineOptions() (engine.Options, error) {
	lib, err := engine.FindLibrary(a.cfg.ClickHouse.Library, a.xdgDataDirs()...)
	if err != nil {
		return engine.Options{}, err
	}
	self, err := os.Executable()
	if err != nil {
		return engine.Options{}, fmt.Errorf("the program does not know its own path: %w", err)
	}
	return engine.Options{
		DataDir:     a.cfg.DataDir,
		LibPath:     lib,
		Executable:  []string{self, engineCommand},
		Logger:      a.log,
		MemoryRatio: a.cfg.ClickHouse.MemoryRatio,
	}, nil
}

// xdgDataDirs are the folders where an office may have put the engine's library for all users.
func (a *app) xdgDataDirs() []string {
	dirs := []string{filepath.Dir(a.cfg.DataDir)}
	for _, d := range strings.Split(a.env("XDG_DATA_DIRS"), string(os.PathListSeparator)) {
		if filepath.IsAbs(d) {
			dirs = append(dirs, d)
		}
	}
	return dirs
}

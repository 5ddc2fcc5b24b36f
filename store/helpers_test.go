package store_test

import (
	"context"
	"encoding/hex"
	"testing"
	"time"

	"chiso/store"
)

func open(tb testing.TB, opts store.Options) *store.DB {
	tb.Helper()
	db, err := store.Open(tb.Context(), opts)
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	return db
}

// column returns the single text column of an answer.
func column(tb testing.TB, db *store.DB, sql string, params store.Params) []string {
	tb.Helper()
	got, err := store.Collect(tb.Context(), db, sql, params, func(r store.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return got
}

func hexOf(s string) string { return hex.EncodeToString([]byte(s)) }

func drop(tb testing.TB, db *store.DB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := db.Drop(ctx); err != nil {
		tb.Errorf("drop: %v", err)
	}
}

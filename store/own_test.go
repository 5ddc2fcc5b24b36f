package store_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
	"chiso/store/storetest"
)

// Entries are kept together or not at all; rows of a run that was never committed go with the next sweep.
func TestOwnEntriesAreKeptTogether(t *testing.T) {
	db := storetest.New(t)
	ctx := t.Context()
	target := reform.OwnEntry{Entry: "target par vn63:80 2020", Kind: reform.OwnTarget, Index: "par", Unit: "vn63:80", Period: reform.YearPeriod(2020), GoalScore: reform.Num("85.125"), Author: "A"}
	for name, entries := range map[string][]reform.OwnEntry{"none": nil, "one without a name": {target, {Kind: reform.OwnAnnotation}}} {
		if _, err := db.PutOwn(ctx, entries); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, reform.ErrInvalid)
		}
	}
	if n := column(t, db, "SELECT toString(count()) FROM own_entries", nil); n[0] != "0" {
		t.Errorf("after what was refused: got %s rows, want none", n[0])
	}
	kept, err := db.PutOwn(ctx, []reform.OwnEntry{target, {Entry: "note", Kind: reform.OwnAnnotation, Date: "2020-01-01", Text: "x", Author: "A"}})
	if err != nil {
		t.Fatal(err)
	}
	if kept[0].Rev == 0 || kept[0].Rev != kept[1].Rev || kept[0].ID == kept[1].ID || kept[0].At.IsZero() {
		t.Errorf("got %+v, want one revision and ids of their own", kept)
	}
	if rev, err := db.LatestRev(ctx); err != nil || rev != kept[0].Rev {
		t.Errorf("newest revision: got %d, %v, want %d", rev, err, kept[0].Rev)
	}
	run, err := db.Begin(ctx, reform.Run{Source: reform.OwnSource, Kind: reform.OwnSource})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Exec(ctx, "INSERT INTO own_entries (id, entry, run) VALUES ('lost', 'note', {run:String})", map[string]any{"run": run.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Fail(ctx, run); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{kept[0].ID, kept[1].ID}, column(t, db, "SELECT id FROM own_entries ORDER BY id", nil)); diff != "" {
		t.Errorf("rows after the sweep (-want +got):\n%s", diff)
	}
}

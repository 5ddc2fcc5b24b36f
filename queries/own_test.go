package queries

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"chiso/reform"
	"chiso/store/storetest"
)

// ownLines writes entries as one line each.
func ownLines(entries []reform.OwnEntry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %s %s %s%s %d %s %s%s", e.Kind, orDash(e.Index), orDash(string(e.Unit)), e.Period, e.Date, e.GoalPlace, orDash(e.GoalScore.String()), e.Office, e.Text)
		if e.Withdrawn {
			b.WriteString(" withdrawn")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestOwnEntries: what users enter is never overwritten, counts together, and an earlier
// state can be asked for by its revision.
func TestOwnEntries(t *testing.T) {
	db := storetest.New(t)
	cat := reform.Default()
	q := New(db, cat)
	ctx := t.Context()
	put := func(entries ...reform.OwnEntry) uint64 {
		t.Helper()
		for i := range entries {
			entries[i].Author = "Nguyễn Văn A"
			entries[i].Entry = cat.OwnKey(entries[i])
			if err := cat.CheckOwn(entries[i]); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := db.PutOwn(ctx, entries)
		if err != nil {
			t.Fatal(err)
		}
		return kept[0].Rev
	}
	target := func(unit reform.UnitKey, year, place int, score string) reform.OwnEntry {
		e := reform.OwnEntry{Kind: reform.OwnTarget, Index: "par", Unit: unit, Period: reform.YearPeriod(year), GoalPlace: place}
		if score != "" {
			e.GoalScore = reform.Num(score)
		}
		return e
	}
	first := put(target("vn63:80", 2020, 10, "85.125"), target("vn63:01", 2020, 3, ""),
		reform.OwnEntry{Kind: reform.OwnOwner, Index: "par", Basis: "2012", Unit: "vn63:80", Component: "7", Office: "Sở Thông tin và Truyền thông"},
		reform.OwnEntry{Kind: reform.OwnAnnotation, Entry: "note-1", Index: "par", Unit: "vn63:80", Date: "2016-03-15", Text: "Ban hành kế hoạch"},
		reform.OwnEntry{Kind: reform.OwnAnnotation, Entry: "note-2", Date: "2017-01-01", Text: "Nghị quyết </script>"})
	if rev, err := q.Rev(ctx); err != nil || rev != first {
		t.Errorf("revision: got %d, %v, want that of the entries, %d", rev, err, first)
	}
	// A change, and a withdrawal; the Hà Nội of 63 and of 34 provinces is one unit.
	withdrawn := reform.OwnEntry{Kind: reform.OwnAnnotation, Entry: "note-1", Index: "par", Unit: "vn63:80", Date: "2016-03-15", Withdrawn: true}
	second := put(target("vn63:80", 2020, 5, ""), target("vn34:01", 2020, 2, ""), withdrawn)
	if second <= first {
		t.Errorf("revisions: got %d after %d, want a higher one", second, first)
	}
	all := map[reform.OwnKind]func(reform.OwnQuestion) ([]reform.OwnEntry, error){
		reform.OwnTarget:     func(o reform.OwnQuestion) ([]reform.OwnEntry, error) { return q.Targets(ctx, o) },
		reform.OwnOwner:      func(o reform.OwnQuestion) ([]reform.OwnEntry, error) { return q.Owners(ctx, o) },
		reform.OwnAnnotation: func(o reform.OwnQuestion) ([]reform.OwnEntry, error) { return q.Annotations(ctx, o) },
	}
	for _, tt := range []struct {
		name string
		kind reform.OwnKind
		ask  reform.OwnQuestion
		want string
	}{
		{"targets now", reform.OwnTarget, reform.OwnQuestion{}, "target par vn34:01 2020 2 - \ntarget par vn63:80 2020 5 - \n"},
		{"targets at the first revision", reform.OwnTarget, reform.OwnQuestion{View: reform.View{Rev: first}}, "target par vn63:01 2020 3 - \ntarget par vn63:80 2020 10 85.125 \n"},
		{"before all", reform.OwnTarget, reform.OwnQuestion{View: reform.View{Rev: first - 1}}, ""},
		{"of a line", reform.OwnTarget, reform.OwnQuestion{Units: []reform.UnitKey{"vn63:01"}}, "target par vn34:01 2020 2 - \n"},
		{"of the unit that took the code", reform.OwnTarget, reform.OwnQuestion{Units: []reform.UnitKey{"vn34:80"}}, ""},
		{"of another index", reform.OwnTarget, reform.OwnQuestion{Index: "pci"}, ""},
		{"of later years", reform.OwnTarget, reform.OwnQuestion{From: reform.YearPeriod(2021).Start()}, ""},
		{"owners", reform.OwnOwner, reform.OwnQuestion{Index: "par", Units: []reform.UnitKey{"vn63:80"}}, "owner par vn63:80  0 - Sở Thông tin và Truyền thông\n"},
		{"annotations now", reform.OwnAnnotation, reform.OwnQuestion{Index: "sipas", Units: []reform.UnitKey{"vn63:72"}}, "annotation - - 2017-01-01 0 - Nghị quyết </script>\n"},
		{"annotations then", reform.OwnAnnotation, reform.OwnQuestion{Index: "par", View: reform.View{Rev: first}}, "annotation par vn63:80 2016-03-15 0 - Ban hành kế hoạch\nannotation - - 2017-01-01 0 - Nghị quyết </script>\n"},
		{"annotations up to a day", reform.OwnAnnotation, reform.OwnQuestion{To: reform.YearPeriod(2016).End(), View: reform.View{Rev: first}}, "annotation par vn63:80 2016-03-15 0 - Ban hành kế hoạch\n"},
	} {
		got, err := all[tt.kind](tt.ask)
		if err != nil || ownLines(got) != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, ownLines(got), err, tt.want)
		}
	}
	history, err := q.OwnHistory(ctx, "note-1", reform.View{})
	if want := "annotation par vn63:80 2016-03-15 0 -  withdrawn\nannotation par vn63:80 2016-03-15 0 - Ban hành kế hoạch\n"; err != nil || ownLines(history) != want {
		t.Errorf("history: got %q, %v, want %q", ownLines(history), err, want)
	}
	if past, err := q.Targets(ctx, reform.OwnQuestion{View: reform.View{AsOf: history[1].At.Add(-1e9)}}); err != nil || len(past) != 0 {
		t.Errorf("as of a second before: got %v, %v, want none", past, err)
	}
	for name, err := range map[string]error{
		"an unknown entry": func() error { _, err := q.OwnHistory(ctx, "nix", reform.View{}); return err }(),
		"an unknown index": func() error { _, err := q.Targets(ctx, reform.OwnQuestion{Index: "nix"}); return err }(),
		"an unknown unit": func() error {
			_, err := q.Owners(ctx, reform.OwnQuestion{Units: []reform.UnitKey{"vn63:99"}})
			return err
		}(),
	} {
		if !errors.Is(err, reform.ErrNotFound) {
			t.Errorf("%s: got %v, want %v", name, err, reform.ErrNotFound)
		}
	}
	if runs, err := q.Runs(ctx, 10, 0); err != nil || len(runs) != 0 {
		t.Errorf("the list of loads: got %v, %v, want none", runs, err)
	}
}

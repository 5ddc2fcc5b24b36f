package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chiso/reform"
)

// fakeOwn keeps entries in memory, the way the store would.
type fakeOwn struct {
	reader *fakeReader
	rows   []reform.OwnEntry
	old    []reform.OwnEntry // counts no more; its history is there
	err    error
}

func (o *fakeOwn) PutOwn(_ context.Context, entries []reform.OwnEntry) ([]reform.OwnEntry, error) {
	if o.err != nil {
		return nil, o.err
	}
	o.reader.rev++
	out := slices.Clone(entries)
	for i := range out {
		out[i].ID, out[i].At, out[i].Rev = fmt.Sprintf("row-%d", len(o.rows)+i), testNow, o.reader.rev
	}
	o.rows = append(o.rows, out...)
	return out, nil
}

func (o *fakeOwn) current(kind reform.OwnKind, q reform.OwnQuestion) []reform.OwnEntry {
	newest := map[string]reform.OwnEntry{}
	for _, e := range o.rows {
		if e.Kind == kind && (q.View.Rev == 0 || e.Rev <= q.View.Rev) {
			newest[e.Entry] = e
		}
	}
	var out []reform.OwnEntry
	for _, e := range newest {
		line := []reform.UnitKey{}
		for _, u := range q.Units {
			line = append(append(line, u), reform.Default().Lineage(u)...)
		}
		if !e.Withdrawn && (q.Index == "" || e.Index == "" || e.Index == q.Index) && (len(q.Units) == 0 || e.On(line)) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b reform.OwnEntry) int { return strings.Compare(a.Date+a.Entry, b.Date+b.Entry) })
	return out
}

func (f *fakeReader) Targets(_ context.Context, q reform.OwnQuestion) ([]reform.OwnEntry, error) {
	return f.own.current(reform.OwnTarget, q), f.check()
}

func (f *fakeReader) Owners(_ context.Context, q reform.OwnQuestion) ([]reform.OwnEntry, error) {
	return f.own.current(reform.OwnOwner, q), f.check()
}

func (f *fakeReader) Annotations(_ context.Context, q reform.OwnQuestion) ([]reform.OwnEntry, error) {
	return f.own.current(reform.OwnAnnotation, q), f.check()
}

func (f *fakeReader) OwnHistory(_ context.Context, entry string, _ reform.View) ([]reform.OwnEntry, error) {
	var out []reform.OwnEntry
	for _, e := range slices.Backward(append(slices.Clone(f.own.old), f.own.rows...)) {
		if e.Entry == entry {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no entry is called %q: %w", entry, reform.ErrNotFound)
	}
	return out, f.check()
}

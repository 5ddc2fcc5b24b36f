package dashboard

import (
	"context"
	"sync"

	"chiso/reform"
)

// ownKey is what is remembered of users' entries: one kind, as one view sees it.
type ownKey struct {
	kind reform.OwnKind
	view reform.View
}

// maxOwnViews bounds how many views of users' entries are remembered.
const maxOwnViews = 60

// ownMemory remembers users' entries as long as no revision is added: every history that is
// drawn asks for them.
type ownMemory struct {
	mu   sync.Mutex
	rev  uint64
	kept map[ownKey][]reform.OwnEntry
}

// ownEntries are the entries of a kind that count in a view, from memory where they were asked for before.
func (s *Server) ownEntries(ctx context.Context, kind reform.OwnKind, view reform.View) ([]reform.OwnEntry, error) {
	rev, err := s.currentRev(ctx)
	if err != nil {
		return nil, err
	}
	m, key := &s.notes, ownKey{kind, view}
	m.mu.Lock()
	if m.rev != rev || len(m.kept) >= maxOwnViews {
		m.rev, m.kept = rev, map[ownKey][]reform.OwnEntry{}
	}
	found, ok := m.kept[key]
	m.mu.Unlock()
	if ok {
		return found, nil
	}
	ask := s.opt.Reader.Annotations
	switch kind {
	case reform.OwnTarget:
		ask = s.opt.Reader.Targets
	case reform.OwnOwner:
		ask = s.opt.Reader.Owners
	}
	if found, err = ask(ctx, reform.OwnQuestion{View: view}); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rev == rev {
		m.kept[key] = found
	}
	return found, nil
}

// ownOf are the entries of a kind about an index and the line of a unit; "" any.
func (s *Server) ownOf(ctx context.Context, kind reform.OwnKind, index string, unit reform.UnitKey, view reform.View) ([]reform.OwnEntry, error) {
	all, err := s.ownEntries(ctx, kind, view)
	if err != nil {
		return nil, err
	}
	var line []reform.UnitKey
	if unit != "" {
		line = append(s.opt.Catalog.Lineage(unit), unit)
	}
	var out []reform.OwnEntry
	for _, e := range all {
		if (index == "" || e.Index == "" || e.Index == index) && (unit == "" || e.On(line)) {
			out = append(out, e)
		}
	}
	return out, nil
}

// ownersOf are the offices in charge of the components of an index' basis at a unit, by the
// component's code. The profile of a unit shows them beside the points that were lost.
func (s *Server) ownersOf(ctx context.Context, index, basis string, unit reform.UnitKey, view reform.View) (map[string]string, error) {
	found, err := s.ownOf(ctx, reform.OwnOwner, index, unit, view)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range found {
		if e.Basis == basis {
			out[e.Component] = e.Office
		}
	}
	return out, nil
}

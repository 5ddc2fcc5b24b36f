package dashboard

import (
	"context"
	"fmt"
	"sync"

	"chiso/reform"
)

// maxLiveTables bounds how many tables are remembered.
const maxLiveTables = 64

// liveMemo remembers live tables as long as nothing new is loaded: the overview and the live page
// of every unit ask for the same one, and with weeks of hourly readings it takes seconds.
type liveMemo struct {
	mu   sync.Mutex
	rev  uint64
	kept map[string]reform.LiveTable
}

// liveTableOf is a live table, from memory where it was asked for before. Nobody changes its rows.
func (s *Server) liveTableOf(ctx context.Context, q reform.LiveQuestion) (reform.LiveTable, error) {
	rev, err := s.currentRev(ctx)
	if err != nil {
		return reform.LiveTable{}, err
	}
	key := fmt.Sprintf("%+v", q)
	if t, ok := s.nows.find(rev, key); ok {
		return t, nil
	}
	// Of those who ask the same at once, one asks the engine and the others wait for that table.
	leave, first := s.flights.enter(fmt.Sprintf("live table %d %s", rev, key), s.opt.RequestTimeout)
	defer leave()
	if !first {
		if t, ok := s.nows.find(rev, key); ok {
			return t, nil
		}
	}
	t, err := s.opt.Reader.Live(ctx, q)
	if err == nil {
		s.nows.keep(rev, key, t)
	}
	return t, err
}

// find is the table of a question, where it is remembered as of the revision.
func (m *liveMemo) find(rev uint64, key string) (reform.LiveTable, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.kept[key]
	return t, ok && m.rev == rev
}

// keep remembers a table; those of an earlier revision are forgotten, and one that comes late is not kept.
func (m *liveMemo) keep(rev uint64, key string, t reform.LiveTable) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rev < m.rev {
		return
	}
	if m.rev != rev || len(m.kept) >= maxLiveTables {
		m.rev, m.kept = rev, map[string]reform.LiveTable{}
	}
	m.kept[key] = t
}

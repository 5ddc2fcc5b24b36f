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
	m, key := &s.nows, fmt.Sprintf("%+v", q)
	m.mu.Lock()
	if m.rev != rev || len(m.kept) >= maxLiveTables {
		m.rev, m.kept = rev, map[string]reform.LiveTable{}
	}
	t, ok := m.kept[key]
	m.mu.Unlock()
	if ok {
		return t, nil
	}
	if t, err = s.opt.Reader.Live(ctx, q); err != nil {
		return t, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rev == rev {
		m.kept[key] = t
	}
	return t, nil
}

package dashboard

import (
	"context"
	"slices"
	"sync"

	"chiso/charts"
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

// addOwn puts users' goals and notes onto a history that is to be drawn. A goal is one for the
// total in the nation; a note concerns every history of its index and unit.
func (s *Server) addOwn(ctx context.Context, in *charts.RankHistoryInput, ix *reform.Index, q reform.RankHistoryQuestion, lang string) error {
	total := q.Component == "" && q.Stage == reform.Official && (q.Scope == "" || q.Scope == reform.ScopeNation)
	told := map[string]bool{}
	for i := range in.Lines {
		line := &in.Lines[i]
		if total {
			goals, err := s.ownOf(ctx, reform.OwnTarget, ix.Code, line.Unit, q.View)
			if err != nil {
				return err
			}
			for _, e := range goals {
				if e.Period.Kind() == line.Kind || line.Kind == "" {
					line.Goals = append(line.Goals, charts.Goal{Period: e.Period, Place: e.GoalPlace, Score: e.GoalScore, Author: e.Author, Entered: local(e.At)})
				}
			}
			slices.SortFunc(line.Goals, func(a, b charts.Goal) int { return a.Period.Compare(b.Period) })
		}
		notes, err := s.ownOf(ctx, reform.OwnAnnotation, ix.Code, line.Unit, q.View)
		if err != nil {
			return err
		}
		for _, e := range notes {
			if told[e.Entry] {
				continue
			}
			told[e.Entry] = true
			day, _ := e.Span()
			a := charts.Annotation{Day: day, Text: e.Text, Author: e.Author, Entered: local(e.At), General: e.Unit == ""}
			if e.Unit != "" && len(in.Lines) > 1 {
				a.About = s.unitName(e.Unit, lang)
			}
			in.Annotations = append(in.Annotations, a)
		}
	}
	return nil
}

package dashboard

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"chiso/reform"
	"chiso/reform/words"
)

// mark says beside a number that sources give it differently.
type mark struct {
	Href, Title string
	Settled     bool
}

// marks are the numbers of a page on which sources differ.
type marks map[reform.NumberKey]mark

// maxDisputes bounds how many answers about conflicts are remembered.
const maxDisputes = 500

// disputes remembers conflicts by what was asked, as long as nothing new is loaded.
type disputes struct {
	mu   sync.Mutex
	rev  uint64
	kept map[reform.ConflictQuestion][]reform.Conflict
}

// disputed are the conflicts of an index and period, or of a unit, from memory where they were asked for before.
func (s *Server) disputed(ctx context.Context, q reform.ConflictQuestion) ([]reform.Conflict, error) {
	rev, err := s.currentRev(ctx)
	if err != nil {
		return nil, err
	}
	d := &s.disputes
	d.mu.Lock()
	if d.rev != rev || len(d.kept) >= maxDisputes {
		d.rev, d.kept = rev, map[reform.ConflictQuestion][]reform.Conflict{}
	}
	found, ok := d.kept[q]
	d.mu.Unlock()
	if ok {
		return found, nil
	}
	if found, err = s.opt.Reader.Conflicts(ctx, q); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rev == rev {
		d.kept[q] = found
	}
	return found, nil
}

// marks are the signs for the numbers that q asks about. A page without its signs is still
// a page: where there are too many to tell, that is logged.
func (s *Server) marks(ctx context.Context, q reform.ConflictQuestion, lang string) (marks, error) {
	found, err := s.disputed(ctx, q)
	switch {
	case errors.Is(err, reform.ErrTooLarge), errors.Is(err, reform.ErrNotFound):
		s.log.WarnContext(ctx, "conflicts not marked", "index", q.Index, "unit", q.Unit, "period", q.Period, "error", err)
		return nil, nil
	case err != nil:
		return nil, err
	}
	m := make(marks, len(found))
	for _, f := range found {
		one := mark{Href: numberHref(f.Number()), Title: words.T(lang, "mark.open")}
		if !f.Open() {
			one.Settled, one.Title = true, words.T(lang, "mark.settled", "author", f.Settled.Author)
		}
		m[f.Number()] = one
	}
	return m, nil
}

// number is the mark of one number; nil where sources agree.
func (m marks) number(k reform.NumberKey) *mark {
	if one, ok := m[k]; ok {
		return &one
	}
	return nil
}

// place and score are the marks of a value of the index.
func (m marks) place(index string, unit reform.UnitKey, p reform.Period, basis, component, scope string) *mark {
	return m.number(reform.NumberKey{Index: index, Basis: basis, Unit: unit, Period: p, Component: component, Scope: cmp.Or(scope, reform.ScopeNation), Measure: reform.MeasurePlace})
}

func (m marks) score(index string, unit reform.UnitKey, p reform.Period, basis, component string) *mark {
	return m.number(reform.NumberKey{Index: index, Basis: basis, Unit: unit, Period: p, Component: component, Measure: reform.MeasureScore})
}

// either is the mark of a point's place, else of its score.
func (m marks) either(index string, pt reform.RankPoint) *mark {
	if one := m.place(index, pt.Unit, pt.Period, pt.Basis, "", pt.Scope); one != nil {
		return one
	}
	return m.score(index, pt.Unit, pt.Period, pt.Basis, "")
}

// numberHref is the page on which sources that differ about a number are compared, and it is decided.
func numberHref(k reform.NumberKey) string {
	return "/conflicts/number?" + values("index", k.Index, "unit", string(k.Unit), "period", k.Period.String(), "component", k.Component, "basis", k.Basis,
		"stage", string(k.Stage), "scope", k.Scope, "measure", k.Measure).Encode()
}

// disputedLink leads to a total on which sources differ.
type disputedLink struct {
	Text string
	Mark mark
}

// disputedTotals are the totals of an index on which sources differ, the newest period first.
func disputedTotals(m marks, ix *reform.Index, lang string) []disputedLink {
	keys := make([]reform.NumberKey, 0, len(m))
	for k := range m {
		if k.Index == ix.Code && k.Component == "" && k.Stage == reform.Official {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b reform.NumberKey) int {
		return cmp.Or(b.Period.Compare(a.Period), strings.Compare(a.Measure, b.Measure), strings.Compare(a.Scope, b.Scope), strings.Compare(string(a.Unit), string(b.Unit)), strings.Compare(a.Basis, b.Basis))
	})
	var out []disputedLink
	for _, k := range keys {
		out = append(out, disputedLink{Text: periodName(k.Period, lang) + " (" + strings.ToLower(words.T(lang, "measure."+measureOr(k.Measure))) + ")", Mark: m[k]})
	}
	return out
}

// markLeagueRow sets the signs of the numbers on which sources differ.
func markLeagueRow(row *leagueRow, signs marks, l *reform.League, r reform.Standing, q reform.LeagueQuestion, codes []string) {
	if len(signs) == 0 || q.Stage != reform.Official {
		return
	}
	row.PlaceMark = signs.place(l.Index, r.Unit, l.Period, r.Basis, q.Component, reform.ScopeNation)
	if row.PlaceMark == nil && l.Scope != reform.ScopeNation {
		row.PlaceMark = signs.place(l.Index, r.Unit, l.Period, r.Basis, q.Component, l.Scope)
	}
	row.ScoreMark = signs.score(l.Index, r.Unit, l.Period, r.Basis, q.Component)
	for i, code := range codes {
		row.Cells[i].Mark = signs.score(l.Index, r.Unit, l.Period, r.Basis, code)
	}
}

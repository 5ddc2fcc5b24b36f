package dashboard

import (
	"cmp"
	"context"
	"slices"

	"chiso/reform"
)

// peerGroup is a reason to compare with some units.
type peerGroup struct {
	Name  string
	Units []Link
}

// besideInRegion proposes whom to compare a unit with where nobody has chosen: itself and the
// next province of its region by official code, which are counted from neighbour to neighbour.
func (s *Server) besideInRegion(k reform.UnitKey) []reform.UnitKey {
	for _, r := range s.opt.Catalog.RegionsOf(k) {
		members := s.opt.Catalog.Members(r)
		slices.Sort(members)
		at := slices.Index(members, k)
		if at < 0 || len(members) < 2 {
			continue
		}
		if at+1 < len(members) {
			return []reform.UnitKey{k, members[at+1]}
		}
		return []reform.UnitKey{k, members[at-1]}
	}
	return []reform.UnitKey{k}
}

// nearest is how many units above and below the reference are proposed.
const nearest = 2

// comparePeers proposes units to add: of the same region, nearest in the newest complete
// edition, and of the same group of the user's own catalogue.
func (s *Server) comparePeers(ctx context.Context, v *compareView, st compareState) error {
	first := st.units[0]
	full := len(st.units) >= mostCompared
	add := func(name string, keys []reform.UnitKey) {
		g := peerGroup{Name: name}
		for _, k := range keys {
			if slices.Contains(st.units, k) {
				continue
			}
			g.Units = append(g.Units, Link{Href: st.href(append(slices.Clone(st.units), k)), Text: s.unitName(k, v.Lang)})
		}
		if len(g.Units) > 0 && !full {
			v.Peers = append(v.Peers, g)
		}
	}
	if full {
		v.PeerNote = v.T("compare.full", "n", mostCompared)
		return nil
	}
	near, edition, err := s.nearestInRank(ctx, st, first)
	if err != nil {
		return err
	}
	if len(near) > 0 {
		add(v.T("compare.peers.rank", "edition", periodName(edition, v.Lang)), near)
	} else {
		v.PeerNote = v.T("compare.peers.norank", "index", st.ix.Short.In(v.Lang))
	}
	for _, r := range s.opt.Catalog.RegionsOf(first) {
		add(v.T("compare.peers.region", "region", s.unitName(r, v.Lang)), s.opt.Catalog.Members(r))
		break // the second division of regions repeats most of the first
	}
	for _, g := range s.opt.Catalog.GroupsOf(first) {
		add(v.T("compare.peers.group", "group", g.Name.In(v.Lang)), g.Units)
	}
	return nil
}

// nearestInRank is who stands next above and below a unit in the newest edition of which
// all units are known; nobody where there is no such edition with the unit in it.
func (s *Server) nearestInRank(ctx context.Context, st compareState, k reform.UnitKey) ([]reform.UnitKey, reform.Period, error) {
	eds, err := s.editionsFor(ctx, st.ix.Code, st.view)
	if err != nil {
		return nil, reform.Period{}, err
	}
	for _, e := range eds {
		if e.UnitType != reform.Province || e.Scope != reform.ScopeNation || e.Period.Kind() != reform.Year || e.Scheme != k.Scheme() || !e.Coverage.Complete() {
			continue
		}
		l, err := s.opt.Reader.Ranking(ctx, reform.LeagueQuestion{Index: st.ix.Code, Period: e.Period, Scheme: e.Scheme, Basis: e.Basis, Scope: reform.ScopeNation, View: st.view})
		if err != nil {
			return nil, reform.Period{}, err
		}
		rows := slices.DeleteFunc(slices.Clone(l.Rows), func(r reform.Standing) bool { return r.Place == 0 })
		slices.SortStableFunc(rows, func(a, b reform.Standing) int { return cmp.Compare(a.Place, b.Place) })
		at := slices.IndexFunc(rows, func(r reform.Standing) bool { return r.Unit == k })
		if at < 0 {
			continue
		}
		var out []reform.UnitKey
		for i := max(0, at-nearest); i < len(rows) && i <= at+nearest; i++ {
			if i != at {
				out = append(out, rows[i].Unit)
			}
		}
		return out, e.Period, nil
	}
	return nil, reform.Period{}, nil
}

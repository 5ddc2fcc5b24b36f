package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// expected is how many units a list of places must have: what the document prints, else
// what the catalogue knows; 0 unknown.
func (c *Checker) expected(s *statement, k listKey, list []placed) int {
	n := 0
	for _, p := range list {
		if p.printed {
			n = max(n, p.of)
		}
	}
	if n > 0 || s.unitType != reform.Province {
		return n
	}
	if k.scope != reform.ScopeNation {
		return len(c.Catalog.Members(reform.UnitKey(k.scope)))
	}
	return c.edition(s)
}

// edition is how many provinces the edition of s has, as far as the catalogue knows it.
func (c *Checker) edition(s *statement) int {
	if s.unitType != reform.Province {
		return 0
	}
	if ed, ok := c.Catalog.Edition(s.index, s.period); ok && (ed.Basis == "" || s.basis == "" || ed.Basis == s.basis) {
		return ed.Of
	}
	if live[s.index] && len(s.units) > 0 {
		return len(c.Catalog.Units(s.units[0].Scheme(), reform.Province))
	}
	return 0
}

// checkPlaces looks whether the places of a list that is meant to be whole are 1 to N, with
// ties sharing one. The press names four of 63 places, which is no mistake.
func (c *Checker) checkPlaces(s *statement, k listKey, f *findings) {
	list := slices.Clone(s.lists[k])
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.unit, b.unit)) })
	n := c.expected(s, k, list)
	whole := max(n, list[len(list)-1].place)
	if len(list) < 3 || float64(len(list)) < nearlyAll*float64(whole) {
		return
	}
	what := c.what(s, k.component)
	if n > 0 && len(list) != n {
		f.add(s.row(RankCount, "", k.component,
			fmt.Sprintf("%s: xếp hạng trong %d đơn vị nhưng có %d đơn vị có hạng.", what.VI, n, len(list)),
			fmt.Sprintf("%s: places among %d units, but %d units have a place.", what.EN, n, len(list)),
			strconv.Itoa(n), strconv.Itoa(len(list))))
	}
	var missing, crowded []string
	have := map[int]bool{}
	for _, p := range list {
		have[p.place] = true
	}
	dense := true // 1, 2, 2, 3: ties that push nobody down
	distinct := 0
	for i := 0; i < len(list); {
		end := i + 1
		for end < len(list) && list[end].place == list[i].place {
			end++
		}
		distinct++
		dense = dense && list[i].place == distinct
		if list[i].place < i+1 {
			crowded = append(crowded, strconv.Itoa(list[i].place))
		}
		i = end
	}
	covered := 0 // up to where ties account for the places that nobody has
	for i, p := range list {
		if p.place > i+1 && p.place > covered+1 {
			for q := max(covered, i) + 1; q < p.place; q++ {
				if !have[q] {
					missing = append(missing, strconv.Itoa(q))
				}
			}
		}
		covered = max(covered, p.place, i+1)
	}
	if n > 0 && len(list) == n-1 && len(missing) == 0 && covered == n-1 {
		missing = append(missing, strconv.Itoa(n))
	}
	if len(missing) > 0 {
		f.add(s.row(RankHoles, "", k.component,
			fmt.Sprintf("%s: không đơn vị nào có hạng %s.", what.VI, strings.Join(missing, ", ")),
			fmt.Sprintf("%s: nobody has place %s.", what.EN, strings.Join(missing, ", ")), missing...))
	}
	if len(crowded) > 0 && !dense {
		f.add(s.row(RankHoles, "", k.component,
			fmt.Sprintf("%s: hạng %s không khớp với số đơn vị đồng hạng đứng trước.", what.VI, strings.Join(crowded, ", ")),
			fmt.Sprintf("%s: place %s does not follow from the ties before it.", what.EN, strings.Join(crowded, ", ")), crowded...))
	}
}

// checkUnits looks whether nearly all units have a total and some have none.
func (c *Checker) checkUnits(s *statement, f *findings) {
	n := c.edition(s)
	if n == 0 || s.stage != "" {
		return
	}
	have := map[reform.UnitKey]bool{}
	for u, scores := range s.scores {
		if _, ok := scores[""]; ok {
			have[u] = true
		}
	}
	if len(have) >= n || float64(len(have)) < nearlyAll*float64(n) {
		return
	}
	var names []string
	if units := c.Catalog.Units(s.units[0].Scheme(), reform.Province); len(units) == n {
		for _, u := range units {
			if !have[u.Key] {
				names = append(names, c.Catalog.NameIn(u.Key, s.period))
			}
		}
	}
	who := ""
	if len(names) > 0 {
		who = ": " + strings.Join(names, ", ")
	}
	what := c.what(s, "")
	f.add(s.row(UnitsMissing, "", "",
		fmt.Sprintf("%s: có điểm của %d trong %d đơn vị; thiếu %d%s.", what.VI, len(have), n, n-len(have), who),
		fmt.Sprintf("%s: scores of %d of %d units; %d are missing%s.", what.EN, len(have), n, n-len(have), who),
		strconv.Itoa(len(have)), strconv.Itoa(n)))
}

// checkOrder looks whether a better place has a lower score in the same document.
func (c *Checker) checkOrder(s *statement, k listKey, f *findings) {
	list := slices.Clone(s.lists[k])
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.unit, b.unit)) })
	var found []reform.CheckRow
	worst := -1 // the lowest score among all better places
	for i := 0; i < len(list); {
		end := i + 1
		for end < len(list) && list[end].place == list[i].place {
			end++
		}
		low := -1
		for j := i; j < end; j++ {
			score, ok := s.scores[list[j].unit][k.component]
			if !ok {
				continue
			}
			if worst >= 0 {
				better := s.scores[list[worst].unit][k.component]
				if score.GreaterThan(better) {
					a, b := list[worst], list[j]
					what := c.what(s, k.component)
					found = append(found, s.row(PlaceVsScore, b.unit, k.component,
						fmt.Sprintf("%s: %s hạng %d với %s điểm, đứng sau %s hạng %d với %s điểm.", what.VI, c.name(s, b.unit), b.place, s.vi(score), c.name(s, a.unit), a.place, s.vi(better)),
						fmt.Sprintf("%s: %s has place %d with %s, behind %s at place %d with %s.", what.EN, c.name(s, b.unit), b.place, s.en(score), c.name(s, a.unit), a.place, s.en(better)),
						score.String(), better.String()))
				}
			}
			if low < 0 || score.LessThan(s.scores[list[low].unit][k.component]) {
				low = j
			}
		}
		if low >= 0 && (worst < 0 || s.scores[list[low].unit][k.component].LessThan(s.scores[list[worst].unit][k.component])) {
			worst = low
		}
		i = end
	}
	f.some(found, maxPerList)
}

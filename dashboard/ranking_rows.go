package dashboard

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

func (s *Server) fillLeague(v *rankingView, ix *reform.Index, l *reform.League, page url.Values, q reform.LeagueQuestion, chosen []reform.UnitKey, eds []reform.EditionInfo, signs marks) error {
	lang := v.Lang
	v.Schemes = schemeOptions(eds, l, lang)
	v.Heatmap = heatmapLink(lang, q, l)
	for _, name := range []string{"component", "type", "basis", "stage", "sort", "parts", "layout", "show", "unit"} {
		if at := page.Get(name); at != "" {
			v.Hidden = append(v.Hidden, option{Value: at, Text: name})
		}
	}
	v.Coverage = coverageText(l.Coverage, l.UnitType, lang)
	if !l.Coverage.Complete() {
		v.Incomplete = v.T("ranking.incomplete")
	}
	for _, e := range eds {
		if e.Period == l.Period && e.Basis == l.Basis && e.UnitType == l.UnitType && e.Provisional {
			at := newestStanding(l)
			if at.IsZero() {
				at = e.Latest // totals are missing or final, only components are not
			}
			v.Provisional = v.T("ranking.provisional", "day", day(local(at), lang))
		}
	}
	v.HasScope = l.Scope != "" && l.Scope != reform.ScopeNation
	v.ScopeName = s.scopeName(l.Scope, lang)
	v.Caption = v.T("ranking.caption", "index", ix.Short.In(lang), "period", periodName(l.Period, lang), "scope", v.ScopeName)
	codes := mainComponents(ix, l)
	if shown := wellKnown(l, codes, page.Get("sort")); len(shown) < len(codes) && page.Get("parts") == "" {
		all := cloneValues(page)
		all.Set("parts", "all")
		v.AllParts = Link{Href: v.Form.Action + "?" + all.Encode(), Text: v.T("ranking.allparts", "n", len(codes)-len(shown))}
		codes = shown
	}
	known := 0
	kind := commonKind(l)
	if counted(kind) {
		v.Kind = v.T("ranking." + string(kind))
	}
	for _, r := range l.Rows {
		row := s.leagueRow(ix, l, r, codes, lang)
		if kind != "" {
			row.RankKind = ""
		}
		row.Mine = slices.Contains(chosen, r.Unit)
		if q.Component != "" {
			row.PlaceHref = trailHref(l.Index, r.Unit, l.Period, q.Component)
		}
		markLeagueRow(&row, signs, l, r, q, codes)
		if row.starred() {
			v.Star = v.T("ranking.star")
		}
		v.HasMoves = v.HasMoves || row.Move.Arrow != ""
		if len(r.Components) > 0 {
			known++
		}
		v.Rows = append(v.Rows, row)
	}
	if !l.Prev.IsZero() && v.HasMoves {
		v.Against = v.T("ranking.against", "period", periodName(l.Prev, lang))
	}
	if known > 0 && known < len(l.Rows) {
		v.ComponentsKnown = v.T("ranking.components", "n", known, "of", len(l.Rows))
	}
	for _, row := range v.Rows {
		if row.Mine {
			v.Pinned = append(v.Pinned, row)
		}
	}
	if v.Form.Find != "" {
		all := len(v.Rows)
		v.Rows = found(v.Rows, v.Form.Find)
		v.Found = v.T("ranking.found", "n", len(v.Rows), "of", all)
		reset := cloneValues(page)
		reset.Del("find")
		v.Form.Reset = v.Form.Action + "?" + reset.Encode()
	}
	return s.leagueColumns(v, ix, l, codes, page)
}

// commonKind is the way in which all places of a table came about; "" where they differ.
func commonKind(l *reform.League) reform.RankKind {
	var kind reform.RankKind
	for _, r := range l.Rows {
		if r.Place == 0 {
			continue
		}
		if kind != "" && r.RankKind != kind {
			return ""
		}
		kind = r.RankKind
	}
	return kind
}

// mainComponents are the first-level components of the main breakdown that any row has.
func mainComponents(ix *reform.Index, l *reform.League) []string {
	var out []string
	for _, code := range componentCodes(l) {
		if c, ok := componentOf(ix, l.Basis, code); ok && (c.Breakdown != "" || c.Parent != "") {
			continue
		}
		out = append(out, code)
	}
	return out
}

// counted reports whether a place is none that a source printed.
func counted(kind reform.RankKind) bool { return kind == reform.Computed || kind == reform.Derived }

// starred reports whether a place of the row bears the mark that the page explains.
func (r *leagueRow) starred() bool {
	return r.RankKind != "" || strings.HasSuffix(r.ScopePlace, "*") ||
		slices.ContainsFunc(r.Cells, func(c leagueCell) bool { return strings.HasSuffix(c.Place, "*") })
}

// wellKnown are the components of which more than a few units' scores are known: a column of dashes tells
// nothing and takes the room of those that do. The one that the table is sorted by stays.
func wellKnown(l *reform.League, codes []string, sortBy string) []string {
	const few = 5 // one row in so many
	known := map[string]int{strings.TrimPrefix(sortBy, "-"): len(l.Rows)}
	for _, r := range l.Rows {
		for _, c := range r.Components {
			if c.Score.Valid {
				known[c.Component]++
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool { return known[code]*few < len(l.Rows) })
}

func (s *Server) leagueRow(ix *reform.Index, l *reform.League, r reform.Standing, codes []string, lang string) leagueRow {
	decimals := max(ix.Decimals, 2)
	row := leagueRow{
		Unit: s.standingName(l, r, lang), Key: string(r.Unit), Href: s.unitHref(r.Unit), Place: placeOf(r.Place, r.Of), PlaceKey: orEmpty(r.Place),
		PlaceHref: trailHref(l.Index, r.Unit, l.Period, ""), Score: short(r.Score, decimals, lang), Exact: number(r.Score, lang), ScoreKey: r.Score.String(),
		ScopePlace: placeOf(r.ScopePlace, r.ScopeOf), ScopeKey: orEmpty(r.ScopePlace),
	}
	if r.Place > 0 && counted(r.RankKind) {
		row.RankKind = words.T(lang, "rank_kind."+string(r.RankKind))
	}
	if r.ScopePlace > 0 && counted(r.ScopeRankKind) {
		row.ScopePlace += "*"
	}
	if row.Href != "" {
		row.Href += "?index=" + url.QueryEscape(ix.Code)
	}
	if r.PrevOf == r.Of || r.PrevOf == 0 {
		row.Move = move(r.Place, r.PrevPlace, r.PrevPeriod, r.AcrossBreak, lang)
	}
	if row.Move.Arrow != "" {
		row.MoveKey = fmt.Sprint(r.PrevPlace - r.Place)
	}
	if !r.AcrossBreak {
		row.Points = points(r.Score, r.PrevScore, decimals, lang)
	}
	for _, code := range codes {
		cell := leagueCell{Text: missing}
		for _, cs := range r.Components {
			if cs.Component != code || !cs.Score.Valid {
				continue
			}
			cell = leagueCell{Text: short(cs.Score, 2, lang), Key: cs.Score.String(), Title: scoreOf(cs.Score, cs.Max, lang), Shade: shade(cs.Score, cs.Max),
				Href: trailHref(l.Index, r.Unit, l.Period, code)}
			if cs.Place > 0 {
				cell.Place = placeOf(cs.Place, cs.Of)
				if counted(cs.RankKind) {
					cell.Place += "*"
				}
			}
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// leagueColumns names the columns and sorts the rows by the one that is asked for.
func (s *Server) leagueColumns(v *rankingView, ix *reform.Index, l *reform.League, codes []string, page url.Values) error {
	lang, sortBy := v.Lang, v.Form.Sort
	type column struct {
		key, label, class string
		value             func(leagueRow) string
		ascending, text   bool
	}
	cols := []column{{key: "place", label: v.T("col.place"), class: "n", ascending: true, value: func(r leagueRow) string { return r.PlaceKey }}}
	if v.HasMoves {
		cols = append(cols, column{key: "move", label: v.T("col.move"), class: "n", value: func(r leagueRow) string { return r.MoveKey }})
	}
	if v.HasScope {
		cols = append(cols, column{key: "scope", label: v.T("col.inscope"), class: "n", ascending: true, value: func(r leagueRow) string { return r.ScopeKey }})
	}
	cols = append(cols,
		column{key: "unit", label: v.T("col.unit"), class: "unit", ascending: true, text: true, value: func(r leagueRow) string { return viet.Key(r.Unit) }},
		column{key: "score", label: v.T("col.total"), class: "n", value: func(r leagueRow) string { return r.ScoreKey }})
	for i, code := range codes {
		cols = append(cols, column{key: code, label: componentName(ix, l.Basis, code, lang), class: "n comp", value: func(r leagueRow) string { return r.Cells[i].Key }})
	}
	key, reverse := strings.CutPrefix(sortBy, "-")
	found := sortBy == ""
	for _, col := range cols {
		lc := leagueColumn{Label: col.label, Title: col.label, Class: col.class}
		if col.ascending {
			lc.First = "ascending"
		}
		next := col.key
		if col.key == key && !reverse {
			next = "-" + col.key
		}
		to := cloneValues(page)
		to.Set("sort", next)
		lc.Href = v.Form.Action + "?" + to.Encode()
		if col.key == key {
			found = true
			up := col.ascending != reverse
			lc.Sort = map[bool]string{true: "ascending", false: "descending"}[up]
			sortRows(v.Rows, col.value, up, col.text)
			if i := slices.Index(codes, key); i >= 0 {
				for _, rows := range [][]leagueRow{v.Rows, v.Pinned} {
					for _, r := range rows {
						r.Cells[i].Sorted = true
					}
				}
			}
		} else if sortBy == "" && col.key == "place" {
			lc.Sort = "ascending"
		}
		v.Columns = append(v.Columns, lc)
	}
	if !found {
		return invalid("sort", "%q is no column of this table", clip(key, 40))
	}
	return nil
}

// sortRows sorts by a column's key; rows without a value stay last either way.
func sortRows(rows []leagueRow, key func(leagueRow) string, up, text bool) {
	slices.SortStableFunc(rows, func(a, b leagueRow) int {
		x, y := key(a), key(b)
		if x == "" || y == "" {
			return cmp.Compare(min(len(y), 1), min(len(x), 1))
		}
		n := 0
		if text {
			n = strings.Compare(x, y)
		} else {
			n = reform.Num(x).Decimal.Cmp(reform.Num(y).Decimal)
		}
		if !up {
			n = -n
		}
		return n
	})
}

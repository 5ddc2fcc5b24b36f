package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"chiso/reform"
	"chiso/reform/viet"
)

// liveTableView is the table of one type of unit.
type liveTableView struct {
	ID, Title, Caption string
	Coverage           string
	Incomplete         string
	NoBefore           string // of which earlier days nothing is known
	Columns            []leagueColumn
	Days               []bool // which of the three earlier days have a column
	HasPublished       bool
	Rows               []liveRowView
	Search             *liveSearch
	Pager              []Link
	Shown              string
	Lowest             []liveLow
	LowestTitle        string
	LowestNone         string
	Revised            string // says that rows bear a mark, and what it means
	HasParts           bool
}

// liveSearch finds units of a long table by name.
type liveSearch struct {
	Text, Label, Button string
	Hidden              []hiddenField
	Found, All          string // what was found, and the address of all rows
}

type liveLow struct {
	Unit, Href, Score, Place string
	ScoreHref                string
}

type liveRowView struct {
	Key, Unit, Href          string
	Place, PlaceKey          string
	Published, PublishedHref string
	Score, ScoreKey, Exact   string
	ScoreHref                string
	Status                   string
	Mark                     *mark
	Days                     []liveDelta
	Groups                   []liveCell
	Parts                    []livePartView
	Revised                  *liveRevisedView
	Mine                     bool
}

type liveDelta struct {
	movement
	Key string
}

type liveCell struct {
	Text, Key, Title, Href string
	Value, Max             string
	Mark                   *mark
	Revised                *liveRevisedView
}

type livePartView struct {
	Name, Text, Href string
	Parts            []livePartView
}

type liveRevisedView struct{ Text, Href string }

const (
	livePage   = 100
	lowestRows = 10
	searchFrom = 12 // rows from which a table has a box to find units in
)

// liveTable is a table of the page, sorted, searched and paged as the address wants.
func (s *Server) liveTable(b Base, ix *reform.Index, q liveQuery, t *reform.LiveTable, signs marks) liveTableView {
	lang := b.Lang
	units := b.T("live.type." + string(t.UnitType))
	v := liveTableView{ID: "live-" + string(t.UnitType), Coverage: coverageText(t.Coverage, t.UnitType, lang)}
	v.Title = b.T("live.table", "units", units, "period", periodName(t.Period, lang))
	v.Caption = v.Title + ", " + liveBasisName(ix, t.Basis, lang)
	if t.Parent != "" {
		v.Caption = s.unitName(t.Parent, lang) + ": " + v.Caption
	}
	if !t.Complete {
		v.Incomplete = b.T("live.incomplete", "n", t.Coverage.WithScore, "of", t.Coverage.Of)
	}
	var groups []string
	for _, c := range s.liveGroups(ix, t) {
		groups = append(groups, c.Code)
	}
	rows := s.liveRows(b, ix, q, t, groups, signs)
	s.liveColumns(&v, b, ix, q, t, groups, rows)
	for _, r := range rows {
		v.HasPublished = v.HasPublished || r.Published != ""
		v.HasParts = v.HasParts || len(r.Parts) > 0
		if r.Revised != nil || slices.ContainsFunc(r.Groups, func(c liveCell) bool { return c.Revised != nil }) {
			v.Revised = b.T("live.revised.note")
		}
	}
	s.liveLowest(&v, b, t)
	s.livePaged(&v, b, q, rows)
	return v
}

// liveGroups are the groups of which a score is in the table, in the catalogue's order.
func (s *Server) liveGroups(ix *reform.Index, t *reform.LiveTable) []*reform.Component {
	return slices.DeleteFunc(s.opt.Catalog.Components(ix.Code, t.Basis, "", ""), func(c *reform.Component) bool {
		return !slices.ContainsFunc(t.Rows, func(r reform.LiveRow) bool {
			return slices.ContainsFunc(r.Groups, func(g reform.LivePart) bool { return g.Component == c.Code && g.Score.Valid })
		})
	})
}

func (s *Server) liveRows(b Base, ix *reform.Index, q liveQuery, t *reform.LiveTable, groups []string, signs marks) []liveRowView {
	lang := b.Lang
	rows := make([]liveRowView, 0, len(t.Rows))
	for _, r := range t.Rows {
		row := liveRowView{
			Key: string(r.Unit), Unit: s.liveName(r, t.Period, lang), Mine: r.Unit == q.unit,
			Place: placeOf(r.Total.Place, r.Total.Of), PlaceKey: orEmpty(r.Total.Place),
			Score: short(r.Total.Score, 2, lang), ScoreKey: r.Total.Score.String(), Exact: number(r.Total.Score, lang),
			ScoreHref: trailHref(ix.Code, r.Unit, t.Period, ""), Mark: signs.score(ix.Code, r.Unit, t.Period, t.Basis, ""),
			Days: make([]liveDelta, 3),
		}
		if !r.Total.Score.Valid {
			row.ScoreHref = ""
		}
		row.Href = s.belowHref(r.Unit)
		if t.UnitType == reform.Province {
			row.Href = withQueryOf("/live", liveQuery{unit: r.Unit, kind: q.kind, period: q.period, basis: q.basis, view: q.view}.values())
		}
		if r.Published > 0 {
			row.Published, row.PublishedHref = placeOf(r.Published, r.PublishedOf), trailHref(ix.Code, r.Unit, t.Period, "")
		}
		if r.Total.Status == reform.Final && t.Provisional {
			row.Status = b.T("status.final")
		}
		for i, was := range []reform.LivePast{r.Total.Yesterday, r.Total.Week, r.Total.MonthEnd} {
			m := liveChange(r.Total.Score, was, liveDays(t)[i], lang)
			row.Days[i].movement = m
			if m.Arrow != "" {
				row.Days[i].Key = r.Total.Score.Decimal.Sub(was.Score.Decimal).String()
				if p := livePlaceMove(r.Total.Place, r.Total.Of, was, liveDays(t)[i], lang); p.Arrow != "" {
					row.Days[i].Words += "; " + p.Words
				}
			}
		}
		row.Revised = liveRevised(b, ix, r.Unit, t, "", r.Total.Revised)
		for _, code := range groups {
			row.Groups = append(row.Groups, s.liveCell(b, ix, t, r, code, signs))
		}
		row.Parts = s.liveParts(ix, t, r.Unit, r.Groups, lang)
		rows = append(rows, row)
	}
	return rows
}

func (s *Server) liveCell(b Base, ix *reform.Index, t *reform.LiveTable, r reform.LiveRow, code string, signs marks) liveCell {
	cell := liveCell{Text: missing}
	i := slices.IndexFunc(r.Groups, func(g reform.LivePart) bool { return g.Component == code })
	if i < 0 || !r.Groups[i].Score.Valid {
		return cell
	}
	g := r.Groups[i]
	cell = liveCell{
		Text: short(g.Score, 2, b.Lang), Key: g.Score.String(), Href: trailHref(ix.Code, r.Unit, t.Period, code),
		Title: scoreOf(g.Score, g.Max, b.Lang), Mark: signs.score(ix.Code, r.Unit, t.Period, t.Basis, code),
		Revised: liveRevised(b, ix, r.Unit, t, code, g.Revised),
	}
	if m := liveChange(g.Score, g.Yesterday, t.Yesterday, b.Lang); m.Arrow != "" {
		cell.Title += ", " + m.Words
	}
	if g.Max.Valid && g.Max.Decimal.IsPositive() {
		cell.Value, cell.Max = g.Score.String(), g.Max.String()
	}
	return cell
}

// liveParts are the groups of a unit with their criteria; none where no criterion is known.
func (s *Server) liveParts(ix *reform.Index, t *reform.LiveTable, unit reform.UnitKey, groups []reform.LivePart, lang string) []livePartView {
	if !slices.ContainsFunc(groups, func(g reform.LivePart) bool { return len(g.Parts) > 0 }) {
		return nil
	}
	var out []livePartView
	for _, g := range groups {
		v := livePartView{Name: componentName(ix, t.Basis, g.Component, lang), Text: scoreOf(g.Score, g.Max, lang)}
		if g.Score.Valid {
			v.Href = trailHref(ix.Code, unit, t.Period, g.Component)
		}
		for _, p := range g.Parts {
			v.Parts = append(v.Parts, livePartView{
				Name: componentName(ix, t.Basis, p.Component, lang), Text: scoreOf(p.Score, p.Max, lang), Href: trailHref(ix.Code, unit, t.Period, p.Component),
			})
		}
		out = append(out, v)
	}
	return out
}

// livePageOf is where a name of the page leads: a province to its own live page, others to theirs.
func (s *Server) livePageOf(k reform.UnitKey) string {
	if href := s.belowHref(k); href != "" {
		return href
	}
	return liveHref(k, reform.Period{}, "", "")
}

// liveRevised says what a closed period's value was before the portal changed it; the trail has all of it.
func liveRevised(b Base, ix *reform.Index, unit reform.UnitKey, t *reform.LiveTable, component string, r *reform.LiveRevision) *liveRevisedView {
	if r == nil {
		return nil
	}
	return &liveRevisedView{
		Text: b.T("live.revised", "before", short(r.Before, 2, b.Lang), "after", short(r.After, 2, b.Lang), "day", day(local(r.At), b.Lang)),
		Href: trailHref(ix.Code, unit, t.Period, component),
	}
}

// liveDays are the days that a table is compared with.
func liveDays(t *reform.LiveTable) [3]time.Time {
	return [3]time.Time{t.Yesterday, t.Week, t.MonthEnd}
}

// liveColumns names the columns and sorts the rows by the one that is asked for.
func (s *Server) liveColumns(v *liveTableView, b Base, ix *reform.Index, q liveQuery, t *reform.LiveTable, groups []string, rows []liveRowView) {
	type column struct {
		key, label, title, class string
		value                    func(*liveRowView) string
		ascending, text          bool
	}
	cols := []column{
		{key: "place", label: b.T("live.col.place"), title: b.T("live.col.place.title"), class: "n", ascending: true, value: func(r *liveRowView) string { return r.PlaceKey }},
		{key: "unit", label: b.T("col.unit"), ascending: true, text: true, value: func(r *liveRowView) string { return r.Unit }},
		{key: "score", label: b.T("col.total"), class: "n", value: func(r *liveRowView) string { return r.ScoreKey }},
	}
	v.Days = make([]bool, 3)
	var unknown []string
	for i, at := range liveDays(t) {
		for _, r := range rows {
			v.Days[i] = v.Days[i] || r.Days[i].Arrow != ""
		}
		if !v.Days[i] {
			unknown = append(unknown, day(at, b.Lang))
			continue
		}
		key := []string{"day", "week", "month"}[i]
		cols = append(cols, column{key: key, label: b.T("live.col."+key, "day", at.Format("02/01")), title: b.T("since", "period", day(at, b.Lang)), class: "n", value: func(r *liveRowView) string { return r.Days[i].Key }})
	}
	if len(unknown) > 0 {
		v.NoBefore = b.T("live.nobefore.all", "days", strings.Join(unknown, ", "))
	}
	for i, code := range groups {
		label := componentName(ix, t.Basis, code, b.Lang)
		if c, ok := componentOf(ix, t.Basis, code); ok && c.Max.Valid {
			label += " /" + number(c.Max, b.Lang)
		}
		cols = append(cols, column{key: code, label: label, class: "n comp", value: func(r *liveRowView) string { return r.Groups[i].Key }})
	}
	key, reverse := strings.CutPrefix(q.sort, "-")
	for _, col := range cols {
		c := leagueColumn{Label: col.label, Title: cmp.Or(col.title, col.label), Class: col.class}
		next := col.key
		if col.key == key && !reverse {
			next = "-" + col.key
		}
		c.Href = q.href(func(o *liveQuery) { o.sort = next })
		if col.key == key {
			ascending := col.ascending != reverse
			c.Sort = map[bool]string{true: "ascending", false: "descending"}[ascending]
			slices.SortStableFunc(rows, func(x, y liveRowView) int {
				a, b := col.value(&x), col.value(&y)
				if (a == "") != (b == "") {
					return cmp.Compare(len(b), len(a)) // what is not known comes last either way
				}
				var n int
				if col.text {
					n = viet.Compare(x.Unit, y.Unit)
				} else {
					n = compareNumbers(a, b)
				}
				if !ascending {
					n = -n
				}
				return n
			})
		} else if key == "" && col.key == "place" && t.Complete {
			c.Sort = "ascending"
		}
		v.Columns = append(v.Columns, c)
	}
}

func compareNumbers(a, b string) int {
	x, y := reform.Num(cmp.Or(a, "0")), reform.Num(cmp.Or(b, "0"))
	return x.Decimal.Cmp(y.Decimal)
}

// liveLowest lists the last ten, where that means something: among all, or, below the provinces, among those that the source lists.
func (s *Server) liveLowest(v *liveTableView, b Base, t *reform.LiveTable) {
	if !t.Complete {
		v.LowestNone = b.T("live.lowest.none")
		return
	}
	var scored []reform.LiveRow
	for _, r := range t.Rows {
		if r.Total.Score.Valid && r.Total.Place > 0 {
			scored = append(scored, r)
		}
	}
	if len(scored) <= lowestRows {
		return // the table is its own list of the last ones
	}
	v.LowestTitle = b.T("live.lowest", "n", lowestRows, "of", len(scored), "units", b.T("units."+string(t.UnitType)))
	for _, r := range slices.Backward(scored) {
		if len(v.Lowest) == lowestRows {
			break
		}
		v.Lowest = append(v.Lowest, liveLow{
			Unit: s.liveName(r, t.Period, b.Lang), Href: s.livePageOf(r.Unit), Score: short(r.Total.Score, 2, b.Lang), Place: placeOf(r.Total.Place, r.Total.Of),
			ScoreHref: trailHref(t.Index, r.Unit, t.Period, ""),
		})
	}
}

// livePaged keeps what the address asks for: units whose name holds a text, one page of them.
func (s *Server) livePaged(v *liveTableView, b Base, q liveQuery, rows []liveRowView) {
	all := len(rows)
	if all >= searchFrom {
		v.Search = &liveSearch{Text: q.text, Label: b.T("live.search"), Button: b.T("search.button")}
		for name, vs := range q.values() {
			if name != "q" {
				v.Search.Hidden = append(v.Search.Hidden, hiddenField{name, vs[0]})
			}
		}
		slices.SortFunc(v.Search.Hidden, func(a, b hiddenField) int { return cmp.Compare(a.Name, b.Name) })
	}
	if needle := viet.FoldWords(q.text); v.Search != nil && needle != "" {
		rows = slices.DeleteFunc(rows, func(r liveRowView) bool { return !strings.Contains(viet.FoldWords(r.Unit), needle) })
		v.Search.Found = b.T("live.found", "n", len(rows), "of", all, "q", q.text)
		v.Search.All = q.href(func(o *liveQuery) { o.text = "" })
	}
	pages := max(1, (len(rows)+livePage-1)/livePage)
	page := min(q.page, pages)
	from := (page - 1) * livePage
	to := min(len(rows), from+livePage)
	if pages > 1 {
		v.Shown = b.T("live.shown", "from", from+1, "to", to, "of", len(rows))
		for n := 1; n <= pages; n++ {
			vs := q.values()
			if n > 1 {
				vs.Set("page", fmt.Sprint(n))
			}
			v.Pager = append(v.Pager, Link{Href: withQueryOf("/live", vs) + "#" + v.ID, Text: b.Count(n), Current: n == page})
		}
	}
	v.Rows = rows[from:to]
}

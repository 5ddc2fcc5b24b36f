package dashboard

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/shopspring/decimal"

	"chiso/reform"
	"chiso/reform/words"
)

type goalsView struct {
	Base
	Unit      string
	UnitKey   string
	UnitHref  string
	Picker    unitPicker
	Rows      []goalRow
	Indices   []option
	Year      string
	Place     string
	Score     string
	Text      string
	Author    string
	Trouble   string
	Done      string
	Merged    string // that the unit has become part of another
	Owners    []Link
	CSV       string
	CSVAll    string
	Problems  []csvProblem
	NotesHref string
}

// goalRow is a goal against what is known.
type goalRow struct {
	ownRow
	Unit                   string
	Index, IndexHref, Year string
	Lines                  []goalLine
	period                 reform.Period
}

// goalLine is one measure of a goal: the place or the score.
type goalLine struct {
	Goal             string
	Known, KnownHref string
	Sign, State      string
	Class            string
	Note             string
}

// goals shows the targets of a unit, and takes new ones.
func (s *Server) goals(c *fiber.Ctx) error {
	return s.showGoals(c, typedOwn{}, "", nil)
}

func (s *Server) showGoals(c *fiber.Ctx, typed typedOwn, wrong string, problems []csvProblem) error {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	if typed.form != nil {
		raw.Set("unit", typed.form.Get("unit"))
	}
	ps := s.params(raw)
	ps.alsoKnown("lang", "theme")
	if _, ok := s.provinceOrNot(raw.Get("unit")); !ok && typed.form != nil {
		raw.Del("unit") // the trouble is told already
	}
	unit, view := s.ownUnitParam(c, ps), ps.view()
	chosen := ps.text("index")
	v := goalsView{Base: s.ownBase(c, "goals.title", view), Trouble: wrong, Problems: problems, Author: author(c), UnitKey: string(unit), UnitHref: s.unitHref(unit)}
	v.Done = ps.doneText(v.Base)
	if err := ps.done(); err != nil {
		return err
	}
	v.Unit = s.unitName(unit, v.Lang)
	v.Picker = s.picker(v.Lang, "/goals", unit)
	if typed.form != nil {
		v.Author, v.Year, v.Place, v.Score, v.Text, chosen = typed.Author, typed.text("year"), typed.text("place"), typed.text("score"), typed.text("text"), typed.text("index")
	} else {
		v.Year = strconv.Itoa(local(s.opt.Now()).Year())
	}
	for _, ix := range s.opt.Catalog.Indices() {
		if ranksProvinces(ix) && !ix.Counts {
			v.Indices = append(v.Indices, option{ix.Code, ix.Short.In(v.Lang), ix.Code == chosen})
			if hasComponents(ix) {
				v.Owners = append(v.Owners, Link{Href: "/owners/" + ix.Code + "?" + viewValues(values("unit", string(unit)), view).Encode(), Text: ix.Short.In(v.Lang)})
			}
		}
	}
	v.CSV, v.CSVAll = "/goals.csv?"+viewValues(values("unit", string(unit)), view).Encode(), "/goals.csv?"+viewValues(values(), view).Encode()
	v.NotesHref = "/annotations?" + viewValues(values("unit", string(unit)), view).Encode()
	v.Merged = s.mergedText(unit, v.Lang)
	if v.Rows, err = s.goalRows(c.UserContext(), unit, "", view, v.Base); err != nil {
		return err
	}
	return s.render(c, "goals", v)
}

// mergedText says that the unit has become part of another, for which goals are set now.
func (s *Server) mergedText(unit reform.UnitKey, lang string) string {
	m, ok := s.opt.Catalog.MergerOf(unit)
	line := s.opt.Catalog.Lineage(unit)
	if !ok || line[len(line)-1] != unit {
		return ""
	}
	return words.T(lang, "goals.merged", "unit", s.unitName(unit, lang), "new", s.unitName(m.New, lang), "day", isoDay(m.Date, lang))
}

// goalRows are the goals of a unit, of one index or of all, against what is known.
func (s *Server) goalRows(ctx context.Context, unit reform.UnitKey, index string, view reform.View, b Base) ([]goalRow, error) {
	found, err := s.ownOf(ctx, reform.OwnTarget, index, unit, view)
	if err != nil {
		return nil, err
	}
	histories := map[string][]reform.RankPoint{}
	var rows []goalRow
	for _, e := range found {
		ix, err := s.indexOf(e.Index)
		if err != nil {
			continue // an index that left the user's catalogue
		}
		points, ok := histories[e.Index]
		if !ok {
			series, err := s.opt.Reader.RankHistory(ctx, reform.RankHistoryQuestion{Index: e.Index, Units: []reform.UnitKey{unit}, Scope: reform.ScopeNation, Kind: reform.Year, View: view})
			if err != nil {
				return nil, err
			}
			if len(series) > 0 {
				points = series[0].Points
			}
			histories[e.Index] = points
		}
		row := goalRow{ownRow: ownRowOf(e, b), period: e.Period, Unit: s.unitName(unit, b.Lang), Index: ix.Short.In(b.Lang), IndexHref: s.unitHref(unit) + "?" + viewValues(values("index", e.Index), view).Encode(), Year: periodName(e.Period, b.Lang)}
		if e.GoalPlace > 0 {
			row.Lines = append(row.Lines, s.goalLine(ix, e, s.judge(ix, e, points, false), false, b))
		}
		if e.GoalScore.Valid {
			row.Lines = append(row.Lines, s.goalLine(ix, e, s.judge(ix, e, points, true), true, b))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// The states of a goal.
const (
	goalMet     = "met"     // in its year
	goalShort   = "short"   // in its year
	goalAhead   = "ahead"   // by an earlier year it is reached already
	goalToGo    = "togo"    // by an earlier year something lacks
	goalUnknown = "unknown" // nothing is known
	goalApart   = "apart"   // what is known can't be compared with it
)

// goalVerdict is a goal against the point that tells most about it.
type goalVerdict struct {
	State  string
	Point  *reform.RankPoint
	Lacks  decimal.Decimal // places or points
	Before int             // of a goalApart: units ranked then, 0 where something else is different
	Then   int             // and in the goal's year
	Rules  bool            // the rules changed in between
}

// judge compares a goal with the value of its year, else with the newest one before. Places among
// different numbers of units, and what lies on two sides of a break that severs, are not compared.
func (s *Server) judge(ix *reform.Index, e reform.OwnEntry, points []reform.RankPoint, score bool) goalVerdict {
	var at *reform.RankPoint
	for i := range points {
		p := &points[i]
		if known := score && p.Score.Valid || !score && p.Place > 0; !known || p.Period.Compare(e.Period) > 0 {
			continue
		}
		at = p // points come oldest first
	}
	v := goalVerdict{State: goalUnknown, Point: at}
	if at == nil {
		return v
	}
	own := at.Period == e.Period
	if !own {
		for _, b := range s.opt.Catalog.Breaks(ix.Code, "", at.Period, e.Period) {
			v.Rules = true
			if b.Severs {
				v.State = goalApart
				return v
			}
		}
		if then := s.unitsRanked(ix, e.Period); !score && at.Of > 0 && at.Of != then {
			v.State, v.Before, v.Then = goalApart, at.Of, then
			return v
		}
	}
	if score {
		v.Lacks = e.GoalScore.Decimal.Sub(at.Score.Decimal)
	} else {
		v.Lacks = decimal.NewFromInt(int64(at.Place - e.GoalPlace))
	}
	switch reached := !v.Lacks.IsPositive(); {
	case own && reached:
		v.State = goalMet
	case own:
		v.State = goalShort
	case reached:
		v.State = goalAhead
	default:
		v.State = goalToGo
	}
	return v
}

var goalSigns = map[string]string{goalMet: "✓", goalShort: "✗", goalAhead: "✓", goalToGo: "→", goalUnknown: "?", goalApart: "≠"}

// goalLine is a verdict in words.
func (s *Server) goalLine(ix *reform.Index, e reform.OwnEntry, v goalVerdict, score bool, b Base) goalLine {
	l := goalLine{Goal: b.T("goals.place", "n", e.GoalPlace), Known: missing, Sign: goalSigns[v.State], Class: "same"}
	measure := "place"
	if score {
		measure = "score"
		l.Goal = b.T("goals.score", "n", number(e.GoalScore, b.Lang))
	}
	when := ""
	if p := v.Point; p != nil {
		when = periodName(p.Period, b.Lang)
		value := placeOf(p.Place, p.Of)
		if score {
			value = scoreOf(p.Score, p.Max, b.Lang)
		}
		l.Known, l.KnownHref = value+" ("+when+")", trailHref(ix.Code, p.Unit, p.Period, "")
		if !score && p.RankKind != reform.Published && p.RankKind != "" {
			l.Note = b.T("rank_kind." + string(p.RankKind))
		}
		if p.Status == reform.Provisional {
			l.Note = joinWords(l.Note, b.T("status.provisional"))
		}
	}
	lacks := roundedText(v.Lacks, 2, b.Lang)
	switch v.State {
	case goalMet, goalUnknown:
		l.State = b.T("goals.state." + v.State)
	case goalShort:
		l.State = b.T("goals.state.short."+measure, "n", lacks)
	case goalAhead:
		l.State = b.T("goals.state.ahead", "period", when)
	case goalToGo:
		l.State = b.T("goals.state.togo."+measure, "n", lacks, "period", when)
	case goalApart:
		l.State = b.T("goals.state.apart")
		l.Note = joinWords(l.Note, b.T("goals.apart.severed"))
		if v.Before > 0 {
			l.Note = b.T("goals.apart.units", "before", v.Before, "then", v.Then)
		}
	}
	if v.Rules && v.State != goalApart {
		l.Note = joinWords(l.Note, b.T("goals.rules"))
	}
	switch v.State {
	case goalMet, goalAhead:
		l.Class = "up"
	case goalShort:
		l.Class = "down"
	}
	return l
}

// joinWords joins what is there of two remarks.
func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// addGoal takes a new goal, or a change of one.
func (s *Server) addGoal(c *fiber.Ctx) error {
	t, err := s.readOwn(c)
	if err != nil {
		return err
	}
	lang := s.prefs(c).Lang
	e, err := s.goalOf(lang, t.text("index"), t.text("unit"), t.text("year"), t.text("place"), t.text("score"))
	if err == nil {
		e.Text, e.Author = t.text("text"), t.Author
		err = checkLengths(lang, e.Author, "", e.Text)
	}
	if err == nil {
		err = s.keepOwn(c.UserContext(), c, []reform.OwnEntry{e})
	}
	if err != nil {
		text, status, ok := ownTrouble(err, lang)
		if !ok {
			return err
		}
		c.Status(status)
		return s.showGoals(c, t, text, nil)
	}
	return c.Redirect("/goals?"+values("unit", string(e.Unit), "done", "saved").Encode(), http.StatusSeeOther)
}

// goalsOf are the goals of a unit in an index, for the part "goals" of other pages.
func (s *Server) goalsOf(ctx context.Context, ix *reform.Index, unit reform.UnitKey, view reform.View, b Base) (goalsPart, error) {
	rows, err := s.goalRows(ctx, unit, ix.Code, view, b)
	part := goalsPart{Rows: rows, Title: b.T("goals.part"), Link: b.T("goals.all"), OwnersLink: b.T("goals.owners.link"), Notes: "/annotations?" + viewValues(values("index", ix.Code, "unit", string(unit)), view).Encode(), NotesLink: b.T("annotations.title")}
	part.Href = "/goals?" + viewValues(values("unit", string(unit), "index", ix.Code), view).Encode()
	if hasComponents(ix) {
		part.Owners = "/owners/" + ix.Code + "?" + viewValues(values("unit", string(unit)), view).Encode()
	}
	return part, err
}

// goalsPart is what the part "goals" is filled with.
type goalsPart struct {
	Title, Href, Link  string
	Owners, OwnersLink string
	Notes, NotesLink   string
	Rows               []goalRow
}

// goalsIn are the goals of units for the period of a table.
func (s *Server) goalsIn(ctx context.Context, ix *reform.Index, units []reform.UnitKey, p reform.Period, view reform.View, b Base) ([]goalRow, error) {
	var out []goalRow
	for _, unit := range units {
		rows, err := s.goalRows(ctx, unit, ix.Code, view, b)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.period == p {
				out = append(out, row)
			}
		}
	}
	return out, nil
}

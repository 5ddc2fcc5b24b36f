package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/viet"
	"chiso/reform/words"
)

// deckTables are the tables that a report makes itself.
var deckTables = []string{"indices", "live:province", "live:department", "live:commune", "sources"}

// sourcesSheet marks the slide that is filled last, when all sources are known.
const sourcesSheet = "sources"

// deckTable is a table on its way to a slide, a page and a sheet.
type deckTable struct {
	head    []charts.Column
	rows    [][]charts.Cell
	strong  []int
	sources []string // documents
	notes   []string
	period  reform.Period // zero: of several
}

func (t *deckTable) column(key, label string, numeric bool) {
	t.head = append(t.head, charts.Column{Key: key, Label: label, Numeric: numeric})
}

// picture is the table as a picture that is nothing but its numbers.
func (t *deckTable) picture(name, title, subtitle string, sources []charts.Source) *charts.Picture {
	p := &charts.Picture{Name: name, Title: title, Subtitle: subtitle, Alt: title, Notes: t.notes, Sources: sources, Period: t.period, Table: charts.Table{Columns: t.head, Rows: t.rows}}
	plot := &charts.Plot{Kind: charts.PlotTable, Head: t.head[0].Label, Strong: t.strong}
	for _, row := range t.rows {
		plot.Categories = append(plot.Categories, row[0].Text)
	}
	for i, col := range t.head[1:] {
		s := charts.PlotSeries{Name: col.Label}
		for _, row := range t.rows {
			v := reform.Number{}
			if col.Numeric && row[i+1].Value != "" {
				v = reform.Num(row[i+1].Value) // of a Number
			}
			label := row[i+1].Text
			if label == "" {
				label = missing // an office program makes an empty cell as high as its own letters
			}
			s.Values, s.Labels = append(s.Values, v), append(s.Labels, label)
		}
		plot.Series = append(plot.Series, s)
	}
	p.Plot = plot
	return p
}

// table makes the table of a slide.
func (g *gatherer) table(ctx context.Context, one DeckSlide, out *ReportSlide) error {
	name := strings.ReplaceAll(one.Table, ":", "-")
	out.Sheet = words.T(g.r.Lang, "deck.table."+strings.ReplaceAll(one.Table, ":", "."))
	if one.Table == sourcesSheet {
		if out.Title == "" {
			out.Title = out.Sheet
		}
		out.Sheet = sourcesSheet
		return nil
	}
	q := values("period", g.places["live"], "lang", g.r.Lang)
	if one.Table == "indices" {
		q.Del("period")
	}
	if len(g.units) > 0 {
		q.Set("unit", string(g.units[0]))
	}
	q = viewValues(q, g.view)
	var err error
	if out.Picture, err = g.s.tablePicture(ctx, name, q, g.newest); err != nil {
		return err
	}
	if at := out.Picture.Period; !at.IsZero() {
		q.Set("period", at.String()) // not the newest one of the day when it is drawn again
	}
	if one.Table == "indices" {
		for i := range out.Picture.Table.Rows {
			if err := g.summarise(ctx, out.Picture.Table.Rows[i][0].Value); err != nil {
				return err
			}
		}
	}
	out.From = charts.ProvenanceOf(out.Picture, g.r.Lang, tableAddress(g.origin(), name, q), g.view.Rev, func(document string) string { return g.origin() + documentHref(document) })
	return nil
}

// tableAddress is where a table of a report comes from. A browser is led from there to the page that shows the same numbers.
func tableAddress(origin, name string, q url.Values) string {
	q = cloneValues(q)
	if q.Get("lang") == "vi" {
		q.Del("lang")
	}
	return origin + "/tables/" + name + "?" + legible.Replace(q.Encode())
}

// tableQuestion are the parameters of a table's address.
type tableQuestion struct {
	unit   reform.UnitKey // "" none
	period reform.Period
	view   reform.View
	lang   string
}

func (s *Server) tableQuestion(q url.Values) (a tableQuestion, err error) {
	p := s.params(q)
	a.period, a.view, a.lang = p.period(false), p.view(), p.oneOf("lang", "vi", "en")
	if units := p.units(0, 1); len(units) > 0 {
		a.unit = units[0]
	}
	return a, p.done()
}

// tablePicture makes one of the tables that reports make, of the parameters of its address. newest is the live table
// of the provinces where the caller has it.
func (s *Server) tablePicture(ctx context.Context, name string, q url.Values, newest *reform.LiveTable) (*charts.Picture, error) {
	a, err := s.tableQuestion(q)
	if err != nil {
		return nil, err
	}
	var t deckTable
	subtitle, lang := "", a.lang
	typ, live := strings.CutPrefix(name, "live-")
	switch {
	case name == "indices":
		err = s.indicesTable(ctx, &t, a)
	case live:
		subtitle, err = s.liveDeckTable(ctx, &t, a, reform.UnitType(typ), newest)
	default:
		return nil, fmt.Errorf("no table is called %q: %w", clip(name, 40), reform.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	if len(t.rows) == 0 {
		return nil, fmt.Errorf("table %s: %w", name, reform.ErrNotFound)
	}
	sources, err := s.cite(ctx, lang, t.sources)
	if err != nil {
		return nil, err
	}
	return t.picture(name, words.T(lang, "deck.table."+strings.ReplaceAll(name, "-", ".")), subtitle, sources), nil
}

// tableRedirect leads a reader who follows the address of a report's table to a page with the same numbers.
func (s *Server) tableRedirect(c *fiber.Ctx) error {
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	a, err := s.tableQuestion(q)
	if err != nil {
		return err
	}
	to, state := "", viewValues(url.Values{}, a.view)
	switch name := c.Params("name"); {
	case name == "indices":
		to = s.unitHref(a.unit)
	case strings.HasPrefix(name, "live-"):
		to = "/live"
		if typ := strings.TrimPrefix(name, "live-"); typ != string(reform.Province) {
			state.Set("type", typ)
			state.Set("unit", string(s.liveUnit(a.unit)))
		}
		if !a.period.IsZero() {
			state.Set("period", a.period.String())
		}
	case name == sourcesSheet:
		to, state = "/sources", url.Values{}
	}
	if to == "" {
		return fiber.NewError(http.StatusNotFound)
	}
	return c.Redirect(withQueryOf(to, state), http.StatusFound)
}

// indicesTable is all indices of a unit, each with its newest place, and how it moved.
func (s *Server) indicesTable(ctx context.Context, t *deckTable, a tableQuestion) error {
	unit, lang := a.unit, a.lang
	if unit == "" {
		return fmt.Errorf("the table of indices needs a unit, and none was given: %w", reform.ErrInvalid)
	}
	series, err := s.yearlyTotals(ctx, unit, a.view)
	if err != nil {
		return err
	}
	u, err := s.opt.Catalog.UnitOrForm(unit)
	if err != nil {
		return err
	}
	say := func(key string) string { return words.T(lang, key) }
	t.column("index", say("col.index"), false)
	t.column("period", say("deck.col.period"), false)
	t.column("place", say("deck.col.place"), false)
	t.column("moved", say("deck.col.moved"), false)
	t.column("score", say("deck.col.score"), false)
	t.column("changed", say("deck.col.changed"), false)
	for i := range series {
		one := &series[i]
		ix, err := s.indexOf(one.Index)
		if err != nil {
			continue
		}
		st := s.strip(u, ix, *one, lang)
		last := one.Points[len(one.Points)-1]
		place := st.Place + st.Of
		if st.RankKind != "" && place != "" {
			place += " (" + st.RankKind + ")"
		}
		moved := strings.TrimSpace(st.Move.Arrow + " " + st.Move.Number)
		if st.Move.Words != "" {
			moved = strings.TrimSpace(st.Move.Arrow + " " + st.Move.Words)
		}
		cells := []string{ix.Name.In(lang) + " (" + ix.Short.In(lang) + ")", st.Period, place, moved, st.Score, st.Points}
		if ix.Name.In(lang) == ix.Short.In(lang) {
			cells[0] = ix.Short.In(lang)
		}
		row := make([]charts.Cell, len(cells))
		for k, v := range cells {
			if v == "" {
				v = missing
			}
			row[k] = charts.Cell{Text: v}
		}
		row[0].Value = ix.Code
		row[2].Document, row[4].Document = last.PlaceFrom.Document, last.ScoreFrom.Document
		t.rows = append(t.rows, row)
		t.sources = append(t.sources, last.PlaceFrom.Document, last.ScoreFrom.Document)
	}
	return nil
}

// liveDeckTable is the table of the 766 index of one type of unit: of all provinces, or of what lies below the
// unit's province.
func (s *Server) liveDeckTable(ctx context.Context, t *deckTable, a tableQuestion, typ reform.UnitType, newest *reform.LiveTable) (subtitle string, err error) {
	lang := a.lang
	ix, err := s.indexOf(liveIndex)
	if err != nil {
		return "", err
	}
	q := reform.LiveQuestion{UnitType: typ, Kind: reform.Month, View: a.view}
	if !a.period.IsZero() {
		q.Period, q.Kind = a.period, a.period.Kind()
	}
	mine := reform.UnitKey("")
	if a.unit != "" {
		mine = s.liveUnit(a.unit)
	}
	if typ != reform.Province {
		if mine == "" {
			return "", fmt.Errorf("a table of what lies below a province needs a unit, and none was given: %w", reform.ErrInvalid)
		}
		q.Parent = mine
	}
	var table reform.LiveTable
	if typ == reform.Province && newest != nil && newest.Period == q.Period {
		table = *newest
	} else {
		table, err = s.liveTableOf(ctx, q) // of a revision, so it matters not when the portal was last read
	}
	if err != nil || len(table.Rows) == 0 {
		return "", err
	}
	t.period = table.Period
	groups := s.liveGroups(ix, &table)
	t.column("unit", words.T(lang, "deck.col.unit"), false)
	t.column("place", words.T(lang, "deck.col.place"), false)
	t.column("score", words.T(lang, "deck.col.score"), true)
	t.column("month", words.T(lang, "deck.col.monthend"), false)
	for _, c := range groups {
		t.column(c.Code, c.Name.In(lang), true)
	}
	cell := func(v reform.Number, from string) charts.Cell {
		if !v.Valid {
			return charts.Cell{Text: missing}
		}
		return charts.Cell{Text: short(v, 2, lang), Value: v.String(), Document: from}
	}
	for i, r := range table.Rows {
		if r.Unit == mine {
			t.strong = append(t.strong, i)
		}
		row := []charts.Cell{{Text: s.liveName(r, table.Period, lang)}, {Text: placeOf(r.Total.Place, r.Total.Of), Document: r.Total.From.Document}, cell(r.Total.Score, r.Total.From.Document)}
		change := points(r.Total.Score, r.Total.MonthEnd.Score, 2, lang)
		if change == "" {
			change = missing
		}
		row = append(row, charts.Cell{Text: change})
		for _, c := range groups {
			k := slices.IndexFunc(r.Groups, func(p reform.LivePart) bool { return p.Component == c.Code })
			if k < 0 {
				row = append(row, charts.Cell{Text: missing})
				continue
			}
			row = append(row, cell(r.Groups[k].Score, r.Groups[k].From.Document))
			t.sources = append(t.sources, r.Groups[k].From.Document)
		}
		t.sources = append(t.sources, r.Total.From.Document)
		t.rows = append(t.rows, row)
	}
	slices.Sort(t.sources)
	t.sources = slices.Compact(t.sources)
	t.notes = append(t.notes, words.T(lang, "deck.live.coverage", "n", table.Coverage.WithScore, "of", table.Coverage.Of))
	switch {
	case table.Provisional:
		shown := a.view
		if now, err := s.currentRev(ctx); err == nil && shown.Rev >= now {
			shown.Rev = 0 // what is loaded now is no past
		}
		t.notes = append(t.notes, s.liveProvisional(&table, shown, lang))
	case table.Complete:
		t.notes = append(t.notes, words.T(lang, "live.col.place.title"))
	}
	if !table.Complete {
		t.notes = append(t.notes, words.T(lang, "deck.live.incomplete"))
	}
	return periodName(table.Period, lang) + " · " + liveBasisName(ix, table.Basis, lang) + " · " + viet.FormatDate(local(table.ObservedAt), lang), nil
}

// fillSources lists every source of the report once, with the slides that draw from it.
func (g *gatherer) fillSources(slide *ReportSlide) {
	lang := g.r.Lang
	var t deckTable
	t.column("source", words.T(lang, "deck.sheet.source"), false)
	t.column("date", words.T(lang, "deck.col.date"), false)
	t.column("slides", words.T(lang, "deck.col.slides"), false)
	at := map[string]int{}
	var refs []charts.Reference
	for i := range g.r.Slides {
		for _, src := range g.r.Slides[i].From.Sources {
			k, ok := at[src.Document]
			if !ok {
				k = len(t.rows)
				at[src.Document] = k
				t.rows = append(t.rows, []charts.Cell{{Text: src.Label, Document: src.Document}, {Text: isoDay(src.Date, lang)}, {}})
				refs = append(refs, src)
			}
			if c := &t.rows[k][2]; c.Text == "" {
				c.Text = strconv.Itoa(i + 1)
			} else {
				c.Text += ", " + strconv.Itoa(i+1)
			}
		}
	}
	if len(g.r.Left) > 0 {
		t.notes = append(t.notes, words.T(lang, "deck.left", "list", strings.Join(g.r.Left, "; ")))
	}
	if len(t.rows) == 0 {
		slide.Text = append(slide.Text, append([]string{words.T(lang, "files.nosource")}, t.notes...)...)
		return
	}
	slide.Picture = t.picture("sources", slide.Title, words.T(lang, "deck.sources.count", "n", len(t.rows)), nil)
	slide.From = charts.Provenance{Lang: lang, Title: slide.Title, Notes: t.notes, Sources: refs, Rev: g.r.Rev, Link: g.origin() + "/tables/" + sourcesSheet}
}

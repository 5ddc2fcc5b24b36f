package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

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
}

func (t *deckTable) column(key, label string, numeric bool) {
	t.head = append(t.head, charts.Column{Key: key, Label: label, Numeric: numeric})
}

// picture is the table as a picture that is nothing but its numbers.
func (t *deckTable) picture(name, title, subtitle string, sources []charts.Source) *charts.Picture {
	p := &charts.Picture{Name: name, Title: title, Subtitle: subtitle, Alt: title, Notes: t.notes, Sources: sources, Table: charts.Table{Columns: t.head, Rows: t.rows}}
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
	title := out.Title
	if title == "" {
		title = words.T(g.r.Lang, "deck.table."+strings.ReplaceAll(one.Table, ":", "."))
	}
	var t deckTable
	var err error
	subtitle := out.Subtitle
	switch one.Table {
	case "sources":
		out.Title, out.Sheet = title, sourcesSheet
		return nil
	case "indices":
		err = g.indices(ctx, &t)
	default:
		var s string
		s, err = g.live(ctx, reform.UnitType(strings.TrimPrefix(one.Table, "live:")), &t)
		if subtitle == "" {
			subtitle = s
		}
	}
	if err != nil {
		return err
	}
	if len(t.rows) == 0 {
		return fmt.Errorf("table %s: %w", one.Table, reform.ErrNotFound)
	}
	sources, err := g.s.cite(ctx, g.r.Lang, t.sources)
	if err != nil {
		return err
	}
	out.Picture = t.picture(strings.ReplaceAll(one.Table, ":", "-"), title, subtitle, sources)
	out.Sheet = words.T(g.r.Lang, "deck.table."+strings.ReplaceAll(one.Table, ":", "."))
	out.From = charts.ProvenanceOf(out.Picture, g.r.Lang, "", g.view.Rev, func(document string) string { return g.origin() + documentHref(document) })
	return nil
}

// indices are all indices of the unit, each with its newest place, and how it moved.
func (g *gatherer) indices(ctx context.Context, t *deckTable) error {
	if len(g.units) == 0 {
		return fmt.Errorf("the table of indices needs a unit, and none was given: %w", reform.ErrInvalid)
	}
	if err := g.askSeries(ctx); err != nil {
		return err
	}
	u, err := g.s.opt.Catalog.UnitOrForm(g.units[0])
	if err != nil {
		return err
	}
	say := func(key string) string { return words.T(g.r.Lang, key) }
	t.column("index", say("col.index"), false)
	t.column("period", say("deck.col.period"), false)
	t.column("place", say("deck.col.place"), false)
	t.column("moved", say("deck.col.moved"), false)
	t.column("score", say("deck.col.score"), false)
	t.column("changed", say("deck.col.changed"), false)
	for i := range g.series {
		one := &g.series[i]
		ix, err := g.s.indexOf(one.Index)
		if err != nil {
			continue
		}
		if _, err := g.sentences(ctx, ix.Code); err != nil {
			return err
		}
		st := g.s.strip(u, ix, *one, g.r.Lang)
		last := one.Points[len(one.Points)-1]
		place := st.Place + st.Of
		if st.RankKind != "" && place != "" {
			place += " (" + st.RankKind + ")"
		}
		moved := strings.TrimSpace(st.Move.Arrow + " " + st.Move.Number)
		if st.Move.Words != "" {
			moved = strings.TrimSpace(st.Move.Arrow + " " + st.Move.Words)
		}
		cells := []string{ix.Name.In(g.r.Lang) + " (" + ix.Short.In(g.r.Lang) + ")", st.Period, place, moved, st.Score, st.Points}
		if ix.Name.In(g.r.Lang) == ix.Short.In(g.r.Lang) {
			cells[0] = ix.Short.In(g.r.Lang)
		}
		row := make([]charts.Cell, len(cells))
		for k, v := range cells {
			if v == "" {
				v = missing
			}
			row[k] = charts.Cell{Text: v}
		}
		row[2].Document, row[4].Document = last.PlaceFrom.Document, last.ScoreFrom.Document
		t.rows = append(t.rows, row)
		t.sources = append(t.sources, last.PlaceFrom.Document, last.ScoreFrom.Document)
	}
	return nil
}

// live is the table of the 766 index of one type of unit: of all provinces, or of what lies below the
// report's own.
func (g *gatherer) live(ctx context.Context, typ reform.UnitType, t *deckTable) (subtitle string, err error) {
	ix, err := g.s.indexOf(liveIndex)
	if err != nil {
		return "", err
	}
	q := reform.LiveQuestion{UnitType: typ, Kind: reform.Month, View: g.view}
	if p, err := reform.ParsePeriod(g.places["live"]); err == nil {
		q.Period, q.Kind = p, p.Kind()
	}
	mine := reform.UnitKey("")
	if len(g.units) > 0 {
		mine = g.s.liveUnit(g.units[0])
	}
	if typ != reform.Province {
		if mine == "" {
			return "", fmt.Errorf("a table of what lies below a province needs a unit, and none was given: %w", reform.ErrInvalid)
		}
		q.Parent = mine
	}
	var table reform.LiveTable
	if typ == reform.Province && g.newest != nil && g.newest.Period == q.Period {
		table = *g.newest
	} else {
		table, err = g.s.liveTableOf(ctx, q) // of a revision, so it matters not when the portal was last read
	}
	if err != nil || len(table.Rows) == 0 {
		return "", err
	}
	groups := g.s.liveGroups(ix, &table)
	lang := g.r.Lang
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
		row := []charts.Cell{{Text: g.s.liveName(r, table.Period, lang)}, {Text: placeOf(r.Total.Place, r.Total.Of), Document: r.Total.From.Document}, cell(r.Total.Score, r.Total.From.Document)}
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
		t.notes = append(t.notes, g.s.liveProvisional(&table, g.o.View, lang))
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
	slide.From = charts.Provenance{Lang: lang, Title: slide.Title, Notes: t.notes, Sources: refs, Rev: g.r.Rev}
}

package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"chiso/charts/text"
	"chiso/reform"
)

// LeagueInput is what a league table is drawn from.
type LeagueInput struct {
	Index     reform.Index
	League    reform.League
	Component string // "" the total
	ScopeName string // "" the nation
	// Names gives the catalogue's name of a unit in the period; a row's own
	// UnitName is used where it gives none.
	Names     func(reform.UnitKey) string
	Chosen    []reform.UnitKey // drawn to stand out
	Documents map[string]Source
	Notes     []string // shown after the picture's own
}

type league struct {
	f       *frame
	in      LeagueInput
	rows    []standing
	of      int
	byPlace bool // too few scores: places are drawn
	arrows  bool
	hollow  bool
}

type standing struct {
	reform.Standing
	name   string
	chosen bool
}

// LeagueBars draws all units of an edition by total, or by place where less
// than half of the scores are known, in the order given. A movement across a change of rules
// is hollow. Its height grows with the rows.
// Without a row it is an error of kind reform.ErrNotFound.
func LeagueBars(in LeagueInput, st Style) (*Picture, error) {
	f := board(st, 0)
	l := &league{f: f, in: in, of: in.League.Coverage.Of}
	scores := 0
	for _, r := range in.League.Rows {
		if r.Place <= 0 && !r.Score.Valid {
			continue
		}
		s := standing{Standing: r, chosen: slices.Contains(in.Chosen, r.Unit)}
		if in.Names != nil {
			s.name = plain(in.Names(r.Unit))
		}
		for _, n := range []string{r.UnitName, string(r.Unit)} {
			if s.name == "" {
				s.name = plain(n)
			}
		}
		if r.Score.Valid {
			scores++
		}
		l.of = max(l.of, r.Of, r.Place)
		if l.move(s) != "" {
			l.arrows = true
			l.hollow = l.hollow || r.AcrossBreak
		}
		l.rows = append(l.rows, s)
	}
	if len(l.rows) == 0 {
		return nil, fmt.Errorf("ranking of %s, %s: no data: %w", indexName(in.Index, "en"), in.League.Period, reform.ErrNotFound)
	}
	l.byPlace = 2*scores < len(l.rows)
	title, subtitle := l.title(), l.subtitle()
	alt := l.alt(title)
	f.head(title, subtitle)
	if err := f.rows("ranking", len(l.rows), math.Ceil(f.size*1.65)); err != nil {
		return nil, err
	}
	p := f.picture("ranking", title, subtitle, alt)
	p.Period = in.League.Period
	var err error
	if p.Option, err = l.option(alt); err != nil {
		return nil, err
	}
	p.Notes = l.notes()
	p.Table, p.Sources = l.table()
	p.Plot = l.plot(p.Table)
	return p, nil
}

func (l *league) title() string {
	f := l.f
	return f.say("league.title", "subject", f.subject(l.in.Index, l.in.League.Basis, l.in.Component), "period", f.periodLong(l.in.League.Period))
}

func (l *league) coverage() string {
	f, c := l.f, l.in.League.Coverage
	kind := l.in.League.UnitType
	if kind == "" {
		kind = reform.Province
	}
	units := f.say("units." + string(kind))
	if c.Of > 0 {
		return f.say("league.coverage", "n", len(l.rows), "of", c.Of, "units", units)
	}
	return f.say("league.known", "n", len(l.rows), "units", units)
}

func (l *league) since() string { return l.f.periodLong(l.in.League.Prev) }

func (l *league) subtitle() string {
	f := l.f
	var out []string
	if s := plain(l.in.ScopeName); s != "" {
		out = append(out, f.say("scope.within", "scope", s))
	}
	out = append(out, upper(l.coverage()))
	if l.byPlace {
		out = append(out, f.say("league.places"))
	}
	if l.arrows && !l.in.League.Prev.IsZero() {
		out = append(out, f.say("league.arrows", "since", l.since()))
	}
	if l.hollow {
		out = append(out, f.say("league.hollow"))
	}
	if slices.ContainsFunc(l.rows, func(s standing) bool { return counted(s.RankKind) }) {
		out = append(out, f.say("league.star"))
	}
	if !l.byPlace && slices.ContainsFunc(l.rows, func(s standing) bool { return s.Status == reform.Provisional }) {
		out = append(out, f.say("league.hatched"))
	}
	return strings.Join(out, dot)
}

// move is "▲2", "▼3", "=", hollow across a change of rules, or "" where nothing can be said.
func (l *league) move(s standing) string {
	if s.Place <= 0 || s.PrevPlace <= 0 {
		return ""
	}
	up, down := "▲", "▼"
	if s.AcrossBreak {
		up, down = "△", "▽"
	}
	switch n := s.PrevPlace - s.Place; {
	case n > 0:
		return up + itoa(n)
	case n < 0:
		return down + itoa(-n)
	}
	return "="
}

// counted marks a place that nobody published.
func counted(k reform.RankKind) bool { return k == reform.Computed || k == reform.Derived }

// label is what stands beside a bar: score, or place, and the movement.
func (l *league) label(s standing) string {
	f := l.f
	out := ""
	switch {
	case l.byPlace:
		out = placeOf(s.Place, s.Of)
		if counted(s.RankKind) {
			out += "*"
		}
		if s.Score.Valid && !f.narrow() {
			out += " · " + f.say("points", "n", number(f.lang, s.Score, decimals(l.in.Index)))
		}
	case s.Score.Valid:
		out = number(f.lang, s.Score, decimals(l.in.Index))
	default:
		out = f.say("league.noscore")
	}
	if m := l.move(s); m != "" {
		out += "  " + m
	}
	return out
}

// head is a row's heading: the place, where the label does not have it, and the name.
func (l *league) head(s standing, width float64) string {
	place := ""
	switch {
	case l.byPlace:
	case s.Place <= 0:
		place = "–  "
	case counted(s.RankKind):
		place = itoa(s.Place) + "*. "
	default:
		place = itoa(s.Place) + ". "
	}
	return place + shorten(s.name, width-text.Measure(place, l.f.size, s.chosen), l.f.size, s.chosen)
}

func (l *league) alt(title string) string {
	f := l.f
	who := func(s standing) string {
		if s.Place > 0 {
			return s.name + " " + placeOf(s.Place, s.Of)
		}
		return s.name + " " + number(f.lang, s.Score, decimals(l.in.Index))
	}
	var best, worst []string
	for i, s := range l.rows {
		if i < 3 {
			best = append(best, who(s))
		}
		if i >= 3 && i >= len(l.rows)-3 {
			worst = append(worst, who(s))
		}
	}
	out := f.say("alt.league.few", "title", title, "coverage", l.coverage(), "best", strings.Join(best, ", "))
	if len(worst) > 0 {
		out = f.say("alt.league", "title", title, "coverage", l.coverage(), "best", strings.Join(best, ", "), "worst", strings.Join(worst, ", "))
	}
	for _, s := range l.rows {
		if s.chosen {
			out += " " + f.say("alt.chosen", "unit", s.name, "value", placeOf(s.Place, s.Of)+"; "+l.label(s))
		}
	}
	return out
}

func (l *league) option(alt string) (json.RawMessage, error) {
	f := l.f
	share := 0.30
	if f.narrow() {
		share = 0.42
	}
	n := len(l.rows)
	names, data, dots := make([]obj, n), make([]obj, n), make([]obj, 0, n)
	nameWidth, valueWidth, most, least := 0.0, 0.0, 0.0, 0.0
	for i, s := range l.rows {
		head := l.head(s, share*float64(f.width))
		names[i] = obj{"value": head}
		nameWidth = math.Max(nameWidth, text.Measure(head, f.size, s.chosen))
		label := l.label(s)
		valueWidth = math.Max(valueWidth, text.Measure(label, f.size, s.chosen))
		words := obj{"show": true}
		colour := f.c.bar
		if s.chosen {
			colour = f.c.chosen
			words["fontWeight"] = "bold"
			names[i]["textStyle"] = obj{"fontWeight": "bold", "color": f.c.text}
		}
		style := obj{"color": colour}
		if s.Status == reform.Provisional {
			style["decal"] = f.hatching(f.c.background)
		}
		data[i] = obj{"name": s.name, "value": nil, "text": label, "tip": l.tip(s), "itemStyle": style, "label": words}
		switch {
		case l.byPlace && s.Place > 0:
			v := l.of + 1 - s.Place
			data[i]["value"] = v
			data[i]["label"] = obj{"show": false}
			dots = append(dots, obj{"name": s.name, "value": []any{v, i}, "text": label, "tip": l.tip(s), "itemStyle": obj{"color": colour, "opacity": 1}, "label": words})
			most = math.Max(most, float64(v))
		case !l.byPlace && s.Score.Valid:
			data[i]["value"] = json.Number(s.Score.String())
			v := s.Score.Decimal.InexactFloat64()
			most, least = math.Max(most, v), math.Min(least, v)
		default:
			// Words at the base, in place of a bar: missing is not zero.
			data[i]["value"] = 0
		}
	}
	if most == 0 {
		most = 1
	}
	c := charts.NewBar()
	c.SetGlobalOptions(append(f.global("item"),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true)}))...)
	c.SetXAxis(names)
	c.XYReversal()
	series(&c.BaseConfiguration, charts.SingleSeries{Type: "bar", Data: data})
	row := (float64(f.height) - f.top - f.pad) / float64(n)
	bar := px(row * 0.66)
	if l.byPlace {
		bar = 2
	}
	label := f.label(obj{"show": false, "position": "right", "formatter": "@text", "distance": 6})
	extra := []obj{{"barWidth": bar, "z": 2, "label": label}}
	if l.byPlace {
		series(&c.BaseConfiguration, charts.SingleSeries{Type: "scatter", Symbol: symbols[0], SymbolSize: px(math.Min(10, row*0.5)), Data: dots})
		extra = append(extra, obj{"z": 3, "label": label})
	}
	over := f.over(alt)
	over["grid"] = obj{
		"left": px(f.pad + nameWidth + 10), "right": px(f.pad + valueWidth + 14), "top": px(f.top), "bottom": f.pad,
		"containLabel": false, "outerBoundsMode": "none",
	}
	over["xAxis"] = []obj{{"min": least, "max": most}}
	over["yAxis"] = []obj{{
		"axisLabel": f.axisLabel(obj{"interval": 0, "margin": 8}),
		"axisTick":  obj{"show": false},
		"axisLine":  f.line(f.c.axis),
		"splitLine": obj{"show": false},
	}}
	return compose(c, over, extra)
}

func (l *league) tip(s standing) string {
	f := l.f
	var out []string
	if s.Place > 0 {
		t := f.say("tip.place", "place", placeOf(s.Place, s.Of))
		if counted(s.RankKind) {
			t += " (" + f.common("rank_kind."+string(s.RankKind)) + ")"
		}
		out = append(out, t)
	}
	if s.Score.Valid {
		out = append(out, f.say("tip.score", "score", overMax(f.lang, s.Score, s.Max, decimals(l.in.Index))))
	}
	if m := l.moveWords(s); m != "" {
		out = append(out, upper(m))
	}
	if s.Status == reform.Provisional {
		out = append(out, f.common("status.provisional"))
	}
	return strings.Join(out, "\n")
}

// moveWords says a movement as a sentence does: "tăng 2 bậc so với năm 2018".
func (l *league) moveWords(s standing) string {
	if l.move(s) == "" {
		return ""
	}
	p := s.PrevPeriod
	if p.IsZero() {
		p = l.in.League.Prev
	}
	key, n := "move.place.same", s.PrevPlace-s.Place
	if n > 0 {
		key = "move.place.up"
	} else if n < 0 {
		key, n = "move.place.down", -n
	}
	return l.f.say(key, "n", n, "since", l.f.periodLong(p))
}

// provisionalNote adds which of all units have provisional values; where all do, their number is said.
func (f *frame) provisionalNote(notes, names []string, all int, coverage string) []string {
	switch n := len(names); {
	case n == 0:
		return notes
	case n == all:
		return append(notes, f.say("league.provisional", "list", coverage))
	}
	return append(notes, f.say("league.provisional", "list", strings.Join(names, ", ")))
}

func (l *league) notes() []string {
	f := l.f
	var out []string
	c := l.in.League.Coverage
	if c.Of > len(l.rows) {
		out = append(out, f.say("league.incomplete"))
	}
	if slices.ContainsFunc(l.rows, func(s standing) bool { return counted(s.RankKind) }) {
		out = append(out, f.say("league.computed"))
	}
	var provisional []string
	for _, s := range l.rows {
		if s.Status == reform.Provisional {
			provisional = append(provisional, s.name)
		}
	}
	out = f.provisionalNote(out, provisional, len(l.rows), l.coverage())
	if l.arrows && !l.in.League.PrevComplete && !l.in.League.Prev.IsZero() {
		out = append(out, f.say("league.prev", "since", l.since()))
	}
	return append(out, l.in.Notes...)
}

func (l *league) table() (Table, []Source) {
	f := l.f
	docs := &cited{known: l.in.Documents}
	t := Table{Columns: []Column{
		{Key: "unit", Label: f.say("col.unit")},
		{Key: "place", Label: f.say("col.place"), Numeric: true},
		{Key: "of", Label: f.say("col.of"), Numeric: true},
		{Key: "score", Label: f.say("col.score"), Numeric: true},
		{Key: "move", Label: f.say("col.move"), Numeric: true},
		{Key: "rank_kind", Label: f.say("col.rank_kind")},
		{Key: "status", Label: f.say("col.status")},
		{Key: "document", Label: f.say("col.document")},
	}}
	for _, s := range l.rows {
		docs.add(s.PlaceFrom.Document, s.ScoreFrom.Document)
		row := append([]Cell{{Text: s.name, Value: string(s.Unit)}}, f.placeCells(s.Place, s.Of, s.PlaceFrom.Document)...)
		move := Cell{Text: l.move(s)}
		if move.Text != "" {
			move.Value = itoa(s.PrevPlace - s.Place)
		}
		t.Rows = append(t.Rows, append(row,
			Cell{Text: overMax(f.lang, s.Score, s.Max, decimals(l.in.Index)), Value: s.Score.String(), Document: s.ScoreFrom.Document},
			move, f.kindCell(s.Place, s.RankKind), f.statusCell(s.Status),
			docs.cell(s.PlaceFrom.Document, s.ScoreFrom.Document)))
	}
	return t, docs.sources()
}

package charts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"chiso/charts/geo"
	"chiso/reform"
	"chiso/reform/viet"
)

// MapShow is what the colours of a map say.
type MapShow string

// What a map shows.
const (
	MapPlace  MapShow = "place"
	MapScore  MapShow = "score"
	MapChange MapShow = "change" // in places, against the edition before
)

// MapLayout is how the units are laid out.
type MapLayout string

// The layouts: shapes of the provinces, or equal squares.
const (
	MapShapes MapLayout = "map"
	MapTiles  MapLayout = "tiles"
)

// MapInput is what a map is drawn from.
type MapInput struct {
	Index     reform.Index
	League    reform.League
	Component string
	ScopeName string
	Show      MapShow   // "" MapPlace
	Layout    MapLayout // "" MapShapes
	// Shape is a map of the user's own; nil: the one of the league's scheme that ships with the program.
	Shape *geo.Map
	// Within says which units the league is about; nil: all.
	Within    func(reform.UnitKey) bool
	Names     func(reform.UnitKey) string
	Chosen    []reform.UnitKey // outlined, and labelled with place and N
	Documents map[string]Source
	Notes     []string // shown after the picture's own
}

// mapping is a map on the drawing board.
type mapping struct {
	f       *frame
	in      MapInput
	shape   *geo.Map // nil: there is none of this scheme
	units   []mapUnit
	of      int
	known   int // units within the league's scope of which the shown value is known
	total   int // units within the scope
	classes []mapClass
	graphic []obj
	taken   []box // of labels
	tiles   map[string]geo.Tile
	bare    bool // the squares are too small for names
}

type mapUnit struct {
	key      reform.UnitKey
	code     string
	name     string
	short    string // fits a tile
	standing *reform.Standing
	within   bool
	chosen   bool
	class    int // of mapping.classes
}

// Map draws the provinces of an edition as shapes or as tiles, coloured by place, score or change in
// places, in classes whose borders the legend states. Hoàng Sa and Trường Sa are always there, labelled. Of 64
// provinces there is no map: they are drawn as tiles, and a note says so.
// Without a single known unit it is an error of kind reform.ErrNotFound.
func Map(in MapInput, st Style) (*Picture, error) {
	if in.Show == "" {
		in.Show = MapPlace
	}
	if in.Layout == "" {
		in.Layout = MapShapes
	}
	if !slices.Contains([]MapShow{MapPlace, MapScore, MapChange}, in.Show) || !slices.Contains([]MapLayout{MapShapes, MapTiles}, in.Layout) {
		return nil, fmt.Errorf("map of %q as %q: want place, score or change, as map or tiles: %w", in.Show, in.Layout, reform.ErrInvalid)
	}
	m := &mapping{f: board(st, 0), in: in, of: in.League.Coverage.Of, shape: in.Shape, tiles: map[string]geo.Tile{}}
	tiles := geo.Tiles(in.League.Scheme)
	if len(tiles) == 0 || in.League.UnitType != "" && in.League.UnitType != reform.Province {
		return nil, fmt.Errorf("map of %s: provinces only: %w", indexName(in.Index, "en"), reform.ErrInvalid)
	}
	for _, t := range tiles {
		m.tiles[t.Code] = t
	}
	if m.shape == nil || m.shape.Scheme != in.League.Scheme {
		m.shape, _ = geo.Shipped(in.League.Scheme)
	}
	m.gather(tiles)
	if m.known == 0 {
		return nil, fmt.Errorf("map of %s, %s: no %s known: %w", indexName(in.Index, "en"), in.League.Period, in.Show, reform.ErrNotFound)
	}
	m.classify()

	f := m.f
	title, subtitle := m.title(), m.subtitle()
	alt := m.alt(title)
	f.head(title, subtitle)
	var option json.RawMessage
	var err error
	asTiles := in.Layout == MapTiles || m.shape == nil
	if asTiles {
		option, err = m.drawTiles(st, alt)
	} else {
		option, err = m.drawShapes(st, alt)
	}
	if err != nil {
		return nil, err
	}
	p := f.picture("map", title, subtitle, alt)
	p.Option = option
	if !asTiles {
		p.Maps = []string{m.shape.Name}
	}
	p.Notes = m.notes(asTiles)
	p.Table, p.Sources = m.table()
	p.Plot = m.plot()
	return p, nil
}

// gather puts the standings to the units of the scheme; who has none is missing, not absent.
func (m *mapping) gather(tiles []geo.Tile) {
	byUnit := map[reform.UnitKey]*reform.Standing{}
	for i := range m.in.League.Rows {
		r := &m.in.League.Rows[i]
		if r.Place <= 0 && !r.Score.Valid {
			continue
		}
		byUnit[r.Unit] = r
		m.of = max(m.of, r.Of)
	}
	for _, t := range tiles {
		if strings.Contains(t.Code, "-") {
			continue // an archipelago
		}
		u := mapUnit{key: reform.UnitKey(string(m.in.League.Scheme) + ":" + t.Code), code: t.Code, class: -1}
		u.within = m.in.Within == nil || m.in.Within(u.key)
		u.standing = byUnit[u.key]
		u.chosen = slices.Contains(m.in.Chosen, u.key)
		if m.in.Names != nil {
			u.name = plain(m.in.Names(u.key))
		}
		if u.name == "" {
			u.name = string(u.key)
		}
		u.short = t.ShortVI
		if m.f.lang == "en" {
			u.short = t.ShortEN
		}
		if u.short == "" {
			u.short = u.name
		}
		if u.within {
			m.total++
			if m.value(u) != "" {
				m.known++
			}
		}
		m.units = append(m.units, u)
	}
	// The arrow keys walk through the units in order of place.
	slices.SortStableFunc(m.units, func(a, b mapUnit) int {
		x, y := m.rank(a), m.rank(b)
		if x != y {
			return x - y
		}
		return viet.Compare(a.name, b.name)
	})
}

func (m *mapping) rank(u mapUnit) int {
	switch {
	case u.standing != nil && u.standing.Place > 0:
		return u.standing.Place
	case u.standing != nil:
		return 1000
	}
	return 2000
}

// value is what stands on a unit: its place, score or movement; "" unknown.
func (m *mapping) value(u mapUnit) string {
	s := u.standing
	if s == nil || !u.within {
		return ""
	}
	switch m.in.Show {
	case MapScore:
		if !s.Score.Valid {
			return ""
		}
		return number(m.f.lang, s.Score, min(decimals(m.in.Index), 2))
	case MapChange:
		n, ok := movementOf(*s)
		up, down := "▲", "▼"
		if s.AcrossBreak {
			up, down = "△", "▽"
		}
		switch {
		case !ok:
			return ""
		case n > 0:
			return up + itoa(n)
		case n < 0:
			return down + itoa(-n)
		}
		return "="
	}
	if s.Place <= 0 {
		return ""
	}
	if counted(s.RankKind) {
		return itoa(s.Place) + "*"
	}
	return itoa(s.Place)
}

func (m *mapping) title() string {
	f, l := m.f, m.in.League
	since := ""
	if !l.Prev.IsZero() {
		since = f.periodLong(l.Prev)
	}
	key := "map.title." + string(m.in.Show)
	if m.in.Show == MapChange && since == "" {
		key = "map.title.change.nosince"
	}
	return f.say(key, "subject", f.subject(m.in.Index, l.Basis, m.in.Component), "period", f.periodLong(l.Period), "since", since)
}

func (m *mapping) coverage() string {
	if m.in.Show == MapChange {
		return m.f.say("map.compared", "n", m.known, "of", m.total)
	}
	return m.f.say("league.coverage", "n", m.known, "of", m.edition(), "units", m.f.say("units.province"))
}

// edition is how many units the edition is about: what it says itself, for some were never asked, else all of the scheme.
func (m *mapping) edition() int {
	if of := m.in.League.Coverage.Of; of >= m.known && m.in.Within == nil {
		return of
	}
	return m.total
}

func (m *mapping) subtitle() string {
	f := m.f
	var out []string
	if s := plain(m.in.ScopeName); s != "" {
		out = append(out, f.say("scope.within", "scope", s))
	}
	out = append(out, upper(m.coverage()))
	if m.in.Show == MapPlace && m.hasCounted() {
		out = append(out, f.say("league.star"))
	}
	return strings.Join(out, dot)
}

func (m *mapping) hasCounted() bool {
	return slices.ContainsFunc(m.units, func(u mapUnit) bool {
		return u.within && u.standing != nil && u.standing.Place > 0 && counted(u.standing.RankKind)
	})
}

func (m *mapping) alt(title string) string {
	f := m.f
	var out []string
	for _, c := range m.classes {
		if c.n > 0 {
			out = append(out, c.name+": "+itoa(c.n))
		}
	}
	text := f.say("alt.map", "title", title, "coverage", upper(m.coverage()), "classes", strings.Join(out, "; "))
	for _, u := range m.units {
		if u.chosen {
			said := m.callout(u)
			if said == "" {
				said = f.common("nodata")
			}
			text += " " + f.say("alt.chosen", "unit", u.name, "value", said)
		}
	}
	return text
}

// callout is what is said of a chosen unit: "5/63", "85,1 điểm", "▲2 (5/63)".
func (m *mapping) callout(u mapUnit) string {
	v := m.value(u)
	if v == "" {
		return ""
	}
	s := u.standing
	star := ""
	if counted(s.RankKind) {
		star = "*"
	}
	switch m.in.Show {
	case MapScore:
		return m.f.say("points", "n", v)
	case MapChange:
		return v + " (" + placeOf(s.Place, s.Of) + star + ")"
	}
	return placeOf(s.Place, s.Of) + star
}

func (m *mapping) tip(u mapUnit) string {
	f, s := m.f, u.standing
	switch {
	case !u.within:
		return f.say("map.outside")
	case s == nil:
		return f.common("nodata")
	}
	var out []string
	if s.Place > 0 {
		t := f.say("tip.place", "place", placeOf(s.Place, s.Of))
		if counted(s.RankKind) {
			t += " (" + f.common("rank_kind."+string(s.RankKind)) + ")"
		}
		out = append(out, t)
	}
	if s.Score.Valid {
		out = append(out, f.say("tip.score", "score", overMax(f.lang, s.Score, s.Max, decimals(m.in.Index))))
	}
	if n, ok := movementOf(*s); ok {
		since := s.PrevPeriod
		if since.IsZero() {
			since = m.in.League.Prev
		}
		key := "move.place.same"
		if n > 0 {
			key = "move.place.up"
		} else if n < 0 {
			key = "move.place.down"
		}
		if !since.IsZero() {
			words := upper(f.say(key, "n", abs(n), "since", f.periodLong(since)))
			if s.AcrossBreak {
				words += ", " + f.say("map.rules")
			}
			out = append(out, words)
		}
	} else if m.in.Show == MapChange {
		out = append(out, f.say("map.nochange"))
	}
	if s.Status == reform.Provisional {
		out = append(out, f.common("status.provisional"))
	}
	return strings.Join(out, "\n")
}

func (m *mapping) notes(tiles bool) []string {
	f := m.f
	var out []string // that it is a sketch is written in the picture
	if tiles {
		out = append(out, f.say("map.tiles"))
		if m.in.Layout == MapShapes {
			out = append(out, f.say("map.noshape"))
		}
	} else if own, _ := geo.Shipped(m.shape.Scheme); m.shape == own {
		out = append(out, f.say("map.source")) // where the user's own shapes are from is theirs to say
	}
	if m.known < m.edition() && m.in.Show != MapChange {
		out = append(out, f.say("map.incomplete"))
	}
	if m.in.Show == MapPlace && m.hasCounted() {
		out = append(out, f.say("league.computed"))
	}
	if m.in.Show == MapChange && slices.ContainsFunc(m.units, func(u mapUnit) bool { _, ok := m.moved(u); return ok && u.standing.AcrossBreak }) {
		out = append(out, f.say("map.hollow"))
	}
	var provisional []string
	for _, u := range m.units {
		if u.within && u.standing != nil && u.standing.Status == reform.Provisional {
			provisional = append(provisional, u.name)
		}
	}
	out = f.provisionalNote(out, provisional, m.known, m.coverage())
	return append(out, m.in.Notes...)
}

func (m *mapping) table() (Table, []Source) {
	f := m.f
	docs := &cited{known: m.in.Documents}
	t := Table{Columns: []Column{
		{Key: "unit", Label: f.say("col.unit")},
		{Key: "place", Label: f.say("col.place"), Numeric: true},
		{Key: "of", Label: f.say("col.of"), Numeric: true},
		{Key: "score", Label: f.say("col.score"), Numeric: true},
		{Key: "move", Label: f.say("col.move"), Numeric: true},
		{Key: "class", Label: f.say("col.class")},
		{Key: "rank_kind", Label: f.say("col.rank_kind")},
		{Key: "status", Label: f.say("col.status")},
		{Key: "document", Label: f.say("col.document")},
	}}
	for _, u := range m.units {
		if !u.within {
			continue
		}
		s := u.standing
		if s == nil {
			s = &reform.Standing{}
		}
		docs.add(s.PlaceFrom.Document, s.ScoreFrom.Document)
		row := append([]Cell{{Text: u.name, Value: string(u.key)}}, f.placeCells(s.Place, s.Of, s.PlaceFrom.Document)...)
		move := Cell{}
		if n, ok := movementOf(*s); ok {
			move = Cell{Text: (&league{}).move(standing{Standing: *s}), Value: itoa(n)}
		}
		t.Rows = append(t.Rows, append(row,
			Cell{Text: overMax(f.lang, s.Score, s.Max, decimals(m.in.Index)), Value: s.Score.String(), Document: s.ScoreFrom.Document},
			move, Cell{Text: m.classes[u.class].name}, f.kindCell(s.Place, s.RankKind), f.statusCell(s.Status),
			docs.cell(s.PlaceFrom.Document, s.ScoreFrom.Document)))
	}
	return t, docs.sources()
}

// plot is the numbers as a table of an office program, which has no map of our provinces.
func (m *mapping) plot() *Plot {
	f := m.f
	p := &Plot{Kind: PlotTable, Besides: true, Head: f.say("col.unit")}
	place, score, move := PlotSeries{Name: f.say("col.place")}, PlotSeries{Name: f.say("col.score")}, PlotSeries{Name: f.say("col.move")}
	shown := map[MapShow]*PlotSeries{MapPlace: &place, MapScore: &score, MapChange: &move}[m.in.Show]
	moves := false
	for _, u := range m.units {
		if !u.within {
			continue
		}
		row := len(p.Categories)
		p.Categories = append(p.Categories, u.name)
		if u.chosen {
			p.Strong = append(p.Strong, row)
		}
		fill := ""
		if c := m.classes[u.class]; c.decal == nil {
			fill = c.fill.fill
		}
		shown.Fills = append(shown.Fills, fill)
		var at, by, total reform.Number
		var placeText, moveText, scoreText string
		if s := u.standing; s != nil {
			if s.Place > 0 {
				at, placeText = reform.Num(itoa(s.Place)), placeOf(s.Place, s.Of)
				if counted(s.RankKind) {
					placeText += "*"
					place.Hollow = append(place.Hollow, row)
				}
			}
			if total = s.Score; total.Valid {
				scoreText = number(f.lang, total, decimals(m.in.Index))
				if s.Status == reform.Provisional {
					score.Provisional = append(score.Provisional, row)
				}
			}
			if n, ok := movementOf(*s); ok {
				by, moveText = reform.Num(itoa(n)), (&league{}).move(standing{Standing: *s})
				moves = true
			}
		}
		place.Values, place.Labels = append(place.Values, at), append(place.Labels, placeText)
		score.Values, score.Labels = append(score.Values, total), append(score.Labels, scoreText)
		move.Values, move.Labels = append(move.Values, by), append(move.Labels, moveText)
	}
	p.Series = []PlotSeries{place, score}
	if moves {
		p.Series = append(p.Series, move)
	}
	return p
}

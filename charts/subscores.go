package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/shopspring/decimal"

	"chiso/reform"
)

// SubscoresInput is what the pictures of one unit's components are drawn from.
type SubscoresInput struct {
	Index     reform.Index
	Subscores reform.Subscores
	Name      string            // "Long An"
	FullName  string            // "tỉnh Long An"; "" takes Name
	Breakdown string            // which breakdown of the total: "" the main one
	Documents map[string]Source // by id
	Notes     []string          // shown after the picture's own
}

// parts are the components of one breakdown, ready to draw.
type parts struct {
	f     *frame
	in    SubscoresInput
	rows  []part
	other []string // names of components of other breakdowns
}

type part struct {
	reform.Subscore
	name  string
	child bool // of another row
}

func newParts(f *frame, in SubscoresInput) (*parts, error) {
	s := &parts{f: f, in: in}
	present := map[string]bool{}
	for _, r := range in.Subscores.Rows {
		present[r.Component] = true
	}
	scores := 0
	for _, r := range in.Subscores.Rows {
		if r.Component == "" {
			continue
		}
		name := componentName(in.Index, in.Subscores.Basis, r.Component, f.lang)
		if c, ok := componentOf(in.Index, in.Subscores.Basis, r.Component); ok && c.Breakdown != in.Breakdown {
			s.other = append(s.other, name)
			continue
		}
		if r.Score.Valid {
			scores++
		}
		s.rows = append(s.rows, part{Subscore: r, name: name, child: r.Parent != "" && present[r.Parent]})
	}
	if scores == 0 {
		return nil, fmt.Errorf("components of %s: no data: %w", indexName(in.Index, "en"), reform.ErrNotFound)
	}
	return s, nil
}

func (s *parts) who() string {
	for _, n := range []string{s.in.FullName, s.in.Name, string(s.in.Subscores.Unit)} {
		if n = plain(n); n != "" {
			return brief(n)
		}
	}
	return ""
}

func (s *parts) title(key string) string {
	return s.f.say(key, "index", indexName(s.in.Index, s.f.lang), "unit", s.who(), "period", s.f.periodLong(s.in.Subscores.Period))
}

// subtitle is the total and the place, where they are known.
func (s *parts) subtitle() string {
	f, t := s.f, s.in.Subscores.Total
	if t == nil {
		return ""
	}
	var out []string
	if t.Score.Valid {
		out = append(out, f.say("subscores.total", "score", overMax(f.lang, t.Score, t.Max, s.decimals())))
	}
	if t.Place > 0 {
		w := f.say("subscores.place", "place", placeOf(t.Place, t.Of))
		if t.RankKind == reform.Computed || t.RankKind == reform.Derived {
			w += " (" + f.common("rank_kind."+string(t.RankKind)) + ")"
		}
		out = append(out, w)
	}
	if t.Status == reform.Provisional {
		out = append(out, f.common("status.provisional"))
	}
	return upper(strings.Join(out, ", "))
}

func (s *parts) decimals() int32 { return decimals(s.in.Index) }

// ratio is the score in per cent of its maximum.
func ratio(score, most reform.Number) (decimal.Decimal, bool) {
	if !score.Valid || !most.Valid || !most.Decimal.IsPositive() {
		return decimal.Decimal{}, false
	}
	return score.Decimal.Mul(decimal.NewFromInt(100)).Div(most.Decimal), true
}

// value is the label of a row: "3,5/12 (29%)".
func (s *parts) value(p part) string {
	if !p.Score.Valid {
		return s.f.common("nodata")
	}
	t := overMax(s.f.lang, p.Score, p.Max, s.decimals())
	if r, ok := ratio(p.Score, p.Max); ok {
		t = s.f.say("subscores.value", "score", t, "percent", write(s.f.lang, r.Round(0))+"%")
	}
	return t
}

func (s *parts) alt(title string) string {
	out := []string{title + "."}
	if t := s.subtitle(); t != "" {
		out = append(out, t+".")
	}
	var list []string
	for _, p := range s.rows {
		list = append(list, s.f.say("alt.component", "name", p.name, "score", s.value(p)))
	}
	return strings.Join(append(out, strings.Join(list, "; ")+"."), " ")
}

func (s *parts) names(is func(p part) bool) string {
	var out []string
	for _, p := range s.rows {
		if is(p) {
			out = append(out, p.name)
		}
	}
	return strings.Join(out, "; ")
}

func (s *parts) provisional() bool {
	return slices.ContainsFunc(s.rows, func(p part) bool { return p.Status == reform.Provisional })
}

func (s *parts) compared() bool {
	return slices.ContainsFunc(s.rows, func(p part) bool { return p.Median.Valid || p.Best.Valid || p.RegionMean.Valid })
}

func (s *parts) notes() []string {
	f := s.f
	var out []string
	if l := s.names(func(p part) bool { return p.Score.Valid && !p.Max.Valid }); l != "" {
		out = append(out, f.say("subscores.nomax", "list", l))
	}
	if l := s.names(func(p part) bool { return !p.Score.Valid }); l != "" {
		out = append(out, f.say("subscores.noscore", "list", l))
	}
	if l := s.names(func(p part) bool { return p.Status == reform.Provisional }); l != "" {
		out = append(out, f.say("league.provisional", "list", l))
	}
	if s.compared() {
		out = append(out, f.say("subscores.among"))
	}
	if len(s.other) > 0 {
		out = append(out, f.say("subscores.breakdown", "list", strings.Join(s.other, "; ")))
	}
	return out
}

func (s *parts) table() (Table, []Source) {
	f := s.f
	docs := &cited{known: s.in.Documents}
	t := Table{Columns: []Column{
		{Key: "component", Label: f.say("col.component")},
		{Key: "score", Label: f.say("col.score"), Numeric: true},
		{Key: "max", Label: f.say("col.max"), Numeric: true},
		{Key: "percent", Label: f.say("col.percent"), Numeric: true},
		{Key: "place", Label: f.say("col.place"), Numeric: true},
		{Key: "of", Label: f.say("col.of"), Numeric: true},
	}}
	compared := s.compared()
	if compared {
		t.Columns = append(t.Columns,
			Column{Key: "median", Label: f.say("col.median"), Numeric: true},
			Column{Key: "best", Label: f.say("col.best"), Numeric: true},
			Column{Key: "region_mean", Label: f.say("col.region"), Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Key: "status", Label: f.say("col.status")}, Column{Key: "document", Label: f.say("col.document")})
	plainCell := func(n reform.Number) Cell { return Cell{Text: number(f.lang, n, s.decimals()), Value: n.String()} }
	row := func(code, name string, score, most reform.Number, place, of int, status reform.Status, from, placeFrom string, extra []reform.Number) {
		docs.add(from, placeFrom)
		cells := []Cell{
			{Text: name, Value: code},
			{Text: overMax(f.lang, score, most, s.decimals()), Value: score.String(), Document: from},
			plainCell(most), {Text: "–"},
		}
		if r, ok := ratio(score, most); ok {
			cells[3] = Cell{Text: write(f.lang, r.Round(1)) + "%", Value: r.Round(6).String()}
		}
		cells = append(cells, f.placeCells(place, of, placeFrom)...)
		if compared {
			for _, n := range extra {
				cells = append(cells, plainCell(n))
			}
		}
		t.Rows = append(t.Rows, append(cells, f.statusCell(status), docs.cell(from, placeFrom)))
	}
	if p := s.in.Subscores.Total; p != nil {
		row("", f.say("total"), p.Score, p.Max, p.Place, p.Of, p.Status, p.ScoreFrom.Document, p.PlaceFrom.Document, make([]reform.Number, 3))
	}
	for _, p := range s.rows {
		row(p.Component, p.name, p.Score, p.Max, p.Place, p.Of, p.Status, p.From.Document, p.PlaceFrom.Document, []reform.Number{p.Median, p.Best, p.RegionMean})
	}
	return t, docs.sources()
}

// SubscoresBars draws components as bars against their maximum, in the
// catalogue's order: the maximum pale, the score strong, "3,5/12" beside it. All bars share
// one scale of points, so that a weighty component looks weighty.
// Without a single score it is an error of kind reform.ErrNotFound.
func SubscoresBars(in SubscoresInput, st Style) (*Picture, error) {
	f := board(st, 0)
	s, err := newParts(f, in)
	if err != nil {
		return nil, err
	}
	title, subtitle := s.title("subscores.title"), s.subtitle()
	alt := s.alt(title)
	if s.provisional() {
		if subtitle != "" {
			subtitle += dot
		}
		subtitle += f.say("league.hatched")
	}
	f.head(title, subtitle)

	names, values := make([]string, len(s.rows)), make([]string, len(s.rows))
	for i, p := range s.rows {
		names[i], values[i] = p.name, s.value(p)
		if p.child {
			names[i] = "– " + names[i]
		}
	}
	at := f.barNames(names, values, f.size*1.6)
	f.legend(s.keys())
	if err := f.barRows(&at, 1.9); err != nil {
		return nil, err
	}

	p := f.picture("subscores", title, subtitle, alt)
	p.Period = in.Subscores.Period
	p.Option, err = s.bars(alt, at)
	if err != nil {
		return nil, err
	}
	p.Notes = append(s.notes(), in.Notes...)
	p.Table, p.Sources = s.table()
	p.Plot = s.plot()
	return p, nil
}

func (s *parts) has(get func(p part) reform.Number) bool {
	return slices.ContainsFunc(s.rows, func(p part) bool { return get(p).Valid })
}

// A marker is a value of others that is drawn over the bars.
type marker struct {
	key, symbol string
	size        []float64
	get         func(p part) reform.Number
}

func (s *parts) markers(bar float64) []marker {
	all := []marker{
		{"subscores.median", "rect", []float64{3, bar + 6}, func(p part) reform.Number { return p.Median }},
		{"subscores.best", "diamond", []float64{10, 10}, func(p part) reform.Number { return p.Best }},
		{"subscores.region", "triangle", []float64{10, 9}, func(p part) reform.Number { return p.RegionMean }},
	}
	return slices.DeleteFunc(all, func(m marker) bool { return !s.has(m.get) })
}

func (s *parts) keys() []key {
	f := s.f
	out := []key{{f.say("subscores.score"), "rect", obj{"color": f.c.strong}}}
	if s.has(func(p part) reform.Number { return p.Max }) {
		out = append(out, key{f.say("subscores.max"), "rect", obj{"color": f.c.track}})
	}
	for _, m := range s.markers(0) {
		out = append(out, key{f.say(m.key), m.symbol, obj{"color": f.c.mark}})
	}
	return out
}

func (s *parts) bars(alt string, place barLayout) (json.RawMessage, error) {
	f, bar := s.f, place.bar
	most := decimal.Zero
	score, track := make([]obj, len(s.rows)), make([]obj, len(s.rows))
	for i, p := range s.rows {
		v, tip := s.value(p), s.tip(p)
		score[i], track[i] = obj{"value": nil, "tip": tip}, obj{"value": nil, "tip": tip}
		for _, n := range []reform.Number{p.Score, p.Max, p.Best} {
			if n.Valid && n.Decimal.GreaterThan(most) {
				most = n.Decimal
			}
		}
		if p.Score.Valid {
			score[i]["value"] = json.Number(p.Score.String())
			if p.Status == reform.Provisional {
				score[i]["itemStyle"] = obj{"color": f.c.strong, "decal": f.hatching(f.c.background)}
			}
		}
		if p.Max.Valid {
			track[i]["value"] = json.Number(p.Max.String())
		}
		// The words stand behind whichever bar is longer.
		at := score[i]
		if p.Max.Valid && (!p.Score.Valid || !p.Score.Decimal.GreaterThan(p.Max.Decimal)) {
			at = track[i]
		} else if !p.Score.Valid {
			// Neither is known: words at the base of a bar of no length, in the track's series.
			at = track[i]
			at["value"] = 0
		}
		at["text"] = v
		at["label"] = obj{"show": true}
	}
	if most.IsZero() {
		most = decimal.NewFromInt(1)
	}
	c := f.barChart(place)
	series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("subscores.max"), Type: "bar", BarGap: "-100%", Data: track})
	series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("subscores.score"), Type: "bar", BarGap: "-100%", Data: score})
	// A mark at the end of a bar is half as wide as its symbol: the words stand behind it.
	distance := 6.0
	for _, m := range s.markers(bar) {
		distance = math.Max(distance, 6+math.Ceil(m.size[0]/2))
	}
	label := f.label(obj{"show": false, "position": "right", "formatter": "@text", "distance": distance})
	extra := []obj{
		{"barWidth": px(bar), "z": 2, "itemStyle": obj{"color": f.c.track}, "label": label},
		{"barWidth": px(bar), "z": 3, "itemStyle": obj{"color": f.c.strong}, "label": label},
	}
	for _, m := range s.markers(bar) {
		var data []obj
		for i, p := range s.rows {
			if n := m.get(p); n.Valid {
				data = append(data, obj{"value": []any{json.Number(n.String()), i}, "tip": number(f.lang, n, s.decimals())})
			}
		}
		series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say(m.key), Type: "scatter", Symbol: m.symbol, SymbolSize: m.size, Data: data})
		extra = append(extra, obj{"z": 5, "itemStyle": obj{"color": f.c.mark, "opacity": 1, "borderColor": f.c.background, "borderWidth": 1}})
	}
	over := f.over(alt)
	f.barAxes(over, place, 4+distance, bar, most)
	return compose(c, over, extra)
}

func (s *parts) tip(p part) string {
	out := []string{s.value(p)}
	if p.Place > 0 {
		out = append(out, s.f.say("tip.place", "place", placeOf(p.Place, p.Of)))
	}
	if p.Status == reform.Provisional {
		out = append(out, s.f.common("status.provisional"))
	}
	return strings.Join(out, "\n")
}

// hatching marks a fill that is to be read with care.
func (f *frame) hatching(colour string) obj {
	return obj{"symbol": "rect", "color": colour, "dashArrayX": []int{1, 0}, "dashArrayY": []int{2, 5}, "rotation": -0.7853981633974483}
}

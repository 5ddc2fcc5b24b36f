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
	"chiso/reform/viet"
)

// Order is how the rows of a heat map are sorted.
type Order string

// The orders of rows.
const (
	ByName   Order = "name"   // Vietnamese collation
	ByLatest Order = "latest" // place in the newest period, unplaced last
)

// HeatmapInput is what a heat map is drawn from.
type HeatmapInput struct {
	Index     reform.Index
	Component string
	ScopeName string
	Cells     []reform.HeatCell
	Names     func(reform.UnitKey) string
	Order     Order // "" ByName
	Chosen    []reform.UnitKey
	Sources   []Source
	Notes     []string
}

// mostHeatColumns is how many periods have room: ten years of months.
const mostHeatColumns = 120

type heatmap struct {
	f       *frame
	in      HeatmapInput
	units   []reform.UnitKey
	names   map[reform.UnitKey]string
	periods []reform.Period
	cell    map[heatAt]reform.HeatCell
	blank   int
}

type heatAt struct {
	unit   reform.UnitKey
	period reform.Period
}

// Heatmap draws the places of units by period: colour by relative position,
// since the number of units changes, and the place in words where it fits. A
// cell without data is hatched, never empty or pale.
// Without a single place it is an error of kind reform.ErrNotFound.
func Heatmap(in HeatmapInput, st Style) (*Picture, error) {
	f := board(st, 0)
	h := &heatmap{f: f, in: in, names: map[reform.UnitKey]string{}, cell: map[heatAt]reform.HeatCell{}}
	var all []reform.Period
	for _, c := range in.Cells {
		if c.Place <= 0 || c.Period.IsZero() {
			continue
		}
		if len(all) > 0 && c.Period.Kind() != all[0].Kind() {
			return nil, fmt.Errorf("heat map: %s and %s are periods of different kinds: %w", all[0], c.Period, reform.ErrInvalid)
		}
		all = append(all, c.Period)
		if _, ok := h.names[c.Unit]; !ok {
			name := ""
			if in.Names != nil {
				name = plain(in.Names(c.Unit))
			}
			if name == "" {
				name = plain(string(c.Unit))
			}
			h.names[c.Unit] = name
			h.units = append(h.units, c.Unit)
		}
		h.cell[heatAt{c.Unit, c.Period}] = c
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("heat map of %s: no data: %w", indexName(in.Index, "en"), reform.ErrNotFound)
	}
	h.periods, _ = axis(all)
	if len(h.periods) > mostHeatColumns {
		return nil, fmt.Errorf("heat map of %d periods: at most %d: %w", len(h.periods), mostHeatColumns, reform.ErrTooLarge)
	}
	if err := h.sort(); err != nil {
		return nil, err
	}
	h.blank = len(h.units)*len(h.periods) - len(h.cell)

	title, subtitle := h.title(), h.subtitle()
	alt := h.alt(title, st.Theme)
	f.head(title, subtitle)
	f.legend(h.keys())
	f.top += lineHeight(f.size) + 2 // the periods stand above the cells
	if err := f.rows("heat map", len(h.units), math.Ceil(f.size*1.4)); err != nil {
		return nil, err
	}
	p := f.picture("heatmap", title, subtitle, alt)
	var err error
	if p.Option, err = h.option(alt); err != nil {
		return nil, err
	}
	p.Notes = []string{f.say("heat.note")}
	if l := h.breaks(); l != "" {
		p.Notes = append(p.Notes, f.say("heat.breaks", "periods", l))
	}
	if h.blank > 0 {
		p.Notes = append(p.Notes, f.say("heat.blank", "n", h.blank))
	}
	p.Notes = append(p.Notes, in.Notes...)
	p.Sources = slices.Clone(in.Sources)
	p.Table = h.table()
	p.Plot = h.plot()
	return p, nil
}

// breaks lists the periods from which the rules are others.
func (h *heatmap) breaks() string {
	var out []string
	for i, p := range h.periods[1:] {
		for _, b := range h.in.Index.Breaks {
			if len(b.Components) > 0 && !slices.Contains(b.Components, h.in.Component) {
				continue
			}
			after, err := reform.ParsePeriod(b.After)
			if err == nil && !p.Start().Before(after.Start()) && h.periods[i].Start().Before(after.Start()) {
				out = append(out, h.f.periodShort(p))
				break
			}
		}
	}
	return strings.Join(out, ", ")
}

func (h *heatmap) sort() error {
	byName := func(a, b reform.UnitKey) int {
		if c := viet.Compare(h.names[a], h.names[b]); c != 0 {
			return c
		}
		return strings.Compare(string(a), string(b))
	}
	switch h.in.Order {
	case "", ByName:
		slices.SortFunc(h.units, byName)
	case ByLatest:
		last := h.periods[len(h.periods)-1]
		slices.SortFunc(h.units, func(a, b reform.UnitKey) int {
			x, y := h.cell[heatAt{a, last}].Place, h.cell[heatAt{b, last}].Place
			switch {
			case x == y:
				return byName(a, b)
			case x == 0:
				return 1
			case y == 0:
				return -1
			}
			return x - y
		})
	default:
		return fmt.Errorf("order %q: want name or latest: %w", h.in.Order, reform.ErrInvalid)
	}
	return nil
}

func (h *heatmap) title() string {
	f := h.f
	return f.say("heat.title", "subject", f.subject(h.in.Index, "", h.in.Component), "span", f.span(h.periods[0], h.periods[len(h.periods)-1]))
}

func (h *heatmap) subtitle() string {
	f := h.f
	var out []string
	if s := plain(h.in.ScopeName); s != "" {
		out = append(out, f.say("scope.within", "scope", s))
	}
	order := h.in.Order
	if order == "" {
		order = ByName
	}
	return strings.Join(append(out, f.say("heat.units", "n", len(h.units))+", "+f.say("heat.order."+string(order), "period", f.periodLong(h.periods[len(h.periods)-1]))), dot)
}

// class is the fifth in which a place lies: 4 the first, 0 the last; -1 where N is unknown.
func class(place, of int) int {
	v, ok := percentile(place, of)
	if !ok {
		return -1
	}
	return min(4, int(v/20))
}

// className is what the legend says of a class.
func (h *heatmap) className(c int) string {
	f := h.f
	switch c {
	case 4:
		return f.say("heat.class.top")
	case 0:
		return f.say("heat.class.last")
	case -1:
		return f.say("heat.noclass")
	case -2:
		return upper(f.common("nodata"))
	}
	return f.say("heat.class.middle", "from", 100-20*(c+1), "to", 100-20*c)
}

// classes are those that occur, the best first, what is missing last.
func (h *heatmap) classes() []int {
	has := map[int]bool{-2: h.blank > 0}
	for _, c := range h.cell {
		has[class(c.Place, c.Of)] = true
	}
	var out []int
	for c := 4; c >= -2; c-- {
		// The scale is shown whole, so that a colour can be read by its neighbours.
		if c >= 0 || has[c] {
			out = append(out, c)
		}
	}
	return out
}

func (h *heatmap) fill(c int) obj {
	f := h.f
	o := obj{"borderColor": f.c.background, "borderWidth": 1}
	switch {
	case c >= 0:
		o["color"] = f.c.classes[c].fill
	case c == -1:
		o["color"], o["borderColor"] = f.c.background, f.c.axis
	default:
		o["color"], o["decal"] = f.c.noData, f.hatching(f.c.hatch)
	}
	if c == 0 {
		// The palest class needs an edge against the ground.
		o["borderColor"] = f.c.grid
	}
	return o
}

func (h *heatmap) keys() []key {
	var out []key
	for _, c := range h.classes() {
		style := h.fill(c)
		style["borderColor"] = h.f.c.axis
		out = append(out, key{h.className(c), "rect", style})
	}
	return out
}

func (h *heatmap) alt(title string, t Theme) string {
	f := h.f
	k := "alt.heat"
	if t == Dark {
		k = "alt.heat.dark"
	}
	out := []string{f.say(k, "title", title, "n", len(h.units))}
	last := h.periods[len(h.periods)-1]
	var best, worst []string
	lo, hi := math.MaxInt, 0
	for _, u := range h.units {
		if p := h.cell[heatAt{u, last}].Place; p > 0 {
			lo, hi = min(lo, p), max(hi, p)
		}
	}
	for _, u := range h.units {
		c := h.cell[heatAt{u, last}]
		switch {
		case c.Place == 0:
		case c.Place == lo:
			best = append(best, h.names[u]+" "+placeOf(c.Place, c.Of))
		case c.Place == hi:
			worst = append(worst, h.names[u]+" "+placeOf(c.Place, c.Of))
		}
	}
	if len(best) > 0 && len(worst) > 0 {
		out = append(out, f.say("alt.heat.year", "period", upper(f.periodLong(last)), "best", f.list(best), "worst", f.list(worst)))
	}
	if h.blank > 0 {
		out = append(out, f.say("heat.blank", "n", h.blank))
	}
	return strings.Join(out, " ")
}

func (h *heatmap) option(alt string) (json.RawMessage, error) {
	f := h.f
	share := 0.22
	if f.narrow() {
		share = 0.28
	}
	units := make([]obj, len(h.units))
	nameWidth := 0.0
	for i, u := range h.units {
		chosen := slices.Contains(h.in.Chosen, u)
		name := shorten(h.names[u], share*float64(f.width), f.size, chosen)
		units[i] = obj{"value": name}
		if chosen {
			units[i]["textStyle"] = obj{"fontWeight": "bold", "color": f.c.text}
		}
		nameWidth = math.Max(nameWidth, text.Measure(name, f.size, chosen))
	}
	left, right := px(f.pad+nameWidth+8), f.pad
	column := (float64(f.width) - left - right) / float64(len(h.periods))
	row := (float64(f.height) - f.top - f.pad) / float64(len(h.units))
	small := math.Max(smallestFont, f.size-2)
	widest := 0.0
	for _, c := range h.cell {
		widest = math.Max(widest, text.Measure(itoa(c.Place), small, false))
	}
	fits := widest+3 <= column && small*1.15 <= row

	names := make([]string, len(h.periods))
	nameSpace := 0.0
	for i, p := range h.periods {
		names[i] = f.periodShort(p)
		nameSpace = math.Max(nameSpace, text.Measure(names[i], f.size, false))
	}
	// The last period's name stands in the middle of its column and may be wider.
	if over := px(math.Ceil((nameSpace-column)/2) + 1 - right); over > 0 {
		right += over
		column = (float64(f.width) - left - right) / float64(len(h.periods))
	}
	c := charts.NewHeatMap()
	c.SetGlobalOptions(append(f.global("item"),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Position: "top", Data: names}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true), Data: units}))...)
	// One series a class instead of a visual map: its legend can be laid out and hatched.
	var extra []obj
	for _, k := range h.classes() {
		data := h.data(k)
		ink := f.c.text
		if k >= 0 {
			ink = f.c.classes[k].text
		}
		series(&c.BaseConfiguration, charts.SingleSeries{Name: h.className(k), Type: "heatmap", Data: data})
		extra = append(extra, obj{
			"itemStyle": h.fill(k),
			"label":     obj{"show": fits && k != -2, "formatter": "@text", "fontSize": small, "fontFamily": text.Family, "color": ink},
			"emphasis":  obj{"itemStyle": obj{"borderColor": f.c.text, "borderWidth": 2}},
		})
	}
	over := f.over(alt)
	over["grid"] = obj{"left": left, "right": right, "top": px(f.top), "bottom": f.pad, "containLabel": false, "outerBoundsMode": "none"}
	over["xAxis"] = []obj{{
		"axisLabel": f.axisLabel(obj{"customValues": thinned(len(names), column, nameSpace+6), "margin": 5, "hideOverlap": false}),
		"axisTick":  obj{"show": false}, "axisLine": obj{"show": false}, "splitLine": obj{"show": false},
	}}
	over["yAxis"] = []obj{{
		"axisLabel": f.axisLabel(obj{"interval": 0, "margin": 6}),
		"axisTick":  obj{"show": false}, "axisLine": obj{"show": false}, "splitLine": obj{"show": false},
	}}
	return compose(c, over, extra)
}

// data is the cells of one class.
func (h *heatmap) data(want int) []obj {
	f := h.f
	out := []obj{}
	for y, u := range h.units {
		for x, p := range h.periods {
			c, ok := h.cell[heatAt{u, p}]
			k := -2
			if ok {
				k = class(c.Place, c.Of)
			}
			if k != want {
				continue
			}
			head := h.names[u] + ", " + f.periodShort(p)
			if !ok {
				out = append(out, obj{"name": head, "value": []any{x, y, 0}, "tip": f.common("nodata")})
				continue
			}
			tip := f.say("tip.place", "place", placeOf(c.Place, c.Of))
			if v, ok := percentile(c.Place, c.Of); ok {
				tip += "\n" + f.say("heat.tip.class", "n", int(math.Round(v)))
			}
			if c.Score.Valid {
				tip += "\n" + f.say("tip.score", "score", overMax(f.lang, c.Score, c.Max, decimals(h.in.Index)))
			}
			out = append(out, obj{"name": head, "value": []any{x, y, c.Place}, "text": itoa(c.Place), "tip": tip})
		}
	}
	return out
}

// table has a row a unit and a column a period.
func (h *heatmap) table() Table {
	f := h.f
	t := Table{Columns: []Column{{Key: "unit", Label: f.say("col.unit")}}}
	for _, p := range h.periods {
		t.Columns = append(t.Columns, Column{Key: p.String(), Label: f.periodShort(p), Numeric: true})
	}
	for _, u := range h.units {
		row := []Cell{{Text: h.names[u], Value: string(u)}}
		for _, p := range h.periods {
			row = append(row, f.placeCells(h.cell[heatAt{u, p}].Place, h.cell[heatAt{u, p}].Of, "")[0])
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

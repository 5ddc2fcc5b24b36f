package charts

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"chiso/charts/geo"
	"chiso/charts/text"
)

// largestTile keeps a grid readable as one picture on a wide page.
const largestTile = 84

// leastNamed is the square that holds the names at the smallest size.
const leastNamed = 29

// tilesHeight is the height of a wide grid that may choose.
const tilesHeight = 860

// drawTiles draws equal squares, one a unit, and both archipelagos as squares of their own with a
// label under them.
func (m *mapping) drawTiles(st Style, alt string) (json.RawMessage, error) {
	f := m.f
	wide := f.width >= wideMap
	keys := m.keys()
	if !wide {
		f.legend(keys)
	}
	columns, rows := 0, 0
	for _, t := range m.tiles {
		columns, rows = max(columns, t.Column+1), max(rows, t.Row+1)
		if strings.Contains(t.Code, "-") {
			columns = max(columns, t.Column+2) // its label is two squares wide
		}
	}
	foot := []string{f.say("map.sketch")}
	footHeight := 8 + lineHeight(f.size)*float64(1+strings.Count(text.Wrap(foot[0], f.inner(), f.size, false), "\n"))
	legend := 0.0
	if wide {
		legend = m.columnWidth(keys) + 28
	}
	side := math.Min(largestTile, (f.inner()-legend)/float64(columns))
	if least := (f.inner() - legend - m.isleLabel()) / float64(columns-2); 2*side < m.isleLabel() {
		side = least
	}
	switch {
	case st.Height > 0:
		side = math.Min(side, (float64(f.height)-f.top-footHeight-f.pad)/float64(rows))
	case wide:
		side = math.Min(side, tilesHeight/float64(rows))
	}
	side = math.Max(10, math.Floor(side*2)/2)
	if st.Height == 0 {
		f.height = int(math.Ceil(f.top + side*float64(rows) + footHeight + f.pad))
	}
	// The labels of the archipelagos are not squeezed with the squares.
	beyond := math.Max(0, m.isleLabel()-2*side)
	width, height := side*float64(columns), side*float64(rows)
	left := px(f.pad + math.Max(0, (f.inner()-width-beyond-legend)/2))
	top := px(f.top)
	f.foot(foot)
	if wide {
		m.column(keys, left+width+beyond+28, top)
	}
	size := m.tileFont(side)
	c := charts.NewHeatMap()
	c.SetGlobalOptions(append(f.global("item"),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Data: numbers(columns)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Inverse: opts.Bool(true), Data: numbers(rows)}))...)
	var extra []obj
	for i, class := range m.classes {
		style := m.fill(i)
		delete(style, "areaColor")
		style["borderColor"], style["borderWidth"] = f.c.background, 2
		series(&c.BaseConfiguration, charts.SingleSeries{Name: keys[i].name, Type: "heatmap", Data: m.squares(i, side, size)})
		extra = append(extra, obj{
			"itemStyle": style,
			"label":     f.squareLabel(class, size),
			"emphasis":  obj{"itemStyle": obj{"borderColor": f.c.text, "borderWidth": 2}},
		})
	}
	m.tileFrames(left, top, side, beyond)
	over := f.over(alt)
	over["grid"] = obj{"left": left, "top": top, "width": width, "height": height, "containLabel": false, "outerBoundsMode": "none"}
	hidden := obj{"axisLabel": obj{"show": false}, "axisTick": obj{"show": false}, "axisLine": obj{"show": false}, "splitLine": obj{"show": false}}
	over["xAxis"], over["yAxis"] = []obj{hidden}, []obj{hidden}
	over["graphic"] = m.graphic
	return compose(c, over, extra)
}

func (f *frame) squareLabel(c mapClass, size float64) obj {
	o := obj{"show": true, "formatter": "@text", "fontSize": size, "lineHeight": math.Ceil(size * 1.15), "fontFamily": text.Family, "color": c.fill.text, "align": "center"}
	if c.decal != nil {
		o["textBorderColor"], o["textBorderWidth"] = c.fill.fill, 3
	}
	return o
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = itoa(i)
	}
	return out
}

// tileFont is the largest size at which every name's longest word and three lines fit a square.
func (m *mapping) tileFont(side float64) float64 {
	size := math.Min(m.f.size, math.Floor((side-4)/3/1.15))
	for ; size > smallestFont; size -= 0.5 {
		fits := true
		for _, u := range m.units {
			lines := tileLines(u, side, size)
			fits = fits && len(lines) <= 2
			for _, l := range lines {
				fits = fits && text.Measure(l, size, false) <= side-4
			}
		}
		if fits {
			break
		}
	}
	// Where the names would be cut to a letter, the values stand alone; the table names them.
	m.bare = side < leastNamed
	return math.Max(smallestFont, size)
}

// tileLines breaks a name between its words, never inside one.
func tileLines(u mapUnit, side, size float64) []string {
	if text.Measure(u.short, size, false) <= side-4 {
		return []string{u.short}
	}
	return strings.SplitN(u.short, " ", 2)
}

// tileName is a name in the lines that a square holds.
func (m *mapping) tileName(u mapUnit, side, size float64) []string {
	lines := tileLines(u, side, size)
	if m.bare {
		return nil
	}
	for i := range lines {
		lines[i] = shorten(lines[i], side-3, size, false)
	}
	return lines
}

// squares are the tiles of one class, in order of place.
func (m *mapping) squares(class int, side, size float64) []obj {
	out := []obj{}
	for _, u := range m.units {
		t := m.tiles[u.code]
		if u.class == class {
			item := m.square(u, t, side, size)
			item["name"], item["tip"] = u.name, m.tip(u)
			out = append(out, item)
		}
	}
	for _, a := range geo.Archipelagos() {
		u := m.unit(a.Code)
		if u == nil || u.class != class {
			continue
		}
		item := m.square(*u, m.tiles[a.Key], side, size)
		item["name"], item["tip"] = m.f.say("map."+a.Key), u.name+"\n"+m.tip(*u)
		item["text"] = ""
		if v := m.value(*u); text.Measure(v, size, false) <= side-1 {
			item["text"] = v
		}
		out = append(out, item)
	}
	return out
}

func (m *mapping) square(u mapUnit, t geo.Tile, side, size float64) obj {
	lines := m.tileName(u, side, size)
	if v := m.value(u); v != "" && text.Measure(v, size, u.chosen) <= side-1 && float64(len(lines)+1)*math.Ceil(size*1.15) <= side {
		lines = append(lines, v)
	}
	item := obj{"value": []any{t.Column, t.Row, m.rank(u)}, "text": strings.Join(lines, "\n")}
	if u.chosen {
		item["label"] = obj{"fontWeight": "bold"}
	}
	return item
}

// tileFrames draws the frames of the chosen units, and the labels and frames of the archipelagos.
func (m *mapping) tileFrames(left, top, side, beyond float64) {
	f := m.f
	for _, u := range m.units {
		if !u.chosen {
			continue
		}
		t := m.tiles[u.code]
		m.graphic = append(m.graphic, obj{"type": "rect", "silent": true, "z": 10,
			"shape": obj{"x": px(left + side*float64(t.Column) + 1), "y": px(top + side*float64(t.Row) + 1), "width": side - 2, "height": side - 2},
			"style": obj{"fill": nil, "stroke": f.c.text, "lineWidth": 3}})
	}
	for _, a := range geo.Archipelagos() {
		t := m.tiles[a.Key]
		x, y := left+side*float64(t.Column), top+side*float64(t.Row)
		lines := m.isleLines(a.Key)
		size := f.size
		for ; size > smallestFont; size -= 0.5 {
			if w, h := m.size(lines, size, false); w <= 2*side+beyond-2 && h <= side {
				break
			}
		}
		_, h := m.size(lines, size, false)
		m.words(lines, x+side+beyond/2, y+side+1, size, false, f.c.text, false)
		m.graphic = append(m.graphic, obj{"type": "rect", "silent": true, "z": 1, "shape": obj{"x": px(x - 1), "y": px(y - 2), "width": 2*side + beyond, "height": px(side + math.Max(side, h) + 3)},
			"style": obj{"fill": nil, "stroke": f.c.axis, "lineWidth": 1}})
	}
}

func (m *mapping) isleLines(key string) []string {
	return []string{m.f.say("map." + key + ".short"), m.f.say("map." + key + ".of")}
}

// isleLabel is the least width of the archipelagos' labels.
func (m *mapping) isleLabel() float64 {
	widest := 0.0
	for _, a := range geo.Archipelagos() {
		w, _ := m.size(m.isleLines(a.Key), smallestFont, false)
		widest = math.Max(widest, w+2)
	}
	return widest
}

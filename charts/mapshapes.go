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

// Layout of a map: the mainland, to its right in the sea the two insets, and the legend above (narrow)
// or at the right (wide).
const (
	wideMap      = 640
	mapHeight    = 640 // of a wide picture that may choose
	tallestPhone = 620 // of the mainland in a narrow picture that may choose
	mapGap       = 8
	mostCallouts = 6
)

func (b box) within(o box) bool {
	return b.x0 >= o.x0 && b.x1 <= o.x1 && b.y0 >= o.y0 && b.y1 <= o.y1
}

func (b box) grown(by float64) box { return box{b.x0 - by, b.y0 - by, b.x1 + by, b.y1 + by} }

// sheet is where the mainland lies, and how degrees become pixels.
type sheet struct {
	box
	bounds geo.Rect
}

func (s sheet) at(p geo.Point) (x, y float64) {
	return s.x0 + (p[0]-s.bounds.West)/(s.bounds.East-s.bounds.West)*(s.x1-s.x0),
		s.y0 + (s.bounds.North-p[1])/(s.bounds.North-s.bounds.South)*(s.y1-s.y0)
}

func (s sheet) degrees(x, y float64) geo.Point {
	return geo.Point{s.bounds.West + (x-s.x0)/(s.x1-s.x0)*(s.bounds.East-s.bounds.West),
		s.bounds.North - (y-s.y0)/(s.y1-s.y0)*(s.bounds.North-s.bounds.South)}
}

// isleWords are the lines under an inset, as short as the width wants.
func (m *mapping) isleWords(key string, width float64) []string {
	f := m.f
	name, of := f.say("map."+key), f.say("map."+key+".of")
	lines := strings.Split(text.Wrap(name, width, f.size, false), "\n")
	return append(lines, strings.Split(text.Wrap(of, width, f.size, false), "\n")...)
}

// insetWidth holds the longest word group of the labels.
func (m *mapping) insetWidth() float64 {
	f := m.f
	widest := 0.0
	for _, a := range geo.Archipelagos() {
		w := text.Measure(f.say("map."+a.Key), f.size, true)
		if f.narrow() {
			// On a phone the name takes two lines: the mainland needs the width.
			w = 0
			for word := range strings.SplitSeq(f.say("map."+a.Key), " ") {
				w = math.Max(w, text.Measure(word, f.size, true))
			}
		}
		widest = math.Max(widest, math.Max(w, text.Measure(f.say("map."+a.Key+".of"), f.size, false)))
	}
	return math.Ceil(widest) + 14
}

func (m *mapping) drawShapes(st Style, alt string) (json.RawMessage, error) {
	f := m.f
	wide := f.width >= wideMap
	keys := m.keys()
	if !wide {
		f.legend(keys)
	}
	if st.Height == 0 {
		f.height = mapHeight
		if !wide {
			f.height = int(f.top) + tallestPhone + 60
		}
	}
	foot := []string{f.say("map.sketch")}
	inset := m.insetWidth()
	legend := 0.0
	if wide {
		legend = m.columnWidth(keys) + 28
	}
	aspect := m.shape.Bounds.Aspect()
	footHeight := 8 + lineHeight(f.size)*float64(1+strings.Count(text.Wrap(foot[0], f.inner(), f.size, false), "\n"))
	high := float64(f.height) - f.top - footHeight - f.pad
	across := f.inner() - inset - mapGap - legend
	if high*aspect > across {
		high = across / aspect
		if st.Height == 0 {
			f.height = int(math.Ceil(f.top + high + footHeight + f.pad))
		}
	}
	high = math.Max(high, 60)
	block := high*aspect + mapGap + inset + legend
	left := px(f.pad + math.Max(0, (f.inner()-block)/2))
	top := px(f.top + math.Max(0, (float64(f.height)-f.top-footHeight-f.pad-high)/2))
	s := sheet{box{left, top, left + px(high*aspect), top + px(high)}, m.shape.Bounds}
	f.foot(foot)
	if wide {
		m.column(keys, s.x1+mapGap+inset+28, s.y0)
	}

	c := charts.NewMap()
	c.SetGlobalOptions(f.global("item")...)
	series(&c.BaseConfiguration, charts.SingleSeries{Type: "map", Data: m.regions()})
	extra := []obj{{
		"map": m.shape.Name, "nameProperty": "code", "aspectScale": geo.AspectScale,
		"left": s.x0, "top": s.y0, "width": s.x1 - s.x0, "height": s.y1 - s.y0,
		"selectedMode": false, "roam": false, "showLegendSymbol": false, "label": obj{"show": false},
		"emphasis": obj{"label": obj{"show": false}, "itemStyle": obj{"borderColor": f.c.text, "borderWidth": 2}},
	}}
	m.outline(s)
	isles := m.insets(s, inset)
	m.callouts(s)
	m.inner(s)
	for i, a := range geo.Archipelagos() {
		series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("map." + a.Key), Type: "scatter", Symbol: "circle", Data: isles[i]})
		extra = append(extra, obj{"z": 4})
	}
	m.legendSeries(c, &extra)
	over := f.over(alt)
	m.pixels(over)
	return compose(c, over, extra)
}

// pixels gives the option a plane without axes, on which a point is a pixel.
func (m *mapping) pixels(over obj) {
	f := m.f
	over["grid"] = obj{"left": 0, "top": 0, "right": 0, "bottom": 0, "containLabel": false, "outerBoundsMode": "none"}
	over["xAxis"] = []obj{{"type": "value", "show": false, "min": 0, "max": f.width}}
	over["yAxis"] = []obj{{"type": "value", "show": false, "inverse": true, "min": 0, "max": f.height}}
	over["graphic"] = m.graphic
}

// legendSeries are series without data: a legend knows none but the names of series.
func (m *mapping) legendSeries(c *charts.Map, extra *[]obj) {
	for _, k := range m.keys() {
		series(&c.BaseConfiguration, charts.SingleSeries{Name: k.name, Type: "scatter", Data: []opts.ScatterData{}})
		*extra = append(*extra, obj{"itemStyle": k.style, "silent": true})
	}
}

// fill is how a region or an islet of a class looks.
func (m *mapping) fill(class int) obj {
	c := m.classes[class]
	edge := c.edge
	if edge == "" {
		edge = m.f.c.axis
	}
	o := obj{"color": c.fill.fill, "areaColor": c.fill.fill, "borderColor": edge, "borderWidth": 0.6}
	if c.decal != nil {
		o["decal"] = c.decal
	}
	return o
}

// regions are the provinces in order of place, which the arrow keys follow.
func (m *mapping) regions() []obj {
	var out []obj
	for i, u := range m.units {
		item := obj{"name": u.code, "head": u.name, "value": i + 1, "tip": m.tip(u), "itemStyle": m.fill(u.class),
			"emphasis": obj{"itemStyle": obj{"areaColor": m.classes[u.class].fill.fill}}}
		out = append(out, item)
	}
	return out
}

func (m *mapping) keys() []key {
	var out []key
	for i, c := range m.classes {
		style := m.fill(i)
		style["borderColor"], style["borderWidth"], style["opacity"] = m.f.c.axis, 1, 1
		delete(style, "areaColor")
		out = append(out, key{m.f.say("map.legend", "name", c.name, "n", c.n), "rect", style})
	}
	return out
}

func (m *mapping) columnWidth(keys []key) float64 {
	widest := 0.0
	for _, k := range keys {
		widest = math.Max(widest, 14+5+text.Measure(k.name, m.f.size, false))
	}
	return math.Ceil(widest)
}

// column stacks the legend, one entry a line.
func (m *mapping) column(keys []key, x, y float64) {
	f := m.f
	for _, k := range keys {
		f.legends = append(f.legends, obj{
			"show": true, "type": "plain", "left": px(x), "top": px(y), "padding": 0, "itemWidth": 14, "itemHeight": 10, "selectedMode": false,
			"data":      []obj{{"name": k.name, "icon": k.icon, "itemStyle": k.style}},
			"textStyle": obj{"fontFamily": text.Family, "fontSize": f.size, "color": f.c.text},
		})
		y += lineHeight(f.size) + 4
	}
}

// words draws lines of text, centred on x, from y downwards.
func (m *mapping) words(lines []string, x, y, size float64, bold bool, colour string, halo bool) {
	f := m.f
	style := obj{"text": strings.Join(lines, "\n"), "x": px(x), "y": px(y), "textAlign": "center", "textVerticalAlign": "top",
		"fontSize": size, "fontFamily": text.Family, "lineHeight": math.Ceil(size * 1.2), "fill": colour}
	if bold {
		style["fontWeight"] = "bold"
	}
	if halo {
		style["stroke"], style["lineWidth"] = f.c.background, 3
	}
	m.graphic = append(m.graphic, obj{"type": "text", "silent": true, "z": 20, "style": style})
}

// outline draws the borders of the chosen units once more, over those of their neighbours.
func (m *mapping) outline(s sheet) {
	for _, u := range m.units {
		r, ok := m.shape.Region(u.code)
		if !u.chosen || !ok {
			continue
		}
		for _, p := range r.Polygons {
			points := make([][]float64, 0, len(p[0]))
			for _, at := range p[0] {
				x, y := s.at(at)
				points = append(points, []float64{math.Round(x*10) / 10, math.Round(y*10) / 10})
			}
			m.graphic = append(m.graphic, obj{"type": "polygon", "silent": true, "z": 10, "shape": obj{"points": points},
				"style": obj{"fill": nil, "stroke": m.f.c.text, "lineWidth": 2.5, "lineJoin": "round"}})
		}
	}
}

// insets draws the frames and the labels of the archipelagos and returns their islets as points.
func (m *mapping) insets(s sheet, width float64) [][]obj {
	f := m.f
	all := geo.Archipelagos()
	out := make([][]obj, len(all))
	line := math.Ceil(f.size * 1.2)
	x0 := s.x1 + mapGap
	// The sea that is left for the dots, so that both insets fit below each other.
	words := make([][]string, len(all))
	written := 0.0
	for i, a := range all {
		words[i] = m.isleWords(a.Key, width-8)
		written += float64(len(words[i]))*line + 6
	}
	sea := math.Max(24, math.Min(width*0.8, (s.y1-s.y0-written-mapGap)/2-8))
	y := 0.0
	for i, a := range all {
		high := sea + float64(len(words[i]))*line + 8
		if i == 0 {
			_, centre := s.at(geo.Point{0, 17})
			y = math.Max(s.y0, centre-high/2)
			// Room for the other one below.
			below := sea + float64(len(words[1]))*line + 8 + mapGap
			y = math.Max(s.y0, math.Min(y, s.y1-below-high))
		} else {
			y = math.Max(y+mapGap, s.y1-high)
		}
		frame := box{x0, px(y), x0 + width, px(y + high)}
		edge, thick := f.c.axis, 1.0
		u := m.unit(a.Code)
		if u != nil && u.chosen {
			edge, thick = f.c.text, 2.5
		}
		m.graphic = append(m.graphic, obj{"type": "rect", "silent": true, "z": 1, "shape": obj{"x": frame.x0, "y": frame.y0, "width": frame.x1 - frame.x0, "height": frame.y1 - frame.y0},
			"style": obj{"fill": nil, "stroke": edge, "lineWidth": thick}})
		out[i] = m.islets(a, u, box{frame.x0 + 10, frame.y0 + 10, frame.x1 - 10, frame.y0 + sea - 2})
		m.words(words[i], (frame.x0+frame.x1)/2, frame.y0+sea+2, f.size, false, f.c.text, false)
		m.taken = append(m.taken, frame)
		y += high
	}
	return out
}

// islets lie in the box as they lie in the sea; each is a dot, for most would be smaller than a pixel.
func (m *mapping) islets(a geo.Archipelago, u *mapUnit, in box) []obj {
	b := a.Bounds
	scale := math.Min((in.x1-in.x0)/((b.East-b.West)*geo.AspectScale), (in.y1-in.y0)/(b.North-b.South))
	cx, cy := (in.x0+in.x1)/2, (in.y0+in.y1)/2
	var out []obj
	for _, at := range a.Islets {
		x := cx + (at[0]-(b.East+b.West)/2)*geo.AspectScale*scale
		y := cy - (at[1]-(b.North+b.South)/2)*scale
		dot := obj{"name": m.f.say("map." + a.Key), "value": []any{math.Round(x*10) / 10, math.Round(y*10) / 10}, "symbolSize": math.Max(5, math.Round(m.f.size*0.5))}
		if u != nil {
			style := m.fill(u.class)
			delete(style, "areaColor")
			style["borderColor"], style["borderWidth"], style["opacity"] = m.f.c.text, 1, 1
			dot["itemStyle"] = style
			dot["tip"] = u.name + "\n" + m.tip(*u)
		}
		out = append(out, dot)
	}
	return out
}

func (m *mapping) unit(code string) *mapUnit {
	for i := range m.units {
		if m.units[i].code == code {
			return &m.units[i]
		}
	}
	return nil
}

// free reports whether a label may stand there: in the picture, and over no other.
func (m *mapping) free(b box, within box) bool {
	if !b.within(within) {
		return false
	}
	for _, t := range m.taken {
		if b.hits(t) {
			return false
		}
	}
	return true
}

// callouts name the chosen units, inside where they fit, else beside with a line that leads there.
func (m *mapping) callouts(s sheet) {
	f := m.f
	n := 0
	for _, u := range m.units {
		r, ok := m.shape.Region(u.code)
		if !u.chosen || !ok || n >= mostCallouts {
			continue
		}
		n++
		lines := []string{u.name}
		if v := m.callout(u); v != "" {
			lines = append(lines, v)
		} else {
			lines = append(lines, f.common("nodata"))
		}
		w, h := m.size(lines, f.size, true)
		x, y := s.at(r.Center)
		if at := (box{x - w/2, y - h/2, x + w/2, y + h/2}); m.inside(s, r, at) && m.free(at, s.grown(4)) {
			m.words(lines, x, at.y0, f.size, true, m.classes[u.class].fill.text, m.classes[u.class].decal != nil)
			m.taken = append(m.taken, at)
			continue
		}
		if at, ok := m.beside(s, x, y, w, h); ok {
			tx, ty := math.Max(at.x0, math.Min(x, at.x1)), math.Max(at.y0, math.Min(y, at.y1))
			m.graphic = append(m.graphic, obj{"type": "line", "silent": true, "z": 12, "shape": obj{"x1": px(x), "y1": px(y), "x2": px(tx), "y2": px(ty)},
				"style": obj{"stroke": f.c.text, "lineWidth": 1}})
			m.words(lines, (at.x0+at.x1)/2, at.y0, f.size, true, f.c.text, true)
			m.taken = append(m.taken, at)
		}
	}
}

// beside looks for a place near a point that covers least of the land.
func (m *mapping) beside(s sheet, x, y, w, h float64) (box, bool) {
	limit := box{m.f.pad, s.y0 - 2, s.x1 + mapGap - 2, s.y1 + 2}
	best, least := box{}, math.Inf(1)
	for _, away := range []float64{24, 40, 60, 90, 130, 180, 240} {
		for k := range 16 {
			angle := float64(k) * math.Pi / 8
			cx, cy := x+away*math.Cos(angle)*1.3, y+away*math.Sin(angle)
			at := box{px(cx - w/2), px(cy - h/2), px(cx + w/2), px(cy + h/2)}
			if !m.free(at.grown(2), limit) || at.grown(2).hits(box{x, y, x, y}.grown(4)) {
				continue
			}
			if cost := away + 1500*m.land(s, at); cost < least {
				best, least = at, cost
			}
		}
	}
	return best, !math.IsInf(least, 1)
}

// land is how much of a box lies over the provinces, 0 to 1.
func (m *mapping) land(s sheet, b box) float64 {
	on, all := 0, 0
	for i := range 5 {
		for j := range 3 {
			at := s.degrees(b.x0+(b.x1-b.x0)*float64(i)/4, b.y0+(b.y1-b.y0)*float64(j)/2)
			all++
			for _, r := range m.shape.Regions {
				if r.Contains(at) {
					on++
					break
				}
			}
		}
	}
	return float64(on) / float64(all)
}

func (m *mapping) size(lines []string, size float64, bold bool) (w, h float64) {
	for _, l := range lines {
		w = math.Max(w, text.Measure(l, size, bold))
	}
	return math.Ceil(w) + 2, math.Ceil(size*1.2) * float64(len(lines))
}

// inside reports whether a box lies within a region, looked at along its edges.
func (m *mapping) inside(s sheet, r geo.Region, b box) bool {
	for i := range 7 {
		x := b.x0 + (b.x1-b.x0)*float64(i)/6
		for _, y := range []float64{b.y0, (b.y0 + b.y1) / 2, b.y1} {
			if !r.Contains(s.degrees(x, y)) {
				return false
			}
		}
	}
	return true
}

// inner writes names and values into the provinces that have room for them. A label lies within
// its own province, so none lies over another's.
func (m *mapping) inner(s sheet) {
	f := m.f
	small := math.Max(9, f.size-2)
	for _, u := range m.units {
		r, ok := m.shape.Region(u.code)
		if u.chosen || !ok || !u.within {
			continue
		}
		v := m.value(u)
		var tries [][]string
		if v != "" {
			tries = append(tries, []string{u.short, v})
			if wrapped := strings.Replace(u.short, " ", "\n", 1); wrapped != u.short {
				tries = append(tries, append(strings.Split(wrapped, "\n"), v))
			}
			tries = append(tries, []string{v})
		}
		m.tryLabel(s, r, u, tries, small)
	}
}

func (m *mapping) tryLabel(s sheet, r geo.Region, u mapUnit, tries [][]string, size float64) {
	x, y := s.at(r.Center)
	for _, lines := range tries {
		w, h := m.size(lines, size, false)
		for _, d := range [][2]float64{{0, 0}, {0, -4}, {0, 4}, {-6, 0}, {6, 0}, {-6, -6}, {6, -6}, {-6, 6}, {6, 6}, {0, -10}, {0, 10}, {-12, 0}, {12, 0}} {
			cx, cy := x+d[0], y+d[1]
			at := box{cx - w/2, cy - h/2, cx + w/2, cy + h/2}
			if m.inside(s, r, at) && m.free(at, s.grown(4)) {
				c := m.classes[u.class]
				m.words(lines, cx, at.y0, size, false, c.fill.text, c.decal != nil)
				m.taken = append(m.taken, at)
				return
			}
		}
	}
}

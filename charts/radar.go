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

// fewestSpokes is how many components a radar needs to enclose anything.
const fewestSpokes = 3

// SubscoresRadar draws components in per cent of their maximum. Components
// without a score or a known maximum have no place on it: with fewer than three
// left it is an error of kind reform.ErrInvalid whose words tell the reader why; without a
// single score one of kind reform.ErrNotFound.
func SubscoresRadar(in SubscoresInput, st Style) (*Picture, error) {
	f := board(st, 580)
	s, err := newParts(f, in)
	if err != nil {
		return nil, err
	}
	// Parts and the whole that they make up do not stand side by side.
	spokes := slices.Clone(s.rows)
	spokes = slices.DeleteFunc(spokes, func(p part) bool {
		_, ok := ratio(p.Score, p.Max)
		return !ok || p.child
	})
	if len(spokes) < fewestSpokes {
		return nil, fmt.Errorf("%s: %w", f.say("radar.few", "n", len(spokes)), reform.ErrInvalid)
	}
	title := s.title("radar.title")
	subtitle := f.say("radar.ring")
	if t := s.subtitle(); t != "" {
		subtitle = t + dot + subtitle
	}
	if s.provisional() {
		subtitle += dot + upper(f.common("status.provisional"))
	}
	alt := s.alt(title)
	f.head(title, subtitle)
	r := &radar{parts: s, spokes: spokes}
	r.median = !slices.ContainsFunc(spokes, func(p part) bool { return !p.Median.Valid })
	if r.median {
		f.legend([]key{
			{r.name(), symbols[0], obj{"color": f.c.strong}},
			{f.say("subscores.median"), symbols[1], obj{"color": f.c.mark}},
		})
	}
	r.layOut(st)
	p := f.picture("radar", title, subtitle, alt)
	p.Period = in.Subscores.Period
	if p.Option, err = r.option(alt); err != nil {
		return nil, err
	}
	p.Notes = s.notes()
	if l := s.names(func(p part) bool { _, ok := ratio(p.Score, p.Max); return !ok && !p.child }); l != "" {
		p.Notes = append(p.Notes, f.say("radar.left", "list", l))
	}
	p.Notes = append(p.Notes, in.Notes...)
	p.Table, p.Sources = s.table()
	p.Plot = r.plot()
	return p, nil
}

// radar is a radar on the drawing board.
type radar struct {
	*parts
	spokes []part
	median bool
	labels []string
	x, y   float64
	radius float64
}

func (r *radar) name() string {
	n := plain(r.in.Name)
	if n == "" {
		n = r.who()
	}
	return shorten(n, r.f.inner()/2, r.f.size, false)
}

// layOut writes the names around the circle where they fit, else numbers
// around it and the names below.
func (r *radar) layOut(st Style) {
	f := r.f
	lh := lineHeight(f.size)
	width := math.Min(220, 0.24*float64(f.width))
	r.labels = make([]string, len(r.spokes))
	for i, p := range r.spokes {
		r.labels[i] = fit(p.name, width, f.size, false, 4) + "\n" + r.value(p)
	}
	bottom := float64(f.height) - f.pad
	r.x = px(float64(f.width) / 2)
	r.y = px((f.top + bottom) / 2)
	for r.radius = px((bottom - f.top) / 2); r.radius >= 100; r.radius -= 4 {
		if !r.collide(f.top, bottom) {
			if st.Height == 0 {
				r.trim(bottom)
			}
			return
		}
	}
	list := make([]string, len(r.spokes))
	for i, p := range r.spokes {
		pc, _ := ratio(p.Score, p.Max)
		r.labels[i] = f.say("radar.number", "n", i+1, "percent", write(f.lang, pc.Round(0))+"%")
		list[i] = f.say("radar.item", "n", i+1, "name", p.name, "score", overMax(f.lang, p.Score, p.Max, r.decimals()))
	}
	side := 0.0
	for _, l := range r.labels {
		side = math.Max(side, text.Measure(l, f.size, false))
	}
	lines := 0
	for _, l := range list {
		lines += 1 + strings.Count(text.Wrap(l, f.inner(), f.size, false), "\n")
	}
	r.radius = math.Max(60, math.Min(float64(f.width)/2-side-f.pad-nameGap, 150))
	if st.Height == 0 || float64(f.height) < f.top+2*(60+lh+nameGap)+lh*float64(lines)+f.pad {
		f.height = int(math.Ceil(f.top + 2*(r.radius+lh+nameGap) + lh*float64(lines) + 2*f.pad))
	}
	foot := f.foot(list)
	bottom = float64(f.height) - f.pad - foot
	r.radius = px(math.Min(r.radius, (bottom-f.top)/2-lh-nameGap))
	r.y = px((f.top + bottom) / 2)
	r.thin(bottom)
}

// thin leaves away what numbers around the circle have no room for: first the per cents, which
// the list below has too, then every second number, and so on; they are counted in a row.
func (r *radar) thin(bottom float64) {
	if !r.collide(r.f.top, bottom) {
		return
	}
	for every := 1; every <= len(r.labels); every++ {
		for i := range r.labels {
			r.labels[i] = ""
			if i%every == 0 {
				r.labels[i] = "(" + itoa(i+1) + ")"
			}
		}
		if !r.collide(r.f.top, bottom) {
			return
		}
	}
}

// nameGap is how far the names stand from the outer ring.
const nameGap = 12

// trim takes the room away that names and rings leave free above and below.
func (r *radar) trim(bottom float64) {
	f := r.f
	lo, hi := r.y-r.radius, r.y+r.radius
	for _, b := range r.boxes() {
		lo, hi = math.Min(lo, b.y0), math.Max(hi, b.y1)
	}
	above, below := math.Floor(lo-f.top), math.Floor(bottom-hi)
	r.y -= above
	f.height -= int(above + below)
}

// collide says whether names around the circle would cover each other or leave the picture.
func (r *radar) collide(top, bottom float64) bool {
	boxes := r.boxes()
	for i, b := range boxes {
		if r.labels[i] == "" {
			continue
		}
		if b.x0 < 2 || b.x1 > float64(r.f.width)-2 || b.y0 < top || b.y1 > bottom {
			return true
		}
		for j, o := range boxes[:i] {
			if r.labels[j] != "" && b.hits(o) {
				return true
			}
		}
	}
	return false
}

// boxes are where ECharts puts the names.
func (r *radar) boxes() []box {
	f := r.f
	out := make([]box, len(r.labels))
	for i, l := range r.labels {
		a := math.Pi/2 + 2*math.Pi*float64(i)/float64(len(r.labels))
		x, y := r.x+(r.radius+nameGap)*math.Cos(a), r.y-(r.radius+nameGap)*math.Sin(a)
		w, h := text.Measure(l, f.size, false), lineHeight(f.size)*float64(1+strings.Count(l, "\n"))
		b := box{x - w/2, y - h/2, x + w/2, y + h/2}
		switch {
		case math.Cos(a) > 0.01:
			b.x0, b.x1 = x, x+w
		case math.Cos(a) < -0.01:
			b.x0, b.x1 = x-w, x
		case math.Sin(a) > 0:
			b.y0, b.y1 = y-h, y
		default:
			b.y0, b.y1 = y, y+h
		}
		out[i] = b
	}
	return out
}

func (r *radar) option(alt string) (json.RawMessage, error) {
	f := r.f
	indicators := make([]*opts.Indicator, len(r.spokes))
	mine, median := make([]json.Number, len(r.spokes)), make([]json.Number, len(r.spokes))
	var tip, medianTip []string
	for i, p := range r.spokes {
		indicators[i] = &opts.Indicator{Name: r.labels[i], Max: 100}
		v, _ := ratio(p.Score, p.Max)
		mine[i] = json.Number(v.Round(4).String())
		tip = append(tip, f.say("alt.component", "name", p.name, "score", r.value(p)))
		if r.median {
			m, _ := ratio(p.Median, p.Max)
			median[i] = json.Number(m.Round(4).String())
			medianTip = append(medianTip, f.say("alt.component", "name", p.name, "score", overMax(f.lang, p.Median, p.Max, r.decimals())))
		}
	}
	c := charts.NewRadar()
	c.SetGlobalOptions(append(f.global("item"),
		charts.WithRadarComponentOpts(opts.RadarComponent{Indicator: indicators, Shape: "polygon", SplitNumber: 5}))...)
	data := func(values []json.Number, tip []string) []obj {
		return []obj{{"value": values, "tip": strings.Join(tip, "\n")}}
	}
	var extra []obj
	if r.median {
		series(&c.BaseConfiguration, charts.SingleSeries{Name: f.say("subscores.median"), Type: "radar", Symbol: symbols[1], SymbolSize: 6, Data: data(median, medianTip)})
		extra = append(extra, obj{"z": 2, "itemStyle": obj{"color": f.c.mark}, "lineStyle": obj{"color": f.c.mark, "width": 1.5, "type": "dashed"}})
	}
	series(&c.BaseConfiguration, charts.SingleSeries{Name: r.name(), Type: "radar", Symbol: symbols[0], SymbolSize: 7, Data: data(mine, tip)})
	extra = append(extra, obj{
		"z": 3, "itemStyle": obj{"color": f.c.strong}, "lineStyle": obj{"color": f.c.strong, "width": 2.5},
		"areaStyle": obj{"color": f.c.strong, "opacity": 0.18},
	})
	over := f.over(alt)
	over["radar"] = f.rings(r)
	return compose(c, over, extra)
}

// rings are the circle and its lines.
func (f *frame) rings(r *radar) obj {
	return obj{
		"center": []float64{r.x, r.y}, "radius": r.radius, "axisNameGap": nameGap, "nameGap": nameGap,
		"axisName": obj{"show": true, "fontSize": f.size, "lineHeight": lineHeight(f.size), "color": f.c.text, "fontFamily": text.Family},
		"axisLine": f.line(f.c.grid),
		// The centre counts as a ring, so that the sixth is the outer one.
		"splitLine": obj{"show": true, "lineStyle": obj{"width": 1, "color": []string{f.c.grid, f.c.grid, f.c.grid, f.c.grid, f.c.grid, f.c.axis}}},
		"splitArea": obj{"show": false},
	}
}

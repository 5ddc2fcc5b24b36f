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

// CompareRadar draws the components of two to six units in per cent of their maximum on
// one radar. A component that one of them lacks has no place on it: a line must not pass
// through what is not known. With fewer than three left it is an error of kind
// reform.ErrInvalid whose words tell the reader why.
func CompareRadar(in CompareInput, st Style) (*Picture, error) {
	f := board(st, 600)
	c, err := newComparison(f, in)
	if err != nil {
		return nil, err
	}
	var partial []string
	c.rows = slices.DeleteFunc(c.rows, func(r compareRow) bool {
		lacks := slices.ContainsFunc(r.cells, func(s reform.Subscore) bool { _, ok := ratio(s.Score, s.Max); return !ok })
		if lacks {
			partial = append(partial, r.name)
		}
		return lacks || r.child
	})
	if len(c.rows) < fewestSpokes {
		return nil, fmt.Errorf("%s: %w", f.say("compare.few", "n", len(c.rows)), reform.ErrInvalid)
	}
	title, subtitle := c.title(), f.say("radar.ring")
	if c.provisional() {
		subtitle += dot + upper(f.common("status.provisional"))
	}
	alt := c.alt(title)
	f.head(title, subtitle)
	var keys []key
	for i := range in.Units {
		keys = append(keys, key{c.label(i, false), symbols[i], obj{"color": c.colour(i)}})
	}
	f.legend(keys)
	r := &radar{parts: &parts{f: f}}
	r.around(c.rows, st)
	p := f.picture("compare-radar", title, subtitle, alt)
	if p.Option, err = c.radar(r, alt); err != nil {
		return nil, err
	}
	if len(partial) > 0 {
		p.Notes = append(p.Notes, f.say("compare.partial", "list", strings.Join(partial, "; ")))
	}
	p.Notes = append(p.Notes, c.notes()...)
	p.Table, p.Sources = c.table()
	p.Plot = c.plot(PlotRadar, p.Table)
	return p, nil
}

// around writes the names around the circle where they fit, else numbers around it and
// the names below.
func (r *radar) around(rows []compareRow, st Style) {
	f := r.f
	r.labels = make([]string, len(rows))
	for i, row := range rows {
		r.labels[i] = fit(row.name, math.Min(220, 0.24*float64(f.width)), f.size, false, 4)
	}
	bottom := float64(f.height) - f.pad
	r.x, r.y = px(float64(f.width)/2), px((f.top+bottom)/2)
	for r.radius = px((bottom - f.top) / 2); r.radius >= 100; r.radius -= 4 {
		if !r.collide(f.top, bottom) {
			if st.Height == 0 {
				r.trim(bottom)
			}
			return
		}
	}
	list := make([]string, len(rows))
	lines, side := 0, 0.0
	for i, row := range rows {
		r.labels[i] = "(" + itoa(i+1) + ")"
		list[i] = r.labels[i] + " " + row.name
		lines += 1 + strings.Count(text.Wrap(list[i], f.inner(), f.size, false), "\n")
		side = math.Max(side, text.Measure(r.labels[i], f.size, false))
	}
	lh := lineHeight(f.size)
	r.radius = math.Max(60, math.Min(float64(f.width)/2-side-f.pad-nameGap, 150))
	f.height = max(f.height, int(math.Ceil(f.top+2*(r.radius+lh+nameGap)+lh*float64(lines)+2*f.pad)))
	if st.Height == 0 {
		f.height = int(math.Ceil(f.top + 2*(r.radius+lh+nameGap) + lh*float64(lines) + 2*f.pad))
	}
	bottom = float64(f.height) - f.pad - f.foot(list)
	r.radius = px(math.Min(r.radius, (bottom-f.top)/2-lh-nameGap))
	r.y = px((f.top + bottom) / 2)
	r.thin(bottom)
}

func (c *comparison) radar(r *radar, alt string) (json.RawMessage, error) {
	f := c.f
	indicators := make([]*opts.Indicator, len(c.rows))
	for i := range c.rows {
		indicators[i] = &opts.Indicator{Name: r.labels[i], Max: 100}
	}
	chart := charts.NewRadar()
	chart.SetGlobalOptions(append(f.global("item"),
		charts.WithRadarComponentOpts(opts.RadarComponent{Indicator: indicators, Shape: "polygon", SplitNumber: 5}))...)
	dashes := []string{"solid", "dashed", "dotted", "solid", "dashed", "dotted"}
	var extra []obj
	for i := range c.in.Units {
		values := make([]json.Number, len(c.rows))
		var tip []string
		for k, row := range c.rows {
			v, _ := ratio(row.cells[i].Score, row.cells[i].Max)
			values[k] = json.Number(v.Round(4).String())
			tip = append(tip, f.say("alt.component", "name", row.name, "score", c.value(row.cells[i])))
		}
		series(&chart.BaseConfiguration, charts.SingleSeries{
			Name: c.label(i, false), Type: "radar", Symbol: symbols[i], SymbolSize: 7,
			Data: []obj{{"value": values, "tip": strings.Join(tip, "\n")}},
		})
		extra = append(extra, obj{"z": 3 + len(c.in.Units) - i, "itemStyle": obj{"color": c.colour(i)}, "lineStyle": obj{"color": c.colour(i), "width": 2, "type": dashes[i%len(dashes)]}})
	}
	over := f.over(alt)
	over["radar"] = f.rings(r)
	return compose(chart, over, extra)
}

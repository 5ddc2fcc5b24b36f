package charts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"chiso/charts/text"
)

// obj is a piece of an option. Marshalled, its keys are sorted: equal input gives equal bytes.
type obj = map[string]any

// drawn is what compose needs of a go-echarts chart.
type drawn interface {
	Validate()
	JSON() map[string]any
}

// compose turns a go-echarts chart into an option document: its own JSON, with
// over laid on top for what go-echarts has no words for, and without what it
// adds of itself. Its HTML renderer is never used, for it lets text become code.
func compose(c drawn, over obj, series []obj) (json.RawMessage, error) {
	c.Validate()
	b, err := json.Marshal(c.JSON())
	if err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber() // a score stays as it was written
	var doc obj
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	for _, key := range []string{"toolbox", "title", "legend", "color"} {
		delete(doc, key)
	}
	list, _ := doc["series"].([]any)
	for i, extra := range series {
		if i < len(list) {
			if one, ok := list[i].(map[string]any); ok {
				lay(one, extra)
			}
		}
	}
	lay(doc, over)
	out, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	return out, nil
}

// lay puts over onto doc, object by object; lists and values replace. Lists of equal
// length that hold objects, such as the axes, are laid entry by entry.
func lay(doc, over obj) {
	for k, v := range over {
		switch w := v.(type) {
		case obj:
			if at, ok := doc[k].(map[string]any); ok {
				lay(at, w)
				continue
			}
		case []obj:
			if at, ok := doc[k].([]any); ok && len(at) == len(w) {
				for i := range w {
					if one, ok := at[i].(map[string]any); ok {
						lay(one, w[i])
					} else {
						at[i] = w[i]
					}
				}
				continue
			}
		}
		doc[k] = v
	}
}

// series adds a series with items of our own, which go-echarts' item types would cut short.
func series(c *charts.BaseConfiguration, s charts.SingleSeries) {
	c.MultiSeries = append(c.MultiSeries, s)
}

// global sets what all pictures have in common. There is no animation, so that
// nobody who is made ill by motion has to ask for that, and the page's chart takes
// the place of the server's drawing without a jump.
func (f *frame) global(trigger string) []charts.GlobalOpts {
	return []charts.GlobalOpts{
		charts.WithInitializationOpts(opts.Initialization{BackgroundColor: f.c.background, ChartID: "chart"}),
		charts.WithAnimation(false),
		charts.WithTooltipOpts(opts.Tooltip{
			Show: opts.Bool(true), Trigger: trigger,
			BackgroundColor: f.c.background, BorderColor: f.c.axis,
		}),
	}
}

// over is the part of the option that all pictures lay on top.
func (f *frame) over(alt string) obj {
	o := obj{
		"textStyle": obj{"fontFamily": text.Family, "fontSize": f.size, "color": f.c.text},
		"tooltip": obj{
			"formatter": "@tooltip:" + f.lang, "confine": true, "transitionDuration": 0,
			"textStyle": obj{"color": f.c.text, "fontSize": f.size, "fontFamily": text.Family},
		},
		"aria": obj{"enabled": true, "label": obj{"enabled": true, "description": alt}},
	}
	if len(f.titles) > 0 {
		o["title"] = f.titles
	}
	if len(f.legends) > 0 {
		o["legend"] = f.legends
	}
	return o
}

// px rounds to half pixels, so that the document is short and the same on every machine.
func px(v float64) float64 { return math.Round(v*2) / 2 }

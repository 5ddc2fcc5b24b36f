package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"chiso/charts/text"
	"chiso/reform"
)

// Limits of an option document. The largest picture (63 provinces x 20 years
// with their own words) is about 200 kB.
const (
	maxOptionBytes = 4 << 20
	maxOptionDepth = 64
)

// seriesTypes are those in the bundle (scripts/assets.mjs). ECharts draws
// nothing and says nothing where a type is missing, so it is looked for here.
var seriesTypes = []string{"line", "bar", "radar", "heatmap", "map", "scatter", "boxplot", "custom"}

// topKeys are the top-level keys that the bundle understands.
var topKeys = []string{
	"animation", "animationDuration", "animationDurationUpdate", "animationEasing", "animationThreshold", "aria", "axisPointer",
	"backgroundColor", "color", "darkMode", "dataset", "geo", "graphic", "grid", "hoverLayerThreshold", "legend", "radar", "series",
	"stateAnimation", "textStyle", "title", "toolbox", "tooltip", "useUTC", "visualMap", "xAxis", "yAxis",
}

// silentKeys draw nothing in a picture. toolbox and axisPointer are not in the
// bundle either, but go-echarts writes them into every option.
var silentKeys = []string{"aria", "axisPointer", "toolbox", "tooltip"}

// Validate says whether an option can be drawn by the bundle: well-formed JSON
// with series of known types, known components, known formatters, and nothing
// that loads from elsewhere or opens a link. It is for the option as the page
// gets it; SVG checks the same by itself.
func Validate(option json.RawMessage) error {
	_, err := normalise(option)
	return err
}

// drawable is an option in the form that is drawn.
type drawable struct {
	option  map[string]any // texts cleaned, animation off
	series  int            // how many series it has
	maps    []string       // the maps that it names
	missing []rune         // the characters that the font lacks, replaced
}

// json is the option as the script engine takes it, keys sorted.
func (d *drawable) json() ([]byte, error) {
	out, err := json.Marshal(d.option)
	if err != nil {
		return nil, invalid("option: %v", err)
	}
	return out, nil
}

// normalise checks an option and gives the form that is drawn.
func normalise(option json.RawMessage) (*drawable, error) {
	if len(option) > maxOptionBytes {
		return nil, fmt.Errorf("option has %d bytes, more than %d: %w", len(option), maxOptionBytes, reform.ErrTooLarge)
	}
	dec := json.NewDecoder(bytes.NewReader(option))
	dec.UseNumber() // Numbers pass through as they were written.
	var doc map[string]any
	if err := dec.Decode(&doc); err != nil {
		return nil, invalid("option is not a JSON object: %v", err)
	}
	if doc == nil || dec.More() {
		return nil, invalid("option is not one JSON object")
	}
	var n normaliser
	for key := range doc {
		if !slices.Contains(topKeys, key) {
			return nil, invalid("option has %q, which the chart bundle does not draw", key)
		}
	}
	maps, err := checkSeries(doc["series"])
	if err != nil {
		return nil, err
	}
	for i, g := range many(doc["geo"]) {
		name, err := mapName(g)
		if err != nil {
			return nil, fmt.Errorf("geo[%d]: %w", i, err)
		}
		maps = append(maps, name)
	}
	if err := checkLegend(doc["legend"]); err != nil {
		return nil, err
	}
	// Formatters of silent parts are checked too: the page uses them.
	clean, err := n.walk("", doc, 0)
	if err != nil {
		return nil, err
	}
	drawn := clean.(map[string]any)
	for _, key := range silentKeys {
		delete(drawn, key)
	}
	drawn["animation"] = false
	slices.Sort(n.missing)
	slices.Sort(maps)
	return &drawable{
		option:  drawn,
		series:  len(many(doc["series"])),
		maps:    slices.Compact(maps),
		missing: slices.Compact(n.missing),
	}, nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, reform.ErrInvalid)...)
}

// many gives the entries of a component, which ECharts takes alone or in a list.
func many(v any) []any {
	switch t := v.(type) {
	case nil:
		return nil
	case []any:
		return t
	}
	return []any{v}
}

// checkSeries returns the maps that the series name.
func checkSeries(v any) (maps []string, err error) {
	series := many(v)
	if len(series) == 0 {
		return nil, invalid("option has no series")
	}
	for i, s := range series {
		one, ok := s.(map[string]any)
		if !ok {
			return nil, invalid("series[%d] is not an object", i)
		}
		kind, _ := one["type"].(string)
		if !slices.Contains(seriesTypes, kind) {
			return nil, invalid("series[%d] has type %q; want one of %s", i, one["type"], strings.Join(seriesTypes, ", "))
		}
		if kind == "custom" && one["renderItem"] != "range" {
			return nil, invalid(`series[%d] is custom with renderItem %q; want "range"`, i, one["renderItem"])
		}
		if one["markPoint"] != nil {
			return nil, invalid("series[%d] has a markPoint, which the chart bundle does not draw", i)
		}
		// A map series may stand on a geo component, which then names the map.
		if kind == "map" && one["geoIndex"] == nil {
			name, err := mapName(s)
			if err != nil {
				return nil, fmt.Errorf("series[%d]: %w", i, err)
			}
			maps = append(maps, name)
		}
	}
	return maps, nil
}

func mapName(component any) (string, error) {
	if one, ok := component.(map[string]any); ok {
		if name, ok := one["map"].(string); ok && name != "" {
			return name, nil
		}
	}
	return "", invalid("no map is named")
}

func checkLegend(v any) error {
	for i, l := range many(v) {
		if one, ok := l.(map[string]any); ok && one["type"] != nil && one["type"] != "plain" {
			// A scrolling legend hides entries, and a picture cannot scroll.
			return invalid(`legend[%d] has type %q; want "plain"`, i, one["type"])
		}
	}
	return nil
}

type normaliser struct{ missing []rune }

func (n *normaliser) walk(key string, v any, depth int) (any, error) {
	if depth > maxOptionDepth {
		return nil, invalid("option is nested more than %d deep", maxOptionDepth)
	}
	switch t := v.(type) {
	case string:
		return n.text(key, t)
	case json.Number:
		f, err := t.Float64()
		if err != nil || math.IsInf(f, 0) {
			return nil, invalid("option has the number %s at %q, which is out of range", t, key)
		}
		return t, nil
	case []any:
		for i := range t {
			w, err := n.walk(key, t[i], depth+1)
			if err != nil {
				return nil, err
			}
			t[i] = w
		}
		return t, nil
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, w := range t {
			switch k {
			case "fontFamily": // A picture has one family, whose widths are known.
				continue
			case "link", "sublink":
				if w != nil && w != "" {
					return nil, invalid("option has a %s, which a picture does not follow", k)
				}
			}
			clean, missing := text.Clean(k)
			n.missing = append(n.missing, missing...)
			w, err := n.walk(k, w, depth+1)
			if err != nil {
				return nil, err
			}
			if _, twice := out[clean]; twice {
				return nil, invalid("option has two keys that both read %q", clean)
			}
			out[clean] = w
		}
		return out, nil
	}
	return v, nil
}

func (n *normaliser) text(key, s string) (string, error) {
	if strings.HasPrefix(s, "@") && isFormatterKey(key) {
		return s, ValidFormatter(s)
	}
	if (key == "symbol" || key == "icon" || key == "image") && strings.HasPrefix(s, "image://") {
		return "", invalid("option has an image at %q: a picture loads nothing", key)
	}
	clean, missing := text.Clean(s)
	n.missing = append(n.missing, missing...)
	return clean, nil
}

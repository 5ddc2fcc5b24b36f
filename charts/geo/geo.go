// Package geo holds the shapes of the provinces that a map is drawn from: those of Natural
// Earth that ship with the program, or a finer file of the user's own. The archipelagos Hoàng Sa
// and Trường Sa are kept apart, since every map draws them in insets of their own.
package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"chiso/charts/assets"
	"chiso/reform"
)

// AspectScale is how much shorter a degree of longitude is drawn than one of latitude.
const AspectScale = 0.97

// Bounds of a map file of the user's own.
const (
	// MaxBytes bounds the file: a browser has to load it.
	MaxBytes = 4 << 20
	// The archipelagos lie east of this meridian and nothing else does.
	seaFrom             = 110.5
	west, east          = 100.0, 120.0
	south, north        = 5.0, 25.0
	mostPoints          = 60_000
	decimalsOfADegree   = 1e4
	pointsOfTheSmallest = 4
)

// Point is a longitude and a latitude.
type Point [2]float64

// Rect is a box in degrees.
type Rect struct{ West, South, East, North float64 }

func empty() Rect { return Rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

func (r *Rect) add(p Point) {
	r.West, r.East = math.Min(r.West, p[0]), math.Max(r.East, p[0])
	r.South, r.North = math.Min(r.South, p[1]), math.Max(r.North, p[1])
}

// Aspect is the width of the box against its height, as it is drawn.
func (r Rect) Aspect() float64 { return (r.East - r.West) * AspectScale / (r.North - r.South) }

// Region is one province without the archipelagos.
type Region struct {
	Code     string
	Center   Point       // where its label stands
	Polygons [][][]Point // rings, the first of a polygon is its outline
}

// Map is the provinces of a scheme.
type Map struct {
	Scheme  reform.Scheme
	Name    string // under which it is registered with the chart library
	Bounds  Rect
	Regions []Region // by code
	GeoJSON []byte   // what is registered: regions named by their code
}

// Archipelago is one of the two, with the unit that it belongs to in every scheme.
type Archipelago struct {
	Key    string // "hoang-sa", "truong-sa"
	Code   string
	Islets []Point
	Bounds Rect
}

type feature struct {
	Type       string `json:"type"`
	Properties struct {
		Code string `json:"code"`
		Key  string `json:"key,omitempty"`
		CP   *Point `json:"cp,omitempty"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

type shipped struct {
	maps   map[reform.Scheme]*Map
	isles  []Archipelago
	failed error
}

// load reads what ships with the program, once. A test proves that it does not fail.
var load = sync.OnceValue(func() shipped {
	out := shipped{maps: map[reform.Scheme]*Map{}}
	for _, scheme := range []reform.Scheme{reform.VN63, reform.VN34} {
		b, err := assets.Map(string(scheme) + ".geojson")
		if err != nil {
			return shipped{failed: err}
		}
		m, sea, err := read(scheme, b)
		if err != nil {
			return shipped{failed: err}
		}
		out.maps[scheme] = m
		if scheme == reform.VN63 {
			if out.isles, err = archipelagos(sea); err != nil {
				return shipped{failed: err}
			}
		}
	}
	return out
})

func must() shipped {
	s := load()
	if s.failed != nil {
		panic(s.failed) // the files are part of the program
	}
	return s
}

// Shipped is the program's own map of a scheme; there is none of 64 provinces.
func Shipped(scheme reform.Scheme) (*Map, bool) {
	m, ok := must().maps[scheme]
	return m, ok
}

// Archipelagos are Hoàng Sa and Trường Sa, always both.
func Archipelagos() []Archipelago { return slices.Clone(must().isles) }

// Read reads a map of the user's own: a GeoJSON FeatureCollection in degrees with a feature for each
// province of the scheme, which has its code in the property "code". What lies out at sea is left
// to the insets, which stay the program's own.
func Read(scheme reform.Scheme, b []byte) (*Map, error) {
	own, ok := Shipped(scheme)
	if !ok {
		return nil, fmt.Errorf("map of %s: want vn63 or vn34: %w", scheme, reform.ErrInvalid)
	}
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("map of %s: %d bytes, at most %d; simplify it first: %w", scheme, len(b), MaxBytes, reform.ErrTooLarge)
	}
	m, _, err := read(scheme, b)
	if err != nil {
		return nil, err
	}
	var missing, unknown []string
	for _, r := range own.Regions {
		if _, ok := m.Region(r.Code); !ok {
			missing = append(missing, r.Code)
		}
	}
	for _, r := range m.Regions {
		if _, ok := own.Region(r.Code); !ok {
			unknown = append(unknown, r.Code)
		}
	}
	if len(missing)+len(unknown) > 0 {
		return nil, fmt.Errorf("map of %s: provinces without a shape: [%s], codes that are none of the scheme: [%s]: %w",
			scheme, strings.Join(missing, " "), strings.Join(unknown, " "), reform.ErrInvalid)
	}
	return m, nil
}

// Region is the province of a code.
func (m *Map) Region(code string) (Region, bool) {
	i, ok := slices.BinarySearchFunc(m.Regions, code, func(r Region, c string) int { return strings.Compare(r.Code, c) })
	if !ok {
		return Region{}, false
	}
	return m.Regions[i], true
}

// read gives the map without what lies at sea, and that.
func read(scheme reform.Scheme, b []byte) (*Map, map[string][][][]Point, error) {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("map of %s: %s: %w", scheme, fmt.Sprintf(format, a...), reform.ErrInvalid)
	}
	var doc collection
	if err := json.Unmarshal(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")), &doc); err != nil {
		return nil, nil, bad("no GeoJSON: %v", err)
	}
	if doc.Type != "FeatureCollection" || len(doc.Features) == 0 {
		return nil, nil, bad("no GeoJSON FeatureCollection with features")
	}
	m := &Map{Scheme: scheme, Name: string(scheme), Bounds: empty()}
	sea := map[string][][][]Point{}
	points := 0
	for i, f := range doc.Features {
		code := f.Properties.Code
		if code == "" {
			return nil, nil, bad("feature %d has no property \"code\"", i+1)
		}
		polygons, err := polygonsOf(f)
		if err != nil {
			return nil, nil, bad("feature %d (code %s): %v", i+1, code, err)
		}
		r := Region{Code: code}
		for _, p := range polygons {
			box := empty()
			for _, ring := range p {
				points += len(ring)
				for _, at := range ring {
					box.add(at)
				}
			}
			if box.West >= seaFrom {
				sea[code] = append(sea[code], p)
				continue
			}
			r.Polygons = append(r.Polygons, p)
			m.Bounds.add(Point{box.West, box.South})
			m.Bounds.add(Point{box.East, box.North})
		}
		if len(r.Polygons) == 0 {
			return nil, nil, bad("feature %d (code %s) has no land beside the archipelagos", i+1, code)
		}
		if cp := f.Properties.CP; cp != nil && r.Contains(*cp) {
			r.Center = *cp
		} else {
			r.Center = r.inner()
		}
		m.Regions = append(m.Regions, r)
	}
	if points > mostPoints {
		return nil, nil, bad("%d points, at most %d; simplify it first", points, mostPoints)
	}
	slices.SortStableFunc(m.Regions, func(a, b Region) int { return strings.Compare(a.Code, b.Code) })
	for i := 1; i < len(m.Regions); i++ {
		if m.Regions[i].Code == m.Regions[i-1].Code {
			return nil, nil, bad("two features have the code %s", m.Regions[i].Code)
		}
	}
	var err error
	m.GeoJSON, err = m.geoJSON()
	return m, sea, err
}

func polygonsOf(f feature) ([][][]Point, error) {
	var out [][][]Point
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		var one [][]Point
		err = json.Unmarshal(f.Geometry.Coordinates, &one)
		out = [][][]Point{one}
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &out)
	default:
		return nil, fmt.Errorf("geometry %q; want Polygon or MultiPolygon", f.Geometry.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("coordinates: %w", err)
	}
	for _, p := range out {
		if len(p) == 0 {
			return nil, fmt.Errorf("a polygon without an outline")
		}
		for _, ring := range p {
			if len(ring) < pointsOfTheSmallest || ring[0] != ring[len(ring)-1] {
				return nil, fmt.Errorf("a ring of %d points that is not closed or too short", len(ring))
			}
			for i, at := range ring {
				if !(at[0] >= west && at[0] <= east && at[1] >= south && at[1] <= north) {
					return nil, fmt.Errorf("the point %v, %v is not in Vietnam; want degrees of longitude and latitude", at[0], at[1])
				}
				ring[i] = Point{math.Round(at[0]*decimalsOfADegree) / decimalsOfADegree, math.Round(at[1]*decimalsOfADegree) / decimalsOfADegree}
			}
		}
	}
	return out, nil
}

// geoJSON is the document that is registered with the chart library, without names: what is
// written on a map comes from the catalogue.
func (m *Map) geoJSON() ([]byte, error) {
	doc := collection{Type: "FeatureCollection"}
	for _, r := range m.Regions {
		f := feature{Type: "Feature"}
		f.Properties.Code, f.Properties.CP = r.Code, &r.Center
		f.Geometry.Type = "MultiPolygon"
		var err error
		if f.Geometry.Coordinates, err = json.Marshal(r.Polygons); err != nil {
			return nil, err
		}
		doc.Features = append(doc.Features, f)
	}
	return json.Marshal(doc)
}

// archipelagos are made of the shapes at sea, each an islet.
func archipelagos(sea map[string][][][]Point) ([]Archipelago, error) {
	b, err := assets.Map("archipelagos.geojson")
	if err != nil {
		return nil, err
	}
	var doc collection
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, fmt.Errorf("archipelagos: %w", err)
	}
	var out []Archipelago
	for _, f := range doc.Features {
		a := Archipelago{Key: f.Properties.Key, Code: f.Properties.Code, Bounds: empty()}
		for _, p := range sea[a.Code] {
			box := empty()
			for _, at := range p[0] {
				box.add(at)
			}
			a.Islets = append(a.Islets, Point{(box.West + box.East) / 2, (box.South + box.North) / 2})
			a.Bounds.add(a.Islets[len(a.Islets)-1])
		}
		if len(a.Islets) == 0 {
			return nil, fmt.Errorf("archipelagos: no islet of %s in the map: %w", a.Key, reform.ErrInvalid)
		}
		out = append(out, a)
	}
	if len(out) != 2 {
		return nil, fmt.Errorf("archipelagos: %d, want Hoàng Sa and Trường Sa: %w", len(out), reform.ErrInvalid)
	}
	return out, nil
}

package geo_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"chiso/charts/assets"
	"chiso/charts/geo"
	"chiso/reform"
)

var schemes = map[reform.Scheme]int{reform.VN63: 63, reform.VN34: 34}

func TestShipped(t *testing.T) {
	for scheme, n := range schemes {
		m, ok := geo.Shipped(scheme)
		if !ok || len(m.Regions) != n {
			t.Fatalf("%s: got %v, %d regions, want %d", scheme, ok, len(m.Regions), n)
		}
		if m.Bounds.East > 110 || m.Bounds.West < 102 || m.Bounds.North > 23.5 || m.Bounds.South < 8 {
			t.Errorf("%s: bounds %+v hold more than the mainland and its islands", scheme, m.Bounds)
		}
		for _, r := range m.Regions {
			if !r.Contains(r.Center) {
				t.Errorf("%s %s: its label would stand outside", scheme, r.Code)
			}
		}
		if bytes.Contains(m.GeoJSON, []byte("null")) {
			t.Errorf("%s: the registered map has holes: %.80s", scheme, m.GeoJSON)
		}
	}
	if _, ok := geo.Shipped(reform.VN64); ok {
		t.Error("there is no map of 64 provinces")
	}
}

// What was simplified must keep each border with both neighbours, or gaps open.
func TestBordersAreShared(t *testing.T) {
	for scheme := range schemes {
		m, _ := geo.Shipped(scheme)
		edges := map[string][]string{}
		for _, r := range m.Regions {
			for _, p := range r.Polygons {
				for _, ring := range p {
					for i := 1; i < len(ring); i++ {
						a, b := fmt.Sprint(ring[i-1]), fmt.Sprint(ring[i])
						edges[min(a, b)+max(a, b)] = append(edges[min(a, b)+max(a, b)], r.Code)
					}
				}
			}
		}
		shared := 0
		for _, of := range edges {
			if len(of) == 2 && of[0] != of[1] {
				shared++
			}
			if len(of) > 2 {
				t.Errorf("%s: an edge belongs to %v", scheme, of)
			}
		}
		if want := map[reform.Scheme]int{reform.VN63: 800, reform.VN34: 600}[scheme]; shared < want {
			t.Errorf("%s: %d edges are shared by two provinces, want at least %d", scheme, shared, want)
		}
	}
}

func TestArchipelagos(t *testing.T) {
	all := geo.Archipelagos()
	if len(all) != 2 || all[0].Key != "hoang-sa" || all[0].Code != "48" || all[1].Key != "truong-sa" || all[1].Code != "56" {
		t.Fatalf("got %+v, want Hoàng Sa of Đà Nẵng and Trường Sa of Khánh Hòa", all)
	}
	if len(all[0].Islets) != 6 || len(all[1].Islets) != 11 {
		t.Errorf("got %d and %d islets, want 6 and 11", len(all[0].Islets), len(all[1].Islets))
	}
}

func TestTiles(t *testing.T) {
	for scheme, n := range map[reform.Scheme]int{reform.VN64: 64, reform.VN63: 63, reform.VN34: 34} {
		seen, at := map[string]bool{}, map[[2]int]string{}
		for _, tile := range geo.Tiles(scheme) {
			if seen[tile.Code] {
				t.Errorf("%s: %s has two tiles", scheme, tile.Code)
			}
			seen[tile.Code] = true
			if other := at[[2]int{tile.Row, tile.Column}]; other != "" {
				t.Errorf("%s: %s and %s lie on each other", scheme, tile.Code, other)
			}
			at[[2]int{tile.Row, tile.Column}] = tile.Code
		}
		if len(seen) != n+2 || !seen["hoang-sa"] || !seen["truong-sa"] {
			t.Errorf("%s: %d tiles, want %d with Hoàng Sa and Trường Sa", scheme, len(seen), n+2)
		}
		m, ok := geo.Shipped(scheme)
		for i := 0; ok && i < len(m.Regions); i++ {
			if !seen[m.Regions[i].Code] {
				t.Errorf("%s: %s has no tile", scheme, m.Regions[i].Code)
			}
		}
	}
}

// edit changes the shipped file of 34 provinces.
func edit(t *testing.T, change func(features []map[string]any) []map[string]any) []byte {
	t.Helper()
	b, err := assets.Map("vn34.geojson")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	var features []map[string]any
	for _, f := range doc["features"].([]any) {
		features = append(features, f.(map[string]any))
	}
	doc["features"] = change(features)
	if b, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRead(t *testing.T) {
	same := func(f []map[string]any) []map[string]any { return f }
	if m, err := geo.Read(reform.VN34, edit(t, same)); err != nil || len(m.Regions) != 34 || m.Bounds.East > 110 {
		t.Fatalf("got %v, %v; want a map without the archipelagos", m, err)
	}
	set := func(key string, v any) func([]map[string]any) []map[string]any {
		return func(f []map[string]any) []map[string]any {
			f[3]["properties"].(map[string]any)[key] = v
			return f
		}
	}
	shape := func(kind string, at ...any) func([]map[string]any) []map[string]any {
		return func(f []map[string]any) []map[string]any {
			f[3]["geometry"] = map[string]any{"type": kind, "coordinates": at}
			return f
		}
	}
	ring := func(x, y float64) []any {
		return []any{[]float64{x, y}, []float64{x + 1, y}, []float64{x + 1, y + 1}, []float64{x, y}}
	}
	for name, tt := range map[string]struct {
		b    []byte
		says string
	}{
		"no JSON":          {[]byte("<svg>"), "no GeoJSON"},
		"empty":            {[]byte(`{"type":"FeatureCollection","features":[]}`), "with features"},
		"a province less":  {edit(t, func(f []map[string]any) []map[string]any { return f[1:] }), "without a shape: [01]"},
		"a province twice": {edit(t, func(f []map[string]any) []map[string]any { return append(f, f[0]) }), "two features have the code 01"},
		"unknown code":     {edit(t, set("code", "99")), "none of the scheme: [99]"},
		"no code":          {edit(t, set("code", "")), `no property "code"`},
		"a line":           {edit(t, shape("LineString", []float64{105, 20})), "LineString"},
		"open ring":        {edit(t, shape("Polygon", []any{[]float64{105, 20}, []float64{106, 20}, []float64{106, 21}, []float64{105, 21}})), "not closed"},
		"metres":           {edit(t, shape("Polygon", ring(588000, 2300000))), "not in Vietnam"},
		"only at sea":      {edit(t, shape("Polygon", ring(112, 16))), "no land"},
		"too large":        {bytes.Repeat([]byte(" "), geo.MaxBytes+1), "simplify"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := geo.Read(reform.VN34, tt.b)
			if m != nil || err == nil || !(errors.Is(err, reform.ErrInvalid) || errors.Is(err, reform.ErrTooLarge)) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, %v; want an error that says %q", m, err, tt.says)
			}
		})
	}
	if _, err := geo.Read(reform.VN64, nil); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("got %v for 64 provinces", err)
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chiso/charts"
	"chiso/charts/assets"
	"chiso/charts/render"
	"chiso/config"
	"chiso/reform"
)

func TestOwnMaps(t *testing.T) {
	dir := t.TempDir()
	b, err := assets.Map("vn34.geojson")
	if err != nil {
		t.Fatal(err)
	}
	good := filepath.Join(dir, "good.geojson")
	if err := os.WriteFile(good, b, 0o600); err != nil {
		t.Fatal(err)
	}
	maps, err := readMaps(config.Maps{VN34: good})
	if err != nil || len(maps) != 1 || len(maps[reform.VN34].Regions) != 34 {
		t.Fatalf("got %v, %v", maps, err)
	}
	r, err := render.New(context.Background(), render.Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := useMaps(r, maps); err != nil {
		t.Fatal(err)
	}
	p, err := charts.Map(charts.MapInput{Shape: maps[reform.VN34], League: reform.League{Index: "par", Period: reform.YearPeriod(2025), Scheme: reform.VN34,
		Rows: []reform.Standing{{Unit: "vn34:01", Place: 1, Of: 34}}}}, charts.Style{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.SVG(context.Background(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height}); err != nil {
		t.Error(err)
	}

	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	doc["features"] = doc["features"].([]any)[1:]
	if b, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.geojson")
	if err := os.WriteFile(bad, b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, filepath.Join(dir, "nosuch"), dir} {
		if _, err := readMaps(config.Maps{VN34: path}); err == nil || !strings.Contains(err.Error(), "maps.vn34") {
			t.Errorf("%s: got %v, want an error that names the field", path, err)
		}
	}
	if _, err := readMaps(config.Maps{VN34: bad}); !errors.Is(err, reform.ErrInvalid) || !strings.Contains(err.Error(), "[01]") {
		t.Errorf("got %v, want an error that names Hà Nội's code", err)
	}
}

package main

import (
	"fmt"
	"os"

	"chiso/charts/geo"
	"chiso/charts/render"
	"chiso/config"
	"chiso/reform"
)

// readMaps reads the map files of the configuration. A file that is not what it should be stops the
// program: a map with a province missing would be worse than none.
func readMaps(c config.Maps) (map[reform.Scheme]*geo.Map, error) {
	out := map[reform.Scheme]*geo.Map{}
	for scheme, path := range map[reform.Scheme]string{reform.VN63: c.VN63, reform.VN34: c.VN34} {
		if path == "" {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("maps.%s: %w", scheme, err)
		}
		if info.Size() > geo.MaxBytes {
			return nil, fmt.Errorf("maps.%s: %s has %d bytes, at most %d; simplify it first: %w", scheme, path, info.Size(), geo.MaxBytes, reform.ErrTooLarge)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("maps.%s: %w", scheme, err)
		}
		m, err := geo.Read(scheme, b)
		if err != nil {
			return nil, fmt.Errorf("maps.%s: %s: %w", scheme, path, err)
		}
		out[scheme] = m
	}
	return out, nil
}

// useMaps has the renderer draw the user's own shapes in the place of those that ship with the program.
func useMaps(r *render.Renderer, maps map[reform.Scheme]*geo.Map) error {
	for _, m := range maps {
		if err := r.RegisterMap(m.Name, m.GeoJSON); err != nil {
			return err
		}
	}
	return nil
}

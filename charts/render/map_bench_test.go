package render_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chiso/charts"
	"chiso/charts/geo"
	"chiso/charts/render"
	"chiso/reform"
)

// bigMap is a slide's map of 63 provinces, all known.
func bigMap(b *testing.B, layout charts.MapLayout, width, height int) *charts.Picture {
	b.Helper()
	in := charts.MapInput{Layout: layout, Chosen: []reform.UnitKey{"vn63:80"}}
	in.League = reform.League{Index: "par", Period: reform.YearPeriod(2019), Scheme: reform.VN63, UnitType: reform.Province, Coverage: reform.Coverage{Of: 63}}
	m, _ := geo.Shipped(reform.VN63)
	for i, r := range m.Regions {
		in.League.Rows = append(in.League.Rows, reform.Standing{Unit: reform.UnitKey("vn63:" + r.Code), Place: i + 1, Of: 63, RankKind: reform.Published})
	}
	p, err := charts.Map(in, charts.Style{Lang: "vi", Width: width, Height: height})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// BenchmarkMap draws what a reader waits for where nothing is kept: the option, the SVG, and a PNG of 1920x1080.
func BenchmarkMap(b *testing.B) {
	r, err := render.New(b.Context(), render.Options{Workers: 2, CacheDir: filepath.Join(os.TempDir(), "chiso-test-wazero")})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	if err := r.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	for _, layout := range []charts.MapLayout{charts.MapShapes, charts.MapTiles} {
		for _, png := range []bool{false, true} {
			name, width, height := string(layout)+"/svg", 960, 0
			if png {
				name, width, height = string(layout)+"/png1080", 1920, 1080
			}
			b.Run(name, func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					began := time.Now()
					p := bigMap(b, layout, width, height)
					svg, err := r.SVG(b.Context(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height})
					if err != nil {
						b.Fatal(err)
					}
					if png {
						if _, err := r.PNG(b.Context(), svg, 1); err != nil {
							b.Fatal(err)
						}
					}
					times = append(times, time.Since(began))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)*95/100].Milliseconds()), "p95-ms")
			})
		}
	}
}

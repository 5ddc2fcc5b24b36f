package render

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"chiso/reform"
)

func TestLimits(t *testing.T) {
	e, err := newEngine(0)
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	d, err := normalise(file(t, "heatmap.json"))
	if err != nil {
		t.Fatal(err)
	}
	draw := func(ctx context.Context) error {
		_, err := e.draw(ctx, d, 800, 500, "VI", nil)
		return err
	}
	if err := draw(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The scripts alone need about 7 MiB.
	e.memory = 4 << 20
	if err := draw(t.Context()); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("no memory for the scripts: got error %v, want too large", err)
	}
	e.memory = 9 << 20
	many, err := normalise([]byte(`{"title":{"text":"` + strings.Repeat("x", 3<<20) + `"},` + string(line(`[1,2]`))[1:]))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.draw(t.Context(), many, 800, 500, "VI", nil); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("no memory for the picture: got error %v, want too large", err)
	}
	e.memory = drawMemory
	e.timeout = 30 * time.Millisecond
	if err := draw(t.Context()); !errors.Is(err, reform.ErrTimeout) {
		t.Errorf("little time: got error %v, want timeout", err)
	}
	e.timeout = drawTimeout
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	if err := draw(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("deadline: got error %v, want deadline exceeded", err)
	}
	if err := draw(t.Context()); err != nil {
		t.Errorf("after the limits: %v", err)
	}
}

// TestMachineIsClosed holds that a machine has no way out.
func TestMachineIsClosed(t *testing.T) {
	vm := machine(t)
	for _, name := range []string{"require", "process", "fetch", "std", "os", "XMLHttpRequest", "WebAssembly", "Worker"} {
		if got, err := vm.Call("(n) => typeof globalThis[n]", name); err != nil || got != "undefined" {
			t.Errorf("%s: got %v, error %v; want undefined", name, got, err)
		}
	}
}

// TestBundleHasSeriesTypes holds that seriesTypes and the bundle agree: each type
// is drawn by one of the pictures of TestPictures.
func TestBundleHasSeriesTypes(t *testing.T) {
	kinds := map[string]string{
		"line": "rank-history", "bar": "bars", "radar": "radar", "heatmap": "heatmap", "map": "map",
		"scatter": "range", "custom": "range", "boxplot": "boxplot",
	}
	for _, kind := range seriesTypes {
		name, ok := kinds[kind]
		if !ok {
			t.Errorf("series type %s has no picture in testdata", kind)
			continue
		}
		if option := string(file(t, name+".json")); !strings.Contains(option, `"type": "`+kind+`"`) {
			t.Errorf("%s.json holds no series of type %s", name, kind)
		}
	}
}

func TestClose(t *testing.T) {
	r, err := New(t.Context(), Options{Workers: 1, CacheDir: filepath.Join(os.TempDir(), "chiso-test-wazero")})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// TestCacheDir holds that a folder that cannot be used costs no picture.
func TestCacheDir(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	r, err := New(t.Context(), Options{Workers: 1, CacheDir: filepath.Join(plain, "cache"), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "no compilation cache") {
		t.Errorf("got log %q, want a warning", log.String())
	}
	if _, err := r.PNG(t.Context(), mustSVG(t, r, line(`[1,2]`), 200, 200), 1); err != nil {
		t.Error(err)
	}
}

// BenchmarkSVGRankHistory draws the first screen's picture, uncached: with
// machines made ahead, with pauses between the pictures and without, and as the
// baseline with a machine made for each picture when it is asked for.
func BenchmarkSVGRankHistory(b *testing.B) {
	option := file(b, "rank-history.json")
	for _, mode := range []struct {
		name        string
		cold, pause bool
	}{{"ahead-paused", false, true}, {"ahead-busy", false, false}, {"baseline-cold", true, false}} {
		b.Run(mode.name, func(b *testing.B) {
			r, err := New(b.Context(), Options{Workers: 2, CacheDir: filepath.Join(os.TempDir(), "chiso-test-wazero"), cold: mode.cold})
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			if err := r.Ready(b.Context()); err != nil {
				b.Fatal(err)
			}
			times := make([]time.Duration, 0, b.N)
			for b.Loop() {
				if mode.pause {
					b.StopTimer()
					for len(r.engine.ready) < cap(r.engine.ready) {
						time.Sleep(time.Millisecond)
					}
					b.StartTimer()
				}
				start := time.Now()
				mustSVG(b, r, option, 960, 540)
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

func BenchmarkPNG(b *testing.B) {
	r := renderer(b)
	if err := r.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	svg := mustSVG(b, r, file(b, "rank-history.json"), 960, 540)
	for b.Loop() {
		if _, err := r.PNG(b.Context(), svg, 2); err != nil {
			b.Fatal(err)
		}
	}
}

package render

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"chiso/charts"
	"chiso/reform"
)

// pciCells are the places of all provinces in all years, from the facts that the program ships.
func pciCells(tb testing.TB) []reform.HeatCell {
	tb.Helper()
	f, err := os.Open(filepath.Join("..", "..", "data", "pci.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	var out []reform.HeatCell
	for _, r := range rows[1:] {
		place, _ := strconv.Atoi(r[col["place"]])
		if r[col["component"]] != "" || place == 0 {
			continue
		}
		p, err := reform.ParsePeriod(r[col["period"]])
		if err != nil {
			tb.Fatal(err)
		}
		_, code, _ := strings.Cut(r[col["unit"]], ":") // those of 2005 to 2007 have keys of another scheme
		out = append(out, reform.HeatCell{Unit: reform.UnitKey("vn63:" + code), Period: p, Place: place, Of: 63})
	}
	return out
}

func heatmap(tb testing.TB, cells []reform.HeatCell, st charts.Style) *charts.Picture {
	tb.Helper()
	ix, err := reform.Default().Index("pci")
	if err != nil {
		tb.Fatal(err)
	}
	p, err := charts.Heatmap(charts.HeatmapInput{Index: *ix, Cells: cells, Names: func(k reform.UnitKey) string {
		u, err := reform.Default().Unit(k)
		if err != nil {
			return string(k)
		}
		return u.Name
	}, Chosen: []reform.UnitKey{"vn63:80"}}, st)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// ground is a shape of four corners.
type ground struct {
	paint      string
	x, y, w, h float64
}

func (g ground) same(o ground) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.25 }
	return g.paint == o.paint && near(g.x, o.x) && near(g.y, o.y) && near(g.w, o.w) && near(g.h, o.h)
}

// drawnShapes are the texts of a picture, and its grounds, column by column.
func drawnShapes(tb testing.TB, svg []byte) (texts []string, grounds []ground) {
	tb.Helper()
	box := regexp.MustCompile(`M([\d.]+) ([\d.]+)(?:l([\d.]+) 0l0 ([\d.]+)l-[\d.]+ 0Z|h([\d.]+)v([\d.]+)h-[\d.]+Z)`)
	dec := xml.NewDecoder(bytes.NewReader(svg))
	float := func(s string) float64 {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			tb.Fatal(err)
		}
		return f
	}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			tb.Fatal(err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		at := map[string]string{}
		for _, a := range e.Attr {
			at[a.Name.Local] = a.Value
		}
		switch e.Name.Local {
		case "text":
			var words string
			if err := dec.DecodeElement(&words, &e); err != nil {
				tb.Fatal(err)
			}
			texts = append(texts, fmt.Sprint(words, at))
		case "path":
			if strings.HasPrefix(at["fill"], "url(") || at["fill"] == "none" {
				continue // hatching, which the pixels are compared for
			}
			for _, m := range box.FindAllStringSubmatch(at["d"], -1) {
				grounds = append(grounds, ground{at["fill"] + " " + at["stroke"] + " " + at["stroke-width"], float(m[1]), float(m[2]), float(m[3] + m[5]), float(m[4] + m[6])})
			}
		}
	}
	slices.Sort(texts)
	slices.SortFunc(grounds, func(a, b ground) int {
		return cmp.Or(cmp.Compare(a.paint, b.paint), cmp.Compare(math.Round(a.x/4), math.Round(b.x/4)), cmp.Compare(a.y, b.y))
	})
	return texts, grounds
}

// whole leaves heat maps to ECharts.
func whole(o Options) Options {
	o.whole = true
	return o
}

// The cells that are written after ECharts' example are the cells that ECharts would draw.
func TestCells(t *testing.T) {
	o := Options{CacheDir: filepath.Join(os.TempDir(), "chiso-test-wazero")}
	mine, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	theirs, err := New(t.Context(), whole(o))
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	all := pciCells(t)
	var few []reform.HeatCell // most of the grid is hatched
	for i, c := range all {
		if i%7 == 0 {
			few = append(few, c)
		}
	}
	unknown := slices.Clone(all[:400])
	for i := range unknown {
		unknown[i].Of = 0 // cells without a class
	}
	for name, tt := range map[string]struct {
		cells []reform.HeatCell
		st    charts.Style
	}{
		"all":     {all, charts.Style{Lang: "vi"}},
		"dark":    {all, charts.Style{Lang: "en", Theme: charts.Dark, Width: 1200}},
		"mono":    {few, charts.Style{Lang: "vi", Theme: charts.Mono}},
		"gaps":    {few, charts.Style{Lang: "vi", Width: 700}},
		"classes": {unknown, charts.Style{Lang: "vi"}},
		"phone":   {all, charts.Style{Lang: "vi", Width: 360}}, // no room for numbers
	} {
		t.Run(name, func(t *testing.T) {
			p := heatmap(t, tt.cells, tt.st)
			in := Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: tt.st.Lang}
			got, err := mine.SVG(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			want, err := theirs.SVG(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(got, []byte("<path")); n > 60 {
				t.Errorf("%d paths: the cells are not written here", n)
			}
			texts, grounds := drawnShapes(t, got)
			wantTexts, wantGrounds := drawnShapes(t, want)
			if diff := gocmp.Diff(wantTexts, texts); diff != "" {
				t.Errorf("texts (-ECharts +here):\n%.1000s", diff)
			}
			if len(grounds) != len(wantGrounds) {
				t.Fatalf("%d grounds, ECharts draws %d", len(grounds), len(wantGrounds))
			}
			for i := range grounds {
				if !grounds[i].same(wantGrounds[i]) {
					t.Fatalf("ground %v, ECharts draws %v", grounds[i], wantGrounds[i])
				}
			}
			a, b := mustPNG(t, mine, got, 1), mustPNG(t, mine, want, 1)
			if a.Bounds() != b.Bounds() {
				t.Fatalf("size %v, want %v", a.Bounds(), b.Bounds())
			}
			far, sum := 0, 0.0
			for y := range a.Bounds().Dy() {
				for x := range a.Bounds().Dx() {
					r0, g0, b0, _ := a.At(x, y).RGBA()
					r1, g1, b1, _ := b.At(x, y).RGBA()
					d := max(math.Abs(float64(r0)-float64(r1)), math.Abs(float64(g0)-float64(g1)), math.Abs(float64(b0)-float64(b1))) / 65535
					sum += d
					if d > 0.5 {
						far++
					}
				}
			}
			n := float64(a.Bounds().Dx() * a.Bounds().Dy())
			t.Logf("%d bytes of %d; mean difference %.4f, far %.5f", len(got), len(want), sum/n, float64(far)/n)
			if sum/n > 0.02 || float64(far)/n > 0.004 {
				t.Errorf("mean difference %.4f, far off %.5f of the pixels", sum/n, float64(far)/n)
			}
		})
	}
}

// BenchmarkHeatmap draws 63 provinces in 20 years as SVG and as PNG, with the cells written here and, as the
// baseline, left to ECharts.
func BenchmarkHeatmap(b *testing.B) {
	o := Options{CacheDir: filepath.Join(os.TempDir(), "chiso-test-wazero")}
	cells := pciCells(b)
	for _, side := range []struct {
		name string
		o    Options
	}{{"cells", o}, {"echarts", whole(o)}} {
		r, err := New(b.Context(), side.o)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Ready(b.Context()); err != nil {
			b.Fatal(err)
		}
		for _, as := range []string{"svg", "png"} {
			b.Run(side.name+"/"+as, func(b *testing.B) {
				p := heatmap(b, cells, charts.Style{Lang: "vi", Width: 1920, Height: 1080})
				for b.Loop() {
					svg, err := r.SVG(b.Context(), Input{Option: p.Option, Width: p.Width, Height: p.Height})
					if err != nil {
						b.Fatal(err)
					}
					if as == "png" {
						if _, err := r.PNG(b.Context(), svg, 1); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(p.Width*p.Height)/1e6, "Mpixels")
			})
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

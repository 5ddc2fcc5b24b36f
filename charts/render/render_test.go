package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

var (
	update = flag.Bool("update", false, "rewrite the golden pictures; look at them before committing")
	keep   = flag.String("keep", "", "write the pictures of the tests into this folder, to be looked at")
)

// shared is one renderer for all tests of this package: compiling resvg takes
// two seconds. The cache folder is the machine's, so that a second run is fast.
var shared = sync.OnceValues(func() (*Renderer, error) {
	return New(context.Background(), Options{Workers: 2, CacheDir: filepath.Join(os.TempDir(), "chiso-test-wazero")})
})

func renderer(tb testing.TB) *Renderer {
	tb.Helper()
	r, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	if err := r.RegisterMap("SMALL", file(tb, "small.geojson")); err != nil {
		tb.Fatal(err)
	}
	return r
}

func file(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func mustSVG(tb testing.TB, r *Renderer, option []byte, width, height int) []byte {
	tb.Helper()
	svg, err := r.SVG(tb.Context(), Input{Option: option, Width: width, Height: height})
	if err != nil {
		tb.Fatal(err)
	}
	return svg
}

func mustPNG(tb testing.TB, r *Renderer, svg []byte, scale float64) image.Image {
	tb.Helper()
	b, err := r.PNG(tb.Context(), svg, scale)
	if err != nil {
		tb.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	return img
}

func TestPictures(t *testing.T) {
	r := renderer(t)
	tests := []struct {
		name string
		want []string // texts that must be drawn
	}{
		{"rank-history", []string{">20/63<", ">5/63<", ">2019<", ">Long An: thứ hạng PAR INDEX 2012–2019<", ">đổi bộ tiêu chí<"}},
		{"bars", []string{">3,5/12<", ">3,7/10<", ">5,3/22<", ">Số hóa hồ sơ<"}},
		{"radar", []string{">Chính quyền<", ">điện tử<", ">Trung vị cả nước<"}},
		{"heatmap", []string{">Bà Rịa – Vũng Tàu<", ">Đắk Lắk<", ">63<"}},
		{"map", []string{">Long An 5/63<", ">Tây Ninh 30/63<", ">11–63<"}},
		{"range", []string{">2021<", ">45<"}},
		{"boxplot", []string{">2020<"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			svg := mustSVG(t, r, file(t, tt.name+".json"), 800, 500)
			for _, want := range tt.want {
				if !strings.Contains(string(svg), want) {
					t.Errorf("picture lacks %s", want)
				}
			}
			for _, never := range []string{"style", "<script", "class=", "dominant-baseline", "NaN", "href", "ecmeta", ">Hạng 0<"} {
				if strings.Contains(string(svg), never) {
					t.Errorf("picture has %s", never)
				}
			}
			golden := filepath.Join("testdata", tt.name+".svg")
			if *update {
				if err := os.WriteFile(golden, svg, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(file(t, tt.name+".svg")), string(svg)); diff != "" {
				t.Errorf("differs from %s (-want +got):\n%s", golden, diff)
			}
			if *keep != "" {
				b, err := r.PNG(t.Context(), svg, 1.5)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(*keep, tt.name+".png"), b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestFreshMachine holds that a picture does not depend on those before it.
func TestFreshMachine(t *testing.T) {
	r := renderer(t)
	option := file(t, "rank-history.json")
	first := mustSVG(t, r, option, 600, 400)
	mustSVG(t, r, file(t, "radar.json"), 600, 400)
	if again := mustSVG(t, r, option, 600, 400); !bytes.Equal(first, again) {
		t.Error("the same option gave another picture")
	}
	// The order of keys and the form of accents are no part of an option.
	var doc map[string]any
	if err := json.Unmarshal(option, &doc); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if again := mustSVG(t, r, sorted, 600, 400); !bytes.Equal(first, again) {
		t.Error("the same option in another order of keys gave another picture")
	}
}

func TestParallel(t *testing.T) {
	r := renderer(t)
	option := file(t, "rank-history.json")
	want := mustSVG(t, r, option, 600, 400)
	wantPNG, err := r.PNG(t.Context(), want, 1)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 2 {
				got, err := r.SVG(t.Context(), Input{Option: option, Width: 600, Height: 400})
				if err != nil || !bytes.Equal(got, want) {
					t.Errorf("SVG differs in parallel, error %v", err)
				}
			}
			got, err := r.PNG(t.Context(), want, 1)
			if err != nil || !bytes.Equal(got, wantPNG) {
				t.Errorf("PNG differs in parallel, error %v", err)
			}
		})
	}
	wg.Wait()
}

func line(data string) []byte {
	return []byte(`{"xAxis":{"type":"category","data":["2012","2013"]},"yAxis":{},"series":[{"type":"line","data":` + data + `}]}`)
}

func TestSVGErrors(t *testing.T) {
	r := renderer(t)
	tests := []struct {
		name   string
		option string
		width  int
		want   error
		text   string
	}{
		{"not JSON", `not json`, 400, reform.ErrInvalid, "not a JSON object"},
		{"null", `null`, 400, reform.ErrInvalid, "not one JSON object"},
		{"two documents", `{"series":[{"type":"line","data":[1]}]}{}`, 400, reform.ErrInvalid, "not one JSON object"},
		{"NaN", string(line(`[NaN,1]`)), 400, reform.ErrInvalid, "not a JSON object"},
		{"number out of range", string(line(`[1e999,1]`)), 400, reform.ErrInvalid, "out of range"},
		{"no series", `{"xAxis":{},"yAxis":{}}`, 400, reform.ErrInvalid, "no series"},
		{"empty data", string(line(`[]`)), 400, reform.ErrInvalid, "no series has a value"},
		{"gaps only", string(line(`[null,"-"]`)), 400, reform.ErrInvalid, "no series has a value"},
		{"unknown series type", `{"series":[{"type":"pie","data":[1]}]}`, 400, reform.ErrInvalid, `type "pie"`},
		{"series without type", `{"series":[{"data":[1]}]}`, 400, reform.ErrInvalid, "series[0]"},
		{"unknown component", `{"polar":{},"series":[{"type":"bar","data":[1]}]}`, 400, reform.ErrInvalid, `"polar"`},
		{"mark point", `{"series":[{"type":"line","markPoint":{},"data":[1]}]}`, 400, reform.ErrInvalid, "markPoint"},
		{"scrolling legend", `{"legend":{"type":"scroll"},"series":[{"type":"line","data":[1]}]}`, 400, reform.ErrInvalid, `"scroll"`},
		{"unknown custom shape", `{"series":[{"type":"custom","renderItem":"x","data":[1]}]}`, 400, reform.ErrInvalid, "renderItem"},
		{"unknown formatter", `{"yAxis":{"axisLabel":{"formatter":"@constructor"}},"series":[{"type":"line","data":[1]}]}`, 400, reform.ErrInvalid, "@constructor"},
		{"unknown formatter of a silent part", `{"tooltip":{"valueFormatter":"@x"},"series":[{"type":"line","data":[1]}]}`, 400, reform.ErrInvalid, "@x"},
		{"map without name", `{"series":[{"type":"map","data":[]}]}`, 400, reform.ErrInvalid, "no map"},
		{"unknown map", `{"series":[{"type":"map","map":"VN99","data":[]}]}`, 400, reform.ErrNotFound, "VN99"},
		{"line without axes", `{"series":[{"type":"line","data":[1,2]}]}`, 400, reform.ErrInvalid, "draw:"},
		{"picture from elsewhere", `{"xAxis":{"data":["a"]},"yAxis":{},"series":[{"type":"line","symbol":"image://http://example.test/x.png","data":[1]}]}`, 400, reform.ErrInvalid, "image"},
		{"link", `{"title":{"text":"x","link":"javascript:alert(1)"},"series":[{"type":"line","data":[1]}]}`, 400, reform.ErrInvalid, "link"},
		{"keys that read alike", `{"legend":{"selected":{"国":true,"中":true}},"series":[{"type":"line","data":[1]}]}`, 400, reform.ErrInvalid, "two keys"},
		{"too small", string(line(`[1,2]`)), 99, reform.ErrInvalid, "99x300"},
		{"too large", string(line(`[1,2]`)), 4001, reform.ErrInvalid, "4001x300"},
		{"too deep", strings.Repeat(`{"title":`, 70) + `1` + strings.Repeat(`}`, 70), 400, reform.ErrInvalid, ""},
		{"too long", `{"title":{"text":"` + strings.Repeat("x", maxOptionBytes) + `"}}`, 400, reform.ErrTooLarge, "bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			svg, err := r.SVG(t.Context(), Input{Option: []byte(tt.option), Width: tt.width, Height: 300})
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("got %.80q, error %v; want %v with %q", svg, err, tt.want, tt.text)
			}
		})
	}
}

// TestHostileText draws texts that try to leave their place; each must come out
// as text of a well-formed picture.
func TestHostileText(t *testing.T) {
	r := renderer(t)
	tests := []struct{ name, text, want string }{
		{"script", `</script><script>alert(1)</script>`, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"CDATA end", `a]]>b`, "a]]&gt;b"},
		{"go-echarts function mark", `__f__alert(1)__f__`, "__f__alert(1)__f__"},
		{"attribute", `" onload="alert(1)`, "&#34; onload=&#34;alert(1)"},
		{"formatter name", `@constructor`, "@constructor"},
		{"template", `{b} {c}`, "{b} {c}"},
		{"entity", `&amp;<!--`, "&amp;amp;&lt;!--"},
		{"NFD", "Đa\u0306\u0301k La\u0306\u0301k", "Đắk Lắk"},
		{"no glyph", "国\u0001🎉", "□□□"},
		{"invisible", "Long\u200b \u202eAn", "Long An"},
		{"prototype", `__proto__`, "__proto__"},
		{"constructor", `constructor`, "constructor"},
		{"method", `hasOwnProperty`, "hasOwnProperty"},
		{"spaces", "a  b", "a  b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			option, err := json.Marshal(map[string]any{
				"title": map[string]any{"text": tt.text},
				"xAxis": map[string]any{"type": "category", "data": []string{tt.text, "b"}},
				"yAxis": map[string]any{},
				"series": []any{map[string]any{
					"type": "line", "name": tt.text,
					"label": map[string]any{"show": true, "formatter": "@text"},
					"data":  []any{map[string]any{"value": 1, "text": tt.text, "name": tt.text}, 2},
				}},
			})
			if err != nil {
				t.Fatal(err)
			}
			svg := mustSVG(t, r, option, 600, 400)
			// The title, the axis and the label.
			if got := strings.Count(string(svg), ">"+tt.want+"<"); got != 3 {
				t.Errorf("got the text %d times, want 3 times %s in\n%s", got, tt.want, svg)
			}
			if _, err := r.PNG(t.Context(), svg, 1); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLongTitle draws 300 letters: nothing is cut off or dropped in silence.
// Breaking it into lines is for the builder of the option (text.Wrap).
func TestLongTitle(t *testing.T) {
	r := renderer(t)
	title := strings.Repeat("ữ", 300)
	option := `{"title":{"text":"` + title + `"},` + string(line(`[1,2]`))[1:]
	if svg := mustSVG(t, r, []byte(option), 600, 400); !strings.Contains(string(svg), ">"+title+"<") {
		t.Error("the title is not whole")
	}
}

// TestHostileColour tries to break out of an attribute, which ECharts does not escape.
func TestHostileColour(t *testing.T) {
	r := renderer(t)
	for _, colour := range []string{`red" onload="alert(1)`, `red"/><script>alert(1)</script><path d="`, `url(http://example.test/x)`, `red"><a`} {
		option, err := json.Marshal(map[string]any{
			"xAxis": map[string]any{"type": "category", "data": []string{"a"}}, "yAxis": map[string]any{},
			"series": []any{map[string]any{"type": "bar", "data": []any{map[string]any{"value": 1, "itemStyle": map[string]any{"color": colour}}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		svg, err := r.SVG(t.Context(), Input{Option: option, Width: 300, Height: 200})
		if err == nil {
			t.Errorf("colour %q was drawn:\n%s", colour, svg)
		}
	}
}

func TestPNG(t *testing.T) {
	r := renderer(t)
	svg := mustSVG(t, r, line(`[1,2]`), 400, 300)
	if got, want := mustPNG(t, r, svg, 2).Bounds().Size(), image.Pt(800, 600); got != want {
		t.Errorf("size %v, want %v", got, want)
	}
	a, err := r.PNG(t.Context(), svg, 2)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.PNG(t.Context(), svg, 2)
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("the same picture gave another PNG, error %v", err)
	}
	bad := []struct {
		name, svg string
		scale     float64
		want      error
	}{
		{"nothing", "", 1, reform.ErrInvalid},
		{"cut off", "<svg", 1, reform.ErrInvalid},
		{"HTML", "<html/>", 1, reform.ErrInvalid},
		{"no size", `<svg xmlns="http://www.w3.org/2000/svg"/>`, 1, reform.ErrInvalid},
		{"size zero", `<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>`, 1, reform.ErrInvalid},
		{"size NaN", `<svg xmlns="http://www.w3.org/2000/svg" width="NaN" height="1"/>`, 1, reform.ErrInvalid},
		{"huge", `<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>`, 1, reform.ErrTooLarge},
		{"broken later", `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g></svg>`, 1, reform.ErrInvalid},
		{"scale 0", string(svg), 0, reform.ErrInvalid},
		{"scale 5", string(svg), 5, reform.ErrInvalid},
	}
	for _, tt := range bad {
		if _, err := r.PNG(t.Context(), []byte(tt.svg), tt.scale); !errors.Is(err, tt.want) {
			t.Errorf("%s: got error %v, want %v", tt.name, err, tt.want)
		}
	}
	// An instance that gave an error is not used again.
	if c, err := r.PNG(t.Context(), svg, 2); err != nil || !bytes.Equal(a, c) {
		t.Errorf("after errors the same picture gave another PNG, error %v", err)
	}
}

// TestTextPixels counts dark pixels where each text must stand. Without a font
// resvg leaves a blank and gives no error.
func TestTextPixels(t *testing.T) {
	r := renderer(t)
	texts := []string{"", "Đắk Lắk ệ ữ"}
	for _, c := range "ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữựỳỷỹỵđĐ▲▼→↑↓≥≤−–—…•·○●◆△▽□₫" {
		texts = append(texts, string(c))
	}
	const cell, columns = 120, 8
	dark := func(weight string) []int {
		titles := make([]any, len(texts))
		for i, text := range texts {
			titles[i] = map[string]any{
				"text": text, "left": i % columns * cell, "top": i / columns * 40, "padding": 4,
				"textStyle": map[string]any{"color": "#000", "fontSize": 20, "fontWeight": weight},
			}
		}
		option, err := json.Marshal(map[string]any{
			"backgroundColor": "#fff", "title": titles,
			"xAxis":  map[string]any{"data": []string{"a"}, "show": false},
			"yAxis":  map[string]any{"show": false},
			"series": []any{map[string]any{"type": "line", "symbol": "none", "data": []int{1}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		img := mustPNG(t, r, mustSVG(t, r, option, columns*cell, 400), 1)
		counts := make([]int, len(texts))
		for i := range texts {
			for y := range 40 {
				for x := range cell {
					if color.GrayModel.Convert(img.At(i%columns*cell+x, i/columns*40+y)).(color.Gray).Y < 128 {
						counts[i]++
					}
				}
			}
		}
		return counts
	}
	plain, bold := dark("normal"), dark("bold")
	if plain[0] != 0 {
		t.Fatalf("%d dark pixels without a text, want 0", plain[0])
	}
	if plain[1] < 200 || bold[1] < plain[1]*11/10 {
		t.Errorf("%d dark pixels plain and %d bold; want at least 200, and clearly more", plain[1], bold[1])
	}
	for i, text := range texts[1:] {
		if plain[i+1] == 0 || bold[i+1] == 0 {
			t.Errorf("%s was drawn as a blank", text)
		}
	}
}

func TestOutline(t *testing.T) {
	r := renderer(t)
	svg := mustSVG(t, r, file(t, "bars.json"), 600, 300)
	out, err := r.Outline(t.Context(), svg)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte("<text")) || !bytes.Contains(out, []byte("<path")) {
		t.Errorf("want paths and no text, got %.300s", out)
	}
	// The outlines look as the text does, to within the rounding of a path.
	a, b := mustPNG(t, r, svg, 1), mustPNG(t, r, out, 1)
	differ := 0
	for y := range 300 {
		for x := range 600 {
			p, q := color.GrayModel.Convert(a.At(x, y)).(color.Gray).Y, color.GrayModel.Convert(b.At(x, y)).(color.Gray).Y
			if max(p, q)-min(p, q) > 32 {
				differ++
			}
		}
	}
	if differ > 50 {
		t.Errorf("%d pixels differ between text and outlines", differ)
	}
}

func TestContext(t *testing.T) {
	r := renderer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.SVG(ctx, Input{Option: line(`[1,2]`), Width: 300, Height: 200}); !errors.Is(err, context.Canceled) {
		t.Errorf("SVG: got error %v, want canceled", err)
	}
	svg := mustSVG(t, r, line(`[1,2]`), 300, 200)
	if _, err := r.PNG(ctx, svg, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("PNG: got error %v, want canceled", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := r.PNG(ctx, mustSVG(t, r, file(t, "heatmap.json"), 3000, 1800), 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("PNG: got error %v, want deadline exceeded", err)
	}
	if _, err := r.PNG(t.Context(), svg, 1); err != nil {
		t.Errorf("PNG after a deadline: %v", err)
	}
}

func TestRegisterMap(t *testing.T) {
	r := renderer(t)
	for name, geo := range map[string]string{
		"":      `{"type":"FeatureCollection","features":[{}]}`,
		"china": `{"type":"FeatureCollection","features":[{}]}`,
		"A":     `not json`,
		"B":     `{"type":"FeatureCollection","features":[]}`,
	} {
		if err := r.RegisterMap(name, []byte(geo)); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("map %q: got error %v, want invalid", name, err)
		}
	}
}

// FuzzNormalise holds that a checked option is checked again without a change,
// and that no text in it is left that the fonts cannot draw.
func FuzzNormalise(f *testing.F) {
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range names {
		f.Add(file(f, filepath.Base(name)))
	}
	f.Add([]byte(`{"series":{"type":"line","data":[{"name":"a\u0301","value":1e3}]},"title":{"text":"\u200b国","fontFamily":"x"}}`))
	f.Fuzz(func(t *testing.T, option []byte) {
		d, err := normalise(option)
		if err != nil {
			return
		}
		checked, err := d.json()
		if err != nil {
			t.Fatal(err)
		}
		again, err := normalise(checked)
		if err != nil {
			t.Fatalf("checked option is refused: %v\n%s", err, checked)
		}
		if twice, err := again.json(); err != nil || !bytes.Equal(checked, twice) {
			t.Errorf("checked option changed (%v):\n%s\n%s", err, checked, twice)
		}
		if len(again.missing) > 0 {
			t.Errorf("checked option still lacks glyphs %U\n%s", again.missing, checked)
		}
	})
}

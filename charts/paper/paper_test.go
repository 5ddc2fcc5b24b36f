package paper

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"chiso/charts"
	"chiso/internal/testshared"
)

func page(svg string) Page {
	p := &charts.Picture{Title: "Xếp hạng của Thừa Thiên Huế & <b>", Notes: []string{"Chưa có số liệu: 2018."}, Sources: []charts.Source{{Document: "d1", Label: "Báo Long An", Date: "2020-05-19"}}}
	return Page{SVG: []byte(svg), From: charts.ProvenanceOf(p, "vi", "https://chiso.example.vn/figures/x?rev=7", 7, func(d string) string { return "https://chiso.example.vn/documents/" + d })}
}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "render", "testdata", name+".svg"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every picture that charts/render is tested with comes out as lines, not as pixels.
func TestPicturesAsLines(t *testing.T) {
	files, err := filepath.Glob("../render/testdata/*.svg")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".svg")
		p := page(string(golden(t, name)))
		write := func(o Options) []byte {
			b, err := Write("Tiêu đề: ế ữ đ", []Page{p}, o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return b
		}
		b := write(Options{Theme: charts.Light})
		if !bytes.HasPrefix(b, []byte("%PDF-")) || bytes.Contains(b, []byte("/Subtype /Image")) {
			t.Errorf("%s: is no PDF of lines", name)
		}
		if !bytes.Equal(b, write(Options{Theme: charts.Light})) {
			t.Errorf("%s: the same picture gave two files", name)
		}
		write(Options{Theme: charts.Dark, OwnSize: true})
	}
}

func TestTextCanBeRead(t *testing.T) {
	tool := testshared.Need(t, "pdftotext")
	b, err := Write("Tiêu đề", []Page{page(string(golden(t, "rank-history")))}, Options{Theme: charts.Light})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"5/63", "50/63", "Chưa có số liệu: 2018.", "Nguồn: Báo Long An", "xem lại: https://chiso.example.vn/figures/x?rev=7"} {
		if strings.Count(string(out), want) != 1 {
			t.Errorf("text: %q stands %d times, want once, in\n%s", want, strings.Count(string(out), want), out)
		}
	}
}

// A picture with what has no lines becomes pixels with its words over them.
func TestPixels(t *testing.T) {
	const odd = `<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50"><rect x="0" y="0" width="100" height="50" fill="#ffffff" filter="url(#f)"/><text x="5" y="20" fill="#000">Huế</text></svg>`
	png := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00\x00\x00\x00IEND\xaeB`\x82")
	b, err := Write("x", []Page{page(odd)}, Options{Pixels: func() ([]byte, error) { return png, nil }})
	if err != nil || !bytes.Contains(b, []byte("/Subtype /Image")) {
		t.Errorf("got %d bytes, %v", len(b), err)
	}
	if _, err := Write("x", []Page{page(odd)}, Options{}); err == nil {
		t.Error("without pixels: got no error")
	}
	for _, bad := range []string{"", "<svg", "<p/>", `<svg width="x" height="1"/>`} {
		if _, err := Write("x", []Page{page(bad)}, Options{}); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}

func TestOutline(t *testing.T) {
	for d, want := range map[string]string{
		"M1 2L3 4Z":                "M1,2 L3,4 Z",
		"m1 2l2 2h1v1H0V0z":        "M1,2 L3,4 L4,4 L4,5 L0,5 L0,0 Z",
		"M0 0 1 1 2 2":             "M0,0 L1,1 L2,2",
		"M.5-.5L1e1-2":             "M0.5,-0.5 L10,-2",
		"M0 0Q3 3 6 0":             "M0,0 C2,2,4,2,6,0",
		"M0 0C1 1 2 1 3 0S5-1 6 0": "M0,0 C1,1,2,1,3,0 C4,-1,5,-1,6,0",
	} {
		got, err := outline(d)
		if s := show(got); err != nil || s != want {
			t.Errorf("%s: got %s, %v, want %s", d, s, err, want)
		}
	}
	for _, bad := range []string{"M1", "X1 2", "M1 2L3", "Mx y"} {
		if got, err := outline(bad); err == nil {
			t.Errorf("%s: got %v, want an error", bad, got)
		}
	}
	// A quarter of a circle ends where it should and keeps its distance from the middle.
	curves := arc(1, 0, 1, 1, 0, false, true, 0, 1)
	if len(curves) != 1 || math.Hypot(curves[0][4], curves[0][5]-1) > 1e-9 {
		t.Fatalf("quarter: %v", curves)
	}
	c := curves[0]
	mx, my := (1+3*c[0]+3*c[2]+c[4])/8, (0+3*c[1]+3*c[3]+c[5])/8
	if math.Abs(math.Hypot(mx, my)-1) > 1e-3 {
		t.Errorf("the middle of the quarter lies %v from the centre", math.Hypot(mx, my))
	}
}

func show(path []segment) string {
	var out []string
	for _, s := range path {
		var p []string
		for i := range map[byte]int{'M': 2, 'L': 2, 'C': 6}[s.op] {
			p = append(p, fmt.Sprint(math.Round(s.p[i]*1e6)/1e6))
		}
		out = append(out, string(s.op)+strings.Join(p, ","))
	}
	return strings.Join(out, " ")
}

func TestColour(t *testing.T) {
	for s, want := range map[string]rgba{"#0072b2": {0, 114.0 / 255, 178.0 / 255, 1}, "#000": {0, 0, 0, 1}, "rgb(255,0,0)": {1, 0, 0, 1}, "rgba(0,0,255,0.5)": {0, 0, 1, 0.5}} {
		if got, ok, err := colour(s); got != want || !ok || err != nil {
			t.Errorf("%s: got %v, %t, %v", s, got, ok, err)
		}
	}
	for _, s := range []string{"", "none", "transparent"} {
		if _, ok, err := colour(s); ok || err != nil {
			t.Errorf("%q: painted %t, %v", s, ok, err)
		}
	}
	if _, _, err := colour("red) 1 0 0 rg"); err == nil {
		t.Error("a colour that is none: got no error")
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, name := range []string{"rank-history", "heatmap"} {
		p := page(string(golden(b, name)))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Write("x", []Page{p}, Options{Theme: charts.Light}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

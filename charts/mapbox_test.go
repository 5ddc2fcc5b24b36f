package charts_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/charts/text"
)

// written is a line of text in an SVG and where it stands.
type written struct {
	text           string
	x0, y0, x1, y1 float64
}

var translate = regexp.MustCompile(`^translate\(([-0-9.]+)[ ,]+([-0-9.]+)\)$`)

// linesOf measures the lines of text of a picture, each once: a halo is the same text again.
func linesOf(t *testing.T, svg []byte) []written {
	t.Helper()
	var out []written
	seen := map[string]bool{}
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := tok.(xml.StartElement)
		if !ok || start.Name.Local != "text" {
			continue
		}
		attrs := map[string]string{}
		for _, a := range start.Attr {
			attrs[a.Name.Local] = a.Value
		}
		var body struct {
			Text string `xml:",chardata"`
		}
		if err := dec.DecodeElement(&body, &start); err != nil {
			t.Fatal(err)
		}
		number := func(s string) float64 {
			if s == "" {
				return 0
			}
			v, err := strconv.ParseFloat(strings.TrimSuffix(s, "px"), 64)
			if err != nil {
				t.Fatalf("text %q at %q", body.Text, s)
			}
			return v
		}
		x, y, size := number(attrs["x"]), number(attrs["y"]), number(attrs["font-size"])
		if tr := attrs["transform"]; tr != "" {
			m := translate.FindStringSubmatch(tr)
			if m == nil {
				t.Fatalf("text %q is turned: %s", body.Text, tr)
			}
			x, y = x+number(m[1]), y+number(m[2])
		}
		w := text.Measure(body.Text, size, attrs["font-weight"] == "bold")
		switch attrs["text-anchor"] {
		case "middle":
			x -= w / 2
		case "end":
			x -= w
		}
		one := written{body.Text, x, y - size*0.73, x + w, y + size*0.2}
		if key := fmt.Sprintf("%s %.0f %.0f", one.text, x, y); !seen[key] {
			seen[key] = true
			out = append(out, one)
		}
	}
}

// On every size both archipelagos are there with their names, within the picture, and no text lies on another.
func TestMapGeometry(t *testing.T) {
	r, err := render.New(context.Background(), render.Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for name, draw := range maps() {
		for _, size := range [][2]int{{320, 0}, {960, 0}, {1920, 1080}, {700, 420}} {
			if testing.Short() && size[0] != 320 {
				continue
			}
			lang := []string{"vi", "en"}[size[0]/320%2]
			p, err := draw(charts.Style{Lang: lang, Width: size[0], Height: size[1]})
			if err != nil {
				t.Fatalf("%s %v: %v", name, size, err)
			}
			svg, err := r.SVG(context.Background(), render.Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: lang})
			if err != nil {
				t.Fatalf("%s %v: %v", name, size, err)
			}
			all := linesOf(t, svg)
			said := ""
			for i, a := range all {
				said += " " + a.text
				if a.x0 < -0.5 || a.y0 < -0.5 || a.x1 > float64(p.Width)+0.5 || a.y1 > float64(p.Height)+0.5 {
					t.Errorf("%s %v: %q runs out of the picture: %.0f,%.0f-%.0f,%.0f", name, size, a.text, a.x0, a.y0, a.x1, a.y1)
				}
				for _, b := range all[i+1:] {
					if math.Min(a.x1, b.x1)-math.Max(a.x0, b.x0) > 1 && math.Min(a.y1, b.y1)-math.Max(a.y0, b.y0) > 1 {
						t.Errorf("%s %v: %q lies on %q", name, size, a.text, b.text)
					}
				}
			}
			said = strings.Join(strings.Fields(said), " ")
			for _, want := range map[string][]string{"vi": {"Hoàng Sa", "(TP. Đà Nẵng)", "Trường Sa", "(tỉnh Khánh Hòa)", "không phải bản đồ địa giới hành chính"},
				"en": {"Hoang Sa", "(Da Nang)", "Truong Sa", "(Khanh Hoa)", "not a map of administrative borders"}}[lang] {
				if !strings.Contains(said, want) {
					t.Errorf("%s %v: the picture does not say %q: %s", name, size, want, said)
				}
			}
			if p.Plot == nil || len(p.Plot.Categories) == 0 || len(p.Plot.Series) < 2 {
				t.Errorf("%s: no table for an office program", name)
			}
		}
	}
}

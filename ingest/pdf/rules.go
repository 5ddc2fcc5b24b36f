package pdf

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"chiso/ingest/pages"
)

// The bounds of a drawing. One that passes them is no table.
const (
	thin       = 2.6 // points: a filled box of that width is a line
	maxDrawn   = 20_000
	maxNesting = 60
	maxPoints  = 400_000
)

// matrix maps points as SVG does.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) apply(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

func (m matrix) times(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b, m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

// parseRules finds the straight upright and level lines of a page drawn as SVG.
func parseRules(r io.Reader) ([]pages.Box, error) {
	dec := xml.NewDecoder(&legal{r: r})
	dec.Strict = false
	d := drawing{}
	stack := []matrix{identity}
	hidden := 0 // depth within definitions, which draw nothing by themselves
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return d.boxes, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if len(stack) > maxNesting || d.points > maxPoints || len(d.boxes) > maxDrawn {
				return nil, errors.New("the page is a drawing")
			}
			m := stack[len(stack)-1].times(transformOf(t))
			stack = append(stack, m)
			switch t.Name.Local {
			case "defs", "symbol", "clipPath", "mask", "pattern":
				hidden++
			case "path":
				if hidden == 0 {
					d.path(t, m)
				}
			case "rect":
				if hidden == 0 {
					x, y := number(t, "x"), number(t, "y")
					d.outline(t, m, []point{{x, y}, {x + number(t, "width"), y}, {x + number(t, "width"), y + number(t, "height")}, {x, y + number(t, "height")}, {x, y}})
				}
			}
		case xml.EndElement:
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			switch t.Name.Local {
			case "defs", "symbol", "clipPath", "mask", "pattern":
				hidden--
			}
		}
	}
}

func transformOf(el xml.StartElement) matrix {
	s := attribute(el, "transform")
	body, ok := strings.CutPrefix(s, "matrix(")
	if !ok {
		return identity
	}
	f := strings.FieldsFunc(strings.TrimSuffix(body, ")"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(f) != 6 {
		return identity
	}
	var v [6]float64
	for i := range v {
		x, err := strconv.ParseFloat(f[i], 64)
		if err != nil || math.IsNaN(x) || math.Abs(x) > 1e6 {
			return identity
		}
		v[i] = x
	}
	return matrix{v[0], v[1], v[2], v[3], v[4], v[5]}
}

func attribute(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

type point struct{ x, y float64 }

type drawing struct {
	boxes  []pages.Box
	points int
}

// style tells whether a shape is drawn as an outline or filled, in both spellings of SVG.
func style(el xml.StartElement) (stroked, filled bool) {
	look := func(name string) string {
		if v := attribute(el, name); v != "" {
			return v
		}
		for part := range strings.SplitSeq(attribute(el, "style"), ";") {
			if k, v, ok := strings.Cut(part, ":"); ok && strings.TrimSpace(k) == name {
				return strings.TrimSpace(v)
			}
		}
		return ""
	}
	stroke, fill := look("stroke"), look("fill")
	return stroke != "" && stroke != "none", fill != "none" && !white(fill)
}

func white(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	return s == "white" || s == "rgb(100%,100%,100%)" || s == "#ffffff" || s == "#fff"
}

// path reads a path of straight pieces; curves end it, since no table has any.
func (d *drawing) path(el xml.StartElement, m matrix) {
	f := strings.Fields(attribute(el, "d"))
	var sub []point
	num := func(i int) (float64, bool) {
		if i >= len(f) {
			return 0, false
		}
		x, err := strconv.ParseFloat(f[i], 64)
		return x, err == nil && math.Abs(x) < 1e7
	}
	for i := 0; i < len(f); {
		switch f[i] {
		case "M", "L":
			x, ok1 := num(i + 1)
			y, ok2 := num(i + 2)
			if !ok1 || !ok2 {
				return
			}
			if f[i] == "M" {
				d.outline(el, m, sub)
				sub = nil
			}
			sub = append(sub, point{x, y})
			i += 3
		case "Z":
			if len(sub) > 0 {
				sub = append(sub, sub[0])
			}
			i++
		default:
			return
		}
		if d.points++; d.points > maxPoints {
			return
		}
	}
	d.outline(el, m, sub)
}

func (d *drawing) outline(el xml.StartElement, m matrix, sub []point) {
	if len(sub) < 2 {
		return
	}
	at := make([]point, len(sub))
	box := pages.Box{X0: math.Inf(1), Y0: math.Inf(1), X1: math.Inf(-1), Y1: math.Inf(-1)}
	for i, p := range sub {
		at[i].x, at[i].y = m.apply(p.x, p.y)
		box.X0, box.Y0 = min(box.X0, at[i].x), min(box.Y0, at[i].y)
		box.X1, box.Y1 = max(box.X1, at[i].x), max(box.Y1, at[i].y)
	}
	stroked, filled := style(el)
	if filled && (box.X1-box.X0 <= thin || box.Y1-box.Y0 <= thin) {
		d.boxes = append(d.boxes, box)
		return
	}
	if !stroked {
		return
	}
	for i := 1; i < len(at); i++ {
		a, b := at[i-1], at[i]
		if dx, dy := math.Abs(a.x-b.x), math.Abs(a.y-b.y); dx < 0.8 && dy > 3 || dy < 0.8 && dx > 3 {
			d.boxes = append(d.boxes, pages.Box{X0: min(a.x, b.x), Y0: min(a.y, b.y), X1: max(a.x, b.x), Y1: max(a.y, b.y)})
		}
	}
}

package paper

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// node is an element of a picture.
type node struct {
	name     string
	attrs    map[string]string
	children []*node
	text     string
}

func parse(svg []byte) (root *node, ids map[string]*node, err error) {
	dec := xml.NewDecoder(bytes.NewReader(svg))
	ids = map[string]*node{}
	var open []*node
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			if id := n.attrs["id"]; id != "" {
				ids[id] = n
			}
			if len(open) > 0 {
				up := open[len(open)-1]
				up.children = append(up.children, n)
			} else {
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(t)
			}
		}
	}
	if root == nil || root.name != "svg" {
		return nil, nil, errors.New("no svg element")
	}
	return root, ids, nil
}

// drawer puts a picture of charts/render on a page, as lines, fills and real text. It knows
// what that package lets through (svg.go there) and says so where it meets anything else.
type drawer struct {
	pdf    *fpdf.Fpdf
	ids    map[string]*node
	height float64 // of the page, in points
	ground string  // colour behind the picture
}

func (n *node) number(name string, missing float64) (float64, error) {
	s, ok := n.attrs[name]
	if !ok {
		return missing, nil
	}
	if s, percent := strings.CutSuffix(s, "%"); percent {
		v, err := strconv.ParseFloat(s, 64)
		return v / 100, err
	}
	v, err := strconv.ParseFloat(strings.TrimSuffix(s, "px"), 64)
	if err != nil {
		return 0, fmt.Errorf("%s with %s=%.40q", n.name, name, s)
	}
	return v, nil
}

// many reads several numbers at once.
func (n *node) many(names ...string) ([]float64, error) {
	out := make([]float64, len(names))
	for i, name := range names {
		v, err := n.number(name, 0)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (d *drawer) children(n *node, m matrix) error {
	for _, c := range n.children {
		if err := d.draw(c, m); err != nil {
			return err
		}
	}
	return nil
}

func (d *drawer) draw(n *node, m matrix) error {
	own, err := transform(n.attrs["transform"])
	if err != nil {
		return err
	}
	m = m.then(own)
	if n.attrs["filter"] != "" || n.attrs["mask"] != "" {
		return fmt.Errorf("%s with a filter", n.name)
	}
	if clip := n.attrs["clip-path"]; clip != "" {
		end, err := d.clip(clip, m)
		if err != nil {
			return err
		}
		defer end()
	}
	switch n.name {
	case "defs", "title", "desc", "metadata":
		return nil
	case "g":
		return d.children(n, m)
	case "text":
		return d.text(n, m)
	}
	path, err := n.path()
	if err != nil {
		return err
	}
	return d.shape(n, path, m)
}

// path is the outline of a shape.
func (n *node) path() ([]segment, error) {
	polygon := func(p []float64, closed bool) []segment {
		var out []segment
		for i := 0; i+1 < len(p); i += 2 {
			op := byte('L')
			if i == 0 {
				op = 'M'
			}
			out = append(out, segment{op, [6]float64{p[i], p[i+1]}})
		}
		if closed {
			out = append(out, segment{op: 'Z'})
		}
		return out
	}
	switch n.name {
	case "path":
		return outline(n.attrs["d"])
	case "rect":
		v, err := n.many("x", "y", "width", "height", "rx")
		if err != nil || v[4] != 0 {
			return nil, errors.Join(err, errorIf(v != nil && v[4] != 0, "a rect with round corners"))
		}
		return polygon([]float64{v[0], v[1], v[0] + v[2], v[1], v[0] + v[2], v[1] + v[3], v[0], v[1] + v[3]}, true), nil
	case "line":
		v, err := n.many("x1", "y1", "x2", "y2")
		return polygon(v, false), err
	case "polygon", "polyline":
		v, err := numbers(n.attrs["points"])
		return polygon(v, n.name == "polygon"), err
	case "circle", "ellipse":
		v, err := n.many("cx", "cy", "rx", "ry", "r")
		if err != nil {
			return nil, err
		}
		rx, ry := v[2], v[3]
		if n.name == "circle" {
			rx, ry = v[4], v[4]
		}
		out := []segment{{'M', [6]float64{v[0] + rx, v[1]}}}
		for _, to := range [][4]float64{{v[0] + rx, v[1], v[0] - rx, v[1]}, {v[0] - rx, v[1], v[0] + rx, v[1]}} {
			for _, c := range arc(to[0], to[1], rx, ry, 0, false, true, to[2], to[3]) {
				out = append(out, segment{'C', c})
			}
		}
		return append(out, segment{op: 'Z'}), nil
	}
	return nil, fmt.Errorf("element %q", n.name)
}

func errorIf(when bool, what string) error {
	if when {
		return errors.New(what)
	}
	return nil
}

// raw writes operators of PDF.
func (d *drawer) raw(b *strings.Builder) { d.pdf.RawWriteStr(b.String() + "\n") }

// num writes a coordinate.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

func (d *drawer) trace(b *strings.Builder, path []segment, m matrix) {
	for _, s := range path {
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.op]
		for i := range n {
			x, y := m.at(s.p[2*i], s.p[2*i+1])
			b.WriteString(num(x) + " " + num(d.height-y) + " ")
		}
		b.WriteString(map[byte]string{'M': "m\n", 'L': "l\n", 'C': "c\n", 'Z': "h\n"}[s.op])
	}
}

// clip begins a part that shows only inside a path; end ends it.
func (d *drawer) clip(ref string, m matrix) (end func(), err error) {
	n := d.ids[strings.TrimSuffix(strings.TrimPrefix(ref, "url(#"), ")")]
	if n == nil || n.name != "clipPath" {
		return nil, fmt.Errorf("clip %.40q", ref)
	}
	var b strings.Builder
	b.WriteString("q\n")
	for _, c := range n.children {
		own, err := transform(c.attrs["transform"])
		if err != nil {
			return nil, err
		}
		path, err := c.path()
		if err != nil {
			return nil, err
		}
		d.trace(&b, path, m.then(own))
	}
	b.WriteString("W n")
	d.raw(&b)
	return func() { d.pdf.RawWriteStr("Q\n") }, nil
}

// shape fills and strokes an outline.
func (d *drawer) shape(n *node, path []segment, m matrix) error {
	if len(path) == 0 {
		return nil
	}
	whole, err := n.number("opacity", 1)
	if err != nil {
		return err
	}
	fill, stroke := n.attrs["fill"], n.attrs["stroke"]
	if _, ok := n.attrs["fill"]; !ok {
		fill = "#000000"
	}
	if strings.HasPrefix(fill, "url(") {
		if err := d.special(fill, path, m); err != nil {
			return err
		}
		fill = "none"
	}
	if c, ok, err := colour(fill); err != nil {
		return err
	} else if ok {
		a, err := n.number("fill-opacity", 1)
		if err != nil {
			return err
		}
		op := "f"
		if n.attrs["fill-rule"] == "evenodd" {
			op = "f*"
		}
		d.paint(path, m, c.operator("rg"), op, a*whole*c.alpha)
	}
	c, ok, err := colour(stroke)
	if err != nil || !ok || stroke == "" {
		return err
	}
	a, err := n.number("stroke-opacity", 1)
	if err != nil {
		return err
	}
	width, err := n.number("stroke-width", 1)
	if err != nil || width <= 0 {
		return err
	}
	pen := c.operator("RG") + num(width*m.scale()) + " w\n"
	pen += map[string]string{"round": "1 J\n", "square": "2 J\n"}[n.attrs["stroke-linecap"]]
	pen += map[string]string{"round": "1 j\n", "bevel": "2 j\n"}[n.attrs["stroke-linejoin"]]
	if dash := n.attrs["stroke-dasharray"]; dash != "" && dash != "none" {
		lengths, err := numbers(strings.ReplaceAll(dash, "px", ""))
		if err != nil {
			return err
		}
		words := make([]string, len(lengths))
		for i, l := range lengths {
			words[i] = num(l * m.scale())
		}
		offset, err := n.number("stroke-dashoffset", 0)
		if err != nil {
			return err
		}
		pen += "[" + strings.Join(words, " ") + "] " + num(offset*m.scale()) + " d\n"
	}
	d.paint(path, m, pen, "S", a*whole*c.alpha)
	return nil
}

func (d *drawer) paint(path []segment, m matrix, pen, op string, alpha float64) {
	if alpha <= 0 {
		return
	}
	// A state of its own, so that pens do not leak from one shape to the next.
	d.pdf.RawWriteStr("q\n")
	if alpha < 1 {
		d.pdf.SetAlpha(math.Round(alpha*1000)/1000, "Normal")
	}
	var b strings.Builder
	b.WriteString(pen)
	d.trace(&b, path, m)
	b.WriteString(op + "\nQ")
	d.raw(&b)
}

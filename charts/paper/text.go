package paper

import (
	"fmt"
	"math"
	"strings"

	"chiso/charts/text"
)

func (d *drawer) text(n *node, m matrix) error { return d.write(n, m, true) }

// write sets a text of the picture as text of the page.
func (d *drawer) write(n *node, m matrix, halo bool) error {
	if len(n.children) > 0 {
		return fmt.Errorf("a text with a %s in it", n.children[0].name)
	}
	words := plain(n.text)
	if strings.TrimSpace(words) == "" {
		return nil
	}
	v, err := n.many("x", "y")
	if err != nil {
		return err
	}
	size, err := n.number("font-size", 12)
	if err != nil {
		return err
	}
	c, ok, err := colour(n.attrs["fill"])
	if err != nil {
		return err
	}
	if _, given := n.attrs["fill"]; !given {
		c, ok = rgba{0, 0, 0, 1}, true
	}
	if !ok {
		return nil
	}
	bold := n.attrs["font-weight"] == "bold" || n.attrs["font-weight"] == "bolder" || n.attrs["font-weight"] >= "600" && len(n.attrs["font-weight"]) == 3
	width := text.Measure(words, size, bold)
	x := v[0]
	switch n.attrs["text-anchor"] {
	case "middle":
		x -= width / 2
	case "end":
		x -= width
	}
	// The halo keeps words legible over lines. A stroke around letters would be a second text to
	// whoever copies from the page; a patch of the ground does the same for the eye.
	if stroke := n.attrs["stroke"]; halo && stroke != "" && stroke != "none" {
		patch := &node{name: "rect", attrs: map[string]string{
			"fill": stroke, "x": num(x - 1), "y": num(v[1] - 0.78*size), "width": num(width + 2), "height": num(1.0 * size),
		}}
		if err := d.draw(patch, m); err != nil {
			return err
		}
	}
	px, py := m.at(x, v[1])
	style := ""
	if bold {
		style = "B"
	}
	d.pdf.SetFont(family, style, math.Round(size*m.scale()*100)/100)
	d.pdf.SetTextColor(c.bytes())
	alpha, err := n.number("fill-opacity", 1)
	if err != nil {
		return err
	}
	whole, err := n.number("opacity", 1)
	if err != nil {
		return err
	}
	if alpha *= whole * c.alpha; alpha < 1 {
		d.pdf.SetAlpha(math.Round(alpha*1000)/1000, "Normal")
		defer d.pdf.SetAlpha(1, "Normal")
	}
	angle := math.Atan2(m.b, m.a) * 180 / math.Pi
	if math.Abs(angle) < 0.01 {
		d.pdf.Text(px, py, words)
		return d.pdf.Error()
	}
	d.pdf.TransformBegin()
	d.pdf.TransformRotate(-angle, px, py)
	d.pdf.Text(px, py, words)
	d.pdf.TransformEnd()
	return d.pdf.Error()
}

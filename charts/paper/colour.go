package paper

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// rgba is a colour, each part 0 to 1.
type rgba struct{ r, g, b, alpha float64 }

func (c rgba) operator(op string) string {
	return num(c.r) + " " + num(c.g) + " " + num(c.b) + " " + op + "\n"
}

// bytes are the parts as fpdf wants them.
func (c rgba) bytes() (r, g, b int) {
	return int(math.Round(c.r * 255)), int(math.Round(c.g * 255)), int(math.Round(c.b * 255))
}

// colour reads a colour; ok is false where nothing is painted.
func colour(s string) (c rgba, ok bool, err error) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "", "none", "transparent":
		return c, false, nil
	case "black":
		return rgba{0, 0, 0, 1}, true, nil
	case "white":
		return rgba{1, 1, 1, 1}, true, nil
	}
	if hex, is := strings.CutPrefix(s, "#"); is {
		if len(hex) == 3 {
			hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		}
		v, err := strconv.ParseUint(hex, 16, 32)
		if err != nil || len(hex) != 6 {
			return c, false, fmt.Errorf("colour %.40q", s)
		}
		return rgba{float64(v>>16) / 255, float64(v>>8&255) / 255, float64(v&255) / 255, 1}, true, nil
	}
	_, args, is := strings.Cut(s, "(")
	if args, closed := strings.CutSuffix(args, ")"); is && closed && (strings.HasPrefix(s, "rgb(") || strings.HasPrefix(s, "rgba(")) {
		n, err := numbers(args)
		if err == nil && len(n) >= 3 {
			c = rgba{n[0] / 255, n[1] / 255, n[2] / 255, 1}
			if len(n) > 3 {
				c.alpha = n[3]
			}
			return c, true, nil
		}
	}
	return c, false, fmt.Errorf("colour %.40q", s)
}

// special fills an outline with a gradient or a pattern, inside a clip.
func (d *drawer) special(ref string, path []segment, m matrix) error {
	n := d.ids[strings.TrimSuffix(strings.TrimPrefix(ref, "url(#"), ")")]
	if n == nil {
		return fmt.Errorf("fill %.40q", ref)
	}
	var b strings.Builder
	b.WriteString("q\n")
	d.trace(&b, path, m)
	b.WriteString("W n")
	d.raw(&b)
	defer d.pdf.RawWriteStr("Q\n")
	switch n.name {
	case "linearGradient":
		return d.gradient(n, path, m)
	case "pattern":
		return d.pattern(n, path, m)
	}
	return fmt.Errorf("fill by %s", n.name)
}

// strips is into how many pieces a gradient is cut; the eye does not see them.
const strips = 96

func (d *drawer) gradient(n *node, path []segment, m matrix) error {
	v, err := n.many("x1", "y1", "x2", "y2")
	if err != nil {
		return err
	}
	if _, ok := n.attrs["x2"]; !ok {
		v[2] = 1
	}
	if n.attrs["gradientUnits"] != "userSpaceOnUse" {
		x0, y0, x1, y1 := box(path, identity)
		for i := 0; i < 4; i += 2 {
			v[i], v[i+1] = x0+v[i]*(x1-x0), y0+v[i+1]*(y1-y0)
		}
	}
	type stop struct {
		at float64
		c  rgba
	}
	var stops []stop
	for _, s := range n.children {
		at, err := s.number("offset", 0)
		if err != nil {
			return err
		}
		c, ok, err := colour(s.attrs["stop-color"])
		if err != nil || !ok {
			return fmt.Errorf("a gradient with a stop %.40q", s.attrs["stop-color"])
		}
		stops = append(stops, stop{at, c})
	}
	if len(stops) == 0 {
		return nil
	}
	mix := func(t float64) rgba {
		for i, s := range stops {
			if t > s.at {
				continue
			}
			if i == 0 || s.at == stops[i-1].at {
				return s.c
			}
			p := stops[i-1]
			k := (t - p.at) / (s.at - p.at)
			return rgba{p.c.r + k*(s.c.r-p.c.r), p.c.g + k*(s.c.g-p.c.g), p.c.b + k*(s.c.b-p.c.b), 1}
		}
		return stops[len(stops)-1].c
	}
	ax, ay := m.at(v[0], v[1])
	bx, by := m.at(v[2], v[3])
	dx, dy := bx-ax, by-ay
	// Each strip reaches to the end, under the next ones, so that no seam shows.
	const far = 1e4
	length := math.Hypot(dx, dy)
	if length == 0 {
		return nil
	}
	ux, uy := dx/length, dy/length
	for i := range strips {
		from := float64(i) / strips
		start := from * length
		if i == 0 {
			start = -far
		}
		var quad []segment
		for k, p := range [][2]float64{{start, -far}, {far, -far}, {far, far}, {start, far}} {
			op := byte('L')
			if k == 0 {
				op = 'M'
			}
			quad = append(quad, segment{op, [6]float64{ax + ux*p[0] - uy*p[1], ay + uy*p[0] + ux*p[1]}})
		}
		d.paint(append(quad, segment{op: 'Z'}), identity, mix(from+0.5/strips).operator("rg"), "f", 1)
	}
	return nil
}

// maxTiles bounds what a pattern may cost.
const maxTiles = 4000

// pattern lays tiles; stripes across the whole tile are drawn in one go each.
func (d *drawer) pattern(n *node, path []segment, m matrix) error {
	v, err := n.many("x", "y", "width", "height")
	if err != nil {
		return err
	}
	w, h := v[2], v[3]
	own, err := transform(n.attrs["patternTransform"])
	if err != nil || w <= 0 || h <= 0 {
		return fmt.Errorf("a pattern of %g x %g: %w", w, h, err)
	}
	back, ok := own.inverse()
	if !ok {
		return nil
	}
	x0, y0, x1, y1 := box(path, back)
	tile := m.then(own)
	left, right := int(math.Floor((x0-v[0])/w)), int(math.Ceil((x1-v[0])/w))
	top, bottom := int(math.Floor((y0-v[1])/h)), int(math.Ceil((y1-v[1])/h))
	var shapes []*node
	var collect func(n *node)
	collect = func(n *node) {
		for _, c := range n.children {
			if c.name == "g" {
				collect(c)
			} else {
				shapes = append(shapes, c)
			}
		}
	}
	collect(n)
	stripes := true
	for _, s := range shapes {
		p, err := s.path()
		if err != nil {
			return err
		}
		a, _, b, _ := box(p, identity)
		stripes = stripes && a <= w && b >= 0 && b-a >= w
	}
	if bottom-top >= maxTiles {
		return fmt.Errorf("a pattern of %d rows", bottom-top+1)
	}
	if stripes {
		// A row of tiles is one tile that is stretched.
		for _, s := range shapes {
			p, err := s.path()
			if err != nil {
				return err
			}
			_, top0, _, bottom0 := box(p, identity)
			for j := top; j <= bottom; j++ {
				bar := &node{name: "rect", attrs: map[string]string{"fill": s.attrs["fill"], "x": num(x0), "y": num(v[1] + float64(j)*h + top0), "width": num(x1 - x0), "height": num(bottom0 - top0)}}
				if err := d.draw(bar, tile); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if (right-left+1)*(bottom-top+1) > maxTiles {
		return fmt.Errorf("a pattern of %d tiles", (right-left+1)*(bottom-top+1))
	}
	for i := left; i <= right; i++ {
		for j := top; j <= bottom; j++ {
			for _, s := range shapes {
				if err := d.draw(s, tile.then(matrix{1, 0, 0, 1, v[0] + float64(i)*w, v[1] + float64(j)*h})); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

package paper

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// matrix is an affine map as SVG writes it: x' = a*x + c*y + e, y' = b*x + d*y + f.
type matrix struct{ a, b, c, d, e, f float64 }

var identity = matrix{1, 0, 0, 1, 0, 0}

// then is the map that does n first and m after it.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b, m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

func (m matrix) at(x, y float64) (float64, float64) { return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f }

// scale is by how much lengths grow on average.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

func (m matrix) inverse() (matrix, bool) {
	det := m.a*m.d - m.b*m.c
	if det == 0 {
		return identity, false
	}
	return matrix{m.d / det, -m.b / det, -m.c / det, m.a / det, (m.c*m.f - m.d*m.e) / det, (m.b*m.e - m.a*m.f) / det}, true
}

// transform reads a transform attribute.
func transform(s string) (matrix, error) {
	out := identity
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " ,") {
		name, rest, ok := strings.Cut(s, "(")
		args, after, closed := strings.Cut(rest, ")")
		if !ok || !closed {
			return out, fmt.Errorf("transform %.60q", s)
		}
		n, err := numbers(args)
		if err != nil {
			return out, err
		}
		get := func(i int) float64 {
			if i < len(n) {
				return n[i]
			}
			return 0
		}
		var m matrix
		switch name = strings.TrimSpace(name); {
		case name == "matrix" && len(n) == 6:
			m = matrix{n[0], n[1], n[2], n[3], n[4], n[5]}
		case name == "translate" && len(n) > 0:
			m = matrix{1, 0, 0, 1, n[0], get(1)}
		case name == "scale" && len(n) == 1:
			m = matrix{n[0], 0, 0, n[0], 0, 0}
		case name == "scale" && len(n) == 2:
			m = matrix{n[0], 0, 0, n[1], 0, 0}
		case name == "rotate" && len(n) > 0:
			sin, cos := math.Sincos(n[0] * math.Pi / 180)
			m = matrix{1, 0, 0, 1, get(1), get(2)}.then(matrix{cos, sin, -sin, cos, 0, 0}).then(matrix{1, 0, 0, 1, -get(1), -get(2)})
		default:
			return out, fmt.Errorf("transform %s with %d numbers", name, len(n))
		}
		out, s = out.then(m), strings.TrimSpace(after)
	}
	return out, nil
}

// numbers reads numbers divided by blanks, commas, or nothing but a sign.
func numbers(s string) ([]float64, error) {
	var out []float64
	for s != "" {
		if strings.ContainsRune(" ,\n\t", rune(s[0])) {
			s = s[1:]
			continue
		}
		n := numberLength(s)
		v, err := strconv.ParseFloat(s[:n], 64)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("numbers %.40q", s)
		}
		out, s = append(out, v), s[n:]
	}
	return out, nil
}

func numberLength(s string) int {
	i, point, exponent := 0, false, false
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case (c == '-' || c == '+') && (i == 0 || s[i-1] == 'e' || s[i-1] == 'E'):
		case c == '.' && !point && !exponent:
			point = true
		case (c == 'e' || c == 'E') && !exponent && i > 0:
			exponent = true
		default:
			return i
		}
	}
	return i
}

// segment is a piece of an outline: 'M' and 'L' with one point, 'C' with three, 'Z' with none.
type segment struct {
	op byte
	p  [6]float64
}

// outline reads the d of a path into moves, lines, cubic curves and closings.
func outline(d string) ([]segment, error) {
	r := &pathReader{}
	for i := 0; i < len(d); {
		c := d[i]
		if strings.ContainsRune(" ,\n\t", rune(c)) {
			i++
			continue
		}
		j := i + 1
		for j < len(d) && !strings.ContainsRune("MmLlHhVvCcSsQqTtAaZz", rune(d[j])) {
			j++
		}
		if err := r.command(c, d[i+1:j]); err != nil {
			return nil, err
		}
		i = j
	}
	return r.out, nil
}

type pathReader struct {
	out            []segment
	x, y           float64 // the pen
	startX, startY float64
	ctrlX, ctrlY   float64 // of the last curve
	last           byte
}

var arity = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 7, 'Z': 0}

func (r *pathReader) command(c byte, args string) error {
	upper := c &^ 0x20
	n, ok := arity[upper]
	if !ok {
		return fmt.Errorf("path command %q", c)
	}
	v, err := numbers(args)
	if err != nil {
		return err
	}
	if n == 0 {
		r.out = append(r.out, segment{op: 'Z'})
		r.x, r.y, r.last = r.startX, r.startY, 'Z'
		return nil
	}
	if len(v) == 0 || len(v)%n != 0 {
		return fmt.Errorf("path command %c with %d numbers", c, len(v))
	}
	for k := 0; k < len(v); k += n {
		op := upper
		if op == 'M' && k > 0 {
			op = 'L'
		}
		r.step(op, c >= 'a', v[k:k+n])
	}
	return nil
}

func (r *pathReader) step(op byte, relative bool, v []float64) {
	dx, dy := 0.0, 0.0
	if relative {
		dx, dy = r.x, r.y
	}
	mirrorX, mirrorY := r.x, r.y
	if (r.last == 'C' || r.last == 'S') && op == 'S' || (r.last == 'Q' || r.last == 'T') && op == 'T' {
		mirrorX, mirrorY = 2*r.x-r.ctrlX, 2*r.y-r.ctrlY
	}
	curve := func(x1, y1, x2, y2, x, y float64) {
		r.out = append(r.out, segment{'C', [6]float64{x1, y1, x2, y2, x, y}})
		r.ctrlX, r.ctrlY, r.x, r.y = x2, y2, x, y
	}
	quad := func(qx, qy, x, y float64) {
		x0, y0 := r.x, r.y
		curve(x0+2*(qx-x0)/3, y0+2*(qy-y0)/3, x+2*(qx-x)/3, y+2*(qy-y)/3, x, y)
		r.ctrlX, r.ctrlY = qx, qy
	}
	line := func(x, y float64) {
		r.out = append(r.out, segment{'L', [6]float64{x, y}})
		r.x, r.y = x, y
	}
	switch op {
	case 'M':
		r.x, r.y = v[0]+dx, v[1]+dy
		r.startX, r.startY = r.x, r.y
		r.out = append(r.out, segment{'M', [6]float64{r.x, r.y}})
	case 'L':
		line(v[0]+dx, v[1]+dy)
	case 'H':
		line(v[0]+dx, r.y)
	case 'V':
		line(r.x, v[0]+dy)
	case 'C':
		curve(v[0]+dx, v[1]+dy, v[2]+dx, v[3]+dy, v[4]+dx, v[5]+dy)
	case 'S':
		curve(mirrorX, mirrorY, v[0]+dx, v[1]+dy, v[2]+dx, v[3]+dy)
	case 'Q':
		quad(v[0]+dx, v[1]+dy, v[2]+dx, v[3]+dy)
	case 'T':
		quad(mirrorX, mirrorY, v[0]+dx, v[1]+dy)
	case 'A':
		x, y := v[5]+dx, v[6]+dy
		for _, c := range arc(r.x, r.y, v[0], v[1], v[2], v[3] != 0, v[4] != 0, x, y) {
			curve(c[0], c[1], c[2], c[3], c[4], c[5])
		}
		r.x, r.y = x, y
	}
	r.last = op
}

// arc turns an elliptical arc into cubic curves of at most a quarter each (SVG 1.1, F.6.5).
func arc(x0, y0, rx, ry, angle float64, large, sweep bool, x, y float64) [][6]float64 {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if x0 == x && y0 == y {
		return nil
	}
	if rx == 0 || ry == 0 {
		return [][6]float64{{x0, y0, x, y, x, y}}
	}
	sin, cos := math.Sincos(angle * math.Pi / 180)
	hx, hy := (x0-x)/2, (y0-y)/2
	px, py := cos*hx+sin*hy, -sin*hx+cos*hy
	if grow := px*px/(rx*rx) + py*py/(ry*ry); grow > 1 {
		rx, ry = rx*math.Sqrt(grow), ry*math.Sqrt(grow)
	}
	under := rx*rx*py*py + ry*ry*px*px
	k := math.Sqrt(math.Max(0, (rx*rx*ry*ry-under)/under))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*py/ry, -k*ry*px/rx
	mx, my := cos*cx-sin*cy+(x0+x)/2, sin*cx+cos*cy+(y0+y)/2
	start := math.Atan2((py-cy)/ry, (px-cx)/rx)
	turn := math.Atan2((-py-cy)/ry, (-px-cx)/rx) - start
	if sweep && turn < 0 {
		turn += 2 * math.Pi
	} else if !sweep && turn > 0 {
		turn -= 2 * math.Pi
	}
	n := int(math.Ceil(math.Abs(turn)/(math.Pi/2) - 1e-9))
	step := turn / float64(max(n, 1))
	t := 4.0 / 3 * math.Tan(step/4)
	var out [][6]float64
	place := func(ux, uy float64) (float64, float64) {
		return mx + cos*rx*ux - sin*ry*uy, my + sin*rx*ux + cos*ry*uy
	}
	for i := range n {
		s1, c1 := math.Sincos(start + float64(i)*step)
		s2, c2 := math.Sincos(start + float64(i+1)*step)
		var c [6]float64
		c[0], c[1] = place(c1-t*s1, s1+t*c1)
		c[2], c[3] = place(c2+t*s2, s2-t*c2)
		c[4], c[5] = place(c2, s2)
		out = append(out, c)
	}
	return out
}

// box is the smallest upright rectangle around an outline's points.
func box(path []segment, m matrix) (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, s := range path {
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.op]
		for i := range n {
			x, y := m.at(s.p[2*i], s.p[2*i+1])
			x0, y0, x1, y1 = math.Min(x0, x), math.Min(y0, y), math.Max(x1, x), math.Max(y1, y)
		}
	}
	return x0, y0, x1, y1
}

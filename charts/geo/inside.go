package geo

import "math"

// Contains reports whether a point lies in the region.
func (r Region) Contains(at Point) bool {
	for _, p := range r.Polygons {
		if in(p, at) {
			return true
		}
	}
	return false
}

// in reports whether a point lies within a polygon's outline and in none of its holes: a ray from
// it crosses the rings an odd number of times.
func in(polygon [][]Point, at Point) bool {
	odd := false
	for _, ring := range polygon {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > at[1]) != (b[1] > at[1]) && at[0] < (b[0]-a[0])*(at[1]-a[1])/(b[1]-a[1])+a[0] {
				odd = !odd
			}
		}
	}
	return odd
}

// Box is the box around the region's largest polygon.
func (r Region) Box() Rect {
	best, most := empty(), -1.0
	for _, p := range r.Polygons {
		box := empty()
		for _, at := range p[0] {
			box.add(at)
		}
		if size := (box.East - box.West) * (box.North - box.South); size > most {
			best, most = box, size
		}
	}
	return best
}

// inner is a point inside the region that lies far from its edges: of a grid over it the one with
// the most room to the sides.
func (r Region) inner() Point {
	box := r.Box()
	best, most := Point{(box.West + box.East) / 2, (box.South + box.North) / 2}, -1.0
	const steps = 16
	for x := 1; x < steps; x++ {
		for y := 1; y < steps; y++ {
			at := Point{box.West + (box.East-box.West)*float64(x)/steps, box.South + (box.North-box.South)*float64(y)/steps}
			if !r.Contains(at) {
				continue
			}
			room := math.Inf(1)
			for _, p := range r.Polygons {
				for _, ring := range p {
					for _, edge := range ring {
						room = math.Min(room, math.Hypot(edge[0]-at[0], edge[1]-at[1]))
					}
				}
			}
			if room > most {
				best, most = at, room
			}
		}
	}
	return best
}

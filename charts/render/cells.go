package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The cells of a heat map are alike but for their place and number, and the script engine takes half a
// second for the 1,260 of 63 provinces and 20 years. So ECharts draws one cell of each series, and the
// others are written here after its example. Where the example is not found the whole is left to ECharts.

// cells are what is taken out of an option before it is drawn.
type cells struct {
	left, top, w, h float64 // of the first cell
	series          []cellSeries
}

type cellSeries struct {
	in      map[string]any // the series in the option
	all     []any          // its data
	cells   []cell         // the first is drawn by ECharts
	texts   bool           // whether each bears its text
	stripes string         // colour of the hatching; "" none
}

type cell struct {
	col, row int
	text     string
}

// takeCells leaves one cell in each series of a heat map on a plain grid of categories. It gives nil,
// and leaves the option as it is, for any other picture.
func takeCells(doc map[string]any, width, height int) *cells {
	grid, ok := only(doc["grid"])
	if !ok || doc["visualMap"] != nil || doc["dataset"] != nil || grid["containLabel"] == true || grid["outerBoundsMode"] != "none" {
		return nil
	}
	var side [4]float64
	for i, k := range []string{"left", "right", "top", "bottom"} {
		if side[i], ok = float(grid[k]); !ok {
			return nil
		}
	}
	cols, _, ok := categories(doc["xAxis"])
	rows, down, ok2 := categories(doc["yAxis"])
	if !ok || !ok2 {
		return nil
	}
	c := &cells{left: side[0], top: side[2], w: (float64(width) - side[0] - side[1]) / float64(cols), h: (float64(height) - side[2] - side[3]) / float64(rows)}
	if !(c.w > 1) || !(c.h > 1) {
		return nil
	}
	for _, s := range many(doc["series"]) {
		in, ok := s.(map[string]any)
		if !ok || in["type"] != "heatmap" {
			return nil
		}
		one, ok := cellsOf(in, cols, rows, down)
		if !ok {
			return nil
		}
		c.series = append(c.series, one)
	}
	for _, s := range c.series {
		if len(s.cells) > 0 {
			s.in["data"] = s.all[:1]
		}
	}
	return c
}

// putBack makes the option whole again.
func (c *cells) putBack() {
	for _, s := range c.series {
		s.in["data"] = s.all
	}
}

// cellsOf reads the cells of a series. ok is false where a cell has something of its own.
func cellsOf(in map[string]any, cols, rows int, down bool) (out cellSeries, ok bool) {
	out.in = in
	label, _ := in["label"].(map[string]any)
	switch {
	case label == nil || label["show"] == false:
	case label["show"] == true && label["formatter"] == "@text":
		out.texts = true
	default:
		return out, false
	}
	style, _ := in["itemStyle"].(map[string]any)
	if style["borderRadius"] != nil {
		return out, false
	}
	if decal, has := style["decal"].(map[string]any); has {
		if out.stripes, ok = stripes(decal); !ok {
			return out, false
		}
	}
	out.all, ok = in["data"].([]any)
	if !ok {
		return out, false
	}
	for _, d := range out.all {
		item, ok := d.(map[string]any)
		if !ok {
			return out, false
		}
		for k := range maps.Keys(item) {
			if !slices.Contains([]string{"name", "value", "text", "tip"}, k) {
				return out, false
			}
		}
		at, _ := item["value"].([]any)
		if len(at) < 3 {
			return out, false
		}
		col, okCol := float(at[0])
		row, okRow := float(at[1])
		_, okValue := float(at[2])
		if !okCol || !okRow || !okValue || col != math.Trunc(col) || row != math.Trunc(row) || col < 0 || row < 0 || int(col) >= cols || int(row) >= rows {
			return out, false
		}
		one := cell{col: int(col), row: int(row)}
		if !down {
			one.row = rows - 1 - one.row
		}
		if out.texts {
			if one.text, ok = item["text"].(string); !ok || strings.TrimSpace(one.text) != one.text || one.text == "" || strings.Contains(one.text, "\n") {
				return out, false
			}
		}
		out.cells = append(out.cells, one)
	}
	return out, true
}

// stripes gives the colour of the one hatching that pictures of this project use: 2 of every 7 pixels, rising to the right.
func stripes(decal map[string]any) (colour string, ok bool) {
	colour, ok = decal["color"].(string)
	turn, _ := float(decal["rotation"])
	x, _ := json.Marshal(decal["dashArrayX"])
	y, _ := json.Marshal(decal["dashArrayY"])
	return colour, ok && len(decal) == 5 && decal["symbol"] == "rect" && math.Abs(turn+math.Pi/4) < 1e-9 && string(x) == "[1,0]" && string(y) == "[2,5]"
}

// write puts the cells that were taken out beside the example that ECharts drew. ok is false where
// an example is not found.
func (c *cells) write(svg []byte) (_ []byte, ok bool) {
	lines := bytes.SplitAfter(svg, []byte("\n"))
	for _, s := range c.series {
		if len(s.cells) == 0 {
			continue
		}
		var grounds, texts []int
		for i, l := range lines {
			switch {
			case c.isGround(l, s.cells[0]):
				grounds = append(grounds, i)
			case s.texts && c.isText(l, s.cells[0]):
				texts = append(texts, i)
			}
		}
		hatched := s.stripes != ""
		if hatched && len(grounds) != 2 || !hatched && len(grounds) != 1 || s.texts && len(texts) != 1 {
			return nil, false
		}
		lines[grounds[0]] = c.grounds(lines[grounds[0]], s.cells)
		if hatched {
			lines[grounds[1]] = append(c.hatching(s), fillURL.ReplaceAll(c.grounds(lines[grounds[1]], s.cells), []byte(`fill="none"`))...)
		}
		if s.texts {
			lines[texts[0]] = c.texts(lines[texts[0]], s.cells)
		}
	}
	return bytes.Join(lines, nil), true
}

// ECharts lets every cell reach over the next by this much, so that no ground shines through.
const cellOver = 0.5

func (c *cells) corner(at cell) (x, y float64) {
	return c.left + float64(at.col)*c.w - cellOver/2, c.top + float64(at.row)*c.h - cellOver/2
}

var (
	pathStart = regexp.MustCompile(`^<path d="M([\d.]+) ([\d.]+)l([\d.]+) 0l0 ([\d.]+)l-[\d.]+ 0Z"`)
	textStart = regexp.MustCompile(`^<text text-anchor="middle"[^>]* transform="translate\(([\d.]+) ([\d.]+)\)"[^>]*>([^<]*)</text>`)
)

var fillURL = regexp.MustCompile(`fill="url\([^"]*"`)

// near allows for the one decimal that ECharts writes.
func near(written []byte, want float64) bool {
	f, err := strconv.ParseFloat(string(written), 64)
	return err == nil && math.Abs(f-want) < 0.2
}

func (c *cells) isGround(line []byte, at cell) bool {
	m := pathStart.FindSubmatch(line)
	x, y := c.corner(at)
	return m != nil && near(m[1], x) && near(m[2], y) && near(m[3], c.w+cellOver) && near(m[4], c.h+cellOver)
}

func (c *cells) isText(line []byte, at cell) bool {
	m := textStart.FindSubmatch(line)
	x, y := c.corner(at)
	return m != nil && near(m[1], x+(c.w+cellOver)/2) && near(m[2], y+(c.h+cellOver)/2) && string(m[3]) == escaped(at.text)
}

// grounds is one path of all the cells, painted as the example is.
func (c *cells) grounds(example []byte, all []cell) []byte {
	var b bytes.Buffer
	b.WriteString(`<path d="`)
	for _, at := range all {
		x, y := c.corner(at)
		w, h := tenth(c.w+cellOver), tenth(c.h+cellOver)
		fmt.Fprintf(&b, "M%s %sh%sv%sh-%sZ", tenth(x), tenth(y), w, h, w)
	}
	_, paint, _ := bytes.Cut(example[len(`<path d="`):], []byte(`"`))
	b.WriteByte('"')
	b.Write(paint)
	return b.Bytes()
}

// hatching is drawn as strokes, below the borders of the cells: a pattern takes a rasteriser four times as long.
func (c *cells) hatching(s cellSeries) []byte {
	const (
		width, period = 2, 7
		inset         = 0.7 // the ends of a slanting stroke reach beyond it, to below the cell's border
	)
	var b bytes.Buffer
	b.WriteString(`<path d="`)
	for _, at := range s.cells {
		x, y := c.corner(at)
		x0, y0, x1, y1 := x+inset, y+inset, x+c.w+cellOver-inset, y+c.h+cellOver-inset
		// The strokes lie on x + y = sum, at the same places of the whole picture, as those of a pattern do.
		for k := math.Ceil((x0+y0)/math.Sqrt2/period - 0.5); ; k++ {
			sum := (k*period + width/2) * math.Sqrt2
			from, to := max(x0, sum-y1), min(x1, sum-y0)
			if sum >= x1+y1 {
				break
			}
			if from < to {
				fmt.Fprintf(&b, "M%s %sL%s %s", tenth(from), tenth(sum-from), tenth(to), tenth(sum-to))
			}
		}
	}
	fmt.Fprintf(&b, `" fill="none" stroke="%s" stroke-width="%d"/>`+"\n", escaped(s.stripes), width)
	return b.Bytes()
}

// texts are the numbers in the cells, written as the example is.
func (c *cells) texts(example []byte, all []cell) []byte {
	m := textStart.FindSubmatchIndex(example)
	var b bytes.Buffer
	for _, at := range all {
		x, y := c.corner(at)
		b.Write(example[:m[2]])
		b.WriteString(tenThousandth(x+(c.w+cellOver)/2) + " " + tenThousandth(y+(c.h+cellOver)/2))
		b.Write(example[m[5]:m[6]])
		b.WriteString(escaped(at.text))
		b.Write(example[m[7]:])
	}
	return b.Bytes()
}

// tenThousandth is how exactly ECharts moves a text.
func tenThousandth(f float64) string {
	return strconv.FormatFloat(math.Round(f*1e4)/1e4, 'f', -1, 64)
}

func tenth(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // A bytes.Buffer takes all.
	return b.String()
}

// only gives the one entry of a component.
func only(v any) (map[string]any, bool) {
	list := many(v)
	if len(list) != 1 {
		return nil, false
	}
	one, ok := list[0].(map[string]any)
	return one, ok
}

// categories gives how many there are on an axis, and whether the first stands on top.
func categories(v any) (n int, inverse, ok bool) {
	axis, ok := only(v)
	if !ok || axis["type"] != "category" || axis["boundaryGap"] == false || axis["min"] != nil || axis["max"] != nil {
		return 0, false, false
	}
	data, _ := axis["data"].([]any)
	inverse, _ = axis["inverse"].(bool)
	return len(data), inverse, len(data) > 0
}

func float(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

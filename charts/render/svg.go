package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"chiso/charts/text"
	"chiso/reform"
)

const (
	svgSpace = "http://www.w3.org/2000/svg"
	xmlSpace = "http://www.w3.org/XML/1998/namespace"
)

// shapes are the elements that draw; the others carry or define.
var shapes = []string{"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"}

var carriers = []string{
	"svg", "g", "tspan", "defs", "clipPath", "linearGradient", "radialGradient", "stop", "pattern", "filter", "feDropShadow",
}

// geometry are the attributes that hold numbers.
var geometry = []string{
	"cx", "cy", "d", "dx", "dy", "height", "offset", "points", "r", "rx", "ry", "stdDeviation", "transform", "viewBox",
	"width", "x", "x1", "x2", "y", "y1", "y2", "patternTransform", "font-size", "fill-opacity", "flood-opacity", "opacity",
	"stop-opacity", "stroke-dasharray", "stroke-dashoffset", "stroke-miterlimit", "stroke-opacity", "stroke-width",
}

var painting = []string{
	"clip-path", "fill", "fill-rule", "filter", "flood-color", "font-style", "font-weight", "gradientUnits", "id",
	"paint-order", "patternUnits", "stop-color", "stroke", "stroke-linecap", "stroke-linejoin", "text-anchor",
}

// dropped are attributes for pages that ECharts scripts, without meaning in a picture.
var dropped = []string{"baseProfile", "class", "pointer-events", "version", "font-family", "cursor"}

type attr struct{ name, value string }

func allowed(element xml.Name) bool {
	return element.Space == svgSpace && (slices.Contains(shapes, element.Local) || slices.Contains(carriers, element.Local))
}

// clean turns ECharts' SVG into one that every program draws alike and that may
// stand in a page under a strict Content-Security-Policy: styles become
// attributes, the font is named once, text stands on its baseline, and what is
// not on the lists above is an error. ECharts writes attributes unescaped, so a
// colour out of the data could otherwise smuggle in an attribute of its own.
func clean(raw string) ([]byte, error) {
	dec := xml.NewDecoder(strings.NewReader(raw))
	var w svgWriter
	drawn, depth := 0, 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("bad XML: %w", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			name := t.Name.Local
			isShape := slices.Contains(shapes, name)
			if !allowed(t.Name) || (name == "svg") != (depth == 0) {
				return nil, fmt.Errorf("unexpected element %q", name)
			}
			attrs, err := cleanAttrs(name, t.Attr)
			if err != nil {
				return nil, err
			}
			if isShape {
				drawn++
			}
			depth++
			w.start(name, attrs)
		case xml.EndElement:
			depth--
			w.end()
		case xml.CharData:
			if w.inside("text") || w.inside("tspan") {
				w.text(string(t))
			} else if len(bytes.TrimSpace(t)) > 0 {
				return nil, fmt.Errorf("text outside of a text element: %.40q", t)
			}
		default:
			return nil, fmt.Errorf("unexpected %T", tok)
		}
	}
	// The first shape is the background, which is there even without a colour.
	if drawn < 2 {
		return nil, errors.New("the picture is empty")
	}
	return w.buf.Bytes(), nil
}

func cleanAttrs(element string, in []xml.Attr) ([]attr, error) {
	var out []attr
	if element == "svg" {
		out = append(out, attr{"xmlns", svgSpace}, attr{"font-family", text.Family})
	}
	put := func(name, value string) error {
		switch {
		case slices.Contains(geometry, name):
			if strings.Contains(value, "NaN") || strings.Contains(value, "Infinity") || strings.Contains(value, "undefined") || value == "" {
				return fmt.Errorf("%s with %s=%.60q: not a number", element, name, value)
			}
		case slices.Contains(painting, name):
			if strings.Contains(value, "url(") {
				if _, ok := reference(value); !ok {
					return fmt.Errorf("%s=%.60q, a reference out of the picture", name, value)
				}
			}
		case name == "xml:space" && value == "preserve", name == "dominant-baseline":
		case slices.Contains(dropped, name) || strings.HasPrefix(name, "ecmeta_"):
			return nil
		default:
			return fmt.Errorf("unexpected attribute %s on %s", name, element)
		}
		out = append(out, attr{name, value})
		return nil
	}
	for _, a := range in {
		var err error
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
		case a.Name.Space == xmlSpace:
			err = put("xml:"+a.Name.Local, a.Value)
		case a.Name.Space != "":
			err = fmt.Errorf("unexpected attribute %s:%s", a.Name.Space, a.Name.Local)
		case a.Name.Local == "style":
			for _, s := range styles(a.Value) {
				if err = put(s.name, s.value); err != nil {
					break
				}
			}
		default:
			err = put(a.Name.Local, a.Value)
		}
		if err != nil {
			return nil, err
		}
	}
	if element == "text" || element == "tspan" {
		return onBaseline(out)
	}
	return out, nil
}

// styles splits the style that ECharts puts on a text into attributes.
func styles(css string) []attr {
	var out []attr
	for declaration := range strings.SplitSeq(css, ";") {
		name, value, ok := strings.Cut(declaration, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case !ok:
		case name == "font":
			// The short form: "bold 12px sans-serif".
			for word := range strings.FieldsSeq(value) {
				if strings.HasSuffix(word, "px") {
					out = append(out, attr{"font-size", word})
					break
				}
				if word == "italic" || word == "oblique" {
					out = append(out, attr{"font-style", word})
				} else if word != "normal" {
					out = append(out, attr{"font-weight", word})
				}
			}
		default:
			out = append(out, attr{name, value})
		}
	}
	return out
}

// onBaseline replaces dominant-baseline="central" by a y on the baseline: Office
// programs, librsvg and others ignore the attribute and set the text too high.
func onBaseline(in []attr) ([]attr, error) {
	at := func(name string) int { return slices.IndexFunc(in, func(a attr) bool { return a.name == name }) }
	i := at("dominant-baseline")
	if i < 0 {
		return in, nil
	}
	if in[i].value != "central" {
		return nil, fmt.Errorf("a text with dominant-baseline %q", in[i].value)
	}
	in = slices.Delete(in, i, i+1)
	size := 12.0
	if i := at("font-size"); i >= 0 {
		n, err := strconv.ParseFloat(strings.TrimSuffix(in[i].value, "px"), 64)
		if err != nil {
			return nil, fmt.Errorf("a text with font-size %q", in[i].value)
		}
		size = n
		in[i].value = number(n) // A plain number is what every program reads.
	}
	bold := false
	if i := at("font-weight"); i >= 0 {
		n, err := strconv.Atoi(in[i].value)
		bold = in[i].value == "bold" || in[i].value == "bolder" || err == nil && n >= 600
	}
	y := 0.0
	if i := at("y"); i >= 0 {
		n, err := strconv.ParseFloat(in[i].value, 64)
		if err != nil {
			return nil, fmt.Errorf("a text with y=%q", in[i].value)
		}
		y = n
		in = slices.Delete(in, i, i+1)
	}
	return append(in, attr{"y", number(y + text.CentralShift(size, bold))}), nil
}

// number writes a coordinate with at most three decimals.
func number(f float64) string {
	s := strconv.FormatFloat(f, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// reference gives the id of "url(#id)".
func reference(value string) (id string, ok bool) {
	rest, ok := strings.CutPrefix(value, "url(#")
	if !ok {
		return "", false
	}
	id, ok = strings.CutSuffix(rest, ")")
	return id, ok && validID(id)
}

func validID(id string) bool {
	if id == "" {
		return false
	}
	for _, r := range id {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return false
		}
	}
	return true
}

// svgWriter writes elements, each closed at once where it has no content.
type svgWriter struct {
	buf  bytes.Buffer
	open []string
	// pending says that the last start tag has no ">" yet.
	pending bool
}

func (w *svgWriter) inside(name string) bool {
	return len(w.open) > 0 && w.open[len(w.open)-1] == name
}

func (w *svgWriter) start(name string, attrs []attr) {
	w.finish()
	if len(w.open) > 0 && !w.inside("text") {
		w.buf.WriteByte('\n')
	}
	w.buf.WriteString("<" + name)
	for _, a := range attrs {
		w.buf.WriteString(" " + a.name + `="`)
		_ = xml.EscapeText(&w.buf, []byte(a.value)) // A bytes.Buffer takes all.
		w.buf.WriteByte('"')
	}
	w.open, w.pending = append(w.open, name), true
}

func (w *svgWriter) end() {
	name := w.open[len(w.open)-1]
	w.open = w.open[:len(w.open)-1]
	if w.pending {
		w.buf.WriteString("/>")
	} else {
		w.buf.WriteString("</" + name + ">")
	}
	w.pending = false
	if len(w.open) == 0 {
		w.buf.WriteByte('\n')
	}
}

func (w *svgWriter) text(s string) {
	w.finish()
	_ = xml.EscapeText(&w.buf, []byte(s)) // A bytes.Buffer takes all.
}

func (w *svgWriter) finish() {
	if w.pending {
		w.buf.WriteByte('>')
		w.pending = false
	}
}

// sizeOf reads width and height of a picture's root.
func sizeOf(svg []byte) (width, height float64, err error) {
	if len(svg) > maxSVGBytes {
		return 0, 0, fmt.Errorf("picture has %d bytes, more than %d: %w", len(svg), maxSVGBytes, reform.ErrTooLarge)
	}
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := dec.Token()
		if err != nil {
			return 0, 0, invalid("read the picture: %v", err)
		}
		root, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if root.Name.Space != svgSpace || root.Name.Local != "svg" {
			return 0, 0, invalid("read the picture: it begins with %q, not with svg", root.Name.Local)
		}
		for _, a := range root.Attr {
			var to *float64
			switch a.Name.Local {
			case "width":
				to = &width
			case "height":
				to = &height
			default:
				continue
			}
			if *to, err = strconv.ParseFloat(a.Value, 64); err != nil {
				return 0, 0, invalid("read the picture: %s %q", a.Name.Local, a.Value)
			}
		}
		if !(width > 0 && height > 0) {
			return 0, 0, invalid("read the picture: it has no size")
		}
		return width, height, nil
	}
}

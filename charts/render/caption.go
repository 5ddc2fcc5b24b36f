package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"

	"chiso/charts/text"
)

// Caption is what is written below a picture that leaves as a file.
type Caption struct {
	Lines       []string // paragraphs; wrapped here
	FontSize    float64  // 0 takes 11
	Text        string   // colour
	Line        string   // colour of the rule above
	Transparent bool     // leaves the ground away
}

// captionPad is the distance of a caption from the picture's edges.
const captionPad = 16

func (c *Caption) size() float64 {
	if c.FontSize > 0 {
		return c.FontSize
	}
	return 11
}

func (c *Caption) wrapped(width float64) []string {
	var out []string
	for _, l := range c.Lines {
		clean, _ := text.Clean(l)
		out = append(out, strings.Split(text.Wrap(clean, width-2*captionPad, c.size(), false), "\n")...)
	}
	return out
}

func (c *Caption) lineHeight() float64 { return math.Ceil(c.size() * 1.4) }

// Height is how much a caption adds to a picture of that width.
func (c *Caption) Height(width int) int {
	if len(c.Lines) == 0 {
		return 0
	}
	return int(c.lineHeight()*float64(len(c.wrapped(float64(width))))) + captionPad
}

// Write sets the caption below a picture of Renderer.SVG, whose ground grows with it.
func (c *Caption) Write(svg []byte) ([]byte, error) {
	width, height, err := sizeOf(svg)
	if err != nil {
		return nil, err
	}
	total := height + float64(c.Height(int(width)))
	dec := xml.NewDecoder(bytes.NewReader(svg))
	var w svgWriter
	ground := true
	skipping := false
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, invalid("write below the picture: %v", err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if !allowed(t.Name) {
				return nil, invalid("write below the picture: unexpected element %q", t.Name.Local)
			}
			attrs, err := cleanAttrs(t.Name.Local, t.Attr)
			if err != nil {
				return nil, invalid("write below the picture: %v", err)
			}
			switch {
			case len(w.open) == 0:
				for i := range attrs {
					switch attrs[i].name {
					case "height":
						attrs[i].value = number(total)
					case "viewBox":
						attrs[i].value = "0 0 " + number(width) + " " + number(total)
					}
				}
			case ground && t.Name.Local == "rect":
				// The first shape is the ground of the whole picture.
				ground = false
				if c.Transparent {
					skipping = true
					continue
				}
				for i := range attrs {
					if attrs[i].name == "height" {
						attrs[i].value = number(total)
					}
				}
			}
			w.start(t.Name.Local, attrs)
		case xml.EndElement:
			if skipping {
				skipping = false
				continue
			}
			if len(w.open) == 1 {
				c.draw(&w, width, height)
			}
			w.end()
		case xml.CharData:
			if w.inside("text") || w.inside("tspan") {
				w.text(string(t))
			}
		default:
			return nil, invalid("write below the picture: unexpected %T", tok)
		}
	}
	return w.buf.Bytes(), nil
}

func (c *Caption) draw(w *svgWriter, width, top float64) {
	if len(c.Lines) == 0 {
		return
	}
	w.start("path", []attr{{"d", "M" + number(captionPad) + " " + number(top+0.5) + "L" + number(width-captionPad) + " " + number(top+0.5)}, {"fill", "none"}, {"stroke", c.Line}})
	w.end()
	y := top + captionPad/2 + c.lineHeight()/2 + text.CentralShift(c.size(), false)
	for _, l := range c.wrapped(width) {
		w.start("text", []attr{{"font-size", number(c.size())}, {"xml:space", "preserve"}, {"x", number(captionPad)}, {"y", number(y)}, {"fill", c.Text}})
		w.text(l)
		w.end()
		y += c.lineHeight()
	}
}

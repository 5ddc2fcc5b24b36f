package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// InlineOptions says what a picture is called in the page that holds it.
type InlineOptions struct {
	// Prefix stands before every id of the picture. Each picture of a page
	// needs one of its own, since ECharts gives the same ids to all: a letter,
	// then letters, digits, "-" and "_".
	Prefix string
	// Label is the accessible name, such as the chart's title. It must not be
	// empty. It is an attribute and no title element, which browsers would
	// show over the chart's own tooltip.
	Label string
	// Desc says in a sentence or two what the picture shows; it may be empty.
	Desc string
	// Lang is the language of Label and Desc; it may be empty, for the page's.
	Lang string
}

// Inline makes a picture of Renderer.SVG fit to stand in an HTML page: its ids
// are its own, it has role="img" with a name, and there is nothing in it that a
// Content-Security-Policy without inline style and script refuses.
func Inline(svg []byte, o InlineOptions) ([]byte, error) {
	if !validID(o.Prefix) || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", rune(o.Prefix[0])) {
		return nil, invalid("prefix %q: want a letter, then letters, digits, - and _", o.Prefix)
	}
	if strings.TrimSpace(o.Label) == "" {
		return nil, invalid("a picture in a page needs a label")
	}
	out, err := inline(svg, o)
	if err != nil {
		return nil, invalid("put the picture into a page: %v", err)
	}
	return out, nil
}

func inline(svg []byte, o InlineOptions) ([]byte, error) {
	dec := xml.NewDecoder(bytes.NewReader(svg))
	var w svgWriter
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			root := len(w.open) == 0
			attrs, err := inlineAttrs(t, o.Prefix)
			if err != nil {
				return nil, err
			}
			if root {
				attrs = append(attrs, o.rootAttrs()...)
			}
			w.start(t.Name.Local, attrs)
			if root && o.Desc != "" {
				w.start("desc", []attr{{"id", o.Prefix + "-desc"}})
				w.text(norm.NFC.String(o.Desc))
				w.end()
			}
		case xml.EndElement:
			w.end()
		case xml.CharData:
			if w.inside("text") || w.inside("tspan") {
				w.text(string(t))
			}
		default:
			return nil, fmt.Errorf("unexpected %T", tok)
		}
	}
	if w.buf.Len() == 0 {
		return nil, errors.New("it is empty")
	}
	return w.buf.Bytes(), nil
}

func (o InlineOptions) rootAttrs() []attr {
	attrs := []attr{{"role", "img"}, {"aria-label", norm.NFC.String(o.Label)}}
	if o.Desc != "" {
		attrs = append(attrs, attr{"aria-describedby", o.Prefix + "-desc"})
	}
	if o.Lang != "" {
		attrs = append(attrs, attr{"lang", o.Lang})
	}
	return attrs
}

// inlineAttrs passes the attributes through the same lists as clean does, so
// that a picture from elsewhere gets no further, and prefixes the ids.
func inlineAttrs(t xml.StartElement, prefix string) ([]attr, error) {
	if !allowed(t.Name) {
		return nil, fmt.Errorf("unexpected element %q", t.Name.Local)
	}
	attrs, err := cleanAttrs(t.Name.Local, t.Attr)
	if err != nil {
		return nil, err
	}
	for i, a := range attrs {
		if a.name == "id" {
			if !validID(a.value) {
				return nil, fmt.Errorf("unexpected id %q", a.value)
			}
			attrs[i].value = prefix + "-" + a.value
		} else if id, ok := reference(a.value); ok {
			attrs[i].value = "url(#" + prefix + "-" + id + ")"
		}
	}
	return attrs, nil
}

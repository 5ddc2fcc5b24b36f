package deck

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// span is a piece of a part, in bytes. A slide is changed by replacing pieces of it, so that
// everything that is not ours stays as it was, to the byte.
type span struct{ from, to int }

func (s span) empty() bool { return s.to <= s.from }

// edit is a piece with what takes its place.
type edit struct {
	at   span
	with string
}

// splice replaces pieces, none of which overlap.
func splice(b []byte, edits []edit) ([]byte, error) {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.at.from - b.at.from })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		if e.at.from < at || e.at.to < e.at.from || e.at.to > len(b) {
			return nil, fmt.Errorf("deck: edits of a part overlap")
		}
		out.Write(b[at:e.at.from])
		out.WriteString(e.with)
		at = e.at.to
	}
	out.Write(b[at:])
	return out.Bytes(), nil
}

// shape is what is read of a shape on a slide.
type shape struct {
	kind   string // element: "sp", "graphicFrame" or "pic"
	id     string
	name   string
	alt    string
	holder string // kind of the placeholder; "" none
	tags   string // relation
	chart  string // relation
	image  string // relation
	w, h   int64  // EMU; 0 where the layout says it
	body   []para

	props    span // start tag with id and name
	app      span // nvPr, whole
	size     span // start tag of the size
	chartTag span // start tag with the relation
	imageTag span // as above
	table    span
}

// para is a paragraph of a shape.
type para struct {
	all, props, run, end span // run: the properties of its first run
	text                 string
	link                 string // relation of the first link in it
}

// words is the text of a shape in one line.
func (s *shape) words() string {
	var list []string
	for _, p := range s.body {
		list = append(list, p.text)
	}
	return oneLine(strings.Join(list, " "))
}

const (
	nsPresentation = "http://schemas.openxmlformats.org/presentationml/2006/main"
	nsDrawing      = "http://schemas.openxmlformats.org/drawingml/2006/main"
	nsChart        = "http://schemas.openxmlformats.org/drawingml/2006/chart"
	nsRelations    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
)

// mostShapes bounds what is read of a slide.
const mostShapes = 5000

// readShapes finds the shapes of a slide or of its notes, in their order, those in groups too.
func readShapes(b []byte) ([]*shape, error) {
	dec := xml.NewDecoder(bytes.NewReader(b))
	var (
		all   []*shape
		stack []xml.Name
		open  []*shape
		depth []int // of the open shapes
		cur   *para
		seen  bool // a run of the paragraph
		from  = map[int]int{}
		root  bool
	)
	above := func(n int) string { // n 0 is the parent of the element at hand
		if len(stack)-2-n < 0 {
			return ""
		}
		return stack[len(stack)-2-n].Local
	}
	for {
		start := int(dec.InputOffset())
		tok, err := dec.Token()
		if tok == nil && err != nil {
			break // well-formedness was checked before
		}
		end := int(dec.InputOffset())
		switch t := tok.(type) {
		case xml.StartElement:
			stack = append(stack, t.Name)
			from[len(stack)] = start
			if !root {
				root = true
				if err := ourPrefixes(t); err != nil {
					return nil, err
				}
			}
			if t.Name.Space == nsPresentation && (t.Name.Local == "sp" || t.Name.Local == "graphicFrame" || t.Name.Local == "pic") {
				if len(all) >= mostShapes {
					return nil, refused("more than %d shapes", mostShapes)
				}
				s := &shape{kind: t.Name.Local}
				all, open, depth = append(all, s), append(open, s), append(depth, len(stack))
				continue
			}
			if len(open) == 0 {
				continue
			}
			s := open[len(open)-1]
			inside := len(stack) - depth[len(depth)-1]
			switch t.Name.Local {
			case "cNvPr":
				if inside == 2 {
					s.props, s.id, s.name, s.alt = span{start, end}, attr(t, "id"), attr(t, "name"), attr(t, "descr")
				}
			case "ph":
				if above(0) == "nvPr" && inside == 3 {
					s.holder = attr(t, "type")
					if s.holder == "" {
						s.holder = "obj"
					}
				}
			case "tags":
				if above(0) == "custDataLst" && above(1) == "nvPr" {
					s.tags = relAttr(t, "id")
				}
			case "ext":
				if above(0) == "xfrm" && s.size.empty() && (inside == 2 && s.kind == "graphicFrame" || inside == 3 && above(1) == "spPr") {
					s.size = span{start, end}
					s.w, _ = strconv.ParseInt(attr(t, "cx"), 10, 64)
					s.h, _ = strconv.ParseInt(attr(t, "cy"), 10, 64)
				}
			case "chart":
				if above(0) == "graphicData" && t.Name.Space == nsChart && s.kind == "graphicFrame" {
					s.chart, s.chartTag = relAttr(t, "id"), span{start, end}
				}
			case "blip":
				if above(0) == "blipFill" && s.kind == "pic" && inside == 2 {
					s.image, s.imageTag = relAttr(t, "embed"), span{start, end}
				}
			case "p":
				if s.kind == "sp" && inside == 2 && above(0) == "txBody" && t.Name.Space == nsDrawing {
					s.body = append(s.body, para{})
					cur, seen = &s.body[len(s.body)-1], false
				}
			case "br":
				if cur != nil {
					cur.text += " "
				}
			case "hlinkClick":
				if cur != nil && cur.link == "" && above(0) == "rPr" {
					cur.link = relAttr(t, "id")
				}
			}
		case xml.EndElement:
			n := len(stack)
			whole := span{from[n], end}
			if len(open) > 0 {
				s := open[len(open)-1]
				inside := n - depth[len(depth)-1]
				switch t.Name.Local {
				case "nvPr":
					if inside == 2 {
						s.app = whole
					}
				case "tbl":
					if above(0) == "graphicData" && s.table.empty() {
						s.table = whole
					}
				case "pPr":
					if cur != nil && above(0) == "p" && cur.props.empty() {
						cur.props = whole
					}
				case "rPr":
					if cur != nil && !seen && (above(0) == "r" || above(0) == "fld") {
						cur.run, seen = whole, true
					}
				case "r":
					seen = seen || cur != nil
				case "endParaRPr":
					if cur != nil {
						cur.end = whole
					}
				case "p":
					if cur != nil && s.kind == "sp" && inside == 2 {
						cur.all, cur = whole, nil
					}
				}
				if inside == 0 {
					open, depth, cur = open[:len(open)-1], depth[:len(depth)-1], nil
				}
			}
			stack = stack[:n-1]
		case xml.CharData:
			if cur != nil && len(stack) > 1 && stack[len(stack)-1].Local == "t" && stack[len(stack)-1].Space == nsDrawing {
				cur.text += string(t)
			}
		}
	}
	return all, nil
}

// ourPrefixes says whether what is put in will mean there what it means here.
func ourPrefixes(root xml.StartElement) error {
	want := map[string]string{"a": nsDrawing, "r": nsRelations, "p": nsPresentation}
	for _, one := range root.Attr {
		if one.Name.Space == "xmlns" && want[one.Name.Local] == one.Value {
			delete(want, one.Name.Local)
		}
	}
	if len(want) > 0 {
		return refused("the slide was written by a program that names things otherwise")
	}
	return nil
}

func attr(t xml.StartElement, name string) string {
	for _, one := range t.Attr {
		if one.Name.Local == name && one.Name.Space == "" {
			return one.Value
		}
	}
	return ""
}

func relAttr(t xml.StartElement, name string) string {
	for _, one := range t.Attr {
		if one.Name.Local == name && one.Name.Space == nsRelations {
			return one.Value
		}
	}
	return ""
}

// withAttr is a start tag with an attribute set; name bears its prefix. An attribute that is not there is put first.
func withAttr(tag, name, value string) string {
	set := name + `="` + esc(value) + `"`
	at := regexp.MustCompile(`(\s)` + regexp.QuoteMeta(name) + `\s*=\s*("[^"]*"|'[^']*')`)
	if loc := at.FindStringSubmatchIndex(tag); loc != nil {
		return tag[:loc[3]] + set + tag[loc[1]:]
	}
	i := strings.IndexAny(tag, " \t\r\n/>")
	if i < 0 {
		return tag
	}
	return tag[:i] + " " + set + tag[i:]
}

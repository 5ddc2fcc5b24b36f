package deck

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// rewriter is a package of which some parts are changed. All others are copied as they lie, packed.
type rewriter struct {
	in      *templateFile
	files   []*zip.File
	names   map[string]string // as written, by lower case
	types   contentTypes
	changed map[string][]byte
	added   []part
	links   map[string][]rel // by owner
	touched map[string]bool  // owners whose relations changed
	suspect []string         // parts that may not be needed any more
	gone    map[string]bool
}

// contentTypes is what the package says of its parts.
type contentTypes struct {
	body      []byte
	defaults  map[string]string // by extension, lower case
	overrides map[string]string // by name, lower case
	spans     map[string]span   // of the overrides
	end       int               // before the closing tag
	more      strings.Builder
}

const typesPart = "[Content_Types].xml"

func newRewriter(in *templateFile) (*rewriter, error) {
	w := &rewriter{in: in, names: map[string]string{}, changed: map[string][]byte{}, links: map[string][]rel{}, touched: map[string]bool{}, gone: map[string]bool{}}
	for _, f := range in.order {
		w.files = append(w.files, f)
		w.names[strings.ToLower(f.Name)] = f.Name
	}
	if err := w.readTypes(); err != nil {
		return nil, err
	}
	for _, f := range w.files {
		owner, ok := ownerOf(f.Name)
		if !ok {
			continue
		}
		list, err := in.rels(owner)
		if err != nil {
			return nil, err
		}
		w.links[owner] = list
	}
	return w, nil
}

// ownerOf is the part whose relations a part holds.
func ownerOf(name string) (string, bool) {
	dir, base := path.Split(name)
	base, ok := strings.CutSuffix(base, ".rels")
	if !ok || path.Base(path.Clean(dir)) != "_rels" {
		return "", false
	}
	if base == "" {
		return "", true // the package itself
	}
	return path.Join(path.Dir(path.Clean(dir)), base), true
}

func (w *rewriter) readTypes() error {
	b, err := w.in.read(typesPart)
	if err != nil {
		return err
	}
	if err := w.in.sound(typesPart, b); err != nil {
		return err
	}
	t := &w.types
	t.body, t.defaults, t.overrides, t.spans = b, map[string]string{}, map[string]string{}, map[string]span{}
	dec := xml.NewDecoder(bytes.NewReader(b))
	last := ""
	for {
		start := int(dec.InputOffset())
		tok, err := dec.Token()
		if tok == nil && err != nil {
			break
		}
		end := int(dec.InputOffset())
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "Types":
				if e.Name.Space != "http://schemas.openxmlformats.org/package/2006/content-types" {
					return refused("the content types are written in a way that is not known")
				}
			case "Default":
				t.defaults[strings.ToLower(attr(e, "Extension"))] = attr(e, "ContentType")
			case "Override":
				last = strings.ToLower(strings.TrimPrefix(attr(e, "PartName"), "/"))
				t.overrides[last] = attr(e, "ContentType")
				t.spans[last] = span{start, end}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "Override":
				at := t.spans[last]
				t.spans[last] = span{at.from, end}
			case "Types":
				if bytes.HasPrefix(b[start:], []byte("</Types")) {
					t.end = start
				}
			}
		}
	}
	if t.end == 0 {
		return refused("the content types are missing")
	}
	return nil
}

func (w *rewriter) has(name string) bool {
	return w.names[strings.ToLower(name)] != "" && !w.gone[strings.ToLower(name)]
}

// read is a part as it is now.
func (w *rewriter) read(name string) ([]byte, error) {
	if b, ok := w.changed[strings.ToLower(name)]; ok {
		return b, nil
	}
	return w.in.read(name)
}

func (w *rewriter) set(name string, body []byte) { w.changed[strings.ToLower(name)] = body }

// add puts in a part of a kind under a name like "ppt/tags/chiso%d.xml" that is free, and returns it.
func (w *rewriter) add(pattern, kind string, body []byte) string {
	name := ""
	for n := 1; ; n++ {
		name = fmt.Sprintf(pattern, n)
		if w.names[strings.ToLower(name)] == "" {
			break
		}
	}
	w.addAs(name, kind, body)
	return name
}

func (w *rewriter) addAs(name, kind string, body []byte) {
	w.names[strings.ToLower(name)] = name
	w.added = append(w.added, part{name, kind, body})
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	switch have, ok := w.types.defaults[ext]; {
	case ok && have == kind:
	case !ok && ext != "xml":
		w.types.defaults[ext] = kind
		fmt.Fprintf(&w.types.more, `<Default Extension="%s" ContentType="%s"/>`, ext, kind)
	default:
		fmt.Fprintf(&w.types.more, `<Override PartName="/%s" ContentType="%s"/>`, esc(name), kind)
	}
}

// replaced puts a part in the place of one that only one relation leads to, or beside it.
func (w *rewriter) replaced(old, ext, pattern, kind string, body []byte) string {
	key := strings.ToLower(old)
	if old != "" && w.has(old) && w.refs(old) == 1 && w.changed[key] == nil && strings.EqualFold(path.Ext(old), ext) && w.kind(old) == kind {
		w.set(old, body)
		return w.names[key]
	}
	return w.add(pattern, kind, body)
}

// kind is the content type of a part.
func (w *rewriter) kind(name string) string {
	key := strings.ToLower(name)
	if k, ok := w.types.overrides[key]; ok {
		return k
	}
	return w.types.defaults[strings.TrimPrefix(path.Ext(key), ".")]
}

// refs is how many relations lead to a part.
func (w *rewriter) refs(name string) int {
	n := 0
	for _, list := range w.links {
		for _, r := range list {
			if !r.external && strings.EqualFold(r.target, name) {
				n++
			}
		}
	}
	return n
}

// setRels changes the relations of a part. To what they no longer lead may go.
func (w *rewriter) setRels(owner string, list []rel) {
	for _, r := range w.links[owner] {
		if !r.external && !slices.Contains(list, r) {
			w.suspect = append(w.suspect, r.target)
		}
	}
	w.links[owner], w.touched[owner] = list, true
}

// sweep takes out what nothing leads to any more.
func (w *rewriter) sweep() {
	for len(w.suspect) > 0 {
		name := w.suspect[0]
		w.suspect = w.suspect[1:]
		key := strings.ToLower(name)
		if !w.has(name) || w.refs(name) > 0 {
			continue
		}
		w.gone[key] = true
		owner := w.names[key]
		for _, r := range w.links[owner] {
			if !r.external {
				w.suspect = append(w.suspect, r.target)
			}
		}
		delete(w.links, owner)
		w.gone[strings.ToLower(relsName(owner))] = true
	}
}

// relsXML is the relations of a part, as written.
func relsXML(owner string, list []rel) []byte {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="` + relNS + `">`)
	for _, l := range list {
		mode, to := "", l.target
		if l.external {
			mode = ` TargetMode="External"`
		} else {
			to = relative(owner, to)
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"%s/>`, l.id, l.kind, esc(to), mode)
	}
	b.WriteString(`</Relationships>`)
	return []byte(b.String())
}

// bytes writes the package: what was there in its old order, then what came in.
func (w *rewriter) bytes() ([]byte, error) {
	w.sweep()
	owners := make([]string, 0, len(w.touched))
	for o := range w.touched {
		owners = append(owners, o)
	}
	slices.Sort(owners)
	for _, o := range owners {
		list, ok := w.links[o]
		if !ok {
			continue
		}
		name := relsName(o)
		if w.names[strings.ToLower(name)] != "" {
			w.set(name, relsXML(o, list))
		} else {
			w.added = append(w.added, part{name: name, body: relsXML(o, list)})
		}
	}
	var edits []edit
	for name := range w.gone {
		if at, ok := w.types.spans[name]; ok {
			edits = append(edits, edit{at: at})
		}
	}
	edits = append(edits, edit{span{w.types.end, w.types.end}, w.types.more.String()})
	types, err := splice(w.types.body, edits)
	if err != nil {
		return nil, err
	}
	w.set(typesPart, types)

	var out bytes.Buffer
	z := zip.NewWriter(&out)
	at := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	put := func(name string, when time.Time, body []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: when})
		if err != nil {
			return err
		}
		_, err = f.Write(body)
		return err
	}
	for _, f := range w.files {
		key := strings.ToLower(f.Name)
		if w.gone[key] {
			continue
		}
		if f.Modified.After(at) {
			at = f.Modified
		}
		if body, ok := w.changed[key]; ok {
			err = put(f.Name, f.Modified, body)
		} else {
			err = z.Copy(f)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shortName(f.Name), err)
		}
	}
	for _, one := range w.added {
		if w.gone[strings.ToLower(one.name)] {
			continue
		}
		body := one.body
		if b, ok := w.changed[strings.ToLower(one.name)]; ok {
			body = b
		}
		if err := put(one.name, at, body); err != nil {
			return nil, fmt.Errorf("%s: %w", shortName(one.name), err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

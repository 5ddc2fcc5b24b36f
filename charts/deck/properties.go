package deck

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
)

// properties are those of the file, as far as they are ours.
type properties struct {
	part  string // "" there is none
	body  []byte
	keys  map[string]string // addresses by their short names
	theme string
	first string
	ours  []span
	most  int // the highest number of a property that is not ours
	end   int // before the closing tag
}

// readProperties reads what the file says of itself.
func readProperties(in *templateFile) (properties, error) {
	p := properties{keys: map[string]string{}, most: 1}
	root, err := in.rels("")
	if err != nil {
		return p, err
	}
	i := slices.IndexFunc(root, func(r rel) bool { return strings.HasSuffix(r.kind, "/custom-properties") && !r.external })
	if i < 0 || in.files[strings.ToLower(root[i].target)] == nil {
		return p, nil
	}
	p.part = root[i].target
	if p.body, err = in.read(p.part); err != nil {
		return p, err
	}
	if err := in.sound(p.part, p.body); err != nil {
		return p, err
	}
	dec := xml.NewDecoder(bytes.NewReader(p.body))
	var (
		from, id    int
		name, value string
		depth       int
	)
	for {
		start := int(dec.InputOffset())
		tok, err := dec.Token()
		if tok == nil && err != nil {
			break
		}
		end := int(dec.InputOffset())
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
			if depth == 2 {
				from, name, value = start, attr(t, "name"), ""
				id, _ = strconv.Atoi(attr(t, "pid"))
			}
		case xml.CharData:
			if depth == 3 {
				value += string(t)
			}
		case xml.EndElement:
			switch depth {
			case 2:
				if name != propertyMark && name != propertyAddress && name != propertyTheme && !strings.HasPrefix(name, propertyKey) {
					p.most = max(p.most, id)
					break
				}
				if p.ours = append(p.ours, span{from, end}); len(p.ours) > mostRels {
					return p, refused("%d properties", len(p.ours))
				}
				if key, ok := strings.CutPrefix(name, propertyKey); ok && keyOf(value) == key {
					p.keys[key] = value
				}
				if name == propertyTheme {
					p.theme = value
				}
				if name == propertyAddress {
					p.first = value
				}
			case 1:
				if bytes.HasPrefix(p.body[start:], []byte("</Properties")) {
					p.end = start
				}
			}
			depth--
		}
	}
	return p, nil
}

// properties writes the new addresses into the properties of the file. Those of shapes that
// were not drawn anew stay.
func (r *refresher) properties() error {
	p := &r.book
	if p.part == "" || p.end == 0 || !bytes.Contains(p.body, []byte("xmlns:vt=")) {
		return nil
	}
	var book addressBook
	for _, one := range sortedValues(p.keys) {
		if r.moved[one] == "" {
			book.add(one)
		}
	}
	for _, one := range r.fresh.list {
		book.add(one)
	}
	first := p.first
	if to := r.moved[first]; to != "" {
		first = to
	}
	var edits []edit
	for _, at := range p.ours {
		edits = append(edits, edit{at: at})
	}
	edits = append(edits, edit{span{p.end, p.end}, book.xml(first, p.theme, p.most+1)})
	body, err := splice(p.body, edits)
	if err != nil {
		return err
	}
	r.out.set(p.part, body)

	// The address of the whole stands in the usual properties too.
	i := slices.IndexFunc(r.out.links[""], func(l rel) bool { return strings.HasSuffix(l.kind, "/core-properties") })
	if i < 0 || first == "" || !r.out.has(r.out.links[""][i].target) {
		return nil
	}
	core, err := r.in.read(r.out.links[""][i].target)
	if err != nil {
		return err
	}
	old, now := "<dc:identifier>"+esc(p.first)+"</dc:identifier>", "<dc:identifier>"+esc(first)+"</dc:identifier>"
	r.out.set(r.out.links[""][i].target, bytes.ReplaceAll(core, []byte(old), []byte(now)))
	return nil
}

func sortedValues(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// oneTag is a tag of a shape, ours or not.
type oneTag struct {
	Name string `xml:"name,attr"`
	Val  string `xml:"val,attr"`
}

func readTags(in *templateFile, name string) ([]oneTag, error) {
	var x struct {
		List []oneTag `xml:"tag"`
	}
	if err := in.parse(name, &x); err != nil {
		return nil, err
	}
	if len(x.List) > 1000 {
		return nil, fmt.Errorf("%d tags of a shape: %w", len(x.List), reform.ErrTooLarge)
	}
	return x.List, nil
}

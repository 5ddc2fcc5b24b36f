package deck

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	// nsAll declares the namespaces of presentation parts.
	nsAll  = ` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`
	relOff = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	relPkg = "http://schemas.openxmlformats.org/package/2006/relationships/"
	relNS  = "http://schemas.openxmlformats.org/package/2006/relationships"

	typeOff   = "application/vnd.openxmlformats-officedocument."
	typeSlide = typeOff + "presentationml."
)

// part is one file of the package.
type part struct {
	name string // without the leading slash
	kind string // content type; "" where the extension says it
	body []byte
}

// pack gathers the parts of a package in the order in which they are written.
type pack struct {
	parts    []part
	defaults map[string]string // content type by extension
	order    []string          // extensions, in the order met
}

func newPack() *pack {
	p := &pack{defaults: map[string]string{}}
	p.extension("rels", "application/vnd.openxmlformats-package.relationships+xml")
	p.extension("xml", "application/xml")
	return p
}

// extension declares the content type of files that end so; only those that occur are declared.
func (p *pack) extension(ext, kind string) {
	if _, ok := p.defaults[ext]; !ok {
		p.defaults[ext] = kind
		p.order = append(p.order, ext)
	}
}

func (p *pack) add(name, kind, body string) {
	p.parts = append(p.parts, part{name, kind, []byte(body)})
}

func (p *pack) addBytes(name, kind string, body []byte) {
	p.parts = append(p.parts, part{name, kind, body})
}

// rels are the relations of one part, in the order of their ids.
type rels struct {
	list []rel
}

type rel struct {
	id, kind, target string
	external         bool
}

// link adds a relation and returns its id.
func (r *rels) link(kind, target string) string { return r.put(kind, target, false) }

// out adds a relation to an address outside the package.
func (r *rels) out(kind, target string) string { return r.put(kind, target, true) }

func (r *rels) put(kind, target string, external bool) string {
	if !strings.HasPrefix(kind, "http") {
		kind = relOff + kind
	}
	for _, have := range r.list {
		if have.kind == kind && have.target == target && have.external == external {
			return have.id
		}
	}
	id := fmt.Sprintf("rId%d", len(r.list)+1)
	r.list = append(r.list, rel{id, kind, target, external})
	return id
}

// addRels writes the relations of the part of that name.
func (p *pack) addRels(of string, r *rels) {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="` + relNS + `">`)
	for _, l := range r.list {
		mode := ""
		if l.external {
			mode = ` TargetMode="External"`
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"%s/>`, l.id, l.kind, esc(l.target), mode)
	}
	b.WriteString(`</Relationships>`)
	p.add(relsName(of), "", b.String())
}

// relsName is the part that holds the relations of a part; "" is the package.
func relsName(of string) string {
	if of == "" {
		return "_rels/.rels"
	}
	return path.Join(path.Dir(of), "_rels", path.Base(of)+".rels")
}

// write writes the package: the content types first, everything deflated, no entries for
// directories, one time for all; so equal parts give equal bytes.
func (p *pack) write(w io.Writer, at time.Time) error {
	var ct strings.Builder
	ct.WriteString(xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`)
	for _, ext := range p.order {
		fmt.Fprintf(&ct, `<Default Extension="%s" ContentType="%s"/>`, ext, p.defaults[ext])
	}
	for _, one := range p.parts {
		if one.kind != "" {
			fmt.Fprintf(&ct, `<Override PartName="/%s" ContentType="%s"/>`, esc(one.name), one.kind)
		}
	}
	ct.WriteString(`</Types>`)
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	for _, one := range append([]part{{name: "[Content_Types].xml", body: []byte(ct.String())}}, p.parts...) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: one.name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return fmt.Errorf("deck: %s: %w", one.name, err)
		}
		if _, err := f.Write(one.body); err != nil {
			return fmt.Errorf("deck: %s: %w", one.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("deck: %w", err)
	}
	return nil
}

package deck

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"chiso/reform"
)

// MostFile bounds the bytes of a presentation of somebody else, a template or an old deck.
const MostFile = 64 << 20

// Limits of what is in it. What is counted is what comes out of the archive, never what it says of itself.
const (
	mostTemplateParts = 4000
	mostXMLPart       = 8 << 20
	mostMediaPart     = 16 << 20
	mostUnpacked      = 96 << 20
	deepestXML        = 256
)

// templateFile is a presentation that somebody else made.
type templateFile struct {
	files map[string]*zip.File // by lower-case name: parts are found whatever their case
	order []*zip.File
	left  int64 // bytes that may still come out of it
	kept  map[string][]byte
}

func openTemplate(file []byte) (*templateFile, error) {
	switch {
	case len(file) > MostFile:
		return nil, fmt.Errorf("a file of %d MB, at most %d: %w", len(file)>>20, MostFile>>20, reform.ErrTooLarge)
	case bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return nil, refused("the file is protected by a password or is an old .ppt; save it as .pptx without a password")
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, refused("the file is no .pptx or .potx (%v)", err)
	}
	if len(z.File) > mostTemplateParts {
		return nil, fmt.Errorf("%d parts, at most %d: %w", len(z.File), mostTemplateParts, reform.ErrTooLarge)
	}
	in := &templateFile{files: map[string]*zip.File{}, left: mostUnpacked, kept: map[string][]byte{}}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if !utf8.ValidString(f.Name) || strings.ContainsAny(f.Name, "\\\x00:") || strings.HasPrefix(f.Name, "/") || path.Clean(f.Name) != f.Name || strings.HasPrefix(f.Name, "..") {
			return nil, refused("a part has the name %q, which leads elsewhere", brief(clean(f.Name), 60))
		}
		key := strings.ToLower(f.Name)
		if in.files[key] != nil {
			return nil, refused("the part %q stands twice in the file", brief(clean(f.Name), 60))
		}
		in.files[key] = f
		in.order = append(in.order, f)
	}
	return in, nil
}

// read unpacks a part.
func (in *templateFile) read(name string) ([]byte, error) {
	key := strings.ToLower(name)
	if b, ok := in.kept[key]; ok {
		return b, nil
	}
	f := in.files[key]
	if f == nil {
		return nil, refused("the part %q is missing", brief(clean(name), 60))
	}
	most := int64(mostXMLPart)
	if imageTypes[strings.TrimPrefix(path.Ext(key), ".")] != "" {
		most = mostMediaPart
	}
	most = min(most, in.left)
	r, err := f.Open()
	if err != nil {
		return nil, refused("the part %q can't be read (%v)", brief(clean(name), 60), err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, refused("the part %q can't be read (%v)", brief(clean(name), 60), err)
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("the part %q unpacks to more than is taken: %w", brief(clean(name), 60), reform.ErrTooLarge)
	}
	in.left -= int64(len(b))
	in.kept[key] = b
	return b, nil
}

// parse reads what v asks for of a part.
func (in *templateFile) parse(name string, v any) error {
	b, err := in.read(name)
	if err != nil {
		return err
	}
	if err := in.sound(name, b); err != nil {
		return err
	}
	if err := xml.Unmarshal(b, v); err != nil {
		return refused("the part %q is broken (%v)", brief(clean(name), 60), err)
	}
	return nil
}

// sound says whether a part is well-formed XML in UTF-8 that declares nothing of its own.
func (in *templateFile) sound(name string, b []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(b))
	depth, elements := 0, 0
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return refused("the part %q is broken (%v)", brief(clean(name), 60), err)
		}
		switch t.(type) {
		case xml.Directive:
			return refused("the part %q declares entities", brief(clean(name), 60))
		case xml.StartElement:
			depth++
			elements++
			if depth > deepestXML {
				return refused("the part %q is nested too deeply", brief(clean(name), 60))
			}
		case xml.EndElement:
			depth--
		}
	}
	if elements == 0 {
		return refused("the part %q is empty", brief(clean(name), 60))
	}
	return nil
}

// mostRels bounds the relations of a part: what compares them with each other must end.
const mostRels = 5000

// rels are the relations of a part, their targets as names of parts.
func (in *templateFile) rels(of string) ([]rel, error) {
	name := relsName(of)
	if in.files[strings.ToLower(name)] == nil {
		return nil, nil
	}
	var x struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
			Mode   string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	if err := in.parse(name, &x); err != nil {
		return nil, err
	}
	if len(x.List) > mostRels {
		return nil, refused("the part %q has %d relations", brief(clean(name), 60), len(x.List))
	}
	var out []rel
	seen := map[string]bool{}
	for _, r := range x.List {
		if r.ID == "" || seen[r.ID] || strings.ContainsAny(r.ID+r.Type, `<>&"' `) || !strings.HasPrefix(r.Type, "http") {
			return nil, refused("the part %q has a broken relation %q", brief(clean(name), 60), brief(clean(r.ID), 20))
		}
		seen[r.ID] = true
		if r.Mode == "External" {
			out = append(out, rel{r.ID, r.Type, r.Target, true})
			continue
		}
		to := r.Target
		if strings.HasPrefix(to, "/") {
			to = path.Clean(to)[1:]
		} else {
			to = path.Join(path.Dir(of), to)
		}
		if strings.HasPrefix(to, "..") || strings.ContainsAny(to, "\\\x00") {
			return nil, refused("the part %q leads out of the file", brief(clean(name), 60))
		}
		out = append(out, rel{r.ID, r.Type, to, false})
	}
	return out, nil
}

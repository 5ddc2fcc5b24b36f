package deck_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"chiso/internal/testshared"
)

// parts reads a package.
func parts(t testing.TB, b []byte) (map[string][]byte, []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	var order []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[f.Name]; twice {
			t.Errorf("%s stands twice in the package", f.Name)
		}
		if strings.HasSuffix(f.Name, "/") {
			t.Errorf("%s: a folder as an entry", f.Name)
		}
		if f.Method != zip.Deflate {
			t.Errorf("%s is not deflated", f.Name)
		}
		out[f.Name] = body
		order = append(order, f.Name)
	}
	return out, order
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

func relations(t testing.TB, ps map[string][]byte, of string) []relation {
	t.Helper()
	name := path.Join(path.Dir(of), "_rels", path.Base(of)+".rels")
	if of == "" {
		name = "_rels/.rels"
	}
	var r struct {
		Relationship []relation `xml:"Relationship"`
	}
	if body, ok := ps[name]; ok {
		if err := xml.Unmarshal(body, &r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return r.Relationship
}

func target(of string, r relation) string {
	if strings.HasPrefix(r.Target, "/") {
		return r.Target[1:]
	}
	return path.Join(path.Dir(of), r.Target)
}

var (
	relUse  = regexp.MustCompile(`\br:(?:id|embed|link|pict)="([^"]*)"`)
	shapeID = regexp.MustCompile(`<p:cNvPr id="(\d+)"`)
)

// checkPackage holds a package to what the office programs insist on, and says of each part
// that it is reachable, declared and well-formed.
func checkPackage(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	ps, order := parts(t, b)
	if order[0] != "[Content_Types].xml" {
		t.Errorf("the first part is %s, want the content types", order[0])
	}
	var ct struct {
		Default []struct {
			Extension   string `xml:"Extension,attr"`
			ContentType string `xml:"ContentType,attr"`
		} `xml:"Default"`
		Override []struct {
			PartName    string `xml:"PartName,attr"`
			ContentType string `xml:"ContentType,attr"`
		} `xml:"Override"`
	}
	if err := xml.Unmarshal(ps["[Content_Types].xml"], &ct); err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	for _, o := range ct.Override {
		name := strings.TrimPrefix(o.PartName, "/")
		if _, ok := ps[name]; !ok {
			t.Errorf("the content types name %s, which is not there", name)
		}
		if declared[name] {
			t.Errorf("the content types name %s twice", name)
		}
		declared[name] = true
	}
	used := map[string]bool{}
	for name := range ps {
		if name == "[Content_Types].xml" || declared[name] {
			continue
		}
		ext := strings.TrimPrefix(path.Ext(name), ".")
		used[ext] = true
		if ext == "xml" {
			t.Errorf("%s has no content type of its own", name)
		}
		if !slices.ContainsFunc(ct.Default, func(d struct {
			Extension   string `xml:"Extension,attr"`
			ContentType string `xml:"ContentType,attr"`
		}) bool {
			return strings.EqualFold(d.Extension, ext)
		}) {
			t.Errorf("%s has no content type", name)
		}
	}
	for _, d := range ct.Default {
		if d.Extension != "xml" && !used[d.Extension] {
			t.Errorf("the extension %s is declared and does not occur", d.Extension)
		}
	}
	reached := map[string]bool{"[Content_Types].xml": true}
	var walk func(of string)
	walk = func(of string) {
		name := path.Join(path.Dir(of), "_rels", path.Base(of)+".rels")
		if of == "" {
			name = "_rels/.rels"
		}
		if _, ok := ps[name]; ok {
			reached[name] = true
		}
		ids := map[string]bool{}
		for _, r := range relations(t, ps, of) {
			if ids[r.ID] {
				t.Errorf("%s: the relation %s twice", of, r.ID)
			}
			ids[r.ID] = true
			if r.Mode == "External" {
				continue
			}
			to := target(of, r)
			if _, ok := ps[to]; !ok {
				t.Errorf("%s leads to %s, which is not there", of, to)
				continue
			}
			if !reached[to] {
				reached[to] = true
				walk(to)
			}
		}
		if strings.HasSuffix(of, ".xml") {
			for _, m := range relUse.FindAllSubmatch(ps[of], -1) {
				if !ids[string(m[1])] {
					t.Errorf("%s uses the relation %q, which is not there", of, m[1])
				}
			}
		}
	}
	walk("")
	for name, body := range ps {
		if !reached[name] {
			t.Errorf("nothing leads to %s", name)
		}
		if ext := path.Ext(name); ext != ".xml" && ext != ".rels" {
			continue
		}
		dec := xml.NewDecoder(bytes.NewReader(body))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
		if strings.HasPrefix(name, "ppt/slides/") {
			seen := map[string]bool{}
			for _, m := range shapeID.FindAllSubmatch(body, -1) {
				if seen[string(m[1])] {
					t.Errorf("%s: two shapes with the id %s", name, m[1])
				}
				seen[string(m[1])] = true
			}
		}
	}
	return ps
}

// schemas says which schema a part is of.
var schemas = []struct{ part, xsd string }{
	{`^\[Content_Types\]\.xml$`, "ISO-IEC-29500-2/opc-xsd/opc-contentTypes.xsd"},
	{`\.rels$`, "ISO-IEC-29500-2/opc-xsd/opc-relationships.xsd"},
	{`^ppt/(presentation|(slides|slideLayouts|slideMasters|notesSlides|notesMasters|tags)/.*)\.xml$`, "ISO-IEC-29500-4/xsd/pml.xsd"},
	{`^ppt/(charts|drawings)/.*\.xml$`, "ISO-IEC-29500-4/xsd/dml-chart.xsd"},
	{`^ppt/theme/.*\.xml$`, "ISO-IEC-29500-4/xsd/dml-main.xsd"},
	{`^docProps/app\.xml$`, "ISO-IEC-29500-4/xsd/shared-documentPropertiesExtended.xsd"},
	{`^docProps/custom\.xml$`, "ISO-IEC-29500-4/xsd/shared-documentPropertiesCustom.xsd"},
}

// coreOrder are the only elements that the properties may hold, each once; their schema needs
// another that lies outside the standard.
var coreElement = regexp.MustCompile(`<((?:dc|cp|dcterms):[A-Za-z]+)[ >]`)

// checkSchema validates every part of a package.
func checkSchema(t *testing.T, b []byte) {
	t.Helper()
	xmllint := testshared.Need(t, "xmllint")
	root := filepath.Join(testshared.Dir(t), "fixtures", "ooxml-xsd")
	ps, _ := parts(t, b)
	dir := t.TempDir()
	files := map[string][]string{}
	for name, body := range ps {
		if ext := path.Ext(name); ext != ".xml" && ext != ".rels" {
			continue
		}
		if name == "docProps/core.xml" {
			seen := map[string]bool{}
			for _, m := range coreElement.FindAllSubmatch(body, -1) {
				e := string(m[1])
				if seen[e] || !slices.Contains([]string{"cp:coreProperties", "dc:title", "dc:subject", "dc:creator", "cp:keywords", "dc:description", "dc:identifier", "dc:language", "dcterms:created", "dcterms:modified"}, e) {
					t.Errorf("core properties: the element %s is twice there or unknown", e)
				}
				seen[e] = true
			}
			continue
		}
		i := slices.IndexFunc(schemas, func(s struct{ part, xsd string }) bool { return regexp.MustCompile(s.part).MatchString(name) })
		if i < 0 {
			t.Errorf("%s is of no known schema", name)
			continue
		}
		file := filepath.Join(dir, strings.NewReplacer("/", "_", "[", "", "]", "").Replace(name))
		if err := os.WriteFile(file, body, 0o644); err != nil {
			t.Fatal(err)
		}
		files[schemas[i].xsd] = append(files[schemas[i].xsd], file)
	}
	for xsd, list := range files {
		slices.Sort(list)
		out, err := exec.Command(xmllint, append([]string{"--noout", "--nonet", "--schema", filepath.Join(root, xsd)}, list...)...).CombinedOutput()
		if err != nil {
			var bad []string
			for line := range strings.Lines(string(out)) {
				if !strings.HasSuffix(strings.TrimSpace(line), " validates") {
					bad = append(bad, line)
				}
			}
			t.Errorf("%s: %v\n%s", path.Base(xsd), err, strings.Join(bad[:min(len(bad), 12)], ""))
		}
	}
}

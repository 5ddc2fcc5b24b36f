package dashboard

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// sums are the hashes of every picture in every format, drawn by a server of its own.
func sums(t *testing.T) map[string]string {
	t.Helper()
	f := drawable(t)
	out := map[string]string{}
	for _, kind := range pictures {
		q := figureQueries[kind.Name]
		for _, format := range figureFormats {
			path := "/figures/" + kind.Name + "." + format.Name + "?scale=1&" + q
			res, body := f.get(t, path)
			if res.StatusCode != 200 {
				t.Fatalf("%s: status %d", path, res.StatusCode)
			}
			sum := sha256.Sum256([]byte(body))
			out[path] = hex.EncodeToString(sum[:])
		}
	}
	return out
}

// childMark tells a process of this test that it is the other one.
const childMark = "-chiso-other-process"

// The same picture is the same file: twice in one process, and in another one with another
// time zone and language and without a font of the system.
func TestEqualBytes(t *testing.T) {
	if os.Getenv("CHISO_TEST_CHILD") == childMark {
		b, err := json.Marshal(sums(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(os.Getenv("CHISO_TEST_OUT"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	mine := sums(t)
	compare := func(who string, other map[string]string) {
		for path, sum := range mine {
			if other[path] != sum {
				t.Errorf("%s: %s gave another file", path, who)
			}
		}
	}
	compare("the same process", sums(t))
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir() + "/sums.json"
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestEqualBytes$")
	child.Env = append(os.Environ(), "CHISO_TEST_CHILD="+childMark, "CHISO_TEST_OUT="+out, "TZ=America/Los_Angeles", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8",
		"FONTCONFIG_FILE=/dev/null", "FONTCONFIG_PATH=/nonexistent", "XDG_DATA_HOME=/nonexistent", "XDG_DATA_DIRS=/nonexistent")
	if log, err := child.CombinedOutput(); err != nil {
		t.Fatalf("the other process: %v\n%s", err, log)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var other map[string]string
	if err := json.Unmarshal(b, &other); err != nil {
		t.Fatal(err)
	}
	compare("another process", other)
}

// hostileNames are what a document may call a unit.
var hostileNames = []string{
	`</script><script>alert(1)</script>`, `__f__alert(1)__f__`, `A & B < C > "D" 'E'`, `=HYPERLINK("http://evil.example","x")`, "+1+1", "@SUM(A1)", "-2+3",
	strings.Repeat("Tên rất dài ", 25), norm.NFD.String("Thừa Thiên Huế"), "{{.}} ${x} %s", "tab\there", "\u202egnol", "]]>", "漢字 🙂", "\x00\x1b[31m\v\x7f\ufffe",
}

// Whatever a name is, every format stays well-formed and harmless, and shows it.
func TestHostileNamesInFiles(t *testing.T) {
	f := newFixture(t)
	for _, name := range hostileNames {
		for i := range f.reader.facts {
			f.reader.facts[i].Fact.UnitName = name
		}
		for id, d := range f.reader.docs {
			d.Title = name
			f.reader.docs[id] = d
		}
		f = renewed(t, f)
		for _, format := range figureFormats {
			path := "/figures/ranking." + format.Name + "?index=par&period=2019&scale=1&w=500"
			res, body := f.get(t, path)
			if res.StatusCode != 200 {
				t.Errorf("%q as %s: status %d: %s", name, format.Name, res.StatusCode, clip(body, 200))
				continue
			}
			harmless(t, name, format.Name, body)
		}
	}
}

// Every other picture takes such names too: of units that stand in no catalogue, of documents and of notes.
func TestHostileNamesInEveryPicture(t *testing.T) {
	f := drawable(t)
	for i := range f.reader.facts {
		f.reader.facts[i].Fact.UnitName = hostileNames[i%len(hostileNames)]
		f.reader.facts[i].Fact.Locator = hostileNames[(i+1)%len(hostileNames)]
	}
	n := 0
	for id, d := range f.reader.docs {
		d.Title, d.Issuer = strings.Join(hostileNames, " "), hostileNames[n%len(hostileNames)]
		f.reader.docs[id] = d
		n++
	}
	for _, kind := range pictures {
		for _, format := range figureFormats {
			path := "/figures/" + kind.Name + "." + format.Name + "?scale=0.5&" + figureQueries[kind.Name]
			res, body := f.get(t, path)
			if res.StatusCode != 200 {
				t.Errorf("%s: status %d: %s", path, res.StatusCode, clip(body, 200))
				continue
			}
			harmless(t, kind.Name, format.Name, body)
		}
	}
}

// harmless holds a file to what no name may make of it.
func harmless(t *testing.T, name, format, body string) {
	t.Helper()
	switch format {
	case "svg":
		wellFormed(t, name, []byte(body))
	case "json":
		if !json.Valid([]byte(body)) {
			t.Errorf("%q: bad JSON", name)
		}
	case "csv":
		for line := range strings.SplitSeq(body, "\r\n") {
			if strings.HasPrefix(line, "=") || strings.HasPrefix(line, "@") || strings.HasPrefix(line, "+1") {
				t.Errorf("%q: a formula in CSV: %s", name, clip(line, 100))
			}
		}
	case "xlsx", "pptx":
		z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		for _, part := range z.File {
			if !strings.HasSuffix(part.Name, ".xml") && !strings.HasSuffix(part.Name, ".rels") {
				continue
			}
			r, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, name+" in "+part.Name, b)
			if strings.Contains(part.Name, "worksheets/") && bytes.Contains(b, []byte("<f>")) {
				t.Errorf("%q: a formula in %s", name, part.Name)
			}
		}
	case "pdf":
		if !strings.HasPrefix(body, "%PDF-") || strings.Contains(body, "/JavaScript") {
			t.Errorf("%q: %s", name, clip(body, 20))
		}
	}
}

// renewed is a server over the same facts that has not drawn anything yet.
func renewed(t *testing.T, f *fixture) *fixture {
	t.Helper()
	n := newFixture(t)
	n.reader.facts, n.reader.docs = f.reader.facts, f.reader.docs
	return n
}

func wellFormed(t *testing.T, what string, b []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(b))
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Errorf("%q: %v", what, err)
			return
		}
		if e, ok := tok.(xml.StartElement); ok && (e.Name.Local == "script" || e.Name.Local == "foreignObject") {
			t.Errorf("%q: an element %s", what, e.Name.Local)
		}
	}
}

package dashboard

import (
	"os"
	"slices"
	"strings"
	"testing"

	"chiso/charts"
)

// The page about files names every picture, every format and every parameter that a picture reads.
func TestFilesAreDescribed(t *testing.T) {
	b, err := os.ReadFile("../docs/files.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	rows := map[string]string{}
	for line := range strings.SplitSeq(doc, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 4 { // the table of pictures has two columns
			continue
		}
		for _, name := range pictureNames() {
			if strings.Contains(cells[1], "`"+name+"`") {
				rows[name] = cells[2]
			}
		}
	}
	rows["map"] += rows["ranking"] // "as ranking"
	f := drawable(t)
	for _, kind := range pictures {
		q, err := queryOf([]byte(figureQueries[kind.Name]))
		if err != nil {
			t.Fatal(err)
		}
		p := f.Server.params(q)
		if _, err := kind.ask(f.Server, t.Context(), p, charts.Style{Lang: "vi"}); err != nil {
			t.Fatalf("%s: %v", kind.Name, err)
		}
		for name := range p.read {
			if !strings.Contains(rows[kind.Name], "`"+name+"`") && !slices.Contains([]string{"as_of", "rev"}, name) {
				t.Errorf("%s: docs/files.md does not name %q", kind.Name, name)
			}
		}
		for name := range q {
			if !p.read[name] {
				t.Errorf("%s: %q of the test is not read", kind.Name, name)
			}
		}
	}
	p := f.Server.params(nil)
	p.style()
	p.spreadsheet("vi")
	for name := range p.read {
		if !strings.Contains(doc, "`"+name) {
			t.Errorf("docs/files.md does not name %q", name)
		}
	}
	for _, format := range figureFormats {
		if !strings.Contains(strings.ToLower(doc), format.Name) {
			t.Errorf("docs/files.md does not name the format %s", format.Name)
		}
	}
}

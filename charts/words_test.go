package charts_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"chiso/reform/words"
)

// A text that the code names must be in the catalogue, and the catalogue holds none that
// nobody says.
func TestWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"([a-z][a-z0-9_.]*)"`)
	said := regexp.MustCompile(`\.say\("([a-z0-9_.]+)"(\s*\+)?`)
	mentioned := map[string]bool{}
	var prefixes []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(src), -1) {
			switch {
			case m[2] != "":
				prefixes = append(prefixes, "chart."+m[1])
			case !words.Has("chart." + m[1]):
				t.Errorf("%s: there is no text chart.%s", f, m[1])
			}
		}
		for _, m := range literal.FindAllStringSubmatch(string(src), -1) {
			mentioned["chart."+m[1]] = true
		}
	}
	for _, k := range words.Keys() {
		if strings.HasPrefix(k, "chart.") && !mentioned[k] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k, p) }) {
			t.Errorf("nobody says %s", k)
		}
	}
}

package dashboard

import (
	"io/fs"
	"regexp"
	"testing"
)

// The style sheets are one in the end: a class that two of them lay out would lay one page
// over by the other's rule.
func TestStylesDoNotMeet(t *testing.T) {
	bare := regexp.MustCompile(`(?:^|[},])\s*(\.[a-zA-Z][\w-]*)\s*\{([^}]*)\}`)
	layout := regexp.MustCompile(`(?:^|;)\s*(?:display|grid-template-columns|position|float)\s*:`)
	names, err := fs.Glob(staticFiles, "static/css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]string{}
	for _, name := range names {
		b, err := fs.ReadFile(staticFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range bare.FindAllStringSubmatch(string(b), -1) {
			if !layout.MatchString(m[2]) {
				continue
			}
			if at, ok := first[m[1]]; ok && at != name {
				t.Errorf("%s and %s both lay out %s", at, name, m[1])
			}
			first[m[1]] = name
		}
	}
	if len(first) < 10 {
		t.Errorf("found %d classes: the test reads the sheets wrongly", len(first))
	}
}

package table

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chiso/reform"
)

// TestDocs reads the examples of the documentation, and asks that it names every meaning.
func TestDocs(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "mapping.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	examples := 0
	for i, part := range strings.Split(text, "```yaml\n")[1:] {
		example, _, ok := strings.Cut(part, "```")
		if !ok {
			t.Fatal("an example does not end")
		}
		if _, err := ParseMapping(fmt.Sprintf("example-%d", i+1), []byte(example), reform.Default()); err != nil {
			t.Errorf("docs/mapping.md: %v", err)
		}
		examples++
	}
	if examples < 2 {
		t.Errorf("got %d examples, want at least 2", examples)
	}
	for _, m := range meanings {
		if !strings.Contains(text, "`"+m+"`") {
			t.Errorf("docs/mapping.md does not name the meaning %q", m)
		}
	}
}

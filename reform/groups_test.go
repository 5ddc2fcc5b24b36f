package reform

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGroups(t *testing.T) {
	load := func(text string) (*Catalog, error) {
		file := filepath.Join(t.TempDir(), "own.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return LoadCatalog(file)
	}
	c, err := load("groups:\n  - name: {vi: Thu nhập trung bình, en: Middle income}\n    source: Niên giám thống kê 2023\n    units: [\"vn63:80\", \"vn63:82\"]\n")
	if err != nil {
		t.Fatal(err)
	}
	if g := c.GroupsOf("vn63:82"); len(g) != 1 || g[0].Name.EN != "Middle income" || len(g[0].Units) != 2 {
		t.Errorf("groups of Tiền Giang: %+v", g)
	}
	if g := c.GroupsOf("vn34:80"); len(g) != 0 {
		t.Errorf("Tây Ninh of today is in no group, got %+v", g)
	}
	for text, says := range map[string]string{
		"groups: [{name: {vi: A}, source: x, units: [\"vn63:80\", \"vn63:99\"]}]": "vn63:99 is no known province",
		"groups: [{name: {vi: A}, source: x, units: [\"vn63:80\", \"vn63:80\"]}]": "stands twice",
		"groups: [{name: {vi: A}, source: x, units: [\"vn63:80\"]}]":              "at least two units",
		"groups: [{name: {vi: A}, units: [\"vn63:80\", \"vn63:82\"]}]":            "needs the source",
		"groups: [{source: x, units: [\"vn63:80\", \"vn63:82\"]}]":                "needs a name",
	} {
		if _, err := load(text); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want it to say %q", text, err, says)
		}
	}
}

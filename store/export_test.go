package store

import (
	"io/fs"
	"strings"
	"testing"

	"chiso/store/migrations"
)

// RenderForTest is the text of all migrations for a topology.
func RenderForTest(t *testing.T, cluster string, keeper bool, database string) string {
	t.Helper()
	r := renderedFS{migrations.FS, &topology{cluster: cluster, keeper: keeper}, database}
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(r, name)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	return out.String()
}

// Package testshared finds the folder of real inputs (workbooks, articles,
// recorded answers) that tests read and that never goes into the project.
package testshared

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir is the folder of real inputs: $CHISO_SHARED, or ../shared beside the
// project's root. A test that needs it is skipped, loudly, where it is absent,
// and fails there when CI is set: a run without real inputs proves nothing.
func Dir(tb testing.TB) string {
	tb.Helper()
	if d := os.Getenv("CHISO_SHARED"); d != "" {
		if st, err := os.Stat(filepath.Join(d, "fixtures")); err != nil || !st.IsDir() {
			tb.Fatalf("CHISO_SHARED=%s holds no folder fixtures", d)
		}
		return d
	}
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Fatal("no go.mod above the test's folder")
		}
		dir = up
	}
	d := filepath.Join(filepath.Dir(dir), "shared")
	if st, err := os.Stat(filepath.Join(d, "fixtures")); err == nil && st.IsDir() {
		return d
	}
	Missing(tb, "real inputs not found: put the folder `shared` beside the project or set CHISO_SHARED")
	return ""
}

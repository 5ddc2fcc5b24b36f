package testshared

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Need finds the first of the programs that is installed. Where none is, the test is skipped and says which to
// install; in CI, where `make test` has installed them, it fails.
func Need(tb testing.TB, programs ...string) string {
	tb.Helper()
	for _, p := range programs {
		if path, err := exec.LookPath(p); err == nil {
			return path
		}
	}
	Missing(tb, strings.Join(programs, " or ")+" is not installed; `make test-tools` installs it where it may")
	return ""
}

// Missing skips a test that lacks something of the machine, and says so; in CI it fails.
func Missing(tb testing.TB, what string) {
	tb.Helper()
	if os.Getenv("CI") != "" {
		tb.Fatal(what)
	}
	tb.Skip("SKIPPED: " + what)
}

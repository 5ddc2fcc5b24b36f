package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "chiso/"

// rooms says which rooms each room may import. A room that is not listed
// fails the test, so a new room needs a decision.
var rooms = map[string][]string{
	"reform":    {},
	"config":    {},
	"data":      {},
	"internal":  {},
	"store":     {"reform"},
	"queries":   {"reform", "store"},
	"ingest":    {"reform", "store"},
	"charts":    {"reform"},
	"dashboard": {"reform", "charts"},
	"cmd":       {"reform", "config", "data", "store", "queries", "charts", "ingest", "dashboard"},
	"tests":     {"reform", "config", "data", "store", "queries", "charts", "ingest", "dashboard", "cmd", "internal"},
}

// keepers says which rooms alone may import an outside package, divided by blanks.
var keepers = map[string]string{
	"github.com/gofiber/":         "dashboard",
	"github.com/go-echarts/":      "charts",
	"modernc.org/quickjs":         "charts",
	"github.com/tetratelabs/":     "charts",
	"github.com/ClickHouse/":      "store",
	"github.com/pressly/goose":    "store",
	"github.com/ebitengine/":      "store",
	"database/sql":                "store",
	"github.com/robfig/cron":      "ingest",
	"github.com/shakinm/":         "ingest",
	"github.com/xuri/excelize/v2": "ingest charts",
	"codeberg.org/go-pdf/":        "charts",
	"github.com/wneessen/":        "dashboard",
	"flag":                        "cmd",
	"github.com/spf13/":           "cmd",
}

// internalUsers: the helper of tests that finds real inputs is for test files, which this test leaves free.

// The test reads the files itself instead of running go list: go test caches
// a pass, and knows only of files that the test process opened.
func TestImports(t *testing.T) {
	root := os.DirFS("..")
	files := 0
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		files++
		room, _, _ := strings.Cut(path, "/")
		may, ok := rooms[room]
		if !ok {
			t.Errorf("%s: room %q is not listed in this test", path, room)
		}
		src, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, src, 0)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if own, ok := strings.CutPrefix(imp, module); ok {
				if r, _, _ := strings.Cut(own, "/"); r != room && !slices.Contains(may, r) {
					t.Errorf("%s: %s may not import %s", path, room, r)
				}
				continue
			}
			for prefix, keeper := range keepers {
				if strings.HasPrefix(imp, prefix) && !slices.Contains(strings.Fields(keeper), room) {
					t.Errorf("%s: only %s may import %s", path, keeper, imp)
				}
			}
		}
		// The environment is read by cmd alone, so that a room behaves as its options say. The
		// helpers that tests import (storetest, internal) are told where things are by CI.
		if room != "cmd" && room != "internal" && !strings.HasPrefix(path, "store/storetest/") {
			ast.Inspect(f, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && (sel.Sel.Name == "Getenv" || sel.Sel.Name == "LookupEnv") {
					t.Errorf("%s: only cmd may read the environment", path)
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("read %d files, want the whole tree: the test looked in the wrong place", files)
	}
}

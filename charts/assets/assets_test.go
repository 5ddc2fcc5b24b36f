package assets

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestFS(t *testing.T) {
	heads := map[string]string{
		EChartsName: "/*! Apache ECharts", FormattersName: "// The one table", RegularWOFF2Name: "wOF2", BoldWOFF2Name: "wOF2",
		"licenses/echarts-LICENSE.txt": "", "licenses/echarts-NOTICE.txt": "Apache ECharts", "licenses/echarts-d3-LICENSE.txt": "",
		"licenses/inter-OFL.txt": "Copyright", "licenses/resvg-MPL-2.0.txt": "Mozilla Public License, version 2.0",
		"licenses/tslib-LICENSE.txt": "", "licenses/zrender-LICENSE.txt": "BSD 3-Clause License",
	}
	err := fs.WalkDir(FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(FS(), path)
		if err != nil {
			return err
		}
		head, ok := heads[path]
		if !ok {
			t.Errorf("%s may be served but is not known to this test", path)
		}
		if len(b) == 0 || !bytes.HasPrefix(b, []byte(head)) {
			t.Errorf("%s begins with %.30q, want %q", path, b, head)
		}
		delete(heads, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path := range heads {
		t.Errorf("%s is missing", path)
	}
}

// TestSizes holds the page's budget: fonts within 60 kB, and no growth of the
// bundle that nobody meant.
func TestSizes(t *testing.T) {
	for name, limit := range map[string]int{EChartsName: 780_000, RegularWOFF2Name: 30_000, BoldWOFF2Name: 30_000} {
		b, err := fs.ReadFile(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > limit {
			t.Errorf("%s has %d bytes, want at most %d", name, len(b), limit)
		}
	}
}

func TestBinaries(t *testing.T) {
	if !bytes.HasPrefix(Resvg(), []byte("\x00asm")) {
		t.Error("resvg is no WebAssembly")
	}
	for name, ttf := range map[string][]byte{"regular": RegularTTF(), "bold": BoldTTF()} {
		if !bytes.HasPrefix(ttf, []byte("\x00\x01\x00\x00")) {
			t.Errorf("%s is no TrueType font", name)
		}
	}
}

// TestGenerated makes the files anew from the pinned packages and compares. It
// needs Node and node_modules, which a fresh clone lacks and CI has.
func TestGenerated(t *testing.T) {
	script, err := filepath.Abs("../../scripts/assets.mjs")
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if _, dir := os.Stat("../../node_modules/echarts"); err != nil || dir != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("CI must check the generated files: node %v, node_modules %v", err, dir)
		}
		t.Skip("SKIPPED: without Node and `npm ci` the generated files are not compared with their packages")
	}
	if out, err := exec.CommandContext(t.Context(), node, script, "--check").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

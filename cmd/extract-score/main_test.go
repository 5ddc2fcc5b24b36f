package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun measures a folder made here: its exit code says whether the thresholds hold.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", "Năm 2023, Chỉ số PAR INDEX của tỉnh Long An xếp thứ 7/63 tỉnh, thành phố trong cả nước.")
	gold := `{"file": "a.txt", "province": "Long An", "index": "PAR INDEX", "year": 2023, "component": null, "score": null, "rank": 7, "of": 63, "scope": "national", "kind": "province", "derived": false, "quote": "xếp thứ 7/63"}` + "\n"
	write("gold.jsonl", gold)
	for _, c := range []struct {
		name string
		gold string
		args []string
		code int
		says string
	}{
		{"found", gold, nil, 0, "precision 1.0000 (1 of 1)  recall 1.0000 (1 of 1)"},
		{"another place", strings.Replace(gold, `"rank": 7`, `"rank": 8`, 1), []string{"--verbose"}, 1, "miss  province par longan 2023 place in nation 8"},
		{"lower thresholds", strings.Replace(gold, `"rank": 7`, `"rank": 8`, 1), []string{"--precision", "0", "--recall", "0"}, 0, "recall 0.0000 (0 of 1)"},
		{"a file that must give nothing", `{"file": "a.txt", "no_facts": true}` + "\n", nil, 1, "precision 0.0000 (0 of 1)"},
		{"a text that is not there", strings.Replace(gold, "a.txt", "b.txt", 1), nil, 2, ""},
		{"an unknown flag", gold, []string{"--nope"}, 2, ""},
	} {
		write("gold.jsonl", c.gold)
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"--dir", dir}, c.args...), &out, &errs)
		if code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: got exit code %d and\n%s%s\nwant exit code %d and %q", c.name, code, out.String(), errs.String(), c.code, c.says)
		}
	}
}

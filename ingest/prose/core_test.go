package prose_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chiso/ingest"
	"chiso/ingest/parse"
	"chiso/ingest/prose"
	"chiso/internal/testshared"
	"chiso/reform"
)

// nothingFound is the core's word for a document without a value: an article that gives
// none is right to end so.
const nothingFound = "no-facts"

// TestThroughTheCore reads every article and seed text as a load would: the core
// takes each, finds its kind, and refuses none.
func TestThroughTheCore(t *testing.T) {
	shared := testshared.Dir(t)
	files, err := filepath.Glob(filepath.Join(shared, "fixtures", "articles", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	seeds, err := filepath.Glob(filepath.Join(shared, "seeds", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if files = append(files, seeds...); len(files) < 20 {
		t.Fatalf("got %d files, want at least 20", len(files))
	}
	l := &ingest.Loader{Catalog: reform.Default(), Kinds: []parse.Kind{prose.Kind}}
	facts := 0
	for _, path := range files {
		r, err := l.Load(t.Context(), ingest.Job{Path: path, DryRun: true})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		for _, p := range r.Listed {
			if !p.Warning && p.Code != nothingFound {
				t.Errorf("%s: refused at %s: %s", filepath.Base(path), p.Locator, p.Reason)
			}
		}
		facts += r.Result.Facts
	}
	if facts < 150 {
		t.Errorf("got %d facts of all, want at least 150", facts)
	}
}

// TestHostileThroughTheCore: an article that contradicts itself, or prints what can't
// be, is read with warnings; it is not refused.
func TestHostileThroughTheCore(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"two-values.txt": "PAR INDEX năm 2023 của Long An xếp thứ 7/63 tỉnh, thành phố. Năm 2023, PAR INDEX của Long An xếp thứ 8/63 tỉnh, thành phố, đạt 88,1%.",
		"over.txt":       "Năm 2023, PAR INDEX của Long An đạt 108,1 điểm, xếp thứ 70/63 tỉnh; năm 2023 tiêu chí thanh toán trực tuyến theo Bộ chỉ số 766 đạt 11,7/10 điểm.",
		"unsure.txt":     "Chỉ số PAR INDEX của tỉnh Long An trong năm qua xếp thứ 7/63 tỉnh, thành phố, tăng 1 bậc so với năm trước, đạt 88,1%, tăng 2 điểm.",
		"old.txt":        "Năm 2010, PAR INDEX của Long An xếp thứ 7/63 tỉnh, thành phố trong cả nước theo công bố của Bộ Nội vụ.",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		l := &ingest.Loader{Catalog: reform.Default(), Kinds: []parse.Kind{prose.Kind}}
		r, err := l.Load(t.Context(), ingest.Job{Path: path, DryRun: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		warned := false
		for _, p := range r.Listed {
			if !p.Warning && p.Code != nothingFound {
				t.Errorf("%s: refused: %s", name, p.Reason)
			}
			warned = true
		}
		if !warned && !strings.HasPrefix(name, "unsure") {
			t.Errorf("%s: got no warning", name)
		}
	}
}

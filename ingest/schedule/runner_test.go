package schedule

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/reform"
	"chiso/store/storetest"
)

const row = "index,unit,period,score,place,of\npar,vn63:80,2019,,%d,63\n"

func newRunner(t *testing.T) *Runner {
	t.Helper()
	db := storetest.New(t)
	raw, err := archive.Open(filepath.Join(t.TempDir(), "archive"))
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{Fetchers: DefaultFetchers(), NewLoader: func() *ingest.Loader {
		return &ingest.Loader{DB: db, Archive: raw, Catalog: reform.Default()}
	}}
}

func states(reports []ingest.Report) (out []string) {
	for _, r := range reports {
		out = append(out, fmt.Sprintf("%s %s %d", filepath.Base(r.Name), r.State, r.Revisions))
	}
	return out
}

// A folder's file is read when it is new or changed, and again when a person asks.
func TestFolder(t *testing.T) {
	r := newRunner(t)
	dir := t.TempDir()
	put := func(name, text string, age time.Duration) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(p, at, at); err != nil {
			t.Fatal(err)
		}
	}
	src := Source{Name: "f", Kind: KindFolder, Where: dir, Options: map[string]string{"pattern": "*.csv"}}
	step := func(what string, want ...string) {
		t.Helper()
		reports, err := r.Run(t.Context(), src)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if diff := cmp.Diff(want, states(reports)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	put("a.csv", fmt.Sprintf(row, 5), time.Hour)
	put("sub/b.csv", "index,unit,period,place\npar,nowhere,2019,5\n", time.Hour)
	put("sub/.hidden/c.csv", fmt.Sprintf(row, 9), time.Hour)
	put("~$a.csv", "x", time.Hour)
	put("notes.txt", "x", time.Hour)
	put("young.csv", fmt.Sprintf(row, 6), 0)
	step("first", "a.csv loaded 0", "b.csv refused 0")
	step("nothing new")
	put("a.csv", fmt.Sprintf(row, 4), time.Minute)
	step("changed", "a.csv loaded 1")
	r.Forget("f")
	step("a person asks", "a.csv duplicate 0", "b.csv refused 0")
	src.Where = filepath.Join(dir, "missing")
	if _, err := r.Run(t.Context(), src); !errors.Is(err, reform.ErrUnavailable) {
		t.Errorf("missing folder: got %v, want %v", err, reform.ErrUnavailable)
	}
}

// What an address says later is a revision of what it said before; and however many
// sources lie at one site, it is asked one thing at a time.
func TestURL(t *testing.T) {
	r := newRunner(t)
	var place, inside, most atomic.Int32
	place.Store(5)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		most.Store(max(most.Load(), inside.Add(1)))
		defer inside.Add(-1)
		if req.URL.Path == "/gone" {
			http.NotFound(w, req)
			return
		}
		time.Sleep(20 * time.Millisecond)
		fmt.Fprintf(w, row, place.Load())
	}))
	defer server.Close()
	src := func(path string) Source { return Source{Name: "u", Kind: KindURL, Where: server.URL + path} }
	for i, want := range []string{"a.csv loaded 0", "a.csv duplicate 0", "a.csv loaded 1"} {
		if i == 2 {
			place.Store(4)
		}
		reports, err := r.Run(t.Context(), src("/a.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{want}, states(reports)); diff != "" {
			t.Errorf("poll %d (-want +got):\n%s", i, diff)
		}
	}
	if _, err := r.Run(t.Context(), src("/gone")); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("gone: got %v, want %v", err, reform.ErrNotFound)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			if _, err := r.Run(t.Context(), src(fmt.Sprintf("/%d.csv", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 1 {
		t.Errorf("got %d requests at once, want 1", most.Load())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Run(ended, src("/a.csv")); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: got %v, want %v", err, context.Canceled)
	}
}

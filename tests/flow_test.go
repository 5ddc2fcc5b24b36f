package tests

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"chiso/internal/testshared"
)

type historyAnswer struct {
	Points []struct {
		Period   string  `json:"period"`
		Place    *int    `json:"place"`
		Of       *int    `json:"of"`
		Scope    string  `json:"scope"`
		Score    *string `json:"score"`
		RankKind string  `json:"rank_kind"`
		Document string  `json:"document"`
	} `json:"points"`
}

// TestShippedFacts is the promise of the README: an empty folder, one command, and Long An's history.
func TestShippedFacts(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))

	var par historyAnswer
	s.json(t, "/api/v1/rank-history?index=par&unit=vn63:80", &par)
	want := map[string]int{"2012": 20, "2013": 50, "2014": 48, "2015": 23, "2016": 30, "2017": 12, "2018": 7, "2019": 5}
	for _, p := range par.Points {
		w, ok := want[p.Period]
		if !ok {
			continue
		}
		delete(want, p.Period)
		if p.Place == nil || *p.Place != w || p.Of == nil || *p.Of != 63 || p.Scope != "nation" {
			t.Errorf("PAR %s: got %v/%v in %s, want %d/63 in nation", p.Period, deref(p.Place), deref(p.Of), p.Scope, w)
		}
		code, body := s.get(t, "/api/v1/documents/"+p.Document)
		if code != http.StatusOK || !strings.Contains(body, "title") {
			t.Errorf("PAR %s: document %s: status %d: %s", p.Period, p.Document, code, body)
		}
	}
	for year := range want {
		t.Errorf("PAR %s: no point", year)
	}

	// Tây Ninh of today has Long An's old code, and none of its history.
	var tayNinh historyAnswer
	s.json(t, "/api/v1/rank-history?index=par&unit=vn34:80", &tayNinh)
	if len(tayNinh.Points) != 0 {
		t.Errorf("vn34:80: got %v, want none of Long An's points", tayNinh.Points)
	}

	// PCI runs through both schemes: 42, 64 and 63 provinces.
	var pci historyAnswer
	s.json(t, "/api/v1/rank-history?index=pci&unit=vn63:80", &pci)
	of := map[string]int{}
	for _, p := range pci.Points {
		of[p.Period] = deref(p.Of)
	}
	for year := 2005; year <= 2022; year++ {
		want := 63
		switch {
		case year == 2005:
			want = 42
		case year <= 2008:
			want = 64
		}
		if got, ok := of[strconv.Itoa(year)]; !ok || got != want {
			t.Errorf("PCI %d: of %d (known %v), want %d", year, got, ok, want)
		}
	}

	var sub struct {
		Rows []struct{ Component, Score, Max string } `json:"rows"`
	}
	s.json(t, "/api/v1/subscores?index=s766&unit=vn63:80&period=2023", &sub)
	got := map[string]string{}
	for _, r := range sub.Rows {
		got[r.Component] = r.Score + "/" + r.Max
	}
	for component, want := range map[string]string{"CLGQ": "3.5/12", "TTTT": "3.7/10", "MDSH": "5.3/22"} {
		if got[component] != want {
			t.Errorf("766 of 2023, %s: got %q, want %q", component, got[component], want)
		}
	}
	var live historyAnswer
	s.json(t, "/api/v1/rank-history?index=s766&unit=vn63:80", &live)
	if len(live.Points) == 0 || deref(live.Points[0].Place) != 55 || deref(live.Points[0].Of) != 63 {
		t.Errorf("766 of 2023: got %+v, want 55/63", live.Points)
	}

	for path, want := range map[string]int{
		"/api/v1/rank-history?index=par&unit=vn63:99":  http.StatusNotFound,
		"/api/v1/rank-history?index=nope&unit=vn63:80": http.StatusNotFound,
		"/api/v1/rank-history?index=par&unit=long-an":  http.StatusBadRequest,
		"/api/v1/ranking?index=par&period=20x9":        http.StatusBadRequest,
		"/api/v1/documents/zz":                         http.StatusNotFound,
		"/no-such-page":                                http.StatusNotFound,
		"/units/vn63/long-an":                          http.StatusOK,
		"/units/vn34/tay-ninh":                         http.StatusOK,
		"/rankings/pci?period=2014":                    http.StatusOK,
		"/indices/par":                                 http.StatusOK,
		"/":                                            http.StatusOK,
		"/load":                                        http.StatusOK,
	} {
		if code, body := s.get(t, path); code != want {
			t.Errorf("%s: got %d, want %d: %.300s", path, code, want, body)
		}
	}
}

// believed is longer than the server believes the revision that it saw last: what a command
// loads is seen after that.
const believed = 700 * time.Millisecond

func deref(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}

// TestEngineKilled: while pages are asked for, the engine dies. For under two seconds a page is an
// honest 503 or an earlier answer that says so; then service goes on. Nothing acknowledged is lost.
func TestEngineKilled(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	const path = "/api/v1/rank-history?index=par&unit=vn63:80"
	_, before := s.get(t, path)
	var state struct {
		Engine int `json:"engine_pid"`
	}
	b, err := os.ReadFile(filepath.Join(s.DataDir, "engine.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &state); err != nil || state.Engine == 0 {
		t.Fatalf("engine.json: %v: %s", err, b)
	}
	if err := syscall.Kill(state.Engine, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	var lastBad time.Duration
	for time.Since(killed) < 6*time.Second {
		code, body := s.get(t, path)
		switch {
		case code == http.StatusServiceUnavailable:
			lastBad = time.Since(killed)
		case code != http.StatusOK:
			t.Fatalf("after the kill: status %d: %s", code, body)
		case body != before:
			// An earlier answer may be marked as such; it must hold the same points.
			var a, b historyAnswer
			if json.Unmarshal([]byte(before), &a) != nil || json.Unmarshal([]byte(body), &b) != nil || fmt.Sprint(a.Points) == fmt.Sprint(nil) || len(a.Points) != len(b.Points) {
				t.Fatalf("after the kill: got %s, want %s", body, before)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	if lastBad > 2*time.Second {
		t.Errorf("unavailable until %s after the kill, want under 2 s", lastBad)
	}
}

// TestParentKilled: the engine must not outlive a server that had no chance to stop it, and the folder must
// be usable at once by the next one.
func TestParentKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := serve(t, dir)
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.done
	again := serve(t, dir)
	if code, _ := again.get(t, "/api/v1/rank-history?index=par&unit=vn63:80"); code != http.StatusOK {
		t.Errorf("after the restart: status %d", code)
	}
}

// TestSecondServer: one engine a folder, said in a sentence; every other command works beside it.
func TestSecondServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := serve(t, dir)
	code, _, stderr := chiso(t, "serve", "--data-dir", dir, "--listen", "127.0.0.1:0")
	if code == 0 || !strings.Contains(stderr, strconv.Itoa(s.cmd.Process.Pid)) || strings.Contains(stderr, "goroutine") {
		t.Errorf("a second server: exit code %d, said %q; want a refusal that names process %d", code, stderr, s.cmd.Process.Pid)
	}
	code, stdout, stderr := chiso(t, "doctor", "--data-dir", dir)
	if code != 0 || !strings.Contains(stdout, "schema") {
		t.Errorf("doctor beside a server: exit code %d: %s%s", code, stdout, stderr)
	}
	shared := testshared.Dir(t)
	code, stdout, stderr = chiso(t, "ingest", "--data-dir", dir, filepath.Join(shared, "fixtures", "pci", "PCI_2014.xlsx"))
	if code != 0 {
		t.Fatalf("ingest beside a server: exit code %d: %s%s", code, stdout, stderr)
	}
	time.Sleep(believed)
	var sub struct {
		Rows []struct{ Component, Score string } `json:"rows"`
	}
	s.json(t, "/api/v1/subscores?index=pci&unit=vn63:80&period=2014", &sub)
	if len(sub.Rows) < 10 {
		t.Errorf("components of PCI 2014 after the load: got %d, want 10", len(sub.Rows))
	}
	// The same workbook again adds nothing.
	code, stdout, stderr = chiso(t, "ingest", "--data-dir", dir, filepath.Join(shared, "fixtures", "pci", "PCI_2014.xlsx"))
	if code != 0 {
		t.Errorf("the same document again: exit code %d: %s%s", code, stdout, stderr)
	}
}

// TestDryRun needs no engine and prints a fact a line, with the agreed keys.
func TestDryRun(t *testing.T) {
	shared := testshared.Dir(t)
	code, stdout, stderr := chiso(t, "ingest", "--data-dir", filepath.Join(t.TempDir(), "none"), "--dry-run", "--format=jsonl",
		filepath.Join(shared, "fixtures", "papi", "PAPI_2011-2016.xlsx"))
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	keys := []string{"index", "basis", "unit", "unit_name", "unit_type", "period", "period_kind", "component", "score", "max",
		"numerator", "denominator", "place", "of", "scope", "rank_kind", "status", "locator", "quote"}
	n := 0
	for line := range strings.Lines(stdout) {
		var fact map[string]any
		if err := json.Unmarshal([]byte(line), &fact); err != nil {
			t.Fatalf("line %d: %v: %s", n+1, err, line)
		}
		for _, k := range keys {
			if _, ok := fact[k]; !ok {
				t.Fatalf("line %d lacks %s: %s", n+1, k, line)
			}
		}
		n++
	}
	if n < 2632 { // totals and dimensions of expected.csv; sub-dimensions come on top
		t.Errorf("got %d facts, want at least 2632", n)
	}
}

// TestBadInput: each mistake is named with its place and reason, and nothing of the document is loaded.
func TestBadInput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := serve(t, dir, "--empty")
	in := t.TempDir()
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	for _, tc := range []struct{ name, text, want string }{
		{"empty.csv", "", "empty"},
		{"picture.xlsx", png, "PNG"},
		{"unit.csv", "index,unit_name,period,score\npar,Long An,2019,84.5\npar,Tỉnh Không Có,2019,80\n", "Tỉnh Không Có"},
		{"over.csv", "index,unit_name,period,score\npar,Long An,2019,184.5\n", "184.5"},
		{"rank.csv", "index,unit_name,period,place,of\npar,Long An,2019,64,63\n", "64/63"},
		{"counts.csv", "index,unit_name,period,component,score\ndossiers,Long An,2024,received,1.745\n", "1.745"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(in, tc.name)
			if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := chiso(t, "ingest", "--data-dir", dir, path)
			if code != 1 {
				t.Errorf("exit code %d, want 1: %s%s", code, stdout, stderr)
			}
			if all := stdout + stderr; !strings.Contains(all, tc.want) || !strings.Contains(all, tc.name) {
				t.Errorf("said %q, want the file and %q", all, tc.want)
			}
		})
	}
	var par historyAnswer
	s.json(t, "/api/v1/rank-history?index=par&unit=vn63:80", &par)
	if len(par.Points) != 0 {
		t.Errorf("got %v, want nothing of a refused document", par.Points)
	}
	// The good row may be loaded knowingly: exit code 3.
	code, stdout, stderr := chiso(t, "ingest", "--data-dir", dir, "--set-aside", filepath.Join(in, "unit.csv"))
	if code != 3 {
		t.Errorf("--set-aside: exit code %d, want 3: %s%s", code, stdout, stderr)
	}
	time.Sleep(believed)
	s.json(t, "/api/v1/rank-history?index=par&unit=vn63:80", &par)
	if len(par.Points) != 1 {
		t.Errorf("after --set-aside: got %v, want one point", par.Points)
	}
}

// TestRevision: a corrected document becomes a revision; the old value stays askable by rev and by as_of.
func TestRevision(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := serve(t, dir, "--empty")
	path := filepath.Join(t.TempDir(), "par.csv")
	load := func(place int, day string) {
		t.Helper()
		text := fmt.Sprintf("index,unit_name,period,place,of,observed_at\npar,Long An,2019,%d,63,%s\n", place, day)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, stdout, stderr := chiso(t, "ingest", "--data-dir", dir, path); code != 0 {
			t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
		}
		time.Sleep(believed)
	}
	type answer struct {
		historyAnswer
		Rev json.Number `json:"rev"`
	}
	place := func(query string) (int, string) {
		t.Helper()
		var a answer
		s.json(t, "/api/v1/rank-history?index=par&unit=vn63:80"+query, &a)
		if len(a.Points) != 1 {
			t.Fatalf("%s: got %d points, want 1", query, len(a.Points))
		}
		return deref(a.Points[0].Place), a.Rev.String()
	}
	load(7, "2020-05-19")
	got, rev := place("")
	if got != 7 {
		t.Fatalf("first load: place %d, want 7", got)
	}
	load(5, "2020-06-30")
	if got, _ := place(""); got != 5 {
		t.Errorf("after the correction: place %d, want 5", got)
	}
	if got, _ := place("&rev=" + rev); got != 7 {
		t.Errorf("rev=%s: place %d, want the old 7", rev, got)
	}
	if got, _ := place("&as_of=2020-05-31"); got != 7 {
		t.Errorf("as_of before the correction: place %d, want the old 7", got)
	}
}

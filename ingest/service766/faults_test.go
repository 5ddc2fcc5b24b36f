package service766

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"chiso/ingest/service766/portaltest"
	"chiso/reform"
)

const rejected = `<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.</body></html>`

func status(code int, body string) func(http.ResponseWriter, *http.Request, int) bool {
	return func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
		return true
	}
}

// until lets the first n requests meet a fault.
func until(n int, fault func(http.ResponseWriter, *http.Request, int) bool) func(http.ResponseWriter, *http.Request, int) bool {
	return func(w http.ResponseWriter, r *http.Request, at int) bool {
		return at <= n && fault(w, r, at)
	}
}

func half(w http.ResponseWriter, _ *http.Request, _ int) bool {
	w.Header().Set("Content-Length", "5000")
	_, _ = w.Write([]byte(`[{"ID":"401621","TEN":"UBND tỉnh Bắc Ninh","MA_COQUAN":"H05","LOAI_`))
	return true
}

// halfChunked ends an answer cleanly in the middle of its text.
func halfChunked(w http.ResponseWriter, _ *http.Request, _ int) bool {
	_, _ = w.Write([]byte(`[{"ID":"401621","TEN":"UBND tỉnh Bắc Ninh","MA_COQUAN":"H05","LOAI_`))
	return true
}

func slow(w http.ResponseWriter, r *http.Request, _ int) bool {
	select {
	case <-r.Context().Done():
	case <-time.After(3 * time.Second):
	}
	return true
}

// Faults that pass are got over; those that stay lose the batch and nothing else.
func TestFaultsOfTheLine(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	for _, tt := range []struct {
		name     string
		before   func(http.ResponseWriter, *http.Request, int) bool
		requests int
		facts    int
		problems string // codes
		kind     error
	}{
		{"two 503", until(2, status(503, "busy")), 3, 238, "", nil},
		{"two 500 with HTML", until(2, status(500, "<html>error</html>")), 3, 238, "", nil},
		{"429", until(1, status(429, "")), 2, 238, "", nil},
		{"half a body", until(2, half), 3, 238, "", nil},
		{"half a body, ended cleanly", until(2, halfChunked), 3, 238, "", nil},
		{"HTML instead of JSON", until(1, status(200, "<!DOCTYPE html><html>bảo trì</html>")), 2, 238, "", nil},
		{"slow", until(1, slow), 2, 238, "", nil},
		{"503 for good", status(503, "busy"), 4, 0, "not-answered", reform.ErrUnavailable},
		{"half a body for good", half, 4, 0, "not-answered", reform.ErrUnavailable},
		{"HTML for good", status(200, "<html>bảo trì</html>"), 4, 0, "not-answered", reform.ErrUnavailable},
		{"404", status(404, "<html>not found</html>"), 1, 0, "not-answered", reform.ErrUnavailable},
		{"302 to a login", func(w http.ResponseWriter, r *http.Request, _ int) bool {
			http.Redirect(w, r, "/login", http.StatusFound)
			return true
		}, 1, 0, "not-answered", reform.ErrUnavailable},
		{"403", status(403, "no"), 1, 0, "not-answered poll-stopped", reform.ErrDenied},
		{"Request Rejected with 200", status(200, rejected), 1, 0, "not-answered poll-stopped", reform.ErrDenied},
		{"429 with a long wait", func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
			return true
		}, 1, 0, "not-answered poll-stopped", reform.ErrDenied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			portal := &portaltest.Portal{Units: only(units), Before: tt.before}
			cfg := config(Portal2022, serve(t, portal), "2025")
			cfg.Timeout = 500 * time.Millisecond
			s, c, err := poll(t, cfg, october2025)
			if tt.kind == nil && err != nil || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want %v", err, tt.kind)
			}
			if got := portal.Requests(); got != tt.requests {
				t.Errorf("%d requests, want %d", got, tt.requests)
			}
			if got := s.codes(); got != tt.problems {
				t.Errorf("problems %q, want %q: %+v", got, tt.problems, s.problems)
			}
			if len(s.facts) != tt.facts {
				t.Errorf("%d facts, want %d", len(s.facts), tt.facts)
			}
			// Whatever came is in the document.
			if c.Answers != tt.requests {
				t.Errorf("%d answers kept, want %d", c.Answers, tt.requests)
			}
		})
	}
}

// A lost list costs no other list.
func TestOneEndpointIsLost(t *testing.T) {
	units := recorded(t, Portal2026, "2026", "2026-09-17")
	portal := &portaltest.Portal{Units: only(units), Before: func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if strings.HasSuffix(r.URL.Path, satisfaction) {
			http.Error(w, `{"code":"BAD_REQUEST"}`, http.StatusBadRequest)
			return true
		}
		return false
	}}
	s, c, err := poll(t, config(Portal2026, serve(t, portal), "2026"), september2026)
	if err != nil {
		t.Fatal(err)
	}
	if c.Failed != 1 || s.codes() != "not-answered" {
		t.Errorf("failed %d, problems %q", c.Failed, s.codes())
	}
	if s.find("vn34:82", "2026", "") == nil || s.find("vn34:82", "2026", "MDHL") == nil || s.find("vn34:82", "2026", "DOSSIER_SYNC") == nil {
		t.Error("totals, groups and the other criteria must be there")
	}
	if s.find("vn34:82", "2026", "DOSSIER_RECEIVING_SATISFACTION") != nil {
		t.Error("criteria of a list that never came")
	}
}

// Without the list of all groups each other list gives its own.
func TestGroupsWithoutTheSummary(t *testing.T) {
	units := recorded(t, Portal2026, "2026", "2026-09-17")
	cfg := config(Portal2026, serve(t, &portaltest.Portal{Units: only(units)}), "2026")
	cfg.Lists = []string{online, progress}
	s, _, err := poll(t, cfg, september2026)
	if err != nil {
		t.Fatal(err)
	}
	if f := s.find("vn34:82", "2026", "CLGQ"); f == nil || !f.Score.Equal(reform.Num("8.83")) || f.Place == 0 {
		t.Errorf("CLGQ of Đồng Tháp: %+v", f)
	}
	if f := s.find("vn34:82", "2026", ""); f != nil {
		t.Errorf("a total came from nowhere: %+v", f)
	}
}

// A portal that refused is left alone, until the breaker lets one request through again.
func TestBreaker(t *testing.T) {
	units := recorded(t, Portal2022, "2025", "2025-10-16")
	refuse := true
	portal := &portaltest.Portal{Units: only(units), Before: func(w http.ResponseWriter, r *http.Request, n int) bool {
		return refuse && status(200, rejected)(w, r, n)
	}}
	cfg := config(Portal2022, serve(t, portal), "2025-10", "2025")
	cfg.Cooldown = 200 * time.Millisecond
	p, err := New(cfg, Env{Now: func() time.Time { return october2025 }})
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Fetch(t.Context())
	mustKind(t, err, reform.ErrDenied)
	if !strings.Contains(errorText(err), "Request Rejected") || !strings.Contains(c.Stopped, "Request Rejected") {
		t.Errorf("error %q, stopped %q: want both to say what came", errorText(err), c.Stopped)
	}
	if !p.Open() || portal.Requests() != 1 {
		t.Errorf("open %t after %d requests, want open after 1", p.Open(), portal.Requests())
	}
	c, err = p.Fetch(t.Context())
	mustKind(t, err, reform.ErrDenied)
	if portal.Requests() != 1 || c.Bytes != nil {
		t.Errorf("%d requests while the breaker was open, want 1", portal.Requests())
	}
	refuse = false
	time.Sleep(250 * time.Millisecond)
	if c, err = p.Fetch(t.Context()); err != nil || c.Failed != 0 {
		t.Errorf("after the pause: %v, failed %d", err, c.Failed)
	}
}

// A portal that is down is not asked for everything, thrice and again.
func TestDeadPortal(t *testing.T) {
	portal := &portaltest.Portal{Before: status(502, "bad gateway")}
	cfg := config(Portal2026, serve(t, portal), "2026", "2026-Q3", "2026-09")
	cfg.Below = []string{"all"}
	cfg.Retries = 1
	_, c, err := poll(t, cfg, september2026)
	mustKind(t, err, reform.ErrUnavailable)
	if got, want := portal.Requests(), deadAfter*2; got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
	if c.Stopped == "" || c.Failed != c.Batches {
		t.Errorf("stopped %q, failed %d of %d", c.Stopped, c.Failed, c.Batches)
	}
}

func TestPoliteness(t *testing.T) {
	units := recorded(t, Portal2026, "2026", "2026-09-17")
	portal := &portaltest.Portal{Units: only(units), Before: until(1, func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})}
	cfg := config(Portal2026, serve(t, portal), "2026")
	cfg.NoPause, cfg.Pause, cfg.Jitter, cfg.Contact = false, 2*time.Second, time.Second, "mailto:cchc@example.gov.vn"
	c := &clock{now: september2026}
	_, err := Fetch(t.Context(), cfg, Env{Now: c.Now, Sleep: c.Sleep, Random: func(d time.Duration) time.Duration { return d / 2 }})
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{90 * time.Second}
	for range 6 {
		want = append(want, 2500*time.Millisecond)
	}
	if fmt.Sprint(c.slept) != fmt.Sprint(want) {
		t.Errorf("slept %v, want %v", c.slept, want)
	}
	if portal.Most != 1 {
		t.Errorf("%d requests at once, want 1", portal.Most)
	}
	for _, a := range portal.Agents {
		if a != cfg.Agent() || !strings.HasPrefix(a, "chiso ") || !strings.Contains(a, "cchc@example.gov.vn") {
			t.Errorf("agent %q", a)
		}
	}
}

func TestRequestsAsRecorded(t *testing.T) {
	cfg := Config{Portal: Portal2022}
	req, err := portal2022{}.request(&cfg, service2022, Ask{Period: reform.MustPeriod("2025")}, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	form, err := http.NewRequest(http.MethodPost, "/", strings.NewReader(req.body))
	if err != nil {
		t.Fatal(err)
	}
	form.Header.Set("Content-Type", req.contentType)
	want := `{"type":"ref","p_nam":"2025","p_6thang":0,"p_tinh_id":0,"pageIndex":1,"pageSize":100,"p_loaidonvi":1,"loaichitieu":0,"service":"report_tinh_766_service","p_quy":0,"p_thang":0}`
	if got := form.FormValue("params"); got != want {
		t.Errorf("params\n%s, want\n%s", got, want)
	}
	for _, tt := range []struct {
		list, period, root, want string
	}{
		{results, "2026", "", `{"timeType":"year","year":2026,"departmentType":"ADMINISTRATIVE_UNIT","currentPage":1,"pageSize":200}`},
		{transparency, "2026-Q3", "x", `{"timeType":"quarter","year":2026,"quarter":3,"rootDepartmentId":"x","currentPage":1,"pageSize":200}`},
		{online, "2026-09", "x", `{"timeType":"month","year":2026,"month":9,"rootDepartmentId":"x","currentPage":1,"pageSize":200}`},
		{satisfaction, "2026-Q3", "x", `{"fromDate":"2026-07-01","toDate":"2026-09-30","rootDepartmentId":"x","currentPage":1,"pageSize":200}`},
	} {
		ask := Ask{Period: reform.MustPeriod(tt.period)}
		if tt.root != "" {
			ask.Province, ask.ID = "H44", tt.root
		}
		req, err := portal2026{}.request(&Config{Portal: Portal2026}, tt.list, ask, 1, 200)
		if err != nil || req.body != tt.want {
			t.Errorf("%s %s: %v\n%s, want\n%s", tt.list, tt.period, err, req.body, tt.want)
		}
	}
	if _, err := (portal2026{}).request(&Config{}, results, Ask{Period: reform.MustPeriod("2026-H1")}, 1, 200); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("a half-year at the new portal: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	units := recorded(t, Portal2026, "2026", "2026-09-17")
	portal := &portaltest.Portal{Units: only(units), Before: func(_ http.ResponseWriter, _ *http.Request, n int) bool {
		if n == 3 {
			cancel()
		}
		return false
	}}
	p, err := New(config(Portal2026, serve(t, portal), "2026"), Env{Now: func() time.Time { return september2026 }})
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Fetch(ctx)
	mustKind(t, err, context.Canceled)
	if p.Open() {
		t.Error("who ends a poll says nothing about the portal, but the breaker is open")
	}
	s, _ := parseBytes(t, c.Bytes, nil)
	if s.find("vn34:82", "2026", "") == nil {
		t.Errorf("the list that had come whole is lost: %s", firstProblem(s))
	}
}

// gates: each changes a good answer, and says which problem must refuse it.
func TestGates(t *testing.T) {
	old := recorded(t, Portal2022, "2025", "2025-10-16")
	fresh := recorded(t, Portal2026, "2026", "2026-09-17")
	with := func(units []portaltest.Unit, i int, change func(*portaltest.Unit)) []portaltest.Unit {
		out := append([]portaltest.Unit(nil), units...)
		u := out[i]
		scores := map[string]string{}
		for k, v := range u.Scores {
			scores[k] = v
		}
		u.Scores = scores
		change(&u)
		out[i] = u
		return out
	}
	replace := func(from, to string) func(string, int, []byte) []byte {
		return func(_ string, _ int, b []byte) []byte { return bytes.Replace(b, []byte(from), []byte(to), 1) }
	}
	for _, tt := range []struct {
		name    string
		portal  Portal
		units   []portaltest.Unit
		rewrite func(string, int, []byte) []byte
		size    int
		stuck   bool
		want    string // first problem; "" taken
		warning string
	}{
		{name: "as recorded", portal: Portal2022, units: old},
		{name: "a missing province", portal: Portal2022, units: old[1:], want: "units-missing"},
		{name: "a province twice", portal: Portal2022, units: append(append([]portaltest.Unit(nil), old...), old[3]), want: "unit-twice"},
		{name: "one more, of another code", portal: Portal2022, units: append(append([]portaltest.Unit(nil), old...), portaltest.Unit{Code: "H39", Name: "UBND tỉnh Long An", Type: "1", Scores: old[0].Scores}), want: "unknown-code"},
		{name: "a page twice", portal: Portal2022, units: old, size: 17, stuck: true, want: "page-repeated"},
		{name: "a group over its maximum", portal: Portal2022, units: with(old, 4, func(u *portaltest.Unit) { u.Scores["TTTT"] = "10.01" }), want: "over-maximum"},
		{name: "a group below zero", portal: Portal2022, units: with(old, 4, func(u *portaltest.Unit) { u.Scores["TTTT"] = "-0.01" }), want: "over-maximum"},
		{name: "groups off by 0.03", portal: Portal2022, units: with(old, 0, func(u *portaltest.Unit) { u.Scores["TONG"] = "91.67" }), want: "sum-differs"},
		{name: "groups off by 0.02", portal: Portal2022, units: with(old, 0, func(u *portaltest.Unit) { u.Scores["TONG"] = "91.68" })},
		{name: "numbers with comma", portal: Portal2022, units: with(old, 0, func(u *portaltest.Unit) { u.Scores["TONG"], u.Scores["TDGQ"] = "91,70", "19,05" })},
		{name: "a word for a number", portal: Portal2022, units: with(old, 0, func(u *portaltest.Unit) { u.Scores["TONG"] = "n/a" }), want: "bad-number"},
		{name: "two signs", portal: Portal2022, units: with(old, 0, func(u *portaltest.Unit) { u.Scores["TONG"] = "1.091,70" }), want: "bad-number"},
		{name: "numbers instead of strings", portal: Portal2022, units: old, rewrite: replace(`"TONG_SCORE":"91.7"`, `"TONG_SCORE":91.7`), warning: "type-changed"},
		{name: "an object for a number", portal: Portal2022, units: old, rewrite: replace(`"TONG_SCORE":"91.7"`, `"TONG_SCORE":{"v":91.7}`), want: "bad-number"},
		{name: "a field gone", portal: Portal2022, units: old, rewrite: func(_ string, _ int, b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"TONG_SCORE"`), []byte(`"DIEM"`))
		}, want: "missing-field"},
		{name: "another year", portal: Portal2022, units: old, rewrite: replace(`[{`, `[{"NAM":"2024",`), want: "other-period"},
		{name: "the year it is", portal: Portal2022, units: old, rewrite: replace(`[{`, `[{"NAM":"2025",`)},
		{name: "a department among provinces", portal: Portal2022, units: with(old, 2, func(u *portaltest.Unit) { u.Type = "2" }), want: "other-unit"},
		{name: "an unknown kind of unit", portal: Portal2022, units: with(old, 2, func(u *portaltest.Unit) { u.Type = "7" }), want: "unknown-type"},
		{name: "a code with another name", portal: Portal2022, units: with(old, 2, func(u *portaltest.Unit) { u.Name = "UBND tỉnh Cao Bằng" }), want: "code-against-name"},
		{name: "a new name", portal: Portal2022, units: with(old, 0, func(u *portaltest.Unit) { u.Name = "UBND thành phố Kinh Bắc" })},
		{name: "no unit at all", portal: Portal2022, units: nil, want: "units-missing"},
		{name: "new portal: as recorded", portal: Portal2026, units: fresh},
		{name: "new portal: strings", portal: Portal2026, units: fresh, rewrite: replace(`"totalScore":68.32`, `"totalScore":"68,32"`), warning: "type-changed"},
		{name: "new portal: groups off", portal: Portal2026, units: with(fresh, 0, func(u *portaltest.Unit) { u.Scores["TONG"] = "60" }), want: "sum-differs"},
		{name: "new portal: another year", portal: Portal2026, units: fresh, rewrite: replace(`"data":{`, `"data":{"year":2025,`), want: "other-period"},
		{name: "new portal: another layout", portal: Portal2026, units: fresh, rewrite: replace(`"evaluation"`, `"items"`), want: "not-answered"},
		{name: "new portal: an error in the envelope", portal: Portal2026, units: fresh, rewrite: replace(`"code":"OK"`, `"code":"E500"`), want: "not-answered"},
		{name: "new portal: more units than pages", portal: Portal2026, units: fresh, rewrite: replace(`"data":{`, `"data":{"pagination":{"total":63,"totalPages":1},`), want: "page-missing"},
		{name: "new portal: another page", portal: Portal2026, units: fresh, rewrite: replace(`"data":{`, `"data":{"pagination":{"currentPage":2,"totalPages":1},`), want: "other-page"},
		{name: "new portal: a seventh group", portal: Portal2026, units: fresh, rewrite: replace(`"groupScores":{`, `"groupScores":{"XNEW":1,`), warning: "unknown-group"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			period, now := "2025", october2025
			if tt.portal == Portal2026 {
				period, now = "2026", september2026
			}
			portal := &portaltest.Portal{Units: only(tt.units), Rewrite: tt.rewrite, IgnorePages: tt.stuck}
			cfg := config(tt.portal, serve(t, portal), period)
			cfg.PageSize, cfg.Retries = tt.size, -1
			if tt.portal == Portal2026 {
				cfg.Lists = []string{results}
			}
			s, _, _ := poll(t, cfg, now) // whether the poll itself saw it is another test's
			first, warned := "", ""
			if len(s.problems) > 0 {
				first = s.problems[0].Code
			}
			for _, w := range s.warnings {
				warned = w.Code
			}
			if first != tt.want {
				t.Errorf("problem %q, want %q: %s", first, tt.want, firstProblem(s))
			}
			if warned != tt.warning {
				t.Errorf("warning %q, want %q", warned, tt.warning)
			}
			if want := 238; tt.want == "" && len(s.facts) != want || tt.want != "" && len(s.facts) != 0 {
				t.Errorf("%d facts: a batch is taken whole or not at all", len(s.facts))
			}
			for _, p := range s.problems {
				if p.Reason == "" || p.ReasonVI == "" || strings.Contains(p.Reason+p.ReasonVI, "%!") {
					t.Errorf("problem %+v has no good sentence", p)
				}
			}
		})
	}
}

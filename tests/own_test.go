package tests

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var csrfToken = regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`)

// TestOwnData enters a goal and a note through the pages, as a person without script does, and sees both in
// the picture, its numbers and its pinned link.
func TestOwnData(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "data"))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	send := func(page string, fields url.Values) string {
		t.Helper()
		resp, err := browser.Get(s.URL + page)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		m := csrfToken.FindSubmatch(body)
		if err != nil || m == nil {
			t.Fatalf("%s: no form: %v %.400s", page, err, body)
		}
		fields.Set("csrf", string(m[1]))
		fields.Set("author", "Nguyễn Văn A")
		path, _, _ := strings.Cut(page, "?")
		if strings.HasPrefix(page, "/owners/") {
			path = page
		}
		r, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(fields.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", s.URL)
		resp, err = browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d, %v: %.600s", page, resp.StatusCode, err, body)
		}
		return string(body)
	}
	const picture = "/figures/rank-history.svg?index=par&unit=vn63:80"
	_, before := s.get(t, picture)
	var rev struct {
		Rev uint64 `json:"rev"`
	}
	s.json(t, "/api/v1/rank-history?index=par&unit=vn63:80", &rev)
	pinned := "&rev=" + jsonNumber(rev.Rev)

	shown := send("/goals?unit=vn63:80", url.Values{"unit": {"vn63:80"}, "index": {"par"}, "year": {"2019"}, "place": {"10"}})
	if !strings.Contains(shown, "Đạt") || !strings.Contains(shown, "Top 10") {
		t.Errorf("the page does not say that 5/63 reaches the top 10: %.300s", shown[strings.Index(shown, "<main"):])
	}
	shown = send("/annotations", url.Values{"date": {"2016-03-15"}, "index": {"par"}, "unit": {"vn63:80"}, "text": {"Ban hành kế hoạch </script>"}})
	if !strings.Contains(shown, "Ban hành kế hoạch &lt;/script&gt;") {
		t.Error("the note is not on its page")
	}
	shown = send("/owners/s766?unit=vn63:80&basis=portal-2022", url.Values{"office.CLGQ": {"Sở Thông tin và Truyền thông"}, "was.CLGQ": {""}})
	if !strings.Contains(shown, `value="Sở Thông tin và Truyền thông"`) {
		t.Error("the office is not on its page")
	}

	_, now := s.get(t, picture)
	plain := strings.ReplaceAll(now, "\u00a0", " ")
	for _, want := range []string{"Mục tiêu: top 10", ">#1<", "Ban hành kế hoạch"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the drawing lacks %q", want)
		}
	}
	_, numbers := s.get(t, "/figures/rank-history.json?index=par&unit=vn63:80")
	for _, want := range []string{"năm 2019 top 10 (Nguyễn Văn A, ", "Ghi chú #1: 15/03/2016", `"key":"goal"`} {
		if !strings.Contains(numbers, want) {
			t.Errorf("the numbers lack %q", want)
		}
	}
	if _, then := s.get(t, picture+pinned); then != before {
		t.Error("the link pinned to the revision before shows another picture")
	}
	_, then := s.get(t, "/figures/rank-history.json?index=par&unit=vn63:80"+pinned)
	if strings.Contains(then, "top 10") || strings.Contains(then, "Ban hành") {
		t.Error("the numbers pinned to the revision before have what came later")
	}
	var own struct {
		Rev  uint64
		Rows []struct {
			Kind, Office, Author string
			Place                *int `json:"goal_place"`
		}
	}
	s.json(t, "/api/v1/targets?unit=vn63:80", &own)
	if len(own.Rows) != 1 || deref(own.Rows[0].Place) != 10 || own.Rows[0].Author != "Nguyễn Văn A" || own.Rev <= rev.Rev {
		t.Errorf("targets: got %+v, want one, at a later revision than %d", own, rev.Rev)
	}
	s.json(t, "/api/v1/owners?index=s766", &own)
	if len(own.Rows) != 1 || own.Rows[0].Office != "Sở Thông tin và Truyền thông" {
		t.Errorf("owners: got %+v", own.Rows)
	}
	// A load after it is a later revision than the entries are.
	var after struct {
		Rev uint64 `json:"rev"`
	}
	s.json(t, "/api/v1/rank-history?index=par&unit=vn63:80", &after)
	if after.Rev != own.Rev {
		t.Errorf("revisions of two answers: got %d and %d, want one", after.Rev, own.Rev)
	}
}

func jsonNumber(n uint64) string {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // a number is always JSON
	}
	return string(b)
}

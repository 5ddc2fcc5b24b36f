package dashboard

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"chiso/reform"
)

const own = "http://127.0.0.1:8080"

// visit opens the page of the form as a browser does and returns its token and cookie.
func (f *fixture) visit(t *testing.T, header ...string) (token, cookie string) {
	t.Helper()
	res, body := f.get(t, "/load", header...)
	if res.StatusCode != 200 {
		t.Fatalf("GET /load: %d %s", res.StatusCode, clip(body, 300))
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if c.Name == csrfCookie {
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
				t.Errorf("cookie: HttpOnly %v, SameSite %v", c.HttpOnly, c.SameSite)
			}
			cookie = c.Name + "=" + c.Value
		}
	}
	return d.Find(`form[action="/load"] input[name=csrf]`).AttrOr("value", ""), cookie
}

type part struct{ name, file, content string }

func upload(t *testing.T, path string, parts ...part) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		var out io.Writer
		var err error
		if p.file != "" {
			out, err = w.CreateFormFile(p.name, p.file)
		} else {
			out, err = w.CreateFormField(p.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Origin", own)
	return r
}

func (f *fixture) send(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	res := f.do(t, r)
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestLoad(t *testing.T) {
	f := newFixture(t)
	token, cookie := f.visit(t)
	r := upload(t, "/load", part{name: "csrf", content: token}, part{name: "file", file: `..\..\Số liệu <b>.csv`, content: "a,b\n1,2\n"})
	r.Header.Set("Cookie", cookie)
	status, body := f.send(t, r)
	if status != 200 || len(f.loader.content) != 1 || f.loader.content[0] != "a,b\n1,2\n" || strings.Contains(body, "<b>.csv") {
		t.Fatalf("dry run: got %d, %q: %s", status, f.loader.content, clip(body, 300))
	}
	if len(f.loader.loaded) != 0 {
		t.Fatal("the dry run loaded something")
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	form := d.Find(`form[action="/load/commit"]`)
	values := url.Values{"csrf": {form.Find("[name=csrf]").AttrOr("value", "")}, "staged": {form.Find("[name=staged]").AttrOr("value", "")}}
	commit := func(v url.Values, cookie string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/load/commit", strings.NewReader(v.Encode()))
		r.Host = "127.0.0.1:8080"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", own)
		r.Header.Set("Cookie", cookie)
		return f.send(t, r)
	}
	if status, _ := commit(url.Values{"csrf": {"0000"}, "staged": values["staged"]}, cookie); status != 403 {
		t.Errorf("wrong token: got %d, want 403", status)
	}
	status, body = commit(values, cookie)
	if status != 200 || len(f.loader.loaded) != 1 || f.loader.aside[0] || !strings.Contains(body, "Đã nạp 3 số liệu") {
		t.Errorf("load: got %d, %v: %s", status, f.loader.loaded, clip(body, 300))
	}
	if status, _ := commit(values, cookie); status != 409 {
		t.Errorf("the same again: got %d, want 409", status)
	}
	left, err := filepath.Glob(filepath.Join(f.stage.dir, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestLoadRefused(t *testing.T) {
	f := newFixture(t)
	f.loader.report.Problems = []reform.Problem{{Code: "unknown-unit", Locator: "S1!A3", Text: "<img src=x onerror=alert(1)>", Reason: "no such province", ReasonVI: "không có tỉnh này"}}
	token, cookie := f.visit(t)
	r := upload(t, "/load", part{name: "csrf", content: token}, part{name: "file", file: "a.csv", content: "x"})
	r.Header.Set("Cookie", cookie)
	status, body := f.send(t, r)
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if status != 422 || !strings.Contains(body, "không có tỉnh này") || d.Find("img").Length() != 0 {
		t.Fatalf("got %d: %s", status, clip(body, 400))
	}
	form := d.Find(`form[action="/load/commit"]`)
	if form.Find("[name=set_aside][required]").Length() != 1 {
		t.Fatal("rows are set aside only knowingly: the box to tick is missing")
	}
	v := url.Values{"csrf": {token}, "staged": {form.Find("[name=staged]").AttrOr("value", "")}, "set_aside": {"1"}}
	r = httptest.NewRequest(http.MethodPost, "/load/commit", strings.NewReader(v.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", own)
	r.Header.Set("Cookie", cookie)
	if status, _ := f.send(t, r); status != 200 || len(f.loader.aside) != 1 || !f.loader.aside[0] {
		t.Errorf("set aside: got %d %v", status, f.loader.aside)
	}
}

func TestWritingIsGuarded(t *testing.T) {
	f := newFixture(t)
	token, cookie := f.visit(t)
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		status int
	}{
		{"as it should be", func(*http.Request) {}, 200},
		{"another origin", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, 403},
		{"a null origin", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"another port", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9999") }, 403},
		{"no origin", func(r *http.Request) { r.Header.Del("Origin") }, 403},
		{"a referer instead", func(r *http.Request) { r.Header.Del("Origin"); r.Header.Set("Referer", own+"/load") }, 200},
		{"cross-site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"rebound name", func(r *http.Request) {
			r.Host = "evil.example:8080"
			r.Header.Set("Origin", "http://evil.example:8080")
		}, 403},
		{"another port of ours", func(r *http.Request) { r.Host = "127.0.0.1:9999"; r.Header.Set("Origin", "http://127.0.0.1:9999") }, 403},
		{"localhost", func(r *http.Request) { r.Host = "localhost:8080"; r.Header.Set("Origin", "http://localhost:8080") }, 200},
		{"no cookie", func(r *http.Request) { r.Header.Del("Cookie") }, 403},
		{"another cookie", func(r *http.Request) { r.Header.Set("Cookie", csrfCookie+"="+strings.Repeat("a", 43)) }, 403},
		{"forwarded", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") }, 403},
		{"forwarded, new form", func(r *http.Request) { r.Header.Set("Forwarded", "for=10.0.0.1") }, 403},
		{"via", func(r *http.Request) { r.Header.Set("Via", "1.1 proxy") }, 403},
		{"token of nobody", func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+strings.Repeat("x", 20))
			r.Header.Set("X-Real-Ip", "10.0.0.1")
		}, 403},
	} {
		r := upload(t, "/load", part{name: "csrf", content: token}, part{name: "file", file: "a.csv", content: "x"})
		r.Header.Set("Cookie", cookie)
		tt.change(r)
		before := len(f.loader.content)
		status, body := f.send(t, r)
		if status != tt.status {
			t.Errorf("%s: got %d, want %d: %s", tt.name, status, tt.status, clip(body, 200))
		}
		if tt.status != 200 && len(f.loader.content) != before {
			t.Errorf("%s: the file was read all the same", tt.name)
		}
	}
	// The token stands behind the file: a stranger's bytes are not even written down.
	r := upload(t, "/load", part{name: "file", file: "a.csv", content: "x"}, part{name: "csrf", content: token})
	r.Header.Set("Cookie", cookie)
	if status, _ := f.send(t, r); status != 403 {
		t.Errorf("token behind the file: got %d, want 403", status)
	}
	for _, path := range []string{"/load", "/load/template?index=par&period=2024"} {
		res, _ := f.get(t, path, "X-Forwarded-For", "10.0.0.1")
		if res.StatusCode != 403 {
			t.Errorf("%s through a proxy: got %d, want 403", path, res.StatusCode)
		}
	}
}

func TestUploadLimits(t *testing.T) {
	f := newFixture(t)
	token, cookie := f.visit(t)
	for _, tt := range []struct {
		name   string
		parts  []part
		status int
	}{
		{"too large", []part{{"csrf", "", token}, {"file", "a.csv", strings.Repeat("x", 1<<20+1)}}, 413},
		{"at the limit", []part{{"csrf", "", token}, {"file", "a.csv", strings.Repeat("x", 1<<20)}}, 200},
		{"empty", []part{{"csrf", "", token}, {"file", "a.csv", ""}}, 400},
		{"no file", []part{{"csrf", "", token}}, 400},
		{"two files", []part{{"csrf", "", token}, {"file", "a.csv", "x"}, {"file", "b.csv", "x"}}, 400},
		{"unknown index", []part{{"csrf", "", token}, {"index", "", "nosuch"}, {"file", "a.csv", "x"}}, 404},
	} {
		r := upload(t, "/load", tt.parts...)
		r.Header.Set("Cookie", cookie)
		if status, body := f.send(t, r); status != tt.status {
			t.Errorf("%s: got %d, want %d: %s", tt.name, status, tt.status, clip(body, 200))
		}
	}
	left, err := os.ReadDir(f.stage.dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %d files, want the one that waits for its load (%v)", len(left), err)
	}
	f.now = f.now.Add(stagedStay + time.Minute)
	if _, err := f.stage.put(Upload{Path: filepath.Join(f.stage.dir, "none")}); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(f.stage.dir); len(left) != 0 {
		t.Errorf("after half an hour: %d files, want none", len(left))
	}
}

func TestOperator(t *testing.T) {
	const token = "operator-token-of-this-test"
	f := newFixture(t, func(o *Options) { o.Listen, o.OperatorToken = "0.0.0.0:8080", token })
	res, _ := f.get(t, "/load")
	if res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), "/login") {
		t.Errorf("without a login: got %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := f.get(t, "/load", "Authorization", "Bearer "+token); res.StatusCode != 200 {
		t.Errorf("with the token: got %d, want 200", res.StatusCode)
	}
	// A program with the token needs no form.
	r := upload(t, "/load", part{name: "file", file: "a.csv", content: "x"})
	r.Header.Del("Origin")
	r.Header.Set("Authorization", "Bearer "+token)
	if status, body := f.send(t, r); status != 200 {
		t.Errorf("upload with the token: got %d: %s", status, clip(body, 200))
	}
	login := func(tok, csrf, cookie string) *http.Response {
		r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(url.Values{"csrf": {csrf}, "token": {tok}, "next": {"//evil.example"}}.Encode()))
		r.Host = "chiso.example"
		r.Header.Set("Origin", "http://chiso.example")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		return f.do(t, r)
	}
	page, body := f.get(t, "/login")
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	csrf, cookie := d.Find("[name=csrf]").AttrOr("value", ""), page.Cookies()[0].Name+"="+page.Cookies()[0].Value
	if res := login("wrong", csrf, cookie); res.StatusCode != 403 {
		t.Errorf("wrong token: got %d, want 403", res.StatusCode)
	}
	if res := login(token, "0", cookie); res.StatusCode != 403 {
		t.Errorf("without the form's token: got %d, want 403", res.StatusCode)
	}
	in := login(token, csrf, cookie)
	if in.StatusCode != 303 || in.Header.Get("Location") != "/load" {
		t.Fatalf("login: got %d to %q", in.StatusCode, in.Header.Get("Location"))
	}
	session := ""
	for _, c := range in.Cookies() {
		if c.Name == operatorCookie {
			session = c.Name + "=" + c.Value
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
				t.Errorf("session cookie: %+v", c)
			}
		}
	}
	if res, _ := f.get(t, "/load", "Cookie", session, "X-Forwarded-For", "10.0.0.1"); res.StatusCode != 200 {
		t.Errorf("logged in: got %d, want 200", res.StatusCode)
	}
	if res, _ := f.get(t, "/load", "Cookie", session+"0"); res.StatusCode == 200 {
		t.Error("a forged session is taken")
	}
	f.now = f.now.Add(operatorStay + time.Minute)
	if res, _ := f.get(t, "/load", "Cookie", session); res.StatusCode == 200 {
		t.Error("the session does not end")
	}
	f.now = testNow
	for range 12 {
		res = login("guess", csrf, cookie)
	}
	if res.StatusCode != 429 {
		t.Errorf("after many guesses: got %d, want 429", res.StatusCode)
	}
	if _, err := New(Options{Reader: f.reader, Catalog: reform.Default(), Renderer: f.opt.Renderer, Logger: f.Server.log, OperatorToken: "short"}); err == nil {
		t.Error("a short token is taken")
	}
}

// Beyond loopback without a token nothing can be written.
func TestBeyondLoopback(t *testing.T) {
	f := newFixture(t, func(o *Options) { o.Listen = "0.0.0.0:8080" })
	if res, _ := f.get(t, "/load"); res.StatusCode != 403 {
		t.Errorf("got %d, want 403", res.StatusCode)
	}
	if res, _ := f.get(t, "/login"); res.StatusCode != 404 {
		t.Errorf("login: got %d, want 404", res.StatusCode)
	}
}

// A body that nobody read must not be taken for the next request on the connection.
func TestUnreadBody(t *testing.T) {
	f := newFixture(t)
	base := f.listen(t)
	smuggled := "GET /api/v1/indices HTTP/1.1\r\nHost: x\r\n\r\n"
	res, err := http.Post(base+"/api/v1/units", "text/plain", strings.NewReader(strings.Repeat(smuggled, 400)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != 405 || !res.Close {
		t.Errorf("got %d, Close %v; want 405 and the connection's end", res.StatusCode, res.Close)
	}
}

package deliver

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mailbox is a mail server of this machine that does what a test wants.
type mailbox struct {
	mu    sync.Mutex
	got   []string
	port  int
	calls atomic.Int64
}

// listen takes mails; answer gives what is said to the n-th one's words, "" to take it, "hang" to say nothing,
// "lost" to take it without a word.
func listen(t *testing.T, answer func(n int64) string) *mailbox {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	m := &mailbox{port: ln.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go m.serve(c, answer)
		}
	}()
	return m
}

func (m *mailbox) serve(c net.Conn, answer func(int64) string) {
	defer c.Close() //nolint:errcheck // the peer is done
	r, w := textproto.NewReader(bufio.NewReader(c)), textproto.NewWriter(bufio.NewWriter(c))
	say := func(line string) { _ = w.PrintfLine("%s", line) }
	say("220 test ESMTP")
	for {
		line, err := r.ReadLine()
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); verb {
		case "EHLO":
			say("250-test")
			say("250 8BITMIME")
		case "DATA":
			n := m.calls.Add(1)
			what := answer(n)
			if what == "hang" {
				time.Sleep(3 * time.Second)
				return
			}
			if what != "" && what != "lost" {
				say(what)
				continue
			}
			say("354 go on")
			b, err := io.ReadAll(r.DotReader())
			if err != nil {
				return
			}
			m.mu.Lock()
			m.got = append(m.got, string(b))
			m.mu.Unlock()
			if what == "lost" {
				return
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func testCourier(smtp SMTP) *Courier {
	smtp.Password = func() (string, error) { return "", nil }
	return &Courier{
		SMTP: smtp, Version: "test", Location: time.FixedZone("+07", 7*3600), Log: slog.New(slog.DiscardHandler),
		Now:   func() time.Time { return time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC) },
		Waits: []time.Duration{time.Millisecond, time.Millisecond}, Single: 500 * time.Millisecond,
	}
}

func parcel() *Parcel {
	return &Parcel{Report: "weekly", Name: "bao-cao-long-an.pdf", Title: "Các chỉ số cải cách của Long An", Lang: "vi", Rev: 7, Type: "application/pdf",
		Summary: []string{"Năm 2019 tỉnh Long An xếp hạng 5/63."}, Left: []string{"Điểm mất SIPAS"}, Body: []byte("%PDF-1.7 report")}
}

// A file is named by subject and day, appears whole, and never takes the place of another.
func TestExportToFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	c := testCourier(SMTP{})
	for i := range 4 {
		p := parcel()
		if i >= 2 {
			p.Body = append(p.Body, "more"...)
		}
		if _, err := c.Send(t.Context(), p, To{Folder: dir}); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name()+"="+string(b))
	}
	// The clock says the 26th already in Viet Nam.
	want := []string{"bao-cao-long-an-2026-11-26-2.pdf=%PDF-1.7 reportmore", "bao-cao-long-an-2026-11-26.pdf=%PDF-1.7 report"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestExportToWebhook(t *testing.T) {
	token := func() (string, error) { return "secret-word", nil }
	for name, tt := range map[string]struct {
		answers []int // 0 hangs
		calls   int64
		want    string // in the error
	}{
		"taken":             {[]int{204}, 1, ""},
		"taken later":       {[]int{500, 503, 200}, 3, ""},
		"never":             {[]int{500, 500, 500, 200}, 3, "it answered 500"},
		"refused":           {[]int{403, 200}, 1, "it answered 403"},
		"sent on elsewhere": {[]int{302, 200}, 1, "it answered 302"},
		"hangs":             {[]int{0, 0, 0, 200}, 3, "no answer"},
		"hangs once":        {[]int{0, 200}, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			var keys sync.Map
			release := make(chan struct{})
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n := calls.Add(1)
				keys.Store(r.Header.Get("Idempotency-Key"), true)
				if got := r.Header.Get("Authorization"); got != "Bearer secret-word" {
					t.Errorf("authorization: %q", got)
				}
				checkParts(t, r)
				code := tt.answers[min(int(n), len(tt.answers))-1]
				if code == 0 {
					<-release
					return
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(code)
			}))
			defer srv.Close()
			defer close(release)
			_, err := testCourier(SMTP{}).Send(t.Context(), parcel(), To{Webhook: srv.URL + "/hook?key=hidden", Token: token})
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "hidden") {
				t.Errorf("the error tells the key: %v", err)
			}
			if calls.Load() != tt.calls {
				t.Errorf("%d calls, want %d", calls.Load(), tt.calls)
			}
			n := 0
			keys.Range(func(_, _ any) bool { n++; return true })
			if n != 1 {
				t.Errorf("%d keys for one report", n)
			}
		})
	}
}

func checkParts(t *testing.T, r *http.Request) {
	t.Helper()
	mr, err := r.MultipartReader()
	if err != nil {
		t.Error(err)
		return
	}
	got := map[string]string{}
	for {
		var p *multipart.Part
		if p, err = mr.NextPart(); err != nil {
			break
		}
		b, _ := io.ReadAll(p)
		got[p.FormName()+p.FileName()] = string(b)
	}
	var s webhookSummary
	if err := json.Unmarshal([]byte(got["summary"]), &s); err != nil || s.Export != "weekly" || s.Size != 15 || len(s.Summary) != 1 || s.Rev != 7 {
		t.Errorf("summary: %v, %s", err, got["summary"])
	}
	if got["filebao-cao-long-an.pdf"] != "%PDF-1.7 report" {
		t.Errorf("parts: %q", got)
	}
}

func TestExportByMail(t *testing.T) {
	for name, tt := range map[string]struct {
		answer func(n int64) string
		calls  int64
		want   string
	}{
		"taken":       {func(int64) string { return "" }, 1, ""},
		"taken later": {func(n int64) string { return map[bool]string{true: "451 4.3.0 later, please"}[n == 1] }, 2, ""},
		"never":       {func(int64) string { return "451 4.3.0 later, please" }, 3, "451"},
		"refused":     {func(int64) string { return "554 5.7.1 no" }, 1, "554"},
		"hangs":       {func(int64) string { return "hang" }, 3, "mail"},
	} {
		t.Run(name, func(t *testing.T) {
			m := listen(t, tt.answer)
			c := testCourier(SMTP{Host: "127.0.0.1", Port: m.port, From: "chiso@example.vn", TLS: "none"})
			done, err := c.Send(t.Context(), parcel(), To{Mail: []string{"a@example.vn", "b@example.vn"}})
			said := strings.Join(done, "; ")
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if m.calls.Load() != tt.calls {
				t.Errorf("%d calls, want %d", m.calls.Load(), tt.calls)
			}
			if err != nil {
				return
			}
			if !strings.Contains(said, "mail (2)") || strings.Contains(said, "@") {
				t.Errorf("said: %s", said)
			}
			mail := m.got[0]
			for _, want := range []string{"=?UTF-8?q?C=C3=A1c_ch", "bao-cao-long-an.pdf", "application/pdf", "JVBERi0xLjcgcmVwb3J0", "5/63"} {
				if !strings.Contains(mail, want) {
					t.Errorf("the mail lacks %q:\n%s", want, mail)
				}
			}
		})
	}
}

// A mail that is sent again because the answer was lost has the name of the first one, so that a reader's program shows
// one; the report of another day, or another report, has its own. The name ends in the sender's domain.
func TestMailKeepsItsName(t *testing.T) {
	m := listen(t, func(n int64) string { return map[bool]string{true: "lost"}[n <= 2] })
	send := func(from string, change func(*Courier, *Parcel)) {
		c, p := testCourier(SMTP{Host: "127.0.0.1", Port: m.port, From: from, TLS: "none"}), parcel()
		change(c, p)
		if _, err := c.Send(t.Context(), p, To{Mail: []string{"a@example.vn"}}); err != nil {
			t.Fatal(err)
		}
	}
	const from = `"Sở Nội vụ @ Long An" <chiso@longan.example.vn>`
	midnight := time.Date(2026, 11, 25, 16, 59, 59, 0, time.UTC)
	send(from, func(c *Courier, _ *Parcel) { // three attempts, over midnight
		c.Now = func() time.Time { midnight = midnight.Add(time.Second); return midnight.Add(-time.Second) }
	})
	send(from, func(*Courier, *Parcel) {})
	send(from, func(_ *Courier, p *Parcel) { p.Report = "monthly" })
	send(from, func(_ *Courier, p *Parcel) { p.Body = append(p.Body, "more"...) })
	send("chiso@other.example.vn", func(*Courier, *Parcel) {})
	var ids []string
	for _, mail := range m.got {
		_, id, _ := strings.Cut(mail, "Message-ID: ")
		id, _, _ = strings.Cut(id, "\n")
		ids = append(ids, strings.TrimSpace(id))
	}
	if len(ids) != 7 {
		t.Fatalf("%d mails, want 7: %q", len(ids), ids)
	}
	if ids[0] != ids[1] || ids[1] != ids[2] {
		t.Errorf("one mail has the names %q", ids[:3])
	}
	if kinds := slices.Compact(slices.Sorted(slices.Values(ids))); len(kinds) != 5 {
		t.Errorf("%d names, want 5: %q", len(kinds), ids)
	}
	for i, id := range ids {
		if domain := map[bool]string{true: "@other.example.vn>", false: "@longan.example.vn>"}[i == 6]; !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, domain) || strings.Count(id, "@") != 1 {
			t.Errorf("%q: want it to end in %s", id, domain)
		}
	}
}

// One target that fails does not keep the report from the others, and the message says which got it.
func TestExportPartly(t *testing.T) {
	dir := t.TempDir()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://127.0.0.1:" + strconv.Itoa(ln.Addr().(*net.TCPAddr).Port) + "/"
	_ = ln.Close()
	to := To{Folder: dir, Webhook: dead, Token: func() (string, error) { return "", nil }}
	_, err = testCourier(SMTP{}).Send(t.Context(), parcel(), to)
	if err == nil || !strings.Contains(err.Error(), "webhook") || !strings.Contains(err.Error(), "sent to bao-cao-long-an-2026-11-26.pdf") {
		t.Errorf("got %v", err)
	}
	if got := to.Names(); got != "folder, webhook" {
		t.Errorf("names: got %q", got)
	}
}

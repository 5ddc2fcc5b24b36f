package ingest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
)

func TestLoadFromAnAddress(t *testing.T) {
	text := note("u=vn63:80 p=2019 s=68.82")
	mux := http.NewServeMux()
	var agent string
	mux.HandleFunc("/files/pci.note", func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		w.Write([]byte(text))
	})
	mux.HandleFunc("/named", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="..\..\PCI 2019.note"`)
		w.Write([]byte(text))
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/files/pci.note", http.StatusFound)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/busy", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/secret", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		w.Write([]byte(text))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()

	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}, Client: defaultClient}
	for path, name := range map[string]string{"/files/pci.note": "pci.note", "/named": "PCI 2019.note", "/moved": "pci.note"} {
		r, err := l.Load(t.Context(), Job{URL: srv.URL + path, DryRun: true})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if r.Document.FileName != name || r.Facts != 1 || r.Document.URL != srv.URL+path {
			t.Errorf("%s: got %d facts of %s from %s, want 1 of %s", path, r.Facts, r.Document.FileName, r.Document.URL, name)
		}
	}
	if !strings.HasPrefix(agent, "chiso") {
		t.Errorf("user agent: got %q, want our name", agent)
	}
	for path, want := range map[string]error{
		"/nothing": reform.ErrNotFound, "/loop": reform.ErrUnavailable, "/file": reform.ErrUnavailable, "/busy": reform.ErrUnavailable, "/secret": reform.ErrDenied,
		"/cut": reform.ErrUnavailable,
	} {
		if _, err := l.Load(t.Context(), Job{URL: srv.URL + path, DryRun: true}); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", path, err, want)
		}
	}
	secret := strings.Replace(srv.URL, "http://", "http://user:geheim@", 1) + "/files/pci.note"
	r, err := l.Load(t.Context(), Job{URL: secret, DryRun: true})
	if err != nil || strings.Contains(r.Name+r.Document.URL, "geheim") {
		t.Errorf("password in %q or %q, %v", r.Name, r.Document.URL, err)
	}
	if _, err := l.Load(t.Context(), Job{URL: secret + "x", DryRun: true}); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("password in %v", err)
	}
	if _, err := l.Load(t.Context(), Job{URL: "ftp://x/y", DryRun: true}); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("ftp: got %v, want ErrInvalid", err)
	}
	slow := &Loader{Catalog: reform.Default(), Kinds: l.Kinds, Client: &http.Client{Timeout: 50 * time.Millisecond}}
	if _, err := slow.Load(context.Background(), Job{URL: srv.URL + "/slow", DryRun: true}); !errors.Is(err, reform.ErrTimeout) {
		t.Errorf("slow: got %v, want ErrTimeout", err)
	}
	small := &Loader{Catalog: reform.Default(), Kinds: l.Kinds, Limits: parse.Limits{Stream: 10}}
	if _, err := small.Load(context.Background(), Job{URL: srv.URL + "/files/pci.note", DryRun: true}); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("large: got %v, want ErrTooLarge", err)
	}
}

func TestSourceOf(t *testing.T) {
	for _, c := range []struct{ kind, name, url, want string }{
		{"pci", "PCI_2010.xls", "", "pci:pci-2010"},
		{"pci", "pci 2010 (1).XLS", "", "pci:pci-2010"},
		{"pci", "PCI_2011.xls", "", "pci:pci-2011"},
		{"tidy", "Số liệu - bản sao.csv", "", "tidy:so-lieu"},
		{"tidy", "số liệu.csv", "", "tidy:so-lieu"},
		{"tidy", "???.csv", "", "tidy:document"},
		{"tidy", "download", "https://www.a.example/2019/download?id=3", "tidy:a.example/2019/download"},
	} {
		if got := sourceOf(c.kind, c.name, c.url); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAnAnnouncedSizeOverTheLimitIsNotFetched(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1099511627776")
		w.WriteHeader(http.StatusOK)
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		<-r.Context().Done()
	}))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	l := &Loader{Catalog: reform.Default(), Kinds: []parse.Kind{noteKind}}
	if _, err := l.Load(ctx, Job{URL: srv.URL + "/big.csv", DryRun: true}); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

func TestIsURL(t *testing.T) {
	for text, want := range map[string]bool{"http://a/b": true, "HTTPS://a/b": true, "file:///etc/passwd": false, "a/b.csv": false, "http:/a": false, "": false} {
		if got := IsURL(text); got != want {
			t.Errorf("IsURL(%q): got %v, want %v", text, got, want)
		}
	}
}

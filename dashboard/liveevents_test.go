package dashboard

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"chiso/reform"
)

// served starts a server with the hub that a test wants, and gives its address and the way to end it.
func served(t *testing.T, change func(*hub)) (*fixture, string, func()) {
	t.Helper()
	f := newFixture(t)
	f.hub.poll, f.hub.heartbeat, f.hub.patience = 20*time.Millisecond, 50*time.Millisecond, 200*time.Millisecond
	if change != nil {
		change(f.hub)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- f.Listen(smallBuffers{ln}) }()
	var once sync.Once
	stop := func() {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			if err := f.Shutdown(ctx); err != nil {
				t.Errorf("shutdown: %v", err)
			}
			if err := <-ended; err != nil {
				t.Errorf("listen: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return f, "http://" + ln.Addr().String(), stop
}

// smallBuffers makes a write wait as soon as a reader takes nothing.
type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return c, c.(*net.TCPConn).SetWriteBuffer(4096)
}

// until waits for something that other goroutines do.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.listeners)
}

func (h *hub) asking() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stop != nil
}

// moving is a revision that a test moves on.
func moving(rev *atomic.Uint64, asked *atomic.Int64) func(context.Context) (uint64, error) {
	return func(context.Context) (uint64, error) { asked.Add(1); return rev.Load(), nil }
}

func TestLiveEvents(t *testing.T) {
	var rev atomic.Uint64
	var asked atomic.Int64
	rev.Store(7)
	before := runtime.NumGoroutine()
	f, address, stop := served(t, func(h *hub) { h.rev = moving(&rev, &asked) })
	const pages = 40
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0, DisableCompression: false}}
	var heard atomic.Int64
	var ended sync.WaitGroup
	var leave []context.CancelFunc
	for i := range pages {
		ctx, cancel := context.WithCancel(t.Context())
		leave = append(leave, cancel)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/live/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(got, "text/event-stream") || res.Header.Get("Content-Encoding") != "" {
			t.Fatalf("page %d: got %d %q encoded %q", i, res.StatusCode, got, res.Header.Get("Content-Encoding"))
		}
		ended.Go(func() {
			defer res.Body.Close()
			lines := bufio.NewScanner(res.Body)
			for lines.Scan() {
				if lines.Text() == "data: 8" {
					heard.Add(1)
				}
			}
		})
	}
	until(t, "all pages listen", func() bool { return f.hub.count() == pages })
	rev.Store(8)
	until(t, "every page hears of the new revision", func() bool { return heard.Load() == pages })
	// One asks for all.
	was := asked.Load()
	time.Sleep(200 * time.Millisecond)
	if n := asked.Load() - was; n > 15 {
		t.Errorf("the revision was asked for %d times in 10 rounds of %d pages", n, pages)
	}
	for _, cancel := range leave[:pages/2] {
		cancel()
	}
	until(t, "pages that left are gone", func() bool { return f.hub.count() == pages/2 })
	// The others end with the server, and do not hold it up.
	began := time.Now()
	stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("shutdown with open streams took %s", took)
	}
	ended.Wait()
	for _, cancel := range leave {
		cancel()
	}
	client.CloseIdleConnections()
	if f.hub.asking() || f.hub.count() != 0 {
		t.Errorf("after shutdown: asking %v, %d listeners", f.hub.asking(), f.hub.count())
	}
	until(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before+8 })
	if n := heard.Load(); n != pages {
		t.Errorf("got revision 8 %d times, want once a page", n)
	}
}

// The last listener to leave ends the asking, and the next one begins it again.
func TestLiveHubSleeps(t *testing.T) {
	var rev atomic.Uint64
	var asked atomic.Int64
	rev.Store(3)
	h := newHub(moving(&rev, &asked))
	h.poll = 5 * time.Millisecond
	for round := range 2 {
		ch, err := h.listen()
		if err != nil {
			t.Fatal(err)
		}
		if got := <-ch; got != 3 {
			t.Errorf("round %d: got revision %d, want 3", round, got)
		}
		h.leave(ch)
		h.leave(ch) // twice is once
		until(t, "the asking ends", func() bool { return !h.asking() })
		time.Sleep(20 * time.Millisecond)
		was := asked.Load()
		time.Sleep(40 * time.Millisecond)
		if n := asked.Load(); n != was {
			t.Errorf("round %d: asked %d times more while nobody listens", round, n-was)
		}
	}
	h.close(t.Context())
	if _, err := h.listen(); err == nil {
		t.Error("a closed hub takes a listener in")
	}
}

// A listener who takes nothing gets the newest revision when it wakes, not all those between.
func TestLiveHubSkips(t *testing.T) {
	h := newHub(func(context.Context) (uint64, error) { return 0, reform.ErrUnavailable })
	ch, err := h.listen()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 1000 {
		h.tell(t.Context(), uint64(n+1))
	}
	if got := <-ch; got != 1000 {
		t.Errorf("got revision %d, want 1000", got)
	}
	h.leave(ch)
	h.close(t.Context())
}

func TestLiveEventsAreBounded(t *testing.T) {
	f, address, _ := served(t, func(h *hub) { h.most = 2 })
	for range 2 {
		res, err := http.Get(address + "/live/events")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		if res.StatusCode != http.StatusOK {
			t.Fatalf("got %d, want a stream", res.StatusCode)
		}
	}
	until(t, "two listen", func() bool { return f.hub.count() == 2 })
	res, err := http.Get(address + "/live/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("third page: got %d, retry after %q; want 503 and when to come again", res.StatusCode, res.Header.Get("Retry-After"))
	}
	head, err := http.Head(address + "/live/events")
	if err != nil {
		t.Fatal(err)
	}
	defer head.Body.Close()
	if head.StatusCode != http.StatusOK {
		t.Errorf("HEAD: got %d, want 200 without a stream", head.StatusCode)
	}
	if n := f.hub.count(); n != 2 {
		t.Errorf("got %d listeners after a refusal and a HEAD, want 2", n)
	}
}

// A reader who takes nothing at all is let go, though the connection stays open on the other side.
func TestLiveEventsOfSlowReader(t *testing.T) {
	var rev atomic.Uint64
	var asked atomic.Int64
	f, address, _ := served(t, func(h *hub) {
		h.rev, h.heartbeat, h.patience, h.stay = moving(&rev, &asked), time.Millisecond, 100*time.Millisecond, time.Minute
	})
	c, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.(*net.TCPConn).SetReadBuffer(2048); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(c, "GET /live/events HTTP/1.1\r\nHost: %s\r\n\r\n", strings.TrimPrefix(address, "http://"))
	until(t, "the slow reader listens", func() bool { return f.hub.count() == 1 })
	// Fill what lies between, so that a write has to wait.
	flood := make(chan struct{})
	go func() {
		defer close(flood)
		for n := uint64(1); f.hub.count() > 0 && n < 50_000_000; n++ {
			f.hub.tell(context.Background(), n)
		}
	}()
	until(t, "the slow reader is let go", func() bool { return f.hub.count() == 0 })
	<-flood
}

// A stream ends by itself, and the browser comes again.
func TestLiveEventsStay(t *testing.T) {
	f, address, _ := served(t, func(h *hub) { h.stay = 60 * time.Millisecond })
	res, err := http.Get(address + "/live/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	text := ""
	for lines.Scan() {
		text += lines.Text() + "\n"
	}
	if !strings.Contains(text, "retry: 3000") || !strings.Contains(text, "event: rev\ndata: 7") {
		t.Errorf("got %q, want the time to come again and the revision", text)
	}
	until(t, "nobody listens", func() bool { return f.hub.count() == 0 })
}

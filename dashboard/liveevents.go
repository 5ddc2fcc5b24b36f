package dashboard

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// Times and bounds of the live connections. They are fields of the hub, so that a test need not wait.
const (
	hubListeners = 256
	hubPoll      = 5 * time.Second
	hubHeartbeat = 15 * time.Second
	hubStay      = 30 * time.Minute // then the browser comes again by itself: no connection lives for ever
	hubPatience  = 10 * time.Second // how long a slow reader may hold up a write
)

// hub tells open pages that something new is loaded. One goroutine asks for the revision for all of
// them, as long as anybody listens. A listener holds one number, the newest: a slow one misses nothing, it skips.
type hub struct {
	rev func(context.Context) (uint64, error)

	most                            int
	poll, heartbeat, stay, patience time.Duration

	mu        sync.Mutex
	listeners map[chan uint64]bool
	newest    uint64
	stop      context.CancelFunc // of the goroutine that asks; nil while nobody listens
	closed    chan struct{}      // closed by close
	done      bool
	all       sync.WaitGroup // streams and the goroutine that asks
}

func newHub(rev func(context.Context) (uint64, error)) *hub {
	return &hub{rev: rev, most: hubListeners, poll: hubPoll, heartbeat: hubHeartbeat, stay: hubStay, patience: hubPatience, listeners: map[chan uint64]bool{}, closed: make(chan struct{})}
}

// listen takes a listener in, or says that there are too many, or that the server ends.
func (h *hub) listen() (chan uint64, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done {
		return nil, fmt.Errorf("the server is shutting down: %w", reform.ErrUnavailable)
	}
	if len(h.listeners) >= h.most {
		return nil, fmt.Errorf("%d pages listen already: %w", h.most, reform.ErrUnavailable)
	}
	ch := make(chan uint64, 1)
	h.listeners[ch] = true
	h.all.Add(1)
	if h.newest > 0 {
		ch <- h.newest
	}
	if h.stop == nil {
		ctx, cancel := context.WithCancel(context.Background())
		h.stop = cancel
		h.all.Add(1)
		go h.watch(ctx)
	}
	return ch, nil
}

// leave lets a listener go; the last one ends the asking.
func (h *hub) leave(ch chan uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.listeners[ch] {
		return
	}
	delete(h.listeners, ch)
	h.all.Done()
	if len(h.listeners) == 0 && h.stop != nil {
		h.stop()
		h.stop = nil
	}
}

// watch asks for the revision until ctx ends. While the engine is away it says nothing: the pages keep what they have.
func (h *hub) watch(ctx context.Context) {
	defer h.all.Done()
	t := time.NewTicker(h.poll)
	defer t.Stop()
	for {
		if rev, err := h.ask(ctx); err == nil {
			h.tell(ctx, rev)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (h *hub) ask(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, max(h.poll, time.Second))
	defer cancel()
	return h.rev(ctx)
}

// tell gives every listener the revision in place of an older one that it has not taken yet.
func (h *hub) tell(ctx context.Context, rev uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if ctx.Err() != nil || rev == h.newest {
		return
	}
	h.newest = rev
	for ch := range h.listeners {
		select {
		case <-ch:
		default:
		}
		ch <- rev
	}
}

// close ends all streams and waits until they have ended, or ctx is done.
func (h *hub) close(ctx context.Context) {
	h.mu.Lock()
	if !h.done {
		h.done = true
		close(h.closed)
		if h.stop != nil {
			h.stop()
			h.stop = nil
		}
	}
	h.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		h.all.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}

// stream writes events until the reader leaves, the server ends or the stay is over.
func (h *hub) stream(w *bufio.Writer, ch chan uint64, conn net.Conn) {
	defer h.leave(ch)
	write := func(text string) bool {
		// A reader who takes nothing is let go; the server's own limit for whole answers is for shorter ones.
		if err := conn.SetWriteDeadline(time.Now().Add(h.heartbeat + h.patience)); err != nil {
			return false
		}
		if _, err := w.WriteString(text); err != nil {
			return false
		}
		return w.Flush() == nil
	}
	end := time.NewTimer(h.stay)
	defer end.Stop()
	beat := time.NewTicker(h.heartbeat)
	defer beat.Stop()
	if !write("retry: 3000\n\n") {
		return
	}
	for {
		ok := true
		select {
		case rev := <-ch:
			ok = write(fmt.Sprintf("event: rev\ndata: %d\n\n", rev))
		case <-beat.C:
			ok = write(": \n\n")
		case <-end.C:
			return
		case <-h.closed:
			write("event: end\ndata: 0\n\n") // the page says that it waits; a failed write changes nothing
			return
		}
		if !ok {
			return
		}
	}
}

// liveEvents is the stream of revisions for an open live page.
func (s *Server) liveEvents(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no") // a proxy in front must not wait for the end
	if c.Method() == fiber.MethodHead {
		return nil
	}
	ch, err := s.hub.listen()
	if err != nil {
		return err
	}
	conn := c.Context().Conn()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) { s.hub.stream(w, ch, conn) })
	return nil
}

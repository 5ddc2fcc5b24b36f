package dashboard

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"html"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// noticeMark is an empty element of every page, in whose place a last good
// answer says how old it is.
const noticeMark = `<div id="notice" hidden></div>`

// staleHeader says when a last good answer was made, for machines.
const staleHeader = "X-Chiso-Stale"

// answer is a kept answer.
type answer struct {
	key         string
	body        []byte
	contentType string
	disposition string
	vary        string
	at          time.Time
	// rev is the revision of the data that the answer was made from, 0 where it must not be given again as if it were new.
	rev uint64
	// stamp is how fresh the answer's words about freshness are; see freshStamp.
	stamp string
}

// lastGood keeps the newest good answers, bounded by number and by bytes, the longest unused one leaves first.
type lastGood struct {
	mu                  sync.Mutex
	order               *list.List // of *answer, most recent first
	byKey               map[string]*list.Element
	bytes               int
	maxAnswers, maxSize int
}

func newLastGood(answers, size int) *lastGood {
	return &lastGood{order: list.New(), byKey: map[string]*list.Element{}, maxAnswers: answers, maxSize: size}
}

func (l *lastGood) put(a *answer) {
	if len(a.body) > l.maxSize/8 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.byKey[a.key]; ok {
		l.remove(e)
	}
	l.byKey[a.key] = l.order.PushFront(a)
	l.bytes += len(a.body)
	for l.order.Len() > l.maxAnswers || l.bytes > l.maxSize {
		l.remove(l.order.Back())
	}
}

func (l *lastGood) remove(e *list.Element) {
	a := l.order.Remove(e).(*answer)
	delete(l.byKey, a.key)
	l.bytes -= len(a.body)
}

func (l *lastGood) get(key string) (*answer, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[key]
	if !ok {
		return nil, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*answer), true
}

// keep remembers good answers. While nothing new is loaded, the same question of
// a reader has the same answer, so that one is given again without asking; while the
// engine is away, the last one is given, marked as such. An error of another kind is the reader's and passes.
func (s *Server) keep(c *fiber.Ctx) error { return s.keepAnswers(c, true) }

// keepForOutage remembers good answers only for when the engine is away: they tell of things that
// change without a new revision, such as a load that was refused.
func (s *Server) keepForOutage(c *fiber.Ctx) error { return s.keepAnswers(c, false) }

func (s *Server) keepAnswers(c *fiber.Ctx, reuse bool) error {
	if c.Method() != fiber.MethodGet {
		return c.Next()
	}
	key := s.answerKey(c)
	var rev uint64
	var stamp string
	if reuse {
		if !wantsJSON(c) {
			stamp = s.freshStamp(c.UserContext())
		}
		// Asked before the handler asks, so an answer is never newer in name than in content.
		if r, err := s.currentRev(c.UserContext()); err == nil {
			rev = r
		}
		if a, ok := s.lastGood.get(key); ok && rev > 0 && a.rev == rev && a.stamp == stamp {
			s.metrics.reused.Inc()
			return a.send(c)
		}
		if rev > 0 {
			// Of readers who ask the same at once, one asks the engine and the others wait for that answer.
			leave, first := s.flights.enter(key, s.opt.RequestTimeout)
			defer leave()
			if !first {
				if a, ok := s.lastGood.get(key); ok && a.rev >= rev && a.stamp == stamp {
					s.metrics.reused.Inc()
					return a.send(c)
				}
			}
		}
	}
	err := c.Next()
	switch {
	case err == nil:
		r := c.Response()
		if r.StatusCode() == http.StatusOK && !r.IsBodyStream() {
			if len(r.Header.Peek(fiber.HeaderSetCookie)) > 0 {
				rev = 0 // the next reader must get the cookie too
			}
			s.lastGood.put(&answer{
				key: key, body: bytes.Clone(r.Body()), contentType: string(r.Header.ContentType()), at: s.opt.Now(), rev: rev, stamp: stamp,
				disposition: string(r.Header.Peek(fiber.HeaderContentDisposition)), vary: string(r.Header.Peek(fiber.HeaderVary)),
			})
		}
		return nil
	case !errors.Is(err, reform.ErrUnavailable):
		return err
	}
	a, ok := s.lastGood.get(key)
	if !ok {
		return err
	}
	s.metrics.stale.Inc()
	s.log.WarnContext(c.UserContext(), "last good answer given", "request_id", requestID(c), "path", c.Path(), "from", a.at, "error", err)
	lang := s.prefs(c).Lang
	notice := `<div id="notice" class="notice" role="status">` +
		html.EscapeString(words.T(lang, "stale", "time", clockTime(a.at))) + `</div>`
	marked := *a
	marked.body = bytes.Replace(a.body, []byte(noticeMark), []byte(notice), 1)
	c.Response().Header.Del(fiber.HeaderETag)
	if err := marked.send(c); err != nil {
		return err
	}
	c.Set(staleHeader, a.at.UTC().Format(time.RFC3339))
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(retryAfter.Seconds())))
	return nil
}

func (a *answer) send(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, a.contentType)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	if a.disposition != "" {
		c.Set(fiber.HeaderContentDisposition, a.disposition)
	}
	if a.vary != "" {
		c.Set(fiber.HeaderVary, a.vary)
	}
	return c.Status(http.StatusOK).Send(a.body)
}

// flights are the questions that are being answered, by the key of the answer.
type flights struct {
	mu    sync.Mutex
	byKey map[string]chan struct{}
}

// enter reports whether the caller is the first with this question; the others
// return when the first one leaves, or after some time. Everyone leaves.
func (f *flights) enter(key string, most time.Duration) (leave func(), first bool) {
	f.mu.Lock()
	if done, ok := f.byKey[key]; ok {
		f.mu.Unlock()
		t := time.NewTimer(most)
		defer t.Stop()
		select {
		case <-done:
		case <-t.C:
		}
		return func() {}, false
	}
	done := make(chan struct{})
	if f.byKey == nil {
		f.byKey = map[string]chan struct{}{}
	}
	f.byKey[key] = done
	f.mu.Unlock()
	return func() {
		f.mu.Lock()
		delete(f.byKey, key)
		f.mu.Unlock()
		close(done)
	}, true
}

// revStay is how long the revision is believed without asking: a load by a command shows after that.
const revStay = 500 * time.Millisecond

// revision remembers the newest revision for a moment.
type revision struct {
	mu  sync.Mutex
	rev uint64
	at  time.Time
}

// currentRev is the revision of what is loaded, as of a moment ago.
func (s *Server) currentRev(ctx context.Context) (uint64, error) {
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	if now := s.opt.Now(); s.known.rev > 0 && now.Sub(s.known.at) < revStay && !now.Before(s.known.at) {
		return s.known.rev, nil
	}
	began := s.opt.Now()
	rev, err := s.opt.Reader.Rev(ctx)
	if err != nil {
		return 0, err
	}
	s.known.rev, s.known.at = rev, began
	return rev, nil
}

// pin lets a question see what is loaded now and nothing later, so that the answer can
// name the revision that gives it again.
func (s *Server) pin(ctx context.Context, v *reform.View) error {
	if v.Rev != 0 {
		return nil
	}
	rev, err := s.currentRev(ctx)
	v.Rev = rev
	return err
}

// forgetRev makes the next answer ask anew: something was loaded through the page.
func (s *Server) forgetRev() {
	s.known.mu.Lock()
	defer s.known.mu.Unlock()
	s.known.rev = 0
}

// answerKey tells apart everything that changes an answer: the address and what is remembered of the reader.
func (s *Server) answerKey(c *fiber.Ctx) string {
	p := s.prefs(c)
	writer := ""
	if s.mayWrite(c) {
		writer = "w" + c.Cookies(csrfCookie) // whose page has forms, with a token of this reader
	}
	return c.OriginalURL() + "\x00" + writer + "\x00" + p.Lang + "\x00" + p.Theme + "\x00" + string(p.Unit) + "\x00" +
		strconv.FormatBool(p.Narrow) + "\x00" + c.Get(fiber.HeaderAccept)
}

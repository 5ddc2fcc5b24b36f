package dashboard

import (
	"bytes"
	"container/list"
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
	at          time.Time
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

// keep remembers good answers and gives the last one, marked as such, while the
// engine is away. An error of another kind is the reader's and passes.
func (s *Server) keep(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet {
		return c.Next()
	}
	key := s.answerKey(c)
	err := c.Next()
	switch {
	case err == nil:
		r := c.Response()
		if r.StatusCode() == http.StatusOK && !r.IsBodyStream() {
			s.lastGood.put(&answer{key, bytes.Clone(r.Body()), string(r.Header.ContentType()), s.opt.Now()})
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
	body := bytes.Replace(a.body, []byte(noticeMark), []byte(notice), 1)
	c.Response().Header.Del(fiber.HeaderETag)
	c.Set(staleHeader, a.at.UTC().Format(time.RFC3339))
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(retryAfter.Seconds())))
	c.Set(fiber.HeaderContentType, a.contentType)
	return c.Status(http.StatusOK).Send(body)
}

// answerKey tells apart everything that changes an answer: the address and what is remembered of the reader.
func (s *Server) answerKey(c *fiber.Ctx) string {
	p := s.prefs(c)
	return c.OriginalURL() + "\x00" + p.Lang + "\x00" + p.Theme + "\x00" + string(p.Unit) + "\x00" +
		strconv.FormatBool(p.Narrow) + "\x00" + c.Get(fiber.HeaderAccept)
}

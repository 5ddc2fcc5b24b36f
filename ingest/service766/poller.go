package service766

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"chiso/reform"
)

// Env is what a Poller needs of the world; the zero value is the real one.
type Env struct {
	Client *http.Client                               // nil: one connection, no redirects
	Now    func() time.Time                           // nil: time.Now
	Sleep  func(context.Context, time.Duration) error // nil: waits
	Random func(time.Duration) time.Duration          // nil: anything up to what is given
	Logger *slog.Logger                               // nil: discards
}

// Poller asks one portal. Keep it between polls: it remembers that the portal has
// refused. It may be used by several goroutines, of which one polls at a time.
type Poller struct {
	cfg     Config
	adapter adapter
	env     Env
	breaker *gobreaker.CircuitBreaker[struct{}]

	mu   sync.Mutex // one poll at a time, and so one request
	last time.Time  // of the last request
	trip bool       // the answer at hand is a refusal
}

// deadAfter is how many requests in a row may fail with all their tries before the portal is taken to be down.
const deadAfter = 3

// New is a Poller.
func New(cfg Config, env Env) (*Poller, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	a, err := adapterOf(cfg.Portal)
	if err != nil {
		return nil, err
	}
	p := &Poller{cfg: cfg.WithDefaults(), adapter: a, env: env}
	if p.env.Client == nil {
		p.env.Client = newClient()
	}
	if p.env.Now == nil {
		p.env.Now = time.Now
	}
	if p.env.Sleep == nil {
		p.env.Sleep = sleep
	}
	if p.env.Random == nil {
		p.env.Random = func(d time.Duration) time.Duration { return rand.N(d) }
	}
	if p.env.Logger == nil {
		p.env.Logger = slog.New(slog.DiscardHandler)
	}
	p.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name:    string(cfg.Portal),
		Timeout: p.cfg.Cooldown,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return p.trip || c.ConsecutiveFailures >= deadAfter
		},
		OnStateChange: func(name string, _, to gobreaker.State) {
			p.env.Logger.Info("portal breaker", "portal", name, "state", to.String())
		},
	})
	return p, nil
}

// newClient has one connection, since requests follow each other, and follows no
// redirect: the portal answers at its address or not at all.
func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
			TLSHandshakeTimeout:    20 * time.Second,
			MaxConnsPerHost:        1,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Agent is the name that the program gives itself.
func (c Config) Agent() string {
	s := "chiso (reads the published 766 index, one request at a time)"
	if c.Contact != "" {
		s += " +" + c.Contact
	}
	return s
}

// Source is the name of the series of documents that polls of a portal make: pass it as the source of their loads.
func (c Config) Source() string { return kindName + ":" + string(c.Portal) }

// Address is where the polls of c come from, for the document's description.
func (c Config) Address() string {
	c = c.WithDefaults()
	a, err := adapterOf(c.Portal)
	if err != nil || len(c.Lists) == 0 {
		return c.BaseURL
	}
	if p := c.Paths[c.Lists[0]]; p != "" {
		return c.BaseURL + p
	}
	return c.BaseURL + a.path(c.Lists[0])
}

// Options are the parser's options that the configuration implies.
func (c Config) Options() map[string]string {
	if len(c.Bindings) == 0 {
		return nil
	}
	return map[string]string{OptBindings: c.Bindings.String()}
}

// Open reports whether the breaker keeps requests from the portal.
func (p *Poller) Open() bool { return p.breaker.State() == gobreaker.StateOpen }

// Fetch polls once. Where any answer came, the container is there, also beside an
// error: what came is to be kept, and the parser says what of it can be used.
// The error is reform.ErrDenied where the portal refused, reform.ErrUnavailable where
// it did not answer, or ctx's.
func (p *Poller) Fetch(ctx context.Context) (Container, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	began := p.env.Now().UTC()
	c := Container{Portal: p.cfg.Portal, Began: began, Name: fileName(p.cfg.Portal, began)}
	if p.Open() {
		return c, p.closed()
	}
	asks, err := p.cfg.plan(p.adapter, began)
	if err != nil {
		return c, err
	}
	if len(asks) == 0 {
		return c, fmt.Errorf("there is no period to ask for: %w", reform.ErrInvalid)
	}
	out, err := newPack(header{Portal: p.cfg.Portal, Base: p.cfg.BaseURL, Agent: p.cfg.Agent(), Began: began})
	if err != nil {
		return c, err
	}
	var stop error
	whole := 0
	for _, ask := range asks {
		if err := out.ask(ask); err != nil {
			return c, err
		}
		for _, list := range ask.Lists {
			ok, err := p.list(ctx, out, ask, list)
			if ok {
				whole++
			}
			if err != nil {
				stop = err
				break
			}
		}
		if stop != nil {
			break
		}
	}
	c.Ended, c.Batches = p.env.Now().UTC(), len(asks)*len(asks[0].Lists)
	c.Failed = c.Batches - whole
	if stop != nil {
		c.Stopped = plain(stop)
	}
	if err := out.end(c.Ended, c.Stopped); err != nil {
		return c, err
	}
	c.Answers = out.answers
	if out.answers > 0 {
		c.Bytes = out.buf.Bytes()
	}
	if stop == nil && c.Failed == c.Batches {
		stop = fmt.Errorf("%s gave no usable answer to any of %d batches: %w", p.cfg.BaseURL, c.Batches, reform.ErrUnavailable)
	}
	p.env.Logger.InfoContext(ctx, "portal polled", "portal", string(p.cfg.Portal), "batches", c.Batches, "failed", c.Failed, "answers", c.Answers, "bytes", len(c.Bytes), "stopped", c.Stopped)
	return c, stop
}

// Fetch polls once with a Poller of its own, which forgets that it was refused:
// a schedule keeps one Poller for each source instead.
func Fetch(ctx context.Context, cfg Config, env Env) (Container, error) {
	p, err := New(cfg, env)
	if err != nil {
		return Container{}, err
	}
	return p.Fetch(ctx)
}

// plain is an error's text without the kind at its end.
func plain(err error) string {
	s := err.Error()
	for _, k := range []error{reform.ErrDenied, reform.ErrUnavailable, reform.ErrTimeout, reform.ErrTooLarge} {
		s = strings.TrimSuffix(s, ": "+k.Error())
	}
	return s
}

func (p *Poller) closed() error {
	return fmt.Errorf("%s refused or failed before and is left alone for %s; nothing was asked: %w", p.cfg.BaseURL, p.cfg.Cooldown, reform.ErrDenied)
}

// list asks for all pages of a list. An error ends the whole poll; ok false says that
// this list alone is lost.
func (p *Poller) list(ctx context.Context, out *pack, ask Ask, list string) (ok bool, err error) {
	size := p.cfg.PageSize
	if size == 0 {
		size = p.adapter.size(list)
	}
	rows := 0
	var before *answer
	for no := 1; ; no++ {
		if no > p.cfg.MaxPages {
			p.env.Logger.WarnContext(ctx, "portal list has too many pages", "list", list, "pages", p.cfg.MaxPages)
			return false, nil // the parser sees that the last page is not the last
		}
		if int64(out.buf.Len()) > p.cfg.MaxPoll {
			return false, fmt.Errorf("the answers have over %d bytes: ask for fewer provinces or periods, or raise max_poll: %w", p.cfg.MaxPoll, reform.ErrTooLarge)
		}
		req, err := p.adapter.request(&p.cfg, list, ask, no, size)
		if err != nil {
			return false, err
		}
		if req.path = p.cfg.Paths[list]; req.path == "" {
			req.path = p.adapter.path(list)
		}
		a, err := p.guarded(ctx, out, Answer{Ask: ask.N, List: list, Page: no, Size: size, Method: http.MethodPost, URL: p.cfg.BaseURL + req.path, Type: req.contentType, Request: req.body}, req.header, ask)
		if err != nil {
			var lost *lostList
			if errors.As(err, &lost) && !p.Open() {
				return false, nil
			}
			return false, err
		}
		rows += len(a.rows)
		if !a.more(no, size, rows) {
			return true, nil
		}
		if before != nil && a.sameUnits(before) {
			return false, nil // the portal does not turn pages: asking on would not end
		}
		before = a
	}
}

// lostList is a failure that concerns one list.
type lostList struct{ error }

func (l *lostList) Unwrap() error { return l.error }

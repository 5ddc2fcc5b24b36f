package service766

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-retry"
	"github.com/sony/gobreaker/v2"

	"chiso/reform"
)

// guarded asks for one page through the breaker. Every try is packed. The errors: lostList for a failure of this
// list alone, anything else ends the poll.
func (p *Poller) guarded(ctx context.Context, out *pack, a Answer, header map[string]string, ask Ask) (*answer, error) {
	var got *answer
	var inner error
	_, err := p.breaker.Execute(func() (struct{}, error) {
		p.trip = false
		got, inner = p.tries(ctx, out, a, header, ask)
		if ctx.Err() != nil {
			return struct{}{}, nil // who ends a poll says nothing about the portal
		}
		p.trip = errors.Is(inner, reform.ErrDenied)
		var lost *lostList
		if inner != nil && errors.As(inner, &lost) && !errors.Is(inner, reform.ErrUnavailable) && !errors.Is(inner, reform.ErrTimeout) {
			return struct{}{}, nil // it answers, but not this: a 404 of one endpoint
		}
		return struct{}{}, inner
	})
	switch {
	case errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests):
		return nil, p.closed()
	case inner != nil && p.Open() && !errors.Is(inner, reform.ErrDenied):
		return nil, fmt.Errorf("%d requests in a row failed, so %s is left alone for %s; the last one: %w", deadAfter, p.cfg.BaseURL, p.cfg.Cooldown, inner)
	}
	return got, inner
}

// tries asks for one page until it is answered or the tries are used up.
func (p *Poller) tries(ctx context.Context, out *pack, a Answer, header map[string]string, ask Ask) (*answer, error) {
	backoff := retry.NewExponential(p.cfg.Backoff)
	backoff = retry.WithCappedDuration(p.cfg.MaxWait, backoff)
	backoff = retry.WithMaxRetries(uint64(max(p.cfg.Retries, 0)), backoff)
	for try := 1; ; try++ {
		if err := p.pause(ctx); err != nil {
			return nil, err
		}
		a.Try = try
		r := p.once(ctx, a, header)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		got, verdict := p.judge(&r, ask)
		if err := out.answer(r.Answer); err != nil {
			return nil, err
		}
		if verdict == nil {
			return got, nil
		}
		p.env.Logger.WarnContext(ctx, "portal answer", "list", a.List, "period", ask.Period.String(), "province", ask.Province, "page", a.Page, "try", try, "status", r.Status, "err", r.Error)
		if !verdict.again {
			return nil, verdict.err
		}
		wait, stop := backoff.Next()
		if stop {
			return nil, verdict.err
		}
		// A random part keeps many installations from coming back at one moment.
		wait += p.random(wait / 2)
		if r.retryAfter > p.cfg.MaxWait {
			return nil, fmt.Errorf("%s asks to be left alone for %s, longer than max_wait (%s): %w", p.cfg.BaseURL, r.retryAfter, p.cfg.MaxWait, reform.ErrDenied)
		}
		if err := p.env.Sleep(ctx, max(wait, r.retryAfter)); err != nil {
			return nil, err
		}
		p.last = time.Time{} // it has waited long enough
	}
}

func (p *Poller) random(upTo time.Duration) time.Duration {
	if upTo <= 0 || p.cfg.NoPause {
		return 0
	}
	return p.env.Random(upTo)
}

// pause keeps the distance to the request before.
func (p *Poller) pause(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.last.IsZero() || p.cfg.Pause+p.cfg.Jitter == 0 {
		return nil
	}
	wait := p.cfg.Pause + p.random(p.cfg.Jitter)
	if since := p.env.Now().Sub(p.last); since >= 0 {
		wait -= since
	}
	if wait <= 0 {
		return nil
	}
	return p.env.Sleep(ctx, wait)
}

// reply is an answer with what only this moment needs of it.
type reply struct {
	Answer
	retryAfter time.Duration
	timeout    bool
	tooLarge   bool
}

// once sends one request and reads its answer.
func (p *Poller) once(ctx context.Context, a Answer, header map[string]string) (r reply) {
	r.Answer = a
	defer func() {
		r.At = p.env.Now().UTC().Truncate(time.Millisecond)
		p.last = r.At
	}()
	rctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(rctx, a.Method, a.URL, strings.NewReader(a.Request))
	if err != nil {
		r.Error = err.Error()
		return r
	}
	req.Header.Set("Content-Type", a.Type)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", p.cfg.Agent())
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := p.env.Client.Do(req)
	if err != nil {
		r.Error, r.timeout = p.failed(err)
		return r
	}
	defer resp.Body.Close()
	r.Status, r.Content = resp.StatusCode, resp.Header.Get("Content-Type")
	r.retryAfter = retryAfter(resp.Header.Get("Retry-After"), p.env.Now())
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if len(body) > maxBody {
		r.setBody(body[:4<<10])
		r.Error = fmt.Sprintf("the answer has more than %d bytes and was not kept", maxBody)
		r.tooLarge = true
		r.Status = 0 // its beginning alone must not be read as an answer
		return r
	}
	r.setBody(body)
	if err != nil {
		text, timeout := p.failed(err)
		r.Error, r.timeout = "the answer broke off: "+text, timeout
	}
	return r
}

// failed says what became of a request, in words that are the same each time.
func (p *Poller) failed(err error) (text string, timeout bool) {
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %s", p.cfg.Timeout), true
	}
	return err.Error(), false
}

// retryAfter reads seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n > 0 {
		return time.Duration(min(n, 7*24*3600)) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// verdict is why an answer can't be used, and whether another try may help.
type verdict struct {
	err   error
	again bool
}

// judge decides what an answer is worth; it notes in the answer why it is of no use.
func (p *Poller) judge(r *reply, ask Ask) (*answer, *verdict) {
	body := r.body()
	lost := func(kind error, again bool, format string, args ...any) (*answer, *verdict) {
		text := fmt.Sprintf(format, args...)
		if r.Error == "" {
			r.Error = text
		}
		return nil, &verdict{&lostList{fmt.Errorf("%s: %s: %w", r.List, text, kind)}, again}
	}
	switch {
	case isRejected(body) || r.Status == http.StatusForbidden || r.Status == http.StatusUnauthorized:
		what := fmt.Sprintf("HTTP %d", r.Status)
		if isRejected(body) {
			what = `a page "Request Rejected"`
		}
		r.Error = "the portal refuses: " + what
		return nil, &verdict{err: fmt.Errorf("%s refuses us (%s): the poll ended, and the portal is left alone for %s; write to its keeper before you try again: %w", p.cfg.BaseURL, what, p.cfg.Cooldown, reform.ErrDenied)}
	case r.timeout:
		return lost(reform.ErrTimeout, true, "%s", r.Error)
	case r.tooLarge:
		return lost(reform.ErrTooLarge, false, "%s", r.Error)
	case r.Status == 0 || r.Error != "":
		return lost(reform.ErrUnavailable, true, "%s", r.Error)
	case r.Status == http.StatusTooManyRequests || r.Status >= 500:
		return lost(reform.ErrUnavailable, true, "HTTP %d", r.Status)
	case r.Status != http.StatusOK && r.Status != http.StatusCreated:
		return lost(reform.ErrInvalid, false, "HTTP %d", r.Status)
	}
	got, err := p.adapter.decode(r.List, ask, body)
	if err != nil {
		// Half an answer, or a page of maintenance: it may be another one next time.
		return lost(reform.ErrUnavailable, true, "%s", err)
	}
	return got, nil
}

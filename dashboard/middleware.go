package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const (
	requestIDHeader = "X-Request-Id"
	requestIDKey    = "request_id"
	routeKey        = "route"
)

// contentSecurityPolicy lets a page load from this server only and run no inline
// script or style: text from a document can never become code.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// cleanID is what a request id from outside may look like; anything else gets a new one, so
// that nobody writes into the log.
var cleanID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestIDKey).(string)
	return id
}

// identify gives the request its id and the answer the headers that every answer has.
func (s *Server) identify(c *fiber.Ctx) error {
	id := c.Get(requestIDHeader)
	if !cleanID.MatchString(id) {
		id = uuid.NewString()
	}
	c.Locals(requestIDKey, id)
	c.Set(requestIDHeader, id)
	c.Set(fiber.HeaderContentSecurityPolicy, contentSecurityPolicy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	return c.Next()
}

// observe logs one line a request and counts it. It stands outside recovery and
// the error handler, so that it sees the status that goes out.
func (s *Server) observe(c *fiber.Ctx) error {
	start := time.Now()
	err := c.Next()
	if err != nil {
		// Fiber would call the error handler only after this line, too late for the log.
		if herr := s.fail(c, err); herr != nil {
			return herr
		}
	}
	status := c.Response().StatusCode()
	route := routeName(c)
	took := time.Since(start)
	s.metrics.observe(route, c.Method(), status, took)
	level := slog.LevelInfo
	switch {
	case route == "ready" && status == fiber.StatusServiceUnavailable:
		level = slog.LevelDebug // the answer of a server that starts, and asked for until it is another
	case status >= 500:
		level = slog.LevelError
	case route == "health" || route == "ready" || route == "static":
		level = slog.LevelDebug
	}
	s.log.LogAttrs(c.UserContext(), level, "request",
		slog.String("request_id", requestID(c)),
		slog.String("method", c.Method()),
		slog.String("route", route),
		slog.String("path", c.Path()),
		slog.Int("status", status),
		slog.Int("bytes", bodyLength(c)),
		slog.Duration("took", took),
	)
	return nil
}

// bodyLength is how long an answer is; of a stream, which only its end would tell, 0.
func bodyLength(c *fiber.Ctx) int {
	if c.Response().IsBodyStream() {
		return 0
	}
	return len(c.Response().Body())
}

// logFailure logs what the reader is not told. What the reader did wrong is no error of ours.
func (s *Server) logFailure(c *fiber.Ctx, p problem, err error) {
	level := slog.LevelDebug
	if p.status >= 500 {
		level = slog.LevelError
	}
	if p.status == http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	s.log.LogAttrs(c.UserContext(), level, "request failed",
		slog.String("request_id", requestID(c)), slog.String("path", c.Path()),
		slog.Int("status", p.status), slog.Any("error", err))
}

// recoverPanic turns a panic of a handler into an internal error; the stack goes to the log alone.
func (s *Server) recoverPanic(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.metrics.panics.Inc()
			s.log.ErrorContext(c.UserContext(), "panic", "request_id", requestID(c), "path", c.Path(),
				"panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = errors.New("panic in a handler")
		}
	}()
	return c.Next()
}

// limitTime ends a question that nobody waits for any more.
func limitTime(d time.Duration) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), d)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	}
}

// drain bounds bodies. They are streamed, so that a stranger's body is never held
// in memory before somebody wants it; what no handler has read must not be taken for the
// connection's next request, so the connection ends with the answer.
func (s *Server) drain(c *fiber.Ctx) error {
	n := c.Request().Header.ContentLength()
	body := n > 0 || n == -1
	if !body {
		return c.Next()
	}
	c.Context().SetConnectionClose()
	limit := int64(smallBody)
	if s.takesUploads(c) {
		limit = s.opt.UploadBytes + smallBody
	}
	err := c.Next()
	if stream := c.Context().RequestBodyStream(); stream != nil {
		// Read a little of what is left, so that the answer arrives before the connection is cut.
		io.Copy(io.Discard, io.LimitReader(stream, limit)) //nolint:errcheck // the answer stands already
	}
	return err
}

// smallBody is enough for every form but the upload.
const smallBody = 64 << 10

// tag gives a page or an API answer an ETag of its content and answers 304
// where the reader has it already. Static files and pictures tag themselves.
func (s *Server) tag(c *fiber.Ctx) error {
	if err := c.Next(); err != nil {
		return err
	}
	r := c.Response()
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead || r.StatusCode() != http.StatusOK || r.IsBodyStream() {
		return nil
	}
	etag := string(r.Header.Peek(fiber.HeaderETag))
	if etag == "" {
		if strings.Contains(string(r.Header.Peek(fiber.HeaderCacheControl)), "no-store") {
			return nil
		}
		sum := sha256.Sum256(r.Body())
		etag = `W/"` + hex.EncodeToString(sum[:12]) + `"`
		c.Set(fiber.HeaderETag, etag)
	}
	if matches(c.Get(fiber.HeaderIfNoneMatch), etag) {
		r.ResetBody()
		c.Status(http.StatusNotModified)
	}
	return nil
}

// matches compares weakly, as If-None-Match wants it.
func matches(header, etag string) bool {
	if header == "" {
		return false
	}
	bare := strings.TrimPrefix(etag, "W/")
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == bare {
			return true
		}
	}
	return false
}

// named wraps a handler with the name that logs and metrics use: a path would make a label of every address.
func named(name string, h fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(routeKey, name)
		return h(c)
	}
}

func routeName(c *fiber.Ctx) string {
	if name, ok := c.Locals(routeKey).(string); ok {
		return name
	}
	return "none"
}

func statusText(code int) string { return strconv.Itoa(code) }

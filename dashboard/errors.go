package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
	"chiso/reform/words"
)

// retryAfter is how long a reader is asked to wait while the engine restarts.
const retryAfter = 2 * time.Second

// kind ties a kind of error to its status, its stable code in the API and the
// word by which the error page greets the reader.
type kind struct {
	err    error
	status int
	code   string
}

// kinds is the one place where a kind of error becomes a status. Order matters:
// an error that wraps two kinds takes the first that is listed.
var kinds = []kind{
	{reform.ErrUnavailable, http.StatusServiceUnavailable, "unavailable"},
	{reform.ErrTimeout, http.StatusGatewayTimeout, "timeout"},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "timeout"},
	{reform.ErrDenied, http.StatusForbidden, "denied"},
	{reform.ErrTooLarge, http.StatusRequestEntityTooLarge, "too_large"},
	{reform.ErrConflict, http.StatusConflict, "conflict"},
	{reform.ErrNotFound, http.StatusNotFound, "not_found"},
	{reform.ErrInvalid, http.StatusBadRequest, "invalid"},
}

// problem is what a reader is told about an error, apart from what is logged.
type problem struct {
	status  int
	code    string
	message string
}

// problemOf decides what a reader is told. Anything that is not of a known kind is
// "internal error" and no more: its text may name files, statements or addresses.
func problemOf(err error) problem {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		return fiberProblem(fe)
	}
	for _, k := range kinds {
		if errors.Is(err, k.err) {
			return problem{k.status, k.code, sentence(err, k.err)}
		}
	}
	return problem{http.StatusInternalServerError, "internal", "internal error"}
}

const noSuchPage = "no such page"

func fiberProblem(fe *fiber.Error) problem {
	p := problem{fe.Code, "invalid", fe.Message}
	switch fe.Code {
	case http.StatusNotFound:
		p.code, p.message = "not_found", noSuchPage
	case http.StatusMethodNotAllowed:
		p.code, p.message = "method_not_allowed", "this address does not take that method"
	case http.StatusRequestEntityTooLarge:
		p.code = "too_large"
	case http.StatusRequestTimeout:
		p.code = "timeout"
	case http.StatusUnauthorized:
		p.code = "unauthorized"
	case http.StatusTooManyRequests:
		p.code = "too_many_requests"
	}
	if fe.Code >= 500 {
		p.code, p.message = "internal", "internal error"
	}
	return p
}

// sentence is the error's text without the bare kind that it wraps ("...: not
// found"), since the status says that already. Unavailable and timeout keep their own words:
// what they wrap is of the machine room.
func sentence(err, kindErr error) string {
	switch {
	case errors.Is(kindErr, reform.ErrUnavailable):
		return "the data engine is restarting; please try again in a moment"
	case errors.Is(kindErr, reform.ErrTimeout), errors.Is(kindErr, context.DeadlineExceeded):
		return "the question took too long; ask for less, or again later"
	}
	s := strings.TrimSuffix(err.Error(), ": "+kindErr.Error())
	if s == "" {
		return kindErr.Error()
	}
	return s
}

// invalid is a bad request that names the parameter.
func invalid(param, format string, a ...any) error {
	return fmt.Errorf("parameter %s: %s: %w", param, fmt.Sprintf(format, a...), reform.ErrInvalid)
}

// errorBody is the one shape of an error in the API.
type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
}

// fail answers an error: in the API as JSON, elsewhere as a page. It is Fiber's error handler,
// so that a panic and an unknown address come here too.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	p := problemOf(err)
	id := requestID(c)
	s.logFailure(c, p, err)
	c.Response().Header.Del(fiber.HeaderETag)
	c.Response().Header.Del(fiber.HeaderContentDisposition)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(p.status)
	if p.status == http.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(retryAfter.Seconds())))
	}
	if wantsJSON(c) {
		return c.JSON(errorBody{errorDetail{p.code, p.message, id}})
	}
	page := errorPage{Base: s.base(c, "error"), Status: p.status, Code: p.code, Message: p.message, RequestID: id}
	page.Heading = words.T(page.Lang, "error."+headingKey(p))
	page.Advice = words.T(page.Lang, "error."+headingKey(p)+".advice")
	page.Title = page.Heading
	if p.message == noSuchPage {
		page.Message = "" // the heading says so, in the reader's language
	}
	if p.status == http.StatusServiceUnavailable {
		page.Refresh = int(retryAfter.Seconds())
	}
	if err := s.render(c, "error", page); err != nil {
		// The error page itself failed: plain text can't.
		return c.Type("txt", "utf-8").SendString(fmt.Sprintf("%d %s (%s)", p.status, p.message, id))
	}
	return nil
}

// headingKey is the part of the words' key for a problem: those without a word of their own share "invalid".
func headingKey(p problem) string {
	if words.Has("error." + p.code) {
		return p.code
	}
	return "invalid"
}

type errorPage struct {
	Base
	Status                 int
	Code, Heading, Message string
	Advice                 string
	RequestID              string
}

// wantsJSON reports whether the address belongs to machines.
func wantsJSON(c *fiber.Ctx) bool {
	p := c.Path()
	return strings.HasPrefix(p, "/api/") || strings.HasPrefix(p, "/figures/") || strings.HasPrefix(p, "/export/") || p == "/oembed"
}

package reform

import "errors"

// The kinds of error that cross rooms. A room wraps one of them with the
// sentence that a person can act on; the web room turns the kind into a status.
var (
	// ErrInvalid marks a request or a document that can't be understood as it is.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound marks an unknown unit, index, document or page.
	ErrNotFound = errors.New("not found")
	// ErrConflict marks a second owner, a run under way, or a newer schema.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable marks a passing state: the engine restarts, the server does not answer.
	ErrUnavailable = errors.New("unavailable")
	// ErrTimeout marks work that was ended because it took too long.
	ErrTimeout = errors.New("timeout")
	// ErrTooLarge marks input or an answer over a stated limit.
	ErrTooLarge = errors.New("too large")
	// ErrDenied marks what the caller may not do.
	ErrDenied = errors.New("denied")
)

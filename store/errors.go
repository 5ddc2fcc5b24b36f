package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/ClickHouse/clickhouse-go/v2"

	"chiso/reform"
)

// kinds maps ClickHouse's exception codes to kinds of error. A code that is not here
// is a mistake of ours (syntax, unknown column) and stays without a kind.
var kinds = map[int32]error{
	// A passing state of the server, or of its network.
	202: reform.ErrUnavailable, // TOO_MANY_SIMULTANEOUS_QUERIES
	210: reform.ErrUnavailable, // NETWORK_ERROR
	225: reform.ErrUnavailable, // NO_ZOOKEEPER
	236: reform.ErrUnavailable, // ABORTED
	242: reform.ErrUnavailable, // TABLE_IS_READ_ONLY
	243: reform.ErrUnavailable, // NOT_ENOUGH_SPACE
	252: reform.ErrUnavailable, // TOO_MANY_PARTS
	279: reform.ErrUnavailable, // ALL_CONNECTION_TRIES_FAILED
	285: reform.ErrUnavailable, // TOO_FEW_LIVE_REPLICAS
	319: reform.ErrUnavailable, // UNKNOWN_STATUS_OF_INSERT
	394: reform.ErrUnavailable, // QUERY_WAS_CANCELLED
	425: reform.ErrUnavailable, // SYSTEM_ERROR
	999: reform.ErrUnavailable, // KEEPER_EXCEPTION

	159: reform.ErrTimeout, // TIMEOUT_EXCEEDED
	160: reform.ErrTimeout, // TOO_SLOW
	209: reform.ErrTimeout, // SOCKET_TIMEOUT

	158: reform.ErrTooLarge, // TOO_MANY_ROWS
	191: reform.ErrTooLarge, // SET_SIZE_LIMIT_EXCEEDED
	241: reform.ErrTooLarge, // MEMORY_LIMIT_EXCEEDED
	307: reform.ErrTooLarge, // TOO_MANY_BYTES
	396: reform.ErrTooLarge, // TOO_MANY_ROWS_OR_BYTES

	164: reform.ErrDenied, // READONLY
	192: reform.ErrDenied, // UNKNOWN_USER
	193: reform.ErrDenied, // WRONG_PASSWORD
	194: reform.ErrDenied, // REQUIRED_PASSWORD
	195: reform.ErrDenied, // IP_ADDRESS_NOT_ALLOWED
	291: reform.ErrDenied, // DATABASE_ACCESS_DENIED
	452: reform.ErrDenied, // SETTING_CONSTRAINT_VIOLATION
	497: reform.ErrDenied, // ACCESS_DENIED
	516: reform.ErrDenied, // AUTHENTICATION_FAILED
}

// wrap names the operation and gives an error of the driver its kind.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	kind := kindOf(err)
	if kind == nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	return fmt.Errorf("store: %s: %w: %w", op, kind, err)
}

// kindOf returns nil for what has no kind, or has one already.
func kindOf(err error) error {
	for _, kind := range []error{reform.ErrUnavailable, reform.ErrTimeout, reform.ErrTooLarge, reform.ErrDenied,
		reform.ErrConflict, reform.ErrInvalid, reform.ErrNotFound} {
		if errors.Is(err, kind) {
			return nil
		}
	}
	var ex *clickhouse.Exception
	if errors.As(err, &ex) {
		return kinds[ex.Code]
	}
	var status *clickhouse.HTTPError
	if errors.As(err, &status) {
		switch status.StatusCode {
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return reform.ErrUnavailable // A proxy before the server.
		case http.StatusUnauthorized, http.StatusForbidden:
			return reform.ErrDenied
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return nil // The caller's own wish.
	case errors.Is(err, context.DeadlineExceeded):
		return reform.ErrTimeout
	case errors.Is(err, clickhouse.ErrAcquireConnTimeout), lost(err):
		return reform.ErrUnavailable
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return reform.ErrTimeout
	}
	return nil
}

// lost reports whether the connection failed: nobody listens, or it broke off.
func lost(err error) bool {
	if unsent(err) {
		return true
	}
	for _, e := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, clickhouse.ErrConnectionClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	var op *net.OpError
	return errors.As(err, &op) && !op.Timeout()
}

// unsent reports whether the connection could not be made at all, so that nothing of
// the statement was sent.
func unsent(err error) bool {
	var op *net.OpError
	return errors.Is(err, syscall.ECONNREFUSED) || (errors.As(err, &op) && op.Op == "dial")
}

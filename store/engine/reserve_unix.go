//go:build unix

package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// reservation holds a loopback address and port without listening on it. The engine
// shares the port (listen_reuse_port), which the kernel allows to processes of the same
// user only: so nobody else can take it while the engine restarts, and be sent the
// password of waiting clients.
type reservation struct {
	fd   int
	host string
	port int
}

// reservePort takes any free port. Where all of 127.0.0.0/8 is the machine itself
// (Linux), it takes it at a random address, where nobody looks for it by scanning.
func reservePort(plain bool) (*reservation, error) {
	if !plain {
		var b [3]byte
		_, _ = rand.Read(b[:]) // Never fails.
		if r, err := reserve([4]byte{127, b[0], b[1], 1 + b[2]%254}); err == nil {
			return r, nil
		}
	}
	return reserve([4]byte{127, 0, 0, 1})
}

func reserve(addr [4]byte) (*reservation, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, fmt.Errorf("engine: reserve a port: %w", err)
	}
	unix.CloseOnExec(fd)
	r := &reservation{fd: fd, host: net.IP(addr[:]).String()}
	sa, err := func() (unix.Sockaddr, error) {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return nil, err
		}
		if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: addr}); err != nil {
			return nil, err
		}
		return unix.Getsockname(fd)
	}()
	if err != nil {
		return nil, fmt.Errorf("engine: reserve a port: %w", errors.Join(err, r.Close()))
	}
	r.port = sa.(*unix.SockaddrInet4).Port
	return r, nil
}

func (r *reservation) Close() error { return unix.Close(r.fd) }

package engine

import (
	"bufio"
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// gate is what listens on the engine's published port. ClickHouse itself listens on a
// private one, because its embedded form ends the whole process when somebody sends
// it a broken request and hangs up before the answer (measured: one byte suffices),
// and because it lets the user "default" in without a password. The gate reads the
// first request of a connection, lets it through only with the right password, and
// from then on passes bytes on; when the client hangs up it stays on the line until
// ClickHouse has finished. It also keeps the port while the engine restarts.
type gate struct {
	listener net.Listener
	backend  string // ClickHouse's private address
	user     string
	password string
	logger   *slog.Logger

	ctx   context.Context
	stop  context.CancelFunc
	conns sync.WaitGroup
}

const (
	// gateHead bounds the first request's head; parameters of a query travel in it.
	gateHead       = 4 << 20
	gateHeadWithin = 10 * time.Second
	// gateRestart is how long a connection waits for an engine that restarts. It is less
	// than what clients try for, so that they see the reason and not only silence.
	gateRestart = 1200 * time.Millisecond
	// gateLinger is how long ClickHouse may answer to a client that has hung up.
	gateLinger = 30 * time.Second
	// gateConns bounds the connections at once.
	gateConns = 512
)

func openGate(backend, user, password string, logger *slog.Logger) (*gate, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("engine: open a port: %w", err)
	}
	g := &gate{listener: ln, backend: backend, user: user, password: password, logger: logger}
	g.ctx, g.stop = context.WithCancel(context.Background())
	g.conns.Go(g.serve)
	return g, nil
}

// Close stops listening and hangs up on everybody.
func (g *gate) Close() error {
	g.stop()
	err := g.listener.Close()
	g.conns.Wait()
	return err
}

func (g *gate) serve() {
	slots := make(chan struct{}, gateConns)
	for {
		conn, err := g.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			g.logger.Warn("ClickHouse engine: a connection could not be accepted", "err", err)
			select {
			case <-g.ctx.Done():
				return
			case <-time.After(50 * time.Millisecond): // Out of file descriptors, most likely.
			}
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			_ = conn.Close() // Too many; the client sees a broken connection.
			continue
		}
		g.conns.Go(func() {
			defer func() { <-slots }()
			g.handle(conn.(*net.TCPConn))
		})
	}
}

func (g *gate) handle(client *net.TCPConn) {
	defer func() { _ = client.Close() }()
	closeAtStop := context.AfterFunc(g.ctx, func() { _ = client.Close() })
	defer closeAtStop()

	_ = client.SetReadDeadline(time.Now().Add(gateHeadWithin))
	var head bytes.Buffer
	request, err := http.ReadRequest(bufio.NewReader(io.TeeReader(io.LimitReader(client, gateHead), &head)))
	if err != nil {
		refuse(client, http.StatusBadRequest, "this port takes ClickHouse's HTTP interface only")
		return
	}
	if !g.allowed(request) {
		refuse(client, http.StatusUnauthorized, "Code: 516. DB::Exception: wrong user or password. (AUTHENTICATION_FAILED)")
		return
	}
	_ = client.SetReadDeadline(time.Time{})
	server, err := g.dial()
	if err != nil {
		return // The client sees a broken connection, as from an engine that ended.
	}
	defer func() { _ = server.Close() }()
	hangUp := context.AfterFunc(g.ctx, func() { _ = server.Close() })
	defer hangUp()
	if _, err := server.Write(head.Bytes()); err != nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, client)
		// ClickHouse is told that nothing more comes, and is still listened to.
		_ = server.CloseWrite()
		_ = server.SetReadDeadline(time.Now().Add(gateLinger))
	}()
	if _, err := io.Copy(client, server); err != nil {
		// The client is gone, or the engine. In the first case ClickHouse must be able to
		// finish what it is saying.
		_ = server.CloseWrite()
		_ = server.SetReadDeadline(time.Now().Add(gateLinger))
		_, _ = io.Copy(io.Discard, server)
	}
	_ = client.Close() // Ends the other direction.
	<-done
}

// allowed compares the password in any of the places where ClickHouse takes it.
func (g *gate) allowed(r *http.Request) bool {
	user, password := r.Header.Get("X-ClickHouse-User"), r.Header.Get("X-ClickHouse-Key")
	if user == "" {
		if u, p, ok := r.BasicAuth(); ok {
			user, password = u, p
		} else {
			q := r.URL.Query()
			user, password = q.Get("user"), q.Get("password")
		}
	}
	return subtle.ConstantTimeCompare([]byte(user), []byte(g.user))&subtle.ConstantTimeCompare([]byte(password), []byte(g.password)) == 1
}

// dial reaches ClickHouse, waiting for one that restarts.
func (g *gate) dial() (*net.TCPConn, error) {
	deadline := time.Now().Add(gateRestart)
	var d net.Dialer
	for {
		conn, err := d.DialContext(g.ctx, "tcp", g.backend)
		if err == nil {
			return conn.(*net.TCPConn), nil
		}
		if g.ctx.Err() != nil || time.Now().After(deadline) {
			return nil, err
		}
		select {
		case <-g.ctx.Done():
			return nil, g.ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// refuse answers in the form of ClickHouse's own errors.
func refuse(client net.Conn, status int, text string) {
	_ = client.SetWriteDeadline(time.Now().Add(time.Second))
	code := ""
	if status == http.StatusUnauthorized {
		code = "X-ClickHouse-Exception-Code: 516\r\n"
	}
	_, _ = fmt.Fprintf(client, "HTTP/1.1 %d %s\r\n%sContent-Type: text/plain; charset=UTF-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s\n",
		status, http.StatusText(status), code, len(text)+1, text)
}

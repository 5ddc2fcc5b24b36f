package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"chiso/reform"
)

// ErrLocked says that another process supervises an engine on the data directory. It
// is a reform.ErrConflict.
var ErrLocked error = lockedError{}

type lockedError struct{}

func (lockedError) Error() string { return "the data directory is in use" }

func (lockedError) Unwrap() error { return reform.ErrConflict }

// Options say what to start and where.
type Options struct {
	DataDir    string
	LibPath    string           // of libchdb; see FindLibrary
	Executable []string         // the command that calls Main, such as [self, "engine"]
	Env        []string         // added to the child's environment
	Logger     *slog.Logger     // nil discards
	Now        func() time.Time // nil is time.Now
	// MemoryRatio bounds the engine's memory as a part of the machine's; 0 means one half.
	MemoryRatio float64
	// StartWithin bounds the wait for the first answer; 0 means 60 s, enough to load
	// many tables from a slow disk.
	StartWithin time.Duration

	// What follows is for tests of a cluster. ExtraConfig is XML put into the engine's
	// configuration, TCPPort opens the native protocol on 127.0.0.1, where garbage ends
	// the process, and Password is used instead of one made at start.
	ExtraConfig string
	TCPPort     int
	Password    string
}

const (
	firstBackoff = 50 * time.Millisecond // A crash costs about this and a start of 300 ms.
	maxBackoff   = 15 * time.Second
	steadyAfter  = 30 * time.Second // A child that lived this long starts the backoff anew.
	stopWithin   = 15 * time.Second // More than the child's own endWithin.

	watchEvery    = 400 * time.Millisecond
	watchWithin   = 5 * time.Second // A busy engine may be slow; a closed port fails at once.
	watchFailures = 3

	dyingWithin  = 300 * time.Millisecond // How long an owner that was just killed may still be seen.
	orphanWithin = 12 * time.Second       // How long the child of a killed supervisor may hold the lock.
)

// Supervisor keeps one engine running on a data directory.
type Supervisor struct {
	opts    Options
	files   files
	lock    *os.File
	port    *reservation
	gate    *gate
	private Address // ClickHouse's own address, behind the gate
	ctx     context.Context
	stop    context.CancelFunc
	done    chan struct{}
	mu      sync.Mutex
	address Address
	starts  int
}

// child is one run of the engine.
type child struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stderr tail
	began  time.Time
	ended  chan struct{} // closed when err is set
	err    error
}

// Start starts an engine and returns once it answers. It runs until ctx ends or
// Stop is called.
func Start(ctx context.Context, opts Options) (*Supervisor, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.MemoryRatio == 0 {
		opts.MemoryRatio = 0.5
	}
	if opts.StartWithin == 0 {
		opts.StartWithin = 60 * time.Second
	}
	if opts.LibPath == "" || len(opts.Executable) == 0 || opts.DataDir == "" {
		return nil, errors.New("engine: DataDir, LibPath and Executable are needed")
	}
	root, err := filepath.Abs(opts.DataDir)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	s := &Supervisor{opts: opts, files: files{root}, done: make(chan struct{})}
	s.ctx, s.stop = context.WithCancel(ctx)
	if err := s.begin(); err != nil {
		s.stop()
		s.release()
		return nil, err
	}
	return s, nil
}

// begin takes the directory and starts the first child; after an error the caller
// releases what was taken.
func (s *Supervisor) begin() (err error) {
	if err := s.files.make(); err != nil {
		return err
	}
	if s.lock, err = takeLock(s.ctx, s.files.lock()); err != nil {
		return err
	}
	if s.port, err = reservePort(s.opts.TCPPort != 0); err != nil {
		return err
	}
	password := s.opts.Password
	if password == "" {
		password = newPassword()
	}
	s.private = Address{Addr: net.JoinHostPort(s.port.host, strconv.Itoa(s.port.port)), User: appUser, Password: password}
	if s.gate, err = openGate(s.private.Addr, appUser, password, s.opts.Logger); err != nil {
		return err
	}
	s.address = Address{
		Addr: s.gate.listener.Addr().String(), User: appUser, Password: password,
		PID: os.Getpid(), Started: s.opts.Now().UTC(),
	}
	if err := writeFile(s.files.users(), []byte(usersXML(password))); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if err := writeFile(s.files.config(), []byte(configXML(s.files, s.opts, s.port.host))); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	c, err := s.startChild()
	if err != nil {
		return err
	}
	go s.supervise(c)
	return nil
}

// Use returns the address of the engine that runs on the data directory, and starts
// one, only for the time until stop is called, where none does. Commands call it, so
// that they work beside a running server and without one.
func Use(ctx context.Context, opts Options) (a Address, stop func(), err error) {
	for range 2 {
		a, err = Attach(opts.DataDir)
		if !errors.Is(err, ErrNotRunning) {
			return a, func() {}, err
		}
		var s *Supervisor
		if s, err = Start(ctx, opts); err == nil {
			return s.Address(), s.Stop, nil
		}
		if !errors.Is(err, ErrLocked) {
			break
		}
		// Another process took the directory in between: it is attached to. It may still be
		// starting.
		select {
		case <-ctx.Done():
			return a, nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return Address{}, nil, err
}

// Address says how to reach the engine. Address and password stay the same while
// the Supervisor lives.
func (s *Supervisor) Address() Address {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Restarts counts how often the engine had to be started again.
func (s *Supervisor) Restarts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(0, s.starts-1)
}

// Done is closed when the engine has ended for good.
func (s *Supervisor) Done() <-chan struct{} { return s.done }

// Stop ends the engine and waits until it is gone.
func (s *Supervisor) Stop() {
	s.stop()
	<-s.done
}

// supervise waits for the child's end and starts the next, until the context ends.
func (s *Supervisor) supervise(c *child) {
	defer close(s.done)
	defer s.release()
	backoff := firstBackoff
	for {
		if c != nil {
			why := s.watch(c)
			s.end(c)
			if s.ctx.Err() != nil {
				return
			}
			if s.opts.Now().Sub(c.began) >= steadyAfter {
				backoff = firstBackoff
			}
			s.opts.Logger.Error("ClickHouse engine failed; starting it again", "why", why,
				"pid", c.cmd.Process.Pid, "exit", exitText(c.err), "stderr", c.stderr.String(), "in", backoff)
		}
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, maxBackoff)
		var err error
		if c, err = s.startChild(); err != nil && s.ctx.Err() == nil {
			s.opts.Logger.Error("ClickHouse engine could not be started again", "err", err, "retry_in", backoff)
		}
	}
}

// watch returns, with the reason, when the child has ended or the context has, or
// when the child does not answer any more: it may hang, or a local process may have
// used the right that "default" cannot be denied, and have closed the port.
func (s *Supervisor) watch(c *child) string {
	failed := 0
	for {
		select {
		case <-s.ctx.Done():
			return "stopped"
		case <-c.ended:
			return "it ended unexpectedly"
		case <-time.After(watchEvery):
		}
		ctx, cancel := context.WithTimeout(s.ctx, watchWithin)
		err := ping(ctx, s.private)
		cancel()
		if err == nil {
			failed = 0
			continue
		}
		if errors.Is(err, errDying) {
			// It only writes its stack traces yet, for seconds.
			_ = c.cmd.Process.Kill()
			return err.Error()
		}
		failed++
		if failed >= watchFailures {
			// What does not answer does not end politely either.
			_ = c.cmd.Process.Kill()
			return "it does not answer: " + err.Error()
		}
	}
}

// startChild starts the engine and waits until it answers and its address is
// written. After an error no child is left.
func (s *Supervisor) startChild() (*child, error) {
	args := append(s.opts.Executable[1:len(s.opts.Executable):len(s.opts.Executable)], childArgs(s.files, s.opts, s.port.port)...)
	c := &child{cmd: exec.Command(s.opts.Executable[0], args...), began: s.opts.Now(), ended: make(chan struct{})}
	// The session's time zone must not depend on the machine: days are days in UTC.
	c.cmd.Env = append(append(os.Environ(), s.opts.Env...), "TZ=UTC")
	c.cmd.Stdout, c.cmd.Stderr = &c.stderr, &c.stderr
	c.cmd.Dir = s.files.data()
	c.cmd.ExtraFiles = []*os.File{s.lock}
	ownGroup(c.cmd)
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	c.stdin = stdin
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("engine: start %s: %w", s.opts.Executable[0], err)
	}
	go func() {
		c.err = c.cmd.Wait()
		close(c.ended)
	}()
	if err := s.waitReady(c); err != nil {
		s.end(c)
		return nil, err
	}
	s.mu.Lock()
	s.starts++
	s.address.Engine = c.cmd.Process.Pid
	state, err := json.MarshalIndent(s.address, "", "  ")
	s.mu.Unlock()
	if err == nil {
		err = writeFile(s.files.state(), append(state, '\n'))
	}
	if err != nil {
		s.end(c)
		return nil, fmt.Errorf("engine: write its address: %w", err)
	}
	s.opts.Logger.Info("ClickHouse engine ready", "pid", c.cmd.Process.Pid, "address", s.address.Addr,
		"took", s.opts.Now().Sub(c.began).Round(time.Millisecond))
	return c, nil
}

func (s *Supervisor) waitReady(c *child) error {
	ctx, cancel := context.WithTimeout(s.ctx, s.opts.StartWithin)
	defer cancel()
	for {
		err := ping(ctx, s.private)
		if err == nil {
			return nil
		}
		select {
		case <-c.ended:
			return fmt.Errorf("engine: ClickHouse ended while starting (%s): %s", exitText(c.err), c.stderr.String())
		case <-ctx.Done():
			return fmt.Errorf("engine: ClickHouse did not answer within %v: %w; its own words: %s", s.opts.StartWithin, err, c.stderr.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// end stops a child: politely, then surely.
func (s *Supervisor) end(c *child) {
	_ = terminate(c.cmd.Process) // It may be gone already.
	_ = c.stdin.Close()
	select {
	case <-c.ended:
	case <-time.After(stopWithin):
		s.opts.Logger.Warn("ClickHouse engine does not end; killing it", "pid", c.cmd.Process.Pid)
		_ = c.cmd.Process.Kill()
		<-c.ended
	}
}

// release gives the directory back. Closing the lock's file unlocks it, as no child
// is left.
func (s *Supervisor) release() {
	if s.gate != nil {
		_ = s.gate.Close()
		s.gate = nil
	}
	if s.port != nil {
		_ = s.port.Close()
		s.port = nil
	}
	if s.lock != nil {
		_ = os.Remove(s.files.state())
		_ = s.lock.Truncate(0)
		_ = s.lock.Close()
		s.lock = nil
	}
}

// takeLock locks the directory and writes this process's id into the lock file.
func takeLock(ctx context.Context, path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("engine: lock: %w", err)
	}
	fail := func(err error) (*os.File, error) { return nil, errors.Join(err, f.Close()) }
	began := time.Now()
	for {
		ok, err := tryLock(f)
		if err != nil {
			return fail(fmt.Errorf("engine: lock %s: %w", path, err))
		}
		if ok {
			break
		}
		pid := lockOwner(f)
		if alive(pid) && time.Since(began) > dyingWithin {
			return fail(fmt.Errorf("%w: process %d runs the ClickHouse engine of %s; stop that process (kill %d), or choose another --data-dir",
				ErrLocked, pid, filepath.Dir(path), pid))
		}
		// The owner was killed, and its child, which inherited the lock, is just ending.
		if time.Since(began) > orphanWithin {
			return fail(fmt.Errorf("%w: a ClickHouse engine left behind by process %d still holds %s; end it and try again", ErrLocked, pid, path))
		}
		select {
		case <-ctx.Done():
			return fail(fmt.Errorf("engine: lock: %w", ctx.Err()))
		case <-time.After(25 * time.Millisecond):
		}
	}
	if err := f.Truncate(0); err != nil {
		return fail(fmt.Errorf("engine: lock: %w", err))
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fail(fmt.Errorf("engine: lock: %w", err))
	}
	return f, nil
}

func lockOwner(f *os.File) int {
	b := make([]byte, 32)
	n, _ := f.ReadAt(b, 0) // io.EOF is expected, and a number that can't be read is no owner.
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	return pid
}

func exitText(err error) string {
	if err == nil {
		return "exit status 0"
	}
	return err.Error()
}

// tail keeps the end of what a child wrote.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if extra := len(t.buf) - tailSize; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.buf))
}

// Package tool runs the programs that read documents for us: with a time limit, a
// bound on what they may answer, little memory, no shell and an environment of their own.
package tool

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"chiso/reform"
)

// Limits bound one run of a program.
type Limits struct {
	Time   time.Duration
	Output int64 // bytes of its standard output
	Memory int64 // bytes of address space; 0: not bounded
}

// ErrMissing marks a program that is not installed.
var ErrMissing = errors.New("not installed")

// Find is the path of a program: what the options say, else what the system's PATH has.
func Find(configured, name string) (string, error) {
	if configured == "" {
		configured = name
	}
	path, err := exec.LookPath(configured)
	if err != nil {
		return "", fmt.Errorf("%s: %w", configured, ErrMissing)
	}
	return path, nil
}

// Answer is what a program wrote.
type Answer struct {
	Out    []byte
	Errors string // the beginning of its standard error
	Code   int    // how it ended
}

// maxErrors is how much of a program's complaints is kept.
const maxErrors = 16 << 10

// Run runs a program in dir and waits for its end. A program that fails is no error of
// Run: the answer has its code. One that takes too long or answers too much is.
func Run(ctx context.Context, lim Limits, dir, path string, args ...string) (Answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lim.Time, errTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	// The programs get no secrets of ours, write for a machine, and use one core.
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "OMP_THREAD_LIMIT=1"}
	separate(cmd)
	cmd.WaitDelay = 2 * time.Second
	out := &bounded{limit: lim.Output, full: cancel}
	complaints := &bounded{limit: maxErrors}
	cmd.Stdout, cmd.Stderr = out, complaints
	if err := cmd.Start(); err != nil {
		return Answer{}, fmt.Errorf("starting %s: %w", path, err)
	}
	bound(cmd.Process.Pid, lim)
	err := cmd.Wait()
	a := Answer{Out: out.kept, Errors: strings.ToValidUTF8(string(complaints.kept), "?"), Code: cmd.ProcessState.ExitCode()}
	switch {
	case out.over:
		return a, fmt.Errorf("%s answered more than %d bytes: %w", name(path), lim.Output, reform.ErrTooLarge)
	case errors.Is(context.Cause(ctx), errTime):
		return a, fmt.Errorf("%s did not end within %s and was stopped: %w", name(path), lim.Time, reform.ErrTimeout)
	case ctx.Err() != nil:
		return a, ctx.Err()
	case err != nil && a.Code == 0:
		return a, fmt.Errorf("running %s: %w", name(path), err)
	}
	return a, nil
}

var errTime = errors.New("time limit")

func name(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// bounded keeps the beginning of what is written to it. It must not embed the buffer: a
// ReadFrom would be used for copying and passes by the bound.
type bounded struct {
	kept  []byte
	limit int64
	over  bool
	full  func() // called when the limit is passed; nil: the rest is dropped
}

func (b *bounded) Write(p []byte) (int, error) {
	room := b.limit - int64(len(b.kept))
	if int64(len(p)) > room {
		b.kept = append(b.kept, p[:max(0, room)]...)
		if b.full != nil && !b.over {
			b.over = true
			b.full()
		}
		return len(p), nil
	}
	b.kept = append(b.kept, p...)
	return len(p), nil
}

package tool

import (
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// separate gives the program a process group of its own, which is ended as a whole:
// some programs start others.
func separate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// bound sets limits that the system holds. The first moments of the program pass without
// them, which matters to no document.
func bound(pid int, lim Limits) {
	set := func(what int, value int64) {
		if value > 0 {
			_ = unix.Prlimit(pid, what, &unix.Rlimit{Cur: uint64(value), Max: uint64(value)}, nil) // the program may have ended
		}
	}
	set(unix.RLIMIT_AS, lim.Memory)
	set(unix.RLIMIT_CPU, int64(lim.Time/time.Second)+1)
	set(unix.RLIMIT_FSIZE, 512<<20)
}

//go:build !linux

package tool

import "os/exec"

// separate does nothing where there are no process groups to end at once.
func separate(*exec.Cmd) {}

// bound does nothing where the system has no limits for another process.
func bound(int, Limits) {}

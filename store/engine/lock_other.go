//go:build !unix

package engine

import (
	"os"
	"os/exec"
)

func tryLock(*os.File) (bool, error) { return false, errUnsupported() }

func alive(int) bool { return false }

func ownGroup(*exec.Cmd) {}

func terminate(p *os.Process) error { return p.Kill() }

func trusted(os.FileInfo) bool { return false }

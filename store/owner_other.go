//go:build !unix

package store

import "os"

// processExists relies on FindProcess, which opens the process on Windows.
func processExists(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	_ = p.Release()
	return true
}

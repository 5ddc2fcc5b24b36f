//go:build !((linux || darwin) && (amd64 || arm64))

package engine

import (
	"os"
	"time"
)

func runLibrary(string, []string) error { return errUnsupported() }

func endSelf(time.Duration) { os.Exit(1) }

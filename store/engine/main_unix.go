//go:build (linux || darwin) && (amd64 || arm64)

package engine

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
)

// runLibrary loads the library and becomes clickhouse-local until its query ends.
func runLibrary(path string, args []string) error {
	// ClickHouse keeps thread-local state on the thread that enters it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	lib, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	for _, name := range []string{"chdb_query_cmdline", "chdb_result_error"} {
		// RegisterLibFunc panics on a missing symbol; a wrong library deserves a sentence.
		if _, err := purego.Dlsym(lib, name); err != nil {
			return fmt.Errorf("%s is not the ClickHouse library that this program needs: %w", path, err)
		}
	}
	var cmdline func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	var resultError func(unsafe.Pointer) string
	purego.RegisterLibFunc(&cmdline, lib, "chdb_query_cmdline")
	purego.RegisterLibFunc(&resultError, lib, "chdb_result_error")

	argv := make([]*byte, 0, len(args)+2)
	for _, a := range append([]string{"clickhouse-local"}, args...) {
		b := append([]byte(a), 0)
		argv = append(argv, &b[0])
	}
	argc := int32(len(argv))
	argv = append(argv, nil) // NULL-terminated, as in C.
	result := cmdline(argc, unsafe.Pointer(&argv[0]))
	runtime.KeepAlive(argv)
	if result == nil {
		return errors.New("the library gave no answer")
	}
	if msg := resultError(result); msg != "" {
		return errors.New(msg)
	}
	return nil
}

// endSelf asks this process to end in the way that ClickHouse knows, and makes sure
// of it after a while.
func endSelf(within time.Duration) {
	_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
	time.Sleep(within)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

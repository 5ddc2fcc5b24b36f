package engine

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// sessionQuery opens the HTTP interface and then blocks for good: the session of
// clickhouse-local ends with its query, and the process with its session. It must
// not read anything, since the user that runs it may not.
const (
	listenHTTP = "SYSTEM START LISTEN HTTP; "
	listenTCP  = "SYSTEM START LISTEN TCP; "
	blockQuery = "SELECT sleepEachRow(3) FROM numbers(1000000000) FORMAT Null" +
		" SETTINGS max_block_size=1, function_sleep_max_microseconds_per_block=0"
)

// endWithin is how long a child may take to end by itself once asked; a merge or an
// insert under way is finished or given up well within it.
const endWithin = 10 * time.Second

// Main is the body of the hidden command "chiso engine". Its first argument is the
// path of the library, the rest are the arguments of clickhouse-local: Supervisor
// makes both. It returns when the engine has ended; mostly it does not return, as
// ClickHouse keeps what it acknowledged without being asked to end, and so a signal
// is the way to end it.
func Main(args []string) error { return Run(args, nil) }

// Run is Main with something to do when the parent is gone, just before the end.
func Run(args []string, orphaned func()) error {
	if len(args) < 2 {
		return errors.New("engine: this command is started by chiso itself; run `chiso serve` instead")
	}
	go func() {
		// Nothing is ever written to this pipe. Its end of file means that the parent
		// closed it or is gone.
		_, _ = io.Copy(io.Discard, os.Stdin)
		if orphaned != nil {
			orphaned()
		}
		endSelf(endWithin)
	}()
	if err := runLibrary(args[0], args[1:]); err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

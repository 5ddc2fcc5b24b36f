// Command chiso loads yearly and live scores of Vietnam's provincial reform
// indices into ClickHouse and serves them as pages, pictures and an API.
//
// This folder wires the rooms together: flags, environment, signals. It holds no
// rule of the field and no SQL.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Asia/Ho_Chi_Minh must be known on machines without zone files.

	"chiso/store/engine"
)

// version is set by the linker.
var version = "dev"

func main() {
	// The engine's child is taken out before anything else: it must not read a configuration
	// or catch signals, and its arguments are ClickHouse's.
	if len(os.Args) > 1 && os.Args[1] == engineCommand {
		if err := engine.Main(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// engineCommand is the hidden command that becomes the embedded ClickHouse.
const engineCommand = "engine"

// exitError carries an exit code that is not simply 1, with nothing more to say.
type exitError struct{ code int }

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// run is main without the process: arguments and environment in, exit code out.
func run(ctx context.Context, args []string, lookupEnv func(string) (string, bool), stdout, stderr io.Writer) int {
	a := &app{lookupEnv: lookupEnv, stdout: stdout, stderr: stderr}
	root := a.rootCommand()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.code
	}
	fmt.Fprintln(stderr, "chiso:", err)
	return 1
}

package dashboard

import (
	"context"
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"
)

// sideBySide asks several questions at once; the first error ends the others. A
// panic in one of them becomes an error here: outside the request's own goroutine
// nothing else would catch it, and it would end the server.
type sideBySide struct{ g *errgroup.Group }

func newSideBySide(ctx context.Context) (sideBySide, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	return sideBySide{g}, ctx
}

// Go asks one question.
func (s sideBySide) Go(ask func() error) {
	s.g.Go(func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("panic in a handler: %v\n%s", r, debug.Stack())
			}
		}()
		return ask()
	})
}

// Wait ends when all questions have.
func (s sideBySide) Wait() error { return s.g.Wait() }

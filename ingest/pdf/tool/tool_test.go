package tool

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"chiso/internal/testshared"
	"chiso/reform"
)

func TestRunIsBounded(t *testing.T) {
	ctx := context.Background()
	lim := Limits{Time: 300 * time.Millisecond, Output: 1000}
	start := time.Now()
	if _, err := Run(ctx, lim, t.TempDir(), testshared.Need(t, "sleep"), "30"); !errors.Is(err, reform.ErrTimeout) {
		t.Errorf("a program that sleeps: got %v, want ErrTimeout", err)
	}
	lim.Time = 20 * time.Second
	a, err := Run(ctx, lim, t.TempDir(), testshared.Need(t, "yes"))
	if !errors.Is(err, reform.ErrTooLarge) || len(a.Out) > 1000 {
		t.Errorf("a program that goes on and on: got %v and %d bytes, want ErrTooLarge and 1000", err, len(a.Out))
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("took %s", d)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Run(cancelled, lim, t.TempDir(), testshared.Need(t, "sleep"), "30"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
}

func TestRunAnswers(t *testing.T) {
	lim := Limits{Time: 20 * time.Second, Output: 10_000}
	a, err := Run(context.Background(), lim, t.TempDir(), testshared.Need(t, "env"))
	if err != nil || a.Code != 0 {
		t.Fatalf("got %v, code %d", err, a.Code)
	}
	t.Setenv("CHISO_SECRET", "x")
	a, err = Run(context.Background(), lim, t.TempDir(), testshared.Need(t, "env"))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(a.Out); s == "" || len(s) > 500 || strings.Contains(s, "CHISO_SECRET") {
		t.Errorf("got environment %q", s)
	}
	if a, err = Run(context.Background(), lim, t.TempDir(), testshared.Need(t, "false")); err != nil || a.Code != 1 {
		t.Errorf("got %v, code %d, want code 1", err, a.Code)
	}
	if _, err := Find("/nonexistent/tool", "tool"); !errors.Is(err, ErrMissing) {
		t.Errorf("got %v, want ErrMissing", err)
	}
}

package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrNotRunning says that no engine runs on a data directory.
var ErrNotRunning = errors.New("no ClickHouse engine runs on this data directory")

// Address says where a running engine is, and how to log in to it.
type Address struct {
	Addr     string    `json:"address"` // host and port of ClickHouse's HTTP interface
	User     string    `json:"user"`
	Password string    `json:"password"`
	PID      int       `json:"pid"`        // of the supervisor
	Engine   int       `json:"engine_pid"` // of the engine
	Started  time.Time `json:"started"`    // of the supervisor
}

// String leaves the password out, so that an Address can be logged.
func (a Address) String() string { return a.Addr }

// LogValue does the same for slog, whose JSON form would not ask String.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.Addr) }

// attachWithin is how long Attach waits for an engine that its supervisor is just
// restarting.
const attachWithin = 3 * time.Second

// Attach returns the address of the engine that runs on a data directory, which
// another process supervises, or ErrNotRunning. A state file that a killed process
// left behind counts as not running.
func Attach(dataDir string) (Address, error) {
	root, err := filepath.Abs(dataDir)
	if err != nil {
		return Address{}, fmt.Errorf("engine: %w", err)
	}
	path := files{root}.state()
	deadline := time.Now().Add(attachWithin)
	for {
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return Address{}, ErrNotRunning
		}
		if err != nil {
			return Address{}, fmt.Errorf("engine: read its address: %w", err)
		}
		var a Address
		if err := json.Unmarshal(raw, &a); err != nil {
			return Address{}, fmt.Errorf("engine: %s is damaged; remove it when no chiso runs: %w", path, err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), attachWithin)
		pingErr := ping(ctx, a)
		cancel()
		if pingErr == nil {
			return a, nil
		}
		if !alive(a.PID) {
			return Address{}, ErrNotRunning
		}
		if time.Now().After(deadline) {
			return Address{}, fmt.Errorf("engine: process %d says that it runs ClickHouse at %s, but it does not answer; try again, or restart that process: %w",
				a.PID, a.Addr, pingErr)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// errDying is the answer of an engine that has crashed and does not know how to end.
var errDying = errors.New("it says that it is shutting down due to a fatal error")

var pingClient = &http.Client{
	Timeout:   30 * time.Second,                                                      // Callers bound it further by their context.
	Transport: &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute}, // Never through a proxy.
}

// ping logs in and asks the smallest question: the port could have gone to another
// program since the address was written.
func ping(ctx context.Context, a Address) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+a.Addr+"/", strings.NewReader("SELECT 1"))
	if err != nil {
		return err
	}
	req.Header.Set("X-ClickHouse-User", a.User)
	req.Header.Set("X-ClickHouse-Key", a.Password)
	resp, err := pingClient.Do(req)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 2048))
	err = errors.Join(err, resp.Body.Close())
	if err != nil {
		return err
	}
	if strings.Contains(string(body), "shutting down due to a fatal error") {
		return errDying
	}
	if resp.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != "1" {
		return fmt.Errorf("unexpected answer: %s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

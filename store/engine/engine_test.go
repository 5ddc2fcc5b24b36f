//go:build unix

package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"chiso/reform"
	"chiso/store/engine"
	"chiso/store/storetest"
)

// superviseEnv makes this test binary a process that supervises an engine in the named
// directory until it is killed.
const superviseEnv = "CHISO_ENGINE_TEST_SUPERVISE"

func init() {
	dir := os.Getenv(superviseEnv)
	if dir == "" {
		return
	}
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	s, err := engine.Start(context.Background(), engine.Options{
		DataDir: dir, LibPath: os.Getenv(superviseEnv + "_LIB"), Executable: []string{self},
		Env: []string{"CHISO_STORETEST_ENGINE=" + filepath.Join(dir, "none")},
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	out, err := json.Marshal(s.Address())
	if err != nil {
		panic(err)
	}
	fmt.Println(string(out))
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Stop()
	os.Exit(0)
}

// supervised starts another process that supervises an engine.
func supervised(t *testing.T, dir string) (*exec.Cmd, engine.Address) {
	t.Helper()
	lib := storetest.Library(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), superviseEnv+"="+dir, superviseEnv+"_LIB="+lib)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close() // Ends it, if the test did not.
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var a engine.Address
	if err := json.Unmarshal([]byte(line), &a); err != nil {
		t.Fatalf("the other process said %q: %v", line, err)
	}
	return cmd, a
}

func start(t *testing.T, opts engine.Options) *engine.Supervisor {
	t.Helper()
	s, err := engine.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// ask sends a query over HTTP and returns the status and the answer.
func ask(t *testing.T, addr, user, password, query string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/", strings.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	if user != "" {
		req.Header.Set("X-ClickHouse-User", user)
		req.Header.Set("X-ClickHouse-Key", password)
	}
	req.Close = true // A connection that was let in once stays open to its owner.
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, strings.TrimSpace(string(body))
}

// eventually waits until ok is true.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

// running reports whether a process lives; a zombie that nobody has waited for does not.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) || syscall.Kill(pid, 0) == nil && !linux()
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func linux() bool { _, err := os.Stat("/proc/self/stat"); return err == nil }

func TestAccess(t *testing.T) {
	sup := start(t, storetest.EngineOptions(t, t.TempDir()))
	a, private := sup.Address(), sup.Private()
	for _, q := range []string{"CREATE DATABASE access", "CREATE TABLE access.t (x Int64) ENGINE = MergeTree ORDER BY x", "INSERT INTO access.t VALUES (42)"} {
		if code, body := ask(t, a.Addr, a.User, a.Password, q); code != http.StatusOK {
			t.Fatalf("app: %s: %d %s", q, code, body)
		}
	}
	if code, body := ask(t, a.Addr, a.User, a.Password, "SELECT x FROM access.t"); code != http.StatusOK || body != "42" {
		t.Errorf("app: got %d %s, want 42", code, body)
	}
	for _, tt := range []struct{ name, user, password string }{
		{"wrong password", a.User, "x"},
		{"no password", a.User, ""},
		{"unknown user", "nobody", a.Password},
		{"default with the password", "default", a.Password},
		{"default", "default", ""},
	} {
		if code, body := ask(t, a.Addr, tt.user, tt.password, "SELECT 1"); code != http.StatusUnauthorized {
			t.Errorf("%s: got %d %s, want 401", tt.name, code, body)
		}
		if tt.user == "default" {
			continue // Not refused by ClickHouse itself: its powers are tried below.
		}
		if code, body := ask(t, private, tt.user, tt.password, "SELECT 1"); code == http.StatusOK || body == "1" {
			t.Errorf("%s, past the gate: got %d %s, want an error", tt.name, code, body)
		}
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"SELECT x FROM access.t",
		"SELECT count() FROM access.t",
		"INSERT INTO access.t VALUES (1)",
		"SELECT * FROM file('" + secret + "', LineAsString)",
		"INSERT INTO FUNCTION file('" + secret + ".out', CSV, 'x Int64') VALUES (1)",
		"SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
		"SELECT * FROM remote('127.0.0.1', system.one)",
		"SELECT * FROM executable('/bin/true', LineAsString, 'x String')",
		"CREATE DATABASE mine",
		"CREATE TABLE x (x Int64) ENGINE = Memory",
		"CREATE USER mine",
		"GRANT ALL ON *.* TO default",
		"KILL QUERY WHERE 1",
		"SYSTEM SHUTDOWN",
		"SELECT query FROM system.processes",
		"DROP TABLE access.t",
	} {
		if code, body := ask(t, private, "", "", q); code == http.StatusOK {
			t.Errorf("default: %s: got %d %q, want an error", q, code, body)
		}
	}
	// Tables of which it may see nothing are empty to it.
	for _, q := range []string{"SELECT name FROM system.tables", "SELECT name FROM system.databases", "SHOW TABLES FROM access", "SELECT name FROM system.columns"} {
		if code, body := ask(t, private, "", "", q); code == http.StatusOK && body != "" {
			t.Errorf("default: %s: got %q, want nothing", q, body)
		}
	}
}

func TestFilesBelongToTheOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sub", "data")
	s := start(t, storetest.EngineOptions(t, dir))
	for _, name := range []string{"engine.json", "engine.lock", "engine/config.xml", "engine/users.xml"} {
		fi, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fi.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: mode %o, want 600", name, got)
		}
	}
	for _, name := range []string{"", "engine", "clickhouse"} {
		fi, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fi.Mode().Perm(); got != 0o700 {
			t.Errorf("%s: mode %o, want 700", name, got)
		}
	}
	users, err := os.ReadFile(filepath.Join(dir, "engine", "users.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(users), s.Address().Password) {
		t.Error("users.xml holds the password itself")
	}
	host, _, err := net.SplitHostPort(s.Address().Addr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("address %s, %v, want a loopback address", s.Address().Addr, err)
	}
	if strings.Contains(fmt.Sprint(s.Address()), s.Address().Password) {
		t.Error("a printed address tells the password")
	}
}

func TestStop(t *testing.T) {
	for _, how := range []string{"stop", "context"} {
		t.Run(how, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s, err := engine.Start(ctx, storetest.EngineOptions(t, dir))
			if err != nil {
				t.Fatal(err)
			}
			pid := s.Address().Engine
			if a, err := engine.Attach(dir); err != nil || a.Password != s.Address().Password {
				t.Errorf("attach: got %v, %v", a, err)
			}
			if how == "stop" {
				s.Stop()
				s.Stop() // Again is harmless.
			} else {
				cancel()
				<-s.Done()
			}
			if running(pid) {
				t.Errorf("engine %d still runs", pid)
			}
			if _, err := engine.Attach(dir); !errors.Is(err, engine.ErrNotRunning) {
				t.Errorf("attach afterwards: got %v, want ErrNotRunning", err)
			}
			if s.Restarts() != 0 {
				t.Errorf("got %d restarts, want 0", s.Restarts())
			}
			// What was stored is there in the next life.
			again, err := engine.Start(t.Context(), storetest.EngineOptions(t, dir))
			if err != nil {
				t.Fatal(err)
			}
			again.Stop()
		})
	}
}

func TestSecondSupervisorIsRefused(t *testing.T) {
	dir := t.TempDir()
	_, a := supervised(t, dir)
	_, err := engine.Start(t.Context(), storetest.EngineOptions(t, dir))
	if !errors.Is(err, engine.ErrLocked) || !errors.Is(err, reform.ErrConflict) {
		t.Fatalf("got %v, want ErrLocked and reform.ErrConflict", err)
	}
	for _, want := range []string{fmt.Sprint(a.PID), "stop", dir} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %q in it", err, want)
		}
	}
	// The refused one must not have disturbed the other.
	got, err := engine.Attach(dir)
	if err != nil || got.Engine != a.Engine {
		t.Errorf("attach: got %v, %v, want engine %d", got, err, a.Engine)
	}
	if code, body := ask(t, got.Addr, got.User, got.Password, "SELECT 7"); body != "7" {
		t.Errorf("through the address of another process: got %d %s", code, body)
	}
}

func TestParentKilled(t *testing.T) {
	dir := t.TempDir()
	cmd, a := supervised(t, dir)
	if code, body := ask(t, a.Addr, a.User, a.Password, "CREATE DATABASE kept"); code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Started at once, while the old engine may still be ending.
	s := start(t, storetest.EngineOptions(t, dir))
	if running(a.Engine) {
		t.Errorf("engine %d outlives its parent beside the new one", a.Engine)
	}
	b := s.Address()
	if b.Password == a.Password {
		t.Error("the password is the old one")
	}
	if code, body := ask(t, b.Addr, b.User, b.Password, "EXISTS DATABASE kept"); body != "1" {
		t.Errorf("data of the killed one: got %d %s, want 1", code, body)
	}
	s.Stop()

	cmd, a = supervised(t, dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, 3*time.Second, "the engine of a killed parent ends", func() bool { return !running(a.Engine) })
	_ = cmd.Wait() // Killed, as was to be.
	if _, err := engine.Attach(dir); !errors.Is(err, engine.ErrNotRunning) {
		t.Errorf("attach by a state file left behind: got %v, want ErrNotRunning", err)
	}
}

func TestRestart(t *testing.T) {
	var log strings.Builder
	opts := storetest.EngineOptions(t, t.TempDir())
	opts.Logger = slog.New(slog.NewTextHandler(&log, nil))
	s := start(t, opts)
	before := s.Address()
	for i := range 3 {
		if err := syscall.Kill(s.Address().Engine, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		eventually(t, 5*time.Second, "a killed engine is started again", func() bool { return s.Restarts() == i+1 })
		t.Logf("restart %d after %v", i+1, time.Since(began).Round(time.Millisecond))
	}
	after := s.Address()
	if after.Addr != before.Addr || after.Password != before.Password || after.Engine == before.Engine {
		t.Errorf("got %+v after %+v, want the same address and password and another engine", after, before)
	}
	if code, body := ask(t, before.Addr, before.User, before.Password, "SELECT 7"); body != "7" {
		t.Errorf("the old address: got %d %s", code, body)
	}
	s.Stop() // The log is written no more.
	for _, want := range []string{"starting it again", "signal: killed", fmt.Sprint("pid=", before.Engine)} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log: %q is not in %s", want, log.String())
		}
	}
}

// The user "default" can't be denied the right to close the port; see doc.go.
func TestClosedPortIsOpenedAgain(t *testing.T) {
	s := start(t, storetest.EngineOptions(t, t.TempDir()))
	a := s.Address()
	if code, body := ask(t, s.Private(), "", "", "SYSTEM STOP LISTEN HTTP"); code != http.StatusOK {
		t.Logf("closing was answered %d %s", code, body) // The connection may break before the answer.
	}
	eventually(t, 6*time.Second, "the engine answers again", func() bool {
		_, body := ask(t, a.Addr, a.User, a.Password, "SELECT 7")
		return s.Restarts() > 0 && body == "7"
	})
}

func TestGarbageOnThePort(t *testing.T) {
	s := start(t, storetest.EngineOptions(t, t.TempDir()))
	a := s.Address()
	for _, garbage := range []string{
		"", "\x00", "\r\n\r\n", "GET", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",                     // the beginning of TLS
		"\x00\x11ClickHouse client\x18\x0a\xb2\xa9\x03\x00\x07default\x00", // of the native protocol
		strings.Repeat("\xff", 1<<16), "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\n\r\n",
		"POST /?query=SELECT HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		for range 5 {
			conn, err := net.Dial("tcp", a.Addr)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.WriteString(conn, garbage) // It may be cut off.
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range 50 {
		if code, _ := ask(t, a.Addr, a.User, fmt.Sprint("wrong", i), "SELECT 1"); code == http.StatusOK {
			t.Fatal("a wrong password was taken")
		}
	}
	if code, body := ask(t, a.Addr, a.User, a.Password, "SELECT 7"); body != "7" {
		t.Errorf("got %d %s", code, body)
	}
	if s.Restarts() != 0 || !running(a.Engine) {
		t.Errorf("the engine was restarted %d times", s.Restarts())
	}
}

func TestUse(t *testing.T) {
	dir := t.TempDir()
	_, other := supervised(t, dir)
	a, stop, err := engine.Use(t.Context(), storetest.EngineOptions(t, dir))
	if err != nil || a.Engine != other.Engine {
		t.Fatalf("beside a running one: got %v, %v, want engine %d", a, err, other.Engine)
	}
	stop()
	if !running(other.Engine) {
		t.Error("using it has stopped the engine of another process")
	}

	dir = t.TempDir()
	a, stop, err = engine.Use(t.Context(), storetest.EngineOptions(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if code, body := ask(t, a.Addr, a.User, a.Password, "SELECT 7"); body != "7" {
		t.Errorf("an own one: got %d %s", code, body)
	}
	stop()
	if running(a.Engine) {
		t.Error("the engine outlives its use")
	}
}

// An engine that hangs is noticed and replaced, and not waited for.
func TestHangingEngine(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED by -short: takes as long as the supervisor's patience")
	}
	s := start(t, storetest.EngineOptions(t, t.TempDir()))
	a := s.Address()
	if err := syscall.Kill(a.Engine, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, "a hanging engine is replaced", func() bool { return s.Restarts() == 1 })
	if code, body := ask(t, a.Addr, a.User, a.Password, "SELECT 7"); body != "7" {
		t.Errorf("got %d %s", code, body)
	}
}

// A request that is broken off ends ClickHouse itself, which is why there is a gate;
// should it happen past the gate, the engine must be back soon.
func TestCrashIsHealed(t *testing.T) {
	s := start(t, storetest.EngineOptions(t, t.TempDir()))
	a := s.Address()
	for deadline := time.Now().Add(10 * time.Second); s.Restarts() == 0; {
		if time.Now().After(deadline) {
			t.Log("not applicable: broken requests do not end this ClickHouse, so there is nothing to heal")
			return
		}
		conn, err := net.Dial("tcp", s.Private())
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		_, _ = conn.Write([]byte{0})
		_ = conn.Close()
		time.Sleep(5 * time.Millisecond)
	}
	// The last broken request may have met the new one.
	eventually(t, 6*time.Second, "the engine answers again", func() bool {
		_, body := ask(t, a.Addr, a.User, a.Password, "SELECT 7")
		return body == "7"
	})
}

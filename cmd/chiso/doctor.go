package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"chiso/charts/assets"
	"chiso/queries"
	"chiso/store"
	"chiso/store/engine"
)

func (a *app) doctorCommand() *cobra.Command {
	var ready bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say how chiso is on this machine: engine, schema, counts, disk, fonts, time zone, problems",
		Long: `Say how chiso is on this machine. Exit code 1 where something is wrong.

With --ready it only asks the server that runs at the configured address whether
it is ready, for health checks.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ready {
				return a.askReady(cmd.Context())
			}
			return a.doctor(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&ready, "ready", false, "ask the running server whether it is ready")
	return cmd
}

// askReady is a health check without curl in the image.
func (a *app) askReady(ctx context.Context) error {
	host, port, err := net.SplitHostPort(a.cfg.Listen)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/api/v1/ready", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: status %d", resp.StatusCode)
	}
	fmt.Fprintln(a.stdout, "ready")
	return nil
}

// checkup prints a line a finding and remembers whether something was wrong.
type checkup struct {
	w   *tabwriter.Writer
	bad int
}

func (c *checkup) ok(what, format string, args ...any) {
	fmt.Fprintf(c.w, "ok\t%s\t%s\n", what, fmt.Sprintf(format, args...))
}

func (c *checkup) wrong(what, format string, args ...any) {
	c.bad++
	fmt.Fprintf(c.w, "WRONG\t%s\t%s\n", what, fmt.Sprintf(format, args...))
}

func (a *app) doctor(ctx context.Context) error {
	c := &checkup{w: tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)}
	c.ok("program", "chiso %s, %s, %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	a.checkMachine(c)
	a.checkEngine(ctx, c)
	if err := c.w.Flush(); err != nil {
		return err
	}
	if c.bad > 0 {
		return fmt.Errorf("%d of the findings above need a hand", c.bad)
	}
	return nil
}

func (a *app) checkMachine(c *checkup) {
	if zone, err := time.LoadLocation("Asia/Ho_Chi_Minh"); err != nil {
		c.wrong("time zone", "Asia/Ho_Chi_Minh is unknown: %v", err)
	} else {
		c.ok("time zone", "Asia/Ho_Chi_Minh, now %s", time.Now().In(zone).Format("15:04 02/01/2006"))
	}
	if n := len(assets.RegularTTF()) + len(assets.BoldTTF()); n < 100_000 {
		c.wrong("fonts", "Inter is not in this program (%d bytes): pictures would have no text", n)
	} else {
		c.ok("fonts", "Inter in the program, %s; no font of the system is used", humanize.Bytes(uint64(n)))
	}
	c.ok("catalogue", "%d indices, %d folders of your own", len(a.cat.Indices()), len(a.cfg.CatalogDirs))
	st, err := os.Stat(a.cfg.DataDir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		c.ok("data", "%s is not there yet: `chiso serve` makes it", a.cfg.DataDir)
		return
	case err != nil:
		c.wrong("data", "%v", err)
		return
	case st.Mode().Perm()&0o077 != 0:
		c.wrong("data", "%s can be read by others (%s): chmod 700 it, it holds the engine's password", a.cfg.DataDir, st.Mode().Perm())
	default:
		c.ok("data", "%s", a.cfg.DataDir)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(a.cfg.DataDir, &fs); err != nil {
		c.wrong("disk", "%v", err)
		return
	}
	free := fs.Bavail * uint64(fs.Bsize)
	used, err := sizeOf(a.cfg.DataDir)
	if err != nil {
		c.wrong("disk", "%v", err)
		return
	}
	if free < 1<<30 {
		c.wrong("disk", "%s used, only %s free", humanize.IBytes(used), humanize.IBytes(free))
	} else {
		c.ok("disk", "%s used, %s free", humanize.IBytes(used), humanize.IBytes(free))
	}
}

// sizeOf adds up the files under dir; those that go away meanwhile are no error.
func sizeOf(dir string) (uint64, error) {
	var n uint64
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			n += uint64(info.Size())
		}
		return nil
	})
	return n, err
}

func (a *app) checkEngine(ctx context.Context, c *checkup) {
	if a.cfg.ClickHouse.DSN != "" {
		c.ok("engine", "a server (clickhouse.dsn is set); no engine is started")
	} else if addr, err := engine.Attach(a.cfg.DataDir); err == nil {
		c.ok("engine", "runs at %s under process %d since %s", addr.Addr, addr.PID, addr.Started.Local().Format("15:04 02/01/2006"))
	} else if lib, err := engine.FindLibrary(a.cfg.ClickHouse.Library, a.xdgDataDirs()...); err != nil {
		c.wrong("engine", "%v", err)
		return
	} else {
		c.ok("engine", "not running; library %s", lib)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	db, stop, err := a.database(ctx)
	if err != nil {
		c.wrong("database", "%v", err)
		return
	}
	defer stop()
	defer func() { _ = db.Close() }()
	server, err := db.ServerVersion(ctx)
	if err != nil {
		c.wrong("database", "%v", err)
		return
	}
	c.ok("database", "ClickHouse %s, database %s", server, db.Database())
	at, err := db.Version(ctx)
	switch {
	case err != nil:
		c.wrong("schema", "%v", err)
	case at != store.LatestVersion():
		c.wrong("schema", "version %d, this program needs %d", at, store.LatestVersion())
	default:
		c.ok("schema", "version %d", at)
	}
	n, err := queries.New(db, a.cat).Counts(ctx)
	if err != nil {
		c.wrong("counts", "%v", err)
		return
	}
	c.ok("counts", "%d facts, %d documents, %d runs, rev %d", n.Observations, n.Documents, n.Runs, n.Rev)
	for _, i := range n.Indices {
		c.ok("  "+i.Index, "%d facts of %d units, %s to %s, newest said %s", i.Facts, i.Units, i.First, i.Last, i.Latest.Format("02/01/2006"))
	}
	if n.Problems > 0 {
		c.ok("problems", "%d stored; each run's page lists its own", n.Problems)
	}
	if n.Uncommitted > 0 {
		c.ok("unfinished", "%d rows of loads that did not end; invisible, swept at the next start", n.Uncommitted)
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"chiso/charts/geo"
	"chiso/charts/render"
	"chiso/config"
	"chiso/dashboard"
	"chiso/data"
	"chiso/ingest"
	"chiso/ingest/archive"
	"chiso/ingest/review"
	"chiso/queries"
	"chiso/reform"
	"chiso/store"
	"chiso/store/engine"
)

func (a *app) serveCommand() *cobra.Command {
	var (
		listen string
		empty  bool
	)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the pages and the API; starts the embedded engine where no server is configured",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if listen != "" {
				a.cfg.Listen = listen
				if err := a.cfg.Validate(); err != nil {
					return err
				}
			}
			return a.serve(cmd.Context(), empty)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "`address` of the pages (CHISO_LISTEN; default 127.0.0.1:8080)")
	cmd.Flags().BoolVar(&empty, "empty", false, "do not load the shipped facts")
	return cmd
}

// shutdownWithin is how long requests that run may take to end after a signal.
const shutdownWithin = 15 * time.Second

func (a *app) serve(ctx context.Context, empty bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	token, err := secret(a.cfg.OperatorTokenFile, "operator_token_file")
	if err != nil {
		return err
	}
	maps, err := readMaps(a.cfg.Maps)
	if err != nil {
		return err
	}
	// The port is taken first: a second server on it should fail before it touches the data.
	ln, err := net.Listen("tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("the address %s can't be taken: is another chiso running? Choose one with --listen: %w", a.cfg.Listen, err)
	}
	defer func() { _ = ln.Close() }()

	// Engine and chart machine take about 0.3 s each, side by side.
	type drawn struct {
		r   *render.Renderer
		err error
	}
	renderer := make(chan drawn, 1)
	go func() {
		r, err := render.New(ctx, render.Options{
			CacheDir: filepath.Join(a.cfg.DataDir, "cache", "resvg"), Workers: a.cfg.Limits.PictureWorkers, Logger: a.log})
		if err == nil {
			if err = useMaps(r, maps); err != nil {
				_ = r.Close()
			}
		}
		renderer <- drawn{r, err}
	}()
	db, stopEngine, err := a.serveDatabase(ctx)
	d := <-renderer
	if d.err == nil {
		defer func() { _ = d.r.Close() }()
	}
	if err != nil {
		return err
	}
	defer stopEngine()
	defer func() { _ = db.Close() }()
	if d.err != nil {
		return d.err
	}

	raw, err := a.archive(false)
	if err != nil {
		return err
	}
	newLoader := func() *ingest.Loader {
		return &ingest.Loader{DB: db, Archive: raw, Catalog: a.cat, Kinds: ingest.KindsWith(a.mappings), Logger: a.log, After: a.checker(db).After}
	}
	var ready atomic.Bool
	scheduler, stopSchedule, err := a.startSchedule(ctx, db, newLoader, ready.Load)
	if err != nil {
		return err
	}
	defer stopSchedule()
	// What a person starts in the page ends before the database is closed.
	asked, stopAsked := context.WithCancel(ctx)
	defer scheduler.Wait()
	defer stopAsked()
	srv, err := a.newServer(ln, db, raw, d.r, newLoader, pageScheduler{scheduler, asked}, token, &ready, maps)
	if err != nil {
		return err
	}
	a.served.Store(srv)
	failed := make(chan error, 3)
	go func() { failed <- srv.Listen(ln) }()
	fmt.Fprintf(a.stdout, "chiso %s: http://%s\n", version, ln.Addr())
	if err := a.serveMetrics(ctx, srv, failed); err != nil {
		return err
	}
	go func() {
		if err := a.loadShipped(ctx, newLoader(), empty); err != nil {
			if ctx.Err() == nil {
				failed <- err
			}
			return
		}
		ready.Store(true)
	}()

	select {
	case err = <-failed:
	case <-ctx.Done():
		a.log.Info("stopping")
	}
	stopCtx, stopCancel := context.WithTimeout(context.Background(), shutdownWithin)
	defer stopCancel()
	return errors.Join(err, srv.Shutdown(stopCtx))
}

// serveDatabase opens the database for a server: with the embedded engine it must be this
// server's own, so that a second one on the folder is refused.
func (a *app) serveDatabase(ctx context.Context) (*store.DB, func(), error) {
	if a.cfg.ClickHouse.DSN != "" {
		return a.serverDatabase(ctx)
	}
	opts, err := a.engineOptions()
	if err != nil {
		return nil, nil, err
	}
	sup, err := engine.Start(ctx, opts)
	if err != nil {
		return nil, nil, err
	}
	addr := sup.Address()
	db, err := a.open(ctx, store.Options{Embedded: &addr})
	if err != nil {
		sup.Stop()
		return nil, nil, err
	}
	return db, sup.Stop, nil
}

func (a *app) newServer(ln net.Listener, db *store.DB, raw *archive.Archive, r *render.Renderer, newLoader func() *ingest.Loader, scheduler dashboard.Scheduler, token string, ready *atomic.Bool, maps map[reform.Scheme]*geo.Map) (*dashboard.Server, error) {
	reader := queries.New(db, a.cat)
	return dashboard.New(dashboard.Options{
		Reader:         reader,
		Loader:         &pageLoader{newLoader: newLoader, cat: a.cat},
		Scheduler:      scheduler,
		Configured:     a.configured(),
		Reviewer:       pageReviewer{&review.Service{Reader: reader, NewLoader: newLoader}},
		Notebook:       db,
		Archive:        rawArchive{raw},
		Excerpts:       newPageExcerpts(raw),
		Health:         engineHealth{db},
		Catalog:        a.cat,
		Renderer:       r,
		Logger:         a.log,
		Listen:         ln.Addr().String(),
		OperatorToken:  token,
		Version:        version,
		Ready:          ready.Load,
		HomeUnit:       reform.UnitKey(a.cfg.HomeUnit),
		Maps:           maps,
		UploadBytes:    int64(a.cfg.Limits.UploadMiB) << 20,
		RequestTimeout: time.Duration(a.cfg.Limits.RequestTimeout),
		LoadTimeout:    time.Duration(a.cfg.Limits.LoadTimeout),
		PictureWorkers: a.cfg.Limits.PictureWorkers,
		BaseURL:        a.cfg.Server.BaseURL,
		EmbedOrigins:   a.cfg.Server.EmbedOrigins,
		StageDir:       filepath.Join(a.cfg.DataDir, "stage"),
	})
}

// serveMetrics serves Prometheus metrics on their own loopback address.
func (a *app) serveMetrics(ctx context.Context, srv *dashboard.Server, failed chan<- error) error {
	if a.cfg.MetricsListen == "" {
		return nil
	}
	ln, err := net.Listen("tcp", a.cfg.MetricsListen)
	if err != nil {
		// Numbers about the program are not worth a morning without the program.
		a.log.Warn("no metrics: the address can't be taken", "address", a.cfg.MetricsListen, "error", err)
		return nil
	}
	if host, _, err := net.SplitHostPort(ln.Addr().String()); err != nil || !config.Loopback(host) {
		return fmt.Errorf("metrics_listen %s is not a loopback address", a.cfg.MetricsListen)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", srv.MetricsHandler())
	hs := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	go func() {
		if err := hs.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	go func() {
		<-ctx.Done()
		_ = hs.Close()
	}()
	return nil
}

// loadShipped loads the facts that come with the program, where they are not loaded yet, and
// says on the log how it goes: it takes some seconds the first time.
func (a *app) loadShipped(ctx context.Context, l *ingest.Loader, empty bool) error {
	if swept, err := l.DB.Sweep(ctx); err != nil {
		return err
	} else if swept > 0 {
		a.log.Info("removed rows of loads that never ended", "runs", swept)
	}
	if empty {
		return nil
	}
	began := time.Now()
	reports, err := l.LoadShipped(ctx, data.Files, func(r ingest.Report) {
		a.log.Info("shipped facts", "file", r.Name, "state", r.State, "facts", r.Facts, "problems", r.Problems)
	})
	if err != nil {
		return err
	}
	for _, r := range reports {
		if r.State == ingest.Refused {
			return fmt.Errorf("the shipped file %s was refused: %s", r.Name, r.Message.EN)
		}
	}
	if len(reports) > 0 {
		a.log.Info("shipped facts loaded", "files", len(reports), "took", time.Since(began).Round(time.Millisecond).String())
	}
	return nil
}

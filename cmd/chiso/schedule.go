package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"chiso/config"
	"chiso/ingest"
	"chiso/ingest/checks"
	"chiso/ingest/inbox"
	"chiso/ingest/schedule"
	"chiso/ingest/service766"
	"chiso/store"
)

// The kinds of source that are put together here; the others are the schedule's own.
const (
	kindPortal2022 = "766-portal-2022"
	kindPortal2026 = "766-portal-2026"
	kindInbox      = "inbox"
)

// portalTimeout is how long a poll of the portal may take where nothing is configured:
// with its pauses, the communes of all provinces take the better part of an hour.
const portalTimeout = 2 * time.Hour

// checker looks at what was loaded; its After is the loaders' hook.
func (a *app) checker(db *store.DB) *checks.Checker {
	return &checks.Checker{DB: db, Catalog: a.cat, Logger: a.log}
}

// newScheduler puts the configured sources together. active says that this process
// schedules; one that does not still reads a source when a person asks.
func (a *app) newScheduler(db *store.DB, newLoader func() *ingest.Loader, active bool) (*schedule.Scheduler, error) {
	runner := &schedule.Runner{Fetchers: schedule.DefaultFetchers(), NewLoader: newLoader}
	var sources []schedule.Source
	var errs []error
	portals := map[string]schedule.Portal{}
	for _, c := range a.cfg.Sources {
		s := schedule.Source{
			Name: c.Name, Kind: c.Kind, Schedule: c.Schedule, Where: c.Where, Enabled: c.Enabled, Timeout: time.Duration(c.Timeout),
			Jitter: time.Duration(c.Jitter), Window: c.Window, CatchUp: c.CatchUp,
		}
		if c.Line > 0 {
			s.Place = "line " + strconv.Itoa(c.Line)
		}
		var err error
		if c.Kind == kindPortal2022 || c.Kind == kindPortal2026 {
			if s.Timeout == 0 {
				s.Timeout = portalTimeout
			}
			var p schedule.Portal
			if p, err = a.portal(c); err == nil {
				portals[c.Name] = p
				s.Where = p.Config.Address()
			}
		} else {
			s.Options, err = plainOptions(c.Options)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("source %q (%s): options: %w", c.Name, s.Place, err))
		}
		sources = append(sources, s)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	fetch := schedule.FetchPortals(portals)
	runner.Fetchers[kindPortal2022], runner.Fetchers[kindPortal2026] = fetch, fetch
	if a.cfg.Inbox.Folder != "" {
		box := &inbox.Inbox{
			Folder: a.cfg.Inbox.Folder, Settle: time.Duration(a.cfg.Inbox.Settle), MaxBytes: int64(a.cfg.Inbox.MaxMiB) << 20,
			NewLoader: newLoader, DB: db, Logger: a.log,
		}
		runner.Takers = map[string]schedule.Taker{kindInbox: schedule.InboxTaker{Inbox: box}}
		sources = append(sources, schedule.Source{
			Name: kindInbox, Kind: kindInbox, Schedule: "@every " + time.Duration(a.cfg.Inbox.Every).String(), Where: a.cfg.Inbox.Folder,
			Enabled: true, Place: "inbox",
		})
	}
	x, exports, err := a.newExporter()
	if err != nil {
		return nil, err
	}
	if len(exports) > 0 {
		if runner.Takers == nil {
			runner.Takers = map[string]schedule.Taker{}
		}
		runner.Takers[schedule.KindExport] = x
		sources = append(sources, exports...)
	}
	return schedule.New(schedule.Options{DB: db, Sources: sources, Runner: runner, Logger: a.log, Active: active})
}

// portal is the poller of a source of the 766 index; its options are those of package service766.
func (a *app) portal(c config.Source) (schedule.Portal, error) {
	cfg := service766.Config{Portal: service766.Portal2022}
	if c.Kind == kindPortal2026 {
		cfg.Portal = service766.Portal2026
	}
	if len(c.Options) > 0 {
		b, err := yaml.Marshal(c.Options)
		if err != nil {
			return schedule.Portal{}, err
		}
		portal := cfg.Portal
		if err := yaml.UnmarshalWithOptions(b, &cfg, yaml.Strict()); err != nil {
			return schedule.Portal{}, errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
		}
		cfg.Portal = portal // the kind has said it
	}
	if c.Where != "" {
		cfg.BaseURL = c.Where
	}
	p, err := service766.New(cfg, service766.Env{Logger: a.log})
	return schedule.Portal{Poller: p, Config: cfg}, err
}

// plainOptions are options of kinds that take words and numbers only.
func plainOptions(options map[string]any) (map[string]string, error) {
	out := make(map[string]string, len(options))
	for k, v := range options {
		switch v.(type) {
		case string, bool, int, int64, uint64, float64:
			out[k] = fmt.Sprint(v)
		default:
			return nil, fmt.Errorf("%s: want a word or a number", k)
		}
	}
	return out, nil
}

// startSchedule runs the schedule beside the pages, from when ready says so until ctx ends.
// A mistake in the sources is told at once. stop waits for the end of what is under way.
func (a *app) startSchedule(ctx context.Context, db *store.DB, newLoader func() *ingest.Loader, ready func() bool) (s *schedule.Scheduler, stop func(), err error) {
	s, err = a.newScheduler(db, newLoader, a.cfg.Scheduler)
	if err != nil {
		return nil, nil, fmt.Errorf("configuration: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		for !ready() {
			select {
			case <-ctx.Done():
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
		if _, err := db.SweepSources(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("attempts of programs that are gone could not be closed", "error", err)
		}
		work.Go(func() {
			if n, err := a.checker(db).Missing(ctx); err != nil && ctx.Err() == nil {
				a.log.Warn("runs that were never checked could not be checked", "error", err)
			} else if n > 0 {
				a.log.Info("runs checked that no check had looked at", "runs", n)
			}
		})
		s.Run(ctx)
	})
	return s, func() { cancel(); work.Wait() }, nil
}

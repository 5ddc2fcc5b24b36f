package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"chiso/config"
	"chiso/dashboard"
	"chiso/dashboard/deliver"
	"chiso/ingest"
	"chiso/ingest/schedule"
	"chiso/reform"
	"chiso/reform/words"
)

// exporter writes the configured reports and hands them to the courier. It is the schedule's job for sources of
// the kind "export": that one says when, keeps two from running at once and notes what became of it.
type exporter struct {
	exports map[string]config.Export
	courier deliver.Courier
	report  func(ctx context.Context, e config.Export) (*deliver.Parcel, error)
}

// Pending is always so: what is due by the clock is sent.
func (x *exporter) Pending(context.Context, schedule.Source) (bool, error) { return true, nil }

// Take writes the report and sends it to every target.
func (x *exporter) Take(ctx context.Context, s schedule.Source) ([]ingest.Report, error) {
	e, ok := x.exports[s.Name]
	if !ok {
		return nil, fmt.Errorf("no export is named %q: %w", s.Name, reform.ErrNotFound)
	}
	p, err := x.report(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	p.Report = e.Name
	done, err := x.courier.Send(ctx, p, targets(e))
	said := func(lang string) string {
		return words.T(lang, "deliver.sent", "file", p.Name, "size", humanize.Bytes(uint64(len(p.Body))), "to", strings.Join(done, "; "))
	}
	return []ingest.Report{{Name: p.Name, Kind: schedule.KindExport, State: ingest.Loaded, Message: reform.Text{VI: said("vi"), EN: said("en")}}}, err
}

// newExporter puts the configured exports together; every report is read at once, so that a mistake
// is told at the start.
func (a *app) newExporter() (*exporter, []schedule.Source, error) {
	m := a.cfg.SMTP
	x := &exporter{exports: map[string]config.Export{}, report: a.scheduledReport, courier: deliver.Courier{
		SMTP: deliver.SMTP{Host: m.Host, Port: m.Port, From: m.From, User: m.User, TLS: m.TLS,
			Password: func() (string, error) { return secret(m.PasswordFile, "smtp.password_file") }},
		Version: version, Location: schedule.Location(), Log: a.log, Now: time.Now,
		Waits: []time.Duration{5 * time.Second, 30 * time.Second}, Single: 2 * time.Minute,
	}}
	var sources []schedule.Source
	var errs []error
	for _, e := range a.cfg.Exports {
		where := "line " + strconv.Itoa(e.Line)
		f, err := readDeck(e.Report)
		if err == nil {
			w := deckWishesOf(e)
			_, err = w.options(&f, a.cfg.HomeUnit)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("export %q (%s): %w", e.Name, where, err))
			continue
		}
		x.exports[e.Name] = e
		sources = append(sources, schedule.Source{
			Name: e.Name, Kind: schedule.KindExport, Schedule: e.Schedule, Where: targets(e).Names(), Enabled: e.Enabled,
			Timeout: time.Duration(e.Timeout), CatchUp: e.CatchUp, Place: where,
		})
	}
	return x, sources, errors.Join(errs...)
}

func targets(e config.Export) deliver.To {
	return deliver.To{Folder: e.Folder, Webhook: e.Webhook, Mail: e.Mail,
		Token: func() (string, error) { return secret(e.WebhookTokenFile, "webhook_token_file") }}
}

func deckWishesOf(e config.Export) deckWishes {
	w := deckWishes{index: e.Index, period: e.Period, lang: e.Lang, theme: e.Theme, ratio: e.Ratio}
	for u := range strings.SplitSeq(e.Unit, ",") {
		if u = strings.TrimSpace(u); u != "" {
			w.units = append(w.units, u)
		}
	}
	return w
}

// scheduledReport writes the report of an export, by the pages that are served, or by pages of its own.
func (a *app) scheduledReport(ctx context.Context, e config.Export) (*deliver.Parcel, error) {
	f, err := readDeck(e.Report)
	if err != nil {
		return nil, err
	}
	w := deckWishesOf(e)
	o, err := w.options(&f, a.cfg.HomeUnit)
	if err != nil {
		return nil, err
	}
	var out *deliver.Parcel
	write := func(srv *dashboard.Server) error {
		r, err := srv.Report(ctx, f, o)
		if err != nil {
			return err
		}
		body, err := r.File(ctx, e.Format)
		if err != nil {
			return err
		}
		out = &deliver.Parcel{Name: r.Name + "." + e.Format, Title: r.Title, Lang: r.Lang, Rev: r.Rev, Summary: r.Summary, Left: r.Left, Body: body, Type: dashboard.ReportType(e.Format)}
		return nil
	}
	if srv := a.served.Load(); srv != nil {
		err := write(srv)
		return out, err
	}
	err = a.withPages(ctx, write)
	return out, err
}

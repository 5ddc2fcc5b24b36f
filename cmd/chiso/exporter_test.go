package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"chiso/config"
	"chiso/dashboard/deliver"
	"chiso/ingest/schedule"
	"chiso/reform"
)

// A report that can't be written is told, and nothing is sent.
func TestExportWithoutReport(t *testing.T) {
	x := &exporter{exports: map[string]config.Export{"weekly": {Name: "weekly", Folder: t.TempDir()}},
		report: func(context.Context, config.Export) (*deliver.Parcel, error) { return nil, reform.ErrNotFound }}
	if _, err := x.Take(t.Context(), schedule.Source{Name: "weekly", Kind: schedule.KindExport}); !errors.Is(err, reform.ErrNotFound) {
		t.Errorf("nothing to report: got %v", err)
	}
}

// A mistake of the configuration is told at the start.
func TestConfiguredExports(t *testing.T) {
	a := &app{log: slog.New(slog.DiscardHandler)}
	a.cfg.HomeUnit = "vn63:80"
	for report, want := range map[string]string{"province": "", "provinces": "no report is called", "./none.yaml": "none.yaml"} {
		a.cfg.Exports = []config.Export{{Name: "weekly", Schedule: "0 7 * * 1", Report: report, Format: "pdf", Folder: t.TempDir(), Mail: []string{"a@example.vn"}, Enabled: true, Line: 4}}
		_, sources, err := a.newExporter()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", report, err, want)
		}
		if err == nil && (len(sources) != 1 || sources[0].Where != "folder, mail") {
			t.Errorf("sources: %+v", sources)
		}
	}
}

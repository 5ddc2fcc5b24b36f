package main

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"chiso/config"
	"chiso/ingest"
	"chiso/reform"
)

func TestFreshness(t *testing.T) {
	now := time.Date(2025, 10, 16, 12, 6, 0, 0, time.UTC)
	said := time.Date(2025, 10, 15, 23, 30, 0, 0, time.UTC) // the 16th in Viet Nam
	for _, tt := range []struct {
		state  reform.SourceState
		vi, en string
	}{
		{reform.SourceState{}, "chưa có số liệu", "no data yet"},
		{reform.SourceState{Newest: said, LastSuccess: now.Add(-10 * time.Minute)}, "số liệu đến 16/10/2025, cập nhật 10 phút trước", "data up to 16/10/2025, updated 10 minutes ago"},
		{reform.SourceState{Newest: said, LastSuccess: now.Add(-25 * time.Hour), Enabled: true, OverdueAt: now.Add(-time.Minute)}, "số liệu đến 16/10/2025, cập nhật 1 ngày trước (TRỄ)", "data up to 16/10/2025, updated 1 day ago (LATE)"},
		{reform.SourceState{Newest: said, LastSuccess: now, OverdueAt: now.Add(-time.Minute)}, "số liệu đến 16/10/2025, cập nhật vừa xong", "data up to 16/10/2025, updated just now"},
		{reform.SourceState{LastSuccess: now.Add(-3 * time.Hour)}, "đọc 3 giờ trước", "read 3 hours ago"},
		{reform.SourceState{Newest: said}, "số liệu đến 16/10/2025", "data up to 16/10/2025"},
	} {
		if got := freshness(tt.state, now, "vi"); got != tt.vi {
			t.Errorf("got %q, want %q", got, tt.vi)
		}
		if got := freshness(tt.state, now, "en"); got != tt.en {
			t.Errorf("got %q, want %q", got, tt.en)
		}
	}
}

func TestPrintSources(t *testing.T) {
	now := time.Date(2025, 10, 16, 12, 0, 0, 0, time.UTC)
	states := []reform.SourceState{
		{Name: "live", Kind: "766-portal-2022", Enabled: true, Next: now.Add(time.Hour), LastSuccess: now.Add(-time.Hour), Newest: now.Add(-time.Hour),
			Last: &reform.SourceRun{State: reform.SourceFailed, StartedAt: now.Add(-time.Minute), EndedAt: now.Add(-58 * time.Second), Facts: 7, Revisions: 2, Problems: 1, Message: reform.Text{VI: "không trả lời", EN: "no answer"}}},
		{Name: "off", Kind: "url"},
		{Name: "busy", Kind: "url", Enabled: true, Running: &reform.SourceRun{}},
	}
	var b strings.Builder
	if err := printSources(&b, states, reform.SchedulerState{Instance: "x", Host: "may-chu", PID: 7, At: now.Add(-5 * time.Second)}, now, "vi"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"may-chu (tiến trình 7)", "5 giây trước", "18:59 16/10/2025", "failed", "2s", "20:00 16/10/2025", "đã tắt", "đang chạy", "live: failed: không trả lời"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

// A mistake in a source is told before anything is served, with its name, line and field.
func TestSchedulerMistakes(t *testing.T) {
	for _, tt := range []struct {
		source config.Source
		want   string
	}{
		{config.Source{Name: "a", Kind: "ftp", Schedule: "@daily", Line: 7}, `source "a" (line 7): kind:`},
		{config.Source{Name: "a", Kind: "url", Where: "https://example.org/", Schedule: "daily", Line: 7}, `source "a" (line 7): schedule:`},
		{config.Source{Name: "a", Kind: "url", Where: "https://example.org/", Schedule: "@daily", Options: map[string]any{"index": []any{"par"}}, Line: 7}, "index: want a word"},
		{config.Source{Name: "a", Kind: kindPortal2022, Schedule: "@daily", Options: map[string]any{"perods": 1}, Line: 7}, `source "a" (line 7): options:`},
		{config.Source{Name: "a", Kind: kindPortal2026, Schedule: "@daily", Options: map[string]any{"no_pause": true}, Line: 7}, "no_pause"},
		{config.Source{Name: "inbox", Kind: "url", Where: "https://example.org/", Schedule: "@daily"}, "two of this name"},
	} {
		a := &app{cat: reform.Default(), log: slog.New(slog.DiscardHandler), stdout: io.Discard}
		a.cfg = config.Default(t.TempDir())
		a.cfg.Sources = []config.Source{tt.source}
		a.cfg.Inbox.Folder = t.TempDir()
		_, err := a.newScheduler(nil, func() *ingest.Loader { return nil }, true)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.source, err, tt.want)
		}
	}
	good := &app{cat: reform.Default(), log: slog.New(slog.DiscardHandler)}
	good.cfg = config.Default(t.TempDir())
	good.cfg.Sources = []config.Source{
		{Name: "old", Kind: kindPortal2022, Schedule: "0 1 * * *", Options: map[string]any{"pause": "2s", "below": []any{"vn34:91"}, "periods": map[string]any{"current": []any{"month", "year"}}}},
		{Name: "new", Kind: kindPortal2026, Schedule: "0 2 * * *", Where: "https://dichvucong.gov.vn"},
	}
	if _, err := good.newScheduler(nil, func() *ingest.Loader { return nil }, true); err != nil {
		t.Errorf("good sources: %v", err)
	}
}

package schedule

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

var kinds = []string{KindURL, KindFolder}

func TestNext(t *testing.T) {
	for _, tt := range []struct {
		schedule, window, from string
		want                   []string
	}{
		{"0 2 * * *", "", "2025-10-16T00:00:00Z", []string{"2025-10-16T19:00:00Z", "2025-10-17T19:00:00Z"}}, // 02:00 in Viet Nam
		{"@daily", "04-01..06-30", "2025-06-28T20:00:00Z", []string{"2025-06-29T17:00:00Z", "2026-03-31T17:00:00Z"}},
		{"30 7 1 * *", "04-01..06-30", "2025-06-15T00:00:00Z", []string{"2026-04-01T00:30:00Z", "2026-05-01T00:30:00Z", "2026-06-01T00:30:00Z", "2027-04-01T00:30:00Z"}},
		{"0 6 * * 1-5", "12-30..01-02", "2025-12-29T12:00:00Z", []string{"2025-12-29T23:00:00Z", "2025-12-30T23:00:00Z", "2025-12-31T23:00:00Z", "2026-01-01T23:00:00Z", "2026-12-29T23:00:00Z"}},
		{"@every 6h", "", "2025-10-16T00:00:00Z", []string{"2025-10-16T06:00:00Z", "2025-10-16T12:00:00Z"}},
		{"0 0 29 2 *", "02-29..02-29", "2025-01-01T00:00:00Z", []string{"2028-02-28T17:00:00Z", "2032-02-28T17:00:00Z"}},
	} {
		src := Source{Name: "a", Kind: KindFolder, Where: ".", Schedule: tt.schedule, Window: tt.window}
		if err := src.Validate(kinds); err != nil {
			t.Errorf("%s in %q: %v", tt.schedule, tt.window, err)
			continue
		}
		inner, _ := parseSchedule(tt.schedule)
		w, _ := ParseWindow(tt.window)
		at, err := time.Parse(time.RFC3339, tt.from)
		if err != nil {
			t.Fatal(err)
		}
		s := seasonal{anchor(inner, at), w, Location()}
		var got []string
		for range tt.want {
			at = s.Next(at)
			got = append(got, at.UTC().Format(time.RFC3339))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s in %q (-want +got):\n%s", tt.schedule, tt.window, diff)
		}
	}
}

// @every goes on from where it was, whenever the program starts.
func TestEveryHasAnAnchor(t *testing.T) {
	last := time.Date(2025, 10, 16, 1, 0, 0, 0, time.UTC)
	inner, err := parseSchedule("@every 24h")
	if err != nil {
		t.Fatal(err)
	}
	for _, later := range []time.Duration{0, time.Hour, 23 * time.Hour} {
		if got, want := anchor(inner, last).Next(last.Add(later)), last.Add(24*time.Hour); !got.Equal(want) {
			t.Errorf("started %s later: got %s, want %s", later, got, want)
		}
	}
}

func TestSourceMistakes(t *testing.T) {
	good := Source{Name: "pci", Kind: KindURL, Schedule: "0 2 * * *", Where: "https://example.org/pci.xlsx", Enabled: true, Place: "line 7"}
	if err := good.Validate(kinds); err != nil {
		t.Fatalf("a good source: %v", err)
	}
	for _, tt := range []struct {
		want   string
		change func(*Source)
	}{
		{"name", func(s *Source) { s.Name = "Tên có dấu" }},
		{"name", func(s *Source) { s.Name = "" }},
		{"kind", func(s *Source) { s.Kind = "ftp" }},
		{"schedule", func(s *Source) { s.Schedule = "" }},
		{"schedule", func(s *Source) { s.Schedule = "0 25 * * *" }},
		{"schedule", func(s *Source) { s.Schedule = "0 0 2 * * *" }},
		{"schedule", func(s *Source) { s.Schedule = "TZ=" }},
		{"schedule", func(s *Source) { s.Schedule = "CRON_TZ=UTC 0 2 * * *" }},
		{"schedule", func(s *Source) { s.Schedule = "@every 10ms" }},
		{"schedule", func(s *Source) { s.Schedule = "@every -1h" }},
		{"schedule", func(s *Source) { s.Schedule = "@reboot" }},
		{"schedule", func(s *Source) { s.Schedule = "0 0 31 2 *" }},
		{"schedule", func(s *Source) { s.Schedule, s.Window = "0 0 1 1 *", "04-01..06-30" }},
		{"window", func(s *Source) { s.Window = "04-31..06-30" }},
		{"window", func(s *Source) { s.Window = "April" }},
		{"where", func(s *Source) { s.Where = "ftp://example.org" }},
		{"where", func(s *Source) { s.Kind, s.Where = KindFolder, "" }},
		{"timeout", func(s *Source) { s.Timeout = -1 }},
		{"jitter", func(s *Source) { s.Jitter = 100 * time.Hour }},
		{"options", func(s *Source) { s.Options = map[string]string{"colour": "red"} }},
		{"options", func(s *Source) { s.Options = map[string]string{"authority": "9"} }},
		{"options", func(s *Source) { s.Options = map[string]string{"set_aside": "perhaps"} }},
		{"options", func(s *Source) { s.Kind, s.Options = KindFolder, map[string]string{"pattern": "["} }},
	} {
		s := good
		tt.change(&s)
		err := s.Validate(kinds)
		if !errors.Is(err, reform.ErrInvalid) || !strings.Contains(err.Error(), "(line 7): "+tt.want+": ") {
			t.Errorf("%+v: got %v, want a mistake of %s with its line", s, err, tt.want)
		}
	}
	if err := Check([]Source{good, good}, kinds); err == nil || !strings.Contains(err.Error(), "two of this name") {
		t.Errorf("two of a name: got %v", err)
	}
}

func TestShownWithoutPassword(t *testing.T) {
	s := Source{Where: "https://user:secret@example.org/a.csv"}
	if got, want := s.shown(), "https://example.org/a.csv"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"0 2 * * *", "@every 1h", "TZ=", "CRON_TZ=UTC 0 2 * * *", "@daily", "*/0 * * * *", "0 0 31 2 *", "1-9/4 ? 1,3 JAN-DEC MON"} {
		f.Add(s, "04-01..06-30")
	}
	f.Fuzz(func(t *testing.T, schedule, window string) {
		if len(schedule) > 200 || len(window) > 200 {
			return
		}
		inner, err := parseSchedule(schedule)
		w, werr := ParseWindow(window)
		if err != nil || werr != nil {
			return
		}
		from := time.Date(2025, 6, 15, 0, 0, 0, 0, time.UTC)
		s := seasonal{anchor(inner, from), w, Location()}
		if next := s.Next(from); !next.IsZero() && (!next.After(from) || !w.Contains(next)) {
			t.Errorf("%q in %q: got %s, want later than %s and within", schedule, window, next, from)
		}
	})
}

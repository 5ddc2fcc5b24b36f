package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSources(t *testing.T) {
	p := write(t, `scheduler: false
sources:
  - name: pci
    kind: url
    schedule: "0 2 * * *"
    where: https://example.org/pci.xlsx
    window: "04-01..06-30"
    timeout: 5m
    options: {index: pci, authority: 1}
  - name: share
    kind: folder
    schedule: "@hourly"
    where: share
    enabled: false
    catch_up: false
    options:
      periods:
        current: [month, year]
inbox:
  folder: in
  settle: 20s
`)
	c, err := Load(p, Default("/data"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	want := []Source{
		{Name: "pci", Kind: "url", Schedule: "0 2 * * *", Where: "https://example.org/pci.xlsx", Enabled: true, CatchUp: true, Window: "04-01..06-30",
			Timeout: Duration(5 * time.Minute), Options: map[string]any{"index": "pci", "authority": uint64(1)}, Line: 3},
		{Name: "share", Kind: "folder", Schedule: "@hourly", Where: filepath.Join(filepath.Dir(p), "share"), Line: 10,
			Options: map[string]any{"periods": map[string]any{"current": []any{"month", "year"}}}},
	}
	if diff := cmp.Diff(want, c.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Inbox{Folder: filepath.Join(filepath.Dir(p), "in"), Every: Duration(30 * time.Second), Settle: Duration(20 * time.Second), MaxMiB: 512}, c.Inbox); diff != "" {
		t.Errorf("inbox (-want +got):\n%s", diff)
	}
	if c.Scheduler {
		t.Error("scheduler: got true, want false")
	}
}

func TestSourceMistakes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"sources:\n  - name: a\n    kind: url\n    shedule: x\n", "[4:5]"},
		{"sources:\n  - name: a\n    enabled: perhaps\n", "[3:"},
		{"sources:\n  - name: a\n    kind: url\n", "sources[0] (line 2).schedule: is missing"},
		{"sources:\n  - {name: a, kind: url, schedule: x}\n  - {name: a, kind: url, schedule: x}\n", `sources[1] (line 3).name: "a" is the name of sources[0] too`},
		{"sources:\n  - {name: a, kind: url, schedule: x, jitter: -5m}\n", "jitter: want a positive duration"},
		{"sources:\n  - {name: a, kind: url, schedule: x, timeout: 5}\n", "want a duration"},
		{"inbox: {folder: in, every: 1ms}\n", "inbox.every"},
		{"inbox: {folder: in, max_mib: 0}\n", "inbox.max_mib"},
		{"inbox: {foldr: in}\n", "[1:"},
	} {
		c, err := Load(write(t, tt.text), Default("/data"))
		if err == nil {
			err = c.Validate()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestExports(t *testing.T) {
	good := "exports:\n  - {name: weekly, schedule: \"0 7 * * 1\", report: province, unit: \"vn63:80\", folder: out, mail: [a@example.vn]}\nsmtp: {host: 127.0.0.1, from: chiso@example.vn, tls: none}\n"
	for name, tt := range map[string]struct{ in, want string }{
		"good":                {good, ""},
		"no target":           {"exports: [{name: w, schedule: x, report: province}]\n", "go somewhere"},
		"no report":           {"exports: [{name: w, schedule: x, folder: y}]\n", "report: is missing"},
		"a format":            {strings.Replace(good, "report: province", "report: province, format: doc", 1), "format: want pptx"},
		"a name":              {strings.Replace(good, "weekly", "Weekly report", 1), "name: want small letters"},
		"two of one name":     {good + "sources: [{name: weekly, kind: url, schedule: x}]\n", "another export or source"},
		"an address":          {strings.Replace(good, "a@example.vn", "nobody", 1), "is no address"},
		"no mail server":      {strings.Split(good, "smtp:")[0], "smtp.host: is missing"},
		"in the clear":        {strings.Replace(good, "127.0.0.1", "mail.example.vn", 1), "smtp.tls: none is for"},
		"half a login":        {strings.Replace(good, "tls: none", "tls: none, user: x", 1), "belong together"},
		"a webhook of a file": {strings.Replace(good, "folder: out", "webhook: \"file:///etc\"", 1), "webhook: want"},
		"a token in clear":    {strings.Replace(good, "folder: out", "webhook: \"http://office.example.vn/x\", webhook_token_file: t", 1), "webhook: want https"},
		"a token at home":     {strings.Replace(good, "folder: out", "webhook: \"http://127.0.0.1:9/x\", webhook_token_file: t", 1), ""},
		"no token in clear":   {strings.Replace(good, "folder: out", "webhook: \"http://office.example.vn/x\"", 1), ""},
		"a key nobody knows":  {strings.Replace(good, "unit:", "units:", 1), "units"},
	} {
		path := filepath.Join(t.TempDir(), "chiso.yaml")
		if err := os.WriteFile(path, []byte(tt.in), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path, Default(t.TempDir()))
		if err == nil {
			err = c.Validate()
		}
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
		if name == "good" && (c.Exports[0].Folder != filepath.Join(filepath.Dir(path), "out") || !c.Exports[0].CatchUp || c.Exports[0].Format != "pptx") {
			t.Errorf("defaults: %+v", c.Exports[0])
		}
	}
}

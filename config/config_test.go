package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "chiso.yaml")
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDefaultIsValid(t *testing.T) {
	if err := Default("/data").Validate(); err != nil {
		t.Error(err)
	}
}

func TestLoad(t *testing.T) {
	p := write(t, "listen: 127.0.0.1:9000\ndata_dir: store\nmaps:\n  vn34: finer.geojson\nclickhouse:\n  dsn: clickhouse://app@db:9000/chiso\nlimits:\n  request_timeout: 20s\n")
	c, err := Load(p, Default("/data"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Listen, "127.0.0.1:9000"; got != want {
		t.Errorf("listen: got %q, want %q", got, want)
	}
	if got, want := c.DataDir, filepath.Join(filepath.Dir(p), "store"); got != want {
		t.Errorf("data_dir: got %q, want %q: relative to the file", got, want)
	}
	if got, want := c.Maps.VN34, filepath.Join(filepath.Dir(p), "finer.geojson"); got != want {
		t.Errorf("maps.vn34: got %q, want %q: relative to the file", got, want)
	}
	if got, want := time.Duration(c.Limits.RequestTimeout), 20*time.Second; got != want {
		t.Errorf("request_timeout: got %s, want %s", got, want)
	}
	if got, want := c.Limits.UploadMiB, 64; got != want {
		t.Errorf("upload_mib: got %d, want the default %d", got, want)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if _, err := Load(write(t, ""), Default("/data")); err != nil {
		t.Errorf("an empty file: got %v, want the defaults", err)
	}
}

// A mistake names the file and the line, so that a person can mend it without the code.
func TestLoadMistakes(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"unknown key", "listen: 127.0.0.1:1\nlisten_adress: x\n", "[2:1]"},
		{"unknown inner key", "clickhouse:\n  dns: x\n", "[2:3]"},
		{"wrong kind", "limits:\n  upload_mib: many\n", "[2:"},
		{"duration without unit", "limits:\n  request_timeout: 20\n", "duration"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := write(t, tc.text)
			_, err := Load(p, Default("/data"))
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), p) {
				t.Errorf("got %v, want the file and %q", err, tc.want)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"data_dir":                func(c *Config) { c.DataDir = "" },
		"listen":                  func(c *Config) { c.Listen = "8080" },
		"metrics_listen":          func(c *Config) { c.MetricsListen = "0.0.0.0:9180" },
		"log.level":               func(c *Config) { c.Log.Level = "loud" },
		"clickhouse.dsn":          func(c *Config) { c.ClickHouse.DSN = "mysql://x" },
		"clickhouse.cluster":      func(c *Config) { c.ClickHouse.Cluster = "two" },
		"clickhouse.memory_ratio": func(c *Config) { c.ClickHouse.MemoryRatio = 2 },
		"limits.upload_mib":       func(c *Config) { c.Limits.UploadMiB = 0 },
		"limits.load_timeout":     func(c *Config) { c.Limits.LoadTimeout = 0 },
		"limits.picture_workers":  func(c *Config) { c.Limits.PictureWorkers = 0 },
		"server.base_url":         func(c *Config) { c.Server.BaseURL = "https://chiso.example.vn/path" },
		"server.embed_origins":    func(c *Config) { c.Server.EmbedOrigins = []string{"https://a.vn; script-src *"} },
	} {
		c := Default("/data")
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("got %v, want a mistake that names %s", err, field)
		}
	}
}

func TestDSNPasswordIsNotPrinted(t *testing.T) {
	c := Default("/data")
	c.ClickHouse.DSN = "clickhouse://u:se%zzcret@h"
	if err := c.Validate(); err == nil || strings.Contains(err.Error(), "zzcret") {
		t.Errorf("got %v, want an error without the password", err)
	}
}

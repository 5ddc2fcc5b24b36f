// Package config reads the configuration of chiso: one YAML file, strict, with a
// usable default for every field. It reads neither flags nor the environment;
// cmd lays those over the file.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Config is everything that can be set. The zero value is not usable: start from Default.
type Config struct {
	// DataDir holds the engine's tables, the raw archive and the caches. Default: $XDG_DATA_HOME/chiso.
	DataDir string `yaml:"data_dir"`
	// Listen is the address of the pages and the API.
	Listen string `yaml:"listen"`
	// MetricsListen is the loopback address of the Prometheus metrics; "" serves none.
	MetricsListen string `yaml:"metrics_listen"`
	// OperatorTokenFile names a file with the token that writing needs where the server
	// listens beyond loopback. It is a path, so that no secret stands in the configuration.
	OperatorTokenFile string `yaml:"operator_token_file"`
	// HomeUnit is the unit that the overview shows at first.
	HomeUnit string `yaml:"home_unit"`
	// CatalogDirs hold the user's own YAML files: indices, bases, units, aliases.
	CatalogDirs []string `yaml:"catalog_dirs"`
	// MappingDirs hold mapping files: how tables of the user's own are to be read (docs/mapping.md).
	MappingDirs []string   `yaml:"mapping_dirs"`
	ClickHouse  ClickHouse `yaml:"clickhouse"`
	Log         Log        `yaml:"log"`
	Limits      Limits     `yaml:"limits"`
	Server      Server     `yaml:"server"`
	Maps        Maps       `yaml:"maps"`
	// Scheduler says whether this instance reads the sources when their time has come.
	// Where several share a database one does, and a second refuses as long as it lives.
	Scheduler bool `yaml:"scheduler"`
	// Sources are where numbers come from by themselves.
	Sources []Source `yaml:"sources"`
	Inbox   Inbox    `yaml:"inbox"`
	// Exports are reports that are written when their time has come.
	Exports []Export `yaml:"exports"`
	SMTP    SMTP     `yaml:"smtp"`
}

// ClickHouse says which engine holds the data.
type ClickHouse struct {
	// DSN of a server (clickhouse://user@host:9000/database or http://...). Empty: the embedded engine.
	DSN string `yaml:"dsn"`
	// PasswordFile names a file with the password for the DSN.
	PasswordFile string `yaml:"password_file"`
	// Cluster is the name under remote_servers; tables are then local ones with
	// Distributed over them, Replicated where the cluster has a Keeper.
	Cluster string `yaml:"cluster"`
	// Library is the path of libchdb; empty: it is looked for beside the program and in node_modules.
	Library string `yaml:"library"`
	// MemoryRatio bounds the embedded engine's memory as a part of the machine's, 0.1 to 0.9; 0 means one half.
	MemoryRatio float64 `yaml:"memory_ratio"`
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text, json
}

// Server says how others see this server.
type Server struct {
	// BaseURL is the address by which readers know it, as https://chiso.example.vn. Links in
	// files and frames begin with it; empty: the address that the reader used, where it is no
	// name of one machine only.
	BaseURL string `yaml:"base_url"`
	// EmbedOrigins may show the pictures of /embed/ in their frames, as https://portal.example.vn.
	EmbedOrigins []string `yaml:"embed_origins"`
}

// Maps names GeoJSON files with finer shapes of the provinces than those that ship with the program.
type Maps struct {
	VN63 string `yaml:"vn63"`
	VN34 string `yaml:"vn34"`
}

// Limits bound what a reader or an uploader may ask of the machine.
type Limits struct {
	UploadMiB      int      `yaml:"upload_mib"`
	RequestTimeout Duration `yaml:"request_timeout"`
	LoadTimeout    Duration `yaml:"load_timeout"`
	PictureWorkers int      `yaml:"picture_workers"`
}

// Duration is a time.Duration written as "30s" or "5m".
type Duration time.Duration

// UnmarshalYAML reads "30s"; a bare number is refused, since its unit would be a guess.
func (d *Duration) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	v, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("want a duration such as 30s or 5m, got %q", s)
	}
	*d = Duration(v)
	return nil
}

// Default is the configuration of a machine where nothing is set. home is the
// folder under which the XDG default lies.
func Default(dataHome string) Config {
	return Config{
		DataDir:       filepath.Join(dataHome, "chiso"),
		Listen:        "127.0.0.1:8080",
		MetricsListen: "127.0.0.1:9180",
		HomeUnit:      "vn63:80",
		Scheduler:     true,
		Inbox:         Inbox{Every: Duration(30 * time.Second), Settle: Duration(10 * time.Second), MaxMiB: 512},
		Log:           Log{Level: "info", Format: "text"},
		Limits: Limits{
			UploadMiB:      64,
			RequestTimeout: Duration(15 * time.Second),
			LoadTimeout:    Duration(10 * time.Minute),
			PictureWorkers: 2,
		},
	}
}

// Load lays the file over base. An unknown key or a value of the wrong kind fails
// with the file, the line and the column.
func Load(path string, base Config) (Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	c := base
	if len(strings.TrimSpace(string(b))) > 0 {
		if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
			return Config{}, fmt.Errorf("configuration %s: %s", path, yaml.FormatError(err, false, true))
		}
	}
	// Paths in the file are relative to the file, wherever the program is started.
	dir := filepath.Dir(path)
	for _, p := range []*string{&c.DataDir, &c.OperatorTokenFile, &c.ClickHouse.PasswordFile, &c.ClickHouse.Library, &c.Maps.VN63, &c.Maps.VN34, &c.SMTP.PasswordFile} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	if f := c.Inbox.Folder; f != "" && !filepath.IsAbs(f) {
		c.Inbox.Folder = filepath.Join(dir, f)
	}
	for i := range c.Exports {
		e := &c.Exports[i]
		for _, p := range []*string{&e.Folder, &e.WebhookTokenFile} {
			if *p != "" && !filepath.IsAbs(*p) {
				*p = filepath.Join(dir, *p)
			}
		}
		if strings.ContainsAny(e.Report, `./\`) && !filepath.IsAbs(e.Report) {
			e.Report = filepath.Join(dir, e.Report)
		}
	}
	for i := range c.Sources {
		// What is no address is a path.
		if w := c.Sources[i].Where; w != "" && !strings.Contains(w, "://") && !filepath.IsAbs(w) {
			c.Sources[i].Where = filepath.Join(dir, w)
		}
	}
	for _, dirs := range [][]string{c.CatalogDirs, c.MappingDirs} {
		for i, p := range dirs {
			if !filepath.IsAbs(p) {
				dirs[i] = filepath.Join(dir, p)
			}
		}
	}
	return c, nil
}

var clusterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate reports every mistake at once, each with the field's name.
func (c Config) Validate() error {
	var errs []error
	bad := func(field, format string, a ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", field, fmt.Sprintf(format, a...)))
	}
	if c.DataDir == "" {
		bad("data_dir", "must name a folder")
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen", "want host:port, such as 127.0.0.1:8080: %v", err)
	}
	if c.MetricsListen != "" {
		if host, _, err := net.SplitHostPort(c.MetricsListen); err != nil {
			bad("metrics_listen", "want host:port: %v", err)
		} else if !Loopback(host) {
			bad("metrics_listen", "must be a loopback address: metrics tell what readers do")
		}
	}
	switch c.Log.Level {
	case "debug", "info", "warn", "error":
	default:
		bad("log.level", "want debug, info, warn or error, got %q", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		bad("log.format", "want text or json, got %q", c.Log.Format)
	}
	if c.ClickHouse.DSN != "" {
		u, err := url.Parse(c.ClickHouse.DSN)
		switch {
		case err != nil:
			bad("clickhouse.dsn", "can't be read as an address") // the error would print the password
		case u.Scheme != "clickhouse" && u.Scheme != "http" && u.Scheme != "https":
			bad("clickhouse.dsn", "want clickhouse://, http:// or https://, got %q", u.Scheme)
		case u.Host == "":
			bad("clickhouse.dsn", "names no host")
		}
	}
	if c.ClickHouse.Cluster != "" && !clusterName.MatchString(c.ClickHouse.Cluster) {
		bad("clickhouse.cluster", "want letters, digits and _, got %q", c.ClickHouse.Cluster)
	}
	if c.ClickHouse.Cluster != "" && c.ClickHouse.DSN == "" {
		bad("clickhouse.cluster", "needs clickhouse.dsn: the embedded engine is one node")
	}
	if m := c.ClickHouse.MemoryRatio; m != 0 && (m < 0.1 || m > 0.9) {
		bad("clickhouse.memory_ratio", "want 0 or 0.1 to 0.9, got %g", m)
	}
	if c.Server.BaseURL != "" && !origin(c.Server.BaseURL) {
		bad("server.base_url", "want scheme and host alone, such as https://chiso.example.vn, got %q", c.Server.BaseURL)
	}
	for _, o := range c.Server.EmbedOrigins {
		if !origin(o) {
			bad("server.embed_origins", "want scheme and host alone, such as https://portal.example.vn, got %q", o)
		}
	}
	if c.Limits.UploadMiB < 1 || c.Limits.UploadMiB > 1024 {
		bad("limits.upload_mib", "want 1 to 1024, got %d", c.Limits.UploadMiB)
	}
	if c.Limits.PictureWorkers < 1 || c.Limits.PictureWorkers > 64 {
		bad("limits.picture_workers", "want 1 to 64, got %d", c.Limits.PictureWorkers)
	}
	for field, d := range map[string]Duration{"limits.request_timeout": c.Limits.RequestTimeout, "limits.load_timeout": c.Limits.LoadTimeout} {
		if time.Duration(d) < time.Second || time.Duration(d) > time.Hour {
			bad(field, "want 1s to 1h, got %s", time.Duration(d))
		}
	}
	errs = append(errs, c.checkSources()...)
	errs = append(errs, c.checkExports()...)
	return errors.Join(errs...)
}

// originText is what an origin may look like; it becomes part of a header.
var originText = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)

func origin(s string) bool { return originText.MatchString(s) }

// Loopback reports whether only programs of this machine can reach host.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

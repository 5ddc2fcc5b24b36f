package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"chiso/config"
	"chiso/dashboard"
	"chiso/ingest/table"
	"chiso/reform"
)

// app is what every command shares: the configuration after flags and
// environment were laid over the file, the logger and the catalogue.
type app struct {
	lookupEnv      func(string) (string, bool)
	stdout, stderr io.Writer

	configFile, dataDir string // global flags

	cfg config.Config
	log *slog.Logger
	cat *reform.Catalog

	mappings *table.Mappings
	served   atomic.Pointer[dashboard.Server] // the pages, once they are; a scheduled report is written by them
}

func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "chiso",
		Short:         "Vietnam's provincial reform indices: load, ask, draw",
		SilenceUsage:  true, // a failed load is not a wrong command line
		SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{
			HiddenDefaultCmd: true,
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Name() == "version" || cmd.Name() == "help" {
				return nil
			}
			return a.configure()
		},
	}
	root.PersistentFlags().StringVar(&a.configFile, "config", "", "configuration `file` (environment CHISO_CONFIG; docs/configuration.md)")
	root.PersistentFlags().StringVar(&a.dataDir, "data-dir", "", "`folder` of tables, archive and caches (CHISO_DATA_DIR; default $XDG_DATA_HOME/chiso)")
	root.AddCommand(a.serveCommand(), a.ingestCommand(), a.sourcesCommand(), a.reviewCommand(), a.exportCommand(), a.doctorCommand(), a.versionCommand())
	return root
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run:   func(*cobra.Command, []string) { fmt.Fprintln(a.stdout, "chiso", version) },
	}
}

// env is a variable of the environment, "" where it is not set.
func (a *app) env(name string) string {
	v, _ := a.lookupEnv(name)
	return v
}

// configure reads the file, lays the environment and then the flags over it, and
// loads the catalogue with the user's own files.
func (a *app) configure() error {
	home := a.env("XDG_DATA_HOME")
	if home == "" {
		dir, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("no home folder is known: set --data-dir: %w", err)
		}
		home = filepath.Join(dir, ".local", "share")
	}
	a.cfg = config.Default(home)
	file := a.configFile
	if file == "" {
		file = a.env("CHISO_CONFIG")
	}
	if file != "" {
		var err error
		if a.cfg, err = config.Load(file, a.cfg); err != nil {
			return err
		}
	}
	a.overlay()
	if a.dataDir != "" {
		a.cfg.DataDir = a.dataDir
	}
	if err := a.cfg.Validate(); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	a.log = newLogger(a.stderr, a.cfg.Log)
	var err error
	if a.cat, err = reform.LoadCatalog(a.cfg.CatalogDirs...); err != nil {
		return err
	}
	a.mappings, err = table.LoadMappings(a.cat, a.cfg.MappingDirs...)
	return err
}

// overlay lays the environment over the file. Each variable stands in docs/configuration.md.
func (a *app) overlay() {
	for name, field := range map[string]*string{
		"CHISO_DATA_DIR":                 &a.cfg.DataDir,
		"CHISO_LISTEN":                   &a.cfg.Listen,
		"CHISO_METRICS_LISTEN":           &a.cfg.MetricsListen,
		"CHISO_OPERATOR_TOKEN_FILE":      &a.cfg.OperatorTokenFile,
		"CHISO_CLICKHOUSE_DSN":           &a.cfg.ClickHouse.DSN,
		"CHISO_CLICKHOUSE_PASSWORD_FILE": &a.cfg.ClickHouse.PasswordFile,
		"CHISO_SMTP_PASSWORD_FILE":       &a.cfg.SMTP.PasswordFile,
		"CHISO_CLICKHOUSE_CLUSTER":       &a.cfg.ClickHouse.Cluster,
		"CHISO_LIBCHDB":                  &a.cfg.ClickHouse.Library,
		"CHISO_LOG_LEVEL":                &a.cfg.Log.Level,
		"CHISO_LOG_FORMAT":               &a.cfg.Log.Format,
	} {
		if v, ok := a.lookupEnv(name); ok {
			*field = v
		}
	}
}

func newLogger(w io.Writer, c config.Log) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // Validate has checked it
	opts := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// secret reads a file with one secret. An empty path is no secret; an empty file is a mistake.
func secret(path, what string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", errors.New(what + ": the file " + path + " is empty")
	}
	return s, nil
}

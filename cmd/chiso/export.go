package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"chiso/charts/render"
	"chiso/dashboard"
	"chiso/queries"
	"chiso/reform"
)

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write pictures, pages and presentations to files, while the server runs or without it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.exportPicture(), a.exportSite(), a.exportDeck(), a.exportRefresh())
	return cmd
}

// withPages opens the data and builds the pages on them, without a port.
func (a *app) withPages(ctx context.Context, do func(*dashboard.Server) error) error {
	db, stop, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer stop()
	defer func() { _ = db.Close() }()
	// What became of it is printed; the log of a server would say it again for every page.
	quiet := a.cfg.Log
	if quiet.Level == "info" {
		quiet.Level = "warn"
	}
	log := newLogger(a.stderr, quiet)
	r, err := render.New(ctx, render.Options{CacheDir: filepath.Join(a.cfg.DataDir, "cache", "resvg"), Workers: a.cfg.Limits.PictureWorkers, Logger: log})
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	maps, err := readMaps(a.cfg.Maps)
	if err != nil {
		return err
	}
	if err := useMaps(r, maps); err != nil {
		return err
	}
	srv, err := dashboard.New(dashboard.Options{
		Maps:   maps,
		Reader: queries.New(db, a.cat), Notebook: db, Configured: a.configured(), Catalog: a.cat, Renderer: r, Logger: log,
		Version: version, HomeUnit: reform.UnitKey(a.cfg.HomeUnit), BaseURL: a.cfg.Server.BaseURL, PictureWorkers: a.cfg.Limits.PictureWorkers,
	})
	if err != nil {
		return err
	}
	return errors.Join(do(srv), srv.Shutdown(context.WithoutCancel(ctx)))
}

func (a *app) exportPicture() *cobra.Command {
	var (
		out    string
		params []string
	)
	cmd := &cobra.Command{
		Use:   "picture NAME -o FILE --param index=par --param unit=vn63:80 ...",
		Short: "Write one picture; its format is the end of the file's name",
		Long: `Write one picture as a file: rank-history, ranking, subscores, radar, heatmap ...
The parameters are those of its address (docs/files.md). Where -o names a folder
the file is named after its subject and date, in the format of --format.`,
		Example: "  chiso export picture rank-history -o long-an.svg --param index=par --param unit=vn63:80",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q := url.Values{}
			for _, p := range params {
				name, value, ok := strings.Cut(p, "=")
				if !ok || name == "" {
					return fmt.Errorf("--param %q: want name=value", p)
				}
				q.Add(name, value)
			}
			format, err := cmd.Flags().GetString("format")
			if err != nil {
				return err
			}
			st, err := os.Stat(out)
			folder := err == nil && st.IsDir()
			if format == "" {
				format = strings.TrimPrefix(strings.ToLower(filepath.Ext(out)), ".")
			}
			if format == "" {
				return errors.New("the format is not known: give -o a name such as x.svg, or --format")
			}
			return a.withPages(cmd.Context(), func(srv *dashboard.Server) error {
				f, err := srv.PictureFile(cmd.Context(), args[0], format, q)
				if err != nil {
					return err
				}
				name := out
				if folder {
					name = filepath.Join(out, f.Name)
				}
				if err := writeWhole(name, f.Bytes); err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s (%s)\n", name, humanize.Bytes(uint64(len(f.Bytes))))
				return nil
			})
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", ".", "`file` or folder to write to")
	cmd.Flags().StringArrayVar(&params, "param", nil, "parameter of the picture's address, as `name=value`; repeatable")
	cmd.Flags().String("format", "", "format, where the file's name does not say it")
	return cmd
}

func (a *app) exportSite() *cobra.Command {
	var o dashboard.SiteOptions
	var units []string
	cmd := &cobra.Command{
		Use:   "site DIR",
		Short: "Write pages that can be read from a stick, without a server, a script or a network",
		Long: `Write overview and profile of the units, the newest edition of every ranking and
the pages of the indices into a folder, with their pictures as files. Open
index.html there with any browser. Links to what is not in the bundle are plain text.`,
		Example: "  chiso export site /media/stick/chiso --unit vn63:80 --unit vn34:80",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, u := range units {
				k, err := reform.ParseUnitKey(u)
				if err != nil {
					return fmt.Errorf("--unit %q: want a key such as vn63:80", u)
				}
				o.Units = append(o.Units, k)
			}
			if o.Lang != "vi" && o.Lang != "en" {
				return fmt.Errorf("--lang %q: want vi or en", o.Lang)
			}
			return a.withPages(cmd.Context(), func(srv *dashboard.Server) error {
				r, err := srv.Site(cmd.Context(), args[0], o)
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "%s: %d pages, %d files, %s, data revision %d\n", filepath.Join(args[0], "index.html"), r.Pages, r.Files, humanize.Bytes(uint64(r.Bytes)), r.Rev)
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&units, "unit", nil, "`key` of a province, as vn63:80; repeatable; default: the home unit")
	cmd.Flags().StringVar(&o.Lang, "lang", "vi", "language of the pages: vi or en")
	return cmd
}

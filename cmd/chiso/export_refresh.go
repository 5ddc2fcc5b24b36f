package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"chiso/charts/deck"
	"chiso/dashboard"
	"chiso/reform"
)

func (a *app) exportRefresh() *cobra.Command {
	var (
		out, report string
		at          dashboard.RefreshAt
	)
	cmd := &cobra.Command{
		Use:   "refresh OLD.pptx [-o NEW.pptx]",
		Short: "Draw an old presentation anew with the data of now, of a day or of a revision",
		Long: `Draw every chart, table, picture and sentence of an old presentation anew that came
from chiso, from the address that it carries. What a person has added, moved, resized,
renamed or changed stays. A report says what changed (docs/files.md).
Without -o the new file is named after the old one: OLD-new.pptx.`,
		Example: "  chiso export refresh briefing.pptx -o briefing-new.pptx --report changes.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.refreshDeck(cmd.Context(), args[0], out, report, at)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the .pptx `file` to write")
	cmd.Flags().StringVar(&at.AsOf, "as-of", "", "show what was known on a `day`: 2025-10-15")
	cmd.Flags().StringVar(&at.Rev, "rev", "", "show what had been loaded at a `revision`")
	cmd.Flags().StringVar(&report, "report", "", "write what changed into a .txt or .json `file`")
	cmd.MarkFlagsMutuallyExclusive("as-of", "rev")
	return cmd
}

// readPresentation reads a presentation of somebody else.
func readPresentation(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size() > deck.MostFile {
		return nil, fmt.Errorf("%s: %d MB, at most %d: %w", name, info.Size()>>20, deck.MostFile>>20, reform.ErrTooLarge)
	}
	return os.ReadFile(name)
}

func (a *app) refreshDeck(ctx context.Context, file, out, report string, at dashboard.RefreshAt) error {
	ext := strings.ToLower(filepath.Ext(report))
	if report != "" && ext != ".txt" && ext != ".json" {
		return fmt.Errorf("--report %s: want a file that ends with .txt or .json: %w", report, reform.ErrInvalid)
	}
	if out == "" {
		out = strings.TrimSuffix(file, filepath.Ext(file)) + "-new.pptx"
	}
	old, err := readPresentation(file)
	if err != nil {
		return err
	}
	began := time.Now()
	var (
		body  []byte
		found *deck.Report
		text  string
		data  []byte
	)
	err = a.withPages(ctx, func(srv *dashboard.Server) (err error) {
		if body, found, err = srv.RefreshDeck(ctx, old, at); err != nil {
			return err
		}
		text = srv.RefreshText(found)
		data, err = srv.RefreshJSON(found)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := writeWhole(out, body); err != nil {
		return err
	}
	switch ext {
	case ".txt":
		err = writeWhole(report, []byte(text))
	case ".json":
		err = writeWhole(report, append(data, '\n'))
	default:
		fmt.Fprint(a.stdout, text)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %d KB, %d ms\n", out, (len(body)+1023)/1024, time.Since(began).Milliseconds())
	return nil
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"chiso/charts/deck"
	"chiso/dashboard"
	"chiso/reform"
)

func (a *app) exportDeck() *cobra.Command {
	var unit, out, template string
	cmd := &cobra.Command{
		Use:   "deck FILE.yaml -o FILE.pptx",
		Short: "Write a presentation with native charts from a list of slides",
		Long: `Write a presentation (.pptx) from a YAML file with a list of slides (docs/files.md).
In it {unit} stands for the unit of --unit and {name} for its name.`,
		Example: "  chiso export deck docs/decks/province.yaml --unit vn63:80 -o long-an.pptx",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.writeDeck(cmd.Context(), args[0], reform.UnitKey(unit), template, out)
		},
	}
	cmd.Flags().StringVar(&unit, "unit", "", "the `unit` that the deck is made for: vn63:80")
	cmd.Flags().StringVarP(&out, "output", "o", "", "the .pptx `file` to write")
	cmd.Flags().StringVar(&template, "template", "", "a .pptx or .potx `file` whose master, colours and fonts the deck takes")
	_ = cmd.MarkFlagRequired("output") // the flag is there
	return cmd
}

// mostDeckFile bounds a list of slides: it is written by hand.
const mostDeckFile = 1 << 20

func (a *app) writeDeck(ctx context.Context, file string, unit reform.UnitKey, template, out string) error {
	f, err := readDeckFile(file)
	if err != nil {
		return err
	}
	var master *deck.Template
	if template != "" {
		b, err := os.ReadFile(template)
		if err != nil {
			return err
		}
		if master, err = deck.ReadTemplate(b); err != nil {
			return fmt.Errorf("%s: %w", template, err)
		}
	}
	var body []byte
	began := time.Now()
	err = a.withPages(ctx, func(srv *dashboard.Server) error {
		d, err := srv.Deck(ctx, f, unit)
		if err != nil {
			return err
		}
		d.Template = master
		body, err = d.Bytes(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := writeWhole(out, body); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %d KB, %d ms\n", out, (len(body)+1023)/1024, time.Since(began).Milliseconds())
	return nil
}

// writeWhole writes a file: one that is whole takes the place of the old one, or none does.
func writeWhole(name string, body []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, body, 0o644); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// readDeckFile is strict: a word that means nothing is an error and not a missing slide.
func readDeckFile(file string) (dashboard.DeckFile, error) {
	var f dashboard.DeckFile
	b, err := os.ReadFile(file)
	if err != nil {
		return f, err
	}
	if len(b) > mostDeckFile {
		return f, fmt.Errorf("%s: %d bytes, at most %d: %w", file, len(b), mostDeckFile, reform.ErrTooLarge)
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return f, fmt.Errorf("%s: %w", file, err)
	}
	if len(f.Slides) == 0 {
		return f, fmt.Errorf("%s: no slides: %w", file, reform.ErrInvalid)
	}
	return f, nil
}

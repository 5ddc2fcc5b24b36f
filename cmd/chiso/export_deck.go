package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"chiso/charts/deck"
	"chiso/dashboard"
	"chiso/reform"
)

// deckWishes are the flags of chiso export deck.
type deckWishes struct {
	units             []string
	index, period     string
	lang, theme       string
	ratio             string
	out, template     string
	list, printRecipe bool
}

func (a *app) exportDeck() *cobra.Command {
	var w deckWishes
	cmd := &cobra.Command{
		Use:   "deck RECIPE|FILE.yaml -o FILE.pptx|.pdf|.xlsx",
		Short: "Write a report as a presentation, on paper or as a workbook",
		Long: `Write a report from a recipe (--list) or from a YAML file with a list of slides
(docs/decks.md): a presentation with native charts (.pptx), pages with vector
pictures (.pdf) or a workbook with a sheet for each chart (.xlsx), by the end of
the file's name. In it {unit} stands for the unit of --unit and {name} for its name.`,
		Example: `  chiso export deck --list
  chiso export deck province --unit vn63:80 -o long-an.pptx
  chiso export deck my-slides.yaml --unit vn34:80 --lang en --ratio a4 -o report.pdf`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case w.list:
				return a.listRecipes()
			case len(args) == 0:
				return fmt.Errorf("name a recipe (--list shows them) or a YAML file with a list of slides")
			}
			f, err := readDeck(args[0])
			if err != nil {
				return err
			}
			if w.printRecipe {
				b, err := f.YAML()
				if err == nil {
					_, err = a.stdout.Write(b)
				}
				return err
			}
			if w.out == "" {
				return fmt.Errorf("-o is missing: the file to write, as report.pptx, report.pdf or report.xlsx")
			}
			return a.writeDeck(cmd.Context(), f, args[0], w)
		},
	}
	cmd.Flags().StringSliceVar(&w.units, "unit", nil, "`key` of the unit that the report is made for, as vn63:80; repeatable; default: that of the file, else the home unit")
	cmd.Flags().StringVar(&w.index, "index", "", "`code` of the index, where the report is of one")
	cmd.Flags().StringVar(&w.period, "period", "", "`period` of the edition, as 2019 or 2025-10; default: the newest")
	cmd.Flags().StringVar(&w.lang, "lang", "", "language: vi or en")
	cmd.Flags().StringVar(&w.theme, "theme", "", "light, dark or mono")
	cmd.Flags().StringVar(&w.ratio, "ratio", "", "16:9, 4:3 or a4")
	cmd.Flags().StringVarP(&w.out, "output", "o", "", "the `file` to write; its end says the format")
	cmd.Flags().StringVar(&w.template, "template", "", "a .pptx or .potx `file` whose master, colours and fonts a presentation takes")
	cmd.Flags().BoolVar(&w.list, "list", false, "list the recipes")
	cmd.Flags().BoolVar(&w.printRecipe, "print", false, "print the list of slides as YAML, to be changed and used as a file")
	return cmd
}

func (a *app) listRecipes() error {
	all, err := dashboard.Recipes()
	if err != nil {
		return err
	}
	for _, r := range all {
		fmt.Fprintf(a.stdout, "%-10s %s / %s\n", r.Name, r.Title.VI, r.Title.EN)
	}
	return nil
}

// readDeck is a recipe by its name, or a list of slides by its file.
func readDeck(name string) (dashboard.DeckFile, error) {
	if !strings.ContainsAny(name, `./\`) {
		r, err := dashboard.RecipeNamed(name)
		return r.File, err
	}
	st, err := os.Stat(name)
	if err != nil {
		return dashboard.DeckFile{}, err
	}
	if st.Size() > 1<<20 {
		return dashboard.DeckFile{}, fmt.Errorf("%s: %d bytes: a list of slides is written by hand: %w", name, st.Size(), reform.ErrTooLarge)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return dashboard.DeckFile{}, err
	}
	f, err := dashboard.ParseDeck(b)
	if err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// options are the wishes as the pages understand them; unit is that of the file.
func (w *deckWishes) options(f *dashboard.DeckFile, home string) (dashboard.DeckOptions, error) {
	o := dashboard.DeckOptions{Index: w.index, Lang: w.lang, Theme: w.theme, Ratio: w.ratio}
	if len(w.units) == 0 && f.Unit == "" && home != "" {
		w.units = []string{home}
	}
	for _, u := range w.units {
		k, err := reform.ParseUnitKey(u)
		if err != nil {
			return o, fmt.Errorf("--unit %q: want a key such as vn63:80", u)
		}
		o.Units = append(o.Units, k)
	}
	for _, one := range []struct {
		name, value string
		of          []string
	}{{"lang", w.lang, []string{"vi", "en"}}, {"theme", w.theme, []string{"light", "dark", "mono"}}, {"ratio", w.ratio, []string{"16:9", "4:3", "a4"}}} {
		if ok := one.value == ""; !ok {
			for _, v := range one.of {
				ok = ok || v == one.value
			}
			if !ok {
				return o, fmt.Errorf("--%s %q: want %s", one.name, one.value, strings.Join(one.of, ", "))
			}
		}
	}
	if w.period != "" {
		p, err := reform.ParsePeriod(w.period)
		if err != nil {
			return o, fmt.Errorf("--period %q: %w", w.period, err)
		}
		o.Period = p
	}
	return o, nil
}

func (a *app) writeDeck(ctx context.Context, f dashboard.DeckFile, from string, w deckWishes) error {
	o, err := w.options(&f, a.cfg.HomeUnit)
	if err != nil {
		return err
	}
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(w.out)), ".")
	if w.template != "" && format != "pptx" {
		return fmt.Errorf("--template is for a presentation, and %s is none", w.out)
	}
	var master *deck.Template
	if w.template != "" {
		b, err := readPresentation(w.template)
		if err != nil {
			return err
		}
		if master, err = deck.ReadTemplate(b); err != nil {
			return fmt.Errorf("%s: %w", w.template, err)
		}
	}
	var body []byte
	var left []string
	slides := 0
	began := time.Now()
	err = a.withPages(ctx, func(srv *dashboard.Server) error {
		began = time.Now()
		r, err := srv.Report(ctx, f, o)
		if err != nil {
			return err
		}
		slides, left = len(r.Slides), r.Left
		if master != nil {
			body, err = r.PPTX(ctx, master)
		} else {
			body, err = r.File(ctx, format)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if err := writeWhole(w.out, body); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %d slides, %s, %d ms\n", w.out, slides, humanize.Bytes(uint64(len(body))), time.Since(began).Milliseconds())
	for _, l := range left {
		fmt.Fprintf(a.stdout, "  left out, for want of data: %s\n", l)
	}
	return nil
}

// writeWhole writes a file: one that is whole takes the place of the old one, or none does.
func writeWhole(name string, body []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, body, 0o644); err != nil { //nolint:gosec // a report is made to be given away
		return err
	}
	return os.Rename(part, name)
}

// Command extract-score measures the parser of articles: it reads the articles of a
// folder and compares what was found with the facts in its gold.jsonl.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"chiso/ingest/prose/gold"
	"chiso/reform"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process. The exit code is 1 below a threshold and 2 where
// nothing could be measured.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("extract-score", flag.ContinueOnError)
	fs.SetOutput(stderr)
	dir := fs.String("dir", "../shared/fixtures/articles", "folder with gold.jsonl and the texts that it names")
	precision := fs.Float64("precision", 0.98, "least precision")
	recall := fs.Float64("recall", 0.92, "least recall")
	verbose := fs.Bool("verbose", false, "list misses and extras of each file")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	rep, err := gold.Measure(ctx, *dir, reform.Default())
	if err != nil {
		fmt.Fprintln(stderr, "extract-score:", err)
		return 2
	}
	for _, f := range rep.Files {
		p := f.Provinces
		note := ""
		if f.Table {
			note = "  (table, by itself)"
		}
		if *verbose || len(p.Misses)+len(p.Extras) > 0 {
			fmt.Fprintf(stdout, "%-44s gold %3d found %3d  extracted %3d extra %2d  derived %2d review %2d%s\n", f.Name, p.Gold, p.Found, p.Extracted, p.Extra, p.Derived, p.Review, note)
		}
		if !*verbose {
			continue
		}
		for _, m := range p.Misses {
			fmt.Fprintln(stdout, "   miss ", m)
		}
		for _, m := range p.Extras {
			fmt.Fprintln(stdout, "   extra", m)
		}
		for _, m := range f.Others.Misses {
			fmt.Fprintln(stdout, "   miss  (other)", m)
		}
		for _, m := range f.Others.Extras {
			fmt.Fprintln(stdout, "   extra (other)", m)
		}
	}
	line := func(name string, c gold.Count) {
		fmt.Fprintf(stdout, "%-10s precision %.4f (%d of %d)  recall %.4f (%d of %d)  not counted: %d derived, %d for review\n",
			name, c.Precision(), c.Extracted-c.Extra, c.Extracted, c.Recall(), c.Found, c.Gold, c.Derived, c.Review)
	}
	line("provinces", rep.Provinces)
	line("table", rep.Table)
	line("others", rep.Others)
	if rep.Provinces.Precision() < *precision || rep.Provinces.Recall() < *recall {
		fmt.Fprintf(stdout, "below the thresholds: precision %.2f, recall %.2f\n", *precision, *recall)
		return 1
	}
	return 0
}

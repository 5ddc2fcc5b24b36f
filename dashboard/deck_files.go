package dashboard

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/charts/paper"
	"chiso/charts/workbook"
	"chiso/reform"
	"chiso/reform/words"
)

// deckFormat is a kind of file that a report is written as.
type deckFormat struct {
	Name, Label, ContentType string
	write                    func(*Report, context.Context) ([]byte, error)
}

// deckFormats are all of them, in the order of the page.
var deckFormats = []deckFormat{
	{"pptx", "PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation", func(r *Report, ctx context.Context) ([]byte, error) {
		return r.PPTX(ctx, nil)
	}},
	{"pdf", "PDF", "application/pdf", (*Report).PDF},
	{"xlsx", "Excel", xlsxType, (*Report).XLSX},
}

func deckFormatNamed(name string) (deckFormat, bool) {
	for _, f := range deckFormats {
		if f.Name == name {
			return f, true
		}
	}
	return deckFormat{}, false
}

// ReportType is the content type of a format; "" there is no such format.
func ReportType(format string) string {
	f, _ := deckFormatNamed(format)
	return f.ContentType
}

// File writes the report in a format: "pptx", "pdf" or "xlsx".
func (r *Report) File(ctx context.Context, format string) ([]byte, error) {
	f, ok := deckFormatNamed(format)
	if !ok {
		return nil, fmt.Errorf("no format %q for a report; there are pptx, pdf and xlsx: %w", clip(format, 20), reform.ErrInvalid)
	}
	return f.write(r, ctx)
}

// date is that of the newest source.
func (r *Report) date() time.Time {
	at := time.Time{}
	for i := range r.Slides {
		if r.Slides[i].Picture != nil {
			if d := r.Slides[i].From.FileDate(); d.After(at) {
				at = d
			}
		}
	}
	return at
}

// newest is the day of the newest source, as far as the sources tell; else it is zero.
func (r *Report) newest() time.Time {
	at := time.Time{}
	for i := range r.Slides {
		if d := r.Slides[i].From.Date(); d.After(at) {
			at = d
		}
	}
	return at
}

// PPTX is the report as a presentation; template is the user's own, or nil.
func (r *Report) PPTX(ctx context.Context, template *deck.Template) ([]byte, error) {
	d := &deck.Deck{
		Title: r.Title, Subject: r.Subject, Keywords: []string{"chiso"}, Lang: r.Lang, Date: r.date(), Theme: r.Theme, Ratio: r.slideRatio(), Template: template,
		PNG: r.server.patient(r.server.slidePNG(r.Lang, 2)),
	}
	for _, one := range r.Slides {
		pic := one.onSlide
		if pic == nil {
			pic = one.Picture
		}
		d.Slides = append(d.Slides, deck.Slide{
			Cover: one.Cover, Title: one.Title, Subtitle: one.Subtitle, Text: one.Text, Notes: one.Notes, Picture: pic, Link: one.From.Link,
		})
	}
	return d.Bytes(ctx)
}

// slideRatio is the shape of slides: A4 is nearer to 4:3 than to 16:9.
func (r *Report) slideRatio() deck.Ratio {
	if r.Ratio == a4 {
		return deck.Standard
	}
	return deck.Ratio(r.Ratio)
}

// patient draws again where others were drawing just then: a report has many pictures, and would
// else be lost for one.
func (s *Server) patient(draw func(context.Context, *charts.Picture) ([]byte, error)) func(context.Context, *charts.Picture) ([]byte, error) {
	return func(ctx context.Context, pic *charts.Picture) ([]byte, error) {
		for {
			b, err := draw(ctx, pic)
			if !errors.Is(err, reform.ErrUnavailable) {
				return b, err
			}
			select {
			case <-ctx.Done():
				return nil, err
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
}

// PDF is the report on paper, or, by its ratio, on pages for a screen.
func (r *Report) PDF(ctx context.Context) ([]byte, error) {
	var leaves []paper.Leaf
	png := r.server.patient(r.server.slidePNG(r.Lang, 2))
	for i := range r.Slides {
		one := &r.Slides[i]
		l := paper.Leaf{Cover: one.Cover, Title: one.Title, Subtitle: one.Subtitle, Text: one.Text, From: one.From, Sources: one.Sheet == sourcesSheet}
		if pic := one.Picture; pic != nil {
			l.Table = withoutDocuments(&pic.Table) // they stand below it, and on the page of sources
			if l.Title == "" {
				l.Title = pic.Title
			}
			if l.Subtitle == "" {
				l.Subtitle = pic.Subtitle
			}
			if pic.Plot != nil && pic.Plot.Kind == charts.PlotTable {
				l.Strong = pic.Plot.Strong
			}
			if len(pic.Option) > 0 {
				var err error
				if l.SVG, err = r.server.svg(ctx, pic, r.Lang); err != nil {
					return nil, err
				}
				l.Pixels = func() ([]byte, error) { return png(ctx, pic) }
			}
		}
		leaves = append(leaves, l)
	}
	return paper.WriteReport(paper.Report{Title: r.Title, Subject: r.Subject, Lang: r.Lang, Date: r.date(), Theme: r.Theme, Shape: r.Ratio}, leaves)
}

// withoutDocuments is a table without the column that cites the document of each row.
func withoutDocuments(t *charts.Table) *charts.Table {
	at := slices.IndexFunc(t.Columns, func(c charts.Column) bool { return c.Key == "document" })
	if at < 0 {
		return t
	}
	out := &charts.Table{Columns: slices.Delete(slices.Clone(t.Columns), at, at+1)}
	for _, row := range t.Rows {
		if at < len(row) {
			row = slices.Delete(slices.Clone(row), at, at+1)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// XLSX is the report as a workbook: a sheet for each picture and table, and one with all sources.
func (r *Report) XLSX(context.Context) ([]byte, error) {
	var sheets []workbook.Sheet
	for i := range r.Slides {
		one := &r.Slides[i]
		if one.Picture == nil || one.Sheet == sourcesSheet {
			continue // the workbook has a sheet of sources of its own
		}
		sheets = append(sheets, workbook.Sheet{Name: one.Sheet, Picture: one.Picture, From: one.From})
	}
	if len(sheets) == 0 {
		return nil, fmt.Errorf("no picture and no table in the report, so no sheet: %w", reform.ErrInvalid)
	}
	return workbook.Write(r.Title, sheets)
}

//go:embed decks/*.yaml
var recipeFiles embed.FS

// Recipe is a list of slides that ships with the program.
type Recipe struct {
	Name  string
	Title reform.Text
	File  DeckFile
}

// Recipes are all of them.
func Recipes() ([]Recipe, error) {
	names, err := fs.Glob(recipeFiles, "decks/*.yaml")
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(names, func(a, b string) int {
		first := func(n string) int {
			return slices.Index([]string{"decks/province.yaml", "decks/ranking.yaml", "decks/compare.yaml", "decks/live.yaml"}, n)
		}
		return cmp.Compare(first(a), first(b))
	})
	var out []Recipe
	for _, file := range names {
		b, err := recipeFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		f, err := ParseDeck(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		name := strings.TrimSuffix(path.Base(file), ".yaml")
		title := func(lang string) string { return words.T(lang, "deck.recipe."+name) }
		out = append(out, Recipe{Name: name, Title: reform.Text{VI: title("vi"), EN: title("en")}, File: f})
	}
	return out, nil
}

// RecipeNamed finds one.
func RecipeNamed(name string) (Recipe, error) {
	all, err := Recipes()
	if err != nil {
		return Recipe{}, err
	}
	var names []string
	for _, r := range all {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Recipe{}, fmt.Errorf("no report is called %q; there are %s: %w", clip(name, 40), listed(names), reform.ErrNotFound)
}

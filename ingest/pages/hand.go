package pages

import (
	"context"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/prose"
	"chiso/ingest/sheet"
	"chiso/ingest/table"
	"chiso/reform"
)

// Part is one table of a document with where it stands.
type Part struct {
	Sheet   *sheet.Sheet
	Context []string // captions and headings, the nearest first
	At      func(row, col int) string
	Locator string // "page 12, table 2"
}

// Parts is a document that holds tables and running text, however it was written.
type Parts struct {
	Kind, Format, Title string
	Tables              []Part
	Text                string                    // as prose.Normal has it
	Locate              func(from, to int) string // of characters of Text
	// Review, where it is not empty, says why all that is read here waits for a person.
	Review reform.Text
	// Mappings are the mapping files that are kept; nil: none.
	Mappings *table.Mappings
}

// Parts is the document as parts.
func (d *Document) Parts(kind, format string) Parts {
	p := Parts{Kind: kind, Format: format, Title: d.Title, Text: d.Text, Locate: d.Locate}
	for _, t := range d.Tables {
		t.Sheet.Name = t.Locator()
		p.Tables = append(p.Tables, Part{Sheet: t.Sheet, Context: t.Context, At: t.At, Locator: t.Locator()})
	}
	return p
}

// Hand reads the tables of a document as tables and its text as prose.
func Hand(ctx context.Context, parts Parts, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	res := parse.Result{Kind: parts.Kind, Title: parts.Title, Mapping: parse.Mapping{Layout: "pages"}}
	f := &filter{sink: sink, review: parts.Review, tables: parts.Tables, facts: make([]int, len(parts.Tables))}
	if len(parts.Tables) > 0 {
		doc := table.Document{Kind: parts.Kind, Format: parts.Format, Title: parts.Title}
		for _, t := range parts.Tables {
			doc.Sources = append(doc.Sources, table.Source{Sheet: t.Sheet, Context: t.Context, At: t.At})
		}
		r, err := table.Read(ctx, doc, in, cat, f, parts.Mappings)
		if err != nil {
			f.flush(true)
			return r, err
		}
		res = r
		res.Kind, res.Title = parts.Kind, parts.Title
	}
	fromTables := f.all
	if strings.TrimSpace(parts.Text) != "" {
		d := prose.Doc{Title: parts.Title, Text: parts.Text, Locate: parts.Locate}
		if err := d.Apply(in); err != nil {
			return res, err
		}
		r, err := prose.Read(ctx, d, cat, f, parse.Result{Kind: parts.Kind})
		res.Rows += r.Rows
		res.Facts = f.all
		if res.Index == "" && fromTables == 0 {
			res.Index = r.Index
		} else if r.Index != "" && r.Index != res.Index {
			res.Index = ""
		}
		for _, p := range r.Periods {
			res.AddPeriod(p)
		}
		if err != nil {
			f.flush(true)
			return res, err
		}
	}
	res.Facts = f.all
	f.flush(f.all == 0)
	return res, nil
}

// filter stands between the readers and the sink. A report has many tables, and most are of
// something else: what can't be read in a table without a single fact is a warning, as long as
// the document gave facts. Of a document for review all facts are candidates and all problems warnings.
type filter struct {
	sink     reform.Sink
	review   reform.Text
	tables   []Part
	facts    []int
	all      int
	places   map[string]int
	problems []reform.Problem
}

func (f *filter) Fact(x *reform.Fact) error {
	f.all++
	if i := f.table(x.Locator); i >= 0 {
		f.facts[i]++
	}
	if f.review.VI != "" {
		y := *x
		y.Status = reform.Review
		if y.Note == "" {
			y.Note = f.review.VI
		} else {
			y.Note = f.review.VI + " " + y.Note
		}
		x = &y
	}
	return f.sink.Fact(x)
}

func (f *filter) Problem(p reform.Problem) { f.problems = append(f.problems, p) }

// table is the number of the table that a place lies in, -1 none.
func (f *filter) table(locator string) int {
	if f.places == nil {
		f.places = map[string]int{}
		for i, t := range f.tables {
			f.places[t.Locator] = i
			for r := range t.Sheet.Rows {
				f.places[rowOf(t.At(r, 0))] = i
			}
		}
	}
	if i, ok := f.places[rowOf(locator)]; ok {
		return i
	}
	return -1
}

// rowOf is an address without its column.
func rowOf(s string) string {
	if i := strings.Index(s, ", column"); i >= 0 {
		return s[:i]
	}
	return s
}

// flush hands the problems on; strict keeps them as they are.
func (f *filter) flush(strict bool) {
	for _, p := range f.problems {
		if f.review.VI != "" {
			p.Warning = true
		} else if i := f.table(p.Locator); !strict && i >= 0 && f.facts[i] == 0 || !strict && (p.Code == "no-table" || p.Code == "no-value") {
			p.Warning = true
		}
		f.sink.Problem(p)
	}
	f.problems = nil
}

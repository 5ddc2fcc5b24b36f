package table

import (
	"context"

	"chiso/ingest/papi"
	"chiso/ingest/parse"
	"chiso/ingest/pci"
	"chiso/ingest/sheet"
	"chiso/ingest/tidy"
	"chiso/reform"
	"chiso/reform/viet"
)

// How sure the guesser is. It stays below every kind that knows its documents; only
// a table whose titles say what a tidy table must have in columns is more its own than tidy's.
const (
	sureSomething = 20
	sureTable     = 35
	sureColumns   = 55 // a text in columns: surer than prose, never surer than an official or tidy form
	sureTitled    = 86
)

// Detect is how sure it is that a document holds tables of units and numbers.
func Detect(p parse.Probe) parse.Certainty {
	v, err := p.Preview()
	if err != nil {
		return 0
	}
	c, titled := look(v, p.Name)
	if c > 0 && c < sureColumns && columns(v) && tidy.Detect(p) == 0 {
		c = sureColumns
	}
	if c < sureTable || !titled || pci.Detect(p) > 0 || papi.Detect(p) > 0 {
		return c
	}
	if tidy.Detect(p) > 0 && !tidyColumns(v) {
		return sureTitled
	}
	return c
}

// columns reports whether a text is cut into the same number of columns from its first row to the
// last that is previewed: then it is a table, however many Vietnamese words stand in it.
func columns(v parse.Preview) bool {
	if v.Format != "csv" || len(v.Sheets) != 1 {
		return false
	}
	rows, width := 0, 0
	for _, row := range v.Sheets[0].Rows {
		switch {
		case len(row) == 0:
			continue
		case width == 0:
			width = len(row)
		case len(row) != width:
			return false // titles and sentences: others read them too
		}
		rows++
	}
	return width >= 3 && rows >= 4
}

// look guesses at a preview with the catalogue that is built in.
func look(v parse.Preview, name string) (c parse.Certainty, titled bool) {
	doc := Document{Kind: kindName, Format: v.Format}
	for _, s := range v.Sheets {
		sh := &sheet.Sheet{Name: s.Name}
		for _, row := range s.Rows {
			cells := make([]sheet.Cell, len(row))
			for j, text := range row {
				if text != "" {
					cells[j] = sheet.Cell{Kind: sheet.Text, Text: text}
				}
			}
			sh.Rows = append(sh.Rows, cells)
		}
		doc.Sources = append(doc.Sources, Source{Sheet: sh})
	}
	p := newParser(context.Background(), doc, parse.Input{Name: name}, reform.Default(), silence{})
	for _, k := range p.lookAtAll() {
		for _, l := range k.layouts {
			c = max(c, sureSomething)
			rows := 0
			for r := l.dataFrom; r <= l.dataTo; r++ {
				for _, b := range l.blocks {
					if b.unit < 0 || p.isUnitRow(l, r, b.unit) {
						rows++
						break
					}
				}
			}
			understood := false
			for _, b := range l.blocks {
				for _, x := range b.values {
					understood = understood || x.unknown == ""
				}
			}
			if rows >= 2 && understood {
				c = max(c, sureTable)
				if l.constants.index != "" && l.constants.when.year != 0 {
					titled = true
				}
			}
		}
	}
	return c, titled
}

// tidyColumns reports whether a table has the index and the period in columns, as a tidy table has.
func tidyColumns(v parse.Preview) bool {
	for _, s := range v.Sheets {
		for _, row := range s.Rows {
			index, period := false, false
			for _, text := range row {
				f := viet.Fold(text)
				index = index || indexHeadings[f] || f == "index" || f == "indexcode"
				period = period || periodHeadings[f]
			}
			if index && period {
				return true
			}
		}
	}
	return false
}

type silence struct{}

func (silence) Fact(*reform.Fact) error { return nil }
func (silence) Problem(reform.Problem)  {}

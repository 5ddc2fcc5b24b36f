// Package tidy reads tables of one fact a row, delimited text or workbooks, with
// documented headings in English or Vietnamese: the form of the facts that ship with
// the product and of the template that people fill in.
package tidy

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
)

const kindName = "tidy"

// Kind is the kind of document that this package reads.
var Kind = parse.Kind{
	Name:   kindName,
	Title:  reform.Text{VI: "Bảng số liệu mỗi dòng một số", EN: "Table of one fact a row"},
	Detect: Detect,
	Parse:  Parse,
}

// Detect is how sure it is that a document is a tidy table: by how many headings it understands.
func Detect(p parse.Probe) parse.Certainty {
	v, err := p.Preview()
	if err != nil {
		return 0
	}
	best := 0
	for _, s := range v.Sheets {
		h, ok := findHeader(s.Rows)
		if !ok {
			continue
		}
		certainty := 40 + 4*min(h.known, 8)
		if h.has(fPeriod, fYear) {
			certainty += 8
		}
		if h.has(fIndex) {
			certainty += 8
		}
		best = max(best, certainty)
	}
	return best
}

// source is a table to pass over, as often as wanted.
type source struct {
	name string // of the sheet, "" in text
	// each calls row with the cells of every row under the heading. Cells are valid until the next
	// call. typed says which cells are numbers of a workbook; nil: none.
	each func(row func(cells []string, typed []bool, line int) error) error
}

// Parse reads a tidy table. The Fact that the sink receives is the same one for
// every row: a sink copies what it keeps.
func Parse(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	p := newParser(ctx, in, cat, sink)
	if err := p.checkOptions(); err != nil {
		return p.result, err
	}
	head := make([]byte, min(in.Size, parse.HeadSize))
	if n, err := in.File.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) && n < len(head) {
		return p.result, fmt.Errorf("reading the beginning of the file: %w", err)
	}
	var format string
	if in.Size > 0 {
		f, err := sheet.Sniff(head)
		if err != nil {
			return p.result, err
		}
		format = f
	}
	var err error
	if format == "csv" {
		err = p.text(in)
	} else {
		err = p.workbook(in) // which also says that a file is empty
	}
	p.mapNumbers()
	return p.result, err
}

func (p *parser) checkOptions() error {
	if o := p.in.Option(parse.OptIndex); o != "" {
		if _, ok := p.cat.FindIndex(o); !ok {
			return fmt.Errorf("index %q is not in the catalogue: %w", parse.Shorten(o, 40), reform.ErrInvalid)
		}
	}
	if o := p.in.Option(parse.OptPeriod); o != "" {
		if _, err := reform.ParsePeriod(o); err != nil {
			return err
		}
	}
	switch o := p.in.Option(parse.OptNumbers); o {
	case "", "comma", "point":
	default:
		return fmt.Errorf("option numbers is %q: want comma or point: %w", parse.Shorten(o, 20), reform.ErrInvalid)
	}
	return nil
}

// text reads delimited text as a stream.
func (p *parser) text(in parse.Input) error {
	d, err := sheet.OpenDelimited(in)
	if err != nil {
		return err
	}
	r := d.CSV()
	var rows [][]string
	for len(rows) < headerSearch {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the text is no table (%v): %w", err, reform.ErrInvalid)
		}
		for i := range rec {
			rec[i] = norm.NFC.String(rec[i])
		}
		rows = append(rows, rec)
	}
	h, ok := findHeader(rows)
	if !ok {
		p.noHeader("", rows)
		return nil
	}
	p.layout = "tidy text"
	if d.Encoding != "utf-8" {
		p.layout += ", " + d.Encoding
	}
	src := source{each: func(row func([]string, []bool, int) error) error {
		return eachRecord(d, h.row, row)
	}}
	name := strings.TrimSuffix(path.Base(strings.ReplaceAll(in.Name, "\\", "/")), path.Ext(in.Name))
	return p.table(src, h, name)
}

// eachRecord passes over the records under the heading.
func eachRecord(d *sheet.Delimited, headerRow int, row func([]string, []bool, int) error) error {
	r := d.CSV()
	r.ReuseRecord = true
	compose := !d.Composed()
	for n := 0; ; n++ {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				return fmt.Errorf("line %d is no row of a table (%v): %w", bad.Line, bad.Err, reform.ErrInvalid)
			}
			return fmt.Errorf("reading the text: %w", err)
		}
		if n <= headerRow {
			continue
		}
		if compose {
			for i := range rec {
				rec[i] = norm.NFC.String(rec[i])
			}
		}
		line, _ := r.FieldPos(0)
		if err := row(rec, nil, line+d.SkippedLines()); err != nil {
			return err
		}
	}
}

// workbook reads every visible sheet that has the headings of a tidy table.
func (p *parser) workbook(in parse.Input) error {
	wb, err := sheet.Open(p.ctx, in)
	if err != nil {
		return err
	}
	p.layout = "tidy workbook"
	only := in.Option(parse.OptSheet)
	read := 0
	var first [][]string
	for _, s := range wb.Sheets {
		if s.Hidden || only != "" && s.Name != only {
			p.skip(s.Name, "it is hidden or was not asked for")
			continue
		}
		rows := make([][]string, min(len(s.Rows), headerSearch))
		for i := range rows {
			rows[i] = texts(s.Rows[i], nil)
		}
		if first == nil {
			first = rows
		}
		h, ok := findHeader(rows)
		if !ok {
			p.skip(s.Name, "no headings of a unit and a value")
			continue
		}
		read++
		if err := p.table(sheetSource(s, h.row), h, s.Name); err != nil {
			return err
		}
	}
	if read == 0 {
		p.noHeader(in.Name, first)
	}
	return nil
}

func sheetSource(s *sheet.Sheet, headerRow int) source {
	return source{name: s.Name, each: func(row func([]string, []bool, int) error) error {
		var cells []string
		var typed []bool
		for i := headerRow + 1; i < len(s.Rows); i++ {
			cells = texts(s.Rows[i], cells)
			typed = typed[:0]
			for _, c := range s.Rows[i] {
				typed = append(typed, c.Kind == sheet.Number)
			}
			if err := row(cells, typed, i+1); err != nil {
				return err
			}
		}
		return nil
	}}
}

func texts(row []sheet.Cell, into []string) []string {
	into = into[:0]
	for _, c := range row {
		into = append(into, c.Text)
	}
	return into
}

func (p *parser) skip(name, reason string) {
	p.result.Mapping.Sheets = append(p.result.Mapping.Sheets, parse.SheetMapping{Name: name, Reason: reason})
}

// noHeader says what is missing for a table of facts.
func (p *parser) noHeader(at string, rows [][]string) {
	shown := ""
	for _, r := range rows {
		if s := strings.Join(strings.Fields(strings.Join(r, " | ")), " "); strings.Trim(s, "| ") != "" {
			shown = s
			break
		}
	}
	p.problem(parse.Problem("missing-column", "header", at, shown,
		"Không tìm thấy dòng tiêu đề có cột đơn vị (Tỉnh/Thành phố, unit) và cột giá trị (Điểm, Hạng, score, place).",
		"No row of headings with a unit (unit, unit_name, Tỉnh/Thành phố) and a value (score, place, Điểm, Hạng) was found."))
}

// table reads one table with its heading.
func (p *parser) table(src source, h header, name string) error {
	m := parse.SheetMapping{Name: name, Read: true, Header: strconv.Itoa(h.row + 1)}
	missing := func(vi, en string) {
		p.problem(parse.Said("missing-column", "header", p.at(src.name, h.row+1, -1), strings.Join(h.headings, ", "), reform.Text{VI: vi, EN: en}))
	}
	if !h.has(fIndex) && p.in.Option(parse.OptIndex) == "" {
		missing("Không có cột chỉ số (index, Chỉ số): hãy thêm cột hoặc chọn chỉ số khi nạp.", "There is no column of the index (index, Chỉ số): add one, or give the index when loading.")
	}
	if !h.has(fPeriod, fYear) && p.in.Option(parse.OptPeriod) == "" {
		missing("Không có cột kỳ (period, Kỳ, Năm): hãy thêm cột hoặc chọn kỳ khi nạp.", "There is no column of the period (period, Kỳ, Năm): add one, or give the period when loading.")
	}
	for _, col := range h.twice {
		p.problem(parse.Problem("ambiguous-column", "header", p.at(src.name, h.row+1, col), h.headings[col],
			"Hai cột cùng có nghĩa này: hãy bỏ một cột.", "Two columns have this meaning: remove one."))
	}
	for col, heading := range h.headings {
		c := parse.ColumnMapping{Column: sheet.Column(col), Heading: strings.Join(strings.Fields(heading), " ")}
		if c.Heading == "" {
			continue
		}
		if f, ok := meaningOf(heading); ok && !slices.Contains(h.twice, col) {
			c.Meaning = names[f]
			switch f {
			case fIgnored:
				c.Note = "not needed"
			case fNote:
				c.Note = "kept in the document only"
			}
		}
		m.Columns = append(m.Columns, c)
	}
	if len(h.unknown) > 0 {
		var list []string
		for _, col := range h.unknown {
			list = append(list, parse.Shorten(strings.Join(strings.Fields(h.headings[col]), " "), 60))
		}
		text := strings.Join(list, ", ")
		p.problem(parse.Warning("unknown-column", "header", p.at(src.name, h.row+1, h.unknown[0]), text,
			"Không hiểu các cột sau nên không nạp: %s.", "These columns were not understood and were left out: %s.", text))
	}
	p.result.Mapping.Sheets = append(p.result.Mapping.Sheets, m)
	if p.missing() {
		return nil
	}
	p.begin(src, h)
	first, last := 0, 0
	err := src.each(func(cells []string, typed []bool, line int) error {
		if p.ticks++; p.ticks&4095 == 0 {
			if err := p.ctx.Err(); err != nil {
				return err
			}
		}
		if first == 0 {
			first = line
		}
		last = line
		return p.row(cells, typed, line)
	})
	if first > 0 {
		p.result.Mapping.Sheets[len(p.result.Mapping.Sheets)-1].Data = fmt.Sprintf("%d-%d", first, last)
	}
	p.end(src)
	return err
}

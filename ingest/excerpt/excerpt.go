// Package excerpt shows the place in a document where a number stands: the rows
// around a cell, the words around a quotation, the page of a PDF. It reads the stored
// bytes again with the readers of the parsers, so that what it shows is what was read.
package excerpt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"chiso/ingest/parse"
	"chiso/ingest/pdf"
	"chiso/ingest/prose"
	"chiso/ingest/sheet"
	"chiso/reform"
)

// Excerpt is a place in a document: rows of a table, or a text with the words marked.
type Excerpt struct {
	Place   string   // "Sheet1", "page 3"
	Columns []string // letters of the columns; empty for a text
	Rows    []Row
	Before  string
	Hit     string
	After   string
	Cut     bool // more stands before or behind
}

// Row is a row of a sheet.
type Row struct {
	Number string
	Cells  []string
	Here   bool
	Cell   int // the cell that is meant; -1 the row as a whole
}

// Bounds of what is shown.
const (
	rowsAround    = 5
	columnsAround = 7
	widestLine    = 40 // cells of a line that are shown where no cell is meant
	charsAround   = 700
	mostHit       = 4000
	mostCell      = 300
)

// Of shows the place that locator names in a document; quote are the words that carry the
// number there. Where the place can't be shown it is reform.ErrNotFound, and the error says why.
func Of(ctx context.Context, in parse.Input, locator, quote string) (Excerpt, error) {
	head := make([]byte, min(in.Size, 1024))
	if n, err := in.File.ReadAt(head, 0); err != nil && !(errors.Is(err, io.EOF) && n == len(head)) {
		return Excerpt{}, fmt.Errorf("the beginning of the document: %w", err)
	}
	if bytes.Contains(head, []byte("%PDF-")) {
		return ofPDF(ctx, in, locator, quote)
	}
	format, err := sheet.Sniff(head)
	switch {
	case err == nil && (format == "xlsx" || format == "xls"):
		return ofWorkbook(ctx, in, locator)
	case lineLocator.MatchString(locator):
		return ofLines(ctx, in, locator)
	}
	return ofText(in, locator, quote)
}

var (
	cellLocator = regexp.MustCompile(`^(.+)!([A-Z]{1,3})([1-9][0-9]{0,6})$`)
	lineLocator = regexp.MustCompile(`^line ([1-9][0-9]{0,8})$`)
	pageLocator = regexp.MustCompile(`^pages? ([1-9][0-9]{0,5})\b`)
	charLocator = regexp.MustCompile(`\bchars (\d{1,9})-(\d{1,9})$`)
)

func nowhere(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, reform.ErrNotFound)...)
}

func ofWorkbook(ctx context.Context, in parse.Input, locator string) (Excerpt, error) {
	// A number that was put together from several cells names them all; the first is shown.
	first, _, _ := strings.Cut(locator, "; ")
	m := cellLocator.FindStringSubmatch(first)
	if m == nil {
		return Excerpt{}, nowhere("the place %q names no cell", parse.Shorten(locator, 80))
	}
	wb, err := sheet.Open(ctx, in)
	if err != nil {
		return Excerpt{}, err
	}
	for _, s := range wb.Sheets {
		if s.Name != m[1] {
			continue
		}
		row, err := strconv.Atoi(m[3])
		if err != nil {
			return Excerpt{}, nowhere("row %s", m[3])
		}
		return around(s.Name, len(s.Rows), s.Width(), row-1, column(m[2]), func(r, c int) string { return s.Spread(r, c).Text }), nil
	}
	return Excerpt{}, nowhere("the workbook has no sheet %q", parse.Shorten(m[1], 80))
}

// column is the place of a column by its letters, counted from 0.
func column(letters string) int {
	n := 0
	for _, l := range letters {
		n = n*26 + int(l-'A') + 1
	}
	return n - 1
}

// around is the first row with text, for the headings, and the rows around a cell.
func around(name string, rows, width, row, col int, at func(row, col int) string) Excerpt {
	e := Excerpt{Place: name}
	from, to := max(0, col-columnsAround), min(width, col+columnsAround+1)
	if col < 2*columnsAround {
		from = 0 // the names of units stand at the left
	}
	if col < 0 {
		to = min(width, widestLine)
	}
	for c := from; c < to; c++ {
		e.Columns = append(e.Columns, sheet.Column(c))
	}
	add := func(r int) {
		one := Row{Number: strconv.Itoa(r + 1), Here: r == row, Cell: -1}
		if one.Here {
			one.Cell = max(-1, col-from)
		}
		for c := from; c < to; c++ {
			one.Cells = append(one.Cells, parse.Shorten(at(r, c), mostCell))
		}
		e.Rows = append(e.Rows, one)
	}
	first := max(0, row-rowsAround)
	for r := range min(first, 4) {
		add(r)
	}
	for r := first; r < min(rows, row+rowsAround+1); r++ {
		add(r)
	}
	e.Cut = first > 4 || row+rowsAround+1 < rows || col < 0 && to < width
	return e
}

// ofLines shows lines of a table in text, with its heading.
func ofLines(ctx context.Context, in parse.Input, locator string) (Excerpt, error) {
	want, err := strconv.Atoi(lineLocator.FindStringSubmatch(locator)[1])
	if err != nil {
		return Excerpt{}, nowhere("%s", locator)
	}
	wb, err := sheet.Open(ctx, in)
	if err != nil || len(wb.Sheets) == 0 {
		return Excerpt{}, nowhere("the table can't be read again (%v)", err)
	}
	s := wb.Sheets[0]
	if want > len(s.Rows) {
		return Excerpt{}, nowhere("the table has %d rows, not %d", len(s.Rows), want)
	}
	return around("", len(s.Rows), s.Width(), want-1, -1, func(r, c int) string { return s.At(r, c).Text }), nil
}

func ofPDF(ctx context.Context, in parse.Input, locator, quote string) (Excerpt, error) {
	m := pageLocator.FindStringSubmatch(locator)
	if m == nil {
		return Excerpt{}, nowhere("the place %q names no page", parse.Shorten(locator, 80))
	}
	page, err := strconv.Atoi(m[1])
	if err != nil {
		return Excerpt{}, nowhere("page %s", m[1])
	}
	text, err := pdf.PageText(ctx, pdf.Options{}, in, page)
	if err != nil {
		return Excerpt{}, err
	}
	e := marked(text, quote, -1, -1)
	e.Place = "page " + m[1]
	return e, nil
}

// ofText shows the words in an article, a report or an answer of an interface.
func ofText(in parse.Input, locator, quote string) (Excerpt, error) {
	b, err := in.Bytes()
	if err != nil {
		return Excerpt{}, err
	}
	text := string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	if !utf8.ValidString(text) {
		return Excerpt{}, nowhere("the document is no text that can be shown")
	}
	doc := prose.Open(text, in.Name)
	from, to := -1, -1
	if m := charLocator.FindStringSubmatch(locator); m != nil {
		from, _ = strconv.Atoi(m[1])
		to, _ = strconv.Atoi(m[2])
	}
	if e := marked(doc.Text, quote, from, to); e.Hit != "" {
		return e, nil
	}
	if e := marked(prose.Normal(text), quote, -1, -1); e.Hit != "" {
		return e, nil // the bytes themselves, as of an interface's answer
	}
	return Excerpt{}, nowhere("the words at %q were not found in the document again", parse.Shorten(locator, 80))
}

// marked is a text around the characters [from, to), or around the quotation where these are not known.
func marked(text, quote string, from, to int) Excerpt {
	letters := []rune(text)
	if from < 0 || to <= from || to > len(letters) {
		from, to = find(text, quote)
	}
	if from < 0 {
		// Without the words, the beginning of a page is better than nothing.
		return Excerpt{Before: string(letters[:min(len(letters), mostHit)]), Cut: len(letters) > mostHit}
	}
	end := min(to, from+mostHit)
	first, last := max(0, from-charsAround), min(len(letters), end+charsAround)
	return Excerpt{
		Before: string(letters[first:from]), Hit: string(letters[from:end]), After: string(letters[end:last]),
		Cut: first > 0 || last < len(letters),
	}
}

// find is where the quotation stands, in characters, whatever its blanks; -1 nowhere. A quotation
// that was shortened is found by its beginning.
func find(text, quote string) (from, to int) {
	words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(prose.Normal(quote)), "…"))
	if len(words) == 0 {
		return -1, -1
	}
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	re, err := regexp.Compile(strings.Join(words, `\s+`))
	if err != nil {
		return -1, -1
	}
	at := re.FindStringIndex(text)
	if at == nil {
		return -1, -1
	}
	from = utf8.RuneCountInString(text[:at[0]])
	return from, from + utf8.RuneCountInString(text[at[0]:at[1]])
}

// Package htmltable reads the tables of web pages: rankings, pages of one
// province, whatever has units and numbers in a <table>. Each table becomes a grid
// and is guessed at like a sheet; captions, headings and the page's title say what
// the table itself leaves out.
package htmltable

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/ingest/table"
	"chiso/reform"
	"chiso/reform/viet"
)

const kindName = "html-table"

// Kind is the kind of document that this package reads, without kept mapping files.
var Kind = KindWith(nil)

// KindWith is Kind with mapping files that are chosen by name and headings.
func KindWith(mappings *table.Mappings) parse.Kind {
	return parse.Kind{
		Name:   kindName,
		Title:  reform.Text{VI: "Bảng trên trang web", EN: "Tables of a web page"},
		Detect: Detect,
		Parse: func(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
			doc, err := Open(ctx, in)
			if err != nil {
				return parse.Result{Kind: kindName, Title: doc.Title}, err
			}
			return table.Read(ctx, doc, in, cat, sink, mappings)
		},
	}
}

// How sure it is: a page with a table is its own, unless an extractor of prose is surer.
const (
	surePage  = 60
	sureTable = 80
)

// maxDepth is how deep elements may be nested: the reader of the library recurses.
const maxDepth = 400

// Detect is how sure it is that a document is a web page with tables.
func Detect(p parse.Probe) parse.Certainty {
	head := bytes.ToLower(p.Head)
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	page := bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")) || bytes.HasPrefix(start, []byte("<table")) ||
		bytes.HasPrefix(start, []byte("<")) && bytes.Contains(head, []byte("<body"))
	if !page {
		return 0
	}
	if !bytes.Contains(head, []byte("<table")) {
		if int64(len(p.Head)) == p.Size {
			return 0 // the whole page is here, and it has none
		}
		return surePage / 3
	}
	for _, w := range []string{"tỉnh", "t&#7881;nh", "province", "đơn vị", "xếp hạng", "ranking", "year", "năm"} {
		if bytes.Contains(head, []byte(w)) {
			return sureTable
		}
	}
	return surePage
}

// Open reads a page as the tables that are in it.
func Open(ctx context.Context, in parse.Input) (table.Document, error) {
	doc := table.Document{Kind: kindName, Format: "html"}
	b, err := in.Bytes()
	if err != nil {
		return doc, err
	}
	if len(b) == 0 {
		return doc, fmt.Errorf("the page is empty: %w", reform.ErrInvalid)
	}
	if err := checkNesting(ctx, b); err != nil {
		return doc, err
	}
	r, err := charset.NewReader(bytes.NewReader(b), "text/html")
	if err != nil {
		return doc, fmt.Errorf("the page's encoding can't be read (%v): %w", err, reform.ErrInvalid)
	}
	root, err := html.Parse(r)
	if err != nil {
		return doc, fmt.Errorf("the page can't be read (%v): %w", err, reform.ErrInvalid)
	}
	page := goquery.NewDocumentFromNode(root)
	doc.Title = viet.Clean(page.Find("title").First().Text())
	x := &extractor{ctx: ctx, lim: in.Limits.OrDefault(), title: doc.Title}
	x.walk(root)
	if x.err != nil {
		return doc, x.err
	}
	doc.Sources = x.sources
	return doc, nil
}

// checkNesting refuses pages that are nested as only traps are, before the tree is built.
func checkNesting(ctx context.Context, b []byte) error {
	z := html.NewTokenizer(bytes.NewReader(b))
	z.SetMaxBuf(16 << 20)
	depth, ticks := 0, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				return fmt.Errorf("the page can't be read (%v): %w", err, reform.ErrTooLarge)
			}
			return nil
		case html.StartTagToken:
			name, _ := z.TagName()
			if !void[string(name)] {
				depth++
			}
		case html.EndTagToken:
			depth = max(depth-1, 0)
		}
		if depth > 20*maxDepth {
			return parse.TooLarge("the page", int64(depth), 20*maxDepth, "elements within each other")
		}
		if ticks++; ticks%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// void elements never close, and paragraphs, items and cells often are not closed.
var void = map[string]bool{"br": true, "img": true, "input": true, "meta": true, "link": true, "hr": true, "col": true, "wbr": true, "source": true, "area": true, "base": true,
	"embed": true, "param": true, "track": true, "p": true, "li": true, "td": true, "th": true, "tr": true, "tbody": true, "thead": true, "option": true, "dt": true, "dd": true}

// extractor walks a page and takes its tables, remembering the headings above.
type extractor struct {
	ctx      context.Context
	lim      parse.Limits
	title    string
	headings [7]string // the latest of each level
	sources  []table.Source
	cells    int
	err      error
}

func (x *extractor) walk(root *html.Node) {
	// Without recursion: a page may be nested as deep as it likes.
	for n := root; n != nil && x.err == nil; {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "h1", "h2", "h3", "h4", "h5", "h6":
				level := int(n.Data[1] - '0')
				x.headings[level] = viet.Clean(text(n, x.lim.CellBytes))
				for i := level + 1; i < len(x.headings); i++ {
					x.headings[i] = ""
				}
			case "table":
				x.table(n)
			}
		}
		n = next(n, root, n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style"))
	}
}

// next is the node after n in the order of the page, within root.
func next(n, root *html.Node, skipChildren bool) *html.Node {
	if n.FirstChild != nil && !skipChildren {
		return n.FirstChild
	}
	for n != root && n.NextSibling == nil {
		if n = n.Parent; n == nil {
			return nil
		}
	}
	if n == root {
		return nil
	}
	return n.NextSibling
}

// text is the text of an element without that of tables, scripts and hidden parts within.
func text(root *html.Node, limit int) string {
	var b strings.Builder
	for n := root; n != nil && b.Len() <= limit; {
		skip := false
		switch n.Type {
		case html.TextNode:
			b.WriteString(n.Data)
		case html.ElementNode:
			switch n.Data {
			case "script", "style", "template", "select", "noscript":
				skip = true
			case "table":
				skip = n != root
			case "br", "p", "div", "li", "tr":
				b.WriteByte(' ')
			}
			for _, a := range n.Attr {
				if a.Key == "hidden" || a.Key == "style" && strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
					skip = true
				}
			}
		}
		n = next(n, root, skip)
	}
	return b.String()
}

// table turns one table into a grid. Rows belong to the table that is nearest above them.
func (x *extractor) table(t *html.Node) {
	if len(x.sources) >= x.lim.Sheets {
		x.err = parse.TooLarge("the page", int64(len(x.sources)+1), int64(x.lim.Sheets), "tables")
		return
	}
	number := len(x.sources) + 1
	s := &sheet.Sheet{Name: ""}
	src := table.Source{Sheet: s, At: func(row, col int) string {
		return "table " + strconv.Itoa(number) + ", row " + strconv.Itoa(row+1) + ", column " + strconv.Itoa(col+1)
	}}
	carried := map[int]carry{} // columns that a cell above still covers
	for n := t.FirstChild; n != nil && x.err == nil; {
		skip := false
		if n.Type == html.ElementNode {
			switch n.Data {
			case "table":
				skip = true
			case "caption":
				src.Context = append(src.Context, viet.Clean(text(n, x.lim.CellBytes)))
				skip = true
			case "tr":
				x.row(s, n, carried)
				skip = true
			}
		}
		n = next(n, t, skip)
	}
	for level := 6; level > 0; level-- {
		if x.headings[level] != "" {
			src.Context = append(src.Context, x.headings[level])
		}
	}
	if x.title != "" {
		src.Context = append(src.Context, x.title)
	}
	x.sources = append(x.sources, src)
}

type carry struct{ rows int }

// row adds a row to a grid; spans are laid out as merged blocks.
func (x *extractor) row(s *sheet.Sheet, tr *html.Node, carried map[int]carry) {
	at := len(s.Rows)
	if at >= x.lim.Rows {
		x.err = parse.TooLarge("a table of the page", int64(at+1), int64(x.lim.Rows), "rows")
		return
	}
	if at%512 == 0 && x.ctx.Err() != nil {
		x.err = x.ctx.Err()
		return
	}
	var row []sheet.Cell
	col := 0
	blocked := func() bool { return carried[col].rows > 0 }
	covered := map[int]carry{}
	for n := tr.FirstChild; n != nil; n = n.NextSibling {
		if n.Type != html.ElementNode || n.Data != "td" && n.Data != "th" {
			continue
		}
		for blocked() {
			col++
		}
		cols, rows := span(n, "colspan", x.lim.Columns), span(n, "rowspan", x.lim.Rows)
		if col+cols > x.lim.Columns {
			x.err = parse.TooLarge("a table of the page", int64(col+cols), int64(x.lim.Columns), "columns")
			return
		}
		words := viet.NFC(text(n, x.lim.CellBytes))
		if len(words) > x.lim.CellBytes {
			x.err = parse.TooLarge("a cell of the page", int64(len(words)), int64(x.lim.CellBytes), "bytes of text")
			return
		}
		for len(row) < col {
			row = append(row, sheet.Cell{})
		}
		c := sheet.Cell{}
		if strings.TrimSpace(words) != "" {
			c = sheet.Cell{Kind: sheet.Text, Text: strings.Join(strings.Fields(words), " ")}
			if x.cells++; x.cells > x.lim.Cells {
				x.err = parse.TooLarge("the page", int64(x.cells), int64(x.lim.Cells), "cells")
				return
			}
		}
		row = append(row, c)
		if (cols > 1 || rows > 1) && len(s.Merged) < 10_000 {
			s.Merged = append(s.Merged, sheet.Range{Row: at, Col: col, LastRow: at + rows - 1, LastCol: col + cols - 1})
		}
		if rows > 1 {
			for k := col; k < col+cols; k++ {
				covered[k] = carry{rows}
			}
		}
		col += cols
	}
	for k, c := range carried {
		if c.rows--; c.rows <= 0 {
			delete(carried, k)
		} else {
			carried[k] = c
		}
	}
	for k, c := range covered {
		if c.rows > 1 {
			carried[k] = carry{c.rows - 1}
		}
	}
	for len(row) > 0 && row[len(row)-1].Kind == sheet.Empty {
		row = row[:len(row)-1]
	}
	s.Rows = append(s.Rows, row)
}

// span is a colspan or rowspan, at least 1; 0 and nonsense are 1, as browsers nearly do.
func span(n *html.Node, name string, limit int) int {
	for _, a := range n.Attr {
		if a.Key == name {
			if v, err := strconv.Atoi(strings.TrimSpace(a.Val)); err == nil && v > 0 {
				return min(v, limit)
			}
		}
	}
	return 1
}

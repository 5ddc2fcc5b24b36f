package word

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"chiso/ingest/pages"
	"chiso/ingest/parse"
	"chiso/ingest/prose"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// The bounds of a document's structure.
const (
	maxDepth = 400 // of elements
	maxNest  = 8   // of tables in tables
	maxSpan  = 200 // columns of one cell
)

// mainPart is the part that the package names as its document.
func mainPart(z *zip.Reader, lim parse.Limits) *zip.File {
	byName := map[string]*zip.File{}
	for _, f := range z.File {
		byName[strings.TrimPrefix(f.Name, "/")] = f
	}
	if f := byName["_rels/.rels"]; f != nil && f.UncompressedSize64 < 1<<20 {
		if r, err := f.Open(); err == nil {
			defer r.Close()
			var rels struct {
				Relationship []struct {
					Type, Target string `xml:",attr"`
				}
			}
			if xml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&rels) == nil {
				for _, x := range rels.Relationship {
					if strings.HasSuffix(x.Type, "/officeDocument") {
						if f := byName[strings.TrimPrefix(x.Target, "/")]; f != nil && strings.HasPrefix(strings.TrimPrefix(x.Target, "/"), "word/") {
							return f
						}
					}
				}
			}
		}
	}
	return byName["word/document.xml"]
}

// document is what a .docx holds.
type document struct {
	title    string
	text     string
	tables   []*docTable
	deleted  int // pieces that tracked changes deleted
	pictures int
	marks    []mark
	blocks   []block // in order
}

// block is a paragraph or a table.
type block struct {
	text    string
	heading bool
	table   *docTable
}

// mark says where in the text a paragraph begins, in characters.
type mark struct{ at, paragraph int }

type docTable struct {
	sheet   *sheet.Sheet
	context []string
	number  int
}

func (t *docTable) locator() string { return fmt.Sprintf("table %d", t.number) }

func (d *document) parts() []pages.Part {
	var list []pages.Part
	for _, t := range d.tables {
		t.sheet.Name = t.locator()
		list = append(list, pages.Part{Sheet: t.sheet, Context: t.context, Locator: t.locator(), At: func(row, col int) string {
			return fmt.Sprintf("table %d, row %d, column %d", t.number, row+1, col+1)
		}})
	}
	return list
}

func (d *document) locate(from, to int) string {
	n := 0
	for _, m := range d.marks {
		if m.at > from {
			break
		}
		n = m.paragraph
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("paragraph %d, chars %d-%d", n, from, to)
}

// docReader walks through the main part.
type docReader struct {
	dec   *xml.Decoder
	ctx   context.Context
	lim   parse.Limits
	doc   *document
	depth int
	cells int
	ticks int
}

// parseDocument reads the main part of a .docx.
func parseDocument(ctx context.Context, r io.Reader, lim parse.Limits) (*document, error) {
	w := &docReader{dec: xml.NewDecoder(r), ctx: ctx, lim: lim, doc: &document{}}
	for {
		tok, err := w.token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "body" {
			if err := w.body(&w.doc.blocks, 0); err != nil {
				return nil, err
			}
		}
	}
	w.doc.finish()
	return w.doc, nil
}

// token is the next token, with the depth and the patience of the caller minded.
func (w *docReader) token() (xml.Token, error) {
	if w.ticks++; w.ticks%4096 == 0 && w.ctx.Err() != nil {
		return nil, w.ctx.Err()
	}
	tok, err := w.dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("the text of the Word document is damaged: %w: %w", err, reform.ErrInvalid)
	}
	switch tok.(type) {
	case xml.StartElement:
		if w.depth++; w.depth > maxDepth {
			return nil, fmt.Errorf("the Word document is nested more than %d deep: %w", maxDepth, reform.ErrTooLarge)
		}
	case xml.EndElement:
		w.depth--
	}
	return tok, nil
}

// skip passes over the rest of an element that was begun.
func (w *docReader) skip() error {
	at := w.depth - 1
	for w.depth > at {
		if _, err := w.token(); err != nil {
			return cut(err)
		}
	}
	return nil
}

// cut is err, and an end within an element is damage.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the text of the Word document is cut off: %w", reform.ErrInvalid)
	}
	return err
}

// body reads paragraphs and tables until the end of the element that was begun.
func (w *docReader) body(out *[]block, nest int) error {
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return cut(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "p":
			if err := w.paragraph(out, nest); err != nil {
				return err
			}
		case "tbl":
			if err := w.table(out, nest); err != nil {
				return err
			}
		case "del", "moveFrom":
			w.doc.deleted++
			if err := w.skip(); err != nil {
				return err
			}
		case "sectPr", "Fallback":
			if err := w.skip(); err != nil {
				return err
			}
		}
		// Others (content controls, insertions, custom XML) hold blocks: go into them.
	}
	return nil
}

// paragraph reads one paragraph; what stands in its text boxes follows it.
func (w *docReader) paragraph(out *[]block, nest int) error {
	var b strings.Builder
	var boxes []block
	heading := false
	raised, hidden := false, false
	runDepth := -1
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return cut(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			if runDepth >= 0 && w.depth < runDepth {
				runDepth, raised, hidden = -1, false, false
			}
			continue
		}
		switch el.Name.Local {
		case "r":
			runDepth, raised, hidden = w.depth, false, false
		case "pPr":
			style, err := w.style()
			if err != nil {
				return err
			}
			heading = strings.HasPrefix(style, "heading") || style == "title" || style == "caption" || style == "subtitle"
		case "vertAlign":
			raised = value(el) == "superscript" && runDepth >= 0
		case "vanish":
			hidden = runDepth >= 0 && value(el) != "false" && value(el) != "0"
		case "t":
			text, err := w.text()
			if err != nil {
				return err
			}
			if hidden {
				continue
			}
			if raised {
				text = raise(text)
			}
			if b.Len()+len(text) > 1<<20 {
				return parse.TooLarge("a paragraph", int64(b.Len()+len(text)), 1<<20, "bytes of text")
			}
			b.WriteString(text)
		case "tab", "ptab":
			b.WriteByte(' ')
		case "br", "cr":
			b.WriteByte('\n')
		case "noBreakHyphen":
			b.WriteByte('-')
		case "drawing", "pict":
			w.doc.pictures++
		case "txbxContent":
			if nest >= maxNest {
				return fmt.Errorf("the Word document has boxes more than %d deep: %w", maxNest, reform.ErrTooLarge)
			}
			if err := w.body(&boxes, nest+1); err != nil {
				return err
			}
		case "del", "moveFrom":
			w.doc.deleted++
			if err := w.skip(); err != nil {
				return err
			}
		case "Fallback", "instrText", "delText", "rPrChange", "sectPr":
			if err := w.skip(); err != nil {
				return err
			}
		}
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		if text := clean(line); text != "" {
			*out = append(*out, block{text: text, heading: heading})
		}
	}
	*out = append(*out, boxes...)
	return nil
}

// style is the name of the style in a paragraph's properties. Marks of tracked
// changes in there are about the paragraph's end, not about its words.
func (w *docReader) style() (string, error) {
	style := ""
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return "", cut(err)
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "pStyle" {
			style = strings.ToLower(value(el))
		}
	}
	return style, nil
}

// clean is a text as it is stored, decoded from the old fonts that Vietnamese offices used.
func clean(s string) string {
	if t, _, changed := viet.DecodeLegacy(s); changed {
		s = t
	}
	return viet.Clean(s)
}

// text is the text of the element that was begun.
func (w *docReader) text() (string, error) {
	var b strings.Builder
	end := w.depth - 1
	for w.depth > end {
		tok, err := w.token()
		if err != nil {
			return "", cut(err)
		}
		if t, ok := tok.(xml.CharData); ok {
			b.Write(t)
		}
	}
	return b.String(), nil
}

// raise writes raised digits as such: a footnote's mark must not lengthen a number.
func raise(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0']
		}
		return r
	}, s)
}

func value(el xml.StartElement) string { return attr(el, "val") }

func attr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

var captionStart = regexp.MustCompile(`(?i)^(?:bảng|biểu|phụ lục|danh sách|kết quả|table|annex|appendix|chỉ số|xếp hạng|điểm|báo cáo|[IVX]{1,5}\.|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s)`)

// isHeading reports whether a paragraph names what follows.
func isHeading(b block) bool {
	n := utf8.RuneCountInString(b.text)
	switch {
	case n > 400:
		return false
	case b.heading || capitals(b.text):
		return true
	case strings.HasSuffix(b.text, ".") || strings.HasSuffix(b.text, ";"):
		return false
	}
	return n <= 250 && (captionStart.MatchString(b.text) || n <= 120)
}

func capitals(s string) bool {
	upper, letters := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return letters >= 6 && upper*10 >= letters*7
}

var letterhead = regexp.MustCompile(`(?i)cộng h[oòõ]a xã hội|độc lập\s*[-–]|^số\s*:|ngày\s+\d*\s*tháng`)

// contextDepth is how many paragraphs above a table may be headings of it.
const contextDepth = 5

// finish numbers the tables, gives them their headings, and makes one text of the paragraphs.
// A table of one row or column lays out a page, such as a letterhead: it is text.
func (d *document) finish() {
	var b strings.Builder
	runes, paragraph := 0, 0
	add := func(text string) {
		paragraph++
		text = prose.Normal(text)
		if b.Len() > 0 {
			b.WriteString("\n\n")
			runes += 2
		}
		d.marks = append(d.marks, mark{runes, paragraph})
		b.WriteString(text)
		runes += utf8.RuneCountInString(text)
	}
	var above []block
	for _, x := range d.blocks {
		if x.table == nil {
			add(x.text)
			above = append(above, x)
			if d.title == "" && len(d.tables) == 0 && paragraph <= 15 && (x.heading || capitals(x.text)) && !letterhead.MatchString(x.text) && utf8.RuneCountInString(x.text) > 12 && utf8.RuneCountInString(x.text) <= 400 {
				d.title = x.text
			}
			continue
		}
		if layoutOnly(x.table.sheet) {
			for _, row := range x.table.sheet.Rows {
				for _, c := range row {
					if c.Kind == sheet.Text {
						add(c.Text)
					}
				}
			}
			continue
		}
		d.tables = append(d.tables, x.table)
		x.table.number = len(d.tables)
		for i := len(above) - 1; i >= 0 && i >= len(above)-contextDepth; i-- {
			if isHeading(above[i]) {
				x.table.context = append(x.table.context, above[i].text)
			}
		}
		above = nil
	}
	d.text = b.String()
	for _, t := range d.tables {
		if d.title != "" && !slices.Contains(t.context, d.title) {
			t.context = append(t.context, d.title)
		}
	}
}

// layoutOnly reports whether a table has a single row or column, or no number in a cell of its own.
func layoutOnly(s *sheet.Sheet) bool {
	if len(s.Rows) < 2 || s.Width() < 2 {
		return true
	}
	for _, row := range s.Rows {
		for _, c := range row {
			if c.Text != "" && len(c.Text) < 24 && c.Text[0] >= '0' && c.Text[0] <= '9' {
				return false
			}
		}
	}
	return true
}

package prose

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

const kindName = "prose"

// Kind is the kind of document that this package reads.
var Kind = parse.Kind{
	Name:   kindName,
	Title:  reform.Text{VI: "Bài báo, báo cáo bằng văn bản", EN: "Article or report in prose"},
	Detect: Detect,
	Parse:  Parse,

	MayBeEmpty: true,
}

// Detect is how sure it is that a document is a Vietnamese text in prose. It is never
// very sure: a kind that knows a document by its form goes first.
func Detect(p parse.Probe) parse.Certainty {
	head := p.Head
	if bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("%PDF")) || bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}) {
		return 0
	}
	if looksLikeJSON(head) {
		return 0 // sentences in it are somebody's quotations
	}
	text := string(head)
	for i := 0; i < utf8.UTFMax && len(text) > 0 && !utf8.ValidString(text); i++ {
		text = text[:len(text)-1] // the head may end inside a character
	}
	if !utf8.ValidString(text) {
		return 0
	}
	html := looksLikeHTML(text)
	if html {
		lower := strings.ToLower(text)
		if strings.Count(lower, "<tr") > 20 && strings.Count(lower, "<p") < 5 {
			return 20 // a table
		}
		text = stripTags(text)
	}
	words, marked, numbers := 0, 0, 0
	for _, w := range strings.Fields(text) {
		words++
		if viet.Fold(w) != strings.ToLower(w) && strings.ContainsFunc(w, func(r rune) bool { return r > 127 && isLetter(r) }) {
			marked++
		}
		if strings.ContainsAny(w, "0123456789") {
			numbers++
		}
	}
	switch {
	case words < 8 || marked*8 < words:
		return 0
	case numbers*2 > words:
		return 5 // rows of numbers
	case html:
		return 55
	}
	// A text of short cells is a table.
	lines, short := 0, 0
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines++
			if strings.Count(l, "\t") > 1 || strings.Count(l, ";") > 4 && len(l) < 300 {
				short++
			}
		}
	}
	if short*2 > lines {
		return 5
	}
	return 50
}

// looksLikeJSON reports whether two tokens of JSON stand at the beginning. An article that opens
// with "[Infographic]" has one only.
func looksLikeJSON(head []byte) bool {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))))
	if t, err := d.Token(); err != nil || (t != json.Delim('{') && t != json.Delim('[')) {
		return false
	}
	_, err := d.Token()
	return err == nil
}

// Parse reads an article or report: plain text or HTML.
func Parse(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	res := parse.Result{Kind: kindName, Mapping: parse.Mapping{Layout: "prose"}}
	b, err := in.Bytes()
	if err != nil {
		return res, err
	}
	text := string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")))
	if !utf8.ValidString(text) {
		return res, fmt.Errorf("the text is not UTF-8; save it as UTF-8 and try again: %w", reform.ErrInvalid)
	}
	var doc Doc
	if looksLikeHTML(text) {
		if doc, err = FromHTML(text, in.Name); err != nil {
			return res, err
		}
	} else {
		doc = FromText(text, in.Name)
	}
	if err := doc.Apply(in); err != nil {
		return res, err
	}
	return Read(ctx, doc, cat, sink, res)
}

// Apply takes the options of a person or source into the document.
func (d *Doc) Apply(in parse.Input) error {
	if u := in.Option(parse.OptUnit); u != "" {
		key, err := reform.ParseUnitKey(u)
		if err != nil {
			return err
		}
		d.Unit = key
	}
	d.Index = in.Option(parse.OptIndex)
	if p := in.Option(parse.OptPeriod); p != "" {
		period, err := reform.ParsePeriod(p)
		if err != nil {
			return err
		}
		d.Period = period
	}
	if in.URL != "" {
		d.Address = in.URL
		if d.Site == "" {
			d.Site = hostOf(in.URL)
		}
	}
	if in.Date != "" {
		d.Date = in.Date
	}
	if in.Title != "" && d.Title == "" {
		d.Title = in.Title
	}
	if d.Date == "" && d.Title == "" {
		d.Title = strings.TrimSuffix(path.Base(in.Name), path.Ext(in.Name))
	}
	return nil
}

// Read hands the facts of a text to the sink; other kinds, which took the text
// out of a PDF or a Word file, end with it too.
func Read(ctx context.Context, doc Doc, cat *reform.Catalog, sink reform.Sink, res parse.Result) (parse.Result, error) {
	res.Title = viet.Clean(strings.SplitN(doc.Title, "\n", 2)[0])
	if res.Issuer == "" {
		res.Issuer = doc.Site
	}
	candidates, problems, err := Extract(ctx, doc, cat)
	if err != nil {
		return res, err
	}
	for _, p := range problems {
		sink.Problem(p)
	}
	index := map[string]bool{}
	for i := range candidates {
		f := candidates[i].Fact
		res.Rows++
		res.Facts++
		res.AddPeriod(f.Period)
		index[f.Index] = true
		if err := sink.Fact(&f); err != nil {
			return res, err
		}
	}
	if len(index) == 1 {
		for code := range index {
			res.Index = code
		}
	}
	return res, nil
}

// hostOf is the host of an address, without "www.".
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}

// Open is a text as it is read: an HTML page as its main text, anything else as it stands.
// Places of facts are counted in the Text that it gives.
func Open(text, name string) Doc {
	if looksLikeHTML(text) {
		if doc, err := FromHTML(text, name); err == nil {
			return doc
		}
	}
	return FromText(text, name)
}

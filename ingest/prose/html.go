package prose

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"chiso/reform"
	"chiso/reform/viet"
)

func looksLikeHTML(text string) bool {
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 2048)]))
	if !strings.HasPrefix(head, "<") {
		return false
	}
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<div", "<article", "<p", "<h1", "<meta", "<title"} {
		if strings.Contains(head, tag) {
			return true
		}
	}
	return false
}

// stripTags is the text of a beginning of HTML, good enough to see its language.
func stripTags(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken:
			if n, _ := z.TagName(); string(n) == "script" || string(n) == "style" {
				skip++
			}
		case html.EndTagToken:
			if n, _ := z.TagName(); (string(n) == "script" || string(n) == "style") && skip > 0 {
				skip--
			}
			b.WriteByte(' ')
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		}
	}
}

// page collects what an HTML page says of itself.
type page struct {
	doc   Doc
	title string
	h1    string
	b     strings.Builder
}

// deepest bounds the nesting that is followed; the rest of a deeper page is left out.
const deepest = 400

// FromHTML makes a document of a page: its title, publisher, day and main text.
func FromHTML(text, name string) (Doc, error) {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return Doc{}, fmt.Errorf("the page can't be read as HTML (%v): %w", err, reform.ErrInvalid)
	}
	p := &page{}
	if strings.HasPrefix(name, "http://") || strings.HasPrefix(name, "https://") {
		p.doc.Address = name
	}
	p.meta(root, 0)
	main := root
	if best := densest(root); best != nil {
		main = best
	}
	p.write(main, 0)
	p.doc.Title = firstText(p.h1, p.doc.Title, p.title)
	p.doc.Text = Normal(p.b.String())
	if p.doc.Title != "" && !strings.Contains(p.doc.Text, p.doc.Title) {
		p.doc.Text = p.doc.Title + "\n\n" + p.doc.Text
	}
	p.doc.Title = Normal(p.doc.Title)
	if p.doc.Site == "" {
		p.doc.Site = hostOf(p.doc.Address)
	}
	if p.doc.Date == "" {
		p.doc.Date = firstDate(p.doc.Text)
	}
	return p.doc, nil
}

func firstText(list ...string) string {
	for _, s := range list {
		if s = viet.Clean(s); s != "" {
			return s
		}
	}
	return ""
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// meta reads the head of a page, and its first heading.
func (p *page) meta(n *html.Node, depth int) {
	if depth > deepest {
		return
	}
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Title:
			if p.title == "" {
				p.title = textOf(n)
			}
		case atom.H1:
			if p.h1 == "" {
				p.h1 = viet.Clean(textOf(n))
			}
		case atom.Time:
			if d := attr(n, "datetime"); p.doc.Date == "" && isoDate.MatchString(d) {
				p.doc.Date = isoDate.FindString(d)
			}
		case atom.Link:
			if attr(n, "rel") == "canonical" && p.doc.Address == "" {
				p.doc.Address = attr(n, "href")
			}
		case atom.Meta:
			key := strings.ToLower(attr(n, "property") + attr(n, "name") + attr(n, "itemprop"))
			val := attr(n, "content")
			switch key {
			case "og:title":
				p.doc.Title = val
			case "og:site_name":
				p.doc.Site = viet.Clean(val)
			case "og:url":
				if p.doc.Address == "" {
					p.doc.Address = val
				}
			case "article:published_time", "datepublished", "pubdate", "dc.date", "dc.date.issued", "date", "publishdate":
				if isoDate.MatchString(val) {
					p.doc.Date = isoDate.FindString(val)
				}
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.meta(c, depth+1)
	}
}

func textOf(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil && depth < deepest; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

// leftOut are parts of a page that are no part of its article.
var leftOut = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Nav: true, atom.Header: true, atom.Footer: true, atom.Aside: true,
	atom.Form: true, atom.Iframe: true, atom.Svg: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Template: true, atom.Head: true,
}

// densest is the element that holds the article: an <article> or <main>, or the one in
// which most text stands in its own paragraphs.
func densest(root *html.Node) *html.Node {
	var best *html.Node
	most := 0
	var walk func(n *html.Node, depth int) int
	walk = func(n *html.Node, depth int) int {
		if depth > deepest || n.Type == html.ElementNode && leftOut[n.DataAtom] {
			return 0
		}
		own := 0 // text of paragraphs right below
		all := 0
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				k := len(strings.TrimSpace(c.Data))
				all += k
				own += k / 2
			case c.DataAtom == atom.P || c.DataAtom == atom.H2 || c.DataAtom == atom.H3 || c.DataAtom == atom.Ul || c.DataAtom == atom.Table || c.DataAtom == atom.Blockquote || c.DataAtom == atom.Span || c.DataAtom == atom.Strong || c.DataAtom == atom.Em:
				k := walk(c, depth+1)
				all += k
				own += k
			default:
				k := walk(c, depth+1)
				all += k
				own += k / 3
			}
		}
		score := own
		if n.DataAtom == atom.Article || n.DataAtom == atom.Main {
			score = all * 2
		}
		if n.Type == html.ElementNode && n.DataAtom != atom.P && n.DataAtom != atom.Span && score > most {
			most, best = score, n
		}
		return all
	}
	walk(root, 0)
	return best
}

var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Li: true, atom.Br: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.Tr: true,
	atom.Section: true, atom.Article: true, atom.Blockquote: true, atom.Figcaption: true, atom.Ul: true, atom.Ol: true, atom.Table: true, atom.Hr: true, atom.Dd: true, atom.Dt: true,
}

// write writes the text below n, with a line for each block and bars between cells.
func (p *page) write(n *html.Node, depth int) {
	if depth > deepest || n.Type == html.ElementNode && leftOut[n.DataAtom] {
		return
	}
	if n.Type == html.TextNode {
		// Line breaks of the source are blanks; the reader goes by blocks.
		blank := true
		for _, r := range n.Data {
			if r == '\n' || r == '\t' || r == '\r' {
				r = ' '
			}
			if r == ' ' && blank && p.b.Len() > 0 && strings.HasSuffix(p.b.String()[max(0, p.b.Len()-1):], " ") {
				continue
			}
			blank = r == ' '
			p.b.WriteRune(r)
		}
		return
	}
	block := blocks[n.DataAtom]
	if block {
		p.b.WriteByte('\n')
	}
	if (n.DataAtom == atom.Td || n.DataAtom == atom.Th) && n.PrevSibling != nil {
		p.b.WriteString(" | ")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.write(c, depth+1)
	}
	if block {
		p.b.WriteByte('\n')
	}
}

package dashboard

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var staticURL = regexp.MustCompile(`url\((/static/[^)]+)\)`)

func shortSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

func attrOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func setAttr(n *html.Node, name, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			n.Attr[i].Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}

// droppedInSite reports whether an element does nothing without a server or a script.
func droppedInSite(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Form, atom.Button, atom.Template:
		return true
	case atom.Link:
		rel, _ := attrOf(n, "rel")
		return rel != "stylesheet" && rel != "icon"
	case atom.Meta:
		_, refresh := attrOf(n, "http-equiv")
		return refresh
	case atom.P:
		class, _ := attrOf(n, "class")
		return class == "toggles"
	}
	return false
}

// rewrite lets a page of the server stand alone.
func (b *bundle) rewrite(n *html.Node, page string) error {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode {
			if droppedInSite(c) || b.deadEntry(c) {
				n.RemoveChild(c)
				c = next
				continue
			}
			if err := b.element(c, page); err != nil {
				return err
			}
		}
		if err := b.rewrite(c, page); err != nil {
			return err
		}
		c = next
	}
	return nil
}

// deadEntry reports whether a node is an entry of the menu for a page that the bundle lacks.
func (b *bundle) deadEntry(n *html.Node) bool {
	if n.DataAtom != atom.Li || n.FirstChild == nil || n.FirstChild.DataAtom != atom.A || n.Parent == nil || n.Parent.Parent == nil || n.Parent.Parent.DataAtom != atom.Nav {
		return false
	}
	href, _ := attrOf(n.FirstChild, "href")
	return strings.HasPrefix(href, "/") && b.byAddress[canonical(href)] == ""
}

func (b *bundle) element(n *html.Node, page string) error {
	// What a script would ask for is not there.
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		return strings.HasPrefix(a.Key, "data-") && strings.HasPrefix(a.Val, "/")
	})
	switch n.DataAtom {
	case atom.Link:
		href, _ := attrOf(n, "href")
		if !strings.HasPrefix(href, "/static/") {
			return nil
		}
		file, err := b.asset(href)
		if err != nil {
			return err
		}
		setAttr(n, "href", file)
	case atom.Img:
		src, _ := attrOf(n, "src")
		if strings.HasPrefix(src, "/static/") {
			file, err := b.asset(src)
			if err != nil {
				return err
			}
			setAttr(n, "src", file)
		}
	case atom.A:
		return b.link(n, page)
	case atom.Footer:
		p := &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
		p.AppendChild(&html.Node{Type: html.TextNode, Data: b.stamp()})
		n.InsertBefore(p, n.FirstChild)
	}
	return nil
}

// link leads to a file of the bundle, or becomes plain text.
func (b *bundle) link(n *html.Node, page string) error {
	href, ok := attrOf(n, "href")
	if !ok || strings.HasPrefix(href, "#") {
		return nil
	}
	base, err := url.Parse(page)
	if err != nil {
		return err
	}
	u, err := base.Parse(href)
	file := ""
	if err == nil && u.Host == "" && u.Scheme == "" {
		if strings.HasPrefix(u.Path, "/figures/") {
			if file, err = b.picture(u); err != nil {
				return err
			}
		} else {
			file = b.byAddress[canonical(u.Path+"?"+u.RawQuery)]
			if file != "" && u.Fragment != "" {
				file += "#" + u.Fragment
			}
		}
	}
	if file != "" {
		setAttr(n, "href", file)
		return nil
	}
	n.Data, n.DataAtom = "span", atom.Span
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key != "class" && a.Key != "title" && a.Key != "id" && a.Key != "lang"
	})
	return nil
}

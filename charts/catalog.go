package charts

import (
	"strconv"

	"chiso/reform"
)

func itoa(n int) string { return strconv.Itoa(n) }

// indexName is an index's short name, or its code where it has none.
func indexName(ix reform.Index, lang string) string {
	for _, s := range []string{ix.Short.In(lang), ix.Name.In(lang), ix.Code} {
		if s != "" {
			return plain(s)
		}
	}
	return ""
}

// basisOf is the basis of a code in an index.
func basisOf(ix reform.Index, code string) (reform.Basis, bool) {
	for _, b := range ix.Bases {
		if b.Code == code {
			return b, true
		}
	}
	return reform.Basis{}, false
}

func basisName(ix reform.Index, code, lang string) string {
	if b, ok := basisOf(ix, code); ok && b.Name.In(lang) != "" {
		return plain(b.Name.In(lang))
	}
	return plain(code)
}

// componentOf is a component of a basis; without a basis, of the newest one that has it.
func componentOf(ix reform.Index, basis, code string) (reform.Component, bool) {
	for i := len(ix.Bases) - 1; i >= 0; i-- {
		if basis != "" && ix.Bases[i].Code != basis {
			continue
		}
		for _, c := range ix.Bases[i].Components {
			if c.Code == code {
				return c, true
			}
		}
	}
	return reform.Component{}, false
}

func componentName(ix reform.Index, basis, code, lang string) string {
	c, ok := componentOf(ix, basis, code)
	if !ok {
		c, ok = componentOf(ix, "", code)
	}
	if ok && c.Name.In(lang) != "" {
		return plain(c.Name.In(lang))
	}
	return plain(code)
}

// subject is what a title names: "PAR INDEX", or a component with its index.
func (f *frame) subject(ix reform.Index, basis, component string) string {
	if component == "" {
		return indexName(ix, f.lang)
	}
	return f.say("subject.component", "component", componentName(ix, basis, component, f.lang), "index", indexName(ix, f.lang))
}

// cited collects the documents that a picture draws from, each once, in the order met.
type cited struct {
	known map[string]Source
	order []string
}

func (c *cited) add(ids ...string) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		seen := false
		for _, o := range c.order {
			seen = seen || o == id
		}
		if !seen {
			c.order = append(c.order, id)
		}
	}
}

func (c *cited) source(id string) Source {
	if s, ok := c.known[id]; ok {
		s.Document = id
		return s
	}
	return Source{Document: id, Label: id}
}

func (c *cited) sources() []Source {
	out := make([]Source, 0, len(c.order))
	for _, id := range c.order {
		out = append(out, c.source(id))
	}
	return out
}

// cell is the table cell that names the documents.
func (c *cited) cell(ids ...string) Cell {
	var out Cell
	for i, id := range ids {
		if id == "" || i > 0 && id == ids[0] {
			continue
		}
		if out.Text != "" {
			out.Text += "; "
		}
		out.Text += plain(c.source(id).Label)
		if out.Document == "" {
			out.Document, out.Value = id, id
		}
	}
	return out
}

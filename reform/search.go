package reform

import (
	"cmp"
	"slices"
	"strings"

	"chiso/reform/viet"
)

// Hit is a result of the search box.
type Hit struct {
	Kind  string `json:"kind"` // "unit" or "index"
	Unit  *Unit  `json:"unit,omitempty"`
	Index *Index `json:"index,omitempty"`
	Name  Text   `json:"name"`
	Note  Text   `json:"note"` // what tells two hits of one name apart
}

type searchEntry struct {
	hit   Hit
	rank  int      // of its kind: what stands higher where nothing else decides
	name  []string // folded names of its own
	alias []string // folded further spellings
	old   []string // folded names of what it was made of
	words []string // folded words of the names
}

// maxQuery bounds what is searched for; longer text is no name.
const maxQuery = 200

// Search finds units and indices by a piece of a name as people type it:
// without marks, with or without blanks, abbreviated, old names too. The best come first; both
// schemes are shown, since one name may mean two areas.
func (c *Catalog) Search(q string, limit int) []Hit {
	if len(q) > maxQuery || limit <= 0 {
		return nil
	}
	f := viet.Fold(q)
	if f == "" {
		return nil
	}
	forms := []string{f}
	for _, p := range []string{"uybannhandan", "ubnd", "tinh", "thanhpho", "tp"} {
		if rest, ok := strings.CutPrefix(forms[len(forms)-1], p); ok && rest != "" {
			forms = append(forms, rest)
		}
	}
	type scored struct {
		e     *searchEntry
		score int
	}
	var found []scored
	for i := range c.entries {
		e := &c.entries[i]
		best := -1
		for n, form := range forms {
			if s := e.score(form); s >= 0 && (best < 0 || s+n < best) {
				best = s + n
			}
		}
		if best >= 0 {
			found = append(found, scored{e, best})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.e.rank, b.e.rank), viet.Compare(a.e.hit.Name.VI, b.e.hit.Name.VI))
	})
	if len(found) > limit {
		found = found[:limit]
	}
	hits := make([]Hit, len(found))
	for i, s := range found {
		hits[i] = s.e.hit
	}
	return hits
}

// score is how well f fits, smaller is better; -1 not at all.
func (e *searchEntry) score(f string) int {
	switch {
	case slices.Contains(e.name, f):
		return 0
	case slices.Contains(e.alias, f):
		return 10
	case slices.Contains(e.old, f):
		return 20
	case hasPrefix(e.name, f):
		return 30
	case hasPrefix(e.words, f):
		return 40
	case hasPrefix(e.alias, f):
		return 50
	}
	if len(f) < 2 {
		return -1
	}
	for _, n := range e.name {
		if strings.Contains(n, f) {
			return 60
		}
	}
	if len(f) < 3 {
		return -1
	}
	for _, n := range e.alias {
		if strings.Contains(n, f) {
			return 70
		}
	}
	if hasPrefix(e.old, f) {
		return 80
	}
	return -1
}

func hasPrefix(list []string, f string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.HasPrefix(s, f) })
}

func (c *Catalog) buildSearch() {
	for i, ix := range c.indices {
		e := searchEntry{hit: Hit{Kind: "index", Index: ix, Name: ix.Name, Note: ix.Short}, rank: i}
		e.name = folds(ix.Short.VI, ix.Short.EN, ix.Code, ix.Name.VI, ix.Name.EN)
		e.alias = folds(ix.Aliases...)
		e.words = append(foldedWords(ix.Name.VI), foldedWords(ix.Name.EN)...)
		c.entries = append(c.entries, e)
	}
	for _, key := range c.order {
		u := c.units[key]
		e := searchEntry{hit: Hit{Kind: "unit", Unit: u, Name: Text{VI: u.Name, EN: cmp.Or(u.NameEN, u.Name)}}}
		switch u.Type {
		case Province:
			// A province of the 64 that runs on is the same place under the same name.
			if _, runs := c.runsOnAs(key); runs && u.Scheme == VN64 {
				continue
			}
			e.rank = 100
			if u.Scheme != VN34 {
				e.rank = 110
			}
			e.hit.Note = c.provinceNote(u)
		case Region:
			if u.Scheme == VN64 {
				continue
			}
			e.rank, e.hit.Note = 210, schemeNote(u.Scheme)
			if u.Scheme == VN34 {
				e.rank = 200
			}
		case Nation:
			e.rank = 90
		default:
			e.rank = 300
			if p, ok := c.units[u.Parent]; ok && p.Type == Province {
				e.hit.Note = Text{VI: p.Name, EN: cmp.Or(p.NameEN, p.Name)}
			}
		}
		e.name = folds(u.Name, u.NameEN)
		for _, n := range u.Names {
			e.alias = append(e.alias, folds(n.Text)...)
		}
		e.alias = append(e.alias, folds(u.Aliases...)...)
		e.words = append(foldedWords(u.Name), foldedWords(u.NameEN)...)
		for _, k := range c.Predecessors(key) {
			if p := c.units[k]; p.Name != u.Name {
				e.old = append(e.old, folds(p.Name, p.NameEN)...)
			}
		}
		c.entries = append(c.entries, e)
	}
}

func folds(ss ...string) []string {
	var out []string
	for _, s := range ss {
		if f := viet.Fold(s); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// foldedWords lists the folded tails of s that begin at a word, so that "cuu
// long" finds Đồng bằng sông Cửu Long.
func foldedWords(s string) []string {
	words := strings.Fields(viet.FoldWords(s))
	var out []string
	for i := 1; i < len(words); i++ {
		out = append(out, strings.Join(words[i:], ""))
	}
	return out
}

func schemeNote(s Scheme) Text {
	switch s {
	case VN64:
		return Text{VI: "64 tỉnh, thành phố (đến 31/7/2008)", EN: "64 provinces (to 31 July 2008)"}
	case VN63:
		return Text{VI: "63 tỉnh, thành phố (đến 30/6/2025)", EN: "63 provinces (to 30 June 2025)"}
	}
	return Text{VI: "34 tỉnh, thành phố (từ 1/7/2025)", EN: "34 provinces (from 1 July 2025)"}
}

// provinceNote says which area a province of that name means.
func (c *Catalog) provinceNote(u *Unit) Text {
	note := schemeNote(u.Scheme)
	if m, ok := c.successor[u.Key]; ok && m.Relation != relationUnchanged {
		to := c.units[m.New]
		note.VI += "; nay thuộc " + to.Name
		note.EN += "; now in " + cmp.Or(to.NameEN, to.Name)
	}
	if from := c.predecessors[u.Key]; u.Scheme == VN34 && len(from) > 1 {
		var vi, en []string
		for _, k := range c.Predecessors(u.Key) {
			vi = append(vi, c.units[k].Name)
			en = append(en, cmp.Or(c.units[k].NameEN, c.units[k].Name))
		}
		note.VI += "; gồm " + strings.Join(vi, ", ")
		note.EN += "; made of " + strings.Join(en, ", ")
	}
	return note
}

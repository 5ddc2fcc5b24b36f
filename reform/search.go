package reform

import (
	"cmp"
	"slices"
	"strings"

	"chiso/reform/viet"
)

// Hit is a result of the search box.
type Hit struct {
	Kind string `json:"kind"` // "unit", "index" or "component"
	Unit *Unit  `json:"unit,omitempty"`
	// Index is the index found, the one of the component, or the one that was named beside a unit ("PCI Long An").
	Index     *Index     `json:"index,omitempty"`
	Component *Component `json:"component,omitempty"`
	Basis     string     `json:"basis,omitempty"`  // the newest that has the component under that name
	Period    string     `json:"period,omitempty"` // the year that was named beside an index
	Name      Text       `json:"name"`
	Note      Text       `json:"note"` // what tells two hits of one name apart
}

type searchEntry struct {
	hit    Hit
	rank   int      // of its kind: what stands higher where nothing else decides
	behind int      // added to every score: a component gives way to a unit or index that fits as well
	name   []string // folded names of its own
	alias  []string // folded further spellings
	old    []string // folded names of what it was made of
	words  []string // folded words of the names
}

// maxQuery bounds what is searched for; longer text is no name.
const maxQuery = 200

// Searcher finds what the catalogue has, and units that it does not list by name.
type Searcher struct{ entries []searchEntry }

// Search finds among what the catalogue has; see Searcher.Search.
func (c *Catalog) Search(q string, limit int) []Hit {
	return (&Searcher{c.entries}).Search(q, limit)
}

// NewSearcher finds more units besides: departments and communes of which facts are
// loaded, whose names come from documents. What the catalogue has already is left out.
func (c *Catalog) NewSearcher(more []*Unit) *Searcher {
	s := &Searcher{entries: slices.Clone(c.entries)}
	for _, u := range more {
		if _, known := c.units[u.Key]; !known {
			s.entries = append(s.entries, c.unitEntry(u))
		}
	}
	return s
}

type scoredEntry struct {
	e     *searchEntry
	score int
}

// Search finds units, indices and components by a piece of a name as people type it:
// without marks, with or without blanks, abbreviated, old names too. The best come first; both
// schemes are shown, since one name may mean two areas. An index named beside a unit, a
// component or a year is found with it where the words as a whole are no name.
func (s *Searcher) Search(q string, limit int) []Hit {
	if len(q) > maxQuery || limit <= 0 {
		return nil
	}
	f := viet.Fold(q)
	if f == "" {
		return nil
	}
	found := s.match(f)
	var hits []Hit
	if len(found) == 0 || found[0].score > bestAlias {
		hits = s.together(strings.Fields(viet.FoldWords(q)))
	}
	for _, one := range found {
		if len(hits) >= limit {
			break
		}
		hits = append(hits, one.e.hit)
	}
	if len(hits) > limit {
		hits = hits[:limit]
	}
	return hits
}

// match orders the entries that fit the folded text f.
func (s *Searcher) match(f string) []scoredEntry {
	forms := []string{f}
	for _, p := range []string{"uybannhandan", "ubnd", "tinh", "thanhpho", "tp"} {
		if rest, ok := strings.CutPrefix(forms[len(forms)-1], p); ok && rest != "" {
			forms = append(forms, rest)
		}
	}
	var found []scoredEntry
	for i := range s.entries {
		e := &s.entries[i]
		best := -1
		for n, form := range forms {
			if v := e.score(form); v >= 0 && (best < 0 || v+n+e.behind < best) {
				best = v + n + e.behind
			}
		}
		if best >= 0 {
			found = append(found, scoredEntry{e, best})
		}
	}
	slices.SortStableFunc(found, func(a, b scoredEntry) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(a.e.rank, b.e.rank), viet.Compare(a.e.hit.Name.VI, b.e.hit.Name.VI))
	})
	return found
}

// bestAlias is the worst score of a text that is a name as a whole.
const bestAlias = 29

// whole gives the entries of which the folded text is a name as a whole, best first.
func (s *Searcher) whole(f string) []*searchEntry {
	var out []*searchEntry
	for _, one := range s.match(f) {
		if one.score > bestAlias {
			break
		}
		out = append(out, one.e)
	}
	return out
}

// said are words around a name that ask for nothing of their own.
var said = []string{"bang xep hang", "xep hang", "thu hang", "vi thu", "diem so", "diem", "ket qua", "cong bo", "so sanh", "ranking of", "ranking", "rank of", "rank", "score of", "score"}

// together reads the words as an index, or a component, with a unit or a year: "PCI
// Long An", "kết quả PAR INDEX năm 2019". Nothing is found unless every word has its part.
func (s *Searcher) together(words []string) []Hit {
	period := ""
	var rest []string
	for i, w := range words {
		switch {
		case period == "" && len(w) == 4 && w >= "2000" && w <= "2099":
			period = w
		case (w == "nam" || w == "in") && i+1 < len(words) && len(words[i+1]) == 4 && words[i+1] >= "2000" && words[i+1] <= "2099":
		default:
			rest = append(rest, w)
		}
	}
	text := strings.Join(rest, " ")
	for _, p := range said {
		if r, ok := strings.CutPrefix(text, p+" "); ok {
			text = r
			break
		}
	}
	rest = strings.Fields(text)
	if len(rest) == 0 {
		return nil
	}
	var hits []Hit
	for _, e := range s.whole(strings.Join(rest, "")) {
		h := e.hit
		if h.Unit == nil && period != "" {
			h.Period = period
			h.Note = Text{VI: strings.TrimPrefix(h.Note.VI+" · năm "+period, " · "), EN: strings.TrimPrefix(h.Note.EN+" · "+period, " · ")}
		}
		hits = append(hits, h)
	}
	for i := 1; i < len(rest) && len(hits) == 0; i++ {
		left, right := s.whole(strings.Join(rest[:i], "")), s.whole(strings.Join(rest[i:], ""))
		hits = append(paired(left, right), paired(right, left)...)
	}
	return hits
}

// paired joins the first index or component of a with every unit of b.
func paired(a, b []*searchEntry) []Hit {
	var out []Hit
	for _, x := range a {
		if x.hit.Index == nil {
			continue
		}
		for _, y := range b {
			if y.hit.Unit == nil || y.hit.Unit.Type == Region || y.hit.Unit.Type == Nation {
				continue
			}
			h := y.hit
			h.Index, h.Component, h.Basis = x.hit.Index, x.hit.Component, x.hit.Basis
			h.Note = Text{VI: x.hit.Index.Short.VI + " · " + y.hit.Note.VI, EN: x.hit.Index.Short.In("en") + " · " + y.hit.Note.In("en")}
			out = append(out, h)
		}
		break
	}
	return out
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
		e.alias = append(folds(ix.Aliases...), folds(ix.Search...)...)
		e.words = append(foldedWords(ix.Name.VI), foldedWords(ix.Name.EN)...)
		c.entries = append(c.entries, e)
	}
	for _, key := range c.order {
		u := c.units[key]
		if _, runs := c.runsOnAs(key); u.Scheme == VN64 && (runs && u.Type == Province || u.Type == Region) {
			continue // a province of the 64 that runs on is the same place under the same name
		}
		c.entries = append(c.entries, c.unitEntry(u))
	}
	for i, ix := range c.indices {
		c.addComponents(ix, i)
	}
}

// unitEntry is how a unit is found.
func (c *Catalog) unitEntry(u *Unit) searchEntry {
	e := searchEntry{hit: Hit{Kind: "unit", Unit: u, Name: Text{VI: u.Name, EN: cmp.Or(u.NameEN, u.Name)}}}
	e.name = folds(u.Name, u.NameEN)
	for _, n := range u.Names {
		e.alias = append(e.alias, folds(n.Text)...)
	}
	e.alias = append(e.alias, folds(u.Aliases...)...)
	e.words = append(foldedWords(u.Name), foldedWords(u.NameEN)...)
	switch u.Type {
	case Province:
		e.rank = 100
		if u.Scheme != VN34 {
			e.rank = 110
		}
		e.hit.Note = c.provinceNote(u)
	case Region:
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
			// "Sở Tư pháp Hậu Giang", "Sở Tư pháp tỉnh Hậu Giang".
			e.alias = append(e.alias, folds(u.Name+p.Name, u.Name+"tỉnh"+p.Name, u.Name+"thành phố"+p.Name, u.Name+"tp"+p.Name)...)
		}
	}
	if u.Type == Commune {
		for _, kind := range []string{"xa", "phuong", "thitran", "dackhu"} {
			if rest, ok := strings.CutPrefix(viet.Fold(u.Name), kind); ok && rest != "" {
				e.alias = append(e.alias, rest)
			}
		}
	}
	for _, k := range c.Predecessors(u.Key) {
		if p := c.units[k]; p.Name != u.Name {
			e.old = append(e.old, folds(p.Name, p.NameEN)...)
		}
	}
	return e
}

// addComponents adds the components of an index, each name once: of several bases
// the newest counts. A further breakdown repeats names of the main one, which are left out.
func (c *Catalog) addComponents(ix *Index, rank int) {
	byName := map[string]int{} // place in c.entries
	for _, b := range slices.Backward(ix.Bases) {
		for _, comp := range b.Components {
			name := viet.Fold(comp.Name.VI)
			if at, ok := byName[name]; ok {
				if e := &c.entries[at]; e.hit.Component.Code == comp.Code {
					e.alias = append(e.alias, folds(append(slices.Clone(comp.Aliases), comp.Search...)...)...)
				}
				continue
			}
			e := searchEntry{hit: Hit{Kind: "component", Index: ix, Component: &comp, Basis: b.Code, Name: comp.Name, Note: ix.Short}, rank: 400 + rank, behind: 3}
			if comp.Parent != "" || comp.Breakdown != "" {
				e.rank, e.behind = 500+rank, 4
			}
			if p := slices.IndexFunc(b.Components, func(k Component) bool { return comp.Parent != "" && k.Code == comp.Parent }); p >= 0 {
				parent := b.Components[p].Name
				e.hit.Note = Text{VI: ix.Short.VI + " · " + parent.VI, EN: ix.Short.In("en") + " · " + parent.In("en")}
			}
			e.name = folds(comp.Name.VI, comp.Name.EN)
			e.alias = append(folds(comp.Aliases...), folds(comp.Search...)...)
			e.words = append(foldedWords(comp.Name.VI), foldedWords(comp.Name.EN)...)
			byName[name] = len(c.entries)
			c.entries = append(c.entries, e)
		}
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

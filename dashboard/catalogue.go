package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/words"
)

// unitOf is a unit of the catalogue.
func (s *Server) unitOf(k reform.UnitKey) (*reform.Unit, bool) {
	u, err := s.opt.Catalog.Unit(k)
	return u, err == nil
}

// indexOf is an index of the catalogue; an unknown one is reform.ErrNotFound.
func (s *Server) indexOf(code string) (*reform.Index, error) { return s.opt.Catalog.Index(code) }

// shownIndices are the indices that rank provinces, which the pages list first;
// the others follow where something of them is loaded.
func ranksProvinces(ix *reform.Index) bool {
	for _, t := range ix.UnitTypes {
		if t == reform.Province {
			return ix.Scope != "province"
		}
	}
	return false
}

// unitHref is the page of a unit, "" where it has none.
func (s *Server) unitHref(k reform.UnitKey) string {
	u, ok := s.unitOf(k)
	if !ok || u.Type != reform.Province {
		return ""
	}
	return "/units/" + string(u.Scheme) + "/" + u.Slug
}

// unitName is the name of a unit in the language, as of now.
func (s *Server) unitName(k reform.UnitKey, lang string) string {
	if k == reform.TheNation {
		return words.T(lang, "scope.nation")
	}
	u, err := s.opt.Catalog.UnitOrForm(k)
	if err != nil {
		return string(k)
	}
	if lang == "en" && u.NameEN != "" {
		return u.NameEN
	}
	return u.Name
}

// unitNameIn is the name that the unit bore in a period, which tables of that
// period show; English pages show the name as of now.
func (s *Server) unitNameIn(k reform.UnitKey, p reform.Period, lang string) string {
	if lang == "en" {
		return s.unitName(k, lang)
	}
	if _, ok := s.unitOf(k); !ok {
		return s.unitName(k, lang)
	}
	return s.opt.Catalog.NameIn(k, p)
}

// fullName is "tỉnh Long An" or "thành phố Huế".
func (s *Server) fullName(u *reform.Unit, lang string) string {
	if lang == "en" {
		return s.unitName(u.Key, lang)
	}
	if len(u.Kinds) > 0 {
		return u.Kinds[len(u.Kinds)-1].Text + " " + u.Name
	}
	return u.Name
}

func (s *Server) scopeName(scope, lang string) string {
	if scope == "" || scope == reform.ScopeNation {
		return words.T(lang, "scope.nation")
	}
	return s.unitName(reform.UnitKey(scope), lang)
}

func schemeName(sc reform.Scheme, lang string) string {
	switch sc {
	case reform.VN64, reform.VN63, reform.VN34:
		return words.T(lang, "scheme."+string(sc))
	}
	return words.T(lang, "scheme.none")
}

// basisOf is a basis of an index by its code; nil where it is unknown.
func basisOf(ix *reform.Index, code string) *reform.Basis {
	for i := range ix.Bases {
		if ix.Bases[i].Code == code {
			return &ix.Bases[i]
		}
	}
	return nil
}

// componentOf is a component of a basis, or of any basis of the index where that one does not name it.
func componentOf(ix *reform.Index, basis, code string) (reform.Component, bool) {
	var found reform.Component
	ok := false
	for _, b := range ix.Bases {
		for _, c := range b.Components {
			if c.Code != code {
				continue
			}
			if b.Code == basis {
				return c, true
			}
			found, ok = c, true
		}
	}
	return found, ok
}

func componentName(ix *reform.Index, basis, code, lang string) string {
	if code == "" {
		return words.T(lang, "total")
	}
	if c, ok := componentOf(ix, basis, code); ok {
		return c.Name.In(lang)
	}
	return code
}

// citations remembers documents by id. A document never changes (its id is the
// hash of its bytes or of its citation), so what was read once stays right.
type citations struct {
	mu   sync.Mutex
	byID map[string]reform.Document
}

const maxCitations = 20_000

// documentOf is a document, from memory where it was asked for before.
func (s *Server) documentOf(ctx context.Context, id string) (reform.Document, error) {
	s.cited.mu.Lock()
	d, ok := s.cited.byID[id]
	s.cited.mu.Unlock()
	if ok {
		return d, nil
	}
	d, err := s.opt.Reader.Document(ctx, id)
	if err != nil {
		return reform.Document{}, fmt.Errorf("document %s: %w", clip(id, 12), err)
	}
	s.cited.mu.Lock()
	defer s.cited.mu.Unlock()
	if len(s.cited.byID) >= maxCitations {
		clear(s.cited.byID)
	}
	s.cited.byID[id] = d
	return d, nil
}

// cite gives the citations of documents, each once, in the order met.
func (s *Server) cite(ctx context.Context, lang string, ids []string) ([]charts.Source, error) {
	var out []charts.Source
	seen := map[string]bool{"": true}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		d, err := s.documentOf(ctx, id)
		if errors.Is(err, reform.ErrNotFound) {
			// A number without its document is a fault of the store, not of the reader: show the id.
			out = append(out, charts.Source{Document: id, Label: clip(id, 12)})
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, charts.Source{Document: id, Label: reform.Cite(d, lang), Date: d.Date})
	}
	return out, nil
}

func documentHref(id string) string {
	if id == "" {
		return ""
	}
	return "/documents/" + url.PathEscape(id)
}

// trailHref is the page of everything said of one number.
func trailHref(index string, unit reform.UnitKey, p reform.Period, component string) string {
	q := url.Values{"index": {index}, "unit": {string(unit)}, "period": {p.String()}}
	if component != "" {
		q.Set("component", component)
	}
	return "/facts?" + q.Encode()
}

// coverageText says how much of an edition is known, in words.
func coverageText(c reform.Coverage, typ reform.UnitType, lang string) string {
	units := words.T(lang, "units."+string(unitTypeOr(typ)))
	n := max(c.WithPlace, c.WithScore)
	if c.Of == 0 {
		return words.T(lang, "coverage.unknown", "n", n, "units", units)
	}
	return words.T(lang, "coverage", "n", n, "of", c.Of, "units", units)
}

func unitTypeOr(t reform.UnitType) reform.UnitType {
	switch t {
	case reform.Province, reform.Department, reform.Commune, reform.Ministry, reform.Region:
		return t
	}
	return reform.Province
}

// loadHref is the page where somebody can load what is missing.
func loadHref(index string, p reform.Period, scheme reform.Scheme) string {
	q := url.Values{}
	if index != "" {
		q.Set("index", index)
	}
	if !p.IsZero() {
		q.Set("period", p.String())
	}
	if scheme != "" {
		q.Set("scheme", string(scheme))
	}
	if len(q) == 0 {
		return "/load"
	}
	return "/load?" + q.Encode()
}

// noData is the block that stands where a chart would be empty.
type noData struct{ Heading, Text, Href, Link string }

func nothing(lang, what, href string) *noData {
	return &noData{Heading: words.T(lang, "nodata.heading", "what", what), Text: words.T(lang, "nodata.text"), Href: href, Link: words.T(lang, "nodata.load")}
}

func joinKeys(ks []reform.UnitKey) string {
	out := make([]string, len(ks))
	for i, k := range ks {
		out[i] = string(k)
	}
	return strings.Join(out, ",")
}

package dashboard

import (
	"cmp"
	"strings"

	"chiso/reform"
	"chiso/reform/words"
)

// lineageView says what a unit became or was made of.
type lineageView struct {
	Text  string
	Units []Link
	After string
}

// lineage is what became of a unit of an older scheme, or what a merged one was made of; nil where it runs on unchanged.
func (s *Server) lineage(u *reform.Unit, lang string) *lineageView {
	if m, ok := s.opt.Catalog.MergerOf(u.Key); ok && m.Relation != "unchanged" {
		next, ok := s.unitOf(m.New)
		if !ok {
			return nil
		}
		v := &lineageView{Text: words.T(lang, "lineage.became", "day", isoDay(m.Date, lang), "unit", s.unitName(u.Key, lang))}
		v.Units = append(v.Units, Link{Href: s.unitHref(next.Key), Text: s.fullNameOr(next, lang)})
		var parts []string
		for _, k := range s.opt.Catalog.Predecessors(next.Key) {
			parts = append(parts, s.unitName(k, lang))
		}
		if len(parts) > 1 {
			v.After = words.T(lang, "lineage.with", "parts", strings.Join(parts, " + "))
		}
		return v
	}
	made := s.opt.Catalog.Predecessors(u.Key)
	if len(made) < 2 {
		return nil
	}
	v := &lineageView{Text: words.T(lang, "lineage.made")}
	for _, k := range made {
		v.Units = append(v.Units, Link{Href: s.unitHref(k), Text: s.unitName(k, lang)})
		if m, ok := s.opt.Catalog.MergerOf(k); ok && m.New == u.Key {
			v.After = words.T(lang, "lineage.made.day", "day", isoDay(m.Date, lang))
		}
	}
	return v
}

func (s *Server) fullNameOr(u *reform.Unit, lang string) string {
	return cmp.Or(s.fullName(u, lang), string(u.Key))
}

// isoDay is a catalogue's day ("2025-07-01") as the language writes it.
func isoDay(iso, lang string) string {
	t, precision, err := reform.ParsePartialDate(iso)
	if err != nil {
		return iso
	}
	switch precision {
	case "day":
		return day(t, lang)
	case "month":
		return t.Format("01/2006")
	}
	return t.Format("2006")
}

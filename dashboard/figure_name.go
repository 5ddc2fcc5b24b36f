package dashboard

import (
	"net/url"
	"regexp"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/viet"
)

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// maxNamePart keeps a file name short enough for every system and a column of a file manager.
const maxNamePart = 40

// namePart makes a text fit for a file name of any system: ASCII letters, digits and hyphens.
func namePart(text string) string {
	out := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(viet.FoldWords(text)), "-"), "-")
	if len(out) > maxNamePart {
		out = strings.Trim(out[:maxNamePart], "-")
	}
	return out
}

// shortPicture are the words for pictures in names of files, where they differ from the picture's.
var shortPicture = map[string]string{"rank-history": "rank"}

// fileName names a file after its subject and its date: "par-rank-long-an-2012-2019".
func (s *Server) fileName(picture string, q url.Values, pic *charts.Picture) string {
	short := picture
	if v, ok := shortPicture[picture]; ok {
		short = v
	}
	parts := []string{q.Get("index"), short}
	var units []string
	for _, v := range q["unit"] {
		units = append(units, strings.Split(v, ",")...)
	}
	if len(units) > 3 {
		units = units[:3]
	}
	for _, v := range units {
		parts = append(parts, s.unitPart(v))
	}
	parts = append(parts, q.Get("component"))
	if scope := q.Get("scope"); scope != reform.ScopeNation {
		parts = append(parts, s.unitPart(scope))
	}
	if first, last := pic.Periods(); !first.IsZero() {
		parts = append(parts, first.String())
		if last != first {
			parts = append(parts, last.String())
		}
	} else {
		parts = append(parts, q.Get("period"))
	}
	var out []string
	for _, p := range parts {
		if p = namePart(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "-")
}

func (s *Server) unitPart(key string) string {
	if k, err := reform.ParseUnitKey(strings.TrimSpace(key)); err == nil {
		if u, ok := s.unitOf(k); ok && u.Slug != "" {
			return u.Slug
		}
	}
	return key
}

// disposition says how a browser is to take a file and what it is called. The name is ASCII;
// filename* says it once more for programs that believe nothing else.
func disposition(how, name string) string {
	return how + `; filename="` + name + `"; filename*=UTF-8''` + url.PathEscape(name)
}

package table

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"chiso/ingest/parse"
	"chiso/reform"
)

// Mappings are the mapping files of some folders. They are read anew at every
// document, so that a file that was corrected counts at once; a broken one is an error that
// names it. A nil *Mappings has none.
type Mappings struct {
	dirs []string
	cat  *reform.Catalog
}

// maxMappings bounds the files of a folder.
const maxMappings = 1_000

// LoadMappings reads the .yaml files of folders and checks them all.
func LoadMappings(cat *reform.Catalog, dirs ...string) (*Mappings, error) {
	m := &Mappings{dirs: dirs, cat: cat}
	_, err := m.all()
	return m, err
}

func (m *Mappings) all() ([]*Mapping, error) {
	if m == nil {
		return nil, nil
	}
	var list []*Mapping
	for _, dir := range m.dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("folder of mapping files: %w", err)
		}
		for _, e := range entries {
			if ext := strings.ToLower(filepath.Ext(e.Name())); e.IsDir() || ext != ".yaml" && ext != ".yml" {
				continue
			}
			if len(list) == maxMappings {
				return nil, parse.TooLarge("the folder of mapping files "+dir, maxMappings+1, maxMappings, "files")
			}
			name := filepath.Join(dir, e.Name())
			if info, err := e.Info(); err == nil && info.Size() > maxMappingFile {
				return nil, parse.TooLarge("the mapping file "+name, info.Size(), maxMappingFile, "bytes")
			}
			b, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("mapping file: %w", err)
			}
			one, err := ParseMapping(name, b, m.cat)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
	}
	return list, nil
}

// find is the mapping for a document; two that fit are an error, since either may be wrong.
func (m *Mappings) find(name, fingerprint string) (*Mapping, error) {
	all, err := m.all()
	if err != nil {
		return nil, err
	}
	var found *Mapping
	for _, one := range all {
		if !one.fits(name, fingerprint) {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("the mapping files %s and %s both fit this document: make their match narrower: %w", found.file, one.file, reform.ErrInvalid)
		}
		found = one
	}
	return found, nil
}

// layoutMark is how the fingerprint of headings is shown in a mapping's layout.
var layoutMark = regexp.MustCompile(`headings ([0-9a-f]{16})`)

// describe is what every sheet and column was taken for.
func (p *parser) describe(sheets []*looked, fingerprint string) parse.Mapping {
	m := parse.Mapping{}
	kind := ""
	for _, k := range sheets {
		s := parse.SheetMapping{Name: k.src.Sheet.Name, Reason: k.reason, Read: len(k.layouts) > 0}
		var heads, datas []string
		for _, l := range k.layouts {
			kind = l.kind(kind)
			if len(l.headers) > 0 {
				heads = append(heads, l.g.span(l.headFrom, l.dataFrom-1))
			}
			datas = append(datas, l.g.span(l.dataFrom, l.dataTo))
			for _, b := range l.blocks {
				for _, c := range b.columns {
					if len(s.Columns) < 2_000 {
						s.Columns = append(s.Columns, p.describeColumn(l, c))
					}
				}
			}
		}
		s.Header, s.Data = strings.Join(heads, ", "), strings.Join(datas, ", ")
		m.Sheets = append(m.Sheets, s)
	}
	m.Layout = kind
	if kind == "" {
		m.Layout = "none"
	}
	if fingerprint != "" {
		m.Layout += "; headings " + fingerprint
	}
	if p.mapping != nil {
		m.Layout += "; mapping " + filepath.Base(p.mapping.file)
	}
	return m
}

// kind is a word for the way a table is laid out.
func (l *layout) kind(before string) string {
	word := "wide"
	switch {
	case l.g.turned:
		word = "transposed"
	case slices.ContainsFunc(l.blocks, func(b *block) bool { return b.unit < 0 }):
		word = "one unit"
	case slices.ContainsFunc(l.blocks, func(b *block) bool { return b.labelled("period", "component", "index") }):
		word = "long"
	case len(l.blocks) > 1:
		word = "side by side"
	}
	if before != "" && before != word {
		return "mixed"
	}
	return word
}

func (p *parser) describeColumn(l *layout, c *column) parse.ColumnMapping {
	m := parse.ColumnMapping{Column: l.g.columnName(c.col), Heading: parse.Shorten(strings.Join(c.path, " | "), 200), Numbers: c.format, Note: c.note}
	switch {
	case c.label != "":
		m.Meaning = c.label
	case c.ignore != "":
		m.Meaning, m.Note = "ignore", c.ignore
	case c.rule != nil && c.rule.Meaning == "ignore":
		m.Meaning = "ignore"
	case c.unknown != "":
		m.Note = c.note
		if m.Note == "" {
			m.Note = "not understood: " + c.unknown
		}
	default:
		m.Meaning = measureNames[c.measure]
		m.Component = c.component
	}
	var said []string
	if m.Meaning == "score" || m.Meaning == "place" || m.Meaning == "of" || m.Meaning == "max" {
		index := c.heading.index
		if index == "" {
			index = l.constants.index
		}
		if index != "" {
			said = append(said, index)
		}
		if period, ok := c.when.with(l.constants.when).period(); ok {
			said = append(said, period.String())
		}
		if c.stage == reform.SelfAssessed {
			said = append(said, "self-assessed")
		}
		if c.scope == ownRegion {
			said = append(said, "within the region")
		} else if c.scope != "" {
			said = append(said, "within "+c.scope)
		}
		if c.max.Valid {
			said = append(said, "of at most "+c.max.Decimal.String())
		}
		if c.label == "" && m.Note != "" {
			said = append(said, m.Note)
		}
		m.Note = strings.Join(said, ", ")
	}
	return m
}

// WriteMapping writes how a document was understood as a mapping file, to be
// corrected by a person and kept: the next document with the same headings is
// read by it. Years are left out, so that next year's document says its own.
func WriteMapping(r parse.Result) []byte {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		b.WriteString(strings.Repeat("  ", indent))
		fmt.Fprintf(&b, format, args...)
		b.WriteByte('\n')
	}
	line(0, "# How a table is read. Correct what is wrong, delete what is right: it is guessed anyway.")
	line(0, "name: %s", strconv.Quote(strings.TrimSpace(r.Kind+" "+r.Index)))
	line(0, "match:")
	if m := layoutMark.FindStringSubmatch(r.Mapping.Layout); m != nil {
		line(1, "headings: %q  # of these columns, whatever the year", m[1])
	} else {
		line(1, "files: [\"*\"]")
	}
	line(0, "constants:")
	index := r.Index
	if index == "" {
		index = "par"
	}
	line(1, "# index: %s  # leave it out where headings or titles say it: other tables may have the same headings", index)
	var periods []string
	for _, p := range r.Periods {
		periods = append(periods, p.String())
	}
	line(1, "# period: %q  # read: %s; leave it out where headings or titles say it", "2025", strings.Join(periods, ", "))
	line(1, "# province: vn63:80     # for departments and communes")
	line(0, "# numbers: comma")
	line(0, "sheets:")
	turned := strings.HasPrefix(r.Mapping.Layout, "transposed")
	wrote := false
	for _, s := range r.Mapping.Sheets {
		if !s.Read {
			continue
		}
		wrote = true
		single := 0
		for _, o := range r.Mapping.Sheets {
			if o.Read {
				single++
			}
		}
		if single > 1 {
			line(1, "- sheet: %s", strconv.Quote(escapeGlob(s.Name)))
		} else {
			line(1, "- sheet: \"*\"")
		}
		if turned {
			line(2, "transposed: true")
		}
		if s.Header != "" && !strings.Contains(s.Header, ",") {
			line(2, "# header_rows: %q", s.Header)
		}
		if s.Data != "" && !strings.Contains(s.Data, ",") {
			line(2, "# data_rows: %q", s.Data)
		}
		if len(s.Columns) == 0 {
			continue
		}
		line(2, "columns:")
		seen := map[string]bool{}
		for _, c := range s.Columns {
			if seen[c.Column] {
				continue // a second table of the sheet is guessed
			}
			seen[c.Column] = true
			comment := "  # " + oneLine(c.Heading)
			key := c.Column
			if turned {
				key = strconv.Quote(key)
			}
			switch {
			case c.Meaning == "":
				line(3, "%s: ignore%s (not understood: say score, place ...)", key, comment)
			case c.Component != "":
				line(3, "%s: {meaning: %s, component: %s}%s", key, c.Meaning, strconv.Quote(c.Component), comment)
			default:
				line(3, "%s: %s%s", key, c.Meaning, comment)
			}
		}
	}
	if !wrote {
		line(1, "- sheet: \"*\"")
		line(2, "header_rows: \"1\"")
		line(2, "columns: {A: unit, B: score}")
	}
	return []byte(b.String())
}

func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(s)
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}

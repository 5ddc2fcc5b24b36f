package table

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"

	"chiso/reform"
	"chiso/reform/viet"
)

// OptMapping is the option of parse.Input that holds the text of a mapping file.
const OptMapping = "mapping"

// Mapping is a mapping file: how tables of one layout are to be read. What it
// leaves out is guessed, so that a file may hold the one thing that went wrong.
type Mapping struct {
	Name      string      `yaml:"name"`
	Match     Match       `yaml:"match"`
	Constants Constants   `yaml:"constants"`
	Numbers   string      `yaml:"numbers"` // "comma" or "point"
	Titles    string      `yaml:"titles"`  // "ignore": titles, names of sheets and files say nothing
	Sheets    []SheetRule `yaml:"sheets"`

	file string
}

// Match says which documents a mapping is for. All that is given must fit.
type Match struct {
	Files    []string `yaml:"files"`    // patterns of file names: "ddci-*.xlsx"
	Headings string   `yaml:"headings"` // fingerprint of the headings without their years
}

// Constants hold for a whole document or sheet.
type Constants struct {
	Index    string `yaml:"index"`
	Basis    string `yaml:"basis"`
	Period   string `yaml:"period"`
	Scheme   string `yaml:"scheme"`
	Province string `yaml:"province"`  // key of the province whose departments or communes are listed
	Unit     string `yaml:"unit"`      // key of the unit that the table speaks of
	UnitType string `yaml:"unit_type"` // province, region, department, commune
	Scope    string `yaml:"scope"`     // within what places are counted: nation or a key
	Stage    string `yaml:"stage"`     // self
}

// SheetRule says how sheets are read.
type SheetRule struct {
	Sheet      string                `yaml:"sheet"` // pattern of names; "" all
	Read       *bool                 `yaml:"read"`
	Transposed *bool                 `yaml:"transposed"`
	Header     string                `yaml:"header_rows"` // "3-4"
	Data       string                `yaml:"data_rows"`   // "5-67", "5-"
	Skip       []string              `yaml:"skip_rows"`
	Columns    map[string]ColumnRule `yaml:"columns"`
	Constants  Constants             `yaml:"constants"`
}

// ColumnRule says what a column holds: a word, or a map where more must be said.
type ColumnRule struct {
	Meaning   string        `yaml:"meaning"`
	Index     string        `yaml:"index"`
	Component string        `yaml:"component"`
	Period    string        `yaml:"period"`
	Stage     string        `yaml:"stage"`
	Scope     string        `yaml:"scope"`
	Max       reform.Number `yaml:"max"`
	Of        int           `yaml:"of"`

	period reform.Period
	stage  reform.Stage
}

type plainColumnRule ColumnRule

// UnmarshalYAML reads "score" as well as {meaning: score, component: CSTP1}.
func (c *ColumnRule) UnmarshalYAML(node ast.Node) error {
	switch n := node.(type) {
	case *ast.StringNode:
		*c = ColumnRule{Meaning: n.Value}
		return nil
	case *ast.MappingNode, *ast.MappingValueNode:
		var plain plainColumnRule
		if err := yaml.NodeToValue(node, &plain, yaml.Strict()); err != nil {
			return err
		}
		*c = ColumnRule(plain)
		return nil
	}
	return &yaml.SyntaxError{Message: "a column is a word such as score, or a map with meaning, component, period", Token: node.GetToken()}
}

var meanings = []string{"unit", "parent", "index", "component", "period", "score", "place", "of", "max", "numerator", "denominator", "ignore"}

// maxMappingFile is how large a mapping file may be.
const maxMappingFile = 256 << 10

// ParseMapping reads a mapping file strictly: a mistake is named by file, line and field.
func ParseMapping(name string, b []byte, cat *reform.Catalog) (*Mapping, error) {
	if len(b) > maxMappingFile {
		return nil, fmt.Errorf("%s: a mapping file has at most %d bytes: %w", name, maxMappingFile, reform.ErrTooLarge)
	}
	m := &Mapping{file: name}
	if err := decode(b, m); err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) && ye.GetToken() != nil {
			pos := ye.GetToken().Position
			return nil, fmt.Errorf("%s:%d:%d: %s (at %q): %w", name, pos.Line, pos.Column, ye.GetMessage(), clip(ye.GetToken().Value), reform.ErrInvalid)
		}
		return nil, fmt.Errorf("%s: %v: %w", name, err, reform.ErrInvalid)
	}
	if field, err := m.check(cat); err != nil {
		return nil, fmt.Errorf("%s%s: %s: %v: %w", name, lineOf(b, field), field, err, reform.ErrInvalid)
	}
	return m, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func decode(b []byte, m *Mapping) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("its YAML can't be read: use plain lists, maps and texts, without tags")
		}
	}()
	return yaml.UnmarshalWithOptions(b, m, yaml.Strict())
}

// lineOf is ":line:column" of a field, or of its nearest parent that the file has.
func lineOf(b []byte, field string) (at string) {
	defer func() {
		if recover() != nil {
			at = ""
		}
	}()
	file, err := yamlparser.ParseBytes(b, 0)
	if err != nil {
		return ""
	}
	for f := field; f != ""; {
		if yp, err := yaml.PathString("$." + f); err == nil {
			if node, err := yp.FilterFile(file); err == nil && node != nil {
				pos := node.GetToken().Position
				return fmt.Sprintf(":%d:%d", pos.Line, pos.Column)
			}
		}
		i := strings.LastIndexAny(f, ".[")
		if i < 0 {
			break
		}
		f = f[:i]
	}
	return ""
}

// check finds what the file says that can't be.
func (m *Mapping) check(cat *reform.Catalog) (field string, err error) {
	for i, f := range m.Match.Files {
		if _, err := path.Match(f, "x"); err != nil || f == "" {
			return "match.files[" + strconv.Itoa(i) + "]", fmt.Errorf("%q is no pattern such as ddci-*.xlsx", f)
		}
	}
	switch m.Numbers {
	case "", "comma", "point":
	default:
		return "numbers", fmt.Errorf("%q: want comma or point", m.Numbers)
	}
	switch m.Titles {
	case "", "ignore":
	default:
		return "titles", fmt.Errorf("%q: want ignore", m.Titles)
	}
	if f, err := m.Constants.check(cat); err != nil {
		return "constants." + f, err
	}
	for i := range m.Sheets {
		s := &m.Sheets[i]
		at := "sheets[" + strconv.Itoa(i) + "]"
		if _, err := path.Match(s.Sheet, "x"); err != nil {
			return at + ".sheet", fmt.Errorf("%q is no pattern such as Bảng *", s.Sheet)
		}
		if f, err := s.Constants.check(cat); err != nil {
			return at + ".constants." + f, err
		}
		turned := s.Transposed != nil && *s.Transposed
		for f, text := range map[string]string{"header_rows": s.Header, "data_rows": s.Data} {
			if text == "" || text == "none" && f == "header_rows" {
				continue
			}
			if _, _, err := lineSpan(text, turned); err != nil {
				return at + "." + f, err
			}
		}
		for j, text := range s.Skip {
			if _, _, err := lineSpan(text, turned); err != nil {
				return at + ".skip_rows[" + strconv.Itoa(j) + "]", err
			}
		}
		index := s.Constants.Index
		if index == "" {
			index = m.Constants.Index
		}
		names := make([]string, 0, len(s.Columns))
		for name := range s.Columns {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			c := s.Columns[name]
			if _, err := lineIndex(name, !turned); err != nil || name != strings.ToUpper(name) {
				return at + ".columns", fmt.Errorf("%q is no column: want a capital letter such as C (a row number where transposed)", name)
			}
			if f, err := c.check(cat, index); err != nil {
				return at + ".columns." + name + "." + f, err
			}
			s.Columns[name] = c
		}
	}
	return "", nil
}

func (c *Constants) check(cat *reform.Catalog) (string, error) {
	if c.Index != "" {
		ix, ok := cat.FindIndex(c.Index)
		if !ok {
			return "index", fmt.Errorf("no index is called %q; add your own with a catalogue file", c.Index)
		}
		c.Index = ix.Code
		if c.Basis != "" {
			if _, err := cat.Basis(ix.Code, c.Basis); err != nil {
				return "basis", fmt.Errorf("the index %s has no basis %q", ix.Code, c.Basis)
			}
		}
	}
	if c.Period != "" {
		if _, err := reform.ParsePeriod(c.Period); err != nil {
			return "period", fmt.Errorf("%q: want 2019, 2025-10, 2025-Q3 or 2025-H1", c.Period)
		}
	}
	if c.Scheme != "" && !slices.Contains(reform.Schemes(), reform.Scheme(c.Scheme)) {
		return "scheme", fmt.Errorf("%q: want vn64, vn63 or vn34", c.Scheme)
	}
	for f, key := range map[string]string{"province": c.Province, "unit": c.Unit} {
		if key == "" {
			continue
		}
		k, err := reform.ParseUnitKey(key)
		if err == nil {
			var u *reform.Unit
			if u, err = cat.UnitOrForm(k); err == nil && f == "province" && u.Type != reform.Province {
				err = fmt.Errorf("%s is no province", key)
			}
		}
		if err != nil {
			return f, fmt.Errorf("%q: want a key such as vn63:80", key)
		}
	}
	switch reform.UnitType(c.UnitType) {
	case "", reform.Province, reform.Region, reform.Department, reform.Commune, reform.Ministry:
	default:
		return "unit_type", fmt.Errorf("%q: want province, region, department, commune or ministry", c.UnitType)
	}
	if err := checkScope(cat, c.Scope); err != nil {
		return "scope", err
	}
	if c.Stage != "" && c.Stage != "self" {
		return "stage", fmt.Errorf("%q: want self", c.Stage)
	}
	return "", nil
}

func checkScope(cat *reform.Catalog, scope string) error {
	if scope == "" || scope == reform.ScopeNation {
		return nil
	}
	u, err := cat.Unit(reform.UnitKey(scope))
	if err != nil || u.Type != reform.Region && u.Type != reform.Province {
		return fmt.Errorf("%q: want nation, or the key of a region or province", scope)
	}
	return nil
}

func (c *ColumnRule) check(cat *reform.Catalog, index string) (string, error) {
	if !slices.Contains(meanings, c.Meaning) {
		return "meaning", fmt.Errorf("%q: want one of %s", c.Meaning, strings.Join(meanings, ", "))
	}
	if c.Index != "" {
		ix, ok := cat.FindIndex(c.Index)
		if !ok {
			return "index", fmt.Errorf("no index is called %q", c.Index)
		}
		c.Index, index = ix.Code, ix.Code
	}
	if c.Component != "" && c.Component != "total" && index != "" && !knowsComponent(cat, index, c.Component) {
		return "component", fmt.Errorf("no basis of the index %s has the component %q", index, c.Component)
	}
	if c.Period != "" {
		p, err := reform.ParsePeriod(c.Period)
		if err != nil {
			return "period", fmt.Errorf("%q: want 2019, 2025-10, 2025-Q3 or 2025-H1", c.Period)
		}
		c.period = p
	}
	switch c.Stage {
	case "", "official":
	case "self":
		c.stage = reform.SelfAssessed
	default:
		return "stage", fmt.Errorf("%q: want self or official", c.Stage)
	}
	if c.Of < 0 || c.Of > 100_000 {
		return "of", fmt.Errorf("%d is no number of units", c.Of)
	}
	if c.Scope == "region" {
		c.Scope = ownRegion
		return "", nil
	}
	if err := checkScope(cat, c.Scope); err != nil {
		return "scope", err
	}
	return "", nil
}

func knowsComponent(cat *reform.Catalog, index, code string) bool {
	ix, err := cat.Index(index)
	if err != nil {
		return false
	}
	for i := range ix.Bases {
		if _, err := cat.Component(index, ix.Bases[i].Code, code); err == nil {
			return true
		}
	}
	return false
}

// fits reports whether the mapping is for a document of that name and those headings.
func (m *Mapping) fits(name, fingerprint string) bool {
	if len(m.Match.Files) == 0 && m.Match.Headings == "" {
		return false // a file that names no document is for none
	}
	if m.Match.Headings != "" && m.Match.Headings != fingerprint {
		return false
	}
	return len(m.Match.Files) == 0 || slices.ContainsFunc(m.Match.Files, func(pattern string) bool { return glob(pattern, name) })
}

// glob matches a pattern against a name, whatever the marks' form and the case.
func glob(pattern, name string) bool {
	ok, err := path.Match(strings.ToLower(viet.NFC(pattern)), strings.ToLower(viet.NFC(name)))
	return err == nil && ok
}

// sheetRule is the first rule for a sheet.
func (m *Mapping) sheetRule(name string) *SheetRule {
	if m == nil {
		return nil
	}
	for i := range m.Sheets {
		if m.Sheets[i].Sheet == "" || glob(m.Sheets[i].Sheet, name) {
			return &m.Sheets[i]
		}
	}
	return nil
}

// with takes from outer what c leaves out.
func (c Constants) with(outer Constants) Constants {
	for _, f := range []struct{ to, from *string }{
		{&c.Index, &outer.Index}, {&c.Basis, &outer.Basis}, {&c.Period, &outer.Period}, {&c.Scheme, &outer.Scheme}, {&c.Province, &outer.Province},
		{&c.Unit, &outer.Unit}, {&c.UnitType, &outer.UnitType}, {&c.Scope, &outer.Scope}, {&c.Stage, &outer.Stage},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	return c
}

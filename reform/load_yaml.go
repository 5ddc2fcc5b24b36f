package reform

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"chiso/reform/viet"
)

// catalogFile is a catalogue file, embedded or of the user's own.
type catalogFile struct {
	Indices []Index              `yaml:"indices"`
	Units   []fileUnit           `yaml:"units"`
	Aliases map[UnitKey][]string `yaml:"aliases"` // further spellings of known units
	Groups  []UnitGroup          `yaml:"groups"`
}

// fileUnit is a department, commune or ministry of a catalogue file.
type fileUnit struct {
	Key     UnitKey  `yaml:"key"`
	Type    UnitType `yaml:"type"`
	Name    string   `yaml:"name"`
	NameEN  string   `yaml:"name_en"`
	Aliases []string `yaml:"aliases"`
}

// fileError is a mistake in a catalogue file, at the place that path names.
type fileError struct {
	path string
	msg  string
}

func (e *fileError) Error() string { return e.path + ": " + e.msg }

func mistake(path, format string, args ...any) error {
	return &fileError{path, fmt.Sprintf(format, args...)}
}

// loadYAML adds a file's contents to the catalogue. Own files may add to an
// embedded index, but not contradict it.
func (c *Catalog) loadYAML(name string, b []byte, own bool) error {
	var f catalogFile
	if err := decodeYAML(b, &f); err != nil {
		return describeYAML(name, err)
	}
	err := c.addFile(&f, own)
	var fe *fileError
	if errors.As(err, &fe) {
		return fmt.Errorf("%s%s: %s: %s: %w", name, place(b, fe.path), fe.path, fe.msg, ErrInvalid)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// decodeYAML reads b strictly. The library panics on some hand-made tags ("!0
// 000" for a list): that is a mistake of the file like any other.
func decodeYAML(b []byte, f *catalogFile) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("its YAML can't be read: use plain lists, maps and texts, without tags")
		}
	}()
	return yaml.UnmarshalWithOptions(b, f, yaml.Strict())
}

// describeYAML says file, line, column and what is wrong, without the picture
// of the source that the library draws.
func describeYAML(name string, err error) error {
	var ye yaml.Error
	if errors.As(err, &ye) && ye.GetToken() != nil {
		pos := ye.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s (at %q): %w", name, pos.Line, pos.Column, ye.GetMessage(), clip(ye.GetToken().Value), ErrInvalid)
	}
	return fmt.Errorf("%s: %s: %w", name, err, ErrInvalid)
}

// place is ":line:column" of the node at path, or of its nearest parent that the file has.
func place(b []byte, path string) (at string) {
	defer func() {
		if r := recover(); r != nil {
			at = "" // the file was read once already; without a line the path must do
		}
	}()
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		return ""
	}
	for p := path; p != ""; {
		yp, err := yaml.PathString("$." + p)
		if err == nil {
			if node, err := yp.FilterFile(file); err == nil && node != nil {
				pos := node.GetToken().Position
				return fmt.Sprintf(":%d:%d", pos.Line, pos.Column)
			}
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return ""
}

func (c *Catalog) addFile(f *catalogFile, own bool) error {
	for i := range f.Indices {
		if err := c.addIndex("indices["+strconv.Itoa(i)+"]", &f.Indices[i], own); err != nil {
			return err
		}
	}
	for i, fu := range f.Units {
		if err := c.addFileUnit("units["+strconv.Itoa(i)+"]", fu); err != nil {
			return err
		}
	}
	for _, key := range sortedKeys(f.Aliases) {
		u, ok := c.units[key]
		if !ok {
			return mistake("aliases", "%s is no known unit", key)
		}
		for _, a := range f.Aliases[key] {
			if err := c.addSpelling(u, a); err != nil {
				return mistake("aliases", "%s", plain(err))
			}
			u.Aliases = append(u.Aliases, a)
		}
	}
	for i, g := range f.Groups {
		if err := c.addGroup("groups["+strconv.Itoa(i)+"]", g); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(m map[UnitKey][]string) []UnitKey {
	keys := make([]UnitKey, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// plain is an error's text without the kind at its end, which the caller adds.
func plain(err error) string { return strings.TrimSuffix(err.Error(), ": "+ErrInvalid.Error()) }

func (c *Catalog) addFileUnit(path string, fu fileUnit) error {
	if _, err := ParseUnitKey(string(fu.Key)); err != nil {
		return mistake(path+".key", "%s", plain(err))
	}
	if fu.Name == "" {
		return mistake(path+".name", "a unit needs a name")
	}
	u := &Unit{Key: fu.Key, Type: fu.Type, Name: viet.NFC(fu.Name), NameEN: fu.NameEN, Aliases: fu.Aliases}
	u.Names = []DatedText{{Text: u.Name}}
	switch parent := fu.Key.Parent(); {
	case parent != "":
		p, ok := c.units[parent]
		if !ok || p.Type != Province {
			return mistake(path+".key", "%s is no known province", parent)
		}
		if fu.Type != Department && fu.Type != Commune {
			return mistake(path+".type", "a unit under a province is a department or a commune, not %q", fu.Type)
		}
		u.Scheme, u.Parent, u.Slug = p.Scheme, parent, p.Slug+"-"+viet.Slug(fu.Name)
	case strings.HasPrefix(string(fu.Key), "min:"):
		if fu.Type != Ministry {
			return mistake(path+".type", "a unit with a key min:... is a ministry, not %q", fu.Type)
		}
		u.Parent, u.Slug = TheNation, strings.TrimPrefix(string(fu.Key), "min:")
	default:
		return mistake(path+".key", "files may add departments, communes and ministries; provinces and regions are fixed")
	}
	if err := c.addUnit(u); err != nil {
		return mistake(path, "%s", plain(err))
	}
	return nil
}

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)
var basisPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)
var componentPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$`)

func (c *Catalog) addIndex(path string, in *Index, own bool) error {
	if !codePattern.MatchString(in.Code) {
		return mistake(path+".code", "the code %q must be 2 to 32 small letters, digits and hyphens", in.Code)
	}
	known, extends := c.byCode[in.Code]
	if extends {
		if in.Name != (Text{}) || in.Short != (Text{}) || in.Publisher != (Text{}) || len(in.UnitTypes) > 0 || in.Scope != "" || in.Since != 0 || in.Counts {
			return mistake(path+".code", "index %s is known already: its file may add aliases, bases, breaks and editions only", in.Code)
		}
	} else {
		if in.Name.VI == "" {
			return mistake(path+".name", "a new index needs a name (vi)")
		}
		if len(in.UnitTypes) == 0 {
			return mistake(path+".unit_types", "a new index needs the types of units that it ranks, such as [province]")
		}
		for i, t := range in.UnitTypes {
			if !slices.Contains([]UnitType{Nation, Region, Province, Department, Commune, Ministry}, t) {
				return mistake(path+".unit_types["+strconv.Itoa(i)+"]", "%q is no unit type", t)
			}
		}
		switch in.Scope {
		case "":
			in.Scope = ScopeNation
		case ScopeNation, "province":
		default:
			return mistake(path+".scope", "%q: want nation or province", in.Scope)
		}
		known = &Index{
			Code: in.Code, Name: in.Name, Short: in.Short, Publisher: in.Publisher, About: in.About, Unit: in.Unit,
			UnitTypes: in.UnitTypes, Scope: in.Scope, Since: in.Since, Decimals: in.Decimals, Counts: in.Counts, Own: own,
		}
		if known.Short.VI == "" {
			known.Short = known.Name
		}
	}
	known.Search = append(known.Search, in.Search...)
	for i := range in.Bases {
		if err := addBasis(path+".bases["+strconv.Itoa(i)+"]", known, in.Bases[i]); err != nil {
			return err
		}
	}
	for i, b := range in.Breaks {
		p := path + ".breaks[" + strconv.Itoa(i) + "]"
		if b.Before == "" && b.After == "" {
			return mistake(p, "a break needs the last period before it or the first after it")
		}
		if err := checkPeriods(p, map[string]string{"before": b.Before, "after": b.After}); err != nil {
			return err
		}
		if b.Reason.VI == "" {
			return mistake(p+".reason", "a break needs its reason (vi)")
		}
		known.Breaks = append(known.Breaks, b)
	}
	for i, e := range in.Editions {
		if err := addEdition(path+".editions["+strconv.Itoa(i)+"]", known, e); err != nil {
			return err
		}
	}
	if !extends {
		c.indices = append(c.indices, known)
		c.byCode[known.Code] = known
	}
	spellings := in.Aliases
	if !extends {
		spellings = append([]string{in.Code, in.Name.VI, in.Name.EN, in.Short.VI, in.Short.EN}, in.Aliases...)
	}
	for _, a := range spellings {
		f := viet.Fold(a)
		if f == "" {
			continue
		}
		if other, ok := c.indexAlias[f]; ok && other != known.Code {
			return mistake(path+".aliases", "the name %q belongs to the index %s already", a, other)
		}
		c.indexAlias[f] = known.Code
	}
	known.Aliases = append(known.Aliases, in.Aliases...)
	return nil
}

func checkPeriods(path string, fields map[string]string) error {
	for _, name := range []string{"before", "after", "from", "to", "period"} {
		if s := fields[name]; s != "" {
			if _, err := ParsePeriod(s); err != nil {
				return mistake(path+"."+name, "%s", plain(err))
			}
		}
	}
	return nil
}

var announcedPattern = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)

func addEdition(path string, ix *Index, e Edition) error {
	if e.Period == "" {
		return mistake(path+".period", "an edition needs its period")
	}
	if err := checkPeriods(path, map[string]string{"period": e.Period}); err != nil {
		return err
	}
	if e.Scheme != NoScheme {
		if _, ok := schemeDates[e.Scheme]; !ok {
			return mistake(path+".scheme", "%q: want vn64, vn63 or vn34", e.Scheme)
		}
	}
	if e.Of < 0 || e.Of > 100000 {
		return mistake(path+".of", "%d is no number of units", e.Of)
	}
	if e.Announced != "" && !announcedPattern.MatchString(e.Announced) {
		return mistake(path+".announced", "%q: want 2024-04-17, 2024-04 or 2024", e.Announced)
	}
	if e.Basis != "" && !slices.ContainsFunc(ix.Bases, func(b Basis) bool { return b.Code == e.Basis }) {
		return mistake(path+".basis", "index %s has no basis %q", ix.Code, e.Basis)
	}
	for i, g := range e.Groups {
		if err := checkGroup(path+".groups["+strconv.Itoa(i)+"]", g); err != nil {
			return err
		}
	}
	for i := range ix.Editions {
		if ix.Editions[i].Period == e.Period {
			ix.Editions[i] = e // the user knows better: the year in which a decision came into force, say
			return nil
		}
	}
	ix.Editions = append(ix.Editions, e)
	return nil
}

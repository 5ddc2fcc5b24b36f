package service766

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"chiso/reform"
)

// codesCSV lists the 34 provinces: the portal's code, our key, and the ids by which each
// portal asks for the units below them.
//
//go:embed codes.csv
var codesCSV []byte

// province is a line of codes.csv.
type province struct {
	code  string // Hxx
	unit  reform.UnitKey
	oldID string // p_tinh_id of the old portal
	newID string // rootDepartmentId of the new one
}

var provinces = sync.OnceValue(func() []province {
	rows, err := csv.NewReader(bytes.NewReader(codesCSV)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("embedded codes.csv: %v", err)) // a test reads it
	}
	var out []province
	for _, r := range rows[1:] {
		out = append(out, province{r[0], reform.UnitKey(r[1]), r[2], r[3]})
	}
	return out
})

func provinceByCode(code string) (province, bool) {
	for _, p := range provinces() {
		if p.code == code {
			return p, true
		}
	}
	return province{}, false
}

func provinceByNewID(id string) (province, bool) {
	for _, p := range provinces() {
		if p.newID == id {
			return p, true
		}
	}
	return province{}, false
}

var (
	// provinceCode takes the H-part off codes such as 000.00.00.H37, which the old portal has for Lạng Sơn.
	provinceCode = regexp.MustCompile(`^(?:[0-9]{2,3}\.)*(H[0-9]{2})$`)
	unitCode     = regexp.MustCompile(`^(?:[0-9]{2,3}\.)*(H[0-9]{2})((?:\.[0-9A-Za-z-]{1,16}){1,4})$`)
)

// splitCode takes a code apart: H01 and "" of a province, H01 and .187 of a unit below it.
func splitCode(text string) (root, rest string, ok bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) > 80 {
		return "", "", false
	}
	if m := provinceCode.FindStringSubmatch(text); m != nil {
		return m[1], "", true
	}
	if m := unitCode.FindStringSubmatch(text); m != nil {
		return m[1], m[2], true
	}
	return "", "", false
}

// Bindings say which provinces a code stands for, by the word of a person: the
// codes of provinces before the merger are in no list that was found. In
// YAML: {H39: vn63:80}. A code may stand for one unit in each scheme.
type Bindings map[string]Units

// Units is one unit, or several of different schemes.
type Units []reform.UnitKey

// UnmarshalYAML reads a key or a list of keys.
func (u *Units) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*u = Units{reform.UnitKey(one)}
		return nil
	}
	var many []string
	if err := unmarshal(&many); err != nil {
		return err
	}
	for _, k := range many {
		*u = append(*u, reform.UnitKey(k))
	}
	return nil
}

// ParseBindings reads the text of the option OptBindings: a YAML map such as
// {H39: vn63:80, H53: [vn63:72, vn34:80]}, or H39=vn63:80,H53=vn63:72.
func ParseBindings(text string) (Bindings, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, nil
	}
	if len(text) > 64<<10 {
		return nil, fmt.Errorf("bindings of codes: %d bytes are too many: %w", len(text), reform.ErrTooLarge)
	}
	b := Bindings{}
	if strings.Contains(text, "=") && !strings.Contains(text, "{") {
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == ' ' }) {
			code, key, _ := strings.Cut(part, "=")
			b[code] = append(b[code], reform.UnitKey(key))
		}
	} else {
		var whole struct {
			Bindings Bindings `yaml:"bindings"`
		}
		if err := yaml.Unmarshal([]byte(text), &whole); err == nil && len(whole.Bindings) > 0 {
			b = whole.Bindings
		} else if err := yaml.Unmarshal([]byte(text), &b); err != nil {
			return nil, fmt.Errorf("bindings of codes: want {H39: vn63:80}: %w: %w", err, reform.ErrInvalid)
		}
	}
	return b, b.Validate()
}

// Validate checks the form of codes and keys.
func (b Bindings) Validate() error {
	for _, code := range slices.Sorted(maps.Keys(b)) {
		if root, rest, ok := splitCode(code); !ok || rest != "" || root != code {
			return fmt.Errorf("bindings: %q is no code of a province such as H39: %w", code, reform.ErrInvalid)
		}
		seen := map[reform.Scheme]bool{}
		for _, k := range b[code] {
			if _, err := reform.ParseUnitKey(string(k)); err != nil || k.Scheme() == reform.NoScheme || k.Parent() != "" {
				return fmt.Errorf("bindings: %s: %q is no key of a province such as vn63:80: %w", code, k, reform.ErrInvalid)
			}
			if seen[k.Scheme()] {
				return fmt.Errorf("bindings: %s stands for two units of %s: %w", code, k.Scheme(), reform.ErrInvalid)
			}
			seen[k.Scheme()] = true
		}
	}
	return nil
}

// String is the text that ParseBindings reads, in one order.
func (b Bindings) String() string {
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(b)) {
		for _, k := range b[code] {
			parts = append(parts, code+"="+string(k))
		}
	}
	return strings.Join(parts, ",")
}

// binder finds the province that a code stands for.
type binder struct {
	cat   *reform.Catalog
	bound Bindings
}

// bind looks, in this order, at the bindings of the source, at the user's catalogue (where a code is
// an alias of a unit), and at the list of the 34. A code of that list stood before the
// merger for the province of the same name: no province got a new name then, and
// the codes follow the alphabet of the 63. The row's own name must not say otherwise.
func (b *binder) bind(code string, scheme reform.Scheme) (reform.UnitKey, bool) {
	for _, k := range b.bound[code] {
		if k.Scheme() == scheme {
			return k, true
		}
	}
	if k, ok := b.cat.FindUnit(code, scheme, reform.Province); ok {
		return k, true
	}
	p, ok := provinceByCode(code)
	if !ok {
		return "", false
	}
	if p.unit.Scheme() == scheme {
		return p.unit, true
	}
	u, err := b.cat.Unit(p.unit)
	if err != nil {
		return "", false
	}
	return b.cat.FindUnit(u.Name, scheme, reform.Province)
}

package parse

import (
	"cmp"
	"slices"
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
)

// Units finds units by the text of documents and remembers the answers: a file
// names the same 63 provinces over and over.
type Units struct {
	cat   *reform.Catalog
	known map[unitQuestion]unitAnswer
}

type unitQuestion struct {
	text   string
	scheme reform.Scheme
	typ    reform.UnitType
}

type unitAnswer struct {
	key  reform.UnitKey
	name string
	ok   bool
}

// NewUnits is a finder over a catalogue.
func NewUnits(cat *reform.Catalog) *Units {
	return &Units{cat: cat, known: map[unitQuestion]unitAnswer{}}
}

// rememberedUnits bounds the memory of a finder: a hostile file has another name in every row.
const rememberedUnits = 50_000

// Find is the unit that text names, and the name as the document has it, cleaned
// and decoded. Old workbooks hold names in the encodings of their fonts (TCVN3,
// VNI); such a text is decoded only where it names nothing as it stands.
func (u *Units) Find(text string, scheme reform.Scheme, typ reform.UnitType) (key reform.UnitKey, name string, ok bool) {
	q := unitQuestion{text, scheme, typ}
	if a, found := u.known[q]; found {
		return a.key, a.name, a.ok
	}
	a := unitAnswer{name: viet.Clean(text)}
	if a.key, a.ok = u.cat.FindUnit(text, scheme, typ); !a.ok {
		if decoded, _, changed := viet.DecodeLegacy(text); changed {
			if a.key, a.ok = u.cat.FindUnit(decoded, scheme, typ); a.ok {
				a.name = viet.Clean(decoded)
			}
		}
	}
	if len(u.known) < rememberedUnits {
		u.known[unitQuestion{strings.Clone(text), scheme, typ}] = a
	}
	return a.key, a.name, a.ok
}

// Nearest lists up to three names of units that text may have meant, the nearest
// first. They are for a message to a person; nothing is ever read by them.
func (u *Units) Nearest(text string, scheme reform.Scheme, typ reform.UnitType) []string {
	if typ == "" {
		typ = reform.Province
	}
	f := viet.Fold(text)
	if f == "" || len(f) > 60 {
		return nil
	}
	for _, p := range []string{"uybannhandan", "ubnd", "tinh", "thanhpho"} {
		f = strings.TrimPrefix(f, p)
	}
	type near struct {
		name     string
		distance int
	}
	var all []near
	for _, unit := range u.cat.Units(scheme, typ) {
		best := distance(f, viet.Fold(unit.Name))
		for _, a := range unit.Aliases {
			best = min(best, distance(f, viet.Fold(a)))
		}
		if best <= max(2, len(f)/3) {
			all = append(all, near{unit.Name, best})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, n := range all[:min(3, len(all))] {
		names = append(names, n.name)
	}
	return names
}

// UnknownUnit is the problem of a text that names no unit of the scheme.
func (u *Units) UnknownUnit(locator, text string, scheme reform.Scheme, typ reform.UnitType) reform.Problem {
	near := u.Nearest(text, scheme, typ)
	short := Shorten(viet.Clean(text), 80)
	if len(near) == 0 {
		return Problem("unknown-unit", "unit", locator, text,
			"Không có đơn vị nào tên %q trong hệ %s.", "No unit of the scheme %[2]s is called %[1]q.", short, schemeName(scheme))
	}
	list := strings.Join(near, ", ")
	return Problem("unknown-unit", "unit", locator, text,
		"Không có đơn vị nào tên %q trong hệ %s. Gần giống nhất: %s.", "No unit of the scheme %[2]s is called %[1]q. Nearest: %[3]s.", short, schemeName(scheme), list)
}

func schemeName(s reform.Scheme) string {
	switch s {
	case reform.VN64:
		return "vn64 (64, 2005-2008)"
	case reform.VN63:
		return "vn63 (63, 2008-2025)"
	case reform.VN34:
		return "vn34 (34, 2025-)"
	}
	return "-"
}

// distance is the number of letters to change, add, leave out or swap to make b of a.
func distance(a, b string) int {
	if a == b {
		return 0
	}
	prev2 := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

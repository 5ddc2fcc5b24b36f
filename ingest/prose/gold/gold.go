// Package gold measures what the parser of prose finds in articles against the
// facts that a careful reader took from them.
package gold

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"chiso/ingest/parse"
	"chiso/ingest/prose"
	"chiso/reform"
	"chiso/reform/viet"
)

// Line is one line of gold.jsonl: a fact, or a file that gives none.
type Line struct {
	File          string       `json:"file"`
	NoFacts       bool         `json:"no_facts"`
	Province      string       `json:"province"`
	Index         string       `json:"index"`
	Year          int          `json:"year"`
	Component     string       `json:"component"`
	ComponentCode string       `json:"component_code"`
	Score         *json.Number `json:"score"`
	Rank          int          `json:"rank"`
	Of            int          `json:"of"`
	Scope         string       `json:"scope"`
	Kind          string       `json:"kind"`
	Derived       bool         `json:"derived"`
	Review        bool         `json:"review"`
	Quote         string       `json:"quote"`
	UnitName      string       `json:"unit_name"`
	Period        string       `json:"period"`
}

// counted are the indices that the measure is of.
var counted = map[string]bool{"par": true, "sipas": true, "pci": true, "papi": true, "s766": true, "moj": true}

// Count says how many gold facts were found, and how many extracted ones no gold line holds.
type Count struct {
	Gold, Found      int
	Extracted, Extra int
	Review, Derived  int // extracted and not counted
	Misses, Extras   []string
}

// Recall is the share of the gold facts that were found.
func (c Count) Recall() float64 { return share(c.Found, c.Gold) }

// Precision is the share of the extracted facts that a gold line holds.
func (c Count) Precision() float64 { return share(c.Extracted-c.Extra, c.Extracted) }

func share(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Add adds another count.
func (c *Count) Add(d Count) {
	c.Gold += d.Gold
	c.Found += d.Found
	c.Extracted += d.Extracted
	c.Extra += d.Extra
	c.Review += d.Review
	c.Derived += d.Derived
}

// File is the count of one file.
type File struct {
	Name  string
	Table bool // a table, reported by itself
	Provinces,
	Others Count // other kinds of facts: the nation, regions, ministries, departments, dossiers
}

// Report is the count of a folder.
type Report struct {
	Files            []File
	Provinces, Table Count
	Others           Count
}

// Measure runs the parser over the files that gold.jsonl of a folder names.
func Measure(ctx context.Context, dir string, cat *reform.Catalog) (Report, error) {
	lines, order, err := load(filepath.Join(dir, "gold.jsonl"))
	if err != nil {
		return Report{}, err
	}
	var rep Report
	for _, name := range order {
		facts, err := Facts(ctx, filepath.Join(dir, filepath.FromSlash(name)), cat)
		if err != nil {
			return rep, fmt.Errorf("%s: %w", name, err)
		}
		f := File{Name: name, Table: isTable(name, lines[name])}
		f.Provinces, f.Others = compare(lines[name], facts, cat)
		if f.Table {
			rep.Table.Add(f.Provinces)
		} else {
			rep.Provinces.Add(f.Provinces)
		}
		rep.Others.Add(f.Others)
		rep.Files = append(rep.Files, f)
	}
	return rep, nil
}

// isTable knows a file that is a transcribed table: its facts are quoted from rows with bars.
func isTable(name string, lines []Line) bool {
	n := 0
	for _, l := range lines {
		if strings.Count(l.Quote, " | ") >= 3 {
			n++
		}
	}
	return n > 0 && n == len(lines)
}

func load(path string) (map[string][]Line, []string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	lines := map[string][]Line{}
	var order []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		var l Line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return nil, nil, fmt.Errorf("%s line %d: %w", path, n, err)
		}
		if _, ok := lines[l.File]; !ok {
			order = append(order, l.File)
		}
		lines[l.File] = append(lines[l.File], l)
	}
	return lines, order, sc.Err()
}

// sink keeps what a parser finds.
type sink struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (s *sink) Fact(f *reform.Fact) error { s.facts = append(s.facts, *f); return nil }

func (s *sink) Problem(p reform.Problem) { s.problems = append(s.problems, p) }

// Facts are the facts that the parser finds in a file.
func Facts(ctx context.Context, path string, cat *reform.Catalog) ([]reform.Fact, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return FactsOf(ctx, filepath.Base(path), b, cat)
}

// FactsOf are the facts that the parser finds in bytes.
func FactsOf(ctx context.Context, name string, b []byte, cat *reform.Catalog) ([]reform.Fact, error) {
	var s sink
	in := parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}
	if _, err := prose.Parse(ctx, in, cat, &s); err != nil {
		return nil, err
	}
	for _, p := range s.problems {
		if !p.Warning {
			return nil, fmt.Errorf("refused at %s: %s", p.Locator, p.Reason)
		}
	}
	return s.facts, nil
}

// measure is one place or score, as it is counted.
type measure struct {
	kind, index, unit string
	year              int
	comp              string
	place             bool
	scope             string
	value             string
}

func (m measure) String() string {
	what := "score"
	if m.place {
		what = "place in " + m.scope
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %d %s %s %s", m.kind, m.index, m.unit, m.year, m.comp, what, m.value)), " ")
}

func compare(lines []Line, facts []reform.Fact, cat *reform.Catalog) (provinces, others Count) {
	type mark struct {
		needed, found bool
		quote         string
	}
	held := map[measure]*mark{}
	var order []measure
	for _, l := range lines {
		if l.NoFacts {
			continue
		}
		for _, m := range l.measures(cat) {
			mk := held[m]
			if mk == nil {
				mk = &mark{quote: l.Quote}
				held[m] = mk
				order = append(order, m)
			}
			mk.needed = mk.needed || !l.Derived && !l.Review
		}
	}
	pick := func(m measure) *Count {
		if m.kind == "province" && counted[m.index] {
			return &provinces
		}
		return &others
	}
	seen := map[measure]bool{}
	for i := range facts {
		f := &facts[i]
		for _, m := range measuresOf(f, cat) {
			mk := held[m]
			if mk != nil {
				mk.found = true
			}
			c := pick(m)
			switch {
			case seen[m]:
			case f.Status == reform.Review:
				c.Review++
			case f.RankKind == reform.Derived:
				c.Derived++
			default:
				seen[m] = true
				c.Extracted++
				if mk == nil {
					c.Extra++
					c.Extras = append(c.Extras, fmt.Sprintf("%s: %q", m, f.Quote))
				}
			}
		}
	}
	for _, m := range order {
		mk := held[m]
		if !mk.needed {
			continue
		}
		c := pick(m)
		c.Gold++
		if mk.found {
			c.Found++
		} else {
			c.Misses = append(c.Misses, fmt.Sprintf("%s: %q", m, mk.quote))
		}
	}
	return provinces, others
}

// indexCode is the catalogue's code for an index as gold names it.
func indexCode(cat *reform.Catalog, name string) string {
	if ix, ok := cat.FindIndex(name); ok {
		return ix.Code
	}
	return strings.ToLower(name)
}

func (l Line) measures(cat *reform.Catalog) []measure {
	ix := indexCode(cat, l.Index)
	period := reform.YearPeriod(l.Year)
	basis, _ := cat.BasisFor(ix, period)
	comp := ""
	if l.Component != "" || l.ComponentCode != "" {
		comp = componentName(cat, ix, basis, cmp.Or(l.Component, l.ComponentCode))
	}
	m := measure{kind: cmp.Or(l.Kind, "province"), index: ix, unit: viet.Fold(unitName(cat, cmp.Or(l.UnitName, l.Province))), year: l.Year, comp: comp, scope: scopeName(cat, l.Scope)}
	var out []measure
	if l.Score != nil {
		p := m
		p.scope, p.value = "", numberText(l.Score.String())
		out = append(out, p)
	}
	if l.Rank > 0 {
		p := m
		p.place, p.value = true, fmt.Sprint(l.Rank)
		out = append(out, p)
	}
	return out
}

func numberText(s string) string {
	if d, err := decimal.NewFromString(s); err == nil {
		return d.String()
	}
	return s
}

// unitName is one name for the spellings of a unit.
func unitName(cat *reform.Catalog, name string) string {
	for _, s := range []reform.Scheme{reform.VN63, reform.VN34} {
		if k, ok := cat.FindUnit(name, s, ""); ok {
			if u, err := cat.Unit(k); err == nil {
				return u.Name
			}
		}
	}
	return name
}

// componentName is one name for what two breakdowns of PAR INDEX call the same part.
func componentName(cat *reform.Catalog, index, basis, text string) string {
	switch code := componentCode(cat, index, basis, text); {
	case index == "par" && code == "8.1":
		return "src:sipas"
	case index == "par" && code == "8.3":
		return "src:impact"
	default:
		return code
	}
}

func componentCode(cat *reform.Catalog, index, basis, text string) string {
	for _, b := range []string{basis, ""} {
		for _, t := range []string{text, strings.ReplaceAll(text, "_", "-")} {
			if code, ok := cat.FindComponent(index, b, t); ok {
				return cmp.Or(code, "total")
			}
			if c, err := cat.Component(index, b, t); err == nil {
				return c.Code
			}
		}
	}
	f := viet.Fold(text)
	switch { // the parts of the table of 2020, as the press heads them
	case strings.Contains(f, "sipas"):
		return "src:sipas"
	case strings.Contains(f, "tacdong") && strings.Contains(f, "ktxh"), strings.Contains(f, "kinhtexahoi") && index == "par":
		return "src:impact"
	}
	return f
}

func scopeName(cat *reform.Catalog, s string) string {
	switch s {
	case "", "national", "nation":
		return "nation"
	}
	if strings.Contains(s, ":") {
		if u, err := cat.Unit(reform.UnitKey(s)); err == nil {
			s = u.Name
		}
	}
	s, _, _ = strings.Cut(s, " (")
	s, _, _ = strings.Cut(s, ",")
	return viet.Fold(s)
}

func measuresOf(f *reform.Fact, cat *reform.Catalog) []measure {
	name := f.UnitName
	if u, err := cat.Unit(f.Unit); err == nil {
		name = u.Name
	}
	kind := string(f.UnitType)
	scope := scopeName(cat, f.Scope)
	switch f.UnitType {
	case reform.Nation:
		kind = "national_mean"
	case reform.Region:
		kind, scope = "region_mean", viet.Fold("6 vùng")
	case reform.Ministry:
		scope = viet.Fold("bộ")
	}
	m := measure{kind: kind, index: f.Index, unit: viet.Fold(unitName(cat, name)), year: f.Period.Year(), comp: f.Component, scope: scope}
	if f.Component != "" {
		m.comp = componentName(cat, f.Index, f.Basis, f.Component)
	}
	var out []measure
	if f.Score.Valid {
		p := m
		p.scope, p.value = "", f.Score.String()
		out = append(out, p)
	}
	if f.Place > 0 {
		p := m
		p.place, p.value = true, fmt.Sprint(f.Place)
		out = append(out, p)
	}
	return out
}

// Sorted lists the files, those with most misses and extras first.
func (r Report) Sorted() []File {
	out := slices.Clone(r.Files)
	slices.SortStableFunc(out, func(a, b File) int {
		return cmp.Compare(len(b.Provinces.Misses)+len(b.Provinces.Extras), len(a.Provinces.Misses)+len(a.Provinces.Extras))
	})
	return out
}

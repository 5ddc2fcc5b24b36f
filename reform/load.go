package reform

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

//go:embed catalog
var catalogFiles embed.FS

// Catalog is what is known about indices, their rules and the units they
// measure. It never changes once it is loaded, so any number of goroutines may use it.
type Catalog struct {
	indices    []*Index
	byCode     map[string]*Index
	indexAlias map[string]string // folded spelling to code
	rules      map[string]*rules // by index code

	units   map[UnitKey]*Unit
	order   []UnitKey // as loaded: regions north to south, provinces by code
	slugs   map[slugKey]UnitKey
	lists   map[listKey][]*Unit
	names   map[nameKey]UnitKey
	under   map[UnitKey]map[string]UnitKey // folded names of departments and communes of a province
	members map[UnitKey][]UnitKey

	mergers      []Merger
	successor    map[UnitKey]Merger
	predecessors map[UnitKey][]Merger
	unitBreaks   map[UnitKey][]Break

	entries []searchEntry
	groups  []UnitGroup // of the user's own files
}

type slugKey struct {
	scheme Scheme
	slug   string
}

type listKey struct {
	scheme Scheme
	typ    UnitType
}

type nameKey struct {
	scheme Scheme
	typ    UnitType
	folded string
}

// indexOrder is the order of the screens; indices of the user's own follow.
var indexOrder = []string{"par", "sipas", "pci", "papi", "s766", "dti", "ddci", "moj", "dept", "pgi", "ict", "dossiers"}

var defaultCatalog = sync.OnceValue(func() *Catalog {
	c, err := LoadCatalog()
	if err != nil {
		// The embedded files are checked by tests; a binary whose own catalogue
		// is wrong must not show numbers.
		panic(fmt.Sprintf("embedded catalogue: %v", err))
	}
	return c
})

// Default is the catalogue of the embedded files alone.
func Default() *Catalog { return defaultCatalog() }

// LoadCatalog reads the embedded catalogue and then the user's own: each of
// extra is a folder of .yaml files, read in the order of their names, or one file. A mistake
// there is an ErrInvalid that names file, line and field.
func LoadCatalog(extra ...string) (*Catalog, error) {
	c := newCatalog()
	if err := c.loadGeography(catalogFiles); err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(catalogFiles, "catalog")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".yaml") {
			continue
		}
		name := "catalog/" + e.Name()
		b, err := catalogFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := c.loadYAML(name, b, false); err != nil {
			return nil, err
		}
	}
	for _, path := range extra {
		files, err := userFiles(path)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				return nil, fmt.Errorf("catalogue file %s can't be read: %w", f, err)
			}
			if len(b) > maxCatalogFile {
				return nil, fmt.Errorf("catalogue file %s has %d bytes, more than %d: %w", f, len(b), maxCatalogFile, ErrTooLarge)
			}
			if err := c.loadYAML(f, b, true); err != nil {
				return nil, err
			}
		}
	}
	if err := c.finish(); err != nil {
		return nil, err
	}
	return c, nil
}

func newCatalog() *Catalog {
	return &Catalog{
		byCode:       map[string]*Index{},
		indexAlias:   map[string]string{},
		rules:        map[string]*rules{},
		units:        map[UnitKey]*Unit{},
		slugs:        map[slugKey]UnitKey{},
		lists:        map[listKey][]*Unit{},
		names:        map[nameKey]UnitKey{},
		under:        map[UnitKey]map[string]UnitKey{},
		members:      map[UnitKey][]UnitKey{},
		successor:    map[UnitKey]Merger{},
		predecessors: map[UnitKey][]Merger{},
		unitBreaks:   map[UnitKey][]Break{},
	}
}

// maxCatalogFile bounds a file of the user's: a catalogue is written by hand.
const maxCatalogFile = 4 << 20

func userFiles(path string) ([]string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("catalogue folder %s can't be read; create it or take it out of the configuration: %w", path, err)
	}
	if !st.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("catalogue folder %s can't be read: %w", path, err)
	}
	var files []string
	for _, e := range entries {
		ext := strings.ToLower(filepath.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		files = append(files, filepath.Join(path, e.Name()))
	}
	return files, nil
}

// finish sorts what is loaded and builds what questions look up.
func (c *Catalog) finish() error {
	slices.SortStableFunc(c.indices, func(a, b *Index) int { return indexRank(a.Code) - indexRank(b.Code) })
	for _, ix := range c.indices {
		r, err := buildRules(ix)
		if err != nil {
			return err
		}
		c.rules[ix.Code] = r
	}
	c.sortUnits()
	c.buildSearch()
	return nil
}

func indexRank(code string) int {
	if i := slices.Index(indexOrder, code); i >= 0 {
		return i
	}
	return len(indexOrder)
}

// Indices lists all indices in the order of the screens.
func (c *Catalog) Indices() []*Index { return slices.Clone(c.indices) }

// Index is the index with that code.
func (c *Catalog) Index(code string) (*Index, error) {
	if ix, ok := c.byCode[code]; ok {
		return ix, nil
	}
	codes := make([]string, len(c.indices))
	for i, ix := range c.indices {
		codes[i] = ix.Code
	}
	return nil, fmt.Errorf("no index has the code %q; known are %s: %w", clip(code), strings.Join(codes, ", "), ErrNotFound)
}

// clip shortens what came from outside for a message.
func clip(s string) string {
	if rs := []rune(s); len(rs) > 60 {
		return string(rs[:60]) + "…"
	}
	return s
}

// Package table reads any spreadsheet of units and numbers: it guesses the
// layout, shows the guess, and takes corrections from a mapping file.
//
// Nothing is guessed in silence. Every word of a heading must be understood, or the
// column is left out with a warning; a number that can be read in two ways, a
// period that two places name differently, a row whose unit is not known are problems.
package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

const kindName = "table"

// Kind is the kind of document that this package reads, with no mapping files
// but the one that a load may bring.
var Kind = KindWith(nil)

// KindWith is Kind with mapping files that are chosen by name and headings.
func KindWith(mappings *Mappings) parse.Kind {
	return parse.Kind{
		Name:   kindName,
		Title:  reform.Text{VI: "Bảng tính bất kỳ (đoán bố cục)", EN: "Any spreadsheet (layout guessed)"},
		Detect: Detect,
		Parse: func(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
			wb, err := sheet.Open(ctx, in)
			if err != nil {
				return parse.Result{Kind: kindName}, err
			}
			doc := Document{Kind: kindName, Format: wb.Format}
			for _, s := range wb.Sheets {
				doc.Sources = append(doc.Sources, Source{Sheet: s})
			}
			return Read(ctx, doc, in, cat, sink, mappings)
		},
	}
}

// Document is a document as tables, however it was written.
type Document struct {
	Kind    string // of the result
	Format  string // xlsx, csv, html ...
	Title   string // as the document names itself
	Sources []Source
}

// parser reads one document.
type parser struct {
	ctx       context.Context
	in        parse.Input
	cat       *reform.Catalog
	sink      reform.Sink
	units     *parse.Units
	places    map[string]reform.UnitType
	spellings []spelling
	doc       Document
	mapping   *Mapping
	chosen    bool // the mapping was found by the document, not given with it
	result    parse.Result
	limit     int
	problems  int
	once      map[string]bool
	seen      map[factKey]seenValue
	labels    map[labelKey]heading
	stop      error
}

func newParser(ctx context.Context, doc Document, in parse.Input, cat *reform.Catalog, sink reform.Sink) *parser {
	return &parser{
		ctx: ctx, in: in, cat: cat, sink: sink, doc: doc, units: parse.NewUnits(cat), places: map[string]reform.UnitType{}, spellings: spellings(cat),
		limit: in.Limits.OrDefault().Problems, once: map[string]bool{}, seen: map[factKey]seenValue{}, labels: map[labelKey]heading{},
		result: parse.Result{Kind: doc.Kind, Title: doc.Title},
	}
}

// Read guesses the layout of every table of a document and hands over its facts.
func Read(ctx context.Context, doc Document, in parse.Input, cat *reform.Catalog, sink reform.Sink, mappings *Mappings) (parse.Result, error) {
	p := newParser(ctx, doc, in, cat, sink)
	if err := p.checkOptions(); err != nil {
		return p.result, err
	}
	if text := in.Option(OptMapping); text != "" {
		m, err := ParseMapping("mapping", []byte(text), cat)
		if err != nil {
			return p.result, err
		}
		p.mapping = m
	}
	sheets := p.lookAtAll()
	fingerprint := fingerprintOf(sheets)
	if p.mapping == nil {
		m, err := mappings.find(path.Base(strings.ReplaceAll(in.Name, "\\", "/")), fingerprint)
		if err != nil {
			return p.result, err
		}
		if m != nil {
			p.mapping, p.chosen = m, true
			sheets = p.lookAtAll()
		}
	}
	err := p.emitAll(sheets)
	p.result.Mapping = p.describe(sheets, fingerprint)
	return p.result, err
}

func (p *parser) checkOptions() error {
	if o := p.in.Option(parse.OptIndex); o != "" {
		if _, ok := p.cat.FindIndex(o); !ok {
			return fmt.Errorf("index %q is not in the catalogue: %w", parse.Shorten(o, 40), reform.ErrInvalid)
		}
	}
	if _, err := p.optionWhen(); err != nil {
		return err
	}
	if o := p.in.Option(parse.OptScheme); o != "" && !slices.Contains(reform.Schemes(), reform.Scheme(o)) {
		return fmt.Errorf("scheme %q: want vn64, vn63 or vn34: %w", parse.Shorten(o, 20), reform.ErrInvalid)
	}
	if o := p.in.Option(parse.OptUnit); o != "" {
		if _, err := reform.ParseUnitKey(o); err != nil {
			return err
		}
	}
	switch o := p.in.Option(parse.OptNumbers); o {
	case "", "comma", "point":
	default:
		return fmt.Errorf("option numbers is %q: want comma or point: %w", parse.Shorten(o, 20), reform.ErrInvalid)
	}
	return nil
}

// looked is one source with the tables that were found in it.
type looked struct {
	src     Source
	reason  string // why it was left out
	layouts []*layout
	grid    *grid
}

func (p *parser) lookAtAll() []*looked {
	shown := slices.ContainsFunc(p.doc.Sources, func(s Source) bool { return !s.Sheet.Hidden })
	only := p.in.Option(parse.OptSheet)
	var list []*looked
	for _, src := range p.doc.Sources {
		k := &looked{src: src}
		list = append(list, k)
		rule := p.mapping.sheetRule(src.Sheet.Name)
		switch {
		case p.ctx.Err() != nil:
			k.reason = "the reading was stopped"
		case only != "" && only != src.Sheet.Name:
			k.reason = "another sheet was asked for"
		case rule != nil && rule.Read != nil && !*rule.Read:
			k.reason = "left out by the mapping"
		case src.Sheet.Hidden && shown && only == "" && rule == nil:
			k.reason = "it is hidden"
		case len(src.Sheet.Rows) == 0:
			k.reason = "it is empty"
		default:
			k.grid = newGrid(src)
			k.layouts = p.look(k.grid, rule)
			if len(k.layouts) == 0 {
				k.reason = "no table of units and numbers was found in it"
			}
		}
	}
	return list
}

// look finds the tables of a sheet.
func (p *parser) look(g *grid, rule *SheetRule) []*layout {
	var top []said
	from := -1
	if rule != nil && rule.Transposed != nil {
		if *rule.Transposed {
			if from = p.turnedFrom(g); from < 0 {
				for from = 0; from < len(g.rows)-1 && len(g.filled(from)) < 2; {
					from++
				}
			}
		}
	} else {
		from = p.turnedFrom(g)
	}
	segments := [][2]int{}
	if from >= 0 {
		for r := from - 1; r >= 0; r-- {
			for _, c := range g.filled(r) {
				top = append(top, said{where: g.locator(r, c), text: g.at(r, c).text})
			}
		}
		g = g.turn(from)
		segments = append(segments, [2]int{0, len(g.rows)})
	} else if rule != nil && (rule.Header != "" || rule.Data != "") {
		segments = append(segments, [2]int{0, len(g.rows)})
	} else {
		segments = p.segments(g)
	}
	var list []*layout
	for i, s := range segments {
		if l := p.lay(g, s[0], s[1], top, rule); l != nil {
			list = append(list, l)
			if i == 0 {
				for r := min(l.headFrom, len(g.rows)) - 1; r >= 0 && from < 0; r-- {
					for _, c := range g.filled(r) {
						top = append(top, said{where: g.locator(r, c), text: g.at(r, c).text, far: true})
					}
				}
			}
		}
	}
	return list
}

// lay understands one table; nil where there is none.
func (p *parser) lay(g *grid, from, to int, top []said, rule *SheetRule) *layout {
	l := &layout{g: g, rule: rule, dataTo: to - 1}
	for l.dataTo > from && len(g.filled(l.dataTo)) == 0 {
		l.dataTo--
	}
	var fixed Constants
	if rule != nil {
		fixed = rule.Constants
	}
	if p.mapping != nil {
		fixed = fixed.with(p.mapping.Constants)
	}
	l.fixed = fixed
	// A first idea of the constants helps to tell headings from titles.
	l.titles = p.titlesOf(g, from, min(from+headerHeight, to), top)
	p.setConstants(l)
	l.problems = nil
	l.unitCols, l.inside = p.unitColumns(g, from, to)
	if rule != nil {
		var named []int
		for col, c := range rule.Columns {
			if c.Meaning == "unit" {
				if i, err := lineIndex(col, !g.turned); err == nil && i-g.skipped >= 0 {
					if g.turned {
						i -= g.skipped
					}
					named = append(named, i)
				}
			}
		}
		if len(named) > 0 {
			slices.Sort(named)
			l.unitCols = named
		}
	}
	if ix, err := p.cat.Index(l.constants.index); err == nil && ix.Scope == "province" && fixed.UnitType == "" {
		l.inside = true
	}
	switch reform.UnitType(fixed.UnitType) {
	case reform.Department, reform.Commune:
		l.inside = true
	case reform.Province, reform.Region, reform.Ministry:
		l.inside = false
	}
	if len(l.unitCols) == 0 {
		l.inside = false
	}
	if !p.head(l, from, l.dataTo+1) && (rule == nil || rule.Data == "" && rule.Header == "") {
		return nil
	}
	p.applyRows(l, rule)
	l.titles = p.titlesOf(g, from, l.headFrom, top)
	p.setConstants(l)
	p.makeBlocks(l)
	if index := l.onlyIndex(); l.constants.index == "" && index != "" {
		// "PCI | Hạng": the place is of the one index that the headings name.
		l.constants.index = index
		l.blocks = nil
		p.makeBlocks(l)
	}
	values := 0
	for _, b := range l.blocks {
		values += len(b.values)
	}
	if values == 0 {
		return nil
	}
	return l
}

// onlyIndex is the one index that the headings of a table name.
func (l *layout) onlyIndex() string {
	index := ""
	for _, b := range l.blocks {
		for _, c := range b.values {
			switch {
			case c.heading.index == "":
			case index == "":
				index = c.heading.index
			case index != c.heading.index:
				return ""
			}
		}
	}
	return index
}

// applyRows takes the rows of headings and data from a mapping file.
func (p *parser) applyRows(l *layout, rule *SheetRule) {
	if rule == nil {
		return
	}
	turned := l.g.turned
	if rule.Header == "none" {
		l.headers, l.headFrom = nil, l.dataFrom
	} else if rule.Header != "" {
		first, last, err := lineSpan(rule.Header, turned)
		if err == nil {
			if last < 0 {
				last = first
			}
			l.headers, l.numbers = nil, nil
			l.headFrom = first
			for r := first; r <= min(last, len(l.g.rows)-1); r++ {
				if !l.g.numberingRow(r) {
					l.headers = append(l.headers, r)
				}
			}
			l.dataFrom = last + 1
		}
	}
	if rule.Data != "" {
		first, last, err := lineSpan(rule.Data, turned)
		if err == nil {
			l.dataFrom = first
			if last >= 0 {
				l.dataTo = min(last, len(l.g.rows)-1)
			} else {
				l.dataTo = len(l.g.rows) - 1
			}
		}
	}
	for _, s := range rule.Skip {
		first, last, err := lineSpan(s, turned)
		if err != nil {
			continue
		}
		if last < 0 {
			last = len(l.g.rows) - 1
		}
		l.skip = append(l.skip, [2]int{first, last})
	}
}

// fingerprintOf is what tables of one layout have in common from year to year: the
// words of their headings, without periods.
func fingerprintOf(sheets []*looked) string {
	seen := map[string]bool{}
	for _, k := range sheets {
		for _, l := range k.layouts {
			for _, b := range l.blocks {
				for _, c := range b.columns {
					var words []string
					for _, t := range c.path {
						_, rest := pullPeriod(viet.FoldWords(t))
						words = append(words, rest)
					}
					seen[strings.Join(words, "|")] = true
				}
			}
		}
	}
	if len(seen) == 0 {
		return ""
	}
	list := make([]string, 0, len(seen))
	for s := range seen {
		list = append(list, s)
	}
	slices.Sort(list)
	sum := sha256.Sum256([]byte(strings.Join(list, "\n")))
	return hex.EncodeToString(sum[:8])
}

func (p *parser) problem(x reform.Problem) {
	if !x.Warning {
		p.problems++
	}
	p.sink.Problem(x)
	if p.problems > p.limit && p.stop == nil {
		p.stop = parse.Refused(p.limit)
	}
}

// problemOnce reports what concerns a whole table or column once.
func (p *parser) problemOnce(key string, x reform.Problem) {
	if !p.once[key] && len(p.once) < 10_000 {
		p.once[key] = true
		p.problem(x)
	}
}

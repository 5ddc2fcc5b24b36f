package charts

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/shopspring/decimal"

	"chiso/charts/text"
	"chiso/reform"
)

// Bounds of a comparison.
const (
	fewestCompared = 2
	mostCompared   = 6
)

// Compared is one unit of a comparison.
type Compared struct {
	Name      string
	Subscores reform.Subscores
}

// CompareInput is what pictures of several units' components are drawn from. All units
// must be measured by one basis: scores of two bases do not stand side by side.
type CompareInput struct {
	Index     reform.Index
	Units     []Compared
	Breakdown string // of the total; "" the main one
	All       bool   // parts of components too, not the first level alone
	Documents map[string]Source
	Notes     []string
}

// comparison is several units on the drawing board.
type comparison struct {
	f      *frame
	in     CompareInput
	basis  string
	period reform.Period
	rows   []compareRow
	left   []string // components without a known maximum
}

type compareRow struct {
	code, name string
	child      bool
	cells      []reform.Subscore // one a unit
}

func newComparison(f *frame, in CompareInput) (*comparison, error) {
	if n := len(in.Units); n < fewestCompared || n > mostCompared {
		return nil, fmt.Errorf("%s: %w", f.say("compare.count", "n", n, "from", fewestCompared, "to", mostCompared), reform.ErrInvalid)
	}
	c := &comparison{f: f, in: in, basis: in.Units[0].Subscores.Basis, period: in.Units[0].Subscores.Period}
	cells := map[string][]reform.Subscore{}
	var order []string
	for i, u := range in.Units {
		if len(u.Subscores.Rows) > 0 && (u.Subscores.Basis != c.basis || u.Subscores.Period != c.period) {
			return nil, fmt.Errorf("compare %s of basis %q with basis %q: %w", indexName(in.Index, "en"), c.basis, u.Subscores.Basis, reform.ErrInvalid)
		}
		for _, r := range u.Subscores.Rows {
			if r.Component == "" {
				continue
			}
			if cells[r.Component] == nil {
				cells[r.Component] = make([]reform.Subscore, len(in.Units))
				order = append(order, r.Component)
			}
			cells[r.Component][i] = r
		}
	}
	if b, ok := basisOf(in.Index, c.basis); ok {
		place := map[string]int{}
		for i, comp := range b.Components {
			place[comp.Code] = i + 1
		}
		slices.SortStableFunc(order, func(a, b string) int { return place[a] - place[b] })
	}
	for _, code := range order {
		comp, known := componentOf(in.Index, c.basis, code)
		row := compareRow{code: code, name: componentName(in.Index, c.basis, code, f.lang), child: comp.Parent != "", cells: cells[code]}
		switch {
		case known && comp.Breakdown != in.Breakdown, row.child && !in.All:
		case !slices.ContainsFunc(row.cells, func(s reform.Subscore) bool { return s.Score.Valid }):
		case !slices.ContainsFunc(row.cells, func(s reform.Subscore) bool { _, ok := ratio(s.Score, s.Max); return ok }):
			c.left = append(c.left, row.name)
		default:
			c.rows = append(c.rows, row)
		}
	}
	if len(c.rows) == 0 && len(c.left) == 0 {
		return nil, fmt.Errorf("components of %s: no data: %w", indexName(in.Index, "en"), reform.ErrNotFound)
	}
	if len(c.rows) == 0 {
		return nil, fmt.Errorf("%s: %w", f.say("subscores.nomax", "list", strings.Join(c.left, "; ")), reform.ErrInvalid)
	}
	return c, nil
}

func (c *comparison) decimals() int32 { return decimals(c.in.Index) }

func (c *comparison) title() string {
	names := make([]string, len(c.in.Units))
	for i := range c.in.Units {
		names[i] = c.name(i)
	}
	return c.f.say("subscores.title", "index", indexName(c.in.Index, c.f.lang), "unit", c.f.list(names), "period", c.f.periodLong(c.period))
}

func (c *comparison) name(i int) string {
	u := c.in.Units[i]
	if n := plain(u.Name); n != "" {
		return brief(n)
	}
	return plain(string(u.Subscores.Unit))
}

// colour of the i-th unit, the same in bars, radar and lines.
func (c *comparison) colour(i int) string { return c.f.c.series[i%len(c.f.c.series)] }

// value is "3,5/12", or that there is no number.
func (c *comparison) value(s reform.Subscore) string {
	if !s.Score.Valid {
		return c.f.common("nodata")
	}
	return overMax(c.f.lang, s.Score, s.Max, c.decimals())
}

func (c *comparison) provisional() bool {
	return slices.ContainsFunc(c.rows, func(r compareRow) bool {
		return slices.ContainsFunc(r.cells, func(s reform.Subscore) bool { return s.Status == reform.Provisional })
	})
}

func (c *comparison) alt(title string) string {
	var list []string
	for _, r := range c.rows {
		var each []string
		for i, s := range r.cells {
			each = append(each, c.name(i)+" "+c.value(s))
		}
		list = append(list, c.f.say("alt.component", "name", r.name, "score", strings.Join(each, ", ")))
	}
	return title + ". " + strings.Join(list, "; ") + "."
}

func (c *comparison) notes() []string {
	var out []string
	if len(c.left) > 0 {
		out = append(out, c.f.say("subscores.nomax", "list", strings.Join(c.left, "; ")))
	}
	var none []string
	for i := range c.in.Units {
		if !slices.ContainsFunc(c.rows, func(r compareRow) bool { return r.cells[i].Score.Valid }) {
			none = append(none, c.name(i))
		}
	}
	if len(none) > 0 {
		out = append(out, c.f.say("compare.none", "list", strings.Join(none, "; ")))
	}
	return append(out, c.in.Notes...)
}

// table has a row a component and two columns a unit: the score and its maximum.
func (c *comparison) table() (Table, []Source) {
	f := c.f
	docs := &cited{known: c.in.Documents}
	t := Table{Columns: []Column{{Key: "component", Label: f.say("col.component")}}}
	for i, u := range c.in.Units {
		key := string(u.Subscores.Unit)
		t.Columns = append(t.Columns, Column{Key: "score " + key, Label: c.name(i), Numeric: true}, Column{Key: "percent " + key, Label: f.say("col.percent"), Numeric: true})
	}
	t.Columns = append(t.Columns, Column{Key: "max", Label: f.say("col.max"), Numeric: true})
	for _, r := range c.rows {
		row := []Cell{{Text: r.name, Value: r.code}}
		most := reform.Number{}
		for _, s := range r.cells {
			docs.add(s.From.Document)
			percent := Cell{}
			if v, ok := ratio(s.Score, s.Max); ok {
				percent = Cell{Text: write(f.lang, v.Round(1)) + "%", Value: v.Round(6).String()}
			}
			if s.Max.Valid {
				most = s.Max
			}
			row = append(row, Cell{Text: number(f.lang, s.Score, c.decimals()), Value: s.Score.String(), Document: s.From.Document}, percent)
		}
		t.Rows = append(t.Rows, append(row, Cell{Text: number(f.lang, most, c.decimals()), Value: most.String()}))
	}
	return t, docs.sources()
}

// plot gives the bars, or the radar, in per cent of the maximum, with the scores as labels.
func (c *comparison) plot(kind PlotKind, t Table) *Plot {
	f := c.f
	if kind == PlotBars && len(c.rows)*len(c.in.Units) > 2*mostNativeBars {
		return tablePlot(t)
	}
	p := &Plot{Kind: kind, Head: f.say("col.component"), Format: `0"%"`, Min: whole(0), Max: whole(100), Step: whole(20), Unit: "%"}
	for _, r := range c.rows {
		p.Categories = append(p.Categories, r.name)
	}
	for i := range c.in.Units {
		s := PlotSeries{Name: c.name(i), Colour: c.colour(i)}
		for k, r := range c.rows {
			v, ok := ratio(r.cells[i].Score, r.cells[i].Max)
			n := reform.Number{}
			if ok {
				n = reform.NumOf(v.Round(4))
			}
			s.Values, s.Labels = append(s.Values, n), append(s.Labels, c.value(r.cells[i]))
			if r.cells[i].Status == reform.Provisional {
				s.Provisional = append(s.Provisional, k)
			}
		}
		p.Series = append(p.Series, s)
	}
	return p
}

// CompareBars draws the components of two to six units as bars side by side, in per cent
// of the maximum, with the score beside each. The words at a bar name the unit, so that
// nobody needs to tell colours apart.
// Without a score it is an error of kind reform.ErrNotFound.
func CompareBars(in CompareInput, st Style) (*Picture, error) {
	f := board(st, 0)
	c, err := newComparison(f, in)
	if err != nil {
		return nil, err
	}
	title, subtitle := c.title(), f.say("compare.percent")
	if c.provisional() {
		subtitle += dot + f.say("league.hatched")
	}
	alt := c.alt(title)
	f.head(title, subtitle)
	var keys []key
	for i := range in.Units {
		keys = append(keys, key{c.label(i, f.narrow()), "rect", obj{"color": c.colour(i)}})
	}
	f.legend(keys)
	at, group, row := c.layOut(1.5, 14)
	// Where so many bars do not fit, they move together first and then become smaller; words never cover each other.
	room := func() bool { return row*float64(len(c.rows)) <= tallest-at.top-f.pad }
	for !room() {
		if at, group, row = c.layOut(1.25, 6); room() {
			break
		}
		if f.size <= smallestFont {
			return nil, fmt.Errorf("comparison of %d components of %d units: %w", len(c.rows), len(in.Units), reform.ErrTooLarge)
		}
		f.size--
	}
	if err := f.barRoom(&at, row, group); err != nil {
		return nil, err
	}
	p := f.picture("compare", title, subtitle, alt)
	if p.Option, err = c.bars(alt, at, group); err != nil {
		return nil, err
	}
	p.Notes = c.notes()
	p.Table, p.Sources = c.table()
	p.Plot = c.plot(PlotBars, p.Table)
	return p, nil
}

// label names a unit in the legend; on a phone with the number that stands at its bars.
func (c *comparison) label(i int, short bool) string {
	if short {
		return itoa(i+1) + ". " + shorten(c.name(i), c.f.inner()*0.8, c.f.size, false)
	}
	return shorten(c.name(i), 200, c.f.size, false)
}

// words are those at a bar.
func (c *comparison) words(i int, s reform.Subscore, short bool) string {
	if short {
		return itoa(i+1) + ". " + c.value(s)
	}
	return c.f.say("alt.component", "name", shorten(c.name(i), 130, c.f.size, false), "score", c.value(s))
}

// layOut measures names and words for bars of a height in lines; group is the height of a component's bars and row that of the whole.
func (c *comparison) layOut(lines, gap float64) (at barLayout, group, row float64) {
	f := c.f
	at = barLayout{names: make([]string, len(c.rows)), bar: px(f.size * lines), above: f.narrow(), top: f.top}
	width, most := 0.32*float64(f.width), 4
	if at.above {
		width, most = f.inner(), 2
	}
	if gap < 10 {
		most = 1
	}
	for i, r := range c.rows {
		name := r.name
		if r.child {
			name = "– " + name
		}
		at.names[i] = fit(name, width, f.size, false, most)
		at.nameWidth = math.Max(at.nameWidth, text.Measure(at.names[i], f.size, false))
		at.tall = math.Max(at.tall, lineHeight(f.size)*float64(1+strings.Count(at.names[i], "\n")))
		for k, s := range r.cells {
			at.valueWidth = math.Max(at.valueWidth, text.Measure(c.words(k, s, at.above), f.size, false))
		}
	}
	group = float64(len(c.in.Units)) * (at.bar + 2)
	row = math.Max(group+gap, at.tall+8)
	if at.above {
		row = at.tall + group + gap + 2
	}
	return at, group, row
}

func (c *comparison) bars(alt string, at barLayout, group float64) (json.RawMessage, error) {
	f := c.f
	most := decimal.NewFromInt(100)
	chart := f.barChart(at)
	var extra []obj
	for i := range c.in.Units {
		data := make([]obj, len(c.rows))
		for k, r := range c.rows {
			s := r.cells[i]
			// A bar of no length carries the words where there is no number.
			d := obj{"value": 0, "text": c.words(i, s, at.above), "tip": c.name(i) + ": " + c.value(s)}
			if v, ok := ratio(s.Score, s.Max); ok {
				d["value"] = json.Number(v.Round(4).String())
				if v.GreaterThan(most) {
					most = v
				}
				d["tip"] = c.name(i) + ": " + f.say("subscores.value", "score", c.value(s), "percent", write(f.lang, v.Round(1))+"%")
			}
			if s.Status == reform.Provisional {
				d["itemStyle"] = obj{"color": c.colour(i), "decal": f.hatching(f.c.background)}
			}
			data[k] = d
		}
		series(&chart.BaseConfiguration, charts.SingleSeries{Name: c.label(i, at.above), Type: "bar", Data: data})
		extra = append(extra, obj{
			"barWidth": at.bar, "barGap": fmt.Sprintf("%.4f%%", 200/at.bar), "itemStyle": obj{"color": c.colour(i)},
			"label": f.label(obj{"position": "right", "formatter": "@text", "distance": 5}),
		})
	}
	over := f.over(alt)
	f.barAxes(over, at, 10, group, most.Round(4))
	return compose(chart, over, extra)
}

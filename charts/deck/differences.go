package deck

import (
	"encoding/xml"
	"fmt"
	"strings"

	"chiso/charts"
)

// difference is a number that is another one now.
type difference struct{ row, column, old, now string }

// grid is a picture's numbers by what stands in their rows and columns, in the order shown.
type grid struct {
	rows, columns []string
	cells         map[[2]string]string
}

// gridOf reads the rows from and to of a plot, or the table of a picture that has none.
func gridOf(p *charts.Picture, rows span, lang string) grid {
	g := grid{cells: map[[2]string]string{}}
	name := func(list *[]string, have map[string]int, t string) string {
		t, _, _ = strings.Cut(clean(t), "\n") // a radar's names end with their values
		t = oneLine(t)
		if have[t]++; have[t] > 1 {
			t = fmt.Sprintf("%s (%d)", t, have[t])
		}
		*list = append(*list, t)
		return t
	}
	met := map[string]int{}
	if plot := p.Plot; plot != nil {
		for _, c := range plot.Categories {
			name(&g.rows, met, c)
		}
		met = map[string]int{}
		for i, s := range plot.Series {
			if plot.Kind == charts.PlotOverlaid && i == 0 && len(plot.Series) > 1 {
				continue // the maximum stands in the words of the score
			}
			column := name(&g.columns, met, s.Name)
			for k, row := range g.rows {
				text := ""
				if k < len(s.Labels) {
					text = oneLine(s.Labels[k])
				}
				if text == "" && k < len(s.Values) && s.Values[k].Valid {
					if text = s.Values[k].String(); lang == "vi" {
						text = strings.Replace(text, ".", ",", 1)
					}
					if plot.Unit == "%" {
						text += "%"
					}
				}
				g.cells[[2]string{row, column}] = text
			}
		}
		g.rows = g.rows[min(rows.from, len(g.rows)):max(min(rows.to, len(g.rows)), min(rows.from, len(g.rows)))]
		return g
	}
	// The first column, and all others of words, name the row.
	for _, row := range p.Table.Rows {
		var parts []string
		for i, c := range row {
			if i < len(p.Table.Columns) && (!p.Table.Columns[i].Numeric && c.Document == "" && len(parts) < 2 || i == 0) {
				parts = append(parts, oneLine(c.Text))
			}
		}
		name(&g.rows, met, strings.Join(parts, ", "))
	}
	met = map[string]int{}
	for i, c := range p.Table.Columns {
		if i == 0 {
			continue
		}
		column := name(&g.columns, met, c.Label)
		for k, row := range p.Table.Rows {
			if i < len(row) {
				g.cells[[2]string{g.rows[k], column}] = oneLine(row[i].Text)
			}
		}
	}
	return g
}

// named is a column as the report calls it: one set of bars needs no name.
func (g *grid) named(p *charts.Picture, column string) string {
	if p.Plot != nil && len(g.columns) == 1 && (p.Plot.Kind == charts.PlotBars || p.Plot.Kind == charts.PlotOverlaid || p.Plot.Kind == charts.PlotWaterfall) {
		return ""
	}
	return column
}

// differences of the rows of the new picture from the old one. Rows that are no more are told
// with the part that ends the picture.
func differences(old, now *charts.Picture, rows span, lang string) []difference {
	all := span{0, 1 << 30}
	was, is := gridOf(old, all, lang), gridOf(now, rows, lang)
	whole := gridOf(now, all, lang)
	var out []difference
	for _, row := range is.rows {
		for _, column := range is.columns {
			at := [2]string{row, column}
			if a, b := was.cells[at], is.cells[at]; a != b {
				out = append(out, difference{row, is.named(now, column), a, b})
			}
		}
	}
	if now.Plot != nil && rows.to < len(now.Plot.Categories) {
		return out
	}
	for _, row := range was.rows {
		for _, column := range was.columns {
			at := [2]string{row, column}
			if _, ok := whole.cells[at]; !ok && was.cells[at] != "" {
				out = append(out, difference{row, was.named(old, column), was.cells[at], ""})
			}
		}
	}
	return out
}

// palette is the six colours of a theme.
type palette [6]string

// colours are those in which a part is drawn: the ones it was drawn in, or, where the theme of
// the slide is not the one that we wrote, the colours of that theme.
func (w *slideWork) colours(slide, theme string) (paint, error) {
	t := charts.Theme(theme)
	if t != charts.Dark && t != charts.Mono {
		t = charts.Light
	}
	c := paint{own: theme == ownTheme, theme: charts.PaletteOf(t)}
	if c.own {
		return c, nil
	}
	have, err := w.paletteOf(slide)
	if err != nil {
		return c, err
	}
	for i, one := range have {
		if ours := strings.TrimPrefix(c.theme.Series[i%len(c.theme.Series)], "#"); one != "" && !strings.EqualFold(one, ours) {
			c.own = true
		}
	}
	return c, nil
}

// paletteOf finds the theme of a slide; where it can't be found its colours are empty.
func (r *refresher) paletteOf(slide string) (palette, error) {
	at := slide
	for _, kind := range []string{"/slideLayout", "/slideMaster", "/theme"} {
		next := ""
		for _, l := range r.out.links[at] {
			if strings.HasSuffix(l.kind, kind) && !l.external && r.out.has(l.target) {
				next = l.target
			}
		}
		if at = next; at == "" {
			return palette{}, nil
		}
	}
	if p, ok := r.palettes[at]; ok {
		return p, nil
	}
	var x struct {
		Colours struct {
			List []struct {
				XMLName xml.Name
				RGB     struct {
					Val string `xml:"val,attr"`
				} `xml:"srgbClr"`
			} `xml:",any"`
		} `xml:"themeElements>clrScheme"`
	}
	if err := r.in.parse(at, &x); err != nil {
		return palette{}, err
	}
	var p palette
	for _, c := range x.Colours.List {
		var n int
		if _, err := fmt.Sscanf(c.XMLName.Local, "accent%d", &n); err == nil && n >= 1 && n <= 6 {
			p[n-1] = c.RGB.Val
		}
	}
	r.palettes[at] = p
	return p, nil
}

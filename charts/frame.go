package charts

import (
	"fmt"
	"math"
	"strings"

	"chiso/charts/text"
	"chiso/reform"
	"chiso/reform/words"
)

// Sizes of pictures, in CSS pixels.
const (
	defaultWidth  = 960
	narrowest     = 320
	widest        = 4000 // what charts/render draws at most
	tallest       = 4000
	shortest      = 100 // what charts/render draws at least
	narrow        = 560 // below it a picture is drawn for a phone
	defaultFont   = 13
	smallestFont  = 8
	largestFont   = 40
	titleMaxLines = 3
	// A subtitle explains the signs of a picture: it is cut only where it is a flood.
	subtitleMaxLines = 8
)

// frame is a picture on the drawing board: its colours and sizes, the title and
// legends that are placed, and the height that they have used up.
type frame struct {
	lang          string
	c             colours
	mono          bool
	width, height int
	size          float64 // of labels
	pad           float64
	top           float64 // the first free pixel below the head
	titles        []obj
	legends       []obj
	noTitle       bool
	finding       string
}

// board prepares a picture with a height of its own, which the style may make larger or smaller.
func board(st Style, height int) *frame {
	f := &frame{lang: words.Lang(st.Lang), c: theme(st.Theme), mono: st.Theme == Mono, noTitle: st.NoTitle, finding: plain(st.Finding)}
	f.width = st.Width
	if f.width == 0 {
		f.width = defaultWidth
	}
	f.width = min(max(f.width, narrowest), widest)
	f.height = height
	if st.Height > 0 {
		f.height = min(max(st.Height, 200), tallest)
	}
	f.size = st.FontSize
	if f.size == 0 {
		f.size = defaultFont
		switch {
		case f.width < 420:
			f.size = defaultFont - 2
		case f.width < narrow+80:
			f.size = defaultFont - 1
		}
	}
	f.size = math.Min(math.Max(f.size, smallestFont), largestFont)
	f.pad = 16
	if f.narrow() {
		f.pad = 10
	}
	f.top = f.pad
	return f
}

// rows makes the picture high enough for n rows of height pixels each, or says that
// so many do not fit: rows are moved together a little, but never onto each other.
func (f *frame) rows(what string, n int, height float64) error {
	free := tallest - f.top - f.pad
	if float64(n)*f.size*1.15 > free {
		return fmt.Errorf("%s of %d rows: at this size a picture holds %d; choose a smaller scope or read the table: %w", what, n, int(free/(f.size*1.15)), reform.ErrTooLarge)
	}
	height = math.Min(height, free/float64(n))
	f.height = max(f.height, shortest, int(math.Ceil(f.top+height*float64(n)+f.pad)))
	return nil
}

func (f *frame) narrow() bool { return f.width < narrow }

func (f *frame) inner() float64 { return float64(f.width) - 2*f.pad }

// lineHeight leaves room for stacked Vietnamese marks (ế over ỹ).
func lineHeight(size float64) float64 { return math.Ceil(size * 1.4) }

// found puts a finding above the title of the picture.
func (f *frame) found(title, subtitle string) (string, string) {
	if f.finding == "" {
		return title, subtitle
	}
	return f.finding, title
}

// head places the title and the subtitle and moves the top below them.
func (f *frame) head(title, subtitle string) {
	if f.noTitle {
		return
	}
	title, subtitle = f.found(title, subtitle)
	big := math.Round(f.size * 1.3)
	t := fit(title, f.inner(), big, true, titleMaxLines)
	o := obj{
		"text": t, "left": f.pad, "top": f.top, "padding": 0, "itemGap": 4,
		"textStyle": obj{"fontFamily": text.Family, "fontSize": big, "fontWeight": "bold", "lineHeight": lineHeight(big), "color": f.c.text},
	}
	f.top += lineHeight(big) * float64(1+strings.Count(t, "\n"))
	if subtitle != "" {
		s := fit(subtitle, f.inner(), f.size, false, subtitleMaxLines)
		o["subtext"] = s
		o["subtextStyle"] = obj{"fontFamily": text.Family, "fontSize": f.size, "lineHeight": lineHeight(f.size), "color": f.c.muted}
		f.top += 4 + lineHeight(f.size)*float64(1+strings.Count(s, "\n"))
	}
	f.titles = append(f.titles, o)
	f.top += 8
}

// key is one entry of a legend.
type key struct {
	name  string
	icon  string
	style obj // itemStyle
}

// legend places entries in rows that are broken here, where the widths are
// known: one legend a row, so that none runs into the drawing.
func (f *frame) legend(keys []key) {
	const icon, gap = 14, 14
	var row []obj
	used := 0.0
	flush := func() {
		if len(row) == 0 {
			return
		}
		f.legends = append(f.legends, obj{
			"show": true, "type": "plain", "left": f.pad, "top": px(f.top), "padding": 0, "itemGap": gap,
			"itemWidth": icon, "itemHeight": 10, "data": row, "inactiveColor": f.c.axis,
			"textStyle": obj{"fontFamily": text.Family, "fontSize": f.size, "color": f.c.text},
		})
		f.top += lineHeight(f.size) + 3
		row, used = nil, 0
	}
	for _, k := range keys {
		w := icon + 5 + text.Measure(k.name, f.size, false)
		if used > 0 && used+gap+w > f.inner() {
			flush()
		}
		o := obj{"name": k.name, "icon": k.icon}
		if k.style != nil {
			o["itemStyle"] = k.style
		}
		row = append(row, o)
		if used > 0 {
			used += gap
		}
		used += w
	}
	flush()
	if len(keys) > 0 {
		f.top += 6
	}
}

// foot places lines of text at the lower edge and returns their height.
func (f *frame) foot(lines []string) float64 {
	if len(lines) == 0 {
		return 0
	}
	var wrapped []string
	for _, l := range lines {
		wrapped = append(wrapped, text.Wrap(l, f.inner(), f.size, false))
	}
	s := strings.Join(wrapped, "\n")
	h := lineHeight(f.size) * float64(1+strings.Count(s, "\n"))
	f.titles = append(f.titles, obj{
		"text": s, "left": f.pad, "top": px(float64(f.height) - f.pad - h), "padding": 0,
		"textStyle": obj{"fontFamily": text.Family, "fontSize": f.size, "fontWeight": "normal", "lineHeight": lineHeight(f.size), "color": f.c.text},
	})
	return h + 8
}

// label is the style of words in the drawing, with a halo that keeps them legible over lines.
func (f *frame) label(extra obj) obj {
	o := obj{
		"show": true, "fontSize": f.size, "color": f.c.text, "fontFamily": text.Family,
		"textBorderColor": f.c.background, "textBorderWidth": 3,
	}
	lay(o, extra)
	return o
}

// axisLabel is the style of words along an axis.
func (f *frame) axisLabel(extra obj) obj {
	o := obj{"show": true, "fontSize": f.size, "color": f.c.text, "fontFamily": text.Family}
	lay(o, extra)
	return o
}

func (f *frame) line(colour string) obj {
	return obj{"show": true, "lineStyle": obj{"color": colour, "width": 1}}
}

// picture gathers what every picture carries.
func (f *frame) picture(name, title, subtitle, alt string) *Picture {
	title, subtitle = f.found(title, subtitle)
	return &Picture{Name: name, Width: f.width, Height: f.height, Title: title, Subtitle: subtitle, Alt: alt}
}

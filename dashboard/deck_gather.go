package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/briefing"
	"chiso/reform/words"
)

// DeckOptions are what a list of slides is to be filled with; what is empty is taken from the list.
type DeckOptions struct {
	Units  []reform.UnitKey
	Index  string
	Period reform.Period
	Lang   string
	Theme  string
	Ratio  string
	View   reform.View
	Origin string // before the paths of links; "" the configured one
}

// Report is a list of slides with their pictures: all its files are written from it.
type Report struct {
	Title, Subject, Lang string
	Theme                charts.Theme
	Ratio                string
	Rev                  uint64
	Slides               []ReportSlide
	Left                 []string // what was left out, and why
	Summary              []string // what the numbers say, in sentences
	Name                 string   // of its file, without the end

	server *Server
	unit   string // its part of the file's name
}

// ReportSlide is one of them.
type ReportSlide struct {
	Cover           bool
	Title, Subtitle string
	Text, Notes     []string
	Picture         *charts.Picture // nil: words alone
	From            charts.Provenance
	Sheet           string // name of its sheet in a workbook

	onSlide *charts.Picture // Picture as a presentation shows it; nil: the same
}

// gatherer fills a list of slides.
type gatherer struct {
	s      *Server
	file   DeckFile
	o      DeckOptions
	r      *Report
	view   reform.View
	units  []reform.UnitKey
	places map[string]string
	series []reform.RankSeries // of the first unit, by index
	told   map[string]bool     // indices of which the summary says the place
	parts  map[string]string   // newest period with components, by index
	newest *reform.LiveTable   // of the provinces in the newest month; nil: not asked for
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

// optional are the placeholders that may stay empty: the picture then shows no unit or scope of its own.
var optional = map[string]bool{"region": true}

// Report asks for everything that a list of slides shows, as it is loaded now or was at
// DeckOptions.View. A slide of which nothing is known is left out, and Left says so.
func (s *Server) Report(ctx context.Context, f DeckFile, o DeckOptions) (*Report, error) {
	ctx = remembering(ctx) // its slides and sentences ask for the same
	if err := f.validate(); err != nil {
		return nil, err
	}
	g := &gatherer{s: s, file: f, o: o, view: o.View, places: map[string]string{}, told: map[string]bool{}, parts: map[string]string{}}
	if err := s.pin(ctx, &g.view); err != nil {
		return nil, err
	}
	g.r = &Report{
		Lang: cmp.Or(o.Lang, f.Lang, "vi"), Theme: charts.Theme(cmp.Or(o.Theme, f.Theme, string(charts.Light))), Ratio: cmp.Or(o.Ratio, f.Ratio, "16:9"),
		Rev: g.view.Rev, server: s,
	}
	if err := g.fillPlaces(ctx); err != nil {
		return nil, err
	}
	if err := g.title(); err != nil {
		return nil, err
	}
	for i := 0; i < len(f.Slides); i++ {
		var err error
		n := 1
		if f.Slides[i].Each == "" {
			err = g.one(ctx, f.Slides[i])
		} else {
			// What is repeated and stands together is told together: all of one index, then all of the next.
			for i+n < len(f.Slides) && f.Slides[i+n].Each != "" {
				n++
			}
			err = g.each(ctx, f.Slides[i:i+n])
		}
		if err != nil {
			return nil, fmt.Errorf("slide %d%s: %w", i+1, ofFigure(f.Slides[i].Figure), err)
		}
		i += n - 1
	}
	return g.r, g.finish()
}

func ofFigure(address string) string {
	if address == "" {
		return ""
	}
	return fmt.Sprintf(", figure %q", clip(address, 120))
}

func (g *gatherer) title() error {
	fill := func(t string) (string, error) {
		out, err := g.fill(t)
		if u := (*unfilled)(nil); errors.As(err, &u) {
			return strings.TrimSpace(placeholder.ReplaceAllString(out, "")), nil
		}
		return out, err
	}
	var err error
	if g.r.Title, err = fill(g.file.Title); err != nil {
		return err
	}
	g.r.Subject, err = fill(g.file.Subject)
	return err
}

// each adds slides that are repeated for every index of the unit.
func (g *gatherer) each(ctx context.Context, slides []DeckSlide) error {
	if len(g.units) == 0 {
		return fmt.Errorf("each: needs a unit, and none was given: %w", reform.ErrInvalid)
	}
	if err := g.askSeries(ctx); err != nil {
		return err
	}
	saved := maps.Clone(g.places)
	defer func() { g.places = saved }()
	for i := range g.series {
		series := &g.series[i]
		ix, err := g.s.indexOf(series.Index)
		if err != nil {
			continue // an index that left the catalogue
		}
		g.places = maps.Clone(saved)
		last := series.Points[len(series.Points)-1]
		g.places["index"], g.places["short"] = ix.Code, ix.Short.In(g.r.Lang)
		g.places["period"], g.places["periodname"] = last.Period.String(), periodName(last.Period, g.r.Lang)
		key := g.s.keyIn(g.units[0], last.Period, series.Points)
		if regions := g.s.opt.Catalog.RegionsOf(key); len(regions) > 0 {
			g.places["region"] = string(regions[0])
		}
		for _, one := range slides {
			if strings.Contains(one.Figure, "{parts}") {
				if g.places["parts"], err = g.partsOf(ctx, ix, series); err != nil {
					return err
				}
			}
			if err := g.one(ctx, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// askSeries are the yearly totals of the first unit.
func (g *gatherer) askSeries(ctx context.Context) (err error) {
	if g.series == nil {
		g.series, err = g.s.yearlyTotals(ctx, g.units[0], g.view)
	}
	return err
}

// yearlyTotals are those of a unit in every index that ranks provinces.
func (s *Server) yearlyTotals(ctx context.Context, unit reform.UnitKey, view reform.View) ([]reform.RankSeries, error) {
	all, err := s.opt.Reader.Overview(ctx, unit, maxHistory, view)
	if err != nil {
		return nil, err
	}
	out := []reform.RankSeries{}
	for _, one := range all {
		if ix, err := s.indexOf(one.Index); err == nil && one.Kind == reform.Year && len(one.Points) > 0 && !ix.Counts {
			out = append(out, one)
		}
	}
	return out, nil
}

// partsOf is the newest period of which components are known.
func (g *gatherer) partsOf(ctx context.Context, ix *reform.Index, series *reform.RankSeries) (string, error) {
	if p, ok := g.parts[ix.Code]; ok {
		return p, nil
	}
	in := briefing.Input{Lang: g.r.Lang, Catalog: g.s.opt.Catalog, Index: ix, Unit: g.units[0], History: *series, View: g.view}
	if err := g.s.briefingParts(ctx, &in); err != nil {
		return "", err
	}
	p := ""
	if hasParts(in.Parts) {
		p = in.Parts.Period.String()
	}
	g.parts[ix.Code] = p
	return p, nil
}

// summarise adds what the briefing of the first unit says of its place in an index, once.
func (g *gatherer) summarise(ctx context.Context, index string) error {
	if len(g.units) == 0 || index == "" || g.told[index] {
		return nil
	}
	ix, err := g.s.indexOf(index)
	if err != nil {
		return err
	}
	all, err := g.s.briefingSentences(ctx, ix, g.units[0], reform.Period{}, g.view, g.r.Lang)
	if err != nil {
		return err
	}
	g.told[index] = true
	for _, one := range all {
		if one.Topic == briefing.Standing {
			g.r.Summary = append(g.r.Summary, one.String())
		}
	}
	return nil
}

// one adds a slide that stands for itself.
func (g *gatherer) one(ctx context.Context, one DeckSlide) error {
	if len(g.r.Slides) >= mostBuilt {
		return fmt.Errorf("more than %d slides: %w", mostBuilt, reform.ErrTooLarge)
	}
	out := ReportSlide{Cover: one.Cover}
	err := g.words(one, &out)
	if err == nil && (one.Figure != "" || one.Table != "") {
		if one.Figure != "" {
			err = g.figure(ctx, one, &out)
		} else {
			err = g.table(ctx, one, &out)
		}
	}
	if errors.Is(err, reform.ErrNotFound) && !errors.Is(err, errNoSuch) {
		g.leave(one)
		return nil
	}
	if err != nil {
		return err
	}
	g.r.Slides = append(g.r.Slides, out)
	return nil
}

// errNoSuch marks what a person misspelt, which is no want of data.
var errNoSuch = errors.New("no such thing")

func (g *gatherer) words(one DeckSlide, out *ReportSlide) error {
	var err error
	fill := func(t string) string {
		s, e := g.fill(t)
		if err == nil {
			err = e
		}
		return s
	}
	out.Title, out.Subtitle = fill(one.Title), fill(one.Subtitle)
	for _, t := range one.Text {
		out.Text = append(out.Text, fill(t))
	}
	for _, t := range one.Notes {
		out.Notes = append(out.Notes, fill(t))
	}
	if u := (*unfilled)(nil); one.Cover && errors.As(err, &u) {
		return nil // a cover without its period is still one
	}
	return err
}

// leave notes that a slide has nothing to show.
func (g *gatherer) leave(one DeckSlide) {
	what := words.T(g.r.Lang, "deck.own")
	switch {
	case one.Table != "":
		what = words.T(g.r.Lang, "deck.table."+strings.ReplaceAll(one.Table, ":", "."))
	case one.Figure != "":
		name, _, _ := strings.Cut(strings.TrimPrefix(one.Figure, "/figures/"), "?")
		name, _, _ = strings.Cut(name, ".")
		what = words.T(g.r.Lang, "deck.kind."+name)
		if strings.Contains(one.Figure, "scope={region}") {
			what = words.T(g.r.Lang, "deck.kind.region")
		}
		index := g.places["short"]
		if _, q, ok := strings.Cut(one.Figure, "?"); ok {
			if v, err := url.ParseQuery(q); err == nil && !strings.Contains(v.Get("index"), "{") && v.Get("index") != "" {
				if ix, err := g.s.indexOf(v.Get("index")); err == nil {
					index = ix.Short.In(g.r.Lang)
				}
			}
		}
		if index != "" {
			what += " " + index
		}
	}
	if !slices.Contains(g.r.Left, what) {
		g.r.Left = append(g.r.Left, what)
	}
}

// figure asks for the picture of a slide.
func (g *gatherer) figure(ctx context.Context, one DeckSlide, out *ReportSlide) error {
	address, err := g.fill(one.Figure)
	if err != nil {
		return err
	}
	kind, q, err := slideAddress(address)
	if err != nil {
		return fmt.Errorf("%w: %w", err, errNoSuch)
	}
	q = cloneValues(q)
	for name, v := range q {
		if len(v) == 1 && v[0] == "" {
			q.Del(name) // a placeholder that may be empty, and was
		}
	}
	for _, name := range looks {
		if name != "w" && name != "h" && name != "font" {
			q.Del(name)
		}
	}
	q.Set("lang", g.r.Lang)
	q.Set("theme", string(g.r.Theme))
	q.Set("title", "0")
	if q.Get("w") == "" && slices.Contains(broadPictures, kind.Name) {
		q.Set("w", "1000")
	}
	if q.Get("rev") == "" {
		pinRev(q, g.view.Rev)
	}
	if q.Get("as_of") == "" && !g.view.AsOf.IsZero() {
		q.Set("as_of", g.view.AsOf.Format("2006-01-02T15:04:05Z07:00"))
	}
	index := q.Get("index")
	if index != "" && len(one.Finding) > 0 && len(g.units) > 0 {
		q.Set("finding", strings.Join(one.Finding, ","))
		if q.Get("unit") == "" {
			q.Set("about", string(g.units[0]))
		}
	}
	if err := g.summarise(ctx, index); err != nil {
		return err
	}
	r, err := g.s.figureRequest(ctx, kind, q, g.origin())
	if one.Least > 0 && errors.Is(err, reform.ErrInvalid) {
		return fmt.Errorf("%v: %w", err, reform.ErrNotFound) // too little to be drawn, as a radar of two criteria
	}
	if err != nil {
		return err
	}
	if len(r.picture.Table.Rows) < one.Least {
		return fmt.Errorf("%d rows, at least %d: %w", len(r.picture.Table.Rows), one.Least, reform.ErrNotFound)
	}
	out.Picture, out.From = r.picture, r.from
	if out.onSlide, err = r.onSlide(g.r.slideRatio()); err != nil {
		return err
	}
	out.Sheet = words.T(g.r.Lang, "deck.kind."+kind.Name)
	if ix, err := g.s.indexOf(index); err == nil {
		out.Sheet = ix.Short.In(g.r.Lang) + " - " + out.Sheet
	}
	return nil
}

func (g *gatherer) origin() string {
	if g.o.Origin != "" {
		return g.o.Origin
	}
	return g.s.opt.BaseURL
}

// broadPictures are drawn as broad as a page, whose height is the narrower bound.
var broadPictures = []string{"rank-history", "histories", "live", "lost-points", "subscores", "ranking"}

// finish says what was left out, and names the report.
func (g *gatherer) finish() error {
	r := g.r
	shown := 0
	for i := range r.Slides {
		if !r.Slides[i].Cover && r.Slides[i].Sheet != sourcesSheet {
			shown++
		}
	}
	if shown == 0 {
		return fmt.Errorf("nothing is known yet of what the report is to show: %w", reform.ErrNotFound)
	}
	if len(r.Left) > 0 {
		note := words.T(r.Lang, "deck.left", "list", strings.Join(r.Left, "; "))
		r.Slides[0].Notes = append(r.Slides[0].Notes, note)
	}
	for i := range r.Slides {
		if r.Slides[i].Cover {
			r.Slides[i].Notes = append(r.Slides[i].Notes, r.Summary...)
			if at := r.newest(); !at.IsZero() {
				r.Slides[i].Text = append(r.Slides[i].Text, words.T(r.Lang, "deck.until", "day", day(at, r.Lang)))
			}
		}
		if r.Slides[i].Sheet == sourcesSheet {
			g.fillSources(&r.Slides[i])
		}
	}
	var parts []string
	for _, p := range []string{g.places["index"], r.unit, g.places["period"]} {
		if p = namePart(p); p != "" {
			parts = append(parts, p)
		}
	}
	r.Name = strings.Join(append([]string{words.T(r.Lang, "deck.file")}, parts...), "-")
	return nil
}

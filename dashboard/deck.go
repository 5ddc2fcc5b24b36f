package dashboard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
	"chiso/reform/briefing"
)

// DeckFile is a report as a person writes it down: its slides are words and addresses of
// pictures. In every text {unit} stands for the key of the unit that the report is made for,
// {name} for its name, {period} for the period that was asked for.
type DeckFile struct {
	Title   string      `yaml:"title"`
	Subject string      `yaml:"subject,omitempty"`
	Lang    string      `yaml:"lang,omitempty"`  // "vi" (default) or "en"
	Theme   string      `yaml:"theme,omitempty"` // "light" (default), "dark" or "mono"
	Ratio   string      `yaml:"ratio,omitempty"` // "16:9" (default), "4:3" or "a4"
	Unit    string      `yaml:"unit,omitempty"`  // keys of the units that it is made for, with commas between them
	Index   string      `yaml:"index,omitempty"`
	Period  string      `yaml:"period,omitempty"`
	Slides  []DeckSlide `yaml:"slides"`
}

// DeckSlide is one of them.
type DeckSlide struct {
	Cover    bool     `yaml:"cover,omitempty"`
	Title    string   `yaml:"title,omitempty"`    // "" the picture's; "@key" a text of the program
	Subtitle string   `yaml:"subtitle,omitempty"` // "" the picture's
	Text     []string `yaml:"text,omitempty"`
	Notes    []string `yaml:"notes,omitempty"`  // for the speaker
	Figure   string   `yaml:"figure,omitempty"` // as in an address: "rank-history?index=par&unit={unit}"
	// Table is one that the program makes: "indices" of the unit, "live:province",
	// "live:department" or "live:commune" of the 766 index, "sources" of the whole report.
	Table string `yaml:"table,omitempty"`
	// Each repeats the slide: "index" for every yearly index of which something is known of the
	// unit. In it {index} is its code, {short} its name, {period} its newest period, {parts} the
	// newest one with components, {region} the unit's region.
	Each string `yaml:"each,omitempty"`
	// Finding makes a sentence of the briefing the title: the first of these topics that there is.
	Finding []string `yaml:"finding,omitempty"`
	// Least is how many rows the numbers of the picture must have; with fewer the slide is left out.
	Least int `yaml:"least,omitempty"`
}

// Bounds of a list of slides.
const (
	mostDeckFile   = 256 << 10
	mostSlides     = 100
	mostBuilt      = 200 // slides after Each has repeated some
	mostSlideWords = 2000
)

// a4 is the shape of paper; a presentation in it is 4:3, which is nearest.
const a4 = "a4"

// ParseDeck reads a list of slides strictly: a word that means nothing is an error and not a missing slide.
func ParseDeck(b []byte) (DeckFile, error) {
	var f DeckFile
	if len(b) > mostDeckFile {
		return f, fmt.Errorf("%d bytes, at most %d: %w", len(b), mostDeckFile, reform.ErrTooLarge)
	}
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return f, fmt.Errorf("%s: %w", strings.TrimSpace(yaml.FormatError(err, false, false)), reform.ErrInvalid)
	}
	return f, f.validate()
}

// YAML is the list as a file.
func (f DeckFile) YAML() ([]byte, error) {
	b, err := yaml.MarshalWithOptions(f, yaml.UseLiteralStyleIfMultiline(true))
	if err != nil {
		return nil, fmt.Errorf("write the list of slides: %w", err)
	}
	return b, nil
}

func (f *DeckFile) validate() error {
	bad := func(format string, a ...any) error { return fmt.Errorf(format+": %w", append(a, reform.ErrInvalid)...) }
	switch {
	case len(f.Slides) == 0:
		return bad("no slides")
	case len(f.Slides) > mostSlides:
		return fmt.Errorf("%d slides, at most %d: %w", len(f.Slides), mostSlides, reform.ErrTooLarge)
	case !slices.Contains([]string{"", "vi", "en"}, f.Lang):
		return bad("lang %q: want vi or en", clip(f.Lang, 20))
	case !slices.Contains([]string{"", string(charts.Light), string(charts.Dark), string(charts.Mono)}, f.Theme):
		return bad("theme %q: want light, dark or mono", clip(f.Theme, 20))
	case !slices.Contains([]string{"", string(deck.Wide), string(deck.Standard), a4}, f.Ratio):
		return bad("ratio %q: want 16:9, 4:3 or a4", clip(f.Ratio, 20))
	}
	for i := range f.Slides {
		s := &f.Slides[i]
		words := len(s.Title) + len(s.Subtitle) + len(s.Figure)
		for _, t := range slices.Concat(s.Text, s.Notes) {
			words += len(t)
		}
		if words > 8*mostSlideWords {
			return fmt.Errorf("slide %d: %d bytes of words, at most %d: %w", i+1, words, 8*mostSlideWords, reform.ErrTooLarge)
		}
		if err := s.validate(); err != nil {
			return fmt.Errorf("slide %d: %w", i+1, err)
		}
	}
	return nil
}

func (s *DeckSlide) validate() error {
	bad := func(format string, a ...any) error { return fmt.Errorf(format+": %w", append(a, reform.ErrInvalid)...) }
	kinds := 0
	for _, is := range []bool{s.Cover, s.Figure != "", s.Table != ""} {
		if is {
			kinds++
		}
	}
	switch {
	case kinds > 1:
		return bad("only one of cover, figure and table")
	case s.Each != "" && s.Each != "index":
		return bad("each %q: want index", clip(s.Each, 20))
	case s.Table != "" && !slices.Contains(deckTables, s.Table):
		return bad("table %q: want one of %s", clip(s.Table, 40), listed(deckTables))
	case kinds == 0 && s.Title == "" && len(s.Text) == 0:
		return bad("nothing is on it")
	}
	for _, t := range s.Finding {
		if !slices.Contains(findings, briefing.Topic(t)) {
			return bad("finding %q is no topic of the briefing", clip(t, 40))
		}
	}
	if s.Figure != "" && !strings.Contains(s.Figure, "{") {
		if _, _, err := slideAddress(s.Figure); err != nil {
			return err
		}
	}
	return nil
}

// slideAddress reads the address of a picture: its page or a file of it.
func slideAddress(address string) (pictureKind, url.Values, error) {
	name, query, _ := strings.Cut(strings.TrimPrefix(address, "/figures/"), "?")
	name, _, _ = strings.Cut(name, ".")
	kind, ok := pictureNamed(name)
	if !ok {
		return kind, nil, noPicture(name)
	}
	q, err := queryOf([]byte(query))
	return kind, q, err
}

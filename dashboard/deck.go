package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"chiso/charts"
	"chiso/charts/deck"
	"chiso/reform"
	"chiso/reform/words"
)

// DeckFile is a presentation as a person writes it down: its slides are words and addresses
// of pictures. In every text {unit} stands for the key of the unit that the deck is made
// for, {name} for its name.
type DeckFile struct {
	Title   string      `yaml:"title"`
	Subject string      `yaml:"subject"`
	Lang    string      `yaml:"lang"`  // "vi" (default) or "en"
	Theme   string      `yaml:"theme"` // "light" (default), "dark" or "mono"
	Ratio   string      `yaml:"ratio"` // "16:9" (default) or "4:3"
	Slides  []DeckSlide `yaml:"slides"`
}

// DeckSlide is one of them.
type DeckSlide struct {
	Cover    bool     `yaml:"cover"`
	Title    string   `yaml:"title"`    // "" the picture's
	Subtitle string   `yaml:"subtitle"` // "" the picture's
	Text     []string `yaml:"text"`
	Notes    []string `yaml:"notes"`  // for the speaker
	Figure   string   `yaml:"figure"` // as in an address: "rank-history?index=par&unit={unit}"
}

// Deck draws a presentation of what is loaded now. The pictures are those of /figures/, pinned
// to their rev. A picture without data becomes a slide that says so.
func (s *Server) Deck(ctx context.Context, f DeckFile, unit reform.UnitKey) (*deck.Deck, error) {
	if f.Lang == "" {
		f.Lang = "vi"
	}
	name := ""
	if unit != "" {
		u, ok := s.unitOf(unit)
		if !ok {
			return nil, fmt.Errorf("unit %q: %w", clip(string(unit), 60), reform.ErrNotFound)
		}
		name = u.Name
		if f.Lang == "en" && u.NameEN != "" {
			name = u.NameEN
		}
	}
	var missing error
	fill := func(t string) string {
		if unit == "" && (strings.Contains(t, "{unit}") || strings.Contains(t, "{name}")) {
			missing = fmt.Errorf("%q needs a unit, and none was given: %w", clip(t, 80), reform.ErrInvalid)
		}
		return strings.NewReplacer("{unit}", string(unit), "{name}", name).Replace(t)
	}
	all := func(list []string) (out []string) {
		for _, t := range list {
			out = append(out, fill(t))
		}
		return out
	}
	d := &deck.Deck{
		Title: fill(f.Title), Subject: fill(f.Subject), Keywords: []string{"chiso"}, Lang: f.Lang,
		Theme: charts.Theme(f.Theme), Ratio: deck.Ratio(f.Ratio), PNG: s.slidePNG(f.Lang, 2),
	}
	for i, one := range f.Slides {
		slide := deck.Slide{Cover: one.Cover, Title: fill(one.Title), Subtitle: fill(one.Subtitle), Text: all(one.Text), Notes: all(one.Notes)}
		address := fill(one.Figure)
		if missing != nil {
			return nil, fmt.Errorf("slide %d: %w", i+1, missing)
		}
		if address != "" {
			at, err := s.slideOf(ctx, &slide, address, f)
			if err != nil {
				return nil, fmt.Errorf("slide %d, figure %q: %w", i+1, clip(address, 120), err)
			}
			if at.After(d.Date) {
				d.Date = at
			}
		}
		d.Slides = append(d.Slides, slide)
	}
	return d, nil
}

// slideOf asks for the picture of a slide, and returns the date of its data.
func (s *Server) slideOf(ctx context.Context, slide *deck.Slide, address string, f DeckFile) (time.Time, error) {
	address = strings.TrimPrefix(address, "/figures/")
	picture, query, _ := strings.Cut(address, "?")
	picture, _, _ = strings.Cut(picture, ".")
	kind, ok := pictureNamed(picture)
	if !ok {
		return time.Time{}, noPicture(picture)
	}
	q, err := queryOf([]byte(query))
	if err != nil {
		return time.Time{}, err
	}
	if q, err = s.pinned(ctx, q); err != nil {
		return time.Time{}, err
	}
	q = cloneValues(q)
	set := func(name, v string) {
		if v != "" {
			q.Set(name, v)
		}
	}
	set("lang", f.Lang)
	set("theme", f.Theme)
	set("title", "0")
	r, err := s.figureRequest(ctx, kind, q, strings.TrimSuffix(s.opt.BaseURL, "/"))
	if errors.Is(err, reform.ErrNotFound) {
		if slide.Title == "" {
			slide.Title = words.T(f.Lang, "deck.nodata.title")
		}
		slide.Text = append(slide.Text, words.T(f.Lang, "deck.nodata", "address", figurePageHref(picture, withoutRev(q))))
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	if slide.Picture, err = r.onSlide(deck.Ratio(f.Ratio)); err != nil {
		return time.Time{}, err
	}
	slide.Link = r.from.Link
	return r.from.Date(), nil
}

func withoutRev(q url.Values) url.Values {
	q = cloneValues(q)
	q.Del("rev")
	return q
}

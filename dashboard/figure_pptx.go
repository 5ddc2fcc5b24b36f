package dashboard

import (
	"context"
	"fmt"

	"chiso/charts"
	"chiso/charts/deck"
)

// figurePPTX is the picture as a slide, with a native chart where there is one for it.
func (s *Server) figurePPTX(ctx context.Context, r *figureRequest) ([]byte, error) {
	pic, err := r.onSlide(r.ratio)
	if err != nil {
		return nil, err
	}
	d := deck.Deck{
		Title: r.from.Title, Subject: r.from.Subtitle, Keywords: []string{"chiso", r.picture.Name}, Lang: r.from.Lang,
		Date: r.from.FileDate(), Theme: r.style.Theme, Ratio: r.ratio, Slides: []deck.Slide{{Picture: pic, Link: r.from.Link}},
		PNG: s.slidePNG(r.from.Lang, r.scale),
	}
	b, err := d.Bytes(ctx)
	if err != nil {
		return nil, fmt.Errorf("slide of %s: %w", r.picture.Name, err)
	}
	return b, nil
}

// onSlide is the picture in the shape of a slide's middle where no native chart stands for it: a
// tall map would be small there, and its words with it.
func (r *figureRequest) onSlide(ratio deck.Ratio) (*charts.Picture, error) {
	if p := r.picture.Plot; p != nil && !p.Besides || r.style.Width > 0 || r.style.Height > 0 {
		return r.picture, nil
	}
	width := 1180
	if ratio == deck.Standard {
		width = 880
	}
	again, err := r.ask(width, 470)
	if err != nil {
		return nil, err
	}
	return again.picture, nil
}

// slidePNG draws a picture that has no native chart.
func (s *Server) slidePNG(lang string, scale float64) func(context.Context, *charts.Picture) ([]byte, error) {
	return func(ctx context.Context, pic *charts.Picture) ([]byte, error) {
		svg, err := s.svg(ctx, pic, lang)
		if err != nil {
			return nil, err
		}
		return s.pixels(ctx, svg, scale)
	}
}

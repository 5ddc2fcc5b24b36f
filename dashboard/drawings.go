package dashboard

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"chiso/charts"
	"chiso/charts/render"
)

// drawings keeps drawn pictures by what they were drawn from, so an entry is
// never out of date; the longest unused one leaves first.
type drawings struct {
	mu      sync.Mutex
	order   *list.List // of *drawing, most recent first
	byKey   map[[32]byte]*list.Element
	bytes   int
	maxSize int
	// pngs bounds how many PNGs wait: each costs a third of a second of a core.
	pngs chan struct{}
}

type drawing struct {
	key  [32]byte
	body []byte
	name string // of a file, without its end
}

func newDrawings(workers, size int) *drawings {
	return &drawings{order: list.New(), byKey: map[[32]byte]*list.Element{}, maxSize: size, pngs: make(chan struct{}, 8*workers)}
}

func (d *drawings) find(key [32]byte) (*drawing, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.byKey[key]
	if !ok {
		return nil, false
	}
	d.order.MoveToFront(e)
	return e.Value.(*drawing), true
}

func (d *drawings) get(key [32]byte) ([]byte, bool) {
	one, ok := d.find(key)
	if !ok {
		return nil, false
	}
	return one.body, true
}

func (d *drawings) put(key [32]byte, body []byte) { d.keep(&drawing{key: key, body: body}) }

func (d *drawings) keep(one *drawing) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.byKey[one.key]; ok || len(one.body) > d.maxSize/8 {
		return
	}
	d.byKey[one.key] = d.order.PushFront(one)
	d.bytes += len(one.body)
	for d.bytes > d.maxSize {
		e := d.order.Back()
		old := d.order.Remove(e).(*drawing)
		delete(d.byKey, old.key)
		d.bytes -= len(old.body)
	}
}

// drawingKey is the hash of all that a drawing depends on.
func drawingKey(what string, p *charts.Picture, lang string, scale float64) [32]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%g\x00", what, lang, scale)
	binary.Write(h, binary.LittleEndian, [2]int64{int64(p.Width), int64(p.Height)}) //nolint:errcheck // a hash takes all
	h.Write(p.Option)                                                               //nolint:errcheck // as above
	return [32]byte(h.Sum(nil))
}

// svg draws a picture, or finds it drawn.
func (s *Server) svg(ctx context.Context, p *charts.Picture, lang string) ([]byte, error) {
	key := drawingKey("svg", p, lang, 1)
	if b, ok := s.drawings.get(key); ok {
		s.metrics.drawings.WithLabelValues("svg", "kept").Inc()
		return b, nil
	}
	b, err := s.opt.Renderer.SVG(ctx, render.Input{Option: p.Option, Width: p.Width, Height: p.Height, Lang: lang})
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", p.Name, err)
	}
	s.metrics.drawings.WithLabelValues("svg", "drawn").Inc()
	s.drawings.put(key, b)
	return b, nil
}

package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"golang.org/x/text/unicode/norm"

	"chiso/charts/geo"
	"chiso/reform"
)

// Bounds of a picture, in pixels, and of a PNG's scale.
const (
	MinSize = 100
	MaxSize = 4000
	// MaxScale is enough for print: 1200 px x 4 is 40 cm at 300 dpi.
	MaxScale = 4
	// maxPixels limits one PNG to 96 MB of raw pixels.
	maxPixels = 24_000_000
	// maxSVGBytes is far above the largest map (0.5 MB).
	maxSVGBytes = 16 << 20
)

// Options of New. The zero value works, without a cache on disk.
type Options struct {
	// CacheDir keeps the compiled resvg between starts (10 MB). Empty, or where
	// it cannot be written, each start compiles anew in the background (2 s of a core).
	CacheDir string
	// Workers is how many pictures are drawn at once, and how many PNGs. Zero
	// means the number of processors.
	Workers int
	// Logger gets what went wrong without failing a picture. Nil discards it.
	Logger *slog.Logger

	// cold switches off the machines made ahead, as the named baseline of a benchmark.
	cold bool
	// whole leaves heat maps to ECharts, for a test and as the named baseline of a benchmark.
	whole bool
}

// Renderer draws pictures. It is safe for concurrent use; Close ends it.
type Renderer struct {
	log    *slog.Logger
	engine *engine
	whole  bool
	svgs   chan struct{} // one place per picture being drawn
	pngs   chan struct{}

	mu   sync.RWMutex
	maps map[string]string

	stop       context.CancelFunc
	background sync.WaitGroup

	compiled chan struct{} // closed when resvg and resvgErr are set
	resvg    *resvg
	err      error
}

// New knows the maps that ship with the program. It compiles the chart scripts, which takes about 0.3 s, and starts to compile
// resvg in the background, where PNG waits for it. It ends when ctx ends or by Close.
func New(ctx context.Context, o Options) (*Renderer, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	// One more than are drawn at once, so that a burst finds one ready while
	// the others are replaced.
	ahead := o.Workers + 1
	if o.cold {
		ahead = 0
	}
	e, err := newEngine(ahead)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	r := &Renderer{
		log: o.Logger, engine: e, whole: o.whole, stop: stop,
		svgs: make(chan struct{}, o.Workers), pngs: make(chan struct{}, o.Workers),
		maps: map[string]string{}, compiled: make(chan struct{}),
	}
	for _, scheme := range []reform.Scheme{reform.VN63, reform.VN34} {
		if m, ok := geo.Shipped(scheme); ok {
			if err := r.RegisterMap(m.Name, m.GeoJSON); err != nil {
				stop()
				e.close()
				return nil, err
			}
		}
	}
	r.background.Go(func() {
		defer close(r.compiled)
		if r.resvg, r.err = r.compile(ctx, o.CacheDir); r.err != nil {
			return
		}
		if r.err = r.resvg.probe(ctx); r.err != nil {
			r.log.ErrorContext(ctx, "no PNG pictures", "error", r.err)
		}
	})
	return r, nil
}

// compile falls back to no cache where the folder is of no use, since a picture
// matters more than two seconds.
func (r *Renderer) compile(ctx context.Context, cacheDir string) (*resvg, error) {
	if cacheDir != "" {
		err := os.MkdirAll(cacheDir, 0o700)
		if err == nil {
			var compiled *resvg
			if compiled, err = compileResvg(ctx, cacheDir); err == nil {
				return compiled, nil
			}
		}
		r.log.WarnContext(ctx, "no compilation cache for PNG pictures", "dir", cacheDir, "error", err)
	}
	compiled, err := compileResvg(ctx, "")
	if err != nil {
		r.log.ErrorContext(ctx, "no PNG pictures", "error", err)
	}
	return compiled, err
}

// Close waits for the work in the background and frees what the renderer holds.
// Nothing may be drawn while or after it is called.
func (r *Renderer) Close() error {
	r.stop()
	r.background.Wait()
	r.engine.close()
	if r.resvg != nil {
		r.resvg.close(context.Background()) // It closes the instances too.
	}
	return nil
}

// RegisterMap makes a GeoJSON known under the name that options use for it.
// "china" is refused, since ECharts adds an inset of its own to that name. The
// names in it are made NFC, as those of the options are, so that they meet.
func (r *Renderer) RegisterMap(name string, geojson []byte) error {
	if name == "" || name == "china" {
		return invalid("map name %q is not allowed", name)
	}
	var head struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(geojson, &head); err != nil {
		return invalid("map %q is not GeoJSON: %v", name, err)
	}
	if head.Type != "FeatureCollection" || len(head.Features) == 0 {
		return invalid("map %q is not a GeoJSON FeatureCollection with features", name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.maps[name] = norm.NFC.String(string(geojson))
	return nil
}

// Input is a picture to be drawn.
type Input struct {
	// Option is the ECharts option, as the page gets it: pure JSON with named
	// formatters (see Formatters). The maps that it names must be registered.
	Option json.RawMessage
	// Width and Height are in pixels, MinSize to MaxSize.
	Width, Height int
	// Lang is "vi" (also when empty) or "en": the words that ECharts itself adds.
	Lang string
}

// SVG draws an option. Equal inputs give equal bytes. The text in it stays text,
// in the family Inter with fallbacks; see Inline for a page and Outline for a
// program without that font. Characters that Inter lacks are drawn as U+25A1
// and logged.
func (r *Renderer) SVG(ctx context.Context, in Input) ([]byte, error) {
	if in.Width < MinSize || in.Width > MaxSize || in.Height < MinSize || in.Height > MaxSize {
		return nil, invalid("picture of %dx%d pixels: want %d to %d each way", in.Width, in.Height, MinSize, MaxSize)
	}
	locale, ok := map[string]string{"": "VI", "vi": "VI", "en": "EN"}[in.Lang]
	if !ok {
		return nil, invalid("picture in language %q: want vi or en", in.Lang)
	}
	d, err := normalise(in.Option)
	if err != nil {
		return nil, err
	}
	if len(d.missing) > 0 {
		r.log.WarnContext(ctx, "characters without a glyph drawn as squares", "runes", fmt.Sprintf("%U", d.missing))
	}
	maps, err := r.find(d.maps)
	if err != nil {
		return nil, err
	}
	if !r.whole {
		if c := takeCells(d.option, in.Width, in.Height); c != nil {
			svg, err := r.draw(ctx, d, in, locale, maps)
			if err != nil {
				return nil, err
			}
			if svg, ok := c.write(svg); ok {
				return svg, nil
			}
			r.log.WarnContext(ctx, "the cells of a heat map are left to ECharts, which takes longer")
			c.putBack()
		}
	}
	return r.draw(ctx, d, in, locale, maps)
}

func (r *Renderer) draw(ctx context.Context, d *drawable, in Input, locale string, maps []namedMap) ([]byte, error) {
	release, err := acquire(ctx, r.svgs)
	if err != nil {
		return nil, err
	}
	raw, err := r.engine.draw(ctx, d, in.Width, in.Height, locale, maps)
	release()
	if err != nil {
		return nil, err
	}
	svg, err := clean(raw)
	if err != nil {
		// ECharts writes what the option says: a colour that is none, a size NaN.
		return nil, invalid("draw: %v", err)
	}
	return svg, nil
}

func (r *Renderer) find(names []string) ([]namedMap, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var out []namedMap
	for _, name := range names {
		geo, ok := r.maps[name]
		if !ok {
			return nil, fmt.Errorf("map %q is not registered: %w", name, reform.ErrNotFound)
		}
		out = append(out, namedMap{name, geo})
	}
	return out, nil
}

func acquire(ctx context.Context, places chan struct{}) (release func(), err error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting to draw: %w", context.Cause(ctx))
	}
}

// PNG draws a picture of SVG, and of no other source, in pixels: scale times its size (above 0 to MaxScale).
func (r *Renderer) PNG(ctx context.Context, svg []byte, scale float64) ([]byte, error) {
	if !(scale > 0) || scale > MaxScale {
		return nil, invalid("PNG scale %v: want above 0 to %d", scale, MaxScale)
	}
	width, height, err := sizeOf(svg)
	if err != nil {
		return nil, err
	}
	w, h := math.Ceil(width*scale), math.Ceil(height*scale)
	if !(w >= 1 && h >= 1) || w*h > maxPixels {
		return nil, fmt.Errorf("PNG of %.0fx%.0f pixels: want at most %d: %w", w, h, maxPixels, reform.ErrTooLarge)
	}
	var out bytes.Buffer
	err = r.withInstance(ctx, func(ctx context.Context, in *instance) error {
		pix, width, height, err := in.pixels(ctx, svg, scale)
		if err != nil {
			return err
		}
		// Go's encoder at its fastest takes half the time of resvg's own.
		enc := png.Encoder{CompressionLevel: png.BestSpeed}
		return enc.Encode(&out, &image.RGBA{Pix: pix, Stride: 4 * width, Rect: image.Rect(0, 0, width, height)})
	})
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Outline gives a picture of SVG with its text as paths, for programs that lack
// the font. It is larger, and its text can no longer be searched or read aloud.
func (r *Renderer) Outline(ctx context.Context, svg []byte) ([]byte, error) {
	if _, _, err := sizeOf(svg); err != nil {
		return nil, err
	}
	var out []byte
	err := r.withInstance(ctx, func(ctx context.Context, in *instance) (err error) {
		out, err = in.outline(ctx, svg)
		return err
	})
	if err != nil {
		return nil, err // The work may still go on, and out is its own.
	}
	return out, nil
}

// withInstance lends an instance of resvg, whose code cannot be interrupted: a
// caller whose context ends is let go, and the place stays taken until the
// picture is done.
func (r *Renderer) withInstance(ctx context.Context, use func(context.Context, *instance) error) error {
	select {
	case <-r.compiled:
	case <-ctx.Done():
		return fmt.Errorf("waiting for resvg: %w", context.Cause(ctx))
	}
	if r.err != nil {
		return fmt.Errorf("%w: %w", r.err, reform.ErrUnavailable)
	}
	release, err := acquire(ctx, r.pngs)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	r.background.Go(func() {
		defer release()
		// Outside of the caller's goroutine a panic would end the program, and no
		// picture is worth that.
		defer func() {
			if p := recover(); p != nil {
				r.log.ErrorContext(ctx, "drawing pixels panicked", "panic", p, "stack", string(debug.Stack()))
				done <- fmt.Errorf("draw pixels: panic: %v", p)
			}
		}()
		done <- r.lend(context.WithoutCancel(ctx), use)
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("draw pixels: %w", context.Cause(ctx))
	}
}

// lend makes an instance for one picture. It takes a third of a millisecond; what one was drawn with is neither
// kept for the next nor taken from others.
func (r *Renderer) lend(ctx context.Context, use func(context.Context, *instance) error) error {
	in, err := r.resvg.instance(ctx)
	if err != nil {
		return err
	}
	defer in.close(ctx)
	return use(ctx, in)
}

// Ready waits until PNGs can be drawn, and says why they can't.
func (r *Renderer) Ready(ctx context.Context) error {
	select {
	case <-r.compiled:
		return r.err
	case <-ctx.Done():
		return errors.Join(errors.New("resvg is still being compiled"), context.Cause(ctx))
	}
}

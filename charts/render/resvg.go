package render

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"chiso/charts/assets"
)

// resvgPages limits the memory of one instance to 512 MiB (of 64 KiB pages).
const resvgPages = 8192

// resvg is the compiled module of npm @resvg/resvg-wasm. What it asks of
// JavaScript is answered by the host functions in resvg_host.go.
type resvg struct {
	runtime wazero.Runtime
	cache   wazero.CompilationCache // nil where there is no folder for it
	code    wazero.CompiledModule
	fonts   []any // TTFs, in which all text is drawn
}

// compileResvg compiles the module: about 2 s of one core, or 0.05 s where
// cacheDir holds an earlier result. An empty cacheDir keeps none.
func compileResvg(ctx context.Context, cacheDir string) (_ *resvg, err error) {
	r := &resvg{fonts: []any{assets.RegularTTF(), assets.BoldTTF()}}
	defer func() {
		if err != nil {
			r.close(ctx)
		}
	}()
	// Not WithCloseOnContextDone: its checks in every loop make a PNG four times
	// as slow (0.69 s against 0.16 s). The work is bounded by the size instead.
	cfg := wazero.NewRuntimeConfig().WithMemoryLimitPages(resvgPages)
	if cacheDir != "" {
		if r.cache, err = wazero.NewCompilationCacheWithDir(cacheDir); err != nil {
			return nil, fmt.Errorf("open the compilation cache: %w", err)
		}
		cfg = cfg.WithCompilationCache(r.cache)
	}
	r.runtime = wazero.NewRuntimeWithConfig(ctx, cfg)
	if r.code, err = r.runtime.CompileModule(ctx, assets.Resvg()); err != nil {
		return nil, fmt.Errorf("compile resvg: %w", err)
	}
	host := r.runtime.NewHostModuleBuilder("wbg")
	for _, f := range r.code.ImportedFunctions() {
		_, name, _ := f.Import()
		fn, err := hostFunction(name, len(f.ParamTypes()))
		if err != nil {
			return nil, err
		}
		host.NewFunctionBuilder().WithGoModuleFunction(fn, f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	if _, err := host.Instantiate(ctx); err != nil {
		return nil, fmt.Errorf("prepare resvg: %w", err)
	}
	return r, nil
}

func (r *resvg) close(ctx context.Context) {
	if r.runtime != nil {
		r.runtime.Close(ctx)
	}
	if r.cache != nil {
		r.cache.Close(ctx)
	}
}

// instanceKey finds the instance in the context of a host function: one host
// module serves all instances.
type instanceKey struct{}

// instance is one running resvg with its own memory. It serves one caller at a
// time, and after an error it must be closed.
type instance struct {
	module api.Module
	heap   jsHeap
	fonts  []any
}

func (r *resvg) instance(ctx context.Context) (*instance, error) {
	in := &instance{fonts: r.fonts}
	cfg := wazero.NewModuleConfig().WithName("") // Anonymous, so that there may be many.
	m, err := r.runtime.InstantiateModule(outsideHeap(context.WithValue(ctx, instanceKey{}, in)), r.code, cfg)
	if err != nil {
		return nil, fmt.Errorf("start resvg: %w", err)
	}
	in.module = m
	return in, nil
}

func (in *instance) close(ctx context.Context) { in.module.Close(ctx) }

// probe is a word in each weight, one left and one right of the middle.
const probe = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="30" font-family="Inter"><text font-size="20" x="4" y="22">ế</text><text font-size="20" font-weight="bold" x="44" y="22">đ</text></svg>`

// probe draws a letter in each weight and looks for its pixels. resvg says nothing where a font
// is missing: it leaves the text out, and a picture without its words is worse than none.
func (r *resvg) probe(ctx context.Context) error {
	in, err := r.instance(ctx)
	if err != nil {
		return err
	}
	defer in.close(ctx)
	pix, width, height, err := in.pixels(ctx, []byte(probe), 1)
	if err != nil {
		return err
	}
	var ink [2]bool
	for y := range height {
		for x := range width {
			if pix[4*(y*width+x)+3] > 0 {
				ink[2*x/width] = true
			}
		}
	}
	for i, weight := range []string{"regular", "bold"} {
		if !ink[i] {
			return fmt.Errorf("the font Inter (%s) is not in the program: pictures would have no text", weight)
		}
	}
	return nil
}

func (in *instance) call(ctx context.Context, name string, args ...uint64) (uint64, error) {
	fn := in.module.ExportedFunction(name)
	if fn == nil {
		return 0, fmt.Errorf("resvg exports no %s", name)
	}
	results, err := fn.Call(ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("resvg: %w", err)
	}
	if len(results) == 0 {
		return 0, nil
	}
	return results[0], nil
}

// store copies a string into the instance's memory.
func (in *instance) store(ctx context.Context, s string) (ptr, length uint64, err error) {
	if ptr, err = in.call(ctx, "__wbindgen_malloc", uint64(len(s)), 1); err != nil {
		return 0, 0, err
	}
	if !in.module.Memory().WriteString(uint32(ptr), s) {
		return 0, 0, errors.New("resvg: no memory for the picture")
	}
	return ptr, uint64(len(s)), nil
}

// returning calls a function that leaves up to three words in a return area on
// the stack, as wasm-bindgen does for a Result or a String.
func (in *instance) returning(ctx context.Context, name string, args ...uint64) (words [3]uint32, err error) {
	area, err := in.call(ctx, "__wbindgen_add_to_stack_pointer", api.EncodeI32(-16))
	if err != nil {
		return words, err
	}
	if _, err := in.call(ctx, name, append([]uint64{area}, args...)...); err != nil {
		return words, err
	}
	b, ok := in.module.Memory().Read(uint32(area), 12)
	if !ok {
		return words, errors.New("resvg: return area out of memory")
	}
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	_, err = in.call(ctx, "__wbindgen_add_to_stack_pointer", api.EncodeI32(16))
	return words, err
}

// result is returning for a Result: value, error, is-error.
func (in *instance) result(ctx context.Context, name string, args ...uint64) (uint64, error) {
	words, err := in.returning(ctx, name, args...)
	if err != nil {
		return 0, err
	}
	if words[2] != 0 {
		return 0, invalid("resvg: %v", in.heap.take(uint64(words[1])))
	}
	return uint64(words[0]), nil
}

// open parses a picture with our fonts and no others.
func (in *instance) open(ctx context.Context, svg []byte, scale float64) (uint64, error) {
	options, err := json.Marshal(map[string]any{
		"font":  map[string]any{"loadSystemFonts": false, "defaultFontFamily": "Inter", "sansSerifFamily": "Inter"},
		"fitTo": map[string]any{"mode": "zoom", "value": scale},
	})
	if err != nil {
		return 0, err
	}
	ptr, length, err := in.store(ctx, string(options))
	if err != nil {
		return 0, err
	}
	fonts := &jsArray{values: in.fonts}
	return in.result(ctx, "resvg_new", in.heap.add(string(svg)), ptr, length, in.heap.add(fonts))
}

// pixels draws a picture: 8-bit RGBA, alpha premultiplied, row by row.
func (in *instance) pixels(ctx context.Context, svg []byte, scale float64) (pix []byte, width, height int, err error) {
	ctx = context.WithValue(ctx, instanceKey{}, in)
	picture, err := in.open(ctx, svg, scale)
	if err != nil {
		return nil, 0, 0, err
	}
	image, err := in.result(ctx, "resvg_render", picture)
	if err != nil {
		return nil, 0, 0, err
	}
	w, err := in.call(ctx, "renderedimage_width", image)
	if err != nil {
		return nil, 0, 0, err
	}
	h, err := in.call(ctx, "renderedimage_height", image)
	if err != nil {
		return nil, 0, 0, err
	}
	ref, err := in.call(ctx, "renderedimage_pixels", image)
	if err != nil {
		return nil, 0, 0, err
	}
	pix, ok := in.heap.take(ref).([]byte)
	if !ok || len(pix) != 4*int(w)*int(h) {
		return nil, 0, 0, fmt.Errorf("resvg: %d bytes of pixels for %dx%d", len(pix), w, h)
	}
	if _, err := in.call(ctx, "__wbg_renderedimage_free", image); err != nil {
		return nil, 0, 0, err
	}
	if _, err := in.call(ctx, "__wbg_resvg_free", picture); err != nil {
		return nil, 0, 0, err
	}
	return pix, int(w), int(h), nil
}

// outline gives the picture with its text as paths.
func (in *instance) outline(ctx context.Context, svg []byte) ([]byte, error) {
	ctx = context.WithValue(ctx, instanceKey{}, in)
	picture, err := in.open(ctx, svg, 1)
	if err != nil {
		return nil, err
	}
	words, err := in.returning(ctx, "resvg_toString", picture)
	if err != nil {
		return nil, err
	}
	b, ok := in.module.Memory().Read(words[0], words[1])
	if !ok || len(b) == 0 {
		return nil, errors.New("resvg gave no outlines")
	}
	out := bytes.Clone(b) // The memory is the instance's.
	if _, err := in.call(ctx, "__wbindgen_free", uint64(words[0]), uint64(words[1]), 1); err != nil {
		return nil, err
	}
	if _, err := in.call(ctx, "__wbg_resvg_free", picture); err != nil {
		return nil, err
	}
	return out, nil
}

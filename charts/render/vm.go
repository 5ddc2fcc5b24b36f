package render

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"modernc.org/quickjs"

	"chiso/charts/assets"
	"chiso/charts/text"
	"chiso/reform"
)

// Limits of one picture. The largest map takes 0.3 s and 40 MiB here; a machine
// under load may need ten times as long.
const (
	drawTimeout = 10 * time.Second
	drawMemory  = 256 << 20
)

// prelude stands for the parts of a browser that ECharts looks for. zrender
// starts an animation loop even where nothing moves: timers that never fire are
// right for a still. Random numbers are fixed, since equal options must give
// equal bytes. What ECharts reports as an error is kept and becomes one.
const prelude = `'use strict';
globalThis.chisoErrors = [];
globalThis.console = { log() {}, warn() {}, info() {}, debug() {}, error(...parts) { chisoErrors.push(parts.join(' ')); } };
globalThis.setTimeout = () => 0;
globalThis.clearTimeout = () => {};
globalThis.setInterval = () => 0;
globalThis.clearInterval = () => {};
Math.random = () => 0.5;
`

// glue is what Go calls. The hover styles and animations that ECharts adds to a
// server's SVG are switched off: they need a style element. An option whose
// series hold no value is refused: axes without data look like a finding.
const glue = `'use strict';
globalThis.chisoMap = (name, geo) => { echarts.registerMap(name, { geoJSON: JSON.parse(geo) }); };
globalThis.chisoDraw = (option, series, width, height, locale) => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height, locale });
  try {
    chart.setOption(chisoRevive(JSON.parse(option)));
    const drawn = chart.getModel().getSeries();
    if (drawn.length !== series) throw new Error(drawn.length + ' of ' + series + ' series were understood');
    const hasValue = (data) => { for (let i = 0; i < data.count(); i++) if (data.hasValue(i)) return true; return false; };
    if (!drawn.some((s) => hasValue(s.getData()))) throw new Error('no series has a value');
    const svg = chart.getZr().painter.renderToString({ cssAnimation: false, cssEmphasis: false, useViewBox: true });
    if (chisoErrors.length > 0) throw new Error(chisoErrors.join('; '));
    return svg;
  } finally {
    chart.dispose();
  }
};
`

// engine runs ECharts in QuickJS. Each picture gets a virtual machine of its
// own, so that pictures share nothing and equal options give equal bytes:
// zrender counts its ids through the life of a machine. To make and to free one
// takes about as long as to draw, so a few are made ahead and freed behind.
type engine struct {
	scripts [][]byte // bytecode, in order
	timeout time.Duration
	memory  uintptr
	ready   chan *quickjs.VM // made ahead
	keeper  sync.WaitGroup

	mu     sync.Mutex
	quiet  *sync.Cond // signals that active is 0, or that closed is set
	active int        // pictures being drawn
	used   []*quickjs.VM
	closed bool
}

// newEngine compiles the scripts once and starts to make machines ready.
func newEngine(ahead int) (*engine, error) {
	e := &engine{timeout: drawTimeout, memory: drawMemory, ready: make(chan *quickjs.VM, ahead)}
	e.quiet = sync.NewCond(&e.mu)
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("start the script engine: %w", err)
	}
	defer vm.Close()
	for _, script := range []string{prelude, assets.ECharts(), assets.Formatters(), text.Script(), glue} {
		code, err := vm.Compile(script, quickjs.EvalGlobal)
		if err != nil {
			return nil, fmt.Errorf("compile the chart scripts: %w", err)
		}
		e.scripts = append(e.scripts, code)
	}
	// One machine is made here, so that a bundle that does not run stops the
	// program at its start and not its first reader.
	first, err := e.machine()
	if err != nil {
		return nil, err
	}
	if ahead == 0 {
		first.Close()
		return e, nil
	}
	e.ready <- first
	e.keeper.Go(e.keep)
	return e, nil
}

// keep frees used machines and makes new ones, only while nothing is drawn:
// all machines share one allocator, and beside a drawing both would take twice
// as long. Under a load without pauses each picture makes its own.
func (e *engine) keep() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		for !e.closed && (e.active > 0 || len(e.used) == 0 && len(e.ready) == cap(e.ready)) {
			e.quiet.Wait()
		}
		if e.closed {
			return
		}
		if n := len(e.used); n > 0 {
			vm := e.used[n-1]
			e.used = e.used[:n-1]
			e.mu.Unlock()
			vm.Close()
			e.mu.Lock()
			continue
		}
		e.mu.Unlock()
		vm, err := e.machine()
		e.mu.Lock()
		if err != nil {
			// Whoever finds none ready makes one and gets the error; try again then.
			if !e.closed {
				e.quiet.Wait()
			}
			continue
		}
		e.ready <- vm // Nobody else sends, so there is room.
	}
}

func (e *engine) close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.quiet.Broadcast()
	e.keeper.Wait()
	for _, vm := range e.used {
		vm.Close()
	}
	e.used = nil
	for len(e.ready) > 0 {
		(<-e.ready).Close()
	}
}

// take gives a machine that nobody has used: one made ahead, or a new one. It
// goes back by done.
func (e *engine) take() (*quickjs.VM, error) {
	e.mu.Lock()
	e.active++
	e.mu.Unlock()
	select {
	case vm := <-e.ready:
		return vm, nil
	default:
	}
	vm, err := e.machine()
	if err != nil {
		e.done(nil)
		return nil, err
	}
	return vm, nil
}

// done ends what take began. The machine is freed later where there is a
// keeper and not too many wait for it.
func (e *engine) done(vm *quickjs.VM) {
	e.mu.Lock()
	later := vm != nil && !e.closed && len(e.used) < cap(e.ready)
	if later {
		e.used = append(e.used, vm)
	}
	e.active--
	quiet := e.active == 0
	e.mu.Unlock()
	if quiet {
		e.quiet.Broadcast()
	}
	if vm != nil && !later {
		vm.Close()
	}
}

// machine makes a virtual machine with the scripts evaluated.
func (e *engine) machine() (_ *quickjs.VM, err error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("start the script engine: %w", err)
	}
	defer func() {
		if err != nil {
			vm.Close()
		}
	}()
	vm.SetMemoryLimit(e.memory)
	// A machine lives for one picture: collecting cycles would only cost time.
	vm.SetGCThreshold(^uintptr(0))
	if err := vm.SetEvalTimeout(e.timeout); err != nil {
		return nil, fmt.Errorf("start the script engine: %w", err)
	}
	for _, code := range e.scripts {
		v, err := vm.EvalBytecodeValue(code)
		if err != nil {
			return nil, e.explain(context.Background(), fmt.Errorf("run the chart scripts: %w", err))
		}
		v.Free()
	}
	return vm, nil
}

type namedMap struct{ name, geo string }

// draw runs ECharts on a checked option and returns its SVG as ECharts wrote it.
func (e *engine) draw(ctx context.Context, d *drawable, width, height int, locale string, maps []namedMap) (string, error) {
	option, err := d.json()
	if err != nil {
		return "", err
	}
	vm, err := e.take()
	if err != nil {
		return "", err
	}
	defer e.done(vm)
	defer context.AfterFunc(ctx, vm.Interrupt)()
	for _, m := range maps {
		if _, err := vm.Call("chisoMap", m.name, m.geo); err != nil {
			return "", e.explain(ctx, fmt.Errorf("map %q: %w", m.name, err))
		}
	}
	// An interruption only ends the call under way, so it may have come between two.
	if err := ctx.Err(); err != nil {
		return "", err
	}
	out, err := vm.Call("chisoDraw", string(option), d.series, width, height, locale)
	if err != nil {
		return "", e.explain(ctx, err)
	}
	svg, ok := out.(string)
	if !ok || svg == "" {
		return "", errors.New("echarts gave no picture")
	}
	return svg, nil
}

// explain gives an error of the script engine its kind.
func (e *engine) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch msg := err.Error(); {
	case strings.Contains(msg, "interrupted"):
		return fmt.Errorf("drawing took longer than %v: %w", e.timeout, reform.ErrTimeout)
	case strings.Contains(msg, "out of memory"):
		return fmt.Errorf("drawing needs more than %d MiB: %w", e.memory>>20, reform.ErrTooLarge)
	}
	return fmt.Errorf("draw: %w: %w", err, reform.ErrInvalid)
}

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
// zrender counts its ids through the life of a machine. Evaluating the bundle
// takes as long as drawing, so a few machines are made ready ahead.
type engine struct {
	scripts [][]byte // bytecode, in order
	timeout time.Duration
	memory  uintptr

	ready chan *quickjs.VM // made ahead
	stop  chan struct{}
	done  sync.WaitGroup
	once  sync.Once
}

// newEngine compiles the scripts once and starts to make machines ready.
func newEngine(ahead int) (*engine, error) {
	e := &engine{timeout: drawTimeout, memory: drawMemory, ready: make(chan *quickjs.VM, ahead), stop: make(chan struct{})}
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
	e.done.Add(1)
	go e.fill()
	return e, nil
}

// fill keeps the ready machines at their number until close.
func (e *engine) fill() {
	defer e.done.Done()
	for {
		vm, err := e.machine()
		if err != nil {
			// The caller that finds no machine ready makes one and gets the error.
			select {
			case <-e.stop:
				return
			case <-time.After(time.Second):
				continue
			}
		}
		select {
		case e.ready <- vm:
		case <-e.stop:
			vm.Close()
			return
		}
	}
}

func (e *engine) close() {
	e.once.Do(func() { close(e.stop) })
	e.done.Wait()
	for {
		select {
		case vm := <-e.ready:
			vm.Close()
		default:
			return
		}
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

// take gives a machine that nobody has used: one made ahead, or a new one.
func (e *engine) take() (*quickjs.VM, error) {
	select {
	case vm := <-e.ready:
		return vm, nil
	default:
		return e.machine()
	}
}

type namedMap struct{ name, geo string }

// draw runs ECharts on a checked option and returns its SVG as ECharts wrote it.
func (e *engine) draw(ctx context.Context, d *drawable, width, height int, locale string, maps []namedMap) (string, error) {
	vm, err := e.take()
	if err != nil {
		return "", err
	}
	// Freeing a used machine takes 4 ms, for which nobody needs to wait. The
	// interruption is safe even after it is closed.
	defer e.done.Go(func() { vm.Close() })
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
	out, err := vm.Call("chisoDraw", string(d.option), d.series, width, height, locale)
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

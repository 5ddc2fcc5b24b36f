package render

import (
	"context"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// This file stands for the JavaScript of @resvg/resvg-wasm (checked with 2.6.2):
// wasm-bindgen lets the module hold JavaScript values by their index in a heap
// that the other side keeps.

// Values that the module may hold: string, []byte, error, and these.
type (
	jsMemory struct{} // WebAssembly.Memory, and its ArrayBuffer
	jsView   struct{ offset, length uint32 }
	jsArray  struct{ values []any }
	jsIter   struct{ rest []any }
	jsStep   struct {
		done  bool
		value any
	}
)

// jsConstants are the indexes that wasm-bindgen sets aside for undefined, null,
// true and false; the module never stores anything below.
const jsConstants = 132

type jsHeap struct {
	values []any
	free   []int
}

func (h *jsHeap) add(v any) uint64 {
	if n := len(h.free); n > 0 {
		i := h.free[n-1]
		h.free = h.free[:n-1]
		h.values[i] = v
		return uint64(i) + jsConstants
	}
	h.values = append(h.values, v)
	return uint64(len(h.values)-1) + jsConstants
}

// get gives nil for the constants and for what is not there.
func (h *jsHeap) get(ref uint64) any {
	i := int(uint32(ref)) - jsConstants
	if i < 0 || i >= len(h.values) {
		return nil
	}
	return h.values[i]
}

func (h *jsHeap) take(ref uint64) any {
	v := h.get(ref)
	if i := int(uint32(ref)) - jsConstants; i >= 0 && i < len(h.values) {
		h.values[i] = nil
		h.free = append(h.free, i)
	}
	return v
}

// bytes gives the bytes behind a value, without a copy.
func (in *instance) bytes(v any) []byte {
	memory := in.module.Memory()
	switch t := v.(type) {
	case []byte:
		return t
	case jsView:
		b, ok := memory.Read(t.offset, t.length)
		if !ok {
			panic(fmt.Errorf("resvg: view of %d bytes at %d is out of memory", t.length, t.offset))
		}
		return b
	case jsMemory:
		b, _ := memory.Read(0, memory.Size())
		return b
	}
	panic(fmt.Errorf("resvg: %T has no bytes", v))
}

func (in *instance) string(ptr, length uint64) string {
	return string(in.bytes(jsView{uint32(ptr), uint32(length)}))
}

// hostFunctions are the imports by name, without their hash, and number of
// parameters. The stack holds the arguments and takes the result. A panic ends
// the call with an error, after which the instance is dropped.
var hostFunctions = map[string]func(ctx context.Context, in *instance, stack []uint64){
	"__wbindgen_memory/0": func(_ context.Context, in *instance, stack []uint64) { stack[0] = in.heap.add(jsMemory{}) },
	"__wbg_buffer/1":      func(_ context.Context, in *instance, stack []uint64) { stack[0] = in.heap.add(jsMemory{}) },
	// new Array()
	"__wbg_new/0": func(_ context.Context, in *instance, stack []uint64) { stack[0] = in.heap.add(&jsArray{}) },
	// new Uint8Array(value): a view of an ArrayBuffer, or a copy of a view.
	"__wbg_new/1": func(_ context.Context, in *instance, stack []uint64) {
		v := in.heap.get(stack[0])
		if _, ok := v.(jsMemory); !ok {
			v = append([]byte(nil), in.bytes(v)...)
		}
		stack[0] = in.heap.add(v)
	},
	// new Error(text)
	"__wbg_new/2": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = in.heap.add(fmt.Errorf("%s", in.string(stack[0], stack[1])))
	},
	"__wbg_newwithbyteoffsetandlength/3": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = in.heap.add(jsView{uint32(stack[1]), uint32(stack[2])})
	},
	"__wbg_values/1": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = in.heap.add(&jsIter{rest: in.heap.get(stack[0]).(*jsArray).values})
	},
	"__wbg_next/1": func(_ context.Context, in *instance, stack []uint64) {
		it, step := in.heap.get(stack[0]).(*jsIter), jsStep{done: true}
		if len(it.rest) > 0 {
			step = jsStep{value: it.rest[0]}
			it.rest = it.rest[1:]
		}
		stack[0] = in.heap.add(step)
	},
	"__wbg_done/1": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = truth(in.heap.get(stack[0]).(jsStep).done)
	},
	"__wbg_value/1": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = in.heap.add(in.heap.get(stack[0]).(jsStep).value)
	},
	"__wbg_instanceof_Uint8Array/1": func(_ context.Context, in *instance, stack []uint64) {
		switch in.heap.get(stack[0]).(type) {
		case []byte, jsView:
			stack[0] = 1
		default:
			stack[0] = 0
		}
	},
	"__wbg_push/2": func(_ context.Context, in *instance, stack []uint64) {
		a := in.heap.get(stack[0]).(*jsArray)
		a.values = append(a.values, in.heap.get(stack[1]))
		stack[0] = uint64(len(a.values))
	},
	"__wbg_length/1": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = uint64(len(in.bytes(in.heap.get(stack[0]))))
	},
	// target.set(source, offset)
	"__wbg_set/3": func(_ context.Context, in *instance, stack []uint64) {
		target, source, offset := in.bytes(in.heap.get(stack[0])), in.bytes(in.heap.get(stack[1])), uint32(stack[2])
		if uint64(offset)+uint64(len(source)) > uint64(len(target)) {
			panic(fmt.Errorf("resvg: %d bytes at %d do not fit into %d", len(source), offset, len(target)))
		}
		copy(target[offset:], source)
	},
	"__wbindgen_object_drop_ref/1": func(_ context.Context, in *instance, stack []uint64) { in.heap.take(stack[0]) },
	"__wbindgen_string_new/2": func(_ context.Context, in *instance, stack []uint64) {
		stack[0] = in.heap.add(in.string(stack[0], stack[1]))
	},
	// Writes pointer and length of a string, or zeros for what is none.
	"__wbindgen_string_get/2": func(ctx context.Context, in *instance, stack []uint64) {
		area := uint32(stack[0])
		var ptr, length uint64
		if s, ok := in.heap.get(stack[1]).(string); ok {
			var err error
			if ptr, length, err = in.store(ctx, s); err != nil {
				panic(err)
			}
		}
		memory := in.module.Memory()
		if !memory.WriteUint32Le(area, uint32(ptr)) || !memory.WriteUint32Le(area+4, uint32(length)) {
			panic(fmt.Errorf("resvg: return area %d is out of memory", area))
		}
	},
	"__wbindgen_throw/2": func(_ context.Context, in *instance, stack []uint64) {
		panic(fmt.Errorf("resvg: %s", in.string(stack[0], stack[1])))
	},
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// hostFunction finds the function for an import such as
// "__wbg_new_28c511d9baebfa89". The hash is left out, since it changes with
// each build of wasm-bindgen; an import that is not known stops the start.
func hostFunction(name string, params int) (api.GoModuleFunc, error) {
	base := name
	if strings.HasPrefix(name, "__wbg_") {
		base = name[:strings.LastIndexByte(name, '_')]
	}
	fn, ok := hostFunctions[fmt.Sprintf("%s/%d", base, params)]
	if !ok {
		return nil, fmt.Errorf("resvg asks for %s with %d parameters, which is not known: was @resvg/resvg-wasm updated?", name, params)
	}
	return func(ctx context.Context, m api.Module, stack []uint64) {
		in := ctx.Value(instanceKey{}).(*instance)
		in.module = m // Not set yet while the module starts.
		fn(ctx, in, stack)
	}, nil
}

//go:build unix

package render

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// outsideHeap gives instances memory that the system hands out page by page and takes back at once when they
// end. On Go's heap it would be copied with every growth, and half a gigabyte of old copies would wait for the collector.
func outsideHeap(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		all, err := unix.Mmap(-1, 0, int(most), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			return &onHeap{} // a machine that limits addresses ("ulimit -v")
		}
		return &pages{all: all}
	}))
}

// pages are addresses of which the first are in use.
type pages struct {
	all  []byte
	used uint64
}

// Reallocate makes more of the addresses usable.
func (p *pages) Reallocate(size uint64) []byte {
	if size > uint64(len(p.all)) {
		return nil
	}
	page := uint64(unix.Getpagesize())
	if end := min((size+page-1)/page*page, uint64(len(p.all))); end > p.used {
		if err := unix.Mprotect(p.all[p.used:end], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil
		}
		p.used = end
	}
	return p.all[:size:size]
}

// onHeap is memory as wazero itself would take it.
type onHeap struct{ all []byte }

// Reallocate grows the memory; what is added is zero.
func (h *onHeap) Reallocate(size uint64) []byte {
	if n := uint64(len(h.all)); size > n {
		h.all = append(h.all, make([]byte, size-n)...)
	}
	return h.all[:size]
}

// Free leaves the rest to the collector.
func (h *onHeap) Free() { h.all = nil }

// Free gives the addresses back.
func (p *pages) Free() {
	if err := unix.Munmap(p.all); err != nil {
		panic(fmt.Errorf("give back the memory of resvg: %w", err)) // it was no mapping
	}
	p.all = nil
}

//go:build unix

package render

import (
	"bytes"
	"testing"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// Memory keeps what is in it while it grows, what is added is zero, and no more is given than was reserved.
func TestMemory(t *testing.T) {
	all, err := unix.Mmap(-1, 0, 1<<20, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	reserved := &pages{all: all}
	for name, m := range map[string]experimental.LinearMemory{"reserved": reserved, "on the heap": &onHeap{}} {
		b := m.Reallocate(64 << 10)
		if len(b) != 64<<10 {
			t.Fatalf("%s: %d bytes", name, len(b))
		}
		b[0], b[len(b)-1] = 1, 2
		b = m.Reallocate(200_000)
		if len(b) != 200_000 || b[0] != 1 || b[64<<10-1] != 2 || !bytes.Equal(b[64<<10:], make([]byte, 200_000-64<<10)) {
			t.Errorf("%s: what was there is gone, or what was added is not zero", name)
		}
	}
	if reserved.Reallocate(1<<20+1) != nil {
		t.Error("more is given than was reserved")
	}
	reserved.Free()
}

package ingest

import (
	"io"
	"sync/atomic"
	"time"

	"chiso/ingest/parse"
)

// watchedFile remembers how far a parser has read.
type watchedFile struct {
	parse.File
	far atomic.Int64
}

func (f *watchedFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	if end := off + int64(n); end > f.far.Load() {
		f.far.Store(end)
	}
	return n, err
}

// countingReader tells how much was read, ten times a second at most.
type countingReader struct {
	r    io.Reader
	n    int64
	last time.Time
	tell func(int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if now := time.Now(); err != nil || now.Sub(c.last) > 100*time.Millisecond {
		c.last = now
		c.tell(c.n)
	}
	return n, err
}

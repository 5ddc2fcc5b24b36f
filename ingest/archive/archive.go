// Package archive keeps the bytes of every document that was ever read, under
// their own SHA-256: so a number can be traced to the very file that it came from,
// a file is stored once however often it is loaded, and damage on the disk is
// noticed when it is read and not when somebody acts on it.
//
// A document lies at ab/cd/<sha256> or, where that saves a tenth or more, as
// zstd at ab/cd/<sha256>.zst. Files are written beside their place, synced and
// renamed, so that a crash leaves a whole file or none. Folders are 0700 and files
// 0600: a document may hold more than what its numbers say.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"chiso/reform"
)

// ErrDamaged marks a stored document whose bytes no longer have its hash.
var ErrDamaged = errors.New("damaged")

const (
	sampleSize = 128 << 10      // what is compressed on trial to decide about the whole
	tempAge    = 24 * time.Hour // older temporary files were left by a crash
	tempDir    = "tmp"
	packed     = ".zst"
)

var idPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Archive is a folder of documents. Several processes may use one at once.
type Archive struct {
	dir string
}

// Open is the archive in dir, which is made where it is absent. What crashed
// writers left behind is removed.
func Open(dir string) (*Archive, error) {
	if err := os.MkdirAll(filepath.Join(dir, tempDir), 0o700); err != nil {
		return nil, fmt.Errorf("raw archive: %w", err)
	}
	a := &Archive{dir: dir}
	entries, err := os.ReadDir(filepath.Join(dir, tempDir))
	if err != nil {
		return nil, fmt.Errorf("raw archive: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > tempAge {
			_ = os.Remove(filepath.Join(dir, tempDir, e.Name())) // tried again at the next Open
		}
	}
	return a, nil
}

// LockFile is the file whose lock is held by whoever loads into the archive.
func (a *Archive) LockFile() string { return filepath.Join(a.dir, "ingest.lock") }

// place is where a document of this id lies, without the suffix.
func (a *Archive) place(id string) (string, error) {
	if !idPattern.MatchString(id) {
		return "", fmt.Errorf("document id %.80q: want 64 hexadecimal digits: %w", id, reform.ErrInvalid)
	}
	return filepath.Join(a.dir, id[:2], id[2:4], id), nil
}

// Has reports whether the document is stored; it does not read it.
func (a *Archive) Has(id string) bool {
	p, err := a.place(id)
	if err != nil {
		return false
	}
	for _, name := range []string{p, p + packed} {
		if st, err := os.Stat(name); err == nil && st.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// Open streams the document of this id. At its end the reader compares the hash
// and answers ErrDamaged instead of io.EOF where it differs.
func (a *Archive) Open(id string) (io.ReadCloser, error) {
	p, err := a.place(id)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(p)
	isPacked := errors.Is(err, fs.ErrNotExist)
	if isPacked {
		f, err = os.Open(p + packed)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("document %s is not in the raw archive: %w", id, reform.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("raw archive: %w", err)
	}
	r := &reader{id: id, file: f, plain: f, sum: sha256.New()}
	if isPacked {
		// One block at a time in the caller's goroutine: a download needs no helpers and little memory.
		r.zstd, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("raw archive: %w", err)
		}
		r.plain = r.zstd
	}
	return r, nil
}

// Verify reads the whole document and compares its hash.
func (a *Archive) Verify(ctx context.Context, id string) error {
	r, err := a.Open(id)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, contextReader{ctx, r})
	return err
}

// Walk calls f with the id and the stored size of every document, in the order of the ids.
func (a *Archive) Walk(f func(id string, stored int64) error) error {
	return filepath.WalkDir(a.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path == filepath.Join(a.dir, tempDir) {
				return fs.SkipDir
			}
			return nil
		}
		id := strings.TrimSuffix(d.Name(), packed)
		if !idPattern.MatchString(id) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return f(id, info.Size())
	})
}

// reader hands out the bytes of a document and judges them at the end.
type reader struct {
	id    string
	file  *os.File
	zstd  *zstd.Decoder
	plain io.Reader
	sum   hash.Hash
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.plain.Read(p)
	r.sum.Write(p[:n])
	switch {
	case err == io.EOF:
		if got := hex.EncodeToString(r.sum.Sum(nil)); got != r.id {
			return n, fmt.Errorf("document %s: the stored bytes have the hash %s; restore the file from a backup or load the document again: %w", r.id, got, ErrDamaged)
		}
	case err != nil && r.zstd != nil:
		err = fmt.Errorf("document %s: %v; restore the file from a backup or load the document again: %w", r.id, err, ErrDamaged)
	}
	return n, err
}

func (r *reader) Close() error {
	if r.zstd != nil {
		r.zstd.Close()
	}
	return r.file.Close()
}

// contextReader ends a long read when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"chiso/reform"
)

// Spooled is a document on its way: its bytes are on the disk and its hash is
// known, but the archive does not have it yet. What is parsed is read from
// here and not from the user's file, which may change meanwhile.
type Spooled struct {
	ID   string // hex SHA-256
	Size int64
	File *os.File // for reading; random access

	archive *Archive // nil: of Temp
}

// Spool reads r to its end into a temporary file. A document of more than limit
// bytes is reform.ErrTooLarge; a limit of 0 is none. Close what it returns.
func (a *Archive) Spool(ctx context.Context, r io.Reader, limit int64) (*Spooled, error) {
	f, err := os.CreateTemp(filepath.Join(a.dir, tempDir), "spool-*")
	if err != nil {
		return nil, fmt.Errorf("raw archive: %w", err)
	}
	return spool(ctx, f, a, r, limit)
}

func spool(ctx context.Context, f *os.File, a *Archive, r io.Reader, limit int64) (_ *Spooled, err error) {
	s := &Spooled{File: f, archive: a}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	sum := sha256.New()
	src := io.Reader(contextReader{ctx, r})
	if limit > 0 {
		src = io.LimitReader(src, limit+1)
	}
	s.Size, err = io.CopyBuffer(io.MultiWriter(sum, f), src, make([]byte, 256<<10))
	if err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	if limit > 0 && s.Size > limit {
		return nil, fmt.Errorf("the document is larger than the limit of %d bytes: split it, or raise the limit in the configuration: %w", limit, reform.ErrTooLarge)
	}
	if _, err = f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("raw archive: %w", err)
	}
	s.ID = hex.EncodeToString(sum.Sum(nil))
	return s, nil
}

// Keep puts the document into the archive. Where it is there already and whole,
// nothing is written; a damaged copy is replaced by these bytes.
func (s *Spooled) Keep(ctx context.Context) error {
	a := s.archive
	if a == nil {
		return errors.New("raw archive: the document was taken for a look only")
	}
	place, err := a.place(s.ID)
	if err != nil {
		return err
	}
	if a.Has(s.ID) {
		switch err := a.Verify(ctx, s.ID); {
		case err == nil:
			return nil
		case !errors.Is(err, ErrDamaged):
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	tmp, err := os.CreateTemp(filepath.Join(a.dir, tempDir), "keep-*") // 0600
	if err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	defer os.Remove(tmp.Name()) // gone already after a rename
	defer tmp.Close()
	pack, err := s.compressible()
	if err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	src := contextReader{ctx, io.NewSectionReader(s.File, 0, s.Size)}
	target, other := place, place+packed
	if pack {
		target, other = other, target
		w, err := zstd.NewWriter(tmp, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		if err != nil {
			return fmt.Errorf("raw archive: %w", err)
		}
		if _, err := io.Copy(w, src); err != nil {
			w.Close()
			return fmt.Errorf("raw archive: %w", err)
		}
		if err := w.Close(); err != nil {
			return fmt.Errorf("raw archive: %w", err)
		}
	} else if _, err := io.Copy(tmp, src); err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	if err := tmp.Sync(); err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	if err := os.Rename(tmp.Name(), target); err != nil {
		return fmt.Errorf("raw archive: %w", err)
	}
	if err := os.Remove(other); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("raw archive: %w", err) // a damaged copy in the other form would be read first
	}
	// Each folder on the way may be new, and a folder's entry is lost in a power cut unless it is synced.
	for dir := filepath.Dir(target); ; dir = filepath.Dir(dir) {
		syncDir(dir)
		if dir == a.dir || len(dir) <= len(a.dir) {
			return nil
		}
	}
}

// compressible tries a sample: workbooks, pictures and PDFs are packed already.
func (s *Spooled) compressible() (bool, error) {
	sample := make([]byte, min(s.Size, sampleSize))
	if _, err := s.File.ReadAt(sample, 0); err != nil && err != io.EOF {
		return false, err
	}
	var out bytes.Buffer
	w, err := zstd.NewWriter(&out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return false, err
	}
	if _, err := w.Write(sample); err != nil {
		return false, err
	}
	if err := w.Close(); err != nil {
		return false, err
	}
	return out.Len() < len(sample)*9/10, nil
}

// Close removes the temporary file.
func (s *Spooled) Close() error {
	s.File.Close()
	return os.Remove(s.File.Name())
}

// syncDir makes a rename durable. Systems that can't sync a folder do without.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	d.Close()
}

// Temp is Spool into the system's folder for temporary files, for a look at a
// document that is not to be kept.
func Temp(ctx context.Context, r io.Reader, limit int64) (*Spooled, error) {
	f, err := os.CreateTemp("", "chiso-*")
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	return spool(ctx, f, nil, r, limit)
}

package dashboard

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"chiso/reform"
)

const (
	maxStaged  = 8
	stagedStay = 30 * time.Minute
)

// stage keeps uploads between the dry run and the load, so that what is loaded
// is what was looked at. It is bounded in number and in time.
type stage struct {
	dir       string
	temporary bool
	now       Clock

	mu    sync.Mutex
	files map[string]staged
}

type staged struct {
	upload Upload
	at     time.Time
}

func newStage(dir string, now Clock) (*stage, error) {
	st := &stage{dir: dir, now: now, files: map[string]staged{}}
	if dir == "" {
		d, err := os.MkdirTemp("", "chiso-upload-*")
		if err != nil {
			return nil, fmt.Errorf("folder for uploads: %w", err)
		}
		st.dir, st.temporary = d, true
		return st, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	// What a server that was killed had taken in belongs to nobody now.
	left, err := filepath.Glob(filepath.Join(dir, "upload-*"))
	if err != nil {
		return nil, fmt.Errorf("folder for uploads: %w", err)
	}
	for _, f := range left {
		if err := os.Remove(f); err != nil {
			return nil, fmt.Errorf("folder for uploads: %w", err)
		}
	}
	return st, nil
}

// put keeps an upload under a name that cannot be guessed. The oldest leaves where there are too many.
func (st *stage) put(u Upload) (string, error) {
	b := make([]byte, 16)
	rand.Read(b) //nolint:errcheck // crypto/rand never fails since Go 1.24
	name := hex.EncodeToString(b)
	st.mu.Lock()
	defer st.mu.Unlock()
	err := st.sweep()
	for len(st.files) >= maxStaged {
		oldest := ""
		for n, f := range st.files {
			if oldest == "" || f.at.Before(st.files[oldest].at) {
				oldest = n
			}
		}
		err = errors.Join(err, os.Remove(st.files[oldest].upload.Path))
		delete(st.files, oldest)
	}
	st.files[name] = staged{u, st.now()}
	return name, err
}

// sweep removes what stayed too long. The caller holds the lock.
func (st *stage) sweep() error {
	var err error
	for n, f := range st.files {
		if st.now().Sub(f.at) > stagedStay {
			err = errors.Join(err, os.Remove(f.upload.Path))
			delete(st.files, n)
		}
	}
	return err
}

// take gives an upload to the one that loads it: the same file is not loaded twice at once.
func (st *stage) take(name string) (Upload, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	f, ok := st.files[name]
	if !ok || st.now().Sub(f.at) > stagedStay {
		return Upload{}, fmt.Errorf("the file was looked at too long ago, or was loaded already; please choose it again: %w", reform.ErrConflict)
	}
	delete(st.files, name)
	return f.upload, nil
}

// mapping is how an upload that was looked at was understood.
func (st *stage) mapping(name string) (Upload, []byte, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	f, ok := st.files[name]
	if !ok || len(f.upload.mapping) == 0 || st.now().Sub(f.at) > stagedStay {
		return Upload{}, nil, fmt.Errorf("the file was looked at too long ago; please try it again: %w", reform.ErrNotFound)
	}
	return f.upload, f.upload.mapping, nil
}

// back keeps an upload for another try, under its old name.
func (st *stage) back(name string, u Upload) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.files[name] = staged{u, st.now()}
}

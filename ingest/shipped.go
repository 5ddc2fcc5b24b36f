package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
	"chiso/store"
)

// shippedExtensions are the tables among the files of a data folder; the rest explains them.
var shippedExtensions = []string{".csv", ".tsv", ".xlsx"}

// LoadShipped loads the tables of fsys that are not loaded yet, in the order of
// their names, by Load as any user's file. It is made to be called at each start: where
// nothing is new it costs the hashes and one question. Its reports are of the
// documents that were not loaded before; each is called after every one of them.
func (l *Loader) LoadShipped(ctx context.Context, fsys fs.FS, each func(Report)) ([]Report, error) {
	type file struct {
		name, id string
		content  []byte
	}
	var files []file
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains(shippedExtensions, strings.ToLower(path.Ext(name))) {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		files = append(files, file{name, hex.EncodeToString(sum[:]), b})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("shipped facts: %w", err)
	}
	ids := make([]string, len(files))
	for i, f := range files {
		ids[i] = f.id
	}
	if len(ids) == 0 {
		return nil, nil
	}
	loaded, err := store.Collect(ctx, l.DB, "SELECT DISTINCT document FROM runs WHERE event = 'committed' AND problems = 0 AND document IN {ids:Array(String)}",
		store.Params{"ids": ids}, func(r store.Rows) (id string, err error) { return id, r.Scan(&id) })
	if err != nil {
		return nil, engineError{fmt.Errorf("asking which shipped facts are loaded: %w", err)}
	}
	files = slices.DeleteFunc(files, func(f file) bool { return slices.Contains(loaded, f.id) })
	var reports []Report
	for i, f := range files {
		l.at, l.of = i+1, len(files)
		base := strings.TrimSuffix(f.name, path.Ext(f.name))
		r, err := l.Load(ctx, Job{Reader: bytes.NewReader(f.content), Name: f.name, Source: "shipped:" + viet.Slug(base), Authority: reform.AuthorityThirdParty})
		if err != nil {
			return reports, fmt.Errorf("shipped facts %s: %w", f.name, err)
		}
		reports = append(reports, r)
		if each != nil {
			each(r)
		}
	}
	return reports, nil
}

package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

const contentTypes = "[Content_Types].xml"

var defaultType = regexp.MustCompile(`<Default Extension="([^"]*)"[^>]*?(?:/>|></Default>)`)

// Steady packs a workbook of excelize anew, so that equal workbooks are equal bytes: excelize
// lists the kinds of pictures that there might be in the order of a map. Those that are not
// there are left out, and the list of parts comes first, as readers expect it.
func Steady(book []byte) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		return nil, fmt.Errorf("pack the workbook: %w", err)
	}
	used := map[string]bool{}
	for _, f := range r.File {
		used[strings.TrimPrefix(path.Ext(f.Name), ".")] = true
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, first := range []bool{true, false} {
		for _, f := range r.File {
			if (f.Name == contentTypes) != first {
				continue
			}
			part, err := read(f)
			if err != nil {
				return nil, err
			}
			if first {
				part = defaultType.ReplaceAllFunc(part, func(m []byte) []byte {
					if !used[string(defaultType.FindSubmatch(m)[1])] {
						return nil
					}
					return m
				})
			}
			dst, err := w.Create(f.Name)
			if err != nil {
				return nil, fmt.Errorf("pack the workbook: %w", err)
			}
			if _, err := dst.Write(part); err != nil {
				return nil, fmt.Errorf("pack the workbook: %w", err)
			}
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack the workbook: %w", err)
	}
	return out.Bytes(), nil
}

// maxPart is far above the largest part of a workbook of ours.
const maxPart = 256 << 20

func read(f *zip.File) (_ []byte, err error) {
	src, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("pack the workbook: %w", err)
	}
	defer func() { _ = src.Close() }()
	b, err := io.ReadAll(io.LimitReader(src, maxPart))
	if err != nil {
		return nil, fmt.Errorf("pack the workbook: %w", err)
	}
	return b, nil
}

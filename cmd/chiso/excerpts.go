package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"chiso/dashboard"
	"chiso/ingest/archive"
	"chiso/ingest/excerpt"
	"chiso/ingest/parse"
	"chiso/reform"
)

// pageExcerpts shows places in held documents with the readers of the ingest room. Only a
// few at a time: a workbook is read whole for one cell.
type pageExcerpts struct {
	raw  *archive.Archive
	turn chan struct{}
}

func newPageExcerpts(raw *archive.Archive) *pageExcerpts {
	return &pageExcerpts{raw: raw, turn: make(chan struct{}, 2)}
}

func (p *pageExcerpts) Excerpt(ctx context.Context, d reform.Document, locator, quote string) (dashboard.Excerpt, error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return dashboard.Excerpt{}, ctx.Err()
	}
	r, err := p.raw.Open(d.ID)
	if err != nil {
		return dashboard.Excerpt{}, err
	}
	defer func() { _ = r.Close() }()
	// The archive is packed; readers of workbooks and pages go back and forth.
	f, err := os.CreateTemp("", "chiso-excerpt-*")
	if err != nil {
		return dashboard.Excerpt{}, fmt.Errorf("a copy of the document: %w", err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	n, err := io.Copy(f, io.LimitReader(r, parse.DefaultLimits.Bytes+1))
	if err != nil {
		return dashboard.Excerpt{}, fmt.Errorf("a copy of the document: %w", err)
	}
	if n > parse.DefaultLimits.Bytes {
		return dashboard.Excerpt{}, parse.TooLarge("the document", n, parse.DefaultLimits.Bytes, "bytes")
	}
	e, err := excerpt.Of(ctx, parse.Input{Name: d.FileName, URL: d.URL, File: f, Size: n}, locator, quote)
	if err != nil {
		return dashboard.Excerpt{}, err
	}
	out := dashboard.Excerpt{Place: e.Place, Columns: e.Columns, Before: e.Before, Hit: e.Hit, After: e.After, Cut: e.Cut}
	for _, row := range e.Rows {
		out.Rows = append(out.Rows, dashboard.ExcerptRow(row))
	}
	return out, nil
}

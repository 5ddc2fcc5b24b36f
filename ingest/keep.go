package ingest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"

	"chiso/reform"
)

// Lock waits until nobody else holds the lock of this path, in this process or another
// one; ending releases it in whichever way.
func Lock(ctx context.Context, path string, log *slog.Logger) (release func(), err error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return takeLock(ctx, path, log)
}

// Keep holds a document of which no facts follow, in a committed run of its own: so it can
// be looked at, and what refers to it becomes visible. d describes it, but for id, size and run.
func (l *Loader) Keep(ctx context.Context, d reform.Document, body []byte) (reform.Document, error) {
	spooled, err := l.Archive.Spool(ctx, bytes.NewReader(body), l.Limits.OrDefault().Stream)
	if err != nil {
		return d, err
	}
	defer spooled.Close()
	release, err := takeLock(ctx, l.Archive.LockFile(), l.log())
	if err != nil {
		return d, err
	}
	defer release()
	d.ID, d.Held, d.Size, d.RetrievedAt = spooled.ID, true, spooled.Size, l.now()
	run, err := l.DB.Begin(ctx, reform.Run{Source: d.Source, Kind: d.Kind, Document: d.ID})
	if err != nil {
		return d, engineError{err}
	}
	d.Run = run.ID
	ld := &load{Loader: l}
	if err := spooled.Keep(ctx); err != nil {
		return d, ld.fail(ctx, run, err)
	}
	if err := l.DB.PutDocument(ctx, d); err != nil {
		return d, ld.fail(ctx, run, engineError{fmt.Errorf("noting the document: %w", err)})
	}
	if _, err := l.DB.Commit(ctx, run); err != nil {
		return d, engineError{err}
	}
	return d, nil
}

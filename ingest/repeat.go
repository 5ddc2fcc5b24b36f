package ingest

import (
	"context"
	"fmt"
	"time"

	"chiso/reform"
	"chiso/store"
)

// earlier is a committed run of the same bytes.
type earlier struct {
	Run      string    `ch:"run"`
	Kind     string    `ch:"kind"`
	Source   string    `ch:"source"`
	Message  string    `ch:"message"`
	Rev      uint64    `ch:"rev"`
	Facts    uint64    `ch:"facts"`
	Problems uint64    `ch:"problems"`
	At       time.Time `ch:"at"`
}

// repeated reports whether these bytes were loaded before, whole and in the same
// way. Then nothing is added but a run that says when they were seen again: so a
// source that is polled and has not changed is known to be fresh. Bytes of which
// rows were set aside are read again: the catalogue may know a name now.
func (l *load) repeated(ctx context.Context) (bool, error) {
	var runs []earlier
	err := l.DB.Select(ctx, &runs, `
		SELECT run, kind, source, message, rev, facts, problems, at FROM runs
		WHERE document = {document:String} AND event = 'committed' AND problems = 0 AND message = {how:String}
		ORDER BY rev LIMIT 1`, store.Params{"document": l.doc.ID, "how": l.job.how()})
	if err != nil {
		return false, engineError{fmt.Errorf("asking whether the document is loaded: %w", err)}
	}
	if len(runs) == 0 {
		return false, nil
	}
	first := runs[0]
	docs, err := store.Collect(ctx, l.DB, `
		SELECT id, held, kind, source, title, issuer, number, date, url, file_name, mime, size, authority FROM documents
		WHERE id = {document:String} AND `+store.Committed+` ORDER BY retrieved_at DESC LIMIT 1`,
		store.Params{"document": l.doc.ID, "rev": uint64(0)},
		func(r store.Rows) (d reform.Document, err error) {
			var size uint64
			var authority uint8
			err = r.Scan(&d.ID, &d.Held, &d.Kind, &d.Source, &d.Title, &d.Issuer, &d.Number, &d.Date, &d.URL, &d.FileName, &d.MIME, &size, &authority)
			d.Size, d.Authority = int64(size), reform.Authority(authority)
			return d, err
		})
	if err != nil {
		return false, engineError{err}
	}
	if len(docs) == 0 {
		return false, nil // a run without its document: load it again rather than trust it
	}
	if !l.Archive.Has(l.doc.ID) { // lost, or another data directory than the database's
		if err := l.doc.Keep(ctx); err != nil {
			return false, err
		}
	}
	d := docs[0]
	run, err := l.DB.Begin(ctx, reform.Run{Source: first.Source, Kind: first.Kind, Document: d.ID, Message: first.Message})
	if err != nil {
		return false, engineError{err}
	}
	d.RetrievedAt, d.Run = l.retrieved, run.ID
	if err := l.DB.PutDocument(ctx, d); err != nil {
		return false, l.fail(ctx, run, engineError{err})
	}
	run.Duplicates = first.Facts
	committed, err := l.DB.Commit(ctx, run)
	if err != nil {
		return false, engineError{err}
	}
	r := l.report
	r.State, r.Kind, r.Document, r.Run, r.Rev, r.Duplicates = Repeated, first.Kind, d, run.ID, committed.Rev, int(first.Facts)
	r.Message = sentence("Tài liệu này đã được nạp ngày %s; không có gì thay đổi.", "This document was loaded on %s; nothing has changed.", first.At.Format("2/1/2006"))
	return true, nil
}
